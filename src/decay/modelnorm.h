#pragma once
/* ||h||^2 and H in L2(M), where the space lives in L2 of another Gaussian */
#include <hypoco/kinetic.h>

typedef struct _p_HypModelNorm *HypModelNorm;

PETSC_INTERN PetscErrorCode HypModelNormCreate(HypModel, HypModelNorm *);
PETSC_INTERN void           HypModelNormPoint(HypModelNorm, const PetscReal z[], PetscReal h,
                                              const PetscReal dh[], PetscReal *norm, PetscReal *H);
