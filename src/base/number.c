#define _GNU_SOURCE /* strtod_l */
#include "base/base.h"
#include <ctype.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static locale_t CLocale(void)
{
  static locale_t locale = (locale_t)0;

  if (!locale) locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
  if (!locale) HypOutOfMemory();
  return locale;
}

bool HypParseReal(const char *text, size_t length, double *value)
{
  char   buffer[512], *end;
  size_t first = 0;

  while (first < length && isspace((unsigned char)text[first])) first++;
  while (length > first && isspace((unsigned char)text[length - 1])) length--;
  length -= first;
  if (length == 0 || length >= sizeof(buffer)) return false;
  memcpy(buffer, text + first, length);
  buffer[length] = 0;
  if (strspn(buffer, "0123456789.eE+-") != length)
    return false; /* what strtod would take as nan, inf, hexadecimal */
  *value = strtod_l(buffer, &end, CLocale());
  return *end == 0 && isfinite(*value); /* too large is infinite; too small is 0, or subnormal */
}
