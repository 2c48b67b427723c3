/*
   The language of formulas: one pass over the text makes nodes, or one sentence with the column.

   An expression is an alternation of operands and binary operators; the pass keeps which of the
   two must come next, a stack
   of open parentheses, and the stacks of operands and of operators that wait for their right
   operand (Dijkstra's shunting
   yard): no recursion, so that no text can exhaust the program's stack.
*/
#include "expression/expressionimpl.h"
#include "base/base.h"
#include <stdlib.h>
#include <string.h>

enum { MAX_PARENTHESES = 100 };

/* Operators by what they bind: a larger number binds more tightly; two-letter ones first */
enum { BIND_IF = 1, BIND_COMPARE = 4, BIND_SIGN = 7, BIND_POWER = 8 };

static const struct {
  const char *text;
  int         operation, binding;
} operators[] = {
  {"&&", HYP_AND, 3},
  {"||", HYP_OR, 2},
  {"==", HYP_EQUAL, BIND_COMPARE},
  {"!=", HYP_NOT_EQUAL, BIND_COMPARE},
  {"<=", HYP_LESS_EQUAL, BIND_COMPARE},
  {">=", HYP_GREATER_EQUAL, BIND_COMPARE},
  {"**", HYP_POWER, BIND_POWER},
  {"+", HYP_ADD, 5},
  {"-", HYP_SUBTRACT, 5},
  {"*", HYP_MULTIPLY, 6},
  {"/", HYP_DIVIDE, 6},
  {"^", HYP_POWER, BIND_POWER},
  {"<", HYP_LESS, BIND_COMPARE},
  {">", HYP_GREATER, BIND_COMPARE},
  {"?", HYP_IF, BIND_IF},
  {":", HYP_IF, BIND_IF},
};

typedef struct {
  const HypExpressionFunction *call;   /* NULL for plain parentheses */
  size_t                       column; /* where it was opened, from 1 */
  int                          commas, questions;
  bool                         compared; /* a comparison was seen since the last && || ? : , */
  int                          base;     /* operators that wait outside */
} Level;

typedef struct {
  int  operation, binding;
  bool open; /* a '?' whose ':' has not come */
} Waiting;

typedef struct {
  HypTree                     *tree;
  const char                  *text;
  size_t                       at; /* offset of the current token */
  size_t                       count;
  const HypSymbol             *symbols;
  bool                         operand;   /* an operand must come next */
  bool                         sign_seen; /* a sign stands before that operand */
  const HypExpressionFunction *function;  /* its name was just read: '(' must come next */
  int                          depth;
  Level    levels[MAX_PARENTHESES + 1]; /* levels[0] is the expression as a whole */
  int     *operands, noperands;
  Waiting *waiting;
  int      nwaiting, size; /* of both stacks */
  char    *message;
} Parser;

static bool IsBlank(char c)
{
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Columns count characters, so bytes that continue one do not count */
static bool Refuse(Parser *parser, size_t at, char *what)
{
  HypShown shown;
  size_t   column = 1;

  for (size_t i = 0; i < at; i++) column += (parser->text[i] & 0xc0) != 0x80;
  parser->message =
    HypFormat("expression '%s', column %zu: %s", HypShow(shown, parser->text), column, what);
  free(what);
  return false;
}

static bool NeedsOperator(Parser *parser, const char *what)
{
  return Refuse(parser, parser->at,
                HypFormat("%s follows without an operator; a product needs '*'", what));
}

/* The word at the current place, cut to fit a message */
static const char *Word(const Parser *parser, size_t length, char buffer[HYP_WORD + 1])
{
  const size_t shown = length < HYP_WORD ? length : HYP_WORD;

  memcpy(buffer, parser->text + parser->at, shown);
  buffer[shown] = 0;
  return buffer;
}

/* ---- the stacks ---- */

static void MakeRoom(Parser *parser)
{
  if (parser->noperands + 1 < parser->size && parser->nwaiting + 1 < parser->size) return;
  parser->size     = parser->size ? 2 * parser->size : 32;
  parser->operands = HypReallocate(parser->operands, (size_t)parser->size * sizeof(int));
  parser->waiting  = HypReallocate(parser->waiting, (size_t)parser->size * sizeof(Waiting));
}

static void PushOperand(Parser *parser, int node)
{
  MakeRoom(parser);
  parser->operands[parser->noperands++] = node;
}

static void PushOperator(Parser *parser, int operation, int binding, bool open)
{
  MakeRoom(parser);
  parser->waiting[parser->nwaiting++] = (Waiting){operation, binding, open};
}

/* The last operands become one */
static void Combine(Parser *parser, int operation)
{
  const int  arity = HypTreeArity(operation);
  int *const x     = parser->operands + parser->noperands - arity;

  x[0] = HypTreeNode(parser->tree, operation, x[0], arity > 1 ? x[1] : 0, arity > 2 ? x[2] : 0);
  parser->noperands -= arity - 1;
}

/* Operators of the current level that bind more tightly than what comes have all their operands */
static void CombineDown(Parser *parser, int binding, bool from_left)
{
  const int base = parser->levels[parser->depth].base;

  while (parser->nwaiting > base) {
    const Waiting *const top = &parser->waiting[parser->nwaiting - 1];

    if (top->open || (from_left ? top->binding < binding : top->binding <= binding)) return;
    Combine(parser, top->operation);
    parser->nwaiting--;
  }
}

/* ---- tokens ---- */

/* 12, 1.5, .5, 1e-3 */
static bool ReadNumber(Parser *parser)
{
  const char *const start  = parser->text + parser->at;
  size_t            length = 0;
  double            value;
  char              buffer[HYP_WORD + 1];

  while (HypIsDigit(start[length]) || start[length] == '.' || HypIsLetter(start[length]) ||
         ((start[length] == '+' || start[length] == '-') &&
          (start[length - 1] == 'e' || start[length - 1] == 'E') &&
          HypIsDigit(start[length + 1]))) {
    length++;
  }
  if (!parser->operand) return NeedsOperator(parser, "a number");
  if (!HypParseReal(start, length, &value)) {
    return Refuse(parser, parser->at,
                  HypFormat("'%s' is not a number that fits; a product needs '*', as in 2*x",
                            Word(parser, length, buffer)));
  }
  PushOperand(parser, HypTreeConstant(parser->tree, value));
  parser->at += length;
  parser->operand = false;
  return true;
}

/* The node of a variable or a constant, -1 if the name is none of them */
static int NamedValue(Parser *parser, const char *name)
{
  int                                count;
  const HypExpressionConstant *const constants = HypExpressionConstants(&count);

  for (size_t i = 0; i < parser->count; i++)
    if (strcmp(parser->symbols[i].name, name) == 0) return parser->symbols[i].node;
  for (int i = 0; i < count; i++)
    if (strcmp(constants[i].name, name) == 0)
      return HypTreeConstant(parser->tree, constants[i].value);
  return -1;
}

static const HypExpressionFunction *FindRow(const char *name, int first)
{
  int                                count;
  const HypExpressionFunction *const functions = HypExpressionFunctions(&count);

  for (int i = first; i < count; i++)
    if (strcmp(functions[i].name, name) == 0) return &functions[i];
  return NULL;
}

static bool ReadName(Parser *parser)
{
  char   name[HYP_WORD + 1];
  size_t length;
  int    node;

  HypReadWord(parser->text + parser->at, name, &length);
  if (!parser->operand) return NeedsOperator(parser, "a name");
  node             = NamedValue(parser, name);
  parser->function = node < 0 ? FindRow(name, HYP_FIRST_NAMED) : NULL;
  if (node < 0 && !parser->function) {
    char *const names = HypKnownNames(parser->count, parser->symbols);
    const bool  refused =
      Refuse(parser, parser->at, HypFormat("unknown name '%s'; known are %s", name, names));

    free(names);
    return refused;
  }
  if (node >= 0) PushOperand(parser, node);
  parser->operand = node < 0;
  parser->at += length;
  return true;
}

static bool ReadOpening(Parser *parser)
{
  if (!parser->operand) return NeedsOperator(parser, "'('");
  if (parser->depth == MAX_PARENTHESES) {
    return Refuse(parser, parser->at,
                  HypFormat("more than %d parentheses are open", MAX_PARENTHESES));
  }
  parser->levels[++parser->depth] =
    (Level){.call = parser->function, .column = parser->at + 1, .base = parser->nwaiting};
  parser->function  = NULL;
  parser->sign_seen = false;
  parser->at++;
  return true;
}

/* The end of a sub-expression: at ',' or ')' or the end of the text */
static bool EndsWell(Parser *parser)
{
  if (parser->operand)
    return Refuse(parser, parser->at, HypDuplicate("a number, a name or '(' is missing here"));
  if (parser->levels[parser->depth].questions)
    return Refuse(parser, parser->at, HypDuplicate("'?' without its ':'; write condition ? a : b"));
  CombineDown(parser, 0, true);
  return true;
}

static bool ReadComma(Parser *parser)
{
  Level *const level = &parser->levels[parser->depth];

  if (!level->call) {
    return Refuse(
      parser, parser->at,
      HypDuplicate(
        "a comma makes two values of one; a decimal point is '.', arguments belong to a function"));
  }
  if (!EndsWell(parser)) return false;
  level->commas++;
  level->compared   = false;
  parser->operand   = true;
  parser->sign_seen = false;
  parser->at++;
  return true;
}

/* The arguments of a function, which are the last operands, become its value */
static void Call(Parser *parser, const HypExpressionFunction *function, int count)
{
  int                                rows;
  const HypExpressionFunction *const row = function->as ? FindRow(function->as, HYP_ADD) : function;
  const int                          operation = (int)(row - HypExpressionFunctions(&rows));

  if (function->most != HYP_MANY) {
    Combine(parser, operation);
    return;
  }
  for (int i = 1; i < count; i++) {
    int *const x = parser->operands + parser->noperands - count;

    x[0] = HypTreeNode(parser->tree, operation, x[0], x[i], 0);
  }
  parser->noperands -= count - 1;
  if (strcmp(function->name, "avg") == 0) {
    PushOperand(parser, HypTreeConstant(parser->tree, count));
    Combine(parser, HYP_DIVIDE);
  }
}

static bool ReadClosing(Parser *parser)
{
  const Level *const level = &parser->levels[parser->depth];

  if (parser->depth == 0) return Refuse(parser, parser->at, HypDuplicate("')' without '('"));
  if (!EndsWell(parser)) return false;
  if (level->call &&
      (level->commas + 1 < level->call->least || level->commas + 1 > level->call->most)) {
    return Refuse(parser, parser->at,
                  HypFormat("%s takes %d argument%s, not %d", level->call->name, level->call->least,
                            level->call->least == 1 ? "" : "s", level->commas + 1));
  }
  if (level->call) Call(parser, level->call, level->commas + 1);
  parser->depth--;
  parser->at++;
  return true;
}

/* The row of the operator at the current place, -1 if there is none */
static int OperatorRow(const char *text)
{
  for (int i = 0; i < (int)(sizeof(operators) / sizeof(operators[0])); i++)
    if (strncmp(text, operators[i].text, strlen(operators[i].text)) == 0) return i;
  return -1;
}

static bool ReadSign(Parser *parser, const char *text)
{
  if ((text[0] != '+' && text[0] != '-') || parser->sign_seen) {
    return Refuse(parser, parser->at, HypFormat("'%s' has no number, name or ')' before it", text));
  }
  if (text[0] == '-') PushOperator(parser, HYP_NEGATE, BIND_SIGN, false);
  parser->sign_seen = true;
  parser->at++;
  return true;
}

/* The ':' of the innermost '?': its two first operands are complete */
static bool ReadColon(Parser *parser)
{
  Level *const level = &parser->levels[parser->depth];

  if (!level->questions) return Refuse(parser, parser->at, HypDuplicate("':' without its '?'"));
  level->questions--;
  CombineDown(parser, 0, true);
  parser->waiting[parser->nwaiting - 1].open = false;
  return true;
}

static bool ReadOperator(Parser *parser, int row)
{
  const char *const text    = operators[row].text;
  const int         binding = operators[row].binding;
  Level *const      level   = &parser->levels[parser->depth];

  if (parser->operand) return ReadSign(parser, text);
  if (binding == BIND_COMPARE && level->compared)
    return Refuse(parser, parser->at,
                  HypDuplicate("comparisons do not chain; write a < x && x < b"));
  if (binding <= BIND_COMPARE) level->compared = binding == BIND_COMPARE;
  if (*text == ':') {
    if (!ReadColon(parser)) return false;
  } else {
    CombineDown(parser, binding, binding != BIND_POWER && binding != BIND_IF);
    PushOperator(parser, operators[row].operation, binding, *text == '?');
    level->questions += *text == '?';
  }
  parser->operand   = true;
  parser->sign_seen = false;
  parser->at += strlen(text);
  return true;
}

/* A character that has no meaning: named where it is known */
static bool RefuseCharacter(Parser *parser)
{
  const char *const at = parser->text + parser->at;

  if (HypForeignSign(at))
    return Refuse(parser, parser->at, HypFormat("this is %s", HypForeignSign(at)));
  if (*at == '=')
    return Refuse(
      parser, parser->at,
      HypDuplicate("'=' would assign, which an expression cannot; to compare write '=='"));
  if (*at > ' ' && *at < 127)
    return Refuse(parser, parser->at, HypFormat("the character '%c' has no meaning here", *at));
  return Refuse(parser, parser->at,
                HypDuplicate("a character outside plain ASCII; only the letter theta is known"));
}

static bool ReadToken(Parser *parser)
{
  const char *const at = parser->text + parser->at;

  if (parser->function && *at != '(')
    return Refuse(parser, parser->at,
                  HypFormat("%s needs its argument in parentheses", parser->function->name));
  if (HypIsDigit(*at) || *at == '.') return ReadNumber(parser);
  if (HypIsLetter(*at) || strncmp(at, "\xce\xb8", 2) == 0) return ReadName(parser);
  if (*at == '(') return ReadOpening(parser);
  if (*at == ')') return ReadClosing(parser);
  if (*at == ',') return ReadComma(parser);
  if (OperatorRow(at) >= 0) return ReadOperator(parser, OperatorRow(at));
  return RefuseCharacter(parser);
}

static bool ReadAll(Parser *parser)
{
  while (parser->text[parser->at]) {
    if (IsBlank(parser->text[parser->at]))
      parser->at++;
    else if (!ReadToken(parser))
      return false;
    else if (!parser->operand)
      parser->sign_seen = false;
  }
  if (parser->function)
    return Refuse(parser, parser->at,
                  HypFormat("%s needs its argument in parentheses", parser->function->name));
  if (!EndsWell(parser)) return false;
  if (parser->depth)
    return Refuse(parser, parser->levels[parser->depth].column - 1,
                  HypDuplicate("'(' is not closed"));
  return true;
}

int HypTreeParse(HypTree *tree, const char *text, size_t count, const HypSymbol *symbols,
                 char **message)
{
  Parser parser = {.tree = tree, .text = text, .count = count, .symbols = symbols, .operand = true};
  int    node   = -1;

  if (strnlen(text, HYP_EXPRESSION_MAX + 1) > HYP_EXPRESSION_MAX)
    parser.message =
      HypFormat("an expression is longer than %d characters, the longest allowed; "
                "give a table (epsilon_file, loss_file, noise_file) or a shared object "
                "(epsilon_library) instead",
                HYP_EXPRESSION_MAX);
  else if (ReadAll(&parser))
    node = parser.operands[0];
  free(parser.operands);
  free(parser.waiting);
  *message = parser.message;
  return node;
}
