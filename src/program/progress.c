#include "program/progress.h"
#include <petsctime.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

PetscErrorCode HypProgressStart(const HypSettings *s, const char unit[], PetscReal begin,
                                PetscReal end, HypProgress *progress)
{
  const char *when     = s->progress;
  const char *terminal = getenv("TERM");
  PetscMPIInt rank;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(PETSC_COMM_WORLD, &rank));
  progress->on =
    rank == 0 && (!strcmp(when, "on") || (!strcmp(when, "auto") && isatty(STDERR_FILENO)))
      ? PETSC_TRUE
      : PETSC_FALSE;
  progress->unit  = unit;
  progress->begin = begin;
  progress->end   = end;
  progress->erase = terminal && strcmp(terminal, "dumb") ? "\033[K" : "";
  PetscCall(PetscTime(&progress->start));
  progress->last = progress->start - 1;
  PetscFunctionReturn(0);
}

/* The first update shows at once, then at most ten lines a second.
   The cursor goes back, so that what comes next, for example an error, begins a line. */
PetscErrorCode HypProgressUpdate(HypProgress *progress, PetscReal done)
{
  PetscLogDouble now;
  PetscReal      rate;

  PetscFunctionBeginUser;
  if (!progress->on) PetscFunctionReturn(0);
  PetscCall(PetscTime(&now));
  if (now - progress->last < 0.1 || done <= progress->begin) PetscFunctionReturn(0);
  progress->last = now;
  rate           = (done - progress->begin) / (PetscReal)(now - progress->start);
  fprintf(stderr, "\r%s %.6g of %.6g (%.0f %%), %.3g per second, %.0f s left %s\r", progress->unit,
          (double)done, (double)progress->end, (double)(100 * done / progress->end), (double)rate,
          (double)((progress->end - done) / rate), progress->erase);
  fflush(stderr);
  PetscFunctionReturn(0);
}

PetscErrorCode HypProgressEnd(HypProgress *progress)
{
  PetscFunctionBeginUser;
  if (progress->on) fprintf(stderr, *progress->erase ? "\r%s" : "\n", progress->erase);
  PetscFunctionReturn(0);
}
