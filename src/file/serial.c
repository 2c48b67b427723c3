/* The first rank's part of a publication: a copy of the last version, extended;
   then the comparison with what it should hold. */
#include "file/fileimpl.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Copies the last version without its trailer;
   the kernel may share the blocks instead of copying them */
static PetscErrorCode CopyPublished(HypFile file)
{
  const int   to = open(file->temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  static char piece[1 << 20];
  struct stat status;
  off_t       left, at = 0;
  int         failed = to < 0 || fstat(file->published, &status) ? errno : 0;

  PetscFunctionBeginUser;
  for (left = failed ? 0 : status.st_size - HYP_TRAILER_BYTES; left > 0 && !failed;) {
    const ssize_t got =
      pread(file->published, piece, (size_t)PetscMin(left, (off_t)sizeof(piece)), at);
    const ssize_t written = got > 0 ? pwrite(to, piece, (size_t)got, at) : 0;

    if (got <= 0) {
      failed = got ? errno : EIO;
    } else if (written != got) {
      failed = written < 0 ? errno : ENOSPC;
    } else {
      at += got;
      left -= got;
    }
  }
  if (to >= 0 && close(to) && !failed) failed = errno;
  PetscCheck(!failed, PETSC_COMM_SELF, PETSC_ERR_FILE_WRITE, "%s: cannot be written: %s",
             file->path, strerror(failed));
  PetscFunctionReturn(0);
}

/*
  Doubles, or texts of variable length: netCDF's library, which xarray takes where it is installed,
  crashes on texts of fixed length.
  Texts have no checksum of their own, the digest of the file covers them
*/
static PetscErrorCode ElementType(const char path[], const FileVariable *variable, hid_t *type)
{
  PetscFunctionBeginUser;
  if (variable->text)
    PetscCall(HypH5StringType(path, type));
  else
    HypH5Write(path, *type = H5Tcopy(H5T_NATIVE_DOUBLE));
  PetscFunctionReturn(0);
}

/* Sizes with `records` along the growing dimension */
static void Shape(HypFile file, const FileVariable *variable, PetscInt records, hsize_t size[])
{
  for (int i = 0; i < variable->rank; i++) {
    const PetscInt n = file->dimensions[variable->dimension[i]].size;

    size[i] = (hsize_t)(n == HYP_UNLIMITED ? records : n);
  }
}

static PetscErrorCode CreateVariable(HypFile file, HypH5File *h5, FileVariable *variable)
{
  hsize_t size[HYP_FILE_RANK], maximum[HYP_FILE_RANK];
  hid_t   type;

  PetscFunctionBeginUser;
  Shape(file, variable, 0, size);
  memcpy(maximum, size, sizeof(size));
  if (variable->grows) maximum[0] = H5S_UNLIMITED;
  PetscCall(ElementType(file->path, variable, &type));
  PetscCall(HypH5CreateDataset(h5, variable->name, type, variable->rank, size, maximum));
  HypH5Write(file->path, H5Tclose(type));
  PetscCall(HypFileDescribe(file, h5, variable));
  variable->written = PETSC_TRUE;
  PetscFunctionReturn(0);
}

/* Texts wait in cells of equal length, each with its end */
static PetscErrorCode WriteElements(HypFile file, const FileVariable *variable, hid_t dataset,
                                    hid_t type, hid_t memory, hid_t space)
{
  const size_t n = variable->text ? variable->record : 0;
  const char **texts;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(n, &texts));
  for (size_t i = 0; i < n; i++) texts[i] = variable->buffer + i * variable->element;
  HypH5Write(file->path, H5Dwrite(dataset, type, memory, space, H5P_DEFAULT,
                                  n ? (const void *)texts : variable->buffer));
  PetscCall(PetscFree(texts));
  PetscFunctionReturn(0);
}

/* Writes the waiting records behind those in the file */
static PetscErrorCode AppendRecords(HypFile file, HypH5File *h5, FileVariable *variable)
{
  hsize_t size[HYP_FILE_RANK], start[HYP_FILE_RANK] = {0};
  hid_t   dataset, memory, space, type;

  PetscFunctionBeginUser;
  if (!variable->waiting) PetscFunctionReturn(0);
  PetscCall(ElementType(file->path, variable, &type));
  HypH5Write(file->path, dataset = H5Dopen2(h5->id, variable->name, H5P_DEFAULT));
  if (variable->grows) {
    Shape(file, variable, variable->done + variable->waiting, size);
    HypH5Write(file->path, H5Dset_extent(dataset, size));
    start[0] = (hsize_t)variable->done;
  }
  Shape(file, variable, variable->waiting, size);
  HypH5Write(file->path, space = H5Dget_space(dataset));
  HypH5Write(file->path, memory = variable->rank ? H5Screate_simple(variable->rank, size, NULL)
                                                 : H5Screate(H5S_SCALAR));
  if (variable->rank)
    HypH5Write(file->path, H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, size, NULL));
  PetscCall(WriteElements(file, variable, dataset, type, memory, space));
  HypH5Write(file->path, H5Dflush(dataset));
  HypH5Write(file->path, H5Sclose(memory));
  HypH5Write(file->path, H5Sclose(space));
  HypH5Write(file->path, H5Dclose(dataset));
  HypH5Write(file->path, H5Tclose(type));
  variable->done += variable->waiting;
  variable->waiting = 0;
  PetscFunctionReturn(0);
}

static PetscErrorCode WriteAttributes(HypFile file, HypH5File *h5)
{
  PetscFunctionBeginUser;
  for (int i = 0; i < file->nattributes; i++) {
    FileAttribute *a = &file->attributes[i];

    if (a->text)
      PetscCall(HypH5AttributeText(h5, a->variable, a->name, a->text));
    else
      PetscCall(HypH5AttributeReals(h5, a->variable, a->name, a->n, a->values));
    PetscCall(PetscFree(a->variable));
    PetscCall(PetscFree(a->name));
    PetscCall(PetscFree(a->text));
    PetscCall(PetscFree(a->values));
  }
  file->nattributes = 0;
  PetscFunctionReturn(0);
}

/* Every variable is written, and those that grow together have the same length */
static PetscErrorCode CheckComplete(HypFile file)
{
  PetscFunctionBeginUser;
  for (int i = 0; i < file->nvariables; i++) {
    const FileVariable *v = &file->variables[i];

    if (!v->grows) {
      PetscCheck(v->done + v->waiting == 1, PETSC_COMM_SELF, PETSC_ERR_PLIB,
                 "variable %s declared but not written", v->name);
      continue;
    }
    for (int j = 0; j < i; j++) {
      const FileVariable *w = &file->variables[j];

      PetscCheck(!w->grows || w->dimension[0] != v->dimension[0] ||
                   w->done + w->waiting == v->done + v->waiting,
                 PETSC_COMM_SELF, PETSC_ERR_PLIB,
                 "variables %s and %s have different numbers of records", v->name, w->name);
    }
  }
  PetscFunctionReturn(0);
}

/*
  HypFileDescribe - Gives a dataset its attributes and its coordinates

  Collective if the file is open on several processes

  Input Parameters:
+ file     - the description
. h5       - the open file
- variable - the variable, whose dataset exists
*/
PetscErrorCode HypFileDescribe(HypFile file, HypH5File *h5, const FileVariable *variable)
{
  PetscFunctionBeginUser;
  PetscCall(HypH5AttributeText(h5, variable->name, "units", variable->unit));
  PetscCall(HypH5AttributeText(h5, variable->name, "long_name", variable->meaning));
  if (variable->source[0])
    PetscCall(HypH5AttributeText(h5, variable->name, "source", variable->source));
  if (variable->rank == 1 &&
      !strcmp(variable->name, file->dimensions[variable->dimension[0]].name)) {
    PetscCall(HypH5MakeScale(h5, variable->name));
    PetscFunctionReturn(0);
  }
  for (int i = 0; i < variable->rank; i++)
    PetscCall(
      HypH5AttachScale(h5, variable->name, file->dimensions[variable->dimension[i]].name, i));
  PetscFunctionReturn(0);
}

/* Writes everything that waits, vectors excepted, into the temporary file */
PetscErrorCode HypFileWriteSerial(HypFile file)
{
  HypH5File h5;

  PetscFunctionBeginUser;
  PetscCall(CheckComplete(file));
  if (file->published >= 0) {
    PetscCall(CopyPublished(file));
    PetscCall(HypH5Open(file->path, file->temporary, H5F_ACC_RDWR, PETSC_COMM_SELF, &h5));
  } else {
    PetscCall(HypH5Create(file->path, file->temporary, PETSC_COMM_SELF, &h5));
  }
  for (int i = 0; i < file->ndimensions; i++) {
    FileDimension *d = &file->dimensions[i];

    if (!d->coordinates && !d->written)
      PetscCall(HypH5CreateEmptyScale(&h5, d->name, (hsize_t)d->size));
    d->written = PETSC_TRUE;
  }
  for (int i = 0; i < file->nvariables; i++) {
    if (!file->variables[i].written) PetscCall(CreateVariable(file, &h5, &file->variables[i]));
    PetscCall(AppendRecords(file, &h5, &file->variables[i]));
  }
  PetscCall(WriteAttributes(file, &h5));
  HypH5Write(file->path, H5Fflush(h5.id, H5F_SCOPE_GLOBAL));
  PetscCall(HypH5Close(&h5));
  PetscFunctionReturn(0);
}

/* Texts come back into cells like those they were written from */
static PetscErrorCode ReadElements(HypFile file, const FileVariable *variable, hid_t dataset,
                                   hid_t type, hid_t memory, hid_t space, char *buffer)
{
  const size_t n = variable->text ? variable->record : 0;
  char       **texts;

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc1(n, &texts));
  HypH5Read(file->path,
            H5Dread(dataset, type, memory, space, H5P_DEFAULT, n ? (void *)texts : buffer));
  for (size_t i = 0; i < n; i++) {
    if (texts[i]) strncpy(buffer + i * variable->element, texts[i], variable->element);
    HypH5Read(file->path, H5free_memory(texts[i]));
  }
  PetscCall(PetscFree(texts));
  PetscFunctionReturn(0);
}

/* Reads a variable back, in pieces of whole records, and compares its digest with that
   of what was handed over */
static PetscErrorCode VerifyVariable(HypFile file, HypH5File *h5, FileVariable *variable)
{
  const size_t   bytes  = variable->record * variable->element;
  const PetscInt pieces = (PetscInt)PetscMax(1, (1 << 22) / PetscMax(1, bytes)),
                 total  = variable->done;
  hsize_t       size[HYP_FILE_RANK], start[HYP_FILE_RANK] = {0};
  XXH3_state_t *digest = XXH3_createState();
  hid_t         dataset, space, memory, type;
  char         *buffer;
  PetscBool     same;

  PetscFunctionBeginUser;
  XXH3_128bits_reset(digest);
  PetscCall(ElementType(file->path, variable, &type));
  HypH5Read(file->path, dataset = H5Dopen2(h5->id, variable->name, H5P_DEFAULT));
  HypH5Read(file->path, space = H5Dget_space(dataset));
  PetscCall(PetscCalloc1(bytes * (size_t)PetscMin(pieces, PetscMax(1, total)), &buffer));
  for (PetscInt done = 0; done < total; done += pieces) {
    const PetscInt n = variable->grows ? PetscMin(pieces, total - done) : 1;

    Shape(file, variable, n, size);
    start[0] = (hsize_t)done;
    HypH5Read(file->path, memory = variable->rank ? H5Screate_simple(variable->rank, size, NULL)
                                                  : H5Screate(H5S_SCALAR));
    if (variable->rank)
      HypH5Read(file->path, H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, size, NULL));
    PetscCall(ReadElements(file, variable, dataset, type, memory, space, buffer));
    HypH5Read(file->path, H5Sclose(memory));
    XXH3_128bits_update(digest, buffer, bytes * (size_t)n);
  }
  same =
    (PetscBool)XXH128_isEqual(XXH3_128bits_digest(digest), XXH3_128bits_digest(variable->digest));
  HypH5Read(file->path, H5Sclose(space));
  HypH5Read(file->path, H5Dclose(dataset));
  HypH5Read(file->path, H5Tclose(type));
  PetscCall(PetscFree(buffer));
  XXH3_freeState(digest);
  PetscCheck(same, PETSC_COMM_SELF, PETSC_ERR_FILE_WRITE,
             "%s: %s reads back differently from what was written; is the disk full or failing?",
             file->path, variable->name);
  PetscFunctionReturn(0);
}

/* Opens the temporary file afresh and compares */
PetscErrorCode HypFileVerifySerial(HypFile file)
{
  HypH5File h5;

  PetscFunctionBeginUser;
  if (file->rank) PetscFunctionReturn(0);
  PetscCall(HypH5Open(file->path, file->temporary, H5F_ACC_RDONLY, PETSC_COMM_SELF, &h5));
  for (int i = 0; i < file->nvariables; i++)
    PetscCall(VerifyVariable(file, &h5, &file->variables[i]));
  PetscCall(HypH5Close(&h5));
  PetscFunctionReturn(0);
}
