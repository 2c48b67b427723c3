/* The pieces samplers are made of: random numbers, staleness laws, losses, distributions. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <hypoco/sampler.h>
#include <hypoco/random.h>

#define OK(call) assert_int_equal((call), 0)

/* Errors are expected in some tests: no trace on the screen */
static void Quiet(void)
{
  assert_int_equal(PetscPushErrorHandler(PetscReturnErrorHandler, NULL), 0);
}

/* E theta at the last step on f = theta^2/2 without gradient noise:
   all that varies is the staleness */
static void LastMean(const HypSampleSettings *settings, PetscReal *mean, PetscReal *error)
{
  HypLoss         loss;
  HypSampler      sampler;
  HypSampleResult result;
  const PetscReal one = 1, zero = 0;

  OK(HypLossCreateQuadratic(1, 1, &one, &zero, &loss));
  OK(HypSamplerCreate(PETSC_COMM_SELF, settings, loss, &sampler));
  OK(HypSamplerRun(sampler, &result));
  *mean = HypSampleResultMean(&result, result.times - 1, 0, HYP_MEAN_THETA, error);
  OK(HypSampleResultDestroy(&result));
  OK(HypSamplerDestroy(&sampler));
  OK(HypLossDestroy(&loss));
}

/* E theta_j for independent staleness obeys m_{j+1} = m_j - e sum_l p_l m_{j-l}:
   checked for each law by sampling */
static void CheckLaw(HypStalenessLaw law, PetscReal kappa, PetscInt bound, const PetscReal *p,
                     PetscInt n)
{
  HypSampleSettings settings;
  const PetscReal   start = 1;
  PetscReal         m[41], mean, error;

  HypSampleSettingsDefault(&settings);
  settings.start          = &start;
  settings.eta            = 0.2;
  settings.kappa          = kappa;
  settings.law            = law;
  settings.bound          = bound;
  settings.steps          = 40;
  settings.paths          = 40000;
  settings.allow_unstable = PETSC_TRUE;
  m[0]                    = 1;
  for (PetscInt j = 0; j < 40; j++) {
    m[j + 1] = m[j];
    for (PetscInt l = 0; l < n; l++) {
      const PetscReal weight = law == HYP_STALENESS_ROUNDS ? (l == j % (bound + 1)) : p[l];

      m[j + 1] -= 0.2 * weight * m[PetscMax(j - l, 0)];
    }
  }
  LastMean(&settings, &mean, &error);
  assert_true(PetscAbsReal(mean - m[40]) <= 4 * error + 1e-14);
}

static void test_staleness_laws(void **state)
{
  PetscReal p[300];

  (void)state;
  for (PetscInt l = 0; l < 300; l++) p[l] = 0.3 * PetscPowReal(0.7, (PetscReal)l);
  CheckLaw(HYP_STALENESS_GEOMETRIC, 0.7, 0, p, 300);
  for (PetscInt l = 0; l < 300; l++) p[l] = l <= 5 ? 1. / 6 : 0;
  CheckLaw(HYP_STALENESS_UNIFORM, 0, 5, p, 300);
  for (PetscInt l = 0; l < 300; l++) p[l] = l == 7;
  CheckLaw(HYP_STALENESS_FIXED, 0, 7, p, 300);
  CheckLaw(HYP_STALENESS_CYCLIC, 0, 7, p, 300);
  CheckLaw(HYP_STALENESS_ROUNDS, 0, 4, p, 5);
}

/* The generator's published answer for all-zero input,
   and a lane's words do not depend on the block it is drawn in */
static void test_random_words(void **state)
{
  uint32_t w[4][64], one[4];

  (void)state;
  HypRandomWords((HypRandomBlock){.lanes = 64, .purpose = HYP_RANDOM_STEP}, 0,
                 (uint32_t *const[]){w[0], w[1], w[2], w[3]});
  assert_int_equal(w[0][0], 0x6627e8d5);
  assert_int_equal(w[1][0], 0xe169c58d);
  assert_int_equal(w[2][0], 0xbc57ac4c);
  assert_int_equal(w[3][0], 0x9b00dbd8);
  HypRandomWords((HypRandomBlock){.path = 37, .lanes = 1, .purpose = HYP_RANDOM_STEP}, 0,
                 (uint32_t *const[]){&one[0], &one[1], &one[2], &one[3]});
  for (int i = 0; i < 4; i++) assert_int_equal(one[i], w[i][37]);
}

/* Mean 0, variance 1, fourth moment 3, no correlation between the normals of a path or
   of neighbours; 4 standard errors */
static void test_normals(void **state)
{
  enum { LANES = 100000 };
  PetscReal *z, m1 = 0, m2 = 0, m4 = 0, across = 0, along = 0;

  (void)state;
  OK(PetscMalloc1(3 * LANES, &z));
  HypRandomNormals((HypRandomBlock){7, 0, LANES, 3, HYP_RANDOM_NORMAL}, 3, z);
  for (int l = 0; l < LANES; l++) {
    m1 += z[2 * LANES + l];
    m2 += z[l] * z[l];
    m4 += PetscSqr(z[l] * z[l]);
    across += z[l] * z[LANES + l];
    along += z[l] * z[(l + 1) % LANES];
  }
  assert_true(PetscAbsReal(m1) < 4 * PetscSqrtReal(LANES));
  assert_true(PetscAbsReal(m2 - LANES) < 4 * PetscSqrtReal(2. * LANES));
  assert_true(PetscAbsReal(m4 - 3. * LANES) < 4 * PetscSqrtReal(96. * LANES));
  assert_true(PetscAbsReal(across) < 4 * PetscSqrtReal(LANES));
  assert_true(PetscAbsReal(along) < 4 * PetscSqrtReal(LANES));
  OK(PetscFree(z));
}

/* Every loss: gradient, mean gradient and second derivative against differences of the value and
   of each other */
static void CheckLoss(HypLoss loss)
{
  const PetscReal h        = 1e-4;
  PetscReal       point[4] = {0.3, -0.7, 1.1, 0.2}, g[4], mean[4], total[4] = {0, 0, 0, 0},
            v[4] = {1, -2, 0.5, 3}, Hv[4], up[4], down[4], shifted[4];
  PetscInt d, n;

  OK(HypLossSizes(loss, &d, &n));
  for (uint32_t i = 0; i < (uint32_t)n; i++) {
    OK(HypLossGradient(loss, 1, &i, point, g));
    for (PetscInt c = 0; c < d; c++) {
      PetscReal plus, minus, x = point[c];

      total[c] += g[c] / (PetscReal)n;
      point[c] = x + h;
      OK(HypLossValue(loss, (PetscInt)i, point, &plus));
      point[c] = x - h;
      OK(HypLossValue(loss, (PetscInt)i, point, &minus));
      point[c] = x;
      assert_float_equal(g[c], (plus - minus) / (2 * h), 1e-6);
    }
  }
  OK(HypLossMeanGradient(loss, 1, point, mean));
  OK(HypLossSecond(loss, 1, point, v, Hv));
  for (PetscInt c = 0; c < d; c++) shifted[c] = point[c] + h * v[c];
  OK(HypLossMeanGradient(loss, 1, shifted, up));
  for (PetscInt c = 0; c < d; c++) shifted[c] = point[c] - h * v[c];
  OK(HypLossMeanGradient(loss, 1, shifted, down));
  for (PetscInt c = 0; c < d; c++) {
    assert_float_equal(mean[c], total[c], 1e-12);
    assert_float_equal(Hv[c], (up[c] - down[c]) / (2 * h), 1e-5);
  }
  OK(HypLossDestroy(&loss));
}

static void test_losses(void **state)
{
  const PetscReal curvature[] = {1, 2, 3}, slopes[] = {1, 0, -1, 2, 2, 0.5},
                  rows[] = {1, 2, 3, 0, 1, -1, 2, 0.5, 0}, targets[] = {1, -1, 0.3};
  const char *const joint[] = {"i*theta1*theta2^2", "i*theta1^2*theta2 - sin(theta2)"};
  HypLoss           loss;

  (void)state;
  OK(HypLossCreateQuadratic(3, 2, curvature, slopes, &loss));
  CheckLoss(loss);
  OK(HypLossCreateLeastSquares(3, 3, rows, targets, &loss));
  CheckLoss(loss);
  OK(HypLossCreateExpression(3, 2, "c*(theta - (2*i - n - 1))^4/2", 0, NULL, curvature, &loss));
  CheckLoss(loss);
  OK(HypLossCreateExpression(3, 2, "c*(theta + i)^4/2", 1,
                             (const char *const[]){"2*c*(theta + i)^3"}, curvature, &loss));
  CheckLoss(loss);
  OK(HypLossCreateExpression(2, 3, "i*theta1^2*theta2^2/2 + cos(theta2)", 2, joint, NULL, &loss));
  CheckLoss(loss);
}

/* A gradient that does not belong to the value is refused,
   and the sentence names component and point */
static void test_wrong_gradient(void **state)
{
  const PetscReal start = 0.5;
  const char     *wrong = "2*theta + (i == 2)*0.01*theta";
  HypLoss         loss;

  (void)state;
  OK(HypLossCreateExpression(1, 2, "theta^2", 1, &wrong, NULL, &loss));
  Quiet();
  assert_int_equal(HypLossCheckGradient(loss, &start), PETSC_ERR_ARG_INCOMP);
  OK(PetscPopErrorHandler());
  OK(HypLossDestroy(&loss));
}

/* The largest curvature of a least-squares loss: rows along the axes */
static void test_largest_curvature(void **state)
{
  const PetscReal rows[] = {2, 0, 0, 3}, targets[] = {0, 0};
  HypLoss         loss;
  PetscReal       a;

  (void)state;
  OK(HypLossCreateLeastSquares(2, 2, rows, targets, &loss));
  OK(HypLossLargestCurvature(loss, &a));
  assert_float_equal(a, 4.5, 1e-14);
  OK(HypLossDestroy(&loss));
}

/* Unstable step sizes are refused with each law's own limit,
   and accepted just below it or on request */
static void test_stability_is_checked(void **state)
{
  static const struct {
    const char     *model;
    HypStalenessLaw law;
    PetscReal       kappa, limit;
  } cases[] = {
    {"asgd", HYP_STALENESS_GEOMETRIC, 0.9, 0},
    {"sgd", HYP_STALENESS_GEOMETRIC, 0.9, 2},
    {"asgd", HYP_STALENESS_FIXED, 0, 0.149460187172849 /* 2 sin(pi/42) */},
    {"asgd", HYP_STALENESS_CYCLIC, 0, 0.149460187172849},
    {"asgd", HYP_STALENESS_ROUNDS, 0, 2. / 11},
    /* the mean alone is stable up to 22 sin^2(pi/22) = .446 */
    {"asgd", HYP_STALENESS_UNIFORM, 0, 0.36219916020914},
    {"msgd", HYP_STALENESS_GEOMETRIC, 0, 3.8},
  };
  const PetscReal   start = 1, curvature = 4, slopes[] = {1, -1};
  HypSampleSettings settings;
  HypSampler        sampler;
  HypLoss           loss;

  (void)state;
  OK(HypLossCreateQuadratic(1, 2, &curvature, slopes, &loss));
  for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
    const PetscReal limit =
      cases[i].limit > 0 ? cases[i].limit : HypAsgdStabilityLimit(cases[i].kappa);

    HypSampleSettingsDefault(&settings);
    settings.start    = &start;
    settings.model    = cases[i].model;
    settings.law      = cases[i].law;
    settings.kappa    = cases[i].kappa;
    settings.momentum = strcmp(cases[i].model, "msgd") ? 0 : 0.9;
    settings.bound    = 10;
    settings.eta      = limit / 4 * 1.001;
    Quiet();
    assert_int_equal(HypSamplerCreate(PETSC_COMM_SELF, &settings, loss, &sampler),
                     PETSC_ERR_ARG_OUTOFRANGE);
    OK(PetscPopErrorHandler());
    settings.allow_unstable = PETSC_TRUE;
    OK(HypSamplerCreate(PETSC_COMM_SELF, &settings, loss, &sampler));
    OK(HypSamplerDestroy(&sampler));
    settings.allow_unstable = PETSC_FALSE;
    settings.eta            = limit / 4 * 0.999;
    OK(HypSamplerCreate(PETSC_COMM_SELF, &settings, loss, &sampler));
    OK(HypSamplerDestroy(&sampler));
  }
  OK(HypLossDestroy(&loss));
}

/* A path that diverges is a numerical failure, not a row of infinities */
static void test_divergence_is_an_error(void **state)
{
  const PetscReal   start = 1, curvature = 4, slopes[] = {1, -1};
  HypSampleSettings settings;
  HypSampler        sampler;
  HypSampleResult   result;
  HypLoss           loss;

  (void)state;
  OK(HypLossCreateQuadratic(1, 2, &curvature, slopes, &loss));
  HypSampleSettingsDefault(&settings);
  settings.start          = &start;
  settings.eta            = 2;
  settings.paths          = 10;
  settings.allow_unstable = PETSC_TRUE;
  OK(HypSamplerCreate(PETSC_COMM_SELF, &settings, loss, &sampler));
  Quiet();
  assert_int_equal(HypSamplerRun(sampler, &result), PETSC_ERR_FP);
  OK(PetscPopErrorHandler());
  OK(HypSampleResultDestroy(&result));
  OK(HypSamplerDestroy(&sampler));
  OK(HypLossDestroy(&loss));
}

static PetscReal Uniform(PetscReal x, void *ctx)
{
  (void)ctx;
  return PetscMin(PetscMax(x, 0), 1);
}

/* Evenly spread points have distance 1/(2n); a shifted law is detected;
   the critical value at 1 % is 1.628/sqrt(n) */
static void test_kolmogorov_smirnov(void **state)
{
  PetscReal values[1000], distance, significance;

  (void)state;
  for (PetscInt i = 0; i < 1000; i++) values[999 - i] = ((PetscReal)i + 0.5) / 1000;
  OK(HypKolmogorovSmirnov(1000, values, Uniform, NULL, &distance, &significance));
  assert_float_equal(distance, 0.0005, 1e-15);
  assert_float_equal(significance, 1, 1e-12);
  for (PetscInt i = 0; i < 1000; i++) values[i] += 0.0995;
  OK(HypKolmogorovSmirnov(1000, values, Uniform, NULL, &distance, &significance));
  assert_float_equal(distance, 0.1, 1e-9);
  assert_true(significance < 1e-6);
  assert_float_equal(HypKolmogorovSignificance(1e8, 1.6276 / 1e4), 0.01, 1e-5);
}

static void test_quantiles_and_histogram(void **state)
{
  const PetscReal levels[] = {0.25, 0.5};
  PetscReal       values[1001], quantile[2], low[2], high[2], edges[11], edges2[11], density[10],
    joint[100], sum = 0;

  (void)state;
  for (PetscInt i = 0; i < 1001; i++) values[i] = (PetscReal)((i * 617) % 1001);
  OK(HypSampleHistogram(1001, values, 10, edges, density));
  OK(HypSampleHistogram2d(1001, values, values, 10, edges, edges2, joint));
  for (PetscInt i = 0; i < 10; i++) {
    assert_float_equal(density[i] * 1000, 1, 0.02);
    for (PetscInt j = 0; j < 10; j++)
      sum += joint[i * 10 + j] * (edges[1] - edges[0]) * (edges2[1] - edges2[0]);
    assert_float_equal(joint[i * 10 + i] * (edges2[1] - edges2[0]), density[i], 1e-12);
  }
  assert_float_equal(sum, 1, 1e-12);
  OK(HypSampleQuantiles(1001, values, 2, levels, quantile, low, high));
  assert_float_equal(quantile[0], 250, 1e-12);
  assert_float_equal(quantile[1], 500, 1e-12);
  assert_float_equal(low[1], 500 - 31, 1.5);
  assert_float_equal(high[1], 500 + 31, 1.5);
}

int main(int argc, char **argv)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_random_words),         cmocka_unit_test(test_normals),
    cmocka_unit_test(test_staleness_laws),       cmocka_unit_test(test_losses),
    cmocka_unit_test(test_wrong_gradient),       cmocka_unit_test(test_largest_curvature),
    cmocka_unit_test(test_stability_is_checked), cmocka_unit_test(test_divergence_is_an_error),
    cmocka_unit_test(test_kolmogorov_smirnov),   cmocka_unit_test(test_quantiles_and_histogram),
  };
  int failed;

  if (PetscInitialize(&argc, &argv, NULL, NULL)) return 1;
  failed = cmocka_run_group_tests(tests, NULL, NULL);
  if (PetscFinalize()) return 1;
  return failed;
}
