/* Losses by name: bounds of the curvature, domains of the parameters, data. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <hypoco/function.h>
#include <hypoco/table.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const path = "named.txt";

static void writeBytes(const char *text, size_t length)
{
  FILE *const file = fopen(path, "wb");

  assert_non_null(file);
  assert_int_equal(fwrite(text, 1, length, file), length);
  assert_int_equal(fclose(file), 0);
}

static void writeText(const char *text)
{
  writeBytes(text, strlen(text));
}

static double at(HypFunction *f, int order, const double *theta, double *all)
{
  double local[16];
  char  *message;

  if (HypFunctionEvaluate(f, order, 1, theta, all ? all : local, &message)) fail_msg("%s", message);
  return all ? all[0] : local[0];
}

/* Every loss by name: its curvature stays within its bounds, which are attained to 20 %,
   and two of them by hand */
static void testNamed(void **state)
{
  static const double sine[] = {1, .3, 2};
  const char         *name, *parameters, *defaults, *help;
  char               *formula, *message;
  double              bounds[2];

  (void)state;
  for (size_t i = 0; HypLossNamedRow(i, &name, &parameters, &defaults, &help); i++) {
    const size_t d     = strcmp(name, "network") ? 1 : 2;
    const bool   data  = !strcmp(name, "logistic") || !strcmp(name, "least-squares");
    double       least = INFINITY, most = -INFINITY;
    HypFunction *f;
    size_t       bad;

    writeText("1 1\n2 -1\n-0.5 1\n");
    if (HypLossNamed(name, d, 0, NULL, data ? path : NULL, &formula, bounds, &message))
      fail_msg("%s: %s", name, message);
    if (HypFunctionCreateFormulas(d, 1, (const char *const *)&formula, &f, &bad, &message))
      fail_msg("%s: %s", name, message);
    for (double x = -6; d == 1 && x < 6; x += .01) {
      const double curvature = at(f, 2, &x, NULL);

      least = fmin(least, curvature);
      most  = fmax(most, curvature);
    }
    if (d == 1) {
      assert_true(least >= bounds[0] - 1e-12 && most <= bounds[1] + 1e-12);
      if (isfinite(bounds[0]) && isfinite(bounds[1]))
        assert_true(least - bounds[0] <= .2 * (bounds[1] - bounds[0]) + 1e-12 &&
                    bounds[1] - most <= .2 * (bounds[1] - bounds[0]) + 1e-12);
    }
    HypFunctionDestroy(&f);
    free(formula);
  }
  assert_int_equal(HypLossNamed("sine", 1, 3, sine, NULL, &formula, bounds, &message), 0);
  assert_true(fabs(bounds[0] - .4) < 1e-15 && fabs(bounds[1] - 1.6) < 1e-15);
  free(formula);
  assert_int_equal(HypLossNamed("sin", 1, 0, NULL, NULL, &formula, bounds, &message), 2);
  assert_non_null(strstr(message, "known are quadratic, sine"));
  free(message);
  assert_int_equal(HypLossNamed("huber", 1, 3, sine, NULL, &formula, bounds, &message), 2);
  assert_non_null(strstr(message, "3 numbers given; the loss huber takes a"));
  free(message);
  assert_int_equal(HypLossNamed("network", 1, 0, NULL, NULL, &formula, bounds, &message), 2);
  free(message);
  assert_int_equal(HypLossNamed("logistic", 1, 0, NULL, NULL, &formula, bounds, &message), 2);
  assert_non_null(strstr(message, "needs loss_data"));
  free(message);
  writeText("1 1\n2 3\n");
  assert_int_equal(HypLossNamed("logistic", 1, 0, NULL, path, &formula, bounds, &message), 2);
  assert_non_null(strstr(message, "line 2: the label 3"));
  free(message);
}

/* Parameters for which a bound would be false, or the formula has no value, are refused; the ends
   of the domains are not */
static void testDomains(void **state)
{
  static const struct {
    const char *name;
    size_t      n;
    double      parameters[3];
    const char *refused; /* NULL: accepted */
  } cases[] = {{"huber", 1, {-20}, "a = -20 given; the loss huber needs 0 or a positive number"},
               {"huber", 1, {0}, NULL},
               {"double-well", 2, {-1, 1}, "a = -1 given; the loss double-well needs 0 or a"},
               {"double-well", 2, {0, -1}, NULL},
               {"quartic", 2, {1, -1e-9}, "b = -1e-09 given; the loss quartic needs 0 or a"},
               {"quartic", 2, {-1, 0}, NULL},
               {"sine", 3, {1, 1, 0}, "c = 0 given; the loss sine needs a number that is not 0"},
               {"sine", 3, {-1, -1, -2}, NULL},
               {"tanh", 3, {1, 1, 0}, "c = 0 given; the loss tanh needs a number that is not 0"},
               {"tanh", 3, {-1, -1, -2}, NULL},
               {"tanh", 3, {1, -1, 2}, NULL},
               {"bump", 3, {1, 1, 0}, "c = 0 given; the loss bump needs a number that is not 0"},
               {"bump", 3, {-1, -1, -2}, NULL},
               {"quadratic", 1, {NAN}, "a = nan given; the loss quadratic needs a finite number"}};

  (void)state;
  for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
    double       bounds[2];
    char        *formula, *message;
    HypFunction *f;
    size_t       bad;
    const int code = HypLossNamed(cases[k].name, 1, cases[k].n, cases[k].parameters, NULL, &formula,
                                  bounds, &message);

    assert_int_equal(code, cases[k].refused ? 2 : 0);
    if (code) {
      assert_non_null(strstr(message, cases[k].refused));
      free(message);
      continue;
    }
    assert_int_equal(
      HypFunctionCreateFormulas(1, 1, (const char *const *)&formula, &f, &bad, &message), 0);
    for (double x = -6.005; x < 6; x += .01) {
      const double curvature = at(f, 2, &x, NULL);

      assert_true(curvature >= bounds[0] - 1e-12 && curvature <= bounds[1] + 1e-12);
    }
    HypFunctionDestroy(&f);
    free(formula);
  }
}

/* logistic takes a thousand rows of full length; the decay stands once, and what is too much is
   said in rows */
static void testManyRows(void **state)
{
  static const int counts[] = {1000, 1200};

  (void)state;
  for (int c = 0; c < 2; c++) {
    FILE  *file = fopen(path, "w");
    double bounds[2];
    char  *formula, *message;
    int    code;

    for (int k = 0; k < counts[c]; k++) fprintf(file, "%.17g 1\n", -sin(1 + k) / 3);
    fclose(file);
    code = HypLossNamed("logistic", 1, 0, NULL, path, &formula, bounds, &message);
    assert_int_equal(code, c ? 2 : 0);
    if (!code) assert_true(strlen(formula) <= 100000 && !strstr(strstr(formula, "^2") + 1, "^2"));
    if (code) {
      size_t given, first;

      assert_int_equal(
        sscanf(strstr(message, " has "), " has %zu rows; the first %zu", &given, &first), 2);
      assert_true(strstr(message, "loss_data") == message && given == 1200);
      assert_true(first >= 1000 && first < 1200);
      free(message);
    }
    free(formula);
  }
}

/* Least squares in three variables:
   the Hessian and the gradient of the formula are those of the rows */
static void testLeastSquares(void **state)
{
  static const double rows[3][4] = {{1, .5, -1, 2}, {.3, -2, 1, 1}, {-1, 1, 1.5, -.5}};
  static const double theta[] = {.3, -.7, 1.1}, decay = .2;
  double              curvature[2], gradient[3], hessian[9];
  char               *formula, *message;
  HypFunction        *f;
  size_t              bad;

  (void)state;
  writeText("1 .5 -1 2\n.3 -2 1 1\n-1 1 1.5 -.5\n");
  if (HypLossNamed("least-squares", 3, 1, &decay, path, &formula, curvature, &message))
    fail_msg("%s", message);
  assert_int_equal(
    HypFunctionCreateFormulas(3, 1, (const char *const *)&formula, &f, &bad, &message), 0);
  at(f, 1, theta, gradient);
  at(f, 2, theta, hessian);
  for (int k = 0; k < 2; k++) { /* the bounds of the curvature are its eigenvalues */
    const double *const h = hessian, z = curvature[k], a = h[0] - z, b = h[4] - z, c = h[8] - z;

    assert_true(fabs(a * (b * c - h[5] * h[5]) - h[1] * (h[1] * c - h[5] * h[2]) +
                     h[2] * (h[1] * h[5] - b * h[2])) < 1e-13);
  }
  assert_true(curvature[0] > decay && curvature[1] > curvature[0]);
  for (int c = 0; c < 3; c++) {
    double g = decay * theta[c];

    for (int i = 0; i < 3; i++) {
      double residual = -rows[i][3];

      for (int e = 0; e < 3; e++) residual += rows[i][e] * theta[e];
      g += residual * rows[i][c] / 3;
    }
    assert_true(fabs(gradient[c] - g) < 1e-15);
    for (int e = 0; e < 3; e++) {
      double h = c == e ? decay : 0;

      for (int i = 0; i < 3; i++) h += rows[i][c] * rows[i][e] / 3;
      assert_true(fabs(hessian[c * 3 + e] - h) < 1e-15);
    }
  }
  HypFunctionDestroy(&f);
  free(formula);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(testNamed),
    cmocka_unit_test(testDomains),
    cmocka_unit_test(testManyRows),
    cmocka_unit_test(testLeastSquares),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
