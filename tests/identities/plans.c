/*
   FFTW's planner is asked once for each shape of array, not once for each product: d = 2,
   fourier x fourier, whose coordinates
   have different shapes.  FFTW's function is replaced by one that counts and passes on.
*/
#define _GNU_SOURCE
#include "support.h"
#include <dlfcn.h>
#include <fftw3.h>

static int planned;

fftw_plan fftw_plan_guru_dft_r2c(int rank, const fftw_iodim *dims, int howmany,
                                 const fftw_iodim *many, double *in, fftw_complex *out,
                                 unsigned flags)
{
  fftw_plan (*plan)(int, const fftw_iodim *, int, const fftw_iodim *, double *, fftw_complex *,
                    unsigned);

  planned++;
  *(void **)&plan = dlsym(RTLD_NEXT, "fftw_plan_guru_dft_r2c");
  return plan(rank, dims, howmany, many, in, out, flags);
}

static void test_plans(void **state)
{
  HypModel   model;
  HypSpace   space;
  HypKinetic K;
  Vec        h, Gh;
  int        first;

  (void)state;
  TestModel(&model);
  TestSpace(model, 0, &space);
  OK(HypKineticCreate(space, HYP_MATRIX_FREE, &K));
  OK(HypSpaceCreateVec(space, &h));
  OK(HypSpaceCreateVec(space, &Gh));
  TestRandom(h);
  OK(HypKineticApply(K, HYP_GENERATOR, PETSC_FALSE, h, Gh));
  first = planned;
  assert_true(first > 0); /* the count works */
  for (int k = 0; k < 50; k++) OK(HypKineticApply(K, HYP_GENERATOR, PETSC_FALSE, h, Gh));
  OK(PetscPrintf(PETSC_COMM_WORLD, "%d plans, %d after 50 more products\n", first, planned));
  assert_int_equal(planned, first);
  OK(VecDestroy(&h));
  OK(VecDestroy(&Gh));
  OK(HypKineticDestroy(&K));
  OK(HypSpaceDestroy(&space));
  OK(HypModelDestroy(&model));
}

int main(int argc, char **argv)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_plans)};
  int                     failed;

  OK(SlepcInitialize(&argc, &argv, NULL, NULL));
  failed = cmocka_run_group_tests(tests, NULL, NULL);
  failed += TestUnread();
  OK(SlepcFinalize());
  return failed;
}
