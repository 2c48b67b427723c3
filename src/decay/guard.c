/*
   Guards of a run in time.

     not finite        ||h||^2, gradients, H                                      error
     mass              the mean of h is conserved: drift > 1e-6 max(1, ||h(0)||)  error
     growth, eps = 0   d/dt ||h||^2 = -2 (gamma/beta) ||grad_v h||^2 <= 0         error
                       if ||h||^2 grows by 1e-6 of ||h(0)||^2
     growth, eps != 0  ||h||^2 > 1e6 times its smallest value so far              warning;
                       error beyond 1e12
     resolution        share of ||h||^2 at the edge of the space > 1e-3           warning
     steady state      share of ||F/M||^2 at the edge > 1e-3                      warning:
                       F is perhaps not in L2(1/M)
     agreement         the error bar of the gap > 0.1 of it, that of F > 0.1      warning
     potential         beta U between the nodes > 1/2                             warning

   sup_t ||exp(tG)|| bounds the growth of a solution after any time as well as after the first,
   so it says "smallest so far".
*/
#include "base/base.h"
#include <math.h>
#include <hypoco/guard.h>

#define DRIFT      1e-6
#define GROWTH     1e-6
#define SUSPICIOUS 1e6
#define IMPOSSIBLE 1e12
#define IMPOSSIBLE_MASS                                                                            \
  1e6 /* negative, of a steady state of mass 1: rounding decides on the rest */
#define EDGE       1e-3
#define SMALLEST   1e-20 /* taken for ||h(0)||^2 if that is smaller: the run starts at F */
#define NEGLIGIBLE 1e-20 /* of ||h(0)||^2: below, shares are those of rounding errors */

/* Warnings are for stderr, once each */
static PetscErrorCode Warn(const char sentence[])
{
  PetscFunctionBeginUser;
  PetscCall(PetscFPrintf(PETSC_COMM_WORLD, stderr, "hypoco: warning: %s\n", sentence));
  PetscFunctionReturn(0);
}

/* What to change where a space ends far enough out, but has too few functions */
static const char *Refine(HypSpace space)
{
  if (HypSpaceIsPositive(space))
    return "positive fluxes are of first order: raise axis_x_n, axis_v_n, or place the cells where "
           "F is by axis_grading: F";
  if (HypSpaceIsNodal(space) && !HypSpaceIsRough(space) && HypModelForced(HypSpaceGetModel(space)))
    return "take fv or hermite axes, which bear a stronger eps, or raise axis_x_n, axis_v_n";
  return HypSpaceTakesAxes(space)     ? "raise axis_x_n, axis_v_n"
         : HypSpaceTakesDegree(space) ? "raise space_degree"
                                      : HypSpaceGetAdvice(space);
}

/* The probability of F where the space ends */
static PetscErrorCode EdgeMass(const HypResolution *resolution, Vec f, PetscReal *mass)
{
  PetscReal all;

  PetscFunctionBeginUser;
  PetscCall(VecPointwiseMult(resolution->work, resolution->edge, f));
  PetscCall(VecDot(resolution->work, HypSpaceGetOne(resolution->space), mass));
  PetscCall(VecDot(f, HypSpaceGetOne(resolution->space), &all));
  *mass /= all;
  PetscFunctionReturn(0);
}

/* Positive fluxes need no F in L2(1/M), and spread it over large cells: a wider box is no help
   where F has no probability at its edge */
static PetscErrorCode JudgePositive(const HypResolution *resolution, Vec f, PetscReal share,
                                    PetscBool *judged)
{
  PetscReal mass;
  char      sentence[512];

  PetscFunctionBeginUser;
  *judged = PETSC_FALSE;
  if (!HypSpaceIsPositive(resolution->space)) PetscFunctionReturn(0);
  PetscCall(EdgeMass(resolution, f, &mass));
  *judged = (PetscBool)(mass <= EDGE);
  if (!*judged) PetscFunctionReturn(0);
  snprintf(sentence, sizeof(sentence),
           "%.3g of ||F/M||^2 lies %s, where F has a probability of %.1e: norms against this "
           "Gaussian mean nothing, F, eigenvalues and the other distances do; for norms change "
           "space_reference",
           (double)share, HypSpaceGetEdge(resolution->space), (double)mass);
  PetscCall(Warn(sentence));
  PetscFunctionReturn(0);
}

/* The share of ||F/M||^2 where the space ends, and a warning if it is large */
static PetscErrorCode JudgeSteady(const HypResolution *resolution, Vec f, PetscReal *share)
{
  HypSpace       space = resolution->space;
  const HypModel model = HypSpaceGetModel(space);
  PetscBool      judged;
  char           sentence[768];

  PetscFunctionBeginUser;
  PetscCall(HypResolutionShare(resolution, f, share));
  if (*share <= EDGE) PetscFunctionReturn(0);
  PetscCall(JudgePositive(resolution, f, *share, &judged));
  if (judged) PetscFunctionReturn(0);
  snprintf(sentence, sizeof(sentence),
           "%.3g of ||F/M||^2 lies %s: the tail of the steady state does not decay "
           "against M. Either the space is too small "
           "(%s), or %s is so strong that F is not in L2(1/M), and then norms and "
           "rates mean nothing: %s%s",
           (double)*share, HypSpaceGetEdge(space), HypSpaceGetAdvice(space), HypModelSuspect(model),
           HypModelRemedy(model), HypModelHasEps(model) ? ", or lower model_beta" : "");
  PetscCall(Warn(sentence));
  PetscFunctionReturn(0);
}

/*@C
  HypGuardSteady - Warns if the steady state does not end where the space does

  Collective

  Input Parameters:
+ K - the operator
- f - F/M, of any norm

  Notes:
  (F/M)^2 M must be integrable.
  If it is not, F/M grows towards the edge of every space, whatever its size.

  Level: intermediate

.seealso: HypGuardCreate()
@*/
PetscErrorCode HypGuardSteady(HypKinetic K, Vec f)
{
  HypResolution resolution;
  PetscReal     share;

  PetscFunctionBeginUser;
  PetscCall(HypResolutionCreate(HypKineticGetSpace(K), &resolution));
  PetscCall(JudgeSteady(&resolution, f, &share));
  PetscCall(HypResolutionDestroy(&resolution));
  PetscFunctionReturn(0);
}

/*@C
  HypGuardGap - Warns if the error bar of the spectral gap is more than a tenth of it

  Collective

  Input Parameters:
+ space - the space, for the advice
. gap   - the spectral gap
- error - its error bar from three resolutions; NAN: none

  Level: intermediate

.seealso: HypSpectrumComputeOnTwo()
@*/
PetscErrorCode HypGuardGap(HypSpace space, PetscReal gap, PetscReal error)
{
  char        sentence[512];
  HypShownBar bar;

  PetscFunctionBeginUser;
  if (!isgreater(error, HYP_UNRESOLVED * gap)) PetscFunctionReturn(0);
  snprintf(sentence, sizeof(sentence),
           "the spaces of three resolutions do not agree on the spectral gap: %g %s; %s",
           (double)gap, HypShowBar(bar, (double)error), Refine(space));
  PetscCall(Warn(sentence));
  PetscFunctionReturn(0);
}

/*@C
  HypGuardAgreement - Warns if a coarser space changes the steady state by a tenth of its mass

  Collective

  Input Parameters:
+ space  - the space, for the advice
. error  - the error bar of F, HypSteadyDistance(); NAN: none
- source - what decided on it

  Level: intermediate

.seealso: HypGuardGap()
@*/
PetscErrorCode HypGuardAgreement(HypSpace space, PetscReal error, const char source[])
{
  char sentence[512];

  PetscFunctionBeginUser;
  if (!isgreater(error, HYP_UNRESOLVED)) PetscFunctionReturn(0);
  snprintf(sentence, sizeof(sentence),
           "the space does not resolve the steady state: %.2g of the mass of F may be in the wrong "
           "place, %s; %s",
           HypRoundUp((double)PetscMin(error, 1), 2), source, Refine(space));
  PetscCall(Warn(sentence));
  PetscFunctionReturn(0);
}

/*@C
  HypGuardPotential - Warns if the nodes of a space do not see a potential

  Not collective; the first rank prints

  Input Parameter:
. space - the space

  Level: intermediate

.seealso: HypSpaceBetweenPotential(), HypGuardGap()
@*/
PetscErrorCode HypGuardPotential(HypSpace space)
{
  const PetscReal much = 0.5;
  PetscReal       worst, where;
  PetscInt        which;
  char            sentence[512];

  PetscFunctionBeginUser;
  PetscCall(HypSpaceBetweenPotential(space, &worst, &where, &which));
  if (worst <= much) PetscFunctionReturn(0);
  snprintf(sentence, sizeof(sentence),
           "the nodes do not resolve %s: between two of them, at theta = %.3g, beta U differs by "
           "%.2g from what they see, at most %g allowed, and gaps and rates may be of another "
           "loss; raise axis_x_n, or narrow the x axis",
           HypModelPotentialKey(HypSpaceGetModel(space), which), (double)where, (double)worst,
           (double)much);
  PetscCall(Warn(sentence));
  PetscFunctionReturn(0);
}

/*@C
  HypGuardCreate - Prepares the guards, and judges the steady state as HypGuardSteady() does

  Collective

  Input Parameters:
+ K - the operator
- f - F/M

  Output Parameter:
. guard - the guards, to be freed with HypGuardDestroy()

  Level: intermediate

.seealso: HypGuardWatch()
@*/
PetscErrorCode HypGuardCreate(HypKinetic K, Vec f, HypGuard *guard)
{
  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(guard, sizeof(*guard)));
  guard->perturbed = HypModelPerturbed(HypKineticGetModel(K));
  PetscCall(HypResolutionCreate(HypKineticGetSpace(K), &guard->resolution));
  PetscCall(JudgeSteady(&guard->resolution, f, &guard->steady));
  PetscFunctionReturn(0);
}

/* The norm from which growth is measured: the smallest so far, unless that is rounding error */
static PetscReal Base(const HypGuard *guard)
{
  return PetscMax(guard->memory[HYP_GUARD_LOWEST], NEGLIGIBLE * guard->memory[HYP_GUARD_NORM]);
}

/*@C
  HypGuardSuspects - Has the solution grown so much that older states should be kept?

  Not Collective

  Input Parameters:
+ guard - the guards, after the first HypGuardWatch()
- norm2 - ||h||^2

  Level: intermediate

  Note:
  Such growth does not prove a failure yet.

.seealso: HypGuardCheck()
@*/
PetscBool HypGuardSuspects(const HypGuard *guard, PetscReal norm2)
{
  return (PetscBool)(norm2 > SUSPICIOUS * Base(guard));
}

/*@C
  HypGuardCheck - Judges a solution without remembering anything of it

  Logically Collective

  Input Parameters:
+ guard - the guards, after the first HypGuardWatch()
. step  - steps taken
. t     - time
- f     - functionals of the solution

  Level: intermediate

.seealso: HypGuardWatch()
@*/
PetscErrorCode HypGuardCheck(const HypGuard *guard, PetscInt step, PetscReal t,
                             const HypFunctionals *f)
{
  const PetscReal sum   = f->mass + f->norm2 + f->grad_x2 + f->grad_v2 + f->grad_xv + f->H,
                  first = guard->memory[HYP_GUARD_NORM], lowest = guard->memory[HYP_GUARD_LOWEST],
                  drift = PetscAbsReal(f->mass - guard->memory[HYP_GUARD_MASS]);
  /* a larger space makes growth worse: eps = 0.1 theta^3 multiplies ||h||^2 by 2e2 in a box of
     width 5, by 2e16 in one of 7 */
  const char *const relief = HypSpaceGetRelief(guard->resolution.space);
  const HypModel    model  = HypSpaceGetModel(guard->resolution.space);

  PetscFunctionBeginUser;
  PetscCheck(
    !PetscIsInfOrNanReal(sum), PETSC_COMM_WORLD, PETSC_ERR_CONV_FAILED,
    "at t = %g (step %" PetscInt_FMT
    ") a functional is not finite: ||h||^2 = %g, ||grad_x h||^2 = %g, ||grad_v h||^2 = %g, "
    "H = %g; shorten -ts_dt%s%s%s%s",
    (double)t, step, (double)f->norm2, (double)f->grad_x2, (double)f->grad_v2, (double)f->H,
    guard->perturbed ? "; or " : "", guard->perturbed ? HypModelSuspect(model) : "",
    guard->perturbed ? " is too strong for this space: " : "", guard->perturbed ? relief : "");
  PetscCheck(
    drift <= DRIFT * PetscMax(1, PetscSqrtReal(first)), PETSC_COMM_WORLD, PETSC_ERR_CONV_FAILED,
    "at t = %g (step %" PetscInt_FMT
    ") the mass has changed by %g, which must be conserved to rounding: tighten the time "
    "integrator (-ts_rtol, -ksp_rtol, -ts_exponential_tolerance) or shorten -ts_dt%s%s%s%s",
    (double)t, step, (double)drift, guard->perturbed ? "; or " : "",
    guard->perturbed ? HypModelSuspect(model) : "",
    guard->perturbed ? " is too strong for this space: " : "", guard->perturbed ? relief : "");
  PetscCheck(
    guard->perturbed || f->norm2 <= lowest + GROWTH * first, PETSC_COMM_WORLD,
    PETSC_ERR_CONV_FAILED,
    "at t = %g (step %" PetscInt_FMT
    ") ||h||^2 = %g has grown from %g, which no solution does for eps = 0: the time integrator is "
    "unstable; shorten -ts_dt, or leave -ts_type at exponential",
    (double)t, step, (double)f->norm2, (double)lowest);
  PetscCheck(
    f->norm2 <= IMPOSSIBLE * Base(guard), PETSC_COMM_WORLD, PETSC_ERR_CONV_FAILED,
    "at t = %g (step %" PetscInt_FMT ") ||h||^2 = %g has grown from %g: the time integrator is "
    "unstable: shorten -ts_dt; or %s is too "
    "strong for this space: %s",
    (double)t, step, (double)f->norm2, (double)Base(guard), HypModelSuspect(model), relief);
  PetscFunctionReturn(0);
}

static PetscErrorCode WatchGrowth(HypGuard *guard, PetscReal t, PetscReal norm2)
{
  const HypSpace space = guard->resolution.space;
  char           sentence[1024];

  PetscFunctionBeginUser;
  guard->suspicious = HypGuardSuspects(guard, norm2);
  if (guard->suspicious && !guard->warned_growth) {
    guard->warned_growth = PETSC_TRUE;
    snprintf(sentence, sizeof(sentence),
             "at t = %g ||h||^2 = %g has grown from %g, and no checkpoints are written until it is "
             "smaller: the time step may be too long: shorten -ts_dt; or %s may be too strong for "
             "this space: %s",
             (double)t, (double)norm2, (double)Base(guard),
             HypModelSuspect(HypSpaceGetModel(space)), HypSpaceGetRelief(space));
    PetscCall(Warn(sentence));
  }
  guard->memory[HYP_GUARD_LOWEST] = PetscMin(guard->memory[HYP_GUARD_LOWEST], norm2);
  PetscFunctionReturn(0);
}

static PetscErrorCode WatchEdge(HypGuard *guard, PetscReal t, Vec h, PetscReal norm2)
{
  PetscReal share;
  char      sentence[512];

  PetscFunctionBeginUser;
  if (norm2 <= NEGLIGIBLE * guard->memory[HYP_GUARD_NORM]) PetscFunctionReturn(0);
  PetscCall(HypResolutionShare(&guard->resolution, h, &share));
  guard->waits = (PetscBool)(guard->waits && share > EDGE);
  if (guard->waits) PetscFunctionReturn(0);
  if (share > guard->memory[HYP_GUARD_EDGE]) {
    guard->memory[HYP_GUARD_EDGE]   = share;
    guard->memory[HYP_GUARD_EDGE_T] = t;
  }
  if (share > EDGE && !guard->warned_edge) {
    guard->warned_edge = PETSC_TRUE;
    snprintf(sentence, sizeof(sentence),
             "at t = %g, %.3g of ||h||^2 lies %s, where the space ends: %s%s", (double)t,
             (double)share, HypSpaceGetEdge(guard->resolution.space),
             HypSpaceGetAdvice(guard->resolution.space),
             t > 0 ? ""
                   : "; or narrow the start, of which no variance may reach twice "
                     "that of M, where ||h|| is infinite");
    PetscCall(Warn(sentence));
  }
  PetscFunctionReturn(0);
}

/*@C
  HypGuardWatch - Judges the solution at one output time, and remembers it if it is good

  Collective

  Input Parameters:
+ guard - the guards
. step  - steps taken
. t     - time
. h     - the solution
- f     - its functionals

  Level: intermediate

.seealso: HypGuardCheck()
@*/
PetscErrorCode HypGuardWatch(HypGuard *guard, PetscInt step, PetscReal t, Vec h,
                             const HypFunctionals *f)
{
  PetscFunctionBeginUser;
  if (!guard->started) {
    guard->started                  = PETSC_TRUE;
    guard->memory[HYP_GUARD_MASS]   = f->mass;
    guard->memory[HYP_GUARD_NORM]   = PetscMax(f->norm2, SMALLEST);
    guard->memory[HYP_GUARD_LOWEST] = f->norm2;
  }
  PetscCall(HypGuardCheck(guard, step, t, f));
  guard->memory[HYP_GUARD_DRIFT] =
    PetscMax(guard->memory[HYP_GUARD_DRIFT], PetscAbsReal(f->mass - guard->memory[HYP_GUARD_MASS]));
  PetscCall(WatchGrowth(guard, t, f->norm2));
  PetscCall(WatchEdge(guard, t, h, f->norm2));
  PetscFunctionReturn(0);
}

/*@C
  HypGuardDestroy - Frees the guards

  Collective

  Input Parameter:
. guard - the guards

  Level: intermediate

.seealso: HypGuardCreate()
@*/
PetscErrorCode HypGuardDestroy(HypGuard *guard)
{
  PetscFunctionBeginUser;
  PetscCall(HypResolutionDestroy(&guard->resolution));
  PetscFunctionReturn(0);
}

/*@
  HypGuardNegative - Says once that a solution, or the steady state, is negative

  Collective

  Input Parameters:
+ guard - the guards
. t     - time
- norms - after HypNormsCompute() at that time; NULL is allowed

  Level: intermediate

  Note:
  Truncated series of a positive density have a little negative mass;
  more than a thousandth means that the start is no density, or that the space does not resolve it.
  A steady state with a million times its mass is refused: rounding decides on the rest.
@*/
PetscErrorCode HypGuardNegative(HypGuard *guard, PetscReal t, HypNorms norms)
{
  const PetscReal much  = 1e-3;
  const HypSpace  space = guard->resolution.space;
  PetscReal       g, F;
  char            sentence[512];

  PetscFunctionBeginUser;
  if (!norms || guard->warned_negative) PetscFunctionReturn(0);
  g = HypNormsNegative(norms, HYP_NORM_NEGATIVE);
  F = HypNormsNegative(norms, HYP_NORM_NEGATIVE_F);
  PetscCheck(!(F > IMPOSSIBLE_MASS), HypSpaceGetComm(space), PETSC_ERR_CONV_FAILED,
             "the steady state F is negative with a mass of %.2g, at most %g is allowed of a whole "
             "of 1: %s is too strong for this space: %s",
             (double)F, IMPOSSIBLE_MASS, HypModelSuspect(HypSpaceGetModel(space)),
             HypSpaceGetRelief(space));
  if (!(PetscMax(g, F) > much)) PetscFunctionReturn(0);
  guard->warned_negative = PETSC_TRUE;
  snprintf(sentence, sizeof(sentence),
           "at t = %g, %s is negative with a mass of %.2g, and no density is: %sthe space does not "
           "resolve it; %s",
           (double)t, g > much ? "g" : "the steady state F", (double)(g > much ? g : F),
           t > 0 || g <= much ? "" : "either the start is no density, or ", Refine(space));
  PetscCall(Warn(sentence));
  PetscFunctionReturn(0);
}
