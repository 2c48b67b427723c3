/*
   Distances to F of the marginals in a pair (X_i, V_i), which for d = 1 are everything:
   sums over equidistant points, which for smooth functions that end within the plane converge
   faster than any power; |h|, which is not smooth, by integrals along lines (lines.c).
*/
#include "decay/planes.h"
#include "decay/lines.h"
#include <petscblaslapack.h>

enum { MAXD = 3, FIELDS = 3 };

struct _p_HypPlanes {
  HypSpace     space;
  PetscInt     d;
  PetscInt     n[2], m[2];        /* functions and points along each coordinate of a plane */
  PetscReal    reach[2];          /* of the points */
  PetscReal   *weight[MAXD][2];   /* of the points of each plane, times M */
  PetscScalar *table[MAXD][2];    /* functions at the points: [point][function] */
  PetscScalar *c, *half;          /* coefficients in a plane; half evaluated */
  PetscInt     evaluated;         /* the pair whose f is in values[1]; -1: none */
  PetscScalar *values[2][FIELDS]; /* h and f with their derivatives at the points of a plane */
  PetscReal    unknown;           /* up to which size this f is */
  HypModelNorm model;             /* NULL: the space lives in L2(M), or d > 1 */
  HypLines     lines;             /* NULL: functions are known to second order between points */
};

/* Equidistant points of one coordinate of the plane of pair i, twice as many as functions */
static PetscErrorCode Points(HypPlanes s, PetscInt i, int c, PetscReal span)
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
static PetscErrorCode Evaluate(HypPlanes s, PetscInt i, Vec u, PetscScalar values[])
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

/* Points and tables, where sums over nodes do not take their place */
static PetscErrorCode Tables(HypPlanes s)
{
  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < s->d; i++)
    for (int c = 0; c < 2; c++) PetscCall(Points(s, i, c, s->reach[c]));
  PetscCall(PetscMalloc1(s->m[0] * s->n[1], &s->half));
  for (int k = 0; k < 2; k++)
    for (PetscInt j = 0; j < FIELDS; j++)
      PetscCall(PetscMalloc1(s->m[0] * s->m[1], &s->values[k][j]));
  PetscFunctionReturn(0);
}

/*
  HypPlanesCreate - Prepares integrals over the plane of every pair; HypSpacePlaneSize() > 0

  Every rank computes the same
*/
PETSC_INTERN PetscErrorCode HypPlanesCreate(HypKinetic K, HypPlanes *planes)
{
  HypPlanes s;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(planes));
  s            = *planes;
  s->space     = HypKineticGetSpace(K);
  s->d         = HypKineticGetDimension(K);
  s->evaluated = -1;
  PetscCall(HypSpacePlaneSize(s->space, s->n, s->reach));
  PetscCall(PetscMalloc1(s->n[0] * s->n[1], &s->c));
  if (!HypSpaceIsRough(s->space)) PetscCall(HypLinesCreate(s->space, &s->lines));
  if (HypSpaceIsNodal(s->space)) PetscFunctionReturn(0);
  PetscCall(Tables(s));
  if (s->d == 1) PetscCall(HypModelNormCreate(HypKineticGetModel(K), &s->model));
  PetscFunctionReturn(0);
}

/* f and its derivatives at the points of the plane of pair i */
static PetscErrorCode Steady(HypPlanes s, PetscInt i, Vec f, const Vec df[])
{
  PetscFunctionBeginUser;
  PetscCall(Evaluate(s, i, f, s->values[1][0]));
  for (PetscInt j = 0; j < 2; j++) PetscCall(Evaluate(s, i, df[i + j * s->d], s->values[1][1 + j]));
  s->unknown = 0;
  for (PetscInt q = 0, p = 0; q < s->m[1]; q++)
    for (PetscInt k = 0; k < s->m[0]; k++, p++)
      HypIntegrandUnknown(s->values[1][0][p], s->weight[i][0][k] * s->weight[i][1][q], &s->unknown);
  s->evaluated = i;
  PetscFunctionReturn(0);
}

/*
  HypPlanesAdd - The sums over the points of the plane of pair i

  f = F/M is the same at every call; dh and df are the derivatives along X_1..X_d, V_1..V_d
*/
PETSC_INTERN PetscErrorCode HypPlanesAdd(HypPlanes s, PetscInt i, Vec h, const Vec dh[], Vec f,
                                         const Vec df[], PetscReal sum[])
{
  PetscFunctionBeginUser;
  if (s->evaluated != i) PetscCall(Steady(s, i, f, df));
  for (PetscInt j = 0; j < 2; j++) PetscCall(Evaluate(s, i, dh[i + j * s->d], s->values[0][1 + j]));
  PetscCall(Evaluate(s, i, h, s->values[0][0]));
  for (PetscInt q = 0, p = 0; q < s->m[1]; q++) {
    for (PetscInt k = 0; k < s->m[0]; k++, p++) {
      const PetscReal dh2[2] = {s->values[0][1][p], s->values[0][2][p]}, at = s->values[0][0][p],
                      F = s->values[1][0][p], weight = s->weight[i][0][k] * s->weight[i][1][q],
                      z[2] = {s->reach[0] * ((2 * (PetscReal)k + 1) / s->m[0] - 1),
                              s->reach[1] * ((2 * (PetscReal)q + 1) / s->m[1] - 1)};

      HypIntegrandAdd(at, F, weight, s->unknown, sum);
      HypIntegrandFisher(at, F, dh2[0], s->values[1][1][p], PETSC_FALSE, weight, s->unknown, sum);
      HypIntegrandFisher(at, F, dh2[1], s->values[1][2][p], PETSC_TRUE, weight, s->unknown, sum);
      HypIntegrandModel(s->model, 1, s->reach, z, at, dh2, weight, sum);
    }
  }
  PetscFunctionReturn(0);
}

/*
  HypPlanesAbsolute - The integral of |h| M over the plane of pair i; unchanged where functions are
  not known well enough
*/
PETSC_INTERN PetscErrorCode HypPlanesAbsolute(HypPlanes s, PetscInt i, Vec h, PetscReal *integral)
{
  PetscFunctionBeginUser;
  if (!s->lines) PetscFunctionReturn(0);
  PetscCall(HypSpacePlane(s->space, i, h, s->c));
  PetscCall(HypLinesAbsolute(s->lines, i, s->c, integral));
  PetscFunctionReturn(0);
}

PETSC_INTERN PetscErrorCode HypPlanesDestroy(HypPlanes *planes)
{
  HypPlanes s = *planes;

  PetscFunctionBeginUser;
  if (!s) PetscFunctionReturn(0);
  PetscCall(HypLinesDestroy(&s->lines));
  for (PetscInt i = 0; i < s->d; i++)
    for (int c = 0; c < 2; c++) PetscCall(PetscFree2(s->weight[i][c], s->table[i][c]));
  for (int k = 0; k < 2; k++) {
    for (PetscInt j = 0; j < FIELDS; j++) PetscCall(PetscFree(s->values[k][j]));
  }
  PetscCall(PetscFree(s->half));
  PetscCall(PetscFree(s->c));
  PetscCall(PetscFree(s->model));
  PetscCall(PetscFree(s));
  *planes = NULL;
  PetscFunctionReturn(0);
}
