#pragma once
/* What solve, steady and spectrum share: model, space and operator from the options. */
#include "program/objects.h"
#include "program/program.h"
#include <hypoco/result.h>

typedef struct {
  HypModel       model;
  HypSpace       space;
  HypKinetic     K; /* for products: time steps, functionals */
  HypLyapunov    lyapunov;
  PetscReal      tail; /* of eps beyond the degree, HypSpacePerturbationTail() */
  PetscLogDouble start;
} HypProblem;

PetscErrorCode HypProblemCreateOn(MPI_Comm comm, const HypSettings *s, HypProblem *problem);
PetscErrorCode HypProblemCreate(const HypSettings *s, HypProblem *problem);
PetscErrorCode HypOutputTimes(const HypSettings *s, PetscInt *n, PetscReal **times);
PetscErrorCode HypProblemResult(const HypProblem *problem, const HypSettings *s, HypResult *result);
PetscErrorCode HypProblemCheckSteady(const HypProblem *, HypSteady *);
PetscErrorCode HypProblemCheckGap(const HypProblem *);
PetscErrorCode HypProblemDestroy(HypProblem *problem);
