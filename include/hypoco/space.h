#pragma once
/*
   A space: a finite-dimensional subspace of L2(M) in 2d variables, with an orthonormal basis.

   Functions are PETSc vectors, <f,g>_* is VecDot, and adjoints are transposes.
   A space supplies matrices for the derivatives a_c along the coordinates c = X_1..X_d, V_1..V_d,
   for multiplication by eps_i(theta), and the vector of the function 1.
   src/kinetic builds T, L and R from them and knows nothing else about the space.
*/
#include <petscmat.h>
#include <hypoco/axis.h>
#include <hypoco/model.h>

typedef const char *HypSpaceType;
#define HYPSPACETENSOR  "tensor"
#define HYPSPACESIMPLEX "simplex"

typedef enum { HYP_MATRIX_FREE, HYP_ASSEMBLED } HypForm;

/* The terms of dh/dt = (-T + L + R + N) h */
typedef enum {
  HYP_TRANSPORT     = 1,
  HYP_FOKKER_PLANCK = 2,
  HYP_PERTURBATION  = 4,
  HYP_FUSED         = 7, /* those that a space may do in one pass */
  HYP_NOISE         = 8,
  HYP_POSITIVE      = 16, /* what makes its fluxes positive, where the space was asked for that */
  HYP_GENERATOR     = 31
} HypTerms;

typedef struct _p_HypSpace *HypSpace;
typedef struct _p_HypNodes *HypNodes; /* of a quadrature in all 2d variables */
typedef PetscErrorCode (*HypPhaseFn)(PetscInt d, const PetscReal z[], PetscReal *u,
                                     void *ctx); /* u(z), z = (X, V) */

/* The grid on which results are shown: scaled coordinates of one pair (X_i, V_i) */
typedef struct {
  PetscInt   nX, nV;
  PetscReal *X, *V;
} HypGrid;

/* One thing that a space says about itself:
   for the table of results, and for what files and checkpoints compare */
typedef enum {
  HYP_PROPERTY_TEXT,
  HYP_PROPERTY_INTEGER,
  HYP_PROPERTY_REAL,
  HYP_PROPERTY_REALS
} HypPropertyKind;
typedef struct {
  const char      *group, *name; /* in files GROUP_NAME; the group is space, axis_x or axis_v */
  PetscBool        defines;      /* coefficients mean something else where this differs */
  HypPropertyKind  kind;
  const char      *text;
  PetscInt         n;
  const PetscReal *values; /* n numbers */
} HypProperty;

PETSC_EXTERN PetscErrorCode HypSpaceRegister(HypSpaceType, PetscErrorCode (*create)(HypSpace));
PETSC_EXTERN PetscErrorCode HypSpaceTypes(const char ***types);
PETSC_EXTERN PetscErrorCode HypSpaceCreate(HypModel, HypSpaceType, HypSpace *);
PETSC_EXTERN PetscErrorCode HypSpaceSetDegree(HypSpace, PetscInt degree);
PETSC_EXTERN PetscErrorCode HypSpaceSetAxes(HypSpace, HypAxis x, HypAxis v);
PETSC_EXTERN PetscErrorCode HypSpaceSetAxis(HypSpace, PetscInt i, HypAxis x);
PETSC_EXTERN PetscErrorCode HypSpaceSetPositive(HypSpace, PetscBool);
PETSC_EXTERN PetscErrorCode HypSpaceSetUp(HypSpace);
PETSC_EXTERN PetscErrorCode HypCheckCount(MPI_Comm, PetscReal count, const char what[],
                                          const char advice[], PetscInt *n);
PETSC_EXTERN PetscErrorCode HypCheckMemory(MPI_Comm, PetscReal bytes, const char what[],
                                           const char advice[]);
PETSC_EXTERN PetscErrorCode HypSpaceCheckRoom(HypSpace, PetscReal unknowns, PetscInt vectors);
PETSC_EXTERN PetscErrorCode HypSpaceCreateCoarser(HypSpace, HypModel, HypSpace *);
PETSC_EXTERN PetscErrorCode HypSpaceCreateFiner(HypSpace, HypSpace *);
PETSC_EXTERN PetscErrorCode HypSpaceCreateVec(HypSpace, Vec *);
PETSC_EXTERN PetscErrorCode HypSpaceDestroy(HypSpace *);

/* Sums over nodes in all variables */
PETSC_EXTERN PetscReal      HypSpaceNodeCount(HypSpace);
PETSC_EXTERN PetscErrorCode HypNodesCreate(HypSpace, HypNodes *);
PETSC_EXTERN PetscInt       HypNodesCount(HypNodes, const PetscReal *roots[]);
PETSC_EXTERN PetscInt       HypNodesAlong(HypNodes, PetscInt c, const PetscReal *node[],
                                          const PetscReal *weight[]);
PETSC_EXTERN void           HypNodesIndex(HypNodes, PetscInt j, PetscInt index[]);
PETSC_EXTERN void           HypNodesPoint(HypNodes, PetscInt j, PetscReal z[]);
PETSC_EXTERN PetscErrorCode HypNodesValues(HypNodes, Vec u, PetscScalar values[]);
PETSC_EXTERN PetscErrorCode HypNodesDestroy(HypNodes *);

/* What a space is */
PETSC_EXTERN MPI_Comm       HypSpaceGetComm(HypSpace);
PETSC_EXTERN HypModel       HypSpaceGetModel(HypSpace);
PETSC_EXTERN const char    *HypSpaceGetType(HypSpace);
PETSC_EXTERN PetscBool      HypSpaceTakesAxes(HypSpace);
PETSC_EXTERN PetscBool      HypSpaceTakesDegree(HypSpace);
PETSC_EXTERN PetscInt       HypSpaceGetDegree(HypSpace);
PETSC_EXTERN PetscInt       HypSpaceGetSize(HypSpace);
PETSC_EXTERN Vec            HypSpaceGetOne(HypSpace);
PETSC_EXTERN const HypGrid *HypSpaceGetGrid(HypSpace);
PETSC_EXTERN const char    *HypSpaceGetDimensions(HypSpace);
PETSC_EXTERN PetscReal      HypSpaceDensityX(HypSpace, PetscInt i, PetscReal X);
PETSC_EXTERN PetscBool      HypSpaceIsGaussian(HypSpace);
PETSC_EXTERN PetscReal      HypSpaceGetPeriod(HypSpace);
PETSC_EXTERN PetscErrorCode HypSpaceGetProperties(HypSpace, PetscInt *n, const HypProperty *[]);

/* How far it reaches, and what it costs */
PETSC_EXTERN PetscErrorCode HypSpaceReach(HypSpace, PetscReal *reach);
PETSC_EXTERN PetscErrorCode HypSpaceMarkEdge(HypSpace, Vec edge);
PETSC_EXTERN const char    *HypSpaceGetEdge(HypSpace);
PETSC_EXTERN const char    *HypSpaceGetAdvice(HypSpace);
PETSC_EXTERN const char    *HypSpaceGetRelief(HypSpace);
PETSC_EXTERN PetscErrorCode HypSpacePerturbationTail(HypSpace, PetscReal *tail);
PETSC_EXTERN PetscErrorCode HypSpaceBetween(HypSpace, PetscReal *eps, PetscReal *noise);
PETSC_EXTERN PetscErrorCode HypSpaceBetweenPotential(HypSpace, PetscReal *worst, PetscReal *where,
                                                     PetscInt *which);
PETSC_EXTERN PetscInt       HypSpaceGetAffordable(HypSpace);
PETSC_EXTERN PetscBool      HypSpaceFactorsAreSparse(HypSpace);

/* The operators that src/kinetic is made of */
PETSC_EXTERN PetscErrorCode HypSpaceDerivative(HypSpace, PetscInt c, HypForm, Mat *);
PETSC_EXTERN PetscErrorCode HypSpaceLaplacian(HypSpace, PetscInt c, HypForm, Mat *);
PETSC_EXTERN PetscErrorCode HypSpaceDissipation(HypSpace, PetscInt i, HypForm, Mat *);
PETSC_EXTERN PetscErrorCode HypSpacePerturbation(HypSpace, PetscInt i, HypForm, Mat *);
PETSC_EXTERN PetscErrorCode HypSpacePositive(HypSpace, Mat *);
PETSC_EXTERN PetscBool      HypSpaceIsPositive(HypSpace);
PETSC_EXTERN PetscErrorCode HypSpaceGenerator(HypSpace, HypTerms, Vec h, Vec Gh, PetscBool *done);
PETSC_EXTERN PetscBool      HypSpaceHasSolveL(HypSpace);
PETSC_EXTERN PetscErrorCode HypSpaceSolveL(HypSpace, PetscReal shift, Vec b, Vec h);
PETSC_EXTERN PetscBool      HypSpaceHasFlow(HypSpace);
PETSC_EXTERN PetscErrorCode HypSpaceFlow(HypSpace, PetscReal t, Vec h, PetscBool *done);
PETSC_EXTERN PetscErrorCode HypSpaceInvertible(HypSpace, PetscBool *);
PETSC_EXTERN PetscErrorCode HypSpaceInverse(HypSpace, PetscReal shift, Mat *);

/* Functions of (X, V) and their coefficients */
PETSC_EXTERN PetscErrorCode HypSpaceProlong(HypSpace coarse, Vec u, HypSpace fine, Vec v,
                                            PetscBool *done);
PETSC_EXTERN PetscErrorCode HypSpaceProject(HypSpace, HypPhaseFn, void *, Vec);
PETSC_EXTERN PetscErrorCode HypSpaceProjectTheta(HypSpace, HypPhaseFn, void *, Vec);
PETSC_EXTERN PetscErrorCode HypSpaceProjectPairs(HypSpace, PetscInt n, const PetscInt pairs[],
                                                 HypPhaseFn, void *, Vec);
PETSC_EXTERN PetscErrorCode HypSpaceGaussian(HypSpace, const PetscReal m[], const PetscReal S[],
                                             Vec);
PETSC_EXTERN PetscErrorCode HypSpacePoint(HypSpace, const PetscReal z[], Vec);
PETSC_EXTERN PetscErrorCode HypSpaceModes(HypSpace, const PetscInt n[], PetscReal amplitude, Vec);
PETSC_EXTERN PetscErrorCode HypSpaceMarginal(HypSpace, PetscInt i, Vec, PetscInt nX,
                                             const PetscReal X[], PetscInt nV, const PetscReal V[],
                                             PetscReal u[]);
PETSC_EXTERN PetscBool      HypSpaceIsHermite(HypSpace);
PETSC_EXTERN PetscBool      HypSpaceIsNodal(HypSpace);
PETSC_EXTERN PetscBool      HypSpaceIsRough(HypSpace);
PETSC_EXTERN PetscErrorCode HypSpacePlaneSize(HypSpace, PetscInt n[2], PetscReal span[2]);
PETSC_EXTERN PetscBool      HypSpacePlaneIsAlongTheta(HypSpace);
PETSC_EXTERN PetscErrorCode HypSpacePlane(HypSpace, PetscInt i, Vec u, PetscScalar c[]);
PETSC_EXTERN PetscErrorCode HypSpaceBasis(HypSpace, PetscInt i, PetscInt c, PetscReal q,
                                          PetscScalar phi[]);
