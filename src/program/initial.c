/* Initial data that the initial_ keys describe. */
#include "program/objects.h"
#include <hypoco/initial.h>
#include <hypoco/result.h>

/* A given mean or covariance of (x, v) along the model's axes: E^T m, E^T S E for both halves */
static PetscErrorCode Turn(HypModel model, PetscReal mean[], PetscReal covariance[])
{
  const PetscInt d = HypModelDimension(model), n = 2 * d;

  PetscFunctionBeginUser;
  for (PetscInt half = 0; mean && half < 2; half++)
    PetscCall(HypModelFromUser(model, 1, mean + half * d, mean + half * d));
  for (PetscInt pass = 0; covariance && pass < 2; pass++) {
    for (PetscInt half = 0; half < 2; half++)
      PetscCall(HypModelFromUser(model, n, covariance + half * d * n, covariance + half * d * n));
    for (PetscInt i = 0; i < n; i++)
      for (PetscInt j = 0; j < i; j++) {
        const PetscReal swap = covariance[i * n + j];

        covariance[i * n + j] = covariance[j * n + i];
        covariance[j * n + i] = swap;
      }
  }
  PetscFunctionReturn(0);
}

/*
   Mean and covariance of (x, v) along the model's axes, in their own units:
   by default (1, 1/2) standard deviations of M in every (x_i, v_i), and half of M's covariance.
   The lengths of the lists have been checked.
   The covariance has (2d)^2 numbers.
*/
PetscErrorCode HypSettingsInitialLaw(const HypSettings *s, HypModel model, PetscReal mean[],
                                     PetscReal covariance[])
{
  const HypReals *given = &s->initial_covariance;
  const PetscInt  d = (PetscInt)s->model_dimension, n = 2 * d;
  PetscReal      *z, *sigma; /* the mean in standard deviations of M; these */

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2(n, &z, n, &sigma));
  for (PetscInt i = 0; i < n; i++) z[i] = 1;
  HypModelUnscale(model, z, sigma, sigma + d);
  for (PetscInt i = 0; i < n; i++)
    mean[i] = s->initial_mean.count ? s->initial_mean.values[i] : (i < d ? 1 : 0.5) * sigma[i];
  PetscCall(PetscArrayzero(covariance, n * n));
  for (PetscInt i = 0; i < n; i++) {
    if (given->count <= (size_t)n)
      covariance[i * n + i] =
        given->count ? given->values[given->count == 1 ? 0 : i] : 0.5 * PetscSqr(sigma[i]);
    for (PetscInt j = 0; j < n && given->count > (size_t)n; j++) {
      PetscCheck(given->values[i * n + j] == given->values[j * n + i], PETSC_COMM_WORLD,
                 PETSC_ERR_ARG_WRONG,
                 "initial_covariance: entries (%" PetscInt_FMT ",%" PetscInt_FMT
                 ") and (%" PetscInt_FMT ",%" PetscInt_FMT ") differ, a symmetric matrix is needed",
                 i + 1, j + 1, j + 1, i + 1);
      covariance[i * n + j] = given->values[i * n + j];
    }
  }
  PetscCall(Turn(model, s->initial_mean.count ? mean : NULL, given->count > 1 ? covariance : NULL));
  PetscCall(PetscFree2(z, sigma));
  PetscFunctionReturn(0);
}

/* The Gaussian, or the point, in scaled coordinates */
static PetscErrorCode GaussianOrPoint(const HypSettings *s, HypSpace space, HypModel model, Vec u)
{
  const PetscInt d = (PetscInt)s->model_dimension, n = 2 * d;
  PetscReal     *mean, *S, *one, *scale, *z;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc5(n, &mean, n * n, &S, n, &one, n, &scale, n, &z));
  PetscCall(HypSettingsInitialLaw(s, model, mean, S));
  for (PetscInt i = 0; i < n; i++) one[i] = 1;
  HypModelScale(model, mean, mean + d, z);
  HypModelScale(model, one, one + d, scale);
  for (PetscInt i = 0; i < n; i++)
    for (PetscInt j = 0; j < n; j++) S[i * n + j] *= scale[i] * scale[j];
  if (!strcmp(s->initial_type, "point"))
    PetscCall(HypSpacePoint(space, z, u));
  else
    PetscCall(HypSpaceGaussian(space, z, S, u));
  PetscCall(PetscFree5(mean, S, one, scale, z));
  PetscFunctionReturn(0);
}

/* u_0 = g_0/M, of mass 1 */
PetscErrorCode HypSettingsInitial(const HypSettings *s, HypModel model, HypSpace space, Vec u)
{
  PetscFunctionBeginUser;
  if (!strcmp(s->initial_type, "file")) {
    PetscCall(HypInitialFromFile(space, s->initial_file, u));
    PetscFunctionReturn(0);
  }
  if (!strcmp(s->initial_type, "modes"))
    PetscCall(HypInitialModes(space, (PetscInt)s->initial_modes.count, s->initial_modes.values, u));
  else if (!strcmp(s->initial_type, "random"))
    PetscCall(HypInitialRandom(space, (uint64_t)s->initial_seed, u));
  else if (!strcmp(s->initial_type, "expression"))
    PetscCall(HypInitialExpression(space, s->initial_expression, u));
  else
    PetscCall(GaussianOrPoint(s, space, model, u));
  PetscCall(HypInitialNormalise(space, u));
  PetscFunctionReturn(0);
}
