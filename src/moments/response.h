#pragma once
/* How the quadratic model of an algorithm answers: the four models of a recorded run. */
#include <petscsys.h>

typedef enum { TRACE_SGD, TRACE_ASGD, TRACE_DELAY, TRACE_MOMENTUM } TraceModel;

PETSC_INTERN PetscBool TraceHasStaleness(TraceModel);
PETSC_INTERN PetscInt  TraceResponse(TraceModel, PetscReal e, PetscReal staleness, PetscBool rest,
                                     PetscInt room, PetscReal h[]);
PETSC_INTERN PetscReal TraceCorrelation(const PetscReal h[], PetscInt n, PetscInt lag);
