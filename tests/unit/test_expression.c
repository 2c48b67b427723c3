/* Expressions: values, what is refused and at which column, derivatives, speed of refusal. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <hypoco/expression.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PI 3.14159265358979323846

static const char *const xy[] = {"x", "y"};

static double evaluate(const char *text, double x, double y)
{
  HypExpression *expression;
  char          *message;
  double         value;
  const double   values[] = {x, y};

  if (HypExpressionCreate(text, 2, xy, &expression, &message)) fail_msg("%s: %s", text, message);
  value = HypExpressionEvaluate(expression, values);
  assert_string_equal(HypExpressionText(expression), text);
  HypExpressionDestroy(&expression);
  assert_null(expression);
  return value;
}

static void testValues(void **state)
{
  static const struct {
    const char *text;
    double      value; /* at x = 3, y = 2 */
  } cases[] = {
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
  };

  (void)state;
  for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); ++i) {
    const double value = evaluate(cases[i].text, 3, 2);

    if (fabs(value - cases[i].value) > 4e-16 * fabs(cases[i].value))
      fail_msg("%s = %.17g, not %.17g", cases[i].text, value, cases[i].value);
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
  for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); ++i) {
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

/* muParser rearranges (x+x to 2*x and the like): its values must stay those of the tree to rounding */
static void testRandomTrees(void **state)
{
  (void)state;
  srand(1);
  for (int i = 0; i < 2000; ++i) {
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

static void testRefused(void **state)
{
  static const struct {
    const char *text;
    int         column;
    const char *sentence;
  } cases[] = {
    {"0,1*x", 2, "a comma makes two values"},
    {"(0,1)*x", 3, "a comma makes two values"},
    {"x=5", 2, "to compare write '=='"},
    {"sinn(x)", 1, "unknown name 'sinn'"},
    {"x+foo", 3, "unknown name 'foo'"},
    {"_pi", 1, "unknown name"},
    {"sin x", 5, "sin needs its argument"},
    {"sin", 4, "sin needs its argument"},
    {"sin()", 5, "is missing here"},
    {"sin(x,x)", 8, "sin takes 1 argument, not 2"},
    {"atan2(x)", 8, "atan2 takes 2 arguments, not 1"},
    {"2 x", 3, "a product needs '*'"},
    {"2x", 1, "'2x' is not a number"},
    {"x y", 3, "a product needs '*'"},
    {"3(x)", 2, "a product needs '*'"},
    {"(x)(y)", 4, "a product needs '*'"},
    {"(x)2", 4, "a product needs '*'"},
    {"x(2)", 2, "a product needs '*'"},
    {"x+", 3, "is missing here"},
    {"*x", 1, "before it"},
    {"x**2", 3, "before it"},
    {"--x", 2, "before it"},
    {"x)", 2, "')' without '('"},
    {"((x)", 1, "'(' is not closed"},
    {"1+(x", 3, "'(' is not closed"},
    {"()", 2, "is missing here"},
    {"x?1", 4, "'?' without its ':'"},
    {"1:2", 2, "':' without its '?'"},
    {"(x?1):2", 5, "'?' without its ':'"},
    {"1<x<2", 4, "comparisons do not chain"},
    {"1e400", 1, "is not a number"},
    {"1e-400", 1, "is not a number"},
    {"1.5.2", 1, "is not a number"},
    {"0x10", 1, "is not a number"},
    {"2e", 1, "is not a number"},
    {"inf", 1, "unknown name"},
    {"nan", 1, "unknown name"},
    {"!x", 1, "has no meaning"},
    {"x%2", 2, "has no meaning"},
    {"\"a\"", 1, "has no meaning"},
    {"x;2", 2, "has no meaning"},
    {"x#2", 2, "has no meaning"},
    {"x\xc3\xb7"
     "2",
     2, "outside plain ASCII"},
    {"\x01", 1, "outside plain ASCII"},
    {"", 1, "is missing here"},
    {"  ", 3, "is missing here"},
    {"min(1,,2)", 7, "is missing here"},
    {"min(,1)", 5, "is missing here"},
    {"x&y", 2, "has no meaning"},
    {"x<<y", 3, "before it"},
    {"z", 1, "known are x, y, pi, e, sin"},
  };

  (void)state;
  for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); ++i) {
    HypExpression *expression = (HypExpression *)1;
    char          *message    = NULL, column[32];

    snprintf(column, sizeof(column), "column %d:", cases[i].column);
    assert_int_equal(HypExpressionCreate(cases[i].text, 2, xy, &expression, &message), 2);
    assert_null(expression);
    assert_non_null(message);
    if (!strstr(message, column) || !strstr(message, cases[i].sentence)) {
      fail_msg("'%s' gave '%s', wanted %s %s", cases[i].text, message, column, cases[i].sentence);
    }
    free(message);
  }
}

/* Both must be refused within 0.1 s; so must every text that is accepted by length but built to be slow */
static void testHugeTexts(void **state)
{
  const size_t  megabyte = 1 << 20;
  char *const   text     = malloc(megabyte + 1);
  const clock_t start    = clock();

  (void)state;
  for (int kind = 0; kind < 4; ++kind) {
    const size_t   length = kind == 0 ? 200001 : kind == 1 ? megabyte : HYP_EXPRESSION_MAX - 1;
    HypExpression *expression;
    char          *message;

    for (size_t i = 0; i < length; ++i) {
      text[i] = kind == 0   ? (i < 100000    ? '('
                               : i == 100000 ? 'x'
                                             : ')')
                : kind == 1 ? "x+"[i % 2]
                : kind == 2 ? "(("[i % 2]
                            : 'a';
    }
    text[length] = 0;
    assert_int_equal(HypExpressionCreate(text, 2, xy, &expression, &message), 2);
    free(message);
  }
  free(text);
  assert_true((double)(clock() - start) / CLOCKS_PER_SEC < 0.1);
}

/* The longest texts the guard lets through */
static void testLongTexts(void **state)
{
  char   text[HYP_EXPRESSION_MAX + 1];
  size_t length;

  (void)state;
  for (length = 0; length + 2 <= HYP_EXPRESSION_MAX - 1; length += 2)
    memcpy(text + length, "x+", 2);
  strcpy(text + length, "y");
  assert_true(fabs(evaluate(text, 1, 2) - (HYP_EXPRESSION_MAX / 2 + 1)) < 1e-9);
  memset(text, '(', 100);
  strcpy(text + 100, "x");
  memset(text + 101, ')', 100);
  text[201] = 0;
  assert_true(evaluate(text, 3, 0) == 3);
}

static void testMany(void **state)
{
  HypExpression *expression;
  char          *message;
  const double   values[] = {1, 2, 2, 2, 0, 2, 4, 2};
  double         results[4];

  (void)state;
  assert_int_equal(HypExpressionCreate("y/x", 2, xy, &expression, &message), 0);
  assert_int_equal(HypExpressionEvaluateMany(expression, 2, values, results), 2);
  assert_true(results[0] == 2 && results[1] == 1);
  assert_int_equal(HypExpressionEvaluateMany(expression, 4, values, results),
                   2); /* the third point */
  assert_true(results[3] == .5);
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
  assert_true(HypExpressionEvaluate(expression, &value) == 7);
  HypExpressionDestroy(&expression);
  assert_int_equal(HypExpressionCreate("2*pi", 0, NULL, &expression, &message), 0);
  assert_true(HypExpressionEvaluate(expression, NULL) == 2 * PI);
  HypExpressionDestroy(&expression);
}

static void testDerivative(void **state)
{
  static const struct {
    const char *text, *derivative;
  } cases[] = {
    {".5*sin(x)", ".5*cos(x)"},
    {"2*sin(3*x)", "6*cos(3*x)"},
    {"exp(-x^2)", "-2*x*exp(-x^2)"},
    {"tanh(5*x)", "5/cosh(5*x)^2"},
    {"4*x^3+12*x", "12*x^2+12"},
    {"sin(30*x)", "30*cos(30*x)"},
    {"x/(1+x^2)", "(1-x^2)/(1+x^2)^2"},
    {"1000+sin(x)", "cos(x)"},
    {"3*x", "3"},
    {"y", "0"},
    {"sin(x)*cos(y)", "cos(x)*cos(y)"},
  };
  double worst = 0, worstRatio = 0;

  (void)state;
  for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); ++i) {
    HypExpression *f, *g;
    char          *message;

    assert_int_equal(HypExpressionCreate(cases[i].text, 2, xy, &f, &message), 0);
    assert_int_equal(HypExpressionCreate(cases[i].derivative, 2, xy, &g, &message), 0);
    for (double x = -12; x <= 12; x += .0371) {
      const double values[] = {x, .4}, exact = HypExpressionEvaluate(g, values),
                   scale = fmax(1, fmax(fabs(exact), fabs(HypExpressionEvaluate(f, values))));
      double       estimate;
      const double off = fabs(HypExpressionDerivative(f, values, 0, &estimate) - exact);

      worst      = fmax(worst, off / scale);
      worstRatio = fmax(worstRatio, off / (estimate + 1e-300));
      if (off > 1e-11 * scale) fail_msg("(%s)' at %g: off by %g", cases[i].text, x, off);
      if (off > estimate + 1e-15 * scale)
        fail_msg("(%s)' at %g: off by %g, estimated %g", cases[i].text, x, off, estimate);
    }
    HypExpressionDestroy(&f);
    HypExpressionDestroy(&g);
  }
  print_message("derivative: largest relative error %.1e, largest error/estimate %.1e\n", worst,
                worstRatio);
}

static double derivativeAt(const char *text, double x, double y, size_t j, double *error)
{
  const double   values[] = {x, y};
  HypExpression *f;
  char          *message;
  double         slope;

  assert_int_equal(HypExpressionCreate(text, 2, xy, &f, &message), 0);
  slope = HypExpressionDerivative(f, values, j, error);
  HypExpressionDestroy(&f);
  return slope;
}

/* What has no derivative must not pass for accurate; singularities nearby are kept out of reach */
static void testDifficultDerivative(void **state)
{
  double error;

  (void)state;
  derivativeAt("abs(x)", 0, 0, 0, &error);
  assert_true(error > .1);
  derivativeAt("sqrt(x)", 0, 0, 0, &error);
  assert_false(error < 1e3);
  derivativeAt("x>0 ? 1 : 0", 0, 0, 0, &error);
  assert_true(error > 1);
  assert_true(fabs(derivativeAt("log(x)", .01, 0, 0, &error) - 100) < 1e-9);
  assert_true(fabs(derivativeAt("x*y^2", 3, 2, 1, &error) - 12) < 1e-11);
  assert_true(fabs(derivativeAt("sin(x)", 1000, 0, 0, &error) - cos(1000)) < 1e-10);
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
    cmocka_unit_test(testValues),      cmocka_unit_test(testFunctions),
    cmocka_unit_test(testRandomTrees), cmocka_unit_test(testRefused),
    cmocka_unit_test(testHugeTexts),   cmocka_unit_test(testLongTexts),
    cmocka_unit_test(testMany),        cmocka_unit_test(testShadowedConstant),
    cmocka_unit_test(testDerivative),  cmocka_unit_test(testDifficultDerivative),
    cmocka_unit_test(testLocale),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
