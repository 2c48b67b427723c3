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

   Intervals are those of the likelihood ratio, since s crowds at its ends and e leans upwards:
   of s, {s : D(s) <= D + q} with D = n sum_c ln sigma_c^2 and D the least one;
   of e, the union over these s of e(s) -+ sqrt(n sigma^2/S (e^{(D + q - D(s))/n} - 1)), S the
   sum of squares of the read about its mean; of a delay, those at which D(l) stays below.
   q is 1.96^2 times how much larger the errors are if the model is not believed:
   its noise holds what a random read differs from the expected one,
   which is larger where x moves, and which all coordinates share.
   With r_j the residuals and q_j = dr_j/ds along the profile, these are sums of squares of

     phi_j = -sum_c r_jc q_jc/sigma_c^2 / sum_c sum_j q_jc^2/sigma_c^2          (of s),
     psi_j = -r_j (read_j - mean)/sum (read - mean)^2 + (de/ds) phi_j            (of e).

   Least squares overestimate e of autoregressions with an unknown mean (Kendall, Biometrika 41,
   1954; Shaman and Stine, JASA 83, 1988, for two lags): by (4 - 3 e)/n for sgd and
   (4 (1 - mu) - e)/n with momentum, from which (4 - e)/n is taken for the other two;
   the interval of e is shifted by that.  A run that is shorter than LENGTH times the time in which
   its model forgets has no interval.
*/
#include <hypoco/moments.h>
#include "moments/response.h"

enum { DELAYS = 200, GRID = 300, POINTS = 60 /* of the interval of s */, LENGTH = 10 };
enum { MEMORY = 100000 /* a model that remembers more steps does not settle */ };

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
  PetscReal       *response;            /* [MEMORY] */
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

/* phi, the variance of s and, if the model is believed, *believed;
   0 where there is no s to be differentiated by */
static PetscReal Influence(const Trace *t, TraceModel model, PetscReal s, PetscReal h,
                           const Regression fits[], PetscReal *believed)
{
  PetscReal all = 0, sum = 0;

  for (PetscInt j = 0; j + 1 < t->n; j++) t->phi[j] = 0;
  *believed = 0;
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
  *believed = 1 / all;
  return sum;
}

/* The variance of e of one column; slope: de/ds along the profile */
static PetscReal Variance(const Trace *t, PetscInt c, TraceModel model, PetscReal s,
                          PetscReal slope, const Regression *fit)
{
  PetscReal sum = 0;

  Residuals(t, c, model, s, t->r);
  for (PetscInt j = 0; j + 1 < t->n; j++)
    sum += PetscSqr(slope * t->phi[j] - t->r[j] * (t->read[j] - fit->read) / fit->square);
  return sum;
}

/* 1.96^2, widened */
static PetscReal Threshold(PetscReal variance, PetscReal believed)
{
  return Z95 * Z95 * PetscMax(1, believed > 0 ? variance / believed : 1);
}

/* D(s) */
static PetscReal Deviance(const Trace *t, TraceModel model, PetscReal s, Regression fits[])
{
  PetscBool unstable;

  return (PetscReal)(t->n - 1) * At(t, model, s, fits, &unstable);
}

/* Where D crosses a level between s inside and an end of the range; that end where it does not */
static PetscReal Limit(const Trace *t, TraceModel model, PetscReal inside, PetscReal end,
                       PetscReal level, Regression fits[])
{
  if (Deviance(t, model, end, fits) <= level) return end;
  for (int k = 0; k < 20; k++) {
    const PetscReal middle = (inside + end) / 2;

    if (Deviance(t, model, middle, fits) <= level)
      inside = middle;
    else
      end = middle;
  }
  return inside;
}

/* What e may be at one s; rest: what its D is below the level */
static void Widen(const Trace *t, const Regression *fit, PetscReal rest, HypTraceFit *out)
{
  const PetscReal n = (PetscReal)(t->n - 1),
                  w = PetscSqrtReal(n * fit->sigma2 / fit->square * expm1(rest / n));

  if (!(rest >= 0)) return;
  out->e_low  = PetscMin(out->e_low, fit->e - w);
  out->e_high = PetscMax(out->e_high, fit->e + w);
}

static PetscReal GridPoint(PetscInt i)
{
  return 1 - PetscSqr(1 - (PetscReal)i / (GRID + 1));
}

/* The intervals of s and of every e around the best s */
static void Intervals(const Trace *t, TraceModel model, PetscReal s,
                      Regression work[3][HYP_TRACE_COLUMNS], HypTraceFit out[])
{
  const PetscReal h     = 0.02 * (1 - s);
  const PetscReal least = Deviance(t, model, s, work[0]);
  PetscReal       variance, believed, threshold[HYP_TRACE_COLUMNS], largest, low, high;

  Deviance(t, model, s + h, work[1]);
  Deviance(t, model, s - h, work[2]);
  variance = Influence(t, model, s, h, work[0], &believed);
  largest  = Threshold(variance, believed);
  low      = Limit(t, model, s, 0, least + largest, work[1]);
  high     = Limit(t, model, s, GridPoint(GRID), least + largest, work[1]);
  for (PetscInt c = 0; c < t->columns; c++) {
    const Regression *fit   = &work[0][c];
    const PetscReal   slope = (work[1][c].e - work[2][c].e) / (2 * h);

    out[c].staleness      = s;
    out[c].staleness_low  = low;
    out[c].staleness_high = high;
    threshold[c]          = Threshold(Variance(t, c, model, s, slope, fit),
                                      fit->sigma2 / fit->square + slope * slope * believed);
    largest               = PetscMax(largest, threshold[c]);
  }
  low  = Limit(t, model, s, 0, least + largest, work[1]);
  high = Limit(t, model, s, GridPoint(GRID), least + largest, work[1]);
  for (PetscInt i = 0; i <= POINTS; i++) {
    const PetscReal d =
      Deviance(t, model, low + (high - low) * (PetscReal)i / POINTS, work[1]) - least;

    for (PetscInt c = 0; c < t->columns; c++) Widen(t, &work[1][c], threshold[c] - d, &out[c]);
  }
  for (PetscInt c = 0; c < t->columns; c++) Widen(t, &work[0][c], threshold[c], &out[c]);
}

/* k or mu in [0, 1) by a scan and golden sections */
static void Search(const Trace *t, TraceModel model, Regression work[3][HYP_TRACE_COLUMNS],
                   HypTraceFit out[])
{
  const PetscReal golden = 0.6180339887498949;
  PetscReal       best = PETSC_MAX_REAL, low = 0, high = 0;
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
  Intervals(t, model, low > 0 ? (low + high) / 2 : 0, work, out); /* 0: at the end of the range */
}

/* The delay, by trying all; its interval: those that the likelihood ratio does not exclude */
static void SearchDelay(const Trace *t, Regression work[3][HYP_TRACE_COLUMNS], HypTraceFit out[])
{
  const PetscInt  most = PetscMin(DELAYS, t->n / 4);
  const PetscReal n    = (PetscReal)(t->n - 1);
  PetscReal       value[DELAYS + 1], threshold[HYP_TRACE_COLUMNS], least = PETSC_MAX_REAL;
  PetscInt        best = 0, reach = 0;
  PetscBool       unstable;

  for (PetscInt l = 0; l <= most; l++) {
    value[l] = At(t, TRACE_DELAY, (PetscReal)l, work[0], &unstable);
    if (unstable) value[l] = PETSC_MAX_REAL;
    if (value[l] >= least) continue;
    least = value[l];
    best  = l;
  }
  for (PetscInt l = 0; l <= most; l++)
    if (n * (value[l] - least) <= DELAY_RATIO) reach = PetscMax(reach, PetscAbsInt(l - best));
  At(t, TRACE_DELAY, (PetscReal)best, work[0], &unstable);
  for (PetscInt c = 0; c < t->columns; c++) {
    const Regression *fit = &work[0][c];

    out[c].staleness      = (PetscReal)best;
    out[c].staleness_low  = (PetscReal)PetscMax(0, best - reach);
    out[c].staleness_high = (PetscReal)(best + reach);
    threshold[c] =
      Threshold(Variance(t, c, TRACE_DELAY, (PetscReal)best, 0, fit), fit->sigma2 / fit->square);
  }
  for (PetscInt l = PetscMax(0, best - reach); l <= PetscMin(most, best + reach); l++) {
    At(t, TRACE_DELAY, (PetscReal)l, work[1], &unstable);
    for (PetscInt c = 0; c < t->columns; c++)
      Widen(t, &work[1][c], threshold[c] - n * (value[l] - least), &out[c]);
  }
}

/* Shifts the intervals of e, or takes all of them away where the run is too short for its model;
   standard errors of the same widths */
static void Finish(const Trace *t, TraceModel model, HypTraceFit *out)
{
  const PetscReal n = (PetscReal)(t->n - 1), s = out->staleness;
  const PetscReal bias = model == TRACE_SGD        ? (4 - 3 * out->e) / n
                         : model == TRACE_MOMENTUM ? (4 * (1 - s) - out->e) / n
                                                   : (4 - out->e) / n;

  out->e_low -= bias;
  out->e_high -= bias;
  if (!TraceResponse(model, out->e, s, PETSC_FALSE, (t->n - 1) / LENGTH, t->up)) {
    const PetscInt memory = TraceResponse(model, out->e, s, PETSC_FALSE, MEMORY, t->response);

    out->needed = memory ? LENGTH * memory + 1 : 0;
    out->e_low = out->e_high = out->staleness_low = out->staleness_high = NAN;
  }
  out->e_error         = (out->e_high - out->e_low) / (2 * Z95);
  out->staleness_error = (out->staleness_high - out->staleness_low) / (2 * Z95);
}

/* One model, all columns */
static void FitModel(const Trace *t, TraceModel model, Regression work[3][HYP_TRACE_COLUMNS],
                     HypTraceFit out[])
{
  const PetscInt parameters = 3 * t->columns + (model == TRACE_SGD ? 0 : 1);
  PetscReal      criterion  = 2 * (PetscReal)parameters, none;
  PetscBool      unstable;

  for (PetscInt c = 0; c < t->columns; c++)
    out[c] = (HypTraceFit){.name           = HypTraceModelNames[model],
                           .staleness      = NAN,
                           .staleness_low  = NAN,
                           .staleness_high = NAN,
                           .e_low          = INFINITY,
                           .e_high         = -INFINITY};
  Influence(t, TRACE_SGD, 0, 0, NULL, &none); /* none yet */
  if (model == TRACE_SGD) {
    At(t, model, 0, work[0], &unstable);
    for (PetscInt c = 0; c < t->columns; c++) {
      const Regression *fit = &work[0][c];

      Widen(t, fit, Threshold(Variance(t, c, model, 0, 0, fit), fit->sigma2 / fit->square),
            &out[c]);
    }
  } else if (model == TRACE_DELAY) {
    SearchDelay(t, work, out);
  } else {
    Search(t, model, work, out);
  }
  for (PetscInt c = 0; c < t->columns; c++) {
    out[c].e         = work[0][c].e;
    out[c].minimiser = work[0][c].minimiser;
    out[c].noise     = work[0][c].sigma2;
    criterion += (PetscReal)(t->n - 1) * PetscLogReal(work[0][c].sigma2);
    Finish(t, model, &out[c]);
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
  e_low to e_high and staleness_low to staleness_high are 95 % intervals by likelihood ratio,
  of a delay at least 95 %; errors are their widths over 2 x 1.96.
  All are NaN where the run is shorter than ten times the steps after which the fitted model has
  forgotten all but 1e-5 of one step's noise, for sgd 115/e; then needed is how many steps the run
  would need, 0 if the model does not settle.

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
  PetscCall(PetscMalloc2(3, &work, MEMORY, &trace.response));
  for (int k = 0; k < HYP_TRACE_MODELS; k++) {
    FitModel(&trace, (TraceModel)k, work, &fits[k * columns]);
    least = PetscMin(least, fits[k * columns].criterion);
  }
  for (PetscInt k = 0; k < HYP_TRACE_MODELS * columns; k++) fits[k].criterion -= least;
  PetscCall(PetscFree6(trace.d, trace.read, trace.phi, trace.r, trace.up, trace.down));
  PetscCall(PetscFree2(work, trace.response));
  PetscFunctionReturn(0);
}
