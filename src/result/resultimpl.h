#pragma once
/* Private: the HDF5 file of a run of the kinetic equation. */
#include "file/fileimpl.h"
#include <hypoco/result.h>
#include <hypoco/thetadensity.h>

enum { HYP_THETA_POINTS = 201 };

struct _p_HypResultFile {
  const HypResult *result;
  HypFile          file;
  Vec              f;         /* F/M; NULL: unknown */
  PetscReal       *M, *F, *h; /* on the grids of all pairs: M, F/M, h */
  PetscInt         series;    /* records handed over */
  PetscInt         snapshots, room;
  PetscReal       *times;                /* of the snapshots */
  PetscBool        keep, shown;          /* shown: a version has appeared, which all ranks know */
  PetscReal       *kept;                 /* for checkpoints, on the first rank: all snapshots */
  HypThetaDensity  theta;                /* NULL: the space has no such marginals */
  HypThetaUser     user;                 /* NULL: theta's axes are the user's, or too large */
  PetscReal       *theta_grid, *theta_F; /* its points; the densities of F */
  PetscReal       *density;              /* of all snapshots, on the first rank */
  PetscInt         compared;             /* snapshots with an error so far */
  PetscReal       *density_error;        /* of theirs, by pair */
  HypSpace         coarse_space;         /* what they are compared with; not owned */
  HypThetaDensity  coarse;
  HypThetaUser     coarse_user;
};

#define COUNT(rows) ((PetscInt)(sizeof(rows) / sizeof((rows)[0])))

/* marginal.c */
PETSC_INTERN size_t         HypPairSize(HypSpace);
PETSC_INTERN PetscErrorCode HypMarginals(HypSpace, Vec u, PetscReal values[]);
/* density.c */
PETSC_INTERN PetscErrorCode HypDensityCreate(HypResultFile);
PETSC_INTERN size_t         HypDensitySize(HypResultFile);
PETSC_INTERN PetscErrorCode HypDensityCompute(HypThetaDensity, HypThetaUser, PetscInt, Vec,
                                              PetscReal[]);
PETSC_INTERN PetscErrorCode HypDensityDeclare(HypResultFile);
PETSC_INTERN PetscErrorCode HypDensityRecord(HypResultFile, const PetscReal h[]);
PETSC_INTERN PetscErrorCode HypDensityErrors(HypResultFile);
PETSC_INTERN PetscErrorCode HypDensityDestroy(HypResultFile);
/* file.c */
PETSC_INTERN HypVariable HypSeriesVariable(const HypSeriesRow *);
/* parts.c */
PETSC_INTERN PetscErrorCode HypResultFileParts(HypResultFile, PetscBool early);
