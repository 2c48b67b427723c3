#pragma once
/* What cases of a sweep that differ in the amplitude of eps only have in common. */
#include "program/objects.h"
#include "program/sweep/sweep.h"
#include <hypoco/spectrum.h>

/* Of one problem with the amplitude 1; each is made when a case first asks for it */
typedef struct {
  HypFingerprint  problem;
  HypShared       shared;
  PetscBool       continued; /* series is made */
  HypContinuation series;
} HypSweepProblem;

typedef struct {
  PetscInt          n;
  HypSweepProblem **problems;
} HypSweepKept;

PetscErrorCode HypSweepKeptFind(HypSweepKept *, const HypSweep *, const HypOptions *,
                                HypSweepProblem **);
PetscErrorCode HypSweepKeptDestroy(HypSweepKept *);
