/* Exact moments of asynchronous SGD and of its modified equation against published
   and independently derived numbers. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <hypoco/moments.h>

#define OK(call) assert_int_equal((call), 0)

/* f = theta^2 from two parabolas one apart: a = 2, s2 = 4, start 1;
   the common example of both papers */
static HypAlgorithm Example(PetscReal eta, PetscReal kappa)
{
  return (HypAlgorithm){eta, kappa, 2, 4};
}

static const int Steps[] = {10, 50, 100, 200, 500};

static void CheckFigure4(PetscReal kappa, const PetscReal asgd[5], const PetscReal sme[5])
{
  const HypAlgorithm algorithm = Example(0.01, kappa);
  HypAsgdMoments     moments;
  int                j = 0;

  HypAsgdMomentsStart(1, &moments);
  for (int i = 0; i < 5; i++) {
    HypSmeMoments modified;

    for (; j < Steps[i]; j++) HypAsgdMomentsStep(&algorithm, &moments);
    OK(HypSmeMomentsAt(&algorithm, PETSC_TRUE, 1, Steps[i] * PetscSqrtReal(0.01 * (1 - kappa)),
                       &modified));
    assert_float_equal(moments.xx, asgd[i], 0.5e-5);
    assert_float_equal(modified.xx, sme[i], 0.5e-5);
  }
}

/* E theta_j^2 of Fig. 4 of An, Lu and Ying, to five digits */
static void test_figure4(void **state)
{
  (void)state;
  CheckFigure4(0.9, (PetscReal[]){.65246, .09692, .01787, .01195, .01192},
               (PetscReal[]){.65221, .09481, .01745, .01205, .01203});
  CheckFigure4(0.97, (PetscReal[]){.64691, .04332, .03473, .01765, .01668},
               (PetscReal[]){.64690, .04286, .03609, .01786, .01678});
}

/* Steps until |E theta^2 - stationary| <= .01 for good: Fig. 3.1 (a) of Zhu and Ying */
static void test_figure31(void **state)
{
  const PetscReal eta[]   = {.02, .01, .0075, .005, .0035, .0025, .002, .001};
  const PetscInt  steps[] = {243, 203, 228, 123, 203, 329, 446, 1030};

  (void)state;
  for (int i = 0; i < 8; i++) {
    const HypAlgorithm algorithm = Example(eta[i], 0.98);
    PetscInt           found;

    OK(HypAsgdStepsUntil(&algorithm, 1, 0.01, &found));
    assert_int_equal(found, steps[i]);
  }
}

/* The recursion's limit is its fixed point;
   its spectral radius reaches one at the stability limit */
static void test_stationary_and_limit(void **state)
{
  const PetscReal kappas[] = {0, 0.3, 0.9, 0.97, 0.995};

  (void)state;
  for (int i = 0; i < 5; i++) {
    const PetscReal limit     = HypAsgdStabilityLimit(kappas[i]);
    HypAlgorithm    algorithm = {0.4 * limit / 2, kappas[i], 2, 4};
    HypAsgdMoments  moments;
    PetscReal       rate;

    HypAsgdMomentsStart(1, &moments);
    for (int j = 0; j < 60000; j++) HypAsgdMomentsStep(&algorithm, &moments);
    assert_float_equal(moments.xx / HypAsgdStationary(&algorithm), 1, 1e-12);
    algorithm.eta = limit / 2;
    OK(HypAsgdSquareRate(&algorithm, &rate));
    assert_float_equal(rate, 0, 1e-12);
    algorithm.eta = limit / 2 * 1.001;
    OK(HypAsgdSquareRate(&algorithm, &rate));
    assert_true(rate < 0);
  }
  assert_float_equal(HypAsgdStabilityLimit(0), 2, 1e-15);
}

/* Exact rates of the squared mean: longer delays are slower only beyond the optimum */
static void test_rates(void **state)
{
  const PetscReal kappas[] = {0, .9, .92, .9230, .95, .98},
                  rates[]  = {.0404, .0537, .0666, .0771, .0513, .0202};
  const PetscReal best     = PetscSqr((1 - .02) / (1 + .02));
  HypAlgorithm    algorithm;

  (void)state;
  for (int i = 0; i < 6; i++) {
    algorithm = Example(0.01, kappas[i]);
    assert_float_equal(HypAsgdMeanRate(&algorithm), rates[i], 0.5e-4);
  }
  algorithm           = Example(0.01, best);
  const PetscReal top = HypAsgdMeanRate(&algorithm);
  assert_float_equal(top, -PetscLogReal(best), 1e-7); /* a square-root cusp: half of the digits */
  for (int i = -1; i <= 1; i += 2) {
    algorithm.kappa = best + 1e-3 * i;
    assert_true(HypAsgdMeanRate(&algorithm) < top);
  }
}

/* The mean of the recursion decays at the rate that is claimed */
static void test_rate_is_observed(void **state)
{
  const HypAlgorithm algorithm = Example(0.002, 0.9);
  HypAsgdMoments     moments;
  PetscReal          before;

  (void)state;
  HypAsgdMomentsStart(1, &moments);
  for (int j = 0; j < 1000; j++) HypAsgdMomentsStep(&algorithm, &moments);
  before = moments.x;
  for (int j = 0; j < 1000; j++) HypAsgdMomentsStep(&algorithm, &moments);
  assert_float_equal(-2 * PetscLogReal(moments.x / before) / 1000, HypAsgdMeanRate(&algorithm),
                     1e-12);
}

/* Long times reach the stationary moments, for both kinds of covariance; constant:
   the printed values */
static void test_sme_stationary(void **state)
{
  const HypAlgorithm algorithm = Example(0.01, 0.95);

  (void)state;
  for (int evolving = 0; evolving < 2; evolving++) {
    HypSmeMoments late, limit;

    OK(HypSmeMomentsAt(&algorithm, evolving ? PETSC_TRUE : PETSC_FALSE, 1, 60, &late));
    OK(HypSmeStationary(&algorithm, evolving ? PETSC_TRUE : PETSC_FALSE, &limit));
    assert_float_equal(late.xx, limit.xx, 1e-13);
    assert_float_equal(late.xy, limit.xy, 1e-13);
    assert_float_equal(late.yy, limit.yy, 1e-13);
    assert_float_equal(late.sigma, limit.sigma, 1e-10);
  }
}

/* The model error of the equation vanishes linearly in eta */
static void test_model_error_is_first_order(void **state)
{
  PetscReal error[2];

  (void)state;
  for (int i = 0; i < 2; i++) {
    const PetscReal eta =
      0.01 / (1 << (2 * i)); /* with (1 - kappa)/eta fixed the equation keeps its friction */
    const HypAlgorithm algorithm = {eta, 1 - 10 * eta, 2, 4};
    HypSmeMoments      limit;

    OK(HypSmeStationary(&algorithm, PETSC_TRUE, &limit));
    error[i] = PetscAbsReal(limit.xx / HypAsgdStationary(&algorithm) - 1);
  }
  assert_float_equal(error[0] / error[1], 4, 0.2);
}

int main(int argc, char **argv)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_figure4),
    cmocka_unit_test(test_figure31),
    cmocka_unit_test(test_stationary_and_limit),
    cmocka_unit_test(test_rates),
    cmocka_unit_test(test_rate_is_observed),
    cmocka_unit_test(test_sme_stationary),
    cmocka_unit_test(test_model_error_is_first_order),
  };
  int failed;

  if (PetscInitialize(&argc, &argv, NULL, NULL)) return 1;
  failed = cmocka_run_group_tests(tests, NULL, NULL);
  if (PetscFinalize()) return 1;
  return failed;
}
