#include "expression/gradient.h"
#include "base/base.h"
#include <math.h>
#include <stdlib.h>

/* The first coordinate that differs, where the loss has a value and a derivative */
static int Differs(const HypGradient *gradient, const double theta[], HypGradientMistake *found)
{
  const size_t  d      = gradient->d;
  double *const slopes = HypReallocate(NULL, 2 * d * sizeof(*slopes)), *const values = slopes + d;
  double f;
  int    code;

  *found = (HypGradientMistake){.coordinate = d};
  code   = gradient->at(theta, &f, slopes, values, gradient->context);
  for (size_t i = 0; i < d && found->coordinate == d && !code && isfinite(f); i++) {
    if (!isfinite(slopes[i]) || gradient->agree(i, values[i], slopes[i], gradient->context))
      continue;
    *found = (HypGradientMistake){i, isnan(values[i]) ? NAN : values[i], slopes[i]};
  }
  free(slopes);
  return code;
}

/*
  HypGradientCheck - Where a given gradient is wrong at a point

  Not collective; plain C

  Input Parameters:
+ gradient - both, and what agrees
- theta    - the point, d numbers

  Output Parameter:
. found - the coordinate and both values; coordinate d: nowhere

  Returns 0, or the code of gradient->at.

  Note:
  At a kink of the loss any one-sided derivative will do, so that a difference counts only if it is
  there on both sides of the point too; no number at all will not.
*/
int HypGradientCheck(const HypGradient *gradient, const double theta[], HypGradientMistake *found)
{
  const size_t       d = gradient->d;
  double            *moved;
  HypGradientMistake nearby;
  int                code = Differs(gradient, theta, found);

  if (code || found->coordinate == d || !isfinite(found->given)) return code;
  moved = HypReallocate(NULL, d * sizeof(*moved));
  for (int side = -1; side <= 1 && !code && found->coordinate < d; side += 2) {
    for (size_t j = 0; j < d; j++)
      moved[j] = theta[j] + side * 1e-6 * (1 + 0.618 * (double)j) * (1 + fabs(theta[j]));
    code = Differs(gradient, moved, &nearby);
    if (!code && nearby.coordinate == d) found->coordinate = d;
  }
  free(moved);
  return code;
}
