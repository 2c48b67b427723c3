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

struct HypProgram {
  int            variables, outputs, steps;
  Step          *step;
  int           *output; /* rows */
  const double **rows;   /* variables, constants, intermediate results */
  double        *memory; /* of the constants and the intermediate results */
};

typedef struct {
  const HypTree *tree;
  int           *uses, *row; /* of each node; row -1: none yet */
  int           *unused, nunused;
  int            nrows;
} Plan;

/* How often each node is used by what the outputs need; outputs keep their rows */
static void countUses(Plan *plan, int outputs, const int *of)
{
  memset(plan->uses, 0, (size_t)plan->tree->count * sizeof(int));
  for (int k = 0; k < outputs; k++) plan->uses[of[k]]++;
  for (int i = plan->tree->count - 1; i >= 0; i--) {
    const HypNode *const node = &plan->tree->nodes[i];

    for (int j = 0; plan->uses[i] && j < HypTreeArity(node->operation); j++)
      plan->uses[node->argument[j]]++;
  }
}

static void addStep(HypProgram *program, Plan *plan, int i)
{
  const HypNode *const node   = &plan->tree->nodes[i];
  const int            arity  = HypTreeArity(node->operation);
  Step *const          step   = &program->step[program->steps++];
  int                  row[3] = {0}, count;

  plan->row[i] = plan->nunused ? plan->unused[--plan->nunused] : plan->nrows++;
  for (int j = 0; j < arity; j++) {
    const int argument = node->argument[j];

    row[j] = plan->row[argument];
    if (--plan->uses[argument] == 0 && HypTreeArity(plan->tree->nodes[argument].operation) > 0)
      plan->unused[plan->nunused++] = row[j];
  }
  *step = (Step){HypExpressionFunctions(&count)[node->operation].evaluate, row[0], row[1], row[2],
                 plan->row[i]};
}

/* Rows of the program that its callers do not bring: constants first, each filled with its value */
static void fillRows(HypProgram *program, const Plan *plan)
{
  const size_t own = (size_t)(plan->nrows - program->variables);

  program->memory = HypReallocate(NULL, (own * HYP_LANES + 1) * sizeof(double));
  program->rows   = HypReallocate(NULL, ((size_t)plan->nrows + 1) * sizeof(double *));
  memset(program->memory, 0, own * HYP_LANES * sizeof(double));
  for (size_t k = 0; k < own; k++)
    program->rows[(size_t)program->variables + k] = program->memory + k * HYP_LANES;
  for (int i = 0; i < plan->tree->count; i++) {
    if (plan->tree->nodes[i].operation != HYP_CONSTANT || plan->row[i] < 0) continue;
    for (int l = 0; l < HYP_LANES; l++)
      program->memory[(plan->row[i] - program->variables) * HYP_LANES + l] =
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
                               .unused = HypReallocate(NULL, ints),
                               .nrows  = (int)variables};

  *program = (HypProgram){.variables = (int)variables,
                          .outputs   = outputs,
                          .step      = HypReallocate(NULL, (size_t)tree->count * sizeof(Step)),
                          .output    = HypReallocate(NULL, (size_t)outputs * sizeof(int))};
  countUses(&plan, outputs, of);
  for (int i = 0; i < tree->count; i++) {
    const HypNode *const node = &tree->nodes[i];

    plan.row[i] = -1;
    if (!plan.uses[i]) continue;
    if (node->operation == HYP_VARIABLE)
      plan.row[i] = node->argument[0];
    else if (node->operation == HYP_CONSTANT)
      plan.row[i] = plan.nrows++;
  }
  for (int i = 0; i < tree->count; i++)
    if (plan.uses[i] && HypTreeArity(tree->nodes[i].operation) > 0) addStep(program, &plan, i);
  for (int k = 0; k < outputs; k++) program->output[k] = plan.row[of[k]];
  fillRows(program, &plan);
  free(plan.uses);
  free(plan.row);
  free(plan.unused);
  return program;
}

/* results[output][lane] from values[variable][lane] */
void HypProgramRun(HypProgram *program, size_t lanes, const double *const *values,
                   double *const *results)
{
  for (size_t first = 0; first < lanes; first += HYP_LANES) {
    const size_t block = lanes - first < HYP_LANES ? lanes - first : HYP_LANES;

    for (int v = 0; v < program->variables; v++) program->rows[v] = values[v] + first;
    for (int k = 0; k < program->steps; k++) {
      const Step *const step = &program->step[k];
      double *const     out  = program->memory + (step->out - program->variables) * HYP_LANES;

      step->evaluate(block, program->rows[step->a], program->rows[step->b], program->rows[step->c],
                     out);
    }
    for (int k = 0; k < program->outputs; k++)
      memcpy(results[k] + first, program->rows[program->output[k]], block * sizeof(double));
  }
}

void HypProgramDestroy(HypProgram **program)
{
  if (!*program) return;
  free((*program)->step);
  free((*program)->output);
  free((*program)->rows);
  free((*program)->memory);
  free(*program);
  *program = NULL;
}
