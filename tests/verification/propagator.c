/* ||exp(tG)|| on mean-zero functions against its closed form,
   and the sharp constant sup_t e^{2 lambda t} ||exp(tG)||^2. */
#include "support.h"
#include <hypoco/spectrum.h>

static void test_norm(void **state)
{
  const PetscReal times[] = {0.1, 0.5, 1, 2, 3.6276, 7};
  PetscReal       norm, exact;
  HypModel        model;
  HypSpace        space;
  HypKinetic      K;

  (void)state;
  TestModel(&model);
  TestSpace(model, 0.1, &space);
  OK(HypKineticCreate(space, HYP_MATRIX_FREE, &K));
  for (size_t k = 0; k < sizeof(times) / sizeof(times[0]); k++) {
    OK(HypPropagatorNorm(K, times[k], &norm));
    OK(HypPropagatorExact(model, times[k], &exact));
    OK(PetscPrintf(PETSC_COMM_WORLD, "t = %g: %.12f, closed form %.12f\n", (double)times[k],
                   (double)norm, (double)exact));
    assert_small(norm - exact, 1e-9, 1);
  }
  OK(HypKineticDestroy(&K));
  OK(HypSpaceDestroy(&space));
  OK(HypModelDestroy(&model));
}

/* Spaces of so few functions that Lanczos would find all singular values: e^{tG} by numpy, with
   eps = 0.3 sin theta, simplex */
static PetscErrorCode Sine(PetscInt d, const PetscReal theta[], PetscReal eps[], void *ctx)
{
  PetscFunctionBeginUser;
  (void)ctx;
  for (PetscInt i = 0; i < d; i++) eps[i] = 0.3 * PetscSinReal(theta[i]);
  PetscFunctionReturn(0);
}

static void test_small_spaces(void **state)
{
  static const struct {
    HypModelType type;
    PetscInt     degree;
    PetscReal    t, norm, digits;
  } cases[] = {{HYP_ASGD, 6, 0.01, 1.0019965, 1e-7}, {HYP_MOMENTUM, 8, 0.1, 1.00162, 5e-6}};

  (void)state;
  for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
    HypModel   model;
    HypSpace   space;
    HypKinetic K;
    PetscReal  norm;

    OK(HypModelCreate(PETSC_COMM_WORLD, &model));
    OK(HypModelSetType(model, cases[k].type));
    OK(HypModelSetPerturbation(model, Sine, NULL, NULL));
    OK(HypSpaceCreate(model, HYPSPACESIMPLEX, &space));
    OK(HypSpaceSetDegree(space, cases[k].degree));
    OK(HypSpaceSetUp(space));
    OK(HypKineticCreate(space, HYP_ASSEMBLED, &K));
    OK(HypPropagatorNorm(K, cases[k].t, &norm));
    assert_small(norm - cases[k].norm, cases[k].digits, 1);
    OK(HypKineticDestroy(&K));
    OK(HypSpaceDestroy(&space));
    OK(HypModelDestroy(&model));
  }
}

/* (2 w0 + gamma)/(2 w0 - gamma) under-damped, gamma^2/(gamma^2 - 4 w0^2) over-damped:
   the supremum of the closed form */
static void test_sharp_constant(void **state)
{
  PetscReal   largest = 0, norm, expected;
  HypLyapunov lyapunov;
  HypModel    model;

  (void)state;
  TestModel(&model);
  OK(HypModelLyapunov(model, 0.1, &lyapunov));
  for (int k = 1; k <= 40000; k++) {
    const PetscReal t = k * 5e-4;

    OK(HypPropagatorExact(model, t, &norm));
    largest = PetscMax(largest, PetscExpReal(2 * lyapunov.mu_proved * t) * norm * norm);
  }
  OK(HypPropagatorSharp(model, &expected));
  if (lyapunov.regime == HYP_CRITICAL) { /* polynomial growth: no constant */
    assert_true(largest > 50 && !(expected < PETSC_INFINITY));
  } else
    assert_small(largest / expected - 1, 1e-5, 1);
  if (lyapunov.regime == HYP_OVERDAMPED) { /* at times when sinh overflows too */
    OK(HypPropagatorExact(model, 600 / lyapunov.mu_proved, &norm));
    assert_small(norm * PetscExpReal(600) / PetscSqrtReal(expected) - 1, 1e-12, 1);
  }
  OK(HypModelDestroy(&model));
}

int main(int argc, char **argv)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_norm),
                                     cmocka_unit_test(test_small_spaces),
                                     cmocka_unit_test(test_sharp_constant)};
  int                     failed;

  OK(SlepcInitialize(&argc, &argv, NULL, NULL));
  failed = cmocka_run_group_tests(tests, NULL, NULL);
  failed += TestUnread();
  OK(SlepcFinalize());
  return failed;
}
