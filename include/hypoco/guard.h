#pragma once
/* What must stay true along a trajectory: a warning, or an error, as soon as it is not true. */
#include <hypoco/norms.h>
#include <hypoco/resolution.h>

/* What a guard remembers, to go on from a checkpoint */
typedef enum {
  HYP_GUARD_MASS,   /* mean of h at the start */
  HYP_GUARD_NORM,   /* ||h||^2 at the start */
  HYP_GUARD_LOWEST, /* smallest ||h||^2 so far */
  HYP_GUARD_DRIFT,  /* largest change of the mean */
  HYP_GUARD_EDGE,   /* largest share of ||h||^2 where the space ends, and when */
  HYP_GUARD_EDGE_T,
  HYP_GUARD_MEMORY
} HypGuardMemory;

typedef struct {
  HypResolution resolution;
  PetscBool     perturbed, started, warned_edge, warned_growth, warned_negative;
  PetscBool     suspicious; /* the last output has grown a lot */
  PetscBool     waits;      /* set by the caller: the edge is watched once h has been resolved */
  PetscReal     memory[HYP_GUARD_MEMORY];
  PetscReal     steady; /* share of ||F/M||^2 where the space ends */
} HypGuard;

#define HYP_UNRESOLVED 0.1 /* an error bar of the gap relative to it, or of F: a tenth */

PETSC_EXTERN PetscErrorCode HypGuardSteady(HypKinetic, Vec f);
PETSC_EXTERN PetscErrorCode HypGuardGap(HypSpace, PetscReal gap, PetscReal error);
PETSC_EXTERN PetscErrorCode HypGuardPotential(HypSpace);
PETSC_EXTERN PetscErrorCode HypGuardAgreement(HypSpace, PetscReal error, const char source[]);
PETSC_EXTERN PetscErrorCode HypGuardCreate(HypKinetic, Vec f, HypGuard *);
PETSC_EXTERN PetscBool      HypGuardSuspects(const HypGuard *, PetscReal norm2);
PETSC_EXTERN PetscErrorCode HypGuardCheck(const HypGuard *, PetscInt step, PetscReal t,
                                          const HypFunctionals *);
PETSC_EXTERN PetscErrorCode HypGuardWatch(HypGuard *, PetscInt step, PetscReal t, Vec h,
                                          const HypFunctionals *);
PETSC_EXTERN PetscErrorCode HypGuardNegative(HypGuard *, PetscReal t, HypNorms);
PETSC_EXTERN PetscErrorCode HypGuardDestroy(HypGuard *);
