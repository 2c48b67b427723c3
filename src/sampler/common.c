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

/* gradient <- average over a mini-batch at theta;
   w[2], w[3] of the step serve its first two components, fresh words the rest */
PetscErrorCode HypBatchGradient(HypSampler sampler, const HypBlock *block, PetscInt step,
                                PetscInt batch, uint32_t *const w[4], uint32_t *component,
                                const PetscReal *theta, PetscReal *sum, PetscReal *gradient)
{
  const PetscInt lanes = block->lanes, size = sampler->d * lanes;

  PetscFunctionBeginUser;
  HypDrawComponents(sampler->loss->n, lanes, w[2], component);
  PetscCall(sampler->loss->ops.gradient(sampler->loss, lanes, component, theta, gradient));
  if (batch == 1) PetscFunctionReturn(0);
  PetscCall(PetscArraycpy(sum, gradient, size));
  for (PetscInt k = 1; k < batch; k++) {
    if (k >= 2 && (k - 2) % 4 == 0)
      HypRandomWords(sampler->settings.seed, block->path, lanes, (uint32_t)step,
                     HYP_RANDOM_COMPONENT, (uint32_t)(k - 2) / 4, w[0], w[1], w[2], w[3]);
    HypDrawComponents(sampler->loss->n, lanes, k == 1 ? w[3] : w[(k - 2) % 4], component);
    PetscCall(sampler->loss->ops.gradient(sampler->loss, lanes, component, theta, gradient));
    for (PetscInt i = 0; i < size; i++) sum[i] += gradient[i];
  }
  for (PetscInt i = 0; i < size; i++) gradient[i] = sum[i] / (PetscReal)batch;
  PetscFunctionReturn(0);
}

/* theta <- the start, in every lane */
void HypBlockFill(HypSampler sampler, PetscInt lanes, PetscReal *theta)
{
  for (PetscInt c = 0; c < sampler->d; c++)
    for (PetscInt l = 0; l < lanes; l++) theta[c * lanes + l] = sampler->settings.start[c];
}

/*
   out <- L xi with L L^T = Sigma, lane by lane; Sigma[(c*d + e)*lanes + l], lower triangle;
   factor is work for d*d numbers.
   Sigma is only semi-definite when there are fewer components than dimensions:
   1e-12 of its mean diagonal is added, a change of that relative size in the law
   and far below any sampling error.
*/
PetscErrorCode HypCovarianceApply(PetscInt d, PetscInt lanes, const PetscReal *Sigma,
                                  const PetscReal *xi, PetscReal *factor, PetscReal *out)
{
  PetscBLASInt n, info;

  PetscFunctionBeginUser;
  if (d == 1) {
    for (PetscInt l = 0; l < lanes; l++) out[l] = PetscSqrtReal(Sigma[l]) * xi[l];
    PetscFunctionReturn(0);
  }
  PetscCall(PetscBLASIntCast(d, &n));
  for (PetscInt l = 0; l < lanes; l++) {
    PetscReal trace = 0;

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
    for (PetscInt c = 0; c < d; c++) {
      PetscReal sum = 0;

      for (PetscInt e = 0; e <= c; e++) sum += factor[e * d + c] * xi[e * lanes + l];
      out[c * lanes + l] = sum;
    }
  }
  PetscFunctionReturn(0);
}
