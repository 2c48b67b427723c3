/* What a run was asked for, as plain data for its files. */
#include "program/asked.h"
#include "program/options/optionsimpl.h"
#include <string.h>

/* Options that results do not depend on: a run may go on from a checkpoint, and a sweep from its
   records, with others */
static PetscBool Matters(const char key[])
{
  static const char *const others[] = {"output",
                                       "json",
                                       "progress",
                                       "debug",
                                       "petsc_help",
                                       "help",
                                       "version",
                                       "checkpoint",
                                       "restart",
                                       "wall_limit",
                                       "sweep_groups",
                                       "checkpoint_steps",
                                       "checkpoint_interval"};

  for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
    if (!strcmp(others[i], key)) return PETSC_FALSE;
  }
  return (PetscBool)(strncmp(key, "sweep_key_", 10) && strncmp(key, "sweep_values_", 13) &&
                     !HypOptionsIsProcessWide(key) && !strstr(key, "monitor") &&
                     !strstr(key, "_view"));
}

/* A number where the table says so, null where there is neither value nor default; a text for
   PETSc's own */
static json_t *Value(const HypOptionEntry *entry)
{
  json_t *list;

  if (!entry->text) return json_null();
  switch (entry->spec ? entry->spec->type : HYP_OPTION_TEXT) {
  case HYP_OPTION_INTEGER:
    return json_integer(entry->value.integer);
  case HYP_OPTION_REAL:
    return json_real(entry->value.real);
  case HYP_OPTION_FLAG:
    return json_boolean(entry->value.flag);
  case HYP_OPTION_REALS:
    list = json_array();
    for (size_t i = 0; i < entry->value.count; i++)
      json_array_append_new(list, json_real(entry->value.reals[i]));
    return list;
  case HYP_OPTION_CHOICE:
  case HYP_OPTION_TEXT:
    break;
  }
  return *entry->text ? json_string(entry->text) : json_null();
}

/* Points into the options, which must outlive it; freed with HypAskedDestroy() */
PetscErrorCode HypAskedCreate(const HypOptions *options, HypAsked *asked)
{
  const HypOptionList *lists[] = {&options->own, &options->petsc};
  HypAskedOption      *o;

  PetscFunctionBeginUser;
  *asked = (HypAsked){.command = options->command,
                      .input   = HypOptionsFile(options, 0),
                      .output  = options->settings.output,
                      .json    = options->settings.json,
                      .count   = (PetscInt)(options->own.count + options->petsc.count)};
  PetscCall(PetscMalloc1(asked->count, &asked->options));
  o = asked->options;
  for (size_t l = 0; l < 2; l++)
    for (size_t i = 0; i < lists[l]->count; i++, o++) {
      const HypOptionEntry *entry = &lists[l]->entries[i];

      *o = (HypAskedOption){entry->key, entry->text ? entry->text : "", entry->origin, Value(entry),
                            Matters(entry->key)};
    }
  PetscFunctionReturn(0);
}

PetscErrorCode HypAskedDestroy(HypAsked *asked)
{
  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < asked->count; i++) json_decref(asked->options[i].value);
  PetscCall(PetscFree(asked->options));
  PetscFunctionReturn(0);
}
