/* Where the files are that come with hypoco: face files and the scripts that draw. */
#define _GNU_SOURCE /* dladdr */
#include "base/base.h"
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PATH_SIZE = 4096 };

static const char here; /* an address inside the library */

/* FOLDER_OF(beside)/relative/folder/name, if it is there */
static bool Found(const char *beside, const char *relative, const char *folder, const char *name,
                  char *path, size_t size)
{
  const char *const slash = strrchr(beside, '/');

  if (!slash) return false;
  return snprintf(path, size, "%.*s/%s/%s/%s", (int)(slash - beside), beside, relative, folder,
                  name) < (int)size &&
         !access(path, R_OK);
}

/*
  HypInstalledFile - Finds a file that comes with hypoco

  Not collective; plain C, callable before MPI_Init

  Input Parameters:
+ folder - its folder below share/hypoco: meshes or plot
. tree   - the same folder in the tree hypoco was built from
. name   - the file's name
- size   - room in path

  Output Parameter:
. path - where it is

  Returns false, and a path that cannot be opened, where there is no such file.

  Level: developer

  Notes:
  Looked for beside the library in use and beside the program, so that an installation may be moved
  as a whole; then where CMake was told to install, for programs linked to the static library;
  then in the tree, for a program not installed.
*/
bool HypInstalledFile(const char *folder, const char *tree, const char *name, char *path,
                      size_t size)
{
  char          program[PATH_SIZE] = "";
  const ssize_t length             = readlink("/proc/self/exe", program, sizeof(program) - 1);
  Dl_info       library;

  program[length > 0 ? length : 0] = 0;
  if (dladdr(&here, &library) && library.dli_fname &&
      Found(library.dli_fname, HYP_DATA_FROM_LIB, folder, name, path, size))
    return true;
  if (Found(program, HYP_DATA_FROM_BIN, folder, name, path, size)) return true;
  if (snprintf(path, size, "%s/%s/%s", HYP_DATA_DIR, folder, name) < (int)size &&
      !access(path, R_OK))
    return true;
  return snprintf(path, size, "%s/%s", tree, name) < (int)size && !access(path, R_OK);
}
