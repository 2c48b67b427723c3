#include "program/stop.h"
#include "program/interrupt.h"
#include <petsctime.h>
#include <signal.h>
#include <string.h>

static volatile sig_atomic_t warned;

/* Open MPI's launcher says SIGCONT a second before SIGTERM, and SIGKILL a second after it */
static void KeepWarning(int number)
{
  (void)number;
  warned = 1;
}

/*
  HypStopStart - From here on SIGTERM, SIGINT and SIGUSR1 are requests to stop at the next step

  Collective

  Input Parameters:
+ limit    - seconds of wall time the program may take; 0: no limit
- interval - seconds between checkpoints

  Output Parameter:
. stop - to be asked with HypStopAsk()

  Notes:
  SIGCONT asks for a checkpoint only.
*/
PetscErrorCode HypStopStart(PetscLogDouble limit, PetscLogDouble interval, HypStop *stop)
{
  struct sigaction warning = {.sa_handler = KeepWarning, .sa_flags = SA_RESTART};

  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(stop, sizeof(*stop)));
  PetscCall(PetscTime(&stop->start));
  stop->last     = stop->start;
  stop->written  = stop->start;
  stop->limit    = limit;
  stop->interval = interval;
  HypInterruptDefer();
  sigemptyset(&warning.sa_mask);
  PetscCheck(!sigaction(SIGCONT, &warning, NULL), PETSC_COMM_SELF, PETSC_ERR_SYS,
             "SIGCONT cannot be caught");
  PetscFunctionReturn(0);
}

/*
  HypStopAsk - Shall the run stop now, or write a checkpoint?

  Collective

  Input Parameters:
+ stop    - the requests
- reserve - seconds needed after the last step

  Output Parameter:
. stop - `why` is not 0 if it shall stop, `due` if it shall write; equal on all ranks

  Notes:
  A signal to any rank counts.
  The limit counts when another time like the longest between two questions would exceed it.
*/
PetscErrorCode HypStopAsk(HypStop *stop, PetscLogDouble reserve)
{
  PetscLogDouble now;
  int            answer[2];

  PetscFunctionBeginUser;
  PetscCall(PetscTime(&now));
  stop->longest = PetscMax(stop->longest, now - stop->last);
  stop->last    = now;
  answer[0]     = HypInterruptCaught();
  answer[1]     = warned || now - stop->written >= stop->interval;
  if (!answer[0] && stop->limit > 0 && now - stop->start + stop->longest + reserve >= stop->limit)
    answer[0] = HYP_STOP_LIMIT;
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, answer, 2, MPI_INT, MPI_MAX, PETSC_COMM_WORLD));
  stop->why = answer[0];
  stop->due = answer[1];
  PetscFunctionReturn(0);
}

/* A checkpoint is there: the interval begins again, and the time it took does not count
   as a step's */
PetscErrorCode HypStopWritten(HypStop *stop)
{
  PetscFunctionBeginUser;
  PetscCall(PetscTime(&stop->written));
  stop->last = stop->written;
  warned     = 0;
  PetscFunctionReturn(0);
}

const char *HypStopReason(const HypStop *stop)
{
  switch (stop->why) {
  case 0:
    return "not asked to stop";
  case SIGTERM:
    return "SIGTERM";
  case SIGINT:
    return "SIGINT";
  case SIGUSR1:
    return "SIGUSR1";
  case HYP_STOP_LIMIT:
    return "wall_limit";
  default:
    return "a signal";
  }
}
