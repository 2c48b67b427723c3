/*
   hypoco compare: is the equation's rate the algorithm's rate?

   One start: theta rests at theta_0 for all steps before 0, so that y_0 = -grad f(theta_0)/gamma
   in the equation, x_0 = y_0, v_0 = -w^2 theta_0 - gamma y_0.
   Rates are those at which E theta forgets its start: fitted to the difference
   of E theta from theta_0 and from -theta_0, the paths with the same random numbers.
   One clock: a step lasts sqrt(eta (1 - kappa)).
   Momentum SGD takes part as the algorithm that Proposition 1 of An, Lu and Ying compares with:
   momentum kappa and learning rate eta (1 - kappa), whose own clock is the same.
*/
#include "program/compare.h"
#include <petsctime.h>
#include <string.h>

static const char undecided[] = "the equation's own rate is undecided over these times";

/* The model's own keys: those of the equation for sde;
   the rest is read as hypoco sample reads it */
static HypSettings Adapted(const HypComparison *c, const char *model, int start,
                           const double *snapshots)
{
  static const double first[]  = {1};
  const size_t        d        = (size_t)c->s->model_dimension;
  const PetscInt      every    = c->step[1] - c->step[0];
  HypSettings         settings = *c->s;

  settings.sample_model         = model;
  settings.sample_auxiliary     = 0;
  settings.sample_every         = every;
  settings.sample_coordinates   = (HypReals){1, first};
  settings.sample_snapshots     = (HypReals){snapshots ? (size_t)c->snapshots : 0, snapshots};
  settings.time_output_interval = (PetscReal)every * c->dt;
  settings.time_end             = (PetscReal)(c->times - 1) * settings.time_output_interval;
  settings.initial_type         = "point";
  settings.initial_mean         = (HypReals){2 * d, c->mean + 2 * d * (size_t)start};
  settings.sample_start         = (HypReals){d, c->start + d * (size_t)start};
  return settings;
}

/*
   The same equation from half the learning rate: gamma = sqrt((1 - kappa)/eta) and
   beta = 2 gamma/(tau^2 w^4), tau^2 = eta Sigma/gamma, stay where 1 - kappa halves and the
   noise Sigma doubles; steps are half as long.
   The paths are others: those of a seed far from the user's.
*/
static HypSettings Halved(const HypSettings *s)
{
  HypSettings settings = *s;

  settings.model_learning_rate /= 2;
  settings.model_staleness = (1 + s->model_staleness) / 2;
  settings.model_noise *= 2;
  settings.sample_steps *= 2;
  settings.sample_every *= 2;
  settings.sample_seed ^= 0x5bd1e995;
  return settings;
}

/* Why a model is not sampled at half the learning rate; NULL: it is */
static const char *HalfSilent(const HypComparison *c, const char *model)
{
  const HypSettings *s     = c->s;
  const unsigned     reads = HypSamplerTakes(model);

  if (!(reads & HYP_TENDS_TO_EQUATION))
    return "it does not tend to this equation as the learning rate tends to 0";
  if (strcmp(s->sample_loss_type, "model"))
    return "half the learning rate in the same equation needs twice the noise, which a loss of "
           "components (sample_loss_type) does not give; "
           "give the mean loss as loss, and model_noise";
  if (!s->compare_half) return "compare_half is false";
  if (s->sample_steps >= 1000000000)
    return "half the learning rate needs twice sample_steps, of which there are at most 2^31";
  return NULL;
}

/* theta_1 of all paths against the equation's law, on the first rank */
static PetscErrorCode Distances(const HypComparison *c, const HypSampleResult *result,
                                HypCompareRow *row)
{
  PetscReal *values;

  PetscFunctionBeginUser;
  if (!result->theta) PetscFunctionReturn(0);
  PetscCall(PetscMalloc1(result->paths, &values));
  for (PetscInt i = 0; i < c->snapshots; i++) {
    if (!c->resolved[i]) continue;
    PetscCall(PetscArraycpy(values, result->theta + i * result->paths, result->paths));
    PetscCall(HypKolmogorovSmirnov(result->paths, values, HypThetaLawDistribution, &c->law[i],
                                   &row->distance[i], &row->significance[i]));
  }
  PetscCall(PetscFree(values));
  PetscFunctionReturn(0);
}

/* The modelling error of the rate, known exactly without eps: the algorithm's -ln|z|/dt against
   Re (gamma - sqrt(gamma^2 - 4 w^2))/2 */
static PetscReal RateOfModel(const HypComparison *c, HypSampler sampler)
{
  const PetscReal eta = c->s->model_learning_rate, kappa = c->s->model_staleness;
  const PetscReal gamma = PetscSqrtReal((1 - kappa) / eta), a = PetscSqr(c->omega);

  return HypSamplerMeanRate(sampler, a) -
         (gamma - PetscSqrtReal(PetscMax(gamma * gamma - 4 * a, 0))) / 2;
}

/* Exact means: of f = sum_i w_i^2 theta_i^2/2 where the loss is that */
static void Exact(const HypComparison *c, const HypSampleResult *result, PetscReal *to)
{
  const HypReals w = c->s->model_omega0;

  if (!result->exact) return;
  for (PetscInt t = 0; t < c->times; t++) {
    const PetscReal *exact = result->exact + t * result->d * 2;

    for (int k = 0; k < 2; k++) to[k * c->times + t] = exact[k];
    if (!HypCompareLinear(c->s) || c->s->model_hessian.count) continue;
    to[2 * c->times + t] = 0;
    for (PetscInt i = 0; i < result->d; i++)
      to[2 * c->times + t] +=
        PetscSqr(w.values[w.count == 1 ? 0 : (size_t)i]) / 2 * exact[2 * i + 1];
  }
}

/* Means and their intervals, [HYP_COMPARED][times]; zero: E f of the origin, where it is not 0 */
static void Means(const HypComparison *c, const HypSampleResult *result, PetscReal zero,
                  PetscReal *to, PetscReal *width)
{
  static const HypSampleMean mean[2] = {HYP_MEAN_THETA, HYP_MEAN_THETA2};

  for (PetscInt t = 0; t < c->times; t++) {
    for (int k = 0; k < 2; k++) {
      const PetscInt at = t * result->d * HYP_MEANS + (PetscInt)mean[k];

      to[k * c->times + t]    = result->mean[at];
      width[k * c->times + t] = result->half[at];
    }
    if (!result->loss) continue;
    to[2 * c->times + t]    = result->loss[3 * t] - zero;
    width[2 * c->times + t] = result->loss[3 * t + 2];
  }
}

/* E theta_1 of both starts in blocks of paths: what their difference has beside the equation's */
static PetscErrorCode Shift(const HypComparison *c, const HypSampleResult result[2],
                            PetscInt *window, HypBar *shift, const char **reason)
{
  const PetscInt n = result[0].nblocks, width = 2 * result[0].ncoordinates;
  PetscReal     *mean;
  HypFit         fit;

  PetscFunctionBeginUser;
  *reason = NULL;
  PetscCall(PetscMalloc1(n * c->times, &mean));
  for (PetscInt k = 0; k < n * c->times; k++)
    mean[k] = result[0].block[k * width] - result[1].block[k * width];
  PetscCall(HypFitShift(&c->row[0].rate, c->times, c->time, c->apart,
                        &(HypBlocks){n, result[0].block_paths, mean}, window, shift));
  PetscCall(PetscFree(mean));
  if (isfinite(shift->value)) PetscFunctionReturn(0);
  PetscCall(HypSampleRate(&result[0], &result[1], 0, &fit)); /* another rate altogether */
  *shift  = (HypBar){fit.rate - c->row[0].rate.rate, fit.error};
  *reason = c->row[0].rate.form == HYP_FIT_NONE ? undecided : fit.reason;
  PetscFunctionReturn(0);
}

static PetscErrorCode SampleRow(HypComparison *c, const char *name, HypSampleResult *result,
                                const HypSampleResult *other, PetscReal rate_model)
{
  static const HypSampleMean mean[2] = {HYP_MEAN_THETA, HYP_MEAN_THETA2};
  const PetscBool equation = HypSamplerTakes(name) & HYP_TAKES_TIMES ? PETSC_TRUE : PETSC_FALSE;
  HypCompareRow  *row;

  PetscFunctionBeginUser;
  PetscCall(HypCompareRowCreate(c, name, &row));
  row->sampled    = PETSC_TRUE;
  row->equation   = equation;
  row->rate_model = rate_model;
  Means(c, result, equation ? 0 : c->loss0, row->mean, row->width);
  Exact(c, result, row->exact);
  for (PetscInt t = 0; t < c->times; t++) {
    for (int k = 0; k < 2; k++)
      HypSampleResultMean(result, t, 0, mean[k], &row->error[k * c->times + t]);
    if (result->loss) row->error[2 * c->times + t] = result->loss[3 * t + 1];
  }
  PetscCall(HypSampleRate(result, other, 0, &row->rate));
  if (!isfinite(c->row[0].rate.error) &&
      (HypSamplerTakes(name) & (HYP_TENDS_TO_EQUATION | HYP_TAKES_TIMES)))
    row->rate = (HypFit){.form   = HYP_FIT_NONE, /* paths cannot know what exact means do not */
                         .rate   = NAN,
                         .error  = NAN,
                         .reason = undecided};
  PetscCall(Distances(c, result, row));
  PetscFunctionReturn(0);
}

/* All paths from one start; from the second one only E theta is wanted */
static PetscErrorCode SampleOnce(const HypComparison *c, const HypSettings *settings, int start,
                                 HypSampleResult *result, PetscReal *rate_model)
{
  const PetscReal eta = settings->model_learning_rate, kappa = settings->model_staleness;
  HypSampleSetup  setup;
  HypSampler      sampler;

  PetscFunctionBeginUser;
  PetscCall(HypSampleSetupCreate(PETSC_COMM_WORLD, settings, &setup));
  setup.settings.follow_loss = start ? PETSC_FALSE : PETSC_TRUE;
  if (start) setup.settings.nsnapshots = 0;
  if (!setup.loss) PetscCall(HypLossCreateModel(setup.model, settings->model_noise, &setup.loss));
  if (HypSamplerIsMomentum(settings->sample_model)) {
    setup.settings.eta      = eta * (1 - kappa);
    setup.settings.momentum = kappa;
  }
  PetscCall(HypSamplerCreate(PETSC_COMM_WORLD, &setup.settings, setup.loss, &sampler));
  PetscCall(HypSamplerRun(sampler, result));
  result->timestep = c->time[1] / (PetscReal)result->step[1]; /* sde counts outputs */
  *rate_model      = RateOfModel(c, sampler);
  PetscCall(HypSamplerDestroy(&sampler));
  PetscCall(HypSampleSetupDestroy(&setup));
  PetscFunctionReturn(0);
}

/* Both starts at half the learning rate, for what is of its order */
static PetscErrorCode SampleHalf(const HypComparison *c, const char *model, PetscInt window,
                                 HypCompareRow *row)
{
  const PetscInt  n = HYP_COMPARED * c->times;
  HypSampleResult result[2];
  PetscReal       ignored;
  const char     *reason;

  PetscFunctionBeginUser;
  for (int start = 0; start < 2; start++) {
    const HypSettings settings = Adapted(c, model, start, NULL), half = Halved(&settings);

    PetscCall(SampleOnce(c, &half, start, &result[start], &ignored));
  }
  Means(c, &result[0], c->loss0, row->half, row->half + n);
  PetscCall(Shift(c, result, &window, &row->shift[1], &reason));
  for (int start = 0; start < 2; start++) PetscCall(HypSampleResultDestroy(&result[start]));
  PetscFunctionReturn(0);
}

/*
  HypCompareSample - Samples one model on the clock of the comparison

  Collective

  Input Parameters:
+ c     - gets a row
- model - one of HypSamplerTypes()
*/
PetscErrorCode HypCompareSample(HypComparison *c, const char model[])
{
  const PetscBool sde = HypSamplerTakes(model) & HYP_TAKES_TIMES ? PETSC_TRUE : PETSC_FALSE;
  HypSampleResult result[2];
  PetscReal       rate_model = NAN;
  PetscInt        window     = -1;
  HypCompareRow  *row;
  double         *snapshots;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(c->snapshots, &snapshots));
  for (PetscInt i = 0; i < c->snapshots; i++)
    snapshots[i] = (double)(sde ? c->snapshot[i] / (c->step[1] - c->step[0]) : c->snapshot[i]);
  for (int start = 0; start < 2; start++) {
    const HypSettings settings = Adapted(c, model, start, snapshots);

    PetscCall(SampleOnce(c, &settings, start, &result[start], &rate_model));
  }
  PetscCall(SampleRow(c, model, &result[0], &result[1], rate_model));
  row = &c->row[c->rows - 1];
  PetscCall(Shift(c, result, &window, &row->shift[0], &row->undecided));
  for (int start = 0; start < 2; start++) PetscCall(HypSampleResultDestroy(&result[start]));
  PetscCall(PetscFree(snapshots));
  if (sde) PetscFunctionReturn(0);
  if (HypCompareLinear(c->s)) {
    if (!isfinite(rate_model)) row->remark = "the rate is measured only; the means are exact";
    PetscFunctionReturn(0);
  }
  row->remark = HalfSilent(c, model);
  if (!row->remark) PetscCall(SampleHalf(c, model, window, row));
  PetscFunctionReturn(0);
}

/* Models of the equation that can be had: linear forms need linear gradients,
   the evolving covariance a staleness */
static PetscBool Possible(const HypSettings *s, const char *model)
{
  const unsigned  reads = HypSamplerTakes(model);
  const PetscBool linear =
    !strcmp(s->sample_loss_type, "expression") || HypCompareForced(s) ? PETSC_FALSE : PETSC_TRUE;

  if ((reads & HYP_NEEDS_LINEAR) && !linear) return PETSC_FALSE;
  if ((reads & HYP_TAKES_COVARIANCE) && s->model_staleness == 0 &&
      !strcmp(s->sample_covariance, "evolving"))
    return PETSC_FALSE;
  return reads & HYP_SHARES_EQUATION ? PETSC_TRUE : PETSC_FALSE;
}

/* A name among those that can be compared, or an error that lists them */
static PetscErrorCode CheckName(const char *name, const char *const known[])
{
  char list[512] = "";

  PetscFunctionBeginUser;
  if (HypSamplerTakes(name) & HYP_SHARES_EQUATION) PetscFunctionReturn(0);
  for (int k = 0; known[k]; k++) {
    if (!(HypSamplerTakes(known[k]) & HYP_SHARES_EQUATION)) continue;
    PetscCall(PetscStrlcat(list, list[0] ? ", " : "", sizeof(list)));
    PetscCall(PetscStrlcat(list, known[k], sizeof(list)));
  }
  SETERRQ(PETSC_COMM_WORLD, PETSC_ERR_ARG_OUTOFRANGE,
          "compare_models: '%s' given; %s can be compared", name, list);
}

/* The named models, or all */
static PetscErrorCode Models(HypComparison *c)
{
  const char **known;
  char       **names;
  int          count;

  PetscFunctionBeginUser;
  PetscCall(HypSamplerTypes(&known));
  if (!c->s->compare_models) {
    for (int k = 0; known[k]; k++)
      if (Possible(c->s, known[k])) PetscCall(HypCompareSample(c, known[k]));
    PetscCall(PetscFree(known));
    PetscFunctionReturn(0);
  }
  PetscCall(PetscStrToArray(c->s->compare_models, ',', &count, &names));
  for (int k = 0; k < count; k++) {
    int at = 0;

    PetscCall(CheckName(names[k], known));
    while (strcmp(known[at], names[k])) at++;
    PetscCall(HypCompareSample(c, known[at])); /* a name that stays */
  }
  PetscCall(PetscStrToArrayDestroy(count, names));
  PetscCall(PetscFree(known));
  PetscFunctionReturn(0);
}

PetscErrorCode HypCommandCompare(const HypSettings *asked)
{
  HypSettings    own    = *asked;
  HypSettings   *s      = &own;
  HypResult      result = {.asked = asked->asked, .verdict = "done"};
  HypComparison  c;
  HypSettings    settings;
  PetscLogDouble begin, end;

  PetscFunctionBeginUser;
  PetscCall(PetscTime(&begin));
  HypCompareUnforced(s);
  PetscCall(HypCompareCreate(s, &c));
  settings = Adapted(&c, "asgd", 0, NULL);
  PetscCall(HypCompareLoss(&c, &settings));
  PetscCall(HypCompareEquation(&c));
  PetscCall(Models(&c));
  PetscCall(HypCompareChances(&c));
  PetscCall(HypCompareFile(&c, s->output));
  PetscCall(PetscTime(&end));
  result.total_s = end - begin;
  result.extra   = json_pack("{s:o}", "compare", HypCompareJSON(&c));
  if (s->json) PetscCall(HypResultWriteJSON(&result, s->json));
  json_decref(result.extra);
  PetscCall(HypComparePrint(&c));
  PetscCall(HypCompareDestroy(&c));
  PetscFunctionReturn(0);
}
