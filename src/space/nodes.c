/* Sums over nodes in all 2d variables: integrals of any function of functions of a space. */
#include <hypoco/spaceimpl.h>

/*@
  HypSpaceNodeCount - How many nodes a quadrature in all variables of a space has

  Not collective

  Input Parameter:
. space - the space, set up

  Returns the number on all ranks, which may be more than an index can count;
  0 where the type has no such nodes.

  Level: developer

.seealso: HypNodesCreate()
@*/
PetscReal HypSpaceNodeCount(HypSpace space)
{
  return space->ops->nodecount && space->ops->nodes ? space->ops->nodecount(space) : 0;
}

/*@
  HypNodesCreate - Prepares sums over nodes in all variables

  Collective

  Input Parameter:
. space - the space, set up, with HypSpaceNodeCount() > 0

  Output Parameter:
. nodes - every node is on one rank

  Level: developer

  Notes:
  On grid axes the nodes are the axis' own.
  On others they are Gauss nodes of the weight, a few more than functions:
  products of two functions are integrated exactly.

.seealso: HypNodesCount(), HypNodesValues(), HypNodesDestroy()
@*/
PetscErrorCode HypNodesCreate(HypSpace space, HypNodes *nodes)
{
  PetscFunctionBeginUser;
  PetscCall(PetscNew(nodes));
  (*nodes)->space = space;
  PetscCall(space->ops->nodes(space, *nodes));
  PetscFunctionReturn(0);
}

/*@C
  HypNodesCount - The nodes of this rank

  Not collective

  Input Parameter:
. nodes - from HypNodesCreate()

  Output Parameter:
. roots - square roots of the weights, which sum to 1 over all ranks

  Returns their number.

  Level: developer

.seealso: HypNodesAlong()
@*/
PetscInt HypNodesCount(HypNodes nodes, const PetscReal *roots[])
{
  *roots = nodes->root;
  return nodes->n;
}

/*@C
  HypNodesAlong - The nodes of one coordinate, of which those of all ranks are a product

  Not collective

  Input Parameters:
+ nodes - from HypNodesCreate()
- c     - the coordinate: that of pair c, or of pair c - d across; see HypSpaceBasis()

  Output Parameters:
+ node   - their positions
- weight - their weights, of sum 1

  Returns their number.

  Level: developer

.seealso: HypNodesIndex()
@*/
PetscInt HypNodesAlong(HypNodes nodes, PetscInt c, const PetscReal *node[],
                       const PetscReal *weight[])
{
  *node   = nodes->node[c];
  *weight = nodes->weight[c];
  return nodes->along[c];
}

/*@C
  HypNodesIndex - Which nodes of the single coordinates make a node

  Not collective

  Input Parameters:
+ nodes - from HypNodesCreate()
- j     - which of this rank

  Output Parameter:
. index - one for each of the 2d coordinates

  Level: developer

.seealso: HypNodesAlong()
@*/
void HypNodesIndex(HypNodes nodes, PetscInt j, PetscInt index[])
{
  nodes->index(nodes, j, index);
}

/*@C
  HypNodesPoint - The point of a node

  Not collective

  Input Parameters:
+ nodes - from HypNodesCreate()
- j     - which of this rank

  Output Parameter:
. z - (X_1..X_d, V_1..V_d)

  Level: developer
@*/
void HypNodesPoint(HypNodes nodes, PetscInt j, PetscReal z[])
{
  nodes->point(nodes, j, z);
}

/*@C
  HypNodesValues - A function at the nodes of this rank

  Collective

  Input Parameters:
+ nodes - from HypNodesCreate()
- u     - coefficients

  Output Parameter:
. values - as many as HypNodesCount() says

  Level: developer

.seealso: HypNodesCreate()
@*/
PetscErrorCode HypNodesValues(HypNodes nodes, Vec u, PetscScalar values[])
{
  PetscFunctionBeginUser;
  PetscCall(nodes->values(nodes, u, values));
  PetscFunctionReturn(0);
}

/*@
  HypNodesDestroy - Frees what HypNodesCreate() made

  Collective

  Input Parameter:
. nodes - set to NULL; NULL is allowed

  Level: developer
@*/
PetscErrorCode HypNodesDestroy(HypNodes *nodes)
{
  PetscFunctionBeginUser;
  if (!*nodes) PetscFunctionReturn(0);
  PetscCall((*nodes)->destroy(*nodes));
  PetscCall(PetscFree((*nodes)->root));
  PetscCall(PetscFree(*nodes));
  PetscFunctionReturn(0);
}
