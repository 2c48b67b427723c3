/*
   eps and the noise between the nodes of a space.

   A space knows eps_i where it has values theta_j of nodes.  Let d be what eps_i has beyond its
   interpolation between neighbours along theta_j, on a line on which the other coordinates rest.
   With T_i = w_i^2 Var theta_i of M, a force d along its own theta_i changes that density
   by the factor exp(-D), D = int d dtheta_i/T_i, to first order: F exp(-D) is stationary where the
   force is the gradient of a loss.  The total variation that this makes is, whatever F is,

       1/2 E |D - E D| <= (max D - min D)/4,

   taken over |theta_j| <= 3 standard deviations.  Along another theta_j a path crosses a stretch
   dtheta_j in the time dtheta_j/sqrt(T_j) and gets the kick d dtheta_j/sqrt(T_j) in y_i, whose
   deviation is sqrt(T_i): D = int d dtheta_j/sqrt(T_i T_j).
   Of noise d is what s_i has between the nodes, and D = int d dtheta_j/sigma_j the share of M where
   it is out of place: paths gain that share of their energy there, whatever gamma is.

   In d > 1 the mean over lines through points that are spread as M is: a function that is coupled,
   as theta_2 sin(20 theta_1), may vanish on the one through 0.
   No coarser space need see what this sees: a bump that is narrower than all cells of both.

   The weight e^{-W} of a potential is integrated exactly, but crossing from node to node is not:
   d is what W has beyond its interpolation, and changes the rate of crossing by the factor e^d.
*/
#include <hypoco/spaceimpl.h>
#include <math.h>

/* points of a line; lines along each theta_j in d > 1, and their points; between two nodes */
enum { POINTS = 6000, LINES = 8, FEWER = 1500, PER = 40 };

/* A direction, and where the other coordinates rest */
typedef struct {
  PetscInt  j, points, n, from, to;
  PetscReal rest[16], *node;
} Along;

/* The n values in order and without copies; which of them, from..to, lie in [-reach, reach] */
static PetscErrorCode Neighbours(PetscReal reach, PetscInt *n, PetscReal theta[], PetscInt *from,
                                 PetscInt *to)
{
  PetscReal least;
  PetscInt  kept = 0;

  PetscFunctionBeginUser;
  PetscCall(PetscSortReal(*n, theta));
  least = PetscMin(reach, theta[*n - 1] - theta[0]) / POINTS;
  for (PetscInt k = 0; k < *n; k++) {
    if (kept && theta[k] - theta[kept - 1] <= least) continue;
    theta[kept++] = theta[k];
  }
  *n    = kept;
  *from = 0;
  *to   = kept - 1;
  while (*from < kept && theta[*from] < -reach) (*from)++;
  while (*to >= 0 && theta[*to] > reach) (*to)--;
  PetscFunctionReturn(0);
}

/* Functions 0..d-1 are eps_i, d..2d-1 are s_i: all d of one kind at n values of theta_j */
static PetscErrorCode Values(HypModel model, const Along *line, PetscBool noise, PetscInt n,
                             const PetscReal theta[], PetscReal values[])
{
  const PetscInt d = HypModelDimension(model);
  PetscReal     *points, *one;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2(d * n, &points, d, &one));
  for (PetscInt i = 0; i < d; i++)
    for (PetscInt p = 0; p < n; p++) points[i * n + p] = i == line->j ? theta[p] : line->rest[i];
  if (!noise) PetscCall(HypModelPerturbationMany(model, 0, n, points, values));
  for (PetscInt p = 0; p < n && noise; p++) {
    PetscReal at[16];

    for (PetscInt i = 0; i < d; i++) at[i] = points[i * n + p];
    PetscCall(HypModelNoise(model, at, one));
    for (PetscInt i = 0; i < d; i++) values[i * n + p] = one[i];
  }
  PetscCall(PetscFree2(points, one));
  PetscFunctionReturn(0);
}

/* Between nodes k and k + 1: the straight line of fv axes, the cubic through four nodes of a basis,
   where these lie about evenly */
static PetscReal Interpolate(PetscBool rough, PetscInt n, PetscInt k, const PetscReal q[],
                             const PetscReal u[], PetscReal at)
{
  const PetscInt first = rough || k < 1 || k > n - 3 ? k : k - 1,
                 last  = first + (first < k ? 3 : 1);
  PetscReal least = q[k + 1] - q[k], most = least, sum = 0;

  for (PetscInt j = first; j < last; j++) {
    least = PetscMin(least, q[j + 1] - q[j]);
    most  = PetscMax(most, q[j + 1] - q[j]);
  }
  if (most > 2 * least) return u[k] + (u[k + 1] - u[k]) * (at - q[k]) / (q[k + 1] - q[k]);
  for (PetscInt j = first; j <= last; j++) {
    PetscReal part = u[j];

    for (PetscInt l = first; l <= last; l++)
      if (l != j) part *= (at - q[l]) / (q[j] - q[l]);
    sum += part;
  }
  return sum;
}

/* Adds to range[i] max - min of int d_i dtheta_j between the nodes from..to of n: those beyond
   serve cubics only */
static PetscErrorCode AddRanges(HypSpace space, const Along *line, PetscBool noise,
                                PetscReal range[])
{
  const PetscInt   d = HypModelDimension(space->model), points = line->points, n = line->n;
  const PetscReal *node = line->node,
                  step  = (node[line->to] - node[line->from]) / (PetscReal)points;
  PetscReal *theta, *values, *known;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc3(points, &theta, d * points, &values, d * n, &known));
  for (PetscInt p = 0; p < points; p++) theta[p] = node[line->from] + step * ((PetscReal)p + 0.5);
  PetscCall(Values(space->model, line, noise, points, theta, values));
  PetscCall(Values(space->model, line, noise, n, node, known));
  for (PetscInt i = 0; i < d; i++) {
    PetscReal D = 0, least = 0, most = 0;
    PetscInt  k = line->from;

    for (PetscInt p = 0; p < points; p++) {
      while (k < line->to - 1 && node[k + 1] < theta[p]) k++;
      D += step * (values[i * points + p] -
                   Interpolate(space->rough, n, k, node, known + i * n, theta[p]));
      least = PetscMin(least, D);
      most  = PetscMax(most, D);
    }
    range[i] += most - least;
  }
  PetscCall(PetscFree3(theta, values, known));
  PetscFunctionReturn(0);
}

/* sqrt(T_i T_j), or sigma_j for noise: what D is measured in */
static PetscReal Unit(HypModel model, PetscBool noise, PetscInt i, PetscInt j)
{
  const HypCoordinate a = HypModelCoordinate(model, i), b = HypModelCoordinate(model, j);
  const PetscReal     si = hypot(a.theta_X, a.theta_V), sj = hypot(b.theta_X, b.theta_V);

  return noise ? sj : a.omega * si * b.omega * sj;
}

/* Where the others rest on line k: quantiles of M, in another order for each coordinate */
static void Rest(HypModel model, PetscInt k, Along *line)
{
  static const PetscReal quantile[LINES] = {-1.534, -0.887, -0.489, -0.157,
                                            0.157,  0.489,  0.887,  1.534};

  for (PetscInt i = 0; i < HypModelDimension(model); i++) {
    const HypCoordinate c = HypModelCoordinate(model, i);

    line->rest[i] = quantile[(k * (2 * i + 3)) % LINES] * hypot(c.theta_X, c.theta_V);
  }
}

/* The means over lines along theta_j, the largest of all i */
static PetscErrorCode AlongOne(HypSpace space, PetscInt j, PetscBool noise, PetscReal *error)
{
  const HypModel      model = space->model;
  const HypCoordinate c     = HypModelCoordinate(model, j);
  const PetscReal     s     = hypot(c.theta_X, c.theta_V);
  const PetscInt      d = HypModelDimension(model), lines = d > 1 ? LINES : 1;
  Along               line      = {.j = j, .points = d > 1 ? FEWER : POINTS};
  PetscReal           range[16] = {0};

  PetscFunctionBeginUser;
  PetscCall(space->ops->thetas(space, j, &line.n, &line.node));
  if (line.n) PetscCall(Neighbours(3 * s, &line.n, line.node, &line.from, &line.to));
  for (PetscInt k = 0; k < lines && line.n && line.to > line.from; k++) {
    if (d > 1) Rest(model, k, &line);
    PetscCall(AddRanges(space, &line, noise, range));
  }
  for (PetscInt i = 0; i < d; i++)
    *error = PetscMax(*error, range[i] / (PetscReal)lines / Unit(model, noise, i, j) / 4);
  PetscCall(PetscFree(line.node));
  PetscFunctionReturn(0);
}

/*@
  HypSpaceBetween - What eps and the noise do between the nodes of a space, as errors of F

  Not collective

  Input Parameter:
. space - a space, set up

  Output Parameters:
+ eps   - the largest total variation that eps can make between the nodes along a theta_j, to first
          order; 0 for eps = 0 and on types that do not tell their nodes
- noise - the same of noise that depends on theta

  Level: developer

.seealso: HypSpacePerturbationTail(), HypSteadyDistance()
@*/
PetscErrorCode HypSpaceBetween(HypSpace space, PetscReal *eps, PetscReal *noise)
{
  const HypModel model = space->model;

  PetscFunctionBeginUser;
  *eps = *noise = 0;
  if (!space->ops->thetas) PetscFunctionReturn(0);
  for (PetscInt j = 0; j < HypModelDimension(model); j++) {
    if (HypModelHasEps(model)) PetscCall(AlongOne(space, j, PETSC_FALSE, eps));
    if (HypModelNoisy(model)) PetscCall(AlongOne(space, j, PETSC_TRUE, noise));
  }
  PetscFunctionReturn(0);
}

/* The largest |W - interpolation| along theta_i, where the interpolated weight counts */
static PetscErrorCode AlongPotential(HypSpace space, PetscInt i, PetscReal *worst, PetscReal *where)
{
  const PetscReal counts = 8; /* e^{-8} of the largest weight */
  const HypModel  model  = space->model;
  const PetscReal a      = HypModelCoordinate(model, i).theta_X;
  void *const     U      = HypModelGetPotential(model, i);
  PetscReal      *node, *known, lowest = PETSC_MAX_REAL;
  PetscInt        n, from, to;

  PetscFunctionBeginUser;
  PetscCall(space->ops->thetas(space, i, &n, &node));
  PetscCall(Neighbours(PETSC_MAX_REAL, &n, node, &from, &to));
  PetscCall(PetscMalloc1(n, &known));
  for (PetscInt k = 0; k < n; k++) {
    PetscCall(HypModelScaledPotential(node[k] / a, &known[k], U));
    lowest = PetscMin(lowest, known[k]);
  }
  for (PetscInt k = 0; k < n - 1; k++)
    for (PetscInt p = 0; p < PER; p++) {
      const PetscReal theta = node[k] + (node[k + 1] - node[k]) * ((PetscReal)p + 0.5) / PER,
                      line  = Interpolate(space->rough, n, k, node, known, theta);
      PetscReal W;

      if (line > lowest + counts) continue;
      PetscCall(HypModelScaledPotential(theta / a, &W, U));
      if (PetscAbsReal(W - line) <= *worst) continue;
      *worst = PetscAbsReal(W - line);
      *where = theta;
    }
  PetscCall(PetscFree(known));
  PetscCall(PetscFree(node));
  PetscFunctionReturn(0);
}

/*@
  HypSpaceBetweenPotential - What potentials do between the nodes of a space

  Not collective

  Input Parameter:
. space - a space, set up

  Output Parameters:
+ worst - the largest difference of beta U from its interpolation where M has weight; 0 without a
          potential
. where - theta_i there
- which - i, from 0

  Level: developer

.seealso: HypSpaceBetween(), HypGuardPotential()
@*/
PetscErrorCode HypSpaceBetweenPotential(HypSpace space, PetscReal *worst, PetscReal *where,
                                        PetscInt *which)
{
  PetscFunctionBeginUser;
  *worst = *where = 0;
  *which          = 0;
  if (!space->ops->thetas || !HypModelHasPotential(space->model)) PetscFunctionReturn(0);
  for (PetscInt i = 0; i < HypModelDimension(space->model); i++) {
    const PetscReal before = *worst;

    PetscCall(AlongPotential(space, i, worst, where));
    if (*worst > before) *which = i;
  }
  PetscFunctionReturn(0);
}
