/*
   space_reference: the Gaussian that the space lives in.

   auto takes the second moments of F, coordinate by coordinate, the others resting at 0,
   where the force is not linear.
   First those of the law e^{-U/T}, U the integral of the force along theta, with the temperature
   that is right for a quadratic loss of the mean curvature k,

     momentum   T = tau^2/(2 gamma),                  E y^2 = T
     asgd       T = tau^2 (gamma^2 + k)/(2 gamma),    E y^2 = tau^2 k/(2 gamma)

   k = E (U'')  = E (U'^2)/T by parts.  For momentum it is F.
   Elsewhere two coarse steady states follow, by positive fluxes, which resolve any loss roughly.
   A linear force has a Gaussian F, in closed form, all coordinates together (src/model/linear.c).
*/
#include "base/agree.h"
#include "program/line.h"
#include "program/objects.h"
#include "program/options/options.h"
#include <hypoco/resolution.h>
#include <hypoco/spectrum.h>
#include <math.h>
#include <string.h>

typedef struct {
  HypLine   line;
  PetscReal w2;
} Line;

/* E 1, E theta^2 and E U'^2 over e^{-U/T}; what of it lies in the outer tenths of the box */
static PetscErrorCode Boltzmann(const Line *line, PetscReal T, PetscReal box, PetscReal mean[3],
                                PetscReal *outside)
{
  enum { N = 4000 };
  const PetscReal step = 2 * box / N;
  PetscReal      *U, *force, least = 0;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2(N + 1, &U, N + 1, &force));
  U[0] = 0;
  for (PetscInt k = 0; k <= N; k++) {
    const PetscReal theta = -box + step * (PetscReal)k;

    PetscCall(HypLinePoint(&line->line, theta, &force[k], NULL));
    force[k] += line->w2 * theta;
    if (k) U[k] = U[k - 1] + step * (force[k] + force[k - 1]) / 2;
    least = PetscMin(least, U[k]);
  }
  mean[0] = mean[1] = mean[2] = *outside = 0;
  for (PetscInt k = 0; k <= N; k++) {
    const PetscReal theta = -box + step * (PetscReal)k, p = PetscExpReal((least - U[k]) / T);

    mean[0] += p;
    mean[1] += p * theta * theta;
    mean[2] += p * force[k] * force[k];
    if (PetscAbsReal(theta) > 0.9 * box) *outside += p;
  }
  mean[1] /= mean[0];
  mean[2] /= mean[0];
  *outside /= mean[0];
  PetscCall(PetscFree2(U, force));
  PetscFunctionReturn(0);
}

/* Deviations of theta_i and y_i under that law, in a box that holds it */
static PetscErrorCode FromEnergy(Line *line, PetscReal s[2])
{
  const HypModel  model = line->line.whole;
  const PetscInt  i     = line->line.i;
  const PetscReal gamma = HypModelGamma(model), tau = HypModelTaus(model)[i],
                  T0 = tau * tau / (2 * gamma), widest = 1e6, left = 1e-10;
  const PetscBool asgd = (PetscBool)(HypModelGetType(model) == HYP_ASGD);
  PetscReal box = 6 * HypModelDeviation(model, i), most = widest * box, k = line->w2, mean[3] = {1},
            outside = 1;

  PetscFunctionBeginUser;
  for (PetscInt step = 0; step < 200 && (outside > left || step < 30); step++) {
    const PetscReal T = asgd ? T0 * (gamma * gamma + k) : T0;

    PetscCall(Boltzmann(line, T, box, mean, &outside));
    if (outside > left) box *= 1.5;
    PetscCheck(box < most, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
               "space_reference: auto given, but the loss holds no law of theta%" PetscInt_FMT
               " together: at %.1e of it lie beyond |theta| = %.3g; give numbers, or model",
               i + 1, (double)outside, (double)(0.9 * box));
    if (!asgd && outside <= left) break;
    k = mean[2] / T;
  }
  s[0] = PetscSqrtReal(mean[1]);
  s[1] = PetscSqrtReal(asgd ? T0 * k : T0);
  PetscFunctionReturn(0);
}

/* A space of positive fluxes in L2 of the Gaussian of these deviations */
static PetscErrorCode CoarseSpace(HypModel model, HypSpace *space)
{
  const PetscInt  n     = 64;
  const PetscReal width = 6;
  HypAxis         axis[2];

  PetscFunctionBeginUser;
  for (int c = 0; c < 2; c++) {
    PetscCall(HypAxisCreate(PETSC_COMM_SELF, HYPAXISFV, &axis[c]));
    PetscCall(HypAxisSetSize(axis[c], n));
    PetscCall(HypAxisSetWidth(axis[c], width));
    if (!c) PetscCall(HypAxisSetStabilisation(axis[c], 0));
    PetscCall(HypAxisSetUp(axis[c]));
  }
  PetscCall(HypSpaceCreate(model, HYPSPACETENSOR, space));
  PetscCall(HypSpaceSetAxes(*space, axis[0], axis[1]));
  PetscCall(HypSpaceSetPositive(*space, PETSC_TRUE));
  PetscCall(HypSpaceSetUp(*space));
  PetscFunctionReturn(0);
}

/* Has F second moments?  If its tail is too heavy, much of E theta^2 lies where any box ends, and
   auto would go on to wider ones */
static PetscErrorCode CheckMoments(const Line *line, HypSpace space, Vec theta2, Vec f,
                                   PetscReal mean)
{
  const PetscReal most = 0.05;
  HypResolution   resolution;
  PetscReal       edge;

  PetscFunctionBeginUser;
  PetscCall(HypResolutionCreate(space, &resolution));
  PetscCall(VecPointwiseMult(resolution.work, resolution.edge, f));
  PetscCall(VecDot(resolution.work, theta2, &edge));
  PetscCall(HypResolutionDestroy(&resolution));
  PetscCheck(mean > 0 && edge <= most * mean, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
             "space_reference: auto given, but F has no second moments that it could take: %.2g of "
             "E theta%" PetscInt_FMT "^2 lies at the edge of a box of six deviations, at most %g "
             "allowed; let noise grow less with theta, or give numbers, or model",
             (double)(edge / mean), line->line.i + 1, (double)most);
  PetscFunctionReturn(0);
}

/* The deviations of F from a coarse steady state in L2 of the Gaussian of s */
static PetscErrorCode FromSteady(Line *line, PetscReal s[2])
{
  HypModel       model;
  HypSpace       space;
  HypKinetic     K;
  HypSteady      steady;
  HypObservables observables;
  PetscReal      theta2;

  PetscFunctionBeginUser;
  PetscCall(HypLineModel(&line->line, s, &model));
  PetscCall(CoarseSpace(model, &space));
  PetscCall(HypKineticCreate(space, HYP_ASSEMBLED, &K));
  PetscCall(HypSteadyCompute(K, &steady));
  PetscCall(HypObservablesCreate(K, &observables));
  PetscCall(VecDot(observables.phi[0][1], steady.f, &theta2));
  PetscCall(CheckMoments(line, space, observables.phi[0][1], steady.f, theta2));
  s[0] = PetscSqrtReal(theta2);
  s[1] = PetscSqrtReal(steady.left[5]); /* E y^2 */
  PetscCall(HypObservablesDestroy(&observables));
  PetscCall(HypSteadyDestroy(&steady));
  PetscCall(HypKineticDestroy(&K));
  PetscCall(HypSpaceDestroy(&space));
  PetscCall(HypModelDestroy(&model));
  PetscFunctionReturn(0);
}

/* On each rank for itself */
static PetscErrorCode Match(HypModel model, PetscReal s[])
{
  const PetscInt  d = HypModelDimension(model);
  const PetscBool known =
    (PetscBool)(HypModelGetType(model) == HYP_MOMENTUM && !HypModelNoisy(model));
  PetscBool linear, exists;

  PetscFunctionBeginUser;
  PetscCall(HypModelLinear(model, &linear, &exists, s));
  if (exists) PetscFunctionReturn(0);
  PetscCheck(!linear, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
             "space_reference: auto given, but the force is linear and holds no law of theta "
             "together: there is no steady state; change the force so that it pulls theta back");
  for (PetscInt i = 0; i < d; i++) {
    Line      line    = {.line = {model, i}, .w2 = PetscSqr(HypModelOmegas(model)[i])};
    PetscReal both[2] = {0};

    PetscCall(FromEnergy(&line, both));
    for (int pass = 0; pass < 2 && !known; pass++) PetscCall(FromSteady(&line, both));
    s[i]     = both[0];
    s[d + i] = both[1];
  }
  PetscFunctionReturn(0);
}

/* The Gaussian of the space, after what reads the model itself */
PetscErrorCode HypSettingsReference(const HypSettings *s, HypModel model)
{
  const PetscInt        d     = (PetscInt)s->model_dimension;
  const HypReals *const given = &s->space_reference;
  const char *const     text  = HypOptionsText(s->options, "space_reference");
  PetscReal            *each;

  PetscFunctionBeginUser;
  if (!text || !strcmp(text, "model")) PetscFunctionReturn(0);
  if (!given->count && !HypModelHasEps(model) && !HypModelNoisy(model))
    PetscFunctionReturn(0); /* F = M */
  PetscCheck(!given->count || given->count == 2 || given->count == (size_t)(2 * d), PETSC_COMM_SELF,
             PETSC_ERR_ARG_SIZ,
             "space_reference: %zu numbers given, 2 needed, the standard deviations of theta and "
             "y, or 2 model_dimension = %" PetscInt_FMT " of them, those of y last",
             given->count, 2 * d);
  PetscCall(PetscMalloc1(2 * d, &each));
  for (PetscInt k = 0; k < 2 * d; k++)
    each[k] = given->count ? given->values[given->count == 2 ? k / d : k] : NAN;
  if (!given->count) { /* each rank for itself; rounding may differ between processors */
    PetscCall(HypAgree(HypModelGetComm(model), Match(model, each)));
    PetscCallMPI(MPI_Bcast(each, (int)(2 * d), MPIU_REAL, 0, HypModelGetComm(model)));
  }
  PetscCall(HypModelSetReference(model, each));
  PetscCall(PetscFree(each));
  PetscFunctionReturn(0);
}
