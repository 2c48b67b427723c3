/*
   Nodes of formulas.
   A node that is there already is not made twice, so common parts are shared;
   what has only constants below it is a constant; a whole power is a product.
   Trees of derivatives are simplified as well.
*/
#include "expression/expressionimpl.h"
#include "base/base.h"
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { LARGEST_PRODUCT = 32 }; /* the largest whole power that is multiplied out */

static size_t Hash(const HypNode *node)
{
  uint64_t bits, h = 14695981039346656037u; /* FNV-1a over words */

  memcpy(&bits, &node->value, sizeof(bits));
  for (int i = 0; i < 3; i++) h = (h ^ (uint64_t)node->argument[i]) * 1099511628211u;
  h = (h ^ (uint64_t)node->operation) * 1099511628211u;
  h = (h ^ bits) * 1099511628211u;
  return (size_t)(h ^ h >> 29);
}

static bool Same(const HypNode *one, const HypNode *other)
{
  return one->operation == other->operation &&
         memcmp(one->argument, other->argument, sizeof(one->argument)) == 0 &&
         memcmp(&one->value, &other->value, sizeof(one->value)) == 0;
}

/* The place of a node in the hash table, or the empty place where it belongs */
static int *Place(const HypTree *tree, const HypNode *node)
{
  size_t i = Hash(node) & (size_t)(tree->table_size - 1);

  while (tree->table[i] && !Same(&tree->nodes[tree->table[i] - 1], node))
    i = (i + 1) & (size_t)(tree->table_size - 1);
  return &tree->table[i];
}

static void Grow(HypTree *tree)
{
  tree->size       = tree->size ? 2 * tree->size : 64;
  tree->table_size = 2 * tree->size;
  tree->nodes      = HypReallocate(tree->nodes, (size_t)tree->size * sizeof(HypNode));
  tree->table      = HypReallocate(tree->table, (size_t)tree->table_size * sizeof(int));
  memset(tree->table, 0, (size_t)tree->table_size * sizeof(int));
  for (int i = 0; i < tree->count; i++) *Place(tree, &tree->nodes[i]) = i + 1;
}

static int Insert(HypTree *tree, const HypNode *node)
{
  int *at;

  if (tree->count == tree->size) Grow(tree);
  at = Place(tree, node);
  if (!*at) {
    tree->nodes[tree->count++] = *node;
    *at                        = tree->count;
  }
  return *at - 1;
}

int HypTreeConstant(HypTree *tree, double value)
{
  return Insert(tree, &(HypNode){.operation = HYP_CONSTANT, .value = value});
}

int HypTreeVariable(HypTree *tree, int number)
{
  return Insert(tree, &(HypNode){.operation = HYP_VARIABLE, .argument = {number}});
}

int HypTreeArity(int operation)
{
  int                                count;
  const HypExpressionFunction *const row = &HypExpressionFunctions(&count)[operation];

  return row->most == HYP_MANY ? 2 : row->most;
}

static bool Is(const HypTree *tree, int node, double value)
{
  return tree->nodes[node].operation == HYP_CONSTANT && tree->nodes[node].value == value;
}

static bool IsNegative(const HypTree *tree, int node)
{
  return tree->nodes[node].operation == HYP_NEGATE;
}

/* a^n = a^(n/2) a^(n/2) (a), and 1/a^-n */
static int Product(HypTree *tree, int a, int n)
{
  int half;

  if (n < 0)
    return HypTreeNode(tree, HYP_DIVIDE, HypTreeConstant(tree, 1), Product(tree, a, -n), 0);
  if (n == 0) return HypTreeConstant(tree, 1);
  if (n == 1) return a;
  half = Product(tree, a, n / 2);
  half = HypTreeNode(tree, HYP_MULTIPLY, half, half, 0);
  return n % 2 ? HypTreeNode(tree, HYP_MULTIPLY, half, a, 0) : half;
}

/* c (d x) = (c d) x */
static int Multiplied(HypTree *tree, int a, int b)
{
  const HypNode *const x = &tree->nodes[a], *const y = &tree->nodes[b];

  if (x->operation == HYP_CONSTANT && y->operation == HYP_MULTIPLY) {
    for (int i = 0; i < 2; i++) {
      const int factor = y->argument[i], other = y->argument[1 - i];

      if (tree->nodes[factor].operation == HYP_CONSTANT)
        return HypTreeNode(tree, HYP_MULTIPLY,
                           HypTreeConstant(tree, x->value * tree->nodes[factor].value), other, 0);
    }
  }
  return -1;
}

/* A simpler node of the same value, or -1 */
static int Simpler(HypTree *tree, int operation, int a, int b)
{
#define NODE(op, x, y) HypTreeNode(tree, op, x, y, 0)
  const int minusA = IsNegative(tree, a) ? tree->nodes[a].argument[0] : -1;
  const int minusB =
    HypTreeArity(operation) > 1 && IsNegative(tree, b) ? tree->nodes[b].argument[0] : -1;
  int made;

  switch (operation) {
  case HYP_ADD:
    if (Is(tree, a, 0)) return b;
    if (Is(tree, b, 0)) return a;
    if (a == b) return NODE(HYP_MULTIPLY, HypTreeConstant(tree, 2), a);
    if (minusB >= 0) return NODE(HYP_SUBTRACT, a, minusB);
    return minusA >= 0 ? NODE(HYP_SUBTRACT, b, minusA) : -1;
  case HYP_SUBTRACT:
    if (Is(tree, b, 0)) return a;
    if (Is(tree, a, 0)) return NODE(HYP_NEGATE, b, 0);
    if (a == b) return HypTreeConstant(tree, 0);
    return minusB >= 0 ? NODE(HYP_ADD, a, minusB) : -1;
  case HYP_MULTIPLY:
    if (Is(tree, a, 0) || Is(tree, b, 0)) return HypTreeConstant(tree, 0);
    if (Is(tree, a, 1)) return b;
    if (Is(tree, b, 1)) return a;
    if (Is(tree, a, -1)) return NODE(HYP_NEGATE, b, 0);
    if (Is(tree, b, -1)) return NODE(HYP_NEGATE, a, 0);
    if (minusA >= 0) return NODE(HYP_NEGATE, NODE(HYP_MULTIPLY, minusA, b), 0);
    if (minusB >= 0) return NODE(HYP_NEGATE, NODE(HYP_MULTIPLY, a, minusB), 0);
    made = Multiplied(tree, a, b);
    return made >= 0 ? made : Multiplied(tree, b, a);
  case HYP_DIVIDE:
    if (Is(tree, a, 0)) return HypTreeConstant(tree, 0);
    if (Is(tree, b, 1)) return a;
    return minusA >= 0 ? NODE(HYP_NEGATE, NODE(HYP_DIVIDE, minusA, b), 0) : -1;
  case HYP_NEGATE:
    return minusA;
  default:
    return -1;
  }
#undef NODE
}

/* The value where all arguments are constants */
static bool Folded(const HypTree *tree, const HypNode *node, int arity, double *value)
{
  double argument[3] = {0};
  int    count;

  for (int i = 0; i < arity; i++) {
    if (tree->nodes[node->argument[i]].operation != HYP_CONSTANT) return false;
    argument[i] = tree->nodes[node->argument[i]].value;
  }
  HypExpressionFunctions(&count)[node->operation].evaluate(1, &argument[0], &argument[1],
                                                           &argument[2], value);
  return true;
}

/* A constant that may as well be multiplied by its inverse: both round the same number */
static bool IsPowerOfTwo(const HypTree *tree, int node)
{
  int exponent;

  return tree->nodes[node].operation == HYP_CONSTANT &&
         fabs(frexp(tree->nodes[node].value, &exponent)) == 0.5 && abs(exponent) < 1000;
}

int HypTreeNode(HypTree *tree, int operation, int a, int b, int c)
{
  const int arity = HypTreeArity(operation);
  HypNode   node  = {operation, {a, arity > 1 ? b : 0, arity > 2 ? c : 0}, 0};
  double    value;
  int       made;

  if (Folded(tree, &node, arity, &value)) return HypTreeConstant(tree, value);
  if (operation == HYP_IF && tree->nodes[a].operation == HYP_CONSTANT)
    return tree->nodes[a].value != 0 ? b : c;
  if (operation == HYP_IF && b == c) return b;
  if (operation == HYP_POWER && tree->nodes[b].operation == HYP_CONSTANT) {
    value = tree->nodes[b].value;
    if (value == rint(value) && fabs(value) <= LARGEST_PRODUCT) return Product(tree, a, (int)value);
  }
  if (operation == HYP_DIVIDE && IsPowerOfTwo(tree, b))
    return HypTreeNode(tree, HYP_MULTIPLY, a, HypTreeConstant(tree, 1 / tree->nodes[b].value), 0);
  if (tree->simplify && (made = Simpler(tree, operation, a, b)) >= 0) return made;
  if ((operation == HYP_ADD || operation == HYP_MULTIPLY) && a > b) {
    node.argument[0] = b;
    node.argument[1] = a;
  }
  return Insert(tree, &node);
}

void HypTreeCopy(const HypTree *tree, HypTree *copy)
{
  *copy       = *tree;
  copy->nodes = HypReallocate(NULL, (size_t)tree->size * sizeof(HypNode));
  copy->table = HypReallocate(NULL, (size_t)tree->table_size * sizeof(int));
  memcpy(copy->nodes, tree->nodes, (size_t)tree->count * sizeof(HypNode));
  memcpy(copy->table, tree->table, (size_t)tree->table_size * sizeof(int));
}

void HypTreeDestroy(HypTree *tree)
{
  free(tree->nodes);
  free(tree->table);
  memset(tree, 0, sizeof(*tree));
}
