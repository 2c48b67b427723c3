#pragma once
/* Private: the XDMF file beside a result file. */
#include <hypoco/space.h>

PETSC_INTERN PetscErrorCode HypXdmfWrite(MPI_Comm, const char path[], HypSpace, PetscBool steady,
                                         PetscInt snapshots, const PetscReal times[]);
