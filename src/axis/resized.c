/* The same axis at another resolution, for estimating the discretisation error,
   or with other nodes. */
#include <hypoco/axisimpl.h>

/* A smooth mesh stays smooth: face j is where the fraction j/n of the old faces is passed */
static PetscErrorCode OtherFaces(HypAxis axis, PetscInt n, HypAxis other)
{
  PetscReal *faces;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(n + 1, &faces));
  for (PetscInt j = 0; j <= n; j++) {
    const PetscReal at = (PetscReal)(j * axis->n) / (PetscReal)n;
    const PetscInt  k  = PetscMin((PetscInt)at, axis->n - 1);

    faces[j] = axis->faces[k] + (at - (PetscReal)k) * (axis->faces[k + 1] - axis->faces[k]);
  }
  PetscCall(HypAxisSetFaces(other, n + 1, faces));
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
  HypAxisCreateResized - The same kind of axis with another number of coefficients

  Collective

  Input Parameters:
+ axis  - an axis, set up
. times - the number is that of axis times so many
- over  - over so many, and at least 4

  Output Parameter:
. other - the other one, set up, on the same box

  Level: intermediate

.seealso: HypSpaceCreateCoarser(), HypSpaceCreateFiner()
@*/
PetscErrorCode HypAxisCreateResized(HypAxis axis, PetscInt times, PetscInt over, HypAxis *other)
{
  PetscInt n = PetscMax(4, times * axis->n / over);

  PetscFunctionBeginUser;
  PetscCall(Similar(axis, other));
  if (axis->nfaces) {
    PetscCall(OtherFaces(axis, n, *other));
  } else {
    if (axis->odd && n % 2 == 0) n++;
    PetscCall(HypAxisSetSize(*other, n));
    if (axis->grid) PetscCall(HypAxisSetWidth(*other, axis->width));
  }
  PetscCall(HypAxisSetUp(*other));
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

.seealso: HypAxisCreateResized()
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
