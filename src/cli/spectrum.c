/* hypoco spectrum: leading eigenvalues of the generator and the norm of its propagator. */
#include "problem.h"
#include <petsctime.h>

/* ||exp(tG)|| at the requested times, with the closed form for eps = 0 */
static PetscErrorCode Propagator(const HypProblem *problem, const HypOptions *options, HypResult *result, PetscReal **norms,
                                 PetscReal **exact)
{
  const double  *times;
  const PetscInt n = (PetscInt)HypOptionsReals(options, "propagator_times", &times);

  PetscFunctionBeginUser;
  *norms = *exact = NULL;
  if (!n) PetscFunctionReturn(0);
  PetscCall(PetscMalloc1(n, norms));
  PetscCall(PetscMalloc1(n, exact));
  for (PetscInt k = 0; k < n; k++) {
    PetscCall(HypPropagatorNorm(problem->K, times[k], *norms + k));
    PetscCall(HypPropagatorExact(problem->model, times[k], *exact + k));
  }
  result->npropagator      = n;
  result->propagator_times = times;
  result->propagator_norms = *norms;
  result->propagator_exact = problem->model->perturbed ? NULL : *exact;
  PetscFunctionReturn(0);
}

PetscErrorCode HypCommandSpectrum(const HypOptions *options)
{
  HypProblem     problem;
  HypKinetic     K;
  HypSpectrum    spectrum;
  HypResult      result;
  PetscReal     *norms, *exact;
  PetscLogDouble ready, now;

  PetscFunctionBeginUser;
  PetscCall(HypProblemCreate(options, &problem));
  PetscCall(HypProblemDirect(&problem, options, &K));
  PetscCall(PetscTime(&ready));
  PetscCall(HypProblemResult(&problem, options, &result));
  PetscCall(HypSpectrumCompute(K, (PetscInt)HypOptionsInteger(options, "spectrum_count"), &spectrum));
  PetscCall(Propagator(&problem, options, &result, &norms, &exact));
  PetscCall(PetscTime(&now));
  result.spectrum = &spectrum;
  result.setup_s  = ready - problem.start;
  result.solve_s  = now - ready;
  result.total_s  = now - problem.start;
  PetscCall(HypResultWriteFile(&result, NULL, HypOptionsText(options, "output")));
  PetscCall(HypResultPrint(&result, stdout));
  if (HypOptionsGiven(options, "json")) PetscCall(HypResultWriteJSON(&result, HypOptionsText(options, "json")));
  PetscCall(PetscFree(norms));
  PetscCall(PetscFree(exact));
  PetscCall(HypSpectrumDestroy(&spectrum));
  PetscCall(HypProblemDestroy(&problem));
  PetscFunctionReturn(0);
}
