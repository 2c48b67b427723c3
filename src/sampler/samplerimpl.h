#pragma once
#include "loss/lossimpl.h"
#include "loss/random.h"
#include "sampler/staleness.h"

#define HYP_LANES 64 /* at most in a block */

/* Paths path, ..., path + lanes - 1 in lockstep */
typedef struct {
  uint64_t   path;
  PetscInt   lanes, d;
  PetscReal *theta; /* [d][lanes], the present values; owned by data */
  PetscReal *y;     /* [d][lanes]; NULL where the model has none */
  PetscReal *wall;  /* [lanes]: wall time; NULL where the model has none */
  void      *data;
} HypBlock;

typedef struct {
  PetscErrorCode (*setup)(HypSampler); /* checks and tables; sets timestep, has_y */
  PetscErrorCode (*blockcreate)(HypSampler, HypBlock *);
  PetscErrorCode (*blockstart)(HypSampler, HypBlock *); /* the state at step 0 */
  PetscErrorCode (*step)(HypSampler, HypBlock *, PetscInt step);
  PetscErrorCode (*blockdestroy)(HypSampler, HypBlock *);
  PetscErrorCode (*exact)(
    HypSampler, PetscInt c, PetscInt times, const PetscInt *step,
    PetscReal *moments); /* E theta, E theta^2 per time; optional: NULL if unknown */
  PetscErrorCode (*finish)(HypSampler, HypSampleResult *); /* what the model alone has; optional */
  PetscErrorCode (*destroy)(HypSampler);
} HypSamplerOps;

struct _p_HypSampler {
  /* what the user asked for */
  HypSampleSettings settings;
  HypLoss           loss; /* not owned; NULL for sde */
  MPI_Comm          comm;
  /* set by the model */
  HypSamplerOps ops;
  PetscInt      d, lanes;
  PetscReal     timestep;
  PetscInt      substeps; /* of a linear recursion in one step: 1, or those of the delay equation */
  PetscBool     has_y;
  PetscReal     coupled; /* +-1: an equation driven by the numbers of an algorithm; else 0 */
  void         *data;
};

/* One line per model in samplerregister.c, one constructor per file */
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
PETSC_INTERN                PetscErrorCode (*HypSamplerFind(const char *))(HypSampler);

/* E theta^2 bounded, where that can be computed: stable.c;
   an equation brings its kernels, NULL for algorithms */
PETSC_INTERN PetscErrorCode HypSamplerCheckMeanSquare(HypSampler, HypKernelsFn equation,
                                                      const char *what);

PETSC_INTERN PetscErrorCode HypSamplerDelayLaw(const HypSampleSettings *, PetscInt substeps,
                                               HypDelayLaw *, PetscReal          **table);

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

/* Shared by the models: common.c */
PETSC_INTERN PetscInt  HypSamplerBatch(HypSampler, PetscInt step);
PETSC_INTERN PetscReal HypStepFactor(const HypSampleSettings *, PetscInt step);
PETSC_INTERN void      HypDrawComponents(PetscInt n, PetscInt lanes, const uint32_t *restrict w,
                                         uint32_t *restrict component);
PETSC_INTERN PetscErrorCode HypBatchGradient(HypSampler, const HypBlock *, PetscInt step,
                                             PetscInt batch, uint32_t *const w[4],
                                             uint32_t *component, const PetscReal *theta,
                                             PetscReal *sum, PetscReal *gradient);
PETSC_INTERN void           HypBlockFill(HypSampler, PetscInt lanes, PetscReal *theta);
PETSC_INTERN PetscErrorCode HypCovarianceApply(PetscInt d, PetscInt lanes, const PetscReal *Sigma,
                                               const PetscReal *xi, PetscReal *factor,
                                               PetscReal *out);
