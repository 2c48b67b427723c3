/* Lists of terms s A^T B: applied, transposed, as a quadratic form, assembled. */
#include "kinetic/kineticimpl.h"

/*@
  HypOperatorCreate - An empty list of terms s A^T B

  Collective

  Input Parameter:
. K - the kinetic operator on whose space the list acts; must outlive it

  Output Parameter:
. op - the list

  Level: developer

.seealso: HypOperatorAdd(), HypKineticCreateForm()
@*/
PetscErrorCode HypOperatorCreate(HypKinetic K, HypOperator *op)
{
  PetscFunctionBeginUser;
  PetscCall(PetscNew(op));
  (*op)->K = K;
  PetscFunctionReturn(0);
}

/*@
  HypOperatorAdd - Adds a term s A^T B

  Collective

  Input Parameters:
+ op - the list
. s  - factor
. A  - a matrix that has a transpose, or NULL for the identity; a reference is kept
- B  - likewise

  Level: developer

.seealso: HypOperatorApply()
@*/
PetscErrorCode HypOperatorAdd(HypOperator op, PetscReal s, Mat A, Mat B)
{
  PetscFunctionBeginUser;
  if (op->n == op->room) {
    op->room = op->room ? 2 * op->room : 8;
    PetscCall(PetscRealloc((size_t)op->room * sizeof(*op->term), &op->term));
  }
  if (A) PetscCall(PetscObjectReference((PetscObject)A));
  if (B) PetscCall(PetscObjectReference((PetscObject)B));
  op->term[op->n++] = (HypTerm){s, A, B};
  PetscFunctionReturn(0);
}

/*@
  HypOperatorApply - y = y + sum s A^T B h, or with A and B exchanged

  Collective

  Input Parameters:
+ op        - the list
. transpose - apply the transpose
- h         - coefficients

  Input/Output Parameter:
. y - the result is added; not h

  Level: developer

.seealso: HypOperatorForm(), HypOperatorAssemble()
@*/
PetscErrorCode HypOperatorApply(HypOperator op, PetscBool transpose, Vec h, Vec y)
{
  Vec *work = op->K->work;

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < op->n; k++) {
    const HypTerm *t = op->term + k;
    Mat            A = transpose ? t->B : t->A, B = transpose ? t->A : t->B;

    if (B) PetscCall(MatMult(B, h, work[0]));
    if (A) PetscCall(MatMultTranspose(A, B ? work[0] : h, work[1]));
    PetscCall(VecAXPY(y, t->s, A ? work[1] : B ? work[0] : h));
  }
  PetscFunctionReturn(0);
}

/*@
  HypOperatorForm - <h, s A^T B h> = s <A h, B h>, term by term

  Collective

  Input Parameters:
+ op - the list
- h  - coefficients

  Output Parameter:
. value - one number for each term

  Level: developer

.seealso: HypOperatorApply()
@*/
PetscErrorCode HypOperatorForm(HypOperator op, Vec h, PetscReal value[])
{
  Vec *work = op->K->work;

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < op->n; k++) {
    const HypTerm *t    = op->term + k;
    Vec            left = h, right = h;

    if (t->A) PetscCall(MatMult(t->A, h, left = work[0]));
    if (t->B && t->B != t->A) PetscCall(MatMult(t->B, h, right = work[1]));
    PetscCall(VecDot(left, t->B == t->A ? left : right, &value[k]));
    value[k] *= t->s;
  }
  PetscFunctionReturn(0);
}

/* G += s A^T B; the first call creates G */
static PetscErrorCode AssembleTerm(const HypTerm *t, Mat *G)
{
  Mat C = t->B;

  PetscFunctionBeginUser;
  if (t->A && t->B)
    PetscCall(MatTransposeMatMult(t->A, t->B, MAT_INITIAL_MATRIX, PETSC_DEFAULT, &C));
  if (!t->B) PetscCall(MatTranspose(t->A, MAT_INITIAL_MATRIX, &C));
  if (*G)
    PetscCall(MatAXPY(*G, t->s, C, DIFFERENT_NONZERO_PATTERN));
  else {
    PetscCall(MatDuplicate(C, MAT_COPY_VALUES, G));
    PetscCall(MatScale(*G, t->s));
  }
  if (C != t->B) PetscCall(MatDestroy(&C));
  PetscFunctionReturn(0);
}

/*@
  HypOperatorAssemble - sum s A^T B + shift in one sparse matrix

  Collective

  Input Parameters:
+ op    - the list; its matrices are assembled
- shift - added to the diagonal

  Output Parameter:
. G - the matrix

  Level: developer

.seealso: HypOperatorApply()
@*/
PetscErrorCode HypOperatorAssemble(HypOperator op, PetscReal shift, Mat *G)
{
  PetscFunctionBeginUser;
  *G = NULL;
  for (PetscInt k = 0; k < op->n; k++) {
    if (op->term[k].A || op->term[k].B)
      PetscCall(AssembleTerm(op->term + k, G));
    else
      shift += op->term[k].s;
  }
  if (!*G) { /* no terms: R alone with eps = 0 */
    PetscCall(MatDuplicate(op->K->aX[0], MAT_SHARE_NONZERO_PATTERN, G));
    PetscCall(MatZeroEntries(*G));
  }
  if (shift == 0) PetscFunctionReturn(0);
  PetscCall(MatSetOption(*G, MAT_NEW_NONZERO_ALLOCATION_ERR,
                         PETSC_FALSE)); /* the function 1 has no diagonal entry */
  PetscCall(MatShift(*G, shift));
  PetscFunctionReturn(0);
}

/*@
  HypOperatorDestroy - Frees a list

  Collective

  Input Parameter:
. op - the list; set to NULL; NULL is allowed

  Level: developer

.seealso: HypOperatorCreate()
@*/
PetscErrorCode HypOperatorDestroy(HypOperator *op)
{
  PetscFunctionBeginUser;
  if (!*op) PetscFunctionReturn(0);
  for (PetscInt k = 0; k < (*op)->n; k++) {
    PetscCall(MatDestroy(&(*op)->term[k].A));
    PetscCall(MatDestroy(&(*op)->term[k].B));
  }
  PetscCall(PetscFree((*op)->term));
  PetscCall(PetscFree(*op));
  PetscFunctionReturn(0);
}
