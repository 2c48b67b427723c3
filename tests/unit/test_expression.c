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
#include <stdbool.h>
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
  value = HypExpressionEvaluate(expression, values, NULL);
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

  (void)state;
  for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
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
    {"x***2", 4, "before it"},
    {"x\xe2\x88\x92"
     "2",
     2, "the minus sign U+2212; write '-'"},
    {"\xce\xb8+x\xe2\x88\x92"
     "2",
     1, "unknown name 'theta'"},
    {"x\xc2\xb2", 2, "write '^2'"},
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
     2, "write '/'"},
    {"x+\xc3\xa9", 3, "outside plain ASCII"},
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
  for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
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

/* Both must be refused within 0.1 s;
   so must every text that is accepted by length but built to be slow */
static void testHugeTexts(void **state)
{
  const size_t  megabyte = 1 << 20;
  char *const   text     = malloc(megabyte + 1);
  const clock_t start    = clock();

  (void)state;
  for (int kind = 0; kind < 4; kind++) {
    const size_t   length = kind == 0 ? 200001 : kind == 1 ? megabyte : HYP_EXPRESSION_MAX - 1;
    HypExpression *expression;
    char          *message;

    for (size_t i = 0; i < length; i++) {
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

/* d/dx of a text at a point, by the rules */
static double derivativeAt(const char *text, double x, double y, size_t j)
{
  const double   point[] = {x, y};
  HypExpression *f, *g;
  char          *message;
  double         slope;

  if (HypExpressionCreate(text, 2, xy, &f, &message)) fail_msg("%s: %s", text, message);
  HypExpressionCreateDerivative(f, 1, &j, &g);
  slope = HypExpressionEvaluate(g, point, NULL);
  HypExpressionDestroy(&f);
  HypExpressionDestroy(&g);
  return slope;
}

/* Every function of the language has its row here: the rule against what textbooks say,
   at x = 0.37 and y = 1.3 */
static void testRules(void **state)
{
  static const struct {
    const char *text, *derivative;
  } cases[] = {
    {"x+y", "1"},
    {"x-y", "1"},
    {"y-x", "-1"},
    {"x*y", "y"},
    {"x/y", "1/y"},
    {"y/x", "-y/x^2"},
    {"x^y", "y*x^(y-1)"},
    {"y^x", "y^x*log(y)"},
    {"x^x", "x^x*(log(x)+1)"},
    {"x^5", "5*x^4"},
    {"x^-3", "-3*x^-4"},
    {"pow(x,2.5)", "2.5*x^1.5"},
    {"-x", "-1"},
    {"x<y", "0"},
    {"x<=y", "0"},
    {"x>y", "0"},
    {"x>=y", "0"},
    {"x==y", "0"},
    {"x!=y", "0"},
    {"x&&y", "0"},
    {"x||y", "0"},
    {"x<y ? x^2 : y", "2*x"},
    {"x>y ? x^2 : 3*x", "3"},
    {"sin(x)", "cos(x)"},
    {"cos(x)", "-sin(x)"},
    {"tan(x)", "1/cos(x)^2"},
    {"asin(x)", "1/sqrt(1-x^2)"},
    {"acos(x)", "-1/sqrt(1-x^2)"},
    {"atan(x)", "1/(1+x^2)"},
    {"atan2(x,y)", "y/(x^2+y^2)"},
    {"atan2(y,x)", "-y/(x^2+y^2)"},
    {"sinh(x)", "cosh(x)"},
    {"cosh(x)", "sinh(x)"},
    {"tanh(x)", "1/cosh(x)^2"},
    {"asinh(x)", "1/sqrt(x^2+1)"},
    {"acosh(1+x)", "1/sqrt((1+x)^2-1)"},
    {"atanh(x)", "1/(1-x^2)"},
    {"exp(x)", "exp(x)"},
    {"log(x)", "1/x"},
    {"ln(x)", "1/x"},
    {"log2(x)", "1/(x*ln(2))"},
    {"log10(x)", "1/(x*ln(10))"},
    {"sqrt(x)", "1/(2*sqrt(x))"},
    {"erf(x)", "2/sqrt(pi)*exp(-x^2)"},
    {"erfc(x)", "-2/sqrt(pi)*exp(-x^2)"},
    {"abs(x)", "1"},
    {"abs(-x)", "1"},
    {"abs(x-y)", "-1"},
    {"sign(x)", "0"},
    {"rint(x)", "0"},
    {"floor(x)", "0"},
    {"mod(x,y)", "1"},
    {"mod(y,x)", "-3"},
    {"min(x,y)", "1"},
    {"max(x,y)", "0"},
    {"max(x,y,x*y+y)", "y"},
    {"sum(x,x^2,y)", "1+2*x"},
    {"avg(x,x^2,y)", "(1+2*x)/3"},
    {"powerlog(x,y)", "y*x^(y-1)*log(x)+x^(y-1)"},
    {"powerlog(y,x)", "y^x*log(y)^2"},
  };

  (void)state;
  for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
    const double wanted = evaluate(cases[i].derivative, .37, 1.3),
                 found  = derivativeAt(cases[i].text, .37, 1.3, 0);

    if (!(fabs(found - wanted) <= 4e-15 * (1 + fabs(wanted))))
      fail_msg("(%s)' = %.17g, not %.17g", cases[i].text, found, wanted);
  }
}

/* Kinks and jumps: the side that docs/expressions.md promises; where a rule has 0 times infinity,
   the limit */
static void testOneSided(void **state)
{
  static const struct {
    const char *text;
    double      derivative; /* at x = 0 */
  } cases[] = {
    {"abs(x)", 1},
    {"max(x,0)", 1},
    {"min(x,0)", 1},
    {"max(0,x)", 0},
    {"sign(x)", 0},
    {"x>=0 ? 2*x : -x", 2},
    {"x>0 ? log(x) : 3*x", 3},
    {"mod(x,1)", 1},
    {"exp(-1/x^2)", 0},
    {"1/(1+exp(800-x))", 0},
    {"x/(1+exp(800))", 0},
    {"x^2.5", 0},
    {"x^(2+0*x)", 0},
    {"x^1.5*x^0.5", 0},
    {"x^0.7*x^0.6", 0},
    {"sqrt(x)*sqrt(x)", 1},
    {"abs(x)^0.5*abs(x)^0.5", 1},
    {"abs(x)^1.5*abs(x)^0.5 + 3*x", 3},
    {"sqrt(1-cos(x))*sqrt(1-cos(x))", 0},
    {"(-x)^1.5*(-x)^0.5 - x", -1},
    {"(x+1)^2*x^0.9*x^0.3", 0},
  };

  (void)state;
  for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
    const double found = derivativeAt(cases[i].text, 0, 0, 0);

    if (!(fabs(found - cases[i].derivative) < 1e-12))
      fail_msg("(%s)' at 0 is %.17g, not %g", cases[i].text, found, cases[i].derivative);
  }
  assert_false(isfinite(derivativeAt("sqrt(x)", 0, 0, 0)));
  assert_false(isfinite(derivativeAt("log(x)", 0, 0, 0)));
  assert_false(isfinite(derivativeAt("sqrt(abs(x))", 0, 0, 0)));
  assert_false(isfinite(derivativeAt("x^0.3*x^0.3", 0, 0, 0)));
}

/* The gradient and the Hessian of one formula, all entries at once, against formulas by hand */
static void testHessian(void **state)
{
  static const size_t      both[]   = {0, 1};
  static const char *const wanted[] = {"2*x*y+cos(x*y)*y",          "x^2+cos(x*y)*x",
                                       "2*y-y^2*sin(x*y)",          "2*x+cos(x*y)-x*y*sin(x*y)",
                                       "2*x+cos(x*y)-x*y*sin(x*y)", "-x^2*sin(x*y)"};
  const double             point[]  = {.7, -1.3};
  double                   found[6];
  HypExpression           *f, *gradient, *hessian;
  char                    *message;

  (void)state;
  assert_int_equal(HypExpressionCreate("x^2*y + sin(x*y)", 2, xy, &f, &message), 0);
  HypExpressionCreateDerivative(f, 2, both, &gradient);
  HypExpressionCreateDerivative(gradient, 2, both, &hessian);
  HypExpressionDestroy(&f);
  assert_int_equal(HypExpressionOutputs(gradient), 2);
  assert_int_equal(HypExpressionOutputs(hessian), 4);
  HypExpressionEvaluate(gradient, point, found);
  HypExpressionEvaluate(hessian, point, found + 2);
  for (int k = 0; k < 6; k++)
    assert_true(fabs(found[k] - evaluate(wanted[k], point[0], point[1])) < 1e-14);
  HypExpressionDestroy(&gradient);
  HypExpressionDestroy(&hessian);
}

/* A random formula of all smooth functions, nested in ways that stay finite */
static void growSmooth(char *text, size_t *length, int depth)
{
  static const char *const wrap[] = {
    "sin(",           "cos(",          "tanh(",        "exp(-(%s)^2",    "atan(",
    "asinh(",         "erf(",          "log(1.5+sin(", "sqrt(2+sin(",    "1/(2+cos(",
    "erfc(",          "sinh(0.3*sin(", "cosh(tanh(",   "acos(0.9*tanh(", "asin(0.9*sin(",
    "atanh(0.8*sin(", "acosh(2+sin(",  "log2(3+cos(",  "log10(3+sin(",   "tan(0.7*sin("};
  static const char *const operators[] = {"+", "-", "*"};
  const int                choice      = rand() % 10;

  if (depth == 0) {
    static const char *const leaves[] = {"x", "y", "1.25", "x", "0.3"};

    *length += (size_t)sprintf(text + *length, "%s", leaves[rand() % 5]);
  } else if (choice < 4) {
    const char *const open    = wrap[rand() % (int)(sizeof(wrap) / sizeof(wrap[0]))];
    const bool        gauss   = strchr(open, '%') != NULL;
    int               closing = 0;

    *length += (size_t)sprintf(text + *length, "%s", gauss ? "exp(-(" : open);
    growSmooth(text, length, depth - 1);
    if (gauss) *length += (size_t)sprintf(text + *length, ")^2");
    for (const char *c = open; *c && !gauss; c++) closing += *c == '(' ? 1 : *c == ')' ? -1 : 0;
    for (closing += gauss; closing > 0; closing--) *length += (size_t)sprintf(text + *length, ")");
  } else if (choice == 4) {
    *length += (size_t)sprintf(text + *length, "(");
    growSmooth(text, length, depth - 1);
    *length += (size_t)sprintf(text + *length, ")^%d", 2 + rand() % 3);
  } else if (choice == 5) {
    *length += (size_t)sprintf(text + *length, "(1.5+sin(");
    growSmooth(text, length, depth - 1);
    *length += (size_t)sprintf(text + *length, "))^cos(");
    growSmooth(text, length, depth - 1);
    *length += (size_t)sprintf(text + *length, ")");
  } else if (choice == 6) { /* u^2, whose rules meet 0 times infinity where u = 0 */
    const bool halves = rand() % 2;
    size_t     first, bytes;

    *length += (size_t)sprintf(text + *length, "(abs(");
    first = *length;
    growSmooth(text, length, depth - 1);
    bytes = *length - first;
    *length += (size_t)sprintf(text + *length, ")^%s*abs(", halves ? "1.5" : "1.3");
    memcpy(text + *length, text + first, bytes);
    *length += bytes;
    *length += (size_t)sprintf(text + *length, ")^%s)", halves ? "0.5" : "0.7");
  } else {
    *length += (size_t)sprintf(text + *length, "(");
    growSmooth(text, length, depth - 1);
    *length += (size_t)sprintf(text + *length, "%s", operators[rand() % 3]);
    growSmooth(text, length, depth - 1);
    *length += (size_t)sprintf(text + *length, ")");
  }
}

typedef struct {
  HypExpression *f;
  double         y;
} AlongX;

static double alongX(double x, void *context)
{
  const AlongX *const line    = context;
  const double        point[] = {x, line->y};

  return HypExpressionEvaluate(line->f, point, NULL);
}

/* 1000 random formulas, an eighth of them at x = 0: the derivative, and the second one,
   against a Chebyshev series of order 20 around the point */
static void testRandomDerivatives(void **state)
{
  static const size_t zero = 0;
  int                 done = 0, second = 0;
  double              worst = 0;

  (void)state;
  srand(7);
  while (done < 1000) {
    static char    text[1 << 16];
    size_t         length = 0;
    HypExpression *f, *g, *h;
    char          *message;
    const double   x       = rand() % 8 ? -2 + 4. * rand() / RAND_MAX : 0;
    const double   y       = rand() % 8 ? -2 + 4. * rand() / RAND_MAX : 0;
    const double   point[] = {x, y};
    double         error, value, slope, bend, series;

    growSmooth(text, &length, 1 + rand() % 5);
    if (HypExpressionCreate(text, 2, xy, &f, &message)) fail_msg("%s: %s", text, message);
    HypExpressionCreateDerivative(f, 1, &zero, &g);
    HypExpressionCreateDerivative(g, 1, &zero, &h);
    value = HypExpressionEvaluate(f, point, NULL);
    slope = HypExpressionEvaluate(g, point, NULL);
    bend  = HypExpressionEvaluate(h, point, NULL);
    if (!isfinite(value) || !isfinite(slope) || !isfinite(bend))
      fail_msg("%s at %g, %g: %g, %g, %g", text, x, y, value, slope, bend);
    series = HypDerivative(alongX, &(AlongX){f, y}, x, &error);
    if (error < 1e-8 * (1 + fabs(series))) {
      const double off = fabs(slope - series) / (1 + fabs(series));

      done++;
      worst = fmax(worst, off);
      if (off > 1e-7) fail_msg("(%s)' at %g, %g: %.15g, not %.15g", text, x, y, slope, series);
    }
    series = HypDerivative(alongX, &(AlongX){g, y}, x, &error);
    if (error < 1e-8 * (1 + fabs(series))) {
      second++;
      if (fabs(bend - series) > 1e-7 * (1 + fabs(series)))
        fail_msg("(%s)'' at %g, %g: %.15g, not %.15g", text, x, y, bend, series);
    }
    HypExpressionDestroy(&f);
    HypExpressionDestroy(&g);
    HypExpressionDestroy(&h);
  }
  print_message("derivatives: %d first (worst %.1e) and %d second ones compared\n", done, worst,
                second);
  assert_true(second > 900);
}

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

/* The derivative of a function that is known by values only */
static double ofCosine(double x, void *context)
{
  (void)context;
  return cos(30 * x);
}

static double ofModulus(double x, void *context)
{
  (void)context;
  return fabs(x);
}

static void testNumerically(void **state)
{
  double error, worst = 0;

  (void)state;
  for (double x = -12; x <= 12; x += .0371) {
    const double off = fabs(HypDerivative(ofCosine, NULL, x, &error) + 30 * sin(30 * x));

    worst = fmax(worst, off);
    assert_true(off < error);
  }
  assert_true(worst < 1e-9);
  HypDerivative(ofModulus, NULL, 0, &error);
  assert_true(error > .1);
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
    cmocka_unit_test(testLanes),       cmocka_unit_test(testShadowedConstant),
    cmocka_unit_test(testRules),       cmocka_unit_test(testOneSided),
    cmocka_unit_test(testHessian),     cmocka_unit_test(testRandomDerivatives),
    cmocka_unit_test(testCost),        cmocka_unit_test(testPolynomials),
    cmocka_unit_test(testTheta),       cmocka_unit_test(testNumerically),
    cmocka_unit_test(testLocale),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
