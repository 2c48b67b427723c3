/* The contraction certificate: closed forms, inequalities at corners, what a falsified rate does,
   and spectra that it must not exceed. */
#include "random.h"
#include "support.h"
#include <hypoco/spectrum.h>
#include <hypoco/bounds.h>
#include <gsl/gsl_eigen.h>
#include <math.h>

/* J = [0 I; -(W^2 + D) -gamma] by rows */
static void Drift(PetscInt d, const PetscReal omega[], PetscReal gamma, const PetscReal D[],
                  PetscReal J[])
{
  const PetscInt n = 2 * d;

  for (PetscInt e = 0; e < n * n; e++) J[e] = 0;
  for (PetscInt i = 0; i < d; i++) {
    J[i * n + d + i]       = 1;
    J[(d + i) * n + d + i] = -gamma;
    for (PetscInt j = 0; j < d; j++)
      J[(d + i) * n + j] = -D[i * d + j] - (i == j ? omega[i] * omega[i] : 0);
  }
}

/* What P of a certificate proves at one D, from scratch */
static PetscReal ProvedAt(const HypContraction *c, const PetscReal omega[], PetscReal gamma,
                          const PetscReal D[])
{
  PetscReal       J[64], mu;
  HypInequalities one = {.n = 2 * c->d, .count = 1, .J = J};
  PetscInt        tight;

  Drift(c->d, omega, gamma, D, J);
  OK(HypInequalitiesRate(&one, c->P, &mu, &tight));
  return mu;
}

static void test_quoted_values(void **state)
{
  const PetscReal omega[] = {1};
  HypContraction  c;

  (void)state;
  OK(HypContractionBall(1, omega, 1, 0, 0.3, &c));
  assert_float_equal(c.mu, 0.5 - 0.3 / PetscSqrtReal(3), 1e-15);
  assert_float_equal(c.mu, 0.3267949, 5e-8);
  assert_float_equal(c.P[0], 1,
                     1e-15); /* Zhu and Ying's P = [w0^2 gamma/2; gamma/2 1] in (theta, y) */
  assert_float_equal(c.P[1], 0.5, 1e-15);
  assert_float_equal(c.P[3], 1, 1e-15);
  OK(HypContractionDestroy(&c));
  OK(HypContractionBall(1, omega, 3, 0, 0.2, &c));
  assert_float_equal(c.mu, 0.29584054, 5e-9);
  assert_true(c.frequency == 0);
  OK(HypContractionDestroy(&c));
}

/* eps = 0: the rate is the spectral gap in both regimes, and its limit in the critical case */
static void test_unperturbed(void **state)
{
  (void)state;
  for (PetscInt k = 0; k < 60; k++) {
    const PetscInt  d        = 1 + k % 3;
    const PetscReal omega[3] = {Uniform(0.3, 2), Uniform(0.3, 2), Uniform(0.3, 2)},
                    gamma = k < 10 ? 2 * omega[0] : Uniform(0.2, 5), zero[9] = {0};
    PetscReal      gap = PETSC_MAX_REAL;
    HypContraction c, intervals;

    for (PetscInt i = 0; i < d; i++) {
      const PetscReal w2 = gamma * gamma / 4 - omega[i] * omega[i];

      gap = PetscMin(gap, gamma / 2 - PetscSqrtReal(PetscMax(0, w2)));
    }
    OK(HypContractionBall(d, omega, gamma, 0, 0, &c));
    OK(HypContractionIntervals(d, omega, gamma, zero, zero, &intervals));
    assert_float_equal(c.mu, gap, 1e-7);
    if (k >= 10) assert_float_equal(c.mu, gap, 1e-13);
    assert_float_equal(intervals.mu, c.mu, 1e-15);
    assert_float_equal(ProvedAt(&c, omega, gamma, zero), c.mu - c.margin,
                       c.margin > 0 ? c.margin : 1e-10);
    assert_true(ProvedAt(&c, omega, gamma, zero) > c.mu - c.margin - 1e-10);
    OK(HypContractionDestroy(&c));
    OK(HypContractionDestroy(&intervals));
  }
}

/* gamma = 2 w_2: the second coordinate is critical while the first one has the same rate */
static void test_critical(void **state)
{
  const PetscReal omega[] = {2, 1}, zero[4] = {0};
  HypContraction  ball, intervals;

  (void)state;
  OK(HypContractionBall(2, omega, 2, 0, 0, &ball));
  OK(HypContractionIntervals(2, omega, 2, zero, zero, &intervals));
  for (int k = 0; k < 2; k++) {
    const HypContraction *c = k ? &intervals : &ball;

    assert_float_equal(c->mu, 1, 1e-15);
    assert_true(c->margin > 0 && c->margin < 0.1);
    assert_true(c->P[5] * c->P[15] - c->P[7] * c->P[7] > 1e-6 * c->P[15] * c->P[15]);
    assert_true(ProvedAt(c, omega, 2, zero) > c->mu - c->margin - 1e-10);
  }
  OK(HypContractionDestroy(&ball));
  OK(HypContractionDestroy(&intervals));
}

/* D = c + r times an orthogonal matrix in d = 1, 2, 3:
   P proves the rate for all, and no more than it where it is tight */
static void test_ball(void **state)
{
  PetscInt oscillating = 0, positive = 0;

  (void)state;
  for (PetscInt k = 0; k < 600; k++) {
    const PetscInt  d        = 1 + k % 3;
    const PetscReal omega[3] = {Uniform(0.5, 2), Uniform(0.5, 2), Uniform(0.5, 2)},
                    gamma = Uniform(0.3, 4), c = Uniform(-0.2, 0.5), r = Uniform(0.01, 0.6),
                    sign = k % 2 ? 1 : -1, a = Uniform(0, 2 * PETSC_PI);
    PetscReal      D[9] = {0}, mu;
    HypContraction found;

    for (PetscInt i = 0; i < d; i++) D[i * (d + 1)] = c + r * (i == 2 ? -sign : sign);
    if (d > 1) { /* a rotation or a reflection of the first two */
      D[0]         = c + r * PetscCosReal(a);
      D[1]         = -r * PetscSinReal(a) * sign;
      D[d]         = r * PetscSinReal(a);
      D[d * 1 + 1] = c + r * PetscCosReal(a) * sign;
    }
    OK(HypContractionBall(d, omega, gamma, c, r, &found));
    mu = ProvedAt(&found, omega, gamma, D);
    assert_true(mu >= found.mu - found.margin - 1e-9);
    if (d ==
        /* both ends, or the lower one: nothing is left, so that a rate of 1.01 mu is found out */
        1) {
      if (found.frequency > 0 || sign < 0) assert_float_equal(mu, found.mu, 1e-9);
      if (found.mu > 0 && sign < 0) assert_true(mu < 1.01 * found.mu);
    }
    oscillating += found.frequency > 0;
    positive += found.mu > 0;
    OK(HypContractionDestroy(&found));
  }
  assert_true(oscillating > 100 && oscillating < 500 && positive > 200);
}

/* By brute force: r = min over the frequency and the coordinate of |s^2 + gamma s + k_i| at s = i
   omega - mu */
static void test_criterion(void **state)
{
  (void)state;
  for (PetscInt k = 0; k < 100; k++) {
    const PetscReal omega[2] = {Uniform(0.5, 2), Uniform(0.5, 2)}, gamma = Uniform(0.3, 4),
                    c = Uniform(-0.2, 0.5), r = Uniform(0.01, 0.6);
    PetscReal      least = PETSC_MAX_REAL;
    HypContraction found;

    OK(HypContractionBall(2, omega, gamma, c, r, &found));
    for (PetscInt i = 0; i < 2; i++) {
      for (PetscInt f = 0; f <= 40000; f++) {
        const PetscReal w = 1e-4 * (PetscReal)f, m = found.mu;

        least = PetscMin(
          least, hypot(m * m - w * w - gamma * m + omega[i] * omega[i] + c, w * (gamma - 2 * m)));
      }
    }
    assert_float_equal(least, r, 1e-6);
    OK(HypContractionDestroy(&found));
  }
}

/* The two ends of one interval give the closed form;
   more than one interval give no less than the ball around them */
static void test_corners(void **state)
{
  PetscInt more = 0;

  (void)state;
  for (PetscInt k = 0; k < 24; k++) {
    const PetscInt  d        = k < 12 ? 1 : 2;
    const PetscReal omega[2] = {Uniform(0.7, 1.5), Uniform(0.7, 1.5)}, gamma = Uniform(0.5, 4);
    PetscReal       low[4], high[4], c = 0, r = 0;
    HypContraction  box, ball;

    for (PetscInt e = 0; e < 4; e++) {
      low[e]  = Uniform(-0.2, 0);
      high[e] = Uniform(0, 0.2);
    }
    for (PetscInt i = 0; i < d; i++)
      c += (low[i * (d + 1)] + high[i * (d + 1)]) / (2 * (PetscReal)d);
    for (PetscInt e = 0; e < d * d; e++)
      r += PetscSqr(PetscMax(PetscAbsReal(low[e] - (e % (d + 1) ? 0 : c)),
                             PetscAbsReal(high[e] - (e % (d + 1) ? 0 : c))));
    OK(HypContractionBox(d, omega, gamma, low, high, &box));
    OK(HypContractionBall(d, omega, gamma, c, PetscSqrtReal(r), &ball));
    if (d == 1)
      assert_float_equal(box.mu, ball.mu, 1e-8);
    else
      assert_true(box.mu >= ball.mu - 1e-12);
    more += box.mu > ball.mu + 1e-2;
    for (PetscInt q = 0; q < 20; q++) { /* D inside the box */
      PetscReal D[4];

      for (PetscInt e = 0; e < d * d; e++) D[e] = Uniform(low[e], high[e]);
      assert_true(ProvedAt(&box, omega, gamma, D) >= box.mu - 1e-9);
    }
    OK(HypContractionDestroy(&box));
    OK(HypContractionDestroy(&ball));
  }
  assert_true(more > 3);
}

/* Separate coordinates: the inequalities find the same as the closed form of the slowest one */
static void test_separate_coordinates(void **state)
{
  (void)state;
  for (PetscInt k = 0; k < 12; k++) {
    const PetscInt  d        = 2 + k % 2;
    const PetscReal omega[3] = {Uniform(0.7, 1.5), Uniform(0.7, 1.5), Uniform(0.7, 1.5)},
                    gamma    = Uniform(0.5, 4);
    PetscReal      low[3], high[3], low2[9] = {0}, high2[9] = {0};
    HypContraction box, exact;

    for (PetscInt i = 0; i < d; i++) {
      low2[i * (d + 1)] = low[i] = Uniform(-0.3, 0);
      high2[i * (d + 1)] = high[i] = Uniform(0, 0.3);
    }
    OK(HypContractionBox(d, omega, gamma, low2, high2, &box));
    OK(HypContractionIntervals(d, omega, gamma, low, high, &exact));
    assert_float_equal(box.mu, exact.mu, 1e-8);
    OK(HypContractionDestroy(&box));
    OK(HypContractionDestroy(&exact));
  }
}

/*
   d = 1, eps = c theta, sigma = l theta: the differences obey dx = y dt + l x dB (asgd)
   or dy = .. + l x dB (momentum), and (E x^2, E x y, E y^2) three linear equations,
   whose largest eigenvalue is -2 times the best rate in mean square.
*/
static void test_noise(void **state)
{
  (void)state;
  for (PetscInt n = 0; n < 20; n++) {
    const PetscReal omega[] = {Uniform(0.7, 1.5)}, gamma = Uniform(0.5, 4), c = Uniform(-0.2, 0.3),
                    l = Uniform(0, 0.5), k = omega[0] * omega[0] + c;
    const PetscReal              D[] = {c}, lipschitz[] = {l};
    const PetscBool              velocity = n % 2 ? PETSC_TRUE : PETSC_FALSE;
    double                       M[]      = {velocity ? 0 : l * l, 2,      0,         -k, -gamma, 1,
                  velocity ? l * l : 0, -2 * k, -2 * gamma};
    gsl_matrix_view              view     = gsl_matrix_view_array(M, 3, 3);
    gsl_vector_complex          *values   = gsl_vector_complex_alloc(3);
    gsl_eigen_nonsymm_workspace *work     = gsl_eigen_nonsymm_alloc(3);
    PetscReal                    best     = PETSC_MIN_REAL;
    HypContraction               found;

    assert_int_equal(gsl_eigen_nonsymm(&view.matrix, values, work), 0);
    for (size_t i = 0; i < 3; i++) {
      const gsl_complex value = gsl_vector_complex_get(values, i);

      best = PetscMax(best, GSL_REAL(value));
    }
    OK(HypContractionNoisy(1, omega, gamma, D, D, velocity, lipschitz, &found));
    assert_float_equal(found.mu, -best / 2, 1e-7);
    OK(HypContractionDestroy(&found));
    gsl_eigen_nonsymm_free(work);
    gsl_vector_complex_free(values);
  }
}

int main(int argc, char **argv)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_quoted_values),
    cmocka_unit_test(test_unperturbed),
    cmocka_unit_test(test_critical),
    cmocka_unit_test(test_ball),
    cmocka_unit_test(test_criterion),
    cmocka_unit_test(test_corners),
    cmocka_unit_test(test_separate_coordinates),
    cmocka_unit_test(test_noise),
  };
  int failed;

  if (SlepcInitialize(&argc, &argv, NULL, NULL)) return 1;
  OK(RandomStart(15));
  failed = cmocka_run_group_tests(tests, NULL, NULL);
  OK(PetscRandomDestroy(&Random));
  failed += TestUnread();
  if (SlepcFinalize()) return 1;
  return failed;
}
