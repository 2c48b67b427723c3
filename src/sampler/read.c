/*
   What an asynchronous algorithm reads, (2.3)-(2.5) of An, Lu and Ying: the expected read
   M = E_tau theta_{j - tau} and its speed P, where gradients are linear.

   There y = -grad f(M)/g = -(a/g) (M - minimiser), so that M and P are linear in (theta, y):
   P = g (theta - M) for the equations, X = M + P/g;
   P = (g/k) (theta - M) for the algorithm, p_j = (m_j - m_{j-1})/sqrt(eta (1 - k)).
*/
#include "sampler/samplerimpl.h"

/* M = read_0 - read_1 y, P = read_2 (theta - M) for each coordinate; NULL where gradients are not
   linear, or the model has no P */
PetscErrorCode HypSamplerRead(HypSampler sampler, PetscReal **read)
{
  const PetscReal g = PetscSqrtReal((1 - sampler->settings.kappa) / sampler->settings.eta);

  PetscFunctionBeginUser;
  *read = NULL;
  if (!sampler->has_y || sampler->speed == 0) PetscFunctionReturn(0);
  PetscCall(PetscMalloc1(3 * sampler->d, read));
  for (PetscInt c = 0; c < sampler->d; c++) {
    PetscReal a, minimiser, noise;
    PetscBool quadratic;

    PetscCall(HypLossQuadraticCoordinate(sampler->loss, c, &quadratic, &a, &minimiser, &noise));
    if (!quadratic) {
      PetscCall(PetscFree(*read));
      PetscFunctionReturn(0);
    }
    (*read)[3 * c]     = minimiser;
    (*read)[3 * c + 1] = g / a;
    (*read)[3 * c + 2] = sampler->speed;
  }
  PetscFunctionReturn(0);
}
