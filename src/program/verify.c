/* hypoco verify: Theorem 3.1 and its proof under audit,
   for the user's parameters and perturbation. */
#include "program/study.h"
#include <petsctime.h>

/* The last line: how many statements have which verdict; of bounds, where nothing else is judged */
static PetscErrorCode Conclude(const HypInvestigation *v, const char *failed,
                               const PetscInt counts[], char text[], size_t size)
{
  const char *const measured = v->unmeasured[0] ? "nothing was measured; " : "";
  const char *const reference =
    HypModelHasReference(HypKineticGetModel(v->asked.K)) ? "with space_reference " : "";
  PetscInt bounds[HYP_BOUND_NONE + 1] = {0};

  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < v->nbounds; i++) bounds[v->bounds[i].verdict]++;
  if (!v->nstatements)
    PetscCall(PetscSNPrintf(text, size,
                            "%s%sonly bounds were judged: %d hold, %d false here, %d vacuous, "
                            "%d not measured, %d do not apply",
                            reference, measured, (int)bounds[HYP_BOUND_HOLDS],
                            (int)bounds[HYP_BOUND_FALSE], (int)bounds[HYP_BOUND_VACUOUS],
                            (int)bounds[HYP_BOUND_UNKNOWN], (int)bounds[HYP_BOUND_NONE]));
  else
    PetscCall(PetscSNPrintf(
      text, size, "%s%s%s; %d hold, %d fail, %d undecided, %d vacuous, %d not applicable",
      reference,
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
  result->found       = v;
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
  PetscCall(
    HypStudyGoOn(agreement, HypStudyCreate(PETSC_COMM_WORLD, s, tasks, NULL, &study), &study));
  PetscCallMPI(MPI_Comm_free(&agreement));
  if (v->fine.steady.f) {
    PetscCall(HypGuardSteady(study.problem.K, v->fine.steady.f));
    PetscCall(HypGuardAgreement(study.problem.space, v->fine.steady.error, v->fine.steady.source));
    PetscCall(HypGuardGap(study.problem.space, v->rate.gap, v->rate.gap_error));
  }
  PetscCall(FillResult(&study, &result));
  if (s->json) PetscCall(HypResultWriteJSON(&result, s->json));
  PetscCall(HypResultFileCreate(&result, v->fine.steady.f, s->output, &file));
  PetscCall(HypResultFileClose(&file, v->fine.h));
  PetscCall(HypResultPrint(&result, stdout));
  PetscCall(HypStudyDestroy(&study));
  PetscFunctionReturn(0);
}
