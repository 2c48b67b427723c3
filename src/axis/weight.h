#pragma once
/* What the axes of this folder share: the weight, HypAxisWeightSetUp() first,
   and products with full matrices. */
#include <hypoco/axisimpl.h>

PETSC_INTERN PetscErrorCode HypAxisWeightSetUp(HypAxis, PetscReal level, PetscReal *width);
PETSC_INTERN PetscErrorCode HypAxisWeightMass(HypAxis, PetscReal a, PetscReal b, PetscReal *mass);
PETSC_INTERN PetscErrorCode HypAxisApplyDense(const PetscReal *A, PetscInt rows, PetscInt columns,
                                              PetscBool transpose, PetscInt outer, PetscInt inner,
                                              const PetscScalar *u, PetscScalar *v);
PETSC_INTERN PetscErrorCode HypAxisToNodes_Dense(HypAxis, PetscInt outer, PetscInt inner,
                                                 const PetscScalar *u, PetscScalar *v);
PETSC_INTERN PetscErrorCode HypAxisFromNodes_Dense(HypAxis, PetscInt outer, PetscInt inner,
                                                   const PetscScalar *u, PetscScalar *v);
