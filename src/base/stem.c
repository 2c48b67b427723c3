/* Names of result files without their ending,
   from which the names of what stands beside them are made. */
#include "base/base.h"
#include <string.h>
#include <strings.h>

/*
  HypStemLength - How long a name is without the ending of a result file

  Not collective; plain C

  Input Parameter:
. path - the name

  Note:
  Only known endings are cut: of run_gamma0.5 nothing is,
  so that it and run_gamma0.7 share no other file.
*/
size_t HypStemLength(const char *path)
{
  static const char *const endings[] = {".h5", ".hdf5", ".hdf", ".he5", ".nc", ".nc4"};
  const char *const slash = strrchr(path, '/'), *const name = slash ? slash + 1 : path;
  const size_t length = strlen(name);

  for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
    const size_t ending = strlen(endings[i]);

    if (length > ending && !strcasecmp(name + length - ending, endings[i]))
      return (size_t)(name - path) + length - ending;
  }
  return strlen(path);
}
