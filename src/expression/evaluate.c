/*
   A formula as a flat list of steps, each over a block of lanes:
   rows of HYP_LANES numbers, inner loops that vectorise.

   The rows are those of the variables (the caller's memory), of the constants (filled once),
   and of intermediate results, which are taken again as soon as nothing needs them:
   a block stays in the first-level cache.
*/
#include "expression/expressionimpl.h"
#include "base/base.h"
#include <stdlib.h>
#include <string.h>

typedef struct {
  HypLanes *evaluate;
  int       a, b, c, out; /* rows */
} Step;

/* A product that only one sum, difference or product needs is computed within it:
   one pass over the lanes instead of two, with the same roundings */
#define FUSED(name, value)                                                                         \
  static void name(size_t lanes, const double *a, const double *b, const double *c,                \
                   double *restrict out)                                                           \
  {                                                                                                \
    for (size_t l = 0; l < lanes; l++) out[l] = (value);                                           \
  }

FUSED(ProductPlus, a[l] * b[l] + c[l])
FUSED(ProductMinus, a[l] * b[l] - c[l])
FUSED(MinusProduct, c[l] - a[l] * b[l])
FUSED(ProductTimes, a[l] * b[l] * c[l])

/* Rows begin on cache lines, and no two of them at the same place of a page: a processor takes a
   store for one to what it loads where the last twelve bits of both addresses agree */
enum { LINE = 8, STRIDE = HYP_LANES + LINE };

struct HypProgram {
  int            variables, outputs, steps;
  Step          *step;
  int           *output; /* rows */
  bool          *direct; /* the last step of the output may write where it is wanted */
  const double **rows;   /* to read from: variables, constants, intermediate results */
  double       **own;    /* to write to: all rows but those of the variables */
  double        *memory; /* of the constants and the intermediate results */
};

typedef struct {
  const HypTree *tree;
  int           *uses, *row; /* of each node; row -1: none yet */
  int           *within;     /* the argument whose product is computed within the node; -1: none */
  int           *unused, nunused;
  int            nrows;
} Plan;

/* How often each node is used by what the outputs need; outputs keep their rows */
static void CountUses(Plan *plan, int outputs, const int *of)
{
  memset(plan->uses, 0, (size_t)plan->tree->count * sizeof(int));
  for (int k = 0; k < outputs; k++) plan->uses[of[k]]++;
  for (int i = plan->tree->count - 1; i >= 0; i--) {
    const HypNode *const node = &plan->tree->nodes[i];

    for (int j = 0; plan->uses[i] && j < HypTreeArity(node->operation); j++)
      plan->uses[node->argument[j]]++;
  }
}

/* Which products disappear into the one node that needs them; a node takes one, if it is none that
   took one itself */
static void Fuse(Plan *plan)
{
  for (int i = 0; i < plan->tree->count; i++) {
    const HypNode *const node = &plan->tree->nodes[i];

    plan->within[i] = -1;
    if (!plan->uses[i] || (node->operation != HYP_ADD && node->operation != HYP_SUBTRACT &&
                           node->operation != HYP_MULTIPLY))
      continue;
    for (int j = 0; j < 2 && plan->within[i] < 0; j++) {
      const int argument = node->argument[j];

      if (plan->tree->nodes[argument].operation == HYP_MULTIPLY && plan->uses[argument] == 1 &&
          plan->within[argument] < 0)
        plan->within[i] = j;
    }
  }
  for (int i = 0; i < plan->tree->count; i++)
    if (plan->within[i] >= 0) plan->uses[plan->tree->nodes[i].argument[plan->within[i]]] = -1;
}

/* What is computed for a node, and from which nodes */
static HypLanes *OperationOf(const Plan *plan, int i, int argument[3], int *arity)
{
  const HypNode *const node = &plan->tree->nodes[i];
  const int            j    = plan->within[i];
  int                  count;

  *arity = HypTreeArity(node->operation);
  for (int k = 0; k < 3; k++) argument[k] = node->argument[k];
  if (j < 0) return HypExpressionFunctions(&count)[node->operation].evaluate;
  argument[2] = node->argument[1 - j];
  argument[0] = plan->tree->nodes[node->argument[j]].argument[0];
  argument[1] = plan->tree->nodes[node->argument[j]].argument[1];
  *arity      = 3;
  if (node->operation == HYP_ADD) return ProductPlus;
  if (node->operation == HYP_MULTIPLY) return ProductTimes;
  return j == 0 ? ProductMinus : MinusProduct;
}

static void AddStep(HypProgram *program, Plan *plan, int i)
{
  int             row[3]   = {0}, arguments[3], arity;
  HypLanes *const evaluate = OperationOf(plan, i, arguments, &arity);

  plan->row[i] = plan->nunused ? plan->unused[--plan->nunused] : plan->nrows++;
  for (int j = 0; j < arity; j++) {
    const int argument = arguments[j];

    row[j] = plan->row[argument];
    if (--plan->uses[argument] == 0 && HypTreeArity(plan->tree->nodes[argument].operation) > 0)
      plan->unused[plan->nunused++] = row[j];
  }
  program->step[program->steps++] = (Step){evaluate, row[0], row[1], row[2], plan->row[i]};
}

static double *AllocateRows(size_t rows)
{
  double *const memory = aligned_alloc(LINE * sizeof(double), (rows + 1) * STRIDE * sizeof(double));

  if (!memory) HypOutOfMemory();
  return memory;
}

/* Rows of the program that its callers do not bring: constants first, each filled with its value */
static void FillRows(HypProgram *program, const Plan *plan)
{
  const size_t own = (size_t)(plan->nrows - program->variables);

  program->memory = AllocateRows(own);
  program->rows   = HypReallocate(NULL, ((size_t)plan->nrows + 1) * sizeof(double *));
  program->own    = HypReallocate(NULL, ((size_t)plan->nrows + 1) * sizeof(double *));
  memset(program->memory, 0, own * STRIDE * sizeof(double));
  for (size_t k = 0; k < own; k++)
    program->rows[(size_t)program->variables + k] = program->own[(size_t)program->variables + k] =
      program->memory + k * STRIDE;
  for (int i = 0; i < plan->tree->count; i++) {
    if (plan->tree->nodes[i].operation != HYP_CONSTANT || plan->row[i] < 0) continue;
    for (int l = 0; l < HYP_LANES; l++)
      program->memory[(plan->row[i] - program->variables) * STRIDE + l] =
        plan->tree->nodes[i].value;
  }
}

HypProgram *HypProgramCreate(const HypTree *tree, size_t variables, int outputs, const int *of)
{
  HypProgram *const program = HypReallocate(NULL, sizeof(*program));
  const size_t      ints    = (size_t)tree->count * sizeof(int);
  Plan              plan    = {.tree   = tree,
                               .uses   = HypReallocate(NULL, ints),
                               .row    = HypReallocate(NULL, ints),
                               .within = HypReallocate(NULL, ints),
                               .unused = HypReallocate(NULL, ints),
                               .nrows  = (int)variables};

  *program = (HypProgram){.variables = (int)variables,
                          .outputs   = outputs,
                          .step      = HypReallocate(NULL, (size_t)tree->count * sizeof(Step)),
                          .output    = HypReallocate(NULL, (size_t)outputs * sizeof(int)),
                          .direct    = HypReallocate(NULL, (size_t)outputs * sizeof(bool))};
  CountUses(&plan, outputs, of);
  Fuse(&plan);
  for (int i = 0; i < tree->count; i++) {
    const HypNode *const node = &tree->nodes[i];

    plan.row[i] = -1;
    if (plan.uses[i] <= 0) continue;
    if (node->operation == HYP_VARIABLE)
      plan.row[i] = node->argument[0];
    else if (node->operation == HYP_CONSTANT)
      plan.row[i] = plan.nrows++;
  }
  for (int i = 0; i < tree->count; i++)
    if (plan.uses[i] > 0 && HypTreeArity(tree->nodes[i].operation) > 0) AddStep(program, &plan, i);
  for (int k = 0; k < outputs; k++) {
    program->output[k] = plan.row[of[k]];
    program->direct[k] = HypTreeArity(tree->nodes[of[k]].operation) > 0;
    for (int other = 0; other < k; other++)
      program->direct[k] = program->direct[k] && program->output[other] != program->output[k];
  }
  FillRows(program, &plan);
  free(plan.uses);
  free(plan.row);
  free(plan.within);
  free(plan.unused);
  return program;
}

/* Does one output go where a variable is read from? */
static bool Overlap(const HypProgram *program, const double *const *values, const double *result)
{
  for (int v = 0; v < program->variables; v++)
    if (values[v] == result) return true;
  return false;
}

/* results[output][lane] from values[variable][lane] */
void HypProgramRun(HypProgram *program, size_t lanes, const double *const *values,
                   double *const *results)
{
  for (size_t first = 0; first < lanes; first += HYP_LANES) {
    const size_t block = lanes - first < HYP_LANES ? lanes - first : HYP_LANES;

    for (int v = 0; v < program->variables; v++) program->rows[v] = values[v] + first;
    for (int k = 0; k < program->outputs; k++) {
      const int row = program->output[k];

      if (program->direct[k])
        program->rows[row] = program->own[row] =
          Overlap(program, values, results[k])
            ? program->memory + (row - program->variables) * STRIDE
            : results[k] + first;
    }
    for (int k = 0; k < program->steps; k++) {
      const Step *const step = &program->step[k];

      step->evaluate(block, program->rows[step->a], program->rows[step->b], program->rows[step->c],
                     program->own[step->out]);
    }
    for (int k = 0; k < program->outputs; k++)
      if (program->rows[program->output[k]] != results[k] + first)
        memcpy(results[k] + first, program->rows[program->output[k]], block * sizeof(double));
  }
}

void HypProgramDestroy(HypProgram **program)
{
  if (!*program) return;
  free((*program)->step);
  free((*program)->output);
  free((*program)->direct);
  free((*program)->rows);
  free((*program)->own);
  free((*program)->memory);
  free(*program);
  *program = NULL;
}
