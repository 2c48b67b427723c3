/* The table of results as a result file:
   attributes for single values, variables along the index of a section for many. */
#include "result/resultimpl.h"
#include "result/section/section.h"
#include <jansson.h>
#include <string.h>

static const HypVariable EigenfunctionRow[] = {
  {"eigenfunction_real", "eigenvalue pair v x", "1",
   "marginal of an eigenfunction, real part, relative to that of M", ""},
  {"eigenfunction_imag", "eigenvalue pair v x", "1", "imaginary part", ""},
};

/* Attributes: every single value that is known */
static PetscErrorCode WriteSingle(HypFile file, const HypSection *section, const HypResult *result)
{
  PetscFunctionBeginUser;
  for (const HypQuantity *row = section->rows; row < section->rows + section->nrows; row++) {
    HypValue v;

    if (row->many || !row->file) continue;
    v = row->value(result, 0);
    if (!HypValueKnown(v)) continue;
    if (v.type == HYP_TEXT)
      PetscCall(HypFileAttributeText(file, ".", row->file, v.text));
    else if (v.type == HYP_REALS)
      PetscCall(HypFileAttributeReals(file, ".", row->file, v.n, v.reals));
    else
      PetscCall(HypFileAttributeReal(file, row->file, v.real));
  }
  PetscFunctionReturn(0);
}

static HypVariable Variable(const HypSection *section, const HypQuantity *row)
{
  return (HypVariable){row->file, section->dimension, row->unit, row->meaning, row->source};
}

/* The coordinates along the index: a quantity of the same name, else 1, 2, 3, ... */
static PetscErrorCode WriteIndex(HypFile file, const HypSection *section, PetscInt n,
                                 PetscReal numbers[], const HypResult *result)
{
  const HypVariable plain = {section->dimension, section->dimension, "1", section->index, ""};

  PetscFunctionBeginUser;
  for (const HypQuantity *row = section->rows; row < section->rows + section->nrows; row++) {
    const HypVariable variable = Variable(section, row);

    if (!row->file || strcmp(row->file, section->dimension)) continue;
    for (PetscInt i = 0; i < n; i++) numbers[i] = row->value(result, i).real;
    PetscCall(HypFileDimension(file, n, numbers, &variable));
    PetscFunctionReturn(0);
  }
  PetscCall(HypFileDimension(file, n, NULL, &plain));
  PetscFunctionReturn(0);
}

/* Variables: every quantity that is many */
static PetscErrorCode WriteMany(HypFile file, const HypSection *section, const HypResult *result)
{
  const PetscInt n = section->count ? section->count(result) : 0;
  const char   **texts;
  PetscReal     *numbers;

  PetscFunctionBeginUser;
  if (n < 1) PetscFunctionReturn(0);
  PetscCall(PetscMalloc2(n, &texts, n, &numbers));
  PetscCall(WriteIndex(file, section, n, numbers, result));
  for (const HypQuantity *row = section->rows; row < section->rows + section->nrows; row++) {
    const HypVariable  variable = Variable(section, row);
    const HypValueType type     = row->many ? row->value(result, 0).type : HYP_ABSENT;

    if (!row->file || type == HYP_ABSENT || !strcmp(row->file, section->dimension)) continue;
    for (PetscInt i = 0; i < n; i++) {
      const HypValue v = row->value(result, i);

      texts[i]   = v.text;
      numbers[i] = v.real;
    }
    if (type == HYP_TEXT) {
      PetscCall(HypFileTexts(file, &variable, texts));
    } else {
      PetscCall(HypFileVariables(file, 1, &variable));
      PetscCall(HypFileWrite(file, row->file, numbers));
    }
  }
  PetscCall(PetscFree2(texts, numbers));
  PetscFunctionReturn(0);
}

static PetscErrorCode WriteEigenfunctions(HypResultFile r, const HypSpectrum *s)
{
  const HypSpace space    = r->result->space;
  const size_t   all      = HypPairSize(space) * (size_t)HypModelDimension(HypSpaceGetModel(space));
  Vec *const     parts[2] = {s->vr, s->vi};
  PetscReal     *values;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(all * (size_t)s->n, &values));
  PetscCall(HypFileVariables(r->file, 2, EigenfunctionRow));
  for (int part = 0; part < 2; part++) {
    for (PetscInt i = 0; i < s->n; i++)
      PetscCall(HypMarginals(space, parts[part][i], values + all * (size_t)i));
    PetscCall(HypFileWrite(r->file, EigenfunctionRow[part].name, values));
  }
  PetscCall(PetscFree(values));
  PetscFunctionReturn(0);
}

/* Is the quantity in the file? */
static PetscBool IsWritten(const HypSection *section, const HypQuantity *row,
                           const HypResult *result)
{
  if (!row->file) return PETSC_FALSE;
  if (!row->many) return HypValueKnown(row->value(result, 0));
  return (PetscBool)(section->count(result) > 0 && row->value(result, 0).type != HYP_ABSENT);
}

/* The rows of the table that are in the file, by section, for programs that show them all */
static json_t *Quantities(const HypResult *result)
{
  json_t *sections = json_array();

  for (const HypSection *const *s = HypSections; *s; s++) {
    const HypSection *const section = *s;
    json_t *const           rows    = json_array();

    for (const HypQuantity *row = section->rows;
         section->exists(result) && row < section->rows + section->nrows; row++) {
      if (IsWritten(section, row, result))
        json_array_append_new(rows, json_pack("{s:s,s:s,s:s,s:s,s:b,s:b}", "name", row->file,
                                              "units", row->unit, "long_name", row->meaning,
                                              "source", row->source, "many", row->many, "text",
                                              row->value(result, 0).type == HYP_TEXT));
    }
    json_array_append_new(sections, json_pack("{s:s,s:o}", "title",
                                              section->title  ? section->title
                                              : section->name ? section->name
                                                              : "",
                                              "rows", rows));
  }
  return sections;
}

static PetscErrorCode WriteQuantities(HypFile file, const HypResult *result)
{
  json_t *const sections = Quantities(result);
  char *const   text     = json_dumps(sections, JSON_COMPACT);

  PetscFunctionBeginUser;
  json_decref(sections);
  PetscCheck(text, PETSC_COMM_SELF, PETSC_ERR_MEM, "out of memory for the names of the results");
  PetscCall(HypFileAttributeText(file, ".", "quantities", text));
  free(text);
  PetscFunctionReturn(0);
}

/* Writes what is known: before the first step, early, what then is */
PetscErrorCode HypResultFileParts(HypResultFile r, PetscBool early)
{
  const HypResult   *result   = r->result;
  const HypSpectrum *spectrum = result->spectrum;

  PetscFunctionBeginUser;
  for (const HypSection *const *s = HypSections; *s; s++) {
    if ((early && !(*s)->early) || !(*s)->exists(result)) continue;
    PetscCall(WriteSingle(r->file, *s, result));
    if (!early) PetscCall(WriteMany(r->file, *s, result));
  }
  if (!early) PetscCall(WriteQuantities(r->file, result));
  if (!early && spectrum && spectrum->n > 0 && spectrum->vr && spectrum->vi)
    PetscCall(WriteEigenfunctions(r, spectrum));
  PetscFunctionReturn(0);
}
