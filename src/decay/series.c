/* The series of a run: which there are, and their values at the output times. */
#include <hypoco/decay.h>
#include <string.h>

static PetscErrorCode Mass(const HypObservation *at, PetscReal *value)
{
  *value = at->mass;
  return 0;
}

static PetscErrorCode Norm2(const HypObservation *at, PetscReal *value)
{
  *value = at->functionals->norm2;
  return 0;
}

static PetscErrorCode GradX2(const HypObservation *at, PetscReal *value)
{
  *value = at->functionals->grad_x2;
  return 0;
}

static PetscErrorCode GradV2(const HypObservation *at, PetscReal *value)
{
  *value = at->functionals->grad_v2;
  return 0;
}

static PetscErrorCode GradXV(const HypObservation *at, PetscReal *value)
{
  *value = at->functionals->grad_xv;
  return 0;
}

static PetscErrorCode Lyapunov(const HypObservation *at, PetscReal *value)
{
  *value = at->functionals->H;
  return 0;
}

/* E of the k-th observable of every coordinate */
static PetscErrorCode EachMean(const HypObservation *at, int k, PetscReal values[])
{
  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < at->observables->d; i++)
    PetscCall(HypObservablesEvaluate(at->observables->phi[i][k], at->h, at->f, &values[i]));
  PetscFunctionReturn(0);
}

static PetscErrorCode Theta(const HypObservation *at, PetscReal values[])
{
  return EachMean(at, 0, values);
}

static PetscErrorCode Theta2(const HypObservation *at, PetscReal values[])
{
  return EachMean(at, 1, values);
}

static PetscErrorCode MeanY(const HypObservation *at, PetscReal values[])
{
  return EachMean(at, 2, values);
}

static PetscErrorCode Loss(const HypObservation *at, PetscReal *value)
{
  return HypObservablesEvaluate(at->observables->f, at->h, at->f, value);
}

/* A new series is a row here and the function that computes it; docs/develop.md says how */
static const HypSeriesRow rows[] = {
  {"mass", "mass", "1", "integral of g over phase space, relative to the start",
   "Proposition 4.1(a) of Zhu and Ying", PETSC_FALSE, NULL, Mass},
  {"norm2", "||h||^2", "1", "||h||^2 in L2(M)", "(3.4) of Zhu and Ying", PETSC_FALSE, NULL, Norm2},
  {"grad_x2", "||grad_x h||^2", "time^2", "||grad_x h||^2 in L2(M)", "(3.8) of Zhu and Ying",
   PETSC_FALSE, NULL, GradX2},
  {"grad_v2", "||grad_v h||^2", "time^4", "||grad_v h||^2 in L2(M)", "(3.8) of Zhu and Ying",
   PETSC_FALSE, NULL, GradV2},
  {"grad_xv", "<grad_x h, grad_v h>", "time^3", "<grad_x h, grad_v h> in L2(M)",
   "(3.8) of Zhu and Ying", PETSC_FALSE, NULL, GradXV},
  {"H", "H", "time^2",
   "Lyapunov functional ||grad_x h||^2 + C ||grad_v h||^2 + 2 Chat <grad_x h, grad_v h>",
   "(3.8) of Zhu and Ying", PETSC_FALSE, NULL, Lyapunov},
  {"theta", "E theta", "1", "E theta_i", "(2.2) of Zhu and Ying", PETSC_TRUE, HypObservablesExist,
   Theta},
  {"theta2", "E theta^2", "1", "E theta_i^2", "", PETSC_TRUE, HypObservablesExist, Theta2},
  {"y", "E y", "1/time", "E y_i", "(2.2) of Zhu and Ying", PETSC_TRUE, HypObservablesExist, MeanY},
  {"loss", "E f", "1/time^2", "E f(theta), f(0) = 0", "", PETSC_FALSE, HypObservablesHaveLoss,
   Loss},
};
#define ROWS ((PetscInt)(sizeof(rows) / sizeof(rows[0])))
_Static_assert(ROWS <= (PetscInt)HYP_SERIES_ROOM, "HYP_SERIES_ROOM in hypoco/decay.h is too small");

/*@
  HypSeriesRowWidth - How many values a series has at each time

  Not collective

  Input Parameters:
+ row - the series
- K   - the run's operator; NULL: any run in d = 1

  Returns 1, or d where there is one for each coordinate; 0 where the run has no such series.

  Level: developer

.seealso: HypSeriesCreate()
@*/
PetscInt HypSeriesRowWidth(const HypSeriesRow *row, HypKinetic K)
{
  if (row->exists && (!K || !row->exists(K))) return 0;
  return row->each && K ? HypKineticGetDimension(K) : 1;
}

/*@
  HypSeriesCreate - Room for the series of a run at so many times

  Not collective

  Input Parameters:
+ K        - the run's operator, which decides what series there are; NULL:
  those that every run in d = 1 has
- capacity - number of output times

  Output Parameter:
. s - empty

  Level: intermediate

.seealso: HypSeriesAdd(), HypSeriesValues()
@*/
PetscErrorCode HypSeriesCreate(HypKinetic K, PetscInt capacity, HypSeries *s)
{
  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(s, sizeof(*s)));
  s->capacity = capacity;
  if (K) PetscCall(HypObservablesCreate(K, &s->observables));
  PetscCall(PetscMalloc1(capacity, &s->t));
  for (PetscInt i = 0; i < ROWS; i++) {
    HypSeriesColumn *column = &s->columns[s->ncolumns];
    const PetscInt   width  = HypSeriesRowWidth(&rows[i], K);

    if (!width) continue;
    column->row   = &rows[i];
    column->width = width;
    PetscCall(PetscMalloc1((size_t)capacity * (size_t)column->width, &column->values));
    s->ncolumns++;
  }
  PetscFunctionReturn(0);
}

/*@
  HypSeriesAdd - Appends the values of one time

  Collective on the run's operator

  Input Parameters:
+ s  - the series
- at - what is known at that time

  Level: intermediate
@*/
PetscErrorCode HypSeriesAdd(HypSeries *s, const HypObservation *at)
{
  HypObservation all = *at;

  PetscFunctionBeginUser;
  PetscCheck(s->n < s->capacity, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
             "series of %" PetscInt_FMT " times is full", s->capacity);
  all.observables = &s->observables;
  for (PetscInt i = 0; i < s->ncolumns; i++) {
    const HypSeriesColumn *column = &s->columns[i];

    PetscCall(column->row->evaluate(&all, column->values + s->n * column->width));
  }
  s->t[s->n++] = at->t;
  PetscFunctionReturn(0);
}

/*@C
  HypSeriesValues - The values of one series

  Not collective

  Input Parameters:
+ s    - the series of a run
- name - of one of them

  Returns s->n values, or d of them for each time where there is one for each coordinate;
  NULL where the run has no such series.

  Level: intermediate

.seealso: HypFitRate()
@*/
const PetscReal *HypSeriesValues(const HypSeries *s, const char name[])
{
  for (PetscInt i = 0; i < s->ncolumns; i++) {
    if (!strcmp(s->columns[i].row->name, name)) return s->columns[i].values;
  }
  return NULL;
}

/*@
  HypSeriesDestroy - Frees a series

  Not collective

  Input Parameter:
. s - the series; all zero afterwards

  Level: intermediate

.seealso: HypSeriesCreate()
@*/
PetscErrorCode HypSeriesDestroy(HypSeries *s)
{
  PetscFunctionBeginUser;
  PetscCall(HypObservablesDestroy(&s->observables));
  PetscCall(PetscFree(s->t));
  for (PetscInt i = 0; i < s->ncolumns; i++) PetscCall(PetscFree(s->columns[i].values));
  PetscCall(PetscMemzero(s, sizeof(*s)));
  PetscFunctionReturn(0);
}
