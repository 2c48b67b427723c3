#pragma once
/*
   Resolution: how much of a function lies where the space ends.
   A function that reaches the edge of the box, or the top degree, is not represented any more,
   and nothing else in a run says so.
*/
#include <hypoco/kinetic.h>

typedef struct {
  HypSpace space;
  Vec      edge, work; /* 1 where the space ends, 0 elsewhere */
} HypResolution;

PETSC_EXTERN PetscErrorCode HypResolutionCreate(HypSpace, HypResolution *);
PETSC_EXTERN PetscErrorCode HypResolutionShare(const HypResolution *, Vec h, PetscReal *share);
PETSC_EXTERN PetscErrorCode HypResolutionDestroy(HypResolution *);
