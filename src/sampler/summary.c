#include <hypoco/sampler.h>

/* quantile, low, high of one row each */
static PetscErrorCode RowQuantiles(const HypSampleResult *result, const PetscReal *values,
                                   PetscReal *scratch, PetscInt row, HypSampleSummary *summary,
                                   PetscReal *const out[3])
{
  const PetscInt at = row * summary->nlevels;

  PetscFunctionBeginUser;
  PetscCall(PetscArraycpy(scratch, values + (size_t)row * (size_t)result->paths, result->paths));
  PetscCall(HypSampleQuantiles(result->paths, scratch, summary->nlevels, summary->levels,
                               out[0] + at, out[1] + at, out[2] + at));
  PetscFunctionReturn(0);
}

/* (theta, y), and the same sample in (x, v) */
static PetscErrorCode RowHistograms(const HypSampleResult *result, PetscInt row, PetscReal *x,
                                    HypSampleSummary *summary)
{
  const PetscInt   bins = summary->bins, edge = row * (bins + 1), cell = row * bins * bins;
  const PetscReal *theta = result->theta + (size_t)row * (size_t)result->paths,
                  *y     = result->y + (size_t)row * (size_t)result->paths, *phase;
  PetscReal *v           = x + result->paths;

  PetscFunctionBeginUser;
  PetscCall(HypSampleHistogram2d(result->paths, theta, y, bins, summary->edges_theta + edge,
                                 summary->edges_y + edge, summary->density_theta_y + cell));
  if (!result->has_v) PetscFunctionReturn(0);
  phase = result->phase + 4 * result->coordinate[row % result->ncoordinates];
  for (PetscInt i = 0; i < result->paths; i++) {
    x[i] = phase[0] * theta[i] + phase[1] * y[i];
    v[i] = phase[2] * theta[i] + phase[3] * y[i];
  }
  PetscCall(HypSampleHistogram2d(result->paths, x, v, bins, summary->edges_x + edge,
                                 summary->edges_v + edge, summary->density_x_v + cell));
  PetscFunctionReturn(0);
}

/*@
  HypSampleSummaryCompute - Quantiles and histograms of the snapshots of a result

  Not collective; computes where the values are, on rank 0

  Input Parameters:
+ result  - from HypSamplerRun()
. nlevels - number of quantiles
. levels  - in (0, 1)
- bins    - of the histograms, in each direction

  Output Parameter:
. summary - free with HypSampleSummaryDestroy()

  Level: intermediate

.seealso: HypSampleQuantiles(), HypSampleHistogram2d(), HypSampleJSON()
@*/
PetscErrorCode HypSampleSummaryCompute(const HypSampleResult *result, PetscInt nlevels,
                                       const PetscReal levels[], PetscInt bins,
                                       HypSampleSummary *summary)
{
  const PetscInt rows  = result->theta ? result->nsnapshots * result->ncoordinates : 0,
                 xrows = result->has_v ? rows : 0, yrows = result->has_y ? rows : 0;
  PetscReal *scratch;

  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(summary, sizeof(*summary)));
  if (!rows) PetscFunctionReturn(0);
  summary->nlevels = nlevels;
  summary->bins    = bins;
  summary->rows    = rows;
  PetscCall(PetscMalloc1(nlevels, &summary->levels));
  PetscCall(PetscArraycpy(summary->levels, levels, nlevels));
  PetscCall(PetscMalloc6(rows * nlevels, &summary->theta[0], rows * nlevels, &summary->theta[1],
                         rows * nlevels, &summary->theta[2], yrows * nlevels, &summary->y[0],
                         yrows * nlevels, &summary->y[1], yrows * nlevels, &summary->y[2]));
  PetscCall(PetscMalloc4(rows * (bins + 1), &summary->edges_theta, yrows * (bins + 1),
                         &summary->edges_y, xrows * (bins + 1), &summary->edges_x,
                         xrows * (bins + 1), &summary->edges_v));
  PetscCall(PetscMalloc3(yrows * bins * bins, &summary->density_theta_y, xrows * bins * bins,
                         &summary->density_x_v, (rows - yrows) * bins, &summary->density_theta));
  PetscCall(PetscMalloc1(2 * result->paths, &scratch));
  for (PetscInt row = 0; row < rows; row++) {
    PetscCall(RowQuantiles(result, result->theta, scratch, row, summary, summary->theta));
    if (result->has_y) {
      PetscCall(RowQuantiles(result, result->y, scratch, row, summary, summary->y));
      PetscCall(RowHistograms(result, row, scratch, summary));
    } else
      PetscCall(HypSampleHistogram(
        result->paths, result->theta + (size_t)row * (size_t)result->paths, bins,
        summary->edges_theta + row * (bins + 1), summary->density_theta + row * bins));
  }
  PetscCall(PetscFree(scratch));
  PetscFunctionReturn(0);
}

/*@
  HypSampleSummaryDestroy - Frees a summary

  Not collective

  Input Parameter:
. summary - the summary

  Level: intermediate

.seealso: HypSampleSummaryCompute()
@*/
PetscErrorCode HypSampleSummaryDestroy(HypSampleSummary *summary)
{
  PetscFunctionBeginUser;
  if (!summary->rows) PetscFunctionReturn(0);
  PetscCall(PetscFree(summary->levels));
  PetscCall(PetscFree6(summary->theta[0], summary->theta[1], summary->theta[2], summary->y[0],
                       summary->y[1], summary->y[2]));
  PetscCall(PetscFree4(summary->edges_theta, summary->edges_y, summary->edges_x, summary->edges_v));
  PetscCall(PetscFree3(summary->density_theta_y, summary->density_x_v, summary->density_theta));
  PetscFunctionReturn(0);
}
