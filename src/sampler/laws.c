/*
   The laws of two Gaussian starts, and the distance W2 between them as time goes on.

   In the norm of a contraction certificate W2 decays at its rate,

       W2(t) <= e^{-mu t} W2(0),

   and the marginals of theta_1 are closer than sqrt((P^{-1})_{11}) times that.
   Between Gaussians W2 is known; they stay Gaussian for a quadratic loss and constant noise.
   Between samples in one dimension W2^2 is the mean of (a_k - b_k)^2, both sorted.
   The two samples have common random numbers, which makes the difference of their quantiles far
   less noisy; the laws do not know of it.
*/
#include <hypoco/random.h>
#include "sampler/twins.h"
#include <petscblaslapack.h>
#include <math.h>

enum { BLOCK = 256, GROUPS = 10 };

/* S = Q diag(values) Q^T -> S^{1/2}, or its trace alone */
static PetscErrorCode SquareRoot(PetscInt order, PetscReal *S, PetscReal *trace)
{
  PetscBLASInt n, lwork, info;
  PetscReal   *Q, *values, *work;

  PetscFunctionBeginUser;
  PetscCall(PetscBLASIntCast(order, &n));
  lwork = 8 * n;
  PetscCall(PetscMalloc3(n * n, &Q, n, &values, lwork, &work));
  PetscCall(PetscArraycpy(Q, S, n * n));
  LAPACKsyev_("V", "U", &n, Q, &n, values, work, &lwork, &info);
  PetscCheck(!info, PETSC_COMM_SELF, PETSC_ERR_LIB, "LAPACK: no eigenvalues of a covariance");
  *trace = 0;
  PetscCall(PetscArrayzero(S, n * n));
  for (PetscInt k = 0; k < n; k++) {
    const PetscReal root = PetscSqrtReal(PetscMax(0, values[k]));

    *trace += root;
    for (PetscInt i = 0; i < n; i++) {
      for (PetscInt j = 0; j < n; j++) S[i + j * n] += root * Q[i + k * n] * Q[j + k * n];
    }
  }
  PetscCall(PetscFree3(Q, values, work));
  PetscFunctionReturn(0);
}

/* A B A^T, all n x n by rows */
static void Congruence(PetscInt n, const PetscReal *A, const PetscReal *B, PetscReal *C)
{
  for (PetscInt i = 0; i < n; i++) {
    for (PetscInt j = 0; j < n; j++) {
      PetscReal sum = 0;

      for (PetscInt k = 0; k < n; k++) {
        for (PetscInt l = 0; l < n; l++) sum += A[i * n + k] * B[k * n + l] * A[j * n + l];
      }
      C[i * n + j] = sum;
    }
  }
}

/*@
  HypGaussianDistance - W2 between two Gaussian laws in the norm of a matrix

  Not collective

  Input Parameters:
+ n  - number of variables
. m1 - mean of the first
. S1 - its covariance, n x n
. m2 - mean of the second
. S2 - its covariance
- P  - symmetric, positive definite, n x n: |z|_P^2 = z^T P z; NULL: the identity

  Output Parameter:
. distance - W2

  Level: intermediate

  Note:
  W2^2 = |m1 - m2|^2 + tr(S1 + S2 - 2 (S1^{1/2} S2 S1^{1/2})^{1/2}) after z -> P^{1/2} z.

.seealso: HypQuantileDistance(), HypLawsRun()
@*/
PetscErrorCode HypGaussianDistance(PetscInt n, const PetscReal m1[], const PetscReal S1[],
                                   const PetscReal m2[], const PetscReal S2[], const PetscReal P[],
                                   PetscReal *distance)
{
  PetscReal *U, *A, *B, *C, trace, sum = 0, root;

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc4(n * n, &U, n * n, &A, n * n, &B, n * n, &C));
  for (PetscInt e = 0; e < n * n; e++) U[e] = P ? P[e] : e % (n + 1) ? 0 : 1;
  PetscCall(SquareRoot(n, U, &trace));
  Congruence(n, U, S1, A);
  Congruence(n, U, S2, B);
  for (PetscInt i = 0; i < n; i++) {
    PetscReal shift = 0;

    for (PetscInt j = 0; j < n; j++) shift += U[i * n + j] * (m1[j] - m2[j]);
    sum += shift * shift + A[i * (n + 1)] + B[i * (n + 1)];
  }
  PetscCall(SquareRoot(n, A, &trace));
  Congruence(n, A, B, C);
  PetscCall(SquareRoot(n, C, &root));
  *distance = PetscSqrtReal(PetscMax(0, sum - 2 * root));
  PetscCall(PetscFree4(U, A, B, C));
  PetscFunctionReturn(0);
}

/* of sorted copies of count values with a stride */
static PetscErrorCode Sorted(PetscInt count, PetscInt stride, const PetscReal *a,
                             const PetscReal *b, PetscReal *distance)
{
  PetscReal *x, *y, sum = 0;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2(count, &x, count, &y));
  for (PetscInt k = 0; k < count; k++) {
    x[k] = a[k * stride];
    y[k] = b[k * stride];
  }
  PetscCall(PetscSortReal(count, x));
  PetscCall(PetscSortReal(count, y));
  for (PetscInt k = 0; k < count; k++) sum += PetscSqr(x[k] - y[k]);
  *distance = PetscSqrtReal(sum / (PetscReal)count);
  PetscCall(PetscFree2(x, y));
  PetscFunctionReturn(0);
}

/*@
  HypQuantileDistance - W2 between two laws on the line, from samples of equal size

  Not collective

  Input Parameters:
+ n - number of values, at least 20
. a - sample of the first law
- b - sample of the second

  Output Parameters:
+ distance - W2 of the samples
- half     - 95 % either way: twice the spread of ten groups over sqrt(10), and the bias,
             which falls like 1/n and is seen in the groups

  Level: intermediate

.seealso: HypGaussianDistance(), HypLawsRun()
@*/
PetscErrorCode HypQuantileDistance(PetscInt n, const PetscReal a[], const PetscReal b[],
                                   PetscReal *distance, PetscReal *half)
{
  PetscReal mean = 0, square = 0;

  PetscFunctionBeginUser;
  PetscCheck(n >= 2 * GROUPS, PETSC_COMM_SELF, PETSC_ERR_ARG_SIZ,
             "%" PetscInt_FMT " paths given, at least %d needed for a distance with a bar", n,
             2 * (int)GROUPS);
  PetscCall(Sorted(n, 1, a, b, distance));
  for (PetscInt g = 0; g < GROUPS; g++) {
    PetscReal one = 0;

    PetscCall(Sorted((n - g + GROUPS - 1) / GROUPS, GROUPS, a + g, b + g, &one));
    mean += one / GROUPS;
    square += one * one / GROUPS;
  }
  *half = 2.26 * PetscSqrtReal(PetscMax(0, square - mean * mean) / (GROUPS - 1)) +
          PetscMax(0, mean - *distance) / (GROUPS - 1);
  PetscFunctionReturn(0);
}

/* e^{Jt} of coordinate i, [[1 0] [0 1]] c + (J + gamma/2) s, times e^{-gamma t/2} */
static void Flow(HypModel model, PetscInt i, PetscReal t, PetscReal E[4])
{
  const PetscReal gamma = HypModelGamma(model), w2 = PetscSqr(HypModelCoordinate(model, i).omega),
                  square = gamma * gamma / 4 - w2, root = PetscSqrtReal(PetscAbsReal(square)),
                  c     = square > 0 ? coshl(root * t) : PetscCosReal(root * t),
                  s     = root * t < 1e-8 ? t
                          : square > 0    ? sinhl(root * t) / root
                                          : PetscSinReal(root * t) / root,
                  decay = PetscExpReal(-gamma * t / 2);

  E[0] = decay * (c + gamma / 2 * s);
  E[1] = decay * s;
  E[2] = -decay * w2 * s;
  E[3] = decay * (c - gamma / 2 * s);
}

/* Mean and covariance in (theta, y) at time t: S(t) = S_inf + E (S_0 - S_inf) E^T */
static PetscErrorCode GaussianAt(HypModel model, PetscReal t, const PetscReal mean[],
                                 const PetscReal covariance[], PetscReal m[], PetscReal S[])
{
  const PetscInt d = HypModelDimension(model), n = 2 * d;
  PetscReal     *E, *steady, *D;

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc3(n * n, &E, n * n, &steady, n * n, &D));
  for (PetscInt i = 0; i < d; i++) {
    const HypCoordinate c = HypModelCoordinate(model, i);
    const PetscInt      y = i + d;
    PetscReal           block[4];

    Flow(model, i, t, block);
    E[i * n + i]      = block[0];
    E[i * n + y]      = block[1];
    E[y * n + i]      = block[2];
    E[y * n + y]      = block[3];
    steady[i * n + i] = c.theta_X * c.theta_X + c.theta_V * c.theta_V;
    steady[y * n + y] = c.y_X * c.y_X + c.y_V * c.y_V;
    steady[i * n + y] = steady[y * n + i] = c.theta_X * c.y_X + c.theta_V * c.y_V;
  }
  for (PetscInt e = 0; e < n * n; e++) D[e] = covariance[e] - steady[e];
  Congruence(n, E, D, S);
  for (PetscInt e = 0; e < n * n; e++) S[e] += steady[e];
  for (PetscInt i = 0; i < n; i++) {
    m[i] = 0;
    for (PetscInt j = 0; j < n; j++) m[i] += E[i * n + j] * mean[j];
  }
  PetscCall(PetscFree3(E, steady, D));
  PetscFunctionReturn(0);
}

/* Both copies from their laws: mean + S^{1/2} times common normal numbers */
static PetscErrorCode Start(HypTwins *p, const HypLawSettings *settings, uint64_t path)
{
  const PetscInt n = 2 * p->d, lanes = p->lanes, pairs = lanes / 2;
  PetscReal     *root, trace;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(n * n, &root));
  HypRandomNormals((HypRandomBlock){settings->seed, path, pairs, 0, HYP_RANDOM_START}, n, p->noise);
  for (PetscInt copy = 0; copy < 2; copy++) {
    PetscCall(PetscArraycpy(root, settings->covariance[copy], n * n));
    PetscCall(SquareRoot(n, root, &trace));
    for (PetscInt i = 0; i < n; i++) {
      for (PetscInt l = 0; l < pairs; l++) {
        PetscReal value = settings->mean[copy][i];

        for (PetscInt j = 0; j < n; j++) value += root[i * n + j] * p->noise[j * pairs + l];
        p->z[i * lanes + copy * pairs + l] = value;
      }
    }
  }
  PetscCall(PetscFree(root));
  PetscFunctionReturn(0);
}

/* theta_1 of both copies at every output time, [time][copy][path] */
static PetscErrorCode Simulate(MPI_Comm comm, HypModel model, const HypLawSettings *s,
                               PetscReal *values)
{
  const PetscInt blocks = (s->paths + BLOCK - 1) / BLOCK;
  PetscMPIInt    rank, size, count;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  PetscCallMPI(MPI_Comm_size(comm, &size));
  for (PetscInt b = rank; b < blocks; b += size) {
    const PetscInt pairs = PetscMin(BLOCK, s->paths - b * BLOCK);
    HypTwins       p;

    PetscCall(HypTwinsCreate(model, pairs, &p));
    PetscCall(Start(&p, s, (uint64_t)b * BLOCK));
    for (PetscInt k = 0; k <= s->steps * (s->times - 1); k++) {
      if (k) PetscCall(HypTwinsStep(&p, s->step, s->seed, (uint64_t)b * BLOCK, k));
      if (k % s->steps) continue;
      for (PetscInt copy = 0; copy < 2; copy++)
        PetscCall(PetscArraycpy(values + (2 * (k / s->steps) + copy) * s->paths + b * BLOCK,
                                p.z + copy * pairs, pairs));
    }
    PetscCall(HypTwinsDestroy(&p));
  }
  PetscCall(PetscMPIIntCast(2 * s->times * s->paths, &count));
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, values, count, MPIU_REAL, MPIU_SUM, comm));
  PetscFunctionReturn(0);
}

/* sqrt((P^{-1})_{11}): |theta_1| <= that times |z|_P */
static PetscErrorCode Marginal(PetscInt order, const PetscReal P[], PetscReal *factor)
{
  PetscBLASInt n, one = 1, info;
  PetscReal   *U, *e;

  PetscFunctionBeginUser;
  PetscCall(PetscBLASIntCast(order, &n));
  PetscCall(PetscMalloc1(n * n, &U));
  PetscCall(PetscCalloc1(n, &e));
  PetscCall(PetscArraycpy(U, P, n * n));
  e[0] = 1;
  LAPACKpotrf_("U", &n, U, &n, &info);
  PetscCheck(!info, PETSC_COMM_SELF, PETSC_ERR_LIB, "LAPACK: P is not positive definite");
  LAPACKpotrs_("U", &n, &one, U, &n, e, &n, &info);
  *factor = PetscSqrtReal(e[0]);
  PetscCall(PetscFree(U));
  PetscCall(PetscFree(e));
  PetscFunctionReturn(0);
}

/*@
  HypLawsRun - The distance W2 between the laws of two Gaussian starts, guaranteed, exact where the
  laws stay Gaussian, and measured for the marginal of theta_1

  Collective

  Input Parameters:
+ comm        - the paths are divided over its ranks; their number does not change the result
. model       - either type of model
. contraction - P, and the rate mu - margin that it proves
- settings    - both starts, in the model's coordinates (theta_1.., y_1..), and the paths

  Output Parameter:
. laws - for each output time, HYP_LAWS_TIMES at most

  Level: intermediate

.seealso: HypContractionCompute(), HypPairsRun(), HypGaussianDistance()
@*/
PetscErrorCode HypLawsRun(MPI_Comm comm, HypModel model, const HypContraction *contraction,
                          const HypLawSettings *settings, HypLaw laws[])
{
  const PetscInt  d = HypModelDimension(model), n = 2 * d, count = settings->paths;
  const PetscReal mu = contraction->mu - contraction->margin;
  PetscReal      *values, *m[2], *S[2], start = 0, factor = 0;

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc1(2 * settings->times * count, &values));
  PetscCall(PetscMalloc4(n, &m[0], n, &m[1], n * n, &S[0], n * n, &S[1]));
  PetscCall(Simulate(comm, model, settings, values));
  PetscCall(HypGaussianDistance(n, settings->mean[0], settings->covariance[0], settings->mean[1],
                                settings->covariance[1], contraction->P, &start));
  PetscCall(Marginal(n, contraction->P, &factor));
  for (PetscInt k = 0; k < settings->times; k++) {
    HypLaw *law = laws + k;

    law->t            = settings->step * (PetscReal)(settings->steps * k);
    law->guaranteed   = start * PetscExpReal(-mu * law->t);
    law->marginal     = factor * law->guaranteed;
    law->exact        = NAN;
    law->exact_margin = NAN;
    PetscCall(HypQuantileDistance(count, values + 2 * k * count, values + (2 * k + 1) * count,
                                  &law->measured, &law->half));
    if (!HypModelIsQuadratic(model)) continue;
    for (int copy = 0; copy < 2; copy++)
      PetscCall(GaussianAt(model, law->t, settings->mean[copy], settings->covariance[copy], m[copy],
                           S[copy]));
    PetscCall(HypGaussianDistance(n, m[0], S[0], m[1], S[1], contraction->P, &law->exact));
    law->exact_margin = hypot(m[0][0] - m[1][0], PetscSqrtReal(S[0][0]) - PetscSqrtReal(S[1][0]));
  }
  PetscCall(PetscFree4(m[0], m[1], S[0], S[1]));
  PetscCall(PetscFree(values));
  PetscFunctionReturn(0);
}
