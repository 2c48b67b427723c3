/* f_i = (r_i . theta - t_i)^2 / 2: linear regression on n rows */
#include "loss/lossimpl.h"
#include <petscblaslapack.h>

typedef struct {
  PetscReal *rows;    /* r_ic = rows[i*d + c] */
  PetscReal *targets; /* t_i */
} LeastSquares;

static PetscErrorCode HypLossValue_LeastSquares(HypLoss loss, PetscInt i, const PetscReal *theta,
                                                PetscReal *f)
{
  const LeastSquares *data     = loss->data;
  PetscReal           residual = -data->targets[i];

  PetscFunctionBeginUser;
  for (PetscInt c = 0; c < loss->d; c++) residual += data->rows[i * loss->d + c] * theta[c];
  *f = residual * residual / 2;
  PetscFunctionReturn(0);
}

static PetscErrorCode HypLossGradient_LeastSquares(HypLoss loss, PetscInt lanes,
                                                   const uint32_t *component,
                                                   const PetscReal *restrict theta,
                                                   PetscReal *restrict g)
{
  const LeastSquares *data = loss->data;
  const PetscInt      d    = loss->d;

  PetscFunctionBeginUser;
  for (PetscInt l = 0; l < lanes; l++) {
    const PetscReal *row      = data->rows + (size_t)component[l] * (size_t)d;
    PetscReal        residual = -data->targets[component[l]];

    for (PetscInt c = 0; c < d; c++) residual += row[c] * theta[c * lanes + l];
    for (PetscInt c = 0; c < d; c++) g[c * lanes + l] = residual * row[c];
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode HypLossSecond_LeastSquares(HypLoss loss, PetscInt lanes,
                                                 const PetscReal *theta, const PetscReal *v,
                                                 PetscReal *Hv)
{
  const LeastSquares *data = loss->data;
  const PetscInt      d    = loss->d;

  PetscFunctionBeginUser;
  (void)theta;
  PetscCall(PetscArrayzero(Hv, d * lanes));
  for (PetscInt i = 0; i < loss->n; i++)
    for (PetscInt l = 0; l < lanes; l++) {
      const PetscReal *row = data->rows + i * d;
      PetscReal        dot = 0;

      for (PetscInt c = 0; c < d; c++) dot += row[c] * v[c * lanes + l];
      for (PetscInt c = 0; c < d; c++) Hv[c * lanes + l] += dot * row[c] / (PetscReal)loss->n;
    }
  PetscFunctionReturn(0);
}

/* H <- eigenvectors of (1/n) sum_i r_i r_i^T, one after the other; values in ascending order */
static PetscErrorCode Eigen(HypLoss loss, PetscReal *H, PetscReal *values)
{
  const LeastSquares *data = loss->data;
  const PetscInt      d    = loss->d;
  PetscReal          *work;
  PetscBLASInt        size, length, info;

  PetscFunctionBeginUser;
  PetscCall(PetscBLASIntCast(d, &size));
  PetscCall(PetscBLASIntCast(4 * d, &length));
  PetscCall(PetscMalloc1(4 * d, &work));
  PetscCall(PetscArrayzero(H, d * d));
  for (PetscInt i = 0; i < loss->n; i++)
    for (PetscInt c = 0; c < d; c++)
      for (PetscInt e = 0; e <= c; e++)
        H[e * d + c] += data->rows[i * d + c] * data->rows[i * d + e] / (PetscReal)loss->n;
  PetscCallBLAS("LAPACKsyev", LAPACKsyev_("V", "L", &size, H, &size, values, work, &length, &info));
  PetscCall(PetscFree(work));
  PetscCheck(!info, PETSC_COMM_SELF, PETSC_ERR_LIB,
             "curvature of the least-squares loss: LAPACK syev reports %d", (int)info);
  PetscFunctionReturn(0);
}

static PetscErrorCode HypLossCurvature_LeastSquares(HypLoss loss, PetscReal *largest)
{
  PetscReal *H, *values;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2(loss->d * loss->d, &H, loss->d, &values));
  PetscCall(Eigen(loss, H, values));
  *largest = values[loss->d - 1];
  PetscCall(PetscFree2(H, values));
  PetscFunctionReturn(0);
}

/* r_i . v */
static PetscReal Along(HypLoss loss, PetscInt i, const PetscReal *v)
{
  const LeastSquares *data = loss->data;
  PetscReal           sum  = 0;

  for (PetscInt c = 0; c < loss->d; c++) sum += data->rows[i * loss->d + c] * v[c];
  return sum;
}

/* Rows in the eigenbasis; the noise at the minimiser,
   where the residuals are those of the regression */
static PetscErrorCode HypLossLinear_LeastSquares(HypLoss loss, HypLinearLoss *linear)
{
  const LeastSquares *data = loss->data;
  const PetscInt      d = loss->d, n = loss->n;
  PetscReal          *H, *values, *residual;
  PetscInt            flat = 0, m;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc3(d * d, &H, d, &values, n, &residual));
  PetscCall(Eigen(loss, H, values));
  while (flat < d - 1 && values[flat] <= 1e-12 * values[d - 1]) flat++;
  linear->n = m = values[d - 1] > 0 ? d - flat : 0;
  linear->rows  = n;
  PetscCall(PetscCalloc4(m, &linear->curvature, n * m, &linear->row, m, &linear->noise, m * d,
                         &linear->vector));
  for (PetscInt i = 0; i < n; i++) residual[i] = -data->targets[i];
  for (PetscInt a = 0; a < m; a++) {
    PetscReal minimiser = 0;

    linear->curvature[a] = values[flat + a];
    PetscCall(PetscArraycpy(linear->vector + a * d, H + (flat + a) * d, d));
    for (PetscInt i = 0; i < n; i++) {
      linear->row[i * m + a] = Along(loss, i, linear->vector + a * d);
      minimiser +=
        linear->row[i * m + a] * data->targets[i] / ((PetscReal)n * linear->curvature[a]);
    }
    for (PetscInt i = 0; i < n; i++) residual[i] += linear->row[i * m + a] * minimiser;
  }
  for (PetscInt a = 0; a < m; a++)
    for (PetscInt i = 0; i < n; i++)
      linear->noise[a] += PetscSqr(linear->row[i * m + a] * residual[i]) / (PetscReal)n;
  PetscCall(PetscFree3(H, values, residual));
  PetscFunctionReturn(0);
}

static PetscErrorCode HypLossDestroy_LeastSquares(HypLoss loss)
{
  LeastSquares *data = loss->data;

  PetscFunctionBeginUser;
  PetscCall(PetscFree2(data->rows, data->targets));
  PetscCall(PetscFree(data));
  PetscFunctionReturn(0);
}

/*@
  HypLossCreateLeastSquares - f_i(theta) = (r_i . theta - t_i)^2 / 2

  Not collective

  Input Parameters:
+ d       - dimension
. n       - number of rows
. rows    - n*d numbers, r_ic = rows[i*d + c]
- targets - n numbers t_i

  Output Parameter:
. loss - the loss

  Level: beginner

.seealso: HypLossCreateQuadratic(), HypLossCreateExpression()
@*/
PetscErrorCode HypLossCreateLeastSquares(PetscInt d, PetscInt n, const PetscReal rows[],
                                         const PetscReal targets[], HypLoss *loss)
{
  LeastSquares *data;

  PetscFunctionBeginUser;
  PetscCall(HypLossCreate_Private(d, n, loss));
  PetscCall(PetscNew(&data));
  PetscCall(PetscMalloc2(n * d, &data->rows, n, &data->targets));
  PetscCall(PetscArraycpy(data->rows, rows, n * d));
  PetscCall(PetscArraycpy(data->targets, targets, n));
  (*loss)->data          = data;
  (*loss)->ops.value     = HypLossValue_LeastSquares;
  (*loss)->ops.gradient  = HypLossGradient_LeastSquares;
  (*loss)->ops.second    = HypLossSecond_LeastSquares;
  (*loss)->ops.curvature = HypLossCurvature_LeastSquares;
  (*loss)->ops.linear    = HypLossLinear_LeastSquares;
  (*loss)->ops.destroy   = HypLossDestroy_LeastSquares;
  PetscFunctionReturn(0);
}
