#include "model/modelimpl.h"

/*@
  HypModelCreate - Creates the model of type asgd with d = 1, omega0 = gamma = beta = 1 and eps = 0

  Collective

  Input Parameter:
. comm - communicator of everything built on this model

  Output Parameter:
. model - the model

  Level: beginner

.seealso: HypModelSetType(), HypModelSetParameters(), HypModelSetAlgorithm(),
HypModelSetPerturbation()
@*/
PetscErrorCode HypModelCreate(MPI_Comm comm, HypModel *model)
{
  PetscFunctionBeginUser;
  PetscCall(PetscNew(model));
  (*model)->comm = comm;
  PetscCall(HypModelSetParameters(*model, 1, 1.0, 1.0, 1.0));
  PetscFunctionReturn(0);
}

static void SetCoordinate(HypModel model, PetscInt i, PetscReal omega, PetscReal beta)
{
  const PetscInt d = model->d;

  model->coordinate[i]    = HypCoordinateMake(model->type, omega, model->gamma, beta);
  model->lists[i]         = omega;
  model->lists[d + i]     = beta;
  model->lists[2 * d + i] = model->coordinate[i].tau;
}

/*@
  HypModelSetType - Chooses the equation: noise in theta (asgd) or in the momentum

  Logically collective

  Input Parameters:
+ model - the model
- type  - HYP_ASGD, the default, or HYP_MOMENTUM

  Level: beginner

  Note:
  Frequencies and beta stay as they are; tau follows from them.
  Call it before HypModelSetCoordinates() with tau.

.seealso: HypModelSetCoordinates(), HypModelCoordinate()
@*/
PetscErrorCode HypModelSetType(HypModel model, HypModelType type)
{
  PetscFunctionBeginUser;
  PetscCall(HypModelCheckFree(model));
  model->type = type;
  for (PetscInt i = 0; i < model->d; i++)
    model->coordinate[i] =
      HypCoordinateMake(type, model->coordinate[i].omega, model->gamma, model->coordinate[i].beta);
  for (PetscInt i = 0; i < model->d; i++) model->lists[2 * model->d + i] = model->coordinate[i].tau;
  PetscFunctionReturn(0);
}

static PetscErrorCode CheckPositive(HypModel model, const char *key, PetscReal value)
{
  PetscFunctionBeginUser;
  PetscCheck(value > 0 && PetscIsNormalReal(value), model->comm, PETSC_ERR_ARG_OUTOFRANGE,
             "%s: %g given, a positive number needed", key, (double)value);
  PetscFunctionReturn(0);
}

/*@
  HypModelSetCoordinates - Sets friction, and frequency and noise of each coordinate

  Logically collective

  Input Parameters:
+ model - the model
. d     - dimension, at least 1
. gamma - friction, positive
. omega - d frequencies of the quadratic part of the loss, positive
. beta  - d inverse temperatures, positive; NULL: tau is given
- tau   - d amplitudes of the noise, positive; NULL: beta is given

  Level: beginner

  Notes:
  beta = 2 gamma/(tau^2 omega^4) for asgd and 2 gamma/tau^2 for momentum.
  With beta fixed, a change of omega changes the noise of asgd; with tau fixed it does not.

.seealso: HypModelSetParameters(), HypModelSetType(), HypModelCoordinate()
@*/
PetscErrorCode HypModelSetCoordinates(HypModel model, PetscInt d, PetscReal gamma,
                                      const PetscReal omega[], const PetscReal beta[],
                                      const PetscReal tau[])
{
  PetscFunctionBeginUser;
  PetscCall(HypModelCheckFree(model));
  PetscCheck(d >= 1, model->comm, PETSC_ERR_ARG_OUTOFRANGE,
             "model_dimension: %" PetscInt_FMT " given, at least 1 needed", d);
  PetscCall(CheckPositive(model, "model_gamma", gamma));
  for (PetscInt i = 0; i < d; i++) {
    PetscCall(CheckPositive(model, "model_omega0", omega[i]));
    PetscCall(CheckPositive(model, beta ? "model_beta" : "model_tau", beta ? beta[i] : tau[i]));
  }
  PetscCall(PetscFree2(model->coordinate, model->lists));
  PetscCall(PetscMalloc2(d, &model->coordinate, 5 * d, &model->lists));
  model->d     = d;
  model->gamma = gamma;
  for (PetscInt i = 0; i < d; i++) {
    const PetscReal w4 = model->type == HYP_ASGD ? PetscSqr(PetscSqr(omega[i])) : 1;

    SetCoordinate(model, i, omega[i], beta ? beta[i] : 2 * gamma / (PetscSqr(tau[i]) * w4));
  }
  model->omega0 = model->coordinate[0].omega;
  model->beta   = model->coordinate[0].beta;
  PetscFunctionReturn(0);
}

/*@
  HypModelSetParameters - Sets dimension, frequency, friction and inverse temperature of (2.4),
  the same for all coordinates

  Logically collective

  Input Parameters:
+ model  - the model
. d      - dimension, at least 1
. omega0 - frequency of the quadratic part of the loss, positive
. gamma  - friction, positive
- beta   - inverse temperature, positive

  Level: beginner

.seealso: HypModelSetCoordinates(), HypModelSetAlgorithm()
@*/
PetscErrorCode HypModelSetParameters(HypModel model, PetscInt d, PetscReal omega0, PetscReal gamma,
                                     PetscReal beta)
{
  PetscReal *omega, *betas;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2(PetscMax(d, 1), &omega, PetscMax(d, 1), &betas));
  for (PetscInt i = 0; i < d; i++) {
    omega[i] = omega0;
    betas[i] = beta;
  }
  PetscCall(HypModelSetCoordinates(model, d, gamma, omega, betas, NULL));
  PetscCall(PetscFree2(omega, betas));
  PetscFunctionReturn(0);
}

/*@
  HypModelSetAlgorithm - Sets friction and temperature from the parameters of asynchronous SGD

  Logically collective

  Input Parameters:
+ model  - the model
. d      - dimension, at least 1
. omega  - d frequencies of the quadratic part of the loss, positive
. eta    - learning rate, positive
. kappa  - staleness rate in [0, 1): P(staleness = l) = (1 - kappa) kappa^l
- noise  - variance Sigma of the stochastic gradient, positive

  Level: beginner

  Notes:
  gamma = sqrt((1 - kappa)/eta), tau^2 = eta^{3/2} (1 - kappa)^{-1/2} Sigma,
  beta = 2 gamma/(tau^2 w0^4) for asgd: (2.2) and (2.4) of Zhu and Ying,
  with tau taking the square root of the covariance (see docs/errata.md).
  For momentum tau^2 = eta^{1/2} (1 - kappa)^{1/2} Sigma, beta = 2 gamma/tau^2:
  (2.5) of An, Lu and Ying.

.seealso: HypModelSetParameters()
@*/
PetscErrorCode HypModelSetAlgorithm(HypModel model, PetscInt d, const PetscReal omega[],
                                    PetscReal eta, PetscReal kappa, PetscReal noise)
{
  PetscReal gamma, tau2, *tau;

  PetscFunctionBeginUser;
  PetscCheck(eta > 0, model->comm, PETSC_ERR_ARG_OUTOFRANGE,
             "model_learning_rate: %g given, a positive number needed", (double)eta);
  PetscCheck(kappa >= 0 && kappa < 1, model->comm, PETSC_ERR_ARG_OUTOFRANGE,
             "model_staleness: %g given, a number in [0, 1) needed", (double)kappa);
  PetscCheck(noise > 0, model->comm, PETSC_ERR_ARG_OUTOFRANGE,
             "model_noise: %g given, a positive number needed", (double)noise);
  gamma = PetscSqrtReal((1 - kappa) / eta);
  tau2  = PetscSqrtReal(eta * (1 - kappa)) * noise; /* momentum */
  if (model->type == HYP_ASGD) tau2 = eta * PetscSqrtReal(eta / (1 - kappa)) * noise;
  PetscCall(PetscMalloc1(PetscMax(d, 1), &tau));
  for (PetscInt i = 0; i < d; i++) tau[i] = PetscSqrtReal(tau2);
  PetscCall(HypModelSetCoordinates(model, d, gamma, omega, NULL, tau));
  PetscCall(PetscFree(tau));
  PetscFunctionReturn(0);
}

PetscErrorCode HypModelDropCoarser(HypModel model)
{
  PetscFunctionBeginUser;
  if (!model->coarser) PetscFunctionReturn(0);
  model->coarser->potential = NULL; /* the finer model's */
  PetscCall(HypModelDestroy(&model->coarser));
  PetscFunctionReturn(0);
}

/*@
  HypModelDestroy - Frees a model and the context of its perturbation

  Collective

  Input Parameter:
. model - the model; set to NULL; NULL is allowed

  Level: beginner

.seealso: HypModelCreate()
@*/
PetscErrorCode HypModelDestroy(HypModel *model)
{
  PetscFunctionBeginUser;
  if (!*model) PetscFunctionReturn(0);
  PetscCall(HypModelPotentialDestroy(&(*model)->potential));
  PetscCall(HypModelDropCoarser(*model));
  if ((*model)->epsdestroy) PetscCall((*model)->epsdestroy((*model)->epsctx));
  if ((*model)->noisedestroy) PetscCall((*model)->noisedestroy((*model)->noisectx));
  PetscCall(PetscFree((*model)->depends));
  PetscCall(PetscFree((*model)->direction));
  PetscCall(PetscFree2((*model)->coordinate, (*model)->lists));
  PetscCall(PetscFree(*model));
  PetscFunctionReturn(0);
}
