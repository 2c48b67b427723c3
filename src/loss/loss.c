/* A loss: the mean of n components in d variables, each with its gradient. */
#include "loss/lossimpl.h"

PetscErrorCode HypLossCreate_Private(PetscInt d, PetscInt n, HypLoss *loss)
{
  PetscFunctionBeginUser;
  PetscCheck(d >= 1 && n >= 1, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
             "a loss with %" PetscInt_FMT " components in %" PetscInt_FMT
             " dimensions given, at least one of each needed",
             n, d);
  PetscCall(PetscNew(loss));
  (*loss)->d = d;
  (*loss)->n = n;
  PetscFunctionReturn(0);
}

/*@
  HypLossDestroy - Frees a loss

  Not collective

  Input Parameter:
. loss - the loss; set to NULL

  Level: beginner

.seealso: HypLossCreateQuadratic(), HypLossCreateExpression()
@*/
PetscErrorCode HypLossDestroy(HypLoss *loss)
{
  PetscFunctionBeginUser;
  if (!*loss) PetscFunctionReturn(0);
  if ((*loss)->ops.destroy) PetscCall((*loss)->ops.destroy(*loss));
  PetscCall(PetscFree2((*loss)->work, (*loss)->component));
  PetscCall(PetscFree(*loss));
  PetscFunctionReturn(0);
}

/*@
  HypLossSizes - Dimension and number of components of a loss

  Not collective

  Input Parameter:
. loss - the loss

  Output Parameters:
+ d - dimension of theta
- n - number of components f_i

  Level: intermediate

.seealso: HypLossGradient()
@*/
PetscErrorCode HypLossSizes(HypLoss loss, PetscInt *d, PetscInt *n)
{
  PetscFunctionBeginUser;
  *d = loss->d;
  *n = loss->n;
  PetscFunctionReturn(0);
}

/*@
  HypLossValue - One component f_i at one point

  Not collective

  Input Parameters:
+ loss  - the loss
. i     - component, from 0
- theta - d numbers

  Output Parameter:
. f - the value

  Level: intermediate

.seealso: HypLossGradient(), HypLossCheckGradient()
@*/
PetscErrorCode HypLossValue(HypLoss loss, PetscInt i, const PetscReal theta[], PetscReal *f)
{
  PetscFunctionBeginUser;
  PetscCall(loss->ops.value(loss, i, theta, f));
  PetscFunctionReturn(0);
}

/*@
  HypLossMeanValue - f = (1/n) sum_i f_i at many points

  Not collective

  Input Parameters:
+ loss  - the loss
. lanes - number of points
- theta - theta[c*lanes + l], coordinate c of lane l

  Output Parameter:
. f - one number per point; of the kinetic model f - f(0)

  Level: intermediate

.seealso: HypLossValue(), HypModelPotential()
@*/
PetscErrorCode HypLossMeanValue(HypLoss loss, PetscInt lanes, const PetscReal theta[],
                                PetscReal f[])
{
  PetscReal *point;

  PetscFunctionBeginUser;
  if (loss->ops.potential) {
    PetscCall(loss->ops.potential(loss, lanes, theta, f));
    PetscFunctionReturn(0);
  }
  PetscCall(PetscMalloc1(loss->d, &point));
  for (PetscInt l = 0; l < lanes; l++) {
    f[l] = 0;
    for (PetscInt c = 0; c < loss->d; c++) point[c] = theta[c * lanes + l];
    for (PetscInt i = 0; i < loss->n; i++) {
      PetscReal value;

      PetscCall(loss->ops.value(loss, i, point, &value));
      f[l] += value / (PetscReal)loss->n;
    }
  }
  PetscCall(PetscFree(point));
  PetscFunctionReturn(0);
}

/*@
  HypLossGradient - Gradients of one component per lane, each at its own point

  Not collective

  Input Parameters:
+ loss      - the loss
. lanes     - number of points
. component - of each lane, from 0
- theta     - theta[c*lanes + l], coordinate c of lane l

  Output Parameter:
. g - the gradients, stored like theta

  Level: intermediate

.seealso: HypLossMeanGradient()
@*/
PetscErrorCode HypLossGradient(HypLoss loss, PetscInt lanes, const uint32_t component[],
                               const PetscReal theta[], PetscReal g[])
{
  PetscFunctionBeginUser;
  PetscCall(loss->ops.gradient(loss, lanes, component, theta, g));
  PetscFunctionReturn(0);
}

/* Room for d numbers and one component number per lane; one substitute uses it at a time */
static PetscErrorCode Work(HypLoss loss, PetscInt lanes)
{
  PetscFunctionBeginUser;
  if (loss->size >= lanes) PetscFunctionReturn(0);
  PetscCall(PetscFree2(loss->work, loss->component));
  PetscCall(PetscMalloc2(loss->d * lanes, &loss->work, lanes, &loss->component));
  loss->size = lanes;
  PetscFunctionReturn(0);
}

/* work <- grad f_i in all lanes */
static PetscErrorCode SameComponent(HypLoss loss, PetscInt lanes, PetscInt i,
                                    const PetscReal *theta)
{
  PetscFunctionBeginUser;
  PetscCall(Work(loss, lanes));
  for (PetscInt l = 0; l < lanes; l++) loss->component[l] = (uint32_t)i;
  PetscCall(loss->ops.gradient(loss, lanes, loss->component, theta, loss->work));
  PetscFunctionReturn(0);
}

/*@
  HypLossMeanGradient - Gradients of f = (1/n) sum_i f_i

  Not collective

  Input Parameters:
+ loss  - the loss
. lanes - number of points
- theta - theta[c*lanes + l], coordinate c of lane l

  Output Parameter:
. g - the gradients, stored like theta

  Level: intermediate

.seealso: HypLossGradient(), HypLossSecond()
@*/
PetscErrorCode HypLossMeanGradient(HypLoss loss, PetscInt lanes, const PetscReal theta[],
                                   PetscReal g[])
{
  const PetscInt size = loss->d * lanes;

  PetscFunctionBeginUser;
  if (loss->ops.mean) {
    PetscCall(loss->ops.mean(loss, lanes, theta, g));
    PetscFunctionReturn(0);
  }
  PetscCall(PetscArrayzero(g, size));
  for (PetscInt i = 0; i < loss->n; i++) {
    PetscCall(SameComponent(loss, lanes, i, theta));
    for (PetscInt k = 0; k < size; k++) g[k] += loss->work[k];
  }
  for (PetscInt k = 0; k < size; k++) g[k] /= (PetscReal)loss->n;
  PetscFunctionReturn(0);
}

/*@
  HypLossMeanIsCheap - Does the whole gradient cost about as much as that of a component?

  Not collective

  Input Parameter:
. loss - the loss

  Level: intermediate

  Notes:
  True where it has a formula of its own, and for at most four components.

.seealso: HypLossMeanGradient()
@*/
PetscBool HypLossMeanIsCheap(HypLoss loss)
{
  return loss->ops.mean || loss->n <= 4 ? PETSC_TRUE : PETSC_FALSE;
}

/*@
  HypLossSecond - The second derivative of f along given directions, f''(theta) v

  Not collective

  Input Parameters:
+ loss  - the loss
. lanes - number of points
. theta - points
- v     - directions, stored like theta

  Output Parameter:
. Hv - f''(theta) v

  Level: intermediate

  Notes:
  Exact for quadratic and least-squares losses.
  Otherwise the fourth-order difference (8 (g(h) - g(-h)) - (g(2h) - g(-2h)))/(12 h)
  of the gradient along v, with |h v| = 1e-3 (1 + |theta|): error near 1e-12.

.seealso: HypLossMeanGradient()
@*/
PetscErrorCode HypLossSecond(HypLoss loss, PetscInt lanes, const PetscReal theta[],
                             const PetscReal v[], PetscReal Hv[])
{
  static const PetscReal shift[] = {1, -1, 2, -2}, weight[] = {8, -8, -1, 1};
  const PetscInt         d = loss->d, size = d * lanes;
  PetscReal             *point, *g, *h;

  PetscFunctionBeginUser;
  if (loss->ops.second) {
    PetscCall(loss->ops.second(loss, lanes, theta, v, Hv));
    PetscFunctionReturn(0);
  }
  PetscCall(PetscMalloc3(size, &point, size, &g, lanes, &h));
  for (PetscInt l = 0; l < lanes; l++) {
    PetscReal vv = 0, tt = 0;

    for (PetscInt c = 0; c < d; c++) {
      vv += v[c * lanes + l] * v[c * lanes + l];
      tt += theta[c * lanes + l] * theta[c * lanes + l];
    }
    h[l] = vv > 0 ? 1e-3 * (1 + PetscSqrtReal(tt)) / PetscSqrtReal(vv) : 1;
  }
  PetscCall(PetscArrayzero(Hv, size));
  for (int s = 0; s < 4; s++) {
    for (PetscInt k = 0; k < size; k++) point[k] = theta[k] + shift[s] * h[k % lanes] * v[k];
    PetscCall(HypLossMeanGradient(loss, lanes, point, g));
    for (PetscInt k = 0; k < size; k++) Hv[k] += weight[s] * g[k] / (12 * h[k % lanes]);
  }
  PetscCall(PetscFree3(point, g, h));
  PetscFunctionReturn(0);
}

/*@
  HypLossCheckGradient - Compares a given gradient with the derivative
  of the component's value around a point

  Not collective

  Input Parameters:
+ loss  - the loss
- theta - d numbers; the comparison is made there and at points nearby

  Level: intermediate

  Notes:
  Nothing to compare for built-in losses and for gradients that are derivatives
  of the value already.

.seealso: HypLossCreateExpression()
@*/
PetscErrorCode HypLossCheckGradient(HypLoss loss, const PetscReal theta[])
{
  PetscFunctionBeginUser;
  if (loss->ops.check) PetscCall(loss->ops.check(loss, theta));
  PetscFunctionReturn(0);
}

/*@
  HypLossLargestCurvature - The largest eigenvalue of f'' where f'' is constant

  Not collective

  Input Parameter:
. loss - the loss

  Output Parameter:
. a - the eigenvalue, or 0 if f'' is not known to be constant

  Level: intermediate

.seealso: HypSamplerCreate()
@*/
PetscErrorCode HypLossLargestCurvature(HypLoss loss, PetscReal *a)
{
  PetscFunctionBeginUser;
  *a = 0;
  if (loss->ops.curvature) PetscCall(loss->ops.curvature(loss, a));
  PetscFunctionReturn(0);
}

/*@
  HypLossLinear - A loss with linear component gradients in the eigenbasis of f''

  Not collective

  Input Parameter:
. loss - the loss

  Output Parameter:
. linear - free with HypLinearLossDestroy(); n = 0 where gradients are not linear

  Level: advanced

  Notes:
  Directions in which f is constant are left out: nothing moves there.

.seealso: HypMeanSquareLimit(), HypLossLargestCurvature()
@*/
PetscErrorCode HypLossLinear(HypLoss loss, HypLinearLoss *linear)
{
  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(linear, sizeof(*linear)));
  if (loss->ops.linear) PetscCall(loss->ops.linear(loss, linear));
  PetscFunctionReturn(0);
}

/*@
  HypLinearLossDestroy - Frees what HypLossLinear() allocated

  Not collective

  Input Parameter:
. linear - its arrays are freed

  Level: advanced

.seealso: HypLossLinear()
@*/
PetscErrorCode HypLinearLossDestroy(HypLinearLoss *linear)
{
  PetscFunctionBeginUser;
  PetscCall(PetscFree4(linear->curvature, linear->row, linear->noise, linear->vector));
  linear->n = 0;
  PetscFunctionReturn(0);
}

/*
   n^{-1/2} sum_i (grad f_i - grad f) xi_i has covariance Cov_i grad f_i:
   a factor without a factorisation.
   In one dimension a single normal times the standard deviation is the same law, and cheaper;
   xi_0 is used then.
*/
PetscErrorCode HypLossNoise(HypLoss loss, PetscInt lanes, const PetscReal *theta,
                            const PetscReal *mean, const PetscReal *xi, PetscReal *out)
{
  const PetscInt  d = loss->d, n = loss->n;
  const PetscReal scale = 1 / PetscSqrtReal((PetscReal)n);

  PetscFunctionBeginUser;
  PetscCall(PetscArrayzero(out, d * lanes));
  if (d == 1) {
    PetscCall(HypLossAddCovariance(loss, lanes, theta, mean, 1, out));
    for (PetscInt l = 0; l < lanes; l++) out[l] = PetscSqrtReal(out[l]) * xi[l];
    PetscFunctionReturn(0);
  }
  for (PetscInt i = 0; i < n; i++) {
    PetscCall(SameComponent(loss, lanes, i, theta));
    for (PetscInt c = 0; c < d; c++)
      for (PetscInt l = 0; l < lanes; l++)
        out[c * lanes + l] +=
          scale * (loss->work[c * lanes + l] - mean[c * lanes + l]) * xi[i * lanes + l];
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HypLossAddCovariance(HypLoss loss, PetscInt lanes, const PetscReal *theta,
                                    const PetscReal *mean, PetscReal weight, PetscReal *Sigma)
{
  const PetscInt  d = loss->d;
  const PetscReal w = weight / (PetscReal)loss->n;

  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < loss->n; i++) {
    PetscCall(SameComponent(loss, lanes, i, theta));
    for (PetscInt k = 0; k < d * lanes; k++) loss->work[k] -= mean[k];
    for (PetscInt c = 0; c < d; c++)
      for (PetscInt e = 0; e <= c; e++)
        for (PetscInt l = 0; l < lanes; l++)
          Sigma[(c * d + e) * lanes + l] +=
            w * loss->work[c * lanes + l] * loss->work[e * lanes + l];
  }
  PetscFunctionReturn(0);
}
