/*
   The audit: what is measured on one space, and the verdicts from two.

   A verdict compares the slack with its numerical uncertainty:
   the difference between the two resolutions, the errors of the eigenvalue solvers and rounding.
   A worst function of a simplex space is an exact function,
   so a bound it breaks is broken whatever the other space says.
*/
#include "audit/auditimpl.h"
#include "base/base.h"
#include <math.h>

/* of the sides: products of a hundred or so terms, and the tolerance 1e-13 of the integrator */
#define ROUNDING 1e-11
#define REACH    1e-20 /* ||h||^2 below this fraction of its start is within reach of rounding */

const char *const HypVerdicts[] = {"holds", "fails", "undecided", "not applicable", "vacuous"};

/*@
  HypAuditCreate - An audit of one space

  Collective

  Input Parameters:
+ K         - the kinetic operator; must outlive the audit
. constants - right sides
. covered   - true if eps0 comes from a box outside which no function of the space lives:
  bounds that assume it are then proved
- capacity  - states to be observed

  Output Parameter:
. audit - the audit

  Level: intermediate

.seealso: HypAuditObserve(), HypAuditFinish(), HypAuditJudge()
@*/
PetscErrorCode HypAuditCreate(HypKinetic K, const HypAuditConstants *constants, PetscBool covered,
                              PetscInt capacity, HypAudit *audit)
{
  PetscFunctionBeginUser;
  PetscCheck(!HypModelHasPotential(HypKineticGetModel(K)), HypSpaceGetComm(HypKineticGetSpace(K)),
             PETSC_ERR_ARG_INCOMP,
             "model_potential: given, but verify is about Theorem 3.1, whose loss is quadratic; "
             "leave it out, or use solve and spectrum");
  PetscCall(PetscNew(audit));
  (*audit)->K         = K;
  (*audit)->constants = *constants;
  (*audit)->covered   = covered;
  (*audit)->capacity  = capacity;
  (*audit)->gap = (*audit)->propagator = (*audit)->propagator_exact = NAN;
  PetscCall(PetscMalloc1(capacity, &(*audit)->moments));
  PetscFunctionReturn(0);
}

/*@
  HypAuditObserve - Adds one state of the solution

  Collective

  Input Parameters:
+ audit - the audit
. t     - time
- h     - the state

  Level: intermediate
@*/
PetscErrorCode HypAuditObserve(HypAudit audit, PetscReal t, Vec h)
{
  PetscFunctionBeginUser;
  PetscCheck(audit->n < audit->capacity, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
             "audit of %" PetscInt_FMT " states is full", audit->capacity);
  PetscCall(HypMomentsCompute(audit->K, t, h, &audit->moments[audit->n++]));
  PetscFunctionReturn(0);
}

/* Under-damped the norm e^{mu t}||e^{tG}|| is largest at w t = pi/2;
   over-damped it rises for ever, and 8/mu is late enough */
static PetscErrorCode Propagator(HypAudit audit)
{
  const HypAuditConstants *c  = &audit->constants;
  const PetscReal          mu = c->theorem.lyapunov.mu_proved,
                  w2          = PetscSqr(c->omega0) - PetscSqr(c->gamma) / 4;
  PetscReal t, norm, exact;

  PetscFunctionBeginUser;
  t = w2 > 0 ? PETSC_PI / (2 * PetscSqrtReal(w2)) : PetscMin(8 / mu, 9 / PetscSqrtReal(-w2));
  t = PetscMin(t, 8 / mu);
  PetscCall(HypPropagatorNorm(audit->K, t, &norm));
  PetscCall(HypPropagatorExact(HypKineticGetModel(audit->K), t, &exact));
  audit->propagator       = PetscSqr(PetscExpReal(mu * t) * norm);
  audit->propagator_exact = PetscSqr(PetscExpReal(mu * t) * exact);
  PetscFunctionReturn(0);
}

/*@
  HypAuditFinish - Computes the worst functions of the space

  Collective

  Input Parameters:
+ audit    - the audit
- spectrum - of the same space; NULL: the statements about the rate stay undecided

  Level: intermediate
@*/
PetscErrorCode HypAuditFinish(HypAudit audit, const HypSpectrum *spectrum)
{
  HypSpace space = HypKineticGetSpace(audit->K);

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < HYP_WORST; k++)
    PetscCall(HypWorstCompute(audit->K, &audit->constants, (HypWorst)k, &audit->worst[k]));
  if (spectrum) audit->gap = spectrum->gap;
  PetscCall(HypCounterpartCompute(audit->K, spectrum, &audit->counterpart));
  if (!HypModelPerturbed(HypSpaceGetModel(space)) && HypSpaceTakesDegree(space) &&
      HypSpaceGetSize(space) <= 3000 && audit->constants.theorem.lyapunov.regime != HYP_CRITICAL)
    PetscCall(Propagator(audit));
  PetscFunctionReturn(0);
}

/*@
  HypAuditGetWorst - A worst function that was found

  Not collective

  Input Parameters:
+ audit - finished
- which - the quotient

  Output Parameter:
. worst - its extreme value

  Level: intermediate

.seealso: HypAuditFinish(), HypWorstCompute()
@*/
PetscErrorCode HypAuditGetWorst(HypAudit audit, HypWorst which, HypWorstValue *worst)
{
  PetscFunctionBeginUser;
  *worst = audit->worst[which];
  PetscFunctionReturn(0);
}

/*@
  HypAuditDestroy - Frees an audit

  Collective

  Input Parameter:
. audit - the audit; set to NULL; NULL is allowed

  Level: intermediate

.seealso: HypAuditCreate()
@*/
PetscErrorCode HypAuditDestroy(HypAudit *audit)
{
  PetscFunctionBeginUser;
  if (!*audit) PetscFunctionReturn(0);
  PetscCall(PetscFree((*audit)->moments));
  PetscCall(PetscFree(*audit));
  PetscFunctionReturn(0);
}

static PetscReal Slack(HypStatementKind kind, PetscReal left, PetscReal right)
{
  return kind == HYP_IDENTITY ? -PetscAbsReal(right - left) : right - left;
}

/* The state where the slack is least, in units of the scale there */
static void AlongSolution(const HypStatementRow *row, const struct _p_HypAudit *audit,
                          HypEvidence *e)
{
  const HypMoments *start = audit->moments;
  PetscReal         worst = PETSC_INFINITY, t = 0;
  PetscBool         any = PETSC_FALSE;

  for (PetscInt k = 0; k < audit->n; k++) {
    const HypMoments *m = &audit->moments[k];
    HypSides          sides;
    PetscReal         slack;

    if (m->norm2 <= REACH * start->norm2) break;
    sides = row->at(start, m, &audit->constants);
    if (sides.scale == 0) continue;
    slack = Slack(row->kind, sides.left / sides.scale, sides.right / sides.scale);
    any   = PETSC_TRUE;
    if (slack >= worst) continue;
    worst    = slack;
    e->left  = sides.left / sides.scale;
    e->right = sides.right / sides.scale;
    t        = m->t;
  }
  e->applies = any;
  snprintf(e->detail, sizeof(e->detail), "worst at t = %g", (double)t);
}

static HypEvidence Evidence(const HypStatementRow *row, const struct _p_HypAudit *audit)
{
  HypEvidence e = {.applies = PETSC_TRUE, .known = PETSC_TRUE};

  if (row->at)
    AlongSolution(row, audit, &e);
  else
    row->whole(audit, &e);
  return e;
}

static PetscBool Proved(const HypStatementRow *row, const struct _p_HypAudit *audit)
{
  const PetscBool assumed =
    !HypModelPerturbed(HypKineticGetModel(audit->K)) || audit->covered ? PETSC_TRUE : PETSC_FALSE;

  switch (row->proof) {
  case HYP_PROVED:
    return PETSC_TRUE;
  case HYP_UNPROVED:
    return PETSC_FALSE;
  case HYP_CONDITIONAL:
    return assumed;
  case HYP_PRINTED:
    return assumed && (!HypModelPerturbed(HypKineticGetModel(audit->K)) ||
                       row->sufficient(&audit->constants))
             ? PETSC_TRUE
             : PETSC_FALSE;
  }
  return PETSC_FALSE;
}

/* firm: a violation beyond this is one, whatever the uncertainty */
static HypVerdict Decide(HypStatementKind kind, PetscReal slack, PetscReal uncertainty,
                         PetscReal firm)
{
  const PetscReal broken = PetscMin(firm, (kind == HYP_BOUND ? 1 : 4) * uncertainty);

  if (isnan(slack) || !isfinite(uncertainty)) return HYP_UNDECIDED;
  if (slack < -broken) return HYP_FAILS;
  if (kind == HYP_BOUND) return slack > uncertainty ? HYP_HOLDS : HYP_UNDECIDED;
  return slack >= -uncertainty ? HYP_HOLDS : HYP_UNDECIDED;
}

static PetscErrorCode Append(HypStatement *s, const char text[])
{
  size_t used;

  PetscFunctionBeginUser;
  if (!text[0]) PetscFunctionReturn(0);
  PetscCall(PetscStrlen(s->detail, &used));
  PetscCall(
    PetscSNPrintf(s->detail + used, sizeof(s->detail) - used, "%s%s", used ? "; " : "", text));
  PetscFunctionReturn(0);
}

/* What a reader needs to know beside the numbers */
static PetscErrorCode Explain(const HypStatementRow *row, HypAudit audit, const HypEvidence *e,
                              HypStatement *s)
{
  const PetscBool perturbed = HypModelPerturbed(HypKineticGetModel(audit->K));

  PetscFunctionBeginUser;
  PetscCall(PetscStrncpy(s->detail, s->verdict == HYP_HOLDS && !perturbed ? "" : e->detail,
                         sizeof(s->detail)));
  if (s->verdict == HYP_UNDECIDED && !e->known)
    PetscCall(
      Append(s, "not computed: the eigenvalue solver did not converge, or there is no spectrum"));
  if (s->verdict == HYP_VACUOUS)
    PetscCall(Append(s, "says nothing: the guaranteed rate is not positive"));
  if (s->verdict == HYP_HOLDS && !perturbed && row->kind == HYP_BOUND && e->left == 0 &&
      row->proof != HYP_PROVED)
    PetscCall(Append(s, "trivial: eps = 0"));
  if (!s->proved &&
      ((s->verdict != HYP_HOLDS && s->verdict != HYP_VACUOUS) || row->proof == HYP_UNPROVED))
    PetscCall(Append(s, row->why));
  if (!s->proved && s->verdict != HYP_HOLDS && s->verdict != HYP_VACUOUS && perturbed &&
      !audit->covered && row->proof != HYP_UNPROVED)
    PetscCall(Append(s, "functions of this space live outside the box of eps0"));
  PetscFunctionReturn(0);
}

static PetscErrorCode Judge(const HypStatementRow *row, HypAudit audit, HypAudit coarse,
                            const HypRateEstimate *rate, HypStatement *s)
{
  const HypEvidence e         = Evidence(row, audit);
  const PetscBool   perturbed = HypModelPerturbed(HypKineticGetModel(audit->K)),
                  exact =
                    HypSpaceTakesDegree(HypKineticGetSpace(audit->K)) && row->whole && !row->rate;
  const HypStatementKind kind     = row->kind != HYP_SHARP_UNPERTURBED ? row->kind
                                    : perturbed                        ? HYP_BOUND
                                                                       : HYP_SHARP;
  const PetscReal        rounding = ROUNDING * (1 + PetscAbsReal(e.left) + PetscAbsReal(e.right));
  const char            *why;

  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(s, sizeof(*s)));
  PetscCall(PetscStrncpy(s->name, row->name, sizeof(s->name)));
  PetscCall(PetscStrncpy(s->source, row->source, sizeof(s->source)));
  s->proved  = Proved(row, audit);
  s->verdict = HYP_NOT_APPLICABLE;
  if (!HypStatementSpeaks(row, HypKineticGetModel(audit->K), &why)) {
    PetscCall(PetscStrncpy(s->detail, why, sizeof(s->detail)));
    PetscFunctionReturn(0);
  }
  if (!e.applies) PetscFunctionReturn(0);
  s->left        = e.left;
  s->right       = e.right;
  s->slack       = Slack(row->kind, e.left, e.right);
  s->uncertainty = rounding + e.error;
  if (coarse) {
    const HypEvidence other = Evidence(row, coarse);

    s->uncertainty +=
      other.known && other.applies
        ? PetscAbsReal(Slack(row->kind, other.left, other.right) - s->slack) + other.error
        : 0;
  }
  if (row->rate && rate) s->uncertainty = PetscMax(s->uncertainty, rate->gap_error);
  if (!e.known || (row->rate && rate && !rate->agree))
    s->verdict = HYP_UNDECIDED;
  else if (e.left == 0 && e.right == 0)
    s->verdict = HYP_HOLDS; /* a bound on R: both sides vanish, exactly where eps does */
  else
    s->verdict =
      Decide(kind, s->slack, s->uncertainty, exact ? rounding + e.error : PETSC_INFINITY);
  if (s->verdict == HYP_HOLDS && HypStatementVacuous(row, &audit->constants))
    s->verdict = HYP_VACUOUS;
  PetscCall(Explain(row, audit, &e, s));
  if (row->rate && rate && !rate->agree && e.known) PetscCall(Append(s, rate->reason));
  PetscFunctionReturn(0);
}

/*@
  HypAuditJudge - The verdict on every statement

  Not collective

  Input Parameters:
+ audit  - finished
. coarse - the same on another resolution, for the numerical uncertainty; NULL: rounding only
- rate   - the rate with its error bar; NULL: that of the audit's spectrum, as it is

  Output Parameters:
+ n          - number of statements
- statements - those that fail first; freed with PetscFree()

  Level: intermediate

  Notes:
  An inequality with a slack below its uncertainty is undecided;
  one that some function attains holds if it is not broken by more than that,
  and an identity holds if both sides differ by no more than that.
  A true inequality that guarantees no positive rate is vacuous.

.seealso: HypAuditCreate(), HypStatementsMarkdown()
@*/
PetscErrorCode HypAuditJudge(HypAudit audit, HypAudit coarse, const HypRateEstimate *rate,
                             PetscInt *n, HypStatement **statements)
{
  HypStatement *all;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(HypStatementCount, &all));
  PetscCall(PetscMalloc1(HypStatementCount, statements));
  for (PetscInt k = 0; k < HypStatementCount; k++)
    PetscCall(Judge(&HypStatementTable[k], audit, coarse, rate, &all[k]));
  *n = 0;
  for (PetscInt rank = 0; rank < 3; rank++) { /* failures first, what does not apply last */
    for (PetscInt k = 0; k < HypStatementCount; k++) {
      const PetscInt own = all[k].verdict == HYP_FAILS            ? 0
                           : all[k].verdict == HYP_NOT_APPLICABLE ? 2
                                                                  : 1;

      if (own == rank) (*statements)[(*n)++] = all[k];
    }
  }
  PetscCall(PetscFree(all));
  PetscFunctionReturn(0);
}

static void MarkdownRow(FILE *stream, const char *const *text)
{
  for (; *text; text++) {
    fputs("| ", stream);
    for (const char *c = *text; *c; c++) fprintf(stream, *c == '|' ? "\\|" : "%c", *c);
    fputc(' ', stream);
  }
  fputs("|\n", stream);
}

/*@C
  HypStatementsMarkdown - Writes docs/statements.md from the table

  Not collective

  Input Parameter:
. stream - where to

  Level: developer
@*/
PetscErrorCode HypStatementsMarkdown(FILE *stream)
{
  static const char *const proof[] = {"yes", "no", "under Assumption 3.1",
                                      "under Assumption 3.1, where the printed constants suffice"};

  PetscFunctionBeginUser;
  fputs("# Statements that `hypoco verify` puts to the test\n\n"
        "Printed by `hypoco verify -statements_markdown` from the one table, src/audit/table.c.\n\n"
        "`E_x = ||grad_x h||^2`, `E_v = ||grad_v h||^2`, `E_xv = <grad_x h, grad_v h>`; `S_` are "
        "the same of `d h/d v_i`, summed over `i`; a "
        "prime is a time derivative (exactly, through the generator). Rows about the solution show "
        "the worst of its output times, relative to "
        "the size of their terms; rows about worst functions are symmetric eigenvalue problems on "
        "the space. `C1'`, `dx` .. `fv` are the "
        "corrected constants (src/audit/constants.c). A failure of a proved statement makes the "
        "exit code 1.\n\n"
        "| statement | source | put to the test as | proved | remark |\n|---|---|---|---|---|\n",
        stream);
  for (PetscInt k = 0; k < HypStatementCount; k++) {
    const HypStatementRow *row = &HypStatementTable[k];

    MarkdownRow(stream, (const char *const[]){row->name, row->source, row->formula,
                                              proof[row->proof], row->why, NULL});
  }
  fputs("\nWith `model_learning_rate`, `model_staleness` and `model_noise`, on the curvature "
        "`omega0^2`, also statements of An, Lu and Ying (AN) and of He et al. (HE) "
        "(src/audit/algorithms.c).\n\n"
        "| statement | source | put to the test as | proved | remark |\n|---|---|---|---|---|\n",
        stream);
  for (PetscInt k = 0; k < HypAlgorithmRowCount; k++) {
    const HypAlgorithmRow *row = &HypAlgorithmRows[k];

    MarkdownRow(stream, (const char *const[]){row->name, row->source, row->formula,
                                              row->proved ? "yes" : "no", row->why, NULL});
  }
  PetscCheck(!HypIsUnwritten(stream), PETSC_COMM_SELF, PETSC_ERR_FILE_WRITE,
             "the table of statements could not be written");
  PetscFunctionReturn(0);
}
