/* The space that the space_ and axis_ keys describe. */
#include "program/objects.h"
#include <math.h>
#include <string.h>

/* The keys of one axis */
typedef struct {
  const char *name, *type, *mesh;
  int64_t     n;
  PetscReal   width, stabilisation, period;
} AxisSettings;

enum { NORMAL = -1 };

/* potential: the coordinate whose potential is the weight's; NORMAL: the normal law */
static PetscErrorCode CreateAxis(HypModel model, const AxisSettings *s, PetscInt potential,
                                 HypAxis *axis)
{
  PetscInt n;

  PetscFunctionBeginUser;
  PetscCall(HypAxisCreate(HypModelGetComm(model), s->type, axis));
  PetscCall(HypAxisSetName(*axis, s->name));
  PetscCall(PetscIntCast(s->n, &n));
  if (s->n != HYP_UNSET) PetscCall(HypAxisSetSize(*axis, n));
  if (!isnan(s->width)) PetscCall(HypAxisSetWidth(*axis, s->width));
  if (s->mesh) PetscCall(HypAxisSetMeshFile(*axis, s->mesh));
  if (!isnan(s->stabilisation)) PetscCall(HypAxisSetStabilisation(*axis, s->stabilisation));
  if (potential != NORMAL) {
    PetscCall(
      HypAxisSetPotential(*axis, HypModelScaledPotential, HypModelGetPotential(model, potential)));
    PetscCall(HypAxisSetPotentialKey(*axis, HypModelPotentialKey(model, potential)));
  }
  if (!isnan(s->period)) PetscCall(HypAxisSetPeriod(*axis, s->period));
  PetscCall(HypAxisSetUp(*axis));
  PetscFunctionReturn(0);
}

/* One axis of the positions for each coordinate, where their weights differ.  On a line of cells
   the widest box is everybody's, for results are shown at common nodes */
static PetscErrorCode SetOwnAxes(HypModel model, AxisSettings x, HypAxis v, HypSpace space)
{
  const PetscInt d      = HypModelDimension(model);
  PetscReal      widest = 0;
  HypAxis        axes[3];

  PetscFunctionBeginUser;
  for (PetscInt pass = 0; pass < 2; pass++) {
    for (PetscInt i = 0; i < d; i++) {
      AxisSettings        own = x;
      const HypCoordinate c   = HypModelCoordinate(model, i);

      own.period *= PetscSqrtReal(c.beta) * c.omega; /* of theta to that of X_i */
      PetscCall(CreateAxis(model, &own, i, &axes[i]));
      widest = PetscMax(widest, HypAxisGetWidth(axes[i]));
    }
    if (pass || !HypAxisIsGrid(axes[0]) || x.mesh || !isnan(x.width) || !isnan(x.period)) break;
    for (PetscInt i = 0; i < d; i++) PetscCall(HypAxisDestroy(&axes[i]));
    x.width = widest;
  }
  PetscCall(HypSpaceSetAxes(space, axes[0], v));
  for (PetscInt i = 1; i < d; i++) PetscCall(HypSpaceSetAxis(space, i, axes[i]));
  PetscFunctionReturn(0);
}

PetscErrorCode HypSettingsSpace(const HypSettings *s, HypModel model, HypSpace *space)
{
  const HypCoordinate c        = HypModelCoordinate(model, 0);
  const PetscBool     positive = (PetscBool)!strcmp(s->axis_flux, "positive");
  AxisSettings        x        = {"x",
                                  s->axis_x_type,
                                  s->axis_x_mesh,
                                  s->axis_x_n,
                                  s->axis_x_width,
                    positive ? 0 : s->axis_x_stabilisation,
                                  s->axis_x_period},
               v = {"v", s->axis_v_type, s->axis_v_mesh, s->axis_v_n, s->axis_v_width, NAN, NAN};
  HypAxis axes[2];

  PetscFunctionBeginUser;
  PetscCall(HypSpaceCreate(model, s->space_type, space));
  if (HypSpaceTakesAxes(*space)) {
    PetscCall(CreateAxis(model, &v, NORMAL, &axes[1]));
    if (HypModelPotentialsDiffer(model))
      PetscCall(SetOwnAxes(model, x, axes[1], *space));
    else {
      x.period *= PetscSqrtReal(c.beta) * c.omega;
      PetscCall(CreateAxis(model, &x, HypModelHasPotential(model) ? 0 : NORMAL, &axes[0]));
      PetscCall(HypSpaceSetAxes(*space, axes[0], axes[1]));
    }
  }
  if (HypSpaceTakesDegree(*space) && s->space_degree != HYP_UNSET)
    PetscCall(HypSpaceSetDegree(*space, (PetscInt)s->space_degree));
  PetscCall(HypSpaceSetPositive(*space, positive));
  PetscCall(HypSpaceSetUp(*space));
  PetscFunctionReturn(0);
}
