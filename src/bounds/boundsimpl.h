#pragma once
/* Private parts of the bounds: the search for the extremes of Deps. */
#include <hypoco/bounds.h>
#include <gsl/gsl_integration.h>

/* A field of theta (order 0) or its derivatives (1) at n points, laid out as
   HypModelPerturbationMany() says: fields.c */
typedef PetscErrorCode (*HypSearchField)(HypModel, PetscInt order, PetscInt n,
                                         const PetscReal theta[], PetscReal values[]);
PETSC_INTERN PetscErrorCode HypFieldForce(HypModel, PetscInt, PetscInt, const PetscReal[],
                                          PetscReal[]);
PETSC_INTERN PetscErrorCode HypFieldNoise(HypModel, PetscInt, PetscInt, const PetscReal[],
                                          PetscReal[]);

/* The weight e^{-W(X)} of one coordinate */
typedef struct {
  PetscErrorCode (*potential)(PetscReal X, PetscReal *W, void *ctx);
  void *ctx;
} HypWeight;

/* Integrals of eps from 0 to both sides, step by step */
typedef struct {
  HypModel   model;
  PetscInt   n[2];
  PetscReal *sum[2];

  gsl_integration_glfixed_table *rule;
} HypIntegral;

/* Quantities of D: first the entries and then their negatives, if they are sought */
typedef struct {
  HypModel       model;
  HypSearchField field;
  PetscInt       d, entries;              /* entries whose extremes are sought: d*d or none */
  PetscInt       n, near_n, far_n;        /* points: now, in the first box, in others */
  PetscInt       which;                   /* what Value() returns */
  PetscReal      c, near, range, spacing; /* of the first box, of the present one, of its points */
  PetscReal     *theta, *J;               /* theta[j n + l], J[e n + l] of the points */
  PetscReal     *best, *at;               /* of each quantity: its largest value and where */
  PetscReal     *error;                   /* what its refinement may have left */
  PetscReal      seen;                    /* distance of the points in the first box */
  PetscReal      growth; /* largest relative change of a quantity by the last doublings */
  PetscReal     *ahead, *behind, *try;
  PetscReal     *D, *S, *values, *work;
} HypSearch;
#define HypSearchTop(s)    (2 * (s)->entries)     /* the largest eigenvalue of the symmetric part */
#define HypSearchBottom(s) (2 * (s)->entries + 1) /* the negative of the smallest */
#define HypSearchNorm(s)   (2 * (s)->entries + 2) /* |D - c I| */
#define HypSearchCount(s)  (2 * (s)->entries + 3)

/* search.c */
PETSC_INTERN PetscErrorCode HypSearchCreate(HypModel, HypSearchField, PetscReal near, HypSearch *);
PETSC_INTERN PetscErrorCode HypSearchDestroy(HypSearch *);
PETSC_INTERN PetscErrorCode HypSearchEvaluate(const HypSearch *, PetscInt order, PetscInt n,
                                              const PetscReal theta[], PetscReal values[],
                                              PetscBool *finite);
PETSC_INTERN PetscReal      HypSearchValue(const PetscReal theta[], void *search);
PETSC_INTERN PetscReal      HypSearchDistance(HypSearch *, PetscReal c);
PETSC_INTERN PetscErrorCode HypSearchSample(HypSearch *, PetscBool *finite);
PETSC_INTERN PetscErrorCode HypSearchImprove(HypSearch *, PetscInt q, PetscReal spacing,
                                             PetscReal at[]);
PETSC_INTERN PetscErrorCode HypSearchBox(HypSearch *, PetscReal range, PetscInt from, PetscInt to,
                                         PetscBool *finite);
PETSC_INTERN PetscErrorCode HypSearchGrow(HypSearch *, PetscInt from, PetscInt to,
                                          PetscReal first[], PetscReal *reach, PetscBool settled[]);
PETSC_INTERN PetscReal      HypSearchOutward(const HypSearch *, PetscInt q);
/* poincare.c */
PETSC_INTERN PetscErrorCode HypPoincareCells(const HypWeight *, PetscReal period, PetscReal *m,
                                             PetscReal *error);
/* integral.c */
PETSC_INTERN PetscErrorCode HypIntegralCreate(HypModel, HypIntegral *);
PETSC_INTERN PetscErrorCode HypIntegralDestroy(HypIntegral *);
PETSC_INTERN PetscErrorCode HypIntegralPotential(PetscReal X, PetscReal *W, void *integral);
/* secants.c */
PETSC_INTERN PetscErrorCode HypSearchSecants(HypSearch *, PetscInt from, PetscInt to,
                                             PetscReal reach, PetscBool *jump);
