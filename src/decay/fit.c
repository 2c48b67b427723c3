/*
   The rate in a decaying quadratic functional y(t), ||h||^2 or H.

   Late in the evolution h lives in the two-dimensional eigenspace of the leading pair, so y is e^{-2 rate t} times
   A + B cos 2wt + C sin 2wt (complex pair), A + B t + C t^2 (a double eigenvalue), or A + B e^{-st} + C e^{-2st} (a real
   pair).  A straight line through log y is wrong by the oscillation.  The linear coefficients are eliminated (variable
   projection), so that only rate and w, or rate and s, are searched for, by GSL's Levenberg-Marquardt; misfits are relative,
   for the data are exact to relative accuracy.

   Early times still hold faster modes, and very late ones rounding.  Several windows are tried; the one with the smallest
   misfit counts, and the error bar is the larger of the fit's own and the distance to the neighbouring windows' rates.
*/
#include <hypoco/decay.h>
#include <gsl/gsl_fit.h>
#include <gsl/gsl_multifit.h>
#include <gsl/gsl_multifit_nlinear.h>
#include <math.h>

const char *const HypFitForms[] = {"none", "oscillating", "critical", "exponential"};

#define POINTS  96    /* at most so many points of a window are used */
#define FLOOR   1e-20 /* y below this fraction of y(0) is within reach of rounding: h at 1e-10 of its start */
#define WINDOWS 7

typedef struct {
  HypFitForm                     form;
  PetscInt                       n;
  PetscReal                      t[POINTS], logy[POINTS], middle;
  PetscReal                      coefficient[3];
  gsl_matrix                    *basis;
  gsl_vector                    *ones, *c;
  gsl_matrix                    *cov;
  gsl_multifit_linear_workspace *linear;
} Window;

/* The three functions multiplying A, B, C; tau = t - middle of the window, second = w or s */
static void Basis(HypFitForm form, PetscReal second, PetscReal tau, PetscReal b[3])
{
  b[0] = 1;
  if (form == HYP_FIT_OSCILLATING) {
    b[1] = PetscCosReal(2 * second * tau);
    b[2] = PetscSinReal(2 * second * tau);
  } else if (form == HYP_FIT_CRITICAL) {
    b[1] = tau;
    b[2] = tau * tau;
  } else {
    b[1] = PetscExpReal(-second * tau);
    b[2] = PetscExpReal(-2 * second * tau);
  }
}

/* Relative misfits with the best A, B, C; a pure exponential when the window cannot tell more */
static void Misfits(Window *w, PetscReal rate, PetscReal second, gsl_vector *misfit)
{
  double chisq;

  for (PetscInt k = 0; k < w->n; k++) {
    const PetscReal tau = w->t[k] - w->middle, scale = PetscExpReal(-2 * rate * tau - w->logy[k]);
    PetscReal       b[3];

    Basis(w->form, second, tau, b);
    for (size_t j = 0; j < 3; j++) gsl_matrix_set(w->basis, (size_t)k, j, scale * b[j]);
  }
  gsl_multifit_linear(w->basis, w->ones, w->c, w->cov, &chisq, w->linear);
  for (size_t j = 0; j < 3; j++) w->coefficient[j] = gsl_vector_get(w->c, j);
  gsl_multifit_linear_residuals(w->basis, w->ones, w->c, misfit);
}

static int Residual(const gsl_vector *x, void *ctx, gsl_vector *f)
{
  Misfits((Window *)ctx, gsl_vector_get(x, 0), x->size > 1 ? gsl_vector_get(x, 1) : 0, f);
  return GSL_SUCCESS;
}

/* Root mean square misfit at given parameters */
static PetscReal Quality(Window *w, PetscReal rate, PetscReal second, gsl_vector *misfit)
{
  PetscReal sum = 0;

  Misfits(w, rate, second, misfit);
  for (PetscInt k = 0; k < w->n; k++) sum += PetscSqr(gsl_vector_get(misfit, (size_t)k));
  return PetscSqrtReal(sum / (PetscReal)w->n);
}

/* The best w (or s) on a coarse scan at a given rate: the start of the search */
static PetscReal Scan(Window *w, PetscReal rate, gsl_vector *misfit)
{
  const PetscReal length = w->t[w->n - 1] - w->t[0], step = length / (PetscReal)(w->n - 1);
  PetscReal       best = PETSC_INFINITY, at = 1 / length;

  for (PetscInt k = 0; k < 48; k++) {
    const PetscReal low = 0.5 / length, high = w->form == HYP_FIT_OSCILLATING ? 0.45 * PETSC_PI / step : 20 * rate + 20 / length;
    const PetscReal second = low * PetscPowReal(high / low, (PetscReal)k / 47);
    const PetscReal q      = Quality(w, rate, second, misfit);

    if (q < best) {
      best = q;
      at   = second;
    }
  }
  return at;
}

/* One window, one form: rate, second parameter, their uncertainty from the fit, largest misfit */
static PetscErrorCode FitWindow(Window *w, PetscReal slope, PetscReal *rate, PetscReal *second, PetscReal *sigma, PetscReal *largest)
{
  const size_t                    p = w->form == HYP_FIT_CRITICAL ? 1 : 2, n = (size_t)w->n;
  gsl_multifit_nlinear_parameters parameters = gsl_multifit_nlinear_default_parameters();
  gsl_multifit_nlinear_workspace *work;
  gsl_multifit_nlinear_fdf        fdf = {.f = Residual, .n = n, .p = p, .params = w};
  gsl_vector                     *x, *misfit;
  gsl_matrix                     *cov;
  int                             info, status;
  PetscReal                       rms;

  PetscFunctionBeginUser;
  w->basis  = gsl_matrix_alloc(n, 3);
  w->ones   = gsl_vector_alloc(n);
  w->c      = gsl_vector_alloc(3);
  w->cov    = gsl_matrix_alloc(3, 3);
  w->linear = gsl_multifit_linear_alloc(n, 3);
  misfit    = gsl_vector_alloc(n);
  x         = gsl_vector_alloc(p);
  cov       = gsl_matrix_alloc(p, p);
  work      = gsl_multifit_nlinear_alloc(gsl_multifit_nlinear_trust, &parameters, n, p);
  PetscCheck(w->basis && w->ones && w->c && w->cov && w->linear && misfit && x && cov && work, PETSC_COMM_SELF, PETSC_ERR_MEM,
             "GSL could not allocate the fit");
  gsl_vector_set_all(w->ones, 1);
  gsl_vector_set(x, 0, slope);
  if (p > 1) gsl_vector_set(x, 1, Scan(w, slope, misfit));
  gsl_multifit_nlinear_init(x, &fdf, work);
  status  = gsl_multifit_nlinear_driver(100, 1e-14, 1e-14, 0, NULL, NULL, &info, work);
  *rate   = gsl_vector_get(gsl_multifit_nlinear_position(work), 0);
  *second = p > 1 ? PetscAbsReal(gsl_vector_get(gsl_multifit_nlinear_position(work), 1)) : 0;
  rms     = Quality(w, *rate, *second, misfit);
  gsl_multifit_nlinear_covar(gsl_multifit_nlinear_jac(work), 0, cov);
  *sigma   = rms * PetscSqrtReal((PetscReal)n / (PetscReal)(n - p - 3)) * PetscSqrtReal(gsl_matrix_get(cov, 0, 0));
  *largest = 0;
  for (size_t k = 0; k < n; k++) *largest = PetscMax(*largest, PetscAbsReal(gsl_vector_get(misfit, k)));
  /* no progress at the level of rounding is convergence; anything non-finite is no fit at all */
  if ((status != GSL_SUCCESS && status != GSL_ENOPROG && status != GSL_EMAXITER) || !isfinite(*rate) || !isfinite(*sigma) || *rate <= 0)
    *largest = PETSC_INFINITY;
  gsl_multifit_nlinear_free(work);
  gsl_matrix_free(cov);
  gsl_vector_free(x);
  gsl_vector_free(misfit);
  gsl_multifit_linear_free(w->linear);
  gsl_matrix_free(w->cov);
  gsl_vector_free(w->c);
  gsl_vector_free(w->ones);
  gsl_matrix_free(w->basis);
  PetscFunctionReturn(0);
}

/* Points first..last of the series, thinned to POINTS, and the straight line through log y */
static void FillWindow(const PetscReal t[], const PetscReal y[], PetscInt first, PetscInt last, Window *w, PetscReal *slope)
{
  const PetscInt count = last - first + 1;
  double         c0, c1, cov00, cov01, cov11, sumsq;

  w->n = PetscMin(count, POINTS);
  for (PetscInt k = 0; k < w->n; k++) {
    const PetscInt i = first + (PetscInt)(((long long)k * (count - 1)) / (w->n - 1));

    w->t[k]    = t[i];
    w->logy[k] = PetscLogReal(y[i]);
  }
  w->middle = 0.5 * (w->t[0] + w->t[w->n - 1]);
  gsl_fit_linear(w->t, 1, w->logy, 1, (size_t)w->n, &c0, &c1, &cov00, &cov01, &cov11, &sumsq);
  *slope = -c1 / 2;
}

/* The last usable point: y positive and above the reach of rounding */
static PetscInt LastPoint(PetscInt n, const PetscReal y[])
{
  PetscInt last = 0;

  while (last + 1 < n && y[last + 1] > FLOOR * y[0] && isfinite(y[last + 1])) last++;
  return last;
}

/* A form's best window and its error bar; fit->residual tells how good it is */
static PetscErrorCode FitForm(HypFitForm form, const PetscReal t[], const PetscReal y[], PetscInt last, HypFit *fit)
{
  PetscReal rates[WINDOWS], spread;
  PetscInt  at = -1;
  Window    w;

  PetscFunctionBeginUser;
  fit->residual = PETSC_INFINITY;
  for (PetscInt k = 0; k < WINDOWS; k++) {
    const PetscInt first = last * (k + 1) / (WINDOWS + 2);
    PetscReal      slope, second, sigma, largest;

    rates[k] = PETSC_INFINITY;
    if (last - first < 11) continue;
    w.form = form;
    FillWindow(t, y, first, last, &w, &slope);
    PetscCall(FitWindow(&w, slope, &rates[k], &second, &sigma, &largest));
    if (!(largest < fit->residual)) continue;
    at             = k;
    fit->form      = form;
    fit->rate      = rates[k];
    fit->error     = sigma;
    fit->frequency = form == HYP_FIT_OSCILLATING ? second : 0;
    fit->from      = t[first];
    fit->to        = t[last];
    fit->residual  = largest;
    fit->A         = w.coefficient[0] * PetscExpReal(2 * rates[k] * w.middle);
    fit->B         = w.coefficient[1];
    fit->C         = w.coefficient[2];
  }
  if (at < 0) PetscFunctionReturn(0);
  spread = 0;
  if (at > 0 && isfinite(rates[at - 1])) spread = PetscAbsReal(rates[at] - rates[at - 1]);
  if (at < WINDOWS - 1 && isfinite(rates[at + 1])) spread = PetscMax(spread, PetscAbsReal(rates[at] - rates[at + 1]));
  fit->error = PetscMax(fit->error, spread);
  PetscFunctionReturn(0);
}

/*@
  HypFitRate - Fits the decay rate of a quadratic functional

  Not collective

  Input Parameters:
+ n - number of times
. t - increasing
- y - ||h||^2 or H, positive

  Output Parameter:
. fit - form, rate lambda of ||h||, error bar, window, largest relative misfit; form HYP_FIT_NONE if fewer than 24 times lie
        above rounding

  Level: intermediate

  Note:
  A double eigenvalue is reported (HYP_FIT_CRITICAL) when the polynomial prefactor fits as well as an oscillation or a pair
  of exponentials although it has one parameter less.

.seealso: HypFunctionalsCompute(), HypModelLyapunov()
@*/
PetscErrorCode HypFitRate(PetscInt n, const PetscReal t[], const PetscReal y[], HypFit *fit)
{
  static const HypFitForm forms[] = {HYP_FIT_CRITICAL, HYP_FIT_EXPONENTIAL, HYP_FIT_OSCILLATING};
  const PetscInt          last    = n > 0 ? LastPoint(n, y) : 0;
  gsl_error_handler_t    *handler = gsl_set_error_handler_off();
  HypFit                  candidate;

  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(fit, sizeof(*fit)));
  fit->form     = HYP_FIT_NONE;
  fit->residual = PETSC_INFINITY;
  fit->rate = fit->error = NAN;
  for (PetscInt k = 0; k < 3 && last >= 23; k++) {
    PetscCall(PetscMemzero(&candidate, sizeof(candidate)));
    PetscCall(FitForm(forms[k], t, y, last, &candidate));
    /* a form with one parameter more must be clearly better */
    if (candidate.residual < fit->residual / (k ? 3 : 1)) *fit = candidate;
  }
  gsl_set_error_handler(handler);
  PetscFunctionReturn(0);
}
