#pragma once
/* Functions of the generator as matrices: exp(tau G) and (sigma - G)^{-1}. */
#include <hypoco/spectrum.h>

PETSC_INTERN PetscErrorCode HypExponentialCreate(HypKinetic, Mat G, PetscReal tau, Mat *);
#define HYP_INVERSE_TOLERANCE 1e-13 /* of GMRES, relative */

PETSC_INTERN PetscErrorCode HypInverseCreate(HypKinetic, Mat G, PetscReal sigma, Mat *);
PETSC_INTERN PetscErrorCode HypInverseApproximate(Mat inverse, Mat *P);
PETSC_INTERN PetscErrorCode HypInverseTolerance(Mat inverse, PetscReal tolerance);
PETSC_INTERN PetscErrorCode HypInverseIsDirect(Mat inverse, PetscBool *direct);

/* Can sigma - G be inverted here?  Assembled operators and simplex spaces can,
   matrix-free tensor spaces cannot. */
static inline PetscBool HypInvertible(HypKinetic K)
{
  return (PetscBool)(HypKineticGetForm(K) == HYP_ASSEMBLED || HypKineticInverts(K) ||
                     (HypKineticIsMixed(K) && HypKineticGetDimension(K) <= 3));
}
