/* HDF5 with every return code checked. */
#include "file/h5.h"
#include <hdf5_hl.h>
#include <stdlib.h>
#include <string.h>

/*
  HypH5Start - What must be said to HDF5 before its first use

  Not collective

  Notes:
  Errors are told by us, in one sentence.
  HDF5 must not tidy up when the process ends: after a full disk it would try to write again,
  for ever.
  Its file locks are of no use here, because a file is never opened for writing under its own name,
  and they fail on some network file systems.
*/
void HypH5Start(void)
{
  static PetscBool started = PETSC_FALSE;

  if (started) return;
  setenv("HDF5_USE_FILE_LOCKING", "FALSE", 0);
  H5dont_atexit();
  H5open();
  H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
  H5PLset_loading_state(
    0); /* a file must not name code to load: filters beyond HDF5's own are refused */
  started = PETSC_TRUE;
}

/* The innermost message of HDF5's error stack, of which the system's own words are the best part.
   Want of memory has a class and a number of its own, whatever the words are. */
static herr_t KeepFirst(unsigned n, const H5E_error2_t *error, void *context)
{
  char *const       reason = context;
  const char *const words  = strstr(error->desc, "error message = '");

  if (n == 0) {
    snprintf(reason, 256, "%s", words ? words + strlen("error message = '") : error->desc);
    if (words)
      reason[strcspn(reason, "'")] = 0;
    else if (error->maj_num == H5E_RESOURCE && error->min_num == H5E_NOSPACE)
      snprintf(reason, 256, "no alloc: %.200s", error->desc);
  }
  return 0;
}

/* Why a call failed; the error becomes PETSC_ERR_MEM where it was for want of memory */
const char *HypH5Reason(const char call[], PetscErrorCode *error)
{
  static char reason[256];

  reason[0] = 0;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, KeepFirst, reason);
  if (!reason[0]) { /* HDF5's part for dimension scales says nothing about its own allocations */
    void *volatile probe = malloc(1 << 16);

    snprintf(reason, sizeof(reason), probe ? "HDF5 failed in %.200s" : "no alloc in %.200s", call);
    free(probe);
  }
  if (!strstr(reason, "alloc")) return reason;
  *error = PETSC_ERR_MEM;
  return "out of memory";
}

/* Properties of access: the newest format this library has, whose metadata carry checksums;
   MPI-IO if there is more than one process */
static PetscErrorCode AccessProperties(const char path[], MPI_Comm comm, hid_t *properties)
{
  PetscMPIInt size;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_size(comm, &size));
  HypH5Write(path, *properties = H5Pcreate(H5P_FILE_ACCESS));
  HypH5Write(path, H5Pset_libver_bounds(*properties, H5F_LIBVER_LATEST, H5F_LIBVER_LATEST));
  HypH5Write(
    path, H5Pset_fclose_degree(*properties,
                               H5F_CLOSE_SEMI)); /* closing with something left open is an error */
  if (size > 1) HypH5Write(path, H5Pset_fapl_mpio(*properties, comm, MPI_INFO_NULL));
  PetscFunctionReturn(0);
}

/* A new file `name`, called `path` in messages; collective on comm */
PetscErrorCode HypH5Create(const char path[], const char name[], MPI_Comm comm, HypH5File *file)
{
  hid_t access;

  PetscFunctionBeginUser;
  HypH5Start();
  file->path = path;
  PetscCall(AccessProperties(path, comm, &access));
  HypH5Write(path, file->id = H5Fcreate(name, H5F_ACC_TRUNC, H5P_DEFAULT, access));
  HypH5Write(path, H5Pclose(access));
  PetscFunctionReturn(0);
}

/* flags: H5F_ACC_RDONLY or H5F_ACC_RDWR; collective on comm */
PetscErrorCode HypH5Open(const char path[], const char name[], unsigned flags, MPI_Comm comm,
                         HypH5File *file)
{
  hid_t access;

  PetscFunctionBeginUser;
  HypH5Start();
  file->path = path;
  PetscCall(AccessProperties(path, comm, &access));
  HypH5(flags == H5F_ACC_RDONLY ? PETSC_ERR_FILE_OPEN : PETSC_ERR_FILE_WRITE, path,
        file->id = H5Fopen(name, flags, access));
  HypH5Write(path, H5Pclose(access));
  PetscFunctionReturn(0);
}

PetscErrorCode HypH5Close(HypH5File *file)
{
  PetscFunctionBeginUser;
  HypH5Write(file->path, H5Fclose(file->id));
  file->id = -1;
  PetscFunctionReturn(0);
}

/* Makes room for an attribute; object "." is the file itself */
static PetscErrorCode RemoveAttribute(HypH5File *file, const char object[], const char name[])
{
  const htri_t there = H5Aexists_by_name(file->id, object, name, H5P_DEFAULT);

  PetscFunctionBeginUser;
  HypH5Write(file->path, there);
  if (there) HypH5Write(file->path, H5Adelete_by_name(file->id, object, name, H5P_DEFAULT));
  PetscFunctionReturn(0);
}

static PetscErrorCode WriteAttribute(HypH5File *file, const char object[], const char name[],
                                     hid_t type, hid_t space, const void *value)
{
  hid_t attribute;

  PetscFunctionBeginUser;
  PetscCall(RemoveAttribute(file, object, name));
  HypH5Write(file->path, attribute = H5Acreate_by_name(file->id, object, name, type, space,
                                                       H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
  HypH5Write(file->path, H5Awrite(attribute, type, value));
  HypH5Write(file->path, H5Aclose(attribute));
  HypH5Write(file->path, H5Sclose(space));
  PetscFunctionReturn(0);
}

/* Strings of variable length: those of fixed length reach Python's readers as bytes */
PetscErrorCode HypH5StringType(const char path[], hid_t *type)
{
  PetscFunctionBeginUser;
  HypH5Write(path, *type = H5Tcopy(H5T_C_S1));
  HypH5Write(path, H5Tset_size(*type, H5T_VARIABLE));
  HypH5Write(path, H5Tset_cset(*type, H5T_CSET_UTF8));
  PetscFunctionReturn(0);
}

PetscErrorCode HypH5AttributeText(HypH5File *file, const char object[], const char name[],
                                  const char text[])
{
  hid_t type, space;

  PetscFunctionBeginUser;
  PetscCall(HypH5StringType(file->path, &type));
  HypH5Write(file->path, space = H5Screate(H5S_SCALAR));
  PetscCall(WriteAttribute(file, object, name, type, space, &text));
  HypH5Write(file->path, H5Tclose(type));
  PetscFunctionReturn(0);
}

/* One number, or a list */
PetscErrorCode HypH5AttributeReals(HypH5File *file, const char object[], const char name[],
                                   PetscInt n, const PetscReal values[])
{
  const hsize_t size = (hsize_t)n;
  hid_t         space;

  PetscFunctionBeginUser;
  HypH5Write(file->path, space = n == 1 ? H5Screate(H5S_SCALAR) : H5Screate_simple(1, &size, NULL));
  PetscCall(WriteAttribute(file, object, name, H5T_NATIVE_DOUBLE, space, values));
  PetscFunctionReturn(0);
}

/*
  Opens an attribute that must hold `n` values of a class of types; -1 where there is none.
  A file may come from anywhere:
  reading more values than there is room for would write past the end
*/
static PetscErrorCode OpenAttribute(HypH5File *file, const char object[], const char name[],
                                    PetscBool text, hssize_t n, hid_t *attribute)
{
  hid_t    space, type;
  hssize_t found;
  H5T_class_t class;
  const htri_t there = H5Aexists_by_name(file->id, object, name, H5P_DEFAULT);

  PetscFunctionBeginUser;
  *attribute = -1;
  HypH5Read(file->path, there);
  if (!there) PetscFunctionReturn(0);
  HypH5Read(file->path,
            *attribute = H5Aopen_by_name(file->id, object, name, H5P_DEFAULT, H5P_DEFAULT));
  HypH5Read(file->path, space = H5Aget_space(*attribute));
  HypH5Read(file->path, type = H5Aget_type(*attribute));
  found = H5Sget_simple_extent_npoints(space);
  class = H5Tget_class(type);
  HypH5Read(file->path, H5Tclose(type));
  HypH5Read(file->path, H5Sclose(space));
  PetscCheck(found == n, PETSC_COMM_SELF, PETSC_ERR_FILE_UNEXPECTED,
             "%s: %s holds %lld values, %lld expected", file->path, name, (long long)found,
             (long long)n);
  PetscCheck(text ? class == H5T_STRING : class == H5T_FLOAT || class == H5T_INTEGER,
             PETSC_COMM_SELF, PETSC_ERR_FILE_UNEXPECTED, "%s: %s is no %s", file->path, name,
             text ? "text" : "number");
  PetscFunctionReturn(0);
}

/* Reads a text attribute, cut to size - 1 bytes; "" where there is none */
PetscErrorCode HypH5ReadText(HypH5File *file, const char object[], const char name[], char text[],
                             size_t size)
{
  char *value = NULL;
  hid_t attribute, type;

  PetscFunctionBeginUser;
  text[0] = 0;
  PetscCall(OpenAttribute(file, object, name, PETSC_TRUE, 1, &attribute));
  if (attribute < 0) PetscFunctionReturn(0);
  PetscCall(HypH5StringType(file->path, &type));
  HypH5Read(file->path, H5Aread(attribute, type, &value));
  if (value) PetscCall(PetscStrncpy(text, value, size));
  HypH5Read(file->path, H5free_memory(value));
  HypH5Read(file->path, H5Aclose(attribute));
  HypH5Read(file->path, H5Tclose(type));
  PetscFunctionReturn(0);
}

/* Reads n numbers; NaN where there are none */
PetscErrorCode HypH5ReadReals(HypH5File *file, const char object[], const char name[], PetscInt n,
                              PetscReal values[])
{
  hid_t attribute;

  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < n; i++) values[i] = NAN;
  PetscCall(OpenAttribute(file, object, name, PETSC_FALSE, (hssize_t)n, &attribute));
  if (attribute < 0) PetscFunctionReturn(0);
  HypH5Read(file->path, H5Aread(attribute, H5T_NATIVE_DOUBLE, values));
  HypH5Read(file->path, H5Aclose(attribute));
  PetscFunctionReturn(0);
}

/* Reads a single number; NaN where there is none */
PetscErrorCode HypH5ReadReal(HypH5File *file, const char object[], const char name[],
                             PetscReal *value)
{
  PetscFunctionBeginUser;
  PetscCall(HypH5ReadReals(file, object, name, 1, value));
  PetscFunctionReturn(0);
}

/* Are the numbers of a dataset in this file, and in pieces that fit into memory? */
static const char *Suspicious(hid_t properties, hid_t type, hssize_t points)
{
  enum { PIECE = 1 << 26 };
  const H5D_layout_t layout = H5Pget_layout(properties);
  hsize_t            chunk[H5S_MAX_RANK], bytes = H5Tget_size(type);

  if (H5Tget_class(type) != H5T_FLOAT && H5Tget_class(type) != H5T_INTEGER)
    return "does not hold numbers";
  if (layout == H5D_VIRTUAL || H5Pget_external_count(properties) != 0)
    return "keeps its values in another file; results of hypoco are whole";
  if (layout != H5D_CHUNKED) return NULL;
  for (int k = H5Pget_chunk(properties, H5S_MAX_RANK, chunk); k > 0; k--) {
    if (chunk[k - 1] > PIECE) return "is stored in pieces larger than memory should hold";
    bytes *= chunk[k - 1];
    if (bytes > PetscMax((hsize_t)PIECE, 8 * (hsize_t)points))
      return "is stored in pieces larger than memory should hold";
  }
  return NULL;
}

/*
  HypH5OpenDataset - Opens a dataset of numbers in a file that may come from anywhere

  Collective if the file is open on several processes

  Input Parameters:
+ file - the file
- name - the dataset, a hard link in the root group

  Output Parameter:
. dataset - to be closed with H5Dclose()

  Note:
  Links to other places, values in other files, other types and pieces of any size are refused.
*/
PetscErrorCode HypH5OpenDataset(HypH5File *file, const char name[], hid_t *dataset)
{
  H5L_info_t  link;
  hid_t       space, type, properties;
  const char *problem;

  PetscFunctionBeginUser;
  HypH5Read(file->path, H5Lget_info(file->id, name, &link, H5P_DEFAULT));
  PetscCheck(link.type == H5L_TYPE_HARD, PETSC_COMM_SELF, PETSC_ERR_FILE_UNEXPECTED,
             "%s: %s is a link to something else; results of hypoco hold no links", file->path,
             name);
  HypH5Read(file->path, *dataset = H5Dopen2(file->id, name, H5P_DEFAULT));
  HypH5Read(file->path, space = H5Dget_space(*dataset));
  HypH5Read(file->path, type = H5Dget_type(*dataset));
  HypH5Read(file->path, properties = H5Dget_create_plist(*dataset));
  problem = Suspicious(properties, type, H5Sget_simple_extent_npoints(space));
  HypH5Read(file->path, H5Pclose(properties));
  HypH5Read(file->path, H5Tclose(type));
  HypH5Read(file->path, H5Sclose(space));
  PetscCheck(!problem, PETSC_COMM_SELF, PETSC_ERR_FILE_UNEXPECTED, "%s: %s %s", file->path, name,
             problem);
  PetscFunctionReturn(0);
}

/* Chunks of at most CHUNK_BYTES: the slowest dimensions are cut first;
   a growing dimension takes as many records as fit */
enum { CHUNK_BYTES = 1 << 20, CHUNK_BYTES_GROWING = 1 << 12 };

static void ChooseChunk(size_t element, int rank, const hsize_t size[], const hsize_t maximum[],
                        hsize_t chunk[])
{
  hsize_t left = CHUNK_BYTES / element;

  for (int i = rank - 1; i >= 0; i--) {
    const hsize_t wanted = maximum[i] == H5S_UNLIMITED
                             ? PetscMax(1, CHUNK_BYTES_GROWING * left / CHUNK_BYTES)
                             : PetscMax(1, size[i]);

    chunk[i] = PetscMin(wanted, PetscMax(1, left));
    left /= chunk[i];
  }
}

/*
  HypH5CreateDataset - A chunked dataset, with checksums (Fletcher32) unless it is of texts

  Collective if the file is open on several processes

  Input Parameters:
+ file    - the file
. name    - its name
. type    - element type
. rank    - number of dimensions;
  0 for a single value, which is stored without chunks and covered by the file's digest only
. size    - sizes now
- maximum - sizes at most, H5S_UNLIMITED for a dimension that grows
*/
PetscErrorCode HypH5CreateDataset(HypH5File *file, const char name[], hid_t type, int rank,
                                  const hsize_t size[], const hsize_t maximum[])
{
  hid_t   space, properties, dataset;
  hsize_t chunk[H5S_MAX_RANK];

  PetscFunctionBeginUser;
  HypH5Write(file->path, properties = H5Pcreate(H5P_DATASET_CREATE));
  HypH5Write(file->path,
             H5Pset_attr_creation_order(properties, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED));
  if (rank) {
    ChooseChunk(H5Tget_size(type), rank, size, maximum, chunk);
    HypH5Write(file->path, H5Pset_chunk(properties, rank, chunk));
    if (H5Tis_variable_str(type) <= 0) HypH5Write(file->path, H5Pset_fletcher32(properties));
  }
  HypH5Write(file->path,
             space = rank ? H5Screate_simple(rank, size, maximum) : H5Screate(H5S_SCALAR));
  HypH5Write(file->path, dataset = H5Dcreate2(file->id, name, type, space, H5P_DEFAULT, properties,
                                              H5P_DEFAULT));
  HypH5Write(file->path, H5Dclose(dataset));
  HypH5Write(file->path, H5Sclose(space));
  HypH5Write(file->path, H5Pclose(properties));
  PetscFunctionReturn(0);
}

/* A dimension without coordinates, in the manner of netCDF-4:
   a dataset that never gets space on the disk */
PetscErrorCode HypH5CreateEmptyScale(HypH5File *file, const char name[], hsize_t size)
{
  hid_t space, dataset;
  char  label[80];

  PetscFunctionBeginUser;
  HypH5Write(file->path, space = H5Screate_simple(1, &size, NULL));
  HypH5Write(file->path, dataset = H5Dcreate2(file->id, name, H5T_IEEE_F32BE, space, H5P_DEFAULT,
                                              H5P_DEFAULT, H5P_DEFAULT));
  PetscCall(PetscSNPrintf(label, sizeof(label),
                          "This is a netCDF dimension but not a netCDF variable.%10lld",
                          (long long)size));
  HypH5Write(file->path, H5DSset_scale(dataset, label));
  HypH5Write(file->path, H5Dclose(dataset));
  HypH5Write(file->path, H5Sclose(space));
  PetscFunctionReturn(0);
}

PetscErrorCode HypH5MakeScale(HypH5File *file, const char name[])
{
  hid_t dataset;

  PetscFunctionBeginUser;
  HypH5Write(file->path, dataset = H5Dopen2(file->id, name, H5P_DEFAULT));
  HypH5Write(file->path, H5DSset_scale(dataset, name));
  HypH5Write(file->path, H5Dclose(dataset));
  PetscFunctionReturn(0);
}

PetscErrorCode HypH5AttachScale(HypH5File *file, const char variable[], const char scale[],
                                int dimension)
{
  hid_t dataset, coordinates;

  PetscFunctionBeginUser;
  HypH5Write(file->path, dataset = H5Dopen2(file->id, variable, H5P_DEFAULT));
  HypH5Write(file->path, coordinates = H5Dopen2(file->id, scale, H5P_DEFAULT));
  HypH5Write(file->path, H5DSattach_scale(dataset, coordinates, (unsigned)dimension));
  HypH5Write(file->path, H5Dclose(coordinates));
  HypH5Write(file->path, H5Dclose(dataset));
  PetscFunctionReturn(0);
}
