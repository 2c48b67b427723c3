#pragma once
/* What hypoco theory knows of the loss. */
#include "program/objects.h"
#include <hypoco/loss.h>
#include <hypoco/moments.h>

/* The curvatures and the noise along each of them, linearised where the loss is not quadratic */
typedef struct {
  PetscInt      n;
  PetscReal    *curvature, *noise;
  PetscInt      chosen;     /* the coordinate of the table */
  PetscInt      batch;      /* by which the noise is divided */
  PetscReal     linearised; /* theta_1 where, 0 if the loss is linear */
  HypLinearLoss linear;     /* rows > 0: the noise depends on theta */
} HypTheoryLoss;

PetscErrorCode HypTheoryLossCreate(const HypSettings *, HypTheoryLoss *);
PetscErrorCode HypTheoryLossDestroy(HypTheoryLoss *);
PetscErrorCode HypTheoryLossLimit(const HypTheoryLoss *, const HypDelayLaw *, PetscReal mu,
                                  PetscReal *limit);
