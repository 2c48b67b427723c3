#pragma once
/* Private: one form fitted to one window of a decaying functional.  fit.c -> fitwindow.c. */
#include <hypoco/decay.h>

enum { HYP_WINDOW_POINTS = 96, HYP_WINDOW_TERMS = 9 }; /* at most so many of each */

/* The forms, and which functions they have beside those of the leading pair */
typedef enum {
  HYP_WINDOW_PRODUCTS, /* of a square: products of degree two, e^{-4 rate t} */
  HYP_WINDOW_OVERTONES /* of an integral of |h|, oscillating: cos and sin of 4wt, 6wt, 8wt */
} HypWindowKind;

typedef struct {
  HypFitForm    form;
  HypWindowKind kind;
  PetscInt      n, terms;
  PetscReal     t[HYP_WINDOW_POINTS], logy[HYP_WINDOW_POINTS], middle;
  PetscReal     coefficient[HYP_WINDOW_TERMS];
  PetscReal     basis[HYP_WINDOW_TERMS][HYP_WINDOW_POINTS]; /* Phi, by columns */
  PetscReal     rate, second; /* where the last good fit ended; rate 0: there was none */
  /* Phi = Q R of the parameters at[], which one step asks for three times */
  PetscReal at[2], Q[HYP_WINDOW_TERMS][HYP_WINDOW_POINTS], tau[HYP_WINDOW_TERMS],
    length[HYP_WINDOW_TERMS], misfit[HYP_WINDOW_POINTS];
  PetscBLASInt pivot[HYP_WINDOW_TERMS], rank, failed;
} HypWindow;

PETSC_INTERN PetscInt       HypWindowTerms(HypWindowKind);
PETSC_INTERN void           HypWindowFill(HypWindow *, const PetscReal t[], const PetscReal y[],
                                          PetscInt first, PetscInt last, PetscReal *slope);
PETSC_INTERN PetscReal      HypWindowScan(HypWindow *, PetscReal rate);
PETSC_INTERN PetscErrorCode HypWindowFit(HypWindow *, PetscReal rate, PetscReal second, HypFit *);
