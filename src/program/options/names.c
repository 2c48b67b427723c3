/*
   Names of options: finding a key's row, recognising PETSc's own,
   and suggesting what a mistyped key was meant to be.

   A '#' in a row's name stands for an index 1, 2, ..., 1000: epsilon_# is epsilon_1, epsilon_2, ...
*/
#include "program/options/optionsimpl.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_INDEX = 1000, MAX_NAME = 64, MAX_SUGGESTIONS = 3 };

/* Options of PETSc's and SLEPc's objects;
   whether one of them was used at all is found out while it runs */
static const char *const petsc_prefixes[] = {
  "ts_",         "snes_",   "ksp_",        "pc_",      "mat_",    "vec_",  "dm_",
  "da_",         "sf_",     "is_",         "ao_",      "eps_",    "st_",   "svd_",
  "mfn_",        "bv_",     "ds_",         "fn_",      "rg_",     "nep_",  "pep_",
  "lme_",        "mg_",     "sub_",        "npc_",     "tao_",    "draw_", "viewer_",
  "fieldsplit_", "esteig_", "vecscatter_", "inverse_", "steady_", "worst_"};

/* Options of the process as a whole:
   a closed list, because most of them are read when it is too late to complain */
static const char *const petsc_names[] = {"log_view",
                                          "log_view_memory",
                                          "log_all",
                                          "log_trace",
                                          "log_sync",
                                          "log_exclude",
                                          "info",
                                          "info_exclude",
                                          "malloc",
                                          "malloc_debug",
                                          "malloc_dump",
                                          "malloc_view",
                                          "malloc_view_threshold",
                                          "malloc_test",
                                          "malloc_requested_size",
                                          "memory_view",
                                          "objects_dump",
                                          "options_left",
                                          "options_view",
                                          "options_monitor",
                                          "options_file",
                                          "options_file_yaml",
                                          "options_string_yaml",
                                          "citations",
                                          "fp_trap",
                                          "no_signal_handler",
                                          "error_output_none",
                                          "error_output_stdout",
                                          "on_error_abort",
                                          "on_error_mpiabort",
                                          "on_error_attach_debugger",
                                          "start_in_debugger",
                                          "stop_for_debugger",
                                          "debugger_nodes",
                                          "debugger_ranks",
                                          "debugger_pause",
                                          "debug_terminal",
                                          "check_pointer_intensity",
                                          "checkstack",
                                          "get_total_flops",
                                          "nox",
                                          "display",
                                          "tmp",
                                          "shared_tmp",
                                          "not_shared_tmp",
                                          "use_gpu_aware_mpi",
                                          "blas_view"};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Does key follow the pattern?  An index has no leading zero. */
static bool Matches(const char *pattern, const char *key)
{
  for (; *pattern; pattern++) {
    if (*pattern == '#') {
      long index = 0;

      if (*key == '0') return false;
      while (isdigit((unsigned char)*key) && index <= MAX_INDEX)
        index = 10 * index + (*key++ - '0');
      if (index < 1 || index > MAX_INDEX) return false;
    } else if (*pattern != *key++) {
      return false;
    }
  }
  return *key == 0;
}

const HypOptionSpec *HypOptionFind(const char *key)
{
  size_t                     count;
  const HypOptionSpec *const table = HypOptionTable(&count);

  for (size_t i = 0; i < count; i++) {
    if (Matches(table[i].name, key)) return &table[i];
  }
  return NULL;
}

bool HypOptionSpecReads(const HypOptionSpec *spec, const char *command)
{
  const size_t length = strlen(command);

  if (strcmp(spec->commands, "*") == 0) return true;
  for (const char *name = spec->commands; name; name = strchr(name, ',')) {
    if (*name == ',') name++;
    if (strcspn(name, ",") == length && strncmp(name, command, length) == 0) return true;
  }
  return false;
}

/*
  HypOptionsIsProcessWide - Tells whether PETSc reads an option when it starts or ends (log_view,
  fp_trap, ... )

  Not collective; plain C, callable before MPI_Init

  Input Parameter:
. name - without the leading '-'

  Returns true also for what the program itself adds: skip_petscrc and help.
*/
bool HypOptionsIsProcessWide(const char *name)
{
  for (size_t i = 0; i < COUNT(petsc_names); i++) {
    if (strcmp(name, petsc_names[i]) == 0) return true;
  }
  return strcmp(name, "skip_petscrc") == 0 || strcmp(name, "help") == 0;
}

bool HypOptionIsPetsc(const char *key)
{
  for (size_t i = 0; i < COUNT(petsc_prefixes); i++) {
    const size_t length = strlen(petsc_prefixes[i]);

    if (strncmp(key, petsc_prefixes[i], length) == 0 && key[length]) return true;
  }
  return HypOptionsIsProcessWide(key);
}

static size_t Smallest(size_t a, size_t b)
{
  return a < b ? a : b;
}

/* Edit distance where replacing, deleting,
   inserting one letter and swapping two neighbours cost 1 each (optimal string alignment) */
static size_t Distance(const char *a, const char *b)
{
  const size_t n = strlen(a), m             = strlen(b);
  size_t       rows[3][MAX_NAME + 1], *last = rows[0], *here = rows[1], *before = rows[2];

  if (n > MAX_NAME || m > MAX_NAME) return n + m;
  for (size_t j = 0; j <= m; j++) last[j] = j;
  for (size_t i = 1; i <= n; i++) {
    size_t *recycled;

    here[0] = i;
    for (size_t j = 1; j <= m; j++) {
      here[j] = Smallest(Smallest(last[j], here[j - 1]) + 1,
                         last[j - 1] + (tolower((unsigned char)a[i - 1]) != b[j - 1]));
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        here[j] = Smallest(here[j], before[j - 2] + 1);
    }
    recycled = before;
    before   = last;
    last     = here;
    here     = recycled;
  }
  return last[m];
}

/*@
  HypNearestName - The name of a list that is most like a mistyped one

  Not collective; plain C, callable before MPI_Init

  Input Parameters:
+ word  - what the user wrote
. names - the names there are
- count - how many

  Returns one of the names, or NULL where none is near.

  Level: developer
@*/
const char *HypNearestName(const char *word, const char *const names[], size_t count)
{
  size_t      best = strlen(word) / 3 + 2; /* more changes than that make another word */
  const char *name = NULL;

  for (size_t i = 0; i < count; i++) {
    const size_t cost = Distance(word, names[i]);

    if (cost >= best) continue;
    best = cost;
    name = names[i];
  }
  return name;
}

/*@
  HypOptionsIsGroup - Is a word the first part of keys, and no key itself, as 'model' is?

  Not collective; plain C, callable before MPI_Init

  Input Parameter:
. word - what stands before a colon in an option file

  Level: developer
@*/
bool HypOptionsIsGroup(const char *word)
{
  const size_t               length = strlen(word);
  bool                       group  = false;
  size_t                     count;
  const HypOptionSpec *const table = HypOptionTable(&count);

  for (size_t i = 0; i < count; i++) {
    if (strcmp(table[i].name, word) == 0) return false;
    group = group || (strncmp(table[i].name, word, length) == 0 && table[i].name[length] == '_');
  }
  return group;
}

typedef struct {
  const char *key;
  size_t      nearest, limit, count;
  char        names[MAX_SUGGESTIONS][MAX_NAME + 1];
} Search;

/* Keeps the nearest names; for a word that is part of a name (gamma for model_gamma) distance
   counts as just within the limit, and so it does for one change in the last part (gama) */
static void Consider(Search *search, const char *name)
{
  const size_t      length = strlen(search->key);
  const char *const part   = length >= 3 ? strstr(name, search->key) : NULL;
  const char *const last   = strrchr(name, '_');
  size_t            cost   = Distance(search->key, name);

  if (part && (part == name || part[-1] == '_') && (part[length] == 0 || part[length] == '_'))
    cost = Smallest(cost, search->limit);
  if (length >= 4 && last && Distance(search->key, last + 1) == 1)
    cost = Smallest(cost, search->limit);
  if (cost > search->limit || cost > search->nearest) return;
  if (cost < search->nearest) search->count = 0;
  search->nearest = cost;
  if (search->count == MAX_SUGGESTIONS) return;
  strncpy(search->names[search->count], name, MAX_NAME);
  search->names[search->count++][MAX_NAME] = 0;
}

/* Offers the pattern with its indices 1, 2, 3 filled in */
static void ConsiderPattern(Search *search, const char *pattern)
{
  const char *const mark = strchr(pattern, '#');

  if (!mark) {
    Consider(search, pattern);
    return;
  }
  for (char digit = '1'; digit <= '3'; digit++) {
    char name[MAX_NAME + 1];

    strncpy(name, pattern, MAX_NAME);
    name[MAX_NAME]       = 0;
    name[mark - pattern] = digit;
    ConsiderPattern(search, name);
  }
}

/*
  HypOptionsSuggest - Names like a mistyped key

  Not collective; plain C, callable before MPI_Init

  Input Parameter:
. key - what the user wrote

  Returns "nearest: a, b" with the up to three nearest names of the table and of PETSc's process-
  wide options, or "" where nothing is near; to be freed by the caller.
*/
char *HypOptionsSuggest(const char *key)
{
  Search search = {.key = key, .limit = strlen(key) / 3 > 1 ? strlen(key) / 3 : 1, .count = 0};
  size_t count;
  const HypOptionSpec *const table = HypOptionTable(&count);

  search.nearest = search.limit;
  for (size_t i = 0; i < count; i++) ConsiderPattern(&search, table[i].name);
  for (size_t i = 0; i < COUNT(petsc_names); i++) Consider(&search, petsc_names[i]);
  switch (search.count) {
  case 0:
    return HypDuplicate("");
  case 1:
    return HypFormat("nearest: %s", search.names[0]);
  case 2:
    return HypFormat("nearest: %s, %s", search.names[0], search.names[1]);
  default:
    return HypFormat("nearest: %s, %s, %s", search.names[0], search.names[1], search.names[2]);
  }
}
