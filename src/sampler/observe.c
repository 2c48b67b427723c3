/*
   What is averaged over the paths: central moments up to the fourth of every observable.

   Sums of powers lose all digits where a mean is large (theta near 1e8);
   deviations from the mean of a block do not, and blocks are merged by the formulas of Chan,
   Golub and LeVeque and of Pebay, in a fixed order.
*/
#include "sampler/observe.h"
#include <gsl/gsl_cdf.h>

/*
   With delta the difference of the means and N = n + m:
     M2 = M2a + M2b + delta^2 n m/N M3 = M3a + M3b + delta^3 n m (n - m)/N^2 + 3 delta
     (n M2b - m M2a)/N M4 = M4a + M4b + delta^4 n m (n^2 - n m + m^2)/N^3 + 6 delta^2
     (n^2 M2b + m^2 M2a)/N^2 + 4 delta (n M3b - m M3a)/N
*/
void HypMomentsMerge(HypMoments4 *into, PetscReal n, const HypMoments4 *other, PetscReal m)
{
  const HypMoments4 a = *into, b = *other;
  const PetscReal   N = n + m, p = n / N, q = m / N, delta = b.mean - a.mean, d2 = delta * delta;

  if (m == 0) return;
  if (n == 0) {
    *into = b;
    return;
  }
  into->mean = a.mean + delta * q;
  into->m2   = a.m2 + b.m2 + d2 * n * q;
  into->m3   = a.m3 + b.m3 + d2 * delta * n * q * (p - q) + 3 * delta * (p * b.m2 - q * a.m2);
  into->m4   = a.m4 + b.m4 + d2 * d2 * n * q * (p * p - p * q + q * q) +
             6 * d2 * (p * p * b.m2 + q * q * a.m2) + 4 * delta * (p * b.m3 - q * a.m3);
}

/* Standard error of the mean of n values; infinite for one value */
PetscReal HypMomentsError(const HypMoments4 *moments, PetscReal n)
{
  return n > 1 ? PetscSqrtReal(moments->m2 / (n * (n - 1))) : INFINITY;
}

#define COVERAGE_ERROR 0.005 /* allowed by the expansion below */
#define FEWEST         20    /* values for an interval */

/*
  Half of a 95 % interval around a mean, by Student's t; NaN where it cannot be trusted

  Notes:
  With skewness s and excess kurtosis k of one value, the coverage of Student's interval is off
  by about (2/n) phi(z) z [k (z^2 - 3)/12 - s^2 (z^4 + 2 z^2 - 3)/18],
  z = 1.96 (Hall, The bootstrap and Edgeworth expansion, 1992, section 2.5).
  Means of heavy tails (E theta^2 near the limit of stability), and shares near 0 or 1,
  are found out by it: the skewness of n such values grows like sqrt(n).
  Equal values have nothing to measure an error with.
*/
PetscReal HypMomentsHalfWidth(const HypMoments4 *moments, PetscReal n)
{
  const PetscReal z = 1.959963984540054, z2 = z * z, density = 0.05844507;
  PetscReal       variance, s2, k, off;

  if (n < FEWEST || !(moments->m2 > 0)) return NAN;
  variance = moments->m2 / n;
  s2       = PetscSqr(moments->m3 / n) / (variance * variance * variance);
  k        = moments->m4 / n / (variance * variance) - 3;
  off      = 2 / n * density * z * (k * (z2 - 3) / 12 - s2 * (z2 * z2 + 2 * z2 - 3) / 18);
  if (!(PetscAbsReal(off) <= COVERAGE_ERROR)) return NAN;
  return gsl_cdf_tdist_Qinv(0.025, n - 1) * HypMomentsError(moments, n);
}

static void Add(PetscInt count, const PetscReal *restrict value, PetscReal n, HypMoments4 *into)
{
  HypMoments4 block = {0, 0, 0, 0};

  for (PetscInt l = 0; l < count; l++) block.mean += value[l];
  block.mean /= (PetscReal)count;
  for (PetscInt l = 0; l < count; l++) {
    const PetscReal x = value[l] - block.mean, x2 = x * x;

    block.m2 += x2;
    block.m3 += x2 * x;
    block.m4 += x2 * x2;
  }
  HypMomentsMerge(into, n, &block, (PetscReal)count);
}

/* The result knows the maps to (x, v) and (M, P), and so which averages there are */
void HypObserve(const HypSampleResult *result, const HypBlock *block, PetscInt count, PetscReal n,
                HypMoments4 *into)
{
  static const PetscReal none[4] = {0, 0, 0, 0};
  PetscReal              value[HYP_MEANS][HYP_LANES];

  for (PetscInt c = 0; c < block->d; c++) {
    const PetscReal *theta = block->theta + c * block->lanes,
                    *y     = block->y ? block->y + c * block->lanes : NULL;

    for (PetscInt l = 0; l < count; l++) {
      value[HYP_MEAN_THETA][l]    = theta[l];
      value[HYP_MEAN_THETA2][l]   = theta[l] * theta[l];
      value[HYP_MEAN_POSITIVE][l] = theta[l] > 0;
    }
    for (PetscInt l = 0; y && l < count; l++) {
      const PetscReal *p = result->phase ? result->phase + 4 * c : none,
                      *r = result->read ? result->read + 3 * c : none,
                      x = p[0] * theta[l] + p[1] * y[l], v = p[2] * theta[l] + p[3] * y[l],
                      M = r[0] - r[1] * y[l], P = r[2] * (theta[l] - M);

      value[HYP_MEAN_Y][l]       = y[l];
      value[HYP_MEAN_Y2][l]      = y[l] * y[l];
      value[HYP_MEAN_THETA_Y][l] = theta[l] * y[l];
      value[HYP_MEAN_V][l]       = v;
      value[HYP_MEAN_V2][l]      = v * v;
      value[HYP_MEAN_XV][l]      = x * v;
      value[HYP_MEAN_M][l]       = M;
      value[HYP_MEAN_M2][l]      = M * M;
      value[HYP_MEAN_P][l]       = P;
      value[HYP_MEAN_P2][l]      = P * P;
    }
    for (PetscInt k = 0; k < HYP_MEANS; k++)
      if (HypSampleHas(result, (HypSampleMean)k)) Add(count, value[k], n, into + c * HYP_MEANS + k);
  }
}

/* f at the first `count` lanes of a block */
PetscErrorCode HypObserveLoss(HypLoss loss, const HypBlock *block, PetscInt count, PetscReal n,
                              HypMoments4 *into)
{
  PetscReal value[HYP_LANES];

  PetscFunctionBeginUser;
  PetscCall(HypLossMeanValue(loss, block->lanes, block->theta, value));
  Add(count, value, n, into);
  PetscFunctionReturn(0);
}

/* One value for each of `count` paths */
void HypObserveValues(const PetscReal *value, PetscInt count, PetscReal n, HypMoments4 *into)
{
  Add(count, value, n, into);
}
