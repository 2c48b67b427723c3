/* What to sample, from the user's options. */
#include "program/samplesetup.h"
#include "program/objects.h"
#include "program/program.h"
#include <hypoco/expression.h>
#include <hypoco/table.h>
#include <math.h>
#include <stdlib.h>

/* Index of a word in a list of choices; the options layer has checked that it is there */
static int Choice(const char *word, const char *const choices[])
{
  int i = 0;

  while (choices[i] && strcmp(word, choices[i])) i++;
  return i;
}

/* A list of whole numbers out of a list of reals */
static PetscErrorCode WholeNumbers(const char *key, const HypReals *list, PetscInt *count,
                                   PetscInt **numbers)
{
  const double *values = list->values;

  PetscFunctionBeginUser;
  *count = (PetscInt)list->count;
  PetscCall(PetscMalloc1(PetscMax(*count, 1), numbers));
  for (PetscInt i = 0; i < *count; i++) {
    PetscCheck(values[i] == PetscFloorReal(values[i]) && values[i] <= PETSC_MAX_INT,
               PETSC_COMM_SELF, PETSC_ERR_ARG_WRONG, "%s: %g given, whole numbers needed", key,
               values[i]);
    (*numbers)[i] = (PetscInt)values[i];
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode ReadLists(const HypSettings *s, HypSampleSetup *setup)
{
  HypSampleSettings *settings = &setup->settings;
  const PetscInt     d        = (PetscInt)s->model_dimension;
  const double      *values   = s->sample_start.values;
  const PetscInt     count    = (PetscInt)s->sample_start.count;

  PetscFunctionBeginUser;
  PetscCheck(count == 1 || count == d, PETSC_COMM_SELF, PETSC_ERR_ARG_SIZ,
             "sample_start: %" PetscInt_FMT " numbers given, 1 or model_dimension = %" PetscInt_FMT
             " needed",
             count, d);
  PetscCall(PetscMalloc1(d, &setup->start));
  for (PetscInt c = 0; c < d; c++) setup->start[c] = values[count == 1 ? 0 : c];
  PetscCall(WholeNumbers("sample_coordinates", &s->sample_coordinates, &settings->ncoordinates,
                         &setup->coordinates));
  for (PetscInt i = 0; i < settings->ncoordinates; i++) setup->coordinates[i]--;
  PetscCall(WholeNumbers("sample_snapshots", &s->sample_snapshots, &settings->nsnapshots,
                         &setup->snapshots));
  if (!settings->nsnapshots) setup->snapshots[settings->nsnapshots++] = settings->steps;
  settings->start       = setup->start;
  settings->coordinates = setup->coordinates;
  settings->snapshots   = setup->snapshots;
  PetscFunctionReturn(0);
}

/* What was measured: one number of at least 0 in each row */
static PetscErrorCode ReadMeasured(const char *key, const char *path, const char *what,
                                   HypTable *table)
{
  char *message, sentence[1024];

  PetscFunctionBeginUser;
  PetscCheck(path, PETSC_COMM_SELF, PETSC_ERR_ARG_INCOMP,
             "%s: needed for what was measured, a text file with one number on a line", key);
  if (HypTableReadColumns(key, path, 1, 0, what, table, &message)) {
    PetscCall(PetscStrncpy(sentence, message, sizeof(sentence)));
    free(message);
    SETERRQ(PETSC_COMM_SELF, PETSC_ERR_FILE_UNEXPECTED, "%s", sentence);
  }
  for (size_t i = 0; i < table->rows; i++)
    PetscCheck(table->values[i] >= 0, PETSC_COMM_SELF, PETSC_ERR_FILE_UNEXPECTED,
               "%s: %s, line %zu: %g given, a number of at least 0 needed", key, path,
               table->lines[i], table->values[i]);
  PetscFunctionReturn(0);
}

/* Probabilities from a file of staleness that was measured, one whole number for each step */
static PetscErrorCode ReadStaleness(const char *path, HypSampleSetup *setup)
{
  enum { MOST = 1000000 };
  HypTable table;
  PetscInt bound = 0;

  PetscFunctionBeginUser;
  PetscCall(
    ReadMeasured("sample_staleness_file", path, "the staleness of one step of a run", &table));
  PetscCall(PetscCalloc1(MOST + 1, &setup->probability));
  for (size_t i = 0; i < table.rows; i++) {
    const double value = table.values[i];

    PetscCheck(value <= MOST && value == PetscFloorReal(value), PETSC_COMM_SELF,
               PETSC_ERR_FILE_UNEXPECTED,
               "sample_staleness_file: %s, line %zu: %g given, a whole number from 0 to %d needed",
               path, table.lines[i], value, MOST);
    setup->probability[(PetscInt)value] += 1; /* counted, so that nothing is rounded here */
    bound = PetscMax(bound, (PetscInt)value);
  }
  for (PetscInt l = 0; l <= bound; l++) setup->probability[l] /= (PetscReal)table.rows;
  HypTableDestroy(&table);
  setup->settings.probability = setup->probability;
  setup->settings.bound       = bound;
  PetscFunctionReturn(0);
}

static PetscErrorCode ReadWorkers(const HypSettings *s, HypSampleSetup *setup)
{
  static const char *const laws[]   = {"exponential", "deterministic", "uniform", "measured", NULL};
  HypSampleSettings       *settings = &setup->settings;
  PetscReal                mean     = 0;
  HypTable                 table;

  PetscFunctionBeginUser;
  settings->workers      = (PetscInt)s->sample_workers;
  settings->compute      = (HypComputeLaw)Choice(s->sample_compute_law, laws);
  settings->ncompute     = (PetscInt)s->sample_compute_time.count;
  settings->compute_time = s->sample_compute_time.values;
  settings->server_time  = s->sample_server_time;
  if ((HypSamplerTakes(s->sample_model) & HYP_COUNTS_TIME) &&
      HypOptionsGiven(s->options, "sample_workers"))
    settings->gradient_rate = (PetscReal)s->sample_workers; /* each takes the unit of time */
  if (settings->compute != HYP_COMPUTE_MEASURED) PetscFunctionReturn(0);
  PetscCall(
    ReadMeasured("sample_compute_file", s->sample_compute_file, "one compute time", &table));
  settings->nmeasured = (PetscInt)table.rows;
  PetscCall(PetscMalloc1(settings->nmeasured, &setup->measured));
  PetscCall(PetscArraycpy(setup->measured, table.values, settings->nmeasured));
  HypTableDestroy(&table);
  for (PetscInt i = 0; i < settings->nmeasured; i++)
    mean += setup->measured[i] / (PetscReal)settings->nmeasured;
  PetscCheck(mean > 0, PETSC_COMM_SELF, PETSC_ERR_FILE_UNEXPECTED,
             "%s: all compute times are 0, a positive one needed", s->sample_compute_file);
  for (PetscInt i = 0; i < settings->nmeasured; i++) setup->measured[i] /= mean;
  settings->measured = setup->measured;
  PetscFunctionReturn(0);
}

/* u_j by a formula in j */
static PetscErrorCode ReadStepFactors(const char *text, HypSampleSetup *setup)
{
  static const char *const variables[] = {"j"};
  HypExpression           *expression;
  char                    *message = NULL;

  PetscFunctionBeginUser;
  PetscCheck(text, PETSC_COMM_SELF, PETSC_ERR_ARG_INCOMP,
             "sample_step_law: expression needs sample_step_factor, a formula in j");
  (void)HypExpressionCreate(text, 1, variables, &expression, &message);
  if (message) {
    char sentence[512];

    PetscCall(PetscStrncpy(sentence, message, sizeof(sentence)));
    free(message);
    SETERRQ(PETSC_COMM_SELF, PETSC_ERR_USER_INPUT, "sample_step_factor: %s", sentence);
  }
  PetscCall(PetscMalloc1(setup->settings.steps, &setup->factor));
  for (PetscInt j = 0; j < setup->settings.steps; j++) {
    const double step = (double)j;

    setup->factor[j] = HypExpressionEvaluate(expression, &step, NULL);
    PetscCheck(isfinite(setup->factor[j]) && setup->factor[j] >= 0, PETSC_COMM_SELF,
               PETSC_ERR_ARG_OUTOFRANGE,
               "sample_step_factor: %g at step %" PetscInt_FMT
               ", finite numbers of at least 0 needed",
               (double)setup->factor[j], j);
  }
  HypExpressionDestroy(&expression);
  setup->settings.factor = setup->factor;
  PetscFunctionReturn(0);
}

static PetscErrorCode ReadAlgorithm(const HypSettings *s, HypSampleSetup *setup)
{
  HypSampleSettings              *settings = &setup->settings;
  static const char *const        laws[]   = {"geometric", "fixed",    "uniform", "cyclic",
                                              "rounds",    "measured", NULL},
                           *const steps[]  = {"constant", "inverse", "inverse-sqrt", "expression",
                                              NULL};

  PetscFunctionBeginUser;
  PetscCheck(!isnan(s->model_learning_rate), PETSC_COMM_SELF, PETSC_ERR_ARG_INCOMP,
             "sample_model: %s needs model_learning_rate", settings->model);
  settings->eta      = s->model_learning_rate;
  settings->kappa    = !isnan(s->model_staleness) ? s->model_staleness : 0;
  settings->momentum = !isnan(s->sample_momentum)              ? s->sample_momentum
                       : HypSamplerIsMomentum(settings->model) ? 0.9
                                                               : 0;
  settings->clock    = PetscSqrtReal(settings->eta * (1 - settings->kappa));
  settings->law      = (HypStalenessLaw)Choice(s->sample_staleness_law, laws);
  settings->bound    = (PetscInt)s->sample_staleness_bound;
  if (settings->law == HYP_STALENESS_MEASURED)
    PetscCall(ReadStaleness(s->sample_staleness_file, setup));
  PetscCall(ReadWorkers(s, setup));
  settings->warmup  = (PetscInt)s->sample_warmup;
  settings->steplaw = (HypStepLaw)Choice(s->sample_step_law, steps);
  settings->batch   = (PetscInt)s->sample_batch;
  settings->steps   = (PetscInt)s->sample_steps;
  if (settings->steplaw == HYP_STEPS_GIVEN)
    PetscCall(ReadStepFactors(s->sample_step_factor, setup));
  settings->substeps       = s->sample_substeps != HYP_UNSET ? (PetscInt)s->sample_substeps : 4;
  settings->evolving       = strcmp(s->sample_covariance, "evolving") ? PETSC_FALSE : PETSC_TRUE;
  settings->allow_unstable = s->sample_allow_unstable ? PETSC_TRUE : PETSC_FALSE;
  if (settings->law != HYP_STALENESS_GEOMETRIC) settings->kappa = 0;
  PetscFunctionReturn(0);
}

/* Mean and covariance of (x, v) at time 0, as for the kinetic equation; a point has none */
static PetscErrorCode ReadStart(const HypSettings *s, HypSampleSetup *setup)
{
  const PetscInt d    = (PetscInt)s->model_dimension;
  const char    *type = s->initial_type;

  PetscFunctionBeginUser;
  PetscCheck(!strcmp(type, "gaussian") || !strcmp(type, "point"), PETSC_COMM_SELF, PETSC_ERR_SUP,
             "initial_type: %s given, sample starts from gaussian or point", type);
  PetscCall(PetscMalloc2(2 * d, &setup->mean, 4 * d * d, &setup->covariance));
  PetscCall(HypSettingsInitialLaw(s, setup->model, setup->mean, setup->covariance));
  setup->settings.mean       = setup->mean;
  setup->settings.covariance = strcmp(type, "point") ? setup->covariance : NULL;
  PetscFunctionReturn(0);
}

/* sde: time_end and time_output_interval in place of steps;
   substeps resolve the fastest rate 30 times unless given */
static PetscErrorCode ReadTimes(const HypSettings *s, HypSampleSetup *setup)
{
  HypSampleSettings *settings = &setup->settings;
  const PetscReal    end = s->time_end, interval = s->time_output_interval;
  const PetscReal    count = end / interval;

  PetscFunctionBeginUser;
  PetscCheck(
    PetscAbsReal(count - PetscFloorReal(count + 0.5)) < 1e-9 * count && count < PETSC_MAX_INT,
    PETSC_COMM_SELF, PETSC_ERR_ARG_INCOMP,
    "time_end: %g is not a multiple of time_output_interval = %g", (double)end, (double)interval);
  settings->interval = interval;
  settings->steps    = (PetscInt)PetscFloorReal(count + 0.5);
  settings->every    = 1;
  settings->substeps =
    s->sample_substeps != HYP_UNSET
      ? (PetscInt)s->sample_substeps
      : PetscMax(1,
                 (PetscInt)PetscCeilReal(
                   30 * interval * (HypModelFastest(setup->model) + HypModelGamma(setup->model))));
  PetscFunctionReturn(0);
}

static PetscErrorCode ReadSchedule(const HypSettings *s, HypSampleSetup *setup)
{
  HypSampleSettings *settings  = &setup->settings;
  HypAlgorithm       algorithm = {settings->eta, settings->kappa, 0, 0};
  PetscReal          minimiser;
  PetscBool          quadratic;

  PetscFunctionBeginUser;
  PetscCall(HypLossQuadraticCoordinate(setup->loss, 0, &quadratic, &algorithm.curvature, &minimiser,
                                       &algorithm.noise));
  PetscCheck(quadratic && s->model_dimension == 1 &&
               (HypSamplerTakes(settings->model) & HYP_TAKES_BATCH_COST),
             PETSC_COMM_SELF, PETSC_ERR_ARG_INCOMP,
             "sample_batch_cost: the optimal batch size is known for sample_model: asgd on a "
             "quadratic loss with model_dimension: 1; use "
             "sample_batch otherwise");
  PetscCheck(!HypOptionsGiven(s->options, "sample_batch"), PETSC_COMM_SELF, PETSC_ERR_ARG_INCOMP,
             "sample_batch and sample_batch_cost exclude each other: a constant size, or the "
             "optimal one in time");
  PetscCall(HypScheduleCreate(&algorithm, s->sample_batch_cost,
                              (PetscReal)settings->steps *
                                PetscSqrtReal(settings->eta * (1 - settings->kappa)),
                              &setup->schedule));
  settings->schedule = &setup->schedule;
  PetscFunctionReturn(0);
}

/*
  HypSampleSetupCreate - Reads the sample_, model_ and initial_ keys

  Collective

  Input Parameters:
+ comm    - communicator of the model
- s       - the settings

  Output Parameter:
. setup - settings, loss and model; free with HypSampleSetupDestroy()

  Level: beginner

  Notes:
  The map to (x, v) needs omega0 and gamma;
  it is made where the options describe a whole kinetic model.

.seealso: HypSamplerCreate(), HypSettingsLoss()
*/
PetscErrorCode HypSampleSetupCreate(MPI_Comm comm, const HypSettings *s, HypSampleSetup *setup)
{
  HypSampleSettings *settings = &setup->settings;
  const PetscBool    sde =
    HypSamplerTakes(s->sample_model) & HYP_TAKES_TIMES ? PETSC_TRUE : PETSC_FALSE;
  const PetscBool whole =
    !isnan(s->model_learning_rate) && !isnan(s->model_staleness) && !isnan(s->model_noise);

  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(setup, sizeof(*setup)));
  HypSampleSettingsDefault(settings);
  settings->model = s->sample_model;
  settings->paths = (PetscInt)s->sample_paths;
  settings->seed  = (uint64_t)s->sample_seed;
  if (sde || whole) {
    PetscCall(HypSettingsModel(s, comm, &setup->model));
    PetscCheck(!HypModelHasPotential(setup->model), comm, PETSC_ERR_ARG_INCOMP,
               "model_potential: given, but the samplers take it as a loss; give the same formula "
               "as loss");
    PetscCall(HypModelCheckNoise(setup->model, 5)); /* where nearly all paths are */
    settings->pde = setup->model;
  }
  if (sde) {
    settings->transitions = s->sample_transitions ? PETSC_TRUE : PETSC_FALSE;
    PetscCall(ReadTimes(s, setup));
    PetscCall(ReadStart(s, setup));
  } else
    PetscCall(ReadAlgorithm(s, setup));
  PetscCall(ReadLists(s, setup));
  if (!sde) {
    settings->every =
      s->sample_every != HYP_UNSET ? (PetscInt)s->sample_every : PetscMax(1, settings->steps / 100);
    PetscCall(HypSettingsLoss(s, setup->model, &setup->loss));
    PetscCall(HypLossCheckGradient(setup->loss, settings->start));
    settings->auxiliary = s->sample_auxiliary != HYP_UNSET ? (PetscBool)(s->sample_auxiliary != 0)
                                                           : HypLossMeanIsCheap(setup->loss);
    if (!isnan(s->sample_batch_cost)) PetscCall(ReadSchedule(s, setup));
  }
  PetscFunctionReturn(0);
}

/*
  HypSampleSetupDestroy - Frees what HypSampleSetupCreate() made

  Not collective

  Input Parameter:
. setup - the setup

  Level: beginner

.seealso: HypSampleSetupCreate()
*/
PetscErrorCode HypSampleSetupDestroy(HypSampleSetup *setup)
{
  PetscFunctionBeginUser;
  PetscCall(HypLossDestroy(&setup->loss));
  if (setup->model) PetscCall(HypModelDestroy(&setup->model));
  PetscCall(PetscFree(setup->probability));
  PetscCall(PetscFree(setup->measured));
  PetscCall(PetscFree(setup->factor));
  PetscCall(PetscFree(setup->start));
  PetscCall(PetscFree2(setup->mean, setup->covariance));
  PetscCall(PetscFree(setup->snapshots));
  PetscCall(PetscFree(setup->coordinates));
  PetscFunctionReturn(0);
}
