#pragma once
/*
   The inside of an axis, for those who write one: src/axis, or a program outside this tree.
   All others read an axis through the functions of hypoco/axis.h.
   A constructor fills `ops` and what the type is like; `setup` fills the rest.
   What stands here may change with every version.
*/
#include <hypoco/axis.h>

typedef PetscErrorCode (*HypAxisApplyFn)(HypAxis, PetscInt outer, PetscInt inner,
                                         const PetscScalar *u, PetscScalar *au);

typedef struct {
  PetscErrorCode (*setup)(HypAxis);
  HypAxisApplyFn lower, raise;
  HypAxisApplyFn laplacian, dissipation, tonodes, fromnodes;           /* optional */
  PetscErrorCode (*evaluate)(HypAxis, PetscReal q, PetscScalar phi[]); /* u(q) = sum_k phi_k c_k */
  PetscErrorCode (*destroy)(HypAxis);
} HypAxisOps;

struct _p_HypAxis {
  HypAxisOps ops[1];
  /* what the type is like: set by its constructor */
  HypAxisPattern pattern;  /* HYP_PATTERN_FULL unless the constructor says otherwise */
  PetscBool      odd;      /* only odd n are allowed */
  PetscBool      meshes;   /* faces may be given */
  PetscBool      weighted; /* potentials may be given */
  PetscBool      circles;  /* a period may be given */
  /* user's parameters */
  MPI_Comm comm;
  char    *type;
  char     name[8]; /* "x" or "v", for messages */
  PetscInt n;       /* coefficients; PETSC_DETERMINE before setup: the type decides */
  PetscReal
    width; /* half-width of the box in standard deviations; PETSC_DETERMINE: the type decides */
  PetscReal      stabilisation; /* coefficient of HYP_DISSIPATION */
  PetscInt       nfaces;        /* fv: a graded mesh, nfaces = n + 1 faces; 0 for a uniform one */
  PetscReal     *faces;
  HypPotentialFn potential; /* NULL: the standard normal law */
  void          *potentialctx;
  char           potentialkey[32]; /* for messages */
  PetscReal      period;           /* 0: a line */
  PetscInt       wanted;           /* no grid: nodes; 0: the type decides */
  /* made by setup */
  PetscInt     nnodes;          /* n on grid axes */
  PetscReal   *nodes, *weights; /* <f> = sum_j weights_j f(nodes_j); sum of weights 1 */
  PetscScalar *one;             /* coefficients of the function 1; sqrt(weights) on grid axes */
  PetscReal   *phi;  /* no grid: sqrt(weight_j) times basis function k at node_j, [j][k] */
  PetscBool    grid; /* coefficient k is sqrt(weight_k) u(node_k) */
  void        *data;
  PetscBool    setupcalled;
  PetscReal lowest, mass; /* of a potential: its least value, the integral of e^{-(W - lowest)} */
};

PETSC_EXTERN PetscErrorCode HypAxisAllocate(HypAxis, PetscInt n, PetscInt nnodes);
