/* Does something fit into memory?  Asked before it is allocated. */
#include "base/base.h"

/*
  HypNoRoom - Says that something does not fit into memory, before it is allocated

  Not collective; plain C

  Input Parameter:
. bytes - that it needs

  Returns a sentence to be freed, NULL where it fits.
*/
char *HypNoRoom(double bytes)
{
  const double available = HypMemoryAvailable(), gib = 1024.0 * 1024.0 * 1024.0;

  if (bytes <= available) return NULL;
  return HypFormat("it needs %.3g GiB of memory, and %.3g are available", bytes / gib,
                   available / gib);
}
