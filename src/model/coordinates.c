#include <hypoco/model.h>

/* Changes of variables between (theta, y), (x, v) and the scaled z = (X, V); below (2.3) of Zhu and Ying: x = y, v = -w0^2 theta - gamma y. */

/* X = sqrt(beta) w0 x, V = sqrt(beta) v */
void HypModelScale(HypModel model, const PetscReal x[], const PetscReal v[], PetscReal z[])
{
  const PetscInt  d = model->d;
  const PetscReal b = PetscSqrtReal(model->beta);

  for (PetscInt i = 0; i < d; i++) {
    z[i]     = b * model->omega0 * x[i];
    z[d + i] = b * v[i];
  }
}

void HypModelUnscale(HypModel model, const PetscReal z[], PetscReal x[], PetscReal v[])
{
  const PetscInt  d = model->d;
  const PetscReal b = PetscSqrtReal(model->beta);

  for (PetscInt i = 0; i < d; i++) {
    x[i] = z[i] / (b * model->omega0);
    v[i] = z[d + i] / b;
  }
}

/* y = x, theta = -(v + gamma x)/w0^2 = -(w0 V + gamma X)/(sqrt(beta) w0^3) */
void HypModelToTheta(HypModel model, const PetscReal z[], PetscReal theta[], PetscReal y[])
{
  const PetscInt  d = model->d;
  const PetscReal b = PetscSqrtReal(model->beta), w = model->omega0;

  for (PetscInt i = 0; i < d; i++) {
    theta[i] = -(w * z[d + i] + model->gamma * z[i]) / (b * w * w * w);
    if (y) y[i] = z[i] / (b * w);
  }
}

void HypModelFromTheta(HypModel model, const PetscReal theta[], const PetscReal y[], PetscReal z[])
{
  const PetscInt  d = model->d;
  const PetscReal b = PetscSqrtReal(model->beta), w = model->omega0;

  for (PetscInt i = 0; i < d; i++) {
    z[i]     = b * w * y[i];
    z[d + i] = -b * (w * w * theta[i] + model->gamma * y[i]);
  }
}

PetscReal HypModelJacobian(HypModel model)
{
  return PetscPowRealInt(model->beta * model->omega0, model->d);
}
