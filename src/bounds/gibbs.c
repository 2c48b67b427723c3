/*
   What is known of the stationary law e^{-U(x) - |v|^2/2} in variables of unit temperature,
   x = sqrt(beta) theta, v = sqrt(beta) y: dx = v dt, dv = -(grad U + gamma v) dt + noise.
   (X = w x; rates are the same.)  m is the Poincare constant of e^{-U},

       m Var f <= E |f'|^2,

   the smallest eigenvalue other than 0 of a^T a on an axis of that weight, times w^2.
*/
#include <hypoco/axis.h>
#include <hypoco/bounds.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_integration.h>
#include <petscblaslapack.h>
#include <math.h>

/* polynomials, waves on a circle, cells: the error is the difference to 3/4 or a half of them */
enum { POLYNOMIALS = 64, WAVES = 257, CELLS = 512 };

/*@
  HypPoincareConstant - The Poincare constant of the weight of an axis

  Not collective

  Input Parameter:
. axis - the axis, set up

  Output Parameter:
. lambda - the largest lambda with lambda Var f <= E |f'|^2 for the functions of the axis

  Level: intermediate

  Note:
  An eigenvalue of the symmetric matrix a^T a.  On an axis of polynomials it is one of Ritz, from
  above: what is proved takes a constant less its error, see HypGibbsCompute().

.seealso: HypGibbsCompute(), HypAxisSetPotential()
@*/
PetscErrorCode HypPoincareConstant(HypAxis axis, PetscReal *lambda)
{
  const PetscReal one = 1, zero = 0;
  PetscScalar    *a;
  PetscReal      *A, *values, *work;
  PetscInt        rows;
  PetscBLASInt    n, m, lwork, info;

  PetscFunctionBeginUser;
  PetscCall(HypAxisMatrix(axis, HYP_LOWER, &rows, &a));
  PetscCall(PetscBLASIntCast(HypAxisGetSize(axis), &n));
  PetscCall(PetscBLASIntCast(rows, &m));
  lwork = 8 * n;
  PetscCall(PetscMalloc3(n * n, &A, n, &values, lwork, &work));
  /* by rows: the transpose by columns */
  BLASgemm_("N", "T", &n, &n, &m, &one, (PetscReal *)a, &n, (PetscReal *)a, &n, &zero, A, &n);
  LAPACKsyev_("N", "U", &n, A, &n, values, work, &lwork, &info);
  PetscCheck(!info && n > 1, PETSC_COMM_SELF, PETSC_ERR_LIB,
             "LAPACK: no eigenvalues of a %d x %d matrix", (int)n, (int)n);
  *lambda = values[1];
  PetscCall(PetscFree(a));
  PetscCall(PetscFree3(A, values, work));
  PetscFunctionReturn(0);
}

/* int eps from 0 to every multiple of STRIDE up to FAR on either side, as far as it was asked for */
#define STRIDE 0.25
enum { FAR = 4000 };

typedef struct {
  HypModel  model;
  PetscInt  n[2]; /* how many are known: to the right, to the left */
  PetscReal known[2][FAR];
} Integral;

static double Force(double theta, void *ctx)
{
  PetscReal eps = NAN;

  return HypModelPerturbation((HypModel)ctx, &theta, &eps) ? NAN : eps;
}

static PetscErrorCode Quadrature(HypModel model, PetscReal from, PetscReal to, PetscReal *integral)
{
  gsl_function               f    = {Force, model};
  gsl_integration_workspace *work = gsl_integration_workspace_alloc(100);
  double                     error;
  gsl_error_handler_t       *handler = gsl_set_error_handler_off(); /* a kink: near enough */

  PetscFunctionBeginUser;
  PetscCheck(work, PETSC_COMM_SELF, PETSC_ERR_MEM, "GSL could not allocate its quadrature");
  gsl_integration_qag(&f, from, to, 1e-13, 1e-11, 100, GSL_INTEG_GAUSS15, work, integral, &error);
  gsl_integration_workspace_free(work);
  (void)gsl_set_error_handler(handler);
  PetscFunctionReturn(0);
}

/* beta (w^2 theta^2/2 + int eps) at theta = X/(sqrt(beta) w), d = 1 */
static PetscErrorCode Integrated(PetscReal X, PetscReal *W, void *ctx)
{
  Integral           *known = (Integral *)ctx;
  const HypCoordinate c     = HypModelCoordinate(known->model, 0);
  const PetscReal     theta = X / (PetscSqrtReal(c.beta) * c.omega),
                  step      = theta < 0 ? -STRIDE : STRIDE;
  const PetscInt side = theta < 0, last = (PetscInt)PetscMin(theta / step, FAR - 1);
  PetscReal     *sums = known->known[side], rest;

  PetscFunctionBeginUser;
  for (; known->n[side] <= last; known->n[side]++) {
    const PetscInt k = known->n[side];

    sums[k] = 0;
    if (k)
      PetscCall(Quadrature(known->model, (PetscReal)(k - 1) * step, (PetscReal)k * step, &rest));
    if (k) sums[k] = sums[k - 1] + rest;
  }
  PetscCall(Quadrature(known->model, (PetscReal)last * step, theta, &rest));
  *W = c.beta * (PetscSqr(c.omega * theta) / 2 + sums[last] + rest);
  PetscFunctionReturn(0);
}

/* The eigenvalue on an axis of n coefficients for coordinate i */
static PetscErrorCode OnAxis(HypModel model, PetscInt i, const char type[], PetscReal period,
                             PetscInt n, PetscReal *lambda)
{
  HypAxis   axis;
  Integral *integral;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&integral));
  integral->model = model;
  PetscCall(HypAxisCreate(PETSC_COMM_SELF, type, &axis));
  PetscCall(HypAxisSetSize(axis, n));
  if (HypModelHasPotential(model))
    PetscCall(HypAxisSetPotential(axis, HypModelScaledPotential, HypModelGetPotential(model, i)));
  else
    PetscCall(HypAxisSetPotential(axis, Integrated, integral));
  if (period > 0) PetscCall(HypAxisSetPeriod(axis, period));
  PetscCall(HypAxisSetUp(axis));
  PetscCall(HypPoincareConstant(axis, lambda));
  PetscCall(HypAxisDestroy(&axis));
  PetscCall(PetscFree(integral));
  PetscFunctionReturn(0);
}

/*
   The Poincare constant of coordinate i in units of w_i^2, and its error.
   Polynomials are exact to rounding where they resolve the potential,
   and two sizes may agree on a wrong value where neither sees it:
   cells must agree too, within their own error, else they are taken.
*/
static PetscErrorCode Measure(HypModel model, PetscInt i, PetscReal period, PetscReal *m,
                              PetscReal *error)
{
  PetscReal coarse, cells, half;

  PetscFunctionBeginUser;
  if (period > 0) {
    PetscCall(OnAxis(model, i, HYPAXISFOURIER, period, WAVES, m));
    PetscCall(OnAxis(model, i, HYPAXISFOURIER, period, WAVES / 2 + 1, &coarse));
    *error = PetscAbsReal(*m - coarse);
    PetscFunctionReturn(0);
  }
  PetscCall(OnAxis(model, i, HYPAXISPOLYNOMIAL, 0, POLYNOMIALS, m));
  PetscCall(OnAxis(model, i, HYPAXISPOLYNOMIAL, 0, 3 * POLYNOMIALS / 4, &coarse));
  PetscCall(OnAxis(model, i, HYPAXISFV, 0, CELLS, &cells));
  PetscCall(OnAxis(model, i, HYPAXISFV, 0, CELLS / 2, &half));
  *error = PetscAbsReal(*m - coarse);
  if (*error <= 1e-6 * *m && PetscAbsReal(*m - cells) <= PetscAbsReal(cells - half))
    PetscFunctionReturn(0);
  *m     = cells;
  *error = PetscAbsReal(cells - half);
  PetscFunctionReturn(0);
}

static PetscBool Isothermal(HypModel model)
{
  for (PetscInt i = 1; i < HypModelDimension(model); i++) {
    if (HypModelCoordinate(model, i).beta != HypModelCoordinate(model, 0).beta) return PETSC_FALSE;
  }
  return PETSC_TRUE;
}

/* Why F is not known, or NULL */
static const char *Unknown(HypModel model, const HypSlopes *slopes)
{
  if (HypModelNoisy(model)) return "constant noise is needed";
  if (!HypModelForced(model)) return NULL;
  if (HypModelGetType(model) != HYP_MOMENTUM) return "model_type momentum is needed";
  if (!slopes->symmetric) return "eps must be a gradient";
  return NULL;
}

/*@
  HypGibbsCompute - The stationary law e^{-U - |v|^2/2}, as far as the bounds of its literature ask:
  the Poincare constant of U, and how far from convex U is

  Not collective

  Input Parameters:
+ model  - the model
. slopes - bounds of Deps
- period - of the scaled position X, for a potential on a circle; 0: a line

  Output Parameter:
. gibbs - what is known

  Level: intermediate

  Notes:
  Known for eps = 0, for a potential, and for momentum with a gradient and constant noise.
  In d = 1, and where coordinates are independent, m is an eigenvalue on an axis;
  its error is that of two sizes, of cells where polynomials and cells disagree;
  for other gradients it is inf Hess U where that is positive (Bakry and Emery).

.seealso: HypPoincareConstant(), HypModifiedL2Rate()
@*/
PetscErrorCode HypGibbsCompute(HypModel model, const HypSlopes *slopes, PetscReal period,
                               HypGibbs *gibbs)
{
  const PetscInt d     = HypModelDimension(model);
  const char    *why   = Unknown(model, slopes);
  PetscReal      least = PetscSqr(HypModelCoordinate(model, 0).omega), m, error = 0;

  PetscFunctionBeginUser;
  *gibbs = (HypGibbs){.known = why ? PETSC_FALSE : PETSC_TRUE, .m = NAN, .m_error = 0};
  if (why) {
    PetscCall(PetscStrncpy(gibbs->remark, why, sizeof(gibbs->remark)));
    PetscFunctionReturn(0);
  }
  for (PetscInt i = 1; i < d; i++)
    least = PetscMin(least, PetscSqr(HypModelCoordinate(model, i).omega));
  gibbs->lowest = least + slopes->lowest;
  if (HypModelHasPotential(model) || (d == 1 && HypModelForced(model))) {
    gibbs->m = PETSC_INFINITY;
    for (PetscInt i = 0; i < (HypModelPotentialsDiffer(model) ? d : 1); i++) {
      PetscCall(Measure(model, i, period, &m, &error));
      m *= PetscSqr(HypModelCoordinate(model, i).omega);
      error *= PetscSqr(HypModelCoordinate(model, i).omega);
      if (m < gibbs->m) gibbs->m_error = error;
      gibbs->m = PetscMin(gibbs->m, m);
    }
  } else if (!HypModelForced(model))
    gibbs->m = least;
  else if (Isothermal(model) && gibbs->lowest > 0) {
    gibbs->m     = gibbs->lowest;
    gibbs->bound = PETSC_TRUE;
  } else {
    gibbs->known = PETSC_FALSE;
    PetscCall(PetscStrncpy(gibbs->remark,
                           "in d > 1 a convex loss and one temperature are needed, or a sum of "
                           "potentials",
                           sizeof(gibbs->remark)));
  }
  PetscFunctionReturn(0);
}

/*
   The modified L2 norm ||f||^2/2 + e <A f, f>, A = (alpha + B^T B)^{-1} B^T, B = T Pi:
   Dolbeault, Mouhot and Schmeiser with alpha = 1; Fan, Li and Lu with alpha = m.
   With X = ||(1 - Pi) f||, Y = ||Pi f||, and s >= m the spectrum of B^T B = -(Laplacian - U' .),

     -d/dt >= (gamma - e) X^2 + e q Y^2 - e (gamma a + c) X Y      q = m/(alpha + m)
     |<A f, f>| <= a X Y                                           a = sup sqrt(s)/(alpha + s)
     ||A T (1 - Pi)||^2 <= c^2 = 2 sup (s^2 + K s)/(alpha + s)^2   (Bochner; Hess U >= -K)

   so that the rate is the smaller root lambda of
   (gamma - e - lambda)(e q - lambda) = e^2 (gamma a + c + 2 a lambda)^2/4.
*/

/* The supremum of (s^2 + K s)/(alpha + s)^2 over s >= m: it tends to 1 from below for K <= 2 alpha,
   else it increases up to s = K alpha/(K - 2 alpha) and then falls to 1 */
static PetscReal Curvature(PetscReal m, PetscReal K, PetscReal alpha)
{
  PetscReal s;

  if (K <= 2 * alpha) return PetscSqrtReal(2);
  s = PetscMax(m, K * alpha / (K - 2 * alpha));
  return PetscSqrtReal(2 * (s * s + K * s)) / (alpha + s);
}

/* At a share of the largest e with a positive rate, (gamma - e) q = e p^2/4 */
static PetscReal RateAt(PetscReal gamma, PetscReal m, PetscReal K, PetscReal alpha, PetscReal share)
{
  const PetscReal a = m <= alpha ? 1 / (2 * PetscSqrtReal(alpha)) : PetscSqrtReal(m) / (alpha + m),
                  p = gamma * a + Curvature(m, K, alpha), q = m / (alpha + m),
                  e        = share * gamma * q / (q + p * p / 4),
                  constant = (gamma - e) * e * q - e * e * p * p / 4,
                  linear = gamma - e + e * q + e * e * p * a, square = 1 - e * e * a * a;

  if (constant <= 0 || square <= 0) return PETSC_MIN_REAL;
  return 2 * constant /
         (linear + PetscSqrtReal(PetscMax(0, linear * linear - 4 * square * constant)));
}

/*@
  HypModifiedL2Rate - The rate of decay in L2 that a modified norm proves, with the best constants

  Not collective

  Input Parameters:
+ gamma - friction
. m     - Poincare constant of e^{-U}
. K     - Hess U >= -K, K >= 0
- alpha - the shift of the corrector: 1, m, or PETSC_DETERMINE for the best one

  Output Parameter:
. rate - ||h|| <= constant e^{-rate t} ||h_0||

  Level: intermediate

  Note:
  Every e of ||f||^2/2 + e <A f, f> gives a rate, so that a search over e is none over hypotheses;
  e runs through shares of the largest with a positive rate.

.seealso: HypGibbsCompute(), HypFanLiLuRate()
@*/
PetscErrorCode HypModifiedL2Rate(PetscReal gamma, PetscReal m, PetscReal K, PetscReal alpha,
                                 PetscReal *rate)
{
  const PetscBool given = alpha > 0 ? PETSC_TRUE : PETSC_FALSE;

  PetscFunctionBeginUser;
  PetscCheck(gamma > 0 && m > 0 && K >= 0, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
             "friction %g, Poincare constant %g, K = %g given; positive numbers and K >= 0 needed",
             (double)gamma, (double)m, (double)K);
  *rate = PETSC_MIN_REAL;
  for (PetscInt i = given ? 0 : -40; i <= (given ? 0 : 40); i++) {
    const PetscReal shift = given ? alpha : m * PetscPowReal(10, 0.05 * (PetscReal)i);

    for (PetscInt k = 1; k < 200; k++)
      *rate = PetscMax(*rate, RateAt(gamma, m, K, shift, (PetscReal)k / 200));
  }
  PetscFunctionReturn(0);
}

/*@
  HypFanLiLuRate - The rate of Fan, Li and Lu, for any friction

  Not collective

  Input Parameters:
+ gamma - friction
. m     - Poincare constant of e^{-U}
- K     - Hess U >= -K, K >= 0

  Output Parameter:
. rate - ||h|| <= constant e^{-rate t} ||h_0||

  Level: intermediate

  Notes:
  alpha = m, c^2 = 2 + K/(2 m), e = sqrt(m) g/(2 + (g/2 + c)^2), g = gamma/sqrt(m):
  the cross term is at most e/4 Y^2 + e (g/2 + c)^2 X^2, and the rate is e/6.
  At gamma = 2 sqrt(m) sqrt(c^2 + 2) it is largest, and theirs:
  sqrt(m)/(6 (sqrt(2 + K/(2 m)) + sqrt(4 + K/(2 m)))).

.seealso: HypModifiedL2Rate()
@*/
PetscErrorCode HypFanLiLuRate(PetscReal gamma, PetscReal m, PetscReal K, PetscReal *rate)
{
  const PetscReal g = gamma / PetscSqrtReal(m), c = PetscSqrtReal(2 + K / (2 * m));

  PetscFunctionBeginUser;
  *rate = PetscSqrtReal(m) * g / (2 + PetscSqr(g / 2 + c)) / 6;
  PetscFunctionReturn(0);
}
