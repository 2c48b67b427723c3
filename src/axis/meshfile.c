/*
   Graded meshes: one face position per line in standard deviations, increasing;
   the file is read as every table of numbers is.
*/
#include "base/base.h"
#include <hypoco/axisimpl.h>
#include <hypoco/table.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/*@
  HypAxisSetFaces - Gives an fv axis its cell faces

  Logically collective

  Input Parameters:
+ axis   - the axis, not yet set up
. nfaces - at least 3
- faces  - increasing, in standard deviations

  Level: intermediate
@*/
PetscErrorCode HypAxisSetFaces(HypAxis axis, PetscInt nfaces, const PetscReal faces[])
{
  const PetscReal narrowest =
    /* below, the mass of a cell, a difference of two values of erfc, is mostly rounding error */
    1e-8;

  PetscFunctionBeginUser;
  PetscCheck(nfaces >= 3, axis->comm, PETSC_ERR_ARG_OUTOFRANGE,
             "axis_%s_mesh: %" PetscInt_FMT " faces given, at least 3 needed", axis->name, nfaces);
  for (PetscInt k = 0; k < nfaces; k++) {
    PetscCheck(isfinite(faces[k]), axis->comm, PETSC_ERR_ARG_OUTOFRANGE,
               "axis_%s_mesh: face %" PetscInt_FMT " is not a finite number", axis->name, k + 1);
    PetscCheck(k == 0 || faces[k] > faces[k - 1], axis->comm, PETSC_ERR_ARG_OUTOFRANGE,
               "axis_%s_mesh: face %" PetscInt_FMT
               " (%g) does not lie above the one before (%g); faces must increase",
               axis->name, k + 1, (double)faces[k], (double)faces[k - 1]);
    PetscCheck(
      k == 0 || faces[k] - faces[k - 1] >= narrowest, axis->comm, PETSC_ERR_ARG_OUTOFRANGE,
      "axis_%s_mesh: face %" PetscInt_FMT
      " (%.17g) lies %g above the one before; cells of at least %g standard deviations are allowed",
      axis->name, k + 1, (double)faces[k], (double)(faces[k] - faces[k - 1]), (double)narrowest);
  }
  PetscCheck(axis->n == PETSC_DETERMINE || axis->n == nfaces - 1, axis->comm, PETSC_ERR_ARG_INCOMP,
             "axis_%s_n: %" PetscInt_FMT " given but the mesh file has %" PetscInt_FMT
             " cells; leave axis_%s_n out",
             axis->name, axis->n, nfaces - 1, axis->name);
  PetscCheck(axis->width == PETSC_DETERMINE, axis->comm, PETSC_ERR_ARG_INCOMP,
             "axis_%s_width: given together with a mesh file, which already says where the box "
             "ends; leave one out",
             axis->name);
  PetscCall(PetscFree(axis->faces));
  PetscCall(PetscMalloc1(nfaces, &axis->faces));
  PetscCall(PetscArraycpy(axis->faces, faces, nfaces));
  axis->nfaces = nfaces;
  axis->n      = nfaces - 1;
  axis->width  = PetscMax(-faces[0], faces[nfaces - 1]);
  PetscFunctionReturn(0);
}

/*@
  HypAxisSetMeshFile - Reads the faces of an fv axis from a file

  Collective

  Input Parameters:
+ axis - the axis, not yet set up
- path - the file; looked for as given, then among the meshes that come with hypoco

  Level: intermediate

  Notes:
  Every rank reads the file: it is small, and a parallel file system serves equal reads
  from its cache.
@*/
PetscErrorCode HypAxisSetMeshFile(HypAxis axis, const char path[])
{
  char     inside[PETSC_MAX_PATH_LEN], key[32], *message, sentence[1024];
  FILE    *file = fopen(path, "r");
  HypTable table;

  PetscFunctionBeginUser;
  if (file)
    fclose(file);
  else if (!strchr(path, '/') &&
           HypInstalledFile("meshes", HYP_MESH_DIR, path, inside, sizeof(inside)))
    path = inside;
  else
    PetscCheck(strstr(path, ":/"), axis->comm, PETSC_ERR_FILE_OPEN,
               "axis_%s_mesh: cannot open '%s': %s", axis->name, path, strerror(errno));
  PetscCall(PetscSNPrintf(key, sizeof(key), "axis_%s_mesh", axis->name));
  if (HypTableReadColumns(key, path, 1, 0, "one face", &table, &message)) {
    PetscCall(PetscStrncpy(sentence, message, sizeof(sentence)));
    free(message);
    SETERRQ(axis->comm, PETSC_ERR_USER_INPUT, "%s", sentence);
  }
  PetscCall(HypAxisSetFaces(axis, (PetscInt)table.rows, table.values));
  HypTableDestroy(&table);
  PetscFunctionReturn(0);
}
