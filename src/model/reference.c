/*
   A Gaussian of the space that is not M: independent theta_i and y_i with given standard
   deviations.

   The coordinates are then those of momentum for both equations, X = theta/s_theta, V = y/s_y,
   with the frequency w = s_y/s_theta in T, the force's remainder grad f - w^2 theta in eps,
   and the noise where the equation has it:

     momentum   tau^2 s(theta)/(2 s_y^2)     along V, instead of gamma
     asgd       tau^2 s(theta)/(2 s_theta^2) along X, and none along V

   (a_c*)^2 is noise along c alone: N = sum of it times what is there less what L has.
*/
#include <math.h>
#include "model/modelimpl.h"

/* Powers of such a number leave the range of the machine: no space resolves M with it */
static PetscErrorCode CheckUsable(HypModel model, PetscReal given, PetscReal own)
{
  const PetscReal most = 1e10;

  PetscFunctionBeginUser;
  PetscCheck(given >= own / most && given <= own * most, model->comm, PETSC_ERR_ARG_OUTOFRANGE,
             "space_reference: %g given, where M has the standard deviation %g; give a positive "
             "number within a factor of %g of that",
             (double)given, (double)own, (double)most);
  PetscFunctionReturn(0);
}

/*@
  HypModelSetReference - Lets spaces live in L2 of another Gaussian than M

  Logically collective

  Input Parameters:
+ model - the model, its parameters and eps set
- s     - 2d standard deviations, those of theta_1..theta_d, then those of y_1..y_d,
          within a factor of 1e10 of those of M

  Level: intermediate

  Notes:
  Spectra, steady states and distances between densities do not depend on it, norms do.
  (x, v) are (theta, y) for both equations.
  The equation is the same:  omega, beta and tau of HypModelOmegas() and its like stay.

.seealso: HypModelHasReference(), HypModelCoordinate()
@*/
PetscErrorCode HypModelSetReference(HypModel model, const PetscReal s[])
{
  const PetscInt d = model->d;

  PetscFunctionBeginUser;
  PetscCall(HypModelCheckFree(model));
  PetscCheck(!model->potential && !HypModelRotated(model), model->comm, PETSC_ERR_ARG_INCOMP,
             "space_reference: given with model_potential, whose axes have a weight of their own, "
             "or with a model_hessian that is not diagonal; leave one of them out");
  for (PetscInt i = 0; i < d; i++) {
    const PetscReal     a = s[i], b = s[d + i];
    const HypCoordinate own = model->coordinate[i];
    HypCoordinate      *c   = &model->coordinate[i];

    PetscCall(CheckUsable(model, a, hypot(own.theta_X, own.theta_V)));
    PetscCall(CheckUsable(model, b, hypot(own.y_X, own.y_V)));
    *c = (HypCoordinate){.omega   = b / a,
                         .beta    = 1 / (b * b),
                         .tau     = own.tau,
                         .theta_X = a,
                         .y_V     = b,
                         .q       = 1 / b,
                         .r       = 1 / b};
    if (model->type == HYP_ASGD)
      c->spread = PetscSqr(own.tau / a) / 2;
    else
      c->ratio = PetscSqr(own.tau / b) / (2 * model->gamma);
  }
  PetscCall(PetscArraycpy(model->lists + 3 * d, s, 2 * d));
  model->reference = PETSC_TRUE;
  model->perturbed = PETSC_TRUE;
  PetscFunctionReturn(0);
}

/*@
  HypModelHasReference - Is the Gaussian of the space another one than M?

  Not collective

  Input Parameter:
. model - the model

  Returns PETSC_TRUE after HypModelSetReference().

  Level: intermediate

.seealso: HypModelSetReference()
@*/
PetscBool HypModelHasReference(HypModel model)
{
  return model->reference;
}

/*@
  HypModelReference - The Gaussian of the space, where that is not M

  Not collective

  Input Parameter:
. model - the model

  Returns 2d standard deviations, of theta and of y, which the model owns; NULL: M.

  Level: intermediate

.seealso: HypModelSetReference()
@*/
const PetscReal *HypModelReference(HypModel model)
{
  return model->reference ? model->lists + 3 * model->d : NULL;
}

/* e^{At} of theta' = y, y' = -w^2 theta - gamma y: e^{-mt} cos(kt) and e^{-mt} sin(kt)/k,
   or cosh and sinh, whose growth is taken together with the decay, since each alone overflows */
static void Flow(PetscReal w, PetscReal gamma, PetscReal t, PetscReal E[4])
{
  const PetscReal m = gamma / 2, k2 = w * w - m * m, k = PetscSqrtReal(PetscAbsReal(k2));
  const PetscReal slow = PetscExpReal(((k2 > 0 ? 0 : k) - m) * t), fast = -expm1(-2 * k * t);
  const PetscReal c = slow * (k2 > 0 ? PetscCosReal(k * t) : 1 - fast / 2);
  const PetscReal s = slow * (k * t < 1e-8 ? t : k2 > 0 ? PetscSinReal(k * t) / k : fast / (2 * k));

  E[0] = c + m * s;
  E[1] = s;
  E[2] = -w * w * s;
  E[3] = c - m * s;
}

/*@
  HypModelReferenceKeeps - Is exp(t G) bounded in L2 of the Gaussian of the space?

  Not collective

  Input Parameters:
+ model - the model, with or without another Gaussian than M
- t     - time

  Returns PETSC_TRUE where it is, for the quadratic part of the loss.

  Level: developer

  Notes:
  h = g/M_S is square-integrable for a Gaussian g if its covariance C < 2 S.
  After t it is E C E^T + F - E F E^T, E = e^{At}, F that of the steady state.
  So the space is kept if and only if E (2 S - F) E^T <= 2 S - F in each pair (theta_i, y_i);
  else the norm of exp(t G) on a space grows with the space without end.

.seealso: HypModelSetReference(), HypPropagatorNorm()
@*/
PetscBool HypModelReferenceKeeps(HypModel model, PetscReal t)
{
  const PetscReal *s     = HypModelReference(model);
  PetscBool        keeps = PETSC_TRUE;

  for (PetscInt i = 0; s && i < model->d; i++) {
    const PetscReal w = model->lists[i], tau2 = PetscSqr(model->coordinate[i].tau);
    const PetscReal asgd = model->type == HYP_ASGD ? 1 : 0;
    const PetscReal y2   = tau2 / (2 * model->gamma) * (asgd > 0 ? w * w : 1);
    const PetscReal A    = 2 * PetscSqr(s[i]) - (y2 + asgd * model->gamma * tau2 / 2) / (w * w),
                    B = asgd * tau2 / 2, C = 2 * PetscSqr(s[model->d + i]) - y2;
    PetscReal E[4], a, b, c;

    Flow(w, model->gamma, t, E);
    a = A - (E[0] * E[0] * A + 2 * E[0] * E[1] * B + E[1] * E[1] * C);
    b = B - (E[0] * E[2] * A + (E[0] * E[3] + E[1] * E[2]) * B + E[1] * E[3] * C);
    c = C - (E[2] * E[2] * A + 2 * E[2] * E[3] * B + E[3] * E[3] * C);
    if (!(a >= 0 && c >= 0 && a * c >= b * b)) keeps = PETSC_FALSE;
  }
  return keeps;
}

/* What the frequencies of the reference leave to eps: (w0^2 - w^2) theta, or its derivative */
PETSC_INTERN void HypModelAddReference(HypModel model, PetscInt order, PetscInt lanes,
                                       const PetscReal theta[], PetscReal values[])
{
  const PetscInt d = model->d;

  for (PetscInt i = 0; i < d && model->reference && order < 2; i++) {
    const PetscReal rest = PetscSqr(model->lists[i]) - PetscSqr(model->coordinate[i].omega);

    for (PetscInt l = 0; l < lanes; l++)
      values[(order ? i * (d + 1) : i) * lanes + l] += rest * (order ? 1 : theta[i * lanes + l]);
  }
}
