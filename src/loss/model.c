/*
   The loss whose gradient is the kinetic equation's, grad f = w_i^2 theta_i + eps_i(theta),
   split into 2d components that
   differ by slopes +-sqrt(d s2) e_c: their gradients have covariance s2 times the identity, the
   noise of the equation.
*/
#include "loss/lossimpl.h"
#include <hypoco/observable.h>

typedef struct {
  HypModel  model; /* not owned */
  PetscReal slope;
} ModelLoss;

static PetscErrorCode HypLossValue_Model(HypLoss loss, PetscInt i, const PetscReal *theta,
                                         PetscReal *f)
{
  PetscFunctionBeginUser;
  (void)loss;
  (void)i;
  (void)theta;
  (void)f;
  SETERRQ(PETSC_COMM_SELF, PETSC_ERR_SUP,
          "sample_loss_type: model knows gradients only; give the loss as an expression to have "
          "its value");
}

/* w_i^2 theta_i + eps_i(theta) along the model's own axes */
static PetscErrorCode OwnGradient(const ModelLoss *data, PetscInt d, PetscInt lanes,
                                  const PetscReal *restrict theta, PetscReal *restrict g)
{
  const PetscReal *w = HypModelOmegas(data->model);

  PetscFunctionBeginUser;
  PetscCall(HypModelPerturbationMany(data->model, 0, lanes, theta, g));
  for (PetscInt c = 0; c < d; c++)
    for (PetscInt l = 0; l < lanes; l++) g[c * lanes + l] += w[c] * w[c] * theta[c * lanes + l];
  PetscFunctionReturn(0);
}

static PetscErrorCode HypLossMean_Model(HypLoss loss, PetscInt lanes, const PetscReal *theta,
                                        PetscReal *g)
{
  const ModelLoss *data = loss->data;
  PetscReal       *own;

  PetscFunctionBeginUser;
  if (!HypModelRotated(data->model)) {
    PetscCall(OwnGradient(data, loss->d, lanes, theta, g));
    PetscFunctionReturn(0);
  }
  PetscCall(PetscMalloc1(loss->d * lanes, &own));
  PetscCall(HypModelFromUser(data->model, lanes, theta, own));
  PetscCall(OwnGradient(data, loss->d, lanes, own, g));
  PetscCall(HypModelToUser(data->model, lanes, g, g));
  PetscCall(PetscFree(own));
  PetscFunctionReturn(0);
}

/* w0^2 v + (D eps) v */
static PetscErrorCode HypLossSecond_Model(HypLoss loss, PetscInt lanes, const PetscReal *theta,
                                          const PetscReal *v, PetscReal *Hv)
{
  const ModelLoss *data = loss->data;
  const PetscInt   d    = loss->d;
  PetscReal       *J, *own, *along;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc3(d * d * lanes, &J, d * lanes, &own, d * lanes, &along));
  PetscCall(HypModelFromUser(data->model, lanes, theta, own));
  PetscCall(HypModelFromUser(data->model, lanes, v, along));
  PetscCall(HypModelPerturbationMany(data->model, 1, lanes, own, J));
  for (PetscInt c = 0; c < d; c++)
    for (PetscInt l = 0; l < lanes; l++) {
      Hv[c * lanes + l] = PetscSqr(HypModelCoordinate(data->model, c).omega) * along[c * lanes + l];
      for (PetscInt e = 0; e < d; e++)
        Hv[c * lanes + l] += J[(c * d + e) * lanes + l] * along[e * lanes + l];
    }
  PetscCall(HypModelToUser(data->model, lanes, Hv, Hv));
  PetscCall(PetscFree3(J, own, along));
  PetscFunctionReturn(0);
}

/* f - f(0) */
static PetscErrorCode HypLossPotential_Model(HypLoss loss, PetscInt lanes, const PetscReal *theta,
                                             PetscReal *f)
{
  const ModelLoss *data = loss->data;

  PetscReal *own;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(loss->d * lanes, &own));
  PetscCall(HypModelFromUser(data->model, lanes, theta, own));
  PetscCall(HypModelPotential(data->model, lanes, own, f));
  PetscCall(PetscFree(own));
  PetscFunctionReturn(0);
}

/* Component 2c adds the slope +s to coordinate c, component 2c + 1 the slope -s */
static PetscErrorCode HypLossGradient_Model(HypLoss loss, PetscInt lanes, const uint32_t *component,
                                            const PetscReal *restrict theta, PetscReal *restrict g)
{
  const ModelLoss *data = loss->data;

  PetscFunctionBeginUser;
  PetscCall(HypLossMean_Model(loss, lanes, theta, g));
  for (PetscInt l = 0; l < lanes && loss->d == 1; l++) /* without a scatter, which vectorises */
    g[l] += (2 * (PetscReal)component[l] - 1) * data->slope;
  for (PetscInt l = 0; l < lanes && loss->d > 1; l++)
    g[(PetscInt)(component[l] / 2) * lanes + l] -= component[l] % 2 ? -data->slope : data->slope;
  PetscFunctionReturn(0);
}

static PetscErrorCode HypLossDestroy_Model(HypLoss loss)
{
  ModelLoss *data = loss->data;

  PetscFunctionBeginUser;
  PetscCall(PetscFree(data));
  PetscFunctionReturn(0);
}

static PetscErrorCode CreateQuadratic(HypModel model, PetscReal slope, HypLoss *loss)
{
  const PetscInt d = HypModelDimension(model);
  PetscReal     *curvature, *slopes;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(d, &curvature));
  PetscCall(PetscCalloc1(2 * d * d, &slopes));
  for (PetscInt c = 0; c < d; c++) {
    curvature[c]                = PetscSqr(HypModelCoordinate(model, c).omega);
    slopes[(2 * c) * d + c]     = slope;
    slopes[(2 * c + 1) * d + c] = -slope;
  }
  PetscCall(HypLossCreateQuadratic(d, 2 * d, curvature, slopes, loss));
  PetscCall(PetscFree(curvature));
  PetscCall(PetscFree(slopes));
  PetscFunctionReturn(0);
}

/*@
  HypLossCreateModel - The loss of a kinetic model, grad f = w_i^2 theta_i + eps_i(theta), with
  isotropic gradient noise

  Not collective

  Input Parameters:
+ model - must outlive the loss
- noise - variance of the gradient noise in each coordinate

  Output Parameter:
. loss - 2d components; a HypLossCreateQuadratic() if eps = 0 and the Hessian is diagonal

  Level: intermediate

.seealso: HypLossCreateExpression(), HypModelSetAlgorithm()
@*/
PetscErrorCode HypLossCreateModel(HypModel model, PetscReal noise, HypLoss *loss)
{
  const PetscReal slope = PetscSqrtReal((PetscReal)HypModelDimension(model) * noise);
  ModelLoss      *data;

  PetscFunctionBeginUser;
  if (!HypModelForced(model) && !HypModelRotated(model)) {
    PetscCall(CreateQuadratic(model, slope, loss));
    PetscFunctionReturn(0);
  }
  PetscCall(HypLossCreate_Private(HypModelDimension(model), 2 * HypModelDimension(model), loss));
  PetscCall(PetscNew(&data));
  data->model            = model;
  data->slope            = slope;
  (*loss)->data          = data;
  (*loss)->ops.value     = HypLossValue_Model;
  (*loss)->ops.gradient  = HypLossGradient_Model;
  (*loss)->ops.mean      = HypLossMean_Model;
  (*loss)->ops.potential = HypLossPotential_Model;
  (*loss)->ops.second    = HypLossSecond_Model;
  (*loss)->ops.destroy   = HypLossDestroy_Model;
  PetscFunctionReturn(0);
}
