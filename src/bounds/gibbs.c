/*
   What is known of the stationary law e^{-U(x) - |v|^2/2} in variables of unit temperature,
   x = sqrt(beta) theta, v = sqrt(beta) y: dx = v dt, dv = -(grad U + gamma v) dt + noise.
   (X = w x; rates are the same.)  m is the Poincare constant of e^{-U},

       m Var f <= E |f'|^2,

   the smallest eigenvalue other than 0 of a^T a on an axis of that weight, times w^2.
*/
#include <hypoco/axis.h>
#include "bounds/boundsimpl.h"
#include <petscblaslapack.h>
#include <math.h>

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

/* The constant on an axis of n coefficients */
static PetscErrorCode OnAxis(const HypWeight *weight, const char type[], PetscReal period,
                             PetscInt n, PetscReal *lambda)
{
  HypAxis axis;

  PetscFunctionBeginUser;
  PetscCall(HypAxisCreate(PETSC_COMM_SELF, type, &axis));
  PetscCall(HypAxisSetSize(axis, n));
  PetscCall(HypAxisSetPotential(axis, weight->potential, weight->ctx));
  if (period > 0) PetscCall(HypAxisSetPeriod(axis, period));
  PetscCall(HypAxisSetUp(axis));
  PetscCall(HypPoincareConstant(axis, lambda));
  PetscCall(HypAxisDestroy(&axis));
  PetscFunctionReturn(0);
}

/* The constant and its error from three sizes of an axis, smallest first; what rounding leaves of
   smaller ones than 1e-4 is no value */
static PetscErrorCode Spectral(const HypWeight *weight, const char type[], PetscReal period,
                               const PetscInt sizes[3], PetscReal *m, PetscReal *error)
{
  PetscReal other;

  PetscFunctionBeginUser;
  PetscCall(OnAxis(weight, type, period, sizes[2], m));
  *error = *m < 1e-4 ? PETSC_INFINITY : 1e-12;
  for (int k = 0; k < 2 && *error < 1e-6 * *m; k++) {
    PetscCall(OnAxis(weight, type, period, sizes[k], &other));
    *error = PetscMax(*error, PetscAbsReal(*m - other));
  }
  PetscFunctionReturn(0);
}

/*
   The Poincare constant of a weight in units of X, and its error.
   Polynomials and waves are exact to rounding where they resolve the potential,
   but their sizes may agree on a wrong value where none sees it:
   cells, which tell what they see, must agree with polynomials within their own error,
   and on a circle be at most what waves say, else cells are taken.
*/
static PetscErrorCode Measure(const HypWeight *weight, PetscReal period, PetscReal *m,
                              PetscReal *error, PetscBool *bound)
{
  static const PetscInt polynomials[] = {40, 48, 64}, waves[] = {129, 193, 257};
  const PetscBool       circle = period > 0 ? PETSC_TRUE : PETSC_FALSE;
  PetscReal             smooth = 0, spread = PETSC_INFINITY;

  PetscFunctionBeginUser;
  PetscCall(HypPoincareCells(weight, period, m, error));
  *bound = circle;
  if (!(*error <= 1e-3 * *m)) PetscFunctionReturn(0);
  PetscCall(Spectral(weight, circle ? HYPAXISFOURIER : HYPAXISPOLYNOMIAL, period,
                     circle ? waves : polynomials, &smooth, &spread));
  if (!(spread <= 1e-6 * smooth)) PetscFunctionReturn(0);
  if (circle ? smooth < *m - *error || smooth > 16 * *m : PetscAbsReal(smooth - *m) > *error)
    PetscFunctionReturn(0);
  *m     = smooth;
  *error = spread;
  *bound = PETSC_FALSE;
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
  its error is that of three sizes, of cells where polynomials and cells disagree;
  on a circle that is cut open it is a lower bound, where waves do not resolve the potential;
  for other gradients it is inf Hess U where that is positive (Bakry and Emery).

.seealso: HypPoincareConstant(), HypModifiedL2Rate()
@*/
PetscErrorCode HypGibbsCompute(HypModel model, const HypSlopes *slopes, PetscReal period,
                               HypGibbs *gibbs)
{
  const PetscInt d     = HypModelDimension(model);
  const char    *why   = Unknown(model, slopes);
  PetscReal      least = PetscSqr(HypModelCoordinate(model, 0).omega), m, error = 0;
  PetscBool      bound = PETSC_FALSE;
  HypIntegral    integral;

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
    PetscCall(HypIntegralCreate(model, &integral));
    for (PetscInt i = 0; i < (HypModelPotentialsDiffer(model) ? d : 1); i++) {
      const PetscReal w2 = PetscSqr(HypModelCoordinate(model, i).omega);

      const HypWeight weight =
        HypModelHasPotential(model)
          ? (HypWeight){HypModelScaledPotential, HypModelGetPotential(model, i)}
          : (HypWeight){HypIntegralPotential, &integral};

      PetscCall(Measure(&weight, period, &m, &error, &bound));
      if (!(w2 * (m - error) < gibbs->m - gibbs->m_error)) continue;
      gibbs->m       = w2 * m;
      gibbs->m_error = w2 * error;
      gibbs->bound   = bound;
    }
    PetscCall(HypIntegralDestroy(&integral));
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
