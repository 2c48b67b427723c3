/* Results: eigenvalues, the propagator, the steady state. */
#include "result/section/section.h"
#include <math.h>
#include <hypoco/resolution.h>

INTEGER(EigenvalueIndex, i)
REAL(EigenvalueReal, R->spectrum->real[i])
REAL(EigenvalueImag, R->spectrum->imag[i])
REAL(EigenvalueResidual, R->spectrum->residual[i])
REAL_IF(EigenvalueExact, R->spectrum->exact, R->spectrum->exact[i])
REAL_IF(EigenvalueError, R->spectrum->error, R->spectrum->error[i])
REAL_IF(EigenvalueLimit, R->spectrum->limit, R->spectrum->limit[i].real)
REAL_IF(EigenvalueLimitImag, R->spectrum->limit, R->spectrum->limit[i].imag)
REAL_IF(EigenvalueLimitError, R->spectrum->limit, R->spectrum->limit[i].error)

/* No total variation is larger; NAN stays */
static PetscReal Variation(PetscReal error)
{
  return isgreater(error, 1) ? 1 : error;
}

REAL(SpectrumSteady, Variation(R->spectrum->steady))
REAL_IF(EigenvalueRefined, R->spectrum->refined, R->spectrum->refined[i])

HYP_VALUE(SpectrumSource, .type = R->spectrum->source ? HYP_TEXT : HYP_ABSENT,
          .text = R->spectrum->source)

static void NoteSpectrum(const HypResult *R, char text[], size_t size)
{
  snprintf(text, size, "total variation, %s", R->spectrum->source ? R->spectrum->source : "");
}

static const HypQuantity spectrum[] = {
  {SHOWN("", "%.0f", -22), .value = EigenvalueIndex, MANY},
  {NAMES("real", "eigenvalue_real"), SHOWN("real", NULL, 0),
   ABOUT("1/time", "real part of an eigenvalue of -T + L + R", "(3.3) of Zhu and Ying"),
   .value = EigenvalueReal, MANY},
  {NAMES("imag", "eigenvalue_imag"), SHOWN("imaginary", NULL, 0),
   ABOUT("1/time", "imaginary part", "(3.3) of Zhu and Ying"), .value = EigenvalueImag, MANY},
  {NAMES("error", "eigenvalue_error"), SHOWN("+-", "%.1e", 10), BAR,
   ABOUT("1/time", "error bar, from three resolutions and the residual", ""),
   .value = EigenvalueError, MANY},
  {NAMES("limit_real", "eigenvalue_limit_real"), SHOWN("limit", NULL, 0),
   ABOUT("1/time", "real part for cells of length 0, of positive fluxes on three resolutions", ""),
   .value = EigenvalueLimit, MANY},
  {NAMES("limit_imag", "eigenvalue_limit_imag"), SHOWN("imaginary", NULL, 0),
   ABOUT("1/time", "its imaginary part", ""), .value = EigenvalueLimitImag, MANY},
  {NAMES("limit_error", "eigenvalue_limit_error"), SHOWN("+-", "%.1e", 10), BAR,
   ABOUT("1/time", "its error bar", ""), .value = EigenvalueLimitError, MANY},
  {NAMES("residual", "eigenvalue_residual"), SHOWN("residual", "%.1e", 10),
   ABOUT("1/time", "||G u - lambda u||/||u||", ""), .value = EigenvalueResidual, MANY},
  {NAMES("distance_to_exact", "eigenvalue_to_exact"), SHOWN("to exact", "%.1e", 10),
   ABOUT("1/time", "distance to the nearest closed-form eigenvalue for eps = 0",
         "-(n1 l1 + n2 l2), l = (gamma -+ sqrt(gamma^2 - 4 omega0^2))/2"),
   .value = EigenvalueExact, MANY},
  {NAMES("distance_to_refined", "eigenvalue_to_refined"), SHOWN("to coarser", "%.1e", 10),
   ABOUT("1/time", "distance to the nearest eigenvalue at a second resolution", ""),
   .value = EigenvalueRefined, MANY},
  {NAMES("steady_error", "spectrum_steady_error"), SHOWN("error of F", "%.1e", 0),
   ABOUT("1", "total variation to F with two thirds of the nodes, or what lies between the nodes",
         ""),
   .value = SpectrumSteady, .note = NoteSpectrum},
  {NAMES("steady_error_source", "spectrum_steady_error_source"),
   ABOUT("1", "which of the two decided", ""), .value = SpectrumSource},
};

static PetscBool HasSpectrum(const HypResult *R)
{
  return (PetscBool)(R->spectrum != NULL);
}

static PetscInt CountEigenvalues(const HypResult *R)
{
  return R->spectrum->n;
}

const HypSection HypSpectrumSection = {.name      = "spectrum",
                                       .title     = "spectrum",
                                       .look      = HYP_TABLE,
                                       .dimension = "eigenvalue",
                                       .index = "number of the eigenvalue, by decreasing real part",
                                       .exists = HasSpectrum,
                                       .count  = CountEigenvalues,
                                       ROWS(spectrum)};

REAL(PropagatorTime, R->propagator_times[i])
REAL(PropagatorNorm, R->propagator_norms[i])
REAL_IF(PropagatorExact, R->propagator_exact, R->propagator_exact[i])
REAL(PropagatorConstant, R->sharp)
REAL(PropagatorSupremum, R->sharp_exact)

static void NoteConstant(const HypResult *R, char text[], size_t size)
{
  (void)R;
  snprintf(text, size, "max of exp(2 lambda t) norm^2 over these times");
}

static void NoteSupremum(const HypResult *R, char text[], size_t size)
{
  (void)R;
  snprintf(text, size, "its supremum over all times");
}

static const HypQuantity propagator[] = {
  {NAMES("t", "propagator_time"), SHOWN("", "t = %g", -22), ABOUT("time", "time", ""),
   .value = PropagatorTime, MANY},
  {NAMES("norm", "propagator_norm"), SHOWN("norm", NULL, 0),
   ABOUT("1", "norm of exp(tG) on mean-zero functions of L2(M)", "(3.4) of Zhu and Ying"),
   .value = PropagatorNorm, MANY},
  {NAMES("exact", "propagator_norm_exact"), SHOWN("closed form", NULL, 0),
   ABOUT("1", "the same in closed form for eps = 0", ""), .value = PropagatorExact, MANY},
  {NAMES("constant", NULL), SHOWN("constant", NULL, 0),
   ABOUT("1", "largest exp(2 lambda t) norm^2 at these times", ""), .value = PropagatorConstant,
   .note = NoteConstant},
  {NAMES("constant_exact", NULL), SHOWN("constant, closed form", NULL, 0),
   ABOUT("1", "its supremum for eps = 0", ""), .value = PropagatorSupremum, .note = NoteSupremum},
};

static PetscBool HasPropagator(const HypResult *R)
{
  return (PetscBool)(R->npropagator > 0);
}

static PetscInt CountPropagator(const HypResult *R)
{
  return R->npropagator;
}

const HypSection HypPropagatorSection = {.name      = "propagator",
                                         .title     = "propagator on mean zero",
                                         .look      = HYP_TABLE,
                                         .optional  = PETSC_TRUE,
                                         .dimension = "propagator_time",
                                         .exists    = HasPropagator,
                                         .count     = CountPropagator,
                                         ROWS(propagator)};

TEXT(IdentityName, R->steady->names[i])
REAL(IdentityLeft, R->steady->left[i])
REAL(IdentityRight, R->steady->right[i])
REAL(SteadyResidual, R->steady->residual)
REAL(SteadyWorst, R->steady->worst)
REAL(SteadyNorm, R->steady->norm)
REAL(SteadyEdge, R->steady->edge)
REAL(SteadyError, Variation(R->steady->error))
HYP_VALUE(SteadySource, .type = R->steady->source ? HYP_TEXT : HYP_ABSENT,
          .text = R->steady->source)

static void NoteSteady(const HypResult *R, char text[], size_t size)
{
  snprintf(text, size, "total variation, %s", R->steady->source ? R->steady->source : "");
}

static void NoteEdge(const HypResult *R, char text[], size_t size)
{
  if (R->space) snprintf(text, size, "%s", HypSpaceGetEdge(R->space));
}

static const HypQuantity steady[] = {
  {NAMES("residual", "steady_residual"), SHOWN("residual", "%.1e", 0),
   ABOUT("1/time", "||G F/M||", ""), .value = SteadyResidual},
  {NAMES("worst_identity", "steady_worst_identity"), SHOWN("worst identity", "%.1e", 0),
   ABOUT("1", "largest |left - right| of an identity, relative to max(1, |right|)", ""),
   .value = SteadyWorst},
  {NAMES("norm", "steady_norm"), SHOWN("||F/M||", NULL, 0),
   ABOUT("1", "||F/M|| in L2(M)", "(3.4) of Zhu and Ying"), .value = SteadyNorm},
  {NAMES("edge", "steady_edge"), SHOWN("of that", "%.1e", 0),
   ABOUT("1", "norm of the part of F/M where the space ends", ""), .value = SteadyEdge,
   .note = NoteEdge},
  {NAMES("error", "steady_error"), SHOWN("error of F", "%.1e", 0),
   ABOUT("1", "total variation to F with two thirds of the nodes, or what lies between the nodes",
         ""),
   .value = SteadyError, .note = NoteSteady},
  {NAMES("error_source", "steady_error_source"), ABOUT("1", "which of the two decided", ""),
   .value = SteadySource},
};

static const HypQuantity identities[] = {
  {NAMES("name", "identity_name"), SHOWN("", NULL, -46), ABOUT("1", "what is compared", ""),
   .value = IdentityName, MANY},
  {NAMES("left", "identity_left"), SHOWN("left", NULL, 0), ABOUT("1", "left side", ""),
   .value = IdentityLeft, MANY},
  {NAMES("right", "identity_right"), SHOWN("right", NULL, 0), ABOUT("1", "right side", ""),
   .value = IdentityRight, MANY},
};

static PetscBool HasSteady(const HypResult *R)
{
  return (PetscBool)(R->steady != NULL);
}

static PetscInt CountIdentities(const HypResult *R)
{
  return R->steady->count;
}

const HypSection HypSteadySection   = {.name   = "steady",
                                       .title  = "steady state F",
                                       .look   = HYP_TABLE,
                                       .exists = HasSteady,
                                       ROWS(steady)};
const HypSection HypIdentitySection = {.name      = "identities",
                                       .parent    = "steady",
                                       .title     = "identities of F",
                                       .form      = HYP_LIST,
                                       .look      = HYP_TABLE,
                                       .optional  = PETSC_TRUE,
                                       .dimension = "identity",
                                       .index     = "number of an identity for the steady state",
                                       .exists    = HasSteady,
                                       .count     = CountIdentities,
                                       ROWS(identities)};
