/*
   A model of sample of our own: SGD with Nesterov's momentum,

       w' = mu w - eta grad f_r(theta + mu w),   theta' = theta + w',

   r drawn uniformly, mu and eta as sample_momentum and model_learning_rate say.
*/
#include "nesterov.h"
#include <hypoco/samplerimpl.h>

typedef struct {
  PetscReal *theta, *w, *ahead;
  HypBatch   batch;
} Paths;

static PetscErrorCode SetUp(HypSampler sampler)
{
  PetscFunctionBeginUser;
  sampler->timestep = PetscSqrtReal(sampler->settings.eta);
  PetscFunctionReturn(0);
}

static PetscErrorCode BlockCreate(HypSampler sampler, HypBlock *block)
{
  const PetscInt size = sampler->d * block->lanes;
  Paths         *paths;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&paths));
  PetscCall(PetscMalloc3(size, &paths->theta, size, &paths->w, size, &paths->ahead));
  PetscCall(HypBatchCreate(sampler, block->lanes, &paths->batch));
  block->data  = paths;
  block->theta = paths->theta;
  PetscFunctionReturn(0);
}

static PetscErrorCode BlockStart(HypSampler sampler, HypBlock *block)
{
  Paths *paths = (Paths *)block->data;

  PetscFunctionBeginUser;
  HypBlockFill(sampler, block->lanes, paths->theta);
  PetscCall(PetscArrayzero(paths->w, sampler->d * block->lanes));
  PetscFunctionReturn(0);
}

static PetscErrorCode Step(HypSampler sampler, HypBlock *block, PetscInt step)
{
  const PetscReal mu = sampler->settings.momentum, eta = sampler->settings.eta;
  const PetscInt  size  = sampler->d * block->lanes;
  Paths          *paths = (Paths *)block->data;

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < size; k++) paths->ahead[k] = paths->theta[k] + mu * paths->w[k];
  HypBatchDraw(sampler, block, step, &paths->batch);
  PetscCall(HypBatchGradient(sampler, block, step, paths->ahead, &paths->batch));
  for (PetscInt k = 0; k < size; k++) {
    paths->w[k] = mu * paths->w[k] - eta * paths->batch.gradient[k];
    paths->theta[k] += paths->w[k];
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode BlockDestroy(HypSampler sampler, HypBlock *block)
{
  Paths *paths = (Paths *)block->data;

  PetscFunctionBeginUser;
  (void)sampler;
  PetscCall(PetscFree3(paths->theta, paths->w, paths->ahead));
  PetscCall(HypBatchDestroy(&paths->batch));
  PetscCall(PetscFree(paths));
  PetscFunctionReturn(0);
}

PetscErrorCode SamplerCreate_Nesterov(HypSampler sampler)
{
  PetscFunctionBeginUser;
  sampler->ops.setup        = SetUp;
  sampler->ops.blockcreate  = BlockCreate;
  sampler->ops.blockstart   = BlockStart;
  sampler->ops.step         = Step;
  sampler->ops.blockdestroy = BlockDestroy;
  PetscFunctionReturn(0);
}
