/*
   Checkpoints: never a crash, whatever is in them.

   An input that begins like an HDF5 file is taken as the whole file.
   Any other is a list of changes to a good checkpoint, see change.h.
*/
#include "change.h"
#include <hypoco/checkpoint.h>

enum { OUTPUTS = 5, NOTES = 3 };

static HypResult     result;
static HypCheckpoint checkpoint;
static HypSeries     series;
static Vec           h;
static PetscReal     notes[NOTES];
static uint8_t       good[1 << 17];
static size_t        goodSize;

static void WriteGood(void)
{
  HypEvolutionState state = {
    .step = 4, .outputs = 3, .t = 1, .dt = 0.25, .dt_unhurried = 0.25, .h = h};
  HypCheckpointContent content = {
    .state = &state, .series = &series, .nnotes = NOTES, .notes = notes};

  for (PetscInt k = 0; k < state.outputs; k++)
    OK(HypSeriesAdd(&series, &(HypObservation){.t           = 0.5 * (PetscReal)k,
                                               .mass        = 1,
                                               .functionals = &(HypFunctionals){.norm2 = 1}}));
  OK(HypCheckpointWrite(checkpoint, &content));
  goodSize = FuzzRead("fuzz.1", good, sizeof(good));
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
  (void)argc;
  (void)argv;
  FuzzStart("checkpoint", &result, &h);
  OK(HypSeriesCreate(NULL, OUTPUTS, &series));
  OK(HypCheckpointCreate(&result, "fuzz", &checkpoint));
  WriteGood();
  return 0;
}

static PetscErrorCode Restart(void)
{
  static const PetscBool snapshot[OUTPUTS];
  HypEvolutionState      state;
  HypCheckpointContent   content = {
      .state = &state, .series = &series, .nnotes = NOTES, .notes = notes};
  PetscBool found;

  PetscFunctionBeginUser;
  PetscCall(HypCheckpointFind(checkpoint, "auto", &found));
  if (!found) PetscFunctionReturn(0);
  PetscCall(HypCheckpointState(checkpoint, &state));
  state.h = h;
  PetscCall(HypCheckpointRead(checkpoint, snapshot, &content));
  if (!(state.outputs <= OUTPUTS && state.t >= 0 && state.dt > 0)) abort();
  PetscFunctionReturn(0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  const int whole = size > 4 && !memcmp(data, "\211HDF", 4);

  if (whole)
    FuzzPut("fuzz.1", data, size);
  else
    WriteChanged("fuzz.1", good, goodSize, data, size);
  if (!Restart() && whole && !IsSealed(data, size)) abort();
  CloseAll();
  return 0;
}
