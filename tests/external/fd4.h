#pragma once
#include <hypoco/axis.h>

#define AXISFD4 "fd4"
PetscErrorCode AxisCreate_FD4(HypAxis);
