/*
   Errors: the sentence of the PETSc error that began a failure, the exit code it means,
   and the ranks' agreement on both.
*/
#include "base/base.h"
#include "program/interrupt.h"
#include "program/program.h"
#include <ctype.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>

enum { SECONDS_TO_ARRIVE = 5 };

static char sentence[2048];
static int  own_code = HYP_EXIT_DONE;

/*
  HypCliExitCode - The process's exit code for a PETSc error code: the one place where the two meet

  Input Parameter:
. error - a PETSc error code

  Returns 0, 2 (the user's mistake), 4 (a file) or 3 (all else).
*/
int HypCliExitCode(PetscErrorCode error)
{
  switch (error) {
  case 0:
    return HYP_EXIT_DONE;
  case PETSC_ERR_ARG_OUTOFRANGE:
  case PETSC_ERR_ARG_WRONG:
  case PETSC_ERR_ARG_INCOMP:
  case PETSC_ERR_ARG_SIZ:
  case PETSC_ERR_ARG_UNKNOWN_TYPE: /* -ts_type of no such name */
  case PETSC_ERR_USER_INPUT:
  case PETSC_ERR_SUP:
    return HYP_EXIT_BAD_INPUT;
  case PETSC_ERR_FILE_OPEN:
  case PETSC_ERR_FILE_READ:
  case PETSC_ERR_FILE_WRITE:
  case PETSC_ERR_FILE_UNEXPECTED:
    return HYP_EXIT_FILE;
  default:
    return HYP_EXIT_NUMERICAL;
  }
}

/*
  HypCliSetExitCode - Lets a command that succeeded end the process with a code of its own,
  as for a proved statement that failed

  Not collective; the largest code of all ranks counts

  Input Parameter:
. code - the exit code
*/
PetscErrorCode HypCliSetExitCode(int code)
{
  PetscFunctionBegin;
  own_code = code;
  PetscFunctionReturn(0);
}

/* PETSc writes 2 as "2.", which reads like the end of a sentence:
   a point after a digit goes where no digit follows */
static void WriteNumbersPlainly(char text[])
{
  char *to = text;

  for (const char *from = text; *from; from++) {
    if (*from == '.' && from > text && isdigit((unsigned char)from[-1]) &&
        !isalnum((unsigned char)from[1]) && from[1] != '.')
      continue;
    *to++ = *from;
  }
  *to = 0;
}

/* Did an allocation fail?  PETSc's allocator then gives the caller's line as the code
   and the caller's name as the message. */
static bool IsMemory(const char *function, PetscErrorCode error)
{
  return error == PETSC_ERR_MEM ||
         (function && (strstr(function, "Malloc") || strstr(function, "Realloc")));
}

static void ExplainMemory(void)
{
  char where[128];

  if (strstr(sentence, "out of memory")) return;
  snprintf(where, sizeof(where), "%.100s", sentence);
  snprintf(sentence, sizeof(sentence),
           "out of memory%s%s%s: take fewer unknowns, paths or snapshots, or more nodes",
           where[0] ? " (" : "", where, where[0] ? ")" : "");
}

/* Keeps the first line of the message with which an error begins;
   the calls that pass it on add nothing a user can use */
static PetscErrorCode KeepSentence(MPI_Comm comm, int line, const char *function, const char *file,
                                   PetscErrorCode error, PetscErrorType type, const char *message,
                                   void *trace)
{
  if (type == PETSC_ERROR_INITIAL) {
    strncpy(sentence, message ? message : "", sizeof(sentence) - 1);
    sentence[strcspn(sentence, "\n")] = 0;
    WriteNumbersPlainly(sentence);
    if (IsMemory(function, error)) {
      error = PETSC_ERR_MEM;
      ExplainMemory();
    }
    /* MPI tells nothing of its own allocations */
    if (error == PETSC_ERR_MPI && strstr(sentence, "internal error"))
      strncat(sentence, "; out of memory is the usual reason",
              sizeof(sentence) - strlen(sentence) - 1);
    if (!sentence[0])
      snprintf(sentence, sizeof(sentence), "%s() failed with PETSc error %d", function, (int)error);
  }
  if (trace) PetscTraceBackErrorHandler(comm, line, function, file, error, type, message, NULL);
  return error;
}

/*
  HypCliKeepErrors - From here on PETSc errors are kept for one sentence at the end instead
  of printed

  Logically Collective

  Input Parameter:
. trace - print where each arose as well

  Notes:
  PETSc's -on_error_abort and similar options stay in force when they are given.
*/
PetscErrorCode HypCliKeepErrors(PetscBool trace)
{
  static const char *const others[] = {"-on_error_abort", "-on_error_mpiabort",
                                       "-on_error_attach_debugger", "-start_in_debugger"};
  static char              yes;

  PetscFunctionBegin;
  for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
    PetscBool given;

    PetscCall(PetscOptionsHasName(NULL, NULL, others[i], &given));
    if (given) PetscFunctionReturn(0);
  }
  PetscCall(PetscPushErrorHandler(KeepSentence, trace ? &yes : NULL));
  if (!trace) PetscCall(HypCrashStart());
  PetscFunctionReturn(0);
}

/*
  HypCliTakeError - The sentence of the last error, for a command that goes on after it (a case of a
  sweep)

  Collective

  Input Parameter:
. comm - the ranks that failed together, see HypAgree()

  Returns the sentence of the lowest rank that has one, "" if there was no error; valid until the
  next call.
*/
const char *HypCliTakeError(MPI_Comm comm)
{
  static char taken[sizeof(sentence)];
  int         rank, speaker;

  MPI_Comm_rank(comm, &rank);
  speaker = sentence[0] ? rank : INT_MAX;
  MPI_Allreduce(MPI_IN_PLACE, &speaker, 1, MPI_INT, MPI_MIN, comm);
  memcpy(taken, sentence, sizeof(taken));
  if (speaker < INT_MAX) MPI_Bcast(taken, (int)sizeof(taken), MPI_CHAR, speaker, comm);
  sentence[0] = 0;
  return taken;
}

/* What could not be printed is an error, as for every other file */
PetscErrorCode HypCliStdoutError(const char reason[])
{
  PetscFunctionBegin;
  SETERRQ(PETSC_COMM_SELF, PETSC_ERR_FILE_WRITE,
          "standard output could not be written: %s; what was printed is incomplete", reason);
}

static double Now(void)
{
  struct timespec time;

  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static void Complain(const char *after)
{
  fflush(stdout);
  fputs("hypoco: error: ", stderr);
  HypPrintSeen(stderr, sentence[0] ? sentence : "failed without a message");
  fprintf(stderr, "%s\n", after);
}

/* Waits until every rank has arrived; a rank that failed does not wait for ever,
   because the others may be waiting for it */
static void Arrive(MPI_Comm comm, PetscErrorCode error)
{
  const double    start = Now();
  struct timespec pause = {.tv_nsec = 10000};
  MPI_Request     request;
  int             arrived = 0;

  MPI_Ibarrier(comm, &request);
  for (;;) {
    MPI_Test(&request, &arrived, MPI_STATUS_IGNORE);
    if (arrived) return;
    if (error && Now() - start > SECONDS_TO_ARRIVE) {
      Complain(" (other ranks cannot go on without this one: stopping them)");
      MPI_Abort(comm, HypCliExitCode(error));
    }
    nanosleep(&pause, NULL);
    if (pause.tv_nsec < 10000000) pause.tv_nsec *= 2;
  }
}

/*
  HypCliAgree - Agrees on how a run ended; the lowest rank that has a sentence for the failure
  prints it

  Collective, except that after a failure ranks may be missing;
  then the program is aborted with the failure's code

  Input Parameters:
+ comm  - a communicator of all ranks, used for nothing else
- error - how it ended here

  Returns the exit code, equal on all ranks.
*/
int HypCliAgree(MPI_Comm comm, PetscErrorCode error)
{
  int rank, size, failed, code;

  Arrive(comm, error);
  MPI_Comm_rank(comm, &rank);
  MPI_Comm_size(comm, &size);
  failed = !error        ? INT_MAX
           : sentence[0] ? rank
                         : size + rank; /* others first: they only heard of it */
  MPI_Allreduce(MPI_IN_PLACE, &failed, 1, MPI_INT, MPI_MIN, comm);
  if (failed < INT_MAX) failed %= size;
  if (failed == INT_MAX) {
    MPI_Allreduce(&own_code, &code, 1, MPI_INT, MPI_MAX, comm);
    return code;
  }
  code = HypCliExitCode(error);
  MPI_Bcast(&code, 1, MPI_INT, failed, comm);
  if (rank == failed) Complain("");
  return code;
}

/*
  HypCliAlike - Did a piece of work end in the same way on all ranks, so that all can go on?

  Collective, except as HypCliAgree()

  Input Parameters:
+ comm  - a communicator of all ranks, used for nothing else
- error - how it ended here
*/
bool HypCliAlike(MPI_Comm comm, PetscErrorCode error)
{
  int codes[2] = {(int)error, -(int)error};

  Arrive(comm, error);
  MPI_Allreduce(MPI_IN_PLACE, codes, 2, MPI_INT, MPI_MAX, comm);
  return codes[0] == -codes[1];
}
