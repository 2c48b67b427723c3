/*
   What the fitted models say a recorded run should look like.

   From a start at rest at x_0, with the responses g of a start and h of one step's noise,

       E x_j = c + (x_0 - c) g_j,    Var x_j = noise sum_{i<j} h_i^2,

   and of a loss of one coordinate, f = f_* + (a/2) x^2, with m^2 = (f_0 - f_*) g_j^2 in these units
   and v half of the variance's share, f - f_* is (m + sqrt(v) N)^2.
   The autocorrelation of x is sum_i h_i h_{i+k}/sum_i h_i^2, that of f is its square.
*/
#include <hypoco/moments.h>
#include "moments/autocorrelation.h"
#include "moments/response.h"

enum { DENSE = 1000, THIN = 1000, MEMORY = 100000 };

#define Z95 1.959963984540054

/* The steps at which the models are shown: all of the first ones, then equally spaced ones */
static PetscErrorCode Steps(PetscInt n, HypTraceShow *show)
{
  const PetscInt every = PetscMax(1, (n - DENSE + THIN - 1) / THIN);

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(DENSE + THIN + 1, &show->step));
  for (PetscInt j = 0; j < n; j += j < DENSE ? 1 : every) show->step[show->points++] = j;
  PetscFunctionReturn(0);
}

/* P(|m + s N| <= r) - p = 0 for r, by bisection */
static PetscReal Quantile(PetscReal m, PetscReal s, PetscReal p)
{
  PetscReal low = 0, high = PetscAbsReal(m) + 10 * s;

  for (int k = 0; k < 50 && s > 0; k++) {
    const PetscReal r = (low + high) / 2;

    if ((erf((r - m) / (s * PETSC_SQRT2)) + erf((r + m) / (s * PETSC_SQRT2))) / 2 < p)
      low = r;
    else
      high = r;
  }
  return s > 0 ? (low + high) / 2 : PetscAbsReal(m);
}

/* E and the 95 % interval of x with the mean and variance v about it, or of the loss */
static void Show(PetscBool loss, const HypTraceFit *fit, PetscReal x0, PetscReal g, PetscReal v,
                 PetscReal *mean, PetscReal *low, PetscReal *high)
{
  if (loss) {
    const PetscReal m = PetscSqrtReal(PetscMax(x0 - fit->minimiser, 0)) * g,
                    s = PetscSqrtReal(v / 2);

    *mean = fit->minimiser + m * m + s * s;
    *low  = fit->minimiser + PetscSqr(Quantile(m, s, 0.025));
    *high = fit->minimiser + PetscSqr(Quantile(m, s, 0.975));
  } else {
    *mean = fit->minimiser + (x0 - fit->minimiser) * g;
    *low  = *mean - Z95 * PetscSqrtReal(v);
    *high = *mean + Z95 * PetscSqrtReal(v);
  }
}

/* One model and one column; NaN where the fitted model diverges */
static PetscErrorCode ShowModel(HypTraceShow *show, TraceModel model, PetscReal x0, PetscBool loss,
                                const HypTraceFit *fit, PetscInt row, PetscReal *work)
{
  PetscReal     *g = work, *h = work + MEMORY, v = 0, all;
  const PetscInt ng = TraceResponse(model, fit->e, fit->staleness, PETSC_TRUE, MEMORY, g),
                 nh = TraceResponse(model, fit->e, fit->staleness, PETSC_FALSE, MEMORY, h);

  PetscFunctionBeginUser;
  for (PetscInt i = 0, j = 0; i < show->points; i++) {
    const PetscInt at = row * show->points + i;

    show->mean[at] = show->low[at] = show->high[at] = NAN;
    if (!ng || !nh) continue;
    for (; j < PetscMin(show->step[i], nh); j++) v += fit->noise * h[j] * h[j];
    Show(loss, fit, x0, show->step[i] < ng ? g[show->step[i]] : 0, v, &show->mean[at],
         &show->low[at], &show->high[at]);
  }
  all = nh ? TraceCorrelation(h, nh, 0) : NAN;
  for (PetscInt i = 0; i < show->lags; i++) {
    const PetscReal rho = nh ? TraceCorrelation(h, nh, (PetscInt)show->lag[i]) / all : NAN;

    show->fitted[row * show->lags + i] = loss ? rho * rho : rho;
  }
  PetscFunctionReturn(0);
}

/* What was measured, after the start */
static PetscErrorCode Measure(PetscInt n, PetscInt columns, const PetscReal x[], HypTraceShow *show)
{
  AutoCorrelation *c;
  PetscInt         first = 0, stride = 1;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(columns, &c));
  show->lags = AUTO_LAGS;
  for (PetscInt i = 0; i < columns; i++) first = PetscMax(first, AutoStationary(n, x + i * n));
  first = PetscMin(first, n / 2);
  for (PetscInt i = 0; i < columns; i++) {
    PetscCall(AutoCorrelationCompute(n - first, x + i * n + first, 0, &c[i]));
    stride = PetscMax(stride, c[i].stride);
  }
  for (PetscInt i = 0; i < columns; i++) /* all columns at the same lags */
    if (c[i].stride < stride)
      PetscCall(AutoCorrelationCompute(n - first, x + i * n + first, stride, &c[i]));
  show->lags = c[0].lags;
  PetscCall(PetscMalloc3(show->lags, &show->lag, columns * show->lags, &show->correlation,
                         columns * show->lags, &show->error));
  for (PetscInt i = 0; i < show->lags; i++) show->lag[i] = (PetscReal)((i + 1) * stride);
  for (PetscInt i = 0; i < columns; i++) {
    AutoCorrelationGet(&c[i], -1, show->correlation + i * show->lags);
    AutoCorrelationError(&c[i], show->error + i * show->lags);
  }
  PetscCall(PetscFree(c));
  PetscFunctionReturn(0);
}

/*@C
  HypTraceShowCreate - What the fitted models say a recorded run should look like

  Not collective

  Input Parameters:
+ n       - number of recorded steps
. columns - number of coordinates, 1 for a loss
. x       - as was given to HypTraceFitModels() or HypTraceFitLoss()
. loss    - is it a loss?
- fits    - of that function

  Output Parameter:
. show - mean and 95 % interval of every model from the recorded start, at rest before it,
  and the autocorrelations, measured with a standard error after the start, and fitted;
  free with HypTraceShowDestroy()

  Level: intermediate

.seealso: HypTraceFitModels(), HypTraceFitLoss()
@*/
PetscErrorCode HypTraceShowCreate(PetscInt n, PetscInt columns, const PetscReal x[], PetscBool loss,
                                  const HypTraceFit fits[], HypTraceShow *show)
{
  PetscReal *work;

  PetscFunctionBeginUser;
  *show = (HypTraceShow){.points = 0};
  PetscCall(Steps(n, show));
  PetscCall(Measure(n, columns, x, show));
  PetscCall(PetscMalloc4(HYP_TRACE_MODELS * columns * show->points, &show->mean,
                         HYP_TRACE_MODELS * columns * show->points, &show->low,
                         HYP_TRACE_MODELS * columns * show->points, &show->high,
                         HYP_TRACE_MODELS * columns * show->lags, &show->fitted));
  PetscCall(PetscMalloc1(2 * MEMORY, &work));
  for (PetscInt k = 0; k < HYP_TRACE_MODELS * columns; k++)
    PetscCall(
      ShowModel(show, (TraceModel)(k / columns), x[(k % columns) * n], loss, &fits[k], k, work));
  PetscCall(PetscFree(work));
  PetscFunctionReturn(0);
}

/*@C
  HypTraceShowDestroy - Frees what HypTraceShowCreate() made

  Not collective

  Input Parameter:
. show - its arrays are NULL on return

  Level: intermediate

.seealso: HypTraceShowCreate()
@*/
PetscErrorCode HypTraceShowDestroy(HypTraceShow *show)
{
  PetscFunctionBeginUser;
  PetscCall(PetscFree4(show->mean, show->low, show->high, show->fitted));
  PetscCall(PetscFree3(show->lag, show->correlation, show->error));
  PetscCall(PetscFree(show->step));
  PetscFunctionReturn(0);
}
