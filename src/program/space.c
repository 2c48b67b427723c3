/* The space that the space_ and axis_ keys describe. */
#include "program/grading.h"
#include "program/objects.h"
#include <math.h>
#include <string.h>

/* The keys of one axis */
typedef struct {
  const char *name, *type, *mesh;
  int64_t     n;
  PetscReal   width, stabilisation, period;
  PetscReal  *faces; /* instead of all of these, where graded */
  PetscInt    nfaces;
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
  if (s->faces)
    PetscCall(HypAxisSetFaces(*axis, s->nfaces, s->faces));
  else {
    if (s->n != HYP_UNSET) PetscCall(HypAxisSetSize(*axis, n));
    if (!isnan(s->width)) PetscCall(HypAxisSetWidth(*axis, s->width));
  }
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

/* The axes of the positions: one for each coordinate where their weights differ, else one.
   On a line of cells the widest box is everybody's, for results are shown at common nodes */
static PetscErrorCode CreateOwn(HypModel model, AxisSettings x, HypAxis axes[])
{
  const PetscInt d      = HypModelPotentialsDiffer(model) ? HypModelDimension(model) : 1;
  PetscReal      widest = 0;

  PetscFunctionBeginUser;
  for (PetscInt pass = 0; pass < 2; pass++) {
    for (PetscInt i = 0; i < d; i++) {
      PetscCall(CreateAxis(model, &x, HypModelHasPotential(model) ? i : NORMAL, &axes[i]));
      widest = PetscMax(widest, HypAxisGetWidth(axes[i]));
    }
    if (pass || d == 1 || !HypAxisIsGrid(axes[0]) || x.mesh || x.faces || !isnan(x.width) ||
        !isnan(x.period))
      break;
    for (PetscInt i = 0; i < d; i++) PetscCall(HypAxisDestroy(&axes[i]));
    x.width = widest;
  }
  PetscFunctionReturn(0);
}

/* The axes again, their faces placed by F */
static PetscErrorCode Grade(HypModel model, AxisSettings x, AxisSettings v, HypAxis axes[],
                            HypAxis *axis)
{
  const PetscInt d = HypModelDimension(model), count = HypModelPotentialsDiffer(model) ? d : 1;
  PetscReal     *faces[2];
  HypAxis        each[HYP_MAX_DIMENSION];

  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < d; i++) each[i] = axes[count > 1 ? i : 0];
  PetscCall(HypGradeFaces(model, each, *axis, faces));
  x.faces  = faces[0];
  x.nfaces = HypAxisGetSize(axes[0]) + 1;
  v.faces  = faces[1];
  v.nfaces = HypAxisGetSize(*axis) + 1;
  for (PetscInt i = 0; i < count; i++) PetscCall(HypAxisDestroy(&axes[i]));
  PetscCall(HypAxisDestroy(axis));
  PetscCall(CreateOwn(model, x, axes));
  PetscCall(CreateAxis(model, &v, NORMAL, axis));
  for (int c = 0; c < 2; c++) PetscCall(PetscFree(faces[c]));
  PetscFunctionReturn(0);
}

PetscErrorCode HypSettingsSpace(const HypSettings *s, HypModel model, HypSpace *space)
{
  const PetscBool positive = (PetscBool)!strcmp(s->axis_flux, "positive");
  AxisSettings    x        = {.name          = "x",
                              .type          = s->axis_x_type,
                              .mesh          = s->axis_x_mesh,
                              .n             = s->axis_x_n,
                              .width         = s->axis_x_width,
                              .stabilisation = positive ? 0 : s->axis_x_stabilisation,
                              .period        = NAN},
               v           = {.name          = "v",
                              .type          = s->axis_v_type,
                              .mesh          = s->axis_v_mesh,
                              .n             = s->axis_v_n,
                              .width         = s->axis_v_width,
                              .stabilisation = NAN,
                              .period        = NAN};
  HypAxis axes[HYP_MAX_DIMENSION], axis;

  PetscFunctionBeginUser;
  PetscCall(HypSpaceCreate(model, s->space_type, space));
  if (HypSpaceTakesAxes(*space)) {
    PetscCall(CreateAxis(model, &v, NORMAL, &axis));
    PetscCall(CommonCircle(s, model, &x.period));
    PetscCall(CreateOwn(model, x, axes));
    if (!strcmp(s->axis_grading, "F")) PetscCall(Grade(model, x, v, axes, &axis));
    PetscCall(HypSpaceSetAxes(*space, axes[0], axis));
    for (PetscInt i = 1; i < (HypModelPotentialsDiffer(model) ? HypModelDimension(model) : 1); i++)
      PetscCall(HypSpaceSetAxis(*space, i, axes[i]));
  }
  if (HypSpaceTakesDegree(*space) && s->space_degree != HYP_UNSET)
    PetscCall(HypSpaceSetDegree(*space, (PetscInt)s->space_degree));
  PetscCall(HypSpaceSetPositive(*space, positive));
  PetscCall(HypSpaceSetUp(*space));
  PetscFunctionReturn(0);
}
