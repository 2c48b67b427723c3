/*
   (shift - L) h = b on a tensor space, exactly,
   L = -gamma sum_i A_i with A_i the same symmetric matrix A along every v_i.

   Fast diagonalisation (Lynch, Rice and Thomas, 1964): A = Q Lambda Q^T, so

       h = Q x ... x Q (shift + gamma (lambda_k1 + ... + lambda_kd))^{-1} Q^T x ... x Q^T b.

   Where A is tridiagonal (fv) the last velocity is not transformed:
   for every k1, .., k(d-1) there is a tridiagonal system along it,
   and in d = 1 there is no transform at all.
   Where A is diagonal (hermite) Q = 1.

   Everything happens in the lines layout, in place, a panel of columns at a time:
   panel[n][width] stays in cache.
*/
#include "space/fvfv/stencil.h"
#include <petscblaslapack.h>

static PetscLogEvent SOLVE = -1; /* in -log_view */

struct _p_TensorSolve {
  PetscInt     n, width;
  PetscBool    tridiagonal;
  Band         A;      /* tridiagonal: its diagonals */
  PetscScalar *Q;      /* eigenvectors, column k at Q + k n; NULL: none needed */
  PetscReal   *lambda; /* eigenvalues; the diagonal of A if that is all of it */
  PetscReal   *factor, *pivot;
  PetscScalar *panel;
};

/* A by rows: the axis' Laplacian, or a^T a where it has none */
static PetscErrorCode SolveMatrix(HypAxis axis, PetscScalar *A)
{
  const PetscInt n = HypAxisGetSize(axis);
  PetscScalar   *a;
  PetscInt       rows;
  PetscBool      has;

  PetscFunctionBeginUser;
  PetscCall(HypAxisHas(axis, HYP_LAPLACIAN, &has));
  PetscCall(HypAxisMatrix(axis, has ? HYP_LAPLACIAN : HYP_LOWER, &rows, &a));
  if (has) {
    PetscCall(PetscArraycpy(A, a, n * n));
  } else {
    PetscCall(PetscArrayzero(A, n * n));
    for (PetscInt r = 0; r < rows; r++) {
      for (PetscInt k = 0; k < n; k++) {
        for (PetscInt l = 0; l < n && a[r * n + k] != 0; l++)
          A[k * n + l] += a[r * n + k] * a[r * n + l];
      }
    }
  }
  PetscCall(PetscFree(a));
  PetscFunctionReturn(0);
}

/* Q and lambda; a diagonal A needs no Q */
static PetscErrorCode SolveDiagonalise(HypAxis axis, TensorSolve s)
{
  const PetscInt n        = s->n;
  PetscBool      diagonal = PETSC_TRUE;
  PetscBLASInt   order, room, info;
  PetscScalar   *work;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(n * n, &s->Q));
  PetscCall(SolveMatrix(axis, s->Q));
  for (PetscInt k = 0; k < n; k++) {
    s->lambda[k] = s->Q[k * n + k];
    for (PetscInt l = 0; l < n; l++)
      diagonal = diagonal && (l == k || s->Q[k * n + l] == 0) ? PETSC_TRUE : PETSC_FALSE;
  }
  if (diagonal) {
    PetscCall(PetscFree(s->Q));
    PetscFunctionReturn(0);
  }
  PetscCall(PetscBLASIntCast(n, &order));
  PetscCall(PetscBLASIntCast(40 * n, &room));
  PetscCall(PetscMalloc1(room, &work));
  PetscCallBLAS("LAPACKsyev",
                LAPACKsyev_("V", "U", &order, s->Q, &order, s->lambda, work, &room, &info));
  PetscCheck(!info, PETSC_COMM_SELF, PETSC_ERR_LIB,
             "LAPACK dsyev failed with info %d on the Laplacian of the v axis", (int)info);
  PetscCall(PetscFree(work));
  PetscFunctionReturn(0);
}

static PetscErrorCode TensorSolveCreate(HypSpace space, TensorSolve *solve)
{
  const PetscInt n = HypAxisGetSize(space->v);
  TensorSolve    s;

  PetscFunctionBeginUser;
  if (SOLVE < 0) PetscCall(PetscLogEventRegister("HypSolveL", DM_CLASSID, &SOLVE));
  PetscCall(PetscNew(solve));
  s              = *solve;
  s->n           = n;
  s->width       = PetscMax(32, 65536 / n); /* a panel of half a megabyte, or 32 columns */
  s->tridiagonal = HypAxisGetPattern(space->v) == HYP_PATTERN_THREEPOINT ? PETSC_TRUE : PETSC_FALSE;
  PetscCall(PetscMalloc4(n, &s->lambda, n, &s->factor, n, &s->pivot, n * s->width, &s->panel));
  if (s->tridiagonal) PetscCall(BandCreate(space->v, HYP_LAPLACIAN, &s->A));
  if (!s->tridiagonal || HypModelDimension(space->model) > 1)
    PetscCall(SolveDiagonalise(space->v, s));
  PetscFunctionReturn(0);
}

PETSC_INTERN PetscErrorCode TensorSolveDestroy(TensorSolve *solve)
{
  PetscFunctionBeginUser;
  if (!*solve) PetscFunctionReturn(0);
  if ((*solve)->tridiagonal) BandDestroy((*solve)->n, &(*solve)->A);
  PetscCall(PetscFree4((*solve)->lambda, (*solve)->factor, (*solve)->pivot, (*solve)->panel));
  PetscCall(PetscFree((*solve)->Q));
  PetscCall(PetscFree(*solve));
  PetscFunctionReturn(0);
}

/* One panel: w columns of u[n][stride] times Q ("N") or Q^T ("T") into v[n][step] */
static PetscErrorCode PanelMultiply(const TensorSolve s, const char *transposed, PetscInt w,
                                    const PetscScalar *u, PetscInt stride, PetscScalar *v,
                                    PetscInt step)
{
  const PetscScalar one = 1, zero = 0;
  PetscBLASInt      n, columns, ldu, ldv;

  PetscFunctionBeginUser;
  PetscCall(PetscBLASIntCast(s->n, &n));
  PetscCall(PetscBLASIntCast(w, &columns));
  PetscCall(PetscBLASIntCast(stride, &ldu));
  PetscCall(PetscBLASIntCast(step, &ldv));
  PetscCallBLAS("BLASgemm", BLASgemm_("N", transposed, &columns, &n, &n, &one, u, &ldu, s->Q, &n,
                                      &zero, v, &ldv));
  PetscFunctionReturn(0);
}

/* u = Q^T u or Q u along the middle index of u[outer][n][inner] */
static PetscErrorCode SolveTransform(const TensorSolve s, const char *transposed, PetscInt outer,
                                     PetscInt inner, PetscScalar *u)
{
  PetscFunctionBeginUser;
  if (!s->Q) PetscFunctionReturn(0);
  for (PetscInt o = 0; o < outer; o++, u += s->n * inner) {
    for (PetscInt first = 0; first < inner; first += s->width) {
      const PetscInt w = PetscMin(s->width, inner - first);

      PetscCall(PanelMultiply(s, transposed, w, u + first, inner, s->panel, w));
      for (PetscInt k = 0; k < s->n; k++)
        PetscCall(PetscArraycpy(u + k * inner + first, s->panel + k * w, w));
    }
  }
  PetscFunctionReturn(0);
}

/* LDL^T of shift + gamma A */
static void SolveFactor(const TensorSolve s, PetscReal shift, PetscReal gamma)
{
  s->pivot[0]  = shift + gamma * s->A.c[0];
  s->factor[0] = 0;
  for (PetscInt k = 1; k < s->n; k++) {
    s->factor[k] = gamma * s->A.m1[k] / s->pivot[k - 1];
    s->pivot[k]  = shift + gamma * s->A.c[k] - s->factor[k] * gamma * s->A.m1[k];
  }
}

/* Tridiagonal systems in w columns of u[n][stride] */
static void SolveColumns(const TensorSolve s, PetscInt w, PetscScalar *u, PetscInt stride)
{
  for (PetscInt k = 1; k < s->n; k++) {
    const PetscScalar *restrict below = u + (k - 1) * stride;
    PetscScalar *restrict here        = u + k * stride;
    const PetscReal factor            = s->factor[k];

    for (PetscInt j = 0; j < w; j++) here[j] -= factor * below[j];
  }
  for (PetscInt k = s->n - 1; k >= 0; k--) {
    const PetscScalar *restrict above = u + (k + 1) * stride;
    PetscScalar *restrict here        = u + k * stride;
    const PetscReal scale = 1 / s->pivot[k], factor = k + 1 < s->n ? s->factor[k + 1] : 0;

    if (k + 1 == s->n)
      for (PetscInt j = 0; j < w; j++) here[j] *= scale;
    else
      for (PetscInt j = 0; j < w; j++) here[j] = here[j] * scale - factor * above[j];
  }
}

/* (shift + gamma A) along the last velocity of u[n][stride], w columns, by diagonalisation */
static PetscErrorCode SolveDiagonal(const TensorSolve s, PetscReal shift, PetscReal gamma,
                                    PetscInt w, PetscScalar *u, PetscInt stride)
{
  PetscScalar   *v    = s->Q ? s->panel : u;
  const PetscInt step = s->Q ? w : stride;

  PetscFunctionBeginUser;
  if (s->Q) PetscCall(PanelMultiply(s, "N", w, u, stride, v, step));
  for (PetscInt k = 0; k < s->n; k++) {
    const PetscReal scale = 1 / (shift + gamma * s->lambda[k]);

    for (PetscInt j = 0; j < w; j++) v[k * step + j] *= scale;
  }
  if (s->Q) PetscCall(PanelMultiply(s, "T", w, v, step, u, stride));
  PetscFunctionReturn(0);
}

/* u = (shift - L)^{-1} u, u[v_d]..[v_1][slice] */
static PetscErrorCode SolveInPlace(const TensorSolve s, PetscInt d, PetscInt slice, PetscReal shift,
                                   PetscReal gamma, PetscScalar *u)
{
  const PetscInt modes = TensorPower(s->n, d - 1), stride = modes * slice;

  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < d - 1; i++)
    PetscCall(
      SolveTransform(s, "N", TensorPower(s->n, d - 1 - i), TensorPower(s->n, i) * slice, u));
  for (PetscInt m = 0; m < modes; m++) {
    PetscReal sum = shift;

    for (PetscInt i = 0, rest = m; i < d - 1; i++, rest /= s->n)
      sum += gamma * s->lambda[rest % s->n];
    if (s->tridiagonal) SolveFactor(s, sum, gamma);
    for (PetscInt first = 0; first < slice; first += s->width) {
      const PetscInt w = PetscMin(s->width, slice - first);

      if (s->tridiagonal)
        SolveColumns(s, w, u + m * slice + first, stride);
      else
        PetscCall(SolveDiagonal(s, sum, gamma, w, u + m * slice + first, stride));
    }
  }
  for (PetscInt i = 0; i < d - 1; i++)
    PetscCall(
      SolveTransform(s, "T", TensorPower(s->n, d - 1 - i), TensorPower(s->n, i) * slice, u));
  PetscFunctionReturn(0);
}

/* h = (shift - L)^{-1} b, the ops slot `solveL` */
PETSC_INTERN PetscErrorCode TensorSolveL(HypSpace space, PetscReal shift, Vec b, Vec h)
{
  Tensor         *t     = (Tensor *)space->data;
  TensorLines    *l     = &t->lines;
  const PetscReal gamma = HypModelGamma(space->model);
  PetscScalar    *u;

  PetscFunctionBeginUser;
  PetscCheck(shift > 0, space->comm, PETSC_ERR_ARG_OUTOFRANGE,
             "shift - L with shift = %g given; L <= 0 is singular, so a positive shift is needed",
             (double)shift);
  if (!t->solve) PetscCall(TensorSolveCreate(space, &t->solve));
  PetscCall(PetscLogEventBegin(SOLVE, b, h, 0, 0));
  if (l->lines) {
    PetscCall(TensorLinesScatter(space, l));
    PetscCall(VecScatterBegin(l->scatter, b, l->lines, INSERT_VALUES, SCATTER_FORWARD));
    PetscCall(VecScatterEnd(l->scatter, b, l->lines, INSERT_VALUES, SCATTER_FORWARD));
  } else
    PetscCall(VecCopy(b, h));
  PetscCall(VecGetArray(l->lines ? l->lines : h, &u));
  PetscCall(SolveInPlace(t->solve, t->d, l->slice, shift, gamma, u));
  PetscCall(VecRestoreArray(l->lines ? l->lines : h, &u));
  if (l->lines) {
    PetscCall(VecScatterBegin(l->scatter, l->lines, h, INSERT_VALUES, SCATTER_REVERSE));
    PetscCall(VecScatterEnd(l->scatter, l->lines, h, INSERT_VALUES, SCATTER_REVERSE));
  }
  PetscCall(PetscLogEventEnd(SOLVE, b, h, 0, 0));
  PetscFunctionReturn(0);
}
