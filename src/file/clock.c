/* The time of the clock, in words. */
#include "file/ioimpl.h"
#include <time.h>

/* The time now in UTC; valid until the next call */
const char *HypClockUTC(void)
{
  static char  text[32];
  const time_t now = time(NULL);

  strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", gmtime(&now));
  return text;
}
