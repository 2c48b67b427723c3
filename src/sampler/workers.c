/*
   m workers and one server.
   A worker reads theta, computes a component gradient for a random time,
   and hands it to the server, which serves one gradient after the other, each for a fixed time,
   in the order of their arrival:

     workers   theta' = theta - eta grad f_r(theta as the worker read it);
               the worker then reads theta' and goes on.
               Staleness is the number of updates between a read and its own:
               a result here, not a law.
     ssgd      all workers read the same theta, the server waits for the slowest and steps
               with the mean of the m gradients.

   One step of the sampler is one update of theta.  Wall time is in the unit of the compute times.
*/
#include "sampler/samplerimpl.h"
#include <string.h>

typedef struct {
  PetscBool   synchronous;
  PetscInt    m;
  PetscReal  *mean;      /* [m] compute times */
  PetscInt64 *staleness; /* [HYP_STALENESS_COUNTED] updates with it, the last entry: that or more */
} Workers;

typedef struct {
  PetscReal *theta, *read; /* [d][lanes]; [m][d][lanes] */
  PetscReal *finish;       /* [m][lanes]: when a worker's gradient arrives */
  PetscReal *wall, *point, *sum;
  PetscInt  *born,
    *chosen;        /* [m][lanes]: update at which it was read; [lanes] the worker that is served */
  PetscInt counted; /* lanes that are paths, for the counts */
  HypBatch batch;
} WorkersBlock;

/* A compute time from a random word: exponential, constant, uniform on (0, 2 mean),
   or drawn from what was measured */
static PetscReal ComputeTime(const HypSampleSettings *settings, PetscReal mean, uint32_t word)
{
  const PetscReal u = ((PetscReal)word + 0.5) * 0x1p-32;

  switch (settings->compute) {
  case HYP_COMPUTE_EXPONENTIAL:
    return -mean * log1p(-u);
  case HYP_COMPUTE_UNIFORM:
    return 2 * mean * u;
  case HYP_COMPUTE_MEASURED:
    return mean * settings->measured[(PetscInt)(u * (PetscReal)settings->nmeasured)];
  default:
    return mean;
  }
}

static PetscErrorCode HypSamplerSetUp_Workers(HypSampler sampler)
{
  const HypSampleSettings *settings = &sampler->settings;
  Workers                 *data     = sampler->data;

  PetscFunctionBeginUser;
  data->m = settings->workers;
  PetscCheck(data->m >= 1, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
             "sample_workers: %" PetscInt_FMT " given, at least 1 needed", data->m);
  PetscCheck(settings->ncompute == 1 || settings->ncompute == data->m, PETSC_COMM_SELF,
             PETSC_ERR_ARG_SIZ,
             "sample_compute_time: %" PetscInt_FMT
             " numbers given, 1 or sample_workers = %" PetscInt_FMT " needed",
             settings->ncompute, data->m);
  PetscCall(PetscMalloc1(data->m, &data->mean));
  PetscCall(PetscCalloc1(HYP_STALENESS_COUNTED, &data->staleness));
  for (PetscInt k = 0; k < data->m; k++)
    data->mean[k] = settings->compute_time[settings->ncompute == 1 ? 0 : k];
  sampler->timestep = settings->eta;
  PetscFunctionReturn(0);
}

static PetscErrorCode HypBlockCreate_Workers(HypSampler sampler, HypBlock *block)
{
  const PetscInt lanes = block->lanes, size = sampler->d * lanes, m = ((Workers *)sampler->data)->m;
  WorkersBlock  *data;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&data));
  PetscCall(PetscMalloc6(size, &data->theta, m * size, &data->read, m * lanes, &data->finish, lanes,
                         &data->wall, size, &data->point, size, &data->sum));
  PetscCall(PetscMalloc2(m * lanes, &data->born, lanes, &data->chosen));
  PetscCall(HypBatchCreate(sampler, lanes, &data->batch));
  block->data  = data;
  block->theta = data->theta;
  block->wall  = data->wall;
  PetscFunctionReturn(0);
}

/* All workers have read the start at time 0 */
static PetscErrorCode HypBlockStart_Workers(HypSampler sampler, HypBlock *block)
{
  const HypSampleSettings *settings = &sampler->settings;
  const PetscInt           lanes = block->lanes, size = sampler->d * lanes;
  const Workers           *workers = sampler->data;
  WorkersBlock            *data    = block->data;

  PetscFunctionBeginUser;
  data->counted =
    (PetscInt)PetscMin((PetscInt64)lanes, (PetscInt64)settings->paths - (PetscInt64)block->path);
  HypBlockFill(sampler, lanes, data->theta);
  PetscCall(PetscArrayzero(data->wall, lanes));
  for (PetscInt k = 0; k < workers->m; k++) {
    PetscCall(PetscArraycpy(data->read + k * size, data->theta, size));
    HypRandomWords(HypBlockRandom(sampler, block, 0, HYP_RANDOM_START), (uint32_t)k, data->batch.w);
    for (PetscInt l = 0; l < lanes; l++) {
      data->finish[k * lanes + l] = ComputeTime(settings, workers->mean[k], data->batch.w[0][l]);
      data->born[k * lanes + l]   = 0;
    }
  }
  PetscFunctionReturn(0);
}

/* The worker whose gradient arrives first, and what it read */
static void Serve(const HypSampler sampler, HypBlock *block, PetscInt step)
{
  const PetscInt lanes = block->lanes, d = sampler->d;
  Workers       *workers = sampler->data;
  WorkersBlock  *data    = block->data;

  for (PetscInt l = 0; l < lanes; l++) {
    PetscInt first = 0;

    for (PetscInt k = 1; k < workers->m; k++)
      if (data->finish[k * lanes + l] < data->finish[first * lanes + l]) first = k;
    data->chosen[l] = first;
    data->wall[l] =
      PetscMax(data->wall[l], data->finish[first * lanes + l]) + sampler->settings.server_time;
    for (PetscInt c = 0; c < d; c++)
      data->point[c * lanes + l] = data->read[(first * d + c) * lanes + l];
    if (l < data->counted)
      workers
        ->staleness[PetscMin(step - data->born[first * lanes + l], HYP_STALENESS_COUNTED - 1)]++;
  }
}

/* It reads the new theta and begins again */
static void GoOn(const HypSampler sampler, HypBlock *block, PetscInt step)
{
  const PetscInt lanes = block->lanes, d = sampler->d;
  const Workers *workers = sampler->data;
  WorkersBlock  *data    = block->data;

  for (PetscInt l = 0; l < lanes; l++) {
    const PetscInt k = data->chosen[l];

    for (PetscInt c = 0; c < d; c++)
      data->read[(k * d + c) * lanes + l] = data->theta[c * lanes + l];
    data->born[k * lanes + l] = step + 1;
    data->finish[k * lanes + l] =
      data->wall[l] + ComputeTime(&sampler->settings, workers->mean[k], data->batch.w[0][l]);
  }
}

static PetscErrorCode HypSamplerStep_Workers(HypSampler sampler, HypBlock *block, PetscInt step)
{
  const HypSampleSettings *settings = &sampler->settings;
  const PetscReal          eta      = settings->eta * HypStepFactor(settings, step);
  WorkersBlock            *data     = block->data;

  PetscFunctionBeginUser;
  Serve(sampler, block, step);
  HypBatchDraw(sampler, block, step, &data->batch);
  PetscCall(HypBatchGradient(sampler, block, step, data->point, &data->batch));
  for (PetscInt k = 0; k < sampler->d * block->lanes; k++)
    data->theta[k] -= eta * data->batch.gradient[k];
  if (settings->batch > 2) HypBatchDraw(sampler, block, step, &data->batch); /* used up */
  GoOn(sampler, block, step);
  PetscFunctionReturn(0);
}

/* m gradients at one theta; the server waits for the slowest worker and serves all of them */
static PetscErrorCode HypSamplerStep_SSGD(HypSampler sampler, HypBlock *block, PetscInt step)
{
  const HypSampleSettings *settings = &sampler->settings;
  const Workers           *workers  = sampler->data;
  const PetscInt           lanes = block->lanes, size = sampler->d * lanes;
  const PetscReal          eta = settings->eta * HypStepFactor(settings, step) /
                        ((PetscReal)workers->m * (PetscReal)settings->batch);
  WorkersBlock   *data  = block->data;
  HypBatch *const batch = &data->batch;

  PetscFunctionBeginUser;
  PetscCall(PetscArrayzero(data->sum, size));
  PetscCall(PetscArrayzero(data->finish, lanes)); /* the slowest */
  for (PetscInt k = 0; k < workers->m; k++) {
    for (PetscInt b = settings->batch - 1; b >= 0; b--) {
      HypRandomWords(HypBlockRandom(sampler, block, step, HYP_RANDOM_COMPONENT),
                     (uint32_t)(b * workers->m + k), batch->w);
      HypDrawComponents(sampler->loss->n, lanes, batch->w[2], batch->component);
      PetscCall(
        HypLossGradient(sampler->loss, lanes, batch->component, data->theta, batch->gradient));
      for (PetscInt e = 0; e < size; e++) data->sum[e] += batch->gradient[e];
    }
    for (PetscInt l = 0; l < lanes; l++)
      data->finish[l] =
        PetscMax(data->finish[l], ComputeTime(settings, workers->mean[k], data->batch.w[0][l]));
  }
  for (PetscInt l = 0; l < lanes; l++)
    data->wall[l] += data->finish[l] + (PetscReal)workers->m * settings->server_time;
  for (PetscInt e = 0; e < size; e++) data->theta[e] -= eta * data->sum[e];
  PetscFunctionReturn(0);
}

/* The staleness that arose, over all paths and updates;
   whole numbers, so that any number of ranks adds them alike */
static PetscErrorCode HypSamplerFinish_Workers(HypSampler sampler, HypSampleResult *result)
{
  const Workers *workers = sampler->data;
  PetscInt64     counts[HYP_STALENESS_COUNTED];
  PetscReal      total = 0;

  PetscFunctionBeginUser;
  if (workers->synchronous) PetscFunctionReturn(0);
  PetscCallMPI(MPI_Allreduce(workers->staleness, counts, HYP_STALENESS_COUNTED, MPIU_INT64, MPI_SUM,
                             sampler->comm));
  PetscCall(PetscMalloc1(HYP_STALENESS_COUNTED, &result->staleness));
  for (PetscInt l = 0; l < HYP_STALENESS_COUNTED; l++) total += (PetscReal)counts[l];
  for (PetscInt l = 0; l < HYP_STALENESS_COUNTED; l++)
    result->staleness[l] = (PetscReal)counts[l] / total;
  PetscFunctionReturn(0);
}

static PetscErrorCode HypBlockDestroy_Workers(HypSampler sampler, HypBlock *block)
{
  WorkersBlock *data = block->data;

  PetscFunctionBeginUser;
  (void)sampler;
  PetscCall(PetscFree6(data->theta, data->read, data->finish, data->wall, data->point, data->sum));
  PetscCall(PetscFree2(data->born, data->chosen));
  PetscCall(HypBatchDestroy(&data->batch));
  PetscCall(PetscFree(data));
  PetscFunctionReturn(0);
}

static PetscErrorCode HypSamplerDestroy_Workers(HypSampler sampler)
{
  Workers *workers = sampler->data;

  PetscFunctionBeginUser;
  PetscCall(PetscFree(workers->mean));
  PetscCall(PetscFree(workers->staleness));
  PetscCall(PetscFree(workers));
  PetscFunctionReturn(0);
}

PetscErrorCode HypSamplerCreate_Workers(HypSampler sampler)
{
  Workers *workers;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&workers));
  sampler->data             = workers;
  sampler->draws            = 1;
  sampler->ops.setup        = HypSamplerSetUp_Workers;
  sampler->ops.blockcreate  = HypBlockCreate_Workers;
  sampler->ops.blockstart   = HypBlockStart_Workers;
  sampler->ops.step         = HypSamplerStep_Workers;
  sampler->ops.finish       = HypSamplerFinish_Workers;
  sampler->ops.blockdestroy = HypBlockDestroy_Workers;
  sampler->ops.destroy      = HypSamplerDestroy_Workers;
  PetscFunctionReturn(0);
}

PetscErrorCode HypSamplerCreate_SSGD(HypSampler sampler)
{
  PetscFunctionBeginUser;
  PetscCall(HypSamplerCreate_Workers(sampler));
  ((Workers *)sampler->data)->synchronous = PETSC_TRUE;
  sampler->draws                          = sampler->settings.workers;
  sampler->ops.step                       = HypSamplerStep_SSGD;
  PetscFunctionReturn(0);
}
