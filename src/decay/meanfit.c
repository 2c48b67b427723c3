/*
   The rate of a mean that may carry sampling error: y(t) = C + e^{-rate t} (A cos w t + B sin w t),
   or with e^{-s t} for a real pair.

   HypFitRate() fits the square of a norm, positive and exact to many digits;
   this is the same fit for E theta: the leading pair of modes, eliminated coefficients,
   a window of times chosen by its error bar.
   The bar is the sampling error, by leaving out one block of paths after the other (jackknife),
   plus the drift of the rate over the later windows beyond it.
*/
#include <hypoco/decay.h>
#include <gsl/gsl_multimin.h>
#include <math.h>

#define TERMS    3
#define WINDOWS  8
#define FEWEST   12
#define SHORTEST 0.5 /* a window must see the leading term fall by e^{-1/2} */

typedef struct {
  PetscInt         n;
  const PetscReal *t, *y;
  PetscReal        first, length;
  PetscBool        oscillating;
  PetscReal        coefficient[TERMS], misfit;
} Data;

static void Basis(const Data *data, PetscReal rate, PetscReal second, PetscReal t,
                  PetscReal b[TERMS])
{
  const PetscReal tau = t - data->first, e = PetscExpReal(-rate * tau);

  b[0] = 1;
  b[1] = data->oscillating ? e * PetscCosReal(second * tau) : e;
  b[2] = data->oscillating ? e * PetscSinReal(second * tau) : e * PetscExpReal(-second * tau);
}

/* Least squares for the coefficients at given rates, by Gram-Schmidt;
   the sum of squares that remains */
static PetscReal Project(Data *data, PetscReal rate, PetscReal second)
{
  PetscReal G[TERMS][TERMS + 1] = {{0}}, sum = 0;

  for (PetscInt k = 0; k < data->n; k++) {
    PetscReal b[TERMS];

    Basis(data, rate, second, data->t[k], b);
    for (int i = 0; i < TERMS; i++) {
      for (int j = 0; j < TERMS; j++) G[i][j] += b[i] * b[j];
      G[i][TERMS] += b[i] * data->y[k];
    }
  }
  for (int i = 0; i < TERMS; i++) /* Gauss; positive definite */
    for (int r = i + 1; r < TERMS; r++) {
      const PetscReal f = G[i][i] > 0 ? G[r][i] / G[i][i] : 0;

      for (int j = i; j <= TERMS; j++) G[r][j] -= f * G[i][j];
    }
  for (int i = TERMS - 1; i >= 0; i--) {
    data->coefficient[i] = G[i][TERMS];
    for (int j = i + 1; j < TERMS; j++) data->coefficient[i] -= G[i][j] * data->coefficient[j];
    data->coefficient[i] /= G[i][i];
  }
  for (PetscInt k = 0; k < data->n; k++) {
    PetscReal b[TERMS], r = data->y[k];

    Basis(data, rate, second, data->t[k], b);
    for (int i = 0; i < TERMS; i++) r -= data->coefficient[i] * b[i];
    sum += r * r;
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
static PetscErrorCode FitWindow(Data *data, PetscInt first, PetscInt stride, PetscInt nblocks,
                                const PetscReal *paths, const PetscReal *block, HypFit *fit)
{
  const PetscReal *all = data->y;
  PetscReal       *y, sum = 0, total = 0, square = 0, mean = 0;

  PetscFunctionBeginUser;
  fit->rate = 0;
  PetscCall(Minimise(data, &fit->rate, &fit->frequency));
  fit->residual = data->misfit;
  fit->A        = data->coefficient[0];
  fit->B        = data->coefficient[1];
  fit->C        = data->coefficient[2];
  fit->error    = 0;
  if (nblocks < 2) PetscFunctionReturn(0);
  PetscCall(PetscMalloc1(data->n, &y));
  for (PetscInt b = 0; b < nblocks; b++) total += paths[b];
  for (PetscInt b = 0; b < nblocks; b++) {
    PetscReal rate = fit->rate, second = fit->frequency;

    for (PetscInt k = 0; k < data->n; k++)
      y[k] = (total * all[k] - paths[b] * block[b * stride + first + k]) / (total - paths[b]);
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

/* One form over all windows: the one whose bar is smallest,
   bars widened by what later windows say beyond theirs */
static PetscErrorCode FitForm(Data *data, PetscInt n, const PetscReal *t, const PetscReal *y,
                              PetscInt nblocks, const PetscReal *paths, const PetscReal *block,
                              HypFit *best)
{
  HypFit fits[WINDOWS];

  PetscFunctionBeginUser;
  best->error = INFINITY;
  for (PetscInt k = 0; k < WINDOWS; k++) {
    const PetscInt first = 3 * n * k / (4 * WINDOWS);

    PetscCall(PetscMemzero(&fits[k], sizeof(fits[k])));
    fits[k].error = INFINITY;
    data->n       = n - first;
    data->t       = t + first;
    data->y       = y + first;
    data->first   = t[first];
    data->length  = t[n - 1] - t[first];
    if (data->n < FEWEST) continue;
    PetscCall(FitWindow(data, first, n, nblocks, paths, block, &fits[k]));
    if (fits[k].rate * data->length < SHORTEST) { /* a line; what decays is in the other term */
      fits[k].error = INFINITY;
      continue;
    }
    fits[k].form = data->oscillating ? HYP_FIT_OSCILLATING : HYP_FIT_EXPONENTIAL;
    fits[k].from = t[first];
    fits[k].to   = t[n - 1];
  }
  for (PetscInt k = 0; k < WINDOWS - 2; k++) {
    PetscReal drift = 0;

    for (PetscInt j = k + 1; j < WINDOWS; j++) /* later windows that still know something */
      if (fits[j].error <= 3 * fits[k].error)
        drift = PetscMax(drift, PetscAbsReal(fits[j].rate - fits[k].rate) - fits[j].error);
    if (!(fits[k].error > 0) && !(drift > 0)) continue;
    if (1.96 * fits[k].error + drift >= best->error) continue;
    *best       = fits[k];
    best->error = 1.96 * fits[k].error + drift;
  }
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
- block   - block[b n + k], the mean of block b at time k

  Output Parameter:
. fit - rate, half-width of its 95 % interval, frequency, window;
  A the limit, B and C the amplitudes at the window's start;
        form HYP_FIT_NONE where nothing was measured

  Level: intermediate

.seealso: HypFitRate()
@*/
PetscErrorCode HypFitMean(PetscInt n, const PetscReal t[], const PetscReal y[], PetscInt nblocks,
                          const PetscReal paths[], const PetscReal block[], HypFit *fit)
{
  gsl_error_handler_t *handler = gsl_set_error_handler_off();
  HypFit               candidate;

  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(fit, sizeof(*fit)));
  fit->form  = HYP_FIT_NONE;
  fit->error = INFINITY;
  for (int k = 0; k < 2; k++) {
    Data data = {.oscillating = k ? PETSC_FALSE : PETSC_TRUE};

    PetscCall(PetscMemzero(&candidate, sizeof(candidate)));
    PetscCall(FitForm(&data, n, t, y, nblocks, paths, block, &candidate));
    if (candidate.error < fit->error) *fit = candidate;
  }
  gsl_set_error_handler(handler);
  if (!isfinite(fit->error) || fit->error > fit->rate) {
    fit->form = HYP_FIT_NONE;
    fit->rate = fit->error = fit->residual = NAN;
  }
  if (fit->form == HYP_FIT_EXPONENTIAL) fit->frequency = 0;
  PetscFunctionReturn(0);
}
