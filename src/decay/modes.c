/*
   Modes in a mean over paths,

       y(t) = C + e^{-rate tau} (a cos w tau + b sin w tau)
                + e^{-(1 + excess) rate tau} (c cos v tau + d sin v tau),     tau = t - first,

   or e^{-rate tau} a, e^{-(1 + excess) rate tau} c for real modes.  The coefficients are linear and
   eliminated at given rates; what remains goes to GSL's least squares with the errors made
   independent (whiten.c).

   The evidence of a form is the integral of likelihood times prior, a Gaussian around its maximum:
   coefficients are normal with a few times the signal's size, ln rate and ln w are spread over
   RANGE.  It decides between forms, and it charges a form for what it can take on and need not.
*/
#include "decay/modes.h"
#include <gsl/gsl_linalg.h>
#include <gsl/gsl_multifit_nlinear.h>
#include <math.h>

#define RANGE    5.7 /* ln 300 */
#define LEADING  3   /* coefficients of the slowest mode, in units of the signal */
#define FASTER   2
#define CONSTANT 10
#define UNKNOWNS 4

PetscErrorCode HypModesCreate(PetscInt n, HypModes *m)
{
  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(m, sizeof(*m)));
  PetscCall(PetscMalloc6(n, &m->past, n, &m->sigma, n, &m->z, n, &m->column, n, &m->white,
                         n + HYP_MODES_TERMS, &m->residual));
  PetscFunctionReturn(0);
}

PetscErrorCode HypModesDestroy(HypModes *m)
{
  PetscFunctionBeginUser;
  PetscCall(PetscFree6(m->past, m->sigma, m->z, m->column, m->white, m->residual));
  PetscFunctionReturn(0);
}

/* Coefficients of the form: C first, those of the faster mode last */
int HypModesTerms(const HypModes *m)
{
  return (m->known ? 0 : 1) + (m->form.pair ? 2 : 1) + m->form.faster;
}

static void Basis(const HypModes *m, PetscReal rate, PetscReal frequency, PetscReal t,
                  PetscReal b[HYP_MODES_TERMS])
{
  const PetscReal tau = t - m->first, e = PetscExpReal(-rate * tau);
  int             k = 0;

  if (!m->known) b[k++] = 1;
  b[k++] = m->form.pair ? e * PetscCosReal(frequency * tau) : e;
  if (m->form.pair) b[k++] = e * PetscSinReal(frequency * tau);
  if (m->form.faster) {
    const PetscReal f = e * PetscExpReal(-m->form.excess * rate * tau);

    b[k++] = m->form.faster == 2 ? f * PetscCosReal(m->form.frequency * tau) : f;
    if (m->form.faster == 2) b[k++] = f * PetscSinReal(m->form.frequency * tau);
  }
}

/* Standard deviation of coefficient i before anything is known */
static PetscReal Prior(const HypModes *m, int i)
{
  const int terms = HypModesTerms(m);

  if (!m->known && i == 0) return CONSTANT * m->amplitude;
  return (i >= terms - m->form.faster ? FASTER : LEADING) * m->amplitude;
}

/* G = L L^T in place, and G x = b; ln det of G with the prior's scales */
static void Solve(HypModes *m, int q, PetscReal G[][HYP_MODES_TERMS], PetscReal b[])
{
  m->logdet = 0;
  for (int i = 0; i < q; i++)
    for (int j = 0; j <= i; j++) {
      PetscReal v = G[i][j];

      for (int k = 0; k < j; k++) v -= G[i][k] * G[j][k];
      G[i][j] = i == j ? PetscSqrtReal(PetscMax(v, 1e-300)) : v / G[j][j];
      if (i == j) m->logdet += 2 * PetscLogReal(G[i][i] * Prior(m, i));
    }
  for (int i = 0; i < q; i++) {
    for (int j = 0; j < i; j++) b[i] -= G[i][j] * b[j];
    b[i] /= G[i][i];
  }
  for (int i = q - 1; i >= 0; i--) {
    for (int j = i + 1; j < q; j++) b[i] -= G[j][i] * b[j];
    b[i] /= G[i][i];
  }
}

/* Coefficients at given rates; residual: n numbers, then the coefficients in units of their
   priors, so that the sum of squares is -2 ln(likelihood times prior) */
void HypModesProject(HypModes *m, PetscReal rate, PetscReal frequency, PetscReal residual[])
{
  const int q                                   = HypModesTerms(m);
  PetscReal G[HYP_MODES_TERMS][HYP_MODES_TERMS] = {{0}}, *c = m->coefficient;

  for (int i = 0; i < HYP_MODES_TERMS; i++) c[i] = 0;
  for (PetscInt k = 0; k < m->n; k++) {
    Basis(m, rate, frequency, m->t[k], m->column[k]);
    for (int i = 0; i < q; i++) {
      PetscReal v = m->column[k][i];

      for (PetscInt j = 0; j < PetscMin(k, HYP_MODES_LAGS); j++)
        v -= m->past[k][j] * m->column[k - 1 - j][i];
      m->white[k][i] = v / m->sigma[k];
    }
    for (int i = 0; i < q; i++) {
      c[i] += m->white[k][i] * m->z[k];
      for (int j = 0; j <= i; j++) G[i][j] += m->white[k][i] * m->white[k][j];
    }
  }
  for (int i = 0; i < q; i++) G[i][i] += 1 / PetscSqr(Prior(m, i));
  Solve(m, q, G, c);
  m->chi2 = 0;
  for (PetscInt k = 0; k < m->n; k++) {
    residual[k] = m->z[k];
    for (int i = 0; i < q; i++) residual[k] -= c[i] * m->white[k][i];
    m->chi2 += PetscSqr(residual[k]);
  }
  for (int i = 0; i < HYP_MODES_TERMS; i++) residual[m->n + i] = i < q ? c[i] / Prior(m, i) : 0;
}

/* The best of a coarse grid, without faster modes: the start of the searches */
void HypModesScan(HypModes *m, PetscReal *rate, PetscReal *frequency)
{
  PetscReal best = INFINITY, *residual = m->residual;

  for (int i = 0; i < 16; i++)
    for (int j = 0; j < (m->form.pair ? 20 : 1); j++) {
      const PetscReal r = 0.3 / m->length * PetscPowReal(80, i / 15.),
                      w = 1 / m->length * PetscPowReal(100, j / 19.);

      HypModesProject(m, r, w, residual);
      if (!(m->chi2 < best)) continue;
      best       = m->chi2;
      *rate      = r;
      *frequency = w;
    }
}

typedef struct {
  HypModes *modes;
  PetscBool all; /* the faster mode's rate and frequency are unknowns too */
} Problem;

/* x = ln rate, ln w, ln excess, ln v, as far as they are unknown */
static PetscBool Set(HypModes *m, const gsl_vector *x, PetscBool all, PetscReal *rate,
                     PetscReal *frequency)
{
  const PetscReal most = 1e6 / m->length;
  size_t          k    = 0;

  *rate      = PetscExpReal(gsl_vector_get(x, k++));
  *frequency = m->form.pair ? PetscExpReal(gsl_vector_get(x, k++)) : 0;
  if (all) m->form.excess = PetscExpReal(gsl_vector_get(x, k++));
  if (all && m->form.faster == 2) m->form.frequency = PetscExpReal(gsl_vector_get(x, k++));
  return *rate < most && *frequency < most && m->form.excess < 1e6 && m->form.frequency < most
           ? PETSC_TRUE
           : PETSC_FALSE;
}

static int Residual(const gsl_vector *x, void *ctx, gsl_vector *f)
{
  Problem  *problem = (Problem *)ctx;
  HypModes *m       = problem->modes;
  PetscReal rate, frequency;

  if (!Set(m, x, problem->all, &rate, &frequency)) return GSL_EDOM;
  HypModesProject(m, rate, frequency, m->residual);
  for (size_t i = 0; i < f->size; i++) { /* f may be a column of a matrix */
    if (!isfinite(m->residual[i])) return GSL_EDOM;
    gsl_vector_set(f, i, m->residual[i]);
  }
  return GSL_SUCCESS;
}

/* Amplitude of the slowest mode where the window begins, in units of the signal */
static PetscReal SlowestShare(const HypModes *m)
{
  const PetscReal *c = m->coefficient + (m->known ? 0 : 1);

  return PetscSqrtReal(c[0] * c[0] + (m->form.pair ? c[1] * c[1] : 0)) / m->amplitude;
}

/* Is that a mode which the window can show, and can the Gaussian be meant? */
static PetscBool Seen(const HypModes *m, const HypModesFit *fit, PetscBool all)
{
  const PetscReal low = m->form.faster == 2 ? HYP_MODES_PAIR : HYP_MODES_SMALLEST;

  if (!(fit->rate * m->length > HYP_MODES_SHORTEST) || fit->rate * m->length > 60)
    return PETSC_FALSE;
  if (m->form.pair && (fit->frequency * m->length < 0.7 || fit->frequency * m->spacing > 2))
    return PETSC_FALSE;
  if (!all) return PETSC_TRUE;
  if (m->form.excess < low || m->form.excess > 15 || fit->error > 0.5 * fit->rate)
    return PETSC_FALSE;
  return m->form.faster < 2 ||
             (m->form.frequency * m->length > 1 && m->form.frequency * m->spacing < 2)
           ? PETSC_TRUE
           : PETSC_FALSE;
}

/* Rate, its error and the evidence from the minimum and its Jacobian; evidence -INFINITY if it is
   no minimum to speak of */
static void Judge(HypModes *m, gsl_multifit_nlinear_workspace *work, PetscBool all,
                  HypModesFit *fit)
{
  const gsl_matrix *J = gsl_multifit_nlinear_jac(work);
  const size_t      p = J->size2, leading = m->form.pair ? 2 : 1;
  double            h[UNKNOWNS * UNKNOWNS];
  gsl_matrix_view   H     = gsl_matrix_view_array(h, p, p);
  PetscReal         total = 0, logdet = 0;

  if (!Set(m, work->x, all, &fit->rate, &fit->frequency)) return;
  HypModesProject(m, fit->rate, fit->frequency, m->residual);
  for (size_t i = 0; i < J->size1; i++) total += PetscSqr(m->residual[i]);
  for (size_t a = 0; a < p; a++)
    for (size_t b = 0; b < p; b++) {
      PetscReal v = a == b ? 1 / (RANGE * RANGE) : 0;

      for (size_t i = 0; i < J->size1; i++) v += gsl_matrix_get(J, i, a) * gsl_matrix_get(J, i, b);
      gsl_matrix_set(&H.matrix, a, b, v);
    }
  if (!isfinite(total) || gsl_linalg_cholesky_decomp1(&H.matrix)) return;
  for (size_t a = 0; a < p; a++) logdet += 2 * PetscLogReal(gsl_matrix_get(&H.matrix, a, a));
  gsl_linalg_cholesky_invert(&H.matrix);
  fit->error = fit->rate * PetscSqrtReal(gsl_matrix_get(&H.matrix, 0, 0));
  fit->chi2  = m->chi2;
  fit->share = SlowestShare(m);
  fit->total = total;
  fit->form  = m->form;
  if (!Seen(m, fit, all)) return;
  for (size_t a = leading; a < p; a++) /* wide: the grid of faster modes is the better sum */
    if (gsl_matrix_get(&H.matrix, a, a) > 0.25) return;
  fit->evidence = 0.5 * ((PetscReal)p * PetscLogReal(2 * PETSC_PI) - total - m->logdet - logdet) -
                  (PetscReal)leading * PetscLogReal(RANGE);
}

/* From fit's rate, frequency and form; all: the faster mode moves too */
void HypModesMinimise(HypModes *m, PetscBool all, HypModesFit *fit)
{
  const size_t p = (fit->form.pair ? 2 : 1) + (size_t)(all ? fit->form.faster : 0),
               n = (size_t)m->n + HYP_MODES_TERMS;
  Problem                         problem   = {m, all};
  gsl_multifit_nlinear_fdf        f         = {.f = Residual, .n = n, .p = p, .params = &problem};
  gsl_multifit_nlinear_parameters parameter = gsl_multifit_nlinear_default_parameters();
  gsl_multifit_nlinear_workspace *work =
    gsl_multifit_nlinear_alloc(gsl_multifit_nlinear_trust, &parameter, n, p);
  double          start[UNKNOWNS];
  gsl_vector_view x = gsl_vector_view_array(start, p);
  size_t          k = 0;
  int             info;

  m->form    = fit->form;
  start[k++] = log(fit->rate);
  if (fit->form.pair) start[k++] = log(fit->frequency);
  if (all) start[k++] = log(fit->form.excess);
  if (all && fit->form.faster == 2) start[k++] = log(fit->form.frequency);
  fit->evidence = -INFINITY;
  if (!gsl_multifit_nlinear_init(&x.vector, &f, work)) {
    gsl_multifit_nlinear_driver(30, 1e-6, 1e-6, 0, NULL, NULL, &info, work);
    Judge(m, work, all, fit);
  }
  gsl_multifit_nlinear_free(work);
}
