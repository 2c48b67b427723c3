#pragma once
/* From settings to objects: what the user asked for, given to the library by its setters. */
#include "program/options/settings.h"
#include <hypoco/audit.h>
#include <hypoco/loss.h>

PetscErrorCode HypSettingsModel(const HypSettings *, MPI_Comm, HypModel *);
PetscErrorCode HypSettingsReference(const HypSettings *, HypModel);
PetscErrorCode HypSettingsJacobian(const HypSettings *, HypModel, HypJacobian *);
PetscErrorCode HypSettingsContraction(const HypSettings *, HypModel, HypSlopes *, HypContraction *);
PetscErrorCode HypSettingsSpace(const HypSettings *, HypModel, HypSpace *);
PetscErrorCode HypSettingsInitialLaw(const HypSettings *, HypModel, PetscReal mean[],
                                     PetscReal covariance[]);
PetscErrorCode HypSettingsInitial(const HypSettings *, HypModel, HypSpace, Vec u);
PetscErrorCode HypSettingsLoss(const HypSettings *, HypModel, HypLoss *);
