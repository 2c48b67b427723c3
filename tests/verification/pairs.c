/* Pairs of paths with the same noise approach each other as fast as the certificate says, up to
   the error of a step, which has its order. */
#include "support.h"
#include <hypoco/sampler.h>
#include <math.h>

static const PetscReal Amplitude = 0.3;

static PetscErrorCode Sine(PetscInt d, const PetscReal theta[], PetscReal eps[], void *ctx)
{
  PetscFunctionBeginUser;
  (void)ctx;
  for (PetscInt i = 0; i < d; i++) eps[i] = Amplitude * PetscSinReal(theta[(i + 1) % d]);
  PetscFunctionReturn(0);
}

static HypPairResult Run(HypModelType type, PetscInt d, PetscReal gamma, PetscReal amplitude,
                         PetscReal factor, PetscInt pairs, PetscReal step)
{
  const PetscReal       omega[] = {1, 1};
  const HypPairSettings s       = {
          .pairs = pairs, .steps = (PetscInt)round(6 / step), .step = step, .seed = 3};
  HypContraction c;
  HypPairResult  found;
  HypModel       model;

  OK(HypModelCreate(PETSC_COMM_WORLD, &model));
  OK(HypModelSetType(model, type));
  OK(HypModelSetParameters(model, d, 1, gamma, 1));
  if (amplitude > 0) OK(HypModelSetPerturbation(model, Sine, NULL, NULL));
  OK(HypContractionBall(d, omega, gamma, 0, amplitude, &c));
  c.mu *= factor;
  OK(HypPairsRun(PETSC_COMM_WORLD, model, &c, &s, &found));
  OK(HypContractionDestroy(&c));
  OK(HypModelDestroy(&model));
  return found;
}

/* 1e5 pairs of four kinds, none beyond the error of a step: |I + hJ + h^2 J^2/2 - e^{hJ}| < h^3/6
   a step, h^2 after the time 6 */
static void test_never_faster_apart(void **state)
{
  const PetscReal step = 0.02;

  (void)state;
  for (PetscInt k = 0; k < 4; k++) {
    const HypPairResult r =
      Run(k % 2 ? HYP_MOMENTUM : HYP_ASGD, 1 + k / 2, k == 3 ? 3 : 1, Amplitude, 1, 25000, step);

    assert_true(r.worst <= 1 + 2 * step * step && r.end < 1);
  }
}

/* eps = 0: |z - z'|_P e^{mu t} is constant under-damped, so that all that is seen is the error of
   the steps, of order 2.  At gamma = 1.9 a
   step is too long, |1 + z + z^2/2| > |e^z|; at gamma = 1 it would be too short and show nothing */
static void test_order(void **state)
{
  const PetscReal coarse = Run(HYP_ASGD, 1, 1.9, 0, 1, 200, 0.1).worst - 1,
                  fine   = Run(HYP_ASGD, 1, 1.9, 0, 1, 200, 0.05).worst - 1;

  (void)state;
  assert_true(coarse > 1e-5);
  assert_float_equal(log2(coarse / fine), 2, 0.6);
}

/* A rate of 1.01 mu is found out */
static void test_falsified(void **state)
{
  (void)state;
  assert_true(Run(HYP_ASGD, 1, 1, 0, 1.01, 200, 0.02).worst > 1.025);
}

int main(int argc, char **argv)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_never_faster_apart),
    cmocka_unit_test(test_order),
    cmocka_unit_test(test_falsified),
  };
  int failed;

  if (SlepcInitialize(&argc, &argv, NULL, NULL)) return 1;
  failed = cmocka_run_group_tests(tests, NULL, NULL);
  failed += TestUnread();
  if (SlepcFinalize()) return 1;
  return failed;
}
