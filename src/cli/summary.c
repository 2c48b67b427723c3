/* The JSON summary: program, version, command and options, then the part the command made itself. */
#include "summary.h"
#include "hypoco/version.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static json_t *optionsObject(const HypOptions *options)
{
  json_t *object = json_object();

  for (size_t i = 0; i < HypOptionsCount(options); ++i) {
    const char *key, *value, *origin;

    HypOptionsEntry(options, i, &key, &value, &origin);
    json_object_set_new(object, key, json_string(value ? value : ""));
  }
  return object;
}

/* Under a temporary name first: the file is whole whenever it is there */
static PetscErrorCode writeWhole(const char *path, const char *text)
{
  char   temporary[PETSC_MAX_PATH_LEN];
  size_t length = strlen(text);
  FILE  *file;

  PetscFunctionBeginUser;
  PetscCall(PetscSNPrintf(temporary, sizeof(temporary), "%s.part", path));
  file = fopen(temporary, "w");
  PetscCheck(file, PETSC_COMM_SELF, PETSC_ERR_FILE_OPEN, "json: %s cannot be created: %s", temporary, strerror(errno));
  const bool written = fwrite(text, 1, length, file) == length && fflush(file) == 0 && fsync(fileno(file)) == 0;
  PetscCheck(fclose(file) == 0 && written, PETSC_COMM_SELF, PETSC_ERR_FILE_WRITE, "json: %s cannot be written: %s", temporary,
             strerror(errno));
  PetscCheck(rename(temporary, path) == 0, PETSC_COMM_SELF, PETSC_ERR_FILE_WRITE, "json: %s cannot be renamed to %s: %s", temporary, path,
             strerror(errno));
  PetscFunctionReturn(0);
}

/*
  HypCliWriteSummary - Writes the file named by the option json, if any

  Not collective; called on rank 0

  Input Parameters:
+ options - the options
. name    - key of the body: "sample" or "theory"
. body    - what the command found; the reference is taken over
- seconds - total time
*/
PetscErrorCode HypCliWriteSummary(const HypOptions *options, const char *name, json_t *body, PetscReal seconds)
{
  const char *path   = HypOptionsText(options, "json");
  json_t     *object = json_object();
  char       *text;

  PetscFunctionBeginUser;
  json_object_set_new(object, "program", json_string("hypoco"));
  json_object_set_new(object, "version", json_string(HYP_VERSION));
  json_object_set_new(object, "command", json_string(HypOptionsCommand(options)));
  json_object_set_new(object, "options", optionsObject(options));
  json_object_set_new(object, name, body);
  json_object_set_new(object, "timing", json_pack("{s:f}", "total_s", (double)seconds));
  json_object_set_new(object, "verdict", json_string("done"));
  if (path) {
    text = json_dumps(object, JSON_INDENT(1) | JSON_REAL_PRECISION(17));
    PetscCheck(text, PETSC_COMM_SELF, PETSC_ERR_MEM, "json: the summary could not be put together");
    PetscCall(writeWhole(path, text));
    free(text);
  }
  json_decref(object);
  PetscFunctionReturn(0);
}
