#include "sampler/samplerimpl.h"
#include "base/types.h"

static HypTypes  types;
static unsigned  takes[HYP_TYPES];
static PetscBool registered = PETSC_FALSE;

#define ALGORITHM (HYP_TAKES_STEPS | HYP_TAKES_STEP_LAW)
#define EQUATION  (HYP_TAKES_STEPS | HYP_TAKES_SUBSTEPS)

/* Every model, in the order of --help, and what it reads of the settings */
static const struct {
  const char *name;
  PetscErrorCode (*create)(HypSampler);
  unsigned takes;
} models[] = {
  {"asgd", HypSamplerCreate_ASGD,
   ALGORITHM | HYP_TAKES_STALENESS | HYP_TAKES_MOMENTUM | HYP_TAKES_BATCH_COST |
     HYP_TAKES_AUXILIARY | HYP_COUNTS_TIME | HYP_SHARES_EQUATION | HYP_TENDS_TO_EQUATION},
  {"sgd", HypSamplerCreate_SGD,
   ALGORITHM | HYP_TAKES_AUXILIARY | HYP_COUNTS_TIME | HYP_SHARES_EQUATION},
  {"msgd", HypSamplerCreate_MSGD, HYP_TAKES_STEPS | HYP_TAKES_MOMENTUM | HYP_SHARES_EQUATION},
  {"sme-asgd-linear", HypSamplerCreate_SMEASGDLinear,
   EQUATION | HYP_TAKES_COVARIANCE | HYP_NEEDS_LINEAR | HYP_SHARES_EQUATION |
     HYP_TENDS_TO_EQUATION},
  {"sme-asgd", HypSamplerCreate_SMEASGD,
   EQUATION | HYP_TAKES_COVARIANCE | HYP_SHARES_EQUATION | HYP_TENDS_TO_EQUATION},
  {"sme-msgd", HypSamplerCreate_SMEMSGD, EQUATION | HYP_TAKES_MOMENTUM | HYP_SHARES_EQUATION},
  {"sme-sgd", HypSamplerCreate_SMESGD, EQUATION | HYP_SHARES_EQUATION},
  {"sde", HypSamplerCreate_SDE, HYP_TAKES_SUBSTEPS | HYP_TAKES_TIMES | HYP_SHARES_EQUATION},
  {"sdde", HypSamplerCreate_SDDE, EQUATION | HYP_TAKES_STEP_LAW | HYP_TAKES_STALENESS},
  {"workers", HypSamplerCreate_Workers, ALGORITHM | HYP_TAKES_WORKERS},
  {"ssgd", HypSamplerCreate_SSGD, ALGORITHM | HYP_TAKES_WORKERS},
};

static PetscErrorCode Add(const char name[], unsigned reads, PetscErrorCode (*create)(HypSampler))
{
  PetscFunctionBeginUser;
  PetscCheck(HypTypesAdd(&types, name, (HypConstructor)create), PETSC_COMM_SELF,
             PETSC_ERR_ARG_OUTOFRANGE,
             "sampler '%s' cannot be registered: at most %d types of names below %d characters",
             name, (int)HYP_TYPES, (int)HYP_TYPE_NAME);
  takes[HypTypesPosition(&types, name)] = reads;
  PetscFunctionReturn(0);
}

static PetscErrorCode RegisterAll(void)
{
  PetscFunctionBeginUser;
  if (registered) PetscFunctionReturn(0);
  registered = PETSC_TRUE;
  for (size_t i = 0; i < sizeof(models) / sizeof(models[0]); i++)
    PetscCall(Add(models[i].name, models[i].takes, models[i].create));
  PetscFunctionReturn(0);
}

/*@C
  HypSamplerRegister - Adds a model to those that sample knows

  Not collective; before or after PETSc starts

  Input Parameters:
+ name   - its name, as in sample_model
. reads  - what it reads of the settings beside the learning rate: a sum of HYP_TAKES_ values,
  with HYP_NEEDS_LINEAR, HYP_SHARES_EQUATION and HYP_TENDS_TO_EQUATION where they hold
- create - the constructor, which fills the operations (hypoco/samplerimpl.h)

  Level: advanced

  Note:
  A key of sample that belongs to something the model does not read is refused with its name.

.seealso: HypSamplerCreate(), HypMain()
@*/
PetscErrorCode HypSamplerRegister(const char name[], unsigned reads,
                                  PetscErrorCode (*create)(HypSampler))
{
  PetscFunctionBeginUser;
  PetscCall(RegisterAll());
  PetscCall(Add(name, reads, create));
  PetscFunctionReturn(0);
}

/*@C
  HypSamplerTypes - The names of all models

  Not collective

  Output Parameter:
. names - their names, in the order of --help, ended by NULL; free the array with PetscFree()

  Level: developer

.seealso: HypSamplerRegister()
@*/
PetscErrorCode HypSamplerTypes(const char ***names)
{
  PetscFunctionBeginUser;
  PetscCall(RegisterAll());
  PetscCall(PetscCalloc1(types.n + 1, names));
  for (size_t i = 0; i < types.n; i++) (*names)[i] = types.name[i];
  PetscFunctionReturn(0);
}

/*@C
  HypSamplerTakes - What a model reads of the settings

  Not collective

  Input Parameter:
. name - of the model

  Returns a sum of HYP_TAKES_ values, and what else its row in the table says; 0 if there is no
  such model.

  Level: developer

.seealso: HypSamplerRegister()
@*/
unsigned HypSamplerTakes(const char name[])
{
  if (RegisterAll()) return 0;
  return HypTypesFind(&types, name) ? takes[HypTypesPosition(&types, name)] : 0;
}

/*@C
  HypSamplerIsMomentum - Is a model one of momentum?

  Not collective

  Input Parameter:
. name - of the model

  Returns PETSC_TRUE where momentum is what the model has in place of staleness.

  Level: developer

.seealso: HypSamplerTakes()
@*/
PetscBool HypSamplerIsMomentum(const char name[])
{
  const unsigned reads = HypSamplerTakes(name);

  return (reads & HYP_TAKES_MOMENTUM) && !(reads & HYP_TAKES_STALENESS) ? PETSC_TRUE : PETSC_FALSE;
}

/* The constructor of a model; an unknown name is an error that lists the known ones */
PetscErrorCode HypSamplerFind(const char name[], PetscErrorCode (**create)(HypSampler))
{
  char known[512] = "";

  PetscFunctionBeginUser;
  PetscCall(RegisterAll());
  *create = (PetscErrorCode(*)(HypSampler))HypTypesFind(&types, name);
  if (*create) PetscFunctionReturn(0);
  for (size_t i = 0; i < types.n; i++) {
    PetscCall(PetscStrlcat(known, i ? ", " : "", sizeof(known)));
    PetscCall(PetscStrlcat(known, types.name[i], sizeof(known)));
  }
  SETERRQ(PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE, "sample_model: '%s' given; one of %s needed",
          name, known);
}
