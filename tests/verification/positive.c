/*
   Positive fluxes of fv x fv: what is added is symmetric, <= 0 and has 1 in its kernel,
   the operator without a matrix is the assembled one,
   no entry beside the diagonal is negative, F > 0,
   and the gap of the kinetic equation in a double well f = theta^4/4 - theta^2/2 is the independent
   one when two resolutions are extrapolated with the order 1.
   TestModel's arguments; -reference: another Gaussian than M, for d = 1; -well: the gap instead
*/
#include "support.h"
#include <hypoco/spectrum.h>

static PetscErrorCode Well(PetscInt d, const PetscReal theta[], PetscReal eps[], void *ctx)
{
  PetscFunctionBeginUser;
  (void)ctx;
  for (PetscInt i = 0; i < d; i++) eps[i] = PetscPowRealInt(theta[i], 3) - 2 * theta[i];
  PetscFunctionReturn(0);
}

static void Space(HypModel model, PetscInt n, PetscReal width, HypSpace *space)
{
  HypAxis axis[2];

  OK(HypSpaceCreate(model, HYPSPACETENSOR, space));
  for (int c = 0; c < 2; c++) {
    OK(HypAxisCreate(PETSC_COMM_WORLD, HYPAXISFV, &axis[c]));
    OK(HypAxisSetSize(axis[c], n - c));
    OK(HypAxisSetWidth(axis[c], width));
    if (!c) OK(HypAxisSetStabilisation(axis[c], 0));
    OK(HypAxisSetUp(axis[c]));
  }
  OK(HypSpaceSetAxes(*space, axis[0], axis[1]));
  OK(HypSpaceSetPositive(*space, PETSC_TRUE));
  OK(HypSpaceSetUp(*space));
}

/* Nothing but the diagonal is negative beside a matrix of that norm */
static void CheckNoNegative(Mat G, PetscReal norm)
{
  PetscInt first, last;

  OK(MatGetOwnershipRange(G, &first, &last));
  for (PetscInt row = first; row < last; row++) {
    PetscInt           count;
    const PetscInt    *columns;
    const PetscScalar *values;

    OK(MatGetRow(G, row, &count, &columns, &values));
    for (PetscInt k = 0; k < count; k++)
      if (columns[k] != row && values[k] < -1e-12 * norm)
        fail_msg("entry %d, %d is %g", (int)row, (int)columns[k], values[k]);
    OK(MatRestoreRow(G, row, &count, &columns, &values));
  }
}

static void test_matrix(void **state)
{
  PetscInt   n = 11;
  HypModel   model;
  HypSpace   space;
  HypKinetic K, shell;
  HypSteady  steady;
  Mat        G, P;
  Vec        u, v, w;
  PetscReal  norm, least, width;
  PetscInt   local;
  PetscBool  symmetric, reference;

  (void)state;
  TestModel(&model);
  OK(PetscOptionsGetReal(NULL, NULL, "-reference", &width, &reference));
  if (reference) OK(HypModelSetReference(model, (const PetscReal[]){width, width / 2}));
  if (HypModelDimension(model) > 1) n = 6;
  Space(model, n, 5, &space);
  OK(HypSpacePositive(space, &P));
  OK(MatIsSymmetric(P, 1e-13, &symmetric));
  assert_true(symmetric);
  OK(HypSpaceCreateVec(space, &u));
  OK(VecDuplicate(u, &v));
  OK(VecDuplicate(u, &w));
  OK(MatNorm(P, NORM_FROBENIUS, &norm));
  assert_true(norm > 1); /* something is added */
  OK(MatMult(P, HypSpaceGetOne(space), u));
  OK(VecNorm(u, NORM_2, &least));
  assert_small(least, 1e-13, norm);
  OK(HypKineticCreate(space, HYP_ASSEMBLED, &K));
  OK(HypKineticCreate(space, HYP_MATRIX_FREE, &shell));
  OK(HypKineticCreateMat(K, HYP_GENERATOR, &G));
  OK(VecSetRandom(u, NULL));
  OK(MatMult(G, u, v));
  OK(HypKineticApply(shell, HYP_GENERATOR, PETSC_FALSE, u, w));
  OK(VecAXPY(w, -1, v));
  OK(VecNorm(v, NORM_2, &norm));
  OK(VecNorm(w, NORM_2, &least));
  assert_small(least, 1e-13, norm);
  CheckNoNegative(G, norm);
  OK(HypSteadyCompute(K, &steady));
  OK(VecGetLocalSize(steady.f, &local));
  OK(VecMin(steady.f, NULL, &least));
  assert_true(local >= 0 && least > 0);
  OK(HypSteadyDestroy(&steady));
  OK(MatDestroy(&G));
  OK(MatDestroy(&P));
  OK(VecDestroy(&u));
  OK(VecDestroy(&v));
  OK(VecDestroy(&w));
  OK(HypKineticDestroy(&K));
  OK(HypKineticDestroy(&shell));
  OK(HypSpaceDestroy(&space));
  OK(HypModelDestroy(&model));
}

static PetscReal Gap(HypModel model, PetscInt n)
{
  HypSpace    space;
  HypKinetic  K;
  HypSpectrum spectrum;
  PetscReal   gap;

  Space(model, n, 5, &space);
  OK(HypKineticCreate(space, HYP_ASSEMBLED, &K));
  OK(HypSpectrumCompute(K, 3, &spectrum));
  assert_small(spectrum.real[0], 1e-9, 1);
  gap = spectrum.gap;
  OK(HypSpectrumDestroy(&spectrum));
  OK(HypKineticDestroy(&K));
  OK(HypSpaceDestroy(&space));
  return gap;
}

/* What `spectrum` prints, on spaces where the order is not yet seen */
static void Covers(HypModel model, PetscInt n, PetscReal truth)
{
  HypSpace    space, coarse;
  HypKinetic  K, coarseK;
  HypSpectrum fine, other;

  Space(model, n, 5, &space);
  OK(HypKineticCreate(space, HYP_ASSEMBLED, &K));
  OK(HypKineticCreateCoarser(K, &coarse, &coarseK));
  OK(HypSpectrumComputeOnTwo(K, coarseK, 3, &fine, &other));
  if (!(PetscAbsReal(fine.gap - truth) <= fine.error[1]))
    fail_msg("n = %d: %g +- %g", (int)n, (double)fine.gap, (double)fine.error[1]);
  OK(HypSpectrumDestroy(&fine));
  OK(HypSpectrumDestroy(&other));
  OK(HypKineticDestroy(&coarseK));
  OK(HypSpaceDestroy(&coarse));
  OK(HypKineticDestroy(&K));
  OK(HypSpaceDestroy(&space));
}

/* Many unknowns, without a matrix: products alone do not find F there */
static void Fine(HypModel model)
{
  HypSpace   space;
  HypKinetic K;
  HypSteady  steady;
  PetscReal  least;

  Space(model, 280, 6, &space);
  OK(HypKineticCreate(space, HYP_MATRIX_FREE, &K));
  OK(HypSteadyCompute(K, &steady));
  assert_true(steady.residual < 1e-10);
  OK(VecMin(steady.f, NULL, &least));
  assert_true(least > -1e-10); /* F/M itself is below rounding in corners */
  OK(HypSteadyDestroy(&steady));
  OK(HypKineticDestroy(&K));
  OK(HypSpaceDestroy(&space));
}

/* 0.3385887 by finite differences of order eight in (theta, y), scipy; noise tau = gamma = 1 */
static void test_well(void **state)
{
  HypModel  model;
  PetscReal gap[2], order1;

  (void)state;
  OK(HypModelCreate(PETSC_COMM_WORLD, &model));
  OK(HypModelSetType(model, HYP_MOMENTUM));
  OK(HypModelSetParameters(model, 1, 1, 1, 2));
  OK(HypModelSetPerturbation(model, Well, NULL, NULL));
  for (int k = 0; k < 2; k++) gap[k] = Gap(model, 64 << k);
  order1 = 2 * gap[1] - gap[0];
  print_message("gaps %.6f %.6f, extrapolated %.6f\n", gap[0], gap[1], order1);
  assert_small(order1 - 0.3385887, 0.01, 0.3385887);
  assert_true(gap[1] > 0.3385887 && gap[0] > gap[1]); /* from above: numerical diffusion */
  for (PetscInt n = 24; n <= 40; n += 8) Covers(model, n, 0.3385887);
  Fine(model);
  OK(HypModelDestroy(&model));
}

int main(int argc, char **argv)
{
  const struct CMUnitTest matrix[] = {cmocka_unit_test(test_matrix)},
                          well[]   = {cmocka_unit_test(test_well)};
  PetscBool which                  = PETSC_FALSE;
  int       failed;

  if (SlepcInitialize(&argc, &argv, NULL, NULL)) return 1;
  OK(PetscOptionsGetBool(NULL, NULL, "-well", &which, NULL));
  failed =
    which ? cmocka_run_group_tests(well, NULL, NULL) : cmocka_run_group_tests(matrix, NULL, NULL);
  if (TestUnread()) failed++;
  if (SlepcFinalize()) return 1;
  return failed;
}
