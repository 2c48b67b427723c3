/*
   The generator, split the way the integrator's type wants it.

     exponential                    RHS Jacobian G = -T + L + R
     rk, ssp, euler                 RHS function G h
     arkimex, mimex                 F(t, h, h') = h' - L h  implicit,
                                    RHS function (-T + R) h  explicit
     cn, theta, bdf, rosw, ...      F(t, h, h') = h' - G h
*/
#include "time/evolutionimpl.h"

/* F(t, h, h') = h' - A h, A the implicit part */
static PetscErrorCode EvolutionIFunction(TS ts, PetscReal t, Vec h, Vec hdot, Vec F, void *ctx)
{
  HypEvolution e = (HypEvolution)ctx;

  PetscFunctionBeginUser;
  (void)ts;
  (void)t;
  PetscCall(MatMult(e->implicit, h, F));
  PetscCall(VecAYPX(F, -1, hdot));
  PetscFunctionReturn(0);
}

/* dF/dh + shift dF/dh' = shift - A */
static PetscErrorCode EvolutionIJacobian(TS ts, PetscReal t, Vec h, Vec hdot, PetscReal shift,
                                         Mat J, Mat P, void *ctx)
{
  HypEvolution e = (HypEvolution)ctx;

  PetscFunctionBeginUser;
  (void)ts;
  (void)t;
  (void)h;
  (void)hdot;
  (void)P;
  if (shift == e->shift) PetscFunctionReturn(0);
  e->shift = shift;
  if (HypKineticGetForm(e->K) == HYP_ASSEMBLED) {
    PetscCall(MatZeroEntries(J));
    PetscCall(MatAXPY(J, -1, e->implicit, SUBSET_NONZERO_PATTERN));
    PetscCall(MatShift(J, shift));
  } else {
    PetscCall(MatAssemblyBegin(J, MAT_FINAL_ASSEMBLY));
    PetscCall(MatAssemblyEnd(J, MAT_FINAL_ASSEMBLY));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode EvolutionRHSFunction(TS ts, PetscReal t, Vec h, Vec Gh, void *ctx)
{
  HypEvolution e = (HypEvolution)ctx;

  PetscFunctionBeginUser;
  (void)ts;
  (void)t;
  PetscCall(MatMult(e->explicit, h, Gh));
  PetscFunctionReturn(0);
}

static PetscErrorCode MatMult_Shifted(Mat J, Vec h, Vec Jh)
{
  HypEvolution e;

  PetscFunctionBeginUser;
  PetscCall(MatShellGetContext(J, &e));
  PetscCall(MatMult(e->implicit, h, Jh));
  PetscCall(VecAXPBY(Jh, e->shift, -1, h));
  PetscFunctionReturn(0);
}

/* (shift - L)^{-1}, exactly: the whole solve for arkimex,
   a preconditioner for the implicit types */
static PetscErrorCode PCApply_L(PC pc, Vec b, Vec h)
{
  HypEvolution e;
  HypSpace     space;

  PetscFunctionBeginUser;
  PetscCall(PCShellGetContext(pc, &e));
  space = HypKineticGetSpace(e->K);
  PetscCall(HypSpaceSolveL(space, e->shift, b, h));
  PetscFunctionReturn(0);
}

/* Direct solves on assembled matrices; matrix-free the exact inverse of shift - L */
static PetscErrorCode EvolutionSolver(HypEvolution e, PetscBool imex)
{
  SNES snes;
  KSP  ksp;
  PC   pc;

  PetscFunctionBeginUser;
  PetscCall(TSGetSNES(e->ts, &snes));
  PetscCall(SNESSetType(snes, SNESKSPONLY));
  PetscCall(SNESGetKSP(snes, &ksp));
  PetscCall(KSPGetPC(ksp, &pc));
  if (HypKineticGetForm(e->K) == HYP_ASSEMBLED) {
    PetscCall(KSPSetType(ksp, KSPPREONLY));
    PetscCall(HypFactorPC(pc, HypSpaceGetSize(HypKineticGetSpace(e->K))));
  } else {
    PetscCall(KSPSetType(ksp, imex ? KSPPREONLY : KSPGMRES));
    PetscCall(KSPSetTolerances(ksp, 1e-10, PETSC_DEFAULT, PETSC_DEFAULT, 1000));
    if (HypSpaceHasSolveL(HypKineticGetSpace(e->K))) {
      PetscCall(PCSetType(pc, PCSHELL));
      PetscCall(PCShellSetContext(pc, e));
      PetscCall(PCShellSetApply(pc, PCApply_L));
      PetscCall(PCShellSetName(pc, "exact inverse of shift - L by diagonalisation along v"));
    } else {
      PetscCall(KSPSetType(ksp, KSPGMRES));
      PetscCall(PCSetType(pc, PCNONE));
    }
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode EvolutionSetImplicit(HypEvolution e, HypTerms terms, PetscBool imex)
{
  PetscInt local;

  PetscFunctionBeginUser;
  PetscCall(HypKineticCreateMat(e->K, terms, &e->implicit));
  if (HypKineticGetForm(e->K) == HYP_ASSEMBLED) {
    PetscCall(MatDuplicate(e->implicit, MAT_COPY_VALUES, &e->J));
    PetscCall(MatSetOption(e->J, MAT_NEW_NONZERO_ALLOCATION_ERR, PETSC_FALSE));
    PetscCall(MatShift(e->J, 1)); /* makes the diagonal part of the pattern */
  } else {
    PetscCall(VecGetLocalSize(HypSpaceGetOne(HypKineticGetSpace(e->K)), &local));
    PetscCall(MatCreateShell(HypSpaceGetComm(HypKineticGetSpace(e->K)), local, local,
                             HypSpaceGetSize(HypKineticGetSpace(e->K)),
                             HypSpaceGetSize(HypKineticGetSpace(e->K)), e, &e->J));
    PetscCall(MatShellSetOperation(e->J, MATOP_MULT, (void (*)(void))MatMult_Shifted));
  }
  e->shift = PETSC_INFINITY;
  PetscCall(TSSetIFunction(e->ts, NULL, EvolutionIFunction, e));
  PetscCall(TSSetIJacobian(e->ts, e->J, e->J, EvolutionIJacobian, e));
  PetscCall(EvolutionSolver(e, imex));
  PetscFunctionReturn(0);
}

/* For the type that -ts_type has chosen; e->exponential says whether that is ours */
PETSC_INTERN PetscErrorCode HypEvolutionSetOperators(HypEvolution e)
{
  PetscBool is_explicit, imex;

  PetscFunctionBeginUser;
  PetscCall(PetscObjectTypeCompare((PetscObject)e->ts, HYPTSEXPONENTIAL, &e->exponential));
  PetscCall(PetscObjectTypeCompareAny((PetscObject)e->ts, &is_explicit, TSRK, TSSSP, TSEULER, ""));
  PetscCall(PetscObjectTypeCompareAny((PetscObject)e->ts, &imex, TSARKIMEX, TSMIMEX, ""));
  if (e->exponential) {
    PetscCall(HypKineticCreateMat(e->K, HYP_GENERATOR, &e->explicit));
    PetscCall(
      TSSetRHSJacobian(e->ts, e->explicit, e->explicit, TSComputeRHSJacobianConstant, NULL));
    PetscFunctionReturn(0);
  }
  if (is_explicit || imex) {
    PetscCall(HypKineticCreateMat(e->K, imex ? HYP_GENERATOR & ~HYP_FOKKER_PLANCK : HYP_GENERATOR,
                                  &e->explicit));
    PetscCall(TSSetRHSFunction(e->ts, NULL, EvolutionRHSFunction, e));
  }
  if (!is_explicit)
    PetscCall(EvolutionSetImplicit(e, imex ? HYP_FOKKER_PLANCK : HYP_GENERATOR, imex));
  PetscFunctionReturn(0);
}
