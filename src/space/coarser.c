/* The same space with two thirds of the resolution, for estimating the discretisation error. */
#include <hypoco/spaceimpl.h>

/*@
  HypSpaceCreateCoarser - The same kind of space with two thirds of the degree, or of the points of each axis

  Collective

  Input Parameter:
. space - a space, set up

  Output Parameter:
. coarser - the other one, set up, on the same model

  Level: intermediate

  Note:
  What differs between the two bounds the discretisation error of the finer one: a second-order method makes 9/4 the error on
  the coarser space, so that the difference is 5/4 of the finer one's error; spectral methods make more.
@*/
PetscErrorCode HypSpaceCreateCoarser(HypSpace space, HypSpace *coarser)
{
  PetscFunctionBeginUser;
  PetscCall(HypSpaceCreate(space->model, space->type, coarser));
  PetscCall(space->ops->coarser(space, *coarser));
  PetscCall(HypSpaceSetUp(*coarser));
  PetscFunctionReturn(0);
}
