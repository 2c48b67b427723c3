#pragma once
/*
   The inside of a space, for those who write one: src/space, or a program outside this tree.
   All others read a space through the functions of hypoco/space.h.
   A constructor fills `ops` and what the type is like; `setup` fills the rest.
   What stands here may change with every version.
*/
#include <hypoco/space.h>

typedef struct {
  PetscErrorCode (*setup)(HypSpace);
  PetscErrorCode (*destroy)(HypSpace);
  PetscErrorCode (*resized)(HypSpace, PetscInt times, PetscInt over,
                            HypSpace);  /* parameters of another one of the same type:
                                          times/over of these */
  PetscErrorCode (*describe)(HypSpace); /* HypSpaceDescribe() for each property; called once */
  /* the operators */
  PetscErrorCode (*derivative)(HypSpace, PetscInt c, HypForm, Mat *);
  PetscErrorCode (*laplacian)(HypSpace, PetscInt c, HypForm,
                              Mat *); /* optional: a_c* a_c otherwise */
  PetscErrorCode (*dissipation)(HypSpace, PetscInt i, HypForm,
                                Mat *); /* optional; gives NULL where there is none */
  PetscErrorCode (*perturbation)(HypSpace, PetscInt i, HypForm, Mat *);
  PetscErrorCode (*positive)(HypSpace, Mat *); /* optional: what makes the fluxes of G positive */
  PetscErrorCode (*generator)(HypSpace, HypTerms, Vec h, Vec Gh,
                              PetscBool *done); /* optional: one fused pass */
  PetscErrorCode (*solveL)(HypSpace, PetscReal shift, Vec b,
                           Vec h); /* optional: (shift - L) h = b, exactly */
  PetscErrorCode (*flow)(HypSpace, PetscReal t, Vec h,
                         PetscBool *done); /* optional: h = exp(t G) h, exactly, for eps = 0 */
  PetscErrorCode (*invertible)(HypSpace,
                               PetscBool *); /* optional, with `inverse`: are its factors cheap? */
  PetscErrorCode (*inverse)(HypSpace, PetscReal shift,
                            Mat *); /* (shift - (-T + L + R))^{-1}, and its transpose */
  /* where it ends */
  PetscErrorCode (*reach)(HypSpace, PetscReal *);
  PetscErrorCode (*markedge)(HypSpace,
                             Vec); /* 1 where basis functions are the outermost, 0 elsewhere */
  PetscErrorCode (*tail)(HypSpace, PetscReal *); /* optional: the share of eps that it leaves out */
  PetscErrorCode (*thetas)(HypSpace, PetscInt i, PetscInt *n,
                           PetscReal **theta); /* optional: the values of theta_i where it takes
                                                  eps_i, in any order, to be freed */
  /* functions */
  PetscErrorCode (*prolong)(HypSpace coarse, Vec, HypSpace fine, Vec,
                            PetscBool *done); /* optional: the same function on a finer space */
  PetscErrorCode (*project)(HypSpace, HypPhaseFn, void *, Vec);
  PetscErrorCode (*projecttheta)(HypSpace, HypPhaseFn, void *,
                                 Vec); /* optional: of a function of theta alone, d <= 3 */
  PetscErrorCode (*projectpairs)(HypSpace, PetscInt n, const PetscInt pairs[], HypPhaseFn, void *,
                                 Vec); /* optional: of a function of few pairs (X_i, V_i) */
  PetscErrorCode (*gaussian)(HypSpace, const PetscReal m[], const PetscReal S[],
                             Vec); /* optional: exact projection */
  PetscErrorCode (*point)(HypSpace, const PetscReal z[], Vec);
  PetscErrorCode (*modes)(HypSpace, const PetscInt n[], PetscReal amplitude,
                          Vec); /* adds amplitude H_n(X, V) */
  PetscErrorCode (*marginal)(HypSpace, PetscInt i, Vec, PetscInt nX, const PetscReal X[],
                             PetscInt nV, const PetscReal V[], PetscReal u[]);
  PetscErrorCode (*plane)(HypSpace, PetscInt i, Vec,
                          PetscScalar c[]); /* optional, with `basis`: see HypSpacePlane() */
  PetscErrorCode (*basis)(HypSpace, PetscInt i, PetscInt c, PetscReal q, PetscScalar phi[]);
  PetscReal (*nodecount)(HypSpace);            /* optional, with `nodes`: see HypSpaceNodeCount() */
  PetscErrorCode (*nodes)(HypSpace, HypNodes); /* fills the struct below, for d <= 3 */
} HypSpaceOps;

/* What leads somewhere on no space with the Gaussian weight */
#define HYP_RELIEF                                                                                 \
  "; a loss that grows faster than theta^2 goes into model_potential instead of loss, with "       \
  "model_type momentum, space_type tensor, axis_x_type polynomial and axis_v_type hermite"

struct _p_HypSpace {
  HypSpaceOps ops[1];
  /* what the type is like: set by its constructor */
  PetscInt  most; /* coordinate pairs; 3 unless the constructor says more */
  PetscBool takesaxes;
  PetscBool takesdegree; /* Hermite functions, all of total degree up to `degree` and no others */
  /* parameters and children */
  MPI_Comm  comm;
  char     *type;
  HypModel  model;    /* not owned */
  PetscInt  degree;   /* PETSC_DETERMINE before setup: the type decides */
  HypAxis   x, v;     /* one axis for every x_i, one for every v_i; owned */
  HypAxis   own[3];   /* of the x_i with a weight of their own, see HypSpaceSetAxis(); NULL: x */
  PetscBool positive; /* HypSpaceSetPositive() */
  /* made by setup */
  PetscInt    n;          /* unknowns, all ranks */
  Vec         one;        /* the function 1 */
  const char *dimensions; /* names for files, slowest first */
  const char *edge, *advice, *relief;
  char        words[640]; /* where an implementation may write its relief */
  PetscBool   box;        /* any function is square-integrable, for the space ends */
  PetscBool   sparse;     /* so are the factors of G for eps != 0 */
  PetscInt    plane[2];   /* functions along the two coordinates of HypSpacePlane() */
  PetscReal   span[2];    /* how far they go: from -span to span */
  PetscBool   along;      /* its first coordinate is that of theta_i, not X_i */
  PetscBool   nodal;      /* coefficients are sqrt(weight) times values at nodes, of any function */
  PetscBool   rough;      /* between its nodes functions are known to second order only */
  PetscInt affordable; /* unknowns at which matrices of G and their factors take about a second */
  HypGrid  grid[1];    /* equidistant points out to 5 standard deviations, unless setup fills it */
  void    *data;
  /* what HypSpaceDescribe() has collected */
  PetscInt     nproperties;
  HypProperty *properties;
};

/* Nodes of a quadrature in all variables: those of this rank */
struct _p_HypNodes {
  HypSpace   space;
  PetscInt   n;
  PetscReal *root; /* square roots of the weights, by PetscMalloc1() */
  /* along each coordinate, of all ranks: the nodes are a product of these */
  PetscInt         along[6];
  const PetscReal *node[6], *weight[6];
  void            *data;
  PetscErrorCode (*values)(HypNodes, Vec u, PetscScalar values[]);
  void (*index)(HypNodes, PetscInt j, PetscInt index[]); /* along each coordinate */
  void (*point)(HypNodes, PetscInt j, PetscReal z[]);
  PetscErrorCode (*destroy)(HypNodes); /* of data */
};

/* On axes that are no grid, and on simplex spaces: Gauss nodes beyond the number of functions.
   Rules of n + 1 integrate products of two functions exactly; with n + 2 in d = 2 the entropy
   of Gaussians had 12 digits. */
enum { HYP_MORE_NODES = 3 };

PETSC_EXTERN PetscErrorCode HypSpaceDescribe(HypSpace, const HypProperty *);
