#pragma once
/*
   Private parts of expressions.

   A text becomes nodes of a tree (parse.c), the tree is differentiated (derive.c), and its nodes
   become the steps of a flat
   program over lanes (evaluate.c).  What a function is, stands in one row of the table in
   functions.c.
*/
#include <hypoco/expression.h>
#include <stdbool.h>

/* What a node does.  The operators come first because the parser and the simplifications know
   them; functions.c has all. */
typedef enum {
  HYP_CONSTANT,
  HYP_VARIABLE,
  HYP_ADD,
  HYP_SUBTRACT,
  HYP_MULTIPLY,
  HYP_DIVIDE,
  HYP_POWER,
  HYP_NEGATE,
  HYP_LESS,
  HYP_LESS_EQUAL,
  HYP_GREATER,
  HYP_GREATER_EQUAL,
  HYP_EQUAL,
  HYP_NOT_EQUAL,
  HYP_AND,
  HYP_OR,
  HYP_IF,
  HYP_FIRST_NAMED /* rows from here on are called by name */
} HypOperation;

enum { HYP_MANY = 1 << 30 };

typedef void HypLanes(size_t lanes, const double *a, const double *b, const double *c,
                      double *restrict out);

typedef struct {
  const char *name;        /* as it is typed */
  int         least, most; /* arguments; HYP_MANY: folded from the left, two at a time */
  HypLanes   *evaluate;    /* out[l] from a[l], b[l], c[l]; NULL for another name of `as` */
  const char *derivative;  /* of f(a, b, c), in a, b, c, f and da, db, dc */
  const char *as;          /* the row that is meant; NULL: this one */
  const char *help;        /* one-sided rules included */
} HypExpressionFunction;

typedef struct {
  const char *name;
  double      value;
} HypExpressionConstant;

const HypExpressionFunction *HypExpressionFunctions(int *count);
const HypExpressionConstant *HypExpressionConstants(int *count);

/* A node is an operation on nodes before it; equal nodes are one, so that common parts of
   formulas are computed once */
typedef struct {
  int    operation;
  int    argument[3]; /* nodes; of a variable, its number */
  double value;       /* of a constant */
} HypNode;

typedef struct {
  HypNode *nodes;
  int      count, size;
  int     *table, table_size; /* hash table of node numbers + 1 */
  bool     simplify; /* 0 a = 0 and the like: in derivatives only, a user's 0/0 stays what it is */
} HypTree;

/* A name and the node that it stands for */
typedef struct {
  const char *name;
  int         node;
} HypSymbol;

/* tree.c */
int  HypTreeConstant(HypTree *tree, double value);
int  HypTreeVariable(HypTree *tree, int number);
int  HypTreeNode(HypTree *tree, int operation, int a, int b, int c);
int  HypTreeArity(int operation);
void HypTreeCopy(const HypTree *tree, HypTree *copy);
void HypTreeDestroy(HypTree *tree);

/* words.c */
enum { HYP_WORD = 40 }; /* letters of a word, the rest is cut */
bool  HypIsDigit(char c);
bool  HypIsLetter(char c);
void  HypReadWord(const char *start, char name[HYP_WORD + 1], size_t *length);
char *HypKnownNames(size_t symbol_count, const HypSymbol *symbols);

/* parse.c: the node of the text, or -1 and one sentence with the column, to be freed */
int HypTreeParse(HypTree *tree, const char *text, size_t count, const HypSymbol *symbols,
                 char **message);

/* derive.c: the derivatives of some nodes by one variable */
void HypTreeDerive(HypTree *tree, int variable, int count, const int *of, int *derivatives);

/* derivative.c: by values, all that one radius needs at once */
enum { HYP_DERIVATIVE_NODES = 21 };
typedef void HypManyValues(const double *x, double *f, void *context);
double       HypDerivativeByMany(HypManyValues *values, void *context, double x, double *error);

/* evaluate.c: some nodes of a tree as steps over rows of numbers */
enum { HYP_LANES = 256 };
typedef struct HypProgram HypProgram;
HypProgram *HypProgramCreate(const HypTree *tree, size_t variables, int outputs, const int *of);
void        HypProgramRun(HypProgram *program, size_t lanes, const double *const *values,
                          double *const *results);
void        HypProgramDestroy(HypProgram **program);
