/*
   What an asynchronous algorithm reads, (2.3)-(2.5) of An, Lu and Ying: the expected read
   M = E_tau theta_{j - tau} and its speed P, where gradients are linear.

   There y = -grad f(M)/g = -(a/g) (M - minimiser), so that M and P are linear in (theta, y):
   P = g (theta - M) for the equations, X = M + P/g;
   P = (g/k) (theta - M) for the algorithm, p_j = (m_j - m_{j-1})/sqrt(eta (1 - k)).
*/
#include "sampler/samplerimpl.h"
#include <string.h>

const char *const HypSampleReads[HYP_READS] = {"m", "m2", "p", "p2"};

/* out[4] from E theta, E theta^2, E y, E y^2, E theta y, with M = centre - slope y */
static void Read(const PetscReal *mean, PetscReal centre, PetscReal slope, PetscReal factor,
                 PetscReal out[HYP_READS])
{
  const PetscReal x = mean[HYP_MEAN_THETA], xx = mean[HYP_MEAN_THETA2], y = mean[HYP_MEAN_Y],
                  yy = mean[HYP_MEAN_Y2], xy = mean[HYP_MEAN_THETA_Y];
  const PetscReal m  = centre - slope * y,
                  mm = centre * centre - 2 * centre * slope * y + slope * slope * yy,
                  xm = centre * x - slope * xy;

  out[0] = m;
  out[1] = mm;
  out[2] = factor * (x - m);
  out[3] = factor * factor * (xx - 2 * xm + mm);
}

PetscErrorCode HypSamplerRead(HypSampler sampler, HypSampleResult *result)
{
  const HypSampleSettings *settings  = &sampler->settings;
  const PetscBool          algorithm = !strcmp(settings->model, "asgd") ? PETSC_TRUE : PETSC_FALSE;
  const PetscReal          g         = PetscSqrtReal((1 - settings->kappa) / settings->eta);

  PetscFunctionBeginUser;
  if (!result->has_y || (!algorithm && strncmp(settings->model, "sme-asgd", 8)) ||
      settings->kappa == 0)
    PetscFunctionReturn(0);
  PetscCall(PetscMalloc1(result->times * result->d * HYP_READS, &result->read));
  for (PetscInt c = 0; c < result->d; c++) {
    PetscReal a, minimiser, noise;
    PetscBool quadratic;

    PetscCall(HypLossQuadraticCoordinate(sampler->loss, c, &quadratic, &a, &minimiser, &noise));
    if (!quadratic) {
      PetscCall(PetscFree(result->read));
      PetscFunctionReturn(0);
    }
    for (PetscInt t = 0; t < result->times; t++)
      Read(result->mean + (t * result->d + c) * HYP_MEANS, minimiser, g / a,
           algorithm ? g / settings->kappa : g, result->read + (t * result->d + c) * HYP_READS);
  }
  PetscFunctionReturn(0);
}
