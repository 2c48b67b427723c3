/*
   Half the integral of |u| M in all 2d variables, from values of u at the nodes of a space:

       int |u| M = sum over nodes of all coordinates but q_c of their weights times
                   J = int |u| M_c dq_c  along the row of nodes of q_c.

   A sum of |u| over nodes has an error of second order, which jumps about as the kinks of |u|
   pass nodes.  Along a row u is a known sum of functions: there |u| M_c is integrated between its
   zeros (piece.c), and J, an average of |u|, is smooth enough for Gauss nodes where
   u changes more along q_c than along the others.  So c is the coordinate along which u varies
   most, in the mean over the rows.
   Where functions are known to second order only, u M_c is linear between two nodes;
   with values a < 0 < b, weights included, the sum |a| + |b| is too large by |a b|/(|a| + |b|).

   Every rank has the values at all nodes, and its share of the rows.
*/
#include "decay/rows.h"
#include "decay/piece.h"
#include <petscblaslapack.h>

enum { MAXD = 3, BATCH = 32, VALUES = HYP_PIECE_VALUES };
#define PIECE 1.5    /* standard deviations */
#define ALIKE 0.9999 /* of the largest: which of two equal ones rounding makes larger is chance */

struct _p_HypRows {
  HypSpace         space;
  HypNodes         nodes;
  PetscInt         n, total; /* coordinates; nodes of all ranks */
  PetscInt         along[2 * MAXD], stride[2 * MAXD];
  const PetscReal *node[2 * MAXD], *weight[2 * MAXD];
  PetscScalar     *all; /* u at the nodes of all ranks, the first coordinate fastest */
  HypPieceRule     rule;
  PetscInt         pieces[2 * MAXD];
  PetscScalar     *table[2 * MAXD]; /* values along a row from those at its nodes; or NULL */
  PetscScalar     *row, *values, *weighted; /* u on a batch of rows; u M_c there; u times weights */
};

/* M_c sum_k phi_k(q) weight_j phi_k(node_j), for every value q that the pieces ask for;
   a row for the mean of each piece */
static PetscErrorCode Table(HypRows s, PetscInt c)
{
  const PetscInt d = s->n / 2, i = c % d, v = c / d, Q = s->along[c];
  PetscInt       n[2];
  PetscReal      span[2], half;
  PetscScalar   *phi, *at;

  PetscFunctionBeginUser;
  PetscCall(HypSpacePlaneSize(s->space, n, span));
  s->pieces[c] = (PetscInt)PetscCeilReal(2 * span[v] / PIECE);
  half         = span[v] / (PetscReal)s->pieces[c];
  PetscCall(PetscMalloc2(Q * n[v], &phi, n[v], &at));
  PetscCall(PetscCalloc1(s->pieces[c] * VALUES * Q, &s->table[c]));
  for (PetscInt j = 0; j < Q; j++)
    PetscCall(HypSpaceBasis(s->space, i, v, s->node[c][j], phi + j * n[v]));
  for (PetscInt p = 0; p < s->pieces[c]; p++) {
    PetscScalar *const rows = s->table[c] + p * VALUES * Q, *const mean = rows + (VALUES - 1) * Q;

    for (PetscInt k = 0; k < HYP_PIECE_NODES; k++) {
      const PetscReal q = -span[v] + half * ((PetscReal)(2 * p + 1) + s->rule.node[k]),
                      M = v ? HypNormalDensity(q) : HypSpaceDensityX(s->space, i, q);
      const PetscReal share =
        k && k + 1 < HYP_PIECE_NODES ? s->rule.legendre[0][k - 1] : 0; /* in the mean */

      PetscCall(HypSpaceBasis(s->space, i, v, q, at));
      for (PetscInt j = 0; j < Q; j++) {
        PetscReal sum = 0;

        for (PetscInt m = 0; m < n[v]; m++) sum += at[m] * phi[j * n[v] + m];
        rows[k * Q + j] = half * M * s->weight[c][j] * sum;
        mean[j] += share * rows[k * Q + j];
      }
    }
  }
  PetscCall(PetscFree2(phi, at));
  PetscFunctionReturn(0);
}

/*
  HypRowsCreate - Prepares integrals of |u| M over all variables; nodes must live as long
*/
PETSC_INTERN PetscErrorCode HypRowsCreate(HypSpace space, HypNodes nodes, HypRows *rows)
{
  PetscInt longest = 0, values = 0;
  HypRows  s;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(rows));
  s        = *rows;
  s->space = space;
  s->nodes = nodes;
  s->n     = 2 * HypModelDimension(HypSpaceGetModel(space));
  s->total = 1;
  PetscCall(HypPieceRuleFill(&s->rule));
  for (PetscInt c = 0; c < s->n; c++) {
    s->along[c]  = HypNodesAlong(nodes, c, &s->node[c], &s->weight[c]);
    s->stride[c] = s->total;
    s->total *= s->along[c];
    longest = PetscMax(longest, s->along[c]);
    if (!HypSpaceIsRough(space)) PetscCall(Table(s, c));
    values = PetscMax(values, s->pieces[c] * VALUES);
  }
  PetscCall(PetscMalloc1(s->total, &s->all));
  PetscCall(
    PetscMalloc3(BATCH * longest, &s->row, BATCH * values, &s->values, longest, &s->weighted));
  PetscFunctionReturn(0);
}

/* u at the nodes of all ranks */
static PetscErrorCode Gather(HypRows s, const PetscScalar u[])
{
  const PetscReal *root;
  const PetscInt   n = HypNodesCount(s->nodes, &root);
  PetscMPIInt      size;

  PetscFunctionBeginUser;
  PetscCall(PetscArrayzero(s->all, s->total));
  for (PetscInt j = 0; j < n; j++) {
    PetscInt index[2 * MAXD], to = 0;

    HypNodesIndex(s->nodes, j, index);
    for (PetscInt c = 0; c < s->n; c++) to += index[c] * s->stride[c];
    s->all[to] = u[j];
  }
  PetscCallMPI(MPI_Comm_size(HypSpaceGetComm(s->space), &size));
  if (size > 1)
    PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, s->all, (PetscMPIInt)s->total, MPIU_SCALAR, MPIU_SUM,
                               HypSpaceGetComm(s->space)));
  PetscFunctionReturn(0);
}

/* Row r along coordinate c: where it begins, its weight, and the parities of its other indices */
static PetscInt Begin(const struct _p_HypRows *s, PetscInt c, PetscInt r, PetscReal *weight,
                      PetscInt *parity)
{
  PetscInt begin = 0, bit = 0;

  *weight = 1;
  *parity = 0;
  for (PetscInt k = 0; k < s->n; k++) {
    PetscInt index;

    if (k == c) continue;
    index = r % s->along[k];
    r /= s->along[k];
    begin += index * s->stride[k];
    *weight *= s->weight[k][index];
    *parity |= (index % 2) << bit++;
  }
  return begin;
}

/* The rows along coordinate c of this rank */
static PetscErrorCode Share(const struct _p_HypRows *s, PetscInt c, PetscInt *first, PetscInt *last)
{
  const long long rows = s->total / s->along[c];
  PetscMPIInt     rank, size;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(HypSpaceGetComm(s->space), &rank));
  PetscCallMPI(MPI_Comm_size(HypSpaceGetComm(s->space), &size));
  *first = (PetscInt)(rows * rank / size);
  *last  = (PetscInt)(rows * (rank + 1) / size);
  PetscFunctionReturn(0);
}

/* The mean variance of u along coordinate c, the part of so many rows */
static PetscReal Variance(const struct _p_HypRows *s, PetscInt c, PetscInt first, PetscInt last)
{
  PetscReal sum = 0;

  for (PetscInt r = first; r < last; r++) {
    PetscReal      weight, mean = 0, square = 0;
    PetscInt       parity;
    const PetscInt begin = Begin(s, c, r, &weight, &parity);

    for (PetscInt j = 0; j < s->along[c]; j++) {
      const PetscReal u = s->all[begin + j * s->stride[c]], w = s->weight[c][j];

      mean += w * u;
      square += w * u * u;
    }
    sum += weight * (square - mean * mean);
  }
  return sum;
}

static PetscErrorCode Choose(const struct _p_HypRows *s, PetscInt *best)
{
  PetscReal variance[2 * MAXD];

  PetscFunctionBeginUser;
  for (PetscInt c = 0; c < s->n; c++) {
    PetscInt first, last;

    PetscCall(Share(s, c, &first, &last));
    variance[c] = Variance(s, c, first, last);
  }
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, variance, (PetscMPIInt)s->n, MPIU_REAL, MPIU_SUM,
                             HypSpaceGetComm(s->space)));
  *best = 0;
  for (PetscInt c = 1; c < s->n; c++)
    if (variance[c] * ALIKE > variance[*best]) *best = c;
  PetscFunctionReturn(0);
}

/* J of one row of values, linear between nodes */
static PetscReal Linear(const struct _p_HypRows *s, PetscInt c, const PetscScalar u[])
{
  PetscReal sum = 0;

  for (PetscInt j = 0; j < s->along[c]; j++) {
    s->weighted[j] = s->weight[c][j] * u[j];
    sum += PetscAbsReal(s->weighted[j]);
  }
  for (PetscInt j = 1; j < s->along[c]; j++) {
    const PetscReal a = s->weighted[j - 1], b = s->weighted[j];

    if ((a < 0 && b > 0) || (a > 0 && b < 0))
      sum -= PetscAbsReal(a * b) / (PetscAbsReal(a) + PetscAbsReal(b));
  }
  return sum;
}

/* J of so many rows, one after the other in s->row */
static PetscErrorCode Rows(HypRows s, PetscInt c, PetscInt count, PetscReal J[])
{
  const PetscBLASInt m = (PetscBLASInt)(s->pieces[c] * VALUES), n = (PetscBLASInt)count,
                     k  = (PetscBLASInt)s->along[c];
  const PetscScalar one = 1, zero = 0;

  PetscFunctionBeginUser;
  if (s->table[c])
    PetscCallBLAS("BLASgemm", BLASgemm_("T", "N", &m, &n, &k, &one, s->table[c], &k, s->row, &k,
                                        &zero, s->values, &m));
  for (PetscInt r = 0; r < count; r++) {
    J[r] = s->table[c] ? 0 : Linear(s, c, s->row + r * k);
    for (PetscInt p = 0; p < s->pieces[c]; p++)
      J[r] += HypPieceAbsolute(&s->rule, s->values + r * m + p * VALUES);
  }
  PetscFunctionReturn(0);
}

/*
  HypRowsAdd - Adds half the integral of |u| M, and what it is over the rows of each parity

  Collective; u at the nodes of this rank; the sums are those of this rank
*/
PETSC_INTERN PetscErrorCode HypRowsAdd(HypRows s, const PetscScalar u[], PetscReal sum[])
{
  PetscReal weight[BATCH], J[BATCH];
  PetscInt  parity[BATCH], c = 0, first, last;

  PetscFunctionBeginUser;
  PetscCall(Gather(s, u));
  PetscCall(Choose(s, &c));
  PetscCall(Share(s, c, &first, &last));
  for (PetscInt r = first; r < last; r += BATCH) {
    const PetscInt count = PetscMin(BATCH, last - r);

    for (PetscInt k = 0; k < count; k++) {
      const PetscInt begin = Begin(s, c, r + k, &weight[k], &parity[k]);

      for (PetscInt j = 0; j < s->along[c]; j++)
        s->row[k * s->along[c] + j] = s->all[begin + j * s->stride[c]];
    }
    PetscCall(Rows(s, c, count, J));
    for (PetscInt k = 0; k < count; k++) {
      sum[HYP_NORM_TV] += weight[k] * J[k] / 2;
      sum[HYP_CLASSES + parity[k]] += weight[k] * J[k] / 2;
    }
  }
  PetscFunctionReturn(0);
}

PETSC_INTERN PetscErrorCode HypRowsDestroy(HypRows *rows)
{
  HypRows s = *rows;

  PetscFunctionBeginUser;
  if (!s) PetscFunctionReturn(0);
  for (PetscInt c = 0; c < 2 * MAXD; c++) PetscCall(PetscFree(s->table[c]));
  PetscCall(PetscFree(s->all));
  PetscCall(PetscFree3(s->row, s->values, s->weighted));
  PetscCall(PetscFree(s));
  *rows = NULL;
  PetscFunctionReturn(0);
}
