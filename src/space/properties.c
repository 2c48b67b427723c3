/* What a space says about itself: a list that each type writes once,
   and everything that reports a space reads. */
#include <hypoco/spaceimpl.h>

/*@C
  HypSpaceDescribe - Adds a property to what a space says about itself;
  called by an implementation's describe

  Not collective

  Input Parameters:
+ space    - the space
- property - the property; texts and numbers it points to must live as long as the space

  Level: developer

.seealso: HypSpaceGetProperties()
@*/
PetscErrorCode HypSpaceDescribe(HypSpace space, const HypProperty *property)
{
  const PetscInt n = space->nproperties++;

  PetscFunctionBeginUser;
  PetscCall(PetscRealloc(sizeof(*property) * (size_t)space->nproperties, &space->properties));
  space->properties[n] = *property;
  PetscFunctionReturn(0);
}

/*@C
  HypSpaceGetProperties - What a space says about itself, beyond its type and its number of unknowns

  Not collective

  Input Parameter:
. space - the space, set up

  Output Parameters:
+ n          - how many properties
- properties - the list; not to be freed

  Level: intermediate

  Notes:
  The table of results, and what a checkpoint or an initial file is compared with,
  come from this list, so that a new space is described in one place.

.seealso: HypSpaceGetType(), HypSpaceGetSize()
@*/
PetscErrorCode HypSpaceGetProperties(HypSpace space, PetscInt *n, const HypProperty *properties[])
{
  PetscFunctionBeginUser;
  *n          = space->nproperties;
  *properties = space->properties;
  PetscFunctionReturn(0);
}
