#pragma once
/* The search for an invariant subspace (invariant.c), and its continuation from a coarser space
   (continue.c). */
#include "spectrum/spectrumimpl.h"

typedef struct {
  HypKinetic     K;
  Mat            G;
  PetscBool      inverts;   /* (sigma - G)^{-1} rather than exp(tau G) */
  PetscBool      iterates;  /* by GMRES */
  Mat            image;     /* what is iterated */
  PetscReal      parameter; /* sigma or tau */
  PetscReal      fastest;   /* the largest frequency */
  PetscReal      share;     /* of a change below which it is not followed further; 0: to the end */
  PetscInt       n;
  Vec           *Q;      /* orthonormal basis of the subspace so far */
  HypEigenvalue *values; /* eigenvalues of Q^T G Q, leading first */
  PetscScalar   *z;      /* its eigenvectors */
} HypInvariant;

PETSC_INTERN PetscErrorCode HypInvariantCheckStable(const HypInvariant *);
PETSC_INTERN PetscErrorCode HypInvariantRun(HypInvariant *, PetscInt count, PetscInt more);
PETSC_INTERN PetscErrorCode HypInvariantExtend(HypInvariant *, PetscInt wanted, Vec start);
PETSC_INTERN PetscErrorCode HypInvariantContinue(HypInvariant *, HypSpace      coarse,
                                                 const HypSpectrum *, PetscInt count,
                                                 PetscBool *done);
PETSC_INTERN PetscErrorCode HypInvariantProject(HypInvariant *);
PETSC_INTERN PetscErrorCode HypInvariantPolish(HypInvariant *);
PETSC_INTERN PetscErrorCode HypInvariantDestroy(HypInvariant *);
