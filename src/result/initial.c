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

/* A list of numbers to rounding: width and faces of an axis are compared through its nodes */
static PetscErrorCode SameReals(HypH5File *h5, const char name[], PetscInt n,
                                const PetscReal ours[])
{
  PetscReal *theirs;
  PetscInt   k = 0;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(n, &theirs));
  PetscCall(HypH5ReadReals(h5, ".", name, n, theirs));
  while (k < n && PetscAbsReal(theirs[k] - ours[k]) <= 1e-12 * (1 + PetscAbsReal(ours[k]))) k++;
  PetscCheck(
    k == n, PETSC_COMM_SELF, PETSC_ERR_ARG_INCOMP,
    "initial_file: %s has %s[%d] = %.17g, this run has %.17g; start from a file of the same "
    "model and space",
    h5->path, name, (int)k, (double)theirs[k], (double)ours[k]);
  PetscCall(PetscFree(theirs));
  PetscFunctionReturn(0);
}

/* One number where all coordinates are alike, else d of them */
static PetscErrorCode SameEach(HypH5File *h5, const char name[], HypModel model,
                               const PetscReal ours[])
{
  PetscBool alike = PETSC_TRUE;

  PetscFunctionBeginUser;
  for (PetscInt i = 1; i < HypModelDimension(model); i++)
    alike = (PetscBool)(alike && ours[i] == ours[0]);
  if (alike)
    PetscCall(SameReal(h5, name, ours[0]));
  else
    PetscCall(SameReals(h5, name, HypModelDimension(model), ours));
  PetscFunctionReturn(0);
}

static PetscErrorCode SameSpace(HypH5File *h5, HypSpace space)
{
  const HypProperty *list;
  PetscInt           n;

  PetscFunctionBeginUser;
  PetscCall(SameText(h5, "space_type", HypSpaceGetType(space)));
  PetscCall(HypSpaceGetProperties(space, &n, &list));
  for (PetscInt k = 0; k < n; k++) {
    char key[64];

    if (!list[k].defines) continue;
    PetscCall(PetscSNPrintf(key, sizeof(key), "%s_%s", list[k].group, list[k].name));
    if (list[k].kind == HYP_PROPERTY_TEXT)
      PetscCall(SameText(h5, key, list[k].text));
    else if (list[k].kind == HYP_PROPERTY_REALS)
      PetscCall(SameReals(h5, key, list[k].n, list[k].values));
    else
      PetscCall(SameReal(h5, key, *list[k].values));
  }
  PetscFunctionReturn(0);
}

/* One process compares what the coefficients mean there and here */
static PetscErrorCode SameMeaning(HypSpace space, const char path[])
{
  const HypModel model = HypSpaceGetModel(space);
  HypH5File      h5;

  PetscFunctionBeginUser;
  PetscCall(HypH5Open(path, path, H5F_ACC_RDONLY, PETSC_COMM_SELF, &h5));
  PetscCall(SameReal(&h5, "dimension", (PetscReal)HypModelDimension(model)));
  PetscCall(SameEach(&h5, "omega0", model, HypModelOmegas(model)));
  PetscCall(SameReal(&h5, "gamma", HypModelGamma(model)));
  PetscCall(SameEach(&h5, "beta", model, HypModelBetas(model)));
  PetscCall(SameSpace(&h5, space));
  PetscCheck(HypModelHasReference(model) || (H5Aexists(h5.id, "space_reference") <= 0 &&
                                             H5Lexists(h5.id, "space_reference", H5P_DEFAULT) <= 0),
             PETSC_COMM_SELF, PETSC_ERR_ARG_INCOMP,
             "initial_file: %s was computed with a space_reference, this run has none; give the "
             "same one",
             path);
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
- path  - result file of `hypoco solve` with the same model parameters, space and axes;
  another eps is allowed

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
  PetscReal   norm;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(HypSpaceGetComm(space), &rank));
  PetscCall(HypFileCheck(HypSpaceGetComm(space), path));
  PetscCall(HypAgreeOnFile(HypSpaceGetComm(space), path, rank ? 0 : SameMeaning(space, path)));
  PetscCall(HypFileReadVec(HypSpaceGetComm(space), path, "coefficients", u));
  PetscCall(VecNorm(u, NORM_2, &norm));
  PetscCheck(!PetscIsInfOrNanReal(norm), HypSpaceGetComm(space), PETSC_ERR_FILE_UNEXPECTED,
             "initial_file: %s holds coefficients that are not finite", path);
  PetscFunctionReturn(0);
}
