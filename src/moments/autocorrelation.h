#pragma once
/* The autocorrelation of a recorded series, with what it is without each of ten parts. */
#include <petscsys.h>

enum { AUTO_LAGS = 60, AUTO_PARTS = 10 };

typedef struct {
  PetscInt  n, lags, stride; /* values; lags are stride, 2 stride, ..., lags stride */
  PetscInt  memory;          /* the first lag at which it is below a tenth */
  PetscReal mean, variance;
  PetscReal sums[AUTO_LAGS + 1][AUTO_PARTS];
} AutoCorrelation;

PETSC_INTERN PetscInt       AutoStationary(PetscInt n, const PetscReal x[]);
PETSC_INTERN PetscErrorCode AutoCorrelationCompute(PetscInt n, const PetscReal x[], PetscInt stride,
                                                   AutoCorrelation *);
PETSC_INTERN void AutoCorrelationGet(const AutoCorrelation *, int out, PetscReal measured[]);
PETSC_INTERN void AutoCorrelationError(const AutoCorrelation *, PetscReal error[]);
