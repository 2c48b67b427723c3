/* The same space with two thirds of the resolution, to see what a number owes to the space. */
#include <hypoco/space.h>
#include <string.h>

static PetscErrorCode CoarserAxis(HypAxis axis, HypAxis *coarser)
{
  PetscInt n = PetscMax(4, 2 * axis->n / 3);

  PetscFunctionBeginUser;
  PetscCall(HypAxisCreate(axis->comm, axis->type, coarser));
  PetscCall(PetscStrncpy((*coarser)->name, axis->name, sizeof(axis->name)));
  (*coarser)->stabilisation = axis->stabilisation;
  if (
    axis
      ->nfaces) { /* a smooth mesh stays smooth: face j is where the fraction j/n of the old faces is passed */
    PetscReal *faces;

    PetscCall(PetscMalloc1(n + 1, &faces));
    for (PetscInt j = 0; j <= n; j++) {
      const PetscReal at = (PetscReal)(j * axis->n) / (PetscReal)n;
      const PetscInt  k  = PetscMin((PetscInt)at, axis->n - 1);

      faces[j] = axis->faces[k] + (at - (PetscReal)k) * (axis->faces[k + 1] - axis->faces[k]);
    }
    PetscCall(HypAxisSetFaces(*coarser, n + 1, faces));
    PetscCall(PetscFree(faces));
  } else {
    if (!strcmp(axis->type, HYPAXISFOURIER) && n % 2 == 0) n++;
    PetscCall(HypAxisSetSize(*coarser, n));
    if (axis->grid) PetscCall(HypAxisSetWidth(*coarser, axis->width));
  }
  PetscCall(HypAxisSetUp(*coarser));
  PetscFunctionReturn(0);
}

/*@
  HypSpaceCreateCoarser - The same kind of space with two thirds of the degree, or of the points of each axis

  Collective

  Input Parameter:
. space - a space, set up

  Output Parameter:
. coarser - the other one, set up, on the same model

  Level: intermediate

  Note:
  What differs between the two bounds the discretisation error of the finer one: a second-order method makes 9/4 the error on
  the coarser space, so that the difference is 5/4 of the finer one's error; spectral methods make more.
@*/
PetscErrorCode HypSpaceCreateCoarser(HypSpace space, HypSpace *coarser)
{
  PetscFunctionBeginUser;
  PetscCall(HypSpaceCreate(space->model, space->type, coarser));
  if (space->x) {
    HypAxis x, v;

    PetscCall(CoarserAxis(space->x, &x));
    PetscCall(CoarserAxis(space->v, &v));
    PetscCall(HypSpaceSetAxes(*coarser, x, v));
  } else
    PetscCall(HypSpaceSetDegree(*coarser, PetscMax(2, 2 * space->degree / 3)));
  PetscCall(HypSpaceSetUp(*coarser));
  PetscFunctionReturn(0);
}
