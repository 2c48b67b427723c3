#pragma once
/*
   The model: an equation for (theta, y), its parameters, the perturbation eps(theta) of its force,
   the dependence s(theta) of its noise on theta, and the change of variables.
   For each coordinate

     asgd      dtheta = y dt + tau sqrt(s) dB,
               dy = -(w^2 theta + eps + gamma y) dt               x = y, v = -w^2 theta - gamma y
     momentum  dtheta = y dt,                   dy = -(w^2 theta + eps + gamma y) dt + tau sqrt(s)
               dB      x = theta, v = y

   (2.2) of Zhu and Ying, (2.11) of An, Lu and Ying; (2.5) and (2.7) of An, Lu and Ying,
   kinetic Langevin.
   The density g of (x, v) has, for both and with eps = 0, s = 1,

       d_t g + v.grad_x g - w^2 x.grad_v g = gamma div_v(v g + grad_v g/beta),
       beta = 2 gamma/(tau^2 w^4) or 2 gamma/tau^2.

   Scaled coordinates X = sqrt(beta) w x, V = sqrt(beta) v turn the Gaussian M
   of (3.1) into the standard normal law in 2d variables.
   Coordinates are numbered 0..2d-1: X_1..X_d, V_1..V_d.
   w, tau and beta may differ from pair to pair.
*/
#include <petscsys.h>
#include <hypoco/perturbation.h>

/* eps_i(theta), i = 1..d, at one point */
typedef PetscErrorCode (*HypPerturbationFn)(PetscInt d, const PetscReal theta[], PetscReal eps[],
                                            void *ctx);

/* eps_i or its derivatives of an order at many points,
   laid out as HypModelPerturbationMany() says */
typedef PetscErrorCode (*HypFieldFn)(PetscInt d, PetscInt order, PetscInt lanes,
                                     const PetscReal theta[], PetscReal values[], void *ctx);

#define HYP_DIMENSIONS 100 /* largest d of the kinetic equation */

typedef enum { HYP_ASGD, HYP_MOMENTUM } HypModelType;
PETSC_EXTERN const char *const HypModelTypes[];

/*
   What the equation needs to know about one pair (X_i, V_i): w, beta, tau as above, and

     theta_i = theta_X X_i + theta_V V_i,  y_i = y_X X_i + y_V V_i   the algorithm's variables
     R       = -sum_i (p a_Xi + q a_Vi)^T eps_i                      the perturbation of the force,
     r = |(p, q)|
     N       = (gamma (ratio s - 1) (a_Vi a_Vi)^T + spread s (a_Xi a_Xi)^T)   the noise beyond L's;
               ratio = 1, spread = 0 but with HypModelSetReference()
*/
typedef struct {
  PetscReal omega, beta, tau, theta_X, theta_V, y_X, y_V, p, q, r, ratio, spread;
} HypCoordinate;

/* What formulas in theta stand for */
typedef enum {
  HYP_FORMULA_EPSILON,  /* d of them: eps */
  HYP_FORMULA_GRADIENT, /* d of them: grad f = omega0^2 theta + eps */
  HYP_FORMULA_LOSS      /* one: f */
} HypFormulas;

typedef struct _p_HypModel *HypModel;

PETSC_EXTERN PetscErrorCode HypModelFix(HypModel);
PETSC_EXTERN PetscErrorCode HypModelSetType(HypModel, HypModelType);
PETSC_EXTERN PetscErrorCode HypModelSetCoordinates(HypModel, PetscInt d, PetscReal gamma,
                                                   const PetscReal omega[], const PetscReal beta[],
                                                   const PetscReal tau[]);
PETSC_EXTERN PetscErrorCode HypModelSetNoise(HypModel, HypPerturbationFn s, void *ctx,
                                             PetscErrorCode (*destroy)(void *));
PETSC_EXTERN PetscErrorCode HypModelNoise(HypModel, const PetscReal theta[], PetscReal s[]);
PETSC_EXTERN PetscErrorCode HypModelCheckNoise(HypModel, PetscReal reach);
PETSC_EXTERN PetscBool      HypModelNoisy(HypModel);
PETSC_EXTERN PetscErrorCode HypModelSetDependence(HypModel, PetscInt k, PetscInt n,
                                                  const PetscInt set[]);
PETSC_EXTERN PetscErrorCode HypModelDependence(HypModel, PetscInt k, PetscInt *n, PetscInt set[3]);
PETSC_EXTERN PetscBool      HypModelHasEps(HypModel);
PETSC_EXTERN PetscBool      HypModelForced(HypModel);
PETSC_EXTERN PetscErrorCode HypModelMultiplier(HypModel, PetscInt k, const PetscReal theta[],
                                               PetscReal *value);
PETSC_EXTERN HypModelType   HypModelGetType(HypModel);
PETSC_EXTERN PetscBool      HypModelIsotropic(HypModel);
PETSC_EXTERN PetscReal      HypModelFastest(HypModel);
PETSC_EXTERN HypCoordinate  HypModelCoordinate(HypModel, PetscInt i);
PETSC_EXTERN const PetscReal *HypModelOmegas(HypModel);
PETSC_EXTERN const PetscReal *HypModelBetas(HypModel);
PETSC_EXTERN const PetscReal *HypModelTaus(HypModel);
PETSC_EXTERN MPI_Comm         HypModelGetComm(HypModel);
PETSC_EXTERN PetscInt         HypModelDimension(HypModel);
PETSC_EXTERN void             HypModelPhase(HypModel, PetscInt i, PetscReal map[4]);
PETSC_EXTERN PetscReal        HypModelGamma(HypModel);
PETSC_EXTERN PetscBool        HypModelPerturbed(HypModel);

PETSC_EXTERN PetscErrorCode HypModelCreate(MPI_Comm, HypModel *);
PETSC_EXTERN PetscErrorCode HypModelSetParameters(HypModel, PetscInt d, PetscReal omega0,
                                                  PetscReal gamma, PetscReal beta);
PETSC_EXTERN PetscErrorCode HypModelSetAlgorithm(HypModel, PetscInt d, const PetscReal omega[],
                                                 PetscReal eta, PetscReal kappa, PetscReal noise);
PETSC_EXTERN PetscErrorCode HypModelSetPerturbation(HypModel, HypPerturbationFn, void *ctx,
                                                    PetscErrorCode (*destroy)(void *));
PETSC_EXTERN PetscErrorCode HypModelSetField(HypModel, HypFieldFn, void *ctx,
                                             PetscErrorCode (*destroy)(void *));
PETSC_EXTERN PetscErrorCode HypModelPerturbationMany(HypModel, PetscInt order, PetscInt lanes,
                                                     const PetscReal theta[], PetscReal values[]);
PETSC_EXTERN PetscErrorCode HypModelSetNoiseFormulas(HypModel, PetscInt n,
                                                     const char *const texts[]);
PETSC_EXTERN PetscErrorCode HypModelSetNoiseTables(HypModel, PetscInt n, const char *const paths[],
                                                   const char interpolation[],
                                                   const char extrapolation[]);
PETSC_EXTERN PetscErrorCode HypModelSetFormulas(HypModel, HypFormulas, const char *const texts[],
                                                PetscReal amplitude);
PETSC_EXTERN PetscErrorCode HypModelSetLossGradient(HypModel, const char *const texts[]);
PETSC_EXTERN PetscErrorCode HypModelSetTables(HypModel, HypFormulas, const char *const paths[],
                                              const char interpolation[],
                                              const char extrapolation[], PetscReal amplitude);
PETSC_EXTERN PetscBool      HypModelTableShort(HypModel);
PETSC_EXTERN PetscErrorCode HypModelTableReach(HypModel, PetscInt j, PetscReal *low,
                                               PetscReal *high);
PETSC_EXTERN PetscErrorCode HypModelSetLibrary(HypModel, const char path[], PetscReal amplitude);
PETSC_EXTERN PetscErrorCode HypModelTableNoise(HypModel, PetscReal *noise, PetscReal *gain);
PETSC_EXTERN PetscErrorCode HypModelCoarsen(HypModel, PetscInt pattern, PetscReal factor,
                                            PetscBool *changed);
PETSC_EXTERN PetscErrorCode HypModelCoarser(HypModel, HypModel *coarser);
PETSC_EXTERN PetscErrorCode HypModelPerturbation(HypModel, const PetscReal theta[],
                                                 PetscReal eps[]);
PETSC_EXTERN PetscErrorCode HypModelDestroy(HypModel *);

/* Potentials U_i(theta_i) in place of the quadratic loss */
PETSC_EXTERN PetscErrorCode HypModelSetPotential(HypModel, PetscInt n, const char *const texts[]);
PETSC_EXTERN PetscBool      HypModelHasPotential(HypModel);
PETSC_EXTERN PetscBool      HypModelIsQuadratic(HypModel);
PETSC_EXTERN PetscReal   HypModelLandscape(HypModel, PetscInt i, PetscInt order, PetscReal theta);
PETSC_EXTERN const char *HypModelSuspect(HypModel);
PETSC_EXTERN const char *HypModelRemedy(HypModel);
PETSC_EXTERN const char *HypModelPotentialKey(HypModel, PetscInt i);
PETSC_EXTERN void       *HypModelGetPotential(HypModel, PetscInt i);
PETSC_EXTERN PetscBool   HypModelPotentialsDiffer(HypModel);
PETSC_EXTERN PetscErrorCode HypModelScaledPotential(PetscReal X, PetscReal *W, void *potential);

/* Another Gaussian than M for the space */
PETSC_EXTERN PetscErrorCode   HypModelSetReference(HypModel, const PetscReal s[]);
PETSC_EXTERN PetscBool        HypModelReferenceKeeps(HypModel, PetscReal t);
PETSC_EXTERN PetscBool        HypModelHasReference(HypModel);
PETSC_EXTERN PetscErrorCode   HypModelLinear(HypModel, PetscBool *linear, PetscBool *exists,
                                             PetscReal s[]);
PETSC_EXTERN PetscBool        HypModelIsLinear(HypModel);
PETSC_EXTERN const PetscReal *HypModelReference(HypModel);

PETSC_EXTERN PetscErrorCode HypModelMatchCurvature(HypModel, PetscBool tau);
PETSC_EXTERN PetscBool      HypModelAveraged(HypModel);

/* A full Hessian: the model's coordinates lie along its eigenvectors */
PETSC_EXTERN PetscErrorCode   HypHessianFactor(PetscInt d, const PetscReal H[], PetscReal omega[],
                                               PetscReal E[]);
PETSC_EXTERN PetscErrorCode   HypModelSetDirections(HypModel, const PetscReal E[]);
PETSC_EXTERN PetscBool        HypModelRotated(HypModel);
PETSC_EXTERN const PetscReal *HypModelDirections(HypModel);
PETSC_EXTERN PetscErrorCode   HypModelToUser(HypModel, PetscInt lanes, const PetscReal own[],
                                             PetscReal users[]);
PETSC_EXTERN PetscErrorCode   HypModelFromUser(HypModel, PetscInt lanes, const PetscReal users[],
                                               PetscReal own[]);
PETSC_EXTERN PetscReal        HypModelDeviation(HypModel, PetscInt i);

/* Change of variables, one point at a time; z = (X_1..X_d, V_1..V_d) */
PETSC_EXTERN void HypModelScale(HypModel, const PetscReal x[], const PetscReal v[], PetscReal z[]);
PETSC_EXTERN void HypModelUnscale(HypModel, const PetscReal z[], PetscReal x[], PetscReal v[]);
PETSC_EXTERN void HypModelToTheta(HypModel, const PetscReal z[], PetscReal theta[], PetscReal y[]);
PETSC_EXTERN void HypModelFromTheta(HypModel, const PetscReal theta[], const PetscReal y[],
                                    PetscReal z[]);

/*
   The quadratic form of the Lyapunov functional (3.8) and the decay it proves,
   H = ||grad_x h||^2 + C ||grad_v h||^2 + 2 Chat <grad_x h, grad_v h>, K = QP + PQ^T >= 2 mu P.
*/
typedef enum { HYP_UNDERDAMPED, HYP_CRITICAL, HYP_OVERDAMPED } HypRegime;
PETSC_EXTERN const char *const HypRegimes[];

/* Of the slowest coordinate, the first one with the smallest rate;
   Ci and Chati of each coordinate */
typedef struct {
  HypRegime regime;
  PetscReal C, Chat;
  PetscReal mu_printed; /* as printed in (3.6): twice min Re eig Q */
  PetscReal
    /* min Re eig Q = the spectral gap for eps = 0; in the critical case gamma/2 - delta/2 */
            mu_proved;
  PetscReal delta; /* critical case: C = w0^2 + delta^2, spec(P^-1 K) = gamma -+ delta; else 0 */
  PetscInt  slowest;
  PetscReal Ci[HYP_DIMENSIONS], Chati[HYP_DIMENSIONS];
} HypLyapunov;

PETSC_EXTERN PetscErrorCode HypModelLyapunov(HypModel, PetscReal delta, HypLyapunov *);
