/*
   One run per file.
   The lock is the kernel's (flock on FILE.lock), so that it goes away with its owner however
   that ends; the content of FILE.lock is for messages, and for file systems that know no locks.
*/
#include "file/ioimpl.h"
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* What this process has locked, for a program that ends in the middle of a run */
enum { LOCKS = 16 };
static char locked[LOCKS][PETSC_MAX_PATH_LEN];

static void Remember(const char lock[])
{
  for (int i = 0; i < LOCKS; i++) {
    if (locked[i][0]) continue;
    snprintf(locked[i], sizeof(locked[i]), "%s", lock);
    return;
  }
}

static void Forget(const char lock[])
{
  for (int i = 0; i < LOCKS; i++) {
    if (!strcmp(locked[i], lock)) locked[i][0] = 0;
  }
}

/* The locks themselves go away with the process */
void HypUnlockAll(void)
{
  for (int i = 0; i < LOCKS; i++) {
    if (locked[i][0]) unlink(locked[i]);
    locked[i][0] = 0;
  }
}

/* "process 123 on host, since ..." */
static void ReadOwner(int fd, char owner[], size_t size)
{
  const ssize_t length = pread(fd, owner, size - 1, 0);

  owner[length > 0 ? length : 0] = 0;
  owner[strcspn(owner, "\n")]    = 0;
}

static void WriteOwner(int fd)
{
  char owner[384], host[256] = "";
  int  length;

  gethostname(host, sizeof(host) - 1);
  length = snprintf(owner, sizeof(owner), "process %ld on %s, since %s\n", (long)getpid(), host,
                    HypClockUTC());
  /* the words are for people: without them the lock still locks */
  if (ftruncate(fd, 0) || pwrite(fd, owner, (size_t)length, 0) != length) return;
}

/* Without locks of the kernel's: is the owner a process of this machine that has ended? */
static PetscBool OwnerHasEnded(const char owner[])
{
  char      host[256] = "", where[256] = "";
  long      pid = 0;
  PetscBool here;

  gethostname(host, sizeof(host) - 1);
  here =
    (PetscBool)(sscanf(owner, "process %ld on %255[^,]", &pid, where) == 2 && !strcmp(host, where));
  return (PetscBool)(!owner[0] || (here && kill((pid_t)pid, 0) && errno == ESRCH));
}

/* Is the file we locked still the one with that name?  Its owner may have removed it between our
   open and our lock */
static PetscBool IsStillThere(int fd, const char lock[])
{
  struct stat ours, theirs;

  return (PetscBool)(!fstat(fd, &ours) && !stat(lock, &theirs) && ours.st_ino == theirs.st_ino &&
                     ours.st_dev == theirs.st_dev);
}

/*
  HypCheckLeftover - Refuses to take over a file that no run left behind

  Not collective; one process calls it

  Input Parameters:
+ path - the result, for the message
. name - the file beside it that the run needs for itself
- head - how such a file begins, unless it is empty or its owner was killed before it wrote that;
  "": in any way
*/
PetscErrorCode HypCheckLeftover(const char path[], const char name[], const char head[])
{
  static const char nothing[8];
  struct stat       status;
  char              found[8] = "";
  PetscBool         ours     = PETSC_TRUE;
  int               fd;

  PetscFunctionBeginUser;
  if (lstat(name, &status)) PetscFunctionReturn(0);
  ours = (PetscBool)S_ISREG(status.st_mode);
  fd   = ours ? open(name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC) : -1;
  if (fd >= 0) {
    const ssize_t length = pread(fd, found, sizeof(found), 0);

    ours = (PetscBool)(length <= 0 || !memcmp(found, nothing, (size_t)length) ||
                       !memcmp(found, head, PetscMin((size_t)length, strlen(head))));
    close(fd);
  }
  PetscCheck(ours, PETSC_COMM_SELF, PETSC_ERR_FILE_OPEN,
             "%s: %s is in the way and was not left by a run of hypoco; move it, or choose another "
             "name",
             path, name);
  PetscFunctionReturn(0);
}

/* *claimed is not touched unless the lock is ours: what it says is released by name */
static PetscErrorCode Lock(const char path[], int *claimed)
{
  char      lock[PETSC_MAX_PATH_LEN], owner[384] = "";
  PetscBool taken;
  int       fd;

  PetscFunctionBeginUser;
  PetscCall(PetscSNPrintf(lock, sizeof(lock), "%s.lock", path));
  PetscCall(HypCheckLeftover(path, lock, "process "));
  do {
    fd = open(lock, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666);
    PetscCheck(fd >= 0, PETSC_COMM_SELF, PETSC_ERR_FILE_OPEN, "%s: cannot be written: %s", path,
               strerror(errno));
    taken = (PetscBool)(flock(fd, LOCK_EX | LOCK_NB) != 0);
    if (taken) {
      const int why = errno;

      ReadOwner(fd, owner, sizeof(owner));
      if (why != EWOULDBLOCK && OwnerHasEnded(owner)) taken = PETSC_FALSE;
    }
    if (taken) close(fd);
    PetscCheck(!taken, PETSC_COMM_SELF, PETSC_ERR_FILE_OPEN,
               "%s: another run is writing it (%s); wait for it, or choose another output", path,
               owner[0] ? owner : "it has not said its name");
  } while (!IsStillThere(fd, lock) && !close(fd));
  WriteOwner(fd);
  *claimed = fd;
  Remember(lock);
  PetscFunctionReturn(0);
}

/*
  HypLockFile - Claims a file for this run, or says who has it

  Not collective; one process calls it

  Input Parameter:
. path - the file

  Output Parameter:
. fd - to be given to HypUnlockFile()
*/
PetscErrorCode HypLockFile(const char path[], int *fd)
{
  PetscErrorCode error;

  PetscFunctionBeginUser;
  HypFileHold();
  error = Lock(path, fd);
  HypFileAllow();
  PetscFunctionReturn(error);
}

/* Remove the name first: a process that opened the file in between then sees that it is gone */
void HypUnlockFile(const char path[], int *fd)
{
  char lock[PETSC_MAX_PATH_LEN];

  if (*fd < 0) return;
  snprintf(lock, sizeof(lock), "%s.lock", path);
  unlink(lock);
  Forget(lock);
  close(*fd);
  *fd = -1;
}
