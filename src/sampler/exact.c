/* Exact moments of the sampled models on a quadratic loss, coordinate by coordinate,
   about the minimiser and then shifted. */
#include "sampler/samplerimpl.h"

#define MOST    1e9  /* operations of a recursion */
#define LARGEST 2000 /* history whose second moments are kept */

typedef PetscErrorCode (*StateFn)(HypSampler, const HypAlgorithm *, PetscReal x0, PetscInt times,
                                  const PetscInt *step, PetscReal *moments);

/* moments[2t], [2t + 1] by `state` for the deviation from the minimiser;
   NaN where the loss is not quadratic */
static PetscErrorCode Shifted(HypSampler sampler, PetscInt c, PetscInt times, const PetscInt *step,
                              StateFn state, PetscReal *moments)
{
  const HypSampleSettings *settings  = &sampler->settings;
  HypAlgorithm             algorithm = {settings->eta, settings->kappa, 0, 0};
  PetscReal                minimiser = 0;
  PetscBool                quadratic;

  PetscFunctionBeginUser;
  for (PetscInt t = 0; t < 2 * times; t++) moments[t] = NAN;
  PetscCall(HypLossQuadraticCoordinate(sampler->loss, c, &quadratic, &algorithm.curvature,
                                       &minimiser, &algorithm.noise));
  if (!quadratic) PetscFunctionReturn(0);
  PetscCall(state(sampler, &algorithm, settings->start[c] - minimiser, times, step, moments));
  for (PetscInt t = 0; t < times; t++) {
    moments[2 * t + 1] += 2 * minimiser * moments[2 * t] + minimiser * minimiser;
    moments[2 * t] += minimiser;
  }
  PetscFunctionReturn(0);
}

/*
   `substeps` steps of the recursion per step: 1 for an algorithm;
   for the delay equation those of its Euler-Maruyama scheme, with delays of whole steps that are
   not drawn.
*/
static PetscErrorCode Recursion(HypSampler sampler, const HypAlgorithm *algorithm, PetscReal x0,
                                PetscInt times, const PetscInt *step, PetscReal *moments)
{
  const HypSampleSettings *settings = &sampler->settings;
  const PetscInt           substeps = sampler->substeps;
  HypDelayLaw              law;
  HypHistory               history;
  PetscReal               *table;
  PetscInt                 j = 0;
  const PetscBool periodic   = settings->law == HYP_STALENESS_ROUNDS ? PETSC_TRUE : PETSC_FALSE;

  PetscFunctionBeginUser;
  PetscCall(HypSamplerDelayLaw(settings, substeps, &law, &table));
  if ((PetscReal)(law.bound + 2) * (PetscReal)settings->steps * (PetscReal)substeps *
        (settings->law == HYP_STALENESS_FIXED || periodic ? 1 : law.bound + 1) >
      MOST) {
    PetscCall(PetscFree(table));
    PetscFunctionReturn(0);
  }
  PetscCall(HypHistoryCreate(&law, settings->momentum, x0, &history));
  for (PetscInt t = 0; t < times; t++) {
    for (; j < step[t]; j++) {
      const PetscReal eta   = settings->eta * HypStepFactor(settings, j) / (PetscReal)substeps;
      const PetscInt  fixed = j < settings->warmup ? 0
                              : periodic           ? j % (settings->bound + 1) * substeps
                                                   : -1;

      for (PetscInt s = 0; s < substeps; s++)
        HypHistoryStep(history, eta * algorithm->curvature,
                       eta * eta * (PetscReal)substeps * algorithm->noise /
                         (PetscReal)HypSamplerBatch(sampler, j),
                       fixed);
    }
    HypHistoryMoments(history, &moments[2 * t], &moments[2 * t + 1]);
  }
  PetscCall(HypHistoryDestroy(&history));
  PetscCall(PetscFree(table));
  PetscFunctionReturn(0);
}

/* A law by a table of steps; a geometric one is cut where rounding no longer sees it */
static PetscErrorCode Table(const HypSampleSettings *settings, HypDelayLaw *law, PetscReal **table)
{
  PetscReal left = 1;

  PetscFunctionBeginUser;
  PetscCall(HypSamplerDelayLaw(settings, 1, law, table));
  if (*table) PetscFunctionReturn(0);
  law->bound = (PetscInt)PetscCeilReal(PetscLogReal(1e-17) / PetscLogReal(law->kappa));
  PetscCall(PetscMalloc1(law->bound + 1, table));
  for (PetscInt l = 0; l < law->bound; l++, left *= law->kappa)
    (*table)[l] = (1 - law->kappa) * left;
  (*table)[law->bound] = left;
  law->probability     = *table;
  PetscFunctionReturn(0);
}

/* The delay equation with a staleness that is drawn for the substeps of a step together */
static PetscErrorCode Held(HypSampler sampler, const HypAlgorithm *algorithm, PetscReal x0,
                           PetscInt times, const PetscInt *step, PetscReal *moments)
{
  const HypSampleSettings *settings = &sampler->settings;
  const PetscInt           substeps = sampler->substeps;
  HypDelayLaw              law;
  HypHeld                  held;
  PetscReal               *table, n;
  PetscInt                 j = 0;

  PetscFunctionBeginUser;
  PetscCall(Table(settings, &law, &table));
  n = (PetscReal)PetscMax(law.bound, 1) * (PetscReal)substeps + 1;
  if (n > LARGEST || 2 * n * n * (PetscReal)settings->steps > MOST) {
    PetscCall(PetscFree(table));
    PetscFunctionReturn(0);
  }
  PetscCall(HypHeldCreate(&law, substeps, x0, &held));
  for (PetscInt t = 0; t < times; t++) {
    for (; j < step[t]; j++) {
      const PetscReal eta = settings->eta * HypStepFactor(settings, j) / (PetscReal)substeps;

      PetscCall(HypHeldStep(held, eta * algorithm->curvature,
                            eta * eta * (PetscReal)substeps * algorithm->noise /
                              (PetscReal)HypSamplerBatch(sampler, j),
                            j < settings->warmup ? 0 : -1));
    }
    HypHeldMoments(held, &moments[2 * t], &moments[2 * t + 1]);
  }
  PetscCall(HypHeldDestroy(&held));
  PetscCall(PetscFree(table));
  PetscFunctionReturn(0);
}

PetscErrorCode HypSamplerExactRecursion(HypSampler sampler, PetscInt c, PetscInt times,
                                        const PetscInt *step, PetscReal *moments)
{
  const HypSampleSettings *settings = &sampler->settings;
  const PetscBool          drawn    = settings->law == HYP_STALENESS_UNIFORM ||
                              settings->law == HYP_STALENESS_MEASURED ||
                              (settings->law == HYP_STALENESS_GEOMETRIC && settings->kappa > 0)
                                        ? PETSC_TRUE
                                        : PETSC_FALSE;

  PetscFunctionBeginUser;
  PetscCall(
    Shifted(sampler, c, times, step, sampler->substeps > 1 && drawn ? Held : Recursion, moments));
  PetscFunctionReturn(0);
}

static PetscErrorCode Msgd(HypSampler sampler, const HypAlgorithm *algorithm, PetscReal x0,
                           PetscInt times, const PetscInt *step, PetscReal *moments)
{
  HypAlgorithm batched = *algorithm;

  PetscFunctionBeginUser;
  batched.noise /= (PetscReal)sampler->settings.batch;
  for (PetscInt t = 0; t < times; t++)
    PetscCall(HypSmeMsgdMomentsAt(&batched, sampler->settings.momentum, x0,
                                  (PetscReal)step[t] * sampler->timestep, &moments[2 * t],
                                  &moments[2 * t + 1]));
  PetscFunctionReturn(0);
}

PetscErrorCode HypSamplerExactSmeMsgd(HypSampler sampler, PetscInt c, PetscInt times,
                                      const PetscInt *step, PetscReal *moments)
{
  PetscFunctionBeginUser;
  PetscCall(Shifted(sampler, c, times, step, Msgd, moments));
  PetscFunctionReturn(0);
}

static PetscErrorCode Sgd(HypSampler sampler, const HypAlgorithm *algorithm, PetscReal x0,
                          PetscInt times, const PetscInt *step, PetscReal *moments)
{
  HypAlgorithm batched = *algorithm;

  PetscFunctionBeginUser;
  batched.noise /= (PetscReal)sampler->settings.batch;
  for (PetscInt t = 0; t < times; t++)
    HypSmeSgdMomentsAt(&batched, x0, (PetscReal)step[t] * sampler->timestep, &moments[2 * t],
                       &moments[2 * t + 1]);
  PetscFunctionReturn(0);
}

PetscErrorCode HypSamplerExactSmeSgd(HypSampler sampler, PetscInt c, PetscInt times,
                                     const PetscInt *step, PetscReal *moments)
{
  PetscFunctionBeginUser;
  PetscCall(Shifted(sampler, c, times, step, Sgd, moments));
  PetscFunctionReturn(0);
}
