/* A full matrix along one axis: to and from the nodes, and derivatives that are full. */
#include "axis/weight.h"
#include <petscblaslapack.h>

/* v[o] = A u[o] (A rows x columns, by rows) or its transpose,
   for each slab: in column-major terms V^T = U^T A^T */
PETSC_INTERN PetscErrorCode HypAxisApplyDense(const PetscReal *A, PetscInt rows, PetscInt columns,
                                              PetscBool transpose, PetscInt outer, PetscInt inner,
                                              const PetscScalar *u, PetscScalar *v)
{
  const PetscInt    from = transpose ? rows : columns, to = transpose ? columns : rows;
  const PetscScalar one = 1, zero = 0;
  PetscBLASInt      m, n, k, lda;

  PetscFunctionBeginUser;
  PetscCall(PetscBLASIntCast(inner, &m));
  PetscCall(PetscBLASIntCast(to, &n));
  PetscCall(PetscBLASIntCast(from, &k));
  PetscCall(PetscBLASIntCast(columns, &lda));
  for (PetscInt o = 0; o < outer; o++) {
    PetscCallBLAS("BLASgemm", BLASgemm_("N", transpose ? "T" : "N", &m, &n, &k, &one,
                                        u + (size_t)o * from * inner, &m, A, &lda, &zero,
                                        v + (size_t)o * to * inner, &m));
  }
  PetscFunctionReturn(0);
}

/* The ops slots `tonodes` and `fromnodes` of axes without a grid: phi and its transpose */
PETSC_INTERN PetscErrorCode HypAxisToNodes_Dense(HypAxis axis, PetscInt outer, PetscInt inner,
                                                 const PetscScalar *u, PetscScalar *v)
{
  PetscFunctionBeginUser;
  PetscCall(HypAxisApplyDense(axis->phi, axis->nnodes, axis->n, PETSC_FALSE, outer, inner, u, v));
  PetscFunctionReturn(0);
}

PETSC_INTERN PetscErrorCode HypAxisFromNodes_Dense(HypAxis axis, PetscInt outer, PetscInt inner,
                                                   const PetscScalar *u, PetscScalar *v)
{
  PetscFunctionBeginUser;
  PetscCall(HypAxisApplyDense(axis->phi, axis->nnodes, axis->n, PETSC_TRUE, outer, inner, u, v));
  PetscFunctionReturn(0);
}
