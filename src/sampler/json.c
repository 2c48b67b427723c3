/* The JSON summary of a run of the sampler. */
#include <hypoco/sampler.h>

static json_t *Number(PetscReal value)
{
  return PetscIsInfOrNanReal(value) ? json_null() : json_real((double)value);
}

/* values[t*stride] for all output times: one coordinate of one average */
static json_t *Column(PetscInt times, const PetscReal *values, PetscInt stride)
{
  json_t *array = json_array();

  for (PetscInt t = 0; t < times; t++) json_array_append_new(array, Number(values[t * stride]));
  return array;
}

/* Mean and law of the staleness that arose; the law ends with the last value that occurred */
static json_t *Staleness(const HypSampleResult *result)
{
  json_t   *law  = json_array();
  PetscReal mean = 0;
  PetscInt  last = HYP_STALENESS_COUNTED - 1;

  while (last > 0 && result->staleness[last] == 0) last--;
  for (PetscInt l = 0; l <= last; l++) {
    mean += (PetscReal)l * result->staleness[l];
    json_array_append_new(law, json_real((double)result->staleness[l]));
  }
  return json_pack("{s:f,s:o}", "mean", (double)mean, "probability", law);
}

static json_t *Series(const HypSampleResult *result)
{
  json_t *series = json_object(), *steps = json_array(), *time = json_array();

  for (PetscInt t = 0; t < result->times; t++) {
    json_array_append_new(steps, json_integer(result->step[t]));
    json_array_append_new(time, json_real((double)((PetscReal)result->step[t] * result->timestep)));
  }
  json_object_set_new(series, "step", steps);
  json_object_set_new(series, "time", time);
  if (result->wall) {
    json_object_set_new(series, "wall", Column(result->times, result->wall, 3));
    json_object_set_new(series, "wall_error", Column(result->times, result->wall + 1, 3));
  }
  if (result->gradients)
    json_object_set_new(series, "gradients", Column(result->times, result->gradients, 1));
  for (PetscInt c = 0; c < result->d; c++) {
    json_t *object = json_object();
    char    name[32];

    for (int m = 0; m < HYP_MEANS; m++) {
      const PetscInt at = c * HYP_MEANS + m;

      if (!HypSampleHas(result, (HypSampleMean)m)) continue;
      snprintf(name, sizeof(name), "%s_error", HypSampleMeans[m]);
      json_object_set_new(object, HypSampleMeans[m],
                          Column(result->times, result->mean + at, result->d * HYP_MEANS));
      json_object_set_new(object, name,
                          Column(result->times, result->error + at, result->d * HYP_MEANS));
      snprintf(name, sizeof(name), "%s_interval", HypSampleMeans[m]);
      json_object_set_new(object, name,
                          Column(result->times, result->half + at, result->d * HYP_MEANS));
    }
    if (result->exact) {
      json_object_set_new(object, "theta_exact",
                          Column(result->times, result->exact + 2 * c, 2 * result->d));
      json_object_set_new(object, "theta2_exact",
                          Column(result->times, result->exact + 2 * c + 1, 2 * result->d));
    }
    snprintf(name, sizeof(name), "theta%d", (int)c + 1);
    json_object_set_new(series, name, object);
  }
  return series;
}

static json_t *Interval(const HypSampleSummary *summary, PetscReal *const quantile[3], PetscInt row)
{
  json_t *array = json_array();

  for (PetscInt i = 0; i < summary->nlevels; i++) {
    const PetscInt at = row * summary->nlevels + i;

    json_array_append_new(array,
                          json_pack("{s:f,s:f,s:o,s:o}", "level", (double)summary->levels[i],
                                    "value", (double)quantile[0][at], "low",
                                    Number(quantile[1][at]), "high", Number(quantile[2][at])));
  }
  return array;
}

static json_t *Snapshots(const HypSampleResult *result, const HypSampleSummary *summary)
{
  json_t *array = json_array();

  for (PetscInt row = 0; row < summary->rows; row++) {
    json_t *object =
      json_pack("{s:i,s:i}", "step", (int)result->snapshot[row / result->ncoordinates],
                "coordinate", (int)result->coordinate[row % result->ncoordinates] + 1);

    json_object_set_new(object, "theta", Interval(summary, summary->theta, row));
    if (result->has_y) json_object_set_new(object, "y", Interval(summary, summary->y, row));
    json_array_append_new(array, object);
  }
  return array;
}

/*@C
  HypSampleJSON - A sampling result as a JSON object:
  series with standard errors, quantiles of the snapshots, speed

  Not collective

  Input Parameters:
+ result  - from HypSamplerRun()
. summary - from HypSampleSummaryCompute()
- model   - name of the sampled model

  Level: intermediate

  Notes:
  The caller owns the object (json_decref()).

.seealso: HypSampleSummaryCompute()
@*/
json_t *HypSampleJSON(const HypSampleResult *result, const HypSampleSummary *summary,
                      const char model[])
{
  const PetscReal steps  = (PetscReal)result->paths * (PetscReal)result->step[result->times - 1];
  json_t         *object = json_object();

  json_object_set_new(object, "model", json_string(model));
  json_object_set_new(object, "dimension", json_integer(result->d));
  json_object_set_new(object, "paths", json_integer(result->paths));
  json_object_set_new(object, "timestep", json_real((double)result->timestep));
  json_object_set_new(object, "seconds", json_real((double)result->seconds));
  json_object_set_new(object, "path_steps_per_second", Number(steps / result->seconds));
  json_object_set_new(object, "series", Series(result));
  if (result->staleness) json_object_set_new(object, "staleness", Staleness(result));
  json_object_set_new(object, "snapshots", Snapshots(result, summary));
  return object;
}
