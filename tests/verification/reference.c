/*
   The space lives in L2 of another Gaussian than M: leading eigenvalues,
   identities of F and E y^2 do
   not know of it.  Values with s = 1 and s = 1 + .3 tanh(theta)^2 are independent ones, eps = 0 has
   the closed form, and the quartic loss, whose F lies in L2 of no Gaussian,
   is held against a Markov
   chain in (theta, y), 400 x 400 states and less, extrapolated (scipy).
*/
#include "support.h"
#include <hypoco/spectrum.h>

typedef struct {
  HypModelType type;
  const char  *eps, *noise, *space;
  PetscReal    reference[2], real, imag, tolerance;
} Case;

static const Case table[] = {
  {HYP_ASGD, "0", NULL, "tensor", {1.2, 1.1}, -0.5, 0.8660254038, 1e-8},
  {HYP_ASGD, "0.3*sin(theta)", NULL, "tensor", {1.4, 1.1}, -0.5019227829, 0.9292516519, 1e-8},
  {HYP_ASGD, "0", NULL, "simplex", {1.5, 1.1}, -0.5, 0.8660254038, 1e-8},
  {HYP_ASGD, "0.3*sin(theta)", NULL, "simplex", {1.5, 1.1}, -0.5019227829, 0.9292516519, 2e-8},
  {HYP_MOMENTUM, "0", NULL, "simplex", {1.2, 1.1}, -0.5, 0.8660254038, 1e-8},
  {HYP_MOMENTUM, "0.3*sin(theta)", NULL, "simplex", {1.1, 1.1}, -0.5024479731, 0.9716306572, 1e-8},
  {HYP_MOMENTUM,
   "0.3*sin(theta)",
   "1+0.3*tanh(theta)^2",
   "tensor",
   {1.2, 1.1},
   -0.50636035,
   0.964671,
   5e-6}};

static void Axes(HypSpace space, const char *type, PetscInt n, PetscReal width)
{
  HypAxis axis[2];

  for (int c = 0; c < 2; c++) {
    OK(HypAxisCreate(PETSC_COMM_WORLD, type, &axis[c]));
    OK(HypAxisSetSize(axis[c], n));
    if (width > 0) OK(HypAxisSetWidth(axis[c], width));
    if (!c) OK(HypAxisSetStabilisation(axis[c], 0));
    OK(HypAxisSetUp(axis[c]));
  }
  OK(HypSpaceSetAxes(space, axis[0], axis[1]));
}

static void Model(const Case *p, HypModel *model)
{
  OK(HypModelCreate(PETSC_COMM_WORLD, model));
  OK(HypModelSetType(*model, p->type));
  OK(HypModelSetParameters(*model, 1, 1, 1, 1));
  if (strcmp(p->eps, "0")) OK(HypModelSetFormulas(*model, HYP_FORMULA_EPSILON, &p->eps, 1));
  if (p->noise) OK(HypModelSetNoiseFormulas(*model, 1, &p->noise));
  OK(HypModelSetReference(*model, p->reference));
}

static void test_eigenvalues(void **state)
{
  (void)state;
  for (size_t k = 0; k < sizeof(table) / sizeof(table[0]); k++) {
    const Case *p = &table[k];
    HypModel    model;
    HypSpace    space;
    HypKinetic  K;
    HypSpectrum spectrum;
    HypSteady   steady;

    Model(p, &model);
    OK(HypSpaceCreate(model, p->space, &space));
    if (HypSpaceTakesAxes(space)) Axes(space, HYPAXISHERMITE, 24, 0);
    if (HypSpaceTakesDegree(space)) OK(HypSpaceSetDegree(space, 28));
    OK(HypSpaceSetUp(space));
    OK(HypKineticCreate(space, HYP_MATRIX_FREE, &K));
    OK(HypSpectrumCompute(K, 3, &spectrum));
    print_message("case %d: %.10f %.10f\n", (int)k, spectrum.real[1], spectrum.imag[1]);
    assert_small(spectrum.real[1] - p->real, p->tolerance, 1);
    assert_small(PetscAbsReal(spectrum.imag[1]) - p->imag, p->tolerance, 1);
    OK(HypSteadyCompute(K, &steady));
    assert_small(steady.worst, 1e-6, 1); /* of all identities, E theta y = -tau^2/2 among them */
    OK(HypSteadyDestroy(&steady));
    OK(HypSpectrumDestroy(&spectrum));
    OK(HypKineticDestroy(&K));
    OK(HypSpaceDestroy(&space));
    OK(HypModelDestroy(&model));
  }
}

/* Noise without eps, on any number of ranks: F is not M, and satisfies the identities */
static void test_noise(void **state)
{
  const char *noise = "1+0.5*tanh(theta)^2";
  HypModel    model;
  HypSpace    space;
  HypKinetic  K;
  HypSteady   steady;
  PetscReal   norm;

  (void)state;
  OK(HypModelCreate(PETSC_COMM_WORLD, &model));
  OK(HypModelSetNoiseFormulas(model, 1, &noise));
  OK(HypSpaceCreate(model, HYPSPACESIMPLEX, &space));
  OK(HypSpaceSetDegree(space, 16));
  OK(HypSpaceSetUp(space));
  OK(HypKineticCreate(space, HYP_MATRIX_FREE, &K));
  OK(HypSteadyCompute(K, &steady));
  OK(VecNorm(steady.f, NORM_2, &norm));
  assert_true(norm > 1.05);
  assert_small(steady.worst, 1e-10, 1);
  OK(HypSteadyDestroy(&steady));
  OK(HypKineticDestroy(&K));
  OK(HypSpaceDestroy(&space));
  OK(HypModelDestroy(&model));
}

static void test_quartic(void **state)
{
  const char *loss   = "theta^4/4";
  PetscReal   tau[1] = {1}, one[1] = {1}, reference[2] = {0.85, 2.4};
  HypModel    model;
  HypSpace    space;
  HypKinetic  K;
  HypSpectrum spectrum;

  (void)state;
  OK(HypModelCreate(PETSC_COMM_WORLD, &model));
  OK(HypModelSetCoordinates(model, 1, 1, one, NULL, tau));
  OK(HypModelSetFormulas(model, HYP_FORMULA_LOSS, &loss, 1));
  OK(HypModelSetReference(model, reference));
  OK(HypSpaceCreate(model, HYPSPACETENSOR, &space));
  Axes(space, HYPAXISFV, 96, 5);
  OK(HypSpaceSetPositive(space, PETSC_TRUE));
  OK(HypSpaceSetUp(space));
  OK(HypKineticCreate(space, HYP_ASSEMBLED, &K));
  OK(HypSpectrumCompute(K, 3, &spectrum));
  print_message("quartic: %.6f %.6f\n", spectrum.real[1], spectrum.imag[1]);
  assert_small(spectrum.real[1] + 0.66870, 0.01, 0.66870);
  assert_small(PetscAbsReal(spectrum.imag[1]) - 1.30749, 0.01, 1.30749);
  OK(HypSpectrumDestroy(&spectrum));
  OK(HypKineticDestroy(&K));
  OK(HypSpaceDestroy(&space));
  OK(HypModelDestroy(&model));
}

int main(int argc, char **argv)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_eigenvalues),
                                     cmocka_unit_test(test_quartic)},
                          alone[] = {cmocka_unit_test(test_noise)};
  int         failed;
  PetscMPIInt size;

  if (SlepcInitialize(&argc, &argv, NULL, NULL)) return 1;
  OK(MPI_Comm_size(PETSC_COMM_WORLD, &size));
  failed = cmocka_run_group_tests(alone, NULL, NULL);
  if (size == 1) failed += cmocka_run_group_tests(tests, NULL, NULL);
  if (TestUnread()) failed++;
  if (SlepcFinalize()) return 1;
  return failed;
}
