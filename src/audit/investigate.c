#include <hypoco/investigate.h>
#include <math.h>
#include <petsctime.h>

PetscReal HypInvestigateFactors[2] = {1, 1};

typedef struct {
  const HypInquiry *asked;
  HypKinetic        K;
  HypFindings      *findings;
  PetscReal         mass0; /* <1, f>, so that mass = int g */
  PetscBool         shown; /* to the progress function */
  PetscBool         coarse;
} Run;

static PetscErrorCode Output(PetscInt k, PetscReal t, Vec h, void *ctx)
{
  Run           *run = (Run *)ctx;
  HypFunctionals f;

  PetscFunctionBeginUser;
  PetscCall(HypFunctionalsCompute(run->K, run->asked->lyapunov, h, &f));
  PetscCall(HypSeriesAdd(&run->findings->series, &(HypObservation){.plain = run->coarse,
                                                                   .K     = run->K,
                                                                   .t     = t,
                                                                   .mass  = run->mass0 + f.mass,
                                                                   .h     = h,
                                                                   .f     = run->findings->steady.f,
                                                                   .functionals = &f}));
  if (run->findings->audit) PetscCall(HypAuditObserve(run->findings->audit, t, h));
  if (run->shown) PetscCall(run->asked->progress(t, run->asked->ctx));
  if (run->coarse && run->asked->observe)
    PetscCall(run->asked->observe(HypKineticGetSpace(run->K), k, h, run->findings->steady.f,
                                  run->asked->observer));
  PetscFunctionReturn(0);
}

/*
   The solution from h_0 = g_0/M - F/M.  On the coarser space options -coarse_ts_...
   are read instead of -ts_..., so that it is integrated exactly whatever -ts_type says:
   the difference between the two then holds the error of the time steps as well.
*/
static PetscErrorCode Solve(HypInvestigation *v, HypKinetic K, PetscBool coarse,
                            HypFindings *findings)
{
  const HypInquiry *asked = &v->asked;
  Run               run   = {.asked    = asked,
                             .K        = K,
                             .findings = findings,
                             .shown    = (PetscBool)(!coarse && asked->progress != NULL),
                             .coarse   = coarse};
  HypEvolution      evolution;
  TS                ts;

  PetscFunctionBeginUser;
  if (!(asked->tasks & HYP_TASK_SOLVE)) PetscFunctionReturn(0);
  PetscCall(HypSteadyCompute(K, &findings->steady));
  PetscCall(HypSpaceCreateVec(HypKineticGetSpace(K), &findings->h));
  PetscCall(asked->initial(HypKineticGetSpace(K), findings->h, asked->ctx));
  PetscCall(VecAXPY(findings->h, -1, findings->steady.f));
  PetscCall(VecDot(findings->steady.f, HypSpaceGetOne(HypKineticGetSpace(K)), &run.mass0));
  PetscCall(HypSeriesCreate(K, asked->ntimes, &findings->series));
  if (asked->tasks & HYP_TASK_AUDIT)
    PetscCall(HypAuditCreate(K, &v->constants, v->boxes[HYP_BOXES - 1].box >= v->reach,
                             asked->ntimes, &findings->audit));
  PetscCall(HypEvolutionCreate(K, &evolution));
  PetscCall(HypEvolutionGetTS(evolution, &ts));
  if (coarse) PetscCall(TSSetOptionsPrefix(ts, "coarse_"));
  PetscCall(HypEvolutionSetOutputs(evolution, asked->ntimes, asked->times, Output, &run));
  PetscCall(HypEvolutionSolve(evolution, findings->h));
  PetscCall(HypFitRate(findings->series.n, findings->series.t,
                       HypSeriesValues(&findings->series, "norm2"), &findings->fit));
  PetscCall(HypFitRate(3 * findings->series.n / 4, findings->series.t,
                       HypSeriesValues(&findings->series, "norm2"), &findings->earlier));
  PetscCall(HypEvolutionDestroy(&evolution));
  PetscFunctionReturn(0);
}

/* The spectrum on both spaces, and with it the rest of the audit */
static PetscErrorCode Spectra(HypInvestigation *v)
{
  HypFindings *const both[2]  = {&v->fine, &v->coarse};
  const PetscBool    spectrum = (PetscBool)((v->asked.tasks & HYP_TASK_SPECTRUM) != 0);

  PetscFunctionBeginUser;
  if (spectrum)
    PetscCall(HypSpectrumComputeOnTwo(v->asked.K, v->coarserK, v->asked.count, &v->fine.spectrum,
                                      &v->coarse.spectrum));
  for (int k = 0; k < 2; k++) {
    if (both[k]->audit)
      PetscCall(HypAuditFinish(both[k]->audit, spectrum ? &both[k]->spectrum : NULL));
  }
  PetscFunctionReturn(0);
}

/* What the start has of the eigenvalues, on the coarser space, where that costs least */
static PetscErrorCode Excite(HypInvestigation *v)
{
  HypSpace space = HypKineticGetSpace(v->coarserK);
  Vec      h;

  PetscFunctionBeginUser;
  PetscCall(HypSpaceCreateVec(space, &h));
  PetscCall(v->asked.initial(space, h, v->asked.ctx));
  PetscCall(VecAXPY(h, -1, v->coarse.steady.f));
  PetscCall(HypSpectrumExcite(v->coarserK, h, &v->fine.spectrum));
  PetscCall(VecDestroy(&h));
  PetscFunctionReturn(0);
}

/* Assumption 3.1 on growing boxes; the last one is that of the audit:
   the user's, or all that the space sees */
static PetscErrorCode Suprema(HypInvestigation *v)
{
  const PetscReal box              = PetscIsNanReal(v->asked.box) ? v->reach : v->asked.box;
  const PetscReal boxes[HYP_BOXES] = {3, 6, 12, 24, box};

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < HYP_BOXES; k++)
    PetscCall(HypSupremaCompute(v->asked.plain, v->asked.jacobian, boxes[k], &v->boxes[k]));
  PetscFunctionReturn(0);
}

/* 1 - ||P(t)||^2 at two short times: what is left of t^(2 index + 1) and its constant,
   extrapolated to t = 0 */
static PetscErrorCode ShortTime(HypInvestigation *v, PetscReal *index, PetscReal *constant)
{
  const HypSpace  space = HypKineticGetSpace(v->asked.K);
  const HypModel  model = HypSpaceGetModel(space);
  const PetscReal t     = 0.02 / (HypModelGamma(model) + HypModelFastest(model));
  PetscReal       norm[2], lost[2];

  PetscFunctionBeginUser;
  *index = *constant = NAN;
  if (!HypModelIsQuadratic(model) || HypSpaceGetSize(space) > 3000) PetscFunctionReturn(0);
  for (PetscInt k = 0; k < 2; k++) {
    PetscCall(HypPropagatorNorm(v->asked.K, t * (PetscReal)(k + 1), &norm[k]));
    lost[k] = (1 - norm[k]) * (1 + norm[k]);
  }
  *index    = (PetscLogReal(lost[1] / lost[0]) / PetscLogReal(2) - 1) / 2;
  *constant = (2 * lost[0] - lost[1] / 8) / (t * t * t);
  PetscFunctionReturn(0);
}

static PetscErrorCode Bounds(HypInvestigation *v)
{
  HypBoundData data = {.model        = v->asked.plain,
                       .theorem      = &v->constants.theorem,
                       .eps0         = v->constants.eps0,
                       .box          = v->boxes[HYP_BOXES - 1].box,
                       .C1_corrected = v->constants.C1_corrected,
                       .slopes       = v->asked.slopes,
                       .contraction  = v->asked.contraction,
                       .gap          = v->rate.gap,
                       .gap_error    = v->rate.gap_error,
                       .unmeasured   = v->unmeasured};
  HypGibbs     gibbs;

  PetscFunctionBeginUser;
  PetscCall(ShortTime(v, &data.short_index, &data.short_constant));
  PetscCall(HypGibbsCompute(data.model, data.slopes,
                            HypSpaceGetPeriod(HypKineticGetSpace(v->asked.K)), &gibbs));
  data.gibbs = &gibbs;
  PetscCall(HypBoundsPrepare(&data));
  PetscCall(HypBoundsCompute(&data, &v->nbounds, &v->bounds));
  PetscCall(HypBoundsAnswer(&data, v->answer, sizeof(v->answer)));
  PetscFunctionReturn(0);
}

static void NoRate(HypInvestigation *v)
{
  v->rate = (HypRateEstimate){.fit        = NAN,
                              .fit_error  = NAN,
                              .gap        = NAN,
                              .gap_error  = NAN,
                              .rate       = NAN,
                              .error      = NAN,
                              .mode_error = NAN};
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

/* The coarser solution with the tables as they are; that of v where none is thinned */
static PetscErrorCode FitWhole(HypInvestigation *v, HypFit *fit)
{
  const HypModel model = HypKineticGetModel(v->asked.K);
  HypFindings    whole = {.h = NULL};
  HypSpace       space;
  HypKinetic     K;

  PetscFunctionBeginUser;
  *fit = v->coarse.fit;
  if (HypKineticGetModel(v->coarserK) == model) PetscFunctionReturn(0);
  PetscCall(HypKineticCreateCoarserWith(v->asked.K, model, &space, &K));
  PetscCall(Solve(v, K, PETSC_TRUE, &whole));
  *fit = whole.fit;
  PetscCall(FindingsDestroy(&whole));
  PetscCall(HypKineticDestroy(&K));
  PetscCall(HypSpaceDestroy(&space));
  PetscFunctionReturn(0);
}

/* What one method alone says about the rate, when the other was not asked for */
static PetscErrorCode SingleRate(HypInvestigation *v)
{
  HypFit whole;

  PetscFunctionBeginUser;
  NoRate(v);
  if (v->asked.tasks & HYP_TASK_SPECTRUM) {
    v->rate.gap = v->rate.rate = v->fine.spectrum.gap;
    v->rate.gap_error = v->fine.spectrum.n > 1 ? v->fine.spectrum.error[1] : PETSC_INFINITY;
    v->rate.error     = v->rate.gap_error;
  } else if (v->fine.fit.form != HYP_FIT_NONE) {
    v->rate.fit = v->rate.rate = v->fine.fit.rate;
    PetscCall(FitWhole(v, &whole)); /* space and tables could cancel */
    v->rate.fit_error = v->fine.fit.error + PetscAbsReal(v->fine.fit.rate - whole.rate) +
                        PetscAbsReal(whole.rate - v->coarse.fit.rate);
    v->rate.error = v->rate.fit_error;
  }
  PetscFunctionReturn(0);
}

/* The error of a table's interpolation that cannot be estimated is part of every error */
static void DropBars(HypModel model, HypRateEstimate *rate)
{
  if (!HypModelTableShort(model)) return;
  rate->error = rate->fit_error = rate->gap_error = rate->mode_error = NAN;
  snprintf(rate->reason, sizeof(rate->reason),
           "no error bars: a table has too few points to tell what its interpolation costs");
}

/* The statements about the algorithm, after those about its equation */
static PetscErrorCode AddAlgorithm(HypInvestigation *v)
{
  HypStatement *all, *added;
  PetscInt      n;

  PetscFunctionBeginUser;
  PetscCall(HypAlgorithmStatementsJudge(v->asked.algorithm, PETSC_TRUE, &n, &added));
  PetscCall(PetscMalloc1(v->nstatements + n, &all));
  PetscCall(PetscArraycpy(all, v->statements, v->nstatements));
  PetscCall(PetscArraycpy(all + v->nstatements, added, n));
  PetscCall(PetscFree(added));
  PetscCall(PetscFree(v->statements));
  v->statements = all;
  v->nstatements += n;
  PetscFunctionReturn(0);
}

/* Another Gaussian than M has no norms of L2(M): bounds are judged, which need Assumption 3.1 too,
   and statements about the algorithm */
static PetscBool BoundsAlone(const HypInquiry *asked)
{
  return (PetscBool)((asked->tasks & HYP_TASK_BOUNDS) &&
                     HypModelHasReference(HypKineticGetModel(asked->K)) &&
                     HypModelDimension(asked->plain) <= 3);
}

/*@C
  HypInvestigate - Solution, spectrum and audit of one problem, each on its space and on a coarser
  one

  Collective

  Input Parameter:
. asked - what is to be done; an audit needs the solution and the spectrum

  Output Parameter:
. v - what was found, to be freed with HypInvestigationDestroy(), after a failure too

  Level: intermediate

  Notes:
  The error bar of every number is its difference between the two spaces.
  The solution on the coarser space reads options -coarse_ts_... instead of -ts_....

.seealso: HypInvestigateRate(), HypAuditJudge()
@*/
PetscErrorCode HypInvestigate(const HypInquiry *asked, HypInvestigation *v)
{
  const HypModel     model = HypKineticGetModel(asked->K);
  const HypLyapunov *l     = asked->lyapunov;

  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(v, sizeof(*v)));
  v->asked = *asked;
  PetscCall(HypSpaceReach(HypKineticGetSpace(asked->K), &v->reach));
  if ((asked->tasks & HYP_TASK_AUDIT) || BoundsAlone(asked)) PetscCall(Suprema(v));
  PetscCall(HypAuditConstantsCompute(model, l->delta > 0 ? l->delta : 0.1 * HypModelGamma(model),
                                     v->boxes[HYP_BOXES - 1].eps0, &v->constants));
  v->constants.theorem.lyapunov.mu_proved *= HypInvestigateFactors[0];
  v->constants.theorem.C2 *= HypInvestigateFactors[1];
  if (asked->slopes->bounded) v->constants.contraction = asked->contraction->mu;
  PetscCall(HypSpectrumCoarsen(asked->K));
  PetscCall(HypKineticCreateCoarser(asked->K, &v->coarser, &v->coarserK));
  PetscCall(PetscTime(&v->ready));
  PetscCall(Solve(v, asked->K, PETSC_FALSE, &v->fine));
  PetscCall(Solve(v, v->coarserK, PETSC_TRUE, &v->coarse));
  if (v->coarse.steady.f)
    PetscCall(HypSteadyDistance(HypKineticGetSpace(asked->K), v->fine.steady.f, v->coarser,
                                v->coarse.steady.f, &v->fine.steady.error, &v->fine.steady.source));
  PetscCall(Spectra(v));
  if ((asked->tasks & HYP_TASK_SOLVE) && (asked->tasks & HYP_TASK_SPECTRUM)) {
    PetscCall(Excite(v));
    PetscCall(HypRateEstimateCompute(&v->fine.fit, &v->fine.earlier, &v->coarse.fit,
                                     &v->fine.spectrum, &v->coarse.spectrum, &v->rate));
  } else {
    PetscCall(SingleRate(v));
  }
  DropBars(model, &v->rate);
  if (asked->tasks & HYP_TASK_AUDIT) {
    PetscCall(
      HypAuditJudge(v->fine.audit, v->coarse.audit, &v->rate, &v->nstatements, &v->statements));
  }
  if (asked->algorithm && ((asked->tasks & HYP_TASK_AUDIT) || BoundsAlone(asked)))
    PetscCall(AddAlgorithm(v));
  if (asked->tasks & HYP_TASK_BOUNDS) PetscCall(Bounds(v));
  PetscCall(PetscTime(&v->done));
  PetscFunctionReturn(0);
}

/*@C
  HypInvestigateUnmeasured - What can be said of a problem whose equation could not be solved:
  the certificate and the table of bounds, without solution, spectrum and audit

  Collective

  Input/Output Parameter:
. v - what HypInvestigate() left when it failed on all ranks alike, after it had begun to solve;
      still to be freed with HypInvestigationDestroy()

  Input Parameter:
. why - the numerical error, as the end of a sentence

  Level: developer

  Note:
  Statements about the algorithm need no solution, and stay.

.seealso: HypInvestigate(), HypBoundsAnswer()
@*/
PetscErrorCode HypInvestigateUnmeasured(HypInvestigation *v, const char why[])
{
  HypFindings *const both[2] = {&v->fine, &v->coarse};

  PetscFunctionBeginUser;
  for (int k = 0; k < 2; k++) {
    PetscCall(FindingsDestroy(both[k]));
    *both[k] = (HypFindings){0};
  }
  PetscCall(PetscFree(v->statements));
  v->nstatements = 0;
  NoRate(v);
  PetscCall(PetscStrncpy(v->unmeasured, why, sizeof(v->unmeasured)));
  if (v->asked.algorithm && ((v->asked.tasks & HYP_TASK_AUDIT) || BoundsAlone(&v->asked)))
    PetscCall(AddAlgorithm(v));
  if (v->asked.tasks & HYP_TASK_BOUNDS) PetscCall(Bounds(v));
  PetscCall(PetscTime(&v->done));
  PetscFunctionReturn(0);
}

/* What HypSpectrumCompute() would find for eps = 0 if the space were all of L2(M).
   Cells move an eigenvalue by some percent, by which it is found again (HypSpectrumExcite()) */
static PetscErrorCode ClosedForm(HypSpace space, PetscInt n, HypSpectrum *spectrum)
{
  const HypModel  model = HypSpaceGetModel(space);
  const PetscReal moved = HypSpaceIsRough(space) ? 0.05 : 0;

  PetscFunctionBeginUser;
  spectrum->n = n;
  PetscCall(PetscCalloc3(n, &spectrum->real, n, &spectrum->imag, n, &spectrum->residual));
  PetscCall(HypSpectrumExact(model, n, spectrum->real, spectrum->imag));
  PetscCall(PetscMalloc1(n, &spectrum->refined));
  for (PetscInt k = 0; k < n; k++)
    spectrum->refined[k] = moved * hypot(spectrum->real[k], spectrum->imag[k]);
  spectrum->gap = -spectrum->real[1];
  PetscFunctionReturn(0);
}

/*@C
  HypInvestigateRate - The error bar of a rate that was fitted to a solution:
  the same fit on a coarser space, and the spectrum

  Collective

  Input Parameters:
+ asked  - the problem that was solved; its tasks and what is for the audit are not read
. series - its solution
- fit    - the rate

  Output Parameter:
. rate - both methods, each with its error on two resolutions;
         for eps = 0 the spectrum is the closed form and exact

  Level: intermediate

.seealso: HypInvestigate(), HypFitRate()
@*/
PetscErrorCode HypInvestigateRate(const HypInquiry *asked, const HypSeries *series,
                                  const HypFit *fit, HypRateEstimate *rate)
{
  const HypModel   model     = HypKineticGetModel(asked->K);
  const PetscBool  perturbed = HypModelIsQuadratic(model) ? PETSC_FALSE : PETSC_TRUE;
  HypInvestigation v         = {.asked = *asked};

  PetscFunctionBeginUser;
  v.asked.tasks = HYP_TASK_SOLVE | (perturbed ? HYP_TASK_SPECTRUM : 0);
  PetscCall(HypSpectrumCoarsen(asked->K));
  PetscCall(HypKineticCreateCoarser(asked->K, &v.coarser, &v.coarserK));
  PetscCall(Solve(&v, v.coarserK, PETSC_TRUE, &v.coarse));
  PetscCall(Spectra(&v));
  if (!perturbed)
    PetscCall(ClosedForm(HypKineticGetSpace(asked->K), asked->count, &v.fine.spectrum));
  PetscCall(Excite(&v));
  PetscCall(
    HypFitRate(3 * series->n / 4, series->t, HypSeriesValues(series, "norm2"), &v.fine.earlier));
  PetscCall(HypRateEstimateCompute(fit, &v.fine.earlier, &v.coarse.fit, &v.fine.spectrum,
                                   perturbed ? &v.coarse.spectrum : NULL, rate));
  DropBars(model, rate);
  PetscCall(HypInvestigationDestroy(&v));
  PetscFunctionReturn(0);
}

/*@C
  HypInvestigationDestroy - Frees what was found

  Collective

  Input Parameter:
. v - the investigation

  Level: intermediate

.seealso: HypInvestigate()
@*/
PetscErrorCode HypInvestigationDestroy(HypInvestigation *v)
{
  PetscFunctionBeginUser;
  PetscCall(FindingsDestroy(&v->fine));
  PetscCall(FindingsDestroy(&v->coarse));
  PetscCall(HypKineticDestroy(&v->coarserK));
  PetscCall(HypSpaceDestroy(&v->coarser));
  PetscCall(PetscFree(v->statements));
  PetscCall(PetscFree(v->bounds));
  PetscFunctionReturn(0);
}

/*@C
  HypInvestigationCount - Counts the statements by verdict

  Not Collective

  Input Parameter:
. v - the investigation

  Output Parameter:
. counts - statements of each verdict

  Returns the name of the first proved statement that fails, or NULL.

  Level: intermediate

.seealso: HypInvestigate()
@*/
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
