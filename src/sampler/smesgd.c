/*
   The second-order modified equation of SGD without delay, (3.3) of An,
   Lu and Ying (after Li, Tai and E):

       dX = -grad(f + eta |grad f|^2 / 4) dt + sqrt(eta) sigma(X) dB,
       sigma sigma^T = Cov_i grad f_i,

   one step of the algorithm lasting eta.
   Heun's method for the drift, the noise evaluated at the start of a substep:
   weak order 2 where the noise is additive, 1 otherwise.
*/
#include "sampler/samplerimpl.h"

typedef struct {
  PetscReal *theta, *gradient, *drift, *drift2, *point, *xi, *kick;
} SgdBlock;

static PetscErrorCode HypSamplerSetUp_SMESGD(HypSampler sampler)
{
  PetscFunctionBeginUser;
  PetscCheck(sampler->settings.steplaw == HYP_STEPS_CONSTANT && !sampler->settings.schedule,
             PETSC_COMM_SELF, PETSC_ERR_SUP,
             "sme-sgd has a constant learning rate and batch; sample asgd or sdde for others");
  PetscCall(HypSamplerCheckMeanSquare(sampler, HypSmeSgdKernels, "this modified equation"));
  sampler->timestep = sampler->settings.eta;
  PetscFunctionReturn(0);
}

static PetscErrorCode HypBlockCreate_SMESGD(HypSampler sampler, HypBlock *block)
{
  const PetscInt size = sampler->d * block->lanes;
  SgdBlock      *data;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&data));
  PetscCall(PetscMalloc7(size, &data->theta, size, &data->gradient, size, &data->drift, size,
                         &data->drift2, size, &data->point,
                         PetscMax(sampler->d, sampler->loss->n) * block->lanes, &data->xi, size,
                         &data->kick));
  block->data  = data;
  block->theta = data->theta;
  PetscFunctionReturn(0);
}

static PetscErrorCode HypBlockStart_SMESGD(HypSampler sampler, HypBlock *block)
{
  PetscFunctionBeginUser;
  HypBlockFill(sampler, block->lanes, block->theta);
  PetscFunctionReturn(0);
}

/* -grad f - (eta/2) f'' grad f; data->gradient is left with grad f */
static PetscErrorCode Drift(HypSampler sampler, HypBlock *block, const PetscReal *theta,
                            PetscReal *drift)
{
  SgdBlock *data = block->data;

  PetscFunctionBeginUser;
  PetscCall(HypLossMeanGradient(sampler->loss, block->lanes, theta, data->gradient));
  PetscCall(HypLossSecond(sampler->loss, block->lanes, theta, data->gradient, drift));
  for (PetscInt k = 0; k < sampler->d * block->lanes; k++)
    drift[k] = -data->gradient[k] - sampler->settings.eta / 2 * drift[k];
  PetscFunctionReturn(0);
}

static PetscErrorCode HypSamplerStep_SMESGD(HypSampler sampler, HypBlock *block, PetscInt step)
{
  const PetscInt size = sampler->d * block->lanes, n = sampler->d == 1 ? 1 : sampler->loss->n,
                 substeps = sampler->settings.substeps;
  const PetscReal h       = sampler->settings.eta / (PetscReal)substeps,
                  scale =
                    PetscSqrtReal(sampler->settings.eta * h / (PetscReal)sampler->settings.batch);
  SgdBlock *data = block->data;

  PetscFunctionBeginUser;
  for (PetscInt s = 0; s < substeps; s++) {
    PetscCall(Drift(sampler, block, data->theta, data->drift));
    PetscCall(HypSamplerNormals(sampler, block, step, s, n, data->xi));
    PetscCall(
      HypLossNoise(sampler->loss, block->lanes, data->theta, data->gradient, data->xi, data->kick));
    for (PetscInt k = 0; k < size; k++)
      data->point[k] = data->theta[k] + h * data->drift[k] + scale * data->kick[k];
    PetscCall(Drift(sampler, block, data->point, data->drift2));
    for (PetscInt k = 0; k < size; k++)
      data->theta[k] += h / 2 * (data->drift[k] + data->drift2[k]) + scale * data->kick[k];
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode HypBlockDestroy_SMESGD(HypSampler sampler, HypBlock *block)
{
  SgdBlock *data = block->data;

  PetscFunctionBeginUser;
  (void)sampler;
  PetscCall(PetscFree7(data->theta, data->gradient, data->drift, data->drift2, data->point,
                       data->xi, data->kick));
  PetscCall(PetscFree(data));
  PetscFunctionReturn(0);
}

PetscErrorCode HypSamplerCreate_SMESGD(HypSampler sampler)
{
  PetscFunctionBeginUser;
  sampler->ops.setup        = HypSamplerSetUp_SMESGD;
  sampler->ops.blockcreate  = HypBlockCreate_SMESGD;
  sampler->ops.blockstart   = HypBlockStart_SMESGD;
  sampler->ops.step         = HypSamplerStep_SMESGD;
  sampler->ops.exact        = HypSamplerExactSmeSgd;
  sampler->ops.blockdestroy = HypBlockDestroy_SMESGD;
  PetscFunctionReturn(0);
}
