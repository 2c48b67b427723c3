#pragma once
/* Private: statements of He et al. about the delay equation,
   and what they share with the others. */
#include <hypoco/audit.h>
#include <hypoco/sampler.h>

PETSC_INTERN void HypAlgorithmSettings(HypSampleSettings *, const HypAlgorithm *, PetscReal end,
                                       PetscReal dt);
PETSC_INTERN PetscErrorCode HypDelayedWeak(const HypAlgorithm *, PetscReal sides[3]);
PETSC_INTERN PetscErrorCode HypDelayedBatch(const HypAlgorithm *, PetscReal sides[3]);
PETSC_INTERN PetscErrorCode HypDelayedConstant(const HypAlgorithm *, PetscReal sides[3]);
PETSC_INTERN PetscErrorCode HypDelayedRandom(const HypAlgorithm *, PetscReal sides[3]);
