/* SGD with momentum, (2.6) of An, Lu and Ying:  w' = mu w - eta grad f_r(theta),
   theta' = theta + w';  y = w/sqrt(eta) */
#include "sampler/samplerimpl.h"

typedef struct {
  PetscReal *theta, *w, *y, *gradient, *sum;
  uint32_t  *words[4], *component;
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

static PetscErrorCode HypBlockCreate_MSGD(HypSampler sampler, HypBlock *block)
{
  const PetscInt lanes = block->lanes, size = sampler->d * lanes;
  MsgdBlock     *data;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&data));
  PetscCall(PetscMalloc5(size, &data->theta, size, &data->w, size, &data->y, size, &data->gradient,
                         size, &data->sum));
  PetscCall(PetscMalloc5(lanes, &data->words[0], lanes, &data->words[1], lanes, &data->words[2],
                         lanes, &data->words[3], lanes, &data->component));
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
  HypRandomWords(sampler->settings.seed, block->path, block->lanes, (uint32_t)step, HYP_RANDOM_STEP,
                 0, data->words[0], data->words[1], data->words[2], data->words[3]);
  PetscCall(HypBatchGradient(sampler, block, step, sampler->settings.batch, data->words,
                             data->component, data->theta, data->sum, data->gradient));
  for (PetscInt k = 0; k < sampler->d * block->lanes; k++) {
    data->w[k] = mu * data->w[k] - eta * data->gradient[k];
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
  PetscCall(PetscFree5(data->theta, data->w, data->y, data->gradient, data->sum));
  PetscCall(
    PetscFree5(data->words[0], data->words[1], data->words[2], data->words[3], data->component));
  PetscCall(PetscFree(data));
  PetscFunctionReturn(0);
}

PetscErrorCode HypSamplerCreate_MSGD(HypSampler sampler)
{
  PetscFunctionBeginUser;
  sampler->ops.setup        = HypSamplerSetUp_MSGD;
  sampler->ops.blockcreate  = HypBlockCreate_MSGD;
  sampler->ops.blockstart   = HypBlockStart_MSGD;
  sampler->ops.step         = HypSamplerStep_MSGD;
  sampler->ops.exact        = HypSamplerExactRecursion;
  sampler->ops.blockdestroy = HypBlockDestroy_MSGD;
  PetscFunctionReturn(0);
}
