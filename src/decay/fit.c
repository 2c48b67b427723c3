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

   The linear coefficients are eliminated (variable projection), so that only rate and w,
   or rate and s, are searched for, by GSL's Levenberg-Marquardt;
   misfits are relative, for the data are exact to relative accuracy.
   With the basis Phi, c its best coefficients and P the projection on what Phi cannot reach,
   the misfit P 1 has the derivative -P (d Phi) c up to terms
   of the misfit's own size (Kaufman, 1975).
   Several windows are tried, each from where the one before ended.
   A window's error is the fit's own uncertainty plus whatever distance to the rate of any later,
   better fitted window that one's uncertainty does not explain;
   the window with the smallest error counts.
   Close pairs (d > 1) drift slowly and get a wide bar.
*/
#include <hypoco/decay.h>
#include <gsl/gsl_blas.h>
#include <gsl/gsl_fit.h>
#include <gsl/gsl_multifit_nlinear.h>
#include <math.h>
#include <slepcblaslapack.h>

const char *const HypFitForms[] = {"none", "oscillating", "critical", "exponential"};

#define POINTS 96 /* at most so many points of a window are used */
#define FLOOR                                                                                      \
  1e-20 /* y below this fraction of y(0) is within reach of rounding: h at 1e-10 of its start */
#define WINDOWS 7
#define HOPELESS                                                                                   \
  1e-2 /* a root mean square misfit that is still larger after 12 steps belongs to the wrong form */
#define TERMS 8 /* linear coefficients: three of the leading pair, five of its products */

typedef struct {
  HypFitForm form;
  PetscInt   n;
  PetscReal  t[POINTS], logy[POINTS], middle;
  PetscReal  coefficient[TERMS];
  PetscReal  basis[TERMS][POINTS]; /* Phi, by columns */
  PetscReal  rate, second;         /* where the last good fit ended; rate 0: there was none */
  /* Phi = Q R of the parameters at[], which one step asks for three times */
  PetscReal    at[2], Q[TERMS][POINTS], tau[TERMS], length[TERMS], misfit[POINTS];
  PetscBLASInt pivot[TERMS], rank, failed;
} Window;

/* The functions of one form, tau = t - middle of the window, second = w or s;
   e is e^{-2 rate tau} */
static void Basis(HypFitForm form, PetscReal second, PetscReal tau, PetscReal e, PetscReal b[TERMS])
{
  PetscReal p[5] = {1, 0, 0, 0, 0};

  if (form == HYP_FIT_OSCILLATING) {
    p[1] = PetscCosReal(2 * second * tau);
    p[2] = PetscSinReal(2 * second * tau);
    p[3] = PetscCosReal(4 * second * tau);
    p[4] = PetscSinReal(4 * second * tau);
  } else {
    const PetscReal q = form == HYP_FIT_CRITICAL ? tau : PetscExpReal(-second * tau);

    for (PetscInt j = 1; j < 5; j++) p[j] = q * p[j - 1];
  }
  for (PetscInt j = 0; j < 3; j++) b[j] = p[j];
  for (PetscInt j = 0; j < 5; j++) b[3 + j] = e * p[j];
}

/* Phi: the functions of the form over the data */
static void WindowBasis(Window *w, PetscReal rate, PetscReal second)
{
  for (PetscInt k = 0; k < w->n; k++) {
    const PetscReal tau = w->t[k] - w->middle, e = PetscExpReal(-2 * rate * tau),
                    scale = e * PetscExpReal(-w->logy[k]);
    PetscReal b[TERMS];

    Basis(w->form, second, tau, e, b);
    for (PetscInt j = 0; j < TERMS; j++) w->basis[j][k] = scale * b[j];
  }
}

/*
   Phi = Q R with columns exchanged, of equal length before.
   Columns that the window cannot tell apart (late, or nearly equal exponents) come last in R,
   with a diagonal of rounding errors, and are left out.
   A singular value decomposition takes three times as long.
*/
static void Factor(Window *w)
{
  PetscBLASInt n = (PetscBLASInt)w->n, terms = TERMS, ld = POINTS, room = 64 * TERMS;
  PetscReal    work[64 * TERMS];

  for (PetscInt j = 0; j < TERMS; j++) {
    PetscReal square = 0;

    for (PetscInt k = 0; k < w->n; k++) square += PetscSqr(w->basis[j][k]);
    w->length[j] = square > 0 ? PetscSqrtReal(square) : 1;
    w->pivot[j]  = 0;
    for (PetscInt k = 0; k < w->n; k++) w->Q[j][k] = w->basis[j][k] / w->length[j];
  }
  LAPACKgeqp3_(&n, &terms, w->Q[0], &ld, w->pivot, w->tau, work, &room, &w->failed);
  for (w->rank = 0; w->rank < terms; w->rank++)
    if (!(PetscAbsReal(w->Q[w->rank][w->rank]) > PETSC_MACHINE_EPSILON * PetscAbsReal(w->Q[0][0])))
      break;
}

/* u = u - Phi x with the best x for each of m columns u */
static void Project(Window *w, PetscInt m, PetscReal u[][POINTS], PetscReal x[][TERMS])
{
  PetscBLASInt n = (PetscBLASInt)w->n, terms = TERMS, columns = (PetscBLASInt)m, ld = POINTS,
               room = 64 * TERMS, failed = w->failed, info = 0;
  PetscReal B[2][POINTS], work[64 * TERMS];

  for (PetscInt i = 0; i < m; i++)
    for (PetscInt k = 0; k < w->n; k++) B[i][k] = u[i][k];
  LAPACKormqr_("L", "T", &n, &columns, &terms, w->Q[0], &ld, w->tau, B[0], &ld, work, &room, &info);
  failed |= info;
  LAPACKtrtrs_("U", "N", "N", &w->rank, &columns, w->Q[0], &ld, B[0], &ld, &info);
  failed |= info;
  for (PetscInt i = 0; i < m; i++) {
    for (PetscInt j = 0; j < TERMS; j++) {
      const PetscInt to = w->pivot[j] - 1;

      x[i][to] = failed ? NAN : j < w->rank ? B[i][j] / w->length[to] : 0;
      for (PetscInt k = 0; k < w->n; k++) u[i][k] -= x[i][to] * w->basis[to][k];
    }
  }
}

/* Basis, coefficients and relative misfits of these parameters */
static void Misfits(Window *w, PetscReal rate, PetscReal second)
{
  if (w->at[0] == rate && w->at[1] == second) return;
  w->at[0] = rate;
  w->at[1] = second;
  for (PetscInt k = 0; k < w->n; k++) w->misfit[k] = 1;
  WindowBasis(w, rate, second);
  Factor(w);
  Project(w, 1, &w->misfit, &w->coefficient);
}

static PetscReal Second(const gsl_vector *x)
{
  return x->size > 1 ? gsl_vector_get(x, 1) : 0;
}

static int Residual(const gsl_vector *x, void *ctx, gsl_vector *f)
{
  Window *w = (Window *)ctx;

  Misfits(w, gsl_vector_get(x, 0), Second(x));
  for (PetscInt k = 0; k < w->n; k++) gsl_vector_set(f, (size_t)k, w->misfit[k]);
  return isfinite(w->misfit[0]) ? GSL_SUCCESS : GSL_EFAILED;
}

/* -P (d Phi) c: e^{-2 rate tau} and its square give -2 tau and -4 tau;
   cos 2w tau and its like, or e^{-s tau}, their own factors */
static int Jacobian(const gsl_vector *x, void *ctx, gsl_matrix *J)
{
  Window   *w = (Window *)ctx;
  PetscReal d[2][POINTS], unused[2][TERMS];

  Misfits(w, gsl_vector_get(x, 0), Second(x));
  for (PetscInt k = 0; k < w->n; k++) {
    const PetscReal tau = w->t[k] - w->middle;
    PetscReal       term[TERMS];

    d[0][k] = d[1][k] = 0;
    for (PetscInt j = 0; j < TERMS; j++) {
      term[j] = w->basis[j][k] * tau;
      d[0][k] -= (j < 3 ? 2 : 4) * term[j] * w->coefficient[j];
      if (w->form == HYP_FIT_EXPONENTIAL)
        d[1][k] -= (PetscReal)(j < 3 ? j : j - 3) * term[j] * w->coefficient[j];
    }
    for (PetscInt j = 1; j < TERMS && w->form == HYP_FIT_OSCILLATING;
         j += j == 1 ? 3 : 2) { /* pairs cos, sin: 1, 4 of 2w; 6 of 4w */
      d[1][k] +=
        (j == 6 ? 4 : 2) * (term[j] * w->coefficient[j + 1] - term[j + 1] * w->coefficient[j]);
    }
  }
  Project(w, 2, d, unused);
  for (PetscInt k = 0; k < w->n; k++) {
    for (size_t p = 0; p < x->size; p++) gsl_matrix_set(J, (size_t)k, p, -d[p][k]);
  }
  return isfinite(d[0][0] + d[1][0]) ? GSL_SUCCESS : GSL_EFAILED;
}

/* Root mean square misfit at given parameters */
static PetscReal Quality(Window *w, PetscReal rate, PetscReal second, PetscReal *largest)
{
  PetscReal sum = 0;

  Misfits(w, rate, second);
  *largest = 0;
  for (PetscInt k = 0; k < w->n; k++) {
    sum += PetscSqr(w->misfit[k]);
    *largest = PetscMax(*largest, PetscAbsReal(w->misfit[k]));
  }
  return PetscSqrtReal(sum / (PetscReal)w->n);
}

/* The best w (or s) on a coarse scan at a given rate: the start of the search */
static PetscReal Scan(Window *w, PetscReal rate)
{
  const PetscReal length = w->t[w->n - 1] - w->t[0], step = length / (PetscReal)(w->n - 1);
  const PetscInt  tries = w->form == HYP_FIT_OSCILLATING
                            ? 48
                            : 24; /* a misfit in s is smooth, one in w has many minima */
  PetscReal       best = PETSC_INFINITY, at = 1 / length;

  for (PetscInt k = 0; k < tries; k++) {
    const PetscReal low = 0.5 / length, high = w->form == HYP_FIT_OSCILLATING
                                                 ? 0.45 * PETSC_PI / step
                                                 : 20 * rate + 20 / length;
    const PetscReal second = low * PetscPowReal(high / low, (PetscReal)k / (PetscReal)(tries - 1));
    PetscReal       largest;
    const PetscReal q = Quality(w, rate, second, &largest);

    if (q < best) {
      best = q;
      at   = second;
    }
  }
  return at;
}

/* Do the modes of degree two still outweigh the leading pair at the end
   of the window?  Then what was found is half of twice
   the rate, with the leading terms idle. */
static PetscBool LeadingIsIdle(const Window *w, PetscReal rate, PetscReal second)
{
  const PetscReal tau = w->t[w->n - 1] - w->middle, e = PetscExpReal(-2 * rate * tau);
  PetscReal       b[TERMS], leading = 0, next = 0;

  Basis(w->form, second, tau, e, b);
  if (w->form == HYP_FIT_OSCILLATING) { /* amplitudes, whatever the phase at the end */
    for (PetscInt j = 0; j < TERMS; j++) b[j] = j < 3 ? 1 : e;
  }
  for (PetscInt j = 0; j < 3; j++) leading += PetscAbsReal(w->coefficient[j] * b[j]);
  for (PetscInt j = 3; j < TERMS; j++) next += PetscAbsReal(w->coefficient[j] * b[j]);
  return next > leading ? PETSC_TRUE : PETSC_FALSE;
}

/* From one start: rate, second parameter, the rate's uncertainty,
   largest misfit (infinite if there is no fit) */
static PetscErrorCode FitFrom(Window *w, PetscReal rate, PetscReal second, HypFit *fit)
{
  const size_t                    p = w->form == HYP_FIT_CRITICAL ? 1 : 2, n = (size_t)w->n;
  gsl_multifit_nlinear_parameters parameters = gsl_multifit_nlinear_default_parameters();
  gsl_multifit_nlinear_workspace *work;
  gsl_multifit_nlinear_fdf fdf = {.f = Residual, .df = Jacobian, .n = n, .p = p, .params = w};
  gsl_vector              *x   = gsl_vector_alloc(p);
  gsl_matrix              *cov = gsl_matrix_alloc(p, p);
  PetscReal                rms;
  int                      info, status;

  PetscFunctionBeginUser;
  work = gsl_multifit_nlinear_alloc(gsl_multifit_nlinear_trust, &parameters, n, p);
  PetscCheck(x && cov && work, PETSC_COMM_SELF, PETSC_ERR_MEM, "GSL could not allocate the fit");
  gsl_vector_set(x, 0, rate);
  if (p > 1) gsl_vector_set(x, 1, second);
  gsl_multifit_nlinear_init(x, &fdf, work);
  status = gsl_multifit_nlinear_driver(12, 1e-14, 1e-14, 0, NULL, NULL, &info, work);
  if (status == GSL_EMAXITER &&
      gsl_blas_dnrm2(gsl_multifit_nlinear_residual(work)) < HOPELESS * PetscSqrtReal((PetscReal)n))
    status = gsl_multifit_nlinear_driver(48, 1e-14, 1e-14, 0, NULL, NULL, &info, work);
  fit->rate      = gsl_vector_get(gsl_multifit_nlinear_position(work), 0);
  fit->frequency = p > 1 ? PetscAbsReal(gsl_vector_get(gsl_multifit_nlinear_position(work), 1)) : 0;
  rms            = Quality(w, fit->rate, fit->frequency, &fit->residual);
  gsl_multifit_nlinear_covar(gsl_multifit_nlinear_jac(work), 0, cov);
  fit->error = rms * PetscSqrtReal((PetscReal)n / (PetscReal)(n - p - TERMS)) *
               PetscSqrtReal(gsl_matrix_get(cov, 0, 0));
  /* no progress at the level of rounding is convergence; anything non-finite is no fit at all */
  if ((status != GSL_SUCCESS && status != GSL_ENOPROG && status != GSL_EMAXITER) ||
      !isfinite(fit->rate) || !isfinite(fit->error) || fit->rate <= 0 ||
      LeadingIsIdle(w, fit->rate, fit->frequency))
    fit->residual = PETSC_INFINITY;
  gsl_multifit_nlinear_free(work);
  gsl_matrix_free(cov);
  gsl_vector_free(x);
  PetscFunctionReturn(0);
}

/* A, B, C for t instead of tau = t - middle */
static void Envelope(const Window *w, HypFit *fit)
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
static PetscErrorCode FitWindow(Window *w, PetscReal slope, HypFit *fit)
{
  const PetscInt starts = w->form == HYP_FIT_CRITICAL ? 30 : 1;
  HypFit         candidate;

  PetscFunctionBeginUser;
  fit->residual = PETSC_INFINITY;
  for (PetscInt k = 0; k < starts; k++) {
    PetscCall(PetscMemzero(&candidate, sizeof(candidate)));
    if (starts > 1)
      PetscCall(
        FitFrom(w, slope * (0.8 + 0.6 * (PetscReal)k / (PetscReal)(starts - 1)), 0, &candidate));
    else if (w->rate > 0)
      PetscCall(FitFrom(w, w->rate, w->second, &candidate));
    else
      PetscCall(FitFrom(w, slope, Scan(w, slope), &candidate));
    if (!(candidate.residual < fit->residual)) continue;
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

/* Points first..last of the series, thinned to POINTS, and the straight line through log y */
static void FillWindow(const PetscReal t[], const PetscReal y[], PetscInt first, PetscInt last,
                       Window *w, PetscReal *slope)
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
  w->at[0]  = NAN; /* nothing is known of this window */
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

/* A form's best window and its error bar; fit->residual tells how good it is there */
static PetscErrorCode FitForm(HypFitForm form, const PetscReal t[], const PetscReal y[],
                              PetscInt last, HypFit *fit)
{
  HypFit fits[WINDOWS];
  Window w;

  PetscFunctionBeginUser;
  fit->residual = fit->error = PETSC_INFINITY;
  w.rate                     = 0;
  for (PetscInt k = 0; k < WINDOWS; k++) {
    const PetscInt first = last * (k + 1) / (WINDOWS + 2);
    HypFit        *f     = &fits[k];
    PetscReal      slope;

    PetscCall(PetscMemzero(f, sizeof(*f)));
    f->residual = f->error = f->rate = PETSC_INFINITY;
    if (last - first < 2 * TERMS) continue;
    w.form = form;
    FillWindow(t, y, first, last, &w, &slope);
    PetscCall(FitWindow(&w, slope, f));
  }
  for (PetscInt k = 0; k < WINDOWS - 1; k++) {
    PetscReal drift = 0, error;

    for (PetscInt j = k + 1; j < WINDOWS; j++) {
      if (fits[j].residual <= fits[k].residual)
        drift = PetscMax(drift, PetscAbsReal(fits[k].rate - fits[j].rate) - fits[j].error);
    }
    error = fits[k].error + (isfinite(fits[k + 1].residual) ? drift : PETSC_INFINITY);
    if (!isfinite(fits[k].residual) || !(error < fit->error)) continue;
    *fit       = fits[k];
    fit->error = error;
  }
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

.seealso: HypFunctionalsCompute(), HypModelLyapunov()
@*/
PetscErrorCode HypFitRate(PetscInt n, const PetscReal t[], const PetscReal y[], HypFit *fit)
{
  static const HypFitForm forms[] = {HYP_FIT_EXPONENTIAL, HYP_FIT_OSCILLATING, HYP_FIT_CRITICAL};
  const PetscInt          last    = n > 0 ? LastPoint(n, y) : 0;
  gsl_error_handler_t    *handler = gsl_set_error_handler_off();
  HypFit                  candidates[3];
  PetscInt                tried = 0;

  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(fit, sizeof(*fit)));
  fit->form     = HYP_FIT_NONE;
  fit->residual = fit->error = PETSC_INFINITY;
  fit->rate                  = NAN;
  for (PetscInt k = 0; k < 3 && last >= 23; k++) {
    /* a double eigenvalue is the exception: looked for only where simple ones do not fit */
    if (forms[k] == HYP_FIT_CRITICAL && fit->error <= 1e-7 * fit->rate) break;
    PetscCall(PetscMemzero(&candidates[k], sizeof(*candidates)));
    PetscCall(FitForm(forms[k], t, y, last, &candidates[k]));
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
