/* Matrices of operations along one coordinate of a tensor space, matrix-free and assembled. */
#include "space/tensor/tensor.h"

typedef struct {
  HypSpace         space;
  PetscInt         c;
  HypAxisOperation operation, transposed;
} Along;

static PetscErrorCode MatMult_Along(Mat A, Vec u, Vec v)
{
  Along *along;

  PetscFunctionBeginUser;
  PetscCall(MatShellGetContext(A, &along));
  PetscCall(TensorApply(along->space, along->c, along->operation, u, v));
  PetscFunctionReturn(0);
}

static PetscErrorCode MatMultTranspose_Along(Mat A, Vec u, Vec v)
{
  Along *along;

  PetscFunctionBeginUser;
  PetscCall(MatShellGetContext(A, &along));
  PetscCall(TensorApply(along->space, along->c, along->transposed, u, v));
  PetscFunctionReturn(0);
}

static PetscErrorCode MatDestroy_Along(Mat A)
{
  Along *along;

  PetscFunctionBeginUser;
  PetscCall(MatShellGetContext(A, &along));
  PetscCall(PetscFree(along));
  PetscFunctionReturn(0);
}

static PetscErrorCode TensorShell(HypSpace space, PetscInt c, HypAxisOperation operation, Mat *A)
{
  Along   *along;
  PetscInt local;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&along));
  along->space      = space;
  along->c          = c;
  along->operation  = operation;
  along->transposed = operation == HYP_LOWER ? HYP_RAISE : operation; /* the others are symmetric */
  PetscCall(VecGetLocalSize(space->one, &local));
  PetscCall(MatCreateShell(space->comm, local, local, space->n, space->n, along, A));
  PetscCall(MatShellSetOperation(*A, MATOP_MULT, (void (*)(void))MatMult_Along));
  PetscCall(MatShellSetOperation(*A, MATOP_MULT_TRANSPOSE, (void (*)(void))MatMultTranspose_Along));
  PetscCall(MatShellSetOperation(*A, MATOP_DESTROY, (void (*)(void))MatDestroy_Along));
  PetscFunctionReturn(0);
}

/* Row (v, x) of 1 x A x 1: the entries A[k][l] with k the index of coordinate c */
static PetscErrorCode TensorRow(HypSpace space, PetscInt c, const PetscScalar *A, PetscInt v,
                                PetscInt x, PetscInt columns[], PetscScalar values[],
                                PetscInt *count)
{
  const Tensor  *t       = (Tensor *)space->data;
  const PetscInt n       = c < t->d ? HypAxisGetSize(space->x) : HypAxisGetSize(space->v);
  const PetscInt stride  = TensorPower(n, c < t->d ? c : c - t->d);
  const PetscInt natural = c < t->d ? x : v, k = natural / stride % n;

  PetscFunctionBeginUser;
  *count = 0;
  for (PetscInt l = 0; l < n; l++) {
    const PetscInt other = natural + (l - k) * stride;

    if (A[k * n + l] == 0) continue;
    columns[*count] = c < t->d ? t->global[v] * t->block + other : t->global[other] * t->block + x;
    values[(*count)++] = A[k * n + l];
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode TensorAssemble(HypSpace space, PetscInt c, HypAxisOperation operation, Mat *M)
{
  const Tensor  *t    = (Tensor *)space->data;
  HypAxis        axis = TensorAxis(space, c);
  const PetscInt n    = HypAxisGetSize(axis);
  PetscInt       rows, most = 0, row, *columns, local, count;
  PetscScalar   *A, *values;

  PetscFunctionBeginUser;
  PetscCall(HypAxisMatrix(axis, operation, &rows, &A));
  for (PetscInt k = 0; k < n; k++) {
    count = 0;
    for (PetscInt l = 0; l < n; l++) count += A[k * n + l] != 0;
    most = PetscMax(most, count);
  }
  PetscCall(VecGetLocalSize(space->one, &local));
  PetscCall(MatCreateAIJ(space->comm, local, local, space->n, space->n, most, NULL, most, NULL, M));
  PetscCall(VecGetOwnershipRange(space->one, &row, NULL));
  PetscCall(PetscMalloc2(n, &columns, n, &values));
  for (PetscInt v2 = t->start[2]; v2 < t->start[2] + t->count[2]; v2++) {
    for (PetscInt v1 = t->start[1]; v1 < t->start[1] + t->count[1]; v1++) {
      for (PetscInt v0 = t->start[0]; v0 < t->start[0] + t->count[0]; v0++) {
        const PetscInt v = (v2 * HypAxisGetSize(space->v) + v1) * HypAxisGetSize(space->v) + v0;

        for (PetscInt x = 0; x < t->block; x++, row++) {
          PetscCall(TensorRow(space, c, A, v, x, columns, values, &count));
          PetscCall(MatSetValues(*M, 1, &row, count, columns, values, INSERT_VALUES));
        }
      }
    }
  }
  PetscCall(MatAssemblyBegin(*M, MAT_FINAL_ASSEMBLY));
  PetscCall(MatAssemblyEnd(*M, MAT_FINAL_ASSEMBLY));
  PetscCall(PetscFree2(columns, values));
  PetscCall(PetscFree(A));
  PetscFunctionReturn(0);
}

PETSC_INTERN PetscErrorCode TensorMatrix(HypSpace space, PetscInt c, HypAxisOperation operation,
                                         HypForm form, Mat *A)
{
  PetscFunctionBeginUser;
  if (form == HYP_ASSEMBLED)
    PetscCall(TensorAssemble(space, c, operation, A));
  else
    PetscCall(TensorShell(space, c, operation, A));
  PetscFunctionReturn(0);
}
