/*
   The largest mu for which some P > 0 has L_k(P) + 2 mu P <= 0,
   L_k(P) = P J_k + J_k^T P + sum_j N_j^T P N_j, for all k.

   A given P proves mu(P) = -max_k lambda_max(P^{-1} L_k(P))/2, an eigenvalue problem.
   P is improved in the coordinates where it is the identity, J -> U J U^{-1} with P = U^T U:
   there the linear semidefinite programme

       max t  over 0 <= X <= 2 I:   F_k = -L_k(X) - 2 mu(P) X - t I >= 0

   has t >= 0, and t = 0 if and only if P was the best one.
   U^T X U is the next P (Dinkelbach's iteration; it converges faster than any power).
   Each programme is solved along a path by Newton's method: minimise
   -s t - sum_k log det F_k - log det X - log det(2 I - X) for growing s.
   Whatever the path's accuracy is, the rate returned is mu(P) of the P returned.
*/
#include <hypoco/bounds.h>
#include <petscblaslapack.h>
#include <math.h>

typedef struct {
  PetscBLASInt n, count, nnoise, nx; /* nx = n (n + 1)/2 entries of X */
  PetscReal    mu, t;
  PetscReal   *J, *N;     /* in the coordinates of P, by columns */
  PetscReal   *X, *U;     /* X; upper factor of P */
  PetscReal   *L, *F, *R; /* n x n */
  PetscReal
    *D; /* (n n) x (nx + 1) for each F_k: its derivatives; they do not change along a path */
  PetscReal *G, *S; /* (n n) x (nx + 1): those of one F_k between the factors of F_k^{-1}; work */
  PetscReal *H, *g; /* Newton's matrix and gradient of X and t */
} Programme;

/* L = X J + J^T X + sum N^T X N, X symmetric, all by columns */
static void Lyapunov(const Programme *p, const PetscReal *J, const PetscReal *X, PetscReal *L)
{
  const PetscBLASInt n   = p->n;
  const PetscReal    one = 1, zero = 0;

  BLASgemm_("N", "N", &n, &n, &n, &one, X, &n, J, &n, &zero, L, &n);
  for (PetscInt i = 0; i < n; i++) {
    for (PetscInt j = 0; j <= i; j++) L[i + j * n] = L[j + i * n] = L[i + j * n] + L[j + i * n];
  }
  for (PetscInt k = 0; k < p->nnoise; k++) {
    BLASgemm_("N", "N", &n, &n, &n, &one, X, &n, p->N + k * n * n, &n, &zero, p->R, &n);
    BLASgemm_("T", "N", &n, &n, &n, &one, p->N + k * n * n, &n, p->R, &n, &one, L, &n);
  }
}

/* B = U A U^{-1}, A by rows and B by columns */
static void Transform(const Programme *p, const PetscReal *A, PetscReal *B)
{
  const PetscBLASInt n   = p->n;
  const PetscReal    one = 1, zero = 0;

  BLASgemm_("N", "T", &n, &n, &n, &one, p->U, &n, A, &n, &zero, B, &n);
  BLAStrsm_("R", "U", "N", "N", &n, &n, &one, p->U, &n, B, &n);
}

/* U from P, then J, N and mu(P) in its coordinates */
static PetscErrorCode Prepare(Programme *p, const HypInequalities *system, const PetscReal P[],
                              PetscInt *tight)
{
  const PetscBLASInt n = p->n, lwork = 8 * p->n;
  PetscBLASInt       info;
  PetscReal         *values = p->g, *work = p->G;

  PetscFunctionBeginUser;
  PetscCall(PetscArraycpy(p->U, P, n * n));
  LAPACKpotrf_("U", &n, p->U, &n, &info);
  PetscCheck(!info, PETSC_COMM_SELF, PETSC_ERR_LIB,
             "LAPACK: the matrix P of a contraction is not positive definite");
  for (PetscInt j = 0; j < n; j++) {
    for (PetscInt i = j + 1; i < n; i++) p->U[i + j * n] = 0;
  }
  for (PetscInt k = 0; k < p->nnoise; k++) Transform(p, system->N + k * n * n, p->N + k * n * n);
  PetscCall(PetscArrayzero(p->X, n * n));
  for (PetscInt i = 0; i < n; i++) p->X[i * (n + 1)] = 1;
  p->mu = PETSC_MAX_REAL;
  for (PetscInt k = 0; k < p->count; k++) {
    Transform(p, system->J + k * n * n, p->J + k * n * n);
    Lyapunov(p, p->J + k * n * n, p->X, p->L);
    LAPACKsyev_("N", "U", &n, p->L, &n, values, work, &lwork, &info);
    PetscCheck(!info, PETSC_COMM_SELF, PETSC_ERR_LIB, "LAPACK: no eigenvalues of a %d x %d matrix",
               (int)n, (int)n);
    if (-values[n - 1] / 2 >= p->mu) continue;
    p->mu  = -values[n - 1] / 2;
    *tight = k;
  }
  PetscFunctionReturn(0);
}

/* The upper factor of F_k; behind the count of them stand X and 2 I - X.
   False if F_k is not positive definite */
static PetscBool Factor(Programme *p, PetscInt k)
{
  const PetscBLASInt n = p->n;
  PetscBLASInt       info;

  if (k < p->count) Lyapunov(p, p->J + k * n * n, p->X, p->L);
  for (PetscInt e = 0; e < n * n; e++) {
    const PetscReal unit = e % (n + 1) ? 0 : 1;

    if (k < p->count)
      p->F[e] = -p->L[e] - 2 * p->mu * p->X[e] - p->t * unit;
    else
      p->F[e] = k == p->count ? p->X[e] : 2 * unit - p->X[e];
  }
  LAPACKpotrf_("U", &n, p->F, &n, &info);
  return info ? PETSC_FALSE : PETSC_TRUE;
}

/* what the path minimises; infinite outside */
static PetscReal Barrier(Programme *p, PetscReal s)
{
  PetscReal value = -s * p->t;

  for (PetscInt k = 0; k < p->count + 2; k++) {
    if (!Factor(p, k)) return PETSC_INFINITY;
    for (PetscInt i = 0; i < p->n; i++) value -= 2 * PetscLogReal(p->F[i * (p->n + 1)]);
  }
  return value;
}

/* The symmetric matrix of entry x of X */
static void Unit(const Programme *p, PetscInt x, PetscReal *E)
{
  PetscInt i = 0;

  for (PetscInt e = 0; e < p->n * p->n; e++) E[e] = 0;
  for (; x > i; i++) x -= i + 1;
  E[i + x * p->n] = E[x + i * p->n] = 1;
}

/* D = dF_k/d(entry x of X), or d/dt where x = nx */
static void Direction(const Programme *p, PetscInt k, PetscInt x, PetscReal *E, PetscReal *D)
{
  const PetscInt n = p->n;

  if (x == p->nx) {
    for (PetscInt e = 0; e < n * n; e++) D[e] = k < p->count && e % (n + 1) == 0 ? -1 : 0;
    return;
  }
  Unit(p, x, E);
  if (k < p->count) Lyapunov(p, p->J + k * n * n, E, D);
  for (PetscInt e = 0; e < n * n; e++) {
    if (k < p->count)
      D[e] = -D[e] - 2 * p->mu * E[e];
    else
      D[e] = k == p->count ? E[e] : -E[e];
  }
}

/* Derivatives of all F_k in the coordinates of P */
static void Directions(Programme *p)
{
  const PetscInt size = p->n * p->n * (p->nx + 1);

  for (PetscInt k = 0; k < p->count + 2; k++) {
    for (PetscInt x = 0; x <= p->nx; x++)
      Direction(p, k, x, p->L, p->D + k * size + x * p->n * p->n);
  }
}

/* to <- the transposes of nv matrices n x n */
static void Transposes(const Programme *p, const PetscReal *from, PetscReal *to)
{
  const PetscInt n = p->n, n2 = n * n;

  for (PetscInt x = 0; x <= p->nx; x++) {
    for (PetscInt e = 0; e < n2; e++) to[x * n2 + e / n + e % n * n] = from[x * n2 + e];
  }
}

/* Gradient and Newton's matrix of the barrier at a point inside:
   with F = R^T R they are -tr(R^{-T} D R^{-1}) and products of these.
   All D at once: R^{-T} (R^{-T} D)^T */
static void Differentiate(Programme *p, PetscReal s)
{
  const PetscBLASInt n = p->n, n2 = n * n, nv = p->nx + 1, columns = n * nv;
  const PetscReal    one = 1;

  for (PetscInt e = 0; e < nv * nv; e++) p->H[e] = 0;
  for (PetscInt x = 0; x < nv; x++) p->g[x] = x == p->nx ? -s : 0;
  for (PetscInt k = 0; k < p->count + 2; k++) {
    (void)Factor(p, k);
    for (PetscInt e = 0; e < n2 * nv; e++) p->S[e] = p->D[k * n2 * nv + e];
    BLAStrsm_("L", "U", "T", "N", &n, &columns, &one, p->F, &n, p->S, &n);
    Transposes(p, p->S, p->G);
    BLAStrsm_("L", "U", "T", "N", &n, &columns, &one, p->F, &n, p->G, &n);
    for (PetscInt x = 0; x < nv; x++) {
      for (PetscInt i = 0; i < n; i++) p->g[x] -= p->G[x * n2 + i * (n + 1)];
    }
    BLASsyrk_("U", "T", &nv, &n2, &one, p->G, &n2, &one, p->H, &nv);
  }
}

/* One damped step; the decrement tells how far the path is */
static PetscErrorCode Step(Programme *p, PetscReal s, PetscReal *decrement, PetscBool *moved)
{
  const PetscBLASInt n = p->n, nv = p->nx + 1, one = 1;
  PetscBLASInt       info;
  PetscReal         *X0, *dx, *scale, t0 = p->t, before, length = 1;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc3(n * n, &X0, nv, &dx, nv, &scale));
  before = Barrier(p, s);
  Differentiate(p, s);
  /* scaled to a unit diagonal: near the end of the path its entries differ by many orders */
  for (PetscInt i = 0; i < nv; i++) scale[i] = 1 / PetscSqrtReal(p->H[i * (nv + 1)]);
  for (PetscInt j = 0; j < nv; j++) {
    for (PetscInt i = 0; i <= j; i++) p->H[i + j * nv] *= scale[i] * scale[j];
    dx[j] = -scale[j] * p->g[j];
  }
  LAPACKpotrf_("U", &nv, p->H, &nv, &info);
  *decrement = 0;
  *moved     = PETSC_FALSE;
  if (!info) {
    LAPACKpotrs_("U", &nv, &one, p->H, &nv, dx, &nv, &info);
    for (PetscInt i = 0; i < nv; i++) {
      dx[i] *= scale[i];
      *decrement -= p->g[i] * dx[i];
    }
    if (*decrement > 1e-2) length = 1 / (1 + PetscSqrtReal(*decrement));
    PetscCall(PetscArraycpy(X0, p->X, n * n));
    for (PetscInt halvings = 0; halvings < 30 && !*moved; halvings++, length /= 2) {
      for (PetscInt i = 0, x = 0; i < n; i++) {
        for (PetscInt j = 0; j <= i; j++, x++)
          p->X[i + j * n] = p->X[j + i * n] = X0[i + j * n] + length * dx[x];
      }
      p->t   = t0 + length * dx[p->nx];
      *moved = Barrier(p, s) <= before ? PETSC_TRUE : PETSC_FALSE;
    }
    if (!*moved) {
      PetscCall(PetscArraycpy(p->X, X0, n * n));
      p->t = t0;
    }
  }
  PetscCall(PetscFree3(X0, dx, scale));
  PetscFunctionReturn(0);
}

/* From X = I: at the end t is the largest up to n (count + 2)/s */
static PetscErrorCode FollowPath(Programme *p)
{
  const PetscReal end       = 1e12 * (PetscReal)(p->n * (p->count + 2));
  PetscReal       decrement = 0, size = 0;
  PetscBool       moved = PETSC_TRUE;

  PetscFunctionBeginUser;
  for (PetscInt e = 0; e < p->n * p->n * p->count; e++)
    size = PetscMax(size, PetscAbsReal(p->J[e]));
  p->t = -size; /* F = size I at the least */
  Directions(p);
  for (PetscReal s = 1 / size; s * size < end && moved; s *= 8) {
    for (PetscInt k = 0; k < 60; k++) {
      PetscCall(Step(p, s, &decrement, &moved));
      if (!moved || decrement < 1e-4) break;
    }
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode ProgrammeCreate(const HypInequalities *system, Programme *p)
{
  const PetscInt n2 = system->n * system->n, nx = system->n * (system->n + 1) / 2, nv = nx + 1;

  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(p, sizeof(*p)));
  PetscCall(PetscBLASIntCast(system->n, &p->n));
  PetscCall(PetscBLASIntCast(system->count, &p->count));
  PetscCall(PetscBLASIntCast(system->nnoise, &p->nnoise));
  PetscCall(PetscBLASIntCast(nx, &p->nx));
  PetscCall(PetscMalloc7(n2 * system->count, &p->J, n2 * system->nnoise, &p->N, n2, &p->X, n2,
                         &p->U, n2, &p->L, n2, &p->F, n2, &p->R));
  PetscCall(PetscMalloc3(n2 * nv + 8 * system->n, &p->G, nv * nv, &p->H, nv + system->n, &p->g));
  PetscCall(PetscMalloc2(n2 * nv, &p->S, n2 * nv * (system->count + 2), &p->D));
  PetscFunctionReturn(0);
}

static PetscErrorCode ProgrammeDestroy(Programme *p)
{
  PetscFunctionBeginUser;
  PetscCall(PetscFree7(p->J, p->N, p->X, p->U, p->L, p->F, p->R));
  PetscCall(PetscFree3(p->G, p->H, p->g));
  PetscCall(PetscFree2(p->S, p->D));
  PetscFunctionReturn(0);
}

/*@
  HypInequalitiesRate - The rate that one matrix P proves:
  the largest mu with L_k(P) <= -2 mu P for all k

  Not collective

  Input Parameters:
+ system - the matrices, L_k(P) = P J_k + J_k^T P + sum_j N_j^T P N_j
- P      - symmetric, positive definite, n x n by rows

  Output Parameters:
+ mu    - the rate
- tight - the k that decides

  Level: advanced

.seealso: HypInequalitiesSolve()
@*/
PetscErrorCode HypInequalitiesRate(const HypInequalities *system, const PetscReal P[],
                                   PetscReal *mu, PetscInt *tight)
{
  Programme p;

  PetscFunctionBeginUser;
  PetscCall(ProgrammeCreate(system, &p));
  PetscCall(Prepare(&p, system, P, tight));
  *mu = p.mu;
  PetscCall(ProgrammeDestroy(&p));
  PetscFunctionReturn(0);
}

/* P = U^T X U, symmetric to rounding and scaled to the largest entry of the old one */
static void NextP(const Programme *p, PetscReal P[])
{
  const PetscBLASInt n   = p->n;
  const PetscReal    one = 1, zero = 0;
  PetscReal          largest = 0;

  BLASgemm_("N", "N", &n, &n, &n, &one, p->X, &n, p->U, &n, &zero, p->R, &n);
  BLASgemm_("T", "N", &n, &n, &n, &one, p->U, &n, p->R, &n, &zero, P, &n);
  for (PetscInt e = 0; e < n * n; e++) largest = PetscMax(largest, PetscAbsReal(P[e]));
  for (PetscInt i = 0; i < n; i++) {
    for (PetscInt j = 0; j <= i; j++)
      P[i * n + j] = P[j * n + i] = (P[i * n + j] + P[j * n + i]) / (2 * largest);
  }
}

/*@
  HypInequalitiesSolve - The largest rate that some P proves for several matrices at once

  Not collective

  Input Parameters:
+ system - the matrices, L_k(P) = P J_k + J_k^T P + sum_j N_j^T P N_j
- P      - where to begin: symmetric, positive definite, n x n by rows; then the best one

  Output Parameters:
+ mu    - the rate that P proves: L_k(P) <= -2 mu P for all k; at least that of the first P
- tight - the k that decides

  Level: advanced

  Notes:
  Small systems: n = 2d.  mu is what the returned P proves, by an eigenvalue problem;
  the search only finds P.

.seealso: HypInequalitiesRate(), HypContractionBox()
@*/
PetscErrorCode HypInequalitiesSolve(const HypInequalities *system, PetscReal P[], PetscReal *mu,
                                    PetscInt *tight)
{
  const PetscInt n2 = system->n * system->n;
  Programme      p;
  PetscReal     *best, gain = PETSC_INFINITY;
  PetscInt       which;

  PetscFunctionBeginUser;
  PetscCall(ProgrammeCreate(system, &p));
  PetscCall(PetscMalloc1(n2, &best));
  PetscCall(PetscArraycpy(best, P, n2));
  PetscCall(Prepare(&p, system, P, tight));
  *mu = p.mu;
  for (PetscInt k = 0; k < 12 && gain > 1e-11 * PetscAbsReal(*mu); k++) {
    PetscCall(FollowPath(&p));
    NextP(&p, P);
    PetscCall(Prepare(&p, system, P, &which));
    gain = p.mu - *mu;
    if (gain <= 0) break;
    *mu    = p.mu;
    *tight = which;
    PetscCall(PetscArraycpy(best, P, n2));
  }
  PetscCall(PetscArraycpy(P, best, n2));
  PetscCall(PetscFree(best));
  PetscCall(ProgrammeDestroy(&p));
  PetscFunctionReturn(0);
}
