/*
   hypoco compare: what of a difference from the equation is the model's own.

   Where moments and rates are known exactly, that is exact.  Else the model is sampled at half the
   learning rate too, with the parameters of the equation kept: with differences D(eta) and D(eta/2)

       D(eta) = c eta + O(eta^2) + sampling,   c eta ~ 2 (D(eta) - D(eta/2)),

   in which the equation is not.  The rest, 2 D(eta/2) - D(eta), is 0 up to its bar
   where the algorithm follows the equation.
*/
#include "program/compare.h"
#include <math.h>

/* With the difference at half the learning rate, of independent paths */
static void Richardson(HypBar full, HypBar half, HypCompareParts *parts)
{
  parts->model = (HypBar){2 * (full.value - half.value), 2 * hypot(full.error, half.error)};
  parts->rest  = (HypBar){2 * half.value - full.value, hypot(2 * half.error, full.error)};
}

/* Of E theta, E theta^2 or E f at one time */
HypCompareParts HypComparePartsMean(const HypComparison *c, const HypCompareRow *row, int k,
                                    PetscInt t)
{
  const PetscInt  at       = k * c->times + t;
  const PetscReal equation = c->row[0].mean[at], error = 1.96 * c->row[0].error[at];
  HypCompareParts parts = {
    {row->mean[at] - equation, hypot(row->width[at], error)}, {NAN, NAN}, {NAN, NAN}, PETSC_FALSE};

  if (row->equation) {
    parts.exact = PETSC_TRUE;
    parts.model = (HypBar){0, 0};
    parts.rest  = parts.difference;
  } else if (isfinite(row->exact[at])) {
    parts.exact = PETSC_TRUE;
    parts.model = (HypBar){row->exact[at] - equation, error};
    parts.rest  = (HypBar){row->mean[at] - row->exact[at], row->width[at]};
  } else if (isfinite(row->half[at])) {
    const HypBar half = {row->half[at] - equation, row->half[HYP_COMPARED * c->times + at]};

    Richardson((HypBar){parts.difference.value, row->width[at]}, half, &parts);
    parts.rest.error = hypot(parts.rest.error, error);
  }
  return parts;
}

/* Of the rate of E theta */
HypCompareParts HypComparePartsRate(const HypComparison *c, const HypCompareRow *row)
{
  const PetscReal error = c->row[0].rate.error; /* of the equation's space */
  HypCompareParts parts = {
    {row->shift[0].value, hypot(row->shift[0].error, error)}, {NAN, NAN}, {NAN, NAN}, PETSC_FALSE};

  if (row->equation || (isfinite(row->rate_model) && HypCompareLinear(c->s))) {
    const PetscReal model = row->equation ? 0 : row->rate_model;

    parts.exact = PETSC_TRUE;
    parts.model = (HypBar){model, 0};
    parts.rest  = (HypBar){parts.difference.value - model, parts.difference.error};
  } else if (isfinite(row->shift[1].value)) {
    Richardson(row->shift[0], row->shift[1], &parts);
    parts.rest.error = hypot(parts.rest.error, error);
  }
  return parts;
}

/* Is the rest, or without one the difference, within its bar? */
const char *HypCompareVerdict(const HypCompareParts *parts)
{
  const HypBar *bar = isfinite(parts->rest.value) ? &parts->rest : &parts->difference;

  if (!isfinite(bar->value) || !isfinite(bar->error)) return "-";
  return PetscAbsReal(bar->value) <= bar->error ? "overlap" : "apart";
}
