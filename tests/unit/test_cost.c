/* What formulas and their derivatives cost, and that fused steps keep every bit. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "formulas.h"
#include <time.h>

static double secondsOf(HypExpression *expression, size_t lanes, const double *const *values,
                        double *const *results)
{
  double least = INFINITY;

  for (int attempt = 0; attempt < 40; attempt++) {
    struct timespec start, end;

    clock_gettime(CLOCK_MONOTONIC, &start);
    for (int k = 0; k < 10; k++) HypExpressionEvaluateLanes(expression, lanes, values, results);
    clock_gettime(CLOCK_MONOTONIC, &end);
    least = fmin(least, (double)(end.tv_sec - start.tv_sec) +
                          1e-9 * (double)(end.tv_nsec - start.tv_nsec));
  }
  return least;
}

/* All first derivatives together, and all second ones, cost at most five times the loss */
static void testCost(void **state)
{
  static const struct {
    const char *loss;
    size_t      d;
  } cases[] = {{"x^2/2 + 0.5*cos(3*x)", 1},
               {"log(1+exp(-x))", 1},
               {"x^4/4 - x^2/2", 1},
               {"tanh(x)*exp(-x^2/2)", 1},
               {"sqrt(1+x^2)", 1},
               {"abs(x) < 1 ? x^2/2 : abs(x) - 0.5", 1},
               {"x^2/2 + y^2/2 + 0.3*cos(x*y)", 2},
               {"0.5*(y*tanh(x) - 1)^2 + 0.05*(x^2 + y^2)", 2},
               {"x^2 + y^2 + z^2 + 0.3*sin(x + y*z)", 3}};
  enum { LANES = 2048 };
  static double            x[LANES], results[9][LANES];
  static const size_t      all[]    = {0, 1, 2};
  static const char *const xyz[]    = {"x", "y", "z"};
  const double            *values[] = {x, x, x};
  double                  *rows[9];

  (void)state;
  for (int l = 0; l < LANES; l++) x[l] = -4 + 8. * l / LANES;
  for (int k = 0; k < 9; k++) rows[k] = results[k];
  for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
    HypExpression *f, *g, *h;
    char          *message;
    double         loss, first, second;

    assert_int_equal(HypExpressionCreate(cases[i].loss, 3, xyz, &f, &message), 0);
    HypExpressionCreateDerivative(f, cases[i].d, all, &g);
    HypExpressionCreateDerivative(g, cases[i].d, all, &h);
    loss   = secondsOf(f, LANES, values, rows);
    first  = secondsOf(g, LANES, values, rows) / loss;
    second = secondsOf(h, LANES, values, rows) / loss;
    print_message("gradient %.2f, Hessian %.2f times %s\n", first, second, cases[i].loss);
    assert_true(first < 5 && second < 5);
    HypExpressionDestroy(&f);
    HypExpressionDestroy(&g);
    HypExpressionDestroy(&h);
  }
}

static void quartic(const double *x, size_t n, double *result)
{
  for (size_t l = 0; l < n; l++) result[l] = x[l] * x[l] * x[l] * x[l] / 4 - x[l] * x[l] / 2;
}

static void cubic(const double *x, size_t n, double *result)
{
  for (size_t l = 0; l < n; l++) result[l] = x[l] + 0.3 * x[l] * x[l] * x[l];
}

static void nested(const double *x, size_t n, double *result)
{
  for (size_t l = 0; l < n; l++) result[l] = 1 + x[l] * (2 + x[l] * (3 + x[l] * (4 + x[l] * 5)));
}

/* Fused products and sums give the same bits as a loop in C */
static void testPolynomials(void **state)
{
  static const struct {
    const char *text;
    void (*loop)(const double *, size_t, double *);
  } cases[] = {
    {"x*x*x*x/4 - x*x/2", quartic}, {"x + 0.3*x*x*x", cubic}, {"1+x*(2+x*(3+x*(4+x*5)))", nested}};
  enum { LANES = 2048 };
  static double x[LANES], found[LANES], wanted[LANES];
  const double *values[] = {x, x};
  double       *rows[]   = {found};
  char         *message;

  (void)state;
  for (int l = 0; l < LANES; l++) x[l] = -4 + 8. * l / LANES;
  for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
    HypExpression *f;

    assert_int_equal(HypExpressionCreate(cases[i].text, 2, xy, &f, &message), 0);
    HypExpressionEvaluateLanes(f, LANES, values, rows);
    cases[i].loop(x, LANES, wanted);
    assert_memory_equal(found, wanted, sizeof(found));
    rows[0] = x; /* results may go where the variable is */
    HypExpressionEvaluateLanes(f, LANES, values, rows);
    assert_memory_equal(x, wanted, sizeof(wanted));
    for (int l = 0; l < LANES; l++) x[l] = -4 + 8. * l / LANES;
    rows[0] = found;
    HypExpressionDestroy(&f);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(testCost),
    cmocka_unit_test(testPolynomials),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
