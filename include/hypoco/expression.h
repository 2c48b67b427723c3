#pragma once
/*
   Expressions: formulas that a user types, their values over many points,
   and their exact derivatives (plain C, no PETSc, no MPI).
   docs/expressions.md describes the language; src/expression/functions.c holds it,
   one row for each function.
*/
#include <stddef.h>
#include <stdio.h>

#define HYP_EXPRESSION_MAX 100000 /* characters */
typedef struct HypExpression HypExpression;

/* Documented where they are defined, src/expression, and in docs/api.md */
int    HypExpressionCreate(const char *text, size_t count, const char *const *variables,
                           HypExpression **expression, char **message);
void   HypExpressionCreateDerivative(HypExpression *expression, size_t n, const size_t *variables,
                                     HypExpression **derivative);
double HypExpressionEvaluate(HypExpression *expression, const double *point, double *results);
void   HypExpressionEvaluateLanes(HypExpression *expression, size_t lanes,
                                  const double *const *values, double *const *results);
int    HypExpressionUses(const HypExpression *expression, size_t variable);
size_t HypExpressionOutputs(const HypExpression *expression);
void   HypExpressionDestroy(HypExpression **expression);
void   HypExpressionHelp(FILE *stream);
double HypDerivative(double (*f)(double x, void *context), void *context, double x, double *error);
