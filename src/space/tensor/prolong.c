/* A function of a coarser tensor space on a finer one: interpolation at the finer nodes,
   one coordinate after the other. */
#include "space/tensor/tensor.h"
#include <petscblaslapack.h>

/* P[j][k]: coefficient j, on the finer axis, of basis function k of the coarser one */
static PetscErrorCode AxisProlongation(HypAxis coarse, HypAxis fine, PetscScalar **P)
{
  const PetscInt   nodes = HypAxisGetNodeCount(fine), n = HypAxisGetSize(coarse);
  const PetscReal *q = HypAxisGetNodes(fine), *weights = HypAxisGetWeights(fine);
  PetscScalar     *values;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(nodes * n, &values));
  PetscCall(PetscMalloc1(HypAxisGetSize(fine) * n, P));
  for (PetscInt j = 0; j < nodes; j++) {
    PetscCall(HypAxisEvaluate(coarse, q[j], values + j * n));
    for (PetscInt k = 0; k < n; k++) values[j * n + k] *= PetscSqrtReal(weights[j]);
  }
  PetscCall(HypAxisApply(fine, HYP_FROM_NODES, 1, n, values, *P));
  PetscCall(PetscFree(values));
  PetscFunctionReturn(0);
}

/* out[o][j][i] = sum_k P[j][k] in[o][k][i]; `in` is freed */
static PetscErrorCode ApplyAlong(PetscInt outer, PetscInt inner, PetscInt n, PetscInt m,
                                 const PetscScalar P[], PetscScalar **in)
{
  PetscScalar *out, one = 1, zero = 0;
  PetscBLASInt rows, from, to;

  PetscFunctionBeginUser;
  PetscCall(PetscBLASIntCast(inner, &rows));
  PetscCall(PetscBLASIntCast(n, &from));
  PetscCall(PetscBLASIntCast(m, &to));
  PetscCall(PetscMalloc1(outer * m * inner, &out));
  for (PetscInt o = 0; o < outer; o++)
    PetscCallBLAS("BLASgemm", BLASgemm_("N", "N", &rows, &to, &from, &one, *in + o * n * inner,
                                        &rows, P, &from, &zero, out + o * m * inner, &rows));
  PetscCall(PetscFree(*in));
  *in = out;
  PetscFunctionReturn(0);
}

PETSC_INTERN PetscErrorCode TensorProlong(HypSpace coarse, Vec u, HypSpace fine, Vec v,
                                          PetscBool *done)
{
  const PetscInt     d = ((Tensor *)fine->data)->d;
  PetscScalar       *P, *array, *result;
  const PetscScalar *c;
  PetscInt           inner = 1, outer = coarse->n;
  PetscMPIInt        size;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_size(fine->comm, &size));
  *done = (PetscBool)(size == 1); /* then both vectors are in natural order */
  if (!*done) PetscFunctionReturn(0);
  PetscCall(PetscMalloc1(coarse->n, &array));
  PetscCall(VecGetArrayRead(u, &c));
  PetscCall(PetscArraycpy(array, c, coarse->n));
  PetscCall(VecRestoreArrayRead(u, &c));
  for (PetscInt k = 0; k < 2 * d; k++) {
    const HypAxis  from = TensorAxis(coarse, k), to = TensorAxis(fine, k);
    const PetscInt n = HypAxisGetSize(from), m = HypAxisGetSize(to);

    outer /= n;
    PetscCall(AxisProlongation(from, to, &P));
    PetscCall(ApplyAlong(outer, inner, n, m, P, &array));
    PetscCall(PetscFree(P));
    inner *= m;
  }
  PetscCall(VecGetArrayWrite(v, &result));
  PetscCall(PetscArraycpy(result, array, fine->n));
  PetscCall(VecRestoreArrayWrite(v, &result));
  PetscCall(PetscFree(array));
  PetscFunctionReturn(0);
}
