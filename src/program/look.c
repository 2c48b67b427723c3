/* hypoco plot, report and rerun: checks the files, then lets the Python package draw. */
#include "base/base.h"
#include "program/program.h"
#include <hypoco/file.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define DISTRIBUTION "/usr/bin/python3"

enum { EXIT_BAD_INPUT = 2, EXIT_FILE = 4, CANNOT_RUN = 127 };

static void Say(char *sentence)
{
  fputs("hypoco: error: ", stderr);
  HypPrintSeen(stderr, sentence);
  putc('\n', stderr);
  free(sentence);
}

/* Files that lie beside a result and are given by mistake; what to say then is added */
static void SayProblem(const char file[], const char problem[])
{
  const char *const dot = strrchr(file, '.');
  char              result[PETSC_MAX_PATH_LEN];

  if (dot && (!strcmp(dot, ".json") || !strcmp(dot, ".xdmf") || !strcmp(dot, ".html") ||
              !strcmp(dot, ".csv") || !strcmp(dot, ".png") || !strcmp(dot, ".pdf"))) {
    snprintf(result, sizeof(result), "%.*s.h5", (int)(dot - file), file);
    if (!access(result, R_OK)) {
      Say(HypFormat("%s is not a result file; did you mean %s?", file, result));
      return;
    }
  }
  if (dot && (!strcmp(dot, ".yaml") || !strcmp(dot, ".yml"))) {
    Say(HypFormat("%s is an option file; run it first, as in 'hypoco solve %s -output run.h5', and "
                  "give the result",
                  file, file));
    return;
  }
  Say(HypDuplicate(problem));
}

/* A damaged file is refused here: HDF5 might crash on it.  Without a digest, the reader decides */
static int CheckFiles(const HypOptions *options)
{
  PetscBool      digest;
  PetscErrorCode error;

  if (!HypOptionsFile(options, 0)) {
    fprintf(stderr, "hypoco: error: no result file given; write 'hypoco %s FILE.h5'\n",
            HypOptionsCommand(options));
    return EXIT_BAD_INPUT;
  }
  for (size_t i = 0; HypOptionsFile(options, i); i++) {
    const char *const problem = HypFileProblem(HypOptionsFile(options, i), &digest, &error);

    if (!problem) continue;
    SayProblem(HypOptionsFile(options, i), problem);
    return EXIT_FILE;
  }
  return 0;
}

/* The options that the package takes, as it spells them: the key behind two dashes */
static const char *const passed[] = {"--output",     "--what",          "--format",
                                     "--resolution", "--plot_together", "--plot_title",
                                     "--plot_width", "--plot_height",   "--plot_font_size",
                                     "--plot_style", "--plot_hue",      "--plot_coordinates",
                                     "--plot_time"};

enum { PASSED = sizeof(passed) / sizeof(passed[0]), FIXED = 11 };

/* DISTRIBUTION -I -B __main__.py COMMAND --key value ... -- FILE ..., to be freed;
   NULL without memory */
static const char **Compose(const HypOptions *options, const char script[], const char program[])
{
  size_t       files = 0, n = 0;
  const char **words;

  while (HypOptionsFile(options, files)) files++;
  words = malloc((FIXED + 2 * PASSED + files) * sizeof(*words));
  if (!words) return NULL;
  words[n++] = DISTRIBUTION;
  words[n++] = "-I"; /* none of the user's settings, which may be what stopped the first one */
  words[n++] = "-B"; /* leaves no compiled scripts behind */
  words[n++] = script;
  words[n++] = HypOptionsCommand(options);
  words[n++] = "--program";
  words[n++] = program;
  for (size_t k = 0; k < PASSED; k++) {
    const char *const value = HypOptionsText(options, passed[k] + 2);

    if (!value || !*value) continue;
    words[n++] = passed[k];
    words[n++] = value;
  }
  if (HypOptionsSettings(options)->trust) {
    words[n++] = "--trust";
    words[n++] = "true";
  }
  words[n++] = "--";
  for (size_t i = 0; i < files; i++) words[n++] = HypOptionsFile(options, i);
  words[n] = NULL;
  return words;
}

/* Runs a program and returns its wait status; an exit with code CANNOT_RUN if it does not start */
static int Run(const char *const words[])
{
  struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
  const pid_t      child  = fork();
  int              status;

  if (child < 0) return -1;
  if (!child) {
    execvp(words[0], (char *const *)words);
    _exit(CANNOT_RUN);
  }
  sigaction(SIGINT, &ignore, &before); /* Ctrl-C is for the child, whose exit code counts */
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  sigaction(SIGINT, &before, NULL);
  return status;
}

/*
   Did Python itself fail?  The package never exits with 1, an interpreter that cannot start does;
   and a package of the user's may crash while it is loaded.
*/
static bool Failed(int status)
{
  if (status == -1) return true;
  if (WIFEXITED(status)) return WEXITSTATUS(status) == CANNOT_RUN || WEXITSTATUS(status) == 1;
  return WTERMSIG(status) == SIGSEGV || WTERMSIG(status) == SIGBUS || WTERMSIG(status) == SIGILL ||
         WTERMSIG(status) == SIGABRT;
}

/*
  HypLook - Runs a command that only looks at result files

  Not collective; to be called before MPI is started

  Input Parameter:
. options - the options; their files are result files

  Returns the process's exit code.

  Level: developer

  Notes:
  The python3 along PATH is tried first; /usr/bin/python3 goes on where it does not start, crashes,
  or lacks h5py or matplotlib.
*/
int HypLook(const HypOptions *options)
{
  char          program[PETSC_MAX_PATH_LEN], script[PETSC_MAX_PATH_LEN];
  const ssize_t length = readlink("/proc/self/exe", program, sizeof(program) - 1);
  int           status = CheckFiles(options);
  const char  **words;

  if (status) return status;
  if (!HypInstalledFile("python/hypoco", HYP_PYTHON_DIR, "__main__.py", script, sizeof(script))) {
    fprintf(stderr,
            "hypoco: error: the Python package is missing, %s cannot be read; "
            "install hypoco again\n",
            script);
    return EXIT_FILE;
  }
  program[length > 0 ? length : 0] = 0;
  words                            = Compose(options, script, program);
  if (!words) {
    fprintf(stderr, "hypoco: error: no memory to start python3\n");
    return EXIT_FILE;
  }
  fflush(NULL);
  words[1] = "python3"; /* the first try leaves out the distribution's name and -I */
  status   = Run(words + 1);
  words[1] = "-I";
  if (Failed(status)) status = Run(words);
  free(words);
  if (!Failed(status) && WIFEXITED(status)) return WEXITSTATUS(status);
  if (!Failed(status) && WTERMSIG(status) == SIGPIPE) raise(SIGPIPE); /* so ends every command */
  if (Failed(status))
    fprintf(stderr, "hypoco: error: python3 does not work; install the packages python3, "
                    "python3-h5py and python3-matplotlib\n");
  else
    fprintf(stderr, "hypoco: error: python3 was ended by signal %d\n", WTERMSIG(status));
  return EXIT_FILE;
}
