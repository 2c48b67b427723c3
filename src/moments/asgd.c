/*
   Exact moments of asynchronous SGD with geometric staleness on a quadratic loss,
   by a linear recursion.

   The expected read m_j = E_tau x_{j-tau} and the expected square q_j = E_tau x_{j-tau}^2,
   both given the history, obey m_{j+1} = kappa m_j + (1-kappa) x_{j+1}
   and q_{j+1} = kappa q_j + (1-kappa) x_{j+1}^2, so that with e = eta a

       E x'  = E x - e E m
       E x'^2 = E x^2 - 2 e E x m + e^2 E q + eta^2 s2
       E x'm  = E x m - e E m^2
              (the read, given the history, is m on average)

   close on themselves: no sampling and no truncation.
*/
#include <hypoco/moments.h>
#include <gsl/gsl_complex_math.h>
#include <gsl/gsl_eigen.h>
#include <gsl/gsl_errno.h>

/*@
  HypAsgdMomentsStart - The moments at step 0, where every past value equals x0

  Not collective

  Input Parameter:
. x0 - the start

  Output Parameter:
. moments - all first moments x0, all second moments x0^2

  Level: intermediate

.seealso: HypAsgdMomentsStep()
@*/
void HypAsgdMomentsStart(PetscReal x0, HypAsgdMoments *moments)
{
  moments->x = moments->m = x0;
  moments->xx = moments->xm = moments->mm = moments->qq = x0 * x0;
}

/*@
  HypAsgdMomentsStep - Advances the exact moments of asynchronous SGD by one step

  Not collective

  Input Parameters:
+ algorithm - learning rate, staleness rate, curvature and noise
- moments   - moments at step j

  Output Parameter:
. moments - moments at step j + 1, exact to rounding

  Level: intermediate

.seealso: HypAsgdMomentsStart(), HypAsgdStationary(), HypSmeMomentsAt()
@*/
void HypAsgdMomentsStep(const HypAlgorithm *algorithm, HypAsgdMoments *moments)
{
  const PetscReal k = algorithm->kappa, e = algorithm->eta * algorithm->curvature;
  const PetscReal x  = moments->x - e * moments->m;
  const PetscReal xx = moments->xx - 2 * e * moments->xm + e * e * moments->qq +
                       algorithm->eta * algorithm->eta * algorithm->noise;
  const PetscReal read = moments->xm - e * moments->mm; /* E x_{j+1} m_j */

  moments->m  = k * moments->m + (1 - k) * x;
  moments->mm = k * k * moments->mm + 2 * k * (1 - k) * read + (1 - k) * (1 - k) * xx;
  moments->xm = k * read + (1 - k) * xx;
  moments->qq = k * moments->qq + (1 - k) * xx;
  moments->x  = x;
  moments->xx = xx;
}

/*@
  HypAsgdStationary - E x^2 of asynchronous SGD after infinitely many steps

  Not collective

  Input Parameter:
. algorithm - the algorithm; eta a below HypAsgdStabilityLimit()

  Level: intermediate

  Notes:
  E x^2 = (eta s2/a) (1 - k^2 + 2ke) / (2(1 - k^2) - (1-k)^2 e - 2k e^2),
  the fixed point of HypAsgdMomentsStep().

.seealso: HypAsgdMomentsStep(), HypSmeStationary()
@*/
PetscReal HypAsgdStationary(const HypAlgorithm *algorithm)
{
  const PetscReal k = algorithm->kappa, e = algorithm->eta * algorithm->curvature;

  return algorithm->eta * algorithm->noise / algorithm->curvature * (1 - k * k + 2 * k * e) /
         (2 * (1 - k * k) - (1 - k) * (1 - k) * e - 2 * k * e * e);
}

/*@
  HypAsgdStabilityLimit - The largest eta a for which E x^2 of asynchronous SGD stays bounded

  Not collective

  Input Parameter:
. kappa - staleness rate, in [0, 1)

  Level: intermediate

  Notes:
  The positive root of 2(1 - k^2) - (1-k)^2 e - 2k e^2,
  written without cancellation so that kappa = 0 gives 2.

.seealso: HypAsgdStationary(), HypDelayStabilityLimit()
@*/
PetscReal HypAsgdStabilityLimit(PetscReal kappa)
{
  const PetscReal b = (1 - kappa) * (1 - kappa), c = 1 - kappa * kappa;

  return 4 * c / (b + PetscSqrtReal(b * b + 16 * kappa * c));
}

/*@
  HypAsgdMeanRate - Decay rate per step of (E x)^2 in asynchronous SGD, -2 ln|z|

  Not collective

  Input Parameter:
. algorithm - the algorithm

  Level: intermediate

  Notes:
  z is the larger root of z^2 - (1 + k - (1-k) e) z + k = 0, the recursion of (E x, E m).
  Complex roots have |z|^2 = k.

.seealso: HypAsgdSquareRate()
@*/
PetscReal HypAsgdMeanRate(const HypAlgorithm *algorithm)
{
  const PetscReal k = algorithm->kappa, e = algorithm->eta * algorithm->curvature;
  const PetscReal half = (1 + k - (1 - k) * e) / 2, square = half * half - k;

  if (square <= 0) return -PetscLogReal(k);
  return -2 * PetscLogReal(PetscAbsReal(half) + PetscSqrtReal(square));
}

/* The linear part of HypAsgdMomentsStep() for (E x^2, E x m, E m^2, E q) */
static void SquareMatrix(const HypAlgorithm *algorithm, double A[16])
{
  HypAlgorithm quiet = *algorithm;

  quiet.noise = 0;
  for (int j = 0; j < 4; j++) {
    HypAsgdMoments unit = {0, 0, j == 0, j == 1, j == 2, j == 3};

    HypAsgdMomentsStep(&quiet, &unit);
    A[0 * 4 + j] = unit.xx;
    A[1 * 4 + j] = unit.xm;
    A[2 * 4 + j] = unit.mm;
    A[3 * 4 + j] = unit.qq;
  }
}

/*@
  HypAsgdSquareRate - Asymptotic decay rate per step of E x^2 towards its stationary value,
  -ln of the spectral radius

  Not collective

  Input Parameter:
. algorithm - the algorithm

  Output Parameter:
. rate - negative where the second moment grows

  Level: intermediate

.seealso: HypAsgdMeanRate(), HypAsgdStabilityLimit()
@*/
PetscErrorCode HypAsgdSquareRate(const HypAlgorithm *algorithm, PetscReal *rate)
{
  double                       A[16], radius = 0;
  gsl_matrix_view              view = gsl_matrix_view_array(A, 4, 4);
  gsl_vector_complex          *values;
  gsl_eigen_nonsymm_workspace *work;
  int                          status;

  PetscFunctionBeginUser;
  SquareMatrix(algorithm, A);
  gsl_error_handler_t *const handler = gsl_set_error_handler_off();
  values                             = gsl_vector_complex_alloc(4);
  work                               = gsl_eigen_nonsymm_alloc(4);
  status                             = gsl_eigen_nonsymm(&view.matrix, values, work);
  for (size_t i = 0; i < 4; i++)
    radius = PetscMax(radius, gsl_complex_abs(gsl_vector_complex_get(values, i)));
  gsl_eigen_nonsymm_free(work);
  gsl_vector_complex_free(values);
  (void)gsl_set_error_handler(handler);
  PetscCheck(!status, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
             "E theta^2 with eta a = %g: the eigenvalues of its recursion are too far apart for "
             "double precision; reduce model_learning_rate",
             (double)(algorithm->eta * algorithm->curvature));
  *rate = -PetscLogReal(radius);
  PetscFunctionReturn(0);
}

/* The rate of E x^2 as a function of kappa, for a search */
static PetscErrorCode SquareRateAt(PetscReal e, PetscReal kappa, PetscReal *rate)
{
  const HypAlgorithm algorithm = {e, kappa, 1, 0};

  PetscFunctionBeginUser;
  PetscCall(HypAsgdSquareRate(&algorithm, rate));
  PetscFunctionReturn(0);
}

/*@
  HypAsgdBestStaleness - The staleness rate at which E x^2 approaches its stationary value fastest

  Not collective

  Input Parameter:
. e - eta a

  Output Parameters:
+ kappa - in [0, 1)
- rate  - per step, as of HypAsgdSquareRate(); negative where no staleness is stable

  Level: intermediate

  Notes:
  A scan of 400 values, dense towards 1, then golden sections about the best:
  the rate is a maximum of moduli of roots, continuous but not smooth.

.seealso: HypAsgdSquareRate()
@*/
PetscErrorCode HypAsgdBestStaleness(PetscReal e, PetscReal *kappa, PetscReal *rate)
{
  enum { POINTS = 400 };
  const PetscReal golden = 0.6180339887498949;
  PetscReal       at[3]  = {0, 0, 0}, low, high;

  PetscFunctionBeginUser;
  *rate = -INFINITY;
  for (int i = 0; i < POINTS; i++) {
    const PetscReal k = 1 - PetscSqr(1 - (PetscReal)i / POINTS);
    PetscReal       r;

    PetscCall(SquareRateAt(e, k, &r));
    if (r <= *rate) continue;
    *rate = r;
    at[0] = i > 0 ? 1 - PetscSqr(1 - (PetscReal)(i - 1) / POINTS) : 0;
    at[1] = k;
    at[2] = 1 - PetscSqr(1 - (PetscReal)(i + 1) / POINTS) - (i + 1 == POINTS ? 1e-9 : 0);
  }
  low  = at[0];
  high = at[2];
  while (high - low > 1e-9) {
    const PetscReal a = high - golden * (high - low), b = low + golden * (high - low);
    PetscReal       ra, rb;

    PetscCall(SquareRateAt(e, a, &ra));
    PetscCall(SquareRateAt(e, b, &rb));
    if (ra >= rb)
      high = b;
    else
      low = a;
  }
  *kappa = at[1] == 0 && low < 1e-6 ? 0 : (low + high) / 2;
  PetscCall(SquareRateAt(e, *kappa, rate));
  PetscFunctionReturn(0);
}

/*@
  HypAsgdStepsUntil - The number of steps after which |E x^2 - stationary value| stays at
  or below a tolerance

  Not collective

  Input Parameters:
+ algorithm - a stable algorithm
. x0        - start
- tolerance - positive

  Output Parameter:
. steps - first step from which on the distance never exceeds the tolerance again

  Level: intermediate

  Notes:
  The recursion is run until the distance, an oscillation under the envelope of HypAsgdSquareRate(),
  has been below the tolerance for as many steps as the envelope needs to fall by e^{-40}.

.seealso: HypAsgdMomentsStep()
@*/
PetscErrorCode HypAsgdStepsUntil(const HypAlgorithm *algorithm, PetscReal x0, PetscReal tolerance,
                                 PetscInt *steps)
{
  const PetscReal stationary = HypAsgdStationary(algorithm);
  PetscReal       rate;
  HypAsgdMoments  moments;
  PetscInt        last = -1, quiet;

  PetscFunctionBeginUser;
  PetscCall(HypAsgdSquareRate(algorithm, &rate));
  PetscCheck(rate > 0, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
             "eta a = %g is unstable at staleness rate %g; the limit is %g",
             (double)(algorithm->eta * algorithm->curvature), (double)algorithm->kappa,
             (double)HypAsgdStabilityLimit(algorithm->kappa));
  PetscCheck(tolerance > 0, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
             "tolerance %g given, a positive number needed", (double)tolerance);
  quiet = (PetscInt)PetscCeilReal(40 / rate);
  HypAsgdMomentsStart(x0, &moments);
  for (PetscInt j = 0; j - last <= quiet; j++) {
    if (PetscAbsReal(moments.xx - stationary) > tolerance) last = j;
    HypAsgdMomentsStep(algorithm, &moments);
  }
  *steps = last + 1;
  PetscFunctionReturn(0);
}
