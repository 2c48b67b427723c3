#pragma once
/* The leading eigenvalues of a sweep over the amplitude of eps, followed from amplitude 0. */
#include "program/sweep/sweep.h"
#include <hypoco/spectrum.h>

/* A power series for each problem of amplitude 1 that was met: it does not depend on the amplitude,
   and many cases share one */
typedef struct {
  PetscInt         n;
  HypFingerprint  *problem;
  HypContinuation *series;
} HypSweepSeries;

PetscErrorCode HypSweepBranches(HypSweepSeries *, MPI_Comm, const HypSweep *, HypOptions *,
                                const HypSpectrum *, json_t *results);
PetscErrorCode HypSweepSeriesDestroy(HypSweepSeries *);
