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

/* A distance to F: of all variables, and of each pair */
#define DISTANCE(name, norm)                                                                       \
  static PetscErrorCode name(const HypObservation *at, PetscReal values[])                         \
  {                                                                                                \
    values[0] = HypNormsGet(at->norms, norm, HYP_ALL_PAIRS);                                       \
    return 0;                                                                                      \
  }
#define DISTANCES(name, norm)                                                                      \
  DISTANCE(name, norm)                                                                             \
  static PetscErrorCode name##Pair(const HypObservation *at, PetscReal values[])                   \
  {                                                                                                \
    for (PetscInt i = 0; i < HypNormsPairs(at->K); i++)                                            \
      values[i] = HypNormsGet(at->norms, norm, i);                                                 \
    return 0;                                                                                      \
  }
DISTANCES(Variation, HYP_NORM_TV)
DISTANCES(Entropy, HYP_NORM_ENTROPY)
DISTANCES(Chi2, HYP_NORM_CHI2)
DISTANCES(Fisher, HYP_NORM_FISHER)
DISTANCES(FisherV, HYP_NORM_FISHER_V)
DISTANCES(Negative, HYP_NORM_NEGATIVE)
DISTANCES(NegativeF, HYP_NORM_NEGATIVE_F)
DISTANCE(VariationError, HYP_NORM_TV_ERROR)
DISTANCE(ModelNorm, HYP_NORM_MODEL)
DISTANCE(ModelLyapunov, HYP_NORM_MODEL_H)

/* ||h|| of M beside that of the space */
static PetscBool HasModelNorm(HypKinetic K)
{
  return (PetscBool)(HypNormsHaveAll(K) && HypModelHasReference(HypKineticGetModel(K)));
}

static PetscBool HasPairs(HypKinetic K)
{
  return (PetscBool)(HypNormsPairs(K) > 0);
}

/* A new series is a row here and the function that computes it; docs/develop.md says how */
static const HypSeriesRow rows[] = {
  {"mass", "mass", "1", "integral of g over phase space, relative to the start",
   "Proposition 4.1(a) of Zhu and Ying", PETSC_FALSE, NULL, Mass, 0},
  {"norm2", "||h||^2", "1", "||h||^2 in L2(M)", "(3.4) of Zhu and Ying", PETSC_FALSE, NULL, Norm2,
   0},
  {"grad_x2", "||grad_x h||^2", "time^2", "||grad_x h||^2 in L2(M)", "(3.8) of Zhu and Ying",
   PETSC_FALSE, NULL, GradX2, 0},
  {"grad_v2", "||grad_v h||^2", "time^4", "||grad_v h||^2 in L2(M)", "(3.8) of Zhu and Ying",
   PETSC_FALSE, NULL, GradV2, 0},
  {"grad_xv", "<grad_x h, grad_v h>", "time^3", "<grad_x h, grad_v h> in L2(M)",
   "(3.8) of Zhu and Ying", PETSC_FALSE, NULL, GradXV, 0},
  {"H", "H", "time^2",
   "Lyapunov functional ||grad_x h||^2 + C ||grad_v h||^2 + 2 Chat <grad_x h, grad_v h>",
   "(3.8) of Zhu and Ying", PETSC_FALSE, NULL, Lyapunov, 0},
  {"theta", "E theta", "1", "E theta_i", "(2.2) of Zhu and Ying", PETSC_TRUE, HypObservablesExist,
   Theta, 0},
  {"theta2", "E theta^2", "1", "E theta_i^2", "", PETSC_TRUE, HypObservablesExist, Theta2, 0},
  {"y", "E y", "1/time", "E y_i", "(2.2) of Zhu and Ying", PETSC_TRUE, HypObservablesExist, MeanY,
   0},
  {"loss", "E f", "1/time^2", "E f(theta), f(0) = 0", "", PETSC_FALSE, HypObservablesHaveLoss, Loss,
   0},
  {"tv", "TV", "1", "total variation 1/2 int |g - F|", "", PETSC_FALSE, HypNormsHaveAll, Variation,
   1},
  {"tv_error", "error of TV", "1", "how far apart tv over every second node of each coordinate is",
   "", PETSC_FALSE, HypNormsAreErrors, VariationError, 0},
  {"entropy", "entropy", "1", "relative entropy int g log(g/F)", "", PETSC_FALSE, HypNormsHaveAll,
   Entropy, 2},
  {"chi2", "chi^2", "1", "int (g - F)^2/F", "", PETSC_FALSE, HypNormsHaveAll, Chi2, 2},
  {"fisher", "Fisher", "1", "Fisher information int g |grad log(g/F)|^2, scaled variables", "",
   PETSC_FALSE, HypNormsHaveAll, Fisher, 2},
  {"fisher_v", "Fisher in v", "1", "its part in V: d/dt entropy = -gamma fisher_v", "", PETSC_FALSE,
   HypNormsHaveAll, FisherV, 2},
  {"negative", "negative mass of g", "1", "mass where g is negative", "", PETSC_FALSE,
   HypNormsHaveAll, Negative, 0},
  {"negative_F", "negative mass of F", "1", "mass where F is negative", "", PETSC_FALSE,
   HypNormsHaveAll, NegativeF, 0},
  {"norm2_model", "||h||^2 of M", "1", "||h||^2 in L2(M), beside that of the space's Gaussian",
   "(3.4) of Zhu and Ying", PETSC_FALSE, HasModelNorm, ModelNorm, 2},
  {"H_model", "H of M", "time^2",
   "Lyapunov functional in L2(M), beside that of the space's Gaussian", "(3.8) of Zhu and Ying",
   PETSC_FALSE, HasModelNorm, ModelLyapunov, 2},
  {"tv_pair", "TV of a pair", "1",
   "total variation 1/2 int |g - F|; of the marginals in (x_i, v_i)", "", PETSC_TRUE, HasPairs,
   VariationPair, 1},
  {"entropy_pair", "entropy of a pair", "1",
   "relative entropy int g log(g/F); of the marginals in (x_i, v_i)", "", PETSC_TRUE, HasPairs,
   EntropyPair, 2},
  {"chi2_pair", "chi^2 of a pair", "1", "int (g - F)^2/F; of the marginals in (x_i, v_i)", "",
   PETSC_TRUE, HasPairs, Chi2Pair, 2},
  {"fisher_pair", "Fisher of a pair", "1",
   "Fisher information int g |grad log(g/F)|^2, scaled variables; of the marginals in (x_i, v_i)",
   "", PETSC_TRUE, HasPairs, FisherPair, 2},
  {"fisher_v_pair", "Fisher in v of a pair", "1",
   "its part in V: d/dt entropy = -gamma fisher_v; of the marginals in (x_i, v_i)", "", PETSC_TRUE,
   HasPairs, FisherVPair, 2},
  {"negative_pair", "negative mass of g of a pair", "1",
   "mass where g is negative; of the marginals in (x_i, v_i)", "", PETSC_TRUE, HasPairs,
   NegativePair, 0},
  {"negative_F_pair", "negative mass of F of a pair", "1",
   "mass where F is negative; of the marginals in (x_i, v_i)", "", PETSC_TRUE, HasPairs,
   NegativeFPair, 0},
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
  s->K        = K;
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

/* Is it a distance to F in all variables? */
static PetscBool OfAll(const HypSeriesColumn *column)
{
  return (PetscBool)(column->row->exists == HypNormsHaveAll || column->row->exists == HasModelNorm);
}

/* Is one asked for? */
static PetscBool HasAll(const HypSeries *s)
{
  for (PetscInt i = 0; i < s->ncolumns; i++)
    if (OfAll(&s->columns[i])) return PETSC_TRUE;
  return PETSC_FALSE;
}

/*@
  HypSeriesHasDistances - Is a distance to F among the series?

  Not collective

  Input Parameter:
. s - the series

  Level: developer

.seealso: HypSeriesKeep(), HypSeriesSummed()
@*/
PetscBool HypSeriesHasDistances(const HypSeries *s)
{
  for (PetscInt i = 0; i < s->ncolumns; i++)
    if (s->columns[i].row->exists == HasPairs) return PETSC_TRUE;
  return HasAll(s);
}

/* Are distances in all variables computed at time k?  At the first, at the last,
   and between them as often as is cheap */
static PetscBool Summed(const HypSeries *s, HypKinetic K, PetscInt k)
{
  const PetscInt times = HypNormsTimes(K), every = (s->capacity - 1) / times + 1;

  return (PetscBool)(k % every == 0 || k == s->capacity - 1);
}

/*@
  HypSeriesSummed - At how many times there are distances in all variables

  Not collective

  Input Parameter:
. s - the series of a run

  Returns the number of times, also of those at which they have no meaning; 0 where none is kept.

  Level: developer

.seealso: HypSeriesHasDistances(), HypNormsTimes()
@*/
PetscInt HypSeriesSummed(const HypSeries *s)
{
  PetscInt n = 0;

  for (PetscInt k = 0; k < s->n && s->K && HasAll(s); k++) {
    PetscBool summed = Summed(s, s->K, k); /* else before the run was continued, perhaps */

    for (PetscInt i = 0; i < s->ncolumns && !summed; i++)
      summed = (PetscBool)(OfAll(&s->columns[i]) && !PetscIsNanReal(s->columns[i].values[k]));
    n += summed ? 1 : 0;
  }
  return n;
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
  if (at->f && !at->plain && !s->norms) PetscCall(HypNormsCreate(at->K, at->f, &s->norms));
  if (at->h && s->norms && (!s->n || HypSeriesHasDistances(s)))
    PetscCall(HypNormsCompute(s->norms, at->h,
                              (PetscBool)((!s->n || HasAll(s)) && Summed(s, at->K, s->n))));
  all.norms = s->norms;
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

/* Where there is no negative mass, nothing was computed; where that series was left out,
   a distance without a value says so as well */
static PetscBool Computed(const HypSeries *s, const HypSeriesColumn *column, PetscInt k)
{
  const PetscReal *mass = HypSeriesValues(s, "negative");

  if (column->width > 1 || column->row->exists == NULL) return PETSC_TRUE;
  if (!mass) mass = column->values;
  return (PetscBool)!PetscIsNanReal(mass[k]);
}

/* The rate of one column, from behind the last time without a value; t, y: room */
static PetscErrorCode Rate(const HypSeries *s, const HypSeriesColumn *column, PetscInt upto,
                           const HypFit *square, PetscReal t[], PetscReal y[], HypSeriesRate *rate)
{
  PetscInt n = 0;

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < upto; k++) {
    const PetscReal value = column->values[k * column->width + rate->i];

    if (!Computed(s, column, k)) continue;
    rate->times++;
    t[n]   = s->t[k];
    y[n++] = PetscPowReal(value, 2 / (PetscReal)column->row->power);
    if (!PetscIsNanReal(value)) continue;
    rate->spoiled++;
    n = 0;
  }
  PetscCall(column->row->power == 1 ? HypFitVariation(n, t, y, square, &rate->fit)
                                    : HypFitRate(n, t, y, &rate->fit));
  PetscFunctionReturn(0);
}

/*@
  HypSeriesRates - Fits a rate to every series that measures a distance to the steady state

  Not collective

  Input Parameters:
+ s    - the series
- upto - the first so many times are used

  Output Parameters:
+ n     - number of rates
- rates - free with PetscFree()

  Level: intermediate

  Note:
  All are lambda in ||h|| ~ exp(-lambda t): a series that decays like ||h||^power is taken
  to the power 2/power before HypFitRate() sees it, or HypFitVariation() where power is 1.

.seealso: HypFitRate(), HypFitVariation()
@*/
PetscErrorCode HypSeriesRates(const HypSeries *s, PetscInt upto, PetscInt *n, HypSeriesRate **rates)
{
  HypFit     square;
  PetscReal *t, *y;
  PetscInt   room = 0;

  PetscFunctionBeginUser;
  *n = 0;
  for (PetscInt i = 0; i < s->ncolumns; i++)
    room += s->columns[i].row->power ? s->columns[i].width : 0;
  PetscCall(PetscCalloc1(room, rates));
  PetscCall(PetscMalloc2(upto, &t, upto, &y));
  if (room) PetscCall(HypFitRate(upto, s->t, HypSeriesValues(s, "norm2"), &square));
  for (const HypSeriesColumn *column = s->columns; column < s->columns + s->ncolumns; column++) {
    for (PetscInt i = 0; column->row->power && i < column->width; i++) {
      HypSeriesRate *const rate = &(*rates)[(*n)++];

      rate->row = column->row;
      rate->i   = i;
      PetscCall(Rate(s, column, upto, &square, t, y, rate));
    }
  }
  PetscCall(PetscFree2(t, y));
  PetscFunctionReturn(0);
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
  PetscCall(HypNormsDestroy(&s->norms));
  PetscCall(PetscFree(s->t));
  for (PetscInt i = 0; i < s->ncolumns; i++) PetscCall(PetscFree(s->columns[i].values));
  PetscCall(PetscMemzero(s, sizeof(*s)));
  PetscFunctionReturn(0);
}
