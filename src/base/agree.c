#include "base/agree.h"

/*
  HypAgree - Makes an error that some ranks found alone an error of all of them

  Collective

  Input Parameters:
+ comm  - the ranks
- error - what the last piece of work returned here; 0: nothing failed

  Returns the largest of the ranks' codes.

  Notes:
  A rank that fails alone, at a node that it alone has, must not leave the others waiting for it in
  the next collective call. So every piece of work that may fail on one rank only, and has no
  collective call in it, is called as PetscCall(HypAgree(comm, Work(...))).  The sentence of the
  error stays with the rank that found it.
*/
PetscErrorCode HypAgree(MPI_Comm comm, PetscErrorCode error)
{
  int code = (int)error;

  if (MPI_Allreduce(MPI_IN_PLACE, &code, 1, MPI_INT, MPI_MAX, comm)) return PETSC_ERR_MPI;
  return (PetscErrorCode)code;
}
