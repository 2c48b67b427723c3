#pragma once
/* Rows of d = 1, with eps from a table (line.c) or as a sum of products (lineproducts.c) */
#include "space/fvfv/row.h"

/* What the coefficients along a row of x take from v */
typedef struct {
  PetscReal alpha, half, c, vm, am, vp, ap;
} RowOf;

static inline RowOf RowAt(const Stencil *s, PetscInt k)
{
  return (RowOf){.alpha = -s->transport * s->qv[k],
                 .half  = 0.5 * s->bv * s->qv[k],
                 .c     = s->av.c[k],
                 .vm    = s->lower[1].m1[k],
                 .am    = s->av.m1[k],
                 .vp    = s->lower[1].p1[k],
                 .ap    = s->av.p1[k]};
}

/* Rows from v = k on, which follow each other in memory, the one below and the one above.
   LANES numbers before and behind each of h and e can be read: their coefficients are 0.
   The groups of points from `first` on are done, up to `end`; results go to `to`.
   Where eps is a sum of `rank` products there is no e: slopes[group][r][ALONG_SLOPES][LANES] and
   weights[i][LINEFACTORS] of the row v = k - 1 + i stand for it */
typedef struct {
  const Stencil     *s;
  PetscInt           k, first, end, rank;
  const PetscScalar *h, *hm, *hp, *e, *em, *ep, *base;
  const PetscReal   *slopes, *weights;
  PetscScalar       *to;
} Rows;

PETSC_INTERN void RowsOfSum(PetscInt rows, PetscBool stream, const Rows *);
