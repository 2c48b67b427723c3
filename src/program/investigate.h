#pragma once
/* What verify and the cases of a sweep do:
   solve, spectrum and audit of one problem on its space and on a coarser one. */
#include "program/problem.h"
#include "program/progress.h"
#include <hypoco/audit.h>

typedef enum {
  HYP_TASK_SOLVE    = 1,
  HYP_TASK_SPECTRUM = 2,
  HYP_TASK_AUDIT    = 4,
  HYP_TASK_ALL      = 7
} HypTasks;

/* What was found on one space */
typedef struct {
  HypSteady   steady;
  HypSeries   series;
  HypFit      fit, earlier; /* over all times, and over the first three quarters of them */
  HypSpectrum spectrum;
  HypAudit    audit;
  Vec         h; /* the solution at the end */
} HypFindings;

enum { HYP_BOXES = 5 };

typedef struct {
  MPI_Comm           comm;
  const HypSettings *s;
  HypTasks           tasks;
  HypProblem         problem;
  HypSpace           coarser;
  HypKinetic         coarserK;
  HypFindings        fine, coarse;
  PetscReal          reach;            /* of the space, in standard deviations of M */
  HypSuprema         boxes[HYP_BOXES]; /* 3, 6, 12, 24 and last that of the audit */
  HypAuditConstants  constants;
  HypSlopes          slopes;
  HypContraction     contraction;
  PetscInt           nbounds;
  HypBound          *bounds;
  char               answer[768]; /* of verify: what is guaranteed, measured and claimed */
  HypRateEstimate    rate;
  PetscInt           nstatements;
  HypStatement      *statements;
  PetscLogDouble     ready, done;
} HypInvestigation;

/* Multiply mu and C2 of an audit: tests make them false, to see that it says so
   (tests/application/falsified.c) */
extern PetscReal HypInvestigateFactors[2];

PetscErrorCode HypInvestigate(MPI_Comm comm, const HypSettings *s, HypTasks tasks,
                              HypInvestigation *investigation);
PetscErrorCode HypInvestigateRate(HypProblem *problem, const HypSettings *s,
                                  const HypSeries *series, const HypFit *fit,
                                  HypRateEstimate *rate);
PetscErrorCode HypInvestigationDestroy(HypInvestigation *investigation);
/* Counts; the name of the first proved statement that fails, or NULL */
const char *HypInvestigationCount(const HypInvestigation *investigation,
                                  PetscInt                counts[HYP_VERDICTS]);
