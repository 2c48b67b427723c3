/* Mesh files: refused with a sentence, or an axis that keeps its promises, a 1 = 0 before all. */
#include "fuzz.h"
#include <hypoco/axis.h>
#include <math.h>

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
  static char program[] = "mesh", handler[] = "-no_signal_handler",
              *words[] = {program, handler, NULL};
  static char **given  = words;
  int           n      = 2;

  (void)argc;
  (void)argv;
  if (PetscInitialize(&n, &given, NULL, NULL) ||
      PetscPushErrorHandler(PetscIgnoreErrorHandler, NULL))
    exit(2);
  return 0;
}

/* |a 1| and |1 - sum of weights| are rounding errors, everything is finite */
static void Check(HypAxis axis)
{
  const PetscInt     n      = HypAxisGetSize(axis);
  PetscScalar *const result = malloc(sizeof(*result) * (size_t)n);
  PetscReal          sum    = 0;

  for (HypAxisOperation operation = HYP_LOWER; operation <= HYP_DISSIPATION; operation++) {
    PetscReal largest = 0;

    if (HypAxisApply(axis, operation, 1, 1, HypAxisGetOne(axis), result)) abort();
    for (PetscInt k = 0; k < n; k++) {
      if (!isfinite(result[k])) abort();
      largest = fmax(largest, fabs(result[k]));
    }
    if (operation == HYP_LOWER && largest > 1e-8) abort();
  }
  for (PetscInt k = 0; k < n; k++) sum += HypAxisGetWeights(axis)[k];
  if (!(fabs(sum - 1) < 1e-12)) abort();
  free(result);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  HypAxis axis;

  FuzzPut("fuzz.mesh", data, size);
  if (HypAxisCreate(PETSC_COMM_SELF, HYPAXISFV, &axis)) abort();
  if (!HypAxisSetMeshFile(axis, "./fuzz.mesh") && !HypAxisSetUp(axis)) Check(axis);
  if (HypAxisDestroy(&axis)) abort();
  return 0;
}
