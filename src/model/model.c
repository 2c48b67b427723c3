#include <hypoco/model.h>

/*@
  HypModelCreate - Creates the model with d = 1, omega0 = gamma = beta = 1 and eps = 0

  Collective

  Input Parameter:
. comm - communicator of everything built on this model

  Output Parameter:
. model - the model

  Level: beginner

.seealso: HypModelSetParameters(), HypModelSetAlgorithm(), HypModelSetPerturbation()
@*/
PetscErrorCode HypModelCreate(MPI_Comm comm, HypModel *model)
{
  PetscFunctionBeginUser;
  PetscCall(PetscNew(model));
  (*model)->comm = comm;
  PetscCall(HypModelSetParameters(*model, 1, 1.0, 1.0, 1.0));
  PetscFunctionReturn(0);
}

/*@
  HypModelSetParameters - Sets dimension, frequency, friction and inverse temperature of (2.4)

  Logically collective

  Input Parameters:
+ model  - the model
. d      - dimension, at least 1
. omega0 - frequency of the quadratic part of the loss, positive
. gamma  - friction, positive
- beta   - inverse temperature, positive

  Level: beginner

.seealso: HypModelSetAlgorithm()
@*/
PetscErrorCode HypModelSetParameters(HypModel model, PetscInt d, PetscReal omega0, PetscReal gamma,
                                     PetscReal beta)
{
  PetscFunctionBeginUser;
  PetscCheck(d >= 1, model->comm, PETSC_ERR_ARG_OUTOFRANGE,
             "model_dimension: %" PetscInt_FMT " given, at least 1 needed", d);
  PetscCheck(omega0 > 0 && PetscIsNormalReal(omega0), model->comm, PETSC_ERR_ARG_OUTOFRANGE,
             "model_omega0: %g given, a positive number needed", (double)omega0);
  PetscCheck(gamma > 0 && PetscIsNormalReal(gamma), model->comm, PETSC_ERR_ARG_OUTOFRANGE,
             "model_gamma: %g given, a positive number needed", (double)gamma);
  PetscCheck(beta > 0 && PetscIsNormalReal(beta), model->comm, PETSC_ERR_ARG_OUTOFRANGE,
             "model_beta: %g given, a positive number needed", (double)beta);
  model->d      = d;
  model->omega0 = omega0;
  model->gamma  = gamma;
  model->beta   = beta;
  PetscFunctionReturn(0);
}

/*@
  HypModelSetAlgorithm - Sets friction and temperature from the parameters of asynchronous SGD

  Logically collective

  Input Parameters:
+ model  - the model
. d      - dimension, at least 1
. omega0 - frequency of the quadratic part of the loss, positive
. eta    - learning rate, positive
. kappa  - staleness rate in [0, 1): P(staleness = l) = (1 - kappa) kappa^l
- noise  - variance Sigma of the stochastic gradient, positive

  Level: beginner

  Notes:
  gamma = sqrt((1 - kappa)/eta), tau^2 = eta^{3/2} (1 - kappa)^{-1/2} Sigma, beta = 2 gamma/(tau^2 w0^4):
  (2.2) and (2.4) of Zhu and Ying, with tau taking the square root of the covariance (see docs/errata.md).

.seealso: HypModelSetParameters()
@*/
PetscErrorCode HypModelSetAlgorithm(HypModel model, PetscInt d, PetscReal omega0, PetscReal eta,
                                    PetscReal kappa, PetscReal noise)
{
  PetscReal gamma, tau2;

  PetscFunctionBeginUser;
  PetscCheck(eta > 0, model->comm, PETSC_ERR_ARG_OUTOFRANGE,
             "model_learning_rate: %g given, a positive number needed", (double)eta);
  PetscCheck(kappa >= 0 && kappa < 1, model->comm, PETSC_ERR_ARG_OUTOFRANGE,
             "model_staleness: %g given, a number in [0, 1) needed", (double)kappa);
  PetscCheck(noise > 0, model->comm, PETSC_ERR_ARG_OUTOFRANGE,
             "model_noise: %g given, a positive number needed", (double)noise);
  gamma = PetscSqrtReal((1 - kappa) / eta);
  tau2  = eta * PetscSqrtReal(eta / (1 - kappa)) * noise;
  PetscCall(HypModelSetParameters(model, d, omega0, gamma,
                                  2 * gamma / (tau2 * PetscSqr(PetscSqr(omega0)))));
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
  PetscCall(HypModelSetPerturbation(*model, NULL, NULL, NULL));
  PetscCall(PetscFree(*model));
  PetscFunctionReturn(0);
}
