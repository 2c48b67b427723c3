/* Numbers in HDF5 and NetCDF-4 files: an array of rows, or a variable over its coordinates. */
#include "expression/tableimpl.h"
#include "base/base.h"
#include <hdf5.h>
#include <hdf5_hl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  hid_t   dataset;
  int     rank;
  hsize_t size[2];
} Array;

static char *openArray(hid_t file, const char *name, Array *array)
{
  hid_t space, type;
  bool  number;

  array->dataset = H5Dopen(file, name, H5P_DEFAULT);
  if (array->dataset < 0) return HypDuplicate("there is no such dataset");
  space       = H5Dget_space(array->dataset);
  type        = H5Dget_type(array->dataset);
  array->rank = H5Sget_simple_extent_ndims(space);
  number      = H5Tget_class(type) == H5T_FLOAT || H5Tget_class(type) == H5T_INTEGER;
  if (array->rank >= 1 && array->rank <= 2) H5Sget_simple_extent_dims(space, array->size, NULL);
  H5Sclose(space);
  H5Tclose(type);
  if (!number) return HypDuplicate("it does not hold numbers");
  if (array->rank < 1 || array->rank > 2)
    return HypFormat("it has %d dimensions; 1 or 2 are needed", array->rank);
  if (array->size[0] * (array->rank == 2 ? array->size[1] : 1) == 0)
    return HypDuplicate("it is empty");
  return NULL;
}

static double *readArray(const Array *array)
{
  const size_t count  = array->size[0] * (array->rank == 2 ? array->size[1] : 1);
  double      *values = HypReallocate(NULL, count * sizeof(double));

  if (H5Dread(array->dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0)
    return values;
  free(values);
  return NULL;
}

static herr_t takeScale(hid_t dataset, unsigned dimension, hid_t scale, void *where)
{
  double **coordinates = where;
  hssize_t count;
  hid_t    space = H5Dget_space(scale);

  (void)dataset;
  (void)dimension;
  count = H5Sget_simple_extent_npoints(space);
  H5Sclose(space);
  *coordinates = HypReallocate(NULL, (size_t)(count + 1) * sizeof(double));
  if (H5Dread(scale, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, *coordinates) < 0) {
    free(*coordinates);
    *coordinates = NULL;
  }
  return 1; /* the first one is it */
}

/* The coordinates of one dimension; NULL if it has none */
static double *coordinatesOf(const Array *array, unsigned dimension)
{
  double *coordinates = NULL;

  if (H5DSget_num_scales(array->dataset, dimension) > 0)
    H5DSiterate_scales(array->dataset, dimension, NULL, takeScale, &coordinates);
  return coordinates;
}

/* Rows of coordinates and value, the last index fastest */
static void expand(const Array *array, double *const *coordinates, const double *values,
                   HypTable *table)
{
  const size_t inner = array->rank == 2 ? array->size[1] : 1;

  table->rows    = array->size[0] * inner;
  table->columns = (size_t)array->rank + 1;
  table->values  = HypReallocate(NULL, table->rows * table->columns * sizeof(double));
  for (size_t i = 0; i < table->rows; i++) {
    double *const row = table->values + i * table->columns;

    row[0] = coordinates[0][i / inner];
    if (array->rank == 2) row[1] = coordinates[1][i % inner];
    row[array->rank] = values[i];
  }
}

static char *readDataset(hid_t file, const char *name, HypTable *table)
{
  Array   array;
  double *values = NULL, *coordinates[2] = {NULL, NULL};
  char   *message = openArray(file, name, &array);

  if (!message && !(values = readArray(&array))) message = HypDuplicate("it cannot be read");
  for (int k = 0; !message && k < array.rank; k++)
    coordinates[k] = coordinatesOf(&array, (unsigned)k);
  if (!message && coordinates[0] && (array.rank == 1 || coordinates[1]))
    expand(&array, coordinates, values, table);
  else if (!message) {
    table->rows    = array.size[0];
    table->columns = array.rank == 2 ? array.size[1] : 1;
    table->values  = values;
    values         = NULL;
  }
  for (size_t i = 0; !message && i < table->rows * table->columns; i++)
    if (!isfinite(table->values[i]))
      message = HypFormat("row %zu holds a number that is not finite", i / table->columns + 1);
  if (!message) {
    table->lines = HypReallocate(NULL, table->rows * sizeof(size_t));
    for (size_t i = 0; i < table->rows; i++) table->lines[i] = i + 1;
  }
  free(values);
  free(coordinates[0]);
  free(coordinates[1]);
  if (array.dataset >= 0) H5Dclose(array.dataset);
  return message;
}

char *HypTableReadDataset(const char *path, HypTable *table)
{
  char *const file = HypDuplicate(path), *const colon = strstr(file, ":/");
  char       *what = NULL, *message = NULL;
  hid_t       opened;
  H5E_auto2_t report;
  void       *context;

  *colon = 0;
  H5Eget_auto2(H5E_DEFAULT, &report, &context);
  H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
  opened = H5Fopen(file, H5F_ACC_RDONLY, H5P_DEFAULT);
  if (opened < 0)
    what = HypDuplicate("the file cannot be opened as HDF5 (NetCDF files must be of version 4)");
  else {
    what = readDataset(opened, colon + 1, table);
    H5Fclose(opened);
  }
  H5Eset_auto2(H5E_DEFAULT, report, context);
  if (what) message = HypFormat("%s: %s", path, what);
  free(what);
  free(file);
  return message;
}
