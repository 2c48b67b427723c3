/*
   One form fitted to the values of a decaying quadratic functional in one window of times.

   The linear coefficients are eliminated (variable projection), so that only rate and w,
   or rate and s, are searched for, by GSL's Levenberg-Marquardt;
   misfits are relative, for the data are exact to relative accuracy.
   With the basis Phi, c its best coefficients and P the projection on what Phi cannot reach,
   the misfit P 1 has the derivative -P (d Phi) c up to terms
   of the misfit's own size (Kaufman, 1975).
*/
#include "decay/fitwindow.h"
#include <gsl/gsl_blas.h>
#include <gsl/gsl_fit.h>
#include <gsl/gsl_multifit_nlinear.h>
#include <math.h>
#include <slepcblaslapack.h>

#define HOPELESS                                                                                   \
  1e-2 /* a root mean square misfit that is still larger after 12 steps belongs to the wrong form */

/* Which multiple of the rate a function decays with, and which power of q = e^{-s tau} or tau,
   or which harmonic of 2w, it has; of a harmonic the cosine comes first, then the sine */
typedef struct {
  PetscInt  rate, order;
  PetscBool sine;
} Term;

#define HARMONIC(rate, k)                                                                          \
  {rate, k, PETSC_FALSE},                                                                          \
  {                                                                                                \
    rate, k, PETSC_TRUE                                                                            \
  }
static const Term powers[]    = {{1, 0, 0}, {1, 1, 0}, {1, 2, 0}, {2, 0, 0},
                                 {2, 1, 0}, {2, 2, 0}, {2, 3, 0}, {2, 4, 0}};
static const Term harmonics[] = {
  {1, 0, 0}, HARMONIC(1, 1), {2, 0, 0}, HARMONIC(2, 1), HARMONIC(2, 2)};
static const Term overtones[] = {
  {1, 0, 0}, HARMONIC(1, 1), HARMONIC(1, 2), HARMONIC(1, 3), HARMONIC(1, 4)};

static const Term *Terms(const HypWindow *w)
{
  if (w->kind == HYP_WINDOW_OVERTONES) return overtones;
  return w->form == HYP_FIT_OSCILLATING ? harmonics : powers;
}

/* How many linear coefficients there are */
PETSC_INTERN PetscInt HypWindowTerms(HypWindowKind kind)
{
  return kind == HYP_WINDOW_OVERTONES ? 9 : 8;
}

/* The functions at tau = t - middle of the window, second = w or s; e is e^{-2 rate tau},
   divided by the value there */
static void Basis(const HypWindow *w, PetscReal second, PetscReal tau, PetscReal e, PetscReal scale,
                  PetscReal b[])
{
  const Term *const term    = Terms(w);
  PetscReal         even[5] = {1, 0, 0, 0, 0}, odd[5] = {0};

  if (w->form == HYP_FIT_OSCILLATING) {
    const PetscReal c = PetscCosReal(2 * second * tau), s = PetscSinReal(2 * second * tau);

    for (PetscInt k = 1; k < 5; k++) {
      even[k] = c * even[k - 1] - s * odd[k - 1];
      odd[k]  = s * even[k - 1] + c * odd[k - 1];
    }
  } else {
    const PetscReal q = w->form == HYP_FIT_CRITICAL ? tau : PetscExpReal(-second * tau);

    for (PetscInt k = 1; k < 5; k++) even[k] = q * even[k - 1];
  }
  for (PetscInt j = 0; j < w->terms; j++)
    b[j] = scale * e * (term[j].rate > 1 ? e : 1) *
           (term[j].sine ? odd[term[j].order] : even[term[j].order]);
}

/* Phi: the functions of the form over the data */
static void WindowBasis(HypWindow *w, PetscReal rate, PetscReal second)
{
  for (PetscInt k = 0; k < w->n; k++) {
    const PetscReal tau = w->t[k] - w->middle;
    PetscReal       b[HYP_WINDOW_TERMS];

    Basis(w, second, tau, PetscExpReal(-2 * rate * tau), PetscExpReal(-w->logy[k]), b);
    for (PetscInt j = 0; j < w->terms; j++) w->basis[j][k] = b[j];
  }
}

/*
   Phi = Q R with columns exchanged, of equal length before.
   Columns that the window cannot tell apart (late, or nearly equal exponents) come last in R,
   with a diagonal of rounding errors, and are left out.
   A singular value decomposition takes three times as long.
*/
static void Factor(HypWindow *w)
{
  PetscBLASInt n = (PetscBLASInt)w->n, terms = (PetscBLASInt)w->terms, ld = HYP_WINDOW_POINTS,
               room = 64 * HYP_WINDOW_TERMS;
  PetscReal work[64 * HYP_WINDOW_TERMS];

  for (PetscInt j = 0; j < w->terms; j++) {
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
static void Project(HypWindow *w, PetscInt m, PetscReal u[][HYP_WINDOW_POINTS],
                    PetscReal x[][HYP_WINDOW_TERMS])
{
  PetscBLASInt n = (PetscBLASInt)w->n, terms = (PetscBLASInt)w->terms, columns = (PetscBLASInt)m,
               ld = HYP_WINDOW_POINTS, room = 64 * HYP_WINDOW_TERMS, failed = w->failed, info = 0;
  PetscReal B[2][HYP_WINDOW_POINTS], work[64 * HYP_WINDOW_TERMS];

  for (PetscInt i = 0; i < m; i++)
    for (PetscInt k = 0; k < w->n; k++) B[i][k] = u[i][k];
  LAPACKormqr_("L", "T", &n, &columns, &terms, w->Q[0], &ld, w->tau, B[0], &ld, work, &room, &info);
  failed |= info;
  LAPACKtrtrs_("U", "N", "N", &w->rank, &columns, w->Q[0], &ld, B[0], &ld, &info);
  failed |= info;
  for (PetscInt i = 0; i < m; i++) {
    for (PetscInt j = 0; j < w->terms; j++) {
      const PetscInt to = w->pivot[j] - 1;

      x[i][to] = failed ? NAN : j < w->rank ? B[i][j] / w->length[to] : 0;
      for (PetscInt k = 0; k < w->n; k++) u[i][k] -= x[i][to] * w->basis[to][k];
    }
  }
}

/* Basis, coefficients and relative misfits of these parameters */
static void Misfits(HypWindow *w, PetscReal rate, PetscReal second)
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
  HypWindow *w = (HypWindow *)ctx;

  Misfits(w, gsl_vector_get(x, 0), Second(x));
  for (PetscInt k = 0; k < w->n; k++) gsl_vector_set(f, (size_t)k, w->misfit[k]);
  return isfinite(w->misfit[0]) ? GSL_SUCCESS : GSL_EFAILED;
}

/* -P (d Phi) c: e^{-2 rate tau} and its square give -2 tau and -4 tau;
   harmonics of 2w and powers of e^{-s tau} their own factors */
static int Jacobian(const gsl_vector *x, void *ctx, gsl_matrix *J)
{
  HypWindow        *w    = (HypWindow *)ctx;
  const Term *const term = Terms(w);
  PetscReal         d[2][HYP_WINDOW_POINTS], unused[2][HYP_WINDOW_TERMS];

  Misfits(w, gsl_vector_get(x, 0), Second(x));
  for (PetscInt k = 0; k < w->n; k++) {
    const PetscReal tau = w->t[k] - w->middle;

    d[0][k] = d[1][k] = 0;
    for (PetscInt j = 0; j < w->terms; j++) {
      const PetscReal part  = w->basis[j][k] * tau * w->coefficient[j],
                      order = (PetscReal)term[j].order;

      d[0][k] -= 2 * (PetscReal)term[j].rate * part;
      if (w->form == HYP_FIT_EXPONENTIAL) d[1][k] -= order * part;
      if (w->form == HYP_FIT_OSCILLATING && term[j].order) /* the other one of cos and sin */
        d[1][k] += 2 * order * tau * w->coefficient[j] *
                   (term[j].sine ? w->basis[j - 1][k] : -w->basis[j + 1][k]);
    }
  }
  Project(w, 2, d, unused);
  for (PetscInt k = 0; k < w->n; k++) {
    for (size_t p = 0; p < x->size; p++) gsl_matrix_set(J, (size_t)k, p, -d[p][k]);
  }
  return isfinite(d[0][0] + d[1][0]) ? GSL_SUCCESS : GSL_EFAILED;
}

/* Root mean square misfit at given parameters */
static PetscReal Quality(HypWindow *w, PetscReal rate, PetscReal second, PetscReal *largest)
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
PETSC_INTERN PetscReal HypWindowScan(HypWindow *w, PetscReal rate)
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
static PetscBool LeadingIsIdle(const HypWindow *w, PetscReal rate, PetscReal second)
{
  const PetscReal   tau = w->t[w->n - 1] - w->middle, e = PetscExpReal(-2 * rate * tau);
  const Term *const term = Terms(w);
  PetscReal         b[HYP_WINDOW_TERMS], leading = 0, next = 0;

  Basis(w, second, tau, e, 1 / e, b);
  for (PetscInt j = 0; j < w->terms; j++) {
    /* amplitudes of an oscillation, whatever the phase at the end */
    const PetscReal size = w->form == HYP_FIT_OSCILLATING ? (term[j].rate > 1 ? e : 1) : b[j];

    *(term[j].rate > 1 ? &next : &leading) += PetscAbsReal(w->coefficient[j] * size);
  }
  return next > leading ? PETSC_TRUE : PETSC_FALSE;
}

/* How many of the misfits are independent: one for each run of equal sign.
   What is left of overtones beyond the fourth is smooth, not noise. */
static PetscReal Runs(const HypWindow *w)
{
  PetscInt runs = 1;

  for (PetscInt k = 1; k < w->n; k++) runs += (w->misfit[k] > 0) != (w->misfit[k - 1] > 0);
  return (PetscReal)runs;
}

/* From one start: rate, second parameter, the rate's uncertainty,
   largest misfit (infinite if there is no fit) */
PETSC_INTERN PetscErrorCode HypWindowFit(HypWindow *w, PetscReal rate, PetscReal second,
                                         HypFit *fit)
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
  fit->error = rms * PetscSqrtReal((PetscReal)n / (PetscReal)(n - p - (size_t)w->terms)) *
               PetscSqrtReal(gsl_matrix_get(cov, 0, 0));
  if (w->kind == HYP_WINDOW_OVERTONES) fit->error *= PetscSqrtReal((PetscReal)n / Runs(w));
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

/* Points first..last of the series, thinned to POINTS, and the straight line through log y */
PETSC_INTERN void HypWindowFill(HypWindow *w, const PetscReal t[], const PetscReal y[],
                                PetscInt first, PetscInt last, PetscReal *slope)
{
  const PetscInt count = last - first + 1;
  double         c0, c1, cov00, cov01, cov11, sumsq;

  w->terms = HypWindowTerms(w->kind);
  w->n     = PetscMin(count, HYP_WINDOW_POINTS);
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
