/*
   One solution on two spaces: the simplex function is evaluated at the grid of a tensor space
   and compared there, in the norm of L2(M).
   Gaussian data, eps from -amplitude, t = 1; -degree for the simplex, -x_... -v_...
   for the tensor, -tolerance.
*/
#include "support.h"
#include <hypoco/spectrum.h>

/* g/M at t = 1 */
static Vec Solve(HypSpace space)
{
  const PetscReal times[] = {0, 1}, m[] = {0.5, 0.2, 0.3, -0.2};
  const PetscInt  n     = 2 * HypModelDimension(HypSpaceGetModel(space));
  PetscReal       S[36] = {0};
  HypKinetic      K;
  HypEvolution    evolution;
  Vec             g;

  for (PetscInt c = 0; c < n; c++) S[c * n + c] = 0.8;
  OK(HypKineticCreate(space, HYP_MATRIX_FREE, &K));
  OK(HypSpaceCreateVec(space, &g));
  OK(HypSpaceGaussian(space, m, S, g));
  OK(HypEvolutionCreate(K, &evolution));
  OK(HypEvolutionSetOutputs(evolution, 2, times, TestNoOutput, NULL));
  OK(HypEvolutionSolve(evolution, g));
  OK(HypEvolutionDestroy(&evolution));
  OK(HypKineticDestroy(&K));
  return g;
}

static void test_same_function(void **state)
{
  PetscReal tolerance = 1e-9, *values[2];
  HypModel  model;
  HypSpace  tensor, simplex;

  const HypGrid *grid;
  PetscInt       degree, n;
  Vec            g[2];

  (void)state;
  TestModel(&model);
  TestSpace(model, 0.1, &tensor);
  OK(PetscOptionsGetInt(NULL, NULL, "-degree", &degree, NULL));
  OK(PetscOptionsGetReal(NULL, NULL, "-tolerance", &tolerance, NULL));
  OK(HypSpaceCreate(model, HYPSPACESIMPLEX, &simplex));
  OK(HypSpaceSetDegree(simplex, degree));
  OK(HypSpaceSetUp(simplex));
  g[0] = Solve(tensor);
  g[1] = Solve(simplex);
  grid = HypSpaceGetGrid(tensor);
  n    = grid->nX * grid->nV;
  OK(PetscMalloc2(n, &values[0], n, &values[1]));
  for (PetscInt i = 0; i < HypModelDimension(model); i++) {
    PetscReal difference = 0, norm = 0;

    OK(HypSpaceMarginal(tensor, i, g[0], grid->nX, grid->X, grid->nV, grid->V, values[0]));
    OK(HypSpaceMarginal(simplex, i, g[1], grid->nX, grid->X, grid->nV, grid->V, values[1]));
    for (PetscInt k = 0; k < n; k++) {
      const PetscReal M =
        HypNormalDensity(grid->X[k % grid->nX]) * HypNormalDensity(grid->V[k / grid->nX]);

      difference += M * PetscSqr(values[0][k] - values[1][k]);
      norm += M * PetscSqr(values[0][k]);
    }
    OK(PetscPrintf(PETSC_COMM_WORLD, "pair %d: relative difference %.2e\n", (int)i,
                   (double)PetscSqrtReal(difference / norm)));
    assert_small(PetscSqrtReal(difference / norm), tolerance, 1);
  }
  OK(PetscFree2(values[0], values[1]));
  for (int k = 0; k < 2; k++) OK(VecDestroy(&g[k]));
  OK(HypSpaceDestroy(&simplex));
  OK(HypSpaceDestroy(&tensor));
  OK(HypModelDestroy(&model));
}

int main(int argc, char **argv)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_same_function)};
  int                     failed;

  OK(SlepcInitialize(&argc, &argv, NULL, NULL));
  failed = cmocka_run_group_tests(tests, NULL, NULL);
  failed += TestUnread();
  OK(SlepcFinalize());
  return failed;
}
