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

/* The square of an integral of |h| has overtones, which the three terms of ||h||^2 miss */
static void test_overtones(void **state)
{
  enum { N = 141 };
  PetscReal t[N], norm2[N], tv2[N];
  HypFit    square, plain, fit;

  (void)state;
  for (PetscInt k = 0; k < N; k++) {
    const PetscReal phase = 0.88 * (t[k] = 0.1 * (PetscReal)k), e = PetscExpReal(-1.3 * t[k]);

    norm2[k] = e * (1 + 0.5 * PetscCosReal(2 * phase + 1));
    tv2[k]   = e * (1 + 0.51 * PetscCosReal(2 * phase) + 0.03 * PetscCosReal(4 * phase + 1) +
                  0.0035 * PetscCosReal(6 * phase + 2));
  }
  OK(HypFitRate(N, t, norm2, &square));
  OK(HypFitRate(N, t, tv2, &plain));
  OK(HypFitVariation(N, t, tv2, &square, &fit));
  print_message("rate .65: %g +- %g, without overtones %g\n", fit.rate, fit.error, plain.rate);
  assert_true(PetscAbsReal(fit.rate - 0.65) < 1e-7 && fit.error < 1e-5);
  assert_true(!(PetscAbsReal(plain.rate - 0.65) < 1e-4));
  assert_true(PetscAbsReal(fit.frequency - 0.88) < 1e-5);
  /* where ||h||^2 knows no frequency, both are the same */
  square.form = HYP_FIT_NONE;
  OK(HypFitVariation(N, t, tv2, &square, &fit));
  assert_true(fit.rate == plain.rate && fit.error == plain.error);
}

int main(int argc, char **argv)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_tables_do_not_cancel),
                                     cmocka_unit_test(test_overtones)};
  int                     failed;

  if (SlepcInitialize(&argc, &argv, NULL, NULL)) return 1;
  failed = cmocka_run_group_tests(tests, NULL, NULL);
  failed += TestUnread();
  if (SlepcFinalize()) return 1;
  return failed;
}
