#pragma once
/* Private: what a result file remembers between two openings.
   Everything but the vectors lives on the first rank. */
#include "file/h5.h"
#include "file/ioimpl.h"
#include <hypoco/file.h>
#define XXH_STATIC_LINKING_ONLY
#include <xxhash.h>

enum { HYP_FILE_RANK = 8 }; /* dimensions of a variable at most */

typedef struct {
  char     *name;
  PetscInt  size;        /* HYP_UNLIMITED: it grows */
  PetscBool coordinates; /* is there a variable of its name? */
  PetscBool written;
} FileDimension;

typedef struct {
  char         *name, *unit, *meaning, *source;
  int           rank;
  int           dimension[HYP_FILE_RANK]; /* positions in the list of dimensions */
  PetscBool     grows;                    /* along the first one */
  size_t        element;                  /* bytes of an element */
  PetscBool     text;
  size_t        record;        /* elements of a record; of everything if it does not grow */
  PetscInt      done, waiting; /* records in the file; records to be written */
  PetscInt      room;          /* for records in `buffer` */
  char         *buffer;
  XXH3_state_t *digest;  /* of all records handed over, to compare with what is read back */
  PetscBool     written; /* does the dataset exist? */
  Vec           vector;  /* a distributed variable, on all ranks: not in a buffer but here */
} FileVariable;

typedef struct {
  char      *variable, *name, *text; /* variable "." is the file; text NULL: numbers */
  PetscInt   n;
  PetscReal *values;
} FileAttribute;

typedef struct FileLink FileLink;
struct _p_HypFile {
  MPI_Comm       comm;
  PetscMPIInt    rank;
  char          *path, *target, *temporary; /* target: what `path` leads to, through links */
  int            lock;                      /* the first rank's; -1 without */
  int            published;      /* descriptor of the last published version; -1 before */
  PetscLogDouble finished, cost; /* when the last publication ended, and how long it took */

  int            ndimensions, nvariables, nattributes, nvectors;
  FileDimension *dimensions;
  FileVariable  *variables;
  FileAttribute *attributes; /* not yet written */
  FileVariable  *vectors;
  HypFile        next; /* open files, to be released when the program ends */
};

/* serial.c: the first rank's part of a publication */
PETSC_INTERN PetscErrorCode HypFileWriteSerial(HypFile);
PETSC_INTERN PetscErrorCode HypFileVerifySerial(HypFile);
PETSC_INTERN PetscErrorCode HypFileDescribe(HypFile, HypH5File *, const FileVariable *);
/* vector.c: the part of all ranks */
PETSC_INTERN PetscErrorCode HypVecShape(Vec, int *rank, hsize_t size[], hsize_t start[],
                                        hsize_t count[]);
PETSC_INTERN PetscErrorCode HypFileWriteVectors(HypFile);
PETSC_INTERN PetscErrorCode HypFileVerifyVectors(HypFile);
