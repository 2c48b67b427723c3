/*
   The last 64 bytes of a result file: "hypoco xxh3-128 <32 digits>", the digest of everything before them.  HDF5 ignores what
   follows its own end of file.  With the digest, damage is noticed before HDF5 sees the file: a damaged header can crash it.
*/
#include "ioimpl.h"
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

  snprintf(text, sizeof(text), "hypoco xxh3-128 %016llx%016llx", (unsigned long long)hash.high64, (unsigned long long)hash.low64);
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
  PetscCheck(fd >= 0, PETSC_COMM_SELF, PETSC_ERR_FILE_WRITE, "%s: cannot be written: %s", path, strerror(errno));
  failed = fstat(fd, &status) ? errno : Digest(fd, status.st_size, &hash);
  if (!failed) {
    MakeTrailer(hash, trailer);
    if (pwrite(fd, trailer, TRAILER, status.st_size) != TRAILER) failed = errno ? errno : ENOSPC;
  }
  if (close(fd) && !failed) failed = errno;
  PetscCheck(!failed, PETSC_COMM_SELF, PETSC_ERR_FILE_WRITE, "%s: cannot be written: %s", path, strerror(failed));
  PetscFunctionReturn(0);
}

/*
  HypDigestCheck - Refuses a file that is empty, not a result file, cut short or changed since it was written

  Not collective

  Input Parameter:
. path - the file
*/
PetscErrorCode HypDigestCheck(const char path[])
{
  static const char signature[] = "\211HDF\r\n\032\n";
  const int         fd          = open(path, O_RDONLY | O_CLOEXEC);
  char              expected[TRAILER + 1], found[TRAILER + 1] = "", head[8] = "";
  struct stat       status;
  XXH128_hash_t     hash;
  int               failed;

  PetscFunctionBeginUser;
  PetscCheck(fd >= 0, PETSC_COMM_SELF, PETSC_ERR_FILE_OPEN, "%s: cannot be opened: %s", path, strerror(errno));
  failed = fstat(fd, &status) ? errno : 0;
  if (!failed && S_ISDIR(status.st_mode)) failed = EISDIR;
  if (!failed && status.st_size > TRAILER && pread(fd, head, 8, 0) == 8 && pread(fd, found, TRAILER, status.st_size - TRAILER) == TRAILER) {
    failed = Digest(fd, status.st_size - TRAILER, &hash);
    MakeTrailer(hash, expected);
  }
  close(fd);
  PetscCheck(!failed, PETSC_COMM_SELF, PETSC_ERR_FILE_READ, "%s: cannot be read: %s", path, strerror(failed));
  PetscCheck(status.st_size > 0, PETSC_COMM_SELF, PETSC_ERR_FILE_UNEXPECTED, "%s: is empty; give a result file of hypoco", path);
  PetscCheck(!memcmp(head, signature, 8), PETSC_COMM_SELF, PETSC_ERR_FILE_UNEXPECTED,
             "%s: is not an HDF5 file, or its beginning is damaged; give a result file of hypoco", path);
  PetscCheck(!memcmp(found, "\nhypoco xxh3-128 ", 17), PETSC_COMM_SELF, PETSC_ERR_FILE_UNEXPECTED,
             "%s: was not written by hypoco, is cut short, or was changed by another program: its last %d bytes hold no digest", path,
             TRAILER);
  PetscCheck(!memcmp(found, expected, TRAILER), PETSC_COMM_SELF, PETSC_ERR_FILE_UNEXPECTED,
             "%s: is damaged: its content does not match the digest it was written with", path);
  PetscFunctionReturn(0);
}
