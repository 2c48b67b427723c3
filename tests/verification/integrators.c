/*
   Every time integrator converges at its order to the exact solution,
   with the operator split its type wants:
   fixed steps dt and dt/2 against the exponential integrator, whose own error is rounding.
   -ts_type and its options come from the command line, -order is the expected one.
*/
#include "support.h"
#include <hypoco/time.h>

/* To T = 1 with this many equal steps; 0 steps: exponential */
static void Integrate(HypKinetic K, Vec start, PetscInt steps, Vec h)
{
  const PetscReal times[]  = {0, 1};
  char            type[32] = "rk";
  HypEvolution    evolution;
  TSAdapt         adapt;
  TS              ts;

  OK(VecCopy(start, h));
  OK(PetscOptionsGetString(NULL, NULL, "-ts_type", type, sizeof(type), NULL));
  if (!steps) OK(PetscOptionsSetValue(NULL, "-ts_type", HYPTSEXPONENTIAL));
  OK(HypEvolutionCreate(K, &evolution));
  OK(HypEvolutionSetOutputs(evolution, 2, times, TestNoOutput, NULL));
  OK(HypEvolutionSetUp(evolution, h));
  OK(HypEvolutionGetTS(evolution, &ts));
  if (steps) {
    OK(TSGetAdapt(ts, &adapt));
    OK(TSAdaptSetType(adapt, TSADAPTNONE));
    OK(TSSetTimeStep(ts, 1 / (PetscReal)steps));
  }
  OK(HypEvolutionSolve(evolution, h));
  OK(HypEvolutionDestroy(&evolution));
  OK(PetscOptionsSetValue(NULL, "-ts_type", type));
}

static void test_order(void **state)
{
  PetscReal  order      = 0, error[2], norm;
  PetscInt   steps      = 64;
  PetscBool  matrixfree = PETSC_FALSE;
  HypModel   model;
  HypSpace   space;
  HypKinetic K;
  Vec        start, exact, h;

  (void)state;
  OK(PetscOptionsGetReal(NULL, NULL, "-order", &order, NULL));
  OK(PetscOptionsGetInt(NULL, NULL, "-steps", &steps, NULL));
  OK(PetscOptionsGetBool(NULL, NULL, "-matrix_free", &matrixfree, NULL));
  TestModel(&model);
  TestSpace(model, 0.1, &space);
  OK(HypKineticCreate(space, matrixfree ? HYP_MATRIX_FREE : HYP_ASSEMBLED, &K));
  OK(HypSpaceCreateVec(space, &start));
  OK(VecDuplicate(start, &exact));
  OK(VecDuplicate(start, &h));
  TestSmooth(space, 1, start);
  Integrate(K, start, 0, exact);
  OK(VecNorm(exact, NORM_2, &norm));
  for (int k = 0; k < 2; k++) {
    Integrate(K, start, steps << k, h);
    OK(VecAXPY(h, -1, exact));
    OK(VecNorm(h, NORM_2, &error[k]));
  }
  OK(PetscPrintf(PETSC_COMM_WORLD, "errors %.3e, %.3e of %.3e: order %.2f\n", (double)error[0],
                 (double)error[1], (double)norm,
                 (double)(PetscLogReal(error[0] / error[1]) / PetscLogReal(2))));
  assert_small(error[1], 1e-2, norm);
  assert_small(PetscLogReal(error[0] / error[1]) / PetscLogReal(2) - order, 0.15, 1);
  OK(VecDestroy(&start));
  OK(VecDestroy(&exact));
  OK(VecDestroy(&h));
  OK(HypKineticDestroy(&K));
  OK(HypSpaceDestroy(&space));
  OK(HypModelDestroy(&model));
}

int main(int argc, char **argv)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_order)};
  int                     failed;

  OK(SlepcInitialize(&argc, &argv, NULL, NULL));
  failed = cmocka_run_group_tests(tests, NULL, NULL);
  failed += TestUnread();
  OK(SlepcFinalize());
  return failed;
}
