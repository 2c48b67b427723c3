#pragma once
/* Cases of a sweep that speak about algorithms. */
#include "program/objects.h"
#include "program/program.h"
#include <hypoco/moments.h>

PetscErrorCode HypTheoryNumbers(const HypSettings *, FILE *, json_t **body);
PetscErrorCode HypSweepTheory(const HypSettings *, json_t *results);
PetscErrorCode HypSweepSample(MPI_Comm, const HypSettings *, json_t *results);
