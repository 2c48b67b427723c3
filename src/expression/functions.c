/*
   The language of expressions: every operator, function and constant, one row each.

   A row holds the name, the number of arguments, the value over lanes,
   and the derivative as a formula of this language:
   in a, b, c (the arguments), f (the value, already there) and da, db,
   dc (the derivatives of the arguments).
   Where a function has a kink or a jump, the formula is the derivative from one side,
   and the row's help says from which.
*/
#include "expression/expressionimpl.h"
#include <math.h>

/* Periodic in x, with the sign of y: x - y floor(x/y) */
static double Modulo(double x, double y)
{
  const double rest = fmod(x, y);

  return rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest;
}

/* x^y log(x), the derivative of x^y by y: 0 at x = 0, where it is 0 times infinity for y > 0 */
static double PowerLog(double x, double y)
{
  return x == 0 && y > 0 ? 0 : pow(x, y) * log(x);
}

#define LANES(name, value)                                                                         \
  static void name(size_t lanes, const double *a, const double *b, const double *c,                \
                   double *restrict out)                                                           \
  {                                                                                                \
    (void)b;                                                                                       \
    (void)c;                                                                                       \
    for (size_t l = 0; l < lanes; l++) out[l] = (value);                                           \
  }

LANES(Add, a[l] + b[l])
LANES(Subtract, a[l] - b[l])
LANES(Multiply, a[l] * b[l])
LANES(Divide, a[l] / b[l])
LANES(Power, pow(a[l], b[l]))
LANES(Negate, -a[l])
LANES(Less, a[l] < b[l])
LANES(LessEqual, a[l] <= b[l])
LANES(Greater, a[l] > b[l])
LANES(GreaterEqual, a[l] >= b[l])
LANES(Equal, a[l] == b[l])
LANES(NotEqual, a[l] != b[l])
LANES(Both, a[l] != 0 && b[l] != 0)
LANES(Either, a[l] != 0 || b[l] != 0)
LANES(Choose, a[l] != 0 ? b[l] : c[l])
LANES(LanesSin, sin(a[l]))
LANES(LanesCos, cos(a[l]))
LANES(LanesTan, tan(a[l]))
LANES(LanesAsin, asin(a[l]))
LANES(LanesAcos, acos(a[l]))
LANES(LanesAtan, atan(a[l]))
LANES(LanesAtan2, atan2(a[l], b[l]))
LANES(LanesSinh, sinh(a[l]))
LANES(LanesCosh, cosh(a[l]))
LANES(LanesTanh, tanh(a[l]))
LANES(LanesAsinh, asinh(a[l]))
LANES(LanesAcosh, acosh(a[l]))
LANES(LanesAtanh, atanh(a[l]))
LANES(LanesExp, exp(a[l]))
LANES(LanesLog, log(a[l]))
LANES(LanesLog2, log2(a[l]))
LANES(LanesLog10, log10(a[l]))
LANES(LanesSqrt, sqrt(a[l]))
LANES(LanesErf, erf(a[l]))
LANES(LanesErfc, erfc(a[l]))
LANES(LanesAbs, fabs(a[l]))
LANES(LanesSign, (double)((a[l] > 0) - (a[l] < 0)))
LANES(LanesRint, rint(a[l]))
LANES(LanesFloor, floor(a[l]))
LANES(LanesMod, Modulo(a[l], b[l]))
LANES(LanesMin, a[l] < b[l] || isnan(a[l]) ? a[l] : b[l]) /* a NaN stays visible */
LANES(LanesMax, a[l] > b[l] || isnan(a[l]) ? a[l] : b[l])
LANES(LanesPowerLog, PowerLog(a[l], b[l]))

/* clang-format off */
static const HypExpressionFunction functions[] = {
  [HYP_CONSTANT]      = {"number", 0, 0, NULL, "0", NULL, ""},
  [HYP_VARIABLE]      = {"variable", 0, 0, NULL, "", NULL, ""},
  [HYP_ADD]           = {"+", 2, 2, Add, "da + db", NULL, ""},
  [HYP_SUBTRACT]      = {"-", 2, 2, Subtract, "da - db", NULL, ""},
  [HYP_MULTIPLY]      = {"*", 2, 2, Multiply, "da*b + a*db", NULL, ""},
  [HYP_DIVIDE]        = {"/", 2, 2, Divide, "(da - f*db)/b", NULL, ""},
  [HYP_POWER]         = {"^", 2, 2, Power, "b*a^(b - 1)*da + powerlog(a, b)*db", NULL,
   "power; ** is the same"},
  [HYP_NEGATE]        = {"-", 1, 1, Negate, "-da", NULL, ""},
  [HYP_LESS]          = {"<", 2, 2, Less, "0", NULL, "1 or 0"},
  [HYP_LESS_EQUAL]    = {"<=", 2, 2, LessEqual, "0", NULL, "1 or 0"},
  [HYP_GREATER]       = {">", 2, 2, Greater, "0", NULL, "1 or 0"},
  [HYP_GREATER_EQUAL] = {">=", 2, 2, GreaterEqual, "0", NULL, "1 or 0"},
  [HYP_EQUAL]         = {"==", 2, 2, Equal, "0", NULL, "1 or 0"},
  [HYP_NOT_EQUAL]     = {"!=", 2, 2, NotEqual, "0", NULL, "1 or 0"},
  [HYP_AND]           = {"&&", 2, 2, Both, "0", NULL, "and: 1 or 0"},
  [HYP_OR]            = {"||", 2, 2, Either, "0", NULL, "or: 1 or 0"},
  [HYP_IF]            = {"?:", 3, 3, Choose, "a ? db : dc", NULL,
   "a ? b : c is b where a holds, else c; its derivative is that of the branch taken"},
  {"sin", 1, 1, LanesSin, "cos(a)*da", NULL, "sine, of radians as all of these"},
  {"cos", 1, 1, LanesCos, "-sin(a)*da", NULL, "cosine"},
  {"tan", 1, 1, LanesTan, "(1 + f*f)*da", NULL, "tangent"},
  {"asin", 1, 1, LanesAsin, "da/sqrt(1 - a*a)", NULL, "inverse of sin on [-1, 1]"},
  {"acos", 1, 1, LanesAcos, "-da/sqrt(1 - a*a)", NULL, "inverse of cos on [-1, 1]"},
  {"atan", 1, 1, LanesAtan, "da/(1 + a*a)", NULL, "inverse of tan"},
  {"atan2", 2, 2, LanesAtan2, "(da*b - a*db)/(a*a + b*b)", NULL,
   "atan2(y, x): angle of the point (x, y)"},
  {"sinh", 1, 1, LanesSinh, "cosh(a)*da", NULL, "hyperbolic sine"},
  {"cosh", 1, 1, LanesCosh, "sinh(a)*da", NULL, "hyperbolic cosine"},
  {"tanh", 1, 1, LanesTanh, "(1 - f*f)*da", NULL, "hyperbolic tangent"},
  {"asinh", 1, 1, LanesAsinh, "da/sqrt(1 + a*a)", NULL, "inverse of sinh"},
  {"acosh", 1, 1, LanesAcosh, "da/(sqrt(a - 1)*sqrt(a + 1))", NULL, "inverse of cosh on [1, inf)"},
  {"atanh", 1, 1, LanesAtanh, "da/(1 - a*a)", NULL, "inverse of tanh on (-1, 1)"},
  {"exp", 1, 1, LanesExp, "f*da", NULL, "exponential"},
  {"log", 1, 1, LanesLog, "da/a", NULL, "natural logarithm"},
  {"ln", 1, 1, NULL, NULL, "log", "the same as log"},
  {"log2", 1, 1, LanesLog2, "da/(a*log(2))", NULL, "logarithm to base 2"},
  {"log10", 1, 1, LanesLog10, "da/(a*log(10))", NULL, "logarithm to base 10"},
  {"sqrt", 1, 1, LanesSqrt, "da/(2*f)", NULL, "square root"},
  {"erf", 1, 1, LanesErf, "2/sqrt(pi)*exp(-a*a)*da", NULL, "error function"},
  {"erfc", 1, 1, LanesErfc, "-2/sqrt(pi)*exp(-a*a)*da", NULL, "1 - erf, exact where that cancels"},
  {"abs", 1, 1, LanesAbs, "a >= 0 ? da : -da", NULL, "modulus; derivative at 0 that for a >= 0"},
  {"sign", 1, 1, LanesSign, "0", NULL, "-1, 0 or 1; derivative 0 everywhere"},
  {"rint", 1, 1, LanesRint, "0", NULL,
   "nearest integer, halves to the even one; derivative 0 everywhere"},
  {"floor", 1, 1, LanesFloor, "0", NULL, "largest integer not above; derivative 0 everywhere"},
  {"mod", 2, 2, LanesMod, "da - floor(a/b)*db", NULL,
   "mod(x, y) = x - y floor(x/y), with the sign of y; "
   "derivative at jumps from the side where x/y is larger"},
  {"min", 1, HYP_MANY, LanesMin, "a <= b ? da : db", NULL,
   "least argument; derivative that of the first least one"},
  {"max", 1, HYP_MANY, LanesMax, "a >= b ? da : db", NULL,
   "largest argument; derivative that of the first largest one"},
  {"sum", 1, HYP_MANY, NULL, NULL, "+", "sum of the arguments"},
  {"avg", 1, HYP_MANY, NULL, NULL, "+", "mean of the arguments"},
  {"pow", 2, 2, NULL, NULL, "^", "the same as ^"},
  {"powerlog", 2, 2, LanesPowerLog,
   "(b*powerlog(a, b - 1) + a^(b - 1))*da + powerlog(a, b)*log(a)*db", NULL,
   "powerlog(a, b) = a^b log(a), the derivative of a^b by b"},
};
/* clang-format on */

static const HypExpressionConstant constants[] = {{"pi", 3.14159265358979323846},
                                                  {"e", 2.71828182845904523536}};

const HypExpressionFunction *HypExpressionFunctions(int *count)
{
  *count = sizeof(functions) / sizeof(functions[0]);
  return functions;
}

const HypExpressionConstant *HypExpressionConstants(int *count)
{
  *count = sizeof(constants) / sizeof(constants[0]);
  return constants;
}
