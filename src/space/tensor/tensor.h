#pragma once
/*
   The tensor space: coefficients u[v_d]..[v_1][x_d]..[x_1], one axis type for x, one for v;
   the axes of the x_i may differ in their weights.

   The v indices are distributed on a DMDA;
   all x indices stay together on a rank (`block` of them per v index), fastest.
   Operations along x are local and batched.
   Operations along v go through a second layout, `lines`, in which every rank holds all v indices
   for a slice of the x indices; on one rank both layouts are the same array.
*/
#include <hypoco/spaceimpl.h>
#include <petscdmda.h>

typedef struct {
  PetscInt   block;   /* x indices per v index in this layout */
  PetscInt   slice;   /* x indices held here in the lines layout */
  VecScatter scatter; /* NULL on one rank */
  Vec        columns; /* v indices here, all x indices */
  Vec        lines;   /* all v indices, a slice of the x indices */
  PetscInt   first;   /* first x index of the slice */
} TensorLines;

typedef struct _p_TensorFused *TensorFused; /* src/space/fvfv/generator.c */
typedef struct _p_TensorSolve *TensorSolve; /* src/space/tensor/solve.c */

typedef struct {
  PetscInt    d, nv, block;              /* nv = v.n^d, block = x.n^d */
  DM          da;                        /* the v indices, `block` degrees of freedom each */
  PetscInt    start[3], count[3], local; /* the v indices here; local = product of count */
  PetscInt   *global; /* position in PETSc's numbering of each v index in natural order */
  TensorLines lines;
  TensorFused fused; /* made when first used */
  TensorSolve solve;
  PetscReal   numbers[4]; /* for TensorDescribe() */
} Tensor;

PETSC_INTERN PetscErrorCode TensorProlong(HypSpace, Vec, HypSpace, Vec, PetscBool *done);
PETSC_INTERN PetscErrorCode TensorResized(HypSpace, PetscInt, PetscInt, HypSpace);
PETSC_INTERN PetscErrorCode TensorDescribe(HypSpace);
PETSC_INTERN PetscErrorCode TensorThetas(HypSpace, PetscInt i, PetscInt *n, PetscReal **theta);
PETSC_INTERN PetscErrorCode TensorReach(HypSpace, PetscReal *);
PETSC_INTERN PetscErrorCode TensorMarkEdge(HypSpace, Vec);
PETSC_INTERN PetscErrorCode TensorExtent(HypSpace);
PETSC_INTERN PetscErrorCode TensorLinesCreate(HypSpace, PetscInt block, TensorLines *);
PETSC_INTERN PetscErrorCode TensorLinesScatter(HypSpace, TensorLines *);
PETSC_INTERN PetscErrorCode TensorLinesDestroy(TensorLines *);
PETSC_INTERN PetscErrorCode TensorApply(HypSpace, PetscInt c, HypAxisOperation, Vec u, Vec v);
PETSC_INTERN PetscErrorCode TensorMatrix(HypSpace, PetscInt c, HypAxisOperation, HypForm, Mat *);
PETSC_INTERN PetscErrorCode TensorPerturbation(HypSpace, PetscInt i, HypForm, Mat *);
PETSC_INTERN PetscErrorCode TensorOverNodes(
  HypSpace, PetscErrorCode (*)(PetscInt, const PetscReal[], PetscReal *, void *), void *, Vec);
PETSC_INTERN PetscErrorCode TensorPlane(HypSpace, PetscInt, Vec, PetscScalar[]);
PETSC_INTERN PetscErrorCode TensorBasis(HypSpace, PetscInt, PetscInt, PetscReal, PetscScalar[]);
PETSC_INTERN PetscErrorCode TensorMarginal(HypSpace, PetscInt, Vec, PetscInt, const PetscReal[],
                                           PetscInt, const PetscReal[], PetscReal[]);
PETSC_INTERN PetscErrorCode TensorNodesCheck(HypSpace);
PETSC_INTERN PetscReal      TensorNodeCount(HypSpace);
PETSC_INTERN PetscErrorCode TensorNodes(HypSpace, HypNodes);
PETSC_INTERN PetscErrorCode TensorAllocate(size_t n, PetscScalar **);
PETSC_INTERN void           TensorFree(size_t n, PetscScalar **);
PETSC_INTERN PetscErrorCode TensorVecCreate(HypSpace, Vec *);
PETSC_INTERN PetscErrorCode TensorGenerator(HypSpace, HypTerms, Vec h, Vec Gh, PetscBool *done);
PETSC_INTERN PetscErrorCode TensorPositive(HypSpace, Mat *);
PETSC_INTERN PetscErrorCode TensorFusedDestroy(TensorFused *);
PETSC_INTERN PetscErrorCode TensorSolveL(HypSpace, PetscReal shift, Vec b, Vec h);
PETSC_INTERN PetscErrorCode TensorSolveDestroy(TensorSolve *);

/* The axis of coordinate c: X_1..X_d, V_1..V_d */
static inline HypAxis TensorAxis(HypSpace space, PetscInt c)
{
  if (c >= HypModelDimension(space->model)) return space->v;
  return space->own[c] ? space->own[c] : space->x;
}

static inline PetscInt TensorPower(PetscInt n, PetscInt k)
{
  PetscInt p = 1;

  while (k-- > 0) p *= n;
  return p;
}
