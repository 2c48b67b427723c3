/* The same space with two thirds of the resolution, for estimating the discretisation error. */
#include <hypoco/spaceimpl.h>

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

.seealso: HypModelCoarser(), HypKineticCreateCoarser(), HypSpaceProlong()
@*/
PetscErrorCode HypSpaceCreateCoarser(HypSpace space, HypModel model, HypSpace *coarser)
{
  PetscFunctionBeginUser;
  PetscCall(HypSpaceCreate(model, space->type, coarser));
  (*coarser)->positive = space->positive;
  PetscCall(space->ops->coarser(space, *coarser));
  PetscCall(HypSpaceSetUp(*coarser));
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
