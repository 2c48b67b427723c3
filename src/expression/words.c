/* Words and signs of formulas as people write and paste them. */
#include "expression/expressionimpl.h"
#include "base/base.h"
#include <stdlib.h>
#include <string.h>

/* Locale-independent character classes */
bool HypIsDigit(char c)
{
  return c >= '0' && c <= '9';
}

bool HypIsLetter(char c)
{
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* The letter theta is 'theta', and subscript digits are digits; *length is that of the text, in
   bytes */
void HypReadWord(const char *start, char name[HYP_WORD + 1], size_t *length)
{
  size_t n = 0, i = 0;

  for (;;) {
    if (HypIsLetter(start[i]) || HypIsDigit(start[i])) {
      if (n < HYP_WORD) name[n++] = start[i];
      i++;
    } else if (strncmp(start + i, "\xce\xb8", 2) == 0) {
      for (const char *c = "theta"; *c; c++)
        if (n < HYP_WORD) name[n++] = *c;
      i += 2;
    } else if (strncmp(start + i, "\xe2\x82", 2) == 0 && (start[i + 2] & 0xff) >= 0x80 &&
               (start[i + 2] & 0xff) <= 0x89) {
      if (n < HYP_WORD) name[n++] = (char)('0' + (start[i + 2] & 0xf));
      i += 3;
    } else
      break;
  }
  name[n] = 0;
  *length = i;
}

/* "theta, pi, e, sin, ..." for the message about an unknown name */
char *HypKnownNames(size_t symbol_count, const HypSymbol *symbols)
{
  int                                count;
  const HypExpressionFunction *const functions = HypExpressionFunctions(&count);
  char                              *list      = HypDuplicate("");

  for (size_t i = 0; i < symbol_count + (size_t)(count - HYP_FIRST_NAMED); i++) {
    char *longer;

    if (i >= 6 && i < symbol_count) continue; /* theta1, ..., theta6 are enough */
    longer = HypFormat("%s%s%s", list,
                       i == 0              ? ""
                       : i == symbol_count ? ", pi, e, "
                                           : ", ",
                       i < symbol_count ? symbols[i].name
                                        : functions[HYP_FIRST_NAMED + i - symbol_count].name);
    free(list);
    list = longer;
  }
  return list;
}
