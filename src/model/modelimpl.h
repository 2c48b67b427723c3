#pragma once
/* Private parts of the model. */
#include <hypoco/model.h>

PETSC_INTERN PetscErrorCode HypModelPotentialDestroy(HypModelPotentialText *);
PETSC_INTERN HypCoordinate  HypCoordinateMake(HypModelType, PetscReal w, PetscReal gamma,
                                              PetscReal beta);
PETSC_INTERN PetscErrorCode HypModelSetUses(HypModel, PetscInt k, PetscInt more, const char *text);
