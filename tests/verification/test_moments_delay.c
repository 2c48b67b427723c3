/* Lambert W, delays, the theory table and the mini-batch schedule. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <hypoco/moments.h>
#include <gsl/gsl_integration.h>

#define OK(call) assert_int_equal((call), 0)

/* w e^w = z, on both sides of the branch point and across the seams of the three methods */
static void test_lambert_inverts(void **state)
{
  const double z[] = {-1e6,         -10,     -1,      -0.5,  -0.3681, -0.36797, -0.3679, -0.36788,
                      -0.367879441, -0.3678, -0.3677, -0.36, -0.1,    0,        1,       1e3};

  (void)state;
  for (size_t i = 0; i < sizeof(z) / sizeof(z[0]); i++) {
    double         re, im;
    double complex w;

    OK(HypLambertW0(z[i], &re, &im));
    w = re + I * im;
    assert_true(cabs(w * cexp(w) - z[i]) <= 4e-15 * (1 + cabs(w)) * fmax(fabs(z[i]), 1e-300));
    assert_true(im >= 0 && im < M_PI);
    assert_true(im > 0 || re >= -1);
  }
}

/* At the branch point W + 1 = sqrt(2(ez+1)), with ez+1 = +-1e-10 and the rounding
   of z itself known */
static void test_lambert_branch_point(void **state)
{
  (void)state;
  for (int sign = -1; sign <= 1; sign += 2) {
    const double z        = (-1 + sign * 1e-10) / M_E,
                 distance = (double)(2.718281828459045235360287L * (long double)z + 1.0L);
    const double p        = sqrt(2 * fabs(distance));
    double       re, im;

    OK(HypLambertW0(z, &re, &im));
    if (sign > 0)
      assert_float_equal((re + 1) / (p - p * p / 3), 1, 1e-9);
    else
      assert_float_equal(im / p, 1, 1e-9);
  }
}

/* Fig. 1 of He et al.: a tau = .1;
   and the algorithm's own rate and stability limit for a delay of ten steps */
static void test_figure1(void **state)
{
  const PetscReal a = 2, eta = 0.005;
  PetscReal       V, rate;

  (void)state;
  OK(HypDelayRate(1, &a, 10 * eta, &V));
  assert_float_equal(V, -2.23665, 0.5e-5);
  OK(HypDelayDiscreteRate(eta * a, 10, &rate));
  assert_float_equal(rate / eta, -2.25086, 0.5e-5);
  assert_float_equal(HypDelayStabilityLimit(10), 2 * sin(M_PI / 42), 1e-15);
  for (PetscInt l = 0; l <= 30; l += 5) {
    OK(HypDelayDiscreteRate(HypDelayStabilityLimit(l), l, &rate));
    assert_float_equal(rate, 0, 1e-9);
  }
}

/* Beyond a tau = pi/2 the delay equation is unstable; on several curvatures the slowest counts */
static void test_delay_stability(void **state)
{
  const PetscReal curvature[] = {1, 3, 15};
  PetscReal       V, one;

  (void)state;
  OK(HypDelayRate(1, curvature, M_PI / 2, &V));
  assert_float_equal(V, 0, 1e-14);
  OK(HypDelayRate(3, curvature, 0.1, &V));
  OK(HypDelayRate(1, curvature + 2, 0.1, &one));
  assert_float_equal(V, PetscMax(one, -1.1183255915896), 1e-12);
}

static void test_report(void **state)
{
  const HypAlgorithm algorithm = {0.02, 0.96, 2, 4};
  HypTheoryReport    report;

  (void)state;
  OK(HypTheoryReportCompute(&algorithm, 4, 0.1, 1e-6, &report));
  assert_int_equal(report.constants.lyapunov.regime, HYP_UNDERDAMPED);
  assert_float_equal(report.gamma, PetscSqrtReal(2), 1e-15);
  assert_float_equal(report.beta * report.tau * report.tau * 4, 2 * report.gamma,
                     1e-14); /* beta = 2 gamma/(tau^2 w0^4) */
  assert_float_equal(report.rate_printed, 2 * 0.04, 1e-15);
  assert_float_equal(report.rate_proved, 0.04, 1e-15);
  assert_float_equal(report.rate_mean, -PetscLogReal(0.96), 1e-15);
  assert_float_equal(report.eta_threshold, 0.005, 1e-15);
  assert_float_equal(
    report.workers_exact, 2,
    1e-12); /* "two workers" of Fig. 3.1 (c), which the printed 1/(1-kappa) = 25 misses */
  assert_float_equal(report.workers_printed, 25, 1e-12);
  assert_float_equal(report.speedup, 2, 1e-12);
  assert_float_equal(report.constants.C1_printed, 1e-6 * report.constants.C1,
                     1e-12 * report.constants.C1);
}

/* All parameters one: mu/C1 against a loss perturbation of any visible size */
static void test_theorem_constants(void **state)
{
  HypModel            model;
  HypTheoremConstants constants;

  (void)state;
  OK(HypModelCreate(PETSC_COMM_SELF, &model));
  OK(HypTheoremConstantsCompute(model, 0.1, 1, &constants));
  assert_float_equal(constants.lyapunov.mu_proved, 0.5, 1e-15);
  assert_float_equal(constants.C2, 1, 1e-15);
  assert_float_equal(constants.C1, (11 + 11 + 7.5) / 0.75,
                     1e-12); /* 39.33: the decay is lost for eps0 > .0127 */
  OK(HypModelSetParameters(model, 1, 1, 1.9, 1));
  OK(HypTheoremConstantsCompute(model, 0.1, 1, &constants));
  assert_float_equal(constants.C1, 4.8e3, 0.05e3);
  OK(HypModelSetParameters(model, 1, 1, 3, 1));
  OK(HypTheoremConstantsCompute(model, 0.1, 1, &constants));
  assert_float_equal(constants.C1, 1.6e4, 0.05e4);
  OK(HypModelDestroy(&model));
}

/* The cost of a schedule that is the optimal one plus a disturbance,
   by quadrature of z' = rho (z - A/(1+u)) */
typedef struct {
  const HypSchedule *schedule;
  double             shift; /* added to u where u > 0 */
} Control;

static double ControlBatch(double t, const Control *control)
{
  const double u = HypScheduleBatch(control->schedule, t);

  return u > 0 ? fmax(u + control->shift, 0) : 0;
}

static double CostDensity(double t, void *ctx)
{
  const Control     *control  = ctx;
  const HypSchedule *schedule = control->schedule;
  const double       u        = ControlBatch(t, control);

  return -schedule->rate * schedule->level / (1 + u) * exp(schedule->rate * (schedule->end - t)) +
         schedule->cost / schedule->eta * u;
}

static double Cost(const Control *control, double z, double t)
{
  const HypSchedule         *schedule = control->schedule;
  gsl_function               f        = {CostDensity, (void *)control};
  gsl_integration_workspace *work     = gsl_integration_workspace_alloc(1000);
  double knots[3] = {t, schedule->end - schedule->t_star, schedule->end}, integral, error;

  if (knots[1] < t) knots[1] = t;
  gsl_integration_qagp(&f, knots, 3, 0, 1e-12, 1000, work, &integral, &error);
  gsl_integration_workspace_free(work);
  return z * exp(schedule->rate * (schedule->end - t)) + integral;
}

/* The corrected value function is the cost of (4.11), at every stage,
   and any other size of batch costs more */
static void test_schedule(void **state)
{
  const HypAlgorithm algorithm = {0.02, 0.9, 1, 1. / 12};
  const double       times[]   = {0, 10, 25, 29, 29.9};
  HypSchedule        schedule;

  (void)state;
  OK(HypScheduleCreate(&algorithm, 1e-8, 30, &schedule));
  assert_true(schedule.t_star > 0 && schedule.t_star < 30);
  for (int i = 0; i < 5; i++) {
    Control control = {&schedule, 0};

    assert_float_equal(Cost(&control, 0.3, times[i]) / HypScheduleValue(&schedule, 0.3, times[i]),
                       1, 1e-10);
    assert_true(fabs(HypScheduleValuePrinted(&schedule, 0.3, times[i]) -
                     HypScheduleValue(&schedule, 0.3, times[i])) > 1e-7);
    for (int sign = -1; sign <= 1; sign += 2) {
      control.shift = 0.3 * sign;
      assert_true(Cost(&control, 0.3, times[i]) > HypScheduleValue(&schedule, 0.3, times[i]));
    }
  }
  OK(HypScheduleCreate(&algorithm, 1, 30, &schedule)); /* too expensive: never a batch */
  assert_true(schedule.t_star == 0 && HypScheduleBatch(&schedule, 30) == 0);
}

/* SGD with momentum: the covariance of (theta, w) by its own recursion, and the roots */
static void test_momentum_report(void **state)
{
  static const HypAlgorithm cases[] = {
    {0.1, 0.5, 2, 3}, {0.01, 0.9, 1, 1}, {0.3, 0, 1.7, 0.4}, {2, 0.8, 1.3, 0.2}};

  (void)state;
  for (size_t c = 0; c < sizeof(cases) / sizeof(cases[0]); c++) {
    const PetscReal   mu = cases[c].kappa, a = cases[c].curvature, eta = cases[c].eta * (1 - mu);
    PetscReal         s[3] = {0, 0, 0}, half, factor; /* E theta^2, E theta w, E w^2 */
    HypMomentumReport report;

    OK(HypMomentumReportCompute(&cases[c], 0.1, &report));
    for (int j = 0; j < 20000; j++) {
      /* w' = mu w - eta a theta + noise, theta' = theta + w' */
      const PetscReal ww = mu * mu * s[2] - 2 * mu * eta * a * s[1] + PetscSqr(eta * a) * s[0] +
                           eta * eta * cases[c].noise,
                      tw = mu * s[1] - eta * a * s[0]; /* E theta w' */

      s[0] += 2 * tw + ww;
      s[1] = tw + ww;
      s[2] = ww;
    }
    assert_true(fabs(s[0] - report.stationary) <= 1e-10 * report.stationary);
    half   = (1 + mu - eta * a) / 2;
    factor = cabs(fabs(half) + csqrt(half * half - mu));
    assert_true(fabs(-2 * log(factor) - report.rate) <= 1e-12 * report.rate);
    assert_true(fabs(report.stationary_sde - cases[c].eta * cases[c].noise / (2 * a)) <=
                1e-12 * report.stationary_sde);
    assert_true(report.lyapunov.mu_proved > 0 && report.rate_sde > 0);
  }
}

int main(int argc, char **argv)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_lambert_inverts), cmocka_unit_test(test_lambert_branch_point),
    cmocka_unit_test(test_figure1),         cmocka_unit_test(test_delay_stability),
    cmocka_unit_test(test_report),          cmocka_unit_test(test_theorem_constants),
    cmocka_unit_test(test_schedule),        cmocka_unit_test(test_momentum_report),
  };
  int failed;

  if (PetscInitialize(&argc, &argv, NULL, NULL)) return 1;
  failed = cmocka_run_group_tests(tests, NULL, NULL);
  if (PetscFinalize()) return 1;
  return failed;
}
