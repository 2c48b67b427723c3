#include "sampler/samplerimpl.h"

/* Every model, in the order of --help */
static const struct {
  const char *name;
  PetscErrorCode (*create)(HypSampler);
} Register[] = {
  {"asgd", HypSamplerCreate_ASGD},        {"sgd", HypSamplerCreate_SGD},
  {"msgd", HypSamplerCreate_MSGD},        {"sme-asgd-linear", HypSamplerCreate_SMEASGDLinear},
  {"sme-asgd", HypSamplerCreate_SMEASGD}, {"sme-msgd", HypSamplerCreate_SMEMSGD},
  {"sme-sgd", HypSamplerCreate_SMESGD},   {"sde", HypSamplerCreate_SDE},
  {"sdde", HypSamplerCreate_SDDE},        {"workers", HypSamplerCreate_Workers},
  {"ssgd", HypSamplerCreate_SSGD},
};

/* Names of the register, ended by NULL */
const char *const HypSamplerTypes[] = {"asgd",     "sgd",      "msgd",    "sme-asgd-linear",
                                       "sme-asgd", "sme-msgd", "sme-sgd", "sde",
                                       "sdde",     "workers",  "ssgd",    NULL};

PetscErrorCode (*HypSamplerFind(const char *name))(HypSampler)
{
  for (size_t i = 0; i < sizeof(Register) / sizeof(Register[0]); i++)
    if (!strcmp(Register[i].name, name)) return Register[i].create;
  return NULL;
}
