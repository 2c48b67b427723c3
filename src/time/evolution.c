/*
   One evolution: a TS with the operators of operators.c, outputs at requested times,
   a state to go on from.
*/
#include "time/evolutionimpl.h"
/* TSAdapt's memory of the step before an output time; the vectors of a time span */
#include <petsc/private/tsimpl.h>

/*@
  HypEvolutionCreate - Creates the time integration of dh/dt = (-T + L + R) h

  Collective

  Input Parameter:
. K - the kinetic operator; must outlive the evolution

  Output Parameter:
. evolution - the evolution; -ts_type exponential unless the options say otherwise

  Level: beginner

.seealso: HypEvolutionSetOutputs(), HypEvolutionSolve(), HypTimeRegister()
@*/
PetscErrorCode HypEvolutionCreate(HypKinetic K, HypEvolution *evolution)
{
  PetscFunctionBeginUser;
  PetscCall(HypTimeRegister());
  PetscCall(PetscNew(evolution));
  (*evolution)->K = K;
  PetscCall(TSCreate(HypSpaceGetComm(HypKineticGetSpace(K)), &(*evolution)->ts));
  PetscCall(TSSetProblemType((*evolution)->ts, TS_LINEAR));
  PetscCall(TSSetType((*evolution)->ts, HYPTSEXPONENTIAL));
  PetscCall(TSSetMaxSteps((*evolution)->ts, PETSC_MAX_INT));
  PetscCall(TSSetExactFinalTime((*evolution)->ts, TS_EXACTFINALTIME_MATCHSTEP));
  PetscCall(TSSetTolerances((*evolution)->ts, 1e-14, NULL, 1e-8, NULL));
  PetscCall(TSSetApplicationContext((*evolution)->ts, *evolution));
  PetscFunctionReturn(0);
}

/*@
  HypEvolutionGetTS - PETSc's TS behind an evolution, for its options and monitors

  Not collective

  Input Parameter:
. evolution - the evolution

  Output Parameter:
. ts - belongs to the evolution

  Level: advanced

.seealso: HypEvolutionCreate()
@*/
PetscErrorCode HypEvolutionGetTS(HypEvolution evolution, TS *ts)
{
  PetscFunctionBeginUser;
  *ts = evolution->ts;
  PetscFunctionReturn(0);
}

/*@C
  HypEvolutionSetOutputs - Asks for the solution at given times

  Logically collective

  Input Parameters:
+ evolution - the evolution
. n         - at least 2
. times     - increasing; the first is the start, the last the end
. output    - called at each of them
- ctx       - passed to output

  Level: beginner
@*/
PetscErrorCode HypEvolutionSetOutputs(HypEvolution evolution, PetscInt n, const PetscReal times[],
                                      HypOutputFn output, void *ctx)
{
  PetscFunctionBeginUser;
  PetscCheck(n >= 2, HypSpaceGetComm(HypKineticGetSpace(evolution->K)), PETSC_ERR_ARG_OUTOFRANGE,
             "%" PetscInt_FMT " output times given, at least 2 needed", n);
  PetscCall(PetscFree(evolution->times));
  PetscCall(PetscMalloc1(n, &evolution->times));
  PetscCall(PetscArraycpy(evolution->times, times, n));
  evolution->noutputs = n;
  evolution->output   = output;
  evolution->ctx      = ctx;
  PetscFunctionReturn(0);
}

/*@C
  HypEvolutionSetStep - Asks to be called after each step

  Logically collective

  Input Parameters:
+ evolution - the evolution, with outputs, whose context is passed
- step      - the function; it may stop the evolution, equally on all ranks

  Level: intermediate

.seealso: HypEvolutionGetState()
@*/
PetscErrorCode HypEvolutionSetStep(HypEvolution evolution, HypStepFn step)
{
  PetscFunctionBeginUser;
  evolution->step = step;
  PetscFunctionReturn(0);
}

/*@
  HypEvolutionSetState - Goes on where another evolution was

  Logically collective; before HypEvolutionSetUp()

  Input Parameters:
+ evolution - the evolution, with the outputs of the other one
- state     - from HypEvolutionGetState(); its h is not read: give it to HypEvolutionSolve()

  Level: intermediate

  Notes:
  Bit for bit the same as without the interruption for exponential and for one-step types;
  bdf, which remembers earlier states, begins again with small order.
@*/
PetscErrorCode HypEvolutionSetState(HypEvolution evolution, const HypEvolutionState *state)
{
  PetscFunctionBeginUser;
  PetscCheck(!evolution->setupcalled, HypSpaceGetComm(HypKineticGetSpace(evolution->K)),
             PETSC_ERR_ORDER, "call HypEvolutionSetState() before HypEvolutionSetUp()");
  evolution->resumed = PETSC_TRUE;
  evolution->state   = *state;
  evolution->state.h = NULL;
  PetscFunctionReturn(0);
}

/* What the next step will start from */
static PetscErrorCode EvolutionNow(HypEvolution e, HypEvolutionState *state)
{
  TSAdapt adapt;

  PetscFunctionBeginUser;
  PetscCall(TSGetAdapt(e->ts, &adapt));
  PetscCall(TSGetStepNumber(e->ts, &state->step));
  PetscCall(TSGetTime(e->ts, &state->t));
  PetscCall(TSGetTimeStep(e->ts, &state->dt));
  state->dt_unhurried = adapt->dt_span_cached;
  state->outputs      = e->next;
  PetscFunctionReturn(0);
}

/*@
  HypEvolutionGetState - The state from which the rest of the run can be repeated

  Logically collective; inside HypStepFn

  Input Parameter:
. e - the evolution

  Output Parameter:
. state - between outputs inside a step, that before the step with the outputs delivered since;
  else the present one

  Level: intermediate

.seealso: HypEvolutionSetState()
@*/
PetscErrorCode HypEvolutionGetState(HypEvolution e, HypEvolutionState *state)
{
  PetscFunctionBeginUser;
  if (e->inside) {
    *state         = e->state;
    state->outputs = e->next;
  } else {
    PetscCall(EvolutionNow(e, state));
    PetscCall(TSGetSolution(e->ts, &state->h));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode EvolutionPreStep(TS ts)
{
  HypEvolution e;
  Vec          h;

  PetscFunctionBeginUser;
  PetscCall(TSGetApplicationContext(ts, &e));
  PetscCall(TSGetSolution(ts, &h));
  if (!e->state.h) PetscCall(VecDuplicate(h, &e->state.h));
  PetscCall(VecCopy(h, e->state.h));
  PetscCall(EvolutionNow(e, &e->state));
  PetscFunctionReturn(0);
}

/* Times nearer than this are one: far above rounding, far below the spacing of outputs,
   in any unit of time */
static PetscReal Slack(HypEvolution e)
{
  return 1e-10 * PetscMax(PetscAbsReal(e->times[0]), PetscAbsReal(e->times[e->noutputs - 1]));
}

static PetscBool OutputIsDue(HypEvolution e, PetscReal t)
{
  return (PetscBool)(e->next < e->noutputs && e->times[e->next] <= t + Slack(e));
}

/* Every requested time that the last step has reached: interpolated inside an exponential step,
   else the step ends there */
static PetscErrorCode EvolutionPostStep(TS ts)
{
  HypEvolution e;
  PetscReal    t;
  Vec          h;
  PetscBool    stop = PETSC_FALSE;

  PetscFunctionBeginUser;
  PetscCall(TSGetApplicationContext(ts, &e));
  PetscCall(TSGetTime(ts, &t));
  PetscCall(TSGetSolution(ts, &h));
  do {
    const PetscBool repeated = (PetscBool)(e->next < e->delivered);

    if (OutputIsDue(e, t)) {
      const PetscReal wanted = e->times[e->next];
      const PetscBool inside = PetscAbsReal(wanted - t) > Slack(e) ? PETSC_TRUE : PETSC_FALSE;

      if (inside) PetscCall(TSInterpolate(ts, wanted, e->between));
      if (!repeated) PetscCall(e->output(e->next, wanted, inside ? e->between : h, e->ctx));
      e->next++;
    }
    e->inside = (PetscBool)(e->exponential && OutputIsDue(e, t));
    if (e->step && !repeated && e->next < e->noutputs) PetscCall(e->step(e, &stop, e->ctx));
  } while (!stop && OutputIsDue(e, t));
  if (e->forgets) PetscCall(TSRestartStep(ts));
  if (stop) PetscCall(TSSetConvergedReason(ts, TS_CONVERGED_USER));
  PetscFunctionReturn(0);
}

/*
   The output times that are left, behind the time to start from;
   the controller's memory of its step.

   TS wants to keep the solution at every one of them.
   They were delivered when they were reached, so all its vectors are one,
   which each of them overwrites.
*/
static PetscErrorCode EvolutionTimeSpan(HypEvolution e)
{
  const PetscInt first = e->resumed ? e->state.outputs : 1, n = e->noutputs - first + 1;
  PetscReal     *span;
  Vec           *kept;
  TSAdapt        adapt;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(n, &span));
  PetscCall(PetscArraycpy(span + 1, e->times + first, n - 1));
  span[0] = e->resumed ? e->state.t : e->times[0];
  PetscCall(TSSetTimeSpan(e->ts, n, span));
  PetscCall(PetscFree(span));
  PetscCall(PetscMalloc1(n, &kept));
  for (PetscInt k = 0; k < n; k++) {
    PetscCall(PetscObjectReference((PetscObject)e->between));
    kept[k] = e->between;
  }
  e->ts->tspan->vecs_sol = kept; /* freed with the TS */
  PetscCall(TSGetAdapt(e->ts, &adapt));
  if (e->resumed) adapt->dt_span_cached = e->state.dt_unhurried;
  PetscFunctionReturn(0);
}

/*@
  HypEvolutionSetUp - Reads PETSc's ts_ options and gives the integrator its operators

  Collective

  Input Parameters:
+ e - the evolution, with outputs
- h - a vector of the space, for its layout

  Level: intermediate
@*/
PetscErrorCode HypEvolutionSetUp(HypEvolution e, Vec h)
{
  PetscFunctionBeginUser;
  if (e->setupcalled) PetscFunctionReturn(0);
  PetscCheck(e->noutputs, HypSpaceGetComm(HypKineticGetSpace(e->K)), PETSC_ERR_ARG_WRONGSTATE,
             "call HypEvolutionSetOutputs() first");
  PetscCall(VecDuplicate(h, &e->between));
  PetscCall(TSSetTime(e->ts, e->times[0]));
  PetscCall(TSSetTimeStep(e->ts, 1e-3 * (e->times[1] - e->times[0])));
  PetscCall(TSSetFromOptions(e->ts));
  PetscCall(HypEvolutionSetOperators(e));
  if (e->exponential)
    PetscCall(TSSetTimeStep(e->ts, e->times[e->noutputs - 1] - e->times[0]));
  else
    PetscCall(EvolutionTimeSpan(e));
  if (e->resumed) {
    PetscCall(TSSetTime(e->ts, e->state.t));
    PetscCall(TSSetTimeStep(e->ts, e->state.dt));
    PetscCall(TSSetStepNumber(e->ts, e->state.step));
  }
  PetscCall(TSSetMaxTime(e->ts, e->times[e->noutputs - 1]));
  if (e->exponential && e->step) PetscCall(TSSetPreStep(e->ts, EvolutionPreStep));
  /* the last stage of some Runge-Kutta pairs is the next step's first, up to rounding,
     and no checkpoint has it */
  PetscCall(PetscObjectTypeCompare((PetscObject)e->ts, TSRK, &e->forgets));
  e->forgets = (PetscBool)(e->forgets && e->step);
  PetscCall(TSSetPostStep(e->ts, EvolutionPostStep));
  PetscCall(TSSetSolution(e->ts, h));
  PetscCall(TSSetUp(e->ts));
  e->setupcalled = PETSC_TRUE;
  PetscFunctionReturn(0);
}

/*@
  HypEvolutionSolve - Integrates from the first to the last output time

  Collective

  Input Parameter:
. e - the evolution, with outputs

  Input/Output Parameter:
. h - initial state; final state

  Level: beginner

  Note:
  An evolution that was stopped (HypEvolutionSetStep()) returns without an error.
@*/
PetscErrorCode HypEvolutionSolve(HypEvolution e, Vec h)
{
  TSConvergedReason reason;

  PetscFunctionBeginUser;
  PetscCall(HypEvolutionSetUp(e, h));
  if (!e->resumed) PetscCall(e->output(0, e->times[0], h, e->ctx));
  e->next = 1;
  if (e->resumed) {
    while (OutputIsDue(e, e->state.t)) e->next++;
    e->delivered = e->state.outputs;
  }
  PetscCall(TSSolve(e->ts, h));
  PetscCall(TSGetConvergedReason(e->ts, &reason));
  if (reason == TS_CONVERGED_USER && e->step) PetscFunctionReturn(0);
  PetscCheck(reason > 0 && e->next == e->noutputs, HypSpaceGetComm(HypKineticGetSpace(e->K)),
             PETSC_ERR_NOT_CONVERGED,
             "time integration stopped before the end: %s; %" PetscInt_FMT " of %" PetscInt_FMT
             " outputs reached",
             TSConvergedReasons[reason], e->next, e->noutputs);
  PetscFunctionReturn(0);
}

/*@
  HypEvolutionDestroy - Frees an evolution; its operator stays

  Collective

  Input Parameter:
. evolution - the evolution; set to NULL; NULL is allowed

  Level: beginner

.seealso: HypEvolutionCreate()
@*/
PetscErrorCode HypEvolutionDestroy(HypEvolution *evolution)
{
  PetscFunctionBeginUser;
  if (!*evolution) PetscFunctionReturn(0);
  PetscCall(TSDestroy(&(*evolution)->ts));
  PetscCall(MatDestroy(&(*evolution)->implicit));
  PetscCall(MatDestroy(&(*evolution)->explicit));
  PetscCall(MatDestroy(&(*evolution)->J));
  PetscCall(VecDestroy(&(*evolution)->between));
  PetscCall(VecDestroy(&(*evolution)->state.h));
  PetscCall(PetscFree((*evolution)->times));
  PetscCall(PetscFree(*evolution));
  PetscFunctionReturn(0);
}
