/*
   The result file of hypoco sample: averages against steps, and for the snapshots quantiles,
   histograms and, on request, the values of all paths.
*/
#include "program/samplefile.h"
#include "file/fileimpl.h"
#include "result/xdmf.h"

/* What a row needs to be there */
typedef enum { ALWAYS, WITH_Y, WITH_V, WITHOUT_Y } Need;

#define ROW "snapshot chosen "

/* Averages, in the order of HypSampleMean; each is followed by its standard error, <name>_error */
static const HypVariable means[HYP_MEANS] = {
  {"theta", "step coordinate", "1", "E theta", "(2.1) of Zhu and Ying"},
  {"theta2", "step coordinate", "1", "E theta^2", ""},
  {"y", "step coordinate", "1/time", "E y", "(2.8) of An, Lu and Ying"},
  {"y2", "step coordinate", "1/time^2", "E y^2", ""},
  {"theta_y", "step coordinate", "1/time", "E theta y", ""},
  {"v_mean", "step coordinate", "1/time", "E v, v = -(omega0^2 theta + gamma y)",
   "below (2.3) of Zhu and Ying"},
  {"v2", "step coordinate", "1/time^2", "E v^2", ""},
  {"x_v", "step coordinate", "1/time^2", "E x v, x = y", ""},
  {"positive", "step coordinate", "1", "fraction of paths with theta > 0", ""},
  {"m", "step coordinate", "1", "E M, the expected read", "(2.5) of An, Lu and Ying"},
  {"m2", "step coordinate", "1", "E M^2", ""},
  {"p", "step coordinate", "1/time", "E P, its speed", ""},
  {"p2", "step coordinate", "1/time^2", "E P^2", ""},
};

static const HypVariable exact[2] = {
  {"theta_exact", "step coordinate", "1",
   "E theta by the model's own moment equations, NaN where they do not close", ""},
  {"theta2_exact", "step coordinate", "1",
   "E theta^2 by the model's own moment equations, NaN where they do not close", ""},
};

static const HypVariable quantiles[2][3] = {
  {{"theta_quantile", ROW "level", "1", "sample quantile of theta", ""},
   {"theta_quantile_low", ROW "level", "1", "lower end of its 95 % confidence interval", ""},
   {"theta_quantile_high", ROW "level", "1", "upper end of its 95 % confidence interval", ""}},
  {{"y_quantile", ROW "level", "1/time", "sample quantile of y", ""},
   {"y_quantile_low", ROW "level", "1/time", "lower end of its 95 % confidence interval", ""},
   {"y_quantile_high", ROW "level", "1/time", "upper end of its 95 % confidence interval", ""}},
};

PetscErrorCode HypSampleFileCreate(const HypSettings *s, HypFile *file)
{
  const char *path = s->output;

  PetscFunctionBeginUser;
  *file = NULL;
  if (!path) PetscFunctionReturn(0);
  PetscCall(HypFileCreate(PETSC_COMM_WORLD, path, file));
  PetscCall(HypFileProvenance(*file, s->asked));
  PetscFunctionReturn(0);
}

static PetscBool Needed(Need need, const HypSampleResult *result)
{
  const PetscBool there[] = {PETSC_TRUE, result->has_y, result->has_v, (PetscBool)!result->has_y};

  return there[need];
}

static PetscErrorCode AddVariable(HypFile file, const HypVariable *row, const PetscReal *values)
{
  PetscFunctionBeginUser;
  PetscCall(HypFileVariables(file, 1, row));
  PetscCall(HypFileWrite(file, row->name, values));
  PetscFunctionReturn(0);
}

/* values[i * stride], i < n */
static PetscErrorCode AddColumn(HypFile file, const HypVariable *row, PetscInt n,
                                const PetscReal *values, PetscInt stride)
{
  PetscReal *column;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(n, &column));
  for (PetscInt i = 0; i < n; i++) column[i] = values[i * stride];
  PetscCall(AddVariable(file, row, column));
  PetscCall(PetscFree(column));
  PetscFunctionReturn(0);
}

static PetscErrorCode AddDimension(HypFile file, const char *name, const char *unit,
                                   const char *meaning, PetscInt n, const PetscReal *values)
{
  PetscFunctionBeginUser;
  PetscCall(HypFileDimension(file, n, values, &(HypVariable){name, name, unit, meaning, ""}));
  PetscFunctionReturn(0);
}

/* A dimension whose coordinates are whole numbers */
static PetscErrorCode AddNumbered(HypFile file, const char *name, const char *unit,
                                  const char *meaning, PetscInt n, const PetscInt *numbers,
                                  PetscInt shift)
{
  PetscReal *values;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(n, &values));
  for (PetscInt i = 0; i < n; i++) values[i] = (PetscReal)(numbers[i] + shift);
  PetscCall(AddDimension(file, name, unit, meaning, n, values));
  PetscCall(PetscFree(values));
  PetscFunctionReturn(0);
}

static PetscErrorCode WriteSeries(HypFile file, const HypSampleResult *result)
{
  const PetscInt n = result->times * result->d;
  PetscReal     *time;

  PetscFunctionBeginUser;
  PetscCall(
    AddNumbered(file, "step", "steps", "step of the algorithm", result->times, result->step, 0));
  PetscCall(AddDimension(file, "coordinate", "1", "number c of theta_c", result->d, NULL));
  PetscCall(PetscMalloc1(result->times, &time));
  for (PetscInt t = 0; t < result->times; t++)
    time[t] = (PetscReal)result->step[t] * result->timestep;
  PetscCall(AddVariable(
    file, &(HypVariable){"time", "step", "time", "step times the duration of one step", ""}, time));
  PetscCall(PetscFree(time));
  if (result->wall) {
    PetscCall(AddColumn(file, &(HypVariable){"wall", "step", "compute time", "mean wall time", ""},
                        result->times, result->wall, 3));
    PetscCall(AddColumn(
      file, &(HypVariable){"wall_error", "step", "compute time", "its standard error", ""},
      result->times, result->wall + 1, 3));
  }
  for (int m = 0; m < HYP_MEANS; m++) {
    char        name[64];
    HypVariable error = means[m];

    if (!HypSampleHas(result, (HypSampleMean)m)) continue;
    PetscCall(AddColumn(file, &means[m], n, result->mean + m, HYP_MEANS));
    PetscCall(PetscSNPrintf(name, sizeof(name), "%s_error", error.name));
    error.name    = name;
    error.meaning = "standard error of the average over the paths";
    PetscCall(AddColumn(file, &error, n, result->error + m, HYP_MEANS));
    PetscCall(PetscSNPrintf(name, sizeof(name), "%s_interval", means[m].name));
    error.meaning = "half-width of its 95 % interval, NaN where there is none to be trusted";
    PetscCall(AddColumn(file, &error, n, result->half + m, HYP_MEANS));
  }
  for (int k = 0; k < 2 && result->exact; k++)
    PetscCall(AddColumn(file, &exact[k], n, result->exact + k, 2));
  if (result->gradients)
    PetscCall(AddVariable(
      file, &(HypVariable){"gradients", "step", "1", "component gradients of a path so far", ""},
      result->gradients));
  PetscFunctionReturn(0);
}

static PetscErrorCode WriteHistograms(HypFile file, const HypSampleResult *result,
                                      const HypSampleSummary *summary)
{
  const struct {
    Need             need;
    HypVariable      variable;
    const PetscReal *values;
  } rows[] = {
    {ALWAYS, {"theta_edge", ROW "edge", "1", "bin edges of theta", ""}, summary->edges_theta},
    {WITHOUT_Y, {"theta_density", ROW "bin", "1", "density of theta", ""}, summary->density_theta},
    {WITH_Y, {"y_edge", ROW "edge", "1/time", "bin edges of y", ""}, summary->edges_y},
    {WITH_Y,
     {"theta_y_density", ROW "bin bin2", "time", "density psi(theta, y)", "(2.3) of Zhu and Ying"},
     summary->density_theta_y},
    {WITH_V, {"x_edge", ROW "edge", "1/time", "bin edges of x", ""}, summary->edges_x},
    {WITH_V, {"v_edge", ROW "edge", "1/time", "bin edges of v", ""}, summary->edges_v},
    {WITH_V,
     {"x_v_density", ROW "bin bin2", "time^2", "density g(x, v)", "(2.4) of Zhu and Ying"},
     summary->density_x_v},
  };

  PetscFunctionBeginUser;
  PetscCall(AddDimension(file, "edge", "1", "number of a bin's edge", summary->bins + 1, NULL));
  PetscCall(AddDimension(file, "bin", "1", "number of a bin", summary->bins, NULL));
  PetscCall(
    AddDimension(file, "bin2", "1", "number of a bin of the second variable", summary->bins, NULL));
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    if (Needed(rows[i].need, result))
      PetscCall(AddVariable(file, &rows[i].variable, rows[i].values));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode WriteSnapshots(HypFile file, const HypSampleResult *result,
                                     const HypSampleSummary *summary, PetscBool keep)
{
  PetscFunctionBeginUser;
  PetscCall(AddNumbered(file, "snapshot", "steps", "step of a snapshot", result->nsnapshots,
                        result->snapshot, 0));
  PetscCall(AddNumbered(file, "chosen", "1", "number c of theta_c", result->ncoordinates,
                        result->coordinate, 1));
  PetscCall(AddDimension(file, "level", "1", "probability of a quantile", summary->nlevels,
                         summary->levels));
  for (int k = 0; k < (result->has_y ? 2 : 1); k++)
    for (int i = 0; i < 3; i++)
      PetscCall(AddVariable(file, &quantiles[k][i], (k ? summary->y : summary->theta)[i]));
  PetscCall(WriteHistograms(file, result, summary));
  if (!keep) PetscFunctionReturn(0);
  PetscCall(AddDimension(file, "path", "1", "number of a path", result->paths, NULL));
  PetscCall(AddVariable(
    file, &(HypVariable){"path_theta", ROW "path", "1", "theta of every path", ""}, result->theta));
  if (result->has_y)
    PetscCall(AddVariable(
      file, &(HypVariable){"path_y", ROW "path", "1/time", "y of every path", ""}, result->y));
  PetscFunctionReturn(0);
}

/*
  HypSampleFileClose - Hands a sampling result over and publishes the file

  Collective

  Input Parameters:
+ file    - from HypSampleFileCreate(); may be NULL, then nothing happens
. result  - from HypSamplerRun()
. summary - from HypSampleSummaryCompute(); filled on the first rank only, where the values are read
. keep    - the values of all paths too
- total   - wall time so far
*/
PetscErrorCode HypSampleFileClose(HypFile *file, const HypSampleResult *result,
                                  const HypSampleSummary *summary, PetscBool keep, PetscReal total)
{
  const PetscBool   snapshots = (PetscBool)(result->nsnapshots * result->ncoordinates > 0);
  const HypXdmfBins bins      = {.across      = result->has_y ? "y_edge" : "theta_edge",
                                 .up          = result->has_y ? "theta_edge" : NULL,
                                 .density     = result->has_y ? "theta_y_density" : "theta_density",
                                 .snapshots   = result->nsnapshots,
                                 .coordinates = result->ncoordinates,
                                 .bins        = summary->bins,
                                 .steps       = result->snapshot};
  char              path[PETSC_MAX_PATH_LEN];
  MPI_Comm          comm;

  PetscFunctionBeginUser;
  if (!*file) PetscFunctionReturn(0);
  PetscCall(WriteSeries(*file, result));
  if (snapshots) PetscCall(WriteSnapshots(*file, result, summary, keep));
  PetscCall(HypFileAttributeReals(*file, ".", "solve_s", 1, &result->seconds));
  PetscCall(HypFileAttributeReals(*file, ".", "total_s", 1, &total));
  comm = (*file)->comm;
  PetscCall(PetscStrncpy(path, (*file)->path, sizeof(path)));
  PetscCall(HypFileClose(file));
  if (snapshots) PetscCall(HypXdmfWriteBins(comm, path, &bins));
  PetscFunctionReturn(0);
}
