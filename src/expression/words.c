/* Words and signs of formulas as people write and paste them. */
#include "expression/expressionimpl.h"
#include "base/base.h"
#include <stdlib.h>
#include <string.h>

/* What people paste from documents, and what it is here */
static const struct {
  const char *bytes, *advice;
} foreign[] = {
  {"\xe2\x88\x92", "the minus sign U+2212; write '-'"},
  {"\xe2\x80\x93", "a dash, U+2013; write '-'"},
  {"\xc3\x97", "the multiplication sign U+00D7; write '*'"},
  {"\xc2\xb7", "the middle dot U+00B7; write '*'"},
  {"\xe2\x8b\x85", "the dot operator U+22C5; write '*'"},
  {"\xc3\xb7", "the division sign U+00F7; write '/'"},
  {"\xc2\xb2", "the superscript two U+00B2; write '^2'"},
  {"\xc2\xb3", "the superscript three U+00B3; write '^3'"},
  {"\xcf\x80", "the letter pi, U+03C0; write 'pi'"},
  {"\xe2\x88\x9a", "the root sign U+221A; write 'sqrt(...)'"},
  {"\xc2\xa0", "a space that does not break, U+00A0; write a plain one"},
};

/* What a sign is that has no meaning here, and what to write instead; NULL if it is not known */
const char *HypForeignSign(const char *text)
{
  for (size_t i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++)
    if (strncmp(text, foreign[i].bytes, strlen(foreign[i].bytes)) == 0) return foreign[i].advice;
  return NULL;
}

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
char *HypKnownNames(size_t symbolCount, const HypSymbol *symbols)
{
  int                                count;
  const HypExpressionFunction *const functions = HypExpressionFunctions(&count);
  char                              *list      = HypDuplicate("");

  for (size_t i = 0; i < symbolCount + (size_t)(count - HYP_FIRST_NAMED); i++) {
    char *longer;

    if (i >= 6 && i < symbolCount) continue; /* theta1, ..., theta6 are enough */
    longer = HypFormat("%s%s%s", list,
                       i == 0             ? ""
                       : i == symbolCount ? ", pi, e, "
                                          : ", ",
                       i < symbolCount ? symbols[i].name
                                       : functions[HYP_FIRST_NAMED + i - symbolCount].name);
    free(list);
    list = longer;
  }
  return list;
}
