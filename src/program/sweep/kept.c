/*
   A problem is known by the digest of its options with epsilon_amplitude = 1.
   What is kept of it does not depend on which case asked first:
   so neither the order of the cases nor groups of ranks change a result.
*/
#include "program/sweep/kept.h"
#include "program/asked.h"
#include <string.h>

static PetscErrorCode UnitFingerprint(const HypOptions *options, HypFingerprint fingerprint)
{
  HypOptions *unit = HypOptionsCopy(options);
  HypAsked    asked;
  char       *message;

  PetscFunctionBeginUser;
  PetscCheck(!HypOptionsSet(unit, "epsilon_amplitude", "1", &message), PETSC_COMM_SELF,
             PETSC_ERR_PLIB, "epsilon_amplitude = 1 was refused");
  PetscCall(HypAskedCreate(unit, &asked));
  HypSweepFingerprint(&asked, fingerprint);
  PetscCall(HypAskedDestroy(&asked));
  HypOptionsDestroy(&unit);
  PetscFunctionReturn(0);
}

/* What is kept of the problem of a case; NULL where the sweep does not vary the amplitude */
PetscErrorCode HypSweepKeptFind(HypSweepKept *kept, const HypSweep *plan, const HypOptions *options,
                                HypSweepProblem **problem)
{
  PetscBool      varied = PETSC_FALSE;
  HypFingerprint fingerprint;

  PetscFunctionBeginUser;
  *problem = NULL;
  for (PetscInt i = 0; i < plan->nkeys; i++)
    varied = (PetscBool)(varied || !strcmp(plan->key[i], "epsilon_amplitude"));
  if (!varied) PetscFunctionReturn(0);
  PetscCall(UnitFingerprint(options, fingerprint));
  for (PetscInt k = 0; k < kept->n && !*problem; k++) {
    if (!strcmp(kept->problems[k]->problem, fingerprint)) *problem = kept->problems[k];
  }
  if (*problem) PetscFunctionReturn(0);
  PetscCall(PetscRealloc((size_t)(kept->n + 1) * sizeof(HypSweepProblem *), &kept->problems));
  PetscCall(PetscNew(problem));
  PetscCall(PetscMemcpy((*problem)->problem, fingerprint, sizeof(fingerprint)));
  kept->problems[kept->n++] = *problem;
  PetscFunctionReturn(0);
}

PetscErrorCode HypSweepKeptDestroy(HypSweepKept *kept)
{
  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < kept->n; k++) {
    if (kept->problems[k]->continued) PetscCall(HypContinuationDestroy(&kept->problems[k]->series));
    PetscCall(HypSharedDestroy(&kept->problems[k]->shared));
    PetscCall(PetscFree(kept->problems[k]));
  }
  PetscCall(PetscFree(kept->problems));
  PetscFunctionReturn(0);
}
