/*
   Derivatives of formulas, exact: from the leaves up, node by node,
   by the rules in the table of functions.c.

   Nodes stand after their arguments, so one pass over them is enough;
   equal nodes are one, so that a derivative shares with its function, and with other derivatives,
   all that they have in common.

   Quotients with an exponential below overflow before they reach their limit: of 1/(1 + e^u) the
   rule makes 0 times infinity where e^u is infinite.  There the logarithmic derivative b'/b of the
   denominator is taken: that of e^u is u', of products and quotients sums and differences, and of
   c + E with a constant c it is (E'/E)/(1 + c/E), finite and exact however large or small E is.
*/
#include "expression/expressionimpl.h"
#include "base/base.h"
#include <stdlib.h>
#include <string.h>

/* The derivative of one node from those of its arguments:
   the rule's text, read by the parser of the language itself */
static int Rule(HypTree *tree, int node, const int *derivative, int zero)
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

typedef struct {
  HypTree *tree;
  int     *derivative, *growth; /* of each node: its derivative, and that divided by it; -1: none */
  int     *sign;                /* of a node with a growth */
  int      zero;
} Rules;

/* The number of a function in the table */
static int OperationOf(const char *name)
{
  int                                count, i = HYP_FIRST_NAMED;
  const HypExpressionFunction *const functions = HypExpressionFunctions(&count);

  while (strcmp(functions[i].name, name) != 0) i++;
  return i;
}

/* f'/f of f = c + E or c - E with a constant c: (E'/E)/(1 + sign c/E) */
static int BesideConstant(const Rules *r, int constant, int E, int sum)
{
  const int ratio = HypTreeNode(r->tree, HYP_DIVIDE, constant, E, 0),
            one   = HypTreeConstant(r->tree, 1);

  return HypTreeNode(r->tree, HYP_DIVIDE, r->growth[E], HypTreeNode(r->tree, sum, one, ratio, 0),
                     0);
}

/*
   The logarithmic derivative of a node that is never 0, and its sign: made of exponentials and
   numbers; -1 of others.  Where a function vanishes its logarithmic derivative has a pole,
   and f (f'/f) would be 0 times infinity, or rounding divided by rounding.
*/
static int GrowthOf(Rules *r, int i)
{
  const HypNode node = r->tree->nodes[i];
  const int     a = node.argument[0], b = node.argument[1];

#define NODE(op, x, y) HypTreeNode(r->tree, op, x, y, 0)
  r->sign[i] = 1;
  if (node.operation == HYP_CONSTANT) {
    r->sign[i] = node.value > 0 ? 1 : -1;
    return node.value != 0 ? r->zero : -1;
  }
  if (node.operation == OperationOf("exp")) return r->derivative[a];
  if (node.operation == OperationOf("cosh"))
    return NODE(HYP_MULTIPLY, NODE(OperationOf("tanh"), a, 0), r->derivative[a]);
  if (HypTreeArity(node.operation) < 1 || r->growth[a] < 0) return -1;
  if (node.operation == HYP_NEGATE) {
    r->sign[i] = -r->sign[a];
    return r->growth[a];
  }
  if (node.operation == OperationOf("sqrt"))
    return NODE(HYP_MULTIPLY, HypTreeConstant(r->tree, 0.5), r->growth[a]);
  if (HypTreeArity(node.operation) != 2 || r->growth[b] < 0) return -1;
  switch (node.operation) {
  case HYP_MULTIPLY:
  case HYP_DIVIDE:
    r->sign[i] = r->sign[a] * r->sign[b];
    return NODE(node.operation == HYP_MULTIPLY ? HYP_ADD : HYP_SUBTRACT, r->growth[a],
                r->growth[b]);
  case HYP_POWER: /* of what is negative it is nothing, or has the sign of the exponent's parity */
    return r->derivative[b] == r->zero && r->sign[a] > 0 ? NODE(HYP_MULTIPLY, b, r->growth[a]) : -1;
  case HYP_ADD:
  case HYP_SUBTRACT:
    if (r->sign[a] != (node.operation == HYP_ADD ? r->sign[b] : -r->sign[b])) return -1;
    r->sign[i] = r->sign[a];
    if (r->derivative[a] == r->zero) return BesideConstant(r, a, b, node.operation);
    return r->derivative[b] == r->zero ? BesideConstant(r, b, a, node.operation) : -1;
  default:
    return -1;
  }
}

/* The derivative of a quotient, a power or a logarithm of what is made of exponentials and is never
   0; -1 of others */
static int ByGrowth(const Rules *r, int i)
{
  const HypNode node = r->tree->nodes[i];
  const int     a = node.argument[0], b = node.argument[1];

  if (node.operation == OperationOf("log")) return r->derivative[a] == r->zero ? -1 : r->growth[a];
  if (node.operation == HYP_POWER && r->growth[i] >= 0) return NODE(HYP_MULTIPLY, i, r->growth[i]);
  if (node.operation != HYP_DIVIDE || r->growth[b] < 0 || r->derivative[b] == r->zero) return -1;
  if (r->growth[i] >= 0) return NODE(HYP_MULTIPLY, i, r->growth[i]);
  return NODE(HYP_SUBTRACT, NODE(HYP_DIVIDE, r->derivative[a], b),
              NODE(HYP_MULTIPLY, i, r->growth[b]));
#undef NODE
}

/* Derivative and growth of a node whose arguments have theirs */
static void DeriveNode(Rules *r, int i, int variable)
{
  const HypNode node = r->tree->nodes[i];

  r->derivative[i] = r->zero;
  if (node.operation == HYP_VARIABLE && node.argument[0] == variable)
    r->derivative[i] = HypTreeConstant(r->tree, 1);
  else if (HypTreeArity(node.operation) > 0)
    r->derivative[i] = Rule(r->tree, i, r->derivative, r->zero);
  r->growth[i] = GrowthOf(r, i);
  if (HypTreeArity(node.operation) > 0 && r->derivative[i] != r->zero) {
    const int better = ByGrowth(r, i);

    if (better >= 0) r->derivative[i] = better;
  }
}

void HypTreeDerive(HypTree *tree, int variable, int count, const int *of, int *derivatives)
{
  Rules rules    = {.tree = tree};
  int   last     = 0;
  bool  simplify = tree->simplify, *needed;

  tree->simplify = true;
  rules.zero     = HypTreeConstant(tree, 0);
  for (int k = 0; k < count; k++) last = of[k] > last ? of[k] : last;
  rules.derivative = HypReallocate(NULL, (size_t)(last + 1) * sizeof(int));
  rules.growth     = HypReallocate(NULL, (size_t)(last + 1) * sizeof(int));
  rules.sign       = HypReallocate(NULL, (size_t)(last + 1) * sizeof(int));
  needed           = HypReallocate(NULL, (size_t)(last + 1) * sizeof(bool));
  for (int i = 0; i <= last; i++) needed[i] = false;
  for (int k = 0; k < count; k++) needed[of[k]] = true;
  for (int i = last; i >= 0; i--) {
    const HypNode *const node = &tree->nodes[i];

    for (int j = 0; needed[i] && j < HypTreeArity(node->operation); j++)
      needed[node->argument[j]] = true;
  }
  for (int i = 0; i <= last; i++)
    if (needed[i]) DeriveNode(&rules, i, variable);
  for (int k = 0; k < count; k++) derivatives[k] = rules.derivative[of[k]];
  free(rules.derivative);
  free(rules.growth);
  free(rules.sign);
  free(needed);
  tree->simplify = simplify;
}
