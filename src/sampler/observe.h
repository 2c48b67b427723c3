#pragma once
/* Central moments of observables, merged without cancellation, and what they say about a mean. */
#include "sampler/samplerimpl.h"

/* mean, and the sums of the second to fourth powers of deviations from it */
typedef struct {
  PetscReal mean, m2, m3, m4;
} HypMoments4;

PETSC_INTERN void      HypMomentsMerge(HypMoments4 *into, PetscReal n, const HypMoments4 *other,
                                       PetscReal m);
PETSC_INTERN PetscReal HypMomentsError(const HypMoments4 *, PetscReal n);
PETSC_INTERN PetscReal HypMomentsHalfWidth(const HypMoments4 *, PetscReal n);

/* into[d][HYP_MEANS], of n paths so far, gets the first `count` lanes of a block */
PETSC_INTERN PetscErrorCode HypObserveLoss(HypLoss, const HypBlock *, PetscInt count, PetscReal n,
                                           HypMoments4 *into);
PETSC_INTERN void           HypObserveValues(const PetscReal *, PetscInt count, PetscReal n,
                                             HypMoments4 *into);
PETSC_INTERN void HypObserve(const HypSampleResult *, const HypBlock *, PetscInt count, PetscReal n,
                             HypMoments4 *into);
