/*
   A fixed delay: the characteristic roots of dX = -a X(t - tau) dt (He et al., Theorem 4.1) and
   of the algorithm
   x_{j+1} = x_j - e x_{j-l}.

   lambda + a e^{-lambda tau} = 0 has the rightmost root W0(-a tau)/tau.
   GSL knows W0 on the real axis from -1/e on;
   beyond, W0 = -v cot v + i v, where v in (0, pi) solves v e^{-v cot v}/sin v = |z|,
   an increasing function of v.
   Close to the branch point z = -1/e both lose half of their digits,
   so the series in p = sqrt(2(ez + 1)) takes over.
*/
#include <hypoco/moments.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_poly.h>
#include <gsl/gsl_roots.h>
#include <gsl/gsl_sf_lambert.h>

/* e z + 1 without the rounding of the constant e: M_E is off by E_LOW */
#define E_LOW 1.4456468917292502e-16
static double BranchDistance(double z)
{
  return fma(z, M_E, 1) + z * E_LOW;
}

/* W0 = -1 + p - p^2/3 + ..., coefficients of Corless et al. (1996), (4.22);
   the next term is below 1e-18 for |p| < 0.02 */
static double complex BranchSeries(double complex p)
{
  static const double c[] = {-1,
                             1,
                             -1. / 3,
                             11. / 72,
                             -43. / 540,
                             769. / 17280,
                             -221. / 8505,
                             680863. / 43545600,
                             -1963. / 204120,
                             226287557. / 37623398400.};
  double complex      w   = 0;

  for (int i = (int)(sizeof(c) / sizeof(c[0])) - 1; i >= 0; i--) w = w * p + c[i];
  return w;
}

/* log of v e^{-v cot v} / sin v, minus log |z| */
static double ModulusEquation(double v, void *ctx)
{
  return log(v / sin(v)) - v / tan(v) - *(double *)ctx;
}

static PetscErrorCode ComplexBranch(double z, double *re, double *im)
{
  gsl_function      f    = {ModulusEquation, &(double){log(-z)}};
  gsl_root_fsolver *root = gsl_root_fsolver_alloc(gsl_root_fsolver_brent);
  int               status;
  double            v = 0;

  PetscFunctionBeginUser;
  gsl_error_handler_t *const handler = gsl_set_error_handler_off();
  status                             = gsl_root_fsolver_set(root, &f, 1e-4, M_PI * (1 - 1e-15));
  for (int i = 0; i < 200 && !status; i++) {
    status = gsl_root_fsolver_iterate(root);
    v      = gsl_root_fsolver_root(root);
    if (gsl_root_test_interval(gsl_root_fsolver_x_lower(root), gsl_root_fsolver_x_upper(root), 0,
                               4e-16) == GSL_SUCCESS)
      break;
  }
  gsl_root_fsolver_free(root);
  (void)gsl_set_error_handler(handler);
  PetscCheck(!status, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
             "Lambert W at %g: no root was found in (0, pi), where one needs -1e300 < z < -1/e; "
             "change model_learning_rate or the delay",
             z);
  *re = -v / tan(v);
  *im = v;
  PetscFunctionReturn(0);
}

/*@
  HypLambertW0 - The principal branch of Lambert's W for every real argument

  Not collective

  Input Parameter:
. z - finite, at least -1e12

  Output Parameters:
+ re, im - W0(z), with im >= 0; im = 0 exactly when z >= -1/e

  Level: intermediate

  Notes:
  Relative error about 1e-15 of W + 1 as a function of the given double z, at the branch point too.

.seealso: HypDelayRate()
@*/
PetscErrorCode HypLambertW0(PetscReal z, double *re, double *im)
{
  const double s = 2 * BranchDistance(z);

  PetscFunctionBeginUser;
  PetscCheck(z >= -1e12 && PetscIsNormalReal(z + 2e12), PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
             "Lambert W at %g: a finite number above -1e12 is needed", (double)z);
  *im = 0;
  if (fabs(s) < 4e-4) {
    const double complex w = BranchSeries(s >= 0 ? sqrt(s) : I * sqrt(-s));

    *re = creal(w);
    *im = cimag(w);
  } else if (s > 0)
    *re = gsl_sf_lambert_W0(z);
  else
    PetscCall(ComplexBranch(z, re, im));
  PetscFunctionReturn(0);
}

/*@
  HypDelayRate - V, the largest real part of a characteristic root of the delay equation:
  Theorem 4.1 of He et al.

  Not collective

  Input Parameters:
+ n         - number of curvatures
. curvature - the eigenvalues a_i > 0 of the loss's second derivative
- delay     - tau > 0

  Output Parameter:
. V - max_i Re W0(-a_i tau)/tau; the mean decays like e^{Vt}, and the equation is stable iff V < 0

  Level: intermediate

.seealso: HypLambertW0(), HypDelayDiscreteRate()
@*/
PetscErrorCode HypDelayRate(PetscInt n, const PetscReal curvature[], PetscReal delay, PetscReal *V)
{
  PetscFunctionBeginUser;
  PetscCheck(delay > 0, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
             "delay %g given, a positive time needed", (double)delay);
  *V = PETSC_MIN_REAL;
  for (PetscInt i = 0; i < n; i++) {
    double re, im;

    PetscCall(HypLambertW0(-curvature[i] * delay, &re, &im));
    *V = PetscMax(*V, re / delay);
  }
  PetscFunctionReturn(0);
}

/*@
  HypDelayDiscreteRate - ln|z| of the slowest mode of x_{j+1} = x_j - e x_{j-l}

  Not collective

  Input Parameters:
+ e     - eta a > 0
- delay - l >= 0 steps

  Output Parameter:
. log_modulus - of the largest root of z^{l+1} - z^l + e = 0;
  divided by eta it compares with HypDelayRate()

  Level: intermediate

.seealso: HypDelayRate(), HypDelayStabilityLimit()
@*/
PetscErrorCode HypDelayDiscreteRate(PetscReal e, PetscInt delay, PetscReal *log_modulus)
{
  const size_t n = (size_t)delay + 2;
  double      *coefficients, *roots, modulus = 0;
  int          status;

  PetscFunctionBeginUser;
  PetscCheck(delay >= 0 && delay <= 1000, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
             "delay of %" PetscInt_FMT " steps given, 0 to 1000 allowed", delay);
  PetscCall(PetscCalloc2(n, &coefficients, 2 * n, &roots));
  coefficients[0] = e;
  coefficients[n - 2] -= 1;
  coefficients[n - 1]                 = 1;
  gsl_error_handler_t *const  handler = gsl_set_error_handler_off();
  gsl_poly_complex_workspace *work    = gsl_poly_complex_workspace_alloc(n);
  status                              = gsl_poly_complex_solve(coefficients, n, work, roots);
  gsl_poly_complex_workspace_free(work);
  (void)gsl_set_error_handler(handler);
  for (size_t i = 0; i + 1 < n; i++)
    modulus = PetscMax(modulus, hypot(roots[2 * i], roots[2 * i + 1]));
  PetscCall(PetscFree2(coefficients, roots));
  PetscCheck(!status, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
             "rate with eta a = %g and a delay of %" PetscInt_FMT " steps: the roots of its "
             "recursion were not found; reduce model_learning_rate or the delay",
             (double)e, delay);
  *log_modulus = PetscLogReal(modulus);
  PetscFunctionReturn(0);
}

/*@
  HypDelayStabilityLimit - The largest eta a for which x_{j+1} = x_j - eta a x_{j-l} is stable,
  2 sin(pi/(2(2l+1)))

  Not collective

  Input Parameter:
. delay - l >= 0 steps

  Level: intermediate

.seealso: HypDelayDiscreteRate(), HypAsgdStabilityLimit()
@*/
PetscReal HypDelayStabilityLimit(PetscInt delay)
{
  return 2 * PetscSinReal(PETSC_PI / (2 * (2 * (PetscReal)delay + 1)));
}
