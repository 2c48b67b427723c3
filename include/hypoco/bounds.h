#pragma once
/*
   Bounds: rates of decay that are proved, with the hypotheses they need.
*/
#include <hypoco/axis.h>
#include <hypoco/model.h>

/* Theorem 3.1 of Zhu and Ying: theorem.c */
typedef struct {
  HypLyapunov lyapunov;   /* regime, C, Chat, mu printed and proved */
  PetscReal   C2;         /* of Proposition 4.1 */
  PetscReal   C1;         /* the decay rate is mu - eps0 C1, by the end of the proof */
  PetscReal   C1_printed; /* as printed after the theorem: another factor eps0 */
  PetscReal   eps0_max;   /* the largest eps0 that leaves a positive proved rate */
} HypTheoremConstants;

PETSC_EXTERN PetscErrorCode HypTheoremConstantsCompute(HypModel, PetscReal delta, PetscReal eps0,
                                                       HypTheoremConstants *);

/*
   The contraction certificate.
   The drift of (theta, y) has the derivative J = [0 I; -(W^2 + D) -gamma], D = Deps(theta).
   P J + J^T P <= -2 mu P for every theta:
   two paths with the same noise approach each other at the rate mu in the norm of P.
*/
typedef struct {
  PetscInt  d;
  PetscReal mu;   /* the guaranteed rate; <= 0: nothing is guaranteed */
  PetscReal c, r; /* what gives mu: every D is in |D - c I| <= r; with intervals, the tight one's;
          NaN: each entry has an interval */
  PetscBool intervals; /* each coordinate had its own */
  PetscInt  tight;     /* the coordinate that decides, from 0; -1: a corner does */
  PetscReal frequency; /* and the frequency there: 0 without oscillation; NaN: found by corners */
  PetscReal
    /* P proves mu - margin: 0, but for gamma = 2 sqrt(k), r = 0, where P would be singular */
             margin;
  PetscReal *P; /* 2d x 2d by rows, in (theta_1.., y_1..) */
} HypContraction;

/* contraction.c: closed forms */
PETSC_EXTERN PetscErrorCode HypContractionBall(PetscInt d, const PetscReal omega[], PetscReal gamma,
                                               PetscReal c, PetscReal r, HypContraction *);
PETSC_EXTERN PetscErrorCode HypContractionIntervals(PetscInt d, const PetscReal omega[],
                                                    PetscReal gamma, const PetscReal low[],
                                                    const PetscReal high[], HypContraction *);
PETSC_EXTERN PetscErrorCode HypContractionDestroy(HypContraction *);

/* corners.c: intervals for every entry of D, by linear matrix inequalities */
PETSC_EXTERN PetscErrorCode HypContractionBox(PetscInt d, const PetscReal omega[], PetscReal gamma,
                                              const PetscReal low[], const PetscReal high[],
                                              HypContraction *);

PETSC_EXTERN PetscErrorCode HypContractionNoisy(PetscInt d, const PetscReal omega[],
                                                PetscReal gamma, const PetscReal low[],
                                                const PetscReal high[], PetscBool velocity,
                                                const PetscReal lipschitz[], HypContraction *);

/* maximum.c: a function of theta to be made large; PETSC_MIN_REAL where it cannot be evaluated */
typedef PetscReal (*HypSearchFn)(const PetscReal theta[], void *ctx);
PETSC_EXTERN PetscErrorCode HypMaximumRefine(PetscInt d, HypSearchFn, void *ctx, PetscReal range,
                                             PetscReal spacing, PetscReal theta[], PetscReal *best);

/* What is known of D = Deps(theta) for all theta: slopes.c */
typedef struct {
  PetscInt    d;
  PetscBool   bounded; /* else only `near` is known, and `remark` says why */
  PetscBool   given;   /* by the user, checked at points; else found by a search */
  const char *source;  /* where the slopes are from, in words for the answer; NULL: no slopes */
  PetscReal   seen;    /* d > 1: what is narrower may have been missed by a search; 0: none */
  PetscReal   reach;   /* |theta_i| <= reach was searched */
  PetscReal   c, r;    /* |D - c I| <= r */
  PetscReal   near, near_c,
    near_r;               /* not bounded: the same for |theta_i| <= near; 0: not there either */
  PetscReal *low, *high;  /* of every entry [i d + j]; NULL: not known */
  PetscReal  lowest;      /* least eigenvalue of the symmetric part; NaN: not bounded below */
  PetscBool  symmetric;   /* the force is a gradient */
  PetscReal *lipschitz;   /* of tau_i sqrt(s_i); NULL: the noise does not depend on theta */
  char       remark[256]; /* what was assumed, or why there is no bound */
} HypSlopes;

PETSC_EXTERN PetscErrorCode HypSlopesSearch(HypModel, HypSlopes *);
PETSC_EXTERN PetscErrorCode HypSlopesGiven(HypModel, PetscReal low, PetscReal high, HypSlopes *);
PETSC_EXTERN PetscErrorCode HypSlopesScale(const HypSlopes *, PetscReal factor, HypSlopes *);
PETSC_EXTERN PetscErrorCode HypSlopesDestroy(HypSlopes *);
PETSC_EXTERN PetscErrorCode HypContractionCompute(HypModel, const HypSlopes *, HypContraction *);

/* lyapunov.c: the matrices J_k of one size, and what they gain by noise that does not cancel */
typedef struct {
  PetscInt         n, count, nnoise;
  const PetscReal *J; /* count times n x n, by rows */
  const PetscReal *N; /* nnoise times n x n, by rows: P J + J^T P + sum N^T P N <= -2 mu P */
} HypInequalities;

PETSC_EXTERN PetscErrorCode HypInequalitiesRate(const HypInequalities *, const PetscReal P[],
                                                PetscReal *mu, PetscInt *tight);
PETSC_EXTERN PetscErrorCode HypInequalitiesSolve(const HypInequalities *, PetscReal P[],
                                                 PetscReal *mu, PetscInt *tight);

/* recursion.c: the algorithms themselves */
PETSC_EXTERN PetscErrorCode HypDelayContraction(PetscInt delay, PetscReal eta, PetscReal low,
                                                PetscReal high, PetscReal *rho);
PETSC_EXTERN PetscErrorCode HypMomentumContraction(PetscReal momentum, PetscReal eta, PetscReal low,
                                                   PetscReal high, PetscReal *rho);

/* norm.c: where they contract in every step */
#define HYP_DELAY_NORM 200 /* longest delay: P has (delay + 1)^2 entries */
typedef struct {
  PetscInt   n;        /* entries of the state (delta_j, delta_{j-1}, ..) */
  PetscReal  rho;      /* |state_{j+1}|_P <= rho |state_j|_P */
  PetscReal  constant; /* |delta_j| <= constant rho^j |delta_0| from equal entries */
  PetscReal *P;        /* n x n */
} HypStepNorm;

PETSC_EXTERN PetscErrorCode HypDelayNorm(PetscInt delay, PetscReal eta, PetscReal low,
                                         PetscReal high, PetscReal margin, HypStepNorm *);
PETSC_EXTERN PetscErrorCode HypMomentumNorm(PetscReal momentum, PetscReal eta, PetscReal low,
                                            PetscReal high, PetscReal margin, HypStepNorm *);
PETSC_EXTERN PetscErrorCode HypStepNormDestroy(HypStepNorm *);

/* gibbs.c: where F = e^{-U(x) - |v|^2/2} is known, and what follows in L2 */
typedef struct {
  PetscBool known;
  PetscBool bound;      /* m is inf Hess U, at most the constant itself */
  PetscReal m, m_error; /* m Var f <= E |f'|^2 under e^{-U}; in 1/time^2 */
  PetscReal lowest;     /* inf Hess U; NaN: not known to be bounded below */
  char      remark[128];
} HypGibbs;

PETSC_EXTERN PetscErrorCode HypPoincareConstant(HypAxis, PetscReal *lambda);
PETSC_EXTERN PetscErrorCode HypGibbsCompute(HypModel, const HypSlopes *, PetscReal period,
                                            HypGibbs *);
PETSC_EXTERN PetscErrorCode HypModifiedL2Rate(PetscReal gamma, PetscReal m, PetscReal K,
                                              PetscReal alpha, PetscReal *rate);
PETSC_EXTERN PetscErrorCode HypFanLiLuRate(PetscReal gamma, PetscReal m, PetscReal K,
                                           PetscReal *rate);

/* ---- the table of bounds: table.c, one row each ---- */

typedef enum {
  HYP_BOUND_HOLDS,
  HYP_BOUND_FALSE,
  HYP_BOUND_VACUOUS,
  HYP_BOUND_UNKNOWN, /* nothing measured to compare with */
  HYP_BOUND_NONE     /* its hypotheses fail */
} HypBoundVerdict;
PETSC_EXTERN const char *const HypBoundVerdicts[];

/* What the rows are made of; NaN: not known */
typedef struct {
  HypModel                   model;
  const HypTheoremConstants *theorem;
  PetscReal                  eps0, box; /* of Assumption 3.1 on a box */
  PetscReal                  C1_corrected;
  const HypSlopes           *slopes;
  const HypContraction      *contraction;
  PetscReal                  gap, gap_error; /* measured */
  const char *unmeasured; /* why there is no gap, as the end of a sentence; "" or NULL: not known */
  PetscReal   short_index, short_constant; /* measured: 1 - ||P(t)||^2 = constant t^(2 index + 1) */
  const HypGibbs *gibbs;
  PetscReal       modified_l2[3]; /* alpha = 1, Fan, Li and Lu, best alpha; by HypBoundsPrepare() */
  PetscReal       vertices;       /* of Monmarche's inequality; by HypBoundsPrepare() */
} HypBoundData;

typedef struct {
  const char     *name, *source, *quantity, *formula;
  char            hypotheses[384];       /* and whether they hold */
  PetscReal       rate, measured, ratio; /* guaranteed, measured, their quotient */
  HypBoundVerdict verdict;
  int             row; /* its place in the table */
} HypBound;

PETSC_EXTERN PetscErrorCode HypBoundsPrepare(HypBoundData *);
PETSC_EXTERN PetscErrorCode HypBoundsCompute(const HypBoundData *, PetscInt *n, HypBound **);
PETSC_EXTERN PetscErrorCode HypBoundsAnswer(const HypBoundData *, char text[], size_t size);
