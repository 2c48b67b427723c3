/*
   Asynchronous SGD, (2.1) of An, Lu and Ying:
   theta_{j+1} = theta_j - eta u_j (1/b) sum_k grad f_{r_k}(theta_{j - tau_j}),
   theta_j = theta_0 for j < 0.
   Plain SGD is the same without staleness;
   with momentum theta_{j+1} gets mu (theta_j - theta_{j-1}) in addition.

   On request y_j = -alpha E_tau grad f(theta_{j-tau}), alpha = sqrt(eta/(1-kappa)),
   is followed by its own recursion
   y_{j+1} = kappa y_j - alpha (1 - kappa) grad f(theta_{j+1})   (2.8)-(2.9).
*/
#include "sampler/samplerimpl.h"

typedef struct {
  HypPast    past;
  PetscReal *y, *change; /* with momentum: the last change of theta */
  HypBatch   batch;
} AsgdBlock;

static PetscErrorCode HypSamplerSetUp_ASGD(HypSampler sampler)
{
  const HypSampleSettings *settings = &sampler->settings;
  HypDelayed              *asgd     = sampler->data;

  PetscFunctionBeginUser;
  PetscCall(HypStalenessCreate(settings, &asgd->staleness));
  asgd->depth = asgd->staleness.depth;
  PetscCheck(
    (PetscReal)asgd->depth * (PetscReal)sampler->d * (PetscReal)sampler->lanes * sizeof(PetscReal) <
      0x1p32,
    PETSC_COMM_SELF, PETSC_ERR_ARG_SIZ,
    "model_staleness: %.10g in %" PetscInt_FMT " dimensions needs a history of %" PetscInt_FMT
    " steps, more than 4 GiB; reduce the staleness or the dimension",
    (double)settings->kappa, sampler->d, asgd->staleness.depth);
  PetscCall(HypSamplerCheckMeanSquare(
    sampler, NULL,
    settings->law == HYP_STALENESS_GEOMETRIC && settings->kappa == 0 ? "SGD"
                                                                     : "SGD with this staleness"));
  sampler->timestep = PetscSqrtReal(settings->eta * (1 - settings->kappa));
  sampler->has_y =
    settings->auxiliary && settings->law == HYP_STALENESS_GEOMETRIC ? PETSC_TRUE : PETSC_FALSE;
  /* (theta, y) of (2.8)-(2.9) is linear then, from the start on */
  sampler->pair = settings->law == HYP_STALENESS_GEOMETRIC && !(settings->momentum > 0) &&
                      settings->steplaw == HYP_STEPS_CONSTANT && !settings->warmup
                    ? PETSC_TRUE
                    : PETSC_FALSE;
  if (settings->kappa > 0)
    sampler->speed = PetscSqrtReal((1 - settings->kappa) / settings->eta) / settings->kappa;
  PetscFunctionReturn(0);
}

/* Of E theta: the mean of the squared one falls twice as fast */
static PetscReal HypSamplerRate_ASGD(HypSampler sampler, PetscReal curvature)
{
  const HypAlgorithm algorithm = {sampler->settings.eta, sampler->settings.kappa, curvature, 0};

  if (sampler->settings.law != HYP_STALENESS_GEOMETRIC || sampler->settings.momentum > 0)
    return NAN;
  return HypAsgdMeanRate(&algorithm) / (2 * sampler->timestep);
}

static PetscErrorCode HypBlockCreate_ASGD(HypSampler sampler, HypBlock *block)
{
  const PetscInt    size = sampler->d * block->lanes;
  const HypDelayed *asgd = sampler->data;
  AsgdBlock        *data;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&data));
  PetscCall(HypPastCreate(sampler, block->lanes, asgd->depth, &data->past));
  PetscCall(PetscMalloc2(size, &data->y, size, &data->change));
  PetscCall(HypBatchCreate(sampler, block->lanes, &data->batch));
  block->data = data;
  PetscFunctionReturn(0);
}

static PetscErrorCode HypBlockStart_ASGD(HypSampler sampler, HypBlock *block)
{
  const PetscInt  size  = sampler->d * block->lanes;
  const PetscReal alpha = PetscSqrtReal(sampler->settings.eta / (1 - sampler->settings.kappa));
  AsgdBlock      *data  = block->data;

  PetscFunctionBeginUser;
  HypPastStart(sampler, block, &data->past);
  PetscCall(PetscArrayzero(data->change, size));
  if (sampler->has_y) {
    PetscCall(HypLossMeanGradient(sampler->loss, block->lanes, block->theta, data->y));
    for (PetscInt k = 0; k < size; k++) data->y[k] *= -alpha;
    block->y = data->y;
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode FollowY(HypSampler sampler, HypBlock *block)
{
  const PetscReal kappa = sampler->settings.kappa,
                  factor =
                    PetscSqrtReal(sampler->settings.eta * (1 - kappa)); /* alpha (1 - kappa) */
  AsgdBlock *data = block->data;

  PetscFunctionBeginUser;
  PetscCall(HypLossMeanGradient(sampler->loss, block->lanes, block->theta, data->batch.gradient));
  for (PetscInt k = 0; k < sampler->d * block->lanes; k++)
    data->y[k] = kappa * data->y[k] - factor * data->batch.gradient[k];
  PetscFunctionReturn(0);
}

static PetscErrorCode HypSamplerStep_ASGD(HypSampler sampler, HypBlock *block, PetscInt step)
{
  const HypSampleSettings *settings = &sampler->settings;
  const PetscInt           lanes = block->lanes, size = sampler->d * lanes;
  const PetscReal          eta  = settings->eta * HypStepFactor(settings, step);
  const HypDelayed        *asgd = sampler->data;
  AsgdBlock               *data = block->data;
  const PetscReal         *now  = block->theta;
  PetscReal               *next = HypPastAt(&data->past, block, step + 1);

  PetscFunctionBeginUser;
  HypBatchDraw(sampler, block, step, &data->batch);
  HypStalenessDraw(&asgd->staleness, step, lanes, data->batch.w[0], data->batch.w[1],
                   data->past.tau);
  HypPastRead(&data->past, block, step);
  PetscCall(HypBatchGradient(sampler, block, step, data->past.read, &data->batch));
  if (settings->momentum > 0)
    for (PetscInt k = 0; k < size; k++) {
      data->change[k] = settings->momentum * data->change[k] - eta * data->batch.gradient[k];
      next[k]         = now[k] + data->change[k];
    }
  else
    for (PetscInt k = 0; k < size; k++) next[k] = now[k] - eta * data->batch.gradient[k];
  block->theta = next;
  if (sampler->has_y) PetscCall(FollowY(sampler, block));
  PetscFunctionReturn(0);
}

static PetscErrorCode HypBlockDestroy_ASGD(HypSampler sampler, HypBlock *block)
{
  AsgdBlock *data = block->data;

  PetscFunctionBeginUser;
  (void)sampler;
  PetscCall(HypPastDestroy(&data->past));
  PetscCall(PetscFree2(data->y, data->change));
  PetscCall(HypBatchDestroy(&data->batch));
  PetscCall(PetscFree(data));
  PetscFunctionReturn(0);
}

PetscErrorCode HypSamplerCreate_ASGD(HypSampler sampler)
{
  HypDelayed *asgd;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&asgd));
  sampler->data             = asgd;
  sampler->draws            = 1;
  sampler->ops.setup        = HypSamplerSetUp_ASGD;
  sampler->ops.blockcreate  = HypBlockCreate_ASGD;
  sampler->ops.blockstart   = HypBlockStart_ASGD;
  sampler->ops.step         = HypSamplerStep_ASGD;
  sampler->ops.blockdestroy = HypBlockDestroy_ASGD;
  sampler->ops.exact        = HypSamplerExactRecursion;
  sampler->ops.rate         = HypSamplerRate_ASGD;
  sampler->ops.destroy      = HypSamplerDestroyDelayed;
  PetscFunctionReturn(0);
}

/* No staleness, whatever else was set */
PetscErrorCode HypSamplerCreate_SGD(HypSampler sampler)
{
  PetscFunctionBeginUser;
  sampler->settings.law      = HYP_STALENESS_GEOMETRIC;
  sampler->settings.kappa    = 0;
  sampler->settings.momentum = 0;
  PetscCall(HypSamplerCreate_ASGD(sampler));
  PetscFunctionReturn(0);
}
