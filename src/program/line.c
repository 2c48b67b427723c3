/* One coordinate of a model by itself, the others resting at 0. */
#include "program/line.h"

PetscErrorCode HypLinePoint(const HypLine *line, PetscReal theta, PetscReal *eps, PetscReal *s)
{
  const PetscInt  d = HypModelDimension(line->whole), i = line->i;
  const PetscReal own  = HypModelOmegas(line->whole)[i],
                  used = HypModelCoordinate(line->whole, i).omega; /* another with a reference */
  PetscReal *at, *values;

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc2(d, &at, d, &values));
  at[i] = theta;
  if (eps) {
    PetscCall(HypModelPerturbation(line->whole, at, values));
    *eps = values[i] - (own * own - used * used) * theta;
  }
  if (s) {
    PetscCall(HypModelNoise(line->whole, at, values));
    *s = values[i];
  }
  PetscCall(PetscFree2(at, values));
  PetscFunctionReturn(0);
}

static PetscErrorCode Epsilon(PetscInt d, const PetscReal theta[], PetscReal eps[], void *ctx)
{
  (void)d;
  return HypLinePoint((const HypLine *)ctx, theta[0], eps, NULL);
}

static PetscErrorCode Noise(PetscInt d, const PetscReal theta[], PetscReal s[], void *ctx)
{
  (void)d;
  return HypLinePoint((const HypLine *)ctx, theta[0], NULL, s);
}

PetscErrorCode HypLineModel(HypLine *line, const PetscReal s[2], HypModel *model)
{
  const HypModel  whole = line->whole;
  const PetscReal omega = HypModelOmegas(whole)[line->i], tau = HypModelTaus(whole)[line->i];

  PetscFunctionBeginUser;
  PetscCall(HypModelCreate(PETSC_COMM_SELF, model));
  PetscCall(HypModelSetType(*model, HypModelGetType(whole)));
  PetscCall(HypModelSetCoordinates(*model, 1, HypModelGamma(whole), &omega, NULL, &tau));
  PetscCall(HypModelSetPerturbation(*model, Epsilon, line, NULL));
  if (HypModelNoisy(whole)) PetscCall(HypModelSetNoise(*model, Noise, line, NULL));
  if (s) PetscCall(HypModelSetReference(*model, s));
  PetscFunctionReturn(0);
}
