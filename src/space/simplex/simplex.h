#pragma once
/*
   The simplex space: Hermite functions H_alpha(Xi) H_beta(Z) of total degree |alpha| + |beta| <= N
   in loss coordinates

       asgd       Xi = -(gamma X + w V)/s,   Z = (w X - gamma V)/s,
                  s = sqrt(gamma^2 + w^2)          (a rotation)
       momentum   Xi = X,                    Z = V

   for each pair with its own w, so that theta is a multiple of Xi, and eps acts in Xi only.
   T and L keep the total degree.

   Unknowns come in columns: one column per beta, by degree |beta|;
   a column holds the alpha with |alpha| <= N - |beta|, by degree.
   Both orders are the graded list below, so the alphas of any column are the first few of one list.
*/
#include <hypoco/spaceimpl.h>

#define SIMPLEX_DEGREE     128 /* largest N */
#define SIMPLEX_ROWS       16  /* E_i is stored in panels of so many rows */
#define SIMPLEX_DIMENSIONS 16  /* largest d */
#define SIMPLEX_COLUMNS    4   /* and multiplies so many columns at once */

typedef struct {
  PetscInt  d, N;
  PetscReal degree;                                /* N, for SimplexDescribe() */
  PetscInt  count;                                 /* multi-indices of degree <= N in d variables */
  PetscInt (*index)[SIMPLEX_DIMENSIONS], *degrees; /* graded list of multi-indices */
  PetscInt  upto[SIMPLEX_DEGREE + 1];              /* upto[j]: how many have degree <= j */
  PetscInt *raised
    [SIMPLEX_DIMENSIONS]; /* raised[i][k]: position of index[k] + e_i, or -1 beyond degree N */
  PetscInt  *lowered[SIMPLEX_DIMENSIONS]; /* lowered[i][k]: position of index[k] - e_i, or -1 */
  PetscReal *root[SIMPLEX_DIMENSIONS];    /* root[i][k]: square root of the index i of index[k] */
  PetscInt  *offset;      /* offset[b]: first unknown of column b; offset[count] = all */
  PetscInt   first, last; /* columns on this rank */
  PetscReal *flow[SIMPLEX_DIMENSIONS], flowtime; /* for each pair: src/space/simplex/flow.c */
  /* multiplication by eps_i, in panels of rows: src/space/simplex/eps.c; NULL until it is wanted */
  PetscInt     rows; /* count, rounded up to whole panels */
  PetscScalar *E[6]; /* of eps_i and of s_i - 1 */
  PetscScalar *columns,
    *products; /* SIMPLEX_COLUMNS columns of E_i's operand and result, `rows` long */
} Simplex;

PETSC_INTERN PetscErrorCode SimplexResized(HypSpace, PetscInt, PetscInt, HypSpace);
PETSC_INTERN PetscErrorCode SimplexProlong(HypSpace, Vec, HypSpace, Vec, PetscBool *done);
PETSC_INTERN PetscErrorCode SimplexDescribe(HypSpace);
PETSC_INTERN PetscErrorCode SimplexReach(HypSpace, PetscReal *);
PETSC_INTERN PetscErrorCode SimplexMarkEdge(HypSpace, Vec);
PETSC_INTERN PetscErrorCode SimplexExtent(HypSpace);
PETSC_INTERN PetscErrorCode SimplexThetas(HypSpace, PetscInt i, PetscInt *n, PetscReal **theta);
PETSC_INTERN PetscErrorCode SimplexTail(HypSpace, PetscReal *);
PETSC_INTERN PetscErrorCode SimplexDerivative(HypSpace, PetscInt c, HypForm, Mat *);
PETSC_INTERN PetscErrorCode SimplexPerturbation(HypSpace, PetscInt i, HypForm, Mat *);
PETSC_INTERN PetscErrorCode SimplexQuadrature(HypSpace, PetscInt i, PetscScalar E[]);
PETSC_INTERN PetscErrorCode SimplexMatrix(HypSpace, PetscInt i);
PETSC_INTERN PetscErrorCode SimplexSparse(HypSpace, PetscInt k, Mat *);
PETSC_INTERN void           SimplexMultiply(const Simplex *, PetscInt i, PetscInt b, PetscInt end,
                                            PetscInt rows, const PetscScalar *u);
PETSC_INTERN PetscErrorCode SimplexGenerator(HypSpace, HypTerms, Vec h, Vec Gh, PetscBool *done);
PETSC_INTERN PetscErrorCode SimplexInvertible(HypSpace, PetscBool *);
PETSC_INTERN PetscErrorCode SimplexInverse(HypSpace, PetscReal shift, Mat *);
PETSC_INTERN PetscErrorCode SimplexGaussian(HypSpace, const PetscReal m[], const PetscReal S[],
                                            Vec);
PETSC_INTERN PetscErrorCode SimplexProject(HypSpace, HypPhaseFn, void *, Vec);
PETSC_INTERN PetscErrorCode SimplexProjectPairs(HypSpace, PetscInt n, const PetscInt pairs[],
                                                HypPhaseFn, void *, Vec);
PETSC_INTERN PetscErrorCode SimplexProjectTheta(HypSpace, HypPhaseFn, void *, Vec);
PETSC_INTERN void           SimplexPower(PetscInt k, const PetscReal M[4], const PetscReal root[],
                                         const PetscReal *lower, PetscReal *S);
PETSC_INTERN PetscErrorCode SimplexFlow(HypSpace, PetscReal t, Vec h, PetscBool *done);
PETSC_INTERN PetscReal      SimplexNodeCount(HypSpace);
PETSC_INTERN PetscErrorCode SimplexNodes(HypSpace, HypNodes);
PETSC_INTERN PetscErrorCode SimplexModes(HypSpace, const PetscInt n[], PetscReal amplitude, Vec);
PETSC_INTERN PetscErrorCode SimplexPlane(HypSpace, PetscInt, Vec, PetscScalar[]);
PETSC_INTERN PetscErrorCode SimplexBasis(HypSpace, PetscInt, PetscInt, PetscReal, PetscScalar[]);
PETSC_INTERN PetscErrorCode SimplexMarginal(HypSpace, PetscInt, Vec, PetscInt, const PetscReal[],
                                            PetscInt, const PetscReal[], PetscReal[]);

/* Degree of the k-th multi-index */
static inline PetscInt SimplexDegree(const Simplex *s, PetscInt k)
{
  return s->degrees[k];
}

/* Number of alphas in column b */
static inline PetscInt SimplexHeight(const Simplex *s, PetscInt b)
{
  return s->offset[b + 1] - s->offset[b];
}

/* Row a, column c of a matrix in panels */
static inline PetscInt SimplexPanel(const Simplex *s, PetscInt a, PetscInt c)
{
  return (a / SIMPLEX_ROWS * s->count + c) * SIMPLEX_ROWS + a % SIMPLEX_ROWS;
}

/* Unknown of (alpha, beta) = (index[a], index[b]), or -1 beyond degree N */
static inline PetscInt SimplexUnknown(const Simplex *s, PetscInt a, PetscInt b)
{
  return a < 0 || b < 0 || a >= SimplexHeight(s, b) ? -1 : s->offset[b] + a;
}

/* Unit vectors of the plane (X_i, V_i): Xi along theta_i, Z across, along (p_i, q_i) */
static inline void SimplexDirections(HypModel model, PetscInt i, PetscReal Xi[2], PetscReal Z[2])
{
  const HypCoordinate c    = HypModelCoordinate(model, i);
  const PetscReal     size = PetscSqrtReal(c.theta_X * c.theta_X + c.theta_V * c.theta_V);

  Xi[0] = c.theta_X / size;
  Xi[1] = c.theta_V / size;
  Z[0]  = c.p / c.r;
  Z[1]  = c.q / c.r;
}

/* theta_i per Xi_i */
static inline PetscReal SimplexThetaScale(HypModel model, PetscInt i)
{
  const HypCoordinate c = HypModelCoordinate(model, i);

  return PetscSqrtReal(c.theta_X * c.theta_X + c.theta_V * c.theta_V);
}

/* -T + L = sum_jk B_jk a_j* a_k with (a_1, a_2) = (a_Xi, a_Z) of pair i, for eps = 0;
   B column major: src/space/simplex/flow.c */
static inline void SimplexLinear(HypModel model, PetscInt i, PetscReal B[4])
{
  const PetscReal w = HypModelCoordinate(model, i).omega, g = HypModelGamma(model);
  PetscReal       Xi[2], Z[2], turn;

  SimplexDirections(model, i, Xi, Z);
  turn = w * (Xi[0] * Z[1] - Xi[1] * Z[0]);
  B[0] = -g * Xi[1] * Xi[1];
  B[1] = -turn - g * Xi[1] * Z[1];
  B[2] = turn - g * Xi[1] * Z[1];
  B[3] = -g * Z[1] * Z[1];
}
