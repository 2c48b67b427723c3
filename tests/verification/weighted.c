/*
   Axes with a weight e^{-W} of their own, W = beta U(q/sqrt(beta)): a 1 = 0, a^T the adjoint,
   masses that sum to 1, and the
   leading eigenvalues of the kinetic equation in a double well and in a periodic potential,
   against values computed
   independently to ten digits.
   -potential well|wave, -beta, -gamma, -type, -n, -v_n, -tolerance
*/
#include "support.h"
#include <hypoco/spectrum.h>

typedef struct {
  PetscBool well;
  PetscReal beta;
} Potential;

typedef struct {
  PetscBool well;
  PetscReal beta, gamma, real, imag;
} Known;

static const Known table[] = {{PETSC_FALSE, 1, 0.5, -0.4703312281, 0.8355602028},
                              {PETSC_FALSE, 1, 1, -0.7117305674, 0.7340464503},
                              {PETSC_FALSE, 1, 2, -0.5623888070, 0},
                              {PETSC_FALSE, 1, 5, -0.2322726354, 0},
                              {PETSC_TRUE, 1, 0.5, -0.5462627365, 1.1443147696},
                              {PETSC_TRUE, 1, 1, -0.7180964054, 0},
                              {PETSC_TRUE, 1, 2, -0.4069955512, 0},
                              {PETSC_TRUE, 1, 5, -0.1590278200, 0},
                              {PETSC_TRUE, 10, 0.5, -0.0265807838, 0},
                              {PETSC_TRUE, 10, 1, -0.0225192120, 0},
                              {PETSC_TRUE, 10, 2, -0.0146154323, 0},
                              {PETSC_TRUE, 10, 5, -0.0065390772, 0}};

static Potential potential;
static char      type[32] = HYPAXISFV;
static PetscInt  nx = 64, nv = 64;

static PetscErrorCode W(PetscReal X, PetscReal *value, void *ctx)
{
  const Potential *p = (Potential *)ctx;
  const PetscReal  q = X / PetscSqrtReal(p->beta);

  PetscFunctionBeginUser;
  *value = p->beta * (p->well ? -q * q / 2 + PetscPowRealInt(q, 4) / 4 : 1 - PetscCosReal(q));
  PetscFunctionReturn(0);
}

static void CreateX(PetscInt n, PetscReal stabilisation, HypAxis *x)
{
  OK(HypAxisCreate(PETSC_COMM_WORLD, type, x));
  OK(HypAxisSetSize(*x, n));
  OK(HypAxisSetStabilisation(*x, stabilisation));
  OK(HypAxisSetPotential(*x, W, &potential));
  if (!potential.well) OK(HypAxisSetPeriod(*x, 2 * PETSC_PI * PetscSqrtReal(potential.beta)));
  OK(HypAxisSetUp(*x));
}

/* The leading eigenvalue other than 0 */
static void Leading(PetscReal gamma, PetscInt n, PetscReal stabilisation, PetscReal *real,
                    PetscReal *imag)
{
  HypModel    model;
  HypSpace    space;
  HypKinetic  K;
  HypAxis     x, v;
  HypSpectrum spectrum;

  OK(HypModelCreate(PETSC_COMM_WORLD, &model));
  OK(HypModelSetParameters(model, 1, 1, gamma, potential.beta));
  OK(HypSpaceCreate(model, HYPSPACETENSOR, &space));
  CreateX(n, stabilisation, &x);
  OK(HypAxisCreate(PETSC_COMM_WORLD, strcmp(type, HYPAXISFV) ? HYPAXISHERMITE : HYPAXISFV, &v));
  OK(HypAxisSetSize(v, strcmp(type, HYPAXISFV) ? nv : n));
  OK(HypAxisSetUp(v));
  OK(HypSpaceSetAxes(space, x, v));
  OK(HypSpaceSetUp(space));
  OK(HypKineticCreate(space, HYP_ASSEMBLED, &K));
  OK(HypSpectrumCompute(K, 4, &spectrum));
  *real = spectrum.real[1];
  *imag = PetscAbsReal(spectrum.imag[1]);
  OK(HypSpectrumDestroy(&spectrum));
  OK(HypKineticDestroy(&K));
  OK(HypSpaceDestroy(&space));
  OK(HypModelDestroy(&model));
}

static void test_axis(void **state)
{
  HypAxis            x;
  PetscInt           rows, n;
  PetscScalar       *a, *adjoint;
  const PetscScalar *one;
  PetscReal          worst = 0, norm = 0, mass = 0;

  (void)state;
  CreateX(nx, 0.1, &x);
  n   = HypAxisGetSize(x);
  one = HypAxisGetOne(x);
  OK(HypAxisMatrix(x, HYP_LOWER, &rows, &a));
  OK(HypAxisMatrix(x, HYP_RAISE, &rows, &adjoint));
  for (PetscInt k = 0; k < n; k++) {
    PetscReal sum = 0;

    for (PetscInt l = 0; l < n; l++) {
      sum += a[k * n + l] * one[l];
      norm  = PetscMax(norm, PetscAbsReal(a[k * n + l]));
      worst = PetscMax(worst, PetscAbsReal(a[k * n + l] - adjoint[l * n + k]));
    }
    worst = PetscMax(worst, PetscAbsReal(sum));
  }
  assert_small(worst, 1e-13, norm);
  for (PetscInt k = 0; k < HypAxisGetNodeCount(x); k++) mass += HypAxisGetWeights(x)[k];
  assert_small(mass - 1, 1e-13, 1);
  OK(PetscFree(a));
  OK(PetscFree(adjoint));
  OK(HypAxisDestroy(&x));
}

/* To the tolerance where the axis is spectral;
   on fv of second order, with nothing spurious in front */
static void test_spectrum(void **state)
{
  const PetscBool fv        = strcmp(type, HYPAXISFV) ? PETSC_FALSE : PETSC_TRUE;
  PetscReal       tolerance = 1e-8;
  PetscInt        seen      = 0;

  (void)state;
  OK(PetscOptionsGetReal(NULL, NULL, "-tolerance", &tolerance, NULL));
  for (size_t k = 0; k < sizeof(table) / sizeof(table[0]); k++) {
    PetscReal real[2], imag[2], error[2];

    if (table[k].well != potential.well || table[k].beta != potential.beta) continue;
    seen++;
    for (int fine = 0; fine < (fv ? 2 : 1); fine++) {
      Leading(table[k].gamma, (1 + fine) * nx, 0.1, &real[fine], &imag[fine]);
      error[fine] = hypot(real[fine] - table[k].real, imag[fine] - table[k].imag);
      OK(PetscPrintf(PETSC_COMM_WORLD, "gamma %g: %.10f +- %.10fi, error %.2e\n",
                     (double)table[k].gamma, (double)real[fine], (double)imag[fine],
                     (double)error[fine]));
    }
    assert_small(error[fv ? 1 : 0], tolerance, 1);
    if (fv) assert_true(error[0] / error[1] > 3 && error[0] / error[1] < 5);
  }
  assert_int_equal(seen, 4);
}

/* Without the dissipation of the fv axis, a checkerboard in x leads; without fv there is none */
static void test_spurious(void **state)
{
  PetscReal with, without, imag;

  (void)state;
  if (strcmp(type, HYPAXISFV) || potential.beta != 1) skip();
  Leading(2, nx, 0.1, &with, &imag);
  Leading(2, nx, 0, &without, &imag);
  OK(PetscPrintf(PETSC_COMM_WORLD, "gamma 2: %.4f with the cure, %.4f without\n", (double)with,
                 (double)without));
  assert_true(without > with + 0.1);
}

/* For the normal law the polynomials are the Hermite polynomials */
static void test_hermite(void **state)
{
  const char *const types[] = {HYPAXISPOLYNOMIAL, HYPAXISHERMITE};
  const PetscInt    n       = 24;
  PetscScalar      *a[2], *nodes[2], worst = 0;
  PetscInt          rows;
  HypAxis           axis[2];

  (void)state;
  for (int k = 0; k < 2; k++) {
    OK(HypAxisCreate(PETSC_COMM_WORLD, types[k], &axis[k]));
    OK(HypAxisSetSize(axis[k], n));
    OK(HypAxisSetUp(axis[k]));
    OK(HypAxisMatrix(axis[k], HYP_LOWER, &rows, &a[k]));
    OK(HypAxisMatrix(axis[k], HYP_TO_NODES, &rows, &nodes[k]));
  }
  assert_int_equal(rows, 2 * n);
  for (PetscInt k = 0; k < n * n; k++) worst = PetscMax(worst, PetscAbsReal(a[0][k] - a[1][k]));
  for (PetscInt k = 0; k < rows * n; k++)
    worst = PetscMax(worst, PetscAbsReal(nodes[0][k] - nodes[1][k]));
  assert_small(worst, 1e-10, 1);
  for (int k = 0; k < 2; k++) {
    OK(PetscFree(a[k]));
    OK(PetscFree(nodes[k]));
    OK(HypAxisDestroy(&axis[k]));
  }
}

static PetscErrorCode Free(PetscReal q, PetscReal *value, void *ctx)
{
  PetscFunctionBeginUser;
  (void)ctx;
  *value = 30 * PetscCosReal(q);
  PetscFunctionReturn(0);
}

/* A weight that is not integrable, a period that is none */
static void test_refused(void **state)
{
  const char *const types[] = {HYPAXISFV, HYPAXISPOLYNOMIAL, HYPAXISFOURIER, HYPAXISHERMITE};
  HypAxis           axis;

  (void)state;
  OK(PetscPushErrorHandler(PetscIgnoreErrorHandler, NULL));
  for (int k = 0; k < 5; k++) {
    OK(HypAxisCreate(PETSC_COMM_WORLD, k < 4 ? types[k] : HYPAXISFOURIER, &axis));
    OK(HypAxisSetPotential(axis, Free, NULL));
    if (k == 4) OK(HypAxisSetPeriod(axis, 3));
    assert_int_not_equal(HypAxisSetUp(axis), 0);
    OK(HypAxisDestroy(&axis));
  }
  OK(PetscPopErrorHandler());
}

int main(int argc, char **argv)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_axis), cmocka_unit_test(test_spectrum), cmocka_unit_test(test_spurious),
    cmocka_unit_test(test_hermite), cmocka_unit_test(test_refused)};
  char which[8] = "well";
  int  failed;

  OK(SlepcInitialize(&argc, &argv, NULL, NULL));
  OK(PetscOptionsGetString(NULL, NULL, "-potential", which, sizeof(which), NULL));
  OK(PetscOptionsGetString(NULL, NULL, "-type", type, sizeof(type), NULL));
  potential = (Potential){(PetscBool)!strcmp(which, "well"), 1};
  OK(PetscOptionsGetReal(NULL, NULL, "-beta", &potential.beta, NULL));
  OK(PetscOptionsGetInt(NULL, NULL, "-n", &nx, NULL));
  OK(PetscOptionsGetInt(NULL, NULL, "-v_n", &nv, NULL));
  failed = cmocka_run_group_tests(tests, NULL, NULL);
  failed += TestUnread();
  OK(SlepcFinalize());
  return failed;
}
