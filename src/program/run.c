/* What happens before MPI starts (help, version, checks of the options), and the run of one
   command. */
#include "base/base.h"
#include "program/asked.h"
#include "program/program.h"
#include <hypoco/expression.h>
#include <hypoco/version.h>
#include <slepcsys.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

/* The process's rank as the launcher tells it, because MPI has not started; 0 without a launcher */
static int LaunchRank(void)
{
  static const char *const names[] = {"OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK",
                                      "SLURM_PROCID"};

  for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
    const char *const rank = getenv(names[i]);

    if (rank && *rank) return atoi(rank);
  }
  return 0;
}

/* Rank 0 reports first.  The other ranks wait before they end, because a launcher may stop rank 0
   when another rank ends.  A rank that still runs after that reports too:
   its failure may be its own (a file that only its machine lacks). */
static void Complain(const char *sentence)
{
  const int rank = LaunchRank();

  if (rank == 0) {
    fputs("hypoco: error: ", stderr);
  } else {
    nanosleep(&(struct timespec){.tv_sec = 3}, NULL);
    fprintf(stderr, "hypoco: error: rank %d: ", rank);
  }
  HypPrintSeen(stderr, sentence);
  putc('\n', stderr);
}

static void PrintUsage(FILE *stream, const HypCommand *commands, size_t count)
{
  fputs("hypoco solves the kinetic Fokker-Planck equation of asynchronous SGD and measures how "
        "fast it forgets its start.\n\n"
        "  hypoco COMMAND FILE.yaml [more.yaml] [-option value ...]\n"
        "  hypoco plot|report|rerun FILE.h5 [-option value ...]\n"
        "  hypoco COMMAND --help\n"
        "  hypoco --version | --help | --help-expressions\n\nCommands:\n",
        stream);
  for (size_t i = 0; i < count; i++)
    fprintf(stream, "  %-10s%s\n", commands[i].name, commands[i].help);
  fputs("\nExit codes: 0 done, 1 a proved statement failed, 2 bad input, 3 numerical failure, 4 "
        "input/output failure, 5 stopped on request.\n",
        stream);
}

static void PrintVersion(void)
{
  printf("hypoco %s (%s)\nPETSc %d.%d.%d, SLEPc %d.%d.%d\n", HYP_VERSION, HYP_GIT_STATE,
         PETSC_VERSION_MAJOR, PETSC_VERSION_MINOR, PETSC_VERSION_SUBMINOR, SLEPC_VERSION_MAJOR,
         SLEPC_VERSION_MINOR, SLEPC_VERSION_SUBMINOR);
}

static bool IsWord(const char *word, const char *one, const char *other)
{
  return strcmp(word, one) == 0 || strcmp(word, other) == 0;
}

/* hypoco --help, --version, --help-markdown, --help-expressions */
static bool Answered(const char *word, const HypCommand *commands, size_t count)
{
  const bool silent = LaunchRank() != 0;

  if (IsWord(word, "--version", "-version")) {
    if (!silent) PrintVersion();
  } else if (IsWord(word, "--help", "-help") || strcmp(word, "-h") == 0) {
    if (!silent) PrintUsage(stdout, commands, count);
  } else if (strcmp(word, "--help-markdown") == 0) {
    if (!silent) HypOptionsHelpMarkdown(stdout);
  } else if (strcmp(word, "--help-expressions") == 0) {
    if (!silent) HypExpressionHelp(stdout);
  } else {
    return false;
  }
  return true;
}

enum { MAX_NAMES = 32 };

/* "did you mean 'solve'? " where some command is near or a file is named; returns the length */
static size_t SuggestCommand(const char *word, const HypCommand *commands, size_t count, char *text,
                             size_t size)
{
  const char *names[MAX_NAMES] = {"--help", "--version"}, *nearest;
  size_t      known            = 2;
  struct stat file;

  for (size_t i = 0; i < count && known < MAX_NAMES; i++) names[known++] = commands[i].name;
  nearest = HypNearestName(word, names, known);
  *text   = 0;
  if (!nearest && stat(word, &file) == 0 && S_ISREG(file.st_mode)) {
    const char *const ending = strrchr(word, '.');

    return (size_t)snprintf(text, size, "did you mean 'hypoco %s %.60s'? ",
                            ending && strcmp(ending, ".h5") == 0 ? "plot" : "solve", word);
  }
  return nearest ? (size_t)snprintf(text, size, "did you mean '%s'? ", nearest) : 0;
}

static const HypCommand *FindCommand(const char *name, const HypCommand *commands, size_t count)
{
  char   sentence[512];
  size_t length;

  for (size_t i = 0; i < count; i++) {
    if (strcmp(name, commands[i].name) == 0) return &commands[i];
  }
  length = (size_t)snprintf(sentence, sizeof(sentence), "unknown command '%.40s'; ", name);
  length += SuggestCommand(name, commands, count, sentence + length, sizeof(sentence) - length);
  length += (size_t)snprintf(sentence + length, sizeof(sentence) - length, "commands are");
  for (size_t i = 0; i < count && length < sizeof(sentence); i++) {
    length += (size_t)snprintf(sentence + length, sizeof(sentence) - length, "%s %s", i ? "," : "",
                               commands[i].name);
  }
  Complain(sentence);
  return NULL;
}

/* --help and --version after a command */
static bool AnsweredFor(const HypCommand *command, const HypOptions *options)
{
  const HypSettings *s = HypOptionsSettings(options);
  if (s->help) {
    if (LaunchRank() == 0) {
      printf("hypoco %s: %s\n\n  hypoco %s %s [-option value ...]\n\n", command->name,
             command->help, command->name, command->run ? "[FILE.yaml ...]" : "FILE.h5");
      HypOptionsHelp(stdout, command->name);
    }
    return true;
  }
  if (s->version) {
    if (LaunchRank() == 0) PrintVersion();
    return true;
  }
  return false;
}

/* The command with its settings, and what its files say of them */
static PetscErrorCode RunWithSettings(const HypCommand *command, const HypOptions *options)
{
  HypSettings settings = *HypOptionsSettings(options);
  HypAsked    asked;

  PetscFunctionBeginUser;
  PetscCall(HypAskedCreate(options, &asked));
  settings.asked = &asked;
  PetscCall(command->run(&settings));
  PetscCall(HypAskedDestroy(&asked));
  PetscCall(HypCliCheckUnusedAtEnd(options));
  PetscFunctionReturn(0);
}

/* The exit code of a process that only printed */
static int Printed(void)
{
  const char *const problem = HypStreamsProblem();
  char              sentence[128];

  if (!problem) return HYP_EXIT_DONE;
  snprintf(sentence, sizeof(sentence), "standard output could not be written: %s", problem);
  Complain(sentence);
  return HYP_EXIT_FILE;
}

static int RunCommand(const HypCommand *command, const HypOptions *options)
{
  PetscErrorCode error = HypCliStart(options);

  if (error)
    return HypCliExitCode(error); /* PETSc has printed its error; nothing has to be ended */
  HypStreamsHold();
  error = RunWithSettings(command, options);
  if (!error) HypStreamsRelease(); /* else the sentence of the failure is still to be said */
  return HypCliFinish(error);
}

/*
  HypCliMain - Checks what the user typed, then starts MPI and runs one command

  Collective; starts and ends MPI

  Input Parameters:
+ argc, argv - as given to main()
- commands, count - the commands there are

  Returns the process's exit code.
*/
int HypCliMain(int argc, char **argv, const HypCommand *commands, size_t count)
{
  const HypCommand *command;
  HypOptions       *options;
  char             *message;
  int               code;

  HypStreamsOpen();
  if (argc < 2) {
    if (LaunchRank() == 0) PrintUsage(stderr, commands, count);
    return HYP_EXIT_BAD_INPUT;
  }
  if (Answered(argv[1], commands, count)) return Printed();
  command = FindCommand(argv[1], commands, count);
  if (!command) return HYP_EXIT_BAD_INPUT;
  code = HypOptionsParse(argc, argv, &options, &message);
  if (code) {
    Complain(message);
    free(message);
    return code;
  }
  if (AnsweredFor(command, options))
    code = Printed();
  else
    code = command->run ? RunCommand(command, options) : HypLook(options);
  HypOptionsDestroy(&options);
  return code;
}
