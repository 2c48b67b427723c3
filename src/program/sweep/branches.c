/*
   If the amplitude of eps is varied: what the power series in the amplitude predicts for the
   leading
   eigenvalues (src/spectrum/continuation.c), beside what each case found.
*/
#include "base/agree.h"
#include "program/sweep/branches.h"
#include "program/problem.h"
#include <math.h>

static json_t *Value(PetscReal value)
{
  return isfinite(value) ? json_real((double)value) : json_null();
}

/* The value nearest to (re, im) among n that are not taken; -1: none */
static PetscInt Nearest(PetscInt n, const PetscReal real[], const PetscReal imag[],
                        const PetscBool taken[], PetscReal re, PetscReal im)
{
  PetscReal distance = PETSC_INFINITY;
  PetscInt  nearest  = -1;

  for (PetscInt k = 0; k < n; k++) {
    if (taken[k] || hypot(real[k] - re, imag[k] - im) >= distance) continue;
    distance = hypot(real[k] - re, imag[k] - im);
    nearest  = k;
  }
  return nearest;
}

/* Branch by branch: what the power series in the amplitude predicts,
   and the eigenvalue of the case nearest to it */
static PetscErrorCode Branches(const HypContinuation *series, PetscReal amplitude,
                               const HypSpectrum *spectrum, json_t *results)
{
  static const char *const names[] = {"branch", "first", "second"};
  const PetscInt           d       = series->d;
  PetscReal               *first[2], *second[2];
  PetscBool               *taken, *used;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc4(d, &first[0], d, &first[1], d, &second[0], d, &second[1]));
  PetscCall(PetscCalloc1(d, &used));
  PetscCall(HypContinuationPredict(series, amplitude, 1, first[0], first[1]));
  PetscCall(HypContinuationPredict(series, amplitude, 2, second[0], second[1]));
  PetscCall(PetscCalloc1(spectrum->n, &taken));
  taken[0] = PETSC_TRUE; /* the eigenvalue 0 */
  for (PetscInt b = 0; b < d; b++) {
    const PetscInt k =
      spectrum->n <
          2 * d /* 0, d - 1 pairs and one of the last: with fewer a branch may be missing */
        ? -1
        : Nearest(spectrum->n, spectrum->real, spectrum->imag, taken, second[0][b], second[1][b]);
    const PetscInt  f            = Nearest(d, first[0], first[1], used, second[0][b], second[1][b]);
    const PetscReal values[3][2] = {
      {k < 0 ? NAN : spectrum->real[k], k < 0 ? NAN : spectrum->imag[k]},
      {first[0][f], first[1][f]},
      {second[0][b], second[1][b]}};

    used[f] = PETSC_TRUE;
    if (k >= 0) taken[k] = PETSC_TRUE;
    for (PetscInt i = 0; i < 3; i++) {
      char name[32], number[8] = "";

      if (b) PetscCall(PetscSNPrintf(number, sizeof(number), "%d", (int)b + 1));
      for (PetscInt part = 0; part < 2; part++) {
        PetscCall(
          PetscSNPrintf(name, sizeof(name), "%s%s_%s", names[i], number, part ? "imag" : "real"));
        json_object_set_new(results, name, Value(values[i][part]));
      }
    }
  }
  PetscCall(PetscFree(taken));
  PetscCall(PetscFree(used));
  PetscCall(PetscFree4(first[0], first[1], second[0], second[1]));
  PetscFunctionReturn(0);
}

/* The series of the problem with amplitude 1, made once for all cases that differ in the amplitude
   only; changes the amplitude in the options */
static PetscErrorCode Series(HypSweepProblem *problem, MPI_Comm comm, HypOptions *options)
{
  HypProblem     unit;
  PetscErrorCode error;
  char          *message;

  PetscFunctionBeginUser;
  if (problem->continued) PetscFunctionReturn(0);
  PetscCheck(!HypOptionsSet(options, "epsilon_amplitude", "1", &message), comm, PETSC_ERR_PLIB,
             "epsilon_amplitude = 1 was refused");
  PetscCall(HypProblemCreateOn(comm, HypOptionsSettings(options), &unit));
  error = HypAgree(comm, HypContinuationCompute(unit.K, &problem->series));
  if (error) { /* the cases themselves need no prediction */
    PetscCall(PetscFPrintf(comm, stderr,
                           "hypoco: warning: the branches of the leading eigenvalue are not "
                           "predicted: %s\n",
                           HypCliTakeError(comm)));
    problem->series.known = PETSC_FALSE;
  }
  PetscCall(HypProblemDestroy(&unit));
  problem->continued = PETSC_TRUE;
  PetscFunctionReturn(0);
}

/* Adds the branches to the results of a case; changes the amplitude in its options */
PetscErrorCode HypSweepBranches(HypSweepProblem *problem, MPI_Comm comm, HypOptions *options,
                                const HypSpectrum *spectrum, json_t *results)
{
  const PetscReal amplitude = HypOptionsSettings(options)->epsilon_amplitude;

  PetscFunctionBeginUser;
  PetscCall(Series(problem, comm, options));
  if (problem->series.known) PetscCall(Branches(&problem->series, amplitude, spectrum, results));
  PetscFunctionReturn(0);
}
