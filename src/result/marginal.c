/* Marginals on the grid of results. */
#include "result/resultimpl.h"

/* Points of the grid of one pair */
size_t HypPairSize(HypSpace space)
{
  return (size_t)space->nX * (size_t)space->nV;
}

/* Marginals of u in all pairs, one after the other */
PetscErrorCode HypMarginals(HypSpace space, Vec u, PetscReal values[])
{
  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < space->model->d; i++)
    PetscCall(HypSpaceMarginal(space, i, u, space->nX, space->gridX, space->nV, space->gridV,
                               values + (size_t)i * HypPairSize(space)));
  PetscFunctionReturn(0);
}
