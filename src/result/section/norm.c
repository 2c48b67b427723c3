/* Results: the rate of every distance to the steady state, and what these are taken over. */
#include "result/section/section.h"
#include <math.h>
#include <hypoco/resolution.h>
#include <string.h>

static PetscBool Known(const HypResult *R, PetscInt i)
{
  return (PetscBool)(R->rates[i].fit.form != HYP_FIT_NONE);
}

/* Every distance decays with the eigenvalue that the start shows, where that is known */
static PetscBool Named(const HypResult *R)
{
  return (PetscBool)(R->estimate && R->estimate->mode > 0 && R->estimate->mode < R->estimate->n);
}

/* Nothing is known of a rate where F is not, or where that of ||h|| has no bar:
   the truncation is unstable */
static PetscBool Unresolved(const HypResult *R)
{
  return (PetscBool)((R->steady && isgreater(R->steady->error, HYP_UNRESOLVED)) ||
                     (R->estimate && !Named(R) && PetscIsNanReal(R->estimate->fit_error)));
}

static PetscReal Error(const HypResult *R, PetscInt i)
{
  const HypFit *const fit = &R->rates[i].fit;

  if (Unresolved(R)) return NAN;
  if (!Named(R) || PetscIsNanReal(fit->error)) return fit->error;
  return PetscMax(fit->error, PetscAbsReal(fit->rate + R->estimate->real[R->estimate->mode])) +
         R->estimate->mode_error; /* of the space, which all distances share */
}

/* Why there is no rate, or how far one can be believed: of a distance, and of a norm of M */
static const char *const remarks[][4] = {{"g or F is negative: no value at any time",
                                          "g or F is negative at some times; too few are left",
                                          "fit and eigenvalue; g or F is negative at some times",
                                          "fit alone; g or F is negative at some times"},
                                         {"infinite in L2(M), or not to be had from this reference",
                                          "no value in L2(M) at some times; too few are left",
                                          "fit and eigenvalue; no value in L2(M) at some times",
                                          "fit alone; no value in L2(M) at some times"}};

static const char *Remark(const HypResult *R, PetscInt i)
{
  const char *const *const texts = remarks[strstr(R->rates[i].row->name, "_model") != NULL];

  if (R->rates[i].spoiled == R->rates[i].times) return texts[0];
  if (!R->rates[i].spoiled && !Known(R, i)) return "too few points above rounding, or no form fits";
  if (Known(R, i) && Unresolved(R)) return "no bar: the space does not resolve F, or is unstable";
  if (!R->rates[i].spoiled) return Named(R) ? "fit and eigenvalue" : "fit alone";
  return texts[!Known(R, i) ? 1 : Named(R) ? 2 : 3];
}

TEXT(NormName, R->rates[i].row->name)
TEXT(NormLabel, R->rates[i].row->label)
INTEGER(NormIndex, R->rates[i].i + 1)
REAL(NormRate, Known(R, i) ? R->rates[i].fit.rate : NAN)
REAL(NormError, Known(R, i) ? Error(R, i) : NAN)
TEXT(NormForm, HypFitForms[R->rates[i].fit.form])
INTEGER(NormSpoiled, R->rates[i].spoiled)
TEXT(NormRemark, Remark(R, i))

static const HypQuantity norms[] = {
  {SHOWN("", NULL, -22), .value = NormLabel, MANY},
  {NAMES("name", "norm"), ABOUT("1", "the series that a rate was fitted to", ""), .value = NormName,
   MANY},
  {NAMES("coordinate", "norm_coordinate"), ABOUT("1", "coordinate of the series, from 1", ""),
   .value = NormIndex, MANY},
  {NAMES("rate", "norm_rate"), SHOWN("rate", NULL, 0),
   ABOUT("1/time", "lambda in distance ~ exp(-power lambda t), fitted", ""), .value = NormRate,
   MANY},
  {NAMES("error", "norm_rate_error"), SHOWN("+-", "%.1e", 10), BAR,
   ABOUT("1/time", "error bar: of the fit, and its distance to the eigenvalue that the start shows",
         ""),
   .value = NormError, MANY},
  {NAMES("form", "norm_rate_form"), ABOUT("1", "form of the envelope fitted", ""),
   .value = NormForm, MANY},
  {NAMES("spoiled", "norm_spoiled"),
   ABOUT("1", "output times without a value, because g or F is negative there or the norm infinite",
         ""),
   .value = NormSpoiled, MANY},
  {NAMES("remark", "norm_remark"), SHOWN("", NULL, -50),
   ABOUT("1", "what the bar is, or why there is none", ""), .value = NormRemark, MANY},
};

/* In d > 1 */
static PetscBool HasDistances(const HypResult *R)
{
  const HypKinetic K = R->series ? R->series->K : NULL;

  return (PetscBool)(K && HypKineticGetDimension(K) > 1 && HypSeriesHasDistances(R->series));
}

static PetscReal Nodes(const HypResult *R)
{
  return HypSpaceNodeCount(HypKineticGetSpace(R->series->K));
}

static PetscInt Summed(const HypResult *R)
{
  return HypSeriesSummed(R->series);
}

/* The largest error of total variation in all variables, relative */
static PetscReal VariationError(const HypResult *R)
{
  const PetscReal *const tv = HypSeriesValues(R->series, "tv"), *const bar = HypSeriesValues(
                                                                  R->series, "tv_error");
  PetscReal error = NAN;

  for (PetscInt k = 0; tv && bar && k < R->series->n; k++)
    if (isgreater(tv[k], 0) && !isgreaterequal(error, bar[k] / tv[k])) error = bar[k] / tv[k];
  return error;
}

TEXT(DistanceOver, Summed(R) ? "all variables" : "the marginals in each pair")
REAL(DistanceNodes, Nodes(R) > 0 ? Nodes(R) : NAN)
REAL(DistanceSums, Summed(R) ? Nodes(R) : NAN)
REAL(DistanceNeed, HypNormsHaveAll(R->series->K) ? NAN : Nodes(R))
REAL(DistanceMost, HypNormsHaveAll(R->series->K) ? NAN : HypNormsMost(R->series->K))
INTEGER(DistanceTimes, Summed(R))
REAL_IF(DistanceTimesShown, Summed(R), (PetscReal)Summed(R))
REAL(DistanceError, VariationError(R))

static const HypQuantity distances[] = {
  {NAMES("over", "distances_over"), SHOWN("of ", NULL, 0),
   ABOUT("1", "what the distances to F are taken over", ""), .value = DistanceOver},
  {NAMES("nodes", "distances_nodes"), ABOUT("1", "nodes of sums in all variables", ""),
   .value = DistanceNodes},
  {SHOWN("sums over ", "%.8g nodes", 0), .value = DistanceSums},
  {SHOWN("all variables need ", "%.3g nodes", 0), .value = DistanceNeed},
  {SHOWN("at most ", "%.3g are affordable", 0), .value = DistanceMost},
  {NAMES("times", "distances_times"), ABOUT("1", "output times at which they were taken", ""),
   .value = DistanceTimes},
  {SHOWN("at ", "%.0f output times", 0), .value = DistanceTimesShown},
  {NAMES("tv_error", "distances_tv_error"), SHOWN("error of TV at most ", "%.1e of it", 0), BAR,
   ABOUT("1", "largest error of the sum that total variation is, relative", ""),
   .value = DistanceError},
};

const HypSection HypDistanceSection = {.name     = "distances",
                                       .title    = "distances",
                                       .optional = PETSC_TRUE,
                                       .exists   = HasDistances,
                                       ROWS(distances)};

static PetscBool HasNorms(const HypResult *R)
{
  return (PetscBool)(R->nrates > 0);
}

static PetscInt CountNorms(const HypResult *R)
{
  return R->nrates;
}

const HypSection HypNormSection = {.name      = "norms",
                                   .title     = "rate of each distance to F",
                                   .form      = HYP_LIST,
                                   .look      = HYP_TABLE,
                                   .optional  = PETSC_TRUE,
                                   .dimension = "norm_number",
                                   .index     = "number of a distance to the steady state",
                                   .exists    = HasNorms,
                                   .count     = CountNorms,
                                   ROWS(norms)};
