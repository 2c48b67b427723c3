#pragma once
/* Private: the XDMF file beside a result file. */
#include <hypoco/space.h>

PETSC_INTERN PetscErrorCode HypXdmfWrite(MPI_Comm, const char path[], HypSpace, PetscBool steady,
                                         PetscInt snapshots, const PetscReal times[]);

/* Histograms of snapshots, arrays [snapshot][coordinate][bin]... of an HDF5 file */
typedef struct {
  const char     *across, *up; /* the arrays of edges; up NULL: densities of one variable */
  const char     *density;     /* [up][across] */
  PetscInt        snapshots, coordinates, bins;
  const PetscInt *steps; /* of the snapshots */
} HypXdmfBins;

PETSC_INTERN PetscErrorCode HypXdmfWriteBins(MPI_Comm, const char path[], const HypXdmfBins *);
