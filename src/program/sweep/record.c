/*
   Records of finished cases.
   A case is known by a digest of its options (those of files and terminals apart),
   so that a record is found again whatever its number in the sweep is,
   and never used for another case.
   A record is written whole or not at all.
*/
#include "base/base.h"
#include <hypoco/file.h>
#include "program/sweep/sweep.h"
#include <hypoco/version.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <xxhash.h>

/*
  HypSweepFingerprint - Tells cases apart: a digest of the program's version and all options in
  force that matter to a result

  Not collective

  Input Parameter:
. asked - the options of a case

  Output Parameter:
. fingerprint - 32 hexadecimal digits (xxHash, 128 bits) and a zero

  Level: advanced

.seealso: HypSweepRead(), HypSweepWrite()
*/
void HypSweepFingerprint(const HypAsked *asked, HypFingerprint fingerprint)
{
  XXH3_state_t *const state = XXH3_createState();
  XXH128_hash_t       hash;

  XXH3_128bits_reset(state);
  XXH3_128bits_update(state, HYP_VERSION, sizeof(HYP_VERSION));
  for (PetscInt i = 0; i < asked->count; i++) {
    const HypAskedOption *o = &asked->options[i];

    if (!o->matters) continue;
    XXH3_128bits_update(state, o->key, strlen(o->key) + 1);
    XXH3_128bits_update(state, o->text, strlen(o->text) + 1);
  }
  hash = XXH3_128bits_digest(state);
  XXH3_freeState(state);
  snprintf(fingerprint, sizeof(HypFingerprint), "%016llx%016llx", (unsigned long long)hash.high64,
           (unsigned long long)hash.low64);
}

/*
  HypSweepFolder - Makes the folder of a sweep's records: results/map.h5 has results/map.cases

  Not collective

  Input Parameters:
+ output - the sweep's result file
- size   - room in folder

  Output Parameter:
. folder - its path; made if it is not there

  Level: advanced

  Notes:
  An error PETSC_ERR_FILE_OPEN where it cannot be made.

.seealso: HypSweepWrite()
*/
PetscErrorCode HypSweepFolder(const char output[], char folder[], size_t size)
{
  const size_t length = HypStemLength(output);

  PetscFunctionBeginUser;
  PetscCheck(length + 8 < size, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
             "output: the name is too long");
  PetscCall(PetscStrncpy(folder, output, length + 1));
  PetscCall(PetscStrlcat(folder, ".cases", size));
  PetscCheck(mkdir(folder, 0777) == 0 || errno == EEXIST, PETSC_COMM_SELF, PETSC_ERR_FILE_OPEN,
             "%s: this folder cannot be made: %s", folder, strerror(errno));
  PetscFunctionReturn(0);
}

static void RecordPath(const char folder[], const HypFingerprint fingerprint,
                       char path[PETSC_MAX_PATH_LEN])
{
  snprintf(path, PETSC_MAX_PATH_LEN, "%s/%s.json", folder, fingerprint);
}

/*
  HypSweepRead - Reads the record of a finished case

  Not collective

  Input Parameters:
+ folder      - of HypSweepFolder()
- fingerprint - of the case

  Returns the record, to be freed with json_decref(); NULL if there is none or it is not whole:
  the case is then done again.

  Level: advanced

.seealso: HypSweepWrite()
*/
json_t *HypSweepRead(const char folder[], const HypFingerprint fingerprint)
{
  char    path[PETSC_MAX_PATH_LEN];
  json_t *record;

  RecordPath(folder, fingerprint, path);
  record = json_load_file(path, 0, NULL);
  if (record && json_is_string(json_object_get(record, "status")) &&
      json_is_object(json_object_get(record, "results")))
    return record;
  json_decref(record);
  return NULL;
}

/*
  HypSweepWrite - Writes the record of a finished case, whole or not at all

  Not collective; called by one process of the case

  Input Parameters:
+ folder      - of HypSweepFolder()
. fingerprint - of the case
- record      - stays the caller's

  Level: advanced

  Notes:
  An error PETSC_ERR_FILE_WRITE where it cannot be written.

.seealso: HypSweepRead()
*/
PetscErrorCode HypSweepWrite(const char folder[], const HypFingerprint fingerprint, json_t *record)
{
  char path[PETSC_MAX_PATH_LEN];

  PetscFunctionBeginUser;
  RecordPath(folder, fingerprint, path);
  PetscCall(HypWriteJSON(PETSC_COMM_SELF, record, path));
  PetscFunctionReturn(0);
}
