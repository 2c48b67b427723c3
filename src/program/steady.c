/* hypoco steady: the steady state F, with the identities that certify it. */
#include <hypoco/guard.h>
#include "program/problem.h"
#include <petsctime.h>

PetscErrorCode HypCommandSteady(const HypSettings *s)
{
  HypProblem     problem;
  HypSteady      steady;
  HypResult      result;
  PetscLogDouble ready, now;

  PetscFunctionBeginUser;
  PetscCall(HypProblemCreate(s, &problem));
  PetscCall(PetscTime(&ready));
  PetscCall(HypSteadyCompute(problem.K, &steady));
  PetscCall(HypGuardSteady(problem.K, steady.f));
  PetscCall(HypProblemCheckSteady(&problem, &steady));
  PetscCall(HypProblemCheckGap(&problem));
  PetscCall(PetscTime(&now));
  PetscCall(HypProblemResult(&problem, s, &result));
  result.steady  = &steady;
  result.setup_s = ready - problem.start;
  result.solve_s = now - ready;
  result.total_s = now - problem.start;
  PetscCall(HypResultWriteFile(&result, steady.f, s->output));
  if (s->json) PetscCall(HypResultWriteJSON(&result, s->json));
  PetscCall(HypResultPrint(&result, stdout));
  PetscCall(HypSteadyDestroy(&steady));
  PetscCall(HypProblemDestroy(&problem));
  PetscFunctionReturn(0);
}
