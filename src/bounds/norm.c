/*
   The quadratic forms in which the algorithms contract, step by step and without a constant.

   delta = (delta_j, delta_{j-1}, ..) obeys delta_{j+1} = (A - eta (a_j - k) e_1 e_c^T) delta_j,
   A the companion matrix of recursion.c's polynomial at a = k, c the entry that is read.
   P > 0 with (A - eta (a - k) e_1 e_c^T)^T P (..) <= rho^2 P for every a in [low, high] exists for
   every rho above the criterion's: the bounded real lemma for A/rho, B = eta r e_1/rho, C = e_c^T,

       P = A^T P (I - B B^T P)^{-1} A/rho^2 + C^T C,

   whose smallest solution structured doubling finds, with quadratic convergence:

       W = (I + G H)^{-1},   A <- A W A,   G <- G + A W G A^T,   H <- H + A^T H W A,

   from G = -B B^T, H = C^T C; H tends to P.
   The left side of the inequality is convex in a, so that both ends of the interval prove it.
   Symmetric matrices A_j in place of numbers: P (x) I does the same, with the same lemma.
*/
#include <hypoco/bounds.h>
#include <petscblaslapack.h>
#include <math.h>

/* One algorithm: its state has n entries, the gradient reads entry `read` */
typedef struct {
  PetscBLASInt     n;
  const PetscReal *row; /* first row of A at a = 0 */
  PetscInt         read;
  PetscReal        eta, low, high;
} Recursion;

static void Multiply(const char *ta, const char *tb, PetscBLASInt n, const PetscReal *A,
                     const PetscReal *B, PetscReal *C)
{
  const PetscReal one = 1, zero = 0;

  BLASgemm_(ta, tb, &n, &n, &n, &one, A, &n, B, &n, &zero, C, &n);
}

/* The matrix of one step at the curvature a, by columns, over rho */
static void Companion(const Recursion *r, PetscReal a, PetscReal rho, PetscReal *A)
{
  const PetscInt n = r->n;

  for (PetscInt e = 0; e < n * n; e++) A[e] = 0;
  for (PetscInt j = 0; j < n; j++) A[j * n] = r->row[j] / rho;
  A[r->read * n] -= r->eta * a / rho;
  for (PetscInt j = 0; j + 1 < n; j++) A[j + 1 + j * n] = 1 / rho;
}

/* P by doubling */
static PetscErrorCode Double(const Recursion *r, PetscReal rho, PetscReal *P)
{
  const PetscBLASInt n = r->n, n2 = n * n;
  const PetscReal    room = r->eta * (r->high - r->low) / (2 * rho);
  PetscBLASInt       info, *pivots;
  PetscReal         *A, *G, *W, *X, *Y, change = 1, scale = 1;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc5(n2, &A, n2, &W, n2, &X, n2, &Y, n, &pivots));
  PetscCall(PetscCalloc1(n2, &G));
  PetscCall(PetscArrayzero(P, n2));
  Companion(r, (r->low + r->high) / 2, rho, A);
  G[0]                 = -room * room;
  P[r->read * (n + 1)] = 1;
  for (PetscInt k = 0; k < 60 && change > 1e-15 * scale; k++) {
    Multiply("N", "N", n, G, P, W); /* W = I + G H; X = W^{-1} A, Y = W^{-1} G A^T */
    for (PetscInt i = 0; i < n; i++) W[i * (n + 1)] += 1;
    PetscCall(PetscArraycpy(X, A, n2));
    Multiply("N", "T", n, G, A, Y);
    LAPACKgetrf_(&n, &n, W, &n, pivots, &info);
    PetscCheck(!info, PETSC_COMM_SELF, PETSC_ERR_LIB,
               "LAPACK: the norm of a recursion could not be found");
    LAPACKgetrs_("N", &n, &n, W, &n, pivots, X, &n, &info);
    LAPACKgetrs_("N", &n, &n, W, &n, pivots, Y, &n, &info);
    Multiply("N", "N", n, A, Y, W);
    for (PetscInt e = 0; e < n2; e++) G[e] += W[e];
    Multiply("N", "N", n, P, X, W);
    Multiply("T", "N", n, A, W, Y);
    change = scale = 0;
    for (PetscInt e = 0; e < n2; e++) {
      P[e] += Y[e];
      change = PetscMax(change, PetscAbsReal(Y[e]));
      scale  = PetscMax(scale, PetscAbsReal(P[e]));
    }
    Multiply("N", "N", n, A, X, W);
    PetscCall(PetscArraycpy(A, W, n2));
  }
  for (PetscInt i = 0; i < n; i++) {
    for (PetscInt j = 0; j <= i; j++)
      P[i + j * n] = P[j + i * n] = (P[i + j * n] + P[j + i * n]) / (2 * scale);
  }
  PetscCall(PetscFree5(A, W, X, Y, pivots));
  PetscCall(PetscFree(G));
  PetscFunctionReturn(0);
}

/* The factor that P proves at both ends; U: upper factor of P = U^T U.
   |U A U^{-1}| is the norm of a step */
static PetscErrorCode Prove(const Recursion *r, const PetscReal *U, PetscReal *rho)
{
  const PetscBLASInt n = r->n, lwork = 10 * n, unit = 1;
  const PetscReal    one = 1;
  PetscBLASInt       info;
  PetscReal         *J, *A, *values, *work;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc4(n * n, &J, n * n, &A, n, &values, lwork, &work));
  *rho = 0;
  for (int end = 0; end < 2; end++) {
    Companion(r, end ? r->high : r->low, 1, J);
    Multiply("N", "N", n, U, J, A);
    BLAStrsm_("R", "U", "N", "N", &n, &n, &one, U, &n, A, &n);
    LAPACKgesvd_("N", "N", &n, &n, A, &n, values, NULL, &unit, NULL, &unit, work, &lwork, &info);
    PetscCheck(!info, PETSC_COMM_SELF, PETSC_ERR_LIB,
               "LAPACK: no singular values of a %d x %d matrix", (int)n, (int)n);
    *rho = PetscMax(*rho, values[0]);
  }
  PetscCall(PetscFree4(J, A, values, work));
  PetscFunctionReturn(0);
}

/* |delta_j| <= constant rho^j |delta_0| from equal entries: sqrt((P^{-1})_{11} 1^T P 1) */
static void Constant(const PetscBLASInt n, const PetscReal *U, PetscReal *e, PetscReal *constant)
{
  const PetscBLASInt unit  = 1;
  const PetscReal    one   = 1;
  PetscReal          whole = 0, first = 0;

  for (PetscInt i = 0; i < n; i++) {
    PetscReal sum = 0;

    for (PetscInt j = i; j < n; j++) sum += U[i + j * n];
    whole += sum * sum;
    e[i] = i ? 0 : 1;
  }
  BLAStrsm_("L", "U", "T", "N", &n, &unit, &one, U, &n, e, &n);
  for (PetscInt i = 0; i < n; i++) first += e[i] * e[i];
  *constant = PetscSqrtReal(first * whole);
}

static PetscErrorCode NormOf(const Recursion *r, PetscReal rho, PetscReal margin,
                             HypStepNorm *found)
{
  const PetscBLASInt n = r->n;
  PetscBLASInt       info;
  PetscReal         *U, *e;

  PetscFunctionBeginUser;
  PetscCheck(margin > 0, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
             "margin %g given, a positive number needed: at the smallest rho P is singular",
             (double)margin);
  *found = (HypStepNorm){.n = n};
  PetscCall(PetscMalloc1(n * n, &found->P));
  PetscCall(PetscMalloc2(n * n, &U, n, &e));
  PetscCall(Double(r, rho * (1 + margin), found->P));
  PetscCall(PetscArraycpy(U, found->P, n * n));
  LAPACKpotrf_("U", &n, U, &n, &info);
  PetscCheck(!info, PETSC_COMM_SELF, PETSC_ERR_LIB,
             "LAPACK: the matrix P of a recursion is not positive definite");
  for (PetscInt j = 0; j < n; j++) {
    for (PetscInt i = j + 1; i < n; i++) U[i + j * n] = 0;
  }
  PetscCall(Prove(r, U, &found->rho));
  Constant(n, U, e, &found->constant);
  PetscCall(PetscFree2(U, e));
  PetscFunctionReturn(0);
}

/*@
  HypDelayNorm - The norm in which two runs of SGD with a fixed delay approach each other in every
  step

  Not collective

  Input Parameters:
+ delay - l >= 0 steps, at most 200
. eta   - learning rate
. low   - smallest curvature of the loss, positive
. high  - largest
- margin - relative, positive: the norm proves (1 + margin) times the smallest factor

  Output Parameter:
. found - the norm P of (delta_j, .., delta_{j-l}), the factor that it proves for every step,
          and the constant of |delta_j| <= constant rho^j |delta_0|; freed with
          HypStepNormDestroy()

  Level: intermediate

  Note:
  rho is what P proves, by singular values at both ends of [low, high].
  Where the margin tends to 0 and low = high, P tends to a singular matrix:
  the constant grows while rho tends to the factor of HypDelayContraction().

.seealso: HypDelayContraction(), HypMomentumNorm(), HypStepNormDestroy()
@*/
PetscErrorCode HypDelayNorm(PetscInt delay, PetscReal eta, PetscReal low, PetscReal high,
                            PetscReal margin, HypStepNorm *found)
{
  PetscReal row[HYP_DELAY_NORM + 1] = {1}, rho;
  Recursion r = {.row = row, .read = delay, .eta = eta, .low = low, .high = high};

  PetscFunctionBeginUser;
  PetscCheck(delay <= HYP_DELAY_NORM, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
             "delay of %" PetscInt_FMT " steps given, 0 to %d allowed for the norm", delay,
             (int)HYP_DELAY_NORM);
  PetscCall(HypDelayContraction(delay, eta, low, high, &rho));
  PetscCall(PetscBLASIntCast(delay + 1, &r.n));
  PetscCall(NormOf(&r, rho, margin, found));
  PetscFunctionReturn(0);
}

/*@
  HypMomentumNorm - The norm in which two runs of SGD with momentum approach each other in every
  step

  Not collective

  Input Parameters:
+ momentum - mu in [0, 1): w' = mu w - eta grad f, theta' = theta + w'
. eta      - learning rate
. low      - smallest curvature of the loss, positive
. high     - largest
- margin   - as of HypDelayNorm()

  Output Parameter:
. found - the norm P of (delta_j, delta_{j-1}), of delta_j alone for mu = 0; the rest as of
          HypDelayNorm()

  Level: intermediate

.seealso: HypMomentumContraction(), HypDelayNorm(), HypStepNormDestroy()
@*/
PetscErrorCode HypMomentumNorm(PetscReal momentum, PetscReal eta, PetscReal low, PetscReal high,
                               PetscReal margin, HypStepNorm *found)
{
  const PetscReal row[2] = {1 + momentum, -momentum};
  const Recursion r = {.n = momentum > 0 ? 2 : 1, .row = row, .eta = eta, .low = low, .high = high};
  PetscReal       rho;

  PetscFunctionBeginUser;
  PetscCall(HypMomentumContraction(momentum, eta, low, high, &rho));
  PetscCall(NormOf(&r, rho, margin, found));
  PetscFunctionReturn(0);
}

/*@
  HypStepNormDestroy - Frees the norm of an algorithm

  Not collective

  Input Parameter:
. found - what HypDelayNorm() or HypMomentumNorm() filled

  Level: intermediate

.seealso: HypDelayNorm()
@*/
PetscErrorCode HypStepNormDestroy(HypStepNorm *found)
{
  PetscFunctionBeginUser;
  PetscCall(PetscFree(found->P));
  PetscFunctionReturn(0);
}
