/* Operations of one fv axis as five diagonals. */
#include "space/fvfv/stencil.h"

PETSC_INTERN PetscErrorCode BandAllocate(PetscInt n, Band *band)
{
  PetscReal **diagonal[5] = {&band->m2, &band->m1, &band->c, &band->p1, &band->p2};

  PetscFunctionBeginUser;
  for (int i = 0; i < 5; i++) PetscCall(TensorAllocate((size_t)n, diagonal[i]));
  PetscFunctionReturn(0);
}

/* The diagonals of an operation, by applying it to combs of distance 5;
   zero if the axis has no such operation */
PETSC_INTERN PetscErrorCode BandCreate(HypAxis axis, HypAxisOperation operation, Band *band)
{
  const PetscInt n = HypAxisGetSize(axis);
  PetscReal     *diagonal[5];
  PetscScalar   *u, *v;
  PetscBool      has;

  PetscFunctionBeginUser;
  PetscCall(BandAllocate(n, band));
  PetscCall(HypAxisHas(axis, operation, &has));
  if (!has) PetscFunctionReturn(0);
  diagonal[0] = band->m2;
  diagonal[1] = band->m1;
  diagonal[2] = band->c;
  diagonal[3] = band->p1;
  diagonal[4] = band->p2;
  PetscCall(PetscMalloc2(n, &u, n, &v));
  for (PetscInt first = 0; first < 5; first++) {
    for (PetscInt k = 0; k < n; k++) u[k] = k % 5 == first;
    PetscCall(HypAxisApply(axis, operation, 1, 1, u, v));
    for (PetscInt k = 0; k < n; k++) {
      const PetscInt offset =
        (first - k % 5 + 7) % 5 - 2; /* k + offset is the only tooth in reach of row k */

      if (k + offset >= 0 && k + offset < n) diagonal[offset + 2][k] = v[k];
    }
  }
  PetscCall(PetscFree2(u, v));
  PetscFunctionReturn(0);
}

PETSC_INTERN void BandScale(PetscInt n, PetscReal s, const Band *from, Band *to)
{
  for (PetscInt k = 0; k < n; k++) {
    to->m2[k] = s * from->m2[k];
    to->m1[k] = s * from->m1[k];
    to->c[k]  = s * from->c[k];
    to->p1[k] = s * from->p1[k];
    to->p2[k] = s * from->p2[k];
  }
}

PETSC_INTERN void BandDestroy(PetscInt n, Band *band)
{
  PetscReal **diagonal[5] = {&band->m2, &band->m1, &band->c, &band->p1, &band->p2};

  for (int i = 0; i < 5; i++) TensorFree((size_t)n, diagonal[i]);
}
