/*
   The contraction certificate in closed form.

   Two paths with the same noise differ by delta = (dtheta, dy),
   d/dt delta = J delta with D somewhere
   in |D - c I| <= r (the mean of Deps along the segment between them; the ball is convex).
   With k_i = w_i^2 + c the bounded real lemma says that some P > 0 has P J + J^T P <= -2 mu P
   for the whole ball if and only if

       r <= min over omega and i of |s^2 + gamma s + k_i|,    s = i omega - mu,
       mu < the rate at r = 0.

   |s^2 + gamma s + k|^2 = (m - omega^2)^2 + g^2 omega^2 with m = mu^2 - gamma mu + k,
   g = gamma - 2 mu.  Its minimum is
   g^2 kappa, kappa = k - gamma^2/4, at omega^2 = kappa - g^2/4 where that is positive,
   else m^2 = (kappa + g^2/4)^2 at 0:

       r <= 2 kappa:  mu = gamma/2 - r/(2 sqrt(kappa)),    else  mu = gamma/2 - sqrt(r - kappa).

   P: for one coordinate P = [p q; q 1] with q = gamma/2, p = max(k, gamma^2/2 - mu(gamma - mu)) has

       P A + A^T P + 2 mu P + lambda rho^2 e e^T + (1/lambda) P b b^T P <= 0,   A = J at D = c,
       e = (1, 0),  b = (0, 1),

   for lambda = 1/g, rho = g sqrt(kappa) where kappa > g^2/4, else lambda = g/(2 m), rho = m:
   insert.
   P_i/lambda_i has lambda = 1 for every coordinate, so that P = diag(P_i/lambda_i) serves the D
   that mix coordinates as well.
*/
#include <hypoco/bounds.h>
#include <math.h>

/* The largest mu that a coordinate with the curvature k allows,
   and the frequency where it is tight */
static PetscReal CoordinateRate(PetscReal gamma, PetscReal k, PetscReal r, PetscReal *frequency)
{
  const PetscReal kappa = k - gamma * gamma / 4;

  *frequency = 0;
  if (r <= 2 * kappa) {
    *frequency = PetscSqrtReal(PetscMax(0, kappa - (kappa > 0 ? r * r / (4 * kappa) : 0)));
    return gamma / 2 - (r > 0 ? r / (2 * PetscSqrtReal(kappa)) : 0);
  }
  /* the smaller root of mu^2 - gamma mu + k - r = 0, without cancellation */
  return 2 * (k - r) / (gamma + 2 * PetscSqrtReal(r - kappa));
}

/* p of P_i at a rate that the coordinate allows */
static PetscReal CoordinateP(PetscReal gamma, PetscReal k, PetscReal mu)
{
  return PetscMax(k, gamma * gamma / 2 - mu * (gamma - mu));
}

/* 1/lambda_i there */
static PetscReal CoordinateScale(PetscReal gamma, PetscReal k, PetscReal mu)
{
  const PetscReal g = gamma - 2 * mu, kappa = k - gamma * gamma / 4;

  return kappa > g * g / 4 ? g : 2 * (kappa + g * g / 4) / g;
}

static PetscErrorCode CheckParameters(PetscInt d, const PetscReal omega[], PetscReal gamma)
{
  PetscFunctionBeginUser;
  PetscCheck(d > 0, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
             "%" PetscInt_FMT " coordinates given, at least one needed", d);
  PetscCheck(gamma > 0, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
             "friction %g given, a positive number needed", (double)gamma);
  for (PetscInt i = 0; i < d; i++)
    PetscCheck(omega[i] >= 0, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
               "frequency %g given for coordinate %" PetscInt_FMT ", a number >= 0 needed",
               (double)omega[i], i + 1);
  PetscFunctionReturn(0);
}

/* The block of coordinate i */
static void SetBlock(HypContraction *found, PetscReal gamma, PetscInt i, PetscReal p,
                     PetscReal scale)
{
  const PetscInt n = 2 * found->d, y = i + found->d;

  found->P[i * n + i] = scale * p;
  found->P[i * n + y] = found->P[y * n + i] = scale * gamma / 2;
  found->P[y * n + y]                       = scale;
}

/* The smallest of the coordinates' rates, each with its own centre and radius */
static PetscErrorCode Slowest(PetscInt d, const PetscReal omega[], PetscReal gamma,
                              const PetscReal c[], const PetscReal r[], HypContraction *found)
{
  PetscReal frequency;

  PetscFunctionBeginUser;
  *found = (HypContraction){.d = d, .mu = PETSC_MAX_REAL};
  for (PetscInt i = 0; i < d; i++) {
    const PetscReal mu = CoordinateRate(gamma, PetscSqr(omega[i]) + c[i], r[i], &frequency);

    if (mu >= found->mu) continue;
    found->mu        = mu;
    found->tight     = i;
    found->frequency = frequency;
    found->c         = c[i];
    found->r         = r[i];
  }
  /* det P_i = p_i - gamma^2/4 vanishes in the critical case of any coordinate,
     where mu is a limit of rates and no P proves it */
  for (PetscInt i = 0; i < d; i++) {
    const PetscReal p = CoordinateP(gamma, PetscSqr(omega[i]) + c[i], found->mu);

    if (p - gamma * gamma / 4 < 1e-6 * gamma * gamma) found->margin = 0.01 * gamma;
  }
  PetscCall(PetscCalloc1(4 * d * d, &found->P));
  PetscFunctionReturn(0);
}

/*@
  HypContractionBall - The rate that is guaranteed for every D
  with |D - c I| <= r (in the Euclidean norm of matrices)

  Not collective

  Input Parameters:
+ d     - number of coordinates
. omega - w_i, d numbers
. gamma - friction
. c     - centre: of an interval of slopes its middle
- r     - radius: of an interval of slopes half its length

  Output Parameter:
. contraction - rate, where it is tight and P; freed with HypContractionDestroy()

  Level: intermediate

  Notes:
  With k = min w_i^2 + c, kappa = k - gamma^2/4: gamma/2 - r/(2 sqrt(kappa)) for r <= 2 kappa,
  else gamma/2 - sqrt(gamma^2/4 - (k - r)).
  For d = 1, and for symmetric D with eigenvalues in [c - r, c + r],
  no quadratic form guarantees more.
  The rate may be negative: then distances may grow.
  Under-damped with c = 0, P is that of Zhu and Ying, in (theta, y).

.seealso: HypContractionIntervals(), HypContractionBox(), HypContractionDestroy()
@*/
PetscErrorCode HypContractionBall(PetscInt d, const PetscReal omega[], PetscReal gamma, PetscReal c,
                                  PetscReal r, HypContraction *contraction)
{
  PetscReal *centre, *radius, mu, largest = 0;

  PetscFunctionBeginUser;
  PetscCall(CheckParameters(d, omega, gamma));
  PetscCheck(r >= 0, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
             "radius %g given for the slopes of eps, a number >= 0 needed", (double)r);
  PetscCall(PetscMalloc2(d, &centre, d, &radius));
  for (PetscInt i = 0; i < d; i++) {
    centre[i] = c;
    radius[i] = r;
  }
  PetscCall(Slowest(d, omega, gamma, centre, radius, contraction));
  mu = contraction->mu - contraction->margin;
  for (PetscInt pass = 0; pass < 2; pass++) { /* the blocks' scales relative to the largest */
    for (PetscInt i = 0; i < d; i++) {
      const PetscReal k = PetscSqr(omega[i]) + c,
                      /* r = 0: nothing mixes the coordinates */
        scale = r > 0 ? CoordinateScale(gamma, k, mu) : 1;

      largest = PetscMax(largest, scale);
      if (pass) SetBlock(contraction, gamma, i, CoordinateP(gamma, k, mu), scale / largest);
    }
  }
  PetscCall(PetscFree2(centre, radius));
  PetscFunctionReturn(0);
}

/*@
  HypContractionIntervals - The rate that is guaranteed if each eps_i depends on theta_i alone,
  with a slope in an interval

  Not collective

  Input Parameters:
+ d     - number of coordinates
. omega - w_i, d numbers
. gamma - friction
. low   - smallest slopes, d numbers
- high  - largest slopes, d numbers

  Output Parameter:
. contraction - rate, where it is tight and P; freed with HypContractionDestroy()

  Level: intermediate

  Note:
  The smallest of the rates of HypContractionBall() for the single coordinates.
  No quadratic form guarantees more.

.seealso: HypContractionBall(), HypContractionBox()
@*/
PetscErrorCode HypContractionIntervals(PetscInt d, const PetscReal omega[], PetscReal gamma,
                                       const PetscReal low[], const PetscReal high[],
                                       HypContraction *contraction)
{
  PetscReal *centre, *radius, mu;

  PetscFunctionBeginUser;
  PetscCall(CheckParameters(d, omega, gamma));
  PetscCall(PetscMalloc2(d, &centre, d, &radius));
  for (PetscInt i = 0; i < d; i++) {
    PetscCheck(low[i] <= high[i], PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
               "slopes of eps_%" PetscInt_FMT " from %g to %g given; the first must not be larger",
               i + 1, (double)low[i], (double)high[i]);
    centre[i] = (low[i] + high[i]) / 2;
    radius[i] = (high[i] - low[i]) / 2;
  }
  PetscCall(Slowest(d, omega, gamma, centre, radius, contraction));
  contraction->intervals = PETSC_TRUE;
  mu                     = contraction->mu - contraction->margin;
  for (PetscInt i = 0; i < d; i++)
    SetBlock(contraction, gamma, i, CoordinateP(gamma, PetscSqr(omega[i]) + centre[i], mu), 1);
  PetscCall(PetscFree2(centre, radius));
  PetscFunctionReturn(0);
}

/*@
  HypContractionDestroy - Frees a certificate

  Not collective

  Input Parameter:
. contraction - what one of HypContractionBall(),
  HypContractionIntervals() and HypContractionBox() filled

  Level: intermediate

.seealso: HypContractionBall()
@*/
PetscErrorCode HypContractionDestroy(HypContraction *contraction)
{
  PetscFunctionBeginUser;
  PetscCall(PetscFree(contraction->P));
  PetscFunctionReturn(0);
}
