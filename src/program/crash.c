/*
   A crash, in hypoco or in a library below it that does not look at what malloc() gave:
   one sentence, no lock left behind, exit code 3.
   PETSc's own handler prints a page; -debug leaves it in force.
*/
#include "base/base.h"
#include "program/interrupt.h"
#include "program/program.h"
#include <hypoco/file.h>
#include <gsl/gsl_errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#if !defined(__SANITIZE_ADDRESS__)
enum { STACK = 1 << 16 };

static void Tell(const char text[])
{
  if (write(STDERR_FILENO, text, strlen(text)) < 0) _exit(HYP_EXIT_NUMERICAL);
}

static void Crashed(int number)
{
  static volatile sig_atomic_t again;

  if (again++) _exit(HYP_EXIT_NUMERICAL);
  Tell("hypoco: error: crashed (");
  Tell(number == SIGABRT  ? "SIGABRT"
       : number == SIGBUS ? "SIGBUS"
       : number == SIGILL ? "SIGILL"
                          : "SIGSEGV");
  Tell("): out of memory, or a fault of hypoco or of a library; take a smaller case to tell, and "
       "report it with the command if it crashes too\n");
  (void)HypFileReleaseAll();
  _exit(HYP_EXIT_NUMERICAL);
}
#endif

/* Where GSL's status is looked at its handler is off; elsewhere it has no memory, or our mistake */
static void GSLFailed(const char *reason, const char *file, int line, int error)
{
  (void)file, (void)line;
  if (error == GSL_ENOMEM) HypOutOfMemory();
  fprintf(stderr, "hypoco: error: GSL: %s\n", reason);
  (void)HypFileReleaseAll();
  _exit(HYP_EXIT_NUMERICAL);
}

/*
  HypCrashStart - From here on a crash, and a call of GSL that fails, is one sentence and
  exit code 3

  Not collective

  Notes:
  Under AddressSanitizer, whose report says more, nothing changes.
*/
PetscErrorCode HypCrashStart(void)
{
  gsl_set_error_handler(GSLFailed);
#if !defined(__SANITIZE_ADDRESS__)
  static const int signals[] = {SIGABRT, SIGBUS, SIGILL, SIGSEGV};
  static char      stack[STACK]; /* the usual one may be what ran out */
  const stack_t    other = {.ss_sp = stack, .ss_size = sizeof(stack)};

  PetscFunctionBeginUser;
  PetscCheck(!sigaltstack(&other, NULL), PETSC_COMM_SELF, PETSC_ERR_SYS,
             "crashes cannot be caught");
  for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
    struct sigaction action = {.sa_handler = Crashed, .sa_flags = SA_ONSTACK | (int)SA_NODEFER};

    sigemptyset(&action.sa_mask);
    PetscCheck(!sigaction(signals[i], &action, NULL), PETSC_COMM_SELF, PETSC_ERR_SYS,
               "signal %d cannot be caught", signals[i]);
  }
  PetscFunctionReturn(0);
#else
  return 0;
#endif
}
