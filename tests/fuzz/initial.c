/*
   Result files as a start: never a crash, whatever is in them,
   and never a start that is not finite.

   An input that begins like an HDF5 file is taken as the whole file.
   Any other is a list of changes to a good one, see change.h.
*/
#include "change.h"
#include <hypoco/result.h>

static HypResult result;
static Vec       u;
static uint8_t   good[1 << 20];
static size_t    goodSize;

static void WriteGood(void)
{
  HypResultFile file;
  HypSeries     series;

  OK(HypSeriesCreate(NULL, 1, &series));
  OK(HypSeriesAdd(&series,
                  &(HypObservation){.mass = 1, .functionals = &(HypFunctionals){.norm2 = 1}}));
  result.series = &series;
  OK(HypResultFileCreate(&result, NULL, "fuzz.h5", &file));
  OK(HypResultFileClose(&file, u));
  OK(HypSeriesDestroy(&series));
  goodSize = FuzzRead("fuzz.h5", good, sizeof(good));
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
  (void)argc;
  (void)argv;
  FuzzStart("initial", &result, &u);
  WriteGood();
  return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  const int whole = size > 4 && !memcmp(data, "\211HDF", 4);
  PetscReal norm;

  if (whole)
    FuzzPut("fuzz.h5", data, size);
  else
    WriteChanged("fuzz.h5", good, goodSize, data, size);
  if (!HypInitialFromFile(result.space, "fuzz.h5", u)) {
    if (whole && !IsSealed(data, size)) abort();
    OK(VecNorm(u, NORM_2, &norm));
    if (PetscIsInfOrNanReal(norm)) abort();
  }
  CloseAll();
  return 0;
}
