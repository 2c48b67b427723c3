#pragma once
/* Private parts of the io layer: files that appear whole or not at all. */
#include <petscsys.h>
#include <jansson.h>
#include <hypoco/file.h>

/* replace.c: one process each */
PETSC_INTERN PetscErrorCode HypReplaceFile(const char temporary[], const char path[],
                                           PetscBool lasting);
PETSC_INTERN PetscErrorCode HypWriteTextFile(const char path[], const char text[], size_t length,
                                             PetscBool lasting);
PETSC_INTERN PetscErrorCode HypCheckOutputPath(const char path[], PetscBool special);
PETSC_INTERN void           HypFileTarget(const char path[], char target[PETSC_MAX_PATH_LEN]);
PETSC_INTERN PetscErrorCode HypCheckLeftover(const char path[], const char name[],
                                             const char head[]);
PETSC_INTERN PetscErrorCode HypAgreeOnFile(MPI_Comm, const char path[], PetscErrorCode);

/* lock.c: one process each */
PETSC_INTERN PetscErrorCode HypLockFile(const char path[], int *fd);
PETSC_INTERN void           HypUnlockFile(const char path[], int *fd);
PETSC_INTERN void           HypUnlockAll(void);

/* digest.c: one process each */
enum { HYP_TRAILER_BYTES = 64 };
PETSC_INTERN PetscErrorCode HypDigestAppend(const char path[], const char name[]);
PETSC_INTERN PetscErrorCode HypDigestCheck(const char path[]);

/* provenance.c */
PETSC_INTERN json_t *HypAskedJSON(const HypAsked *);
PETSC_INTERN json_t *HypAskedOriginsJSON(const HypAsked *);
PETSC_INTERN json_t *HypProvenanceJSON(MPI_Comm);

/* clock.c */
PETSC_INTERN const char *HypClockUTC(void);
