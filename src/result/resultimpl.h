#pragma once
/* Private: the HDF5 file of a run of the kinetic equation. */
#include "file/fileimpl.h"
#include <hypoco/result.h>

struct _p_HypResultFile {
  const HypResult *result;
  HypFile          file;
  Vec              f;         /* F/M; NULL: unknown */
  PetscReal       *M, *F, *h; /* on the grid of one pair: M; of all pairs: F/M, h */
  PetscInt         series;    /* records handed over */
  PetscInt         snapshots, room;
  PetscReal       *times; /* of the snapshots */
  PetscBool        keep;
  PetscReal       *kept; /* for checkpoints, on the first rank: h of all snapshots */
};

#define COUNT(rows) ((PetscInt)(sizeof(rows) / sizeof((rows)[0])))

/* marginal.c */
PETSC_INTERN size_t         HypPairSize(HypSpace);
PETSC_INTERN PetscErrorCode HypMarginals(HypSpace, Vec u, PetscReal values[]);
/* file.c */
PETSC_INTERN HypVariable HypSeriesVariable(const HypSeriesRow *);
/* parts.c */
PETSC_INTERN PetscErrorCode HypResultFileParts(HypResultFile, PetscBool early);
