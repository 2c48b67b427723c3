/* Distributed vectors in a file:
   parallel HDF5, in a layout that does not depend on the number of ranks. */
#include "file/fileimpl.h"
#include <petscdmda.h>
#include <string.h>

/*
  HypVecShape - The part of a vector that is here, as a box in an array of all of it

  Collective

  Input Parameter:
. vec - the vector

  Output Parameters:
+ rank         - number of dimensions
. size         - of the whole array, slowest dimension first
- start, count - of the box

  Note:
  Natural order of the DMDA with its degrees of freedom last, else one dimension.
*/
PetscErrorCode HypVecShape(Vec vec, int *rank, hsize_t size[], hsize_t start[], hsize_t count[])
{
  DM        dm;
  PetscBool grid = PETSC_FALSE;
  PetscInt  d, n[3], s[3], m[3], dof, first, local, global;

  PetscFunctionBeginUser;
  PetscCall(VecGetDM(vec, &dm));
  if (dm) PetscCall(PetscObjectTypeCompare((PetscObject)dm, DMDA, &grid));
  if (!grid) {
    PetscCall(VecGetSize(vec, &global));
    PetscCall(VecGetLocalSize(vec, &local));
    PetscCall(VecGetOwnershipRange(vec, &first, NULL));
    *rank    = 1;
    size[0]  = (hsize_t)global;
    start[0] = (hsize_t)first;
    count[0] = (hsize_t)local;
    PetscFunctionReturn(0);
  }
  PetscCall(
    DMDAGetInfo(dm, &d, &n[0], &n[1], &n[2], NULL, NULL, NULL, &dof, NULL, NULL, NULL, NULL, NULL));
  PetscCall(DMDAGetCorners(dm, &s[0], &s[1], &s[2], &m[0], &m[1], &m[2]));
  for (PetscInt i = 0; i < d; i++) {
    size[i]  = (hsize_t)n[d - 1 - i];
    start[i] = (hsize_t)s[d - 1 - i];
    count[i] = (hsize_t)m[d - 1 - i];
  }
  *rank    = (int)d + 1;
  size[d]  = (hsize_t)dof;
  start[d] = 0;
  count[d] = (hsize_t)dof;
  PetscFunctionReturn(0);
}

typedef struct {
  const char *path;
  hid_t       dataset, space, memory, transfer;
} Transfer;

/* Opens a dataset for this rank's box of a vector; all ranks transfer together */
static PetscErrorCode Begin(HypH5File *h5, const char name[], MPI_Comm comm, Vec vec, Transfer *t)
{
  hsize_t     size[HYP_FILE_RANK], start[HYP_FILE_RANK], count[HYP_FILE_RANK], there[HYP_FILE_RANK];
  int         rank;
  PetscMPIInt ranks;

  PetscFunctionBeginUser;
  t->path = h5->path;
  PetscCallMPI(MPI_Comm_size(comm, &ranks));
  PetscCall(HypVecShape(vec, &rank, size, start, count));
  PetscCall(HypH5OpenDataset(h5, name, &t->dataset));
  HypH5Read(t->path, t->space = H5Dget_space(t->dataset));
  PetscCheck(H5Sget_simple_extent_ndims(t->space) == rank &&
               H5Sget_simple_extent_dims(t->space, there, NULL) == rank &&
               !memcmp(there, size, sizeof(size[0]) * (size_t)rank),
             comm, PETSC_ERR_FILE_UNEXPECTED,
             "%s: %s has another shape than the vector it should fill", t->path, name);
  HypH5Read(t->path, t->memory = H5Screate_simple(rank, count, NULL));
  HypH5Read(t->path, H5Sselect_hyperslab(t->space, H5S_SELECT_SET, start, NULL, count, NULL));
  HypH5Read(t->path, t->transfer = H5Pcreate(H5P_DATASET_XFER));
  if (ranks > 1) HypH5Read(t->path, H5Pset_dxpl_mpio(t->transfer, H5FD_MPIO_COLLECTIVE));
  PetscFunctionReturn(0);
}

static PetscErrorCode End(Transfer *t)
{
  PetscFunctionBeginUser;
  HypH5Write(t->path, H5Pclose(t->transfer));
  HypH5Write(t->path, H5Sclose(t->memory));
  HypH5Write(t->path, H5Sclose(t->space));
  HypH5Write(t->path, H5Dclose(t->dataset));
  PetscFunctionReturn(0);
}

static PetscErrorCode WriteVector(HypFile file, HypH5File *h5, FileVariable *variable)
{
  hsize_t            size[HYP_FILE_RANK], start[HYP_FILE_RANK], count[HYP_FILE_RANK];
  int                rank;
  Transfer           transfer;
  const PetscScalar *values;

  PetscFunctionBeginUser;
  PetscCall(HypVecShape(variable->vector, &rank, size, start, count));
  PetscCall(HypH5CreateDataset(h5, variable->name, H5T_NATIVE_DOUBLE, rank, size, size));
  PetscCall(Begin(h5, variable->name, file->comm, variable->vector, &transfer));
  PetscCall(VecGetArrayRead(variable->vector, &values));
  HypH5Write(file->path, H5Dwrite(transfer.dataset, H5T_NATIVE_DOUBLE, transfer.memory,
                                  transfer.space, transfer.transfer, values));
  PetscCall(VecRestoreArrayRead(variable->vector, &values));
  PetscCall(End(&transfer));
  PetscCall(HypFileDescribe(file, h5, variable));
  PetscFunctionReturn(0);
}

/* Writes the vectors handed over since the last publication into the temporary file */
PetscErrorCode HypFileWriteVectors(HypFile file)
{
  HypH5File h5;
  PetscBool any = PETSC_FALSE;

  PetscFunctionBeginUser;
  for (int i = 0; i < file->nvectors; i++) any = (PetscBool)(any || !file->vectors[i].written);
  if (!any) PetscFunctionReturn(0);
  PetscCall(HypH5Open(file->path, file->temporary, H5F_ACC_RDWR, file->comm, &h5));
  for (int i = 0; i < file->nvectors; i++) {
    if (!file->vectors[i].written) PetscCall(WriteVector(file, &h5, &file->vectors[i]));
  }
  HypH5Write(file->path, H5Fflush(h5.id, H5F_SCOPE_GLOBAL));
  PetscCall(HypH5Close(&h5));
  PetscFunctionReturn(0);
}

static PetscErrorCode ReadInto(HypH5File *h5, const char name[], MPI_Comm comm, Vec vec)
{
  Transfer     transfer;
  PetscScalar *values;

  PetscFunctionBeginUser;
  PetscCall(Begin(h5, name, comm, vec, &transfer));
  PetscCall(VecGetArrayWrite(vec, &values));
  HypH5Read(h5->path, H5Dread(transfer.dataset, H5T_NATIVE_DOUBLE, transfer.memory, transfer.space,
                              transfer.transfer, values));
  PetscCall(VecRestoreArrayWrite(vec, &values));
  PetscCall(End(&transfer));
  PetscFunctionReturn(0);
}

/* Reads new vectors back and compares them bit for bit; then they belong to the file */
PetscErrorCode HypFileVerifyVectors(HypFile file)
{
  PetscFunctionBeginUser;
  for (int i = 0; i < file->nvectors; i++) {
    FileVariable      *variable = &file->vectors[i];
    const PetscScalar *written, *read;
    HypH5File          h5;
    Vec                copy;
    PetscInt           n;
    int                same;

    if (variable->written) continue;
    PetscCall(VecDuplicate(variable->vector, &copy));
    PetscCall(HypH5Open(file->path, file->temporary, H5F_ACC_RDONLY, file->comm, &h5));
    PetscCall(ReadInto(&h5, variable->name, file->comm, copy));
    PetscCall(HypH5Close(&h5));
    PetscCall(VecGetLocalSize(copy, &n));
    PetscCall(VecGetArrayRead(variable->vector, &written));
    PetscCall(VecGetArrayRead(copy, &read));
    same = !n || !memcmp(read, written, (size_t)n * sizeof(PetscScalar));
    PetscCall(VecRestoreArrayRead(copy, &read));
    PetscCall(VecRestoreArrayRead(variable->vector, &written));
    PetscCall(VecDestroy(&copy));
    PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, &same, 1, MPI_INT, MPI_MIN, file->comm));
    PetscCheck(same, file->comm, PETSC_ERR_FILE_WRITE,
               "%s: %s reads back differently from what was written; is the disk full or failing?",
               file->path, variable->name);
    PetscCall(VecDestroy(&variable->vector));
    variable->written = PETSC_TRUE;
  }
  PetscFunctionReturn(0);
}

/*@C
  HypFileReadVec - Reads a vector that HypFileVec() wrote, on any number of ranks

  Collective

  Input Parameters:
+ comm - the ranks of the vector
. path - the file
- name - the variable

  Output Parameter:
. vec - the values; its shape must be that of the vector written

  Level: intermediate

.seealso: HypFileVec(), HypFileCheck()
@*/
PetscErrorCode HypFileReadVec(MPI_Comm comm, const char path[], const char name[], Vec vec)
{
  HypH5File h5;

  PetscFunctionBeginUser;
  PetscCall(HypFileCheck(comm, path));
  PetscCall(HypH5Open(path, path, H5F_ACC_RDONLY, comm, &h5));
  PetscCall(ReadInto(&h5, name, comm, vec));
  PetscCall(HypH5Close(&h5));
  PetscFunctionReturn(0);
}
