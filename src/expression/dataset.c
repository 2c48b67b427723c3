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

/* A file may come from anywhere, and leads to no other one */
static herr_t RefuseLink(const char *parent, const char *group, const char *child,
                         const char *object, unsigned *flags, hid_t access, void *unused)
{
  (void)parent, (void)group, (void)child, (void)object, (void)flags, (void)access, (void)unused;
  return -1;
}

static hid_t OpenHere(hid_t file, const char *name)
{
  const hid_t access = H5Pcreate(H5P_DATASET_ACCESS);
  hid_t       dataset;

  H5Pset_elink_cb(access, RefuseLink, NULL);
  dataset = H5Dopen(file, name, access);
  H5Pclose(access);
  return dataset;
}

/* Do the numbers lie in this file? */
static bool LiesHere(hid_t dataset)
{
  const hid_t created = H5Dget_create_plist(dataset);
  const bool  here = H5Pget_layout(created) != H5D_VIRTUAL && H5Pget_external_count(created) == 0;

  H5Pclose(created);
  return here;
}

static char *OpenArray(hid_t file, const char *name, Array *array)
{
  hid_t  space, type;
  bool   number;
  double count;

  array->dataset = OpenHere(file, name);
  if (array->dataset < 0)
    return HypDuplicate("there is no such dataset (links to other files are not followed)");
  if (!LiesHere(array->dataset)) return HypDuplicate("its numbers lie in another file");
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
  count = (double)array->size[0] * (array->rank == 2 ? (double)array->size[1] : 1);
  if (count == 0) return HypDuplicate("it is empty");
  /* the numbers, the rows with their coordinates and lines, and the table made of them */
  return HypNoRoom(count * (array->rank + 4) * sizeof(double));
}

static double *ReadArray(const Array *array)
{
  const size_t count  = array->size[0] * (array->rank == 2 ? array->size[1] : 1);
  double      *values = HypReallocate(NULL, count * sizeof(double));

  if (H5Dread(array->dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0)
    return values;
  free(values);
  return NULL;
}

typedef struct {
  hsize_t count; /* of coordinates that are needed */
  double *values;
} Scale;

/* Nothing in HDF5 makes a scale as long as its dimension, and it may hold anything */
static herr_t TakeScale(hid_t dataset, unsigned dimension, hid_t scale, void *where)
{
  Scale *const wanted = where;
  const hid_t  space  = H5Dget_space(scale);
  const bool   fits   = H5Sget_simple_extent_npoints(space) == (hssize_t)wanted->count;

  (void)dataset;
  (void)dimension;
  H5Sclose(space);
  if (!fits || !LiesHere(scale)) return 1; /* the first one is it */
  wanted->values = HypReallocate(NULL, (size_t)(wanted->count + 1) * sizeof(double));
  if (H5Dread(scale, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, wanted->values) < 0) {
    free(wanted->values);
    wanted->values = NULL;
  }
  return 1;
}

/* The coordinates of one dimension; NULL if it has none, or others than it needs */
static double *CoordinatesOf(const Array *array, unsigned dimension)
{
  Scale scale = {array->size[dimension], NULL};

  if (H5DSget_num_scales(array->dataset, dimension) > 0)
    H5DSiterate_scales(array->dataset, dimension, NULL, TakeScale, &scale);
  return scale.values;
}

/* Rows of coordinates and value, the last index fastest */
static void Expand(const Array *array, double *const *coordinates, const double *values,
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

static char *ReadDataset(hid_t file, const char *name, HypTable *table)
{
  Array   array;
  double *values = NULL, *coordinates[2] = {NULL, NULL};
  char   *message = OpenArray(file, name, &array);

  if (!message && !(values = ReadArray(&array))) message = HypDuplicate("it cannot be read");
  for (int k = 0; !message && k < array.rank; k++) {
    coordinates[k] = CoordinatesOf(&array, (unsigned)k);
    if (!coordinates[k] && H5DSget_num_scales(array.dataset, (unsigned)k) > 0)
      message = HypDuplicate("its coordinates have another length, or lie in another file");
  }
  if (!message && coordinates[0] && (array.rank == 1 || coordinates[1]))
    Expand(&array, coordinates, values, table);
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
    what = ReadDataset(opened, colon + 1, table);
    H5Fclose(opened);
  }
  H5Eset_auto2(H5E_DEFAULT, report, context);
  if (what) message = HypFormat("%s: %s", path, what);
  free(what);
  free(file);
  return message;
}
