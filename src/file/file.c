/* A result file: when it appears, and what it leaves behind. */
#include "base/base.h"
#include "file/fileimpl.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static HypFile
  open_files; /* to be released when PETSc ends, after a failure in the middle of a run */

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
  HypUnlockFile(file->target, &file->lock);
}

/*@
  HypFileReleaseAll - Removes what unfinished files leave on the disk: their locks and
  temporary files

  Not collective

  Level: advanced

  Notes:
  For a program that is stopped; PetscFinalize() calls it.
  A thread of its own calls HypFileHold() first.
  What was published last stays.
  The files cannot be used any more.

.seealso: HypFileCreate(), HypFilePublish(), HypFileHold()
@*/
PetscErrorCode HypFileReleaseAll(void)
{
  while (open_files) Release(open_files);
  HypUnlockAll();
  return 0;
}

static void Leave(void)
{
  (void)HypFileReleaseAll();
}

/* Steps of one process that make or rename files, which no signal may interrupt */
static PetscErrorCode Undisturbed(PetscErrorCode (*step)(HypFile), HypFile file)
{
  PetscErrorCode error;

  PetscFunctionBeginUser;
  if (file->rank) PetscFunctionReturn(0);
  HypFileHold();
  error = step(file);
  HypFileAllow();
  PetscFunctionReturn(error);
}

/* Can the path become a file?  Checked before the first step, not after the last one */
static PetscErrorCode ClaimPath(HypFile file)
{
  char lock[PETSC_MAX_PATH_LEN];
  int  fd;

  PetscFunctionBeginUser;
  PetscCall(HypCheckOutputPath(file->path, PETSC_FALSE));
  /* a run that was killed left both: then the lock says whose it is */
  PetscCall(PetscSNPrintf(lock, sizeof(lock), "%s.lock", file->target));
  PetscCall(
    HypCheckLeftover(file->path, file->temporary, access(lock, F_OK) ? "\211HDF\r\n\032\n" : ""));
  PetscCall(HypLockFile(file->target, &file->lock));
  fd = open(file->temporary, O_RDWR | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666);
  PetscCheck(fd >= 0, PETSC_COMM_SELF, PETSC_ERR_FILE_OPEN, "%s: cannot be written: %s", file->path,
             strerror(errno));
  close(fd);
  PetscFunctionReturn(0);
}

/*@
  HypFileStart - Starts HDF5 before MPI

  Not collective; before MPI_Init(), PetscInitialize() and SlepcInitialize()

  Level: intermediate

  Note:
  HDF5 that is started after MPI ties its own end to MPI_Finalize();
  there it would write once more to a file for which there was no space, and may crash.
  A program that does not call this only loses this protection.

.seealso: HypFileCreate()
@*/
void HypFileStart(void)
{
  HypH5Start();
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
  Fails at once if the folder cannot be written to or if another run has the same file open.
  A run that was killed leaves path.lock and path.tmp behind, which are taken over.

.seealso: HypFileDimension(), HypFileVariables(), HypFilePublish(), HypFileClose()
@*/
PetscErrorCode HypFileCreate(MPI_Comm comm, const char path[], HypFile *file)
{
  static PetscBool registered = PETSC_FALSE;
  char             target[PETSC_MAX_PATH_LEN], temporary[PETSC_MAX_PATH_LEN];

  PetscFunctionBeginUser;
  HypH5Start();
  PetscCall(PetscNew(file));
  (*file)->comm = comm;
  (*file)->lock = (*file)->published = -1;
  PetscCallMPI(MPI_Comm_rank(comm, &(*file)->rank));
  HypFileTarget(path, target);
  PetscCall(PetscSNPrintf(temporary, sizeof(temporary), "%s.tmp", target));
  PetscCall(PetscStrallocpy(target, &(*file)->target));
  PetscCall(PetscStrallocpy(path, &(*file)->path));
  PetscCall(PetscStrallocpy(temporary, &(*file)->temporary));
  (*file)->next = open_files;
  open_files    = *file;
  if (!registered) PetscCall(PetscRegisterFinalize(HypFileReleaseAll));
  registered = PETSC_TRUE;
  HypAtOutOfMemory(Leave);
  PetscCall(HypAgreeOnFile(comm, path, Undisturbed(ClaimPath, *file)));
  PetscCall(
    PetscTime(&(*file)->finished)); /* a run of less than a second publishes once, at its end */
  PetscFunctionReturn(0);
}

/* The finished temporary file takes the file's name; its descriptor is the source of the next copy,
   whatever happens to the name */
static PetscErrorCode Rename(HypFile file)
{
  PetscFunctionBeginUser;
  PetscCall(HypDigestAppend(file->path, file->temporary));
  if (file->published >= 0) close(file->published);
  file->published = open(file->temporary, O_RDONLY | O_CLOEXEC);
  PetscCheck(file->published >= 0, PETSC_COMM_SELF, PETSC_ERR_FILE_WRITE,
             "%s: cannot be written: %s", file->path, strerror(errno));
  PetscCall(HypReplaceFile(file->temporary, file->target, PETSC_TRUE));
  PetscFunctionReturn(0);
}

/*@
  HypFilePublish - Makes everything handed over so far appear in the file, in one step

  Collective

  Input Parameter:
. file - the file

  Level: intermediate

  Notes:
  The last published version is copied to a temporary name, extended, closed, opened again,
  read back in full and compared with what was handed over, given its digest,
  flushed to the disk and renamed.
  A reader sees the old version or the new one, also after a crash.

.seealso: HypFilePublishIfDue()
@*/
PetscErrorCode HypFilePublish(HypFile file)
{
  PetscLogDouble start;

  PetscFunctionBeginUser;
  PetscCall(PetscTime(&start));
  PetscCall(HypAgreeOnFile(file->comm, file->path, Undisturbed(HypFileWriteSerial, file)));
  PetscCall(HypFileWriteVectors(file));
  PetscCall(HypFileVerifyVectors(file));
  PetscCall(HypAgreeOnFile(file->comm, file->path, HypFileVerifySerial(file)));
  PetscCall(HypAgreeOnFile(file->comm, file->path, Undisturbed(Rename, file)));
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
  At most once a second, and rarely enough that publishing takes at most a twentieth
  of the run's time.

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
  A file that is not closed, because the run failed, stays as last published,
  with the attribute state = "running".

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
  PetscCall(PetscFree(f->target));
  PetscCall(PetscFree(*file));
  PetscFunctionReturn(0);
}
