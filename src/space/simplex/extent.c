/* How a simplex space describes itself, where it ends, and what its matrices cost. */
#include "space/simplex/simplex.h"

PETSC_INTERN PetscErrorCode SimplexCoarser(HypSpace space, HypSpace coarser)
{
  PetscFunctionBeginUser;
  PetscCall(HypSpaceSetDegree(coarser, PetscMax(2, 2 * space->degree / 3)));
  PetscFunctionReturn(0);
}

PETSC_INTERN PetscErrorCode SimplexDescribe(HypSpace space)
{
  Simplex          *s      = (Simplex *)space->data;
  const HypProperty degree = {"space", "degree", PETSC_TRUE, HYP_PROPERTY_INTEGER,
                              NULL,    1,        &s->degree};

  PetscFunctionBeginUser;
  s->degree = (PetscReal)space->degree;
  PetscCall(HypSpaceDescribe(space, &degree));
  PetscFunctionReturn(0);
}

PETSC_INTERN PetscErrorCode SimplexReach(HypSpace space, PetscReal *reach)
{
  PetscFunctionBeginUser;
  *reach = 2 * PetscSqrtReal((PetscReal)(space->degree + space->model->d));
  PetscFunctionReturn(0);
}

/* The highest tenth of the degrees, two at least */
PETSC_INTERN PetscErrorCode SimplexMarkEdge(HypSpace space, Vec edge)
{
  const Simplex *s     = (Simplex *)space->data;
  const PetscInt least = s->N - PetscMax(2, s->N / 10);
  PetscInt       at    = 0;
  PetscScalar   *mark;

  PetscFunctionBeginUser;
  PetscCall(VecGetArrayWrite(edge, &mark));
  for (PetscInt b = s->first; b < s->last; b++) {
    for (PetscInt a = 0; a < SimplexHeight(s, b); a++)
      mark[at++] = SimplexDegree(s, a) + SimplexDegree(s, b) > least ? 1 : 0;
  }
  PetscCall(VecRestoreArrayWrite(edge, &mark));
  PetscFunctionReturn(0);
}

/* What stands in the struct for others to read */
PETSC_INTERN void SimplexExtent(HypSpace space)
{
  space->dimensions = "coefficient";
  space->edge       = "in the highest degrees";
  space->advice     = "raise space_degree, or take space_type tensor with fv axes";
  space->sparse     = PETSC_TRUE;
  space->affordable = space->model->d == 1 ? 5000 : 1000;
}
