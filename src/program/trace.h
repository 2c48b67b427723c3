#pragma once
/* A recorded run, for hypoco theory. */
#include <petscsys.h>
#include <jansson.h>

PetscErrorCode HypTheoryTrace(const char path[], PetscBool loss, json_t *body);
