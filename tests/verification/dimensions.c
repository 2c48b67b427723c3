/*
   For eps = 0 the generator in d = 2 is G (x) 1 + 1 (x) G, so its leading non-zero eigenvalue is
   that of d = 1 on the same axes, however coarse:
   the coupling of four coordinates brings no slow mode that the tests of d = 1 would not see.
*/
#include "support.h"
#include <hypoco/spectrum.h>

static PetscReal Gap(const char *d)
{
  HypModel    model;
  HypSpace    space;
  HypKinetic  K;
  HypSpectrum spectrum;
  PetscReal   gap;

  OK(PetscOptionsSetValue(NULL, "-d", d));
  TestModel(&model);
  TestSpace(model, 0.1, &space);
  OK(HypKineticCreate(space, HYP_ASSEMBLED, &K));
  OK(HypSpectrumCompute(K, 4, &spectrum));
  gap = spectrum.gap;
  OK(PetscPrintf(PETSC_COMM_WORLD, "d = %s: %d unknowns, gap %.12f\n", d,
                 (int)HypSpaceGetSize(space), (double)gap));
  OK(HypSpectrumDestroy(&spectrum));
  OK(HypKineticDestroy(&K));
  OK(HypSpaceDestroy(&space));
  OK(HypModelDestroy(&model));
  return gap;
}

static void test_gap(void **state)
{
  const PetscReal one = Gap("1");

  (void)state;
  assert_true(one > 0.1);
  assert_small(Gap("2") - one, 1e-9, one);
}

int main(int argc, char **argv)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_gap)};
  int                     failed;

  OK(SlepcInitialize(&argc, &argv, NULL, NULL));
  failed = cmocka_run_group_tests(tests, NULL, NULL);
  failed += TestUnread();
  OK(SlepcFinalize());
  return failed;
}
