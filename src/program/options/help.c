/* --help and docs/options.md, from the table. */
#include "program/options/optionsimpl.h"
#include <stdlib.h>
#include <string.h>

enum { WIDTH = 100, NAME_COLUMN = 26, VALUE_COLUMN = 40 };

/* model_gamma belongs to the group "model"; output, json, ... to the group "" */
static size_t GroupLength(const HypOptionSpec *spec)
{
  static const char *const groups[] = {"model",      "epsilon", "loss", "space",    "axis",
                                       "operator",   "initial", "time", "snapshot", "spectrum",
                                       "propagator", "sample",  NULL};

  for (size_t i = 0; groups[i]; i++) {
    const size_t length = strlen(groups[i]);

    if (strncmp(spec->name, groups[i], length) == 0 &&
        (spec->name[length] == '_' || spec->name[length] == 0))
      return length;
  }
  return 0;
}

static bool SameGroup(const HypOptionSpec *one, const HypOptionSpec *other)
{
  const size_t length = GroupLength(one);

  return length == GroupLength(other) && strncmp(one->name, other->name, length) == 0;
}

/* "real (0,inf) 1/time" */
static char *DescribeValue(const HypOptionSpec *spec)
{
  static const char *const types[] = {[HYP_OPTION_INTEGER] = "integer",
                                      [HYP_OPTION_REAL]    = "real",
                                      [HYP_OPTION_REALS]   = "reals",
                                      [HYP_OPTION_TEXT]    = "text",
                                      [HYP_OPTION_FLAG]    = "flag"};
  const bool               range   = spec->range[0] && strcmp(spec->range, "(-inf,inf)") != 0;
  const bool               unit    = spec->unit[0] && strcmp(spec->unit, "1") != 0;

  if (spec->type == HYP_OPTION_CHOICE) return HypOptionChoices(spec);
  return HypFormat("%s%s%s%s%s", types[spec->type], range ? " " : "", range ? spec->range : "",
                   unit ? " " : "", unit ? spec->unit : "");
}

/* Text broken at blanks, the first line at the present column, later ones indented */
static void Wrap(FILE *stream, const char *text, int indent)
{
  int column = indent;

  while (*text) {
    const int word = (int)strcspn(text, " ");

    if (column > indent && column + 1 + word > WIDTH) {
      fprintf(stream, "\n%*s", indent, "");
      column = indent;
    } else if (column > indent) {
      fputc(' ', stream);
      column++;
    }
    fprintf(stream, "%.*s", word, text);
    column += word;
    text += word + (text[word] == ' ');
  }
  fputc('\n', stream);
}

/* Starts a column, on a new line if the one before is too long */
static void Column(FILE *stream, int *position, int start)
{
  if (*position >= start) {
    fputc('\n', stream);
    *position = 0;
  }
  fprintf(stream, "%*s", start - *position, "");
  *position = start;
}

static void HelpRow(FILE *stream, const HypOptionSpec *spec)
{
  char *const value    = DescribeValue(spec);
  int         position = fprintf(stream, "  -%s", spec->name);

  Column(stream, &position, NAME_COLUMN);
  for (const char *word = value; *word;) { /* a long list of choices goes on in the next line */
    const int length = (int)strcspn(word, "|") + (strchr(word, '|') != NULL);

    if (position + length > 98 && word != value) Column(stream, &position, NAME_COLUMN);
    position += fprintf(stream, "%.*s", length, word);
    word += length;
  }
  if (spec->fallback[0] && spec->type != HYP_OPTION_FLAG) {
    if (position + 3 + (int)strlen(spec->fallback) > 100)
      Column(stream, &position, NAME_COLUMN); /* a long list of choices */
    position += fprintf(stream, " = %s", spec->fallback);
  }
  Column(stream, &position, VALUE_COLUMN + 10);
  Wrap(stream, spec->help, position);
  free(value);
}

/*
  HypOptionsHelp - Prints --help from the table

  Not collective; plain C, callable before MPI_Init

  Input Parameters:
+ stream  - where to
- command - a command; NULL for the program's own
*/
void HypOptionsHelp(FILE *stream, const char *command)
{
  size_t                     count;
  const HypOptionSpec *const table = HypOptionTable(&count);
  const HypOptionSpec       *last  = NULL;

  fputs("Options, on the command line as -key value or in a YAML file as key: value, where model: "
        "{gamma: 1}\n"
        "is model_gamma; given are type, allowed range, unit, = default; # is an index 1, 2, ...\n",
        stream);
  for (size_t i = 0; i < count; i++) {
    if (command && !HypOptionSpecReads(&table[i], command)) continue;
    if (!last || !SameGroup(last, &table[i])) fprintf(stream, "\n");
    HelpRow(stream, &table[i]);
    last = &table[i];
  }
  fputs("\nOptions of PETSc and SLEPc objects (-ts_type, -ksp_rtol, -eps_tol, ...) work too; see "
        "-petsc_help.\n",
        stream);
}

/* '|' would end a table's cell */
static void MarkdownCell(FILE *stream, const char *text)
{
  for (; *text; text++) fprintf(stream, *text == '|' ? "\\|" : "%c", *text);
}

/* The objects that keys belong to, by the first word of a key; the last one takes all others */
static const struct {
  const char *title, *words;
} groups[] = {
  {"The model", " model "},
  {"The loss and its noise", " epsilon loss noise "},
  {"The space", " space axis operator "},
  {"The start", " initial "},
  {"Time, rates and spectra", " time rate snapshot spectrum propagator steady "},
  {"Bounds and statements", " verify bounds statements certificate "},
  {"Sampling the algorithms", " sample compare "},
  {"Theory of the algorithms", " theory "},
  {"Sweeps", " sweep "},
  {"Pictures", " what format resolution plot "},
  {"Checkpoints and limits", " checkpoint restart wall trust "},
  {"Output and help", NULL},
};

enum { GROUPS = sizeof(groups) / sizeof(groups[0]) };

static size_t GroupOf(const char *key)
{
  const int length = (int)strcspn(key, "_");
  char      word[64];

  snprintf(word, sizeof(word), " %.*s ", length, key);
  for (size_t g = 0; g + 1 < GROUPS; g++) {
    if (strstr(groups[g].words, word)) return g;
  }
  return GROUPS - 1;
}

static void MarkdownRow(FILE *stream, const HypOptionSpec *spec)
{
  char *const value = DescribeValue(spec);

  fprintf(stream, "| `%s` | ", spec->name);
  MarkdownCell(stream, value);
  fprintf(stream, " | %s | ", spec->fallback);
  fputs(strcmp(spec->commands, "*") == 0 ? "all" : spec->commands, stream);
  fputs(" | ", stream);
  MarkdownCell(stream, spec->help);
  fputs(" |\n", stream);
  free(value);
}

/*
  HypOptionsHelpMarkdown - Prints the table as docs/options.md

  Not collective; plain C, callable before MPI_Init

  Input Parameter:
. stream - where to
*/
void HypOptionsHelpMarkdown(FILE *stream)
{
  size_t                     count;
  const HypOptionSpec *const table = HypOptionTable(&count);

  fputs("# Options\n\n"
        "Generated by `hypoco --help-markdown` from the table that also drives the checks and "
        "`--help`; do not edit.\n\n"
        "Write `-key value` on the command line or `key: value` in a YAML file, where nested keys "
        "join with `_`:\n"
        "`model: {gamma: 1}` is `model_gamma`. `#` stands for an index 1, 2, ... An empty default "
        "means that the program\n"
        "decides. Options of PETSc's and SLEPc's objects (`-ts_type`, `-ksp_rtol`, `-eps_tol`, "
        "...) work too.\n"
        "A key that a command does not read is an error.\n"
        "The commands that solve the kinetic equation (solve, steady, spectrum, verify, sweep) "
        "share option files:\n"
        "what another of them reads is passed over.\n"
        "A file that is made for other commands too says so, as in `commands: sample, theory`.\n"
        "The language of formulas is described in [expressions](expressions.md).\n",
        stream);
  for (size_t g = 0; g < GROUPS; g++) {
    bool begun = false;

    for (size_t i = 0; i < count; i++) {
      if (GroupOf(table[i].name) != g) continue;
      if (!begun)
        fprintf(stream,
                "\n## %s\n\n| key | value and unit | default | commands | meaning |\n"
                "|---|---|---|---|---|\n",
                groups[g].title);
      begun = true;
      MarkdownRow(stream, &table[i]);
    }
  }
}
