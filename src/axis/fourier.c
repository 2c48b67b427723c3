/*
   Fourier: u = w/sqrt(M), w periodic on [-W, W] and known at n equidistant points.

       a = sqrt(M) d/dq (1/sqrt(M)) = d/dq + q/2,   a* = -d/dq + q/2,   d/dq by FFT.

   On a circle M = e^{-W}/Z is periodic itself, q/2 becomes W'/2,
   and W' the derivative of the interpolant of W.

   The coefficients are w_j = sqrt(dq M(q_j)) u(q_j).
   The function 1 is annihilated up to the truncation of sqrt(M) at the box's edge only
   (3e-10 at W = 9.5, n = 41); the rank-one term -delta one^T, delta = a one, makes a one = 0 exact,
   and with it mass conservation and the stationarity of M.

   n must be odd: for even n the Nyquist mode has no derivative and decays at a wrong rate.
*/
#include "axis/weight.h"
#include <fftw3.h>
#include <math.h>

#define PLANS 8 /* shapes that are kept: in d = 3 each coordinate has one, and node values others */

/* Batched transforms of one shape */
typedef struct {
  PetscInt  outer, inner;
  fftw_plan forward, backward;
} Plan;

typedef struct {
  Plan          plan[PLANS];
  PetscInt      nplans, nhat, nline;
  fftw_complex *hat;           /* room for the largest shape */
  PetscScalar  *line;          /* inner sums */
  PetscReal    *delta, *slope; /* a one before its correction; q/2 or W'/2 at the nodes */
} Fourier;

static void PlanDestroy(Plan *plan)
{
  if (plan->forward) fftw_destroy_plan(plan->forward);
  if (plan->backward) fftw_destroy_plan(plan->backward);
  plan->forward = plan->backward = NULL;
}

/* Room for the transforms and the sums of a shape */
static PetscErrorCode FourierRoom(Fourier *f, PetscInt count, PetscInt inner)
{
  PetscFunctionBeginUser;
  if (inner > f->nline) {
    PetscCall(PetscFree(f->line));
    PetscCall(PetscMalloc1(inner, &f->line));
    f->nline = inner;
  }
  if (count > f->nhat) {
    if (f->hat) fftw_free(f->hat);
    f->hat  = fftw_alloc_complex((size_t)count);
    f->nhat = count;
  }
  PetscFunctionReturn(0);
}

/* Plans along the middle index, kept by shape; the oldest gives way to a ninth.
   ESTIMATE only: measured plans are not repeatable bit for bit. */
static PetscErrorCode FourierPlan(HypAxis axis, PetscInt outer, PetscInt inner, Plan **found)
{
  Fourier     *f = (Fourier *)axis->data;
  const int    n = (int)axis->n, nh = n / 2 + 1;
  PetscScalar *scratch;
  fftw_iodim   dim     = {n, (int)inner, (int)inner};
  fftw_iodim   many[2] = {{(int)outer, n * (int)inner, nh * (int)inner}, {(int)inner, 1, 1}};
  fftw_iodim   back[2] = {{(int)outer, nh * (int)inner, n * (int)inner}, {(int)inner, 1, 1}};
  Plan        *plan;

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < PetscMin(f->nplans, PLANS); k++) {
    *found = &f->plan[k];
    if ((*found)->outer == outer && (*found)->inner == inner) PetscFunctionReturn(0);
  }
  *found = plan = &f->plan[f->nplans++ % PLANS];
  PlanDestroy(plan);
  PetscCall(FourierRoom(f, outer * nh * inner, inner));
  PetscCall(PetscMalloc1((size_t)outer * n * inner, &scratch));
  plan->outer = outer;
  plan->inner = inner;
  plan->forward =
    fftw_plan_guru_dft_r2c(1, &dim, 2, many, scratch, f->hat, FFTW_ESTIMATE | FFTW_UNALIGNED);
  plan->backward =
    fftw_plan_guru_dft_c2r(1, &dim, 2, back, f->hat, scratch, FFTW_ESTIMATE | FFTW_UNALIGNED);
  PetscCall(PetscFree(scratch));
  PetscCheck(f->hat && plan->forward && plan->backward, axis->comm, PETSC_ERR_LIB,
             "FFTW could not plan %d transforms of length %d", (int)(outer * inner), n);
  PetscFunctionReturn(0);
}

/* au = s (d/dq) u + (q/2) u; without slope its first part alone */
static PetscErrorCode FourierDerivative(HypAxis axis, PetscReal s, PetscInt outer, PetscInt inner,
                                        const PetscScalar *u, PetscScalar *au)
{
  Fourier        *f = (Fourier *)axis->data;
  const PetscInt  n = axis->n, nh = n / 2 + 1;
  const PetscReal k1 = s * PETSC_PI / (axis->width * (PetscReal)n);
  Plan           *plan;

  PetscFunctionBeginUser;
  PetscCall(FourierPlan(axis, outer, inner, &plan));
  fftw_execute_dft_r2c(plan->forward, (double *)u,
                       f->hat); /* out of place: FFTW keeps the input of r2c */
  for (PetscInt o = 0; o < outer; o++) {
    for (PetscInt k = 0; k < nh; k++) {
      const PetscReal ik = k1 * (PetscReal)k;
      PetscReal      *hat =
        (PetscReal *)(f->hat + ((size_t)o * nh + k) * inner); /* (re, im) pairs, times i k */

      for (PetscInt i = 0; i < 2 * inner; i += 2) {
        const PetscReal re = hat[i];

        hat[i]     = -ik * hat[i + 1];
        hat[i + 1] = ik * re;
      }
    }
  }
  fftw_execute_dft_c2r(plan->backward, f->hat, au);
  for (PetscInt o = 0; o < outer && f->slope; o++) {
    for (PetscInt k = 0; k < n; k++) {
      const size_t row = ((size_t)o * n + k) * inner;

      for (PetscInt i = 0; i < inner; i++) au[row + i] += f->slope[k] * u[row + i];
    }
  }
  PetscFunctionReturn(0);
}

/* v -= left (right^T u), along the middle index */
static void RankOne(const Fourier *f, const PetscReal *left, const PetscReal *right, PetscInt n,
                    PetscInt outer, PetscInt inner, const PetscScalar *u, PetscScalar *v)
{
  for (PetscInt o = 0; o < outer; o++, u += (size_t)n * inner, v += (size_t)n * inner) {
    for (PetscInt i = 0; i < inner; i++) f->line[i] = 0;
    for (PetscInt k = 0; k < n; k++) {
      for (PetscInt i = 0; i < inner; i++) f->line[i] += right[k] * u[(size_t)k * inner + i];
    }
    for (PetscInt k = 0; k < n; k++) {
      for (PetscInt i = 0; i < inner; i++) v[(size_t)k * inner + i] -= left[k] * f->line[i];
    }
  }
}

static PetscErrorCode HypAxisLower_Fourier(HypAxis axis, PetscInt outer, PetscInt inner,
                                           const PetscScalar *u, PetscScalar *au)
{
  const Fourier *f = (Fourier *)axis->data;

  PetscFunctionBeginUser;
  PetscCall(FourierDerivative(axis, 1.0, outer, inner, u, au));
  RankOne(f, f->delta, axis->one, axis->n, outer, inner, u, au);
  PetscFunctionReturn(0);
}

static PetscErrorCode HypAxisRaise_Fourier(HypAxis axis, PetscInt outer, PetscInt inner,
                                           const PetscScalar *u, PetscScalar *au)
{
  const Fourier *f = (Fourier *)axis->data;

  PetscFunctionBeginUser;
  PetscCall(FourierDerivative(axis, -1.0, outer, inner, u, au));
  RankOne(f, axis->one, f->delta, axis->n, outer, inner, u, au);
  PetscFunctionReturn(0);
}

/* Trigonometric interpolation of w: the Dirichlet kernel sin(n t/2)/(n sin(t/2)),
   t = pi (q - q_j)/W */
static PetscErrorCode HypAxisEvaluate_Fourier(HypAxis axis, PetscReal q, PetscScalar phi[])
{
  const PetscReal n = (PetscReal)axis->n, dq = 2 * axis->width / n;
  const PetscReal scale = 1 / PetscSqrtReal(dq * HypAxisDensity(axis, q));

  PetscFunctionBeginUser;
  for (PetscInt j = 0; j < axis->n; j++) {
    const PetscReal t = PETSC_PI * (q - axis->nodes[j]) / axis->width, st = PetscSinReal(t / 2);

    phi[j] = PetscAbsReal(q) > axis->width && !(axis->period > 0)
               ? 0
               : scale * (PetscAbsReal(st) < 1e-14 ? 1.0 : PetscSinReal(n * t / 2) / (n * st));
  }
  PetscFunctionReturn(0);
}

/* q/2, or W'/2 from the values of W at the nodes of a circle */
static PetscErrorCode FourierSlope(HypAxis axis)
{
  Fourier   *f = (Fourier *)axis->data;
  PetscReal *W, *slope;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2(axis->n, &W, axis->n, &slope));
  for (PetscInt j = 0; j < axis->n; j++) {
    slope[j] = 0.5 * axis->nodes[j];
    if (axis->potential) {
      PetscCall(axis->potential(axis->nodes[j], &W[j], axis->potentialctx));
      W[j] /= 2;
    }
  }
  if (axis->potential) PetscCall(FourierDerivative(axis, 1.0, 1, 1, W, slope));
  PetscCall(PetscMalloc1(axis->n, &f->slope));
  PetscCall(PetscArraycpy(f->slope, slope, axis->n));
  PetscCall(PetscFree2(W, slope));
  PetscFunctionReturn(0);
}

static PetscErrorCode HypAxisSetUp_Fourier(HypAxis axis)
{
  Fourier  *f = (Fourier *)axis->data;
  PetscReal dq, width, norm = 0;

  PetscFunctionBeginUser;
  PetscCheck(!axis->potential || axis->period > 0, axis->comm, PETSC_ERR_ARG_INCOMP,
             "axis_%s_type: a fourier axis takes a potential on a circle only; give "
             "axis_%s_period, or take fv or polynomial",
             axis->name, axis->name);
  PetscCall(HypAxisWeightSetUp(axis, 0.5 * 9.5 * 9.5, &width));
  if (axis->n == PETSC_DETERMINE) axis->n = 41;
  if (axis->width == PETSC_DETERMINE) axis->width = width;
  PetscCheck(axis->n % 2, axis->comm, PETSC_ERR_ARG_OUTOFRANGE,
             "axis_%s_n: %" PetscInt_FMT
             " given, an odd number is needed for fourier (for even n the Nyquist mode decays at a "
             "wrong rate); try %" PetscInt_FMT,
             axis->name, axis->n, axis->n + 1);
  PetscCheck(axis->potential || axis->width <= 37, axis->comm, PETSC_ERR_ARG_OUTOFRANGE,
             "axis_%s_width: %g given, at most 37 standard deviations allowed: beyond, the "
             "Gaussian underflows",
             axis->name, (double)axis->width);
  axis->grid = PETSC_TRUE;
  PetscCall(HypAxisAllocate(axis, axis->n, axis->n));
  PetscCall(PetscMalloc1(axis->n, &f->delta));
  dq = 2 * axis->width / (PetscReal)axis->n;
  for (PetscInt j = 0; j < axis->n; j++) {
    axis->nodes[j]   = dq * (PetscReal)(j - axis->n / 2);
    axis->weights[j] = dq * HypAxisDensity(axis, axis->nodes[j]);
    norm += axis->weights[j];
  }
  for (PetscInt j = 0; j < axis->n; j++) {
    axis->weights[j] /= norm;
    axis->one[j] = PetscSqrtReal(axis->weights[j]);
  }
  PetscCall(FourierSlope(axis));
  PetscCall(FourierDerivative(axis, 1.0, 1, 1, axis->one, f->delta));
  PetscFunctionReturn(0);
}

static PetscErrorCode HypAxisDestroy_Fourier(HypAxis axis)
{
  Fourier *f = (Fourier *)axis->data;

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < PLANS; k++) PlanDestroy(&f->plan[k]);
  if (f->hat) fftw_free(f->hat);
  PetscCall(PetscFree(f->line));
  PetscCall(PetscFree(f->delta));
  PetscCall(PetscFree(f->slope));
  PetscCall(PetscFree(f));
  PetscFunctionReturn(0);
}

PETSC_INTERN PetscErrorCode HypAxisCreate_Fourier(HypAxis axis)
{
  Fourier *f;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&f));
  axis->data          = f;
  axis->odd           = PETSC_TRUE;
  axis->weighted      = PETSC_TRUE;
  axis->circles       = PETSC_TRUE;
  axis->ops->setup    = HypAxisSetUp_Fourier;
  axis->ops->lower    = HypAxisLower_Fourier;
  axis->ops->raise    = HypAxisRaise_Fourier;
  axis->ops->evaluate = HypAxisEvaluate_Fourier;
  axis->ops->destroy  = HypAxisDestroy_Fourier;
  PetscFunctionReturn(0);
}
