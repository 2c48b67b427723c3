/* Results of verify alone: Assumption 3.1 of Zhu and Ying on growing boxes, the constants of
   Theorem 3.1, and the rate that fit and spectrum agree on beside what the theorem says of it. */
#include "result/section/section.h"
#include "base/base.h"

/* ---- members of the whole ---- */
TEXT(Answer, R->found->answer)
REAL(Reach, R->found->reach)

static const HypQuantity answer[] = {
  {NAMES("answer", "answer"), ABOUT("1", "what is guaranteed, measured and claimed", ""),
   .value = Answer},
  {NAMES("space_reach", "space_reach"),
   ABOUT("1", "standard deviations of M that the space sees", ""), .value = Reach},
};

static PetscBool Investigated(const HypResult *R)
{
  return (PetscBool)(R->found != NULL);
}

const HypSection HypAnswerSection = {.optional = PETSC_TRUE, .exists = Investigated, ROWS(answer)};

/* ---- Assumption 3.1 ---- */
/* The theorem is about some models only */
static PetscBool Audited(const HypResult *R)
{
  return (PetscBool)((R->found->asked.tasks & HYP_TASK_AUDIT) != 0);
}

/* mu - eps0 C1, with the constant of the proof and with the corrected one */
static PetscReal Guaranteed(const HypResult *R, PetscInt box)
{
  const HypTheoremConstants *const t = &R->found->constants.theorem;

  return t->lyapunov.mu_proved - R->found->boxes[box].eps0 * t->C1;
}

static PetscReal Corrected(const HypResult *R, PetscInt box)
{
  const HypAuditConstants *const c = &R->found->constants;

  return c->theorem.lyapunov.mu_proved - R->found->boxes[box].eps0 * c->C1_corrected;
}

#define BOX(name, expression) REAL(name, R->found->boxes[i].expression)
BOX(Box, box)
BOX(Eps, value[HYP_SUP_EPS])
BOX(EpsX, value[HYP_SUP_EPS_X])
BOX(EpsV, value[HYP_SUP_EPS_V])
BOX(Slope, value[HYP_SUP_SLOPE])
BOX(SlopeSum, value[HYP_SUP_SLOPE_SUM])
BOX(SlopeX, value[HYP_SUP_SLOPE_X])
BOX(SlopeV, value[HYP_SUP_SLOPE_V])
BOX(Eps0, eps0)
REAL(BoxGuaranteed, Guaranteed(R, i))
REAL(BoxCorrected, Corrected(R, i))
FLAG(BoxAudit, i == HYP_BOXES - 1)

static void NoteBox(const HypResult *R, char text[], size_t size)
{
  snprintf(text, size, "(last: this audit; the space sees %.4g)", (double)R->found->reach);
}

#define SUPREMUM(text, in_file, get)                                                               \
  {                                                                                                \
    .group = "suprema", NAMES(text, in_file), SHOWN("sup " text, "%.5g", 12),                      \
    ABOUT("1", "sup " text " on the box", "Assumption 3.1 of Zhu and Ying"), .value = get, MANY    \
  }
static const HypQuantity assumption[] = {
  {NAMES("box", "box_size"), SHOWN("box", "%.5g", 12),
   ABOUT("1", "|x_i|, |v_i| <= this many standard deviations of M", ""), .value = Box,
   .note = NoteBox, MANY},
  SUPREMUM("max_i |eps_i|", "box_sup_eps", Eps),
  SUPREMUM("|eps.x|", "box_sup_eps_x", EpsX),
  SUPREMUM("|eps.v|", "box_sup_eps_v", EpsV),
  SUPREMUM("d max_i |eps_i'|", "box_sup_slope", Slope),
  SUPREMUM("sum_i |eps_i'|", "box_sup_slope_sum", SlopeSum),
  SUPREMUM("|eps'.x|", "box_sup_slope_x", SlopeX),
  SUPREMUM("|eps'.v|", "box_sup_slope_v", SlopeV),
  {NAMES("eps0", "box_eps0"), SHOWN("eps0", "%.5g", 12),
   ABOUT("1", "the largest of the suprema", "Assumption 3.1 of Zhu and Ying"), .value = Eps0, MANY},
  {NAMES("guaranteed", "box_guaranteed"), SHOWN("mu - eps0 C1", "%.5g", 12), PROVED,
   ABOUT("1/time", "mu - eps0 C1, C1 as the proof has it", "Theorem 3.1 of Zhu and Ying"),
   .value = BoxGuaranteed, MANY},
  {NAMES("guaranteed_corrected", "box_guaranteed_corrected"),
   ABOUT("1/time", "mu - eps0 C1, C1 corrected", "docs/errata.md"), .value = BoxCorrected, MANY},
  {NAMES("audit", "box_audit"), ABOUT("1", "1: the box of the audit", ""), .value = BoxAudit, MANY},
};

static PetscInt CountBoxes(const HypResult *R)
{
  return Audited(R) ? HYP_BOXES : 0;
}

const HypSection HypAssumptionSection = {
  .name      = "assumption",
  .title     = "Assumption 3.1: suprema over |x_i|, |v_i| <= box standard deviations of M; on the "
               "whole space it holds for eps = 0 only",
  .form      = HYP_LIST,
  .look      = HYP_ACROSS,
  .dimension = "box",
  .index     = "number of a box",
  .optional  = PETSC_TRUE,
  .exists    = Investigated,
  .count     = CountBoxes,
  ROWS(assumption)};

/* ---- the constants ---- */
#define CONSTANT(name, member) REAL(name, Audited(R) ? R->found->constants.member : NAN)
CONSTANT(C1, theorem.C1)
CONSTANT(C1Printed, theorem.C1_printed)
CONSTANT(C1Corrected, C1_corrected)
CONSTANT(C2, theorem.C2)
CONSTANT(Eps0Max, theorem.eps0_max)

static const HypQuantity constants[] = {
  {NAMES("C1", "theorem_C1"), SHOWN("C1 = ", "%.6g", 0),
   ABOUT("1/time", "C1 by the end of the proof", "Theorem 3.1 of Zhu and Ying"), .value = C1},
  {NAMES("C1_printed", "theorem_C1_printed"),
   ABOUT("1/time", "C1 as printed, with a factor eps0 too many", "Theorem 3.1 of Zhu and Ying"),
   .value = C1Printed},
  {NAMES("C1_corrected", "theorem_C1_corrected"), SHOWN("corrected C1 = ", "%.6g", 0),
   ABOUT("1/time", "C1 from the corrected (d)-(f)", "docs/errata.md"), .value = C1Corrected},
  {NAMES("C2", "theorem_C2"), SHOWN("C2 = ", "%.6g", 0),
   ABOUT("1", "C2", "Proposition 4.1 of Zhu and Ying"), .value = C2},
  {NAMES("eps0_max", "theorem_eps0_max"), SHOWN("a positive rate for eps0 < ", "%.3g", 0), PROVED,
   ABOUT("1", "largest eps0 with a positive rate, mu/C1", "Theorem 3.1 of Zhu and Ying"),
   .value = Eps0Max},
};

const HypSection HypConstantsSection = {.name     = "constants",
                                        .title    = "constants",
                                        .look     = HYP_LINE,
                                        .optional = PETSC_TRUE,
                                        .exists   = Investigated,
                                        ROWS(constants)};

/* ---- the rate of ||h|| ---- */
static PetscReal Lyapunov(const HypResult *R)
{
  HypWorstValue decay = {.value = NAN};

  if (R->found->fine.audit) (void)HypAuditGetWorst(R->found->fine.audit, HYP_WORST_DECAY, &decay);
  return -decay.value / 2;
}

/* Of the theorem, beside a rate that was measured */
static PetscBool Compared(const HypResult *R)
{
  return (PetscBool)(Audited(R) && R->found->fine.audit);
}

#define E R->found->rate
REAL(Fit, E.fit)
REAL(FitError, E.fit_error)
REAL(Gap, E.gap)
REAL(GapError, E.gap_error)
REAL(Rate, E.agree ? E.rate : NAN)
TEXT(Undecided, E.agree || R->found->unmeasured[0] ? NULL : "undecided")
REAL(RateError, E.agree ? E.error : NAN)
FLAG(Agree, E.agree)
INTEGER(Mode, E.mode)
TEXT(Reason, E.reason)
REAL(Proved, Compared(R) ? Guaranteed(R, HYP_BOXES - 1) : NAN)
REAL(ProvedCorrected, Compared(R) ? Corrected(R, HYP_BOXES - 1) : NAN)
REAL(BestRate, Lyapunov(R))

static void NoteRate(const HypResult *R, char text[], size_t size)
{
  HypShownBar bar;

  snprintf(text, size, "%s", HypShowBar(bar, E.error));
}

static void NoteProved(const HypResult *R, char text[], size_t size)
{
  (void)R;
  snprintf(text, size, "mu - eps0 C1, by the proof of Theorem 3.1");
}

static void NoteCorrected(const HypResult *R, char text[], size_t size)
{
  (void)R;
  snprintf(text, size, "with the corrected C1");
}

static void NoteBest(const HypResult *R, char text[], size_t size)
{
  (void)R;
  snprintf(text, size, "best rate that this H gives on this space: -1/2 max H'/H");
}

static const HypQuantity estimate[] = {
  {NAMES("fit", NULL), ABOUT("1/time", "rate of ||h|| fitted to the solution", ""), .value = Fit},
  {NAMES("fit_error", NULL), ABOUT("1/time", "its error bar, of two resolutions", ""),
   .value = FitError},
  {NAMES("gap", NULL), ABOUT("1/time", "spectral gap", ""), .value = Gap},
  {NAMES("gap_error", NULL), ABOUT("1/time", "its error bar, of two resolutions", ""),
   .value = GapError},
  {NAMES("rate", "estimate_rate"), SHOWN("the solution's rate", NULL, 0),
   ABOUT("1/time", "what fit and spectrum agree on", ""), .value = Rate, .note = NoteRate},
  {SHOWN("the solution's rate", NULL, 0), .value = Undecided},
  {NAMES("error", "estimate_error"), ABOUT("1/time", "error bar of that rate", ""),
   .value = RateError},
  {NAMES("agree", NULL), ABOUT("1", "do fit and spectrum overlap?", ""), .value = Agree},
  {NAMES("mode", NULL), ABOUT("1", "the eigenvalue that the start shows, 1: the leading one", ""),
   .value = Mode},
  {NAMES("reason", NULL), ABOUT("1", "why fit and spectrum do not overlap", ""), .value = Reason},
  {SHOWN("Theorem 3.1", NULL, 0), PROVED, .value = Proved, .note = NoteProved},
  {SHOWN("Theorem 3.1", NULL, 0), PROVED, .value = ProvedCorrected, .note = NoteCorrected},
  {NAMES("lyapunov", "estimate_lyapunov"), SHOWN("Lyapunov", NULL, 0),
   ABOUT("1/time", "best rate that H gives on this space, -1/2 max H'/H", ""), .value = BestRate,
   .note = NoteBest},
};

const HypSection HypEstimateSection = {.name     = "rate_estimate",
                                       .title    = "rate of ||h||, by fit and spectrum together",
                                       .look     = HYP_TABLE,
                                       .optional = PETSC_TRUE,
                                       .exists   = Investigated,
                                       ROWS(estimate)};
