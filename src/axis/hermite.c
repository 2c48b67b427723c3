/*
   Hermite: coefficients in the orthonormal polynomials H_k of N(0,1), k < n; a is the ladder

       (a c)_k = sqrt(k+1) c_{k+1},   (a* c)_k = sqrt(k) c_{k-1},   a* a = k,   1 = H_0.

   Products with functions of q go through Gauss-Hermite nodes:
   Phi_jk = sqrt(weight_j) H_k(q_j) is an isometry.
*/
#include "axis/weight.h"

static PetscErrorCode HypAxisLower_Hermite(HypAxis axis, PetscInt outer, PetscInt inner,
                                           const PetscScalar *u, PetscScalar *au)
{
  const PetscInt n = axis->n;

  PetscFunctionBeginUser;
  for (PetscInt o = 0; o < outer; o++, u += (size_t)n * inner, au += (size_t)n * inner) {
    for (PetscInt k = 0; k < n - 1; k++) {
      const PetscReal s = PetscSqrtReal((PetscReal)(k + 1));

      for (PetscInt i = 0; i < inner; i++)
        au[(size_t)k * inner + i] = s * u[(size_t)(k + 1) * inner + i];
    }
    for (PetscInt i = 0; i < inner; i++) au[(size_t)(n - 1) * inner + i] = 0;
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode HypAxisRaise_Hermite(HypAxis axis, PetscInt outer, PetscInt inner,
                                           const PetscScalar *u, PetscScalar *au)
{
  const PetscInt n = axis->n;

  PetscFunctionBeginUser;
  for (PetscInt o = 0; o < outer; o++, u += (size_t)n * inner, au += (size_t)n * inner) {
    for (PetscInt i = 0; i < inner; i++) au[i] = 0;
    for (PetscInt k = 1; k < n; k++) {
      const PetscReal s = PetscSqrtReal((PetscReal)k);

      for (PetscInt i = 0; i < inner; i++)
        au[(size_t)k * inner + i] = s * u[(size_t)(k - 1) * inner + i];
    }
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode HypAxisEvaluate_Hermite(HypAxis axis, PetscReal q, PetscScalar phi[])
{
  PetscFunctionBeginUser;
  HypHermiteFunctions(axis->n, q, 1.0, phi);
  PetscFunctionReturn(0);
}

/* Twice as many nodes as modes:
   the Galerkin matrix of a smooth eps is then as accurate as the basis itself */
static PetscErrorCode HypAxisSetUp_Hermite(HypAxis axis)
{
  PetscFunctionBeginUser;
  PetscCheck(axis->width == PETSC_DETERMINE, axis->comm, PETSC_ERR_ARG_INCOMP,
             "axis_%s_width: given, but a hermite axis covers the whole line; leave it out",
             axis->name);
  if (axis->n == PETSC_DETERMINE) axis->n = 32;
  PetscCheck(axis->n <= 180, axis->comm, PETSC_ERR_ARG_OUTOFRANGE,
             "axis_%s_n: %" PetscInt_FMT
             " given, at most 180 allowed for hermite: beyond, quadrature weights underflow",
             axis->name, axis->n);
  PetscCall(HypAxisAllocate(axis, axis->n, axis->wanted ? axis->wanted : 2 * axis->n));
  PetscCall(PetscMalloc1((size_t)axis->nnodes * axis->n, &axis->phi));
  PetscCall(HypGaussHermite(axis->nnodes, axis->nodes, axis->weights));
  for (PetscInt j = 0; j < axis->nnodes; j++)
    HypHermiteFunctions(axis->n, axis->nodes[j], PetscSqrtReal(axis->weights[j]),
                        axis->phi + (size_t)j * axis->n);
  PetscCall(PetscArrayzero(axis->one, axis->n));
  axis->one[0] = 1.0;
  axis->width  = axis->nodes[axis->nnodes - 1];
  PetscFunctionReturn(0);
}

PETSC_INTERN PetscErrorCode HypAxisCreate_Hermite(HypAxis axis)
{
  PetscFunctionBeginUser;
  axis->pattern        = HYP_PATTERN_BANDED;
  axis->ops->setup     = HypAxisSetUp_Hermite;
  axis->ops->lower     = HypAxisLower_Hermite;
  axis->ops->raise     = HypAxisRaise_Hermite;
  axis->ops->tonodes   = HypAxisToNodes_Dense;
  axis->ops->fromnodes = HypAxisFromNodes_Dense;
  axis->ops->evaluate  = HypAxisEvaluate_Hermite;
  PetscFunctionReturn(0);
}
