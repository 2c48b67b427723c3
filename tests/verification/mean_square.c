/*
   Mean-square stability against the spectral radius of the dense recursion
   of all second moments (Kronecker products of the transition matrices,
   averaged over staleness and component, whose eigenvalues were computed apart),
   and the coverage of every printed interval over 400 seeds.
*/
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <hypoco/audit.h>
#include <hypoco/sampler.h>

#define OK(call) assert_int_equal((call), 0)

static const PetscReal one[] = {1}, third[] = {1. / 3, 1. / 3, 1. / 3};

static void Check(HypRecursion r, PetscReal expected)
{
  PetscBool stable;
  PetscReal limit;

  r.eta = 20;
  OK(HypMeanSquareLimit(&r, &stable, &limit));
  assert_false(stable);
  assert_float_equal(limit, expected, 1e-6 * expected);
  r.eta = 0.999 * expected;
  OK(HypMeanSquareLimit(&r, &stable, &limit));
  assert_true(stable);
}

static void test_additive_noise(void **state)
{
  const PetscReal a = 1;
  PetscReal       uniform[11], fixed[11] = {0};
  HypRecursion    r = {.n = 1, .curvature = &a, .batch = 1};

  (void)state;
  for (int l = 0; l < 11; l++) uniform[l] = 1. / 4;
  r.law = (HypDelayLaw){0, 3, uniform};
  Check(r, 0.78332307246152);
  assert_float_equal(HypDelayMeanLimit(&r.law, 0), 1.1715728752538, 1e-9);
  for (int l = 0; l < 11; l++) uniform[l] = 1. / 11;
  r.law = (HypDelayLaw){0, 10, uniform};
  Check(r, 0.36219916020914);
  fixed[10] = 1;
  r.law     = (HypDelayLaw){0, 10, fixed};
  Check(r, HypDelayStabilityLimit(10));
  r.law      = (HypDelayLaw){0, 0, one};
  r.momentum = 0.9;
  Check(r, 3.8);
  r.momentum = 0;
  for (int k = 0; k < 10; k++) {
    r.law = (HypDelayLaw){0.1 * k, 0, NULL};
    Check(r, HypAsgdStabilityLimit(0.1 * k));
  }
}

static void test_noise_of_least_squares(void **state)
{
  const PetscReal rows[] = {1, .5, .2, -1, 2, 1, .3, .1, -1, .7}, zeros[] = {0, 0, 0, 0, 0};
  HypLinearLoss   linear;
  HypLoss         loss;
  HypRecursion    r = {.batch = 1, .law = {0, 0, one}};

  (void)state;
  OK(HypLossCreateLeastSquares(2, 5, rows, zeros, &loss));
  OK(HypLossLinear(loss, &linear));
  r.n         = linear.n;
  r.curvature = linear.curvature;
  r.rows      = linear.rows;
  r.row       = linear.row;
  Check(r, 0.50499409053315);
  r.batch = 3;
  Check(r, 0.90133694802279);
  r.batch = 1;
  r.law   = (HypDelayLaw){0, 2, third};
  Check(r, 0.34014220731718);
  r.momentum = 0.3;
  Check(r, 0.24904374457835);
  r.momentum = 0.8;
  r.law      = (HypDelayLaw){0, 0, one};
  Check(r, 0.14596941514229);
  OK(HypLinearLossDestroy(&linear));
  OK(HypLossDestroy(&loss));
}

/* sme-asgd: e^2 < 2 k (1 - k); linear form: e^2 < 2 (1 - k)/k */
static void test_equations(void **state)
{
  const PetscReal a = 2, k = 0.9;
  HypRecursion    r = {
       .n = 1, .curvature = &a, .batch = 1, .law = {k, 0, NULL}, .equation = HypSmeAsgdKernels};

  (void)state;
  Check(r, PetscSqrtReal(2 * k * (1 - k)) / a);
  r.equation = HypSmeLinearKernels;
  Check(r, PetscSqrtReal(2 * (1 - k) / k) / a);
}

/* First order in eta against the algorithm at fixed friction, Theorem 3 of An, Lu and Ying;
   and the other statements */
static void test_orders_and_statements(void **state)
{
  static const HypAlgorithm cases[] = {
    {0.01, 0.97, 2, 4}, {0.01, 0.9, 2, 4}, {0.02, 0.985, 1, 75}, {0.0025, 0.98, 2, 4}};

  (void)state;
  for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
    HypStatement *statements;
    PetscInt      n;
    PetscReal     error, order, drift;

    for (int evolving = 0; evolving < 2; evolving++) {
      OK(HypSmeWeakOrder(&cases[i], evolving ? PETSC_TRUE : PETSC_FALSE, &error, &order, &drift));
      print_message("error %g, order %g, drift %g\n", error, order, drift);
      assert_true(error > 1e-5 && error < 0.1);
      assert_float_equal(order, 1, 0.05);
      assert_true(drift < 0.05);
    }
    OK(HypAlgorithmStatementsJudge(&cases[i], PETSC_TRUE, &n, &statements));
    for (PetscInt k = 0; k < n; k++) {
      print_message("%s: %g, %g +- %g: %s\n", statements[k].name, (double)statements[k].left,
                    (double)statements[k].right, (double)statements[k].uncertainty,
                    HypVerdicts[statements[k].verdict]);
      if (statements[k].verdict == HYP_NOT_APPLICABLE) continue;
      assert_int_equal(statements[k].verdict,
                       strcmp(statements[k].source, "AN (4.10)") ? HYP_HOLDS : HYP_FAILS);
    }
    OK(PetscFree(statements));
  }
}

/* What rounding hides, or what takes too long, is undecided and says why; an unstable algorithm has
   no statements */
static void test_statements_not_known(void **state)
{
  static const struct {
    HypAlgorithm algorithm;
    const char  *source, *reason;
    HypVerdict   verdict;
  } cases[] = {
    {{1e-7, 0.9, 1, 1}, "AN (3.3)", "below that of rounding", HYP_UNDECIDED},
    {{1e-6, 0.9, 1, 1}, "AN Theorem 3", "below that of rounding", HYP_UNDECIDED},
    {{1e-20, 0.9, 1, 1}, "AN Theorem 3", "not computed", HYP_UNDECIDED},
    {{1, 0.9, 2, 1}, "AN Theorem 3", "", HYP_NOT_APPLICABLE},
  };

  (void)state;
  for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
    HypStatement *s;
    PetscInt      n, k = 0;

    OK(HypAlgorithmStatementsJudge(&cases[i].algorithm, PETSC_FALSE, &n, &s));
    while (k < n && strcmp(s[k].source, cases[i].source)) k++;
    assert_true(k < n);
    print_message("%s: %s, %s\n", s[k].source, HypVerdicts[s[k].verdict], s[k].detail);
    assert_int_equal(s[k].verdict, cases[i].verdict);
    assert_non_null(strstr(s[k].detail, cases[i].reason));
    OK(PetscFree(s));
  }
}

/* Coupled paths: both keep their laws; the distance is far below that of independent paths;
   any number of ranks gives the same bits */
static void test_coupled_paths(void **state)
{
  const PetscReal   a = 2, slopes[] = {2, -2}, start = 1;
  HypSampleSettings settings;
  HypCoupled        shared, alone, apart;
  HypLoss           loss;

  (void)state;
  OK(HypLossCreateQuadratic(1, 2, &a, slopes, &loss));
  HypSampleSettingsDefault(&settings);
  settings.start    = &start;
  settings.paths    = 2000;
  settings.kappa    = 0.9;
  settings.steps    = 100;
  settings.substeps = 2;
  OK(HypCoupledRun(PETSC_COMM_WORLD, &settings, "sme-asgd", loss, &shared));
  OK(HypCoupledRun(PETSC_COMM_SELF, &settings, "sme-asgd", loss, &alone));
  assert_memory_equal(&shared, &alone, sizeof(shared));
  /* E x^2 - E X^2 is .00211 at step 50 (AN, Fig. 4), where it is largest of these */
  assert_true(PetscAbsReal(shared.weak - 0.0021) < 4 * shared.weak_error + 0.0006);
  settings.seed = 2;
  OK(HypCoupledRun(PETSC_COMM_SELF, &settings, "sme-asgd", loss, &apart));
  print_message("E|x - X| %g +- %g, another seed %g\n", (double)shared.strong,
                (double)shared.strong_error, (double)apart.strong);
  assert_true(PetscAbsReal(apart.strong - shared.strong) <
              4 * (shared.strong_error + apart.strong_error));
  /* independent paths would be 2/sqrt(pi) standard deviations apart, .123 at the end */
  assert_true(shared.strong < 0.09);
  OK(HypLossDestroy(&loss));
}

/*
   In two dimensions, where each component has a number of its own, the distance falls with eta.
*/
static void Plane(const char *algorithm, const char *equation, HypStalenessLaw law, PetscReal unit,
                  PetscReal least)
{
  const PetscReal   a[2] = {2, 0.7}, start[2] = {1, -0.5};
  const PetscReal   slopes[] = {2, 0, -2, 0, 0, 2, 0, -2, 1, 1, -1, -1};
  HypSampleSettings settings;
  HypCoupled        found[3], apart;
  PetscReal         order, error;
  HypLoss           loss;

  OK(HypLossCreateQuadratic(2, 6, a, slopes, &loss));
  for (int k = 0; k < 3; k++) {
    HypSampleSettingsDefault(&settings);
    settings.model    = algorithm;
    settings.start    = start;
    settings.paths    = 400;
    settings.substeps = 2;
    settings.eta      = 0.02 * PetscPowReal(4, -k);
    settings.kappa    = law == HYP_STALENESS_GEOMETRIC && !strcmp(algorithm, "asgd") ? 0.8 : 0;
    settings.law      = law;
    settings.bound    = 3;
    settings.steps    = 40 << (settings.kappa > 0 ? k : 2 * k);
    settings.every    = settings.steps / 10;
    OK(HypCoupledRun(PETSC_COMM_SELF, &settings, equation, loss, &found[k]));
  }
  settings.seed = 7; /* the algorithm's seed is the equation's: only the sampling changes */
  OK(HypCoupledRun(PETSC_COMM_SELF, &settings, equation, loss, &apart));
  OK(HypCoupledOrder(3, found, unit, &order, &error));
  print_message("%s and %s, d = 2: E|x - X| %g, %g, %g, order %.3g +- %.2g\n", algorithm, equation,
                (double)found[0].strong, (double)found[1].strong, (double)found[2].strong,
                (double)order, (double)error);
  assert_true(order + error >= least);
  assert_true(PetscAbsReal(apart.strong - found[2].strong) <
              4 * (apart.strong_error + found[2].strong_error));
  OK(HypLossDestroy(&loss));
}

static void test_coupled_plane(void **state)
{
  (void)state;
  Plane("sgd", "sme-sgd", HYP_STALENESS_GEOMETRIC, 1, 0.5);
  Plane("asgd", "sdde", HYP_STALENESS_UNIFORM, 1, 0.5);
  Plane("asgd", "sme-asgd", HYP_STALENESS_GEOMETRIC, 0.5, 1);
}

/* ---- intervals ---- */
typedef struct {
  PetscInt printed, covers;
} Count;

static void Judge(PetscReal value, PetscReal truth, PetscReal half, Count *count)
{
  if (PetscIsNanReal(half)) return;
  count->printed++;
  count->covers += PetscAbsReal(value - truth) <= half;
}

/* Of 400 intervals that cover with probability .95 the share has a standard deviation of .011:
   .93 to .97, or hardly ever an interval at all */
static void Covers(const char *what, Count count, PetscInt fewest)
{
  const PetscReal share = (PetscReal)count.covers / (PetscReal)count.printed;

  print_message("%s: %d of %d intervals cover\n", what, (int)count.covers, (int)count.printed);
  assert_true(count.printed >= fewest);
  if (fewest > 0)
    assert_true(share >= 0.93 && share <= 0.97);
  else
    assert_true(count.printed <= 2);
}

static void Means(PetscReal e, PetscReal kappa, PetscInt paths, PetscReal shift, PetscInt squares)
{
  const PetscReal   a = 1, slopes[] = {shift + 1, shift - 1}, start = shift + 1;
  HypSampleSettings settings;
  Count             theta = {0, 0}, theta2 = {0, 0};
  HypLoss           loss;

  OK(HypLossCreateQuadratic(1, 2, &a, slopes, &loss));
  HypSampleSettingsDefault(&settings);
  settings.eta   = e;
  settings.kappa = kappa;
  settings.paths = paths;
  settings.steps = settings.every = 60;
  settings.start                  = &start;
  for (settings.seed = 1; settings.seed <= 400; settings.seed++) {
    HypSampler      sampler;
    HypSampleResult result;

    OK(HypSamplerCreate(PETSC_COMM_SELF, &settings, loss, &sampler));
    OK(HypSamplerRun(sampler, &result));
    Judge(result.mean[HYP_MEANS + HYP_MEAN_THETA], result.exact[2],
          result.half[HYP_MEANS + HYP_MEAN_THETA], &theta);
    Judge(result.mean[HYP_MEANS + HYP_MEAN_THETA2], result.exact[3],
          result.half[HYP_MEANS + HYP_MEAN_THETA2], &theta2);
    OK(HypSampleResultDestroy(&result));
    OK(HypSamplerDestroy(&sampler));
  }
  OK(HypLossDestroy(&loss));
  Covers("E theta", theta, 240);
  Covers("E theta^2", theta2, squares);
}

static void test_intervals_of_means(void **state)
{
  (void)state;
  Means(0.3, 0.5, 1000, 0, 390);
  Means(0.3, 0.5, 64, 1e8, 390); /* E theta^2 about 1e16: a standard error of 1e8 is not 0 */
  Means(0.95 * HypAsgdStabilityLimit(0.5), 0.5, 1000, 0, 0); /* E theta^4 is infinite */
  Means(0.44, 0.9, 500, 0, 0);
}

/* Order statistics of an exponential law */
static void Quantile(PetscInt n, PetscReal level, PetscInt printed)
{
  Count           count = {0, 0};
  PetscReal      *values;
  const PetscReal truth = -PetscLogReal(1 - level);
  PetscRandom     random;

  OK(PetscMalloc1(n, &values));
  OK(PetscRandomCreate(PETSC_COMM_SELF, &random));
  OK(PetscRandomSetSeed(random, 7));
  OK(PetscRandomSeed(random));
  for (int seed = 0; seed < 400; seed++) {
    PetscReal value, low, high;

    for (PetscInt i = 0; i < n; i++) {
      OK(PetscRandomGetValueReal(random, &value));
      values[i] = -PetscLogReal(1 - value);
    }
    OK(HypSampleQuantiles(n, values, 1, &level, &value, &low, &high));
    if (PetscIsNanReal(low)) continue;
    count.printed++;
    count.covers += low <= truth && truth < high;
  }
  OK(PetscRandomDestroy(&random));
  OK(PetscFree(values));
  Covers("quantile", count, printed);
}

static void test_intervals_of_quantiles(void **state)
{
  (void)state;
  Quantile(100, 0.01, 0);
  Quantile(100, 0.99, 0);
  Quantile(100, 0.05, 400);
  Quantile(100, 0.5, 400);
  Quantile(1000, 0.99, 400);
  Quantile(40, 0.25, 400);
}

int main(int argc, char **argv)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_additive_noise),
                                     cmocka_unit_test(test_noise_of_least_squares),
                                     cmocka_unit_test(test_orders_and_statements),
                                     cmocka_unit_test(test_statements_not_known),
                                     cmocka_unit_test(test_coupled_paths),
                                     cmocka_unit_test(test_coupled_plane),
                                     cmocka_unit_test(test_equations),
                                     cmocka_unit_test(test_intervals_of_means),
                                     cmocka_unit_test(test_intervals_of_quantiles)};
  int                     failed;

  if (PetscInitialize(&argc, &argv, NULL, NULL)) return 1;
  failed = cmocka_run_group_tests(tests, NULL, NULL);
  if (PetscFinalize()) return 1;
  return failed;
}
