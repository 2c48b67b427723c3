/* What a message blames where a space does not resolve the equation: only what was given. */
#include "model/modelimpl.h"

typedef struct {
  const char *what, *remedy;
} Suspect;

/*@
  HypModelIsLinear - Would space_reference: auto find F itself, because eps is linear?

  Not collective

  Input Parameter:
. model - the model

  Returns PETSC_FALSE where the space has such a Gaussian already, and where eps has no values.

  Level: developer

.seealso: HypModelLinear(), HypModelRemedy()
@*/
PetscBool HypModelIsLinear(HypModel model)
{
  PetscBool linear = PETSC_FALSE, exists = PETSC_FALSE;

  if (!HypModelHasEps(model) || model->reference || HypModelRotated(model)) return PETSC_FALSE;
  /* what eps lacks is said where it is needed */
  (void)PetscPushErrorHandler(PetscIgnoreErrorHandler, NULL);
  (void)PetscFPTrapPush(PETSC_FP_TRAP_OFF);
  if (HypModelLinear(model, &linear, &exists, NULL)) exists = PETSC_FALSE;
  (void)PetscFPTrapPop();
  (void)PetscPopErrorHandler();
  return exists;
}

static const Suspect *Find(HypModel model)
{
  /* eps, noise, reference: bits 0, 1, 2 */
  static const Suspect suspects[8] = {
    {"the force", "weaken the force"},
    {"eps", "lower epsilon_amplitude"},
    {"the noise", "let noise depend less on theta"},
    {"eps or the noise", "lower epsilon_amplitude, let noise depend less on theta"},
    {"what space_reference leaves of the force",
     "bring space_reference nearer to the deviations of theta and y"},
    {"eps with this space_reference", "lower epsilon_amplitude, change space_reference"},
    {"the noise with this space_reference",
     "let noise depend less on theta, change space_reference"},
    {"eps or the noise with this space_reference",
     "lower epsilon_amplitude, let noise depend less on theta, change space_reference"}};

  return &suspects[(HypModelHasEps(model) ? 1 : 0) + (model->noisy ? 2 : 0) +
                   (model->reference ? 4 : 0)];
}

/*@C
  HypModelSuspect - What may be too strong for a space, for messages

  Not collective

  Input Parameter:
. model - the model

  Returns the subject of a sentence: eps, the noise, a reference, or several; not to be freed.

  Level: developer

.seealso: HypModelRemedy(), HypSpaceGetRelief()
@*/
const char *HypModelSuspect(HypModel model)
{
  return Find(model)->what;
}

/*@C
  HypModelRemedy - What to change in a model that is too strong for a space, for messages

  Not collective

  Input Parameter:
. model - the model

  Returns one or more requests, with commas between; not to be freed.

  Level: developer

.seealso: HypModelSuspect(), HypSpaceGetRelief()
@*/
const char *HypModelRemedy(HypModel model)
{
  if (HypModelIsLinear(model))
    return "give space_reference auto, for eps is linear and F the Gaussian that auto takes";
  return Find(model)->remedy;
}
