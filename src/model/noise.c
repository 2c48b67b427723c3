/* s(theta) > 0, the variance of the noise relative to tau^2: set and evaluated. */
#include <hypoco/function.h>
#include <hypoco/model.h>
#include <stdlib.h>

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
  PetscFunctionReturn(0);
}
