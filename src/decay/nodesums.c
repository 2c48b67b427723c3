/*
   Distances to F in all 2d variables: sums over the nodes of a space (HypNodesCreate()).

   F/M and its derivatives stay at the nodes; those that vanish, all of them for eps = 0, take
   no room.
   |h| is not smooth, and its integral (rows.c) knows fewer digits than the others:
   how far apart those over every second node of each coordinate but one are bounds its error.
*/
#include "decay/planes.h"
#include "decay/rows.h"

enum { MAXD = 3 };
#define NOTHING 1e-12 /* of the size of F/M: a derivative that is rounding errors */

struct _p_HypNodeSums {
  HypSpace         space;
  PetscInt         d, n;
  HypNodes         nodes;
  const PetscReal *root;
  HypRows          rows;             /* NULL: |h| is integrated elsewhere */
  PetscScalar     *f, *df[2 * MAXD]; /* NULL: zero */
  PetscScalar     *h, *dh[2 * MAXD]; /* one after the other in dh[0], where nothing else is
                                            wanted */
  HypModelNorm     model;            /* NULL: the space lives in L2(M) */
  PetscReal        reach[2], unknown;
};

PETSC_INTERN PetscErrorCode HypNodeSumsDestroy(HypNodeSums *sums)
{
  HypNodeSums s = *sums;

  PetscFunctionBeginUser;
  if (!s) PetscFunctionReturn(0);
  for (PetscInt c = 0; c < 2 * MAXD; c++) {
    PetscCall(PetscFree(s->df[c]));
    PetscCall(PetscFree(s->dh[c]));
  }
  PetscCall(PetscFree(s->f));
  PetscCall(PetscFree(s->h));
  PetscCall(PetscFree(s->model));
  PetscCall(HypRowsDestroy(&s->rows));
  PetscCall(HypNodesDestroy(&s->nodes));
  PetscCall(PetscFree(s));
  *sums = NULL;
  PetscFunctionReturn(0);
}

/* How far the nodes go along X and V */
static PetscErrorCode Reach(HypNodeSums s)
{
  PetscReal z[2 * MAXD];

  PetscFunctionBeginUser;
  for (PetscInt j = 0; j < s->n; j++) {
    HypNodesPoint(s->nodes, j, z);
    for (PetscInt c = 0; c < 2 * s->d; c++)
      s->reach[c / s->d] = PetscMax(s->reach[c / s->d], PetscAbsReal(z[c]));
  }
  PetscCallMPI(
    MPI_Allreduce(MPI_IN_PLACE, s->reach, 2, MPIU_REAL, MPIU_MAX, HypSpaceGetComm(s->space)));
  PetscFunctionReturn(0);
}

/* Up to which size f is unknown */
static PetscErrorCode Unknown(HypNodeSums s)
{
  PetscFunctionBeginUser;
  for (PetscInt j = 0; j < s->n; j++)
    HypIntegrandUnknown(s->f[j], s->root[j] * s->root[j], &s->unknown);
  PetscCallMPI(
    MPI_Allreduce(MPI_IN_PLACE, &s->unknown, 1, MPIU_REAL, MPIU_MAX, HypSpaceGetComm(s->space)));
  PetscFunctionReturn(0);
}

/*
  HypNodeSumsCreate - Prepares sums over the nodes of all variables; f = F/M and its derivatives
*/
PETSC_INTERN PetscErrorCode HypNodeSumsCreate(HypKinetic K, Vec f, const Vec df[],
                                              HypNodeSums *sums)
{
  const HypSpace space = HypKineticGetSpace(K);
  const PetscInt n     = 2 * HypKineticGetDimension(K);
  PetscReal      size, most;
  PetscMPIInt    ranks;
  HypNodeSums    s;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_size(HypSpaceGetComm(space), &ranks));
  /* |h| is known at all nodes on every rank */
  PetscCall(HypSpaceCheckRoom(space, HypSpaceNodeCount(space), 4 + 2 * n + ranks));
  PetscCall(PetscNew(sums));
  s        = *sums;
  s->space = space;
  s->d     = n / 2;
  PetscCall(HypModelNormCreate(HypKineticGetModel(K), &s->model));
  PetscCall(HypNodesCreate(space, &s->nodes));
  s->n = HypNodesCount(s->nodes, &s->root);
  if (s->d > 1 || HypSpaceIsRough(space)) PetscCall(HypRowsCreate(space, s->nodes, &s->rows));
  if (s->model) PetscCall(Reach(s));
  PetscCall(PetscMalloc1(s->n, &s->f));
  PetscCall(PetscMalloc1(s->n, &s->h));
  PetscCall(HypNodesValues(s->nodes, f, s->f));
  PetscCall(Unknown(s));
  PetscCall(VecNorm(f, NORM_2, &most));
  for (PetscInt c = 0; c < n; c++) {
    if (!c || s->model) PetscCall(PetscMalloc1(s->n, &s->dh[c]));
    PetscCall(VecNorm(df[c], NORM_2, &size));
    if (!(size > NOTHING * most)) continue;
    PetscCall(PetscMalloc1(s->n, &s->df[c]));
    PetscCall(HypNodesValues(s->nodes, df[c], s->df[c]));
  }
  PetscFunctionReturn(0);
}

/* All but derivatives */
static void AddValues(const struct _p_HypNodeSums *s, PetscReal sum[])
{
  for (PetscInt j = 0; j < s->n; j++)
    HypIntegrandAdd(s->h[j], s->f[j], s->root[j] * s->root[j], s->unknown, sum);
}

/* The norms of M, which take all derivatives at once */
static void AddModel(const struct _p_HypNodeSums *s, PetscReal sum[])
{
  PetscReal z[2 * MAXD], dh[2 * MAXD];

  for (PetscInt j = 0; j < s->n && s->model; j++) {
    HypNodesPoint(s->nodes, j, z);
    for (PetscInt c = 0; c < 2 * s->d; c++) dh[c] = s->dh[c][j];
    HypIntegrandModel(s->model, s->d, s->reach, z, s->h[j], dh, s->root[j] * s->root[j], sum);
  }
}

/*
  HypNodeSumsAdd - The sums over all nodes; dh are the derivatives of h = g/M - f

  Collective
*/
PETSC_INTERN PetscErrorCode HypNodeSumsAdd(HypNodeSums s, Vec h, const Vec dh[], PetscReal sum[])
{
  PetscFunctionBeginUser;
  PetscCall(HypNodesValues(s->nodes, h, s->h));
  AddValues(s, sum);
  if (s->rows) {
    sum[HYP_NORM_TV] = 0;
    PetscCall(HypRowsAdd(s->rows, s->h, sum));
  }
  for (PetscInt c = 0; c < 2 * s->d; c++) {
    PetscScalar *const at = s->dh[s->model ? c : 0];
    const PetscBool    v  = (PetscBool)(c >= s->d);

    PetscCall(HypNodesValues(s->nodes, dh[c], at));
    for (PetscInt j = 0; j < s->n; j++)
      HypIntegrandFisher(s->h[j], s->f[j], at[j], s->df[c] ? s->df[c][j] : 0, v,
                         s->root[j] * s->root[j], s->unknown, sum);
  }
  AddModel(s, sum);
  PetscCallMPI(
    MPI_Allreduce(MPI_IN_PLACE, sum, HYP_SUMS, MPIU_REAL, MPIU_SUM, HypSpaceGetComm(s->space)));
  PetscFunctionReturn(0);
}
