/*
   Moments of the stochastic modified equation (2.11)-(2.12) of An, Lu and Ying for f = a x^2/2,
   by a matrix exponential.

       dX = Y dt + sqrt(Sigma) eta^{3/4} (1-k)^{-1/4} dB,   dY = -(a X + g Y) dt,
       dSigma = -g Sigma dt + g s2 dt + (g/k) (a X + g Y)^2 dt
       (the printed equation, as a sum of squares)

   so that (E X^2, E Y^2, E XY, E Sigma, 1) obeys a linear system; its first three rows are (5.5).
*/
#include <hypoco/moments.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>

#define ORDER 5

/* d/dt of (E X^2, E Y^2, E XY, E Sigma, 1), by rows */
static void SquareSystem(const HypAlgorithm *algorithm, PetscBool evolving, double A[ORDER * ORDER])
{
  const double k = algorithm->kappa, a = algorithm->curvature,
               g                  = PetscSqrtReal((1 - k) / algorithm->eta);
  const double D                  = PetscPowReal(algorithm->eta, 1.5) / PetscSqrtReal(1 - k);
  const double rows[ORDER][ORDER] = {{0, 0, 2, D, 0},
                                     {0, -2 * g, -2 * a, 0, 0},
                                     {-a, 1, -g, 0, 0},
                                     {0, 0, 0, -g, g * algorithm->noise},
                                     {0, 0, 0, 0, 0}};

  for (int i = 0; i < ORDER; i++)
    for (int j = 0; j < ORDER; j++) A[i * ORDER + j] = rows[i][j];
  if (evolving) { /* (g/k) E (aX + gY)^2 */
    A[3 * ORDER + 0] = g / k * a * a;
    A[3 * ORDER + 1] = g / k * g * g;
    A[3 * ORDER + 2] = g / k * 2 * a * g;
  }
}

/* z <- e^{tA} z */
static PetscErrorCode Propagate(size_t n, double *A, double t, double *z)
{
  gsl_matrix_view generator = gsl_matrix_view_array(A, n, n);
  gsl_matrix     *E;
  double          out[ORDER];
  int             status;

  PetscFunctionBeginUser;
  gsl_error_handler_t *const handler = gsl_set_error_handler_off();
  gsl_matrix_scale(&generator.matrix, t);
  E      = gsl_matrix_alloc(n, n);
  status = gsl_linalg_exponential_ss(&generator.matrix, E, GSL_PREC_DOUBLE);
  for (size_t i = 0; i < n && !status; i++) {
    out[i] = 0;
    for (size_t j = 0; j < n; j++) out[i] += gsl_matrix_get(E, i, j) * z[j];
  }
  gsl_matrix_free(E);
  (void)gsl_set_error_handler(handler);
  PetscCheck(!status, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
             "moments of the modified equation at t = %g: their exponential is beyond double "
             "precision; reduce the time, or model_learning_rate and the curvature",
             t);
  for (size_t i = 0; i < n; i++) z[i] = out[i];
  PetscFunctionReturn(0);
}

static PetscErrorCode CheckEvolving(const HypAlgorithm *algorithm, PetscBool evolving)
{
  PetscFunctionBeginUser;
  PetscCheck(
    !evolving || algorithm->kappa > 0, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
    "staleness rate 0: the evolving covariance (2.12) divides by it; use a constant covariance");
  PetscFunctionReturn(0);
}

/*@
  HypSmeMomentsAt - Exact first and second moments of the stochastic modified equation at one time

  Not collective

  Input Parameters:
+ algorithm - the algorithm the equation models
. evolving  - Sigma by (2.12); else Sigma = s2
. x0        - start; Y_0 = -a x0/g and Sigma_0 = s2, the values of a history that rests at x0
- t         - time, sqrt(eta (1 - kappa)) per step of the algorithm

  Output Parameter:
. moments - of X, Y and Sigma

  Level: intermediate

.seealso: HypSmeStationary(), HypAsgdMomentsStep()
@*/
PetscErrorCode HypSmeMomentsAt(const HypAlgorithm *algorithm, PetscBool evolving, PetscReal x0,
                               PetscReal t, HypSmeMoments *moments)
{
  const double a = algorithm->curvature, g = PetscSqrtReal((1 - algorithm->kappa) / algorithm->eta),
               y0 = -a * x0 / g;
  double mean[4] = {0, 1, -a, -g}, z[2] = {x0, y0};
  double A[ORDER * ORDER], s[ORDER]     = {x0 * x0, y0 * y0, x0 * y0, algorithm->noise, 1};

  PetscFunctionBeginUser;
  PetscCall(CheckEvolving(algorithm, evolving));
  PetscCall(Propagate(2, mean, t, z));
  SquareSystem(algorithm, evolving, A);
  PetscCall(Propagate(ORDER, A, t, s));
  *moments = (HypSmeMoments){z[0], z[1], s[0], s[1], s[2], s[3]};
  PetscFunctionReturn(0);
}

/*@
  HypSmeLinearMomentsAt - The same for the equation of linear gradients, (2.5)

  Not collective

  Input Parameters:
+ algorithm - the algorithm the equation models
. evolving  - Sigma by its own equation; else Sigma = s2
. x0        - start; M_0 = x0, P_0 = 0 and Sigma_0 = s2
- t         - time, sqrt(eta (1 - kappa)) per step of the algorithm

  Output Parameters:
+ moments - of X = M + P/g, Y = -a M/g and Sigma
- square  - E P^2, E M P, E M^2

  Level: intermediate

  Notes:
  dM = P dt, dP = -(a M + g P) dt + (eta (1-k))^{1/4} Sigma^{1/2} dB,
  dSigma = -g Sigma dt + g s2 dt + (k/g) a^2 P^2 dt.

.seealso: HypSmeMomentsAt()
@*/
PetscErrorCode HypSmeLinearMomentsAt(const HypAlgorithm *algorithm, PetscBool evolving,
                                     PetscReal x0, PetscReal t, HypSmeMoments *moments,
                                     PetscReal square[3])
{
  const double k = algorithm->kappa, a = algorithm->curvature,
               g                = PetscSqrtReal((1 - k) / algorithm->eta);
  const double D                = PetscSqrtReal(algorithm->eta * (1 - k));
  double       A[ORDER * ORDER] = {0,
                                   0,
                                   2,
                                   0,
                                   0,
                                   0,
                                   -2 * g,
                                   -2 * a,
                                   D,
                                   0,
                                   -a,
                                   1,
                                   -g,
                                   0,
                                   0,
                                   0,
                             evolving ? k / g * a * a : 0,
                                   0,
                                   -g,
                                   g * algorithm->noise};
  double mean[4] = {0, 1, -a, -g}, z[2] = {x0, 0}, s[ORDER] = {x0 * x0, 0, 0, algorithm->noise, 1};

  PetscFunctionBeginUser;
  PetscCall(CheckEvolving(algorithm, evolving));
  PetscCall(Propagate(2, mean, t, z));
  PetscCall(Propagate(ORDER, A, t, s)); /* E M^2, E P^2, E M P, E Sigma, 1 */
  moments->x     = z[0] + z[1] / g;
  moments->y     = -a * z[0] / g;
  moments->xx    = s[0] + 2 * s[2] / g + s[1] / (g * g);
  moments->yy    = a * a * s[0] / (g * g);
  moments->xy    = -a / g * (s[0] + s[2] / g);
  moments->sigma = s[3];
  square[0]      = s[1];
  square[1]      = s[2];
  square[2]      = s[0];
  PetscFunctionReturn(0);
}

/*@
  HypSmeStationary - Stationary moments of the stochastic modified equation

  Not collective

  Input Parameters:
+ algorithm - the algorithm
- evolving  - Sigma by (2.12); else Sigma = s2

  Output Parameter:
. moments - means zero; E XY = -S eta^{3/2}/(2 sqrt(1-k)), E Y^2 = a S eta^2/(2(1-k)),
  E X^2 = S eta^2/(2(1-k)) + S eta/(2a)

  Level: intermediate

  Notes:
  The printed stationary values, with S = s2 where Sigma is constant.
  They give E (aX + gY)^2 = S e^2/(2(1-k)), which (2.12) feeds back into Sigma:
  S = s2/(1 - e^2/(2k(1-k))), and the equation itself is unstable from e^2 = 2k(1-k) on.

.seealso: HypSmeMomentsAt(), HypAsgdStationary()
@*/
PetscErrorCode HypSmeStationary(const HypAlgorithm *algorithm, PetscBool evolving,
                                HypSmeMoments *moments)
{
  const PetscReal k = algorithm->kappa, a = algorithm->curvature, eta = algorithm->eta;
  const PetscReal xy = -PetscPowReal(eta, 1.5) / (2 * PetscSqrtReal(1 - k)),
                  yy = a * eta * eta / (2 * (1 - k)),
                  xx = eta * eta / (2 * (1 - k)) + eta / (2 * a);
  PetscReal S        = algorithm->noise;

  PetscFunctionBeginUser;
  PetscCall(CheckEvolving(algorithm, evolving));
  if (evolving) {
    const PetscReal feedback = eta * a * eta * a / (2 * k * (1 - k));

    PetscCheck(feedback < 1, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
               "eta a = %g at staleness rate %g: Sigma of (2.12) grows without bound from eta a = "
               "%g on; reduce the learning rate",
               (double)(eta * a), (double)k, (double)PetscSqrtReal(2 * k * (1 - k)));
    S /= 1 - feedback;
  }
  *moments = (HypSmeMoments){0, 0, S * xx, S * yy, S * xy, S};
  PetscFunctionReturn(0);
}

/*@
  HypSmeMsgdMomentsAt - Exact moments of (2.7) of An, Lu and Ying,
  the modified equation of SGD with momentum

  Not collective

  Input Parameters:
+ algorithm - learning rate, curvature and noise
. mu        - momentum
. x0        - start, with P_0 = 0
- t         - time, sqrt(eta) per step

  Output Parameters:
+ x  - E X
- xx - E X^2

  Level: intermediate

  Notes:
  dX = P dt, dP = -(a X + g P) dt + eta^{1/4} sqrt(s2) dB, g = (1 - mu)/sqrt(eta);
  the linear system of (E X^2, E P^2, E XP, 1).

.seealso: HypSmeMomentsAt()
@*/
PetscErrorCode HypSmeMsgdMomentsAt(const HypAlgorithm *algorithm, PetscReal mu, PetscReal x0,
                                   PetscReal t, PetscReal *x, PetscReal *xx)
{
  const double a = algorithm->curvature, g = (1 - mu) / PetscSqrtReal(algorithm->eta),
               D = PetscSqrtReal(algorithm->eta) * algorithm->noise;
  double mean[4] = {0, 1, -a, -g}, z[2] = {x0, 0};
  double A[16]    = {0, 0, 2, 0, 0, -2 * g, -2 * a, D, -a, 1, -g, 0, 0, 0, 0, 0},
         s[ORDER] = {x0 * x0, 0, 0, 1, 0};

  PetscFunctionBeginUser;
  PetscCall(Propagate(2, mean, t, z));
  PetscCall(Propagate(4, A, t, s));
  *x  = z[0];
  *xx = s[0];
  PetscFunctionReturn(0);
}

/*@
  HypSmeSgdMomentsAt - Exact moments of (3.3) of An, Lu and Ying, the modified equation of SGD

  Not collective

  Input Parameters:
+ algorithm - learning rate, curvature and noise
. x0        - start
- t         - time, eta per step

  Output Parameters:
+ x  - E X
- xx - E X^2

  Level: intermediate

  Notes:
  An Ornstein-Uhlenbeck process with drift c = a + eta a^2/2 and noise eta s2.

.seealso: HypSmeMomentsAt()
@*/
void HypSmeSgdMomentsAt(const HypAlgorithm *algorithm, PetscReal x0, PetscReal t, PetscReal *x,
                        PetscReal *xx)
{
  const PetscReal a = algorithm->curvature, c = a + algorithm->eta * a * a / 2;

  *x  = x0 * PetscExpReal(-c * t);
  *xx = *x * *x - algorithm->eta * algorithm->noise * expm1(-2 * c * t) / (2 * c);
}
