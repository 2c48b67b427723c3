#pragma once
/* Private parts of the io layer: files that appear whole or not at all. */
#include <petscsys.h>
#include <jansson.h>
#include <hypoco/options.h>

/* replace.c: one process each */
PETSC_INTERN PetscErrorCode HypReplaceFile(const char temporary[], const char path[]);
PETSC_INTERN PetscErrorCode HypWriteWholeFile(const char path[], const char text[], size_t length);
PETSC_INTERN PetscErrorCode HypAgreeOnFile(MPI_Comm, const char path[], PetscErrorCode);

/* provenance.c */
PETSC_INTERN json_t     *HypOptionsJSON(const HypOptions *);
PETSC_INTERN json_t     *HypOptionsOriginsJSON(const HypOptions *);
PETSC_INTERN json_t     *HypProvenanceJSON(MPI_Comm);
PETSC_INTERN const char *HypProvenanceTime(void);
