/*
   Vectors of a tensor space, laid out for the processor: the array begins at a cache line, so that a load of a whole line is one
   access, and lies on large pages where the system has them.  PETSc promises 16 bytes; on vectors that are not in cache
   that costs the stencil a third of its speed (docs/performance.md).
*/
#include "space/tensor.h"
#include <stdlib.h>
#include <sys/mman.h>

#define CACHE_LINE 64
#define LARGE_PAGE ((size_t)2 << 20)

/* n zeros at a cache line; freed with free() */
PETSC_INTERN PetscErrorCode TensorAllocate(size_t n, PetscScalar **array)
{
  const size_t bytes = PetscMax(n, 1) * sizeof(PetscScalar);
  const int    large = bytes >= 2 * LARGE_PAGE;
  void        *room  = NULL;

  PetscFunctionBeginUser;
  PetscCheck(!posix_memalign(&room, large ? LARGE_PAGE : CACHE_LINE, bytes), PETSC_COMM_SELF, PETSC_ERR_MEM,
             "%.3g bytes asked for and not available", (double)bytes);
#if defined(MADV_HUGEPAGE)
  if (large) (void)madvise(room, bytes, MADV_HUGEPAGE); /* a wish: without it everything works, slower */
#endif
  PetscCall(PetscMemzero(room, bytes));
  *array = (PetscScalar *)room;
  PetscFunctionReturn(0);
}

static PetscErrorCode ArrayFree(void *array)
{
  PetscFunctionBeginUser;
  free(array);
  PetscFunctionReturn(0);
}

static PetscErrorCode VecDuplicate_Tensor(Vec, Vec *);

/* A vector on such an array; a duplicate is another one */
static PetscErrorCode VecCreate_Tensor(DM dm, PetscInt bs, PetscInt local, PetscInt global, Vec *v)
{
  MPI_Comm       comm = PetscObjectComm((PetscObject)dm);
  PetscScalar   *array;
  PetscContainer owner;
  PetscMPIInt    size;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_size(comm, &size));
  PetscCall(TensorAllocate((size_t)local, &array));
  if (size == 1)
    PetscCall(VecCreateSeqWithArray(comm, bs, local, array, v));
  else
    PetscCall(VecCreateMPIWithArray(comm, bs, local, global, array, v));
  PetscCall(PetscContainerCreate(PETSC_COMM_SELF, &owner));
  PetscCall(PetscContainerSetPointer(owner, array));
  PetscCall(PetscContainerSetUserDestroy(owner, ArrayFree));
  PetscCall(PetscObjectCompose((PetscObject)*v, "HypTensorArray", (PetscObject)owner));
  PetscCall(PetscContainerDestroy(&owner));
  PetscCall(VecSetDM(*v, dm));
  PetscCall(VecSetOperation(*v, VECOP_DUPLICATE, (void (*)(void))VecDuplicate_Tensor));
  PetscFunctionReturn(0);
}

static PetscErrorCode VecDuplicate_Tensor(Vec like, Vec *v)
{
  PetscInt local, global, bs;
  DM       dm;

  PetscFunctionBeginUser;
  PetscCall(VecGetLocalSize(like, &local));
  PetscCall(VecGetSize(like, &global));
  PetscCall(VecGetBlockSize(like, &bs));
  PetscCall(VecGetDM(like, &dm));
  PetscCall(VecCreate_Tensor(dm, bs, local, global, v));
  PetscFunctionReturn(0);
}

/* The first vector of a space; VecDuplicate() makes the others */
PETSC_INTERN PetscErrorCode TensorVecCreate(HypSpace space, Vec *v)
{
  const Tensor *t = (Tensor *)space->data;

  PetscFunctionBeginUser;
  PetscCall(VecCreate_Tensor(t->da, t->block, t->local * t->block, space->n, v));
  PetscFunctionReturn(0);
}
