/*
   eps between the nodes of a space.

   A space knows eps_i where it has a value theta_i of a node.  Let d(theta_i) be what eps_i has
   beyond its interpolation between such neighbours, the other theta_j being 0.
   With the temperature T = w_i^2 Var theta_i of M, a force d changes the density of theta_i by the
   factor exp(-D), D = int d dtheta_i/T, to first order: F exp(-D) is stationary for a force that is
   the gradient of a loss.  The total variation that this makes is, whatever F is,

       1/2 E |D - E D| <= (max D - min D)/4,

   taken over |theta_i| <= 3 standard deviations.  No coarser space need see what this sees:
   a bump that is narrower than all cells of both.
*/
#include <hypoco/spaceimpl.h>
#include <math.h>

enum { POINTS = 6000 };

/* The n values in order and without copies; which of them, from..to, lie in [-reach, reach] */
static PetscErrorCode Neighbours(PetscReal reach, PetscInt *n, PetscReal theta[], PetscInt *from,
                                 PetscInt *to)
{
  PetscInt kept = 0;

  PetscFunctionBeginUser;
  PetscCall(PetscSortReal(*n, theta));
  for (PetscInt k = 0; k < *n; k++) {
    if (kept && theta[k] - theta[kept - 1] < reach / POINTS) continue;
    theta[kept++] = theta[k];
  }
  *n    = kept;
  *from = 0;
  *to   = kept - 1;
  while (*from < kept && theta[*from] < -reach) (*from)++;
  while (*to >= 0 && theta[*to] > reach) (*to)--;
  PetscFunctionReturn(0);
}

/* eps_i at n values of theta_i, the others 0 */
static PetscErrorCode Along(HypModel model, PetscInt i, PetscInt n, const PetscReal theta[],
                            PetscReal eps[])
{
  const PetscInt d = HypModelDimension(model);
  PetscReal     *points, *values;

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc2(d * n, &points, d * n, &values));
  PetscCall(PetscArraycpy(points + i * n, theta, n));
  PetscCall(HypModelPerturbationMany(model, 0, n, points, values));
  PetscCall(PetscArraycpy(eps, values + i * n, n));
  PetscCall(PetscFree2(points, values));
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

/* max - min of int d dtheta between the nodes from..to of n: those beyond serve cubics only */
static PetscErrorCode Range(HypSpace space, PetscInt i, PetscInt n, const PetscReal node[],
                            PetscInt from, PetscInt to, PetscReal *range)
{
  const HypModel  model = space->model;
  const PetscReal step  = (node[to] - node[from]) / POINTS;
  PetscReal      *theta, *eps, *known, D = 0, least = 0, most = 0;
  PetscInt        k = from;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc3(POINTS, &theta, POINTS, &eps, n, &known));
  for (PetscInt p = 0; p < POINTS; p++) theta[p] = node[from] + step * ((PetscReal)p + 0.5);
  PetscCall(Along(model, i, POINTS, theta, eps));
  PetscCall(Along(model, i, n, node, known));
  for (PetscInt p = 0; p < POINTS; p++) {
    while (k < to - 1 && node[k + 1] < theta[p]) k++;
    D += step * (eps[p] - Interpolate(space->rough, n, k, node, known, theta[p]));
    least = PetscMin(least, D);
    most  = PetscMax(most, D);
  }
  *range = most - least;
  PetscCall(PetscFree3(theta, eps, known));
  PetscFunctionReturn(0);
}

/*@
  HypSpaceBetween - What eps does between the nodes of a space, as an error of F

  Not collective

  Input Parameter:
. space - a space, set up

  Output Parameter:
. error - the largest total variation that it can make in the density of a theta_i, to first order;
          0 for eps = 0 and on types that do not tell their nodes

  Level: developer

.seealso: HypSpacePerturbationTail(), HypSteadyDistance()
@*/
PetscErrorCode HypSpaceBetween(HypSpace space, PetscReal *error)
{
  const HypModel model = space->model;

  PetscFunctionBeginUser;
  *error = 0;
  if (!space->ops->thetas || !HypModelHasEps(model)) PetscFunctionReturn(0);
  for (PetscInt i = 0; i < HypModelDimension(model); i++) {
    const HypCoordinate c = HypModelCoordinate(model, i);
    const PetscReal     s = hypot(c.theta_X, c.theta_V), T = PetscSqr(c.omega * s);
    PetscReal          *theta, range                       = 0;
    PetscInt            n, from = 0, to = 0;

    PetscCall(space->ops->thetas(space, i, &n, &theta));
    if (n) PetscCall(Neighbours(3 * s, &n, theta, &from, &to));
    if (n && to > from) {
      PetscCall(Range(space, i, n, theta, from, to, &range));
      *error = PetscMax(*error, range / T / 4);
    }
    PetscCall(PetscFree(theta));
  }
  PetscFunctionReturn(0);
}
