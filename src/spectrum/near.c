/*
   Eigenvectors of a dense matrix near known ones: inverse iteration by LAPACK's complex LU,

     (H - theta) next = y,

   theta the eigenvalue that was known.  A shift stays, so that one LU serves all steps; each step
   multiplies the error by |theta - lambda| over the distance to the next eigenvalue.
   For a few vectors of a large matrix that is a tenth of the work of all its eigenvectors.
*/
#include "spectrum/spectrumimpl.h"
#include <petscblaslapack.h>
#include <complex.h>

#define ROUNDING 4   /* units of rounding of H */
#define TURN     0.9 /* the least |cosine| between a vector and where it began */
#define COPY     1e-8

typedef double _Complex Number;

/* petscblaslapack.h of a real PETSc declares the real ones alone */
BLAS_EXTERN void zgetrf_(const PetscBLASInt *, const PetscBLASInt *, Number *, const PetscBLASInt *,
                         PetscBLASInt *, PetscBLASInt *);
BLAS_EXTERN void zgetrs_(const char *, const PetscBLASInt *, const PetscBLASInt *, const Number *,
                         const PetscBLASInt *, const PetscBLASInt *, Number *, const PetscBLASInt *,
                         PetscBLASInt *);

typedef struct {
  PetscBLASInt  n, *pivots;
  const double *H;
  PetscReal     size; /* of H, Frobenius */
  Number       *LU, *y, *start, *w;
} Near;

static PetscErrorCode NearCreate(PetscInt n, const PetscScalar H[], Near *near)
{
  PetscFunctionBeginUser;
  *near = (Near){.H = H};
  PetscCall(PetscBLASIntCast(n, &near->n));
  for (PetscInt k = 0; k < n * n; k++) near->size += H[k] * H[k];
  near->size = PetscSqrtReal(near->size);
  PetscCall(
    PetscMalloc5(n * n, &near->LU, n, &near->y, n, &near->start, n, &near->w, n, &near->pivots));
  PetscFunctionReturn(0);
}

static Number Dot(PetscInt n, const Number a[], const Number b[])
{
  Number sum = 0;

  for (PetscInt i = 0; i < n; i++) sum += conj(a[i]) * b[i];
  return sum;
}

static void Normalise(PetscInt n, Number y[])
{
  const double norm = sqrt(creal(Dot(n, y, y)));

  for (PetscInt i = 0; i < n; i++) y[i] /= norm;
}

/* LU of H - theta.  A pivot that is 0, of an eigenvalue hit exactly, becomes one of rounding */
static PetscErrorCode NearFactor(Near *near, Number theta)
{
  const PetscInt n = near->n;
  PetscBLASInt   info;

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < n * n; k++) near->LU[k] = near->H[k];
  for (PetscInt i = 0; i < n; i++) near->LU[i * (n + 1)] -= theta;
  zgetrf_(&near->n, &near->n, near->LU, &near->n, near->pivots, &info);
  PetscCheck(info >= 0, PETSC_COMM_SELF, PETSC_ERR_LIB, "LAPACK zgetrf: argument %d", (int)-info);
  for (PetscInt i = 0; i < n; i++) {
    if (near->LU[i * (n + 1)] == 0) near->LU[i * (n + 1)] = PETSC_MACHINE_EPSILON * near->size;
  }
  PetscFunctionReturn(0);
}

/* lambda = y^* H y of a vector of norm 1, and ||H y - lambda y||; of a real one the real lambda */
static PetscReal NearResidual(const Near *near, PetscBool real, Number *lambda)
{
  const PetscInt n   = near->n;
  Number *const  w   = near->w;
  PetscReal      sum = 0;

  for (PetscInt i = 0; i < n; i++) w[i] = 0;
  for (PetscInt j = 0; j < n; j++) {
    for (PetscInt i = 0; i < n; i++) w[i] += near->H[j * n + i] * near->y[j];
  }
  *lambda = Dot(n, near->y, w);
  if (real) *lambda = creal(*lambda);
  for (PetscInt i = 0; i < n; i++) sum += PetscSqr(cabs(w[i] - *lambda * near->y[i]));
  return PetscSqrtReal(sum);
}

/* One of them; re, im (im only of a pair) and the value are replaced */
static PetscErrorCode NearOne(Near *near, HypEigenvalue *value, PetscScalar re[], PetscScalar im[],
                              PetscBool *found)
{
  const PetscInt  n        = near->n;
  const PetscReal rounding = ROUNDING * PETSC_MACHINE_EPSILON * near->size;
  PetscReal       residual = PETSC_INFINITY, before;
  Number          lambda   = value->real + I * value->imag;
  PetscBLASInt    one      = 1, info;

  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < n; i++) near->y[i] = near->start[i] = re[i] + (im ? I * im[i] : 0);
  PetscCall(NearFactor(near, lambda));
  do { /* until rounding is all that is left */
    before = residual;
    zgetrs_("N", &near->n, &one, near->LU, &near->n, near->pivots, near->y, &near->n, &info);
    Normalise(n, near->y);
    residual = NearResidual(near, im ? PETSC_FALSE : PETSC_TRUE, &lambda);
  } while (residual < before / 2);
  *found = (PetscBool)(PetscMin(residual, before) <= rounding);
  *found = (PetscBool)(*found && cabs(Dot(n, near->start, near->y)) >= TURN);
  for (PetscInt i = 0; i < n; i++) {
    re[i] = creal(near->y[i]);
    if (im) im[i] = cimag(near->y[i]);
  }
  value->real = creal(lambda);
  value->imag = cimag(lambda);
  PetscFunctionReturn(0);
}

/* Have two vectors become one?  |a^* b|^2 of vectors of norm 1 */
static PetscBool Same(PetscInt n, const HypEigenvalue *a, const HypEigenvalue *b,
                      const PetscScalar y[])
{
  const PetscScalar *const p = y + a->index * n, *const q = y + b->index * n;
  PetscReal real = 0, imag = 0;

  if ((a->imag > 0) != (b->imag > 0)) return PETSC_FALSE;
  for (PetscInt i = 0; i < n; i++) {
    real += p[i] * q[i];
    if (a->imag > 0) {
      real += p[n + i] * q[n + i];
      imag += p[i] * q[n + i] - p[n + i] * q[i];
    }
  }
  return real * real + imag * imag > 1 - COPY ? PETSC_TRUE : PETSC_FALSE;
}

/*
  HypDenseNear - Eigenvectors of a dense n x n matrix near those of a matrix near it

  On each rank for itself.  values, of which none has a negative imaginary part, and z hold what is
  known, packed as HypDenseEigen() does, of norm 1; they are replaced.
  found: false, and both are spoiled, where one of them is not near any more, became complex or
  real, or became another one.
*/
PETSC_INTERN PetscErrorCode HypDenseNear(PetscInt n, const PetscScalar H[], PetscInt count,
                                         HypEigenvalue values[], PetscScalar z[], PetscBool *found)
{
  Near near;

  PetscFunctionBeginUser;
  *found = PETSC_TRUE;
  PetscCall(NearCreate(n, H, &near));
  for (PetscInt k = 0; k < count && *found; k++) {
    PetscScalar *const re = z + values[k].index * n;

    PetscCall(NearOne(&near, values + k, re, values[k].imag > 0 ? re + n : NULL, found));
    if (values[k].imag < 0) *found = PETSC_FALSE;
    for (PetscInt j = 0; j < k && *found; j++)
      *found = (PetscBool)!Same(n, values + j, values + k, z);
  }
  PetscCall(PetscFree5(near.LU, near.y, near.start, near.w, near.pivots));
  PetscFunctionReturn(0);
}
