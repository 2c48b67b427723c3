/*
   The equation whose law the PDE evolves, (2.2) of Zhu and Ying:

       dTheta = Y dt + tau dB,   dY = -(w0^2 Theta + eps(Theta)) dt - gamma Y dt,
       tau^2 = 2 gamma/(beta w0^4).

   Symmetric splitting with substeps of length h = interval/substeps:
   half a kick Y -= (h/2) eps(Theta), the linear equation with its noise exactly in law,
   half a kick.
   Exact for eps = 0; weak order 2 otherwise.

   The linear flow z' = A z, A = [0 1;
   -w0^2 -gamma], has transition covariance C = tau^2 int_0^h (e^{sA} u)(e^{sA} u)^T ds
   with u = (1, 0), by Gauss-Legendre quadrature: no cancellation at small h.
*/
#include "sampler/samplerimpl.h"
#include <gsl/gsl_errno.h>
#include <gsl/gsl_integration.h>
#include <gsl/gsl_linalg.h>

typedef struct {
  PetscReal  E[2][2];       /* e^{hA} */
  PetscReal  l11, l21, l22; /* Cholesky factor of C */
  PetscReal  h;
  PetscReal *start; /* lower Cholesky factor of the law of (x, v) at time 0, [2d][2d] */
} Sde;

typedef struct {
  PetscReal *theta, *y, *kick, *xi, *point;
} SdeBlock;

/* E <- e^{tA} */
static PetscErrorCode Flow(HypModel model, PetscReal t, PetscReal E[2][2])
{
  double          a[4] = {0, t, -t * model->omega0 * model->omega0, -t * model->gamma}, e[4];
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

static PetscErrorCode TransitionNoise(HypModel model, Sde *sde)
{
  const PetscReal tau2 = 2 * model->gamma / (model->beta * PetscSqr(PetscSqr(model->omega0)));
  gsl_integration_glfixed_table *rule = gsl_integration_glfixed_table_alloc(20);
  PetscReal                      c11 = 0, c21 = 0, c22 = 0;

  PetscFunctionBeginUser;
  for (size_t i = 0; i < 20; i++) {
    double    s, weight;
    PetscReal E[2][2];

    gsl_integration_glfixed_point(0, sde->h, i, &s, &weight, rule);
    PetscCall(Flow(model, s, E));
    c11 += tau2 * weight * E[0][0] * E[0][0];
    c21 += tau2 * weight * E[1][0] * E[0][0];
    c22 += tau2 * weight * E[1][0] * E[1][0];
  }
  gsl_integration_glfixed_table_free(rule);
  sde->l11 = PetscSqrtReal(c11);
  sde->l21 = c21 / sde->l11;
  sde->l22 = PetscSqrtReal(PetscMax(c22 - sde->l21 * sde->l21, 0));
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

  PetscFunctionBeginUser;
  PetscCheck(settings->pde && settings->mean, PETSC_COMM_SELF, PETSC_ERR_ARG_NULL,
             "sde needs a model and a law at time 0");
  PetscCheck(settings->interval > 0, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
             "time_output_interval: %g given, a positive number needed",
             (double)settings->interval);
  sde->h = settings->interval / (PetscReal)settings->substeps;
  PetscCheck(
    sde->h * (settings->pde->omega0 + settings->pde->gamma) <= 2, PETSC_COMM_SELF,
    PETSC_ERR_ARG_OUTOFRANGE,
    "sample_substeps: %" PetscInt_FMT
    " given, steps of %g are too long for omega0 = %g, gamma = %g; at least %g substeps needed",
    settings->substeps, (double)sde->h, (double)settings->pde->omega0, (double)settings->pde->gamma,
    (double)PetscCeilReal(settings->interval * (settings->pde->omega0 + settings->pde->gamma) / 2));
  PetscCall(Flow(settings->pde, sde->h, sde->E));
  PetscCall(TransitionNoise(settings->pde, sde));
  PetscCall(StartFactor(sampler, sde));
  sampler->timestep = settings->interval;
  sampler->has_y    = PETSC_TRUE;
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
  block->data  = data;
  block->theta = data->theta;
  block->y     = data->y;
  PetscFunctionReturn(0);
}

/* kick <- eps(theta) */
static PetscErrorCode Perturbation(HypSampler sampler, HypBlock *block)
{
  HypModel  model = sampler->settings.pde;
  SdeBlock *data  = block->data;

  PetscFunctionBeginUser;
  if (model->perturbed)
    PetscCall(HypModelPerturbationMany(model, 0, block->lanes, data->theta, data->kick));
  PetscFunctionReturn(0);
}

/* (x, v) = mean + L xi, then y = x, theta = -(v + gamma x)/w0^2 */
static PetscErrorCode HypBlockStart_SDE(HypSampler sampler, HypBlock *block)
{
  const PetscInt d = sampler->d, lanes = block->lanes, n = 2 * d;
  HypModel       model = sampler->settings.pde;
  Sde           *sde   = sampler->data;
  SdeBlock      *data  = block->data;

  PetscFunctionBeginUser;
  HypRandomNormals(sampler->settings.seed, block->path, lanes, 0, HYP_RANDOM_START, n, data->xi);
  for (PetscInt l = 0; l < lanes; l++) {
    for (PetscInt i = 0; i < n; i++) {
      data->point[i] = sampler->settings.mean[i];
      for (PetscInt j = 0; j <= i; j++)
        data->point[i] += sde->start[i * n + j] * data->xi[j * lanes + l];
    }
    for (PetscInt c = 0; c < d; c++) {
      data->y[c * lanes + l] = data->point[c];
      data->theta[c * lanes + l] =
        -(data->point[d + c] + model->gamma * data->point[c]) / (model->omega0 * model->omega0);
    }
  }
  PetscCall(Perturbation(sampler, block));
  PetscFunctionReturn(0);
}

static void HalfKick(const Sde *sde, PetscInt size, const PetscReal *restrict kick,
                     PetscReal *restrict y)
{
  for (PetscInt k = 0; k < size; k++) y[k] -= sde->h / 2 * kick[k];
}

static PetscErrorCode HypSamplerStep_SDE(HypSampler sampler, HypBlock *block, PetscInt step)
{
  const PetscInt  size      = sampler->d * block->lanes;
  const PetscBool perturbed = sampler->settings.pde->perturbed;
  const Sde      *sde       = sampler->data;
  SdeBlock       *data      = block->data;

  PetscFunctionBeginUser;
  for (PetscInt s = 0; s < sampler->settings.substeps; s++) {
    if (perturbed) HalfKick(sde, size, data->kick, data->y);
    HypRandomNormals(sampler->settings.seed, block->path, block->lanes,
                     (uint32_t)(step * sampler->settings.substeps + s), HYP_RANDOM_NORMAL,
                     2 * sampler->d, data->xi);
    for (PetscInt k = 0; k < size; k++) {
      const PetscReal theta = data->theta[k], y = data->y[k], a = data->xi[k],
                      b = data->xi[size + k];

      data->theta[k] = sde->E[0][0] * theta + sde->E[0][1] * y + sde->l11 * a;
      data->y[k]     = sde->E[1][0] * theta + sde->E[1][1] * y + sde->l21 * a + sde->l22 * b;
    }
    PetscCall(Perturbation(sampler, block));
    if (perturbed) HalfKick(sde, size, data->kick, data->y);
  }
  PetscFunctionReturn(0);
}

/* (x, v) -> (theta, y) of the mean and covariance of one coordinate:
   theta = -(v + gamma x)/w0^2, y = x */
static void ToTheta(HypModel model, const PetscReal mean[2], const PetscReal cov[3], PetscReal m[2],
                    PetscReal S[3])
{
  const PetscReal w2 = model->omega0 * model->omega0, g = model->gamma;

  m[0] = -(mean[1] + g * mean[0]) / w2;
  m[1] = mean[0];
  S[0] = (cov[2] + 2 * g * cov[1] + g * g * cov[0]) / (w2 * w2);
  S[1] = -(cov[1] + g * cov[0]) / w2;
  S[2] = cov[0];
}

/* For eps = 0: m(t) = E m, S(t) = S_inf + E (S_0 - S_inf) E^T with E = e^{tA};
   symmetric 2x2 matrices as 11, 12, 22 */
static PetscErrorCode HypSamplerExact_SDE(HypSampler sampler, PetscInt c, PetscInt times,
                                          const PetscInt *step, PetscReal *moments)
{
  const PetscInt  d = sampler->d, n = 2 * d;
  HypModel        model         = sampler->settings.pde;
  const PetscReal stationary[3] = {1 / (model->beta * model->omega0 * model->omega0), 0,
                                   1 / model->beta},
                  zero[2]       = {0, 0};
  const PetscReal first[2]      = {sampler->settings.mean[c], sampler->settings.mean[d + c]};
  PetscReal       second[3]     = {0, 0, 0}, m0[2], S0[3], none[2], limit[3];

  PetscFunctionBeginUser;
  if (sampler->settings.covariance) {
    second[0] = sampler->settings.covariance[c * n + c];
    second[1] = sampler->settings.covariance[(d + c) * n + c];
    second[2] = sampler->settings.covariance[(d + c) * n + d + c];
  }
  ToTheta(model, first, second, m0, S0);
  ToTheta(model, zero, stationary, none, limit);
  for (PetscInt t = 0; t < times; t++) {
    PetscReal E[2][2], mean, D[3];

    PetscCall(Flow(model, (PetscReal)step[t] * sampler->timestep, E));
    for (int i = 0; i < 3; i++) D[i] = S0[i] - limit[i];
    mean               = E[0][0] * m0[0] + E[0][1] * m0[1];
    moments[2 * t]     = model->perturbed ? NAN : mean;
    moments[2 * t + 1] = model->perturbed
                           ? NAN
                           : mean * mean + limit[0] + E[0][0] * E[0][0] * D[0] +
                               2 * E[0][0] * E[0][1] * D[1] + E[0][1] * E[0][1] * D[2];
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode HypBlockDestroy_SDE(HypSampler sampler, HypBlock *block)
{
  SdeBlock *data = block->data;

  PetscFunctionBeginUser;
  (void)sampler;
  PetscCall(PetscFree5(data->theta, data->y, data->kick, data->xi, data->point));
  PetscCall(PetscFree(data));
  PetscFunctionReturn(0);
}

static PetscErrorCode HypSamplerDestroy_SDE(HypSampler sampler)
{
  Sde *sde = sampler->data;

  PetscFunctionBeginUser;
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
