/*
   The result file of a sampling run: /series against time, /snapshots with quantiles, histograms and, on request, the
   values of all paths.  Dimension scales name every axis; attributes give unit and source.  Written by one rank under a
   temporary name, checked, synchronised and renamed, so that a file of the final name is always whole.
*/
#include <hypoco/sample.h>
#include <errno.h>
#include <fcntl.h>
#include <hdf5.h>
#include <hdf5_hl.h>
#include <unistd.h>

#define HypH5(expression)                                                                                                                  \
  PetscCheck((expression) >= 0, PETSC_COMM_SELF, PETSC_ERR_FILE_WRITE, "writing the result file failed in %s: is the disk full?",          \
             #expression)

/* One dataset to be: its shape by the names of the scales along its axes */
typedef struct {
  const char      *name, *unit, *source;
  const PetscReal *values;
  const char      *axes[4]; /* paths of dimension scales; NULL ends */
} Dataset;

static PetscErrorCode WriteText(hid_t where, const char *name, const char *text)
{
  PetscFunctionBeginUser;
  HypH5(H5LTset_attribute_string(where, ".", name, text));
  PetscFunctionReturn(0);
}

/* Chunks with a checksum, so that a flipped bit is an error and not a number */
static PetscErrorCode Properties(int rank, const hsize_t *size, hid_t *plist)
{
  hsize_t chunk[4], left = 1 << 17;

  PetscFunctionBeginUser;
  for (int i = rank - 1; i >= 0; i--) {
    chunk[i] = PetscMin(size[i], PetscMax(left, 1));
    left /= chunk[i];
  }
  *plist = H5Pcreate(H5P_DATASET_CREATE);
  HypH5(*plist);
  HypH5(H5Pset_chunk(*plist, rank, chunk));
  HypH5(H5Pset_fletcher32(*plist));
  PetscFunctionReturn(0);
}

static PetscErrorCode WriteArray(hid_t file, const char *name, int rank, const hsize_t *size, hid_t type, const void *values,
                                 const char *unit, const char *source)
{
  hid_t space, plist, set;

  PetscFunctionBeginUser;
  PetscCall(Properties(rank, size, &plist));
  space = H5Screate_simple(rank, size, NULL);
  HypH5(space);
  set = H5Dcreate2(file, name, type, space, H5P_DEFAULT, plist, H5P_DEFAULT);
  HypH5(set);
  HypH5(H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values));
  PetscCall(WriteText(set, "units", unit));
  if (source) PetscCall(WriteText(set, "source", source));
  HypH5(H5Dclose(set));
  HypH5(H5Pclose(plist));
  HypH5(H5Sclose(space));
  PetscFunctionReturn(0);
}

/* A one-dimensional dataset that names an axis; double, or int64 with integers */
static PetscErrorCode WriteScale(hid_t file, const char *name, PetscInt n, const PetscReal *values, const PetscInt *integers,
                                 PetscInt shift, const char *unit)
{
  const hsize_t size = (hsize_t)n;
  hid_t         set;

  PetscFunctionBeginUser;
  if (values)
    PetscCall(WriteArray(file, name, 1, &size, H5T_NATIVE_DOUBLE, values, unit, NULL));
  else {
    int64_t *numbers;

    PetscCall(PetscMalloc1(n, &numbers));
    for (PetscInt i = 0; i < n; i++) numbers[i] = (integers ? integers[i] : i) + shift;
    PetscCall(WriteArray(file, name, 1, &size, H5T_NATIVE_INT64, numbers, unit, NULL));
    PetscCall(PetscFree(numbers));
  }
  set = H5Dopen2(file, name, H5P_DEFAULT);
  HypH5(set);
  HypH5(H5DSset_scale(set, name));
  HypH5(H5Dclose(set));
  PetscFunctionReturn(0);
}

static PetscErrorCode WriteDataset(hid_t file, const Dataset *data)
{
  hsize_t size[4];
  int     rank = 0;
  hid_t   set, scale;

  PetscFunctionBeginUser;
  for (; rank < 4 && data->axes[rank]; rank++) HypH5(H5LTget_dataset_info(file, data->axes[rank], &size[rank], NULL, NULL));
  PetscCall(WriteArray(file, data->name, rank, size, H5T_NATIVE_DOUBLE, data->values, data->unit, data->source));
  set = H5Dopen2(file, data->name, H5P_DEFAULT);
  HypH5(set);
  for (int i = 0; i < rank; i++) {
    scale = H5Dopen2(file, data->axes[i], H5P_DEFAULT);
    HypH5(scale);
    HypH5(H5DSattach_scale(set, scale, (unsigned)i));
    HypH5(H5Dclose(scale));
  }
  HypH5(H5Dclose(set));
  PetscFunctionReturn(0);
}

#define TIME_COORDINATE                                                                                                                    \
  {                                                                                                                                        \
    "/series/step", "/series/coordinate", NULL                                                                                             \
  }

/* One average out of the interleaved array, with its error beside it */
static PetscErrorCode WriteMean(hid_t file, const HypSampleResult *result, HypSampleMean mean, const char *name, const char *source)
{
  const PetscInt n = result->times * result->d;
  PetscReal     *column;
  char           path[64];

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(n, &column));
  for (int error = 0; error < 2; error++) {
    PetscCall(PetscSNPrintf(path, sizeof(path), "/series/%s%s", name, error ? "_error" : ""));
    for (PetscInt i = 0; i < n; i++) column[i] = (error ? result->error : result->mean)[i * HYP_MEANS + (PetscInt)mean];
    PetscCall(
      WriteDataset(file, &(Dataset){path, "1", error ? "standard error of the average over the paths" : source, column, TIME_COORDINATE}));
  }
  PetscCall(PetscFree(column));
  PetscFunctionReturn(0);
}

static PetscErrorCode WriteExact(hid_t file, const HypSampleResult *result)
{
  const PetscInt n = result->times * result->d;
  PetscReal     *column;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(n, &column));
  for (int k = 0; k < 2; k++) {
    for (PetscInt i = 0; i < n; i++) column[i] = result->exact[2 * i + k];
    PetscCall(WriteDataset(file, &(Dataset){k ? "/series/theta2_exact" : "/series/theta_exact", "1",
                                            "exact moment equations of the sampled model", column, TIME_COORDINATE}));
  }
  PetscCall(PetscFree(column));
  PetscFunctionReturn(0);
}

static PetscErrorCode WriteSeries(hid_t file, const HypSampleResult *result)
{
  static const char *const sources[] = {
    "E theta", "E theta^2", "E y", "E y^2", "E theta y", "E v, v = -omega0^2 theta - gamma y", "E v^2", "E x v, x = y", "P(theta > 0)"};
  PetscReal *time;

  PetscFunctionBeginUser;
  PetscCall(WriteScale(file, "/series/step", result->times, NULL, result->step, 0, "steps"));
  PetscCall(WriteScale(file, "/series/coordinate", result->d, NULL, NULL, 1, "1"));
  PetscCall(PetscMalloc1(result->times, &time));
  for (PetscInt t = 0; t < result->times; t++) time[t] = (PetscReal)result->step[t] * result->timestep;
  PetscCall(WriteDataset(file, &(Dataset){"/series/time", "time", "step times the duration of one step", time, {"/series/step", NULL}}));
  PetscCall(PetscFree(time));
  for (int m = 0; m < HYP_MEANS; m++) {
    const PetscBool v = m == HYP_MEAN_V || m == HYP_MEAN_V2 || m == HYP_MEAN_XV ? PETSC_TRUE : PETSC_FALSE;
    const PetscBool y = m == HYP_MEAN_Y || m == HYP_MEAN_Y2 || m == HYP_MEAN_THETA_Y ? PETSC_TRUE : PETSC_FALSE;

    if ((v && !result->has_v) || (y && !result->has_y)) continue;
    PetscCall(WriteMean(file, result, (HypSampleMean)m, HypSampleMeans[m], sources[m]));
  }
  if (result->exact) PetscCall(WriteExact(file, result));
  PetscFunctionReturn(0);
}

#define ROW "/snapshots/step", "/snapshots/coordinate"

static PetscErrorCode WriteQuantiles(hid_t file, const HypSampleSummary *summary, PetscBool has_y)
{
  const char *const names[2][3] = {{"/snapshots/theta_quantile", "/snapshots/theta_quantile_low", "/snapshots/theta_quantile_high"},
                                   {"/snapshots/y_quantile", "/snapshots/y_quantile_low", "/snapshots/y_quantile_high"}};
  const char *const sources[3]  = {"sample quantile", "lower end of its 95 % confidence interval",
                                   "upper end of its 95 % confidence interval"};

  PetscFunctionBeginUser;
  PetscCall(WriteScale(file, "/snapshots/level", summary->nlevels, summary->levels, NULL, 0, "probability"));
  for (int k = 0; k < (has_y ? 2 : 1); k++)
    for (int i = 0; i < 3; i++)
      PetscCall(WriteDataset(
        file, &(Dataset){names[k][i], "1", sources[i], (k ? summary->y : summary->theta)[i], {ROW, "/snapshots/level", NULL}}));
  PetscFunctionReturn(0);
}

static PetscErrorCode WriteHistograms(hid_t file, const HypSampleResult *result, const HypSampleSummary *summary)
{
  PetscFunctionBeginUser;
  PetscCall(WriteScale(file, "/snapshots/bin", summary->bins, NULL, NULL, 0, "1"));
  PetscCall(WriteScale(file, "/snapshots/bin2", summary->bins, NULL, NULL, 0, "1"));
  PetscCall(WriteScale(file, "/snapshots/edge", summary->bins + 1, NULL, NULL, 0, "1"));
  PetscCall(WriteDataset(
    file, &(Dataset){"/snapshots/edges_theta", "1", "bin edges of theta", summary->edges_theta, {ROW, "/snapshots/edge", NULL}}));
  if (!result->has_y) {
    PetscCall(WriteDataset(
      file, &(Dataset){"/snapshots/density_theta", "1", "density of theta", summary->density_theta, {ROW, "/snapshots/bin", NULL}}));
    PetscFunctionReturn(0);
  }
  PetscCall(WriteDataset(file, &(Dataset){"/snapshots/edges_y", "1", "bin edges of y", summary->edges_y, {ROW, "/snapshots/edge", NULL}}));
  PetscCall(WriteDataset(file, &(Dataset){"/snapshots/density_theta_y",
                                          "1",
                                          "density psi(theta, y), (2.3) of Zhu and Ying",
                                          summary->density_theta_y,
                                          {ROW, "/snapshots/bin", "/snapshots/bin2"}}));
  if (!result->has_v) PetscFunctionReturn(0);
  PetscCall(WriteDataset(file, &(Dataset){"/snapshots/edges_x", "1", "bin edges of x", summary->edges_x, {ROW, "/snapshots/edge", NULL}}));
  PetscCall(WriteDataset(file, &(Dataset){"/snapshots/edges_v", "1", "bin edges of v", summary->edges_v, {ROW, "/snapshots/edge", NULL}}));
  PetscCall(WriteDataset(file, &(Dataset){"/snapshots/density_x_v",
                                          "1",
                                          "density g(x, v), (2.4) of Zhu and Ying",
                                          summary->density_x_v,
                                          {ROW, "/snapshots/bin", "/snapshots/bin2"}}));
  PetscFunctionReturn(0);
}

static PetscErrorCode WriteSnapshots(hid_t file, const HypSampleResult *result, const HypSampleSummary *summary, PetscBool keep)
{
  PetscFunctionBeginUser;
  if (!summary->rows) PetscFunctionReturn(0);
  PetscCall(WriteScale(file, "/snapshots/step", result->nsnapshots, NULL, result->snapshot, 0, "steps"));
  PetscCall(WriteScale(file, "/snapshots/coordinate", result->ncoordinates, NULL, result->coordinate, 1, "1"));
  PetscCall(WriteQuantiles(file, summary, result->has_y));
  PetscCall(WriteHistograms(file, result, summary));
  if (!keep) PetscFunctionReturn(0);
  PetscCall(WriteScale(file, "/snapshots/path", result->paths, NULL, NULL, 0, "1"));
  PetscCall(WriteDataset(file, &(Dataset){"/snapshots/theta", "1", "theta of every path", result->theta, {ROW, "/snapshots/path", NULL}}));
  if (result->has_y)
    PetscCall(WriteDataset(file, &(Dataset){"/snapshots/y", "1", "y of every path", result->y, {ROW, "/snapshots/path", NULL}}));
  PetscFunctionReturn(0);
}

/* Every option in force, as attributes of the group /options */
static PetscErrorCode WriteOptions(hid_t file, const HypOptions *options)
{
  hid_t group;

  PetscFunctionBeginUser;
  group = H5Gcreate2(file, "/options", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  HypH5(group);
  for (size_t i = 0; i < HypOptionsCount(options); i++) {
    const char *key, *value, *origin;

    HypOptionsEntry(options, i, &key, &value, &origin);
    PetscCall(WriteText(group, key, value ? value : ""));
  }
  HypH5(H5Gclose(group));
  PetscFunctionReturn(0);
}

static PetscErrorCode WriteAll(hid_t file, const HypSampleResult *result, const HypSampleSummary *summary, const HypOptions *options,
                               PetscBool keep)
{
  const char *const groups[] = {"/series", "/snapshots"};

  PetscFunctionBeginUser;
  for (int i = 0; i < 2; i++) {
    const hid_t group = H5Gcreate2(file, groups[i], H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);

    HypH5(group);
    HypH5(H5Gclose(group));
  }
  PetscCall(WriteText(file, "program", "hypoco"));
  PetscCall(WriteText(file, "command", "sample"));
  if (options) PetscCall(WriteOptions(file, options));
  PetscCall(WriteSeries(file, result));
  PetscCall(WriteSnapshots(file, result, summary, keep));
  PetscFunctionReturn(0);
}

/* Data and, after the rename, the folder's entry reach the disk */
static PetscErrorCode Synchronise(const char *path, int flags)
{
  const int descriptor = open(path, flags);

  PetscFunctionBeginUser;
  PetscCheck(descriptor >= 0 && fsync(descriptor) == 0 && close(descriptor) == 0, PETSC_COMM_SELF, PETSC_ERR_FILE_WRITE,
             "output: %s cannot be brought to the disk: %s", path, strerror(errno));
  PetscFunctionReturn(0);
}

/*@C
  HypSampleWriteHDF5 - Writes a sampling result to an HDF5 file

  Not collective; called on rank 0

  Input Parameters:
+ result  - from HypSamplerRun()
. summary - from HypSampleSummaryCompute()
. options - written along; may be NULL
. keep    - write the values of all paths at the snapshots too
- path    - file name

  Level: beginner

  Notes:
  Newest file format with Fletcher32 checksums.  The file appears under its name only when it is complete.

.seealso: HypSampleJSON()
@*/
PetscErrorCode HypSampleWriteHDF5(const HypSampleResult *result, const HypSampleSummary *summary, const HypOptions *options, PetscBool keep,
                                  const char path[])
{
  char  temporary[PETSC_MAX_PATH_LEN], folder[PETSC_MAX_PATH_LEN], *slash;
  hid_t access, file;

  PetscFunctionBeginUser;
  PetscCall(PetscSNPrintf(temporary, sizeof(temporary), "%s.part", path));
  PetscCall(PetscStrncpy(folder, path, sizeof(folder)));
  slash = strrchr(folder, '/');
  if (slash)
    slash[slash == folder] = '\0';
  else
    PetscCall(PetscStrncpy(folder, ".", sizeof(folder)));
  HypH5(H5Eset_auto2(H5E_DEFAULT, NULL, NULL));
  access = H5Pcreate(H5P_FILE_ACCESS);
  HypH5(access);
  HypH5(H5Pset_libver_bounds(access, H5F_LIBVER_LATEST, H5F_LIBVER_LATEST));
  file = H5Fcreate(temporary, H5F_ACC_TRUNC, H5P_DEFAULT, access);
  PetscCheck(file >= 0, PETSC_COMM_SELF, PETSC_ERR_FILE_OPEN, "output: %s cannot be created: %s", temporary, strerror(errno));
  PetscCall(WriteAll(file, result, summary, options, keep));
  HypH5(H5Fflush(file, H5F_SCOPE_GLOBAL));
  HypH5(H5Fclose(file));
  HypH5(H5Pclose(access));
  PetscCall(Synchronise(temporary, O_RDONLY));
  PetscCheck(rename(temporary, path) == 0, PETSC_COMM_SELF, PETSC_ERR_FILE_WRITE, "output: %s cannot be renamed to %s: %s", temporary, path,
             strerror(errno));
  PetscCall(Synchronise(folder, O_RDONLY | O_DIRECTORY));
  PetscFunctionReturn(0);
}
