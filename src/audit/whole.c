/* The statements about constants, about the worst function of the space and about the rate:
   both sides of each. */
#include "audit/statements.h"
#include <math.h>

/* ---- constants ---- */

void HypWholePositiveP(const struct _p_HypAudit *a, HypEvidence *e)
{
  static const PetscReal unit[] = {1, 0, 0, 1};
  const HypLyapunov     *l      = &a->constants.theorem.lyapunov;
  PetscReal              limits[2];

  e->left  = 0;
  e->known = HypPencilLimits((const PetscReal[]){1, l->Chat, l->Chat, l->C}, unit, limits)
               ? PETSC_FALSE
               : PETSC_TRUE;
  e->right = limits[0];
}

static PetscBool Pencil(const HypAuditConstants *c, PetscReal limits[2])
{
  LYAPUNOV;
  const PetscReal w2 = PetscSqr(c->omega0), g = c->gamma, off = C - w2 + g * Chat;

  (void)mu;
  return HypPencilLimits((const PetscReal[]){2 * Chat, off, off, 2 * g * C - 2 * w2 * Chat},
                         (const PetscReal[]){1, Chat, Chat, C}, limits)
           ? PETSC_FALSE
           : PETSC_TRUE;
}

void HypWholeCoerciveK(const struct _p_HypAudit *a, HypEvidence *e)
{
  PetscReal limits[2];

  e->known = Pencil(&a->constants, limits);
  e->left  = 2 * a->constants.theorem.lyapunov.mu_proved;
  e->right = limits[0];
}

/* gamma - delta; that the other one is gamma + delta follows from the trace */
void HypWholeCriticalPencil(const struct _p_HypAudit *a, HypEvidence *e)
{
  const HypLyapunov *l = &a->constants.theorem.lyapunov;
  PetscReal          limits[2];

  e->applies = l->regime == HYP_CRITICAL ? PETSC_TRUE : PETSC_FALSE;
  if (!e->applies) return;
  e->known = Pencil(&a->constants, limits);
  e->left  = limits[0];
  e->right = a->constants.gamma - l->delta;
  e->error = PetscAbsReal(limits[1] - a->constants.gamma - l->delta) > 1e-9 ? PETSC_INFINITY : 0;
}

void HypWholeSmallEps0(const struct _p_HypAudit *a, HypEvidence *e)
{
  e->left  = a->constants.eps0;
  e->right = a->constants.theorem.eps0_max;
}

/* ---- worst functions ---- */

static void FromWorst(const struct _p_HypAudit *a, HypWorst which, PetscReal right, HypEvidence *e)
{
  const HypWorstValue *worst = &a->worst[which];

  e->left  = worst->value;
  e->right = right;
  e->error = worst->error;
  e->known = worst->converged;
  if (worst->degree == worst->degree)
    snprintf(e->detail, sizeof(e->detail), "by a function of mean degree %.3g",
             (double)worst->degree);
}

#define WORST(name, which, bound)                                                                  \
  void name(const struct _p_HypAudit *a, HypEvidence *e)                                           \
  {                                                                                                \
    const HypAuditConstants *c = &a->constants;                                                    \
    FromWorst(a, which, bound, e);                                                                 \
    (void)c;                                                                                       \
  }
WORST(HypWholeTransportWorst, HYP_WORST_T, 0)
WORST(HypWholeFokkerPlanckWorst, HYP_WORST_L, 0)
WORST(HypWholePerturbationWorst, HYP_WORST_R, c->eps0 * c->theorem.C2)
WORST(HypWholePairWorst, HYP_WORST_PAIR, c->eps0 * c->theorem.C2)
WORST(HypWholeDWorst, HYP_WORST_D, c->eps0 *C22)
WORST(HypWholeEWorst, HYP_WORST_E, c->eps0 *C22)
WORST(HypWholeFWorst, HYP_WORST_F, c->eps0 *C22)
WORST(HypWholeDCorrectedWorst, HYP_WORST_D_CORRECTED, c->eps0)
WORST(HypWholeECorrectedWorst, HYP_WORST_E_CORRECTED, c->eps0)
WORST(HypWholeFCorrectedWorst, HYP_WORST_F_CORRECTED, c->eps0)
WORST(HypWholePoincarePrinted, HYP_WORST_POINCARE,
      1 / ((PetscReal)c->d * c->beta * PetscMin(1, PetscSqr(c->omega0))))
WORST(HypWholePoincareCorrected, HYP_WORST_POINCARE,
      1 / (c->beta * PetscMin(1, PetscSqr(c->omega0))))
WORST(HypWholeGronwallWorst, HYP_WORST_DECAY,
      -2 * (c->theorem.lyapunov.mu_proved - c->eps0 * c->theorem.C1))
WORST(HypWholeGronwallCorrectedWorst, HYP_WORST_DECAY,
      -2 * (c->theorem.lyapunov.mu_proved - c->eps0 * c->C1_corrected))

void HypWholeCoerciveH(const struct _p_HypAudit *a, HypEvidence *e)
{
  FromWorst(a, HYP_WORST_COERCIVE, 0, e);
  e->right = e->left;
  e->left  = a->constants.coercivity;
}

/* ---- rates ---- */

void HypWholeTheoremPrinted(const struct _p_HypAudit *a, HypEvidence *e)
{
  const HypTheoremConstants *t = &a->constants.theorem;

  e->left  = t->lyapunov.mu_printed - a->constants.eps0 * t->C1_printed;
  e->right = a->gap;
  e->known = isfinite(a->gap) ? PETSC_TRUE : PETSC_FALSE;
}

static void GapAtLeast(const struct _p_HypAudit *a, PetscReal C1, HypEvidence *e)
{
  e->left  = a->constants.theorem.lyapunov.mu_proved - a->constants.eps0 * C1;
  e->right = a->gap;
  e->known = isfinite(a->gap) ? PETSC_TRUE : PETSC_FALSE;
}

void HypWholeTheoremProof(const struct _p_HypAudit *a, HypEvidence *e)
{
  GapAtLeast(a, a->constants.theorem.C1, e);
}

void HypWholeTheoremCorrected(const struct _p_HypAudit *a, HypEvidence *e)
{
  GapAtLeast(a, a->constants.C1_corrected, e);
}

void HypWholeContractionRate(const struct _p_HypAudit *a, HypEvidence *e)
{
  e->applies = isnan(a->constants.contraction) ? PETSC_FALSE : PETSC_TRUE;
  e->left    = a->constants.contraction;
  e->right   = a->gap;
  e->known   = isfinite(a->gap) ? PETSC_TRUE : PETSC_FALSE;
}

void HypWholePropagatorClosed(const struct _p_HypAudit *a, HypEvidence *e)
{
  e->applies = isfinite(a->propagator) ? PETSC_TRUE : PETSC_FALSE;
  e->left    = a->propagator;
  e->right   = a->propagator_exact;
}

/* ---- asynchronous SGD against momentum SGD: counterpart.c ---- */

static void Stationary(const struct _p_HypAudit *a, PetscBool forced, HypEvidence *e)
{
  e->applies = (PetscBool)(HypModelForced(HypKineticGetModel(a->K)) == forced);
  e->known   = a->counterpart.known;
  e->left    = a->counterpart.asgd_square;
  e->right   = a->counterpart.momentum_square;
}

/* Eigenvalues that lie s apart are known to rounding divided by s, a double one to its root */
static PetscReal Splitting(const struct _p_HypAudit *a)
{
  const HypModel  model = HypKineticGetModel(a->K);
  const PetscReal gamma = HypModelGamma(model), root = PetscSqrtReal(PETSC_MACHINE_EPSILON);
  PetscReal       least = gamma;

  for (PetscInt i = 0; i < HypModelDimension(model); i++) {
    const PetscReal w = HypModelOmegas(model)[i];

    least = PetscMin(least, PetscSqrtReal(PetscAbsReal(gamma * gamma - 4 * w * w)));
  }
  return 64 * PETSC_MACHINE_EPSILON * gamma * gamma / PetscMax(least, root * gamma);
}

static void OneRate(const struct _p_HypAudit *a, PetscBool forced, HypEvidence *e)
{
  e->error   = Splitting(a);
  e->applies = (PetscBool)(HypModelForced(HypKineticGetModel(a->K)) == forced);
  e->known   = a->counterpart.known;
  e->left    = a->gap;
  e->right   = a->counterpart.momentum_gap;
}

void HypWholeStationaryLinear(const struct _p_HypAudit *a, HypEvidence *e)
{
  Stationary(a, PETSC_FALSE, e);
}

void HypWholeStationaryNonlinear(const struct _p_HypAudit *a, HypEvidence *e)
{
  Stationary(a, PETSC_TRUE, e);
}

void HypWholeOneRateLinear(const struct _p_HypAudit *a, HypEvidence *e)
{
  OneRate(a, PETSC_FALSE, e);
}

void HypWholeOneRateNonlinear(const struct _p_HypAudit *a, HypEvidence *e)
{
  OneRate(a, PETSC_TRUE, e);
}

static void Difference(const struct _p_HypAudit *a, PetscReal right, HypEvidence *e)
{
  e->applies = HypModelForced(HypKineticGetModel(a->K));
  e->known   = (PetscBool)(a->counterpart.known && a->counterpart.norm_known);
  e->left    = a->counterpart.norm;
  e->right   = right;
}

void HypWholeDifference(const struct _p_HypAudit *a, HypEvidence *e)
{
  Difference(a, 0, e);
}

void HypWholeDifferenceBound(const struct _p_HypAudit *a, HypEvidence *e)
{
  Difference(a, a->counterpart.bound, e);
}

/* ---- where the printed constants are large enough ---- */

PetscBool HypSufficientD(const HypAuditConstants *c)
{
  return 5.5 * C22 >= c->dx && 2 * C22 >= c->dv ? PETSC_TRUE : PETSC_FALSE;
}

PetscBool HypSufficientE(const HypAuditConstants *c)
{
  return 2 * C22 >= c->ex && 5.5 * C22 >= c->ev ? PETSC_TRUE : PETSC_FALSE;
}

PetscBool HypSufficientF(const HypAuditConstants *c)
{
  return 7.5 * C22 >= c->fx && 7.5 * C22 >= c->fv ? PETSC_TRUE : PETSC_FALSE;
}

PetscBool HypSufficientDE(const HypAuditConstants *c)
{
  return HypSufficientD(c) && HypSufficientE(c) ? PETSC_TRUE : PETSC_FALSE;
}

PetscBool HypSufficientDEF(const HypAuditConstants *c)
{
  return HypSufficientDE(c) && HypSufficientF(c) ? PETSC_TRUE : PETSC_FALSE;
}

PetscBool HypSufficientC1(const HypAuditConstants *c)
{
  return c->theorem.C1 >= c->C1_corrected ? PETSC_TRUE : PETSC_FALSE;
}
