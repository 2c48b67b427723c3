/* Derivatives of formulas: rules, one-sided rules, random smooth formulas; those of values. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "formulas.h"

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
static const struct {
  const char *text, *derivative;
} rules[] = {
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

static void testRules(void **state)
{
  (void)state;
  for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
    const double wanted = evaluate(rules[i].derivative, .37, 1.3),
                 found  = derivativeAt(rules[i].text, .37, 1.3, 0);

    if (!(fabs(found - wanted) <= 4e-15 * (1 + fabs(wanted))))
      fail_msg("(%s)' = %.17g, not %.17g", rules[i].text, found, wanted);
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

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(testRules),       cmocka_unit_test(testOneSided),
    cmocka_unit_test(testHessian),     cmocka_unit_test(testRandomDerivatives),
    cmocka_unit_test(testNumerically),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
