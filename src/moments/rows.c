/* A report as a table on stdout and as JSON. */
#include "base/base.h"
#include <hypoco/moments.h>
#include <string.h>

static const void *At(const void *report, const HypReportRow *row)
{
  return (const char *)report + row->offset;
}

static const char *Regime(const void *report, const HypReportRow *row)
{
  return HypRegimes[*(const HypRegime *)At(report, row)];
}

static PetscReal Real(const void *report, const HypReportRow *row)
{
  return *(const PetscReal *)At(report, row);
}

/*@
  HypReportPrint - Writes a report as a table, one number per line under the names of their groups

  Not collective

  Input Parameters:
+ table  - HypTheoryTable or HypMomentumTable
. report - the struct that goes with it
- stream - where to

  Level: beginner

.seealso: HypReportJSON(), HypTheoryReportCompute(), HypMomentumReportCompute()
@*/
PetscErrorCode HypReportPrint(const HypReportTable *table, const void *report, FILE *stream)
{
  const char *group = "";

  PetscFunctionBeginUser;
  if (table->type) fprintf(stream, "model type: %s\n", table->type);
  for (const HypReportRow *row = table->rows; row < table->rows + table->n; row++) {
    if (row->kind == HYP_ROW_REGIME) {
      fprintf(stream, "%s: %s\n", row->name, Regime(report, row));
      continue;
    }
    if (strcmp(group, row->group)) fprintf(stream, "%s\n", row->group);
    group = row->group;
    if (PetscIsNanReal(Real(report, row)))
      fprintf(stream, "  %-26s %-12s %s\n", row->name, "none", row->meaning);
    else
      fprintf(stream, "  %-26s %-12.6g %s\n", row->name, (double)Real(report, row), row->meaning);
  }
  if (table->note) fprintf(stream, "%s\n", table->note);
  PetscCheck(!HypIsUnwritten(stream), PETSC_COMM_SELF, PETSC_ERR_FILE_WRITE,
             "the table could not be written");
  PetscFunctionReturn(0);
}

/*@
  HypReportJSON - A report as a JSON object:
  groups of named numbers, null where a number is infinite

  Not collective

  Input Parameters:
+ table  - HypTheoryTable or HypMomentumTable
- report - the struct that goes with it

  Level: intermediate

  Notes:
  The caller owns the object (json_decref()).

.seealso: HypReportPrint()
@*/
json_t *HypReportJSON(const HypReportTable *table, const void *report)
{
  json_t *object = json_object();

  if (table->type) json_object_set_new(object, "model_type", json_string(table->type));
  for (const HypReportRow *row = table->rows; row < table->rows + table->n; row++) {
    json_t *value, *group = object;

    if (row->kind == HYP_ROW_REGIME)
      value = json_string(Regime(report, row));
    else if (PetscIsInfOrNanReal(Real(report, row)))
      value = json_null();
    else
      value = json_real((double)Real(report, row));
    if (row->group && !json_object_get(object, row->group))
      json_object_set_new(object, row->group, json_object());
    if (row->group) group = json_object_get(object, row->group);
    json_object_set_new(group, row->name, value);
  }
  return object;
}
