/*
   Which eigenvalues does a start see?

   P_k h, P_k the spectral projection on the eigenvalue lambda_k, is what a start h has of it:
   <w_k, h> u_k/<w_k, u_k> with right and left eigenfunctions.
   The Krylov space of h under B = (sigma - G)^{-1} or exp(tau G) holds all P_k h and nothing else
   of the leading eigenfunctions: with h = |h| q_1, B Q = Q H and the eigenvectors Z of H,

       h = |h| sum_k c_k Q z_k,  c = Z^{-1} e_1,

   so that no left eigenfunction has to be computed, and a multiple eigenvalue counts once,
   with the one function that h has of it.
*/
#include "spectrum/spectrumimpl.h"
#include "spectrum/transform.h"
#include <petscblaslapack.h>
#include <slepcbv.h>

enum { STEPS = 60 }; /* of the Arnoldi process */

#define BREAKDOWN 1e-13 /* the Krylov space is all there is */
#define SAME      1e-3  /* eigenvalues of H nearer than this to one of the spectrum belong to it */

/* H, n x n by columns: B Q = Q H up to the last column; n may come out smaller */
static PetscErrorCode Arnoldi(Mat B, Vec h, PetscInt *n, PetscScalar H[])
{
  const PetscInt room = *n;
  BV             Q;

  PetscFunctionBeginUser;
  PetscCall(PetscArrayzero(H, room * room));
  PetscCall(BVCreate(PetscObjectComm((PetscObject)h), &Q));
  PetscCall(BVSetSizesFromVec(Q, h, room + 1));
  PetscCall(BVSetFromOptions(Q));
  PetscCall(BVInsertVec(Q, 0, h));
  PetscCall(BVOrthonormalizeColumn(Q, 0, PETSC_FALSE, NULL, NULL));
  for (PetscInt j = 0; j < room; j++) {
    PetscReal   norm;
    PetscBool   dependent;
    PetscScalar column[STEPS + 1];

    PetscCall(BVMatMultColumn(Q, B, j));
    PetscCall(BVOrthogonalizeColumn(Q, j + 1, column, &norm, &dependent));
    PetscCall(PetscArraycpy(H + j * room, column, j + 1));
    if (dependent || norm < BREAKDOWN) {
      *n = j + 1;
      break;
    }
    if (j + 1 < room) H[j * room + j + 1] = norm;
    PetscCall(BVScaleColumn(Q, j + 1, 1 / norm));
  }
  PetscCall(BVDestroy(&Q));
  PetscFunctionReturn(0);
}

/* c = Z^{-1} e_1, Z packed as HypDenseEigen() does */
static PetscErrorCode Coefficients(PetscInt n, const PetscScalar Z[], PetscScalar c[])
{
  PetscScalar  *A;
  PetscBLASInt *pivots, m, one = 1, info;

  PetscFunctionBeginUser;
  PetscCall(PetscBLASIntCast(n, &m));
  PetscCall(PetscMalloc2(n * n, &A, n, &pivots));
  PetscCall(PetscArraycpy(A, Z, n * n));
  for (PetscInt k = 0; k < n; k++) c[k] = k == 0;
  PetscCallBLAS("LAPACKgesv", LAPACKgesv_(&m, &one, A, &m, pivots, c, &m, &info));
  PetscCheck(!info, PETSC_COMM_SELF, PETSC_ERR_LIB,
             "LAPACK gesv failed on the %" PetscInt_FMT " eigenvectors of a Krylov space", n);
  PetscCall(PetscFree2(A, pivots));
  PetscFunctionReturn(0);
}

/* Adds the share of one eigenvalue of H to that of the spectrum which it is */
static void Assign(HypSpectrum *s, PetscReal real, PetscReal imag, PetscReal share)
{
  PetscInt  best     = -1;
  PetscReal distance = PETSC_INFINITY;

  for (PetscInt k = 0; k < s->n; k++) {
    const PetscReal d    = hypot(s->real[k] - real, s->imag[k] - imag),
                    near = SAME * (hypot(s->real[k], s->imag[k]) + PetscAbsReal(s->gap)) +
                           (s->refined && isgreater(s->refined[k], 0) ? 2 * s->refined[k] : 0);

    if (d > near || !(d < distance * (1 - 1e-6))) continue; /* of copies the first */
    distance = d;
    best     = k;
  }
  if (best >= 0) s->share[best] += share;
}

/*@
  HypSpectrumExcite - What a start has of each eigenvalue

  Collective

  Input Parameters:
+ K - the operator; that of a coarser space will do
- h - the start h_0 on its space

  Input/Output Parameter:
. spectrum - leading eigenvalues; share is filled: ||P_k h||/||h||, P_k the spectral projection;
  of a complex pair each has its half

  Level: intermediate

  Note:
  Of copies of an eigenvalue the first one gets all.

.seealso: HypSpectrumCompute(), HypRateEstimateCompute()
@*/
PetscErrorCode HypSpectrumExcite(HypKinetic K, Vec h, HypSpectrum *spectrum)
{
  const PetscReal gamma = HypModelGamma(HypKineticGetModel(K));
  PetscInt        n = PetscMin(STEPS, HypSpaceGetSize(HypKineticGetSpace(K)) - 1), room = n;
  PetscBool       inverts;
  PetscReal       parameter, norm;
  PetscScalar    *H, *small, *Z, c[STEPS];
  HypEigenvalue   values[STEPS];
  Mat             G, B;

  PetscFunctionBeginUser;
  PetscCall(PetscFree(spectrum->share));
  PetscCall(PetscCalloc1(spectrum->n, &spectrum->share));
  PetscCall(VecNorm(h, NORM_2, &norm));
  if (!(norm > 0)) PetscFunctionReturn(0);
  PetscCall(HypKineticDirect(K, &K));
  inverts   = HypInvertible(K);
  parameter = inverts ? 0.1 * gamma : 4 / gamma;
  PetscCall(HypKineticCreateMat(K, HYP_GENERATOR, &G));
  PetscCall((inverts ? HypInverseCreate : HypExponentialCreate)(K, G, parameter, &B));
  PetscCall(PetscMalloc3(n * n, &H, n * n, &small, n * n, &Z));
  PetscCall(Arnoldi(B, h, &n, H));
  for (PetscInt j = 0; j < n; j++) PetscCall(PetscArraycpy(small + j * n, H + j * room, n));
  PetscCall(HypDenseEigen(n, small, values, Z));
  PetscCall(Coefficients(n, Z, c));
  for (PetscInt k = 0; k < n; k++) {
    const PetscReal re = values[k].real, im = values[k].imag, size2 = re * re + im * im;
    const PetscInt  at   = values[k].imag < 0 ? values[k].index - 1 : values[k].index;
    const PetscReal real = inverts ? parameter - re / size2 : PetscLogReal(size2) / (2 * parameter),
                    imag = inverts ? im / size2 : PetscAtan2Real(im, re) / parameter;
    PetscReal sum        = 0;

    for (PetscInt i = 0; i < n; i++)
      sum += PetscSqr(Z[at * n + i]) + (im != 0 ? PetscSqr(Z[(at + 1) * n + i]) : 0);
    Assign(spectrum, real, imag,
           PetscSqrtReal(sum) * (im != 0 ? hypot(c[at], c[at + 1]) / 2 : PetscAbsReal(c[at])));
  }
  PetscCall(PetscFree3(H, small, Z));
  PetscCall(MatDestroy(&B));
  PetscCall(MatDestroy(&G));
  PetscFunctionReturn(0);
}
