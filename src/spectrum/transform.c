#include "spectrum/transform.h"

static PetscErrorCode CreateShell(HypKinetic K, void *ctx, PetscErrorCode (*mult)(Mat, Vec, Vec),
                                  PetscErrorCode (*transpose)(Mat, Vec, Vec),
                                  PetscErrorCode (*destroy)(Mat), Mat *A)
{
  PetscInt local;

  PetscFunctionBeginUser;
  PetscCall(VecGetLocalSize(HypSpaceGetOne(HypKineticGetSpace(K)), &local));
  PetscCall(MatCreateShell(HypSpaceGetComm(HypKineticGetSpace(K)), local, local,
                           HypSpaceGetSize(HypKineticGetSpace(K)),
                           HypSpaceGetSize(HypKineticGetSpace(K)), ctx, A));
  PetscCall(MatShellSetOperation(*A, MATOP_MULT, (void (*)(void))mult));
  PetscCall(MatShellSetOperation(*A, MATOP_MULT_TRANSPOSE, (void (*)(void))transpose));
  PetscCall(MatShellSetOperation(*A, MATOP_DESTROY, (void (*)(void))destroy));
  PetscFunctionReturn(0);
}

/* exp(tau G) u by one run of the exponential integrator, for G and for its adjoint */
typedef struct {
  TS        forward, adjoint;
  PetscReal tau;
} Exponential;

static PetscErrorCode Run(TS ts, PetscReal tau, Vec u, Vec v)
{
  PetscFunctionBeginUser;
  PetscCall(VecCopy(u, v));
  PetscCall(TSSetStepNumber(ts, 0));
  PetscCall(TSSetTime(ts, 0));
  PetscCall(TSSetMaxTime(ts, tau));
  PetscCall(TSSetTimeStep(ts, tau)); /* the last run may have ended with a tiny rest */
  PetscCall(TSSolve(ts, v));
  PetscFunctionReturn(0);
}

static PetscErrorCode MatMult_Exponential(Mat A, Vec u, Vec v)
{
  Exponential *e;

  PetscFunctionBeginUser;
  PetscCall(MatShellGetContext(A, &e));
  PetscCall(Run(e->forward, e->tau, u, v));
  PetscFunctionReturn(0);
}

static PetscErrorCode MatMultTranspose_Exponential(Mat A, Vec u, Vec v)
{
  Exponential *e;

  PetscFunctionBeginUser;
  PetscCall(MatShellGetContext(A, &e));
  PetscCall(Run(e->adjoint, e->tau, u, v));
  PetscFunctionReturn(0);
}

static PetscErrorCode MatDestroy_Exponential(Mat A)
{
  Exponential *e;

  PetscFunctionBeginUser;
  PetscCall(MatShellGetContext(A, &e));
  PetscCall(TSDestroy(&e->forward));
  PetscCall(TSDestroy(&e->adjoint));
  PetscCall(PetscFree(e));
  PetscFunctionReturn(0);
}

/* The adjoint of G as a matrix that TS can duplicate,
   which PETSc's own transpose of a shell cannot */
static PetscErrorCode MatMult_Adjoint(Mat A, Vec u, Vec v)
{
  Mat G;

  PetscFunctionBeginUser;
  PetscCall(MatShellGetContext(A, &G));
  PetscCall(MatMultTranspose(G, u, v));
  PetscFunctionReturn(0);
}

static PetscErrorCode MatMultTranspose_Adjoint(Mat A, Vec u, Vec v)
{
  Mat G;

  PetscFunctionBeginUser;
  PetscCall(MatShellGetContext(A, &G));
  PetscCall(MatMult(G, u, v));
  PetscFunctionReturn(0);
}

static PetscErrorCode MatDestroy_Adjoint(Mat A)
{
  Mat G;

  PetscFunctionBeginUser;
  PetscCall(MatShellGetContext(A, &G));
  PetscCall(MatDestroy(&G));
  PetscFunctionReturn(0);
}

static PetscErrorCode MatDuplicate_Adjoint(Mat, MatDuplicateOption, Mat *);

static PetscErrorCode AdjointCreate(Mat G, Mat *A)
{
  PetscInt rows, all;

  PetscFunctionBeginUser;
  PetscCall(MatGetLocalSize(G, &rows, NULL));
  PetscCall(MatGetSize(G, &all, NULL));
  PetscCall(PetscObjectReference((PetscObject)G));
  PetscCall(MatCreateShell(PetscObjectComm((PetscObject)G), rows, rows, all, all, G, A));
  PetscCall(MatShellSetOperation(*A, MATOP_MULT, (void (*)(void))MatMult_Adjoint));
  PetscCall(
    MatShellSetOperation(*A, MATOP_MULT_TRANSPOSE, (void (*)(void))MatMultTranspose_Adjoint));
  PetscCall(MatShellSetOperation(*A, MATOP_DUPLICATE, (void (*)(void))MatDuplicate_Adjoint));
  PetscCall(MatShellSetOperation(*A, MATOP_DESTROY, (void (*)(void))MatDestroy_Adjoint));
  PetscFunctionReturn(0);
}

static PetscErrorCode MatDuplicate_Adjoint(Mat A, MatDuplicateOption option, Mat *B)
{
  Mat G;

  PetscFunctionBeginUser;
  (void)option;
  PetscCall(MatShellGetContext(A, &G));
  PetscCall(AdjointCreate(G, B));
  PetscFunctionReturn(0);
}

static PetscErrorCode CreateIntegrator(HypKinetic K, Mat G, PetscReal tau, TS *ts)
{
  PetscFunctionBeginUser;
  PetscCall(HypTimeRegister());
  PetscCall(TSCreate(HypSpaceGetComm(HypKineticGetSpace(K)), ts));
  PetscCall(TSSetProblemType(*ts, TS_LINEAR));
  PetscCall(TSSetType(*ts, HYPTSEXPONENTIAL));
  PetscCall(TSSetRHSJacobian(*ts, G, G, TSComputeRHSJacobianConstant, NULL));
  PetscCall(TSSetExactFinalTime(*ts, TS_EXACTFINALTIME_MATCHSTEP));
  PetscCall(TSSetMaxSteps(*ts, PETSC_MAX_INT));
  PetscCall(TSSetTimeStep(*ts, tau));
  PetscFunctionReturn(0);
}

/* exp(tau G) by products with G only */
PETSC_INTERN PetscErrorCode HypExponentialCreate(HypKinetic K, Mat G, PetscReal tau, Mat *A)
{
  Exponential *e;
  Mat          adjoint;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&e));
  e->tau = tau;
  PetscCall(AdjointCreate(G, &adjoint));
  PetscCall(CreateIntegrator(K, G, tau, &e->forward));
  PetscCall(CreateIntegrator(K, adjoint, tau, &e->adjoint));
  PetscCall(MatDestroy(&adjoint));
  PetscCall(CreateShell(K, e, MatMult_Exponential, MatMultTranspose_Exponential,
                        MatDestroy_Exponential, A));
  PetscFunctionReturn(0);
}

typedef struct {
  Mat       G;
  PetscReal sigma;
} Shifted;

/* Does the user want a solver of PETSc's for sigma - G? */
static PetscErrorCode SolverGiven(PetscBool *given)
{
  char *all;

  PetscFunctionBeginUser;
  PetscCall(PetscOptionsGetAll(NULL, &all));
  *given = (PetscBool)(strstr(all, "-inverse_") != NULL);
  PetscCall(PetscFree(all));
  PetscFunctionReturn(0);
}

static PetscErrorCode CheckInverse(KSP ksp)
{
  KSPConvergedReason reason;
  PetscInt           steps;
  HypKinetic         K;
  PetscBool          given, perturbed;

  PetscFunctionBeginUser;
  PetscCall(KSPGetConvergedReason(ksp, &reason));
  if (reason > 0) PetscFunctionReturn(0);
  PetscCall(KSPGetIterationNumber(ksp, &steps));
  PetscCall(KSPGetApplicationContext(ksp, &K));
  PetscCall(SolverGiven(&given));
  perturbed = (PetscBool)(!given && HypModelPerturbed(HypKineticGetModel(K)));
  SETERRQ(PetscObjectComm((PetscObject)ksp), PETSC_ERR_NOT_CONVERGED,
          "shift - G could not be inverted in %" PetscInt_FMT " steps (%s)%s%s%s%s%s", steps,
          KSPConvergedReasons[reason],
          given ? "; change the options -inverse_ that were given, or leave them out" : "",
          perturbed ? "; " : "", perturbed ? HypModelSuspect(HypKineticGetModel(K)) : "",
          perturbed ? " is too strong for this space: " : "",
          perturbed ? HypSpaceGetRelief(HypKineticGetSpace(K)) : "");
}

static PetscErrorCode MatMult_Inverse(Mat A, Vec u, Vec v)
{
  KSP ksp;

  PetscFunctionBeginUser;
  PetscCall(MatShellGetContext(A, &ksp));
  PetscCall(KSPSolve(ksp, u, v));
  PetscCall(CheckInverse(ksp));
  PetscFunctionReturn(0);
}

static PetscErrorCode MatMultTranspose_Inverse(Mat A, Vec u, Vec v)
{
  KSP ksp;

  PetscFunctionBeginUser;
  PetscCall(MatShellGetContext(A, &ksp));
  PetscCall(KSPSolveTranspose(ksp, u, v));
  PetscCall(CheckInverse(ksp));
  PetscFunctionReturn(0);
}

static PetscErrorCode MatDestroy_Inverse(Mat A)
{
  KSP ksp;

  PetscFunctionBeginUser;
  PetscCall(MatShellGetContext(A, &ksp));
  PetscCall(KSPDestroy(&ksp));
  PetscFunctionReturn(0);
}

static PetscErrorCode MatMult_Shifted(Mat A, Vec u, Vec v)
{
  Shifted *s;

  PetscFunctionBeginUser;
  PetscCall(MatShellGetContext(A, &s));
  PetscCall(MatMult(s->G, u, v));
  PetscCall(VecAXPBY(v, s->sigma, -1, u));
  PetscFunctionReturn(0);
}

static PetscErrorCode MatMultTranspose_Shifted(Mat A, Vec u, Vec v)
{
  Shifted *s;

  PetscFunctionBeginUser;
  PetscCall(MatShellGetContext(A, &s));
  PetscCall(MatMultTranspose(s->G, u, v));
  PetscCall(VecAXPBY(v, s->sigma, -1, u));
  PetscFunctionReturn(0);
}

static PetscErrorCode MatDestroy_Shifted(Mat A)
{
  Shifted *s;

  PetscFunctionBeginUser;
  PetscCall(MatShellGetContext(A, &s));
  PetscCall(MatDestroy(&s->G));
  PetscCall(PetscFree(s));
  PetscFunctionReturn(0);
}

/* sigma - A as a matrix of its own */
static PetscErrorCode ShiftedMatrix(Mat A, PetscReal sigma, Mat *shifted)
{
  PetscFunctionBeginUser;
  PetscCall(MatDuplicate(A, MAT_COPY_VALUES, shifted));
  PetscCall(MatScale(*shifted, -1));
  PetscCall(MatSetOption(*shifted, MAT_NEW_NONZERO_ALLOCATION_ERR,
                         PETSC_FALSE)); /* a diagonal entry may be missing */
  PetscCall(MatShift(*shifted, sigma));
  PetscFunctionReturn(0);
}

/* fourier axes in both x and v fill G:
   LAPACK's LU of the full matrix halves the time of a steady state or spectrum at 41 x 41 */
static PetscErrorCode DenseIfFull(Mat *A)
{
  PetscMPIInt size;
  PetscInt    n;
  MatInfo     info;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_size(PetscObjectComm((PetscObject)*A), &size));
  PetscCall(MatGetSize(*A, &n, NULL));
  PetscCall(MatGetInfo(*A, MAT_GLOBAL_SUM, &info));
  if (size == 1 && info.nz_used > 0.3 * (PetscReal)n * (PetscReal)n)
    PetscCall(MatConvert(*A, MATDENSE, MAT_INPLACE_MATRIX, A));
  PetscFunctionReturn(0);
}

/* sigma - G as a shell */
static PetscErrorCode ShiftedShell(HypKinetic K, Mat G, PetscReal sigma, Mat *A)
{
  Shifted *s;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&s));
  PetscCall(PetscObjectReference((PetscObject)G));
  s->G     = G;
  s->sigma = sigma;
  PetscCall(CreateShell(K, s, MatMult_Shifted, MatMultTranspose_Shifted, MatDestroy_Shifted, A));
  PetscFunctionReturn(0);
}

/*
   With another Gaussian than M, G is far from normal, and PETSc's LU does not pivot: of 861
   functions with the deviations 1.5, 1.1 it left an eigenvalue +2.2, and MUMPS errors of 1e-13.
*/
static PetscErrorCode Factor(PC pc, HypKinetic K)
{
  PetscFunctionBeginUser;
  if (HypModelHasReference(HypKineticGetModel(K))) {
    PetscCall(PCSetType(pc, PCLU));
    PetscCall(PCFactorSetMatSolverType(pc, MATSOLVERMUMPS));
  } else
    PetscCall(HypFactorPC(pc, HypSpaceGetSize(HypKineticGetSpace(K))));
  PetscFunctionReturn(0);
}

/*
   (sigma - G)^{-1}.
   Where the space has it, the space's.
   Assembled: a factorisation.
   Matrix-free on a larger simplex space: GMRES, preconditioned by a factorisation of
   sigma - (-T + L), which keeps the total degree and so has little fill.
   Options
   -inverse_ksp_..., -inverse_pc_...
*/
PETSC_INTERN PetscErrorCode HypInverseCreate(HypKinetic K, Mat G, PetscReal sigma, Mat *A)
{
  PetscBool given = PETSC_FALSE;
  Mat       TL, shifted, factored;
  KSP       ksp;
  PC        pc;

  PetscFunctionBeginUser;
  PetscCall(SolverGiven(&given));
  if (HypKineticInverts(K) && !given) {
    PetscCall(HypSpaceInverse(HypKineticGetSpace(K), sigma, A));
    PetscFunctionReturn(0);
  }
  PetscCall(HypKineticSparse(K, &TL));
  PetscCall(ShiftedMatrix(TL ? TL : G, sigma, &factored));
  if (TL)
    PetscCall(ShiftedShell(K, G, sigma, &shifted));
  else {
    if (!HypModelHasReference(HypKineticGetModel(K))) PetscCall(DenseIfFull(&factored));
    PetscCall(PetscObjectReference((PetscObject)factored));
    shifted = factored;
  }
  PetscCall(KSPCreate(HypSpaceGetComm(HypKineticGetSpace(K)), &ksp));
  PetscCall(KSPSetApplicationContext(ksp, K));
  PetscCall(KSPSetOptionsPrefix(ksp, "inverse_"));
  PetscCall(KSPSetOperators(ksp, shifted, factored));
  PetscCall(KSPSetType(ksp, TL ? KSPGMRES : KSPPREONLY));
  PetscCall(KSPGMRESSetRestart(ksp, 100));
  PetscCall(KSPSetTolerances(ksp, HYP_INVERSE_TOLERANCE, 1e-300, PETSC_DEFAULT, 2000));
  PetscCall(KSPGetPC(ksp, &pc));
  PetscCall(Factor(pc, K));
  PetscCall(KSPSetFromOptions(ksp));
  PetscCall(MatDestroy(&shifted));
  PetscCall(MatDestroy(&factored));
  PetscCall(CreateShell(K, ksp, MatMult_Inverse, MatMultTranspose_Inverse, MatDestroy_Inverse, A));
  PetscFunctionReturn(0);
}

/* The solver behind an inverse; NULL where there is none, or it is a factorisation */
static PetscErrorCode InverseIteration(Mat inverse, KSP *ksp)
{
  PetscBool direct;
  void (*mult)(void);

  PetscFunctionBeginUser;
  *ksp = NULL;
  PetscCall(MatShellGetOperation(inverse, MATOP_MULT, &mult));
  if (mult != (void (*)(void))MatMult_Inverse) PetscFunctionReturn(0);
  PetscCall(MatShellGetContext(inverse, ksp));
  PetscCall(PetscObjectTypeCompare((PetscObject)*ksp, KSPPREONLY, &direct));
  if (direct) *ksp = NULL;
  PetscFunctionReturn(0);
}

static PetscErrorCode MatMult_Approximate(Mat A, Vec u, Vec v)
{
  KSP ksp;
  PC  pc;

  PetscFunctionBeginUser;
  PetscCall(MatShellGetContext(A, &ksp));
  PetscCall(KSPSetUp(ksp));
  PetscCall(KSPGetPC(ksp, &pc));
  PetscCall(PCApply(pc, u, v));
  PetscFunctionReturn(0);
}

PETSC_INTERN PetscErrorCode HypInverseIsDirect(Mat inverse, PetscBool *direct)
{
  KSP ksp;

  PetscFunctionBeginUser;
  PetscCall(InverseIteration(inverse, &ksp));
  *direct = ksp ? PETSC_FALSE : PETSC_TRUE;
  PetscFunctionReturn(0);
}

/* One application of the preconditioner where the inverse is iterated, else the image itself */
PETSC_INTERN PetscErrorCode HypInverseApproximate(Mat image, Mat *P)
{
  PetscInt local, all;
  KSP      ksp;

  PetscFunctionBeginUser;
  PetscCall(InverseIteration(image, &ksp));
  if (!ksp) {
    PetscCall(PetscObjectReference((PetscObject)image));
    *P = image;
    PetscFunctionReturn(0);
  }
  PetscCall(PetscObjectReference((PetscObject)ksp));
  PetscCall(MatGetLocalSize(image, &local, NULL));
  PetscCall(MatGetSize(image, &all, NULL));
  PetscCall(MatCreateShell(PetscObjectComm((PetscObject)image), local, local, all, all, ksp, P));
  PetscCall(MatShellSetOperation(*P, MATOP_MULT, (void (*)(void))MatMult_Approximate));
  PetscCall(MatShellSetOperation(*P, MATOP_DESTROY, (void (*)(void))MatDestroy_Inverse));
  PetscFunctionReturn(0);
}

/* No effect on factorisations */
PETSC_INTERN PetscErrorCode HypInverseTolerance(Mat inverse, PetscReal tolerance)
{
  KSP ksp;

  PetscFunctionBeginUser;
  PetscCall(InverseIteration(inverse, &ksp));
  if (ksp) PetscCall(KSPSetTolerances(ksp, tolerance, 1e-300, PETSC_DEFAULT, 2000));
  PetscFunctionReturn(0);
}
