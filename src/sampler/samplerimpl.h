#pragma once
/* Private: the models, and what they share. */
#include "loss/lossimpl.h"
#include "sampler/staleness.h"
#include <hypoco/samplerimpl.h>

#define HYP_LANES 64 /* at most in a block */

/* One row for each model in register.c, one constructor in a file */
PETSC_INTERN PetscErrorCode HypSamplerCreate_ASGD(HypSampler);
PETSC_INTERN PetscErrorCode HypSamplerCreate_SGD(HypSampler);
PETSC_INTERN PetscErrorCode HypSamplerCreate_MSGD(HypSampler);
PETSC_INTERN PetscErrorCode HypSamplerCreate_SMEASGD(HypSampler);
PETSC_INTERN PetscErrorCode HypSamplerCreate_SMEASGDLinear(HypSampler);
PETSC_INTERN PetscErrorCode HypSamplerCreate_SMEMSGD(HypSampler);
PETSC_INTERN PetscErrorCode HypSamplerCreate_SMESGD(HypSampler);
PETSC_INTERN PetscErrorCode HypSamplerCreate_SDE(HypSampler);
PETSC_INTERN PetscErrorCode HypSamplerCreate_SDDE(HypSampler);
PETSC_INTERN PetscErrorCode HypSamplerCreate_Workers(HypSampler);
PETSC_INTERN PetscErrorCode HypSamplerCreate_SSGD(HypSampler);
PETSC_INTERN PetscErrorCode HypSamplerFind(const char name[], PetscErrorCode (**)(HypSampler));

/* E theta^2 bounded, where that can be computed: stable.c;
   an equation brings its kernels, NULL for algorithms */
PETSC_INTERN PetscErrorCode HypSamplerCheckMeanSquare(HypSampler, HypKernelsFn equation,
                                                      const char *what);

PETSC_INTERN PetscErrorCode HypSamplerDelayLaw(const HypSampleSettings *, PetscInt substeps,
                                               HypDelayLaw *, PetscReal          **table);

/* (P, M) of (2.5): read.c */
PETSC_INTERN PetscErrorCode HypSamplerRead(HypSampler, PetscReal **read);

/* Normals of the equations, which may be an algorithm's: coupled.c */
PETSC_INTERN PetscErrorCode HypSamplerNormals(HypSampler, const HypBlock *, PetscInt step,
                                              PetscInt substep, PetscInt n, PetscReal *xi);

/* Exact moments: exact.c */
PETSC_INTERN PetscErrorCode HypSamplerExactRecursion(HypSampler, PetscInt c, PetscInt times,
                                                     const PetscInt *step, PetscReal *moments);
PETSC_INTERN PetscErrorCode HypSamplerExactSmeMsgd(HypSampler, PetscInt c, PetscInt times,
                                                   const PetscInt *step, PetscReal *moments);
PETSC_INTERN PetscErrorCode HypSamplerExactSmeSgd(HypSampler, PetscInt c, PetscInt times,
                                                  const PetscInt *step, PetscReal *moments);

static inline HypRandomBlock HypBlockRandom(HypSampler sampler, const HypBlock *block,
                                            PetscInt step, HypRandomPurpose purpose)
{
  return (HypRandomBlock){.seed    = sampler->settings.seed,
                          .path    = block->path,
                          .lanes   = block->lanes,
                          .step    = (uint32_t)step,
                          .purpose = purpose};
}

/* Delays and the states that they reach: past.c */
typedef struct {
  HypStaleness staleness;
  PetscInt     depth; /* of the past, a power of two */
} HypDelayed;

typedef struct {
  PetscInt   depth;
  PetscReal *ring, *read; /* [depth][d][lanes]; [d][lanes] */
  uint32_t  *tau;         /* [lanes] */
} HypPast;

PETSC_INTERN PetscErrorCode HypPastCreate(HypSampler, PetscInt lanes, PetscInt depth, HypPast *);
PETSC_INTERN void           HypPastStart(HypSampler, HypBlock *, HypPast *);
PETSC_INTERN PetscReal     *HypPastAt(const HypPast *, const HypBlock *, PetscInt j);
PETSC_INTERN void           HypPastRead(const HypPast *, const HypBlock *, PetscInt j);
PETSC_INTERN PetscErrorCode HypPastDestroy(HypPast *);
PETSC_INTERN PetscErrorCode HypSamplerDestroyDelayed(HypSampler);

/* Shared by the models: common.c */
PETSC_INTERN PetscInt  HypSamplerBatch(HypSampler, PetscInt step);
PETSC_INTERN PetscReal HypStepFactor(const HypSampleSettings *, PetscInt step);
PETSC_INTERN void      HypDrawComponents(PetscInt n, PetscInt lanes, const uint32_t *restrict w,
                                         uint32_t *restrict component);
PETSC_INTERN PetscErrorCode HypCovarianceSolve(PetscInt d, PetscInt lanes, const PetscReal *Sigma,
                                               const PetscReal *v, PetscReal *factor,
                                               PetscReal *out);
PETSC_INTERN PetscErrorCode HypCovarianceApply(PetscInt d, PetscInt lanes, const PetscReal *Sigma,
                                               const PetscReal *xi, PetscReal *factor,
                                               PetscReal *out);
