/*
   The table of published bounds: one row for each, with its source, its hypotheses and what it
   guarantees for a model.  `rate` is the
   rate of decay of ||h||, unless the row names another quantity.
*/
#include <hypoco/bounds.h>
#include <math.h>

const char *const HypBoundVerdicts[] = {"holds", "false here", "vacuous", "not measured",
                                        "does not apply"};

typedef struct {
  const char *name, *source, *quantity, *formula;
  /* the guaranteed number, and the hypotheses in words; false if they fail */
  PetscBool (*guarantee)(const HypBoundData *, HypBound *);
} Row;

/* Theorem 3.1 is about the equation of asynchronous SGD; without eps both equations have one
   generator */
static PetscBool Assumption(const HypBoundData *data, HypBound *bound)
{
  const PetscBool perturbed = HypModelPerturbed(data->model);

  if (perturbed && HypModelGetType(data->model) != HYP_ASGD) {
    snprintf(bound->hypotheses, sizeof(bound->hypotheses), "fail: model_type asgd is needed");
    return PETSC_FALSE;
  }
  if (perturbed)
    snprintf(bound->hypotheses, sizeof(bound->hypotheses),
             "fail: Assumption 3.1 holds on a box only; eps0 = %.4g on %.4g deviations, < %.4g "
             "needed",
             (double)data->eps0, (double)data->box, (double)data->theorem->eps0_max);
  else
    snprintf(bound->hypotheses, sizeof(bound->hypotheses), "hold: eps = 0");
  return PETSC_TRUE;
}

static PetscBool Printed(const HypBoundData *data, HypBound *bound)
{
  bound->rate = data->theorem->lyapunov.mu_printed - data->eps0 * data->theorem->C1_printed;
  return Assumption(data, bound);
}

static PetscBool Proof(const HypBoundData *data, HypBound *bound)
{
  bound->rate = data->theorem->lyapunov.mu_proved - data->eps0 * data->theorem->C1;
  return Assumption(data, bound);
}

static PetscBool Corrected(const HypBoundData *data, HypBound *bound)
{
  bound->rate = data->theorem->lyapunov.mu_proved - data->eps0 * data->C1_corrected;
  return Assumption(data, bound);
}

static PetscBool Contraction(const HypBoundData *data, HypBound *bound)
{
  const HypSlopes *slopes = data->slopes;

  bound->rate = data->contraction->mu;
  if (slopes->bounded)
    snprintf(bound->hypotheses, sizeof(bound->hypotheses), "hold: |Deps - %.4g| <= %.4g; %s",
             (double)slopes->c, (double)slopes->r, slopes->remark);
  else
    snprintf(bound->hypotheses, sizeof(bound->hypotheses), "fail: %s", slopes->remark);
  return slopes->bounded;
}

/* The drift is linear: the propagator's norm is that of a matrix exponential, and its rate is the
   drift's */
static PetscBool LinearDrift(const HypBoundData *data, HypBound *bound)
{
  const PetscBool linear =
    !HypModelPerturbed(data->model) || (data->slopes->bounded && data->slopes->r <= 1e-12)
      ? PETSC_TRUE
      : PETSC_FALSE;

  bound->rate = data->contraction->mu; /* r = 0: min Re of the drift's eigenvalues */
  snprintf(bound->hypotheses, sizeof(bound->hypotheses), "%s",
           linear ? "hold: linear drift" : "fail: the drift is not linear");
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
  if (HypModelPerturbed(data->model)) {
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

enum { THEOREM = 2 }; /* the row that the answer speaks of */

static const Row Rows[] = {
  {"contraction certificate", "docs/mathematics.md, section 11", "rate",
   "min over i of gamma/2 - r/(2 sqrt(kappa)), or gamma/2 - sqrt(gamma^2/4 - (k - r))",
   Contraction},
  {"Theorem 3.1 as printed", "Zhu and Ying (3.6)", "rate", "mu - eps0 C1, mu = gamma, ..", Printed},
  {"Theorem 3.1 by its proof", "Zhu and Ying (4.7)", "rate", "mu - eps0 C1, mu = min Re eig Q",
   Proof},
  {"Theorem 3.1, corrected constants", "docs/errata.md", "rate", "mu - eps0 C1'", Corrected},
  {"propagator of a linear drift", "Arnold, Schmeiser, Signorello", "rate",
   "min Re of the drift's eigenvalues", LinearDrift},
  {"short-time decay", "Achleitner, Arnold, Carlen", "c in 1 - ||P||^2 ~ c t^3",
   "gamma w0^2/6, hypocoercivity index 1", ShortTime},
};

static HypBoundVerdict Judge(const HypBoundData *data, const HypBound *bound)
{
  const PetscBool rate = bound->quantity[0] == 'r' ? PETSC_TRUE : PETSC_FALSE;
  const PetscReal room =
    rate ? data->gap_error + 1e-10 * PetscAbsReal(data->gap) : 0.01 * PetscAbsReal(bound->rate);

  if (rate && bound->rate <= 0) return HYP_BOUND_VACUOUS;
  if (isnan(bound->measured) || isnan(room)) return HYP_BOUND_UNKNOWN;
  if (!rate && PetscAbsReal(bound->rate - bound->measured) > room) return HYP_BOUND_FALSE;
  return rate && bound->rate > bound->measured + room ? HYP_BOUND_FALSE : HYP_BOUND_HOLDS;
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
    bound->verdict  = applies ? Judge(data, bound) : HYP_BOUND_NONE;
    if (!applies) bound->rate = NAN;
  }
  PetscFunctionReturn(0);
}

/* What is guaranteed and why */
static const char *Formula(const HypBoundData *data)
{
  const HypContraction *c = data->contraction;

  if (!HypModelPerturbed(data->model)) return "the spectral gap, eps = 0";
  if (isnan(c->frequency)) return "one P for all corners of Deps";
  if (c->frequency > 0)
    return c->c == 0 ? "gamma/2 - sup|eps'|/(2 sqrt(omega0^2 - gamma^2/4))"
                     : "gamma/2 - r/(2 sqrt(omega0^2 + c - gamma^2/4)), |eps' - c| <= r";
  return "gamma/2 - sqrt(gamma^2/4 - omega0^2 - min eps')";
}

static void Guarantee(const HypBoundData *data, char text[], size_t size)
{
  const HypContraction *c      = data->contraction;
  const HypSlopes      *slopes = data->slopes;

  if (!slopes->bounded && slopes->near > 0)
    snprintf(text, size, "No certificate: %s; on |theta| <= %.4g it would be %.7g.", slopes->remark,
             (double)slopes->near, (double)c->mu);
  else if (!slopes->bounded)
    snprintf(text, size, "No certificate: %s.", slopes->remark);
  else if (c->mu <= 0)
    snprintf(text, size,
             "Nothing is guaranteed: the contraction allows growth at the rate %.4g "
             "(|Deps - %.4g| <= %.4g is too much).",
             (double)-c->mu, (double)slopes->c, (double)slopes->r);
  else
    snprintf(text, size, "Guaranteed for every start: rate %.7g (contraction, %s).", (double)c->mu,
             Formula(data));
}

/*@C
  HypBoundsAnswer - The table of bounds in a few sentences: what is guaranteed, what was measured,
  what Theorem 3.1 says

  Not collective

  Input Parameters:
+ data   - the same as for HypBoundsCompute()
. bounds - what it found
- size   - room in text; 640 are enough

  Output Parameter:
. text - the answer

  Level: intermediate

.seealso: HypBoundsCompute()
@*/
PetscErrorCode HypBoundsAnswer(const HypBoundData *data, const HypBound bounds[], char text[],
                               size_t size)
{
  const HypTheoremConstants *t         = data->theorem;
  const PetscBool            perturbed = HypModelPerturbed(data->model);
  size_t                     used;

  PetscFunctionBeginUser;
  Guarantee(data, text, size);
  used = strlen(text);
  if (!isnan(data->gap)) {
    snprintf(text + used, size - used, " Measured: %.7g.", (double)data->gap);
    used = strlen(text);
  }
  if (!perturbed)
    snprintf(text + used, size - used,
             " Theorem 3.1 guarantees %.7g by its proof; as printed, %.7g, it is false.",
             (double)t->lyapunov.mu_proved, (double)t->lyapunov.mu_printed);
  else if (HypModelGetType(data->model) != HYP_ASGD)
    snprintf(text + used, size - used, " Theorem 3.1 is about the other equation.");
  else if (bounds[THEOREM].rate <= 0)
    snprintf(text + used, size - used,
             " Theorem 3.1 says nothing here: its hypothesis fails (eps0 = %.4g on this box, "
             "%.3g allowed; infinite on the whole space); as printed its rate is false for eps = 0 "
             "too.",
             (double)data->eps0, (double)t->eps0_max);
  else
    snprintf(text + used, size - used,
             " Theorem 3.1 would guarantee %.7g if its hypothesis, which holds on a box only, held "
             "everywhere.",
             (double)bounds[THEOREM].rate);
  PetscFunctionReturn(0);
}
