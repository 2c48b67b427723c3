#include <hypoco/kinetic.h>

/* ||a_c u||^2, on fv axes over the faces: <u, A u> with A the compact Laplacian of coordinate c; overwrites work[0] */
static PetscErrorCode Energy(HypKinetic K, PetscInt c, Vec u, PetscReal *energy)
{
  PetscFunctionBeginUser;
  if (K->laplacian[c]) {
    PetscCall(MatMult(K->laplacian[c], u, K->work[0]));
    PetscCall(VecDot(u, K->work[0], energy));
  } else {
    PetscCall(MatMult(K->a[c], u, K->work[0]));
    PetscCall(VecDot(K->work[0], K->work[0], energy));
  }
  PetscFunctionReturn(0);
}

/*@
  HypFunctionalsCompute - Evaluates the norms and the Lyapunov functional of a state

  Collective

  Input Parameters:
+ K        - the kinetic operator
. lyapunov - C and Chat
- h        - coefficients of h = (g - F)/M; unchanged

  Output Parameter:
. f - mean of h, ||h||^2, ||grad_x h||^2, ||grad_v h||^2, <grad_x h, grad_v h>, H; equal on all ranks

  Level: beginner

  Notes:
  H = ||grad_x h||^2 + C ||grad_v h||^2 + 2 Chat <grad_x h, grad_v h> in L2(M): (3.8) of Zhu and Ying, with
  grad_x = sqrt(beta) w0 a_X and grad_v = sqrt(beta) a_V.  Error O(dx^2) for fv, spectral otherwise.
  The squares use the operator that L is made of, so that d/dt ||h||^2 = -2 (gamma/beta) ||grad_v h||^2 holds exactly.

.seealso: HypModelLyapunov(), HypKineticCreate()
@*/
PetscErrorCode HypFunctionalsCompute(HypKinetic K, const HypLyapunov *lyapunov, Vec h,
                                     HypFunctionals *f)
{
  const PetscInt  d    = K->d;
  const PetscReal beta = K->space->model->beta, w0 = K->space->model->omega0;
  PetscReal       value;

  PetscFunctionBeginUser;
  PetscCall(VecDot(h, K->space->one, &f->mass));
  PetscCall(VecDot(h, h, &f->norm2));
  f->grad_x2 = f->grad_v2 = f->grad_xv = 0;
  for (PetscInt i = 0; i < d; i++) {
    PetscCall(Energy(K, i, h, &value));
    f->grad_x2 += beta * w0 * w0 * value;
    PetscCall(Energy(K, d + i, h, &value));
    f->grad_v2 += beta * value;
    PetscCall(MatMult(K->a[i], h, K->work[0]));
    PetscCall(MatMult(K->a[d + i], h, K->work[1]));
    PetscCall(VecDot(K->work[0], K->work[1], &value));
    f->grad_xv += beta * w0 * value;
  }
  f->H = f->grad_x2 + lyapunov->C * f->grad_v2 + 2 * lyapunov->Chat * f->grad_xv;
  PetscFunctionReturn(0);
}
