/* f_i = sum_c (a_c theta_c^2 / 2 - b_ic theta_c): the same curvatures in all components,
   the slopes differ */
#include "loss/lossimpl.h"

typedef struct {
  PetscReal *curvature; /* a_c */
  PetscReal *slopes;    /* b_ic = slopes[i*d + c] */
  PetscReal *mean;      /* (1/n) sum_i b_ic */
} Quadratic;

static PetscErrorCode HypLossValue_Quadratic(HypLoss loss, PetscInt i, const PetscReal *theta,
                                             PetscReal *f)
{
  const Quadratic *quadratic = loss->data;

  PetscFunctionBeginUser;
  *f = 0;
  for (PetscInt c = 0; c < loss->d; c++)
    *f += (quadratic->curvature[c] * theta[c] / 2 - quadratic->slopes[i * loss->d + c]) * theta[c];
  PetscFunctionReturn(0);
}

static PetscErrorCode HypLossGradient_Quadratic(HypLoss loss, PetscInt lanes,
                                                const uint32_t *component,
                                                const PetscReal *restrict theta,
                                                PetscReal *restrict g)
{
  const Quadratic *quadratic = loss->data;
  const PetscInt   d         = loss->d;

  PetscFunctionBeginUser;
  for (PetscInt c = 0; c < d; c++) {
    const PetscReal a = quadratic->curvature[c], *restrict b = quadratic->slopes + c;

    for (PetscInt l = 0; l < lanes; l++)
      g[c * lanes + l] = a * theta[c * lanes + l] - b[component[l] * (uint32_t)d];
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode HypLossMean_Quadratic(HypLoss loss, PetscInt lanes,
                                            const PetscReal *restrict theta, PetscReal *restrict g)
{
  const Quadratic *quadratic = loss->data;

  PetscFunctionBeginUser;
  for (PetscInt c = 0; c < loss->d; c++) {
    const PetscReal a = quadratic->curvature[c], b = quadratic->mean[c];

    for (PetscInt l = 0; l < lanes; l++) g[c * lanes + l] = a * theta[c * lanes + l] - b;
  }
  PetscFunctionReturn(0);
}

/* sum_c (a_c theta_c/2 - b_c) theta_c with the mean slopes */
static PetscErrorCode HypLossPotential_Quadratic(HypLoss loss, PetscInt lanes,
                                                 const PetscReal *theta, PetscReal *f)
{
  const Quadratic *quadratic = loss->data;

  PetscFunctionBeginUser;
  for (PetscInt l = 0; l < lanes; l++) f[l] = 0;
  for (PetscInt c = 0; c < loss->d; c++)
    for (PetscInt l = 0; l < lanes; l++)
      f[l] += (quadratic->curvature[c] * theta[c * lanes + l] / 2 - quadratic->mean[c]) *
              theta[c * lanes + l];
  PetscFunctionReturn(0);
}

static PetscErrorCode HypLossSecond_Quadratic(HypLoss loss, PetscInt lanes, const PetscReal *theta,
                                              const PetscReal *v, PetscReal *Hv)
{
  const Quadratic *quadratic = loss->data;

  PetscFunctionBeginUser;
  (void)theta;
  for (PetscInt c = 0; c < loss->d; c++)
    for (PetscInt l = 0; l < lanes; l++)
      Hv[c * lanes + l] = quadratic->curvature[c] * v[c * lanes + l];
  PetscFunctionReturn(0);
}

static PetscErrorCode HypLossCurvature_Quadratic(HypLoss loss, PetscReal *largest)
{
  const Quadratic *quadratic = loss->data;

  PetscFunctionBeginUser;
  *largest = 0;
  for (PetscInt c = 0; c < loss->d; c++) *largest = PetscMax(*largest, quadratic->curvature[c]);
  PetscFunctionReturn(0);
}

/* The coordinates are the eigenvectors, the noise is that of the slopes */
static PetscErrorCode HypLossLinear_Quadratic(HypLoss loss, HypLinearLoss *linear)
{
  const PetscInt d = loss->d;
  PetscReal      minimiser;
  PetscBool      is;

  PetscFunctionBeginUser;
  linear->n = d;
  PetscCall(PetscCalloc4(d, &linear->curvature, 0, &linear->row, d, &linear->noise, d * d,
                         &linear->vector));
  for (PetscInt c = 0; c < d; c++) {
    PetscCall(HypLossQuadraticCoordinate(loss, c, &is, &linear->curvature[c], &minimiser,
                                         &linear->noise[c]));
    linear->vector[c * d + c] = 1;
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode HypLossDestroy_Quadratic(HypLoss loss)
{
  Quadratic *quadratic = loss->data;

  PetscFunctionBeginUser;
  PetscCall(PetscFree3(quadratic->curvature, quadratic->slopes, quadratic->mean));
  PetscCall(PetscFree(quadratic));
  PetscFunctionReturn(0);
}

/*@
  HypLossQuadraticCoordinate - Curvature, minimiser and gradient noise of one coordinate
  of a quadratic loss

  Not collective

  Input Parameters:
+ loss - the loss
- c    - coordinate, from 0

  Output Parameters:
+ is        - whether the loss is a HypLossCreateQuadratic(); the others are set only then
. a         - curvature
. minimiser - mean slope over curvature
- noise     - variance of the slopes over the components

  Level: intermediate

.seealso: HypAsgdMomentsStep()
@*/
PetscErrorCode HypLossQuadraticCoordinate(HypLoss loss, PetscInt c, PetscBool *is, PetscReal *a,
                                          PetscReal *minimiser, PetscReal *noise)
{
  const Quadratic *quadratic = loss->data;

  PetscFunctionBeginUser;
  *is = loss->ops.gradient == HypLossGradient_Quadratic ? PETSC_TRUE : PETSC_FALSE;
  if (!*is) PetscFunctionReturn(0);
  *a         = quadratic->curvature[c];
  *minimiser = quadratic->mean[c] / quadratic->curvature[c];
  *noise     = 0;
  for (PetscInt i = 0; i < loss->n; i++)
    *noise +=
      PetscSqr(quadratic->slopes[i * loss->d + c] - quadratic->mean[c]) / (PetscReal)loss->n;
  PetscFunctionReturn(0);
}

/*@
  HypLossCreateQuadratic - f_i(theta) = sum_c (a_c theta_c^2 / 2 - b_ic theta_c)

  Not collective

  Input Parameters:
+ d         - dimension
. n         - number of components
. curvature - d positive numbers a_c
- slopes    - n*d numbers, b_ic = slopes[i*d + c]

  Output Parameter:
. loss - the loss

  Level: beginner

.seealso: HypLossCreateLeastSquares(), HypLossCreateExpression(), HypLossQuadraticCoordinate()
@*/
PetscErrorCode HypLossCreateQuadratic(PetscInt d, PetscInt n, const PetscReal curvature[],
                                      const PetscReal slopes[], HypLoss *loss)
{
  Quadratic *quadratic;

  PetscFunctionBeginUser;
  for (PetscInt c = 0; c < d; c++)
    PetscCheck(curvature[c] > 0 && PetscIsNormalReal(curvature[c]), PETSC_COMM_SELF,
               PETSC_ERR_ARG_OUTOFRANGE,
               "sample_loss_curvature: %g given for coordinate %" PetscInt_FMT
               ", positive numbers needed",
               (double)curvature[c], c + 1);
  PetscCall(HypLossCreate_Private(d, n, loss));
  PetscCall(PetscNew(&quadratic));
  PetscCall(PetscMalloc3(d, &quadratic->curvature, n * d, &quadratic->slopes, d, &quadratic->mean));
  PetscCall(PetscArraycpy(quadratic->curvature, curvature, d));
  PetscCall(PetscArraycpy(quadratic->slopes, slopes, n * d));
  for (PetscInt c = 0; c < d; c++) {
    quadratic->mean[c] = 0;
    for (PetscInt i = 0; i < n; i++) quadratic->mean[c] += slopes[i * d + c];
    quadratic->mean[c] /= (PetscReal)n;
  }
  (*loss)->data          = quadratic;
  (*loss)->ops.value     = HypLossValue_Quadratic;
  (*loss)->ops.gradient  = HypLossGradient_Quadratic;
  (*loss)->ops.mean      = HypLossMean_Quadratic;
  (*loss)->ops.second    = HypLossSecond_Quadratic;
  (*loss)->ops.potential = HypLossPotential_Quadratic;
  (*loss)->ops.curvature = HypLossCurvature_Quadratic;
  (*loss)->ops.linear    = HypLossLinear_Quadratic;
  (*loss)->ops.destroy   = HypLossDestroy_Quadratic;
  PetscFunctionReturn(0);
}
