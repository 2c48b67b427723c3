/* The rate from a fit and a spectrum: which errors its bars add. */
#include "support.h"
#include <hypoco/audit.h>
#include <math.h>

/* Space and table move a fit in opposite directions, so that both together do not move it:
   its bar holds what each of them does */
static void test_tables_do_not_cancel(void **state)
{
  PetscReal         real[] = {0, -0.5}, imag[] = {0, 0}, residual[] = {0, 0}, error[] = {0, 0.02};
  PetscReal         tables[] = {0, 0.01};
  const HypFit      fit      = {.form = HYP_FIT_EXPONENTIAL, .rate = 0.5, .from = 1, .to = 9};
  const HypSpectrum spectrum = {.n        = 2,
                                .real     = real,
                                .imag     = imag,
                                .residual = residual,
                                .error    = error,
                                .tables   = tables,
                                .gap      = 0.5};
  HypSpectrum       plain    = spectrum;
  HypRateEstimate   with, without;

  (void)state;
  plain.tables = NULL;
  OK(HypRateEstimateCompute(&fit, NULL, &fit, &spectrum, NULL, &with));
  OK(HypRateEstimateCompute(&fit, NULL, &fit, &plain, NULL, &without));
  assert_float_equal(with.fit_error - without.fit_error, 0.01, 1e-12);
  assert_true(with.agree && with.error >= 0.01 && without.error < 1e-9);
}

int main(int argc, char **argv)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_tables_do_not_cancel)};
  int                     failed;

  if (SlepcInitialize(&argc, &argv, NULL, NULL)) return 1;
  failed = cmocka_run_group_tests(tests, NULL, NULL);
  failed += TestUnread();
  if (SlepcFinalize()) return 1;
  return failed;
}
