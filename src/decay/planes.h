#pragma once
/* Private: distances to F of the marginals in a pair, and of everything over nodes. */
#include "decay/integrand.h"

typedef struct _p_HypPlanes *HypPlanes;

PETSC_INTERN PetscErrorCode HypPlanesCreate(HypKinetic, HypPlanes *);
PETSC_INTERN PetscErrorCode HypPlanesAdd(HypPlanes, PetscInt i, Vec h, const Vec dh[], Vec f,
                                         const Vec df[], PetscReal sum[]);
PETSC_INTERN PetscErrorCode HypPlanesAbsolute(HypPlanes, PetscInt i, Vec h, PetscReal *integral);
PETSC_INTERN PetscErrorCode HypPlanesDestroy(HypPlanes *);

typedef struct _p_HypNodeSums *HypNodeSums;

PETSC_INTERN PetscErrorCode HypNodeSumsCreate(HypKinetic, Vec f, const Vec df[], HypNodeSums *);
PETSC_INTERN PetscErrorCode HypNodeSumsAdd(HypNodeSums, Vec h, const Vec dh[], PetscReal sum[]);
PETSC_INTERN PetscErrorCode HypNodeSumsDestroy(HypNodeSums *);
