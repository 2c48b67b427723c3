#pragma once
/*
   Expressions: formulas a user types, evaluated by muParser behind a guard (plain C, no PETSc, no MPI).

   Accepted: + - * / ^, parentheses, comparison and ?:, sin cos tan asin acos atan atan2 sinh cosh tanh asinh acosh atanh
   exp log ln log2 log10 sqrt abs sign rint min max sum avg pow mod erf erfc, constants pi and e, and the named variables;
   -x^2 is -(x^2), 2^3^2 is 2^9, log is natural, mod(x, y) = x - y floor(x/y).
   Refused: assignment, more than one value (0,1*x), chained comparisons (0<x<1), unknown names, numbers that overflow, texts
   longer than HYP_EXPRESSION_MAX, more than 100 open parentheses.  The decimal point is '.' whatever the locale.
*/
#include <stddef.h>

#define HYP_EXPRESSION_MAX 4096
typedef struct HypExpression HypExpression;

/* Documented where they are defined, src/expression, and in docs/api.md */
int    HypExpressionCreate(const char *text, size_t count, const char *const *variables,
                           HypExpression **expression, char **message);
double HypExpressionEvaluate(const HypExpression *expression, const double *values);
size_t HypExpressionEvaluateMany(const HypExpression *expression, size_t n, const double *values,
                                 double *results);
double HypDerivative(double (*f)(double x, void *context), void *context, double x, double *error);
double HypExpressionDerivative(const HypExpression *expression, const double *values, size_t j,
                               double *error);
const char *HypExpressionText(const HypExpression *expression);
void        HypExpressionDestroy(HypExpression **expression);
