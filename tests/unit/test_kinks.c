/* Derivatives of formulas with kinks and jumps, and of steep quotients. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "formulas.h"

/* Numbers with a derivative, which are no code of the program's */

typedef struct {
  double value, slope;
} Dual;

static Dual dualBinary(int choice, Dual a, Dual b)
{
  const double d = 2 + tanh(b.value), dd = (1 - tanh(b.value) * tanh(b.value)) * b.slope,
               q = a.value / d;

  switch (choice) {
  case 0:
    return (Dual){a.value + b.value, a.slope + b.slope};
  case 1:
    return (Dual){a.value - b.value, a.slope - b.slope};
  case 2:
    return (Dual){a.value * b.value, a.slope * b.value + a.value * b.slope};
  case 3:
    return a.value <= b.value ? a : b;
  case 4:
    return a.value >= b.value ? a : b;
  case 5:
    return (Dual){a.value - d * floor(q), a.slope - floor(q) * dd};
  case 6:
    return (Dual){atan2(a.value, d), (a.slope * d - a.value * dd) / (a.value * a.value + d * d)};
  default:
    return (Dual){a.value / (1 + exp(b.value)),
                  a.slope / (1 + exp(b.value)) -
                    a.value * b.slope / (2 + exp(b.value) + exp(-b.value))};
  }
}

static Dual dualUnary(int choice, Dual a)
{
  switch (choice) {
  case 0:
    return (Dual){fabs(a.value), a.value >= 0 ? a.slope : -a.slope};
  case 1:
    return (Dual){sin(a.value), cos(a.value) * a.slope};
  case 2:
    return (Dual){tanh(a.value), (1 - tanh(a.value) * tanh(a.value)) * a.slope};
  case 3:
    return (Dual){a.value + floor(a.value), a.slope};
  case 4:
    return (Dual){a.value * rint(2 * a.value), a.slope * rint(2 * a.value)};
  default:
    return (Dual){a.value * ((a.value > 0) - (a.value < 0)),
                  a.slope * ((a.value > 0) - (a.value < 0))};
  }
}

/* A random formula with kinks and jumps; its texts repeat an argument where the language needs it
   twice, so that depths are small */
static Dual growKinked(char *text, int depth, double x, double y)
{
  static const char *const binary[] = {"(%s)+(%s)",
                                       "(%s)-(%s)",
                                       "(%s)*(%s)",
                                       "min(%s,%s)",
                                       "max(%s,%s)",
                                       "mod(%s,2+tanh(%s))",
                                       "atan2(%s,2+tanh(%s))",
                                       "(%s)/(1+exp(%s))"};
  static const char *const unary[]  = {
     "abs(%1$s)",        "sin(%1$s)", "tanh(%1$s)", "(%1$s)+floor(%1$s)", "(%1$s)*rint(2*(%1$s))",
     "(%1$s)*sign(%1$s)"};
  static const struct {
    const char *text;
    double      value; /* NAN: a variable */
  } leaves[] = {{"x", NAN}, {"y", NAN}, {"x", NAN}, {"0.5", .5}, {"0", 0}, {"1.25", 1.25}};
  enum { SIZE = 4096 };
  const int kind = depth == 0 ? 0 : 1 + rand() % 8;
  char      a[SIZE], b[SIZE], c[SIZE];
  Dual      first, second, third;

  if (kind == 0) {
    const int leaf = rand() % 6;

    strcpy(text, leaves[leaf].text);
    if (leaf == 1) return (Dual){y, 0};
    return isnan(leaves[leaf].value) ? (Dual){x, 1} : (Dual){leaves[leaf].value, 0};
  }
  first = growKinked(a, depth - 1, x, y);
  if (kind <= 2) {
    const int choice = rand() % 6;

    assert_true(snprintf(text, SIZE, unary[choice], a) < SIZE);
    return dualUnary(choice, first);
  }
  second = growKinked(b, depth - 1, x, y);
  if (kind <= 7) {
    const int choice = rand() % 8;

    assert_true(snprintf(text, SIZE, binary[choice], a, b) < SIZE);
    return dualBinary(choice, first, second);
  }
  third = growKinked(c, depth - 1, x, y);
  assert_true(snprintf(text, SIZE, "((%s) < (%s) ? %s : %s)", a, b, c, a) < SIZE);
  return first.value < second.value ? third : first;
}

/* 3000 formulas with min, max, mod, atan2, abs, floor, rint, sign, ?: and steep quotients, a third
   of them at x = 0, a third at x = y or a half: the side that the documents promise; and where the
   values are smooth, the derivative of the values */
static void testRandomKinks(void **state)
{
  static const size_t zero   = 0;
  int                 smooth = 0;
  double              worst  = 0;

  (void)state;
  srand(11);
  for (int i = 0; i < 3000; i++) {
    char           text[4096];
    const double   y       = i % 3 == 2 ? rand() % 9 / 2. - 2 : -2 + 4. * rand() / RAND_MAX;
    const double   x       = i % 3 == 0 ? 0 : i % 3 == 1 ? -2 + 4. * rand() / RAND_MAX : y;
    const double   point[] = {x, y};
    const Dual     wanted  = growKinked(text, 1 + rand() % 4, x, y);
    HypExpression *f, *g;
    char          *message;
    double         value, slope, series, error;

    if (HypExpressionCreate(text, 2, xy, &f, &message)) fail_msg("%s: %s", text, message);
    HypExpressionCreateDerivative(f, 1, &zero, &g);
    value = HypExpressionEvaluate(f, point, NULL);
    slope = HypExpressionEvaluate(g, point, NULL);
    if (!(fabs(value - wanted.value) <= 1e-12 * (1 + fabs(wanted.value))))
      fail_msg("%s at %g, %g: %.15g, not %.15g", text, x, y, value, wanted.value);
    if (!(fabs(slope - wanted.slope) <= 1e-10 * (1 + fabs(wanted.slope))))
      fail_msg("(%s)' at %g, %g: %.15g, not %.15g", text, x, y, slope, wanted.slope);
    series = HypDerivative(alongX, &(AlongX){f, y}, x, &error);
    if (i % 3 == 1 && error < 1e-9 * (1 + fabs(series))) {
      smooth++;
      worst = fmax(worst, fabs(slope - series) / (1 + fabs(series)));
    }
    HypExpressionDestroy(&f);
    HypExpressionDestroy(&g);
  }
  print_message("kinks: %d of 1000 smooth ones, worst %.1e\n", smooth, worst);
  assert_true(smooth > 800 && worst < 1e-8);
}

/* Quotients with exponentials, first and second derivative, from where an exponential is 0 to where
   it is infinite: -1/(4 cosh^2(x/2)) and its derivative to a part in 1e13 of the first */
static void testSteep(void **state)
{
  static const struct {
    const char *text;
    double      sign, off; /* off: e^-x and its share of itself cancel to rounding of 1 */
  } cases[]                = {{"1/(1+exp(x))", -1, 0},       {"1/(1+exp(-x))", 1, 0},
                              {"1 - 1/(exp(x)+1)", 1, 0},    {"(1+exp(x))^-1", -1, 0},
                              {"-2/(2+2*exp(-x))", -1, 0},   {"1/(1+1/exp(x))", 1, 0},
                              {"1/sqrt(1+exp(x))^2", -1, 0}, {"exp(-x)/(exp(-x)+1)", -1, 1e-15}};
  static const size_t zero = 0;

  (void)state;
  for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
    HypExpression *f, *g, *h;
    char          *message;

    assert_int_equal(HypExpressionCreate(cases[i].text, 2, xy, &f, &message), 0);
    HypExpressionCreateDerivative(f, 1, &zero, &g);
    HypExpressionCreateDerivative(g, 1, &zero, &h);
    for (double x = -1200; x <= 1200; x += 0.37) {
      const double point[] = {x, 0}, t = tanh(x / 2),
                   slope = cases[i].sign / (2 + exp(x) + exp(-x)), bend = -t * slope,
                   tolerance = 1e-13 * fabs(slope) + 1e-290 + cases[i].off;

      if (!isfinite(HypExpressionEvaluate(f, point, NULL))) continue;
      assert_true(fabs(HypExpressionEvaluate(g, point, NULL) - slope) <= tolerance);
      if (!(fabs(HypExpressionEvaluate(h, point, NULL) - bend) <= tolerance))
        fail_msg("(%s)'' at %g: %.17g, not %.17g", cases[i].text, x,
                 HypExpressionEvaluate(h, point, NULL), bend);
    }
    HypExpressionDestroy(&f);
    HypExpressionDestroy(&g);
    HypExpressionDestroy(&h);
  }
}

/* A numerator that vanishes: near its zero, in it, and where rounding puts a node instead of it.
   The derivatives of t = tanh(s) with s = x or x^2/2, and a power of 1 - e^{-x^2}. */
static void testVanishing(void **state)
{
  static const double at[]    = {0, 3e-16, -5e-16, 1e-12, 1e-8, -1e-8, 1e-6, 1e-3, 0.5, -2, 9};
  static const size_t zero    = 0;
  const char *const   texts[] = {"(1-exp(-2*x))/(1+exp(-2*x))", "(exp(2*x)-1)/(exp(2*x)+1)",
                                 "(exp(x^2)-1)/(exp(x^2)+1)", "(1-exp(-x^2))/(1+exp(-x^2))",
                                 "(1-exp(-x^2))^1.5"};

  (void)state;
  for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
    HypExpression *f, *g, *h;
    char          *message;

    assert_int_equal(HypExpressionCreate(texts[i], 2, xy, &f, &message), 0);
    HypExpressionCreateDerivative(f, 1, &zero, &g);
    HypExpressionCreateDerivative(g, 1, &zero, &h);
    for (size_t k = 0; k < sizeof(at) / sizeof(at[0]); k++) {
      const double x = at[k], point[] = {x, 0}, e = exp(-x * x), rest = -expm1(-x * x);
      double       t = tanh(x), slope = 1 - t * t, bend = -2 * t * slope;

      if (i == 2 || i == 3) {
        t     = tanh(x * x / 2);
        slope = x * (1 - t * t);
        bend  = (1 - t * t) * (1 - 2 * x * x * t);
      } else if (i == 4) {
        slope = 3 * sqrt(rest) * x * e;
        bend  = x == 0 ? 0 : 3 * sqrt(rest) * e * (1 - 2 * x * x) + 3 * x * x * e * e / sqrt(rest);
      }
      if (!(fabs(HypExpressionEvaluate(g, point, NULL) - slope) <= 1e-14))
        fail_msg("(%s)' at %g: %.17g, not %.17g", texts[i], x,
                 HypExpressionEvaluate(g, point, NULL), slope);
      /* terms like x^2 cancel; 1 - e^-x^2 has lost the digits that its root then shows */
      if (!(fabs(HypExpressionEvaluate(h, point, NULL) - bend) <=
            (i == 4 ? 2e-8 : 1e-14 * (1 + x * x))))
        fail_msg("(%s)'' at %g: %.17g, not %.17g", texts[i], x,
                 HypExpressionEvaluate(h, point, NULL), bend);
    }
    HypExpressionDestroy(&f);
    HypExpressionDestroy(&g);
    HypExpressionDestroy(&h);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(testRandomKinks),
    cmocka_unit_test(testSteep),
    cmocka_unit_test(testVanishing),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
