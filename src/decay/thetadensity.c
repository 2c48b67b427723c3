/*
   The density of theta_i = theta_X X_i + theta_V V_i of a solution g = u M.

   The marginal of u in the pair i is sum_jk c_jk phi_j(q_0) phi_k(q_1), HypSpacePlane().
   With xi = theta_i/sd, sd = |(theta_X, theta_V)|, and zeta across, the line theta_i = const is
   q = xi e + zeta e', e = (theta_X, theta_V)/sd, and M is a product of normal laws of xi and zeta:

       rho(theta) = phi(xi)/sd sum_jk c_jk W_jk(xi),
       W_jk(xi)   = int phi_j(xi e_0 - zeta e_1) phi_k(xi e_1 + zeta e_0) phi(zeta) dzeta.

   W does not depend on the solution: it is found once, by Gauss-Legendre rules along pieces of the
   line, and a density is a product of a sparse matrix with the c_jk.
   Where the plane's first coordinate is xi itself, W_jk = phi_j(xi) int phi_k phi(zeta) dzeta;
   then the law of q_0 under M may be any, and phi(xi)/sd is its density.
*/
#include <hypoco/thetadensity.h>
#include <gsl/gsl_integration.h>
#include <math.h>

enum { POINTS = 16 };

/* One row of W for each point of the grid; rows of equal pairs are shared */
typedef struct {
  PetscInt  *begin, *column;
  PetscReal *weight;
} Rows;

struct _p_HypThetaDensity {
  HypSpace     space;
  PetscInt     d, n, plane[2];
  PetscReal   *grid;  /* in standard deviations of M */
  Rows        *rows;  /* [d] */
  PetscInt    *same;  /* [d]: the first pair with the same rows */
  PetscReal   *scale; /* [d][n]: the density of M */
  PetscScalar *c;     /* of one pair */
};

/* Nodes and weights times the normal density, along all of the line that the plane sees */
typedef struct {
  PetscInt   n;
  PetscReal *zeta, *weight;
} Rule;

/* e of the pair i; (1, 0) where the space's first coordinate is xi */
static void Direction(HypSpace space, PetscInt i, PetscReal e[2])
{
  const HypCoordinate c  = HypModelCoordinate(HypSpaceGetModel(space), i);
  const PetscReal     sd = hypot(c.theta_X, c.theta_V);

  e[0] = HypSpacePlaneIsAlongTheta(space) ? 1 : c.theta_X / sd;
  e[1] = HypSpacePlaneIsAlongTheta(space) ? 0 : c.theta_V / sd;
}

/* Pieces in which the product of the two highest functions oscillates three times */
static PetscErrorCode RuleCreate(const PetscInt plane[2], PetscReal reach, Rule *rule)
{
  const PetscReal piece  = PetscMin(1.5, 12 / PetscSqrtReal(2 * (PetscReal)(plane[0] + plane[1])));
  const PetscInt  pieces = (PetscInt)PetscCeilReal(2 * reach / piece);
  const PetscReal half   = reach / (PetscReal)pieces;
  gsl_integration_glfixed_table *table = gsl_integration_glfixed_table_alloc(POINTS);

  PetscFunctionBeginUser;
  PetscCheck(table, PETSC_COMM_SELF, PETSC_ERR_MEM, "GSL could not allocate a quadrature rule");
  rule->n = pieces * POINTS;
  PetscCall(PetscMalloc2(rule->n, &rule->zeta, rule->n, &rule->weight));
  for (PetscInt k = 0; k < rule->n; k++) {
    double node, weight;

    gsl_integration_glfixed_point(-1, 1, (size_t)(k % POINTS), &node, &weight, table);
    rule->zeta[k]   = -reach + half * ((PetscReal)(2 * (k / POINTS) + 1) + node);
    rule->weight[k] = half * weight * HypNormalDensity(rule->zeta[k]);
  }
  gsl_integration_glfixed_table_free(table);
  PetscFunctionReturn(0);
}

/* W(xi) as a full array, where theta is not x: the axes of all x_i are alike then */
static PetscErrorCode Row(HypSpace space, const PetscInt n[2], const PetscReal span[2],
                          const PetscReal e[2], PetscReal xi, const Rule *rule, PetscScalar phi[],
                          PetscReal W[])
{
  PetscFunctionBeginUser;
  PetscCall(PetscArrayzero(W, n[0] * n[1]));
  for (PetscInt k = 0; k < rule->n; k++) {
    const PetscReal q[2] = {xi * e[0] - rule->zeta[k] * e[1], xi * e[1] + rule->zeta[k] * e[0]};

    if (PetscAbsReal(q[0]) > span[0] || PetscAbsReal(q[1]) > span[1]) continue;
    for (int c = 0; c < 2; c++) PetscCall(HypSpaceBasis(space, 0, c, q[c], phi + (c ? n[0] : 0)));
    for (PetscInt b = 0; b < n[1]; b++) {
      const PetscReal factor = rule->weight[k] * PetscRealPart(phi[n[0] + b]);

      if (factor == 0) continue;
      for (PetscInt a = 0; a < n[0]; a++) W[b * n[0] + a] += factor * PetscRealPart(phi[a]);
    }
  }
  PetscFunctionReturn(0);
}

/* The same where e = (1, 0): across[k] = int phi_k phi(zeta) dzeta is all that is to be known */
static PetscErrorCode Across(HypSpace space, const PetscInt n[2], PetscReal span, const Rule *rule,
                             PetscScalar phi[], PetscReal across[])
{
  PetscFunctionBeginUser;
  PetscCall(PetscArrayzero(across, n[1]));
  for (PetscInt k = 0; k < rule->n; k++) {
    if (PetscAbsReal(rule->zeta[k]) > span) continue;
    PetscCall(HypSpaceBasis(space, 0, 1, rule->zeta[k], phi));
    for (PetscInt b = 0; b < n[1]; b++) across[b] += rule->weight[k] * PetscRealPart(phi[b]);
  }
  PetscFunctionReturn(0);
}

/* What rounding leaves of an integral that is zero is not kept */
static PetscErrorCode Keep(PetscInt size, const PetscReal W[], PetscInt *used, PetscInt *room,
                           Rows *rows)
{
  PetscReal largest = 0;

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < size; k++) largest = PetscMax(largest, PetscAbsReal(W[k]));
  for (PetscInt k = 0; k < size; k++) {
    if (PetscAbsReal(W[k]) <= 1e-17 * largest) continue;
    if (*used == *room) {
      *room = 2 * *room + size;
      PetscCall(PetscRealloc(sizeof(*rows->column) * (size_t)*room, &rows->column));
      PetscCall(PetscRealloc(sizeof(*rows->weight) * (size_t)*room, &rows->weight));
    }
    rows->column[*used]     = k;
    rows->weight[(*used)++] = W[k];
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode RowsCreate(HypThetaDensity t, PetscInt i, const PetscReal span[2],
                                 const Rule *rule, Rows *rows)
{
  const PetscInt size = t->plane[0] * t->plane[1];
  PetscInt       used = 0, room = 0;
  PetscReal      e[2], *W, *across;
  PetscScalar   *phi;

  PetscFunctionBeginUser;
  Direction(t->space, i, e);
  PetscCall(PetscMalloc1(t->n + 1, &rows->begin));
  PetscCall(PetscCalloc3(size, &W, t->plane[1], &across, t->plane[0] + t->plane[1], &phi));
  if (e[1] == 0) PetscCall(Across(t->space, t->plane, span[1], rule, phi, across));
  for (PetscInt j = 0; j < t->n; j++) {
    rows->begin[j] = used;
    if (e[1] != 0) {
      PetscCall(Row(t->space, t->plane, span, e, t->grid[j], rule, phi, W));
    } else {
      PetscCall(PetscArrayzero(W, size));
      if (PetscAbsReal(t->grid[j]) <= span[0])
        PetscCall(HypSpaceBasis(t->space, i, 0, t->grid[j], phi));
      else
        PetscCall(PetscArrayzero(phi, t->plane[0]));
      for (PetscInt k = 0; k < size; k++)
        W[k] = PetscAbsReal(across[k / t->plane[0]]) < 1e-13
                 ? 0
                 : PetscRealPart(phi[k % t->plane[0]]) * across[k / t->plane[0]];
    }
    PetscCall(Keep(size, W, &used, &room, rows));
  }
  rows->begin[t->n] = used;
  PetscCall(PetscFree3(W, across, phi));
  PetscFunctionReturn(0);
}

/*@
  HypThetaDensityGrid - Equidistant points for densities of theta

  Not collective

  Input Parameters:
+ space - the space
- n     - number of points

  Output Parameter:
. grid - theta_i in standard deviations of M: to 5 either way,
  or as far as the space goes where x has a weight of its own

  Level: intermediate

.seealso: HypThetaDensityCreate()
@*/
PetscErrorCode HypThetaDensityGrid(HypSpace space, PetscInt n, PetscReal grid[])
{
  PetscInt  plane[2];
  PetscReal span[2];

  PetscFunctionBeginUser;
  PetscCall(HypSpacePlaneSize(space, plane, span));
  for (PetscInt j = 0; j < n; j++)
    grid[j] =
      (HypSpaceIsGaussian(space) ? 5 : span[0]) * (2 * (PetscReal)j / (PetscReal)(n - 1) - 1);
  PetscFunctionReturn(0);
}

/*@
  HypThetaDensityCreate - Prepares densities of theta_i at given points

  Not collective; every rank computes the same

  Input Parameters:
+ space - the space
. n     - number of points
- grid  - theta_i in standard deviations of M, the same for every i

  Output Parameter:
. t - free with HypThetaDensityDestroy(); NULL where the type of space has no marginals of this kind

  Level: intermediate

  Notes:
  theta_i is along the model's own axes, as x_i and v_i are;
  HypThetaUserCreate() is about the user's coordinates where they are others.
  Exact on Hermite functions, to the order of the space on others.

.seealso: HypThetaDensityCompute(), HypThetaLawCompute()
@*/
PetscErrorCode HypThetaDensityCreate(HypSpace space, PetscInt n, const PetscReal grid[],
                                     HypThetaDensity *t)
{
  HypModel        model = HypSpaceGetModel(space);
  HypThetaDensity own;
  PetscReal       span[2], other[2], e[2];
  PetscInt        plane[2];
  Rule            rule;

  PetscFunctionBeginUser;
  *t = NULL;
  PetscCall(HypSpacePlaneSize(space, plane, span));
  if (!plane[0]) PetscFunctionReturn(0);
  PetscCall(PetscNew(t));
  own           = *t;
  own->space    = space;
  own->d        = HypModelDimension(model);
  own->n        = n;
  own->plane[0] = plane[0];
  own->plane[1] = plane[1];
  PetscCall(PetscMalloc2(n, &own->grid, own->d * n, &own->scale));
  PetscCall(PetscArraycpy(own->grid, grid, n));
  PetscCall(PetscCalloc2(own->d, &own->rows, own->d, &own->same));
  PetscCall(PetscMalloc1(plane[0] * plane[1], &own->c));
  PetscCall(RuleCreate(plane, hypot(span[0], span[1]), &rule));
  for (PetscInt i = 0; i < own->d; i++) {
    const HypCoordinate c  = HypModelCoordinate(model, i);
    const PetscReal     sd = hypot(c.theta_X, c.theta_V);

    Direction(space, i, e);
    for (own->same[i] = 0; own->same[i] < i; own->same[i]++) {
      Direction(space, own->same[i], other);
      if (e[0] == other[0] && e[1] == other[1] && !HypModelPotentialsDiffer(model)) break;
    }
    if (own->same[i] == i) PetscCall(RowsCreate(own, i, span, &rule, &own->rows[i]));
    for (PetscInt j = 0; j < n; j++)
      own->scale[i * n + j] =
        (e[1] == 0 ? HypSpaceDensityX(space, i, grid[j]) : HypNormalDensity(grid[j])) / sd;
  }
  PetscCall(PetscFree2(rule.zeta, rule.weight));
  PetscFunctionReturn(0);
}

/*@
  HypThetaDensityCompute - The densities of all theta_i

  Collective

  Input Parameters:
+ t - from HypThetaDensityCreate()
- u - g/M

  Output Parameter:
. density - density[i n + j] of theta_i at the j-th point, in units of 1/theta;
  the same on every rank; the integral over all theta is <u, 1>

  Level: intermediate

.seealso: HypThetaDensityGrid()
@*/
PetscErrorCode HypThetaDensityCompute(HypThetaDensity t, Vec u, PetscReal density[])
{
  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < t->d; i++) {
    const Rows *rows = &t->rows[t->same[i]];

    PetscCall(HypSpacePlane(t->space, i, u, t->c));
    for (PetscInt j = 0; j < t->n; j++) {
      PetscReal sum = 0;

      for (PetscInt k = rows->begin[j]; k < rows->begin[j + 1]; k++)
        sum += rows->weight[k] * PetscRealPart(t->c[rows->column[k]]);
      density[i * t->n + j] = t->scale[i * t->n + j] * sum;
    }
  }
  PetscFunctionReturn(0);
}

/*@
  HypThetaDensityDestroy - Frees what HypThetaDensityCreate() made

  Not collective

  Input Parameter:
. t - NULL on return

  Level: intermediate

.seealso: HypThetaDensityCreate()
@*/
PetscErrorCode HypThetaDensityDestroy(HypThetaDensity *t)
{
  PetscFunctionBeginUser;
  if (!*t) PetscFunctionReturn(0);
  for (PetscInt i = 0; i < (*t)->d; i++) {
    PetscCall(PetscFree((*t)->rows[i].begin));
    PetscCall(PetscFree((*t)->rows[i].column));
    PetscCall(PetscFree((*t)->rows[i].weight));
  }
  PetscCall(PetscFree2((*t)->rows, (*t)->same));
  PetscCall(PetscFree2((*t)->grid, (*t)->scale));
  PetscCall(PetscFree((*t)->c));
  PetscCall(PetscFree(*t));
  PetscFunctionReturn(0);
}
