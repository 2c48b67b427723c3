/*
   Nodes of a tensor space: products with functions of (X, V) and projections.
   On grid axes the nodes are the grid;
   on hermite axes coefficients are first transformed to Gauss-Hermite nodes,
   x in the columns layout, v in the lines layout.
*/
#include "base/agree.h"
#include "space/tensor/tensor.h"

typedef struct {
  HypSpace     space;
  HypAxis      axis[6]; /* of X_1..X_d, V_1..V_d */
  PetscBool    own;     /* axes without a grid are copies with fewer nodes */
  PetscInt     mx, mv;  /* nodes per x axis and per v axis */
  PetscBool    vnodes;  /* v is transformed, so node values live in the lines layout */
  TensorLines  lines;   /* for mx^d x nodes per v index */
  PetscInt     count;   /* node values on this rank */
  PetscScalar *a,
    *b; /* room for any stage; NULL for a perturbation on grid axes, which is a diagonal */
  PetscScalar *factor; /* perturbation: eps_i at the nodes here */
} Nodes;

#define ADVICE                                                                                     \
  "axes without a grid take eps and initial data at more nodes than they have coefficients: "      \
  "lower axis_x_n and axis_v_n, or take more ranks"

/* n^d m: numbers on this rank, as many as an index can count */
static PetscErrorCode Product(HypSpace space, PetscInt n, PetscInt m, PetscInt *product)
{
  const PetscInt d = HypModelDimension(space->model);

  PetscFunctionBeginUser;
  PetscCall(HypCheckCount(PETSC_COMM_SELF, PetscPowRealInt((PetscReal)n, d) * (PetscReal)m,
                          "nodes on one rank", ADVICE, product));
  PetscFunctionReturn(0);
}

/* What stages of node values need is known before any is allocated */
PETSC_INTERN PetscErrorCode TensorNodesCheck(HypSpace space)
{
  const PetscInt  d     = HypModelDimension(space->model);
  const PetscReal nodes = PetscPowRealInt((PetscReal)HypAxisGetNodeCount(space->x), d) *
                          PetscPowRealInt((PetscReal)HypAxisGetNodeCount(space->v), d);
  PetscMPIInt size;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_size(space->comm, &size));
  PetscCall(HypCheckCount(space->comm, nodes / size, "nodes on one rank", ADVICE, NULL));
  PetscCall(HypSpaceCheckRoom(space, nodes, 2 + (PetscInt)d));
  PetscFunctionReturn(0);
}

/* The axes' own nodes, or so many more than functions where an axis has no grid */
static PetscErrorCode NodesCreate(HypSpace space, PetscInt more, Nodes **nodes)
{
  const Tensor *t = (Tensor *)space->data;
  Nodes        *p;
  PetscInt      room, block;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(nodes));
  p        = *nodes;
  p->space = space;
  p->own   = (PetscBool)(more > 0);
  for (PetscInt c = 0; c < 2 * t->d; c++) {
    p->axis[c] = TensorAxis(space, c);
    if (p->own && !HypAxisIsGrid(p->axis[c]))
      PetscCall(HypAxisCreateNodes(p->axis[c], HypAxisGetSize(p->axis[c]) + more, &p->axis[c]));
  }
  p->mx     = HypAxisGetNodeCount(p->axis[0]);
  p->mv     = HypAxisGetNodeCount(p->axis[t->d]);
  p->vnodes = HypAxisIsGrid(space->v) ? PETSC_FALSE : PETSC_TRUE;
  PetscCall(Product(space, p->mx, 1, &block));
  PetscCall(TensorLinesCreate(space, block, &p->lines));
  PetscCall(Product(space, p->mx, t->local, &room));
  p->count = room;
  if (p->vnodes) PetscCall(Product(space, p->mv, p->lines.slice, &p->count));
  room = PetscMax(p->count, room);
  if (p->vnodes && p->lines.lines) PetscCall(TensorLinesScatter(space, &p->lines));
  PetscCall(PetscMalloc1(room, &p->a));
  PetscCall(PetscMalloc1(room, &p->b));
  PetscFunctionReturn(0);
}

static PetscErrorCode NodesDestroy(Nodes *p)
{
  PetscFunctionBeginUser;
  PetscCall(TensorLinesDestroy(&p->lines));
  for (PetscInt c = 0; c < 2 * HypModelDimension(p->space->model) && p->own; c++)
    if (!HypAxisIsGrid(p->axis[c])) PetscCall(HypAxisDestroy(&p->axis[c]));
  PetscCall(PetscFree(p->a));
  PetscCall(PetscFree(p->b));
  PetscCall(PetscFree(p->factor));
  PetscCall(PetscFree(p));
  PetscFunctionReturn(0);
}

/* The indices of node j on this rank along X_1..X_d, V_1..V_d */
static void NodesIndices(const Nodes *p, PetscInt j, PetscInt index[])
{
  const Tensor  *t     = (Tensor *)p->space->data;
  const PetscInt width = p->vnodes ? p->lines.slice : p->lines.block;
  PetscInt       x = j % width + p->lines.first * (p->vnodes ? 1 : 0), v = j / width;

  for (PetscInt i = 0; i < t->d; i++) {
    const PetscInt extent = p->vnodes ? p->mv : t->count[i];

    index[i]        = x % p->mx;
    index[t->d + i] = v % extent + (p->vnodes ? 0 : t->start[i]);
    x /= p->mx;
    v /= extent;
  }
}

/* z and sqrt(weight) of node j on this rank; a product of weights may underflow */
static void NodesPoint(const Nodes *p, PetscInt j, PetscReal z[], PetscReal *root)
{
  PetscInt index[6];

  NodesIndices(p, j, index);
  *root = 1;
  for (PetscInt c = 0; c < 2 * HypModelDimension(p->space->model); c++) {
    z[c] = HypAxisGetNodes(p->axis[c])[index[c]];
    *root *= PetscSqrtReal(HypAxisGetWeights(p->axis[c])[index[c]]);
  }
}

static void Swap(PetscScalar **a, PetscScalar **b)
{
  PetscScalar *c = *a;

  *a = *b;
  *b = c;
}

/* Moves p->a between the layouts for the v transform; nothing to do on one rank */
static PetscErrorCode NodesMove(Nodes *p, ScatterMode mode)
{
  TensorLines *l    = &p->lines;
  Vec          from = mode == SCATTER_FORWARD ? l->columns : l->lines,
      to            = mode == SCATTER_FORWARD ? l->lines : l->columns;

  PetscFunctionBeginUser;
  if (!l->lines) PetscFunctionReturn(0);
  PetscCall(VecPlaceArray(from, p->a));
  PetscCall(VecPlaceArray(to, p->b));
  PetscCall(VecScatterBegin(l->scatter, from, to, INSERT_VALUES, mode));
  PetscCall(VecScatterEnd(l->scatter, from, to, INSERT_VALUES, mode));
  PetscCall(VecResetArray(from));
  PetscCall(VecResetArray(to));
  Swap(&p->a, &p->b);
  PetscFunctionReturn(0);
}

/* One transform along x_i or v_i; dimensions below i are at the nodes,
   dimensions above i are coefficients */
static PetscErrorCode NodesAlong(Nodes *p, PetscBool v, PetscInt i, HypAxisOperation operation)
{
  const Tensor  *t     = (Tensor *)p->space->data;
  HypAxis        axis  = p->axis[v ? t->d + i : i];
  const PetscInt outer = TensorPower(HypAxisGetSize(axis), t->d - 1 - i) * (v ? 1 : t->local),
                 inner = TensorPower(HypAxisGetNodeCount(axis), i) * (v ? p->lines.slice : 1);

  PetscFunctionBeginUser;
  if (HypAxisIsGrid(axis) || !inner) PetscFunctionReturn(0);
  PetscCall(HypAxisApply(axis, operation, outer, inner, p->a, p->b));
  Swap(&p->a, &p->b);
  PetscFunctionReturn(0);
}

/* p->a = sqrt(weight) u(node) from coefficients */
static PetscErrorCode NodesForward(Nodes *p, Vec u)
{
  const Tensor      *t = (Tensor *)p->space->data;
  const PetscScalar *array;

  PetscFunctionBeginUser;
  PetscCall(VecGetArrayRead(u, &array));
  PetscCall(PetscArraycpy(p->a, array, t->local * t->block));
  PetscCall(VecRestoreArrayRead(u, &array));
  for (PetscInt i = 0; i < t->d; i++) PetscCall(NodesAlong(p, PETSC_FALSE, i, HYP_TO_NODES));
  if (!p->vnodes) PetscFunctionReturn(0);
  PetscCall(NodesMove(p, SCATTER_FORWARD));
  for (PetscInt i = 0; i < t->d; i++) PetscCall(NodesAlong(p, PETSC_TRUE, i, HYP_TO_NODES));
  PetscFunctionReturn(0);
}

/* The transpose: coefficients from p->a */
static PetscErrorCode NodesBackward(Nodes *p, Vec u)
{
  const Tensor *t = (Tensor *)p->space->data;
  PetscScalar  *array;

  PetscFunctionBeginUser;
  if (p->vnodes) {
    for (PetscInt i = t->d - 1; i >= 0; i--)
      PetscCall(NodesAlong(p, PETSC_TRUE, i, HYP_FROM_NODES));
    PetscCall(NodesMove(p, SCATTER_REVERSE));
  }
  for (PetscInt i = t->d - 1; i >= 0; i--) PetscCall(NodesAlong(p, PETSC_FALSE, i, HYP_FROM_NODES));
  PetscCall(VecGetArrayWrite(u, &array));
  PetscCall(PetscArraycpy(array, p->a, t->local * t->block));
  PetscCall(VecRestoreArrayWrite(u, &array));
  PetscFunctionReturn(0);
}

/* sqrt(weight) fn at the nodes of this rank */
static PetscErrorCode NodesEvaluate(HypSpace space, HypPhaseFn fn, void *ctx, Nodes *p)
{
  PetscReal z[6], root, value;

  PetscFunctionBeginUser;
  for (PetscInt j = 0; j < p->count; j++) {
    NodesPoint(p, j, z, &root);
    PetscCall(fn(HypModelDimension(space->model), z, &value, ctx));
    p->a[j] = root * value;
  }
  PetscFunctionReturn(0);
}

/* eps_i, or what else multiplies, at the nodes of this rank */
static PetscErrorCode NodesPerturbation(HypSpace space, PetscInt i, Nodes *p)
{
  PetscReal z[6], theta[3], root;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(p->count, &p->factor));
  for (PetscInt j = 0; j < p->count; j++) {
    NodesPoint(p, j, z, &root);
    HypModelToTheta(space->model, z, theta, NULL);
    PetscCall(HypModelMultiplier(space->model, i, theta, &p->factor[j]));
  }
  PetscFunctionReturn(0);
}

PETSC_INTERN PetscErrorCode TensorOverNodes(HypSpace space, HypPhaseFn fn, void *ctx, Vec u)
{
  Nodes *p;

  PetscFunctionBeginUser;
  PetscCall(NodesCreate(space, 0, &p));
  PetscCall(HypAgree(space->comm, NodesEvaluate(space, fn, ctx, p)));
  PetscCall(NodesBackward(p, u));
  PetscCall(NodesDestroy(p));
  PetscFunctionReturn(0);
}

/* v = Phi^T eps_i Phi u; on grid axes Phi = 1 */
static PetscErrorCode MatMult_Perturbation(Mat E, Vec u, Vec v)
{
  const PetscScalar *from;
  PetscScalar       *to;
  Nodes             *p;

  PetscFunctionBeginUser;
  PetscCall(MatShellGetContext(E, &p));
  if (!p->a) {
    PetscCall(VecGetArrayRead(u, &from));
    PetscCall(VecGetArrayWrite(v, &to));
    for (PetscInt j = 0; j < p->count; j++) to[j] = p->factor[j] * from[j];
    PetscCall(VecRestoreArrayWrite(v, &to));
    PetscCall(VecRestoreArrayRead(u, &from));
    PetscFunctionReturn(0);
  }
  PetscCall(NodesForward(p, u));
  for (PetscInt j = 0; j < p->count; j++) p->a[j] *= p->factor[j];
  PetscCall(NodesBackward(p, v));
  PetscFunctionReturn(0);
}

static PetscErrorCode MatDestroy_Perturbation(Mat E)
{
  Nodes *p;

  PetscFunctionBeginUser;
  PetscCall(MatShellGetContext(E, &p));
  PetscCall(NodesDestroy(p));
  PetscFunctionReturn(0);
}

/* On grid axes a diagonal matrix; otherwise the columns of the matrix-free operator */
static PetscErrorCode PerturbationAssemble(Nodes *p, Mat shell, Mat *E)
{
  HypSpace space = p->space;

  PetscFunctionBeginUser;
  if (HypAxisIsGrid(space->x) && HypAxisIsGrid(space->v)) {
    Vec      diagonal;
    PetscInt local;

    PetscCall(VecGetLocalSize(space->one, &local));
    PetscCall(MatCreateAIJ(space->comm, local, local, space->n, space->n, 1, NULL, 0, NULL, E));
    PetscCall(VecCreateMPIWithArray(space->comm, 1, local, space->n, p->factor, &diagonal));
    PetscCall(MatDiagonalSet(*E, diagonal, INSERT_VALUES));
    PetscCall(VecDestroy(&diagonal));
  } else {
    PetscCheck(space->n <= 4096, space->comm, PETSC_ERR_SUP,
               "operator_form: assembled asked for, but on a hermite axis the perturbation is a "
               "dense matrix of %" PetscInt_FMT " rows; at most 4096 allowed, use matrix-free",
               space->n);
    PetscCall(MatComputeOperator(shell, MATAIJ, E));
  }
  PetscFunctionReturn(0);
}

PETSC_INTERN PetscErrorCode TensorPerturbation(HypSpace space, PetscInt i, HypForm form, Mat *E)
{
  PetscInt local;
  Nodes   *p;
  Mat      shell;

  PetscFunctionBeginUser;
  PetscCall(NodesCreate(space, 0, &p));
  PetscCall(HypAgree(space->comm, NodesPerturbation(space, i, p)));
  if (HypAxisIsGrid(space->x) && HypAxisIsGrid(space->v)) {
    PetscCall(PetscFree(p->a));
    PetscCall(PetscFree(p->b));
  }
  PetscCall(VecGetLocalSize(space->one, &local));
  PetscCall(MatCreateShell(space->comm, local, local, space->n, space->n, p, &shell));
  PetscCall(MatShellSetOperation(shell, MATOP_MULT, (void (*)(void))MatMult_Perturbation));
  PetscCall(
    MatShellSetOperation(shell, MATOP_MULT_TRANSPOSE, (void (*)(void))MatMult_Perturbation));
  PetscCall(MatShellSetOperation(shell, MATOP_DESTROY, (void (*)(void))MatDestroy_Perturbation));
  *E = shell;
  if (form == HYP_ASSEMBLED) {
    PetscCall(PerturbationAssemble(p, shell, E));
    PetscCall(MatDestroy(&shell));
  }
  PetscFunctionReturn(0);
}

static PetscInt NodesOnAxis(HypAxis axis)
{
  return HypAxisGetSize(axis) + (HypAxisIsGrid(axis) ? 0 : HYP_MORE_NODES);
}

PETSC_INTERN PetscReal TensorNodeCount(HypSpace space)
{
  return PetscPowRealInt((PetscReal)NodesOnAxis(space->x) * (PetscReal)NodesOnAxis(space->v),
                         HypModelDimension(space->model));
}

/* What is sqrt(weight) u becomes u; nothing can be said where a weight underflows */
static PetscErrorCode Values(HypNodes nodes, Vec u, PetscScalar values[])
{
  Nodes             *p    = (Nodes *)nodes->data;
  const PetscScalar *from = p->a;

  PetscFunctionBeginUser;
  if (p->a)
    PetscCall(NodesForward(p, u));
  else
    PetscCall(VecGetArrayRead(u, &from));
  if (p->a) from = p->a;
  for (PetscInt j = 0; j < p->count; j++)
    values[j] = nodes->root[j] > 0 ? from[j] / nodes->root[j] : 0;
  if (!p->a) PetscCall(VecRestoreArrayRead(u, &from));
  PetscFunctionReturn(0);
}

static void Indices(HypNodes nodes, PetscInt j, PetscInt index[])
{
  NodesIndices((const Nodes *)nodes->data, j, index);
}

static void Point(HypNodes nodes, PetscInt j, PetscReal z[])
{
  PetscReal root;

  NodesPoint((const Nodes *)nodes->data, j, z, &root);
}

static PetscErrorCode Destroy(HypNodes nodes)
{
  PetscFunctionBeginUser;
  PetscCall(NodesDestroy((Nodes *)nodes->data));
  PetscFunctionReturn(0);
}

/* Where all axes are grids, values are coefficients over roots, and no room is needed */
PETSC_INTERN PetscErrorCode TensorNodes(HypSpace space, HypNodes nodes)
{
  const PetscInt n = 2 * HypModelDimension(space->model);
  PetscReal      z[6];
  Nodes         *p;

  PetscFunctionBeginUser;
  PetscCall(NodesCreate(space, HYP_MORE_NODES, &p));
  if (space->nodal) {
    PetscCall(PetscFree(p->a));
    PetscCall(PetscFree(p->b));
  }
  nodes->n       = p->count;
  nodes->data    = p;
  nodes->values  = Values;
  nodes->index   = Indices;
  nodes->point   = Point;
  nodes->destroy = Destroy;
  PetscCall(PetscMalloc1(p->count, &nodes->root));
  for (PetscInt j = 0; j < p->count; j++) NodesPoint(p, j, z, &nodes->root[j]);
  for (PetscInt c = 0; c < n; c++) {
    nodes->along[c]  = HypAxisGetNodeCount(p->axis[c]);
    nodes->node[c]   = HypAxisGetNodes(p->axis[c]);
    nodes->weight[c] = HypAxisGetWeights(p->axis[c]);
  }
  PetscFunctionReturn(0);
}
