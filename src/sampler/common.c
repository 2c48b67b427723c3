#include "sampler/samplerimpl.h"
#include <petscblaslapack.h>

/* u_j of He et al., (4): the step sizes are eta u_j, j from 0 */
PetscReal HypStepFactor(const HypSampleSettings *settings, PetscInt step)
{
  const HypStepLaw law = settings->steplaw;

  if (law == HYP_STEPS_GIVEN) return settings->factor[step];
  if (law == HYP_STEPS_INVERSE) return 1 / (PetscReal)(step + 1);
  if (law == HYP_STEPS_INVERSE_SQRT) return 1 / PetscSqrtReal((PetscReal)(step + 1));
  return 1;
}

/* The size of the mini-batch of a step: constant, or 1 + u of the schedule, rounded */
PetscInt HypSamplerBatch(HypSampler sampler, PetscInt step)
{
  if (!sampler->settings.schedule) return sampler->settings.batch;
  return (PetscInt)(1.5 + HypScheduleBatch(sampler->settings.schedule,
                                           (PetscReal)step * sampler->timestep));
}

/* component <- a uniform draw from 0..n-1 out of 32 random bits: the top word of a product */
void HypDrawComponents(PetscInt n, PetscInt lanes, const uint32_t *restrict w,
                       uint32_t *restrict component)
{
  for (PetscInt l = 0; l < lanes; l++)
    component[l] = (uint32_t)(((uint64_t)w[l] * (uint64_t)n) >> 32);
}

/*@C
  HypBatchCreate - Room for the mini-batches of a block of paths

  Not collective

  Input Parameters:
+ sampler - the sampler
- lanes   - paths of the block

  Output Parameter:
. batch - to be freed with HypBatchDestroy()

  Level: advanced

.seealso: HypBatchGradient()
@*/
PetscErrorCode HypBatchCreate(HypSampler sampler, PetscInt lanes, HypBatch *batch)
{
  PetscFunctionBeginUser;
  PetscCall(PetscMalloc5(lanes, &batch->w[0], lanes, &batch->w[1], lanes, &batch->w[2], lanes,
                         &batch->w[3], lanes, &batch->component));
  PetscCall(PetscMalloc2(sampler->d * lanes, &batch->gradient, sampler->d * lanes, &batch->sum));
  PetscFunctionReturn(0);
}

/*@C
  HypBatchDestroy - Frees the room for mini-batches

  Not collective

  Input Parameter:
. batch - what HypBatchCreate() made

  Level: advanced

.seealso: HypBatchCreate()
@*/
PetscErrorCode HypBatchDestroy(HypBatch *batch)
{
  PetscFunctionBeginUser;
  PetscCall(PetscFree5(batch->w[0], batch->w[1], batch->w[2], batch->w[3], batch->component));
  PetscCall(PetscFree2(batch->gradient, batch->sum));
  PetscFunctionReturn(0);
}

/*@C
  HypBatchDraw - The four random words that each path of a block has for one step

  Not collective

  Input Parameters:
+ sampler - the sampler
. block   - the paths
- step    - the step

  Output Parameter:
. batch - its words w: 0 and 1 are free, 2 and 3 choose the first two components

  Level: advanced

.seealso: HypBatchGradient()
@*/
void HypBatchDraw(HypSampler sampler, const HypBlock *block, PetscInt step, HypBatch *batch)
{
  HypRandomWords(HypBlockRandom(sampler, block, step, HYP_RANDOM_STEP), 0, batch->w);
}

/*@C
  HypBatchGradient - The average gradient of a mini-batch, for each path of a block

  Not collective

  Input Parameters:
+ sampler - the sampler, whose settings say how large the batch is
. block   - the paths
. step    - the step
. theta   - points, [d][lanes]
- batch   - words of the step, from HypBatchDraw()

  Output Parameter:
. batch - its gradient, [d][lanes]

  Level: advanced

  Note:
  Words 2 and 3 of the step serve the first two components; the others have words of their own.

.seealso: HypBatchDraw()
@*/
PetscErrorCode HypBatchGradient(HypSampler sampler, const HypBlock *block, PetscInt step,
                                const PetscReal theta[], HypBatch *batch)
{
  const PetscInt lanes = block->lanes, size = sampler->d * lanes,
                 count = HypSamplerBatch(sampler, step);
  const HypLoss   loss = sampler->loss;
  PetscReal      *sum = batch->sum, *gradient = batch->gradient;
  uint32_t *const component = batch->component;

  PetscFunctionBeginUser;
  HypDrawComponents(loss->n, lanes, batch->w[2], component);
  PetscCall(loss->ops.gradient(loss, lanes, component, theta, gradient));
  if (count == 1) PetscFunctionReturn(0);
  PetscCall(PetscArraycpy(sum, gradient, size));
  for (PetscInt k = 1; k < count; k++) {
    if (k >= 2 && (k - 2) % 4 == 0)
      HypRandomWords(HypBlockRandom(sampler, block, step, HYP_RANDOM_COMPONENT),
                     (uint32_t)(k - 2) / 4, batch->w);
    HypDrawComponents(loss->n, lanes, batch->w[k == 1 ? 3 : (k - 2) % 4], component);
    PetscCall(loss->ops.gradient(loss, lanes, component, theta, gradient));
    for (PetscInt i = 0; i < size; i++) sum[i] += gradient[i];
  }
  for (PetscInt i = 0; i < size; i++) gradient[i] = sum[i] / (PetscReal)count;
  PetscFunctionReturn(0);
}

/*@C
  HypBlockFill - Puts the start into every lane

  Not collective

  Input Parameters:
+ sampler - the sampler, whose settings have the start
- lanes   - paths of the block

  Output Parameter:
. theta - [d][lanes]

  Level: advanced

.seealso: HypSamplerRegister()
@*/
void HypBlockFill(HypSampler sampler, PetscInt lanes, PetscReal theta[])
{
  for (PetscInt c = 0; c < sampler->d; c++)
    for (PetscInt l = 0; l < lanes; l++) theta[c * lanes + l] = sampler->settings.start[c];
}

/*
   L of L L^T = Sigma of one lane by columns; Sigma[(c*d + e)*lanes + l], lower triangle.
   Sigma is only semi-definite when there are fewer components than dimensions:
   1e-12 of its mean diagonal is added, a change of that relative size in the law
   and far below any sampling error.
*/
static PetscErrorCode Factor(PetscInt d, PetscInt lanes, PetscInt l, const PetscReal *Sigma,
                             PetscReal *factor)
{
  PetscReal    trace = 0;
  PetscBLASInt n, info;

  PetscFunctionBeginUser;
  PetscCall(PetscBLASIntCast(d, &n));
  for (PetscInt c = 0; c < d; c++) trace += Sigma[(c * d + c) * lanes + l];
  for (PetscInt c = 0; c < d; c++) {
    for (PetscInt e = 0; e <= c; e++) factor[e * d + c] = Sigma[(c * d + e) * lanes + l];
    factor[c * d + c] += 1e-12 * trace / (PetscReal)d;
  }
  PetscCallBLAS("LAPACKpotrf", LAPACKpotrf_("L", &n, factor, &n, &info));
  PetscCheck(!info, PETSC_COMM_SELF, PETSC_ERR_FP,
             "the covariance of the gradient noise is no longer positive semi-definite (LAPACK "
             "potrf reports %d): the path has diverged; "
             "reduce the learning rate",
             (int)info);
  PetscFunctionReturn(0);
}

/* out <- L^{-1} v with L L^T = Sigma, lane by lane; factor is work for d*d numbers */
PetscErrorCode HypCovarianceSolve(PetscInt d, PetscInt lanes, const PetscReal *Sigma,
                                  const PetscReal *v, PetscReal *factor, PetscReal *out)
{
  PetscFunctionBeginUser;
  for (PetscInt l = 0; l < lanes; l++) {
    PetscCall(Factor(d, lanes, l, Sigma, factor));
    for (PetscInt c = 0; c < d; c++) {
      PetscReal sum = v[c * lanes + l];

      for (PetscInt e = 0; e < c; e++) sum -= factor[e * d + c] * out[e * lanes + l];
      out[c * lanes + l] = sum / factor[c * d + c];
    }
  }
  PetscFunctionReturn(0);
}

/* out <- L xi with L L^T = Sigma, lane by lane; factor is work for d*d numbers */
PetscErrorCode HypCovarianceApply(PetscInt d, PetscInt lanes, const PetscReal *Sigma,
                                  const PetscReal *xi, PetscReal *factor, PetscReal *out)
{
  PetscFunctionBeginUser;
  if (d == 1) {
    for (PetscInt l = 0; l < lanes; l++) out[l] = PetscSqrtReal(Sigma[l]) * xi[l];
    PetscFunctionReturn(0);
  }
  for (PetscInt l = 0; l < lanes; l++) {
    PetscCall(Factor(d, lanes, l, Sigma, factor));
    for (PetscInt c = 0; c < d; c++) {
      PetscReal sum = 0;

      for (PetscInt e = 0; e <= c; e++) sum += factor[e * d + c] * xi[e * lanes + l];
      out[c * lanes + l] = sum;
    }
  }
  PetscFunctionReturn(0);
}
