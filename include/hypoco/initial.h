#pragma once
/* Initial data from options. */
#include <hypoco/space.h>

PETSC_EXTERN PetscErrorCode HypInitialFromOptions(HypSpace, const HypOptions *, Vec u);
