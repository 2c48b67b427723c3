#include "kinetic/kineticimpl.h"

/* Are the derivatives sparse matrices although the operator was asked for matrix-free?
   Does the space invert sigma - G by itself? */
static PetscErrorCode KineticLook(HypKinetic K)
{
  PetscBool shell;

  PetscFunctionBeginUser;
  PetscCall(PetscObjectTypeCompare((PetscObject)K->aX[0], MATSHELL, &shell));
  K->mixed = (PetscBool)(K->form == HYP_MATRIX_FREE && !shell);
  if (K->form == HYP_MATRIX_FREE) PetscCall(HypSpaceInvertible(K->space, &K->invertible));
  PetscFunctionReturn(0);
}

/* The list of -T + L as one matrix and of R, made when first asked for */
static PetscErrorCode KineticSparse(HypKinetic K)
{
  PetscFunctionBeginUser;
  if (!K->sparse) PetscCall(HypKineticCreateSparse(K, &K->sparse));
  PetscFunctionReturn(0);
}

/*@
  HypKineticCreate - Collects the derivatives of a space into the kinetic operator

  Collective

  Input Parameters:
+ space - the space, set up; must outlive the operator
- form  - HYP_ASSEMBLED for sparse matrices (small problems, factorisations), HYP_MATRIX_FREE

  Output Parameter:
. kinetic - the operator

  Level: intermediate

.seealso: HypKineticApply(), HypKineticCreateMat(), HypFunctionalsCompute()
@*/
PetscErrorCode HypKineticCreate(HypSpace space, HypForm form, HypKinetic *kinetic)
{
  const PetscInt d = HypModelDimension(HypSpaceGetModel(space));
  HypKinetic     K;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(kinetic));
  K        = *kinetic;
  K->space = space;
  K->form  = form;
  K->d     = d;
  PetscCall(PetscCalloc4(d, &K->aX, d, &K->aV, d, &K->compactX, d, &K->compactV));
  PetscCall(PetscCalloc4(d, &K->dissipation, d, &K->eps, d, &K->squareV, d, &K->noise));
  PetscCall(PetscCalloc1(d, &K->squareX));
  for (PetscInt i = 0; i < d; i++) {
    PetscCall(HypSpaceDerivative(space, i, form, &K->aX[i]));
    PetscCall(HypSpaceDerivative(space, d + i, form, &K->aV[i]));
    PetscCall(HypSpaceLaplacian(space, i, form, &K->compactX[i]));
    PetscCall(HypSpaceLaplacian(space, d + i, form, &K->compactV[i]));
    PetscCall(HypSpaceDissipation(space, i, form, &K->dissipation[i]));
    if (HypModelForced(HypSpaceGetModel(space)))
      PetscCall(HypSpacePerturbation(space, i, form, &K->eps[i]));
    if (HypModelNoisy(HypSpaceGetModel(space)))
      PetscCall(HypSpacePerturbation(space, d + i, form, &K->noise[i]));
    if (K->noise[i] || HypModelHasReference(HypSpaceGetModel(space)))
      PetscCall(HypMatSquare(K->aV[i], K->compactV[i], &K->squareV[i]));
    if (HypModelCoordinate(HypSpaceGetModel(space), i).spread != 0)
      PetscCall(HypMatSquare(K->aX[i], K->compactX[i], &K->squareX[i]));
  }
  PetscCall(HypSpacePositive(space, &K->positive));
  for (PetscInt k = 0; k < 2; k++) PetscCall(HypSpaceCreateVec(space, &K->work[k]));
  PetscCall(KineticLook(K));
  PetscFunctionReturn(0);
}

/* The list of some terms, kept */
static PetscErrorCode KineticList(HypKinetic K, HypTerms terms, HypOperator *list)
{
  PetscFunctionBeginUser;
  if (!K->list[terms]) PetscCall(HypKineticCreateGenerator(K, terms, &K->list[terms]));
  *list = K->list[terms];
  PetscFunctionReturn(0);
}

/*@
  HypKineticKeepForm - Makes HypKineticDirect() give the operator itself:
  the user asked for its form

  Logically collective

  Input Parameter:
. K - the kinetic operator

  Level: developer

.seealso: HypKineticDirect()
@*/
PetscErrorCode HypKineticKeepForm(HypKinetic K)
{
  PetscFunctionBeginUser;
  K->keepform = PETSC_TRUE;
  PetscFunctionReturn(0);
}

/*@
  HypKineticDirect - The operator for factorisations:
  assembled where matrices and their factors are affordable

  Collective

  Input Parameter:
. K - the kinetic operator

  Output Parameter:
. direct - its assembled twin, made when first asked for, or K itself; belongs to K.
  K itself also where the space inverts sigma - G without matrices

  Level: developer

.seealso: HypSpaceGetAffordable(), HypSpaceInverse(), HypKineticKeepForm()
@*/
PetscErrorCode HypKineticDirect(HypKinetic K, HypKinetic *direct)
{
  PetscFunctionBeginUser;
  if (!K->direct && K->form == HYP_MATRIX_FREE && !K->keepform && !K->invertible &&
      HypSpaceGetSize(K->space) <= HypSpaceGetAffordable(K->space))
    PetscCall(HypKineticCreate(K->space, HYP_ASSEMBLED, &K->direct));
  *direct = K->direct ? K->direct : K;
  PetscFunctionReturn(0);
}

/*@
  HypKineticApply - Gh = (-T + L + R + N) h, or some of its terms, the fastest way the space knows

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
  if (!K->squareV[0]) terms &= ~HYP_NOISE;
  if (!K->positive) terms &= ~HYP_POSITIVE;
  if (terms & HYP_FUSED && !transpose)
    PetscCall(HypSpaceGenerator(K->space, terms & HYP_FUSED, h, Gh, &done));
  if (done && terms & ~HYP_FUSED) { /* what no pass of a space does */
    HypOperator list = NULL;

    PetscCall(KineticList(K, terms & ~HYP_FUSED, &list));
    PetscCall(HypOperatorApply(list, PETSC_FALSE, h, Gh));
  }
  if (!done && K->mixed && (terms & HYP_FUSED) == HYP_FUSED &&
      (!K->squareV[0] || terms & HYP_NOISE)) {
    PetscCall(KineticSparse(K));
    PetscCall(VecSet(Gh, 0));
    PetscCall(HypOperatorApply(K->sparse, transpose, h, Gh));
    done = PETSC_TRUE;
  }
  if (!done) PetscCall(HypKineticReference(K, terms, transpose, h, Gh));
  PetscFunctionReturn(0);
}

/*@
  HypKineticReference - Gh = (-T + L + R + N) h, or some of its terms, straight from the lists of
  src/kinetic/operator.c

  Collective

  Input Parameters:
+ K         - the kinetic operator
. terms     - which terms, a sum of HYP_TRANSPORT (enters as -T), HYP_FOKKER_PLANCK,
  HYP_PERTURBATION, HYP_NOISE, HYP_POSITIVE
. transpose - apply the adjoint in L2(M)
- h         - coefficients

  Output Parameter:
. Gh - the result; not h

  Level: developer

  Note:
  The plain version that any faster one must match; source: (3.2), (3.3) of Zhu and Ying.

.seealso: HypKineticApply()
@*/
PetscErrorCode HypKineticReference(HypKinetic K, HypTerms terms, PetscBool transpose, Vec h, Vec Gh)
{
  HypOperator list = NULL;

  PetscFunctionBeginUser;
  PetscCall(KineticList(K, terms, &list));
  PetscCall(VecSet(Gh, 0));
  PetscCall(HypOperatorApply(list, transpose, h, Gh));
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

/* For eps = 0 some spaces know exp(t G); the exponential integrator finds them through G */
static PetscErrorCode KineticOfferFlow(HypKinetic K, HypTerms terms, Mat G)
{
  PetscContainer offer;

  PetscFunctionBeginUser;
  if (terms != HYP_GENERATOR || !HypSpaceHasFlow(K->space) ||
      HypModelPerturbed(HypSpaceGetModel(K->space)))
    PetscFunctionReturn(0);
  PetscCall(PetscContainerCreate(PETSC_COMM_SELF, &offer));
  PetscCall(PetscContainerSetPointer(offer, K->space));
  PetscCall(PetscObjectCompose((PetscObject)G, "HypFlow", (PetscObject)offer));
  PetscCall(PetscContainerDestroy(&offer));
  PetscFunctionReturn(0);
}

/*@
  HypKineticCreateMat - A PETSc matrix of -T + L + R + N or some of its terms, in the operator's
  form

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
    HypOperator list = NULL;

    PetscCall(KineticList(K, terms, &list));
    PetscCall(HypOperatorAssemble(list, 0, G));
    PetscCall(KineticOfferFlow(K, terms, *G));
    PetscFunctionReturn(0);
  }
  PetscCall(PetscNew(&shell));
  shell->K     = K;
  shell->terms = terms;
  PetscCall(VecGetLocalSize(HypSpaceGetOne(K->space), &local));
  PetscCall(MatCreateShell(HypSpaceGetComm(K->space), local, local, HypSpaceGetSize(K->space),
                           HypSpaceGetSize(K->space), shell, G));
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
  for (PetscInt i = 0; i < (*K)->d; i++) {
    Mat *const mats[] = {(*K)->aX,       (*K)->aV,          (*K)->compactX,
                         (*K)->compactV, (*K)->dissipation, (*K)->eps,
                         (*K)->squareV,  (*K)->noise,       (*K)->squareX};

    for (size_t k = 0; k < sizeof(mats) / sizeof(mats[0]); k++) PetscCall(MatDestroy(mats[k] + i));
  }
  PetscCall(PetscFree4((*K)->aX, (*K)->aV, (*K)->compactX, (*K)->compactV));
  PetscCall(PetscFree((*K)->squareX));
  PetscCall(PetscFree4((*K)->dissipation, (*K)->eps, (*K)->squareV, (*K)->noise));
  for (PetscInt k = 0; k < 2; k++) PetscCall(VecDestroy(&(*K)->work[k]));
  for (PetscInt k = 0; k <= HYP_GENERATOR; k++) PetscCall(HypOperatorDestroy(&(*K)->list[k]));
  PetscCall(HypOperatorDestroy(&(*K)->sparse));
  PetscCall(HypOperatorDestroy(&(*K)->gradients));
  PetscCall(MatDestroy(&(*K)->TL));
  PetscCall(MatDestroy(&(*K)->positive));
  PetscCall(HypKineticDestroy(&(*K)->direct));
  PetscCall(PetscFree(*K));
  PetscFunctionReturn(0);
}

/*@
  HypKineticSparse - The matrix of -T + L, on matrix-free operators whose derivatives are sparse
  while eps is not

  Collective

  Input Parameter:
. K - the kinetic operator

  Output Parameter:
. TL - the matrix, made when first asked for; it belongs to the operator.  NULL: there is none.
  On simplex spaces it factors with little fill, so that it is the preconditioner of sigma - G

  Level: developer

.seealso: HypKineticDerivative()
@*/
PetscErrorCode HypKineticSparse(HypKinetic K, Mat *TL)
{
  PetscFunctionBeginUser;
  if (K->mixed) PetscCall(KineticSparse(K));
  *TL = K->TL;
  PetscFunctionReturn(0);
}

/*@
  HypKineticShareSparse - Lets operators that differ in eps alone have one matrix of -T + L

  Collective

  Input Parameter:
. K - the kinetic operator

  Input/Output Parameter:
. TL - the matrix of another operator on the same space, which K then has too; where it is NULL,
  it becomes what HypKineticSparse() made for K so far.  The caller destroys it.

  Level: developer

.seealso: HypKineticSparse()
@*/
PetscErrorCode HypKineticShareSparse(HypKinetic K, Mat *TL)
{
  Mat *const to   = *TL ? &K->TL : TL;
  const Mat  from = *TL ? *TL : K->TL;

  PetscFunctionBeginUser;
  if (*to || !from) PetscFunctionReturn(0);
  PetscCall(PetscObjectReference((PetscObject)from));
  *to = from;
  PetscFunctionReturn(0);
}

/*@
  HypKineticDissipation - What the x axes of some spaces add to T: y = sum_i w_i D_Xi h

  Collective

  Input Parameters:
+ K - the kinetic operator
- h - coefficients

  Output Parameter:
. y - the result, 0 on axes without dissipation; not h

  Level: developer

  Note:
  The declared departure of T from skewness: <T h, h> = <D h, h> with this D.

.seealso: HypKineticApply()
@*/
PetscErrorCode HypKineticDissipation(HypKinetic K, Vec h, Vec y)
{
  PetscFunctionBeginUser;
  PetscCall(VecSet(y, 0));
  for (PetscInt i = 0; i < K->d; i++) {
    if (!K->dissipation[i]) continue;
    PetscCall(MatMult(K->dissipation[i], h, K->work[0]));
    PetscCall(VecAXPY(y, HypModelCoordinate(HypSpaceGetModel(K->space), i).omega, K->work[0]));
  }
  PetscFunctionReturn(0);
}
