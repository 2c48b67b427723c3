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
  HypSweepTheory - What theory says of one algorithm: rates, limits, stationary value; with
  theory_delay, theory_momentum and theory_batch_cost what these ask for

  Not collective
*/
PetscErrorCode HypSweepTheory(const HypSettings *s, json_t *results)
{
  static const struct {
    const char *column, *part, *name;
  } rows[] = {
    {"asgd_mean", "rate", "asgd_mean"},
    {"asgd_square", "rate", "asgd_square"},
    {"momentum_square", "rate", "momentum"},
    {"sgd_mean", "rate", "sgd_mean"},
    {"learning_rate_limit", "advice", "learning_rate_limit"},
    {"learning_rate_limit", "coordinates", "learning_rate_limit"},
    {"rate_slowest", "coordinates", "rate_slowest"},
    {"staleness_optimal", "advice", "staleness_optimal"},
    {"workers_break_even", "advice", "workers_break_even"},
    {"speedup", "advice", "speedup"},
    {"stationary", "stationary", "asgd"},
    {"stationary", "stationary", "momentum"},
    {"delay_V", "delay", "V"},
    {"delay_V_discrete", "delay", "V_discrete"},
    {"delay_factor", "delay", "factor"},
    {"delay_factor_guaranteed", "delay", "factor_guaranteed"},
    {"delay_limit", "delay", "learning_rate_limit"},
    {"delay_limit", "delay", "learning_rate_limit_square"},
    {"momentum_factor", "momentum", "factor"},
    {"momentum_factor_guaranteed", "momentum", "factor_guaranteed"},
    {"momentum_limit", "momentum", "learning_rate_limit"},
    {"momentum_limit", "momentum", "learning_rate_limit_square"},
    {"first_step", "schedule", "first_step"},
    {"last_batch", "schedule", "last_batch"},
    {"value", "schedule", "value"},
  };
  json_t *body;

  PetscFunctionBeginUser;
  PetscCall(HypTheoryNumbers(s, NULL, &body));
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    json_t *const value = json_object_get(json_object_get(body, rows[i].part), rows[i].name);

    if (value) json_object_set(results, rows[i].column, value);
  }
  json_decref(body);
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
  if (s->sample_transitions) {
    PetscCall(HypSampleSlowest(&result, &rate));
    json_object_set_new(results, "slowest", Number(rate.rate));
    json_object_set_new(results, "slowest_error", Number(rate.error));
  }
  if (result.wall)
    json_object_set_new(results, "wall", Number(result.wall[3 * (result.times - 1)]));
  PetscCall(HypSampleResultDestroy(&result));
  PetscCall(HypSamplerDestroy(&sampler));
  PetscCall(HypSampleSetupDestroy(&setup));
  PetscFunctionReturn(0);
}
