/* How a tensor space describes itself, where it ends, and what its matrices cost. */
#include "space/tensor/tensor.h"

/* The parameters of a space with times/over of the points of each axis */
PETSC_INTERN PetscErrorCode TensorResized(HypSpace space, PetscInt times, PetscInt over,
                                          HypSpace other)
{
  HypAxis x, v;

  PetscFunctionBeginUser;
  PetscCall(HypAxisCreateResized(space->x, times, over, &x));
  PetscCall(HypAxisCreateResized(space->v, times, over, &v));
  PetscCall(HypSpaceSetAxes(other, x, v));
  for (PetscInt i = 0; i < 3; i++) {
    if (!space->own[i]) continue;
    PetscCall(HypAxisCreateResized(space->own[i], times, over, &x));
    PetscCall(HypSpaceSetAxis(other, i, x));
  }
  PetscFunctionReturn(0);
}

/* numbers: n and width, which live as long as the space */
static PetscErrorCode DescribeAxis(HypSpace space, const char group[], HypAxis axis,
                                   PetscReal numbers[2])
{
  const HypProperty list[] = {
    {group, "type", PETSC_TRUE, HYP_PROPERTY_TEXT, HypAxisGetType(axis), 0, NULL},
    {group, "n", PETSC_TRUE, HYP_PROPERTY_INTEGER, NULL, 1, numbers},
    {group, "nodes", PETSC_TRUE, HYP_PROPERTY_REALS, NULL, HypAxisGetNodeCount(axis),
     HypAxisGetNodes(axis)},
    {group, "width", PETSC_FALSE, HYP_PROPERTY_REAL, NULL, 1, numbers + 1}};

  const HypProperty weights = {group,
                               "weights",
                               PETSC_TRUE,
                               HYP_PROPERTY_REALS,
                               NULL,
                               HypAxisGetNodeCount(axis),
                               HypAxisGetWeights(axis)};

  PetscFunctionBeginUser;
  numbers[0] = (PetscReal)HypAxisGetSize(axis);
  numbers[1] = HypAxisGetWidth(axis);
  for (int k = 0; k < (HypAxisIsGrid(axis) ? 4 : 3); k++)
    PetscCall(HypSpaceDescribe(space, &list[k]));
  if (!HypAxisIsGaussian(axis)) PetscCall(HypSpaceDescribe(space, &weights));
  PetscFunctionReturn(0);
}

/* Nodes and weights of X_2 or X_3, where they differ from those of X_1 */
static PetscErrorCode DescribeOwn(HypSpace space, PetscInt i)
{
  static const char *const names[2][2] = {{"nodes_2", "weights_2"}, {"nodes_3", "weights_3"}};
  HypProperty row = {.group = "axis_x", .defines = PETSC_TRUE, .kind = HYP_PROPERTY_REALS};

  PetscFunctionBeginUser;
  row.n      = HypAxisGetNodeCount(space->own[i]);
  row.name   = names[i - 1][0];
  row.values = HypAxisGetNodes(space->own[i]);
  PetscCall(HypSpaceDescribe(space, &row));
  row.name   = names[i - 1][1];
  row.values = HypAxisGetWeights(space->own[i]);
  PetscCall(HypSpaceDescribe(space, &row));
  PetscFunctionReturn(0);
}

PETSC_INTERN PetscErrorCode TensorDescribe(HypSpace space)
{
  Tensor *t = (Tensor *)space->data;

  PetscFunctionBeginUser;
  PetscCall(DescribeAxis(space, "axis_x", TensorAxis(space, 0), t->numbers));
  PetscCall(DescribeAxis(space, "axis_v", space->v, t->numbers + 2));
  for (PetscInt i = 1; i < t->d; i++)
    if (space->own[i]) PetscCall(DescribeOwn(space, i));
  PetscFunctionReturn(0);
}

static PetscReal AxisReach(HypAxis axis)
{
  const PetscReal *nodes = HypAxisGetNodes(axis);
  PetscReal        reach = 0;

  for (PetscInt k = 0; k < HypAxisGetNodeCount(axis); k++)
    reach = PetscMax(reach, PetscAbsReal(nodes[k]));
  return reach;
}

PETSC_INTERN PetscErrorCode TensorReach(HypSpace space, PetscReal *reach)
{
  PetscFunctionBeginUser;
  *reach = AxisReach(space->v);
  for (PetscInt i = 0; i < HypModelDimension(space->model); i++)
    *reach = PetscMax(*reach, AxisReach(TensorAxis(space, i)));
  PetscFunctionReturn(0);
}

/* The op `thetas`: of all pairs of nodes along X_i and V_i */
PETSC_INTERN PetscErrorCode TensorThetas(HypSpace space, PetscInt i, PetscInt *n, PetscReal **theta)
{
  const HypAxis       x = TensorAxis(space, i), v = space->v;
  const PetscInt      nx = HypAxisGetNodeCount(x), nv = HypAxisGetNodeCount(v);
  const HypCoordinate c = HypModelCoordinate(space->model, i);

  PetscFunctionBeginUser;
  *n = nx * nv;
  PetscCall(PetscMalloc1(*n, theta));
  for (PetscInt k = 0; k < nv; k++)
    for (PetscInt j = 0; j < nx; j++)
      (*theta)[k * nx + j] = c.theta_X * HypAxisGetNodes(x)[j] + c.theta_V * HypAxisGetNodes(v)[k];
  PetscFunctionReturn(0);
}

/* On a grid the outermost twentieth of the box, of Hermite functions the highest tenth */
static PetscBool AtEdge(HypAxis axis, PetscInt k)
{
  const PetscInt   n    = HypAxisGetSize(axis);
  const PetscReal *node = HypAxisGetNodes(axis);

  if (HypAxisGetPeriod(axis) > 0) return PETSC_FALSE; /* a circle has no edge */
  if (!HypAxisIsGrid(axis)) return k >= n - PetscMax(1, n / 10) ? PETSC_TRUE : PETSC_FALSE;
  return node[k] < 0.95 * node[0] || node[k] > 0.95 * node[n - 1] ? PETSC_TRUE : PETSC_FALSE;
}

PETSC_INTERN PetscErrorCode TensorMarkEdge(HypSpace space, Vec edge)
{
  const Tensor  *t  = (Tensor *)space->data;
  const PetscInt nx = HypAxisGetSize(space->x);
  PetscInt       at = 0;
  PetscScalar   *mark;

  PetscFunctionBeginUser;
  PetscCall(VecGetArrayWrite(edge, &mark));
  for (PetscInt b = 0; b < t->local; b++) {
    PetscBool outside = PETSC_FALSE;

    for (PetscInt i = 0, rest = b; i < t->d; rest /= t->count[i++])
      outside =
        outside || AtEdge(space->v, t->start[i] + rest % t->count[i]) ? PETSC_TRUE : PETSC_FALSE;
    for (PetscInt j = 0; j < t->block; j++) {
      PetscBool there = outside;

      for (PetscInt i = 0, rest = j; i < t->d; i++, rest /= nx)
        there = there || AtEdge(TensorAxis(space, i), rest % nx) ? PETSC_TRUE : PETSC_FALSE;
      mark[at++] = there ? 1 : 0;
    }
  }
  PetscCall(VecRestoreArrayWrite(edge, &mark));
  PetscFunctionReturn(0);
}

/* A grid shows results at its own nodes */
static PetscErrorCode ShowNodes(HypAxis axis, PetscInt *n, PetscReal **grid)
{
  PetscFunctionBeginUser;
  if (!HypAxisIsGrid(axis)) PetscFunctionReturn(0);
  *n = HypAxisGetSize(axis);
  PetscCall(PetscMalloc1(*n, grid));
  PetscCall(PetscArraycpy(*grid, HypAxisGetNodes(axis), *n));
  PetscFunctionReturn(0);
}

/*
   Unknowns at which matrices and factors cost less than products, or a few seconds.
   In two variables factors of five entries a row cost little: 512^2 cells 3 s and 0.5 GB, 724^2
   8 s and 1.1 GB, a third of what GMRES takes.
   With positive fluxes GMRES fails there, so that memory alone is the limit.
*/
static PetscInt Affordable(HypSpace space)
{
  const HypAxisPattern x = HypAxisGetPattern(space->x), v = HypAxisGetPattern(space->v);

  if (HypModelPerturbed(space->model) && !space->box)
    return 4000;                                        /* without nodes eps is a full matrix */
  if (HypModelDimension(space->model) > 1) return 2000; /* in four variables the factors fill up */
  if (x == HYP_PATTERN_THREEPOINT && v == HYP_PATTERN_THREEPOINT)
    return space->positive ? PETSC_MAX_INT : 1 << 20;
  return x == HYP_PATTERN_FULL && v == HYP_PATTERN_FULL ? 4000 : 20000;
}

/* Functions of an axis, and how far they go: e^{-q^2/2} is 3e-20 at 9.5 */
static void Span(HypAxis axis, PetscInt *n, PetscReal *span)
{
  *n    = HypAxisGetSize(axis);
  *span = HypAxisIsGaussian(axis) && !HypAxisIsGrid(axis) ? 9.5 : HypAxisGetWidth(axis);
}

/* What to change in words that fit: a Hermite axis has no width, and fv axes need not be taken */
static PetscErrorCode Advise(HypSpace space)
{
  static const char *const advice[2][2] = {
    {"raise axis_x_n, axis_v_n",
     "widen the v axis (axis_v_width) and raise axis_x_n, axis_v_n with it"},
    {"widen the x axis (axis_x_width) and raise axis_x_n, axis_v_n with it",
     "widen the axes (axis_x_width, axis_v_width) and raise axis_x_n, axis_v_n with them"}};
  static const char *const smaller[2][2] = {
    {"axis_x_n or axis_v_n", "axis_x_n or axis_v_width"},
    {"axis_x_width or axis_v_n", "axis_x_width or axis_v_width"}};
  const int x = HypAxisIsGrid(space->x), v = HypAxisIsGrid(space->v);

  PetscFunctionBeginUser;
  space->advice = advice[x][v];
  space->relief = space->words;
  if (HypModelIsLinear(space->model))
    space->relief = HypModelRemedy(space->model);
  else
    PetscCall(PetscSNPrintf(space->words, sizeof(space->words), "lower %s, %s%s%s", smaller[x][v],
                            HypModelRemedy(space->model),
                            !space->sparse     ? ", or take fv axes"
                            : !space->positive ? ", or take axis_flux: positive"
                                               : "",
                            HypModelHasEps(space->model) ? HYP_RELIEF : ""));
  PetscFunctionReturn(0);
}

/* What stands in the struct for others to read */
PETSC_INTERN PetscErrorCode TensorExtent(HypSpace space)
{
  static const char *const dimensions[] = {
    "v1_coefficient x_coefficient", "v2_coefficient v1_coefficient x_coefficient",
    "v3_coefficient v2_coefficient v1_coefficient x_coefficient"};

  PetscFunctionBeginUser;
  space->dimensions = dimensions[HypModelDimension(space->model) - 1];
  space->box        = HypAxisIsGrid(space->x) && HypAxisIsGrid(space->v) ? PETSC_TRUE : PETSC_FALSE;
  space->edge       = space->box ? "at the edge of the box"
                                 : "at the edge of the box or in the highest Hermite functions";
  space->sparse     = HypAxisGetPattern(space->x) == HYP_PATTERN_THREEPOINT ||
                      HypAxisGetPattern(space->v) == HYP_PATTERN_THREEPOINT
                        ? PETSC_TRUE
                        : PETSC_FALSE;
  PetscCall(Advise(space));
  space->affordable = Affordable(space);
  space->nodal      = space->box;
  space->rough      = HypAxisGetPattern(space->x) == HYP_PATTERN_THREEPOINT ||
                     HypAxisGetPattern(space->v) == HYP_PATTERN_THREEPOINT
                        ? PETSC_TRUE
                        : PETSC_FALSE;
  for (PetscInt i = 0; i < HypModelDimension(space->model); i++) {
    PetscReal span;

    Span(TensorAxis(space, i), &space->plane[0], &span);
    space->span[0] = PetscMax(space->span[0], span);
  }
  Span(space->v, &space->plane[1], &space->span[1]);
  PetscCall(ShowNodes(space->x, &space->grid->nX, &space->grid->X));
  PetscCall(ShowNodes(space->v, &space->grid->nV, &space->grid->V));
  PetscFunctionReturn(0);
}
