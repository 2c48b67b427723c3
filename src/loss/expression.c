/*
   Component losses typed as one formula in theta,
   the component's number i = 1..n and their count n.

   A formula in theta is summed over the coordinates, f_i = sum_c phi(theta_c, c_c, i),
   with a coefficient c per coordinate: the losses of one and of a hundred dimensions read the same.
   A formula in theta1, theta2, ... is f_i as it stands.
*/
#include "loss/lossimpl.h"
#include "base/base.h"
#include "expression/gradient.h"
#include <hypoco/expression.h>
#include <hypoco/function.h>
#include <stdlib.h>

#define MAX_JOINT 16
#define EVERY     16 /* calls of the gradient, of which one is looked at */
enum { SUM_THETA, SUM_C, SUM_I, SUM_N, SUM_VARIABLES };

typedef struct {
  PetscBool       joint;
  HypExpression  *value;
  PetscInt        ngradients; /* formulas given: 0, 1 (sum) or d (joint) */
  HypExpression **gradients;
  HypExpression  *slope, *curvature; /* first and second derivatives of the value */
  PetscReal      *coefficients;      /* one per coordinate, sum only */
  PetscInt        size;              /* lanes for which there is room below */
  PetscInt        calls;             /* of the gradient */
  PetscReal      *component, *n, *c; /* the variables that are not coordinates */
  PetscReal      *hessian;
} Formula;

static PetscErrorCode Parse(PetscInt d, PetscBool joint, const char *key, const char *text,
                            HypExpression **expression)
{
  static const char *const sum[SUM_VARIABLES] = {"theta", "c", "i", "n"};
  static const char *const all[MAX_JOINT + 2] = {
    "theta1",  "theta2",  "theta3",  "theta4",  "theta5",  "theta6",  "theta7",  "theta8", "theta9",
    "theta10", "theta11", "theta12", "theta13", "theta14", "theta15", "theta16", "i",      "n"};
  const char *variables[MAX_JOINT + 2];
  char       *message = NULL;

  PetscFunctionBeginUser;
  if (!joint)
    (void)HypExpressionCreate(text, SUM_VARIABLES, sum, expression, &message);
  else {
    for (PetscInt c = 0; c < d; c++) variables[c] = all[c];
    variables[d]     = "i";
    variables[d + 1] = "n";
    (void)HypExpressionCreate(text, (size_t)d + 2, variables, expression, &message);
  }
  if (message) {
    char sentence[512];

    PetscCall(PetscStrncpy(sentence, message, sizeof(sentence)));
    free(message);
    SETERRQ(PETSC_COMM_SELF, PETSC_ERR_USER_INPUT, "%s: %s", key, sentence);
  }
  PetscFunctionReturn(0);
}

/* One component at one point */
static PetscErrorCode HypLossValue_Expression(HypLoss loss, PetscInt i, const PetscReal *theta,
                                              PetscReal *f)
{
  const Formula *formula = loss->data;
  double         values[MAX_JOINT + 2];

  PetscFunctionBeginUser;
  if (formula->joint) {
    for (PetscInt c = 0; c < loss->d; c++) values[c] = theta[c];
    values[loss->d]     = (double)(i + 1);
    values[loss->d + 1] = (double)loss->n;
    *f                  = HypExpressionEvaluate(formula->value, values, NULL);
    PetscFunctionReturn(0);
  }
  *f = 0;
  for (PetscInt c = 0; c < loss->d; c++) {
    values[SUM_THETA] = theta[c];
    values[SUM_C]     = formula->coefficients[c];
    values[SUM_I]     = (double)(i + 1);
    values[SUM_N]     = (double)loss->n;
    *f += HypExpressionEvaluate(formula->value, values, NULL);
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode MakeRoom(HypLoss loss, PetscInt lanes)
{
  Formula *formula = loss->data;

  PetscFunctionBeginUser;
  if (formula->size >= lanes) PetscFunctionReturn(0);
  PetscCall(PetscFree4(formula->component, formula->n, formula->c, formula->hessian));
  PetscCall(PetscMalloc4(lanes, &formula->component, lanes, &formula->n, lanes, &formula->c,
                         lanes * (formula->joint ? loss->d * loss->d : loss->d),
                         &formula->hessian));
  for (PetscInt l = 0; l < lanes; l++) formula->n[l] = (PetscReal)loss->n;
  formula->size = lanes;
  PetscFunctionReturn(0);
}

/* Formulas over lanes: results[c lanes + l] of coordinate c; in theta1, ...
   all at once, in theta one after the other */
static void Coordinates(HypLoss loss, HypExpression *const *expressions, PetscInt count,
                        PetscInt lanes, const PetscReal *theta, PetscReal *results)
{
  const Formula   *formula = loss->data;
  const PetscInt   d       = loss->d;
  const PetscReal *values[MAX_JOINT + 2];
  PetscReal       *rows[MAX_JOINT * MAX_JOINT];

  if (formula->joint) {
    for (PetscInt c = 0; c < d; c++) values[c] = theta + c * lanes;
    values[d]     = formula->component;
    values[d + 1] = formula->n;
    for (PetscInt k = 0; k < count; k++) {
      const PetscInt outputs = (PetscInt)HypExpressionOutputs(expressions[k]);

      for (PetscInt o = 0; o < outputs; o++) rows[o] = results + (k * outputs + o) * lanes;
      HypExpressionEvaluateLanes(expressions[k], (size_t)lanes, values, rows);
    }
    return;
  }
  values[SUM_C] = formula->c;
  values[SUM_I] = formula->component;
  values[SUM_N] = formula->n;
  for (PetscInt c = 0; c < d; c++) {
    for (PetscInt l = 0; l < lanes; l++) formula->c[l] = formula->coefficients[c];
    values[SUM_THETA] = theta + c * lanes;
    rows[0]           = results + c * lanes;
    HypExpressionEvaluateLanes(expressions[0], (size_t)lanes, values, rows);
  }
}

static PetscErrorCode NotFinite(HypLoss loss, PetscInt i, const PetscReal theta[])
{
  HypShownPoint shown;

  PetscFunctionBeginUser;
  SETERRQ(PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
          "sample_loss_value: component %" PetscInt_FMT " is not finite at %s: a loss must be "
          "finite wherever a path goes; change the formula or sample_start",
          i + 1, HypShowPoint(shown, (size_t)loss->d, theta));
}

typedef struct {
  HypLoss  loss;
  PetscInt i; /* the component */
} Component;

static int At(const double theta[], double *f, double slopes[], double values[], void *context)
{
  const Component *const at      = context;
  const Formula         *formula = at->loss->data;

  PetscFunctionBeginUser;
  PetscCall(HypLossValue_Expression(at->loss, at->i, theta, f));
  formula->component[0] = (PetscReal)at->i + 1;
  Coordinates(at->loss, formula->gradients, formula->ngradients, 1, theta, values);
  Coordinates(at->loss, &formula->slope, 1, 1, theta, slopes);
  PetscFunctionReturn(0);
}

static int Agree(size_t c, double given, double exact, void *context)
{
  (void)c, (void)context;
  return fabs(given - exact) <= 1e-6 * (1 + fabs(exact));
}

/* Refuses a given gradient that is wrong at a point */
static PetscErrorCode Refuse(HypLoss loss, PetscInt i, const PetscReal theta[])
{
  const size_t       d = (size_t)loss->d;
  HypGradientMistake wrong;
  HypShownPoint      shown;

  PetscFunctionBeginUser;
  PetscCall(HypGradientCheck(&(HypGradient){d, At, Agree, &(Component){loss, i}}, theta, &wrong));
  PetscCheck(
    wrong.coordinate == d, PETSC_COMM_SELF, PETSC_ERR_ARG_INCOMP,
    "sample_loss_gradient: that of component %" PetscInt_FMT " by theta%zu"
    " is %.8g at %s, but the derivative of sample_loss_value there is %.8g; correct one of "
    "the two, or leave the gradient out",
    i + 1, wrong.coordinate + 1, wrong.given, HypShowPoint(shown, d, theta), wrong.exact);
  PetscFunctionReturn(0);
}

/*
   What a gradient alone does not tell: whether the loss has a value (log(-1) has the derivative 0),
   and whether a given gradient is its.  A path that diverges is not looked at: its sentence is
   another one.
*/
static PetscErrorCode Look(HypLoss loss, PetscInt lanes, const uint32_t *component,
                           const PetscReal theta[], const PetscReal g[])
{
  const PetscReal farthest = 1e12;
  const PetscInt  d        = loss->d;
  Formula        *formula  = loss->data;
  PetscReal      *values, *slopes, *point;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc3(lanes * d, &values, lanes * d, &slopes, d, &point));
  Coordinates(loss, &formula->value, 1, lanes, theta, values);
  if (formula->ngradients) Coordinates(loss, &formula->slope, 1, lanes, theta, slopes);
  for (PetscInt l = 0; l < lanes; l++) {
    PetscReal f = 0, size = 0;
    PetscBool bad = PETSC_FALSE, other = PETSC_FALSE;

    for (PetscInt c = 0; c < d; c++) {
      point[c] = theta[c * lanes + l];
      size     = PetscIsNanReal(point[c]) ? PETSC_INFINITY : PetscMax(size, PetscAbsReal(point[c]));
      if (!formula->joint || c == 0) f += values[c * lanes + l];
      if (PetscIsInfOrNanReal(g[c * lanes + l])) bad = PETSC_TRUE;
      if (formula->ngradients && !Agree((size_t)c, g[c * lanes + l], slopes[c * lanes + l], NULL))
        other = PETSC_TRUE;
    }
    if (!(size < farthest)) continue;
    if (PetscIsNanReal(f) || (PetscIsInfReal(f) && !bad))
      PetscCall(NotFinite(loss, (PetscInt)component[l], point));
    if (other) PetscCall(Refuse(loss, (PetscInt)component[l], point));
  }
  PetscCall(PetscFree3(values, slopes, point));
  PetscFunctionReturn(0);
}

static PetscErrorCode HypLossGradient_Expression(HypLoss loss, PetscInt lanes,
                                                 const uint32_t *component,
                                                 const PetscReal *restrict theta,
                                                 PetscReal *restrict g)
{
  Formula *formula = loss->data;

  PetscFunctionBeginUser;
  PetscCall(MakeRoom(loss, lanes));
  for (PetscInt l = 0; l < lanes; l++) formula->component[l] = (PetscReal)component[l] + 1;
  if (formula->ngradients)
    Coordinates(loss, formula->gradients, formula->ngradients, lanes, theta, g);
  else
    Coordinates(loss, &formula->slope, 1, lanes, theta, g);
  if (formula->calls++ % EVERY == 0) PetscCall(Look(loss, lanes, component, theta, g));
  PetscFunctionReturn(0);
}

/* The mean over the components of f_i'' v */
static PetscErrorCode HypLossSecond_Expression(HypLoss loss, PetscInt lanes, const PetscReal *theta,
                                               const PetscReal *v, PetscReal *Hv)
{
  const Formula  *formula = loss->data;
  const PetscInt  d       = loss->d;
  const PetscReal weight  = 1 / (PetscReal)loss->n;

  PetscFunctionBeginUser;
  PetscCall(MakeRoom(loss, lanes));
  PetscCall(PetscArrayzero(Hv, d * lanes));
  for (PetscInt i = 0; i < loss->n; i++) {
    for (PetscInt l = 0; l < lanes; l++) formula->component[l] = (PetscReal)i + 1;
    Coordinates(loss, &formula->curvature, 1, lanes, theta, formula->hessian);
    for (PetscInt c = 0; c < d; c++)
      for (PetscInt e = formula->joint ? 0 : c; e < (formula->joint ? d : c + 1); e++)
        for (PetscInt l = 0; l < lanes; l++)
          Hv[c * lanes + l] += weight *
                               formula->hessian[(formula->joint ? c * d + e : c) * lanes + l] *
                               v[e * lanes + l];
  }
  PetscFunctionReturn(0);
}

/* The value at the start; and given formulas of the gradient around it, at irregular distances up
   to 2 */
static PetscErrorCode HypLossCheck_Expression(HypLoss loss, const PetscReal *theta)
{
  static const PetscReal distance[] = {0, 0.137, -0.311, 0.718, -1.141, 1.732, -2};
  const Formula         *formula    = loss->data;
  PetscReal             *point, f;

  PetscFunctionBeginUser;
  PetscCall(MakeRoom(loss, 1));
  PetscCall(PetscMalloc1(loss->d, &point));
  for (PetscInt i = 0; i < loss->n; i++) {
    PetscCall(HypLossValue_Expression(loss, i, theta, &f));
    if (PetscIsInfOrNanReal(f)) PetscCall(NotFinite(loss, i, theta));
    for (PetscInt moved = 0; moved < loss->d && formula->ngradients; moved++)
      for (size_t k = 0; k < sizeof(distance) / sizeof(distance[0]); k++) {
        PetscCall(PetscArraycpy(point, theta, loss->d));
        point[moved] += distance[k];
        PetscCall(Refuse(loss, i, point));
      }
  }
  PetscCall(PetscFree(point));
  PetscFunctionReturn(0);
}

static PetscErrorCode HypLossDestroy_Expression(HypLoss loss)
{
  Formula *formula = loss->data;

  PetscFunctionBeginUser;
  HypExpressionDestroy(&formula->value);
  HypExpressionDestroy(&formula->slope);
  HypExpressionDestroy(&formula->curvature);
  for (PetscInt c = 0; c < formula->ngradients; c++) HypExpressionDestroy(&formula->gradients[c]);
  PetscCall(PetscFree4(formula->component, formula->n, formula->c, formula->hessian));
  PetscCall(PetscFree2(formula->gradients, formula->coefficients));
  PetscCall(PetscFree(formula));
  PetscFunctionReturn(0);
}

/* The value's derivatives by the coordinates, and theirs */
static PetscErrorCode Differentiate(PetscInt d, Formula *formula)
{
  size_t variables[MAX_JOINT] = {SUM_THETA};

  PetscFunctionBeginUser;
  for (PetscInt c = 0; formula->joint && c < d; c++) variables[c] = (size_t)c;
  HypExpressionCreateDerivative(formula->value, formula->joint ? (size_t)d : 1, variables,
                                &formula->slope);
  HypExpressionCreateDerivative(formula->slope, formula->joint ? (size_t)d : 1, variables,
                                &formula->curvature);
  PetscFunctionReturn(0);
}

/*@C
  HypLossCreateExpression - Component losses by a formula

  Not collective

  Input Parameters:
+ d            - dimension
. n            - number of components
. value        - f_i: in theta, c, i, n, summed over the coordinates;
  or in theta1, theta2, ..., i, n (d up to 16)
. ngradients   - 0 (the value is differentiated), or 1 (sum), or d (in theta1, ...)
. gradients    - formulas of the derivatives
- coefficients - the value of c for each coordinate; NULL for 1

  Output Parameter:
. loss - the loss

  Level: beginner

.seealso: HypLossCheckGradient(), HypLossCreateQuadratic()
@*/
PetscErrorCode HypLossCreateExpression(PetscInt d, PetscInt n, const char *value,
                                       PetscInt ngradients, const char *const gradients[],
                                       const PetscReal coefficients[], HypLoss *loss)
{
  const PetscBool joint = HypFormulaIsIndexed(value) ? PETSC_TRUE : PETSC_FALSE;
  Formula        *formula;

  PetscFunctionBeginUser;
  PetscCheck(
    !joint || d <= MAX_JOINT, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
    "sample_loss_value: a formula in theta1, theta2, ... with %" PetscInt_FMT
    " dimensions given, at most %d allowed; write it in theta, to be summed over the coordinates",
    d, MAX_JOINT);
  PetscCheck(!ngradients || ngradients == (joint ? d : 1), PETSC_COMM_SELF, PETSC_ERR_ARG_INCOMP,
             "sample_loss_gradient: %" PetscInt_FMT " formulas given, %" PetscInt_FMT
             " needed, or none",
             ngradients, joint ? d : 1);
  PetscCall(HypLossCreate_Private(d, n, loss));
  PetscCall(PetscNew(&formula));
  (*loss)->data  = formula;
  formula->joint = joint;
  PetscCall(PetscCalloc2(ngradients, &formula->gradients, d, &formula->coefficients));
  (*loss)->ops.destroy = HypLossDestroy_Expression;
  for (PetscInt c = 0; c < d; c++) formula->coefficients[c] = coefficients ? coefficients[c] : 1;
  PetscCall(Parse(d, joint, "sample_loss_value", value, &formula->value));
  PetscCall(Differentiate(d, formula));
  for (PetscInt c = 0; c < ngradients; c++)
    PetscCall(Parse(d, joint, "sample_loss_gradient", gradients[c], &formula->gradients[c]));
  formula->ngradients   = ngradients;
  (*loss)->ops.value    = HypLossValue_Expression;
  (*loss)->ops.gradient = HypLossGradient_Expression;
  (*loss)->ops.second   = HypLossSecond_Expression;
  (*loss)->ops.check    = HypLossCheck_Expression;
  PetscFunctionReturn(0);
}
