#pragma once
/*
   Checkpoints of a run in time: everything the rest of it depends on,
   so that it can go on as if it had never stopped.

   Two files, NAME.1 and NAME.2, are written in turn, each whole or not at all (hypoco/file.h);
   so the last two states are kept and the newest is never touched.
   docs/reliability.md says what is in them and when one is refused.
*/
#include <hypoco/result.h>
#include <hypoco/time.h>

typedef struct _p_HypCheckpoint *HypCheckpoint;

/* What a checkpoint holds; in reading, where to put it */
typedef struct {
  HypEvolutionState *state;
  HypSeries         *series;
  HypResultFile      file; /* its snapshots; NULL: no result file */
  PetscInt           nnotes;
  PetscReal         *notes; /* the command's own numbers */
} HypCheckpointContent;

PETSC_EXTERN PetscErrorCode HypCheckpointCreate(const HypResult *, const char name[],
                                                HypCheckpoint *);
PETSC_EXTERN PetscErrorCode HypCheckpointWrite(HypCheckpoint, const HypCheckpointContent *);
PETSC_EXTERN PetscErrorCode HypCheckpointFind(HypCheckpoint, const char name[], PetscBool *found);
PETSC_EXTERN PetscErrorCode HypCheckpointState(HypCheckpoint, HypEvolutionState *);
PETSC_EXTERN PetscErrorCode HypCheckpointRead(HypCheckpoint, const PetscBool snapshot[],
                                              HypCheckpointContent *);
PETSC_EXTERN const char    *HypCheckpointNewest(HypCheckpoint);
PETSC_EXTERN PetscErrorCode HypCheckpointDestroy(HypCheckpoint *);
