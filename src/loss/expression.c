/*
   Component losses typed as one formula in theta, the component's number i = 1..n and their count n.

   A formula in theta is summed over the coordinates, f_i = sum_c phi(theta_c, c_c, i), with a coefficient c per coordinate:
   the losses of one and of a hundred dimensions read the same.  A formula in theta1, theta2, ... is f_i as it stands.
*/
#include "loss/lossimpl.h"
#include <hypoco/expression.h>
#include <stdlib.h>

#define MAX_JOINT 16
enum { SUM_THETA, SUM_C, SUM_I, SUM_N, SUM_VARIABLES };

typedef struct {
  PetscBool       joint;
  HypExpression  *value;
  PetscInt        ngradients; /* 0, 1 (sum) or d (joint) */
  HypExpression **gradients;
  PetscReal      *coefficients; /* one per coordinate, sum only */
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

static void JointValues(HypLoss loss, PetscInt lanes, PetscInt l, PetscInt i,
                        const PetscReal *theta, double *values)
{
  for (PetscInt c = 0; c < loss->d; c++) values[c] = theta[c * lanes + l];
  values[loss->d]     = (double)(i + 1);
  values[loss->d + 1] = (double)loss->n;
}

static void SumValues(HypLoss loss, PetscInt c, PetscInt i, PetscReal theta, double *values)
{
  const Formula *formula = loss->data;

  values[SUM_THETA] = theta;
  values[SUM_C]     = formula->coefficients[c];
  values[SUM_I]     = (double)(i + 1);
  values[SUM_N]     = (double)loss->n;
}

static PetscErrorCode HypLossValue_Expression(HypLoss loss, PetscInt i, const PetscReal *theta,
                                              PetscReal *f)
{
  const Formula *formula = loss->data;
  double         values[MAX_JOINT + 2];

  PetscFunctionBeginUser;
  if (formula->joint) {
    JointValues(loss, 1, 0, i, theta, values);
    *f = HypExpressionEvaluate(formula->value, values);
    PetscFunctionReturn(0);
  }
  *f = 0;
  for (PetscInt c = 0; c < loss->d; c++) {
    SumValues(loss, c, i, theta[c], values);
    *f += HypExpressionEvaluate(formula->value, values);
  }
  PetscFunctionReturn(0);
}

/* d f_i / d theta_c at the point in values; by the given formula, or of the value */
static PetscReal Partial(const Formula *formula, PetscInt c, const double *values)
{
  double error;

  if (formula->ngradients)
    return HypExpressionEvaluate(formula->gradients[formula->joint ? c : 0], values);
  return HypExpressionDerivative(formula->value, values, formula->joint ? (size_t)c : SUM_THETA,
                                 &error);
}

static PetscErrorCode HypLossGradient_Expression(HypLoss loss, PetscInt lanes,
                                                 const uint32_t *component,
                                                 const PetscReal *restrict theta,
                                                 PetscReal *restrict g)
{
  const Formula *formula = loss->data;
  double         values[MAX_JOINT + 2];

  PetscFunctionBeginUser;
  for (PetscInt l = 0; l < lanes; l++) {
    if (formula->joint) JointValues(loss, lanes, l, (PetscInt)component[l], theta, values);
    for (PetscInt c = 0; c < loss->d; c++) {
      if (!formula->joint) SumValues(loss, c, (PetscInt)component[l], theta[c * lanes + l], values);
      g[c * lanes + l] = Partial(formula, c, values);
    }
  }
  PetscFunctionReturn(0);
}

/* One comparison of a given gradient with the derivative of the value */
static PetscErrorCode CompareGradient(HypLoss loss, PetscInt c, PetscInt i, PetscReal theta,
                                      const double *values)
{
  const Formula *formula = loss->data;
  double         error, found, expected;

  PetscFunctionBeginUser;
  found = Partial(formula, c, values);
  expected =
    HypExpressionDerivative(formula->value, values, formula->joint ? (size_t)c : SUM_THETA, &error);
  PetscCheck(PetscAbsReal(found - expected) <= 1e-6 * (1 + PetscAbsReal(expected)) + 10 * error,
             PETSC_COMM_SELF, PETSC_ERR_ARG_INCOMP,
             "sample_loss_gradient: component %" PetscInt_FMT " at theta%" PetscInt_FMT
             " = %g gives %.8g, but sample_loss_value has the derivative %.8g there; correct one "
             "of the two, or leave the gradient out",
             i + 1, c + 1, (double)theta, found, expected);
  PetscFunctionReturn(0);
}

/* Around the point: each component and coordinate, at the point itself and at irregular distances up to 2 */
static PetscErrorCode HypLossCheck_Expression(HypLoss loss, const PetscReal *theta)
{
  static const PetscReal distance[] = {0, 0.137, -0.311, 0.718, -1.141, 1.732, -2};
  const Formula         *formula    = loss->data;
  double                 values[MAX_JOINT + 2];

  PetscFunctionBeginUser;
  if (!formula->ngradients) PetscFunctionReturn(0);
  for (PetscInt i = 0; i < loss->n; i++)
    for (PetscInt c = 0; c < loss->d; c++)
      for (size_t k = 0; k < sizeof(distance) / sizeof(distance[0]); k++) {
        const PetscReal point = theta[c] + distance[k];

        if (formula->joint) {
          JointValues(loss, 1, 0, i, theta, values);
          values[c] = point;
        } else
          SumValues(loss, c, i, point, values);
        PetscCall(CompareGradient(loss, c, i, point, values));
      }
  PetscFunctionReturn(0);
}

static PetscErrorCode HypLossDestroy_Expression(HypLoss loss)
{
  Formula *formula = loss->data;

  PetscFunctionBeginUser;
  HypExpressionDestroy(&formula->value);
  for (PetscInt c = 0; c < formula->ngradients; c++) HypExpressionDestroy(&formula->gradients[c]);
  PetscCall(PetscFree2(formula->gradients, formula->coefficients));
  PetscCall(PetscFree(formula));
  PetscFunctionReturn(0);
}

/* Does the formula name theta1, theta2, ...? */
static PetscBool IsJoint(const char *text)
{
  for (const char *at = strstr(text, "theta"); at; at = strstr(at + 1, "theta"))
    if (at[5] >= '0' && at[5] <= '9') return PETSC_TRUE;
  return PETSC_FALSE;
}

/*@C
  HypLossCreateExpression - Component losses by a formula

  Not collective

  Input Parameters:
+ d            - dimension
. n            - number of components
. value        - f_i: in theta, c, i, n, summed over the coordinates; or in theta1, theta2, ..., i, n (d up to 16)
. ngradients   - 0 (differentiate the value numerically), or 1 (sum), or d (in theta1, ...)
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
  const PetscBool joint = IsJoint(value);
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
  for (PetscInt c = 0; c < ngradients; c++)
    PetscCall(Parse(d, joint, "sample_loss_gradient", gradients[c], &formula->gradients[c]));
  formula->ngradients   = ngradients;
  (*loss)->ops.value    = HypLossValue_Expression;
  (*loss)->ops.gradient = HypLossGradient_Expression;
  (*loss)->ops.check    = HypLossCheck_Expression;
  PetscFunctionReturn(0);
}
