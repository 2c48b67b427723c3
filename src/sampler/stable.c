/*
   Refuses learning rates at which second moments grow, where that can be computed:
   linear gradients and a constant rate.
*/
#include "sampler/samplerimpl.h"

/*
   The law as a table over `substeps` times its steps; a geometric one needs none.
   Of workers in rounds the table is that of their first step:
   the caller knows the staleness of the others.
*/
PetscErrorCode HypSamplerDelayLaw(const HypSampleSettings *settings, PetscInt substeps,
                                  HypDelayLaw *law, PetscReal **table)
{
  const HypStalenessLaw kind = settings->law;

  PetscFunctionBeginUser;
  *table = NULL;
  *law   = (HypDelayLaw){.kappa = settings->kappa};
  if (kind == HYP_STALENESS_GEOMETRIC && settings->kappa > 0) PetscFunctionReturn(0);
  law->bound = kind == HYP_STALENESS_GEOMETRIC ? 0 : settings->bound * substeps;
  PetscCall(PetscCalloc1(law->bound + 1, table));
  if (kind == HYP_STALENESS_UNIFORM || kind == HYP_STALENESS_MEASURED)
    for (PetscInt l = 0; l <= settings->bound; l++)
      (*table)[l * substeps] = kind == HYP_STALENESS_MEASURED
                                 ? settings->probability[l]
                                 : 1 / (PetscReal)(settings->bound + 1);
  else
    (*table)[kind == HYP_STALENESS_ROUNDS ? 0 : law->bound] = 1;
  law->probability = *table;
  PetscFunctionReturn(0);
}

/*
   Collective over nothing; a step size beyond the limit is refused unless the user allows it.
   Workers that read together and write in turn make L + 1 steps from one state:
   SGD with L + 1 times the learning rate and the batch.
*/
PetscErrorCode HypSamplerCheckMeanSquare(HypSampler sampler, HypKernelsFn equation,
                                         const char *what)
{
  const HypSampleSettings *settings = &sampler->settings;
  const PetscInt           rounds =
    settings->law == HYP_STALENESS_ROUNDS && !equation ? settings->bound + 1 : 1;
  HypRecursion  r = {.eta      = settings->eta * (PetscReal)rounds,
                     .momentum = settings->momentum,
                     .batch    = settings->batch * rounds,
                     .equation = equation};
  HypLinearLoss linear;
  PetscReal    *table, limit, largest = 0;
  PetscBool     stable;

  PetscFunctionBeginUser;
  if (settings->allow_unstable || settings->steplaw != HYP_STEPS_CONSTANT) PetscFunctionReturn(0);
  PetscCall(HypLossLinear(sampler->loss, &linear));
  if (!linear.n) PetscFunctionReturn(0);
  PetscCall(HypSamplerDelayLaw(settings, 1, &r.law, &table));
  r.n         = linear.n;
  r.curvature = linear.curvature;
  r.rows      = linear.rows;
  r.row       = linear.row;
  PetscCall(HypMeanSquareLimit(&r, &stable, &limit));
  for (PetscInt a = 0; a < linear.n; a++) largest = PetscMax(largest, linear.curvature[a]);
  PetscCall(PetscFree(table));
  PetscCall(HypLinearLossDestroy(&linear));
  PetscCheck(
    stable, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
    "model_learning_rate: %g given, but E theta^2 of %s on this loss, of largest curvature "
    "%g, is stable only below %g; reduce it, or set sample_allow_unstable: true to watch "
    "it diverge",
    (double)settings->eta, what, (double)largest, (double)(limit / (PetscReal)rounds));
  PetscFunctionReturn(0);
}
