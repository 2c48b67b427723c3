#pragma once
/*
   Options: what the user asked for, checked against one table before anything else happens.

   The table (src/program/options/keys.h) names every key once: type, range, unit, default, help and
   the commands that read it. It drives parsing, checks, --help and docs/options.md.  This layer is
   plain C: it runs before MPI and PETSc start, so that a typing error costs milliseconds.  Values
   are checked when they are read from the file or the command line; settings.h has them as typed
   fields.
*/
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

typedef enum {
  HYP_OPTION_INTEGER,
  HYP_OPTION_REAL,
  HYP_OPTION_REALS,
  HYP_OPTION_CHOICE,
  HYP_OPTION_TEXT,
  HYP_OPTION_FLAG
} HypOptionType;

/* One row of the table */
typedef struct {
  const char *
    /* model_omega0; written model: {omega0: 1} in YAML and -model_omega0 1 on the command line */
                name;
  HypOptionType type;
  const char *
    /* "(0,inf)", "[0,1)", "[1,3]" for numbers; "fv|fourier|hermite" for choices; "" for text */
              range;
  const char *unit; /* "1", "time", "standard deviations", ... */
  const char
    *fallback; /* the default as text, parsed like a user's value; "" where the code decides */
  const char *commands; /* the commands that read it: "solve,steady,spectrum" or "*" */
  const char *help;     /* one line */
  size_t      field;    /* where HypSettings holds its value */
  size_t      count;    /* values there, of a name with '#' */
} HypOptionSpec;

typedef struct HypOptions HypOptions;

/* Documented where they are defined, src/options, and in docs/api.md.
   Codes returned are 0 or the process's exit code. */
const HypOptionSpec *HypOptionTable(size_t *count);

int         HypOptionsParse(int argc, char **argv, HypOptions **options, char **message);
HypOptions *HypOptionsCopy(const HypOptions *options);
void        HypOptionsDestroy(HypOptions **options);

const char *HypOptionsCommand(const HypOptions *options);
const char *HypOptionsFile(const HypOptions *options, size_t i);
bool        HypOptionsGiven(const HypOptions *options, const char *key);
const char *HypOptionsText(const HypOptions *options, const char *key);

int         HypOptionsSet(HypOptions *options, const char *key, const char *value, char **message);
int         HypOptionsCheck(const HypOptions *options, char **message);
char       *HypOptionsSuggest(const char *key);
const char *HypNearestName(const char *word, const char *const names[], size_t count);
bool        HypOptionsIsGroup(const char *word);
void        HypOptionsAllow(const char *key, const char *name);

/* Options of PETSc and SLEPc, and everything for provenance */
size_t HypOptionsPetscCount(const HypOptions *options);
void   HypOptionsPetsc(const HypOptions *options, size_t i, const char **name, const char **value);
bool   HypOptionsIsProcessWide(const char *name);
size_t HypOptionsCount(const HypOptions *options);
void   HypOptionsEntry(const HypOptions *options, size_t i, const char **key, const char **value,
                       const char **origin);

void HypOptionsHelp(FILE *stream, const char *command);
void HypOptionsHelpMarkdown(FILE *stream);
