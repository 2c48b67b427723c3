/* Numbers of a struct as a table and as JSON. */
#include "moments/rows.h"
#include <string.h>

static PetscReal RowValue(const void *report, const ReportRow *row)
{
  return *(const PetscReal *)(const void *)((const char *)report + row->offset);
}

/* One number a line, under the names of their groups */
PETSC_INTERN PetscErrorCode ReportRowsPrint(const ReportRow rows[], size_t n, const void *report,
                                            FILE *stream)
{
  const char *group = "";

  PetscFunctionBeginUser;
  for (size_t i = 0; i < n; i++) {
    if (strcmp(group, rows[i].group)) fprintf(stream, "%s\n", rows[i].group);
    group = rows[i].group;
    if (PetscIsNanReal(RowValue(report, &rows[i])))
      fprintf(stream, "  %-26s %-12s %s\n", rows[i].name, "none", rows[i].meaning);
    else
      fprintf(stream, "  %-26s %-12.6g %s\n", rows[i].name, (double)RowValue(report, &rows[i]),
              rows[i].meaning);
  }
  PetscCheck(!ferror(stream), PETSC_COMM_SELF, PETSC_ERR_FILE_WRITE,
             "the table could not be written");
  PetscFunctionReturn(0);
}

/* Groups of named numbers, null where a number is infinite */
PETSC_INTERN void ReportRowsJSON(const ReportRow rows[], size_t n, const void *report,
                                 json_t *object)
{
  for (size_t i = 0; i < n; i++) {
    const PetscReal value = RowValue(report, &rows[i]);
    json_t         *group = json_object_get(object, rows[i].group);

    if (!group) {
      group = json_object();
      json_object_set_new(object, rows[i].group, group);
    }
    json_object_set_new(group, rows[i].name,
                        PetscIsInfOrNanReal(value) ? json_null() : json_real((double)value));
  }
}
