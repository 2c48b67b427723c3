/* hypoco theory: what the formulas say about one algorithm. */
#include "program/program.h"
#include <hypoco/result.h>
#include <hypoco/moments.h>
#include <petsctime.h>

/* A fixed delay instead of a random one: He et al. */
static PetscErrorCode delayPart(const HypOptions *options, const HypAlgorithm *algorithm,
                                json_t *body)
{
  const PetscInt  delay = (PetscInt)HypOptionsInteger(options, "theory_delay");
  const PetscReal e     = algorithm->eta * algorithm->curvature;
  PetscReal       V     = -algorithm->curvature, rate;

  PetscFunctionBeginUser;
  if (delay > 0)
    PetscCall(HypDelayRate(1, &algorithm->curvature, (PetscReal)delay * algorithm->eta, &V));
  PetscCall(HypDelayDiscreteRate(e, delay, &rate));
  PetscCall(
    PetscPrintf(PETSC_COMM_WORLD, "fixed delay of %" PetscInt_FMT " steps (He et al.)\n", delay));
  PetscCall(
    PetscPrintf(PETSC_COMM_WORLD,
                "  %-26s %-12.6g largest real part of a root, Theorem 4.1: Re W0(-a tau)/tau\n",
                "V", (double)V));
  PetscCall(PetscPrintf(PETSC_COMM_WORLD, "  %-26s %-12.6g the algorithm's own, ln|z|/eta\n",
                        "V_discrete", (double)(rate / algorithm->eta)));
  PetscCall(PetscPrintf(PETSC_COMM_WORLD, "  %-26s %-12.6g stability limit 2 sin(pi/(2(2l+1)))/a\n",
                        "learning_rate_limit",
                        (double)(HypDelayStabilityLimit(delay) / algorithm->curvature)));
  json_object_set_new(body, "delay",
                      json_pack("{s:i,s:f,s:f,s:f}", "steps", (int)delay, "V", (double)V,
                                "V_discrete", (double)(rate / algorithm->eta),
                                "learning_rate_limit",
                                (double)(HypDelayStabilityLimit(delay) / algorithm->curvature)));
  PetscFunctionReturn(0);
}

/* The optimal mini-batch schedule (4.11) of An, Lu and Ying, from E X^2 = 1 at the start */
static PetscErrorCode schedulePart(const HypOptions *options, const HypTheoryReport *report,
                                   json_t *body)
{
  const PetscInt steps = (PetscInt)HypOptionsInteger(options, "theory_batch_steps");
  HypSchedule    schedule;
  PetscReal      first;

  PetscFunctionBeginUser;
  PetscCall(HypScheduleCreate(&report->algorithm, HypOptionsReal(options, "theory_batch_cost"),
                              (PetscReal)steps * report->step, &schedule));
  first = PetscMax(0, (schedule.end - schedule.t_star) / report->step);
  PetscCall(PetscPrintf(PETSC_COMM_WORLD,
                        "mini-batches over %" PetscInt_FMT " steps, (4.11) of An, Lu and Ying\n",
                        steps));
  PetscCall(PetscPrintf(PETSC_COMM_WORLD, "  %-26s %-12.6g no batches above this price\n",
                        "cost_limit", (double)schedule.cost_limit));
  PetscCall(PetscPrintf(PETSC_COMM_WORLD,
                        "  %-26s %-12.6g step from which batches grow, (T - t*)/dt\n", "first_step",
                        (double)first));
  PetscCall(PetscPrintf(PETSC_COMM_WORLD, "  %-26s %-12.6g size of the last batch\n", "last_batch",
                        (double)(1 + HypScheduleBatch(&schedule, schedule.end))));
  PetscCall(PetscPrintf(PETSC_COMM_WORLD,
                        "  %-26s %-12.6g least cost from E theta^2 = 1, corrected\n", "value",
                        (double)HypScheduleValue(&schedule, 1, 0)));
  PetscCall(PetscPrintf(PETSC_COMM_WORLD, "  %-26s %-12.6g the same as printed, (4.10)\n",
                        "value_printed", (double)HypScheduleValuePrinted(&schedule, 1, 0)));
  json_object_set_new(body, "schedule",
                      json_pack("{s:f,s:f,s:f,s:f,s:f,s:f}", "cost_limit",
                                (double)schedule.cost_limit, "t_star", (double)schedule.t_star,
                                "first_step", (double)first, "last_batch",
                                (double)(1 + HypScheduleBatch(&schedule, schedule.end)), "value",
                                (double)HypScheduleValue(&schedule, 1, 0), "value_printed",
                                (double)HypScheduleValuePrinted(&schedule, 1, 0)));
  PetscFunctionReturn(0);
}

PetscErrorCode HypCommandTheory(const HypOptions *options)
{
  HypAlgorithm    algorithm;
  HypTheoryReport report;
  HypResult       result = {.options = options, .verdict = "done"};
  json_t         *body;
  PetscMPIInt     rank;
  PetscLogDouble  begin, end;

  PetscFunctionBeginUser;
  PetscCall(PetscTime(&begin));
  PetscCallMPI(MPI_Comm_rank(PETSC_COMM_WORLD, &rank));
  PetscCheck(HypOptionsGiven(options, "model_learning_rate") &&
               HypOptionsGiven(options, "model_staleness"),
             PETSC_COMM_WORLD, PETSC_ERR_ARG_INCOMP,
             "model_learning_rate, model_staleness: hypoco theory speaks about an algorithm and "
             "needs both (and takes model_noise and "
             "model_omega0)");
  algorithm = (HypAlgorithm){
    HypOptionsReal(options, "model_learning_rate"), HypOptionsReal(options, "model_staleness"),
    PetscSqr(HypOptionsReal(options, "model_omega0")),
    HypOptionsGiven(options, "model_noise") ? HypOptionsReal(options, "model_noise") : 1};
  PetscCall(HypTheoryReportCompute(&algorithm,
                                   (PetscReal)HypOptionsInteger(options, "theory_workers"),
                                   HypOptionsGiven(options, "theory_delta")
                                     ? HypOptionsReal(options, "theory_delta")
                                     : 0.1 * PetscSqrtReal((1 - algorithm.kappa) / algorithm.eta),
                                   HypOptionsReal(options, "theory_eps0"), &report));
  body = HypTheoryReportJSON(&report);
  if (!rank) PetscCall(HypTheoryReportPrint(&report, stdout));
  if (HypOptionsGiven(options, "theory_delay")) PetscCall(delayPart(options, &algorithm, body));
  if (HypOptionsGiven(options, "theory_batch_cost"))
    PetscCall(schedulePart(options, &report, body));
  PetscCall(PetscTime(&end));
  result.total_s = end - begin;
  result.extra   = json_object();
  json_object_set_new(result.extra, "theory", body);
  if (HypOptionsGiven(options, "json"))
    PetscCall(HypResultWriteJSON(&result, HypOptionsText(options, "json")));
  json_decref(result.extra);
  PetscFunctionReturn(0);
}
