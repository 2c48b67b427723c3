#pragma once
/*
   Decay: the functionals along a trajectory, and the rate fitted to them.  `rate` is lambda in ||h|| ~ exp(-lambda t),
   comparable with -Re of the leading eigenvalue and with the mu of Theorem 3.1.
*/
#include <hypoco/time.h>

/* Functionals at the output times; n grows up to the capacity given at creation */
typedef struct {
  PetscInt   n, capacity;
  PetscReal *t;
  PetscReal *mass;  /* int g dx dv = 1 + mean of h, relative to the start */
  PetscReal *norm2; /* ||h||_*^2 */
  PetscReal *grad_x2, *grad_v2, *grad_xv, *H;
} HypSeries;

typedef enum {
  HYP_FIT_NONE,        /* nothing to fit: too few points above rounding */
  HYP_FIT_OSCILLATING, /* e^{-2 rate t} (A + B cos 2wt + C sin 2wt) */
  HYP_FIT_CRITICAL,    /* e^{-2 rate t} (A + B t + C t^2): a polynomial prefactor */
  HYP_FIT_EXPONENTIAL  /* e^{-2 rate t} (A + B e^{-st} + C e^{-2st}) */
} HypFitForm;
PETSC_EXTERN const char *const HypFitForms[];

typedef struct {
  HypFitForm form;
  PetscReal  rate, error; /* lambda and its error bar */
  PetscReal  frequency;   /* w, 0 unless oscillating */
  PetscReal  from, to;    /* the window of times used */
  PetscReal  residual;    /* largest relative misfit in the window */
  PetscReal  A, B, C;     /* y ~ e^{-2 rate t} (A + ...), the three terms of the form above */
} HypFit;

PETSC_EXTERN PetscErrorCode HypSeriesCreate(PetscInt capacity, HypSeries *);
PETSC_EXTERN PetscErrorCode HypSeriesAdd(HypSeries *, PetscReal t, PetscReal mass,
                                         const HypFunctionals *);
PETSC_EXTERN PetscErrorCode HypSeriesDestroy(HypSeries *);
PETSC_EXTERN PetscErrorCode HypFitRate(PetscInt n, const PetscReal t[], const PetscReal y[],
                                       HypFit *);
