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

typedef struct {
  Mat            G, P;
  BV             V, W;                    /* W = G V */
  PetscInt       known, n, room, columns; /* that V and W have so far */
  PetscScalar   *H;                       /* room x room */
  HypEigenvalue *values;
  PetscScalar   *z; /* n x n, as HypDenseEigen() packs it */
  Vec            u[4];
} Follow;

static PetscErrorCode FollowCreate(Mat G, Mat P, PetscInt room, Vec like, Follow *f)
{
  PetscFunctionBeginUser;
  *f = (Follow){.G = G, .P = P, .room = room, .columns = PetscMin(room, 64)};
  PetscCall(BVCreate(PetscObjectComm((PetscObject)like), &f->V));
  PetscCall(BVSetSizesFromVec(f->V, like, f->columns));
  PetscCall(BVSetFromOptions(f->V));
  PetscCall(BVDuplicate(f->V, &f->W));
  PetscCall(PetscMalloc3(room * room, &f->H, room, &f->values, room * room, &f->z));
  for (int k = 0; k < 4; k++) PetscCall(VecDuplicate(like, &f->u[k]));
  PetscFunctionReturn(0);
}

static PetscErrorCode FollowDestroy(Follow *f)
{
  PetscFunctionBeginUser;
  PetscCall(BVDestroy(&f->V));
  PetscCall(BVDestroy(&f->W));
  PetscCall(PetscFree3(f->H, f->values, f->z));
  for (int k = 0; k < 4; k++) PetscCall(VecDestroy(&f->u[k]));
  PetscFunctionReturn(0);
}

/* One more column of V, unless it lies in the others; its row and its column of H */
static PetscErrorCode FollowAdd(Follow *f, Vec x)
{
  const PetscInt n = f->n;
  PetscReal      norm;
  PetscBool      dependent;
  Vec            v, w;

  PetscFunctionBeginUser;
  if (n == f->columns) {
    f->columns = PetscMin(f->room, 2 * f->columns);
    PetscCall(BVResize(f->V, f->columns, PETSC_TRUE));
    PetscCall(BVResize(f->W, f->columns, PETSC_TRUE));
  }
  PetscCall(BVSetActiveColumns(f->V, 0, n + 1));
  PetscCall(BVSetActiveColumns(f->W, 0, n + 1));
  PetscCall(BVInsertVec(f->V, n, x));
  PetscCall(BVOrthonormalizeColumn(f->V, n, PETSC_FALSE, &norm, &dependent));
  if (dependent || norm == 0) PetscFunctionReturn(0);
  f->n++;
  PetscCall(BVGetColumn(f->V, n, &v));
  PetscCall(BVGetColumn(f->W, n, &w));
  PetscCall(MatMult(f->G, v, w));
  PetscCall(VecCopy(v, f->u[2]));
  PetscCall(VecCopy(w, f->u[3]));
  PetscCall(BVRestoreColumn(f->W, n, &w));
  PetscCall(BVRestoreColumn(f->V, n, &v));
  PetscCall(BVDotVec(f->V, f->u[3], f->H + n * f->room));
  PetscCall(BVDotVec(f->W, f->u[2], f->z));
  for (PetscInt j = 0; j < n; j++) f->H[j * f->room + n] = f->z[j];
  PetscFunctionReturn(0);
}

static PetscErrorCode FollowRitz(Follow *f)
{
  PetscScalar *B;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(f->n * f->n, &B));
  for (PetscInt j = 0; j < f->n; j++)
    PetscCall(PetscArraycpy(B + j * f->n, f->H + j * f->room, f->n));
  PetscCall(HypDenseEigen(f->n, B, f->values, f->z));
  PetscCall(BVSetActiveColumns(f->V, 0, f->n));
  PetscCall(BVSetActiveColumns(f->W, 0, f->n));
  PetscCall(PetscFree(B));
  PetscFunctionReturn(0);
}

/* The part of the k-th Ritz function, of norm 1, that was known */
static PetscReal Overlap(const Follow *f, PetscInt k)
{
  const HypEigenvalue *value = f->values + k;
  const PetscScalar   *y     = f->z + value->index * f->n;
  PetscReal            sum   = 0;

  for (PetscInt j = 0; j < f->known; j++)
    sum += PetscSqr(y[j]) + (value->imag > 0 ? PetscSqr(y[f->n + j]) : 0);
  return sum;
}

/* The Ritz values to follow, of conjugates the one with positive imaginary part;
   together as many functions as are known */
static PetscErrorCode FollowPick(const Follow *f, PetscInt *count, PetscInt pick[])
{
  PetscInt   functions = 0;
  PetscReal *overlap;

  PetscFunctionBeginUser;
  *count = 0;
  PetscCall(PetscMalloc1(f->n, &overlap));
  for (PetscInt k = 0; k < f->n; k++) overlap[k] = f->values[k].imag < 0 ? -1 : Overlap(f, k);
  while (functions < f->known) {
    PetscInt best = 0;

    for (PetscInt k = 1; k < f->n; k++) {
      if (overlap[k] > overlap[best]) best = k;
    }
    overlap[best]    = -1;
    pick[(*count)++] = best;
    functions += f->values[best].imag > 0 ? 2 : 1;
  }
  PetscCall(PetscFree(overlap));
  PetscFunctionReturn(0);
}

/* Re and Im of r = (G - lambda) V y in u[0] and u[1] */
static PetscErrorCode FollowResidual(Follow *f, PetscInt k, PetscInt parts)
{
  const PetscReal lambda[2] = {f->values[k].real, f->values[k].imag};
  PetscScalar    *y[2]      = {f->z + f->values[k].index * f->n, NULL};

  PetscFunctionBeginUser;
  y[1] = y[0] + f->n;
  for (PetscInt part = 0; part < parts; part++) {
    PetscCall(BVMultVec(f->W, 1, 0, f->u[part], y[part]));
    PetscCall(BVMultVec(f->V, -lambda[0], 1, f->u[part], y[part]));
    if (parts > 1)
      PetscCall(BVMultVec(f->V, part ? -lambda[1] : lambda[1], 1, f->u[part], y[1 - part]));
  }
  PetscFunctionReturn(0);
}

/* P r of every Ritz function that is followed and not found yet, added to V;
   worst: the largest ||P r|| */
static PetscErrorCode FollowExtend(Follow *f, PetscReal tolerance, PetscReal *worst)
{
  const PetscInt n = f->n; /* of the basis that y refers to */
  PetscInt       count, *pick, added = 0;
  Vec           *all;

  PetscFunctionBeginUser;
  *worst = 0;
  PetscCall(PetscMalloc1(n, &pick));
  PetscCall(FollowPick(f, &count, pick));
  PetscCall(VecDuplicateVecs(f->u[0], 2 * count, &all));
  for (PetscInt k = 0; k < count; k++) {
    const PetscInt parts   = f->values[pick[k]].imag > 0 ? 2 : 1;
    PetscReal      norm[2] = {0, 0};

    PetscCall(FollowResidual(f, pick[k], parts));
    for (PetscInt part = 0; part < parts; part++) {
      PetscCall(MatMult(f->P, f->u[part], all[added + part]));
      PetscCall(VecNorm(all[added + part], NORM_2, &norm[part]));
    }
    *worst = PetscMax(*worst, hypot(norm[0], norm[1]));
    if (hypot(norm[0], norm[1]) > tolerance) added += parts;
  }
  for (PetscInt k = 0; k < added && f->n < f->room; k++) PetscCall(FollowAdd(f, all[k]));
  PetscCall(VecDestroyVecs(2 * count, &all));
  PetscCall(PetscFree(pick));
  PetscFunctionReturn(0);
}

/* Orthonormal coefficients of the functions followed: twice Gram and Schmidt's */
static PetscErrorCode FollowBasis(Follow *f, Vec Q[])
{
  PetscInt     count, *pick, m = 0;
  PetscScalar *y;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2(f->n, &pick, (f->known + 1) * f->n, &y));
  PetscCall(FollowPick(f, &count, pick));
  for (PetscInt k = 0; k < count; k++) {
    const HypEigenvalue *value = f->values + pick[k];

    for (PetscInt part = 0; part < (value->imag > 0 ? 2 : 1) && m < f->known; part++, m++)
      PetscCall(PetscArraycpy(y + m * f->n, f->z + (value->index + part) * f->n, f->n));
  }
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
  PetscCall(PetscFree2(pick, y));
  PetscFunctionReturn(0);
}

/*
  HypFollow - The invariant subspace of G near known functions

  Collective

  P approximates (sigma - G)^{-1}, or is it, or is another function of G that is large
  where functions are sought.
  n functions are known; for a conjugate pair both its real and its imaginary part.
  Q: room for n functions, an orthonormal basis of what was found.
  done: false where they were not found within `room` products.
*/
PETSC_INTERN PetscErrorCode HypFollow(Mat G, Mat P, PetscReal tolerance, PetscInt room, PetscInt n,
                                      Vec known[], Vec Q[], PetscBool *done)
{
  PetscReal worst = PETSC_INFINITY;
  Follow    f;

  PetscFunctionBeginUser;
  PetscCall(FollowCreate(G, P, room, known[0], &f));
  for (PetscInt k = 0; k < n; k++) PetscCall(FollowAdd(&f, known[k]));
  f.known = f.n;
  *done   = (PetscBool)(f.n == n);
  while (*done && worst > tolerance) {
    const PetscInt before = f.n;

    PetscCall(FollowRitz(&f));
    PetscCall(FollowExtend(&f, tolerance, &worst));
    if (worst <= tolerance) break;
    *done = (PetscBool)(f.n > before && f.n < room);
  }
  if (*done) PetscCall(FollowBasis(&f, Q));
  PetscCall(FollowDestroy(&f));
  PetscFunctionReturn(0);
}
