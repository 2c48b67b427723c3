/*
   The stencil of d = 1, where a block is a row; eps from a table.
   Several rows are done at once: the coefficients along x are read once for all of them,
   and every row once for itself and its two neighbours.
*/
#include "space/fvfv/line.h"

/* The legs along x, and the point itself, of the points from h[0] on */
INLINE Lanes LegsAlong(const PetscBool perturbed, const PetscReal *a, Lanes bx, Lanes alpha,
                       Lanes half, Lanes c, const PetscScalar *h, const PetscScalar *e)
{
  Lanes xm = alpha, xp = alpha, sum;

  if (perturbed) {
    xm = LanesMulAdd(bx, Neighbour(e, -1), xm);
    xp = LanesMulAdd(bx, Neighbour(e, 1), xp);
    c  = LanesMulAdd(Load(e), Load(a + HQ * LANES) + half, c);
  }
  sum =
    LanesMulAdd(Load(a + DM2 * LANES), Neighbour(h, -2), Load(a + DP2 * LANES) * Neighbour(h, 2));
  sum = LanesMulAdd(LanesMulAdd(Load(a + SM1 * LANES), xm, Load(a + DM1 * LANES)), Neighbour(h, -1),
                    sum);
  sum = LanesMulAdd(LanesMulAdd(Load(a + SP1 * LANES), xp, Load(a + DP1 * LANES)), Neighbour(h, 1),
                    sum);
  return LanesMulAdd(c, Load(h), sum);
}

/* All that is constant along the rows is made first.
   S is skew and A symmetric: row r + 1 looks down as row r looks up */
INLINE void RowsWith(const PetscInt rows, const PetscBool perturbed, const PetscBool stream,
                     const PetscBool add, const Rows *given)
{
  const Rows       r     = *given;
  const PetscInt   n     = r.s->n;
  const PetscReal *along = r.s->along;
  const Lanes      bx = Every(r.s->bx), bv = Every(-r.s->bv);
  Lanes            alpha[ROWS], half[ROWS], c[ROWS], skew[ROWS + 1], even[ROWS + 1];

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
  for (PetscInt group = r.first; group < r.end; group++) {
    const PetscInt     j = GroupAt(group, n);
    const PetscReal   *a = along + group * ALONG * LANES;
    const PetscScalar *h = r.h + j, *e = r.e + j;
    Lanes              row[ROWS + 2], force[ROWS + 2], sum[ROWS];

#pragma GCC unroll 8
    for (PetscInt i = 0; i < rows + 2; i++) {
      row[i]   = Load(i == 0 ? r.hm + j : i > rows ? r.hp + j : h + (i - 1) * n);
      force[i] = Load(a + WQ * LANES);
      if (perturbed)
        force[i] = LanesMulAdd(bv,
                               Load(i == 0     ? r.em + j
                                    : i > rows ? r.ep + j
                                               : e + (i - 1) * n),
                               force[i]);
    }
#pragma GCC unroll 8
    for (PetscInt i = 0; i < rows; i++) {
      sum[i] = LegsAlong(perturbed, a, bx, alpha[i], half[i], Load(a + DC * LANES) + c[i],
                         h + i * n, e + i * n);
      Fetch(h + i * n + AHEAD);
      if (perturbed) Fetch(e + i * n + AHEAD);
      if (add) sum[i] = Load(r.base + j) + sum[i];
      sum[i] = LanesMulAdd(LanesMulAdd(-skew[i], force[i], even[i]), row[i], sum[i]);
      sum[i] = LanesMulAdd(LanesMulAdd(skew[i + 1], force[i + 2], even[i + 1]), row[i + 2], sum[i]);
    }
    RowsStore(rows, stream, n, r.to + j, sum);
  }
}

/* The variant for what is asked */
static void RowsApply(PetscInt rows, PetscBool stream, const Rows *r)
{
  if (r->rank)
    RowsOfSum(rows, stream, r);
  else if (r->s->perturbed) {
    if (rows == 1)
      RowsWith(1, PETSC_TRUE, PETSC_FALSE, PETSC_FALSE, r);
    else if (stream)
      RowsWith(ROWS, PETSC_TRUE, PETSC_TRUE, PETSC_FALSE, r);
    else
      RowsWith(ROWS, PETSC_TRUE, PETSC_FALSE, PETSC_FALSE, r);
  } else {
    if (rows == 1)
      RowsWith(1, PETSC_FALSE, PETSC_FALSE, PETSC_FALSE, r);
    else if (stream)
      RowsWith(ROWS, PETSC_FALSE, PETSC_TRUE, PETSC_FALSE, r);
    else
      RowsWith(ROWS, PETSC_FALSE, PETSC_FALSE, PETSC_FALSE, r);
  }
}

/* A copy of a row with LANES zeros before and behind it */
PETSC_INTERN const PetscScalar *StencilPadded(const Stencil *s, PetscInt which,
                                              const PetscScalar *row)
{
  PetscScalar *copy = s->padded + which * (s->n + 2 * LANES) + LANES;

  for (PetscInt j = 0; j < s->n; j++) copy[j] = row[j];
  return copy;
}

/*
   `count` neighbouring blocks of d = 1, of which only a single one may be the first or last
   of this rank or have neighbours elsewhere.
   The points of a chunk are done in all rows, so that its coefficients stay in the first cache.
*/
PETSC_INTERN void StencilApplyRows(const Stencil *s, const Block *b, PetscInt count)
{
  const PetscInt     n      = s->n;
  const PetscBool    stream = s->stream;
  const PetscBool    tables = s->perturbed && !b->rank ? PETSC_TRUE : PETSC_FALSE;
  const PetscScalar *h = b->h, *e = tables ? b->e[0] : b->h;

  if (b->first || b->last) {
    h = StencilPadded(s, 0, h);
    e = tables ? StencilPadded(s, 1, e) : h;
  }
  for (PetscInt first = 0; first < GroupsOf(n); first += CHUNK / LANES) {
    for (PetscInt i = 0, rows; i < count; i += rows) {
      Rows r = {.s       = s,
                .k       = b->k[0] + i,
                .first   = first,
                .end     = PetscMin(first + CHUNK / LANES, GroupsOf(n)),
                .rank    = b->rank,
                .h       = h + i * n,
                .e       = e + i * n,
                .slopes  = b->slopes[0],
                .weights = b->rank ? b->slopes[1] + i * LINEFACTORS : NULL,
                .to      = b->out + i * n};

      rows = count - i >= ROWS ? ROWS : 1;
      r.hm = count == 1 ? b->hm[0] : r.h - n;
      r.hp = count == 1 ? b->hp[0] : r.h + rows * n;
      r.em = count > 1 ? r.e - n : tables ? b->em[0] : b->h;
      r.ep = count > 1 ? r.e + rows * n : tables ? b->ep[0] : b->h;
      RowsApply(rows, stream, &r);
    }
  }
}

/* The first pair along the row that begins at `offset` of a block, added to `base`,
   when eps_1 changes from point to point; h is that row, between numbers that can be read */
PETSC_INTERN void StencilAddRow(const Stencil *s, const Block *b, PetscInt offset,
                                const PetscScalar *h, const PetscScalar *base)
{
  const PetscScalar *e = b->e[0] + offset;
  const Rows         r = {.s    = s,
                          .k    = b->k[0],
                          .end  = GroupsOf(s->n),
                          .h    = h,
                          .hm   = b->hm[0] + offset,
                          .hp   = b->hp[0] + offset,
                          .e    = b->first || b->last ? StencilPadded(s, 1, e) : e,
                          .em   = b->em[0] + offset,
                          .ep   = b->ep[0] + offset,
                          .base = base,
                          .to   = b->out + offset};

  RowsWith(1, PETSC_TRUE, PETSC_FALSE, PETSC_TRUE, &r);
}
