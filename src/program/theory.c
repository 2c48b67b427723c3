/* hypoco theory: what the formulas say about one algorithm. */
#include "program/objects.h"
#include "program/sweepcase.h"
#include "program/theoryfactors.h"
#include "program/trace.h"
#include <hypoco/loss.h>
#include <hypoco/audit.h>
#include <hypoco/moments.h>
#include <hypoco/result.h>
#include <petsctime.h>
#include <math.h>
#include <string.h>

/* What theory knows of the loss: the curvatures and the noise along each of them,
   linearised where the loss is not quadratic */
typedef struct {
  PetscInt   n;
  PetscReal *curvature, *noise;
  PetscInt   chosen;     /* the coordinate of the table */
  PetscReal  linearised; /* theta_1 where, 0 if the loss is linear */
} Curvatures;

/* A list of one kind or another of what a loss knows about itself */
static PetscErrorCode FillCurvatures(const HypSettings *s, HypLoss loss, Curvatures *known)
{
  const double *values = s->sample_start.values;
  const size_t  given  = s->sample_start.count;
  HypLinearLoss linear;
  PetscInt      d, n;
  PetscReal    *start, *minimiser;

  PetscFunctionBeginUser;
  PetscCall(HypLossSizes(loss, &d, &n));
  PetscCall(HypLossLinear(loss, &linear));
  known->n = linear.n ? linear.n : d;
  PetscCall(PetscMalloc2(known->n, &known->curvature, known->n, &known->noise));
  if (linear.n) {
    PetscCall(PetscArraycpy(known->curvature, linear.curvature, linear.n));
    PetscCall(PetscArraycpy(known->noise, linear.noise, linear.n));
    PetscCall(HypLinearLossDestroy(&linear));
    PetscFunctionReturn(0);
  }
  PetscCheck(given == 1 || given == (size_t)d, PETSC_COMM_SELF, PETSC_ERR_ARG_SIZ,
             "sample_start: %zu numbers given, 1 or model_dimension = %" PetscInt_FMT " needed",
             given, d);
  PetscCall(PetscMalloc2(d, &start, d, &minimiser));
  for (PetscInt c = 0; c < d; c++) start[c] = values[given == 1 ? 0 : c];
  PetscCall(HypLossLinearise(loss, start, minimiser, known->curvature, known->noise));
  known->linearised = minimiser[0];
  PetscCall(PetscFree2(start, minimiser));
  PetscFunctionReturn(0);
}

/* As sample reads it: sample_loss_ keys, or model_omega0 and model_noise;
   a mini-batch divides the noise */
static PetscErrorCode CurvaturesFromOptions(const HypSettings *s, Curvatures *known)
{
  HypLoss loss;

  PetscFunctionBeginUser;
  if (!strcmp(s->sample_loss_type, "model")) {
    known->n = (PetscInt)s->model_omega0.count;
    PetscCall(PetscMalloc2(known->n, &known->curvature, known->n, &known->noise));
    for (PetscInt i = 0; i < known->n; i++) {
      known->curvature[i] = PetscSqr(s->model_omega0.values[i]);
      known->noise[i]     = !isnan(s->model_noise) ? s->model_noise : 1;
    }
  } else {
    PetscCall(HypSettingsLoss(s, NULL, &loss));
    PetscCall(FillCurvatures(s, loss, known));
    PetscCall(HypLossDestroy(&loss));
    known->chosen = (PetscInt)s->sample_coordinates.values[0] - 1;
    PetscCheck(known->chosen < known->n, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
               "sample_coordinates: %" PetscInt_FMT " given, but the loss has %" PetscInt_FMT
               " curvatures",
               known->chosen + 1, known->n);
  }
  for (PetscInt c = 0; c < known->n; c++) known->noise[c] /= (PetscReal)s->sample_batch;
  PetscFunctionReturn(0);
}

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

/* All coordinates together, where there are several: the slowest decides */
static PetscErrorCode CoordinatesPart(const HypAlgorithm *algorithm, const Curvatures *known,
                                      PetscBool momentum, json_t *body)
{
  PetscReal least = INFINITY, largest = 0, slowest = INFINITY, limit = INFINITY;
  json_t   *part;

  PetscFunctionBeginUser;
  if (known->n == 1) PetscFunctionReturn(0);
  part = json_object();
  for (PetscInt c = 0; c < known->n; c++) {
    HypAlgorithm one = *algorithm;
    PetscReal    rate, eta;

    one.curvature = known->curvature[c];
    PetscCall(RateAndLimit(&one, momentum, &rate, &eta));
    slowest = PetscMin(slowest, rate);
    least   = PetscMin(least, one.curvature);
    largest = PetscMax(largest, one.curvature);
    limit   = PetscMin(limit, eta);
  }
  PetscCall(PetscPrintf(PETSC_COMM_WORLD,
                        "all %" PetscInt_FMT
                        " coordinates (the table is of coordinate %" PetscInt_FMT ")\n",
                        known->n, known->chosen + 1));
  json_object_set_new(part, "count", json_integer(known->n));
  json_object_set_new(part, "chosen", json_integer(known->chosen + 1));
  PetscCall(HypTheoryLine(part, "curvature_least", least, ""));
  PetscCall(HypTheoryLine(part, "curvature_largest", largest, ""));
  PetscCall(HypTheoryLine(part, "rate_slowest", slowest, "per step, E |theta|^2"));
  PetscCall(
    HypTheoryLine(part, "learning_rate_limit", limit, "each coordinate with noise of its own"));
  json_object_set_new(body, "coordinates", part);
  PetscFunctionReturn(0);
}

/* Statements of An, Lu and Ying and of He et al., with both sides; of momentum those that compare
   it, Proposition 1 */
static PetscErrorCode StatementsPart(const HypAlgorithm *algorithm, PetscBool momentum,
                                     json_t *body)
{
  HypStatement *statements;
  PetscInt      n;
  json_t       *list = json_array();

  PetscFunctionBeginUser;
  PetscCall(HypAlgorithmStatementsJudge(algorithm, PETSC_FALSE, &n, &statements));
  PetscCall(PetscPrintf(PETSC_COMM_WORLD, "statements\n"));
  for (PetscInt k = 0; k < n; k++) {
    const HypStatement *at       = &statements[k];
    const char         *relation = HypAlgorithmRows[k].relation;

    if (!isfinite(at->left) || (momentum && !strstr(at->source, "Prop. 1")))
      continue; /* not applicable */
    PetscCall(PetscPrintf(PETSC_COMM_WORLD, "  %-14s %-38s %12.6g %-2s %-12.6g (+- %.1e)  %s\n",
                          HypVerdicts[at->verdict], at->name, (double)at->left, relation,
                          (double)at->right, (double)at->uncertainty, at->source));
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
static PetscErrorCode SchedulePart(const HypSettings *s, const HypAlgorithm *algorithm,
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
  PetscCall(PetscPrintf(PETSC_COMM_WORLD,
                        "mini-batches over %" PetscInt_FMT " steps, (4.11) of An, Lu and Ying\n",
                        steps));
  PetscCall(HypTheoryLine(part, "cost_limit", schedule.cost_limit, "no batches above this price"));
  PetscCall(HypTheoryLine(part, "t_star", schedule.t_star, "batches grow during the last t*"));
  PetscCall(HypTheoryLine(part, "first_step", first, "step from which batches grow, (T - t*)/dt"));
  PetscCall(HypTheoryLine(part, "last_batch", 1 + HypScheduleBatch(&schedule, schedule.end),
                          "size of the last batch"));
  PetscCall(HypTheoryLine(part, "value", HypScheduleValue(&schedule, 1, 0),
                          "least cost from E theta^2 = 1, corrected"));
  PetscCall(HypTheoryLine(part, "value_printed", HypScheduleValuePrinted(&schedule, 1, 0),
                          "the same as printed, (4.10)"));
  json_object_set_new(body, "schedule", part);
  PetscFunctionReturn(0);
}

/* The algorithm on the chosen coordinate, and the rate given up in the critical case */
static PetscErrorCode AlgorithmOf(const HypSettings *s, Curvatures *known, HypAlgorithm *algorithm,
                                  PetscReal *delta)
{
  PetscFunctionBeginUser;
  PetscCheck(!isnan(s->model_learning_rate) && !isnan(s->model_staleness), PETSC_COMM_WORLD,
             PETSC_ERR_ARG_INCOMP,
             "model_learning_rate, model_staleness: hypoco theory speaks about an algorithm and "
             "needs both");
  PetscCall(CurvaturesFromOptions(s, known));
  *algorithm = (HypAlgorithm){s->model_learning_rate, s->model_staleness,
                              known->curvature[known->chosen], known->noise[known->chosen]};
  *delta     = s->theory_delta;
  if (isnan(*delta)) *delta = 0.1 * PetscSqrtReal((1 - algorithm->kappa) / algorithm->eta);
  PetscFunctionReturn(0);
}

/*
  HypTheoryAlgorithm - The algorithm that theory speaks about

  Not collective

  Input Parameter:
. s - the settings

  Output Parameters:
+ algorithm - on the chosen coordinate
- delta     - the rate given up in the critical case
*/
PetscErrorCode HypTheoryAlgorithm(const HypSettings *s, HypAlgorithm *algorithm, PetscReal *delta)
{
  Curvatures known = {0};

  PetscFunctionBeginUser;
  PetscCall(AlgorithmOf(s, &known, algorithm, delta));
  PetscCall(PetscFree2(known.curvature, known.noise));
  PetscFunctionReturn(0);
}

/* The table of the type of model, and its numbers */
static PetscErrorCode TablePart(const HypSettings *s, PetscBool momentum,
                                const HypAlgorithm *algorithm, PetscReal delta, json_t **body)
{
  HypTheoryReport   report;
  HypMomentumReport other;
  PetscMPIInt       rank;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(PETSC_COMM_WORLD, &rank));
  if (momentum) {
    PetscCheck(isnan(s->theory_batch_cost), PETSC_COMM_WORLD, PETSC_ERR_ARG_INCOMP,
               "theory_batch_cost: given with model_type momentum, but the optimal mini-batches "
               "of An, Lu and Ying are about asgd; leave one of them out");
    PetscCall(HypMomentumReportCompute(algorithm, delta, &other));
    if (!rank) PetscCall(HypReportPrint(&HypMomentumTable, &other, stdout));
    *body = HypReportJSON(&HypMomentumTable, &other);
  } else {
    PetscCall(HypTheoryReportCompute(algorithm, (PetscReal)s->theory_workers, delta, s->theory_eps0,
                                     &report));
    if (!rank) PetscCall(HypReportPrint(&HypTheoryTable, &report, stdout));
    *body = HypReportJSON(&HypTheoryTable, &report);
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HypCommandTheory(const HypSettings *s)
{
  const PetscBool momentum = strcmp(s->model_type, "momentum") ? PETSC_FALSE : PETSC_TRUE;
  Curvatures      known    = {0};
  HypAlgorithm    algorithm;
  HypResult       result = {.asked = s->asked, .verdict = "done"};
  json_t         *body   = NULL;
  PetscReal       delta;
  PetscLogDouble  begin, end;

  PetscFunctionBeginUser;
  PetscCall(PetscTime(&begin));
  PetscCheck(!s->output || s->theory_trace, PETSC_COMM_WORLD, PETSC_ERR_ARG_INCOMP,
             "output: theory writes a file about a recorded run only; give theory_trace too, or "
             "json for the numbers of the table");
  PetscCall(AlgorithmOf(s, &known, &algorithm, &delta));
  if (known.linearised != 0)
    PetscCall(
      PetscPrintf(PETSC_COMM_WORLD, "linearised at theta_1 = %.10g\n", (double)known.linearised));
  PetscCall(TablePart(s, momentum, &algorithm, delta, &body));
  PetscCall(StatementsPart(&algorithm, momentum, body));
  if (s->theory_trace) PetscCall(HypTheoryTrace(s, body));
  PetscCall(CoordinatesPart(&algorithm, &known, momentum, body));
  PetscCall(HypTheoryFactors(s, algorithm.eta, known.n, known.curvature, body));
  if (!isnan(s->theory_batch_cost)) PetscCall(SchedulePart(s, &algorithm, body));
  PetscCall(PetscTime(&end));
  result.total_s = end - begin;
  result.extra   = json_object();
  json_object_set_new(result.extra, "theory", body);
  if (s->json) PetscCall(HypResultWriteJSON(&result, s->json));
  json_decref(result.extra);
  PetscCall(PetscFree2(known.curvature, known.noise));
  PetscFunctionReturn(0);
}
