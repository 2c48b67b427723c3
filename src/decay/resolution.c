#include <hypoco/resolution.h>

/*@
  HypResolutionCreate - Marks the basis functions where a space ends

  Collective

  Input Parameter:
. space - the space

  Output Parameter:
. resolution - for HypResolutionShare()

  Level: intermediate

.seealso: HypSpaceMarkEdge(), HypResolutionDestroy()
@*/
PetscErrorCode HypResolutionCreate(HypSpace space, HypResolution *resolution)
{
  PetscFunctionBeginUser;
  resolution->space = space;
  PetscCall(HypSpaceCreateVec(space, &resolution->edge));
  PetscCall(VecDuplicate(resolution->edge, &resolution->work));
  PetscCall(HypSpaceMarkEdge(space, resolution->edge));
  PetscFunctionReturn(0);
}

/*@
  HypResolutionShare - The share of ||h||^2 that lies where the space ends

  Collective

  Input Parameters:
+ resolution - where that is
- h          - a function

  Output Parameter:
. share - in [0, 1]; 0 for h = 0

  Level: intermediate
@*/
PetscErrorCode HypResolutionShare(const HypResolution *resolution, Vec h, PetscReal *share)
{
  PetscReal norm, part;

  PetscFunctionBeginUser;
  PetscCall(VecPointwiseMult(resolution->work, resolution->edge, h));
  PetscCall(VecNorm(h, NORM_2, &norm));
  PetscCall(VecNorm(resolution->work, NORM_2, &part));
  *share = norm > 0 ? part * part / (norm * norm) : 0;
  PetscFunctionReturn(0);
}

/*@
  HypResolutionDestroy - Frees what HypResolutionCreate() made

  Collective

  Input Parameter:
. resolution - all zero afterwards

  Level: intermediate

.seealso: HypResolutionCreate()
@*/
PetscErrorCode HypResolutionDestroy(HypResolution *resolution)
{
  PetscFunctionBeginUser;
  PetscCall(VecDestroy(&resolution->edge));
  PetscCall(VecDestroy(&resolution->work));
  PetscFunctionReturn(0);
}
