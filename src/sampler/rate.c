/* The rate at which E theta reaches its limit along the paths,
   by the fit that the equation's means are given to. */
#include "sampler/samplerimpl.h"

#define POINTS 200 /* of a long series */

/*@
  HypSampleRate - Fits the decay rate of E theta of one chosen coordinate,
  with a bar from blocks of paths

  Not collective

  Input Parameters:
+ result - from HypSamplerRun()
- i      - which of the chosen coordinates, from 0

  Output Parameter:
. fit - rate per unit of the result's time; form HYP_FIT_NONE where nothing was measured

  Level: intermediate

.seealso: HypFitMean(), HypSamplerRun()
@*/
PetscErrorCode HypSampleRate(const HypSampleResult *result, PetscInt i, HypFit *fit)
{
  const PetscInt n = PetscMin(result->times, POINTS);
  PetscReal     *t, *y, *block;

  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(fit, sizeof(*fit)));
  fit->form = HYP_FIT_NONE;
  fit->rate = fit->error = NAN;
  if (n < 24 || result->nblocks < 8) PetscFunctionReturn(0);
  PetscCall(PetscMalloc3(n, &t, n, &y, result->nblocks * n, &block));
  for (PetscInt k = 0; k < n; k++) {
    const PetscInt at = (PetscInt)((PetscInt64)k * (result->times - 1) / (n - 1));

    t[k] = (PetscReal)result->step[at] * result->timestep;
    y[k] = HypSampleResultMean(result, at, result->coordinate[i], HYP_MEAN_THETA, NULL);
    for (PetscInt b = 0; b < result->nblocks; b++)
      block[b * n + k] = result->block[((b * result->times + at) * result->ncoordinates + i) * 2];
  }
  PetscCall(HypFitMean(n, t, y, result->nblocks, result->block_paths, block, fit));
  PetscCall(PetscFree3(t, y, block));
  PetscFunctionReturn(0);
}
