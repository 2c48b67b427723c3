/*
   The equation.
   Every operator of the program is a list of terms s A^T B,
   where A and B are matrices of the space:

     1, a_Xi, a_Vi            the derivatives, with a 1 = 0; adjoints are transposes
     D_Xi, A_Vi               a dissipation of the x axes and a compact a_Vi^T a_Vi,
                              on axes that have them
     eps_i, s_i - 1           multiplication by these functions of theta
     P                        what makes the fluxes positive, on fv x fv where it was asked for

   One loop applies a list, the same loop with A and B exchanged applies its transpose,
   and one loop assembles it.

   Every term of -T, L, R and N begins with some a^T, so mass is conserved: 1^T a^T = (a 1)^T = 0.
   Every term of -T and L ends in some a, so M is stationary.
   T is the difference of an operator and its transpose (Prop 4.1(a) of Zhu and Ying);
   L is symmetric and <= 0 (Prop 4.1(b)).
   D is symmetric, >= 0, D 1 = 0, and <T h, h> = sum_i w_i <D_Xi h, h>.
*/
#include "kinetic/kineticimpl.h"

/* - T = sum_i  w_i (a_Xi^T a_Vi - a_Vi^T a_Xi) - w_i D_Xi */
static PetscErrorCode AddTransport(HypKinetic K, PetscInt i, const HypCoordinate *c, HypOperator op)
{
  PetscFunctionBeginUser;
  PetscCall(HypOperatorAdd(op, -c->omega, K->aV[i], K->aX[i]));
  PetscCall(HypOperatorAdd(op, c->omega, K->aX[i], K->aV[i]));
  if (K->dissipation[i]) PetscCall(HypOperatorAdd(op, -c->omega, NULL, K->dissipation[i]));
  PetscFunctionReturn(0);
}

/* s a^T a along one coordinate, by the axis' own compact operator where it has one */
static PetscErrorCode AddSquare(PetscReal s, Mat a, Mat compact, HypOperator op)
{
  PetscFunctionBeginUser;
  PetscCall(compact ? HypOperatorAdd(op, s, NULL, compact) : HypOperatorAdd(op, s, a, a));
  PetscFunctionReturn(0);
}

/* R = - sum_i (p_i a_Xi + q_i a_Vi)^T eps_i */
static PetscErrorCode AddPerturbation(HypKinetic K, PetscInt i, const HypCoordinate *c,
                                      HypOperator op)
{
  PetscFunctionBeginUser;
  PetscCall(HypOperatorAdd(op, -c->p, K->aX[i], K->eps[i]));
  PetscCall(HypOperatorAdd(op, -c->q, K->aV[i], K->eps[i]));
  PetscFunctionReturn(0);
}

/* s A^T (1 + (s_i - 1)) + rest A^T, of noise that is s s_i in all, in the sense of Ito */
static PetscErrorCode AddSquares(PetscReal s, PetscReal rest, Mat A, Mat noise, HypOperator op)
{
  PetscFunctionBeginUser;
  if (!A) PetscFunctionReturn(0);
  if (noise && s != 0) PetscCall(HypOperatorAdd(op, s, A, noise));
  if (s + rest != 0) PetscCall(HypOperatorAdd(op, s + rest, A, NULL));
  PetscFunctionReturn(0);
}

/* N = sum_i gamma (a_Vi a_Vi)^T (ratio_i s_i - 1) + spread_i (a_Xi a_Xi)^T s_i; ratio = 1 and
   spread = 0 where the space lives in L2(1/M) */
static PetscErrorCode AddNoise(HypKinetic K, PetscInt i, HypOperator op)
{
  const HypCoordinate c     = HypModelCoordinate(HypSpaceGetModel(K->space), i);
  const PetscReal     gamma = HypModelGamma(HypSpaceGetModel(K->space));

  PetscFunctionBeginUser;
  PetscCall(AddSquares(gamma * c.ratio, -gamma, K->squareV[i], K->noise[i], op));
  PetscCall(AddSquares(c.spread, 0, K->squareX[i], K->noise[i], op));
  PetscFunctionReturn(0);
}

/* dh/dt = (-T + L + R + N) h, or some of its terms: (3.2) and (3.3) of Zhu and Ying; N where the
   noise depends on theta */
PETSC_INTERN PetscErrorCode HypKineticCreateGenerator(HypKinetic K, HypTerms terms, HypOperator *op)
{
  HypModel model = HypSpaceGetModel(K->space);

  PetscFunctionBeginUser;
  PetscCall(HypOperatorCreate(K, op));
  for (PetscInt i = 0; i < K->d; i++) {
    const HypCoordinate c = HypModelCoordinate(model, i);

    if (terms & HYP_TRANSPORT) PetscCall(AddTransport(K, i, &c, *op));
    /* L = - gamma sum_i a_Vi^T a_Vi */
    if (terms & HYP_FOKKER_PLANCK)
      PetscCall(AddSquare(-HypModelGamma(model), K->aV[i], K->compactV[i], *op));
    if ((terms & HYP_PERTURBATION) && K->eps[i]) PetscCall(AddPerturbation(K, i, &c, *op));
    if (terms & HYP_NOISE) PetscCall(AddNoise(K, i, *op));
  }
  if (terms & HYP_POSITIVE && K->positive) PetscCall(HypOperatorAdd(*op, 1, NULL, K->positive));
  PetscFunctionReturn(0);
}

/*
   Where derivatives are sparse and eps_i are not (simplex spaces), -T + L in one sparse matrix,
   and for each i one product with

     R = sum_i B_i^T eps_i,   B_i = -(p_i a_Xi + q_i a_Vi)
*/
PETSC_INTERN PetscErrorCode HypKineticCreateSparse(HypKinetic K, HypOperator *op)
{
  HypOperator TL;

  PetscFunctionBeginUser;
  if (!K->TL) { /* HypKineticShareSparse() may have given it */
    PetscCall(HypKineticCreateGenerator(K, HYP_TRANSPORT | HYP_FOKKER_PLANCK, &TL));
    PetscCall(HypOperatorAssemble(TL, 0, &K->TL));
    PetscCall(HypOperatorDestroy(&TL));
  }
  PetscCall(HypOperatorCreate(K, op));
  PetscCall(HypOperatorAdd(*op, 1, NULL, K->TL));
  for (PetscInt i = 0; i < K->d; i++) {
    const HypCoordinate c = HypModelCoordinate(HypSpaceGetModel(K->space), i);
    Mat                 B;

    PetscCall(AddNoise(K, i, *op));
    if (!K->eps[i]) continue;
    PetscCall(MatDuplicate(K->aX[i], MAT_COPY_VALUES, &B));
    PetscCall(MatScale(B, -c.p));
    PetscCall(MatAXPY(B, -c.q, K->aV[i], DIFFERENT_NONZERO_PATTERN));
    PetscCall(HypOperatorAdd(*op, 1, B, K->eps[i]));
    PetscCall(MatDestroy(&B)); /* the list keeps it */
  }
  PetscFunctionReturn(0);
}

/*@
  HypKineticCreateForm - A quadratic form of the gradients as an operator F,
  so that the form is <h, F h>

  Collective

  Input Parameters:
+ K    - the kinetic operator
- form - the weights: one ||h||^2 + x E_x + v E_v + 2 xv E_xv

  Output Parameter:
. op - F, symmetric

  Level: developer

  Notes:
  E_x = sum_i beta_i w_i^2 ||a_Xi h||^2, E_v = sum_i beta_i ||a_Vi h||^2,
  E_xv = sum_i beta_i w_i <a_Xi h, a_Vi h>, so that the Lyapunov functional (3.8) of Zhu
  and Ying is the form with x = 1, v = C, xv = Chat.

.seealso: HypOperatorApply(), HypFunctionalsCompute()
@*/
PetscErrorCode HypKineticCreateForm(HypKinetic K, HypGradientForm form, HypOperator *op)
{
  PetscFunctionBeginUser;
  PetscCall(HypOperatorCreate(K, op));
  if (form.one != 0) PetscCall(HypOperatorAdd(*op, form.one, NULL, NULL));
  for (PetscInt i = 0; i < K->d; i++) {
    const HypCoordinate c = HypModelCoordinate(HypSpaceGetModel(K->space), i);
    const PetscReal     x = form.x * c.beta * c.omega * c.omega, v = form.v * c.beta,
                    xv = form.xv * c.beta * c.omega;

    if (x != 0) PetscCall(AddSquare(x, K->aX[i], K->compactX[i], *op));
    if (v != 0) PetscCall(AddSquare(v, K->aV[i], K->compactV[i], *op));
    if (xv == 0) continue;
    PetscCall(HypOperatorAdd(*op, xv, K->aX[i], K->aV[i]));
    PetscCall(HypOperatorAdd(*op, xv, K->aV[i], K->aX[i]));
  }
  PetscFunctionReturn(0);
}

/* The terms of E_x, E_v and E_xv of one coordinate after the other, three for each */
PETSC_INTERN PetscErrorCode HypKineticCreateGradients(HypKinetic K, HypOperator *op)
{
  PetscFunctionBeginUser;
  PetscCall(HypOperatorCreate(K, op));
  for (PetscInt i = 0; i < K->d; i++) {
    const HypCoordinate c = HypModelCoordinate(HypSpaceGetModel(K->space), i);

    PetscCall(AddSquare(c.beta * c.omega * c.omega, K->aX[i], K->compactX[i], *op));
    PetscCall(AddSquare(c.beta, K->aV[i], K->compactV[i], *op));
    PetscCall(HypOperatorAdd(*op, c.beta * c.omega, K->aX[i], K->aV[i]));
  }
  PetscFunctionReturn(0);
}

/*@
  HypKineticCreateDegree - The operator sum_i a_Xi^T a_Xi + a_Vi^T a_Vi, which counts degrees

  Collective

  Input Parameter:
. K - the kinetic operator

  Output Parameter:
. op - the operator

  Level: developer

  Note:
  Diagonal in every Hermite basis, also in rotated coordinates,
  with the total degree of each basis function as its entry.

.seealso: HypOperatorApply(), HypResolutionCreate(), HypSpectrumCompute()
@*/
PetscErrorCode HypKineticCreateDegree(HypKinetic K, HypOperator *op)
{
  PetscFunctionBeginUser;
  PetscCall(HypOperatorCreate(K, op));
  for (PetscInt i = 0; i < K->d; i++) {
    PetscCall(HypOperatorAdd(*op, 1, K->aX[i], K->aX[i]));
    PetscCall(HypOperatorAdd(*op, 1, K->aV[i], K->aV[i]));
  }
  PetscFunctionReturn(0);
}
