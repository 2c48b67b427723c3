/* hypoco solve: from an option file to the decay of ||h||_* and H(t). */
#include "problem.h"
#include "progress.h"
#include <hypoco/initial.h>
#include <petsctime.h>

typedef struct {
  HypProblem   *problem;
  Vec           f;
  PetscReal     mass0; /* <1, f>, so that mass = int g */
  HypSeries     series;
  HypProgress   progress;
  HypResult     result;
  HypResultFile file;
  PetscReal     interval, due; /* of snapshots: spacing, 0 at every output; when the next one is due */
  PetscReal     end;
} Run;

static PetscErrorCode Output(PetscInt k, PetscReal t, Vec h, void *ctx)
{
  Run           *run = (Run *)ctx;
  HypFunctionals f;

  PetscFunctionBeginUser;
  (void)k;
  PetscCall(HypFunctionalsCompute(run->problem->K, &run->problem->lyapunov, h, &f));
  PetscCall(HypSeriesAdd(&run->series, t, run->mass0 + f.mass, &f));
  PetscCall(HypResultFileSeries(run->file));
  if (t >= run->due * (1 - 1e-10) || t == run->end) {
    PetscCall(HypResultFileSnapshot(run->file, t, h));
    while (run->due <= t * (1 + 1e-10) && run->interval > 0) run->due += run->interval;
    if (run->due == 0) run->due = run->interval;
  }
  PetscCall(HypProgressUpdate(&run->progress, t));
  PetscFunctionReturn(0);
}

/* eps = 0 needs no solve and so no factorisation */
static PetscErrorCode Steady(HypProblem *problem, const HypOptions *options, HypSteady *steady)
{
  HypKinetic K = problem->K;

  PetscFunctionBeginUser;
  if (problem->model->perturbed) PetscCall(HypProblemDirect(problem, options, &K));
  PetscCall(HypSteadyCompute(K, steady));
  PetscFunctionReturn(0);
}

/* h_0 = g_0/M - F/M */
static PetscErrorCode InitialFluctuation(HypProblem *problem, const HypOptions *options, const HypSteady *steady, Vec *h)
{
  PetscFunctionBeginUser;
  PetscCall(HypSpaceCreateVec(problem->space, h));
  if (!strcmp(HypOptionsText(options, "initial_type"), "file"))
    PetscCall(HypInitialFromFile(problem->space, HypOptionsText(options, "initial_file"), *h));
  else
    PetscCall(HypInitialFromOptions(problem->space, options, *h));
  PetscCall(VecAXPY(*h, -1, steady->f));
  PetscFunctionReturn(0);
}

PetscErrorCode HypCommandSolve(const HypOptions *options)
{
  HypProblem     problem;
  HypSteady      steady;
  HypEvolution   evolution;
  HypFit         fit;
  Run            run = {.problem = &problem};
  PetscInt       n;
  PetscReal     *times;
  PetscLogDouble ready, solved, now;
  Vec            h;

  PetscFunctionBeginUser;
  PetscCall(HypProblemCreate(options, &problem));
  PetscCall(Steady(&problem, options, &steady));
  PetscCall(InitialFluctuation(&problem, options, &steady, &h));
  PetscCall(VecDot(steady.f, problem.space->one, &run.mass0));

  PetscCall(HypOutputTimes(options, &n, &times));
  PetscCall(HypSeriesCreate(n, &run.series));
  PetscCall(HypEvolutionCreate(problem.K, &evolution));
  PetscCall(HypEvolutionSetOutputs(evolution, n, times, Output, &run));
  PetscCall(HypEvolutionSetUp(evolution, h));
  PetscCall(HypCliCheckUnused(options));
  PetscCall(HypProblemResult(&problem, options, &run.result));
  run.result.series = &run.series;
  run.result.steady = &steady;
  run.end           = times[n - 1];
  run.interval      = HypOptionsGiven(options, "snapshot_interval") ? HypOptionsReal(options, "snapshot_interval") : 0;
  PetscCall(HypResultFileCreate(&run.result, steady.f, HypOptionsText(options, "output"), &run.file));
  PetscCall(PetscTime(&ready));

  PetscCall(HypProgressStart(options, "t", times[n - 1], &run.progress));
  PetscCall(HypEvolutionSolve(evolution, h));
  PetscCall(HypProgressEnd(&run.progress));
  PetscCall(HypFitRate(run.series.n, run.series.t, run.series.norm2, &fit));
  PetscCall(PetscTime(&solved));

  run.result.fit = &fit;
  PetscCall(PetscTime(&now));
  run.result.setup_s = ready - problem.start;
  run.result.solve_s = solved - ready;
  run.result.total_s = now - problem.start;
  PetscCall(HypResultFileClose(&run.file, h));
  PetscCall(HypResultPrint(&run.result, stdout));
  if (HypOptionsGiven(options, "json")) PetscCall(HypResultWriteJSON(&run.result, HypOptionsText(options, "json")));

  PetscCall(HypEvolutionDestroy(&evolution));
  PetscCall(HypSeriesDestroy(&run.series));
  PetscCall(HypSteadyDestroy(&steady));
  PetscCall(VecDestroy(&h));
  PetscCall(PetscFree(times));
  PetscCall(HypProblemDestroy(&problem));
  PetscFunctionReturn(0);
}
