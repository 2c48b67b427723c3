/* Results: the model and the space. What the coefficients in a file mean;
   src/result/initial.c compares it. */
#include "result/section/section.h"
#include <hypoco/thetadensity.h>
#include <string.h>

INTEGER(ModelDimension, HypModelDimension(R->model))

/* One number where all coordinates are alike, else d of them */
static HypValue Each(const HypResult *R, const PetscReal values[])
{
  const PetscInt d = HypModelDimension(R->model);

  for (PetscInt i = 1; i < d; i++)
    if (values[i] != values[0]) return (HypValue){.type = HYP_REALS, .n = d, .reals = values};
  return (HypValue){.type = HYP_REAL, .real = values[0]};
}

static HypValue ModelOmega0(const HypResult *R, PetscInt i)
{
  (void)i;
  return Each(R, HypModelOmegas(R->model));
}

static HypValue ModelBeta(const HypResult *R, PetscInt i)
{
  (void)i;
  return Each(R, HypModelBetas(R->model));
}

static HypValue ModelTau(const HypResult *R, PetscInt i)
{
  (void)i;
  return Each(R, HypModelTaus(R->model));
}

HYP_VALUE(ModelDirections, .type = HypModelRotated(R->model) ? HYP_REALS : HYP_ABSENT,
          .n     = HypModelDimension(R->model) * HypModelDimension(R->model),
          .reals = HypModelDirections(R->model))

/* A friction that nobody chose; one that follows from an algorithm was chosen */
static PetscBool Chosen(const HypAsked *asked, const char key[])
{
  for (PetscInt i = 0; i < asked->count; i++)
    if (!strcmp(asked->options[i].key, key))
      return (PetscBool)(strcmp(asked->options[i].origin, "default") != 0);
  return PETSC_FALSE;
}

TEXT(ModelGammaSource,
     R->asked && !Chosen(R->asked, "model_gamma") && !Chosen(R->asked, "model_learning_rate")
       ? "the default of gamma"
       : NULL)
TEXT(ModelOmegaSource, HypModelAveraged(R->model) ? "the averaged curvature of the loss" : NULL)
TEXT(ModelRotated, HypModelRotated(R->model) ? "along the eigenvectors of the Hessian" : NULL)
TEXT(ModelType, HypModelTypes[HypModelGetType(R->model)])
TEXT(ModelTypeShown, HypModelGetType(R->model) == HYP_MOMENTUM ? "momentum" : NULL)
REAL(ModelGamma, HypModelGamma(R->model))
FLAG(ModelPerturbed, HypModelPerturbed(R->model))
TEXT(ModelForce, HypModelHasPotential(R->model) ? "in a potential"
                 : HypModelHasEps(R->model)     ? "perturbed by eps"
                                                : "eps = 0")
TEXT(ModelNoise, HypModelNoisy(R->model) ? "noise depends on theta" : NULL)
TEXT(ModelRegime, R->lyapunov ? HypRegimes[R->lyapunov->regime] : NULL)
REAL_IF(LyapunovC, R->lyapunov, R->lyapunov->C)
REAL_IF(LyapunovChat, R->lyapunov, R->lyapunov->Chat)
REAL_IF(LyapunovDelta, R->lyapunov, R->lyapunov->delta)

static const HypQuantity model[] = {
  {NAMES("dimension", "dimension"), SHOWN("d = ", "%g", 0),
   ABOUT("1", "dimension of theta, x and v", ""), .value = ModelDimension},
  {NAMES("type", "model_type"), ABOUT("1", "asgd or momentum", ""), .value = ModelType},
  {SHOWN("", NULL, 0), .value = ModelTypeShown},
  {NAMES("omega0", "omega0"), SHOWN("omega0 = ", "%g", 0),
   ABOUT("1/time", "frequency of the quadratic part of the loss", "(2.4) of Zhu and Ying"),
   .value = ModelOmega0},
  {NAMES("omega0_source", "omega0_source"), SHOWN("", NULL, 0),
   ABOUT("1", "where omega0 comes from, if it was not given", ""), .value = ModelOmegaSource},
  {NAMES("directions", "directions"),
   ABOUT("1", "eigenvectors of the Hessian, in columns, by rows; pair i is along the i-th", ""),
   .value = ModelDirections},
  {SHOWN("", NULL, 0), .value = ModelRotated},
  {NAMES("gamma", "gamma"), SHOWN("gamma = ", "%g", 0),
   ABOUT("1/time", "friction", "(2.4) of Zhu and Ying"), .value = ModelGamma},
  {NAMES("gamma_source", "gamma_source"), SHOWN("", NULL, 0),
   ABOUT("1", "where gamma comes from, if it was not given", ""), .value = ModelGammaSource},
  {NAMES("beta", "beta"), SHOWN("beta = ", "%g", 0),
   ABOUT("time^4", "inverse temperature", "(2.4) of Zhu and Ying"), .value = ModelBeta},
  {NAMES("tau", "tau"), ABOUT("1", "amplitude of the noise", "(2.2) of Zhu and Ying"),
   .value = ModelTau},
  {NAMES("regime", "regime"), SHOWN("", NULL, 0),
   ABOUT("1", "sign of gamma - 2 omega0", "Theorem 3.1 of Zhu and Ying"), .value = ModelRegime},
  {NAMES("perturbed", "perturbed"), ABOUT("1", "is there an eps?", ""), .value = ModelPerturbed},
  {SHOWN("", NULL, 0), .value = ModelForce},
  {SHOWN("", NULL, 0), .value = ModelNoise},
  {NAMES("C", "C"), ABOUT("1/time^2", "weight of ||grad_v h||^2 in H", "(3.5) of Zhu and Ying"),
   .value = LyapunovC},
  {NAMES("Chat", "Chat"), ABOUT("1/time", "weight of the mixed term in H", "(3.5) of Zhu and Ying"),
   .value = LyapunovChat},
  {NAMES("delta", NULL),
   ABOUT("1/time", "what the critical case gives up of the rate", "(3.5) of Zhu and Ying"),
   .value = LyapunovDelta},
};

static PetscBool HasModel(const HypResult *R)
{
  return (PetscBool)(R->model != NULL);
}

const HypSection HypModelSection = {
  .name = "model", .title = "model", .early = PETSC_TRUE, .exists = HasModel, ROWS(model)};

/* What the space says about itself, by name; absent where it says nothing */
static HypValue Property(const HypResult *R, const char group[], const char name[])
{
  const HypProperty *list;
  PetscInt           n;

  if (HypSpaceGetProperties(R->space, &n, &list)) n = 0;
  for (PetscInt k = 0; k < n; k++) {
    if (strcmp(list[k].group, group) || strcmp(list[k].name, name)) continue;
    switch (list[k].kind) {
    case HYP_PROPERTY_TEXT:
      return (HypValue){.type = HYP_TEXT, .text = list[k].text};
    case HYP_PROPERTY_INTEGER:
      return (HypValue){.type = HYP_INTEGER, .real = *list[k].values};
    case HYP_PROPERTY_REAL:
      return (HypValue){.type = HYP_REAL, .real = *list[k].values};
    case HYP_PROPERTY_REALS:
      return (HypValue){.type = HYP_REALS, .n = list[k].n, .reals = list[k].values};
    }
  }
  return (HypValue){.type = HYP_ABSENT};
}

/* The same as a function of a row */
#define PROPERTY(function, group, name)                                                            \
  static HypValue function(const HypResult *R, PetscInt i)                                         \
  {                                                                                                \
    (void)i;                                                                                       \
    return Property(R, group, name);                                                               \
  }

TEXT(SpaceType, HypSpaceGetType(R->space))
INTEGER(SpaceUnknowns, HypSpaceGetSize(R->space))
PROPERTY(SpaceDegree, "space", "degree")
PROPERTY(SpaceReference, "space", "reference")
TEXT(SpaceReferenceShown,
     HypModelHasReference(R->model) ? "norms are those of the Gaussian of space_reference" : NULL)
REAL_IF(SpaceTail, HypSpaceTakesDegree(R->space), R->tail)

TEXT(SpaceThetaUser, HypModelDirections(R->model) && !HypThetaUserFits(R->space)
                       ? "no densities of theta in your coordinates (they would take over 128 MB)"
                       : NULL)

static const HypQuantity space[] = {
  {NAMES("type", "space_type"), SHOWN("", NULL, 0), ABOUT("1", "type of the space", ""),
   .value = SpaceType},
  {NAMES("degree", "space_degree"), SHOWN("Hermite functions of total degree <= ", "%g", 0),
   ABOUT("1", "largest total degree", ""), .value = SpaceDegree},
  {NAMES("reference", "space_reference"),
   ABOUT("theta, y", "standard deviations of the Gaussian of the space, where it is not M", ""),
   .value = SpaceReference},
  {SHOWN("", NULL, 0), .value = SpaceReferenceShown},
  {NAMES("unknowns", "unknowns"), SHOWN("", "%.0f unknowns", 0),
   ABOUT("1", "number of coefficients", ""), .value = SpaceUnknowns},
  {NAMES("epsilon_tail", NULL), SHOWN("", "%.0e of eps beyond that degree", 0),
   ABOUT("1", "share of eps that the degree leaves out", ""), .value = SpaceTail},
  {NAMES("theta_user_remark", NULL), SHOWN("", NULL, 0),
   ABOUT("1", "why there are no densities of theta in the user's coordinates", ""),
   .value = SpaceThetaUser},
};

static PetscBool HasSpace(const HypResult *R)
{
  return (PetscBool)(R->space != NULL);
}

const HypSection HypSpaceSection = {
  .name = "space", .title = "space", .early = PETSC_TRUE, .exists = HasSpace, ROWS(space)};

PROPERTY(AxisTypeX, "axis_x", "type")
PROPERTY(AxisNX, "axis_x", "n")
PROPERTY(AxisWidthX, "axis_x", "width")
PROPERTY(AxisNodesX, "axis_x", "nodes")
PROPERTY(AxisWeightsX, "axis_x", "weights")
PROPERTY(AxisNodesX2, "axis_x", "nodes_2")
PROPERTY(AxisWeightsX2, "axis_x", "weights_2")
PROPERTY(AxisNodesX3, "axis_x", "nodes_3")
PROPERTY(AxisWeightsX3, "axis_x", "weights_3")
PROPERTY(AxisTypeV, "axis_v", "type")
PROPERTY(AxisNV, "axis_v", "n")
PROPERTY(AxisWidthV, "axis_v", "width")
PROPERTY(AxisNodesV, "axis_v", "nodes")

static const HypQuantity axis_x[] = {
  {NAMES("type", "axis_x_type"), SHOWN("", NULL, 0), ABOUT("1", "type of the axis", ""),
   .value = AxisTypeX},
  {NAMES("n", "axis_x_n"), SHOWN("n = ", "%g", 0), ABOUT("1", "number of basis functions", ""),
   .value = AxisNX},
  {NAMES("width", NULL), SHOWN("half-width ", "%g", 0),
   ABOUT("1", "half the length, in standard deviations of M", ""), .value = AxisWidthX},
  {NAMES(NULL, "axis_x_nodes"), ABOUT("1", "nodes, in standard deviations of M", ""),
   .value = AxisNodesX},
  {NAMES(NULL, "axis_x_weights"), ABOUT("1", "mass at each node, where M is not Gaussian", ""),
   .value = AxisWeightsX},
  {NAMES(NULL, "axis_x_nodes_2"), ABOUT("1", "nodes of X_2, where its weight is its own", ""),
   .value = AxisNodesX2},
  {NAMES(NULL, "axis_x_weights_2"), ABOUT("1", "mass at each of them", ""), .value = AxisWeightsX2},
  {NAMES(NULL, "axis_x_nodes_3"), ABOUT("1", "nodes of X_3, where its weight is its own", ""),
   .value = AxisNodesX3},
  {NAMES(NULL, "axis_x_weights_3"), ABOUT("1", "mass at each of them", ""), .value = AxisWeightsX3},
};
static const HypQuantity axis_v[] = {
  {NAMES("type", "axis_v_type"), SHOWN("", NULL, 0), ABOUT("1", "type of the axis", ""),
   .value = AxisTypeV},
  {NAMES("n", "axis_v_n"), SHOWN("n = ", "%g", 0), ABOUT("1", "number of basis functions", ""),
   .value = AxisNV},
  {NAMES("width", NULL), SHOWN("half-width ", "%g", 0),
   ABOUT("1", "half the length, in standard deviations of M", ""), .value = AxisWidthV},
  {NAMES(NULL, "axis_v_nodes"), ABOUT("1", "nodes, in standard deviations of M", ""),
   .value = AxisNodesV},
};

static PetscBool HasAxisX(const HypResult *R)
{
  return (PetscBool)(R->space && Property(R, "axis_x", "type").type != HYP_ABSENT);
}

static PetscBool HasAxisV(const HypResult *R)
{
  return (PetscBool)(R->space && Property(R, "axis_v", "type").type != HYP_ABSENT);
}

const HypSection HypAxisXSection = {.name     = "axis_x",
                                    .parent   = "space",
                                    .title    = "axis x",
                                    .early    = PETSC_TRUE,
                                    .optional = PETSC_TRUE,
                                    .exists   = HasAxisX,
                                    ROWS(axis_x)};
const HypSection HypAxisVSection = {.name     = "axis_v",
                                    .parent   = "space",
                                    .title    = "axis v",
                                    .early    = PETSC_TRUE,
                                    .optional = PETSC_TRUE,
                                    .exists   = HasAxisV,
                                    ROWS(axis_v)};

REAL(ResultSetupS, R->setup_s)
REAL(ResultSolveS, R->solve_s)
REAL(ResultTotalS, R->total_s)

static const HypQuantity timing[] = {
  {NAMES("setup_s", "setup_s"), SHOWN("setup ", "%.3g s", 0),
   ABOUT("s", "time of the clock before the first step", ""), .value = ResultSetupS},
  {NAMES("solve_s", "solve_s"), SHOWN("solve ", "%.3g s", 0),
   ABOUT("s", "time of the clock for the solution", ""), .value = ResultSolveS},
  {NAMES("total_s", "total_s"), SHOWN("total ", "%.3g s", 0),
   ABOUT("s", "time of the clock in all", ""), .value = ResultTotalS},
};

static PetscBool Always(const HypResult *R)
{
  (void)R;
  return PETSC_TRUE;
}

const HypSection HypTimingSection = {
  .name = "timing", .title = "time", .exists = Always, ROWS(timing)};
