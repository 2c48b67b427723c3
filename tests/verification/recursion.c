/* Contraction of the algorithms: spectral radii on quadratic losses,
   and coupled runs on others that never decay more slowly. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <hypoco/moments.h>
#include <math.h>

#define OK(call) assert_int_equal((call), 0)

static PetscRandom Random;

static PetscReal Uniform(PetscReal from, PetscReal to)
{
  PetscReal value;

  OK(PetscRandomGetValueReal(Random, &value));
  return from + (to - from) * value;
}

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

/* log of the factor a step between two coupled copies, from a start far apart to rounding
   or 4000 steps; the noise is common */
static PetscReal Simulated(const Loss *f, PetscInt delay, PetscReal mu, PetscReal eta)
{
  PetscReal a[32], b[32], va = 0, vb = 0, first = 0, largest = PETSC_MIN_REAL;
  PetscInt  n = delay + 1;

  for (PetscInt k = 0; k < n; k++) {
    a[k] = 1;
    b[k] = -1;
  }
  for (PetscInt j = 0; j < 4000; j++) {
    const PetscReal noise = Uniform(-0.3, 0.3), ga = eta * (Gradient(f, a[j % n]) - noise),
                    gb = eta * (Gradient(f, b[j % n]) - noise), la = a[(j + delay) % n],
                    lb = b[(j + delay) % n];

    va       = mu * va - ga;
    vb       = mu * vb - gb;
    a[j % n] = la + va; /* the slot of the state l steps ago becomes that of the next */
    b[j % n] = lb + vb;
    if (PetscAbsReal(a[j % n] - b[j % n]) < 1e-9) break;
    if (j == 3 * n + 20) first = PetscLogReal(PetscAbsReal(a[j % n] - b[j % n]));
    if (j > 6 * n + 100)
      largest = PetscMax(largest, (PetscLogReal(PetscAbsReal(a[j % n] - b[j % n])) - first) /
                                    (PetscReal)(j - 3 * n - 20));
  }
  return largest;
}

/* 200 losses, with delay and with momentum.  A difference may pass through zero at `first`,
   hence the allowance log(30)/100 */
static void test_simulated(void **state)
{
  PetscInt judged = 0, tight = 0;

  (void)state;
  for (PetscInt k = 0; k < 200; k++) {
    const PetscInt  delay = k % 2 ? 0 : 1 + k % 12;
    const PetscReal mu    = k % 2 ? Uniform(0.05, 0.95) : 0;
    const Loss      f     = {Uniform(0.5, 1), Uniform(1, 1.6), Uniform(0.5, 6), Uniform(0, 6)};
    PetscReal       eta, rho, found;

    eta = k % 2 ? Uniform(0.02, 1) : Uniform(0.1, 0.9) * HypDelayStabilityLimit(delay) / f.high;
    if (k % 2)
      OK(HypMomentumContraction(mu, eta, f.low, f.high, &rho));
    else
      OK(HypDelayContraction(delay, eta, f.low, f.high, &rho));
    if (rho >= 1) continue;
    found = Simulated(&f, delay, mu, eta);
    if (found == PETSC_MIN_REAL) continue;
    judged++;
    assert_true(found <= PetscLogReal(rho) + PetscLogReal(30) / 100);
    tight += found > 1.01 * PetscLogReal(rho) - 0.02;
  }
  assert_true(judged > 60 && tight > 5);
}

int main(int argc, char **argv)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_quadratic),
    cmocka_unit_test(test_interval),
    cmocka_unit_test(test_simulated),
  };
  int failed;

  if (PetscInitialize(&argc, &argv, NULL, NULL)) return 1;
  OK(PetscRandomCreate(PETSC_COMM_SELF, &Random));
  OK(PetscRandomSetSeed(Random, 15));
  OK(PetscRandomSeed(Random));
  failed = cmocka_run_group_tests(tests, NULL, NULL);
  OK(PetscRandomDestroy(&Random));
  if (PetscFinalize()) return 1;
  return failed;
}
