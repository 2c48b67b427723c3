#pragma once
/* Private: the integrands of the distances to F at a point; what the sums mean. */
#include "decay/modelnorm.h"
#include <hypoco/norms.h>

/* An integral over points or nodes, so far; summed over ranks as numbers.
   CLASSES: of |h| over the rows of each parity, one bit for each coordinate across them */
enum {
  HYP_LOST_F = HYP_NORMS,
  HYP_LOST_CHI2,
  HYP_LOST_ENTROPY,
  HYP_LOST_FISHER,
  HYP_OUTSIDE,
  HYP_CLASSES,
  HYP_SUMS = HYP_CLASSES + 32
};

PETSC_INTERN void HypIntegrandAdd(PetscReal h, PetscReal f, PetscReal weight, PetscReal unknown,
                                  PetscReal sum[]);
PETSC_INTERN void HypIntegrandUnknown(PetscReal f, PetscReal weight, PetscReal *unknown);
PETSC_INTERN void HypIntegrandFisher(PetscReal h, PetscReal f, PetscReal dh, PetscReal df,
                                     PetscBool v, PetscReal weight, PetscReal unknown,
                                     PetscReal sum[]);
PETSC_INTERN void HypIntegrandModel(HypModelNorm, PetscInt d, const PetscReal reach[2],
                                    const PetscReal z[], PetscReal h, const PetscReal dh[],
                                    PetscReal weight, PetscReal sum[]);
PETSC_INTERN void HypIntegrandJudge(PetscInt nclasses, const PetscReal sum[], PetscReal found[]);
