#include "program/problem.h"
#include "base/agree.h"
#include <hypoco/guard.h>
#include <hypoco/spectrum.h>
#include <petsctime.h>
#include <math.h>

/* Is a sparse matrix with its factors affordable? */
static PetscBool Affordable(HypSpace space)
{
  return HypSpaceGetSize(space) <= HypSpaceGetAffordable(space) ? PETSC_TRUE : PETSC_FALSE;
}

/* Integrators whose steps solve with the whole operator want a factorisation;
   the others want fast products */
static PetscErrorCode WantsFactors(PetscBool *wants)
{
  static const char *const products[] = {"exponential", "rk", "ssp", "euler", "arkimex", "mimex"};
  char                     type[64];
  PetscBool                set;

  PetscFunctionBeginUser;
  PetscCall(PetscOptionsGetString(NULL, NULL, "-ts_type", type, sizeof(type), &set));
  *wants = set;
  for (size_t k = 0; set && k < sizeof(products) / sizeof(products[0]); k++) {
    if (!strcmp(type, products[k])) *wants = PETSC_FALSE;
  }
  PetscFunctionReturn(0);
}

/* The operator for time steps and functionals:
   the fused product is the faster one on every space */
static PetscErrorCode ChooseForm(HypSpace space, const HypSettings *s, HypForm *form)
{
  const char *asked   = s->operator_form;
  PetscBool   factors = PETSC_FALSE;

  PetscFunctionBeginUser;
  PetscCall(WantsFactors(&factors));
  if (!strcmp(asked, "auto"))
    *form = Affordable(space) && factors ? HYP_ASSEMBLED : HYP_MATRIX_FREE;
  else
    *form = !strcmp(asked, "assembled") ? HYP_ASSEMBLED : HYP_MATRIX_FREE;
  PetscFunctionReturn(0);
}

/* Vectors that a run holds at once: the operator's own, F, h and a checkpoint; eps_i;
   what the integrator and sparse factors keep, as measured */
static PetscErrorCode CheckRoom(HypSpace space)
{
  static const struct {
    const char *type;
    PetscInt    vectors;
  } integrators[]          = {{"rk", 12}, {"ssp", 6},    {"euler", 4}, {"arkimex", 21},
                              {"cn", 15}, {"theta", 15}, {"bdf", 32},  {"rosw", 30}};
  PetscInt       dimension = 40, vectors = 9 + (HypModelPerturbed(HypSpaceGetModel(space))
                                                  ? HypModelDimension(HypSpaceGetModel(space))
                                                  : 0);
  const PetscInt factors  = 280; /* of 724 x 724 cells */
  char           type[64] = "exponential";
  PetscBool      set;

  PetscFunctionBeginUser;
  PetscCall(PetscOptionsGetString(NULL, NULL, "-ts_type", type, sizeof(type), &set));
  PetscCall(PetscOptionsGetInt(NULL, NULL, "-ts_exponential_dimension", &dimension, &set));
  if (!strcmp(type, "exponential")) vectors += dimension + 2;
  for (size_t k = 0; k < sizeof(integrators) / sizeof(integrators[0]); k++) {
    if (!strcmp(type, integrators[k].type)) vectors += integrators[k].vectors;
  }
  if (HypModelPerturbed(HypSpaceGetModel(space)) && HypSpaceFactorsAreSparse(space) &&
      Affordable(space))
    vectors += factors;
  PetscCall(HypSpaceCheckRoom(space, (PetscReal)HypSpaceGetSize(space), vectors));
  PetscFunctionReturn(0);
}

/* What is written at the end: that it will find no place must be known first */
static PetscErrorCode CheckPlace(MPI_Comm comm, const char path[], PetscBool special)
{
  PetscFunctionBeginUser;
  if (path) PetscCall(HypFileCheckPlace(comm, path, special));
  PetscFunctionReturn(0);
}

/* The critical case gives up a tenth of the friction unless told otherwise:
   H proves the rate (gamma - delta)/2, docs/mathematics.md */
static PetscReal ChooseDelta(HypModel model, const HypSettings *s)
{
  return !isnan(s->verify_delta) ? s->verify_delta : 0.1 * HypModelGamma(model);
}

/* The tail of eps is no error of the results, which weigh high degrees less;
   but a large one leaves nothing to rely on */
static PetscErrorCode CheckTail(MPI_Comm comm, const HypProblem *problem)
{
  const PetscReal large = 0.05;

  PetscFunctionBeginUser;
  if (comm == PETSC_COMM_WORLD && !PetscIsNanReal(problem->tail) &&
      problem->tail > large) /* once, not for each case of a sweep */
    PetscCall(PetscFPrintf(comm, stderr,
                           "hypoco: warning: space_degree = %" PetscInt_FMT
                           " does not resolve eps: %.2g of it lies beyond that degree of its "
                           "Hermite series; raise space_degree, or take "
                           "space_type tensor\n",
                           HypSpaceGetDegree(problem->space), (double)problem->tail));
  PetscFunctionReturn(0);
}

/* A table that ends where the Gaussian M still has weight is extrapolated there:
   that must be known */
static PetscErrorCode CheckTables(MPI_Comm comm, const HypProblem *problem,
                                  const HypSettings *settings)
{
  const PetscReal seen = 1e-10; /* weight that could matter for a result */
  PetscReal       reach;

  PetscFunctionBeginUser;
  if (comm == PETSC_COMM_WORLD && HypModelTableShort(problem->model))
    PetscCall(PetscFPrintf(comm, stderr,
                           "hypoco: warning: a table has too few points to estimate the error of "
                           "interpolation: eigenvalues and rates have no error bar; give more "
                           "points\n"));
  PetscCall(HypSpaceReach(problem->space, &reach));
  for (PetscInt i = 0; i < HypModelDimension(problem->model); i++) {
    const PetscReal s = HypModelDeviation(problem->model, i);
    PetscReal       low, high, weight;

    PetscCall(HypModelTableReach(problem->model, i, &low, &high));
    weight = (erfc(-low / (s * PetscSqrtReal(2))) + erfc(high / (s * PetscSqrtReal(2)))) / 2;
    if (comm != PETSC_COMM_WORLD || weight < seen) continue;
    PetscCall(PetscFPrintf(comm, stderr,
                           "hypoco: warning: a table reaches from %g to %g in theta%" PetscInt_FMT
                           ", the space sees |theta%" PetscInt_FMT
                           "| up to %.3g; beyond the table, where the Gaussian M has %.1e of its "
                           "weight, table_extrapolation: %s holds\n",
                           (double)low, (double)high, i + 1, i + 1, (double)(s * reach),
                           (double)weight, settings->table_extrapolation));
  }
  PetscFunctionReturn(0);
}

/* On the ranks of comm: a sweep runs several problems side by side */
PetscErrorCode HypProblemCreateOn(MPI_Comm comm, const HypSettings *s, HypProblem *problem)
{
  HypForm form = HYP_MATRIX_FREE;

  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(problem, sizeof(*problem)));
  PetscCall(PetscTime(&problem->start));
  PetscCall(CheckPlace(comm, s->output, PETSC_FALSE));
  PetscCall(CheckPlace(comm, s->json, PETSC_TRUE));
  PetscCall(HypSettingsModel(s, comm, &problem->model));
  PetscCall(HypModelLyapunov(problem->model, ChooseDelta(problem->model, s), &problem->lyapunov));
  PetscCall(HypSettingsReference(s, problem->model));
  PetscCall(HypSettingsSpace(s, problem->model, &problem->space));
  PetscCall(CheckRoom(problem->space));
  PetscCall(HypSpacePerturbationTail(problem->space, &problem->tail));
  PetscCall(CheckTail(comm, problem));
  PetscCall(CheckTables(comm, problem, s));
  if (comm == PETSC_COMM_WORLD) PetscCall(HypGuardPotential(problem->space));
  PetscCall(ChooseForm(problem->space, s, &form));
  PetscCall(HypKineticCreate(problem->space, form, &problem->K));
  if (strcmp(s->operator_form, "auto")) PetscCall(HypKineticKeepForm(problem->K));
  PetscFunctionReturn(0);
}

PetscErrorCode HypProblemCreate(const HypSettings *s, HypProblem *problem)
{
  PetscFunctionBeginUser;
  PetscCall(HypProblemCreateOn(PETSC_COMM_WORLD, s, problem));
  PetscFunctionReturn(0);
}

/* Multiples of the interval from 0 to the end, both included */
PetscErrorCode HypOutputTimes(const HypSettings *s, PetscInt *n, PetscReal **times)
{
  const PetscReal end = s->time_end, interval = s->time_output_interval;
  const PetscReal whole = PetscFloorReal(end / interval * (1 + 1e-12));

  PetscFunctionBeginUser;
  PetscCheck(whole < 1e7, PETSC_COMM_WORLD, PETSC_ERR_ARG_OUTOFRANGE,
             "time_output_interval: %g up to time_end = %g makes %.3g outputs, at most 1e7 "
             "allowed; lengthen the interval",
             (double)interval, (double)end, (double)whole);
  *n = (PetscInt)whole + 1;
  PetscCall(PetscMalloc1(*n + 1, times));
  for (PetscInt k = 0; k < *n; k++) (*times)[k] = (PetscReal)k * interval;
  if (end - (*times)[*n - 1] > 1e-9 * end)
    (*times)[(*n)++] = end;
  else if (*n > 1)
    (*times)[*n - 1] = end;
  PetscFunctionReturn(0);
}

PetscErrorCode HypProblemResult(const HypProblem *problem, const HypSettings *s, HypResult *result)
{
  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(result, sizeof(*result)));
  result->asked    = s->asked;
  result->model    = problem->model;
  result->space    = problem->space;
  result->lyapunov = &problem->lyapunov;
  result->tail     = problem->tail;
  PetscCall(PetscStrncpy(result->verdict, "done", sizeof(result->verdict)));
  PetscFunctionReturn(0);
}

/* The error bar of F from a coarser space, and a warning where it is large; if there is no such F,
   the run still succeeds */
PetscErrorCode HypProblemCheckSteady(const HypProblem *problem, HypSteady *steady)
{
  const PetscInt least = 30; /* so few functions have no useful coarser space */

  PetscFunctionBeginUser;
  if (HypSpaceGetSize(problem->space) < least) PetscFunctionReturn(0);
  if (HypAgree(PETSC_COMM_WORLD, HypSteadyCheck(problem->K, steady))) {
    steady->error = NAN;
    PetscCall(PetscFPrintf(PETSC_COMM_WORLD, stderr,
                           "hypoco: warning: F has no error bar: with two thirds of the nodes or "
                           "degrees there is none: %s\n",
                           HypCliTakeError(PETSC_COMM_WORLD)));
  }
  PetscCall(HypGuardAgreement(problem->space, steady->error, steady->source));
  PetscFunctionReturn(0);
}

static PetscErrorCode CheckGap(const HypProblem *problem)
{
  HypSpace    space;
  HypKinetic  K;
  HypSpectrum spectrum, coarser;

  PetscFunctionBeginUser;
  PetscCall(HypSpectrumCoarsen(problem->K));
  PetscCall(HypKineticCreateCoarser(problem->K, &space, &K));
  PetscCall(HypSpectrumComputeOnTwo(problem->K, K, 2, &spectrum, &coarser));
  PetscCall(HypGuardGap(problem->space, spectrum.gap, spectrum.error[1]));
  PetscCall(HypSpectrumDestroy(&coarser));
  PetscCall(HypSpectrumDestroy(&spectrum));
  PetscCall(HypKineticDestroy(&K));
  PetscCall(HypSpaceDestroy(&space));
  PetscFunctionReturn(0);
}

/* For commands that look at F alone, which may look right where the leading eigenfunctions are not
   resolved or the truncation is unstable.  As long as it costs no more than a second or two. */
PetscErrorCode HypProblemCheckGap(const HypProblem *problem)
{
  const PetscInt least = 30, most = HypSpaceFactorsAreSparse(problem->space) ? 17000 : 4000;

  PetscFunctionBeginUser;
  if (!HypModelPerturbed(problem->model) || HypSpaceGetSize(problem->space) < least ||
      HypSpaceGetSize(problem->space) > most)
    PetscFunctionReturn(0);
  if (HypAgree(PETSC_COMM_WORLD, CheckGap(problem)))
    PetscCall(PetscFPrintf(PETSC_COMM_WORLD, stderr,
                           "hypoco: warning: F cannot be relied on, for the eigenvalues are not "
                           "resolved: %s\n",
                           HypCliTakeError(PETSC_COMM_WORLD)));
  PetscFunctionReturn(0);
}

PetscErrorCode HypProblemDestroy(HypProblem *problem)
{
  PetscFunctionBeginUser;
  PetscCall(HypKineticDestroy(&problem->K));
  PetscCall(HypSpaceDestroy(&problem->space));
  PetscCall(HypModelDestroy(&problem->model));
  PetscFunctionReturn(0);
}
