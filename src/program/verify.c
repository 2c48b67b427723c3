/* hypoco verify: Theorem 3.1 and its proof under audit,
   for the user's parameters and perturbation. */
#include "program/study.h"
#include "base/base.h"
#include <jansson.h>
#include <math.h>
#include <petsctime.h>
#include <string.h>

/* mu - eps0 C1 with the constants as the proof has them, and corrected */
static PetscReal Guaranteed(const HypInvestigation *v, PetscReal eps0, PetscReal C1)
{
  return v->constants.theorem.lyapunov.mu_proved - eps0 * C1;
}

static void PrintAssumption(FILE *f, const HypInvestigation *v)
{
  fprintf(f,
          "\nAssumption 3.1: suprema over |x_i|, |v_i| <= box standard deviations of M; on the "
          "whole space it holds for eps = 0 only\n  %-22s",
          "box");
  for (PetscInt k = 0; k < HYP_BOXES; k++) fprintf(f, " %12.5g", (double)v->boxes[k].box);
  fprintf(f, "  (last: this audit; the space sees %.4g)\n", (double)v->reach);
  for (PetscInt i = 0; i < HYP_SUPREMA; i++) {
    fprintf(f, "  sup %-18s", HypSupremaNames[i]);
    for (PetscInt k = 0; k < HYP_BOXES; k++) fprintf(f, " %12.5g", (double)v->boxes[k].value[i]);
    fputc('\n', f);
  }
  fprintf(f, "  %-22s", "eps0");
  for (PetscInt k = 0; k < HYP_BOXES; k++) fprintf(f, " %12.5g", (double)v->boxes[k].eps0);
  fprintf(f, "\n  %-22s", "mu - eps0 C1");
  for (PetscInt k = 0; k < HYP_BOXES; k++)
    fprintf(f, " %12.5g", (double)Guaranteed(v, v->boxes[k].eps0, v->constants.theorem.C1));
  fprintf(
    f, "\n  C1 = %.6g (corrected %.6g), C2 = %.6g; the theorem guarantees decay for eps0 < %.3g\n",
    (double)v->constants.theorem.C1, (double)v->constants.C1_corrected,
    (double)v->constants.theorem.C2, (double)v->constants.theorem.eps0_max);
}

static void PrintRates(FILE *f, const HypInvestigation *v)
{
  const HypRateEstimate *r    = &v->rate;
  const PetscReal        eps0 = v->boxes[HYP_BOXES - 1].eps0;
  HypWorstValue          decay;
  HypShownBar            bar;

  fprintf(f, "\nrate of ||h||, two methods on two resolutions\n");
  fprintf(f, "  %-22s %18.10g  %s\n", "fit of the solution", (double)r->fit,
          HypShowBar(bar, r->fit_error));
  fprintf(f, "  %-22s %18.10g  %s\n", "spectral gap", (double)r->gap,
          HypShowBar(bar, r->gap_error));
  if (r->agree)
    fprintf(f, "  %-22s %18.10g  %s\n", "the solution's rate", (double)r->rate,
            HypShowBar(bar, r->error));
  else
    fprintf(f, "  %-22s %18s\n", "the solution's rate", "undecided");
  if (r->reason[0]) fprintf(f, "    %s\n", r->reason);
  if (!v->fine.audit) return;
  (void)HypAuditGetWorst(v->fine.audit, HYP_WORST_DECAY, &decay);
  fprintf(f, "  %-22s %18.10g  mu - eps0 C1, by the proof of Theorem 3.1\n", "Theorem 3.1",
          (double)Guaranteed(v, eps0, v->constants.theorem.C1));
  fprintf(f, "  %-22s %18.10g  with the corrected C1\n", "Theorem 3.1",
          (double)Guaranteed(v, eps0, v->constants.C1_corrected));
  fprintf(f, "  %-22s %18.10g  best rate that this H gives on this space: -1/2 max H'/H\n",
          "Lyapunov", (double)(-decay.value / 2));
}

static json_t *Number(PetscReal value)
{
  return isfinite(value) ? json_real((double)value) : json_null();
}

static json_t *AssumptionJSON(const HypInvestigation *v)
{
  json_t *list = json_array();

  for (PetscInt k = 0; k < HYP_BOXES; k++) {
    json_t *suprema = json_object();

    for (PetscInt i = 0; i < HYP_SUPREMA; i++)
      json_object_set_new(suprema, HypSupremaNames[i], Number(v->boxes[k].value[i]));
    json_array_append_new(
      list, json_pack("{s:o,s:o,s:o,s:o,s:o,s:b}", "box", Number(v->boxes[k].box), "suprema",
                      suprema, "eps0", Number(v->boxes[k].eps0), "guaranteed",
                      Number(Guaranteed(v, v->boxes[k].eps0, v->constants.theorem.C1)),
                      "guaranteed_corrected",
                      Number(Guaranteed(v, v->boxes[k].eps0, v->constants.C1_corrected)), "audit",
                      k == HYP_BOXES - 1));
  }
  return list;
}

/* The members of the summary that only verify has */
static json_t *Extra(const HypInvestigation *v)
{
  const HypTheoremConstants *t = &v->constants.theorem;
  const HypRateEstimate     *r = &v->rate;
  json_t                    *constants, *estimate;
  HypWorstValue              decay = {.value = NAN};

  if (v->fine.audit) (void)HypAuditGetWorst(v->fine.audit, HYP_WORST_DECAY, &decay);
  constants = json_pack("{s:o,s:o,s:o,s:o,s:o}", "C1", Number(t->C1), "C1_printed",
                        Number(t->C1_printed), "C1_corrected", Number(v->constants.C1_corrected),
                        "C2", Number(t->C2), "eps0_max", Number(t->eps0_max));
  estimate =
    json_pack("{s:o,s:o,s:o,s:o,s:o,s:o,s:b,s:i,s:s,s:o}", "fit", Number(r->fit), "fit_error",
              Number(r->fit_error), "gap", Number(r->gap), "gap_error", Number(r->gap_error),
              "rate", r->agree ? Number(r->rate) : json_null(), "error",
              r->agree ? Number(r->error) : json_null(), "agree", r->agree, "mode", (int)r->mode,
              "reason", r->reason, "lyapunov", Number(-decay.value / 2));
  return json_pack("{s:s,s:o,s:o,s:o,s:o}", "answer", v->answer, "assumption", AssumptionJSON(v),
                   "space_reach", Number(v->reach), "constants", constants, "rate_estimate",
                   estimate);
}

/* The last line: how many statements have which verdict; of bounds, where nothing else is judged */
static PetscErrorCode Conclude(const HypInvestigation *v, const char *failed,
                               const PetscInt counts[], char text[], size_t size)
{
  const char *const measured                   = v->unmeasured[0] ? "nothing was measured; " : "";
  PetscInt          bounds[HYP_BOUND_NONE + 1] = {0};

  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < v->nbounds; i++) bounds[v->bounds[i].verdict]++;
  if (!v->nstatements)
    PetscCall(PetscSNPrintf(text, size,
                            "%sonly bounds were judged: %d hold, %d false here, %d vacuous, "
                            "%d not measured, %d do not apply",
                            measured, (int)bounds[HYP_BOUND_HOLDS], (int)bounds[HYP_BOUND_FALSE],
                            (int)bounds[HYP_BOUND_VACUOUS], (int)bounds[HYP_BOUND_UNKNOWN],
                            (int)bounds[HYP_BOUND_NONE]));
  else
    PetscCall(PetscSNPrintf(
      text, size, "%s%s; %d hold, %d fail, %d undecided, %d vacuous, %d not applicable",
      failed             ? "a proved statement fails: "
      : v->unmeasured[0] ? "nothing was measured"
                         : "no proved statement fails",
      failed ? failed : "", (int)counts[HYP_HOLDS], (int)counts[HYP_FAILS],
      (int)counts[HYP_UNDECIDED], (int)counts[HYP_VACUOUS], (int)counts[HYP_NOT_APPLICABLE]));
  PetscFunctionReturn(0);
}

static PetscErrorCode FillResult(const HypStudy *study, HypResult *result)
{
  const HypInvestigation *v = &study->found;
  PetscInt                counts[HYP_VERDICTS];
  const char             *failed = HypInvestigationCount(v, counts);
  PetscLogDouble          now;

  PetscFunctionBeginUser;
  PetscCall(PetscTime(&now));
  PetscCall(HypProblemResult(&study->problem, study->inquirer.s, result));
  if (!v->unmeasured[0]) {
    result->series   = &v->fine.series;
    result->fit      = &v->fine.fit;
    result->estimate = v->fine.fit.form == HYP_FIT_NONE ? NULL : &v->rate;
    result->spectrum = &v->fine.spectrum;
    result->steady   = &v->fine.steady;
  }
  result->nstatements = v->nstatements;
  result->statements  = v->statements;
  result->slopes      = &study->slopes;
  result->contraction = &study->contraction;
  result->nbounds     = v->nbounds;
  result->bounds      = v->bounds;
  result->extra       = Extra(v);
  result->setup_s     = v->ready - study->problem.start;
  result->solve_s     = v->done - v->ready;
  result->total_s     = now - study->problem.start;
  PetscCall(Conclude(v, failed, counts, result->verdict, sizeof(result->verdict)));
  if (failed) PetscCall(HypCliSetExitCode(HYP_EXIT_STATEMENT_FAILED));
  PetscFunctionReturn(0);
}

PetscErrorCode HypCommandVerify(const HypSettings *s)
{
  const HypTasks                tasks = HypStudyAudits(s);
  HypStudy                      study;
  const HypInvestigation *const v = &study.found;
  HypResult                     result;
  HypResultFile                 file;
  MPI_Comm                      agreement;
  PetscMPIInt                   rank;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(PETSC_COMM_WORLD, &rank));
  if (s->statements_markdown) {
    if (!rank) PetscCall(HypStatementsMarkdown(stdout));
    PetscFunctionReturn(0);
  }
  PetscCallMPI(MPI_Comm_dup(PETSC_COMM_WORLD, &agreement));
  PetscCall(HypStudyGoOn(agreement, HypStudyCreate(PETSC_COMM_WORLD, s, tasks, &study), &study));
  PetscCallMPI(MPI_Comm_free(&agreement));
  if (v->fine.steady.f) PetscCall(HypGuardSteady(study.problem.K, v->fine.steady.f));
  PetscCall(FillResult(&study, &result));
  if (!rank) {
    printf("%s\n", v->answer);
    if (tasks & HYP_TASK_AUDIT) PrintAssumption(stdout, v);
    if (!v->unmeasured[0]) PrintRates(stdout, v);
    fputc('\n', stdout);
  }
  PetscCall(HypResultPrint(&result, stdout));
  if (s->json) PetscCall(HypResultWriteJSON(&result, s->json));
  PetscCall(HypResultFileCreate(&result, v->fine.steady.f, s->output, &file));
  PetscCall(HypResultFileClose(&file, v->fine.h));
  json_decref(result.extra);
  PetscCall(HypStudyDestroy(&study));
  PetscFunctionReturn(0);
}
