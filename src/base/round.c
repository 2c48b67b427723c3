/* Numbers of few digits that lie for certain on one side of the number that is shown. */
#include "base/base.h"
#include <ctype.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

enum { DIGITS = 13 }; /* what is beyond them is rounding: 0.1 + 0.2 is 0.3 */

double HypRoundUp(double value, int digits)
{
  char      text[64], *at = text;
  long long first = 0;
  int       n     = 0;
  bool      rest  = false;

  if (!isfinite(value) || value == 0) return value;
  /* through text, since tenths are no numbers of the machine's */
  snprintf(text, sizeof(text), "%.*e", DIGITS - 1, fabs(value));
  for (; *at != 'e'; at++) {
    if (!isdigit((unsigned char)*at)) continue;
    if (n++ < digits)
      first = 10 * first + (*at - '0');
    else
      rest = rest || *at != '0';
  }
  if (rest && value > 0) first++;
  snprintf(text, sizeof(text), "%s%llde%d", value < 0 ? "-" : "", first, atoi(at + 1) - digits + 1);
  return strtod(text, NULL);
}

double HypRoundDown(double value, int digits)
{
  return -HypRoundUp(-value, digits);
}
