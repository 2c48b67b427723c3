/*
   The guard in front of muParser: one pass over the text that refuses, with the column, everything that is not a
   well-formed expression over known names.

   muParser alone would take `0,1*x` for its last value, `x=5` for an assignment, `1<x<2` for (1<x)<2, and overflow a buffer
   of its C interface on a long name.  An expression is an alternation of operands and binary operators; the pass keeps which
   of the two must come next and a stack of open parentheses.
*/
#include "expression/expressionimpl.h"
#include "base/base.h"
#include <stdlib.h>
#include <string.h>

enum { MAX_PARENTHESES = 100, MAX_WORD = 40 };

typedef struct {
  const HypExpressionFunction *call;   /* NULL for plain parentheses */
  size_t                       column; /* where it was opened, from 1 */
  int                          commas, questions;
  bool                         compared; /* a comparison was seen since the last && || ? : , */
} Level;

typedef struct {
  const char                  *text;
  size_t                       at; /* offset of the current token */
  size_t                       count;
  const char *const           *variables;
  bool                         operand;  /* an operand must come next */
  bool                         signSeen; /* a sign stands before that operand */
  const HypExpressionFunction *function; /* its name was just read: '(' must come next */
  int                          depth;
  Level levels[MAX_PARENTHESES + 1]; /* levels[0] is the expression as a whole */
  char *message;
} Guard;

/* Locale-independent character classes */
static bool isDigit(char c)
{
  return c >= '0' && c <= '9';
}

static bool isLetter(char c)
{
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool isBlank(char c)
{
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool refuse(Guard *guard, size_t at, char *what)
{
  HypShown shown;

  guard->message =
    HypFormat("expression '%s', column %zu: %s", HypShow(shown, guard->text), at + 1, what);
  free(what);
  return false;
}

static bool needsOperator(Guard *guard, const char *what)
{
  return refuse(guard, guard->at,
                HypFormat("%s follows without an operator; a product needs '*'", what));
}

/* The word at the current place, cut to fit a message */
static const char *word(const Guard *guard, size_t length, char buffer[MAX_WORD + 1])
{
  const size_t shown = length < MAX_WORD ? length : MAX_WORD;

  memcpy(buffer, guard->text + guard->at, shown);
  buffer[shown] = 0;
  return buffer;
}

/* 12, 1.5, .5, 1e-3 */
static bool readNumber(Guard *guard)
{
  const char *const start  = guard->text + guard->at;
  size_t            length = 0;
  double            value;
  char              buffer[MAX_WORD + 1];

  while (isDigit(start[length]) || start[length] == '.' || isLetter(start[length]) ||
         ((start[length] == '+' || start[length] == '-') &&
          (start[length - 1] == 'e' || start[length - 1] == 'E') && isDigit(start[length + 1]))) {
    ++length;
  }
  if (!guard->operand) return needsOperator(guard, "a number");
  if (!HypParseReal(start, length, &value)) {
    return refuse(guard, guard->at,
                  HypFormat("'%s' is not a number that fits; a product needs '*', as in 2*x",
                            word(guard, length, buffer)));
  }
  guard->at += length;
  guard->operand = false;
  return true;
}

static bool isWord(const char *name, const char *start, size_t length)
{
  return strlen(name) == length && strncmp(name, start, length) == 0;
}

/* "theta, pi, e, sin, ..." for the message about an unknown name */
static char *knownNames(const Guard *guard)
{
  size_t                             count;
  const HypExpressionFunction *const functions = HypExpressionFunctions(&count);
  char                              *list      = HypDuplicate("");

  for (size_t i = 0; i < guard->count + count; ++i) {
    char *longer;

    if (i >= 6 && i < guard->count) continue; /* theta1, ..., theta6 are enough */
    longer = HypFormat("%s%s%s", list,
                       i == 0              ? ""
                       : i == guard->count ? ", pi, e, "
                                           : ", ",
                       i < guard->count ? guard->variables[i] : functions[i - guard->count].name);
    free(list);
    list = longer;
  }
  return list;
}

static bool readName(Guard *guard)
{
  const char *const            start     = guard->text + guard->at;
  size_t                       length    = 0, functionCount, constantCount;
  const HypExpressionFunction *functions = HypExpressionFunctions(&functionCount), *call = NULL;
  const HypExpressionConstant *constants = HypExpressionConstants(&constantCount);
  bool                         value     = false;
  char                         buffer[MAX_WORD + 1], *names;

  while (isLetter(start[length]) || isDigit(start[length])) ++length;
  if (!guard->operand) return needsOperator(guard, "a name");
  for (size_t i = 0; i < guard->count; ++i)
    value = value || isWord(guard->variables[i], start, length);
  for (size_t i = 0; i < constantCount; ++i)
    value = value || isWord(constants[i].name, start, length);
  for (size_t i = 0; i < functionCount && !value; ++i) {
    if (isWord(functions[i].name, start, length)) call = &functions[i];
  }
  if (!value && !call) {
    bool refused;

    names = knownNames(guard);
    refused =
      refuse(guard, guard->at,
             HypFormat("unknown name '%s'; known are %s", word(guard, length, buffer), names));
    free(names);
    return refused;
  }
  guard->function = call;
  guard->operand  = call != NULL;
  guard->at += length;
  return true;
}

static bool readOpening(Guard *guard)
{
  if (!guard->operand) return needsOperator(guard, "'('");
  if (guard->depth == MAX_PARENTHESES) {
    return refuse(guard, guard->at,
                  HypFormat("more than %d parentheses are open", MAX_PARENTHESES));
  }
  guard->levels[++guard->depth] = (Level){.call = guard->function, .column = guard->at + 1};
  guard->function               = NULL;
  guard->signSeen               = false;
  ++guard->at;
  return true;
}

/* The end of a sub-expression: at ',' or ')' or the end of the text */
static bool endsWell(Guard *guard)
{
  if (guard->operand)
    return refuse(guard, guard->at, HypDuplicate("a number, a name or '(' is missing here"));
  if (guard->levels[guard->depth].questions)
    return refuse(guard, guard->at, HypDuplicate("'?' without its ':'; write condition ? a : b"));
  return true;
}

static bool readComma(Guard *guard)
{
  Level *const level = &guard->levels[guard->depth];

  if (!level->call) {
    return refuse(
      guard, guard->at,
      HypDuplicate(
        "a comma makes two values of one; a decimal point is '.', arguments belong to a function"));
  }
  if (!endsWell(guard)) return false;
  ++level->commas;
  level->compared = false;
  guard->operand  = true;
  guard->signSeen = false;
  ++guard->at;
  return true;
}

static bool readClosing(Guard *guard)
{
  const Level *const level = &guard->levels[guard->depth];

  if (guard->depth == 0) return refuse(guard, guard->at, HypDuplicate("')' without '('"));
  if (!endsWell(guard)) return false;
  if (level->call &&
      (level->commas + 1 < level->call->least || level->commas + 1 > level->call->most)) {
    return refuse(guard, guard->at,
                  HypFormat("%s takes %d argument%s, not %d", level->call->name, level->call->least,
                            level->call->least == 1 ? "" : "s", level->commas + 1));
  }
  --guard->depth;
  ++guard->at;
  return true;
}

/* The length of the operator at the current place, 0 if there is none */
static size_t operatorLength(const char *text)
{
  static const char *const two[] = {"&&", "||", "==", "!=", "<=", ">="};

  for (size_t i = 0; i < sizeof(two) / sizeof(two[0]); ++i) {
    if (strncmp(text, two[i], 2) == 0) return 2;
  }
  return *text && strchr("+-*/^<>?:", *text) ? 1 : 0;
}

static bool readOperator(Guard *guard, size_t length)
{
  const char *const start = guard->text + guard->at;
  Level *const      level = &guard->levels[guard->depth];
  char              buffer[MAX_WORD + 1];

  if (guard->operand) {
    if ((*start != '+' && *start != '-') || guard->signSeen) {
      return refuse(
        guard, guard->at,
        HypFormat("'%s' has no number, name or ')' before it", word(guard, length, buffer)));
    }
    guard->signSeen = true;
    ++guard->at;
    return true;
  }
  if (*start == '=' || *start == '!' || *start == '<' || *start == '>') {
    if (level->compared)
      return refuse(guard, guard->at,
                    HypDuplicate("comparisons do not chain; write a < x && x < b"));
    level->compared = true;
  } else if (*start == '&' || *start == '|' || *start == '?' || *start == ':') {
    level->compared = false;
  }
  if (*start == '?') ++level->questions;
  if (*start == ':' && level->questions-- == 0)
    return refuse(guard, guard->at, HypDuplicate("':' without its '?'"));
  guard->operand  = true;
  guard->signSeen = false;
  guard->at += length;
  return true;
}

static bool readToken(Guard *guard)
{
  const char   c      = guard->text[guard->at];
  const size_t length = operatorLength(guard->text + guard->at);

  if (guard->function && c != '(')
    return refuse(guard, guard->at,
                  HypFormat("%s needs its argument in parentheses", guard->function->name));
  if (isDigit(c) || c == '.') return readNumber(guard);
  if (isLetter(c)) return readName(guard);
  if (c == '(') return readOpening(guard);
  if (c == ')') return readClosing(guard);
  if (c == ',') return readComma(guard);
  if (length) return readOperator(guard, length);
  if (c == '=')
    return refuse(
      guard, guard->at,
      HypDuplicate("'=' would assign, which an expression cannot; to compare write '=='"));
  if (c > ' ' && c < 127)
    return refuse(guard, guard->at, HypFormat("the character '%c' has no meaning here", c));
  return refuse(guard, guard->at, HypDuplicate("a character outside plain ASCII"));
}

char *HypExpressionGuard(const char *text, size_t count, const char *const *variables)
{
  Guard guard = {.text = text, .count = count, .variables = variables, .operand = true};

  if (strnlen(text, HYP_EXPRESSION_MAX + 1) > HYP_EXPRESSION_MAX) {
    return HypFormat("an expression is longer than %d characters", HYP_EXPRESSION_MAX);
  }
  while (text[guard.at]) {
    if (isBlank(text[guard.at]))
      ++guard.at;
    else if (!readToken(&guard))
      return guard.message;
    else if (!guard.operand)
      guard.signSeen = false;
  }
  if (guard.function) {
    refuse(&guard, guard.at,
           HypFormat("%s needs its argument in parentheses", guard.function->name));
  } else if (endsWell(&guard) && guard.depth) {
    refuse(&guard, guard.levels[guard.depth].column - 1, HypDuplicate("'(' is not closed"));
  }
  return guard.message;
}
