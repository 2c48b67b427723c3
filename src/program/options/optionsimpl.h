#pragma once
/* Private parts of the options layer: the store, the readers that fill it, and the checks. */
#include "base/base.h"
#include "program/options/settings.h"
#include "program/options/options.h"

/* Where a value came from, in the order in which later sources override earlier ones */
enum {
  HYP_SOURCE_DEFAULT      = 0,
  HYP_SOURCE_FIRST_FILE   = 1,
  HYP_SOURCE_COMMAND_LINE = 1 << 20,
  HYP_SOURCE_PROGRAM
};

typedef struct {
  int64_t integer;
  double  real;
  bool    flag;
  size_t  count;
  double *reals;
} HypOptionValue;

typedef struct {
  char                *key;
  const HypOptionSpec *spec; /* NULL for PETSc's own options */
  char                *text; /* as the user wrote it, or the default; NULL where there is neither */
  char                *origin; /* "runs/a.yaml:12", "command line", "default" */
  int                  source;
  HypOptionValue       value;
  bool                 elsewhere; /* its file is made for another command too, which reads it */
  bool                 solved;    /* for one that solves the equation */
} HypOptionEntry;

typedef struct {
  size_t          count, size;
  HypOptionEntry *entries;
} HypOptionList;

struct HypOptions {
  char  *command;
  bool   trusted; /* files may set every option of PETSc's */
  size_t file_count;
  char **files;
  HypOptionList
    /* one entry per row of the table without '#', in its order,
                   then the indexed keys the user gave */
                own;
  HypOptionList petsc;    /* as given, in order */
  HypSettings   settings; /* what the entries say, typed */
};

/* value.c */
char *HypOptionParseValue(const HypOptionSpec *spec, const char *text,
                          HypOptionValue *value);   /* NULL, or what is wrong */
char *HypOptionDescribe(const HypOptionSpec *spec); /* "a real number in (0,inf)" */

/* choices.c */
char *
HypOptionChoices(const HypOptionSpec *spec); /* "fv|fourier|hermite", and what the program added */
bool HypOptionIsChoice(const HypOptionSpec *spec, const char *name);

/* names.c */
const HypOptionSpec *HypOptionFind(const char *key);
bool                 HypOptionSpecReads(const HypOptionSpec *spec, const char *command);
bool                 HypOptionIsPetsc(const char *key);

/* options.c */
HypOptions           *HypOptionsNew(const char *command);
const HypOptionEntry *HypOptionsFindEntry(const HypOptions *options, const char *key);
HypOptionEntry       *HypOptionsEdit(HypOptions *options, const char *key);
void HypOptionsReset(HypOptions *options, HypOptionEntry *entry);  /* to its default */
void HypOptionsRemove(HypOptions *options, HypOptionEntry *entry); /* one with an index */
/* value NULL: none was written; list: it was written as a list.  Returns 0, or 2 and a message */
int HypOptionsPut(HypOptions *options, const char *key, const char *value, bool list,
                  const char *origin, int source, char **message);

/* given.c */
const char *HypOptionsWork(const HypOptions *options); /* for a sweep the command of its cases */
const HypOptionEntry *HypOptionsMatch(const HypOptions *options, const char *pattern);
bool                  HypOptionsIsSwept(const HypOptions *options, const char *key);
bool                  HypOptionIsAmong(const char *word, const char *choices);

/* checksample.c: 0 or 2 */
int HypOptionsCheckSample(const HypOptions *options, char **message);

/* trust.c */
bool HypOptionIsHarmless(const char *key, const char *value); /* of PETSc's */
bool HypOptionIsOnlyData(const char *key);                    /* of the table */

/* places.c: 0 or 2 */
int HypOptionsCheckPlaces(const HypOptions *options, char **message);

/* reads.c: refuses keys of this source that the command does not read, or passes over them */
int                   HypOptionsCheckRead(HypOptions *options, int source, char **message);
void                  HypOptionsForgetUnread(HypOptions *options);
const HypOptionEntry *HypOptionsUnreadByCases(const HypOptions *options);

/* yaml.c, commandline.c: 0, 2 or 4 */
int HypOptionsReadYaml(HypOptions *options, const char *file, int source, char **message);
int HypOptionsReadCommandLine(HypOptions *options, int argc, char **argv, char **message);
