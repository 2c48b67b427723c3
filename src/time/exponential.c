/*
   TSEXPONENTIAL: exact time integration of dh/dt = G h, G constant, to a tolerance,
   with steps of any length.

   Method: Arnoldi.  V_m, H_m from SLEPc's BV started at h/||h||, then with the augmented

       H^ = [ H 0 ; beta e_m^T 0 ],    h(t + s) = ||h|| V_{m+1} exp(s H^) e_1 + error,

   where the last entry of exp(s H^) e_1 estimates the error of the uncorrected approximation
   (Saad, 1992; Expokit).
   A step is shortened until the estimate meets the tolerance,
   and the next one begins longer where the estimate left room: the state gets smoother.
   The same basis serves every time inside the step, so outputs between two steps cost a product
   with a small matrix.
   MFN, which is built from the same BV and FN, gives the end point only and forgets the basis.
*/
#include <hypoco/time.h>
#include <petsc/private/tsimpl.h>
#include <petscblaslapack.h>
#include <slepcbv.h>
#include <slepcfn.h>

typedef struct {
  PetscInt  dimension; /* largest Krylov dimension */
  PetscReal tolerance; /* error of one step relative to ||h|| */
  BV        V;
  FN        exp;
  Mat       H;                /* m x m, from Arnoldi */
  Mat       augmented, power; /* H^ and exp(interval H^) */
  PetscInt  m;                /* size of H^ in use */
  PetscReal norm, start;
  /* dense output: y = exp(position H^) e_1, and the interval that `power` belongs to */
  PetscReal    position, interval;
  PetscScalar *y, *z;
  PetscInt     products, bases; /* for TSView */
  /* a space that knows exp(t G) itself:
     no basis, only the states at the start of the step and at `position` */
  HypSpace flow;
  Vec      from, here;
} TS_Exponential;

/* Basis and H^ for the current state */
static PetscErrorCode ExponentialBasis(TS ts, Mat G)
{
  TS_Exponential    *e = (TS_Exponential *)ts->data;
  PetscInt           m = e->dimension;
  PetscReal          beta;
  PetscBool          breakdown;
  PetscScalar       *augmented;
  const PetscScalar *H;

  PetscFunctionBegin;
  e->start    = ts->ptime;
  e->position = 0;
  e->interval = -1;
  PetscCall(VecNorm(ts->vec_sol, NORM_2, &e->norm));
  PetscCheck(
    !PetscIsInfOrNanReal(e->norm), PetscObjectComm((PetscObject)ts), PETSC_ERR_FP,
    "the state is no longer finite at t = %g; the degree or the box may not suit this perturbation",
    (double)ts->ptime);
  if (e->norm == 0) PetscFunctionReturn(0);
  PetscCall(BVSetActiveColumns(e->V, 0, e->dimension + 1));
  PetscCall(BVInsertVec(e->V, 0, ts->vec_sol));
  PetscCall(BVScaleColumn(e->V, 0, 1 / e->norm));
  PetscCall(BVMatArnoldi(e->V, G, e->H, 0, &m, &beta, &breakdown));
  e->products += m;
  e->bases++;
  e->m = breakdown ? m : m + 1;
  PetscCall(MatDestroy(&e->augmented));
  PetscCall(MatDestroy(&e->power));
  PetscCall(MatCreateSeqDense(PETSC_COMM_SELF, e->m, e->m, NULL, &e->augmented));
  PetscCall(MatDuplicate(e->augmented, MAT_DO_NOT_COPY_VALUES, &e->power));
  PetscCall(MatDenseGetArrayRead(e->H, &H));
  PetscCall(MatDenseGetArrayWrite(e->augmented, &augmented));
  for (PetscInt j = 0; j < m; j++) {
    for (PetscInt i = 0; i < m; i++) augmented[j * e->m + i] = H[j * (e->dimension + 1) + i];
  }
  if (!breakdown) augmented[(m - 1) * e->m + m] = beta;
  PetscCall(MatDenseRestoreArrayWrite(e->augmented, &augmented));
  PetscCall(MatDenseRestoreArrayRead(e->H, &H));
  PetscCall(PetscArrayzero(e->y, e->m));
  e->y[0] = 1;
  PetscFunctionReturn(0);
}

/* y at `offset` after the start of the step;
   equal offsets apart, one small matrix is used again and again */
static PetscErrorCode ExponentialMove(TS_Exponential *e, PetscReal offset)
{
  const PetscScalar  one = 1, zero = 0, *power;
  const PetscReal    interval = offset - e->position;
  const PetscBLASInt inc      = 1;
  PetscBLASInt       m;
  PetscScalar       *swap;

  PetscFunctionBegin;
  if (interval == 0) PetscFunctionReturn(0);
  PetscCall(PetscBLASIntCast(e->m, &m));
  if (e->interval < 0 || PetscAbsReal(interval - e->interval) >
                           1e-13 * PetscMax(PetscAbsReal(offset), PetscAbsReal(e->start))) {
    PetscCall(FNSetScale(e->exp, interval, 1));
    PetscCall(FNEvaluateFunctionMat(e->exp, e->augmented, e->power));
    e->interval = interval;
  }
  PetscCall(MatDenseGetArrayRead(e->power, &power));
  PetscCallBLAS("BLASgemv", BLASgemv_("N", &m, &m, &one, power, &m, e->y, &inc, &zero, e->z, &inc));
  PetscCall(MatDenseRestoreArrayRead(e->power, &power));
  swap        = e->y;
  e->y        = e->z;
  e->z        = swap;
  e->position = offset;
  PetscFunctionReturn(0);
}

static PetscErrorCode ExponentialState(TS_Exponential *e, Vec h)
{
  PetscFunctionBegin;
  if (e->norm == 0) {
    PetscCall(VecSet(h, 0));
    PetscFunctionReturn(0);
  }
  PetscCall(BVSetActiveColumns(e->V, 0, e->m));
  PetscCall(BVMultVec(e->V, e->norm, 0, h, e->y));
  PetscFunctionReturn(0);
}

/* h = exp(t G) h by the space, which said before that it can */
static PetscErrorCode ExponentialFlow(TS_Exponential *e, PetscReal t, Vec h)
{
  PetscBool done;

  PetscFunctionBegin;
  PetscCall(HypSpaceFlow(e->flow, t, h, &done));
  PetscAssert(done, HypSpaceGetComm(e->flow), PETSC_ERR_PLIB,
              "the space no longer offers its flow");
  PetscFunctionReturn(0);
}

/* The error of dimension m behaves like step^m;
   a step too long costs one more small exponential and no product */
static PetscReal ExponentialGrowth(const TS_Exponential *e, PetscReal error)
{
  if (error <= 0) return 2;
  return PetscClipInterval(0.9 * PetscPowReal(e->tolerance / error, 1 / (PetscReal)e->dimension), 1,
                           2);
}

static PetscErrorCode TSStep_Exponential(TS ts)
{
  TS_Exponential *e    = (TS_Exponential *)ts->data;
  PetscReal       step = ts->time_step, rest = ts->max_time - ts->ptime, error = 0, next;
  Mat             G;

  PetscFunctionBegin;
  PetscCall(TSGetRHSJacobian(ts, &G, NULL, NULL, NULL));
  if (step > rest || rest - step < 1e-10 * rest) step = rest;
  if (e->flow) {
    e->start    = ts->ptime;
    e->position = 0;
    PetscCall(VecCopy(ts->vec_sol, e->from));
    PetscCall(VecCopy(ts->vec_sol, e->here));
    PetscCall(ExponentialFlow(e, step, ts->vec_sol));
    ts->ptime     = rest == step ? ts->max_time : ts->ptime + step;
    ts->time_step = step;
    PetscFunctionReturn(0);
  }
  PetscCall(ExponentialBasis(ts, G));
  for (PetscInt tries = 0; e->norm > 0; tries++) {
    e->position = 0;
    PetscCall(PetscArrayzero(e->y, e->m));
    e->y[0] = 1;
    PetscCall(ExponentialMove(e, step));
    error = e->m == e->dimension + 1 ? PetscAbsScalar(e->y[e->m - 1]) : 0;
    if (error <= e->tolerance) break;
    PetscCheck(tries < 60 && step > 1e-14 * PetscMax(PetscAbsReal(ts->ptime), rest),
               PetscObjectComm((PetscObject)ts), PETSC_ERR_NOT_CONVERGED,
               "exponential: no step at t = %g meets the tolerance %g; raise "
               "-ts_exponential_dimension (now %" PetscInt_FMT ") or the tolerance",
               (double)ts->ptime, (double)e->tolerance, e->dimension);
    /* the error of dimension m behaves like step^m: far away that model is only a direction,
       so bound the change */
    step *=
      PetscIsInfOrNanReal(error)
        ? 0.1
        : PetscMax(0.2, 0.9 * PetscPowReal(e->tolerance / error, 1 / (PetscReal)e->dimension));
  }
  PetscCall(ExponentialState(e, ts->vec_sol));
  e->interval = -1;
  next        = step * ExponentialGrowth(e, error);
  if (step == rest) next = PetscMax(next, ts->time_step); /* shortened by the end of the run only */
  ts->ptime     = rest == step ? ts->max_time : ts->ptime + step;
  ts->time_step = next;
  PetscFunctionReturn(0);
}

static PetscErrorCode TSInterpolate_Exponential(TS ts, PetscReal t, Vec h)
{
  TS_Exponential *e = (TS_Exponential *)ts->data;

  PetscFunctionBegin;
  if (e->flow) {
    if (t - e->start < e->position) {
      PetscCall(VecCopy(e->from, e->here));
      e->position = 0;
    }
    PetscCall(ExponentialFlow(e, t - e->start - e->position, e->here));
    PetscCall(VecCopy(e->here, h));
    e->position = t - e->start;
    PetscFunctionReturn(0);
  }
  if (e->norm > 0) {
    if (t - e->start < e->position) { /* outputs come in order; start again otherwise */
      PetscCall(PetscArrayzero(e->y, e->m));
      e->y[0]     = 1;
      e->position = 0;
    }
    PetscCall(ExponentialMove(e, t - e->start));
  }
  PetscCall(ExponentialState(e, h));
  PetscFunctionReturn(0);
}

static PetscErrorCode TSSetUp_Exponential(TS ts)
{
  TS_Exponential *e = (TS_Exponential *)ts->data;
  PetscInt        n;
  PetscContainer  offer;
  PetscBool       able;
  Mat             G;

  PetscFunctionBegin;
  PetscCall(TSGetRHSJacobian(ts, &G, NULL, NULL, NULL));
  PetscCheck(G && ts->problem_type == TS_LINEAR, PetscObjectComm((PetscObject)ts),
             PETSC_ERR_ARG_WRONGSTATE,
             "-ts_type exponential integrates linear autonomous problems: set TS_LINEAR and a "
             "constant RHS Jacobian");
  PetscCall(PetscObjectQuery((PetscObject)ts->Arhs, "HypFlow",
                             (PetscObject *)&offer)); /* G may be its copy */
  if (offer) {
    PetscCall(PetscContainerGetPointer(offer, (void **)&e->flow));
    PetscCall(VecDuplicate(ts->vec_sol, &e->from));
    PetscCall(VecDuplicate(ts->vec_sol, &e->here));
    PetscCall(HypSpaceFlow(e->flow, 0, e->from, &able));
    if (able) PetscFunctionReturn(0);
    e->flow = NULL;
    PetscCall(VecDestroy(&e->from));
    PetscCall(VecDestroy(&e->here));
  }
  PetscCall(VecGetSize(ts->vec_sol, &n));
  e->dimension = PetscMin(e->dimension, n);
  PetscCall(BVCreate(PetscObjectComm((PetscObject)ts), &e->V));
  PetscCall(BVSetSizesFromVec(e->V, ts->vec_sol, e->dimension + 1));
  PetscCall(BVSetFromOptions(e->V));
  PetscCall(MatCreateSeqDense(PETSC_COMM_SELF, e->dimension + 1, e->dimension, NULL, &e->H));
  PetscCall(PetscCalloc1(e->dimension + 1, &e->y));
  PetscCall(PetscCalloc1(e->dimension + 1, &e->z));
  PetscCall(FNCreate(PETSC_COMM_SELF, &e->exp));
  PetscCall(FNSetType(e->exp, FNEXP));
  PetscFunctionReturn(0);
}

static PetscErrorCode TSReset_Exponential(TS ts)
{
  TS_Exponential *e = (TS_Exponential *)ts->data;

  PetscFunctionBegin;
  e->flow = NULL;
  PetscCall(VecDestroy(&e->from));
  PetscCall(VecDestroy(&e->here));
  PetscCall(BVDestroy(&e->V));
  PetscCall(FNDestroy(&e->exp));
  PetscCall(MatDestroy(&e->H));
  PetscCall(MatDestroy(&e->augmented));
  PetscCall(MatDestroy(&e->power));
  PetscCall(PetscFree(e->y));
  PetscCall(PetscFree(e->z));
  PetscFunctionReturn(0);
}

static PetscErrorCode TSDestroy_Exponential(TS ts)
{
  PetscFunctionBegin;
  PetscCall(TSReset_Exponential(ts));
  PetscCall(PetscFree(ts->data));
  PetscFunctionReturn(0);
}

static PetscErrorCode TSSetFromOptions_Exponential(TS ts, PetscOptionItems *PetscOptionsObject)
{
  TS_Exponential *e = (TS_Exponential *)ts->data;

  PetscFunctionBegin;
  PetscOptionsHeadBegin(PetscOptionsObject, "Exponential integrator options");
  PetscCall(PetscOptionsRangeInt("-ts_exponential_dimension", "Krylov dimension of one step",
                                 "TSExponential", e->dimension, &e->dimension, NULL, 2, 500));
  PetscCall(PetscOptionsReal("-ts_exponential_tolerance", "Error of one step relative to ||h||",
                             "TSExponential", e->tolerance, &e->tolerance, NULL));
  PetscCheck(e->tolerance > 0 && e->tolerance < 1, PetscObjectComm((PetscObject)ts),
             PETSC_ERR_ARG_OUTOFRANGE,
             "-ts_exponential_tolerance: %g given, a number in (0, 1) needed",
             (double)e->tolerance);
  PetscOptionsHeadEnd();
  PetscFunctionReturn(0);
}

static PetscErrorCode TSView_Exponential(TS ts, PetscViewer viewer)
{
  TS_Exponential *e = (TS_Exponential *)ts->data;

  PetscFunctionBegin;
  PetscCall(PetscViewerASCIIPrintf(viewer,
                                   "  Krylov dimension %" PetscInt_FMT
                                   ", tolerance %g; %" PetscInt_FMT " bases, %" PetscInt_FMT
                                   " operator products\n",
                                   e->dimension, (double)e->tolerance, e->bases, e->products));
  PetscFunctionReturn(0);
}

static PetscErrorCode TSCreate_Exponential(TS ts)
{
  TS_Exponential *e;

  PetscFunctionBegin;
  PetscCall(PetscNew(&e));
  e->dimension            = 40;
  e->tolerance            = 1e-13;
  ts->data                = e;
  ts->ops->setup          = TSSetUp_Exponential;
  ts->ops->step           = TSStep_Exponential;
  ts->ops->interpolate    = TSInterpolate_Exponential;
  ts->ops->reset          = TSReset_Exponential;
  ts->ops->destroy        = TSDestroy_Exponential;
  ts->ops->setfromoptions = TSSetFromOptions_Exponential;
  ts->ops->view           = TSView_Exponential;
  ts->default_adapt_type  = TSADAPTNONE;
  ts->usessnes            = PETSC_FALSE;
  PetscFunctionReturn(0);
}

/*@
  HypTimeRegister - Makes -ts_type exponential known to PETSc

  Not collective; may be called again

  Level: advanced

  Notes:
  For linear autonomous problems with a constant RHS Jacobian.
  Options: -ts_exponential_dimension (40),
  -ts_exponential_tolerance (1e-13).  TSInterpolate() is as accurate as the step itself.
@*/
PetscErrorCode HypTimeRegister(void)
{
  PetscFunctionBegin;
  PetscCall(TSRegister(HYPTSEXPONENTIAL, TSCreate_Exponential));
  PetscFunctionReturn(0);
}
