#pragma once
/* A recorded run, for hypoco theory. */
#include "program/objects.h"
#include <hypoco/moments.h>
#include <jansson.h>

/* What was read, and what was found */
typedef struct {
  const char  *path;
  PetscBool    loss; /* else theta */
  PetscInt     n, columns;
  PetscReal   *at, *x; /* [n] steps or times as recorded; [columns][n] */
  HypTraceFit *fits;   /* [HYP_TRACE_MODELS][columns] */
} HypTrace;

PetscErrorCode HypTheoryTrace(const HypSettings *, json_t *body);
PetscErrorCode HypTraceFile(const HypSettings *, const HypTrace *);
