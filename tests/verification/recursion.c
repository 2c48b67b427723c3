/* Contraction of the algorithms: spectral radii on quadratic losses,
   and coupled runs on others that never decay more slowly. */
#include "random.h"
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <hypoco/moments.h>
#include <math.h>

#define OK(call) assert_int_equal((call), 0)

/* low = high: the spectral radius, and the stability limit is where it is one */
static void test_quadratic(void **state)
{
  PetscReal rho, log_modulus;

  (void)state;
  for (PetscInt k = 0; k < 60; k++) {
    const PetscInt  delay = k % 20;
    const PetscReal a = Uniform(0.1, 3), e = Uniform(0.01, 2) * HypDelayStabilityLimit(delay),
                    limit = HypDelayStabilityLimit(delay);

    OK(HypDelayContraction(delay, e / a, a, a, &rho));
    OK(HypDelayDiscreteRate(e, delay, &log_modulus));
    assert_float_equal(rho, PetscExpReal(log_modulus), 1e-7);
    OK(HypDelayContraction(delay, limit, 1, 1, &rho));
    assert_float_equal(rho, 1, 1e-13);
  }
  for (PetscInt k = 0; k < 60; k++) {
    const PetscReal mu = Uniform(0, 0.99), e = Uniform(0.01, 4), q = 1 + mu - e,
                    root = q * q > 4 * mu ? (PetscAbsReal(q) + PetscSqrtReal(q * q - 4 * mu)) / 2
                                          : PetscSqrtReal(mu);

    OK(HypMomentumContraction(mu, e, 1, 1, &rho));
    assert_float_equal(rho, root, 1e-13);
  }
}

/* No delay: max |1 - eta a| over the interval.  A delay of one step and no momentum,
   by brute force over the circle */
static void test_interval(void **state)
{
  (void)state;
  for (PetscInt k = 0; k < 40; k++) {
    const PetscReal low = Uniform(0.1, 1), high = low + Uniform(0, 2), eta = Uniform(0.05, 0.8),
                    mu = Uniform(0.05, 0.95), c = eta * (low + high) / 2,
                    r   = eta * (high - low) / 2,
                    sgd = PetscMax(PetscAbsReal(1 - eta * low), PetscAbsReal(1 - eta * high));
    PetscReal rho, least[2] = {PETSC_MAX_REAL, PETSC_MAX_REAL}, momentum, delayed;

    OK(HypDelayContraction(0, eta, low, high, &rho));
    assert_float_equal(rho, sgd, 1e-13);
    OK(HypMomentumContraction(0, eta, low, high, &rho));
    assert_float_equal(rho, sgd, 1e-13);
    OK(HypMomentumContraction(mu, eta, low, high, &momentum));
    OK(HypDelayContraction(3, eta, low, high, &delayed));
    for (PetscInt f = 0; f <= 100000; f++) {
      const double complex u = cexp(I * PETSC_PI * (double)f / 100000), z = momentum * u,
                           w = delayed * u;

      least[0] = PetscMin(least[0], cabs(z + mu / z - 1 - mu + c));
      least[1] = PetscMin(least[1], cabs(w * w * w * (w - 1) + c));
    }
    assert_float_equal(least[0], r, 1e-6);
    assert_float_equal(least[1], r, 1e-6);
  }
}

/* Where random numbers do not fall: no momentum, a centre at the focus or in the middle (q = 0) */
static void test_special(void **state)
{
  static const PetscReal momenta[] = {0, 1e-12, 0.25, 0.5}, rooms[] = {0, 1e-9, 0.5, 0.75};

  (void)state;
  for (size_t m = 0; m < 4; m++) {
    for (size_t r = 0; r < 4; r++) {
      for (int q = -2; q <= 2; q++) { /* eta k = 1 + mu - q sqrt(mu) */
        const PetscReal mu = momenta[m], k = 1 + mu - q * PetscSqrtReal(mu), room = rooms[r];
        PetscReal       rho, least = PETSC_MAX_REAL;

        if (room >= k) continue;
        OK(HypMomentumContraction(mu, 1, k - room, k + room, &rho));
        assert_true(rho < 2);
        for (PetscInt f = 0; f <= 20000; f++) {
          const double complex z = rho * cexp(I * PETSC_PI * (double)f / 20000);

          least = PetscMin(least, cabs(z * z - (1 + mu - k) * z + mu) - room * rho);
        }
        /* a root on the circle is between two of the points */
        assert_float_equal(least, 0, room > 1e-3 ? 1e-6 : 2e-4);
        if (mu == 0) assert_float_equal(rho, PetscAbsReal(1 - k) + room, 1e-15);
      }
    }
  }
}

/* f'(x) of a loss with curvatures in [low, high]:
   a sine between them, of random frequency and phase */
typedef struct {
  PetscReal low, high, frequency, phase;
} Loss;

static PetscReal Gradient(const Loss *f, PetscReal x)
{
  return (f->low + f->high) / 2 * x +
         (f->high - f->low) / (2 * f->frequency) * PetscSinReal(f->frequency * x + f->phase);
}

/* |(delta_j, delta_{j-1}, ..)|_P, the newest first;
   a and b hold the last n states, newest at `at` */
static PetscReal Distance(const HypStepNorm *norm, const PetscReal a[], const PetscReal b[],
                          PetscInt at)
{
  const PetscInt n   = norm->n;
  PetscReal      sum = 0;

  for (PetscInt i = 0; i < n; i++) {
    const PetscInt  p = (at - i + n) % n;
    const PetscReal x = a[p] - b[p];

    for (PetscInt j = 0; j < n; j++) {
      const PetscInt q = (at - j + n) % n;

      sum += norm->P[i * n + j] * x * (a[q] - b[q]);
    }
  }
  return PetscSqrtReal(sum);
}

/*
   Two coupled copies from far apart until 1e-5 or 4000 steps; the noise is common.
   The largest factor of |state|_P in one step, and the largest |delta_j| rho^-j/|delta_0|
*/
static void Simulate(const Loss *f, const HypStepNorm *norm, PetscInt delay, PetscReal mu,
                     PetscReal eta, PetscReal *factor, PetscReal *constant)
{
  const PetscInt n = norm->n;
  PetscReal      a[16], b[16], va = 0, vb = 0, before, shrunk = 1;

  for (PetscInt k = 0; k < n; k++) {
    a[k] = 1;
    b[k] = -1;
  }
  *factor = *constant = 0;
  before              = Distance(norm, a, b, n - 1);
  for (PetscInt j = 0; j < 4000; j++) {
    const PetscInt  at = j % n, last = (j + n - 1) % n, read = (j + n - 1 - delay) % n;
    const PetscReal noise = Uniform(-0.3, 0.3);
    PetscReal       now;

    va    = mu * va - eta * (Gradient(f, a[read]) - noise);
    vb    = mu * vb - eta * (Gradient(f, b[read]) - noise);
    a[at] = a[last] + va;
    b[at] = b[last] + vb;
    now   = Distance(norm, a, b, at);
    shrunk *= norm->rho;
    *factor   = PetscMax(*factor, now / before);
    *constant = PetscMax(*constant, PetscAbsReal(a[at] - b[at]) / (2 * shrunk));
    before    = now;
    if (now < 1e-5 || now > 1e3) break;
  }
}

/*
   200 losses, with delay and with momentum, in every step and without an allowance,
   where the factor is above 1 as well: the difference of two numbers of size 1 has 1e-5 or more,
   so that its rounding is 1e-10.  Some step of each kind comes close to the factor
*/
static void test_simulated(void **state)
{
  PetscReal closest[2] = {0, 0};
  PetscInt  caught     = 0;

  (void)state;
  for (PetscInt k = 0; k < 200; k++) {
    const PetscInt  delay = k % 2 ? 0 : 1 + k % 12;
    const PetscReal mu    = k % 2 ? Uniform(0.05, 0.95) : 0;
    const Loss      f     = {Uniform(0.5, 1), Uniform(1, 1.6), Uniform(0.5, 6), Uniform(0, 6)};
    PetscReal       eta, rho, factor, constant;
    HypStepNorm     norm;

    eta = k % 2 ? Uniform(0.02, 1) : Uniform(0.1, 0.9) * HypDelayStabilityLimit(delay) / f.high;
    if (k % 2) {
      OK(HypMomentumContraction(mu, eta, f.low, f.high, &rho));
      OK(HypMomentumNorm(mu, eta, f.low, f.high, 1e-6, &norm));
    } else {
      OK(HypDelayContraction(delay, eta, f.low, f.high, &rho));
      OK(HypDelayNorm(delay, eta, f.low, f.high, 1e-6, &norm));
    }
    assert_float_equal(norm.rho, rho, 1e-5 * rho);
    Simulate(&f, &norm, delay, mu, eta, &factor, &constant);
    if (factor > norm.rho * (1 + 1e-9) || constant > norm.constant * (1 + 1e-9))
      fail_msg("loss %d: factor %.12g of %.12g, constant %.12g of %.12g", (int)k, (double)factor,
               (double)norm.rho, (double)constant, (double)norm.constant);
    closest[k % 2] = PetscMax(closest[k % 2], factor / norm.rho);
    caught += norm.rho < 1 && factor > PetscPowReal(norm.rho, 1.01);
    OK(HypStepNormDestroy(&norm));
  }
  print_message(
    "closest: %.8f of the factor with delay, %.8f with momentum; %d rates times 1.01 caught\n",
    (double)closest[0], (double)closest[1], (int)caught);
  assert_true(closest[0] > 0.995 && closest[1] > 0.995);
  assert_true(caught > 20); /* a rate made larger by 1 % is found out */
}

int main(int argc, char **argv)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_quadratic),
    cmocka_unit_test(test_interval),
    cmocka_unit_test(test_special),
    cmocka_unit_test(test_simulated),
  };
  int failed;

  if (PetscInitialize(&argc, &argv, NULL, NULL)) return 1;
  OK(RandomStart(15));
  failed = cmocka_run_group_tests(tests, NULL, NULL);
  OK(PetscRandomDestroy(&Random));
  if (PetscFinalize()) return 1;
  return failed;
}
