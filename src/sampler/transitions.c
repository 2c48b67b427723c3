/*
   Averages of phi_i(z_s) phi_j(z_{s + t}) over paths and origins s, z = (theta, y):

       C_ij(t) = sum over s of E phi_i(z_s) phi_j(z_{s+t})
               = sum over modes m of a_im b_jm e^{-lambda_m t}

   for every law of z_s, since E (phi_j(z_{s+t}) | z_s) is the semigroup applied to phi_j.  A mean
   over paths knows its slow modes from what is left of one start; here every path at every origin
   is a start of its own, also after the mean has reached its limit.

   phi are products T_i(a) T_j(b) of degree 3 at most, T_i Chebyshev's polynomials,
   a = tanh((theta - centre)/scale) and b the same of y: bounded, so that no rare path decides, and
   one of them is nearly the indicator of a well.  Centre and scale are mean and standard deviation
   of a few paths, over the later half of the time.
*/
#include "sampler/transitions.h"
#include <math.h>

#define F       HYP_TRANSITION_FUNCTIONS
#define PILOT   4  /* blocks of paths for centre and scale */
#define ORIGINS 24 /* at least as many where there are outputs enough */
#define FINEST  96 /* steps of lags in all of the time */

/* Centre and scale: the paths of the first blocks, which are run again afterwards */
static PetscErrorCode Pilot(HypSampler sampler, HypTransitionSums *sums)
{
  const PetscInt steps = sampler->settings.steps, paths = sampler->settings.paths;
  PetscReal      sum[2] = {0, 0}, square[2] = {0, 0}, n = 0;
  HypBlock       block = {.lanes = sampler->lanes, .d = sampler->d};

  PetscFunctionBeginUser;
  PetscCall(sampler->ops.blockcreate(sampler, &block));
  for (PetscInt b = 0; b < PILOT && b * sampler->lanes < paths; b++) {
    const PetscInt count = PetscMin(sampler->lanes, paths - b * sampler->lanes);

    block.path = (uint64_t)b * (uint64_t)sampler->lanes;
    PetscCall(sampler->ops.blockstart(sampler, &block));
    for (PetscInt step = 0;; step++) {
      const PetscReal *z[2] = {block.theta + sums->c * block.lanes,
                               block.y + sums->c * block.lanes};

      for (PetscInt l = 0; 2 * step >= steps && l < count; l++, n++)
        for (int k = 0; k < 2; k++) {
          sum[k] += z[k][l];
          square[k] += z[k][l] * z[k][l];
        }
      if (step == steps) break;
      PetscCall(sampler->ops.step(sampler, &block, step));
    }
  }
  PetscCall(sampler->ops.blockdestroy(sampler, &block));
  for (int k = 0; k < 2; k++) {
    const PetscReal mean = sum[k] / n, variance = square[k] / n - mean * mean;

    sums->centre[k] = mean;
    sums->scale[k]  = variance > 1e-20 * mean * mean ? PetscSqrtReal(variance) : 1;
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HypTransitionsCreate(HypSampler sampler, PetscInt outputs, PetscInt groups,
                                    HypTransitionSums *sums)
{
  /* each of them, as far as it has a double, is a time t of the pairs t and 2t */
  static const PetscInt lags[HYP_TRANSITION_LAGS] = {0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64};
  const PetscInt        unit                      = PetscMax(1, (outputs - 1) / FINEST);
  PetscInt              room;

  PetscFunctionBeginUser;
  sums->c      = sampler->settings.coordinates[0];
  sums->groups = groups;
  for (sums->nlags = 0; sums->nlags < HYP_TRANSITION_LAGS; sums->nlags++) {
    if (3 * lags[sums->nlags] * unit > 2 * (outputs - 1)) break;
    sums->lag[sums->nlags] = lags[sums->nlags] * unit;
  }
  room           = outputs - 1 - sums->lag[sums->nlags - 1];
  sums->stride   = PetscMax(1, room / ORIGINS);
  sums->norigins = room / sums->stride + 1;
  PetscCall(PetscMalloc1(sums->norigins * F * HYP_LANES, &sums->origin));
  PetscCall(PetscCalloc1(groups * sums->nlags * F * F, &sums->sum));
  PetscCall(Pilot(sampler, sums));
  PetscFunctionReturn(0);
}

/* phi[F][HYP_LANES] of the first `count` paths, in the order of their degrees */
static void Evaluate(const HypTransitionSums *sums, const HypBlock *block, PetscInt count,
                     PetscReal *phi)
{
  const PetscReal *z[2] = {block->theta + sums->c * block->lanes,
                           block->y + sums->c * block->lanes};

  for (PetscInt l = 0; l < count; l++) {
    PetscReal T[2][HYP_TRANSITION_DEGREE + 1];
    PetscInt  m = 0;

    for (int k = 0; k < 2; k++) {
      T[k][0] = 1;
      T[k][1] = PetscTanhReal((z[k][l] - sums->centre[k]) / sums->scale[k]);
      for (int i = 1; i < HYP_TRANSITION_DEGREE; i++)
        T[k][i + 1] = 2 * T[k][1] * T[k][i] - T[k][i - 1];
    }
    for (int degree = 0; degree <= HYP_TRANSITION_DEGREE; degree++)
      for (int i = 0; i <= degree; i++) phi[m++ * HYP_LANES + l] = T[0][degree - i] * T[1][i];
  }
}

/* sum_ij += sum over paths of a_i b_j */
static void Multiply(PetscInt count, const PetscReal *restrict a, const PetscReal *restrict b,
                     PetscReal *restrict sum)
{
  for (int i = 0; i < F; i++)
    for (int j = 0; j < F; j++) {
      PetscReal dot = 0;

      for (PetscInt l = 0; l < count; l++) dot += a[i * HYP_LANES + l] * b[j * HYP_LANES + l];
      sum[i * F + j] += dot;
    }
}

void HypTransitionsObserve(HypTransitionSums *sums, const HypBlock *block, PetscInt count,
                           PetscInt output, PetscInt group)
{
  PetscReal now[F * HYP_LANES];
  PetscBool ready = PETSC_FALSE;

  for (PetscInt k = 0; k < sums->nlags; k++) {
    const PetscInt from = output - sums->lag[k], o = from / sums->stride;

    if (from < 0 || from % sums->stride || o >= sums->norigins) continue;
    if (!ready) Evaluate(sums, block, count, now);
    ready = PETSC_TRUE;
    if (!k) (void)PetscArraycpy(sums->origin + o * F * HYP_LANES, now, F * HYP_LANES);
    Multiply(count, sums->origin + o * F * HYP_LANES, now,
             sums->sum + (group * sums->nlags + k) * F * F);
  }
}

/* Groups of all ranks, of which the others' are 0 here, into the result's blocks of paths */
PetscErrorCode HypTransitionsFinish(MPI_Comm comm, HypTransitionSums *sums, HypSampleResult *result)
{
  const PetscInt size = sums->nlags * F * F;
  PetscMPIInt    count;

  PetscFunctionBeginUser;
  PetscCall(PetscMPIIntCast(sums->groups * size, &count));
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, sums->sum, count, MPIU_REAL, MPI_SUM, comm));
  result->nlags      = sums->nlags;
  result->nfunctions = F;
  PetscCall(PetscMalloc1(sums->nlags, &result->lag));
  PetscCall(PetscCalloc1(result->nblocks * size, &result->transition));
  for (PetscInt k = 0; k < sums->nlags; k++)
    result->lag[k] =
      (PetscReal)(result->step[1] - result->step[0]) * (PetscReal)sums->lag[k] * result->timestep;
  for (PetscInt b = 0; b < result->nblocks; b++)
    for (PetscInt g = sums->groups * b / result->nblocks;
         g < sums->groups * (b + 1) / result->nblocks; g++)
      for (PetscInt i = 0; i < size; i++)
        result->transition[b * size + i] += sums->sum[g * size + i];
  PetscCall(PetscFree(sums->origin));
  PetscCall(PetscFree(sums->sum));
  PetscFunctionReturn(0);
}
