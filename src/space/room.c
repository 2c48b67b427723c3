/* Is there enough memory?  Estimate what a run needs before it allocates anything, and report,
   rather than be killed by the system. */
#include <hypoco/spaceimpl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define GIB (1024.0 * 1024.0 * 1024.0)

/* The number in a file that holds one, or infinity: no such file, or no limit ("max") */
static double NumberIn(const char path[])
{
  FILE  *file   = fopen(path, "r");
  double number = PETSC_INFINITY;

  if (!file) return number;
  if (fscanf(file, "%lf", &number) != 1) number = PETSC_INFINITY;
  (void)fclose(file);
  return number;
}

/* What this node can still give: the kernel's own estimate, else the free pages */
static double NodeAvailable(void)
{
  FILE  *file = fopen("/proc/meminfo", "r");
  double kib  = -1;
  char   line[128];

  while (file && kib < 0 && fgets(line, sizeof(line), file))
    (void)sscanf(line, "MemAvailable: %lf kB", &kib);
  if (file) (void)fclose(file);
  return kib >= 0 ? 1024 * kib : (double)sysconf(_SC_AVPHYS_PAGES) * (double)sysconf(_SC_PAGESIZE);
}

/* The same within a container's limit, version 2 or 1;
   not less its present use, for most of that is files kept in memory */
static double Available(void)
{
  return PetscMin(NodeAvailable(),
                  PetscMin(NumberIn("/sys/fs/cgroup/memory.max"),
                           NumberIn("/sys/fs/cgroup/memory/memory.limit_in_bytes")));
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
  PetscMPIInt size, neighbours;
  MPI_Comm    node;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_size(space->comm, &size));
  PetscCallMPI(MPI_Comm_split_type(space->comm, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &node));
  PetscCallMPI(MPI_Comm_size(node, &neighbours));
  PetscCallMPI(MPI_Comm_free(&node));
  share = (PetscReal)Available() / neighbours;
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, &share, 1, MPIU_REAL, MPIU_MIN, space->comm));
  needed = unknowns / size * (PetscReal)sizeof(PetscScalar) * vectors;
  PetscCheck(needed <= share, space->comm, PETSC_ERR_ARG_SIZ,
             "%.3g unknowns in %" PetscInt_FMT
             " vectors need %.3g GiB per rank, have %.3g; coarsen the space, take more nodes, or "
             "an integrator that keeps fewer vectors "
             "(-ts_type rk, or a smaller -ts_exponential_dimension)",
             (double)unknowns, vectors, (double)needed / GIB, (double)share / GIB);
  PetscFunctionReturn(0);
}
