/* The square of a derivative, as noise that depends on theta and another Gaussian need it. */
#include "kinetic/kineticimpl.h"

/* Matrices that are not sparse are products and sums as they stand; left is applied last */
static PetscErrorCode Composite(MatCompositeType type, Mat right, Mat left, Mat *both)
{
  PetscFunctionBeginUser;
  PetscCall(
    MatCreateComposite(PetscObjectComm((PetscObject)right), 2, (const Mat[]){right, left}, both));
  PetscCall(MatCompositeSetType(*both, type));
  PetscFunctionReturn(0);
}

/*
   a a as a matrix; as a product where a is matrix-free.
   An axis with a compact Laplacian A in place of a* a has a + a* = V, a multiplication,
   and a a = V a - a* a there too: V a - A, which reaches no farther than A.
*/
PetscErrorCode HypMatSquare(Mat a, Mat compact, Mat *square)
{
  Mat       V, transposed, Va;
  PetscBool shell;

  PetscFunctionBeginUser;
  PetscCall(PetscObjectTypeCompare((PetscObject)a, MATSHELL, &shell));
  if (!compact && shell)
    PetscCall(Composite(MAT_COMPOSITE_MULTIPLICATIVE, a, a, square));
  else if (!compact)
    PetscCall(MatMatMult(a, a, MAT_INITIAL_MATRIX, PETSC_DEFAULT, square));
  else if (shell) {
    PetscCall(MatCreateTranspose(a, &transposed));
    PetscCall(Composite(MAT_COMPOSITE_ADDITIVE, a, transposed, &V));
    PetscCall(Composite(MAT_COMPOSITE_MULTIPLICATIVE, a, V, &Va));
    PetscCall(Composite(MAT_COMPOSITE_ADDITIVE, Va, compact, square));
    PetscCall(MatCompositeSetScalings(*square, (const PetscScalar[]){1, -1}));
    PetscCall(MatDestroy(&transposed));
    PetscCall(MatDestroy(&V));
    PetscCall(MatDestroy(&Va));
  } else {
    PetscCall(MatTranspose(a, MAT_INITIAL_MATRIX, &V));
    PetscCall(MatAXPY(V, 1, a, DIFFERENT_NONZERO_PATTERN));
    PetscCall(MatMatMult(V, a, MAT_INITIAL_MATRIX, PETSC_DEFAULT, square));
    PetscCall(MatAXPY(*square, -1, compact, DIFFERENT_NONZERO_PATTERN));
    PetscCall(MatDestroy(&V));
  }
  PetscFunctionReturn(0);
}
