/* Marginals in one pair (X_i, V_i): contraction with the function 1 along every other coordinate,
   then evaluation. */
#include "space/tensor/tensor.h"
#include <petscblaslapack.h>

/* pair[kv][kx] = sum over the other indices of u times the coefficients of 1 */
PETSC_INTERN PetscErrorCode TensorPlane(HypSpace space, PetscInt i, Vec u, PetscScalar pair[])
{
  const Tensor      *t = (Tensor *)space->data;
  const PetscInt     d = t->d, nx = HypAxisGetSize(space->x), nv = HypAxisGetSize(space->v);
  const PetscScalar *array;

  PetscFunctionBeginUser;
  PetscCall(PetscArrayzero(pair, nx * nv));
  PetscCall(VecGetArrayRead(u, &array));
  for (PetscInt row = 0; row < t->local; row++) {
    PetscInt    kv = 0, rest = row;
    PetscScalar fv = 1;

    for (PetscInt c = 0; c < d; c++) {
      const PetscInt k = rest % t->count[c] + t->start[c];

      rest /= t->count[c];
      if (c == i)
        kv = k;
      else
        fv *= HypAxisGetOne(space->v)[k];
    }
    for (PetscInt j = 0; j < t->block; j++) {
      PetscInt    kx = 0, left = j;
      PetscScalar f = fv;

      for (PetscInt c = 0; c < d; c++, left /= nx) {
        if (c == i)
          kx = left % nx;
        else
          f *= HypAxisGetOne(TensorAxis(space, c))[left % nx];
      }
      pair[kv * nx + kx] += f * array[row * t->block + j];
    }
  }
  PetscCall(VecRestoreArrayRead(u, &array));
  PetscCallMPI(
    MPI_Allreduce(MPI_IN_PLACE, pair, (PetscMPIInt)(nx * nv), MPIU_SCALAR, MPIU_SUM, space->comm));
  PetscFunctionReturn(0);
}

PETSC_INTERN PetscErrorCode TensorBasis(HypSpace space, PetscInt i, PetscInt c, PetscReal q,
                                        PetscScalar phi[])
{
  PetscFunctionBeginUser;
  PetscCall(HypAxisEvaluate(c ? space->v : TensorAxis(space, i), q, phi));
  PetscFunctionReturn(0);
}

/* rows[p][k] = basis function k at point p */
static PetscErrorCode Evaluation(HypAxis axis, PetscInt n, const PetscReal q[], PetscScalar **rows)
{
  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(n * HypAxisGetSize(axis), rows));
  for (PetscInt p = 0; p < n; p++)
    PetscCall(HypAxisEvaluate(axis, q[p], *rows + p * HypAxisGetSize(axis)));
  PetscFunctionReturn(0);
}

PETSC_INTERN PetscErrorCode TensorMarginal(HypSpace space, PetscInt i, Vec u, PetscInt nX,
                                           const PetscReal X[], PetscInt nV, const PetscReal V[],
                                           PetscReal values[])
{
  const HypAxis     x  = TensorAxis(space, i);
  const PetscInt    nx = HypAxisGetSize(x), nv = HypAxisGetSize(space->v);
  const PetscScalar one = 1, zero = 0;
  PetscScalar      *pair, *half, *ex, *ev;
  PetscBLASInt      bx, bv, bX, bV;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(nx * nv, &pair));
  PetscCall(TensorPlane(space, i, u, pair));
  if (HypAxisIsGrid(x) && HypAxisIsGrid(space->v) && X == space->grid->X && V == space->grid->V) {
    for (PetscInt k = 0; k < nv; k++) {
      for (PetscInt j = 0; j < nx; j++)
        values[k * nx + j] = pair[k * nx + j] / (HypAxisGetOne(x)[j] * HypAxisGetOne(space->v)[k]);
    }
  } else {
    PetscCall(Evaluation(x, nX, X, &ex));
    PetscCall(Evaluation(space->v, nV, V, &ev));
    PetscCall(PetscMalloc1(nv * nX, &half));
    PetscCall(PetscBLASIntCast(nx, &bx));
    PetscCall(PetscBLASIntCast(nv, &bv));
    PetscCall(PetscBLASIntCast(nX, &bX));
    PetscCall(PetscBLASIntCast(nV, &bV));
    /* half = pair ex^T, values = ev half, in column-major terms transposed */
    PetscCallBLAS("BLASgemm",
                  BLASgemm_("T", "N", &bX, &bv, &bx, &one, ex, &bx, pair, &bx, &zero, half, &bX));
    PetscCallBLAS("BLASgemm",
                  BLASgemm_("N", "N", &bX, &bV, &bv, &one, half, &bX, ev, &bv, &zero, values, &bX));
    PetscCall(PetscFree(half));
    PetscCall(PetscFree(ev));
    PetscCall(PetscFree(ex));
  }
  PetscCall(PetscFree(pair));
  PetscFunctionReturn(0);
}
