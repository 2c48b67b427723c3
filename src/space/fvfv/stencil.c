/* One pass of the stencils over blocks of a vector: rows for d = 1, slices for d = 2 and 3. */
#include "space/fvfv/row.h"
#include <stdint.h>
#if defined(__SSE2__)
#include <immintrin.h>
#endif

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

/* The coefficients of a pair at v_i = k and all x_i:
   legs[leg][j] for the first pair, whose rows run along j, else legs[j][leg] */
PETSC_INTERN void StencilLegs(const Stencil *s, PetscBool first, PetscInt k, const PetscScalar *e,
                              const PetscScalar *em, const PetscScalar *ep, PetscReal legs[])
{
  for (PetscInt j = 0; j < s->n; j++) {
    PetscReal leg[LEGS];

    LegsFromRows(s, j, k, s->perturbed ? e : NULL, em, ep, leg);
    for (PetscInt l = 0; l < LEGS; l++) legs[first ? l * s->n + j : j * LEGS + l] = leg[l];
  }
}

/* What the coefficients along a row of x_1 take from v_1 = k */
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

/* The legs along x_1, and the point itself, at j of row h; eps in row e */
static inline __attribute__((always_inline)) PetscScalar RowAlongX(const Stencil *s,
                                                                   PetscBool perturbed, RowOf r,
                                                                   PetscInt j, const PetscScalar *h,
                                                                   const PetscScalar *e)
{
  PetscReal   xm = r.alpha, xp = r.alpha, c = s->dx.c[j] + r.c;
  PetscScalar sum;

  if (perturbed) {
    xm = MulAdd(s->bx, e[j - 1], xm);
    xp = MulAdd(s->bx, e[j + 1], xp);
    c  = MulAdd(e[j], s->hq[j] + r.half, c);
  }
  sum = MulAdd(s->dx.m2[j], h[j - 2], s->dx.p2[j] * h[j + 2]);
  sum = MulAdd(MulAdd(s->lower[0].m1[j], xm, s->dx.m1[j]), h[j - 1], sum);
  sum = MulAdd(MulAdd(s->lower[0].p1[j], xp, s->dx.p1[j]), h[j + 1], sum);
  return MulAdd(c, h[j], sum);
}

/* w q_X + q eps, which S_V multiplies */
static inline __attribute__((always_inline)) PetscReal
RowForce(const Stencil *s, PetscBool perturbed, PetscInt j, const PetscScalar *e)
{
  return perturbed ? MulAdd(-s->bv, e[j], s->wq[j]) : s->wq[j];
}

/* One row, coefficients made on the way */
static inline __attribute__((always_inline)) void
RowWith(const Stencil *stencil, PetscBool add, PetscBool perturbed, PetscInt k,
        const PetscScalar *hm, const PetscScalar *h, const PetscScalar *hp, const PetscScalar *em,
        const PetscScalar *e, const PetscScalar *ep, PetscScalar *out)
{
  const Stencil  s = *stencil; /* a copy, or the compiler would have to expect `out` to change it */
  const PetscInt n = s.n;
  const RowOf    r = RowAt(&s, k);

  INDEPENDENT
  for (PetscInt j = 2; j < n - 2; j++) {
    const PetscReal below = MulAdd(r.vm, RowForce(&s, perturbed, j, em), r.am),
                    above = MulAdd(r.vp, RowForce(&s, perturbed, j, ep), r.ap);
    PetscScalar sum       = RowAlongX(&s, perturbed, r, j, h, e);

    sum    = MulAdd(below, hm[j], add ? out[j] + sum : sum);
    out[j] = MulAdd(above, hp[j], sum);
  }
  for (PetscInt j = 0; j < n; j = NextEdge(j, n)) {
    PetscReal leg[LEGS];

    LegsFromRows(&s, j, k, perturbed ? e : NULL, em, ep, leg);
    out[j] = (add ? out[j] : 0) + LegsSum(n, j, leg, h, hm, hp);
  }
}

/*
   Two rows at once from x_1 = first to end, h1 and h2 between h0 and h3:
   the coefficients of x and the rows in between are read once.
   Two numbers before and behind each row must be readable; their coefficients are 0.
*/
static inline __attribute__((always_inline)) void
RowsWith(const Stencil *stencil, PetscBool perturbed, PetscInt k, PetscInt first, PetscInt end,
         const PetscScalar *h0, const PetscScalar *h1, const PetscScalar *h2, const PetscScalar *h3,
         const PetscScalar *e0, const PetscScalar *e1, const PetscScalar *e2, const PetscScalar *e3,
         PetscScalar *out1, PetscScalar *out2)
{
  const Stencil s  = *stencil;
  const RowOf   r1 = RowAt(&s, k), r2 = RowAt(&s, k + 1);

  INDEPENDENT
  for (PetscInt j = first; j < end; j++) {
    const PetscReal f0 = RowForce(&s, perturbed, j, e0), f1 = RowForce(&s, perturbed, j, e1),
                    f2 = RowForce(&s, perturbed, j, e2), f3 = RowForce(&s, perturbed, j, e3);
    PetscScalar sum1 = RowAlongX(&s, perturbed, r1, j, h1, e1),
                sum2 = RowAlongX(&s, perturbed, r2, j, h2, e2);

    sum1            = MulAdd(MulAdd(r1.vm, f0, r1.am), h0[j], sum1);
    sum2            = MulAdd(MulAdd(-r1.vp, f1, r1.ap), h1[j],
                             /* S is skew and A symmetric: row 2 looks down as row 1 looks up */
                             sum2);
    out1[j - first] = MulAdd(MulAdd(r1.vp, f2, r1.ap), h2[j], sum1);
    out2[j - first] = MulAdd(MulAdd(r2.vp, f3, r2.ap), h3[j], sum2);
  }
}

/*
   Pairs 1 and 2 together along a row of x_1 in d > 1.
   A block has many rows, so the coefficients of pair 1 were made before, legs[leg][j];
   those of pair 2 are seven numbers, `leg`, for the rows `from`.
   Where `inside` is false the two numbers before or behind the row may not be read.
*/
static inline __attribute__((always_inline)) void
RowStored(PetscBool add, PetscInt n, PetscBool inside, const PetscReal *restrict legs,
          const PetscScalar *restrict hm, const PetscScalar *restrict hp, const PetscReal leg[LEGS],
          const PetscScalar *const from[LEGS], PetscScalar *restrict out)
{
  const PetscInt low = inside ? 0 : 2, high = inside ? n : n - 2;
  const PetscScalar *restrict xm2 = from[XM2], *restrict xm1 = from[XM1], *restrict h = from[C],
                              *restrict xp1 = from[XP1], *restrict xp2 = from[XP2],
                              *restrict vm1 = from[VM1], *restrict vp1 = from[VP1];
  const PetscReal m2 = leg[XM2], m1 = leg[XM1], c = leg[C], p1 = leg[XP1], p2 = leg[XP2],
                  below = leg[VM1], above = leg[VP1];

  for (PetscInt j = low; j < high; j++) {
    PetscScalar sum = MulAdd(legs[j], h[j - 2], add ? out[j] : 0), other = m2 * xm2[j];

    sum    = MulAdd(legs[n + j], h[j - 1], sum);
    other  = MulAdd(m1, xm1[j], other);
    sum    = MulAdd(legs[2 * n + j] + c, h[j], sum);
    other  = MulAdd(p1, xp1[j], other);
    sum    = MulAdd(legs[3 * n + j], h[j + 1], sum);
    other  = MulAdd(p2, xp2[j], other);
    sum    = MulAdd(legs[4 * n + j], h[j + 2], sum);
    other  = MulAdd(below, vm1[j], other);
    sum    = MulAdd(legs[5 * n + j], hm[j], sum);
    other  = MulAdd(above, vp1[j], other);
    sum    = MulAdd(legs[6 * n + j], hp[j], sum);
    out[j] = sum + other;
  }
  for (PetscInt j = 0; j < n && !inside; j = NextEdge(j, n)) {
    PetscReal   own[LEGS];
    PetscScalar sum = add ? out[j] : 0;

    for (PetscInt l = 0; l < LEGS; l++) {
      own[l] = legs[l * n + j];
      sum += leg[l] * from[l][j];
    }
    out[j] = sum + LegsSum(n, j, own, h, hm, hp);
  }
}

#if defined(__AVX512F__)
#define LINE                 64
#define StreamLine(to, from) _mm512_stream_pd(to, _mm512_loadu_pd(from))
#elif defined(__SSE2__)
#define LINE                 16
#define StreamLine(to, from) _mm_stream_pd(to, _mm_loadu_pd(from))
#endif

/*
   Results are made in a small array that stays in cache and brought to the vector from there.
   A long vector is written past the caches: its lines need not be read first,
   and room is left for h.
*/
static inline void Deliver(const Stencil *s, PetscInt n, const PetscScalar *restrict from,
                           PetscScalar *restrict to)
{
#if defined(__SSE2__)
  if (s->stream) {
    PetscInt j = 0;

    for (; j < n && (uintptr_t)(to + j) % LINE; j++) to[j] = from[j];
    for (; j + LINE / 8 <= n; j += LINE / 8) StreamLine(to + j, from + j);
    for (; j < n; j++) to[j] = from[j];
    return;
  }
#endif
  for (PetscInt j = 0; j < n; j++) to[j] = from[j];
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

/* All pairs along the row x_2 = j that begins at `offset` of the block; in d = 3 added to out */
static inline void BlockRow(const Stencil *s, PetscInt d, const Block *b, PetscInt j,
                            PetscInt offset, PetscScalar *out)
{
  const PetscInt  n      = s->n;
  const PetscBool inside = (offset > 0 || !b->first) && (offset + n < TensorPower(n, d) || !b->last)
                             ? PETSC_TRUE
                             : PETSC_FALSE;
  const PetscScalar *hm = b->hm[0] + offset, *hp = b->hp[0] + offset, *from[LEGS];

  if (b->rank) {
    SliceFrom(n, n, j, b->h, b->hm[1], b->hp[1], offset, from);
    RowOfProducts(n, inside, b, j, from, out);
  } else if (b->rows) {
    SliceFrom(n, n, j, b->h, b->hm[1], b->hp[1], offset, from);
    if (d == 2)
      RowStored(PETSC_FALSE, n, inside, b->legs[0], hm, hp, b->legs[1] + j * LEGS, from, out);
    else
      RowStored(PETSC_TRUE, n, inside, b->legs[0], hm, hp, b->legs[1] + j * LEGS, from, out);
  } else {
    SliceEverywhere(s, b, d == 3 ? PETSC_TRUE : PETSC_FALSE, 1, j, offset, out);
    RowWith(s, PETSC_TRUE, PETSC_TRUE, b->k[0], hm, b->h + offset, hp, b->em[0] + offset,
            b->e[0] + offset, b->ep[0] + offset, out);
  }
}

/* A block of d = 2 or 3; one stencil for each pair */
PETSC_INTERN void StencilApply(const Stencil *s, PetscInt d, const Block *b)
{
  const PetscInt     n = s->n, m = n * n;
  const PetscScalar *from[LEGS];

  if (d == 2) {
    for (PetscInt j = 0; j < n; j++) {
      BlockRow(s, d, b, j, j * n, s->room);
      Deliver(s, n, s->room, b->out + j * n);
    }
    return;
  }
  for (PetscInt j = 0, offset = 0; j < n; j++, offset += m) {
    if (b->rows) {
      SliceFrom(n, m, j, b->h, b->hm[2], b->hp[2], offset, from);
      SliceWith(PETSC_FALSE, m, b->legs[2] + j * LEGS, from, s->room);
    } else
      SliceEverywhere(s, b, PETSC_FALSE, 2, j, offset, s->room);
    for (PetscInt l = 0; l < n; l++) BlockRow(s, d, b, l, offset + l * n, s->room + l * n);
    Deliver(s, m, s->room, b->out + offset);
  }
}

/* A block of d = 1: one row */
PETSC_INTERN void StencilApplyRow(const Stencil *s, const Block *b)
{
  if (s->perturbed)
    RowWith(s, PETSC_FALSE, PETSC_TRUE, b->k[0], b->hm[0], b->h, b->hp[0], b->em[0], b->e[0],
            b->ep[0], b->out);
  else
    RowWith(s, PETSC_FALSE, PETSC_FALSE, b->k[0], b->hm[0], b->h, b->hp[0], NULL, NULL, NULL,
            b->out);
}

/* Two neighbouring blocks of d = 1, neither the first nor the last of this rank */
PETSC_INTERN void StencilApplyRows(const Stencil *s, const Block b[2])
{
  for (PetscInt first = 0; first < s->n; first += CHUNK) {
    const PetscInt end = PetscMin(first + CHUNK, s->n);
    PetscScalar   *out = s->room;

    if (s->perturbed)
      RowsWith(s, PETSC_TRUE, b[0].k[0], first, end, b[0].hm[0], b[0].h, b[1].h, b[1].hp[0],
               b[0].em[0], b[0].e[0], b[1].e[0], b[1].ep[0], out, out + CHUNK);
    else
      RowsWith(s, PETSC_FALSE, b[0].k[0], first, end, b[0].hm[0], b[0].h, b[1].h, b[1].hp[0], NULL,
               NULL, NULL, NULL, out, out + CHUNK);
    Deliver(s, end - first, out, b[0].out + first);
    Deliver(s, end - first, out + CHUNK, b[1].out + first);
  }
}
