/*
   Stochastic modified equations with an auxiliary variable,
   integrated by symmetric splitting (Strang), `substeps` steps of size h for one step
   of the algorithm.
   Three models share the file because they share the state (theta, y, Sigma):

   sme-asgd         dX = Y dt + c Sigma^{1/2} dB,  dY = -grad f(X) dt - g Y dt          (2.11)
                    of An, Lu and Ying
                    dSigma = -g Sigma dt + g Cov_i grad f_i(X) dt + (g/k) w w^T dt,
                    w = grad f + g Y c = eta^{3/4} (1-k)^{-1/4}; (2.12) written as a sum of squares,
                    equal to the printed form
   sme-asgd-linear  dM = P dt,  dP = -grad f(M) dt - g P dt + c' Sigma^{1/2} dB          (2.5)
                    dSigma = -g Sigma dt + g Cov_i grad f_i(M + (k/g) P) dt + (k/g) f''P (f''P)^T dt
                    c' = (eta (1-k))^{1/4}; reported are X = M + P/g and Y = -grad f(M)/g,
                    which obey (2.11) exactly
   sme-msgd         dX = P dt,  dP = -grad f(X) dt - (1-mu) eta^{-1/2} P dt + sigma(X) eta^{1/4} dB
                    (2.7)

   Every piece is solved exactly with the others frozen: the friction and Sigma by exponentials,
   the noise as a Gaussian.
   The order is weak order 2 for additive noise.
*/
#include "sampler/samplerimpl.h"

typedef struct {
  PetscReal friction, noise; /* g, and the factor of the Brownian motion */
  PetscReal h;
} Sme;

typedef struct {
  PetscReal *theta, *y;         /* what is reported */
  PetscReal *m, *p;             /* sme-asgd-linear: the state */
  PetscReal *gradient, *vector; /* grad f, w or f''P */
  PetscReal *Sigma, *factor;    /* [d][d][lanes], lower triangle; [d][d] */
  PetscReal *xi, *kick;
} SmeBlock;

/* What the derivation of these equations assumes */
static PetscErrorCode CheckAssumptions(HypSampler sampler)
{
  PetscFunctionBeginUser;
  PetscCheck(sampler->settings.law == HYP_STALENESS_GEOMETRIC, PETSC_COMM_SELF, PETSC_ERR_SUP,
             "sample_staleness_law: the modified equations are derived for geometric staleness "
             "only; set geometric, or sample asgd or sdde");
  PetscCheck(sampler->settings.steplaw == HYP_STEPS_CONSTANT && !sampler->settings.warmup &&
               !sampler->settings.schedule,
             PETSC_COMM_SELF, PETSC_ERR_SUP,
             "%s has a constant learning rate and no warm-up; sample asgd or sdde for others",
             sampler->settings.model);
  PetscFunctionReturn(0);
}

static PetscErrorCode SetUp(HypSampler sampler, PetscReal friction, PetscReal noise,
                            PetscReal timestep)
{
  Sme *sme = sampler->data;

  PetscFunctionBeginUser;
  sme->friction     = friction;
  sme->noise        = noise / PetscSqrtReal((PetscReal)sampler->settings.batch);
  sme->h            = timestep / (PetscReal)sampler->settings.substeps;
  sampler->timestep = timestep;
  sampler->has_y    = PETSC_TRUE;
  PetscFunctionReturn(0);
}

/* With P = g (theta - M) where there is staleness */
static PetscErrorCode SetUpAsgd(HypSampler sampler, PetscReal noise)
{
  const PetscReal eta = sampler->settings.eta, k = sampler->settings.kappa,
                  g = PetscSqrtReal((1 - k) / eta);

  PetscFunctionBeginUser;
  if (k > 0) sampler->speed = g;
  PetscCall(SetUp(sampler, g, noise, PetscSqrtReal(eta * (1 - k))));
  PetscFunctionReturn(0);
}

/* Sigma constant needs no kappa; (2.12) divides by it */
static PetscErrorCode CheckEvolving(HypSampler sampler)
{
  PetscFunctionBeginUser;
  PetscCheck(!sampler->settings.evolving || sampler->settings.kappa > 0, PETSC_COMM_SELF,
             PETSC_ERR_ARG_OUTOFRANGE,
             "model_staleness: 0 given, but the evolving covariance divides by it; set a positive "
             "staleness or sample_covariance: constant");
  PetscFunctionReturn(0);
}

static PetscErrorCode HypSamplerSetUp_SMEASGD(HypSampler sampler)
{
  const PetscReal eta = sampler->settings.eta, k = sampler->settings.kappa;

  PetscFunctionBeginUser;
  PetscCall(CheckAssumptions(sampler));
  PetscCall(CheckEvolving(sampler));
  if (sampler->settings.evolving)
    PetscCall(HypSamplerCheckMeanSquare(sampler, HypSmeAsgdKernels,
                                        "this modified equation with evolving covariance"));
  PetscCall(SetUpAsgd(sampler, PetscPowReal(eta, 0.75) * PetscPowReal(1 - k, -0.25)));
  PetscFunctionReturn(0);
}

static PetscErrorCode HypSamplerSetUp_SMEASGDLinear(HypSampler sampler)
{
  const PetscReal eta = sampler->settings.eta, k = sampler->settings.kappa;
  PetscReal       a;

  PetscFunctionBeginUser;
  PetscCall(CheckAssumptions(sampler));
  PetscCall(CheckEvolving(sampler));
  PetscCall(HypLossLargestCurvature(sampler->loss, &a));
  PetscCheck(a > 0, PETSC_COMM_SELF, PETSC_ERR_SUP,
             "sample_model: sme-asgd-linear needs a loss with linear gradients (sample_loss_type: "
             "quadratic or least-squares); sample "
             "sme-asgd for others");
  if (sampler->settings.evolving)
    PetscCall(HypSamplerCheckMeanSquare(sampler, HypSmeLinearKernels,
                                        "this modified equation with evolving covariance"));
  PetscCall(SetUpAsgd(sampler, PetscPowReal(eta * (1 - k), 0.25)));
  PetscFunctionReturn(0);
}

static PetscErrorCode HypSamplerSetUp_SMEMSGD(HypSampler sampler)
{
  const PetscReal eta = sampler->settings.eta;

  PetscFunctionBeginUser;
  PetscCall(CheckAssumptions(sampler));
  PetscCall(HypSamplerCheckMeanSquare(sampler, HypSmeMsgdKernels, "this modified equation"));
  PetscCall(SetUp(sampler, (1 - sampler->settings.momentum) / PetscSqrtReal(eta),
                  PetscPowReal(eta, 0.25), PetscSqrtReal(eta)));
  PetscFunctionReturn(0);
}

static PetscErrorCode HypBlockCreate_SME(HypSampler sampler, HypBlock *block)
{
  const PetscInt d = sampler->d, size = d * block->lanes;
  SmeBlock      *data;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&data));
  PetscCall(PetscMalloc6(size, &data->theta, size, &data->y, size, &data->m, size, &data->p, size,
                         &data->gradient, size, &data->vector));
  PetscCall(PetscMalloc4(d * size, &data->Sigma, d * d, &data->factor,
                         PetscMax(d, sampler->loss->n) * block->lanes, &data->xi, size,
                         &data->kick));
  block->data  = data;
  block->theta = data->theta;
  block->y     = data->y;
  PetscFunctionReturn(0);
}

/* A history at rest: Y_0 = -grad f/g, P_0 = 0, Sigma_0 = Cov_i grad f_i */
static PetscErrorCode HypBlockStart_SME(HypSampler sampler, HypBlock *block)
{
  const PetscInt size = sampler->d * block->lanes;
  const Sme     *sme  = sampler->data;
  SmeBlock      *data = block->data;

  PetscFunctionBeginUser;
  HypBlockFill(sampler, block->lanes, data->theta);
  HypBlockFill(sampler, block->lanes, data->m);
  PetscCall(HypLossMeanGradient(sampler->loss, block->lanes, data->theta, data->gradient));
  PetscCall(PetscArrayzero(data->Sigma, sampler->d * size));
  PetscCall(
    HypLossAddCovariance(sampler->loss, block->lanes, data->theta, data->gradient, 1, data->Sigma));
  PetscCall(PetscArrayzero(data->p, size));
  for (PetscInt k = 0; k < size; k++) data->y[k] = -data->gradient[k] / sme->friction;
  PetscFunctionReturn(0);
}

static PetscErrorCode HypBlockStart_SMEMSGD(HypSampler sampler, HypBlock *block)
{
  PetscFunctionBeginUser;
  PetscCall(HypBlockStart_SME(sampler, block));
  PetscCall(PetscArrayzero(block->y, sampler->d * block->lanes));
  PetscFunctionReturn(0);
}

/* y <- solution of y' = -grad f - g y after time t, grad f frozen */
static void DampedKick(PetscInt size, PetscReal g, PetscReal t, const PetscReal *restrict gradient,
                       PetscReal *restrict y)
{
  const PetscReal E = PetscExpReal(-g * t), D = -expm1(-g * t) / g;

  for (PetscInt k = 0; k < size; k++) y[k] = E * y[k] - D * gradient[k];
}

/* Sigma <- solution of Sigma' = -g Sigma + g Cov(theta) + g weight w w^T after time t,
   theta and w frozen */
static PetscErrorCode RelaxSigma(HypSampler sampler, HypBlock *block, PetscReal t,
                                 const PetscReal *theta, const PetscReal *gradient,
                                 PetscReal weight, const PetscReal *w)
{
  const PetscInt  d = sampler->d, lanes = block->lanes;
  const PetscReal g = ((Sme *)sampler->data)->friction, E = PetscExpReal(-g * t),
                  rest = -expm1(-g * t);
  PetscReal *Sigma     = ((SmeBlock *)block->data)->Sigma;

  PetscFunctionBeginUser;
  for (PetscInt c = 0; c < d; c++)
    for (PetscInt e = 0; e <= c; e++)
      for (PetscInt l = 0; l < lanes; l++)
        Sigma[(c * d + e) * lanes + l] =
          E * Sigma[(c * d + e) * lanes + l] + rest * weight * w[c * lanes + l] * w[e * lanes + l];
  PetscCall(HypLossAddCovariance(sampler->loss, lanes, theta, gradient, rest, Sigma));
  PetscFunctionReturn(0);
}

/* The d normals of a substep.  Coupled in d > 1 they are L^{-1} sum_i (g_i - grad f) z_i/sqrt(n)
   with L L^T = Cov_i grad f_i at theta and one number z_i for each component */
static PetscErrorCode Normals(HypSampler sampler, HypBlock *block, PetscInt step, PetscInt substep)
{
  const PetscInt d = sampler->d, lanes = block->lanes, size = d * lanes, n = sampler->loss->n;
  SmeBlock      *data = block->data;
  PetscReal     *z, *mean, *C, *v;

  PetscFunctionBeginUser;
  if (sampler->coupled == 0 || d == 1) {
    PetscCall(HypSamplerNormals(sampler, block, step, substep, d, data->xi));
    PetscFunctionReturn(0);
  }
  PetscCheck(n > d, PETSC_COMM_SELF, PETSC_ERR_SUP,
             "coupled paths of %s: %" PetscInt_FMT " components in %" PetscInt_FMT
             " dimensions given, more components than dimensions needed",
             sampler->settings.model, n, d);
  PetscCall(PetscMalloc3(n * lanes, &z, size, &mean, size, &v));
  PetscCall(PetscCalloc1(d * size, &C));
  PetscCall(HypSamplerNormals(sampler, block, step, substep, n, z));
  PetscCall(HypLossMeanGradient(sampler->loss, lanes, data->theta, mean));
  PetscCall(HypLossAddCovariance(sampler->loss, lanes, data->theta, mean, 1, C));
  PetscCall(HypLossNoise(sampler->loss, lanes, data->theta, mean, z, v));
  PetscCall(HypCovarianceSolve(d, lanes, C, v, data->factor, data->xi));
  PetscCall(PetscFree3(z, mean, v));
  PetscCall(PetscFree(C));
  PetscFunctionReturn(0);
}

/* kick <- factor Sigma^{1/2} xi, a Brownian increment over time t */
static PetscErrorCode NoiseKick(HypSampler sampler, HypBlock *block, PetscReal t, PetscInt step,
                                PetscInt substep)
{
  const PetscReal scale = ((Sme *)sampler->data)->noise * PetscSqrtReal(t);
  SmeBlock       *data  = block->data;

  PetscFunctionBeginUser;
  PetscCall(Normals(sampler, block, step, substep));
  PetscCall(
    HypCovarianceApply(sampler->d, block->lanes, data->Sigma, data->xi, data->factor, data->kick));
  for (PetscInt k = 0; k < sampler->d * block->lanes; k++) data->kick[k] *= scale;
  PetscFunctionReturn(0);
}

/* w = grad f + g Y, and Sigma relaxed for half a substep */
static PetscErrorCode HalfSigma(HypSampler sampler, HypBlock *block)
{
  const Sme *sme  = sampler->data;
  SmeBlock  *data = block->data;

  PetscFunctionBeginUser;
  if (!sampler->settings.evolving) PetscFunctionReturn(0);
  for (PetscInt k = 0; k < sampler->d * block->lanes; k++)
    data->vector[k] = data->gradient[k] + sme->friction * data->y[k];
  PetscCall(RelaxSigma(sampler, block, sme->h / 2, data->theta, data->gradient,
                       1 / sampler->settings.kappa, data->vector));
  PetscFunctionReturn(0);
}

static PetscErrorCode HypSamplerStep_SMEASGD(HypSampler sampler, HypBlock *block, PetscInt step)
{
  const PetscInt size = sampler->d * block->lanes;
  const Sme     *sme  = sampler->data;
  SmeBlock      *data = block->data;

  PetscFunctionBeginUser;
  for (PetscInt s = 0; s < sampler->settings.substeps; s++) {
    PetscCall(HalfSigma(sampler, block));
    DampedKick(size, sme->friction, sme->h / 2, data->gradient, data->y);
    PetscCall(NoiseKick(sampler, block, sme->h, step, s));
    for (PetscInt k = 0; k < size; k++) data->theta[k] += sme->h * data->y[k] + data->kick[k];
    PetscCall(HypLossMeanGradient(sampler->loss, block->lanes, data->theta, data->gradient));
    DampedKick(size, sme->friction, sme->h / 2, data->gradient, data->y);
    PetscCall(HalfSigma(sampler, block));
  }
  PetscFunctionReturn(0);
}

/* Sigma relaxed with Cov at M + (k/g) P and f''P, for half a substep; theta is work here */
static PetscErrorCode HalfSigmaLinear(HypSampler sampler, HypBlock *block)
{
  const PetscReal k    = sampler->settings.kappa;
  const Sme      *sme  = sampler->data;
  SmeBlock       *data = block->data;

  PetscFunctionBeginUser;
  if (!sampler->settings.evolving) PetscFunctionReturn(0);
  for (PetscInt i = 0; i < sampler->d * block->lanes; i++)
    data->theta[i] = data->m[i] + k / sme->friction * data->p[i];
  PetscCall(HypLossMeanGradient(sampler->loss, block->lanes, data->theta, data->gradient));
  PetscCall(HypLossSecond(sampler->loss, block->lanes, data->theta, data->p, data->vector));
  PetscCall(RelaxSigma(sampler, block, sme->h / 2, data->theta, data->gradient,
                       k / (sme->friction * sme->friction), data->vector));
  PetscFunctionReturn(0);
}

static PetscErrorCode HypSamplerStep_SMEASGDLinear(HypSampler sampler, HypBlock *block,
                                                   PetscInt step)
{
  const PetscInt size = sampler->d * block->lanes;
  const Sme     *sme  = sampler->data;
  SmeBlock      *data = block->data;

  PetscFunctionBeginUser;
  for (PetscInt s = 0; s < sampler->settings.substeps; s++) {
    PetscCall(HalfSigmaLinear(sampler, block));
    for (PetscInt k = 0; k < size; k++) data->m[k] += sme->h / 2 * data->p[k];
    PetscCall(HypLossMeanGradient(sampler->loss, block->lanes, data->m, data->gradient));
    PetscCall(NoiseKick(sampler, block, sme->h, step, s));
    DampedKick(size, sme->friction, sme->h / 2, data->gradient, data->p);
    for (PetscInt k = 0; k < size; k++) data->p[k] += data->kick[k];
    DampedKick(size, sme->friction, sme->h / 2, data->gradient, data->p);
    for (PetscInt k = 0; k < size; k++) data->m[k] += sme->h / 2 * data->p[k];
    PetscCall(HalfSigmaLinear(sampler, block));
  }
  PetscCall(HypLossMeanGradient(sampler->loss, block->lanes, data->m, data->gradient));
  for (PetscInt k = 0; k < size; k++) {
    data->theta[k] = data->m[k] + data->p[k] / sme->friction;
    data->y[k]     = -data->gradient[k] / sme->friction;
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode HypSamplerStep_SMEMSGD(HypSampler sampler, HypBlock *block, PetscInt step)
{
  const PetscInt  size = sampler->d * block->lanes, n = sampler->d == 1 ? 1 : sampler->loss->n;
  const Sme      *sme   = sampler->data;
  const PetscReal scale = sme->noise * PetscSqrtReal(sme->h);
  SmeBlock       *data  = block->data;

  PetscFunctionBeginUser;
  for (PetscInt s = 0; s < sampler->settings.substeps; s++) {
    for (PetscInt k = 0; k < size; k++) data->theta[k] += sme->h / 2 * data->y[k];
    PetscCall(HypLossMeanGradient(sampler->loss, block->lanes, data->theta, data->gradient));
    PetscCall(HypSamplerNormals(sampler, block, step, s, n, data->xi));
    PetscCall(
      HypLossNoise(sampler->loss, block->lanes, data->theta, data->gradient, data->xi, data->kick));
    DampedKick(size, sme->friction, sme->h / 2, data->gradient, data->y);
    for (PetscInt k = 0; k < size; k++) data->y[k] += scale * data->kick[k];
    DampedKick(size, sme->friction, sme->h / 2, data->gradient, data->y);
    for (PetscInt k = 0; k < size; k++) data->theta[k] += sme->h / 2 * data->y[k];
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode HypBlockDestroy_SME(HypSampler sampler, HypBlock *block)
{
  SmeBlock *data = block->data;

  PetscFunctionBeginUser;
  (void)sampler;
  PetscCall(PetscFree6(data->theta, data->y, data->m, data->p, data->gradient, data->vector));
  PetscCall(PetscFree4(data->Sigma, data->factor, data->xi, data->kick));
  PetscCall(PetscFree(data));
  PetscFunctionReturn(0);
}

/* The moment equations, (5.5) or those of (2.5), for a quadratic loss;
   about the minimiser, then shifted */
static PetscErrorCode Exact(HypSampler sampler, PetscInt c, PetscInt times, const PetscInt *step,
                            PetscBool linear, PetscReal *moments)
{
  const HypSampleSettings *settings  = &sampler->settings;
  HypAlgorithm             algorithm = {settings->eta, settings->kappa, 0, 0};
  PetscReal                minimiser = 0, square[3];
  PetscBool                quadratic;

  PetscFunctionBeginUser;
  PetscCall(HypLossQuadraticCoordinate(sampler->loss, c, &quadratic, &algorithm.curvature,
                                       &minimiser, &algorithm.noise));
  for (PetscInt t = 0; t < times; t++) {
    const PetscReal x0  = settings->start[c] - minimiser,
                    at  = (PetscReal)step[t] * sampler->timestep;
    HypSmeMoments state = {.x = NAN, .xx = NAN};

    if (quadratic && settings->batch == 1 && linear)
      PetscCall(HypSmeLinearMomentsAt(&algorithm, settings->evolving, x0, at, &state, square));
    else if (quadratic && settings->batch == 1)
      PetscCall(HypSmeMomentsAt(&algorithm, settings->evolving, x0, at, &state));
    moments[2 * t]     = state.x + minimiser;
    moments[2 * t + 1] = state.xx + 2 * minimiser * state.x + minimiser * minimiser;
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode HypSamplerExact_SMEASGD(HypSampler sampler, PetscInt c, PetscInt times,
                                              const PetscInt *step, PetscReal *moments)
{
  PetscFunctionBeginUser;
  PetscCall(Exact(sampler, c, times, step, PETSC_FALSE, moments));
  PetscFunctionReturn(0);
}

static PetscErrorCode HypSamplerExact_SMEASGDLinear(HypSampler sampler, PetscInt c, PetscInt times,
                                                    const PetscInt *step, PetscReal *moments)
{
  PetscFunctionBeginUser;
  PetscCall(Exact(sampler, c, times, step, PETSC_TRUE, moments));
  PetscFunctionReturn(0);
}

static PetscErrorCode HypSamplerDestroy_SME(HypSampler sampler)
{
  PetscFunctionBeginUser;
  PetscCall(PetscFree(sampler->data));
  PetscFunctionReturn(0);
}

static PetscErrorCode Create(HypSampler sampler)
{
  Sme *sme;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&sme));
  sampler->data             = sme;
  sampler->ops.blockcreate  = HypBlockCreate_SME;
  sampler->ops.blockstart   = HypBlockStart_SME;
  sampler->ops.blockdestroy = HypBlockDestroy_SME;
  sampler->ops.destroy      = HypSamplerDestroy_SME;
  PetscFunctionReturn(0);
}

PetscErrorCode HypSamplerCreate_SMEASGD(HypSampler sampler)
{
  PetscFunctionBeginUser;
  PetscCall(Create(sampler));
  sampler->ops.setup = HypSamplerSetUp_SMEASGD;
  sampler->ops.step  = HypSamplerStep_SMEASGD;
  sampler->ops.exact = HypSamplerExact_SMEASGD;
  PetscFunctionReturn(0);
}

PetscErrorCode HypSamplerCreate_SMEASGDLinear(HypSampler sampler)
{
  PetscFunctionBeginUser;
  PetscCall(Create(sampler));
  sampler->ops.setup = HypSamplerSetUp_SMEASGDLinear;
  sampler->ops.step  = HypSamplerStep_SMEASGDLinear;
  sampler->ops.exact = HypSamplerExact_SMEASGDLinear;
  PetscFunctionReturn(0);
}

PetscErrorCode HypSamplerCreate_SMEMSGD(HypSampler sampler)
{
  PetscFunctionBeginUser;
  PetscCall(Create(sampler));
  sampler->ops.setup      = HypSamplerSetUp_SMEMSGD;
  sampler->ops.blockstart = HypBlockStart_SMEMSGD;
  sampler->ops.step       = HypSamplerStep_SMEMSGD;
  sampler->ops.exact      = HypSamplerExactSmeMsgd;
  PetscFunctionReturn(0);
}
