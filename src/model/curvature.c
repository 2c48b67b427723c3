/*
   The quadratic part of a loss that is not quadratic, chosen by the model itself.

   With g = grad f, Stein's identity gives the curvature averaged over a centred Gaussian without a
   second derivative, so that kinks and tables do no harm:

       E d_i g_i(theta) = E theta_i g_i(theta)/sigma_i^2,   theta_j independent, N(0, sigma_j^2).

   The Gaussian M of the model has sigma_i = |(theta_X, theta_V)|, which depends on w_i.
   Frequencies
   with w_i^2 = E d_i g_i under the M that they make are a fixed point; of all
   quadratic losses theirs leaves no part of eps_i along theta_i, in the mean square under that M.
*/
#include "model/modelimpl.h"
#include <gsl/gsl_integration.h>
#include <math.h>

/* Points of the quadrature for functions of one, two, three variables */
static const size_t points[3] = {48, 32, 20};

/* E theta_i eps_i(theta)/sigma_i^2 by a Gauss-Hermite rule in the theta_j that eps_i depends on */
static PetscErrorCode Slope(HypModel model, PetscInt i, const PetscReal sigma[], PetscReal *slope)
{
  PetscInt                         n, set[3], all;
  PetscReal                       *theta, *eps, sum = 0;
  gsl_integration_fixed_workspace *rule;

  PetscFunctionBeginUser;
  PetscCall(HypModelDependence(model, i, &n, set));
  rule = gsl_integration_fixed_alloc(gsl_integration_fixed_hermite, points[PetscMax(n, 1) - 1], 0,
                                     0.5, 0, 0);
  PetscCheck(rule, PETSC_COMM_SELF, PETSC_ERR_MEM, "GSL could not allocate a quadrature");
  PetscCall(PetscCalloc2(model->d, &theta, model->d, &eps));
  all = PetscPowInt((PetscInt)rule->n, n);
  for (PetscInt p = 0; p < all; p++) {
    PetscReal weight = 1;

    for (PetscInt c = 0, rest = p; c < n; c++, rest /= (PetscInt)rule->n) {
      const size_t q = (size_t)(rest % (PetscInt)rule->n);

      theta[set[c]] = sigma[set[c]] * rule->x[q];
      weight *= rule->weights[q] / PetscSqrtReal(2 * PETSC_PI);
    }
    if (weight < 1e-18 || theta[i] == 0) continue; /* far out a loss may be anything */
    PetscCall(HypModelPerturbation(model, theta, eps));
    sum += weight * theta[i] * eps[i];
  }
  *slope = sum / PetscSqr(sigma[i]);
  PetscCall(PetscFree2(theta, eps));
  gsl_integration_fixed_free(rule);
  PetscFunctionReturn(0);
}

/* Frequencies w with the noise of the model as it is: beta of each coordinate, or tau */
static PetscErrorCode SetOmegas(HypModel model, const PetscReal w[], const PetscReal noise[],
                                PetscBool tau)
{
  PetscFunctionBeginUser;
  PetscCall(HypModelSetCoordinates(model, model->d, model->gamma, w, tau ? NULL : noise,
                                   tau ? noise : NULL));
  PetscFunctionReturn(0);
}

/* log of the frequency that the averaged curvature asks for, relative to the present one; where
   that curvature is not positive, a wider Gaussian may see another one */
static PetscErrorCode Wanted(HypModel model, PetscInt i, const PetscReal sigma[], PetscReal *w2,
                             PetscReal *wanted)
{
  const PetscReal before = model->coordinate[i].omega;
  PetscReal       slope  = 0;

  PetscFunctionBeginUser;
  PetscCall(Slope(model, i, sigma, &slope));
  *w2     = before * before + slope;
  *wanted = *w2 > 0 ? PetscMax(-1, PetscLogReal(PetscSqrtReal(*w2) / before)) : -1;
  PetscFunctionReturn(0);
}

/*@
  HypModelMatchCurvature - Takes the frequencies from the loss: w_i^2 becomes its curvature averaged
  over the Gaussian M that results

  Logically collective

  Input Parameters:
+ model - the model; its eps is the rest of a loss, grad f - w^2 theta, of amplitude 1
- tau   - PETSC_TRUE: the noise keeps its tau; PETSC_FALSE: its beta

  Level: intermediate

  Notes:
  w_i^2 = E_M d_i d_i f, a fixed point, to which a damped iteration leads from the present
  frequencies; where it turns back and forth without getting closer, it is damped more.
  Fails where there is no fixed point: the Gaussian then widens without end, because the averaged
  curvature is not positive or falls faster than the width lets the frequency follow, as that of a
  loss which is linear far out.

.seealso: HypModelSetFormulas(), HypModelAveraged(), HypModelSetCoordinates()
@*/
PetscErrorCode HypModelMatchCurvature(HypModel model, PetscBool tau)
{
  enum { MOST = 500 };
  const PetscReal widest = 1e4; /* times the Gaussian that it began with */
  const PetscInt  d      = model->d;
  PetscReal       change = PETSC_INFINITY, *w, *noise, *sigma, *first, *last, *share;

  PetscFunctionBeginUser;
  PetscCheck(HypModelForced(model) && !HypModelRotated(model), model->comm, PETSC_ERR_ORDER,
             "the loss must be set before its curvature is averaged");
  PetscCall(PetscMalloc6(d, &w, d, &noise, d, &sigma, d, &first, d, &last, d, &share));
  PetscCall(PetscArraycpy(noise, tau ? HypModelTaus(model) : HypModelBetas(model), d));
  for (PetscInt k = 0; k < MOST && change > 4 * PETSC_MACHINE_EPSILON; k++) {
    change = 0;
    for (PetscInt i = 0; i < d; i++) sigma[i] = HypModelDeviation(model, i);
    if (k == 0) PetscCall(PetscArraycpy(first, sigma, d));
    for (PetscInt i = 0; i < d; i++) {
      const PetscReal before = model->coordinate[i].omega;
      PetscReal       w2, wanted;

      PetscCall(Wanted(model, i, sigma, &w2, &wanted));
      PetscCheck(
        sigma[i] < widest * first[i], model->comm, PETSC_ERR_ARG_OUTOFRANGE,
        "model_omega0: auto given, but no frequency of theta%" PetscInt_FMT
        " fits the loss: its curvature, averaged over a Gaussian of standard deviation %g, is %g, "
        "and the Gaussian of that frequency would be wider still; give a number, or less noise "
        "(a larger model_beta, a smaller model_tau)",
        i + 1, (double)sigma[i], (double)w2);
      if (k == 0) share[i] = 0.5;
      if (k > 0 && wanted * last[i] < 0 && PetscAbsReal(wanted) > 0.5 * PetscAbsReal(last[i]))
        share[i] = PetscMax(share[i] / 2, 1. / 64); /* too far, to the other side */
      last[i] = wanted;
      w[i]    = before * PetscExpReal(share[i] * wanted);
      change  = PetscMax(change, PetscAbsReal(w[i] / before - 1));
    }
    PetscCall(SetOmegas(model, w, noise, tau));
  }
  PetscCheck(
    change < 1e-12, model->comm, PETSC_ERR_ARG_OUTOFRANGE,
    "model_omega0: auto given, but no frequency equals the curvature averaged over its own "
    "Gaussian: after %d steps it still changes by %.1g; give a number",
    MOST, (double)change);
  model->averaged = PETSC_TRUE;
  PetscCall(PetscFree6(w, noise, sigma, first, last, share));
  PetscFunctionReturn(0);
}

/*@
  HypModelAveraged - Were the frequencies taken from the loss?

  Not collective

  Input Parameter:
. model - the model

  Returns PETSC_TRUE after HypModelMatchCurvature().

  Level: intermediate

.seealso: HypModelMatchCurvature()
@*/
PetscBool HypModelAveraged(HypModel model)
{
  return model->averaged;
}
