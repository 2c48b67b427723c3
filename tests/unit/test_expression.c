/* Expressions: values at points and over lanes. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "formulas.h"
#include <locale.h>
#include <unistd.h>

#define PI 3.14159265358979323846

static const struct {
  const char *text;
  double      value; /* at x = 3, y = 2 */
} known[] = {
  {"-x^2", -9},
  {"2^3^2", 512},
  {"2^-1", 0.5},
  {"x*-y", -6},
  {"1-2-3", -4},
  {"8/4/2", 1},
  {"- x ^ 2", -9},
  {"2^-x^2", 1. / 512},
  {"x<y ? 1 : x==3 ? 7 : 9", 7},
  {"x>=3 && y<3 || 0", 1},
  {"x != y", 1},
  {"min(x,y,-1)", -1},
  {"max(x,y)", 3},
  {"sum(x,y,1)", 6},
  {"avg(x,y)", 2.5},
  {"pow(y,x)", 8},
  {"mod(7,x)", 1},
  {"mod(-1,y)", 1},
  {"mod(-7,x)", 2},
  {"rint(2.5)", 2},
  {"sign(-x)", -1},
  {"sign(0)", 0},
  {"abs(-x)", 3},
  {"1e-3*x", 3e-3},
  {".5*x", 1.5},
  {"x+\n1", 4},
  {"3E2", 300},
  {"(1+2)*x", 9},
  {"-(-x)", 3},
  {"x*x", 9},
  {"x+x", 6},
  {"2*x+3*x", 15},
  {"x-x", 0},
  {"2*(3*x+1)", 20},
  {"x/2", 1.5},
  {"x^3", 27},
  {"x^4", 81},
  {"+x", 3},
  {"1<2 ? 3 : 1/0", 3},
  {"x**2", 9},
  {"-x**2", -9},
  {"x^-2", 1. / 9},
  {"x^0", 1},
  {"0 ? 1 : 0 ? 2 : 3", 3},
  {"x<y ? 1 : x>y ? y ? 5 : 6 : 7", 5},
  {"(x>y) + 2*(x<y ? 1 : 2)", 5},
  {"min(x)", 3},
  {"avg(x,y,1,2)", 2},
  {"floor(-0.5)", -1},
  {"2*-x", -6},
  {"x-y-1+2", 2},
  {"1 || x/0", 1},
};

static void testValues(void **state)
{
  (void)state;
  for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
    const double value = evaluate(known[i].text, 3, 2);

    if (fabs(value - known[i].value) > 4e-16 * fabs(known[i].value))
      fail_msg("%s = %.17g, not %.17g", known[i].text, value, known[i].value);
  }
}

static void testFunctions(void **state)
{
  static const struct {
    const char *name;
    double (*function)(double);
  } cases[] = {{"sin", sin},     {"cos", cos},   {"tan", tan},   {"asin", asin}, {"acos", acos},
               {"atan", atan},   {"sinh", sinh}, {"cosh", cosh}, {"tanh", tanh}, {"asinh", asinh},
               {"atanh", atanh}, {"exp", exp},   {"log", log},   {"ln", log},    {"log2", log2},
               {"log10", log10}, {"sqrt", sqrt}, {"erf", erf},   {"erfc", erfc}, {"abs", fabs}};

  (void)state;
  for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
    char text[32];

    snprintf(text, sizeof(text), "%s(x)", cases[i].name);
    assert_true(evaluate(text, .37, 0) == cases[i].function(.37));
  }
  assert_true(evaluate("acosh(x)", 1.7, 0) == acosh(1.7));
  assert_true(evaluate("atan2(y,x)", -.3, -.2) == atan2(-.2, -.3));
  assert_true(evaluate("pi", 0, 0) == PI);
  assert_true(evaluate("e", 0, 0) == exp(1.));
  assert_true(isinf(evaluate("1/x", 0, 0)));
  assert_true(isnan(evaluate("sqrt(x)", -1, 0)));
  assert_true(isnan(evaluate("max(x,1)", NAN, 0)));
}

/* A random expression as text, with its value */
static double grow(char *text, size_t *length, int depth, double x, double y)
{
  static const char operators[] = "+-*/";
  const int         choice      = rand() % 8;
  double            left, right;

  if (depth == 0 || choice == 0) {
    const int leaf = rand() % 3;

    *length += (size_t)sprintf(text + *length, "%s", leaf == 0 ? "x" : leaf == 1 ? "y" : "1.25");
    return leaf == 0 ? x : leaf == 1 ? y : 1.25;
  }
  if (choice == 1) {
    *length += (size_t)sprintf(text + *length, "sin(");
    left = sin(grow(text, length, depth - 1, x, y));
  } else {
    const char symbol = operators[rand() % 4];

    *length += (size_t)sprintf(text + *length, "(");
    left = grow(text, length, depth - 1, x, y);
    *length += (size_t)sprintf(text + *length, "%c", symbol);
    right = grow(text, length, depth - 1, x, y);
    left  = symbol == '+'   ? left + right
            : symbol == '-' ? left - right
            : symbol == '*' ? left * right
                            : left / right;
  }
  *length += (size_t)sprintf(text + *length, ")");
  return left;
}

/* Common parts are shared and whole powers multiplied out:
   values must stay those of the tree to rounding */
static void testRandomTrees(void **state)
{
  (void)state;
  srand(1);
  for (int i = 0; i < 2000; i++) {
    static char  text[1 << 16];
    size_t       length = 0;
    const double wanted = grow(text, &length, 5, .7, -1.3);
    double       value;

    if (length > HYP_EXPRESSION_MAX || !isfinite(wanted) || fabs(wanted) > 1e6) continue;
    value = evaluate(text, .7, -1.3);
    if (fabs(value - wanted) > 1e-9 * (1 + fabs(wanted)))
      fail_msg("%s = %.17g, not %.17g", text, value, wanted);
  }
}

/* Over lanes, in blocks and beyond, every value is the one at its point;
   common parts of an expression do not mix lanes */
static void testLanes(void **state)
{
  enum { LANES = 300 };
  HypExpression *expression;
  char          *message;
  double         x[LANES], y[LANES], results[LANES];
  const double  *values[] = {x, y};
  double        *rows[]   = {results};

  (void)state;
  for (int l = 0; l < LANES; l++) {
    x[l] = l - 100;
    y[l] = 1 + 0.01 * l;
  }
  assert_int_equal(
    HypExpressionCreate("y/x + sin(x*y)*sin(x*y) + (x<3 ? y : 2^x)", 2, xy, &expression, &message),
    0);
  HypExpressionEvaluateLanes(expression, LANES, values, rows);
  for (int l = 0; l < LANES; l++) {
    const double point[] = {x[l], y[l]}, s = sin(x[l] * y[l]),
                 wanted = y[l] / x[l] + s * s + (x[l] < 3 ? y[l] : pow(2, x[l]));

    assert_true(results[l] == HypExpressionEvaluate(expression, point, NULL));
    assert_true(l == 100 ? isinf(results[l]) : fabs(results[l] / wanted - 1) < 1e-15);
  }
  HypExpressionDestroy(&expression);
}

/* Names of the caller's win over constants */
static void testShadowedConstant(void **state)
{
  static const char *const names[] = {"e"};
  HypExpression           *expression;
  char                    *message;
  const double             value = 7;

  (void)state;
  assert_int_equal(HypExpressionCreate("e", 1, names, &expression, &message), 0);
  assert_true(HypExpressionEvaluate(expression, &value, NULL) == 7);
  HypExpressionDestroy(&expression);
  assert_int_equal(HypExpressionCreate("2*pi", 0, NULL, &expression, &message), 0);
  assert_true(HypExpressionEvaluate(expression, NULL, NULL) == 2 * PI);
  HypExpressionDestroy(&expression);
}

/* Letters as people write them */
static void testTheta(void **state)
{
  static const char *const names[] = {"theta", "theta1", "theta12"};
  const double             point[] = {3, 5, 7};
  HypExpression           *f;
  char                    *message;

  (void)state;
  if (HypExpressionCreate("\xce\xb8 + 10*\xce\xb8"
                          "1 + 100*\xce\xb8\xe2\x82\x81 + 1000*\xce\xb8\xe2\x82\x81\xe2\x82\x82",
                          3, names, &f, &message))
    fail_msg("%s", message);
  assert_true(HypExpressionEvaluate(f, point, NULL) == 7553);
  HypExpressionDestroy(&f);
}

/* With a decimal comma in force everything must be read as before */
static void testLocale(void **state)
{
  char command[256], folder[] = "/tmp/hypoco-locale-XXXXXX";
  int  there;

  (void)state;
  assert_non_null(mkdtemp(folder));
  snprintf(command, sizeof(command), "localedef -i de_DE -f UTF-8 %s/de_DE.UTF-8 >/dev/null 2>&1",
           folder);
  if (system(command) == 0) setenv("LOCPATH", folder, 1);
  there = setlocale(LC_ALL, "de_DE.UTF-8") && strcmp(localeconv()->decimal_point, ",") == 0;
  snprintf(command, sizeof(command), "rm -r %s", folder);
  assert_int_equal(system(command), 0);
  if (!there) skip();
  assert_true(evaluate("0.5*x+1.25e1", 1, 0) == 13);
  assert_true(evaluate("max(1.5,x)", 1, 0) == 1.5);
  setlocale(LC_ALL, "C");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(testValues),           cmocka_unit_test(testFunctions),
    cmocka_unit_test(testRandomTrees),      cmocka_unit_test(testLanes),
    cmocka_unit_test(testShadowedConstant), cmocka_unit_test(testTheta),
    cmocka_unit_test(testLocale),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
