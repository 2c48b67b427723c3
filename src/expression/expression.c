/* Expressions: muParser behind the guard of expressionguard.c, with the functions and constants of expressionnames.c. */
#include "expression/expressionimpl.h"
#include "base/base.h"
#include <gsl/gsl_math.h>
#include <math.h>
#include <muParserDLL.h>
#include <stdlib.h>
#include <string.h>

struct HypExpression {
  char            *text;
  size_t           count;
  double          *variables; /* muParser reads them here */
  muParserHandle_t parser;
};

static void define(HypExpression *expression, const char *const *variables)
{
  size_t                       count;
  const HypExpressionFunction *functions = HypExpressionFunctions(&count);
  const HypExpressionConstant *constants;

  mupClearFun(expression->parser);
  mupClearConst(expression->parser);
  for (size_t i = 0; i < count; ++i) {
    if (functions[i].one)
      mupDefineFun1(expression->parser, functions[i].name, functions[i].one, 1);
    else if (functions[i].two)
      mupDefineFun2(expression->parser, functions[i].name, functions[i].two, 1);
    else
      mupDefineMultFun(expression->parser, functions[i].name, functions[i].many, 1);
  }
  for (size_t i = 0; i < expression->count; ++i)
    mupDefineVar(expression->parser, variables[i], &expression->variables[i]);
  constants = HypExpressionConstants(&count);
  for (size_t i = 0; i < count; ++i) {
    bool shadowed = false;

    for (size_t j = 0; j < expression->count; ++j)
      shadowed = shadowed || strcmp(constants[i].name, variables[j]) == 0;
    if (!shadowed) mupDefineConst(expression->parser, constants[i].name, constants[i].value);
  }
}

/*@
  HypExpressionCreate - Reads a formula, and refuses what would be evaluated to something else than meant

  Not collective; plain C, callable before MPI_Init

  Input Parameters:
+ text      - the formula, at most HYP_EXPRESSION_MAX characters; hypoco/expression.h lists the functions
. count     - number of variables
- variables - their names

  Output Parameters:
+ expression - to be freed with HypExpressionDestroy(); NULL on failure
- message    - on failure a sentence with the column of the error, to be freed by the caller

  Returns 0, or 2 where the formula is refused.

  Level: intermediate

.seealso: HypExpressionEvaluate(), HypExpressionDerivative()
@*/
int HypExpressionCreate(const char *text, size_t count, const char *const *variables,
                        HypExpression **expression, char **message)
{
  HypExpression *made;
  int            values = 0;
  HypShown       shown;

  *expression = NULL;
  *message    = HypExpressionGuard(text, count, variables);
  if (*message) return 2;
  made            = HypReallocate(NULL, sizeof(*made));
  made->text      = HypDuplicate(text);
  made->count     = count;
  made->variables = HypReallocate(NULL, count * sizeof(double));
  made->parser    = mupCreate(muBASETYPE_FLOAT);
  for (size_t i = 0; i < count; ++i) made->variables[i] = 1;
  define(made, variables);
  mupSetExpr(made->parser, made->text);
  mupEvalMulti(made->parser, &values); /* compiles it */
  if (mupError(made->parser) || values != 1) {
    const int column = mupGetErrorPos(made->parser);

    *message = HypFormat("expression '%s', near column %d: not a well-formed expression",
                         HypShow(shown, text), column < 0 ? 1 : column + 1);
    HypExpressionDestroy(&made);
    return 2;
  }
  *expression = made;
  return 0;
}

/*@
  HypExpressionEvaluate - The value of a formula

  Not collective; plain C, callable before MPI_Init

  Input Parameters:
+ expression - the formula
- values     - one for each variable

  Returns the value; it may be infinite or NaN (1/0): the caller checks, because only it knows the point's name.

  Level: intermediate

.seealso: HypExpressionEvaluateMany()
@*/
double HypExpressionEvaluate(const HypExpression *expression, const double *values)
{
  if (expression->count) memcpy(expression->variables, values, expression->count * sizeof(double));
  return mupEval(expression->parser);
}

/*@
  HypExpressionEvaluateMany - The values of a formula at many points

  Not collective; plain C, callable before MPI_Init

  Input Parameters:
+ expression - the formula
. n          - number of points
- values     - values[i count + j] is variable j at point i

  Output Parameter:
. results - n numbers

  Returns n, or the index of the first point whose result is not finite.

  Level: intermediate

.seealso: HypExpressionEvaluate()
@*/
size_t HypExpressionEvaluateMany(const HypExpression *expression, size_t n, const double *values,
                                 double *results)
{
  size_t bad = n;

  for (size_t i = 0; i < n; ++i) {
    results[i] = HypExpressionEvaluate(expression, values + i * expression->count);
    if (bad == n && !isfinite(results[i])) bad = i;
  }
  return bad;
}

typedef struct {
  const HypExpression *expression;
  double              *values;
  size_t               j;
} Line;

static double alongLine(double x, void *context)
{
  const Line *const line = context;

  line->values[line->j] = x;
  return HypExpressionEvaluate(line->expression, line->values);
}

/*@
  HypExpressionDerivative - The derivative of a formula by one of its variables, by HypDerivative()

  Not collective; plain C, callable before MPI_Init

  Input Parameters:
+ expression - the formula
. values     - the point: one value for each variable
- j          - the variable

  Output Parameter:
. error - bounds the error, as in HypDerivative()

  Returns the derivative.

  Level: intermediate

.seealso: HypDerivative()
@*/
double HypExpressionDerivative(const HypExpression *expression, const double *values, size_t j,
                               double *error)
{
  double *const point = HypReallocate(NULL, expression->count * sizeof(double));
  double        slope;

  memcpy(point, values, expression->count * sizeof(double));
  slope = HypDerivative(alongLine, &(Line){expression, point, j}, values[j], error);
  free(point);
  return slope;
}

/*@
  HypExpressionText - The formula as it was typed

  Not collective; plain C, callable before MPI_Init

  Input Parameter:
. expression - the formula

  Returns the text; belongs to the expression.

  Level: intermediate

.seealso: HypExpressionCreate()
@*/
const char *HypExpressionText(const HypExpression *expression)
{
  return expression->text;
}

/*@
  HypExpressionDestroy - Frees a formula

  Not collective; plain C, callable before MPI_Init

  Input Parameter:
. expression - set to NULL; NULL is allowed

  Level: intermediate

.seealso: HypExpressionCreate()
@*/
void HypExpressionDestroy(HypExpression **expression)
{
  if (!*expression) return;
  mupRelease((*expression)->parser);
  free((*expression)->variables);
  free((*expression)->text);
  free(*expression);
  *expression = NULL;
}
