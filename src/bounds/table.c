/*
   The table of published bounds: one row for each, with its source, its hypotheses and what it
   guarantees for a model.  `rate` is the
   rate of decay of ||h||, unless the row names another quantity.
*/
#include "base/base.h"
#include <hypoco/bounds.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const HypBoundVerdicts[] = {"holds", "false here", "vacuous", "not measured",
                                        "does not apply"};

typedef enum { LOWER, EQUAL } Kind; /* what the guaranteed number is to the measured one */

typedef struct {
  const char *name, *source, *quantity, *formula;
  Kind        kind;
  /* the guaranteed number, and the hypotheses in words; false if they fail */
  PetscBool (*guarantee)(const HypBoundData *, HypBound *);
} Row;

/* Theorem 3.1 is about the equation of asynchronous SGD; without eps both equations have one
   generator */
static PetscBool Assumption(const HypBoundData *data, HypBound *bound)
{
  const PetscBool perturbed = HypModelIsQuadratic(data->model) ? PETSC_FALSE : PETSC_TRUE;

  if (HypModelNoisy(data->model)) {
    snprintf(bound->hypotheses, sizeof(bound->hypotheses), "fail: constant noise is needed");
    return PETSC_FALSE;
  }
  if (perturbed && HypModelGetType(data->model) != HYP_ASGD) {
    snprintf(bound->hypotheses, sizeof(bound->hypotheses), "fail: model_type asgd is needed");
    return PETSC_FALSE;
  }
  if (perturbed && HypModelDimension(data->model) > 3)
    snprintf(bound->hypotheses, sizeof(bound->hypotheses),
             "fail: Assumption 3.1 holds on a box only, and its suprema are searched in d <= 3");
  else if (perturbed)
    snprintf(bound->hypotheses, sizeof(bound->hypotheses),
             "fail: Assumption 3.1 holds on a box only; eps0 = %.4g on %.4g deviations, < %.4g "
             "needed",
             (double)data->eps0, (double)data->box, (double)data->theorem->eps0_max);
  else
    snprintf(bound->hypotheses, sizeof(bound->hypotheses), "hold: eps = 0");
  return perturbed ? PETSC_FALSE : PETSC_TRUE;
}

static PetscBool Printed(const HypBoundData *data, HypBound *bound)
{
  bound->rate = data->theorem->lyapunov.mu_printed - data->eps0 * data->theorem->C1_printed;
  return Assumption(data, bound);
}

/* Also what the answer says the theorem would guarantee */
static PetscReal Theorem(const HypBoundData *data)
{
  return data->theorem->lyapunov.mu_proved - data->eps0 * data->theorem->C1;
}

static PetscBool Proof(const HypBoundData *data, HypBound *bound)
{
  bound->rate = Theorem(data);
  return Assumption(data, bound);
}

static PetscBool Corrected(const HypBoundData *data, HypBound *bound)
{
  bound->rate = data->theorem->lyapunov.mu_proved - data->eps0 * data->C1_corrected;
  return Assumption(data, bound);
}

/* The numbers that give mu */
static void Numbers(const HypBoundData *data, char text[], size_t size)
{
  const HypContraction *c         = data->contraction;
  const PetscReal      *lipschitz = data->slopes->lipschitz;
  PetscReal             most      = 0;

  for (PetscInt i = 0; i < c->d && lipschitz; i++) most = PetscMax(most, lipschitz[i]);
  if (lipschitz)
    snprintf(text, size, "tau sqrt(s) has the Lipschitz constant %.4g", (double)most);
  else if (isnan(c->r))
    snprintf(text, size, "every entry of Deps has an interval of its own");
  else if (c->intervals)
    snprintf(text, size, "|d eps_%d/d theta_%d - %.4g| <= %.4g", (int)c->tight + 1,
             (int)c->tight + 1, (double)c->c, (double)c->r);
  else
    snprintf(text, size, "|Deps - %.4g| <= %.4g", (double)c->c, (double)c->r);
}

static PetscBool Contraction(const HypBoundData *data, HypBound *bound)
{
  const HypSlopes *slopes = data->slopes;
  char             numbers[112];

  Numbers(data, numbers, sizeof(numbers));
  bound->rate = data->contraction->mu;
  if (slopes->bounded && slopes->lipschitz)
    snprintf(bound->hypotheses, sizeof(bound->hypotheses), "hold, in mean square (W2): %s",
             slopes->remark);
  else if (slopes->bounded)
    snprintf(bound->hypotheses, sizeof(bound->hypotheses), "hold: %s; %s", numbers, slopes->remark);
  else
    snprintf(bound->hypotheses, sizeof(bound->hypotheses), "fail: %s", slopes->remark);
  return slopes->bounded;
}

/* The drift is linear: the propagator's norm is that of a matrix exponential, and its rate is the
   drift's */
static PetscBool LinearDrift(const HypBoundData *data, HypBound *bound)
{
  const PetscBool linear =
    HypModelIsQuadratic(data->model) ||
        (data->slopes->bounded && data->slopes->r <= 1e-12 && !data->slopes->lipschitz)
      ? PETSC_TRUE
      : PETSC_FALSE;

  bound->rate = data->contraction->mu; /* r = 0: min Re of the drift's eigenvalues */
  snprintf(bound->hypotheses, sizeof(bound->hypotheses), "%s",
           linear ? "hold: linear drift" : "fail: a linear drift and constant noise are needed");
  return linear;
}

/* ||P(t)||^2 = e^{-gamma t + 2 asinh(gamma s/2)}, s = sin(wt)/w = t - w^2 t^3/6 + ..: 1 - ||P||^2
   = gamma w0^2 t^3/6 + .. */
static PetscBool ShortTime(const HypBoundData *data, HypBound *bound)
{
  PetscReal slowest = PETSC_MAX_REAL;

  for (PetscInt i = 0; i < HypModelDimension(data->model); i++)
    slowest = PetscMin(slowest, HypModelCoordinate(data->model, i).omega);
  bound->rate     = HypModelGamma(data->model) * PetscSqr(slowest) / 6;
  bound->measured = data->short_constant;
  if (!HypModelIsQuadratic(data->model)) {
    snprintf(bound->hypotheses, sizeof(bound->hypotheses), "fail: eps = 0 is needed");
    return PETSC_FALSE;
  }
  if (isnan(data->short_index))
    snprintf(bound->hypotheses, sizeof(bound->hypotheses), "hold: eps = 0, index 1");
  else
    snprintf(bound->hypotheses, sizeof(bound->hypotheses), "hold: eps = 0, index 1 (measured %.4f)",
             (double)data->short_index);
  return PETSC_TRUE;
}

/* ---- where F is known ---- */

static PetscBool Gibbs(const HypBoundData *data, HypBound *bound)
{
  const HypGibbs *g = data->gibbs;
  HypShownBar     bar;
  const PetscReal K = PetscMax(0, -g->lowest);

  if (!g->known)
    snprintf(bound->hypotheses, sizeof(bound->hypotheses), "fail: F is not known: %s", g->remark);
  else if (isnan(g->lowest))
    snprintf(bound->hypotheses, sizeof(bound->hypotheses), "fail: f'' is not bounded below");
  else if (!(g->m > g->m_error))
    snprintf(bound->hypotheses, sizeof(bound->hypotheses),
             "fail: the Poincare constant is not resolved");
  else
    snprintf(bound->hypotheses, sizeof(bound->hypotheses),
             "hold: Poincare constant m %s %.7g %s, f'' >= -K, K = %.4g", g->bound ? ">=" : "=",
             HypRoundDown((double)g->m, 7), HypShowBar(bar, (double)g->m_error),
             HypRoundUp((double)K, 4));
  return g->known && !isnan(g->lowest) && g->m > g->m_error ? PETSC_TRUE : PETSC_FALSE;
}

static PetscBool Poincare(const HypBoundData *data, HypBound *bound)
{
  const HypGibbs *g = data->gibbs;

  bound->rate     = g->lowest;
  bound->measured = g->known && !g->bound ? g->m : NAN;
  if (!Gibbs(data, bound)) return PETSC_FALSE;
  if (g->bound)
    snprintf(bound->hypotheses, sizeof(bound->hypotheses), "hold: m >= inf f'' = %.7g",
             (double)g->lowest);
  else
    snprintf(bound->hypotheses, sizeof(bound->hypotheses), "%s: inf f'' = %.7g",
             g->lowest > 0 ? "hold" : "fail", (double)g->lowest);
  return g->lowest > 0 ? PETSC_TRUE : PETSC_FALSE;
}

static PetscBool UnitShift(const HypBoundData *data, HypBound *bound)
{
  bound->rate = data->modified_l2[0];
  return Gibbs(data, bound);
}

static PetscBool FanLiLu(const HypBoundData *data, HypBound *bound)
{
  bound->rate = data->modified_l2[1];
  return Gibbs(data, bound);
}

static PetscBool BestShift(const HypBoundData *data, HypBound *bound)
{
  bound->rate = data->modified_l2[2];
  return Gibbs(data, bound);
}

/* The ends of the interval in which the eigenvalues of f'' are */
static void Ends(const HypBoundData *data, PetscReal *low, PetscReal *high)
{
  PetscReal least = PETSC_MAX_REAL, most = 0;

  for (PetscInt i = 0; i < HypModelDimension(data->model); i++) {
    const PetscReal w2 = PetscSqr(HypModelCoordinate(data->model, i).omega);

    least = PetscMin(least, w2);
    most  = PetscMax(most, w2);
  }
  *low  = least + data->slopes->c - data->slopes->r;
  *high = most + data->slopes->c + data->slopes->r;
}

static PetscBool Vertices(const HypBoundData *data, HypBound *bound)
{
  PetscReal low, high;

  bound->rate = data->vertices;
  if (!isnan(bound->rate)) {
    Ends(data, &low, &high);
    snprintf(bound->hypotheses, sizeof(bound->hypotheses),
             "hold: f'' in [%.4g, %.4g]; sqrt(L) - sqrt(l) = %.4g, gamma = %.4g", (double)low,
             (double)high, (double)(PetscSqrtReal(high) - PetscSqrtReal(PetscMax(0, low))),
             (double)HypModelGamma(data->model));
    return PETSC_TRUE;
  }
  snprintf(bound->hypotheses, sizeof(bound->hypotheses),
           "fail: momentum, a gradient with bounded f'' and constant noise are needed");
  return PETSC_FALSE;
}

static const Row Rows[] = {
  {"contraction certificate", "docs/mathematics.md, section 11", "rate",
   "min over i of gamma/2 - r/(2 sqrt(kappa)), or gamma/2 - sqrt(gamma^2/4 - (k - r))", LOWER,
   Contraction},
  {"Theorem 3.1 as printed", "Zhu and Ying (3.6)", "rate", "mu - eps0 C1, mu = gamma, ..", LOWER,
   Printed},
  {"Theorem 3.1 by its proof", "Zhu and Ying (4.7)", "rate", "mu - eps0 C1, mu = min Re eig Q",
   LOWER, Proof},
  {"Theorem 3.1, corrected constants", "docs/errata.md", "rate", "mu - eps0 C1'", LOWER, Corrected},
  {"propagator of a linear drift", "Arnold, Schmeiser, Signorello", "rate",
   "min Re of the drift's eigenvalues", LOWER, LinearDrift},
  {"short-time decay", "Achleitner, Arnold, Carlen", "c in 1 - ||P||^2 ~ c t^3",
   "gamma w0^2/6, hypocoercivity index 1", EQUAL, ShortTime},
  {"Poincare constant", "Bakry, Emery", "m in m Var f <= E |f'|^2", "inf f''", LOWER, Poincare},
  {"modified L2 norm", "Dolbeault, Mouhot, Schmeiser", "rate",
   "best e of |f|^2/2 + e <(1 + B^T B)^-1 B^T f, f>", LOWER, UnitShift},
  {"modified L2 norm, shift m", "Fan, Li, Lu", "rate",
   "sqrt(m) g/(6 (2 + (g/2 + c)^2)), g = gamma/sqrt(m), c^2 = 2 + K/(2 m)", LOWER, FanLiLu},
  {"modified L2 norm, best shift", "docs/mathematics.md, section 11", "rate",
   "best e and alpha of |f|^2/2 + e <(alpha + B^T B)^-1 B^T f, f>", LOWER, BestShift},
  {"almost sure contraction", "Monmarche", "rate", "one P at both ends of f''", LOWER, Vertices},
};

/* What is false first, what does not apply last; else as the table has them */
static int Compare(const void *a, const void *b)
{
  static const int rank[] = {
    [HYP_BOUND_HOLDS] = 1, 0, [HYP_BOUND_VACUOUS] = 3, [HYP_BOUND_UNKNOWN] = 2, 4};
  const HypBound *one = (const HypBound *)a, *two = (const HypBound *)b;
  const int       order = rank[one->verdict] - rank[two->verdict];

  return order ? order : one->row - two->row;
}

static HypBoundVerdict Judge(const HypBoundData *data, Kind kind, const HypBound *bound)
{
  const PetscBool rate = strcmp(bound->quantity, "rate") ? PETSC_FALSE : PETSC_TRUE;
  const PetscReal room = kind == EQUAL ? 0.01 * PetscAbsReal(bound->rate)
                         : rate        ? data->gap_error + 1e-10 * PetscAbsReal(data->gap)
                                       : data->gibbs->m_error + 1e-9 * data->gibbs->m;

  if (rate && bound->rate <= 0) return HYP_BOUND_VACUOUS;
  if (isnan(bound->measured) || isnan(room)) return HYP_BOUND_UNKNOWN;
  if (kind == EQUAL && PetscAbsReal(bound->rate - bound->measured) > room) return HYP_BOUND_FALSE;
  return kind == LOWER && bound->rate > bound->measured + room ? HYP_BOUND_FALSE : HYP_BOUND_HOLDS;
}

/*@
  HypBoundsPrepare - Fills in the numbers of the table that need a search or an inequality

  Not collective

  Input/Output Parameter:
. data - all that was given; modified_l2 and vertices are filled

  Level: developer

.seealso: HypBoundsCompute(), HypModifiedL2Rate()
@*/
PetscErrorCode HypBoundsPrepare(HypBoundData *data)
{
  const HypGibbs *g     = data->gibbs;
  const PetscReal gamma = HypModelGamma(data->model), K = PetscMax(0, -g->lowest), none = 0,
                  m = g->m - g->m_error; /* an axis gives m from above; a smaller one is true too */
  const PetscBool quadratic = HypModelIsQuadratic(data->model);
  HypContraction  both;
  PetscReal       low, high;

  PetscFunctionBeginUser;
  data->vertices = NAN;
  for (int k = 0; k < 3; k++) data->modified_l2[k] = NAN;
  if (g->known && !isnan(g->lowest) && m > 0) {
    PetscCall(HypModifiedL2Rate(gamma, m, K, 1, &data->modified_l2[0]));
    PetscCall(HypFanLiLuRate(gamma, m, K, &data->modified_l2[1]));
    PetscCall(HypModifiedL2Rate(gamma, m, K, PETSC_DETERMINE, &data->modified_l2[2]));
  }
  if (data->slopes->bounded && data->slopes->symmetric && !data->slopes->lipschitz &&
      (quadratic || HypModelGetType(data->model) == HYP_MOMENTUM)) {
    Ends(data, &low, &high);
    PetscCall(HypContractionBox(1, &none, gamma, &low, &high, &both));
    data->vertices = both.mu;
    PetscCall(HypContractionDestroy(&both));
  }
  PetscFunctionReturn(0);
}

/*@
  HypBoundsCompute - Every published bound of the table for one model

  Not collective

  Input Parameter:
. data - the model, its constants and what was measured

  Output Parameters:
+ n      - number of bounds
- bounds - freed with PetscFree()

  Level: intermediate

  Note:
  Without a certificate for all theta (slopes not bounded) the row of the contraction has the rate
  that the slopes near 0 would give,
  and does not apply.

.seealso: HypBoundsAnswer(), HypContractionCompute()
@*/
PetscErrorCode HypBoundsCompute(const HypBoundData *data, PetscInt *n, HypBound **bounds)
{
  PetscFunctionBeginUser;
  *n = (PetscInt)(sizeof(Rows) / sizeof(Rows[0]));
  PetscCall(PetscCalloc1(*n, bounds));
  for (PetscInt k = 0; k < *n; k++) {
    HypBound *bound = *bounds + k;
    PetscBool applies;

    bound->name     = Rows[k].name;
    bound->source   = Rows[k].source;
    bound->quantity = Rows[k].quantity;
    bound->formula  = Rows[k].formula;
    bound->measured = data->gap;
    applies         = Rows[k].guarantee(data, bound);
    bound->ratio    = applies ? bound->rate / bound->measured : NAN;
    bound->verdict  = applies ? Judge(data, Rows[k].kind, bound) : HYP_BOUND_NONE;
    bound->row      = (int)k;
    if (!applies) bound->rate = NAN;
  }
  qsort(*bounds, (size_t)*n, sizeof(HypBound), Compare);
  PetscFunctionReturn(0);
}

/* What is guaranteed and why */
static const char *Formula(const HypBoundData *data)
{
  const HypContraction *c = data->contraction;

  if (HypModelIsQuadratic(data->model)) return "the spectral gap, eps = 0";
  if (data->slopes->lipschitz) return "in W2: the noise depends on theta";
  if (data->slopes->bounded && data->slopes->r <= 1e-12)
    return "the spectral gap of a drift whose slopes are all alike";
  if (isnan(c->frequency)) return "one P for all corners of Deps";
  if (c->frequency > 0)
    return c->c == 0 ? "gamma/2 - sup|eps'|/(2 sqrt(omega0^2 - gamma^2/4))"
                     : "gamma/2 - r/(2 sqrt(omega0^2 + c - gamma^2/4)), |eps' - c| <= r";
  return "gamma/2 - sqrt(gamma^2/4 - omega0^2 - min eps')";
}

static PetscReal Contracted(const HypBoundData *data)
{
  return data->slopes->bounded ? data->contraction->mu : 0;
}

/* The largest rate that the answer calls guaranteed */
static PetscReal Best(const HypBoundData *data)
{
  return fmax(Contracted(data), data->modified_l2[2]); /* the second may be NaN */
}

/* What the contraction allows where its rate is not positive; another bound may give a rate */
static void NoContraction(const HypBoundData *data, const char numbers[], char text[], size_t size)
{
  const char *none = Best(data) > 0 ? "Contraction guarantees nothing" : "Nothing is guaranteed";

  if (data->contraction->mu < 0)
    snprintf(text, size, "%s: the contraction allows growth at the rate %.4g (%s: too much).", none,
             (double)-data->contraction->mu, numbers);
  else
    snprintf(text, size, "%s: the rate of contraction is 0 (%s: too much).", none, numbers);
}

static void Guarantee(const HypBoundData *data, char text[], size_t size)
{
  const HypContraction *c      = data->contraction;
  const HypSlopes      *slopes = data->slopes;
  char                  numbers[112], missed[64] = "";

  if (slopes->seen > 0)
    snprintf(missed, sizeof(missed), ", which may miss what is narrower than %.2g",
             (double)slopes->seen);
  Numbers(data, numbers, sizeof(numbers));
  if (!slopes->bounded && slopes->near > 0)
    snprintf(text, size, "No certificate: %s; on |theta| <= %.4g it would be %.7g.", slopes->remark,
             (double)slopes->near, HypRoundDown((double)c->mu, 7));
  else if (!slopes->bounded)
    snprintf(text, size, "No certificate: %s.", slopes->remark);
  else if (c->mu <= 0)
    NoContraction(data, numbers, text, size);
  else /* in the critical case mu is a limit */
    snprintf(text, size, "Guaranteed for every start: %s %.7g (contraction, %s%s%s%s).",
             c->margin > 0 ? "every rate below" : "rate", HypRoundDown((double)c->mu, 7),
             Formula(data), slopes->source ? "; " : "", slopes->source ? slopes->source : "",
             missed);
}

/*@C
  HypBoundsAnswer - The table of bounds in a few sentences: what is guaranteed, what was measured,
  what Theorem 3.1 says

  Not collective

  Input Parameters:
+ data - the same as for HypBoundsCompute()
- size - room in text; 1536 are enough

  Output Parameter:
. text - the answer

  Level: intermediate

.seealso: HypBoundsCompute()
@*/
PetscErrorCode HypBoundsAnswer(const HypBoundData *data, char text[], size_t size)
{
  const HypTheoremConstants *t = data->theorem;
  const PetscBool perturbed    = HypModelIsQuadratic(data->model) ? PETSC_FALSE : PETSC_TRUE;
  size_t          used;

  PetscFunctionBeginUser;
  Guarantee(data, text, size);
  used = strlen(text);
  if (isgreater(data->modified_l2[2], PetscMax(0, Contracted(data)))) {
    snprintf(text + used, size - used,
             " Guaranteed for ||h||: rate %.7g (modified L2 norm, Poincare constant %s%.5g, "
             "f'' >= %.4g).",
             HypRoundDown((double)data->modified_l2[2], 7), data->gibbs->bound ? ">= " : "",
             HypRoundDown((double)data->gibbs->m, 5), HypRoundDown((double)data->gibbs->lowest, 4));
    used = strlen(text);
  }
  if (!isnan(data->gap)) {
    snprintf(text + used, size - used, " Measured: %.7g.", (double)data->gap);
    used = strlen(text);
    if (Best(data) > data->gap + data->gap_error + 1e-6 * PetscAbsReal(data->gap)) {
      snprintf(
        text + used, size - used,
        " Both cannot be true: the space does not resolve this rate, or a slope was missed.");
      used = strlen(text);
    }
  } else if (data->unmeasured && data->unmeasured[0]) {
    snprintf(text + used, size - used, " Measured: nothing, because %s.", data->unmeasured);
    used = strlen(text);
  }
  if (!perturbed)
    snprintf(text + used, size - used,
             " Theorem 3.1 guarantees %.7g by its proof; as printed, %.7g, it is false.",
             HypRoundDown((double)t->lyapunov.mu_proved, 7), (double)t->lyapunov.mu_printed);
  else if (HypModelNoisy(data->model))
    snprintf(text + used, size - used,
             " Theorem 3.1 is about noise that does not depend on theta.");
  else if (HypModelGetType(data->model) != HYP_ASGD)
    snprintf(text + used, size - used,
             " Theorem 3.1 is about model_type asgd and a quadratic loss.");
  else if (Theorem(data) <= 0)
    snprintf(text + used, size - used,
             " Theorem 3.1 says nothing here: its hypothesis fails (eps0 = %.4g on this box, "
             "%.3g allowed; infinite on the whole space); as printed its rate is false for eps = 0 "
             "too.",
             (double)data->eps0, (double)t->eps0_max);
  else
    snprintf(text + used, size - used,
             " Theorem 3.1 would guarantee %.7g if its hypothesis, which holds on a box only, held "
             "everywhere.",
             HypRoundDown((double)Theorem(data), 7));
  PetscFunctionReturn(0);
}
