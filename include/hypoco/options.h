#pragma once
/*
   Options: what the user asked for, checked against one table before anything else happens.

   The table (src/options/table.c) names every key once: type, range, unit, default, help and the commands that read it.
   It drives parsing, checks, --help and docs/options.md.  This layer is plain C: it runs before MPI and PETSc start, so
   that a typing error costs milliseconds.  Values are checked when they are read from the file or the command line;
   the getters below therefore cannot fail for a user's reason, and a key that is not in the table is our own mistake
   (they abort).
*/
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

typedef enum { HYP_OPTION_INTEGER, HYP_OPTION_REAL, HYP_OPTION_REALS, HYP_OPTION_CHOICE, HYP_OPTION_TEXT, HYP_OPTION_FLAG } HypOptionType;

/* One row of the table */
typedef struct {
  const char   *name; /* model_omega0; written model: {omega0: 1} in YAML and -model_omega0 1 on the command line */
  HypOptionType type;
  const char   *range;    /* "(0,inf)", "[0,1)", "[1,3]" for numbers; "fv|fourier|hermite" for choices; "" for text */
  const char   *unit;     /* "1", "time", "standard deviations", ... */
  const char   *fallback; /* the default as text, parsed like a user's value; "" where the code decides */
  const char   *commands; /* the commands that read it: "solve,steady,spectrum" or "*" */
  const char   *help;     /* one line */
} HypOptionSpec;

typedef struct HypOptions HypOptions;

/* The whole table, for --help, docs and completion */
const HypOptionSpec *HypOptionTable(size_t *count);

/*
  HypOptionsParse - Reads `COMMAND FILE.yaml [more.yaml] [-key value ...]` and checks every key and value

  Not collective; plain C, callable before MPI_Init

  Input Parameters:
+ argc, argv - as given to main()

  Output Parameters:
+ options - the checked options, to be freed with HypOptionsDestroy(); NULL on failure
- message - on failure one sentence (what was found, where, what is allowed, what to change), to be freed by the caller

  Returns 0, or the process's exit code: 2 (bad input) or 4 (a file cannot be read).

  Notes:
  A later file overrides an earlier one and the command line overrides files; the same key twice in one file or twice on
  the command line is an error.  A value may begin with '-': after a key the next word is always its value, except for
  flags.  Keys of PETSc and SLEPc (ts_, ksp_, pc_, eps_, ... ) are kept apart, see HypOptionsPetscCount().
*/
int  HypOptionsParse(int argc, char **argv, HypOptions **options, char **message);
void HypOptionsDestroy(HypOptions **options);

const char *HypOptionsCommand(const HypOptions *options);                /* solve, steady, ... */
const char *HypOptionsFile(const HypOptions *options, size_t i);         /* i-th option file, NULL past the last */
bool        HypOptionsGiven(const HypOptions *options, const char *key); /* did the user set it? */
/* Values: the user's, else the table's default.  For a key without either: HypOptionsText gives NULL,
   HypOptionsReals gives 0 values; the numeric getters abort, so ask HypOptionsGiven() first. */
int64_t     HypOptionsInteger(const HypOptions *options, const char *key);
double      HypOptionsReal(const HypOptions *options, const char *key);
size_t      HypOptionsReals(const HypOptions *options, const char *key, const double **values);
const char *HypOptionsText(const HypOptions *options, const char *key);
bool        HypOptionsFlag(const HypOptions *options, const char *key);
/* Replaces one value, checked like a user's; for sweeps and tests.  0, or 2 and a message. */
int         HypOptionsSet(HypOptions *options, const char *key, const char *value, char **message);
HypOptions *HypOptionsCopy(const HypOptions *options);
/* What single values cannot tell (conflicts, lengths against the dimension); HypOptionsParse() ends with it, call it
   again after a series of HypOptionsSet().  0, or 2 and a message. */
int HypOptionsCheck(const HypOptions *options, char **message);
/* "nearest: a, b" for a mistyped key, or ""; freed by the caller */
char *HypOptionsSuggest(const char *key);

/* PETSc's and SLEPc's own options, in order, without the leading '-'; value NULL for a bare flag */
size_t HypOptionsPetscCount(const HypOptions *options);
void   HypOptionsPetsc(const HypOptions *options, size_t i, const char **name, const char **value);

/* Options of the whole process (log_view, fp_trap, ... ), which PETSc reads when it starts or ends */
bool HypOptionsIsProcessWide(const char *name);

/* All of it, for provenance: every key with its value in force and where it came from ("runs/a.yaml:12", "command line", "default") */
size_t HypOptionsCount(const HypOptions *options);
void   HypOptionsEntry(const HypOptions *options, size_t i, const char **key, const char **value, const char **origin);

/* --help of one command (NULL: the program's), from the table */
void HypOptionsHelp(FILE *stream, const char *command);
/* docs/options.md, from the table */
void HypOptionsHelpMarkdown(FILE *stream);

/* Adds a choice, such as the name of a registered axis type, to those the table allows for a key; before parsing */
void HypOptionsAllow(const char *key, const char *name);

/* Path of a file that comes with hypoco, installed or not: folder "meshes" or "plot", and the same folder in the tree */
bool HypInstalledFile(const char *folder, const char *tree, const char *name, char *path, size_t size);
