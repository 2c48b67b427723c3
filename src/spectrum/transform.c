#include "spectrum/transform.h"
#include <slepcmfn.h>

static PetscErrorCode CreateShell(HypKinetic K, void *ctx, PetscErrorCode (*mult)(Mat, Vec, Vec),
                                  PetscErrorCode (*transpose)(Mat, Vec, Vec), PetscErrorCode (*destroy)(Mat), Mat *A)
{
  PetscInt local;

  PetscFunctionBeginUser;
  PetscCall(VecGetLocalSize(K->space->one, &local));
  PetscCall(MatCreateShell(K->space->comm, local, local, K->space->n, K->space->n, ctx, A));
  PetscCall(MatShellSetOperation(*A, MATOP_MULT, (void (*)(void))mult));
  PetscCall(MatShellSetOperation(*A, MATOP_MULT_TRANSPOSE, (void (*)(void))transpose));
  PetscCall(MatShellSetOperation(*A, MATOP_DESTROY, (void (*)(void))destroy));
  PetscFunctionReturn(0);
}

static PetscErrorCode MatMult_Exponential(Mat A, Vec u, Vec v)
{
  MFN mfn;

  PetscFunctionBeginUser;
  PetscCall(MatShellGetContext(A, &mfn));
  PetscCall(MFNSolve(mfn, u, v));
  PetscFunctionReturn(0);
}

static PetscErrorCode MatMultTranspose_Exponential(Mat A, Vec u, Vec v)
{
  MFN mfn;

  PetscFunctionBeginUser;
  PetscCall(MatShellGetContext(A, &mfn));
  PetscCall(MFNSolveTranspose(mfn, u, v));
  PetscFunctionReturn(0);
}

static PetscErrorCode MatDestroy_Exponential(Mat A)
{
  MFN mfn;

  PetscFunctionBeginUser;
  PetscCall(MatShellGetContext(A, &mfn));
  PetscCall(MFNDestroy(&mfn));
  PetscFunctionReturn(0);
}

/* exp(tau G) by SLEPc's MFN: products with G only; options -mfn_... */
PETSC_INTERN PetscErrorCode HypExponentialCreate(HypKinetic K, Mat G, PetscReal tau, Mat *A)
{
  MFN mfn;
  FN  fn;

  PetscFunctionBeginUser;
  PetscCall(MFNCreate(K->space->comm, &mfn));
  PetscCall(MFNSetOperator(mfn, G));
  PetscCall(MFNSetType(mfn, MFNEXPOKIT));
  PetscCall(MFNGetFN(mfn, &fn));
  PetscCall(FNSetType(fn, FNEXP));
  PetscCall(FNSetScale(fn, tau, 1));
  PetscCall(MFNSetTolerances(mfn, 1e-13, 10000));
  PetscCall(MFNSetDimensions(mfn, PetscMin(40, K->space->n)));
  PetscCall(MFNSetErrorIfNotConverged(mfn, PETSC_TRUE));
  PetscCall(MFNSetFromOptions(mfn));
  PetscCall(CreateShell(K, mfn, MatMult_Exponential, MatMultTranspose_Exponential, MatDestroy_Exponential, A));
  PetscFunctionReturn(0);
}

static PetscErrorCode MatMult_Inverse(Mat A, Vec u, Vec v)
{
  KSP ksp;

  PetscFunctionBeginUser;
  PetscCall(MatShellGetContext(A, &ksp));
  PetscCall(KSPSolve(ksp, u, v));
  PetscFunctionReturn(0);
}

static PetscErrorCode MatMultTranspose_Inverse(Mat A, Vec u, Vec v)
{
  KSP ksp;

  PetscFunctionBeginUser;
  PetscCall(MatShellGetContext(A, &ksp));
  PetscCall(KSPSolveTranspose(ksp, u, v));
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

/* (sigma - G)^{-1} for an assembled G by a factorisation, MUMPS on several ranks; options -inverse_ksp_..., -inverse_pc_... */
PETSC_INTERN PetscErrorCode HypInverseCreate(HypKinetic K, Mat G, PetscReal sigma, Mat *A)
{
  PetscMPIInt size;
  Mat         shifted;
  KSP         ksp;
  PC          pc;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_size(K->space->comm, &size));
  PetscCall(MatDuplicate(G, MAT_COPY_VALUES, &shifted));
  PetscCall(MatScale(shifted, -1));
  PetscCall(MatShift(shifted, sigma));
  PetscCall(KSPCreate(K->space->comm, &ksp));
  PetscCall(KSPSetOptionsPrefix(ksp, "inverse_"));
  PetscCall(KSPSetOperators(ksp, shifted, shifted));
  PetscCall(KSPSetType(ksp, KSPPREONLY));
  PetscCall(KSPGetPC(ksp, &pc));
  PetscCall(PCSetType(pc, PCLU));
  if (size > 1) PetscCall(PCFactorSetMatSolverType(pc, MATSOLVERMUMPS));
  PetscCall(KSPSetErrorIfNotConverged(ksp, PETSC_TRUE));
  PetscCall(KSPSetFromOptions(ksp));
  PetscCall(MatDestroy(&shifted));
  PetscCall(CreateShell(K, ksp, MatMult_Inverse, MatMultTranspose_Inverse, MatDestroy_Inverse, A));
  PetscFunctionReturn(0);
}
