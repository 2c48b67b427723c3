/* hypoco solve: from an option file to the decay of ||h||_* and H(t). */
#include "problem.h"
#include "progress.h"
#include <hypoco/initial.h>
#include <petsctime.h>

typedef struct {
  HypProblem *problem;
  Vec         f;
  PetscReal   mass0; /* <1, f>, so that mass = int g */
  HypSeries   series;
  HypProgress progress;
} Run;

static PetscErrorCode Output(PetscInt k, PetscReal t, Vec h, void *ctx)
{
  Run           *run = (Run *)ctx;
  HypFunctionals f;

  PetscFunctionBeginUser;
  (void)k;
  PetscCall(HypFunctionalsCompute(run->problem->K, &run->problem->lyapunov, h, &f));
  PetscCall(HypSeriesAdd(&run->series, t, run->mass0 + f.mass, &f));
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
  PetscCall(HypInitialFromOptions(problem->space, options, *h));
  PetscCall(VecAXPY(*h, -1, steady->f));
  PetscFunctionReturn(0);
}

PetscErrorCode HypCommandSolve(const HypOptions *options)
{
  HypProblem     problem;
  HypSteady      steady;
  HypEvolution   evolution;
  HypResult      result;
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
  PetscCall(PetscTime(&ready));

  PetscCall(HypProgressStart(options, "t", times[n - 1], &run.progress));
  PetscCall(HypEvolutionSolve(evolution, h));
  PetscCall(HypProgressEnd(&run.progress));
  PetscCall(HypFitRate(run.series.n, run.series.t, run.series.norm2, &fit));
  PetscCall(PetscTime(&solved));

  PetscCall(HypProblemResult(&problem, options, &result));
  result.series = &run.series;
  result.fit    = &fit;
  result.steady = &steady;
  PetscCall(PetscTime(&now));
  result.setup_s = ready - problem.start;
  result.solve_s = solved - ready;
  result.total_s = now - problem.start;
  PetscCall(HypResultPrint(&result, stdout));
  if (HypOptionsGiven(options, "json")) PetscCall(HypResultWriteJSON(&result, HypOptionsText(options, "json")));

  PetscCall(HypEvolutionDestroy(&evolution));
  PetscCall(HypSeriesDestroy(&run.series));
  PetscCall(HypSteadyDestroy(&steady));
  PetscCall(VecDestroy(&h));
  PetscCall(PetscFree(times));
  PetscCall(HypProblemDestroy(&problem));
  PetscFunctionReturn(0);
}
