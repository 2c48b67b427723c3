/* The functions and constants of expressions.  All of them are ours: muParser's pi is wrong by 8e-13 and its rint rounds halves up. */
#include "expression/expressionimpl.h"
#include <math.h>

static double sign(double x)
{
  return (x > 0) - (x < 0);
}

/* Periodic in x, with the sign of y: x - y floor(x/y) */
static double modulo(double x, double y)
{
  const double rest = fmod(x, y);

  return rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest;
}

static double sum(const double *x, int n)
{
  double total = 0;

  for (int i = 0; i < n; ++i) total += x[i];
  return total;
}

static double average(const double *x, int n)
{
  return sum(x, n) / n;
}

/* Unlike fmin and fmax, a NaN among the arguments stays visible */
static double minimum(const double *x, int n)
{
  double least = x[0];

  for (int i = 1; i < n; ++i) least = x[i] < least || isnan(x[i]) ? x[i] : least;
  return least;
}

static double maximum(const double *x, int n)
{
  double most = x[0];

  for (int i = 1; i < n; ++i) most = x[i] > most || isnan(x[i]) ? x[i] : most;
  return most;
}

#define ONE(name, function)                                                                        \
  {                                                                                                \
    name, 1, 1, function, NULL, NULL                                                               \
  }
#define TWO(name, function)                                                                        \
  {                                                                                                \
    name, 2, 2, NULL, function, NULL                                                               \
  }
#define MANY(name, function)                                                                       \
  {                                                                                                \
    name, 1, HYP_EXPRESSION_MAX, NULL, NULL, function                                              \
  }

static const HypExpressionFunction functions[] = {
  ONE("sin", sin),     ONE("cos", cos),      ONE("tan", tan),      ONE("asin", asin),
  ONE("acos", acos),   ONE("atan", atan),    ONE("sinh", sinh),    ONE("cosh", cosh),
  ONE("tanh", tanh),   ONE("asinh", asinh),  ONE("acosh", acosh),  ONE("atanh", atanh),
  ONE("exp", exp),     ONE("log", log),      ONE("ln", log),       ONE("log2", log2),
  ONE("log10", log10), ONE("sqrt", sqrt),    ONE("abs", fabs),     ONE("sign", sign),
  ONE("rint", rint),   ONE("erf", erf),      ONE("erfc", erfc),    TWO("atan2", atan2),
  TWO("pow", pow),     TWO("mod", modulo),   MANY("min", minimum), MANY("max", maximum),
  MANY("sum", sum),    MANY("avg", average),
};

static const HypExpressionConstant constants[] = {{"pi", 3.14159265358979323846},
                                                  {"e", 2.71828182845904523536}};

const HypExpressionFunction *HypExpressionFunctions(size_t *count)
{
  *count = sizeof(functions) / sizeof(functions[0]);
  return functions;
}

const HypExpressionConstant *HypExpressionConstants(size_t *count)
{
  *count = sizeof(constants) / sizeof(constants[0]);
  return constants;
}
