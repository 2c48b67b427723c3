/* Files that appear whole or not at all: written under a temporary name, flushed to the disk,
   then renamed. */
#include "file/ioimpl.h"
#include <hypoco/file.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* "runs/a.h5" -> "runs", "/a.h5" -> "/", "a.h5" -> "." */
static void Folder(const char path[], char folder[PETSC_MAX_PATH_LEN])
{
  const char *const slash  = strrchr(path, '/');
  const size_t      length = slash ? PetscMax(1, (size_t)(slash - path)) : 1;

  memcpy(folder, slash ? path : ".", length);
  folder[length] = 0;
}

/*
  HypFileTarget - The file that a name leads to:
  links are followed, also where the last one leads to nothing yet

  Not collective

  Input Parameter:
. path - the name

  Output Parameter:
. target - the name of what would be replaced or made; `path` where links go round in a circle

  Note:
  A link stays a link: what it leads to is replaced, never the link itself.
*/
void HypFileTarget(const char path[], char target[PETSC_MAX_PATH_LEN])
{
  enum { LINKS = 40 };
  char link[PETSC_MAX_PATH_LEN], folder[PETSC_MAX_PATH_LEN];

  snprintf(target, PETSC_MAX_PATH_LEN, "%s", path);
  for (int k = 0; k < LINKS; k++) {
    const ssize_t length = readlink(target, link, sizeof(link) - 1);

    if (length < 0) return;
    link[length] = 0;
    Folder(target, folder);
    if (link[0] == '/')
      snprintf(target, PETSC_MAX_PATH_LEN, "%s", link);
    else if (strlen(folder) + strlen(link) + 2 > PETSC_MAX_PATH_LEN)
      break;
    else
      PetscSNPrintf(target, PETSC_MAX_PATH_LEN, "%s/%s", folder, link);
  }
  snprintf(target, PETSC_MAX_PATH_LEN, "%s", path);
}

/* A file that takes the place of another keeps its mode, and where that is allowed its owner */
static void KeepMode(int fd, const char path[])
{
  struct stat before, now;

  if (stat(path, &before) || fstat(fd, &now)) return;
  if ((before.st_uid != now.st_uid || before.st_gid != now.st_gid) &&
      fchown(fd, before.st_uid, before.st_gid))
    (void)errno; /* it then belongs to the user who runs the program */
  fchmod(fd, before.st_mode & 07777);
}

/* A rename is on the disk only when its folder is */
static PetscErrorCode FlushFolder(const char path[])
{
  char folder[PETSC_MAX_PATH_LEN];
  int  fd, failed;

  PetscFunctionBeginUser;
  Folder(path, folder);
  fd = open(folder, O_RDONLY | O_DIRECTORY);
  PetscCheck(fd >= 0, PETSC_COMM_SELF, PETSC_ERR_FILE_WRITE, "%s: its folder cannot be opened: %s",
             path, strerror(errno));
  /* some network file systems cannot flush a folder and say EINVAL;
     they order renames themselves */
  failed = fsync(fd) && errno != EINVAL && errno != ENOTSUP ? errno : 0;
  close(fd);
  PetscCheck(!failed, PETSC_COMM_SELF, PETSC_ERR_FILE_WRITE,
             "%s: its folder cannot be flushed to the disk: %s", path, strerror(failed));
  PetscFunctionReturn(0);
}

/*
  HypReplaceFile - Gives a finished file its final name, in one step that a crash cannot split

  Not collective; one process calls it

  Input Parameters:
+ temporary - the finished file, in the folder of `path`
. path      - its final name; a file of that name is replaced
- lasting   - flush the folder too; else a crash may bring back the file that was there before
*/
PetscErrorCode HypReplaceFile(const char temporary[], const char path[], PetscBool lasting)
{
  int fd, failed;

  PetscFunctionBeginUser;
  fd = open(temporary, O_RDONLY);
  if (fd >= 0) KeepMode(fd, path);
  failed = fd < 0 || fsync(fd) ? errno : 0;
  if (fd >= 0) close(fd);
  if (!failed && rename(temporary, path)) failed = errno;
  PetscCheck(!failed, PETSC_COMM_SELF, PETSC_ERR_FILE_WRITE, "%s: cannot be written: %s", path,
             strerror(failed));
  if (lasting) PetscCall(FlushFolder(path));
  PetscFunctionReturn(0);
}

/* Writes all of it; errno, or 0 */
static int WriteAll(int fd, const char text[], size_t length)
{
  while (length) {
    const ssize_t written = write(fd, text, length);

    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    text += written;
    length -= (size_t)written;
  }
  return 0;
}

/*
  HypAgreeOnFile - Makes all ranks fail if the first one failed

  Collective

  Input Parameters:
+ comm  - the ranks
. path  - the file, for the message
- error - what happened on the first rank; ignored elsewhere
*/
PetscErrorCode HypAgreeOnFile(MPI_Comm comm, const char path[], PetscErrorCode error)
{
  PetscMPIInt rank;
  int         code = (int)error;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  PetscCallMPI(MPI_Bcast(&code, 1, MPI_INT, 0, comm));
  if (!rank) PetscCall(error);
  PetscCheck(!code, PETSC_COMM_SELF, (PetscErrorCode)code, "%s: failed on the first rank", path);
  PetscFunctionReturn(0);
}

/* What is there already, if it must not be written to: words for a message, or NULL */
static const char *WhyNot(const struct stat *status, const char target[], PetscBool special)
{
  if (S_ISDIR(status->st_mode)) return "is a folder; give the name of a file";
  if (!S_ISREG(status->st_mode))
    return special ? NULL : "is a device, pipe or socket; give the name of a file";
  /* root may write to everything, so the mode itself is looked at */
  if (!(status->st_mode & 0222) || access(target, W_OK))
    return "is there and read-only; choose another name, or allow writing to it";
  return NULL;
}

/*
  HypCheckOutputPath - Says before a run whether its results will find a place

  Not collective; one process calls it

  Input Parameters:
+ path    - the file that will be written
- special - may it be a device or a pipe? A result file must be read back, a text need not
*/
PetscErrorCode HypCheckOutputPath(const char path[], PetscBool special)
{
  struct stat status;
  char        folder[PETSC_MAX_PATH_LEN], target[PETSC_MAX_PATH_LEN];
  const char *why = NULL;

  PetscFunctionBeginUser;
  PetscCheck(strlen(path) + 32 < PETSC_MAX_PATH_LEN, PETSC_COMM_SELF, PETSC_ERR_FILE_OPEN,
             "%.60s...: this file name is too long", path);
  HypFileTarget(path, target);
  if (!stat(target, &status)) why = WhyNot(&status, target, special);
  PetscCheck(!why, PETSC_COMM_SELF, PETSC_ERR_FILE_OPEN, "%s: %s", path, why);
  if (!stat(target, &status) && !S_ISREG(status.st_mode)) PetscFunctionReturn(0);
  Folder(target, folder);
  PetscCheck(!stat(folder, &status) && S_ISDIR(status.st_mode), PETSC_COMM_SELF,
             PETSC_ERR_FILE_OPEN, "%s: the folder %s does not exist; create it first", path,
             folder);
  PetscCheck(!access(folder, W_OK | X_OK), PETSC_COMM_SELF, PETSC_ERR_FILE_OPEN,
             "%s: the folder %s cannot be written to: %s", path, folder, strerror(errno));
  PetscFunctionReturn(0);
}

/*@C
  HypFileCheckPlace - Says before a run whether a file that it writes at its end will find a place

  Collective

  Input Parameters:
+ comm    - the ranks
. path    - the file
- special - may it be a device or a pipe? A result file must be read back, a text need not

  Level: intermediate

.seealso: HypFileCreate()
@*/
PetscErrorCode HypFileCheckPlace(MPI_Comm comm, const char path[], PetscBool special)
{
  PetscMPIInt rank;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  PetscCall(HypAgreeOnFile(comm, path, rank ? 0 : HypCheckOutputPath(path, special)));
  PetscFunctionReturn(0);
}

static PetscErrorCode Write(const char path[], PetscBool special, const char text[], size_t length,
                            PetscBool lasting)
{
  char target[PETSC_MAX_PATH_LEN], temporary[PETSC_MAX_PATH_LEN];
  int  fd, failed;

  PetscFunctionBeginUser;
  PetscCall(HypCheckOutputPath(path, PETSC_TRUE));
  HypFileTarget(path, target);
  PetscCall(PetscSNPrintf(temporary, sizeof(temporary), special ? "%s" : "%s.tmp%ld",
                          special ? path : target, (long)getpid()));
  fd = open(temporary, special ? O_WRONLY : O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
            0666);
  failed = fd < 0 ? errno : WriteAll(fd, text, length);
  if (fd >= 0 && close(fd) && !failed) failed = errno;
  if (failed && fd >= 0 && !special) unlink(temporary);
  PetscCheck(!failed, PETSC_COMM_SELF, fd < 0 ? PETSC_ERR_FILE_OPEN : PETSC_ERR_FILE_WRITE,
             "%s: cannot be written: %s", path, strerror(failed));
  if (!special) PetscCall(HypReplaceFile(temporary, target, lasting));
  PetscFunctionReturn(0);
}

/* As HypWriteWholeFile(); lasting: as in HypReplaceFile().
   A pipe may wait for its reader for ever, and nothing of it is left behind. */
PetscErrorCode HypWriteTextFile(const char path[], const char text[], size_t length,
                                PetscBool lasting)
{
  struct stat     status;
  const PetscBool special = (PetscBool)(!stat(path, &status) && !S_ISREG(status.st_mode));
  PetscErrorCode  error;

  PetscFunctionBeginUser;
  if (!special) HypFileHold();
  error = Write(path, special, text, length, lasting);
  if (!special) HypFileAllow();
  PetscFunctionReturn(error);
}

/*@C
  HypWriteWholeFile - Writes a text file that is complete whenever it is there

  Not collective; one process calls it

  Input Parameters:
+ path   - name; a regular file of that name is replaced, a device or pipe is written to
. text   - its content
- length - bytes

  Level: intermediate

.seealso: HypWriteJSON()
@*/
PetscErrorCode HypWriteWholeFile(const char path[], const char text[], size_t length)
{
  PetscFunctionBeginUser;
  PetscCall(HypWriteTextFile(path, text, length, PETSC_TRUE));
  PetscFunctionReturn(0);
}
