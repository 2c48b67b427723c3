/*
   Distances between g and F, with u = g/M = f + h, f = F/M, r = h/f = g/F - 1:

     total variation       1/2 int |g - F|           = 1/2 int |h| M
     relative entropy      int g log(g/F)            = int f psi(r) M,  psi = (1 + r) log(1 + r) - r
     chi^2                 int (g - F)^2/F           = int h^2/f M
     Fisher information    int g |grad log(g/F)|^2   = int |grad h - r grad f|^2/u M

   in scaled coordinates (X, V), with the part of V, for which d/dt entropy = -gamma fisher_v,
   by itself.
   int h M = 0, so that psi, which is never negative, may stand for u log(u/f):
   nothing cancels when h is small.

   On a space of nodal values the integrals are sums over its nodes, in all 2d variables.
   On others they are those of the marginals in each pair (X_i, V_i),
   which for d = 1 are everything:
   sums over equidistant points, which for smooth functions that end within the plane converge
   faster than any power; |h|, which is not smooth, by integrals along lines (lines.c).

   Truncated series may be negative.  Where f is, the last three have no integrand:
   h^2/max(|u|, |f|) stands for what is lost.  Where u alone is negative, chi^2 is what it is,
   psi = psi(-1) and |u| (1 + |log(|u|/f)|) stands for its error,
   and the Fisher information, which has a pole at u = 0, loses the same integrand with |u|.
   A quantity that loses more than SPOILED of itself has no meaning and is NAN.
   So is ||h|| in L2(M) of a space of another Gaussian (modelnorm.c), where more than that lies
   where the points end: there the integral is infinite, or the space too small for it.
*/
#include <hypoco/norms.h>
#include "decay/lines.h"
#include "decay/modelnorm.h"
#include <math.h>
#include <petscblaslapack.h>

#define SPOILED  0.01
#define UNKNOWNS (1 << 21) /* largest space */
enum { MAXD = 3, FIELDS = 3 };

/* An integral over the points of a plane or over all nodes, so far; summed over ranks as numbers */
enum { LOST_F = HYP_NORMS, LOST_ENTROPY, LOST_FISHER, OUTSIDE, SUMS };

struct _p_HypNorms {
  HypKinetic   K;
  HypSpace     space;
  PetscInt     d;
  PetscBool    nodal, lines;      /* sums over nodes; |h| by lines */
  PetscInt     width;             /* marginals, or 1 */
  PetscInt     n[2], m[2];        /* functions and points along each coordinate of a plane */
  PetscReal   *weight[MAXD][2];   /* of the points of each plane, times M */
  PetscScalar *table[MAXD][2];    /* functions at the points: [point][function] */
  PetscScalar *c, *half;          /* coefficients in a plane; half evaluated */
  PetscInt     evaluated;         /* the pair whose f is in values[1]; -1: none */
  PetscScalar *values[2][FIELDS]; /* h and f with their derivatives at the points of a plane */
  Vec          f, df[2 * MAXD], dh[2 * MAXD];
  HypModelNorm model;       /* NULL: the space lives in L2(M) */
  Vec          z[2 * MAXD]; /* coordinates of the nodes, where that is another norm */
  PetscReal    reach[2];    /* of the points */
  HypLines     integral;
  PetscReal (*found)[HYP_NORMS];
};

/* (1 + r) log(1 + r) - r = sum_k (-r)^k/(k(k - 1)) */
static PetscReal Psi(PetscReal r)
{
  if (r <= -1) return 1;
  if (PetscAbsReal(r) > 1e-2) return (1 + r) * log1p(r) - r;
  return r * r *
         (1. / 2 -
          r * (1. / 6 - r * (1. / 12 - r * (1. / 20 - r * (1. / 30 - r * (1. / 42 - r / 56))))));
}

/* One point: h, f, their n derivatives along X and V, and the weight */
static void Add(PetscReal h, PetscReal f, PetscInt n, const PetscReal dh[], const PetscReal df[],
                PetscReal weight, PetscReal sum[])
{
  const PetscReal u = f + h, r = f > 0 ? h / f : 0,
                  size = PetscMax(PetscAbsReal(u), PetscAbsReal(f));

  sum[HYP_NORM_TV] += weight * PetscAbsReal(h) / 2;
  if (u < 0) sum[HYP_NORM_NEGATIVE] -= weight * u;
  if (f < 0) sum[HYP_NORM_NEGATIVE_F] -= weight * f;
  if (!(f > 0)) {
    if (size > 0) sum[LOST_F] += weight * h * h / size;
    return;
  }
  sum[HYP_NORM_CHI2] += weight * h * r;
  sum[HYP_NORM_ENTROPY] += weight * f * Psi(r);
  if (u < 0) sum[LOST_ENTROPY] += weight * -u * (1 + PetscAbsReal(PetscLogReal(-u / f)));
  for (PetscInt c = 0; c < n && u != 0; c++) {
    const PetscReal part = weight * PetscSqr(dh[c] - r * df[c]) / PetscAbsReal(u);

    if (!(u > 0)) {
      sum[LOST_FISHER] += part;
      continue;
    }
    sum[HYP_NORM_FISHER] += part;
    if (2 * c >= n) sum[HYP_NORM_FISHER_V] += part;
  }
}

/* The same of the norms of M, at a point z that is outside where the points end */
static void AddModel(HypNorms s, const PetscReal z[], PetscReal h, const PetscReal dh[],
                     PetscReal weight, PetscReal sum[])
{
  PetscReal norm, H;
  PetscBool outside = PETSC_FALSE;

  if (!s->model) return;
  HypModelNormPoint(s->model, z, h, dh, &norm, &H);
  for (PetscInt c = 0; c < 2 * s->d; c++)
    if (PetscAbsReal(z[c]) > 0.85 * s->reach[c / s->d]) outside = PETSC_TRUE;
  sum[HYP_NORM_MODEL] += weight * norm;
  sum[HYP_NORM_MODEL_H] += weight * H;
  if (outside) sum[OUTSIDE] += weight * norm;
}

/* What has no meaning becomes NAN */
static void Judge(const PetscReal sum[], PetscReal found[])
{
  const PetscReal lost_f = sum[LOST_F], entropy = sum[HYP_NORM_ENTROPY];

  for (PetscInt k = 0; k < HYP_NORMS; k++) found[k] = sum[k];
  if (lost_f > SPOILED * sum[HYP_NORM_CHI2]) found[HYP_NORM_CHI2] = NAN;
  if (lost_f + sum[LOST_ENTROPY] > SPOILED * entropy) found[HYP_NORM_ENTROPY] = NAN;
  if (lost_f > SPOILED * entropy || sum[LOST_FISHER] > SPOILED * sum[HYP_NORM_FISHER])
    found[HYP_NORM_FISHER] = found[HYP_NORM_FISHER_V] = NAN;
  if (!(sum[OUTSIDE] <= SPOILED * sum[HYP_NORM_MODEL]))
    found[HYP_NORM_MODEL] = found[HYP_NORM_MODEL_H] = NAN;
}

/*@
  HypNormsWidth - How many total variations, entropies and so on a run has at each time

  Not collective

  Input Parameter:
. K - the operator

  Returns 1, of all variables; d, of the marginals in each pair (X_i, V_i);
  0 where the space gives neither, or is too large.

  Level: developer
@*/
PetscInt HypNormsWidth(HypKinetic K)
{
  const HypSpace space = HypKineticGetSpace(K);
  const PetscInt d     = HypKineticGetDimension(K);
  PetscInt       n[2];
  PetscReal      span[2];

  if (d > MAXD || HypSpaceGetSize(space) > UNKNOWNS) return 0;
  if (HypSpaceIsNodal(space)) return 1;
  if (HypSpacePlaneSize(space, n, span) || !n[0]) return 0;
  return d;
}

/* Equidistant points of one coordinate of the plane of pair i, twice as many as functions */
static PetscErrorCode Points(HypNorms s, PetscInt i, int c, PetscReal span)
{
  const PetscInt  m    = 2 * s->n[c] + 32;
  const PetscReal step = 2 * span / (PetscReal)m;

  PetscFunctionBeginUser;
  s->m[c] = m;
  PetscCall(PetscMalloc2(m, &s->weight[i][c], m * s->n[c], &s->table[i][c]));
  for (PetscInt p = 0; p < m; p++) {
    const PetscReal q = -span + step * ((PetscReal)p + 0.5);

    s->weight[i][c][p] = step * (c ? HypNormalDensity(q) : HypSpaceDensityX(s->space, i, q));
    PetscCall(HypSpaceBasis(s->space, i, (PetscInt)c, q, s->table[i][c] + p * s->n[c]));
  }
  PetscFunctionReturn(0);
}

/* values[p1 m_0 + p0] of u in the plane of pair i, whose coefficients stay in s->c */
static PetscErrorCode Evaluate(HypNorms s, PetscInt i, Vec u, PetscScalar values[])
{
  const PetscScalar one = 1, zero = 0;
  PetscBLASInt      n0, n1, m0, m1;

  PetscFunctionBeginUser;
  PetscCall(PetscBLASIntCast(s->n[0], &n0));
  PetscCall(PetscBLASIntCast(s->n[1], &n1));
  PetscCall(PetscBLASIntCast(s->m[0], &m0));
  PetscCall(PetscBLASIntCast(s->m[1], &m1));
  PetscCall(HypSpacePlane(s->space, i, u, s->c));
  PetscCallBLAS("BLASgemm", BLASgemm_("T", "N", &m0, &n1, &n0, &one, s->table[i][0], &n0, s->c, &n0,
                                      &zero, s->half, &m0));
  PetscCallBLAS("BLASgemm", BLASgemm_("N", "N", &m0, &m1, &n1, &one, s->half, &m0, s->table[i][1],
                                      &n1, &zero, values, &m0));
  PetscFunctionReturn(0);
}

static PetscErrorCode PlanesCreate(HypNorms s)
{
  PetscReal span[2];

  PetscFunctionBeginUser;
  PetscCall(HypSpacePlaneSize(s->space, s->n, span));
  for (PetscInt i = 0; i < s->d; i++)
    for (int c = 0; c < 2; c++) PetscCall(Points(s, i, c, span[c]));
  PetscCall(PetscMalloc1(s->m[0] * s->n[1], &s->half));
  for (int k = 0; k < 2; k++)
    for (PetscInt j = 0; j < FIELDS; j++)
      PetscCall(PetscMalloc1(s->m[0] * s->m[1], &s->values[k][j]));
  PetscFunctionReturn(0);
}

/* A coordinate of z; ctx: which */
static PetscErrorCode Coordinate(PetscInt d, const PetscReal z[], PetscReal *u, void *ctx)
{
  (void)d;
  *u = z[*(const PetscInt *)ctx];
  return 0;
}

/* The norms of M, where the space has another Gaussian */
static PetscErrorCode ModelCreate(HypNorms s)
{
  PetscReal span[2], least, most;
  PetscInt  n[2];

  PetscFunctionBeginUser;
  PetscCall(HypModelNormCreate(HypKineticGetModel(s->K), &s->model));
  if (!s->model) PetscFunctionReturn(0);
  PetscCall(HypSpacePlaneSize(s->space, n, span));
  for (int c = 0; c < 2; c++) s->reach[c] = span[c];
  for (PetscInt c = 0; c < 2 * s->d && s->nodal; c++) {
    PetscCall(HypSpaceCreateVec(s->space, &s->z[c]));
    PetscCall(HypSpaceProject(s->space, Coordinate, &c, s->z[c]));
    PetscCall(VecPointwiseDivide(s->z[c], s->z[c], HypSpaceGetOne(s->space)));
    PetscCall(VecMin(s->z[c], NULL, &least));
    PetscCall(VecMax(s->z[c], NULL, &most));
    if (c % s->d == 0) s->reach[c / s->d] = PetscMax(-least, most);
  }
  PetscFunctionReturn(0);
}

/*@
  HypNormsCreate - Prepares the distances between solutions and a steady state

  Collective

  Input Parameters:
+ K - the operator
- f - F/M, of mass 1

  Output Parameter:
. norms - for HypNormsCompute(); NULL where HypNormsWidth() says 0

  Level: intermediate

.seealso: HypNormsGet(), HypNormsDestroy()
@*/
PetscErrorCode HypNormsCreate(HypKinetic K, Vec f, HypNorms *norms)
{
  PetscReal span[2];
  HypNorms  s;

  PetscFunctionBeginUser;
  *norms = NULL;
  if (!HypNormsWidth(K)) PetscFunctionReturn(0);
  PetscCall(PetscNew(norms));
  s            = *norms;
  s->K         = K;
  s->space     = HypKineticGetSpace(K);
  s->d         = HypKineticGetDimension(K);
  s->width     = HypNormsWidth(K);
  s->nodal     = HypSpaceIsNodal(s->space);
  s->evaluated = -1;
  PetscCall(HypSpacePlaneSize(s->space, s->n, span));
  PetscCall(PetscMalloc1(s->n[0] * s->n[1], &s->c));
  s->lines = (PetscBool)(s->n[0] > 0 && s->width == s->d && !HypSpaceIsRough(s->space));
  PetscCall(PetscMalloc1(s->width, &s->found));
  PetscCall(VecDuplicate(f, &s->f));
  PetscCall(VecCopy(f, s->f));
  for (PetscInt c = 0; c < 2 * s->d; c++) {
    PetscCall(VecDuplicate(f, &s->df[c]));
    PetscCall(VecDuplicate(f, &s->dh[c]));
    PetscCall(MatMult(HypKineticDerivative(K, c), f, s->df[c]));
  }
  if (!s->nodal) PetscCall(PlanesCreate(s));
  if (s->width == 1) PetscCall(ModelCreate(s));
  if (s->lines) PetscCall(HypLinesCreate(s->space, &s->integral));
  PetscFunctionReturn(0);
}

/* Sums over the nodes of this rank; one are the square roots of the weights */
static PetscErrorCode Nodes(HypNorms s, Vec h, PetscReal sum[])
{
  const PetscInt     n = 2 * s->d;
  const PetscScalar *one, *ph, *pf, *pdh[2 * MAXD], *pdf[2 * MAXD], *pz[2 * MAXD];
  PetscInt           local;

  PetscFunctionBeginUser;
  PetscCall(VecGetLocalSize(h, &local));
  PetscCall(VecGetArrayRead(HypSpaceGetOne(s->space), &one));
  PetscCall(VecGetArrayRead(h, &ph));
  PetscCall(VecGetArrayRead(s->f, &pf));
  for (PetscInt c = 0; c < n; c++) {
    PetscCall(VecGetArrayRead(s->dh[c], &pdh[c]));
    PetscCall(VecGetArrayRead(s->df[c], &pdf[c]));
    if (s->model) PetscCall(VecGetArrayRead(s->z[c], &pz[c]));
  }
  for (PetscInt k = 0; k < local; k++) {
    PetscReal dh[2 * MAXD], df[2 * MAXD], z[2 * MAXD];

    for (PetscInt c = 0; c < n; c++) {
      dh[c] = pdh[c][k] / one[k];
      df[c] = pdf[c][k] / one[k];
      z[c]  = s->model ? pz[c][k] : 0;
    }
    AddModel(s, z, ph[k] / one[k], dh, one[k] * one[k], sum);
    Add(ph[k] / one[k], pf[k] / one[k], n, dh, df, one[k] * one[k], sum);
  }
  for (PetscInt c = 0; c < n; c++) {
    PetscCall(VecRestoreArrayRead(s->dh[c], &pdh[c]));
    PetscCall(VecRestoreArrayRead(s->df[c], &pdf[c]));
    if (s->model) PetscCall(VecRestoreArrayRead(s->z[c], &pz[c]));
  }
  PetscCall(VecRestoreArrayRead(s->f, &pf));
  PetscCall(VecRestoreArrayRead(h, &ph));
  PetscCall(VecRestoreArrayRead(HypSpaceGetOne(s->space), &one));
  PetscCallMPI(
    MPI_Allreduce(MPI_IN_PLACE, sum, SUMS, MPIU_REAL, MPIU_SUM, HypSpaceGetComm(s->space)));
  PetscFunctionReturn(0);
}

/* The same over the points of the plane of pair i */
static PetscErrorCode Plane(HypNorms s, PetscInt i, Vec h, PetscReal sum[])
{
  const PetscInt d = s->d;

  PetscFunctionBeginUser;
  for (PetscInt j = 0; j < 2; j++) {
    const PetscInt c = i + j * d;

    PetscCall(Evaluate(s, i, s->dh[c], s->values[0][1 + j]));
    if (s->evaluated != i) PetscCall(Evaluate(s, i, s->df[c], s->values[1][1 + j]));
  }
  if (s->evaluated != i) PetscCall(Evaluate(s, i, s->f, s->values[1][0]));
  s->evaluated = i;
  PetscCall(Evaluate(s, i, h, s->values[0][0])); /* last: its coefficients are wanted again */
  for (PetscInt q = 0, p = 0; q < s->m[1]; q++) {
    for (PetscInt k = 0; k < s->m[0]; k++, p++) {
      const PetscReal dh[2]  = {s->values[0][1][p], s->values[0][2][p]},
                      df[2]  = {s->values[1][1][p], s->values[1][2][p]},
                      weight = s->weight[i][0][k] * s->weight[i][1][q],
                      z[2]   = {s->reach[0] * ((2 * (PetscReal)k + 1) / s->m[0] - 1),
                                s->reach[1] * ((2 * (PetscReal)q + 1) / s->m[1] - 1)};

      Add(s->values[0][0][p], s->values[1][0][p], 2, dh, df, weight, sum);
      AddModel(s, z, s->values[0][0][p], dh, weight, sum);
    }
  }
  PetscFunctionReturn(0);
}

/*@
  HypNormsCompute - The distances between one solution and the steady state

  Collective

  Input Parameters:
+ norms - from HypNormsCreate(); NULL is allowed
- h     - g/M - F/M

  Level: intermediate

  Notes:
  Total variation is exact to 1e-10 of its size on smooth axes, second order on fv;
  the others have the accuracy of the space.

.seealso: HypNormsGet()
@*/
PetscErrorCode HypNormsCompute(HypNorms norms, Vec h)
{
  HypNorms s = norms;

  PetscFunctionBeginUser;
  if (!s) PetscFunctionReturn(0);
  for (PetscInt c = 0; c < 2 * s->d; c++)
    PetscCall(MatMult(HypKineticDerivative(s->K, c), h, s->dh[c]));
  for (PetscInt i = 0; i < s->width; i++) {
    PetscReal sum[SUMS] = {0};

    PetscCall(s->nodal ? Nodes(s, h, sum) : Plane(s, i, h, sum));
    if (s->lines) {
      if (s->nodal) PetscCall(HypSpacePlane(s->space, i, h, s->c));
      PetscCall(HypLinesAbsolute(s->integral, i, s->c, &sum[HYP_NORM_TV]));
      sum[HYP_NORM_TV] /= 2;
    }
    Judge(sum, s->found[i]);
  }
  PetscFunctionReturn(0);
}

/*@
  HypNormsGet - One of the distances

  Not collective

  Input Parameters:
+ norms - after HypNormsCompute()
. norm  - which
- i     - the pair, 0 where there is one of all variables

  Returns the number; NAN where it has no meaning because g or F is negative.

  Level: intermediate

.seealso: HypNormsWidth()
@*/
PetscReal HypNormsGet(HypNorms norms, HypNorm norm, PetscInt i)
{
  return norms ? norms->found[i][norm] : NAN;
}

/*@
  HypNormsCount - Of how many marginals there are distances

  Not collective

  Input Parameter:
. norms - from HypNormsCreate()

  Returns d, or 1 where the distances are those of all variables.

  Level: developer

.seealso: HypNormsWidth()
@*/
PetscInt HypNormsCount(HypNorms norms)
{
  return norms->width;
}

/*@
  HypNormsDestroy - Frees what HypNormsCreate() made

  Collective

  Input Parameter:
. norms - set to NULL; NULL is allowed

  Level: intermediate

.seealso: HypNormsCreate()
@*/
PetscErrorCode HypNormsDestroy(HypNorms *norms)
{
  HypNorms s = *norms;

  PetscFunctionBeginUser;
  if (!s) PetscFunctionReturn(0);
  PetscCall(HypLinesDestroy(&s->integral));
  for (PetscInt i = 0; i < s->d; i++)
    for (int c = 0; c < 2; c++) PetscCall(PetscFree2(s->weight[i][c], s->table[i][c]));
  for (int k = 0; k < 2; k++) {
    for (PetscInt j = 0; j < FIELDS; j++) PetscCall(PetscFree(s->values[k][j]));
  }
  PetscCall(PetscFree(s->half));
  PetscCall(PetscFree(s->c));
  for (PetscInt c = 0; c < 2 * MAXD; c++) {
    PetscCall(VecDestroy(&s->df[c]));
    PetscCall(VecDestroy(&s->dh[c]));
    PetscCall(VecDestroy(&s->z[c]));
  }
  PetscCall(VecDestroy(&s->f));
  PetscCall(PetscFree(s->model));
  PetscCall(PetscFree(s->found));
  PetscCall(PetscFree(s));
  *norms = NULL;
  PetscFunctionReturn(0);
}
