/* The same axis with two thirds of the resolution, for estimating the discretisation error. */
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
  PetscCall(HypAxisCreate(axis->comm, axis->type, coarser));
  PetscCall(PetscStrncpy((*coarser)->name, axis->name, sizeof(axis->name)));
  PetscCall(HypAxisSetPotentialKey(*coarser, axis->potentialkey));
  (*coarser)->stabilisation = axis->stabilisation;
  (*coarser)->potential     = axis->potential;
  (*coarser)->potentialctx  = axis->potentialctx;
  (*coarser)->period        = axis->period;
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
