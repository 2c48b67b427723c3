/*
   An XDMF file beside a result file, for ParaView and VisIt:
   one rectilinear grid per pair (x_i, v_i) and snapshot, whose values are slices of the arrays
   in the HDF5 file.

   The grids are flat grids in three dimensions, because of a 2DRectMesh ParaView draws a line:
   its reader announces the extents of one in another order than it delivers them.
*/
#include "file/ioimpl.h"
#include "base/base.h"
#include "result/xdmf.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  char  *text;
  size_t length, room;
} Text;

static void Add(Text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void Add(Text *t, const char *format, ...)
{
  va_list arguments;
  int     needed;

  va_start(arguments, format);
  needed = vsnprintf(NULL, 0, format, arguments);
  va_end(arguments);
  if (t->length + (size_t)needed + 1 > t->room) {
    t->room = 2 * (t->room + (size_t)needed + 1);
    t->text = realloc(t->text, t->room);
    if (!t->text) HypOutOfMemory();
  }
  va_start(arguments, format);
  t->length += (size_t)vsnprintf(t->text + t->length, t->room - t->length, format, arguments);
  va_end(arguments);
}

typedef struct {
  const char *name; /* of the HDF5 file, without its folder, escaped */
  PetscInt    nx, nv, pairs;
  PetscBool   weights; /* every pair has an M of its own */
  PetscBool   steady;  /* is F there? */
} Grid;

/* A [v][x] slice of an array whose leading indices are given by `start` */
static void AddSlice(Text *t, const Grid *g, const char *variable, int leading,
                     const PetscInt start[], const PetscInt size[])
{
  Add(t, "     <Attribute Name=\"%s\" AttributeType=\"Scalar\" Center=\"Node\">\n", variable);
  Add(t,
      "      <DataItem ItemType=\"HyperSlab\" Dimensions=\"1 %d %d\">\n       <DataItem "
      "Dimensions=\"3 %d\" Format=\"XML\">",
      (int)g->nv, (int)g->nx, leading + 2);
  for (int i = 0; i < leading; i++) Add(t, "%d ", (int)start[i]);
  Add(t, "0 0 ");
  for (int i = 0; i < leading + 2; i++) Add(t, " 1");
  Add(t, " ");
  for (int i = 0; i < leading; i++) Add(t, " 1");
  Add(t, " %d %d</DataItem>\n       <DataItem Dimensions=\"", (int)g->nv, (int)g->nx);
  for (int i = 0; i < leading; i++) Add(t, "%d ", (int)size[i]);
  Add(t,
      "%d %d\" NumberType=\"Float\" Precision=\"8\" Format=\"HDF\">%s:/%s</DataItem>\n      "
      "</DataItem>\n     </Attribute>\n",
      (int)g->nv, (int)g->nx, g->name, variable);
}

/* One pair at one time; snapshot < 0: only what does not move */
static void AddGrid(Text *t, const Grid *g, PetscInt pair, PetscInt snapshot, PetscInt snapshots,
                    PetscReal time)
{
  Add(t, "    <Grid Name=\"pair%d\" GridType=\"Uniform\">\n", (int)pair + 1);
  if (snapshot >= 0) Add(t, "     <Time Value=\"%.17g\"/>\n", (double)time);
  Add(t,
      "     <Topology TopologyType=\"3DRectMesh\" Dimensions=\"1 %d %d\"/>\n     <Geometry "
      "GeometryType=\"VXVYVZ\">\n",
      (int)g->nv, (int)g->nx);
  Add(t,
      "      <DataItem Dimensions=\"%d\" NumberType=\"Float\" Precision=\"8\" "
      "Format=\"HDF\">%s:/x</DataItem>\n",
      (int)g->nx, g->name);
  Add(t,
      "      <DataItem Dimensions=\"%d\" NumberType=\"Float\" Precision=\"8\" "
      "Format=\"HDF\">%s:/v</DataItem>\n      <DataItem Dimensions=\"1\" "
      "NumberType=\"Float\" Precision=\"8\" Format=\"XML\">0</DataItem>\n     </Geometry>\n",
      (int)g->nv, g->name);
  if (snapshot >= 0) {
    AddSlice(t, g, "g", 2, (const PetscInt[]){snapshot, pair},
             (const PetscInt[]){snapshots, g->pairs});
    AddSlice(t, g, "h", 2, (const PetscInt[]){snapshot, pair},
             (const PetscInt[]){snapshots, g->pairs});
  }
  if (g->steady) AddSlice(t, g, "F", 1, &pair, &g->pairs);
  AddSlice(t, g, "M", g->weights ? 1 : 0, &pair, &g->pairs);
  Add(t, "    </Grid>\n");
}

/* & < > " in a file name */
static void Escape(const char *name, Text *t)
{
  static const char *const entities[] = {"&amp;", "&lt;", "&gt;", "&quot;"};

  for (; *name; name++) {
    const char *const special = strchr("&<>\"", *name);

    if (special)
      Add(t, "%s", entities[special - "&<>\""]);
    else
      Add(t, "%c", *name);
  }
}

/* "runs/a.h5" -> "runs/a.xdmf" */
static void XdmfPath(const char path[], char xdmf[PETSC_MAX_PATH_LEN])
{
  const int stem = (int)HypStemLength(path);

  snprintf(xdmf, PETSC_MAX_PATH_LEN, "%.*s.xdmf", PetscMin(stem, PETSC_MAX_PATH_LEN - 6), path);
}

static PetscErrorCode WriteOnFirst(const char path[], HypSpace space, PetscBool steady,
                                   PetscInt snapshots, const PetscReal times[])
{
  const char *const slash = strrchr(path, '/');
  Text              t = {0}, name = {0};
  char              xdmf[PETSC_MAX_PATH_LEN];
  Grid              g = {.nx      = HypSpaceGetGrid(space)->nX,
                         .nv      = HypSpaceGetGrid(space)->nV,
                         .pairs   = HypModelDimension(HypSpaceGetModel(space)),
                         .steady  = steady,
                         .weights = HypModelPotentialsDiffer(HypSpaceGetModel(space))};

  PetscFunctionBeginUser;
  /* a reader takes what stands before a colon for the kind of storage, unless that is said */
  if (strchr(slash ? slash + 1 : path, ':')) Add(&name, "FILE:");
  Escape(slash ? slash + 1 : path, &name);
  g.name = name.text;
  Add(&t, "<?xml version=\"1.0\"?>\n<!DOCTYPE Xdmf SYSTEM \"Xdmf.dtd\">\n<Xdmf Version=\"2.0\">\n "
          "<Domain>\n");
  for (PetscInt pair = 0; pair < g.pairs; pair++) {
    Add(&t, "  <Grid Name=\"pair%d\" GridType=\"Collection\" CollectionType=\"Temporal\">\n",
        (int)pair + 1);
    for (PetscInt k = 0; k < snapshots; k++) AddGrid(&t, &g, pair, k, snapshots, times[k]);
    if (!snapshots) AddGrid(&t, &g, pair, -1, 0, 0);
    Add(&t, "  </Grid>\n");
  }
  Add(&t, " </Domain>\n</Xdmf>\n");
  XdmfPath(path, xdmf);
  PetscCall(
    HypWriteTextFile(xdmf, t.text, t.length, PETSC_FALSE)); /* the result file matters more */
  free(t.text);
  free(name.text);
  PetscFunctionReturn(0);
}

/*
  HypXdmfWrite - Writes the XDMF file belonging to a result file

  Collective

  Input Parameters:
+ comm      - the ranks; the first one writes
. path      - the HDF5 file; its ending is replaced by .xdmf,
  and it is referred to without its folder, so that both can move
. space     - grid and number of pairs
. steady    - is F in the HDF5 file?
. snapshots - how many are in the HDF5 file
- times     - their times
*/
PetscErrorCode HypXdmfWrite(MPI_Comm comm, const char path[], HypSpace space, PetscBool steady,
                            PetscInt snapshots, const PetscReal times[])
{
  PetscMPIInt rank;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  PetscCall(
    HypAgreeOnFile(comm, path, rank ? 0 : WriteOnFirst(path, space, steady, snapshots, times)));
  PetscFunctionReturn(0);
}
