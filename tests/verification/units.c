/* The unit of time is free: a run with omega0 = gamma = 1 to T = 1 and one with 1e12
   to 1e-12 give the same numbers at every output. */
#include "support.h"
#include <hypoco/time.h>

enum { OUTPUTS = 9 };

static PetscErrorCode Keep(PetscInt k, PetscReal t, Vec h, void *ctx)
{
  PetscFunctionBeginUser;
  (void)t;
  PetscCall(VecNorm(h, NORM_2, (PetscReal *)ctx + k));
  PetscFunctionReturn(0);
}

static void Norms(PetscReal rate, PetscReal norms[])
{
  PetscReal    times[OUTPUTS];
  HypModel     model;
  HypSpace     space;
  HypKinetic   K;
  HypEvolution evolution;
  Vec          h;

  TestModel(&model);
  OK(HypModelSetParameters(model, 1, rate, rate, 1));
  TestSpace(model, 0.1, &space);
  OK(HypKineticCreate(space, HYP_MATRIX_FREE, &K));
  OK(HypSpaceCreateVec(space, &h));
  TestSmooth(space, 1, h);
  for (PetscInt k = 0; k < OUTPUTS; k++) times[k] = (PetscReal)k / (OUTPUTS - 1) / rate;
  OK(HypEvolutionCreate(K, &evolution));
  OK(HypEvolutionSetOutputs(evolution, OUTPUTS, times, Keep, norms));
  OK(HypEvolutionSolve(evolution, h));
  OK(HypEvolutionDestroy(&evolution));
  OK(VecDestroy(&h));
  OK(HypKineticDestroy(&K));
  OK(HypSpaceDestroy(&space));
  OK(HypModelDestroy(&model));
}

static void test_units(void **state)
{
  PetscReal slow[OUTPUTS], fast[OUTPUTS];

  (void)state;
  Norms(1, slow);
  Norms(1e12, fast);
  for (PetscInt k = 0; k < OUTPUTS; k++) {
    OK(PetscPrintf(PETSC_COMM_WORLD, "%.12f %.12f\n", (double)slow[k], (double)fast[k]));
    assert_small(fast[k] - slow[k], 1e-11, slow[k]);
  }
  assert_true(slow[OUTPUTS - 1] < 0.99 * slow[0]);
}

int main(int argc, char **argv)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_units)};
  int                     failed;

  OK(SlepcInitialize(&argc, &argv, NULL, NULL));
  failed = cmocka_run_group_tests(tests, NULL, NULL);
  failed += TestUnread();
  OK(SlepcFinalize());
  return failed;
}
