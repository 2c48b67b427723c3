/*
   Both types of model, frequencies of their own for the coordinates, and noise that depends on
   theta, against independent
   values and closed forms.
*/
#include "exact.h"
#include "support.h"
#include <hypoco/spectrum.h>

static PetscErrorCode Sine(PetscInt d, const PetscReal theta[], PetscReal eps[], void *ctx)
{
  PetscFunctionBeginUser;
  (void)ctx;
  for (PetscInt i = 0; i < d; i++) eps[i] = 0.3 * PetscSinReal(theta[i]);
  PetscFunctionReturn(0);
}

static PetscErrorCode Tanh(PetscInt d, const PetscReal theta[], PetscReal s[], void *ctx)
{
  PetscFunctionBeginUser;
  (void)ctx;
  for (PetscInt i = 0; i < d; i++) s[i] = 1 + 0.3 * PetscSqr(PetscTanhReal(theta[i]));
  PetscFunctionReturn(0);
}

static void Simplex(HypModel model, PetscInt degree, HypSpace *space)
{
  OK(HypSpaceCreate(model, HYPSPACESIMPLEX, space));
  OK(HypSpaceSetDegree(*space, degree));
  OK(HypSpaceSetUp(*space));
}

static void FV(HypModel model, PetscInt n, HypSpace *space)
{
  HypAxis axis[2];

  OK(HypSpaceCreate(model, HYPSPACETENSOR, space));
  for (int k = 0; k < 2; k++) {
    OK(HypAxisCreate(PETSC_COMM_WORLD, HYPAXISFV, &axis[k]));
    OK(HypAxisSetSize(axis[k], n));
    OK(HypAxisSetUp(axis[k]));
  }
  OK(HypSpaceSetAxes(*space, axis[0], axis[1]));
  OK(HypSpaceSetUp(*space));
}

/* Leading pairs for omega = gamma = beta = 1, eps = 0.3 sin theta, computed independently */
static void test_leading_pairs(void **state)
{
  static const struct {
    HypModelType type;
    PetscBool    noise;
    PetscReal    real, imag, tolerance;
  } cases[] = {{HYP_ASGD, PETSC_FALSE, -0.5019227829, 0.9292516519, 1e-9},
               {HYP_MOMENTUM, PETSC_FALSE, -0.5024479731, 0.9716306572, 1e-9},
               {HYP_MOMENTUM, PETSC_TRUE, -0.50636035, 0.964671, 1e-7}};

  (void)state;
  for (size_t k = 0; k < 3; k++) {
    HypModel    model;
    HypSpace    space;
    HypKinetic  K;
    HypSpectrum s;

    OK(HypModelCreate(PETSC_COMM_WORLD, &model));
    OK(HypModelSetType(model, cases[k].type));
    OK(HypModelSetPerturbation(model, Sine, NULL, NULL));
    if (cases[k].noise) OK(HypModelSetNoise(model, Tanh, NULL, NULL));
    Simplex(model, 40, &space);
    OK(HypKineticCreate(space, HYP_ASSEMBLED, &K));
    OK(HypSpectrumCompute(K, 3, &s));
    assert_small(s.real[1] - cases[k].real, cases[k].tolerance, 1);
    assert_small(s.imag[1] - cases[k].imag, 5 * cases[k].tolerance, 1);
    OK(HypSpectrumDestroy(&s));
    OK(HypKineticDestroy(&K));
    OK(HypSpaceDestroy(&space));
    OK(HypModelDestroy(&model));
  }
}

/* exp(-beta U(theta)) with eps = U': f/M of the Gibbs law of a momentum model, not normalised */
static PetscErrorCode Gibbs(PetscInt d, const PetscReal z[], PetscReal *u, void *ctx)
{
  PetscReal theta[3], U = 0;

  PetscFunctionBeginUser;
  HypModelToTheta((HypModel)ctx, z, theta, NULL);
  for (PetscInt i = 0; i < d; i++) U -= 0.3 * PetscCosReal(theta[i]);
  *u = PetscExpReal(-HypModelCoordinate((HypModel)ctx, 0).beta * U);
  PetscFunctionReturn(0);
}

/* Distance of the computed F/M from the Gibbs law, and E |y|^2 of the certificate against d/beta */
static PetscReal GibbsError(HypModel model, HypSpace space)
{
  HypKinetic K;
  HypSteady  steady;
  PetscReal  mass, error;
  Vec        u;

  OK(HypKineticCreate(space, HypModelDimension(model) == 1 ? HYP_ASSEMBLED : HYP_MATRIX_FREE, &K));
  OK(HypSteadyCompute(K, &steady));
  OK(HypSpaceCreateVec(space, &u));
  OK(HypSpaceProject(space, Gibbs, model, u));
  OK(VecDot(u, HypSpaceGetOne(space), &mass));
  OK(VecScale(u, 1 / mass));
  OK(VecAXPY(u, -1, steady.f));
  OK(VecNorm(u, NORM_2, &error));
  if (HypModelDimension(model) == 1 && !HypSpaceTakesAxes(space)) {
    const PetscReal beta = HypModelCoordinate(model, 0).beta;

    assert_small(steady.left[5] - steady.right[5], 1e-10, 1);
    assert_small(steady.right[5] - 1 / beta, 1e-12, 1);
  }
  OK(VecDestroy(&u));
  OK(HypSteadyDestroy(&steady));
  OK(HypKineticDestroy(&K));
  return error;
}

static void test_gibbs(void **state)
{
  const PetscReal omega[2] = {4, 3}, beta[2] = {1.5, 1.5};
  PetscReal       coarse, fine;

  (void)state;
  for (PetscInt d = 1; d <= 2; d++) {
    HypModel model;
    HypSpace space;

    OK(HypModelCreate(PETSC_COMM_WORLD, &model));
    OK(HypModelSetType(model, HYP_MOMENTUM));
    OK(HypModelSetCoordinates(model, d, 1.3, omega, beta, NULL));
    OK(HypModelSetPerturbation(model, Sine, NULL, NULL));
    Simplex(model, d == 1 ? 40 : 14, &space);
    assert_small(GibbsError(model, space), 1e-10, 1);
    OK(HypSpaceDestroy(&space));
    if (d == 1) {
      FV(model, 48, &space);
      coarse = GibbsError(model, space);
      OK(HypSpaceDestroy(&space));
      FV(model, 96, &space);
      fine = GibbsError(model, space);
      OK(HypSpaceDestroy(&space));
      assert_true(log2(coarse / fine) > 1.9);
    }
    OK(HypModelDestroy(&model));
  }
}

/* A number in [low, high), the same in every run and on every machine */
static PetscReal Draw(uint64_t *state, PetscReal low, PetscReal high)
{
  *state = *state * 6364136223846793005u + 1442695040888963407u;
  return low + (high - low) * (PetscReal)(*state >> 11) * 0x1p-53;
}

/* A model with eps = 0 and random coordinates, none of them near critical damping,
   where eigenvalues
   are known to half their digits only */
static void Anisotropic(PetscInt d, HypModelType type, uint64_t seed, HypModel *model)
{
  const PetscReal gamma = 1.1;
  PetscReal       omega[3], beta[3];

  for (PetscInt i = 0; i < d; i++) {
    do omega[i] = Draw(&seed, 0.4, 2.4);
    while (PetscAbsReal(2 * omega[i] - gamma) < 0.3);
    beta[i] = Draw(&seed, 0.5, 2);
  }
  OK(HypModelCreate(PETSC_COMM_WORLD, model));
  OK(HypModelSetType(*model, type));
  OK(HypModelSetCoordinates(*model, d, gamma, omega, beta, NULL));
}

/* Every case of the closed forms: d = 1, 2, 3, both types, three seeds */
static void ForRandomModels(void (*check)(PetscInt d, HypModel, uint64_t seed))
{
  for (PetscInt d = 1; d <= 3; d++)
    for (uint64_t seed = 1; seed <= 3; seed++) {
      HypModel model;

      Anisotropic(d, seed % 2 ? HYP_ASGD : HYP_MOMENTUM, 100 * (uint64_t)d + seed, &model);
      check(d, model, 1000 * (uint64_t)d + seed);
      OK(HypModelDestroy(&model));
    }
}

/* Sums of the eigenvalues of the pairs */
static void CheckSpectrum(PetscInt d, HypModel model, uint64_t seed)
{
  HypSpace    space;
  HypKinetic  K;
  HypSpectrum s;
  PetscReal   real[9], imag[9];

  (void)seed;
  Simplex(model, d == 3 ? 6 : 10, &space);
  OK(HypKineticCreate(space, HYP_ASSEMBLED, &K));
  OK(HypSpectrumCompute(K, 9, &s));
  OK(HypSpectrumExact(model, 9, real, imag));
  for (PetscInt k = 0; k < s.n; k++) {
    PetscReal best = PETSC_INFINITY;

    assert_small(s.real[k] - real[k], 1e-11, 1);
    for (PetscInt j = 0; j < 9; j++)
      best = PetscMin(best, hypot(s.real[k] - real[j], s.imag[k] - imag[j]));
    if (k + 1 < s.n) assert_small(best, 1e-11, 1);
  }
  OK(HypSpectrumDestroy(&s));
  OK(HypKineticDestroy(&K));
  OK(HypSpaceDestroy(&space));
}

static void test_anisotropic_spectrum(void **state)
{
  (void)state;
  ForRandomModels(CheckSpectrum);
}

/* h = N(m, I)/M - 1: ||h||^2 = e^{|m|^2} - 1, and H = e^{|m|^2} sum_i beta_i (w^2 mX^2 + C mV^2
   + 2 Chat w mX mV), m(t) = e^{At} m.  |m(0)|^2 <= 1/2,
   so that nothing is left at the space's end. */
static void CheckDecay(PetscInt d, HypModel model, uint64_t seed)
{
  const PetscReal t = Draw(&seed, 0.5, 3), size = PetscSqrtReal(0.25 / (PetscReal)d);
  HypSpace        space;
  HypKinetic      K;
  HypLyapunov     l;
  HypFunctionals  f;
  PetscReal       m[6], S[36] = {0}, m2 = 0, H = 0;
  PetscBool       done;
  Vec             h;

  Simplex(model, d == 3 ? 10 : 16, &space);
  OK(HypKineticCreate(space, HYP_MATRIX_FREE, &K));
  OK(HypModelLyapunov(model, 0.1, &l));
  OK(HypSpaceCreateVec(space, &h));
  for (PetscInt i = 0; i < 2 * d; i++) {
    m[i]               = Draw(&seed, -size, size);
    S[i * (2 * d) + i] = 1;
  }
  OK(HypSpaceGaussian(space, m, S, h));
  OK(VecAXPY(h, -1, HypSpaceGetOne(space)));
  OK(HypSpaceFlow(space, t, h, &done));
  assert_true(done);
  OK(HypFunctionalsCompute(K, &l, h, &f));
  for (PetscInt i = 0; i < d; i++) {
    const HypCoordinate c = HypModelCoordinate(model, i);
    double              E[2][2];
    PetscReal           x, v;

    ExactFlow(c.omega, HypModelGamma(model), t, E);
    x = E[0][0] * m[i] + E[0][1] * m[d + i];
    v = E[1][0] * m[i] + E[1][1] * m[d + i];
    m2 += x * x + v * v;
    H += c.beta * (c.omega * c.omega * x * x + l.Ci[i] * v * v + 2 * l.Chati[i] * c.omega * x * v);
  }
  assert_small(f.norm2 / (PetscExpReal(m2) - 1) - 1, 1e-11, 1);
  assert_small(f.H / (H * PetscExpReal(m2)) - 1, 1e-11, 1);
  OK(VecDestroy(&h));
  OK(HypKineticDestroy(&K));
  OK(HypSpaceDestroy(&space));
}

static void test_anisotropic_decay(void **state)
{
  (void)state;
  ForRandomModels(CheckDecay);
}

/* The propagator's norm, the largest of those of the pairs, and its sharp constant */
static void CheckPropagator(PetscInt d, HypModel model, uint64_t seed)
{
  const PetscReal t = Draw(&seed, 0.5, 3);
  HypSpace        space;
  HypKinetic      K;
  HypLyapunov     l;
  PetscReal       norm, computed, exact, pairs = 0;

  Simplex(model, 4, &space);
  OK(HypKineticCreate(space, HYP_MATRIX_FREE, &K));
  OK(HypModelLyapunov(model, 0.1, &l));
  OK(HypPropagatorNorm(K, t, &computed));
  OK(HypPropagatorExact(model, t, &norm));
  for (PetscInt i = 0; i < d; i++) { /* ||E||^2 is the larger root of l^2 - |E|_F^2 l + det^2 */
    double    E[2][2];
    PetscReal F, det;

    ExactFlow(HypModelOmegas(model)[i], HypModelGamma(model), t, E);
    F     = E[0][0] * E[0][0] + E[0][1] * E[0][1] + E[1][0] * E[1][0] + E[1][1] * E[1][1];
    det   = E[0][0] * E[1][1] - E[0][1] * E[1][0];
    pairs = PetscMax(pairs, PetscSqrtReal((F + PetscSqrtReal(F * F - 4 * det * det)) / 2));
  }
  assert_small(norm - pairs, 1e-12, 1);
  assert_small(computed - norm, 1e-11, 1);
  OK(HypPropagatorSharp(model, &exact));
  for (PetscInt k = 0; k <= 400; k++) { /* never above it */
    OK(HypPropagatorExact(model, 0.1 * (PetscReal)k, &norm));
    assert_true(PetscExpReal(2 * l.mu_proved * 0.1 * (PetscReal)k) * norm * norm <=
                exact * (1 + 1e-12));
  }
  OK(HypKineticDestroy(&K));
  OK(HypSpaceDestroy(&space));
}

static void test_anisotropic_propagator(void **state)
{
  (void)state;
  ForRandomModels(CheckPropagator);
}

/* d = 6: eps_i of theta_i alone gives the pairs of d = 1 */
static void test_six_dimensions(void **state)
{
  PetscReal real[2], imag[2];

  (void)state;
  for (int k = 0; k < 2; k++) {
    const PetscInt d = k ? 6 : 1;
    HypModel       model;
    HypSpace       space;
    HypKinetic     K;
    HypSpectrum    s;

    OK(HypModelCreate(PETSC_COMM_WORLD, &model));
    OK(HypModelSetParameters(model, d, 1, 1, 1));
    OK(HypModelSetPerturbation(model, Sine, NULL, NULL));
    for (PetscInt i = 0; i < d; i++) OK(HypModelSetDependence(model, i, 1, &i));
    Simplex(model, 4, &space);
    OK(HypKineticCreate(space, k ? HYP_MATRIX_FREE : HYP_ASSEMBLED, &K));
    OK(HypSpectrumCompute(K, 3, &s));
    real[k] = s.real[1];
    imag[k] = s.imag[1];
    OK(HypSpectrumDestroy(&s));
    OK(HypKineticDestroy(&K));
    OK(HypSpaceDestroy(&space));
    OK(HypModelDestroy(&model));
  }
  assert_small(real[1] - real[0], 1e-9, 1);
  assert_small(imag[1] - imag[0], 1e-9, 1);
}

/* model_tau: omega changes, the noise does not */
static void test_tau(void **state)
{
  const PetscReal omega[2] = {1, 5}, tau[2] = {0.7, 0.7};
  HypModel        model;

  (void)state;
  OK(HypModelCreate(PETSC_COMM_WORLD, &model));
  for (int type = 0; type < 2; type++) {
    OK(HypModelSetType(model, (HypModelType)type));
    OK(HypModelSetCoordinates(model, 2, 1.3, omega, NULL, tau));
    for (PetscInt i = 0; i < 2; i++) {
      const HypCoordinate c = HypModelCoordinate(model, i);

      assert_small(c.tau - 0.7, 1e-15, 1);
      assert_small(c.beta * 0.49 * (type ? 1 : PetscPowRealInt(omega[i], 4)) - 2.6, 1e-14, 1);
      assert_small(c.theta_X * c.p + c.theta_V * c.q, 1e-15, 1); /* theta is across R */
    }
  }
  OK(HypModelDestroy(&model));
}

/* model_omega0: auto, f = a theta^2/2 + b theta^4/4 + c cos theta:
   w^2 = a + 3 b s^2 - c e^{-s^2/2} with the variance s^2 of theta under M,
   solved here by bisection;
   a double well too, whose curvature averaged over the first Gaussians is negative */
static void test_averaged_curvature(void **state)
{
  static const struct {
    const char *loss;
    PetscReal   a, b, c, beta, tau;
  } cases[] = {{"1.3*theta^2/2 + 0.7*theta^4/4 + 0.4*cos(theta)", 1.3, 0.7, 0.4, 0.8, 0.9},
               {"theta^4/4 - theta^2/2", -1, 1, 0, 0.8, 0.9},
               {"theta^4/4 - theta^2/2", -1, 1, 0, 20, 0.3}};
  const PetscReal gamma = 1.2, one[1] = {1};

  (void)state;
  for (int k = 0; k < 12; k++) { /* both types, with beta and with tau */
    const char *const loss    = cases[k / 4].loss;
    const PetscReal   beta[1] = {cases[k / 4].beta}, tau[1] = {cases[k / 4].tau};
    const PetscBool   asgd = (PetscBool)(k % 2 == 0), given = (PetscBool)(k / 2 % 2 == 0);
    PetscReal         low = 0.1, high = 10;
    HypModel          model;

    OK(HypModelCreate(PETSC_COMM_WORLD, &model));
    OK(HypModelSetType(model, asgd ? HYP_ASGD : HYP_MOMENTUM));
    OK(HypModelSetCoordinates(model, 1, gamma, one, given ? beta : NULL, given ? NULL : tau));
    OK(HypModelSetFormulas(model, HYP_FORMULA_LOSS, &loss, 1));
    OK(HypModelMatchCurvature(model, !given));
    for (int n = 0; n < 200; n++) {
      const PetscReal w = (low + high) / 2, w4 = asgd ? w * w * w * w : 1,
                      b  = given ? beta[0] : 2 * gamma / (tau[0] * tau[0] * w4),
                      s2 = asgd ? (gamma * gamma + w * w) / (b * w * w * w * w * w * w)
                                : 1 / (b * w * w);

      if (cases[k / 4].a + 3 * cases[k / 4].b * s2 - cases[k / 4].c * PetscExpReal(-s2 / 2) > w * w)
        low = w;
      else
        high = w;
    }
    assert_small(HypModelCoordinate(model, 0).omega - low, 1e-12, 1);
    assert_true(HypModelAveraged(model));
    OK(HypModelDestroy(&model));
  }
}

/* The same in two coordinates that are coupled: f = sum a_i theta_i^2/2 - cos(theta_1 + theta_2),
   E cos(theta_1 + theta_2) = e^{-(s_1^2 + s_2^2)/2} */
static void test_averaged_curvature_coupled(void **state)
{
  const char *const gradient[] = {"2*theta1 + sin(theta1 + theta2)",
                                  "0.5*theta2 + sin(theta1 + theta2)"};
  const PetscReal   one[2] = {1, 1}, beta[2] = {1.5, 2.5};
  PetscReal         s2 = 0;
  HypModel          model;

  (void)state;
  OK(HypModelCreate(PETSC_COMM_WORLD, &model));
  OK(HypModelSetType(model, HYP_MOMENTUM));
  OK(HypModelSetCoordinates(model, 2, 1, one, beta, NULL));
  OK(HypModelSetFormulas(model, HYP_FORMULA_GRADIENT, gradient, 1));
  OK(HypModelMatchCurvature(model, PETSC_FALSE));
  for (PetscInt i = 0; i < 2; i++)
    s2 += 1 / (beta[i] * PetscSqr(HypModelCoordinate(model, i).omega));
  assert_small(PetscSqr(HypModelCoordinate(model, 0).omega) - 2 - PetscExpReal(-s2 / 2), 1e-12, 1);
  assert_small(PetscSqr(HypModelCoordinate(model, 1).omega) - 0.5 - PetscExpReal(-s2 / 2), 1e-12,
               1);
  OK(HypModelDestroy(&model));
}

int main(int argc, char **argv)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_leading_pairs),
                                     cmocka_unit_test(test_gibbs),
                                     cmocka_unit_test(test_anisotropic_spectrum),
                                     cmocka_unit_test(test_anisotropic_decay),
                                     cmocka_unit_test(test_anisotropic_propagator),
                                     cmocka_unit_test(test_six_dimensions),
                                     cmocka_unit_test(test_tau),
                                     cmocka_unit_test(test_averaged_curvature),
                                     cmocka_unit_test(test_averaged_curvature_coupled)};
  int                     failed;

  OK(SlepcInitialize(&argc, &argv, NULL, NULL));
  failed = cmocka_run_group_tests(tests, NULL, NULL);
  failed += TestUnread();
  OK(SlepcFinalize());
  return failed;
}
