/* The statements: one row each. */
#include "audit/statements.h"
#include <math.h>

#define CONSTANTS                                                                                  \
  "the proof's constants are too small here: (A.3)-(A.5), and a factor d lost in (3.5)"

#define MEMORY                                                                                     \
  "about linear gradients: others at the mean of what was read are not the mean of gradients"

/* clang-format off */
const HypStatementRow HypStatementTable[] = {
  {.name = "P > 0", .source = "(4.4)", .formula = "0 < min eig P", .kind = HYP_BOUND,
   .proof = HYP_PROVED, .why = "", .about = HYP_ONE_OMEGA, .whole = HypWholePositiveP},
  {.name = "K >= 2 mu P, mu = min Re eig Q", .source = "(4.6)",
   .formula = "2 mu <= min eig P^-1 K", .kind = HYP_SHARP, .proof = HYP_PROVED,
   .why = "", .about = HYP_ONE_OMEGA, .whole = HypWholeCoerciveK},
  {.name = "critical case: C = w0^2 + delta^2, Chat = w0", .source = "(3.6)",
   .formula = "min eig P^-1 K = gamma - delta (and the other gamma + delta)",
   .kind = HYP_IDENTITY, .proof = HYP_PROVED, .why = "(3.6) leaves C(delta), Chat(delta) open",
   .about = HYP_ONE_OMEGA, .whole = HypWholeCriticalPencil},
  {.name = "hypothesis: eps0 < mu/C1", .source = "Theorem 3.1", .formula = "eps0 < mu/C1",
   .kind = HYP_BOUND, .proof = HYP_UNPROVED,
   .why = "a hypothesis: without it the guaranteed rate is negative",
   .about = HYP_THEOREM, .whole = HypWholeSmallEps0},

  {.name = "(a) <Th,h> = 0, solution", .source = "Prop 4.1(a)",
   .formula = "<Th,h> = 0, relative to ||Th|| ||h||", .kind = HYP_IDENTITY, .proof = HYP_PROVED,
   .why = "", .about = HYP_EVERY_MODEL, .at = HypSidesTransport},
  {.name = "(a) T skew, all functions", .source = "Prop 4.1(a)",
   .formula = "||T + T*||/||T|| = 0 (Frobenius)", .kind = HYP_IDENTITY, .proof = HYP_PROVED,
   .why = "", .about = HYP_EVERY_MODEL, .whole = HypWholeTransportWorst},
  {.name = "(b) <Lh,h>, solution", .source = "Prop 4.1(b)",
   .formula = "<Lh,h> = -(gamma/beta) E_v, relative", .kind = HYP_IDENTITY, .proof = HYP_PROVED,
   .why = "", .about = HYP_ONE_OMEGA, .at = HypSidesFokkerPlanck},
  {.name = "(b) L symmetric, all functions", .source = "Prop 4.1(b)",
   .formula = "||L + (gamma/beta) grad_v* grad_v||/||L|| = 0 (Frobenius)", .kind = HYP_IDENTITY,
   .proof = HYP_PROVED, .why = "", .about = HYP_ONE_OMEGA, .whole = HypWholeFokkerPlanckWorst},
  {.name = "(c) <Rh,h>, solution", .source = "Prop 4.1(c)",
   .formula = "<Rh,h> <= eps0 C2 ||h||^2", .kind = HYP_BOUND, .proof = HYP_CONDITIONAL,
   .why = "", .about = HYP_THEOREM, .at = HypSidesPerturbation},
  {.name = "(c) <Rg,g>, worst function", .source = "Prop 4.1(c)",
   .formula = "max <Rg,g>/||g||^2 <= eps0 C2", .kind = HYP_BOUND, .proof = HYP_CONDITIONAL,
   .why = "", .about = HYP_THEOREM,
   .whole = HypWholePerturbationWorst},
  {.name = "(c) <Rg,h> + <Rh,g>, worst pair", .source = "Prop 4.1(c)",
   .formula = "max (<Rg,h> + <Rh,g>)/(||g||^2 + ||h||^2) <= eps0 C2", .kind = HYP_BOUND,
   .proof = HYP_CONDITIONAL, .why = "", .about = HYP_THEOREM,
   .whole = HypWholePairWorst},
  {.name = "(d) solution", .source = "Prop 4.1(d)",
   .formula = "<grad_x Rh, grad_x h> <= eps0 C2^2 (11/2 E_x + 2 E_v)", .kind = HYP_BOUND,
   .proof = HYP_PRINTED, .why = CONSTANTS,
   .about = HYP_THEOREM, .at = HypSidesD,
   .sufficient = HypSufficientD},
  {.name = "(e) solution", .source = "Prop 4.1(e)",
   .formula = "<grad_v Rh, grad_v h> <= eps0 C2^2 (2 E_x + 11/2 E_v)", .kind = HYP_BOUND,
   .proof = HYP_PRINTED, .why = CONSTANTS,
   .about = HYP_THEOREM, .at = HypSidesE,
   .sufficient = HypSufficientE},
  {.name = "(f) solution", .source = "Prop 4.1(f)",
   .formula = "<grad_x Rh, grad_v h> + <grad_v Rh, grad_x h> <= 15/2 eps0 C2^2 (E_x + E_v)",
   .kind = HYP_BOUND, .proof = HYP_PRINTED, .why = CONSTANTS,
   .about = HYP_THEOREM, .at = HypSidesF,
   .sufficient = HypSufficientF},
  {.name = "(d) worst function", .source = "Prop 4.1(d)",
   .formula = "max <grad_x Rh, grad_x h>/(11/2 E_x + 2 E_v) <= eps0 C2^2", .kind = HYP_BOUND,
   .proof = HYP_PRINTED, .why = CONSTANTS,
   .about = HYP_THEOREM, .whole = HypWholeDWorst,
   .sufficient = HypSufficientD},
  {.name = "(e) worst function", .source = "Prop 4.1(e)",
   .formula = "max <grad_v Rh, grad_v h>/(2 E_x + 11/2 E_v) <= eps0 C2^2", .kind = HYP_BOUND,
   .proof = HYP_PRINTED, .why = CONSTANTS,
   .about = HYP_THEOREM, .whole = HypWholeEWorst,
   .sufficient = HypSufficientE},
  {.name = "(f) worst function", .source = "Prop 4.1(f)",
   .formula = "max of (f)/(15/2 E_x + 15/2 E_v) <= eps0 C2^2", .kind = HYP_BOUND,
   .proof = HYP_PRINTED, .why = CONSTANTS,
   .about = HYP_THEOREM, .whole = HypWholeFWorst,
   .sufficient = HypSufficientF},
  {.name = "(d) corrected, worst function", .source = "Prop 4.1(d)",
   .formula = "max <grad_x Rh, grad_x h>/(dx E_x + dv E_v) <= eps0", .kind = HYP_BOUND,
   .proof = HYP_CONDITIONAL, .why = "", .about = HYP_THEOREM,
   .whole = HypWholeDCorrectedWorst},
  {.name = "(e) corrected, worst function", .source = "Prop 4.1(e)",
   .formula = "max <grad_v Rh, grad_v h>/(ex E_x + ev E_v) <= eps0", .kind = HYP_BOUND,
   .proof = HYP_CONDITIONAL, .why = "", .about = HYP_THEOREM,
   .whole = HypWholeECorrectedWorst},
  {.name = "(f) corrected, worst function", .source = "Prop 4.1(f)",
   .formula = "max of (f)/(fx E_x + fv E_v) <= eps0", .kind = HYP_BOUND, .proof = HYP_CONDITIONAL,
   .why = "", .about = HYP_THEOREM, .whole = HypWholeFCorrectedWorst},
  {.name = "Poincare as printed, worst function", .source = "(3.5)",
   .formula = "max ||h||^2/(E_x + E_v) <= 1/(d beta min(w0^2, 1))", .kind = HYP_SHARP,
   .proof = HYP_UNPROVED, .why = "the factor d in (3.5) is too much for d > 1",
   .about = HYP_THEOREM, .whole = HypWholePoincarePrinted},
  {.name = "Poincare corrected, worst function", .source = "(3.5)",
   .formula = "max ||h||^2/(E_x + E_v) <= 1/(beta min(w0^2, 1))", .kind = HYP_SHARP,
   .proof = HYP_PROVED, .why = "", .about = HYP_ONE_OMEGA, .whole = HypWholePoincareCorrected},

  {.name = "mean of h stays 0", .source = "(3.2)", .formula = "<1,h> = 0", .kind = HYP_IDENTITY,
   .proof = HYP_PROVED, .why = "", .about = HYP_EVERY_MODEL, .at = HypSidesMass},
  {.name = "Lemma 4.1, solution", .source = "Lemma 4.1",
   .formula = "(E_x + C E_v)' + 2(gamma/beta)(S_x + C S_v) <= -2(C - w0^2)E_xv - 2 gamma C E_v "
     "+ eps0 C2^2 [(11 + 4C)E_x + (4 + 11C)E_v]",
   .kind = HYP_SHARP_UNPERTURBED, .proof = HYP_PRINTED, .why = CONSTANTS,
   .about = HYP_THEOREM, .at = HypSidesLemma41,
   .sufficient = HypSufficientDE},
  {.name = "Lemma 4.2, solution", .source = "Lemma 4.2",
   .formula = "E_xv' + 2(gamma/beta)S_xv <= -gamma E_xv + w0^2 E_v - E_x + 15/2 eps0 C2^2 (E_x "
     "+ E_v)",
   .kind = HYP_SHARP_UNPERTURBED, .proof = HYP_PRINTED, .why = CONSTANTS,
   .about = HYP_THEOREM, .at = HypSidesLemma42,
   .sufficient = HypSufficientF},
  {.name = "balance of H, an identity, solution", .source = "(4.3)",
   .formula = "H' + grad h K grad h + (2 gamma/beta) sum d_vi grad h P d_vi grad h = 2(d) + "
     "2C(e) + 2Chat(f)",
   .kind = HYP_IDENTITY, .proof = HYP_PROVED, .why = "", .about = HYP_ONE_OMEGA,
   .at = HypSidesBalanceIdentity},
  {.name = "balance of H, bounded, solution", .source = "(4.3)",
   .formula = "its right side <= eps0 C2^2 [(11 + 4C + 15Chat)E_x + (4 + 11C + 15Chat)E_v]",
   .kind = HYP_SHARP_UNPERTURBED, .proof = HYP_PRINTED, .why = CONSTANTS,
   .about = HYP_THEOREM, .at = HypSidesBalanceBound,
   .sufficient = HypSufficientDEF},
  {.name = "dH/dt + 2(mu - eps0 C1)H <= 0, solution", .source = "(4.7)",
   .formula = "H'/H <= -2(mu - eps0 C1)", .kind = HYP_SHARP_UNPERTURBED, .proof = HYP_PRINTED,
   .why = CONSTANTS, .claim = HYP_CLAIM_PROVED,
   .about = HYP_THEOREM, .at = HypSidesGronwall,
   .sufficient = HypSufficientC1},
  {.name = "dH/dt, corrected C1, solution", .source = "(4.7)",
   .formula = "H'/H <= -2(mu - eps0 C1'), C1' from the corrected (d)-(f)",
   .kind = HYP_SHARP_UNPERTURBED, .proof = HYP_CONDITIONAL, .claim = HYP_CLAIM_CORRECTED,
   .why = "", .about = HYP_THEOREM, .at = HypSidesGronwallCorrected},
  {.name = "dH/dt, worst function", .source = "(4.7)", .formula = "max H'/H <= -2(mu - eps0 C1)",
   .kind = HYP_SHARP_UNPERTURBED, .proof = HYP_PRINTED, .why = CONSTANTS,
   .claim = HYP_CLAIM_PROVED, .about = HYP_THEOREM,
   .whole = HypWholeGronwallWorst, .sufficient = HypSufficientC1},
  {.name = "dH/dt, corrected C1, worst function", .source = "(4.7)",
   .formula = "max H'/H <= -2(mu - eps0 C1')", .kind = HYP_SHARP_UNPERTURBED,
   .proof = HYP_CONDITIONAL, .claim = HYP_CLAIM_CORRECTED,
   .why = "", .about = HYP_THEOREM,
   .whole = HypWholeGronwallCorrectedWorst},
  {.name = "H >= c ||h||^2, worst function", .source = "Theorem 3.1",
   .formula = "beta min eig WPW <= min H/||h||^2, W = diag(w0, 1)", .kind = HYP_SHARP,
   .proof = HYP_PROVED, .why = "", .about = HYP_ONE_OMEGA, .whole = HypWholeCoerciveH},

  {.name = "H(t) <= H(0) e^{-2(mu - eps0 C1)t}", .source = "Theorem 3.1",
   .formula = "max_t H(t) e^{2(mu - eps0 C1)t}/H(0) <= 1", .kind = HYP_SHARP_UNPERTURBED,
   .proof = HYP_PRINTED, .why = CONSTANTS, .claim = HYP_CLAIM_PROVED,
   .about = HYP_THEOREM, .at = HypSidesTheorem,
   .sufficient = HypSufficientC1},
  {.name = "H(t), corrected C1", .source = "Theorem 3.1",
   .formula = "max_t H(t) e^{2(mu - eps0 C1')t}/H(0) <= 1", .kind = HYP_SHARP_UNPERTURBED,
   .proof = HYP_CONDITIONAL, .claim = HYP_CLAIM_CORRECTED,
   .why = "", .about = HYP_THEOREM, .at = HypSidesTheoremCorrected},
  {.name = "||h(t)||^2, corrected C1", .source = "Theorem 3.1",
   .formula = "max_t c ||h||^2 e^{2(mu - eps0 C1')t}/H(0) <= 1", .kind = HYP_SHARP_UNPERTURBED,
   .proof = HYP_CONDITIONAL, .claim = HYP_CLAIM_CORRECTED,
   .why = "", .about = HYP_THEOREM, .at = HypSidesTheoremNorm},
  {.name = "Theorem 3.1 as printed, mu of (3.6)", .source = "Theorem 3.1",
   .formula = "mu - eps0 C1 <= rate, mu and C1 as printed", .kind = HYP_BOUND,
   .proof = HYP_UNPROVED, .why = "mu of (3.6) is twice min Re eig Q, and C1 carries eps0 twice",
   .rate = PETSC_TRUE, .claim = HYP_CLAIM_PRINTED,
   .about = HYP_THEOREM, .whole = HypWholeTheoremPrinted},
  {.name = "Theorem 3.1 by its proof, mu = min Re eig Q", .source = "Theorem 3.1",
   .formula = "mu - eps0 C1 <= rate", .kind = HYP_SHARP_UNPERTURBED, .proof = HYP_PRINTED,
   .why = CONSTANTS, .rate = PETSC_TRUE, .claim = HYP_CLAIM_PROVED,
   .about = HYP_THEOREM, .whole = HypWholeTheoremProof,
   .sufficient = HypSufficientC1},
  {.name = "Theorem 3.1, corrected C1", .source = "Theorem 3.1",
   .formula = "mu - eps0 C1' <= rate", .kind = HYP_SHARP_UNPERTURBED, .proof = HYP_CONDITIONAL,
   .rate = PETSC_TRUE, .claim = HYP_CLAIM_CORRECTED,
   .why = "", .about = HYP_THEOREM,
   .whole = HypWholeTheoremCorrected},
  {.name = "contraction certificate", .source = "mathematics 11",
   .formula = "mu of the contraction <= rate", .kind = HYP_SHARP_UNPERTURBED, .proof = HYP_PROVED,
   .rate = PETSC_TRUE, .claim = HYP_CLAIM_CONTRACTION, .why = "", .about = HYP_CONSTANT_NOISE,
   .whole = HypWholeContractionRate},
  {.name = "sharp constant, solution", .source = "Theorem 3.1",
   .formula = "eps = 0: max_t ||h||^2 e^{2 mu t}/||h(0)||^2 <= (2w0 + gamma)/(2w0 - gamma) or "
     "gamma^2/(gamma^2 - 4w0^2)",
   .kind = HYP_SHARP, .proof = HYP_PROVED, .why = "", .about = HYP_ONE_OMEGA, .at = HypSidesSharp},
  {.name = "sharp constant, propagator", .source = "Theorem 3.1",
   .formula = "eps = 0: e^{2 mu t}||e^{tG}||^2 = its closed form, under-damped where it is largest",
   .kind = HYP_IDENTITY, .proof = HYP_PROVED, .why = "", .about = HYP_ONE_OMEGA,
   .whole = HypWholePropagatorClosed},

  {.name = "ASGD = momentum, stationary, linear", .source = "AN Prop 1",
   .formula = "eps = 0: E |gamma y|^2 of (2.11) = E |grad f|^2 of (2.7), mu' = mu, eta' = eta(1 "
     "- mu)",
   .kind = HYP_IDENTITY, .proof = HYP_PROVED, .why = "",
   .about = HYP_ONLY_ASGD | HYP_CONSTANT_NOISE,
   .whole = HypWholeStationaryLinear},
  {.name = "ASGD = momentum, rate, linear", .source = "AN Prop 1",
   .formula = "eps = 0: gap of (2.11) = gap of (2.7), mu' = mu, eta' = eta(1 - mu)",
   .kind = HYP_IDENTITY, .proof = HYP_PROVED, .why = "",
   .about = HYP_ONLY_ASGD | HYP_CONSTANT_NOISE,
   .whole = HypWholeOneRateLinear},
  {.name = "ASGD = momentum, stationary, this gradient", .source = "AN Prop 1",
   .formula = "eps != 0: E |gamma y|^2 of (2.11) = E |grad f|^2 of (2.7)", .kind = HYP_IDENTITY,
   .proof = HYP_UNPROVED, .why = MEMORY, .about = HYP_ONLY_ASGD | HYP_CONSTANT_NOISE,
   .whole = HypWholeStationaryNonlinear},
  {.name = "ASGD = momentum, rate, this gradient", .source = "AN Prop 1",
   .formula = "eps != 0: gap of (2.11) = gap of (2.7)", .kind = HYP_IDENTITY,
   .proof = HYP_UNPROVED, .why = MEMORY, .about = HYP_ONLY_ASGD | HYP_CONSTANT_NOISE,
   .whole = HypWholeOneRateNonlinear},
  {.name = "ASGD = momentum, the PDEs, this gradient", .source = "AN Prop 1",
   .formula = "eps != 0, grad f less its linear part: |<(R of (2.11) - R of (2.7)) u, w>| = 0 for "
     "|u|_1 = |w|_1 = 1, |u|_1^2 = <u, (1 + sum a^T a) u>; 20 Hermite functions a coordinate, 8 in "
     "d = 2",
   .kind = HYP_IDENTITY, .proof = HYP_UNPROVED, .why = MEMORY,
   .about = HYP_ONLY_ASGD | HYP_CONSTANT_NOISE, .whole = HypWholeDifference},
  {.name = "ASGD - momentum, the PDEs", .source = "mathematics 2",
   .formula = "the same <= sqrt(1 + d) max |b|/sqrt(1 + |z|^2/4), b = sqrt(beta) (w g(theta), "
     "(w^2/gamma) g(M) - gamma g(theta)), g = grad f less its linear part",
   .kind = HYP_BOUND, .proof = HYP_PROVED, .why = "",
   .about = HYP_ONLY_ASGD | HYP_CONSTANT_NOISE, .whole = HypWholeDifferenceBound},
};
/* clang-format on */
const PetscInt HypStatementCount =
  (PetscInt)(sizeof(HypStatementTable) / sizeof(HypStatementTable[0]));

/* The rate that the statement guarantees; 1 where it guarantees none */
static PetscReal Claim(const HypStatementRow *row, const HypAuditConstants *c)
{
  const HypTheoremConstants *t = &c->theorem;

  switch (row->claim) {
  case HYP_CLAIM_PROVED:
    return t->lyapunov.mu_proved - c->eps0 * t->C1;
  case HYP_CLAIM_CORRECTED:
    return t->lyapunov.mu_proved - c->eps0 * c->C1_corrected;
  case HYP_CLAIM_PRINTED:
    return t->lyapunov.mu_printed - c->eps0 * t->C1_printed;
  case HYP_CLAIM_CONTRACTION:
    return c->contraction;
  default:
    return 1;
  }
}

PetscBool HypStatementVacuous(const HypStatementRow *row, const HypAuditConstants *c)
{
  return Claim(row, c) <= 0 ? PETSC_TRUE : PETSC_FALSE;
}

/* Is the statement about this model?  If not, why */
PETSC_INTERN PetscBool HypStatementSpeaks(const HypStatementRow *row, HypModel model,
                                          const char **why)
{
  const PetscBool asgd = (PetscBool)(HypModelGetType(model) == HYP_ASGD);
  const struct {
    int         about;
    PetscBool   fits;
    const char *why;
  } conditions[] = {
    {HYP_ONLY_ASGD, asgd, "about model_type asgd"},
    {HYP_ONE_OMEGA, HypModelIsotropic(model), "about one omega0 and one beta for all coordinates"},
    {HYP_CONSTANT_NOISE, (PetscBool)!HypModelNoisy(model),
     "about noise that does not depend on theta"},
    {HYP_ASGD_FORCE, (PetscBool)(asgd || !HypModelForced(model)),
     "about the perturbation of model_type asgd"},
  };

  *why = "";
  for (size_t i = 0; i < sizeof(conditions) / sizeof(conditions[0]); i++) {
    if (!(row->about & conditions[i].about) || conditions[i].fits) continue;
    *why = conditions[i].why;
    return PETSC_FALSE;
  }
  return PETSC_TRUE;
}
