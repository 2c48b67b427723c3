/* HypOptionsParse(): files in order, then the command line, then what only the whole can tell. */
#include "program/options/optionsimpl.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Commands whose files are results, not options */
static bool ReadsResults(const char *command)
{
  return strcmp(command, "plot") == 0 || strcmp(command, "report") == 0 ||
         strcmp(command, "rerun") == 0;
}

static int ReadAll(HypOptions *options, const HypOptions *line, int argc, char **argv,
                   char **message)
{
  int code = 0;

  options->trusted = HypOptionsSettings(line)->trust;
  for (size_t i = 0; i < line->file_count && !code && !ReadsResults(options->command); i++) {
    code = HypOptionsReadYaml(options, line->files[i], HYP_SOURCE_FIRST_FILE + (int)i, message);
    if (!code) code = HypOptionsCheckRead(options, HYP_SOURCE_FIRST_FILE + (int)i, message);
  }
  if (!code) code = HypOptionsReadCommandLine(options, argc, argv, message);
  return code;
}

/*
  HypOptionsParse - Reads `COMMAND FILE.yaml [more.yaml] [-key value ...]` and checks every key and
  value

  Not collective; plain C, callable before MPI_Init

  Input Parameters:
+ argc - as given to main()
- argv - as given to main()

  Output Parameters:
+ options - the checked options, to be freed with HypOptionsDestroy(); NULL on failure
- message - on failure one sentence (what was found, where, what is allowed, what to change),
  to be freed by the caller

  Returns 0, or the process's exit code: 2 (bad input) or 4 (a file cannot be read).

  Notes:
  A later file overrides an earlier one and the command line overrides files;
  the same key twice in one file or twice on the command line is an error.
  A value may begin with '-': after a key the next word is always its value, except for flags.
  Keys of PETSc and SLEPc (ts_, ksp_, pc_, eps_, ... ) are kept apart, see HypOptionsPetscCount().
*/
int HypOptionsParse(int argc, char **argv, HypOptions **options, char **message)
{
  HypOptions *line;
  HypShown    shown;
  int         code;

  *options = NULL;
  *message = NULL;
  if (argc < 2 || !isalpha((unsigned char)argv[1][0])) {
    *message = HypFormat("the first word must be a command, not '%s'; see 'hypoco --help'",
                         argc < 2 ? "" : HypShow(shown, argv[1]));
    return 2;
  }
  /* The command line is read twice: alone, so that a typing error there or --help needs no file,
     and over the files */
  line = HypOptionsNew(argv[1]);
  code = HypOptionsReadCommandLine(line, argc, argv, message);
  if (!code) code = HypOptionsCheckRead(line, HYP_SOURCE_COMMAND_LINE, message);
  if (!code && (line->settings.help || line->settings.version)) {
    *options = line;
    return 0;
  }
  if (!code && argc == 2) {
    *message = HypFormat(
      ReadsResults(argv[1])
        ? "no result file; write 'hypoco %s FILE.h5' or see 'hypoco %s --help'"
        : "no option file and no options; write 'hypoco %s FILE.yaml' or see 'hypoco %s --help'",
      argv[1], argv[1]);
    code = 2;
  }
  if (!code) {
    *options = HypOptionsNew(argv[1]);
    code     = ReadAll(*options, line, argc, argv, message);
    if (!code) code = HypOptionsCheck(*options, message);
    if (!code) HypOptionsForgetUnread(*options);
    if (!code) code = HypOptionsCheckPlaces(*options, message);
    if (code) HypOptionsDestroy(options);
  }
  HypOptionsDestroy(&line);
  return code;
}
