/* Reading an axis: its struct belongs to the implementations. */
#include <hypoco/axisimpl.h>

/*@C
  HypAxisGetComm - The communicator of an axis

  Not collective

  Input Parameter:
. axis - the axis

  Returns what HypAxisCreate() was given.

  Level: intermediate

.seealso: HypAxisCreate()
@*/
MPI_Comm HypAxisGetComm(HypAxis axis)
{
  return axis->comm;
}

/*@C
  HypAxisGetType - The name of an axis type

  Not collective

  Input Parameter:
. axis - the axis

  Returns as in axis_x_type; not to be freed.

  Level: intermediate

.seealso: HypAxisCreate()
@*/
const char *HypAxisGetType(HypAxis axis)
{
  return axis->type;
}

/*@C
  HypAxisGetName - The coordinate that an axis stands for

  Not collective

  Input Parameter:
. axis - the axis

  Returns x, v or q; for messages.

  Level: intermediate

.seealso: HypAxisSetName()
@*/
const char *HypAxisGetName(HypAxis axis)
{
  return axis->name;
}

/*@C
  HypAxisGetSize - The number of coefficients of an axis

  Not collective

  Input Parameter:
. axis - the axis, set up

  Returns n.

  Level: intermediate

.seealso: HypAxisSetSize()
@*/
PetscInt HypAxisGetSize(HypAxis axis)
{
  return axis->n;
}

/*@C
  HypAxisGetWidth - Half of the box of an axis

  Not collective

  Input Parameter:
. axis - the axis, set up

  Returns the distance of its end from 0, in standard deviations;
  the outermost node where there is no box.

  Level: intermediate

.seealso: HypAxisSetWidth(), HypAxisIsGrid()
@*/
PetscReal HypAxisGetWidth(HypAxis axis)
{
  return axis->width;
}

/*@C
  HypAxisGetStabilisation - The coefficient of the dissipation of an axis

  Not collective

  Input Parameter:
. axis - the axis

  Returns a number without unit; 0 for none.

  Level: intermediate

.seealso: HypAxisApply()
@*/
PetscReal HypAxisGetStabilisation(HypAxis axis)
{
  return axis->stabilisation;
}

/*@C
  HypAxisGetPattern - What the matrix of a looks like

  Not collective

  Input Parameter:
. axis - the axis

  Returns full, banded or three-point.

  Level: intermediate

.seealso: HypAxisMatrix()
@*/
HypAxisPattern HypAxisGetPattern(HypAxis axis)
{
  return axis->pattern;
}

/*@C
  HypAxisIsGrid - Tells whether coefficients are values at nodes

  Not collective

  Input Parameter:
. axis - the axis, set up

  Returns PETSC_TRUE if coefficient k is sqrt(weight_k) u(node_k), on a box.

  Level: intermediate

.seealso: HypAxisGetNodes()
@*/
PetscBool HypAxisIsGrid(HypAxis axis)
{
  return axis->grid;
}

/*@C
  HypAxisGetNodeCount - The number of nodes of an axis

  Not collective

  Input Parameter:
. axis - the axis, set up

  Returns how many; equal to the number of coefficients on a grid.

  Level: intermediate

.seealso: HypAxisGetNodes()
@*/
PetscInt HypAxisGetNodeCount(HypAxis axis)
{
  return axis->nnodes;
}

/*@C
  HypAxisGetNodes - The nodes of an axis

  Not collective

  Input Parameter:
. axis - the axis, set up

  Returns HypAxisGetNodeCount() increasing numbers in standard deviations; not to be freed.

  Level: intermediate

.seealso: HypAxisGetWeights()
@*/
const PetscReal *HypAxisGetNodes(HypAxis axis)
{
  return axis->nodes;
}

/*@C
  HypAxisGetWeights - The weights of the nodes of an axis

  Not collective

  Input Parameter:
. axis - the axis, set up

  Returns weights with <f> = sum_j weights_j f(nodes_j), sum 1; not to be freed.

  Level: intermediate

.seealso: HypAxisGetNodes()
@*/
const PetscReal *HypAxisGetWeights(HypAxis axis)
{
  return axis->weights;
}

/*@C
  HypAxisGetOne - The coefficients of the function 1 on an axis

  Not collective

  Input Parameter:
. axis - the axis, set up

  Returns HypAxisGetSize() numbers; not to be freed.

  Level: intermediate

.seealso: HypAxisGetSize()
@*/
const PetscScalar *HypAxisGetOne(HypAxis axis)
{
  return axis->one;
}

/*@
  HypAxisGetPeriod - The length of a circle

  Not collective

  Input Parameter:
. axis - the axis

  Returns the period in standard deviations; 0 for a line.

  Level: intermediate

.seealso: HypAxisSetPeriod()
@*/
PetscReal HypAxisGetPeriod(HypAxis axis)
{
  return axis->period;
}

/*@
  HypAxisIsGaussian - Tells whether the weight of an axis is the standard normal law

  Not collective

  Input Parameter:
. axis - the axis

  Returns PETSC_FALSE if HypAxisSetPotential() was called.

  Level: intermediate

.seealso: HypAxisSetPotential(), HypAxisDensity()
@*/
PetscBool HypAxisIsGaussian(HypAxis axis)
{
  return axis->potential ? PETSC_FALSE : PETSC_TRUE;
}
