/* hypoco spectrum: leading eigenvalues of the generator and the norm of its propagator. */
#include <hypoco/guard.h>
#include "program/problem.h"
#include <petsctime.h>

/* ||exp(tG)|| at the requested times, and the constant in ||h(t)||^2 <= C e^{-2 gap t} ||h(0)||^2;
   in closed form too for eps = 0 */
static PetscErrorCode Propagator(const HypProblem *problem, const HypSettings *s, PetscReal gap,
                                 HypResult *result, PetscReal **norms, PetscReal **exact)
{
  const PetscInt         n     = (PetscInt)s->propagator_times.count;
  const PetscReal *const times = s->propagator_times.values;

  PetscFunctionBeginUser;
  *norms = *exact = NULL;
  if (!n) PetscFunctionReturn(0);
  PetscCall(PetscMalloc1(n, norms));
  PetscCall(PetscMalloc1(n, exact));
  result->sharp = gap == gap ? 0 : NAN; /* no gap: a single eigenvalue was asked for */
  for (PetscInt k = 0; k < n; k++) {
    PetscCall(HypPropagatorNorm(problem->K, times[k], *norms + k));
    PetscCall(HypPropagatorExact(problem->model, times[k], *exact + k));
    result->sharp = PetscMax(result->sharp, PetscSqr(PetscExpReal(gap * times[k]) * (*norms)[k]));
  }
  result->npropagator      = n;
  result->propagator_times = times;
  result->propagator_norms = *norms;
  result->propagator_exact = HypModelIsQuadratic(problem->model) ? *exact : NULL;
  PetscCall(HypPropagatorSharp(problem->model, &result->sharp_exact));
  if (!HypModelIsQuadratic(problem->model)) result->sharp_exact = NAN;
  PetscFunctionReturn(0);
}

/* The eigenvalues, and their distance to those of a coarser space as the estimate of their error */
static PetscErrorCode Eigenvalues(const HypProblem *problem, PetscInt count, HypSpectrum *spectrum)
{
  HypSpace    space;
  HypKinetic  coarserK;
  HypSpectrum coarser;

  PetscFunctionBeginUser;
  PetscCall(HypSpectrumCoarsen(problem->K));
  PetscCall(HypKineticCreateCoarser(problem->K, &space, &coarserK));
  PetscCall(HypSpectrumComputeOnTwo(problem->K, coarserK, count, spectrum, &coarser));
  PetscCall(HypGuardSteady(problem->K, spectrum->vr[0])); /* the eigenfunction of 0 */
  PetscCall(HypGuardAgreement(problem->space, spectrum->steady, spectrum->source));
  if (spectrum->n < count)
    PetscCall(PetscFPrintf(PETSC_COMM_WORLD, stderr,
                           "hypoco: warning: spectrum_count: %" PetscInt_FMT
                           " given, but only the leading %" PetscInt_FMT
                           " are certain: some of degree above space_degree = %" PetscInt_FMT
                           " may come next; raise the degree\n",
                           count, spectrum->n, HypSpaceGetDegree(problem->space)));
  if (spectrum->n > 1) PetscCall(HypGuardGap(problem->space, spectrum->gap, spectrum->error[1]));
  PetscCall(HypSpectrumDestroy(&coarser));
  PetscCall(HypKineticDestroy(&coarserK));
  PetscCall(HypSpaceDestroy(&space));
  PetscFunctionReturn(0);
}

PetscErrorCode HypCommandSpectrum(const HypSettings *s)
{
  HypProblem     problem;
  HypSpectrum    spectrum;
  HypResult      result;
  PetscReal     *norms, *exact;
  PetscLogDouble ready, now;

  PetscFunctionBeginUser;
  PetscCall(HypProblemCreate(s, &problem));
  PetscCall(PetscTime(&ready));
  PetscCall(HypProblemResult(&problem, s, &result));
  PetscCall(Eigenvalues(&problem, (PetscInt)s->spectrum_count, &spectrum));
  PetscCall(Propagator(&problem, s, spectrum.gap, &result, &norms, &exact));
  PetscCall(PetscTime(&now));
  result.spectrum = &spectrum;
  result.setup_s  = ready - problem.start;
  result.solve_s  = now - ready;
  result.total_s  = now - problem.start;
  PetscCall(HypResultWriteFile(&result, NULL, s->output));
  if (s->json) PetscCall(HypResultWriteJSON(&result, s->json));
  PetscCall(HypResultPrint(&result, stdout));
  PetscCall(PetscFree(norms));
  PetscCall(PetscFree(exact));
  PetscCall(HypSpectrumDestroy(&spectrum));
  PetscCall(HypProblemDestroy(&problem));
  PetscFunctionReturn(0);
}
