/*
   One damped oscillator in a mean over paths, with any damping:

       y(t) = C + e^{-p tau} (a c(D, tau) + b s(D, tau)),     tau = t - first,
       c = cosh(sqrt(D) tau), s = sinh(sqrt(D) tau)/sqrt(D),

   which is a pair of frequency sqrt(-D) for D < 0, two real modes p -+ sqrt(D) for D > 0, and
   e^{-p tau} (a + b tau) for D = 0.  Both c and s are entire functions of D: critical damping is a
   point like all others of the plane, while a frequency or a second rate are singular there.
   With delta = D/p^2 and rho = p for delta < 0, p (1 - delta) above, the rate is

       r = p - sqrt(max(D, 0)) = rho/(1 + sqrt(max(delta, 0))),

   and rho stays known where the faster of two real modes is too fast to be seen.

   The bar is the shadow on r of the region of confidence of rho and delta together,
       chi^2(rho, delta) <= min chi^2 + 2 F(LEVEL; 2, blocks - 1),
   followed from the minimum along delta both ways; across, chi^2 is a parabola in rho.

   A slower mode than the one that is seen may always hide with a coefficient of almost nothing.
   That the start excites the slowest mode, with SHARE of the signal, is an assumption.
*/
#include "decay/modes.h"
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_linalg.h>
#include <gsl/gsl_multimin.h>
#include <math.h>

#define TERMS   3
#define LEVEL   0.99 /* at critical damping nothing of the shadow is spare: .95 covered 80 % */
#define SHARE   0.2
#define MOST    400    /* steps along delta */
#define NEAREST 0.9999 /* delta of two real modes, one 40000 times as fast */

/* e^{-p tau} c(D, tau) and e^{-p tau} s(D, tau), neither of which overflows for D < p^2 */
static void Pair(PetscReal p, PetscReal D, PetscReal tau, PetscReal b[2])
{
  const PetscReal x = D * tau * tau, e = PetscExpReal(-p * tau), w = PetscSqrtReal(PetscAbsReal(D));

  if (PetscAbsReal(x) < 1e-4) { /* the next terms are below 1e-14 */
    b[0] = e * (1 + x / 2 * (1 + x / 12 * (1 + x / 30)));
    b[1] = e * tau * (1 + x / 6 * (1 + x / 20 * (1 + x / 42)));
  } else if (D < 0) {
    b[0] = e * PetscCosReal(w * tau);
    b[1] = e * PetscSinReal(w * tau) / w;
  } else {
    const PetscReal slow = PetscExpReal((w - p) * tau), fast = PetscExpReal(-(w + p) * tau);

    b[0] = (slow + fast) / 2;
    b[1] = (slow - fast) / (2 * w);
  }
}

/* chi^2 at given rho and delta, the coefficients in c; INFINITY where it cannot be computed, or
   where the slower real mode is less than it must be */
static PetscReal Chi2(const HypModes *m, PetscReal rho, PetscReal delta, PetscReal c[TERMS])
{
  const PetscReal p = delta > 0 ? rho / (1 - delta) : rho, D = delta * p * p,
                  w                           = D > 0 ? PetscSqrtReal(D) : 0;
  PetscReal       past[HYP_MODES_LAGS][TERMS] = {{0}}, sum = 0;
  double          g[TERMS * TERMS] = {0}, x[TERMS] = {0};
  gsl_matrix_view G = gsl_matrix_view_array(g, TERMS, TERMS);
  gsl_vector_view X = gsl_vector_view_array(x, TERMS);

  if (!(rho > 0) || !(delta < 1)) return INFINITY;
  for (PetscInt k = 0; k < m->n; k++) {
    PetscReal b[TERMS] = {1}, z[TERMS];

    Pair(p, D, m->t[k] - m->first, b + 1);
    for (int i = 0; i < TERMS; i++) {
      z[i] = b[i];
      for (int j = 0; j < PetscMin(k, HYP_MODES_LAGS); j++) z[i] -= m->past[k][j] * past[j][i];
      z[i] /= m->sigma[k];
    }
    for (int i = 0; i < TERMS; i++) {
      for (int j = HYP_MODES_LAGS - 1; j > 0; j--) past[j][i] = past[j - 1][i];
      past[0][i] = b[i];
      x[i] += z[i] * m->z[k];
      for (int j = 0; j < TERMS; j++) g[i * TERMS + j] += z[i] * z[j];
    }
    sum += m->z[k] * m->z[k];
  }
  for (int i = 0; i < TERMS; i++) c[i] = x[i];
  if (gsl_linalg_cholesky_decomp1(&G.matrix)) return INFINITY;
  gsl_linalg_cholesky_svx(&G.matrix, &X.vector); /* chi^2 = z.z - right.x */
  for (int i = 0; i < TERMS; i++) {
    sum -= c[i] * x[i];
    c[i] = x[i];
  }
  if (w > 0 && PetscAbsReal(c[1] + c[2] / w) / 2 < SHARE * m->amplitude) return INFINITY;
  return isfinite(sum) ? sum : INFINITY;
}

static double Cost(const gsl_vector *x, void *ctx)
{
  PetscReal       c[TERMS];
  const PetscReal chi2 =
    Chi2((HypModes *)ctx, PetscExpReal(gsl_vector_get(x, 0)), gsl_vector_get(x, 1), c);

  return isfinite(chi2) ? chi2 : 1e300;
}

/* The minimum, from the best of a coarse grid; 1e300 where there is none */
static PetscReal Minimum(HypModes *m, PetscReal *rho, PetscReal *delta)
{
  const gsl_multimin_fminimizer_type *type = gsl_multimin_fminimizer_nmsimplex2;
  gsl_multimin_fminimizer            *work = gsl_multimin_fminimizer_alloc(type, 2);
  gsl_multimin_function               f    = {Cost, 2, m};
  gsl_vector                         *x = gsl_vector_alloc(2), *step = gsl_vector_alloc(2);
  PetscReal                           best = 1e300;

  gsl_vector_set_all(x, 0);
  for (int i = 0; i < 16; i++)
    for (int j = 0; j < 20; j++) {
      const double                at[2] = {log(0.5 / m->length * PetscPowReal(80, i / 15.)),
                            j < 8 ? 1 - PetscPowReal(2, -j) : -0.05 * PetscPowReal(2, j - 8)};
      const gsl_vector_const_view v     = gsl_vector_const_view_array(at, 2);
      const PetscReal             q     = Cost(&v.vector, m);

      if (q >= best) continue;
      best = q;
      gsl_vector_memcpy(x, &v.vector);
    }
  gsl_vector_set(step, 0, 0.05);
  gsl_vector_set(step, 1, 0.05 * PetscMax(1, PetscAbsReal(gsl_vector_get(x, 1))));
  gsl_multimin_fminimizer_set(work, &f, x, step);
  for (int it = 0; it < 300; it++)
    if (gsl_multimin_fminimizer_iterate(work) || gsl_multimin_fminimizer_size(work) < 1e-7) break;
  *rho   = PetscExpReal(gsl_vector_get(work->x, 0));
  *delta = gsl_vector_get(work->x, 1);
  best   = work->fval;
  gsl_multimin_fminimizer_free(work);
  gsl_vector_free(x);
  gsl_vector_free(step);
  return best;
}

/* At fixed delta: rho at the minimum, and how far from it chi^2 reaches the bound; the minimum */
static PetscReal Across(const HypModes *m, PetscReal delta, PetscReal bound, PetscReal *rho,
                        PetscReal *half)
{
  PetscReal c[TERMS], h = 1e-2 * *rho, chi2 = Chi2(m, *rho, delta, c), bend = 1;

  for (int it = 0; it < 30 && isfinite(chi2); it++) { /* Newton's steps from three points */
    const PetscReal low = Chi2(m, *rho - h, delta, c), high = Chi2(m, *rho + h, delta, c);
    PetscReal       move, next;

    if (!isfinite(low) || !isfinite(high)) return INFINITY;
    bend = (high - 2 * chi2 + low) / (h * h);
    move = bend > 0 ? (low - high) / (2 * h * bend) : low < high ? -2 * h : 2 * h;
    move = PetscMax(-0.2 * *rho, PetscMin(0.2 * *rho, move));
    next = Chi2(m, *rho + move, delta, c);
    if (next < chi2) {
      *rho += move;
      chi2 = next;
    } else
      h /= 4;
    if (PetscAbsReal(move) < 1e-5 * *rho || h < 1e-5 * *rho) break;
  }
  *half = bend > 0 && chi2 < bound ? PetscSqrtReal(2 * (bound - chi2) / bend) : 0;
  return chi2;
}

/* low <= r <= high for all of the region */
static void Shadow(const HypModes *m, PetscReal rho0, PetscReal delta0, PetscReal bound,
                   PetscReal *low, PetscReal *high)
{
  for (int side = -1; side <= 1; side += 2) {
    PetscReal rho = rho0, delta = delta0, step = 1e-3 * PetscMax(1, PetscAbsReal(delta0));

    for (int k = 0; k < MOST && delta < NEAREST; k++) {
      const PetscReal slower = 1 + (delta > 0 ? PetscSqrtReal(delta) : 0);
      PetscReal       half;

      if (!(Across(m, delta, bound, &rho, &half) <= bound)) break;
      *low  = PetscMin(*low, (rho - half) / slower);
      *high = PetscMax(*high, (rho + half) / slower);
      if (k) step *= 1.05;
      delta += side > 0 ? PetscMin(step, PetscMax(1e-6, (1 - delta) / 8)) : -step;
    }
  }
}

/* One window; PETSC_FALSE if the paths refuse the form at this level */
PetscBool HypDampedRange(HypModes *m, PetscInt nblocks, PetscReal refused, HypFit *fit)
{
  const PetscReal excess = 2 * gsl_cdf_fdist_Pinv(LEVEL, 2, (PetscReal)(nblocks - 1));
  PetscReal rho, delta, c[TERMS], low = INFINITY, high = -INFINITY, chi2 = Minimum(m, &rho, &delta);

  if (!(chi2 < 1e299)) return PETSC_FALSE;
  if (gsl_cdf_chisq_Q(chi2, (PetscReal)(m->n - TERMS - 2)) < refused) return PETSC_FALSE;
  Shadow(m, rho, delta, chi2 + excess, &low, &high);
  if (!(low <= high)) return PETSC_FALSE;
  Chi2(m, rho, delta, c);
  *fit = (HypFit){.form      = delta < 0 ? HYP_FIT_OSCILLATING : HYP_FIT_EXPONENTIAL,
                  .rate      = (low + high) / 2,
                  .error     = (high - low) / 2,
                  .frequency = delta < 0 ? rho * PetscSqrtReal(-delta) : 0,
                  .from      = m->t[0],
                  .to        = m->t[m->n - 1],
                  .residual  = PetscSqrtReal(chi2 / (PetscReal)m->n),
                  .A         = c[0],
                  .B         = c[1],
                  .C         = c[2]};
  return PETSC_TRUE;
}
