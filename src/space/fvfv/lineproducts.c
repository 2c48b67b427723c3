/*
   Rows of the stencil of d = 1 where eps is a sum of products (factors.c):

       eps(x_j, v_k) = sum_r own_r(x_j) other_r(v_k).

   A table of eps would be as long as the vector, and all of it comes from memory.
   The factors along x stay in the first cache, those along v are numbers of a row.
*/
#include "space/fvfv/line.h"

/* Loaded once for all rows */
INLINE Lanes Take(const PetscReal *p)
{
  Lanes a = Load(p);

  KEEP(a);
  return a;
}

/* sum + sum_r weight_r own_r */
INLINE Lanes AddOwn(const PetscInt rank, const Lanes own[], const Lanes weight[], Lanes sum)
{
#pragma GCC unroll 4
  for (PetscInt q = 0; q < rank; q++) sum = LanesMulAdd(weight[q], own[q], sum);
  return sum;
}

/* What is at h[by] in the rows, by = -1 or 1: `skew` is S_X, `even` is -w D,
   slopes what the factors add */
INLINE void AddBeside(const PetscInt rank, const PetscInt rows, const PetscInt by, PetscInt n,
                      const PetscReal *skew, const PetscReal *even, const PetscReal *slopes,
                      const Lanes alpha[], Lanes weight[][LINEFACTORS], const PetscScalar *h,
                      Lanes sum[])
{
  const Lanes S = Take(skew), D = Take(even);
  Lanes       own[LINEFACTORS];

#pragma GCC unroll 4
  for (PetscInt q = 0; q < rank; q++) own[q] = Take(slopes + q * ALONG_SLOPES * LANES);
#pragma GCC unroll 8
  for (PetscInt i = 0; i < rows; i++)
    sum[i] = LanesMulAdd(AddOwn(rank, own, weight[i + 1], LanesMulAdd(S, alpha[i], D)),
                         by < 0 ? Neighbour(h + i * n, -1) : Neighbour(h + i * n, 1), sum[i]);
}

/* RowsWith() of line.c. The force w q_X - p eps of the rows outside is made at once,
   of those inside eps alone first, which the point itself needs */
INLINE void RowsSum(const PetscInt rank, const PetscInt rows, const PetscBool stream,
                    const Rows *given)
{
  const Rows       r     = *given;
  const PetscInt   n     = r.s->n;
  const PetscReal *along = r.s->along;
  const Lanes      bv    = Every(-r.s->bv);
  Lanes            alpha[ROWS], half[ROWS], c[ROWS], skew[ROWS + 1], even[ROWS + 1];
  Lanes            weight[ROWS + 2][LINEFACTORS];

#pragma GCC unroll 8
  for (PetscInt i = 0; i < rows; i++) {
    const RowOf of = RowAt(r.s, r.k + i);

    if (i == 0) {
      skew[0] = Every(-of.vm);
      even[0] = Every(of.am);
    }
    alpha[i]    = Every(of.alpha);
    half[i]     = Every(of.half);
    c[i]        = Every(of.c);
    skew[i + 1] = Every(of.vp);
    even[i + 1] = Every(of.ap);
  }
#pragma GCC unroll 8
  for (PetscInt i = 0; i < rows + 2; i++) {
#pragma GCC unroll 4
    for (PetscInt q = 0; q < rank; q++)
      weight[i][q] = Every(r.weights[i * LINEFACTORS + q] * (i == 0 || i > rows ? -r.s->bv : 1));
  }
  for (PetscInt group = r.first; group < r.end; group++) {
    const PetscInt   j    = GroupAt(group, n);
    const PetscReal *a    = along + group * ALONG * LANES,
                    *at   = r.slopes + group * rank * ALONG_SLOPES * LANES;
    const PetscScalar *h  = r.h + j;
    const Lanes        m2 = Take(a + DM2 * LANES), p2 = Take(a + DP2 * LANES);
    Lanes              own[LINEFACTORS], eps[ROWS], force[ROWS + 2], row[ROWS + 2], sum[ROWS];
    Lanes              pull, centre, hq;

#pragma GCC unroll 8
    for (PetscInt i = 0; i < rows; i++) {
      Fetch(h + i * n + AHEAD);
      sum[i] = LanesMulAdd(m2, Neighbour(h + i * n, -2), p2 * Neighbour(h + i * n, 2));
    }
    AddBeside(rank, rows, -1, n, a + SM1 * LANES, a + DM1 * LANES, at + OWNM1 * LANES, alpha,
              weight, h, sum);
    AddBeside(rank, rows, 1, n, a + SP1 * LANES, a + DP1 * LANES, at + OWNP1 * LANES, alpha, weight,
              h, sum);
    pull = Take(a + WQ * LANES);
#pragma GCC unroll 4
    for (PetscInt q = 0; q < rank; q++) own[q] = Take(at + (q * ALONG_SLOPES + OWN) * LANES);
    force[0]        = AddOwn(rank, own, weight[0], pull);
    force[rows + 1] = AddOwn(rank, own, weight[rows + 1], pull);
    centre          = Take(a + DC * LANES);
    hq              = Take(a + HQ * LANES);
#pragma GCC unroll 8
    for (PetscInt i = 0; i < rows + 2; i++)
      row[i] = Take(i == 0 ? r.hm + j : i > rows ? r.hp + j : h + (i - 1) * n);
#pragma GCC unroll 8
    for (PetscInt i = 0; i < rows; i++) {
      eps[i] = weight[i + 1][0] * own[0];
      if (rank > 1) eps[i] = LanesMulAdd(weight[i + 1][1], own[1], eps[i]);
      force[i + 1] = LanesMulAdd(bv, eps[i], pull);
      sum[i] = LanesMulAdd(LanesMulAdd(eps[i], hq + half[i], centre + c[i]), row[i + 1], sum[i]);
    }
#pragma GCC unroll 8
    for (PetscInt i = 0; i < rows; i++) {
      sum[i] = LanesMulAdd(LanesMulAdd(-skew[i], force[i], even[i]), row[i], sum[i]);
      sum[i] = LanesMulAdd(LanesMulAdd(skew[i + 1], force[i + 2], even[i + 1]), row[i + 2], sum[i]);
    }
    RowsStore(rows, stream, n, r.to + j, sum);
  }
}

#define RANK(r)                                                                                    \
  case r:                                                                                          \
    if (rows == ROWS && stream)                                                                    \
      RowsSum(r, ROWS, PETSC_TRUE, given);                                                         \
    else if (rows == ROWS)                                                                         \
      RowsSum(r, ROWS, PETSC_FALSE, given);                                                        \
    else                                                                                           \
      RowsSum(r, 1, PETSC_FALSE, given);                                                           \
    break

/* Rows of d = 1, by the number of products */
PETSC_INTERN void RowsOfSum(PetscInt rows, PetscBool stream, const Rows *given)
{
  switch (given->rank) {
    RANK(1);
    RANK(2);
  }
}
