/* hypoco theory: what the formulas say about one algorithm. */
#include "base/base.h"
#include "program/objects.h"
#include "program/sweepcase.h"
#include "program/theoryfactors.h"
#include "program/theoryloss.h"
#include "program/trace.h"
#include <hypoco/audit.h>
#include <hypoco/moments.h>
#include <hypoco/result.h>
#include <petsctime.h>
#include <math.h>
#include <string.h>

/* The exact rate of E theta^2 and the largest stable learning rate of one coordinate */
static PetscErrorCode RateAndLimit(const HypAlgorithm *one, PetscBool momentum, PetscReal *rate,
                                   PetscReal *limit)
{
  PetscFunctionBeginUser;
  if (momentum) {
    *rate  = HypAsgdMeanRate(one); /* noise that does not depend on theta: twice that of the mean */
    *limit = 2 * (1 + one->kappa) / ((1 - one->kappa) * one->curvature);
  } else {
    PetscCall(HypAsgdSquareRate(one, rate));
    *limit = HypAsgdStabilityLimit(one->kappa) / one->curvature;
  }
  PetscFunctionReturn(0);
}

/* The learning rate up to which E |theta|^2 is stable on a loss whose noise depends on theta */
static PetscErrorCode WholeLimit(const HypAlgorithm *algorithm, const HypTheoryLoss *known,
                                 PetscBool momentum, PetscReal *limit)
{
  const PetscReal   now = 1, kappa = algorithm->kappa;
  const HypDelayLaw geometric = {.kappa = kappa}, none = {.probability = &now};

  PetscFunctionBeginUser;
  PetscCall(HypTheoryLossLimit(known, momentum || kappa == 0 ? &none : &geometric,
                               momentum ? kappa : 0, limit));
  if (momentum) *limit /= 1 - kappa; /* its steps are eta (1 - mu) */
  PetscFunctionReturn(0);
}

/* All coordinates together, where there are several: the slowest decides */
static PetscErrorCode CoordinatesPart(const HypAlgorithm *algorithm, const HypTheoryLoss *known,
                                      PetscBool momentum, FILE *table, json_t *body)
{
  const PetscBool alone = known->linear.rows ? PETSC_FALSE : PETSC_TRUE;
  PetscReal       least = INFINITY, largest = 0, slowest = INFINITY, limit = INFINITY;
  json_t         *part;

  PetscFunctionBeginUser;
  if (known->n == 1) PetscFunctionReturn(0);
  part = json_object();
  for (PetscInt c = 0; c < known->n; c++) {
    HypAlgorithm one = *algorithm;
    PetscReal    rate, eta = INFINITY;

    one.curvature = known->curvature[c];
    PetscCall(RateAndLimit(&one, momentum, &rate, &eta));
    slowest = PetscMin(slowest, rate);
    least   = PetscMin(least, one.curvature);
    largest = PetscMax(largest, one.curvature);
    limit   = PetscMin(limit, eta);
  }
  if (!alone) PetscCall(WholeLimit(algorithm, known, momentum, &limit));
  if (table)
    PetscCall(PetscFPrintf(PETSC_COMM_WORLD, table,
                           "all %" PetscInt_FMT
                           " coordinates (the table is of coordinate %" PetscInt_FMT ")\n",
                           known->n, known->chosen + 1));
  json_object_set_new(part, "count", json_integer(known->n));
  json_object_set_new(part, "chosen", json_integer(known->chosen + 1));
  PetscCall(HypTheoryLine(table, part, "curvature_least", least, ""));
  PetscCall(HypTheoryLine(table, part, "curvature_largest", largest, ""));
  if (alone)
    PetscCall(HypTheoryLine(table, part, "rate_slowest", slowest, "per step, E |theta|^2"));
  PetscCall(HypTheoryLine(table, part, "learning_rate_limit", limit,
                          alone ? "each coordinate with noise of its own"
                                : "of second moments, with the noise of this loss"));
  json_object_set_new(body, "coordinates", part);
  PetscFunctionReturn(0);
}

/* Statements of An, Lu and Ying and of He et al., with both sides; of momentum those that compare
   it, Proposition 1 */
static PetscErrorCode StatementsPart(const HypAlgorithm *algorithm, PetscBool momentum, FILE *table,
                                     json_t *body)
{
  HypStatement *statements;
  PetscInt      n;
  json_t       *list = json_array();

  PetscFunctionBeginUser;
  PetscCall(HypAlgorithmStatementsJudge(algorithm, PETSC_FALSE, &n, &statements));
  PetscCall(PetscFPrintf(PETSC_COMM_WORLD, table, "statements\n"));
  for (PetscInt k = 0; k < n; k++) {
    const HypStatement *at       = &statements[k];
    const char         *relation = HypAlgorithmRows[k].relation;

    if (!isfinite(at->left) || (momentum && !strstr(at->source, "Prop. 1")))
      continue; /* not applicable */
    PetscCall(PetscFPrintf(PETSC_COMM_WORLD, table,
                           "  %-14s %-38s %12.6g %-2s %-12.6g (+- %.1e)  %s\n",
                           HypVerdicts[at->verdict], at->name, (double)at->left, relation,
                           (double)at->right, HypRoundUp((double)at->uncertainty, 2), at->source));
    json_array_append_new(
      list,
      json_pack("{s:s,s:s,s:s,s:o,s:o,s:s}", "name", at->name, "source", at->source, "relation",
                relation, "left", isfinite(at->left) ? json_real((double)at->left) : json_null(),
                "right", isfinite(at->right) ? json_real((double)at->right) : json_null(),
                "verdict", HypVerdicts[at->verdict]));
  }
  json_object_set_new(body, "statements", list);
  PetscCall(PetscFree(statements));
  PetscFunctionReturn(0);
}

/* The optimal mini-batch schedule (4.11) of An, Lu and Ying, from E X^2 = 1 at the start */
static PetscErrorCode SchedulePart(const HypSettings *s, const HypAlgorithm *algorithm, FILE *table,
                                   json_t *body)
{
  const PetscInt  steps = (PetscInt)s->theory_batch_steps;
  const PetscReal step  = PetscSqrtReal(algorithm->eta * (1 - algorithm->kappa));
  json_t *const   part  = json_object();
  HypSchedule     schedule;
  PetscReal       first;

  PetscFunctionBeginUser;
  PetscCall(HypScheduleCreate(algorithm, s->theory_batch_cost, (PetscReal)steps * step, &schedule));
  first = PetscMax(0, (schedule.end - schedule.t_star) / step);
  if (table)
    PetscCall(PetscFPrintf(PETSC_COMM_WORLD, table,
                           "mini-batches over %" PetscInt_FMT " steps, (4.11) of An, Lu and Ying\n",
                           steps));
  PetscCall(
    HypTheoryLine(table, part, "cost_limit", schedule.cost_limit, "no batches above this price"));
  PetscCall(
    HypTheoryLine(table, part, "t_star", schedule.t_star, "batches grow during the last t*"));
  PetscCall(
    HypTheoryLine(table, part, "first_step", first, "step from which batches grow, (T - t*)/dt"));
  PetscCall(HypTheoryLine(table, part, "last_batch", 1 + HypScheduleBatch(&schedule, schedule.end),
                          "size of the last batch"));
  PetscCall(HypTheoryLine(table, part, "value", HypScheduleValue(&schedule, 1, 0),
                          "least cost from E theta^2 = 1, corrected"));
  PetscCall(HypTheoryLine(table, part, "value_printed", HypScheduleValuePrinted(&schedule, 1, 0),
                          "the same as printed, (4.10)"));
  json_object_set_new(body, "schedule", part);
  PetscFunctionReturn(0);
}

/* The algorithm on the chosen coordinate, and the rate given up in the critical case */
static PetscErrorCode AlgorithmOf(const HypSettings *s, const HypTheoryLoss *known,
                                  HypAlgorithm *algorithm, PetscReal *delta)
{
  PetscFunctionBeginUser;
  *algorithm = (HypAlgorithm){s->model_learning_rate, s->model_staleness,
                              known->curvature[known->chosen], known->noise[known->chosen]};
  *delta     = s->theory_delta;
  if (isnan(*delta)) *delta = 0.1 * PetscSqrtReal((1 - algorithm->kappa) / algorithm->eta);
  PetscFunctionReturn(0);
}

/* What holds for noise that does not depend on theta is not known of this loss, or is infinite */
static PetscErrorCode OfWholeLoss(const HypTheoryLoss *known, HypTheoryReport *report)
{
  PetscFunctionBeginUser;
  if (!known->linear.rows) PetscFunctionReturn(0);
  PetscCall(WholeLimit(&report->algorithm, known, PETSC_FALSE, &report->eta_limit));
  report->stationary_asgd  = report->algorithm.eta < report->eta_limit ? NAN : INFINITY;
  report->stationary_sme   = NAN;
  report->stationary_sde   = NAN;
  report->rate_square      = NAN;
  report->kappa_square     = NAN;
  report->rate_best_square = NAN;
  if (report->algorithm.eta >= report->eta_limit) report->workers_exact = report->speedup = NAN;
  PetscFunctionReturn(0);
}

/* The table of the type of model, and its numbers */
static PetscErrorCode TablePart(const HypSettings *s, PetscBool momentum,
                                const HypTheoryLoss *known, const HypAlgorithm *algorithm,
                                PetscReal delta, FILE *table, json_t **body)
{
  HypTheoryReport   report;
  HypMomentumReport other;
  PetscMPIInt       rank;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(PETSC_COMM_WORLD, &rank));
  if (momentum) {
    PetscCheck(isnan(s->theory_batch_cost), PETSC_COMM_SELF, PETSC_ERR_ARG_INCOMP,
               "theory_batch_cost: given with model_type momentum, but the optimal mini-batches "
               "of An, Lu and Ying are about asgd; leave one of them out");
    PetscCall(HypMomentumReportCompute(algorithm, delta, &other));
    if (known->linear.rows) {
      PetscCall(WholeLimit(algorithm, known, PETSC_TRUE, &other.eta_limit));
      other.stationary = algorithm->eta < other.eta_limit ? NAN : INFINITY;
    }
    if (table && !rank) PetscCall(HypReportPrint(&HypMomentumTable, &other, table));
    *body = HypReportJSON(&HypMomentumTable, &other);
  } else {
    PetscCall(HypTheoryReportCompute(algorithm, (PetscReal)s->theory_workers, delta, s->theory_eps0,
                                     &report));
    PetscCall(OfWholeLoss(known, &report));
    if (table && !rank) PetscCall(HypReportPrint(&HypTheoryTable, &report, table));
    *body = HypReportJSON(&HypTheoryTable, &report);
  }
  PetscFunctionReturn(0);
}

/*
  HypTheoryNumbers - What the formulas say about the algorithm of the settings

  Collective where there is a table

  Input Parameters:
+ s     - the settings
- table - where to print, with the statements and the recorded run; NULL: numbers alone

  Output Parameter:
. body - the members of the summary; free with json_decref()
*/
PetscErrorCode HypTheoryNumbers(const HypSettings *s, FILE *table, json_t **body)
{
  const PetscBool momentum = strcmp(s->model_type, "momentum") ? PETSC_FALSE : PETSC_TRUE;
  HypTheoryLoss   known;
  HypAlgorithm    algorithm;
  PetscReal       delta;

  PetscFunctionBeginUser;
  PetscCheck(!isnan(s->model_learning_rate) && !isnan(s->model_staleness), PETSC_COMM_SELF,
             PETSC_ERR_ARG_INCOMP,
             "model_learning_rate, model_staleness: hypoco theory speaks about an algorithm and "
             "needs both");
  PetscCall(HypTheoryLossCreate(s, &known));
  PetscCall(AlgorithmOf(s, &known, &algorithm, &delta));
  if (table && known.linearised != 0)
    PetscCall(PetscFPrintf(PETSC_COMM_WORLD, table, "linearised at theta_1 = %.10g\n",
                           (double)known.linearised));
  PetscCall(TablePart(s, momentum, &known, &algorithm, delta, table, body));
  if (table) PetscCall(StatementsPart(&algorithm, momentum, table, *body));
  if (s->theory_trace) PetscCall(HypTheoryTrace(s, *body));
  PetscCall(CoordinatesPart(&algorithm, &known, momentum, table, *body));
  PetscCall(HypTheoryFactors(s, algorithm.eta, &known, table, *body));
  if (!isnan(s->theory_batch_cost)) PetscCall(SchedulePart(s, &algorithm, table, *body));
  PetscCall(HypTheoryLossDestroy(&known));
  PetscFunctionReturn(0);
}

PetscErrorCode HypCommandTheory(const HypSettings *s)
{
  HypResult      result = {.asked = s->asked, .verdict = "done"};
  json_t        *body   = NULL;
  PetscLogDouble begin, end;

  PetscFunctionBeginUser;
  PetscCall(PetscTime(&begin));
  PetscCheck(!s->output || s->theory_trace, PETSC_COMM_WORLD, PETSC_ERR_ARG_INCOMP,
             "output: theory writes a file about a recorded run only; give theory_trace too, or "
             "json for the numbers of the table");
  PetscCall(HypTheoryNumbers(s, stdout, &body));
  PetscCall(PetscTime(&end));
  result.total_s = end - begin;
  result.extra   = json_object();
  json_object_set_new(result.extra, "theory", body);
  if (s->json) PetscCall(HypResultWriteJSON(&result, s->json));
  json_decref(result.extra);
  PetscFunctionReturn(0);
}
