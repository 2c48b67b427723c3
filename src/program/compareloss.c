/* hypoco compare with a loss of its own: eps of the equation is what the mean gradient of the
   components has beyond omega0^2 theta; the noise of the equation is model_noise. */
#include "program/compare.h"
#include <hypoco/expression.h>
#include <hypoco/main.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static PetscErrorCode Force(PetscInt d, const PetscReal theta[], PetscReal eps[], void *ctx)
{
  const HypComparison *c = (const HypComparison *)ctx;
  const HypReals       w = c->s->model_omega0;

  PetscFunctionBeginUser;
  PetscCall(HypLossMeanGradient(c->setup.loss, 1, theta, eps));
  for (PetscInt i = 0; i < d; i++)
    eps[i] -= PetscSqr(w.values[w.count == 1 ? 0 : (size_t)i]) * theta[i];
  PetscFunctionReturn(0);
}

/*
  HypCompareLoss - Makes the equation the one of the algorithm's own loss

  Collective

  Input Parameters:
+ c        - setup and loss0 are set; nothing happens for sample_loss_type: model
- settings - of the sampled algorithm
*/
PetscErrorCode HypCompareLoss(HypComparison *c, const HypSettings *settings)
{
  const PetscInt d = (PetscInt)settings->model_dimension;
  PetscReal     *zero;

  PetscFunctionBeginUser;
  if (!strcmp(settings->sample_loss_type, "model")) PetscFunctionReturn(0);
  PetscCheck(!HypCompareForced(settings), PETSC_COMM_WORLD, PETSC_ERR_ARG_INCOMP,
             "sample_loss_type: %s given beside epsilon or loss, but both say what the loss is; "
             "leave one out",
             settings->sample_loss_type);
  PetscCheck(
    !settings->model_hessian.count, PETSC_COMM_WORLD, PETSC_ERR_SUP,
    "sample_loss_type: %s given with model_hessian, but the loss has a Hessian of its own; "
    "give model_omega0",
    settings->sample_loss_type);
  PetscCall(HypSampleSetupCreate(PETSC_COMM_WORLD, settings, &c->setup));
  PetscCall(PetscCalloc1(d, &zero));
  PetscCall(HypLossMeanValue(c->setup.loss, 1, zero, &c->loss0));
  PetscCall(PetscFree(zero));
  HypMainSetPerturbation(Force, c);
  PetscFunctionReturn(0);
}

/* Is it a formula without variables, of value 0? */
static PetscBool IsZero(const char text[])
{
  HypExpression *expression;
  char          *message;
  double         value = NAN;

  if (HypExpressionCreate(text, 0, NULL, &expression, &message)) { /* theta is not known to it */
    free(message);
    return PETSC_FALSE;
  }
  HypExpressionEvaluate(expression, NULL, &value);
  HypExpressionDestroy(&expression);
  return value == 0 ? PETSC_TRUE : PETSC_FALSE;
}

/*
  HypCompareUnforced - Takes an eps that is 0 out of the settings, so that it is no force

  Not collective
*/
void HypCompareUnforced(HypSettings *s)
{
  PetscBool zero = s->epsilon_each[0] ? PETSC_TRUE : PETSC_FALSE;

  if (s->epsilon && IsZero(s->epsilon)) s->epsilon = NULL;
  for (int64_t i = 0; i < s->model_dimension && zero; i++)
    zero = s->epsilon_each[i] && IsZero(s->epsilon_each[i]) ? PETSC_TRUE : PETSC_FALSE;
  for (int64_t i = 0; i < s->model_dimension && zero; i++) s->epsilon_each[i] = NULL;
}

/* Is eps given, by itself or through a loss? */
PetscBool HypCompareForced(const HypSettings *s)
{
  if (s->epsilon_amplitude == 0) return PETSC_FALSE;
  return s->epsilon || s->epsilon_each[0] || s->loss || s->loss_gradient_each[0] ||
             s->epsilon_file || s->epsilon_file_each[0] || s->loss_file || s->epsilon_library ||
             s->loss_name
           ? PETSC_TRUE
           : PETSC_FALSE;
}

/* Is the loss the model's, without eps? Then means of the algorithms are known exactly. */
PetscBool HypCompareLinear(const HypSettings *s)
{
  return HypCompareForced(s) || strcmp(s->sample_loss_type, "model") ? PETSC_FALSE : PETSC_TRUE;
}
