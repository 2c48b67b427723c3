#pragma once
/* The result file of hypoco sample. */
#include "program/options/settings.h"
#include <hypoco/file.h>
#include <hypoco/sampler.h>

PetscErrorCode HypSampleFileCreate(const HypSettings *s, HypFile *file);
PetscErrorCode HypSampleFileClose(HypFile *file, const HypSampleResult *result,
                                  const HypSampleSummary *summary, PetscBool keep, PetscReal total);
