/*
   The rate of a mean that may carry sampling error: y(t) = C + e^{-rate t} (A cos w t + B sin w t),
   or with e^{-s t} for a real pair; C fitted too, or known.

   HypFitRate() fits the square of a norm, positive and exact to many digits;
   this is the same fit for E theta: the leading pair of modes, eliminated coefficients,
   a window of times chosen by its error bar.
   The bar is the sampling error, by leaving out one block of paths after the other (jackknife),
   plus the drift of the rate over the later windows beyond it;
   without sampling error, what still separates the last window from the limit is added:
   the rates of later and later windows approach it like a geometric series.

   A mean over paths of one start has a limit that is fitted and errors that do not decay:
   it goes to mixture.c.  The difference of two starts stays here: its noise decays with it.
*/
#include "decay/modes.h"
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_multimin.h>
#include <math.h>

#define TERMS    3
#define WINDOWS  8
#define FEWEST   12
#define SHORTEST 0.5 /* a window must see the leading term fall by e^{-1/2} */
#define AGREE    0.5 /* bars within which later windows agree with one */
#define SAMPLED  1.5 /* the same for paths, whose faster modes hide in the noise */
#define FORMS    3
#define ALIKE    2 /* misfits of two forms that the paths do not tell apart */

/* What is fitted, with its blocks of paths */
typedef struct {
  PetscInt         n, nblocks;
  const PetscReal *t, *y, *weight, *paths, *block; /* block[b n + k] */
} Means;

/* One window of it */
typedef struct {
  PetscInt         n;
  const PetscReal *t, *y, *weight;
  PetscReal        first, length;
  PetscBool        oscillating;
  int              terms; /* TERMS, or without the constant one less */
  PetscReal        coefficient[TERMS], misfit;
} Data;

static void Basis(const Data *data, PetscReal rate, PetscReal second, PetscReal t,
                  PetscReal b[TERMS])
{
  const PetscReal tau = t - data->first, e = PetscExpReal(-rate * tau);

  b[0] = data->oscillating ? e * PetscCosReal(second * tau) : e;
  b[1] = data->oscillating ? e * PetscSinReal(second * tau) : e * PetscExpReal(-second * tau);
  b[2] = 1;
}

/* Least squares for the coefficients at given rates, by Gram-Schmidt;
   the sum of squares that remains */
static PetscReal Project(Data *data, PetscReal rate, PetscReal second)
{
  const int n                   = data->terms;
  PetscReal G[TERMS][TERMS + 1] = {{0}}, sum = 0;

  for (PetscInt k = 0; k < data->n; k++) {
    PetscReal b[TERMS];

    Basis(data, rate, second, data->t[k], b);
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) G[i][j] += data->weight[k] * b[i] * b[j];
      G[i][n] += data->weight[k] * b[i] * data->y[k];
    }
  }
  for (int i = 0; i < n; i++) /* Gauss; positive definite */
    for (int r = i + 1; r < n; r++) {
      const PetscReal f = G[i][i] > 0 ? G[r][i] / G[i][i] : 0;

      for (int j = i; j <= n; j++) G[r][j] -= f * G[i][j];
    }
  for (int i = n - 1; i >= 0; i--) {
    data->coefficient[i] = G[i][n];
    for (int j = i + 1; j < n; j++) data->coefficient[i] -= G[i][j] * data->coefficient[j];
    data->coefficient[i] /= G[i][i];
  }
  for (PetscInt k = 0; k < data->n; k++) {
    PetscReal b[TERMS], r = data->y[k];

    Basis(data, rate, second, data->t[k], b);
    for (int i = 0; i < n; i++) r -= data->coefficient[i] * b[i];
    sum += data->weight[k] * r * r;
  }
  return isfinite(sum) ? sum : 1e300;
}

static double Cost(const gsl_vector *x, void *ctx)
{
  return log(Project((Data *)ctx, exp(gsl_vector_get(x, 0)), exp(gsl_vector_get(x, 1))) + 1e-300);
}

/* From a start (rate <= 0: from a scan); 0 if nothing was found */
static PetscErrorCode Minimise(Data *data, PetscReal *rate, PetscReal *second)
{
  const gsl_multimin_fminimizer_type *type = gsl_multimin_fminimizer_nmsimplex2;
  gsl_multimin_fminimizer            *work = gsl_multimin_fminimizer_alloc(type, 2);
  gsl_multimin_function               f    = {Cost, 2, data};
  gsl_vector                         *x = gsl_vector_alloc(2), *step = gsl_vector_alloc(2);

  const PetscBool near = *rate > 0 ? PETSC_TRUE : PETSC_FALSE;

  PetscFunctionBeginUser;
  if (!near) {
    PetscReal best = INFINITY;

    for (int i = 0; i < 16; i++)
      for (int j = 0; j < 24; j++) {
        const PetscReal r = 0.3 / data->length * PetscPowReal(80, i / 15.),
                        s = 0.3 / data->length * PetscPowReal(400, j / 23.);
        const PetscReal q = Project(data, r, s);

        if (q >= best) continue;
        best    = q;
        *rate   = r;
        *second = s;
      }
  }
  gsl_vector_set(x, 0, PetscLogReal(*rate));
  gsl_vector_set(x, 1, PetscLogReal(*second));
  gsl_vector_set_all(step, near ? 0.01 : 0.1); /* leaving out a block moves the minimum a little */
  gsl_multimin_fminimizer_set(work, &f, x, step);
  for (int it = 0; it < (near ? 60 : 300); it++)
    if (gsl_multimin_fminimizer_iterate(work) ||
        gsl_multimin_fminimizer_size(work) < (near ? 1e-5 : 1e-8))
      break;
  *rate        = PetscExpReal(gsl_vector_get(work->x, 0));
  *second      = PetscExpReal(gsl_vector_get(work->x, 1));
  data->misfit = PetscSqrtReal(Project(data, *rate, *second) / (PetscReal)data->n);
  gsl_multimin_fminimizer_free(work);
  gsl_vector_free(x);
  gsl_vector_free(step);
  PetscFunctionReturn(0);
}

/* One window and form: the rate, and its sampling error by leaving out blocks */
static PetscErrorCode FitWindow(Data *data, const Means *means, PetscInt first, HypFit *fit)
{
  const PetscInt   nblocks = means->nblocks;
  const PetscReal *all = data->y, *paths = means->paths;
  PetscReal       *y, sum = 0, total = 0, square = 0, mean = 0;

  PetscFunctionBeginUser;
  fit->rate = 0;
  PetscCall(Minimise(data, &fit->rate, &fit->frequency));
  fit->residual = data->misfit;
  fit->A        = data->terms == TERMS ? data->coefficient[2] : 0;
  fit->B        = data->coefficient[0];
  fit->C        = data->coefficient[1];
  fit->error    = 0;
  if (nblocks < 2) PetscFunctionReturn(0);
  PetscCall(PetscMalloc1(data->n, &y));
  for (PetscInt b = 0; b < nblocks; b++) total += paths[b];
  for (PetscInt b = 0; b < nblocks; b++) {
    PetscReal rate = fit->rate, second = fit->frequency;

    for (PetscInt k = 0; k < data->n; k++)
      y[k] =
        (total * all[k] - paths[b] * means->block[b * means->n + first + k]) / (total - paths[b]);
    data->y = y;
    PetscCall(Minimise(data, &rate, &second));
    sum += rate;
    square += rate * rate;
  }
  data->y    = all;
  mean       = sum / (PetscReal)nblocks;
  fit->error = PetscSqrtReal(PetscMax(square / (PetscReal)nblocks - mean * mean, 0) *
                             (PetscReal)(nblocks - 1));
  PetscCall(PetscFree(y));
  PetscFunctionReturn(0);
}

/* How far the last window of exact data may be from the limit: with the last three rates
   r'', r', r and q = |r - r'|/|r' - r''| that is |r - r'| q/(1 - q);
   taken as one change where it is less, and q as at most .9 */
static PetscReal Remaining(const HypFit fits[WINDOWS])
{
  const HypFit   *last   = &fits[WINDOWS - 1];
  const PetscReal change = PetscAbsReal(last[0].rate - last[-1].rate),
                  before = PetscAbsReal(last[-1].rate - last[-2].rate),
                  q      = PetscMin(before > 0 ? change / before : 0.9, 0.9);

  for (int k = 0; k > -3; k--)
    if (!isfinite(last[k].error)) return 0; /* no such window */
  return change * PetscMax(1, q / (1 - q));
}

/* One form in all windows; error infinite where there is no such fit */
static PetscErrorCode FitForm(Data *data, const Means *means, HypFit fits[WINDOWS])
{
  const PetscInt   n = means->n;
  const PetscReal *t = means->t;

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < WINDOWS; k++) {
    const PetscInt first = 3 * n * k / (4 * WINDOWS);

    PetscCall(PetscMemzero(&fits[k], sizeof(fits[k])));
    fits[k].error = INFINITY;
    data->n       = n - first;
    data->t       = t + first;
    data->y       = means->y + first;
    data->weight  = means->weight + first;
    data->first   = t[first];
    data->length  = t[n - 1] - t[first];
    if (data->n < FEWEST) continue;
    PetscCall(FitWindow(data, means, first, &fits[k]));
    if (fits[k].rate * data->length <
        (means->nblocks ? SAMPLED : SHORTEST)) { /* a line; what decays is in the other term */
      fits[k].error = INFINITY;
      continue;
    }
    fits[k].form = data->oscillating ? HYP_FIT_OSCILLATING : HYP_FIT_EXPONENTIAL;
    fits[k].from = t[first];
    fits[k].to   = t[n - 1];
  }
  PetscFunctionReturn(0);
}

/* Exact data: the window whose bar is smallest, which is what later windows say and what is left */
static void ChooseExact(const HypFit fits[WINDOWS], HypFit *best)
{
  for (PetscInt k = 0; k < WINDOWS - 2; k++) {
    PetscReal drift = 0;

    for (PetscInt j = k + 1; j < WINDOWS; j++)
      if (isfinite(fits[j].error))
        drift = PetscMax(drift, PetscAbsReal(fits[j].rate - fits[k].rate));
    drift += Remaining(fits);
    if (!isfinite(fits[k].error) || !(drift > 0) || drift >= best->error) continue;
    *best       = fits[k];
    best->error = drift;
  }
}

/* The rates that one window does not refuse: those of one real mode where it fits as well as two
   modes do, else of a pair and of two real modes, where both fit alike */
static HypFit Union(const HypFit *pair, const HypFit *two, const HypFit *one, PetscReal student)
{
  const PetscReal least = PetscMin(isfinite(pair->error) ? pair->residual : INFINITY,
                                   isfinite(two->error) ? two->residual : INFINITY);
  const HypFit *forms[2] = {pair, two};
  PetscReal     low = INFINITY, high = -INFINITY;
  HypFit        fit = {.error = INFINITY};

  if (isfinite(one->error) && one->residual <= ALIKE * least) {
    fit = *one;
    fit.error *= student;
    return fit;
  }
  for (int i = 0; i < 2; i++) {
    if (!isfinite(forms[i]->error) || forms[i]->residual > ALIKE * least) continue;
    if (forms[i]->residual <= least) fit = *forms[i];
    low  = PetscMin(low, forms[i]->rate - student * forms[i]->error);
    high = PetscMax(high, forms[i]->rate + student * forms[i]->error);
  }
  if (!isfinite(fit.error)) return fit;
  fit.rate  = (low + high) / 2;
  fit.error = (high - low) / 2;
  return fit;
}

/* Blocks of paths: one window after the first with which all later ones agree, since that one may
   be wrong by what they do not see; what the step changed may still be left */
static void ChooseSampled(HypFit fits[FORMS][WINDOWS], PetscReal student, HypFit *best)
{
  HypFit all[WINDOWS];

  for (PetscInt k = 0; k < WINDOWS; k++)
    all[k] = Union(&fits[0][k], &fits[1][k], &fits[2][k], student);
  for (PetscInt k = 0; k < WINDOWS - 2; k++) {
    PetscBool agree = PETSC_TRUE;

    for (PetscInt j = k + 1; j < WINDOWS; j++)
      if (isfinite(all[j].error) && PetscAbsReal(all[j].rate - all[k].rate) > AGREE * all[j].error)
        agree = PETSC_FALSE;
    if (!isfinite(all[k].error) || !agree) continue;
    if (!isfinite(all[k + 1].error) || !isfinite(all[k + 2].error)) return;
    *best = all[k + 1];
    best->error += PetscAbsReal(best->rate - all[k].rate);
    return;
  }
}

#define LIGHTEST 1e-2

/* 1/variance of y at each time, from the spread of the blocks, with mean 1;
   a start without noise counts as LIGHTEST of the largest variance.  Exact data: all 1 */
static void Weights(const Means *means, PetscReal weight[])
{
  const PetscInt n       = means->n;
  PetscReal      largest = 0, sum = 0;

  for (PetscInt k = 0; k < n; k++) {
    weight[k] = 0;
    for (PetscInt b = 0; b < means->nblocks; b++)
      weight[k] += means->paths[b] * PetscSqr(means->block[b * n + k] - means->y[k]);
    largest = PetscMax(largest, weight[k]);
  }
  for (PetscInt k = 0; k < n; k++) {
    weight[k] = largest > 0 ? 1 / PetscMax(weight[k], LIGHTEST * largest) : 1;
    sum += weight[k];
  }
  for (PetscInt k = 0; k < n; k++) weight[k] *= (PetscReal)n / sum;
}

/* A pair, two real modes and, of paths, one, in all windows */
static PetscErrorCode FitForms(const Means *means, PetscBool known, HypFit *fit)
{
  const PetscReal student = means->nblocks < 2 ? 0 : gsl_cdf_tdist_Qinv(0.025, means->nblocks - 1);
  HypFit          fits[FORMS][WINDOWS];

  PetscFunctionBeginUser;
  for (int k = 0; k < (means->nblocks ? FORMS : FORMS - 1); k++) {
    Data data = {.oscillating = k ? PETSC_FALSE : PETSC_TRUE, .terms = known ? TERMS - 1 : TERMS};

    if (k == 2) data.terms = 1;
    PetscCall(FitForm(&data, means, fits[k]));
    if (!means->nblocks) ChooseExact(fits[k], fit);
  }
  if (means->nblocks) ChooseSampled(fits, student, fit);
  fit->reason = means->nblocks
                  ? "the rates of the windows of times do not agree, or the bar is more "
                    "than half of the rate: more paths or a longer time needed"
                  : "no window of times is described by two modes";
  PetscFunctionReturn(0);
}

/* Blocks that are the same to rounding say nothing of an error */
static PetscBool Differ(const Means *means)
{
  PetscReal size = 0, spread = 0;

  for (PetscInt k = 0; k < means->n; k++) {
    size = PetscMax(size, PetscAbsReal(means->y[k]));
    for (PetscInt b = 0; b < means->nblocks; b++)
      spread = PetscMax(spread, PetscAbsReal(means->block[b * means->n + k] - means->y[k]));
  }
  return spread > 1e-10 * size ? PETSC_TRUE : PETSC_FALSE;
}

typedef struct {
  PetscReal limit; /* NaN: fitted */
  PetscBool pair;
} Known;

/* Both functions below */
static PetscErrorCode Fit(PetscInt n, const PetscReal t[], const PetscReal y[],
                          const HypBlocks *blocks, const Known *what, HypFit *fit)
{
  gsl_error_handler_t *handler = gsl_set_error_handler_off();
  const PetscBool      known   = PetscIsNanReal(what->limit) ? PETSC_FALSE : PETSC_TRUE;
  const PetscReal      limit   = known ? what->limit : 0;
  const PetscInt       nblocks = blocks->count;
  PetscReal           *work;
  Means                means;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1((nblocks + 2) * n, &work));
  for (PetscInt k = 0; k < n; k++) work[k] = y[k] - limit;
  for (PetscInt k = 0; k < nblocks * n; k++) work[2 * n + k] = blocks->mean[k] - limit;
  means = (Means){n, nblocks, t, work, work + n, blocks->paths, work + 2 * n};
  PetscCall(PetscFPTrapPush(PETSC_FP_TRAP_OFF)); /* searches pass over what is not finite */
  if (!Differ(&means)) means.nblocks = 0;        /* exact */
  Weights(&means, work + n);
  PetscCall(PetscMemzero(fit, sizeof(*fit)));
  fit->form  = HYP_FIT_NONE;
  fit->error = INFINITY;
  if (means.nblocks >= 8 && !known)
    PetscCall(HypFitSampled(
      &(HypMeans){n, nblocks, t, means.y, means.paths, means.block, known, what->pair}, fit));
  else
    PetscCall(FitForms(&means, known, fit));
  PetscCall(PetscFPTrapPop());
  gsl_set_error_handler(handler);
  PetscCall(PetscFree(work));
  if (known) fit->A = limit;
  if (!isfinite(fit->error) || fit->error > fit->rate / (means.nblocks ? 2 : 1))
    fit->form = HYP_FIT_NONE;
  if (fit->form == HYP_FIT_NONE) fit->rate = fit->error = fit->residual = NAN;
  if (fit->form != HYP_FIT_NONE) fit->reason = NULL;
  if (fit->form == HYP_FIT_EXPONENTIAL) fit->frequency = 0;
  PetscFunctionReturn(0);
}

/*@
  HypFitMean - Fits the rate at which a mean, such as E theta, reaches its limit

  Not collective

  Input Parameters:
+ n       - number of times
. t       - increasing
. y       - the mean
. nblocks - blocks of paths that y averages; 0: y is exact
. paths   - paths of each block
. block   - block[b n + k], the mean of block b at time k
- limit   - the limit where it is known: 0 for a difference of two starts; NaN: it is fitted

  Output Parameter:
. fit - rate, half-width of its 95 % interval, frequency, window;
  A the limit, B and C the amplitudes at the window's start;
        form HYP_FIT_NONE where nothing was measured, and `reason` why

  Level: intermediate

  Notes:
  Exact data and differences: least squares of two modes, each time weighted by the inverse of its
  sampling variance, and a bar from blocks and windows of times.
  Blocks (8 at least; 40 and more are better) and a limit that is not known: generalised least
  squares of one mode and of two, with errors that belong together over times as the blocks say;
  the bar is the range of rates that are not refused, or there is none, where it exceeds half.

.seealso: HypFitMeanPair(), HypFitRate()
@*/
PetscErrorCode HypFitMean(PetscInt n, const PetscReal t[], const PetscReal y[], PetscInt nblocks,
                          const PetscReal paths[], const PetscReal block[], PetscReal limit,
                          HypFit *fit)
{
  PetscFunctionBeginUser;
  PetscCall(Fit(n, t, y, &(HypBlocks){nblocks, paths, block}, &(Known){limit, PETSC_FALSE}, fit));
  PetscFunctionReturn(0);
}

/*@
  HypFitMeanPair - Fits the rate of a mean that is known to be one pair of modes: a frequency,
  two real rates, or critical damping

  Not collective

  Input Parameters:
+ n      - number of times
. t      - increasing
. y      - the mean
. blocks - of paths that y averages, at least 8

  Output Parameter:
. fit - as from HypFitMean()

  Level: intermediate

  Notes:
  E theta of a linear drift in (theta, y) is that.  The paths cannot say so: what hides behind the
  noise must be excluded by what is known of the model.  The slower of two real modes is assumed to
  have a fifth of the signal.  Where the paths refuse one pair, HypFitMean() is left.

.seealso: HypFitMean()
@*/
PetscErrorCode HypFitMeanPair(PetscInt n, const PetscReal t[], const PetscReal y[],
                              const HypBlocks *blocks, HypFit *fit)
{
  PetscFunctionBeginUser;
  PetscCall(Fit(n, t, y, blocks, &(Known){NAN, PETSC_TRUE}, fit));
  PetscFunctionReturn(0);
}
