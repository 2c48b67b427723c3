#pragma once
#include <hypoco/sampler.h>

#define SAMPLERNESTEROV "nesterov"

PetscErrorCode SamplerCreate_Nesterov(HypSampler);
