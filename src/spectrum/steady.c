/*
   The steady state: f = F/M with G f = 0 and <1, f> = 1, and its certificate.

   G = G_0 + R, G_0 1 = 0, so f = 1 + phi with G phi = -R 1;
   every term lies in the mean-zero functions, where G is invertible.
   Inverse iteration with sigma - G, sigma tiny, where that can be inverted; else GMRES.

   Certificate.
   In (theta, y), with F = grad f the force, the second moments of any steady state satisfy

       E F = 0,   E y = 0,
       asgd       E theta.y = -S/2,   E y.F = -gamma E |y|^2,
                  E theta.F = E |y|^2 + gamma S/2
       momentum   E theta.y = 0,      E y.F = -gamma E |y|^2 + S/2,   E theta.F = E |y|^2,
                  S = sum_i tau_i^2 E s_i,

   because d/dt of E theta, E y, E |theta|^2, E |y|^2, E theta.y vanish;
   test functions of degree <= 2 lie in every space,
   so a Galerkin solution satisfies them at any degree.
   For d = 1, where F = f' is a gradient, E f also stands still, so E y^2 = tau^2 E s f''/(2 gamma),
   or tau^2 E s/(2 gamma) for momentum, up to what the truncation leaves of it.
*/
#include "spectrum/transform.h"
#include <hypoco/resolution.h>

#define STEADY 1e-8 /* the largest ||G f||/||f|| of a steady state */

const char *const HypSteadyIdentities[][HYP_STEADY_IDENTITIES] = {
  [HYP_ASGD] = {"E grad f = 0", "E y = 0", "E theta.y = -d tau^2/2", "E y.grad f = -gamma E |y|^2",
                "E theta.grad f = E |y|^2 + gamma d tau^2/2", "E |y|^2 = tau^2 E f''/(2 gamma)"},
  [HYP_MOMENTUM]     = {"E grad f = 0", "E y = 0", "E theta.y = 0",
                        "E y.grad f = -gamma E |y|^2 + d tau^2/2", "E theta.grad f = E |y|^2",
                        "E |y|^2 = tau^2/(2 gamma)"},
  [2 + HYP_ASGD]     = {"E grad f = 0", "E y = 0", "E theta.y = -tau^2 E s/2",
                        "E y.grad f = -gamma E |y|^2",
                        "E theta.grad f = E |y|^2 "
                            "+ gamma tau^2 E s/2",
                        ""},
  [2 + HYP_MOMENTUM] = {"E grad f = 0", "E y = 0", "E theta.y = 0",
                        "E y.grad f = -gamma E |y|^2 + tau^2 E s/2", "E theta.grad f = E |y|^2",
                        "E |y|^2 = tau^2 E s/(2 gamma)"}};

/*
   Inverse iteration f <- sigma (sigma - G)^{-1} f = f + (sigma - G)^{-1} G f, normalised:
   in the second form what is solved for becomes small,
   and the errors of a factorisation without pivoting with it.
   G f has mean zero; that of its rounding errors would come back times 1/sigma.
*/
static PetscErrorCode SteadyDirect(HypKinetic K, Mat G, Vec f)
{
  PetscReal mass;
  Mat       inverse;
  Vec       residual, change;

  PetscFunctionBeginUser;
  PetscCall(VecDuplicate(f, &residual));
  PetscCall(VecDuplicate(f, &change));
  PetscCall(HypInverseCreate(K, G, 1e-7 * HypModelGamma(HypKineticGetModel(K)), &inverse));
  for (PetscInt k = 0; k < 3; k++) {
    PetscCall(MatMult(G, f, residual));
    PetscCall(VecDot(residual, HypSpaceGetOne(HypKineticGetSpace(K)), &mass));
    PetscCall(VecAXPY(residual, -mass, HypSpaceGetOne(HypKineticGetSpace(K))));
    PetscCall(MatMult(inverse, residual, change));
    PetscCall(VecAXPY(f, 1, change));
    PetscCall(VecDot(f, HypSpaceGetOne(HypKineticGetSpace(K)), &mass));
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
  PetscCall(HypSpaceSolveL(space, HypModelGamma(HypSpaceGetModel(space)), b, h));
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
  PetscCall(MatMult(G, HypSpaceGetOne(HypKineticGetSpace(K)), b));
  PetscCall(VecScale(b, -1));
  PetscCall(KSPCreate(HypSpaceGetComm(HypKineticGetSpace(K)), &ksp));
  PetscCall(KSPSetOperators(ksp, G, G));
  PetscCall(KSPSetType(ksp, KSPGMRES));
  PetscCall(KSPGMRESSetRestart(ksp, 150));
  PetscCall(KSPSetTolerances(ksp, 1e-13, 1e-300, PETSC_DEFAULT, 5000));
  PetscCall(KSPGetPC(ksp, &pc));
  if (HypSpaceHasSolveL(HypKineticGetSpace(K))) {
    PetscCall(PCSetType(pc, PCSHELL));
    PetscCall(PCShellSetContext(pc, HypKineticGetSpace(K)));
    PetscCall(PCShellSetApply(pc, PCApply_Steady));
  } else
    PetscCall(PCSetType(pc, PCNONE));
  PetscCall(KSPSetOptionsPrefix(ksp, "steady_"));
  PetscCall(KSPSetFromOptions(ksp));
  PetscCall(KSPSolve(ksp, b, phi));
  PetscCall(VecWAXPY(f, 1, HypSpaceGetOne(HypKineticGetSpace(K)), phi));
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

/* (inX X_i + inV V_i) f */
static PetscErrorCode TimesLinear(HypKinetic K, PetscInt i, PetscReal inX, PetscReal inV, Vec f,
                                  Vec qf)
{
  Vec work;

  PetscFunctionBeginUser;
  PetscCall(VecDuplicate(f, &work));
  PetscCall(TimesCoordinate(K, HypKineticGetDimension(K) + i, f, qf));
  PetscCall(TimesCoordinate(K, i, f, work));
  PetscCall(VecAXPBY(qf, inX, inV, work));
  PetscCall(VecDestroy(&work));
  PetscFunctionReturn(0);
}

static PetscErrorCode TimesTheta(HypKinetic K, PetscInt i, Vec f, Vec thetaf)
{
  const HypCoordinate c = HypModelCoordinate(HypKineticGetModel(K), i);

  PetscFunctionBeginUser;
  PetscCall(TimesLinear(K, i, c.theta_X, c.theta_V, f, thetaf));
  PetscFunctionReturn(0);
}

static PetscErrorCode TimesY(HypKinetic K, PetscInt i, Vec f, Vec yf)
{
  const HypCoordinate c = HypModelCoordinate(HypKineticGetModel(K), i);

  PetscFunctionBeginUser;
  PetscCall(TimesLinear(K, i, c.y_X, c.y_V, f, yf));
  PetscFunctionReturn(0);
}

/* F_i f = w_i^2 theta_i f + eps_i f; the products are taken on f's side, as in G,
   so that truncation cancels */
static PetscErrorCode TimesForce(HypKinetic K, PetscInt i, Vec f, Vec Ff)
{
  Vec work;

  PetscFunctionBeginUser;
  PetscCall(TimesTheta(K, i, f, Ff));
  PetscCall(VecScale(Ff, PetscSqr(HypModelCoordinate(HypKineticGetModel(K), i).omega)));
  if (!HypModelForced(HypKineticGetModel(K))) PetscFunctionReturn(0);
  PetscCall(VecDuplicate(f, &work));
  PetscCall(MatMult(HypKineticPerturbation(K, i), f, work));
  PetscCall(VecAXPY(Ff, 1, work));
  PetscCall(VecDestroy(&work));
  PetscFunctionReturn(0);
}

/* d = 1: E f'' = w^2 + E eps', where E eps' = <a eps, f>,
   a = (theta_X a_X + theta_V a_V)/(theta_X^2 + theta_V^2) = d/dtheta */
static PetscErrorCode MeanCurvature(HypKinetic K, Vec f, PetscReal *mean)
{
  HypModel            model = HypKineticGetModel(K);
  const HypCoordinate c     = HypModelCoordinate(model, 0);
  PetscReal           inX, inV;
  Vec                 eps, work;

  PetscFunctionBeginUser;
  *mean = c.omega * c.omega;
  if (!HypModelForced(model)) PetscFunctionReturn(0);
  PetscCall(VecDuplicate(f, &eps));
  PetscCall(VecDuplicate(f, &work));
  PetscCall(MatMult(HypKineticPerturbation(K, 0), HypSpaceGetOne(HypKineticGetSpace(K)), eps));
  PetscCall(MatMult(HypKineticDerivative(K, 0), eps, work));
  PetscCall(VecDot(work, f, &inX));
  PetscCall(MatMult(HypKineticDerivative(K, 1), eps, work));
  PetscCall(VecDot(work, f, &inV));
  *mean += (c.theta_X * inX + c.theta_V * inV) / (PetscSqr(c.theta_X) + PetscSqr(c.theta_V));
  PetscCall(VecDestroy(&eps));
  PetscCall(VecDestroy(&work));
  PetscFunctionReturn(0);
}

/* What the identities are made of: the largest |E f_i| and |E y_i|, sums over i of the others */
typedef struct {
  PetscReal force, y, thetay, y2, yforce, thetaforce, noise;
} SteadyMeans;

static PetscErrorCode AddMeans(HypKinetic K, PetscInt i, Vec f, Vec work[4], SteadyMeans *m)
{
  HypModel model = HypKineticGetModel(K);
  Vec      one = HypSpaceGetOne(HypKineticGetSpace(K)), theta = work[0], y = work[1], Ff = work[2],
      yf = work[3];
  PetscReal left[6], s = 0;

  PetscFunctionBeginUser;
  PetscCall(TimesTheta(K, i, one, theta));
  PetscCall(TimesY(K, i, one, y));
  PetscCall(TimesForce(K, i, f, Ff));
  PetscCall(TimesY(K, i, f, yf));
  PetscCall(VecDot(one, Ff, &left[0]));
  PetscCall(VecDot(one, yf, &left[1]));
  PetscCall(VecDot(theta, yf, &left[2]));
  PetscCall(VecDot(y, yf, &left[3]));
  PetscCall(VecDot(y, Ff, &left[4]));
  PetscCall(VecDot(theta, Ff, &left[5]));
  if (HypModelNoisy(model)) { /* E s_i - 1 */
    PetscCall(MatMult(HypKineticNoise(K, i), f, Ff));
    PetscCall(VecDot(one, Ff, &s));
  }
  m->force = PetscMax(m->force, PetscAbsReal(left[0]));
  m->y     = PetscMax(m->y, PetscAbsReal(left[1]));
  m->thetay += left[2];
  m->y2 += left[3];
  m->yforce += left[4];
  m->thetaforce += left[5];
  m->noise += PetscSqr(HypModelCoordinate(model, i).tau) * (1 + s);
  PetscFunctionReturn(0);
}

static PetscErrorCode SteadyCertificate(HypKinetic K, HypSteady *steady)
{
  HypModel        model     = HypKineticGetModel(K);
  const PetscInt  d         = HypKineticGetDimension(K);
  const PetscBool asgd      = HypModelGetType(model) == HYP_ASGD ? PETSC_TRUE : PETSC_FALSE;
  const PetscReal gamma     = HypModelGamma(model);
  SteadyMeans     m         = {0};
  PetscReal       curvature = 1;
  Vec            *work;

  PetscFunctionBeginUser;
  PetscCall(VecDuplicateVecs(steady->f, 4, &work));
  for (PetscInt i = 0; i < d; i++) PetscCall(AddMeans(K, i, steady->f, work, &m));
  PetscCall(VecDestroyVecs(4, &work));
  steady->names    = HypSteadyIdentities[HypModelGetType(model) + (HypModelNoisy(model) ? 2 : 0)];
  steady->left[0]  = m.force;
  steady->right[0] = 0;
  steady->left[1]  = m.y;
  steady->right[1] = 0;
  steady->left[2]  = m.thetay;
  steady->right[2] = asgd ? -m.noise / 2 : 0;
  steady->left[3]  = m.yforce;
  steady->right[3] = -gamma * m.y2 + (asgd ? 0 : m.noise / 2);
  steady->left[4]  = m.thetaforce;
  steady->right[4] = m.y2 + (asgd ? gamma * m.noise / 2 : 0);
  steady->count    = d == 1 ? 6 : 5;
  if (HypModelHasPotential(model)) steady->count = 4; /* a_X + a_X^T is W' there, not X */
  if (d == 1) {
    if (asgd && !HypModelNoisy(model)) PetscCall(MeanCurvature(K, steady->f, &curvature));
    if (asgd && HypModelNoisy(model)) steady->count = 5; /* E s f'' would be needed */
    steady->left[5]  = m.y2;
    steady->right[5] = m.noise * curvature / (2 * gamma);
  }
  steady->worst = 0;
  for (PetscInt k = 0; k < steady->count; k++)
    steady->worst = PetscMax(steady->worst, PetscAbsReal(steady->left[k] - steady->right[k]) /
                                              PetscMax(1.0, PetscAbsReal(steady->right[k])));
  PetscFunctionReturn(0);
}

/* ||G f|| */
static PetscErrorCode SteadyResidual(HypKinetic K, Vec f, PetscReal *residual)
{
  Vec work;

  PetscFunctionBeginUser;
  PetscCall(VecDuplicate(f, &work));
  PetscCall(HypKineticApply(K, HYP_GENERATOR, PETSC_FALSE, f, work));
  PetscCall(VecNorm(work, NORM_2, residual));
  PetscCall(VecDestroy(&work));
  PetscFunctionReturn(0);
}

/*
   f from f = 1.
   Three solves: GMRES takes a tenth of the time of dense factors,
   unless eps is so strong that it fails.
   Where factors are sparse and affordable they are the better way.
*/
static PetscErrorCode SteadySolve(HypKinetic K, Vec f)
{
  PetscReal  residual, norm;
  HypKinetic direct = K;
  Mat        G;

  PetscFunctionBeginUser;
  if (HypSpaceFactorsAreSparse(HypKineticGetSpace(K)) && !HypKineticIsMixed(K))
    PetscCall(HypKineticDirect(K, &direct));
  if (HypInvertible(direct)) {
    PetscCall(HypKineticCreateMat(direct, HYP_GENERATOR, &G));
    PetscCall(SteadyDirect(direct, G, f));
    PetscCall(MatDestroy(&G));
    PetscFunctionReturn(0);
  }
  PetscCall(HypKineticCreateMat(K, HYP_GENERATOR, &G));
  PetscCall(SteadyKrylov(K, G, f));
  PetscCall(MatDestroy(&G));
  PetscCall(SteadyResidual(K, f, &residual));
  PetscCall(VecNorm(f, NORM_2, &norm));
  if (residual <= STEADY * norm) PetscFunctionReturn(0);
  PetscCall(HypKineticDirect(K, &direct));
  if (direct == K) PetscFunctionReturn(0);
  PetscCall(VecCopy(HypSpaceGetOne(HypKineticGetSpace(K)), f));
  PetscCall(HypKineticCreateMat(direct, HYP_GENERATOR, &G));
  PetscCall(SteadyDirect(direct, G, f));
  PetscCall(MatDestroy(&G));
  PetscFunctionReturn(0);
}

/*@
  HypSteadyCompute - The steady state F of (2.4), as f = F/M, with its certificate

  Collective

  Input Parameter:
. K - the kinetic operator

  Output Parameter:
. steady - f with <1, f> = 1, the residual ||G f||, both sides of the identities,
  ||f|| and how much of it lies where the space ends; freed with HypSteadyDestroy()

  Level: beginner

  Notes:
  eps = 0 gives f = 1 at once.
  PETSc options of the solver have the prefix -inverse_ where sigma - G can be inverted,
  else -steady_.

.seealso: HypSpectrumCompute()
@*/
PetscErrorCode HypSteadyCompute(HypKinetic K, HypSteady *steady)
{
  HypResolution resolution;
  PetscReal     share;

  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(steady, sizeof(*steady)));
  PetscCall(VecDuplicate(HypSpaceGetOne(HypKineticGetSpace(K)), &steady->f));
  PetscCall(VecCopy(HypSpaceGetOne(HypKineticGetSpace(K)), steady->f));
  if (HypModelPerturbed(HypKineticGetModel(K))) PetscCall(SteadySolve(K, steady->f));
  PetscCall(SteadyResidual(K, steady->f, &steady->residual));
  PetscCall(VecNorm(steady->f, NORM_2, &steady->norm));
  PetscCheck(steady->residual <= STEADY * steady->norm, HypSpaceGetComm(HypKineticGetSpace(K)),
             PETSC_ERR_NOT_CONVERGED,
             "steady state: residual ||G F|| = %.2e of norm %.2e; %s may be too strong for this "
             "space: %s",
             (double)steady->residual, (double)steady->norm, HypModelSuspect(HypKineticGetModel(K)),
             HypSpaceGetRelief(HypKineticGetSpace(K)));
  PetscCall(SteadyCertificate(K, steady));
  PetscCall(HypResolutionCreate(HypKineticGetSpace(K), &resolution));
  PetscCall(HypResolutionShare(&resolution, steady->f, &share));
  PetscCall(HypResolutionDestroy(&resolution));
  steady->edge  = steady->norm * PetscSqrtReal(share);
  steady->error = NAN;
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
