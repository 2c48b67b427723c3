#include "sampler/samplerimpl.h"

/*@
  HypSampleSettingsDefault - Fills settings with the defaults;
  model, start and the algorithm's parameters remain to be set

  Not collective

  Output Parameter:
. settings - ten thousand paths of a thousand steps, no delay, no snapshots

  Level: intermediate

.seealso: HypSamplerCreate()
@*/
void HypSampleSettingsDefault(HypSampleSettings *settings)
{
  *settings = (HypSampleSettings){.model    = "asgd",
                                  .paths    = 10000,
                                  .steps    = 1000,
                                  .every    = 10,
                                  .seed     = 1,
                                  .eta      = 0.01,
                                  .batch    = 1,
                                  .substeps = 4,
                                  .evolving = PETSC_TRUE,
                                  .interval = 0.1};
}

static PetscErrorCode CheckSettings(const HypSampleSettings *settings)
{
  PetscFunctionBeginUser;
  PetscCheck(settings->paths >= 1 && settings->steps >= 1 && settings->every >= 1, PETSC_COMM_SELF,
             PETSC_ERR_ARG_OUTOFRANGE,
             "sample_paths, sample_steps, sample_every: %" PetscInt_FMT ", %" PetscInt_FMT
             ", %" PetscInt_FMT " given, at least 1 of each needed",
             settings->paths, settings->steps, settings->every);
  PetscCheck(settings->substeps >= 1 && settings->batch >= 1, PETSC_COMM_SELF,
             PETSC_ERR_ARG_OUTOFRANGE,
             "sample_substeps, sample_batch: %" PetscInt_FMT ", %" PetscInt_FMT
             " given, at least 1 of each needed",
             settings->substeps, settings->batch);
  PetscCall(
    HypCheckCount(PETSC_COMM_SELF, (PetscReal)settings->steps * (PetscReal)settings->substeps,
                  "steps with their substeps", "lower sample_steps or sample_substeps", NULL));
  PetscCheck(settings->eta > 0 && PetscIsNormalReal(settings->eta), PETSC_COMM_SELF,
             PETSC_ERR_ARG_OUTOFRANGE, "model_learning_rate: %g given, a positive number needed",
             (double)settings->eta);
  PetscCheck(settings->kappa >= 0 && settings->kappa < 1, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
             "model_staleness: %g given, a number in [0, 1) needed", (double)settings->kappa);
  PetscCheck(settings->momentum >= 0 && settings->momentum < 1, PETSC_COMM_SELF,
             PETSC_ERR_ARG_OUTOFRANGE, "sample_momentum: %g given, a number in [0, 1) needed",
             (double)settings->momentum);
  for (PetscInt i = 0; i < settings->nsnapshots; i++)
    PetscCheck(settings->snapshots[i] >= 0 && settings->snapshots[i] <= settings->steps &&
                 (i == 0 || settings->snapshots[i] > settings->snapshots[i - 1]),
               PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
               "sample_snapshots: step %" PetscInt_FMT
               " given, increasing steps from 0 to %" PetscInt_FMT " needed",
               settings->snapshots[i], settings->steps);
  PetscFunctionReturn(0);
}

/* Enough lanes to fill vector registers and hide latencies, few enough for the state of one block
   to stay in cache */
static PetscInt LanesFor(PetscInt d)
{
  if (d <= 4) return HYP_LANES;
  return d <= 32 ? 32 : 8;
}

/*@
  HypSamplerCreate - Creates a sampler by name and checks what it is asked to do

  Collective

  Input Parameters:
+ comm     - ranks that share the paths
. settings - copied; the arrays it points to must outlive the sampler
- loss     - the loss; NULL for sde, whose loss is the model's

  Output Parameter:
. sampler - the sampler

  Level: beginner

  Notes:
  A step size at which the second moment of a quadratic or least-squares problem grows is refused
  with its limit, unless allow_unstable is set.

.seealso: HypSamplerRun(), HypSampleSettingsDefault()
@*/
PetscErrorCode HypSamplerCreate(MPI_Comm comm, const HypSampleSettings *settings, HypLoss loss,
                                HypSampler *sampler)
{
  PetscErrorCode (*create)(HypSampler);

  PetscFunctionBeginUser;
  PetscCall(HypSamplerFind(settings->model, &create));
  PetscCall(CheckSettings(settings));
  PetscCheck(loss || settings->pde, PETSC_COMM_SELF, PETSC_ERR_ARG_NULL,
             "a sampler without a loss was asked for");
  PetscCall(PetscNew(sampler));
  (*sampler)->settings = *settings;
  (*sampler)->loss     = loss;
  (*sampler)->comm     = comm;
  (*sampler)->d        = loss ? loss->d : HypModelDimension(settings->pde);
  (*sampler)->lanes    = LanesFor((*sampler)->d);
  (*sampler)->substeps = 1;
  PetscCall(create(*sampler));
  PetscCall((*sampler)->ops.setup(*sampler));
  PetscFunctionReturn(0);
}

/*@
  HypSamplerMeanRate - The rate at which E theta of a quadratic loss decays, exactly

  Not collective

  Input Parameters:
+ sampler   - the sampler
- curvature - of the loss

  Returns the rate in the time of the result (settings.clock, else the model's own);
  NaN where it is not known.

  Level: developer

.seealso: HypSampleRate()
@*/
PetscReal HypSamplerMeanRate(HypSampler sampler, PetscReal curvature)
{
  const PetscReal clock = sampler->settings.clock;

  if (!sampler->ops.rate) return NAN;
  return sampler->ops.rate(sampler, curvature) * (clock > 0 ? sampler->timestep / clock : 1);
}

/*@
  HypSamplerDestroy - Frees a sampler; the loss and the settings' arrays stay

  Not collective

  Input Parameter:
. sampler - set to NULL

  Level: beginner

.seealso: HypSamplerCreate()
@*/
PetscErrorCode HypSamplerDestroy(HypSampler *sampler)
{
  PetscFunctionBeginUser;
  if (!*sampler) PetscFunctionReturn(0);
  if ((*sampler)->ops.destroy) PetscCall((*sampler)->ops.destroy(*sampler));
  PetscCall(PetscFree(*sampler));
  PetscFunctionReturn(0);
}
