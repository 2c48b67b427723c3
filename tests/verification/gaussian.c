/* Case B1: Gaussian data with eps = 0 against the exact solution - L1 error, order, norms, H. */
#include "support.h"
#include "exact.h"
#include <hypoco/time.h>

static const Gaussian2 start = {{1, 0.5}, {{0.5, 0}, {0, 0.5}}};

typedef struct {
  HypKinetic  K;
  HypLyapunov lyapunov;
  Gaussian2   start;
  PetscReal   norm2, H, grad_x2, worst_norm2,
    worst_H; /* at the end; largest relative errors over all outputs */
} Run;

static PetscErrorCode Output(PetscInt k, PetscReal t, Vec h, void *ctx)
{
  Run            *run   = (Run *)ctx;
  HypModel        model = HypKineticGetModel(run->K);
  const Gaussian2 g = ExactGaussian(HypModelOmegas(model)[0], HypModelGamma(model), t, run->start);
  HypFunctionals  f;
  double          G[2][2], H;

  PetscFunctionBeginUser;
  PetscCall(HypFunctionalsCompute(run->K, &run->lyapunov, h, &f));
  ExactGradients(g, G);
  H = HypModelBetas(model)[0] *
      (PetscSqr(HypModelOmegas(model)[0]) * G[0][0] + run->lyapunov.C * G[1][1] +
       2 * run->lyapunov.Chat * HypModelOmegas(model)[0] * G[0][1]);
  run->norm2 = f.norm2;
  run->H     = f.H;
  if (k == 0)
    PetscFunctionReturn(
      0); /* at t = 0 the error is the data's projection onto the space, not the solver's */
  run->worst_norm2 = PetscMax(run->worst_norm2, PetscAbsReal(f.norm2 / ExactNorm2(g) - 1));
  run->worst_H     = PetscMax(run->worst_H, PetscAbsReal(f.H / H - 1));
  PetscFunctionReturn(0);
}

/* Relative L1 error of g at time t on the space's grid */
static PetscReal L1Error(HypSpace space, PetscReal t, Vec h)
{
  const Gaussian2 g     = ExactGaussian(HypModelOmegas(HypSpaceGetModel(space))[0],
                                        HypModelGamma(HypSpaceGetModel(space)), t, start);
  PetscReal       error = 0, total = 0, *values;

  OK(PetscMalloc1(HypSpaceGetGrid(space)->nX * HypSpaceGetGrid(space)->nV, &values));
  OK(VecAXPY(h, 1, HypSpaceGetOne(space)));
  OK(HypSpaceMarginal(space, 0, h, HypSpaceGetGrid(space)->nX, HypSpaceGetGrid(space)->X,
                      HypSpaceGetGrid(space)->nV, HypSpaceGetGrid(space)->V, values));
  for (PetscInt k = 1; k < HypSpaceGetGrid(space)->nV - 1; k++) {
    for (PetscInt j = 1; j < HypSpaceGetGrid(space)->nX - 1; j++) {
      const PetscReal X = HypSpaceGetGrid(space)->X[j], V = HypSpaceGetGrid(space)->V[k],
                      cell = (HypSpaceGetGrid(space)->X[j + 1] - HypSpaceGetGrid(space)->X[j - 1]) *
                             (HypSpaceGetGrid(space)->V[k + 1] - HypSpaceGetGrid(space)->V[k - 1]) /
                             4;

      total += cell * ExactDensity(g, X, V);
      error += cell * PetscAbsReal(values[k * HypSpaceGetGrid(space)->nX + j] *
                                     HypNormalDensity(X) * HypNormalDensity(V) -
                                   ExactDensity(g, X, V));
    }
  }
  OK(PetscFree(values));
  return error / total;
}

/* -x_n and -v_n */
static void Sizes(PetscInt n[2])
{
  n[0] = n[1] = 0;
  OK(PetscOptionsGetInt(NULL, NULL, "-x_n", &n[0], NULL));
  OK(PetscOptionsGetInt(NULL, NULL, "-v_n", &n[1], NULL));
}

/* Cells whose width varies smoothly by a factor of three: q = 7 (s - .15 sin(pi s)) */
static void GradedSpace(HypModel model, PetscReal stabilisation, PetscInt factor, HypSpace *space)
{
  HypAxis  axes[2];
  PetscInt n[2];

  Sizes(n);
  OK(HypSpaceCreate(model, HYPSPACETENSOR, space));
  for (int c = 0; c < 2; c++) {
    const PetscInt cells = n[c] * factor;
    PetscReal     *faces;

    OK(PetscMalloc1(cells + 1, &faces));
    for (PetscInt k = 0; k <= cells; k++) {
      const PetscReal s = 2 * (PetscReal)k / (PetscReal)cells - 1;

      faces[k] = 7 * (s - 0.15 * PetscSinReal(PETSC_PI * s));
    }
    OK(HypAxisCreate(PETSC_COMM_WORLD, HYPAXISFV, &axes[c]));
    OK(HypAxisSetStabilisation(axes[c], stabilisation));
    OK(HypAxisSetFaces(axes[c], cells + 1, faces));
    OK(HypAxisSetUp(axes[c]));
    OK(PetscFree(faces));
  }
  OK(HypSpaceSetAxes(*space, axes[0], axes[1]));
  OK(HypSpaceSetUp(*space));
}

/* The space of the options with `factor` times the points on each axis */
static void RefinedSpace(HypModel model, PetscReal stabilisation, PetscInt factor, HypSpace *space)
{
  static const char *const keys[2] = {"-x_n", "-v_n"};
  char                     number[32];
  PetscInt                 n[2];

  Sizes(n);
  for (int c = 0; c < 2 && n[c]; c++) {
    OK(PetscSNPrintf(number, sizeof(number), "%d", (int)(n[c] * factor)));
    OK(PetscOptionsSetValue(NULL, keys[c], number));
  }
  TestSpace(model, stabilisation, space);
  for (int c = 0; c < 2 && n[c]; c++) {
    OK(PetscSNPrintf(number, sizeof(number), "%d", (int)n[c]));
    OK(PetscOptionsSetValue(NULL, keys[c], number));
  }
}

/* Runs B1 to T = 2 on the space of the arguments with n replaced by n*factor (fv axes),
   optionally graded */
static PetscReal Solve(PetscInt factor, PetscBool graded, PetscInt nout, const char *step, Run *run)
{
  const PetscReal T = 2;
  PetscReal      *times, error, stabilisation = 0.1;
  HypModel        model;
  HypSpace        space;
  HypEvolution    evolution;
  TS              ts;
  Vec             h;

  OK(PetscOptionsGetReal(NULL, NULL, "-stabilisation", &stabilisation, NULL));
  TestModel(&model);
  if (graded)
    GradedSpace(model, stabilisation, factor, &space);
  else
    RefinedSpace(model, stabilisation, factor, &space);
  OK(PetscMemzero(run, sizeof(*run)));
  OK(HypKineticCreate(space, HypSpaceTakesAxes(space) ? HYP_MATRIX_FREE : HYP_ASSEMBLED, &run->K));
  OK(HypModelLyapunov(model, 0.1, &run->lyapunov));
  run->start = start;
  OK(HypSpaceCreateVec(space, &h));
  OK(HypSpaceGaussian(space, start.m, &start.S[0][0], h));
  OK(VecAXPY(h, -1, HypSpaceGetOne(space)));
  OK(PetscMalloc1(nout + 1, &times));
  for (PetscInt k = 0; k <= nout; k++) times[k] = T * (PetscReal)k / (PetscReal)nout;
  OK(HypEvolutionCreate(run->K, &evolution));
  OK(HypEvolutionSetOutputs(evolution, nout + 1, times, Output, run));
  OK(HypEvolutionGetTS(evolution, &ts));
  OK(PetscOptionsSetValue(NULL, "-ts_exponential_tolerance", step));
  OK(HypEvolutionSetUp(evolution, h));
  OK(HypEvolutionSolve(evolution, h));
  error = L1Error(space, T, h);
  OK(PetscPrintf(PETSC_COMM_WORLD,
                 "%d unknowns%s: L1 error %.3e, ||h||^2 = %.10f, worst relative error of ||h||^2 "
                 "%.2e, of H %.2e\n",
                 (int)HypSpaceGetSize(space), graded ? ", graded" : "", (double)error,
                 (double)run->norm2, (double)run->worst_norm2, (double)run->worst_H));
  OK(PetscFree(times));
  OK(HypEvolutionDestroy(&evolution));
  OK(VecDestroy(&h));
  OK(HypKineticDestroy(&run->K));
  OK(HypSpaceDestroy(&space));
  OK(HypModelDestroy(&model));
  return error;
}

/* -l1 TOLERANCE, -norm TOLERANCE (relative, ||h||^2 and H at every output) */
static void test_errors(void **state)
{
  PetscReal l1, norm, error;
  PetscBool set;
  Run       run;

  (void)state;
  error = Solve(1, PETSC_FALSE, 50, "1e-13", &run);
  OK(PetscOptionsGetReal(NULL, NULL, "-l1", &l1, &set));
  if (set) assert_small(error, l1, 1);
  OK(PetscOptionsGetReal(NULL, NULL, "-norm", &norm, &set));
  if (!set) return;
  assert_small(run.worst_norm2, norm, 1);
  assert_small(run.worst_H, norm, 1);
  assert_small(run.norm2 - 0.4701913, 1e-6 + norm, 1);
}

static void test_order(void **state)
{
  PetscReal order, coarse, fine;
  PetscBool set;
  Run       run;

  (void)state;
  OK(PetscOptionsGetReal(NULL, NULL, "-order", &order, &set));
  if (!set) skip();
  for (PetscBool graded = PETSC_FALSE; graded <= PETSC_TRUE; graded++) {
    coarse = Solve(1, graded, 2, "1e-9", &run);
    fine   = Solve(2, graded, 2, "1e-9", &run);
    OK(PetscPrintf(PETSC_COMM_WORLD, "observed order %.3f\n",
                   (double)(PetscLogReal(coarse / fine) / PetscLogReal(2))));
    assert_true(PetscLogReal(coarse / fine) / PetscLogReal(2) >= order);
  }
}

/* The exponential integrator is exact in time:
   another tolerance and other outputs change nothing */
static void test_step_independence(void **state)
{
  PetscReal tolerance, one;
  PetscBool set;
  Run       run;

  (void)state;
  OK(PetscOptionsGetReal(NULL, NULL, "-steps", &tolerance, &set));
  if (!set) skip();
  Solve(1, PETSC_FALSE, 50, "1e-13", &run);
  one = run.norm2;
  Solve(1, PETSC_FALSE, 7, "1e-15", &run);
  assert_small(run.norm2 / one - 1, tolerance, 1);
}

int main(int argc, char **argv)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_errors), cmocka_unit_test(test_order),
                                     cmocka_unit_test(test_step_independence)};
  int                     failed;

  OK(SlepcInitialize(&argc, &argv, NULL, NULL));
  failed = cmocka_run_group_tests(tests, NULL, NULL);
  failed += TestUnread();
  OK(SlepcFinalize());
  return failed;
}
