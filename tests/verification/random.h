#pragma once
/* Random cases that are the same in every run */
#include <petscsys.h>

static PetscRandom Random;

static PetscErrorCode RandomStart(unsigned long seed)
{
  PetscFunctionBeginUser;
  PetscCall(PetscRandomCreate(PETSC_COMM_SELF, &Random));
  PetscCall(PetscRandomSetSeed(Random, seed));
  PetscCall(PetscRandomSeed(Random));
  PetscFunctionReturn(0);
}

static PetscReal Uniform(PetscReal from, PetscReal to)
{
  PetscReal value;

  PetscCallAbort(PETSC_COMM_SELF, PetscRandomGetValueReal(Random, &value));
  return from + (to - from) * value;
}
