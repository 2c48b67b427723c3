#pragma once
/*
   An axis: one discretised coordinate q of L2(N(0,1)), or of L2 with another weight e^{-W(q)}.

   Functions are vectors of coefficients in an orthonormal basis, so <f,g> is the Euclidean product
   and the adjoint of a is its transpose.
   An axis supplies the derivative a = d/dq, its adjoint a* = q - d/dq and the coefficients `one`
   of the function 1, such that a one = 0 to rounding.
   Everything in src/kinetic follows from these three.
*/
#include <petscsys.h>

typedef const char *HypAxisType;
#define HYPAXISFV         "fv"
#define HYPAXISFOURIER    "fourier"
#define HYPAXISHERMITE    "hermite"
#define HYPAXISPOLYNOMIAL "polynomial"

typedef enum {
  HYP_LOWER, /* a: required */
  HYP_RAISE, /* a*: required */
  /* the symmetric operator L is made of: a* a unless the axis has a more compact one */
  HYP_LAPLACIAN,
  /* symmetric >= 0, one in its kernel: removes modes that T sees with the wrong sign;
     absent on most axes */
  HYP_DISSIPATION,
  HYP_TO_NODES,  /* coefficients -> sqrt(weight) u(node); an isometry; the identity on grid axes */
  HYP_FROM_NODES /* its transpose */
} HypAxisOperation;

/* What the matrix of a looks like */
typedef enum {
  HYP_PATTERN_FULL,   /* every entry of a line, as for fourier */
  HYP_PATTERN_BANDED, /* few diagonals */
  /* a and the Laplacian have three diagonals, the dissipation five, and a + a* is diagonal: fv */
  HYP_PATTERN_THREEPOINT
} HypAxisPattern;

typedef struct _p_HypAxis *HypAxis;

/* W(q): the weight of an axis is e^{-W}; W need not be normalised */
typedef PetscErrorCode (*HypPotentialFn)(PetscReal q, PetscReal *W, void *ctx);

PETSC_EXTERN PetscErrorCode HypAxisRegister(HypAxisType, PetscErrorCode (*create)(HypAxis));
PETSC_EXTERN PetscErrorCode HypAxisTypes(const char ***types);
PETSC_EXTERN PetscErrorCode HypAxisCreate(MPI_Comm, HypAxisType, HypAxis *);
PETSC_EXTERN PetscErrorCode HypAxisSetSize(HypAxis, PetscInt n);
PETSC_EXTERN PetscErrorCode HypAxisSetWidth(HypAxis, PetscReal width);
PETSC_EXTERN PetscErrorCode HypAxisSetStabilisation(HypAxis, PetscReal stabilisation);
PETSC_EXTERN PetscErrorCode HypAxisSetName(HypAxis, const char name[]);
PETSC_EXTERN PetscErrorCode HypAxisSetFaces(HypAxis, PetscInt nfaces, const PetscReal faces[]);
PETSC_EXTERN PetscErrorCode HypAxisSetMeshFile(HypAxis, const char path[]);
PETSC_EXTERN PetscErrorCode HypAxisSetPotential(HypAxis, HypPotentialFn, void *ctx);
PETSC_EXTERN PetscErrorCode HypAxisSetPotentialKey(HypAxis, const char key[]);
PETSC_EXTERN PetscErrorCode HypAxisSetPeriod(HypAxis, PetscReal period);
PETSC_EXTERN PetscErrorCode HypAxisSetUp(HypAxis);
PETSC_EXTERN PetscErrorCode HypAxisApply(HypAxis, HypAxisOperation, PetscInt outer, PetscInt inner,
                                         const PetscScalar *u, PetscScalar *v);
PETSC_EXTERN PetscErrorCode HypAxisHas(HypAxis, HypAxisOperation, PetscBool *);
PETSC_EXTERN PetscErrorCode HypAxisMatrix(HypAxis, HypAxisOperation, PetscInt *rows,
                                          PetscScalar **matrix);
PETSC_EXTERN PetscErrorCode HypAxisEvaluate(HypAxis, PetscReal q, PetscScalar phi[]);
PETSC_EXTERN PetscErrorCode HypAxisCreateResized(HypAxis, PetscInt times, PetscInt over, HypAxis *);
PETSC_EXTERN PetscErrorCode HypAxisCreateNodes(HypAxis, PetscInt nnodes, HypAxis *);
PETSC_EXTERN PetscErrorCode HypAxisDestroy(HypAxis *);

/* What an axis, set up, is made of */
PETSC_EXTERN MPI_Comm           HypAxisGetComm(HypAxis);
PETSC_EXTERN const char        *HypAxisGetType(HypAxis);
PETSC_EXTERN const char        *HypAxisGetName(HypAxis);
PETSC_EXTERN PetscInt           HypAxisGetSize(HypAxis);
PETSC_EXTERN PetscReal          HypAxisGetWidth(HypAxis);
PETSC_EXTERN PetscReal          HypAxisGetStabilisation(HypAxis);
PETSC_EXTERN HypAxisPattern     HypAxisGetPattern(HypAxis);
PETSC_EXTERN PetscReal          HypAxisGetPeriod(HypAxis);
PETSC_EXTERN PetscReal          HypAxisDensity(HypAxis, PetscReal q);
PETSC_EXTERN PetscBool          HypAxisIsGaussian(HypAxis);
PETSC_EXTERN PetscBool          HypAxisIsGrid(HypAxis);
PETSC_EXTERN PetscInt           HypAxisGetNodeCount(HypAxis);
PETSC_EXTERN const PetscReal   *HypAxisGetNodes(HypAxis);
PETSC_EXTERN const PetscReal   *HypAxisGetWeights(HypAxis);
PETSC_EXTERN const PetscScalar *HypAxisGetOne(HypAxis);

PETSC_EXTERN PetscReal HypNormalDensity(PetscReal q); /* exp(-q^2/2)/sqrt(2 pi) */
PETSC_EXTERN PetscReal
HypNormalMass(PetscReal a, PetscReal b); /* its integral over [a, b], accurate in the tails */
PETSC_EXTERN void           HypHermiteFunctions(PetscInt n, PetscReal q, PetscReal scale,
                                                PetscReal H[]); /* scale H_k(q)/sqrt(k!), k < n */
PETSC_EXTERN PetscErrorCode HypGaussHermite(PetscInt n, PetscReal nodes[],
                                            PetscReal weights[]); /* for N(0,1); weights sum to 1 */
