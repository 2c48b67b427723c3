#pragma once
/* Two copies of many paths with the same noise: what pairs.c and laws.c run. */
#include <hypoco/sampler.h>

typedef struct {
  HypModel   model;
  PetscInt   d, lanes; /* lanes: both copies of every pair, one after the other */
  PetscReal *z, *predicted, *slope[2], *eps; /* [2 d][lanes]: theta, then y */
  PetscReal *noise, *omega2, *tau, *point;
  PetscReal *strength; /* sqrt(s), where it depends on theta */
} HypTwins;

PETSC_INTERN PetscErrorCode HypTwinsCreate(HypModel, PetscInt pairs, HypTwins *);
PETSC_INTERN PetscErrorCode HypTwinsStep(HypTwins *, PetscReal h, uint64_t seed, uint64_t path,
                                         PetscInt step);
PETSC_INTERN PetscErrorCode HypTwinsDestroy(HypTwins *);
