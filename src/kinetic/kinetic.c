#include "kinetic/kineticimpl.h"

/*@
  HypKineticCreate - Collects the derivatives of a space into the kinetic operator

  Collective

  Input Parameters:
+ space - the space, set up; must outlive the operator
- form  - HYP_ASSEMBLED for sparse matrices (small problems, factorisations), HYP_MATRIX_FREE

  Output Parameter:
. K - the operator

  Level: intermediate

.seealso: HypKineticApply(), HypKineticCreateMat(), HypFunctionalsCompute()
@*/
PetscErrorCode HypKineticCreate(HypSpace space, HypForm form, HypKinetic *K)
{
  const PetscInt d = space->model->d;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(K));
  (*K)->space = space;
  (*K)->form  = form;
  (*K)->d     = d;
  for (PetscInt c = 0; c < 2 * d; c++) {
    PetscCall(space->ops->derivative(space, c, form, &(*K)->a[c]));
    if (space->ops->laplacian)
      PetscCall(space->ops->laplacian(space, c, form, &(*K)->laplacian[c]));
  }
  for (PetscInt i = 0; i < d; i++) {
    if (space->ops->dissipation)
      PetscCall(space->ops->dissipation(space, i, form, &(*K)->dissipation[i]));
    if (space->model->perturbed) PetscCall(space->ops->perturbation(space, i, form, &(*K)->eps[i]));
  }
  for (PetscInt k = 0; k < 3; k++) PetscCall(HypSpaceCreateVec(space, &(*K)->work[k]));
  PetscCall(HypKineticSetUpSparse(*K));
  PetscFunctionReturn(0);
}

/*@
  HypKineticApply - Gh = (-T + L + R) h, or some of its terms, the fastest way the space knows

  Collective

  Input Parameters:
+ K         - the kinetic operator
. terms     - which terms
. transpose - apply the adjoint in L2(M)
- h         - coefficients

  Output Parameter:
. Gh - the result; not h

  Level: intermediate

.seealso: HypKineticReference()
@*/
PetscErrorCode HypKineticApply(HypKinetic K, HypTerms terms, PetscBool transpose, Vec h, Vec Gh)
{
  PetscBool done = PETSC_FALSE;

  PetscFunctionBeginUser;
  if (K->space->ops->generator && !transpose)
    PetscCall(K->space->ops->generator(K->space, terms, h, Gh, &done));
  if (!done && K->TL && terms == HYP_GENERATOR) {
    PetscCall(HypKineticApplySparse(K, transpose, h, Gh));
    done = PETSC_TRUE;
  }
  if (!done) PetscCall(HypKineticReference(K, terms, transpose, h, Gh));
  PetscFunctionReturn(0);
}

typedef struct {
  HypKinetic K;
  HypTerms   terms;
} Shell;

static PetscErrorCode MatMult_Kinetic(Mat A, Vec h, Vec Gh)
{
  Shell *shell;

  PetscFunctionBeginUser;
  PetscCall(MatShellGetContext(A, &shell));
  PetscCall(HypKineticApply(shell->K, shell->terms, PETSC_FALSE, h, Gh));
  PetscFunctionReturn(0);
}

static PetscErrorCode MatMultTranspose_Kinetic(Mat A, Vec h, Vec Gh)
{
  Shell *shell;

  PetscFunctionBeginUser;
  PetscCall(MatShellGetContext(A, &shell));
  PetscCall(HypKineticApply(shell->K, shell->terms, PETSC_TRUE, h, Gh));
  PetscFunctionReturn(0);
}

static PetscErrorCode MatDestroy_Kinetic(Mat A)
{
  Shell *shell;

  PetscFunctionBeginUser;
  PetscCall(MatShellGetContext(A, &shell));
  PetscCall(PetscFree(shell));
  PetscFunctionReturn(0);
}

/* TS duplicates its Jacobian; the copy needs a context of its own */
static PetscErrorCode MatDuplicate_Kinetic(Mat A, MatDuplicateOption option, Mat *B)
{
  Shell *shell;

  PetscFunctionBeginUser;
  (void)option;
  PetscCall(MatShellGetContext(A, &shell));
  PetscCall(HypKineticCreateMat(shell->K, shell->terms, B));
  PetscFunctionReturn(0);
}

/* G += s A^T B (the first call creates G) */
static PetscErrorCode AddProduct(PetscScalar s, Mat A, Mat B, Mat *G)
{
  Mat C;

  PetscFunctionBeginUser;
  PetscCall(MatTransposeMatMult(A, B, MAT_INITIAL_MATRIX, PETSC_DEFAULT, &C));
  if (*G) {
    PetscCall(MatAXPY(*G, s, C, DIFFERENT_NONZERO_PATTERN));
    PetscCall(MatDestroy(&C));
  } else {
    PetscCall(MatScale(C, s));
    *G = C;
  }
  PetscFunctionReturn(0);
}

/* The terms of algebra.c as matrix products */
PETSC_INTERN PetscErrorCode HypKineticAssemble(HypKinetic K, HypTerms terms, Mat *G)
{
  HypModel        model = K->space->model;
  const PetscInt  d     = K->d;
  const PetscReal w0 = model->omega0, g = model->gamma, b = PetscSqrtReal(model->beta);

  PetscFunctionBeginUser;
  *G = NULL;
  for (PetscInt i = 0; i < d; i++) {
    if (terms & HYP_TRANSPORT) {
      PetscCall(AddProduct(-w0, K->a[d + i], K->a[i], G));
      PetscCall(AddProduct(w0, K->a[i], K->a[d + i], G));
      if (K->dissipation[i])
        PetscCall(MatAXPY(*G, -w0, K->dissipation[i], DIFFERENT_NONZERO_PATTERN));
    }
    if (terms & HYP_FOKKER_PLANCK) {
      if (!K->laplacian[d + i])
        PetscCall(AddProduct(-g, K->a[d + i], K->a[d + i], G));
      else if (*G)
        PetscCall(MatAXPY(*G, -g, K->laplacian[d + i], DIFFERENT_NONZERO_PATTERN));
      else {
        PetscCall(MatDuplicate(K->laplacian[d + i], MAT_COPY_VALUES, G));
        PetscCall(MatScale(*G, -g));
      }
    }
    if ((terms & HYP_PERTURBATION) && model->perturbed) {
      PetscCall(AddProduct(-b * w0, K->a[i], K->eps[i], G));
      PetscCall(AddProduct(b * g, K->a[d + i], K->eps[i], G));
    }
  }
  if (!*G) { /* R alone with eps = 0 */
    PetscCall(MatDuplicate(K->a[0], MAT_SHARE_NONZERO_PATTERN, G));
    PetscCall(MatZeroEntries(*G));
  }
  PetscFunctionReturn(0);
}

/* For eps = 0 some spaces know exp(t G); the exponential integrator finds them through G */
static PetscErrorCode KineticOfferFlow(HypKinetic K, HypTerms terms, Mat G)
{
  PetscContainer offer;

  PetscFunctionBeginUser;
  if (terms != HYP_GENERATOR || !K->space->ops->flow || K->space->model->perturbed)
    PetscFunctionReturn(0);
  PetscCall(PetscContainerCreate(PETSC_COMM_SELF, &offer));
  PetscCall(PetscContainerSetPointer(offer, K->space));
  PetscCall(PetscObjectCompose((PetscObject)G, "HypFlow", (PetscObject)offer));
  PetscCall(PetscContainerDestroy(&offer));
  PetscFunctionReturn(0);
}

/*@
  HypKineticCreateMat - A PETSc matrix of -T + L + R or some of its terms, in the operator's form

  Collective

  Input Parameters:
+ K     - the kinetic operator; must outlive a matrix-free matrix
- terms - which terms

  Output Parameter:
. G - AIJ or SHELL, with MatMult() and MatMultTranspose()

  Level: intermediate
@*/
PetscErrorCode HypKineticCreateMat(HypKinetic K, HypTerms terms, Mat *G)
{
  Shell   *shell;
  PetscInt local;

  PetscFunctionBeginUser;
  if (K->form == HYP_ASSEMBLED) {
    PetscCall(HypKineticAssemble(K, terms, G));
    PetscCall(KineticOfferFlow(K, terms, *G));
    PetscFunctionReturn(0);
  }
  PetscCall(PetscNew(&shell));
  shell->K     = K;
  shell->terms = terms;
  PetscCall(VecGetLocalSize(K->space->one, &local));
  PetscCall(MatCreateShell(K->space->comm, local, local, K->space->n, K->space->n, shell, G));
  PetscCall(MatShellSetOperation(*G, MATOP_MULT, (void (*)(void))MatMult_Kinetic));
  PetscCall(
    MatShellSetOperation(*G, MATOP_MULT_TRANSPOSE, (void (*)(void))MatMultTranspose_Kinetic));
  PetscCall(MatShellSetOperation(*G, MATOP_DUPLICATE, (void (*)(void))MatDuplicate_Kinetic));
  PetscCall(MatShellSetOperation(*G, MATOP_DESTROY, (void (*)(void))MatDestroy_Kinetic));
  PetscCall(KineticOfferFlow(K, terms, *G));
  PetscFunctionReturn(0);
}

/*@
  HypKineticDestroy - Frees the operator; its space stays

  Collective

  Input Parameter:
. K - the operator; set to NULL; NULL is allowed

  Level: beginner

.seealso: HypKineticCreate()
@*/
PetscErrorCode HypKineticDestroy(HypKinetic *K)
{
  PetscFunctionBeginUser;
  if (!*K) PetscFunctionReturn(0);
  for (PetscInt c = 0; c < 6; c++) {
    PetscCall(MatDestroy(&(*K)->a[c]));
    PetscCall(MatDestroy(&(*K)->laplacian[c]));
  }
  for (PetscInt i = 0; i < 3; i++) {
    PetscCall(MatDestroy(&(*K)->dissipation[i]));
    PetscCall(MatDestroy(&(*K)->eps[i]));
    PetscCall(MatDestroy(&(*K)->B[i]));
    PetscCall(VecDestroy(&(*K)->work[i]));
  }
  PetscCall(MatDestroy(&(*K)->TL));
  PetscCall(PetscFree(*K));
  PetscFunctionReturn(0);
}
