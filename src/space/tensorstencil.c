#include "space/tensorstencil.h"

/* --- coefficients ------------------------------------------------------------------------------------------------------- */

static PetscErrorCode BandAllocate(PetscInt n, Band *band)
{
  PetscFunctionBeginUser;
  PetscCall(PetscCalloc5(n, &band->m2, n, &band->m1, n, &band->c, n, &band->p1, n, &band->p2));
  PetscFunctionReturn(0);
}

/* The diagonals of an operation, by applying it to combs of distance 5; zero if the axis has no such operation */
PETSC_INTERN PetscErrorCode BandCreate(HypAxis axis, HypAxisOperation operation, Band *band)
{
  const PetscInt n = axis->n;
  PetscReal     *diagonal[5];
  PetscScalar   *u, *v;
  PetscBool      has;

  PetscFunctionBeginUser;
  PetscCall(BandAllocate(n, band));
  PetscCall(HypAxisHas(axis, operation, &has));
  if (!has) PetscFunctionReturn(0);
  diagonal[0] = band->m2;
  diagonal[1] = band->m1;
  diagonal[2] = band->c;
  diagonal[3] = band->p1;
  diagonal[4] = band->p2;
  PetscCall(PetscMalloc2(n, &u, n, &v));
  for (PetscInt first = 0; first < 5; first++) {
    for (PetscInt k = 0; k < n; k++) u[k] = k % 5 == first;
    PetscCall(HypAxisApply(axis, operation, 1, 1, u, v));
    for (PetscInt k = 0; k < n; k++) {
      const PetscInt offset = (first - k % 5 + 7) % 5 - 2; /* k + offset is the only tooth in reach of row k */

      if (k + offset >= 0 && k + offset < n) diagonal[offset + 2][k] = v[k];
    }
  }
  PetscCall(PetscFree2(u, v));
  PetscFunctionReturn(0);
}

static void BandScale(PetscInt n, PetscReal s, const Band *from, Band *to)
{
  for (PetscInt k = 0; k < n; k++) {
    to->m2[k] = s * from->m2[k];
    to->m1[k] = s * from->m1[k];
    to->c[k]  = s * from->c[k];
    to->p1[k] = s * from->p1[k];
    to->p2[k] = s * from->p2[k];
  }
}

PETSC_INTERN PetscErrorCode BandDestroy(Band *band)
{
  PetscFunctionBeginUser;
  PetscCall(PetscFree5(band->m2, band->m1, band->c, band->p1, band->p2));
  PetscFunctionReturn(0);
}

PETSC_INTERN PetscErrorCode StencilCreate(HypSpace space, Stencil *s)
{
  PetscFunctionBeginUser;
  s->n  = space->x->n;
  s->nv = space->v->n;
  PetscCall(BandCreate(space->x, HYP_LOWER, &s->lower[0]));
  PetscCall(BandCreate(space->v, HYP_LOWER, &s->lower[1]));
  PetscCall(BandCreate(space->v, HYP_LAPLACIAN, &s->laplacian));
  PetscCall(BandCreate(space->x, HYP_DISSIPATION, &s->dissipation));
  PetscCall(BandAllocate(s->n, &s->dx));
  PetscCall(BandAllocate(s->nv, &s->av));
  PetscCall(PetscMalloc3(s->n, &s->qx, s->nv, &s->qv, 7 * s->n, &s->legs));
  for (PetscInt j = 0; j < s->n; j++) s->qx[j] = 2 * s->lower[0].c[j];
  for (PetscInt k = 0; k < s->nv; k++) s->qv[k] = 2 * s->lower[1].c[k];
  PetscFunctionReturn(0);
}

/* Coefficients of these terms; kept until others are asked for */
PETSC_INTERN PetscErrorCode StencilSetTerms(HypSpace space, HypTerms terms, Stencil *s)
{
  HypModel        model = space->model;
  const PetscReal root  = PetscSqrtReal(model->beta);

  PetscFunctionBeginUser;
  if (s->terms == terms) PetscFunctionReturn(0);
  s->terms     = terms;
  s->perturbed = (terms & HYP_PERTURBATION) && model->perturbed ? PETSC_TRUE : PETSC_FALSE;
  s->transport = terms & HYP_TRANSPORT ? model->omega0 : 0;
  s->bx        = s->perturbed ? root * model->omega0 : 0;
  s->bv        = s->perturbed ? root * model->gamma : 0;
  BandScale(s->n, -s->transport, &s->dissipation, &s->dx);
  BandScale(s->nv, terms & HYP_FOKKER_PLANCK ? -model->gamma : 0, &s->laplacian, &s->av);
  PetscFunctionReturn(0);
}

PETSC_INTERN PetscErrorCode StencilDestroy(Stencil *s)
{
  PetscFunctionBeginUser;
  PetscCall(BandDestroy(&s->lower[0]));
  PetscCall(BandDestroy(&s->lower[1]));
  PetscCall(BandDestroy(&s->laplacian));
  PetscCall(BandDestroy(&s->dissipation));
  PetscCall(BandDestroy(&s->dx));
  PetscCall(BandDestroy(&s->av));
  PetscCall(PetscFree3(s->qx, s->qv, s->legs));
  PetscFunctionReturn(0);
}

/* --- the stencil -------------------------------------------------------------------------------------------------------- */

enum { XM2, XM1, C, XP1, XP2, VM1, VP1, LEGS };

/* The coefficients at x_i = j, v_i = k; eps_i at the point and at its four next neighbours */
static inline void LegsAt(const Stencil *s, PetscInt j, PetscInt k, PetscReal e, PetscReal eleft, PetscReal eright, PetscReal ebelow,
                          PetscReal eabove, PetscReal leg[LEGS])
{
  const PetscReal qx = s->qx[j], qv = s->qv[k];

  leg[XM2] = s->dx.m2[j];
  leg[XM1] = s->lower[0].m1[j] * (s->bx * eleft - s->transport * qv) + s->dx.m1[j];
  leg[C]   = s->dx.c[j] + s->av.c[k] - 0.5 * e * (s->bx * qx - s->bv * qv);
  leg[XP1] = s->lower[0].p1[j] * (s->bx * eright - s->transport * qv) + s->dx.p1[j];
  leg[XP2] = s->dx.p2[j];
  leg[VM1] = s->lower[1].m1[k] * (s->transport * qx - s->bv * ebelow) + s->av.m1[k];
  leg[VP1] = s->lower[1].p1[k] * (s->transport * qx - s->bv * eabove) + s->av.p1[k];
}

/* The same from rows of eps along x_i (NULL: no perturbation); beyond the ends any value will do, the coefficient is 0 */
static inline void LegsFromRows(const Stencil *s, PetscInt j, PetscInt k, const PetscScalar *e, const PetscScalar *em,
                                const PetscScalar *ep, PetscReal leg[LEGS])
{
  if (e)
    LegsAt(s, j, k, e[j], e[PetscMax(j - 1, 0)], e[PetscMin(j + 1, s->n - 1)], em[j], ep[j], leg);
  else
    LegsAt(s, j, k, 0, 0, 0, 0, 0, leg);
}

/* Sum over the legs at point j of a row of n */
static inline PetscScalar LegsSum(PetscInt n, PetscInt j, const PetscReal leg[LEGS], const PetscScalar *h, const PetscScalar *hm,
                                  const PetscScalar *hp)
{
  return leg[XM2] * h[PetscMax(j - 2, 0)] + leg[XM1] * h[PetscMax(j - 1, 0)] + leg[C] * h[j] + leg[XP1] * h[PetscMin(j + 1, n - 1)] +
         leg[XP2] * h[PetscMin(j + 2, n - 1)] + leg[VM1] * hm[j] + leg[VP1] * hp[j];
}

/* The points of a row that lack a neighbour: 0, 1, n - 2, n - 1 */
static inline PetscInt NextEdge(PetscInt j, PetscInt n)
{
  return j == 1 && n > 4 ? n - 2 : j + 1;
}

/* The first pair along a row of x_1, coefficients made on the way: a row of eps is used once in d = 1 */
static inline __attribute__((always_inline)) void RowWith(const Stencil *s, PetscBool add, PetscBool perturbed, PetscInt k,
                                                          const PetscScalar *restrict h, const PetscScalar *restrict hm,
                                                          const PetscScalar *restrict hp, const PetscScalar *restrict e,
                                                          const PetscScalar *restrict em, const PetscScalar *restrict ep,
                                                          PetscScalar *restrict out)
{
  const PetscInt  n     = s->n;
  const PetscReal alpha = -s->transport * s->qv[k], bx = s->bx, half = 0.5 * s->bx, qv = 0.5 * s->bv * s->qv[k];
  const PetscReal wm = s->lower[1].m1[k] * s->transport, wp = s->lower[1].p1[k] * s->transport, bm = s->lower[1].m1[k] * s->bv,
                  bp = s->lower[1].p1[k] * s->bv, am = s->av.m1[k], a = s->av.c[k], ap = s->av.p1[k];
  const PetscReal *restrict sm = s->lower[0].m1, *restrict sp = s->lower[0].p1, *restrict dm2 = s->dx.m2, *restrict dm1 = s->dx.m1,
                            *restrict d = s->dx.c, *restrict dp1 = s->dx.p1, *restrict dp2 = s->dx.p2, *restrict qx = s->qx;

  for (PetscInt j = 2; j < n - 2; j++) {
    PetscScalar sum = dm2[j] * h[j - 2] + dp2[j] * h[j + 2];

    sum += (sm[j] * (perturbed ? alpha + bx * e[j - 1] : alpha) + dm1[j]) * h[j - 1];
    sum += (sp[j] * (perturbed ? alpha + bx * e[j + 1] : alpha) + dp1[j]) * h[j + 1];
    sum += (perturbed ? d[j] + a - e[j] * (half * qx[j] - qv) : d[j] + a) * h[j];
    sum += (perturbed ? wm * qx[j] + am - bm * em[j] : wm * qx[j] + am) * hm[j];
    sum += (perturbed ? wp * qx[j] + ap - bp * ep[j] : wp * qx[j] + ap) * hp[j];
    out[j] = add ? out[j] + sum : sum;
  }
  for (PetscInt j = 0; j < n; j = NextEdge(j, n)) {
    PetscReal leg[LEGS];

    LegsFromRows(s, j, k, perturbed ? e : NULL, em, ep, leg);
    out[j] = (add ? out[j] : 0) + LegsSum(n, j, leg, h, hm, hp);
  }
}

/* The same with the coefficients of all points given, legs[leg][j]: in d > 1 a block has many rows */
static void RowStored(PetscInt n, const PetscReal *restrict legs, const PetscScalar *restrict h, const PetscScalar *restrict hm,
                      const PetscScalar *restrict hp, PetscScalar *restrict out)
{
  for (PetscInt j = 2; j < n - 2; j++)
    out[j] += legs[j] * h[j - 2] + legs[n + j] * h[j - 1] + legs[2 * n + j] * h[j] + legs[3 * n + j] * h[j + 1] +
              legs[4 * n + j] * h[j + 2] + legs[5 * n + j] * hm[j] + legs[6 * n + j] * hp[j];
  for (PetscInt j = 0; j < n; j = NextEdge(j, n)) {
    PetscReal leg[LEGS];

    for (PetscInt l = 0; l < LEGS; l++) leg[l] = legs[l * n + j];
    out[j] += LegsSum(n, j, leg, h, hm, hp);
  }
}

/* A higher pair on a slice of m points that share x_i and v_i: seven numbers; x neighbours are m apart */
static inline __attribute__((always_inline)) void SliceWith(PetscBool add, PetscInt m, const PetscReal leg[LEGS],
                                                            const PetscScalar *const from[LEGS], PetscScalar *restrict out)
{
  const PetscScalar *restrict xm2 = from[XM2], *restrict xm1 = from[XM1], *restrict c = from[C], *restrict xp1 = from[XP1],
                              *restrict xp2 = from[XP2], *restrict vm1 = from[VM1], *restrict vp1 = from[VP1];
  const PetscReal a = leg[XM2], b = leg[XM1], d = leg[C], e = leg[XP1], f = leg[XP2], g = leg[VM1], i = leg[VP1];

  for (PetscInt j = 0; j < m; j++) {
    const PetscScalar sum = a * xm2[j] + b * xm1[j] + d * c[j] + e * xp1[j] + f * xp2[j] + g * vm1[j] + i * vp1[j];

    out[j] = add ? out[j] + sum : sum;
  }
}

/* What R adds on such a slice when eps_i changes from point to point */
static void SlicePerturbation(const Stencil *s, PetscInt m, PetscInt j, PetscInt k, const PetscScalar *const h[LEGS],
                              const PetscScalar *const eps[LEGS], PetscScalar *restrict out)
{
  const PetscScalar *restrict eleft = eps[XM1], *restrict e = eps[C], *restrict eright = eps[XP1], *restrict ebelow = eps[VM1],
                              *restrict eabove = eps[VP1], *restrict xm = h[XM1], *restrict c = h[C], *restrict xp = h[XP1],
                              *restrict vm = h[VM1], *restrict vp = h[VP1];
  const PetscReal legxm = s->bx * s->lower[0].m1[j], legxp = s->bx * s->lower[0].p1[j], legvm = -s->bv * s->lower[1].m1[k],
                  legvp = -s->bv * s->lower[1].p1[k], leg = -0.5 * (s->bx * s->qx[j] - s->bv * s->qv[k]);

  for (PetscInt l = 0; l < m; l++)
    out[l] +=
      legxm * eleft[l] * xm[l] + leg * e[l] * c[l] + legxp * eright[l] * xp[l] + legvm * ebelow[l] * vm[l] + legvp * eabove[l] * vp[l];
}

/* The slices of the points x_i = j of a block, and of its neighbours; at an end the point itself, whose coefficient is 0 */
static inline void SliceFrom(PetscInt n, PetscInt m, PetscInt j, const PetscScalar *u, const PetscScalar *um, const PetscScalar *up,
                             PetscInt offset, const PetscScalar *from[LEGS])
{
  from[XM2] = u + offset - PetscMin(j, 2) * m;
  from[XM1] = u + offset - PetscMin(j, 1) * m;
  from[C]   = u + offset;
  from[XP1] = u + offset + PetscMin(n - 1 - j, 1) * m;
  from[XP2] = u + offset + PetscMin(n - 1 - j, 2) * m;
  from[VM1] = um + offset;
  from[VP1] = up + offset;
}

static void Row(const Stencil *s, PetscInt d, const Block *b, PetscInt offset)
{
  const PetscScalar *h = b->h + offset, *hm = b->hm[0] + offset, *hp = b->hp[0] + offset;
  const PetscInt     shift = b->rows ? 0 : offset;
  PetscScalar       *out   = b->out + offset;

  if (d > 1 && b->rows)
    RowStored(s->n, s->legs, h, hm, hp, out);
  else if (d > 1)
    RowWith(s, PETSC_TRUE, PETSC_TRUE, b->k[0], h, hm, hp, b->e[0] + shift, b->em[0] + shift, b->ep[0] + shift, out);
  else if (s->perturbed)
    RowWith(s, PETSC_FALSE, PETSC_TRUE, b->k[0], h, hm, hp, b->e[0], b->em[0], b->ep[0], out);
  else
    RowWith(s, PETSC_FALSE, PETSC_FALSE, b->k[0], h, hm, hp, NULL, NULL, NULL, out);
}

/* Pairs i, i - 1, .., 0 on the part of the block that starts at offset and holds all x_0..x_i; pair d - 1 comes first and sets out */
static void BlockPairs(const Stencil *s, PetscInt d, const Block *b, PetscInt i, PetscInt offset)
{
  const PetscInt n = s->n, m = TensorPower(n, i);

  if (i == 0) {
    Row(s, d, b, offset);
    return;
  }
  for (PetscInt j = 0; j < n; j++, offset += m) {
    const PetscScalar *h[LEGS], *eps[LEGS];
    PetscReal          leg[LEGS];

    SliceFrom(n, m, j, b->h, b->hm[i], b->hp[i], offset, h);
    LegsFromRows(s, j, b->k[i], s->perturbed && b->rows ? b->e[i] : NULL, b->em[i], b->ep[i], leg);
    if (i == d - 1)
      SliceWith(PETSC_FALSE, m, leg, h, b->out + offset);
    else
      SliceWith(PETSC_TRUE, m, leg, h, b->out + offset);
    if (s->perturbed && !b->rows) {
      SliceFrom(n, m, j, b->e[i], b->em[i], b->ep[i], offset, eps);
      SlicePerturbation(s, m, j, b->k[i], h, eps, b->out + offset);
    }
    BlockPairs(s, d, b, i - 1, offset);
  }
}

PETSC_INTERN void StencilApply(const Stencil *s, PetscInt d, const Block *b)
{
  const PetscInt n = s->n;

  if (d > 1 && b->rows) {
    for (PetscInt j = 0; j < n; j++) {
      PetscReal leg[LEGS];

      LegsFromRows(s, j, b->k[0], s->perturbed ? b->e[0] : NULL, b->em[0], b->ep[0], leg);
      for (PetscInt l = 0; l < LEGS; l++) s->legs[l * n + j] = leg[l];
    }
  }
  BlockPairs(s, d, b, d - 1, 0);
}
