/* Checkpoints: where they are and how one is written. */
#include "checkpoint/checkpointimpl.h"
#include <string.h>
#include <unistd.h>

void HypCheckpointPath(HypCheckpoint checkpoint, int slot, char path[PETSC_MAX_PATH_LEN])
{
  snprintf(path, PETSC_MAX_PATH_LEN, "%s.%d", checkpoint->name, slot);
}

static HypCheckpoint
  locked; /* to be released when PETSc ends, after a failure in the middle of a run */

static PetscErrorCode Unlock(void)
{
  PetscFunctionBeginUser;
  if (locked) HypUnlockFile(locked->name, &locked->lock);
  locked = NULL;
  PetscFunctionReturn(0);
}

static PetscErrorCode Claim(HypCheckpoint checkpoint)
{
  PetscFunctionBeginUser;
  PetscCall(HypCheckOutputPath(checkpoint->name, PETSC_FALSE));
  PetscCall(HypLockFile(checkpoint->name, &checkpoint->lock));
  locked = checkpoint;
  PetscFunctionReturn(0);
}

/*@C
  HypCheckpointCreate - Prepares the checkpoints of a run

  Collective

  Input Parameters:
+ result - options, model and space of the run; must outlive the checkpoint
- name   - of both files, without the .1 and .2 that are added

  Output Parameter:
. checkpoint - nothing is written or looked for yet

  Level: intermediate

.seealso: HypCheckpointFind(), HypCheckpointWrite(), HypCheckpointDestroy()
@*/
PetscErrorCode HypCheckpointCreate(const HypResult *result, const char name[],
                                   HypCheckpoint *checkpoint)
{
  static PetscBool registered = PETSC_FALSE;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(checkpoint));
  (*checkpoint)->result     = result;
  (*checkpoint)->comm       = HypSpaceGetComm(result->space);
  (*checkpoint)->alone      = PETSC_TRUE;
  (*checkpoint)->lock       = -1;
  (*checkpoint)->conditions = HypCheckpointConditions(result);
  PetscCallMPI(MPI_Comm_rank((*checkpoint)->comm, &(*checkpoint)->rank));
  PetscCall(PetscStrallocpy(name, &(*checkpoint)->name));
  if (!registered) PetscCall(PetscRegisterFinalize(Unlock));
  registered = PETSC_TRUE;
  PetscCall(
    HypAgreeOnFile((*checkpoint)->comm, name, (*checkpoint)->rank ? 0 : Claim(*checkpoint)));
  PetscFunctionReturn(0);
}

/*@
  HypCheckpointNewest - Names the newest checkpoint

  Not collective

  Input Parameter:
. checkpoint - the checkpoints of a run

  Returns the file, "" where there is none; valid until the next is written.

  Level: intermediate

.seealso: HypCheckpointWrite()
@*/
const char *HypCheckpointNewest(HypCheckpoint checkpoint)
{
  return checkpoint->path;
}

static PetscErrorCode WriteSeries(HypFile file, const HypSeries *s, PetscInt n, PetscInt d)
{
  static const HypVariable time = {"time", "time", "time", "times of the series", ""};
  static const HypVariable pair = {"pair", "pair", "1", "number i of the pair (x_i, v_i)", ""};

  PetscFunctionBeginUser;
  PetscCall(HypFileDimension(file, n, s->t, &time));
  PetscCall(HypFileDimension(file, d, NULL, &pair));
  for (const HypSeriesColumn *c = s->columns; c < s->columns + s->ncolumns; c++) {
    const HypVariable variable = HypSeriesVariable(c->row);

    PetscCall(HypFileVariables(file, 1, &variable));
    PetscCall(HypFileWrite(file, variable.name, c->values));
  }
  PetscFunctionReturn(0);
}

/* The snapshots up to time t: what the result file will need again */
static PetscErrorCode WriteSnapshots(HypFile file, HypResultFile r, PetscReal t)
{
  static const HypVariable snapshot = {"snapshot", "snapshot", "time", "times of the snapshots",
                                       ""};
  static const HypVariable point    = {"point", "point", "1", "points of all pairs (x_i, v_i)", ""};
  static const HypVariable h        = {"h", "snapshot point", "1", "marginals of h", ""};
  PetscInt                 n        = 0;

  PetscFunctionBeginUser;
  while (n < r->snapshots && r->times[n] <= t) n++;
  PetscCall(HypFileDimension(file, n, r->times, &snapshot));
  PetscCall(HypFileDimension(file, (PetscInt)HypResultFileRecordSize(r), NULL, &point));
  PetscCall(HypFileVariables(file, 1, &h));
  PetscCall(HypFileWrite(file, "h", r->kept));
  PetscFunctionReturn(0);
}

static PetscErrorCode WriteState(HypFile file, HypSpace space, const HypEvolutionState *state)
{
  HypVariable row = {"state", NULL, "1", "coefficients of h in the orthonormal basis of the space",
                     ""};

  PetscFunctionBeginUser;
  row.dimensions = HypSpaceGetDimensions(space);
  PetscCall(HypFileAttributeReal(file, "t", state->t));
  PetscCall(HypFileAttributeReal(file, "dt", state->dt));
  PetscCall(HypFileAttributeReal(file, "dt_unhurried", state->dt_unhurried));
  PetscCall(HypFileAttributeReal(file, "step", (PetscReal)state->step));
  PetscCall(HypFileAttributeReal(file, "outputs", (PetscReal)state->outputs));
  PetscCall(HypFileVec(file, &row, state->h));
  PetscFunctionReturn(0);
}

/* A file of an earlier run is not a state of this one */
static void RemoveOther(HypCheckpoint checkpoint, int slot)
{
  char path[PETSC_MAX_PATH_LEN];

  if (checkpoint->alone && !checkpoint->rank) {
    HypCheckpointPath(checkpoint, 3 - slot, path);
    unlink(path);
  }
  checkpoint->alone = PETSC_FALSE;
}

/*@
  HypCheckpointWrite - Writes a state over the older of the two checkpoints

  Collective

  Input Parameters:
+ checkpoint - the checkpoints of the run
- content    - where the run is: of the series, the outputs of the state are written;
  the result file must keep its
               snapshots (HypResultFileKeep())

  Level: intermediate

  Note:
  Both files stay as they are until the new one is complete, read back, and flushed to the disk.

.seealso: HypCheckpointRead()
@*/
PetscErrorCode HypCheckpointWrite(HypCheckpoint checkpoint, const HypCheckpointContent *content)
{
  const int slot = checkpoint->newest == 1 ? 2 : 1;
  char      path[PETSC_MAX_PATH_LEN], *text;
  HypFile   file;

  PetscFunctionBeginUser;
  HypCheckpointPath(checkpoint, slot, path);
  PetscCall(HypFileCreate(checkpoint->comm, path, &file));
  text = json_dumps(checkpoint->conditions, JSON_SORT_KEYS);
  PetscCheck(text, PETSC_COMM_SELF, PETSC_ERR_MEM, "out of memory while a checkpoint was written");
  PetscCall(HypFileAttributeText(file, ".", "format", HYP_CHECKPOINT_FORMAT));
  PetscCall(HypFileAttributeText(file, ".", "conditions", text));
  free(text);
  PetscCall(HypFileAttributeReal(file, "serial", (PetscReal)++checkpoint->serial));
  if (content->nnotes)
    PetscCall(HypFileAttributeReals(file, ".", "notes", content->nnotes, content->notes));
  PetscCall(WriteSeries(file, content->series, content->state->outputs,
                        HypModelDimension(checkpoint->result->model)));
  if (content->file)
    PetscCall(WriteSnapshots(file, content->file, content->series->t[content->state->outputs - 1]));
  PetscCall(WriteState(file, checkpoint->result->space, content->state));
  PetscCall(HypFileClose(&file));
  RemoveOther(checkpoint, slot);
  checkpoint->newest = slot;
  PetscCall(PetscStrncpy(checkpoint->path, path, sizeof(checkpoint->path)));
  PetscFunctionReturn(0);
}

/*@
  HypCheckpointDestroy - Frees what writes and reads checkpoints; the files stay

  Collective

  Input Parameter:
. checkpoint - the checkpoints of a run; set to NULL; NULL is allowed

  Level: intermediate

.seealso: HypCheckpointCreate()
@*/
PetscErrorCode HypCheckpointDestroy(HypCheckpoint *checkpoint)
{
  PetscFunctionBeginUser;
  if (!*checkpoint) PetscFunctionReturn(0);
  PetscCall(Unlock());
  json_decref((*checkpoint)->conditions);
  PetscCall(PetscFree((*checkpoint)->name));
  PetscCall(PetscFree(*checkpoint));
  PetscFunctionReturn(0);
}
