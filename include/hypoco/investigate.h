#pragma once
/* Solution, spectrum and audit of one problem, each on its space and on a coarser one,
   so that every number has an error bar. */
#include <hypoco/audit.h>

typedef enum {
  HYP_TASK_SOLVE    = 1,
  HYP_TASK_SPECTRUM = 2,
  HYP_TASK_AUDIT    = 4, /* needs the other two */
  HYP_TASK_BOUNDS   = 8,
  HYP_TASK_ALL      = 15
} HypTasks;

/* The solution on the coarser space at the k-th time, and F/M there */
typedef PetscErrorCode (*HypCoarseFn)(HypSpace, PetscInt k, Vec h, Vec f, void *observer);

/* What is asked; the caller keeps everything in it until the investigation is destroyed */
typedef struct {
  HypTasks           tasks;
  HypKinetic         K;
  HypModel           plain; /* for bounds: that of K, or the same one with the Gaussian M */
  const HypLyapunov *lyapunov;
  PetscInt           count;  /* eigenvalues */
  PetscInt           ntimes; /* of the solution */
  const PetscReal   *times;
  PetscErrorCode (*initial)(HypSpace, Vec u, void *ctx); /* u = g_0/M on any space */
  PetscErrorCode (*progress)(PetscReal t, void *ctx);    /* on the finer space; NULL: none */
  void                 *ctx;
  HypCoarseFn           observe; /* every output on the coarser space; NULL: none */
  void                 *observer;
  HypJacobian          *jacobian;    /* for the audit, as the rest */
  PetscReal             box;         /* of Assumption 3.1; NaN: all that the space sees */
  const HypSlopes      *slopes;      /* what is known of Deps */
  const HypContraction *contraction; /* and what follows from it */
  const HypAlgorithm   *algorithm;   /* whose equation it is; NULL: unknown */
} HypInquiry;

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
  HypInquiry        asked;
  HypSpace          coarser;
  HypKinetic        coarserK;
  HypFindings       fine, coarse;
  PetscReal         reach;            /* of the space, in standard deviations of M */
  HypSuprema        boxes[HYP_BOXES]; /* 3, 6, 12, 24 and last that of the audit */
  HypAuditConstants constants;
  PetscInt          nbounds;
  HypBound         *bounds;
  char              answer[2048]; /* what is guaranteed, measured and claimed */
  char unmeasured[512]; /* why nothing was measured, see HypInvestigateUnmeasured(); "": it was */
  HypRateEstimate rate;
  PetscInt        nstatements;
  HypStatement   *statements;
  PetscLogDouble  ready, done;
} HypInvestigation;

/* Multiply mu and C2 of an audit: tests make them false, to see that it says so
   (tests/application/falsified.c) */
PETSC_EXTERN PetscReal HypInvestigateFactors[2];

PETSC_EXTERN PetscErrorCode HypInvestigate(const HypInquiry *, HypInvestigation *);
PETSC_EXTERN PetscErrorCode HypInvestigateUnmeasured(HypInvestigation *, const char why[]);
PETSC_EXTERN PetscErrorCode HypInvestigateRate(const HypInquiry *, const HypSeries *,
                                               const HypFit *, HypRateEstimate *);
PETSC_EXTERN const char    *HypInvestigationCount(const HypInvestigation *,
                                                  PetscInt counts[HYP_VERDICTS]);
PETSC_EXTERN PetscErrorCode HypInvestigationDestroy(HypInvestigation *);
