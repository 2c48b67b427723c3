/*
   Quadratic forms of the gradients as operators: <h, F h> = one ||h||^2 + x E_x + v E_v + 2 xv E_xv with
   E_x = beta w0^2 sum ||a_Xi h||^2, E_v = beta sum ||a_Vi h||^2, E_xv = beta w0 sum <a_Xi h, a_Vi h>, from the same
   derivatives as HypFunctionalsCompute().
*/
#include "audit/auditimpl.h"

/* y += s a_c* a_c h, or the axis' own compact operator */
static PetscErrorCode AddEnergy(HypKinetic K, PetscInt c, PetscReal s, Vec h, Vec work[2], Vec y)
{
  PetscFunctionBeginUser;
  if (s == 0) PetscFunctionReturn(0);
  if (K->laplacian[c]) {
    PetscCall(MatMult(K->laplacian[c], h, work[1]));
  } else {
    PetscCall(MatMult(K->a[c], h, work[0]));
    PetscCall(MatMultTranspose(K->a[c], work[0], work[1]));
  }
  PetscCall(VecAXPY(y, s, work[1]));
  PetscFunctionReturn(0);
}

/* y += s a_c* a_e h */
static PetscErrorCode AddMixed(HypKinetic K, PetscInt c, PetscInt e, PetscReal s, Vec h,
                               Vec work[2], Vec y)
{
  PetscFunctionBeginUser;
  PetscCall(MatMult(K->a[e], h, work[0]));
  PetscCall(MatMultTranspose(K->a[c], work[0], work[1]));
  PetscCall(VecAXPY(y, s, work[1]));
  PetscFunctionReturn(0);
}

PETSC_INTERN PetscErrorCode HypFormApply(HypKinetic K, HypForm4 F, Vec h, Vec work[2], Vec y)
{
  const PetscInt  d    = K->d;
  const PetscReal beta = K->space->model->beta, w0 = K->space->model->omega0;

  PetscFunctionBeginUser;
  PetscCall(VecAXPBY(y, F.one, 0, h));
  for (PetscInt i = 0; i < d; i++) {
    PetscCall(AddEnergy(K, i, F.x * beta * w0 * w0, h, work, y));
    PetscCall(AddEnergy(K, d + i, F.v * beta, h, work, y));
    if (F.xv == 0) continue;
    PetscCall(AddMixed(K, i, d + i, F.xv * beta * w0, h, work, y));
    PetscCall(AddMixed(K, d + i, i, F.xv * beta * w0, h, work, y));
  }
  PetscFunctionReturn(0);
}

PETSC_INTERN PetscErrorCode HypStabilisationApply(HypKinetic K, Vec h, Vec work, Vec y)
{
  PetscFunctionBeginUser;
  PetscCall(VecSet(y, 0));
  for (PetscInt i = 0; i < K->d; i++) {
    if (!K->dissipation[i]) continue;
    PetscCall(MatMult(K->dissipation[i], h, work));
    PetscCall(VecAXPY(y, K->space->model->omega0, work));
  }
  PetscFunctionReturn(0);
}

/* M += s A^T B; the first call makes M */
static PetscErrorCode AddProduct(PetscReal s, Mat A, Mat B, Mat *M)
{
  Mat product;

  PetscFunctionBeginUser;
  if (s == 0) PetscFunctionReturn(0);
  PetscCall(MatTransposeMatMult(A, B, MAT_INITIAL_MATRIX, PETSC_DEFAULT, &product));
  PetscCall(MatScale(product, s));
  if (*M) {
    PetscCall(MatAXPY(*M, 1, product, DIFFERENT_NONZERO_PATTERN));
    PetscCall(MatDestroy(&product));
  } else
    *M = product;
  PetscFunctionReturn(0);
}

/* The form plus shift times the identity as a sparse matrix; assembled operators only */
PETSC_INTERN PetscErrorCode HypFormCreateMat(HypKinetic K, HypForm4 F, PetscReal shift, Mat *M)
{
  const PetscInt  d    = K->d;
  const PetscReal beta = K->space->model->beta, w0 = K->space->model->omega0;

  PetscFunctionBeginUser;
  *M = NULL;
  for (PetscInt c = 0; c < 2 * d; c++) {
    const PetscReal s = c < d ? F.x * beta * w0 * w0 : F.v * beta;

    if (!K->laplacian[c])
      PetscCall(AddProduct(s, K->a[c], K->a[c], M));
    else if (*M)
      PetscCall(MatAXPY(*M, s, K->laplacian[c], DIFFERENT_NONZERO_PATTERN));
    else {
      PetscCall(MatDuplicate(K->laplacian[c], MAT_COPY_VALUES, M));
      PetscCall(MatScale(*M, s));
    }
  }
  for (PetscInt i = 0; i < d; i++) {
    PetscCall(AddProduct(F.xv * beta * w0, K->a[i], K->a[d + i], M));
    PetscCall(AddProduct(F.xv * beta * w0, K->a[d + i], K->a[i], M));
  }
  PetscCall(MatSetOption(*M, MAT_NEW_NONZERO_ALLOCATION_ERR,
                         PETSC_FALSE)); /* the function 1 has no diagonal entry */
  PetscCall(MatShift(*M, F.one + shift));
  PetscFunctionReturn(0);
}
