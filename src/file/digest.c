/*
   The last 64 bytes of a result file:
   "hypoco xxh3-128 <32 digits>", the digest of everything before them.
   HDF5 ignores what follows its own end of file.
   With the digest, damage is noticed before HDF5 sees the file: a damaged header can crash it.
*/
#include "file/ioimpl.h"
#include <hypoco/file.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

enum { TRAILER = HYP_TRAILER_BYTES, PIECE = 1 << 20 };

/* "hypoco xxh3-128 <digits>", blanks, newline */
static void MakeTrailer(XXH128_hash_t hash, char trailer[TRAILER + 1])
{
  char text[TRAILER - 1];

  snprintf(text, sizeof(text), "hypoco xxh3-128 %016llx%016llx", (unsigned long long)hash.high64,
           (unsigned long long)hash.low64);
  snprintf(trailer, TRAILER + 1, "\n%-*s\n", TRAILER - 2, text);
}

/* The digest of the first `length` bytes; errno, or 0 */
static int Digest(int fd, off_t length, XXH128_hash_t *hash)
{
  static char         piece[PIECE];
  XXH3_state_t *const state  = XXH3_createState();
  int                 failed = 0;

  XXH3_128bits_reset(state);
  for (off_t at = 0; at < length && !failed;) {
    const size_t  wanted = (size_t)PetscMin(length - at, (off_t)PIECE);
    const ssize_t got    = pread(fd, piece, wanted, at);

    if (got > 0) {
      XXH3_128bits_update(state, piece, (size_t)got);
      at += got;
    } else if (got == 0 || errno != EINTR) {
      failed = got == 0 ? EIO : errno;
    }
  }
  *hash = XXH3_128bits_digest(state);
  XXH3_freeState(state);
  return failed;
}

/* Adds the trailer to a file that is complete; not collective */
PetscErrorCode HypDigestAppend(const char path[], const char name[])
{
  const int     fd = open(name, O_RDWR | O_CLOEXEC);
  char          trailer[TRAILER + 1];
  struct stat   status;
  XXH128_hash_t hash;
  int           failed;

  PetscFunctionBeginUser;
  PetscCheck(fd >= 0, PETSC_COMM_SELF, PETSC_ERR_FILE_WRITE, "%s: cannot be written: %s", path,
             strerror(errno));
  failed = fstat(fd, &status) ? errno : Digest(fd, status.st_size, &hash);
  if (!failed) {
    MakeTrailer(hash, trailer);
    const ssize_t written = pwrite(fd, trailer, TRAILER, status.st_size);

    if (written != TRAILER) failed = written < 0 ? errno : ENOSPC;
  }
  if (close(fd) && !failed) failed = errno;
  PetscCheck(!failed, PETSC_COMM_SELF, PETSC_ERR_FILE_WRITE, "%s: cannot be written: %s", path,
             strerror(failed));
  PetscFunctionReturn(0);
}

/* What the bytes of a file say; text: the problem, "" if there is none */
static PetscErrorCode Judge(int fd, PetscBool *digest, char text[], size_t size)
{
  static const char signature[]           = "\211HDF\r\n\032\n";
  char              expected[TRAILER + 1] = "", found[TRAILER + 1] = "", head[8] = "";
  struct stat       status;
  XXH128_hash_t     hash;
  int               failed = fstat(fd, &status) ? errno : S_ISDIR(status.st_mode) ? EISDIR : 0;

  if (!failed && status.st_size > TRAILER && pread(fd, head, 8, 0) == 8 &&
      pread(fd, found, TRAILER, status.st_size - TRAILER) == TRAILER) {
    failed = Digest(fd, status.st_size - TRAILER, &hash);
    if (!failed) MakeTrailer(hash, expected);
  }
  *digest = (PetscBool)!memcmp(found, "\nhypoco xxh3-128 ", 17);
  if (failed)
    snprintf(text, size, "cannot be read: %s", strerror(failed));
  else if (!S_ISREG(status.st_mode))
    snprintf(text, size, "is a device, pipe or socket; give a result file of hypoco");
  else if (!status.st_size)
    snprintf(text, size, "is empty; give a result file of hypoco");
  else if (memcmp(head, signature, 8))
    snprintf(text, size,
             "is not an HDF5 file, or its beginning is damaged; give a result file of hypoco");
  else if (*digest && memcmp(found, expected, TRAILER))
    snprintf(text, size, "is damaged: its content does not match the digest it was written with");
  return failed ? PETSC_ERR_FILE_READ : PETSC_ERR_FILE_UNEXPECTED;
}

/*@C
  HypFileProblem - Says what is wrong with a result file that is missing, empty, foreign,
  cut short or damaged

  Not collective; callable before PETSc is started

  Input Parameter:
. path - the file

  Output Parameters:
+ digest - does it end with a digest, as files written by this library do?
- error  - the PETSc error code of the problem

  Returns one sentence, or NULL if there is no problem; valid until the next call.

  Level: intermediate

.seealso: HypFileCheck()
@*/
const char *HypFileProblem(const char path[], PetscBool *digest, PetscErrorCode *error)
{
  static char sentence[PETSC_MAX_PATH_LEN + 256];
  char        text[256] = "";
  const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a pipe must not be waited for */

  *digest = PETSC_FALSE;
  *error  = PETSC_ERR_FILE_OPEN;
  if (fd < 0) {
    snprintf(text, sizeof(text), "cannot be opened: %s", strerror(errno));
  } else {
    *error = Judge(fd, digest, text, sizeof(text));
    close(fd);
  }
  snprintf(sentence, sizeof(sentence), "%s: %s", path, text);
  return text[0] ? sentence : NULL;
}

/* Refuses a file that has a problem or no digest; not collective */
PetscErrorCode HypDigestCheck(const char path[])
{
  PetscBool         digest;
  PetscErrorCode    error;
  const char *const problem = HypFileProblem(path, &digest, &error);

  PetscFunctionBeginUser;
  PetscCheck(!problem, PETSC_COMM_SELF, error, "%s", problem);
  PetscCheck(digest, PETSC_COMM_SELF, PETSC_ERR_FILE_UNEXPECTED,
             "%s: is cut short, was changed by another program or was not written by hypoco: its "
             "last %d bytes hold no digest",
             path, TRAILER);
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
