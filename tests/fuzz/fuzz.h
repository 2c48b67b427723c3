#pragma once
/* What a fuzz target has: libFuzzer's two functions, and a file to put the input into.
   A finding is a signal, abort() included. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void FuzzPut(const char *path, const uint8_t *data, size_t size)
{
  FILE *file;

  unlink(path); /* some file systems flush a file that is cut to nothing and written again */
  file = fopen(path, "wb");
  if (!file || fwrite(data, 1, size, file) != size || fclose(file)) {
    perror(path);
    exit(2);
  }
}
