/* A model that a space was made for does not change any more. */
#include "model/modelimpl.h"

/*@
  HypModelFix - From now on type, parameters, eps, noise and potential of a model cannot change

  Logically collective

  Input Parameter:
. model - the model

  Level: developer

  Note:
  HypSpaceCreate() calls it: spaces, operators and everything made of them keep what they computed
  from the model. For another equation make another model.

.seealso: HypModelSetCoordinates(), HypSpaceCreate()
@*/
PetscErrorCode HypModelFix(HypModel model)
{
  PetscFunctionBeginUser;
  model->fixed = PETSC_TRUE;
  PetscFunctionReturn(0);
}

PETSC_INTERN PetscErrorCode HypModelCheckFree(HypModel model)
{
  PetscFunctionBeginUser;
  PetscCheck(!model->fixed, model->comm, PETSC_ERR_ARG_WRONGSTATE,
             "a model was to change after a space was made for it; make another "
             "model, and a space for that");
  PetscFunctionReturn(0);
}
