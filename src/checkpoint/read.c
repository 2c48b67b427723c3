/* Checkpoints: the newest good one is found, compared with this run,
   and read on any number of ranks. */
#include "checkpoint/checkpointimpl.h"
#include <errno.h>
#include <string.h>
#include <unistd.h>

/* Is there a whole checkpoint at `path`?  Says what is wrong with one that is not; serial:
   how many came before */
static PetscBool Look(const char path[], PetscReal *serial)
{
  PetscBool         digest, good;
  PetscErrorCode    error;
  const char *const problem = HypFileProblem(path, &digest, &error);
  HypH5File         h5;
  char              format[64] = "";

  if (problem || !digest) {
    PetscFPrintf(PETSC_COMM_SELF, stderr, "hypoco: restart: %s%s\n", problem ? problem : path,
                 problem ? "" : ": is cut short, or not a checkpoint");
    return PETSC_FALSE;
  }
  PetscPushErrorHandler(PetscIgnoreErrorHandler, NULL);
  good =
    (PetscBool)(!HypH5Open(path, path, H5F_ACC_RDONLY, PETSC_COMM_SELF, &h5) &&
                !HypH5ReadText(&h5, ".", "format", format, sizeof(format)) &&
                !HypH5ReadReal(&h5, ".", "serial", serial) && !HypH5Close(&h5) &&
                !strcmp(format, HYP_CHECKPOINT_FORMAT) && *serial >= 0 && *serial < PETSC_MAX_INT);
  PetscPopErrorHandler();
  if (!good)
    PetscFPrintf(PETSC_COMM_SELF, stderr,
                 "hypoco: restart: %s: is not a checkpoint of this version of hypoco\n", path);
  return good;
}

/* Chooses the file to go on from: the one named, else the newest that is whole; slot[0] = 0:
   none is there; slot[1]: largest serial */
static PetscErrorCode Choose(HypCheckpoint checkpoint, int named, int slot[2])
{
  char      path[PETSC_MAX_PATH_LEN];
  PetscReal serial[3] = {-1, -1, -1};
  PetscBool there[3] = {PETSC_FALSE}, good[3] = {PETSC_FALSE};

  PetscFunctionBeginUser;
  for (int k = 1; k <= 2; k++) {
    HypCheckpointPath(checkpoint, k, path);
    there[k] = (PetscBool)!access(path, F_OK);
    good[k]  = (PetscBool)(there[k] && Look(path, &serial[k]));
  }
  PetscCheck(!named || there[named], PETSC_COMM_SELF, PETSC_ERR_FILE_OPEN,
             "restart: %s.%d: cannot be opened: %s", checkpoint->name, named, strerror(ENOENT));
  slot[0] = good[2] && serial[2] > serial[1] ? 2 : good[1] ? 1 : good[2] ? 2 : 0;
  if (named && good[named]) slot[0] = named;
  PetscCheck(slot[0] || (!there[1] && !there[2]), PETSC_COMM_SELF, PETSC_ERR_FILE_UNEXPECTED,
             "restart: no good checkpoint is left in %s.1 and %s.2; start anew without -restart",
             checkpoint->name, checkpoint->name);
  if (slot[0] && there[3 - slot[0]] && !good[3 - slot[0]])
    fprintf(stderr, "hypoco: restart: using %s.%d instead\n", checkpoint->name, slot[0]);
  slot[1] = (int)PetscMax(serial[1], serial[2]);
  PetscFunctionReturn(0);
}

/* Compares the chosen file with this run */
static PetscErrorCode Compare(HypCheckpoint checkpoint)
{
  HypH5File h5;

  PetscFunctionBeginUser;
  PetscCall(HypH5Open(checkpoint->path, checkpoint->path, H5F_ACC_RDONLY, PETSC_COMM_SELF, &h5));
  PetscCall(HypCheckpointCompare(checkpoint, &h5));
  PetscCall(HypH5Close(&h5));
  PetscFunctionReturn(0);
}

/*@C
  HypCheckpointFind - Finds the checkpoint to go on from

  Collective

  Input Parameters:
+ checkpoint - the checkpoints of this run
- name       - "auto": the newest; else one of the two files, or their name without the .1 and .2

  Output Parameter:
. found - false if `name` is "auto" and there is none

  Level: intermediate

  Notes:
  A file that is damaged is passed over for the other one, and both are named on stderr.
  One that belongs to another run, because an option, the space or the program differs,
  is refused with both values.

.seealso: HypCheckpointRead()
@*/
PetscErrorCode HypCheckpointFind(HypCheckpoint checkpoint, const char name[], PetscBool *found)
{
  const size_t    length = strlen(name), base = strlen(checkpoint->name);
  const PetscBool automatic = (PetscBool)!strcmp(name, "auto");
  const PetscBool numbered  = (PetscBool)(length > 2 && name[length - 2] == '.' &&
                                         (name[length - 1] == '1' || name[length - 1] == '2'));
  int             slot[2]   = {0, 0};
  PetscErrorCode  error     = 0;

  PetscFunctionBeginUser;
  PetscCheck(automatic ||
               (!strncmp(name, checkpoint->name, base) && length == base + (numbered ? 2 : 0)),
             checkpoint->comm, PETSC_ERR_ARG_WRONG,
             "restart: %s does not belong to the checkpoints of this run, %s.1 and %s.2; name them "
             "with -checkpoint",
             name, checkpoint->name, checkpoint->name);
  if (!checkpoint->rank)
    error = Choose(checkpoint, numbered && !automatic ? name[length - 1] - '0' : 0, slot);
  PetscCall(HypAgreeOnFile(checkpoint->comm, checkpoint->name, error));
  PetscCallMPI(MPI_Bcast(slot, 2, MPI_INT, 0, checkpoint->comm));
  PetscCheck(slot[0] || automatic, checkpoint->comm, PETSC_ERR_FILE_OPEN,
             "restart: there is neither %s.1 nor %s.2", checkpoint->name, checkpoint->name);
  *found = (PetscBool)(slot[0] != 0);
  if (!slot[0]) PetscFunctionReturn(0);
  checkpoint->newest = slot[0];
  checkpoint->serial = slot[1];
  checkpoint->alone  = PETSC_FALSE;
  HypCheckpointPath(checkpoint, slot[0], checkpoint->path);
  if (!checkpoint->rank) error = Compare(checkpoint);
  PetscCall(HypAgreeOnFile(checkpoint->comm, checkpoint->path, error));
  PetscFunctionReturn(0);
}

static PetscErrorCode ReadNumbers(const char path[], HypEvolutionState *state)
{
  HypH5File h5;
  PetscReal step, outputs;

  PetscFunctionBeginUser;
  PetscCall(HypH5Open(path, path, H5F_ACC_RDONLY, PETSC_COMM_SELF, &h5));
  PetscCall(HypH5ReadReal(&h5, ".", "t", &state->t));
  PetscCall(HypH5ReadReal(&h5, ".", "dt", &state->dt));
  PetscCall(HypH5ReadReal(&h5, ".", "dt_unhurried", &state->dt_unhurried));
  PetscCall(HypH5ReadReal(&h5, ".", "step", &step));
  PetscCall(HypH5ReadReal(&h5, ".", "outputs", &outputs));
  PetscCall(HypH5Close(&h5));
  PetscCheck(state->t >= 0 && state->t < PETSC_INFINITY && state->dt > 0 &&
               !PetscIsNanReal(state->dt_unhurried) && step >= 0 && step < PETSC_MAX_INT &&
               outputs >= 1 && outputs < PETSC_MAX_INT,
             PETSC_COMM_SELF, PETSC_ERR_FILE_UNEXPECTED,
             "%s: is not a checkpoint of this version of hypoco", path);
  state->step    = (PetscInt)step;
  state->outputs = (PetscInt)outputs;
  PetscFunctionReturn(0);
}

/*@
  HypCheckpointState - How far the checkpoint found is

  Collective

  Input Parameter:
. checkpoint - after HypCheckpointFind()

  Output Parameter:
. state - without h

  Level: intermediate
@*/
PetscErrorCode HypCheckpointState(HypCheckpoint checkpoint, HypEvolutionState *state)
{
  PetscErrorCode error = 0;

  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(state, sizeof(*state)));
  if (!checkpoint->rank) error = ReadNumbers(checkpoint->path, state);
  PetscCall(HypAgreeOnFile(checkpoint->comm, checkpoint->path, error));
  PetscCallMPI(MPI_Bcast(state, sizeof(*state), MPI_BYTE, 0, checkpoint->comm));
  PetscFunctionReturn(0);
}

/* All of a variable that must have `size` numbers */
static PetscErrorCode ReadReals(HypH5File *h5, const char name[], size_t size, PetscReal values[])
{
  hid_t dataset, space;

  PetscFunctionBeginUser;
  PetscCheck(H5Lexists(h5->id, name, H5P_DEFAULT) > 0, PETSC_COMM_SELF, PETSC_ERR_ARG_INCOMP,
             "restart: %s holds no %s, because its run had no output; leave out -output, or start "
             "anew without -restart",
             h5->path, name);
  PetscCall(HypH5OpenDataset(h5, name, &dataset));
  HypH5Read(h5->path, space = H5Dget_space(dataset));
  PetscCheck(H5Sget_simple_extent_npoints(space) == (hssize_t)size, PETSC_COMM_SELF,
             PETSC_ERR_FILE_UNEXPECTED, "%s: %s has %lld numbers, %lld expected", h5->path, name,
             (long long)H5Sget_simple_extent_npoints(space), (long long)size);
  HypH5Read(h5->path, H5Dread(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values));
  HypH5Read(h5->path, H5Sclose(space));
  HypH5Read(h5->path, H5Dclose(dataset));
  PetscFunctionReturn(0);
}

static PetscErrorCode ReadSeries(const char path[], HypCheckpointContent *content)
{
  const HypSeries *const s = content->series;
  HypH5File              h5;

  PetscFunctionBeginUser;
  PetscCall(HypH5Open(path, path, H5F_ACC_RDONLY, PETSC_COMM_SELF, &h5));
  PetscCall(ReadReals(&h5, "time", (size_t)s->n, s->t));
  for (const HypSeriesColumn *c = s->columns; c < s->columns + s->ncolumns; c++)
    PetscCall(ReadReals(&h5, c->row->name, (size_t)s->n * (size_t)c->width, c->values));
  PetscCheck(!content->nnotes || H5Aexists(h5.id, "notes") > 0, PETSC_COMM_SELF,
             PETSC_ERR_FILE_UNEXPECTED, "%s: is not a checkpoint of this version of hypoco", path);
  if (content->nnotes)
    PetscCall(HypH5ReadReals(&h5, ".", "notes", content->nnotes, content->notes));
  PetscCall(HypH5Close(&h5));
  PetscFunctionReturn(0);
}

/* The snapshots, all at once: the first rank held them in memory before as well */
static PetscErrorCode ReadSnapshots(const char path[], PetscInt n, size_t size, PetscReal values[])
{
  HypH5File h5;

  PetscFunctionBeginUser;
  PetscCall(HypH5Open(path, path, H5F_ACC_RDONLY, PETSC_COMM_SELF, &h5));
  PetscCall(ReadReals(&h5, "h", size * (size_t)n, values));
  PetscCall(HypH5Close(&h5));
  PetscFunctionReturn(0);
}

static PetscErrorCode RestoreSnapshots(HypCheckpoint checkpoint, const HypSeries *series,
                                       HypResultFile r, const PetscBool snapshot[])
{
  const size_t   size   = HypResultFileRecordSize(r);
  PetscReal     *values = NULL;
  PetscInt       n = 0, j = 0;
  PetscErrorCode error = 0;

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < series->n; k++) n += snapshot[k] ? 1 : 0;
  PetscCall(PetscMalloc1(checkpoint->rank ? size : size * (size_t)n, &values));
  if (!checkpoint->rank) error = ReadSnapshots(checkpoint->path, n, size, values);
  PetscCall(HypAgreeOnFile(checkpoint->comm, checkpoint->path, error));
  for (PetscInt k = 0; k < series->n; k++) {
    if (snapshot[k])
      PetscCall(
        HypResultFileRecall(r, series->t[k], values + (checkpoint->rank ? 0 : size * (size_t)j++)));
  }
  PetscCall(PetscFree(values));
  PetscFunctionReturn(0);
}

/*@
  HypCheckpointRead - Reads the checkpoint found

  Collective

  Input Parameters:
+ checkpoint - after HypCheckpointFind()
- snapshot   - for each output time, is there a snapshot?

  Input/Output Parameter:
. content - state->h, the series and the notes are filled;
  the snapshots are handed over to the result file

  Level: intermediate

  Note:
  The number of ranks may differ from that of the run that wrote it.

.seealso: HypCheckpointWrite()
@*/
PetscErrorCode HypCheckpointRead(HypCheckpoint checkpoint, const PetscBool snapshot[],
                                 HypCheckpointContent *content)
{
  HypSeries *const s = content->series;

  PetscFunctionBeginUser;
  PetscCheck(content->state->outputs <= s->capacity, checkpoint->comm, PETSC_ERR_FILE_UNEXPECTED,
             "%s: has %d outputs, this run has %d", checkpoint->path, (int)content->state->outputs,
             (int)s->capacity);
  s->n = content->state->outputs;
  PetscCall(HypAgreeOnFile(checkpoint->comm, checkpoint->path,
                           checkpoint->rank ? 0 : ReadSeries(checkpoint->path, content)));
  PetscCallMPI(MPI_Bcast(s->t, (PetscMPIInt)s->n, MPIU_REAL, 0, checkpoint->comm));
  for (const HypSeriesColumn *c = s->columns; c < s->columns + s->ncolumns; c++)
    PetscCallMPI(
      MPI_Bcast(c->values, (PetscMPIInt)(s->n * c->width), MPIU_REAL, 0, checkpoint->comm));
  PetscCallMPI(
    MPI_Bcast(content->notes, (PetscMPIInt)content->nnotes, MPIU_REAL, 0, checkpoint->comm));
  PetscCall(HypFileReadVec(checkpoint->comm, checkpoint->path, "state", content->state->h));
  if (content->file) {
    PetscCall(HypResultFileSeries(content->file));
    PetscCall(RestoreSnapshots(checkpoint, s, content->file, snapshot));
  }
  PetscFunctionReturn(0);
}
