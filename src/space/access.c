/* Reading a space: its struct belongs to the implementations. */
#include <hypoco/spaceimpl.h>

/*@C
  HypSpaceGetComm - The communicator of a space

  Not collective

  Input Parameter:
. space - the space

  Returns that of its model.

  Level: intermediate

.seealso: HypSpaceCreate()
@*/
MPI_Comm HypSpaceGetComm(HypSpace space)
{
  return space->comm;
}

/*@C
  HypSpaceGetModel - The model whose functions a space holds

  Not collective

  Input Parameter:
. space - the space

  Returns the model; it belongs to the caller of HypSpaceCreate().

  Level: intermediate

.seealso: HypSpaceCreate()
@*/
HypModel HypSpaceGetModel(HypSpace space)
{
  return space->model;
}

/*@C
  HypSpaceGetType - The name of a space type

  Not collective

  Input Parameter:
. space - the space

  Returns as in space_type; not to be freed.

  Level: intermediate

.seealso: HypSpaceRegister()
@*/
const char *HypSpaceGetType(HypSpace space)
{
  return space->type;
}

/*@C
  HypSpaceTakesAxes - Tells whether a space is made of axes

  Not collective

  Input Parameter:
. space - the space

  Returns PETSC_TRUE if HypSpaceSetAxes() is needed before HypSpaceSetUp().

  Level: intermediate

.seealso: HypSpaceSetAxes()
@*/
PetscBool HypSpaceTakesAxes(HypSpace space)
{
  return space->takesaxes;
}

/*@C
  HypSpaceTakesDegree - Tells whether a space has a total degree

  Not collective

  Input Parameter:
. space - the space

  Returns PETSC_TRUE if its functions are Hermite functions,
  all of total degree up to N and no others, so that T and L keep the degree.

  Level: intermediate

.seealso: HypSpaceSetDegree()
@*/
PetscBool HypSpaceTakesDegree(HypSpace space)
{
  return space->takesdegree;
}

/*@C
  HypSpaceGetDegree - The total degree N of a space

  Not collective

  Input Parameter:
. space - the space, set up

  Returns N; PETSC_DETERMINE where HypSpaceTakesDegree() says no.

  Level: intermediate

.seealso: HypSpaceTakesDegree()
@*/
PetscInt HypSpaceGetDegree(HypSpace space)
{
  return space->takesdegree ? space->degree : PETSC_DETERMINE;
}

/*@C
  HypSpaceGetSize - The number of unknowns of a space

  Not collective

  Input Parameter:
. space - the space, set up

  Returns unknowns of all ranks.

  Level: intermediate

.seealso: HypSpaceCreateVec()
@*/
PetscInt HypSpaceGetSize(HypSpace space)
{
  return space->n;
}

/*@C
  HypSpaceGetOne - The coefficients of the function 1

  Not collective

  Input Parameter:
. space - the space, set up

  Returns the vector; not to be changed or destroyed.

  Level: intermediate

.seealso: HypSpaceCreateVec()
@*/
Vec HypSpaceGetOne(HypSpace space)
{
  return space->one;
}

/*@C
  HypSpaceGetGrid - The grid on which results of a space are shown

  Not collective

  Input Parameter:
. space - the space, set up

  Returns scaled coordinates of one pair (X_i, V_i); not to be freed.

  Level: intermediate

.seealso: HypSpaceMarginal()
@*/
const HypGrid *HypSpaceGetGrid(HypSpace space)
{
  return space->grid;
}

/*@C
  HypSpaceGetDimensions - The names of the dimensions of a vector of a space in a file

  Not collective

  Input Parameter:
. space - the space, set up

  Returns names from the slowest to the fastest, with spaces between them,
  as HypFileVec() takes them.

  Level: intermediate

.seealso: HypFileVec()
@*/
const char *HypSpaceGetDimensions(HypSpace space)
{
  return space->dimensions;
}

/*@C
  HypSpaceGetEdge - Says where a space ends

  Not collective

  Input Parameter:
. space - the space, set up

  Returns words for a message, as in "at the edge of the box"; not to be freed.

  Level: intermediate

.seealso: HypSpaceMarkEdge(), HypSpaceGetAdvice()
@*/
const char *HypSpaceGetEdge(HypSpace space)
{
  return space->edge;
}

/*@C
  HypSpaceGetAdvice - Says what to change where a function reaches the end of its space

  Not collective

  Input Parameter:
. space - the space, set up

  Returns words for a message; not to be freed.

  Level: intermediate

.seealso: HypSpaceGetEdge()
@*/
const char *HypSpaceGetAdvice(HypSpace space)
{
  return space->advice;
}

/*@C
  HypSpaceGetRelief - Says what to change where a model is too strong for a space

  Not collective

  Input Parameter:
. space - the space, set up

  Returns words for a message; not to be freed.

  Level: intermediate

.seealso: HypSpaceGetAdvice()
@*/
const char *HypSpaceGetRelief(HypSpace space)
{
  return space->relief;
}

/*@C
  HypSpaceFactorsAreSparse - Tells whether a factorisation of G is cheap on a space, for eps != 0

  Not collective

  Input Parameter:
. space - the space, set up

  Returns PETSC_TRUE if the factors have few entries;
  where they are full, GMRES is the faster way to solve with G.

  Level: intermediate

.seealso: HypSpaceGetAffordable()
@*/
PetscBool HypSpaceFactorsAreSparse(HypSpace space)
{
  return space->sparse;
}

/*@C
  HypSpaceGetAffordable - How large a space may be for sparse matrices of G and their factors

  Not collective

  Input Parameter:
. space - the space, set up

  Returns unknowns at which both take about a second.

  Level: intermediate

.seealso: HypSpaceFactorsAreSparse()
@*/
PetscInt HypSpaceGetAffordable(HypSpace space)
{
  return space->affordable;
}

/*@
  HypSpaceDensityX - The density of M in one position X_i

  Not collective

  Input Parameters:
+ space - the space, set up
. i     - which position, 0 <= i < d
- X     - scaled position

  Returns the density of its axis' weight where there is one, else of the standard normal law.

  Level: intermediate

.seealso: HypAxisDensity()
@*/
PetscReal HypSpaceDensityX(HypSpace space, PetscInt i, PetscReal X)
{
  const HypAxis own = i < 3 ? space->own[i] : NULL;

  return space->x ? HypAxisDensity(own ? own : space->x, X) : HypNormalDensity(X);
}

/*@
  HypSpaceGetPeriod - The length of the circle that each X_i lives on

  Not collective

  Input Parameter:
. space - the space, set up

  Returns the period in scaled positions; 0 for a line.

  Level: intermediate

.seealso: HypAxisSetPeriod()
@*/
PetscReal HypSpaceGetPeriod(HypSpace space)
{
  return space->x ? HypAxisGetPeriod(space->x) : 0;
}

/*@
  HypSpaceIsGaussian - Is M the standard normal law in scaled coordinates?

  Not collective

  Input Parameter:
. space - the space

  Returns PETSC_FALSE where the x axes have a potential.

  Level: intermediate

.seealso: HypSpaceDensityX()
@*/
PetscBool HypSpaceIsGaussian(HypSpace space)
{
  return space->x ? HypAxisIsGaussian(space->x) : PETSC_TRUE;
}

/*@C
  HypSpaceIsHermite - Are all functions of a space products of Hermite functions?

  Not collective

  Input Parameter:
. space - the space, set up

  Returns PETSC_TRUE if so; then the transposed derivatives raise the degree exactly.

  Level: intermediate

.seealso: HypSpaceTakesDegree(), HypSpaceDerivative()
@*/
PetscBool HypSpaceIsHermite(HypSpace space)
{
  return space->takesdegree || (space->x && !HypAxisIsGrid(space->x) && !HypAxisIsGrid(space->v) &&
                                HypAxisIsGaussian(space->x))
           ? PETSC_TRUE
           : PETSC_FALSE;
}

/*@C
  HypSpaceIsNodal - Are the coefficients of a space values at nodes?

  Not collective

  Input Parameter:
. space - the space, set up

  Returns PETSC_TRUE if a coefficient is sqrt(weight) u(node),
  so that an integral of any function of u is a sum over the coefficients.

  Level: intermediate

.seealso: HypSpaceIsRough(), HypSpaceGetOne()
@*/
PetscBool HypSpaceIsNodal(HypSpace space)
{
  return space->nodal;
}

/*@C
  HypSpaceIsRough - Are functions between the nodes known to second order only?

  Not collective

  Input Parameter:
. space - the space, set up

  Returns PETSC_TRUE with fv axes.

  Level: intermediate

.seealso: HypSpaceIsNodal()
@*/
PetscBool HypSpaceIsRough(HypSpace space)
{
  return space->rough;
}
