#include <hypoco/resolution.h>
#include <petscdmda.h>
#include <string.h>

/* On a grid the outermost twentieth of the box, of Hermite functions the highest tenth */
static PetscBool AtEdge(HypAxis axis, PetscInt k)
{
  if (!axis->grid) return (PetscBool)(k >= axis->n - PetscMax(1, axis->n / 10));
  return (PetscBool)(axis->nodes[k] < 0.95 * axis->nodes[0] ||
                     axis->nodes[k] > 0.95 * axis->nodes[axis->nnodes - 1]);
}

/* Coefficients u[v_d]..[v_1][x_d]..[x_1], the v indices on a DMDA, all x indices as its degrees of freedom */
static PetscErrorCode MarkTensor(HypSpace space, DM dm, Vec edge)
{
  PetscInt     start[3], count[3], dof, at = 0;
  PetscScalar *mark;

  PetscFunctionBeginUser;
  PetscCall(DMDAGetCorners(dm, &start[0], &start[1], &start[2], &count[0], &count[1], &count[2]));
  PetscCall(DMDAGetDof(dm, &dof));
  PetscCall(VecGetArrayWrite(edge, &mark));
  for (PetscInt k = 0; k < count[0] * count[1] * count[2]; k++) {
    const PetscInt v[3]    = {start[0] + k % count[0], start[1] + k / count[0] % count[1],
                              start[2] + k / (count[0] * count[1])};
    PetscBool      outside = PETSC_FALSE;

    for (PetscInt i = 0; i < space->model->d; i++)
      outside = (PetscBool)(outside || AtEdge(space->v, v[i]));
    for (PetscInt j = 0; j < dof; j++) {
      PetscBool there = outside;

      for (PetscInt i = 0, rest = j; i < space->model->d; i++, rest /= space->x->n)
        there = (PetscBool)(there || AtEdge(space->x, rest % space->x->n));
      mark[at++] = there;
    }
  }
  PetscCall(VecRestoreArrayWrite(edge, &mark));
  PetscFunctionReturn(0);
}

/* The highest tenth of the degrees, two at least */
static PetscErrorCode MarkSimplex(HypKinetic K, Vec edge)
{
  const PetscReal least = (PetscReal)(K->space->degree - PetscMax(2, K->space->degree / 10)) + 0.5;
  PetscInt        n;
  PetscScalar    *mark;

  PetscFunctionBeginUser;
  PetscCall(HypKineticNumber(K, edge));
  PetscCall(VecGetLocalSize(edge, &n));
  PetscCall(VecGetArray(edge, &mark));
  for (PetscInt k = 0; k < n; k++) mark[k] = PetscRealPart(mark[k]) > least;
  PetscCall(VecRestoreArray(edge, &mark));
  PetscFunctionReturn(0);
}

/*@
  HypResolutionCreate - Marks the basis functions where a space ends

  Collective

  Input Parameter:
. K - the operator on the space

  Output Parameter:
. resolution - for HypResolutionShare()

  Level: intermediate

  Notes:
  Grid axes: the outermost twentieth of the box.  Hermite axes: the highest tenth of the functions.  Simplex: the highest tenth
  of the degrees, two at least, because functions may be even or odd.

.seealso: HypResolutionDestroy()
@*/
PetscErrorCode HypResolutionCreate(HypKinetic K, HypResolution *resolution)
{
  DM dm;

  PetscFunctionBeginUser;
  resolution->space = K->space;
  PetscCall(HypSpaceCreateVec(K->space, &resolution->edge));
  PetscCall(VecDuplicate(resolution->edge, &resolution->work));
  PetscCall(VecSet(resolution->edge, 0));
  PetscCall(VecGetDM(resolution->edge, &dm));
  if (dm)
    PetscCall(MarkTensor(K->space, dm, resolution->edge));
  else
    PetscCall(MarkSimplex(K, resolution->edge));
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
  HypResolutionEdge - Says where a space ends

  Not collective

  Input Parameter:
. space - the space

  Returns words for a message; not to be freed.

  Level: intermediate

.seealso: HypResolutionShare(), HypResolutionAdvice()
@*/
const char *HypResolutionEdge(HypSpace space)
{
  if (!space->x) return "in the highest degrees";
  return space->x->grid && space->v->grid
           ? "at the edge of the box"
           : "at the edge of the box or in the highest Hermite functions";
}

/*@
  HypResolutionAdvice - Says what to change where a function reaches the end of its space

  Not collective

  Input Parameter:
. space - the space

  Returns words for a message; not to be freed.

  Level: intermediate

.seealso: HypResolutionEdge()
@*/
const char *HypResolutionAdvice(HypSpace space)
{
  return space->x
           ? "widen the axes (axis_x_width, axis_v_width) and raise axis_x_n, axis_v_n with them"
           : "raise space_degree, or take space_type tensor with fv axes";
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
