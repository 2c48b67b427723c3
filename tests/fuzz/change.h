#pragma once
/*
   Changes to a good HDF5 file, which then gets the digest of its new content,
   as no accident could do.

   An input is a list of changes, separated by ';':
   "-name" removes an attribute or variable, "name number ..." and "name 'text" write one,
   "~name path" makes a link, "!name path" a link into another file,
   "&name n" n numbers kept in another file, "^name n" numbers in pieces of n.
*/
#include "fuzz.h"
#include <hdf5.h>
#include <hdf5_hl.h>
#include <hypoco/result.h>
#include <string.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

enum { LONGEST = 40 };

#define OK(call)                                                                                   \
  do {                                                                                             \
    if (call) {                                                                                    \
      fputs("failed: " #call "\n", stderr);                                                        \
      exit(2);                                                                                     \
    }                                                                                              \
  } while (0)

/* As hypoco writes them: of variable length */
static void PutText(hid_t file, const char *name, const char *text)
{
  const hid_t type = H5Tcopy(H5T_C_S1), space = H5Screate(H5S_SCALAR);
  hid_t       attribute;

  H5Tset_size(type, H5T_VARIABLE);
  H5Tset_cset(type, H5T_CSET_UTF8);
  H5Adelete(file, name);
  attribute = H5Acreate2(file, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
  if (attribute >= 0) {
    H5Awrite(attribute, type, &text);
    H5Aclose(attribute);
  }
  H5Sclose(space);
  H5Tclose(type);
}

static void Put(hid_t file, const char *name, const char *values)
{
  double    numbers[LONGEST];
  hsize_t   n           = 0;
  const int isAttribute = H5Aexists(file, name) > 0;

  while (*values == ' ') values++;
  if (*values == '\'') {
    PutText(file, name, values + 1);
    return;
  }
  for (char *end; n < LONGEST; values = end) {
    numbers[n] = strtod(values, &end);
    if (end == values) break;
    n++;
  }
  if (!n) return;
  H5Ldelete(file, name, H5P_DEFAULT);
  if (isAttribute)
    H5LTset_attribute_double(file, "/", name, numbers, n);
  else
    H5LTmake_dataset_double(file, name, 1, &n, numbers);
}

/* A dataset of `n` numbers kept in another file, or here in pieces of `n` */
static void PutElsewhere(hid_t file, const char *name, int external, long n)
{
  const hsize_t size = n > 0 ? (hsize_t)n : 1, few = 6, none = H5S_UNLIMITED;
  const hid_t   properties = H5Pcreate(H5P_DATASET_CREATE);
  const hid_t   space =
    external ? H5Screate_simple(1, &size, NULL) : H5Screate_simple(1, &few, &none);
  hid_t dataset;

  if (external)
    H5Pset_external(properties, "fuzz.raw", 0, H5F_UNLIMITED);
  else
    H5Pset_chunk(properties, 1, &size);
  H5Ldelete(file, name, H5P_DEFAULT);
  dataset = H5Dcreate2(file, name, H5T_NATIVE_DOUBLE, space, H5P_DEFAULT, properties, H5P_DEFAULT);
  if (dataset >= 0) H5Dclose(dataset);
  H5Sclose(space);
  H5Pclose(properties);
}

static void Change(hid_t file, char *change)
{
  char *const values = change + strcspn(change, " ");

  if (strchr("~!&^", *change) && *change && *values) {
    *values = 0;
    if (*change == '~' || *change == '!') H5Ldelete(file, change + 1, H5P_DEFAULT);
    if (*change == '~') H5Lcreate_soft(values + 1, file, change + 1, H5P_DEFAULT, H5P_DEFAULT);
    if (*change == '!')
      H5Lcreate_external("fuzz.other", values + 1, file, change + 1, H5P_DEFAULT, H5P_DEFAULT);
    if (*change == '&' || *change == '^')
      PutElsewhere(file, change + 1, *change == '&', strtol(values + 1, NULL, 10));
    return;
  }
  if (*change == '-') {
    H5Adelete(file, change + 1);
    H5Ldelete(file, change + 1, H5P_DEFAULT);
  } else if (*values) {
    *values = 0;
    Put(file, change, values + 1);
  }
}

/* The 64 bytes after the end of an HDF5 file */
static void MakeSeal(const uint8_t *data, size_t size, char seal[65])
{
  const XXH128_hash_t hash = XXH3_128bits(data, size);
  char                text[63];

  snprintf(text, sizeof(text), "hypoco xxh3-128 %016llx%016llx", (unsigned long long)hash.high64,
           (unsigned long long)hash.low64);
  snprintf(seal, 65, "\n%-62s\n", text);
}

static void Seal(const char *path)
{
  FILE *const    file = fopen(path, "r+b");
  static uint8_t data[1 << 20];
  const size_t   size = fread(data, 1, sizeof(data), file);
  char           seal[65];

  MakeSeal(data, size, seal);
  OK(fseek(file, 0, SEEK_END) || fwrite(seal, 1, 64, file) != 64 || fclose(file));
}

static int IsSealed(const uint8_t *data, size_t size)
{
  char seal[65];

  if (size < 64) return 0;
  MakeSeal(data, size - 64, seal);
  return !memcmp(data + size - 64, seal, 64);
}

static void WriteChanged(const char *path, const uint8_t *good, size_t goodSize,
                         const uint8_t *data, size_t size)
{
  char *const text = malloc(size + 1), *rest = text, *change;
  hid_t       file;

  memcpy(text, data, size);
  text[size] = 0;
  FuzzPut(path, good, goodSize - 64);
  file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
  OK(file < 0);
  while ((change = strsep(&rest, ";\n"))) Change(file, change);
  OK(H5Fclose(file) < 0);
  Seal(path);
  free(text);
}

/* A refusal leaves what was open behind, as any error in PETSc does */
static void CloseAll(void)
{
  hid_t ids[16];

  for (ssize_t n; (n = H5Fget_obj_ids((hid_t)H5F_OBJ_ALL, H5F_OBJ_ALL, 16, ids)) > 0;) {
    for (ssize_t i = 0; i < n; i++) H5Idec_ref(ids[i]);
  }
}

/* PETSc without its messages, and a small space for `result` with a vector of it */
static void FuzzStart(const char *name, HypResult *result, Vec *u)
{
  static char   program[32], handler[] = "-no_signal_handler", *words[] = {program, handler, NULL};
  static char **given = words;
  int           n     = 2;

  snprintf(program, sizeof(program), "%s", name);
  OK(PetscInitialize(&n, &given, NULL, NULL));
  OK(PetscPushErrorHandler(PetscIgnoreErrorHandler, NULL));
  OK(HypModelCreate(PETSC_COMM_SELF, &result->model));
  OK(HypModelSetParameters(result->model, 1, 1, 1, 1));
  OK(HypSpaceCreate(result->model, HYPSPACESIMPLEX, &result->space));
  OK(HypSpaceSetDegree(result->space, 2));
  OK(HypSpaceSetUp(result->space));
  OK(HypSpaceCreateVec(result->space, u));
}

/* The file that WriteGood() made: the whole of it */
static size_t FuzzRead(const char *path, uint8_t *good, size_t room)
{
  FILE  *file = fopen(path, "rb");
  size_t size = file ? fread(good, 1, room, file) : 0;

  OK(!file || fclose(file) || size < 64 || size == room);
  return size;
}
