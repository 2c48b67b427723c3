/* The space that the space_ and axis_ keys describe. */
#include "program/objects.h"
#include <math.h>

/* The keys of one axis */
typedef struct {
  const char *name, *type, *mesh;
  int64_t     n;
  PetscReal   width, stabilisation, period;
} AxisSettings;

static PetscErrorCode CreateAxis(MPI_Comm comm, const AxisSettings *s, HypModel potential,
                                 HypAxis *axis)
{
  PetscInt n;

  PetscFunctionBeginUser;
  PetscCall(HypAxisCreate(comm, s->type, axis));
  PetscCall(HypAxisSetName(*axis, s->name));
  PetscCall(PetscIntCast(s->n, &n));
  if (s->n != HYP_UNSET) PetscCall(HypAxisSetSize(*axis, n));
  if (!isnan(s->width)) PetscCall(HypAxisSetWidth(*axis, s->width));
  if (s->mesh) PetscCall(HypAxisSetMeshFile(*axis, s->mesh));
  if (!isnan(s->stabilisation)) PetscCall(HypAxisSetStabilisation(*axis, s->stabilisation));
  if (potential) PetscCall(HypAxisSetPotential(*axis, HypModelScaledPotential, potential));
  if (!isnan(s->period)) PetscCall(HypAxisSetPeriod(*axis, s->period));
  PetscCall(HypAxisSetUp(*axis));
  PetscFunctionReturn(0);
}

PetscErrorCode HypSettingsSpace(const HypSettings *s, HypModel model, HypSpace *space)
{
  const HypCoordinate c = HypModelCoordinate(model, 0);
  const AxisSettings  x = {"x",
                           s->axis_x_type,
                           s->axis_x_mesh,
                           s->axis_x_n,
                           s->axis_x_width,
                           s->axis_x_stabilisation,
                           s->axis_x_period * PetscSqrtReal(c.beta) * c.omega},
                     v  = {"v", s->axis_v_type, s->axis_v_mesh, s->axis_v_n, s->axis_v_width, NAN,
                           NAN};
  HypAxis axes[2];

  PetscFunctionBeginUser;
  PetscCall(HypSpaceCreate(model, s->space_type, space));
  if (HypSpaceTakesAxes(*space)) {
    PetscCall(
      CreateAxis(HypModelGetComm(model), &x, HypModelHasPotential(model) ? model : NULL, &axes[0]));
    PetscCall(CreateAxis(HypModelGetComm(model), &v, NULL, &axes[1]));
    PetscCall(HypSpaceSetAxes(*space, axes[0], axes[1]));
  }
  if (HypSpaceTakesDegree(*space) && s->space_degree != HYP_UNSET)
    PetscCall(HypSpaceSetDegree(*space, (PetscInt)s->space_degree));
  PetscCall(HypSpaceSetUp(*space));
  PetscFunctionReturn(0);
}
