/*
   The fused generator of fv x fv tensor spaces: -T + L + R, or some of its terms,
   in one pass over the data.

   The stencil (src/space/fvfv/stencil.c) wants, for every v index held here,
   the block of all x indices and the blocks of the 2d neighbours in v.
   They are found through pointers: into the vector where the neighbour lives here,
   into a receive buffer where it lives on another rank.
   Blocks that need no other rank are done while the faces travel.
*/
#include "base/agree.h"
#include "space/fvfv/stencil.h"
#include <stdint.h>

#define STREAM                                                                                     \
  ((PetscInt)1 << 19) /* unknowns on a rank above which its vectors do not stay in cache */

struct _p_TensorFused {
  Stencil     stencil[3];   /* of each pair */
  PetscInt    stride[3];    /* from a block to its neighbour along v_i, in blocks */
  PetscMPIInt beside[3][2]; /* the ranks below [0] and above [1] along v_i, or MPI_PROC_NULL */
  /* faces: all blocks at one end of v_i, in natural order without v_i */
  PetscMPIInt  tag[3][2], length[3];
  PetscScalar *send[3][2], *receive[3][2];
  PetscMPIInt  posted;
  MPI_Request  request[12];
  /* eps_i: rows over x_i for v_i = low[i].. if it depends on theta_i only;
     nothing if it is a sum of products; otherwise a block per v index here and in the faces */
  PetscBool    rows;
  PetscInt     low[3], neps[3], nlegs[3];
  PetscScalar *eps[3], *epsface[3][2];
  Factors      factors;
  PetscInt     nslopes[2];
  PetscReal   *slopes[2]; /* [count[i]] as FactorsSlopes() gives them, for the current terms */
  PetscReal
    *legs[3]; /* d > 1: [count[i]][7 n_x], the coefficients of the pairs for the current terms */
};

static PetscLogEvent FUSED = -1; /* in -log_view: one product with some terms of G */

/* Position within a face along v_i of block b */
static inline PetscInt FaceIndex(const Tensor *t, const TensorFused f, PetscInt i, PetscInt b)
{
  return b / (f->stride[i] * t->count[i]) * f->stride[i] + b % f->stride[i];
}

/* --- eps --- */

static inline void BlockIndices(const Tensor *t, PetscInt b, PetscInt k[])
{
  for (PetscInt i = 0; i < t->d; b /= t->count[i++]) k[i] = t->start[i] + b % t->count[i];
}

/* The rows that eps_i would consist of if it depended on theta_i only:
   other coordinates at their first node */
static PetscErrorCode EpsRows(HypSpace space, TensorFused f)
{
  const Tensor  *t = (Tensor *)space->data;
  const PetscInt n = HypAxisGetSize(space->x);
  PetscReal      eps[3];

  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < t->d; i++) {
    const PetscInt high = PetscMin(t->start[i] + t->count[i] + 1, HypAxisGetSize(space->v));
    PetscInt       k[3] = {t->start[0], t->start[1], t->start[2]};

    f->low[i]  = PetscMax(t->start[i] - 1, 0);
    f->neps[i] = (high - f->low[i]) * n;
    PetscCall(TensorAllocate((size_t)f->neps[i], &f->eps[i]));
    for (k[i] = f->low[i]; k[i] < high; k[i]++) {
      for (PetscInt j = 0; j < n; j++) {
        PetscCall(EpsAt(space, k, j * TensorPower(n, i), eps));
        f->eps[i][(k[i] - f->low[i]) * n + j] = eps[i];
      }
    }
  }
  PetscFunctionReturn(0);
}

/* Whether eps equals its rows, bit for bit, at every point of this rank */
static PetscErrorCode EpsAreRows(HypSpace space, TensorFused f)
{
  const Tensor  *t    = (Tensor *)space->data;
  const PetscInt n    = HypAxisGetSize(space->x);
  PetscBool      same = PETSC_TRUE;
  PetscReal      eps[3];
  PetscInt       k[3] = {0, 0, 0};

  PetscFunctionBeginUser;
  for (PetscInt b = 0; b < t->local && t->d > 1 && same; b++) {
    BlockIndices(t, b, k);
    for (PetscInt x = 0; x < t->block && same; x++) {
      PetscCall(EpsAt(space, k, x, eps));
      for (PetscInt i = 0, rest = x; i < t->d; i++, rest /= n)
        same = same && eps[i] == f->eps[i][(k[i] - f->low[i]) * n + rest % n];
    }
  }
  f->rows = same;
  PetscFunctionReturn(0);
}

/* eps_i as sums of products instead of tables, where every rank finds few enough */
static PetscErrorCode EpsFactors(HypSpace space, TensorFused f)
{
  const Tensor *t = (Tensor *)space->data;
  PetscInt      rank;

  PetscFunctionBeginUser;
  PetscCall(HypAgree(space->comm, FactorsCreate(space, &f->factors)));
  PetscCallMPI(MPI_Allreduce(&f->factors.rank, &rank, 1, MPIU_INT, MPI_MAX, space->comm));
  if (rank > FACTORS) {
    FactorsDestroy(&f->factors);
    rank = 0;
  }
  f->factors.rank = rank;
  for (PetscInt i = 0; i < t->d && rank > 0; i++) TensorFree((size_t)f->neps[i], &f->eps[i]);
  PetscFunctionReturn(0);
}

/* eps_i in every block here and in the faces along v_i */
static PetscErrorCode EpsBlocks(HypSpace space, TensorFused f)
{
  const Tensor *t = (Tensor *)space->data;
  PetscReal     eps[3];
  PetscInt      k[3] = {0, 0, 0};

  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < t->d; i++) {
    TensorFree((size_t)f->neps[i], &f->eps[i]);
    f->neps[i] = t->local * t->block;
    PetscCall(TensorAllocate((size_t)f->neps[i], &f->eps[i]));
    for (PetscInt side = 0; side < 2; side++) {
      if (f->beside[i][side] != MPI_PROC_NULL)
        PetscCall(PetscMalloc1(f->length[i], &f->epsface[i][side]));
    }
  }
  for (PetscInt b = 0; b < t->local; b++) {
    BlockIndices(t, b, k);
    for (PetscInt x = 0; x < t->block; x++) {
      PetscCall(EpsAt(space, k, x, eps));
      for (PetscInt i = 0; i < t->d; i++) f->eps[i][b * t->block + x] = eps[i];
    }
    for (PetscInt i = 0; i < t->d; i++) {
      for (PetscInt side = 0; side < 2; side++) {
        PetscInt beyond[3] = {k[0], k[1], k[2]};

        beyond[i] += side ? 1 : -1;
        if (!f->epsface[i][side] || k[i] != (side ? t->start[i] + t->count[i] - 1 : t->start[i]))
          continue;
        for (PetscInt x = 0; x < t->block; x++) {
          PetscCall(EpsAt(space, beyond, x, eps));
          f->epsface[i][side][FaceIndex(t, f, i, b) * t->block + x] = eps[i];
        }
      }
    }
  }
  PetscFunctionReturn(0);
}

/* d = 1: a sum of products, else rows, which are the table;
   d > 1: rows if each eps_i depends on theta_i only,
   else in d = 2 a sum of products, else blocks */
static PetscErrorCode EpsCreate(HypSpace space, TensorFused f)
{
  const PetscInt d = HypModelDimension(space->model);

  PetscFunctionBeginUser;
  if (d == 1) PetscCall(EpsFactors(space, f));
  f->rows = f->factors.rank ? PETSC_FALSE : PETSC_TRUE;
  if (!f->rows) PetscFunctionReturn(0);
  PetscCall(HypAgree(space->comm, EpsRows(space, f)));
  PetscCall(HypAgree(space->comm, EpsAreRows(space, f)));
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, &f->rows, 1, MPIU_BOOL, MPI_LAND, space->comm));
  if (!f->rows && d == 2) PetscCall(EpsFactors(space, f));
  if (!f->rows && !f->factors.rank) PetscCall(HypAgree(space->comm, EpsBlocks(space, f)));
  PetscFunctionReturn(0);
}

/* --- faces --- */

static PetscErrorCode FacesCreate(HypSpace space, TensorFused f)
{
  const Tensor *t    = (Tensor *)space->data;
  PetscInt      p[3] = {1, 1, 1};
  PetscMPIInt   rank, step = 1;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(space->comm, &rank));
  PetscCall(DMDAGetInfo(t->da, NULL, NULL, NULL, NULL, &p[0], &p[1], &p[2], NULL, NULL, NULL, NULL,
                        NULL, NULL));
  for (PetscInt i = 0, stride = 1; i < t->d; i++) {
    PetscCall(PetscMPIIntCast(t->local / t->count[i] * t->block, &f->length[i]));
    f->stride[i]    = stride;
    f->beside[i][0] = t->start[i] > 0 ? rank - step : MPI_PROC_NULL;
    f->beside[i][1] =
      t->start[i] + t->count[i] < HypAxisGetSize(space->v) ? rank + step : MPI_PROC_NULL;
    for (PetscInt side = 0; side < 2; side++) {
      PetscCall(PetscObjectGetNewTag((PetscObject)t->da, &f->tag[i][side]));
      if (f->beside[i][side] == MPI_PROC_NULL) continue;
      PetscCall(PetscMalloc1(f->length[i], &f->receive[i][side]));
      if (i < t->d - 1)
        PetscCall(PetscMalloc1(f->length[i],
                               &f->send[i][side])); /* along the last v a face is contiguous */
    }
    stride *= t->count[i];
    step *= (PetscMPIInt)p[i];
  }
  PetscFunctionReturn(0);
}

/* Posts the receives and sends of the faces of h; [i][0] is the tag of what travels downwards */
static PetscErrorCode FacesBegin(HypSpace space, TensorFused f, const PetscScalar *h)
{
  const Tensor *t    = (Tensor *)space->data;
  MPI_Comm      comm = PetscObjectComm((PetscObject)t->da);

  PetscFunctionBeginUser;
  f->posted = 0;
  for (PetscInt i = 0; i < t->d; i++) {
    const PetscInt inner = f->stride[i] * t->block; /* contiguous part of a face */

    for (PetscInt side = 0; side < 2; side++) {
      const PetscScalar *from = h + (side ? (t->count[i] - 1) * inner : 0);

      if (f->beside[i][side] == MPI_PROC_NULL) continue;
      PetscCallMPI(MPI_Irecv(f->receive[i][side], f->length[i], MPIU_SCALAR, f->beside[i][side],
                             f->tag[i][1 - side], comm, &f->request[f->posted++]));
      if (f->send[i][side]) {
        for (PetscInt o = 0; o < f->length[i] / inner; o++)
          PetscCall(
            PetscArraycpy(f->send[i][side] + o * inner, from + o * inner * t->count[i], inner));
        from = f->send[i][side];
      }
      PetscCallMPI(MPI_Isend(from, f->length[i], MPIU_SCALAR, f->beside[i][side], f->tag[i][side],
                             comm, &f->request[f->posted++]));
    }
  }
  PetscFunctionReturn(0);
}

/* --- the pass --- */

static PetscErrorCode TensorFusedCreate(HypSpace space, TensorFused *fused)
{
  PetscFunctionBeginUser;
  if (FUSED < 0) PetscCall(PetscLogEventRegister("HypStencil", DM_CLASSID, &FUSED));
  PetscCall(PetscNew(fused));
  for (PetscInt i = 0; i < HypModelDimension(space->model); i++)
    PetscCall(StencilCreate(space, i, &(*fused)->stencil[i]));
  PetscCall(FacesCreate(space, *fused));
  (*fused)->rows = PETSC_TRUE;
  if (HypModelForced(space->model)) PetscCall(EpsCreate(space, *fused));
  PetscFunctionReturn(0);
}

PETSC_INTERN PetscErrorCode TensorFusedDestroy(TensorFused *fused)
{
  TensorFused f = *fused;

  PetscFunctionBeginUser;
  if (!f) PetscFunctionReturn(0);
  for (PetscInt i = 0; i < 3; i++) {
    StencilDestroy(&f->stencil[i]);
    TensorFree((size_t)f->neps[i], &f->eps[i]);
    TensorFree((size_t)f->nlegs[i], &f->legs[i]);
    for (PetscInt side = 0; side < 2; side++) {
      PetscCall(PetscFree(f->send[i][side]));
      PetscCall(PetscFree(f->receive[i][side]));
      PetscCall(PetscFree(f->epsface[i][side]));
    }
  }
  for (PetscInt i = 0; i < 2; i++) TensorFree((size_t)f->nslopes[i], &f->slopes[i]);
  FactorsDestroy(&f->factors);
  PetscCall(PetscFree(*fused));
  PetscFunctionReturn(0);
}

/* What the products add to the coefficients of pair i */
static PetscErrorCode SlopesSet(const Tensor *t, PetscInt i, PetscInt n, TensorFused f)
{
  const PetscInt step = f->factors.rank * SLOPES * GroupsOf(n) * LANES;

  PetscFunctionBeginUser;
  f->nslopes[i] = t->count[i] * step;
  if (!f->slopes[i]) PetscCall(TensorAllocate((size_t)f->nslopes[i], &f->slopes[i]));
  for (PetscInt k = 0; k < t->count[i]; k++)
    FactorsSlopes(&f->stencil[i], &f->factors, i, t->start[i] + k, f->slopes[i] + k * step);
  PetscFunctionReturn(0);
}

/* The same for d = 1, where eps in the rows above and below is needed too */
static PetscErrorCode SlopesOfRows(const Tensor *t, PetscInt n, TensorFused f)
{
  PetscFunctionBeginUser;
  f->nslopes[0] = f->factors.rank * GroupsOf(n) * LANES * ALONG_SLOPES;
  f->nslopes[1] = (t->count[0] + 2) * LINEFACTORS;
  for (PetscInt i = 0; i < 2; i++)
    if (!f->slopes[i]) PetscCall(TensorAllocate((size_t)f->nslopes[i], &f->slopes[i]));
  FactorsAlong(&f->stencil[0], &f->factors, f->slopes[0]);
  FactorsAcross(&f->factors, t->start[0], t->count[0] + 2, f->slopes[1]);
  PetscFunctionReturn(0);
}

/* The coefficients of the pairs, when other terms are asked for than last time */
static PetscErrorCode TensorFusedSetTerms(HypSpace space, HypTerms terms, TensorFused f)
{
  const Tensor  *t = (Tensor *)space->data;
  const PetscInt n = HypAxisGetSize(space->x), wide = GroupsOf(n) * LANES;

  PetscFunctionBeginUser;
  if (f->stencil[0].terms == terms) PetscFunctionReturn(0);
  for (PetscInt i = 0; i < t->d; i++) PetscCall(StencilSetTerms(space, i, terms, &f->stencil[i]));
  for (PetscInt i = 0; i < t->d && t->d > 1; i++) {
    f->nlegs[i] = t->count[i] * LEGS * wide;
    if (!f->legs[i]) PetscCall(TensorAllocate((size_t)f->nlegs[i], &f->legs[i]));
    for (PetscInt k = t->start[i]; k < t->start[i] + t->count[i]; k++) {
      const PetscScalar *e = f->eps[i] && f->rows ? f->eps[i] + (k - f->low[i]) * n : NULL;

      StencilLegs(&f->stencil[i], i == 0 ? PETSC_TRUE : PETSC_FALSE, k, e, e && k > 0 ? e - n : e,
                  e && k < HypAxisGetSize(space->v) - 1 ? e + n : e,
                  f->legs[i] + (k - t->start[i]) * LEGS * wide);
    }
  }
  if (f->factors.rank && t->d == 1) PetscCall(SlopesOfRows(t, n, f));
  for (PetscInt i = 0; i < t->d && f->factors.rank && t->d > 1; i++)
    PetscCall(SlopesSet(t, i, n, f));
  PetscFunctionReturn(0);
}

/* The pointers of block b; false if it needs another rank and that is not wanted now,
   or the other way round */
static PetscBool BlockFind(const Tensor *t, const TensorFused f, PetscInt b, const PetscScalar *h,
                           PetscScalar *out, PetscBool foreign, PetscInt n, Block *block)
{
  const PetscInt size = t->block, wide = GroupsOf(n) * LANES;
  PetscBool      needs = PETSC_FALSE;

  BlockIndices(t, b, block->k);
  block->h     = h + b * size;
  block->out   = out + b * size;
  block->first = b == 0 ? PETSC_TRUE : PETSC_FALSE;
  block->last  = b == t->local - 1 ? PETSC_TRUE : PETSC_FALSE;
  block->rows  = f->rows || !f->stencil[0].perturbed ? PETSC_TRUE : PETSC_FALSE;
  block->rank  = block->rows ? 0 : f->factors.rank;
  for (PetscInt i = 0; i < t->d; i++) {
    const PetscInt  local = block->k[i] - t->start[i], step = f->stride[i] * size;
    const PetscBool first = local == 0 ? PETSC_TRUE : PETSC_FALSE,
                    last  = local == t->count[i] - 1 ? PETSC_TRUE : PETSC_FALSE;
    const PetscInt  face  = first || last ? FaceIndex(t, f, i, b) * size : 0;
    const PetscBool below = first && f->beside[i][0] != MPI_PROC_NULL ? PETSC_TRUE : PETSC_FALSE,
                    above = last && f->beside[i][1] != MPI_PROC_NULL ? PETSC_TRUE : PETSC_FALSE;

    needs          = needs || below || above ? PETSC_TRUE : PETSC_FALSE;
    block->legs[i] = f->legs[i] ? f->legs[i] + local * LEGS * wide : NULL;
    if (block->rank && t->d == 1) {
      block->slopes[0] = f->slopes[0];
      block->slopes[1] = f->slopes[1] + local * LINEFACTORS;
    } else if (block->rank) {
      block->slopes[i] = f->slopes[i] + local * block->rank * SLOPES * wide;
      block->other[i] =
        f->factors.other[i] + (block->k[1 - i] - f->factors.low[1 - i]) * FACTORS * n;
    }
    block->hm[i] = below ? f->receive[i][0] + face : block->h - (first ? 0 : step);
    block->hp[i] = above ? f->receive[i][1] + face : block->h + (last ? 0 : step);
    if (!f->eps[i]) {
      block->e[i] = block->em[i] = block->ep[i] = NULL;
    } else if (f->rows) {
      block->e[i]  = f->eps[i] + (block->k[i] - f->low[i]) * n;
      block->em[i] = block->e[i] - (first && !below ? 0 : n);
      block->ep[i] = block->e[i] + (last && !above ? 0 : n);
    } else {
      block->e[i]  = f->eps[i] + b * size;
      block->em[i] = below ? f->epsface[i][0] + face : block->e[i] - (first ? 0 : step);
      block->ep[i] = above ? f->epsface[i][1] + face : block->e[i] + (last ? 0 : step);
    }
  }
  return needs == foreign ? PETSC_TRUE : PETSC_FALSE;
}

/* Keeps messages moving: MPI works only while it is called */
static PetscErrorCode FacesProgress(TensorFused f)
{
  PetscMPIInt arrived;

  PetscFunctionBeginUser;
  if (f->posted) PetscCallMPI(MPI_Testall(f->posted, f->request, &arrived, MPI_STATUSES_IGNORE));
  PetscFunctionReturn(0);
}

/* d = 1: blocks are rows, and go in bands where none is at an end */
static PetscErrorCode SweepRows(HypSpace space, TensorFused f, const PetscScalar *h,
                                PetscScalar *out, PetscBool foreign)
{
  const Tensor *t = (Tensor *)space->data;
  Block         block;

  PetscFunctionBeginUser;
  for (PetscInt b = 0, count; b < t->local; b += count) {
    count = b > 0 && b < t->local - 1 ? PetscMin(BAND, t->local - 1 - b) : 1;
    if (BlockFind(t, f, b, h, out, foreign, HypAxisGetSize(space->x), &block))
      StencilApplyRows(f->stencil, &block, count);
    PetscCall(FacesProgress(f));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode SweepBlocks(HypSpace space, TensorFused f, const PetscScalar *h,
                                  PetscScalar *out, PetscBool foreign)
{
  const Tensor *t = (Tensor *)space->data;
  Block         block;

  PetscFunctionBeginUser;
  for (PetscInt b = 0; b < t->local; b++) {
    if (BlockFind(t, f, b, h, out, foreign, HypAxisGetSize(space->x), &block))
      StencilApply(f->stencil, t->d, &block);
    if (b % 16 == 0) PetscCall(FacesProgress(f));
  }
  PetscFunctionReturn(0);
}

/* Whether results go past the caches: where a vector does not stay in them, and its rows begin
   at a whole number of Lanes, which a vector of somebody else's need not do */
static PetscBool Streams(const Tensor *t, PetscInt n, const PetscScalar *to)
{
  return t->local * t->block >= STREAM && n % LANES == 0 && (uintptr_t)to % sizeof(Lanes) == 0
           ? PETSC_TRUE
           : PETSC_FALSE;
}

/* Seven products and six sums a pair; eps_i beyond its rows, as products or from tables.
   d = 1: r products and r - 1 sums for eps, r of each for each of the legs XM1 and XP1,
   a product and a sum for each of the other three legs that eps changes */
static PetscLogDouble FlopsAPoint(const TensorFused f, PetscInt d)
{
  const PetscBool beyond = f->stencil[0].perturbed && !f->rows ? PETSC_TRUE : PETSC_FALSE;
  const PetscInt  rank   = f->factors.rank;
  const PetscInt  eps    = d == 1 ? 6 * rank + 5 : rank ? 4 * SLOPES * rank : 3 * SLOPES * d;

  return (PetscLogDouble)(13 * d + (beyond ? eps : 0));
}

/* Gh = G h, the ops slot `generator` */
PETSC_INTERN PetscErrorCode TensorGenerator(HypSpace space, HypTerms terms, Vec h, Vec Gh,
                                            PetscBool *done)
{
  Tensor            *t = (Tensor *)space->data;
  const PetscScalar *from;
  PetscScalar       *to;

  PetscFunctionBeginUser;
  *done = HypAxisGetPattern(space->x) == HYP_PATTERN_THREEPOINT &&
              HypAxisGetPattern(space->v) == HYP_PATTERN_THREEPOINT &&
              HypAxisGetSize(space->x) >= LANES
            ? PETSC_TRUE
            : PETSC_FALSE;
  if (!*done) PetscFunctionReturn(0);
  if (!t->fused) PetscCall(TensorFusedCreate(space, &t->fused));
  PetscCall(TensorFusedSetTerms(space, terms, t->fused));
  PetscCall(PetscLogEventBegin(FUSED, h, Gh, 0, 0));
  PetscCall(VecGetArrayRead(h, &from));
  PetscCall(VecGetArrayWrite(Gh, &to));
  t->fused->stencil[0].stream = Streams(t, HypAxisGetSize(space->x), to);
  PetscCall(FacesBegin(space, t->fused, from));
  PetscCall((t->d == 1 ? SweepRows : SweepBlocks)(space, t->fused, from, to, PETSC_FALSE));
  if (t->fused->posted) {
    PetscCallMPI(MPI_Waitall(t->fused->posted, t->fused->request, MPI_STATUSES_IGNORE));
    t->fused->posted = 0;
    PetscCall((t->d == 1 ? SweepRows : SweepBlocks)(space, t->fused, from, to, PETSC_TRUE));
  }
  /* what went past the caches is in memory before another rank may read it */
  if (t->fused->stencil[0].stream) StreamFence();
  PetscCall(VecRestoreArrayWrite(Gh, &to));
  PetscCall(VecRestoreArrayRead(h, &from));
  PetscCall(PetscLogFlops(FlopsAPoint(t->fused, t->d) * (PetscLogDouble)(t->local * t->block)));
  PetscCall(PetscLogEventEnd(FUSED, h, Gh, 0, 0));
  PetscFunctionReturn(0);
}
