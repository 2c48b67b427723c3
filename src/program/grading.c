/*
   axis_grading: F.  Faces of the fv axes where the steady state is.

   Of the marginal p of F along an axis, from a coarse steady state by positive fluxes, the cells
   share equally

     r = (p/max p)^{1/3} + 1/2,

   which equidistributes the error h^2 p of a scheme of second order where p decides, and leaves
   cells between wells and in the tails: the widest is at most three times the narrowest.
   Each coordinate by itself, the others resting at 0; axes that coordinates share take the mean
   of r.  Where F = M, and along a potential, p is the weight of the axis.
*/
#include "program/grading.h"
#include "base/agree.h"
#include "program/line.h"
#include <hypoco/spectrum.h>
#include <math.h>
#include <string.h>

enum { FINE = 2048, COARSE = 64 };

/* r on FINE equal cells of the box, a mean over coordinates */
typedef struct {
  PetscReal lo, hi, r[FINE];
} Shares;

/* Equal shares of r; to 2^-20 of a standard deviation, lest rounding differ between processors */
static void Place(const Shares *s, PetscInt n, PetscReal faces[])
{
  const PetscReal step = (s->hi - s->lo) / FINE, grain = 1. / (1 << 20);
  PetscReal       whole = 0, below = 0;
  PetscInt        k = 0;

  for (PetscInt j = 0; j < FINE; j++) whole += s->r[j];
  faces[0] = s->lo;
  faces[n] = s->hi;
  for (PetscInt j = 1; j < n; j++) {
    const PetscReal want = whole * (PetscReal)j / (PetscReal)n;

    while (k < FINE - 1 && below + s->r[k] < want) below += s->r[k++];
    faces[j] = s->lo + step * ((PetscReal)k + (want - below) / s->r[k]);
    faces[j] = round(faces[j] / grain) * grain;
  }
}

/* Adds `part` times r of the masses of n cells between these faces */
static void AddShares(Shares *s, PetscInt n, const PetscReal faces[], const PetscReal mass[],
                      PetscReal part)
{
  const PetscReal step = (s->hi - s->lo) / FINE;
  PetscReal       most = 0;
  PetscInt        k    = 0;

  for (PetscInt j = 0; j < n; j++) most = PetscMax(most, mass[j] / (faces[j + 1] - faces[j]));
  for (PetscInt j = 0; j < FINE; j++) {
    const PetscReal at = s->lo + step * ((PetscReal)j + 0.5);
    PetscReal       a, b, pa, pb, p;

    /* p is linear between the middles of cells */
    while (k < n - 2 && at > (faces[k + 1] + faces[k + 2]) / 2) k++;
    a  = (faces[k] + faces[k + 1]) / 2;
    b  = (faces[k + 1] + faces[k + 2]) / 2;
    pa = mass[k] / (faces[k + 1] - faces[k]);
    pb = mass[k + 1] / (faces[k + 2] - faces[k + 1]);
    p  = pa + (pb - pa) * PetscMin(PetscMax((at - a) / (b - a), 0), 1);
    s->r[j] += part * (PetscPowReal(PetscMax(p, 0) / most, 1. / 3) + 1. / 2);
  }
}

/* The masses of F in the cells of either axis */
static PetscErrorCode Marginals(HypModel model, HypAxis axes[2], PetscReal mass[2][COARSE])
{
  const PetscScalar *one[2] = {HypAxisGetOne(axes[0]), HypAxisGetOne(axes[1])};
  HypSpace           space;
  HypKinetic         K;
  HypSteady          steady;
  PetscScalar       *c;

  PetscFunctionBeginUser;
  PetscCall(HypSpaceCreate(model, HYPSPACETENSOR, &space));
  PetscCall(HypSpaceSetAxes(space, axes[0], axes[1]));
  PetscCall(HypSpaceSetPositive(space, PETSC_TRUE));
  PetscCall(HypSpaceSetUp(space));
  PetscCall(HypKineticCreate(space, HYP_ASSEMBLED, &K));
  PetscCall(HypSteadyCompute(K, &steady));
  PetscCall(PetscMalloc1(COARSE * COARSE, &c));
  PetscCall(HypSpacePlane(space, 0, steady.f, c));
  for (PetscInt j = 0; j < COARSE; j++) {
    mass[0][j] = mass[1][j] = 0;
    for (PetscInt k = 0; k < COARSE; k++) {
      mass[0][j] += one[0][j] * one[1][k] * c[k * COARSE + j];
      mass[1][j] += one[0][k] * one[1][j] * c[j * COARSE + k];
    }
  }
  PetscCall(PetscFree(c));
  PetscCall(HypSteadyDestroy(&steady));
  PetscCall(HypKineticDestroy(&K));
  PetscCall(HypSpaceDestroy(&space));
  PetscFunctionReturn(0);
}

/* Of one coordinate, on coarse cells first equal, then graded by what they gave */
static PetscErrorCode FromSteady(HypModel whole, PetscInt i, Shares s[2])
{
  const PetscInt         d         = HypModelDimension(whole);
  const PetscReal *const reference = HypModelReference(whole);
  const PetscReal        own[2] = {reference ? reference[i] : 0, reference ? reference[d + i] : 0};
  HypLine                line   = {whole, i};
  PetscReal              faces[2][COARSE + 1], mass[2][COARSE];
  Shares                *now;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(2, &now));
  for (int c = 0; c < 2; c++)
    for (PetscInt j = 0; j <= COARSE; j++)
      faces[c][j] = s[c].lo + (s[c].hi - s[c].lo) * (PetscReal)j / COARSE;
  for (int pass = 0; pass < 2; pass++) {
    HypModel model;
    HypAxis  axes[2];

    PetscCall(HypLineModel(&line, reference ? own : NULL, &model));
    for (int c = 0; c < 2; c++) {
      PetscCall(HypAxisCreate(PETSC_COMM_SELF, HYPAXISFV, &axes[c]));
      PetscCall(HypAxisSetFaces(axes[c], COARSE + 1, faces[c]));
      if (!c) PetscCall(HypAxisSetStabilisation(axes[c], 0));
      PetscCall(HypAxisSetUp(axes[c]));
    }
    PetscCall(Marginals(model, axes, mass));
    PetscCall(HypModelDestroy(&model));
    for (int c = 0; c < 2; c++) {
      if (pass) {
        AddShares(&s[c], COARSE, faces[c], mass[c], 1 / (PetscReal)d);
        continue;
      }
      now[c] = (Shares){.lo = s[c].lo, .hi = s[c].hi};
      AddShares(&now[c], COARSE, faces[c], mass[c], 1);
      Place(&now[c], COARSE, faces[c]);
    }
  }
  PetscCall(PetscFree(now));
  PetscFunctionReturn(0);
}

/* Of the weight of an axis on equal cells */
static PetscErrorCode FromWeight(HypAxis axis, PetscInt d, Shares *s)
{
  const PetscInt n = HypAxisGetSize(axis);
  PetscReal     *faces;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(n + 1, &faces));
  for (PetscInt k = 0; k <= n; k++)
    faces[k] = s->lo + (s->hi - s->lo) * (PetscReal)k / (PetscReal)n;
  AddShares(s, n, faces, HypAxisGetWeights(axis), 1 / (PetscReal)d);
  PetscCall(PetscFree(faces));
  PetscFunctionReturn(0);
}

static PetscErrorCode Find(HypModel model, const HypAxis x[], HypAxis v, Shares s[2])
{
  const PetscInt d = HypModelDimension(model);

  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < d; i++) {
    if (!HypModelHasPotential(model) &&
        (HypModelHasEps(model) || HypModelNoisy(model) || HypModelHasReference(model))) {
      PetscCall(FromSteady(model, i, s));
      continue;
    }
    PetscCall(FromWeight(x[i], d, &s[0]));
    PetscCall(FromWeight(v, d, &s[1]));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HypGradeFaces(HypModel model, const HypAxis x[], HypAxis v, PetscReal *faces[2])
{
  const HypAxis each[2] = {x[0], v};
  Shares       *s;

  PetscFunctionBeginUser;
  for (int c = 0; c < 2; c++)
    PetscCheck(!strcmp(HypAxisGetType(each[c]), HYPAXISFV), HypModelGetComm(model),
               PETSC_ERR_ARG_INCOMP,
               "axis_grading: F given with axis_%s_type %s, which has no faces to place; both "
               "axes must be fv",
               HypAxisGetName(each[c]), HypAxisGetType(each[c]));
  PetscCall(PetscCalloc1(2, &s));
  for (int c = 0; c < 2; c++) {
    s[c].hi = HypAxisGetWidth(each[c]);
    s[c].lo = -s[c].hi;
  }
  PetscCall(HypAgree(HypModelGetComm(model), Find(model, x, v, s)));
  for (int c = 0; c < 2; c++) {
    const PetscInt n = HypAxisGetSize(each[c]);

    PetscCall(PetscMalloc1(n + 1, &faces[c]));
    Place(&s[c], n, faces[c]);
    PetscCallMPI(MPI_Bcast(faces[c], (int)n + 1, MPIU_REAL, 0, HypModelGetComm(model)));
  }
  PetscCall(PetscFree(s));
  PetscFunctionReturn(0);
}
