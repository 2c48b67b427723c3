/* A spectrum that begins on a coarser space is the spectrum of a full search:
   eps_i = sin(theta_i), so d copies of each pair. */
#include "support.h"
#include <hypoco/spectrum.h>

static PetscErrorCode Separable(PetscInt d, const PetscReal theta[], PetscReal eps[], void *ctx)
{
  PetscFunctionBeginUser;
  (void)ctx;
  for (PetscInt i = 0; i < d; i++) eps[i] = 0.5 * PetscSinReal(theta[i]);
  PetscFunctionReturn(0);
}

static void test_continued(void **state)
{
  const PetscInt count = 8;
  HypModel       model;
  HypSpace       space, coarser;
  HypKinetic     K, coarserK;
  HypSpectrum    full, continued, coarse;

  (void)state;
  TestModel(&model);
  OK(HypModelSetPerturbation(model, Separable, NULL, NULL));
  TestSpace(model, 0.1, &space);
  OK(HypSpaceCreateCoarser(space, model, &coarser));
  OK(HypKineticCreate(space, HYP_ASSEMBLED, &K));
  OK(HypKineticCreate(coarser, HYP_ASSEMBLED, &coarserK));
  OK(HypSpectrumCompute(K, count, &full));
  OK(HypSpectrumComputeOnTwo(K, coarserK, count, &continued, &coarse));
  for (PetscInt k = 0; k < count; k++) {
    PetscInt copies = 0, found = 0;

    assert_small(full.real[k] - continued.real[k], 1e-9, 1);
    for (PetscInt j = 0; j < count; j++) {
      copies += hypot(full.real[k] - full.real[j], full.imag[k] - full.imag[j]) < 1e-6;
      found += hypot(full.real[k] - continued.real[j], full.imag[k] - continued.imag[j]) < 1e-6;
    }
    if (full.real[k] > full.real[count - 1] + 1e-6) assert_int_equal(copies, found);
    assert_true(continued.residual[k] < 1e-8);
  }
  OK(HypSpectrumDestroy(&full));
  OK(HypSpectrumDestroy(&continued));
  OK(HypSpectrumDestroy(&coarse));
  OK(HypKineticDestroy(&K));
  OK(HypKineticDestroy(&coarserK));
  OK(HypSpaceDestroy(&coarser));
  OK(HypSpaceDestroy(&space));
  OK(HypModelDestroy(&model));
}

int main(int argc, char **argv)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_continued)};
  int                     failed;

  OK(SlepcInitialize(&argc, &argv, NULL, NULL));
  failed = cmocka_run_group_tests(tests, NULL, NULL);
  failed += TestUnread();
  OK(SlepcFinalize());
  return failed;
}
