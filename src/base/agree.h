#pragma once
#include <petscsys.h>

/* The same error on all ranks of a communicator: see agree.c */
PETSC_INTERN PetscErrorCode HypAgree(MPI_Comm comm, PetscErrorCode error);
