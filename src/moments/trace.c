/*
   What a recorded run says about its algorithm: maximum likelihood of the quadratic model,
   one coordinate.

   The increments d_j = x_{j+1} - x_j of every candidate are linear in e = eta a, given its read:

     sgd        d_j = -e (x_j - c) + noise          delay      d_j = -e (x_{j-l} - c) + noise
     asgd       d_j = -e (m_j - c) + noise,
                m_{j+1} = k m_j + (1 - k) x_{j+1} the expected read at staleness rate k
     momentum   d_j = mu d_{j-1} - e (x_j - c) + noise

   With Gaussian noise the likelihood at a given k or l is a least-squares problem;
   k is searched for, l tried.
   Models are compared by Akaike's criterion n ln(sigma^2) + 2 (number of parameters).
*/
#include <hypoco/moments.h>

#define DELAYS 200
#define GRID   300

typedef struct {
  PetscInt         n; /* increments */
  const PetscReal *x; /* [n + 1] */
} Trace;

typedef struct {
  PetscReal beta[3], error[3], sigma2; /* slopes of the regressors, then the intercept */
} Regression;

/* Least squares of d on p regressors and an intercept, by the normal equations about the means */
static void Regress(PetscInt n, PetscInt p, const PetscReal *d, const PetscReal *const r[2],
                    Regression *out)
{
  PetscReal mean[2] = {0, 0}, md = 0, S[2][2] = {{0}}, b[2] = {0, 0}, dd = 0, det, inverse[2][2];

  for (PetscInt j = 0; j < n; j++) {
    md += d[j] / (PetscReal)n;
    for (PetscInt i = 0; i < p; i++) mean[i] += r[i][j] / (PetscReal)n;
  }
  for (PetscInt j = 0; j < n; j++) {
    dd += PetscSqr(d[j] - md);
    for (PetscInt i = 0; i < p; i++) {
      b[i] += (r[i][j] - mean[i]) * (d[j] - md);
      for (PetscInt k = 0; k < p; k++) S[i][k] += (r[i][j] - mean[i]) * (r[k][j] - mean[k]);
    }
  }
  if (p == 1) S[1][1] = 1;
  det           = S[0][0] * S[1][1] - S[0][1] * S[1][0];
  inverse[0][0] = S[1][1] / det;
  inverse[1][1] = S[0][0] / det;
  inverse[0][1] = inverse[1][0] = -S[0][1] / det;
  out->sigma2                   = dd;
  out->beta[2]                  = md;
  for (PetscInt i = 0; i < p; i++) {
    out->beta[i] = inverse[i][0] * b[0] + (p > 1 ? inverse[i][1] * b[1] : 0);
    out->sigma2 -= out->beta[i] * b[i];
    out->beta[2] -= out->beta[i] * mean[i];
  }
  out->sigma2 /= (PetscReal)n;
  for (PetscInt i = 0; i < p; i++) out->error[i] = PetscSqrtReal(out->sigma2 * inverse[i][i]);
}

/* read and d, of the increments from `first` on, so that all models are judged by the same ones */
static void FillRead(const Trace *trace, PetscReal kappa, PetscInt delay, PetscReal *read)
{
  PetscReal m = trace->x[0];

  for (PetscInt j = 0; j < trace->n; j++) {
    if (j > 0) m = kappa * m + (1 - kappa) * trace->x[j];
    read[j] = delay >= 0 ? trace->x[PetscMax(j - delay, 0)] : m;
  }
}

static PetscReal AsgdAt(const Trace *trace, PetscReal kappa, const PetscReal *d, PetscReal *read,
                        Regression *fit)
{
  const PetscReal *const regressors[2] = {read, NULL};

  FillRead(trace, kappa, -1, read);
  Regress(trace->n, 1, d, regressors, fit);
  return PetscLogReal(fit->sigma2);
}

/* The staleness rate by a scan and golden sections;
   its error from the curvature of the likelihood */
static void FitAsgd(const Trace *trace, const PetscReal *d, PetscReal *read, HypTraceFit *out)
{
  const PetscReal golden = 0.6180339887498949, n = (PetscReal)trace->n;
  PetscReal       best = PETSC_MAX_REAL, low = 0, high = 0, h, here, up, down;
  Regression      fit, above, below;

  for (int i = 0; i < GRID; i++) {
    const PetscReal k = 1 - PetscSqr(1 - (PetscReal)i / (GRID + 1));
    const PetscReal v = AsgdAt(trace, k, d, read, &fit);

    if (v >= best) continue;
    best = v;
    low  = i ? 1 - PetscSqr(1 - (PetscReal)(i - 1) / (GRID + 1)) : 0;
    high = 1 - PetscSqr(1 - (PetscReal)(i + 1) / (GRID + 1));
  }
  while (high - low > 1e-7) {
    const PetscReal a = high - golden * (high - low), b = low + golden * (high - low);

    if (AsgdAt(trace, a, d, read, &fit) <= AsgdAt(trace, b, d, read, &fit))
      high = b;
    else
      low = a;
  }
  out->staleness = (low + high) / 2;
  h              = 0.02 * (1 - out->staleness);
  here           = AsgdAt(trace, out->staleness, d, read, &fit);
  up             = AsgdAt(trace, out->staleness + h, d, read, &above);
  down           = AsgdAt(trace, PetscMax(out->staleness - h, 0), d, read, &below);
  /* -log likelihood is (n/2) ln sigma^2 */
  out->staleness_error =
    up + down > 2 * here ? PetscSqrtReal(2 * h * h / (n * (up + down - 2 * here))) : NAN;
  out->e         = -fit.beta[0];
  out->e_error   = PetscSqrtReal(PetscSqr(fit.error[0]) + PetscSqr((above.beta[0] - below.beta[0]) /
                                                                   (2 * h) * out->staleness_error));
  out->minimiser = fit.beta[2] / out->e;
  out->noise     = fit.sigma2;
}

/*@
  HypTraceFitModels - Fits the quadratic models of four algorithms to one recorded coordinate

  Not collective

  Input Parameters:
+ n - number of recorded steps, at least 50
- x - n values, one for each step

  Output Parameter:
. fits - HYP_TRACE_MODELS of them:
  sgd, asgd, delay, momentum, with Akaike's criterion relative to the best

  Level: intermediate

  Notes:
  noise is the variance that a step adds, eta^2 s2/batch; its relative error is sqrt(2/n).
  Errors are standard errors.

.seealso: HypAsgdMomentsStep()
@*/
PetscErrorCode HypTraceFitModels(PetscInt n, const PetscReal x[], HypTraceFit fits[])
{
  static const char *const names[HYP_TRACE_MODELS] = {"sgd", "asgd", "delay", "momentum"};
  const Trace              trace                   = {n - 1, x};
  PetscReal               *d, *read, *before, least = PETSC_MAX_REAL;
  Regression               fit;

  PetscFunctionBeginUser;
  PetscCheck(n >= 50, PETSC_COMM_SELF, PETSC_ERR_ARG_SIZ,
             "a trace of %" PetscInt_FMT " steps was given, at least 50 needed", n);
  PetscCall(PetscMalloc3(n, &d, n, &read, n, &before));
  for (PetscInt j = 0; j + 1 < n; j++) {
    d[j]      = x[j + 1] - x[j];
    before[j] = j ? x[j] - x[j - 1] : 0;
  }
  for (int k = 0; k < HYP_TRACE_MODELS; k++) {
    HypTraceFit           *out           = &fits[k];
    const PetscReal *const regressors[2] = {read, before};
    PetscInt               best          = 0;

    *out = (HypTraceFit){.name = names[k], .staleness = NAN, .staleness_error = NAN};
    if (k == 1) {
      FitAsgd(&trace, d, read, out);
    } else {
      PetscReal sigma2 = PETSC_MAX_REAL;

      for (PetscInt l = 0; k == 2 && l <= PetscMin(DELAYS, n / 4); l++) {
        FillRead(&trace, 0, l, read);
        Regress(trace.n, 1, d, regressors, &fit);
        if (fit.sigma2 >= sigma2 || fit.beta[0] >= 0) continue;
        sigma2 = fit.sigma2;
        best   = l;
      }
      FillRead(&trace, 0, best, read);
      Regress(trace.n, k == 3 ? 2 : 1, d, regressors, &fit);
      out->e         = -fit.beta[0];
      out->e_error   = fit.error[0];
      out->minimiser = fit.beta[2] / out->e;
      out->noise     = fit.sigma2;
      if (k == 2) out->staleness = (PetscReal)best;
      if (k == 3) {
        out->staleness       = fit.beta[1];
        out->staleness_error = fit.error[1];
      }
    }
    out->criterion = (PetscReal)trace.n * PetscLogReal(out->noise) + 2 * (k ? 4 : 3);
    least          = PetscMin(least, out->criterion);
  }
  for (int k = 0; k < HYP_TRACE_MODELS; k++) fits[k].criterion -= least;
  PetscCall(PetscFree3(d, read, before));
  PetscFunctionReturn(0);
}
