/* The store: every key's value in force, where it came from, and the getters. */
#include "program/options/optionsimpl.h"
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static HypOptionEntry *Append(HypOptionList *list)
{
  if (list->count == list->size) {
    list->size    = list->size ? 2 * list->size : 64;
    list->entries = HypReallocate(list->entries, list->size * sizeof(HypOptionEntry));
  }
  list->entries[list->count] = (HypOptionEntry){0};
  return &list->entries[list->count++];
}

static void Clear(HypOptionEntry *entry)
{
  free(entry->key);
  free(entry->text);
  free(entry->origin);
  free(entry->value.reals);
}

static void ClearList(HypOptionList *list)
{
  for (size_t i = 0; i < list->count; i++) Clear(&list->entries[i]);
  free(list->entries);
}

static void CopyList(HypOptionList *to, const HypOptionList *from)
{
  for (size_t i = 0; i < from->count; i++) {
    HypOptionEntry *const entry = Append(to);

    *entry        = from->entries[i];
    entry->key    = HypDuplicate(entry->key);
    entry->text   = HypDuplicate(entry->text);
    entry->origin = HypDuplicate(entry->origin);
    if (entry->value.reals) {
      entry->value.reals = HypReallocate(NULL, entry->value.count * sizeof(double));
      memcpy(entry->value.reals, from->entries[i].value.reals, entry->value.count * sizeof(double));
    }
  }
}

static HypOptionEntry *Find(const HypOptionList *list, const char *key)
{
  for (size_t i = 0; i < list->count; i++) {
    if (strcmp(list->entries[i].key, key) == 0) return &list->entries[i];
  }
  return NULL;
}

/* The place of epsilon_3 among epsilon_#, or of epsilon_derivative_2_1 in a 3 x 3 matrix by rows */
static size_t PlaceOf(const HypOptionEntry *entry)
{
  const char *const index = strchr(entry->spec->name, '#');
  char             *rest;
  size_t            place;

  if (!index) return 0;
  place = strtoul(entry->key + (index - entry->spec->name), &rest, 10) - 1;
  return strchr(index + 1, '#') ? 3 * place + strtoul(rest + 1, NULL, 10) - 1 : place;
}

/* The entry's value into its field of the settings */
static void Settle(HypOptions *options, const HypOptionEntry *entry)
{
  void *const  field = (char *)&options->settings + entry->spec->field;
  const size_t place = PlaceOf(entry);

  switch (entry->spec->type) {
  case HYP_OPTION_INTEGER:
    *(int64_t *)field = entry->text ? entry->value.integer : HYP_UNSET;
    break;
  case HYP_OPTION_REAL:
    *(double *)field = entry->text ? entry->value.real : NAN;
    break;
  case HYP_OPTION_REALS:
    *(HypReals *)field = (HypReals){entry->value.count, entry->value.reals};
    break;
  case HYP_OPTION_FLAG:
    *(int *)field = entry->text ? entry->value.flag : HYP_UNSET;
    break;
  case HYP_OPTION_CHOICE:
  case HYP_OPTION_TEXT:
    if (place < entry->spec->count) ((const char **)field)[place] = entry->text;
    break;
  }
}

void HypOptionsReset(HypOptions *options, HypOptionEntry *entry)
{
  const HypOptionSpec *const spec  = entry->spec;
  char                      *wrong = NULL;

  Clear(entry);
  *entry = (HypOptionEntry){
    .key = HypDuplicate(spec->name), .origin = HypDuplicate("default"), .spec = spec};
  if (spec->fallback[0]) {
    entry->text = HypDuplicate(spec->fallback);
    wrong       = HypOptionParseValue(spec, spec->fallback, &entry->value);
  }
  if (wrong) {
    fprintf(stderr, "hypoco: the option table's default of %s: %s\n", spec->name, wrong);
    abort();
  }
  Settle(options, entry);
}

void HypOptionsRemove(HypOptions *options, HypOptionEntry *entry)
{
  HypOptionList *const list = &options->own;
  const size_t         i    = (size_t)(entry - list->entries);

  free(entry->text);
  entry->text = NULL;
  Settle(options, entry);
  Clear(entry);
  list->count--;
  memmove(entry, entry + 1, (list->count - i) * sizeof(*entry));
}

HypOptionEntry *HypOptionsEdit(HypOptions *options, const char *key)
{
  return Find(&options->own, key);
}

/* The entry of every row without '#' starts with the row's default,
   read exactly like a user's value */
HypOptions *HypOptionsNew(const char *command)
{
  HypOptions *const          options = HypReallocate(NULL, sizeof(*options));
  size_t                     count;
  const HypOptionSpec *const table = HypOptionTable(&count);

  *options                  = (HypOptions){0};
  options->command          = HypDuplicate(command);
  options->settings.options = options;
  for (size_t i = 0; i < count; i++) {
    HypOptionEntry *entry;

    if (strchr(table[i].name, '#')) continue;
    entry       = Append(&options->own);
    entry->spec = &table[i];
    HypOptionsReset(options, entry);
  }
  return options;
}

/*
  HypOptionsDestroy - Frees options

  Not collective; plain C, callable before MPI_Init

  Input Parameter:
. options - set to NULL; NULL is allowed
*/
void HypOptionsDestroy(HypOptions **options)
{
  if (!*options) return;
  ClearList(&(*options)->own);
  ClearList(&(*options)->petsc);
  for (size_t i = 0; i < (*options)->file_count; i++) free((*options)->files[i]);
  free((*options)->files);
  free((*options)->command);
  free(*options);
  *options = NULL;
}

/*
  HypOptionsCopy - Copies options

  Not collective; plain C, callable before MPI_Init

  Input Parameter:
. options - the options

  Returns the copy, to be freed with HypOptionsDestroy().
*/
HypOptions *HypOptionsCopy(const HypOptions *options)
{
  HypOptions *const copy = HypReallocate(NULL, sizeof(*copy));

  *copy                  = (HypOptions){0};
  copy->command          = HypDuplicate(options->command);
  copy->settings.options = copy;
  copy->trusted          = options->trusted;
  copy->file_count       = options->file_count;
  copy->files            = HypReallocate(NULL, options->file_count * sizeof(char *));
  for (size_t i = 0; i < options->file_count; i++) copy->files[i] = HypDuplicate(options->files[i]);
  CopyList(&copy->own, &options->own);
  CopyList(&copy->petsc, &options->petsc);
  for (size_t i = 0; i < copy->own.count; i++) Settle(copy, &copy->own.entries[i]);
  return copy;
}

static int Refuse(char **message, char *sentence)
{
  *message = sentence;
  return 2;
}

static int RefuseUnknown(const char *key, const char *origin, char **message)
{
  char    *suggestion;
  HypShown shown;

  if (HypOptionsIsGroup(key)) {
    *message =
      HypFormat("%s: '%s' is the first part of keys and takes no value; write 'KEY: value' "
                "below it, each with its colon",
                origin, key);
    return 2;
  }
  suggestion = HypOptionsSuggest(key);
  *message   = HypFormat("%s: unknown option '%s'; %s%s'hypoco COMMAND --help' lists all", origin,
                         HypShow(shown, key), suggestion, suggestion[0] ? "; " : "");
  free(suggestion);
  return 2;
}

int HypOptionsPut(HypOptions *options, const char *key, const char *value, bool list,
                  const char *origin, int source, char **message)
{
  const HypOptionSpec *const spec   = HypOptionFind(key);
  HypOptionList *const       target = spec ? &options->own : &options->petsc;
  HypOptionEntry            *entry;
  HypOptionValue             parsed = {0};
  char                      *wrong;
  HypShown                   shown;

  if (!spec && !HypOptionIsPetsc(key)) return RefuseUnknown(key, origin, message);
  entry = Find(target, key);
  if (entry && entry->source == source && source != HYP_SOURCE_PROGRAM) {
    return Refuse(message, HypFormat("%s: %s is given twice (first at %s); keep one of them",
                                     origin, key, entry->origin));
  }
  if (spec && (!value || !value[strspn(value, " \t\r\n")])) {
    wrong    = HypOptionDescribe(spec);
    *message = HypFormat("%s: %s has no value; give it %s", origin, key, wrong);
    free(wrong);
    return 2;
  }
  if (!spec && value && value[0] == '-' && isalpha((unsigned char)value[1])) {
    return Refuse(message, HypFormat("%s: %s: PETSc would take the value '%s' for another option",
                                     origin, key, HypShow(shown, value)));
  }
  if (spec && source != HYP_SOURCE_COMMAND_LINE && strcmp(key, "trust") == 0)
    return Refuse(message, HypFormat("%s: trust is for the command line only", origin));
  if (source != HYP_SOURCE_COMMAND_LINE && !options->trusted &&
      !(spec ? HypOptionIsOnlyData(key) : HypOptionIsHarmless(key, value))) {
    return Refuse(message, HypFormat("%s: %s may start programs, load code or write files, which "
                                     "an option file may not ask for; give it on the command "
                                     "line, or -trust",
                                     origin, key));
  }
  if (spec && list && spec->type != HYP_OPTION_REALS && strcmp(key, "commands") != 0)
    return Refuse(message, HypFormat("%s: %s takes one value, not a list", origin, key));
  if (spec && (wrong = HypOptionParseValue(spec, value, &parsed))) {
    *message = HypFormat("%s: %s: %s", origin, key, wrong);
    free(wrong);
    return 2;
  }
  if (entry)
    Clear(entry);
  else
    entry = Append(target);
  *entry = (HypOptionEntry){.key    = HypDuplicate(key),
                            .spec   = spec,
                            .text   = HypDuplicate(value),
                            .origin = HypDuplicate(origin),
                            .source = source,
                            .value  = parsed};
  if (spec) Settle(options, entry);
  return 0;
}

/*
  HypOptionsSet - Replaces one value, checked like a user's; for sweeps and tests

  Not collective; plain C, callable before MPI_Init

  Input Parameters:
+ options - the options
. key     - as in the table, or one of PETSc's
- value   - as a user would type it

  Output Parameter:
. message - on failure one sentence, to be freed by the caller; else NULL

  Returns 0, or 2 where the value is refused.

  Notes:
  Ask HypOptionsCheck() after a series of changes: single values cannot tell whether they fit
  together.
*/
int HypOptionsSet(HypOptions *options, const char *key, const char *value, char **message)
{
  *message = NULL;
  return HypOptionsPut(options, key, value, false, "program", HYP_SOURCE_PROGRAM, message);
}

/*
  HypOptionsSettings - The values in force, typed

  Input Parameter:
. options - the options

  Returns the settings; they belong to the options, and change with HypOptionsSet().
*/
const HypSettings *HypOptionsSettings(const HypOptions *options)
{
  return &options->settings;
}

/*
  HypOptionsCommand - The command: solve, steady, ...

  Not collective; plain C, callable before MPI_Init

  Input Parameter:
. options - the options

  Returns its name; belongs to the options.
*/
const char *HypOptionsCommand(const HypOptions *options)
{
  return options->command;
}

/*
  HypOptionsFile - The files of the command line: option files, or result files to look at

  Not collective; plain C, callable before MPI_Init

  Input Parameters:
+ options - the options
- i       - which, from 0

  Returns its path, NULL past the last; belongs to the options.
*/
const char *HypOptionsFile(const HypOptions *options, size_t i)
{
  return i < options->file_count ? options->files[i] : NULL;
}

static void OurMistake(const char *key, const char *what)
{
  fprintf(stderr, "hypoco: the program asked for the option %s, %s\n", key, what);
  abort();
}

/* NULL for an indexed key that was not given */
const HypOptionEntry *HypOptionsFindEntry(const HypOptions *options, const char *key)
{
  const HypOptionEntry *const entry = Find(&options->own, key);

  if (!entry && !HypOptionFind(key)) OurMistake(key, "which is not in the table");
  return entry;
}

/*
  HypOptionsGiven - Tells whether the user set a key

  Not collective; plain C, callable before MPI_Init

  Input Parameters:
+ options - the options
- key     - as in the table, model_omega0

  Returns false also where the table's default is in force.
*/
bool HypOptionsGiven(const HypOptions *options, const char *key)
{
  const HypOptionEntry *const entry = HypOptionsFindEntry(options, key);

  return entry && entry->source != HYP_SOURCE_DEFAULT;
}

/*
  HypOptionsText - The value of a key of any type as text

  Not collective; plain C, callable before MPI_Init

  Input Parameters:
+ options - the options
- key     - as in the table

  Returns the user's value, else the table's default, else NULL; belongs to the options.
*/
const char *HypOptionsText(const HypOptions *options, const char *key)
{
  const HypOptionEntry *const entry = HypOptionsFindEntry(options, key);

  return entry ? entry->text : NULL;
}

/*
  HypOptionsPetscCount - The number of PETSc's and SLEPc's own options the user gave

  Not collective; plain C, callable before MPI_Init

  Input Parameter:
. options - the options

  Returns how many.
*/
size_t HypOptionsPetscCount(const HypOptions *options)
{
  return options->petsc.count;
}

/*
  HypOptionsPetsc - One of PETSc's or SLEPc's own options, in the order given

  Not collective; plain C, callable before MPI_Init

  Input Parameters:
+ options - the options
- i       - which, from 0

  Output Parameters:
+ name  - without the leading '-'; belongs to the options
- value - NULL for a bare flag
*/
void HypOptionsPetsc(const HypOptions *options, size_t i, const char **name, const char **value)
{
  *name  = options->petsc.entries[i].key;
  *value = options->petsc.entries[i].text;
}

/*
  HypOptionsCount - The number of entries of HypOptionsEntry()

  Not collective; plain C, callable before MPI_Init

  Input Parameter:
. options - the options

  Returns how many keys there are, with PETSc's.
*/
size_t HypOptionsCount(const HypOptions *options)
{
  return options->own.count + options->petsc.count;
}

/*
  HypOptionsEntry - One key with its value in force and where that came from, for provenance

  Not collective; plain C, callable before MPI_Init

  Input Parameters:
+ options - the options
- i       - which, from 0

  Output Parameters:
+ key    - its name
. value  - as text; NULL without value and default
- origin - "runs/a.yaml:12", "command line", "program" or "default"
*/
void HypOptionsEntry(const HypOptions *options, size_t i, const char **key, const char **value,
                     const char **origin)
{
  const HypOptionEntry *const entry = i < options->own.count
                                        ? &options->own.entries[i]
                                        : &options->petsc.entries[i - options->own.count];

  *key    = entry->key;
  *value  = entry->text ? entry->text : "";
  *origin = entry->origin;
}
