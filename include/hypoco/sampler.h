#pragma once
/*
   Sampling: paths of stochastic gradient algorithms and of the equations that model them.

   A sampler is an object chosen by name (HypSamplerTypes());
   it advances blocks of paths in lockstep,
   all arrays stored as [coordinate][lane] so that the inner loops vectorise.
   Random numbers are Random123's Philox keyed by (seed, path, step, purpose),
   and sums are taken over fixed sets of paths in a fixed order:
   the same seed gives the same bits for any number of ranks.
*/
#include <petscsys.h>
#include <stdint.h>
#include <hypoco/bounds.h>
#include <hypoco/decay.h>
#include <hypoco/loss.h>
#include <hypoco/moments.h>

/* ---- what to sample ---- */
typedef enum {
  HYP_STALENESS_GEOMETRIC, /* P(tau = l) = (1 - kappa) kappa^l */
  HYP_STALENESS_FIXED,     /* tau = bound */
  HYP_STALENESS_UNIFORM,   /* 0, ..., bound, equally likely */
  /* tau = bound: bound + 1 workers write one after the other, for ever in the same order */
  HYP_STALENESS_CYCLIC,
  HYP_STALENESS_ROUNDS,  /* tau_j = j mod (bound + 1): workers read together and write in turn */
  HYP_STALENESS_MEASURED /* P(tau = l) = probability[l], l <= bound */
} HypStalenessLaw;

typedef enum {
  HYP_STEPS_CONSTANT,     /* u_j = 1 */
  HYP_STEPS_INVERSE,      /* u_j = 1/(j + 1) */
  HYP_STEPS_INVERSE_SQRT, /* u_j = 1/sqrt(j + 1) */
  HYP_STEPS_GIVEN         /* u_j = factor[j] */
} HypStepLaw;

typedef enum {
  HYP_COMPUTE_EXPONENTIAL,
  HYP_COMPUTE_DETERMINISTIC,
  HYP_COMPUTE_UNIFORM, /* from 0 to twice the mean */
  HYP_COMPUTE_MEASURED /* drawn from a list, divided by its mean */
} HypComputeLaw;

enum { HYP_STALENESS_COUNTED = 1024 };

/* Plain data, filled by HypSampleSettingsDefault(), by the user's options or by hand,
   checked by HypSamplerCreate() */
typedef struct {
  const char        *model; /* one of HypSamplerTypes() */
  PetscInt           paths, steps, every;
  uint64_t           seed;
  const PetscReal   *start;         /* d numbers: theta_j for j <= 0 */
  PetscReal          eta, kappa;    /* learning rate, staleness rate */
  PetscReal          momentum;      /* asgd, msgd and sme-msgd */
  PetscReal          clock;         /* time of one step in results; 0: the model's own */
  PetscReal          gradient_rate; /* gradients in a unit of wall time; 0: no wall time */
  HypStalenessLaw    law;
  PetscInt           bound;       /* of the staleness, for all laws but the geometric one */
  const PetscReal   *probability; /* measured: bound + 1 numbers */
  PetscInt           warmup;      /* first steps without staleness */
  HypStepLaw         steplaw;     /* asgd, sgd and sdde: eta_j = eta u_j */
  const PetscReal   *factor;      /* given steps: one number for each */
  PetscInt           batch;       /* component gradients averaged per step */
  const HypSchedule *schedule;    /* asgd: batch sizes in time instead, or NULL */
  PetscInt           workers;     /* workers, ssgd: how many, and their compute times */
  HypComputeLaw      compute;
  PetscInt           ncompute, nmeasured;
  const PetscReal   *compute_time; /* means: 1 or one for each worker */
  const PetscReal   *measured;     /* factors of mean 1 */
  PetscReal          server_time;  /* of one update */
  PetscInt           substeps;     /* equations: integration steps per step of the algorithm */
  PetscBool          evolving;    /* sme-asgd and sme-asgd-linear: covariance by its own equation */
  PetscBool          auxiliary;   /* asgd: follow y as well as theta */
  PetscBool          follow_loss; /* average f as well */
  PetscBool          transitions; /* sde: follow what paths do between two times as well */
  PetscBool          allow_unstable;
  PetscReal          interval; /* sde: time between outputs */
  HypModel
    pde; /* sde: the model of the kinetic equation; elsewhere only for the map to (x, v), or NULL */
  const PetscReal *mean, *covariance; /* sde: law of (x, v) at time 0, 2d and (2d)^2 numbers */
  PetscInt         nsnapshots, ncoordinates;
  const PetscInt  *snapshots;   /* steps at which the values of all paths are kept */
  const PetscInt  *coordinates; /* and of which coordinates, from 0 */
  PetscErrorCode (*progress)(
    PetscReal done,
    void     *context); /* called at times with the number of steps of paths done; may be NULL */
  void *progress_context;
} HypSampleSettings;

PETSC_EXTERN void HypSampleSettingsDefault(HypSampleSettings *);

/* ---- the sampler ---- */
typedef struct _p_HypSampler *HypSampler;

/* What a model may read of HypSampleSettings beside the learning rate and the staleness */
enum {
  HYP_TAKES_STEPS      = 1, /* steps, every, start, batch, allow_unstable and a loss */
  HYP_TAKES_STEP_LAW   = 2,
  HYP_TAKES_STALENESS  = 4, /* law, bound, probability, warmup */
  HYP_TAKES_WORKERS    = 8, /* workers, their compute times and the server's */
  HYP_TAKES_MOMENTUM   = 16,
  HYP_TAKES_BATCH_COST = 32, /* schedule */
  HYP_TAKES_AUXILIARY  = 64,
  HYP_TAKES_SUBSTEPS   = 128,
  HYP_TAKES_COVARIANCE = 256, /* evolving */
  HYP_TAKES_TIMES      = 512, /* of steps it has none: the kinetic equation, from a law of (x, v) */
  HYP_NEEDS_LINEAR     = 1024, /* gradients */
  HYP_COUNTS_TIME      = 4096, /* gradient_rate */
  HYP_SHARES_EQUATION  = 2048, /* it is, or models, what the kinetic equation describes: compare */
  HYP_TENDS_TO_EQUATION = 8192 /* as eta tends to 0 at fixed friction and temperature */
};
PETSC_EXTERN PetscErrorCode HypSamplerRegister(const char name[], unsigned reads,
                                               PetscErrorCode (*create)(HypSampler));
PETSC_EXTERN PetscErrorCode HypSamplerTypes(const char ***names);
PETSC_EXTERN unsigned       HypSamplerTakes(const char name[]);
PETSC_EXTERN PetscBool      HypSamplerIsMomentum(const char name[]);
PETSC_EXTERN PetscReal      HypSamplerMeanRate(HypSampler, PetscReal curvature);
PETSC_EXTERN PetscErrorCode HypSamplerCreate(MPI_Comm, const HypSampleSettings *, HypLoss,
                                             HypSampler *);
PETSC_EXTERN PetscErrorCode HypSamplerDestroy(HypSampler *);

/* ---- results ---- */
typedef enum {
  HYP_MEAN_THETA,
  HYP_MEAN_THETA2,
  HYP_MEAN_Y,
  HYP_MEAN_Y2,
  HYP_MEAN_THETA_Y,
  HYP_MEAN_V,
  HYP_MEAN_V2,
  HYP_MEAN_XV,
  HYP_MEAN_POSITIVE, /* fraction of paths with theta > 0 */
  HYP_MEAN_M,        /* the expected read M of (2.5) of An, Lu and Ying, and its speed P */
  HYP_MEAN_M2,
  HYP_MEAN_P,
  HYP_MEAN_P2,
  HYP_MEANS
} HypSampleMean;
PETSC_EXTERN const char *const HypSampleMeans[]; /* names, for files */

#define HYP_SAMPLE_BLOCKS 60

typedef struct {
  PetscInt   d, paths, times, nsnapshots, ncoordinates;
  PetscBool  has_y, has_v; /* is y known, is the map to v known? */
  PetscReal  timestep;     /* time of one step */
  PetscReal  seconds;      /* spent in advancing paths, slowest rank */
  PetscInt  *step;         /* [times] */
  PetscReal *mean,
    *error, /* [times][d][HYP_MEANS]: averages and their standard errors; on every rank */
    *half;  /* half-widths of their 95 % intervals; NaN where there is none to be trusted */
  PetscInt   nblocks;     /* of paths, one after the other, for error bars of what is fitted */
  PetscReal *block_paths; /* [nblocks] */
  PetscReal *block;       /* [nblocks][times][ncoordinates][2]: E theta, E theta^2 */
  PetscInt   nlags, nfunctions; /* 0 unless transitions are followed */
  PetscReal *lag, *transition;  /* [nlags]; [nblocks][nlags][nfunctions][nfunctions] */
  PetscReal
    *exact;        /* [times][d][2]: exact E theta, E theta^2; NULL where there is no closed form */
  PetscBool *pair; /* [ncoordinates]: is E theta known to be one pair of modes? */
  PetscReal *loss; /* [times][3]: E f, standard error, half-width; NULL unless followed */
  PetscReal *gradients;  /* [times]: component gradients of a path so far; NULL: an equation */
  PetscReal *read;       /* [d][3]: M = read_0 - read_1 y, P = read_2 (theta - M); NULL: unknown */
  PetscReal *wall;       /* [times][3]: the same of the wall time; NULL: none */
  PetscReal *staleness;  /* [HYP_STALENESS_COUNTED]: its law as it arose; NULL: none */
  PetscInt  *snapshot;   /* [nsnapshots] */
  PetscInt  *coordinate; /* [ncoordinates] */
  PetscReal *theta, *y;  /* [nsnapshots][ncoordinates][paths], on rank 0 only; y NULL if unknown */
  PetscReal *phase;      /* [d][4] by rows, (x, v) = phase (theta, y); NULL if has_v is false */
} HypSampleResult;

PETSC_EXTERN PetscErrorCode HypSamplerRun(HypSampler, HypSampleResult *);
PETSC_EXTERN PetscBool      HypSampleHas(const HypSampleResult *, HypSampleMean);
PETSC_EXTERN PetscReal      HypSampleResultMean(const HypSampleResult *, PetscInt time, PetscInt c,
                                                HypSampleMean, PetscReal *error);
PETSC_EXTERN PetscErrorCode HypSampleRate(const HypSampleResult *, const HypSampleResult *other,
                                          PetscInt i, HypFit *);
PETSC_EXTERN PetscErrorCode HypSampleSlowest(const HypSampleResult *, HypFit *);
PETSC_EXTERN PetscErrorCode HypSampleResultDestroy(HypSampleResult *);

/* ---- pairs of paths with the same noise: pairs.c ---- */
typedef struct {
  PetscInt  pairs, steps;
  PetscReal step; /* of time */
  uint64_t  seed;
} HypPairSettings;

typedef struct {
  PetscReal worst, time; /* largest |z - z'|_P e^{mu t}/|z_0 - z'_0|_P, and when */
  PetscReal end;         /* its root mean square at the end */
} HypPairResult;

PETSC_EXTERN PetscErrorCode HypPairsRun(MPI_Comm, HypModel, const HypContraction *,
                                        const HypPairSettings *, HypPairResult *);

/* ---- an algorithm and its equation with the same random numbers: coupled.c ---- */
typedef struct {
  PetscReal eta;
  PetscReal strong, strong_error; /* largest E|x - X| over the steps, its standard error */
  PetscReal weak, weak_error;     /* E x^2 - E X^2 where it is largest */
} HypCoupled;

PETSC_EXTERN PetscErrorCode HypCoupledRun(MPI_Comm, const HypSampleSettings *,
                                          const char equation[], HypLoss, HypCoupled *);
PETSC_EXTERN PetscErrorCode HypCoupledOrder(PetscInt n, const HypCoupled[], PetscReal unit,
                                            PetscReal *order, PetscReal *error);

/* ---- the laws of two Gaussian starts and W2 between them: laws.c ---- */
typedef struct {
  const PetscReal *mean[2], *covariance[2]; /* in (theta_1.., y_1..) */
  PetscInt         paths, times, steps;     /* output times, 0 included, and steps between them */
  PetscReal        step;
  uint64_t         seed;
} HypLawSettings;

typedef struct {
  PetscReal t;
  PetscReal guaranteed, exact;      /* of W2 in the norm of P; NaN: not Gaussian */
  PetscReal marginal, exact_margin; /* the same for the marginal of theta_1 */
  PetscReal measured, half;         /* from quantiles, and 95 % either way */
} HypLaw;

PETSC_EXTERN PetscErrorCode HypGaussianDistance(PetscInt n, const PetscReal m1[],
                                                const PetscReal S1[], const PetscReal m2[],
                                                const PetscReal S2[], const PetscReal P[],
                                                PetscReal *distance);
PETSC_EXTERN PetscErrorCode HypQuantileDistance(PetscInt n, const PetscReal a[],
                                                const PetscReal b[], PetscReal *distance,
                                                PetscReal *half);
PETSC_EXTERN PetscErrorCode HypLawsRun(MPI_Comm, HypModel, const HypContraction *,
                                       const HypLawSettings *, HypLaw laws[]);

/* ---- distributions of samples ---- */
typedef PetscReal (*HypDistributionFn)(PetscReal x, void *ctx);
PETSC_EXTERN PetscErrorCode HypSampleQuantiles(PetscInt n, PetscReal values[], PetscInt nlevels,
                                               const PetscReal levels[], PetscReal quantile[],
                                               PetscReal low[], PetscReal high[]);
PETSC_EXTERN PetscErrorCode HypSampleHistogram(PetscInt n, const PetscReal values[], PetscInt bins,
                                               PetscReal edges[], PetscReal density[]);
PETSC_EXTERN PetscErrorCode HypSampleHistogram2d(PetscInt n, const PetscReal a[],
                                                 const PetscReal b[], PetscInt bins,
                                                 PetscReal edges_a[], PetscReal edges_b[],
                                                 PetscReal density[]);
PETSC_EXTERN PetscErrorCode HypKolmogorovSmirnov(PetscInt n, PetscReal values[], HypDistributionFn,
                                                 void *ctx, PetscReal *distance,
                                                 PetscReal *significance);
PETSC_EXTERN PetscReal      HypKolmogorovSignificance(PetscReal n, PetscReal distance);

/* Quantiles and histograms of the snapshots, on rank 0; empty elsewhere */
typedef struct {
  PetscInt   nlevels, bins, rows;   /* rows = nsnapshots * ncoordinates */
  PetscReal *levels;                /* [nlevels] */
  PetscReal *theta[3], *y[3];       /* quantile, low, high: [rows][nlevels]; y NULL if unknown */
  PetscReal *edges_theta, *edges_y; /* [rows][bins + 1] */
  PetscReal *density_theta_y;       /* [rows][bins][bins] */
  PetscReal *edges_x, *edges_v, *density_x_v; /* the same of (x, v); NULL if unknown */
  PetscReal *density_theta;                   /* [rows][bins], where y is unknown */
} HypSampleSummary;

PETSC_EXTERN PetscErrorCode HypSampleSummaryCompute(const HypSampleResult *, PetscInt nlevels,
                                                    const PetscReal levels[], PetscInt bins,
                                                    HypSampleSummary *);
PETSC_EXTERN PetscErrorCode HypSampleSummaryDestroy(HypSampleSummary *);

/* ---- summary for files ---- */
PETSC_EXTERN json_t *HypSampleJSON(const HypSampleResult *, const HypSampleSummary *,
                                   const char model[]);
