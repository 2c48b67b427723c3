#pragma once
/*
   What a sampler supplies: for those who write one.
   No promise is made from one version to the next.

   A sampler is one constructor that fills the operations; HypSamplerRegister() gives it a name.
   It advances blocks of paths in lockstep, all arrays stored as [coordinate][lane].
   Random numbers are functions of (seed, path, step, purpose): hypoco/random.h.
*/
#include <hypoco/random.h>
#include <hypoco/sampler.h>

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
  PetscReal (*rate)(HypSampler, PetscReal curvature); /* of E theta on a quadratic loss, in its own
                                                         time, exactly; optional */
  PetscErrorCode (*finish)(HypSampler, HypSampleResult *); /* what the model alone has; optional */
  PetscErrorCode (*destroy)(HypSampler);                   /* optional */
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
  PetscBool     pair;  /* E theta of a loss that is quadratic in it is one pair of modes */
  PetscReal     speed; /* P = speed (theta - M), (2.5) of An, Lu and Ying; 0: there is no such P */
  PetscInt      draws; /* algorithms: mini-batches of one step; 0: an equation */
  PetscReal     coupled; /* +-1: an equation driven by the numbers of an algorithm; else 0 */
  void         *data;
};

/* Random words, components and work of the mini-batch of one step */
typedef struct {
  uint32_t  *w[4], *component; /* [lanes] */
  PetscReal *gradient, *sum;   /* [d][lanes] */
} HypBatch;

PETSC_EXTERN PetscErrorCode HypBatchCreate(HypSampler, PetscInt lanes, HypBatch *);
PETSC_EXTERN void           HypBatchDraw(HypSampler, const HypBlock *, PetscInt step, HypBatch *);
PETSC_EXTERN PetscErrorCode HypBatchGradient(HypSampler, const HypBlock *, PetscInt step,
                                             const PetscReal theta[], HypBatch *);
PETSC_EXTERN PetscErrorCode HypBatchDestroy(HypBatch *);
PETSC_EXTERN void           HypBlockFill(HypSampler, PetscInt lanes, PetscReal theta[]);
