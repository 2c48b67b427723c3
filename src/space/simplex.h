#pragma once
/*
   The simplex space: Hermite functions H_alpha(Xi) H_beta(Z) of total degree |alpha| + |beta| <= N in loss coordinates

       Xi = -(gamma X + w0 V)/s,   Z = (w0 X - gamma V)/s,   s = sqrt(gamma^2 + w0^2)          (a rotation)

   so that theta = s/(sqrt(beta) w0^3) Xi and eps acts in Xi only.  T and L keep the total degree.

   Unknowns come in columns: one column per beta, by degree |beta|; a column holds the alpha with |alpha| <= N - |beta|,
   by degree.  Both orders are the graded list below, so the alphas of any column are the first few of one list.
*/
#include <hypoco/space.h>

typedef struct {
  PetscInt d, N;
  PetscInt count;            /* multi-indices of degree <= N in d variables */
  PetscInt (*index)[3];      /* graded list of multi-indices */
  PetscInt   upto[66];       /* upto[j]: how many have degree <= j; upto[-1] is 0 */
  PetscInt  *raised[3];      /* raised[i][k]: position of index[k] + e_i, or -1 beyond degree N */
  PetscInt  *offset;         /* offset[b]: first unknown of column b; offset[count] = all */
  PetscInt   first, last;    /* columns on this rank */
  PetscReal *flow, flowtime; /* src/space/simplexflow.c */
} Simplex;

PETSC_INTERN PetscErrorCode SimplexDerivative(HypSpace, PetscInt c, HypForm, Mat *);
PETSC_INTERN PetscErrorCode SimplexPerturbation(HypSpace, PetscInt i, HypForm, Mat *);
PETSC_INTERN PetscErrorCode SimplexGaussian(HypSpace, const PetscReal m[], const PetscReal S[], Vec);
PETSC_INTERN PetscErrorCode SimplexProject(HypSpace, HypPhaseFn, void *, Vec);
PETSC_INTERN PetscErrorCode SimplexFlow(HypSpace, PetscReal t, Vec h, PetscBool *done);
PETSC_INTERN PetscErrorCode SimplexModes(HypSpace, const PetscInt n[], PetscReal amplitude, Vec);
PETSC_INTERN PetscErrorCode SimplexMarginal(HypSpace, PetscInt, Vec, PetscInt, const PetscReal[], PetscInt, const PetscReal[], PetscReal[]);

/* Degree of the k-th multi-index */
static inline PetscInt SimplexDegree(const Simplex *s, PetscInt k)
{
  return s->index[k][0] + s->index[k][1] + s->index[k][2];
}

/* Number of alphas in column b */
static inline PetscInt SimplexHeight(const Simplex *s, PetscInt b)
{
  return s->offset[b + 1] - s->offset[b];
}

/* Unknown of (alpha, beta) = (index[a], index[b]), or -1 beyond degree N */
static inline PetscInt SimplexUnknown(const Simplex *s, PetscInt a, PetscInt b)
{
  return a < 0 || b < 0 || a >= SimplexHeight(s, b) ? -1 : s->offset[b] + a;
}

/* (Xi, Z) of (X, V) */
static inline void SimplexRotate(HypModel model, PetscReal X, PetscReal V, PetscReal *Xi, PetscReal *Z)
{
  const PetscReal g = model->gamma, w = model->omega0, s = PetscSqrtReal(g * g + w * w);

  *Xi = -(g * X + w * V) / s;
  *Z  = (w * X - g * V) / s;
}
