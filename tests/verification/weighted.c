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

/* A model of the potentials texts[0..d), each with omega and beta of its own, and its operator */
static void Sum(PetscInt d, const char *const texts[], const PetscReal omega[],
                const PetscReal beta[], HypModel *model, HypSpace *space, HypKinetic *K)
{
  const PetscInt sizes[2] = {strcmp(type, HYPAXISFOURIER) ? 8 : 7, 6};
  HypAxis        axis[3];

  OK(HypModelCreate(PETSC_COMM_WORLD, model));
  OK(HypModelSetType(*model, HYP_MOMENTUM));
  OK(HypModelSetCoordinates(*model, d, 1.3, omega, beta, NULL));
  OK(HypModelSetPotential(*model, d, texts));
  OK(HypSpaceCreate(*model, HYPSPACETENSOR, space));
  for (PetscInt i = 0; i <= d; i++) {
    OK(HypAxisCreate(PETSC_COMM_WORLD,
                     i < d                     ? type
                     : strcmp(type, HYPAXISFV) ? HYPAXISHERMITE
                                               : HYPAXISFV,
                     &axis[i]));
    OK(HypAxisSetSize(axis[i], sizes[i == d]));
    if (i == d) continue;
    OK(HypAxisSetPotential(axis[i], HypModelScaledPotential, HypModelGetPotential(*model, i)));
    if (!strcmp(type, HYPAXISFV)) OK(HypAxisSetWidth(axis[i], 3.5));
    if (!potential.well) OK(HypAxisSetPeriod(axis[i], 2 * PETSC_PI));
    OK(HypAxisSetUp(axis[i]));
  }
  OK(HypAxisSetUp(axis[d]));
  OK(HypSpaceSetAxes(*space, axis[0], axis[d]));
  for (PetscInt i = 1; i < d; i++) OK(HypSpaceSetAxis(*space, i, axis[i]));
  OK(HypSpaceSetUp(*space));
  OK(HypKineticCreate(*space, HYP_MATRIX_FREE, K));
}

/* w[v2][v1][x2][x1] = a[v1][x1] b[v2][x2] */
static void Product(PetscInt nx, PetscInt nv, Vec a, Vec b, PetscReal s, Vec w)
{
  const PetscScalar *pa, *pb;
  PetscScalar       *pw;

  OK(VecGetArrayRead(a, &pa));
  OK(VecGetArrayRead(b, &pb));
  OK(VecGetArray(w, &pw));
  for (PetscInt e = 0; e < nx * nx * nv * nv; e++) {
    const PetscInt x1 = e % nx, x2 = e / nx % nx, v1 = e / (nx * nx) % nv, v2 = e / (nx * nx * nv);

    pw[e] += s * pa[v1 * nx + x1] * pb[v2 * nx + x2];
  }
  OK(VecRestoreArray(w, &pw));
  OK(VecRestoreArrayRead(b, &pb));
  OK(VecRestoreArrayRead(a, &pa));
}

/*
   U_1 + U_2, on axes with weights of their own: the generator on a product of functions of one
   coordinate each is (G_1 a) b + a (G_2 b), both operators made for one coordinate alone;
   matrix-free (fused on fv), by the list of terms, and assembled.
*/
static void test_sum(void **state)
{
  const char *const texts[] = {potential.well ? "theta^4/4 - theta^2/2" : "1 - cos(theta)",
                               potential.well ? "theta^2/2 + 0.1*theta^4" : "0.7*sin(2*theta)"};
  const PetscReal omega[] = {1, potential.well ? 1.2 : 0.5}, beta[] = {1, potential.well ? 0.8 : 4};
  HypModel        model[3];
  HypSpace        space[3];
  HypKinetic      K[3];
  Vec             u[2], Gu[2], w, expected, found;
  PetscReal       norm, error, mass[2];
  PetscRandom     random;
  Mat             G;
  PetscInt        nx, nv;

  (void)state;
  OK(PetscRandomCreate(PETSC_COMM_WORLD, &random));
  for (PetscInt i = 0; i < 2; i++) {
    Sum(1, &texts[i], &omega[i], &beta[i], &model[i], &space[i], &K[i]);
    OK(HypSpaceCreateVec(space[i], &u[i]));
    OK(VecDuplicate(u[i], &Gu[i]));
    OK(VecSetRandom(u[i], random));
    OK(HypKineticApply(K[i], HYP_GENERATOR, PETSC_FALSE, u[i], Gu[i]));
    OK(VecDot(HypSpaceGetOne(space[i]), u[i], &mass[i]));
  }
  Sum(2, texts, omega, beta, &model[2], &space[2], &K[2]);
  assert_true(HypModelPotentialsDiffer(model[2]));
  nv = 6;
  nx = HypSpaceGetSize(space[0]) / nv;
  OK(HypSpaceCreateVec(space[2], &w));
  OK(VecDuplicate(w, &expected));
  OK(VecDuplicate(w, &found));
  Product(nx, nv, u[0], u[1], 1, w);
  Product(nx, nv, Gu[0], u[1], 1, expected);
  Product(nx, nv, u[0], Gu[1], 1, expected);
  OK(VecNorm(expected, NORM_2, &norm));
  OK(HypKineticCreateMat(K[2], HYP_GENERATOR, &G));
  for (int way = 0; way < 3; way++) {
    OK(way == 0   ? HypKineticApply(K[2], HYP_GENERATOR, PETSC_FALSE, w, found)
       : way == 1 ? HypKineticReference(K[2], HYP_GENERATOR, PETSC_FALSE, w, found)
                  : MatMult(G, w, found));
    OK(VecAXPY(found, -1, expected));
    OK(VecNorm(found, NORM_2, &error));
    assert_small(error, 1e-13, norm);
  }
  OK(VecDot(HypSpaceGetOne(space[2]), w, &error));
  assert_small(error - mass[0] * mass[1], 1e-13, 1 + PetscAbsReal(error));
  OK(MatDestroy(&G));
  OK(PetscRandomDestroy(&random));
  OK(VecDestroy(&w));
  OK(VecDestroy(&expected));
  OK(VecDestroy(&found));
  for (int i = 0; i < 3; i++) {
    if (i < 2) OK(VecDestroy(&u[i]));
    if (i < 2) OK(VecDestroy(&Gu[i]));
    OK(HypKineticDestroy(&K[i]));
    OK(HypSpaceDestroy(&space[i]));
    OK(HypModelDestroy(&model[i]));
  }
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
    cmocka_unit_test(test_axis),     cmocka_unit_test(test_spectrum),
    cmocka_unit_test(test_spurious), cmocka_unit_test(test_hermite),
    cmocka_unit_test(test_refused),  cmocka_unit_test(test_sum)};
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
