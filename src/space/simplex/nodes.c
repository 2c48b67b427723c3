/*
   Values of u = sum c_ab H_a(Xi) H_b(Z) at a tensor of Gauss-Hermite nodes in all 2d variables,
   one variable after the other:

       u(q_1..q_2d) = sum_k2d H_k2d(q_2d) ... sum_k1 H_k1(q_1) c_k1..k2d,

   where the first sum, over the slowest index, is taken at the nodes q_2d of this rank only.
   Q nodes in each of them: (N + 1)^2d to Q^2d numbers.
*/
#include "space/simplex/simplex.h"
#include <petscblaslapack.h>

typedef struct {
  PetscInt     Q, first, count; /* nodes of a variable; those of the slowest one here */
  PetscReal   *node, *weight;
  PetscReal   *table; /* [q][k]: H_k at node q */
  PetscScalar *a, *b; /* room for any stage */
  Vec          all;   /* the coefficients of all ranks */
  VecScatter   gather;
} Grid;

static PetscInt NodesAlong(HypSpace space)
{
  return space->degree + 1 + HYP_MORE_NODES;
}

PETSC_INTERN PetscReal SimplexNodeCount(HypSpace space)
{
  return PetscPowRealInt((PetscReal)NodesAlong(space), 2 * HypModelDimension(space->model));
}

/* to[o][q][i] = sum_k table[q][k] from[o][k][i] for `rows` nodes q */
static PetscErrorCode Along(PetscInt outer, PetscInt inner, PetscInt rows, PetscInt modes,
                            const PetscReal table[], const PetscScalar from[], PetscScalar to[])
{
  const PetscBLASInt m = (PetscBLASInt)inner, n = (PetscBLASInt)rows, k = (PetscBLASInt)modes,
                     slabs = (PetscBLASInt)outer;
  const PetscScalar one = 1, zero = 0;

  PetscFunctionBeginUser;
  if (inner == 1) {
    PetscCallBLAS("BLASgemm",
                  BLASgemm_("T", "N", &n, &slabs, &k, &one, table, &k, from, &k, &zero, to, &n));
    PetscFunctionReturn(0);
  }
  for (PetscInt o = 0; o < outer && rows; o++) {
    PetscCallBLAS("BLASgemm",
                  BLASgemm_("N", "N", &m, &n, &k, &one, from + (size_t)(o * modes * inner), &m,
                            table, &k, &zero, to + (size_t)(o * rows * inner), &m));
  }
  PetscFunctionReturn(0);
}

/* Coefficients where all degrees have their own index: a[.. k_2 (N + 1) + k_1] */
static PetscErrorCode Spread(HypSpace space, Grid *g, Vec u)
{
  const Simplex     *s     = (Simplex *)space->data;
  const PetscInt     modes = s->N + 1;
  PetscInt           all   = 1;
  const PetscScalar *c;

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < 2 * s->d; k++) all *= modes;
  PetscCall(VecScatterBegin(g->gather, u, g->all, INSERT_VALUES, SCATTER_FORWARD));
  PetscCall(VecScatterEnd(g->gather, u, g->all, INSERT_VALUES, SCATTER_FORWARD));
  PetscCall(PetscArrayzero(g->a, all));
  PetscCall(VecGetArrayRead(g->all, &c));
  for (PetscInt b = 0; b < s->count; b++) {
    PetscInt column = 0;

    for (PetscInt i = s->d - 1; i >= 0; i--) column = column * modes + s->index[b][i];
    for (PetscInt a = 0; a < SimplexHeight(s, b); a++) {
      PetscInt position = column;

      for (PetscInt i = s->d - 1; i >= 0; i--) position = position * modes + s->index[a][i];
      g->a[position] = c[s->offset[b] + a];
    }
  }
  PetscCall(VecRestoreArrayRead(g->all, &c));
  PetscFunctionReturn(0);
}

/* values[.. q_2 Q + q_1] for the slowest nodes of this rank */
static PetscErrorCode Values(HypNodes nodes, Vec u, PetscScalar values[])
{
  Grid          *g     = (Grid *)nodes->data;
  const PetscInt modes = nodes->space->degree + 1, n = 2 * HypModelDimension(nodes->space->model);
  PetscInt       outer = 1, inner = 1;

  PetscFunctionBeginUser;
  PetscCall(Spread(nodes->space, g, u));
  for (PetscInt c = 1; c < n; c++) inner *= modes;
  for (PetscInt c = n - 1; c >= 0; c--, inner /= modes) {
    const PetscInt     rows = c == n - 1 ? g->count : g->Q, first = c == n - 1 ? g->first : 0;
    PetscScalar *const to = c ? g->b : values, *const from = g->a;

    PetscCall(Along(outer, inner, rows, modes, g->table + first * modes, from, to));
    outer *= rows;
    if (!c) break;
    g->a = to;
    g->b = from;
  }
  PetscFunctionReturn(0);
}

/* The index of node j along each variable */
static void Indices(HypNodes nodes, PetscInt j, PetscInt index[])
{
  const Grid    *g = (const Grid *)nodes->data;
  const PetscInt n = 2 * HypModelDimension(nodes->space->model);

  for (PetscInt c = 0; c < n - 1; c++, j /= g->Q) index[c] = j % g->Q;
  index[n - 1] = g->first + j;
}

static void Point(HypNodes nodes, PetscInt j, PetscReal z[])
{
  const Grid    *g = (const Grid *)nodes->data;
  const PetscInt d = HypModelDimension(nodes->space->model);
  PetscInt       index[6];
  PetscReal      Xi[2], Z[2];

  Indices(nodes, j, index);
  for (PetscInt i = 0; i < d; i++) {
    const PetscReal along = g->node[index[i]], across = g->node[index[d + i]];

    SimplexDirections(nodes->space->model, i, Xi, Z);
    z[i]     = Xi[0] * along + Z[0] * across;
    z[d + i] = Xi[1] * along + Z[1] * across;
  }
}

static PetscErrorCode Destroy(HypNodes nodes)
{
  Grid *g = (Grid *)nodes->data;

  PetscFunctionBeginUser;
  PetscCall(PetscFree3(g->node, g->weight, g->table));
  PetscCall(PetscFree(g->a));
  PetscCall(PetscFree(g->b));
  PetscCall(VecScatterDestroy(&g->gather));
  PetscCall(VecDestroy(&g->all));
  PetscCall(PetscFree(g));
  PetscFunctionReturn(0);
}

/* The nodes of the slowest variable are divided among the ranks */
PETSC_INTERN PetscErrorCode SimplexNodes(HypSpace space, HypNodes nodes)
{
  const PetscInt modes = space->degree + 1, n = 2 * HypModelDimension(space->model);
  PetscInt       below = 1, whole = modes;
  PetscMPIInt    rank, size;
  Grid          *g;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&g));
  nodes->data    = g;
  nodes->values  = Values;
  nodes->index   = Indices;
  nodes->point   = Point;
  nodes->destroy = Destroy;
  g->Q           = NodesAlong(space);
  PetscCallMPI(MPI_Comm_rank(space->comm, &rank));
  PetscCallMPI(MPI_Comm_size(space->comm, &size));
  g->first = g->Q * rank / size;
  g->count = g->Q * (rank + 1) / size - g->first;
  PetscCall(PetscMalloc3(g->Q, &g->node, g->Q, &g->weight, g->Q * modes, &g->table));
  PetscCall(HypGaussHermite(g->Q, g->node, g->weight));
  for (PetscInt q = 0; q < g->Q; q++)
    HypHermiteFunctions(modes, g->node[q], 1.0, g->table + q * modes);
  for (PetscInt c = 1; c < n; c++) {
    below *= g->Q;
    whole *= modes;
  }
  nodes->n = g->count * below;
  whole    = PetscMax(whole, nodes->n / g->Q * modes);
  PetscCall(PetscMalloc1(whole, &g->a));
  PetscCall(PetscMalloc1(whole, &g->b));
  PetscCall(VecScatterCreateToAll(space->one, &g->gather, &g->all));
  PetscCall(PetscMalloc1(nodes->n, &nodes->root));
  for (PetscInt c = 0; c < n; c++) {
    nodes->along[c]  = g->Q;
    nodes->node[c]   = g->node;
    nodes->weight[c] = g->weight;
  }
  for (PetscInt j = 0; j < nodes->n; j++) {
    PetscInt index[6];

    Indices(nodes, j, index);
    nodes->root[j] = 1;
    for (PetscInt c = 0; c < n; c++) nodes->root[j] *= PetscSqrtReal(g->weight[index[c]]);
  }
  PetscFunctionReturn(0);
}
