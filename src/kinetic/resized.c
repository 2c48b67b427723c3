/* The same operator on a coarser or a finer space, for estimating the discretisation error. */
#include "kinetic/kineticimpl.h"

/* In the same form */
static PetscErrorCode Other(HypKinetic K, HypSpace space, HypKinetic *other)
{
  PetscFunctionBeginUser;
  PetscCall(HypKineticCreate(space, K->form, other));
  (*other)->keepform = K->keepform;
  PetscFunctionReturn(0);
}

/*@
  HypKineticCreateCoarser - The same operator on a coarser space,
  for estimating the discretisation error

  Collective

  Input Parameter:
. K - the kinetic operator

  Output Parameters:
+ space   - the coarser space, HypSpaceCreateCoarser()
- coarser - the operator on it, in the same form

  Level: intermediate

.seealso: HypSpectrumComputeOnTwo(), HypKineticCreateCoarserWith()
@*/
PetscErrorCode HypKineticCreateCoarser(HypKinetic K, HypSpace *space, HypKinetic *coarser)
{
  HypModel model;

  PetscFunctionBeginUser;
  PetscCall(HypModelCoarser(HypSpaceGetModel(K->space), &model));
  PetscCall(HypKineticCreateCoarserWith(K, model, space, coarser));
  PetscFunctionReturn(0);
}

/*@
  HypKineticCreateCoarserWith - The operator on a coarser space with a model that is given

  Collective

  Input Parameters:
+ K     - the kinetic operator
- model - its model, or what HypModelCoarser() gives; must outlive the coarser operator

  Output Parameters:
+ space   - the coarser space, HypSpaceCreateCoarser()
- coarser - the operator on it, in the same form

  Level: developer

.seealso: HypKineticCreateCoarser()
@*/
PetscErrorCode HypKineticCreateCoarserWith(HypKinetic K, HypModel model, HypSpace *space,
                                           HypKinetic *coarser)
{
  PetscFunctionBeginUser;
  PetscCall(HypSpaceCreateCoarser(K->space, model, space));
  PetscCall(Other(K, *space, coarser));
  PetscFunctionReturn(0);
}

/*@
  HypKineticCreateFiner - The same operator on a finer space,
  for estimating the discretisation error

  Collective

  Input Parameter:
. K - the kinetic operator

  Output Parameters:
+ space - the finer space, HypSpaceCreateFiner()
- finer - the operator on it, in the same form

  Level: intermediate

.seealso: HypKineticCreateCoarser()
@*/
PetscErrorCode HypKineticCreateFiner(HypKinetic K, HypSpace *space, HypKinetic *finer)
{
  PetscFunctionBeginUser;
  PetscCall(HypSpaceCreateFiner(K->space, space));
  PetscCall(Other(K, *space, finer));
  PetscFunctionReturn(0);
}
