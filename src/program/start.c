/* Starting and ending PETSc and SLEPc: only with what the user asked for,
   and never for longer than needed. */
#include "base/base.h"
#include "program/interrupt.h"
#include "program/program.h"
#include <hypoco/file.h>
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <slepcsys.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SECONDS_TO_FINISH = 5 };

static MPI_Comm agreement =
  MPI_COMM_NULL; /* for the ranks' agreement on how it ended, apart from all other traffic */
static int final_code;

/* hypoco -skip_petscrc -name [value] ...:
   PETSc must see some of its options (-log_view, -fp_trap) while it starts */
static char **PetscArguments(const HypOptions *options, int *argc)
{
  const HypSettings *s     = HypOptionsSettings(options);
  const size_t       count = HypOptionsPetscCount(options);
  char             **argv  = calloc(2 * count + 4, sizeof(char *));

  if (!argv) HypOutOfMemory();
  *argc           = 0;
  argv[(*argc)++] = strdup("hypoco");
  argv[(*argc)++] = strdup("-skip_petscrc");
  if (s->petsc_help) argv[(*argc)++] = strdup("-help");
  for (size_t i = 0; i < count; i++) {
    const char *name, *value;
    char       *dashed;

    HypOptionsPetsc(options, i, &name, &value);
    dashed = malloc(strlen(name) + 2);
    if (!dashed) HypOutOfMemory();
    dashed[0] = '-';
    strcpy(dashed + 1, name);
    argv[(*argc)++] = dashed;
    if (value) argv[(*argc)++] = strdup(value);
  }
  return argv;
}

/* PETSc's own printf writes %g of 2 as "2."; that is no sentence's end.
   A run whose messages nobody can see goes on; what it computes may be in its files. */
static PetscErrorCode PrintPlainly(FILE *stream, const char format[], va_list arguments)
{
  PetscFunctionBegin;
  if (stream == stderr) {
    char message[4096];

    vsnprintf(message, sizeof(message), format, arguments);
    HypPrintSeen(stderr, message);
  } else if (vfprintf(stream, format, arguments) < 0 && errno != EPIPE) {
    PetscCall(HypCliStdoutError(strerror(errno)));
  }
  PetscFunctionReturn(0);
}

/*
  HypCliStart - Starts MPI, PETSc and SLEPc with the options asked for and no others

  Collective

  Input Parameter:
. options - the options

  Notes:
  Neither .petscrc nor PETSC_OPTIONS is read: a forgotten file must not change a run.
  From here on errors are kept, not printed, see HypCliKeepErrors().
*/
PetscErrorCode HypCliStart(const HypOptions *options)
{
  const HypSettings *s = HypOptionsSettings(options);
  int                argc;
  char             **argv = PetscArguments(options, &argc), **given = argv;

  HypFileStart();
  HypCliSettleSingle();
  unsetenv("PETSC_OPTIONS");
  unsetenv("PETSC_OPTIONS_YAML");
  PetscCall(SlepcInitialize(&argc, &argv, NULL, NULL));
  for (char **word = given; *word; word++) free(*word);
  free(given);
  PetscFunctionBeginUser;
  PetscVFPrintf = PrintPlainly;
  signal(SIGPIPE,
         SIG_DFL); /* a reader that has seen enough (head) ends the run without a message */
  PetscCallMPI(MPI_Comm_dup(PETSC_COMM_WORLD, &agreement));
  PetscCall(HypCliKeepErrors((PetscBool)s->debug));
  PetscCall(HypInterruptStart());
  PetscFunctionReturn(0);
}

static void LeaveAtOnce(int signal)
{
  (void)signal;
  _exit(final_code);
}

/*
  HypCliFinish - Agrees on how the run ended, prints the sentence of a failure, and ends SLEPc,
  PETSc and MPI

  Collective, except that ranks may come with different errors or, after a failure elsewhere,
  not at all

  Input Parameter:
. error - what the command returned here

  Returns the exit code, equal on all ranks.

  Notes:
  After a failure messages may be under way that nobody will receive,
  and MPI_Finalize may wait for them;
  the process then leaves with the agreed code after a few seconds.
*/
int HypCliFinish(PetscErrorCode error)
{
  const char *problem;

  HypFileHold(); /* the end is near, and its code is known */
  if (!error && (problem = HypStreamsProblem())) error = HypCliStdoutError(problem);
  final_code = HypCliAgree(agreement, error);
  if (error || final_code > HYP_EXIT_STATEMENT_FAILED) {
    signal(SIGALRM, LeaveAtOnce);
    alarm(SECONDS_TO_FINISH);
  }
  if (error == PETSC_ERR_MEM) { /* PETSc's own tables may be half made, and it frees them */
    int size;

    MPI_Comm_size(agreement, &size);
    (void)HypFileReleaseAll();
    if (size == 1) _exit(final_code);
  }
  MPI_Comm_free(&agreement);
  if (SlepcFinalize() && final_code == HYP_EXIT_DONE) final_code = HYP_EXIT_NUMERICAL;
  return final_code;
}
