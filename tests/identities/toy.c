/*
   A space that the library has never heard of: registered, it has a steady state, a spectrum,
   a coarser copy, an evolution in time and a resolution, without anything else being touched.
   It spans the functions of the simplex space, and gives its numbers.
*/
#include "support.h"
#include "toyspace.h"
#include <hypoco/resolution.h>
#include <hypoco/spectrum.h>

typedef struct {
  PetscInt  unknowns, degree;
  PetscReal gap, norm, share, reach, marginal;
  char      property[32];
} Found;

/* Everything that a run of solve and spectrum asks of a space */
static Found Investigate(HypSpace space, HypForm form)
{
  const PetscReal    times[] = {0, 1}, m[] = {0.5, 0.2}, S[] = {0.8, 0.1, 0.1, 0.7}, origin = 0;
  const HypProperty *list;
  PetscInt           n;
  HypKinetic         K;
  HypSpectrum        spectrum;
  HypSteady          steady;
  HypEvolution       evolution;
  HypResolution      resolution;
  Vec                h;
  Found found = {.unknowns = HypSpaceGetSize(space), .degree = HypSpaceGetDegree(space)};

  OK(HypKineticCreate(space, form, &K));
  OK(HypSpectrumCompute(K, 5, &spectrum));
  found.gap = spectrum.gap;
  OK(HypSteadyCompute(K, &steady));
  OK(HypSpaceCreateVec(space, &h));
  OK(HypSpaceGaussian(space, m, S, h));
  OK(VecAXPY(h, -1, steady.f));
  OK(HypEvolutionCreate(K, &evolution));
  OK(HypEvolutionSetOutputs(evolution, 2, times, TestNoOutput, NULL));
  OK(HypEvolutionSolve(evolution, h));
  OK(VecNorm(h, NORM_2, &found.norm));
  OK(HypResolutionCreate(space, &resolution));
  OK(HypResolutionShare(&resolution, h, &found.share));
  OK(HypSpaceReach(space, &found.reach));
  OK(HypSpaceMarginal(space, 0, h, 1, &origin, 1, &origin, &found.marginal));
  OK(HypSpaceGetProperties(space, &n, &list));
  assert_int_equal(n, 1);
  OK(PetscSNPrintf(found.property, sizeof(found.property), "%s_%s = %g", list->group, list->name,
                   (double)*list->values));
  OK(HypResolutionDestroy(&resolution));
  OK(HypEvolutionDestroy(&evolution));
  OK(HypSteadyDestroy(&steady));
  OK(HypSpectrumDestroy(&spectrum));
  OK(HypKineticDestroy(&K));
  OK(VecDestroy(&h));
  return found;
}

/* Degree 18 or -degree, and what a coarser copy gives */
static void Create(HypModel model, HypSpaceType type, HypSpace space[2])
{
  PetscInt degree = 18;

  OK(PetscOptionsGetInt(NULL, NULL, "-degree", &degree, NULL));
  OK(HypSpaceCreate(model, type, &space[0]));
  OK(HypSpaceSetDegree(space[0], degree));
  OK(HypSpaceSetUp(space[0]));
  OK(HypSpaceCreateCoarser(space[0], model, &space[1]));
}

static void test_toy(void **state)
{
  HypModel model;
  HypSpace toy[2], simplex[2];

  (void)state;
  OK(ToyRegister());
  TestModel(&model);
  Create(model, "toy", toy);
  Create(model, HYPSPACESIMPLEX, simplex);
  for (int k = 0; k < 2; k++) {
    for (int form = 0; form < 2; form++) {
      const Found a = Investigate(toy[k], form ? HYP_ASSEMBLED : HYP_MATRIX_FREE),
                  b = Investigate(simplex[k], form ? HYP_ASSEMBLED : HYP_MATRIX_FREE);

      OK(PetscPrintf(PETSC_COMM_WORLD, "%s: gap %.12g, ||h|| %.12g, h(0) %.12g, edge %.3e\n",
                     a.property, (double)a.gap, (double)a.norm, (double)a.marginal,
                     (double)a.share));
      assert_int_equal(a.unknowns, b.unknowns);
      assert_int_equal(a.degree, b.degree);
      assert_string_equal(a.property, b.property);
      assert_small(a.reach - b.reach, 1e-15, a.reach);
      assert_small(a.gap - b.gap, 1e-10, 1);
      assert_small(a.norm - b.norm, 1e-10, 1);
      assert_small(a.marginal - b.marginal, 1e-10, 1);
      assert_small(a.share - b.share, 1e-10, 1);
      assert_true(a.norm > 1e-3 && a.gap > 0.1); /* there is something to compare */
    }
  }
  for (int k = 0; k < 2; k++) {
    OK(HypSpaceDestroy(&toy[k]));
    OK(HypSpaceDestroy(&simplex[k]));
  }
  OK(HypModelDestroy(&model));
}

int main(int argc, char **argv)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_toy)};
  int                     failed;

  OK(SlepcInitialize(&argc, &argv, NULL, NULL));
  OK(HypTimeRegister());
  failed = cmocka_run_group_tests(tests, NULL, NULL);
  failed += TestUnread();
  OK(SlepcFinalize());
  return failed;
}
