#pragma once
/* Private: the integral of |u| M in all variables, from values at nodes. */
#include "decay/integrand.h"

typedef struct _p_HypRows *HypRows;

PETSC_INTERN PetscErrorCode HypRowsCreate(HypSpace, HypNodes, HypRows *);
PETSC_INTERN PetscErrorCode HypRowsAdd(HypRows, const PetscScalar u[], PetscReal sum[]);
PETSC_INTERN PetscErrorCode HypRowsDestroy(HypRows *);
