/*
   Two copies of many paths with the same noise, in the model's own coordinates.

   The noise is added between the steps, alike in both copies, so that it does not change their
   difference; a step is the method of Heun for the drift.
   Where the noise depends on theta its strength is that at the start of a step (Ito).
*/
#include <hypoco/random.h>
#include "sampler/twins.h"

/* slope = (y, -w^2 theta - eps(theta) - gamma y) */
static PetscErrorCode Drift(HypTwins *p, const PetscReal z[], PetscReal slope[])
{
  const PetscInt  n = p->lanes, d = p->d;
  const PetscReal gamma = HypModelGamma(p->model);

  PetscFunctionBeginUser;
  PetscCall(HypModelPerturbationMany(p->model, 0, n, z, p->eps));
  for (PetscInt i = 0; i < d; i++) {
    const PetscReal *theta = z + i * n, *y = z + (d + i) * n, *eps = p->eps + i * n;

    for (PetscInt l = 0; l < n; l++) {
      slope[i * n + l]       = y[l];
      slope[(d + i) * n + l] = -p->omega2[i] * theta[l] - eps[l] - gamma * y[l];
    }
  }
  PetscFunctionReturn(0);
}

/* sqrt(s) at the present points */
static PetscErrorCode Strengths(HypTwins *p)
{
  PetscFunctionBeginUser;
  for (PetscInt l = 0; p->strength && l < p->lanes; l++) {
    PetscReal *theta = p->point, *s = p->point + p->d;

    for (PetscInt i = 0; i < p->d; i++) theta[i] = p->z[i * p->lanes + l];
    PetscCall(HypModelNoise(p->model, theta, s));
    for (PetscInt i = 0; i < p->d; i++) p->strength[i * p->lanes + l] = PetscSqrtReal(s[i]);
  }
  PetscFunctionReturn(0);
}

/* One step of Heun, then the noise of the step: in theta (asgd) or in y (momentum) */
PetscErrorCode HypTwinsStep(HypTwins *p, PetscReal h, uint64_t seed, uint64_t path, PetscInt step)
{
  const PetscInt n = p->lanes, d = p->d, pairs = n / 2,
                 row = HypModelGetType(p->model) == HYP_ASGD ? 0 : d;

  PetscFunctionBeginUser;
  PetscCall(Strengths(p));
  PetscCall(Drift(p, p->z, p->slope[0]));
  for (PetscInt k = 0; k < 2 * d * n; k++) p->predicted[k] = p->z[k] + h * p->slope[0][k];
  PetscCall(Drift(p, p->predicted, p->slope[1]));
  for (PetscInt k = 0; k < 2 * d * n; k++) p->z[k] += h / 2 * (p->slope[0][k] + p->slope[1][k]);
  HypRandomNormals((HypRandomBlock){seed, path, pairs, (uint32_t)step, HYP_RANDOM_NORMAL}, d,
                   p->noise);
  for (PetscInt i = 0; i < d; i++) {
    const PetscReal size = p->tau[i] * PetscSqrtReal(h);

    for (PetscInt l = 0; l < n; l++)
      p->z[(row + i) * n + l] +=
        (p->strength ? size * p->strength[i * n + l] : size) * p->noise[i * pairs + l % pairs];
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HypTwinsCreate(HypModel model, PetscInt pairs, HypTwins *p)
{
  const PetscInt d = HypModelDimension(model), n = 2 * pairs;

  PetscFunctionBeginUser;
  *p = (HypTwins){.model = model, .d = d, .lanes = n};
  PetscCall(PetscMalloc5(2 * d * n, &p->z, 2 * d * n, &p->predicted, 2 * d * n, &p->slope[0],
                         2 * d * n, &p->slope[1], d * n, &p->eps));
  PetscCall(PetscMalloc4(2 * d * n, &p->noise, d, &p->omega2, d, &p->tau, 2 * d, &p->point));
  if (HypModelNoisy(model)) PetscCall(PetscMalloc1(d * n, &p->strength));
  for (PetscInt i = 0; i < d; i++) {
    const HypCoordinate c = HypModelCoordinate(model, i);

    p->omega2[i] = PetscSqr(c.omega);
    p->tau[i]    = c.tau;
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HypTwinsDestroy(HypTwins *p)
{
  PetscFunctionBeginUser;
  PetscCall(PetscFree5(p->z, p->predicted, p->slope[0], p->slope[1], p->eps));
  PetscCall(PetscFree4(p->noise, p->omega2, p->tau, p->point));
  PetscCall(PetscFree(p->strength));
  PetscFunctionReturn(0);
}
