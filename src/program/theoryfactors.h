#pragma once
/* The part of hypoco theory about a fixed delay and about momentum:
   exact and guaranteed factors. */
#include "program/theoryloss.h"
#include <jansson.h>

PetscErrorCode HypTheoryFactors(const HypSettings *, PetscReal eta, const HypTheoryLoss *, FILE *,
                                json_t *body);
PetscErrorCode HypTheoryLine(FILE *, json_t *part, const char *name, PetscReal value,
                             const char *about);
