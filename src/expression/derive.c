/*
   Derivatives of formulas, exact: from the leaves up, node by node,
   by the rules in the table of functions.c.

   Nodes stand after their arguments, so one pass over them is enough;
   equal nodes are one, so that a derivative shares with its function, and with other derivatives,
   all that they have in common.
*/
#include "expression/expressionimpl.h"
#include "base/base.h"
#include <stdlib.h>

/* The derivative of one node from those of its arguments:
   the rule's text, read by the parser of the language itself */
static int rule(HypTree *tree, int node, const int *derivative, int zero)
{
  static const char *const names[] = {"f", "a", "b", "c", "da", "db", "dc"};
  const HypNode            f       = tree->nodes[node];
  const int                arity   = HypTreeArity(f.operation);
  HypSymbol                symbols[7];
  bool                     constant = true;
  char                    *message;
  int                      count, made;

  for (int i = 0; i < 7; i++) symbols[i] = (HypSymbol){names[i], node};
  for (int i = 0; i < arity; i++) {
    symbols[1 + i].node = f.argument[i];
    symbols[4 + i].node = derivative[f.argument[i]];
    constant            = constant && derivative[f.argument[i]] == zero;
  }
  if (constant) return zero;
  made = HypTreeParse(tree, HypExpressionFunctions(&count)[f.operation].derivative, 7, symbols,
                      &message);
  if (made < 0) abort(); /* the table is wrong: a test takes every row */
  return made;
}

void HypTreeDerive(HypTree *tree, int variable, int count, const int *of, int *derivatives)
{
  int  last = 0, zero;
  int *derivative;
  bool simplify = tree->simplify, *needed;

  tree->simplify = true;
  zero           = HypTreeConstant(tree, 0);
  for (int k = 0; k < count; k++) last = of[k] > last ? of[k] : last;
  derivative = HypReallocate(NULL, (size_t)(last + 1) * sizeof(int));
  needed     = HypReallocate(NULL, (size_t)(last + 1) * sizeof(bool));
  for (int i = 0; i <= last; i++) needed[i] = false;
  for (int k = 0; k < count; k++) needed[of[k]] = true;
  for (int i = last; i >= 0; i--) {
    const HypNode *const node = &tree->nodes[i];

    for (int j = 0; needed[i] && j < HypTreeArity(node->operation); j++)
      needed[node->argument[j]] = true;
  }
  for (int i = 0; i <= last; i++) {
    if (!needed[i]) continue;
    if (tree->nodes[i].operation == HYP_CONSTANT)
      derivative[i] = zero;
    else if (tree->nodes[i].operation == HYP_VARIABLE)
      derivative[i] = tree->nodes[i].argument[0] == variable ? HypTreeConstant(tree, 1) : zero;
    else
      derivative[i] = rule(tree, i, derivative, zero);
  }
  for (int k = 0; k < count; k++) derivatives[k] = derivative[of[k]];
  free(derivative);
  free(needed);
  tree->simplify = simplify;
}
