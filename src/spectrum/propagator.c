/*
   The norm of exp(tG) on mean-zero functions: its largest singular value by SLEPc's Lanczos;
   for eps = 0 in closed form (docs/mathematics.md, section 7).
*/
#include "spectrum/transform.h"
#include <slepcsvd.h>

/* Up to DENSE functions the matrix itself: of so few Lanczos finds all distinct singular values,
   and then goes on with rounding */
enum { DENSE = 300, BASIS = 60 };

typedef struct {
  Mat power;
  Vec one, work;
} MeanZero;

/* v = exp(tG) (u - <1, u> 1) */
static PetscErrorCode MatMult_MeanZero(Mat A, Vec u, Vec v)
{
  MeanZero *m;
  PetscReal mean;

  PetscFunctionBeginUser;
  PetscCall(MatShellGetContext(A, &m));
  PetscCall(VecDot(u, m->one, &mean));
  PetscCall(VecWAXPY(m->work, -mean, m->one, u));
  PetscCall(MatMult(m->power, m->work, v));
  PetscFunctionReturn(0);
}

static PetscErrorCode MatMultTranspose_MeanZero(Mat A, Vec u, Vec v)
{
  MeanZero *m;
  PetscReal mean;

  PetscFunctionBeginUser;
  PetscCall(MatShellGetContext(A, &m));
  PetscCall(MatMultTranspose(m->power, u, v));
  PetscCall(VecDot(v, m->one, &mean));
  PetscCall(VecAXPY(v, -mean, m->one));
  PetscFunctionReturn(0);
}

/*@
  HypPropagatorNorm - ||exp(tG)|| on mean-zero functions of the space

  Collective

  Input Parameters:
+ K - the kinetic operator
- t - time, at least 0

  Output Parameter:
. norm - the largest singular value of exp(tG) restricted to <1, h> = 0

  Level: intermediate

  Notes:
  Refused where exp(tG) is not bounded in the norm of another Gaussian than M
  (HypModelReferenceKeeps()).
  Golub-Kahan-Lanczos (SLEPc's SVD) with products by exp(tG)
  and its adjoint (the exponential integrator); of up to 300 functions all singular values.

.seealso: HypPropagatorExact()
@*/
PetscErrorCode HypPropagatorNorm(HypKinetic K, PetscReal t, PetscReal *norm)
{
  MeanZero m;
  PetscInt local, converged;
  Mat      G, A, dense = NULL;
  SVD      svd;

  PetscFunctionBeginUser;
  if (t == 0) {
    *norm = 1;
    PetscFunctionReturn(0);
  }
  PetscCheck(HypModelReferenceKeeps(HypKineticGetModel(K), t),
             HypSpaceGetComm(HypKineticGetSpace(K)), PETSC_ERR_ARG_OUTOFRANGE,
             "propagator_times: exp(t G) at t = %g is not bounded in the norm of space_reference: "
             "it makes some Gaussians wider than that norm admits, and its norm on a space grows "
             "with the space; take larger times, or leave space_reference out",
             (double)t);
  PetscCall(HypKineticCreateMat(K, HYP_GENERATOR, &G));
  PetscCall(HypExponentialCreate(K, G, t, &m.power));
  m.one = HypSpaceGetOne(HypKineticGetSpace(K));
  PetscCall(VecDuplicate(m.one, &m.work));
  PetscCall(VecGetLocalSize(m.one, &local));
  PetscCall(MatCreateShell(HypSpaceGetComm(HypKineticGetSpace(K)), local, local,
                           HypSpaceGetSize(HypKineticGetSpace(K)),
                           HypSpaceGetSize(HypKineticGetSpace(K)), &m, &A));
  PetscCall(MatShellSetOperation(A, MATOP_MULT, (void (*)(void))MatMult_MeanZero));
  PetscCall(
    MatShellSetOperation(A, MATOP_MULT_TRANSPOSE, (void (*)(void))MatMultTranspose_MeanZero));
  PetscCall(SVDCreate(HypSpaceGetComm(HypKineticGetSpace(K)), &svd));
  if (HypSpaceGetSize(HypKineticGetSpace(K)) <= DENSE) {
    PetscCall(MatComputeOperator(A, MATDENSE, &dense));
    PetscCall(SVDSetOperators(svd, dense, NULL));
    PetscCall(SVDSetType(svd, SVDLAPACK));
  } else {
    PetscCall(SVDSetOperators(svd, A, NULL));
    PetscCall(SVDSetType(svd, SVDTRLANCZOS));
    PetscCall(SVDSetDimensions(svd, 1, BASIS, PETSC_DEFAULT));
  }
  PetscCall(SVDSetTolerances(svd, 1e-11, 1000));
  PetscCall(SVDSetFromOptions(svd));
  PetscCall(SVDSolve(svd));
  PetscCall(SVDGetConverged(svd, &converged));
  PetscCheck(
    converged > 0, HypSpaceGetComm(HypKineticGetSpace(K)), PETSC_ERR_NOT_CONVERGED,
    "propagator norm at t = %g: the largest singular value did not converge; raise -svd_ncv",
    (double)t);
  PetscCall(SVDGetSingularTriplet(svd, 0, norm, NULL, NULL));
  PetscCall(SVDDestroy(&svd));
  PetscCall(MatDestroy(&dense));
  PetscCall(MatDestroy(&A));
  PetscCall(MatDestroy(&m.power));
  PetscCall(MatDestroy(&G));
  PetscCall(VecDestroy(&m.work));
  PetscFunctionReturn(0);
}
