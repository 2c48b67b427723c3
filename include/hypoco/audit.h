#pragma once
/*
   Statements: Theorem 3.1 of Zhu and Ying and everything its proof says on the way,
   put to the test on a computed solution and on the worst function of the space.
   The table of statements is src/audit/table.c; docs/statements.md is printed from it.
*/
#include <hypoco/expression.h>
#include <hypoco/spectrum.h>
#include <hypoco/bounds.h>
#include <hypoco/moments.h>

/* vacuous: true, and says nothing: the guaranteed rate is not positive */
typedef enum {
  HYP_HOLDS,
  HYP_FAILS,
  HYP_UNDECIDED,
  HYP_NOT_APPLICABLE,
  HYP_VACUOUS,
  HYP_VERDICTS
} HypVerdict;
PETSC_EXTERN const char *const HypVerdicts[];

/* One statement put to the test:
   left <= right (or left = right), slack = right - left (or -|right - left|) */
typedef struct {
  char       name[64], source[64], detail[192];
  PetscReal  left, right, slack, uncertainty;
  HypVerdict verdict;
  PetscBool  proved; /* a failure then makes the exit code 1 */
} HypStatement;

/* ---- Assumption 3.1: suprema.c ---- */
/* In d > 1 the derivative of component i is taken as max_j |d_j eps_i|,
   and eps'.x as max_j |sum_i (d_j eps_i) x_i|: what the proof uses */
enum {
  HYP_SUP_EPS,       /* max_i |eps_i| */
  HYP_SUP_EPS_X,     /* |eps.x| */
  HYP_SUP_EPS_V,     /* |eps.v| */
  HYP_SUP_SLOPE,     /* d max_i |eps_i'| */
  HYP_SUP_SLOPE_SUM, /* sum_i |eps_i'| */
  HYP_SUP_SLOPE_X,   /* |eps'.x| */
  HYP_SUP_SLOPE_V,   /* |eps'.v| */
  HYP_SUPREMA
};

/* d eps_i / d theta_j: the user's expressions, else numerically from eps */
typedef struct {
  HypModel       model;
  PetscReal      amplitude;
  HypExpression *given[9]; /* [i d + j]; NULL: numerically */
} HypJacobian;

typedef struct {
  PetscReal box; /* |x_i|, |v_i| <= box standard deviations of M */
  PetscReal value[HYP_SUPREMA];
  PetscReal theta[HYP_SUPREMA][3]; /* where each was found */
  PetscReal eps0;                  /* the largest */
} HypSuprema;

PETSC_EXTERN PetscErrorCode HypJacobianCreate(HypModel, const char *const texts[],
                                              PetscReal amplitude, HypJacobian *);
PETSC_EXTERN PetscErrorCode HypJacobianEvaluate(HypJacobian *, const PetscReal theta[],
                                                PetscReal J[]);
PETSC_EXTERN PetscErrorCode HypJacobianDestroy(HypJacobian *);
PETSC_EXTERN PetscErrorCode HypSupremaCompute(HypModel, HypJacobian *, PetscReal box, HypSuprema *);

/* ---- constants: statementconstants.c ---- */

/* Everything the right sides are made of; a test may falsify a number here to see the audit fail */
typedef struct {
  PetscInt            d;
  PetscReal           omega0, gamma, beta;
  PetscReal           eps0;    /* of Assumption 3.1 on the box of the audit */
  HypTheoremConstants theorem; /* C, Chat, mu, C1, C2 */
  PetscReal           dx,
    dv; /* (d) corrected: <grad_x Rh, grad_x h> <= eps0 (dx ||grad_x h||^2 + dv ||grad_v h||^2) */
  PetscReal ex, ev;       /* (e) */
  PetscReal fx, fv;       /* (f) */
  PetscReal C1_corrected; /* from these: the rate mu - eps0 C1_corrected is proved */
  PetscReal coercivity;   /* c in H >= c ||h||^2 */
  PetscReal sharp; /* sup_t e^{2 mu t} ||e^{tG}||^2 for eps = 0; infinite in the critical case */
  PetscReal contraction; /* the rate that a contraction certificate guarantees; NaN: none */
} HypAuditConstants;

PETSC_EXTERN PetscErrorCode HypAuditConstantsCompute(HypModel, PetscReal delta, PetscReal eps0,
                                                     HypAuditConstants *);
PETSC_EXTERN PetscErrorCode HypPencilLimits(const PetscReal A[4], const PetscReal B[4],
                                            PetscReal limits[2]);

/* ---- what is measured ---- */

/* Quadratic quantities of one state: statementmoments.c.
   E_x = ||grad_x h||^2, E_v = ||grad_v h||^2, E_xv = <grad_x h, grad_v h> */
typedef struct {
  PetscReal t, mean, norm2, Ex, Ev, Exv;
  PetscReal Sx, Sv, Sxv; /* the same of all d h/d v_i, summed over i */
  PetscReal T, Tscale;   /* <Th, h> without stabilisation, ||Th|| ||h|| */
  PetscReal L, R;        /* <Lh, h>, <Rh, h> */
  PetscReal Rx, Rv,
    Rxv; /* <grad_x Rh, grad_x h>, <grad_v Rh, grad_v h>, sum of the two mixed ones */
  PetscReal dEx, dEv, dExv; /* d/dt of E_x, E_v, E_xv, exactly through G */
} HypMoments;

PETSC_EXTERN PetscErrorCode HypMomentsCompute(HypKinetic, PetscReal t, Vec h, HypMoments *);

/* Worst functions of the space: statementworst.c */
typedef enum {
  HYP_WORST_T,           /* ||T + T*||_F / ||T||_F without stabilisation */
  HYP_WORST_L,           /* ||L + (gamma/beta) grad_v* grad_v||_F / ||L||_F */
  HYP_WORST_R,           /* max <Rg, g>/||g||^2 */
  HYP_WORST_PAIR,        /* max (<Rg, h> + <Rh, g>)/(||g||^2 + ||h||^2) */
  HYP_WORST_D,           /* max <grad_x Rh, grad_x h>/(11/2 E_x + 2 E_v) */
  HYP_WORST_E,           /* max <grad_v Rh, grad_v h>/(2 E_x + 11/2 E_v) */
  HYP_WORST_F,           /* max of (f)/(15/2 E_x + 15/2 E_v) */
  HYP_WORST_D_CORRECTED, /* the same with the corrected weights */
  HYP_WORST_E_CORRECTED,
  HYP_WORST_F_CORRECTED,
  HYP_WORST_POINCARE, /* max ||h||^2/(E_x + E_v), mean zero */
  HYP_WORST_COERCIVE, /* min H/||h||^2, mean zero */
  HYP_WORST_DECAY,    /* max (dH/dt)/H, mean zero */
  HYP_WORST
} HypWorst;

typedef struct {
  PetscReal value, error; /* error: of the eigenvalue solver */
  PetscReal degree;       /* mean degree of the function in Hermite functions; NaN: no function */
  PetscBool converged;
} HypWorstValue;

PETSC_EXTERN PetscErrorCode HypWorstCompute(HypKinetic, const HypAuditConstants *, HypWorst,
                                            HypWorstValue *);

enum { HYP_PROJECTIONS = 16 };

/* The rate of decay, by two methods at two resolutions: statementrate.c */
typedef struct {
  PetscReal fit, fit_error; /* from the solution */
  PetscReal gap, gap_error; /* from the spectrum */
  /* the eigenvalue whose rate the solution shows, 1 = the leading one; 0: none of those computed */
  PetscInt  mode;
  PetscReal mode_error;  /* of that eigenvalue; NAN: none */
  PetscReal rate, error; /* of the solution: what both methods allow */
  PetscBool agree;
  char      reason[192]; /* why not, or what is unusual */
  PetscInt  n;           /* leading eigenvalues of which it is known what the start has of them */
  PetscReal real[HYP_PROJECTIONS], imag[HYP_PROJECTIONS], projection[HYP_PROJECTIONS];
} HypRateEstimate;

PETSC_EXTERN PetscErrorCode HypRateEstimateCompute(const HypFit *, const HypFit *earlier,
                                                   const HypFit      *coarse, const HypSpectrum *,
                                                   const HypSpectrum *coarse_spectrum,
                                                   HypRateEstimate *);

/* ---- the audit: statement.c ---- */
typedef struct _p_HypAudit *HypAudit;

PETSC_EXTERN PetscErrorCode HypAuditCreate(HypKinetic, const HypAuditConstants *, PetscBool covered,
                                           PetscInt capacity, HypAudit *);
PETSC_EXTERN PetscErrorCode HypAuditObserve(HypAudit, PetscReal t, Vec h);
PETSC_EXTERN PetscErrorCode HypAuditFinish(HypAudit, const HypSpectrum *);
PETSC_EXTERN PetscErrorCode HypAuditGetWorst(HypAudit, HypWorst, HypWorstValue *);
PETSC_EXTERN PetscErrorCode HypAuditJudge(HypAudit, HypAudit coarse, const HypRateEstimate *,
                                          PetscInt *n, HypStatement **);
PETSC_EXTERN PetscErrorCode HypAuditDestroy(HypAudit *);
PETSC_EXTERN PetscErrorCode HypStatementsMarkdown(FILE *);

/* ---- statements of An, Lu and Ying and of He et al. about one algorithm: algorithms.c ---- */
typedef struct {
  const char *name, *source, *formula, *relation; /* relation: =, <= or >= */
  PetscBool   proved, sampled;                    /* sampled: needs paths */
  const char *why;                                /* what is to be known about it */
  PetscErrorCode (*sides)(const HypAlgorithm *, PetscReal sides[3]); /* left, right, tolerance */
} HypAlgorithmRow;
PETSC_EXTERN const HypAlgorithmRow HypAlgorithmRows[];
PETSC_EXTERN const PetscInt        HypAlgorithmRowCount;
PETSC_EXTERN PetscErrorCode HypAlgorithmStatementsJudge(const HypAlgorithm *, PetscBool sampled,
                                                        PetscInt *n, HypStatement **);
