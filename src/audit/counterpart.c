/*
   Proposition 1 of An, Lu and Ying: asynchronous SGD against momentum SGD.

   Asynchronous SGD (2.11), dtheta = y dt + tau dB, dy = -(grad f + gamma y) dt, and, with a linear
   gradient w^2 theta, M = -gamma y/w^2, P = gamma (theta - M):

       dM = P dt,    dP = -(w^2 M + gamma P) dt + gamma tau dB,

   which is (2.5).  The friction of (2.7) is (1 - mu')/sqrt(eta') and its amplitude of the noise is
   eta'^{1/4} sqrt(Sigma): with mu' = mu and eta' = eta (1 - mu) they are gamma and gamma tau.
   So (2.5) and (2.7) are one equation, and not only their stationary laws agree; its
   beta' = beta w^4/gamma^2.

   Then -gamma y, the mean of the gradients over the memory, is the gradient at the mean M.
   Where the gradient is not linear it is not; (M, P) = -(gamma/w^2) (x, v) still, and in (X, V)
   the two PDEs differ in the perturbation alone,
   eps at theta against eps at the mean M of the parameters read:

       R_asgd - R_momentum = -sqrt(beta) [ (w a_X - gamma a_V)^T eps(theta)
                                           + (w^2/gamma) a_V^T eps(M) ]

   (difference.c).
*/
#include "audit/auditimpl.h"

static PetscErrorCode SameForce(PetscInt d, const PetscReal theta[], PetscReal eps[], void *model)
{
  PetscFunctionBeginUser;
  (void)d;
  PetscCall(HypModelPerturbation((HypModel)model, theta, eps));
  PetscFunctionReturn(0);
}

/* Momentum SGD with mu' = mu, eta' = eta (1 - mu) and the loss of asynchronous SGD */
static PetscErrorCode Momentum(HypModel asgd, HypModel *momentum)
{
  const PetscInt  d     = HypModelDimension(asgd);
  const PetscReal gamma = HypModelGamma(asgd);
  PetscReal       tau[HYP_DIMENSIONS];

  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < d; i++) tau[i] = gamma * HypModelTaus(asgd)[i];
  PetscCall(HypModelCreate(HypModelGetComm(asgd), momentum));
  PetscCall(HypModelSetType(*momentum, HYP_MOMENTUM));
  PetscCall(HypModelSetCoordinates(*momentum, d, gamma, HypModelOmegas(asgd), NULL, tau));
  if (HypModelForced(asgd)) PetscCall(HypModelSetPerturbation(*momentum, SameForce, asgd, NULL));
  PetscFunctionReturn(0);
}

/* |gamma y|^2 */
static PetscErrorCode Memory(PetscInt d, const PetscReal z[], PetscReal *u, void *ctx)
{
  HypModel  model = (HypModel)ctx;
  PetscReal theta[HYP_DIMENSIONS], y[HYP_DIMENSIONS];

  PetscFunctionBeginUser;
  HypModelToTheta(model, z, theta, y);
  *u = 0;
  for (PetscInt i = 0; i < d; i++) *u += PetscSqr(HypModelGamma(model) * y[i]);
  PetscFunctionReturn(0);
}

/* |grad f(theta)|^2 */
static PetscErrorCode Gradient(PetscInt d, const PetscReal z[], PetscReal *u, void *ctx)
{
  HypModel  model = (HypModel)ctx;
  PetscReal theta[HYP_DIMENSIONS], eps[HYP_DIMENSIONS];

  PetscFunctionBeginUser;
  HypModelToTheta(model, z, theta, NULL);
  PetscCall(HypModelPerturbation(model, theta, eps));
  *u = 0;
  for (PetscInt i = 0; i < d; i++)
    *u += PetscSqr(PetscSqr(HypModelOmegas(model)[i]) * theta[i] + eps[i]);
  PetscFunctionReturn(0);
}

/* E phi under the law f M, f of any scale */
static PetscErrorCode Average(HypSpace space, HypPhaseFn phi, Vec f, PetscReal *mean)
{
  PetscReal mass;
  Vec       u;

  PetscFunctionBeginUser;
  PetscCall(HypSpaceCreateVec(space, &u));
  PetscCall(HypSpaceProject(space, phi, HypSpaceGetModel(space), u));
  PetscCall(VecDot(f, HypSpaceGetOne(space), &mass));
  PetscCall(VecDot(f, u, mean));
  *mean /= mass;
  PetscCall(VecDestroy(&u));
  PetscFunctionReturn(0);
}

/* The rate and E |grad f|^2 of momentum SGD */
static PetscErrorCode Measure(HypModel momentum, PetscInt degree, HypCounterpart *found)
{
  HypSpace    space;
  HypKinetic  K;
  HypSpectrum spectrum;

  PetscFunctionBeginUser;
  PetscCall(HypSpaceCreate(momentum, HYPSPACESIMPLEX, &space));
  PetscCall(HypSpaceSetDegree(space, degree));
  PetscCall(HypSpaceSetUp(space));
  PetscCall(HypKineticCreate(space, HYP_MATRIX_FREE, &K));
  PetscCall(HypSpectrumCompute(K, 3, &spectrum));
  PetscCall(Average(space, Gradient, spectrum.vr[0], &found->momentum_square));
  found->momentum_gap = spectrum.gap;
  PetscCall(HypSpectrumDestroy(&spectrum));
  PetscCall(HypKineticDestroy(&K));
  PetscCall(HypSpaceDestroy(&space));
  PetscFunctionReturn(0);
}

/* Both sides of Proposition 1; nothing where the model is not that of asynchronous SGD,
   or where the second spectrum would take longer than the rest of the audit */
PETSC_INTERN PetscErrorCode HypCounterpartCompute(HypKinetic K, const HypSpectrum *spectrum,
                                                  HypCounterpart *found)
{
  HypModel       asgd = HypKineticGetModel(K), momentum;
  const PetscInt d = HypModelDimension(asgd), degree = HypSpaceTakesDegree(HypKineticGetSpace(K))
                                                         ? HypSpaceGetDegree(HypKineticGetSpace(K))
                                                       : d == 1 ? 24
                                                                : 10;

  PetscFunctionBeginUser;
  found->known = PETSC_FALSE;
  if (HypModelGetType(asgd) != HYP_ASGD || HypModelNoisy(asgd) || !spectrum || spectrum->n < 2 ||
      d > 2 || (d == 2 && HypModelForced(asgd) && degree > 12))
    PetscFunctionReturn(0);
  PetscCall(Average(HypKineticGetSpace(K), Memory, spectrum->vr[0], &found->asgd_square));
  PetscCall(Momentum(asgd, &momentum));
  PetscCall(Measure(momentum, degree, found));
  PetscCall(HypModelDestroy(&momentum));
  if (HypModelForced(asgd)) PetscCall(HypDifferenceCompute(K, found));
  found->known = PETSC_TRUE;
  PetscFunctionReturn(0);
}
