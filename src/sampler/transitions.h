#pragma once
/* What paths do from one output time to a later one: averages of products of functions of
   (theta, y), phi_i at the first time and phi_j at the second.  HypFitTransitions() reads rates. */
#include "sampler/samplerimpl.h"

enum { HYP_TRANSITION_DEGREE = 3, HYP_TRANSITION_FUNCTIONS = 10, HYP_TRANSITION_LAGS = 13 };

typedef struct {
  PetscInt   c, nlags, norigins, stride, groups; /* origins are outputs 0, stride, 2 stride, ... */
  PetscInt   lag[HYP_TRANSITION_LAGS];           /* in outputs */
  PetscReal  centre[2], scale[2];                /* of theta and y */
  PetscReal *origin;                             /* [norigins][functions][HYP_LANES] */
  PetscReal *sum;                                /* [groups][nlags][functions][functions] */
} HypTransitionSums;

/* `outputs` have the same distance */
PETSC_INTERN PetscErrorCode HypTransitionsCreate(HypSampler, PetscInt outputs, PetscInt groups,
                                                 HypTransitionSums *);
PETSC_INTERN void HypTransitionsObserve(HypTransitionSums *, const HypBlock *, PetscInt count,
                                        PetscInt output, PetscInt group);
PETSC_INTERN PetscErrorCode HypTransitionsFinish(MPI_Comm, HypTransitionSums *, HypSampleResult *);
