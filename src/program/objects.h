#pragma once
/* From settings to objects: what the user asked for, given to the library by its setters. */
#include "program/options/settings.h"
#include <hypoco/audit.h>
#include <hypoco/loss.h>

/* What problems that differ in the amplitude of eps alone share, as far as one has made it */
typedef struct {
  HypSlopes slopes[2]; /* of eps with the amplitude 1 and -1; d = 0: not sought yet */
  Mat       TL;        /* HypKineticShareSparse() */
} HypShared;

PetscErrorCode HypSettingsModel(const HypSettings *, MPI_Comm, HypModel *);
PetscErrorCode HypSettingsReference(const HypSettings *, HypModel);
PetscErrorCode HypSettingsJacobian(const HypSettings *, HypModel, HypJacobian *);
PetscErrorCode HypSettingsContraction(const HypSettings *, HypModel, HypShared *, HypSlopes *,
                                      HypContraction *);
PetscErrorCode HypSharedDestroy(HypShared *);
PetscErrorCode HypSettingsSpace(const HypSettings *, HypModel, HypSpace *);
PetscErrorCode HypSettingsInitialLaw(const HypSettings *, HypModel, PetscReal mean[],
                                     PetscReal covariance[]);
PetscErrorCode HypSettingsInitial(const HypSettings *, HypModel, HypSpace, Vec u);
PetscErrorCode HypSettingsLoss(const HypSettings *, HypModel, HypLoss *);
