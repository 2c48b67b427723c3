/*
   Checkpoints: never a crash, whatever is in them.

   An input that begins like an HDF5 file is taken as the whole file.
   Any other is a list of changes to a good checkpoint,
   which then gets the digest of its new content, as no accident could do:
   "-name" removes an attribute or variable, "name number ..." and "name 'text" write one;
   changes are separated by ';'.
*/
#include "fuzz.h"
#include <hypoco/checkpoint.h>
#include <hdf5.h>
#include <hdf5_hl.h>
#include <string.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

enum { OUTPUTS = 5, NOTES = 3, LONGEST = 40 };

static HypResult     result;
static HypCheckpoint checkpoint;
static HypSeries     series;
static Vec           h;
static PetscReal     notes[NOTES];
static uint8_t       good[1 << 17];
static size_t        goodSize;

#define OK(call)                                                                                   \
  do {                                                                                             \
    if (call) {                                                                                    \
      fputs("failed: " #call "\n", stderr);                                                        \
      exit(2);                                                                                     \
    }                                                                                              \
  } while (0)

static void WriteGood(void)
{
  HypEvolutionState state = {
    .step = 4, .outputs = 3, .t = 1, .dt = 0.25, .dt_unhurried = 0.25, .h = h};
  HypCheckpointContent content = {
    .state = &state, .series = &series, .nnotes = NOTES, .notes = notes};
  FILE *file;

  for (PetscInt k = 0; k < state.outputs; k++)
    OK(HypSeriesAdd(&series, &(HypObservation){.t           = 0.5 * (PetscReal)k,
                                               .mass        = 1,
                                               .functionals = &(HypFunctionals){.norm2 = 1}}));
  OK(HypCheckpointWrite(checkpoint, &content));
  file     = fopen("fuzz.1", "rb");
  goodSize = file ? fread(good, 1, sizeof(good), file) : 0;
  OK(!file || fclose(file) || goodSize < 64 || goodSize == sizeof(good));
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
  static char program[] = "checkpoint", handler[] = "-no_signal_handler",
              *words[] = {program, handler, NULL};
  static char **given  = words;
  int           n      = 2;

  (void)argc;
  (void)argv;
  OK(PetscInitialize(&n, &given, NULL, NULL));
  OK(PetscPushErrorHandler(PetscIgnoreErrorHandler, NULL));
  OK(HypModelCreate(PETSC_COMM_SELF, &result.model));
  OK(HypModelSetParameters(result.model, 1, 1, 1, 1));
  OK(HypSpaceCreate(result.model, HYPSPACESIMPLEX, &result.space));
  OK(HypSpaceSetDegree(result.space, 2));
  OK(HypSpaceSetUp(result.space));
  OK(HypSpaceCreateVec(result.space, &h));
  OK(HypSeriesCreate(NULL, OUTPUTS, &series));
  OK(HypCheckpointCreate(&result, "fuzz", &checkpoint));
  WriteGood();
  return 0;
}

static int IsAttribute(const char *name)
{
  static const char *const names[] = {"format",       "conditions", "serial",  "t",    "dt",
                                      "dt_unhurried", "step",       "outputs", "notes"};

  for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
    if (!strcmp(name, names[i])) return 1;
  }
  return 0;
}

/* As hypoco writes them: of variable length */
static void PutText(hid_t file, const char *name, const char *text)
{
  const hid_t type = H5Tcopy(H5T_C_S1), space = H5Screate(H5S_SCALAR);
  hid_t       attribute;

  H5Tset_size(type, H5T_VARIABLE);
  H5Tset_cset(type, H5T_CSET_UTF8);
  H5Adelete(file, name);
  attribute = H5Acreate2(file, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
  if (attribute >= 0) {
    H5Awrite(attribute, type, &text);
    H5Aclose(attribute);
  }
  H5Sclose(space);
  H5Tclose(type);
}

static void Put(hid_t file, const char *name, const char *values)
{
  double  numbers[LONGEST];
  hsize_t n = 0;

  while (*values == ' ') values++;
  if (*values == '\'') {
    PutText(file, name, values + 1);
    return;
  }
  for (char *end; n < LONGEST; values = end) {
    numbers[n] = strtod(values, &end);
    if (end == values) break;
    n++;
  }
  if (!n) return;
  H5Ldelete(file, name, H5P_DEFAULT);
  if (IsAttribute(name))
    H5LTset_attribute_double(file, "/", name, numbers, n);
  else
    H5LTmake_dataset_double(file, name, 1, &n, numbers);
}

static void Change(hid_t file, char *change)
{
  char *const values = change + strcspn(change, " ");

  if (*change == '-') {
    H5Adelete(file, change + 1);
    H5Ldelete(file, change + 1, H5P_DEFAULT);
  } else if (*values) {
    *values = 0;
    Put(file, change, values + 1);
  }
}

/* The 64 bytes after the end of an HDF5 file */
static void MakeSeal(const uint8_t *data, size_t size, char seal[65])
{
  const XXH128_hash_t hash = XXH3_128bits(data, size);
  char                text[63];

  snprintf(text, sizeof(text), "hypoco xxh3-128 %016llx%016llx", (unsigned long long)hash.high64,
           (unsigned long long)hash.low64);
  snprintf(seal, 65, "\n%-62s\n", text);
}

static void Seal(const char *path)
{
  FILE *const    file = fopen(path, "r+b");
  static uint8_t data[1 << 20];
  const size_t   size = fread(data, 1, sizeof(data), file);
  char           seal[65];

  MakeSeal(data, size, seal);
  OK(fseek(file, 0, SEEK_END) || fwrite(seal, 1, 64, file) != 64 || fclose(file));
}

static int IsSealed(const uint8_t *data, size_t size)
{
  char seal[65];

  if (size < 64) return 0;
  MakeSeal(data, size - 64, seal);
  return !memcmp(data + size - 64, seal, 64);
}

static void WriteChanged(const uint8_t *data, size_t size)
{
  char *const text = malloc(size + 1), *rest = text, *change;
  hid_t       file;

  memcpy(text, data, size);
  text[size] = 0;
  FuzzPut("fuzz.1", good, goodSize - 64);
  file = H5Fopen("fuzz.1", H5F_ACC_RDWR, H5P_DEFAULT);
  OK(file < 0);
  while ((change = strsep(&rest, ";\n"))) Change(file, change);
  OK(H5Fclose(file) < 0);
  Seal("fuzz.1");
  free(text);
}

/* A refusal leaves what was open behind, as any error in PETSc does */
static void CloseAll(void)
{
  hid_t ids[16];

  for (ssize_t n; (n = H5Fget_obj_ids((hid_t)H5F_OBJ_ALL, H5F_OBJ_ALL, 16, ids)) > 0;) {
    for (ssize_t i = 0; i < n; i++) H5Idec_ref(ids[i]);
  }
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
    WriteChanged(data, size);
  if (!Restart() && whole && !IsSealed(data, size)) abort();
  CloseAll();
  return 0;
}
