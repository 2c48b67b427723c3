#pragma once
/* hypoco sample: pairs of paths with the same noise, and the laws of two starts. */
#include "program/options/settings.h"
#include <hypoco/model.h>
#include <jansson.h>

PetscErrorCode HypSampleTwins(const HypSettings *, HypModel, PetscReal end, json_t **body);
