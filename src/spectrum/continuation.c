/*
   The leading eigenvalues of G(e) = -T + L + e R to second order in e.

   For e = 0 the functions of degree 1 are invariant under G and under its adjoint:
   for each of the d pairs (X_i, V_i) the same 2 x 2 matrix, with eigenvalues lambda, lambda',
   right and left eigenvectors u, u', w, w' (<w, u> = 1).
   So lambda is d-fold, and for small e its d branches are, up to O(e^3),
   the eigenvalues of the d x d matrix

       M(e) = lambda + e M_1 + e^2 M_2,   M_1 = W* R U,   M_2 = W* R S R U,   U_j = u in the pair j,
       W_i = w in the pair i,

   S = (lambda - G)^{-1} on the complement of the U (degenerate perturbation theory:
   Kato, Perturbation theory for linear operators, II.2).
   Part of it is inside degree 1, where the other eigenvalue is known;
   on the rest lambda - G is solved by GMRES, with real and imaginary part side by side.
*/
#include <hypoco/spectrum.h>
#include <complex.h>
#include <gsl/gsl_eigen.h>
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

/* The orthonormal functions X_1..X_d, V_1..V_d, from a* 1 = q */
static PetscErrorCode DegreeOne(HypKinetic K, Vec U[])
{
  PetscReal *dots, norm;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(2 * HypKineticGetDimension(K), &dots));
  for (PetscInt c = 0; c < 2 * HypKineticGetDimension(K); c++) {
    PetscCall(
      MatMultTranspose(HypKineticDerivative(K, c), HypSpaceGetOne(HypKineticGetSpace(K)), U[c]));
    if (c) PetscCall(VecMDot(U[c], c, U, dots));
    for (PetscInt k = 0; k < c; k++) PetscCall(VecAXPY(U[c], -dots[k], U[k]));
    PetscCall(VecNormalize(U[c], &norm));
  }
  PetscCall(PetscFree(dots));
  PetscFunctionReturn(0);
}

/* B = U^T A U for n functions, by rows */
static PetscErrorCode Compress(Mat A, PetscInt n, Vec U[], Vec work, PetscReal B[])
{
  PetscFunctionBeginUser;
  for (PetscInt j = 0; j < n; j++) {
    PetscCall(MatMult(A, U[j], work));
    for (PetscInt i = 0; i < n; i++) PetscCall(VecDot(U[i], work, &B[i * n + j]));
  }
  PetscFunctionReturn(0);
}

/* Eigenvalues of a 2 x 2 matrix, leading first (larger real part, then positive imaginary part),
   with right and left vectors, <w_i, u_i> = 1 */
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

/* W* R U inside degree 1, for left vectors w and right vectors u of one pair */
static void Inside(PetscInt d, const PetscReal R[], const Number w[2], const Number u[2],
                   Number M[])
{
  for (PetscInt i = 0; i < d; i++) {
    for (PetscInt j = 0; j < d; j++) {
      M[i * d + j] = 0;
      for (PetscInt a = 0; a < 2; a++) {
        for (PetscInt b = 0; b < 2; b++)
          M[i * d + j] += w[a] * R[(a * d + i) * 2 * d + b * d + j] * u[b];
      }
    }
  }
}

/* One of the two leading eigenvalues inside degree 1, with its left and right vector */
typedef struct {
  Number lambda, u[2], w[2];
} Leading;

/* Adds to column j of M_2 what goes through functions outside degree 1:
   W* R (lambda - G)^{-1} r, r the rest of R U_j */
static PetscErrorCode Outside(Mat G, Mat R, PetscInt d, PetscInt j, Vec U[], const Leading *pair,
                              Number M[])
{
  const Number *const u = pair->u, *const w = pair->w;
  PetscReal *dots;
  Vec       *r, *y;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(2 * d, &dots));
  PetscCall(VecDuplicateVecs(U[0], 3, &r));
  PetscCall(VecDuplicateVecs(U[0], 2, &y));
  for (PetscInt part = 0; part < 2; part++) {
    PetscCall(VecCopy(U[j], r[2]));
    PetscCall(
      VecAXPBY(r[2], part ? cimag(u[1]) : creal(u[1]), part ? cimag(u[0]) : creal(u[0]), U[d + j]));
    PetscCall(MatMult(R, r[2], r[part]));
    PetscCall(VecMDot(r[part], 2 * d, U, dots));
    for (PetscInt k = 0; k < 2 * d; k++) PetscCall(VecAXPY(r[part], -dots[k], U[k]));
  }
  PetscCall(SolveShifted(G, pair->lambda, r, y));
  for (PetscInt part = 0; part < 2; part++) {
    PetscCall(MatMult(R, y[part], r[2]));
    PetscCall(VecMDot(r[2], 2 * d, U, dots));
    for (PetscInt i = 0; i < d; i++)
      M[i * d + j] += (part ? I : 1) * (w[0] * dots[i] + w[1] * dots[d + i]);
  }
  PetscCall(PetscFree(dots));
  PetscCall(VecDestroyVecs(3, &r));
  PetscCall(VecDestroyVecs(2, &y));
  PetscFunctionReturn(0);
}

static PetscErrorCode Keep(HypContinuation *series, PetscInt order, const Number M[])
{
  const PetscInt all = series->d * series->d;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2(all, &series->real[order], all, &series->imag[order]));
  for (PetscInt e = 0; e < all; e++) {
    series->real[order][e] = creal(M[e]);
    series->imag[order][e] = cimag(M[e]);
  }
  PetscFunctionReturn(0);
}

/* The part of M_2 that goes through the other eigenvalue of degree 1 */
static PetscErrorCode Between(PetscInt d, const PetscReal R[], const Number lambda[2],
                              Number u[2][2], Number w[2][2], Number M[])
{
  Number *there, *back;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2(d * d, &there, d * d, &back));
  Inside(d, R, w[0], u[1], there);
  Inside(d, R, w[1], u[0], back);
  for (PetscInt i = 0; i < d; i++) {
    for (PetscInt j = 0; j < d; j++) {
      M[i * d + j] = 0;
      for (PetscInt k = 0; k < d; k++)
        M[i * d + j] += there[i * d + k] * back[k * d + j] / (lambda[0] - lambda[1]);
    }
  }
  PetscCall(PetscFree2(there, back));
  PetscFunctionReturn(0);
}

/*@
  HypContinuationCompute - The leading eigenvalues as a power series in the amplitude of eps,
  to second order

  Collective

  Input Parameter:
. K - the kinetic operator with eps of amplitude 1

  Output Parameter:
. series - the matrices lambda, M_1, M_2;
  known is false for eps = 0, at critical damping (there it is no power
           series), and where the frequencies of the coordinates differ

  Level: intermediate

  Note:
  M_1 = -E_M[d eps_i/d theta_j]/(2 lambda + gamma):
  for d = 1 the derivative of the root of lambda^2 + gamma lambda + (w0^2 + e E_M eps') = 0,
  whose real part is 0 under-damped.

.seealso: HypContinuationPredict(), HypContinuationDestroy()
@*/
PetscErrorCode HypContinuationCompute(HypKinetic K, HypContinuation *series)
{
  HypModel        model = HypKineticGetModel(K);
  const PetscInt  d     = HypKineticGetDimension(K);
  const PetscReal gamma = HypModelGamma(model);
  PetscReal      *B, *R1;
  Number          lambda[2], u[2][2], w[2][2], *M;
  Leading         pair;
  Mat             G, R;
  Vec            *U;

  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(series, sizeof(*series)));
  if (!HypModelPerturbed(model) || !HypModelIsotropic(model) || HypModelHasReference(model) ||
      PetscAbsReal(gamma - 2 * HypModelFastest(model)) < 1e-6 * gamma)
    PetscFunctionReturn(0);
  series->known = PETSC_TRUE;
  series->d     = d;
  PetscCall(HypKineticCreateMat(K, HYP_TRANSPORT | HYP_FOKKER_PLANCK, &G));
  PetscCall(HypKineticCreateMat(K, HYP_PERTURBATION, &R));
  PetscCall(VecDuplicateVecs(HypSpaceGetOne(HypKineticGetSpace(K)), 2 * d + 1, &U));
  PetscCall(PetscMalloc3(4 * d * d, &B, 4 * d * d, &R1, d * d, &M));
  PetscCall(DegreeOne(K, U));
  PetscCall(Compress(G, 2 * d, U, U[2 * d], B));
  PetscCall(Compress(R, 2 * d, U, U[2 * d], R1));
  Eigen((PetscReal[2][2]){{B[0], B[d]}, {B[2 * d * d], B[2 * d * d + d]}}, lambda, u, w);
  for (PetscInt e = 0; e < d * d; e++) M[e] = e % (d + 1) ? 0 : lambda[0];
  PetscCall(Keep(series, 0, M));
  Inside(d, R1, w[0], u[0], M);
  PetscCall(Keep(series, 1, M));
  PetscCall(Between(d, R1, lambda, u, w, M));
  pair = (Leading){lambda[0], {u[0][0], u[0][1]}, {w[0][0], w[0][1]}};
  for (PetscInt j = 0; j < d; j++) PetscCall(Outside(G, R, d, j, U, &pair, M));
  PetscCall(Keep(series, 2, M));
  PetscCall(PetscFree3(B, R1, M));
  PetscCall(VecDestroyVecs(2 * d + 1, &U));
  PetscCall(MatDestroy(&G));
  PetscCall(MatDestroy(&R));
  PetscFunctionReturn(0);
}

/*@
  HypContinuationDestroy - Frees what HypContinuationCompute() made

  Not collective

  Input Parameter:
. series - the power series

  Level: intermediate

.seealso: HypContinuationCompute()
@*/
PetscErrorCode HypContinuationDestroy(HypContinuation *series)
{
  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < 3; k++) PetscCall(PetscFree2(series->real[k], series->imag[k]));
  PetscFunctionReturn(0);
}

/*@
  HypContinuationPredict - The d leading eigenvalues at an amplitude

  Not collective

  Input Parameters:
+ series    - the power series
. amplitude - e
- order     - 0, 1 or 2

  Output Parameters:
. real, imag - d numbers each, by decreasing real part

  Level: intermediate

  Note:
  The eigenvalues of a complex matrix A + i B are those with positive imaginary part
  of the real [A -B; B A], once a multiple of i larger than its norm has been added to it;
  the others are their conjugates.

.seealso: HypContinuationCompute()
@*/
PetscErrorCode HypContinuationPredict(const HypContinuation *series, PetscReal amplitude,
                                      PetscInt order, PetscReal real[], PetscReal imag[])
{
  const PetscInt               d     = series->d;
  const size_t                 n     = 2 * (size_t)d;
  gsl_matrix                  *pair  = gsl_matrix_calloc(n, n);
  gsl_vector_complex          *all   = gsl_vector_complex_alloc(n);
  gsl_eigen_nonsymm_workspace *work  = gsl_eigen_nonsymm_alloc(n);
  PetscReal                    shift = 1;
  PetscInt                     found = 0;

  PetscFunctionBeginUser;
  PetscCheck(pair && all && work, PETSC_COMM_SELF, PETSC_ERR_MEM,
             "GSL could not allocate an eigenvalue problem");
  for (PetscInt i = 0; i < d; i++) {
    for (PetscInt j = 0; j < d; j++) {
      PetscReal re = 0, im = 0;

      for (PetscInt k = order; k >= 0; k--) {
        re = re * amplitude + series->real[k][i * d + j];
        im = im * amplitude + series->imag[k][i * d + j];
      }
      gsl_matrix_set(pair, (size_t)i, (size_t)j, re);
      gsl_matrix_set(pair, (size_t)(d + i), (size_t)(d + j), re);
      gsl_matrix_set(pair, (size_t)i, (size_t)(d + j), -im);
      gsl_matrix_set(pair, (size_t)(d + i), (size_t)j, im);
      shift += PetscAbsReal(re) + PetscAbsReal(im);
    }
  }
  for (size_t i = 0; i < (size_t)d; i++) {
    *gsl_matrix_ptr(pair, i, (size_t)d + i) -= shift;
    *gsl_matrix_ptr(pair, (size_t)d + i, i) += shift;
  }
  PetscCheck(!gsl_eigen_nonsymm(pair, all, work), PETSC_COMM_SELF, PETSC_ERR_LIB,
             "GSL: the eigenvalues of a %d x %d matrix did not converge", (int)n, (int)n);
  for (size_t k = 0; k < n && found < d; k++) {
    const gsl_complex value = gsl_vector_complex_get(all, k);
    PetscInt          at    = found;

    if (GSL_IMAG(value) < 0) continue;
    for (; at > 0 && real[at - 1] < GSL_REAL(value); at--) { /* insertion */
      real[at] = real[at - 1];
      imag[at] = imag[at - 1];
    }
    real[at] = GSL_REAL(value);
    imag[at] = GSL_IMAG(value) - shift;
    found++;
  }
  gsl_eigen_nonsymm_free(work);
  gsl_vector_complex_free(all);
  gsl_matrix_free(pair);
  PetscFunctionReturn(0);
}
