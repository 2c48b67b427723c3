/*
   The weak order in eta of a modified equation, without sampling:
   exact second moments of the algorithm and of the equation while eta, eta/2,
   eta/4 describe one equation, i.e. at the same friction g = sqrt((1 - k)/eta) and the same eta s2.

   Theorem 3 of An, Lu and Ying states a weak error whose constant grows like 1/g;
   at fixed g the order is what can be measured.
*/
#include <hypoco/moments.h>

#define STEPS_MOST 2000000

/* max over steps j with j dt <= end of |E x_j^2 - E X^2(j dt)|, from x0 = 1;
   the equation at 200 of them */
static PetscErrorCode Error(const HypAlgorithm *algorithm, PetscBool evolving, PetscReal end,
                            PetscReal *error)
{
  const PetscReal dt    = PetscSqrtReal(algorithm->eta * (1 - algorithm->kappa));
  const PetscInt  steps = (PetscInt)(end / dt), every = PetscMax(1, steps / 200);
  HypAsgdMoments  moments;

  PetscFunctionBeginUser;
  *error = 0;
  HypAsgdMomentsStart(1, &moments);
  for (PetscInt j = 0; j <= steps; j++) {
    if (j % every == 0) {
      HypSmeMoments equation;

      PetscCall(HypSmeMomentsAt(algorithm, evolving, 1, (PetscReal)j * dt, &equation));
      *error = PetscMax(*error, PetscAbsReal(equation.xx - moments.xx));
    }
    HypAsgdMomentsStep(algorithm, &moments);
  }
  PetscFunctionReturn(0);
}

/*@
  HypSmeWeakOrder - The order in eta at which E X^2 of the modified equation approaches that
  of the algorithm

  Not collective

  Input Parameters:
+ algorithm - the algorithm, of positive staleness rate
- evolving  - Sigma by (2.12), or constant as in (2.2) of Zhu and Ying

  Output Parameters:
+ error - max_t |E x_j^2 - E X^2| at eta, over the time 10/sqrt(a), from x = 1
. order - log2 of the ratio of the errors at eta/4 and eta/8
- drift - its change from the ratio before, an error bar

  Level: intermediate

  Notes:
  order and drift are NaN where the algorithm is unstable, where eta/8 would need too many steps,
  or where the errors reach rounding.

.seealso: HypSmeMomentsAt(), HypAsgdMomentsStep()
@*/
PetscErrorCode HypSmeWeakOrder(const HypAlgorithm *algorithm, PetscBool evolving, PetscReal *error,
                               PetscReal *order, PetscReal *drift)
{
  const PetscReal end = 10 / PetscSqrtReal(algorithm->curvature),
                  dt  = PetscSqrtReal(algorithm->eta * (1 - algorithm->kappa));
  PetscReal errors[4];

  PetscFunctionBeginUser;
  *error = *order = *drift = NAN;
  if (algorithm->kappa <= 0 || 8 * end / dt > STEPS_MOST ||
      algorithm->eta * algorithm->curvature >= HypAsgdStabilityLimit(algorithm->kappa))
    PetscFunctionReturn(0);
  for (int k = 0; k < 4; k++) {
    const PetscReal    scale = PetscPowReal(2, -k);
    const HypAlgorithm finer = {algorithm->eta * scale, 1 - (1 - algorithm->kappa) * scale,
                                algorithm->curvature, algorithm->noise / scale};

    PetscCall(Error(&finer, evolving, end, &errors[k]));
  }
  *error = errors[0];
  if (errors[3] < 1e-12) PetscFunctionReturn(0);
  *order = PetscLogReal(errors[2] / errors[3]) / PetscLogReal(2);
  *drift = PetscAbsReal(*order - PetscLogReal(errors[1] / errors[2]) / PetscLogReal(2));
  PetscFunctionReturn(0);
}
