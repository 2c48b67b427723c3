/* Whoever uses the library keeps the error handler of GSL that was set:
   it is switched off inside only. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <gsl/gsl_errno.h>
#include <hypoco/moments.h>
#include <math.h>

static void Own(const char *reason, const char *file, int line, int error)
{
  (void)reason, (void)file, (void)line, (void)error;
}

static void test_handler_stays(void **state)
{
  PetscReal rate;
  double    re, im;

  (void)state;
  (void)gsl_set_error_handler(Own);
  assert_int_equal(HypLambertW0(-2, &re, &im), 0);
  assert_ptr_equal(gsl_set_error_handler(Own), Own);
  assert_int_equal(HypDelayDiscreteRate(0.1, 2, &rate), 0);
  assert_ptr_equal(gsl_set_error_handler(Own), Own);
  assert_int_equal(
    HypAsgdSquareRate(&(HypAlgorithm){.eta = 0.1, .kappa = 0.5, .curvature = 1}, &rate), 0);
  assert_ptr_equal(gsl_set_error_handler(Own), Own);
  assert_true(isfinite(re) && isfinite(im) && isfinite(rate));
}

int main(int argc, char **argv)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_handler_stays)};
  int                     failed;

  if (PetscInitialize(&argc, &argv, NULL, NULL)) return 1;
  failed = cmocka_run_group_tests(tests, NULL, NULL);
  return PetscFinalize() ? 1 : failed;
}
