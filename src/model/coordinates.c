#include "model/modelimpl.h"

/* Changes of variables between (theta, y), (x, v) and the scaled z = (X, V). */

const char *const HypModelTypes[] = {"asgd", "momentum"};

/*@
  HypModelCoordinate - What the equation needs to know about one pair (X_i, V_i)

  Not collective

  Input Parameters:
+ model - the model
- i     - the pair, 0 <= i < d

  Returns w, beta, tau, the directions of theta_i and y_i in the plane (X_i, V_i),
  and the coefficients of R.

  Level: intermediate

  Notes:
  Asynchronous SGD has x = y, v = -w^2 theta - gamma y, so beta = 2 gamma/(tau^2 w^4)
  and (p, q) = sqrt(beta) (w, -gamma): (2.4) of Zhu and Ying.
  Momentum has x = theta, v = y, so beta = 2 gamma/tau^2 and (p, q) = sqrt(beta) (0, 1).
  For both, the direction of theta_i and (p, q) are orthogonal,
  so eps_i acts along the one and R along the other.

.seealso: HypModelSetParameters(), HypModelSetType()
@*/
HypCoordinate HypModelCoordinate(HypModel model, PetscInt i)
{
  return model->coordinate[i];
}

/* The coordinate of a frequency w and an inverse temperature beta */
PETSC_INTERN HypCoordinate HypCoordinateMake(HypModelType type, PetscReal w, PetscReal g,
                                             PetscReal beta)
{
  const PetscReal b = PetscSqrtReal(beta);
  HypCoordinate   c = {.omega = w, .beta = beta, .ratio = 1};

  if (type == HYP_ASGD) {
    c.tau     = PetscSqrtReal(2 * g) / (b * w * w);
    c.theta_X = -g / (b * w * w * w);
    c.theta_V = -1 / (b * w * w);
    c.y_X     = 1 / (b * w);
    c.p       = b * w;
    c.q       = -b * g;
    c.r       = b * PetscSqrtReal(g * g + w * w);
  } else {
    c.tau     = PetscSqrtReal(2 * g) / b;
    c.theta_X = 1 / (b * w);
    c.y_V     = 1 / b;
    c.q = c.r = b;
  }
  return c;
}

/*@
  HypModelIsotropic - Are all coordinates alike?

  Not collective

  Input Parameter:
. model - the model

  Returns PETSC_TRUE if every coordinate has the same w and the same beta.

  Level: intermediate

.seealso: HypModelSetCoordinates()
@*/
PetscBool HypModelIsotropic(HypModel model)
{
  for (PetscInt i = 1; i < model->d; i++) {
    if (model->coordinate[i].omega != model->coordinate[0].omega ||
        model->coordinate[i].beta != model->coordinate[0].beta)
      return PETSC_FALSE;
  }
  return PETSC_TRUE;
}

/*@
  HypModelFastest - The largest frequency w of all coordinates

  Not collective

  Input Parameter:
. model - the model

  Returns it, in 1/time.

  Level: intermediate

.seealso: HypModelCoordinate()
@*/
PetscReal HypModelFastest(HypModel model)
{
  PetscReal w = 0;

  for (PetscInt i = 0; i < model->d; i++) w = PetscMax(w, model->coordinate[i].omega);
  return w;
}

/*@
  HypModelGetType - Which of the two equations the model is

  Not collective

  Input Parameter:
. model - the model

  Returns HYP_ASGD or HYP_MOMENTUM.

  Level: beginner

.seealso: HypModelSetType()
@*/
HypModelType HypModelGetType(HypModel model)
{
  return model->type;
}

/*@
  HypModelOmegas - The frequencies w of all coordinates

  Not collective

  Input Parameter:
. model - the model

  Returns d numbers, which the model owns, in 1/time.

  Level: intermediate

.seealso: HypModelCoordinate()
@*/
const PetscReal *HypModelOmegas(HypModel model)
{
  return model->lists;
}

/*@
  HypModelBetas - The inverse temperatures beta of all coordinates

  Not collective

  Input Parameter:
. model - the model

  Returns d numbers, which the model owns.

  Level: intermediate

.seealso: HypModelCoordinate()
@*/
const PetscReal *HypModelBetas(HypModel model)
{
  return model->lists + model->d;
}

/*@
  HypModelTaus - The amplitudes tau of the noise of all coordinates

  Not collective

  Input Parameter:
. model - the model

  Returns d numbers, which the model owns.

  Level: intermediate

.seealso: HypModelCoordinate()
@*/
const PetscReal *HypModelTaus(HypModel model)
{
  return model->lists + 2 * model->d;
}

/*@
  HypModelDimension - The dimension d of theta

  Not collective

  Input Parameter:
. model - the model

  Returns d.

  Level: beginner

.seealso: HypModelCoordinate()
@*/
PetscInt HypModelDimension(HypModel model)
{
  return model->d;
}

/*@C
  HypModelGetComm - The ranks of a model

  Not collective

  Input Parameter:
. model - the model

  Returns its communicator.

  Level: intermediate

.seealso: HypModelCreate()
@*/
MPI_Comm HypModelGetComm(HypModel model)
{
  return model->comm;
}

/*@
  HypModelGamma - The friction gamma

  Not collective

  Input Parameter:
. model - the model

  Returns gamma, in 1/time.

  Level: beginner

.seealso: HypModelCoordinate()
@*/
PetscReal HypModelGamma(HypModel model)
{
  return model->gamma;
}

/*@
  HypModelPerturbed - Is there an eps, or a noise that depends on theta?

  Not collective

  Input Parameter:
. model - the model

  Returns PETSC_FALSE where eps = 0 and s = 1, for which much is known in closed form.

  Level: beginner

.seealso: HypModelSetPerturbation()
@*/
PetscBool HypModelPerturbed(HypModel model)
{
  return model->perturbed;
}

/*@
  HypModelPhase - (x_i, v_i) from (theta_i, y_i)

  Not collective

  Input Parameters:
+ model - the model
- i     - the coordinate, 0 <= i < d

  Output Parameter:
. map - a 2 x 2 matrix by rows: x = y, v = -w^2 theta - gamma y for asgd, x = theta, v = y for
momentum

  Level: intermediate

.seealso: HypModelFromTheta()
@*/
void HypModelPhase(HypModel model, PetscInt i, PetscReal map[4])
{
  const PetscBool asgd = (PetscBool)(model->type == HYP_ASGD && !model->reference);

  map[0] = asgd ? 0 : 1;
  map[1] = asgd ? 1 : 0;
  map[2] = asgd ? -PetscSqr(model->coordinate[i].omega) : 0;
  map[3] = asgd ? -model->gamma : 1;
}

/*@
  HypModelScale - Scales a point: X = sqrt(beta) w x, V = sqrt(beta) v

  Not collective

  Input Parameters:
+ model - the model
. x     - d numbers
- v     - d numbers

  Output Parameter:
. z - 2d numbers, X_1..X_d, V_1..V_d, in standard deviations of M

  Level: intermediate

  Notes:
  M of (3.1) becomes the standard normal law.

.seealso: HypModelUnscale(), HypModelFromTheta()
@*/
void HypModelScale(HypModel model, const PetscReal x[], const PetscReal v[], PetscReal z[])
{
  const PetscInt d = model->d;

  for (PetscInt i = 0; i < d; i++) {
    const HypCoordinate *c = model->coordinate + i;

    z[i]     = PetscSqrtReal(c->beta) * c->omega * x[i];
    z[d + i] = PetscSqrtReal(c->beta) * v[i];
  }
}

/*@
  HypModelUnscale - Undoes HypModelScale(): x = X/(sqrt(beta) w), v = V/sqrt(beta)

  Not collective

  Input Parameters:
+ model - the model
- z     - 2d numbers, X_1..X_d, V_1..V_d

  Output Parameters:
+ x - d numbers
- v - d numbers

  Level: intermediate

.seealso: HypModelScale()
@*/
void HypModelUnscale(HypModel model, const PetscReal z[], PetscReal x[], PetscReal v[])
{
  const PetscInt d = model->d;

  for (PetscInt i = 0; i < d; i++) {
    const HypCoordinate *c = model->coordinate + i;

    x[i] = z[i] / (PetscSqrtReal(c->beta) * c->omega);
    v[i] = z[d + i] / PetscSqrtReal(c->beta);
  }
}

/*@
  HypModelToTheta - The algorithm's variables at a point

  Not collective

  Input Parameters:
+ model - the model
- z     - 2d numbers, X_1..X_d, V_1..V_d

  Output Parameters:
+ theta - d numbers
- y     - d numbers; NULL: not wanted

  Level: intermediate

  Notes:
  asgd: y = x, theta = -(v + gamma x)/w^2, below (2.3) of Zhu and Ying; momentum: theta = x, y = v.

.seealso: HypModelFromTheta()
@*/
void HypModelToTheta(HypModel model, const PetscReal z[], PetscReal theta[], PetscReal y[])
{
  const PetscInt d = model->d;

  for (PetscInt i = 0; i < d; i++) {
    const HypCoordinate *c = model->coordinate + i;

    theta[i] = c->theta_X * z[i] + c->theta_V * z[d + i];
    if (y) y[i] = c->y_X * z[i] + c->y_V * z[d + i];
  }
}

/*@
  HypModelFromTheta - Undoes HypModelToTheta()

  Not collective

  Input Parameters:
+ model - the model
. theta - d numbers
- y     - d numbers

  Output Parameter:
. z - 2d numbers, X_1..X_d, V_1..V_d

  Level: intermediate

.seealso: HypModelToTheta()
@*/
void HypModelFromTheta(HypModel model, const PetscReal theta[], const PetscReal y[], PetscReal z[])
{
  const PetscInt d = model->d;

  for (PetscInt i = 0; i < d; i++) {
    const HypCoordinate *c = model->coordinate + i;
    const PetscReal      D = c->theta_X * c->y_V - c->theta_V * c->y_X;

    z[i]     = (c->y_V * theta[i] - c->theta_V * y[i]) / D;
    z[d + i] = (c->theta_X * y[i] - c->y_X * theta[i]) / D;
  }
}
