/*
   Contraction of the algorithms themselves, without their equation,
   for gradient noise that does not depend on theta:
   it cancels between two copies, and their difference obeys

     fixed delay:  delta_{j+1} = delta_j - eta A_j delta_{j-l},
     z^{l+1} - z^l + eta k
     momentum:     delta_{j+1} = delta_j + mu (delta_j - delta_{j-1}) - eta A_j delta_j,
     z^2 - (1 + mu - eta k) z + mu

   with symmetric A_j, low <= A_j <= high, that is |A_j - k| <= r, k = (low + high)/2,
   r = (high - low)/2.
   The difference decays like rho^j in a quadratic form if the polynomial p on the right has its
   roots in |z| < rho and |p| >= eta r |z|^(0 or 1) on |z| = rho.
   1/p is analytic outside its roots and tends to 0, so that min |p| grows with rho there,
   and the smallest rho is one number.
*/
#include <hypoco/bounds.h>
#include <math.h>

/*
   The largest modulus of a root of z^{l+1} - z^l + e.
   Up to e = l^l/(l+1)^{l+1} the root is real, above l/(l+1);
   then it is rho e^{i phi} with rho = sin(l phi)/sin((l+1) phi),
   e = rho^l |1 - z| = rho^l sin(phi)/sin((l+1) phi), which grows with phi
   up to pi/(l+1).
*/
static PetscReal DelayRoot(PetscInt delay, PetscReal e)
{
  const PetscReal l = (PetscReal)delay;
  PetscReal       a, b;

  if (!delay) return PetscAbsReal(1 - e);
  a = l / (l + 1);
  if (e <=
      PetscPowReal(a, l) / (l + 1)) { /* z^l (1 - z) falls from its largest value at a to 0 at 1 */
    b = 1;
    for (PetscInt k = 0; k < 100; k++) {
      const PetscReal z = (a + b) / 2;

      if (PetscPowReal(z, l) * (1 - z) > e)
        a = z;
      else
        b = z;
    }
    return b;
  }
  a = 0;
  b = PETSC_PI / (l + 1);
  for (PetscInt k = 0; k < 100; k++) {
    const PetscReal phi = (a + b) / 2, rho = PetscSinReal(l * phi) / PetscSinReal((l + 1) * phi);

    if (PetscPowReal(rho, l) * PetscSinReal(phi) / PetscSinReal((l + 1) * phi) < e)
      a = phi;
    else
      b = phi;
  }
  return PetscSinReal(l * b) / PetscSinReal((l + 1) * b);
}

/* |p(rho e^{i phi})|, p = z^{l+1} - z^l + e */
static PetscReal DelayModulus(PetscInt delay, PetscReal e, PetscReal rho, PetscReal phi)
{
  const PetscReal l = (PetscReal)delay, power = PetscPowReal(rho, l);

  return hypot(power * (rho * PetscCosReal((l + 1) * phi) - PetscCosReal(l * phi)) + e,
               power * (rho * PetscSinReal((l + 1) * phi) - PetscSinReal(l * phi)));
}

/* Its minimum over the circle: 32 points a period, then golden sections around each lowest one */
static PetscReal DelayMinimum(PetscInt delay, PetscReal e, PetscReal rho)
{
  const PetscReal golden = (PetscSqrtReal(5) - 1) / 2;
  const PetscInt  n      = 16 * (delay + 1);
  PetscReal       least = PETSC_MAX_REAL, before = PETSC_MAX_REAL, at = PETSC_MAX_REAL;

  for (PetscInt k = 0; k <= n + 1; k++) {
    const PetscReal step = PETSC_PI / (PetscReal)n,
                    next =
                      k > n ? PETSC_MAX_REAL : DelayModulus(delay, e, rho, (PetscReal)k * step);

    if (at <= before && at <= next) {
      PetscReal a = (PetscReal)(k - 2) * step, b = (PetscReal)k * step;

      for (PetscInt s = 0; s < 60; s++) {
        const PetscReal x = b - golden * (b - a), y = a + golden * (b - a);

        if (DelayModulus(delay, e, rho, x) < DelayModulus(delay, e, rho, y))
          b = y;
        else
          a = x;
      }
      least = PetscMin(least, PetscMin(at, DelayModulus(delay, e, rho, (a + b) / 2)));
    }
    before = at;
    at     = next;
  }
  return least;
}

static PetscErrorCode CheckCurvatures(PetscReal eta, PetscReal low, PetscReal high)
{
  PetscFunctionBeginUser;
  PetscCheck(eta > 0 && low > 0 && low <= high, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
             "learning rate %g and curvatures from %g to %g given; positive numbers in this order "
             "needed",
             (double)eta, (double)low, (double)high);
  PetscFunctionReturn(0);
}

/*@
  HypDelayContraction - The factor a step by which two runs of SGD with a fixed delay approach each
  other

  Not collective

  Input Parameters:
+ delay - l >= 0 steps, at most 1000
. eta   - learning rate
. low   - smallest curvature of the loss, positive
- high  - largest

  Output Parameter:
. rho - with the same noise, |theta_j - theta'_j| <= constant rho^j
  for every rho above this one; >= 1: nothing is guaranteed

  Level: intermediate

  Notes:
  The smallest rho such that |z^{l+1} - z^l + eta k| >= eta r on |z| = rho
  and the roots at r = 0 lie inside, k and r middle and half length of [low, high].
  For low = high it is the modulus of the largest root: the rate on a quadratic loss.
  The noise must not depend on theta.
  With a random delay the two copies read at different times; nothing is claimed there.

.seealso: HypMomentumContraction(), HypDelayDiscreteRate()
@*/
PetscErrorCode HypDelayContraction(PetscInt delay, PetscReal eta, PetscReal low, PetscReal high,
                                   PetscReal *rho)
{
  const PetscReal e = eta * (low + high) / 2, room = eta * (high - low) / 2;
  PetscReal       a, b, step = 1e-3;

  PetscFunctionBeginUser;
  PetscCall(CheckCurvatures(eta, low, high));
  PetscCheck(delay >= 0 && delay <= 1000, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
             "delay of %" PetscInt_FMT " steps given, 0 to 1000 allowed", delay);
  *rho = a = DelayRoot(delay, e);
  if (room == 0) PetscFunctionReturn(0);
  /* |p| >= rho^l (rho - 1) - e for rho > 1 */
  while (PetscPowReal(1 + step, (PetscReal)delay) * step < e + room) step *= 1.5;
  b = PetscMax(a, 1 + step);
  for (PetscInt k = 0; k < 60 && b - a > 1e-15 * b; k++) {
    const PetscReal middle = (a + b) / 2;

    if (DelayMinimum(delay, e, middle) < room)
      a = middle;
    else
      b = middle;
  }
  *rho = b;
  PetscFunctionReturn(0);
}

/*@
  HypMomentumContraction - The factor a step by which two runs of SGD
  with momentum approach each other

  Not collective

  Input Parameters:
+ momentum - mu in [0, 1): w' = mu w - eta grad f, theta' = theta + w'
. eta      - learning rate
. low      - smallest curvature of the loss, positive
- high     - largest

  Output Parameter:
. rho - with the same noise, |theta_j - theta'_j| <= constant rho^j
  for every rho above this one; >= 1: nothing is guaranteed

  Level: intermediate

  Notes:
  |z^2 - q z + mu| >= eta r |z| on |z| = rho, q = 1 + mu - eta k:
  z + mu/z is an ellipse with half axes A = rho + mu/rho,
  B = rho - mu/rho and foci +-2 sqrt(mu), and its distance from q is B sqrt(1 - q^2/(4 mu))
  where |q| A <= 4 mu, else A - |q|.
  For low = high it is the modulus of the largest root.
  The noise must not depend on theta.

.seealso: HypDelayContraction()
@*/
PetscErrorCode HypMomentumContraction(PetscReal momentum, PetscReal eta, PetscReal low,
                                      PetscReal high, PetscReal *rho)
{
  const PetscReal q    = PetscAbsReal(1 + momentum - eta * (low + high) / 2),
                  room = eta * (high - low) / 2, inside = 4 * momentum - q * q;
  PetscReal A;

  PetscFunctionBeginUser;
  PetscCall(CheckCurvatures(eta, low, high));
  PetscCheck(momentum >= 0 && momentum < 1, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
             "momentum %g given, a number in [0, 1) needed", (double)momentum);
  A = inside > 0 ? 2 * PetscSqrtReal(momentum + momentum * room * room / inside) : PETSC_INFINITY;
  if (momentum == 0 || q * A > 4 * momentum) A = q + room; /* momentum 0: a circle, B = A */
  *rho = (A + PetscSqrtReal(PetscMax(0, A * A - 4 * momentum))) / 2;
  PetscFunctionReturn(0);
}
