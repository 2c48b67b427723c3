/*
   The algebra.  Any derivatives a_c with a_c 1 = 0 give, with no further work:

     T skew, T 1 = 0            Prop 4.1(a): T is a difference of an operator and its transpose, each ending in some a
     L symmetric, <= 0, L 1 = 0 Prop 4.1(b): <L g, h> = -gamma sum_i <a_Vi g, a_Vi h>
     mass is conserved          1^T (-T + L + R) = 0: every term begins with some a*, and 1^T a* = (a 1)^T = 0
     M is stationary            (-T + L) 1 = 0

   A dissipation D of the x axes (symmetric, >= 0, D 1 = 0) joins T; with it T keeps T 1 = 0 and mass, and <T h, h> = w0 <D h, h>.
*/
#include <hypoco/kinetic.h>

/* v += s A^T B u */
static PetscErrorCode AddTransposeProduct(HypKinetic K, PetscScalar s, Mat A, Mat B, Vec u, Vec v)
{
  PetscFunctionBeginUser;
  PetscCall(MatMult(B, u, K->work[0]));
  PetscCall(MatMultTranspose(A, K->work[0], K->work[1]));
  PetscCall(VecAXPY(v, s, K->work[1]));
  PetscFunctionReturn(0);
}

/* Gh += s T h,  T = w0 sum_i (a_Vi* a_Xi - a_Xi* a_Vi) + w0 sum_i D_Xi;  transposed, only the skew part changes sign */
static PetscErrorCode AddTransport(HypKinetic K, PetscScalar s, PetscBool transpose, Vec h, Vec Gh)
{
  const PetscInt  d  = K->d;
  const PetscReal w0 = K->space->model->omega0, sign = transpose ? -1 : 1;

  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < d; i++) {
    PetscCall(AddTransposeProduct(K, s * sign * w0, K->a[d + i], K->a[i], h, Gh));
    PetscCall(AddTransposeProduct(K, -s * sign * w0, K->a[i], K->a[d + i], h, Gh));
    if (K->dissipation[i]) {
      PetscCall(MatMult(K->dissipation[i], h, K->work[0]));
      PetscCall(VecAXPY(Gh, s * w0, K->work[0]));
    }
  }
  PetscFunctionReturn(0);
}

/* Gh += L h,  L = -gamma sum_i a_Vi* a_Vi */
static PetscErrorCode AddFokkerPlanck(HypKinetic K, Vec h, Vec Gh)
{
  const PetscInt d = K->d;

  PetscFunctionBeginUser;
  for (PetscInt i = d; i < 2 * d; i++) {
    if (K->laplacian[i]) {
      PetscCall(MatMult(K->laplacian[i], h, K->work[0]));
      PetscCall(VecAXPY(Gh, -K->space->model->gamma, K->work[0]));
    } else
      PetscCall(AddTransposeProduct(K, -K->space->model->gamma, K->a[i], K->a[i], h, Gh));
  }
  PetscFunctionReturn(0);
}

/* Gh += R h,  R = -sqrt(beta) sum_i (w0 a_Xi - gamma a_Vi)* eps_i */
static PetscErrorCode AddPerturbation(HypKinetic K, Vec h, Vec Gh)
{
  HypModel        model = K->space->model;
  const PetscReal b     = PetscSqrtReal(model->beta);

  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < K->d && model->perturbed; i++) {
    PetscCall(AddTransposeProduct(K, -b * model->omega0, K->a[i], K->eps[i], h, Gh));
    PetscCall(AddTransposeProduct(K, b * model->gamma, K->a[K->d + i], K->eps[i], h, Gh));
  }
  PetscFunctionReturn(0);
}

/* Gh += R^T h = -sqrt(beta) sum_i eps_i (w0 a_Xi - gamma a_Vi) h */
static PetscErrorCode AddPerturbationTranspose(HypKinetic K, Vec h, Vec Gh)
{
  HypModel        model = K->space->model;
  const PetscReal b     = PetscSqrtReal(model->beta);

  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < K->d && model->perturbed; i++) {
    PetscCall(AddTransposeProduct(K, -b * model->omega0, K->eps[i], K->a[i], h, Gh));
    PetscCall(AddTransposeProduct(K, b * model->gamma, K->eps[i], K->a[K->d + i], h, Gh));
  }
  PetscFunctionReturn(0);
}

/*@
  HypKineticReference - Gh = (-T + L + R) h, or some of its terms, straight from the algebra

  Collective

  Input Parameters:
+ K         - the kinetic operator
. terms     - which terms, a sum of HYP_TRANSPORT (enters as -T), HYP_FOKKER_PLANCK, HYP_PERTURBATION
. transpose - apply the adjoint in L2(M)
- h         - coefficients

  Output Parameter:
. Gh - the result; not h

  Level: developer

  Note:
  The plain version that any faster one must match; source: (3.2), (3.3) of Zhu and Ying.

.seealso: HypKineticApply()
@*/
PetscErrorCode HypKineticReference(HypKinetic K, HypTerms terms, PetscBool transpose, Vec h, Vec Gh)
{
  PetscFunctionBeginUser;
  PetscCall(VecSet(Gh, 0));
  if (terms & HYP_TRANSPORT) PetscCall(AddTransport(K, -1.0, transpose, h, Gh));
  if (terms & HYP_FOKKER_PLANCK) PetscCall(AddFokkerPlanck(K, h, Gh));
  if (terms & HYP_PERTURBATION)
    PetscCall(transpose ? AddPerturbationTranspose(K, h, Gh) : AddPerturbation(K, h, Gh));
  PetscFunctionReturn(0);
}
