/*
   The statements: one row each, with both sides as functions of what was measured.
   Rows are either `at` (every state of the solution; the worst one counts)
   or `whole` (the worst function of the space, the constants, or the rate).

   E_x = ||grad_x h||^2, E_v = ||grad_v h||^2, E_xv = <grad_x h, grad_v h>,
   S_ the same of d h/d v_i summed over i, R_ those of (d), (e), (f);
   c holds the constants, in which a primed quantity is a time derivative.
*/
#include "audit/auditimpl.h"
#include <math.h>

#define LYAPUNOV                                                                                   \
  const PetscReal C = c->theorem.lyapunov.C, Chat = c->theorem.lyapunov.Chat,                      \
                  mu = c->theorem.lyapunov.mu_proved
#define C22 (c->theorem.C2 * c->theorem.C2)

static PetscReal H(const HypMoments *m, const HypAuditConstants *c)
{
  return m->Ex + c->theorem.lyapunov.C * m->Ev + 2 * c->theorem.lyapunov.Chat * m->Exv;
}

static PetscReal dH(const HypMoments *m, const HypAuditConstants *c)
{
  return m->dEx + c->theorem.lyapunov.C * m->dEv + 2 * c->theorem.lyapunov.Chat * m->dExv;
}

/* ---- along the solution ---- */

static HypSides MassAt(const HypMoments *start, const HypMoments *m, const HypAuditConstants *c)
{
  (void)c;
  return (HypSides){m->mean, 0, PetscMax(1, PetscSqrtReal(start->norm2))};
}

static HypSides TransportAt(const HypMoments *start, const HypMoments *m,
                            const HypAuditConstants *c)
{
  (void)start;
  (void)c;
  return (HypSides){m->T, 0, m->Tscale};
}

static HypSides FokkerPlanckAt(const HypMoments *start, const HypMoments *m,
                               const HypAuditConstants *c)
{
  (void)start;
  return (HypSides){m->L, -c->gamma / c->beta * m->Ev, c->gamma / c->beta * m->Ev};
}

static HypSides PerturbationAt(const HypMoments *start, const HypMoments *m,
                               const HypAuditConstants *c)
{
  (void)start;
  return (HypSides){m->R, c->eps0 * c->theorem.C2 * m->norm2, m->norm2};
}

static HypSides DAt(const HypMoments *start, const HypMoments *m, const HypAuditConstants *c)
{
  (void)start;
  return (HypSides){m->Rx, c->eps0 * C22 * (5.5 * m->Ex + 2 * m->Ev), m->Ex + m->Ev};
}

static HypSides EAt(const HypMoments *start, const HypMoments *m, const HypAuditConstants *c)
{
  (void)start;
  return (HypSides){m->Rv, c->eps0 * C22 * (2 * m->Ex + 5.5 * m->Ev), m->Ex + m->Ev};
}

static HypSides FAt(const HypMoments *start, const HypMoments *m, const HypAuditConstants *c)
{
  (void)start;
  return (HypSides){m->Rxv, c->eps0 * C22 * 7.5 * (m->Ex + m->Ev), m->Ex + m->Ev};
}

/* (E_x + C E_v)' + 2 (gamma/beta)(S_x + C S_v) <= -2 (C - w0^2) E_xv - 2 gamma C E_v + 2 eps0 C2^2
   [...] */
static HypSides Lemma41At(const HypMoments *start, const HypMoments *m, const HypAuditConstants *c)
{
  LYAPUNOV;
  const PetscReal left = m->dEx + C * m->dEv + 2 * c->gamma / c->beta * (m->Sx + C * m->Sv),
                  w2   = PetscSqr(c->omega0);

  (void)start;
  (void)Chat;
  (void)mu;
  return (HypSides){left,
                    -2 * (C - w2) * m->Exv - 2 * c->gamma * C * m->Ev +
                      c->eps0 * C22 * ((11 + 4 * C) * m->Ex + (4 + 11 * C) * m->Ev),
                    PetscAbsReal(m->dEx) + C * PetscAbsReal(m->dEv) +
                      2 * c->gamma / c->beta * (m->Sx + C * m->Sv)};
}

/* E_xv' + 2 (gamma/beta) S_xv <= -gamma E_xv + w0^2 E_v - E_x + 15/2 eps0 C2^2 (E_x + E_v) */
static HypSides Lemma42At(const HypMoments *start, const HypMoments *m, const HypAuditConstants *c)
{
  const PetscReal second = 2 * c->gamma / c->beta * m->Sxv;

  (void)start;
  return (HypSides){m->dExv + second,
                    -c->gamma * m->Exv + PetscSqr(c->omega0) * m->Ev - m->Ex +
                      7.5 * c->eps0 * C22 * (m->Ex + m->Ev),
                    PetscAbsReal(m->dExv) + PetscAbsReal(second) + m->Ex + m->Ev};
}

/* (4.3) without its right side:
   H' + grad h K grad h + (2 gamma/beta) sum_i d_vi grad h P d_vi grad h,
   and the sum of the absolute terms */
static HypSides Balance(const HypMoments *m, const HypAuditConstants *c)
{
  LYAPUNOV;
  const PetscReal w2 = PetscSqr(c->omega0), g = c->gamma;
  const PetscReal K =
    2 * Chat * m->Ex + 2 * (C - w2 + g * Chat) * m->Exv + (2 * g * C - 2 * w2 * Chat) * m->Ev;
  const PetscReal second = 2 * g / c->beta * (m->Sx + C * m->Sv + 2 * Chat * m->Sxv);

  (void)mu;
  return (HypSides){dH(m, c) + K + second, 0,
                    PetscAbsReal(m->dEx) + C * PetscAbsReal(m->dEv) +
                      2 * Chat * PetscAbsReal(m->dExv) + PetscAbsReal(K) + PetscAbsReal(second)};
}

/* what R adds: 2 (d) + 2 C (e) + 2 Chat (f), exactly */
static HypSides BalanceIdentityAt(const HypMoments *start, const HypMoments *m,
                                  const HypAuditConstants *c)
{
  HypSides sides = Balance(m, c);

  (void)start;
  sides.right =
    2 * m->Rx + 2 * c->theorem.lyapunov.C * m->Rv + 2 * c->theorem.lyapunov.Chat * m->Rxv;
  return sides;
}

static HypSides BalanceBoundAt(const HypMoments *start, const HypMoments *m,
                               const HypAuditConstants *c)
{
  LYAPUNOV;
  HypSides sides = Balance(m, c);

  (void)start;
  (void)mu;
  sides.right =
    c->eps0 * C22 * ((11 + 4 * C + 15 * Chat) * m->Ex + (4 + 11 * C + 15 * Chat) * m->Ev);
  return sides;
}

static HypSides Gronwall(const HypMoments *m, const HypAuditConstants *c, PetscReal C1)
{
  return (HypSides){dH(m, c) + 2 * (c->theorem.lyapunov.mu_proved - c->eps0 * C1) * H(m, c), 0,
                    H(m, c)};
}

static HypSides GronwallAt(const HypMoments *start, const HypMoments *m, const HypAuditConstants *c)
{
  (void)start;
  return Gronwall(m, c, c->theorem.C1);
}

static HypSides GronwallCorrectedAt(const HypMoments *start, const HypMoments *m,
                                    const HypAuditConstants *c)
{
  (void)start;
  return Gronwall(m, c, c->C1_corrected);
}

/* y(t) e^{2 rate t} / y(0) <= 1; the start itself says nothing */
static HypSides Bounded(const HypMoments *start, const HypMoments *m, PetscReal y, PetscReal y0,
                        PetscReal rate)
{
  if (m == start) return (HypSides){0, 0, 0};
  return (HypSides){y / y0 * PetscExpReal(2 * rate * (m->t - start->t)), 1, 1};
}

static HypSides TheoremAt(const HypMoments *start, const HypMoments *m, const HypAuditConstants *c)
{
  return Bounded(start, m, H(m, c), H(start, c),
                 c->theorem.lyapunov.mu_proved - c->eps0 * c->theorem.C1);
}

static HypSides TheoremCorrectedAt(const HypMoments *start, const HypMoments *m,
                                   const HypAuditConstants *c)
{
  return Bounded(start, m, H(m, c), H(start, c),
                 c->theorem.lyapunov.mu_proved - c->eps0 * c->C1_corrected);
}

static HypSides TheoremNormAt(const HypMoments *start, const HypMoments *m,
                              const HypAuditConstants *c)
{
  return Bounded(start, m, c->coercivity * m->norm2, H(start, c),
                 c->theorem.lyapunov.mu_proved - c->eps0 * c->C1_corrected);
}

/* eps = 0: ||h(t)||^2 <= sharp e^{-2 mu t} ||h(0)||^2 */
static HypSides SharpAt(const HypMoments *start, const HypMoments *m, const HypAuditConstants *c)
{
  HypSides sides = Bounded(start, m, m->norm2, start->norm2, c->theorem.lyapunov.mu_proved);

  if (c->eps0 > 0 || !isfinite(c->sharp)) return (HypSides){0, 0, 0};
  sides.right *= c->sharp;
  return sides;
}

/* ---- constants ---- */

static void PositiveP(const struct _p_HypAudit *a, HypEvidence *e)
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

static void CoerciveK(const struct _p_HypAudit *a, HypEvidence *e)
{
  PetscReal limits[2];

  e->known = Pencil(&a->constants, limits);
  e->left  = 2 * a->constants.theorem.lyapunov.mu_proved;
  e->right = limits[0];
}

/* gamma - delta; that the other one is gamma + delta follows from the trace */
static void CriticalPencil(const struct _p_HypAudit *a, HypEvidence *e)
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

static void SmallEps0(const struct _p_HypAudit *a, HypEvidence *e)
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
  static void name(const struct _p_HypAudit *a, HypEvidence *e)                                    \
  {                                                                                                \
    const HypAuditConstants *c = &a->constants;                                                    \
    FromWorst(a, which, bound, e);                                                                 \
    (void)c;                                                                                       \
  }
WORST(TransportWorst, HYP_WORST_T, 0)
WORST(FokkerPlanckWorst, HYP_WORST_L, 0)
WORST(PerturbationWorst, HYP_WORST_R, c->eps0 * c->theorem.C2)
WORST(PairWorst, HYP_WORST_PAIR, c->eps0 * c->theorem.C2)
WORST(DWorst, HYP_WORST_D, c->eps0 *C22)
WORST(EWorst, HYP_WORST_E, c->eps0 *C22)
WORST(FWorst, HYP_WORST_F, c->eps0 *C22)
WORST(DCorrectedWorst, HYP_WORST_D_CORRECTED, c->eps0)
WORST(ECorrectedWorst, HYP_WORST_E_CORRECTED, c->eps0)
WORST(FCorrectedWorst, HYP_WORST_F_CORRECTED, c->eps0)
WORST(PoincarePrinted, HYP_WORST_POINCARE,
      1 / ((PetscReal)c->d * c->beta * PetscMin(1, PetscSqr(c->omega0))))
WORST(PoincareCorrected, HYP_WORST_POINCARE, 1 / (c->beta * PetscMin(1, PetscSqr(c->omega0))))
WORST(GronwallWorst, HYP_WORST_DECAY,
      -2 * (c->theorem.lyapunov.mu_proved - c->eps0 * c->theorem.C1))
WORST(GronwallCorrectedWorst, HYP_WORST_DECAY,
      -2 * (c->theorem.lyapunov.mu_proved - c->eps0 * c->C1_corrected))

static void CoerciveH(const struct _p_HypAudit *a, HypEvidence *e)
{
  FromWorst(a, HYP_WORST_COERCIVE, 0, e);
  e->right = e->left;
  e->left  = a->constants.coercivity;
}

/* ---- rates ---- */

static void TheoremPrinted(const struct _p_HypAudit *a, HypEvidence *e)
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

static void TheoremProof(const struct _p_HypAudit *a, HypEvidence *e)
{
  GapAtLeast(a, a->constants.theorem.C1, e);
}

static void TheoremCorrected(const struct _p_HypAudit *a, HypEvidence *e)
{
  GapAtLeast(a, a->constants.C1_corrected, e);
}

static void ContractionRate(const struct _p_HypAudit *a, HypEvidence *e)
{
  e->applies = isnan(a->constants.contraction) ? PETSC_FALSE : PETSC_TRUE;
  e->left    = a->constants.contraction;
  e->right   = a->gap;
  e->known   = isfinite(a->gap) ? PETSC_TRUE : PETSC_FALSE;
}

static void PropagatorClosed(const struct _p_HypAudit *a, HypEvidence *e)
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

static void StationaryLinear(const struct _p_HypAudit *a, HypEvidence *e)
{
  Stationary(a, PETSC_FALSE, e);
}

static void StationaryNonlinear(const struct _p_HypAudit *a, HypEvidence *e)
{
  Stationary(a, PETSC_TRUE, e);
}

static void OneRateLinear(const struct _p_HypAudit *a, HypEvidence *e)
{
  OneRate(a, PETSC_FALSE, e);
}

static void OneRateNonlinear(const struct _p_HypAudit *a, HypEvidence *e)
{
  OneRate(a, PETSC_TRUE, e);
}

/* ---- where the printed constants are large enough ---- */

static PetscBool SufficientD(const HypAuditConstants *c)
{
  return 5.5 * C22 >= c->dx && 2 * C22 >= c->dv ? PETSC_TRUE : PETSC_FALSE;
}

static PetscBool SufficientE(const HypAuditConstants *c)
{
  return 2 * C22 >= c->ex && 5.5 * C22 >= c->ev ? PETSC_TRUE : PETSC_FALSE;
}

static PetscBool SufficientF(const HypAuditConstants *c)
{
  return 7.5 * C22 >= c->fx && 7.5 * C22 >= c->fv ? PETSC_TRUE : PETSC_FALSE;
}

static PetscBool SufficientDE(const HypAuditConstants *c)
{
  return SufficientD(c) && SufficientE(c) ? PETSC_TRUE : PETSC_FALSE;
}

static PetscBool SufficientDEF(const HypAuditConstants *c)
{
  return SufficientDE(c) && SufficientF(c) ? PETSC_TRUE : PETSC_FALSE;
}

static PetscBool SufficientC1(const HypAuditConstants *c)
{
  return c->theorem.C1 >= c->C1_corrected ? PETSC_TRUE : PETSC_FALSE;
}

#define CONSTANTS                                                                                  \
  "the proof's constants are too small here: (A.3)-(A.5), and a factor d lost in (3.5)"

#define MEMORY                                                                                     \
  "about linear gradients: others at the mean of what was read are not the mean of gradients"

/* clang-format off */
const HypStatementRow HypStatementTable[] = {
  /* name, source, formula, kind, proof, why, rate, at, whole, sufficient */
  {"P > 0", "(4.4)", "0 < min eig P", HYP_BOUND, HYP_PROVED, "", PETSC_FALSE, NULL, PositiveP, NULL},
  {"K >= 2 mu P, mu = min Re eig Q", "(4.6)", "2 mu <= min eig P^-1 K", HYP_SHARP, HYP_PROVED, "", PETSC_FALSE, NULL, CoerciveK, NULL},
  {"critical case: C = w0^2 + delta^2, Chat = w0", "(3.6)", "min eig P^-1 K = gamma - delta (and the other gamma + delta)", HYP_IDENTITY, HYP_PROVED,
   "(3.6) leaves C(delta), Chat(delta) open", PETSC_FALSE, NULL, CriticalPencil, NULL},
  {"hypothesis: eps0 < mu/C1", "Theorem 3.1", "eps0 < mu/C1", HYP_BOUND, HYP_UNPROVED, "a hypothesis: without it the guaranteed rate is negative", PETSC_FALSE, NULL, SmallEps0, NULL},

  {"(a) <Th,h> = 0, solution", "Prop 4.1(a)", "<Th,h> = 0, relative to ||Th|| ||h||", HYP_IDENTITY, HYP_PROVED, "", PETSC_FALSE, TransportAt, NULL, NULL},
  {"(a) T skew, all functions", "Prop 4.1(a)", "||T + T*||/||T|| = 0 (Frobenius)", HYP_IDENTITY, HYP_PROVED, "", PETSC_FALSE, NULL, TransportWorst, NULL},
  {"(b) <Lh,h>, solution", "Prop 4.1(b)", "<Lh,h> = -(gamma/beta) E_v, relative", HYP_IDENTITY, HYP_PROVED, "", PETSC_FALSE, FokkerPlanckAt, NULL, NULL},
  {"(b) L symmetric, all functions", "Prop 4.1(b)", "||L + (gamma/beta) grad_v* grad_v||/||L|| = 0 (Frobenius)", HYP_IDENTITY, HYP_PROVED, "", PETSC_FALSE, NULL, FokkerPlanckWorst, NULL},
  {"(c) <Rh,h>, solution", "Prop 4.1(c)", "<Rh,h> <= eps0 C2 ||h||^2", HYP_BOUND, HYP_CONDITIONAL, "", PETSC_FALSE, PerturbationAt, NULL, NULL},
  {"(c) <Rg,g>, worst function", "Prop 4.1(c)", "max <Rg,g>/||g||^2 <= eps0 C2", HYP_BOUND, HYP_CONDITIONAL, "", PETSC_FALSE, NULL, PerturbationWorst, NULL},
  {"(c) <Rg,h> + <Rh,g>, worst pair", "Prop 4.1(c)", "max (<Rg,h> + <Rh,g>)/(||g||^2 + ||h||^2) <= eps0 C2", HYP_BOUND, HYP_CONDITIONAL, "", PETSC_FALSE, NULL, PairWorst, NULL},
  {"(d) solution", "Prop 4.1(d)", "<grad_x Rh, grad_x h> <= eps0 C2^2 (11/2 E_x + 2 E_v)", HYP_BOUND, HYP_PRINTED, CONSTANTS, PETSC_FALSE, DAt, NULL, SufficientD},
  {"(e) solution", "Prop 4.1(e)", "<grad_v Rh, grad_v h> <= eps0 C2^2 (2 E_x + 11/2 E_v)", HYP_BOUND, HYP_PRINTED, CONSTANTS, PETSC_FALSE, EAt, NULL, SufficientE},
  {"(f) solution", "Prop 4.1(f)", "<grad_x Rh, grad_v h> + <grad_v Rh, grad_x h> <= 15/2 eps0 C2^2 (E_x + E_v)", HYP_BOUND, HYP_PRINTED, CONSTANTS, PETSC_FALSE, FAt, NULL, SufficientF},
  {"(d) worst function", "Prop 4.1(d)", "max <grad_x Rh, grad_x h>/(11/2 E_x + 2 E_v) <= eps0 C2^2", HYP_BOUND, HYP_PRINTED, CONSTANTS, PETSC_FALSE, NULL, DWorst, SufficientD},
  {"(e) worst function", "Prop 4.1(e)", "max <grad_v Rh, grad_v h>/(2 E_x + 11/2 E_v) <= eps0 C2^2", HYP_BOUND, HYP_PRINTED, CONSTANTS, PETSC_FALSE, NULL, EWorst, SufficientE},
  {"(f) worst function", "Prop 4.1(f)", "max of (f)/(15/2 E_x + 15/2 E_v) <= eps0 C2^2", HYP_BOUND, HYP_PRINTED, CONSTANTS, PETSC_FALSE, NULL, FWorst, SufficientF},
  {"(d) corrected, worst function", "Prop 4.1(d)", "max <grad_x Rh, grad_x h>/(dx E_x + dv E_v) <= eps0", HYP_BOUND, HYP_CONDITIONAL, "", PETSC_FALSE, NULL, DCorrectedWorst, NULL},
  {"(e) corrected, worst function", "Prop 4.1(e)", "max <grad_v Rh, grad_v h>/(ex E_x + ev E_v) <= eps0", HYP_BOUND, HYP_CONDITIONAL, "", PETSC_FALSE, NULL, ECorrectedWorst, NULL},
  {"(f) corrected, worst function", "Prop 4.1(f)", "max of (f)/(fx E_x + fv E_v) <= eps0", HYP_BOUND, HYP_CONDITIONAL, "", PETSC_FALSE, NULL, FCorrectedWorst, NULL},
  {"Poincare as printed, worst function", "(3.5)", "max ||h||^2/(E_x + E_v) <= 1/(d beta min(w0^2, 1))", HYP_SHARP, HYP_UNPROVED, "the factor d in (3.5) is too much for d > 1", PETSC_FALSE, NULL, PoincarePrinted, NULL},
  {"Poincare corrected, worst function", "(3.5)", "max ||h||^2/(E_x + E_v) <= 1/(beta min(w0^2, 1))", HYP_SHARP, HYP_PROVED, "", PETSC_FALSE, NULL, PoincareCorrected, NULL},

  {"mean of h stays 0", "(3.2)", "<1,h> = 0", HYP_IDENTITY, HYP_PROVED, "", PETSC_FALSE, MassAt, NULL, NULL},
  {"Lemma 4.1, solution", "Lemma 4.1", "(E_x + C E_v)' + 2(gamma/beta)(S_x + C S_v) <= -2(C - w0^2)E_xv - 2 gamma C E_v + eps0 C2^2 [(11 + 4C)E_x + (4 + 11C)E_v]", HYP_SHARP_UNPERTURBED, HYP_PRINTED, CONSTANTS, PETSC_FALSE, Lemma41At, NULL, SufficientDE},
  {"Lemma 4.2, solution", "Lemma 4.2", "E_xv' + 2(gamma/beta)S_xv <= -gamma E_xv + w0^2 E_v - E_x + 15/2 eps0 C2^2 (E_x + E_v)", HYP_SHARP_UNPERTURBED, HYP_PRINTED, CONSTANTS, PETSC_FALSE, Lemma42At, NULL, SufficientF},
  {"balance of H, an identity, solution", "(4.3)", "H' + grad h K grad h + (2 gamma/beta) sum d_vi grad h P d_vi grad h = 2(d) + 2C(e) + 2Chat(f)", HYP_IDENTITY, HYP_PROVED, "", PETSC_FALSE, BalanceIdentityAt, NULL, NULL},
  {"balance of H, bounded, solution", "(4.3)", "its right side <= eps0 C2^2 [(11 + 4C + 15Chat)E_x + (4 + 11C + 15Chat)E_v]", HYP_SHARP_UNPERTURBED, HYP_PRINTED, CONSTANTS, PETSC_FALSE, BalanceBoundAt, NULL, SufficientDEF},
  {"dH/dt + 2(mu - eps0 C1)H <= 0, solution", "(4.7)", "H'/H <= -2(mu - eps0 C1)", HYP_SHARP_UNPERTURBED, HYP_PRINTED, CONSTANTS, PETSC_FALSE, GronwallAt, NULL, SufficientC1},
  {"dH/dt, corrected C1, solution", "(4.7)", "H'/H <= -2(mu - eps0 C1'), C1' from the corrected (d)-(f)", HYP_SHARP_UNPERTURBED, HYP_CONDITIONAL, "", PETSC_FALSE, GronwallCorrectedAt, NULL, NULL},
  {"dH/dt, worst function", "(4.7)", "max H'/H <= -2(mu - eps0 C1)", HYP_SHARP_UNPERTURBED, HYP_PRINTED, CONSTANTS, PETSC_FALSE, NULL, GronwallWorst, SufficientC1},
  {"dH/dt, corrected C1, worst function", "(4.7)", "max H'/H <= -2(mu - eps0 C1')", HYP_SHARP_UNPERTURBED, HYP_CONDITIONAL, "", PETSC_FALSE, NULL, GronwallCorrectedWorst, NULL},
  {"H >= c ||h||^2, worst function", "Theorem 3.1", "beta min eig WPW <= min H/||h||^2, W = diag(w0, 1)", HYP_SHARP, HYP_PROVED, "", PETSC_FALSE, NULL, CoerciveH, NULL},

  {"H(t) <= H(0) e^{-2(mu - eps0 C1)t}", "Theorem 3.1", "max_t H(t) e^{2(mu - eps0 C1)t}/H(0) <= 1", HYP_SHARP_UNPERTURBED, HYP_PRINTED, CONSTANTS, PETSC_FALSE, TheoremAt, NULL, SufficientC1},
  {"H(t), corrected C1", "Theorem 3.1", "max_t H(t) e^{2(mu - eps0 C1')t}/H(0) <= 1", HYP_SHARP_UNPERTURBED, HYP_CONDITIONAL, "", PETSC_FALSE, TheoremCorrectedAt, NULL, NULL},
  {"||h(t)||^2, corrected C1", "Theorem 3.1", "max_t c ||h||^2 e^{2(mu - eps0 C1')t}/H(0) <= 1", HYP_SHARP_UNPERTURBED, HYP_CONDITIONAL, "", PETSC_FALSE, TheoremNormAt, NULL, NULL},
  {"Theorem 3.1 as printed, mu of (3.6)", "Theorem 3.1", "mu - eps0 C1 <= rate, mu and C1 as printed", HYP_BOUND, HYP_UNPROVED, "mu of (3.6) is twice min Re eig Q, and C1 carries eps0 twice", PETSC_TRUE, NULL, TheoremPrinted, NULL},
  {"Theorem 3.1 by its proof, mu = min Re eig Q", "Theorem 3.1", "mu - eps0 C1 <= rate", HYP_SHARP_UNPERTURBED, HYP_PRINTED, CONSTANTS, PETSC_TRUE, NULL, TheoremProof, SufficientC1},
  {"Theorem 3.1, corrected C1", "Theorem 3.1", "mu - eps0 C1' <= rate", HYP_SHARP_UNPERTURBED, HYP_CONDITIONAL, "", PETSC_TRUE, NULL, TheoremCorrected, NULL},
  {"contraction certificate", "mathematics 11", "mu of the contraction <= rate", HYP_SHARP_UNPERTURBED, HYP_PROVED, "", PETSC_TRUE, NULL, ContractionRate, NULL},
  {"sharp constant, solution", "Theorem 3.1", "eps = 0: max_t ||h||^2 e^{2 mu t}/||h(0)||^2 <= (2w0 + gamma)/(2w0 - gamma) or gamma^2/(gamma^2 - 4w0^2)", HYP_SHARP, HYP_PROVED, "", PETSC_FALSE, SharpAt, NULL, NULL},
  {"sharp constant, propagator", "Theorem 3.1", "eps = 0: e^{2 mu t}||e^{tG}||^2 = its closed form, under-damped where it is largest", HYP_IDENTITY, HYP_PROVED, "", PETSC_FALSE, NULL, PropagatorClosed, NULL},

  {"ASGD = momentum, stationary, linear", "AN Prop 1", "eps = 0: E |gamma y|^2 of (2.11) = E |grad f|^2 of (2.7), mu' = mu, eta' = eta(1 - mu)", HYP_IDENTITY, HYP_PROVED, "", PETSC_FALSE, NULL, StationaryLinear, NULL},
  {"ASGD = momentum, rate, linear", "AN Prop 1", "eps = 0: gap of (2.11) = gap of (2.7), mu' = mu, eta' = eta(1 - mu)", HYP_IDENTITY, HYP_PROVED, "", PETSC_FALSE, NULL, OneRateLinear, NULL},
  {"ASGD = momentum, stationary, this gradient", "AN Prop 1", "eps != 0: E |gamma y|^2 of (2.11) = E |grad f|^2 of (2.7)", HYP_IDENTITY, HYP_UNPROVED, MEMORY, PETSC_FALSE, NULL, StationaryNonlinear, NULL},
  {"ASGD = momentum, rate, this gradient", "AN Prop 1", "eps != 0: gap of (2.11) = gap of (2.7)", HYP_IDENTITY, HYP_UNPROVED, MEMORY, PETSC_FALSE, NULL, OneRateNonlinear, NULL},
};
/* clang-format on */
const PetscInt HypStatementCount =
  (PetscInt)(sizeof(HypStatementTable) / sizeof(HypStatementTable[0]));

PetscBool HypStatementVacuous(const HypStatementRow *row, const HypAuditConstants *c)
{
  const PetscReal mu   = c->theorem.lyapunov.mu_proved;
  PetscReal       rate = 1;

  if (row->at == GronwallAt || row->at == TheoremAt || row->whole == GronwallWorst ||
      row->whole == TheoremProof)
    rate = mu - c->eps0 * c->theorem.C1;
  else if (row->at == GronwallCorrectedAt || row->at == TheoremCorrectedAt ||
           row->at == TheoremNormAt || row->whole == GronwallCorrectedWorst ||
           row->whole == TheoremCorrected)
    rate = mu - c->eps0 * c->C1_corrected;
  else if (row->whole == TheoremPrinted)
    rate = c->theorem.lyapunov.mu_printed - c->eps0 * c->theorem.C1_printed;
  else if (row->whole == ContractionRate)
    rate = c->contraction;
  return rate <= 0 ? PETSC_TRUE : PETSC_FALSE;
}

/* Which models a statement is about; where it is not about this one, why */
PETSC_INTERN PetscBool HypStatementSpeaks(const HypStatementRow *row, HypModel model,
                                          const char **why)
{
  const PetscBool any = row->at == TransportAt || row->at == MassAt || row->whole == TransportWorst
                          ? PETSC_TRUE
                          : PETSC_FALSE,
                  bounds = row->proof != HYP_PROVED || row->kind == HYP_SHARP_UNPERTURBED
                             ? PETSC_TRUE
                             : PETSC_FALSE;

  const PetscBool counterpart = row->whole == StationaryLinear || row->whole == OneRateLinear ||
                                    row->whole == StationaryNonlinear ||
                                    row->whole == OneRateNonlinear
                                  ? PETSC_TRUE
                                  : PETSC_FALSE;

  *why = "";
  if (counterpart) {
    if (HypModelGetType(model) == HYP_ASGD && !HypModelNoisy(model)) return PETSC_TRUE;
    *why = "about model_type asgd and noise that does not depend on theta";
    return PETSC_FALSE;
  }
  if (any || (row->whole == ContractionRate && !HypModelNoisy(model))) return PETSC_TRUE;
  if (!HypModelIsotropic(model)) {
    *why = "about one omega0 and one beta for all coordinates";
    return PETSC_FALSE;
  }
  if ((bounds || row->whole == ContractionRate) && HypModelNoisy(model)) {
    *why = "about noise that does not depend on theta";
    return PETSC_FALSE;
  }
  if (bounds && HypModelForced(model) && HypModelGetType(model) != HYP_ASGD) {
    *why = "about the perturbation of model_type asgd";
    return PETSC_FALSE;
  }
  return PETSC_TRUE;
}
