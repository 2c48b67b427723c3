#include "spectrum/spectrumimpl.h"
#include <petscblaslapack.h>

/*
   For qsort: by decreasing real part; equal ones by the imaginary part's size,
   of a conjugate pair the one with + first.
   Equal is what differs by less than rounding may change an ill-conditioned eigenvalue,
   whatever the unit of time.
*/
PETSC_INTERN int HypEigenvalueCompare(const void *a, const void *b)
{
  const HypEigenvalue *p = (const HypEigenvalue *)a, *q = (const HypEigenvalue *)b;
  const PetscReal      dr = q->real - p->real, di = PetscAbsReal(p->imag) - PetscAbsReal(q->imag);
  const PetscReal      scale = 1e-9 * PetscMax(hypot(p->real, p->imag), hypot(q->real, q->imag));

  if (PetscAbsReal(dr) > scale) return dr > 0 ? 1 : -1;
  if (PetscAbsReal(di) > scale) return di > 0 ? 1 : -1;
  return (p->imag < q->imag) - (p->imag > q->imag);
}

/*
  HypDenseEigen - Eigenvalues and right eigenvectors of a dense n x n matrix,
  on each rank for itself

  B is overwritten.  values come sorted, index being the column of z;
  z packs a conjugate pair as LAPACK does:
  real part and imaginary part of the eigenvector of the one with positive imaginary part,
  in the columns of the two.
*/
PETSC_INTERN PetscErrorCode HypDenseEigen(PetscInt size, PetscScalar B[], HypEigenvalue values[],
                                          PetscScalar z[])
{
  PetscBLASInt n, lwork, info;
  PetscReal   *re, *im;
  PetscScalar *work, none;

  PetscFunctionBeginUser;
  PetscCall(PetscBLASIntCast(size, &n));
  lwork = 8 * n;
  PetscCall(PetscMalloc3(n, &re, n, &im, lwork, &work));
  PetscCallBLAS("LAPACKgeev",
                LAPACKgeev_("N", "V", &n, B, &n, re, im, &none, &n, z, &n, work, &lwork, &info));
  PetscCheck(!info, PETSC_COMM_SELF, PETSC_ERR_LIB, "LAPACK geev failed on a matrix of size %d",
             (int)n);
  for (PetscInt k = 0; k < size; k++) {
    values[k].real  = re[k];
    values[k].imag  = im[k];
    values[k].index = k;
  }
  qsort(values, (size_t)size, sizeof(*values), HypEigenvalueCompare);
  PetscCall(PetscFree3(re, im, work));
  PetscFunctionReturn(0);
}
