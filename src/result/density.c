/* The densities of theta_i in the HDF5 file of a run: of F, of every snapshot, and their error. */
#include "result/resultimpl.h"

static const HypVariable Grid = {"theta_grid", "theta_grid", "1",
                                 "theta_i, where its density is given; for i > 1 the same in "
                                 "standard deviations of M",
                                 ""};

/* Along the axes of the model; and along the user's coordinates, where a Hessian turns them */
static const struct {
  HypVariable points, steady, moving, error;
} Kinds[2] = {
  {{"theta_at", "pair theta_grid", "1", "theta_i, where its density is given", ""},
   {"theta_density_steady", "pair theta_grid", "1", "density of theta_i by the steady state F", ""},
   {"theta_density", "snapshot pair theta_grid", "1", "density of theta_i by g",
    "(2.3) of Zhu and Ying"},
   {"theta_density_error", "snapshot pair", "1",
    "largest difference of a density from that on a coarser space", ""}},
  {{"theta_user_at", "pair theta_grid", "1",
    "theta_i in the user's coordinates, where its density is given", ""},
   {"theta_user_density_steady", "pair theta_grid", "1",
    "density of theta_i in the user's coordinates by the steady state F", ""},
   {"theta_user_density", "snapshot pair theta_grid", "1",
    "density of theta_i in the user's coordinates by g", "(2.3) of Zhu and Ying"},
   {"theta_user_density_error", "snapshot pair", "1",
    "largest difference of a density from that on a coarser space", ""}},
};

static int KindsOf(HypResultFile r)
{
  return !r->theta ? 0 : r->user ? 2 : 1;
}

/* Numbers in the densities of one kind at one time */
static size_t One(HypResultFile r)
{
  return (size_t)HypModelDimension(r->result->model) * HYP_THETA_POINTS;
}

/* Numbers in the densities of one snapshot */
size_t HypDensitySize(HypResultFile r)
{
  return (size_t)KindsOf(r) * One(r);
}

/* Of u = h or F/M, all kinds one after the other */
PetscErrorCode HypDensityCompute(HypThetaDensity own, HypThetaUser user, PetscInt d, Vec u,
                                 PetscReal density[])
{
  PetscFunctionBeginUser;
  if (own) PetscCall(HypThetaDensityCompute(own, u, density));
  if (own && user) PetscCall(HypThetaUserCompute(user, u, density + d * HYP_THETA_POINTS));
  PetscFunctionReturn(0);
}

/* Points, and the densities of F; nothing where F or such marginals are unknown */
PetscErrorCode HypDensityCreate(HypResultFile r)
{
  HypSpace   space = r->result->space;
  HypModel   model = r->result->model;
  PetscReal *theta;

  PetscFunctionBeginUser;
  if (!r->f) PetscFunctionReturn(0);
  PetscCall(PetscMalloc1(HYP_THETA_POINTS, &r->theta_grid));
  PetscCall(HypThetaDensityGrid(space, HYP_THETA_POINTS, r->theta_grid));
  PetscCall(HypThetaDensityCreate(space, HYP_THETA_POINTS, r->theta_grid, &r->theta));
  if (!r->theta) PetscFunctionReturn(0);
  PetscCall(HypThetaUserCreate(space, HYP_THETA_POINTS, r->theta_grid, &r->user));
  PetscCall(PetscMalloc1(HypDensitySize(r), &r->theta_F));
  PetscCall(HypDensityCompute(r->theta, r->user, HypModelDimension(model), r->f, r->theta_F));
  PetscCall(PetscMalloc1(One(r), &theta));
  for (int kind = 0; kind < KindsOf(r); kind++) {
    for (size_t k = 0; k < One(r); k++) {
      const PetscInt      i = (PetscInt)(k / HYP_THETA_POINTS);
      const HypCoordinate c = HypModelCoordinate(model, i);

      theta[k] = r->theta_grid[k % HYP_THETA_POINTS] *
                 (kind ? HypModelDeviation(model, i) : hypot(c.theta_X, c.theta_V));
    }
    if (!kind) PetscCall(HypFileDimension(r->file, HYP_THETA_POINTS, theta, &Grid));
    PetscCall(HypFileVariables(r->file, 1, &Kinds[kind].points));
    PetscCall(HypFileWrite(r->file, Kinds[kind].points.name, theta));
    PetscCall(HypFileVariables(r->file, 1, &Kinds[kind].steady));
    PetscCall(HypFileWrite(r->file, Kinds[kind].steady.name, r->theta_F + (size_t)kind * One(r)));
  }
  PetscCall(PetscFree(theta));
  PetscFunctionReturn(0);
}

PetscErrorCode HypDensityDeclare(HypResultFile r)
{
  PetscFunctionBeginUser;
  for (int kind = 0; kind < KindsOf(r); kind++)
    PetscCall(HypFileVariables(r->file, 1, &Kinds[kind].moving));
  PetscFunctionReturn(0);
}

/* One snapshot: h's part is given, F's is known; after the snapshot's time has been remembered */
PetscErrorCode HypDensityRecord(HypResultFile r, const PetscReal h[])
{
  const size_t size = HypDensitySize(r);
  PetscReal   *density;

  PetscFunctionBeginUser;
  if (!r->theta) PetscFunctionReturn(0);
  PetscCall(PetscRealloc(sizeof(*density) * size * (size_t)r->snapshots, &r->density));
  density = r->density + size * (size_t)(r->snapshots - 1);
  for (size_t k = 0; k < size; k++) density[k] = r->file->rank ? 0 : h[k] + r->theta_F[k];
  for (int kind = 0; kind < KindsOf(r); kind++)
    PetscCall(HypFileWrite(r->file, Kinds[kind].moving.name, density + (size_t)kind * One(r)));
  PetscFunctionReturn(0);
}

/*@
  HypResultFileCompare - The error of the densities of theta_i of the next snapshot

  Collective

  Input Parameters:
+ r      - the file; NULL: nothing happens
. coarse - a coarser space, the same one in every call; must outlive the file's error
. h      - the solution on it at the time of the first snapshot that has no error yet
- f      - F/M on it

  Level: intermediate

  Note:
  The error is the largest difference between the two densities over the grid.

.seealso: HypResultFileSnapshot()
@*/
PetscErrorCode HypResultFileCompare(HypResultFile r, HypSpace coarse, Vec h, Vec f)
{
  const PetscInt d = HypModelDimension(HypSpaceGetModel(coarse)), n = r ? d * KindsOf(r) : 0;
  PetscReal     *density, *error;
  Vec            u;

  PetscFunctionBeginUser;
  if (!r || !r->theta || r->compared == r->snapshots) PetscFunctionReturn(0);
  if (r->coarse_space != coarse) {
    PetscCall(HypThetaDensityCreate(coarse, HYP_THETA_POINTS, r->theta_grid, &r->coarse));
    if (r->user)
      PetscCall(HypThetaUserCreate(coarse, HYP_THETA_POINTS, r->theta_grid, &r->coarse_user));
  }
  r->coarse_space = coarse;
  if (!r->coarse) PetscFunctionReturn(0);
  PetscCall(PetscMalloc1(HypDensitySize(r), &density));
  PetscCall(VecDuplicate(h, &u));
  PetscCall(VecWAXPY(u, 1, h, f));
  PetscCall(HypDensityCompute(r->coarse, r->coarse_user, d, u, density));
  PetscCall(VecDestroy(&u));
  PetscCall(PetscRealloc(sizeof(*error) * (size_t)(n * (r->compared + 1)), &r->density_error));
  error = r->density_error + n * r->compared;
  for (PetscInt i = 0; i < n; i++) {
    const PetscReal *fine =
      r->density + HypDensitySize(r) * (size_t)r->compared + i * HYP_THETA_POINTS;

    error[i] = 0;
    for (PetscInt j = 0; j < HYP_THETA_POINTS; j++)
      error[i] = PetscMax(error[i], PetscAbsReal(fine[j] - density[i * HYP_THETA_POINTS + j]));
  }
  r->compared++;
  PetscCall(PetscFree(density));
  PetscFunctionReturn(0);
}

/* The errors, if there is one for each snapshot */
PetscErrorCode HypDensityErrors(HypResultFile r)
{
  const PetscInt d = HypModelDimension(r->result->model);

  PetscFunctionBeginUser;
  if (!r->compared || r->compared != r->snapshots) PetscFunctionReturn(0);
  for (int kind = 0; kind < KindsOf(r); kind++) {
    PetscCall(HypFileVariables(r->file, 1, &Kinds[kind].error));
    for (PetscInt k = 0; k < r->snapshots; k++)
      PetscCall(HypFileWrite(r->file, Kinds[kind].error.name,
                             r->density_error + d * (KindsOf(r) * k + kind)));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HypDensityDestroy(HypResultFile r)
{
  PetscFunctionBeginUser;
  PetscCall(HypThetaDensityDestroy(&r->theta));
  PetscCall(HypThetaDensityDestroy(&r->coarse));
  PetscCall(HypThetaUserDestroy(&r->user));
  PetscCall(HypThetaUserDestroy(&r->coarse_user));
  PetscCall(PetscFree(r->theta_grid));
  PetscCall(PetscFree(r->theta_F));
  PetscCall(PetscFree(r->density));
  PetscCall(PetscFree(r->density_error));
  PetscFunctionReturn(0);
}
