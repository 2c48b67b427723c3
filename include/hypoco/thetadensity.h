#pragma once
/* The density of every theta_i of a solution, on a grid. */
#include <hypoco/space.h>

typedef struct _p_HypThetaDensity *HypThetaDensity; /* along the model's own axes */
typedef struct _p_HypThetaUser    *HypThetaUser;    /* along the user's, where they are others */

PETSC_EXTERN PetscErrorCode HypThetaDensityCreate(HypSpace, PetscInt n, const PetscReal grid[],
                                                  HypThetaDensity *);
PETSC_EXTERN PetscErrorCode HypThetaDensityGrid(HypSpace, PetscInt n, PetscReal grid[]);
PETSC_EXTERN PetscErrorCode HypThetaDensityCompute(HypThetaDensity, Vec u, PetscReal density[]);
PETSC_EXTERN PetscErrorCode HypThetaDensityDestroy(HypThetaDensity *);
PETSC_EXTERN PetscBool      HypThetaUserFits(HypSpace);
PETSC_EXTERN PetscErrorCode HypThetaUserCreate(HypSpace, PetscInt n, const PetscReal grid[],
                                               HypThetaUser *);
PETSC_EXTERN PetscErrorCode HypThetaUserCompute(HypThetaUser, Vec u, PetscReal density[]);
PETSC_EXTERN PetscErrorCode HypThetaUserDestroy(HypThetaUser *);
