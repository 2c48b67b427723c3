#pragma once
/* What verify, the cases of a sweep and the rate check of solve share:
   from the settings to what the library investigates. */
#include "program/problem.h"
#include "program/progress.h"
#include <hypoco/investigate.h>

/* What HypInquiry's functions read */
typedef struct {
  const HypSettings *s;
  HypProgress        progress;
} HypInquirer;

typedef struct {
  HypInquirer      inquirer;
  HypProblem       problem;
  HypModel         plain; /* with the Gaussian M, where the problem's has another; else NULL */
  HypJacobian      jacobian;
  HypSlopes        slopes;
  HypContraction   contraction;
  HypAlgorithm     algorithm;
  PetscReal       *times;
  HypInvestigation found;
} HypStudy;

PetscErrorCode HypProblemInquiry(const HypProblem *, HypInquirer *, HypInquiry *);
HypTasks       HypStudyAudits(const HypSettings *);
PetscErrorCode HypStudyCreate(MPI_Comm, const HypSettings *, HypTasks, HypShared *, HypStudy *);
PetscErrorCode HypStudyGoOn(MPI_Comm agreement, PetscErrorCode, HypStudy *);
PetscErrorCode HypStudyDestroy(HypStudy *);
