/* hypoco theory with a recorded run: which algorithm on a quadratic loss it looks like. */
#include "program/trace.h"
#include <hypoco/moments.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Rows "step, theta, ..." of a text file with consecutive steps;
   rows that do not begin with a number are headings */
static PetscErrorCode ReadTrace(const char *path, PetscInt *n, PetscReal **x)
{
  FILE     *file = fopen(path, "r");
  PetscInt  room = 1024;
  PetscReal last = 0;
  char      line[4096];

  PetscFunctionBeginUser;
  PetscCheck(file, PETSC_COMM_SELF, PETSC_ERR_FILE_OPEN, "theory_trace: %s cannot be opened: %s",
             path, strerror(errno));
  PetscCall(PetscMalloc1(room, x));
  *n = 0;
  while (fgets(line, sizeof(line), file)) {
    char        *rest, *end;
    const double step = strtod(line, &rest), value = strtod(rest + strspn(rest, " \t,;"), &end);

    if (rest == line) continue;
    PetscCheck(end != rest && isfinite(value), PETSC_COMM_SELF, PETSC_ERR_FILE_UNEXPECTED,
               "%s: step %g has no finite theta after it; rows of step and theta needed", path,
               step);
    PetscCheck(!*n || step == last + 1, PETSC_COMM_SELF, PETSC_ERR_FILE_UNEXPECTED,
               "%s: step %g follows step %g; every step is needed, one after the other", path, step,
               (double)last);
    if (*n == room) PetscCall(PetscRealloc((size_t)(room *= 2) * sizeof(PetscReal), x));
    (*x)[(*n)++] = value;
    last         = step;
  }
  fclose(file);
  PetscFunctionReturn(0);
}

static json_t *Number(PetscReal value)
{
  return isfinite(value) ? json_real((double)value) : json_null();
}

/*
  HypTheoryTrace - Reads a trace, fits the models and says which fits best

  Collective

  Input Parameters:
+ path - of the file
- body - gets a member "trace"
*/
PetscErrorCode HypTheoryTrace(const char path[], json_t *body)
{
  HypTraceFit fits[HYP_TRACE_MODELS];
  PetscInt    n;
  PetscReal  *x;
  json_t     *list = json_array();

  PetscFunctionBeginUser;
  PetscCall(ReadTrace(path, &n, &x));
  PetscCall(HypTraceFitModels(n, x, fits));
  PetscCall(PetscPrintf(
    PETSC_COMM_WORLD,
    "trace %s, %" PetscInt_FMT " steps: maximum likelihood on a quadratic loss, 95 %%\n"
    "  %-9s %24s %24s %12s %12s %12s\n",
    path, n, "model", "eta a", "kappa, delay, momentum", "minimiser", "noise", "criterion"));
  for (int k = 0; k < HYP_TRACE_MODELS; k++) {
    const HypTraceFit *fit = &fits[k];

    PetscCall(PetscPrintf(
      PETSC_COMM_WORLD, "  %-9s %12.6g +- %-8.2g %12.6g +- %-8.2g %12.6g %12.6g %12.6g%s\n",
      fit->name, (double)fit->e, 1.96 * (double)fit->e_error, (double)fit->staleness,
      1.96 * (double)fit->staleness_error, (double)fit->minimiser, (double)fit->noise,
      (double)fit->criterion, fit->criterion == 0 ? "  fits best" : ""));
    json_array_append_new(list, json_pack("{s:s,s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "model", fit->name,
                                          "e", Number(fit->e), "e_error", Number(fit->e_error),
                                          "staleness", Number(fit->staleness), "staleness_error",
                                          Number(fit->staleness_error), "minimiser",
                                          Number(fit->minimiser), "noise", Number(fit->noise),
                                          "criterion", Number(fit->criterion)));
  }
  json_object_set_new(body, "trace", list);
  PetscCall(PetscFree(x));
  PetscFunctionReturn(0);
}
