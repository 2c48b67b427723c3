/*
   The equation whose law the PDE evolves, for each coordinate

       asgd      dTheta = Y dt + tau sqrt(s) dB,  dY = -(w^2 Theta + eps(Theta)) dt - gamma Y
       dt         (2.2) of Zhu and Ying
       momentum  dTheta = Y dt,                   dY = -(w^2 Theta + eps(Theta)) dt - gamma Y
       dt + tau sqrt(s) dB

   Symmetric splitting with substeps of length h = interval/substeps: half a kick Y -= (h/2)
   eps(Theta), the linear
   equation with its noise exactly in law, half a kick.  Exact for eps = 0; weak order 2
   otherwise.  Where s depends on theta it
   is taken where the substep begins (Ito), which is of weak order 1.

   The linear flow z' = A z, A = [0 1; -w^2 -gamma], has transition covariance C = tau^2 int_0^h
   (e^{sA} u)(e^{sA} u)^T ds
   with u = (1, 0) or (0, 1), by Gauss-Legendre quadrature: no cancellation at small h.
*/
#include "sampler/samplerimpl.h"
#include <gsl/gsl_errno.h>
#include <gsl/gsl_integration.h>
#include <gsl/gsl_linalg.h>

/* One coordinate over a substep */
typedef struct {
  PetscReal E[2][2];       /* e^{hA} */
  PetscReal l11, l21, l22; /* Cholesky factor of C */
} Linear;

typedef struct {
  Linear    *linear; /* of each coordinate */
  PetscReal  h;
  PetscReal *start; /* lower Cholesky factor of the law of (x, v) at time 0, [2d][2d] */
} Sde;

typedef struct {
  PetscReal *theta, *y, *kick, *xi, *point;
  PetscReal *root;  /* sqrt(s); NULL: s = 1 */
  PetscReal *users; /* theta and y along the user's axes; NULL: those of the model are the same */
} SdeBlock;

/* E <- e^{tA} */
static PetscErrorCode Flow(HypModel model, PetscInt c, PetscReal t, PetscReal E[2][2])
{
  const PetscReal w2   = PetscSqr(HypModelCoordinate(model, c).omega);
  double          a[4] = {0, t, -t * w2, -t * HypModelGamma(model)}, e[4];
  gsl_matrix_view A = gsl_matrix_view_array(a, 2, 2), out = gsl_matrix_view_array(e, 2, 2);

  PetscFunctionBeginUser;
  gsl_error_handler_t *const handler = gsl_set_error_handler_off();
  const int status = gsl_linalg_exponential_ss(&A.matrix, &out.matrix, GSL_PREC_DOUBLE);
  (void)gsl_set_error_handler(handler);
  PetscCheck(!status, PETSC_COMM_SELF, PETSC_ERR_LIB,
             "the linear flow over a time step of %g could not be computed", (double)t);
  for (int i = 0; i < 4; i++) E[i / 2][i % 2] = e[i];
  PetscFunctionReturn(0);
}

static PetscErrorCode LinearCreate(HypModel model, PetscInt c, PetscReal h, Linear *linear)
{
  const PetscReal                tau2 = PetscSqr(HypModelCoordinate(model, c).tau);
  const PetscInt                 u    = HypModelGetType(model) == HYP_ASGD ? 0 : 1;
  gsl_integration_glfixed_table *rule = gsl_integration_glfixed_table_alloc(20);
  PetscReal                      c11 = 0, c21 = 0, c22 = 0;

  PetscFunctionBeginUser;
  PetscCheck(rule, PETSC_COMM_SELF, PETSC_ERR_MEM, "GSL could not allocate a quadrature");
  PetscCall(Flow(model, c, h, linear->E));
  for (size_t i = 0; i < 20; i++) {
    double    s, weight;
    PetscReal E[2][2];

    gsl_integration_glfixed_point(0, h, i, &s, &weight, rule);
    PetscCall(Flow(model, c, s, E));
    c11 += tau2 * weight * E[0][u] * E[0][u];
    c21 += tau2 * weight * E[1][u] * E[0][u];
    c22 += tau2 * weight * E[1][u] * E[1][u];
  }
  gsl_integration_glfixed_table_free(rule);
  linear->l11 = PetscSqrtReal(c11);
  linear->l21 = c21 / linear->l11;
  linear->l22 = PetscSqrtReal(PetscMax(c22 - linear->l21 * linear->l21, 0));
  PetscFunctionReturn(0);
}

/* Cholesky factor of the covariance at time 0; zero (a point) stays zero */
static PetscErrorCode StartFactor(HypSampler sampler, Sde *sde)
{
  const size_t    n = 2 * (size_t)sampler->d;
  gsl_matrix_view L;
  PetscReal       trace = 0;

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc1((PetscInt)(n * n), &sde->start));
  if (!sampler->settings.covariance) PetscFunctionReturn(0);
  PetscCall(PetscArraycpy(sde->start, sampler->settings.covariance, (PetscInt)(n * n)));
  for (size_t i = 0; i < n; i++) trace += PetscAbsReal(sde->start[i * n + i]);
  if (trace == 0) PetscFunctionReturn(0);
  gsl_error_handler_t *const handler = gsl_set_error_handler_off();
  L                                  = gsl_matrix_view_array(sde->start, n, n);
  const int status                   = gsl_linalg_cholesky_decomp1(&L.matrix);
  (void)gsl_set_error_handler(handler);
  PetscCheck(!status, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
             "initial_covariance: the given matrix is not positive definite");
  PetscFunctionReturn(0);
}

static PetscErrorCode HypSamplerSetUp_SDE(HypSampler sampler)
{
  const HypSampleSettings *settings = &sampler->settings;
  Sde                     *sde      = sampler->data;
  PetscReal                rate;

  PetscFunctionBeginUser;
  PetscCheck(settings->pde && settings->mean, PETSC_COMM_SELF, PETSC_ERR_ARG_NULL,
             "sde needs a model and a law at time 0");
  PetscCheck(settings->interval > 0, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
             "time_output_interval: %g given, a positive number needed",
             (double)settings->interval);
  rate   = HypModelFastest(settings->pde) + HypModelGamma(settings->pde);
  sde->h = settings->interval / (PetscReal)settings->substeps;
  PetscCheck(
    sde->h * rate <= 2, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
    "sample_substeps: %" PetscInt_FMT
    " given, steps of %g are too long for omega0 + gamma = %g; at least %g substeps needed",
    settings->substeps, (double)sde->h, (double)rate,
    (double)PetscCeilReal(settings->interval * rate / 2));
  PetscCall(PetscMalloc1(sampler->d, &sde->linear));
  for (PetscInt c = 0; c < sampler->d; c++)
    PetscCall(LinearCreate(settings->pde, c, sde->h, sde->linear + c));
  PetscCall(StartFactor(sampler, sde));
  sampler->timestep = settings->interval;
  sampler->has_y    = PETSC_TRUE;
  sampler->pair     = HypModelRotated(settings->pde) ? PETSC_FALSE : PETSC_TRUE;
  PetscFunctionReturn(0);
}

static PetscErrorCode HypBlockCreate_SDE(HypSampler sampler, HypBlock *block)
{
  const PetscInt size = sampler->d * block->lanes;
  SdeBlock      *data;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&data));
  PetscCall(PetscMalloc5(size, &data->theta, size, &data->y, size, &data->kick, 2 * size, &data->xi,
                         2 * sampler->d, &data->point));
  if (HypModelNoisy(sampler->settings.pde)) PetscCall(PetscMalloc1(size, &data->root));
  if (HypModelRotated(sampler->settings.pde)) PetscCall(PetscMalloc1(2 * size, &data->users));
  block->data  = data;
  block->theta = data->users ? data->users : data->theta;
  block->y     = data->users ? data->users + size : data->y;
  PetscFunctionReturn(0);
}

/* What others see of a block */
static PetscErrorCode Show(HypSampler sampler, HypBlock *block)
{
  SdeBlock *data = block->data;

  PetscFunctionBeginUser;
  if (!data->users) PetscFunctionReturn(0);
  PetscCall(HypModelToUser(sampler->settings.pde, block->lanes, data->theta, block->theta));
  PetscCall(HypModelToUser(sampler->settings.pde, block->lanes, data->y, block->y));
  PetscFunctionReturn(0);
}

/* kick <- eps(theta), root <- sqrt(s(theta)) */
static PetscErrorCode Perturbation(HypSampler sampler, HypBlock *block)
{
  const PetscInt d = sampler->d, lanes = block->lanes;
  HypModel       model = sampler->settings.pde;
  SdeBlock      *data  = block->data;

  PetscFunctionBeginUser;
  if (HypModelPerturbed(model))
    PetscCall(HypModelPerturbationMany(model, 0, block->lanes, data->theta, data->kick));
  for (PetscInt l = 0; l < lanes && data->root; l++) {
    for (PetscInt c = 0; c < d; c++) data->point[c] = data->theta[c * lanes + l];
    PetscCall(HypModelNoise(model, data->point, data->point + d));
    for (PetscInt c = 0; c < d; c++) data->root[c * lanes + l] = PetscSqrtReal(data->point[d + c]);
  }
  PetscFunctionReturn(0);
}

/* (x, v) = mean + L xi, then (theta, y) */
static PetscErrorCode HypBlockStart_SDE(HypSampler sampler, HypBlock *block)
{
  const PetscInt d = sampler->d, lanes = block->lanes, n = 2 * d;
  HypModel       model = sampler->settings.pde;
  Sde           *sde   = sampler->data;
  SdeBlock      *data  = block->data;

  PetscFunctionBeginUser;
  HypRandomNormals(HypBlockRandom(sampler, block, 0, HYP_RANDOM_START), n, data->xi);
  for (PetscInt l = 0; l < lanes; l++) {
    for (PetscInt i = 0; i < n; i++) {
      data->point[i] = sampler->settings.mean[i];
      for (PetscInt j = 0; j <= i; j++)
        data->point[i] += sde->start[i * n + j] * data->xi[j * lanes + l];
    }
    HypModelScale(model, data->point, data->point + d, data->point);
    for (PetscInt c = 0; c < d; c++) {
      const HypCoordinate at = HypModelCoordinate(model, c);

      data->theta[c * lanes + l] = at.theta_X * data->point[c] + at.theta_V * data->point[d + c];
      data->y[c * lanes + l]     = at.y_X * data->point[c] + at.y_V * data->point[d + c];
    }
  }
  PetscCall(Perturbation(sampler, block));
  PetscCall(Show(sampler, block));
  PetscFunctionReturn(0);
}

static void HalfKick(const Sde *sde, PetscInt size, const PetscReal *restrict kick,
                     PetscReal *restrict y)
{
  for (PetscInt k = 0; k < size; k++) y[k] -= sde->h / 2 * kick[k];
}

/* The linear equation over a substep, with the normal numbers a and b */
static void LinearStep(const Linear *linear, PetscInt lanes, const PetscReal *restrict root,
                       const PetscReal *restrict a, const PetscReal *restrict b,
                       PetscReal *restrict theta, PetscReal *restrict y)
{
  const Linear f = *linear;

  for (PetscInt l = 0; l < lanes; l++) {
    const PetscReal t = theta[l], v = y[l], scale = root ? root[l] : 1;

    theta[l] = f.E[0][0] * t + f.E[0][1] * v + scale * (f.l11 * a[l]);
    y[l]     = f.E[1][0] * t + f.E[1][1] * v + scale * (f.l21 * a[l] + f.l22 * b[l]);
  }
}

static PetscErrorCode HypSamplerStep_SDE(HypSampler sampler, HypBlock *block, PetscInt step)
{
  const PetscInt  lanes = block->lanes, size = sampler->d * lanes;
  const PetscBool perturbed = HypModelPerturbed(sampler->settings.pde);
  const Sde      *sde       = sampler->data;
  SdeBlock       *data      = block->data;

  PetscFunctionBeginUser;
  for (PetscInt s = 0; s < sampler->settings.substeps; s++) {
    if (perturbed) HalfKick(sde, size, data->kick, data->y);
    HypRandomNormals(
      HypBlockRandom(sampler, block, (step * sampler->settings.substeps + s), HYP_RANDOM_NORMAL),
      2 * sampler->d, data->xi);
    for (PetscInt c = 0; c < sampler->d; c++)
      LinearStep(sde->linear + c, lanes, data->root ? data->root + c * lanes : NULL,
                 data->xi + c * lanes, data->xi + size + c * lanes, data->theta + c * lanes,
                 data->y + c * lanes);
    PetscCall(Perturbation(sampler, block));
    if (perturbed) HalfKick(sde, size, data->kick, data->y);
  }
  PetscCall(Show(sampler, block));
  PetscFunctionReturn(0);
}

/* (theta, y) = B (x, v) of one coordinate, in their own units */
static void Map(HypModel model, PetscInt i, PetscReal B[2][2])
{
  const HypCoordinate c = HypModelCoordinate(model, i);
  const PetscReal     b = PetscSqrtReal(c.beta);

  B[0][0] = c.theta_X * b * c.omega;
  B[0][1] = c.theta_V * b;
  B[1][0] = c.y_X * b * c.omega;
  B[1][1] = c.y_V * b;
}

/* C <- L C R^T */
static void Sandwich(PetscReal L[2][2], PetscReal C[2][2], PetscReal R[2][2])
{
  PetscReal LC[2][2];

  for (int i = 0; i < 2; i++)
    for (int j = 0; j < 2; j++) LC[i][j] = L[i][0] * C[0][j] + L[i][1] * C[1][j];
  for (int i = 0; i < 2; i++)
    for (int j = 0; j < 2; j++) C[i][j] = LC[i][0] * R[j][0] + LC[i][1] * R[j][1];
}

/* Cov(theta_k, theta_l) at time t, from S(t) = S_inf + e^{tA_k} (S_0 - S_inf) e^{tA_l}^T, S_inf = 0
   for k != l */
static PetscErrorCode Covariance(HypSampler sampler, PetscInt k, PetscInt l, PetscReal t,
                                 PetscReal *covariance)
{
  const PetscInt      d = sampler->d, n = 2 * d;
  const PetscReal    *S           = sampler->settings.covariance;
  HypModel            model       = sampler->settings.pde;
  const HypCoordinate c           = HypModelCoordinate(model, k);
  PetscReal           start[2][2] = {{0}}, limit[2][2] = {{0}}, E[2][2], F[2][2], B[2][2], D[2][2];

  PetscFunctionBeginUser;
  for (int i = 0; S && i < 2; i++)
    for (int j = 0; j < 2; j++) start[i][j] = S[(k + i * d) * n + l + j * d];
  if (k == l) {
    limit[0][0] = 1 / (c.beta * c.omega * c.omega);
    limit[1][1] = 1 / c.beta;
  }
  Map(model, k, B);
  Map(model, l, D);
  Sandwich(B, start, D);
  Sandwich(B, limit, D);
  PetscCall(Flow(model, k, t, E));
  PetscCall(Flow(model, l, t, F));
  for (int i = 0; i < 2; i++)
    for (int j = 0; j < 2; j++) start[i][j] -= limit[i][j];
  Sandwich(E, start, F);
  *covariance = limit[0][0] + start[0][0];
  PetscFunctionReturn(0);
}

/* E theta_k at time t */
static PetscErrorCode Mean(HypSampler sampler, PetscInt k, PetscReal t, PetscReal *mean)
{
  const PetscReal x = sampler->settings.mean[k], v = sampler->settings.mean[sampler->d + k];
  PetscReal       E[2][2], B[2][2];

  PetscFunctionBeginUser;
  Map(sampler->settings.pde, k, B);
  PetscCall(Flow(sampler->settings.pde, k, t, E));
  *mean = E[0][0] * (B[0][0] * x + B[0][1] * v) + E[0][1] * (B[1][0] * x + B[1][1] * v);
  PetscFunctionReturn(0);
}

/* For eps = 0 and s = 1, of the user's theta_c = sum_k e_k theta_k: its mean, and the sum of
   e_k e_l Cov(theta_k, theta_l) */
static PetscErrorCode HypSamplerExact_SDE(HypSampler sampler, PetscInt c, PetscInt times,
                                          const PetscInt *step, PetscReal *moments)
{
  const PetscInt   d     = sampler->d;
  HypModel         model = sampler->settings.pde;
  const PetscReal *e     = HypModelRotated(model) ? HypModelDirections(model) + c * d : NULL;

  PetscFunctionBeginUser;
  for (PetscInt at = 0; at < times; at++) {
    const PetscReal t    = (PetscReal)step[at] * sampler->timestep;
    PetscReal       mean = 0, variance = 0, part;

    for (PetscInt k = 0; k < d; k++) {
      const PetscReal ek = e ? e[k] : k == c;

      if (ek == 0) continue;
      PetscCall(Mean(sampler, k, t, &part));
      mean += ek * part;
      for (PetscInt l = 0; l < d; l++) {
        const PetscReal el = e ? e[l] : l == c;

        if (el == 0) continue;
        PetscCall(Covariance(sampler, k, l, t, &part));
        variance += ek * el * part;
      }
    }
    moments[2 * at]     = HypModelPerturbed(model) ? NAN : mean;
    moments[2 * at + 1] = HypModelPerturbed(model) ? NAN : mean * mean + variance;
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode HypBlockDestroy_SDE(HypSampler sampler, HypBlock *block)
{
  SdeBlock *data = block->data;

  PetscFunctionBeginUser;
  (void)sampler;
  PetscCall(PetscFree5(data->theta, data->y, data->kick, data->xi, data->point));
  PetscCall(PetscFree(data->root));
  PetscCall(PetscFree(data->users));
  PetscCall(PetscFree(data));
  PetscFunctionReturn(0);
}

static PetscErrorCode HypSamplerDestroy_SDE(HypSampler sampler)
{
  Sde *sde = sampler->data;

  PetscFunctionBeginUser;
  PetscCall(PetscFree(sde->linear));
  PetscCall(PetscFree(sde->start));
  PetscCall(PetscFree(sde));
  PetscFunctionReturn(0);
}

PetscErrorCode HypSamplerCreate_SDE(HypSampler sampler)
{
  Sde *sde;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&sde));
  sampler->data             = sde;
  sampler->ops.setup        = HypSamplerSetUp_SDE;
  sampler->ops.blockcreate  = HypBlockCreate_SDE;
  sampler->ops.blockstart   = HypBlockStart_SDE;
  sampler->ops.step         = HypSamplerStep_SDE;
  sampler->ops.blockdestroy = HypBlockDestroy_SDE;
  sampler->ops.exact        = HypSamplerExact_SDE;
  sampler->ops.destroy      = HypSamplerDestroy_SDE;
  PetscFunctionReturn(0);
}
