#include "program/investigate.h"
#include <math.h>
#include <petsctime.h>

PetscReal HypInvestigateFactors[2] = {1, 1};

typedef struct {
  HypKinetic         K;
  const HypLyapunov *lyapunov;
  HypFindings       *findings;
  PetscReal          mass0; /* <1, f>, so that mass = int g */
  HypProgress       *progress;
} Run;

static PetscErrorCode Output(PetscInt k, PetscReal t, Vec h, void *ctx)
{
  Run           *run = (Run *)ctx;
  HypFunctionals f;

  PetscFunctionBeginUser;
  (void)k;
  PetscCall(HypFunctionalsCompute(run->K, run->lyapunov, h, &f));
  PetscCall(HypSeriesAdd(&run->findings->series, &(HypObservation){.K    = run->K,
                                                                   .t    = t,
                                                                   .mass = run->mass0 + f.mass,
                                                                   .h    = h,
                                                                   .f    = run->findings->steady.f,
                                                                   .functionals = &f}));
  if (run->findings->audit) PetscCall(HypAuditObserve(run->findings->audit, t, h));
  if (run->progress) PetscCall(HypProgressUpdate(run->progress, t));
  PetscFunctionReturn(0);
}

/*
   The solution from h_0 = g_0/M - F/M.  On the coarser space options -coarse_ts_...
   are read instead of -ts_..., so that it is integrated exactly whatever -ts_type says:
   the difference between the two then holds the error of the time steps as well.
*/
static PetscErrorCode Solve(HypInvestigation *v, HypKinetic K, PetscBool coarse,
                            HypProgress *progress, HypFindings *findings)
{
  Run run = {.K = K, .lyapunov = &v->problem.lyapunov, .findings = findings, .progress = progress};
  HypEvolution evolution;
  PetscInt     n;
  PetscReal   *times;
  TS           ts;

  PetscFunctionBeginUser;
  PetscCall(HypSteadyCompute(K, &findings->steady));
  PetscCall(HypSpaceCreateVec(K->space, &findings->h));
  PetscCall(HypSettingsInitial(v->s, v->problem.model, K->space, findings->h));
  PetscCall(VecAXPY(findings->h, -1, findings->steady.f));
  PetscCall(VecDot(findings->steady.f, HypSpaceGetOne(K->space), &run.mass0));
  PetscCall(HypOutputTimes(v->s, &n, &times));
  PetscCall(HypSeriesCreate(K, n, &findings->series));
  if (v->tasks & HYP_TASK_AUDIT)
    PetscCall(HypAuditCreate(K, &v->constants, v->boxes[HYP_BOXES - 1].box >= v->reach, n,
                             &findings->audit));
  PetscCall(HypEvolutionCreate(K, &evolution));
  PetscCall(HypEvolutionGetTS(evolution, &ts));
  if (coarse) PetscCall(TSSetOptionsPrefix(ts, "coarse_"));
  PetscCall(HypEvolutionSetOutputs(evolution, n, times, Output, &run));
  if (progress) PetscCall(HypProgressStart(v->s, "t", 0, times[n - 1], progress));
  PetscCall(HypEvolutionSolve(evolution, findings->h));
  if (progress) PetscCall(HypProgressEnd(progress));
  PetscCall(HypFitRate(findings->series.n, findings->series.t,
                       HypSeriesValues(&findings->series, "norm2"), &findings->fit));
  PetscCall(HypFitRate(3 * findings->series.n / 4, findings->series.t,
                       HypSeriesValues(&findings->series, "norm2"), &findings->earlier));
  PetscCall(HypEvolutionDestroy(&evolution));
  PetscCall(PetscFree(times));
  PetscFunctionReturn(0);
}

static PetscInt Count(const HypInvestigation *v)
{
  return PetscMin((PetscInt)v->s->spectrum_count, HypSpaceGetSize(v->problem.space) / 4);
}

/* The solution on one space; of the finer one with a progress line,
   if this is the only problem of the process */
static PetscErrorCode Explore(HypInvestigation *v, HypKinetic K, PetscBool coarse,
                              HypFindings *findings)
{
  HypProgress progress;
  PetscMPIInt all;

  PetscFunctionBeginUser;
  if (!(v->tasks & HYP_TASK_SOLVE)) PetscFunctionReturn(0);
  PetscCallMPI(MPI_Comm_compare(v->comm, PETSC_COMM_WORLD, &all));
  PetscCall(Solve(v, K, coarse,
                  coarse || all == MPI_UNEQUAL || all == MPI_SIMILAR ? NULL : &progress, findings));
  PetscFunctionReturn(0);
}

/* The spectrum on both spaces, and with it the rest of the audit */
static PetscErrorCode Spectra(HypInvestigation *v)
{
  HypFindings *const both[2]  = {&v->fine, &v->coarse};
  const PetscBool    spectrum = (PetscBool)((v->tasks & HYP_TASK_SPECTRUM) != 0);

  PetscFunctionBeginUser;
  if (spectrum)
    PetscCall(HypSpectrumComputeOnTwo(v->problem.K, v->coarserK, Count(v), &v->fine.spectrum,
                                      &v->coarse.spectrum));
  for (int k = 0; k < 2; k++) {
    if (both[k]->audit)
      PetscCall(HypAuditFinish(both[k]->audit, spectrum ? &both[k]->spectrum : NULL));
  }
  PetscFunctionReturn(0);
}

/* Assumption 3.1 on growing boxes; the last one is that of the audit:
   the user's, or all that the space sees */
static PetscErrorCode Suprema(HypInvestigation *v)
{
  const PetscReal boxes[HYP_BOXES] = {3, 6, 12, 24,
                                      !isnan(v->s->verify_box) ? v->s->verify_box : v->reach};
  HypJacobian     jacobian;

  PetscFunctionBeginUser;
  PetscCall(HypSettingsJacobian(v->s, v->problem.model, &jacobian));
  for (PetscInt k = 0; k < HYP_BOXES; k++)
    PetscCall(HypSupremaCompute(v->problem.model, &jacobian, boxes[k], &v->boxes[k]));
  PetscCall(HypJacobianDestroy(&jacobian));
  PetscFunctionReturn(0);
}

/* 1 - ||P(t)||^2 at two short times: what is left of t^(2 index + 1) and its constant,
   extrapolated to t = 0 */
static PetscErrorCode ShortTime(HypInvestigation *v, PetscReal *index, PetscReal *constant)
{
  HypModel        model = v->problem.model;
  const PetscReal t     = 0.02 / (HypModelGamma(model) + HypModelFastest(model));
  PetscReal       norm[2], lost[2];

  PetscFunctionBeginUser;
  *index = *constant = NAN;
  if (HypModelPerturbed(model) || HypSpaceGetSize(v->problem.space) > 3000) PetscFunctionReturn(0);
  for (PetscInt k = 0; k < 2; k++) {
    PetscCall(HypPropagatorNorm(v->problem.K, t * (PetscReal)(k + 1), &norm[k]));
    lost[k] = (1 - norm[k]) * (1 + norm[k]);
  }
  *index    = (PetscLogReal(lost[1] / lost[0]) / PetscLogReal(2) - 1) / 2;
  *constant = (2 * lost[0] - lost[1] / 8) / (t * t * t);
  PetscFunctionReturn(0);
}

static PetscErrorCode Bounds(HypInvestigation *v)
{
  HypBoundData data = {.model        = v->problem.model,
                       .theorem      = &v->constants.theorem,
                       .eps0         = v->constants.eps0,
                       .box          = v->boxes[HYP_BOXES - 1].box,
                       .C1_corrected = v->constants.C1_corrected,
                       .slopes       = &v->slopes,
                       .contraction  = &v->contraction,
                       .gap          = v->rate.gap,
                       .gap_error    = v->rate.gap_error};

  PetscFunctionBeginUser;
  PetscCall(ShortTime(v, &data.short_index, &data.short_constant));
  PetscCall(HypBoundsCompute(&data, &v->nbounds, &v->bounds));
  PetscCall(HypBoundsAnswer(&data, v->bounds, v->answer, sizeof(v->answer)));
  PetscFunctionReturn(0);
}

/* What one method alone says about the rate, when the other was not asked for */
static PetscErrorCode SingleRate(HypInvestigation *v)
{
  PetscFunctionBeginUser;
  v->rate.fit = v->rate.fit_error = v->rate.gap = v->rate.gap_error = v->rate.rate = v->rate.error =
    NAN;
  if (v->tasks & HYP_TASK_SPECTRUM) {
    v->rate.gap = v->rate.rate = v->fine.spectrum.gap;
    v->rate.gap_error          = v->fine.spectrum.n > 1
                                   ? v->fine.spectrum.refined[1] + v->fine.spectrum.residual[1]
                                   : PETSC_INFINITY;
    v->rate.error              = v->rate.gap_error;
  } else if (v->fine.fit.form != HYP_FIT_NONE) {
    v->rate.fit = v->rate.rate = v->fine.fit.rate;
    v->rate.fit_error = v->fine.fit.error + PetscAbsReal(v->fine.fit.rate - v->coarse.fit.rate);
    v->rate.error     = v->rate.fit_error;
  }
  PetscFunctionReturn(0);
}

/*
  HypInvestigate - Solve, spectrum and audit of one problem, each on its space and on a coarser one

  Collective

  Input Parameters:
+ comm    - ranks of the problem
. options - the options
- tasks   - what to do; an audit needs the solution and the spectrum

  Output Parameter:
. v - what was found, to be freed with HypInvestigationDestroy(), after a failure too
*/
PetscErrorCode HypInvestigate(MPI_Comm comm, const HypSettings *s, HypTasks tasks,
                              HypInvestigation *v)
{
  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(v, sizeof(*v)));
  v->comm  = comm;
  v->s     = s;
  v->tasks = tasks;
  PetscCheck(!(tasks & HYP_TASK_SOLVE) || strcmp(s->initial_type, "file"), comm,
             PETSC_ERR_ARG_INCOMP,
             "initial_type: file given, but error bars need the initial data on two resolutions; "
             "give gaussian, point, modes, random or expression");
  PetscCall(HypProblemCreateOn(comm, s, &v->problem));
  PetscCall(HypSpaceReach(v->problem.space, &v->reach));
  if (tasks & HYP_TASK_AUDIT) PetscCall(Suprema(v));
  PetscCall(HypAuditConstantsCompute(v->problem.model,
                                     v->problem.lyapunov.delta > 0 ? v->problem.lyapunov.delta
                                                                   : 0.1 * v->problem.model->gamma,
                                     v->boxes[HYP_BOXES - 1].eps0, &v->constants));
  v->constants.theorem.lyapunov.mu_proved *= HypInvestigateFactors[0];
  v->constants.theorem.C2 *= HypInvestigateFactors[1];
  PetscCall(HypSpectrumCoarsen(v->problem.K));
  PetscCall(HypSettingsContraction(v->s, v->problem.model, &v->slopes, &v->contraction));
  if (v->slopes.bounded) v->constants.contraction = v->contraction.mu;
  PetscCall(HypKineticCreateCoarser(v->problem.K, &v->coarser, &v->coarserK));
  PetscCall(PetscTime(&v->ready));
  PetscCall(Explore(v, v->problem.K, PETSC_FALSE, &v->fine));
  PetscCall(Explore(v, v->coarserK, PETSC_TRUE, &v->coarse));
  PetscCall(Spectra(v));
  if ((tasks & HYP_TASK_SOLVE) && (tasks & HYP_TASK_SPECTRUM))
    PetscCall(HypRateEstimateCompute(&v->fine.fit, &v->fine.earlier, &v->coarse.fit,
                                     &v->fine.spectrum, &v->coarse.spectrum, &v->rate));
  else
    PetscCall(SingleRate(v));
  if (tasks & HYP_TASK_AUDIT)
    PetscCall(
      HypAuditJudge(v->fine.audit, v->coarse.audit, &v->rate, &v->nstatements, &v->statements));
  if (tasks & HYP_TASK_AUDIT) PetscCall(Bounds(v));
  PetscCall(PetscTime(&v->done));
  PetscFunctionReturn(0);
}

static PetscErrorCode FindingsDestroy(HypFindings *findings)
{
  PetscFunctionBeginUser;
  PetscCall(HypAuditDestroy(&findings->audit));
  PetscCall(HypSpectrumDestroy(&findings->spectrum));
  PetscCall(HypSeriesDestroy(&findings->series));
  PetscCall(HypSteadyDestroy(&findings->steady));
  PetscCall(VecDestroy(&findings->h));
  PetscFunctionReturn(0);
}

/* What HypSpectrumCompute() would find for eps = 0 if the space were all of L2(M) */
static PetscErrorCode ClosedForm(HypModel model, PetscInt n, HypSpectrum *spectrum)
{
  PetscFunctionBeginUser;
  spectrum->n = n;
  PetscCall(PetscMalloc1(n, &spectrum->real));
  PetscCall(PetscMalloc1(n, &spectrum->imag));
  PetscCall(PetscCalloc1(n, &spectrum->residual));
  PetscCall(HypSpectrumExact(model, n, spectrum->real, spectrum->imag));
  spectrum->gap = -spectrum->real[1];
  PetscFunctionReturn(0);
}

/*
  HypInvestigateRate - The error bar of a rate that was fitted to a solution:
  the same fit on a coarser space, and the spectrum

  Collective

  Input Parameters:
+ problem - the problem that was solved
. options - its options
. series  - its solution
- fit     - the rate

  Output Parameter:
. rate - both methods, each with its error on two resolutions;
  for eps = 0 the spectrum is the closed form and exact
*/
PetscErrorCode HypInvestigateRate(HypProblem *problem, const HypSettings *s,
                                  const HypSeries *series, const HypFit *fit, HypRateEstimate *rate)
{
  const PetscBool  perturbed = HypModelIsQuadratic(problem->model) ? PETSC_FALSE : PETSC_TRUE;
  HypInvestigation v         = {.comm  = PETSC_COMM_WORLD,
                                .s     = s,
                                .tasks = HYP_TASK_SOLVE | (perturbed ? HYP_TASK_SPECTRUM : 0)};

  PetscFunctionBeginUser;
  v.problem = *problem;
  PetscCall(HypSpectrumCoarsen(problem->K));
  PetscCall(HypKineticCreateCoarser(problem->K, &v.coarser, &v.coarserK));
  PetscCall(Explore(&v, v.coarserK, PETSC_TRUE, &v.coarse));
  PetscCall(Spectra(&v));
  if (!perturbed) PetscCall(ClosedForm(problem->model, Count(&v), &v.fine.spectrum));
  PetscCall(
    HypFitRate(3 * series->n / 4, series->t, HypSeriesValues(series, "norm2"), &v.fine.earlier));
  PetscCall(HypRateEstimateCompute(fit, &v.fine.earlier, &v.coarse.fit, &v.fine.spectrum,
                                   perturbed ? &v.coarse.spectrum : NULL, rate));
  PetscCall(FindingsDestroy(&v.fine));
  PetscCall(FindingsDestroy(&v.coarse));
  PetscCall(HypKineticDestroy(&v.coarserK));
  PetscCall(HypSpaceDestroy(&v.coarser));
  PetscFunctionReturn(0);
}

PetscErrorCode HypInvestigationDestroy(HypInvestigation *v)
{
  PetscFunctionBeginUser;
  PetscCall(FindingsDestroy(&v->fine));
  PetscCall(FindingsDestroy(&v->coarse));
  PetscCall(HypKineticDestroy(&v->coarserK));
  PetscCall(HypSpaceDestroy(&v->coarser));
  PetscCall(PetscFree(v->statements));
  PetscCall(PetscFree(v->bounds));
  PetscCall(HypContractionDestroy(&v->contraction));
  PetscCall(HypSlopesDestroy(&v->slopes));
  PetscCall(HypProblemDestroy(&v->problem));
  PetscFunctionReturn(0);
}

const char *HypInvestigationCount(const HypInvestigation *v, PetscInt counts[HYP_VERDICTS])
{
  const char *failed = NULL;

  for (PetscInt k = 0; k < HYP_VERDICTS; k++) counts[k] = 0;
  for (PetscInt k = 0; k < v->nstatements; k++) {
    counts[v->statements[k].verdict]++;
    if (!failed && v->statements[k].proved && v->statements[k].verdict == HYP_FAILS)
      failed = v->statements[k].name;
  }
  return failed;
}
