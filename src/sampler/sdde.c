/*
   The delay equation (6) of He et al., one step of the algorithm lasting delta:

       dX = -(eta/delta) U(t) grad F(X(t - theta(t))) dt + (eta/delta) sqrt(delta) U(t)
       sigma(X(t - theta(t))) dB,

   sigma sigma^T = Cov_i grad f_i / b,
   theta(t) = tau_j delta and U(t) = u_j constant on the j-th step.
   In the equation's own time the three choices of step size differ only in u_j,
   and delta drops out of the law at multiples of delta:
   Euler-Maruyama with `substeps` substeps of length delta/substeps,
   delays being whole numbers of them.
*/
#include "sampler/samplerimpl.h"

typedef struct {
  HypPast    past; /* in substeps */
  PetscReal *xi, *kick;
  HypBatch   batch;
} SddeBlock;

static PetscErrorCode HypSamplerSetUp_SDDE(HypSampler sampler)
{
  const HypSampleSettings *settings = &sampler->settings;
  HypDelayed              *sdde     = sampler->data;

  PetscFunctionBeginUser;
  PetscCheck(!settings->schedule, PETSC_COMM_SELF, PETSC_ERR_SUP,
             "sample_batch_cost: sdde has batches of constant size; sample asgd for a schedule");
  PetscCall(HypStalenessCreate(settings, &sdde->staleness));
  PetscCheck((PetscReal)sdde->staleness.depth * (PetscReal)settings->substeps < 0x1p24,
             PETSC_COMM_SELF, PETSC_ERR_ARG_SIZ,
             "sample_substeps: %" PetscInt_FMT " substeps of a history of %" PetscInt_FMT
             " steps given; at most 2^24 together; reduce one",
             settings->substeps, sdde->staleness.depth);
  sdde->depth = 1;
  while (sdde->depth <= sdde->staleness.depth * settings->substeps) sdde->depth *= 2;
  PetscCall(HypSamplerCheckMeanSquare(sampler, NULL, "the delay equation"));
  sampler->timestep = settings->eta;
  sampler->substeps = settings->substeps;
  PetscFunctionReturn(0);
}

static PetscErrorCode HypBlockCreate_SDDE(HypSampler sampler, HypBlock *block)
{
  const PetscInt    lanes = block->lanes, size = sampler->d * lanes;
  const HypDelayed *sdde = sampler->data;
  SddeBlock        *data;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&data));
  PetscCall(HypPastCreate(sampler, lanes, sdde->depth, &data->past));
  PetscCall(
    PetscMalloc2(PetscMax(sampler->d, sampler->loss->n) * lanes, &data->xi, size, &data->kick));
  PetscCall(HypBatchCreate(sampler, lanes, &data->batch));
  block->data = data;
  PetscFunctionReturn(0);
}

static PetscErrorCode HypBlockStart_SDDE(HypSampler sampler, HypBlock *block)
{
  SddeBlock *data = block->data;

  PetscFunctionBeginUser;
  HypPastStart(sampler, block, &data->past);
  PetscFunctionReturn(0);
}

static PetscErrorCode HypSamplerStep_SDDE(HypSampler sampler, HypBlock *block, PetscInt step)
{
  const HypSampleSettings *settings = &sampler->settings;
  const PetscInt           lanes = block->lanes, d = sampler->d, size = d * lanes,
                 n      = d == 1 ? 1 : sampler->loss->n;
  const PetscReal eta   = settings->eta * HypStepFactor(settings, step); /* eta u_j */
  const PetscReal drift = eta / (PetscReal)settings->substeps,
                  noise =
                    eta / PetscSqrtReal((PetscReal)settings->substeps * (PetscReal)settings->batch);
  const HypDelayed *sdde = sampler->data;
  SddeBlock        *data = block->data;

  PetscFunctionBeginUser;
  HypBatchDraw(sampler, block, step, &data->batch);
  HypStalenessDraw(&sdde->staleness, step, lanes, data->batch.w[0], data->batch.w[1],
                   data->past.tau);
  for (PetscInt l = 0; l < lanes; l++) data->past.tau[l] *= (uint32_t)settings->substeps;
  for (PetscInt s = 0; s < settings->substeps; s++) {
    const PetscInt now  = step * settings->substeps + s;
    PetscReal     *next = HypPastAt(&data->past, block, now + 1);

    HypPastRead(&data->past, block, now);
    PetscCall(HypLossMeanGradient(sampler->loss, lanes, data->past.read, data->batch.gradient));
    PetscCall(HypSamplerNormals(sampler, block, step, s, n, data->xi));
    PetscCall(HypLossNoise(sampler->loss, lanes, data->past.read, data->batch.gradient, data->xi,
                           data->kick));
    for (PetscInt k = 0; k < size; k++)
      next[k] = block->theta[k] - drift * data->batch.gradient[k] + noise * data->kick[k];
    block->theta = next;
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode HypBlockDestroy_SDDE(HypSampler sampler, HypBlock *block)
{
  SddeBlock *data = block->data;

  PetscFunctionBeginUser;
  (void)sampler;
  PetscCall(HypPastDestroy(&data->past));
  PetscCall(PetscFree2(data->xi, data->kick));
  PetscCall(HypBatchDestroy(&data->batch));
  PetscCall(PetscFree(data));
  PetscFunctionReturn(0);
}

PetscErrorCode HypSamplerCreate_SDDE(HypSampler sampler)
{
  HypDelayed *sdde;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&sdde));
  sampler->data             = sdde;
  sampler->ops.setup        = HypSamplerSetUp_SDDE;
  sampler->ops.blockcreate  = HypBlockCreate_SDDE;
  sampler->ops.blockstart   = HypBlockStart_SDDE;
  sampler->ops.step         = HypSamplerStep_SDDE;
  sampler->ops.exact        = HypSamplerExactRecursion;
  sampler->ops.blockdestroy = HypBlockDestroy_SDDE;
  sampler->ops.destroy      = HypSamplerDestroyDelayed;
  PetscFunctionReturn(0);
}
