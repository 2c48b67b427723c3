/*
   Densities of theta_i on a grid: of a Gaussian g, whose marginals are normal laws,
   for both types of model with frequencies and noise of their own; on fv at second order;
   and of the user's theta_i where the axes of a Hessian are others.
*/
#include "support.h"
#include <hypoco/thetadensity.h>

enum { POINTS = 41 };

static const PetscReal mean[6] = {0.3, -0.2, 0.1, 0.25, -0.1, 0.05};

/* Scaled covariance: correlated, and below twice that of M */
static void Covariance(PetscInt n, PetscReal S[])
{
  for (PetscInt i = 0; i < n; i++)
    for (PetscInt j = 0; j < n; j++)
      S[i * n + j] = i == j ? 1 - 0.05 * (PetscReal)(i + 1) : 0.1 / (1 + (PetscReal)(i + j));
}

/* theta_i = a.(X_i, V_i): the largest difference from its normal law, and the mass */
static PetscReal Difference(HypModel model, HypSpace space, Vec u)
{
  const PetscInt  d = HypModelDimension(model), n = 2 * d;
  PetscReal       grid[POINTS], density[2 * POINTS], S[16], worst = 0;
  HypThetaDensity t;

  Covariance(n, S);
  OK(HypThetaDensityGrid(space, POINTS, grid));
  OK(HypThetaDensityCreate(space, POINTS, grid, &t));
  OK(HypThetaDensityCompute(t, u, density));
  OK(HypThetaDensityDestroy(&t));
  for (PetscInt i = 0; i < d; i++) {
    const HypCoordinate c = HypModelCoordinate(model, i);
    const PetscReal     m = c.theta_X * mean[i] + c.theta_V * mean[d + i],
                    sd    = hypot(c.theta_X, c.theta_V),
                    s     = PetscSqrtReal(c.theta_X * c.theta_X * S[i * n + i] +
                                          2 * c.theta_X * c.theta_V * S[i * n + d + i] +
                                          c.theta_V * c.theta_V * S[(d + i) * n + d + i]);

    for (PetscInt j = 0; j < POINTS; j++)
      worst = PetscMax(worst, sd * PetscAbsReal(density[i * POINTS + j] -
                                                HypNormalDensity((grid[j] * sd - m) / s) / s));
  }
  return worst;
}

/* A distance on a space of type `axis` for both coordinates, or on the simplex (NULL); it
   destroys the model */
static PetscReal OnSpace(HypModel model, const char *axis, PetscInt n,
                         PetscReal (*distance)(HypModel, HypSpace, Vec))
{
  const PetscInt d = HypModelDimension(model);
  PetscReal      S[36], difference;
  HypSpace       space;
  HypAxis        axes[2];
  Vec            u;

  Covariance(2 * d, S);
  OK(HypSpaceCreate(model, axis ? HYPSPACETENSOR : HYPSPACESIMPLEX, &space));
  if (axis) {
    for (int k = 0; k < 2; k++) {
      OK(HypAxisCreate(PETSC_COMM_WORLD, axis, &axes[k]));
      OK(HypAxisSetSize(axes[k], n));
    }
    OK(HypSpaceSetAxes(space, axes[0], axes[1]));
  } else {
    OK(HypSpaceSetDegree(space, n));
  }
  OK(HypSpaceSetUp(space));
  OK(HypSpaceCreateVec(space, &u));
  OK(HypSpaceGaussian(space, mean, S, u));
  difference = distance(model, space, u);
  printf("%s d = %d, %s %d: %.2g\n", HypModelTypes[HypModelGetType(model)], (int)d,
         axis ? axis : "simplex", (int)n, (double)difference);
  OK(VecDestroy(&u));
  OK(HypSpaceDestroy(&space));
  OK(HypModelDestroy(&model));
  return difference;
}

static PetscReal Check(HypModelType type, PetscInt d, const char *axis, PetscInt n)
{
  const PetscReal omega[2] = {1.2, 0.7}, beta[2] = {1.3, 2.2};
  HypModel        model;

  OK(HypModelCreate(PETSC_COMM_WORLD, &model));
  OK(HypModelSetType(model, type));
  OK(HypModelSetCoordinates(model, d, 1.1, omega, beta, NULL));
  return OnSpace(model, axis, n, Difference);
}

static void test_closed_form(void **state)
{
  (void)state;
  for (int type = 0; type < 2; type++) {
    const HypModelType model = type ? HYP_MOMENTUM : HYP_ASGD;

    assert_true(Check(model, 1, NULL, 40) < 1e-12);
    assert_true(Check(model, 2, NULL, 24) < 1e-9);
    assert_true(Check(model, 1, HYPAXISHERMITE, 40) < 1e-12);
    assert_true(Check(model, 2, HYPAXISHERMITE, 14) < 1e-6);
    assert_true(Check(model, 1, HYPAXISFOURIER, 61) < 1e-9);
  }
}

/* theta_i = a.z of the user is normal with mean a.mean and variance a.S a */
static PetscReal DifferenceUser(HypModel model, HypSpace space, Vec u)
{
  const PetscInt d = HypModelDimension(model), n = 2 * d;
  PetscReal      grid[POINTS], density[3 * POINTS], S[36], a[6][3], m, s, worst = 0;
  HypThetaUser   t;

  Covariance(n, S);
  for (PetscInt c = 0; c < n; c++) {
    PetscReal z[6] = {0}, y[3];

    z[c] = 1;
    HypModelToTheta(model, z, a[c], y);
    OK(HypModelToUser(model, 1, a[c], a[c]));
  }
  OK(HypThetaDensityGrid(space, POINTS, grid));
  OK(HypThetaUserCreate(space, POINTS, grid, &t));
  assert_non_null(t);
  OK(HypThetaUserCompute(t, u, density));
  OK(HypThetaUserDestroy(&t));
  for (PetscInt i = 0; i < d; i++) {
    const PetscReal sd = HypModelDeviation(model, i);

    m = s = 0;
    for (PetscInt c = 0; c < n; c++) {
      m += a[c][i] * mean[c];
      for (PetscInt e = 0; e < n; e++) s += a[c][i] * S[c * n + e] * a[e][i];
    }
    s = PetscSqrtReal(s);
    for (PetscInt j = 0; j < POINTS; j++)
      worst = PetscMax(worst, sd * PetscAbsReal(density[i * POINTS + j] -
                                                HypNormalDensity((grid[j] * sd - m) / s) / s));
  }
  return worst;
}

static PetscReal CheckUser(HypModelType type, PetscInt d, const char *axis, PetscInt n)
{
  const PetscReal two[4] = {2, 0.6, 0.6, 1}, beta[3] = {1.3, 1.3, 1.3},
                  three[9] = {2, 0.6, 0.1, 0.6, 1, 0.2, 0.1, 0.2, 1.5};
  PetscReal omega[3], E[9];
  HypModel  model;

  OK(HypModelCreate(PETSC_COMM_WORLD, &model));
  OK(HypModelSetType(model, type));
  OK(HypHessianFactor(d, d == 2 ? two : three, omega, E));
  OK(HypModelSetCoordinates(model, d, 1.1, omega, beta, NULL));
  OK(HypModelSetDirections(model, E));
  return OnSpace(model, axis, n, DifferenceUser);
}

static void test_user(void **state)
{
  (void)state;
  for (int type = 0; type < 2; type++) {
    const HypModelType model = type ? HYP_MOMENTUM : HYP_ASGD;

    assert_true(CheckUser(model, 2, NULL, 24) < 1e-8);
    assert_true(CheckUser(model, 3, NULL, 8) < 1e-3);
    assert_true(CheckUser(model, 2, HYPAXISHERMITE, 14) < 1e-5);
  }
}

/* On grids the functions are projected; one that is too large says so and has none */
static void test_user_on_grids(void **state)
{
  const PetscReal coarse = CheckUser(HYP_ASGD, 2, HYPAXISFV, 10),
                  fine   = CheckUser(HYP_ASGD, 2, HYPAXISFV, 16);

  (void)state;
  assert_true(fine < 0.05);
  assert_true(coarse / fine > PetscSqr(1.6)); /* of second order, from where it resolves */
  assert_true(CheckUser(HYP_ASGD, 2, HYPAXISFOURIER, 19) < 0.01);
}

static void test_fv(void **state)
{
  (void)state;
  for (int type = 0; type < 2; type++) {
    const HypModelType model = type ? HYP_MOMENTUM : HYP_ASGD;
    const PetscReal coarse = Check(model, 1, HYPAXISFV, 48), fine = Check(model, 1, HYPAXISFV, 96);

    assert_true(fine < 1e-4);
    assert_true(coarse / fine > 3.5);
  }
}

int main(int argc, char **argv)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_closed_form), cmocka_unit_test(test_user),
    cmocka_unit_test(test_user_on_grids), cmocka_unit_test(test_fv)};
  int failed;

  OK(PetscInitialize(&argc, &argv, NULL, NULL));
  failed = cmocka_run_group_tests(tests, NULL, NULL);
  OK(PetscFinalize());
  return failed;
}
