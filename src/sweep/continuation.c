/*
   The leading eigenvalue of G(e) = -T + L + e R to second order in e, d = 1.

   For e = 0 the functions of degree 1 are invariant under G and under its adjoint.  On them G is a 2 x 2 matrix with eigenvalue
   lambda_0, right and left eigenvectors u, w (<w, u> = 1).  Then

       lambda_1 = <w, R u>,   lambda_2 = <w, R y>,   (lambda_0 - G) y = (1 - u w*) R u,   <w, y> = 0.

   R u is split: inside degree 1 the other eigenvector is known, and on the rest lambda_0 - G is invertible and solved by GMRES,
   with real and imaginary part side by side.
*/
#include <hypoco/sweep.h>
#include <complex.h>
#include <petscksp.h>

typedef double complex Number;

typedef struct {
  Mat       G;
  PetscReal re, im;
  Vec       work;
} Shifted;

/* (re + i im - G)(a + i b) */
static PetscErrorCode MatMult_Shifted(Mat A, Vec x, Vec y)
{
  Shifted *s;
  Vec      a, b, c, d;

  PetscFunctionBeginUser;
  PetscCall(MatShellGetContext(A, &s));
  PetscCall(VecNestGetSubVec(x, 0, &a));
  PetscCall(VecNestGetSubVec(x, 1, &b));
  PetscCall(VecNestGetSubVec(y, 0, &c));
  PetscCall(VecNestGetSubVec(y, 1, &d));
  PetscCall(MatMult(s->G, a, c));
  PetscCall(VecAXPBYPCZ(c, s->re, -s->im, -1, a, b));
  PetscCall(MatMult(s->G, b, d));
  PetscCall(VecAXPBYPCZ(d, s->re, s->im, -1, b, a));
  PetscFunctionReturn(0);
}

/* y = (lambda - G)^{-1} r for complex vectors given as pairs */
static PetscErrorCode SolveShifted(Mat G, Number lambda, Vec r[2], Vec y[2])
{
  Shifted  s = {.G = G, .re = creal(lambda), .im = cimag(lambda)};
  MPI_Comm comm;
  PetscInt local, global;
  Vec      x, b;
  Mat      A;
  KSP      ksp;
  PC       pc;

  PetscFunctionBeginUser;
  PetscCall(PetscObjectGetComm((PetscObject)G, &comm));
  PetscCall(VecCreateNest(comm, 2, NULL, r, &b));
  PetscCall(VecCreateNest(comm, 2, NULL, y, &x));
  PetscCall(VecGetLocalSize(b, &local));
  PetscCall(VecGetSize(b, &global));
  PetscCall(MatCreateShell(comm, local, local, global, global, &s, &A));
  PetscCall(MatShellSetOperation(A, MATOP_MULT, (void (*)(void))MatMult_Shifted));
  PetscCall(KSPCreate(comm, &ksp));
  PetscCall(KSPSetOperators(ksp, A, A));
  PetscCall(KSPSetType(ksp, KSPGMRES));
  PetscCall(KSPGMRESSetRestart(ksp, 200));
  PetscCall(KSPSetTolerances(ksp, 1e-10, 1e-300, PETSC_DEFAULT, 4000));
  PetscCall(KSPGetPC(ksp, &pc));
  PetscCall(PCSetType(pc, PCNONE));
  PetscCall(KSPSetErrorIfNotConverged(ksp, PETSC_TRUE));
  PetscCall(KSPSolve(ksp, b, x));
  PetscCall(KSPDestroy(&ksp));
  PetscCall(MatDestroy(&A));
  PetscCall(VecDestroy(&x));
  PetscCall(VecDestroy(&b));
  PetscFunctionReturn(0);
}

/* The orthonormal functions X and V, from a* 1 = q */
static PetscErrorCode DegreeOne(HypKinetic K, Vec U[2])
{
  PetscReal dot, norm;

  PetscFunctionBeginUser;
  for (PetscInt c = 0; c < 2; c++) PetscCall(MatMultTranspose(K->a[c], K->space->one, U[c]));
  PetscCall(VecNormalize(U[0], &norm));
  PetscCall(VecDot(U[0], U[1], &dot));
  PetscCall(VecAXPY(U[1], -dot, U[0]));
  PetscCall(VecNormalize(U[1], &norm));
  PetscFunctionReturn(0);
}

/* B = U^T A U */
static PetscErrorCode Compress(Mat A, Vec U[2], Vec work, PetscReal B[2][2])
{
  PetscFunctionBeginUser;
  for (PetscInt j = 0; j < 2; j++) {
    PetscCall(MatMult(A, U[j], work));
    for (PetscInt i = 0; i < 2; i++) PetscCall(VecDot(U[i], work, &B[i][j]));
  }
  PetscFunctionReturn(0);
}

/* Eigenvalues of a 2 x 2 matrix, leading first (larger real part, then positive imaginary part), with right and left vectors, <w_i, u_i> = 1 */
static void Eigen(PetscReal B[2][2], Number lambda[2], Number u[2][2], Number w[2][2])
{
  const Number half = (B[0][0] + B[1][1]) / 2;
  Number       root = csqrt(half * half - (B[0][0] * B[1][1] - B[0][1] * B[1][0]));

  if (cimag(root) < 0) root = -root;
  lambda[0] = half + root;
  lambda[1] = half - root;
  for (PetscInt k = 0; k < 2; k++) {
    Number scale;

    u[k][0] = B[0][1];
    u[k][1] = lambda[k] - B[0][0];
    w[k][0] = B[1][0]; /* without conjugation: w B = lambda w */
    w[k][1] = lambda[k] - B[0][0];
    scale   = w[k][0] * u[k][0] + w[k][1] * u[k][1];
    w[k][0] /= scale;
    w[k][1] /= scale;
  }
}

/* sum over intermediate functions outside degree 1: sum_j w_j <U_j, R (lambda - G)^{-1} r>, r the rest of R u */
static PetscErrorCode Outside(Mat G, Mat R, Vec U[2], const Number u[2], const Number w[2], Number lambda, Number *sum)
{
  Vec *r, *y;

  PetscFunctionBeginUser;
  PetscCall(VecDuplicateVecs(U[0], 3, &r));
  PetscCall(VecDuplicateVecs(U[0], 2, &y));
  for (PetscInt part = 0; part < 2; part++) {
    PetscReal dots[2];

    PetscCall(VecCopy(U[0], r[2]));
    PetscCall(VecAXPBY(r[2], part ? cimag(u[1]) : creal(u[1]), part ? cimag(u[0]) : creal(u[0]), U[1]));
    PetscCall(MatMult(R, r[2], r[part]));
    PetscCall(VecMDot(r[part], 2, U, dots));
    for (PetscInt k = 0; k < 2; k++) PetscCall(VecAXPY(r[part], -dots[k], U[k]));
  }
  PetscCall(SolveShifted(G, lambda, r, y));
  *sum = 0;
  for (PetscInt part = 0; part < 2; part++) {
    PetscReal dots[2];

    PetscCall(MatMult(R, y[part], r[2]));
    PetscCall(VecMDot(r[2], 2, U, dots));
    *sum += (part ? I : 1) * (w[0] * dots[0] + w[1] * dots[1]);
  }
  PetscCall(VecDestroyVecs(3, &r));
  PetscCall(VecDestroyVecs(2, &y));
  PetscFunctionReturn(0);
}

/*@
  HypContinuationCompute - The leading eigenvalue as a power series in the amplitude of eps, to second order

  Collective

  Input Parameter:
. K - the kinetic operator with eps of amplitude 1

  Output Parameter:
. series - lambda(e) to second order; known is false for d > 1, eps = 0 and at critical damping (there it is no power series)

  Level: intermediate

  Note:
  The first order is -d/de of the root of lambda^2 - gamma lambda + (w0^2 + e E_M eps') = 0; under-damped its real part is 0.
@*/
PetscErrorCode HypContinuationCompute(HypKinetic K, HypContinuation *series)
{
  HypModel  model = K->space->model;
  PetscReal B[2][2], R1[2][2];
  Number    lambda[2], u[2][2], w[2][2], first = 0, other[2] = {0, 0}, second = 0;
  Mat       G, R;
  Vec      *U;

  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(series, sizeof(*series)));
  if (model->d != 1 || !model->perturbed || PetscAbsReal(model->gamma - 2 * model->omega0) < 1e-6 * model->gamma) PetscFunctionReturn(0);
  PetscCall(HypKineticCreateMat(K, HYP_TRANSPORT | HYP_FOKKER_PLANCK, &G));
  PetscCall(HypKineticCreateMat(K, HYP_PERTURBATION, &R));
  PetscCall(VecDuplicateVecs(K->space->one, 3, &U));
  PetscCall(DegreeOne(K, U));
  PetscCall(Compress(G, U, U[2], B));
  PetscCall(Compress(R, U, U[2], R1));
  Eigen(B, lambda, u, w);
  for (PetscInt i = 0; i < 2; i++) {
    for (PetscInt j = 0; j < 2; j++) {
      first += w[0][i] * R1[i][j] * u[0][j];
      other[0] += w[0][i] * R1[i][j] * u[1][j];
      other[1] += w[1][i] * R1[i][j] * u[0][j];
    }
  }
  PetscCall(Outside(G, R, U, u[0], w[0], lambda[0], &second));
  second += other[0] * other[1] / (lambda[0] - lambda[1]);
  series->known   = PETSC_TRUE;
  series->real[0] = creal(lambda[0]);
  series->imag[0] = cimag(lambda[0]);
  series->real[1] = creal(first);
  series->imag[1] = cimag(first);
  series->real[2] = creal(second);
  series->imag[2] = cimag(second);
  PetscCall(VecDestroyVecs(3, &U));
  PetscCall(MatDestroy(&G));
  PetscCall(MatDestroy(&R));
  PetscFunctionReturn(0);
}
