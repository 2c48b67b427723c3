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

/*
   The length of the circle of X_i = sqrt(beta_i) w_i theta_i; NAN where none is asked for.
   All X_i are shown at common nodes, so it is one for all:
   without a model_omega0 the model has taken the w_i that make it so.
*/
static PetscErrorCode CommonCircle(const HypSettings *s, HypModel model, PetscReal *period)
{
  const PetscInt d      = HypModelDimension(model);
  const HypReals given  = s->axis_x_period;
  PetscReal      length = NAN;

  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < d && given.count; i++) {
    const HypCoordinate c   = HypModelCoordinate(model, i);
    const PetscReal     one = PetscSqrtReal(c.beta) * c.omega, /* of theta to X_i */
      own                   = one * given.values[given.count == 1 ? 0 : i];

    if (i == 0) length = own;
    PetscCheck(PetscAbsReal(own - length) <= 1e-12 * length, HypModelGetComm(model),
               PETSC_ERR_ARG_INCOMP,
               "axis_x_period: sqrt(beta) omega0 times the period is %g for theta_1 and %g for "
               "theta_%" PetscInt_FMT ", but circles in one space are equally long in these "
               "units; leave model_omega0 out, which then follows from the periods",
               (double)length, (double)own, i + 1);
  }
  *period = length;
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
      PetscCall(CreateAxis(model, &x, i, &axes[i]));
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
  const PetscBool positive = (PetscBool)!strcmp(s->axis_flux, "positive");
  AxisSettings    x        = {"x",         s->axis_x_type,  s->axis_x_mesh,
                              s->axis_x_n, s->axis_x_width, positive ? 0 : s->axis_x_stabilisation,
                              NAN},
               v = {"v", s->axis_v_type, s->axis_v_mesh, s->axis_v_n, s->axis_v_width, NAN, NAN};
  HypAxis axes[2];

  PetscFunctionBeginUser;
  PetscCall(HypSpaceCreate(model, s->space_type, space));
  if (HypSpaceTakesAxes(*space)) {
    PetscCall(CreateAxis(model, &v, NORMAL, &axes[1]));
    PetscCall(CommonCircle(s, model, &x.period));
    if (HypModelPotentialsDiffer(model))
      PetscCall(SetOwnAxes(model, x, axes[1], *space));
    else {
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
