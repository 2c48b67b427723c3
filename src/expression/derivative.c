/* The derivative of a function of one variable that is known by its values only. */
#include "base/base.h"
#include <hypoco/expression.h>
#include <gsl/gsl_chebyshev.h>
#include <gsl/gsl_machine.h>
#include <math.h>
#include <stdlib.h>

/*@
  HypDerivative - The derivative of a function at a point, from its Chebyshev series on [x - r,
  x + r]

  Not collective; plain C, callable before MPI_Init

  Input Parameters:
+ function - the function; finite on some interval around x
. context  - passed on to it
- x        - the point

  Output Parameter:
. error - bounds the error where the function is smooth (measured:
  5e-12 relative, sin(30 x) included); large at kinks and jumps

  Returns f'(x); NaN, and an infinite error, if nothing finite is in reach.

  Level: intermediate

  Notes:
  The last coefficients say how well f is resolved: the radius shrinks until they reach rounding,
  and the radius with the smallest estimate is kept.
  A kink within reach never gets resolved, and so shows in the error;
  plain differences would miss one that is symmetric.

.seealso: HypExpressionCreateDerivative()
@*/
double HypDerivative(double (*function)(double x, void *context), void *context, double x,
                     double *error)
{
  enum { ORDER = 20, SHRINKS = 16 };
  gsl_cheb_series *const series = gsl_cheb_alloc(ORDER), *const slope = gsl_cheb_alloc(ORDER);
  const gsl_function f    = {function, context};
  double             best = NAN, least = INFINITY, radius;

  if (!series || !slope) abort(); /* out of memory; GSL has printed its message */
  *error = INFINITY;
  radius = 0.1 * fmax(1, fabs(x));
  for (int i = 0; i < SHRINKS; ++i, radius /= 3) {
    double size = 0, tail, rounding;

    gsl_cheb_init(series, &f, x - radius, x + radius);
    for (int k = 0; k <= ORDER; ++k)
      size = fmax(size, fabs(series->f[k])); /* NaN where f is not finite: the tail is NaN too */
    tail     = (fabs(series->c[ORDER]) + fabs(series->c[ORDER - 1])) * ORDER * ORDER / radius;
    rounding = 4 * GSL_DBL_EPSILON * size * ORDER / radius;
    if (!(tail + rounding < least)) continue;
    least = tail + rounding;
    gsl_cheb_calc_deriv(slope, series);
    best   = gsl_cheb_eval(slope, x);
    *error = tail + rounding +
             4 * GSL_DBL_EPSILON * fabs(x * best) * ORDER / radius; /* the nodes are rounded too */
    if (tail < rounding) break;
  }
  gsl_cheb_free(series);
  gsl_cheb_free(slope);
  return best;
}
