/* hypoco plot, report and rerun: checks the files, then lets Python draw. */
#include <hypoco/file.h>
#include <hypoco/plot.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { EXIT_BAD_INPUT = 2, EXIT_FILE = 4, WORDS = 1024 };

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
    fprintf(stderr, "hypoco: error: %s\n", problem);
    return EXIT_FILE;
  }
  return 0;
}

static void Add(const char *words[WORDS], int *n, const char *key, const char *value)
{
  if (!value || *n + 2 >= WORDS) return;
  words[(*n)++] = key;
  words[(*n)++] = value;
}

/* python3 main.py COMMAND --key value ... -- FILE ... */
static void Compose(const HypOptions *options, const char script[], const char program[],
                    const char *words[WORDS])
{
  const char *const command = HypOptionsCommand(options);
  int               n       = 0;

  words[n++] = "python3";
  words[n++] = "-B"; /* leaves no compiled scripts behind */
  words[n++] = script;
  words[n++] = command;
  Add(words, &n, "--program", program);
  Add(words, &n, "--output", HypOptionsText(options, "output"));
  if (!strcmp(command, "plot")) {
    Add(words, &n, "--what", HypOptionsText(options, "what"));
    Add(words, &n, "--format", HypOptionsText(options, "format"));
    Add(words, &n, "--resolution", HypOptionsText(options, "resolution"));
  }
  words[n++] = "--";
  for (size_t i = 0; HypOptionsFile(options, i) && n < WORDS - 1; i++)
    words[n++] = HypOptionsFile(options, i);
  words[n] = NULL;
}

/*@
  HypLook - Runs a command that only looks at result files

  Not collective; to be called before MPI is started

  Input Parameter:
. options - the options; their files are result files

  Returns the process's exit code.

  Level: developer

  Notes:
  python3 is looked for along PATH, and the scripts go on with /usr/bin/python3 where that one lacks h5py or matplotlib.
@*/
int HypLook(const HypOptions *options)
{
  const char   *words[WORDS];
  char          program[PETSC_MAX_PATH_LEN], script[PETSC_MAX_PATH_LEN];
  const ssize_t length = readlink("/proc/self/exe", program, sizeof(program) - 1);
  int           status = CheckFiles(options);
  pid_t         child;

  if (status) return status;
  if (!HypInstalledFile("plot", HYP_PLOT_DIR, "main.py", script, sizeof(script))) {
    fprintf(
      stderr,
      "hypoco: error: the scripts that draw are missing, %s cannot be read; install hypoco again\n",
      script);
    return EXIT_FILE;
  }
  program[length > 0 ? length : 0] = 0;
  Compose(options, script, program, words);
  fflush(NULL);
  child = fork();
  if (!child) {
    execvp(words[0], (char *const *)words);
    fprintf(stderr,
            "hypoco: error: python3 cannot be started: %s; install the packages python3, "
            "python3-h5py and python3-matplotlib\n",
            strerror(errno));
    _exit(EXIT_FILE);
  }
  if (child < 0 || waitpid(child, &status, 0) < 0) {
    fprintf(stderr, "hypoco: error: python3 cannot be started: %s\n", strerror(errno));
    return EXIT_FILE;
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FILE;
}
