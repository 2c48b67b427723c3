/* Axes: the one list of types, parameters, and the operations every type answers to. */
#include "base/types.h"
#include <hypoco/axisimpl.h>

static HypTypes  registered;
static PetscBool HypAxisRegistered = PETSC_FALSE;

PETSC_INTERN PetscErrorCode HypAxisCreate_FV(HypAxis);
PETSC_INTERN PetscErrorCode HypAxisCreate_Fourier(HypAxis);
PETSC_INTERN PetscErrorCode HypAxisCreate_Hermite(HypAxis);
PETSC_INTERN PetscErrorCode HypAxisCreate_Polynomial(HypAxis);

/* The one list of what exists */
static PetscErrorCode HypAxisRegisterAll(void)
{
  PetscFunctionBeginUser;
  if (HypAxisRegistered) PetscFunctionReturn(0);
  HypAxisRegistered = PETSC_TRUE;
  PetscCall(HypAxisRegister(HYPAXISFV, HypAxisCreate_FV));
  PetscCall(HypAxisRegister(HYPAXISFOURIER, HypAxisCreate_Fourier));
  PetscCall(HypAxisRegister(HYPAXISHERMITE, HypAxisCreate_Hermite));
  PetscCall(HypAxisRegister(HYPAXISPOLYNOMIAL, HypAxisCreate_Polynomial));
  PetscFunctionReturn(0);
}

/*@C
  HypAxisRegister - Adds an axis type

  Not collective

  Input Parameters:
+ type   - its name, as in -axis_x_type
- create - fills the ops, the defaults and the data of a new axis;
  a and a* are required, and a one = 0 is its promise

  Level: advanced

  Notes:
  Options parsed afterwards may name the type (axis: {x: {type: NAME}}).

.seealso: HypAxisCreate(), HypAxisAllocate()
@*/
PetscErrorCode HypAxisRegister(HypAxisType type, PetscErrorCode (*create)(HypAxis))
{
  PetscFunctionBeginUser;
  PetscCall(HypAxisRegisterAll());
  PetscCheck(HypTypesAdd(&registered, type, (HypConstructor)create), PETSC_COMM_SELF,
             PETSC_ERR_ARG_OUTOFRANGE,
             "axis type '%s' cannot be registered: at most %d types of names below %d characters",
             type, (int)HYP_TYPES, (int)HYP_TYPE_NAME);
  PetscFunctionReturn(0);
}

/*@C
  HypAxisTypes - The names of all axis types

  Not collective

  Output Parameter:
. types - their names, in any order, ended by NULL; free the array with PetscFree()

  Level: developer

.seealso: HypAxisRegister()
@*/
PetscErrorCode HypAxisTypes(const char ***types)
{
  PetscFunctionBeginUser;
  PetscCall(HypAxisRegisterAll());
  PetscCall(PetscCalloc1(registered.n + 1, types));
  for (size_t i = 0; i < registered.n; i++) (*types)[i] = registered.name[i];
  PetscFunctionReturn(0);
}

/*@C
  HypAxisCreate - Creates one discretised coordinate of L2(N(0,1))

  Collective

  Input Parameters:
+ comm - communicator, used for error messages only: an axis is replicated on every rank
- type - fv, fourier, hermite or a registered name

  Output Parameter:
. axis - the axis

  Level: intermediate

.seealso: HypAxisSetSize(), HypAxisSetWidth(), HypAxisSetFaces(), HypAxisSetUp(), HypAxisApply()
@*/
PetscErrorCode HypAxisCreate(MPI_Comm comm, HypAxisType type, HypAxis *axis)
{
  PetscErrorCode (*create)(HypAxis);

  PetscFunctionBeginUser;
  PetscCall(HypAxisRegisterAll());
  create = (PetscErrorCode(*)(HypAxis))HypTypesFind(&registered, type);
  PetscCheck(create, comm, PETSC_ERR_ARG_OUTOFRANGE,
             "axis type '%s' is unknown; fv, fourier, hermite and registered types are allowed",
             type);
  PetscCall(PetscNew(axis));
  (*axis)->comm          = comm;
  (*axis)->n             = PETSC_DETERMINE;
  (*axis)->width         = PETSC_DETERMINE;
  (*axis)->stabilisation = 0.1;
  PetscCall(PetscStrallocpy(type, &(*axis)->type));
  PetscCall(PetscStrncpy((*axis)->name, "q", sizeof((*axis)->name)));
  PetscCall(HypAxisSetPotentialKey(*axis, "model_potential"));
  PetscCall(create(*axis));
  PetscFunctionReturn(0);
}

/*@
  HypAxisSetSize - Sets the number of coefficients

  Logically collective

  Input Parameters:
+ axis - the axis
- n    - at least 2; odd for fourier; PETSC_DETERMINE lets the type decide

  Level: intermediate
@*/
PetscErrorCode HypAxisSetSize(HypAxis axis, PetscInt n)
{
  PetscFunctionBeginUser;
  PetscCheck(n == PETSC_DETERMINE || n >= 2, axis->comm, PETSC_ERR_ARG_OUTOFRANGE,
             "axis_%s_n: %" PetscInt_FMT " given, at least 2 needed", axis->name, n);
  axis->n = n;
  PetscFunctionReturn(0);
}

/*@
  HypAxisSetWidth - Sets the half-width of the box

  Logically collective

  Input Parameters:
+ axis  - the axis
- width - standard deviations, positive; PETSC_DETERMINE lets the type decide

  Level: intermediate
@*/
PetscErrorCode HypAxisSetWidth(HypAxis axis, PetscReal width)
{
  PetscFunctionBeginUser;
  PetscCheck(width == PETSC_DETERMINE || width > 0, axis->comm, PETSC_ERR_ARG_OUTOFRANGE,
             "axis_%s_width: %g given, a positive number of standard deviations needed", axis->name,
             (double)width);
  axis->width = width;
  PetscFunctionReturn(0);
}

/*@
  HypAxisSetStabilisation - Sets the coefficient of the dissipation

  Logically collective

  Input Parameters:
+ axis          - the axis, not yet set up
- stabilisation - at least 0, without unit; 0 for none

  Level: intermediate

.seealso: HypAxisGetStabilisation()
@*/
PetscErrorCode HypAxisSetStabilisation(HypAxis axis, PetscReal stabilisation)
{
  PetscFunctionBeginUser;
  PetscCheck(stabilisation >= 0, axis->comm, PETSC_ERR_ARG_OUTOFRANGE,
             "axis_%s_stabilisation: %g given, at least 0 needed", axis->name,
             (double)stabilisation);
  axis->stabilisation = stabilisation;
  PetscFunctionReturn(0);
}

/*@C
  HypAxisSetName - Tells messages which coordinate an axis stands for

  Logically collective

  Input Parameters:
+ axis - the axis
- name - x or v, as in axis_x_n

  Level: intermediate

.seealso: HypAxisGetName()
@*/
PetscErrorCode HypAxisSetName(HypAxis axis, const char name[])
{
  PetscFunctionBeginUser;
  PetscCall(PetscStrncpy(axis->name, name, sizeof(axis->name)));
  PetscFunctionReturn(0);
}

/*@
  HypAxisSetUp - Builds nodes, weights and the coefficients of the function 1

  Collective

  Input Parameter:
. axis - the axis

  Level: intermediate
@*/
PetscErrorCode HypAxisSetUp(HypAxis axis)
{
  PetscFunctionBeginUser;
  if (axis->setupcalled) PetscFunctionReturn(0);
  PetscCheck(
    axis->nfaces == 0 || axis->meshes, axis->comm, PETSC_ERR_ARG_WRONG,
    "axis_%s_mesh: a face file is given but the axis type is %s; face files belong to fv axes",
    axis->name, axis->type);
  PetscCheck(!axis->potential || axis->weighted, axis->comm, PETSC_ERR_ARG_INCOMP,
             "%s: given, but a %s axis has the Gaussian weight only; take "
             "axis_%s_type fv, polynomial, or fourier with axis_%s_period",
             axis->potentialkey, axis->type, axis->name, axis->name);
  PetscCheck(axis->period == 0 || (axis->circles && axis->potential), axis->comm,
             PETSC_ERR_ARG_INCOMP,
             "axis_%s_period: given, but only a fourier axis with a model_potential is a circle; "
             "take axis_%s_type fourier, or leave it out",
             axis->name, axis->name);
  PetscCheck(axis->ops->lower && axis->ops->raise && axis->ops->setup && axis->ops->evaluate,
             axis->comm, PETSC_ERR_ARG_WRONGSTATE,
             "axis type '%s' lacks one of the required operations: setup, lower, raise, evaluate",
             axis->type);
  PetscCall(axis->ops->setup(axis));
  axis->setupcalled = PETSC_TRUE;
  PetscFunctionReturn(0);
}

/*@
  HypAxisAllocate - Allocates nodes, weights and the coefficients of 1;
  called by an implementation's setup

  Not collective

  Input Parameters:
+ axis   - the axis
. n      - number of coefficients
- nnodes - number of nodes

  Level: developer
@*/
PetscErrorCode HypAxisAllocate(HypAxis axis, PetscInt n, PetscInt nnodes)
{
  PetscFunctionBeginUser;
  axis->n      = n;
  axis->nnodes = nnodes;
  PetscCall(PetscMalloc1(nnodes, &axis->nodes));
  PetscCall(PetscMalloc1(nnodes, &axis->weights));
  PetscCall(PetscMalloc1(n, &axis->one));
  PetscFunctionReturn(0);
}

/* The slot of an optional or required operation */
static HypAxisApplyFn HypAxisSlot(HypAxis axis, HypAxisOperation operation)
{
  switch (operation) {
  case HYP_LOWER:
    return axis->ops->lower;
  case HYP_RAISE:
    return axis->ops->raise;
  case HYP_LAPLACIAN:
    return axis->ops->laplacian;
  case HYP_DISSIPATION:
    return axis->ops->dissipation;
  case HYP_TO_NODES:
    return axis->ops->tonodes;
  case HYP_FROM_NODES:
    return axis->ops->fromnodes;
  }
  return NULL;
}

/*@
  HypAxisHas - Tells whether the axis has its own version of an optional operation

  Not collective

  Input Parameters:
+ axis      - the axis
- operation - which

  Output Parameter:
. has - PETSC_TRUE if it has

  Level: advanced
@*/
PetscErrorCode HypAxisHas(HypAxis axis, HypAxisOperation operation, PetscBool *has)
{
  PetscFunctionBeginUser;
  *has = HypAxisSlot(axis, operation) ? PETSC_TRUE : PETSC_FALSE;
  PetscFunctionReturn(0);
}

/*@
  HypAxisApply - Applies an operation along the middle index of an array u[outer][n][inner]

  Not collective

  Input Parameters:
+ axis      - the axis, set up
. operation - a, a*, the Laplacian, the dissipation, or the transform to and from the nodes
. outer     - number of slabs (indices slower than the axis)
. inner     - contiguous length of the indices faster than the axis
- u         - the array; not the same as v

  Output Parameter:
. v - the result, v[outer][n][inner], or [outer][nnodes][inner] on the node side of a transform

  Level: advanced

  Notes:
  Without its own, the Laplacian is a* a, the dissipation 0 and a transform the identity.
@*/
PetscErrorCode HypAxisApply(HypAxis axis, HypAxisOperation operation, PetscInt outer,
                            PetscInt inner, const PetscScalar *u, PetscScalar *v)
{
  const HypAxisApplyFn apply = HypAxisSlot(axis, operation);
  PetscScalar         *w;

  PetscFunctionBeginUser;
  PetscAssert(axis->setupcalled, axis->comm, PETSC_ERR_ARG_WRONGSTATE, "call HypAxisSetUp() first");
  if (apply) {
    PetscCall(apply(axis, outer, inner, u, v));
  } else if (operation == HYP_LAPLACIAN) {
    PetscCall(PetscMalloc1((size_t)outer * axis->n * inner, &w));
    PetscCall(axis->ops->lower(axis, outer, inner, u, w));
    PetscCall(axis->ops->raise(axis, outer, inner, w, v));
    PetscCall(PetscFree(w));
  } else if (operation == HYP_DISSIPATION) {
    PetscCall(PetscArrayzero(v, (size_t)outer * axis->n * inner));
  } else {
    PetscCall(PetscArraycpy(v, u, (size_t)outer * axis->n * inner));
  }
  PetscFunctionReturn(0);
}

/*@C
  HypAxisMatrix - The matrix of an operation, found by applying it to the unit vectors

  Not collective

  Input Parameters:
+ axis      - the axis, set up
- operation - which

  Output Parameters:
+ rows   - number of rows (nnodes for HYP_TO_NODES, else n)
- matrix - rows x columns, by rows; freed by the caller with PetscFree()

  Level: advanced
@*/
PetscErrorCode HypAxisMatrix(HypAxis axis, HypAxisOperation operation, PetscInt *rows,
                             PetscScalar **matrix)
{
  const PetscInt columns = operation == HYP_FROM_NODES ? axis->nnodes : axis->n;
  PetscScalar   *identity;

  PetscFunctionBeginUser;
  *rows = operation == HYP_TO_NODES ? axis->nnodes : axis->n;
  PetscCall(PetscCalloc1((size_t)columns * columns, &identity));
  PetscCall(PetscMalloc1((size_t)*rows * columns, matrix));
  for (PetscInt k = 0; k < columns; k++) identity[(size_t)k * columns + k] = 1.0;
  PetscCall(HypAxisApply(axis, operation, 1, columns, identity, *matrix));
  PetscCall(PetscFree(identity));
  PetscFunctionReturn(0);
}

/*@
  HypAxisEvaluate - Basis functions at a point: u(q) = sum_k phi_k c_k;
  also the coefficients of a unit mass at q

  Not collective

  Input Parameters:
+ axis - the axis, set up
- q    - the point, in standard deviations

  Output Parameter:
. phi - n numbers

  Level: advanced
@*/
PetscErrorCode HypAxisEvaluate(HypAxis axis, PetscReal q, PetscScalar phi[])
{
  PetscFunctionBeginUser;
  PetscCall(axis->ops->evaluate(axis, q, phi));
  PetscFunctionReturn(0);
}

/*@
  HypAxisDestroy - Frees an axis

  Collective

  Input Parameter:
. axis - the axis; set to NULL; NULL is allowed

  Level: beginner

  Notes:
  An axis given to a space belongs to the space.

.seealso: HypAxisCreate()
@*/
PetscErrorCode HypAxisDestroy(HypAxis *axis)
{
  PetscFunctionBeginUser;
  if (!*axis) PetscFunctionReturn(0);
  if ((*axis)->ops->destroy) PetscCall((*axis)->ops->destroy(*axis));
  PetscCall(PetscFree((*axis)->type));
  PetscCall(PetscFree((*axis)->faces));
  PetscCall(PetscFree((*axis)->nodes));
  PetscCall(PetscFree((*axis)->weights));
  PetscCall(PetscFree((*axis)->one));
  PetscCall(PetscFree((*axis)->phi));
  PetscCall(PetscFree(*axis));
  PetscFunctionReturn(0);
}
