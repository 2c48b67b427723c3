#pragma once
#include <hypoco/time.h>

struct _p_HypEvolution {
  HypKinetic K;
  TS         ts;
  Mat        implicit,
    explicit;    /* the parts of G in F and in the RHS function; may be the same matrix or NULL */
  Mat         J; /* shift - implicit */
  PetscReal   shift;
  PetscBool   exponential;
  PetscInt    noutputs, next;
  PetscReal  *times;
  HypOutputFn output;
  HypStepFn   step;
  void       *ctx;
  Vec         between;
  PetscBool   setupcalled;
  /* where to go on: given by the user; at the start of an exponential step,
     whose outputs come after it */
  PetscBool         resumed, inside, forgets;
  HypEvolutionState state;
  PetscInt
    delivered; /* outputs that a resumed run repeats in silence, to come out with the same bits */
};

/* The operators of the integrator's type: src/time/operators.c */
PETSC_INTERN PetscErrorCode HypEvolutionSetOperators(HypEvolution);
