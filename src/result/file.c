/* The HDF5 file of a run of the kinetic equation:
   which quantities it holds, and where they come from in a result. */
#include "result/resultimpl.h"
#include "result/xdmf.h"
#include <string.h>

static const HypVariable Time     = {"time", "time", "time", "time", ""};
static const HypVariable Snapshot = {"snapshot", "snapshot", "time", "times of the snapshots", ""};
static const HypVariable Pair     = {"pair", "pair", "1",
                                     "number i of the pair (x_i, v_i) of a marginal", ""};
static const HypVariable X        = {"x", "x", "1/time", "x_i = y_i, where marginals are given",
                                     "below (2.3) of Zhu and Ying"};
static const HypVariable V        = {"v", "v", "1/time^2",
                                     "v_i = -(omega0^2 theta_i + gamma y_i), "
                                            "where marginals are given",
                                     "below (2.3) of Zhu and Ying"};

static const HypVariable Gaussian = {"M", "v x", "time^3",
                                     "density of the Gaussian M in one pair (x_i, v_i)",
                                     "(3.1) of Zhu and Ying"};
static const HypVariable Weights  = {"M", "pair v x", "time^3", "density of M in a pair (x_i, v_i)",
                                     "below (2.4) of Zhu and Ying"};
static const HypVariable Steady   = {"F", "pair v x", "time^3",
                                     "marginal density of the steady state F",
                                     "below (2.4) of Zhu and Ying"};

static const HypVariable Moving[] = {
  {"g", "snapshot pair v x", "time^3", "marginal density of g, of mass 1", "(2.4) of Zhu and Ying"},
  {"h", "snapshot pair v x", "1", "marginal of h = (g - F)/M, relative to that of M",
   "(3.2) of Zhu and Ying"},
};

/* x = X/(sqrt(beta) w0), v = V/sqrt(beta) along both axes of the grid of results */
static PetscErrorCode WriteGrid(HypFile file, HypSpace space)
{
  const HypModel      model = HypSpaceGetModel(space);
  const HypCoordinate c     = HypModelCoordinate(model, 0);
  const PetscReal     b     = PetscSqrtReal(c.beta);
  PetscReal          *x, *v;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2(HypSpaceGetGrid(space)->nX, &x, HypSpaceGetGrid(space)->nV, &v));
  for (PetscInt j = 0; j < HypSpaceGetGrid(space)->nX; j++)
    x[j] = HypSpaceGetGrid(space)->X[j] / (b * c.omega);
  for (PetscInt k = 0; k < HypSpaceGetGrid(space)->nV; k++) v[k] = HypSpaceGetGrid(space)->V[k] / b;
  PetscCall(HypFileDimension(file, HypModelDimension(model), NULL, &Pair));
  PetscCall(HypFileDimension(file, HypSpaceGetGrid(space)->nV, v, &V));
  PetscCall(HypFileDimension(file, HypSpaceGetGrid(space)->nX, x, &X));
  PetscCall(PetscFree2(x, v));
  PetscFunctionReturn(0);
}

/* The density of M in (x_i, v_i), for the normal law beta w exp(-(X^2 + V^2)/2)/(2 pi) */
static void DensityM(HypSpace space, PetscInt i, PetscReal M[])
{
  const HypGrid      *grid = HypSpaceGetGrid(space);
  const HypCoordinate c    = HypModelCoordinate(HypSpaceGetModel(space), i);

  for (PetscInt k = 0; k < grid->nV; k++)
    for (PetscInt j = 0; j < grid->nX; j++)
      M[k * grid->nX + j] =
        c.beta * c.omega * HypSpaceDensityX(space, i, grid->X[j]) * HypNormalDensity(grid->V[k]);
}

/* Densities in (x_i, v_i): a function relative to M, times M */
static void TimesM(HypResultFile r, PetscReal values[])
{
  const HypSpace space = r->result->space;
  const size_t   all   = HypPairSize(space) * (size_t)HypModelDimension(HypSpaceGetModel(space));

  for (size_t k = 0; k < all; k++) values[k] *= r->M[k];
}

static PetscErrorCode WriteFixed(HypResultFile r)
{
  const HypSpace space = r->result->space;
  const size_t   size  = HypPairSize(space),
               all     = size * (size_t)HypModelDimension(HypSpaceGetModel(space));
  PetscReal *F;

  PetscFunctionBeginUser;
  PetscCall(HypDensityCreate(r));
  PetscCall(PetscMalloc3(all, &r->M, all, &r->F, all + HypDensitySize(r), &r->h));
  for (PetscInt i = 0; i < HypModelDimension(HypSpaceGetModel(space)); i++)
    DensityM(space, i, r->M + (size_t)i * size);
  PetscCall(HypFileVariables(
    r->file, 1, HypModelPotentialsDiffer(HypSpaceGetModel(space)) ? &Weights : &Gaussian));
  PetscCall(HypFileWrite(r->file, "M", r->M));
  if (!r->f) PetscFunctionReturn(0);
  PetscCall(HypMarginals(space, r->f, r->F));
  PetscCall(PetscMalloc1(all, &F));
  PetscCall(PetscArraycpy(F, r->F, all));
  TimesM(r, F);
  PetscCall(HypFileVariables(r->file, 1, &Steady));
  PetscCall(HypFileWrite(r->file, "F", F));
  PetscCall(PetscFree(F));
  PetscFunctionReturn(0);
}

/* The texts of eps, or of the loss it is made from, under the keys of the options */
static PetscErrorCode EpsilonAttributes(HypFile file, const HypAsked *asked)
{
  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < asked->count; i++) {
    const char *key = asked->options[i].key, *value = asked->options[i].text;

    if (*value && (!strncmp(key, "epsilon", 7) || !strncmp(key, "loss", 4)))
      PetscCall(HypFileAttributeText(file, ".", key, value));
  }
  PetscFunctionReturn(0);
}

/* How a file names a series, and the coordinates that it has a value for */
HypVariable HypSeriesVariable(const HypSeriesRow *row)
{
  return (HypVariable){row->name, row->each ? "time pair" : "time", row->unit, row->meaning,
                       row->source};
}

/* What is known before the first step */
static PetscErrorCode WriteStart(HypResultFile r)
{
  const HypResult *result = r->result;

  PetscFunctionBeginUser;
  if (result->asked) PetscCall(HypFileProvenance(r->file, result->asked));
  if (HypModelPerturbed(result->model) && result->asked)
    PetscCall(EpsilonAttributes(r->file, result->asked));
  PetscCall(HypFileAttributeText(r->file, ".", "coordinates_of_loss",
                                 HypModelGetType(result->model) == HYP_ASGD
                                   ? "theta = -(v + gamma x)/omega0^2, y = x"
                                   : "theta = x, y = v"));
  PetscCall(HypResultFileParts(r, PETSC_TRUE));
  PetscCall(WriteGrid(r->file, result->space));
  PetscCall(WriteFixed(r));
  PetscFunctionReturn(0);
}

/* Variables that grow with time: the series and the snapshots */
static PetscErrorCode DeclareMoving(HypResultFile r)
{
  const HypSeries *s = r->result->series;

  PetscFunctionBeginUser;
  PetscCall(HypFileDimension(r->file, HYP_UNLIMITED, NULL, &Time));
  for (const HypSeriesColumn *c = s->columns; c < s->columns + s->ncolumns; c++) {
    const HypVariable variable = HypSeriesVariable(c->row);

    PetscCall(HypFileVariables(r->file, 1, &variable));
  }
  PetscCall(HypFileDimension(r->file, HYP_UNLIMITED, NULL, &Snapshot));
  PetscCall(HypFileVariables(r->file, COUNT(Moving), Moving));
  PetscCall(HypDensityDeclare(r));
  PetscFunctionReturn(0);
}

/*@C
  HypResultFileCreate - Starts the HDF5 file of a run, with all that is known before the first step

  Collective

  Input Parameters:
+ result - options, model, space and, for a run in time, an empty series; must outlive the file
. f      - F/M; NULL: 1 if eps = 0, else unknown, which a run in time must not have
- path   - its name; NULL: no file is wanted

  Output Parameter:
. r - the file; NULL if none is wanted, which the functions below accept

  Level: intermediate

  Note:
  Fails at once where the file could not be written in the end.
  Nothing appears under its name yet: HypResultFileShow().

.seealso: HypResultFileSeries(), HypResultFileSnapshot(), HypResultFileClose()
@*/
PetscErrorCode HypResultFileCreate(const HypResult *result, Vec f, const char path[],
                                   HypResultFile *r)
{
  HypFile file;

  PetscFunctionBeginUser;
  *r = NULL;
  if (!path) PetscFunctionReturn(0);
  PetscCall(PetscNew(r));
  PetscCall(HypFileCreate(HypModelGetComm(result->model), path, &file));
  (*r)->result = result;
  (*r)->file   = file;
  (*r)->f      = f || HypModelPerturbed(result->model) ? f : HypSpaceGetOne(result->space);
  PetscCheck((*r)->f || !result->series, HypModelGetComm(result->model), PETSC_ERR_PLIB,
             "%s: snapshots of g need the steady state", path);
  PetscCall(PetscObjectReference((PetscObject)(*r)->f));
  PetscCall(WriteStart(*r));
  if (result->series) PetscCall(DeclareMoving(*r));
  PetscFunctionReturn(0);
}

/* The XDMF file tells how many snapshots there are, so it follows every publication */
static PetscErrorCode PublishIfDue(HypResultFile r)
{
  PetscBool published;

  PetscFunctionBeginUser;
  PetscCall(HypFilePublishIfDue(r->file, &published));
  if (!published) PetscFunctionReturn(0);
  r->shown = PETSC_TRUE;
  PetscCall(HypXdmfWrite(r->file->comm, r->file->path, r->result->space, PETSC_TRUE, r->snapshots,
                         r->times));
  PetscFunctionReturn(0);
}

/* Remembers the time of a snapshot, and h itself if the run's checkpoints need it */
static PetscErrorCode Remember(HypResultFile r, PetscReal t, const PetscReal h[])
{
  const size_t size = HypResultFileRecordSize(r);

  PetscFunctionBeginUser;
  if (r->snapshots == r->room) {
    r->room  = 2 * r->room + 16;
    r->times = realloc(r->times, sizeof(*r->times) * (size_t)r->room);
    if (r->keep && !r->file->rank)
      r->kept = realloc(r->kept, sizeof(*r->kept) * size * (size_t)r->room);
    PetscCheck(r->times && (!r->keep || r->file->rank || r->kept), PETSC_COMM_SELF, PETSC_ERR_MEM,
               "out of memory for %d snapshots; lengthen snapshot_interval", (int)r->room);
  }
  if (r->kept) memcpy(r->kept + size * (size_t)r->snapshots, h, sizeof(*h) * size);
  r->times[r->snapshots++] = t;
  PetscFunctionReturn(0);
}

/*@
  HypResultFileSeries - Hands over the functionals that are new since the last call

  Collective

  Input Parameter:
. r - the file

  Level: intermediate

.seealso: HypSeriesAdd()
@*/
PetscErrorCode HypResultFileSeries(HypResultFile r)
{
  const HypSeries *s;

  PetscFunctionBeginUser;
  if (!r) PetscFunctionReturn(0);
  for (s = r->result->series; r->series < s->n; r->series++) {
    PetscCall(HypFileWrite(r->file, "time", &s->t[r->series]));
    for (const HypSeriesColumn *c = s->columns; c < s->columns + s->ncolumns; c++)
      PetscCall(HypFileWrite(r->file, c->row->name, c->values + r->series * c->width));
  }
  PetscCall(PublishIfDue(r));
  PetscFunctionReturn(0);
}

/*@
  HypResultFileShow - Lets the first version of the file appear in a run that takes longer than a
  second

  Collective; after every step, and every output of the coarser run that checks the rate

  Input Parameter:
. r - the file; NULL: nothing happens

  Level: developer

  Note:
  Later versions follow outputs.  A short run writes its file once, at its end: the flushes to the
  disk are what a small file costs.

.seealso: HypResultFileSeries()
@*/
PetscErrorCode HypResultFileShow(HypResultFile r)
{
  PetscFunctionBeginUser;
  if (r && !r->shown) PetscCall(PublishIfDue(r));
  PetscFunctionReturn(0);
}

/*@
  HypResultFileSnapshot - Hands over a picture of the solution:
  marginals of g and h in every pair (x_i, v_i)

  Collective

  Input Parameters:
+ r - the file
. t - the time
- h - the solution

  Level: intermediate
@*/
PetscErrorCode HypResultFileSnapshot(HypResultFile r, PetscReal t, Vec h)
{
  PetscFunctionBeginUser;
  if (!r) PetscFunctionReturn(0);
  PetscCall(HypMarginals(r->result->space, h, r->h));
  PetscCall(HypDensityCompute(r->theta, r->user, HypModelDimension(r->result->model), h,
                              r->h + HypResultFileRecordSize(r) - HypDensitySize(r)));
  PetscCall(HypResultFileRecall(r, t, r->h));
  PetscFunctionReturn(0);
}

/*@
  HypResultFileRecordSize - Size of one snapshot of h in a result file

  Not collective

  Input Parameter:
. r - the file

  Returns how many numbers it holds: all points of all pairs (X_i, V_i), then of all theta_i.

  Level: developer

.seealso: HypResultFileSnapshot()
@*/
size_t HypResultFileRecordSize(HypResultFile r)
{
  return HypPairSize(r->result->space) *
           (size_t)HypModelDimension(HypSpaceGetModel(r->result->space)) +
         HypDensitySize(r);
}

/*@
  HypResultFileKeep - Keeps all snapshots in memory, for checkpoints

  Logically collective; before the first snapshot

  Input Parameter:
. r - the file; NULL: nothing happens

  Level: intermediate

.seealso: HypCheckpointWrite()
@*/
PetscErrorCode HypResultFileKeep(HypResultFile r)
{
  PetscFunctionBeginUser;
  if (r) r->keep = PETSC_TRUE;
  PetscFunctionReturn(0);
}

/*@
  HypResultFileRecall - Hands over a snapshot that is known already

  Collective

  Input Parameters:
+ r      - the file
. t      - the time
- values - marginals of h in every pair and in every theta_i; read on the first rank only

  Level: intermediate

.seealso: HypResultFileSnapshot(), HypCheckpointRead()
@*/
PetscErrorCode HypResultFileRecall(HypResultFile r, PetscReal t, const PetscReal values[])
{
  const size_t all = HypResultFileRecordSize(r) - HypDensitySize(r);

  PetscFunctionBeginUser;
  PetscCall(Remember(r, t, values));
  PetscCall(HypDensityRecord(r, values + all));
  PetscCall(HypFileWrite(r->file, "snapshot", &t));
  PetscCall(HypFileWrite(r->file, "h", values));
  for (size_t i = 0; i < all; i++) r->h[i] = values[i] + r->F[i]; /* g/M = h + F/M */
  TimesM(r, r->h);
  PetscCall(HypFileWrite(r->file, "g", r->h));
  PetscCall(PublishIfDue(r));
  PetscFunctionReturn(0);
}

/* g/M = h + F/M, from which another run can start */
static PetscErrorCode WriteCoefficients(HypResultFile r, Vec h)
{
  HypVariable row = {"coefficients", NULL, "1",
                     "coefficients of g/M in the orthonormal basis of the space at the end", ""};
  Vec         u;

  PetscFunctionBeginUser;
  row.dimensions = HypSpaceGetDimensions(r->result->space);
  PetscCall(VecDuplicate(h, &u));
  PetscCall(VecWAXPY(u, 1, h, r->f));
  PetscCall(HypFileVec(r->file, &row, u));
  PetscCall(VecDestroy(&u));
  PetscFunctionReturn(0);
}

/*@
  HypResultFileClose - Adds everything the run found out, and makes the file final

  Collective

  Input/Output Parameter:
. r - the file; NULL on return

  Input Parameter:
. h - the solution at the end, from which another run may start; NULL if there is none

  Level: intermediate

.seealso: HypInitialFromFile()
@*/
PetscErrorCode HypResultFileClose(HypResultFile *r, Vec h)
{
  HypFile          file;
  const HypResult *result;
  char             path[PETSC_MAX_PATH_LEN];
  PetscBool        steady;

  PetscFunctionBeginUser;
  if (!*r) PetscFunctionReturn(0);
  file   = (*r)->file;
  result = (*r)->result;
  if (result->series) PetscCall(HypResultFileSeries(*r));
  PetscCall(HypResultFileParts(*r, PETSC_FALSE));
  PetscCall(HypFileAttributeText(file, ".", "verdict", result->verdict));
  if (h) PetscCall(WriteCoefficients(*r, h));
  PetscCall(HypDensityErrors(*r));
  PetscCall(PetscStrncpy(path, file->path, sizeof(path)));
  steady = (PetscBool)((*r)->f != NULL);
  PetscCall(HypFileClose(&(*r)->file));
  PetscCall(HypXdmfWrite(HypModelGetComm(result->model), path, result->space, steady,
                         (*r)->snapshots, (*r)->times));
  free((*r)->times);
  free((*r)->kept);
  PetscCall(HypDensityDestroy(*r));
  PetscCall(VecDestroy(&(*r)->f));
  PetscCall(PetscFree3((*r)->M, (*r)->F, (*r)->h));
  PetscCall(PetscFree(*r));
  PetscFunctionReturn(0);
}

/*@C
  HypResultWriteFile - Writes the HDF5 file of a command that does not run in time

  Collective

  Input Parameters:
+ result - the result, without a series
. f      - F/M; NULL: 1 if eps = 0, else unknown
- path   - its name; NULL: no file is wanted

  Level: beginner

.seealso: HypResultFileCreate(), HypResultWriteJSON()
@*/
PetscErrorCode HypResultWriteFile(const HypResult *result, Vec f, const char path[])
{
  HypResultFile file;

  PetscFunctionBeginUser;
  PetscCall(HypResultFileCreate(result, f, path, &file));
  PetscCall(HypResultFileClose(&file, NULL));
  PetscFunctionReturn(0);
}
