#include "sampler/samplerimpl.h"

const char *const HypSampleMeans[] = {"theta", "theta2",   "y", "y2", "theta_y", "v", "v2",
                                      "x_v",   "positive", "m", "m2", "p",       "p2"};

/*@
  HypSampleHas - Is there such an average?

  Not collective

  Input Parameters:
+ result - from HypSamplerRun()
- mean   - which average

  Returns PETSC_TRUE where the model has the variables that it is made of.

  Level: intermediate

.seealso: HypSampleResultMean()
@*/
PetscBool HypSampleHas(const HypSampleResult *result, HypSampleMean mean)
{
  switch (mean) {
  case HYP_MEAN_Y:
  case HYP_MEAN_Y2:
  case HYP_MEAN_THETA_Y:
    return result->has_y;
  case HYP_MEAN_V:
  case HYP_MEAN_V2:
  case HYP_MEAN_XV:
    return result->has_v;
  case HYP_MEAN_M:
  case HYP_MEAN_M2:
  case HYP_MEAN_P:
  case HYP_MEAN_P2:
    return result->read ? PETSC_TRUE : PETSC_FALSE;
  default:
    return PETSC_TRUE;
  }
}

/*@
  HypSampleResultMean - One average with its standard error

  Not collective

  Input Parameters:
+ result - from HypSamplerRun()
. time   - index of the output time
. c      - coordinate, from 0
- mean   - which average

  Output Parameter:
. error - standard error; may be NULL

  Level: intermediate

.seealso: HypSamplerRun()
@*/
PetscReal HypSampleResultMean(const HypSampleResult *result, PetscInt time, PetscInt c,
                              HypSampleMean mean, PetscReal *error)
{
  const PetscInt i = (time * result->d + c) * HYP_MEANS + (PetscInt)mean;

  if (error) *error = result->error[i];
  return result->mean[i];
}

/*@
  HypSampleResultDestroy - Frees what HypSamplerRun() allocated

  Not collective

  Input Parameter:
. result - its arrays are freed

  Level: beginner

.seealso: HypSamplerRun()
@*/
PetscErrorCode HypSampleResultDestroy(HypSampleResult *result)
{
  PetscFunctionBeginUser;
  PetscCall(PetscFree6(result->step, result->mean, result->error, result->half, result->snapshot,
                       result->coordinate));
  PetscCall(PetscFree2(result->block_paths, result->block));
  PetscCall(PetscFree(result->pair));
  PetscCall(PetscFree(result->lag));
  PetscCall(PetscFree(result->transition));
  PetscCall(PetscFree(result->loss));
  PetscCall(PetscFree(result->gradients));
  PetscCall(PetscFree(result->read));
  PetscCall(PetscFree(result->wall));
  PetscCall(PetscFree(result->staleness));
  PetscCall(PetscFree(result->phase));
  PetscCall(PetscFree(result->exact));
  PetscCall(PetscFree(result->theta));
  PetscCall(PetscFree(result->y));
  PetscFunctionReturn(0);
}
