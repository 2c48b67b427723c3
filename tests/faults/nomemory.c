/*
   libnomemory.so, for LD_PRELOAD: in the program hypoco, from the HYP_NOMEMORY_AT-th allocation of
   HYP_NOMEMORY_SIZE bytes or more on, there is no memory for such a one.
   With HYP_NOMEMORY_COUNT=FILE nothing fails, and the number of them is left in FILE.
   MPI starts before it is counted: what MPI says when it cannot start is its own.
*/
#define _GNU_SOURCE
#include <errno.h>
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

static long asked;
static int  started;

static int fails(size_t size)
{
  static long   at = -1;
  static size_t least;

  if (!started) return 0;
  if (at < 0) {
    const char *const word = getenv("HYP_NOMEMORY_AT"), *const bytes = getenv("HYP_NOMEMORY_SIZE");

    at    = word ? atol(word) : 0;
    least = bytes ? (size_t)atol(bytes) : 1024;
  }
  if (size < least) return 0;
  asked++;
  if (!at || asked < at) return 0;
  errno = ENOMEM;
  return 1;
}

void *malloc(size_t size)
{
  return fails(size) ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
  return fails(count * size) ? NULL : __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size)
{
  return fails(size) ? NULL : __libc_realloc(memory, size);
}

void *memalign(size_t alignment, size_t size)
{
  return fails(size) ? NULL : __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
  return memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size)
{
  void *const found = memalign(alignment, size);

  if (found) *memory = found;
  return found ? 0 : ENOMEM;
}

/* The last thing that hypoco does before a command begins is to duplicate its communicator */
int MPI_Comm_dup(MPI_Comm comm, MPI_Comm *made)
{
  const int error = PMPI_Comm_dup(comm, made);

  started = !strcmp(program_invocation_short_name, "hypoco");
  return error;
}

__attribute__((destructor)) static void tell(void)
{
  const char *const path = started ? getenv("HYP_NOMEMORY_COUNT") : NULL;
  FILE             *file;

  started = 0;
  file    = path ? fopen(path, "w") : NULL;
  if (!file) return;
  fprintf(file, "%ld\n", asked);
  fclose(file);
}
