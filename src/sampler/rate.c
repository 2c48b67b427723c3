/*
   The rate at which E theta reaches its limit along the paths,
   by the fit that the equation's means are given to.

   With the same random numbers from a second start, the difference of the two means tends to 0
   at the same rate, and the two noises cancel the more the closer the paths of a pair have come:
   the error shrinks with the difference itself.
*/
#include "sampler/samplerimpl.h"

#define COARSE 20  /* blocks of a difference: a jackknife needs no more */
#define POINTS 200 /* of a long series; of one start, whose fit costs more, half of them */

/* May E theta_i hold pairs of other coordinates?  Those of coupled oscillators have one rate,
   gamma/2, which a fit of a pair and something faster takes for .34 where .43 is right */
static PetscBool Several(const HypSampleResult *result, PetscInt i)
{
  const PetscBool alone = result->exact && !PetscIsNanReal(result->exact[2 * result->coordinate[i]])
                            ? PETSC_TRUE
                            : PETSC_FALSE;

  return result->d > 1 && !alone ? PETSC_TRUE : PETSC_FALSE;
}

/*@
  HypSampleRate - Fits the decay rate of E theta of one chosen coordinate,
  with a bar from blocks of paths

  Not collective

  Input Parameters:
+ result - from HypSamplerRun()
. other  - the same from another start, with the same seed; NULL: there is none
- i      - which of the chosen coordinates, from 0

  Output Parameter:
. fit - rate per unit of the result's time; form HYP_FIT_NONE where nothing was measured

  Level: intermediate

  Notes:
  Of two starts the difference of the means is fitted, whose limit is 0.
  Of one start and a linear drift it is known that E theta is one pair of modes.
  In d > 1 a pair is undecided, unless coordinates are known to be independent.

.seealso: HypFitMean(), HypFitMeanPair(), HypSampleSlowest()
@*/
PetscErrorCode HypSampleRate(const HypSampleResult *result, const HypSampleResult *other,
                             PetscInt i, HypFit *fit)
{
  const PetscInt n       = PetscMin(result->times, other ? POINTS : POINTS / 2),
                 nblocks = other ? PetscMin(result->nblocks, COARSE) : result->nblocks;
  PetscReal *t, *y, *block, *paths;

  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(fit, sizeof(*fit)));
  fit->form = HYP_FIT_NONE;
  fit->rate = fit->error = NAN;
  fit->reason            = "24 output times and 8 blocks of at most 64 paths needed";
  if (n < 24 || result->nblocks < 8) PetscFunctionReturn(0);
  PetscCall(PetscMalloc4(n, &t, n, &y, nblocks * n, &block, nblocks, &paths));
  for (PetscInt k = 0; k < n; k++) {
    const PetscInt at = (PetscInt)((PetscInt64)k * (result->times - 1) / (n - 1));

    t[k] = (PetscReal)result->step[at] * result->timestep;
    y[k] = HypSampleResultMean(result, at, result->coordinate[i], HYP_MEAN_THETA, NULL);
    if (other) y[k] -= HypSampleResultMean(other, at, result->coordinate[i], HYP_MEAN_THETA, NULL);
    for (PetscInt b = 0; b < nblocks; b++) { /* of this many, from so many of the result's */
      block[b * n + k] = paths[b] = 0;
      for (PetscInt r = result->nblocks * b / nblocks; r < result->nblocks * (b + 1) / nblocks;
           r++) {
        const PetscInt from = ((r * result->times + at) * result->ncoordinates + i) * 2;

        block[b * n + k] +=
          result->block_paths[r] * (result->block[from] - (other ? other->block[from] : 0));
        paths[b] += result->block_paths[r];
      }
      block[b * n + k] /= paths[b];
    }
  }
  if (!other && result->pair[i])
    PetscCall(HypFitMeanPair(n, t, y, &(HypBlocks){nblocks, paths, block}, fit));
  else
    PetscCall(HypFitMean(n, t, y, nblocks, paths, block, other ? 0 : NAN, fit));
  if (!other && Several(result, i) && fit->form == HYP_FIT_OSCILLATING)
    *fit = (HypFit){.form   = HYP_FIT_NONE,
                    .rate   = NAN,
                    .error  = NAN,
                    .reason = "in d > 1 there may be pairs of other coordinates of nearly the same "
                              "rate, which one fit does not tell apart"};
  PetscCall(PetscFree4(t, y, block, paths));
  PetscFunctionReturn(0);
}

/*@
  HypSampleSlowest - The slowest rate of the sampled equation, from what paths do between two times

  Not collective

  Input Parameter:
. result - from HypSamplerRun() with settings.transitions

  Output Parameter:
. fit - of HypFitTransitions(); form HYP_FIT_NONE where nothing was measured or followed

  Level: intermediate

.seealso: HypFitTransitions(), HypSampleRate()
@*/
PetscErrorCode HypSampleSlowest(const HypSampleResult *result, HypFit *fit)
{
  PetscFunctionBeginUser;
  PetscCall(HypFitTransitions(&(HypTransitions){result->nblocks, result->nlags, result->nfunctions,
                                                result->lag, result->transition},
                              fit));
  PetscFunctionReturn(0);
}
