#pragma once
/* The part of hypoco theory about a fixed delay and about momentum:
   exact and guaranteed factors. */
#include "program/options/settings.h"
#include <jansson.h>
#include <petscsys.h>

PetscErrorCode HypTheoryFactors(const HypSettings *, PetscReal eta, PetscInt n,
                                const PetscReal curvature[], json_t *body);
PetscErrorCode HypTheoryLine(json_t *part, const char *name, PetscReal value, const char *about);
