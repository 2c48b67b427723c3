/* A potential U(theta_i) in place of the quadratic loss,
   for momentum: the stationary law is e^{-beta U - beta y^2/2}. */
#include "model/modelimpl.h"
#include <hypoco/expression.h>
#include <stdlib.h>

struct _p_HypModelPotential {
  HypExpression *U[3]; /* U, U', U'' */
};

/*@C
  HypModelSetPotential - Replaces the quadratic loss by sum_i U(theta_i)

  Logically collective

  Input Parameters:
+ model - the model, of type momentum; all its coordinates alike
- text  - U as an expression in theta

  Level: intermediate

  Notes:
  dtheta = y dt, dy = -(U'(theta) + gamma y) dt + tau dB.
  F = M = e^{-beta U - beta y^2/2}/Z is known, eps must be 0, and the
  space needs x axes of that weight (HypAxisSetPotential(), HypModelScaledPotential()).
  omega0 only scales X.

.seealso: HypModelHasPotential(), HypModelIsQuadratic()
@*/
PetscErrorCode HypModelSetPotential(HypModel model, const char text[])
{
  const char *const variable = "theta";
  const size_t      theta    = 0;
  char             *message, sentence[1024];

  PetscFunctionBeginUser;
  PetscCheck(HypModelGetType(model) == HYP_MOMENTUM, model->comm, PETSC_ERR_ARG_INCOMP,
             "model_potential: given, but model_type is asgd, whose stationary law no potential "
             "gives; take model_type momentum");
  PetscCheck(!HypModelPerturbed(model), model->comm, PETSC_ERR_ARG_INCOMP,
             "model_potential: given together with epsilon, loss or noise keys; it is the whole "
             "loss already, so leave those out");
  PetscCheck(HypModelIsotropic(model), model->comm, PETSC_ERR_ARG_INCOMP,
             "model_potential: it is the same for all coordinates, so model_omega0 and model_beta "
             "must be one number each");
  PetscCall(PetscNew(&model->potential));
  if (HypExpressionCreate(text, 1, &variable, &model->potential->U[0], &message)) {
    PetscCall(PetscSNPrintf(sentence, sizeof(sentence), "model_potential: %s", message));
    free(message);
    SETERRQ(model->comm, PETSC_ERR_USER_INPUT, "%s", sentence);
  }
  for (int k = 0; k < 2; k++)
    HypExpressionCreateDerivative(model->potential->U[k], 1, &theta, &model->potential->U[k + 1]);
  PetscFunctionReturn(0);
}

/* Called when a model is destroyed */
PETSC_INTERN PetscErrorCode HypModelPotentialDestroy(HypModelPotentialText *potential)
{
  PetscFunctionBeginUser;
  if (!*potential) PetscFunctionReturn(0);
  for (int k = 0; k < 3; k++) HypExpressionDestroy(&(*potential)->U[k]);
  PetscCall(PetscFree(*potential));
  PetscFunctionReturn(0);
}

/*@
  HypModelHasPotential - Is there a potential in place of the quadratic loss?

  Not collective

  Input Parameter:
. model - the model

  Returns PETSC_TRUE after HypModelSetPotential().

  Level: intermediate

.seealso: HypModelIsQuadratic()
@*/
PetscBool HypModelHasPotential(HypModel model)
{
  return model->potential ? PETSC_TRUE : PETSC_FALSE;
}

/*@
  HypModelIsQuadratic - Is the loss quadratic and the noise constant, so that closed forms hold?

  Not collective

  Input Parameter:
. model - the model

  Returns PETSC_TRUE if there is neither a perturbation nor a potential.

  Level: intermediate

.seealso: HypModelPerturbed(), HypModelHasPotential()
@*/
PetscBool HypModelIsQuadratic(HypModel model)
{
  return HypModelPerturbed(model) || model->potential ? PETSC_FALSE : PETSC_TRUE;
}

/*@
  HypModelLandscape - The potential U at one theta_i, or one of its derivatives

  Not collective

  Input Parameters:
+ model - a model with HypModelHasPotential()
. order - 0: U, 1: U', 2: U''
- theta - one coordinate

  Returns U(theta) or the derivative.

  Level: intermediate

.seealso: HypModelSetPotential()
@*/
PetscReal HypModelLandscape(HypModel model, PetscInt order, PetscReal theta)
{
  PetscReal U;

  HypExpressionEvaluate(model->potential->U[order], &theta, &U);
  return U;
}

/*@C
  HypModelScaledPotential - W(X) = beta U(X/(sqrt(beta) w)), for HypAxisSetPotential()

  Not collective

  Input Parameters:
+ X   - the scaled position
- ctx - the model

  Output Parameter:
. W - the potential in units of the temperature

  Level: intermediate

  Notes:
  With a_X^T = -d/dX + W' the transport v U-term is w (a_V^T a_X - a_X^T a_V) again:
  v d/dx - U' d/dv = w (V d/dX - W' d/dV).

.seealso: HypModelSetPotential(), HypAxisSetPotential()
@*/
PetscErrorCode HypModelScaledPotential(PetscReal X, PetscReal *W, void *ctx)
{
  const HypModel      model = (HypModel)ctx;
  const HypCoordinate c     = HypModelCoordinate(model, 0);

  PetscFunctionBeginUser;
  *W = c.beta * HypModelLandscape(model, 0, X / (PetscSqrtReal(c.beta) * c.omega));
  PetscFunctionReturn(0);
}
