#include <hypoco/kinetic.h>

/*@
  HypKineticNumber - The total degree of each basis function of a space of Hermite functions

  Collective

  Input Parameter:
. K - the operator on the space; its derivatives are matrices

  Output Parameter:
. degree - one number for each unknown, up to rounding

  Level: developer

  Note:
  The number operator sum_c a_c* a_c, c = X_1..V_d, is diagonal in every Hermite basis, also in rotated coordinates.

.seealso: HypResolutionCreate(), HypSpectrumCompute()
@*/
PetscErrorCode HypKineticNumber(HypKinetic K, Vec degree)
{
  Vec ones, lowered, term;

  PetscFunctionBeginUser;
  PetscCall(VecDuplicate(degree, &ones));
  PetscCall(VecDuplicate(degree, &lowered));
  PetscCall(VecDuplicate(degree, &term));
  PetscCall(VecSet(ones, 1));
  PetscCall(VecSet(degree, 0));
  for (PetscInt c = 0; c < 2 * K->d; c++) {
    PetscCall(MatMult(K->a[c], ones, lowered));
    PetscCall(MatMultTranspose(K->a[c], lowered, term));
    PetscCall(VecAXPY(degree, 1, term));
  }
  PetscCall(VecDestroy(&term));
  PetscCall(VecDestroy(&lowered));
  PetscCall(VecDestroy(&ones));
  PetscFunctionReturn(0);
}
