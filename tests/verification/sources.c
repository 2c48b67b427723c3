/*
   The same eps = 0.5 sin theta as formula, loss, named loss, table, C function and shared object:
   the same spectrum.
   The bar of a table, from a coarser space with every second point, covers what the table costs.
*/
#include "support.h"
#include <hypoco/spectrum.h>

static PetscErrorCode Sine(PetscInt d, const PetscReal theta[], PetscReal eps[], void *ctx)
{
  PetscFunctionBeginUser;
  (void)ctx;
  for (PetscInt i = 0; i < d; i++) eps[i] = 0.5 * PetscSinReal(theta[i]);
  PetscFunctionReturn(0);
}

/* The leading pair of the model's equation and, if asked for, its distance to that of the coarser
   space and to that of thinned tables there, added */
static void Leading(HypModel model, PetscReal pair[2], PetscReal *bar)
{
  HypSpace    space, coarse;
  HypKinetic  K, coarseK;
  HypSpectrum s, t;

  OK(HypSpaceCreate(model, HYPSPACESIMPLEX, &space));
  OK(HypSpaceSetDegree(space, 32));
  OK(HypSpaceSetUp(space));
  OK(HypKineticCreate(space, HYP_ASSEMBLED, &K));
  if (bar) {
    OK(HypSpectrumCoarsen(K));
    OK(HypKineticCreateCoarser(K, &coarse, &coarseK));
    OK(HypSpectrumComputeOnTwo(K, coarseK, 4, &s, &t));
    *bar = s.refined[1];
    OK(HypSpectrumDestroy(&t));
    OK(HypKineticDestroy(&coarseK));
    OK(HypSpaceDestroy(&coarse));
  } else {
    OK(HypSpectrumCompute(K, 4, &s));
  }
  pair[0] = s.real[1];
  pair[1] = PetscAbsReal(s.imag[1]);
  OK(HypSpectrumDestroy(&s));
  OK(HypKineticDestroy(&K));
  OK(HypSpaceDestroy(&space));
}

static PetscReal Distance(const PetscReal a[2], const PetscReal b[2])
{
  return hypot(a[0] - b[0], a[1] - b[1]);
}

/* The C function's pair: what the others are compared with */
static void Reference(PetscReal pair[2])
{
  HypModel model;

  OK(HypModelCreate(PETSC_COMM_WORLD, &model));
  OK(HypModelSetPerturbation(model, Sine, NULL, NULL));
  Leading(model, pair, NULL);
  OK(HypModelDestroy(&model));
}

static void test_formulas(void **state)
{
  static const struct {
    HypFormulas kind;
    const char *text;
  } cases[]                  = {{HYP_FORMULA_EPSILON, "0.5*sin(theta)"},
                                {HYP_FORMULA_GRADIENT, "theta1 + 0.5*sin(theta1)"},
                                {HYP_FORMULA_LOSS, "theta^2/2 - 0.5*cos(theta)"}};
  const char *const gradient = cases[1].text;
  PetscReal         wanted[2], found[2];

  (void)state;
  Reference(wanted);
  for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
    HypModel model;

    OK(HypModelCreate(PETSC_COMM_WORLD, &model));
    OK(HypModelSetFormulas(model, cases[k].kind, &cases[k].text, 1));
    Leading(model, found, NULL);
    assert_small(Distance(found, wanted), 1e-12, 1);
    if (cases[k].kind == HYP_FORMULA_LOSS) /* and its gradient beside it */
      OK(HypModelSetLossGradient(model, &gradient));
    Leading(model, found, NULL);
    assert_small(Distance(found, wanted), 1e-12, 1);
    OK(HypModelDestroy(&model));
  }
}

static void test_library(void **state)
{
  char      path[PETSC_MAX_PATH_LEN];
  PetscReal wanted[2], found[2];
  HypModel  model;

  (void)state;
  OK(PetscOptionsGetString(NULL, NULL, "-library", path, sizeof(path), NULL));
  Reference(wanted);
  OK(HypModelCreate(PETSC_COMM_WORLD, &model));
  OK(HypModelSetLibrary(model, path, 1));
  Leading(model, found, NULL);
  assert_small(Distance(found, wanted), 1e-14, 1);
  OK(HypModelDestroy(&model));
}

/* A table of eps, or of the loss, on [-8, 8]; noise of a standard deviation */
static void Table(HypFormulas kind, PetscInt n, PetscReal noise, unsigned seed,
                  const char interpolation[], PetscReal pair[2], PetscReal *bar)
{
  static const char *const path = "sine.csv";
  FILE                    *file = fopen(path, "w");
  HypModel                 model;

  srand(seed);
  fprintf(file, "theta,value\r\n");
  for (PetscInt k = 0; k < n; k++) {
    const PetscReal theta  = -8 + 16 * (PetscReal)k / (PetscReal)(n - 1);
    PetscReal       normal = 0;

    for (PetscInt j = 0; j < 12; j++) normal += rand() / (PetscReal)RAND_MAX - 0.5;
    fprintf(file, "%.17g,%.17g\r\n", (double)theta,
            (double)(kind == HYP_FORMULA_EPSILON ? 0.5 * PetscSinReal(theta)
                                                 : theta * theta / 2 - 0.5 * PetscCosReal(theta)) +
              noise * normal);
  }
  fclose(file);
  OK(HypModelCreate(PETSC_COMM_WORLD, &model));
  OK(HypModelSetTables(model, kind, &path, interpolation, "linear", 1));
  Leading(model, pair, bar);
  OK(HypModelDestroy(&model));
}

static void test_tables(void **state)
{
  static const struct {
    HypFormulas kind;
    const char *interpolation;
    PetscReal   tolerance;
  } cases[] = {{HYP_FORMULA_EPSILON, "spline", 1e-6},
               {HYP_FORMULA_EPSILON, "akima", 1e-5},
               {HYP_FORMULA_EPSILON, "monotone", 1e-3},
               {HYP_FORMULA_EPSILON, "linear", 1e-3},
               {HYP_FORMULA_LOSS, "spline", 1e-6}};
  PetscReal wanted[2], found[2], bar;

  (void)state;
  Reference(wanted);
  for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
    Table(cases[k].kind, 200, 0, 1, cases[k].interpolation, found, &bar);
    OK(PetscPrintf(PETSC_COMM_WORLD, "%s %-9s error %.1e of the gap, %.1e of the pair, bar %.1e\n",
                   cases[k].kind == HYP_FORMULA_LOSS ? "loss" : "eps ", cases[k].interpolation,
                   (double)PetscAbsReal(found[0] - wanted[0]), (double)Distance(found, wanted),
                   (double)bar));
    assert_small(PetscAbsReal(found[0] - wanted[0]), cases[k].tolerance, 1);
    assert_true(Distance(found, wanted) < bar);
    assert_true(bar < 1000 * cases[k].tolerance);
  }
}

/* Points with noise, twenty times for each: the bar covers the error.  For forty points it is no
   larger than the noise; for two hundred, where they are smooth but for a little noise, neither */
static void test_noisy(void **state)
{
  static const struct {
    PetscInt  n;
    PetscReal noise, largest;
  } cases[] = {{40, 1e-3, 3e-3}, {200, 1e-6, 1e-5}, {200, 1e-9, 3e-7}};
  PetscReal wanted[2], found[2], bar;

  (void)state;
  Reference(wanted);
  for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
    PetscReal worst = 0, widest = 0;

    for (unsigned seed = 1; seed <= (k ? 5 : 20); seed++) {
      Table(HYP_FORMULA_EPSILON, cases[k].n, cases[k].noise, seed, "spline", found, &bar);
      worst  = PetscMax(worst, Distance(found, wanted) / bar);
      widest = PetscMax(widest, bar);
      assert_true(Distance(found, wanted) < bar);
    }
    OK(PetscPrintf(PETSC_COMM_WORLD,
                   "%3" PetscInt_FMT " points with noise %.0e: error at most %.2f of its bar, bar "
                   "at most %.1e\n",
                   cases[k].n, (double)cases[k].noise, (double)worst, (double)widest));
    assert_true(widest < cases[k].largest);
  }
}

/* Derivatives of the model: a formula's, a table's and a C function's agree;
   the loss of two variables has a Hessian */
static void test_derivatives(void **state)
{
  static const char *const        text   = "theta1^2 + theta2^2/2 + 0.3*cos(theta1*theta2)",
                           *const sine[] = {"0.5*sin(theta)"};
  const PetscReal theta[] = {0.4, -1.1}, x = theta[0], y = theta[1], s = sin(x * y), c = cos(x * y);
  const PetscReal wanted[] = {2 - .3 * y * y * c - 1, -.3 * (s + x * y * c), -.3 * (s + x * y * c),
                              1 - .3 * x * x * c - 1};
  PetscReal       J[4], exact, numerical;
  HypModel        model;

  (void)state;
  OK(HypModelCreate(PETSC_COMM_WORLD, &model));
  OK(HypModelSetParameters(model, 2, 1, 1, 1));
  OK(HypModelSetFormulas(model, HYP_FORMULA_LOSS, &text, 1));
  OK(HypModelPerturbationMany(model, 1, 1, theta, J));
  for (PetscInt e = 0; e < 4; e++) assert_small(J[e] - wanted[e], 1e-15, 1);
  OK(HypModelSetParameters(model, 1, 1, 1, 1));
  for (PetscInt order = 0; order <= 2; order++) {
    OK(HypModelSetFormulas(model, HYP_FORMULA_EPSILON, sine, 1));
    OK(HypModelPerturbationMany(model, order, 1, theta, &exact));
    OK(HypModelSetPerturbation(model, Sine, NULL, NULL));
    OK(HypModelPerturbationMany(model, order, 1, theta, &numerical));
    assert_small(exact - numerical, order == 2 ? 1e-8 : 1e-11, 1);
  }
  OK(HypModelDestroy(&model));
}

int main(int argc, char **argv)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_formulas),    cmocka_unit_test(test_library),
    cmocka_unit_test(test_tables),      cmocka_unit_test(test_noisy),
    cmocka_unit_test(test_derivatives),
  };

  int failed;

  OK(SlepcInitialize(&argc, &argv, NULL, NULL));
  failed = cmocka_run_group_tests(tests, NULL, NULL);
  failed += TestUnread();
  OK(SlepcFinalize());
  return failed;
}
