/* eps(theta), the perturbation of the force: set, evaluated and differentiated. */
#include "model/modelimpl.h"
#include <hypoco/expression.h>

static PetscErrorCode SetContext(HypModel model, void *ctx, PetscErrorCode (*destroy)(void *))
{
  PetscFunctionBeginUser;
  PetscCall(HypModelCheckFree(model));
  PetscCall(HypModelDropCoarser(model));
  if (model->epsdestroy) PetscCall(model->epsdestroy(model->epsctx));
  model->eps        = NULL;
  model->field      = NULL;
  model->epsctx     = ctx;
  model->epsdestroy = destroy;
  PetscFunctionReturn(0);
}

/*@
  HypModelHasEps - Was an eps given?

  Not collective

  Input Parameter:
. model - the model

  Returns PETSC_FALSE where the loss is quadratic, whatever Gaussian the space has.

  Level: intermediate

.seealso: HypModelForced(), HypModelSetPerturbation()
@*/
PetscBool HypModelHasEps(HypModel model)
{
  return model->eps || model->field ? PETSC_TRUE : PETSC_FALSE;
}

/*@
  HypModelForced - Has the operator an eps?

  Not collective

  Input Parameter:
. model - the model

  Returns PETSC_FALSE where eps = 0; the noise may depend on theta nevertheless, see
  HypModelPerturbed().

  Level: intermediate

  Note:
  Of a space with another Gaussian than M the remainder of the quadratic force counts as eps too:
  HypModelHasEps() tells whether one was given.

.seealso: HypModelHasEps(), HypModelSetPerturbation(), HypModelSetReference()
@*/
PetscBool HypModelForced(HypModel model)
{
  return HypModelHasEps(model) || model->reference ? PETSC_TRUE : PETSC_FALSE;
}

/*@C
  HypModelSetPerturbation - Sets eps(theta) as a C function

  Logically collective

  Input Parameters:
+ model   - the model
. eps     - evaluates eps_1..eps_d at one theta; NULL for eps = 0
. ctx     - passed to eps
- destroy - frees ctx when the model is destroyed; may be NULL

  Level: intermediate

  Note:
  Derivatives, where they are needed, are found from values, see HypDerivative();
  HypModelSetField() brings its own.

.seealso: HypModelPerturbation(), HypModelSetField(), HypModelSetFormulas()
@*/
PetscErrorCode HypModelSetPerturbation(HypModel model, HypPerturbationFn eps, void *ctx,
                                       PetscErrorCode (*destroy)(void *))
{
  PetscFunctionBeginUser;
  PetscCall(SetContext(model, ctx, destroy));
  model->eps       = eps;
  model->perturbed = eps || model->noisy ? PETSC_TRUE : PETSC_FALSE;
  PetscFunctionReturn(0);
}

/*@C
  HypModelSetField - Sets eps(theta) as a C function that takes many points at once
  and knows its derivatives

  Logically collective

  Input Parameters:
+ model   - the model
. field   - evaluates eps, or its derivatives, as HypModelPerturbationMany() describes
. ctx     - passed to field
- destroy - frees ctx when the model is destroyed; may be NULL

  Level: advanced

.seealso: HypModelSetPerturbation(), HypModelPerturbationMany()
@*/
PetscErrorCode HypModelSetField(HypModel model, HypFieldFn field, void *ctx,
                                PetscErrorCode (*destroy)(void *))
{
  PetscFunctionBeginUser;
  PetscCall(SetContext(model, ctx, destroy));
  model->field     = field;
  model->perturbed = PETSC_TRUE;
  PetscFunctionReturn(0);
}

/* A value of order k at one point as a function of one of its variables,
   for C functions that give eps only */
typedef struct {
  HypModel       model;
  PetscInt       order, entry, variable;
  PetscReal     *theta, *values;
  PetscErrorCode error;
} Line;

static PetscErrorCode AtPoint(HypModel model, PetscInt order, const PetscReal theta[],
                              PetscReal values[]);

static double AlongLine(double x, void *ctx)
{
  Line *line = (Line *)ctx;

  line->theta[line->variable] = x;
  if (!line->error) line->error = AtPoint(line->model, line->order, line->theta, line->values);
  return line->error ? NAN : line->values[line->entry];
}

/* Derivatives of order k at one point from those of order k - 1 nearby */
static PetscErrorCode Numerically(HypModel model, PetscInt order, const PetscReal theta[],
                                  PetscReal values[])
{
  const PetscInt d = model->d, below = PetscPowInt(d, order);
  Line           line = {.model = model, .order = order - 1};
  PetscReal      error;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2(d, &line.theta, below, &line.values));
  PetscCall(PetscArraycpy(line.theta, theta, d));
  for (line.entry = 0; line.entry < below; line.entry++)
    for (line.variable = 0; line.variable < d; line.variable++) {
      values[line.entry * d + line.variable] =
        HypDerivative(AlongLine, &line, theta[line.variable], &error);
      line.theta[line.variable] = theta[line.variable];
      PetscCall(line.error);
    }
  PetscCall(PetscFree2(line.theta, line.values));
  PetscFunctionReturn(0);
}

static PetscErrorCode AtPoint(HypModel model, PetscInt order, const PetscReal theta[],
                              PetscReal values[])
{
  PetscFunctionBeginUser;
  if (model->field)
    PetscCall(model->field(model->d, order, 1, theta, values, model->epsctx));
  else if (order)
    PetscCall(Numerically(model, order, theta, values));
  else
    PetscCall(model->eps(model->d, theta, values, model->epsctx));
  PetscFunctionReturn(0);
}

static PetscErrorCode CheckFinite(HypModel model, PetscInt order, PetscInt lanes,
                                  const PetscReal theta[], const PetscReal values[])
{
  const PetscInt entries = PetscPowInt(model->d, order), count = model->d * entries * lanes;

  PetscFunctionBeginUser;
  for (PetscInt e = 0; e < count; e++) {
    if (!PetscIsInfOrNanReal(values[e])) continue;
    SETERRQ(PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
            "%sepsilon_%" PetscInt_FMT " is not finite at theta1 = %g%s: the perturbation must be "
            "finite wherever the space has a node; "
            "change the expression or narrow the box",
            order == 0   ? ""
            : order == 1 ? "the derivative of "
                         : "the second derivative of ",
            e / lanes / entries + 1, (double)theta[e % lanes],
            model->d > 1 ? " (and the other components of that point)" : "");
  }
  PetscFunctionReturn(0);
}

/* A C function that takes one point only */
static PetscErrorCode PointByPoint(HypModel model, PetscInt order, PetscInt lanes,
                                   const PetscReal theta[], PetscReal values[])
{
  const PetscInt d = model->d, entries = PetscPowInt(d, 1 + order);
  PetscReal     *point, *at;

  PetscFunctionBeginUser;
  if (lanes == 1) {
    PetscCall(AtPoint(model, order, theta, values));
    PetscFunctionReturn(0);
  }
  PetscCall(PetscMalloc2(d, &point, entries, &at));
  for (PetscInt l = 0; l < lanes; l++) {
    for (PetscInt j = 0; j < d; j++) point[j] = theta[j * lanes + l];
    PetscCall(AtPoint(model, order, point, at));
    for (PetscInt e = 0; e < entries; e++) values[e * lanes + l] = at[e];
  }
  PetscCall(PetscFree2(point, at));
  PetscFunctionReturn(0);
}

/*@
  HypModelPerturbationMany - Evaluates eps(theta) or its derivatives at many points and checks
  that they are finite

  Not collective

  Input Parameters:
+ model - the model
. order - 0: eps; 1: the Jacobian; 2: second derivatives
. lanes - number of points
- theta - theta[j lanes + l], variable j of point l

  Output Parameter:
. values - d^(1 + order) numbers for each point:
  eps_i at [i lanes + l], d eps_i/d theta_j at [(i d + j) lanes + l],
           d^2 eps_i/d theta_j d theta_k at [((i d + j) d + k) lanes + l]

  Level: intermediate

  Note:
  Derivatives of formulas are exact;
  those of a C function set with HypModelSetPerturbation() are found from its values.
  Points and values are along the model's coordinates: see HypModelSetDirections().

.seealso: HypModelPerturbation(), HypModelSetField()
@*/
PetscErrorCode HypModelPerturbationMany(HypModel model, PetscInt order, PetscInt lanes,
                                        const PetscReal theta[], PetscReal values[])
{
  const PetscInt   d = model->d, entries = PetscPowInt(d, 1 + order);
  const PetscReal *users  = theta;
  PetscReal       *turned = NULL;

  PetscFunctionBeginUser;
  if (!HypModelForced(model)) {
    PetscCall(PetscArrayzero(values, entries * lanes));
    PetscFunctionReturn(0);
  }
  if (HypModelRotated(model)) {
    PetscCall(PetscMalloc1(d * lanes, &turned));
    PetscCall(HypModelToUser(model, lanes, theta, turned));
    users = turned;
  }
  if (model->field)
    PetscCall(model->field(d, order, lanes, users, values, model->epsctx));
  else if (!model->eps) /* a reference alone */
    PetscCall(PetscArrayzero(values, entries * lanes));
  else
    PetscCall(PointByPoint(model, order, lanes, users, values));
  PetscCall(CheckFinite(model, order, lanes, users, values));
  PetscCall(HypModelTurnField(model, order, lanes, values));
  HypModelAddReference(model, order, lanes, theta, values);
  PetscCall(PetscFree(turned));
  PetscFunctionReturn(0);
}

/*@
  HypModelPerturbation - Evaluates eps(theta) at one point and checks that it is finite

  Not collective

  Input Parameters:
+ model - the model
- theta - d numbers

  Output Parameter:
. eps - d numbers

  Level: intermediate

.seealso: HypModelPerturbationMany(), HypModelSetPerturbation()
@*/
PetscErrorCode HypModelPerturbation(HypModel model, const PetscReal theta[], PetscReal eps[])
{
  PetscFunctionBeginUser;
  PetscCall(HypModelPerturbationMany(model, 0, 1, theta, eps));
  PetscFunctionReturn(0);
}
