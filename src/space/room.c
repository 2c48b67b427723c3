/* Is there enough memory?  Estimate what a run needs before it allocates anything, and report,
   rather than be killed by the system. */
#include "base/base.h"
#include <hypoco/spaceimpl.h>

#define GIB (1024.0 * 1024.0 * 1024.0)

/* What each rank may take: an equal share of what its node has available */
static PetscErrorCode Share(MPI_Comm comm, PetscReal *share)
{
  PetscMPIInt neighbours;
  MPI_Comm    node;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_split_type(comm, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &node));
  PetscCallMPI(MPI_Comm_size(node, &neighbours));
  PetscCallMPI(MPI_Comm_free(&node));
  *share = (PetscReal)HypMemoryAvailable() / neighbours;
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, share, 1, MPIU_REAL, MPIU_MIN, comm));
  PetscFunctionReturn(0);
}

/*@C
  HypCheckMemory - Refuses what does not fit into memory, before it is allocated

  Collective

  Input Parameters:
+ comm   - the ranks
. bytes  - that this rank needs
. what   - needs them, for the message
- advice - what to change

  Level: developer

  Note:
  Fails with PETSC_ERR_ARG_SIZ.

.seealso: HypSpaceCheckRoom()
@*/
PetscErrorCode HypCheckMemory(MPI_Comm comm, PetscReal bytes, const char what[],
                              const char advice[])
{
  PetscReal share;

  PetscFunctionBeginUser;
  PetscCall(Share(comm, &share));
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, &bytes, 1, MPIU_REAL, MPIU_MAX, comm));
  PetscCheck(bytes <= share, comm, PETSC_ERR_ARG_SIZ, "%s need %.3g GiB per rank, have %.3g; %s",
             what, (double)(bytes / GIB), (double)(share / GIB), advice);
  PetscFunctionReturn(0);
}

/*@C
  HypCheckCount - Refuses a product of sizes that is more than an index can count

  Not collective

  Input Parameters:
+ comm   - on which the error is reported
. count  - the product, of real factors: those of integers overflow
. what   - what is counted, a plural: "unknowns"
- advice - what to change

  Output Parameter:
. n - the product; NULL: not needed

  Level: developer

  Note:
  Every product of sizes that a user chooses goes through here before anything is allocated.
  Fails with PETSC_ERR_ARG_SIZ.

.seealso: HypCheckMemory()
@*/
PetscErrorCode HypCheckCount(MPI_Comm comm, PetscReal count, const char what[], const char advice[],
                             PetscInt *n)
{
  PetscFunctionBeginUser;
  PetscCheck(count < (PetscReal)PETSC_MAX_INT, comm, PETSC_ERR_ARG_SIZ,
             "%.3g %s, at most %" PetscInt_FMT " can be counted; %s", (double)count, what,
             PETSC_MAX_INT, advice);
  if (n) *n = (PetscInt)count;
  PetscFunctionReturn(0);
}

/*@
  HypSpaceCheckRoom - Refuses a run that does not fit into memory, before it begins

  Collective

  Input Parameters:
+ space    - the space; need not be set up
. unknowns - of all ranks
- vectors  - how many vectors of that many unknowns, 8 bytes each, the run holds at once

  Level: developer

  Notes:
  Every rank may have an equal share of what its node has available,
  within the limits of a control group.
  Fails with PETSC_ERR_ARG_SIZ.

.seealso: HypSpaceSetUp()
@*/
PetscErrorCode HypSpaceCheckRoom(HypSpace space, PetscReal unknowns, PetscInt vectors)
{
  PetscReal   share, needed;
  PetscMPIInt size;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_size(space->comm, &size));
  PetscCall(Share(space->comm, &share));
  needed = unknowns / size * (PetscReal)sizeof(PetscScalar) * vectors;
  PetscCheck(needed <= share, space->comm, PETSC_ERR_ARG_SIZ,
             "%.3g unknowns in %" PetscInt_FMT
             " vectors need %.3g GiB per rank, have %.3g; coarsen the space, take more nodes, or "
             "an integrator that keeps fewer vectors "
             "(-ts_type rk, or a smaller -ts_exponential_dimension)",
             (double)unknowns, vectors, (double)needed / GIB, (double)share / GIB);
  PetscFunctionReturn(0);
}
