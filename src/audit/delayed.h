#pragma once
/* Private: statements of He et al. about the delay equation,
   and what they share with the others. */
#include <hypoco/audit.h>
#include <hypoco/sampler.h>
#include <math.h>

PETSC_INTERN void HypAlgorithmSettings(HypSampleSettings *, const HypAlgorithm *, PetscReal end,
                                       PetscReal dt);
/* sides: left, right and the error bar; NaN on the left where more steps are needed than tried */
static inline void HypSidesCannotTell(PetscReal sides[3]) /* for rounding or sampling */
{
  sides[0] = sides[1] = NAN;
  sides[2]            = INFINITY;
}
static inline void HypSidesDoNotApply(PetscReal sides[3]) /* a hypothesis fails */
{
  sides[0] = sides[1] = NAN;
  sides[2]            = -1;
}
PETSC_INTERN PetscInt       HypDelayedIterations(const HypAlgorithm *, PetscInt l);
PETSC_INTERN PetscInt       HypDelayedLongest(const HypAlgorithm *);
PETSC_INTERN PetscErrorCode HypDelayedWeak(const HypAlgorithm *, PetscReal sides[3]);
PETSC_INTERN PetscErrorCode HypDelayedBatch(const HypAlgorithm *, PetscReal sides[3]);
PETSC_INTERN PetscErrorCode HypDelayedConstant(const HypAlgorithm *, PetscReal sides[3]);
PETSC_INTERN PetscErrorCode HypDelayedRandom(const HypAlgorithm *, PetscReal sides[3]);
PETSC_INTERN PetscErrorCode HypDelayedSquare(const HypAlgorithm *, PetscReal sides[3]);
PETSC_INTERN PetscErrorCode HypDelayedDecreasing(const HypAlgorithm *, PetscReal sides[3]);
PETSC_INTERN PetscErrorCode HypDelayedDecreasingNone(const HypAlgorithm *, PetscReal sides[3]);
