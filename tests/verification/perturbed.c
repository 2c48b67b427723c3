/*
   Perturbations with an answer: eps linear (another omega0), eps constant (a shift), and case B3,
   eps = .2 sin theta, whose two norms at t = 2 are the digits on which the simplex space (N = 64)
   and fourier x fourier (61 x 61, 81 x 81) agree.
*/
#include "support.h"
#include <hypoco/spectrum.h>

static PetscErrorCode Linear(PetscInt d, const PetscReal theta[], PetscReal eps[], void *ctx)
{
  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < d; i++) eps[i] = *(PetscReal *)ctx * theta[i];
  PetscFunctionReturn(0);
}

static PetscErrorCode Constant(PetscInt d, const PetscReal theta[], PetscReal eps[], void *ctx)
{
  PetscFunctionBeginUser;
  (void)theta;
  for (PetscInt i = 0; i < d; i++) eps[i] = *(PetscReal *)ctx;
  PetscFunctionReturn(0);
}

static PetscErrorCode Sine(PetscInt d, const PetscReal theta[], PetscReal eps[], void *ctx)
{
  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < d; i++) eps[i] = *(PetscReal *)ctx * PetscSinReal(theta[i]);
  PetscFunctionReturn(0);
}

static void Create(HypPerturbationFn eps, PetscReal *amplitude, HypModel *model, HypSpace *space,
                   HypKinetic *K)
{
  TestModel(model);
  OK(HypModelSetPerturbation(*model, eps, amplitude, NULL));
  TestSpace(*model, 0.1, space);
  OK(HypKineticCreate(
    *space,
    HypModelDimension(*model) == 1 && !HypSpaceTakesAxes(*space) ? HYP_ASSEMBLED : HYP_MATRIX_FREE,
    K));
}

static void Destroy(HypModel *model, HypSpace *space, HypKinetic *K)
{
  OK(HypKineticDestroy(K));
  OK(HypSpaceDestroy(space));
  OK(HypModelDestroy(model));
}

/* eps = c theta: the spectrum of omega_1^2 = omega_0^2 + c, whatever M the space is built on */
static void test_linear(void **state)
{
  PetscReal   c = 0.2, real[8], imag[8];
  HypModel    model, other;
  HypSpace    space;
  HypKinetic  K;
  HypSteady   steady;
  HypSpectrum s;

  (void)state;
  Create(Linear, &c, &model, &space, &K);
  if (HypSpaceTakesAxes(space)) { /* an unbounded eps belongs to spaces without a box */
    Destroy(&model, &space, &K);
    skip();
  }
  OK(HypSpectrumCompute(K, 4, &s));
  OK(HypModelCreate(PETSC_COMM_WORLD, &other));
  OK(HypModelSetParameters(other, HypModelDimension(model),
                           PetscSqrtReal(PetscSqr(HypModelOmegas(model)[0]) + c),
                           HypModelGamma(model), HypModelBetas(model)[0]));
  OK(HypSpectrumExact(other, 4, real, imag));
  for (PetscInt k = 0; k < (HypModelDimension(model) == 1 ? 3 : 4); k++) {
    assert_small(s.real[k] - real[k], 1e-9, 1);
    if (HypModelDimension(model) == 1) assert_small(s.imag[k] - imag[k], 1e-9, 1);
  }
  OK(HypSteadyCompute(K, &steady));
  assert_small(steady.worst, 1e-10, 1);
  OK(HypSteadyDestroy(&steady));
  OK(HypSpectrumDestroy(&s));
  OK(HypModelDestroy(&other));
  Destroy(&model, &space, &K);
}

/* eps = c: theta is shifted by -c/w0^2, so F is M shifted, ||F/M||^2 = exp(|m|^2) with m its mean
   in scaled coordinates, and
   the spectrum does not move */
static void test_constant(void **state)
{
  PetscReal   c = 0.3, theta[3], y[3] = {0}, z[6], m2 = 0, real[8], imag[8];
  HypModel    model;
  HypSpace    space;
  HypKinetic  K;
  HypSteady   steady;
  HypSpectrum s;

  (void)state;
  Create(Constant, &c, &model, &space, &K);
  for (PetscInt i = 0; i < HypModelDimension(model); i++)
    theta[i] = -c / PetscSqr(HypModelOmegas(model)[0]);
  HypModelFromTheta(model, theta, y, z);
  for (PetscInt k = 0; k < 2 * HypModelDimension(model); k++) m2 += z[k] * z[k];
  OK(HypSteadyCompute(K, &steady));
  assert_small(PetscSqr(steady.norm) / PetscExpReal(m2) - 1, 1e-9, 1);
  assert_small(steady.worst, 1e-10, 1);
  OK(HypSpectrumCompute(K, 4, &s));
  OK(HypSpectrumExact(model, 4, real, imag));
  for (PetscInt k = 0; k < 3; k++) assert_small(s.real[k] - real[k], 1e-9, 1);
  OK(HypSteadyDestroy(&steady));
  OK(HypSpectrumDestroy(&s));
  Destroy(&model, &space, &K);
}

static void test_B3(void **state)
{
  const PetscReal times[]   = {0, 2};
  PetscReal       amplitude = 0.2, S[36] = {0}, m[6], norm;
  HypModel        model;
  HypSpace        space;
  HypKinetic      K;
  HypSteady       steady;
  HypEvolution    evolution;
  Vec             h;

  (void)state;
  Create(Sine, &amplitude, &model, &space, &K);
  if (HypModelDimension(model) > 1) {
    Destroy(&model, &space, &K);
    skip();
  }
  m[0] = 1;
  m[1] = 0.5;
  S[0] = S[3] = 0.5;
  OK(HypSteadyCompute(K, &steady));
  OK(HypSpaceCreateVec(space, &h));
  OK(HypSpaceGaussian(space, m, S, h));
  OK(VecAXPY(h, -1, steady.f));
  OK(HypEvolutionCreate(K, &evolution));
  OK(HypEvolutionSetOutputs(evolution, 2, times, TestNoOutput, NULL));
  OK(HypEvolutionSolve(evolution, h));
  OK(VecDot(h, h, &norm));
  OK(PetscPrintf(PETSC_COMM_WORLD, "int (g - F)^2/M = %.12f\n", (double)norm));
  assert_small(norm - 0.5029915077, 1e-9, 1);
  OK(VecAXPY(h, 1, steady.f));
  OK(VecAXPY(h, -1, HypSpaceGetOne(space)));
  OK(VecDot(h, h, &norm));
  OK(PetscPrintf(PETSC_COMM_WORLD, "int (g - M)^2/M = %.12f\n", (double)norm));
  assert_small(norm - 0.5385773315, 1e-9, 1);
  OK(HypEvolutionDestroy(&evolution));
  OK(HypSteadyDestroy(&steady));
  OK(VecDestroy(&h));
  Destroy(&model, &space, &K);
}

int main(int argc, char **argv)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_linear), cmocka_unit_test(test_constant),
                                     cmocka_unit_test(test_B3)};
  int                     failed;

  OK(SlepcInitialize(&argc, &argv, NULL, NULL));
  failed = cmocka_run_group_tests(tests, NULL, NULL);
  failed += TestUnread();
  OK(SlepcFinalize());
  return failed;
}
