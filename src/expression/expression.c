/* Expressions as the rest of the program sees them: created from a text, differentiated,
   evaluated at points and over lanes. */
#include "expression/expressionimpl.h"
#include "base/base.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct HypExpression {
  size_t      count; /* variables */
  HypTree     tree;
  int         outputs, *of; /* nodes of the outputs */
  HypProgram *program;
  HypExpression
        *parent; /* what it is the derivative of, by the variables in `by`; NULL for a text */
  size_t nby, *by;
  int    references;
};

static HypExpression *Create(size_t count, int outputs)
{
  HypExpression *const made = HypReallocate(NULL, sizeof(*made));

  *made = (HypExpression){.count      = count,
                          .outputs    = outputs,
                          .of         = HypReallocate(NULL, (size_t)outputs * sizeof(int)),
                          .references = 1};
  return made;
}

/*@
  HypExpressionCreate - Reads a formula, and refuses what would be evaluated to something else
  than meant

  Not collective; plain C, callable before MPI_Init

  Input Parameters:
+ text      - the formula, at most HYP_EXPRESSION_MAX characters;
  docs/expressions.md describes the language
. count     - number of variables
- variables - their names

  Output Parameters:
+ expression - to be freed with HypExpressionDestroy(); NULL on failure
- message    - on failure a sentence with the column of the error, to be freed by the caller

  Returns 0, or 2 where the formula is refused.

  Level: intermediate

.seealso: HypExpressionEvaluate(), HypExpressionEvaluateLanes(), HypExpressionCreateDerivative()
@*/
int HypExpressionCreate(const char *text, size_t count, const char *const *variables,
                        HypExpression **expression, char **message)
{
  HypSymbol     *symbols = HypReallocate(NULL, (count + 1) * sizeof(HypSymbol));
  HypExpression *made    = Create(count, 1);

  for (size_t i = 0; i < count; i++)
    symbols[i] = (HypSymbol){variables[i], HypTreeVariable(&made->tree, (int)i)};
  made->of[0] = HypTreeParse(&made->tree, text, count, symbols, message);
  free(symbols);
  if (*message)
    HypExpressionDestroy(&made);
  else
    made->program = HypProgramCreate(&made->tree, count, 1, made->of);
  *expression = made;
  return made ? 0 : 2;
}

/*@
  HypExpressionCreateDerivative - The exact derivatives of a formula by some of its variables,
  as one formula with many values

  Not collective; plain C, callable before MPI_Init

  Input Parameters:
+ expression - the formula, or a derivative already: that of a derivative is the second one
. n          - number of variables to differentiate by
- variables  - their numbers

  Output Parameter:
. derivative - its value o n + j is the derivative of value o by variables[j];
  to be freed with HypExpressionDestroy()

  Level: intermediate

  Notes:
  Rules are applied node by node, zeros and ones are taken out,
  and what derivatives have in common is computed once:
  all first derivatives of a loss of three variables cost about as much as two or three losses.
  At a kink or a jump (abs, min, max, sign, rint, floor, mod, ?:) the derivative is that
  from one side, docs/expressions.md.
  Where a rule meets 0 times infinity although the formula is finite,
  as exp(-1/x^2) at 0, 1/(x + exp(x)) at x = 800 or x^1.5*x^0.5 at 0, the derivative comes from
  values nearby, see HypDerivative(), or is the limit from the right or from the left.

.seealso: HypExpressionCreate(), HypExpressionEvaluateLanes()
@*/
void HypExpressionCreateDerivative(HypExpression *expression, size_t n, const size_t *variables,
                                   HypExpression **derivative)
{
  const int      outputs = expression->outputs;
  HypExpression *made    = Create(expression->count, outputs * (int)n);
  int           *column  = HypReallocate(NULL, ((size_t)outputs + 1) * sizeof(int));

  HypTreeCopy(&expression->tree, &made->tree);
  for (size_t j = 0; j < n; j++) {
    HypTreeDerive(&made->tree, (int)variables[j], outputs, expression->of, column);
    for (int o = 0; o < outputs; o++) made->of[(size_t)o * n + j] = column[o];
  }
  free(column);
  made->program = HypProgramCreate(&made->tree, made->count, made->outputs, made->of);
  made->parent  = expression;
  made->nby     = n;
  made->by      = HypReallocate(NULL, (n + 1) * sizeof(size_t));
  memcpy(made->by, variables, n * sizeof(size_t));
  expression->references++;
  *derivative = made;
}

typedef struct {
  HypExpression *expression;
  int            output;
  size_t         variable;
  double        *point;
} Line;

static void AtPoint(HypExpression *expression, const double *point, bool repaired, double *results);

/* The values of one output along a line, at all points that a derivative needs */
static void AlongLine(const double *x, double *f, void *context)
{
  enum { N = HYP_DERIVATIVE_NODES };
  const Line *const line    = context;
  const size_t      count   = line->expression->count;
  const int         outputs = line->expression->outputs;
  double *const     memory  = HypReallocate(NULL, (count + (size_t)outputs) * N * sizeof(double));
  const double    **values  = HypReallocate(NULL, count * sizeof(double *));
  double          **rows    = HypReallocate(NULL, (size_t)outputs * sizeof(double *));

  for (size_t v = 0; v < count; v++) {
    values[v] = memory + v * N;
    for (int j = 0; j < N; j++) memory[v * N + (size_t)j] = line->point[v];
  }
  memcpy(memory + line->variable * N, x, N * sizeof(double));
  for (int k = 0; k < outputs; k++) rows[k] = memory + (count + (size_t)k) * N;
  HypExpressionEvaluateLanes(line->expression, N, values, rows);
  memcpy(f, rows[line->output], N * sizeof(double));
  free(memory);
  free(values);
  free(rows);
}

/*
   The limit of value k of a derivative along one side, from its own values at distances 4^-j.
   Where they approach it as a power of the distance, their differences are a geometric sequence,
   which Aitken's rule sums.  NaN where the last values do not settle: there is no derivative.
*/
static double Limit(HypExpression *derivative, int k, const Line *line, double x, double side)
{
  enum { STEPS = 24 };
  double *const results = HypReallocate(NULL, (size_t)derivative->outputs * sizeof(double));
  double last[3] = {NAN, NAN, NAN}, found[2] = {NAN, NAN}, distance = side * fmax(1, fabs(x)) / 16;

  for (int j = 0; j < STEPS; j++, distance /= 4) {
    double first, second;

    line->point[line->variable] = x + distance;
    AtPoint(derivative, line->point, false, results);
    last[0]  = last[1];
    last[1]  = last[2];
    last[2]  = results[k];
    first    = last[1] - last[0];
    second   = last[2] - last[1];
    found[0] = found[1];
    found[1] =
      !(fabs(second) < fabs(first)) ? last[2] : last[2] - second * second / (second - first);
    if (fabs(second) > 1e-13 * fabs(last[2]) || isnan(second)) continue;
    found[0] = found[1];
    break;
  }
  free(results);
  return fabs(found[1] - found[0]) <= 1e-9 * (1 + fabs(found[1])) ? found[1] : NAN;
}

/*
   Value k of a derivative where the rules leave none: from values of its parent on both sides, if
   those are finite and smooth, else the limit of the derivative from the right, or from the left
*/
static double FromNearby(HypExpression *derivative, int k, const double *point)
{
  HypExpression *const parent = derivative->parent;
  const size_t         bytes  = derivative->count * sizeof(double);
  Line    line  = {parent, k / (int)derivative->nby, derivative->by[(size_t)k % derivative->nby],
                   HypReallocate(NULL, bytes)};
  double *value = HypReallocate(NULL, (size_t)parent->outputs * sizeof(double));
  double  error, slope = NAN;

  memcpy(line.point, point, bytes);
  AtPoint(parent, point, true, value);
  if (isfinite(value[line.output])) {
    slope = HypDerivativeByMany(AlongLine, &line, point[line.variable], &error);
    if (!(error <= 1e-9 * (1 + fabs(slope)))) {
      slope = Limit(derivative, k, &line, point[line.variable], 1);
      if (isnan(slope)) slope = Limit(derivative, k, &line, point[line.variable], -1);
    }
  }
  free(value);
  free(line.point);
  return slope;
}

/* Row k of a derivative: what the rules left without a value is looked at again */
static void Repair(HypExpression *derivative, int k, size_t lanes, const double *const *values,
                   double *row)
{
  for (size_t l = 0; l < lanes; l++) {
    double *point;

    if (isfinite(row[l])) continue;
    point = HypReallocate(NULL, (derivative->count + 1) * sizeof(double));
    for (size_t v = 0; v < derivative->count; v++) point[v] = values[v][l];
    row[l] = FromNearby(derivative, k, point);
    free(point);
  }
}

/*@
  HypExpressionEvaluateLanes - The values of a formula at many points

  Not collective; plain C, callable before MPI_Init

  Input Parameters:
+ expression - the formula
. lanes      - number of points
- values     - values[j][l] is variable j at point l

  Output Parameter:
. results - results[k][l] is value k at point l;
  a formula has one value, a derivative as many as HypExpressionOutputs() says

  Level: intermediate

  Note:
  Values may be infinite or NaN (1/0): the caller checks, because only it knows the points' names.

.seealso: HypExpressionEvaluate()
@*/
void HypExpressionEvaluateLanes(HypExpression *expression, size_t lanes,
                                const double *const *values, double *const *results)
{
  HypProgramRun(expression->program, lanes, values, results);
  for (int k = 0; expression->parent && k < expression->outputs; k++)
    Repair(expression, k, lanes, values, results[k]);
}

/* The values that the rules give at one point, repaired if asked for */
static void AtPoint(HypExpression *expression, const double *point, bool repaired, double *results)
{
  enum { FEW = 32 };
  const double *few_values[FEW], **values = few_values;
  double       *few_rows[FEW], **rows     = few_rows;

  if (expression->count > FEW) values = HypReallocate(NULL, expression->count * sizeof(double *));
  if (expression->outputs > FEW)
    rows = HypReallocate(NULL, (size_t)expression->outputs * sizeof(double *));
  for (size_t v = 0; v < expression->count; v++) values[v] = point + v;
  for (int k = 0; k < expression->outputs; k++) rows[k] = results + k;
  if (repaired)
    HypExpressionEvaluateLanes(expression, 1, values, rows);
  else
    HypProgramRun(expression->program, 1, values, rows);
  if (values != few_values) free(values);
  if (rows != few_rows) free(rows);
}

/*@
  HypExpressionEvaluate - The value of a formula, or the values of a derivative, at one point

  Not collective; plain C, callable before MPI_Init

  Input Parameters:
+ expression - the formula
- point      - one number for each variable

  Output Parameter:
. results - as many as HypExpressionOutputs() says; NULL if only the first is wanted of one

  Returns the first value; it may be infinite or NaN (1/0):
  the caller checks, because only it knows the point's name.

  Level: intermediate

.seealso: HypExpressionEvaluateLanes()
@*/
double HypExpressionEvaluate(HypExpression *expression, const double *point, double *results)
{
  double value;

  AtPoint(expression, point, true, results ? results : &value);
  return results ? results[0] : value;
}

/*@
  HypExpressionUses - Does the value of a formula depend on a variable?

  Not collective; plain C, callable before MPI_Init

  Input Parameters:
+ expression - the formula
- variable   - its number

  Returns 1 where the formula names the variable, however it is written (theta1, its letter, digits
  or subscripts), and 0 where it does not.

  Level: intermediate

.seealso: HypExpressionCreate()
@*/
int HypExpressionUses(const HypExpression *expression, size_t variable)
{
  const HypTree *const tree   = &expression->tree;
  bool *const          needed = HypReallocate(NULL, ((size_t)tree->count + 1) * sizeof(bool));
  int                  uses   = 0;

  memset(needed, 0, (size_t)tree->count * sizeof(bool));
  for (int k = 0; k < expression->outputs; k++) needed[expression->of[k]] = true;
  for (int i = tree->count - 1; i >= 0; i--) { /* arguments stand before what they are in */
    const HypNode *const node = &tree->nodes[i];

    if (!needed[i]) continue;
    if (node->operation == HYP_VARIABLE && node->argument[0] == (int)variable) uses = 1;
    for (int j = 0; j < HypTreeArity(node->operation); j++) needed[node->argument[j]] = true;
  }
  free(needed);
  return uses;
}

/*@
  HypExpressionOutputs - The number of values of a formula: 1, or those of a derivative

  Not collective; plain C, callable before MPI_Init

  Input Parameter:
. expression - the formula

  Returns the number.

  Level: intermediate

.seealso: HypExpressionCreateDerivative()
@*/
size_t HypExpressionOutputs(const HypExpression *expression)
{
  return (size_t)expression->outputs;
}

/*@
  HypExpressionDestroy - Frees a formula; derivatives made from it stay usable

  Not collective; plain C, callable before MPI_Init

  Input Parameter:
. expression - set to NULL; NULL is allowed

  Level: intermediate

.seealso: HypExpressionCreate()
@*/
void HypExpressionDestroy(HypExpression **expression)
{
  HypExpression *const old = *expression;

  *expression = NULL;
  if (!old || --old->references) return;
  HypExpressionDestroy(&old->parent);
  HypProgramDestroy(&old->program);
  HypTreeDestroy(&old->tree);
  free(old->of);
  free(old->by);
  free(old);
}
