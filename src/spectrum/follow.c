/*
   Eigenfunctions known nearly, followed to those of G: Davidson's method with blocks.

   V is an orthonormal basis that begins with what is known, H = V^T G V, and H y = lambda y gives
   Ritz functions u = V y.
   Followed are those that lie most in what is known: V's first columns are that,
   so the first entries of y tell.
   Each adds P r to V, r = G u - lambda u its residual and P a cheap approximation
   of (sigma - G)^{-1}; for P = (sigma - G)^{-1} that is P r = (sigma - lambda)(A u - mu u),
   what a Krylov space of A = P adds.
   Copies of a multiple eigenvalue begin apart and stay apart.

   No Ritz function is thrown away: restarts stall here, and V stays below a few hundred columns.
   GMRES would need ten applications of P for each (sigma - G)^{-1} u of a Krylov method.
*/
#include "spectrum/spectrumimpl.h"
#include <slepcbv.h>
#include <complex.h>

/* Ritz values of a hundred columns cost more than products with six of them up to SMALL unknowns;
   there each search adds three functions for each that it follows, unless it is nearly at its end.
   With d = 2, degree 16: 22 searches with one, 13 with two and 9 with three make 122 to 131
   columns; with four they grow dependent, and make 147 */
#define SMALL 8000
#define NEAR  10 /* times the tolerance */
/* With MANY columns and FEW Ritz values to follow, the functions of the last search lead to those
   of this one (near.c); 12 values of 650 columns would cost as much as all */
#define MANY 40
#define FEW  10
enum { LINKS = 3 };

typedef struct {
  Mat              G, P;
  BV               V, W;                    /* W = G V */
  PetscInt         known, n, room, columns; /* that V and W have so far */
  PetscScalar     *H;                       /* room x room */
  PetscInt         count, rows;             /* Ritz values followed; coefficients of each */
  HypEigenvalue   *values;
  PetscScalar     *y; /* rows x functions, as HypDenseEigen() packs them */
  Vec              x; /* work */
  PetscInt         nfirst;
  double _Complex *first, *last; /* Ritz values of the first search and of the last one */
} Follow;

static PetscErrorCode FollowCreate(Mat G, Mat P, PetscInt room, PetscInt known, Vec like, Follow *f)
{
  PetscFunctionBeginUser;
  *f = (Follow){.G = G, .P = P, .room = room, .columns = PetscMin(room, 64)};
  PetscCall(BVCreate(PetscObjectComm((PetscObject)like), &f->V));
  PetscCall(BVSetSizesFromVec(f->V, like, f->columns));
  PetscCall(BVSetFromOptions(f->V));
  PetscCall(BVDuplicate(f->V, &f->W));
  PetscCall(PetscMalloc5(room * room, &f->H, known + 1, &f->values, room * (known + 1), &f->y,
                         known + 1, &f->first, known + 1, &f->last));
  PetscCall(VecDuplicate(like, &f->x));
  PetscFunctionReturn(0);
}

static PetscErrorCode FollowDestroy(Follow *f)
{
  PetscFunctionBeginUser;
  PetscCall(BVDestroy(&f->V));
  PetscCall(BVDestroy(&f->W));
  PetscCall(PetscFree5(f->H, f->values, f->y, f->first, f->last));
  PetscCall(VecDestroy(&f->x));
  PetscFunctionReturn(0);
}

/* Orthonormal columns, those that lie in the ones before left out; m: how many there are.
   They come with norm 1 or with what was removed from that */
static PetscErrorCode Independent(BV X, PetscInt *m)
{
  const PetscReal rounding = 100 * PETSC_MACHINE_EPSILON;
  PetscInt        kept     = 0;

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < *m; k++) {
    PetscReal norm;
    PetscBool dependent;

    if (k > kept) PetscCall(BVCopyColumn(X, k, kept));
    PetscCall(BVOrthonormalizeColumn(X, kept, PETSC_FALSE, &norm, &dependent));
    if (!dependent && norm > rounding) kept++;
  }
  *m = kept;
  PetscCall(BVSetActiveColumns(X, 0, *m));
  PetscFunctionReturn(0);
}

/* X <- an orthonormal basis of what x adds to V.  All at once: V is read twice for the block, where
   one vector after the other would read it twice for each */
static PetscErrorCode FollowBlock(Follow *f, Vec x[], PetscInt *m, BV *X)
{
  Mat C;

  PetscFunctionBeginUser;
  PetscCall(BVCreate(PetscObjectComm((PetscObject)f->V), X));
  PetscCall(BVSetSizesFromVec(*X, f->x, *m));
  PetscCall(BVSetFromOptions(*X));
  for (PetscInt k = 0; k < *m; k++) {
    PetscCall(VecNormalize(x[k], NULL));
    PetscCall(BVInsertVec(*X, k, x[k]));
  }
  for (PetscInt pass = 0; pass < 2; pass++) {
    if (f->n && *m) {
      PetscCall(MatCreateSeqDense(PETSC_COMM_SELF, f->n, *m, NULL, &C));
      PetscCall(BVSetActiveColumns(f->V, 0, f->n));
      PetscCall(BVDot(*X, f->V, C));
      PetscCall(BVMult(*X, -1, 1, f->V, C));
      PetscCall(MatDestroy(&C));
    }
    PetscCall(Independent(*X, m));
  }
  PetscFunctionReturn(0);
}

/* Columns of V from X, of W from G X */
static PetscErrorCode FollowAppend(Follow *f, PetscInt m, BV X)
{
  PetscFunctionBeginUser;
  if (f->n + m > f->columns) {
    f->columns = PetscMin(f->room, PetscMax(f->n + m, 2 * f->columns));
    PetscCall(BVSetActiveColumns(f->V, 0, f->n));
    PetscCall(BVSetActiveColumns(f->W, 0, f->n));
    PetscCall(BVResize(f->V, f->columns, PETSC_TRUE));
    PetscCall(BVResize(f->W, f->columns, PETSC_TRUE));
  }
  for (PetscInt k = 0; k < m; k++) {
    Vec x, w;

    PetscCall(BVGetColumn(X, k, &x));
    PetscCall(BVInsertVec(f->V, f->n + k, x));
    PetscCall(BVGetColumn(f->W, f->n + k, &w));
    PetscCall(MatMult(f->G, x, w));
    PetscCall(BVRestoreColumn(f->W, f->n + k, &w));
    PetscCall(BVRestoreColumn(X, k, &x));
  }
  PetscFunctionReturn(0);
}

/* H's columns from..to-1 of rows first..last-1: V^T W */
static PetscErrorCode FollowProject(Follow *f, PetscInt first, PetscInt last, PetscInt from,
                                    PetscInt to)
{
  const PetscScalar *c;
  Mat                C;

  PetscFunctionBeginUser;
  if (first == last || from == to) PetscFunctionReturn(0);
  PetscCall(MatCreateSeqDense(PETSC_COMM_SELF, last, to, NULL, &C));
  PetscCall(BVSetActiveColumns(f->V, first, last));
  PetscCall(BVSetActiveColumns(f->W, from, to));
  PetscCall(BVDot(f->W, f->V, C));
  PetscCall(MatDenseGetArrayRead(C, &c));
  for (PetscInt j = from; j < to; j++)
    PetscCall(PetscArraycpy(f->H + j * f->room + first, c + j * last + first, last - first));
  PetscCall(MatDenseRestoreArrayRead(C, &c));
  PetscCall(MatDestroy(&C));
  PetscFunctionReturn(0);
}

/* More columns of V, but for what lies in the others; their rows and their columns of H */
static PetscErrorCode FollowAdd(Follow *f, PetscInt m, Vec x[])
{
  const PetscInt before = f->n;
  BV             X;

  PetscFunctionBeginUser;
  m = PetscMin(m, f->room - f->n);
  if (m == 0) PetscFunctionReturn(0);
  PetscCall(FollowBlock(f, x, &m, &X));
  PetscCall(FollowAppend(f, m, X));
  PetscCall(BVDestroy(&X));
  f->n += m;
  PetscCall(FollowProject(f, 0, f->n, before, f->n));
  PetscCall(FollowProject(f, before, f->n, 0, before));
  PetscFunctionReturn(0);
}

/* The part of a Ritz function, of norm 1, that was known */
static PetscReal Overlap(const Follow *f, const HypEigenvalue *value, const PetscScalar z[])
{
  const PetscScalar *y   = z + value->index * f->n;
  PetscReal          sum = 0;

  for (PetscInt j = 0; j < f->known; j++)
    sum += PetscSqr(y[j]) + (value->imag > 0 ? PetscSqr(y[f->n + j]) : 0);
  return sum;
}

/* Of all Ritz values those to follow, of conjugates the one with positive imaginary part;
   together as many functions as are known */
static PetscErrorCode FollowPick(Follow *f, const HypEigenvalue all[], const PetscScalar z[])
{
  PetscInt   functions = 0;
  PetscReal *overlap;

  PetscFunctionBeginUser;
  f->count = 0;
  f->rows  = f->n;
  PetscCall(PetscMalloc1(f->n, &overlap));
  for (PetscInt k = 0; k < f->n; k++) overlap[k] = all[k].imag < 0 ? -1 : Overlap(f, all + k, z);
  while (functions < f->known) {
    PetscInt best = 0, parts;

    for (PetscInt k = 1; k < f->n; k++) {
      if (overlap[k] > overlap[best]) best = k;
    }
    overlap[best] = -1;
    parts         = all[best].imag > 0 ? 2 : 1;
    PetscCall(PetscArraycpy(f->y + functions * f->n, z + all[best].index * f->n, parts * f->n));
    f->values[f->count]         = all[best];
    f->values[f->count++].index = functions;
    functions += parts;
  }
  PetscCall(PetscFree(overlap));
  PetscFunctionReturn(0);
}

/* The same Ritz functions, in V as it has become; `B` is H without gaps */
static PetscErrorCode FollowNear(Follow *f, const PetscScalar B[], PetscBool *found)
{
  const HypEigenvalue *last    = f->values + f->count - 1;
  const PetscInt       columns = last->index + (last->imag > 0 ? 2 : 1), more = f->n - f->rows;

  PetscFunctionBeginUser;
  for (PetscInt k = columns - 1; k >= 0; k--) {
    PetscCall(PetscArraymove(f->y + k * f->n, f->y + k * f->rows, f->rows));
    PetscCall(PetscArrayzero(f->y + k * f->n + f->rows, more));
  }
  f->rows = f->n;
  PetscCall(HypDenseNear(f->n, B, f->count, f->values, f->y, found));
  PetscFunctionReturn(0);
}

static PetscErrorCode FollowRitz(Follow *f)
{
  PetscBool      found = PETSC_FALSE;
  HypEigenvalue *all;
  PetscScalar   *B, *z;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc3(f->n * f->n, &B, f->n * f->n, &z, f->n, &all));
  for (PetscInt j = 0; j < f->n; j++)
    PetscCall(PetscArraycpy(B + j * f->n, f->H + j * f->room, f->n));
  if (f->count && f->count <= FEW && f->n >= MANY) PetscCall(FollowNear(f, B, &found));
  if (!found) {
    PetscCall(HypDenseEigen(f->n, B, all, z));
    PetscCall(FollowPick(f, all, z));
  }
  PetscCall(BVSetActiveColumns(f->V, 0, f->n));
  PetscCall(BVSetActiveColumns(f->W, 0, f->n));
  PetscCall(PetscFree3(B, z, all));
  PetscFunctionReturn(0);
}

/* R = G V Y - V Y Lambda: columns Re y, Im y of each Ritz function picked, m in all */
static PetscErrorCode FollowResiduals(Follow *f, BV *R)
{
  PetscScalar *y, *shifted;
  PetscInt     m = 0;
  Mat          Y, S;

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < f->count; k++) m += f->values[k].imag > 0 ? 2 : 1;
  PetscCall(MatCreateSeqDense(PETSC_COMM_SELF, f->n, m, NULL, &Y));
  PetscCall(MatCreateSeqDense(PETSC_COMM_SELF, f->n, m, NULL, &S));
  PetscCall(MatDenseGetArrayWrite(Y, &y));
  PetscCall(MatDenseGetArrayWrite(S, &shifted));
  for (PetscInt k = 0, column = 0; k < f->count; k++) {
    const HypEigenvalue *value = f->values + k;
    const PetscScalar   *re = f->y + value->index * f->n, *im = re + f->n;

    for (PetscInt part = 0; part < (value->imag > 0 ? 2 : 1); part++, column++) {
      for (PetscInt i = 0; i < f->n; i++) {
        const PetscInt at = column * f->n + i;

        y[at]       = part ? im[i] : re[i];
        shifted[at] = value->real * y[at];
        if (value->imag > 0) shifted[at] += value->imag * (part ? re[i] : -im[i]);
      }
    }
  }
  PetscCall(MatDenseRestoreArrayWrite(S, &shifted));
  PetscCall(MatDenseRestoreArrayWrite(Y, &y));
  PetscCall(BVCreate(PetscObjectComm((PetscObject)f->V), R));
  PetscCall(BVSetSizesFromVec(*R, f->x, m));
  PetscCall(BVSetFromOptions(*R));
  PetscCall(BVMult(*R, 1, 0, f->W, Y));
  PetscCall(BVMult(*R, -1, 1, f->V, S));
  PetscCall(MatDestroy(&Y));
  PetscCall(MatDestroy(&S));
  PetscFunctionReturn(0);
}

/* next = P (G - lambda) t for the one or two parts of t */
static PetscErrorCode FollowAgain(const Follow *f, const HypEigenvalue *value, const Vec t[],
                                  Vec next[])
{
  const PetscInt parts = value->imag > 0 ? 2 : 1;

  PetscFunctionBeginUser;
  for (PetscInt part = 0; part < parts; part++) {
    PetscCall(MatMult(f->G, t[part], f->x));
    PetscCall(VecAXPY(f->x, -value->real, t[part]));
    if (parts == 2) PetscCall(VecAXPY(f->x, part ? -value->imag : value->imag, t[1 - part]));
    PetscCall(MatMult(f->P, f->x, next[part]));
  }
  PetscFunctionReturn(0);
}

/* t = P r of every Ritz function that is followed and not found yet, added to V, and
   P (G - lambda) t of that and again where t is far from enough; worst: the largest ||P r|| */
static PetscErrorCode FollowExtend(Follow *f, PetscReal tolerance, PetscReal *worst)
{
  PetscInt  column = 0, added = 0, unknowns;
  PetscBool small;
  Vec      *all;
  BV        R;

  PetscFunctionBeginUser;
  *worst = 0;
  PetscCall(VecGetSize(f->x, &unknowns));
  small = (PetscBool)(unknowns <= SMALL);
  PetscCall(FollowResiduals(f, &R));
  PetscCall(VecDuplicateVecs(f->x, 2 * LINKS * f->count, &all));
  for (PetscInt k = 0; k < f->count; k++) {
    const HypEigenvalue *value   = f->values + k;
    const PetscInt       parts   = value->imag > 0 ? 2 : 1;
    PetscReal            norm[2] = {0, 0};

    for (PetscInt part = 0; part < parts; part++, column++) {
      Vec r;

      PetscCall(BVGetColumn(R, column, &r));
      PetscCall(MatMult(f->P, r, all[added + part]));
      PetscCall(BVRestoreColumn(R, column, &r));
      PetscCall(VecNorm(all[added + part], NORM_2, &norm[part]));
    }
    *worst = PetscMax(*worst, hypot(norm[0], norm[1]));
    if (hypot(norm[0], norm[1]) <= tolerance) continue;
    added += parts;
    if (!small || hypot(norm[0], norm[1]) <= NEAR * tolerance) continue;
    for (PetscInt link = 1; link < LINKS; link++) {
      PetscCall(FollowAgain(f, value, all + added - parts, all + added));
      added += parts;
    }
  }
  PetscCall(FollowAdd(f, added, all));
  PetscCall(BVDestroy(&R));
  PetscCall(VecDestroyVecs(2 * LINKS * f->count, &all));
  PetscFunctionReturn(0);
}

/* Did the last search move every eigenvalue by at most `share` of what all searches did? */
static void FollowMoved(Follow *f, PetscReal share, PetscBool *still)
{
  *still = PETSC_TRUE;
  for (PetscInt k = 0; k < f->count; k++) {
    const double _Complex now = f->values[k].real + f->values[k].imag * I;
    PetscReal first = PETSC_INFINITY, last = PETSC_INFINITY;

    for (PetscInt j = 0; j < f->nfirst; j++) {
      first = PetscMin(first, cabs(now - f->first[j]));
      last  = PetscMin(last, cabs(now - f->last[j]));
    }
    if (last > share * first) *still = PETSC_FALSE;
  }
  for (PetscInt k = 0; k < f->count; k++) {
    f->last[k] = f->values[k].real + f->values[k].imag * I;
    if (f->nfirst == 0) f->first[k] = f->last[k];
  }
  if (f->nfirst == 0) *still = PETSC_FALSE;
  f->nfirst = f->count;
}

/* Orthonormal coefficients of the functions followed: twice Gram and Schmidt's */
static PetscErrorCode FollowBasis(Follow *f, Vec Q[])
{
  const PetscInt     m = f->known; /* of a pair that is cut, the real part */
  PetscScalar *const y = f->y;

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < m; k++) {
    PetscScalar *own = y + k * f->n, norm = 0;

    for (PetscInt pass = 0; pass < 2; pass++) {
      for (PetscInt j = 0; j < k; j++) {
        PetscScalar dot = 0;

        for (PetscInt i = 0; i < f->n; i++) dot += y[j * f->n + i] * own[i];
        for (PetscInt i = 0; i < f->n; i++) own[i] -= dot * y[j * f->n + i];
      }
    }
    for (PetscInt i = 0; i < f->n; i++) norm += own[i] * own[i];
    for (PetscInt i = 0; i < f->n; i++) own[i] /= PetscSqrtReal(norm);
    PetscCall(BVMultVec(f->V, 1, 0, Q[k], own));
  }
  PetscFunctionReturn(0);
}

/*
  HypFollow - The invariant subspace of G near known functions

  Collective

  P approximates (sigma - G)^{-1}, or is it, or is another function of G that is large
  where functions are sought.
  The end is where all ||P r|| are below goal->tolerance, or where the last search moved no
  eigenvalue by more than goal->share of what all searches moved it by.
  n functions are known; for a conjugate pair both its real and its imaginary part.
  Q: room for n functions, an orthonormal basis of what was found.
  done: false where they were not found within goal->room products.
*/
PETSC_INTERN PetscErrorCode HypFollow(Mat G, Mat P, const HypFollowGoal *goal, PetscInt n,
                                      Vec known[], Vec Q[], PetscBool *done)
{
  PetscReal worst = PETSC_INFINITY;
  PetscBool still = PETSC_FALSE;
  Follow    f;

  PetscFunctionBeginUser;
  PetscCall(FollowCreate(G, P, goal->room, n, known[0], &f));
  PetscCall(FollowAdd(&f, n, known));
  f.known = f.n;
  *done   = (PetscBool)(f.n == n);
  while (*done) {
    const PetscInt before = f.n;

    PetscCall(FollowRitz(&f));
    if (goal->share > 0) FollowMoved(&f, goal->share, &still);
    if (still) break;
    PetscCall(FollowExtend(&f, goal->tolerance, &worst));
    if (worst <= goal->tolerance) break;
    *done = (PetscBool)(f.n > before && f.n < goal->room);
  }
  if (*done) PetscCall(FollowBasis(&f, Q));
  PetscCall(FollowDestroy(&f));
  PetscFunctionReturn(0);
}
