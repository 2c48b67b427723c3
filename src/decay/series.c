#include <hypoco/decay.h>

/*@
  HypSeriesCreate - Room for the functionals at so many times

  Not collective

  Input Parameter:
. capacity - number of output times

  Output Parameter:
. s - empty

  Level: intermediate
@*/
PetscErrorCode HypSeriesCreate(PetscInt capacity, HypSeries *s)
{
  PetscFunctionBeginUser;
  s->n        = 0;
  s->capacity = capacity;
  PetscCall(PetscMalloc7(capacity, &s->t, capacity, &s->mass, capacity, &s->norm2, capacity,
                         &s->grad_x2, capacity, &s->grad_v2, capacity, &s->grad_xv, capacity,
                         &s->H));
  PetscFunctionReturn(0);
}

/*@
  HypSeriesAdd - Appends the functionals of one time

  Not collective

  Input Parameters:
+ s    - the series
. t      - time
. mass   - mass of g
- f      - the functionals of h

  Level: intermediate
@*/
PetscErrorCode HypSeriesAdd(HypSeries *s, PetscReal t, PetscReal mass, const HypFunctionals *f)
{
  PetscFunctionBeginUser;
  PetscCheck(s->n < s->capacity, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
             "series of %" PetscInt_FMT " times is full", s->capacity);
  s->t[s->n]       = t;
  s->mass[s->n]    = mass;
  s->norm2[s->n]   = f->norm2;
  s->grad_x2[s->n] = f->grad_x2;
  s->grad_v2[s->n] = f->grad_v2;
  s->grad_xv[s->n] = f->grad_xv;
  s->H[s->n]       = f->H;
  s->n++;
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
  PetscCall(PetscFree7(s->t, s->mass, s->norm2, s->grad_x2, s->grad_v2, s->grad_xv, s->H));
  s->n = s->capacity = 0;
  PetscFunctionReturn(0);
}
