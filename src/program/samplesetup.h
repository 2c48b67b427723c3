#pragma once
/* What hypoco sample is asked to do. */
#include "program/objects.h"
#include <hypoco/sampler.h>

typedef struct {
  HypSampleSettings settings; /* points into the rest */
  HypLoss           loss;
  HypModel          model;
  HypSchedule       schedule;
  PetscReal        *start, *mean, *covariance, *probability, *measured, *factor;
  PetscInt         *snapshots, *coordinates;
} HypSampleSetup;

PetscErrorCode HypSampleSetupCreate(MPI_Comm, const HypSettings *, HypSampleSetup *);
PetscErrorCode HypSampleSetupDestroy(HypSampleSetup *);
