/*
   A full Hessian H = E diag(w^2) E^T and the same loss written along the eigenvectors by hand,
   theta = E eta, eps'(eta) = E^T eps(E eta): the same spectrum, H(t), averages and laws of theta.
*/
#include "support.h"
#include <hypoco/decay.h>
#include <hypoco/initial.h>
#include <hypoco/spectrum.h>
#include <hypoco/time.h>

/* What the functions along the eigenvectors need to know */
typedef struct {
  PetscInt  d, n; /* the user's coordinate and the degree of a Hermite polynomial */
  PetscReal E[9], mean[6], sd;
  HypModel  model;
} Case;

static PetscErrorCode Users(PetscInt d, const PetscReal theta[], PetscReal eps[], void *ctx)
{
  PetscFunctionBeginUser;
  (void)ctx;
  for (PetscInt i = 0; i < d; i++)
    eps[i] = 0.2 * PetscSinReal(theta[i]) + 0.1 * PetscCosReal(theta[(i + 1) % d]);
  PetscFunctionReturn(0);
}

static PetscErrorCode UsersNoise(PetscInt d, const PetscReal theta[], PetscReal s[], void *ctx)
{
  PetscFunctionBeginUser;
  (void)ctx;
  for (PetscInt i = 0; i < d; i++) s[i] = 1 + 0.2 * PetscSqr(PetscTanhReal(theta[0] - theta[1]));
  PetscFunctionReturn(0);
}

static void Multiply(const Case *c, PetscBool transpose, const PetscReal in[], PetscReal out[])
{
  for (PetscInt i = 0; i < c->d; i++) {
    out[i] = 0;
    for (PetscInt k = 0; k < c->d; k++)
      out[i] += (transpose ? c->E[k * c->d + i] : c->E[i * c->d + k]) * in[k];
  }
}

static PetscErrorCode Turned(PetscInt d, const PetscReal eta[], PetscReal eps[], void *ctx)
{
  PetscReal theta[3], users[3];

  PetscFunctionBeginUser;
  Multiply((Case *)ctx, PETSC_FALSE, eta, theta);
  PetscCall(Users(d, theta, users, NULL));
  Multiply((Case *)ctx, PETSC_TRUE, users, eps);
  PetscFunctionReturn(0);
}

static PetscErrorCode TurnedNoise(PetscInt d, const PetscReal eta[], PetscReal s[], void *ctx)
{
  PetscReal theta[3];

  PetscFunctionBeginUser;
  Multiply((Case *)ctx, PETSC_FALSE, eta, theta);
  PetscCall(UsersNoise(d, theta, s, NULL));
  PetscFunctionReturn(0);
}

/* he_3 or he_2 of the user's theta_1 */
static PetscErrorCode Polynomial(PetscInt d, const PetscReal z[], PetscReal *u, void *ctx)
{
  const Case *c = (const Case *)ctx;
  PetscReal   eta[3], theta[3], x;

  PetscFunctionBeginUser;
  (void)d;
  HypModelToTheta(c->model, z, eta, NULL);
  Multiply(c, PETSC_FALSE, eta, theta);
  x  = theta[0] / c->sd;
  *u = c->n == 3 ? (x * x * x - 3 * x) / PetscSqrtReal(6) : (x * x - 1) / PetscSqrtReal(2);
  PetscFunctionReturn(0);
}

/* The model of a Hessian, in the user's coordinates or along its eigenvectors */
static void Create(Case *c, HypModelType type, PetscBool noise, PetscBool users)
{
  static const PetscReal H2[] = {2, 0.8, 0.8, 1.2},
                         H3[] = {2, 0.5, 0.3, 0.5, 1.4, -0.2, 0.3, -0.2, 0.9};
  PetscReal omega[3], beta[3] = {1.4, 1.4, 1.4};

  OK(HypHessianFactor(c->d, c->d == 2 ? H2 : H3, omega, c->E));
  OK(HypModelCreate(PETSC_COMM_WORLD, &c->model));
  OK(HypModelSetType(c->model, type));
  OK(HypModelSetCoordinates(c->model, c->d, 1.1, omega, beta, NULL));
  if (users) OK(HypModelSetDirections(c->model, c->E));
  OK(HypModelSetPerturbation(c->model, users ? Users : Turned, c, NULL));
  if (noise) OK(HypModelSetNoise(c->model, users ? UsersNoise : TurnedNoise, c, NULL));
}

/* Numbers 8 to 13 of Run() as the program makes them */
static void UsersNumbers(Case *c, HypKinetic K, Vec h, Vec F, PetscReal value[14])
{
  HypObservables o;
  HypThetaLaw    law;

  OK(HypObservablesCreate(K, &o));
  for (PetscInt k = 0; k < 3; k++) OK(HypObservablesEvaluate(o.phi[0][k], h, F, &value[8 + k]));
  OK(HypObservablesDestroy(&o));
  OK(HypThetaLawCompute(K, 0, h, F, &law));
  c->sd     = law.sd;
  value[11] = law.c[2];
  value[12] = law.c[3];
  value[13] = law.sd;
}

/* The same from the model's own coordinates, turned here */
static void TurnedNumbers(Case *c, HypKinetic K, Vec h, Vec F, PetscReal value[14])
{
  PetscReal      mean_y[3], mean_eta[3], z[3] = {0}, variance = 0;
  HypSpace       space = HypKineticGetSpace(K);
  HypObservables o;
  Vec            phi;

  OK(HypObservablesCreate(K, &o));
  for (PetscInt i = 0; i < c->d; i++) {
    const HypCoordinate at = HypModelCoordinate(c->model, i);

    OK(HypObservablesEvaluate(o.phi[i][0], h, F, &mean_eta[i]));
    OK(HypObservablesEvaluate(o.phi[i][2], h, F, &mean_y[i]));
    variance += PetscSqr(c->E[i]) * (PetscSqr(at.theta_X) + PetscSqr(at.theta_V));
  }
  OK(HypObservablesDestroy(&o));
  Multiply(c, PETSC_FALSE, mean_eta, z);
  value[8] = z[0];
  Multiply(c, PETSC_FALSE, mean_y, z);
  value[10] = z[0];
  c->sd     = PetscSqrtReal(variance);
  value[13] = c->sd;
  OK(HypSpaceCreateVec(space, &phi));
  for (c->n = 2; c->n <= 3; c->n++) {
    OK(HypSpaceProject(space, Polynomial, c, phi));
    OK(HypObservablesEvaluate(phi, h, F, &value[9 + c->n]));
  }
  value[9] = c->sd * c->sd * (1 + PetscSqrtReal(2) * value[11]);
  OK(VecDestroy(&phi));
}

/* Numbers of one run: 4 eigenvalues, H, E theta_1, E theta_1^2, E y_1, two coefficients of the law
   of theta_1 */
static void Run(Case *c, PetscBool users, PetscInt degree, PetscReal value[14])
{
  const PetscReal mean[6] = {0.3, -0.2, 0.15, 0.1, 0.25, -0.1};
  PetscReal       start[6], z[6], S[36] = {0};
  HypSpace        space;
  HypKinetic      K;
  HypSteady       steady;
  HypSpectrum     s;
  HypLyapunov     l;
  HypFunctionals  f;
  Vec             h;
  PetscReal       at[2] = {0, 1.3};
  HypEvolution    evolution;

  OK(HypSpaceCreate(c->model, HYPSPACESIMPLEX, &space));
  OK(HypSpaceSetDegree(space, degree));
  OK(HypSpaceSetUp(space));
  OK(HypKineticCreate(space, HYP_MATRIX_FREE, &K));
  OK(HypSteadyCompute(K, &steady));
  OK(HypSpectrumCompute(K, 4, &s));
  for (PetscInt k = 0; k < 3; k++) {
    value[k]     = s.real[k + 1];
    value[k + 3] = PetscAbsReal(s.imag[k + 1]);
  }
  OK(HypModelLyapunov(c->model, 0.1, &l));
  OK(HypSpaceCreateVec(space, &h));
  for (PetscInt half = 0; half < 2; half++) {
    Multiply(c, PETSC_TRUE, mean + 3 * half, start + c->d * half);
    if (!users) continue;
    OK(HypModelFromUser(c->model, 1, mean + 3 * half, z));
    for (PetscInt i = 0; i < c->d; i++) assert_small(z[i] - start[c->d * half + i], 1e-15, 1);
  }
  HypModelScale(c->model, start, start + c->d, z);
  for (PetscInt i = 0; i < 2 * c->d; i++) S[i * 2 * c->d + i] = 0.9;
  OK(HypSpaceGaussian(space, z, S, h));
  OK(HypInitialNormalise(space, h));
  OK(VecAXPY(h, -1, steady.f));
  OK(HypEvolutionCreate(K, &evolution));
  OK(HypEvolutionSetOutputs(evolution, 2, at, TestNoOutput, NULL));
  OK(HypEvolutionSolve(evolution, h));
  OK(HypEvolutionDestroy(&evolution));
  OK(HypFunctionalsCompute(K, &l, h, &f));
  value[6] = f.norm2;
  value[7] = f.H;
  if (users)
    UsersNumbers(c, K, h, steady.f, value);
  else
    TurnedNumbers(c, K, h, steady.f, value);
  OK(VecDestroy(&h));
  OK(HypSpectrumDestroy(&s));
  OK(HypSteadyDestroy(&steady));
  OK(HypKineticDestroy(&K));
  OK(HypSpaceDestroy(&space));
  OK(HypModelDestroy(&c->model));
}

static void test_turned(void **state)
{
  static const struct {
    PetscInt     d, degree;
    HypModelType type;
    PetscBool    noise;
  } cases[] = {{2, 8, HYP_ASGD, PETSC_FALSE},
               {2, 8, HYP_ASGD, PETSC_TRUE},
               {2, 8, HYP_MOMENTUM, PETSC_TRUE},
               {3, 5, HYP_MOMENTUM, PETSC_FALSE}};

  (void)state;
  for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
    Case      c = {.d = cases[k].d};
    PetscReal users[14], own[14];

    Create(&c, cases[k].type, cases[k].noise, PETSC_TRUE);
    Run(&c, PETSC_TRUE, cases[k].degree, users);
    Create(&c, cases[k].type, cases[k].noise, PETSC_FALSE);
    Run(&c, PETSC_FALSE, cases[k].degree, own);
    for (PetscInt i = 0; i < 14; i++)
      assert_small(users[i] - own[i], 1e-10, PetscMax(1, PetscAbsReal(own[i])));
  }
}

/* Derivatives of the turned field against differences of it */
static void test_derivatives(void **state)
{
  const char *const texts[] = {"sin(theta1)*theta2", "theta1^2 + cos(theta2)"};
  const PetscReal   H[] = {3, 1, 1, 2}, beta[2] = {1, 1}, at[2] = {0.4, -0.7}, step = 1e-5;
  PetscReal         omega[2], E[4], J[4], second[8], up[4], down[4], point[2];
  HypModel          model;

  (void)state;
  OK(HypHessianFactor(2, H, omega, E));
  OK(HypModelCreate(PETSC_COMM_WORLD, &model));
  OK(HypModelSetCoordinates(model, 2, 1, omega, beta, NULL));
  OK(HypModelSetDirections(model, E));
  OK(HypModelSetFormulas(model, HYP_FORMULA_GRADIENT, texts, 1));
  OK(HypModelPerturbationMany(model, 1, 1, at, J));
  OK(HypModelPerturbationMany(model, 2, 1, at, second));
  for (int j = 0; j < 2; j++) {
    for (int i = 0; i < 2; i++) point[i] = at[i] + (i == j) * step;
    OK(HypModelPerturbation(model, point, up));
    for (int i = 0; i < 2; i++) point[i] = at[i] - (i == j) * step;
    OK(HypModelPerturbation(model, point, down));
    for (int i = 0; i < 2; i++)
      assert_small((up[i] - down[i]) / (2 * step) - J[2 * i + j], 1e-8, 1);
    for (int i = 0; i < 2; i++) point[i] = at[i] + (i == j) * step;
    OK(HypModelPerturbationMany(model, 1, 1, point, up));
    for (int i = 0; i < 2; i++) point[i] = at[i] - (i == j) * step;
    OK(HypModelPerturbationMany(model, 1, 1, point, down));
    for (int i = 0; i < 4; i++)
      assert_small((up[i] - down[i]) / (2 * step) - second[2 * i + j], 1e-8, 1);
  }
  OK(HypModelDestroy(&model));
}

int main(int argc, char **argv)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_turned),
                                     cmocka_unit_test(test_derivatives)};
  int                     failed;

  OK(SlepcInitialize(&argc, &argv, NULL, NULL));
  failed = cmocka_run_group_tests(tests, NULL, NULL);
  failed += TestUnread();
  OK(SlepcFinalize());
  return failed;
}
