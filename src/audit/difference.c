/*
   The difference of the PDEs of asynchronous SGD and of momentum SGD, as an operator.

   With (M, P) = -(gamma/w^2) (x, v), as in counterpart.c, and g = grad f - w^2 (theta - origin),

       R_asgd - R_momentum = -sum_i (a_Xi^T b_Xi + a_Vi^T b_Vi),
       b_Xi = sqrt(beta) w g_i(theta),   b_Vi = sqrt(beta) ((w^2/gamma) g_i(M) - gamma g_i(theta)).

   w^2 and the origin are those of the linear part of the gradient,

       w_i^2 = omega_i^2 + E_M d_i eps_i,    w_i^2 origin_i = -E_M eps_i,

   so that nothing is left where the gradient is linear (Stein: E d_i eps_i = E theta_i eps_i/s^2).

   R takes one derivative and g grows like theta at most, so that the difference is bounded from H1
   to its dual: |<(R_asgd - R_momentum) u, w>| <= c |u|_1 |w|_1, |u|_1^2 = <u, (1 + N) u>,
   N = sum_c a_c^T a_c.
   With q = a + a^T for each coordinate, <q^2> <= 2 <a^T a + a a^T> = 4 <a^T a> + 2, so that
   <1 + |z|^2/4> <= (1 + d) <1 + N> for the 2d coordinates z, and as |a_c u| <= |u|_1,

       c = ||(1 + N)^{-1/2} (R_asgd - R_momentum) (1 + N)^{-1/2}||
         <= sqrt(1 + d) max |b|/sqrt(1 + |z|^2/4).

   On Hermite functions multiplication by b is Phi^T b Phi with an isometry Phi to the nodes, whose
   quadrature is exact for |z|^2: there the maximum over the nodes is a bound.

   Momentum's own variables are -X and -V; in (X, V) its force is -g(-theta).
*/
#include "audit/auditimpl.h"
#include <slepcsvd.h>

enum { FUNCTIONS_1 = 20, FUNCTIONS_2 = 8 }; /* along each coordinate, in d = 1 and d = 2 */

typedef struct {
  HypModel   asgd, model[2]; /* as given; both sides of the proposition */
  HypSpace   space[2];
  HypKinetic K[2];
  PetscReal  origin[2], square[2];
  Vec        weight, work, more; /* (1 + N)^{-1/2}; scratch */
} Difference;

/* g(theta) = grad f(origin + theta) - w^2 theta */
static PetscErrorCode Rest(const Difference *D, const PetscReal theta[], PetscReal g[])
{
  const PetscInt d     = HypModelDimension(D->asgd);
  PetscReal      at[2] = {0, 0};

  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < d; i++) at[i] = D->origin[i] + theta[i];
  PetscCall(HypModelPerturbation(D->asgd, at, g));
  for (PetscInt i = 0; i < d; i++)
    g[i] += PetscSqr(HypModelOmegas(D->asgd)[i]) * at[i] - D->square[i] * theta[i];
  PetscFunctionReturn(0);
}

static PetscErrorCode Force(PetscInt d, const PetscReal theta[], PetscReal eps[], void *ctx)
{
  PetscFunctionBeginUser;
  (void)d;
  PetscCall(Rest((const Difference *)ctx, theta, eps));
  PetscFunctionReturn(0);
}

static PetscErrorCode ForceReflected(PetscInt d, const PetscReal theta[], PetscReal eps[],
                                     void *ctx)
{
  PetscReal minus[2] = {0, 0};

  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < d; i++) minus[i] = -theta[i];
  PetscCall(Rest((const Difference *)ctx, minus, eps));
  for (PetscInt i = 0; i < d; i++) eps[i] = -eps[i];
  PetscFunctionReturn(0);
}

/* w^2 and the origin, by the matrices of the audit's own space.  A curvature that is not positive
   is no frequency: the given one is kept */
static PetscErrorCode LinearPart(HypKinetic K, Difference *D)
{
  const PetscInt d   = HypModelDimension(D->asgd);
  const Vec      one = HypSpaceGetOne(HypKineticGetSpace(K));
  Vec            eps, q;

  PetscFunctionBeginUser;
  PetscCall(VecDuplicate(one, &eps));
  PetscCall(VecDuplicate(one, &q));
  for (PetscInt i = 0; i < d; i++) {
    const HypCoordinate c = HypModelCoordinate(D->asgd, i);
    PetscReal           mean, inX, inV;

    PetscCall(MatMult(HypKineticPerturbation(K, i), one, eps));
    PetscCall(VecDot(eps, one, &mean));
    PetscCall(MatMultTranspose(HypKineticDerivative(K, i), one, q)); /* X_i = a_Xi^T 1 */
    PetscCall(VecDot(eps, q, &inX));
    PetscCall(MatMultTranspose(HypKineticDerivative(K, d + i), one, q));
    PetscCall(VecDot(eps, q, &inV));
    D->square[i] = c.omega * c.omega + (c.theta_X * inX + c.theta_V * inV) /
                                         (PetscSqr(c.theta_X) + PetscSqr(c.theta_V));
    if (!(D->square[i] > 0)) D->square[i] = c.omega * c.omega;
    D->origin[i] = -mean / D->square[i];
  }
  PetscCall(VecDestroy(&eps));
  PetscCall(VecDestroy(&q));
  PetscFunctionReturn(0);
}

/* Both equations on one space of Hermite functions of (X, V) */
static PetscErrorCode Sides(Difference *D)
{
  const PetscInt          d       = HypModelDimension(D->asgd);
  const PetscReal         gamma   = HypModelGamma(D->asgd);
  const HypPerturbationFn force[] = {Force, ForceReflected};

  PetscFunctionBeginUser;
  for (int k = 0; k < 2; k++) {
    PetscReal w[2], tau[2];
    HypAxis   axis[2];

    for (PetscInt i = 0; i < d; i++) {
      w[i]   = PetscSqrtReal(D->square[i]);
      tau[i] = (k ? gamma : 1) * HypModelTaus(D->asgd)[i];
    }
    PetscCall(HypModelCreate(HypModelGetComm(D->asgd), &D->model[k]));
    PetscCall(HypModelSetType(D->model[k], k ? HYP_MOMENTUM : HYP_ASGD));
    PetscCall(HypModelSetCoordinates(D->model[k], d, gamma, w, NULL, tau));
    PetscCall(HypModelSetPerturbation(D->model[k], force[k], D, NULL));
    PetscCall(HypSpaceCreate(D->model[k], HYPSPACETENSOR, &D->space[k]));
    for (int c = 0; c < 2; c++) {
      PetscCall(HypAxisCreate(HypModelGetComm(D->asgd), HYPAXISHERMITE, &axis[c]));
      PetscCall(HypAxisSetSize(axis[c], d == 1 ? FUNCTIONS_1 : FUNCTIONS_2));
      PetscCall(HypAxisSetUp(axis[c]));
    }
    PetscCall(HypSpaceSetAxes(D->space[k], axis[0], axis[1]));
    PetscCall(HypSpaceSetUp(D->space[k]));
    PetscCall(HypKineticCreate(D->space[k], HYP_MATRIX_FREE, &D->K[k]));
  }
  PetscFunctionReturn(0);
}

/* (1 + N)^{-1/2}: N is diagonal in Hermite functions */
static PetscErrorCode Weight(Difference *D)
{
  PetscFunctionBeginUser;
  PetscCall(HypSpaceCreateVec(D->space[0], &D->weight));
  PetscCall(VecDuplicate(D->weight, &D->work));
  PetscCall(VecDuplicate(D->weight, &D->more));
  PetscCall(VecSet(D->weight, 1));
  for (PetscInt c = 0; c < 2 * HypModelDimension(D->asgd); c++) {
    PetscCall(VecSet(D->work, 1));
    PetscCall(MatMult(HypKineticDerivative(D->K[0], c), D->work, D->more));
    PetscCall(MatMultTransposeAdd(HypKineticDerivative(D->K[0], c), D->more, D->weight, D->weight));
  }
  PetscCall(VecSqrtAbs(D->weight));
  PetscCall(VecReciprocal(D->weight));
  PetscFunctionReturn(0);
}

static PetscErrorCode MatMult_Difference(Mat A, Vec u, Vec v)
{
  Difference *D;

  PetscFunctionBeginUser;
  PetscCall(MatShellGetContext(A, &D));
  PetscCall(VecPointwiseMult(D->more, u, D->weight));
  PetscCall(HypKineticApply(D->K[0], HYP_PERTURBATION, PETSC_FALSE, D->more, v));
  PetscCall(HypKineticApply(D->K[1], HYP_PERTURBATION, PETSC_FALSE, D->more, D->work));
  PetscCall(VecAXPY(v, -1, D->work));
  PetscCall(VecPointwiseMult(v, v, D->weight));
  PetscFunctionReturn(0);
}

static PetscErrorCode MatMultTranspose_Difference(Mat A, Vec u, Vec v)
{
  Difference *D;

  PetscFunctionBeginUser;
  PetscCall(MatShellGetContext(A, &D));
  PetscCall(VecPointwiseMult(D->more, u, D->weight));
  PetscCall(HypKineticApply(D->K[0], HYP_PERTURBATION, PETSC_TRUE, D->more, v));
  PetscCall(HypKineticApply(D->K[1], HYP_PERTURBATION, PETSC_TRUE, D->more, D->work));
  PetscCall(VecAXPY(v, -1, D->work));
  PetscCall(VecPointwiseMult(v, v, D->weight));
  PetscFunctionReturn(0);
}

static PetscErrorCode Norm(Difference *D, PetscReal *norm, PetscBool *known)
{
  PetscInt local, converged;
  Mat      A;
  SVD      svd;

  PetscFunctionBeginUser;
  PetscCall(VecGetLocalSize(D->weight, &local));
  PetscCall(MatCreateShell(HypModelGetComm(D->asgd), local, local, HypSpaceGetSize(D->space[0]),
                           HypSpaceGetSize(D->space[0]), D, &A));
  PetscCall(MatShellSetOperation(A, MATOP_MULT, (void (*)(void))MatMult_Difference));
  PetscCall(
    MatShellSetOperation(A, MATOP_MULT_TRANSPOSE, (void (*)(void))MatMultTranspose_Difference));
  PetscCall(SVDCreate(HypModelGetComm(D->asgd), &svd));
  PetscCall(SVDSetOperators(svd, A, NULL));
  PetscCall(SVDSetType(svd, SVDTRLANCZOS));
  PetscCall(SVDSetDimensions(svd, 1, 60, PETSC_DEFAULT));
  PetscCall(SVDSetTolerances(svd, 1e-11, 1000));
  PetscCall(SVDSolve(svd));
  PetscCall(SVDGetConverged(svd, &converged));
  *known = converged > 0 ? PETSC_TRUE : PETSC_FALSE;
  if (*known) PetscCall(SVDGetSingularTriplet(svd, 0, norm, NULL, NULL));
  PetscCall(SVDDestroy(&svd));
  PetscCall(MatDestroy(&A));
  PetscFunctionReturn(0);
}

/* The bound, by the nodes; all: the same of the linear part of the gradient, what rounding errors
   are relative to */
static PetscErrorCode Bound(const Difference *D, const HypAxis axis, PetscReal *bound,
                            PetscReal *all)
{
  const PetscInt   d = HypModelDimension(D->asgd), n = HypAxisGetNodeCount(axis);
  const PetscReal *node = HypAxisGetNodes(axis), gamma = HypModelGamma(D->asgd);
  PetscInt         points = PetscPowInt(n, 2 * d);

  PetscFunctionBeginUser;
  *bound = *all = 0;
  for (PetscInt p = 0; p < points; p++) {
    PetscReal z[4], theta[2], mean[2] = {0, 0}, g[2], h[2], sum = 0, force = 0, weight = 1;

    for (PetscInt c = 0, rest = p; c < 2 * d; c++, rest /= n) {
      z[c] = node[rest % n];
      weight += PetscSqr(z[c]) / 4;
    }
    HypModelToTheta(D->model[0], z, theta, NULL);
    HypModelToTheta(D->model[1], z, mean, NULL);
    for (PetscInt i = 0; i < d; i++) mean[i] = -mean[i];
    PetscCall(Rest(D, theta, g));
    PetscCall(Rest(D, mean, h));
    for (PetscInt i = 0; i < d; i++) {
      const HypCoordinate c = HypModelCoordinate(D->model[0], i);

      sum += c.beta *
             (PetscSqr(c.omega * g[i]) + PetscSqr(c.omega * c.omega / gamma * h[i] - gamma * g[i]));
      force += PetscSqr(c.r * D->square[i] * theta[i]);
    }
    *bound = PetscMax(*bound, PetscSqrtReal((1 + d) * sum / weight));
    *all   = PetscMax(*all, PetscSqrtReal((1 + d) * force / weight));
  }
  PetscFunctionReturn(0);
}

/* The norm of the difference and its bound, for eps != 0 in d <= 2; of a linear gradient both are 0
   but for rounding, and are called 0 */
PETSC_INTERN PetscErrorCode HypDifferenceCompute(HypKinetic K, HypCounterpart *found)
{
  Difference D = {.asgd = HypKineticGetModel(K)};
  HypAxis    axis;
  PetscReal  all;

  PetscFunctionBeginUser;
  PetscCall(LinearPart(K, &D));
  PetscCall(Sides(&D));
  PetscCall(HypAxisCreate(PETSC_COMM_SELF, HYPAXISHERMITE, &axis));
  PetscCall(HypAxisSetSize(axis, HypModelDimension(D.asgd) == 1 ? FUNCTIONS_1 : FUNCTIONS_2));
  PetscCall(HypAxisSetUp(axis));
  PetscCall(Bound(&D, axis, &found->bound, &all));
  PetscCall(HypAxisDestroy(&axis));
  found->norm_known = PETSC_TRUE;
  if (found->bound <= 1e-12 * all)
    found->norm = found->bound = 0;
  else {
    PetscCall(Weight(&D));
    PetscCall(Norm(&D, &found->norm, &found->norm_known));
    PetscCall(VecDestroy(&D.weight));
    PetscCall(VecDestroy(&D.work));
    PetscCall(VecDestroy(&D.more));
  }
  for (int k = 0; k < 2; k++) {
    PetscCall(HypKineticDestroy(&D.K[k]));
    PetscCall(HypSpaceDestroy(&D.space[k]));
    PetscCall(HypModelDestroy(&D.model[k]));
  }
  PetscFunctionReturn(0);
}
