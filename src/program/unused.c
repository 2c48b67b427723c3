/* PETSc's and SLEPc's options that nobody read:
   a typing error in one of them must not go unnoticed. */
#include "program/program.h"
#include <stdlib.h>
#include <string.h>

/* Options that are read during the run or after it,
   so that before the first step nothing can be said about them */
static PetscBool IsReadLate(const char *name)
{
  static const char *const prefixes[] = {"sub_",  "mg_",     "fieldsplit_", "esteig_", "mat_",
                                         "draw_", "viewer_", "vecscatter_", "sf_"};

  if (strstr(name, "view") || strstr(name, "monitor") || strstr(name, "converged_reason") ||
      strstr(name, "_mat_") || strstr(name, "_pc_")) {
    return PETSC_TRUE;
  }
  for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
    if (strncmp(name, prefixes[i], strlen(prefixes[i])) == 0) return PETSC_TRUE;
  }
  return PETSC_FALSE;
}

static void FindOrigin(const HypOptions *options, const char *name, char origin[], size_t size)
{
  const HypSettings *s = HypOptionsSettings(options);

  snprintf(origin, size, "a PETSc options file");
  for (size_t i = 0; i < HypOptionsCount(options); i++) {
    const char *key, *value, *from;

    HypOptionsEntry(options, i, &key, &value, &from);
    if (strcmp(key, name) == 0) snprintf(origin, size, "%s", from);
  }
  for (size_t i = 0; i < HYP_SWEEP_KEYS; i++) {
    if (s->sweep_key_each[i] && strcmp(s->sweep_key_each[i], name) == 0)
      snprintf(origin, size, "sweep_key_%zu", i + 1);
  }
}

static PetscErrorCode CheckUnused(const HypOptions *options, PetscBool atEnd)
{
  char   **names, **values, unused[128] = "", origin[PETSC_MAX_PATH_LEN];
  PetscInt count;

  PetscFunctionBegin;
  PetscCall(PetscOptionsLeftGet(NULL, &count, &names, &values));
  for (PetscInt i = 0; i < count && !unused[0]; i++) {
    if (HypOptionsIsProcessWide(names[i]) || (!atEnd && IsReadLate(names[i]))) continue;
    PetscCall(PetscStrncpy(unused, names[i], sizeof(unused)));
  }
  PetscCall(PetscOptionsLeftRestore(NULL, &count, &names, &values));
  if (unused[0]) {
    char *const suggestion = HypOptionsSuggest(unused);
    char        hint[256];

    PetscCall(PetscStrncpy(hint, suggestion[0] ? suggestion : "check its name, or remove it",
                           sizeof(hint)));
    free(suggestion);
    FindOrigin(options, unused, origin, sizeof(origin));
    SETERRQ(PETSC_COMM_WORLD, PETSC_ERR_USER_INPUT,
            "%s: nothing in this run reads the option %s; %s", origin, unused, hint);
  }
  PetscFunctionReturn(0);
}

/*
  HypCliCheckUnused - Stops a run before its first step if an option of PETSc or SLEPc was given
  that nothing read

  Logically Collective

  Input Parameter:
. options - the options

  Notes:
  Call it when all objects have been set from options.
  Options that are read later (views, monitors, inner solvers made by the first step) are checked
  by HypCliCheckUnusedAtEnd(), which HypCliMain() calls.
*/
PetscErrorCode HypCliCheckUnused(const HypOptions *options)
{
  return CheckUnused(options, PETSC_FALSE);
}

PetscErrorCode HypCliCheckUnusedAtEnd(const HypOptions *options)
{
  return CheckUnused(options, PETSC_TRUE);
}
