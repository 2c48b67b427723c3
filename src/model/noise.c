/* s(theta) > 0, the variance of the noise relative to tau^2: set and evaluated. */
#include "model/modelimpl.h"
#include <hypoco/expression.h>
#include <stdlib.h>
#include <string.h>

/*@C
  HypModelSetNoise - Sets s(theta), the dependence of the noise on theta, as a C function

  Logically collective

  Input Parameters:
+ model   - the model
. s       - evaluates s_1..s_d > 0 at one theta; NULL for s = 1
. ctx     - passed to s
- destroy - frees ctx when the model is destroyed; may be NULL

  Level: intermediate

  Note:
  The noise of coordinate i is tau_i sqrt(s_i(theta)) dB_i in the sense of Ito, as in An, Lu and
  Ying.

.seealso: HypModelNoise(), HypModelSetPerturbation()
@*/
PetscErrorCode HypModelSetNoise(HypModel model, HypPerturbationFn s, void *ctx,
                                PetscErrorCode (*destroy)(void *))
{
  PetscFunctionBeginUser;
  PetscCall(HypModelCheckFree(model));
  if (model->noisedestroy) PetscCall(model->noisedestroy(model->noisectx));
  model->noise        = s;
  model->noisectx     = ctx;
  model->noisedestroy = destroy;
  model->noisy        = s ? PETSC_TRUE : PETSC_FALSE;
  model->perturbed    = (PetscBool)(model->noisy || model->eps || model->field);
  PetscFunctionReturn(0);
}

/*@
  HypModelNoisy - Does the noise depend on theta?

  Not collective

  Input Parameter:
. model - the model

  Returns PETSC_FALSE where s = 1.

  Level: intermediate

.seealso: HypModelSetNoise()
@*/
PetscBool HypModelNoisy(HypModel model)
{
  return model->noisy;
}

/*@
  HypModelNoise - Evaluates s(theta) at one point and checks that it is positive

  Not collective

  Input Parameters:
+ model - the model
- theta - d numbers

  Output Parameter:
. s - d numbers, 1 where no dependence was set

  Level: intermediate

.seealso: HypModelSetNoise()
@*/
PetscErrorCode HypModelNoise(HypModel model, const PetscReal theta[], PetscReal s[])
{
  PetscReal turned[HYP_DIMENSIONS];

  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < model->d; i++) s[i] = 1;
  if (!model->noisy) PetscFunctionReturn(0);
  if (HypModelRotated(model)) {
    PetscCall(HypModelToUser(model, 1, theta, turned));
    theta = turned;
  }
  PetscCall(model->noise(model->d, theta, s, model->noisectx));
  for (PetscInt i = 0; i < model->d; i++) {
    PetscCheck(s[i] > 0 && !PetscIsInfOrNanReal(s[i]), PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
               "noise: s_%" PetscInt_FMT " is %g at theta1 = %g%s, a positive number is needed "
               "wherever the space has a node; change the noise or narrow the box; a table may "
               "need table_interpolation: monotone or table_extrapolation: constant",
               i + 1, (double)s[i], (double)theta[0],
               model->d > 1 ? " (and the other components of that point)" : "");
  }
  PetscFunctionReturn(0);
}

/*@
  HypModelMultiplier - The k-th function of theta that the generator multiplies by

  Not collective

  Input Parameters:
+ model - the model
. k     - 0..d-1: eps_1..eps_d, d..2d-1: s_1 - 1..s_d - 1
- theta - d numbers

  Output Parameter:
. value - the value there

  Level: developer

.seealso: HypModelPerturbation(), HypModelNoise()
@*/
PetscErrorCode HypModelMultiplier(HypModel model, PetscInt k, const PetscReal theta[],
                                  PetscReal *value)
{
  PetscReal all[HYP_DIMENSIONS];

  PetscFunctionBeginUser;
  if (k < model->d) {
    PetscCall(HypModelPerturbation(model, theta, all));
    *value = all[k];
  } else {
    PetscCall(HypModelNoise(model, theta, all));
    *value = all[k - model->d] - 1;
  }
  PetscFunctionReturn(0);
}

/*
   s from its functions, the same for all coordinates if there is one.  In a coarser model, where
   s + factor (thinned - s) may be negative, its like to first order, s exp(factor (thinned - s)/s).
*/
static PetscErrorCode NoiseEvaluate(PetscInt d, const PetscReal theta[], PetscReal s[], void *ctx)
{
  const HypFunctions *list = (const HypFunctions *)ctx;
  HypFunctions        base = *list;
  PetscReal           thinned[HYP_DIMENSIONS];
  PetscInt            n = list->components;

  PetscFunctionBeginUser;
  base.thinned = NULL;
  PetscCall(HypFunctionsEvaluate(&base, 0, 1, n, theta, s));
  if (list->thinned) PetscCall(HypFunctionsEvaluate(list, 0, 1, n, theta, thinned));
  for (PetscInt i = 0; list->thinned && i < n; i++)
    if (s[i] > 0) s[i] *= PetscExpReal(thinned[i] / s[i] - 1);
  for (PetscInt i = n; i < d; i++) s[i] = s[0];
  PetscFunctionReturn(0);
}

static PetscErrorCode NoiseDestroy(void *ctx)
{
  PetscFunctionBeginUser;
  PetscCall(HypFunctionsDestroy((HypFunctions *)ctx));
  PetscCall(PetscFree(ctx));
  PetscFunctionReturn(0);
}

/* The functions of the noise; NULL where it is constant or a C function */
HypFunctions *HypNoiseFunctions(HypModel model)
{
  return model->noise == NoiseEvaluate ? (HypFunctions *)model->noisectx : NULL;
}

/* What evaluates the noise by other functions; to be freed with PetscFree() */
PetscErrorCode HypNoiseCopy(HypFunctions functions, void **copy)
{
  HypFunctions *list;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&list));
  *list = functions;
  *copy = list;
  PetscFunctionReturn(0);
}

/* Only one s for all coordinates is the same along every direction */
static PetscErrorCode CheckRotated(HypModel model, PetscInt n)
{
  PetscFunctionBeginUser;
  PetscCheck(n == 1 || !HypModelRotated(model), model->comm, PETSC_ERR_ARG_INCOMP,
             "noise_#: given with a model_hessian that is not diagonal, whose eigenvectors mix the "
             "coordinates; give noise, one function for all of them");
  PetscFunctionReturn(0);
}

/*@C
  HypModelSetNoiseFormulas - Sets s(theta), the dependence of the noise on theta, by formulas

  Logically collective

  Input Parameters:
+ model - the model, its parameters set
. n     - how many formulas: d, or 1 that holds for every coordinate
- texts - the formulas in theta1..thetad (theta for d = 1)

  Level: intermediate

.seealso: HypModelSetNoise(), HypModelSetFormulas()
@*/
PetscErrorCode HypModelSetNoiseFormulas(HypModel model, PetscInt n, const char *const texts[])
{
  HypFunctions *list;
  char         *message, sentence[1024];
  size_t        bad;

  PetscFunctionBeginUser;
  PetscCall(CheckRotated(model, n));
  PetscCall(PetscNew(&list));
  PetscCall(HypFunctionsCreate(1, list));
  list->components = n;
  if (HypFunctionCreateFormulas((size_t)model->d, (size_t)n, texts, &list->functions[0], &bad,
                                &message)) {
    if (n > 1)
      PetscCall(PetscSNPrintf(sentence, sizeof(sentence), "noise_%d: %s", (int)bad + 1, message));
    else
      PetscCall(PetscSNPrintf(sentence, sizeof(sentence), "noise: %s", message));
    free(message);
    SETERRQ(model->comm, PETSC_ERR_USER_INPUT, "%s", sentence);
  }
  PetscCall(HypModelSetNoise(model, NoiseEvaluate, list, NoiseDestroy));
  for (PetscInt i = 0; i < model->d; i++)
    PetscCall(HypModelSetUses(model, model->d + i, -1, texts[n > 1 ? i : 0]));
  PetscFunctionReturn(0);
}

/*@C
  HypModelSetNoiseTables - Sets s(theta), the dependence of the noise on theta, by tables

  Logically collective

  Input Parameters:
+ model         - the model, its parameters set, d = 1 or 2
. n             - how many tables: d, or 1 that holds for every coordinate
. paths         - text files or datasets, see HypTableRead()
. interpolation - spline, akima, monotone or linear; the last two stay positive where the values are
- extrapolation - linear, constant or error

  Level: intermediate

.seealso: HypModelSetNoise(), HypModelSetTables(), HypModelCoarsen()
@*/
PetscErrorCode HypModelSetNoiseTables(HypModel model, PetscInt n, const char *const paths[],
                                      const char interpolation[], const char extrapolation[])
{
  HypFunctions *list;

  PetscFunctionBeginUser;
  PetscCall(CheckRotated(model, n));
  PetscCall(PetscNew(&list));
  PetscCall(HypFunctionsCreate(n, list));
  PetscCall(HypFunctionsTables(list, model, "noise", (PetscBool)(n > 1), paths, interpolation,
                               extrapolation));
  PetscCall(HypModelSetNoise(model, NoiseEvaluate, list, NoiseDestroy));
  PetscFunctionReturn(0);
}

/*@
  HypModelSetDependence - Tells which theta_j a multiplier depends on

  Logically collective

  Input Parameters:
+ model - the model, its dimension set
. k     - 0..d-1: eps_1..eps_d, d..2d-1: s_1..s_d
. n     - how many
- set   - their numbers j, 0 <= j < d, in increasing order

  Level: advanced

  Note:
  Needed in d > 3 only, where functions of more than three theta_j are refused;
  formulas tell it themselves.

.seealso: HypModelSetPerturbation(), HypModelDependence()
@*/
PetscErrorCode HypModelSetDependence(HypModel model, PetscInt k, PetscInt n, const PetscInt set[])
{
  PetscFunctionBeginUser;
  if (!model->depends) {
    PetscCall(PetscMalloc1(2 * model->d, &model->depends));
    for (PetscInt i = 0; i < 2 * model->d; i++) model->depends[i][0] = -1;
  }
  model->depends[k][0] = n;
  for (PetscInt i = 0; i < PetscMin(n, 3); i++) model->depends[k][1 + i] = set[i];
  PetscFunctionReturn(0);
}

/*@
  HypModelDependence - Which theta_j a multiplier depends on, at most three

  Not collective

  Input Parameters:
+ model - the model
- k     - 0..d-1: eps_1..eps_d, d..2d-1: s_1..s_d

  Output Parameters:
+ n   - how many
- set - their numbers

  Level: developer

  Note:
  Fails where there are more than three, or where nobody has told.

.seealso: HypModelSetDependence()
@*/
PetscErrorCode HypModelDependence(HypModel model, PetscInt k, PetscInt *n, PetscInt set[3])
{
  const PetscInt  i    = k % model->d;
  const PetscBool none = (PetscBool)(k < model->d && !HypModelHasEps(model)),
                  told = (PetscBool)(none || (model->depends && model->depends[k][0] >= 0));
  PetscBool uses[HYP_DIMENSIONS];

  PetscFunctionBeginUser;
  *n = none ? 0 : told ? model->depends[k][0] : model->d;
  for (PetscInt c = 0; c < PetscMin(*n, 3); c++) set[c] = told ? model->depends[k][1 + c] : c;
  if (HypModelRotated(model)) {
    PetscCall(HypModelTurnDependence(model, k, uses));
    *n = 0;
    for (PetscInt j = 0; j < model->d; j++) {
      if (!uses[j]) continue;
      if (*n < 3) set[*n] = j;
      ++*n;
    }
  }
  if (model->reference && k < model->d && told) { /* eps_i has a multiple of theta_i */
    PetscInt  at    = 0;
    PetscBool there = PETSC_FALSE;

    for (PetscInt c = 0; c < PetscMin(*n, 3); c++) {
      there = (PetscBool)(there || set[c] == i);
      if (set[c] < i) at++;
    }
    if (!there) {
      for (PetscInt c = PetscMin(*n, 2); c > at; c--) set[c] = set[c - 1];
      if (at < 3) set[at] = i;
      ++*n;
    }
  }
  PetscCheck(*n <= 3, model->comm, PETSC_ERR_ARG_OUTOFRANGE,
             "%s_%" PetscInt_FMT " depends on %" PetscInt_FMT
             " of the theta_j, at most 3 allowed in d = %" PetscInt_FMT
             ": give %s whose formulas name few of them",
             k < model->d ? "epsilon" : "noise", i + 1, *n, model->d,
             k < model->d ? "epsilon_# or loss_gradient_#" : "noise_#");
  PetscFunctionReturn(0);
}

/* Which theta_j a formula names, which has been read before: the k-th multiplier depends on them,
   and on theta_more */
PETSC_INTERN PetscErrorCode HypModelSetUses(HypModel model, PetscInt k, PetscInt more,
                                            const char *text)
{
  PetscInt       n = 0, set[HYP_DIMENSIONS];
  char           names[HYP_DIMENSIONS][12], *message;
  const char    *variables[HYP_DIMENSIONS];
  HypExpression *formula = NULL;

  PetscFunctionBeginUser;
  if (model->d > HYP_DIMENSIONS) PetscFunctionReturn(0);
  for (PetscInt j = 0; j < model->d; j++) {
    variables[j] = names[j];
    PetscCall(PetscSNPrintf(names[j], sizeof(names[j]), "theta%d", (int)j + 1));
  }
  if (model->d > 1)
    PetscCheck(!HypExpressionCreate(text, (size_t)model->d, variables, &formula, &message),
               PETSC_COMM_SELF, PETSC_ERR_PLIB, "%s", message);
  for (PetscInt j = 0; j < model->d; j++)
    if (j == more || !formula || HypExpressionUses(formula, (size_t)j)) set[n++] = j;
  HypExpressionDestroy(&formula);
  PetscCall(HypModelSetDependence(model, k, n, set));
  PetscFunctionReturn(0);
}
