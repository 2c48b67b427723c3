/* The same axis with two thirds of the resolution, for estimating the discretisation error,
   or with other nodes. */
#include <hypoco/axisimpl.h>

/* A smooth mesh stays smooth: face j is where the fraction j/n of the old faces is passed */
static PetscErrorCode CoarserFaces(HypAxis axis, PetscInt n, HypAxis coarser)
{
  PetscReal *faces;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(n + 1, &faces));
  for (PetscInt j = 0; j <= n; j++) {
    const PetscReal at = (PetscReal)(j * axis->n) / (PetscReal)n;
    const PetscInt  k  = PetscMin((PetscInt)at, axis->n - 1);

    faces[j] = axis->faces[k] + (at - (PetscReal)k) * (axis->faces[k + 1] - axis->faces[k]);
  }
  PetscCall(HypAxisSetFaces(coarser, n + 1, faces));
  PetscCall(PetscFree(faces));
  PetscFunctionReturn(0);
}

/* Another axis of the same type and weight, without a size */
static PetscErrorCode Similar(HypAxis axis, HypAxis *other)
{
  PetscFunctionBeginUser;
  PetscCall(HypAxisCreate(axis->comm, axis->type, other));
  PetscCall(PetscStrncpy((*other)->name, axis->name, sizeof(axis->name)));
  PetscCall(HypAxisSetPotentialKey(*other, axis->potentialkey));
  (*other)->stabilisation = axis->stabilisation;
  (*other)->potential     = axis->potential;
  (*other)->potentialctx  = axis->potentialctx;
  (*other)->period        = axis->period;
  PetscFunctionReturn(0);
}

/*@
  HypAxisCreateCoarser - The same kind of axis with two thirds of the coefficients

  Collective

  Input Parameter:
. axis - an axis, set up

  Output Parameter:
. coarser - the other one, set up, on the same box

  Level: intermediate

.seealso: HypSpaceCreateCoarser()
@*/
PetscErrorCode HypAxisCreateCoarser(HypAxis axis, HypAxis *coarser)
{
  PetscInt n = PetscMax(4, 2 * axis->n / 3);

  PetscFunctionBeginUser;
  PetscCall(Similar(axis, coarser));
  if (axis->nfaces) {
    PetscCall(CoarserFaces(axis, n, *coarser));
  } else {
    if (axis->odd && n % 2 == 0) n++;
    PetscCall(HypAxisSetSize(*coarser, n));
    if (axis->grid) PetscCall(HypAxisSetWidth(*coarser, axis->width));
  }
  PetscCall(HypAxisSetUp(*coarser));
  PetscFunctionReturn(0);
}

/*@
  HypAxisCreateNodes - The same functions with other nodes between them

  Collective

  Input Parameters:
+ axis   - an axis without a grid, set up
- nnodes - nodes of its transforms, more than functions

  Output Parameter:
. other - the other one, set up; a type that chooses its nodes itself keeps its choice

  Level: developer

.seealso: HypAxisCreateCoarser()
@*/
PetscErrorCode HypAxisCreateNodes(HypAxis axis, PetscInt nnodes, HypAxis *other)
{
  PetscFunctionBeginUser;
  PetscCall(Similar(axis, other));
  PetscCall(HypAxisSetSize(*other, axis->n));
  (*other)->wanted = nnodes;
  PetscCall(HypAxisSetUp(*other));
  PetscFunctionReturn(0);
}
