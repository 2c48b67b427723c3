/*
   The equation behind the kinetic PDE, sampled, against its exact Gaussian law for eps = 0
   and against the identities every steady state fulfils for other eps.
*/
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_linalg.h>
#include <hypoco/sampler.h>

#define OK(call) assert_int_equal((call), 0)

typedef struct {
  PetscReal mean, deviation;
} Normal;

static PetscReal NormalCdf(PetscReal x, void *ctx)
{
  const Normal *normal = ctx;

  return gsl_cdf_gaussian_P(x - normal->mean, normal->deviation);
}

/* Mean and covariance of (x, v) at time t:
   m = e^{At} m_0, S = S_inf + e^{At} (S_0 - S_inf) e^{A^T t}, A = [0 1; -w0^2 -gamma] */
static void ExactLaw(HypModel model, const PetscReal m0[2], const PetscReal S0[4], PetscReal t,
                     PetscReal m[2], PetscReal S[4])
{
  const PetscReal w2       = HypModelOmegas(model)[0] * HypModelOmegas(model)[0],
                  limit[4] = {1 / (HypModelBetas(model)[0] * w2), 0, 0,
                              1 / HypModelBetas(model)[0]};
  double          a[4]     = {0, t, -w2 * t, -HypModelGamma(model) * t}, e[4];
  gsl_matrix_view A = gsl_matrix_view_array(a, 2, 2), E = gsl_matrix_view_array(e, 2, 2);

  gsl_linalg_exponential_ss(&A.matrix, &E.matrix, GSL_PREC_DOUBLE);
  for (int i = 0; i < 2; i++) {
    m[i] = e[2 * i] * m0[0] + e[2 * i + 1] * m0[1];
    for (int j = 0; j < 2; j++) {
      S[2 * i + j] = limit[2 * i + j];
      for (int k = 0; k < 2; k++)
        for (int l = 0; l < 2; l++)
          S[2 * i + j] += e[2 * i + k] * (S0[2 * k + l] - limit[2 * k + l]) * e[2 * j + l];
    }
  }
}

static HypSampleSettings Settings(HypModel model, const PetscReal *mean,
                                  const PetscReal *covariance, PetscInt steps, PetscReal interval,
                                  PetscInt substeps)
{
  static const PetscInt  snapshots[] = {1, 2, 4, 7, 10}, first = 0;
  static const PetscReal start[] = {0};
  HypSampleSettings      settings;

  HypSampleSettingsDefault(&settings);
  settings.model        = "sde";
  settings.pde          = model;
  settings.start        = start;
  settings.mean         = mean;
  settings.covariance   = covariance;
  settings.paths        = 20000;
  settings.steps        = steps;
  settings.every        = 1;
  settings.interval     = interval;
  settings.substeps     = substeps;
  settings.nsnapshots   = 5;
  settings.snapshots    = snapshots;
  settings.ncoordinates = 1;
  settings.coordinates  = &first;
  return settings;
}

/* Both marginals of (x, v) at five times:
   the Kolmogorov-Smirnov distance stays below the 1 % level, whatever the step */
static void CheckGaussian(PetscReal omega0, PetscReal gamma, PetscReal beta, PetscInt substeps)
{
  const PetscReal   mean[] = {1, -0.5}, covariance[] = {0.5, 0.2, 0.2, 0.8};
  HypModel          model;
  HypSampler        sampler;
  HypSampleResult   result;
  HypSampleSettings settings;

  OK(HypModelCreate(PETSC_COMM_SELF, &model));
  OK(HypModelSetParameters(model, 1, omega0, gamma, beta));
  settings = Settings(model, mean, covariance, 10, 0.4, substeps);
  OK(HypSamplerCreate(PETSC_COMM_SELF, &settings, NULL, &sampler));
  OK(HypSamplerRun(sampler, &result));
  for (PetscInt s = 0; s < 5; s++) {
    PetscReal *theta = result.theta + s * result.paths, *x = result.y + s * result.paths, m[2],
              S[4], distance, significance;

    ExactLaw(model, mean, covariance, 0.4 * (PetscReal)result.snapshot[s], m, S);
    for (PetscInt i = 0; i < result.paths; i++)
      theta[i] = -omega0 * omega0 * theta[i] - gamma * x[i]; /* v, in place */
    OK(HypKolmogorovSmirnov(result.paths, x, NormalCdf, &(Normal){m[0], PetscSqrtReal(S[0])},
                            &distance, &significance));
    assert_true(significance > 0.01);
    OK(HypKolmogorovSmirnov(result.paths, theta, NormalCdf, &(Normal){m[1], PetscSqrtReal(S[3])},
                            &distance, &significance));
    assert_true(significance > 0.01);
  }
  for (PetscInt t = 1; t < result.times; t++) {
    PetscReal       error;
    const PetscReal value = HypSampleResultMean(&result, t, 0, HYP_MEAN_THETA2, &error);

    assert_true(PetscAbsReal(value - result.exact[2 * t + 1]) < 4 * error);
  }
  OK(HypSampleResultDestroy(&result));
  OK(HypSamplerDestroy(&sampler));
  OK(HypModelDestroy(&model));
}

static void test_gaussian_law(void **state)
{
  (void)state;
  CheckGaussian(1, 1, 1, 1); /* one long step: exact in law */
  CheckGaussian(1, 1, 1, 20);
  CheckGaussian(1.3, 3, 2, 4);
}

/* eps + 0 sin(theta): a perturbation that vanishes takes the perturbed code path,
   which must change nothing in law */
static PetscErrorCode Sine(PetscInt d, const PetscReal theta[], PetscReal eps[], void *ctx)
{
  const PetscReal strength = *(const PetscReal *)ctx;

  for (PetscInt i = 0; i < d; i++) eps[i] = strength * PetscSinReal(theta[i]);
  return 0;
}

/* Steady identities for any eps: E grad f = 0, E y = 0, E theta y = -tau^2/2,
   E y^2 = tau^2 E f''/(2 gamma) */
static void test_steady_identities(void **state)
{
  PetscReal         strength = 0.5;
  const PetscReal   mean[] = {0, 0}, covariance[] = {1, 0, 0, 1}, tau2 = 2;
  HypModel          model;
  HypSampler        sampler;
  HypSampleResult   result;
  HypSampleSettings settings;
  PetscReal         curvature = 0, error, value;

  (void)state;
  OK(HypModelCreate(PETSC_COMM_SELF, &model));
  OK(HypModelSetPerturbation(model, Sine, &strength, NULL));
  settings       = Settings(model, mean, covariance, 10, 2, 60);
  settings.paths = 40000;
  OK(HypSamplerCreate(PETSC_COMM_SELF, &settings, NULL, &sampler));
  OK(HypSamplerRun(sampler, &result));
  value = HypSampleResultMean(&result, 10, 0, HYP_MEAN_Y, &error);
  assert_true(PetscAbsReal(value) < 4 * error);
  value = HypSampleResultMean(&result, 10, 0, HYP_MEAN_THETA_Y, &error);
  assert_true(PetscAbsReal(value + tau2 / 2) < 4 * error);
  for (PetscInt i = 0; i < result.paths; i++)
    curvature +=
      (1 + strength * PetscCosReal(result.theta[4 * result.paths + i])) / (PetscReal)result.paths;
  value = HypSampleResultMean(&result, 10, 0, HYP_MEAN_Y2, &error);
  assert_true(PetscAbsReal(value - tau2 * curvature / 2) < 4 * error);
  OK(HypSampleResultDestroy(&result));
  OK(HypSamplerDestroy(&sampler));
  OK(HypModelDestroy(&model));
}

/* Halving the step divides the bias of the splitting by four:
   eps linear, so that the law is Gaussian and known */
static PetscErrorCode Linear(PetscInt d, const PetscReal theta[], PetscReal eps[], void *ctx)
{
  (void)ctx;
  for (PetscInt i = 0; i < d; i++) eps[i] = 0.8 * theta[i];
  return 0;
}

static void test_second_order(void **state)
{
  const PetscReal   mean[] = {1, -2}, covariance[] = {1e-10, 0, 0, 1e-10};
  const PetscInt    first = 0, last = 5;
  HypModel          model;
  PetscReal         bias[2];
  HypSampleSettings settings;

  (void)state;
  OK(HypModelCreate(PETSC_COMM_SELF, &model));
  OK(HypModelSetParameters(model, 1, 1, 1, 1e14)); /* hardly any noise: the bias alone */
  OK(HypModelSetPerturbation(model, Linear, NULL, NULL));
  for (int i = 0; i < 2; i++) {
    double          a[4] = {0, 2, -1.8 * 2, -2}, e[4];
    gsl_matrix_view A = gsl_matrix_view_array(a, 2, 2), E = gsl_matrix_view_array(e, 2, 2);
    HypSampler      sampler;
    HypSampleResult result;

    settings              = Settings(model, mean, covariance, 5, 0.4, 4 << i);
    settings.paths        = 64;
    settings.nsnapshots   = 1;
    settings.snapshots    = &last;
    settings.ncoordinates = 1;
    settings.coordinates  = &first;
    settings.covariance   = NULL;
    gsl_linalg_exponential_ss(&A.matrix, &E.matrix,
                              GSL_PREC_DOUBLE); /* (theta, y) from theta_0 = 1, y_0 = 1 */
    OK(HypSamplerCreate(PETSC_COMM_SELF, &settings, NULL, &sampler));
    OK(HypSamplerRun(sampler, &result));
    bias[i] = HypSampleResultMean(&result, 5, 0, HYP_MEAN_THETA, NULL) - (e[0] + e[1]);
    OK(HypSampleResultDestroy(&result));
    OK(HypSamplerDestroy(&sampler));
  }
  assert_float_equal(bias[0] / bias[1], 4, 0.2);
  OK(HypModelDestroy(&model));
}

int main(int argc, char **argv)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_gaussian_law),
                                     cmocka_unit_test(test_steady_identities),
                                     cmocka_unit_test(test_second_order)};
  int                     failed;

  if (PetscInitialize(&argc, &argv, NULL, NULL)) return 1;
  failed = cmocka_run_group_tests(tests, NULL, NULL);
  if (PetscFinalize()) return 1;
  return failed;
}
