/*
   Worst functions of the space: the largest value of a quotient of two quadratic forms,
   as a symmetric eigenvalue problem.

   The upper form is <h, F Op h> (its symmetric part), F a form of the gradients and Op = R,
   G or the identity.
   The lower form is ||h||^2, or a form of the gradients on mean-zero functions.
   There the function 1 is put back into the lower form, B = F' + 1 1^T, so that B is definite,
   and projected out of the upper one; it is kept out of the search.

   Solver: SLEPc's Krylov-Schur method in the inner product of B;
   B^{-1} by conjugate gradients, preconditioned by a Cholesky factorisation
   where the derivatives are sparse matrices: forty steps become one or two.
*/
#include "audit/auditimpl.h"
#include <slepceps.h>

typedef struct {
  HypKinetic  K;
  HypOperator F, B;
  HypTerms    terms;    /* Op; 0: the identity */
  PetscBool   meanzero; /* project out the function 1 */
  Vec        *work;
} Quotient;

static PetscErrorCode RemoveMean(const Quotient *q, Vec h)
{
  PetscReal mean;

  PetscFunctionBeginUser;
  if (!q->meanzero) PetscFunctionReturn(0);
  PetscCall(VecDot(h, HypSpaceGetOne(HypKineticGetSpace(q->K)), &mean));
  PetscCall(VecAXPY(h, -mean, HypSpaceGetOne(HypKineticGetSpace(q->K))));
  PetscFunctionReturn(0);
}

/* y = (Op* F h + F Op h)/2 between projections */
static PetscErrorCode MatMult_Upper(Mat A, Vec h, Vec y)
{
  Quotient *q;

  PetscFunctionBeginUser;
  PetscCall(MatShellGetContext(A, &q));
  PetscCall(VecCopy(h, q->work[2]));
  PetscCall(RemoveMean(q, q->work[2]));
  PetscCall(VecSet(y, 0));
  PetscCall(HypOperatorApply(q->F, PETSC_FALSE, q->work[2], y));
  if (q->terms) {
    PetscCall(HypKineticApply(q->K, q->terms, PETSC_TRUE, y, q->work[3]));
    PetscCall(HypKineticApply(q->K, q->terms, PETSC_FALSE, q->work[2], q->work[4]));
    PetscCall(VecSet(y, 0));
    PetscCall(HypOperatorApply(q->F, PETSC_FALSE, q->work[4], y));
    PetscCall(VecAXPBY(y, 0.5, 0.5, q->work[3]));
  }
  PetscCall(RemoveMean(q, y));
  PetscFunctionReturn(0);
}

/* y = F' h + 1 <1, h> */
static PetscErrorCode MatMult_Lower(Mat B, Vec h, Vec y)
{
  Quotient *q;
  PetscReal mean;

  PetscFunctionBeginUser;
  PetscCall(MatShellGetContext(B, &q));
  PetscCall(VecSet(y, 0));
  PetscCall(HypOperatorApply(q->B, PETSC_FALSE, h, y));
  PetscCall(VecDot(h, HypSpaceGetOne(HypKineticGetSpace(q->K)), &mean));
  PetscCall(VecAXPY(y, mean, HypSpaceGetOne(HypKineticGetSpace(q->K))));
  PetscFunctionReturn(0);
}

static PetscErrorCode SymmetricShell(Quotient *q, PetscErrorCode (*mult)(Mat, Vec, Vec), Mat *A)
{
  PetscInt local;

  PetscFunctionBeginUser;
  PetscCall(VecGetLocalSize(HypSpaceGetOne(HypKineticGetSpace(q->K)), &local));
  PetscCall(MatCreateShell(HypSpaceGetComm(HypKineticGetSpace(q->K)), local, local,
                           HypSpaceGetSize(HypKineticGetSpace(q->K)),
                           HypSpaceGetSize(HypKineticGetSpace(q->K)), q, A));
  PetscCall(MatShellSetOperation(*A, MATOP_MULT, (void (*)(void))mult));
  PetscCall(MatShellSetOperation(*A, MATOP_MULT_TRANSPOSE, (void (*)(void))mult));
  PetscCall(MatSetOption(*A, MAT_SYMMETRIC, PETSC_TRUE));
  PetscFunctionReturn(0);
}

/* How B is inverted */
static PetscErrorCode SetInverse(Quotient *q, EPS eps, Mat *P)
{
  PetscMPIInt size;
  ST          st;
  KSP         ksp;
  PC          pc;

  PetscFunctionBeginUser;
  *P = NULL;
  PetscCallMPI(MPI_Comm_size(HypSpaceGetComm(HypKineticGetSpace(q->K)), &size));
  PetscCall(EPSGetST(eps, &st));
  PetscCall(STGetKSP(st, &ksp));
  PetscCall(KSPSetType(ksp, KSPCG));
  PetscCall(KSPSetTolerances(ksp, 1e-14, 1e-300, PETSC_DEFAULT, 2000));
  PetscCall(KSPGetPC(ksp, &pc));
  if (HypKineticGetForm(q->K) == HYP_ASSEMBLED ||
      (HypKineticIsMixed(q->K) && HypKineticGetDimension(q->K) <= 3)) {
    PetscCall(
      HypOperatorAssemble(q->B, 1e-3 * HypModelCoordinate(HypKineticGetModel(q->K), 0).beta, P));
    PetscCall(STSetPreconditionerMat(st, *P));
    PetscCall(PCSetType(
      pc, size > 1 ? PCREDUNDANT
                   : PCCHOLESKY)); /* these matrices are small: every rank has all of it */
  } else
    PetscCall(PCSetType(pc, PCNONE));
  PetscFunctionReturn(0);
}

/* <h, N h>/||h||^2, N = sum a* a over all coordinates:
   the mean degree of h in Hermite functions tells how near the space's end it lives */
static PetscErrorCode MeanDegree(Quotient *q, Vec h, PetscReal *degree)
{
  HypOperator number;
  PetscReal   norm;

  PetscFunctionBeginUser;
  PetscCall(RemoveMean(q, h));
  PetscCall(HypKineticCreateDegree(q->K, &number));
  PetscCall(VecSet(q->work[0], 0));
  PetscCall(HypOperatorApply(number, PETSC_FALSE, h, q->work[0]));
  PetscCall(HypOperatorDestroy(&number));
  PetscCall(VecDot(h, q->work[0], degree));
  PetscCall(VecNorm(h, NORM_2, &norm));
  *degree /= PetscSqr(norm);
  PetscFunctionReturn(0);
}

/* Is the upper form 0 on this space (eps = 0 in other words, or a bump that no function reaches)?
   Then no eigenvalue solver can start.  A random vector tells: with probability one it is not
   among the zeros of any other form.  Numbers below SILENT have no square. */
#define SILENT 1e-150
static PetscErrorCode Vanishes(Quotient *q, Mat A, PetscBool *zero)
{
  PetscReal largest;

  PetscFunctionBeginUser;
  PetscCall(VecSetRandom(q->work[0], NULL));
  PetscCall(MatMult(A, q->work[0], q->work[1]));
  PetscCall(VecNorm(q->work[1], NORM_INFINITY, &largest));
  *zero = largest <= SILENT ? PETSC_TRUE : PETSC_FALSE;
  PetscFunctionReturn(0);
}

/* The largest eigenvalue (by magnitude on request) of the quotient */
static PetscErrorCode Solve(Quotient *q, PetscBool magnitude, HypWorstValue *worst)
{
  Vec       one = HypSpaceGetOne(HypKineticGetSpace(q->K));
  Mat       A, B = NULL, P = NULL;
  EPS       eps;
  PetscInt  converged;
  PetscBool zero = PETSC_FALSE;

  PetscFunctionBeginUser;
  PetscCall(VecDuplicateVecs(one, 5, &q->work));
  PetscCall(SymmetricShell(q, MatMult_Upper, &A));
  PetscCall(Vanishes(q, A, &zero));
  if (zero) { /* `worst` says 0 already */
    PetscCall(MatDestroy(&A));
    PetscCall(VecDestroyVecs(5, &q->work));
    PetscFunctionReturn(0);
  }
  PetscCall(EPSCreate(HypSpaceGetComm(HypKineticGetSpace(q->K)), &eps));
  PetscCall(EPSSetOptionsPrefix(eps, "worst_"));
  if (q->meanzero) {
    PetscCall(SymmetricShell(q, MatMult_Lower, &B));
    PetscCall(EPSSetOperators(eps, A, B));
    PetscCall(EPSSetProblemType(eps, EPS_GHEP));
    PetscCall(SetInverse(q, eps, &P));
    PetscCall(EPSSetDeflationSpace(eps, 1, &one));
  } else {
    PetscCall(EPSSetOperators(eps, A, NULL));
    PetscCall(EPSSetProblemType(eps, EPS_HEP));
  }
  PetscCall(EPSSetType(eps, EPSKRYLOVSCHUR));
  PetscCall(EPSSetWhichEigenpairs(eps, magnitude ? EPS_LARGEST_MAGNITUDE : EPS_LARGEST_REAL));
  PetscCall(EPSSetDimensions(eps, 1, PetscMin(HypSpaceGetSize(HypKineticGetSpace(q->K)), 60),
                             PETSC_DEFAULT));
  PetscCall(EPSSetTolerances(eps, 1e-10, 400));
  PetscCall(EPSSetFromOptions(eps));
  PetscCall(EPSSolve(eps));
  PetscCall(EPSGetConverged(eps, &converged));
  worst->converged = converged > 0 ? PETSC_TRUE : PETSC_FALSE;
  if (worst->converged) {
    PetscCall(EPSGetEigenpair(eps, 0, &worst->value, NULL, q->work[1], NULL));
    PetscCall(MeanDegree(q, q->work[1], &worst->degree));
    PetscCall(EPSComputeError(eps, 0, EPS_ERROR_ABSOLUTE, &worst->error));
  }
  PetscCall(EPSDestroy(&eps));
  PetscCall(MatDestroy(&A));
  PetscCall(MatDestroy(&B));
  PetscCall(MatDestroy(&P));
  PetscCall(VecDestroyVecs(5, &q->work));
  PetscFunctionReturn(0);
}

/*
   ||defect||_F/||Op||_F of two identities, from random vectors:
   E ||A u||^2 = ||A||_F^2 for independent entries of variance 1.
   The norm of Frobenius bounds what any function of the space can show.
*/
static PetscErrorCode Defect(HypKinetic K, HypWorst which, HypWorstValue *worst)
{
  const HypTerms      terms = which == HYP_WORST_T ? HYP_TRANSPORT : HYP_FOKKER_PLANCK;
  const HypCoordinate first = HypModelCoordinate(HypKineticGetModel(K), 0);
  HypOperator         F;
  PetscReal           top = 0, bottom = 0, norm;
  PetscRandom         random;
  Vec                *w;

  PetscFunctionBeginUser;
  PetscCall(HypKineticCreateForm(
    K, (HypGradientForm){.v = HypModelGamma(HypKineticGetModel(K)) / first.beta}, &F));
  PetscCall(VecDuplicateVecs(HypSpaceGetOne(HypKineticGetSpace(K)), 5, &w));
  PetscCall(PetscRandomCreate(HypSpaceGetComm(HypKineticGetSpace(K)), &random));
  PetscCall(PetscRandomSetInterval(random, -1, 1));
  for (PetscInt k = 0; k < 4; k++) {
    PetscCall(VecSetRandom(w[0], random));
    PetscCall(HypKineticApply(K, terms, PETSC_FALSE, w[0], w[1]));
    PetscCall(VecNorm(w[1], NORM_2, &norm));
    bottom += norm * norm;
    if (which == HYP_WORST_T) { /* -T - T* + 2 w0 sum D */
      PetscCall(HypKineticApply(K, terms, PETSC_TRUE, w[0], w[2]));
      PetscCall(VecAXPY(w[1], 1, w[2]));
      PetscCall(HypKineticDissipation(K, w[0], w[3]));
      PetscCall(VecAXPY(w[1], 2, w[3]));
    } else {
      PetscCall(HypOperatorApply(F, PETSC_FALSE, w[0], w[1]));
    }
    PetscCall(VecNorm(w[1], NORM_2, &norm));
    top += norm * norm;
  }
  *worst = (HypWorstValue){PetscSqrtReal(top / bottom), 0, NAN, PETSC_TRUE};
  PetscCall(HypOperatorDestroy(&F));
  PetscCall(PetscRandomDestroy(&random));
  PetscCall(VecDestroyVecs(5, &w));
  PetscFunctionReturn(0);
}

/*@
  HypWorstCompute - The worst function of the space for one inequality,
  or how far an identity is off

  Collective

  Input Parameters:
+ K     - the kinetic operator
. c     - weights of the quotients
- which - the quotient

  Output Parameter:
. worst - its extreme value with the solver's error; converged false if the solver gave up

  Level: intermediate

  Notes:
  Options of the eigenvalue solver have the prefix -worst_eps_.
  With eps = 0 the quotients of R are 0 at once.

.seealso: HypAuditFinish()
@*/
PetscErrorCode HypWorstCompute(HypKinetic K, const HypAuditConstants *c, HypWorst which,
                               HypWorstValue *worst)
{
  const HypGradientForm X = {.x = 1}, V = {.v = 1}, XV = {.xv = 1}, One = {.one = 1};
  const HypGradientForm H = {.x = 1, .v = c->theorem.lyapunov.C, .xv = c->theorem.lyapunov.Chat};
  const struct {
    HypGradientForm F, B;
    HypTerms        terms;
    PetscBool       meanzero;
  } rows[HYP_WORST] = {
    [HYP_WORST_R]           = {One, One, HYP_PERTURBATION, PETSC_FALSE},
    [HYP_WORST_PAIR]        = {One, One, HYP_PERTURBATION, PETSC_FALSE},
    [HYP_WORST_D]           = {X, {.x = 5.5, .v = 2}, HYP_PERTURBATION, PETSC_TRUE},
    [HYP_WORST_E]           = {V, {.x = 2, .v = 5.5}, HYP_PERTURBATION, PETSC_TRUE},
    [HYP_WORST_F]           = {XV, {.x = 7.5, .v = 7.5}, HYP_PERTURBATION, PETSC_TRUE},
    [HYP_WORST_D_CORRECTED] = {X, {.x = c->dx, .v = c->dv}, HYP_PERTURBATION, PETSC_TRUE},
    [HYP_WORST_E_CORRECTED] = {V, {.x = c->ex, .v = c->ev}, HYP_PERTURBATION, PETSC_TRUE},
    [HYP_WORST_F_CORRECTED] = {XV, {.x = c->fx, .v = c->fv}, HYP_PERTURBATION, PETSC_TRUE},
    [HYP_WORST_POINCARE]    = {One, {.x = 1, .v = 1}, 0, PETSC_TRUE},
    [HYP_WORST_COERCIVE]    = {One, H, 0, PETSC_TRUE}, /* max ||h||^2/H */
    [HYP_WORST_DECAY]       = {H, H, HYP_GENERATOR, PETSC_TRUE},
  };
  Quotient q = {.K = K, .terms = rows[which].terms, .meanzero = rows[which].meanzero};

  PetscFunctionBeginUser;
  *worst = (HypWorstValue){0, 0, NAN, PETSC_TRUE};
  if (which == HYP_WORST_T || which == HYP_WORST_L) {
    PetscCall(Defect(K, which, worst));
    PetscFunctionReturn(0);
  }
  if (q.terms == HYP_PERTURBATION && !HypModelForced(HypKineticGetModel(K)))
    PetscFunctionReturn(0); /* R = 0, whatever the noise is */
  PetscCall(HypKineticCreateForm(K, rows[which].F, &q.F));
  PetscCall(HypKineticCreateForm(K, rows[which].B, &q.B));
  PetscCall(Solve(&q, which == HYP_WORST_PAIR ? PETSC_TRUE : PETSC_FALSE, worst));
  PetscCall(HypOperatorDestroy(&q.F));
  PetscCall(HypOperatorDestroy(&q.B));
  if (!worst->converged) PetscFunctionReturn(0);
  if (which == HYP_WORST_PAIR) worst->value = PetscAbsReal(worst->value);
  if (which == HYP_WORST_DECAY) { /* <h, F G h> is half of dH/dt */
    worst->value *= 2;
    worst->error *= 2;
  }
  if (which == HYP_WORST_COERCIVE) {
    worst->error /= PetscSqr(worst->value);
    worst->value = 1 / worst->value;
  }
  PetscFunctionReturn(0);
}
