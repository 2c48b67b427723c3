/* The types in the registers, the library's and the caller's, are what options may name. */
#include "program/program.h"
#include <hypoco/sampler.h>

static PetscErrorCode AllowTypes(const char key[], PetscErrorCode (*find)(const char ***))
{
  const char **types;

  PetscFunctionBeginUser;
  PetscCall(find(&types));
  for (size_t i = 0; types[i]; i++) HypOptionsAllow(key, types[i]);
  PetscCall(PetscFree(types));
  PetscFunctionReturn(0);
}

/* Before any option is read */
PetscErrorCode HypAllowTypes(void)
{
  PetscFunctionBeginUser;
  PetscCall(AllowTypes("axis_x_type", HypAxisTypes));
  PetscCall(AllowTypes("axis_v_type", HypAxisTypes));
  PetscCall(AllowTypes("space_type", HypSpaceTypes));
  PetscCall(AllowTypes("sample_model", HypSamplerTypes));
  PetscFunctionReturn(0);
}
