/*
   An XDMF file beside a result file, for ParaView and VisIt:
   one rectilinear grid per pair (x_i, v_i) and snapshot, whose values are slices of the arrays
   in the HDF5 file.

   The grids are flat grids in three dimensions, because of a 2DRectMesh ParaView draws a line:
   its reader announces the extents of one in another order than it delivers them.
   Pairs lie above each other, as far apart as they are wide: in one plane the last would hide the
   others.

   Beside a file of sampled paths: a grid per chosen coordinate and snapshot, whose cells are bins.
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
  PetscReal   width;   /* of the grid, in x */
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
      "NumberType=\"Float\" Precision=\"8\" Format=\"XML\">%.17g</DataItem>\n     </Geometry>\n",
      (int)g->nv, g->name, (double)(pair * g->width));
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

/* How the HDF5 file is named in the XDMF file: without its folder, so that both can be moved */
static char *Reference(const char path[])
{
  const char *const slash = strrchr(path, '/');
  Text              name  = {0};

  /* a reader takes what stands before a colon for the kind of storage, unless that is said */
  if (strchr(slash ? slash + 1 : path, ':')) Add(&name, "FILE:");
  Escape(slash ? slash + 1 : path, &name);
  return name.text;
}

static void Begin(Text *t)
{
  Add(t, "<?xml version=\"1.0\"?>\n<!DOCTYPE Xdmf SYSTEM \"Xdmf.dtd\">\n"
         "<Xdmf Version=\"2.0\">\n <Domain>\n");
}

/* Writes the text beside the result file, which matters more */
static PetscErrorCode End(Text *t, const char path[])
{
  char xdmf[PETSC_MAX_PATH_LEN];

  PetscFunctionBeginUser;
  Add(t, " </Domain>\n</Xdmf>\n");
  XdmfPath(path, xdmf);
  PetscCall(HypWriteTextFile(xdmf, t->text, t->length, PETSC_FALSE));
  free(t->text);
  PetscFunctionReturn(0);
}

static PetscErrorCode WriteOnFirst(const char path[], HypSpace space, PetscBool steady,
                                   PetscInt snapshots, const PetscReal times[])
{
  const HypGrid *const grid = HypSpaceGetGrid(space);
  char *const          name = Reference(path);
  Text                 t    = {0};
  const Grid           g    = {.name    = name,
                               .nx      = grid->nX,
                               .nv      = grid->nV,
                               .pairs   = HypModelDimension(HypSpaceGetModel(space)),
                               .steady  = steady,
                               .width   = grid->X[grid->nX - 1] - grid->X[0],
                               .weights = HypModelPotentialsDiffer(HypSpaceGetModel(space))};

  PetscFunctionBeginUser;
  Begin(&t);
  for (PetscInt pair = 0; pair < g.pairs; pair++) {
    Add(&t, "  <Grid Name=\"pair%d\" GridType=\"Collection\" CollectionType=\"Temporal\">\n",
        (int)pair + 1);
    for (PetscInt k = 0; k < snapshots; k++) AddGrid(&t, &g, pair, k, snapshots, times[k]);
    if (!snapshots) AddGrid(&t, &g, pair, -1, 0, 0);
    Add(&t, "  </Grid>\n");
  }
  free(name);
  PetscCall(End(&t, path));
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

/* The slice [snapshot][coordinate] of an array, `rows` by `columns` numbers, 1 row for a line */
static void AddBins(Text *t, const HypXdmfBins *bins, const char *name, const char *variable,
                    PetscInt snapshot, PetscInt coordinate, PetscInt rows, PetscInt columns)
{
  const PetscInt counts[] = {1, 1, rows, columns}, starts[] = {snapshot, coordinate, 0, 0};
  const PetscInt sizes[] = {bins->snapshots, bins->coordinates, rows, columns};
  const int      skipped = rows > 1 ? -1 : 2; /* a line has no index for rows */

  Add(t,
      "     <DataItem ItemType=\"HyperSlab\" Dimensions=\"1 %d %d\">\n      <DataItem "
      "Dimensions=\"3 %d\" Format=\"XML\">",
      (int)rows, (int)columns, rows > 1 ? 4 : 3);
  for (int i = 0; i < 4; i++)
    if (i != skipped) Add(t, "%d ", (int)starts[i]);
  for (int i = 0; i < 4; i++)
    if (i != skipped) Add(t, "1 ");
  for (int i = 0; i < 4; i++)
    if (i != skipped) Add(t, "%d ", (int)counts[i]);
  Add(t, "</DataItem>\n      <DataItem Dimensions=\"");
  for (int i = 0; i < 4; i++)
    if (i != skipped) Add(t, "%d ", (int)sizes[i]);
  Add(t,
      "\" NumberType=\"Float\" Precision=\"8\" Format=\"HDF\">%s:/%s</DataItem>\n     "
      "</DataItem>\n",
      name, variable);
}

/* Two ends of a direction in which the grid is one cell thick */
static void AddEnds(Text *t, const char *ends)
{
  Add(t,
      "     <DataItem Dimensions=\"2\" NumberType=\"Float\" Precision=\"8\" "
      "Format=\"XML\">%s</DataItem>\n",
      ends);
}

/* One coordinate at one snapshot: density in the cells between the edges.
   The grid is a thin slab, because VTK's reader finds no cells in a flat one */
static void AddBinGrid(Text *t, const HypXdmfBins *bins, const char *name, PetscInt coordinate,
                       PetscInt snapshot)
{
  const PetscInt n = bins->bins;

  Add(t,
      "   <Grid Name=\"coordinate%d\" GridType=\"Uniform\">\n    <Time Value=\"%d\"/>\n    "
      "<Topology TopologyType=\"3DRectMesh\" Dimensions=\"2 %d %d\"/>\n    <Geometry "
      "GeometryType=\"VXVYVZ\">\n",
      (int)coordinate + 1, (int)bins->steps[snapshot], bins->up ? (int)n + 1 : 2, (int)n + 1);
  AddBins(t, bins, name, bins->across, snapshot, coordinate, 1, n + 1);
  if (bins->up)
    AddBins(t, bins, name, bins->up, snapshot, coordinate, 1, n + 1);
  else
    AddEnds(t, "0 0.1");
  AddEnds(t, "0 0.001");
  Add(t, "    </Geometry>\n    <Attribute Name=\"%s\" AttributeType=\"Scalar\" Center=\"Cell\">\n",
      bins->density);
  AddBins(t, bins, name, bins->density, snapshot, coordinate, bins->up ? n : 1, n);
  Add(t, "    </Attribute>\n   </Grid>\n");
}

static PetscErrorCode WriteBinsOnFirst(const char path[], const HypXdmfBins *bins)
{
  char *const name = Reference(path);
  Text        t    = {0};

  PetscFunctionBeginUser;
  Begin(&t);
  for (PetscInt c = 0; c < bins->coordinates; c++) {
    Add(&t, "  <Grid Name=\"coordinate%d\" GridType=\"Collection\" CollectionType=\"Temporal\">\n",
        (int)c + 1);
    for (PetscInt k = 0; k < bins->snapshots; k++) AddBinGrid(&t, bins, name, c, k);
    Add(&t, "  </Grid>\n");
  }
  free(name);
  PetscCall(End(&t, path));
  PetscFunctionReturn(0);
}

/*
  HypXdmfWriteBins - Writes the XDMF file beside a file of sampled paths

  Collective

  Input Parameters:
+ comm - the ranks; the first one writes
. path - the HDF5 file
- bins - names and sizes of the histograms in it
*/
PetscErrorCode HypXdmfWriteBins(MPI_Comm comm, const char path[], const HypXdmfBins *bins)
{
  PetscMPIInt rank;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  PetscCall(HypAgreeOnFile(comm, path, rank ? 0 : WriteBinsOnFirst(path, bins)));
  PetscFunctionReturn(0);
}
