#pragma once
/* What every loop over rows of the stencil uses */
#include "space/fvfv/stencil.h"
#include "space/fvfv/vector.h"

/* a b + c; with one rounding where the machine has an instruction for that,
   as written here and whatever the compiler */
static inline PetscScalar MulAdd(PetscScalar a, PetscScalar b, PetscScalar c)
{
#if defined(__FMA__)
  return __builtin_fma(a, b, c);
#else
  return a * b + c;
#endif
}

/* The first point of a group of LANES; the last group may share some with the one before */
static inline PetscInt GroupAt(PetscInt group, PetscInt n)
{
  return PetscMin(group * LANES, n - LANES);
}

/* Where coefficient c of `many` stands for a place in the groups: array[group][c][LANES] */
static inline PetscInt InGroups(PetscInt place, PetscInt c, PetscInt many)
{
  return (place / LANES * many + c) * LANES + place % LANES;
}

/* The point of that place */
static inline PetscInt PointAt(PetscInt place, PetscInt n)
{
  return GroupAt(place / LANES, n) + place % LANES;
}

/* What is next to ROWS rows of x_1 in a block of d > 1; x[i] is the row x_2 - 2 + i.
   LANES numbers before and behind x[2] and those after it can be read */
typedef struct {
  const PetscScalar *x[ROWS + 4], *hm, *hp, *vm, *vp, *base;
  const PetscReal   *legs, *leg;
  PetscScalar       *to;
} BlockRows;

/* The neighbours in v are far away in memory, and new there */
INLINE void FetchAround(const BlockRows *r, PetscInt at)
{
  Fetch(r->hp + at);
  Fetch(r->vm + at);
  Fetch(r->vp + at);
}

PETSC_INTERN void RowsOfProducts(PetscInt rows, PetscBool stream, PetscInt n, const Block *,
                                 PetscInt row, const BlockRows *);

/* Results of rows, after all that they need was read */
INLINE void RowsStore(const PetscInt rows, const PetscBool stream, PetscInt n, PetscScalar *to,
                      const Lanes sum[])
{
#pragma GCC unroll 8
  for (PetscInt i = 0; i < rows; i++) {
    if (stream)
      StreamLanes(to + i * n, sum[i]);
    else
      Store(to + i * n, sum[i]);
  }
}
