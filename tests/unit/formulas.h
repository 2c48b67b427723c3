#pragma once
/* What the tests of formulas share: two variables, and the value of a text at a point.
   The file that includes it has included cmocka. */
#include <hypoco/expression.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const xy[] = {"x", "y"};

static inline double evaluate(const char *text, double x, double y)
{
  HypExpression *expression;
  char          *message;
  double         value;
  const double   values[] = {x, y};

  if (HypExpressionCreate(text, 2, xy, &expression, &message)) fail_msg("%s: %s", text, message);
  value = HypExpressionEvaluate(expression, values, NULL);
  HypExpressionDestroy(&expression);
  assert_null(expression);
  return value;
}

/* A formula of x at a fixed y, for HypDerivative() */
typedef struct {
  HypExpression *f;
  double         y;
} AlongX;

static inline double alongX(double x, void *context)
{
  const AlongX *const line    = context;
  const double        point[] = {x, line->y};

  return HypExpressionEvaluate(line->f, point, NULL);
}
