/* hypoco compare: what all rows share, the clock and the two starts. */
#include "program/compare.h"

/* Times of the comparison: steps 0, every, 2 every, ..., and the snapshots among them */
static PetscErrorCode Clock(const HypSettings *s, HypComparison *c)
{
  const PetscInt steps = (PetscInt)s->sample_steps, every = s->sample_every != HYP_UNSET
                                                              ? (PetscInt)s->sample_every
                                                              : PetscMax(1, steps / 100);

  PetscFunctionBeginUser;
  PetscCheck(steps % every == 0, PETSC_COMM_WORLD, PETSC_ERR_ARG_INCOMP,
             "sample_steps: %" PetscInt_FMT " given, a multiple of sample_every = %" PetscInt_FMT
             " needed",
             steps, every);
  c->times     = steps / every + 1;
  c->snapshots = PetscMax((PetscInt)s->sample_snapshots.count, 1);
  c->dt        = PetscSqrtReal(s->model_learning_rate * (1 - s->model_staleness));
  PetscCall(PetscMalloc4(c->times, &c->step, c->times, &c->time, c->snapshots, &c->snapshot,
                         c->snapshots, &c->law));
  PetscCall(PetscCalloc2(c->snapshots, &c->resolved, c->times, &c->apart));
  for (PetscInt k = 0; k < c->times; k++) {
    c->step[k] = k * every;
    c->time[k] = (PetscReal)c->step[k] * c->dt;
  }
  c->snapshot[0] = steps;
  for (size_t i = 0; i < s->sample_snapshots.count; i++) {
    const double at = s->sample_snapshots.values[i];

    PetscCheck(at >= 0 && at <= (double)steps && fmod(at, (double)every) == 0, PETSC_COMM_WORLD,
               PETSC_ERR_ARG_OUTOFRANGE,
               "sample_snapshots: %g given, multiples of sample_every = %" PetscInt_FMT
               " up to sample_steps = %" PetscInt_FMT " needed",
               at, every, steps);
    c->snapshot[i] = (PetscInt)at;
  }
  PetscFunctionReturn(0);
}

/*
  HypCompareCreate - Clock and starts of a comparison, of which no row is known yet

  Not collective

  Input Parameter:
. s - the settings

  Output Parameter:
. c - free with HypCompareDestroy()
*/
PetscErrorCode HypCompareCreate(const HypSettings *s, HypComparison *c)
{
  const PetscInt d = (PetscInt)s->model_dimension;

  PetscFunctionBeginUser;
  *c = (HypComparison){.s = s};
  PetscCheck(!isnan(s->model_learning_rate) && !isnan(s->model_staleness) && !isnan(s->model_noise),
             PETSC_COMM_WORLD, PETSC_ERR_ARG_INCOMP,
             "compare speaks of an algorithm and its equation: model_learning_rate, "
             "model_staleness and model_noise needed");
  PetscCheck(s->sample_start.count == 1 || s->sample_start.count == (size_t)d, PETSC_COMM_WORLD,
             PETSC_ERR_ARG_SIZ, "sample_start: %zu numbers given, 1 or model_dimension = %d needed",
             s->sample_start.count, (int)d);
  PetscCall(Clock(s, c));
  PetscCall(PetscMalloc2(2 * d, &c->start, 4 * d, &c->mean));
  for (PetscInt i = 0; i < d; i++) {
    c->start[i]     = s->sample_start.values[s->sample_start.count == 1 ? 0 : i];
    c->start[d + i] = c->start[i] != 0 ? -c->start[i] : 1;
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HypCompareDestroy(HypComparison *c)
{
  PetscFunctionBeginUser;
  for (PetscInt r = 0; r < c->rows; r++) PetscCall(HypCompareRowDestroy(&c->row[r]));
  PetscCall(PetscFree4(c->step, c->time, c->snapshot, c->law));
  PetscCall(PetscFree2(c->resolved, c->apart));
  PetscCall(PetscFree2(c->start, c->mean));
  if (c->setup.loss) PetscCall(HypSampleSetupDestroy(&c->setup));
  PetscFunctionReturn(0);
}
