/*
   Fig. 5 (right) of An, Lu and Ying: f = 1 - e^{-(x-1)^2} - e^{-(x+1)^2} from two wells, eta = .01,
   kappa = .95, start .1.
   The fraction of paths that settle in the right well:
   .900 (algorithm), .902 (its modified equation), .875 (the equation of SGD without delay),
   each known to about .002; sampled here with 20000 paths, compared within four standard errors.
   One model per run, named by the first argument.
*/
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <hypoco/sampler.h>

#define OK(call) assert_int_equal((call), 0)

static const char *Model;

static const struct {
  const char *model;
  PetscInt    steps,
    substeps; /* until the wells have been chosen; more steps do not change the fraction */
  PetscReal fraction;
} Cases[] = {
  {"asgd", 500, 1, .900},
  {"sme-asgd", 500, 1, .902},
  {"sme-sgd", 1000, 1, .875},
};

static void test_fraction(void **state)
{
  const char *const gradient = "4*(theta+2*i-3)*exp(-(theta+2*i-3)^2)";
  const PetscReal   start    = 0.1;
  HypSampleSettings settings;
  HypSampler        sampler;
  HypSampleResult   result;
  HypLoss           loss;

  (void)state;
  OK(HypLossCreateExpression(1, 2, "1-2*exp(-(theta+2*i-3)^2)", 1, &gradient, NULL, &loss));
  OK(HypLossCheckGradient(loss, &start));
  for (size_t i = 0; i < sizeof(Cases) / sizeof(Cases[0]); i++) {
    PetscReal value, error;

    if (strcmp(Cases[i].model, Model)) continue;
    HypSampleSettingsDefault(&settings);
    settings.model    = Model;
    settings.start    = &start;
    settings.kappa    = 0.95;
    settings.paths    = 20000;
    settings.steps    = Cases[i].steps;
    settings.every    = Cases[i].steps;
    settings.substeps = Cases[i].substeps;
    OK(HypSamplerCreate(PETSC_COMM_WORLD, &settings, loss, &sampler));
    OK(HypSamplerRun(sampler, &result));
    value = HypSampleResultMean(&result, result.times - 1, 0, HYP_MEAN_POSITIVE, &error);
    print_message("%s: %.4f +- %.4f right of zero, %.3f expected\n", Model, (double)value,
                  (double)error, (double)Cases[i].fraction);
    assert_true(PetscAbsReal(value - Cases[i].fraction) < 4 * error);
    OK(HypSampleResultDestroy(&result));
    OK(HypSamplerDestroy(&sampler));
  }
  OK(HypLossDestroy(&loss));
}

int main(int argc, char **argv)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_fraction)};
  int                     failed;

  Model = argc > 1 ? argv[1] : "asgd";
  if (PetscInitialize(&argc, &argv, NULL, NULL)) return 1;
  failed = cmocka_run_group_tests(tests, NULL, NULL);
  if (PetscFinalize()) return 1;
  return failed;
}
