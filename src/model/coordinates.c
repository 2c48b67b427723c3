#include <hypoco/model.h>

/* Changes of variables between (theta, y), (x, v) and the scaled z = (X, V); below (2.3) of Zhu and Ying: x = y, v = -w0^2 theta - gamma y. */

/*@
  HypModelCoordinate - What the equation needs to know about one pair (X_i, V_i)

  Not collective

  Input Parameters:
+ model - the model
- i     - the pair, 0 <= i < d

  Returns w, beta, tau, the direction of theta_i in the plane (X_i, V_i), and the coefficients of R.

  Level: intermediate

  Notes:
  Asynchronous SGD, (2.2) and (2.4) of Zhu and Ying: dtheta = y dt + tau dB, dy = -(grad f + gamma y) dt, x = y,
  v = -w^2 theta - gamma y, hence beta = 2 gamma/(tau^2 w^4) and (p, q) = sqrt(beta) (w, -gamma).

.seealso: HypModelSetParameters()
@*/
HypCoordinate HypModelCoordinate(HypModel model, PetscInt i)
{
  const PetscReal w = model->omega0, g = model->gamma, b = PetscSqrtReal(model->beta);

  (void)i;
  return (HypCoordinate){.omega   = w,
                         .beta    = model->beta,
                         .tau     = PetscSqrtReal(2 * g) / (b * w * w),
                         .theta_X = -g / (b * w * w * w),
                         .theta_V = -1 / (b * w * w),
                         .p       = b * w,
                         .q       = -b * g,
                         .r       = b * PetscSqrtReal(g * g + w * w)};
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
  HypModelPerturbed - Is there a perturbation eps?

  Not collective

  Input Parameter:
. model - the model

  Returns PETSC_FALSE where eps = 0, for which much is known in closed form.

  Level: beginner

.seealso: HypModelSetPerturbation()
@*/
PetscBool HypModelPerturbed(HypModel model)
{
  return model->perturbed;
}

/*@
  HypModelScale - Scales a point: X = sqrt(beta) w0 x, V = sqrt(beta) v

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
  const PetscInt  d = model->d;
  const PetscReal b = PetscSqrtReal(model->beta);

  for (PetscInt i = 0; i < d; i++) {
    z[i]     = b * model->omega0 * x[i];
    z[d + i] = b * v[i];
  }
}

/*@
  HypModelUnscale - Undoes HypModelScale(): x = X/(sqrt(beta) w0), v = V/sqrt(beta)

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
  const PetscInt  d = model->d;
  const PetscReal b = PetscSqrtReal(model->beta);

  for (PetscInt i = 0; i < d; i++) {
    x[i] = z[i] / (b * model->omega0);
    v[i] = z[d + i] / b;
  }
}

/*@
  HypModelToTheta - The algorithm's variables at a point: y = x, theta = -(v + gamma x)/w0^2

  Not collective

  Input Parameters:
+ model - the model
- z     - 2d numbers, X_1..X_d, V_1..V_d

  Output Parameters:
+ theta - d numbers, -(w0 V + gamma X)/(sqrt(beta) w0^3)
- y     - d numbers, the running gradient

  Level: intermediate

  Notes:
  Below (2.3) of Zhu and Ying.

.seealso: HypModelFromTheta()
@*/
void HypModelToTheta(HypModel model, const PetscReal z[], PetscReal theta[], PetscReal y[])
{
  const PetscInt  d = model->d;
  const PetscReal b = PetscSqrtReal(model->beta), w = model->omega0;

  for (PetscInt i = 0; i < d; i++) {
    theta[i] = -(w * z[d + i] + model->gamma * z[i]) / (b * w * w * w);
    if (y) y[i] = z[i] / (b * w);
  }
}

/*@
  HypModelFromTheta - Undoes HypModelToTheta(): x = y, v = -w0^2 theta - gamma y, scaled

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
  const PetscInt  d = model->d;
  const PetscReal b = PetscSqrtReal(model->beta), w = model->omega0;

  for (PetscInt i = 0; i < d; i++) {
    z[i]     = b * w * y[i];
    z[d + i] = -b * (w * w * theta[i] + model->gamma * y[i]);
  }
}

/*@
  HypModelJacobian - Density of M in (x, v) over that of the standard normal law in z

  Not collective

  Input Parameter:
. model - the model

  Returns (beta w0)^d.

  Level: intermediate

.seealso: HypModelScale()
@*/
PetscReal HypModelJacobian(HypModel model)
{
  return PetscPowRealInt(model->beta * model->omega0, model->d);
}
