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
  HYP_NORMS
} HypNorm;

PETSC_EXTERN PetscInt       HypNormsWidth(HypKinetic);
PETSC_EXTERN PetscErrorCode HypNormsCreate(HypKinetic, Vec f, HypNorms *);
PETSC_EXTERN PetscErrorCode HypNormsCompute(HypNorms, Vec h);
PETSC_EXTERN PetscReal      HypNormsGet(HypNorms, HypNorm, PetscInt i);
PETSC_EXTERN PetscInt       HypNormsCount(HypNorms);
PETSC_EXTERN PetscErrorCode HypNormsDestroy(HypNorms *);
