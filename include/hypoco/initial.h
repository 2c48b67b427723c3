#pragma once
/* Initial data beyond HypSpaceGaussian() and HypSpacePoint(). */
#include <hypoco/space.h>

PETSC_EXTERN PetscErrorCode HypInitialModes(HypSpace, PetscInt count, const PetscReal list[],
                                            Vec u);
PETSC_EXTERN PetscErrorCode HypInitialRandom(HypSpace, uint64_t seed, Vec u);
PETSC_EXTERN PetscErrorCode HypInitialExpression(HypSpace, const char text[], Vec u);
PETSC_EXTERN PetscErrorCode HypInitialNormalise(HypSpace, Vec u);
