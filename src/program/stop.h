#pragma once
/* Signals and the clock: requests to stop and the time for a checkpoint,
   agreed upon by all ranks. */
#include <petscsys.h>

typedef struct {
  PetscLogDouble start, limit;      /* of the program; seconds, 0: none */
  PetscLogDouble last, longest;     /* the last question; the longest time between two */
  PetscLogDouble interval, written; /* of checkpoints; when the last one was written */
  int            why;               /* signal, or HYP_STOP_LIMIT; 0: go on */
  int            due;               /* is it time for a checkpoint? */
} HypStop;

enum { HYP_STOP_LIMIT = 1000 };

PetscErrorCode HypStopStart(PetscLogDouble limit, PetscLogDouble interval, HypStop *stop);
PetscErrorCode HypStopAsk(HypStop *stop, PetscLogDouble reserve);
PetscErrorCode HypStopWritten(HypStop *stop);
const char    *HypStopReason(const HypStop *stop);
