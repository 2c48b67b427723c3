/*
   libenospc.so, for LD_PRELOAD: in the program hypoco,
   from the HYP_ENOSPC_AT-th write to a regular file on, there is no space left on the device.
   With HYP_ENOSPC_COUNT=FILE nothing fails, and the number of writes is left in FILE.
*/
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static long writes;

static int isHypoco(void)
{
  return !strcmp(program_invocation_short_name,
                 "hypoco"); /* and none of the processes that MPI starts */
}

static int fails(int fd)
{
  const char *const at = getenv("HYP_ENOSPC_AT");
  struct stat       status;

  if (!isHypoco() || fstat(fd, &status) || !S_ISREG(status.st_mode)) return 0;
  writes++;
  if (!at || writes < atol(at)) return 0;
  errno = ENOSPC;
  return 1;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t write(int fd, const void *data, size_t size)
{
  return fails(fd) ? -1 : REAL(write)(fd, data, size);
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t at)
{
  return fails(fd) ? -1 : REAL(pwrite)(fd, data, size, at);
}

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at)
{
  return fails(fd) ? -1 : REAL(pwrite64)(fd, data, size, at);
}

ssize_t writev(int fd, const struct iovec *pieces, int count)
{
  return fails(fd) ? -1 : REAL(writev)(fd, pieces, count);
}

ssize_t pwritev(int fd, const struct iovec *pieces, int count, off_t at)
{
  return fails(fd) ? -1 : REAL(pwritev)(fd, pieces, count, at);
}

__attribute__((destructor)) static void tell(void)
{
  const char *const path = isHypoco() ? getenv("HYP_ENOSPC_COUNT") : NULL;
  FILE *const       file = path ? fopen(path, "w") : NULL;

  if (!file) return;
  fprintf(file, "%ld\n", writes);
  fclose(file);
}
