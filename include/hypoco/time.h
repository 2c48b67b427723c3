#pragma once
/*
   Time: PETSc's TS drives dh/dt = (-T + L + R) h.  Any -ts_type works; the default is our own `exponential`.
*/
#include <petscts.h>
#include <hypoco/kinetic.h>

#define HYPTSEXPONENTIAL "exponential"

typedef struct _p_HypEvolution *HypEvolution;
/* Called at each requested time with the solution there; h must not be changed */
typedef PetscErrorCode (*HypOutputFn)(PetscInt k, PetscReal t, Vec h, void *ctx);

PETSC_EXTERN PetscErrorCode HypTimeRegister(void);
PETSC_EXTERN PetscErrorCode HypEvolutionCreate(HypKinetic, HypEvolution *);
PETSC_EXTERN PetscErrorCode HypEvolutionGetTS(HypEvolution, TS *);
PETSC_EXTERN PetscErrorCode HypEvolutionSetOutputs(HypEvolution, PetscInt n, const PetscReal times[], HypOutputFn, void *ctx);
PETSC_EXTERN PetscErrorCode HypEvolutionSetUp(HypEvolution, Vec h);
PETSC_EXTERN PetscErrorCode HypEvolutionSolve(HypEvolution, Vec h);
PETSC_EXTERN PetscErrorCode HypEvolutionDestroy(HypEvolution *);
