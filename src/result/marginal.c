/* Marginals on the grid of results. */
#include "result/resultimpl.h"

/* Points of the grid of one pair */
size_t HypPairSize(HypSpace space)
{
  return (size_t)HypSpaceGetGrid(space)->nX * (size_t)HypSpaceGetGrid(space)->nV;
}

/* Marginals of u in all pairs, one after the other */
PetscErrorCode HypMarginals(HypSpace space, Vec u, PetscReal values[])
{
  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < HypModelDimension(HypSpaceGetModel(space)); i++)
    PetscCall(HypSpaceMarginal(space, i, u, HypSpaceGetGrid(space)->nX, HypSpaceGetGrid(space)->X,
                               HypSpaceGetGrid(space)->nV, HypSpaceGetGrid(space)->V,
                               values + (size_t)i * HypPairSize(space)));
  PetscFunctionReturn(0);
}
