/* Functions of theta, whatever they are made of; and the kind made of formulas. */
#include "expression/functionimpl.h"
#include "base/base.h"
#include <hypoco/expression.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  HypExpression *
    *formula; /* formula[i HYP_ORDERS + order]; derivatives are made when they are asked for */
} Formulas;

/*@
  HypFormulaIsIndexed - Does a formula name theta1, theta2, ... (or the letter with an index)?

  Not collective; plain C, callable before MPI_Init

  Input Parameter:
. text - the formula

  Returns 1 or 0.

  Level: developer

.seealso: HypFunctionCreateFormulas()
@*/
int HypFormulaIsIndexed(const char *text)
{
  for (const char *at = text; *at; at++) {
    const size_t length = !strncmp(at, "theta", 5) ? 5 : !strncmp(at, "\xce\xb8", 2) ? 2 : 0;

    if (length &&
        ((at[length] >= '0' && at[length] <= '9') || !strncmp(at + length, "\xe2\x82", 2)))
      return 1;
  }
  return 0;
}

/* All derivatives of one order: those of the order below, by every variable */
static HypExpression *FormulaOf(HypFunction *function, size_t i, int order)
{
  HypExpression **const formula = ((Formulas *)function->data)->formula + i * HYP_ORDERS;

  if (!formula[order]) {
    size_t *variables = HypReallocate(NULL, function->d * sizeof(size_t));

    for (size_t j = 0; j < function->d; j++) variables[j] = j;
    HypExpressionCreateDerivative(FormulaOf(function, i, order - 1), function->d, variables,
                                  &formula[order]);
    free(variables);
  }
  return formula[order];
}

static char *EvaluateFormulas(HypFunction *function, int order, size_t lanes, const double *theta,
                              double *values)
{
  size_t         outputs = 1;
  const double **points  = HypReallocate(NULL, function->d * sizeof(double *));
  double       **rows;

  for (int k = 0; k < order; k++) outputs *= function->d;
  rows = HypReallocate(NULL, outputs * sizeof(double *));
  for (size_t j = 0; j < function->d; j++) points[j] = theta + j * lanes;
  for (size_t i = 0; i < function->m; i++) {
    for (size_t q = 0; q < outputs; q++) rows[q] = values + (i * outputs + q) * lanes;
    HypExpressionEvaluateLanes(FormulaOf(function, i, order), lanes, points, rows);
  }
  free(points);
  free(rows);
  return NULL;
}

static void DestroyFormulas(HypFunction *function)
{
  Formulas *const formulas = function->data;

  for (size_t k = 0; k < function->m * HYP_ORDERS; k++) HypExpressionDestroy(&formulas->formula[k]);
  free(formulas->formula);
  free(formulas);
}

/*@
  HypFunctionCreateFormulas - A function of theta by one formula for each component

  Not collective; plain C, callable before MPI_Init

  Input Parameters:
+ d     - number of variables: theta1..thetad; for d = 1 theta or theta1
. m     - number of components
- texts - their formulas

  Output Parameters:
+ function - to be freed with HypFunctionDestroy(); NULL on failure
. bad      - on failure the component whose formula is refused
- message  - on failure a sentence, to be freed by the caller

  Returns 0 or 2.

  Level: intermediate

.seealso: HypFunctionEvaluate(), HypExpressionCreate()
@*/
int HypFunctionCreateFormulas(size_t d, size_t m, const char *const *texts, HypFunction **function,
                              size_t *bad, char **message)
{
  static const char *const plain[] = {"theta"};
  HypFunction *const       made    = HypReallocate(NULL, sizeof(*made));
  Formulas *const          data    = HypReallocate(NULL, sizeof(*data));
  char                   **names   = HypReallocate(NULL, d * sizeof(char *));
  int                      code    = 0;

  data->formula = HypReallocate(NULL, m * HYP_ORDERS * sizeof(HypExpression *));
  for (size_t k = 0; k < m * HYP_ORDERS; k++) data->formula[k] = NULL;
  *made = (HypFunction){
    .d = d, .m = m, .data = data, .evaluate = EvaluateFormulas, .destroy = DestroyFormulas};
  for (size_t j = 0; j < d; j++) names[j] = HypFormat("theta%zu", j + 1);
  *function = made;
  for (*bad = 0; *bad < m; (*bad)++) {
    code = HypExpressionCreate(
      texts[*bad], d,
      d == 1 && !HypFormulaIsIndexed(texts[*bad]) ? plain : (const char *const *)names,
      &data->formula[*bad * HYP_ORDERS], message);
    if (code) break;
  }
  if (code) HypFunctionDestroy(function);
  for (size_t j = 0; j < d; j++) free(names[j]);
  free(names);
  return code;
}

/*@
  HypFunctionEvaluate - Values or derivatives of a function at many points

  Not collective; plain C, callable before MPI_Init

  Input Parameters:
+ function - the function
. order    - 0: values, 1, 2, 3: derivatives of that order
. lanes    - number of points
- theta    - theta[j lanes + l], variable j of point l

  Output Parameters:
+ values  - values[(i d^order + q) lanes + l], derivative q of component i;
  for order 2 q = j d + k means d_j d_k
- message - on failure a sentence, to be freed by the caller

  Returns 0, or 2 where the function has no value (a table that ends before the point).

  Level: intermediate

  Note:
  Formulas may give infinite or NaN values: the caller checks.

.seealso: HypFunctionCreateFormulas()
@*/
int HypFunctionEvaluate(HypFunction *function, int order, size_t lanes, const double *theta,
                        double *values, char **message)
{
  *message = function->evaluate(function, order, lanes, theta, values);
  return *message ? 2 : 0;
}

/*@
  HypFunctionDestroy - Frees a function

  Not collective; plain C, callable before MPI_Init

  Input Parameter:
. function - set to NULL; NULL is allowed

  Level: intermediate

.seealso: HypFunctionCreateFormulas()
@*/
void HypFunctionDestroy(HypFunction **function)
{
  if (!*function) return;
  (*function)->destroy(*function);
  free(*function);
  *function = NULL;
}
