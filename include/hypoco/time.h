#pragma once
/*
   Time: PETSc's TS drives dh/dt = (-T + L + R) h.
   Any -ts_type works; the default is our own `exponential`.
*/
#include <petscts.h>
#include <hypoco/kinetic.h>

#define HYPTSEXPONENTIAL "exponential"

typedef struct _p_HypEvolution *HypEvolution;
/* Called at each requested time with the solution there; h must not be changed */
typedef PetscErrorCode (*HypOutputFn)(PetscInt k, PetscReal t, Vec h, void *ctx);
/* Called after each step and between outputs inside one; stop:
   leave now, to go on later from HypEvolutionGetState() */
typedef PetscErrorCode (*HypStepFn)(HypEvolution, PetscBool *stop, void *ctx);

/* A state from which the rest of a run follows; h belongs to the evolution */
typedef struct {
  PetscInt  step, outputs; /* steps taken, outputs delivered */
  PetscReal t, dt,
    dt_unhurried; /* time; the next step; that before it was shortened to meet an output time */
  Vec h;
} HypEvolutionState;

PETSC_EXTERN PetscErrorCode HypTimeRegister(void);
PETSC_EXTERN PetscErrorCode HypEvolutionCreate(HypKinetic, HypEvolution *);
PETSC_EXTERN PetscErrorCode HypEvolutionGetTS(HypEvolution, TS *);
PETSC_EXTERN PetscErrorCode HypEvolutionSetOutputs(HypEvolution, PetscInt n,
                                                   const PetscReal times[], HypOutputFn, void *ctx);
PETSC_EXTERN PetscErrorCode HypEvolutionSetStep(HypEvolution, HypStepFn);
PETSC_EXTERN PetscErrorCode HypEvolutionSetState(HypEvolution, const HypEvolutionState *);
PETSC_EXTERN PetscErrorCode HypEvolutionGetState(HypEvolution, HypEvolutionState *);
PETSC_EXTERN PetscErrorCode HypEvolutionSetUp(HypEvolution, Vec h);
PETSC_EXTERN PetscErrorCode HypEvolutionSolve(HypEvolution, Vec h);
PETSC_EXTERN PetscErrorCode HypEvolutionDestroy(HypEvolution *);
