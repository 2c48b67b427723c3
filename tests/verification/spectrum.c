/* Leading eigenvalues against closed forms (eps = 0) and against values known to 8 digits (eps != 0). */
#include "support.h"
#include <hypoco/spectrum.h>

/* eps of the published cases: 1: .5 sin theta;  2: (.3 sin theta1 cos theta2, .2 sin(theta1 + theta2)) */
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

static void Compute(PetscBool perturbed, HypForm form, PetscInt count, HypModel *model, HypSpectrum *spectrum)
{
  HypSpace   space;
  HypKinetic K;

  TestModel(model);
  if (perturbed) OK(HypModelSetPerturbation(*model, Case, NULL, NULL));
  TestSpace(*model, 0.1, &space);
  OK(HypKineticCreate(space, form, &K));
  OK(HypSpectrumCompute(K, count, spectrum));
  for (PetscInt k = 0; k < spectrum->n; k++)
    OK(PetscPrintf(PETSC_COMM_WORLD, "%3d %18.13f %18.13f %.1e\n", (int)k, (double)spectrum->real[k], (double)spectrum->imag[k],
                   (double)spectrum->residual[k]));
  OK(HypKineticDestroy(&K));
  OK(HypSpaceDestroy(&space));
}

static void test_closed_form(void **state)
{
  PetscReal   tolerance = 1e-11, real[64], imag[64];
  PetscInt    count     = 20;
  PetscBool   perturbed = PETSC_FALSE, assembled = PETSC_FALSE;
  HypModel    model;
  HypSpectrum s;

  (void)state;
  OK(PetscOptionsGetBool(NULL, NULL, "-perturbed", &perturbed, NULL));
  if (perturbed) skip();
  OK(PetscOptionsGetReal(NULL, NULL, "-tolerance", &tolerance, NULL));
  OK(PetscOptionsGetInt(NULL, NULL, "-count", &count, NULL));
  OK(PetscOptionsGetBool(NULL, NULL, "-assembled", &assembled, NULL));

  Compute(PETSC_FALSE, assembled ? HYP_ASSEMBLED : HYP_MATRIX_FREE, count, &model, &s);
  OK(HypSpectrumExact(model, count, real, imag));
  assert_int_equal(s.n, count);
  for (PetscInt k = 0; k < count; k++) {
    /* within a cluster of equal real parts the order is not the point: the nearest of the same cluster */
    PetscReal best = PETSC_INFINITY;

    for (PetscInt j = 0; j < count; j++) best = PetscMin(best, hypot(s.real[k] - real[j], s.imag[k] - imag[j]));
    assert_small(best, tolerance, 1);
    best = PETSC_INFINITY;
    for (PetscInt j = 0; j < count; j++) best = PetscMin(best, hypot(s.real[j] - real[k], s.imag[j] - imag[k]));
    if (k < count - 10) assert_small(best, tolerance, 1);
  }
  OK(HypSpectrumDestroy(&s));
  OK(HypModelDestroy(&model));
}

int main(int argc, char **argv)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_closed_form)};
  int                     failed;

  OK(SlepcInitialize(&argc, &argv, NULL, NULL));
  failed = cmocka_run_group_tests(tests, NULL, NULL);
  OK(SlepcFinalize());
  return failed;
}
