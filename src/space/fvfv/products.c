/* A row of the stencil of d = 2 where eps_i is a sum of products (factors.c). */
#include "space/fvfv/row.h"

/* The slopes of all factors at one point of a row, times what they are multiplied with there */
static inline void LegsFactored(const Block *b, PetscInt n, PetscInt row, PetscInt j,
                                PetscReal own[LEGS], PetscReal leg[LEGS])
{
  const int touched[SLOPES] = {XM1, C, XP1, VM1, VP1};

  for (PetscInt r = 0; r < b->rank; r++) {
    for (PetscInt l = 0; l < SLOPES; l++) {
      own[touched[l]] += b->other[0][r * n + row] * b->slopes[0][(r * SLOPES + l) * n + j];
      leg[touched[l]] += b->other[1][r * n + j] * b->slopes[1][(r * n + row) * SLOPES + l];
    }
  }
}

/*
   RowStored() when eps_i is a sum of `rank` products: along the row x_2 = row the other factor
   of eps_1 is a number and the slopes are arrays, those of eps_2 the other way round.
   The function is made for each rank, and its inner loops are unrolled.
*/
static inline __attribute__((always_inline)) void
RowFactored(const PetscInt rank, PetscInt n, PetscBool inside, const Block *b, PetscInt row,
            const PetscScalar *const from[LEGS], PetscScalar *restrict out)
{
  const PetscInt low = inside ? 0 : 2, high = inside ? n : n - 2, offset = row * n;
  const PetscReal *restrict legs = b->legs[0], *restrict slopes = b->slopes[0],
                            *leg = b->legs[1] + row * LEGS;
  const PetscScalar *restrict hm = b->hm[0] + offset, *restrict hp = b->hp[0] + offset,
                              *restrict xm2 = from[XM2], *restrict xm1 = from[XM1],
                              *restrict h = from[C], *restrict xp1 = from[XP1],
                              *restrict xp2 = from[XP2], *restrict vm1 = from[VM1],
                              *restrict vp1 = from[VP1], *restrict other = b->other[1];
  const PetscReal m2 = leg[XM2], m1 = leg[XM1], c = leg[C], p1 = leg[XP1], p2 = leg[XP2],
                  below = leg[VM1], above = leg[VP1];
  PetscReal number[FACTORS], slope[FACTORS][SLOPES];

  for (PetscInt r = 0; r < rank; r++) {
    number[r] = b->other[0][r * n + row];
    for (PetscInt l = 0; l < SLOPES; l++) slope[r][l] = b->slopes[1][(r * n + row) * SLOPES + l];
  }
  INDEPENDENT
  for (PetscInt j = low; j < high; j++) {
    PetscReal a1 = legs[n + j], a2 = legs[2 * n + j] + c, a3 = legs[3 * n + j],
              a5 = legs[5 * n + j], a6 = legs[6 * n + j], b1 = m1, b3 = p1, b5 = below, b6 = above;
    PetscScalar sum = legs[j] * h[j - 2], rest = m2 * xm2[j];

#pragma GCC unroll 4
    for (PetscInt r = 0; r < rank; r++) {
      const PetscReal *restrict at = slopes + r * SLOPES * n + j;
      const PetscScalar u          = other[r * n + j];

      a1 = MulAdd(number[r], at[0], a1);
      a2 = MulAdd(number[r], at[n], MulAdd(slope[r][1], u, a2));
      a3 = MulAdd(number[r], at[2 * n], a3);
      a5 = MulAdd(number[r], at[3 * n], a5);
      a6 = MulAdd(number[r], at[4 * n], a6);
      b1 = MulAdd(slope[r][0], u, b1);
      b3 = MulAdd(slope[r][2], u, b3);
      b5 = MulAdd(slope[r][3], u, b5);
      b6 = MulAdd(slope[r][4], u, b6);
    }
    sum    = MulAdd(a1, h[j - 1], sum);
    rest   = MulAdd(b1, xm1[j], rest);
    sum    = MulAdd(a2, h[j], sum);
    rest   = MulAdd(b3, xp1[j], rest);
    sum    = MulAdd(a3, h[j + 1], sum);
    rest   = MulAdd(p2, xp2[j], rest);
    sum    = MulAdd(legs[4 * n + j], h[j + 2], sum);
    rest   = MulAdd(b5, vm1[j], rest);
    sum    = MulAdd(a5, hm[j], sum);
    rest   = MulAdd(b6, vp1[j], rest);
    sum    = MulAdd(a6, hp[j], sum);
    out[j] = sum + rest;
  }
  for (PetscInt j = 0; j < n && !inside; j = NextEdge(j, n)) {
    PetscReal   own[LEGS], others[LEGS];
    PetscScalar sum = 0;

    for (PetscInt l = 0; l < LEGS; l++) {
      own[l]    = legs[l * n + j];
      others[l] = leg[l];
    }
    LegsFactored(b, n, row, j, own, others);
    for (PetscInt l = 0; l < LEGS; l++) sum += others[l] * from[l][j];
    out[j] = sum + LegsSum(n, j, own, h, hm, hp);
  }
}

/* Both pairs along the row x_2 = row of d = 2, by the number of products */
PETSC_INTERN void RowOfProducts(PetscInt n, PetscBool inside, const Block *b, PetscInt row,
                                const PetscScalar *const from[LEGS], PetscScalar *out)
{
  switch (b->rank) {
  case 1:
    RowFactored(1, n, inside, b, row, from, out);
    break;
  case 2:
    RowFactored(2, n, inside, b, row, from, out);
    break;
  case 3:
    RowFactored(3, n, inside, b, row, from, out);
    break;
  default:
    RowFactored(FACTORS, n, inside, b, row, from, out);
    break;
  }
}
