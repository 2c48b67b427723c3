/* Where a result came from: versions, machine, ranks, time, and every option with its origin. */
#include "file/fileimpl.h"
#include <hypoco/version.h>
#include <fftw3.h>
#include <gsl/gsl_version.h>
#include <slepcsys.h>
#include <string.h>
#include <unistd.h>

/* Every key with its value in force */
json_t *HypAskedJSON(const HypAsked *asked)
{
  json_t *object = json_object();

  for (PetscInt i = 0; i < asked->count; i++)
    json_object_set(object, asked->options[i].key, asked->options[i].value);
  return object;
}

/* Where each value came from, without the defaults */
json_t *HypAskedOriginsJSON(const HypAsked *asked)
{
  json_t *object = json_object();

  for (PetscInt i = 0; i < asked->count; i++) {
    const HypAskedOption *o = &asked->options[i];

    if (strcmp(o->origin, "default")) json_object_set_new(object, o->key, json_string(o->origin));
  }
  return object;
}

/* Versions, machine and ranks */
json_t *HypProvenanceJSON(MPI_Comm comm)
{
  char host[256] = "", folder[PETSC_MAX_PATH_LEN] = "", mpi[MPI_MAX_LIBRARY_VERSION_STRING],
       petsc[32], slepc[32];
  unsigned major, minor, patch;
  int      ranks, length;
  json_t  *object = json_object();

  MPI_Comm_size(comm, &ranks);
  MPI_Get_library_version(mpi, &length);
  mpi[strcspn(mpi, ",\n")] = 0; /* "Open MPI v4.1.4, package: ..." */
  if (!getcwd(folder, sizeof(folder))) folder[0] = 0;
  gethostname(host, sizeof(host) - 1);
  H5get_libversion(&major, &minor, &patch);
  snprintf(petsc, sizeof(petsc), "%d.%d.%d", PETSC_VERSION_MAJOR, PETSC_VERSION_MINOR,
           PETSC_VERSION_SUBMINOR);
  snprintf(slepc, sizeof(slepc), "%d.%d.%d", SLEPC_VERSION_MAJOR, SLEPC_VERSION_MINOR,
           SLEPC_VERSION_SUBMINOR);
  json_object_set_new(object, "git_state", json_string(HYP_GIT_STATE));
  json_object_set_new(object, "petsc", json_string(petsc));
  json_object_set_new(object, "slepc", json_string(slepc));
  json_object_set_new(object, "hdf5", json_sprintf("%u.%u.%u", major, minor, patch));
  json_object_set_new(object, "fftw", json_string(fftw_version));
  json_object_set_new(object, "gsl", json_string(GSL_VERSION));
  json_object_set_new(object, "mpi", json_string(mpi));
  json_object_set_new(object, "ranks", json_integer(ranks));
  json_object_set_new(object, "host", json_string(host));
  json_object_set_new(object, "folder", json_string(folder));
  json_object_set_new(object, "started", json_string(HypClockUTC()));
  return object;
}

static PetscErrorCode TextAttributes(HypFile file, json_t *object)
{
  const char *name;
  json_t     *value;

  PetscFunctionBeginUser;
  json_object_foreach(object, name, value)
  {
    const PetscReal number = json_number_value(value);

    if (json_is_string(value))
      PetscCall(HypFileAttributeText(file, ".", name, json_string_value(value)));
    else
      PetscCall(HypFileAttributeReals(file, ".", name, 1, &number));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode JSONAttribute(HypFile file, const char name[], json_t *object)
{
  char *text = json_dumps(object, JSON_INDENT(1) | JSON_REAL_PRECISION(17));

  PetscFunctionBeginUser;
  PetscCheck(text, PETSC_COMM_SELF, PETSC_ERR_MEM, "out of memory while the options were written");
  PetscCall(HypFileAttributeText(file, ".", name, text));
  free(text);
  json_decref(object);
  PetscFunctionReturn(0);
}

/*@C
  HypFileProvenance - Says in a file where it comes from:
  versions, machine, ranks, time, and every option with its origin

  Collective

  Input Parameters:
+ file  - the file
- asked - the options of the run

  Level: intermediate

  Note:
  `options` is a JSON object of every key with its value in force, defaults included;
  `options_from` says where those that are not defaults come from.
  `hypoco rerun` repeats a run from them.
@*/
PetscErrorCode HypFileProvenance(HypFile file, const HypAsked *asked)
{
  json_t *object = HypProvenanceJSON(file->comm);

  PetscFunctionBeginUser;
  PetscCall(HypFileAttributeText(file, ".", "program", "hypoco"));
  PetscCall(HypFileAttributeText(file, ".", "version", HYP_VERSION));
  PetscCall(HypFileAttributeText(file, ".", "state", "running"));
  PetscCall(HypFileAttributeText(file, ".", "command", asked->command));
  PetscCall(JSONAttribute(file, "options", HypAskedJSON(asked)));
  PetscCall(JSONAttribute(file, "options_from", HypAskedOriginsJSON(asked)));
  PetscCall(TextAttributes(file, object));
  json_decref(object);
  PetscFunctionReturn(0);
}
