#pragma once
/*
   An axis: one discretised coordinate q of L2(N(0,1)).

   Functions are vectors of coefficients in an orthonormal basis, so <f,g> is the Euclidean product and the adjoint of a
   is its transpose.  An axis supplies the derivative a = d/dq, its adjoint a* = q - d/dq and the coefficients `one` of
   the function 1, such that a one = 0 to rounding.  Everything in src/kinetic follows from these three.
*/
#include <petscsys.h>
#include <hypoco/options.h>

typedef const char *HypAxisType;
#define HYPAXISFV      "fv"
#define HYPAXISFOURIER "fourier"
#define HYPAXISHERMITE "hermite"

typedef enum {
  HYP_LOWER,     /* a: required */
  HYP_RAISE,     /* a*: required */
  HYP_LAPLACIAN, /* the symmetric operator L is made of: a* a unless the axis has a more compact one */
  HYP_DISSIPATION, /* symmetric >= 0, one in its kernel: removes modes that T sees with the wrong sign; absent on most axes */
  HYP_TO_NODES,  /* coefficients -> sqrt(weight) u(node); an isometry; the identity on grid axes */
  HYP_FROM_NODES /* its transpose */
} HypAxisOperation;

typedef struct _p_HypAxis *HypAxis;
typedef PetscErrorCode (*HypAxisApplyFn)(HypAxis, PetscInt outer, PetscInt inner,
                                         const PetscScalar *u, PetscScalar *au);

typedef struct {
  PetscErrorCode (*setup)(HypAxis);
  HypAxisApplyFn lower, raise;
  HypAxisApplyFn laplacian, dissipation, tonodes, fromnodes;           /* optional */
  PetscErrorCode (*evaluate)(HypAxis, PetscReal q, PetscScalar phi[]); /* u(q) = sum_k phi_k c_k */
  PetscErrorCode (*destroy)(HypAxis);
} HypAxisOps;

/* Read freely; change only through the functions below or, for an implementation, in its constructor and setup */
struct _p_HypAxis {
  HypAxisOps ops[1];
  /* user's parameters */
  MPI_Comm comm;
  char    *type;
  char     name[8]; /* "x" or "v", for messages */
  PetscInt n;       /* coefficients; PETSC_DETERMINE before setup: the type decides */
  PetscReal
    width; /* half-width of the box in standard deviations; PETSC_DETERMINE: the type decides */
  PetscReal  stabilisation; /* coefficient of HYP_DISSIPATION */
  PetscInt   nfaces;        /* fv: a graded mesh, nfaces = n + 1 faces; 0 for a uniform one */
  PetscReal *faces;
  /* made by setup */
  PetscInt     nnodes;          /* n on grid axes */
  PetscReal   *nodes, *weights; /* <f> = sum_j weights_j f(nodes_j); sum of weights 1 */
  PetscScalar *one;             /* coefficients of the function 1; sqrt(weights) on grid axes */
  PetscBool    grid;            /* coefficient k is sqrt(weight_k) u(node_k) */
  void        *data;
  PetscBool    setupcalled;
};

PETSC_EXTERN PetscErrorCode HypAxisRegister(HypAxisType, PetscErrorCode (*create)(HypAxis));
PETSC_EXTERN PetscErrorCode HypAxisCreate(MPI_Comm, HypAxisType, HypAxis *);
PETSC_EXTERN PetscErrorCode HypAxisSetSize(HypAxis, PetscInt n);
PETSC_EXTERN PetscErrorCode HypAxisSetWidth(HypAxis, PetscReal width);
PETSC_EXTERN PetscErrorCode HypAxisSetFaces(HypAxis, PetscInt nfaces, const PetscReal faces[]);
PETSC_EXTERN PetscErrorCode HypAxisSetMeshFile(HypAxis, const char path[]);
PETSC_EXTERN PetscErrorCode HypAxisCreateFromOptions(MPI_Comm, const char name[],
                                                     const HypOptions *, HypAxis *);
PETSC_EXTERN PetscErrorCode HypAxisSetUp(HypAxis);
PETSC_EXTERN PetscErrorCode HypAxisAllocate(HypAxis, PetscInt n, PetscInt nnodes);
PETSC_EXTERN PetscErrorCode HypAxisApply(HypAxis, HypAxisOperation, PetscInt outer, PetscInt inner,
                                         const PetscScalar *u, PetscScalar *v);
PETSC_EXTERN PetscErrorCode HypAxisHas(HypAxis, HypAxisOperation, PetscBool *);
PETSC_EXTERN PetscErrorCode HypAxisMatrix(HypAxis, HypAxisOperation, PetscInt *rows,
                                          PetscScalar **matrix);
PETSC_EXTERN PetscErrorCode HypAxisEvaluate(HypAxis, PetscReal q, PetscScalar phi[]);
PETSC_EXTERN PetscErrorCode HypAxisDestroy(HypAxis *);

PETSC_EXTERN PetscReal HypNormalDensity(PetscReal q); /* exp(-q^2/2)/sqrt(2 pi) */
PETSC_EXTERN PetscReal
HypNormalMass(PetscReal a, PetscReal b); /* its integral over [a, b], accurate in the tails */
PETSC_EXTERN void           HypHermiteFunctions(PetscInt n, PetscReal q, PetscReal scale,
                                                PetscReal H[]); /* scale H_k(q)/sqrt(k!), k < n */
PETSC_EXTERN PetscErrorCode HypGaussHermite(PetscInt n, PetscReal nodes[],
                                            PetscReal weights[]); /* for N(0,1); weights sum to 1 */
