/* The rate fitted to ||h||^2 against the closed-form gap, eps = 0:
   -tolerance, -T, -form oscillating|critical|exponential. */
#include "support.h"
#include <hypoco/decay.h>

typedef struct {
  HypKinetic  K;
  HypLyapunov lyapunov;
  HypSeries   series;
} Run;

static PetscErrorCode Output(PetscInt k, PetscReal t, Vec h, void *ctx)
{
  Run           *run = (Run *)ctx;
  HypFunctionals f;

  PetscFunctionBeginUser;
  (void)k;
  PetscCall(HypFunctionalsCompute(run->K, &run->lyapunov, h, &f));
  PetscCall(
    HypSeriesAdd(&run->series, &(HypObservation){.t = t, .mass = 1 + f.mass, .functionals = &f}));
  PetscFunctionReturn(0);
}

static void test_rate(void **state)
{
  const PetscReal m[] = {1, 0.5}, S[] = {0.5, 0, 0, 0.5};
  PetscReal       tolerance = 1e-6, T = 20, times[401], mass;
  char            form[32] = "";
  HypModel        model;
  HypSpace        space;
  HypEvolution    evolution;
  HypFit          fit;
  Run             run;
  Vec             h;

  (void)state;
  OK(PetscOptionsGetReal(NULL, NULL, "-tolerance", &tolerance, NULL));
  OK(PetscOptionsGetReal(NULL, NULL, "-T", &T, NULL));
  OK(PetscOptionsGetString(NULL, NULL, "-form", form, sizeof(form), NULL));
  TestModel(&model);
  TestSpace(model, 0.1, &space);
  OK(HypKineticCreate(space, HypSpaceTakesAxes(space) ? HYP_MATRIX_FREE : HYP_ASSEMBLED, &run.K));
  OK(HypModelLyapunov(model, 0.1, &run.lyapunov));
  OK(HypSeriesCreate(NULL, 401, &run.series));
  OK(HypSpaceCreateVec(space, &h));
  OK(HypSpaceGaussian(space, m, S, h));
  OK(VecDot(h, HypSpaceGetOne(space), &mass));
  OK(VecScale(h, 1 / mass)); /* point values on a grid have mass 1 + O(dx^2) */
  OK(VecAXPY(h, -1, HypSpaceGetOne(space)));
  for (int k = 0; k <= 400; k++) times[k] = T * k / 400;
  OK(HypEvolutionCreate(run.K, &evolution));
  OK(HypEvolutionSetOutputs(evolution, 401, times, Output, &run));
  OK(HypEvolutionSolve(evolution, h));
  OK(HypFitRate(run.series.n, run.series.t, HypSeriesValues(&run.series, "norm2"), &fit));
  OK(PetscPrintf(
    PETSC_COMM_WORLD,
    "rate %.12f +- %.1e (%s, misfit %.1e, window %.2f..%.2f), gap %.12f, printed %.3f\n",
    (double)fit.rate, (double)fit.error, HypFitForms[fit.form], (double)fit.residual,
    (double)fit.from, (double)fit.to, (double)run.lyapunov.mu_proved,
    (double)run.lyapunov.mu_printed));
  if (form[0]) assert_string_equal(form, HypFitForms[fit.form]);
  if (run.lyapunov.regime == HYP_CRITICAL) {
    assert_small(fit.rate - HypModelGamma(model) / 2, tolerance, 1);
    assert_true(PetscAbsReal(fit.C) >
                1e-3 * PetscAbsReal(fit.A)); /* the polynomial prefactor is there */
  } else
    assert_small(fit.rate - run.lyapunov.mu_proved, tolerance, 1);
  assert_small(fit.rate - (run.lyapunov.regime == HYP_CRITICAL ? HypModelGamma(model) / 2
                                                               : run.lyapunov.mu_proved),
               1, PetscMax(10 * fit.error, tolerance));
  OK(HypEvolutionDestroy(&evolution));
  OK(HypSeriesDestroy(&run.series));
  OK(VecDestroy(&h));
  OK(HypKineticDestroy(&run.K));
  OK(HypSpaceDestroy(&space));
  OK(HypModelDestroy(&model));
}

int main(int argc, char **argv)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_rate)};
  int                     failed;

  OK(SlepcInitialize(&argc, &argv, NULL, NULL));
  failed = cmocka_run_group_tests(tests, NULL, NULL);
  failed += TestUnread();
  OK(SlepcFinalize());
  return failed;
}
