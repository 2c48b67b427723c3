#pragma once
#include "program/options/options.h"
#include <hypoco/file.h>

PetscErrorCode HypAskedCreate(const HypOptions *, HypAsked *);
PetscErrorCode HypAskedDestroy(HypAsked *);
