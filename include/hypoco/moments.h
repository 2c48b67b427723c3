#pragma once
/*
   Theory: what the papers' formulas say about an algorithm,
   without sampling and without solving the PDE.

   The algorithm is asynchronous SGD on a quadratic loss, one coordinate at a time:

       x_{j+1} = x_j - eta (a x_{j-tau_j} - b_r),   P(tau_j = l) = (1 - kappa) kappa^l,   E b_r = 0,
       Var b_r = s2,

   with x_j = x_0 for j < 0.
   Throughout e = eta a, g = gamma = sqrt((1 - kappa)/eta),
   and one step lasts sqrt(eta (1 - kappa)).
*/
#include <petscsys.h>
#include <complex.h>
#include <stdio.h>
#include <jansson.h>
#include <hypoco/bounds.h>

typedef struct {
  PetscReal eta;       /* learning rate */
  PetscReal kappa;     /* staleness rate, in [0, 1) */
  PetscReal curvature; /* a = omega0^2 */
  PetscReal
    noise; /* s2, variance of the component gradients (divided by the size of a mini-batch) */
} HypAlgorithm;

/* Exact moments of the algorithm: asgd.c */
typedef struct {
  PetscReal x, m;           /* E x_j and E m_j, m_j = E_tau x_{j-tau} the expected read */
  PetscReal xx, xm, mm, qq; /* E x^2, E x m, E m^2, E E_tau x_{j-tau}^2 */
} HypAsgdMoments;

PETSC_EXTERN void           HypAsgdMomentsStart(PetscReal x0, HypAsgdMoments *);
PETSC_EXTERN void           HypAsgdMomentsStep(const HypAlgorithm *, HypAsgdMoments *);
PETSC_EXTERN PetscReal      HypAsgdStationary(const HypAlgorithm *);
PETSC_EXTERN PetscReal      HypAsgdStabilityLimit(PetscReal kappa);
PETSC_EXTERN PetscReal      HypAsgdMeanRate(const HypAlgorithm *);
PETSC_EXTERN PetscErrorCode HypAsgdSquareRate(const HypAlgorithm *, PetscReal *rate);
PETSC_EXTERN PetscErrorCode HypAsgdBestStaleness(PetscReal e, PetscReal *kappa, PetscReal *rate);
PETSC_EXTERN PetscErrorCode HypAsgdStepsUntil(const HypAlgorithm *, PetscReal x0,
                                              PetscReal tolerance, PetscInt *steps);

/* Moments of the stochastic modified equation (2.11)-(2.12) of An, Lu and Ying: sme.c */
typedef struct {
  PetscReal x, y;       /* means */
  PetscReal xx, yy, xy; /* second moments */
  PetscReal sigma;      /* E Sigma */
} HypSmeMoments;

PETSC_EXTERN PetscErrorCode HypSmeMomentsAt(const HypAlgorithm *, PetscBool evolving, PetscReal x0,
                                            PetscReal t, HypSmeMoments *);
PETSC_EXTERN PetscErrorCode HypSmeLinearMomentsAt(const HypAlgorithm *, PetscBool evolving,
                                                  PetscReal x0, PetscReal t, HypSmeMoments *,
                                                  PetscReal square[3]);
PETSC_EXTERN PetscErrorCode HypSmeStationary(const HypAlgorithm *, PetscBool evolving,
                                             HypSmeMoments *);

/* Fixed delay, He et al.: delay.c */
PETSC_EXTERN PetscErrorCode HypLambertW0(PetscReal z, double *re, double *im);
PETSC_EXTERN PetscErrorCode HypDelayRate(PetscInt n, const PetscReal curvature[], PetscReal delay,
                                         PetscReal *V);
PETSC_EXTERN PetscErrorCode HypDelayDiscreteRate(PetscReal e, PetscInt delay,
                                                 PetscReal *log_modulus);
PETSC_EXTERN PetscReal      HypDelayStabilityLimit(PetscInt delay);

/* Any law of the staleness: a table of probabilities of 0, ..., bound,
   or (1 - kappa) kappa^l where there is none */
typedef struct {
  PetscReal        kappa;
  PetscInt         bound;
  const PetscReal *probability; /* NULL: geometric */
} HypDelayLaw;

/* Exact moments for any law, with momentum: history.c */
typedef struct _p_HypHistory *HypHistory;
PETSC_EXTERN PetscErrorCode   HypHistoryCreate(const HypDelayLaw *, PetscReal mu, PetscReal x0,
                                               HypHistory *);
PETSC_EXTERN void HypHistoryStep(HypHistory, PetscReal e, PetscReal noise, PetscInt fixed);
PETSC_EXTERN void HypHistoryMoments(HypHistory, PetscReal *x, PetscReal *xx);
PETSC_EXTERN PetscErrorCode HypHistoryDestroy(HypHistory *);

/* The same for the scheme of the delay equation, whose staleness is held for a step: held.c */
typedef struct _p_HypHeld  *HypHeld;
PETSC_EXTERN PetscErrorCode HypHeldCreate(const HypDelayLaw *, PetscInt substeps, PetscReal x0,
                                          HypHeld *);
PETSC_EXTERN PetscErrorCode HypHeldStep(HypHeld, PetscReal e, PetscReal noise, PetscInt fixed);
PETSC_EXTERN void           HypHeldMoments(HypHeld, PetscReal *x, PetscReal *xx);
PETSC_EXTERN PetscErrorCode HypHeldDestroy(HypHeld *);

PETSC_EXTERN PetscErrorCode HypSmeWeakOrder(const HypAlgorithm *, PetscBool evolving,
                                            PetscReal *error, PetscReal *order, PetscReal *drift);

/* Of the modified equations of SGD with and without momentum: sme.c */
PETSC_EXTERN PetscErrorCode HypSmeMsgdMomentsAt(const HypAlgorithm *, PetscReal mu, PetscReal x0,
                                                PetscReal t, PetscReal *x, PetscReal *xx);
PETSC_EXTERN void HypSmeSgdMomentsAt(const HypAlgorithm *, PetscReal x0, PetscReal t, PetscReal *x,
                                     PetscReal *xx);

/* A linear algorithm, or an equation that models one, in the eigenbasis of f'':
   stability.c, kernels.c */
typedef struct _HypRecursion HypRecursion;
typedef PetscErrorCode (*HypKernelsFn)(const HypRecursion *, PetscReal *K, PetscReal *L,
                                       PetscReal *factor);
struct _HypRecursion {
  PetscInt         n;
  const PetscReal *curvature; /* [n] eigenvalues of f'', positive */
  PetscInt rows; /* of a least-squares loss, whose noise depends on theta; 0: additive noise */
  const PetscReal *row; /* [rows][n] in the eigenbasis */
  PetscReal        eta, momentum;
  PetscInt         batch;
  HypDelayLaw      law;
  HypKernelsFn     equation; /* NULL: the algorithm itself */
};

PETSC_EXTERN PetscReal      HypDelayMeanLimit(const HypDelayLaw *, PetscReal mu);
PETSC_EXTERN PetscErrorCode HypRecursionKernels(const HypRecursion *, PetscReal *K, PetscReal *L,
                                                PetscReal *factor);
PETSC_EXTERN PetscErrorCode HypSmeAsgdKernels(const HypRecursion *, PetscReal *K, PetscReal *L,
                                              PetscReal *factor);
PETSC_EXTERN PetscErrorCode HypSmeLinearKernels(const HypRecursion *, PetscReal *K, PetscReal *L,
                                                PetscReal *factor);
PETSC_EXTERN PetscErrorCode HypSmeMsgdKernels(const HypRecursion *, PetscReal *K, PetscReal *L,
                                              PetscReal *factor);
PETSC_EXTERN PetscErrorCode HypSmeSgdKernels(const HypRecursion *, PetscReal *K, PetscReal *L,
                                             PetscReal *factor);
PETSC_EXTERN PetscErrorCode HypMeanSquareRadius(const HypRecursion *, const PetscReal *K,
                                                const PetscReal *L, PetscReal factor,
                                                PetscReal *radius);
PETSC_EXTERN PetscErrorCode HypMeanSquareLimit(const HypRecursion *, PetscBool *stable,
                                               PetscReal *limit);

/* The optimal mini-batch schedule (4.11) of An, Lu and Ying: schedule.c */
typedef struct {
  PetscReal rate;       /* Re lambda < 0, of E X^2 */
  PetscReal level;      /* A: E X^2 tends to A/(1 + u) at batch size 1 + u */
  PetscReal eta, cost;  /* learning rate, price c of a further gradient */
  PetscReal end;        /* horizon T */
  PetscReal cost_limit; /* c0 (gamma* in the paper): no batches above this price */
  PetscReal t_star;     /* batches grow during the last t_star */
} HypSchedule;

PETSC_EXTERN PetscErrorCode HypScheduleCreate(const HypAlgorithm *, PetscReal cost, PetscReal end,
                                              HypSchedule *);
PETSC_EXTERN PetscReal      HypScheduleBatch(const HypSchedule *, PetscReal t);
PETSC_EXTERN PetscReal      HypScheduleValue(const HypSchedule *, PetscReal z, PetscReal t);
PETSC_EXTERN PetscReal      HypScheduleValuePrinted(const HypSchedule *, PetscReal z, PetscReal t);

/* A recorded run: trace.c, losstrace.c; and what its models say it should look like: traceshow.c */
enum { HYP_TRACE_MODELS = 4, HYP_TRACE_COLUMNS = 100 };
PETSC_EXTERN const char *const HypTraceModelNames[HYP_TRACE_MODELS];
typedef struct {
  const char *name;
  PetscReal   e, e_error;                                   /* eta a */
  PetscReal   staleness, staleness_error;                   /* asgd: k; delay: l; momentum: mu */
  PetscReal   e_low, e_high, staleness_low, staleness_high; /* 95 % intervals; NaN: none */
  PetscReal   minimiser, noise;                             /* variance that a step adds */
  PetscReal   criterion, criterion_error; /* theta: Akaike's, less that of the best; 0 */
  PetscInt    needed; /* steps for an interval, of a shorter run; 0: no more, or none help */
} HypTraceFit;
PETSC_EXTERN PetscErrorCode HypTraceFitModels(PetscInt n, PetscInt columns, const PetscReal x[],
                                              HypTraceFit[]);
PETSC_EXTERN PetscErrorCode HypTraceFitLoss(PetscInt n, const PetscReal loss[], HypTraceFit[]);

typedef struct {
  PetscInt   points, lags;
  PetscInt  *step;                         /* [points] */
  PetscReal *mean, *low, *high;            /* [HYP_TRACE_MODELS][columns][points] */
  PetscReal *lag;                          /* [lags] */
  PetscReal *correlation, *error, *fitted; /* [columns][lags] twice, [models][columns][lags] */
} HypTraceShow;
PETSC_EXTERN PetscErrorCode HypTraceShowCreate(PetscInt n, PetscInt columns, const PetscReal x[],
                                               PetscBool loss, const HypTraceFit[], HypTraceShow *);
PETSC_EXTERN PetscErrorCode HypTraceShowDestroy(HypTraceShow *);

/* Everything together, for `hypoco theory`: report.c */
typedef struct {
  HypAlgorithm algorithm;
  PetscReal    gamma, beta, tau,
    step; /* friction, inverse temperature, noise of (2.2), time of one step */
  HypTheoremConstants constants;
  PetscReal           rate_printed, rate_proved; /* of the second moment, per step: 2 mu step */
  PetscReal
    /* 2 Re lambda step for a quadratic loss,
               equal to rate_proved but at the critical point */
            rate_sde;
  PetscReal rate_mean, rate_square;       /* ASGD itself: -2 ln|z| of the mean, and of E x^2 */
  PetscReal rate_sgd;                     /* -2 ln|1 - e| */
  PetscReal eta_threshold;                /* (1 - kappa)/(4 a) */
  PetscReal kappa_optimal, kappa_printed; /* ((1-e)/(1+e))^2, and max(1 - 4e, 0) of (5.6) */
  PetscReal kappa_square, rate_best_mean,
    rate_best_square;                                /* fastest for E x^2; rates at the best */
  PetscReal eta_limit;                               /* mean-square stability */
  PetscReal staleness_mean;                          /* kappa/(1 - kappa) */
  PetscReal workers, workers_exact, workers_printed; /* as given; break-even, exact and printed */
  PetscReal speedup; /* workers times the exact rate over that of SGD */
  PetscReal weak_error[2], weak_order[2], weak_drift[2]; /* of sme-asgd, and with Sigma constant */
  PetscReal stationary_asgd, stationary_sme, stationary_sde; /* E x^2 */
} HypTheoryReport;

PETSC_EXTERN PetscErrorCode HypTheoryReportCompute(const HypAlgorithm *, PetscReal workers,
                                                   PetscReal delta, PetscReal eps0,
                                                   HypTheoryReport *);

/* The same for SGD with momentum and the equation with noise in the momentum: momentum.c */
typedef struct {
  HypAlgorithm algorithm; /* kappa: the momentum mu */
  PetscReal    step_size; /* eta (1 - mu) */
  PetscReal    gamma, beta, tau, step;
  HypLyapunov  lyapunov;
  PetscReal    rate_proved, rate_sde, rate, rate_sgd; /* of the second moment, per step */
  PetscReal    eta_limit, mu_optimal;
  PetscReal    stationary, stationary_sde, stationary_y; /* E theta^2 twice, E y^2 */
} HypMomentumReport;

PETSC_EXTERN PetscErrorCode HypMomentumReportCompute(const HypAlgorithm *, PetscReal delta,
                                                     HypMomentumReport *);

/* The table of a report: rows.c */
typedef enum { HYP_ROW_REAL, HYP_ROW_REGIME } HypReportKind;
typedef struct {
  const char   *group, *name; /* in the JSON summary and on stdout; group NULL: of the whole */
  size_t        offset;       /* of the value in the struct */
  const char   *meaning;
  HypReportKind kind;
} HypReportRow;
typedef struct {
  const char         *type, *note; /* of the model, "model_type"; last line; NULL: not said */
  size_t              n;
  const HypReportRow *rows;
} HypReportTable;
PETSC_EXTERN const HypReportTable HypTheoryTable, HypMomentumTable;
PETSC_EXTERN PetscErrorCode HypReportPrint(const HypReportTable *, const void *report, FILE *);
PETSC_EXTERN json_t        *HypReportJSON(const HypReportTable *, const void *report);
