/* The machine-readable summary: the table of results as JSON; docs/formats.md describes it. */
#include "file/ioimpl.h"
#include "result/section/section.h"
#include <hypoco/version.h>
#include <hypoco/file.h>
#include <string.h>

/* null where there is no number: JSON has no NaN */
static json_t *Number(PetscReal value)
{
  return PetscIsInfOrNanReal(value) ? json_null() : json_real((double)value);
}

static json_t *Numbers(PetscInt n, const PetscReal values[])
{
  json_t *list = json_array();

  for (PetscInt i = 0; i < n; i++) json_array_append_new(list, Number(values[i]));
  return list;
}

static json_t *Value(HypValue v)
{
  if (!HypValueKnown(v)) return json_null();
  switch (v.type) {
  case HYP_REALS:
    return Numbers(v.n, v.reals);
  case HYP_INTEGER:
    return json_integer((json_int_t)v.real);
  case HYP_FLAG:
    return json_boolean(v.real != 0);
  case HYP_TEXT:
    return json_string(v.text);
  default:
    return Number(v.real);
  }
}

/* One value for each index; null where the run has none */
static json_t *List(const HypQuantity *row, const HypResult *result, PetscInt n)
{
  json_t *list;

  if (n && row->value(result, 0).type == HYP_ABSENT) return json_null();
  list = json_array();
  for (PetscInt i = 0; i < n; i++) json_array_append_new(list, Value(row->value(result, i)));
  return list;
}

/* The object of that name in another one, made where there is none; NULL: the other one itself */
static json_t *Member(json_t *object, const char group[])
{
  if (!group) return object;
  if (!json_object_get(object, group)) json_object_set_new(object, group, json_object());
  return json_object_get(object, group);
}

/* An object of all quantities, those that are many as lists; i: those of one index, and no others,
   as numbers; -1: all */
static json_t *Object(const HypSection *section, const HypResult *result, PetscInt i)
{
  json_t *object = json_object();

  for (const HypQuantity *row = section->rows; row < section->rows + section->nrows; row++) {
    if (!row->name) continue;
    if (row->many && i < 0) {
      json_object_set_new(Member(object, row->group), row->name,
                          List(row, result, section->count(result)));
    } else {
      const HypValue v = row->value(result, PetscMax(0, i));

      if (v.type != HYP_ABSENT)
        json_object_set_new(Member(object, row->group), row->name, Value(v));
    }
  }
  return object;
}

static json_t *Section(const HypSection *section, const HypResult *result)
{
  json_t *list;

  if (section->form == HYP_OBJECT) return Object(section, result, -1);
  list = json_array();
  for (PetscInt i = 0; i < section->count(result); i++)
    json_array_append_new(list, Object(section, result, i));
  return list;
}

/* The series: a list of numbers, or of one number for each coordinate */
static json_t *SeriesJSON(const HypSeries *s)
{
  json_t *object = json_object();

  json_object_set_new(object, "t", Numbers(s->n, s->t));
  for (const HypSeriesColumn *c = s->columns; c < s->columns + s->ncolumns; c++) {
    json_t *list = c->row->each ? json_array() : Numbers(s->n, c->values);

    for (PetscInt k = 0; c->row->each && k < s->n; k++)
      json_array_append_new(list, Numbers(c->width, c->values + k * c->width));
    json_object_set_new(object, c->row->name, list);
  }
  return object;
}

/* What names the run: program, command, options, provenance */
static json_t *HeadJSON(const HypResult *result)
{
  MPI_Comm comm   = result->model ? HypModelGetComm(result->model) : PETSC_COMM_WORLD;
  json_t  *object = json_object();

  json_object_set_new(object, "program", json_string("hypoco"));
  json_object_set_new(object, "version", json_string(HYP_VERSION));
  json_object_set_new(object, "provenance", HypProvenanceJSON(comm));
  if (result->asked) {
    json_object_set_new(object, "command", json_string(result->asked->command));
    json_object_set_new(object, "options", HypAskedJSON(result->asked));
    json_object_set_new(object, "options_from", HypAskedOriginsJSON(result->asked));
  }
  return object;
}

static json_t *ResultJSON(const HypResult *result)
{
  json_t *object = HeadJSON(result);

  json_object_set_new(object, "series", result->series ? SeriesJSON(result->series) : json_null());
  for (const HypSection *const *s = HypSections; *s; s++) {
    const HypSection *const section = *s;
    json_t *const parent = section->parent ? json_object_get(object, section->parent) : object;

    if (!section->name && section->exists(result))
      json_object_update_new(object, Section(section, result));
    else if (section->exists(result))
      json_object_set_new(parent, section->name, Section(section, result));
    else if (!section->optional)
      json_object_set_new(parent, section->name, json_null());
  }
  if (result->extra) json_object_update(object, result->extra);
  json_object_set_new(object, "verdict", json_string(result->verdict));
  return object;
}

/*@C
  HypResultWriteJSON - Writes the machine-readable summary of a result

  Collective

  Input Parameters:
+ result - the result
- path   - name; a file of that name is replaced

  Level: beginner

  Note:
  Numbers have 17 digits, so that they are read back unchanged; NaN and infinity become null.

.seealso: HypResultPrint()
@*/
PetscErrorCode HypResultWriteJSON(const HypResult *result, const char path[])
{
  MPI_Comm comm   = result->model ? HypModelGetComm(result->model) : PETSC_COMM_WORLD;
  json_t  *object = ResultJSON(result);

  PetscFunctionBeginUser;
  PetscCall(HypWriteJSON(comm, object, path));
  json_decref(object);
  PetscFunctionReturn(0);
}
