/*
   Coupled paths: an algorithm and an equation that models it, driven by the same random numbers,
   so that the distance of the two states is an error of the path and not of a law.

   A step of the algorithm draws b components by uniform numbers U_k, r_k = [n U_k].  The equation's
   increment is sqrt(h) z with standard normals z that belong to them:

   d = 1   z = +-sum_k Phi^{-1}(U_k)/sqrt(b) increases with the components' push;
   d > 1   n numbers z_i, one for each component: of n fresh ones for each k the largest changes
           places with the one of r_k, which leaves their law as it is because r_k is uniform;
           z = sum_k z^(k)/sqrt(b).

   Within the step goes a Brownian bridge. All laws are kept; the staleness is the same where both
   have one.
*/
#include "sampler/samplerimpl.h"
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_fit.h>

/* The words that draw the k-th component of the batch, as HypBatchGradient() takes them */
static void ComponentWords(HypSampler sampler, const HypBlock *block, PetscInt step, PetscInt k,
                           uint32_t word[])
{
  uint32_t        w[4][HYP_LANES];
  const PetscBool first = k < 2 ? PETSC_TRUE : PETSC_FALSE;

  HypRandomWords(
    HypBlockRandom(sampler, block, step, first ? HYP_RANDOM_STEP : HYP_RANDOM_COMPONENT),
    first ? 0 : (uint32_t)(k - 2) / 4, (uint32_t *const[]){w[0], w[1], w[2], w[3]});
  for (PetscInt l = 0; l < block->lanes; l++) word[l] = w[first ? 2 + k : (k - 2) % 4][l];
}

/* z[l] of one dimension */
static void StepNormal(HypSampler sampler, const HypBlock *block, PetscInt step, PetscReal *z)
{
  const PetscInt  b     = sampler->settings.batch;
  const PetscReal scale = sampler->coupled / PetscSqrtReal((PetscReal)b);
  uint32_t        word[HYP_LANES];

  for (PetscInt l = 0; l < block->lanes; l++) z[l] = 0;
  for (PetscInt k = 0; k < b; k++) {
    ComponentWords(sampler, block, step, k, word);
    for (PetscInt l = 0; l < block->lanes; l++)
      z[l] += scale * gsl_cdf_ugaussian_Pinv(((PetscReal)word[l] + 0.5) / 0x1p32);
  }
}

/* z[i lanes + l] of n components; the sign turns against the gradient, which theta goes down */
static PetscErrorCode StepNormals(HypSampler sampler, const HypBlock *block, PetscInt step,
                                  PetscInt n, PetscReal *z)
{
  const PetscInt b = sampler->settings.batch, lanes = block->lanes;
  uint32_t       word[HYP_LANES], component[HYP_LANES];
  PetscReal     *fresh;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(n * lanes, &fresh));
  PetscCall(PetscArrayzero(z, n * lanes));
  for (PetscInt k = 0; k < b; k++) {
    ComponentWords(sampler, block, step, k, word);
    HypDrawComponents(n, lanes, word, component);
    HypRandomNormals(HypBlockRandom(sampler, block, step * b + k, HYP_RANDOM_START), n, fresh);
    for (PetscInt l = 0; l < lanes; l++) {
      PetscReal *const own = fresh + component[l] * (uint32_t)lanes + l, largest;
      PetscInt         at  = (PetscInt)component[l];

      for (PetscInt i = 0; i < n; i++)
        if (fresh[i * lanes + l] > fresh[at * lanes + l]) at = i;
      largest               = fresh[at * lanes + l];
      fresh[at * lanes + l] = *own;
      *own                  = largest;
    }
    for (PetscInt i = 0; i < n * lanes; i++) z[i] -= fresh[i] / PetscSqrtReal((PetscReal)b);
  }
  PetscCall(PetscFree(fresh));
  PetscFunctionReturn(0);
}

/*
  The n normals of substep s of a step, xi[c lanes + l].
  Coupled: xi_s = n_s + (z - sum_s n_s/sqrt(S))/sqrt(S) with S substeps and fresh normals n_s,
  whose sum is sqrt(S) z.
*/
PetscErrorCode HypSamplerNormals(HypSampler sampler, const HypBlock *block, PetscInt step,
                                 PetscInt s, PetscInt n, PetscReal *xi)
{
  const PetscInt  S = sampler->settings.substeps, size = n * block->lanes;
  const PetscReal root = PetscSqrtReal((PetscReal)S);
  PetscReal      *z, *sum;

  PetscFunctionBeginUser;
  if (sampler->coupled == 0) {
    HypRandomNormals(HypBlockRandom(sampler, block, step * S + s, HYP_RANDOM_NORMAL), n, xi);
    PetscFunctionReturn(0);
  }
  PetscCall(PetscMalloc1(size, &z));
  PetscCall(PetscCalloc1(size, &sum));
  for (PetscInt r = 0; r < S; r++) {
    HypRandomNormals(HypBlockRandom(sampler, block, step * S + r, HYP_RANDOM_NORMAL), n, xi);
    for (PetscInt i = 0; i < size; i++) sum[i] += xi[i];
  }
  if (sampler->d == 1)
    StepNormal(sampler, block, step, z);
  else
    PetscCall(StepNormals(sampler, block, step, n, z));
  HypRandomNormals(HypBlockRandom(sampler, block, step * S + s, HYP_RANDOM_NORMAL), n, xi);
  for (PetscInt i = 0; i < size; i++) xi[i] += (z[i] - sum[i] / root) / root;
  PetscCall(PetscFree(z));
  PetscCall(PetscFree(sum));
  PetscFunctionReturn(0);
}

/* +1 where components of a higher number push theta up at the start, -1 where down */
static PetscErrorCode Sign(HypLoss loss, PetscReal start, PetscReal *sign)
{
  PetscReal sum = 0, g;

  PetscFunctionBeginUser;
  for (uint32_t r = 0; r < (uint32_t)loss->n; r++) {
    PetscCall(loss->ops.gradient(loss, 1, &r, &start, &g));
    sum -= g * (2 * (PetscReal)r - (PetscReal)(loss->n - 1));
  }
  *sign = sum < 0 ? -1 : 1;
  PetscFunctionReturn(0);
}

enum { STRONG, STRONG2, WEAK, WEAK2, SUMS };

/* Sums of |x - X| and |x|^2 - |X|^2 and of their squares over the paths of one block,
   [times][SUMS] */
static PetscErrorCode Block(HypSampler pair[2], HypBlock block[2], PetscInt count, PetscReal *sums)
{
  const HypSampleSettings *settings = &pair[0]->settings;

  PetscFunctionBeginUser;
  for (int k = 0; k < 2; k++) PetscCall(pair[k]->ops.blockstart(pair[k], &block[k]));
  for (PetscInt step = 0; step < settings->steps; step++) {
    PetscReal *at = sums + (step / settings->every) * SUMS;

    for (int k = 0; k < 2; k++) PetscCall(pair[k]->ops.step(pair[k], &block[k], step));
    if ((step + 1) % settings->every) continue;
    for (PetscInt l = 0; l < count; l++) {
      PetscReal d = 0, w = 0;

      for (PetscInt c = 0; c < block[0].d; c++) {
        const PetscReal x = block[0].theta[c * block[0].lanes + l],
                        X = block[1].theta[c * block[1].lanes + l];

        d += PetscSqr(x - X);
        w += x * x - X * X;
      }
      d = PetscSqrtReal(d);
      at[STRONG] += d;
      at[STRONG2] += d * d;
      at[WEAK] += w;
      at[WEAK2] += w * w;
    }
  }
  PetscFunctionReturn(0);
}

/* Mean and standard error from a sum and a sum of squares */
static PetscReal Mean(const PetscReal sums[2], PetscReal n, PetscReal *error)
{
  const PetscReal mean = sums[0] / n;

  *error = PetscSqrtReal(PetscMax(0, sums[1] / n - mean * mean) / (n - 1));
  return mean;
}

/*@C
  HypCoupledRun - The distance between the paths of an algorithm and of an equation that models it,
  driven by the same random numbers

  Collective

  Input Parameters:
+ comm     - the paths are divided over its ranks; their number does not change a bit
. settings - of the algorithm: model, paths, steps, every
. equation - sme-asgd, sme-asgd-linear, sme-msgd, sme-sgd or sdde
- loss     - in d > 1 dimensions sme-asgd needs more than d components

  Output Parameter:
. found - the largest E|x_j - X(j dt)| over the observed steps, E|x|^2 - E|X|^2 where it is largest,
  with standard errors

  Level: intermediate

  Notes:
  The equation gets the settings of the algorithm; both count steps of the algorithm.

.seealso: HypCoupledOrder(), HypSamplerRun()
@*/
PetscErrorCode HypCoupledRun(MPI_Comm comm, const HypSampleSettings *settings,
                             const char equation[], HypLoss loss, HypCoupled *found)
{
  const PetscInt    times = settings->steps / settings->every;
  HypSampleSettings other = *settings;
  HypSampler        pair[2];
  HypBlock          block[2];
  PetscReal        *sums, *total;
  PetscMPIInt       rank, size, count;
  PetscInt          blocks, lanes;

  PetscFunctionBeginUser;
  PetscCheck(settings->paths > 1 && times > 0, comm, PETSC_ERR_ARG_OUTOFRANGE,
             "coupled paths: at least 2 paths and sample_every steps needed");
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  PetscCallMPI(MPI_Comm_size(comm, &size));
  other.model = equation;
  PetscCall(HypSamplerCreate(comm, settings, loss, &pair[0]));
  PetscCall(HypSamplerCreate(comm, &other, loss, &pair[1]));
  if (loss->d == 1)
    PetscCall(Sign(loss, settings->start[0], &pair[1]->coupled));
  else
    pair[1]->coupled = 1;
  lanes  = pair[0]->lanes;
  blocks = (settings->paths - 1) / lanes + 1;
  PetscCall(PetscCalloc2(blocks * times * SUMS, &sums, times * SUMS, &total));
  for (int k = 0; k < 2; k++) {
    block[k] = (HypBlock){.lanes = lanes, .d = loss->d};
    PetscCall(pair[k]->ops.blockcreate(pair[k], &block[k]));
  }
  for (PetscInt b = rank; b < blocks; b += size) {
    block[0].path = block[1].path = (uint64_t)b * (uint64_t)lanes;
    PetscCall(
      Block(pair, block, PetscMin(lanes, settings->paths - b * lanes), sums + b * times * SUMS));
  }
  for (int k = 0; k < 2; k++) {
    PetscCall(pair[k]->ops.blockdestroy(pair[k], &block[k]));
    PetscCall(HypSamplerDestroy(&pair[k]));
  }
  PetscCall(PetscMPIIntCast(blocks * times * SUMS, &count));
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, sums, count, MPIU_REAL, MPIU_SUM, comm));
  for (PetscInt b = 0; b < blocks; b++)
    for (PetscInt i = 0; i < times * SUMS; i++) total[i] += sums[b * times * SUMS + i];
  *found = (HypCoupled){.eta = settings->eta};
  for (PetscInt t = 0; t < times; t++) {
    PetscReal       error;
    const PetscReal n = (PetscReal)settings->paths, *at = total + t * SUMS,
                    strong = Mean(at + STRONG, n, &error);

    if (strong >= found->strong) {
      found->strong       = strong;
      found->strong_error = error;
    }
    if (PetscAbsReal(at[WEAK] / n) >= PetscAbsReal(found->weak))
      found->weak = Mean(at + WEAK, n, &found->weak_error);
  }
  PetscCall(PetscFree2(sums, total));
  PetscFunctionReturn(0);
}

/*@
  HypCoupledOrder - The order at which the distance of coupled paths falls with the step size

  Not collective

  Input Parameters:
+ n     - number of step sizes, at least 3
. found - from HypCoupledRun(), learning rates falling
- unit  - the order is in eta^unit: 1/2 for dt = sqrt(eta (1 - kappa)) at fixed kappa

  Output Parameters:
+ order - slope of a weighted line through the logarithms
- error - half-width of its 95 % interval, and half of the change of the slope

  Level: intermediate

.seealso: HypCoupledRun()
@*/
PetscErrorCode HypCoupledOrder(PetscInt n, const HypCoupled found[], PetscReal unit,
                               PetscReal *order, PetscReal *error)
{
  PetscReal *x, *y, *w, intercept, var0, covariance, variance, chi2, first, last;

  PetscFunctionBeginUser;
  PetscCheck(n >= 3, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
             "an order from %" PetscInt_FMT " step sizes was asked for; at least 3 needed", n);
  PetscCall(PetscMalloc3(n, &x, n, &y, n, &w));
  for (PetscInt k = 0; k < n; k++) {
    x[k] = unit * PetscLogReal(found[k].eta);
    y[k] = PetscLogReal(found[k].strong);
    w[k] = PetscSqr(found[k].strong / found[k].strong_error);
  }
  gsl_fit_wlinear(x, 1, w, 1, y, 1, (size_t)n, &intercept, order, &var0, &covariance, &variance,
                  &chi2);
  first  = (y[1] - y[0]) / (x[1] - x[0]);
  last   = (y[n - 1] - y[n - 2]) / (x[n - 1] - x[n - 2]);
  *error = 1.96 * PetscSqrtReal(variance) + PetscAbsReal(last - first) / 2;
  PetscCall(PetscFree3(x, y, w));
  PetscFunctionReturn(0);
}
