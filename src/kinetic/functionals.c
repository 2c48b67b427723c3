#include "kinetic/kineticimpl.h"

/*@
  HypFunctionalsCompute - Evaluates the norms and the Lyapunov functional of a state

  Collective

  Input Parameters:
+ K        - the kinetic operator
. lyapunov - C_i and Chat_i
- h        - coefficients of h = (g - F)/M; unchanged

  Output Parameter:
. f - mean of h, ||h||^2, ||grad_x h||^2, ||grad_v h||^2, <grad_x h, grad_v h>, H;
  equal on all ranks

  Level: beginner

  Notes:
  H = ||grad_x h||^2 + C ||grad_v h||^2 + 2 Chat <grad_x h, grad_v h> in L2(M):
  (3.8) of Zhu and Ying, with grad_x = sqrt(beta) w a_X and grad_v = sqrt(beta) a_V;
  with its own C_i, Chat_i for each pair.
  Error O(dx^2) for fv, spectral otherwise.
  The squares use the operator that L is made of,
  so that d/dt ||h||^2 = -2 (gamma/beta) ||grad_v h||^2 holds exactly.

.seealso: HypModelLyapunov(), HypKineticCreate()
@*/
PetscErrorCode HypFunctionalsCompute(HypKinetic K, const HypLyapunov *lyapunov, Vec h,
                                     HypFunctionals *f)
{
  PetscReal *value;

  PetscFunctionBeginUser;
  PetscCall(VecDot(h, HypSpaceGetOne(K->space), &f->mass));
  PetscCall(VecDot(h, h, &f->norm2));
  if (!K->gradients) PetscCall(HypKineticCreateGradients(K, &K->gradients));
  PetscCall(PetscMalloc1(K->gradients->n, &value));
  PetscCall(HypOperatorForm(K->gradients, h, value));
  f->grad_x2 = f->grad_v2 = f->grad_xv = f->H = 0;
  for (PetscInt i = 0; i < K->d; i++) {
    const PetscReal x = value[3 * i], v = value[3 * i + 1], xv = value[3 * i + 2];

    f->grad_x2 += x;
    f->grad_v2 += v;
    f->grad_xv += xv;
    f->H += x + lyapunov->Ci[i] * v + 2 * lyapunov->Chati[i] * xv;
  }
  PetscCall(PetscFree(value));
  PetscFunctionReturn(0);
}

/*@
  HypKineticNumber - The total degree of each basis function of a space of Hermite functions

  Collective

  Input Parameter:
. K - the operator on the space; its derivatives are matrices

  Output Parameter:
. degree - one number for each unknown, up to rounding

  Level: developer

.seealso: HypKineticCreateDegree()
@*/
PetscErrorCode HypKineticNumber(HypKinetic K, Vec degree)
{
  HypOperator number;
  Vec         ones;

  PetscFunctionBeginUser;
  PetscCall(HypKineticCreateDegree(K, &number));
  PetscCall(VecDuplicate(degree, &ones));
  PetscCall(VecSet(ones, 1));
  PetscCall(VecSet(degree, 0));
  PetscCall(HypOperatorApply(number, PETSC_FALSE, ones, degree));
  PetscCall(VecDestroy(&ones));
  PetscCall(HypOperatorDestroy(&number));
  PetscFunctionReturn(0);
}
