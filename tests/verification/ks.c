/*
   Paths of `sde` against the law of theta that the PDE evolves,
   by the Kolmogorov-Smirnov distance at
   five times: both types of model, noise that depends on theta, frequencies and noise of their own
   for the coordinates, and a full Hessian.
*/
#include "support.h"
#include <hypoco/initial.h>
#include <hypoco/observable.h>
#include <hypoco/sampler.h>
#include <hypoco/spectrum.h>
#include <hypoco/time.h>

enum { TIMES = 5, PATHS = 20000 };

/*
   Bonferroni: 50 marginals are compared (5 times; two types of model, each with one coordinate of
   kind 0 and two of kinds 1 and 2), and all of them pass with probability 0.95 or more
   if each may fail with probability 0.05/50.
*/
#define MARGINALS 50
#define LEVEL     (0.05 / MARGINALS)

static PetscErrorCode Force(PetscInt d, const PetscReal theta[], PetscReal eps[], void *ctx)
{
  PetscFunctionBeginUser;
  (void)ctx;
  for (PetscInt i = 0; i < d; i++)
    eps[i] = 0.4 * PetscSinReal(theta[i]) + (d > 1 ? 0.2 * PetscCosReal(theta[(i + 1) % d]) : 0);
  PetscFunctionReturn(0);
}

static PetscErrorCode Noise(PetscInt d, const PetscReal theta[], PetscReal s[], void *ctx)
{
  PetscFunctionBeginUser;
  (void)ctx;
  for (PetscInt i = 0; i < d; i++) s[i] = 1 + 0.4 * PetscSqr(PetscTanhReal(theta[0]));
  PetscFunctionReturn(0);
}

typedef struct {
  HypKinetic  K;
  HypSteady   steady;
  HypThetaLaw law[TIMES][2];
} Laws;

static PetscErrorCode Output(PetscInt k, PetscReal t, Vec h, void *ctx)
{
  Laws *laws = (Laws *)ctx;

  PetscFunctionBeginUser;
  (void)t;
  for (PetscInt i = 0; k && i < HypModelDimension(HypKineticGetModel(laws->K)); i++)
    PetscCall(HypThetaLawCompute(laws->K, i, h, laws->steady.f, &laws->law[k - 1][i]));
  PetscFunctionReturn(0);
}

/* The laws of theta_i at five times from a Gaussian in (x, v) */
static void Equation(HypModel model, const PetscReal mean[], const PetscReal covariance[],
                     PetscInt degree, Laws *laws)
{
  const PetscInt d = HypModelDimension(model), n = 2 * d;
  PetscReal      z[4], scale[4], S[16], times[TIMES + 1];
  HypSpace       space;
  HypEvolution   evolution;
  Vec            h;

  OK(HypSpaceCreate(model, HYPSPACESIMPLEX, &space));
  OK(HypSpaceSetDegree(space, degree));
  OK(HypSpaceSetUp(space));
  OK(HypKineticCreate(space, HYP_MATRIX_FREE, &laws->K));
  OK(HypSteadyCompute(laws->K, &laws->steady));
  HypModelScale(model, mean, mean + d, z);
  HypModelScale(model, (const PetscReal[]){1, 1}, (const PetscReal[]){1, 1}, scale);
  for (PetscInt i = 0; i < n; i++)
    for (PetscInt j = 0; j < n; j++) S[i * n + j] = covariance[i * n + j] * scale[i] * scale[j];
  OK(HypSpaceCreateVec(space, &h));
  OK(HypSpaceGaussian(space, z, S, h));
  OK(HypInitialNormalise(space, h));
  OK(VecAXPY(h, -1, laws->steady.f));
  for (PetscInt k = 0; k <= TIMES; k++) times[k] = 0.5 * (PetscReal)k;
  OK(HypEvolutionCreate(laws->K, &evolution));
  OK(HypEvolutionSetOutputs(evolution, TIMES + 1, times, Output, laws));
  OK(HypEvolutionSolve(evolution, h));
  OK(HypEvolutionDestroy(&evolution));
  OK(VecDestroy(&h));
  OK(HypSteadyDestroy(&laws->steady));
  OK(HypKineticDestroy(&laws->K));
  OK(HypSpaceDestroy(&space));
}

/* Every marginal at every time; the smallest significance of all is printed */
static void Compare(HypModel model, const PetscReal mean[], const PetscReal covariance[],
                    Laws *laws)
{
  static const PetscInt  snapshots[TIMES] = {1, 2, 3, 4, 5}, coordinates[2] = {0, 1};
  static const PetscReal start[2] = {0, 0};
  const PetscInt         d        = HypModelDimension(model);
  PetscReal              least    = 1;
  HypSampleSettings      settings;
  HypSampler             sampler;
  HypSampleResult        result;

  HypSampleSettingsDefault(&settings);
  settings.model      = "sde";
  settings.pde        = model;
  settings.start      = start;
  settings.mean       = mean;
  settings.covariance = covariance;
  settings.paths      = PATHS;
  settings.steps      = TIMES;
  settings.every      = 1;
  settings.interval   = 0.5;
  settings.substeps   = 25; /* the bias, of order one where s depends on theta, stays below 1e-3 */
  settings.nsnapshots = TIMES;
  settings.snapshots  = snapshots;
  settings.ncoordinates = d;
  settings.coordinates  = coordinates;
  OK(HypSamplerCreate(PETSC_COMM_SELF, &settings, NULL, &sampler));
  OK(HypSamplerRun(sampler, &result));
  for (PetscInt k = 0; k < TIMES; k++)
    for (PetscInt i = 0; i < d; i++) {
      PetscReal distance, significance;

      OK(HypKolmogorovSmirnov(PATHS, result.theta + (k * d + i) * PATHS, HypThetaLawDistribution,
                              &laws->law[k][i], &distance, &significance));
      least = PetscMin(least, significance);
      if (significance < LEVEL)
        fail_msg("theta_%d at t = %g: distance %g, significance %g", (int)i + 1,
                 0.5 * (double)(k + 1), (double)distance, (double)significance);
    }
  printf("%d marginals, smallest significance %.3g\n", (int)(TIMES * d), (double)least);
  OK(HypSampleResultDestroy(&result));
  OK(HypSamplerDestroy(&sampler));
}

/* kind 0: d = 1 with s(theta); 1: two coordinates of their own; 2: a full Hessian with s(theta) */
static void Check(HypModelType type, int kind)
{
  static const PetscReal H[] = {2.0, 0.8, 0.8, 1.2}, mean[4] = {0.5, -0.3, 0.2, 0.4};
  const PetscInt         d        = kind ? 2 : 1;
  PetscReal              omega[2] = {1.2, 0.7}, beta[2] = {1.3, 2.2}, E[4], covariance[16] = {0};
  HypModel               model;
  Laws                   laws;

  if (kind == 2) {
    OK(HypHessianFactor(2, H, omega, E));
    beta[1] = beta[0];
  }
  OK(HypModelCreate(PETSC_COMM_SELF, &model));
  OK(HypModelSetType(model, type));
  OK(HypModelSetCoordinates(model, d, 1.1, omega, beta, NULL));
  if (kind == 2) OK(HypModelSetDirections(model, E));
  OK(HypModelSetPerturbation(model, Force, NULL, NULL));
  if (kind != 1) OK(HypModelSetNoise(model, Noise, NULL, NULL));
  for (PetscInt i = 0; i < 2 * d; i++) {
    const HypCoordinate c = HypModelCoordinate(model, i % d);

    covariance[i * 2 * d + i] = 0.6 / (c.beta * (i < d ? c.omega * c.omega : 1));
  }
  Equation(model, mean, covariance, kind ? 10 : 30, &laws);
  Compare(model, mean, covariance, &laws);
  OK(HypModelDestroy(&model));
}

static void test_noise(void **state)
{
  (void)state;
  Check(HYP_ASGD, 0);
  Check(HYP_MOMENTUM, 0);
}

static void test_anisotropic(void **state)
{
  (void)state;
  Check(HYP_ASGD, 1);
  Check(HYP_MOMENTUM, 1);
}

static void test_hessian(void **state)
{
  (void)state;
  Check(HYP_ASGD, 2);
  Check(HYP_MOMENTUM, 2);
}

int main(int argc, char **argv)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_noise),
                                     cmocka_unit_test(test_anisotropic),
                                     cmocka_unit_test(test_hessian)};
  int                     failed;

  OK(SlepcInitialize(&argc, &argv, NULL, NULL));
  failed = cmocka_run_group_tests(tests, NULL, NULL);
  OK(SlepcFinalize());
  return failed;
}
