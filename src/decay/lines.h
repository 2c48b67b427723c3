#pragma once
/* Private: integrals of |u| M over the plane of a pair. */
#include <hypoco/space.h>

typedef struct _p_HypLines *HypLines;

PETSC_INTERN PetscErrorCode HypLinesCreate(HypSpace, HypLines *);
PETSC_INTERN PetscErrorCode HypLinesAbsolute(HypLines, PetscInt i, const PetscScalar c[],
                                             PetscReal *integral);
PETSC_INTERN PetscErrorCode HypLinesDestroy(HypLines *);
