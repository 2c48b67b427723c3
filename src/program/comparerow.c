/* hypoco compare: a row of the comparison, of which nothing is known yet. */
#include "program/compare.h"

PetscErrorCode HypCompareRowCreate(HypComparison *c, const char *name, HypCompareRow **row)
{
  PetscFunctionBeginUser;
  PetscCheck(c->rows < HYP_COMPARE_MOST, PETSC_COMM_SELF, PETSC_ERR_ARG_SIZ,
             "compare_models: at most %d names can be compared", HYP_COMPARE_MOST);
  *row  = &c->row[c->rows++];
  **row = (HypCompareRow){.name = name, .rate_model = NAN, .shift = {{NAN, NAN}, {NAN, NAN}}};
  PetscCall(PetscMalloc7(HYP_COMPARED * c->times, &(*row)->mean, HYP_COMPARED * c->times,
                         &(*row)->error, HYP_COMPARED * c->times, &(*row)->width,
                         2 * HYP_COMPARED * c->times, &(*row)->half, HYP_COMPARED * c->times,
                         &(*row)->exact, c->snapshots, &(*row)->distance, c->snapshots,
                         &(*row)->significance));
  for (PetscInt k = 0; k < HYP_COMPARED * c->times; k++)
    (*row)->mean[k] = (*row)->error[k] = (*row)->width[k] = (*row)->exact[k] = NAN;
  for (PetscInt k = 0; k < 2 * HYP_COMPARED * c->times; k++) (*row)->half[k] = NAN;
  PetscCall(PetscMalloc1(1 + (HYP_COMPARED + 1) * c->snapshots, &(*row)->chance));
  for (PetscInt i = 0; i < 1 + (HYP_COMPARED + 1) * c->snapshots; i++)
    (*row)->chance[i] = (HypChance){NAN, NAN};
  for (PetscInt i = 0; i < c->snapshots; i++) (*row)->distance[i] = (*row)->significance[i] = NAN;
  PetscFunctionReturn(0);
}

PetscErrorCode HypCompareRowDestroy(HypCompareRow *row)
{
  PetscFunctionBeginUser;
  PetscCall(PetscFree(row->chance));
  PetscCall(PetscFree7(row->mean, row->error, row->width, row->half, row->exact, row->distance,
                       row->significance));
  PetscFunctionReturn(0);
}
