/*
   What the interpolation of a table costs: tables with points left out, and how much of what they
   change is noise of the values rather than a lack of points.
*/
#include "expression/functionimpl.h"
#include "expression/tableimpl.h"
#include "base/base.h"
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

enum { NEIGHBOURS = 8 }; /* of a point, from which noise is told */

/* Which points of an axis a pattern keeps: + - + -, + + - -, + - - +, + - - -; the ends always */
static bool IsKept(size_t i, size_t n, int pattern)
{
  static const bool kept[HYP_THIN_PATTERNS + 1][4] = {
    {1, 0, 1, 0}, {1, 1, 0, 0}, {1, 0, 0, 1}, {1, 0, 0, 0}};

  return i == n - 1 || i == 0 || kept[pattern][i % 4];
}

/*@
  HypFunctionCreateThinned - A table with half of its points left out, to see what the
  interpolation costs

  Not collective; plain C, callable before MPI_Init

  Input Parameters:
+ function - a table
- pattern  - which points are kept along each axis, 0 <= pattern < HYP_THIN_PATTERNS: every second
             one, or pairs; HYP_THIN_PATTERNS: every fourth one

  Output Parameter:
. thinned - to be freed with HypFunctionDestroy(); NULL where the function is no table or too few
            points would be left

  Level: intermediate

  Note:
  A smooth function's interpolant changes by more than its own error.  Noise in the values changes
  a number that is nearly
  linear in them by sums with the signs of the pattern, of the same size as its error, the sum
  without signs: patterns are
  orthogonal, so that each is another sample of that size.

.seealso: HypFunctionCreateTable(), HypModelCoarsen()
@*/
void HypFunctionCreateThinned(const HypFunction *function, int pattern, HypFunction **thinned)
{
  const HypInterpolant *const t = HypInterpolantOf(function);
  HypInterpolant             *half;
  size_t                     *kept[2];
  char                       *message;

  *thinned = NULL;
  if (!t) return;
  *thinned = HypInterpolantCreate(function->d, t->name, t->kind, t->extrapolation);
  half     = (*thinned)->data;
  for (int k = 0; k < 2; k++) {
    half->nodes[k] = HypReallocate(NULL, t->n[k] * sizeof(double));
    kept[k]        = HypReallocate(NULL, t->n[k] * sizeof(size_t));
    for (size_t i = 0; i < t->n[k]; i++) {
      if (!IsKept(i, t->n[k], pattern)) continue;
      if (t->nodes[k]) half->nodes[k][half->n[k]] = t->nodes[k][i];
      kept[k][half->n[k]++] = i;
    }
  }
  half->values = HypReallocate(NULL, half->n[0] * half->n[1] * sizeof(double));
  for (size_t j = 0; j < half->n[1]; j++)
    for (size_t i = 0; i < half->n[0]; i++)
      half->values[j * half->n[0] + i] = t->values[kept[1][j] * t->n[0] + kept[0][i]];
  free(kept[0]);
  free(kept[1]);
  message = HypInterpolantBuild(half, (int)function->d);
  if (message) HypFunctionDestroy(thinned);
  free(message);
}

/*@
  HypFunctionIsShort - Has a table too few points to estimate the error of its interpolation?

  Not collective; plain C, callable before MPI_Init

  Input Parameter:
. function - the function

  Returns 1 for such a table, 0 for a longer one and for functions of another kind.

  Level: developer

  Note:
  Half of the points can be left out of fewer than nine as well, but what that changes says nothing:
  of a function that four points do not resolve, two may miss the same.

.seealso: HypFunctionCreateThinned()
@*/
int HypFunctionIsShort(const HypFunction *function)
{
  const HypInterpolant *const t = HypInterpolantOf(function);

  for (size_t k = 0; t && k < function->d; k++)
    if (t->n[k] <= NEIGHBOURS) return 1;
  return 0;
}

/*@
  HypFunctionReach - The box of theta that a table covers

  Not collective; plain C, callable before MPI_Init

  Input Parameters:
+ function - the function
- j        - variable, from 0

  Output Parameters:
+ low  - its least value
- high - its largest value

  Returns 1 for a table, 0 for functions that have no end.

  Level: intermediate

.seealso: HypFunctionCreateTable()
@*/
int HypFunctionReach(const HypFunction *function, size_t j, double *low, double *high)
{
  const HypInterpolant *const t = HypInterpolantOf(function);

  if (!t) return 0;
  *low  = t->nodes[j][0];
  *high = t->nodes[j][t->n[j] - 1];
  return 1;
}

/*
   The largest noise that the values along one line of the table show: what the polynomial through
   the eight neighbours of a point leaves there, divided by the standard deviation that it has for
   independent numbers of variance 1.  Of smooth values it is of the order h^8.
*/
static double LineNoise(const double *x, const double *y, size_t stride, size_t n)
{
  double worst = 0;

  for (size_t i = NEIGHBOURS / 2; i + NEIGHBOURS / 2 < n; i++) {
    double left = y[i * stride], variance = 1;

    for (size_t j = i - NEIGHBOURS / 2; j <= i + NEIGHBOURS / 2; j++) {
      double weight = 1;

      for (size_t k = i - NEIGHBOURS / 2; k <= i + NEIGHBOURS / 2; k++)
        if (k != i && k != j) weight *= (x[i] - x[k]) / (x[j] - x[k]);
      if (j == i) continue;
      left -= weight * y[j * stride];
      variance += weight * weight;
    }
    worst = fmax(worst, fabs(left) / sqrt(variance));
  }
  return worst;
}

static int CompareNumbers(const void *a, const void *b)
{
  const double x = *(const double *)a, y = *(const double *)b;

  return (x > y) - (x < y);
}

/* The median of what the table with every second point misses at the points left out */
static double Missed(const HypFunction *function, const HypInterpolant *t, HypFunction *half)
{
  double *const all    = HypReallocate(NULL, t->n[0] * t->n[1] * sizeof(double));
  size_t        count  = 0;
  double        median = 0;

  for (size_t j = 0; j < t->n[1]; j++)
    for (size_t i = 0; i < t->n[0]; i++) {
      const double point[] = {t->nodes[0][i], function->d > 1 ? t->nodes[1][j] : 0};
      double       value;
      char        *message;

      if (IsKept(i, t->n[0], 0) && IsKept(j, t->n[1], 0)) continue;
      if (HypFunctionEvaluate(half, 0, 1, point, &value, &message)) {
        free(message);
        continue;
      }
      all[count++] = fabs(value - t->values[j * t->n[0] + i]);
    }
  qsort(all, count, sizeof(double), CompareNumbers);
  if (count) median = all[count / 2];
  free(all);
  return median;
}

/*@
  HypFunctionThinnedNoise - How much of the change by thinning a table is noise of its values

  Not collective; plain C, callable before MPI_Init

  Input Parameter:
. function - a table

  Output Parameters:
+ noise - from 0, where values are smooth to rounding, to 1, where noise explains all that the
          table with every second point misses; 1 where there are fewer than nine points in a row
- gain  - the factor that twice as many points divide the error by, less 1, for smooth functions

  Returns 1 for a table, 0 for functions of another kind.

  Level: developer

  Note:
  The noise is the largest that any point shows, what is missed a median: a single kink counts as
  noise.

.seealso: HypFunctionCreateThinned(), HypSpectrumCoarsen()
@*/
int HypFunctionThinnedNoise(const HypFunction *function, double *noise, double *gain)
{
  const HypInterpolant *const t = HypInterpolantOf(function);
  HypFunction                *half;
  double                      found = 0, left;

  if (!t) return 0;
  *gain  = *t->kind == 's' ? 15 : 3; /* spline h^4, the others h^2 */
  *noise = 1;
  HypFunctionCreateThinned(function, 0, &half);
  if (!half || t->n[0] <= NEIGHBOURS || (function->d > 1 && t->n[1] <= NEIGHBOURS)) {
    HypFunctionDestroy(&half);
    return 1;
  }
  for (size_t j = 0; j < t->n[1]; j++)
    found = fmax(found, LineNoise(t->nodes[0], t->values + j * t->n[0], 1, t->n[0]));
  for (size_t i = 0; function->d > 1 && i < t->n[0]; i++)
    found = fmax(found, LineNoise(t->nodes[1], t->values + i, t->n[0], t->n[1]));
  left = Missed(function, t, half);
  if (left > 0) *noise = fmin(1, 2 * found / left);
  if (found == 0) *noise = 0;
  HypFunctionDestroy(&half);
  return 1;
}
