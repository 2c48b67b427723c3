/*
   A full Hessian H of the quadratic part theta^T H theta/2 of the loss.

   H = E diag(w_k^2) E^T with orthonormal columns: along the eigenvectors the equation is that of d
   coordinates with frequencies w_k.  The library computes with these, theta = E^T theta', where
   theta' are the user's coordinates, and so are y, x and v.  What users give and get is turned:
   eps, s, initial data, averages of theta.  Noise of one amplitude stays what it is.
*/
#include "model/modelimpl.h"
#include <petscblaslapack.h>

/* The largest entry of each eigenvector is positive; what is only rounding is 0 */
static void Tidy(PetscInt d, PetscReal E[])
{
  for (PetscInt k = 0; k < d; k++) {
    PetscInt largest = 0;

    for (PetscInt i = 1; i < d; i++)
      if (PetscAbsReal(E[i * d + k]) > PetscAbsReal(E[largest * d + k]) * (1 + 1e-8)) largest = i;
    if (E[largest * d + k] < 0)
      for (PetscInt i = 0; i < d; i++) E[i * d + k] = -E[i * d + k];
    for (PetscInt i = 0; i < d; i++)
      if (PetscAbsReal(E[i * d + k]) < 64 * PETSC_MACHINE_EPSILON) E[i * d + k] = 0;
  }
}

/*@
  HypHessianFactor - Frequencies and directions of a quadratic loss theta^T H theta/2

  Not collective

  Input Parameters:
+ d - dimension
- H - d^2 numbers by rows, in 1/time^2; symmetric and positive definite

  Output Parameters:
+ omega - d frequencies, the square roots of the eigenvalues, in 1/time
- E     - d^2 numbers by rows, the eigenvectors in columns; the identity where H is diagonal

  Level: intermediate

  Notes:
  Fails where H is not symmetric or not positive definite.
  Eigenvalues increase, but a diagonal H keeps the order of its coordinates.

.seealso: HypModelSetDirections(), HypModelSetCoordinates()
@*/
PetscErrorCode HypHessianFactor(PetscInt d, const PetscReal H[], PetscReal omega[], PetscReal E[])
{
  PetscBool    diagonal = PETSC_TRUE;
  PetscBLASInt n, lwork, info;
  PetscReal   *A, *work;

  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < d; i++)
    for (PetscInt j = 0; j < i; j++) {
      if (H[i * d + j] != 0 || H[j * d + i] != 0) diagonal = PETSC_FALSE;
      PetscCheck(PetscAbsReal(H[i * d + j] - H[j * d + i]) <=
                   1e-14 * (PetscAbsReal(H[i * d + j]) + PetscAbsReal(H[j * d + i])),
                 PETSC_COMM_SELF, PETSC_ERR_ARG_WRONG,
                 "model_hessian: entries (%" PetscInt_FMT ",%" PetscInt_FMT
                 ") = %g and (%" PetscInt_FMT ",%" PetscInt_FMT
                 ") = %g differ, a symmetric matrix is needed",
                 i + 1, j + 1, (double)H[i * d + j], j + 1, i + 1, (double)H[j * d + i]);
    }
  PetscCall(PetscBLASIntCast(d, &n));
  lwork = 8 * n;
  PetscCall(PetscMalloc2(d * d, &A, lwork, &work));
  PetscCall(PetscArraycpy(A, H, d * d));
  PetscCallBLAS("LAPACKsyev", LAPACKsyev_("V", "U", &n, A, &n, omega, work, &lwork, &info));
  PetscCheck(!info, PETSC_COMM_SELF, PETSC_ERR_LIB, "LAPACK syev failed on model_hessian");
  PetscCheck(omega[0] > 0, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
             "model_hessian: its smallest eigenvalue is %g, a positive definite matrix is needed",
             (double)omega[0]);
  for (PetscInt i = 0; i < d; i++)
    for (PetscInt k = 0; k < d; k++) E[i * d + k] = diagonal ? i == k : A[k * d + i];
  for (PetscInt k = 0; k < d; k++) omega[k] = PetscSqrtReal(diagonal ? H[k * d + k] : omega[k]);
  PetscCall(PetscFree2(A, work));
  Tidy(d, E);
  PetscFunctionReturn(0);
}

/*@
  HypModelSetDirections - Says that the model's coordinates are not the user's

  Logically collective

  Input Parameters:
+ model - the model, its coordinates set, and neither eps nor noise yet
- E     - d^2 numbers by rows, orthonormal columns: the user's theta is E times the model's;
  NULL or the identity: they are the same

  Level: intermediate

  Notes:
  Functions eps and s that are set afterwards are functions of the user's theta,
  and eps_i is along the user's axis i.
  One s holds for all coordinates, because only such noise is the same along every direction.

.seealso: HypHessianFactor(), HypModelToUser(), HypModelRotated()
@*/
PetscErrorCode HypModelSetDirections(HypModel model, const PetscReal E[])
{
  const PetscInt d    = model->d;
  PetscBool      same = PETSC_TRUE;

  PetscFunctionBeginUser;
  PetscCall(HypModelCheckFree(model));
  PetscCheck(!model->perturbed && !model->potential, model->comm, PETSC_ERR_ORDER,
             "the directions of a model must be set before its perturbation");
  PetscCheck(d <= HYP_DIMENSIONS, model->comm, PETSC_ERR_ARG_OUTOFRANGE,
             "model_hessian: model_dimension = %" PetscInt_FMT " given, at most %d allowed with it",
             d, HYP_DIMENSIONS);
  PetscCall(PetscFree(model->direction));
  for (PetscInt e = 0; E && e < d * d; e++)
    if (E[e] != (e / d == e % d)) same = PETSC_FALSE;
  if (same) PetscFunctionReturn(0);
  PetscCall(PetscMalloc1(d * d, &model->direction));
  PetscCall(PetscArraycpy(model->direction, E, d * d));
  PetscFunctionReturn(0);
}

/*@
  HypModelRotated - Are the model's coordinates other ones than the user's?

  Not collective

  Input Parameter:
. model - the model

  Returns PETSC_TRUE where the Hessian of the loss is not diagonal.

  Level: intermediate

.seealso: HypModelSetDirections()
@*/
PetscBool HypModelRotated(HypModel model)
{
  return model->direction ? PETSC_TRUE : PETSC_FALSE;
}

/*@
  HypModelDirections - The eigenvectors along which the model's coordinates lie

  Not collective

  Input Parameter:
. model - the model

  Returns d^2 numbers by rows, the eigenvectors in columns, which the model owns;
  NULL where the coordinates are the user's.

  Level: intermediate

.seealso: HypModelSetDirections()
@*/
const PetscReal *HypModelDirections(HypModel model)
{
  return model->direction;
}

/* out = E in, or E^T in, of many vectors; out may be in */
static PetscErrorCode Turn(HypModel model, PetscBool user, PetscInt lanes, const PetscReal in[],
                           PetscReal out[])
{
  const PetscInt   d = model->d;
  const PetscReal *E = model->direction;
  PetscReal       *turned;

  PetscFunctionBeginUser;
  if (!E) {
    if (in != out) PetscCall(PetscArraycpy(out, in, d * lanes));
    PetscFunctionReturn(0);
  }
  PetscCall(PetscCalloc1(d * lanes, &turned));
  for (PetscInt i = 0; i < d; i++)
    for (PetscInt k = 0; k < d; k++) {
      const PetscReal e = user ? E[i * d + k] : E[k * d + i];

      for (PetscInt l = 0; l < lanes; l++) turned[i * lanes + l] += e * in[k * lanes + l];
    }
  PetscCall(PetscArraycpy(out, turned, d * lanes));
  PetscCall(PetscFree(turned));
  PetscFunctionReturn(0);
}

/*@
  HypModelToUser - From the model's coordinates to the user's, for theta, y, x, v or a force

  Not collective

  Input Parameters:
+ model - the model
. lanes - number of vectors
- own   - own[i lanes + l], component i of vector l along the model's coordinates

  Output Parameter:
. users - the same vectors along the user's coordinates; may be the same array

  Level: intermediate

.seealso: HypModelFromUser(), HypModelSetDirections()
@*/
PetscErrorCode HypModelToUser(HypModel model, PetscInt lanes, const PetscReal own[],
                              PetscReal users[])
{
  PetscFunctionBeginUser;
  PetscCall(Turn(model, PETSC_TRUE, lanes, own, users));
  PetscFunctionReturn(0);
}

/*@
  HypModelFromUser - From the user's coordinates to the model's, undoes HypModelToUser()

  Not collective

  Input Parameters:
+ model - the model
. lanes - number of vectors
- users - users[i lanes + l], component i of vector l along the user's coordinates

  Output Parameter:
. own - the same vectors along the model's coordinates; may be the same array

  Level: intermediate

.seealso: HypModelToUser()
@*/
PetscErrorCode HypModelFromUser(HypModel model, PetscInt lanes, const PetscReal users[],
                                PetscReal own[])
{
  PetscFunctionBeginUser;
  PetscCall(Turn(model, PETSC_FALSE, lanes, users, own));
  PetscFunctionReturn(0);
}

/*@
  HypModelDeviation - The standard deviation of the user's theta_i under M

  Not collective

  Input Parameters:
+ model - the model
- i     - the user's coordinate, 0 <= i < d

  Returns it, in units of theta.

  Level: intermediate

.seealso: HypModelCoordinate(), HypModelSetDirections()
@*/
PetscReal HypModelDeviation(HypModel model, PetscInt i)
{
  PetscReal variance = 0;

  for (PetscInt k = 0; k < model->d; k++) {
    const HypCoordinate *c = model->coordinate + k;
    const PetscReal      e = model->direction ? model->direction[i * model->d + k] : i == k;

    variance += e * e * (c->theta_X * c->theta_X + c->theta_V * c->theta_V);
  }
  return PetscSqrtReal(variance);
}

/* Entry (i, j) of the user's Hessian, E diag(w^2) E^T */
PETSC_INTERN PetscReal HypModelStiffness(HypModel model, PetscInt i, PetscInt j)
{
  const PetscInt   d   = model->d;
  const PetscReal *E   = model->direction;
  PetscReal        sum = 0;

  if (!E) return i == j ? PetscSqr(model->lists[i]) : 0;
  for (PetscInt k = 0; k < d; k++) sum += E[i * d + k] * E[j * d + k] * PetscSqr(model->lists[k]);
  return sum;
}

/* One index of a tensor of values from the user's axes to the model's:
   new[a, k, b] = sum_i E_ik old[a, i, b], a < before, b < after */
static PetscErrorCode TurnIndex(HypModel model, PetscInt before, PetscInt after, PetscReal values[])
{
  const PetscInt d = model->d;

  PetscFunctionBeginUser;
  for (PetscInt a = 0; a < before; a++)
    PetscCall(Turn(model, PETSC_FALSE, after, values + a * d * after, values + a * d * after));
  PetscFunctionReturn(0);
}

/* eps or its derivatives, values of functions of the user's theta, along the model's axes */
PETSC_INTERN PetscErrorCode HypModelTurnField(HypModel model, PetscInt order, PetscInt lanes,
                                              PetscReal values[])
{
  const PetscInt d = model->d;

  PetscFunctionBeginUser;
  if (!model->direction) PetscFunctionReturn(0);
  for (PetscInt index = 0; index <= order; index++)
    PetscCall(
      TurnIndex(model, PetscPowInt(d, index), PetscPowInt(d, order - index) * lanes, values));
  PetscFunctionReturn(0);
}

/* Which of the model's theta_l a multiplier depends on, if the user's eps_i depend on the user's
   theta_j as `depends` says: eps_k of the model has parts of all eps_i with E_ik != 0 */
PETSC_INTERN PetscErrorCode HypModelTurnDependence(HypModel model, PetscInt k, PetscBool uses[])
{
  const PetscInt   d = model->d;
  const PetscReal *E = model->direction;

  PetscFunctionBeginUser;
  for (PetscInt l = 0; l < d; l++) uses[l] = PETSC_FALSE;
  for (PetscInt i = 0; i < d; i++) {
    const PetscInt  m = k < d ? i : k; /* s is one function for all */
    const PetscBool told =
      (PetscBool)(model->depends && model->depends[m][0] >= 0 && model->depends[m][0] <= 3);

    if (k < d && E[i * d + k] == 0) continue;
    for (PetscInt c = 0; c < (told ? model->depends[m][0] : d); c++) {
      const PetscInt j = told ? model->depends[m][1 + c] : c;

      for (PetscInt l = 0; l < d; l++)
        if (E[j * d + l] != 0) uses[l] = PETSC_TRUE;
    }
  }
  PetscFunctionReturn(0);
}
