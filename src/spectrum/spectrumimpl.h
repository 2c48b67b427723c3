#pragma once
/* Eigenvalues in the order of their importance, and the dense problem every search ends in. */
#include <hypoco/spectrum.h>

typedef struct {
  PetscReal real, imag;
  PetscInt  index; /* whatever belongs to it: a column of eigenvectors, a number of copies */
} HypEigenvalue;

PETSC_INTERN int            HypEigenvalueCompare(const void *, const void *);
PETSC_INTERN PetscErrorCode HypDenseEigen(PetscInt n, PetscScalar B[], HypEigenvalue values[],
                                          PetscScalar z[]);
PETSC_INTERN PetscErrorCode HypDenseNear(PetscInt n, const PetscScalar H[], PetscInt count,
                                         HypEigenvalue values[], PetscScalar z[], PetscBool *found);
PETSC_INTERN PetscErrorCode HypSpectrumDegrees(HypKinetic, Mat G, HypSpectrum *);
/* How far HypFollow() goes, and with how many products at most */
typedef struct {
  PetscReal tolerance, share;
  PetscInt  room;
} HypFollowGoal;

PETSC_INTERN PetscErrorCode HypFollow(Mat G, Mat P, const HypFollowGoal *, PetscInt n, Vec known[],
                                      Vec Q[], PetscBool *done);
PETSC_INTERN PetscErrorCode HypSpectrumErrors(HypSpace, HypSpectrum *, const HypSpectrum *whole,
                                              const HypSpectrum *coarse,
                                              const HypSpectrum *coarsest,
                                              const HypSpectrum *finer);
PETSC_INTERN PetscErrorCode HypSpectrumFiner(HypKinetic, const HypSpectrum *, HypSpectrum *finer,
                                             PetscBool *done, PetscBool *lost);
PETSC_INTERN PetscErrorCode HypSpectrumExtrapolate(const HypSpace     spaces[3], HypSpectrum *,
                                                   const HypSpectrum *middle,
                                                   const HypSpectrum *coarsest);
