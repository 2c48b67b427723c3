/*
   One user's value, from text to number, checked against its row of the table.

   Numbers are read in the C locale whatever the process's locale is, must use up the whole text,
   and must be finite: nan, inf, hexadecimal and 1e400 are refused; 1e-400 is 0.
*/
#include "program/options/optionsimpl.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_REALS = 4096 };

/* 12, or a real number that is exactly an integer: 1e3 */
static bool ParseInteger(const char *text, int64_t *value)
{
  char     *end;
  long long whole;
  double    real;

  errno = 0;
  whole = strtoll(text, &end, 10);
  if (end != text && *end == 0) {
    *value = whole;
    return errno == 0;
  }
  if (!HypParseReal(text, strlen(text), &real) || real != floor(real) ||
      fabs(real) > 9007199254740992.0 /* 2^53 */)
    return false;
  *value = (int64_t)real;
  return true;
}

static bool ParseFlag(const char *text, bool *value)
{
  static const char *const yes[] = {"true", "True", "TRUE", "yes", "on", "1"}, *const no[] = {
                                                                                 "false", "False",
                                                                                 "FALSE", "no",
                                                                                 "off",   "0"};

  for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++) {
    if (strcmp(text, yes[i]) == 0 || strcmp(text, no[i]) == 0) {
      *value = strcmp(text, yes[i]) == 0;
      return true;
    }
  }
  return false;
}

/* "1,2" or "[1, 2]" */
static bool ParseReals(const char *text, HypOptionValue *value)
{
  size_t length = strlen(text), begin = 0, count = 0;

  if (length >= 2 && text[0] == '[' && text[length - 1] == ']') {
    text++;
    length -= 2;
  }
  value->reals = NULL;
  for (size_t i = 0; i <= length; i++) {
    if (i < length && text[i] != ',') continue;
    value->reals = HypReallocate(value->reals, (count + 1) * sizeof(double));
    if (count == MAX_REALS || !HypParseReal(text + begin, i - begin, &value->reals[count])) {
      free(value->reals);
      value->reals = NULL;
      return false;
    }
    count++;
    begin = i + 1;
  }
  value->count = count;
  return true;
}

/* A bound of "(0,inf)" */
static double Bound(const char *text, size_t length)
{
  double value;

  if (strncmp(text, "-inf", 4) == 0) return -INFINITY;
  if (strncmp(text, "inf", 3) == 0) return INFINITY;
  if (HypParseReal(text, length, &value)) return value;
  fprintf(stderr, "hypoco: the option table has a range with the bound '%s'\n", text);
  abort();
}

/* What follows the range in "(0,inf)|auto|model": words that stand for an empty list */
static bool IsWord(const char *range, const char *text)
{
  const size_t length = strlen(text);

  for (const char *bar = range; (bar = strchr(bar, '|'));) {
    bar++;
    if (length && strcspn(bar, "|") == length && strncmp(bar, text, length) == 0) return true;
  }
  return false;
}

static bool InRange(const char *range, double value)
{
  const size_t length = strcspn(range, "|"), comma = strcspn(range, ",");
  const double low  = Bound(range + 1, comma - 1),
               high = Bound(range + comma + 1, length - comma - 2);

  return (range[0] == '[' ? value >= low : value > low) &&
         (range[length - 1] == ']' ? value <= high : value < high);
}

char *HypOptionDescribe(const HypOptionSpec *spec)
{
  const bool        bounded = spec->range[0] && strcmp(spec->range, "(-inf,inf)") != 0;
  const char *const range   = bounded ? spec->range : "";
  char             *text, *choices;

  switch (spec->type) {
  case HYP_OPTION_INTEGER:
    return HypFormat("an integer%s%s", bounded ? " in " : "", range);
  case HYP_OPTION_REAL:
    return HypFormat("a real number%s%s", bounded ? " in " : "", range);
  case HYP_OPTION_REALS:
    choices = strchr(range, '|');
    text    = HypFormat("a list of real numbers%s%.*s%s%s", bounded ? ", each in " : "",
                        (int)strcspn(range, "|"), range, choices ? ", or " : "",
                     choices ? choices + 1 : "");
    for (char *bar = choices ? text + strlen(text) - strlen(choices) : text;
         (bar = strchr(bar, '|'));)
      *bar = '/';
    return text;
  case HYP_OPTION_FLAG:
    return HypDuplicate("true or false");
  case HYP_OPTION_TEXT:
    return HypDuplicate("a text");
  case HYP_OPTION_CHOICE:
    break;
  }
  choices = HypOptionChoices(spec);
  for (char *bar = choices; (bar = strchr(bar, '|'));) *bar = ' ';
  text = HypFormat("one of %s", choices);
  free(choices);
  return text;
}

char *HypOptionParseValue(const HypOptionSpec *spec, const char *text, HypOptionValue *value)
{
  const char *const sign = HypFindForeignSign(text);
  bool              good = true;
  char             *allowed, *wrong;
  HypShown          shown;

  *value = (HypOptionValue){0};
  switch (spec->type) {
  case HYP_OPTION_INTEGER:
    good = ParseInteger(text, &value->integer) && InRange(spec->range, (double)value->integer);
    break;
  case HYP_OPTION_REAL:
    good = HypParseReal(text, strlen(text), &value->real) && InRange(spec->range, value->real);
    break;
  case HYP_OPTION_REALS:
    if (IsWord(spec->range, text)) break;
    good = ParseReals(text, value);
    for (size_t i = 0; good && i < value->count; i++) good = InRange(spec->range, value->reals[i]);
    break;
  case HYP_OPTION_CHOICE:
    good = HypOptionIsChoice(spec, text);
    break;
  case HYP_OPTION_FLAG:
    good = ParseFlag(text, &value->flag);
    break;
  case HYP_OPTION_TEXT:
    break;
  }
  if (good) return NULL;
  free(value->reals);
  *value  = (HypOptionValue){0};
  allowed = HypOptionDescribe(spec);
  wrong   = HypFormat("'%s' is not allowed, it must be %s%s%s", HypShow(shown, text), allowed,
                    sign ? "; it holds " : "", sign ? sign : "");
  free(allowed);
  return wrong;
}
