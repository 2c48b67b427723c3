/* hypoco steady: the steady state F, with the identities that certify it. */
#include "program/guard.h"
#include "program/problem.h"
#include <petsctime.h>

PetscErrorCode HypCommandSteady(const HypOptions *options)
{
  HypProblem     problem;
  HypKinetic     K;
  HypSteady      steady;
  HypResult      result;
  PetscLogDouble ready, now;

  PetscFunctionBeginUser;
  PetscCall(HypProblemCreate(options, &problem));
  PetscCall(HypProblemDirect(&problem, options, &K));
  PetscCall(PetscTime(&ready));
  PetscCall(HypSteadyCompute(K, &steady));
  PetscCall(HypGuardSteady(K, steady.f));
  PetscCall(PetscTime(&now));
  PetscCall(HypProblemResult(&problem, options, &result));
  result.steady  = &steady;
  result.setup_s = ready - problem.start;
  result.solve_s = now - ready;
  result.total_s = now - problem.start;
  PetscCall(HypResultWriteFile(&result, steady.f, HypOptionsText(options, "output")));
  PetscCall(HypResultPrint(&result, stdout));
  if (HypOptionsGiven(options, "json"))
    PetscCall(HypResultWriteJSON(&result, HypOptionsText(options, "json")));
  PetscCall(HypSteadyDestroy(&steady));
  PetscCall(HypProblemDestroy(&problem));
  PetscFunctionReturn(0);
}
