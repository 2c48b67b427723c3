#pragma once
#include <hypoco/space.h>

/* Makes the type "toy" known */
PetscErrorCode ToyRegister(void);
