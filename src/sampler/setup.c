/* What to sample, from the user's options. */
#include "sampler/samplerimpl.h"
#include <errno.h>
#include <stdio.h>

/* Index of a word in a list of choices; the options layer has checked that it is there */
static int Choice(const char *word, const char *const choices[])
{
  int i = 0;

  while (choices[i] && strcmp(word, choices[i])) i++;
  return i;
}

/* A list of whole numbers out of a list of reals */
static PetscErrorCode WholeNumbers(const HypOptions *options, const char *key, PetscInt *count,
                                   PetscInt **numbers)
{
  const double *values;

  PetscFunctionBeginUser;
  *count = (PetscInt)HypOptionsReals(options, key, &values);
  PetscCall(PetscMalloc1(PetscMax(*count, 1), numbers));
  for (PetscInt i = 0; i < *count; i++) {
    PetscCheck(values[i] == PetscFloorReal(values[i]) && values[i] <= PETSC_MAX_INT,
               PETSC_COMM_SELF, PETSC_ERR_ARG_WRONG, "%s: %g given, whole numbers needed", key,
               values[i]);
    (*numbers)[i] = (PetscInt)values[i];
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode ReadLists(const HypOptions *options, HypSampleSetup *setup)
{
  HypSampleSettings *settings = &setup->settings;
  const PetscInt     d        = (PetscInt)HypOptionsInteger(options, "model_dimension");
  const double      *values;
  PetscInt           count;

  PetscFunctionBeginUser;
  count = (PetscInt)HypOptionsReals(options, "sample_start", &values);
  PetscCheck(count == 1 || count == d, PETSC_COMM_SELF, PETSC_ERR_ARG_SIZ,
             "sample_start: %" PetscInt_FMT " numbers given, 1 or model_dimension = %" PetscInt_FMT
             " needed",
             count, d);
  PetscCall(PetscMalloc1(d, &setup->start));
  for (PetscInt c = 0; c < d; c++) setup->start[c] = values[count == 1 ? 0 : c];
  PetscCall(
    WholeNumbers(options, "sample_coordinates", &settings->ncoordinates, &setup->coordinates));
  for (PetscInt i = 0; i < settings->ncoordinates; i++) setup->coordinates[i]--;
  PetscCall(WholeNumbers(options, "sample_snapshots", &settings->nsnapshots, &setup->snapshots));
  if (!settings->nsnapshots) setup->snapshots[settings->nsnapshots++] = settings->steps;
  settings->start       = setup->start;
  settings->coordinates = setup->coordinates;
  settings->snapshots   = setup->snapshots;
  PetscFunctionReturn(0);
}

/* Probabilities from a text file of staleness that was measured, one whole number for each step */
static PetscErrorCode ReadMeasured(const char *path, HypSampleSetup *setup)
{
  enum { MOST = 1000000 };
  FILE     *file = path ? fopen(path, "r") : NULL;
  PetscReal value, count = 0;
  PetscInt  bound = 0;
  int       read;

  PetscFunctionBeginUser;
  PetscCheck(path, PETSC_COMM_SELF, PETSC_ERR_ARG_INCOMP,
             "sample_staleness_law: measured needs sample_staleness_file, a text file with the "
             "staleness of each step");
  PetscCheck(file, PETSC_COMM_SELF, PETSC_ERR_FILE_OPEN,
             "sample_staleness_file: %s cannot be opened: %s", path, strerror(errno));
  PetscCall(PetscCalloc1(MOST + 1, &setup->probability));
  while ((read = fscanf(file, "%lf%*[ ,\t\r\n]", &value)) == 1) {
    PetscCheck(value >= 0 && value <= MOST && value == PetscFloorReal(value), PETSC_COMM_SELF,
               PETSC_ERR_FILE_UNEXPECTED, "%s: %g given, whole numbers from 0 to %d needed", path,
               (double)value, MOST);
    setup->probability[(PetscInt)value] += 1;
    bound = PetscMax(bound, (PetscInt)value);
    count += 1;
  }
  PetscCheck(read == EOF && count > 0, PETSC_COMM_SELF, PETSC_ERR_FILE_UNEXPECTED,
             "%s: after %g numbers something else stands there; whole numbers needed", path,
             (double)count);
  fclose(file);
  for (PetscInt l = 0; l <= bound; l++) setup->probability[l] /= count;
  setup->settings.probability = setup->probability;
  setup->settings.bound       = bound;
  PetscFunctionReturn(0);
}

static PetscErrorCode ReadAlgorithm(const HypOptions *options, HypSampleSetup *setup)
{
  HypSampleSettings              *settings = &setup->settings;
  static const char *const        laws[]   = {"geometric", "fixed",    "uniform", "cyclic",
                                              "rounds",    "measured", NULL},
                           *const steps[]  = {"constant", "inverse", "inverse-sqrt", NULL};

  PetscFunctionBeginUser;
  PetscCheck(HypOptionsGiven(options, "model_learning_rate"), PETSC_COMM_SELF, PETSC_ERR_ARG_INCOMP,
             "sample_model: %s needs model_learning_rate", settings->model);
  settings->eta = HypOptionsReal(options, "model_learning_rate");
  settings->kappa =
    HypOptionsGiven(options, "model_staleness") ? HypOptionsReal(options, "model_staleness") : 0;
  settings->momentum = HypOptionsGiven(options, "sample_momentum")
                         ? HypOptionsReal(options, "sample_momentum")
                         : (strstr(settings->model, "msgd") ? 0.9 : 0);
  settings->clock    = PetscSqrtReal(settings->eta * (1 - settings->kappa));
  settings->law   = (HypStalenessLaw)Choice(HypOptionsText(options, "sample_staleness_law"), laws);
  settings->bound = (PetscInt)HypOptionsInteger(options, "sample_staleness_bound");
  if (settings->law == HYP_STALENESS_MEASURED)
    PetscCall(ReadMeasured(HypOptionsText(options, "sample_staleness_file"), setup));
  settings->warmup   = (PetscInt)HypOptionsInteger(options, "sample_warmup");
  settings->steplaw  = (HypStepLaw)Choice(HypOptionsText(options, "sample_step_law"), steps);
  settings->batch    = (PetscInt)HypOptionsInteger(options, "sample_batch");
  settings->steps    = (PetscInt)HypOptionsInteger(options, "sample_steps");
  settings->substeps = HypOptionsGiven(options, "sample_substeps")
                         ? (PetscInt)HypOptionsInteger(options, "sample_substeps")
                         : 4;
  settings->evolving =
    strcmp(HypOptionsText(options, "sample_covariance"), "evolving") ? PETSC_FALSE : PETSC_TRUE;
  settings->auxiliary = HypOptionsFlag(options, "sample_auxiliary") ? PETSC_TRUE : PETSC_FALSE;
  settings->allow_unstable =
    HypOptionsFlag(options, "sample_allow_unstable") ? PETSC_TRUE : PETSC_FALSE;
  if (settings->law != HYP_STALENESS_GEOMETRIC) settings->kappa = 0;
  PetscFunctionReturn(0);
}

/* Mean of (x, v) at time 0; by default (1, 1/2) standard deviations of M in every (x_i, v_i), as for the kinetic equation */
static PetscErrorCode ReadMean(const HypOptions *options, HypSampleSetup *setup)
{
  const PetscInt d = setup->model->d;
  const double  *values;
  const PetscInt count = (PetscInt)HypOptionsReals(options, "initial_mean", &values);
  PetscReal     *scaled;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(2 * d, &setup->mean));
  PetscCall(PetscMalloc1(2 * d, &scaled));
  for (PetscInt i = 0; i < 2 * d; i++) scaled[i] = i < d ? 1 : 0.5;
  HypModelUnscale(setup->model, scaled, setup->mean, setup->mean + d);
  for (PetscInt i = 0; i < count; i++) setup->mean[i] = values[i];
  PetscCall(PetscFree(scaled));
  setup->settings.mean = setup->mean;
  PetscFunctionReturn(0);
}

/* Covariance of (x, v) at time 0: none for a point; by default half of M's */
static PetscErrorCode ReadCovariance(const HypOptions *options, HypSampleSetup *setup)
{
  const HypModel model = setup->model;
  const PetscInt d = model->d, n = 2 * d;
  const double  *values;
  const PetscInt count = (PetscInt)HypOptionsReals(options, "initial_covariance", &values);

  PetscFunctionBeginUser;
  if (!strcmp(HypOptionsText(options, "initial_type"), "point")) PetscFunctionReturn(0);
  PetscCall(PetscCalloc1(n * n, &setup->covariance));
  for (PetscInt i = 0; i < n; i++) {
    setup->covariance[i * n + i] =
      0.5 / (model->beta * (i < d ? model->omega0 * model->omega0 : 1));
    if (count) setup->covariance[i * n + i] = values[count == 1 ? 0 : i];
    for (PetscInt j = 0; j < n && count == n * n; j++) {
      PetscCheck(values[i * n + j] == values[j * n + i], PETSC_COMM_SELF, PETSC_ERR_ARG_WRONG,
                 "initial_covariance: entries (%" PetscInt_FMT ",%" PetscInt_FMT
                 ") and (%" PetscInt_FMT ",%" PetscInt_FMT ") differ, a symmetric matrix is needed",
                 i + 1, j + 1, j + 1, i + 1);
      setup->covariance[i * n + j] = values[i * n + j];
    }
  }
  setup->settings.covariance = setup->covariance;
  PetscFunctionReturn(0);
}

static PetscErrorCode ReadStart(const HypOptions *options, HypSampleSetup *setup)
{
  const char *type = HypOptionsText(options, "initial_type");

  PetscFunctionBeginUser;
  PetscCheck(!strcmp(type, "gaussian") || !strcmp(type, "point"), PETSC_COMM_SELF, PETSC_ERR_SUP,
             "initial_type: %s given, sample starts from gaussian or point", type);
  PetscCall(ReadMean(options, setup));
  PetscCall(ReadCovariance(options, setup));
  PetscFunctionReturn(0);
}

/* sde: time_end and time_output_interval in place of steps; substeps resolve the fastest rate 30 times unless given */
static PetscErrorCode ReadTimes(const HypOptions *options, HypSampleSetup *setup)
{
  HypSampleSettings *settings = &setup->settings;
  const PetscReal    end      = HypOptionsReal(options, "time_end"),
                  interval    = HypOptionsReal(options, "time_output_interval");
  const PetscReal count       = end / interval;

  PetscFunctionBeginUser;
  PetscCheck(
    PetscAbsReal(count - PetscFloorReal(count + 0.5)) < 1e-9 * count && count < PETSC_MAX_INT,
    PETSC_COMM_SELF, PETSC_ERR_ARG_INCOMP,
    "time_end: %g is not a multiple of time_output_interval = %g", (double)end, (double)interval);
  settings->interval = interval;
  settings->steps    = (PetscInt)PetscFloorReal(count + 0.5);
  settings->every    = 1;
  settings->substeps =
    HypOptionsGiven(options, "sample_substeps")
      ? (PetscInt)HypOptionsInteger(options, "sample_substeps")
      : PetscMax(
          1, (PetscInt)PetscCeilReal(30 * interval * (setup->model->omega0 + setup->model->gamma)));
  PetscFunctionReturn(0);
}

static PetscErrorCode ReadSchedule(const HypOptions *options, HypSampleSetup *setup)
{
  HypSampleSettings *settings  = &setup->settings;
  HypAlgorithm       algorithm = {settings->eta, settings->kappa, 0, 0};
  PetscReal          minimiser;
  PetscBool          quadratic;

  PetscFunctionBeginUser;
  PetscCall(HypLossQuadraticCoordinate(setup->loss, 0, &quadratic, &algorithm.curvature, &minimiser,
                                       &algorithm.noise));
  PetscCheck(quadratic && setup->loss->d == 1 && !strcmp(settings->model, "asgd"), PETSC_COMM_SELF,
             PETSC_ERR_ARG_INCOMP,
             "sample_batch_cost: the optimal batch size is known for sample_model: asgd on a "
             "quadratic loss with model_dimension: 1; use "
             "sample_batch otherwise");
  PetscCheck(!HypOptionsGiven(options, "sample_batch"), PETSC_COMM_SELF, PETSC_ERR_ARG_INCOMP,
             "sample_batch and sample_batch_cost exclude each other: a constant size, or the "
             "optimal one in time");
  PetscCall(HypScheduleCreate(&algorithm, HypOptionsReal(options, "sample_batch_cost"),
                              (PetscReal)settings->steps *
                                PetscSqrtReal(settings->eta * (1 - settings->kappa)),
                              &setup->schedule));
  settings->schedule = &setup->schedule;
  PetscFunctionReturn(0);
}

/*@
  HypSampleSetupFromOptions - Reads the sample_, model_ and initial_ keys

  Collective

  Input Parameters:
+ comm    - communicator of the model
- options - checked options

  Output Parameter:
. setup - settings, loss and model; free with HypSampleSetupDestroy()

  Level: beginner

  Notes:
  The map to (x, v) needs omega0 and gamma; it is made where the options describe a whole kinetic model.

.seealso: HypSamplerCreate(), HypLossCreateFromOptions()
@*/
PetscErrorCode HypSampleSetupFromOptions(MPI_Comm comm, const HypOptions *options,
                                         HypSampleSetup *setup)
{
  HypSampleSettings *settings = &setup->settings;
  const PetscBool    sde =
    strcmp(HypOptionsText(options, "sample_model"), "sde") ? PETSC_FALSE : PETSC_TRUE;
  const PetscBool whole = HypOptionsGiven(options, "model_learning_rate") &&
                          HypOptionsGiven(options, "model_staleness") &&
                          HypOptionsGiven(options, "model_noise");

  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(setup, sizeof(*setup)));
  HypSampleSettingsDefault(settings);
  settings->model = HypOptionsText(options, "sample_model");
  settings->paths = (PetscInt)HypOptionsInteger(options, "sample_paths");
  settings->seed  = (uint64_t)HypOptionsInteger(options, "sample_seed");
  if (sde || whole) {
    PetscCall(HypModelCreate(comm, &setup->model));
    PetscCall(HypModelSetFromOptions(setup->model, options));
    settings->pde = setup->model;
  }
  if (sde) {
    PetscCall(ReadTimes(options, setup));
    PetscCall(ReadStart(options, setup));
  } else
    PetscCall(ReadAlgorithm(options, setup));
  PetscCall(ReadLists(options, setup));
  if (!sde) {
    settings->every = HypOptionsGiven(options, "sample_every")
                        ? (PetscInt)HypOptionsInteger(options, "sample_every")
                        : PetscMax(1, settings->steps / 100);
    PetscCall(HypLossCreateFromOptions(options, setup->model, &setup->loss));
    PetscCall(HypLossCheckGradient(setup->loss, settings->start));
    if (HypOptionsGiven(options, "sample_batch_cost")) PetscCall(ReadSchedule(options, setup));
  }
  PetscFunctionReturn(0);
}

/*@
  HypSampleSetupDestroy - Frees what HypSampleSetupFromOptions() made

  Not collective

  Input Parameter:
. setup - the setup

  Level: beginner

.seealso: HypSampleSetupFromOptions()
@*/
PetscErrorCode HypSampleSetupDestroy(HypSampleSetup *setup)
{
  PetscFunctionBeginUser;
  PetscCall(HypLossDestroy(&setup->loss));
  if (setup->model) PetscCall(HypModelDestroy(&setup->model));
  PetscCall(PetscFree(setup->probability));
  PetscCall(PetscFree(setup->start));
  PetscCall(PetscFree(setup->mean));
  PetscCall(PetscFree(setup->covariance));
  PetscCall(PetscFree(setup->snapshots));
  PetscCall(PetscFree(setup->coordinates));
  PetscFunctionReturn(0);
}
