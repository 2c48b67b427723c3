/*
   Covariances of the modified equations for a stationary noise of covariance V,
   pair by pair of eigenvalues a, b of f'': solutions of 2 x 2 Lyapunov equations,
   for HypMeanSquareRadius().
   With g the friction and
   D = 2 g^2 (a + b) + (a - b)^2:

     noise in the first variable   dX = Y dt + dN, dY = -(a X + g Y) dt:
                                   E X_a X_b = V g (a + b + 2 g^2)/D,
                                   E Y_a Y_b = (a + b) E X_a X_b/2 - g V/2,
                                   E (aX + gY)_a (aX + gY)_b = a b E X_a X_b - g^2 E Y_a Y_b
     noise in the second           dX = P dt, dP = -(a X + g P) dt + dN:
                                   E X_a X_b = 2 g V/D,  E P_a P_b = (a + b) E X_a X_b/2
     one variable                  dX = -c_a X dt + dN:  E X_a X_b = V/(c_a + c_b)
*/
#include <hypoco/moments.h>

/* D of a pair, and the pairs in a common loop */
static PetscReal Denominator(PetscReal g, PetscReal a, PetscReal b)
{
  return 2 * g * g * (a + b) + (a - b) * (a - b);
}

/*@
  HypSmeAsgdKernels - (2.11)-(2.12) of An, Lu and Ying,
  with V = E Sigma and (g/k) w w^T among what feeds it

  Not collective

  Input Parameter:
. r - the recursion; staleness rate in r->law

  Output Parameters:
+ K      - n*n
. L      - n*n
- factor - eta^{3/2} (1 - k)^{-1/2}

  Level: advanced

.seealso: HypMeanSquareRadius(), HypSmeLinearKernels()
@*/
PetscErrorCode HypSmeAsgdKernels(const HypRecursion *r, PetscReal *K, PetscReal *L,
                                 PetscReal *factor)
{
  const PetscReal k = r->law.kappa, g = PetscSqrtReal((1 - k) / r->eta);

  PetscFunctionBeginUser;
  *factor = PetscPowReal(r->eta, 1.5) / PetscSqrtReal(1 - k);
  for (PetscInt i = 0; i < r->n; i++)
    for (PetscInt j = 0; j < r->n; j++) {
      const PetscReal a = r->curvature[i], b = r->curvature[j],
                      x = g * (a + b + 2 * g * g) / Denominator(g, a, b),
                      y = (a + b) * x / 2 - g / 2;

      K[i * r->n + j] = x;
      L[i * r->n + j] = (a * b * x - g * g * y) / k;
    }
  PetscFunctionReturn(0);
}

/*@
  HypSmeLinearKernels - (2.5) of An, Lu and Ying: covariance at M + (k/g) P, and (k/g) f''P (f''P)^T

  Not collective

  Input Parameter:
. r - the recursion; staleness rate in r->law

  Output Parameters:
+ K      - n*n
. L      - n*n
- factor - (eta (1 - k))^{1/2}

  Level: advanced

.seealso: HypMeanSquareRadius(), HypSmeAsgdKernels()
@*/
PetscErrorCode HypSmeLinearKernels(const HypRecursion *r, PetscReal *K, PetscReal *L,
                                   PetscReal *factor)
{
  const PetscReal k = r->law.kappa, g = PetscSqrtReal((1 - k) / r->eta);

  PetscFunctionBeginUser;
  *factor = PetscSqrtReal(r->eta * (1 - k));
  for (PetscInt i = 0; i < r->n; i++)
    for (PetscInt j = 0; j < r->n; j++) {
      const PetscReal a = r->curvature[i], b = r->curvature[j], m = 2 * g / Denominator(g, a, b),
                      p = (a + b) * m / 2;

      K[i * r->n + j] = m + k * k / (g * g) * p;
      L[i * r->n + j] = k / (g * g) * a * b * p;
    }
  PetscFunctionReturn(0);
}

/*@
  HypSmeMsgdKernels - (2.7) of An, Lu and Ying, the modified equation of SGD with momentum

  Not collective

  Input Parameter:
. r - the recursion, with its momentum

  Output Parameters:
+ K      - n*n
. L      - zero
- factor - eta^{1/2}

  Level: advanced

.seealso: HypMeanSquareRadius()
@*/
PetscErrorCode HypSmeMsgdKernels(const HypRecursion *r, PetscReal *K, PetscReal *L,
                                 PetscReal *factor)
{
  const PetscReal g = (1 - r->momentum) / PetscSqrtReal(r->eta);

  PetscFunctionBeginUser;
  *factor = PetscSqrtReal(r->eta);
  for (PetscInt i = 0; i < r->n; i++)
    for (PetscInt j = 0; j < r->n; j++) {
      K[i * r->n + j] = 2 * g / Denominator(g, r->curvature[i], r->curvature[j]);
      L[i * r->n + j] = 0;
    }
  PetscFunctionReturn(0);
}

/*@
  HypSmeSgdKernels - (3.3) of An, Lu and Ying, the modified equation of SGD: drift a + eta a^2/2

  Not collective

  Input Parameter:
. r - the recursion

  Output Parameters:
+ K      - n*n
. L      - zero
- factor - eta

  Level: advanced

.seealso: HypMeanSquareRadius()
@*/
PetscErrorCode HypSmeSgdKernels(const HypRecursion *r, PetscReal *K, PetscReal *L,
                                PetscReal *factor)
{
  PetscFunctionBeginUser;
  *factor = r->eta;
  for (PetscInt i = 0; i < r->n; i++)
    for (PetscInt j = 0; j < r->n; j++) {
      const PetscReal a = r->curvature[i], b = r->curvature[j];

      K[i * r->n + j] = 1 / (a + b + r->eta * (a * a + b * b) / 2);
      L[i * r->n + j] = 0;
    }
  PetscFunctionReturn(0);
}
