#pragma once
/*
   Decay: the functionals along a trajectory, and the rate fitted to them.
   `rate` is lambda in ||h|| ~ exp(-lambda t), comparable with -Re of the leading eigenvalue and
   with the mu of Theorem 3.1.
*/
#include <hypoco/norms.h>
#include <hypoco/observable.h>
#include <hypoco/time.h>

/* What is known of a run at one output time; what a test does not have is NULL */
typedef struct {
  HypKinetic            K;
  PetscReal             t, mass;
  Vec                   h; /* the solution */
  Vec                   f; /* F/M */
  const HypFunctionals *functionals;
  const HypObservables *observables; /* filled by HypSeriesAdd(), as are the norms */
  HypNorms              norms;
  PetscBool             plain; /* without the distances to F, which cost most */
} HypObservation;

/*
   One series: a row of the table in src/decay/series.c.
   The table on stdout, the JSON summary, the result file and the checkpoints write every row
   that exists in a run, so that a new series needs no other line.
*/
typedef struct {
  const char *name;  /* in files */
  const char *label; /* on stdout */
  const char *unit, *meaning, *source;
  PetscBool   each;                /* one value for each coordinate, not one in all */
  PetscBool (*exists)(HypKinetic); /* in this run? NULL: in every run */
  PetscErrorCode (*evaluate)(const HypObservation *, PetscReal values[]);
  PetscInt power; /* it decays like ||h||^power, and a rate is fitted to it; 0: it does not */
} HypSeriesRow;

typedef struct {
  const HypSeriesRow *row;
  PetscInt            width;  /* values at each time: 1, or d */
  PetscReal          *values; /* of one time after the other */
} HypSeriesColumn;

/* Functionals at the output times; n grows up to the capacity given at creation */
enum { HYP_SERIES_ROOM = 32 };
typedef struct {
  HypKinetic      K; /* of the run, NULL: none */
  PetscInt        n, capacity, ncolumns;
  PetscReal      *t;
  HypSeriesColumn columns[HYP_SERIES_ROOM];
  HypObservables  observables;
  HypNorms        norms; /* made with the first steady state that is added */
} HypSeries;

typedef enum {
  HYP_FIT_NONE,        /* nothing to fit: too few points above rounding */
  HYP_FIT_OSCILLATING, /* e^{-2 rate t} (A + B cos 2wt + C sin 2wt) */
  HYP_FIT_CRITICAL,    /* e^{-2 rate t} (A + B t + C t^2): a polynomial prefactor */
  HYP_FIT_EXPONENTIAL  /* e^{-2 rate t} (A + B e^{-st} + C e^{-2st}) */
} HypFitForm;
PETSC_EXTERN const char *const HypFitForms[];

typedef struct {
  HypFitForm  form;
  PetscReal   rate, error; /* lambda and its error bar */
  PetscReal   frequency;   /* w, 0 unless oscillating */
  PetscReal   from, to;    /* the window of times used */
  PetscReal   residual;    /* largest relative misfit in the window */
  PetscReal   A, B, C;     /* y ~ e^{-2 rate t} (A + ...), the three terms of the form above */
  const char *reason;      /* of a mean without a rate: why; else NULL */
} HypFit;

/* A number and the half-width of its 95 % interval */
typedef struct {
  PetscReal value, error;
} HypBar;

/* Means of blocks of paths: how many paths each has, and mean[b n + k] at time k of n */
typedef struct {
  PetscInt         count;
  const PetscReal *paths, *mean;
} HypBlocks;

/* What paths do between two times: sum[b][k][i][j] of phi_i at a time and phi_j at one later by
   lag[k]; lag[0] = 0.  Of lags only pairs t and 2t are read */
typedef struct {
  PetscInt         nblocks, nlags, nfunctions;
  const PetscReal *lag, *sum;
} HypTransitions;

/* The rate fitted to one series that decays, and where it begins to have a meaning */
typedef struct {
  const HypSeriesRow *row;
  PetscInt            i;       /* which coordinate, or 0 */
  PetscInt            times;   /* at which it was computed */
  PetscInt            spoiled; /* times at which there is no value */
  HypFit              fit;     /* lambda in value ~ exp(-power lambda t) */
} HypSeriesRate;

PETSC_EXTERN PetscErrorCode   HypSeriesRates(const HypSeries *, PetscInt upto, PetscInt *n,
                                             HypSeriesRate **);
PETSC_EXTERN PetscInt         HypSeriesRowWidth(const HypSeriesRow *, HypKinetic);
PETSC_EXTERN PetscErrorCode   HypSeriesCreate(HypKinetic, PetscInt capacity, HypSeries *);
PETSC_EXTERN PetscErrorCode   HypSeriesKeep(HypSeries *, const char names[]);
PETSC_EXTERN PetscBool        HypSeriesHasDistances(const HypSeries *);
PETSC_EXTERN PetscInt         HypSeriesSummed(const HypSeries *);
PETSC_EXTERN PetscErrorCode   HypSeriesAdd(HypSeries *, const HypObservation *);
PETSC_EXTERN const PetscReal *HypSeriesValues(const HypSeries *, const char name[]);
PETSC_EXTERN PetscErrorCode   HypSeriesDestroy(HypSeries *);
PETSC_EXTERN PetscErrorCode   HypFitMean(PetscInt n, const PetscReal t[], const PetscReal y[],
                                         PetscInt nblocks, const PetscReal paths[],
                                         const PetscReal block[], PetscReal limit, HypFit *);
PETSC_EXTERN PetscErrorCode   HypFitMeanPair(PetscInt n, const PetscReal t[], const PetscReal y[],
                                             const HypBlocks *, HypFit *);
PETSC_EXTERN PetscErrorCode   HypFitTransitions(const HypTransitions *, HypFit *);
PETSC_EXTERN PetscErrorCode   HypFitShift(const HypFit *reference, PetscInt n, const PetscReal t[],
                                          const PetscReal y[], const HypBlocks *, PetscInt *window,
                                          HypBar *shift);
PETSC_EXTERN PetscErrorCode   HypFitRate(PetscInt n, const PetscReal t[], const PetscReal y[],
                                         HypFit *);
PETSC_EXTERN PetscErrorCode   HypFitVariation(PetscInt n, const PetscReal t[], const PetscReal y[],
                                              const HypFit *square, HypFit *);
