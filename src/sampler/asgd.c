/*
   Asynchronous SGD, (2.1) of An, Lu and Ying:
   theta_{j+1} = theta_j - eta u_j (1/b) sum_k grad f_{r_k}(theta_{j - tau_j}),
   theta_j = theta_0 for j < 0.
   Plain SGD is the same without staleness;
   with momentum theta_{j+1} gets mu (theta_j - theta_{j-1}) in addition.

   The past is a ring of `depth` states, depth a power of two above every staleness.
   A slot that no step has written yet holds the start,
   so that reading before step 0 needs no special case:
   the slot of j - tau < 0 is first written at step j - tau + depth > j.

   On request y_j = -alpha E_tau grad f(theta_{j-tau}), alpha = sqrt(eta/(1-kappa)),
   is followed by its own recursion
   y_{j+1} = kappa y_j - alpha (1 - kappa) grad f(theta_{j+1})   (2.8)-(2.9).
*/
#include "sampler/samplerimpl.h"

typedef struct {
  HypStaleness staleness;
} Asgd;

typedef struct {
  PetscReal *ring; /* [depth][d][lanes] */
  PetscReal *y, *read;
  PetscReal *change; /* with momentum: the last change of theta */
  uint32_t  *tau;
  HypBatch   batch;
} AsgdBlock;

static PetscErrorCode HypSamplerSetUp_ASGD(HypSampler sampler)
{
  const HypSampleSettings *settings = &sampler->settings;
  Asgd                    *asgd     = sampler->data;

  PetscFunctionBeginUser;
  PetscCall(HypStalenessCreate(settings, &asgd->staleness));
  PetscCheck((PetscReal)asgd->staleness.depth * (PetscReal)sampler->d * (PetscReal)sampler->lanes *
                 sizeof(PetscReal) <
               0x1p32,
             PETSC_COMM_SELF, PETSC_ERR_ARG_SIZ,
             "model_staleness: %.10g in %" PetscInt_FMT
             " dimensions needs a history of %" PetscInt_FMT
             " steps, more than 4 GiB; reduce the staleness or the dimension",
             (double)settings->kappa, sampler->d, asgd->staleness.depth);
  PetscCall(HypSamplerCheckMeanSquare(
    sampler, NULL,
    settings->law == HYP_STALENESS_GEOMETRIC && settings->kappa == 0 ? "SGD"
                                                                     : "SGD with this staleness"));
  sampler->timestep = PetscSqrtReal(settings->eta * (1 - settings->kappa));
  sampler->has_y =
    settings->auxiliary && settings->law == HYP_STALENESS_GEOMETRIC ? PETSC_TRUE : PETSC_FALSE;
  PetscFunctionReturn(0);
}

static PetscErrorCode HypBlockCreate_ASGD(HypSampler sampler, HypBlock *block)
{
  const PetscInt lanes = block->lanes, size = sampler->d * lanes;
  Asgd          *asgd = sampler->data;
  AsgdBlock     *data;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&data));
  PetscCall(PetscMalloc5(asgd->staleness.depth * size, &data->ring, size, &data->y, size,
                         &data->read, size, &data->change, lanes, &data->tau));
  PetscCall(HypBatchCreate(sampler, lanes, &data->batch));
  block->data = data;
  PetscFunctionReturn(0);
}

static PetscErrorCode HypBlockStart_ASGD(HypSampler sampler, HypBlock *block)
{
  const PetscInt  size  = sampler->d * block->lanes;
  const PetscReal alpha = PetscSqrtReal(sampler->settings.eta / (1 - sampler->settings.kappa));
  Asgd           *asgd  = sampler->data;
  AsgdBlock      *data  = block->data;

  PetscFunctionBeginUser;
  for (PetscInt slot = 0; slot < asgd->staleness.depth; slot++)
    HypBlockFill(sampler, block->lanes, data->ring + slot * size);
  block->theta = data->ring;
  PetscCall(PetscArrayzero(data->change, size));
  if (sampler->has_y) {
    PetscCall(HypLossMeanGradient(sampler->loss, block->lanes, block->theta, data->y));
    for (PetscInt k = 0; k < size; k++) data->y[k] *= -alpha;
    block->y = data->y;
  }
  PetscFunctionReturn(0);
}

/* read <- theta_{j - tau}, tau by lane */
static void ReadPast(PetscInt d, PetscInt lanes, PetscInt depth, PetscInt step,
                     const PetscReal *restrict ring, const uint32_t *restrict tau,
                     PetscReal *restrict read)
{
  const uint32_t mask = (uint32_t)depth - 1, now = (uint32_t)step, size = (uint32_t)(d * lanes);

  if ((PetscReal)depth * size < 0x1p31) { /* 32-bit offsets vectorise better */
    for (PetscInt c = 0; c < d; c++) {
      const PetscReal *restrict from = ring + c * lanes;

      for (PetscInt l = 0; l < lanes; l++)
        read[c * lanes + l] = from[(int32_t)(((now - tau[l]) & mask) * size + (uint32_t)l)];
    }
    return;
  }
  for (PetscInt c = 0; c < d; c++)
    for (PetscInt l = 0; l < lanes; l++)
      read[c * lanes + l] = ring[(size_t)((now - tau[l]) & mask) * size + (size_t)(c * lanes + l)];
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
  const Asgd              *asgd = sampler->data;
  AsgdBlock               *data = block->data;
  const PetscReal         *now  = block->theta;
  PetscReal *next = data->ring + (size_t)((step + 1) & (asgd->staleness.depth - 1)) * (size_t)size;

  PetscFunctionBeginUser;
  HypBatchDraw(sampler, block, step, &data->batch);
  HypStalenessDraw(&asgd->staleness, step, lanes, data->batch.w[0], data->batch.w[1], data->tau);
  ReadPast(sampler->d, lanes, asgd->staleness.depth, step, data->ring, data->tau, data->read);
  PetscCall(HypBatchGradient(sampler, block, step, data->read, &data->batch));
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
  PetscCall(PetscFree5(data->ring, data->y, data->read, data->change, data->tau));
  PetscCall(HypBatchDestroy(&data->batch));
  PetscCall(PetscFree(data));
  PetscFunctionReturn(0);
}

static PetscErrorCode HypSamplerDestroy_ASGD(HypSampler sampler)
{
  Asgd *asgd = sampler->data;

  PetscFunctionBeginUser;
  PetscCall(HypStalenessDestroy(&asgd->staleness));
  PetscCall(PetscFree(asgd));
  PetscFunctionReturn(0);
}

PetscErrorCode HypSamplerCreate_ASGD(HypSampler sampler)
{
  Asgd *asgd;

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
  sampler->ops.destroy      = HypSamplerDestroy_ASGD;
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
