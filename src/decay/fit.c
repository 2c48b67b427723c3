/*
   The rate in a decaying quadratic functional y(t), ||h||^2 or H.

   Late in the evolution h lives in the two-dimensional eigenspace of the leading pair,
   so y is e^{-2 rate t} times

     A + B cos 2wt + C sin 2wt      a complex pair
     A + B t + C t^2                a double eigenvalue: a polynomial prefactor
     A + B e^{-st} + C e^{-2st}     a real pair

   A straight line through log y is wrong by the oscillation.
   Before that the modes of degree two are still there, with twice the rate and products
   of the same functions (exactly so for eps = 0): e^{-4 rate t} times five functions more.

   An integral of |h| keeps no such sum: at the zeros of h it has kinks, which turn with the phase.
   Its square is e^{-2 rate t} times a function of the phase with all even harmonics,
   of which four are taken, without the modes of degree two.
   Half or a quarter of the frequency would fit as well, with more harmonics between:
   so a fit to ||h||^2 of the same run says where it is.

   Several windows are tried, each from where the one before ended.
   A window's error is the fit's own uncertainty plus whatever distance to the rate of any later,
   better fitted window that one's uncertainty does not explain;
   the window with the smallest error counts.
   Close pairs (d > 1) drift slowly and get a wide bar.
*/
#include "decay/fitwindow.h"
#include <gsl/gsl_errno.h>
#include <math.h>

const char *const HypFitForms[] = {"none", "oscillating", "critical", "exponential"};

#define FLOOR                                                                                      \
  1e-20 /* y below this fraction of y(0) is within reach of rounding: h at 1e-10 of its start */
#define WINDOWS 7
#define DOUBTED 0.02 /* error of the rate of ||h||^2 where its form is not certain */
#define STRAYED 0.25 /* farther from the frequency of ||h||^2, it is another one */

/* What is fitted; near: where the search begins, NULL: anywhere */
typedef struct {
  HypFitForm    form;
  HypWindowKind kind;
  const HypFit *near;
} Form;

/* A, B, C for t instead of tau = t - middle */
static void Envelope(const HypWindow *w, HypFit *fit)
{
  const PetscReal m = w->middle, up = PetscExpReal(2 * fit->rate * m), A = w->coefficient[0],
                  B = w->coefficient[1], C = w->coefficient[2];

  if (w->form == HYP_FIT_OSCILLATING) {
    const PetscReal c = PetscCosReal(2 * fit->frequency * m),
                    s = PetscSinReal(2 * fit->frequency * m);

    fit->A = up * A;
    fit->B = up * (c * B - s * C);
    fit->C = up * (s * B + c * C);
  } else if (w->form == HYP_FIT_CRITICAL) {
    fit->A = up * (A - B * m + C * m * m);
    fit->B = up * (B - 2 * C * m);
    fit->C = up * C;
  } else {
    fit->A = up * A;
    fit->B = up * B * PetscExpReal(fit->frequency * m);
    fit->C = up * C * PetscExpReal(2 * fit->frequency * m);
  }
}

/*
   One window, one form, from where the window before ended if that was a fit.
   The polynomial form has many local minima in the rate, so it is started from many places.
*/
static PetscErrorCode FitWindow(HypWindow *w, PetscReal slope, const HypFit *near, HypFit *fit)
{
  const PetscInt starts = w->form == HYP_FIT_CRITICAL ? 30 : 1;
  HypFit         candidate;

  PetscFunctionBeginUser;
  fit->residual = PETSC_INFINITY;
  for (PetscInt k = 0; k < starts; k++) {
    PetscCall(PetscMemzero(&candidate, sizeof(candidate)));
    if (starts > 1)
      PetscCall(HypWindowFit(w, slope * (0.8 + 0.6 * (PetscReal)k / (PetscReal)(starts - 1)), 0,
                             &candidate));
    else if (near)
      PetscCall(HypWindowFit(w, near->rate, near->frequency, &candidate));
    else if (w->rate > 0)
      PetscCall(HypWindowFit(w, w->rate, w->second, &candidate));
    else
      PetscCall(HypWindowFit(w, slope, HypWindowScan(w, slope), &candidate));
    if (!(candidate.residual < fit->residual)) continue;
    if (near && PetscAbsReal(candidate.frequency / near->frequency - 1) > STRAYED) continue;
    *fit      = candidate;
    fit->form = w->form;
    fit->from = w->t[0];
    fit->to   = w->t[w->n - 1];
    Envelope(w, fit);
  }
  w->rate   = fit->residual < 1e-3 ? fit->rate : 0;
  w->second = fit->frequency;
  if (w->form != HYP_FIT_OSCILLATING) fit->frequency = 0;
  PetscFunctionReturn(0);
}

/* The last usable point: y positive and above the reach of rounding */
static PetscInt LastPoint(PetscInt n, const PetscReal y[])
{
  PetscInt last = 0;

  while (last + 1 < n && y[last + 1] > FLOOR * y[0] && isfinite(y[last + 1])) last++;
  return last;
}

/* A form's best window and its error bar; fit->residual tells how good it is there */
static PetscErrorCode FitForm(const Form *by, const PetscReal t[], const PetscReal y[],
                              PetscInt last, HypFit *fit)
{
  HypFit    fits[WINDOWS];
  HypWindow w;

  PetscFunctionBeginUser;
  fit->residual = fit->error = PETSC_INFINITY;
  w.rate                     = 0;
  for (PetscInt k = 0; k < WINDOWS; k++) {
    const PetscInt first = last * (k + 1) / (WINDOWS + 2);
    HypFit        *f     = &fits[k];
    PetscReal      slope;

    PetscCall(PetscMemzero(f, sizeof(*f)));
    f->residual = f->error = f->rate = PETSC_INFINITY;
    if (last - first < 2 * HypWindowTerms(by->kind)) continue;
    w.form = by->form;
    w.kind = by->kind;
    HypWindowFill(&w, t, y, first, last, &slope);
    PetscCall(FitWindow(&w, slope, by->near, f));
  }
  for (PetscInt k = 0; k < WINDOWS - 1; k++) {
    PetscReal drift = 0, error;

    for (PetscInt j = k + 1; j < WINDOWS; j++) {
      if (fits[j].residual <= fits[k].residual)
        drift = PetscMax(drift, PetscAbsReal(fits[k].rate - fits[j].rate) - fits[j].error);
    }
    /* what faster modes leave in an integral of |h| has no such form: it is a bias,
       of which the next window has about half */
    if (by->near) drift = PetscMax(drift, 2 * PetscAbsReal(fits[k].rate - fits[k + 1].rate));
    error = fits[k].error + (isfinite(fits[k + 1].residual) ? drift : PETSC_INFINITY);
    if (!isfinite(fits[k].residual) || !(error < fit->error)) continue;
    *fit       = fits[k];
    fit->error = error;
  }
  PetscFunctionReturn(0);
}

/* A fit to the series by each of so many forms */
static PetscErrorCode Fit(PetscInt nforms, const Form forms[], PetscInt n, const PetscReal t[],
                          const PetscReal y[], HypFit *fit)
{
  const PetscInt       last    = n > 0 ? LastPoint(n, y) : 0;
  gsl_error_handler_t *handler = gsl_set_error_handler_off();
  HypFit               candidates[3];
  PetscInt             tried = 0;

  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(fit, sizeof(*fit)));
  fit->form     = HYP_FIT_NONE;
  fit->residual = fit->error = PETSC_INFINITY;
  fit->rate                  = NAN;
  for (PetscInt k = 0; k < nforms && last >= 23; k++) {
    /* a double eigenvalue is the exception: looked for only where simple ones do not fit */
    if (forms[k].form == HYP_FIT_CRITICAL && fit->error <= 1e-7 * fit->rate) break;
    PetscCall(PetscMemzero(&candidates[k], sizeof(*candidates)));
    PetscCall(FitForm(&forms[k], t, y, last, &candidates[k]));
    if (candidates[k].error < fit->error) *fit = candidates[k];
    tried = k + 1;
  }
  /* another form that fits as well but says otherwise is as likely:
     near critical damping the data cannot tell them apart */
  for (PetscInt k = 0; k < tried; k++) {
    if (candidates[k].residual <= 10 * fit->residual)
      fit->error = PetscMax(fit->error, PetscAbsReal(candidates[k].rate - fit->rate));
  }
  /* an oscillation without amplitude is a pure exponential, which every form contains */
  if (fit->form == HYP_FIT_OSCILLATING &&
      PetscAbsReal(fit->B) + PetscAbsReal(fit->C) < 1e-8 * PetscAbsReal(fit->A)) {
    fit->form      = HYP_FIT_EXPONENTIAL;
    fit->frequency = 0;
  }
  if (!isfinite(fit->error) ||
      fit->error > fit->rate) { /* the bar would reach zero: nothing has been measured */
    PetscCall(PetscMemzero(fit, sizeof(*fit)));
    fit->form = HYP_FIT_NONE;
    fit->rate = fit->error = fit->residual = NAN;
  }
  gsl_set_error_handler(handler);
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
. fit - form, rate lambda of ||h||, error bar, window, largest relative misfit;
  form HYP_FIT_NONE if fewer than 24 times lie
        above rounding

  Level: intermediate

  Note:
  A double eigenvalue is reported (HYP_FIT_CRITICAL) when the error bars of an oscillation and
  of a pair of exponentials exceed 1e-7 of the rate and that of a polynomial prefactor is smaller.

.seealso: HypFitVariation(), HypFunctionalsCompute(), HypModelLyapunov()
@*/
PetscErrorCode HypFitRate(PetscInt n, const PetscReal t[], const PetscReal y[], HypFit *fit)
{
  static const Form forms[] = {{HYP_FIT_EXPONENTIAL, HYP_WINDOW_PRODUCTS, NULL},
                               {HYP_FIT_OSCILLATING, HYP_WINDOW_PRODUCTS, NULL},
                               {HYP_FIT_CRITICAL, HYP_WINDOW_PRODUCTS, NULL}};

  return Fit(3, forms, n, t, y, fit);
}

/*@
  HypFitVariation - Fits the decay rate of an integral of |h|, such as total variation

  Not collective

  Input Parameters:
+ n - number of times
. t - increasing
. y - the square of the integral, positive
- square - of ||h||^2 of the same run, which knows the frequency

  Output Parameter:
. fit - as from HypFitRate(); A, B and C leave out the overtones

  Level: intermediate

  Note:
  Where a pair of eigenvalues leads, the square is e^{-2 rate t} times a function of the phase,
  of which the frequencies 2w, 4w, 6w and 8w are fitted.
  Of the momentum equation with the loss theta^4/4 they are 0.51, 0.030, 0.0035 and 0.0009
  of the mean.

.seealso: HypFitRate(), HypNormsCompute()
@*/
PetscErrorCode HypFitVariation(PetscInt n, const PetscReal t[], const PetscReal y[],
                               const HypFit *square, HypFit *fit)
{
  const Form forms[] = {{HYP_FIT_OSCILLATING, HYP_WINDOW_PRODUCTS, square},
                        {HYP_FIT_OSCILLATING, HYP_WINDOW_OVERTONES, square}};

  if (square->form != HYP_FIT_OSCILLATING || square->error > DOUBTED * square->rate)
    return HypFitRate(n, t, y, fit);
  return Fit(2, forms, n, t, y, fit);
}
