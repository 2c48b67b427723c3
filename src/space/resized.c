/* The same space at another resolution, for estimating the discretisation error. */
#include <hypoco/spaceimpl.h>

/* times/over of the degree, or of the points of each axis */
static PetscErrorCode Resized(HypSpace space, HypModel model, PetscInt times, PetscInt over,
                              HypSpace *other)
{
  PetscFunctionBeginUser;
  PetscCall(HypSpaceCreate(model, space->type, other));
  (*other)->positive = space->positive;
  PetscCall(space->ops->resized(space, times, over, *other));
  PetscCall(HypSpaceSetUp(*other));
  PetscFunctionReturn(0);
}

/*@
  HypSpaceCreateCoarser - The same kind of space with two thirds of the degree,
  or of the points of each axis

  Collective

  Input Parameters:
+ space - a space, set up
- model - its model, or what HypModelCoarser() gives; must outlive the coarser space

  Output Parameter:
. coarser - the other one, set up

  Level: intermediate

  Note:
  What differs between the two bounds the discretisation error of the finer one:
  a second-order method makes 9/4 the error on the coarser space,
  so that the difference is 5/4 of the finer one's error; spectral methods make more.
  So does leaving out half of the points of a table, see HypModelCoarser().

.seealso: HypModelCoarser(), HypKineticCreateCoarser(), HypSpaceCreateFiner(), HypSpaceProlong()
@*/
PetscErrorCode HypSpaceCreateCoarser(HypSpace space, HypModel model, HypSpace *coarser)
{
  PetscFunctionBeginUser;
  PetscCall(Resized(space, model, 2, 3, coarser));
  PetscFunctionReturn(0);
}

/*@
  HypSpaceCreateFiner - The same kind of space with three halves of the degree,
  or of the points of each axis

  Collective

  Input Parameter:
. space - a space, set up

  Output Parameter:
. finer - the other one, of the same model, set up

  Level: intermediate

  Note:
  What differs between the two is nearly the error of the coarser one:
  5/9 of it for a second-order method, more for spectral ones.

.seealso: HypSpaceCreateCoarser(), HypKineticCreateFiner()
@*/
PetscErrorCode HypSpaceCreateFiner(HypSpace space, HypSpace *finer)
{
  PetscFunctionBeginUser;
  PetscCall(Resized(space, space->model, 3, 2, finer));
  PetscFunctionReturn(0);
}

/*@
  HypSpaceProlong - The coefficients of a function of a coarser space on a finer one
  of the same type

  Collective

  Input Parameters:
+ coarse - the coarser space, on the ranks of the finer one
. u      - coefficients there
- fine   - the finer space

  Output Parameters:
+ v    - coefficients; unchanged where done is false
- done - false where the type cannot do this, or not on this number of ranks

  Level: developer

  Note:
  Exact for Hermite functions, interpolation at the finer nodes on grids:
  a start for a search, not a result.

.seealso: HypSpectrumContinue()
@*/
PetscErrorCode HypSpaceProlong(HypSpace coarse, Vec u, HypSpace fine, Vec v, PetscBool *done)
{
  PetscFunctionBeginUser;
  *done = PETSC_FALSE;
  if (fine->ops->prolong && !strcmp(coarse->type, fine->type))
    PetscCall(fine->ops->prolong(coarse, u, fine, v, done));
  PetscFunctionReturn(0);
}
