/*
   hypoco compare: rows that are apart by chance.

   A row is apart with probability p where nothing is wrong: of bars of 95 % one in twenty.
   Of n rows together the one with the least p is judged by n p, the next one by (n - 1) p, ...,
   and by no less than the one before it (Holm, 1979): that none is apart where nothing is wrong
   has then 95 %, however rows at several times and of several models hang together.
*/
#include "program/compare.h"
#include <math.h>

/* Of the rate: k = -1; of the average k, or of the law, k = HYP_COMPARED, at snapshot i */
HypChance *HypCompareChance(const HypComparison *c, const HypCompareRow *row, int k, PetscInt i)
{
  return row->chance + (k < 0 ? 0 : 1 + k * c->snapshots + i);
}

/* Of a bar of 95 % that misses by so much, for a normal error */
static PetscReal OfBar(const HypCompareParts *parts)
{
  const HypBar *bar = isfinite(parts->rest.value) ? &parts->rest : &parts->difference;

  if (!isfinite(bar->value) || !isfinite(bar->error)) return NAN;
  if (bar->error <= 0) return bar->value == 0 ? 1 : 0;
  return erfc(1.959963984540054 * PetscAbsReal(bar->value) / bar->error / PETSC_SQRT2);
}

/* A function of PETSc, since a vectorised isfinite() stops on NaN under -fp_trap */
static PetscBool Known(const HypChance *chance)
{
  return PetscIsNanReal(chance->alone) ? PETSC_FALSE : PETSC_TRUE;
}

static PetscInt Length(const HypComparison *c)
{
  return 1 + (HYP_COMPARED + 1) * c->snapshots;
}

/* How many rows are judged together */
PetscInt HypCompareJudged(const HypComparison *c)
{
  PetscInt n = 0;

  for (PetscInt r = 1; r < c->rows; r++)
    for (PetscInt k = 0; k < Length(c); k++) n += Known(&c->row[r].chance[k]) ? 1 : 0;
  return n;
}

/* By Holm's rule */
static PetscErrorCode Together(HypComparison *c)
{
  const PetscInt n       = HypCompareJudged(c);
  PetscReal      largest = 0, *alone;
  PetscInt      *order, at = 0;
  HypChance    **chance;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc3(n, &alone, n, &order, n, &chance));
  for (PetscInt r = 1; r < c->rows; r++)
    for (PetscInt k = 0; k < Length(c); k++) {
      if (!Known(&c->row[r].chance[k])) continue;
      alone[at]    = c->row[r].chance[k].alone;
      order[at]    = at;
      chance[at++] = &c->row[r].chance[k];
    }
  PetscCall(PetscSortRealWithArrayInt(n, alone, order));
  for (PetscInt i = 0; i < n; i++) {
    largest               = PetscMax(largest, PetscMin(1, (PetscReal)(n - i) * alone[i]));
    chance[order[i]]->all = largest;
  }
  PetscCall(PetscFree3(alone, order, chance));
  PetscFunctionReturn(0);
}

/*
  HypCompareChances - For every row of the table, how often it would be so by chance

  Not collective

  Input/Output Parameter:
. c - with all its models
*/
PetscErrorCode HypCompareChances(HypComparison *c)
{
  PetscFunctionBeginUser;
  for (PetscInt r = 1; r < c->rows; r++) {
    HypCompareRow  *row   = &c->row[r];
    HypCompareParts parts = HypComparePartsRate(c, row);

    HypCompareChance(c, row, -1, 0)->alone = OfBar(&parts);
    for (PetscInt i = 0; i < c->snapshots; i++) {
      for (int k = 0; k < HYP_COMPARED; k++) {
        parts = HypComparePartsMean(c, row, k, c->snapshot[i] / (c->step[1] - c->step[0]));
        HypCompareChance(c, row, k, i)->alone = OfBar(&parts);
      }
      HypCompareChance(c, row, HYP_COMPARED, i)->alone = row->significance[i];
    }
  }
  PetscCall(Together(c));
  PetscFunctionReturn(0);
}
