/*
   Spaces whose derivatives are sparse while eps is not (simplex): -T + L in one sparse matrix, and R as

     R = -sqrt(beta) sum_i B_i* eps_i,   B_i = w0 a_Xi - gamma a_Vi

   with eps_i applied by the space and one sparse product for each B_i*.
*/
#include "kinetic/kineticimpl.h"

/* The derivatives are sparse matrices although the operator was asked for matrix-free */
static PetscErrorCode HasSparseDerivatives(HypKinetic K, PetscBool *sparse)
{
  PetscBool shell;

  PetscFunctionBeginUser;
  PetscCall(PetscObjectTypeCompare((PetscObject)K->a[0], MATSHELL, &shell));
  *sparse = K->form == HYP_MATRIX_FREE && !shell ? PETSC_TRUE : PETSC_FALSE;
  PetscFunctionReturn(0);
}

PETSC_INTERN PetscErrorCode HypKineticSetUpSparse(HypKinetic K)
{
  HypModel  model  = K->space->model;
  PetscBool sparse = PETSC_FALSE;

  PetscFunctionBeginUser;
  PetscCall(HasSparseDerivatives(K, &sparse));
  if (!sparse) PetscFunctionReturn(0);
  PetscCall(HypKineticAssemble(K, HYP_TRANSPORT | HYP_FOKKER_PLANCK, &K->TL));
  for (PetscInt i = 0; i < K->d && model->perturbed; i++) {
    PetscCall(MatDuplicate(K->a[i], MAT_COPY_VALUES, &K->B[i]));
    PetscCall(MatScale(K->B[i], model->omega0));
    PetscCall(MatAXPY(K->B[i], -model->gamma, K->a[K->d + i], SAME_NONZERO_PATTERN));
    PetscCall(MatScale(K->B[i], -PetscSqrtReal(model->beta)));
  }
  PetscFunctionReturn(0);
}

/* Gh = (-T + L) h + sum_i B_i* eps_i h with the factor -sqrt(beta) already in B_i; or the transpose */
PETSC_INTERN PetscErrorCode HypKineticApplySparse(HypKinetic K, PetscBool transpose, Vec h, Vec Gh)
{
  PetscFunctionBeginUser;
  PetscCall(transpose ? MatMultTranspose(K->TL, h, Gh) : MatMult(K->TL, h, Gh));
  for (PetscInt i = 0; i < K->d && K->space->model->perturbed; i++) {
    if (transpose) {
      PetscCall(MatMult(K->B[i], h, K->work[0]));
      PetscCall(MatMult(K->eps[i], K->work[0], K->work[1]));
      PetscCall(VecAXPY(Gh, 1, K->work[1]));
    } else {
      PetscCall(MatMult(K->eps[i], h, K->work[0]));
      PetscCall(MatMultTransposeAdd(K->B[i], K->work[0], Gh, Gh));
    }
  }
  PetscFunctionReturn(0);
}
