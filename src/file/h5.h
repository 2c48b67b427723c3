#pragma once
/* Private: HDF5 with every return code checked, and the few things a result file is made of. */
#include <petscsys.h>
#include <hdf5.h>

/* HDF5's functions give a negative number when they fail */
#define HypH5(error, path, call)                                                                   \
  do {                                                                                             \
    if (PetscUnlikely((call) < 0)) {                                                               \
      PetscErrorCode    why    = error;                                                            \
      const char *const reason = HypH5Reason(#call, &why);                                         \
      SETERRQ(PETSC_COMM_SELF, why, "%s: cannot be %s: %s", path,                                  \
              (error) == PETSC_ERR_FILE_READ ? "read" : "written", reason);                        \
    }                                                                                              \
  } while (0)
#define HypH5Write(path, call) HypH5(PETSC_ERR_FILE_WRITE, path, call)
#define HypH5Read(path, call)  HypH5(PETSC_ERR_FILE_READ, path, call)

typedef struct {
  const char *path; /* the user's name for the file, for messages */
  hid_t       id;
} HypH5File;

PETSC_INTERN void           HypH5Start(void);
PETSC_INTERN const char    *HypH5Reason(const char call[], PetscErrorCode *);
PETSC_INTERN PetscErrorCode HypH5Create(const char path[], const char name[], MPI_Comm,
                                        HypH5File *);
PETSC_INTERN PetscErrorCode HypH5Open(const char path[], const char name[], unsigned flags,
                                      MPI_Comm, HypH5File *);
PETSC_INTERN PetscErrorCode HypH5Close(HypH5File *);
PETSC_INTERN PetscErrorCode HypH5AttributeText(HypH5File *, const char object[], const char name[],
                                               const char text[]);
PETSC_INTERN PetscErrorCode HypH5AttributeReals(HypH5File *, const char object[], const char name[],
                                                PetscInt n, const PetscReal values[]);
PETSC_INTERN PetscErrorCode HypH5ReadText(HypH5File *, const char object[], const char name[],
                                          char text[], size_t size);
PETSC_INTERN PetscErrorCode HypH5ReadReals(HypH5File *, const char object[], const char name[],
                                           PetscInt n, PetscReal values[]);
PETSC_INTERN PetscErrorCode HypH5OpenDataset(HypH5File *, const char name[], hid_t *dataset);
PETSC_INTERN PetscErrorCode HypH5ReadReal(HypH5File *, const char object[], const char name[],
                                          PetscReal *value);
PETSC_INTERN PetscErrorCode HypH5StringType(const char path[], hid_t *type);
PETSC_INTERN PetscErrorCode HypH5CreateDataset(HypH5File *, const char name[], hid_t type, int rank,
                                               const hsize_t size[], const hsize_t maximum[]);
PETSC_INTERN PetscErrorCode HypH5CreateEmptyScale(HypH5File *, const char name[], hsize_t size);
PETSC_INTERN PetscErrorCode HypH5MakeScale(HypH5File *, const char name[]);
PETSC_INTERN PetscErrorCode HypH5AttachScale(HypH5File *, const char variable[], const char scale[],
                                             int dimension);
