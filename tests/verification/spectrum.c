/* Leading eigenvalues against closed forms (eps = 0) and against values known
   to 8 digits (eps != 0). */
#include "support.h"
#include <hypoco/spectrum.h>

/* eps of the published cases: 1: .5 sin theta;  2:
   (.3 sin theta1 cos theta2, .2 sin(theta1 + theta2)) */
static PetscErrorCode Case(PetscInt d, const PetscReal theta[], PetscReal eps[], void *ctx)
{
  PetscFunctionBeginUser;
  (void)ctx;
  if (d == 1)
    eps[0] = 0.5 * PetscSinReal(theta[0]);
  else {
    eps[0] = 0.3 * PetscSinReal(theta[0]) * PetscCosReal(theta[1]);
    eps[1] = 0.2 * PetscSinReal(theta[0] + theta[1]);
    if (d > 2) eps[2] = 0.1 * PetscSinReal(theta[2] + theta[0]);
  }
  PetscFunctionReturn(0);
}

static void Compute(PetscBool perturbed, HypForm form, PetscInt count, HypModel *model,
                    HypSpectrum *spectrum)
{
  HypSpace   space;
  HypKinetic K;

  TestModel(model);
  if (perturbed) OK(HypModelSetPerturbation(*model, Case, NULL, NULL));
  TestSpace(*model, 0.1, &space);
  OK(HypKineticCreate(space, form, &K));
  OK(HypSpectrumCompute(K, count, spectrum));
  for (PetscInt k = 0; k < spectrum->n; k++)
    OK(PetscPrintf(PETSC_COMM_WORLD, "%3d %18.13f %18.13f %.1e\n", (int)k,
                   (double)spectrum->real[k], (double)spectrum->imag[k],
                   (double)spectrum->residual[k]));
  OK(HypKineticDestroy(&K));
  OK(HypSpaceDestroy(&space));
}

/* eps = 0: every computed eigenvalue is one of the closed form,
   and every one of that clearly above the cut is found with all its copies */
static void test_closed_form(void **state)
{
  enum { MORE = 80 };
  PetscReal   tolerance = 1e-11, real[200], imag[200];
  PetscInt    count     = 20;
  PetscBool   perturbed = PETSC_FALSE, assembled = PETSC_FALSE;
  HypModel    model;
  HypSpectrum s;

  (void)state;
  OK(PetscOptionsGetBool(NULL, NULL, "-perturbed", &perturbed, NULL));
  OK(PetscOptionsHasName(NULL, NULL, "-gap", &assembled));
  if (perturbed || assembled) skip();
  OK(PetscOptionsGetReal(NULL, NULL, "-tolerance", &tolerance, NULL));
  OK(PetscOptionsGetInt(NULL, NULL, "-count", &count, NULL));
  OK(PetscOptionsGetBool(NULL, NULL, "-assembled", &assembled, NULL));
  Compute(PETSC_FALSE, assembled ? HYP_ASSEMBLED : HYP_MATRIX_FREE, count, &model, &s);
  OK(HypSpectrumExact(model, count + MORE, real, imag));
  assert_int_equal(s.n, count);
  for (PetscInt k = 0; k < count; k++) {
    PetscReal best = PETSC_INFINITY;

    for (PetscInt j = 0; j < count + MORE; j++)
      best = PetscMin(best, hypot(s.real[k] - real[j], s.imag[k] - imag[j]));
    assert_small(best, tolerance, 1);
  }
  for (PetscInt k = 0; k < count + MORE && real[k] > s.real[count - 1] + 1e-3; k++) {
    PetscInt here = 0, there = 0;

    for (PetscInt j = 0; j < count; j++)
      here += hypot(real[k] - s.real[j], imag[k] - s.imag[j]) < 1e-3;
    for (PetscInt j = 0; j < count + MORE; j++)
      there += hypot(real[k] - real[j], imag[k] - imag[j]) < 1e-3;
    assert_int_equal(here, there);
  }
  OK(HypSpectrumDestroy(&s));
  OK(HypModelDestroy(&model));
}

/*
   eps != 0: leading pairs known to 8 (d = 1) and 7 (d = 2) digits,
   in d = 3 those of degree 8 to 12,
   to -tolerance; residuals of all.
   d = 2, 3 by a second method: tests/verification/coupled_value.py.
*/
static void test_perturbed(void **state)
{
  static const PetscReal one[][2]          = {{-0.50514925, 0.97083001}},
                         two[][2]          = {{-0.500173176115, 0.881505769882},
                                              {-0.502202692252, 0.889283415411}},
                         three[][2]        = {{-0.500160791084, 0.874002176126},
                                              {-0.500168599906, 0.881492811835},
                                              {-0.502188026679, 0.889227412869}};
  static const PetscReal *const known[][3] = {
    {one[0]}, {two[0], two[1]}, {three[0], three[1], three[2]}};
  PetscReal   tolerance = 1e-8, residual = 1e-9;
  PetscInt    d         = 1;
  PetscBool   perturbed = PETSC_FALSE, assembled = PETSC_FALSE;
  HypModel    model;
  HypSpectrum s;

  (void)state;
  OK(PetscOptionsGetBool(NULL, NULL, "-perturbed", &perturbed, NULL));
  if (!perturbed) skip();
  OK(PetscOptionsGetInt(NULL, NULL, "-d", &d, NULL));
  OK(PetscOptionsGetReal(NULL, NULL, "-tolerance", &tolerance, NULL));
  OK(PetscOptionsGetReal(NULL, NULL, "-residual", &residual, NULL));
  OK(PetscOptionsGetBool(NULL, NULL, "-assembled", &assembled, NULL));
  Compute(PETSC_TRUE, assembled ? HYP_ASSEMBLED : HYP_MATRIX_FREE, d == 3 ? 7 : 6, &model, &s);
  for (PetscInt k = 0; k < s.n; k++) assert_small(s.residual[k], residual, 1);
  assert_small(s.real[0], 1e-10, 1);
  for (PetscInt k = 0; k < HypModelDimension(model); k++) {
    const PetscReal *expected = known[HypModelDimension(model) - 1][k];

    for (PetscInt j = 0; j < 2; j++) {
      assert_small(s.real[1 + 2 * k + j] - expected[0], tolerance, 1);
      assert_small(PetscAbsReal(s.imag[1 + 2 * k + j]) - expected[1], tolerance, 1);
    }
  }
  OK(HypSpectrumDestroy(&s));
  OK(HypModelDestroy(&model));
}

/* No spurious slow mode: the gap is the physical one, and nothing but 0 lies to the right of it */
static void test_gap(void **state)
{
  PetscReal   tolerance;
  PetscBool   set;
  HypModel    model;
  HypLyapunov lyapunov;
  HypSpectrum s;

  (void)state;
  OK(PetscOptionsGetReal(NULL, NULL, "-gap", &tolerance, &set));
  if (!set) skip();
  Compute(PETSC_FALSE, HYP_ASSEMBLED, 4, &model, &s);
  OK(HypModelLyapunov(model, 0.1, &lyapunov));
  assert_small(s.real[0], 1e-8, 1);
  assert_small(s.gap - lyapunov.mu_proved, tolerance, 1);
  OK(HypSpectrumDestroy(&s));
  OK(HypModelDestroy(&model));
}

int main(int argc, char **argv)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_closed_form),
                                     cmocka_unit_test(test_perturbed), cmocka_unit_test(test_gap)};
  int                     failed;

  OK(SlepcInitialize(&argc, &argv, NULL, NULL));
  failed = cmocka_run_group_tests(tests, NULL, NULL);
  failed += TestUnread();
  OK(SlepcFinalize());
  return failed;
}
