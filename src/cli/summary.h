#pragma once
/* The JSON summary of the commands that do not solve the equation. */
#include <hypoco/options.h>
#include <jansson.h>
#include <petscsys.h>

PetscErrorCode HypCliWriteSummary(const HypOptions *options, const char *name, json_t *body, PetscReal seconds);
