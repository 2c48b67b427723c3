/* hypoco theory with a recorded run: which algorithm on a quadratic loss it looks like. */
#include "program/trace.h"
#include <hypoco/moments.h>
#include <hypoco/table.h>
#include <math.h>
#include <stdlib.h>

/* Rows of step, theta or loss, ... with consecutive steps; or of times that are equally spaced */
static PetscErrorCode ReadTrace(const char *path, const char *what, PetscInt *n, PetscReal **x)
{
  char    *message, sentence[1024];
  double   spacing;
  HypTable table;

  PetscFunctionBeginUser;
  if (HypTableReadColumns("theory_trace", path, 2, 1, what, &table, &message)) {
    PetscCall(PetscStrncpy(sentence, message, sizeof(sentence)));
    free(message);
    SETERRQ(PETSC_COMM_SELF, PETSC_ERR_FILE_UNEXPECTED, "%s", sentence);
  }
  *n      = (PetscInt)table.rows;
  spacing = *n > 1 ? table.values[table.columns] - table.values[0] : 1;
  PetscCall(PetscMalloc1(*n, x));
  for (size_t i = 0; i < table.rows; i++) {
    const double *const row = table.values + i * table.columns;

    PetscCheck(!i || fabs(row[0] - row[-(ptrdiff_t)table.columns] - spacing) < 1e-6 * spacing,
               PETSC_COMM_SELF, PETSC_ERR_FILE_UNEXPECTED,
               "theory_trace: %s, line %zu: step %g follows step %g; every step is needed, one "
               "after the other, or times at equal distances",
               path, table.lines[i], row[0], row[-(ptrdiff_t)table.columns]);
    (*x)[i] = row[1];
  }
  HypTableDestroy(&table);
  PetscFunctionReturn(0);
}

static json_t *Number(PetscReal value)
{
  return isfinite(value) ? json_real((double)value) : json_null();
}

/* A recorded loss excludes models; it may leave several */
static const char *Verdict(const HypTraceFit *fit, PetscBool loss)
{
  if (fit->criterion == 0) return "  fits best";
  return loss && fit->criterion <= 2 * fit->criterion_error ? "  not excluded" : "";
}

/*
  HypTheoryTrace - Reads a trace, fits the models and says which fits best

  Collective

  Input Parameters:
+ path - of the file
. loss - is its second column the loss? else theta
- body - gets a member "trace"
*/
PetscErrorCode HypTheoryTrace(const char path[], PetscBool loss, json_t *body)
{
  HypTraceFit fits[HYP_TRACE_MODELS];
  PetscInt    n    = 0;
  PetscReal  *x    = NULL;
  json_t     *list = json_array();

  PetscFunctionBeginUser;
  PetscCall(ReadTrace(path, loss ? "step and loss" : "step and theta", &n, &x));
  PetscCall(loss ? HypTraceFitLoss(n, x, fits) : HypTraceFitModels(n, x, fits));
  PetscCall(PetscPrintf(PETSC_COMM_WORLD,
                        "trace %s, %" PetscInt_FMT " steps: %s on a quadratic loss, 95 %%\n"
                        "  %-9s %24s %24s %12s %12s %12s\n",
                        path, n, loss ? "autocorrelation of the loss" : "maximum likelihood",
                        "model", "eta a", "kappa, delay, momentum",
                        loss ? "least loss" : "minimiser", "noise", "criterion"));
  for (int k = 0; k < HYP_TRACE_MODELS; k++) {
    const HypTraceFit *fit = &fits[k];

    PetscCall(PetscPrintf(
      PETSC_COMM_WORLD, "  %-9s %12.6g +- %-8.2g %12.6g +- %-8.2g %12.6g %12.6g %12.6g%s\n",
      fit->name, (double)fit->e, 1.96 * (double)fit->e_error, (double)fit->staleness,
      1.96 * (double)fit->staleness_error, (double)fit->minimiser, (double)fit->noise,
      (double)fit->criterion, Verdict(fit, loss)));
    json_array_append_new(
      list, json_pack("{s:s,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "model", fit->name, "e",
                      Number(fit->e), "e_error", Number(fit->e_error), "staleness",
                      Number(fit->staleness), "staleness_error", Number(fit->staleness_error),
                      "minimiser", Number(fit->minimiser), "noise", Number(fit->noise), "criterion",
                      Number(fit->criterion), "criterion_error", Number(fit->criterion_error)));
  }
  json_object_set_new(body, "trace", list);
  PetscCall(PetscFree(x));
  PetscFunctionReturn(0);
}
