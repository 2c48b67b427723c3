#pragma once
/* The density of every theta_i of a solution, on a grid. */
#include <hypoco/space.h>

typedef struct _p_HypThetaDensity *HypThetaDensity;

PETSC_EXTERN PetscErrorCode HypThetaDensityCreate(HypSpace, PetscInt n, const PetscReal grid[],
                                                  HypThetaDensity *);
PETSC_EXTERN PetscErrorCode HypThetaDensityGrid(HypSpace, PetscInt n, PetscReal grid[]);
PETSC_EXTERN PetscErrorCode HypThetaDensityCompute(HypThetaDensity, Vec u, PetscReal density[]);
PETSC_EXTERN PetscErrorCode HypThetaDensityDestroy(HypThetaDensity *);
