/*
   A linear force has a Gaussian F, in closed form.

   With eps = b + A theta and K = diag(w^2) + A the drift of (theta, y) is B (theta - m, y),

       B = [0 1; -K -gamma],   m = -K^{-1} b,

   and F is the Gaussian of mean (m, 0) whose covariance C solves B C + C B^T + N = 0, where N has
   tau_i^2 at theta_i (asgd) or at y_i (momentum).  F exists if and only if that C is positive.

   In L2 of independent Gaussians of variances s^2 the coefficients of F fall like powers of the
   eigenvalues of C/s^2 - 1.  With s_c^2 = a C_cc these are those of R/a - 1, R the correlations of
   F, and the largest one is least, and below 1, for the a in the middle of R's eigenvalues.
   The mean m has no part in s: its coefficients, like (m/s)^n/sqrt(n!), fall faster than any power.
*/
#include "model/modelimpl.h"
#include <petscblaslapack.h>

enum { POINTS = 40 };

/* b and A of eps_i = b_i + sum_j A_ij theta_j, by rows; is it so within 3 deviations? */
static PetscErrorCode FindLinear(HypModel model, PetscReal b[], PetscReal A[], PetscBool *linear)
{
  const PetscInt  d      = model->d;
  const PetscReal golden = 0.6180339887498949, small = 1e-10;
  PetscReal      *theta, *low, *high, *s, scale = 0;

  PetscFunctionBeginUser;
  *linear = PETSC_TRUE;
  PetscCall(PetscCalloc4(d, &theta, d, &low, d, &high, d, &s));
  PetscCall(HypModelPerturbation(model, theta, b));
  for (PetscInt j = 0; j < d; j++) {
    s[j]     = HypModelDeviation(model, j);
    theta[j] = s[j];
    PetscCall(HypModelPerturbation(model, theta, high));
    theta[j] = -s[j];
    PetscCall(HypModelPerturbation(model, theta, low));
    theta[j] = 0;
    for (PetscInt i = 0; i < d; i++) {
      A[i * d + j] = (high[i] - low[i]) / (2 * s[j]);
      scale        = PetscMax(scale, PetscMax(PetscAbsReal(high[i]), PetscAbsReal(low[i])));
    }
  }
  for (PetscInt p = 1; p <= POINTS && *linear; p++) {
    for (PetscInt j = 0; j < d; j++) {
      const PetscReal u = (PetscReal)p * golden * (1 + (PetscReal)j * golden);

      theta[j] = 3 * s[j] * (2 * (u - PetscFloorReal(u)) - 1);
    }
    PetscCall(HypModelPerturbation(model, theta, high));
    for (PetscInt i = 0; i < d; i++) {
      PetscReal rest = high[i] - b[i];

      for (PetscInt j = 0; j < d; j++) rest -= A[i * d + j] * theta[j];
      if (!(PetscAbsReal(rest) <= small * scale)) *linear = PETSC_FALSE;
    }
  }
  PetscCall(PetscFree4(theta, low, high, s));
  PetscFunctionReturn(0);
}

/* M x = x; is M regular? */
static PetscErrorCode Solve(PetscInt n, PetscReal M[], PetscReal x[], PetscBool *regular)
{
  PetscBLASInt size, one = 1, info, *pivots;

  PetscFunctionBeginUser;
  PetscCall(PetscBLASIntCast(n, &size));
  PetscCall(PetscMalloc1(n, &pivots));
  PetscCallBLAS("LAPACKgesv", LAPACKgesv_(&size, &one, M, &size, pivots, x, &size, &info));
  *regular = info ? PETSC_FALSE : PETSC_TRUE;
  PetscCall(PetscFree(pivots));
  PetscFunctionReturn(0);
}

/* The covariance of F, n x n with n = 2d, from B C + C B^T = -N as a system for the n^2 entries */
static PetscErrorCode Covariance(HypModel model, const PetscReal A[], PetscReal C[],
                                 PetscBool *regular)
{
  const PetscInt d = model->d, n = 2 * d, noisy = model->type == HYP_ASGD ? 0 : d;
  PetscReal     *B, *M;

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc2(n * n, &B, n * n * n * n, &M));
  for (PetscInt i = 0; i < d; i++) {
    B[i * n + d + i]       = 1;
    B[(d + i) * n + d + i] = -model->gamma;
    for (PetscInt j = 0; j < d; j++)
      B[(d + i) * n + j] = -A[i * d + j] - (i == j ? PetscSqr(model->coordinate[i].omega) : 0);
  }
  /* row (p, q), column (r, q) and (p, r), stored by columns */
  for (PetscInt p = 0; p < n; p++)
    for (PetscInt q = 0; q < n; q++)
      for (PetscInt r = 0; r < n; r++) {
        M[(r * n + q) * n * n + p * n + q] += B[p * n + r];
        M[(p * n + r) * n * n + p * n + q] += B[q * n + r];
      }
  PetscCall(PetscArrayzero(C, n * n));
  for (PetscInt i = 0; i < d; i++) C[(noisy + i) * (n + 1)] = -PetscSqr(model->coordinate[i].tau);
  PetscCall(Solve(n * n, M, C, regular));
  PetscCall(PetscFree2(B, M));
  PetscFunctionReturn(0);
}

/* The middle a of the eigenvalues of the correlations; is C positive? */
static PetscErrorCode Middle(PetscInt n, const PetscReal C[], PetscReal *a, PetscBool *positive)
{
  PetscReal   *R, *values, *work;
  PetscBLASInt size, room, info;

  PetscFunctionBeginUser;
  *positive = PETSC_TRUE;
  for (PetscInt c = 0; c < n; c++)
    if (!(C[c * (n + 1)] > 0)) *positive = PETSC_FALSE;
  if (!*positive) PetscFunctionReturn(0);
  PetscCall(PetscBLASIntCast(n, &size));
  PetscCall(PetscBLASIntCast(8 * n, &room));
  PetscCall(PetscMalloc3(n * n, &R, n, &values, 8 * n, &work));
  for (PetscInt c = 0; c < n * n; c++)
    R[c] = C[c] / PetscSqrtReal(C[(c / n) * (n + 1)] * C[(c % n) * (n + 1)]);
  PetscCallBLAS("LAPACKsyev", LAPACKsyev_("N", "U", &size, R, &size, values, work, &room, &info));
  *positive = (PetscBool)(!info && values[0] > 0);
  *a        = (values[0] + values[n - 1]) / 2;
  PetscCall(PetscFree3(R, values, work));
  PetscFunctionReturn(0);
}

/*@
  HypModelLinear - The Gaussian that F is where the force is linear

  Not collective

  Input Parameter:
. model - the model

  Output Parameters:
+ linear - is eps linear within three deviations of M, and the noise constant?
. exists - is there an F then, that is, are the drift's eigenvalues stable?
- s      - then 2d deviations of theta and y for HypModelSetReference(): of F about its mean,
           times a factor for correlations in d > 1; NULL is allowed

  Level: intermediate

.seealso: HypModelSetReference(), HypModelRemedy()
@*/
PetscErrorCode HypModelLinear(HypModel model, PetscBool *linear, PetscBool *exists, PetscReal s[])
{
  const PetscInt d = model->d, n = 2 * d;
  PetscReal     *b, *A, *C, a = 1;

  PetscFunctionBeginUser;
  *linear = *exists = PETSC_FALSE;
  if (!HypModelForced(model) || model->noisy || model->potential) PetscFunctionReturn(0);
  PetscCall(PetscMalloc3(d, &b, d * d, &A, n * n, &C));
  PetscCall(FindLinear(model, b, A, linear));
  if (*linear) PetscCall(Covariance(model, A, C, exists));
  if (*exists) PetscCall(Middle(n, C, &a, exists));
  for (PetscInt c = 0; s && *exists && c < n; c++) s[c] = PetscSqrtReal(a * C[c * (n + 1)]);
  PetscCall(PetscFree3(b, A, C));
  PetscFunctionReturn(0);
}
