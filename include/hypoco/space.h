#pragma once
/*
   A space: a finite-dimensional subspace of L2(M) in 2d variables, with an orthonormal basis.

   Functions are PETSc vectors, <f,g>_* is VecDot, and adjoints are transposes.  A space supplies matrices for the
   derivatives a_c along the coordinates c = X_1..X_d, V_1..V_d, for multiplication by eps_i(theta), and the vector `one`
   of the function 1.  src/kinetic builds T, L and R from them and knows nothing else about the space.
*/
#include <petscmat.h>
#include <hypoco/axis.h>
#include <hypoco/model.h>

typedef const char *HypSpaceType;
#define HYPSPACETENSOR  "tensor"
#define HYPSPACESIMPLEX "simplex"

typedef enum { HYP_MATRIX_FREE, HYP_ASSEMBLED } HypForm;

/* The terms of dh/dt = (-T + L + R) h */
typedef enum {
  HYP_TRANSPORT     = 1,
  HYP_FOKKER_PLANCK = 2,
  HYP_PERTURBATION  = 4,
  HYP_GENERATOR     = 7
} HypTerms;

typedef struct _p_HypSpace *HypSpace;
typedef PetscErrorCode (*HypPhaseFn)(PetscInt d, const PetscReal z[], PetscReal *u,
                                     void *ctx); /* u(z), z = (X, V) */

typedef struct {
  PetscErrorCode (*setup)(HypSpace);
  PetscErrorCode (*derivative)(HypSpace, PetscInt c, HypForm, Mat *);
  PetscErrorCode (*laplacian)(HypSpace, PetscInt c, HypForm,
                              Mat *); /* optional: a_c* a_c otherwise */
  PetscErrorCode (*dissipation)(HypSpace, PetscInt c, HypForm,
                                Mat *); /* optional: gives NULL where there is none */
  PetscErrorCode (*perturbation)(HypSpace, PetscInt i, HypForm, Mat *);
  PetscErrorCode (*generator)(HypSpace, HypTerms, Vec h, Vec Gh,
                              PetscBool *done); /* optional: one fused pass */
  PetscErrorCode (*solveL)(HypSpace, PetscReal shift, Vec b,
                           Vec h); /* optional: (shift - L) h = b, exactly */
  PetscErrorCode (*flow)(HypSpace, PetscReal t, Vec h,
                         PetscBool *done); /* optional: h = exp(t G) h, exactly, for eps = 0 */
  PetscErrorCode (*project)(HypSpace, HypPhaseFn, void *, Vec);
  PetscErrorCode (*gaussian)(HypSpace, const PetscReal m[], const PetscReal S[],
                             Vec); /* optional: exact projection */
  PetscErrorCode (*point)(HypSpace, const PetscReal z[], Vec);
  PetscErrorCode (*modes)(HypSpace, const PetscInt n[], PetscReal amplitude,
                          Vec); /* adds amplitude H_n(X, V) */
  PetscErrorCode (*marginal)(HypSpace, PetscInt i, Vec, PetscInt nX, const PetscReal X[],
                             PetscInt nV, const PetscReal V[], PetscReal u[]);
  PetscErrorCode (*view)(HypSpace, PetscViewer);
  PetscErrorCode (*destroy)(HypSpace);
} HypSpaceOps;

struct _p_HypSpace {
  HypSpaceOps ops[1];
  /* parameters and children */
  MPI_Comm comm;
  char    *type;
  HypModel model;  /* not owned */
  PetscInt degree; /* simplex */
  HypAxis  x, v;   /* tensor: one axis for every x_i, one for every v_i; owned */
  /* made by setup */
  PetscInt n; /* unknowns, all ranks */
  PetscInt nX,
    nV; /* the grid on which results are shown: scaled coordinates of one pair (X_i, V_i) */
  PetscReal *gridX, *gridV;
  Vec        one; /* the function 1 */
  void      *data;
};

PETSC_EXTERN PetscErrorCode HypSpaceCreate(HypModel, HypSpaceType, HypSpace *);
PETSC_EXTERN PetscErrorCode HypSpaceSetDegree(HypSpace, PetscInt degree);
PETSC_EXTERN PetscErrorCode HypSpaceSetAxes(HypSpace, HypAxis x, HypAxis v);
PETSC_EXTERN PetscErrorCode HypSpaceCreateFromOptions(HypModel, const HypOptions *, HypSpace *);
PETSC_EXTERN PetscErrorCode HypSpaceSetUp(HypSpace);
PETSC_EXTERN PetscErrorCode HypSpaceCheckRoom(HypSpace, PetscReal unknowns, PetscInt vectors);
PETSC_EXTERN PetscErrorCode HypSpaceCreateCoarser(HypSpace, HypSpace *);
PETSC_EXTERN PetscErrorCode HypSpaceCreateVec(HypSpace, Vec *);
PETSC_EXTERN PetscErrorCode HypSpaceProject(HypSpace, HypPhaseFn, void *, Vec);
PETSC_EXTERN PetscErrorCode HypSpaceGaussian(HypSpace, const PetscReal m[], const PetscReal S[],
                                             Vec);
PETSC_EXTERN PetscErrorCode HypSpacePoint(HypSpace, const PetscReal z[], Vec);
PETSC_EXTERN PetscErrorCode HypSpaceModes(HypSpace, const PetscInt n[], PetscReal amplitude, Vec);
PETSC_EXTERN PetscErrorCode HypSpaceMarginal(HypSpace, PetscInt i, Vec, PetscInt nX,
                                             const PetscReal X[], PetscInt nV, const PetscReal V[],
                                             PetscReal u[]);
PETSC_EXTERN PetscErrorCode HypSpacePerturbationTail(HypSpace, PetscReal *tail);
PETSC_EXTERN PetscErrorCode HypSpaceView(HypSpace, PetscViewer);
PETSC_EXTERN PetscErrorCode HypSpaceDestroy(HypSpace *);
