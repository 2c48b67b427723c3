/* hypoco: the autocorrelation of a recorded series, and its error by leaving out parts of it. */
#include "moments/autocorrelation.h"

#define ROUNDING 1e-12 /* of a mean */

/* Sums of z_j z_{j+lag} in each part */
static void Products(PetscInt n, const PetscReal z[], PetscInt lag, PetscReal sums[AUTO_PARTS])
{
  for (int b = 0; b < AUTO_PARTS; b++) sums[b] = 0;
  for (PetscInt j = 0; j + lag < n; j++) sums[(j * AUTO_PARTS) / n] += z[j] * z[j + lag];
}

static PetscReal Sum(PetscInt n, const PetscReal z[], PetscInt lag)
{
  PetscReal sum = 0;

  for (PetscInt j = 0; j + lag < n; j++) sum += z[j] * z[j + lag];
  return sum;
}

/* The first lag at which it is below a tenth */
static PetscInt Memory(PetscInt n, const PetscReal z[])
{
  const PetscReal all = Sum(n, z, 0);

  for (PetscInt lag = 1; lag < n / 20; lag++)
    if (Sum(n, z, lag) < 0.1 * all) return lag;
  return PetscMax(1, n / 20);
}

/* How many values at the start to leave out: those before the series first crosses the mean of its
   second half */
PetscInt AutoStationary(PetscInt n, const PetscReal x[])
{
  PetscInt  first = 0;
  PetscReal mean  = 0, side;

  for (PetscInt j = n / 2; j < n; j++) mean += x[j] / (PetscReal)(n - n / 2);
  side = x[0] > mean ? 1 : -1;
  while (first < n && side * (x[first] - mean) > ROUNDING * PetscAbsReal(mean)) first++;
  return first;
}

/* Lags up to three times the memory, or at multiples of a stride that is not 0;
   an error where the series does not move */
PetscErrorCode AutoCorrelationCompute(PetscInt n, const PetscReal x[], PetscInt stride,
                                      AutoCorrelation *c)
{
  PetscReal *z;

  PetscFunctionBeginUser;
  c->n    = n;
  c->mean = c->variance = 0;
  PetscCall(PetscMalloc1(n, &z));
  for (PetscInt j = 0; j < n; j++) c->mean += x[j] / (PetscReal)n;
  for (PetscInt j = 0; j < n; j++) z[j] = x[j] - c->mean;
  c->variance = Sum(n, z, 0) / (PetscReal)n;
  PetscCheck(c->variance > PetscSqr(ROUNDING * c->mean), PETSC_COMM_SELF, PETSC_ERR_ARG_WRONG,
             "the recorded run is constant; one that fluctuates needed");
  c->memory = Memory(n, z);
  c->stride = stride ? stride : 1 + 3 * c->memory / AUTO_LAGS;
  c->lags   = PetscMax(1, PetscMin(AUTO_LAGS, n / 10 / c->stride));
  for (PetscInt i = 0; i <= c->lags; i++) Products(n, z, i * c->stride, c->sums[i]);
  PetscCall(PetscFree(z));
  PetscFunctionReturn(0);
}

/* At all lags, without part `out` (-1: of all) */
void AutoCorrelationGet(const AutoCorrelation *c, int out, PetscReal measured[])
{
  for (PetscInt i = 0; i <= c->lags; i++) {
    PetscReal sum = 0, whole = 0;

    for (int b = 0; b < AUTO_PARTS; b++) {
      if (b == out) continue;
      sum += c->sums[i][b];
      whole += c->sums[0][b];
    }
    if (i > 0) measured[i - 1] = sum / whole * (PetscReal)c->n / (PetscReal)(c->n - i * c->stride);
  }
}

/* Standard errors, by leaving out one part after the other */
void AutoCorrelationError(const AutoCorrelation *c, PetscReal error[])
{
  PetscReal all[AUTO_LAGS], part[AUTO_LAGS];

  AutoCorrelationGet(c, -1, all);
  for (PetscInt i = 0; i < c->lags; i++) error[i] = 0;
  for (int b = 0; b < AUTO_PARTS; b++) {
    AutoCorrelationGet(c, b, part);
    for (PetscInt i = 0; i < c->lags; i++) error[i] += PetscSqr(part[i] - all[i]);
  }
  for (PetscInt i = 0; i < c->lags; i++)
    error[i] = PetscSqrtReal(error[i] * (AUTO_PARTS - 1) / AUTO_PARTS);
}
