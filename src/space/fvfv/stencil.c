/* One pass of the stencils over blocks of a vector: rows for d = 1, slices for d = 2 and 3. */
#include "space/fvfv/row.h"

/* eps_i at a point and at its four next neighbours */
typedef struct {
  PetscReal at, left, right, below, above;
} Around;

/* The coefficients at x_i = j, v_i = k */
static inline void LegsAt(const Stencil *s, PetscInt j, PetscInt k, Around e, PetscReal leg[LEGS])
{
  const PetscReal qx = s->qx[j], qv = s->qv[k];

  leg[XM2] = s->dx.m2[j];
  leg[XM1] = s->lower[0].m1[j] * (s->bx * e.left - s->transport * qv) + s->dx.m1[j];
  leg[C]   = s->dx.c[j] + s->av.c[k] - 0.5 * e.at * (s->bx * qx - s->bv * qv);
  leg[XP1] = s->lower[0].p1[j] * (s->bx * e.right - s->transport * qv) + s->dx.p1[j];
  leg[XP2] = s->dx.p2[j];
  leg[VM1] = s->lower[1].m1[k] * (s->transport * qx - s->bv * e.below) + s->av.m1[k];
  leg[VP1] = s->lower[1].p1[k] * (s->transport * qx - s->bv * e.above) + s->av.p1[k];
}

/* The same from rows of eps along x_i (NULL: no perturbation); beyond the ends any value will do,
   the coefficient is 0 */
static inline void LegsFromRows(const Stencil *s, PetscInt j, PetscInt k, const PetscScalar *e,
                                const PetscScalar *em, const PetscScalar *ep, PetscReal leg[LEGS])
{
  if (e)
    LegsAt(s, j, k,
           (Around){e[j], e[PetscMax(j - 1, 0)], e[PetscMin(j + 1, s->n - 1)], em[j], ep[j]}, leg);
  else
    LegsAt(s, j, k, (Around){0, 0, 0, 0, 0}, leg);
}

/* The coefficients of a pair at v_i = k and all x_i: for the first pair, whose rows run along j,
   by groups of points, legs[group][leg][LANES], else legs[j][leg] */
PETSC_INTERN void StencilLegs(const Stencil *s, PetscBool first, PetscInt k, const PetscScalar *e,
                              const PetscScalar *em, const PetscScalar *ep, PetscReal legs[])
{
  for (PetscInt place = 0; place < (first ? GroupsOf(s->n) * LANES : s->n); place++) {
    const PetscInt j = first ? PointAt(place, s->n) : place;
    PetscReal      leg[LEGS];

    LegsFromRows(s, j, k, s->perturbed ? e : NULL, em, ep, leg);
    for (PetscInt l = 0; l < LEGS; l++)
      legs[first ? InGroups(place, l, LEGS) : j * LEGS + l] = leg[l];
  }
}

/*
   Pairs 1 and 2 together along ROWS or 1 rows of x_1 in d > 1; x[i] is the row x_2 - 2 + i.
   A block has many rows, so the coefficients of pair 1 were made before (b->legs[0]);
   those of pair 2 are seven numbers a row, leg[].
   `base` is added where it is given.
*/
INLINE void RowsStored(const PetscInt rows, const PetscBool add, const PetscBool stream, PetscInt n,
                       const BlockRows *given)
{
  const BlockRows r = *given;
  Lanes           leg[ROWS][LEGS], sum[ROWS], other;

#pragma GCC unroll 8
  for (PetscInt i = 0; i < rows; i++)
#pragma GCC unroll 8
    for (PetscInt l = 0; l < LEGS; l++) leg[i][l] = Every(r.leg[i * LEGS + l]);
  for (PetscInt group = 0; group < GroupsOf(n); group++) {
    const PetscInt     j = GroupAt(group, n);
    const PetscReal   *a = r.legs + group * LEGS * LANES;
    const PetscScalar *x[ROWS + 4];
    Lanes              legs[LEGS];

#pragma GCC unroll 8
    for (PetscInt i = 0; i < rows + 4; i++) x[i] = (rows == 1 ? r.x[i] : r.x[2] + (i - 2) * n) + j;
#pragma GCC unroll 8
    for (PetscInt l = 0; l < LEGS; l++) {
      legs[l] = Load(a + l * LANES);
      if (rows > 1) KEEP(legs[l]);
    }
#pragma GCC unroll 8
    for (PetscInt i = 0; i < rows; i++) {
      const PetscScalar *h   = x[i + 2];
      const Lanes       *own = leg[i];

      FetchAround(&r, i * n + j + AHEAD);
      sum[i] = legs[XM2] * Neighbour(h, -2);
      other  = own[XM2] * Load(x[i]);
      sum[i] = LanesMulAdd(legs[XM1], Neighbour(h, -1), sum[i]);
      other  = LanesMulAdd(own[XM1], Load(x[i + 1]), other);
      sum[i] = LanesMulAdd(legs[C] + own[C], Load(h), sum[i]);
      other  = LanesMulAdd(own[XP1], Load(x[i + 3]), other);
      sum[i] = LanesMulAdd(legs[XP1], Neighbour(h, 1), sum[i]);
      other  = LanesMulAdd(own[XP2], Load(x[i + 4]), other);
      sum[i] = LanesMulAdd(legs[XP2], Neighbour(h, 2), sum[i]);
      other  = LanesMulAdd(own[VM1], Load(r.vm + i * n + j), other);
      sum[i] = LanesMulAdd(legs[VM1], Load(r.hm + i * n + j), sum[i]);
      other  = LanesMulAdd(own[VP1], Load(r.vp + i * n + j), other);
      sum[i] = LanesMulAdd(legs[VP1], Load(r.hp + i * n + j), sum[i]);
      sum[i] = sum[i] + other;
      if (add) sum[i] = Load(r.base + i * n + j) + sum[i];
    }
    RowsStore(rows, stream, n, r.to + j, sum);
  }
}

/* The variant for what is asked */
static void RowsApply(PetscInt rows, PetscBool stream, PetscInt n, const BlockRows *r)
{
  if (rows == 1 && r->base)
    RowsStored(1, PETSC_TRUE, PETSC_FALSE, n, r);
  else if (rows == 1)
    RowsStored(1, PETSC_FALSE, PETSC_FALSE, n, r);
  else if (stream && r->base)
    RowsStored(ROWS, PETSC_TRUE, PETSC_TRUE, n, r);
  else if (stream)
    RowsStored(ROWS, PETSC_FALSE, PETSC_TRUE, n, r);
  else if (r->base)
    RowsStored(ROWS, PETSC_TRUE, PETSC_FALSE, n, r);
  else
    RowsStored(ROWS, PETSC_FALSE, PETSC_FALSE, n, r);
}

/* A higher pair on a slice of m points that share x_i and v_i: seven numbers;
   x neighbours are m apart */
static inline __attribute__((always_inline)) void SliceWith(PetscBool add, PetscInt m,
                                                            const PetscReal          leg[LEGS],
                                                            const PetscScalar *const from[LEGS],
                                                            PetscScalar *restrict out)
{
  const PetscScalar *restrict xm2 = from[XM2], *restrict xm1 = from[XM1], *restrict c = from[C],
                              *restrict xp1 = from[XP1], *restrict xp2 = from[XP2],
                              *restrict vm1 = from[VM1], *restrict vp1 = from[VP1];
  const PetscReal a = leg[XM2], b = leg[XM1], d = leg[C], e = leg[XP1], f = leg[XP2], g = leg[VM1],
                  i = leg[VP1];

  for (PetscInt j = 0; j < m; j++) {
    PetscScalar sum = add ? MulAdd(a, xm2[j], out[j]) : a * xm2[j];

    sum    = MulAdd(b, xm1[j], sum);
    sum    = MulAdd(d, c[j], sum);
    sum    = MulAdd(e, xp1[j], sum);
    sum    = MulAdd(f, xp2[j], sum);
    sum    = MulAdd(g, vm1[j], sum);
    out[j] = MulAdd(i, vp1[j], sum);
  }
}

/* What R adds on such a slice when eps_i changes from point to point */
static void SlicePerturbation(const Stencil *s, PetscInt m, PetscInt j, PetscInt k,
                              const PetscScalar *const h[LEGS], const PetscScalar *const eps[LEGS],
                              PetscScalar *restrict out)
{
  const PetscScalar *restrict eleft = eps[XM1], *restrict e = eps[C], *restrict eright = eps[XP1],
                              *restrict ebelow = eps[VM1], *restrict eabove = eps[VP1],
                              *restrict xm = h[XM1], *restrict c = h[C], *restrict xp = h[XP1],
                              *restrict vm = h[VM1], *restrict vp = h[VP1];
  const PetscReal legxm = s->bx * s->lower[0].m1[j], legxp = s->bx * s->lower[0].p1[j],
                  legvm = -s->bv * s->lower[1].m1[k], legvp = -s->bv * s->lower[1].p1[k],
                  leg = -0.5 * (s->bx * s->qx[j] - s->bv * s->qv[k]);

  for (PetscInt l = 0; l < m; l++)
    out[l] += legxm * eleft[l] * xm[l] + leg * e[l] * c[l] + legxp * eright[l] * xp[l] +
              legvm * ebelow[l] * vm[l] + legvp * eabove[l] * vp[l];
}

/* The slices of the points x_i = j of a block, and of its neighbours;
   at an end the point itself, whose coefficient is 0 */
static inline void SliceFrom(PetscInt n, PetscInt m, PetscInt j, const PetscScalar *u,
                             const PetscScalar *um, const PetscScalar *up, PetscInt offset,
                             const PetscScalar *from[LEGS])
{
  from[XM2] = u + offset - PetscMin(j, 2) * m;
  from[XM1] = u + offset - PetscMin(j, 1) * m;
  from[C]   = u + offset;
  from[XP1] = u + offset + PetscMin(n - 1 - j, 1) * m;
  from[XP2] = u + offset + PetscMin(n - 1 - j, 2) * m;
  from[VM1] = um + offset;
  from[VP1] = up + offset;
}

/* Pair i > 0 on the slice x_i = j, which begins at `offset` of the block,
   when eps_i changes from point to point */
static void SliceEverywhere(const Stencil *s, const Block *b, PetscBool add, PetscInt i, PetscInt j,
                            PetscInt offset, PetscScalar *out)
{
  const PetscInt     m = TensorPower(s->n, i);
  const PetscScalar *h[LEGS], *eps[LEGS];

  SliceFrom(s->n, m, j, b->h, b->hm[i], b->hp[i], offset, h);
  SliceFrom(s->n, m, j, b->e[i], b->em[i], b->ep[i], offset, eps);
  if (add)
    SliceWith(PETSC_TRUE, m, b->legs[i] + j * LEGS, h, out);
  else
    SliceWith(PETSC_FALSE, m, b->legs[i] + j * LEGS, h, out);
  SlicePerturbation(s + i, m, j, b->k[i], h, eps, out);
}

/* What rows x_2 = j.. of a block need: ROWS of them where all neighbours can be read,
   otherwise one */
static PetscInt RowsFind(const Stencil *s, PetscInt d, const Block *b, PetscInt j, PetscInt offset,
                         BlockRows *r)
{
  const PetscInt  n      = s->n;
  const PetscBool inside = !b->first && !b->last ? PETSC_TRUE : PETSC_FALSE,
                  begin  = b->first && offset == 0 ? PETSC_TRUE : PETSC_FALSE,
                  end    = b->last && offset + n == TensorPower(n, d) ? PETSC_TRUE : PETSC_FALSE;

  for (PetscInt i = 0; i < ROWS + 4; i++) {
    const PetscInt row = inside ? j + i - 2 : PetscMin(PetscMax(j + i - 2, 0), n - 1);

    r->x[i] = b->h + offset + (row - j) * n;
  }
  if (begin || end) r->x[2] = StencilPadded(s, 0, r->x[2]);
  r->hm   = b->hm[0] + offset;
  r->hp   = b->hp[0] + offset;
  r->vm   = b->hm[1] + offset;
  r->vp   = b->hp[1] + offset;
  r->legs = b->legs[0];
  r->leg  = b->legs[1] + j * LEGS;
  r->base = d == 3 ? s->room + j * n : NULL;
  r->to   = b->out + offset;
  /* two rows of several products need more numbers than there are registers */
  return inside && b->rank < 2 && j + ROWS <= n ? ROWS : 1;
}

/* All pairs along rows x_2 = j.. that begin at `offset` of the block, how many of them;
   the third pair, where there is one, is in s->room */
static PetscInt BlockRowsApply(const Stencil *s, PetscInt d, const Block *b, PetscInt j,
                               PetscInt offset)
{
  const PetscBool stream = s->stream;
  BlockRows       r;
  PetscInt        rows = RowsFind(s, d, b, j, offset, &r);

  if (b->rank)
    RowsOfProducts(rows, stream, s->n, b, j, &r);
  else if (b->rows)
    RowsApply(rows, stream, s->n, &r);
  else {
    PetscScalar *base = s->room + (d == 3 ? j * s->n : 0);

    SliceEverywhere(s, b, d == 3 ? PETSC_TRUE : PETSC_FALSE, 1, j, offset, base);
    StencilAddRow(s, b, offset, r.x[2], base);
    rows = 1;
  }
  return rows;
}

/* A block of d = 2 or 3; one stencil for each pair */
PETSC_INTERN void StencilApply(const Stencil *s, PetscInt d, const Block *b)
{
  const PetscInt     n = s->n, m = n * n;
  const PetscScalar *from[LEGS];

  for (PetscInt j = 0, offset = 0; j < (d == 2 ? 1 : n); j++, offset += m) {
    if (d == 3 && b->rows) {
      SliceFrom(n, m, j, b->h, b->hm[2], b->hp[2], offset, from);
      SliceWith(PETSC_FALSE, m, b->legs[2] + j * LEGS, from, s->room);
    } else if (d == 3)
      SliceEverywhere(s, b, PETSC_FALSE, 2, j, offset, s->room);
    for (PetscInt l = 0; l < n;) l += BlockRowsApply(s, d, b, l, offset + l * n);
  }
}
