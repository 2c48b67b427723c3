#pragma once
/*
   The kinetic operator dh/dt = (-T + L + R + N) h from the derivatives of any space, and the
   functionals of Theorem 3.1 from the
   same derivatives.  The equation is in src/kinetic/operator.c, as lists of terms s A^T B.
*/
#include <petscpc.h>
#include <hypoco/space.h>

typedef struct _p_HypKinetic  *HypKinetic;
typedef struct _p_HypOperator *HypOperator; /* a list of terms s A^T B */

/* The quadratic form one ||h||^2 + x E_x + v E_v + 2 xv E_xv: HypKineticCreateForm() */
typedef struct {
  PetscReal one, x, v, xv;
} HypGradientForm;

/* ||h||^2, ||grad_x h||^2, ||grad_v h||^2, <grad_x h, grad_v h>, H and the mean of h */
typedef struct {
  PetscReal mass, norm2, grad_x2, grad_v2, grad_xv, H;
} HypFunctionals;

PETSC_EXTERN PetscErrorCode HypKineticCreate(HypSpace, HypForm, HypKinetic *);
PETSC_EXTERN PetscErrorCode HypKineticCreateCoarser(HypKinetic, HypSpace *, HypKinetic *);
PETSC_EXTERN PetscErrorCode HypKineticCreateFiner(HypKinetic, HypSpace *, HypKinetic *);
PETSC_EXTERN PetscErrorCode HypKineticCreateCoarserWith(HypKinetic, HypModel, HypSpace *,
                                                        HypKinetic *);
PETSC_EXTERN PetscErrorCode HypKineticKeepForm(HypKinetic);
PETSC_EXTERN PetscErrorCode HypKineticDirect(HypKinetic, HypKinetic *direct);
PETSC_EXTERN PetscErrorCode HypKineticApply(HypKinetic, HypTerms, PetscBool transpose, Vec h,
                                            Vec Gh);
PETSC_EXTERN PetscErrorCode HypKineticReference(HypKinetic, HypTerms, PetscBool transpose, Vec h,
                                                Vec Gh);
PETSC_EXTERN PetscErrorCode HypKineticCreateMat(HypKinetic, HypTerms, Mat *);
PETSC_EXTERN PetscErrorCode HypKineticDestroy(HypKinetic *);
PETSC_EXTERN HypSpace       HypKineticGetSpace(HypKinetic);
PETSC_EXTERN HypModel       HypKineticGetModel(HypKinetic);
PETSC_EXTERN HypForm        HypKineticGetForm(HypKinetic);
PETSC_EXTERN PetscInt       HypKineticGetDimension(HypKinetic);
PETSC_EXTERN PetscBool      HypKineticIsMixed(HypKinetic);
PETSC_EXTERN PetscBool      HypKineticInverts(HypKinetic);
PETSC_EXTERN Mat            HypKineticDerivative(HypKinetic, PetscInt c);
PETSC_EXTERN Mat            HypKineticPerturbation(HypKinetic, PetscInt i);
PETSC_EXTERN Mat            HypKineticNoise(HypKinetic, PetscInt i);
PETSC_EXTERN PetscErrorCode HypKineticSparse(HypKinetic, Mat *TL);
PETSC_EXTERN PetscErrorCode HypKineticShareSparse(HypKinetic, Mat *TL);
PETSC_EXTERN PetscErrorCode HypKineticDissipation(HypKinetic, Vec h, Vec y);

PETSC_EXTERN PetscErrorCode HypKineticCreateForm(HypKinetic, HypGradientForm, HypOperator *);
PETSC_EXTERN PetscErrorCode HypKineticCreateDegree(HypKinetic, HypOperator *);
PETSC_EXTERN PetscErrorCode HypKineticNumber(HypKinetic, Vec degree);

PETSC_EXTERN PetscErrorCode HypOperatorCreate(HypKinetic, HypOperator *);
PETSC_EXTERN PetscErrorCode HypOperatorAdd(HypOperator, PetscReal s, Mat A, Mat B);
PETSC_EXTERN PetscErrorCode HypOperatorApply(HypOperator, PetscBool transpose, Vec h, Vec y);
PETSC_EXTERN PetscErrorCode HypOperatorForm(HypOperator, Vec h, PetscReal value[]);
PETSC_EXTERN PetscErrorCode HypOperatorAssemble(HypOperator, PetscReal shift, Mat *);
PETSC_EXTERN PetscErrorCode HypOperatorDestroy(HypOperator *);

PETSC_EXTERN PetscErrorCode HypFactorPC(PC, PetscInt n);

PETSC_EXTERN PetscErrorCode HypFunctionalsCompute(HypKinetic, const HypLyapunov *, Vec h,
                                                  HypFunctionals *);
