/*
   Assumption 3.1 of Zhu and Ying on a box: |x_i|, |v_i| <= box standard deviations of M.

   The seven suprema are of functions of (x, v) with theta = -(v + gamma x)/w0^2.
   At fixed theta the box leaves each x_i an interval, and eps.x, eps.v, eps'.x,
   eps'.v are sums of linear functions of the single x_i (v_i = -w0^2 theta_i - gamma x_i):
   their maximum is known.
   What remains is a search over theta, by a grid refined from its best point.

   On the whole space the assumption holds for eps = 0 only:
   at fixed theta, x is not bounded (docs/errata.md).
*/
#include "base/base.h"
#include <hypoco/audit.h>
#include <hypoco/bounds.h>
#include <math.h>
#include <string.h>

typedef struct {
  HypJacobian   *jacobian;
  PetscReal      bx, bv, range; /* the box in x, v and theta */
  PetscInt       which;         /* of the suprema */
  PetscErrorCode error;
} Search;

/*@
  HypJacobianEvaluate - d eps_i / d theta_j at one point

  Not collective

  Input Parameters:
+ jacobian - the derivative of the perturbation
- theta    - d numbers

  Output Parameter:
. J - J[i d + j]

  Level: intermediate

.seealso: HypJacobianCreate()
@*/
PetscErrorCode HypJacobianEvaluate(HypJacobian *jacobian, const PetscReal theta[], PetscReal J[])
{
  const PetscInt d = HypModelDimension(jacobian->model);

  PetscFunctionBeginUser;
  if (!jacobian->given[0]) {
    PetscCall(HypModelPerturbationMany(jacobian->model, 1, 1, theta, J));
    PetscFunctionReturn(0);
  }
  for (PetscInt e = 0; e < d * d; e++) {
    J[e] = jacobian->amplitude * HypExpressionEvaluate(jacobian->given[e], theta, NULL);
    PetscCheck(!PetscIsInfOrNanReal(J[e]), PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
               "epsilon_derivative_%" PetscInt_FMT "_%" PetscInt_FMT
               " is not finite at theta1 = %g; Assumption 3.1 needs a differentiable "
               "perturbation: change it or narrow verify_box",
               e / d + 1, e % d + 1, (double)theta[0]);
  }
  PetscFunctionReturn(0);
}

/* A derivative typed by hand is compared with eps at points spread over six standard deviations */
static PetscErrorCode CheckGiven(HypJacobian *jacobian)
{
  HypModel        model = jacobian->model;
  const PetscInt  d     = HypModelDimension(model);
  const PetscReal range =
    6 * (1 + HypModelGamma(model) / HypModelOmegas(model)[0]) /
    (PetscSqrtReal(HypModelBetas(model)[0]) * PetscSqr(HypModelOmegas(model)[0]));

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < 40; k++) {
    PetscReal theta[3], J[9], exact[9];

    for (PetscInt i = 0; i < d; i++)
      theta[i] = range * PetscSinReal(1.1 * (PetscReal)(k + 1) * (PetscReal)(i + 1) + 0.3);
    PetscCall(HypJacobianEvaluate(jacobian, theta, J));
    PetscCall(HypModelPerturbationMany(model, 1, 1, theta, exact));
    for (PetscInt e = 0; e < d * d; e++) {
      char          index[32] = "";
      HypShownPoint shown;

      if (PetscAbsReal(J[e] - exact[e]) <= 1e-6 * (1 + PetscAbsReal(exact[e]))) continue;
      if (d > 1)
        PetscCall(PetscSNPrintf(index, sizeof(index), "_%" PetscInt_FMT "_%" PetscInt_FMT,
                                e / d + 1, e % d + 1));
      SETERRQ(HypModelGetComm(model), PETSC_ERR_USER_INPUT,
              "epsilon_derivative%s is %.8g at %s, but the derivative of eps there is %.8g; "
              "correct one of the two, or leave the derivative out",
              index, (double)J[e], HypShowPoint(shown, (size_t)d, theta), (double)exact[e]);
    }
  }
  PetscFunctionReturn(0);
}

/*@C
  HypJacobianCreate - The derivative of the perturbation: by formulas, checked against eps,
  else its own

  Collective

  Input Parameters:
+ model     - the model; must outlive the derivative
. texts     - d^2 formulas d eps_i / d theta_j, by rows; NULL: that of eps
- amplitude - factor of these, as of eps

  Output Parameter:
. jacobian - the derivative

  Level: intermediate

.seealso: HypModelPerturbationMany(), HypSupremaCompute()
@*/
PetscErrorCode HypJacobianCreate(HypModel model, const char *const texts[], PetscReal amplitude,
                                 HypJacobian *jacobian)
{
  static const char *const names[2][3] = {{"theta"}, {"theta1", "theta2", "theta3"}};
  const PetscInt           d           = HypModelDimension(model);

  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(jacobian, sizeof(*jacobian)));
  jacobian->model     = model;
  jacobian->amplitude = 1;
  if (!texts || !HypModelPerturbed(model)) PetscFunctionReturn(0);
  jacobian->amplitude = amplitude;
  for (PetscInt e = 0; e < d * d; e++) {
    char key[64], *message, sentence[1024];

    if (HypExpressionCreate(texts[e], (size_t)d, names[d > 1 || strstr(texts[e], "theta1")],
                            &jacobian->given[e], &message)) {
      PetscCall(PetscSNPrintf(key, sizeof(key),
                              d == 1 ? "epsilon_derivative"
                                     : "epsilon_derivative_%" PetscInt_FMT "_%" PetscInt_FMT,
                              e / d + 1, e % d + 1));
      PetscCall(PetscSNPrintf(sentence, sizeof(sentence), "%s: %s", key, message));
      free(message);
      SETERRQ(HypModelGetComm(model), PETSC_ERR_USER_INPUT, "%s", sentence);
    }
  }
  PetscCall(CheckGiven(jacobian));
  PetscFunctionReturn(0);
}

/*@
  HypJacobianDestroy - Frees the expressions of the derivatives of eps

  Not collective

  Input Parameter:
. jacobian - what HypJacobianCreate() filled

  Level: intermediate

.seealso: HypJacobianCreate()
@*/
PetscErrorCode HypJacobianDestroy(HypJacobian *jacobian)
{
  PetscFunctionBeginUser;
  for (PetscInt e = 0; e < 9; e++) HypExpressionDestroy(&jacobian->given[e]);
  PetscFunctionReturn(0);
}

/* ---- suprema ---- */

/* The interval of x_i with |x_i| <= bx and |v_i| <= bv at given theta_i; false if empty */
static PetscBool Interval(const Search *s, PetscReal theta, PetscReal x[2])
{
  HypModel        model = s->jacobian->model;
  const PetscReal f = PetscSqr(HypModelOmegas(model)[0]) * theta, g = HypModelGamma(model),
                  slack = 1e-12 * s->bx;

  x[0] = PetscMax(-s->bx, (-s->bv - f) / g);
  x[1] = PetscMin(s->bx, (s->bv - f) / g);
  if (x[0] > x[1] + slack) return PETSC_FALSE;
  x[1] = PetscMax(x[0], x[1]);
  return PETSC_TRUE;
}

/* max |sum_i c_i q_i| over the box at given theta, q = x or v:
   each term has its extremes at the ends of its interval */
static PetscReal LinearMaximum(const Search *s, const PetscReal theta[], const PetscReal c[],
                               PetscBool velocity, PetscBool *inside)
{
  HypModel  model = s->jacobian->model;
  PetscReal low = 0, high = 0;

  *inside = PETSC_TRUE;
  for (PetscInt i = 0; i < HypModelDimension(model); i++) {
    PetscReal x[2], a, b;

    if (!Interval(s, theta[i], x)) {
      *inside = PETSC_FALSE;
      return 0;
    }
    a = c[i] * (velocity
                  ? -PetscSqr(HypModelOmegas(model)[0]) * theta[i] - HypModelGamma(model) * x[0]
                  : x[0]);
    b = c[i] * (velocity
                  ? -PetscSqr(HypModelOmegas(model)[0]) * theta[i] - HypModelGamma(model) * x[1]
                  : x[1]);
    low += PetscMin(a, b);
    high += PetscMax(a, b);
  }
  return PetscMax(-low, high);
}

/* All seven at one theta, or the first three, which need no derivative; nothing outside the box */
static PetscErrorCode ValuesAt(const Search *s, const PetscReal theta[], PetscBool derivative,
                               PetscReal value[HYP_SUPREMA])
{
  HypModel       model = s->jacobian->model;
  const PetscInt d     = HypModelDimension(model);
  PetscReal      eps[3], J[9];
  PetscBool      inside;

  PetscFunctionBeginUser;
  PetscCall(PetscArrayzero(value, HYP_SUPREMA));
  PetscCall(HypModelPerturbation(model, theta, eps));
  value[HYP_SUP_EPS_X] = LinearMaximum(s, theta, eps, PETSC_FALSE, &inside);
  if (!inside) PetscFunctionReturn(0);
  value[HYP_SUP_EPS_V] = LinearMaximum(s, theta, eps, PETSC_TRUE, &inside);
  for (PetscInt i = 0; i < d; i++)
    value[HYP_SUP_EPS] = PetscMax(value[HYP_SUP_EPS], PetscAbsReal(eps[i]));
  if (!derivative) PetscFunctionReturn(0);
  PetscCall(HypJacobianEvaluate(s->jacobian, theta, J));
  for (PetscInt i = 0; i < d; i++) {
    PetscReal row = 0, column[3];

    for (PetscInt j = 0; j < d; j++) {
      row       = PetscMax(row, PetscAbsReal(J[i * d + j]));
      column[j] = J[j * d + i];
    }
    value[HYP_SUP_SLOPE] = PetscMax(value[HYP_SUP_SLOPE], (PetscReal)d * row);
    value[HYP_SUP_SLOPE_SUM] += row;
    value[HYP_SUP_SLOPE_X] =
      PetscMax(value[HYP_SUP_SLOPE_X], LinearMaximum(s, theta, column, PETSC_FALSE, &inside));
    value[HYP_SUP_SLOPE_V] =
      PetscMax(value[HYP_SUP_SLOPE_V], LinearMaximum(s, theta, column, PETSC_TRUE, &inside));
  }
  PetscFunctionReturn(0);
}

static PetscReal Value(const PetscReal theta[], void *ctx)
{
  Search   *s = (Search *)ctx;
  PetscReal value[HYP_SUPREMA];

  if (s->error || (s->error = ValuesAt(s, theta, s->which >= HYP_SUP_SLOPE, value)))
    return PETSC_MIN_REAL;
  return value[s->which];
}

/*@
  HypSupremaCompute - The seven suprema of Assumption 3.1 on a box, and eps0, the largest

  Not collective

  Input Parameters:
+ model    - the model
. jacobian - the derivative of its perturbation
- box      - |x_i| <= box/(sqrt(beta) w0), |v_i| <= box/sqrt(beta): standard deviations of M

  Output Parameter:
. suprema - values, where they are attained, eps0

  Level: intermediate

  Note:
  A grid in theta (2001, 61^2 or 17^3 points over all that the box reaches,
  every other one for the derivative), refined from its best point:
  features of eps narrower than the grid may be missed.

.seealso: HypJacobianCreate(), HypAuditConstantsCompute()
@*/
PetscErrorCode HypSupremaCompute(HypModel model, HypJacobian *jacobian, PetscReal box,
                                 HypSuprema *suprema)
{
  static const PetscInt points[] = {2001, 61, 17};
  const PetscInt        d = HypModelDimension(model), n = points[d - 1];
  PetscReal             value[HYP_SUPREMA], spacing;
  Search                s = {.jacobian = jacobian};

  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(suprema, sizeof(*suprema)));
  suprema->box = box;
  if (!HypModelPerturbed(model)) PetscFunctionReturn(0);
  s.bv    = box / PetscSqrtReal(HypModelBetas(model)[0]);
  s.bx    = s.bv / HypModelOmegas(model)[0];
  s.range = (s.bv + HypModelGamma(model) * s.bx) / PetscSqr(HypModelOmegas(model)[0]);
  spacing = 2 * s.range / (PetscReal)(n - 1);
  for (PetscInt p = 0; p < PetscPowInt(n, d); p++) {
    PetscReal theta[3];
    PetscBool even = PETSC_TRUE;

    for (PetscInt i = 0, rest = p; i < d; i++, rest /= n) {
      theta[i] = -s.range + (PetscReal)(rest % n) * spacing;
      if (rest % n % 2) even = PETSC_FALSE;
    }
    PetscCall(ValuesAt(&s, theta, even, value));
    for (PetscInt k = 0; k < HYP_SUPREMA; k++) {
      if (value[k] <= suprema->value[k]) continue;
      suprema->value[k] = value[k];
      PetscCall(PetscArraycpy(suprema->theta[k], theta, d));
    }
  }
  for (s.which = 0; s.which < HYP_SUPREMA; s.which++) {
    PetscCall(HypMaximumRefine(d, Value, &s, s.range, s.which > 2 ? 2 * spacing : spacing,
                               suprema->theta[s.which], &suprema->value[s.which]));
    PetscCall(s.error);
    PetscCall(ValuesAt(&s, suprema->theta[s.which], s.which > 2, value));
    suprema->value[s.which] = value[s.which];
    suprema->eps0           = PetscMax(suprema->eps0, suprema->value[s.which]);
  }
  PetscFunctionReturn(0);
}
