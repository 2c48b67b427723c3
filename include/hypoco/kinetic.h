#pragma once
/*
   The kinetic operator: T, L and R of (3.3) of Zhu and Ying from the derivatives of any space,

       T = w0 sum_i (a_Vi* a_Xi - a_Xi* a_Vi),   L = -gamma sum_i a_Vi* a_Vi,   R = -sqrt(beta) sum_i (w0 a_Xi - gamma a_Vi)* eps_i,

   and the functionals of Theorem 3.1 from the same derivatives.
*/
#include <petscpc.h>
#include <hypoco/space.h>

typedef struct _p_HypKinetic *HypKinetic;
struct _p_HypKinetic {
  HypSpace space;
  HypForm  form;
  PetscInt d;
  Mat      a[6];           /* d/dX_1..d/dX_d, d/dV_1..d/dV_d; adjoint = transpose */
  Mat      laplacian[6];   /* NULL: a* a */
  Mat      dissipation[3]; /* of X_i; NULL: none */
  Mat      eps[3];         /* multiplication by eps_i(theta) */
  Mat      TL,
    B[3]; /* where the derivatives are sparse and eps is not: -T + L, -sqrt(beta)(w0 a_Xi - gamma a_Vi); else NULL */
  Vec work[3];
};

/* ||h||^2, ||grad_x h||^2, ||grad_v h||^2, <grad_x h, grad_v h>, H and the mean of h */
typedef struct {
  PetscReal mass, norm2, grad_x2, grad_v2, grad_xv, H;
} HypFunctionals;

PETSC_EXTERN PetscErrorCode HypKineticCreate(HypSpace, HypForm, HypKinetic *);
PETSC_EXTERN PetscErrorCode HypKineticApply(HypKinetic, HypTerms, PetscBool transpose, Vec h,
                                            Vec Gh);
PETSC_EXTERN PetscErrorCode HypKineticReference(HypKinetic, HypTerms, PetscBool transpose, Vec h,
                                                Vec Gh);
PETSC_EXTERN PetscErrorCode HypKineticCreateMat(HypKinetic, HypTerms, Mat *);
PETSC_EXTERN PetscErrorCode HypKineticNumber(HypKinetic, Vec degree);
PETSC_EXTERN PetscErrorCode HypKineticDestroy(HypKinetic *);

PETSC_EXTERN PetscErrorCode HypFactorPC(PC, PetscInt n);

PETSC_EXTERN PetscErrorCode HypFunctionalsCompute(HypKinetic, const HypLyapunov *, Vec h,
                                                  HypFunctionals *);
