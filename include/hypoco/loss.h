#pragma once
/*
   Losses: f = (1/n) sum_i f_i, whose component gradients an algorithm draws.

   Functions take many points at once, stored as [coordinate][lane],
   so that the inner loops vectorise.
*/
#include <petscsys.h>
#include <stdint.h>
#include <hypoco/model.h>

/* ---- the loss f = (1/n) sum_i f_i ---- */
typedef struct _p_HypLoss *HypLoss;

PETSC_EXTERN PetscErrorCode HypLossCreateQuadratic(PetscInt d, PetscInt n,
                                                   const PetscReal curvature[],
                                                   const PetscReal slopes[], HypLoss *);
PETSC_EXTERN PetscErrorCode HypLossCreateLeastSquares(PetscInt d, PetscInt n,
                                                      const PetscReal rows[],
                                                      const PetscReal targets[], HypLoss *);
PETSC_EXTERN PetscErrorCode HypLossCreateLeastSquaresFile(const char path[], PetscInt d, HypLoss *);
PETSC_EXTERN PetscErrorCode HypLossCreateExpression(PetscInt d, PetscInt n, const char *value,
                                                    PetscInt          ngradients,
                                                    const char *const gradients[],
                                                    const PetscReal   coefficients[], HypLoss *);
PETSC_EXTERN PetscErrorCode HypLossCreateModel(HypModel, PetscReal noise, HypLoss *);
PETSC_EXTERN PetscErrorCode HypLossSizes(HypLoss, PetscInt *d, PetscInt *n);
PETSC_EXTERN PetscErrorCode HypLossValue(HypLoss, PetscInt i, const PetscReal theta[],
                                         PetscReal *f);
PETSC_EXTERN PetscErrorCode HypLossMeanValue(HypLoss, PetscInt lanes, const PetscReal theta[],
                                             PetscReal f[]);
PETSC_EXTERN PetscErrorCode HypLossGradient(HypLoss, PetscInt lanes, const uint32_t component[],
                                            const PetscReal theta[], PetscReal g[]);
PETSC_EXTERN PetscErrorCode HypLossMeanGradient(HypLoss, PetscInt lanes, const PetscReal theta[],
                                                PetscReal g[]);
PETSC_EXTERN PetscBool      HypLossMeanIsCheap(HypLoss);
PETSC_EXTERN PetscErrorCode HypLossSecond(HypLoss, PetscInt lanes, const PetscReal theta[],
                                          const PetscReal v[], PetscReal Hv[]);
PETSC_EXTERN PetscErrorCode HypLossCheckGradient(HypLoss, const PetscReal theta[]);
PETSC_EXTERN PetscErrorCode HypLossLargestCurvature(HypLoss, PetscReal *a);

/* A loss with linear gradients in the eigenbasis of f'' */
typedef struct {
  PetscInt   n;    /* positive eigenvalues; 0: gradients are not linear */
  PetscInt   rows; /* of least squares; 0: the noise does not depend on theta */
  PetscReal *curvature, *row, *noise,
    *vector; /* [n]; [rows][n]; [n] variances at the minimiser; [n][d] */
} HypLinearLoss;

PETSC_EXTERN PetscErrorCode HypLossLinear(HypLoss, HypLinearLoss *);
PETSC_EXTERN PetscErrorCode HypLinearLossDestroy(HypLinearLoss *);
PETSC_EXTERN PetscErrorCode HypLossLinearise(HypLoss, const PetscReal start[],
                                             PetscReal minimiser[], PetscReal curvature[],
                                             PetscReal noise[]);
PETSC_EXTERN PetscErrorCode HypLossQuadraticCoordinate(HypLoss, PetscInt c, PetscBool *quadratic,
                                                       PetscReal *a, PetscReal *minimiser,
                                                       PetscReal *noise);
PETSC_EXTERN PetscErrorCode HypLossDestroy(HypLoss *);
