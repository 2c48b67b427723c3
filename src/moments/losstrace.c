/*
   What a recorded loss says about its algorithm, on a quadratic loss with one curvature.

   f_j - f_* = (a/2) x_j^2, or a sum of such terms of equal law, and x is a stationary Gaussian
   sequence with the autocorrelation rho: then that of the loss is rho^2, and

       Var f = 2 (E f - f_*)^2 for one coordinate, whence f_*.

   Every candidate is x = sum_i h_i xi_{j-i} with the response h of its recursion (trace.c), so that
   rho(k) = sum_i h_i h_{i+k}/sum_i h_i^2.  (e, staleness) are those that bring rho^2 nearest to
   what
   is measured, in least squares over lags; bars by leaving out one of ten parts of the run.
*/
#include <hypoco/moments.h>
#include <gsl/gsl_multimin.h>

enum { LAGS = 60, PARTS = 10, MEMORY = 3000, LONGEST = 60, FEWEST = 500 };

#define ROUNDING 1e-12 /* of a mean */

typedef struct {
  int       model; /* of HypTraceFitModels() */
  PetscInt  delay, lags, stride;
  PetscReal measured[LAGS]; /* autocorrelation of the loss at (i + 1) stride */
  PetscReal h[MEMORY];
} Fit;

/* h_0 = 1 is one step's noise; returns how many matter, 0 if they do not decay */
static PetscInt Response(Fit *fit, PetscReal e, PetscReal s)
{
  PetscReal m = 1 - s, d = fit->model == 3 ? 1 : 0, *h = fit->h; /* momentum keeps the noise */

  h[0] = 1;
  for (PetscInt j = 0; j + 1 < MEMORY; j++) {
    const PetscReal before = j >= fit->delay ? h[j - fit->delay] : 0;

    d        = fit->model == 3 ? s * d - e * h[j] : -e * (fit->model == 1 ? m : before);
    h[j + 1] = h[j] + d;
    m        = s * m + (1 - s) * h[j + 1];
    if (PetscAbsReal(h[j + 1]) > 10) return 0;
    if (PetscAbsReal(h[j + 1]) + PetscAbsReal(d) / e < 1e-5) return j + 2;
  }
  return 0;
}

static PetscReal Correlation(const PetscReal h[], PetscInt n, PetscInt lag)
{
  PetscReal sum = 0;

  for (PetscInt i = 0; i + lag < n; i++) sum += h[i] * h[i + lag];
  return sum;
}

static PetscReal Square(const PetscReal h[], PetscInt n)
{
  return Correlation(h, n, 0);
}

/* Unbounded parameters: ln e, ln(s/(1 - s)) */
static double Misfit(const gsl_vector *at, void *ctx)
{
  Fit            *fit = (Fit *)ctx;
  const PetscReal e   = PetscExpReal(gsl_vector_get(at, 0)),
                  s   = at->size > 1 ? 1 / (1 + PetscExpReal(-gsl_vector_get(at, 1))) : 0;
  const PetscInt  n   = Response(fit, e, s);
  const PetscReal all = n ? Square(fit->h, n) : 1;
  PetscReal       sum = 0;

  if (!n) return 1e3 + e;
  for (PetscInt i = 0; i < fit->lags; i++)
    sum +=
      PetscSqr(fit->measured[i] - PetscSqr(Correlation(fit->h, n, (i + 1) * fit->stride) / all));
  return sum;
}

/* The least misfit from a start, which becomes the place of it */
static PetscErrorCode Least(Fit *fit, PetscInt p, PetscReal at[2], PetscReal *misfit)
{
  gsl_multimin_function    f = {Misfit, (size_t)p, fit};
  gsl_vector              *x = gsl_vector_alloc((size_t)p), *step = gsl_vector_alloc((size_t)p);
  gsl_multimin_fminimizer *m =
    gsl_multimin_fminimizer_alloc(gsl_multimin_fminimizer_nmsimplex2, (size_t)p);
  PetscInt k = 0;

  PetscFunctionBeginUser;
  PetscCheck(x && step && m, PETSC_COMM_SELF, PETSC_ERR_MEM, "GSL could not allocate a minimiser");
  for (PetscInt i = 0; i < p; i++) {
    gsl_vector_set(x, (size_t)i, at[i]);
    gsl_vector_set(step, (size_t)i, 0.2);
  }
  gsl_multimin_fminimizer_set(m, &f, x, step);
  while (k++ < 120 && !gsl_multimin_fminimizer_iterate(m))
    if (gsl_multimin_fminimizer_size(m) < 1e-5) break;
  for (PetscInt i = 0; i < p; i++) at[i] = gsl_vector_get(m->x, (size_t)i);
  *misfit = m->fval;
  gsl_multimin_fminimizer_free(m);
  gsl_vector_free(x);
  gsl_vector_free(step);
  PetscFunctionReturn(0);
}

/* The best of several starts; for a delay, of all its values */
static PetscErrorCode Search(Fit *fit, PetscReal e0, PetscReal best[2], PetscReal *misfit)
{
  static const PetscReal staleness[] = {-2, 0, 1.5, 2.5, 3.5};
  const PetscInt         p = fit->model == 1 || fit->model == 3 ? 2 : 1, starts = p == 2 ? 5
                                                                                  : fit->model == 2
                                                                                    ? LONGEST
                                                                                    : 1;
  PetscInt               delay = 0;

  PetscFunctionBeginUser;
  *misfit = PETSC_MAX_REAL;
  for (PetscInt k = 0; k < starts; k++) {
    PetscReal at[2] = {PetscLogReal(e0), p == 2 ? staleness[k] : 0}, value;

    fit->delay = fit->model == 2 ? k + 1 : 0;
    if (fit->model == 3) at[0] += PetscLogReal(1 / (1 + PetscExpReal(staleness[k])));
    PetscCall(Least(fit, p, at, &value));
    if (value >= *misfit) continue;
    *misfit = value;
    best[0] = at[0];
    best[1] = at[1];
    delay   = fit->delay;
  }
  fit->delay = delay;
  PetscFunctionReturn(0);
}

/* Sums of z_j z_{j+lag} in each part */
static void Products(PetscInt n, const PetscReal z[], PetscInt lag, PetscReal sums[PARTS])
{
  for (int b = 0; b < PARTS; b++) sums[b] = 0;
  for (PetscInt j = 0; j + lag < n; j++) sums[(j * PARTS) / n] += z[j] * z[j + lag];
}

/* The autocorrelation at all lags, without part `out` (-1: of all) */
static void Measure(PetscInt n, PetscInt lags, PetscInt stride, PetscReal (*sums)[PARTS], int out,
                    PetscReal measured[])
{
  for (PetscInt i = 0; i <= lags; i++) {
    PetscReal sum = 0, whole = 0;

    for (int b = 0; b < PARTS; b++) {
      if (b == out) continue;
      sum += sums[i][b];
      whole += sums[0][b];
    }
    if (i > 0) measured[i - 1] = sum / whole * (PetscReal)n / (PetscReal)(n - i * stride);
  }
}

/* How long the loss remembers: the first lag at which its autocorrelation is below a tenth */
static PetscInt Memory(PetscInt n, const PetscReal z[])
{
  PetscReal sums[PARTS], all = 0;

  Products(n, z, 0, sums);
  for (int b = 0; b < PARTS; b++) all += sums[b];
  for (PetscInt lag = 1; lag < n / 20; lag++) {
    PetscReal sum = 0;

    Products(n, z, lag, sums);
    for (int b = 0; b < PARTS; b++) sum += sums[b];
    if (sum < 0.1 * all) return lag;
  }
  return n / 20;
}

/* Errors of the fit, and the least misfits without each part */
static PetscErrorCode Bars(Fit *fit, PetscInt n, PetscReal (*sums)[PARTS], const PetscReal best[2],
                           PetscReal misfits[PARTS], HypTraceFit *out)
{
  const PetscInt p  = fit->model == 1 || fit->model == 3 ? 2 : 1;
  PetscReal      e2 = 0, s2 = 0;

  PetscFunctionBeginUser;
  for (int b = 0; b < PARTS; b++) {
    PetscReal at[2] = {best[0], best[1]};

    Measure(n, fit->lags, fit->stride, sums, b, fit->measured);
    PetscCall(Least(fit, p, at, &misfits[b]));
    e2 += PetscSqr(PetscExpReal(at[0]) - out->e);
    s2 += PetscSqr(1 / (1 + PetscExpReal(-at[1])) - out->staleness);
  }
  out->e_error = PetscSqrtReal(e2 * (PARTS - 1) / PARTS);
  if (p == 2) out->staleness_error = PetscSqrtReal(s2 * (PARTS - 1) / PARTS);
  Measure(n, fit->lags, fit->stride, sums, -1, fit->measured);
  PetscFunctionReturn(0);
}

/* ln of the misfit in units of the best one, and its error by leaving out parts */
static void Criteria(PetscReal (*misfits)[PARTS], HypTraceFit fits[])
{
  PetscInt best = 0;

  for (PetscInt k = 1; k < HYP_TRACE_MODELS; k++)
    if (fits[k].criterion < fits[best].criterion) best = k;
  for (PetscInt k = 0; k < HYP_TRACE_MODELS; k++) {
    PetscReal mean = 0, spread = 0;

    for (int b = 0; b < PARTS; b++) mean += PetscLogReal(misfits[k][b] / misfits[best][b]) / PARTS;
    for (int b = 0; b < PARTS; b++)
      spread += PetscSqr(PetscLogReal(misfits[k][b] / misfits[best][b]) - mean);
    fits[k].criterion_error = PetscSqrtReal(spread * (PARTS - 1) / PARTS);
  }
  for (PetscInt k = 0, least = best; k < HYP_TRACE_MODELS; k++)
    if (k != least) fits[k].criterion = PetscLogReal(fits[k].criterion / fits[least].criterion);
  fits[best].criterion = 0;
}

/*@C
  HypTraceFitLoss - Fits the quadratic models of four algorithms to a recorded loss

  Not collective

  Input Parameters:
+ n    - number of recorded steps
- loss - n values, one for each step

  Output Parameter:
. fits - as of HypTraceFitModels(); noise is a times the variance that a step adds, minimiser the
  least loss, both for one coordinate; criterion: ln of the misfit in units of the best one,
  with its
  error: a model is excluded where it is more than twice that

  Level: intermediate

  Notes:
  What goes before the first value below the mean of the second half is left out;
  500 steps must remain.
  The loss does not tell signs, so that much longer runs are needed than with theta.

.seealso: HypTraceFitModels()
@*/
PetscErrorCode HypTraceFitLoss(PetscInt n, const PetscReal loss[], HypTraceFit fits[])
{
  static const char *const names[HYP_TRACE_MODELS] = {"sgd", "asgd", "delay", "momentum"};
  PetscInt                 first                   = 0, memory;
  PetscReal                mean = 0, variance = 0, misfits[HYP_TRACE_MODELS][PARTS], *z;
  PetscReal(*sums)[PARTS];
  Fit *fit;

  PetscFunctionBeginUser;
  for (PetscInt j = n / 2; j < n; j++) mean += loss[j] / (PetscReal)(n - n / 2);
  while (first < n && loss[first] > mean + ROUNDING * PetscAbsReal(mean)) first++;
  n -= first;
  PetscCheck(n >= FEWEST, PETSC_COMM_SELF, PETSC_ERR_ARG_SIZ,
             "a recorded loss of %" PetscInt_FMT " stationary steps was given, at least %d needed",
             n, FEWEST);
  PetscCall(PetscMalloc1(n, &z));
  PetscCall(PetscMalloc1(LAGS + 1, &sums));
  PetscCall(PetscNew(&fit));
  mean = 0;
  for (PetscInt j = 0; j < n; j++) mean += loss[first + j] / (PetscReal)n;
  for (PetscInt j = 0; j < n; j++) {
    z[j] = loss[first + j] - mean;
    variance += z[j] * z[j] / (PetscReal)n;
  }
  PetscCheck(variance > PetscSqr(ROUNDING * mean), PETSC_COMM_SELF, PETSC_ERR_ARG_WRONG,
             "the recorded loss is constant; one that fluctuates needed");
  memory      = Memory(n, z);
  fit->stride = 1 + 3 * memory / LAGS;
  fit->lags   = PetscMin(LAGS, n / 10 / fit->stride);
  for (PetscInt i = 0; i <= fit->lags; i++) Products(n, z, i * fit->stride, sums[i]);
  Measure(n, fit->lags, fit->stride, sums, -1, fit->measured);
  for (int k = 0; k < HYP_TRACE_MODELS; k++) {
    PetscReal    best[2] = {0, 0}, misfit;
    HypTraceFit *out     = &fits[k];
    PetscInt     h;

    fit->model = k;
    PetscCall(Search(fit, PetscMin(0.5, 1.2 / (PetscReal)memory), best, &misfit));
    *out           = (HypTraceFit){.name = names[k], .staleness = NAN, .staleness_error = NAN};
    out->e         = PetscExpReal(best[0]);
    out->staleness = 1 / (1 + PetscExpReal(-best[1]));
    PetscCall(Bars(fit, n, sums, best, misfits[k], out));
    h          = Response(fit, out->e, k == 1 || k == 3 ? out->staleness : 0);
    out->noise = h ? PetscSqrtReal(2 * variance) / Square(fit->h, h) : NAN;
    if (k == 0 || k == 2) out->staleness = k ? (PetscReal)fit->delay : NAN;
    out->minimiser = mean - PetscSqrtReal(variance / 2);
    out->criterion = misfit;
  }
  Criteria(misfits, fits);
  PetscCall(PetscFree(fit));
  PetscCall(PetscFree(sums));
  PetscCall(PetscFree(z));
  PetscFunctionReturn(0);
}
