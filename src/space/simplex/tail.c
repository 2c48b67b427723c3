/* How well the degree of a simplex space resolves eps: the tail of its Hermite series. */
#include "space/simplex/simplex.h"
#include <petscblaslapack.h>

/*
   The coefficients of eps_i in the orthonormal Hermite functions of Xi,
   from their values at Q^d Gauss-Hermite nodes:
   c = (P x .. x P) f with P[a, q] = sqrt(w_q) H_a(Xi_q), an orthogonal matrix,
   and f the values times the square roots of the weights.
   Each product with P takes the first index and puts it last.
*/
static PetscErrorCode Coefficients(PetscInt d, PetscInt Q, const PetscScalar P[], PetscScalar f[],
                                   PetscScalar work[])
{
  const PetscScalar one = 1, zero = 0;
  PetscBLASInt      q, rest;

  PetscFunctionBeginUser;
  PetscCall(PetscBLASIntCast(Q, &q));
  PetscCall(PetscBLASIntCast(PetscPowInt(Q, d - 1), &rest));
  for (PetscInt i = 0; i < d; i++) {
    PetscCallBLAS("BLASgemm",
                  BLASgemm_("T", "T", &rest, &q, &q, &one, f, &q, P, &q, &zero, work, &rest));
    PetscCall(PetscArraycpy(f, work, PetscPowInt(Q, d)));
  }
  PetscFunctionReturn(0);
}

/* f_i = eps_i at all nodes, times the square roots of the weights */
static PetscErrorCode Values(HypSpace space, PetscInt Q, const PetscReal nodes[],
                             const PetscReal weights[], PetscScalar *f[])
{
  const PetscInt d = HypModelDimension(space->model);

  PetscFunctionBeginUser;
  for (PetscInt p = 0; p < PetscPowInt(Q, d); p++) {
    PetscReal theta[3], eps[3], root = 1;

    for (PetscInt i = 0, rest = p; i < d; i++, rest /= Q) {
      theta[i] = SimplexThetaScale(space->model, i) * nodes[rest % Q];
      root *= PetscSqrtReal(weights[rest % Q]);
    }
    PetscCall(HypModelPerturbation(space->model, theta, eps));
    for (PetscInt i = 0; i < d; i++) f[i][p] = root * eps[i];
  }
  PetscFunctionReturn(0);
}

/* An eps that is the rounding of w^2 theta has no tail */
static PetscReal Rounding(HypModel model)
{
  PetscReal force = 0;

  for (PetscInt i = 0; i < HypModelDimension(model); i++) {
    const HypCoordinate c = HypModelCoordinate(model, i);

    force += PetscSqr(PetscSqr(c.omega) * hypot(c.theta_X, c.theta_V));
  }
  return PetscSqr(1e-13) * force;
}

/* The ops slot `tail`: of the component that has the largest; a strong one must not hide a weak
   one, on which other eigenvalues may depend */
PETSC_INTERN PetscErrorCode SimplexTail(HypSpace space, PetscReal *tail)
{
  const PetscInt d = HypModelDimension(space->model), Q = 2 * space->degree + 2,
                 all = d <= 3 ? PetscPowInt(Q, d) : 0;
  PetscReal   *nodes, *weights;
  PetscScalar *P, *work, *f[3];

  PetscFunctionBeginUser;
  *tail = NAN;
  if (d > 3) PetscFunctionReturn(0); /* too many nodes */
  PetscCall(PetscMalloc5(Q, &nodes, Q, &weights, Q * Q, &P, all, &work, all * d, &f[0]));
  for (PetscInt i = 1; i < d; i++) f[i] = f[0] + i * all;
  PetscCall(HypGaussHermite(Q, nodes, weights));
  for (PetscInt q = 0; q < Q; q++) {
    HypHermiteFunctions(Q, nodes[q], PetscSqrtReal(weights[q]), work);
    for (PetscInt a = 0; a < Q; a++) P[q * Q + a] = work[a];
  }
  PetscCall(Values(space, Q, nodes, weights, f));
  *tail = 0;
  for (PetscInt i = 0; i < d; i++) {
    PetscReal beyond = 0, total = 0;

    PetscCall(Coefficients(d, Q, P, f[i], work));
    for (PetscInt p = 0; p < all; p++) {
      PetscInt degree = 0;

      for (PetscInt c = 0, rest = p; c < d; c++, rest /= Q) degree += rest % Q;
      total += PetscSqr(f[i][p]);
      if (degree > space->degree) beyond += PetscSqr(f[i][p]);
    }
    if (total > Rounding(space->model)) *tail = PetscMax(*tail, PetscSqrtReal(beyond / total));
  }
  PetscCall(PetscFree5(nodes, weights, P, work, f[0]));
  PetscFunctionReturn(0);
}
