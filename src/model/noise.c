/* s(theta) > 0, the variance of the noise relative to tau^2: set and evaluated. */
#include <hypoco/function.h>
#include "model/modelimpl.h"
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
  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < model->d; i++) s[i] = 1;
  if (!model->noisy) PetscFunctionReturn(0);
  PetscCall(model->noise(model->d, theta, s, model->noisectx));
  for (PetscInt i = 0; i < model->d; i++) {
    PetscCheck(s[i] > 0 && !PetscIsInfOrNanReal(s[i]), PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
               "noise: s_%" PetscInt_FMT " is %g at theta1 = %g%s, a positive number is needed "
               "wherever the space has a node; change the expression or narrow the box",
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

static PetscErrorCode FormulasEvaluate(PetscInt d, const PetscReal theta[], PetscReal s[],
                                       void *ctx)
{
  HypFunction *function = (HypFunction *)ctx;
  char        *message;
  size_t       inputs, outputs;

  PetscFunctionBeginUser;
  if (HypFunctionEvaluate(function, 0, 1, theta, s, &message)) {
    char sentence[1024];

    PetscCall(PetscStrncpy(sentence, message, sizeof(sentence)));
    free(message);
    SETERRQ(PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE, "noise: %s", sentence);
  }
  HypFunctionSizes(function, &inputs, &outputs);
  for (PetscInt i = (PetscInt)outputs; i < d; i++) s[i] = s[0];
  PetscFunctionReturn(0);
}

static PetscErrorCode FormulasDestroy(void *ctx)
{
  HypFunction *function = (HypFunction *)ctx;

  PetscFunctionBeginUser;
  HypFunctionDestroy(&function);
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
  HypFunction *function;
  char        *message, sentence[1024];
  size_t       bad;

  PetscFunctionBeginUser;
  if (HypFunctionCreateFormulas((size_t)model->d, (size_t)n, texts, &function, &bad, &message)) {
    if (n > 1)
      PetscCall(PetscSNPrintf(sentence, sizeof(sentence), "noise_%d: %s", (int)bad + 1, message));
    else
      PetscCall(PetscSNPrintf(sentence, sizeof(sentence), "noise: %s", message));
    free(message);
    SETERRQ(model->comm, PETSC_ERR_USER_INPUT, "%s", sentence);
  }
  PetscCall(HypModelSetNoise(model, FormulasEvaluate, function, FormulasDestroy));
  for (PetscInt i = 0; i < model->d; i++)
    PetscCall(HypModelSetUses(model, model->d + i, -1, texts[n > 1 ? i : 0]));
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
  const PetscBool told = (PetscBool)(model->depends && model->depends[k][0] >= 0);

  PetscFunctionBeginUser;
  *n = told ? model->depends[k][0] : model->d;
  PetscCheck(*n <= 3, model->comm, PETSC_ERR_ARG_OUTOFRANGE,
             "%s_%" PetscInt_FMT " depends on %" PetscInt_FMT
             " of the theta_j, at most 3 allowed in d = %" PetscInt_FMT
             ": give epsilon_# or loss_gradient_# whose formulas name few of them",
             k < model->d ? "epsilon" : "noise", i + 1, *n, model->d);
  for (PetscInt c = 0; c < *n; c++) set[c] = told ? model->depends[k][1 + c] : c;
  PetscFunctionReturn(0);
}

/* Which theta_j a formula names: the k-th multiplier depends on them */
PETSC_INTERN PetscErrorCode HypModelSetUses(HypModel model, PetscInt k, PetscInt more,
                                            const char *text)
{
  PetscInt n = 0, set[HYP_DIMENSIONS];

  PetscFunctionBeginUser;
  if (model->d > HYP_DIMENSIONS) PetscFunctionReturn(0);
  for (PetscInt j = 0; j < model->d; j++) {
    PetscBool uses = (PetscBool)(j == more || model->d == 1);

    for (const char *at = text; !uses && (at = strstr(at, "theta")); at += 5)
      uses = (PetscBool)(strtol(at + 5, NULL, 10) == (long)j + 1);
    if (uses) set[n++] = j;
  }
  PetscCall(HypModelSetDependence(model, k, n, set));
  PetscFunctionReturn(0);
}
