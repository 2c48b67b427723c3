/* Do the intervals that sample, compare and recorded runs print cover the truth in 95 of 100 runs?
   Of 400 intervals that do, the share has a standard deviation of .011: .93 to .97.
   Fewer seeds widen the band as their square root says; the quick half in CTest has fewer:

     build-tests/tests/verification/test-verification-coverage -seeds 400

   E theta, E theta^2 and quantiles: mean_square.c.  Distances W2: laws.c. */
#include "support.h"
#include <gsl/gsl_randist.h>
#include <hypoco/moments.h>
#include <hypoco/sampler.h>
#include <math.h>
#include <string.h>

static PetscInt seeds = 400;

typedef struct {
  PetscInt printed, covers;
} Count;

static void Judge(PetscReal truth, PetscReal low, PetscReal high, Count *count)
{
  if (PetscIsNanReal(low)) return;
  count->printed++;
  count->covers += low <= truth && truth <= high;
}

/* exact: not a set of whole numbers, which covers more */
static void Covers(const char *what, Count count, PetscBool exact)
{
  const PetscReal share = (PetscReal)count.covers / (PetscReal)PetscMax(count.printed, 1),
                  band  = 0.02 * PetscSqrtReal(400. / (PetscReal)seeds);

  print_message("%s: %d of %d intervals cover, %.3f\n", what, (int)count.covers, (int)count.printed,
                (double)share);
  if (2 * count.printed < seeds || share < 0.95 - band || (exact && share > 0.95 + band))
    fail_msg("%s: .95 +- %.3f of %d intervals are to cover", what, (double)band, (int)seeds);
}

/* A run of one of the four models of a recorded run, its mean at 0.3, from there */
static void Simulate(gsl_rng *random, const char *model, PetscReal e, PetscReal s, PetscInt n,
                     PetscReal *x)
{
  x[0] = 0.3;
  for (PetscInt j = 0; j + 1 < n; j++) {
    PetscInt late = 0;

    if (!strcmp(model, "asgd"))
      late = (PetscInt)(PetscLogReal(gsl_rng_uniform_pos(random)) / PetscLogReal(s));
    if (!strcmp(model, "delay")) late = (PetscInt)s;
    x[j + 1] = x[j] - e * (x[PetscMax(0, j - late)] - 0.3) + gsl_ran_gaussian_ziggurat(random, 0.1);
    if (!strcmp(model, "momentum") && j) x[j + 1] += s * (x[j] - x[j - 1]);
  }
}

static void Trace(int model, PetscReal e, PetscReal s, PetscInt n)
{
  const char *name     = HypTraceModelNames[model];
  Count       count[2] = {{0, 0}, {0, 0}};
  gsl_rng    *random   = gsl_rng_alloc(gsl_rng_taus2);
  PetscReal  *x;
  HypTraceFit fits[HYP_TRACE_MODELS];
  char        what[128];

  gsl_rng_set(random, 17);
  OK(PetscMalloc1(n, &x));
  for (PetscInt seed = 0; seed < seeds; seed++) {
    const HypTraceFit *fit = &fits[model];

    Simulate(random, name, e, s, n, x);
    OK(HypTraceFitModels(n, 1, x, fits));
    Judge(e, fit->e_low, fit->e_high, &count[0]);
    Judge(s, fit->staleness_low, fit->staleness_high, &count[1]);
  }
  OK(PetscFree(x));
  gsl_rng_free(random);
  snprintf(what, sizeof(what), "%s, e = %g, %g, %d steps: e", name, (double)e, (double)s, (int)n);
  Covers(what, count[0], PETSC_TRUE);
  if (model) Covers("  its staleness, delay or momentum", count[1], (PetscBool)(model != 2));
}

static void test_trace(void **state)
{
  (void)state;
  Trace(0, 0.06, 0, 3000);
  Trace(1, 0.06, 0.8, 3000);
  Trace(2, 0.06, 4, 3000);
  Trace(3, 0.06, 0.8, 2200);
  if (seeds < 400) return;
  Trace(0, 0.02, 0, 9000);
  Trace(1, 0.02, 0.95, 8000);
  Trace(1, 0.06, 0.95, 8000);
  Trace(2, 0.02, 12, 8000);
  Trace(3, 0.02, 0.95, 7000);
}

/* A run that is too short says so */
static void test_short(void **state)
{
  gsl_rng    *random = gsl_rng_alloc(gsl_rng_taus2);
  PetscReal   x[1000];
  HypTraceFit fits[HYP_TRACE_MODELS];

  (void)state;
  Simulate(random, "asgd", 0.02, 0.95, 1000, x);
  OK(HypTraceFitModels(1000, 1, x, fits));
  assert_true(PetscIsNanReal(fits[1].e_low) && PetscIsNanReal(fits[1].staleness_high));
  assert_true(PetscIsNanReal(fits[1].e_error) && PetscIsNanReal(fits[1].staleness_error));
  assert_true(fits[1].e > 0);
  gsl_rng_free(random);
}

/* E f of a quadratic loss, against its exact E theta^2 */
static void test_loss(void **state)
{
  const PetscReal   a = 1, slopes[] = {1, -1}, start = 1;
  HypSampleSettings settings;
  Count             count = {0, 0};
  HypLoss           loss;

  (void)state;
  OK(HypLossCreateQuadratic(1, 2, &a, slopes, &loss));
  HypSampleSettingsDefault(&settings);
  settings.eta   = 0.3;
  settings.kappa = 0.5;
  settings.paths = 1000;
  settings.steps = settings.every = 60;
  settings.start                  = &start;
  settings.follow_loss            = PETSC_TRUE;
  for (settings.seed = 1; settings.seed <= (uint64_t)seeds; settings.seed++) {
    HypSampler      sampler;
    HypSampleResult result;

    OK(HypSamplerCreate(PETSC_COMM_SELF, &settings, loss, &sampler));
    OK(HypSamplerRun(sampler, &result));
    Judge(result.exact[3] / 2, result.loss[3] - result.loss[5], result.loss[3] + result.loss[5],
          &count);
    OK(HypSampleResultDestroy(&result));
    OK(HypSamplerDestroy(&sampler));
  }
  OK(HypLossDestroy(&loss));
  Covers("E f", count, PETSC_TRUE);
}

/* What a model changes of a rate: blocks of paths whose means are e^{-(r + dr) t} cos((w + dw) t)
   and noise with a memory */
static void Shift(PetscReal w, HypFitForm form)
{
  enum { TIMES = 100, BLOCKS = 20 };
  const PetscReal r = 0.45, dr = 0.004, dw = w > 0 ? -0.01 : 0;
  const HypFit    reference = {.form = form, .rate = r, .frequency = w};
  gsl_rng        *random    = gsl_rng_alloc(gsl_rng_taus2);
  Count           count     = {0, 0};
  PetscReal       t[TIMES], y[TIMES], paths[BLOCKS], mean[BLOCKS * TIMES];

  gsl_rng_set(random, 3);
  for (PetscInt k = 0; k < TIMES; k++) {
    t[k] = 0.1 * (PetscReal)k;
    y[k] = PetscExpReal(-r * t[k]) * PetscCosReal(w * t[k]);
  }
  for (PetscInt seed = 0; seed < seeds; seed++) {
    PetscInt window = -1;
    HypBar   shift;

    for (PetscInt b = 0; b < BLOCKS; b++) {
      PetscReal noise = 0;

      paths[b] = b % 2 ? 100 : 120;
      for (PetscInt k = 0; k < TIMES; k++) {
        noise               = 0.9 * noise + gsl_ran_gaussian_ziggurat(random, 0.02);
        mean[b * TIMES + k] = PetscExpReal(-(r + dr) * t[k]) * PetscCosReal((w + dw) * t[k]) +
                              noise * PetscExpReal(-r * t[k]);
      }
    }
    OK(HypFitShift(&reference, TIMES, t, y, &(HypBlocks){BLOCKS, paths, mean}, &window, &shift));
    Judge(dr, shift.value - shift.error, shift.value + shift.error, &count);
  }
  gsl_rng_free(random);
  Covers("change of a rate", count, PETSC_TRUE);
}

static void test_shift(void **state)
{
  (void)state;
  Shift(1.3, HYP_FIT_OSCILLATING);
  Shift(0, HYP_FIT_EXPONENTIAL);
}

int main(int argc, char **argv)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_trace), cmocka_unit_test(test_short),
                                     cmocka_unit_test(test_loss), cmocka_unit_test(test_shift)};
  int                     failed;

  if (PetscInitialize(&argc, &argv, NULL, NULL)) return 1;
  if (PetscOptionsGetInt(NULL, NULL, "-seeds", &seeds, NULL)) return 1;
  failed = cmocka_run_group_tests(tests, NULL, NULL);
  if (PetscFinalize()) return 1;
  return failed;
}
