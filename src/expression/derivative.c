/* The derivative of a function of one variable that is known by its values only. */
#include "expression/expressionimpl.h"
#include <float.h>
#include <math.h>

/*
   The Chebyshev series of order n - 1 through the n values f_j at x + r cos(pi (j + 1/2)/n) has the
   coefficients c_k = (2/n) sum_j f_j cos(k pi (j + 1/2)/n), and at its middle the derivative
       (1/r) sum over odd k of k (-1)^((k - 1)/2) c_k:
   all that is needed are fixed sums of the values.
*/
enum { NODES = HYP_DERIVATIVE_NODES, SHRINKS = 16 };

typedef struct {
  double node[NODES], slope[NODES], last[2][NODES];
} Weights;

static void FillWeights(Weights *w)
{
  const double pi = 3.14159265358979323846;

  for (int j = 0; j < NODES; j++) {
    w->node[j]  = cos(pi * (j + 0.5) / NODES);
    w->slope[j] = 0;
    for (int k = 1; k < NODES; k += 2)
      w->slope[j] += (k % 4 == 1 ? k : -k) * 2. / NODES * cos(k * pi * (j + 0.5) / NODES);
    for (int e = 0; e < 2; e++)
      w->last[e][j] = 2. / NODES * cos((NODES - 1 - e) * pi * (j + 0.5) / NODES);
  }
}

double HypDerivativeByMany(HypManyValues *values, void *context, double x, double *error)
{
  static Weights w;
  static bool    filled;
  double         best = NAN, least = INFINITY, radius = 0.1 * fmax(1, fabs(x));

  if (!filled) FillWeights(&w);
  filled = true;
  *error = INFINITY;
  for (int i = 0; i < SHRINKS; i++, radius /= 3) {
    double point[NODES], f[NODES], size = 0, slope = 0, last[2] = {0, 0}, tail, rounding;

    for (int j = 0; j < NODES; j++) point[j] = x + radius * w.node[j];
    values(point, f, context);
    for (int j = 0; j < NODES; j++) { /* NaN where f is not finite: the tail is NaN too */
      size = fmax(size, fabs(f[j]));
      slope += w.slope[j] * (f[j] - f[NODES / 2]);
      for (int e = 0; e < 2; e++) last[e] += w.last[e][j] * f[j];
    }
    tail     = (fabs(last[0]) + fabs(last[1])) * NODES * NODES / radius;
    rounding = 4 * DBL_EPSILON * size * NODES / radius;
    if (!(tail + rounding < least)) continue;
    least  = tail + rounding;
    best   = slope / radius;
    *error = tail + rounding +
             4 * DBL_EPSILON * fabs(x * best) * NODES / radius; /* the nodes are rounded too */
    if (tail <= rounding) break;                                /* of zeros both are 0 */
  }
  return best;
}

typedef struct {
  double (*function)(double x, void *context);
  void *context;
} One;

static void OneByOne(const double *x, double *f, void *context)
{
  const One *const one = context;

  for (int j = 0; j < NODES; j++) f[j] = one->function(x[j], one->context);
}

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
  return HypDerivativeByMany(OneByOne, &(One){function, context}, x, error);
}
