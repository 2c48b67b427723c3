#pragma once
/*
   Distances between the solution g and the steady state F that exist for every loss:
   total variation, relative entropy, chi^2, Fisher information, and where g or F is negative.
*/
#include <hypoco/kinetic.h>

typedef struct _p_HypNorms *HypNorms;

/* NAN: no meaning, because g or F is negative where it matters */
typedef enum {
  HYP_NORM_TV,
  HYP_NORM_ENTROPY,
  HYP_NORM_CHI2,
  HYP_NORM_FISHER,
  HYP_NORM_FISHER_V,
  HYP_NORM_NEGATIVE,   /* mass where g is negative */
  HYP_NORM_NEGATIVE_F, /* where F is */
  HYP_NORM_MODEL,      /* ||h||^2 in L2(M), where the space has another Gaussian */
  HYP_NORM_MODEL_H,    /* and H */
  HYP_NORM_TV_ERROR,   /* of the sum that total variation is, in d > 1 */
  HYP_NORMS
} HypNorm;

enum { HYP_ALL_PAIRS = -1 };

PETSC_EXTERN PetscBool      HypNormsHaveAll(HypKinetic);
PETSC_EXTERN PetscBool      HypNormsAreErrors(HypKinetic);
PETSC_EXTERN PetscInt       HypNormsPairs(HypKinetic);
PETSC_EXTERN PetscInt       HypNormsTimes(HypKinetic);
PETSC_EXTERN PetscReal      HypNormsMost(HypKinetic);
PETSC_EXTERN PetscErrorCode HypNormsCreate(HypKinetic, Vec f, HypNorms *);
PETSC_EXTERN PetscErrorCode HypNormsCompute(HypNorms, Vec h, PetscBool all);
PETSC_EXTERN PetscReal      HypNormsGet(HypNorms, HypNorm, PetscInt i);
PETSC_EXTERN PetscReal      HypNormsNegative(HypNorms, HypNorm);
PETSC_EXTERN PetscErrorCode HypNormsDestroy(HypNorms *);
