/*
   What a recorded run says about its algorithm: maximum likelihood of the quadratic model,
   for one coordinate or for several with curvatures and noise of their own.

   The increments d_j = x_{j+1} - x_j of every candidate are linear in e = eta a, given its read:

     sgd        d_j = -e (x_j - c) + noise          delay      d_j = -e (x_{j-l} - c) + noise
     asgd       d_j = -e (m_j - c) + noise,
                m_{j+1} = k m_j + (1 - k) x_{j+1} the expected read at staleness rate k
     momentum   d_j = mu d_{j-1} - e (x_j - c) + noise

   With Gaussian noise the likelihood at a given k, l or mu is a least-squares problem for each
   coordinate, -ln L = (n/2) sum_c ln sigma_c^2 + const; k and mu are searched for, l is tried.
   Models are compared by Akaike's criterion n sum_c ln(sigma_c^2) + 2 (number of parameters).

   Bars do not believe the model: its noise holds what a random read differs from the expected one,
   which is larger where x moves, and which all coordinates share.
   With r_j the residuals and q_j = dr_j/ds along the profile, the errors are sums of squares of

     phi_j = -sum_c r_jc q_jc/sigma_c^2 / sum_c sum_j q_jc^2/sigma_c^2          (of s),
     psi_j = -r_j (read_j - mean)/sum (read - mean)^2 + (de/ds) phi_j            (of e).
*/
#include <hypoco/moments.h>
#include "moments/response.h"

enum { DELAYS = 200, GRID = 300 };

#define Z95 1.959963984540054
/* Twice the log likelihood at two delays differs like a Brownian motion of |l - l'| with drift:
   its largest excess over the true delay is below q with (1 - e^{-q/2})^2, .95 at this q */
#define DELAY_RATIO 7.352

const char *const HypTraceModelNames[HYP_TRACE_MODELS] = {"sgd", "asgd", "delay", "momentum"};

typedef struct {
  PetscInt         n, columns;
  const PetscReal *x;        /* [columns][n] */
  PetscReal       *d, *read; /* [n - 1]: increments of one column, less momentum, and reads */
  PetscReal       *phi, *r, *up, *down; /* [n - 1]: influence on s; residuals at s, s + h, s - h */
} Trace;

typedef struct {
  PetscReal e, minimiser, sigma2, read, square; /* mean of the read; sum of squares about it */
} Regression;

/* Least squares of d on the read and an intercept, about the means */
static void Regress(PetscInt n, const PetscReal *d, const PetscReal *read, Regression *out)
{
  PetscReal md = 0, mr = 0, dd = 0, dr = 0, rr = 0, slope;

  for (PetscInt j = 0; j < n; j++) {
    md += d[j] / (PetscReal)n;
    mr += read[j] / (PetscReal)n;
  }
  for (PetscInt j = 0; j < n; j++) {
    dd += PetscSqr(d[j] - md);
    dr += (d[j] - md) * (read[j] - mr);
    rr += PetscSqr(read[j] - mr);
  }
  slope          = rr > 0 ? dr / rr : 0; /* a read that never moves says nothing about e */
  out->e         = -slope;
  out->sigma2    = PetscMax(dd - slope * dr, PETSC_MACHINE_EPSILON * dd) / (PetscReal)n;
  out->minimiser = slope != 0 ? mr - md / slope : NAN;
  out->read      = mr;
  out->square    = rr;
}

/* Of one column: fills what its increments are compared with, and compares */
static void Column(const Trace *t, PetscInt c, TraceModel model, PetscReal s, Regression *fit)
{
  const PetscReal *x = t->x + c * t->n;
  PetscReal        m = x[0];

  for (PetscInt j = 0; j + 1 < t->n; j++) {
    t->d[j] = x[j + 1] - x[j];
    if (model == TRACE_MOMENTUM && j) t->d[j] -= s * (x[j] - x[j - 1]);
    if (model == TRACE_ASGD && j) m = s * m + (1 - s) * x[j];
    t->read[j] = model == TRACE_ASGD    ? m
                 : model == TRACE_DELAY ? x[PetscMax(j - (PetscInt)s, 0)]
                                        : x[j];
  }
  Regress(t->n - 1, t->d, t->read, fit);
}

/* sum_c ln sigma_c^2 of all columns; unstable: is a slope of the wrong sign? */
static PetscReal At(const Trace *t, TraceModel model, PetscReal s, Regression fits[],
                    PetscBool *unstable)
{
  PetscReal sum = 0;

  *unstable = PETSC_FALSE;
  for (PetscInt c = 0; c < t->columns; c++) {
    Column(t, c, model, s, &fits[c]);
    if (fits[c].e <= 0) *unstable = PETSC_TRUE;
    sum += PetscLogReal(fits[c].sigma2);
  }
  return sum;
}

/* r_j = d_j + e (read_j - c) of one column at s, of which d and read stay behind */
static void Residuals(const Trace *t, PetscInt c, TraceModel model, PetscReal s, PetscReal r[])
{
  PetscReal  mean = 0;
  Regression fit;

  Column(t, c, model, s, &fit);
  for (PetscInt j = 0; j + 1 < t->n; j++) {
    r[j] = t->d[j] + fit.e * t->read[j];
    mean += r[j] / (PetscReal)(t->n - 1);
  }
  for (PetscInt j = 0; j + 1 < t->n; j++) r[j] -= mean;
}

/* phi, and the standard error of s; 0 where there is no s to be differentiated by */
static PetscReal Influence(const Trace *t, TraceModel model, PetscReal s, PetscReal h,
                           const Regression fits[])
{
  PetscReal all = 0, sum = 0;

  for (PetscInt j = 0; j + 1 < t->n; j++) t->phi[j] = 0;
  if (!TraceHasStaleness(model)) return 0;
  for (PetscInt c = 0; c < t->columns; c++) {
    Residuals(t, c, model, s + h, t->up);
    Residuals(t, c, model, s - h, t->down);
    Residuals(t, c, model, s, t->r);
    for (PetscInt j = 0; j + 1 < t->n; j++) {
      const PetscReal q = (t->up[j] - t->down[j]) / (2 * h);

      t->phi[j] -= t->r[j] * q / fits[c].sigma2;
      all += q * q / fits[c].sigma2;
    }
  }
  for (PetscInt j = 0; j + 1 < t->n; j++) {
    t->phi[j] /= all;
    sum += t->phi[j] * t->phi[j];
  }
  return PetscSqrtReal(sum);
}

/* The standard error of e of one column; slope: de/ds along the profile */
static PetscReal Error(const Trace *t, PetscInt c, TraceModel model, PetscReal s, PetscReal slope,
                       const Regression *fit)
{
  PetscReal sum = 0;

  Residuals(t, c, model, s, t->r);
  for (PetscInt j = 0; j + 1 < t->n; j++)
    sum += PetscSqr(slope * t->phi[j] - t->r[j] * (t->read[j] - fit->read) / fit->square);
  return PetscSqrtReal(sum);
}

static PetscReal GridPoint(PetscInt i)
{
  return 1 - PetscSqr(1 - (PetscReal)i / (GRID + 1));
}

/* k or mu in [0, 1) by a scan and golden sections */
static void Search(const Trace *t, TraceModel model, Regression work[3][HYP_TRACE_COLUMNS],
                   HypTraceFit out[])
{
  const PetscReal golden = 0.6180339887498949;
  PetscReal       best = PETSC_MAX_REAL, low = 0, high = 0, s, h, error;
  PetscBool       unstable;

  for (PetscInt i = 0; i < GRID; i++) {
    const PetscReal v = At(t, model, GridPoint(i), work[0], &unstable);

    if (v >= best) continue;
    best = v;
    low  = i ? GridPoint(i - 1) : 0;
    high = GridPoint(i + 1);
  }
  while (high - low > 1e-7) {
    const PetscReal a = high - golden * (high - low), b = low + golden * (high - low);

    if (At(t, model, a, work[0], &unstable) <= At(t, model, b, work[0], &unstable))
      high = b;
    else
      low = a;
  }
  s = (low + high) / 2;
  h = 0.02 * (1 - s);
  At(t, model, s + h, work[1], &unstable);
  At(t, model, s - h, work[2], &unstable);
  At(t, model, s, work[0], &unstable);
  error = Influence(t, model, s, h, work[0]);
  for (PetscInt c = 0; c < t->columns; c++) {
    out[c].staleness       = s;
    out[c].staleness_error = error;
    out[c].e_error = Error(t, c, model, s, (work[1][c].e - work[2][c].e) / (2 * h), &work[0][c]);
  }
}

/* The delay, by trying all; its interval: those that the likelihood ratio does not exclude */
static void SearchDelay(const Trace *t, Regression work[], HypTraceFit out[])
{
  const PetscInt  most = PetscMin(DELAYS, t->n / 4);
  const PetscReal n    = (PetscReal)(t->n - 1);
  PetscReal       value[DELAYS + 1], least = PETSC_MAX_REAL;
  PetscInt        best = 0, reach = 0;

  for (PetscInt l = 0; l <= most; l++) {
    PetscBool unstable;

    value[l] = At(t, TRACE_DELAY, (PetscReal)l, work, &unstable);
    if (unstable) value[l] = PETSC_MAX_REAL;
    if (value[l] >= least) continue;
    least = value[l];
    best  = l;
  }
  for (PetscInt l = 0; l <= most; l++)
    if (n * (value[l] - least) <= DELAY_RATIO) reach = PetscMax(reach, PetscAbsInt(l - best));
  for (PetscInt c = 0; c < t->columns; c++) {
    PetscReal low = PETSC_MAX_REAL, high = -PETSC_MAX_REAL;

    for (PetscInt l = PetscMax(0, best - reach); l <= PetscMin(most, best + reach); l++) {
      Column(t, c, TRACE_DELAY, (PetscReal)l, &work[c]);
      low  = PetscMin(low, work[c].e);
      high = PetscMax(high, work[c].e);
    }
    Column(t, c, TRACE_DELAY, (PetscReal)best, &work[c]);
    out[c].staleness       = (PetscReal)best;
    out[c].staleness_error = (PetscReal)reach / Z95;
    out[c].e_error =
      hypot(Error(t, c, TRACE_DELAY, (PetscReal)best, 0, &work[c]), (high - low) / (2 * Z95));
  }
}

/* One model, all columns */
static void FitModel(const Trace *t, TraceModel model, Regression work[3][HYP_TRACE_COLUMNS],
                     HypTraceFit out[])
{
  const PetscInt parameters = 3 * t->columns + (model == TRACE_SGD ? 0 : 1);
  PetscReal      criterion  = 2 * (PetscReal)parameters;
  PetscBool      unstable;

  for (PetscInt c = 0; c < t->columns; c++)
    out[c] =
      (HypTraceFit){.name = HypTraceModelNames[model], .staleness = NAN, .staleness_error = NAN};
  Influence(t, TRACE_SGD, 0, 0, NULL); /* none yet */
  if (model == TRACE_SGD) {
    At(t, model, 0, work[0], &unstable);
    for (PetscInt c = 0; c < t->columns; c++)
      out[c].e_error = Error(t, c, model, 0, 0, &work[0][c]);
  } else if (model == TRACE_DELAY) {
    SearchDelay(t, work[0], out);
  } else {
    Search(t, model, work, out);
  }
  for (PetscInt c = 0; c < t->columns; c++) {
    out[c].e         = work[0][c].e;
    out[c].minimiser = work[0][c].minimiser;
    out[c].noise     = work[0][c].sigma2;
    criterion += (PetscReal)(t->n - 1) * PetscLogReal(work[0][c].sigma2);
  }
  for (PetscInt c = 0; c < t->columns; c++) out[c].criterion = criterion;
}

/*@
  HypTraceFitModels - Fits the quadratic models of four algorithms to recorded coordinates

  Not collective

  Input Parameters:
+ n       - number of recorded steps, at least 50
. columns - number of coordinates, at most HYP_TRACE_COLUMNS: the axes of the loss's Hessian
- x       - n values of the first coordinate, one for each step, then those of the second, ...

  Output Parameter:
. fits - fits[k columns + c] of model k, one of HypTraceModelNames:
  sgd, asgd, delay, momentum, with Akaike's criterion relative to the best;
  staleness and criterion are those of all coordinates together

  Level: intermediate

  Notes:
  noise is the variance that a step adds, eta^2 s2/batch; its relative error is sqrt(2/n).
  Errors are standard errors; 1.96 times that of a delay is the half-width of the delays
  that the likelihood ratio does not exclude, 0 where it excludes all others.

.seealso: HypTraceFitLoss(), HypTraceShowCreate()
@*/
PetscErrorCode HypTraceFitModels(PetscInt n, PetscInt columns, const PetscReal x[],
                                 HypTraceFit fits[])
{
  Trace trace = {.n = n, .columns = columns, .x = x};
  Regression(*work)[HYP_TRACE_COLUMNS];
  PetscReal least = PETSC_MAX_REAL;

  PetscFunctionBeginUser;
  PetscCheck(n >= 50, PETSC_COMM_SELF, PETSC_ERR_ARG_SIZ,
             "a trace of %" PetscInt_FMT " steps was given, at least 50 needed", n);
  PetscCheck(columns >= 1 && columns <= HYP_TRACE_COLUMNS, PETSC_COMM_SELF, PETSC_ERR_ARG_SIZ,
             "a trace of %" PetscInt_FMT " coordinates was given, 1 to %d can be fitted", columns,
             HYP_TRACE_COLUMNS);
  for (PetscInt c = 0; c < columns; c++) {
    PetscInt j = 1;

    while (j < n && x[c * n + j] == x[c * n]) j++;
    PetscCheck(j < n, PETSC_COMM_SELF, PETSC_ERR_ARG_WRONG,
               "coordinate %" PetscInt_FMT " of the recorded run is constant; one that fluctuates "
               "needed",
               c + 1);
  }
  PetscCall(PetscMalloc6(n, &trace.d, n, &trace.read, n, &trace.phi, n, &trace.r, n, &trace.up, n,
                         &trace.down));
  PetscCall(PetscMalloc1(3, &work));
  for (int k = 0; k < HYP_TRACE_MODELS; k++) {
    FitModel(&trace, (TraceModel)k, work, &fits[k * columns]);
    least = PetscMin(least, fits[k * columns].criterion);
  }
  for (PetscInt k = 0; k < HYP_TRACE_MODELS * columns; k++) fits[k].criterion -= least;
  PetscCall(PetscFree6(trace.d, trace.read, trace.phi, trace.r, trace.up, trace.down));
  PetscCall(PetscFree(work));
  PetscFunctionReturn(0);
}
