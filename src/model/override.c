/* The gradient of a loss as formulas beside the loss: taken instead of the derivative that the
   program finds, and compared with it wherever it is used. */
#include "model/modelimpl.h"
#include "base/base.h"
#include "expression/gradient.h"
#include <math.h>

typedef struct {
  HypModel     model;
  HypFunction *loss, *gradient;
} Pair;

/* Values of formulas, which cannot fail */
static int At(const double theta[], double *f, double slopes[], double values[], void *context)
{
  const Pair *const pair = context;
  char             *message;

  PetscFunctionBeginUser;
  PetscCheck(!HypFunctionEvaluate(pair->loss, 0, 1, theta, f, &message) &&
               !HypFunctionEvaluate(pair->loss, 1, 1, theta, slopes, &message) &&
               !HypFunctionEvaluate(pair->gradient, 0, 1, theta, values, &message),
             PETSC_COMM_SELF, PETSC_ERR_PLIB, "a formula has no value: %s", message);
  PetscFunctionReturn(0);
}

/* To 1e-6 of the derivative, or of w^2 times the standard deviation of theta_i,
   which is the size of forces whatever their units are */
static int Agree(size_t i, double given, double exact, void *context)
{
  const HypModel  model = ((const Pair *)context)->model;
  const PetscReal size =
    HypModelStiffness(model, (PetscInt)i, (PetscInt)i) * HypModelDeviation(model, (PetscInt)i);

  return PetscAbsReal(given - exact) <= 1e-6 * (size + PetscAbsReal(exact));
}

/* Refuses a gradient that is wrong at a point */
static PetscErrorCode Refuse(Pair *pair, const PetscReal theta[])
{
  const size_t       d = (size_t)pair->model->d;
  HypGradientMistake wrong;
  HypShownPoint      shown;

  PetscFunctionBeginUser;
  PetscCall(HypGradientCheck(&(HypGradient){d, At, Agree, pair}, theta, &wrong));
  PetscCheck(wrong.coordinate == d, PETSC_COMM_SELF, PETSC_ERR_USER_INPUT,
             "loss_gradient_%zu is %.8g at %s, but the derivative of the loss there is "
             "%.8g; correct one of the two, or leave the gradient out",
             wrong.coordinate + 1, wrong.given, HypShowPoint(shown, d, theta), wrong.exact);
  PetscFunctionReturn(0);
}

/* Forty points spread over six standard deviations of M */
PetscErrorCode HypOverrideCheck(HypModel model, HypFunction *loss, HypFunction *gradient)
{
  const PetscInt d    = model->d;
  Pair           pair = {model, loss, gradient};
  PetscReal     *theta;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(d, &theta));
  for (PetscInt k = 0; k < 40; k++) {
    for (PetscInt i = 0; i < d; i++)
      theta[i] = 6 * HypModelDeviation(model, i) *
                 PetscSinReal(1.1 * (PetscReal)(k + 1) * (PetscReal)(i + 1) + 0.3);
    PetscCall(Refuse(&pair, theta));
  }
  PetscCall(PetscFree(theta));
  PetscFunctionReturn(0);
}

/* The points of a call, where `values` is the gradient as given */
PetscErrorCode HypOverrideCheckMany(HypModel model, HypFunction *loss, HypFunction *gradient,
                                    PetscInt lanes, const PetscReal theta[],
                                    const PetscReal values[])
{
  const PetscInt d    = model->d;
  Pair           pair = {model, loss, gradient};
  PetscReal     *slopes, *point;
  char          *message;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2(d * lanes, &slopes, d, &point));
  PetscCheck(!HypFunctionEvaluate(loss, 1, (size_t)lanes, theta, slopes, &message), PETSC_COMM_SELF,
             PETSC_ERR_PLIB, "loss: %s", message);
  for (PetscInt l = 0; l < lanes; l++)
    for (PetscInt i = 0; i < d; i++) {
      const PetscReal found = values[i * lanes + l], exact = slopes[i * lanes + l];

      if (Agree((size_t)i, found, exact, &pair)) continue;
      for (PetscInt j = 0; j < d; j++) point[j] = theta[j * lanes + l];
      PetscCall(Refuse(&pair, point));
      break;
    }
  PetscCall(PetscFree2(slopes, point));
  PetscFunctionReturn(0);
}
