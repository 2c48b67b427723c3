#include "program/sweep/table.h"
#include "base/base.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One of the d branches of the leading eigenvalue */
#define BRANCH(number, which)                                                                      \
  {"branch" number "_real", "case", "1/time",                                                      \
   which "eigenvalue followed from amplitude 0, real part", ""},                                   \
    {"branch" number "_imag", "case", "1/time",                                                    \
     which "eigenvalue followed from amplitude 0, imaginary part", ""},                            \
    {"first" number "_real", "case", "1/time", "first-order prediction of it, real part", ""},     \
    {"first" number "_imag", "case", "1/time", "first-order prediction of it, imaginary part",     \
     ""},                                                                                          \
    {"second" number "_real", "case", "1/time", "second-order prediction of it, real part", ""},   \
  {                                                                                                \
    "second" number "_imag", "case", "1/time", "second-order prediction of it, imaginary part", "" \
  }

/* Every column there can be; dimensions "case" */
static const HypVariable Columns[] = {
  {"gap", "case", "1/time", "spectral gap: -max Re lambda over lambda != 0", ""},
  {"gap_error", "case", "1/time", "its error bar: two resolutions and the residual", ""},
  {"steady_error", "case", "1",
   "error bar of F: total variation, by a coarser space or by eps between the nodes", ""},
  {"frequency", "case", "1/time", "imaginary part of the leading eigenvalue", ""},
  {"fit", "case", "1/time", "rate of ||h|| fitted to the solution", ""},
  {"fit_error", "case", "1/time", "its error bar: two resolutions and the fit's own", ""},
  {"rate", "case", "1/time", "rate of ||h||; verify: what fit and spectrum agree on", ""},
  {"rate_error", "case", "1/time", "its error bar", ""},
  {"theory_proved", "case", "1/time", "min Re eig Q, for eps = 0", "Theorem 3.1 of Zhu and Ying"},
  {"theory_printed", "case", "1/time", "mu as printed, twice the proved one",
   "(3.6) of Zhu and Ying"},
  {"certificate", "case", "1/time", "guaranteed where positive: rate of contraction, any start",
   "docs/mathematics.md, section 11"},
  {"slowest", "case", "1/time", "slowest rate of paths, of sample_transitions", ""},
  {"slowest_error", "case", "1/time", "its error bar", ""},
  {"theta", "case", "1", "E theta at the last step", ""},
  {"theta_error", "case", "1", "its standard error", ""},
  {"theta2", "case", "1", "E theta^2 at the last step", ""},
  {"theta2_error", "case", "1", "its standard error", ""},
  {"wall", "case", "compute time", "mean wall time of the last update", ""},
  {"asgd_mean", "case", "1/step", "exact rate of (E theta)^2", ""},
  {"asgd_square", "case", "1/step", "exact rate of E theta^2", ""},
  {"momentum_square", "case", "1/step", "exact rate of E theta^2 of SGD with momentum", ""},
  {"sgd_mean", "case", "1/step", "exact rate of (E theta)^2 without staleness", ""},
  {"learning_rate_limit", "case", "1", "mean-square stability", ""},
  {"rate_slowest", "case", "1/step", "exact rate of E |theta|^2, several curvatures", ""},
  {"staleness_optimal", "case", "1", "staleness rate of fastest decay of (E theta)^2", ""},
  {"workers_break_even", "case", "1", "number of workers from which it is faster than SGD", ""},
  {"speedup", "case", "1", "over SGD, with theory_workers", ""},
  {"stationary", "case", "1", "E theta^2 after infinitely many steps", ""},
  {"delay_V", "case", "1", "rate of the delay equation, largest real part of a root",
   "Theorem 4.1 of He et al."},
  {"delay_V_discrete", "case", "1", "rate of the algorithm with theory_delay, ln|z|/eta", ""},
  {"delay_factor", "case", "1", "|z|, its factor a step on a quadratic loss", ""},
  {"delay_factor_guaranteed", "case", "1", "factor a step for two copies with the same noise", ""},
  {"delay_limit", "case", "1", "learning rate up to which it is stable", ""},
  {"momentum_factor", "case", "1", "|z| of SGD with theory_momentum", ""},
  {"momentum_factor_guaranteed", "case", "1", "factor a step for two copies with the same noise",
   ""},
  {"momentum_limit", "case", "1", "learning rate up to which it is stable", ""},
  {"first_step", "case", "step", "from which batches grow", "(4.11) of An, Lu and Ying"},
  {"last_batch", "case", "1", "size of the last batch", "(4.11) of An, Lu and Ying"},
  {"value", "case", "1", "least cost from E theta^2 = 1", "docs/errata.md, E15"},
  {"eps0", "case", "1", "bound of Assumption 3.1 on the box of the audit",
   "Assumption 3.1 of Zhu and Ying"},
  {"guaranteed", "case", "1/time", "mu - eps0 C1 of Theorem 3.1, guaranteed for eps = 0 only",
   "Theorem 3.1 of Zhu and Ying"},
  {"guaranteed_corrected", "case", "1/time", "the same with the corrected C1", "docs/errata.md"},
  {"statements_hold", "case", "1", "number of statements that hold", ""},
  {"statements_fail", "case", "1", "number of statements that fail", ""},
  {"statements_undecided", "case", "1", "number of statements that are undecided", ""},
  {"proved_fail", "case", "1", "number of proved statements that fail", ""},
  BRANCH("", ""),
  BRANCH("2", "second "),
  BRANCH("3", "third "),
  BRANCH("4", "fourth "),
  BRANCH("5", "fifth "),
  BRANCH("6", "sixth "),
  BRANCH("7", "seventh "),
  BRANCH("8", "eighth "),
  BRANCH("9", "ninth "),
  BRANCH("10", "tenth "),
  BRANCH("11", "eleventh "),
  BRANCH("12", "twelfth "),
  BRANCH("13", "thirteenth "),
  BRANCH("14", "fourteenth "),
  BRANCH("15", "fifteenth "),
  BRANCH("16", "sixteenth "),
  {"seconds", "case", "s", "time the case took", ""},
};
enum { COLUMNS = sizeof(Columns) / sizeof(Columns[0]) };

static PetscReal Value(json_t *record, PetscInt column)
{
  json_t *const value = json_object_get(json_object_get(record, "results"), Columns[column].name);

  return json_is_number(value) ? (PetscReal)json_number_value(value) : NAN;
}

static PetscBool Used(json_t *cases, PetscInt column)
{
  for (size_t k = 0; k < json_array_size(cases); k++) {
    if (isfinite(Value(json_array_get(cases, k), column))) return PETSC_TRUE;
  }
  return PETSC_FALSE;
}

static const char *Text(json_t *record, const char name[])
{
  return json_string_value(json_object_get(record, name));
}

static PetscInt Column(const char name[])
{
  for (PetscInt c = 0; c < COLUMNS; c++) {
    if (!strcmp(Columns[c].name, name)) return c;
  }
  return -1;
}

/* A number with its error bar, where it has one; what is not known is said in a word,
   what is proved is rounded down */
static void PrintCell(FILE *stream, json_t *record, PetscInt value, PetscInt error, bool proved,
                      const char unknown[])
{
  const double number =
    proved ? HypRoundDown(Value(record, value), 9) : (double)Value(record, value);
  HypShownBar bar;

  if (error < 0 && isfinite(number))
    fprintf(stream, "  %15.9g", number);
  else if (error < 0)
    fprintf(stream, "  %15s", unknown);
  else if (isfinite(number))
    fprintf(stream, "  %13.9g %-10s", number, HypShowBar(bar, Value(record, error)));
  else
    fprintf(stream, "  %13s %10s", unknown, "");
}

PetscErrorCode HypSweepTablePrint(FILE *stream, const HypSweep *plan, json_t *cases)
{
  static const struct {
    const char *name, *error, *unknown, *title; /* the title differs where the name misleads */
    bool        proved;
  } shown[] = {{"gap", "gap_error", "-", "gap", false},
               {"fit", "fit_error", "-", "fit", false},
               {"rate", "rate_error", "undecided", "rate", false},
               {"slowest", "slowest_error", "undecided", "slowest", false},
               {"second_real", "", "-", "second_real", false},
               {"theta", "theta_error", "-", "theta", false},
               {"theta2", "theta2_error", "-", "theta2", false},
               {"asgd_mean", "", "-", "asgd_mean", false},
               {"asgd_square", "", "-", "asgd_square", false},
               {"learning_rate_limit", "", "-", "learning_rate_limit", false},
               {"delay_factor", "", "-", "delay_factor", false},
               {"delay_limit", "", "-", "delay_limit", false},
               {"momentum_factor", "", "-", "momentum_factor", false},
               {"momentum_limit", "", "-", "momentum_limit", false},
               {"last_batch", "", "-", "last_batch", false},
               {"theory_proved", "", "-", "theory_proved", true},
               {"certificate", "", "-", "guaranteed", true},
               {"guaranteed", "", "-", "mu - eps0 C1", true},
               {"statements_fail", "", "-", "statements_fail", false},
               {"proved_fail", "", "-", "proved_fail", false}};
  enum { SHOWN = sizeof(shown) / sizeof(shown[0]) };

  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < plan->nkeys; i++) fprintf(stream, "%-19.19s ", plan->key[i]);
  fprintf(stream, "%-6s", "status");
  for (size_t i = 0; i < SHOWN; i++) {
    if (Used(cases, Column(shown[i].name)))
      fprintf(stream, "  %*s%*s", shown[i].error[0] ? 13 : 15, shown[i].title,
              shown[i].error[0] ? 11 : 0, "");
  }
  fputc('\n', stream);
  for (size_t k = 0; k < json_array_size(cases); k++) {
    json_t *const record = json_array_get(cases, k);

    for (PetscInt i = 0; i < plan->nkeys; i++)
      fprintf(stream, "%-19.19s ", HypSweepValue(plan, (PetscInt)k, i));
    fprintf(stream, "%-6s", Text(record, "status"));
    for (size_t i = 0; i < SHOWN; i++) {
      if (Used(cases, Column(shown[i].name)))
        PrintCell(stream, record, Column(shown[i].name), Column(shown[i].error), shown[i].proved,
                  shown[i].unknown);
    }
    if (Text(record, "message")[0]) fprintf(stream, "  %s", Text(record, "message"));
    fputc('\n', stream);
  }
  if (Used(cases, Column("fit")) && !Used(cases, Column("gap")))
    fputs("fit, rate: bars of the fit alone, which may be too small; "
          "sweep_command verify has the eigenvalue too\n",
          stream);
  if (Used(cases, Column("certificate")))
    fputs("guaranteed (column certificate): rate of contraction, proved for every start; "
          "not positive: nothing is guaranteed by it\n",
          stream);
  if (Used(cases, Column("guaranteed")))
    fputs(
      "mu - eps0 C1 (column guaranteed): Theorem 3.1, whose hypothesis holds for eps = 0 only\n",
      stream);
  PetscCheck(!HypIsUnwritten(stream), PETSC_COMM_SELF, PETSC_ERR_FILE_WRITE,
             "standard output could not be written");
  PetscFunctionReturn(0);
}

/* RFC 4180: quoted where it must be */
static void PrintField(FILE *stream, const char text[])
{
  if (!strpbrk(text, ",\"\n\r")) {
    fputs(text, stream);
    return;
  }
  fputc('"', stream);
  for (; *text; text++) {
    if (*text == '"') fputc('"', stream);
    fputc(*text, stream);
  }
  fputc('"', stream);
}

/* One line per finished case, numbers with 17 digits, an empty field where there is none */
PetscErrorCode HypSweepTableCSV(const char path[], const HypSweep *plan, json_t *cases)
{
  char  *text   = NULL;
  size_t length = 0;
  FILE  *stream = open_memstream(&text, &length);

  PetscFunctionBeginUser;
  PetscCheck(stream, PETSC_COMM_SELF, PETSC_ERR_MEM, "%s: out of memory for the table", path);
  fputs("case", stream);
  for (PetscInt i = 0; i < plan->nkeys; i++) fprintf(stream, ",%s", plan->key[i]);
  fputs(",status", stream);
  for (PetscInt c = 0; c < COLUMNS; c++) {
    if (Used(cases, c)) fprintf(stream, ",%s", Columns[c].name);
  }
  fputs(",message\r\n", stream);
  for (size_t k = 0; k < json_array_size(cases); k++) {
    json_t *const record = json_array_get(cases, k);

    if (json_is_null(record)) continue;
    fprintf(stream, "%zu", k + 1);
    for (PetscInt i = 0; i < plan->nkeys; i++) {
      fputc(',', stream);
      PrintField(stream, HypSweepValue(plan, (PetscInt)k, i));
    }
    fprintf(stream, ",%s", Text(record, "status"));
    for (PetscInt c = 0; c < COLUMNS; c++) {
      if (!Used(cases, c)) continue;
      fputc(',', stream);
      if (isfinite(Value(record, c))) fprintf(stream, "%.17g", (double)Value(record, c));
    }
    fputc(',', stream);
    PrintField(stream, Text(record, "message"));
    fputs("\r\n", stream);
  }
  PetscCheck(!fclose(stream), PETSC_COMM_SELF, PETSC_ERR_MEM, "%s: out of memory for the table",
             path);
  PetscCall(HypWriteWholeFile(path, text, length));
  free(text);
  PetscFunctionReturn(0);
}

/* A key's values: numbers if all of them are, else texts */
static PetscErrorCode KeyColumn(HypFile file, const HypSweep *plan, PetscInt key)
{
  const HypVariable row     = {plan->key[key], "case", "", "value of this key", ""};
  PetscBool         numbers = PETSC_TRUE;
  PetscReal        *values;
  const char      **texts;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2(plan->ncases, &values, plan->ncases, &texts));
  for (PetscInt k = 0; k < plan->ncases; k++) {
    char *end;

    texts[k]  = HypSweepValue(plan, k, key);
    values[k] = strtod(texts[k], &end);
    if (end == texts[k] || *end) numbers = PETSC_FALSE;
  }
  if (numbers) {
    PetscCall(HypFileVariables(file, 1, &row));
    PetscCall(HypFileWrite(file, row.name, values));
  } else
    PetscCall(HypFileTexts(file, &row, texts));
  PetscCall(PetscFree2(values, texts));
  PetscFunctionReturn(0);
}

PetscErrorCode HypSweepTableHDF5(HypFile file, const HypAsked *asked, const HypSweep *plan,
                                 json_t *cases)
{
  static const HypVariable dimension = {"case", "case", "1",
                                        "number of the case; the last key varies fastest", ""},
                           status    = {"status", "case", "", "done or failed", ""},
                           message   = {"message", "case", "", "why it failed", ""};
  const char **texts;
  PetscReal   *values;

  PetscFunctionBeginUser;
  PetscCall(HypFileProvenance(file, asked));
  PetscCall(HypFileDimension(file, plan->ncases, NULL, &dimension));
  for (PetscInt i = 0; i < plan->nkeys; i++) PetscCall(KeyColumn(file, plan, i));
  PetscCall(PetscCalloc2(plan->ncases, &texts, plan->ncases, &values));
  for (PetscInt pass = 0; pass < 2; pass++) {
    const HypVariable *row = pass ? &message : &status;

    for (PetscInt k = 0; k < plan->ncases; k++)
      texts[k] =
        (size_t)k < json_array_size(cases) ? Text(json_array_get(cases, (size_t)k), row->name) : "";
    PetscCall(HypFileTexts(file, row, texts));
  }
  for (PetscInt c = 0; c < COLUMNS; c++) {
    for (PetscInt k = 0; k < plan->ncases; k++)
      values[k] =
        (size_t)k < json_array_size(cases) ? Value(json_array_get(cases, (size_t)k), c) : NAN;
    if (!Used(cases, c)) continue;
    PetscCall(HypFileVariables(file, 1, &Columns[c]));
    PetscCall(HypFileWrite(file, Columns[c].name, values));
  }
  PetscCall(PetscFree2(texts, values));
  PetscFunctionReturn(0);
}
