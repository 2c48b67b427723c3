#pragma once
/* Private: one or two modes fitted to a mean over paths, whose errors at different times belong
   together.  meanfit.c -> mixture.c -> damped.c, modes.c, whiten.c. */
#include <hypoco/decay.h>

enum { HYP_MODES_LAGS = 3, HYP_MODES_TERMS = 5 };

#define HYP_MODES_SHORTEST 1.5  /* a window must see the slowest mode fall by e^{-1.5} */
#define HYP_MODES_SMALLEST 0.1  /* excess of a faster real mode, */
#define HYP_MODES_PAIR     0.45 /* and of a pair: beside it nearly the same is fitted by others */

/* What is fitted, with its blocks of paths; the limit is taken off if it is known */
typedef struct {
  PetscInt         n, nblocks;
  const PetscReal *t, *y, *paths, *block; /* block[b n + k] */
  PetscBool        known, pair; /* is the limit known; is it known that there is one pair alone? */
} HypMeans;

/* The slowest mode is real or a pair; beside it there is nothing faster, or a real mode (1),
   or a pair (2), whose rate is (1 + excess) times as large */
typedef struct {
  PetscBool pair;
  int       faster;
  PetscReal excess, frequency;
} HypModesForm;

/* A window of it, with the errors made independent: z_k = (y_k - sum_j past_kj y_{k-1-j})/sigma_k,
   and the form whose coefficients are eliminated */
typedef struct {
  PetscInt         n;
  const PetscReal *t, *y;
  PetscBool        known;
  PetscReal        amplitude, first, length, spacing;
  PetscReal (*past)[HYP_MODES_LAGS], *sigma, *z;
  PetscReal (*column)[HYP_MODES_TERMS], (*white)[HYP_MODES_TERMS], *residual; /* work */
  HypModesForm form;
  PetscReal    coefficient[HYP_MODES_TERMS], chi2, logdet;
} HypModes;

/* One form with its rate, the rate's standard error, frequency and evidence */
typedef struct {
  HypModesForm form;
  PetscReal    rate, error, frequency, evidence, chi2, total; /* total: chi2 with the priors */
  PetscReal    share; /* of the slowest mode in the signal */
} HypModesFit;

PETSC_INTERN PetscErrorCode HypModesCreate(PetscInt n, HypModes *);
PETSC_INTERN PetscErrorCode HypModesDestroy(HypModes *);
PETSC_INTERN void           HypModesWindow(HypModes *, const HypMeans *, PetscInt first);
PETSC_INTERN int            HypModesTerms(const HypModes *);
PETSC_INTERN void           HypModesProject(HypModes *, PetscReal rate, PetscReal frequency,
                                            PetscReal residual[]);
PETSC_INTERN void           HypModesScan(HypModes *, PetscReal *rate, PetscReal *frequency);
PETSC_INTERN void           HypModesMinimise(HypModes *, PetscBool all, HypModesFit *);
PETSC_INTERN PetscBool HypDampedRange(HypModes *, PetscInt nblocks, PetscReal refused, HypFit *);
PETSC_INTERN PetscErrorCode HypFitSampled(const HypMeans *, HypFit *);
