#pragma once
/* Private parts of expressions: the functions and constants that exist, and the guard in front of muParser. */
#include <hypoco/expression.h>
#include <stdbool.h>

typedef struct {
  const char *name;
  int         least, most; /* arguments */
  double (*one)(double);   /* exactly one of these three */
  double (*two)(double, double);
  double (*many)(const double *arguments, int count);
} HypExpressionFunction;

typedef struct {
  const char *name;
  double      value;
} HypExpressionConstant;

const HypExpressionFunction *HypExpressionFunctions(size_t *count);
const HypExpressionConstant *HypExpressionConstants(size_t *count);

/* expressionguard.c: NULL if the text is well formed, else one sentence with the column, to be freed */
char *HypExpressionGuard(const char *text, size_t count, const char *const *variables);
