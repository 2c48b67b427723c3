/* Potentials U_i(theta_i) in place of the quadratic loss,
   for momentum: the stationary law is e^{-beta U - beta y^2/2}. */
#include "model/modelimpl.h"
#include <hypoco/expression.h>
#include <stdlib.h>

enum { MOST = 3 }; /* coordinates of a tensor space */

/* One coordinate of a model */
typedef struct {
  HypModel model;
  PetscInt i;
} HypPotential;

struct _p_HypModelPotential {
  PetscInt       n;                /* 1 for all coordinates, or d */
  HypExpression *U[MOST][3];       /* U_i, U_i', U_i'' */
  HypPotential   coordinate[MOST]; /* for HypModelScaledPotential() */
};

/*@C
  HypModelSetPotential - Replaces the quadratic loss by sum_i U_i(theta_i)

  Logically collective

  Input Parameters:
+ model - the model, of type momentum, d <= 3
. n     - how many texts: d, or 1 that holds for every coordinate
- texts - U_i as expressions in theta, each of its own coordinate

  Level: intermediate

  Notes:
  dtheta_i = y_i dt, dy_i = -(U_i'(theta_i) + gamma y_i) dt + tau_i dB_i.
  F = M = prod_i e^{-beta_i U_i - beta_i y_i^2/2}/Z is known, eps must be 0, and the
  space needs x axes of that weight (HypAxisSetPotential(), HypModelScaledPotential()).
  omega0 only scales X.

.seealso: HypModelHasPotential(), HypModelIsQuadratic(), HypModelGetPotential()
@*/
PetscErrorCode HypModelSetPotential(HypModel model, PetscInt n, const char *const texts[])
{
  const char *const variable = "theta";
  const size_t      theta    = 0;
  char             *message, sentence[1024];

  PetscFunctionBeginUser;
  PetscCall(HypModelCheckFree(model));
  PetscCheck(HypModelGetType(model) == HYP_MOMENTUM, model->comm, PETSC_ERR_ARG_INCOMP,
             "model_potential: given, but model_type is asgd, whose stationary law no potential "
             "gives; take model_type momentum");
  PetscCheck(!HypModelPerturbed(model), model->comm, PETSC_ERR_ARG_INCOMP,
             "model_potential: given together with epsilon, loss or noise keys; it is the whole "
             "loss already, so leave those out");
  PetscCheck(model->d <= MOST, model->comm, PETSC_ERR_ARG_SIZ,
             "model_potential: given with model_dimension = %" PetscInt_FMT
             ", but its tensor spaces are for d <= %d; lower model_dimension, or give a loss on a "
             "simplex space",
             model->d, MOST);
  PetscCheck(n == 1 || n == model->d, model->comm, PETSC_ERR_ARG_SIZ,
             "model_potential: %" PetscInt_FMT " potentials given in d = %" PetscInt_FMT
             ", one or d of them needed",
             n, model->d);
  PetscCall(PetscNew(&model->potential));
  model->potential->n = n;
  for (PetscInt i = 0; i < n; i++) {
    HypExpression **U = model->potential->U[i];

    if (HypExpressionCreate(texts[i], 1, &variable, &U[0], &message)) {
      PetscCall(PetscSNPrintf(sentence, sizeof(sentence), "%s: %s", HypModelPotentialKey(model, i),
                              message));
      free(message);
      SETERRQ(model->comm, PETSC_ERR_USER_INPUT, "%s", sentence);
    }
    for (int k = 0; k < 2; k++) HypExpressionCreateDerivative(U[k], 1, &theta, &U[k + 1]);
  }
  for (PetscInt i = 0; i < model->d; i++)
    model->potential->coordinate[i] = (HypPotential){.model = model, .i = i};
  PetscFunctionReturn(0);
}

/*@C
  HypModelPotentialKey - The key that gave a coordinate its potential, for messages

  Not collective

  Input Parameters:
+ model - a model with HypModelHasPotential()
- i     - the coordinate, 0 <= i < d

  Returns model_potential, or model_potential_1 and its like where each coordinate has its own;
  not to be freed.

  Level: developer

.seealso: HypModelSetPotential(), HypAxisSetPotentialKey()
@*/
const char *HypModelPotentialKey(HypModel model, PetscInt i)
{
  static const char *const each[MOST] = {"model_potential_1", "model_potential_2",
                                         "model_potential_3"};

  return model->potential->n > 1 ? each[i] : "model_potential";
}

/* Called when a model is destroyed */
PETSC_INTERN PetscErrorCode HypModelPotentialDestroy(HypModelPotentialText *potential)
{
  PetscFunctionBeginUser;
  if (!*potential) PetscFunctionReturn(0);
  for (PetscInt i = 0; i < (*potential)->n; i++)
    for (int k = 0; k < 3; k++) HypExpressionDestroy(&(*potential)->U[i][k]);
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
  HypModelLandscape - The potential U_i at one theta_i, or one of its derivatives

  Not collective

  Input Parameters:
+ model - a model with HypModelHasPotential()
. i     - the coordinate
. order - 0: U, 1: U', 2: U''
- theta - its value

  Returns U_i(theta) or the derivative.

  Level: intermediate

.seealso: HypModelSetPotential()
@*/
PetscReal HypModelLandscape(HypModel model, PetscInt i, PetscInt order, PetscReal theta)
{
  PetscReal U;

  HypExpressionEvaluate(model->potential->U[model->potential->n > 1 ? i : 0][order], &theta, &U);
  return U;
}

/*@C
  HypModelGetPotential - What HypModelScaledPotential() takes as its context

  Not collective

  Input Parameters:
+ model - a model with HypModelHasPotential()
- i     - the coordinate

  Returns the context; it lives as long as the model.

  Level: intermediate

.seealso: HypModelScaledPotential(), HypModelPotentialsDiffer()
@*/
void *HypModelGetPotential(HypModel model, PetscInt i)
{
  return &model->potential->coordinate[i];
}

/*@
  HypModelPotentialsDiffer - Do the axes of the positions need weights of their own?

  Not collective

  Input Parameter:
. model - the model

  Returns PETSC_TRUE where there is a potential and U_i, omega_i or beta_i differ.

  Level: intermediate

.seealso: HypModelSetPotential(), HypSpaceSetAxis()
@*/
PetscBool HypModelPotentialsDiffer(HypModel model)
{
  return (PetscBool)(model->potential && model->d > 1 &&
                     (model->potential->n > 1 || !HypModelIsotropic(model)));
}

/*@C
  HypModelScaledPotential - W(X) = beta U(X/(sqrt(beta) w)), for HypAxisSetPotential()

  Not collective

  Input Parameters:
+ X   - the scaled position
- ctx - from HypModelGetPotential()

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
  const HypPotential *U = (const HypPotential *)ctx;
  const HypCoordinate c = HypModelCoordinate(U->model, U->i);

  PetscFunctionBeginUser;
  *W = c.beta * HypModelLandscape(U->model, U->i, 0, X / (PetscSqrtReal(c.beta) * c.omega));
  PetscFunctionReturn(0);
}
