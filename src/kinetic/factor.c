#include "kinetic/kineticimpl.h"

/*@
  HypFactorPC - Makes a preconditioner an exact factorisation, whatever the number of ranks

  Collective

  Input Parameters:
+ pc - the preconditioner, not yet set up
- n  - number of unknowns

  Level: developer

  Notes:
  One rank: PETSc's LU.
  Several ranks: each factors the whole
  of a small matrix (a parallel factorisation of so little work is all waiting: 0.8 s against 18 s
  for the spectrum in d = 2 on two ranks); MUMPS beyond 20000 unknowns.
@*/
PetscErrorCode HypFactorPC(PC pc, PetscInt n)
{
  PetscMPIInt size;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_size(PetscObjectComm((PetscObject)pc), &size));
  if (size > 1 && n <= 20000) {
    PetscCall(PCSetType(pc, PCREDUNDANT));
    PetscCall(PCRedundantSetNumber(pc, size));
  } else {
    PetscCall(PCSetType(pc, PCLU));
    if (size > 1) PetscCall(PCFactorSetMatSolverType(pc, MATSOLVERMUMPS));
  }
  PetscFunctionReturn(0);
}
