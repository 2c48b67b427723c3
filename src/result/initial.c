/* Starting from the end of another run: its coefficients, if they mean the same here. */
#include "file/fileimpl.h"
#include <hypoco/result.h>
#include <string.h>

/* A number in the file against ours */
static PetscErrorCode SameReal(HypH5File *h5, const char name[], PetscReal ours)
{
  PetscReal theirs;

  PetscFunctionBeginUser;
  PetscCall(HypH5ReadReal(h5, ".", name, &theirs));
  PetscCheck(theirs == theirs, PETSC_COMM_SELF, PETSC_ERR_FILE_UNEXPECTED,
             "%s: no %s in it; give a result file of hypoco solve", h5->path, name);
  PetscCheck(theirs == ours, PETSC_COMM_SELF, PETSC_ERR_ARG_INCOMP,
             "initial_file: %s was computed with %s = %.17g, this run has %.17g; start from a run "
             "of the same model and space",
             h5->path, name, (double)theirs, (double)ours);
  PetscFunctionReturn(0);
}

static PetscErrorCode SameText(HypH5File *h5, const char name[], const char ours[])
{
  char theirs[64];

  PetscFunctionBeginUser;
  PetscCall(HypH5ReadText(h5, ".", name, theirs, sizeof(theirs)));
  PetscCheck(!strcmp(theirs, ours), PETSC_COMM_SELF, PETSC_ERR_ARG_INCOMP,
             "initial_file: %s was computed with %s = %s, this run has %s; start from a run of the "
             "same model and space",
             h5->path, name, theirs[0] ? theirs : "(none)", ours);
  PetscFunctionReturn(0);
}

/* Width and faces of an axis are compared through its nodes */
static PetscErrorCode SameNodes(HypH5File *h5, const char name[], HypAxis axis)
{
  hid_t      attribute;
  PetscReal *theirs;
  PetscInt   k = 0;

  PetscFunctionBeginUser;
  HypH5Read(h5->path, attribute = H5Aopen(h5->id, name, H5P_DEFAULT));
  PetscCheck(H5Aget_storage_size(attribute) == sizeof(PetscReal) * (size_t)axis->nnodes,
             PETSC_COMM_SELF, PETSC_ERR_ARG_INCOMP, "initial_file: %s has %d %s, this run has %d",
             h5->path, (int)(H5Aget_storage_size(attribute) / sizeof(PetscReal)), name,
             (int)axis->nnodes);
  PetscCall(PetscMalloc1(axis->nnodes, &theirs));
  HypH5Read(h5->path, H5Aread(attribute, H5T_NATIVE_DOUBLE, theirs));
  HypH5Read(h5->path, H5Aclose(attribute));
  while (k < axis->nnodes &&
         PetscAbsReal(theirs[k] - axis->nodes[k]) <= 1e-12 * (1 + PetscAbsReal(axis->nodes[k])))
    k++;
  PetscCheck(k == axis->nnodes, PETSC_COMM_SELF, PETSC_ERR_ARG_INCOMP,
             "initial_file: %s has %s[%d] = %.17g, this run has %.17g: the axes have another width "
             "or other faces",
             h5->path, name, (int)k, (double)theirs[k], (double)axis->nodes[k]);
  PetscCall(PetscFree(theirs));
  PetscFunctionReturn(0);
}

static PetscErrorCode SameAxis(HypH5File *h5, const char name[], HypAxis axis)
{
  char key[32];

  PetscFunctionBeginUser;
  PetscCall(PetscSNPrintf(key, sizeof(key), "axis_%s_type", name));
  PetscCall(SameText(h5, key, axis->type));
  PetscCall(PetscSNPrintf(key, sizeof(key), "axis_%s_n", name));
  PetscCall(SameReal(h5, key, (PetscReal)axis->n));
  PetscCall(PetscSNPrintf(key, sizeof(key), "axis_%s_nodes", name));
  PetscCall(SameNodes(h5, key, axis));
  PetscFunctionReturn(0);
}

/* One process compares what the coefficients mean there and here */
static PetscErrorCode SameMeaning(HypSpace space, const char path[])
{
  const HypModel model = space->model;
  HypH5File      h5;

  PetscFunctionBeginUser;
  PetscCall(HypH5Open(path, path, H5F_ACC_RDONLY, PETSC_COMM_SELF, &h5));
  PetscCall(SameReal(&h5, "dimension", (PetscReal)model->d));
  PetscCall(SameReal(&h5, "omega0", model->omega0));
  PetscCall(SameReal(&h5, "gamma", model->gamma));
  PetscCall(SameReal(&h5, "beta", model->beta));
  PetscCall(SameText(&h5, "space_type", space->type));
  if (!space->x) PetscCall(SameReal(&h5, "space_degree", (PetscReal)space->degree));
  if (space->x) PetscCall(SameAxis(&h5, "x", space->x));
  if (space->v) PetscCall(SameAxis(&h5, "v", space->v));
  PetscCheck(
    H5Lexists(h5.id, "coefficients", H5P_DEFAULT) > 0, PETSC_COMM_SELF, PETSC_ERR_FILE_UNEXPECTED,
    "initial_file: %s holds no final state: the run that wrote it did not reach its end", path);
  PetscCall(HypH5Close(&h5));
  PetscFunctionReturn(0);
}

/*@C
  HypInitialFromFile - The end of another run as a start: coefficients of g/M

  Collective

  Input Parameters:
+ space - the space
- path  - result file of `hypoco solve` with the same model parameters, space and axes; another eps is allowed

  Output Parameter:
. u - coefficients of g/M

  Level: intermediate

  Note:
  The number of ranks may differ from that of the run that wrote the file.

.seealso: HypResultFileClose()
@*/
PetscErrorCode HypInitialFromFile(HypSpace space, const char path[], Vec u)
{
  PetscMPIInt rank;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(space->comm, &rank));
  PetscCall(HypFileCheck(space->comm, path));
  PetscCall(HypAgreeOnFile(space->comm, path, rank ? 0 : SameMeaning(space, path)));
  PetscCall(HypFileReadVec(space->comm, path, "coefficients", u));
  PetscFunctionReturn(0);
}
