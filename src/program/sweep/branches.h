#pragma once
/* The leading eigenvalues of a sweep over the amplitude of eps, followed from amplitude 0. */
#include "program/sweep/kept.h"

PetscErrorCode HypSweepBranches(HypSweepProblem *, MPI_Comm, HypOptions *, const HypSpectrum *,
                                json_t *results);
