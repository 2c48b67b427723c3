/*
   The files of a run, before any is touched:
   no result takes the place of something that the run reads, or of another result,
   and no name says that the file is of another kind.
*/
#include "program/options/optionsimpl.h"
#include <fnmatch.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

enum { PLACES = 16 };

/* A file that the run writes */
typedef struct {
  const char *key;  /* that names it */
  const char *what; /* it is */
  char       *path;
} Place;

typedef struct {
  size_t count;
  Place  list[PLACES];
} Places;

/* Endings that mean another kind of file than the key's; of runs, or of one command that looks at
   results */
#define RUNS ""
static const struct {
  const char *command, *key, *ending, *advice;
} endings[] = {
  {RUNS, "output", ".json",
   "give the summary's name to -json, and -output a name that ends in .h5"},
  {RUNS, "output", ".xdmf",
   "that file is written beside the result; give -output a name that ends in .h5"},
  {RUNS, "output", ".csv", "that is how tables end; give -output a name that ends in .h5"},
  {RUNS, "output", ".yaml", "that is how option files end; give -output a name that ends in .h5"},
  {RUNS, "output", ".yml", "that is how option files end; give -output a name that ends in .h5"},
  {RUNS, "output", ".png", "give -output a name that ends in .h5; 'hypoco plot' draws that file"},
  {RUNS, "output", ".pdf", "give -output a name that ends in .h5; 'hypoco plot' draws that file"},
  {RUNS, "output", ".svg", "give -output a name that ends in .h5; 'hypoco plot' draws that file"},
  {RUNS, "output", ".html",
   "give -output a name that ends in .h5; 'hypoco report' makes a page of that file"},
  {RUNS, "json", ".h5",
   "give the result file's name to -output, and -json a name that ends in .json"},
  {RUNS, "json", ".xdmf",
   "that is how files for ParaView end; give -json a name that ends in .json"},
  {RUNS, "json", ".yaml", "that is how option files end; give -json a name that ends in .json"},
  {RUNS, "json", ".yml", "that is how option files end; give -json a name that ends in .json"},
  {"plot", "output", ".h5",
   "that is how results end; give -output a name that ends in .png, .pdf or .svg, or has no "
   "ending"},
  {"plot", "output", ".json",
   "that is how summaries end; give -output a name that ends in .png, .pdf or .svg, "
   "or has no ending"},
  {"report", "output", ".h5", "that is how results end; give -output a name that ends in .html"},
  {"report", "output", ".json",
   "that is how summaries end; give -output a name that ends in .html"},
  {"report", "output", ".pdf", "the report is a web page; give -output a name that ends in .html"},
  {"report", "output", ".png", "the report is a web page; give -output a name that ends in .html"},
};

/* Keys (shell patterns) that name what a run reads */
static const char *const inputs[] = {"*_file", "*_mesh", "*_data", "*_library"};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The same file under one name or two, there or not yet there */
static bool IsSame(const char *one, const char *other)
{
  struct stat a, b;
  char        first[PATH_MAX], second[PATH_MAX];
  const char *x = strrchr(one, '/'), *y = strrchr(other, '/');
  char       *folder, *folder2;
  bool        same;

  if (strcmp(one, other) == 0) return true;
  if (stat(one, &a) == 0 && stat(other, &b) == 0)
    return S_ISREG(a.st_mode) && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
  if (strcmp(x ? x + 1 : one, y ? y + 1 : other) != 0) return false;
  folder  = HypFormat("%.*s", x ? (int)(x - one) + 1 : 2, x ? one : "./");
  folder2 = HypFormat("%.*s", y ? (int)(y - other) + 1 : 2, y ? other : "./");
  same    = realpath(folder, first) && realpath(folder2, second) && strcmp(first, second) == 0;
  free(folder);
  free(folder2);
  return same;
}

static void Add(Places *places, const char *key, const char *what, char *path)
{
  if (places->count < PLACES)
    places->list[places->count++] = (Place){.key = key, .what = what, .path = path};
  else
    free(path);
}

/* Everything a run writes under a name of its own */
static void FindPlaces(const HypOptions *options, Places *places)
{
  const char *const output = options->settings.output, *const json = options->settings.json,
                    *const checkpoint = options->settings.checkpoint;
  const bool               solves     = strcmp(options->command, "solve") == 0;

  if (output) {
    const int stem = (int)HypStemLength(output);

    Add(places, "output", "result file", HypDuplicate(output));
    if (strcmp(options->command, "sweep") == 0)
      Add(places, "output", "table beside the result file", HypFormat("%.*s.csv", stem, output));
    else if (strcmp(options->command, "report") != 0)
      Add(places, "output", "XDMF file beside the result file",
          HypFormat("%.*s.xdmf", stem, output));
  }
  if (json) Add(places, "json", "summary", HypDuplicate(json));
  if (solves && (checkpoint || output)) {
    for (int k = 1; k <= 2; k++)
      Add(places, checkpoint ? "checkpoint" : "output", "checkpoint",
          checkpoint ? HypFormat("%s.%d", checkpoint, k)
                     : HypFormat("%s.checkpoint.%d", output, k));
  }
}

/* Does an entry name a file that the run reads? */
static bool IsInput(const HypOptionEntry *entry)
{
  if (entry->source == HYP_SOURCE_DEFAULT || !entry->text || !*entry->text) return false;
  for (size_t i = 0; i < COUNT(inputs); i++) {
    if (fnmatch(inputs[i], entry->key, 0) == 0) return true;
  }
  return false;
}

/* What a place would destroy, as words for the message, or NULL */
static char *WhatIsThere(const HypOptions *options, const Places *places, size_t k)
{
  for (size_t i = 0; i < options->file_count; i++) {
    if (IsSame(places->list[k].path, options->files[i])) return HypDuplicate("a file of this run");
  }
  for (size_t i = 0; i < options->own.count; i++) {
    const HypOptionEntry *const entry = &options->own.entries[i];

    if (IsInput(entry) && IsSame(places->list[k].path, entry->text))
      return HypFormat("the %s of this run", entry->key);
  }
  for (size_t i = 0; i < k; i++) {
    if (IsSame(places->list[k].path, places->list[i].path))
      return HypFormat("the %s too", places->list[i].what);
  }
  return NULL;
}

/* Results whose names move the cursor or ring a bell are a trap for whoever lists the folder;
   other programs take - for standard output, where the text of a run goes */
static int CheckNames(const HypOptions *options, char **message)
{
  static const char *const keys[] = {"output", "json", "checkpoint"};

  for (size_t i = 0; i < COUNT(keys); i++) {
    HypShown    shown;
    const char *name = HypOptionsText(options, keys[i]);

    if (name && strcmp(name, "-") == 0) {
      *message = HypFormat("%s: '-' is no name, and standard output has the text of the command; "
                           "give the name of a file",
                           keys[i]);
      return 2;
    }
    while (name && *name && (unsigned char)*name >= 0x20 && *name != 0x7f) name++;
    if (!name || !*name) continue;
    *message = HypFormat("%s: '%s' has a control character; choose another name", keys[i],
                         HypShow(shown, HypOptionsText(options, keys[i])));
    return 2;
  }
  return 0;
}

/* Does the command look at results only? */
static bool Looks(const HypOptions *options)
{
  return strcmp(options->command, "plot") == 0 || strcmp(options->command, "report") == 0;
}

static int CheckEndings(const HypOptions *options, char **message)
{
  for (size_t i = 0; i < COUNT(endings); i++) {
    const char *const name   = HypOptionsText(options, endings[i].key);
    const size_t      length = name ? strlen(name) : 0, ending = strlen(endings[i].ending);
    HypShown          shown;

    if (strcmp(endings[i].command, Looks(options) ? options->command : RUNS) != 0) continue;
    if (length < ending || strcasecmp(name + length - ending, endings[i].ending) != 0) continue;
    *message = HypFormat("%s: '%s' ends in %s: %s", endings[i].key, HypShow(shown, name),
                         endings[i].ending, endings[i].advice);
    return 2;
  }
  return 0;
}

/* One name for what is made of several files: only a folder, or one picture of all of them */
static int CheckSeveral(const HypOptions *options, char **message)
{
  const char *const name = HypOptionsText(options, "output"), *const together = HypOptionsText(
                                                                options, "plot_together");
  struct stat folder;
  HypShown    shown;

  if (!name || options->file_count < 2 || (together && strcmp(together, "true") == 0)) return 0;
  if (stat(name, &folder) == 0 && S_ISDIR(folder.st_mode)) return 0;
  *message = HypFormat("output: '%s' would be written once for each of %zu files; %s",
                       HypShow(shown, name), options->file_count,
                       strcmp(options->command, "plot") == 0
                         ? "name a folder that exists, or give -plot_together true"
                         : "give one file");
  return 2;
}

/* Refuses names by which a run would destroy what it reads or writes; plain C. Returns 0 or 2 */
int HypOptionsCheckPlaces(const HypOptions *options, char **message)
{
  Places places = {0};
  int    code   = CheckNames(options, message);

  if (!code) code = CheckEndings(options, message);

  /* plot's output begins the names of pictures */
  if (!code && Looks(options)) code = CheckSeveral(options, message);
  if (code || strcmp(options->command, "plot") == 0) return code;
  FindPlaces(options, &places);
  for (size_t k = 0; k < places.count && !code; k++) {
    char *const there = WhatIsThere(options, &places, k);
    HypShown    shown;

    if (!there) continue;
    *message = HypFormat("%s: '%s', the %s, would overwrite what is %s; choose another name",
                         places.list[k].key, HypShow(shown, places.list[k].path),
                         places.list[k].what, there);
    code     = 2;
    free(there);
  }
  for (size_t k = 0; k < places.count; k++) free(places.list[k].path);
  return code;
}
