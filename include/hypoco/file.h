#pragma once
/*
   Files that appear whole or not at all.  docs/formats.md describes what is in them.

   A result file is HDF5 and can be read at any moment of a run: everything is written to a temporary name, read back and
   compared, then renamed.  A quantity is one HypVariable; dimensions are named, so that xarray and others find coordinates by
   name.  All functions are collective on the communicator of the file.
*/
#include <petscsys.h>
#include <jansson.h>

PETSC_EXTERN PetscErrorCode HypWriteJSON(MPI_Comm, json_t *, const char path[]);
