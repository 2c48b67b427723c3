/* What must be the same for a run to go on: the program, the options that results depend on,
   the space to the last bit. */
#include "checkpoint/checkpointimpl.h"
#include <hypoco/version.h>
#include <string.h>

/* A property as a text; long lists, as nodes, which mesh files and defaults decide,
   as a digest of all their bits */
static json_t *PropertyText(const HypProperty *property)
{
  XXH128_hash_t hash;

  if (property->kind == HYP_PROPERTY_TEXT) return json_string(property->text);
  if (property->kind != HYP_PROPERTY_REALS) return json_sprintf("%.17g", (double)*property->values);
  hash = XXH3_128bits(property->values, (size_t)property->n * sizeof(property->values[0]));
  return json_sprintf("%d numbers, digest %016llx%016llx", (int)property->n,
                      (unsigned long long)hash.high64, (unsigned long long)hash.low64);
}

/* The properties that define a space */
static void AddSpace(json_t *object, HypSpace space)
{
  const HypProperty *list;
  PetscInt           n;

  json_object_set_new(object, "space",
                      json_sprintf("%s with %lld unknowns", HypSpaceGetType(space),
                                   (long long)HypSpaceGetSize(space)));
  if (HypSpaceGetProperties(space, &n, &list)) return;
  for (PetscInt k = 0; k < n; k++) {
    char key[64];

    (void)snprintf(key, sizeof(key), "the space's %s_%s", list[k].group, list[k].name);
    if (list[k].defines) json_object_set_new(object, key, PropertyText(&list[k]));
  }
}

/* Texts by name; numbers with all their digits */
json_t *HypCheckpointConditions(const HypResult *result)
{
  json_t *object = json_object();

  json_object_set_new(object, "program",
                      json_sprintf("hypoco %s (%s)", HYP_VERSION, HYP_GIT_STATE));
  for (PetscInt i = 0; result->asked && i < result->asked->count; i++) {
    const HypAskedOption *o = &result->asked->options[i];

    if (o->matters) json_object_set_new(object, o->key, json_string(o->text));
  }
  AddSpace(object, result->space);
  return object;
}

/*
  HypCheckpointCompare - Refuses a checkpoint of another run, with the first difference

  Not collective; one process calls it

  Input Parameters:
+ checkpoint - ours
- h5         - the file
*/
PetscErrorCode HypCheckpointCompare(HypCheckpoint checkpoint, HypH5File *h5)
{
  enum { LONGEST = 1 << 20 };
  char       *text, name[64] = "", theirs[256] = "", ours[256] = "";
  const char *key;
  json_t     *conditions, *value;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(LONGEST, &text));
  PetscCall(HypH5ReadText(h5, ".", "conditions", text, LONGEST));
  conditions = json_loads(text, 0, NULL);
  PetscCall(PetscFree(text));
  PetscCheck(json_is_object(conditions), PETSC_COMM_SELF, PETSC_ERR_FILE_UNEXPECTED,
             "%s: is not a checkpoint of this version of hypoco", h5->path);
  json_object_foreach(checkpoint->conditions, key, value)
  {
    const json_t *const other = json_object_get(conditions, key);

    if (name[0] || (other && json_equal(other, value))) continue;
    PetscCall(PetscStrncpy(name, key, sizeof(name)));
    PetscCall(PetscStrncpy(ours, json_string_value(value), sizeof(ours)));
    PetscCall(PetscStrncpy(theirs, other ? json_string_value(other) : "", sizeof(theirs)));
  }
  json_object_foreach(conditions, key, value)
  {
    if (name[0] || json_object_get(checkpoint->conditions, key)) continue;
    PetscCall(PetscStrncpy(name, key, sizeof(name)));
    PetscCall(PetscStrncpy(theirs, json_string_value(value), sizeof(theirs)));
  }
  json_decref(conditions);
  PetscCheck(!name[0], PETSC_COMM_SELF, PETSC_ERR_ARG_INCOMP,
             "restart: %s was written with %s = %s, this run has %s; go on with what it was "
             "written with, or start anew without -restart%s",
             h5->path, name, theirs[0] ? theirs : "(none)", ours[0] ? ours : "(none)",
             strcmp(name, "time_end") ? ""
                                      : "; to go beyond the end of a finished run, start another "
                                        "one from its result: -initial_type file -initial_file "
                                        "RESULT.h5");
  PetscFunctionReturn(0);
}
