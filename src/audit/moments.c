#include "audit/auditimpl.h"

/* sum over i of the forms of f_i = a_Vi h times sqrt(beta):
   |d h/d v_i| counts twice the gradient */
static PetscErrorCode SecondDerivatives(HypKinetic K, HypOperator forms[3], Vec h, Vec work[],
                                        HypMoments *m)
{
  PetscReal *sums[3] = {&m->Sx, &m->Sv, &m->Sxv}, value;

  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < HypKineticGetDimension(K); i++) {
    PetscCall(MatMult(HypKineticDerivative(K, HypKineticGetDimension(K) + i), h, work[2]));
    for (PetscInt k = 0; k < 3; k++) {
      PetscCall(VecSet(work[3], 0));
      PetscCall(HypOperatorApply(forms[k], PETSC_FALSE, work[2], work[3]));
      PetscCall(VecDot(work[2], work[3], &value));
      *sums[k] += HypModelCoordinate(HypKineticGetModel(K), i).beta * value;
    }
  }
  PetscFunctionReturn(0);
}

/* <h, A h> for A = T (without stabilisation), L, R; work[3] and work[4] receive R h and G h */
static PetscErrorCode Operators(HypKinetic K, Vec h, Vec work[], HypMoments *m)
{
  PetscReal normT;

  PetscFunctionBeginUser;
  PetscCall(HypKineticApply(K, HYP_TRANSPORT, PETSC_FALSE, h, work[4])); /* -T h */
  PetscCall(HypKineticDissipation(K, h, work[1]));
  PetscCall(VecWAXPY(work[2], 1, work[4], work[1]));
  PetscCall(VecNorm(work[2], NORM_2, &normT));
  PetscCall(VecDot(h, work[2], &m->T));
  m->T      = -m->T;
  m->Tscale = normT * PetscSqrtReal(m->norm2);
  PetscCall(HypKineticApply(K, HYP_FOKKER_PLANCK, PETSC_FALSE, h, work[2]));
  PetscCall(VecDot(h, work[2], &m->L));
  PetscCall(VecAXPY(work[4], 1, work[2]));
  PetscCall(HypKineticApply(K, HYP_PERTURBATION, PETSC_FALSE, h, work[3]));
  PetscCall(VecDot(h, work[3], &m->R));
  PetscCall(VecAXPY(work[4], 1, work[3]));
  PetscFunctionReturn(0);
}

/*@
  HypMomentsCompute - Every quadratic quantity of a state in Theorem 3.1 and its proof

  Collective

  Input Parameters:
+ K - the kinetic operator
. t - time, kept with the moments
- h - mean-zero state; unchanged

  Output Parameter:
. m - the moments

  Level: intermediate

  Note:
  Time derivatives are exact: d/dt <h, F h> = 2 <F h, G h> for a symmetric F,
  no differences in time.

.seealso: HypAuditObserve(), HypFunctionalsCompute()
@*/
PetscErrorCode HypMomentsCompute(HypKinetic K, PetscReal t, Vec h, HypMoments *m)
{
  const HypGradientForm weights[3] = {{.x = 1}, {.v = 1}, {.xv = 0.5}};
  HypOperator           forms[3];
  Vec                  *work;

  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(m, sizeof(*m)));
  PetscCall(VecDuplicateVecs(h, 6, &work));
  m->t = t;
  PetscCall(VecDot(h, HypSpaceGetOne(HypKineticGetSpace(K)), &m->mean));
  PetscCall(VecDot(h, h, &m->norm2));
  for (PetscInt k = 0; k < 3; k++) PetscCall(HypKineticCreateForm(K, weights[k], &forms[k]));
  PetscCall(SecondDerivatives(K, forms, h, work, m));
  PetscCall(Operators(K, h, work, m));
  for (PetscInt k = 0; k < 3; k++) {
    PetscReal *const at[3] = {&m->Ex, &m->Ev, &m->Exv}, *const R[3] = {&m->Rx, &m->Rv, &m->Rxv},
                     *const rate[3] = {&m->dEx, &m->dEv, &m->dExv};

    PetscCall(VecSet(work[5], 0));
    PetscCall(HypOperatorApply(forms[k], PETSC_FALSE, h, work[5]));
    PetscCall(VecDot(h, work[5], at[k]));
    PetscCall(VecDot(work[3], work[5], R[k]));
    PetscCall(VecDot(work[4], work[5], rate[k]));
    *rate[k] *= 2;
    PetscCall(HypOperatorDestroy(&forms[k]));
  }
  m->Rxv *= 2; /* <grad_x Rh, grad_v h> + <grad_v Rh, grad_x h> */
  PetscCall(VecDestroyVecs(6, &work));
  PetscFunctionReturn(0);
}
