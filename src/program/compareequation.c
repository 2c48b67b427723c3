/* hypoco compare: the kinetic equation from both starts, on its space and on a coarser one,
   whose difference is the error bar. */
#include "program/compare.h"
#include <hypoco/guard.h>
#include <hypoco/initial.h>

typedef struct {
  HypComparison *c;
  HypProblem    *problem;
  HypSteady      steady;
  int            start;
  HypSeries      series[2];
  HypGuard       guard;  /* one for both starts: it warns once */
  PetscBool      coarse; /* on the coarser space: for the error bars of the other one */
} Run;

/* No space resolves the start, a point.  The edge is watched from where h is resolved on,
   and at the end whether it is or not. */
static PetscErrorCode Watch(Run *run, PetscInt k, PetscReal t, Vec h, const HypFunctionals *f)
{
  PetscFunctionBeginUser;
  if (!k || run->coarse) PetscFunctionReturn(0);
  if (k + 1 == run->c->times) run->guard.waits = PETSC_FALSE;
  PetscCall(HypGuardWatch(&run->guard, k, t, h, f));
  PetscFunctionReturn(0);
}

static PetscErrorCode Output(PetscInt k, PetscReal t, Vec h, void *ctx)
{
  Run           *run = (Run *)ctx;
  HypComparison *c   = run->c;
  HypFunctionals f;

  PetscFunctionBeginUser;
  PetscCall(HypFunctionalsCompute(run->problem->K, &run->problem->lyapunov, h, &f));
  PetscCall(Watch(run, k, t, h, &f));
  PetscCall(HypSeriesAdd(&run->series[run->start], &(HypObservation){.plain       = PETSC_TRUE,
                                                                     .K           = run->problem->K,
                                                                     .t           = t,
                                                                     .h           = h,
                                                                     .f           = run->steady.f,
                                                                     .functionals = &f}));
  for (PetscInt i = 0; i < c->snapshots && run->start == 0 && !run->coarse; i++) {
    HypThetaLaw *law = &c->law[i];

    if (c->snapshot[i] != c->step[k]) continue;
    PetscCall(HypThetaLawCompute(run->problem->K, 0, h, run->steady.f, law));
    /* a point at t = 0 has coefficients that do not fall: no law to compare with */
    c->resolved[i] = PetscAbsReal(law->c[law->n - 1]) + PetscAbsReal(law->c[law->n - 2]) < 1e-3
                       ? PETSC_TRUE
                       : PETSC_FALSE;
  }
  PetscFunctionReturn(0);
}

/* From the series of both starts to the row and their difference;
   the rate by the fit that the paths are given to */
static PetscErrorCode EquationRow(HypComparison *c, const HypSeries series[2], PetscReal apart[])
{
  static const char *const names[HYP_COMPARED] = {"theta", "theta2", "loss"};
  const PetscInt           width[HYP_COMPARED] = {(PetscInt)c->s->model_dimension,
                                                  (PetscInt)c->s->model_dimension, 1};
  const PetscReal         *other               = HypSeriesValues(&series[1], names[0]);
  HypCompareRow           *row;

  PetscFunctionBeginUser;
  PetscCall(HypCompareRowCreate(c, "pde", &row));
  for (int k = 0; k < HYP_COMPARED; k++) {
    const PetscReal *values = HypSeriesValues(&series[0], names[k]);

    for (PetscInt t = 0; t < c->times && values; t++) {
      row->mean[k * c->times + t]  = values[t * width[k]];
      row->error[k * c->times + t] = 0;
    }
  }
  for (PetscInt t = 0; t < c->times; t++) apart[t] = row->mean[t] - other[t * width[0]];
  PetscCall(HypFitMean(c->times, c->time, apart, 0, NULL, NULL, 0, &row->rate));
  PetscFunctionReturn(0);
}

/* What a coarser space changes: of the averages, as a standard error, and of the rate */
static PetscErrorCode Resolution(HypComparison *c, HypCompareRow *fine)
{
  const HypCompareRow *coarse = &c->row[c->rows - 1];

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < HYP_COMPARED * c->times; k++)
    if (isfinite(fine->mean[k]))
      fine->error[k] = PetscAbsReal(fine->mean[k] - coarse->mean[k]) / 1.96;
  if (fine->rate.form != HYP_FIT_NONE)
    fine->rate.error += coarse->rate.form == HYP_FIT_NONE
                          ? INFINITY
                          : PetscAbsReal(fine->rate.rate - coarse->rate.rate);
  PetscCall(HypCompareRowDestroy(&c->row[--c->rows]));
  PetscFunctionReturn(0);
}

/* x_0 and v_0 from theta_0, with the force of the model, and the point z of the space;
   the space of another Gaussian has (theta, y) for (x, v) */
static PetscErrorCode StartPoint(HypModel model, const PetscReal *start, PetscReal *mean,
                                 PetscReal *z)
{
  const PetscInt  d    = HypModelDimension(model);
  const PetscBool asgd = (PetscBool)(HypModelGetType(model) == HYP_ASGD);
  PetscReal       theta[HYP_MAX_D], eps[HYP_MAX_D], y[HYP_MAX_D];

  PetscFunctionBeginUser;
  PetscCall(HypModelFromUser(model, 1, start, theta));
  PetscCall(HypModelPerturbation(model, theta, eps));
  for (PetscInt i = 0; i < d; i++)
    y[i] =
      -(PetscSqr(HypModelCoordinate(model, i).omega) * theta[i] + eps[i]) / HypModelGamma(model);
  HypModelFromTheta(model, theta, y, z);
  HypModelUnscale(model, z, mean, mean + d);
  for (PetscInt i = 0; i < d && asgd && HypModelHasReference(model); i++) {
    mean[i]     = y[i];
    mean[d + i] = -PetscSqr(HypModelOmegas(model)[i]) * theta[i] - HypModelGamma(model) * y[i];
  }
  PetscFunctionReturn(0);
}

/* The solution from one of the starts */
static PetscErrorCode Evolve(Run *run, int start)
{
  const PetscInt d    = (PetscInt)run->c->s->model_dimension;
  PetscReal     *mean = run->c->mean + 2 * d * start, z[2 * HYP_MAX_D];
  HypEvolution   evolution;
  Vec            h;

  PetscFunctionBeginUser;
  run->start         = start;
  run->guard.started = PETSC_FALSE; /* mass and norm are those of this start */
  run->guard.waits   = PETSC_TRUE;
  PetscCall(StartPoint(run->problem->model, run->c->start + d * start, mean, z));
  PetscCall(HypSpaceCreateVec(run->problem->space, &h));
  PetscCall(HypSpacePoint(run->problem->space, z, h));
  PetscCall(HypInitialNormalise(run->problem->space, h));
  PetscCall(VecAXPY(h, -1, run->steady.f));
  PetscCall(HypSeriesCreate(run->problem->K, run->c->times, &run->series[start]));
  PetscCall(HypEvolutionCreate(run->problem->K, &evolution));
  PetscCall(HypEvolutionSetOutputs(evolution, run->c->times, run->c->time, Output, run));
  PetscCall(HypEvolutionSolve(evolution, h));
  PetscCall(HypEvolutionDestroy(&evolution));
  PetscCall(VecDestroy(&h));
  PetscFunctionReturn(0);
}

/* Steady state, both starts, and their row */
static PetscErrorCode Solve(Run *run)
{
  PetscReal *apart;

  PetscFunctionBeginUser;
  PetscCall(HypSteadyCompute(run->problem->K, &run->steady));
  if (!run->coarse) PetscCall(HypProblemCheckSteady(run->problem, &run->steady));
  if (!run->coarse) PetscCall(HypProblemCheckGap(run->problem));
  if (!run->coarse) PetscCall(HypGuardCreate(run->problem->K, run->steady.f, &run->guard));
  for (int start = 0; start < 2; start++) PetscCall(Evolve(run, start));
  if (!run->coarse) PetscCall(HypGuardDestroy(&run->guard));
  PetscCall(PetscMalloc1(run->c->times, &apart));
  PetscCall(EquationRow(run->c, run->series, run->coarse ? apart : run->c->apart));
  PetscCall(PetscFree(apart));
  for (int start = 0; start < 2; start++) PetscCall(HypSeriesDestroy(&run->series[start]));
  PetscCall(HypSteadyDestroy(&run->steady));
  PetscFunctionReturn(0);
}

/*
  HypCompareEquation - Solves the kinetic equation at the times of the comparison

  Collective

  Input/Output Parameter:
. c - gets a row named pde, the laws of theta_1 at the snapshots, and the common start (x_0, v_0)
*/
PetscErrorCode HypCompareEquation(HypComparison *c)
{
  HypProblem problem, coarser;
  Run        run = {.c = c, .problem = &problem};

  PetscFunctionBeginUser;
  PetscCall(HypProblemCreate(c->s, &problem));
  PetscCheck(HypObservablesExist(problem.K), PETSC_COMM_WORLD, PETSC_ERR_SUP,
             "the space has more than 2^20 unknowns, too many for averages of theta; reduce "
             "space_degree or the axes' n");
  c->omega = HypModelOmegas(problem.model)[0];
  PetscCall(Solve(&run));
  coarser = problem;
  PetscCall(HypKineticCreateCoarser(problem.K, &coarser.space, &coarser.K));
  run.problem = &coarser;
  run.coarse  = PETSC_TRUE;
  PetscCall(Solve(&run));
  PetscCall(Resolution(c, &c->row[c->rows - 2]));
  PetscCall(HypKineticDestroy(&coarser.K));
  PetscCall(HypSpaceDestroy(&coarser.space));
  PetscCall(HypProblemDestroy(&problem));
  PetscFunctionReturn(0);
}
