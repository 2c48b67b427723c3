/*
   Vectors of a tensor space, laid out for the processor: the array begins at a cache line,
   so that a load of a whole line is one access, and lies on large pages where the system has them.
   PETSc promises 16 bytes; on vectors that are not in cache that costs the stencil a third
   of its speed (docs/performance.md).
*/
#include "space/tensor/tensor.h"
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

#define CACHE_LINE 64
#define LARGE_PAGE ((size_t)2 << 20)

static inline size_t Bytes(size_t n)
{
  return (n * sizeof(PetscScalar) + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE;
}

/* Whole large pages, straight from the system:
   the heap could not use the holes again that aligned arrays leave */
static void *MapLarge(size_t bytes)
{
  const size_t pages = (bytes + LARGE_PAGE - 1) / LARGE_PAGE * LARGE_PAGE;
  char        *room  = (char *)mmap(NULL, pages + LARGE_PAGE, PROT_READ | PROT_WRITE,
                                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
       *aligned;
  size_t before;

  if (room == (char *)MAP_FAILED) return NULL;
  before  = (LARGE_PAGE - (uintptr_t)room % LARGE_PAGE) % LARGE_PAGE;
  aligned = room + before;
  if (before) munmap(room, before);
  munmap(aligned + pages, LARGE_PAGE - before);
#if defined(MADV_HUGEPAGE)
  (void)madvise(aligned, pages, MADV_HUGEPAGE); /* only faster: everything works without it */
#endif
  return aligned;
}

/* n zeros; freed with TensorFree() */
PETSC_INTERN PetscErrorCode TensorAllocate(size_t n, PetscScalar **array)
{
  const size_t bytes = PetscMax(Bytes(n), CACHE_LINE);

  PetscFunctionBeginUser;
  if (bytes >= 2 * LARGE_PAGE)
    *array = (PetscScalar *)MapLarge(bytes);
  else
    *array = (PetscScalar *)aligned_alloc(CACHE_LINE, bytes);
  PetscCheck(*array, PETSC_COMM_SELF, PETSC_ERR_MEM, "%.3g bytes asked for, not available",
             (double)bytes);
  if (bytes < 2 * LARGE_PAGE) PetscCall(PetscMemzero(*array, bytes));
  PetscFunctionReturn(0);
}

PETSC_INTERN void TensorFree(size_t n, PetscScalar **array)
{
  const size_t bytes = Bytes(n);

  if (*array && bytes >= 2 * LARGE_PAGE)
    munmap(*array, (bytes + LARGE_PAGE - 1) / LARGE_PAGE * LARGE_PAGE);
  else
    free(*array);
  *array = NULL;
}

typedef struct {
  size_t       n;
  PetscScalar *array;
} Owned;

static PetscErrorCode OwnedDestroy(void *ctx)
{
  Owned *owned = (Owned *)ctx;

  PetscFunctionBeginUser;
  TensorFree(owned->n, &owned->array);
  PetscCall(PetscFree(owned));
  PetscFunctionReturn(0);
}

static PetscErrorCode VecDuplicate_Tensor(Vec, Vec *);

/* A vector on such an array; a duplicate is another one */
static PetscErrorCode VecCreate_Tensor(DM dm, PetscInt bs, PetscInt local, PetscInt global, Vec *v)
{
  MPI_Comm       comm = PetscObjectComm((PetscObject)dm);
  PetscContainer owner;
  Owned         *owned;
  PetscMPIInt    size;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_size(comm, &size));
  PetscCall(PetscNew(&owned));
  owned->n = (size_t)local;
  PetscCall(TensorAllocate(owned->n, &owned->array));
  if (size == 1)
    PetscCall(VecCreateSeqWithArray(comm, bs, local, owned->array, v));
  else
    PetscCall(VecCreateMPIWithArray(comm, bs, local, global, owned->array, v));
  PetscCall(PetscContainerCreate(PETSC_COMM_SELF, &owner));
  PetscCall(PetscContainerSetPointer(owner, owned));
  PetscCall(PetscContainerSetUserDestroy(owner, OwnedDestroy));
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
