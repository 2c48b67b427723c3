#pragma once
/* The live progress line: done, rate, time left; on a terminal only, unless asked for. */
#include "program/options/settings.h"
#include <petscsys.h>

typedef struct {
  PetscBool      on;
  const char    *unit;       /* what is counted: "t", "paths", "cases" */
  PetscReal      begin, end; /* where this process began, and the whole */
  const char    *erase;      /* what clears the rest of a line, on terminals that can */
  PetscLogDouble start, last;
} HypProgress;

PetscErrorCode HypProgressStart(const HypSettings *s, const char unit[], PetscReal begin,
                                PetscReal end, HypProgress *progress);
PetscErrorCode HypProgressUpdate(HypProgress *progress, PetscReal done);
PetscErrorCode HypProgressEnd(HypProgress *progress);
