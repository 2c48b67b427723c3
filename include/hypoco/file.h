#pragma once
/*
   Files that appear whole or not at all.  docs/formats.md describes what is in them.

   A result file is HDF5 and can be read at any moment of a run:
   what is new is written to a copy under a temporary name, read back and compared,
   and the copy then takes the file's name.
   A second run into the same file is refused.

   A file has named dimensions, each with its coordinates, and variables over them;
   so xarray and others find everything by name.
   Functions are collective on the communicator of the file;
   arrays of numbers matter on its first rank only.
*/
#include <hypoco/space.h>
#include <jansson.h>

typedef struct _p_HypFile *HypFile;

/* One option of a run, with its value in force */
typedef struct {
  const char *key, *text; /* as the user wrote it, or the default; "" where there is neither */
  const char *origin;     /* "runs/a.yaml:12", "command line", "program", "default" */
  json_t     *value;      /* a number, a flag, a list, a text or null */
  PetscBool   matters;    /* do results depend on it? */
} HypAskedOption;

/* What a run was asked for, as its files tell it */
typedef struct HypAsked {
  const char     *command, *input; /* its first option file; NULL: none */
  const char     *output, *json;   /* the files it writes; NULL: none */
  PetscInt        count;
  HypAskedOption *options;
} HypAsked;

/* One quantity: a row of a table */
typedef struct {
  const char *name;       /* an identifier */
  const char *dimensions; /* "snapshot pair v x", slowest first; "" for a single number */
  const char *unit;       /* "1", "1/time", ... */
  const char *meaning;    /* one line */
  const char *source;     /* equation or theorem; "" */
} HypVariable;

#define HYP_UNLIMITED                                                                              \
  0 /* a dimension that grows: the first one of a variable, written record by record */

PETSC_EXTERN void           HypFileStart(void);
PETSC_EXTERN PetscErrorCode HypFileReleaseAll(void);
PETSC_EXTERN void           HypFileHold(void);
PETSC_EXTERN void           HypFileAllow(void);
PETSC_EXTERN PetscErrorCode HypFileCreate(MPI_Comm, const char path[], HypFile *);
PETSC_EXTERN PetscErrorCode HypFileProvenance(HypFile, const HypAsked *);
PETSC_EXTERN PetscErrorCode HypFileAttributeText(HypFile, const char variable[], const char name[],
                                                 const char text[]);
PETSC_EXTERN PetscErrorCode HypFileAttributeReals(HypFile, const char variable[], const char name[],
                                                  PetscInt n, const PetscReal values[]);
PETSC_EXTERN PetscErrorCode HypFileAttributeReal(HypFile, const char name[], PetscReal value);
PETSC_EXTERN PetscErrorCode HypFileDimension(HypFile, PetscInt n, const PetscReal values[],
                                             const HypVariable *);
PETSC_EXTERN PetscErrorCode HypFileVariables(HypFile, PetscInt n, const HypVariable[]);
PETSC_EXTERN PetscErrorCode HypFileWrite(HypFile, const char name[], const PetscReal values[]);
PETSC_EXTERN PetscErrorCode HypFileTexts(HypFile, const HypVariable *, const char *const texts[]);
PETSC_EXTERN PetscErrorCode HypFileVec(HypFile, const HypVariable *, Vec);
PETSC_EXTERN PetscErrorCode HypFilePublish(HypFile);
PETSC_EXTERN PetscErrorCode HypFilePublishIfDue(HypFile, PetscBool *published);
PETSC_EXTERN PetscErrorCode HypFileClose(HypFile *);
PETSC_EXTERN PetscErrorCode HypFileCheckPlace(MPI_Comm, const char path[], PetscBool special);

/* Reading */
PETSC_EXTERN const char    *HypFileProblem(const char path[], PetscBool *digest,
                                           PetscErrorCode *error);
PETSC_EXTERN PetscErrorCode HypFileCheck(MPI_Comm, const char path[]);
PETSC_EXTERN PetscErrorCode HypFileReadVec(MPI_Comm, const char path[], const char name[], Vec);

PETSC_EXTERN PetscErrorCode HypWriteJSON(MPI_Comm, json_t *, const char path[]);
PETSC_EXTERN PetscErrorCode HypWriteWholeFile(const char path[], const char text[], size_t length);
