#include "program/study.h"
#include <math.h>
#include <string.h>

static PetscErrorCode Initial(HypSpace space, Vec u, void *ctx)
{
  const HypInquirer *inquirer = (const HypInquirer *)ctx;

  PetscFunctionBeginUser;
  PetscCall(HypSettingsInitial(inquirer->s, HypSpaceGetModel(space), space, u));
  PetscFunctionReturn(0);
}

static PetscErrorCode Progress(PetscReal t, void *ctx)
{
  const HypInquirer *inquirer = (const HypInquirer *)ctx;
  const PetscReal    end      = inquirer->s->time_end;

  PetscFunctionBeginUser;
  if (t <= 0)
    PetscCall(HypProgressStart(inquirer->s, "t", 0, end, &((HypInquirer *)ctx)->progress));
  PetscCall(HypProgressUpdate(&((HypInquirer *)ctx)->progress, t));
  if (t >= end) PetscCall(HypProgressEnd(&((HypInquirer *)ctx)->progress));
  PetscFunctionReturn(0);
}

/* The problem, its start and the number of eigenvalues; the rest is left to the caller */
PetscErrorCode HypProblemInquiry(const HypProblem *problem, HypInquirer *inquirer,
                                 HypInquiry *inquiry)
{
  PetscFunctionBeginUser;
  *inquiry = (HypInquiry){.K = problem->K, .plain = problem->model, .lyapunov = &problem->lyapunov};
  inquiry->count =
    PetscMin((PetscInt)inquirer->s->spectrum_count, HypSpaceGetSize(problem->space) / 4);
  inquiry->initial = Initial;
  inquiry->ctx     = inquirer;
  PetscFunctionReturn(0);
}

/* The algorithm whose equation it is, where the file gives one; of the first coordinate */
static PetscBool AlgorithmOf(const HypSettings *s, HypModel model, HypAlgorithm *algorithm)
{
  *algorithm = (HypAlgorithm){s->model_learning_rate, s->model_staleness,
                              PetscSqr(HypModelCoordinate(model, 0).omega), s->model_noise};
  return !isnan(s->model_learning_rate) && !isnan(s->model_staleness) && !isnan(s->model_noise)
           ? PETSC_TRUE
           : PETSC_FALSE;
}

/* What verify does: all, or all but the audit of Theorem 3.1, which is about a quadratic loss and
   its perturbations, and whose suprema over boxes are searched in d <= 3 */
HypTasks HypStudyAudits(const HypSettings *s)
{
  const PetscBool potential =
    s->model_potential || s->model_potential_each[0] ? PETSC_TRUE : PETSC_FALSE;

  return potential || s->model_dimension > 3 ? HYP_TASK_SOLVE | HYP_TASK_SPECTRUM | HYP_TASK_BOUNDS
                                             : HYP_TASK_ALL;
}

/* The model of bounds and certificates, which are about M and eps whatever the space is */
static PetscErrorCode PlainModel(MPI_Comm comm, const HypSettings *s, HypStudy *study,
                                 HypModel *model)
{
  PetscFunctionBeginUser;
  *model = study->problem.model;
  if (!HypModelHasReference(*model)) PetscFunctionReturn(0);
  PetscCall(HypSettingsModel(s, comm, &study->plain));
  *model = study->plain;
  PetscFunctionReturn(0);
}

/* Investigates on the ranks of comm; to be freed with HypStudyDestroy(), after a failure too.
   shared: with studies of the same problem at other amplitudes, or NULL */
PetscErrorCode HypStudyCreate(MPI_Comm comm, const HypSettings *s, HypTasks tasks,
                              HypShared *shared, HypStudy *study)
{
  HypInquiry  inquiry;
  HypModel    model;
  Mat        *sparse;
  PetscMPIInt all;

  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(study, sizeof(*study)));
  study->inquirer.s = s;
  PetscCheck(!(tasks & HYP_TASK_SOLVE) || strcmp(s->initial_type, "file"), comm,
             PETSC_ERR_ARG_INCOMP,
             "initial_type: file given, but error bars need the initial data on two resolutions; "
             "give gaussian, point, modes, random or expression");
  PetscCall(HypProblemCreateOn(comm, s, &study->problem));
  PetscCall(PlainModel(comm, s, study, &model));
  if (study->plain) tasks &= ~(HypTasks)HYP_TASK_AUDIT;  /* of norms in L2(M) */
  sparse = shared && !study->plain ? &shared->TL : NULL; /* a reference may follow eps */
  if (sparse) PetscCall(HypKineticShareSparse(study->problem.K, sparse));
  PetscCall(HypSettingsJacobian(s, model, &study->jacobian));
  PetscCall(HypSettingsContraction(s, model, shared, &study->slopes, &study->contraction));
  PetscCall(HypProblemInquiry(&study->problem, &study->inquirer, &inquiry));
  PetscCall(HypOutputTimes(s, &inquiry.ntimes, &study->times));
  inquiry.tasks       = tasks;
  inquiry.times       = study->times;
  inquiry.jacobian    = &study->jacobian;
  inquiry.box         = s->verify_box;
  inquiry.slopes      = &study->slopes;
  inquiry.contraction = &study->contraction;
  inquiry.plain       = model;
  if (AlgorithmOf(s, model, &study->algorithm)) inquiry.algorithm = &study->algorithm;
  /* a progress line, if this is the only problem of the process */
  PetscCallMPI(MPI_Comm_compare(comm, PETSC_COMM_WORLD, &all));
  if (all == MPI_IDENT || all == MPI_CONGRUENT) inquiry.progress = Progress;
  PetscCall(HypInvestigate(&inquiry, &study->found));
  if (sparse) PetscCall(HypKineticShareSparse(study->problem.K, sparse));
  PetscFunctionReturn(0);
}

/* Does the space have no chance?  A slope that grows without bound, and noise that does, change
   F's tail: it is no small part of M any more, and polynomials times M do not hold it. */
static PetscBool BeyondSpace(const HypSlopes *slopes)
{
  return !slopes->bounded || slopes->lipschitz ? PETSC_TRUE : PETSC_FALSE;
}

/*
   What follows a HypStudyCreate() that ended with `error`: where no space of this kind resolves
   eps, a numerical failure is no failure of the study, which then has what needs no solution.
   Every other error stays.  `agreement` is a communicator of all ranks, used for nothing else.
*/
PetscErrorCode HypStudyGoOn(MPI_Comm agreement, PetscErrorCode error, HypStudy *study)
{
  const bool alike     = HypCliAlike(agreement, error);
  const bool numerical = error == PETSC_ERR_CONV_FAILED || error == PETSC_ERR_NOT_CONVERGED ||
                         error == PETSC_ERR_FP || error == PETSC_ERR_LIB ||
                         error == PETSC_ERR_MAT_LU_ZRPVT || error == PETSC_ERR_MAT_CH_ZRPVT;

  PetscFunctionBeginUser;
  if (!error && alike) PetscFunctionReturn(0);
  if (!alike || !numerical || !study->found.ready || !BeyondSpace(&study->slopes))
    return error ? error : PETSC_ERR_CONV_FAILED;
  PetscCall(HypInvestigateUnmeasured(&study->found, HypCliTakeError(agreement)));
  PetscFunctionReturn(0);
}

PetscErrorCode HypStudyDestroy(HypStudy *study)
{
  PetscFunctionBeginUser;
  PetscCall(HypInvestigationDestroy(&study->found));
  PetscCall(HypContractionDestroy(&study->contraction));
  PetscCall(HypSlopesDestroy(&study->slopes));
  PetscCall(HypJacobianDestroy(&study->jacobian));
  PetscCall(PetscFree(study->times));
  PetscCall(HypModelDestroy(&study->plain));
  PetscCall(HypProblemDestroy(&study->problem));
  PetscFunctionReturn(0);
}
