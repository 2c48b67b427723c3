#pragma once
/* Averages of the algorithm's variables over a solution of the equation. */
#include <hypoco/kinetic.h>

enum { HYP_MAX_D = 16, HYP_THETA_TERMS = 96 };

typedef struct {
  PetscInt d;                 /* 0: none */
  Vec      phi[HYP_MAX_D][3]; /* theta_i, theta_i^2, y_i */
  Vec      f;                 /* NULL: no loss known */
} HypObservables;

/* sum_n c_n he_n(theta/sd) times the normal density of standard deviation sd */
typedef struct {
  PetscInt  n;
  PetscReal sd, c[HYP_THETA_TERMS];
} HypThetaLaw;

PETSC_EXTERN PetscErrorCode HypModelPotential(HypModel, PetscInt lanes, const PetscReal theta[],
                                              PetscReal f[]);
PETSC_EXTERN PetscBool      HypObservablesExist(HypKinetic);
PETSC_EXTERN PetscBool      HypObservablesHaveLoss(HypKinetic);
PETSC_EXTERN PetscErrorCode HypObservablesCreate(HypKinetic, HypObservables *);
PETSC_EXTERN PetscErrorCode HypObservablesEvaluate(Vec phi, Vec h, Vec f, PetscReal *mean);
PETSC_EXTERN PetscErrorCode HypObservablesDestroy(HypObservables *);
PETSC_EXTERN PetscErrorCode HypThetaLawCompute(HypKinetic, PetscInt i, Vec h, Vec f, HypThetaLaw *);
PETSC_EXTERN PetscReal      HypThetaLawDensity(const HypThetaLaw *, PetscReal theta);
PETSC_EXTERN PetscReal      HypThetaLawDistribution(PetscReal theta, void *law);
