/* Rows of the stencil of d = 2 where eps_i is a sum of products (factors.c). */
#include "space/fvfv/row.h"

/*
   RowsStored() when eps_i is a sum of `rank` products: along a row x_2 = row the other factor
   of eps_1 is a number and the slopes are arrays, those of eps_2 the other way round.
   The function is made for each rank, and its inner loops are unrolled.
*/
INLINE void RowsFactored(const PetscInt rank, const PetscInt rows, const PetscBool stream,
                         PetscInt n, const Block *b, PetscInt row, const BlockRows *given)
{
  const BlockRows    r      = *given;
  const PetscReal   *slopes = b->slopes[0];
  const PetscScalar *factor = b->other[1];
  Lanes leg[ROWS][LEGS], number[ROWS][FACTORS], slope[ROWS][FACTORS][SLOPES], sum[ROWS];

#pragma GCC unroll 8
  for (PetscInt i = 0; i < rows; i++) {
#pragma GCC unroll 8
    for (PetscInt l = 0; l < LEGS; l++) leg[i][l] = Every(r.leg[i * LEGS + l]);
#pragma GCC unroll 8
    for (PetscInt q = 0; q < rank; q++) {
      number[i][q] = Every(b->other[0][q * n + row + i]);
#pragma GCC unroll 8
      for (PetscInt l = 0; l < SLOPES; l++)
        slope[i][q][l] = Every(b->slopes[1][(q * n + row + i) * SLOPES + l]);
    }
  }
  for (PetscInt group = 0; group < GroupsOf(n); group++) {
    const PetscInt   j  = GroupAt(group, n);
    const PetscReal *a  = r.legs + group * LEGS * LANES,
                    *at = slopes + group * rank * SLOPES * LANES;

#pragma GCC unroll 8
    for (PetscInt i = 0; i < rows; i++) {
      const PetscScalar *h   = r.x[i + 2] + j;
      const Lanes       *own = leg[i];
      Lanes              a1 = Load(a + XM1 * LANES), a2 = Load(a + C * LANES) + own[C],
            a3 = Load(a + XP1 * LANES), a5 = Load(a + VM1 * LANES), a6 = Load(a + VP1 * LANES),
            b1 = own[XM1], b3 = own[XP1], b5 = own[VM1], b6 = own[VP1], rest;

#pragma GCC unroll 4
      for (PetscInt q = 0; q < rank; q++) {
        const PetscReal *s = at + q * SLOPES * LANES;
        const Lanes      u = Load(factor + q * n + j);

        a1 = LanesMulAdd(number[i][q], Load(s), a1);
        a2 = LanesMulAdd(number[i][q], Load(s + LANES), LanesMulAdd(slope[i][q][1], u, a2));
        a3 = LanesMulAdd(number[i][q], Load(s + 2 * LANES), a3);
        a5 = LanesMulAdd(number[i][q], Load(s + 3 * LANES), a5);
        a6 = LanesMulAdd(number[i][q], Load(s + 4 * LANES), a6);
        b1 = LanesMulAdd(slope[i][q][0], u, b1);
        b3 = LanesMulAdd(slope[i][q][2], u, b3);
        b5 = LanesMulAdd(slope[i][q][3], u, b5);
        b6 = LanesMulAdd(slope[i][q][4], u, b6);
      }
      FetchAround(&r, i * n + j + AHEAD);
      sum[i] = Load(a + XM2 * LANES) * Neighbour(h, -2);
      rest   = own[XM2] * Load(r.x[i] + j);
      sum[i] = LanesMulAdd(a1, Neighbour(h, -1), sum[i]);
      rest   = LanesMulAdd(b1, Load(r.x[i + 1] + j), rest);
      sum[i] = LanesMulAdd(a2, Load(h), sum[i]);
      rest   = LanesMulAdd(b3, Load(r.x[i + 3] + j), rest);
      sum[i] = LanesMulAdd(a3, Neighbour(h, 1), sum[i]);
      rest   = LanesMulAdd(own[XP2], Load(r.x[i + 4] + j), rest);
      sum[i] = LanesMulAdd(Load(a + XP2 * LANES), Neighbour(h, 2), sum[i]);
      rest   = LanesMulAdd(b5, Load(r.vm + i * n + j), rest);
      sum[i] = LanesMulAdd(a5, Load(r.hm + i * n + j), sum[i]);
      rest   = LanesMulAdd(b6, Load(r.vp + i * n + j), rest);
      sum[i] = LanesMulAdd(a6, Load(r.hp + i * n + j), sum[i]) + rest;
    }
    RowsStore(rows, stream, n, r.to + j, sum);
  }
}

#define RANK(r, many)                                                                              \
  case r:                                                                                          \
    if (rows == many && past)                                                                      \
      RowsFactored(r, many, PETSC_TRUE, n, b, row, given);                                         \
    else if (rows == many)                                                                         \
      RowsFactored(r, many, PETSC_FALSE, n, b, row, given);                                        \
    else                                                                                           \
      RowsFactored(r, 1, PETSC_FALSE, n, b, row, given);                                           \
    break

/* Both pairs along rows x_2 = row.. of d = 2, by the number of products */
PETSC_INTERN void RowsOfProducts(PetscInt rows, PetscBool past, PetscInt n, const Block *b,
                                 PetscInt row, const BlockRows *given)
{
  switch (b->rank) {
    RANK(1, ROWS);
    RANK(2, 1);
    RANK(3, 1);
    RANK(4, 1);
  }
}
