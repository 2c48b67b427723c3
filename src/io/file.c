/* A result file: what is to be in it, and when it appears. */
#include "fileimpl.h"
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static HypFile open_files; /* to be released when PETSc ends, after a failure in the middle of a run */

/* Removes what an abandoned file leaves on the disk; the last published version stays */
static void Release(HypFile file)
{
  for (HypFile *link = &open_files; *link; link = &(*link)->next) {
    if (*link == file) {
      *link = file->next;
      break;
    }
  }
  if (file->rank) return;
  if (file->lock >= 0) unlink(file->temporary);
  if (file->published >= 0) close(file->published);
  HypUnlockFile(file->path, &file->lock);
}

static PetscErrorCode ReleaseAll(void)
{
  PetscFunctionBeginUser;
  while (open_files) Release(open_files);
  PetscFunctionReturn(0);
}

/* Adds an element, zeroed, to a list; lists are short */
#define EXTEND(list, n, added)                                                                                                             \
  do {                                                                                                                                     \
    void *const grown = realloc(list, sizeof(*(list)) * (size_t)((n) + 1));                                                                \
    PetscCheck(grown, PETSC_COMM_SELF, PETSC_ERR_MEM, "out of memory while a result file was described");                                  \
    (list)  = grown;                                                                                                                       \
    (added) = memset((list) + (n)++, 0, sizeof(*(list)));                                                                                  \
  } while (0)

static FileVariable *FindVariable(HypFile file, const char name[])
{
  for (int i = 0; i < file->nvariables; i++) {
    if (!strcmp(file->variables[i].name, name)) return &file->variables[i];
  }
  return NULL;
}

static int FindDimension(HypFile file, const char name[], size_t length)
{
  for (int i = 0; i < file->ndimensions; i++) {
    if (strlen(file->dimensions[i].name) == length && !strncmp(file->dimensions[i].name, name, length)) return i;
  }
  return -1;
}

/* Can the path become a file?  Said before the first step rather than after the last */
static PetscErrorCode ClaimPath(HypFile file)
{
  int fd;

  PetscFunctionBeginUser;
  if (file->rank) PetscFunctionReturn(0);
  PetscCall(HypCheckOutputPath(file->path));
  PetscCall(HypLockFile(file->path, &file->lock));
  fd = open(file->temporary, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  PetscCheck(fd >= 0, PETSC_COMM_SELF, PETSC_ERR_FILE_OPEN, "%s: cannot be written: %s", file->path, strerror(errno));
  close(fd);
  PetscFunctionReturn(0);
}

/*@C
  HypFileCreate - Claims the name of a result file and starts an empty description of its content

  Collective

  Input Parameters:
+ comm - the ranks that write it
- path - its name

  Output Parameter:
. file - the file; nothing appears under its name before HypFilePublish()

  Level: beginner

  Notes:
  Fails at once if the folder cannot be written to or if another run has the same file open.  A run that was killed leaves
  path.lock and path.tmp behind, which are taken over.

.seealso: HypFileDimension(), HypFileVariables(), HypFilePublish(), HypFileClose()
@*/
PetscErrorCode HypFileCreate(MPI_Comm comm, const char path[], HypFile *file)
{
  static PetscBool registered = PETSC_FALSE;
  char             temporary[PETSC_MAX_PATH_LEN];

  PetscFunctionBeginUser;
  HypH5Start();
  PetscCall(PetscNew(file));
  (*file)->comm = comm;
  (*file)->lock = (*file)->published = -1;
  PetscCallMPI(MPI_Comm_rank(comm, &(*file)->rank));
  PetscCall(PetscSNPrintf(temporary, sizeof(temporary), "%s.tmp", path));
  PetscCall(PetscStrallocpy(path, &(*file)->path));
  PetscCall(PetscStrallocpy(temporary, &(*file)->temporary));
  (*file)->next = open_files;
  open_files    = *file;
  if (!registered) PetscCall(PetscRegisterFinalize(ReleaseAll));
  registered = PETSC_TRUE;
  PetscCall(HypAgreeOnFile(comm, path, ClaimPath(*file)));
  PetscFunctionReturn(0);
}

/*@C
  HypFileAttributeText - Sets a text attribute

  Collective

  Input Parameters:
+ file     - the file
. variable - the variable, or "." for the file itself
. name     - the attribute; an earlier value is replaced
- text     - its value

  Level: intermediate
@*/
PetscErrorCode HypFileAttributeText(HypFile file, const char variable[], const char name[], const char text[])
{
  FileAttribute *attribute;

  PetscFunctionBeginUser;
  if (file->rank) PetscFunctionReturn(0);
  EXTEND(file->attributes, file->nattributes, attribute);
  PetscCall(PetscStrallocpy(variable, &attribute->variable));
  PetscCall(PetscStrallocpy(name, &attribute->name));
  PetscCall(PetscStrallocpy(text, &attribute->text));
  PetscFunctionReturn(0);
}

/*@C
  HypFileAttributeReals - Sets an attribute of one or more numbers

  Collective

  Input Parameters:
+ file     - the file
. variable - the variable, or "." for the file itself
. name     - the attribute; an earlier value is replaced
. n        - how many
- values   - the numbers

  Level: intermediate
@*/
PetscErrorCode HypFileAttributeReals(HypFile file, const char variable[], const char name[], PetscInt n, const PetscReal values[])
{
  FileAttribute *attribute;

  PetscFunctionBeginUser;
  if (file->rank) PetscFunctionReturn(0);
  EXTEND(file->attributes, file->nattributes, attribute);
  PetscCall(PetscStrallocpy(variable, &attribute->variable));
  PetscCall(PetscStrallocpy(name, &attribute->name));
  PetscCall(PetscMalloc1(n, &attribute->values));
  PetscCall(PetscArraycpy(attribute->values, values, n));
  attribute->n = n;
  PetscFunctionReturn(0);
}

/* Adds a dimension to the list */
static PetscErrorCode AddDimension(HypFile file, const char name[], PetscInt size, PetscBool coordinates)
{
  FileDimension *dimension;

  PetscFunctionBeginUser;
  PetscCheck(FindDimension(file, name, strlen(name)) < 0, PETSC_COMM_SELF, PETSC_ERR_PLIB, "dimension %s declared twice", name);
  EXTEND(file->dimensions, file->ndimensions, dimension);
  PetscCall(PetscStrallocpy(name, &dimension->name));
  dimension->size        = size;
  dimension->coordinates = coordinates;
  PetscFunctionReturn(0);
}

/* "snapshot pair v x" -> positions in the list of dimensions */
static PetscErrorCode ParseDimensions(HypFile file, const HypVariable *row, FileVariable *variable)
{
  PetscFunctionBeginUser;
  variable->record = 1;
  for (const char *word = row->dimensions; *word; word += strspn(word, " ")) {
    const size_t length = strcspn(word, " ");
    const int    k      = FindDimension(file, word, length);

    PetscCheck(k >= 0 && variable->rank < HYP_FILE_RANK, PETSC_COMM_SELF, PETSC_ERR_PLIB, "variable %s: unknown dimension in '%s'",
               row->name, row->dimensions);
    if (file->dimensions[k].size == HYP_UNLIMITED) {
      PetscCheck(!variable->rank, PETSC_COMM_SELF, PETSC_ERR_PLIB, "variable %s: only the first dimension can grow", row->name);
      variable->grows = PETSC_TRUE;
    } else {
      variable->record *= (size_t)file->dimensions[k].size;
    }
    variable->dimension[variable->rank++] = k;
    word += length;
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode DescribeVariable(const HypVariable *row, FileVariable *variable)
{
  PetscFunctionBeginUser;
  PetscCall(PetscStrallocpy(row->name, &variable->name));
  PetscCall(PetscStrallocpy(row->unit, &variable->unit));
  PetscCall(PetscStrallocpy(row->meaning, &variable->meaning));
  PetscCall(PetscStrallocpy(row->source, &variable->source));
  PetscFunctionReturn(0);
}

static PetscErrorCode AddVariable(HypFile file, const HypVariable *row, size_t element, FileVariable **variable)
{
  PetscFunctionBeginUser;
  PetscCheck(!FindVariable(file, row->name), PETSC_COMM_SELF, PETSC_ERR_PLIB, "variable %s declared twice", row->name);
  EXTEND(file->variables, file->nvariables, *variable);
  PetscCall(DescribeVariable(row, *variable));
  (*variable)->element = element;
  (*variable)->digest  = XXH3_createState();
  XXH3_128bits_reset((*variable)->digest);
  PetscCall(ParseDimensions(file, row, *variable));
  PetscFunctionReturn(0);
}

/* Hands over one record, or all of a variable that does not grow */
static PetscErrorCode AddRecord(FileVariable *variable, const void *values)
{
  const size_t bytes = variable->record * variable->element;

  PetscFunctionBeginUser;
  PetscCheck(variable->grows || !variable->digest || variable->done + variable->waiting == 0, PETSC_COMM_SELF, PETSC_ERR_PLIB,
             "variable %s written twice", variable->name);
  if (variable->waiting == variable->room) {
    variable->room   = PetscMax(1, 2 * variable->room);
    variable->buffer = realloc(variable->buffer, bytes * (size_t)variable->room);
    PetscCheck(variable->buffer, PETSC_COMM_SELF, PETSC_ERR_MEM, "variable %s: out of memory for %d records", variable->name,
               (int)variable->room);
  }
  memcpy(variable->buffer + bytes * (size_t)variable->waiting++, values, bytes);
  XXH3_128bits_update(variable->digest, values, bytes);
  PetscFunctionReturn(0);
}

/*@C
  HypFileDimension - Adds a dimension and the coordinates along it

  Collective

  Input Parameters:
+ file   - the file
. n      - its size; HYP_UNLIMITED: it grows, and its coordinates are written record by record with HypFileWrite()
. values - n coordinates; NULL: 1, 2, ..., n
- row    - name, unit and meaning; its `dimensions` is the name again

  Level: intermediate

.seealso: HypFileVariables()
@*/
PetscErrorCode HypFileDimension(HypFile file, PetscInt n, const PetscReal values[], const HypVariable *row)
{
  FileVariable *variable;
  PetscReal    *numbers = NULL;

  PetscFunctionBeginUser;
  if (file->rank) PetscFunctionReturn(0);
  PetscCall(AddDimension(file, row->name, n, PETSC_TRUE));
  PetscCall(AddVariable(file, row, sizeof(PetscReal), &variable));
  if (n == HYP_UNLIMITED) PetscFunctionReturn(0);
  PetscCall(PetscMalloc1(n, &numbers));
  for (PetscInt i = 0; i < n; i++) numbers[i] = values ? values[i] : (PetscReal)(i + 1);
  PetscCall(AddRecord(variable, numbers));
  PetscCall(PetscFree(numbers));
  PetscFunctionReturn(0);
}

/*@C
  HypFileVariables - Adds variables of real numbers

  Collective

  Input Parameters:
+ file - the file
. n    - how many
- rows - their names, dimensions, units, meanings and sources

  Level: intermediate

  Note:
  Each must be written before the next publication; those that grow, equally often along one dimension.

.seealso: HypFileWrite()
@*/
PetscErrorCode HypFileVariables(HypFile file, PetscInt n, const HypVariable rows[])
{
  FileVariable *variable;

  PetscFunctionBeginUser;
  if (file->rank) PetscFunctionReturn(0);
  for (PetscInt i = 0; i < n; i++) PetscCall(AddVariable(file, &rows[i], sizeof(PetscReal), &variable));
  PetscFunctionReturn(0);
}

/*@C
  HypFileWrite - Gives a variable its values, or its next record

  Collective

  Input Parameters:
+ file   - the file
. name   - the variable
- values - all values of a variable of fixed size; one record, if its first dimension grows; read on the first rank only

  Level: intermediate

  Note:
  The values are kept in memory until the next publication.

.seealso: HypFilePublish(), HypFilePublishIfDue()
@*/
PetscErrorCode HypFileWrite(HypFile file, const char name[], const PetscReal values[])
{
  FileVariable *variable;

  PetscFunctionBeginUser;
  if (file->rank) PetscFunctionReturn(0);
  variable = FindVariable(file, name);
  PetscCheck(variable && !variable->text, PETSC_COMM_SELF, PETSC_ERR_PLIB, "no variable %s of numbers was declared", name);
  PetscCall(AddRecord(variable, values));
  PetscFunctionReturn(0);
}

/*@C
  HypFileTexts - Adds a variable of texts, with its values

  Collective

  Input Parameters:
+ file  - the file
. row   - one dimension of fixed size
- texts - a text for each index

  Level: intermediate
@*/
PetscErrorCode HypFileTexts(HypFile file, const HypVariable *row, const char *const texts[])
{
  FileVariable *variable;
  size_t        longest = 1;
  char         *cells;

  PetscFunctionBeginUser;
  if (file->rank) PetscFunctionReturn(0);
  PetscCall(AddVariable(file, row, 1, &variable));
  for (size_t i = 0; i < variable->record; i++) longest = PetscMax(longest, strlen(texts[i]));
  variable->element = longest;
  variable->text    = PETSC_TRUE;
  PetscCall(PetscCalloc1(longest * variable->record, &cells));
  for (size_t i = 0; i < variable->record; i++) memcpy(cells + i * longest, texts[i], strlen(texts[i]));
  PetscCall(AddRecord(variable, cells));
  PetscCall(PetscFree(cells));
  PetscFunctionReturn(0);
}

/*@C
  HypFileVec - Adds a distributed vector; all ranks write it together at the next publication

  Collective

  Input Parameters:
+ file - the file
. row  - as many dimensions as the vector's layout has (see Notes); they are added where they do not exist yet
- vec  - the vector, which must stay unchanged until the next publication

  Level: intermediate

  Notes:
  The layout in the file does not depend on the number of ranks: natural order of the DMDA, slowest index first, degrees of
  freedom last; for a vector without DMDA, one dimension.  So a d-dimensional DMDA needs d + 1 names in row->dimensions.

.seealso: HypFileReadVec()
@*/
PetscErrorCode HypFileVec(HypFile file, const HypVariable *row, Vec vec)
{
  FileVariable *variable;
  hsize_t       size[HYP_FILE_RANK], start[HYP_FILE_RANK], count[HYP_FILE_RANK];
  int           rank, k = 0;

  PetscFunctionBeginUser;
  PetscCall(HypVecShape(vec, &rank, size, start, count));
  for (const char *word = row->dimensions; *word; word += strspn(word, " "), k++) {
    const size_t length = strcspn(word, " ");
    char         name[64];

    PetscCall(PetscStrncpy(name, word, PetscMin(sizeof(name), length + 1)));
    if (k < rank && FindDimension(file, name, length) < 0) PetscCall(AddDimension(file, name, (PetscInt)size[k], PETSC_FALSE));
    word += length;
  }
  PetscCheck(k == rank, file->comm, PETSC_ERR_PLIB, "variable %s: %d dimensions named in '%s', the vector has %d", row->name, k,
             row->dimensions, rank);
  EXTEND(file->vectors, file->nvectors, variable);
  PetscCall(DescribeVariable(row, variable));
  PetscCall(ParseDimensions(file, row, variable));
  PetscCall(PetscObjectReference((PetscObject)vec));
  variable->element = sizeof(PetscScalar);
  variable->vector  = vec;
  PetscFunctionReturn(0);
}

/* The finished temporary file takes the file's name; its descriptor is the source of the next copy, whatever happens to the name */
static PetscErrorCode Rename(HypFile file)
{
  PetscFunctionBeginUser;
  if (file->rank) PetscFunctionReturn(0);
  PetscCall(HypDigestAppend(file->path, file->temporary));
  if (file->published >= 0) close(file->published);
  file->published = open(file->temporary, O_RDONLY | O_CLOEXEC);
  PetscCheck(file->published >= 0, PETSC_COMM_SELF, PETSC_ERR_FILE_WRITE, "%s: cannot be written: %s", file->path, strerror(errno));
  PetscCall(HypReplaceFile(file->temporary, file->path));
  PetscFunctionReturn(0);
}

/*@
  HypFilePublish - Makes everything handed over so far appear in the file, in one step

  Collective

  Input Parameter:
. file - the file

  Level: intermediate

  Notes:
  The last published version is copied to a temporary name, extended, closed, opened again, read back in full and compared
  with what was handed over, given its digest, flushed to the disk and renamed.  A reader sees the old version or the new one,
  and so does whoever comes after a crash.

.seealso: HypFilePublishIfDue()
@*/
PetscErrorCode HypFilePublish(HypFile file)
{
  PetscLogDouble start;

  PetscFunctionBeginUser;
  PetscCall(PetscTime(&start));
  PetscCall(HypAgreeOnFile(file->comm, file->path, HypFileWriteSerial(file)));
  PetscCall(HypFileWriteVectors(file));
  PetscCall(HypFileVerifyVectors(file));
  PetscCall(HypAgreeOnFile(file->comm, file->path, HypFileVerifySerial(file)));
  PetscCall(HypAgreeOnFile(file->comm, file->path, Rename(file)));
  PetscCall(PetscTime(&file->finished));
  file->cost = file->finished - start;
  PetscFunctionReturn(0);
}

/*@
  HypFilePublishIfDue - Publishes unless that was done a moment ago

  Collective

  Input Parameter:
. file - the file

  Output Parameter:
. published - was it done?

  Level: intermediate

  Note:
  At most once a second, and rarely enough that publishing takes at most a twentieth of the run's time.

.seealso: HypFilePublish()
@*/
PetscErrorCode HypFilePublishIfDue(HypFile file, PetscBool *published)
{
  PetscLogDouble now;
  int            due;

  PetscFunctionBeginUser;
  PetscCall(PetscTime(&now));
  due = now - file->finished >= PetscMax(1.0, 20 * file->cost);
  PetscCallMPI(MPI_Bcast(&due, 1, MPI_INT, 0, file->comm));
  if (due) PetscCall(HypFilePublish(file));
  *published = (PetscBool)due;
  PetscFunctionReturn(0);
}

static PetscErrorCode DestroyVariables(int n, FileVariable *variables)
{
  PetscFunctionBeginUser;
  for (int i = 0; i < n; i++) {
    PetscCall(PetscFree(variables[i].name));
    PetscCall(PetscFree(variables[i].unit));
    PetscCall(PetscFree(variables[i].meaning));
    PetscCall(PetscFree(variables[i].source));
    PetscCall(VecDestroy(&variables[i].vector));
    if (variables[i].digest) XXH3_freeState(variables[i].digest);
    free(variables[i].buffer);
  }
  free(variables);
  PetscFunctionReturn(0);
}

/*@
  HypFileClose - Publishes what is left, marks the file as complete and lets go of it

  Collective

  Input/Output Parameter:
. file - the file; NULL on return

  Level: beginner

  Note:
  A file that is not closed, because the run failed, stays as last published, with the attribute state = "running".

.seealso: HypFileCreate()
@*/
PetscErrorCode HypFileClose(HypFile *file)
{
  HypFile f = *file;

  PetscFunctionBeginUser;
  if (!f) PetscFunctionReturn(0);
  PetscCall(HypFileAttributeText(f, ".", "state", "complete"));
  PetscCall(HypFilePublish(f));
  Release(f);
  PetscCall(DestroyVariables(f->nvariables, f->variables));
  PetscCall(DestroyVariables(f->nvectors, f->vectors));
  for (int i = 0; i < f->ndimensions; i++) PetscCall(PetscFree(f->dimensions[i].name));
  free(f->dimensions);
  free(f->attributes);
  PetscCall(PetscFree(f->temporary));
  PetscCall(PetscFree(f->path));
  PetscCall(PetscFree(*file));
  PetscFunctionReturn(0);
}

/*@C
  HypFileCheck - Refuses a file that is empty, foreign, cut short or damaged, before HDF5 sees it

  Collective

  Input Parameters:
+ comm - the ranks
- path - the file

  Level: intermediate
@*/
PetscErrorCode HypFileCheck(MPI_Comm comm, const char path[])
{
  PetscMPIInt rank;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  PetscCall(HypAgreeOnFile(comm, path, rank ? 0 : HypDigestCheck(path)));
  PetscFunctionReturn(0);
}
