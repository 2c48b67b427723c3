#pragma once
/* What solve, steady and spectrum share: model, space and operator from the options. */
#include "program/program.h"
#include <hypoco/result.h>

typedef struct {
  HypModel       model;
  HypSpace       space;
  HypKinetic     K;      /* for products: time steps, functionals */
  HypKinetic     direct; /* its assembled twin, see HypProblemDirect(); NULL until asked for */
  HypLyapunov    lyapunov;
  PetscReal      tail; /* of eps beyond the degree, HypSpacePerturbationTail() */
  PetscLogDouble start;
} HypProblem;

PetscErrorCode HypProblemCreateOn(MPI_Comm comm, const HypOptions *options, HypProblem *problem);
PetscErrorCode HypProblemCreate(const HypOptions *options, HypProblem *problem);
PetscErrorCode HypOutputTimes(const HypOptions *options, PetscInt *n, PetscReal **times);
PetscErrorCode HypProblemDirect(HypProblem *problem, const HypOptions *options, HypKinetic *K);
PetscErrorCode HypProblemResult(const HypProblem *problem, const HypOptions *options,
                                HypResult *result);
PetscErrorCode HypProblemDestroy(HypProblem *problem);
