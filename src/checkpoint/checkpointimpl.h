#pragma once
/* Private: checkpoints. */
#include "result/resultimpl.h"
#include <hypoco/checkpoint.h>

#define HYP_CHECKPOINT_FORMAT "hypoco checkpoint 1"

struct _p_HypCheckpoint {
  const HypResult *result;
  MPI_Comm         comm;
  PetscMPIInt      rank;
  char            *name;                     /* of both files, without .1 and .2 */
  json_t          *conditions;               /* what must be the same for the run to go on */
  int              newest, serial;           /* 1 or 2, 0: none; how many came before */
  int              lock;                     /* the first rank's */
  char             path[PETSC_MAX_PATH_LEN]; /* of the newest */
  PetscBool        alone; /* the older file belongs to another run: it goes when ours is complete */
};

/* write.c */
PETSC_INTERN void HypCheckpointPath(HypCheckpoint, int slot, char path[PETSC_MAX_PATH_LEN]);
/* conditions.c */
PETSC_INTERN json_t        *HypCheckpointConditions(const HypResult *);
PETSC_INTERN PetscErrorCode HypCheckpointCompare(HypCheckpoint, HypH5File *);
