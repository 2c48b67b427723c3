#pragma once
/* One coordinate of a model by itself, the others resting at 0. */
#include <hypoco/model.h>

typedef struct {
  HypModel whole;
  PetscInt i; /* the coordinate */
} HypLine;

/* eps_i beside omega0_i^2 theta_i, and s_i, at theta_i; either may be NULL */
PetscErrorCode HypLinePoint(const HypLine *, PetscReal theta, PetscReal *eps, PetscReal *s);
/* A model with d = 1 on each rank, which needs the line as long as it lives.
   s: the deviations of theta and y of the Gaussian of its spaces; NULL: M */
PetscErrorCode HypLineModel(HypLine *, const PetscReal s[2], HypModel *);
