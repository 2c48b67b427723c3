/* SGD with momentum, (2.6) of An, Lu and Ying:  w' = mu w - eta grad f_r(theta),
   theta' = theta + w';  y = w/sqrt(eta) */
#include "sampler/samplerimpl.h"

typedef struct {
  PetscReal *theta, *w, *y;
  HypBatch   batch;
} MsgdBlock;

static PetscErrorCode HypSamplerSetUp_MSGD(HypSampler sampler)
{
  PetscFunctionBeginUser;
  sampler->settings.law   = HYP_STALENESS_GEOMETRIC; /* none */
  sampler->settings.kappa = 0;
  PetscCall(HypSamplerCheckMeanSquare(sampler, NULL, "SGD with this momentum"));
  sampler->timestep = PetscSqrtReal(sampler->settings.eta);
  sampler->has_y    = PETSC_TRUE;
  PetscFunctionReturn(0);
}

/* E theta obeys the recursion of SGD with staleness rate mu and learning rate eta/(1 - mu) */
static PetscReal HypSamplerRate_MSGD(HypSampler sampler, PetscReal curvature)
{
  const PetscReal    mu        = sampler->settings.momentum;
  const HypAlgorithm algorithm = {sampler->settings.eta / (1 - mu), mu, curvature, 0};

  return HypAsgdMeanRate(&algorithm) / (2 * sampler->timestep);
}

static PetscErrorCode HypBlockCreate_MSGD(HypSampler sampler, HypBlock *block)
{
  const PetscInt size = sampler->d * block->lanes;
  MsgdBlock     *data;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&data));
  PetscCall(PetscMalloc3(size, &data->theta, size, &data->w, size, &data->y));
  PetscCall(HypBatchCreate(sampler, block->lanes, &data->batch));
  block->data  = data;
  block->theta = data->theta;
  block->y     = data->y;
  PetscFunctionReturn(0);
}

static PetscErrorCode HypBlockStart_MSGD(HypSampler sampler, HypBlock *block)
{
  MsgdBlock *data = block->data;

  PetscFunctionBeginUser;
  HypBlockFill(sampler, block->lanes, data->theta);
  PetscCall(PetscArrayzero(data->w, sampler->d * block->lanes));
  PetscCall(PetscArrayzero(data->y, sampler->d * block->lanes));
  PetscFunctionReturn(0);
}

static PetscErrorCode HypSamplerStep_MSGD(HypSampler sampler, HypBlock *block, PetscInt step)
{
  const PetscReal eta = sampler->settings.eta, mu = sampler->settings.momentum,
                  scale = 1 / PetscSqrtReal(eta);
  MsgdBlock *data       = block->data;

  PetscFunctionBeginUser;
  HypBatchDraw(sampler, block, step, &data->batch);
  PetscCall(HypBatchGradient(sampler, block, step, data->theta, &data->batch));
  for (PetscInt k = 0; k < sampler->d * block->lanes; k++) {
    data->w[k] = mu * data->w[k] - eta * data->batch.gradient[k];
    data->theta[k] += data->w[k];
    data->y[k] = scale * data->w[k];
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode HypBlockDestroy_MSGD(HypSampler sampler, HypBlock *block)
{
  MsgdBlock *data = block->data;

  PetscFunctionBeginUser;
  (void)sampler;
  PetscCall(PetscFree3(data->theta, data->w, data->y));
  PetscCall(HypBatchDestroy(&data->batch));
  PetscCall(PetscFree(data));
  PetscFunctionReturn(0);
}

PetscErrorCode HypSamplerCreate_MSGD(HypSampler sampler)
{
  PetscFunctionBeginUser;
  sampler->draws            = 1;
  sampler->ops.setup        = HypSamplerSetUp_MSGD;
  sampler->ops.blockcreate  = HypBlockCreate_MSGD;
  sampler->ops.blockstart   = HypBlockStart_MSGD;
  sampler->ops.step         = HypSamplerStep_MSGD;
  sampler->ops.exact        = HypSamplerExactRecursion;
  sampler->ops.rate         = HypSamplerRate_MSGD;
  sampler->ops.blockdestroy = HypBlockDestroy_MSGD;
  PetscFunctionReturn(0);
}
