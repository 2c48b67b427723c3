#pragma once
/*
   The generator of fv x fv tensor spaces as a stencil.

   On an fv axis a = S + q/2 with S skew and tridiagonal and q = a + a* diagonal (src/axis/fv.c),
   and S_X commutes with S_V, so

       T h = sum_i w_i (q_Vi S_Xi - q_Xi S_Vi + D_Xi) h
       R h = sum_i (p_i (S_Xi - q_Xi/2) + q_i (S_Vi - q_Vi/2)) eps_i h,

   D the dissipation of the x axes.
   The Laplacian A of L is tridiagonal too, so G is a sum over the pairs (x_i, v_i) of stencils
   of seven points, x_i - 2..x_i + 2 and v_i - 1, v_i + 1.
   Their coefficients are products of one-dimensional arrays: at x_i = j and v_i = k

       x + 1:  S_X[j, j+1] (p_i eps_i - w_i q_V[k]) - w_i D[j,
       j+1]              eps_i at the neighbour (j + 1, k)
       v + 1:  S_V[k, k+1] (w_i q_X[j] + q_i eps_i) - gamma A[k,
       k+1]            eps_i at the neighbour (j, k + 1).

   w_i, p_i, q_i are those of HypCoordinate; a pair has a Stencil of its own.
*/
#include "space/fvfv/vector.h"
#include "space/tensor/tensor.h"

/* Rows that are done at once, so that they share their coefficients;
   d = 1: rows that are handed over together, and points of a row that are done in all of these,
   so that their coefficients stay in the first cache;
   how many numbers ahead a row is asked for, that it comes to the second cache in time */
#define ROWS  2
#define BAND  16
#define CHUNK 128
#define AHEAD 256

/* The coefficients along x in d = 1: of S_X, of -w D, w q_X, -p q_X/2 */
enum { DM2, SM1, DM1, DC, SP1, DP1, DP2, WQ, HQ, ALONG };

/* Five diagonals of an operation of one axis: entry k of p1 multiplies u_{k+1} in row k,
   and is 0 where that leaves the axis */
enum { XM2, XM1, C, XP1, XP2, VM1, VP1, LEGS }; /* the points of the stencil of a pair */

typedef struct {
  PetscReal *m2, *m1, *c, *p1, *p2;
} Band;

typedef struct {
  PetscInt     n, nv;
  Band         lower[2], laplacian, dissipation; /* a of x and of v, A of v, D of x */
  PetscReal   *qx, *qv;                          /* diagonals of a + a* */
  PetscInt     nroom;
  PetscScalar *room;   /* results on their way to the vector */
  PetscBool    stream; /* the vector is too long for the caches */
  /* of the terms asked for */
  HypTerms     terms;
  PetscBool    perturbed;
  PetscReal    transport, bx, bv; /* w, p, -q of the pair; 0 for a term left out */
  Band         dx, av;            /* -w D, -gamma A */
  PetscInt     nalong, npadded;
  PetscReal   *along;  /* d = 1: [group of LANES points][ALONG][LANES] */
  PetscScalar *padded; /* d = 1: a row of h and one of eps between zeros */
} Stencil;

/* eps_i(theta_1, theta_2) in d = 2 as sum_r own_r(x_i, v_i) other_r(x_j, v_j),
   eps in d = 1 as sum_r own_r(x) other_r(v);
   more than this many products cost as much as tables of eps_i */
#define FACTORS     4
#define LINEFACTORS 2
#define SLOPES      5 /* the legs that eps_i changes: XM1, C, XP1, VM1, VP1 */
/* d = 1: own_r, and what it adds to the legs XM1 and XP1 */
enum { OWN, OWNM1, OWNP1, ALONG_SLOPES };

typedef struct {
  PetscInt     rank; /* 0: not in use */
  PetscInt     d, most, n, low[2], count[2];
  PetscInt     points[2], size[2]; /* of the pairs, [v - low][n]; d = 1: those along x, along v */
  PetscScalar *own[2], *other[2];  /* of eps_i: [point / n][FACTORS][n] over the points of its pair,
                                     over those of the other pair */
} Factors;

/* Where factor r of a point stands */
static inline PetscInt FactorPlace(const Factors *f, PetscInt point, PetscInt r)
{
  return (point / f->n * FACTORS + r) * f->n + point % f->n;
}

/* One block, all x indices of one v index.
   A neighbour beyond the end of an axis is the block itself: its coefficient is 0 */
typedef struct {
  PetscInt           k[3];              /* its v indices */
  const PetscScalar *h, *hm[3], *hp[3]; /* the block, its neighbours v_i - 1 and v_i + 1 */
  /* eps_i there: rows over x_i if every eps_i depends on theta_i only (rows), otherwise blocks */
  const PetscScalar *e[3], *em[3], *ep[3];
  PetscBool          rows;
  const PetscReal   *legs
    [3]; /* d > 1: the coefficients of the pairs at k[i], from StencilLegs(); of R only if rows */
  /* d = 2, if eps_i is a sum of products: how many, what each own factor adds to the legs of
     the pair for every x_i, from FactorsSlopes(), and the other factors over the other x;
     d = 1: from FactorsAlong(), those from the row below on: FactorsAcross() */
  PetscInt           rank;
  const PetscReal   *slopes[2];
  const PetscScalar *other[2];
  PetscBool          first,
    last; /* of all blocks of this rank: there is nothing before h, or behind its end */
  PetscScalar *out;
} Block;

PETSC_INTERN PetscErrorCode BandAllocate(PetscInt n, Band *);
PETSC_INTERN void           BandScale(PetscInt n, PetscReal s, const Band *from, Band *to);
PETSC_INTERN PetscErrorCode BandCreate(HypAxis, HypAxisOperation, Band *);
PETSC_INTERN void           BandDestroy(PetscInt n, Band *);
PETSC_INTERN PetscErrorCode StencilCreate(HypSpace, PetscInt i, Stencil *);
PETSC_INTERN PetscErrorCode StencilSetTerms(HypSpace, PetscInt i, HypTerms, Stencil *);
PETSC_INTERN void           StencilDestroy(Stencil *);
PETSC_INTERN void StencilLegs(const Stencil *, PetscBool first, PetscInt k, const PetscScalar *e,
                              const PetscScalar *em, const PetscScalar *ep, PetscReal legs[]);
PETSC_INTERN PetscErrorCode EpsAt(HypSpace, const PetscInt k[], PetscInt x, PetscReal eps[]);
PETSC_INTERN PetscErrorCode FactorsCreate(HypSpace, Factors *);
PETSC_INTERN void           FactorsSlopes(const Stencil *, const Factors *, PetscInt i, PetscInt k,
                                          PetscReal slopes[]);
PETSC_INTERN void           FactorsAlong(const Stencil *, const Factors *, PetscReal slopes[]);
PETSC_INTERN void FactorsAcross(const Factors *, PetscInt k, PetscInt count, PetscReal weights[]);
PETSC_INTERN void FactorsDestroy(Factors *);
PETSC_INTERN void StencilApply(const Stencil *, PetscInt d, const Block *);
PETSC_INTERN void StencilApplyRows(const Stencil *, const Block *, PetscInt count);
PETSC_INTERN void StencilAddRow(const Stencil *, const Block *, PetscInt offset,
                                const PetscScalar *h, const PetscScalar *base);
PETSC_INTERN const PetscScalar *StencilPadded(const Stencil *, PetscInt, const PetscScalar *row);

/* Groups of LANES points along x */
static inline PetscInt GroupsOf(PetscInt n)
{
  return (n + LANES - 1) / LANES;
}
