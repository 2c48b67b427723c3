#include <hypoco/axisimpl.h>
#include <gsl/gsl_integration.h>

/* The standard normal law: density, mass of an interval, orthonormal polynomials, quadrature. */

/*@
  HypNormalDensity - Density of the standard normal law, M(q) = exp(-q^2/2)/sqrt(2 pi)

  Not collective

  Input Parameter:
. q - in standard deviations; beyond 38 the value underflows to 0

  Returns M(q), dimensionless.

  Level: intermediate

.seealso: HypNormalMass()
@*/
PetscReal HypNormalDensity(PetscReal q)
{
  return PetscExpReal(-0.5 * q * q) / PetscSqrtReal(2 * PETSC_PI);
}

/*@
  HypNormalMass - Mass of an interval under the standard normal law

  Not collective

  Input Parameters:
+ a - lower end, in standard deviations; -infinity is allowed
- b - upper end; infinity is allowed

  Returns the integral of M over [a, b].

  Level: intermediate

  Notes:
  Differences of erfc on the side where it is small,
  so that a cell far out in the tail keeps all its digits.

.seealso: HypNormalDensity()
@*/
PetscReal HypNormalMass(PetscReal a, PetscReal b)
{
  const PetscReal r = PetscSqrtReal(0.5);

  if (a >= 0) return 0.5 * (erfc(r * a) - erfc(r * b));
  if (b <= 0) return 0.5 * (erfc(-r * b) - erfc(-r * a));
  return 0.5 * (erf(r * b) - erf(r * a));
}

/*@
  HypHermiteFunctions - Orthonormal Hermite polynomials of the standard normal law at a point

  Not collective

  Input Parameters:
+ n     - how many, at least 1
. q     - the point, in standard deviations
- scale - factor of all, as the root of a quadrature weight

  Output Parameter:
. H - n numbers: scale H_k(q)/sqrt(k!), k = 0..n-1

  Level: intermediate

  Notes:
  Three-term recurrence sqrt(k+1) H_{k+1} = q H_k - sqrt(k) H_{k-1}.

.seealso: HypGaussHermite()
@*/
void HypHermiteFunctions(PetscInt n, PetscReal q, PetscReal scale, PetscReal H[])
{
  H[0] = scale;
  if (n > 1) H[1] = scale * q;
  for (PetscInt k = 1; k + 1 < n; k++)
    H[k + 1] =
      (q * H[k] - PetscSqrtReal((PetscReal)k) * H[k - 1]) / PetscSqrtReal((PetscReal)(k + 1));
}

/*@
  HypGaussHermite - Gauss quadrature for the standard normal law,
  exact for polynomials of degree < 2n

  Not collective

  Input Parameter:
. n - number of nodes, 1 to 360 (beyond, the outer weights underflow)

  Output Parameters:
+ nodes   - increasing
- weights - positive, sum 1

  Level: intermediate
@*/
PetscErrorCode HypGaussHermite(PetscInt n, PetscReal nodes[], PetscReal weights[])
{
  gsl_integration_fixed_workspace *rule;
  PetscReal                        sum = 0;

  PetscFunctionBeginUser;
  PetscCheck(
    n >= 1 && n <= 360, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
    "%" PetscInt_FMT " Gauss-Hermite nodes asked for, 1 to 360 are possible; lower the degree", n);
  rule = gsl_integration_fixed_alloc(gsl_integration_fixed_hermite, (size_t)n, 0.0, 0.5, 0.0, 0.0);
  PetscCheck(rule, PETSC_COMM_SELF, PETSC_ERR_LIB,
             "GSL could not build %" PetscInt_FMT " Gauss-Hermite nodes", n);
  for (PetscInt j = 0; j < n; j++) {
    nodes[j]   = gsl_integration_fixed_nodes(rule)[j];
    weights[j] = gsl_integration_fixed_weights(rule)[j];
    sum += weights[j];
  }
  for (PetscInt j = 0; j < n; j++) weights[j] /= sum;
  gsl_integration_fixed_free(rule);
  PetscFunctionReturn(0);
}
