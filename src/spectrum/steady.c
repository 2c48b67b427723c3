/*
   The steady state: f = F/M with G f = 0 and <1, f> = 1, and its certificate.

   G = G_0 + R, G_0 1 = 0, so f = 1 + phi with G phi = -R 1; every term lies in the mean-zero functions, where G is invertible.
   Inverse iteration with sigma - G, sigma tiny, where that can be inverted; else GMRES.

   Certificate.  In (theta, y), with F = grad f the force and tau^2 = 2 gamma/(beta w0^4), the second moments of any steady
   state of (2.3) satisfy

       E F = 0,   E y = 0,   E theta.y = -d tau^2/2,   E y.F = -gamma E |y|^2,   E theta.F = E |y|^2 + gamma d tau^2/2

   because d/dt of E theta, E y, E |theta|^2, E |y|^2, E theta.y vanish; test functions of degree <= 2 lie in every space, so
   a Galerkin solution satisfies them at any degree.  For d = 1, where F = f' is a gradient, E f also stands still, so
   E y^2 = tau^2 E f''/(2 gamma), up to what the truncation leaves of it.
*/
#include "spectrum/transform.h"
#include <hypoco/resolution.h>

const char *const HypSteadyIdentities[HYP_STEADY_IDENTITIES] = {
  "E grad f = 0",
  "E y = 0",
  "E theta.y = -d tau^2/2",
  "E y.grad f = -gamma E |y|^2",
  "E theta.grad f = E |y|^2 + gamma d tau^2/2",
  "E |y|^2 = tau^2 E f''/(2 gamma)"};

/*
   Inverse iteration f <- sigma (sigma - G)^{-1} f = f + (sigma - G)^{-1} G f, normalised: in the second form what is solved for
   becomes small, and the errors of a factorisation without pivoting with it.  G f has mean zero; that of its rounding
   errors would come back times 1/sigma.
*/
static PetscErrorCode SteadyDirect(HypKinetic K, Mat G, Vec f)
{
  PetscReal mass;
  Mat       inverse;
  Vec       residual, change;

  PetscFunctionBeginUser;
  PetscCall(VecDuplicate(f, &residual));
  PetscCall(VecDuplicate(f, &change));
  PetscCall(HypInverseCreate(K, G, 1e-7 * HypSpaceGetModel(K->space)->gamma, &inverse));
  for (PetscInt k = 0; k < 3; k++) {
    PetscCall(MatMult(G, f, residual));
    PetscCall(VecDot(residual, HypSpaceGetOne(K->space), &mass));
    PetscCall(VecAXPY(residual, -mass, HypSpaceGetOne(K->space)));
    PetscCall(MatMult(inverse, residual, change));
    PetscCall(VecAXPY(f, 1, change));
    PetscCall(VecDot(f, HypSpaceGetOne(K->space), &mass));
    PetscCall(VecScale(f, 1 / mass));
  }
  PetscCall(MatDestroy(&inverse));
  PetscCall(VecDestroy(&residual));
  PetscCall(VecDestroy(&change));
  PetscFunctionReturn(0);
}

static PetscErrorCode PCApply_Steady(PC pc, Vec b, Vec h)
{
  HypSpace space;

  PetscFunctionBeginUser;
  PetscCall(PCShellGetContext(pc, &space));
  PetscCall(HypSpaceSolveL(space, HypSpaceGetModel(space)->gamma, b, h));
  PetscFunctionReturn(0);
}

/* phi from G phi = -G 1 by GMRES, preconditioned by (gamma - L)^{-1} where the space has it */
static PetscErrorCode SteadyKrylov(HypKinetic K, Mat G, Vec f)
{
  Vec b, phi;
  KSP ksp;
  PC  pc;

  PetscFunctionBeginUser;
  PetscCall(VecDuplicate(f, &b));
  PetscCall(VecDuplicate(f, &phi));
  PetscCall(MatMult(G, HypSpaceGetOne(K->space), b));
  PetscCall(VecScale(b, -1));
  PetscCall(KSPCreate(HypSpaceGetComm(K->space), &ksp));
  PetscCall(KSPSetOperators(ksp, G, G));
  PetscCall(KSPSetType(ksp, KSPGMRES));
  PetscCall(KSPGMRESSetRestart(ksp, 150));
  PetscCall(KSPSetTolerances(ksp, 1e-13, 1e-300, PETSC_DEFAULT, 5000));
  PetscCall(KSPGetPC(ksp, &pc));
  if (HypSpaceHasSolveL(K->space)) {
    PetscCall(PCSetType(pc, PCSHELL));
    PetscCall(PCShellSetContext(pc, K->space));
    PetscCall(PCShellSetApply(pc, PCApply_Steady));
  } else
    PetscCall(PCSetType(pc, PCNONE));
  PetscCall(KSPSetOptionsPrefix(ksp, "steady_"));
  PetscCall(KSPSetFromOptions(ksp));
  PetscCall(KSPSolve(ksp, b, phi));
  PetscCall(VecWAXPY(f, 1, HypSpaceGetOne(K->space), phi));
  PetscCall(KSPDestroy(&ksp));
  PetscCall(VecDestroy(&b));
  PetscCall(VecDestroy(&phi));
  PetscFunctionReturn(0);
}

/* q_c f for one coordinate: a + a* is multiplication by q_c */
static PetscErrorCode TimesCoordinate(HypKinetic K, PetscInt c, Vec f, Vec qf)
{
  PetscFunctionBeginUser;
  PetscCall(MatMult(HypKineticDerivative(K, c), f, qf));
  PetscCall(MatMultTransposeAdd(HypKineticDerivative(K, c), f, qf, qf));
  PetscFunctionReturn(0);
}

/* theta_i f = -(w0 V_i + gamma X_i) f/(sqrt(beta) w0^3) */
static PetscErrorCode TimesTheta(HypKinetic K, PetscInt i, Vec f, Vec thetaf)
{
  HypModel        model = HypSpaceGetModel(K->space);
  const PetscReal w = model->omega0, scale = -1 / (PetscSqrtReal(model->beta) * w * w * w);
  Vec             work;

  PetscFunctionBeginUser;
  PetscCall(VecDuplicate(f, &work));
  PetscCall(TimesCoordinate(K, K->d + i, f, thetaf));
  PetscCall(TimesCoordinate(K, i, f, work));
  PetscCall(VecAXPBY(thetaf, scale * model->gamma, scale * w, work));
  PetscCall(VecDestroy(&work));
  PetscFunctionReturn(0);
}

/* y_i f = X_i f/(sqrt(beta) w0) */
static PetscErrorCode TimesY(HypKinetic K, PetscInt i, Vec f, Vec yf)
{
  PetscFunctionBeginUser;
  PetscCall(TimesCoordinate(K, i, f, yf));
  PetscCall(VecScale(yf, 1 / (PetscSqrtReal(HypSpaceGetModel(K->space)->beta) *
                              HypSpaceGetModel(K->space)->omega0)));
  PetscFunctionReturn(0);
}

/* F_i f = w0^2 theta_i f + eps_i f; the products are taken on f's side, as in G, so that truncation cancels */
static PetscErrorCode TimesForce(HypKinetic K, PetscInt i, Vec f, Vec Ff)
{
  Vec work;

  PetscFunctionBeginUser;
  PetscCall(TimesTheta(K, i, f, Ff));
  PetscCall(VecScale(Ff, PetscSqr(HypSpaceGetModel(K->space)->omega0)));
  if (!HypSpaceGetModel(K->space)->perturbed) PetscFunctionReturn(0);
  PetscCall(VecDuplicate(f, &work));
  PetscCall(MatMult(HypKineticPerturbation(K, i), f, work));
  PetscCall(VecAXPY(Ff, 1, work));
  PetscCall(VecDestroy(&work));
  PetscFunctionReturn(0);
}

/* d = 1: E f'' = w0^2 + E eps',  with theta = scale Xi  E eps' = <a_Xi eps, f>/scale,  a_Xi = -(gamma a_X + w0 a_V)/s */
static PetscErrorCode MeanCurvature(HypKinetic K, Vec f, PetscReal *mean)
{
  HypModel        model = HypSpaceGetModel(K->space);
  const PetscReal w = model->omega0, s2 = PetscSqr(model->gamma) + w * w,
                  scale = 1 / (PetscSqrtReal(model->beta) * w * w * w);
  PetscReal inX, inV;
  Vec       eps, work;

  PetscFunctionBeginUser;
  *mean = w * w;
  if (!model->perturbed) PetscFunctionReturn(0);
  PetscCall(VecDuplicate(f, &eps));
  PetscCall(VecDuplicate(f, &work));
  PetscCall(MatMult(HypKineticPerturbation(K, 0), HypSpaceGetOne(K->space), eps));
  PetscCall(MatMult(HypKineticDerivative(K, 0), eps, work));
  PetscCall(VecDot(work, f, &inX));
  PetscCall(MatMult(HypKineticDerivative(K, 1), eps, work));
  PetscCall(VecDot(work, f, &inV));
  *mean -= (model->gamma * inX + w * inV) / (s2 * scale);
  PetscCall(VecDestroy(&eps));
  PetscCall(VecDestroy(&work));
  PetscFunctionReturn(0);
}

static PetscErrorCode SteadyCertificate(HypKinetic K, HypSteady *steady)
{
  HypModel        model = HypSpaceGetModel(K->space);
  const PetscReal tau2  = 2 * model->gamma / (model->beta * PetscPowRealInt(model->omega0, 4)),
                  d     = (PetscReal)K->d;
  PetscReal meanF = 0, meany = 0, thetay = 0, yF = 0, y2 = 0, thetaF = 0, value;
  Vec       theta, y, Ff, yf;

  PetscFunctionBeginUser;
  PetscCall(VecDuplicate(steady->f, &theta));
  PetscCall(VecDuplicate(steady->f, &y));
  PetscCall(VecDuplicate(steady->f, &Ff));
  PetscCall(VecDuplicate(steady->f, &yf));
  for (PetscInt i = 0; i < K->d; i++) {
    PetscCall(TimesTheta(K, i, HypSpaceGetOne(K->space), theta));
    PetscCall(TimesY(K, i, HypSpaceGetOne(K->space), y));
    PetscCall(TimesForce(K, i, steady->f, Ff));
    PetscCall(TimesY(K, i, steady->f, yf));
    PetscCall(VecDot(HypSpaceGetOne(K->space), Ff, &value));
    meanF = PetscMax(meanF, PetscAbsReal(value));
    PetscCall(VecDot(HypSpaceGetOne(K->space), yf, &value));
    meany = PetscMax(meany, PetscAbsReal(value));
    PetscCall(VecDot(theta, yf, &value));
    thetay += value;
    PetscCall(VecDot(y, yf, &value));
    y2 += value;
    PetscCall(VecDot(y, Ff, &value));
    yF += value;
    PetscCall(VecDot(theta, Ff, &value));
    thetaF += value;
  }
  steady->left[0]  = meanF;
  steady->right[0] = 0;
  steady->left[1]  = meany;
  steady->right[1] = 0;
  steady->left[2]  = thetay;
  steady->right[2] = -d * tau2 / 2;
  steady->left[3]  = yF;
  steady->right[3] = -model->gamma * y2;
  steady->left[4]  = thetaF;
  steady->right[4] = y2 + model->gamma * d * tau2 / 2;
  steady->count    = K->d == 1 ? 6 : 5;
  if (K->d == 1) {
    PetscCall(MeanCurvature(K, steady->f, &value));
    steady->left[5]  = y2;
    steady->right[5] = tau2 * value / (2 * model->gamma);
  }
  steady->worst = 0;
  for (PetscInt k = 0; k < steady->count; k++)
    steady->worst = PetscMax(steady->worst, PetscAbsReal(steady->left[k] - steady->right[k]) /
                                              PetscMax(1.0, PetscAbsReal(steady->right[k])));
  PetscCall(VecDestroy(&theta));
  PetscCall(VecDestroy(&y));
  PetscCall(VecDestroy(&Ff));
  PetscCall(VecDestroy(&yf));
  PetscFunctionReturn(0);
}

/*@
  HypSteadyCompute - The steady state F of (2.4), as f = F/M, with its certificate

  Collective

  Input Parameter:
. K - the kinetic operator

  Output Parameter:
. steady - f with <1, f> = 1, the residual ||G f||, both sides of the identities, ||f|| and how much of it lies where the space ends; freed with HypSteadyDestroy()

  Level: beginner

  Notes:
  eps = 0 gives f = 1 at once.  PETSc options of the solver have the prefix -inverse_ where sigma - G can be inverted, else -steady_.

.seealso: HypSpectrumCompute()
@*/
PetscErrorCode HypSteadyCompute(HypKinetic K, HypSteady *steady)
{
  HypResolution resolution;
  PetscReal     share;
  Vec           work;

  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(steady, sizeof(*steady)));
  PetscCall(VecDuplicate(HypSpaceGetOne(K->space), &steady->f));
  PetscCall(VecCopy(HypSpaceGetOne(K->space), steady->f));
  if (HypSpaceGetModel(K->space)->perturbed) {
    Mat G;

    PetscCall(HypKineticCreateMat(K, HYP_GENERATOR, &G));
    PetscCall(HypInvertible(K) ? SteadyDirect(K, G, steady->f) : SteadyKrylov(K, G, steady->f));
    PetscCall(MatDestroy(&G));
  }
  PetscCall(VecDuplicate(steady->f, &work));
  PetscCall(HypKineticApply(K, HYP_GENERATOR, PETSC_FALSE, steady->f, work));
  PetscCall(VecNorm(work, NORM_2, &steady->residual));
  PetscCall(VecNorm(steady->f, NORM_2, &steady->norm));
  PetscCall(VecDestroy(&work));
  PetscCheck(steady->residual <= 1e-8 * steady->norm, HypSpaceGetComm(K->space),
             PETSC_ERR_NOT_CONVERGED,
             "steady state: residual ||G F|| = %.2e of norm %.2e; the perturbation may be too "
             "strong for this space: lower space_degree or "
             "use a tensor space of fv axes",
             (double)steady->residual, (double)steady->norm);
  PetscCall(SteadyCertificate(K, steady));
  PetscCall(HypResolutionCreate(K->space, &resolution));
  PetscCall(HypResolutionShare(&resolution, steady->f, &share));
  PetscCall(HypResolutionDestroy(&resolution));
  steady->edge = steady->norm * PetscSqrtReal(share);
  PetscFunctionReturn(0);
}

/*@
  HypSteadyDestroy - Frees a steady state

  Collective

  Input Parameter:
. steady - what HypSteadyCompute() filled

  Level: intermediate

.seealso: HypSteadyCompute()
@*/
PetscErrorCode HypSteadyDestroy(HypSteady *steady)
{
  PetscFunctionBeginUser;
  PetscCall(VecDestroy(&steady->f));
  PetscFunctionReturn(0);
}
