#pragma once
#include <hypoco/kinetic.h>

PETSC_INTERN PetscErrorCode HypKineticAssemble(HypKinetic, HypTerms, Mat *);
PETSC_INTERN PetscErrorCode HypKineticSetUpSparse(HypKinetic);
PETSC_INTERN PetscErrorCode HypKineticApplySparse(HypKinetic, PetscBool transpose, Vec h, Vec Gh);
