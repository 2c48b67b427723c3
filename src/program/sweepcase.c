/* One case of a sweep over theory or sample: numbers under the names of the sweep's columns. */
#include "program/sweepcase.h"
#include "program/samplesetup.h"
#include <math.h>
#include <string.h>

static json_t *Number(PetscReal value)
{
  return isfinite(value) ? json_real((double)value) : json_null();
}

/*
  HypSweepTheory - The exact rates, the limit and the stationary value of one algorithm

  Not collective
*/
PetscErrorCode HypSweepTheory(const HypSettings *s, json_t *results)
{
  HypTheoryReport   report;
  HypMomentumReport momentum;
  HypAlgorithm      algorithm;
  PetscReal         delta;

  PetscFunctionBeginUser;
  PetscCall(HypTheoryAlgorithm(s, &algorithm, &delta));
  if (!strcmp(s->model_type, "momentum")) {
    PetscCall(HypMomentumReportCompute(&algorithm, delta, &momentum));
    json_object_set_new(results, "momentum_square", Number(momentum.rate));
    json_object_set_new(results, "sgd_mean", Number(momentum.rate_sgd));
    json_object_set_new(results, "learning_rate_limit", Number(momentum.eta_limit));
    json_object_set_new(results, "stationary", Number(momentum.stationary));
    PetscFunctionReturn(0);
  }
  PetscCall(HypTheoryReportCompute(&algorithm, (PetscReal)s->theory_workers, delta, s->theory_eps0,
                                   &report));
  json_object_set_new(results, "asgd_mean", Number(report.rate_mean));
  json_object_set_new(results, "asgd_square", Number(report.rate_square));
  json_object_set_new(results, "sgd_mean", Number(report.rate_sgd));
  json_object_set_new(results, "learning_rate_limit", Number(report.eta_limit));
  json_object_set_new(results, "staleness_optimal", Number(report.kappa_optimal));
  json_object_set_new(results, "stationary", Number(report.stationary_asgd));
  PetscFunctionReturn(0);
}

/*
  HypSweepSample - Averages of the first chosen coordinate at the last step, and the rate of E theta

  Collective
*/
PetscErrorCode HypSweepSample(MPI_Comm comm, const HypSettings *s, json_t *results)
{
  HypSampleSetup  setup;
  HypSampler      sampler;
  HypSampleResult result;
  HypFit          rate;
  PetscReal       value, error;

  PetscFunctionBeginUser;
  PetscCall(HypSampleSetupCreate(comm, s, &setup));
  PetscCall(HypSamplerCreate(comm, &setup.settings, setup.loss, &sampler));
  PetscCall(HypSamplerRun(sampler, &result));
  value =
    HypSampleResultMean(&result, result.times - 1, result.coordinate[0], HYP_MEAN_THETA, &error);
  json_object_set_new(results, "theta", Number(value));
  json_object_set_new(results, "theta_error", Number(error));
  value =
    HypSampleResultMean(&result, result.times - 1, result.coordinate[0], HYP_MEAN_THETA2, &error);
  json_object_set_new(results, "theta2", Number(value));
  json_object_set_new(results, "theta2_error", Number(error));
  PetscCall(HypSampleRate(&result, NULL, 0, &rate));
  json_object_set_new(results, "rate", Number(rate.rate));
  json_object_set_new(results, "rate_error", Number(rate.error));
  if (result.wall)
    json_object_set_new(results, "wall", Number(result.wall[2 * (result.times - 1)]));
  PetscCall(HypSampleResultDestroy(&result));
  PetscCall(HypSamplerDestroy(&sampler));
  PetscCall(HypSampleSetupDestroy(&setup));
  PetscFunctionReturn(0);
}
