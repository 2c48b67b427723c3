#pragma once
/* Functions of the generator as matrices: exp(tau G) and (sigma - G)^{-1}. */
#include <hypoco/spectrum.h>

PETSC_INTERN PetscErrorCode HypExponentialCreate(HypKinetic, Mat G, PetscReal tau, Mat *);
PETSC_INTERN PetscErrorCode HypInverseCreate(HypKinetic, Mat G, PetscReal sigma, Mat *);
