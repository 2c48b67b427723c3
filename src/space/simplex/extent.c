/* How a simplex space describes itself, where it ends, and what its matrices cost. */
#include "space/simplex/simplex.h"

PETSC_INTERN PetscErrorCode SimplexResized(HypSpace space, PetscInt times, PetscInt over,
                                           HypSpace other)
{
  PetscFunctionBeginUser;
  PetscCall(HypSpaceSetDegree(other, PetscMax(2, times * space->degree / over)));
  PetscFunctionReturn(0);
}

/* Both graded lists begin alike, so each column of the coarser space is the beginning
   of the finer one's */
PETSC_INTERN PetscErrorCode SimplexProlong(HypSpace coarse, Vec u, HypSpace fine, Vec v,
                                           PetscBool *done)
{
  const Simplex     *from = (Simplex *)coarse->data, *to = (Simplex *)fine->data;
  VecScatter         scatter;
  Vec                all;
  const PetscScalar *c;
  PetscScalar       *array;

  PetscFunctionBeginUser;
  *done = (PetscBool)(from->N <= to->N);
  if (!*done) PetscFunctionReturn(0);
  PetscCall(VecScatterCreateToAll(u, &scatter, &all));
  PetscCall(VecScatterBegin(scatter, u, all, INSERT_VALUES, SCATTER_FORWARD));
  PetscCall(VecScatterEnd(scatter, u, all, INSERT_VALUES, SCATTER_FORWARD));
  PetscCall(VecSet(v, 0));
  PetscCall(VecGetArrayRead(all, &c));
  PetscCall(VecGetArray(v, &array));
  for (PetscInt b = to->first; b < PetscMin(to->last, from->count); b++)
    PetscCall(PetscArraycpy(array + to->offset[b] - to->offset[to->first], c + from->offset[b],
                            SimplexHeight(from, b)));
  PetscCall(VecRestoreArray(v, &array));
  PetscCall(VecRestoreArrayRead(all, &c));
  PetscCall(VecScatterDestroy(&scatter));
  PetscCall(VecDestroy(&all));
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
  *reach = 2 * PetscSqrtReal((PetscReal)(space->degree + HypModelDimension(space->model)));
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
PETSC_INTERN PetscErrorCode SimplexExtent(HypSpace space)
{
  PetscFunctionBeginUser;
  space->dimensions = "coefficient";
  space->edge       = "in the highest degrees";
  space->advice     = "raise space_degree, or take space_type tensor with fv axes";
  space->relief     = space->words;
  if (HypModelIsLinear(space->model))
    space->relief = HypModelRemedy(space->model);
  else
    PetscCall(PetscSNPrintf(space->words, sizeof(space->words),
                            "lower space_degree, %s, or take space_type tensor with fv axes%s",
                            HypModelRemedy(space->model),
                            HypModelHasEps(space->model) ? HYP_RELIEF : ""));
  space->sparse     = PETSC_TRUE;
  space->affordable = HypModelDimension(space->model) == 1 ? 5000 : 1100;
  space->plane[0] = space->plane[1] = space->degree + 1;
  space->along                      = PETSC_TRUE;
  space->span[0] = space->span[1] = 9.5; /* e^{-q^2/2} is 3e-20 there */
  PetscFunctionReturn(0);
}
