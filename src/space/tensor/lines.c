/* The second layout of a tensor space, and operations along one coordinate. */
#include "space/tensor/tensor.h"

/*
   Rank r holds the x indices [first, first + slice) of every v index, as lines[v natural][slice].
   In `columns` the entry (v, j) sits at global[v] block + j.
*/
PETSC_INTERN PetscErrorCode TensorLinesCreate(HypSpace space, PetscInt block, TensorLines *lines)
{
  Tensor     *t = (Tensor *)space->data;
  PetscMPIInt size;
  PetscInt    last;

  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(lines, sizeof(*lines)));
  PetscCallMPI(MPI_Comm_size(space->comm, &size));
  lines->block = lines->slice = block;
  if (size == 1) PetscFunctionReturn(0);
  lines->slice = PETSC_DECIDE;
  PetscCall(PetscSplitOwnership(space->comm, &lines->slice, &lines->block));
  PetscCallMPI(MPI_Scan(&lines->slice, &last, 1, MPIU_INT, MPI_SUM, space->comm));
  lines->first = last - lines->slice;
  PetscCall(VecCreateMPI(space->comm, t->local * block, PETSC_DETERMINE, &lines->columns));
  PetscCall(VecCreateMPI(space->comm, t->nv * lines->slice, PETSC_DETERMINE, &lines->lines));
  PetscFunctionReturn(0);
}

/* The scatter costs an index per unknown, so it is made when a layout change is first asked for */
PETSC_INTERN PetscErrorCode TensorLinesScatter(HypSpace space, TensorLines *lines)
{
  Tensor   *t = (Tensor *)space->data;
  PetscInt *from, low;
  IS        is, natural;

  PetscFunctionBeginUser;
  if (lines->scatter) PetscFunctionReturn(0);
  PetscCall(PetscMalloc1(t->nv * lines->slice, &from));
  for (PetscInt v = 0; v < t->nv; v++) {
    for (PetscInt j = 0; j < lines->slice; j++)
      from[v * lines->slice + j] = t->global[v] * lines->block + lines->first + j;
  }
  PetscCall(VecGetOwnershipRange(lines->lines, &low, NULL));
  PetscCall(ISCreateGeneral(space->comm, t->nv * lines->slice, from, PETSC_OWN_POINTER, &is));
  PetscCall(ISCreateStride(space->comm, t->nv * lines->slice, low, 1, &natural));
  PetscCall(VecScatterCreate(lines->columns, is, lines->lines, natural, &lines->scatter));
  PetscCall(ISDestroy(&is));
  PetscCall(ISDestroy(&natural));
  PetscFunctionReturn(0);
}

PETSC_INTERN PetscErrorCode TensorLinesDestroy(TensorLines *lines)
{
  PetscFunctionBeginUser;
  PetscCall(VecScatterDestroy(&lines->scatter));
  PetscCall(VecDestroy(&lines->columns));
  PetscCall(VecDestroy(&lines->lines));
  PetscFunctionReturn(0);
}

/* v = operation along coordinate c of u, any rank count */
PETSC_INTERN PetscErrorCode TensorApply(HypSpace space, PetscInt c, HypAxisOperation operation,
                                        Vec u, Vec v)
{
  Tensor        *t = (Tensor *)space->data;
  TensorLines   *l = &t->lines;
  const PetscInt d = t->d, nx = HypAxisGetSize(space->x), nv = HypAxisGetSize(space->v), i = c - d;
  const PetscScalar *from;
  PetscScalar       *to;

  PetscFunctionBeginUser;
  if (c < d) {
    PetscCall(VecGetArrayRead(u, &from));
    PetscCall(VecGetArrayWrite(v, &to));
    PetscCall(HypAxisApply(TensorAxis(space, c), operation, t->local * TensorPower(nx, d - 1 - c),
                           TensorPower(nx, c), from, to));
    PetscCall(VecRestoreArrayWrite(v, &to));
    PetscCall(VecRestoreArrayRead(u, &from));
  } else if (!l->lines) {
    PetscCall(VecGetArrayRead(u, &from));
    PetscCall(VecGetArrayWrite(v, &to));
    PetscCall(HypAxisApply(space->v, operation, TensorPower(nv, d - 1 - i),
                           TensorPower(nv, i) * l->slice, from, to));
    PetscCall(VecRestoreArrayWrite(v, &to));
    PetscCall(VecRestoreArrayRead(u, &from));
  } else {
    Vec result;

    PetscCall(TensorLinesScatter(space, l));
    PetscCall(VecDuplicate(l->lines, &result));
    PetscCall(VecScatterBegin(l->scatter, u, l->lines, INSERT_VALUES, SCATTER_FORWARD));
    PetscCall(VecScatterEnd(l->scatter, u, l->lines, INSERT_VALUES, SCATTER_FORWARD));
    PetscCall(VecGetArrayRead(l->lines, &from));
    PetscCall(VecGetArrayWrite(result, &to));
    if (l->slice)
      PetscCall(HypAxisApply(space->v, operation, TensorPower(nv, d - 1 - i),
                             TensorPower(nv, i) * l->slice, from, to));
    PetscCall(VecRestoreArrayWrite(result, &to));
    PetscCall(VecRestoreArrayRead(l->lines, &from));
    PetscCall(VecScatterBegin(l->scatter, result, v, INSERT_VALUES, SCATTER_REVERSE));
    PetscCall(VecScatterEnd(l->scatter, result, v, INSERT_VALUES, SCATTER_REVERSE));
    PetscCall(VecDestroy(&result));
  }
  PetscFunctionReturn(0);
}
