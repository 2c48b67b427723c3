/*
   Ctrl-C and its relatives, for every command: a sentence, the files that a command keeps for this
   case, no lock left behind, exit code 5.

   A case of a sweep, a factorisation or a quadrature may take minutes without a place to ask
   whether somebody wants to stop, and Open MPI's launcher kills a second after it asks.
   So a thread waits for the signal while the program computes.
   It calls neither MPI nor PETSc's objects, and ends the process.
   solve, which can stop at a step and go on from a checkpoint, takes the signals over: stop.c.
*/
#include "program/interrupt.h"
#include "program/program.h"
#include <hypoco/file.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

static sem_t                 asked;
static volatile sig_atomic_t caught, deferred;
static time_t                since;
static PetscMPIInt           rank;
static void (*say)(const char signal[], void *context);
static void *about;

/* timeout(1), for one, sends a signal twice at once */
static void KeepSignal(int number)
{
  const time_t now = time(NULL);

  if (caught && number == SIGINT && now - since > 1) _exit(HYP_EXIT_STOPPED);
  if (caught) return;
  since  = now;
  caught = number;
  if (!deferred) sem_post(&asked);
}

static const char *NameOf(int number)
{
  return number == SIGINT ? "SIGINT" : number == SIGTERM ? "SIGTERM" : "SIGUSR1";
}

/* The first rank speaks and writes; the launcher ends it as soon as another one has ended,
   so the others wait */
static void *Watch(void *unused)
{
  (void)unused;
  while (sem_wait(&asked)) continue;
  HypFileHold();
  if (rank)
    nanosleep(&(struct timespec){.tv_nsec = 800000000}, NULL);
  else if (say)
    say(NameOf(caught), about);
  else
    fprintf(stderr, "hypoco: stopped by %s; the results are incomplete\n", NameOf(caught));
  HypFileReleaseAll();
  _exit(HYP_EXIT_STOPPED);
}

/*
  HypInterruptStart - From here on SIGINT, SIGTERM and SIGUSR1 end the program in order

  Collective; after MPI_Init()

  Notes:
  A second SIGINT, some seconds after the first one, ends the process at once.
*/
PetscErrorCode HypInterruptStart(void)
{
  static const int signals[] = {SIGINT, SIGTERM, SIGUSR1};
  pthread_t        thread;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(PETSC_COMM_WORLD, &rank));
  PetscCheck(!sem_init(&asked, 0, 0) && !pthread_create(&thread, NULL, Watch, NULL) &&
               !pthread_detach(thread),
             PETSC_COMM_SELF, PETSC_ERR_SYS, "the thread that waits for signals cannot be started");
  for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
    struct sigaction action = {.sa_handler = KeepSignal, .sa_flags = SA_RESTART};

    sigemptyset(&action.sa_mask);
    PetscCheck(!sigaction(signals[i], &action, NULL), PETSC_COMM_SELF, PETSC_ERR_SYS,
               "signal %d cannot be caught", signals[i]);
  }
  PetscFunctionReturn(0);
}

/*
  HypInterruptReport - What a command does when it is stopped: its sentence on stderr, its files

  Not collective; the first rank's counts

  Input Parameters:
+ report  - is called with the name of the signal by a thread of its own, while the command goes on
            computing; NULL: the general sentence
- context - is handed on
*/
void HypInterruptReport(void (*report)(const char signal[], void *context), void *context)
{
  say   = report;
  about = context;
}

/* From here on a signal is a request, which HypInterruptCaught() tells, and no more */
void HypInterruptDefer(void)
{
  deferred = 1;
}

/* The signal that was caught; 0: none */
int HypInterruptCaught(void)
{
  return caught;
}
