/* hypoco solve: from an option file to the decay of ||h||_* and H(t). */
#include "base/agree.h"
#include "program/problem.h"
#include "program/progress.h"
#include "program/stop.h"
#include "program/study.h"
#include <hypoco/checkpoint.h>
#include <petsctime.h>
#include <math.h>

typedef struct {
  HypProblem        *problem;
  const HypSettings *s;
  HypSteady          steady;
  HypEvolution       evolution;
  PetscReal          mass0; /* <1, f>, so that mass = int g */
  PetscInt           n;     /* output times */
  PetscReal         *times;
  PetscBool         *snapshot; /* for each of them: is there one? */
  HypSeries          series;
  HypProgress        progress;
  HypGuard           guard;
  HypResult          result;
  HypResultFile      file;
  HypStop            stop;
  PetscBool          stopped, resumed;
  HypCheckpoint      checkpoint; /* NULL: none */
  HypEvolutionState  state;      /* of the last checkpoint */
  HypEvolutionState  good;       /* at the last output that the guards let pass, with a copy of h */
  PetscLogDouble     cost;       /* of writing one */
} Run;

static PetscErrorCode Output(PetscInt k, PetscReal t, Vec h, void *ctx)
{
  Run           *run = (Run *)ctx;
  HypFunctionals f;
  TS             ts;
  PetscInt       step;

  PetscFunctionBeginUser;
  PetscCall(HypEvolutionGetTS(run->evolution, &ts));
  PetscCall(TSGetStepNumber(ts, &step));
  PetscCall(HypFunctionalsCompute(run->problem->K, &run->problem->lyapunov, h, &f));
  PetscCall(HypGuardWatch(&run->guard, step, t, h, &f));
  PetscCall(HypSeriesAdd(&run->series, &(HypObservation){.K           = run->problem->K,
                                                         .t           = t,
                                                         .mass        = run->mass0 + f.mass,
                                                         .h           = h,
                                                         .f           = run->steady.f,
                                                         .functionals = &f}));
  PetscCall(HypGuardNegative(&run->guard, t, run->series.norms));
  PetscCall(HypResultFileSeries(run->file));
  if (run->snapshot[k]) PetscCall(HypResultFileSnapshot(run->file, t, h));
  PetscCall(HypProgressUpdate(&run->progress, t));
  PetscFunctionReturn(0);
}

static HypCheckpointContent Content(Run *run)
{
  return (HypCheckpointContent){.state  = &run->state,
                                .series = &run->series,
                                .file   = run->file,
                                .nnotes = HYP_GUARD_MEMORY,
                                .notes  = run->guard.memory};
}

/* Remembers a state that an output has just shown to be good */
static PetscErrorCode Remember(Run *run, const HypEvolutionState *state)
{
  Vec h = run->good.h;

  PetscFunctionBeginUser;
  if (!run->checkpoint || run->guard.suspicious || state->outputs <= PetscMax(run->good.outputs, 1))
    PetscFunctionReturn(0);
  if (!h) PetscCall(VecDuplicate(state->h, &h));
  PetscCall(VecCopy(state->h, h));
  run->good   = *state;
  run->good.h = h;
  PetscFunctionReturn(0);
}

/*
   Between outputs nobody has looked at the state yet, and a bad one must not take the place
   of a good checkpoint.
   One step may pass many outputs:
   a state from before the last of them was judged by what became of it,
   and the norms reached since are smaller than its own.
*/
static PetscErrorCode Check(Run *run, const HypEvolutionState *state, PetscBool *good)
{
  HypFunctionals f;

  PetscFunctionBeginUser;
  if (state->outputs && state->t <= run->times[state->outputs - 1]) {
    *good = (PetscBool)!run->guard.suspicious;
    PetscFunctionReturn(0);
  }
  PetscCall(HypFunctionalsCompute(run->problem->K, &run->problem->lyapunov, state->h, &f));
  PetscCall(HypGuardCheck(&run->guard, state->step, state->t, &f));
  *good = (PetscBool)!HypGuardSuspects(&run->guard, f.norm2);
  PetscFunctionReturn(0);
}

/* After every step and every output: a checkpoint if it is time for one,
   or if the run shall stop */
static PetscErrorCode Step(HypEvolution evolution, PetscBool *stop, void *ctx)
{
  Run                 *run = (Run *)ctx;
  HypEvolutionState    state;
  HypCheckpointContent content;
  PetscLogDouble       begin, end;
  PetscBool            due, good = PETSC_TRUE;

  PetscFunctionBeginUser;
  PetscCall(HypResultFileShow(run->file));
  PetscCall(HypStopAsk(&run->stop, 2 * run->cost));
  PetscCall(HypEvolutionGetState(evolution, &state));
  PetscCall(Remember(run, &state));
  due = (PetscBool)run->stop.due;
  if (run->s->checkpoint_steps != HYP_UNSET)
    due = (PetscBool)(due || state.step - run->state.step >= run->s->checkpoint_steps);
  *stop = run->stopped = (PetscBool)(run->stop.why != 0);
  if ((!due && !*stop) || !run->checkpoint) PetscFunctionReturn(0);
  PetscCall(PetscTime(&begin));
  PetscCall(Check(run, &state, &good));
  if (!good && !*stop) PetscFunctionReturn(0);
  run->state = state;
  content    = Content(run);
  PetscCall(HypCheckpointWrite(run->checkpoint, &content));
  PetscCall(PetscTime(&end));
  run->cost = end - begin;
  PetscCall(HypStopWritten(&run->stop));
  PetscFunctionReturn(0);
}

/* h_0 = g_0/M - F/M */
static PetscErrorCode InitialFluctuation(HypProblem *problem, const HypSettings *s,
                                         const HypSteady *steady, Vec h)
{
  PetscFunctionBeginUser;
  PetscCall(HypSettingsInitial(s, problem->model, problem->space, h));
  PetscCall(VecAXPY(h, -1, steady->f));
  PetscFunctionReturn(0);
}

/* Snapshots at the first output at or after each multiple of the interval, and at the end;
   at every output without one */
static PetscErrorCode ChooseSnapshots(Run *run)
{
  const PetscReal interval = !isnan(run->s->snapshot_interval) ? run->s->snapshot_interval : 0;
  PetscReal       due      = 0;

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc1(run->n, &run->snapshot));
  for (PetscInt k = 0; k < run->n; k++) {
    const PetscReal t = run->times[k];

    if (t < due * (1 - 1e-10) && k < run->n - 1) continue;
    run->snapshot[k] = PETSC_TRUE;
    if (interval > 0) due = interval * (PetscFloorReal(t / interval * (1 + 1e-10)) + 1);
  }
  PetscFunctionReturn(0);
}

/* Checkpoints are named after the output, unless they have a name of their own */
static PetscErrorCode PrepareCheckpoints(Run *run)
{
  static const char *const needs[] = {"checkpoint_interval", "checkpoint_steps", "restart"};
  const HypSettings       *s       = run->s;
  const char              *output = s->output, *restart = s->restart;
  char                     name[PETSC_MAX_PATH_LEN] = "";

  PetscFunctionBeginUser;
  if (output) PetscCall(PetscSNPrintf(name, sizeof(name), "%s.checkpoint", output));
  if (s->checkpoint) PetscCall(PetscStrncpy(name, s->checkpoint, sizeof(name)));
  for (size_t i = 0; i < sizeof(needs) / sizeof(needs[0]); i++)
    PetscCheck(
      name[0] || !HypOptionsGiven(s->options, needs[i]), PETSC_COMM_WORLD, PETSC_ERR_USER_INPUT,
      "%s is given, but there is no name for checkpoints: give -checkpoint or -output", needs[i]);
  if (!name[0]) PetscFunctionReturn(0);
  PetscCall(HypCheckpointCreate(&run->result, name, &run->checkpoint));
  if (!restart) PetscFunctionReturn(0);
  PetscCall(HypCheckpointFind(run->checkpoint, restart, &run->resumed));
  if (run->resumed)
    PetscCall(HypCheckpointState(run->checkpoint, &run->state));
  else
    PetscCall(PetscFPrintf(PETSC_COMM_WORLD, stderr,
                           "hypoco: restart: no checkpoint %s.1 or %s.2 yet, starting at t = 0\n",
                           name, name));
  PetscFunctionReturn(0);
}

/* The integrator, its start and its outputs;
   the result file with what was there before a restart */
static PetscErrorCode PrepareEvolution(Run *run, Vec h)
{
  const HypSettings   *s = run->s;
  HypCheckpointContent content;

  PetscFunctionBeginUser;
  PetscCall(HypGuardCreate(run->problem->K, run->steady.f, &run->guard));
  PetscCall(HypEvolutionCreate(run->problem->K, &run->evolution));
  PetscCall(HypEvolutionSetOutputs(run->evolution, run->n, run->times, Output, run));
  PetscCall(HypEvolutionSetStep(run->evolution, Step));
  if (run->resumed)
    PetscCall(HypEvolutionSetState(run->evolution, &run->state));
  else
    PetscCall(InitialFluctuation(run->problem, s, &run->steady, h));
  PetscCall(HypEvolutionSetUp(run->evolution, h));
  PetscCall(HypCliCheckUnused(s->options));
  PetscCall(HypResultFileCreate(&run->result, run->steady.f, s->output, &run->file));
  if (run->checkpoint) PetscCall(HypResultFileKeep(run->file));
  if (!run->resumed) PetscFunctionReturn(0);
  run->state.h       = h;
  run->guard.started = PETSC_TRUE;
  content            = Content(run);
  PetscCall(HypCheckpointRead(run->checkpoint, run->snapshot, &content));
  PetscCall(PetscPrintf(PETSC_COMM_WORLD, "going on from %s at t = %g\n",
                        HypCheckpointNewest(run->checkpoint), (double)run->state.t));
  PetscFunctionReturn(0);
}

/* The coarser solution at an output: the error of the densities of theta.
   It may take much longer than the run that it checks, whose file shall be seen meanwhile. */
static PetscErrorCode Coarse(HypSpace space, PetscInt k, Vec h, Vec f, void *ctx)
{
  Run *run = (Run *)ctx;

  PetscFunctionBeginUser;
  if (!k)
    PetscCall(HypSteadyDistance(run->problem->space, run->steady.f, space, f, &run->steady.error,
                                &run->steady.source));
  if (run->snapshot[k]) PetscCall(HypResultFileCompare(run->file, space, h, f));
  PetscCall(HypResultFileShow(run->file));
  PetscFunctionReturn(0);
}

/* The rate's error bar by a second method and a second resolution;
   if this check fails, the run still succeeds, but the fit's own misfit is no error bar */
static PetscErrorCode CheckRate(Run *run, HypFit *fit, HypRateEstimate *estimate)
{
  const HypSettings *s        = run->s;
  HypInquirer        inquirer = {.s = s};
  HypInquiry         inquiry;
  PetscErrorCode     error;

  PetscFunctionBeginUser;
  if (!strcmp(s->initial_type, "file")) PetscFunctionReturn(0);
  if (s->rate_check != HYP_UNSET ? !s->rate_check : HypSpaceGetSize(run->problem->space) > 17000)
    PetscFunctionReturn(0);
  if (HypSpaceGetSize(run->problem->space) < 30)
    PetscFunctionReturn(0); /* so few functions have no useful coarser space */
  PetscCall(HypProblemInquiry(run->problem, &inquirer, &inquiry));
  inquiry.ntimes   = run->n;
  inquiry.times    = run->times;
  inquiry.observe  = Coarse;
  inquiry.observer = run;
  error = HypAgree(PETSC_COMM_WORLD, HypInvestigateRate(&inquiry, &run->series, fit, estimate));
  if (error) {
    PetscCall(PetscFPrintf(PETSC_COMM_WORLD, stderr, "hypoco: rate_check: %s\n",
                           HypCliTakeError(PETSC_COMM_WORLD)));
    fit->error = NAN;
  } else {
    run->result.estimate = estimate;
    PetscCall(HypGuardGap(run->problem->space, estimate->gap, estimate->gap_error));
  }
  PetscFunctionReturn(0);
}

/*
  The last good state outlives a run that the guards or the integrator gave up.
  All ranks know of both from the same numbers, so all of them come here.
*/
static PetscErrorCode GiveUp(Run *run, PetscErrorCode error)
{
  char                 sentence[1024];
  PetscErrorCode       failed = 0;
  HypCheckpointContent content;

  PetscFunctionBeginUser;
  if (!run->checkpoint || (error != PETSC_ERR_CONV_FAILED && error != PETSC_ERR_NOT_CONVERGED))
    PetscFunctionReturn(error);
  if (!run->good.h && !HypCheckpointNewest(run->checkpoint)[0]) PetscFunctionReturn(error);
  PetscCall(PetscStrncpy(sentence, HypCliTakeError(PETSC_COMM_WORLD), sizeof(sentence)));
  if (run->good.outputs > run->state.outputs) {
    run->state = run->good;
    content    = Content(run);
    failed     = HypCheckpointWrite(run->checkpoint, &content);
  }
  PetscCheck(!failed, PETSC_COMM_WORLD, error, "%s. The last good state could not be kept: %s",
             sentence, HypCliTakeError(PETSC_COMM_WORLD));
  SETERRQ(PETSC_COMM_WORLD, error, "%s. The last good state, at t = %g, is kept in %s", sentence,
          (double)run->state.t, HypCheckpointNewest(run->checkpoint));
}

/* Fit, files and table of a run that reached its end */
static PetscErrorCode Report(Run *run, Vec h, PetscLogDouble ready)
{
  const HypSettings *s = run->s;
  HypFit             fit;
  HypRateEstimate    estimate;
  HypSeriesRate     *rates;
  PetscLogDouble     now;

  PetscFunctionBeginUser;
  PetscCall(HypFitRate(run->series.n, run->series.t, HypSeriesValues(&run->series, "norm2"), &fit));
  PetscCall(PetscTime(&now));
  PetscCall(HypSeriesRates(&run->series, run->series.n, &run->result.nrates, &rates));
  run->result.rates   = rates;
  run->result.fit     = &fit;
  run->result.guard   = &run->guard;
  run->result.setup_s = ready - run->problem->start;
  run->result.solve_s = now - ready;
  PetscCall(CheckRate(run, &fit, &estimate));
  if (PetscIsNanReal(run->steady.error))
    PetscCall(HypProblemCheckSteady(run->problem, &run->steady));
  else
    PetscCall(HypGuardAgreement(run->problem->space, run->steady.error, run->steady.source));
  PetscCall(PetscTime(&now));
  run->result.total_s = now - run->problem->start;
  PetscCall(HypResultFileClose(&run->file, h));
  if (s->json) PetscCall(HypResultWriteJSON(&run->result, s->json));
  PetscCall(HypResultPrint(&run->result, stdout));
  PetscCall(PetscFree(rates));
  PetscFunctionReturn(0);
}

static PetscErrorCode ReportStop(Run *run)
{
  PetscFunctionBeginUser;
  PetscCall(PetscPrintf(PETSC_COMM_WORLD, "stopped at t = %g of %g: %s; ",
                        (double)run->series.t[run->series.n - 1], (double)run->times[run->n - 1],
                        HypStopReason(&run->stop)));
  if (run->checkpoint)
    PetscCall(PetscPrintf(PETSC_COMM_WORLD, "go on from %s with -restart auto\n",
                          HypCheckpointNewest(run->checkpoint)));
  else
    PetscCall(PetscPrintf(PETSC_COMM_WORLD,
                          "nothing is kept, because there is neither -output nor -checkpoint\n"));
  PetscCall(HypCliSetExitCode(HYP_EXIT_STOPPED));
  PetscFunctionReturn(0);
}

static PetscErrorCode RunDestroy(Run *run)
{
  PetscFunctionBeginUser;
  PetscCall(HypEvolutionDestroy(&run->evolution));
  PetscCall(HypGuardDestroy(&run->guard));
  PetscCall(HypCheckpointDestroy(&run->checkpoint));
  PetscCall(HypSeriesDestroy(&run->series));
  PetscCall(HypSteadyDestroy(&run->steady));
  PetscCall(VecDestroy(&run->good.h));
  PetscCall(PetscFree(run->snapshot));
  PetscCall(PetscFree(run->times));
  PetscCall(HypProblemDestroy(run->problem));
  PetscFunctionReturn(0);
}

PetscErrorCode HypCommandSolve(const HypSettings *s)
{
  HypProblem     problem;
  Run            run = {.problem = &problem, .s = s};
  PetscErrorCode error;
  PetscLogDouble ready;
  Vec            h;

  PetscFunctionBeginUser;
  PetscCall(HypStopStart(!isnan(s->wall_limit) ? s->wall_limit : 0,
                         s->checkpoint_steps != HYP_UNSET ? PETSC_INFINITY : s->checkpoint_interval,
                         &run.stop));
  PetscCall(HypProblemCreate(s, &problem));
  PetscCall(HypProblemResult(&problem, s, &run.result));
  PetscCall(PrepareCheckpoints(&run));
  PetscCall(HypOutputTimes(s, &run.n, &run.times));
  PetscCall(HypSeriesCreate(problem.K, run.n, &run.series));
  if (s->time_series) PetscCall(HypSeriesKeep(&run.series, s->time_series));
  PetscCall(ChooseSnapshots(&run));
  PetscCall(HypSteadyCompute(problem.K, &run.steady));
  PetscCall(VecDot(run.steady.f, HypSpaceGetOne(problem.space), &run.mass0));
  run.result.series = &run.series;
  run.result.steady = &run.steady;
  PetscCall(HypSpaceCreateVec(problem.space, &h));
  PetscCall(PrepareEvolution(&run, h));

  PetscCall(PetscTime(&ready));
  PetscCall(
    HypProgressStart(s, "t", run.resumed ? run.state.t : 0, run.times[run.n - 1], &run.progress));
  error = HypEvolutionSolve(run.evolution, h);
  if (error) PetscCall(GiveUp(&run, error));
  PetscCall(HypProgressEnd(&run.progress));
  if (run.stopped)
    PetscCall(ReportStop(&run));
  else
    PetscCall(Report(&run, h, ready));
  PetscCall(VecDestroy(&h));
  PetscCall(RunDestroy(&run));
  PetscFunctionReturn(0);
}
