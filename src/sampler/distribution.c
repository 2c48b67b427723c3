/* Quantiles, histograms and Kolmogorov-Smirnov distances of values that all sit on one rank. */
#include <hypoco/sampler.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>

/*
   Ranks l < u (from 1) whose order statistics enclose the quantile p with a probability nearest
   to .95: P(X_l <= q < X_u) = P(l <= B < u), B binomial (n, p).  l = 0:
   there is none between .93 and .97.
*/
static void QuantileRanks(PetscInt n, PetscReal p, PetscInt *l, PetscInt *u)
{
  const PetscReal spread = 4 * PetscSqrtReal((PetscReal)n * p * (1 - p)) + 4;
  const PetscInt  first  = PetscMax(1, (PetscInt)((PetscReal)n * p - spread)),
                 last    = PetscMin(n, (PetscInt)((PetscReal)n * p + spread) + 1);
  PetscReal best         = 0.02;

  *l = *u = 0;
  for (PetscInt low = first; low < last; low++) {
    const PetscReal below = gsl_cdf_binomial_P((unsigned)(low - 1), p, (unsigned)n);
    PetscInt        a = low + 1, b = last;

    if (below > 0.06) break;
    while (a < b) { /* the first u with coverage of at least .95; the one before may be nearer */
      const PetscInt middle = (a + b) / 2;

      if (gsl_cdf_binomial_P((unsigned)(middle - 1), p, (unsigned)n) - below >= 0.95)
        b = middle;
      else
        a = middle + 1;
    }
    for (PetscInt high = PetscMax(low + 1, a - 1); high <= a && high <= n; high++) {
      const PetscReal inside = gsl_cdf_binomial_P((unsigned)(high - 1), p, (unsigned)n) - below,
                      tails = PetscAbsReal(1 - inside - 2 * below), /* one tail against the other */
        off                 = PetscAbsReal(inside - 0.95) + 0.1 * tails;

      if (PetscAbsReal(inside - 0.95) > 0.02 || off >= best) continue;
      best = off;
      *l   = low;
      *u   = high;
    }
  }
}

/*@
  HypSampleQuantiles - Sample quantiles with 95 % confidence intervals from order statistics

  Not collective

  Input Parameters:
+ n       - number of values
. values  - sorted on return
. nlevels - number of levels
- levels  - in (0, 1)

  Output Parameters:
+ quantile - interpolated between order statistics
. low      - an order statistic
- high     - an order statistic;
  both are NaN where no two of them enclose the quantile with a probability of .93 to .97

  Level: intermediate

  Notes:
  The probability that two order statistics enclose a quantile is that of a binomial law,
  whatever the law of the values.
  Of 100 values none serve for the levels .01 and .99.

.seealso: HypSampleHistogram2d(), HypKolmogorovSmirnov()
@*/
PetscErrorCode HypSampleQuantiles(PetscInt n, PetscReal values[], PetscInt nlevels,
                                  const PetscReal levels[], PetscReal quantile[], PetscReal low[],
                                  PetscReal high[])
{
  PetscFunctionBeginUser;
  PetscCheck(n >= 1, PETSC_COMM_SELF, PETSC_ERR_ARG_SIZ, "quantiles of no values were asked for");
  gsl_sort(values, 1, (size_t)n);
  for (PetscInt i = 0; i < nlevels; i++) {
    PetscInt l, u;

    QuantileRanks(n, levels[i], &l, &u);
    quantile[i] = gsl_stats_quantile_from_sorted_data(values, 1, (size_t)n, levels[i]);
    low[i]      = l ? values[l - 1] : NAN;
    high[i]     = l ? values[u - 1] : NAN;
  }
  PetscFunctionReturn(0);
}

/* bins + 1 equally spaced edges over the range of the values;
   a single value gets a bin of width one around it */
static void UniformEdges(PetscInt n, const PetscReal values[], PetscInt bins, PetscReal edges[])
{
  PetscReal low, high;

  gsl_stats_minmax(&low, &high, values, 1, (size_t)n);
  if (low == high) {
    low -= 0.5;
    high += 0.5;
  }
  for (PetscInt i = 0; i <= bins; i++)
    edges[i] = low + (high - low) * (PetscReal)i / (PetscReal)bins;
}

static PetscInt BinOf(PetscReal value, PetscInt bins, const PetscReal edges[])
{
  const PetscInt bin = (PetscInt)((value - edges[0]) / (edges[bins] - edges[0]) * (PetscReal)bins);

  return PetscMax(PetscMin(bin, bins - 1), 0);
}

/*@
  HypSampleHistogram - The density of one variable on a grid over its range

  Not collective

  Input Parameters:
+ n      - number of values
. values - the values
- bins   - number of bins

  Output Parameters:
+ edges   - bins + 1 numbers
- density - one number per bin

  Level: intermediate

.seealso: HypSampleHistogram2d()
@*/
PetscErrorCode HypSampleHistogram(PetscInt n, const PetscReal values[], PetscInt bins,
                                  PetscReal edges[], PetscReal density[])
{
  PetscFunctionBeginUser;
  PetscCheck(n >= 1 && bins >= 1, PETSC_COMM_SELF, PETSC_ERR_ARG_SIZ,
             "a histogram of %" PetscInt_FMT " values in %" PetscInt_FMT
             " bins was asked for, at least 1 of each needed",
             n, bins);
  UniformEdges(n, values, bins, edges);
  PetscCall(PetscArrayzero(density, bins));
  for (PetscInt i = 0; i < n; i++) density[BinOf(values[i], bins, edges)] += 1;
  for (PetscInt k = 0; k < bins; k++) density[k] /= (PetscReal)n * (edges[1] - edges[0]);
  PetscFunctionReturn(0);
}

/*@
  HypSampleHistogram2d - The joint density of two variables on a grid over their ranges

  Not collective

  Input Parameters:
+ n    - number of pairs
. a    - first variable
. b    - second variable
- bins - number of bins in each direction

  Output Parameters:
+ edges_a - bins + 1 numbers
. edges_b - bins + 1 numbers
- density - density[i*bins + j] in bin i of a and j of b; sums to one over the bins' areas

  Level: intermediate

.seealso: HypSampleQuantiles()
@*/
PetscErrorCode HypSampleHistogram2d(PetscInt n, const PetscReal a[], const PetscReal b[],
                                    PetscInt bins, PetscReal edges_a[], PetscReal edges_b[],
                                    PetscReal density[])
{
  PetscReal weight;

  PetscFunctionBeginUser;
  PetscCheck(n >= 1 && bins >= 1, PETSC_COMM_SELF, PETSC_ERR_ARG_SIZ,
             "a histogram of %" PetscInt_FMT " values in %" PetscInt_FMT
             " bins was asked for, at least 1 of each needed",
             n, bins);
  UniformEdges(n, a, bins, edges_a);
  UniformEdges(n, b, bins, edges_b);
  PetscCall(PetscArrayzero(density, bins * bins));
  weight = 1 / ((PetscReal)n * (edges_a[1] - edges_a[0]) * (edges_b[1] - edges_b[0]));
  for (PetscInt i = 0; i < n; i++)
    density[BinOf(a[i], bins, edges_a) * bins + BinOf(b[i], bins, edges_b)] += 1;
  for (PetscInt k = 0; k < bins * bins; k++) density[k] *= weight;
  PetscFunctionReturn(0);
}

/*@
  HypKolmogorovSignificance - The probability that a Kolmogorov-Smirnov distance at least this large
  arises by chance

  Not collective

  Input Parameters:
+ n        - number of values; of two samples nm/(n+m)
- distance - the distance

  Level: intermediate

  Notes:
  Q(s) = 2 sum_k (-1)^{k-1} e^{-2k^2 s^2} at s = (sqrt(n) + 0.12 + 0.11/sqrt(n)) D,
  Stephens' correction for finite n.

.seealso: HypKolmogorovSmirnov()
@*/
PetscReal HypKolmogorovSignificance(PetscReal n, PetscReal distance)
{
  const PetscReal s   = (PetscSqrtReal(n) + 0.12 + 0.11 / PetscSqrtReal(n)) * distance;
  PetscReal       sum = 0, sign = 1;

  if (s < 0.2) return 1; /* 1 - Q is below 1e-12 */
  for (int k = 1; k <= 100; k++, sign = -sign) sum += 2 * sign * PetscExpReal(-2 * k * k * s * s);
  return PetscMin(PetscMax(sum, 0), 1);
}

/*@C
  HypKolmogorovSmirnov - The largest distance between a sample's distribution function
  and a given one

  Not collective

  Input Parameters:
+ n      - number of values
. values - sorted on return
. cdf    - the distribution function
- ctx    - passed to cdf

  Output Parameters:
+ distance     - sup |F_n - F|
- significance - HypKolmogorovSignificance(); below 0.01 the two differ at the 1 % level

  Level: intermediate

.seealso: HypKolmogorovSignificance()
@*/
PetscErrorCode HypKolmogorovSmirnov(PetscInt n, PetscReal values[], HypDistributionFn cdf,
                                    void *ctx, PetscReal *distance, PetscReal *significance)
{
  PetscFunctionBeginUser;
  PetscCheck(n >= 1, PETSC_COMM_SELF, PETSC_ERR_ARG_SIZ,
             "the Kolmogorov-Smirnov distance of no values was asked for");
  gsl_sort(values, 1, (size_t)n);
  *distance = 0;
  for (PetscInt i = 0; i < n; i++) {
    const PetscReal F = cdf(values[i], ctx);

    *distance = PetscMax(
      *distance, PetscMax(F - (PetscReal)i / (PetscReal)n, (PetscReal)(i + 1) / (PetscReal)n - F));
  }
  *significance = HypKolmogorovSignificance((PetscReal)n, *distance);
  PetscFunctionReturn(0);
}
