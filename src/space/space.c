/* Spaces: the one list of types, parameters, and the operations every type answers to. */
#include "base/types.h"
#include "base/agree.h"
#include <hypoco/spaceimpl.h>
#include <string.h>

static HypTypes  registered;
static PetscBool HypSpaceRegistered = PETSC_FALSE;

PETSC_INTERN PetscErrorCode HypSpaceCreate_Tensor(HypSpace);
PETSC_INTERN PetscErrorCode HypSpaceCreate_Simplex(HypSpace);

/* The one list of what exists */
static PetscErrorCode HypSpaceRegisterAll(void)
{
  PetscFunctionBeginUser;
  if (HypSpaceRegistered) PetscFunctionReturn(0);
  HypSpaceRegistered = PETSC_TRUE;
  PetscCall(HypSpaceRegister(HYPSPACETENSOR, HypSpaceCreate_Tensor));
  PetscCall(HypSpaceRegister(HYPSPACESIMPLEX, HypSpaceCreate_Simplex));
  PetscFunctionReturn(0);
}

/*@C
  HypSpaceRegister - Adds a type of space

  Not collective

  Input Parameters:
+ type   - its name, as in -space_type
- create - fills the ops of a new space and says what the type is like;
  hypoco/spaceimpl.h tells what is required

  Level: advanced

  Notes:
  Options parsed afterwards may name the type.

.seealso: HypSpaceCreate(), HypAxisRegister()
@*/
PetscErrorCode HypSpaceRegister(HypSpaceType type, PetscErrorCode (*create)(HypSpace))
{
  PetscFunctionBeginUser;
  PetscCall(HypSpaceRegisterAll());
  PetscCheck(HypTypesAdd(&registered, type, (HypConstructor)create), PETSC_COMM_SELF,
             PETSC_ERR_ARG_OUTOFRANGE,
             "space type '%s' cannot be registered: at most %d types of names below %d characters",
             type, (int)HYP_TYPES, (int)HYP_TYPE_NAME);
  PetscFunctionReturn(0);
}

/*@C
  HypSpaceTypes - The names of all types of spaces

  Not collective

  Output Parameter:
. types - their names, in any order, ended by NULL; free the array with PetscFree()

  Level: developer

.seealso: HypSpaceRegister()
@*/
PetscErrorCode HypSpaceTypes(const char ***types)
{
  PetscFunctionBeginUser;
  PetscCall(HypSpaceRegisterAll());
  PetscCall(PetscCalloc1(registered.n + 1, types));
  for (size_t i = 0; i < registered.n; i++) (*types)[i] = registered.name[i];
  PetscFunctionReturn(0);
}

/*@C
  HypSpaceCreate - Creates a space of functions of (X, V)

  Collective

  Input Parameters:
+ model - parameters and perturbation; must outlive the space; d = 1, 2 or 3, simplex up to 16
- type  - tensor, simplex or a registered name

  Output Parameter:
. space - the space

  Level: beginner

.seealso: HypSpaceSetDegree(), HypSpaceSetAxes(), HypSpaceSetUp()
@*/
PetscErrorCode HypSpaceCreate(HypModel model, HypSpaceType type, HypSpace *space)
{
  PetscErrorCode (*create)(HypSpace);

  PetscFunctionBeginUser;
  PetscCall(HypModelFix(model));
  PetscCall(HypSpaceRegisterAll());
  create = (PetscErrorCode(*)(HypSpace))HypTypesFind(&registered, type);
  PetscCheck(create, HypModelGetComm(model), PETSC_ERR_ARG_OUTOFRANGE,
             "space_type: '%s' given, tensor, simplex and registered types are allowed", type);
  PetscCall(PetscNew(space));
  (*space)->comm   = HypModelGetComm(model);
  (*space)->model  = model;
  (*space)->degree = PETSC_DETERMINE;
  (*space)->most   = 3;
  PetscCall(PetscStrallocpy(type, &(*space)->type));
  PetscCall(create(*space));
  PetscCheck(HypModelDimension(model) <= (*space)->most, HypModelGetComm(model),
             PETSC_ERR_ARG_OUTOFRANGE,
             "model_dimension: %" PetscInt_FMT " given, at most %" PetscInt_FMT
             " allowed on a %s space (a simplex space takes 16); lower it, or sample paths, which "
             "takes more",
             HypModelDimension(model), (*space)->most, type);
  PetscFunctionReturn(0);
}

/*@
  HypSpaceSetDegree - Sets the total degree N of a simplex space

  Logically collective

  Input Parameters:
+ space  - the space, not yet set up
- degree - at least 1; PETSC_DETERMINE takes 40, 16, 12 for d = 1, 2, 3

  Level: beginner
@*/
PetscErrorCode HypSpaceSetDegree(HypSpace space, PetscInt degree)
{
  PetscFunctionBeginUser;
  PetscCheck(degree == PETSC_DETERMINE || degree >= 1, space->comm, PETSC_ERR_ARG_OUTOFRANGE,
             "space_degree: %" PetscInt_FMT " given, at least 1 needed", degree);
  space->degree = degree;
  PetscFunctionReturn(0);
}

/*@
  HypSpaceSetPositive - Asks for fluxes that keep densities positive

  Logically collective

  Input Parameters:
+ space    - the space, not yet set up
- positive - PETSC_TRUE: -G becomes an M-matrix, so that F > 0 and g > 0 stays so

  Level: intermediate

  Note:
  On tensor spaces of fv axes alone; others refuse it when the operator is made.
  Of first order where there is no diffusion:
  no linear scheme is positive and of second order there.

.seealso: HypSpacePositive()
@*/
PetscErrorCode HypSpaceSetPositive(HypSpace space, PetscBool positive)
{
  PetscFunctionBeginUser;
  space->positive = positive;
  PetscFunctionReturn(0);
}

/*@
  HypSpaceSetAxes - Gives a tensor space its axis for every x_i and its axis for every v_i

  Logically collective

  Input Parameters:
+ space - the space, not yet set up; takes both axes over
. x     - the axis of the positions, set up
- v     - the axis of the velocities, set up

  Level: beginner
@*/
PetscErrorCode HypSpaceSetAxes(HypSpace space, HypAxis x, HypAxis v)
{
  PetscFunctionBeginUser;
  PetscCall(HypAxisDestroy(&space->x));
  PetscCall(HypAxisDestroy(&space->v));
  space->x = x;
  space->v = v;
  PetscFunctionReturn(0);
}

/*@
  HypSpaceSetAxis - Gives one position x_i of a tensor space an axis of its own

  Logically collective

  Input Parameters:
+ space - the space, after HypSpaceSetAxes(), not yet set up; takes the axis over
. i     - which position, 0 <= i < d
- x     - its axis, set up: of the same type and size as the axis of the others, with the same nodes
          if it is a grid, but with a weight of its own

  Level: advanced

.seealso: HypSpaceSetAxes(), HypAxisSetPotential()
@*/
PetscErrorCode HypSpaceSetAxis(HypSpace space, PetscInt i, HypAxis x)
{
  const PetscInt d = HypModelDimension(space->model);

  PetscFunctionBeginUser;
  PetscCheck(i >= 0 && i < d && i < 3, space->comm, PETSC_ERR_ARG_OUTOFRANGE,
             "position %" PetscInt_FMT " given an axis, 0 to %" PetscInt_FMT " are there", i,
             PetscMin(d, 3) - 1);
  PetscCall(HypAxisDestroy(&space->own[i]));
  space->own[i] = x;
  PetscFunctionReturn(0);
}

/* Where results are shown if setup did not say */
static PetscErrorCode DefaultGrid(PetscInt *n, PetscReal **grid)
{
  PetscFunctionBeginUser;
  if (*n) PetscFunctionReturn(0);
  *n = 81;
  PetscCall(PetscMalloc1(*n, grid));
  for (PetscInt k = 0; k < *n; k++) (*grid)[k] = -5 + (PetscReal)k / 8;
  PetscFunctionReturn(0);
}

/*@
  HypSpaceSetUp - Builds layout, the function 1 and the grid on which results are shown

  Collective

  Input Parameter:
. space - the space

  Level: beginner
@*/
PetscErrorCode HypSpaceSetUp(HypSpace space)
{
  PetscReal   reach;
  HypProperty reference = {.group   = "space",
                           .name    = "reference",
                           .defines = PETSC_TRUE,
                           .kind    = HYP_PROPERTY_REALS,
                           .n       = 2 * HypModelDimension(space->model)};

  PetscFunctionBeginUser;
  if (space->one) PetscFunctionReturn(0);
  PetscCall(space->ops->setup(space));
  PetscCall(HypSpaceReach(space, &reach));
  PetscCall(HypAgree(space->comm, HypModelCheckNoise(space->model, reach)));
  PetscCall(DefaultGrid(&space->grid->nX, &space->grid->X));
  PetscCall(DefaultGrid(&space->grid->nV, &space->grid->V));
  PetscCall(space->ops->describe(space));
  reference.values = HypModelReference(space->model);
  if (reference.values) PetscCall(HypSpaceDescribe(space, &reference));
  PetscFunctionReturn(0);
}

/*@
  HypSpaceCreateVec - A vector of coefficients, zero

  Collective

  Input Parameter:
. space - the space, set up

  Output Parameter:
. h - the vector

  Level: beginner
@*/
PetscErrorCode HypSpaceCreateVec(HypSpace space, Vec *h)
{
  PetscFunctionBeginUser;
  PetscCall(VecDuplicate(space->one, h));
  PetscCall(VecSet(*h, 0));
  PetscFunctionReturn(0);
}

/*@C
  HypSpaceProject - Coefficients of a function of z = (X, V), by the space's nodes

  Collective

  Input Parameters:
+ space - the space
. fn    - the function relative to M: u = g/M
- ctx   - passed to fn

  Output Parameter:
. u - coefficients

  Level: intermediate
@*/
PetscErrorCode HypSpaceProject(HypSpace space, HypPhaseFn fn, void *ctx, Vec u)
{
  PetscFunctionBeginUser;
  PetscCall(space->ops->project(space, fn, ctx, u));
  PetscFunctionReturn(0);
}

/*@C
  HypSpaceProjectTheta - Coefficients of a function of theta alone

  Collective

  Input Parameters:
+ space - the space
. fn    - the function relative to M, of z = (X, V), equal at points of equal theta
- ctx   - passed to fn

  Output Parameter:
. u - coefficients, those of HypSpaceProject(), by fewer nodes where the space can

  Level: intermediate

.seealso: HypSpaceProject()
@*/
PetscErrorCode HypSpaceProjectTheta(HypSpace space, HypPhaseFn fn, void *ctx, Vec u)
{
  PetscFunctionBeginUser;
  if (space->ops->projecttheta && HypModelDimension(space->model) <= 3)
    PetscCall(space->ops->projecttheta(space, fn, ctx, u));
  else
    PetscCall(HypSpaceProject(space, fn, ctx, u));
  PetscFunctionReturn(0);
}

/*@C
  HypSpaceProjectPairs - Coefficients of a function of few pairs (X_i, V_i)

  Collective

  Input Parameters:
+ space - the space
. n     - how many pairs, at most 3
. pairs - their numbers i, 0 <= i < d, in increasing order
. fn    - the function relative to M; it sees 0 for the other X_i and V_i
- ctx   - passed to fn

  Output Parameter:
. u - coefficients, by quadrature in 2n variables

  Level: intermediate

.seealso: HypSpaceProject()
@*/
PetscErrorCode HypSpaceProjectPairs(HypSpace space, PetscInt n, const PetscInt pairs[],
                                    HypPhaseFn fn, void *ctx, Vec u)
{
  PetscFunctionBeginUser;
  PetscCheck(space->ops->projectpairs, space->comm, PETSC_ERR_SUP,
             "space_type: %s has no quadrature in some of its pairs (x_i, v_i); give simplex",
             space->type);
  PetscCheck(n >= 0 && n <= 3, space->comm, PETSC_ERR_ARG_OUTOFRANGE,
             "functions of %" PetscInt_FMT " pairs (x_i, v_i) given, at most 3 allowed; give "
             "a function of fewer",
             n);
  PetscCall(space->ops->projectpairs(space, n, pairs, fn, ctx, u));
  PetscFunctionReturn(0);
}

/*@
  HypSpacePoint - Coefficients of a unit mass at one point, relative to M

  Collective

  Input Parameters:
+ space - the space
- z     - the point (X, V)

  Output Parameter:
. u - coefficients

  Level: intermediate

  Note:
  On fv axes the mass is spread over the neighbouring cells so that its mean stays;
  on spectral axes it is the truncated series of the point mass,
  whose norm grows with the resolution until the flow has smoothed it.
@*/
PetscErrorCode HypSpacePoint(HypSpace space, const PetscReal z[], Vec u)
{
  PetscFunctionBeginUser;
  PetscCall(space->ops->point(space, z, u));
  PetscFunctionReturn(0);
}

/*@
  HypSpaceModes - Adds amplitude times the orthonormal Hermite function H_n(X, V)

  Collective

  Input Parameters:
+ space     - the space
. n         - 2d degrees
- amplitude - factor

  Input/Output Parameter:
. u - coefficients

  Level: intermediate
@*/
PetscErrorCode HypSpaceModes(HypSpace space, const PetscInt n[], PetscReal amplitude, Vec u)
{
  PetscFunctionBeginUser;
  PetscCall(space->ops->modes(space, n, amplitude, u));
  PetscFunctionReturn(0);
}

/*@
  HypSpaceMarginal - Values of the marginal of u in the pair (X_i, V_i),
  relative to the standard normal law, on a grid

  Collective

  Input Parameters:
+ space  - the space
. i      - the pair, 0 <= i < d
. u      - coefficients
. nX, X  - grid in X_i
- nV, V  - grid in V_i

  Output Parameter:
. values - values[k nX + j] at (X_j, V_k), the same on every rank; for d = 1 the function itself

  Level: intermediate

  Note:
  int u M over the other coordinates; on fv axes piecewise linear between cell centres.
@*/
PetscErrorCode HypSpaceMarginal(HypSpace space, PetscInt i, Vec u, PetscInt nX, const PetscReal X[],
                                PetscInt nV, const PetscReal V[], PetscReal values[])
{
  PetscFunctionBeginUser;
  PetscCheck(i >= 0 && i < HypModelDimension(space->model), space->comm, PETSC_ERR_ARG_OUTOFRANGE,
             "pair %" PetscInt_FMT " asked for, 0 to %" PetscInt_FMT " exist", i,
             HypModelDimension(space->model) - 1);
  PetscCall(space->ops->marginal(space, i, u, nX, X, nV, V, values));
  PetscFunctionReturn(0);
}

/*@
  HypSpaceDestroy - Frees a space and its axes; the model stays

  Collective

  Input Parameter:
. space - the space; set to NULL; NULL is allowed

  Level: beginner

.seealso: HypSpaceCreate()
@*/
PetscErrorCode HypSpaceDestroy(HypSpace *space)
{
  PetscFunctionBeginUser;
  if (!*space) PetscFunctionReturn(0);
  PetscCall((*space)->ops->destroy(*space));
  PetscCall(HypAxisDestroy(&(*space)->x));
  for (int i = 0; i < 3; i++) PetscCall(HypAxisDestroy(&(*space)->own[i]));
  PetscCall(HypAxisDestroy(&(*space)->v));
  PetscCall(VecDestroy(&(*space)->one));
  PetscCall(PetscFree((*space)->grid->X));
  PetscCall(PetscFree((*space)->grid->V));
  PetscCall(PetscFree((*space)->properties));
  PetscCall(PetscFree((*space)->type));
  PetscCall(PetscFree(*space));
  PetscFunctionReturn(0);
}
