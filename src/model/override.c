/* The gradient of a loss as formulas beside the loss: taken instead of the derivative that the
   program finds, and compared with it wherever it is used. */
#include "model/modelimpl.h"
#include "base/base.h"
#include <math.h>

/* Values of a formula, which cannot fail */
static PetscErrorCode Values(HypFunction *function, int order, const PetscReal theta[],
                             PetscReal values[])
{
  char *message;

  PetscFunctionBeginUser;
  PetscCheck(!HypFunctionEvaluate(function, order, 1, theta, values, &message), PETSC_COMM_SELF,
             PETSC_ERR_PLIB, "a formula has no value: %s", message);
  PetscFunctionReturn(0);
}

/* To 1e-6 of the derivative, or of w^2 times the standard deviation of theta_i,
   which is the size of forces whatever their units are */
static PetscBool Agree(HypModel model, PetscInt i, PetscReal given, PetscReal exact)
{
  const PetscReal size = HypModelStiffness(model, i, i) * HypModelDeviation(model, i);

  return PetscAbsReal(given - exact) <= 1e-6 * (size + PetscAbsReal(exact)) ? PETSC_TRUE
                                                                            : PETSC_FALSE;
}

/* The first component that differs at a point where the loss has a value and a derivative, or -1 */
static PetscErrorCode Different(HypModel model, HypFunction *loss, HypFunction *gradient,
                                const PetscReal theta[], PetscInt *component, PetscReal *given,
                                PetscReal *exact)
{
  const PetscInt d = model->d;
  PetscReal      f, *values, *slopes;

  PetscFunctionBeginUser;
  *component = -1;
  PetscCall(PetscMalloc2(d, &values, d, &slopes));
  PetscCall(Values(loss, 0, theta, &f));
  PetscCall(Values(loss, 1, theta, slopes));
  PetscCall(Values(gradient, 0, theta, values));
  for (PetscInt i = 0; i < d && *component < 0 && !PetscIsInfOrNanReal(f); i++) {
    if (PetscIsInfOrNanReal(slopes[i])) continue;
    if (Agree(model, i, values[i], slopes[i])) continue;
    *component = i;
    *given     = values[i];
    *exact     = slopes[i];
  }
  PetscCall(PetscFree2(values, slopes));
  PetscFunctionReturn(0);
}

/* Refuses a gradient that is wrong at a point.  At a kink of the loss any one-sided derivative will
   do, so that a difference counts only if it is there on both sides of the point too;
   no number at all will not. */
static PetscErrorCode Refuse(HypModel model, HypFunction *loss, HypFunction *gradient,
                             const PetscReal theta[])
{
  const PetscInt d = model->d;
  PetscInt       i, nearby;
  PetscReal      given = 0, exact = 0, other, another, *moved;
  HypShownPoint  shown;

  PetscFunctionBeginUser;
  PetscCall(Different(model, loss, gradient, theta, &i, &given, &exact));
  if (i < 0) PetscFunctionReturn(0);
  PetscCall(PetscMalloc1(d, &moved));
  for (int side = -1; side <= 1 && i >= 0 && isfinite(given); side += 2) {
    for (PetscInt j = 0; j < d; j++)
      moved[j] = theta[j] + side * 1e-6 * (1 + 0.618 * (PetscReal)j) * (1 + PetscAbsReal(theta[j]));
    PetscCall(Different(model, loss, gradient, moved, &nearby, &other, &another));
    if (nearby < 0) i = -1;
  }
  PetscCall(PetscFree(moved));
  if (i < 0) PetscFunctionReturn(0);
  SETERRQ(PETSC_COMM_SELF, PETSC_ERR_USER_INPUT,
          "loss_gradient_%" PetscInt_FMT " is %.8g at %s, but the derivative of the loss there is "
          "%.8g; correct one of the two, or leave the gradient out",
          i + 1, PetscIsNanReal(given) ? NAN : (double)given, HypShowPoint(shown, (size_t)d, theta),
          (double)exact);
}

/* Forty points spread over six standard deviations of M */
PetscErrorCode HypOverrideCheck(HypModel model, HypFunction *loss, HypFunction *gradient)
{
  const PetscInt d = model->d;
  PetscReal     *theta;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(d, &theta));
  for (PetscInt k = 0; k < 40; k++) {
    for (PetscInt i = 0; i < d; i++)
      theta[i] = 6 * HypModelDeviation(model, i) *
                 PetscSinReal(1.1 * (PetscReal)(k + 1) * (PetscReal)(i + 1) + 0.3);
    PetscCall(Refuse(model, loss, gradient, theta));
  }
  PetscCall(PetscFree(theta));
  PetscFunctionReturn(0);
}

/* The points of a call, where `values` is the gradient as given */
PetscErrorCode HypOverrideCheckMany(HypModel model, HypFunction *loss, HypFunction *gradient,
                                    PetscInt lanes, const PetscReal theta[],
                                    const PetscReal values[])
{
  const PetscInt d = model->d;
  PetscReal     *slopes, *point;
  char          *message;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2(d * lanes, &slopes, d, &point));
  PetscCheck(!HypFunctionEvaluate(loss, 1, (size_t)lanes, theta, slopes, &message), PETSC_COMM_SELF,
             PETSC_ERR_PLIB, "loss: %s", message);
  for (PetscInt l = 0; l < lanes; l++)
    for (PetscInt i = 0; i < d; i++) {
      const PetscReal found = values[i * lanes + l], exact = slopes[i * lanes + l];

      if (Agree(model, i, found, exact)) continue;
      for (PetscInt j = 0; j < d; j++) point[j] = theta[j * lanes + l];
      PetscCall(Refuse(model, loss, gradient, point));
      break;
    }
  PetscCall(PetscFree2(slopes, point));
  PetscFunctionReturn(0);
}
