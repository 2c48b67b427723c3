#pragma once
/*
   Tables of numbers in files: text read line by line, or a dataset of an HDF5 or NetCDF file
   (plain C, no PETSc, no MPI).
*/
#include <stddef.h>

typedef struct {
  size_t  rows, columns;
  double *values; /* values[i columns + j] */
  size_t *lines;  /* where row i stands: its line in a text file, its number in a dataset */
} HypTable;

/* Documented where it is defined, src/expression, and in docs/api.md */
int  HypTableRead(const char *path, HypTable *table, char **message);
int  HypTableReadColumns(const char *key, const char *path, size_t columns, int more,
                         const char *what, HypTable *table, char **message);
void HypTableDestroy(HypTable *table);
