/*
   The contraction certificate where every entry of D = Deps has an interval of its own:
   D = [low, high] is the convex hull of its corners, the inequality is linear in D,
   and so P proves a rate for all D if it does so at the corners (lyapunov.c).
*/
#include <hypoco/bounds.h>
#include <math.h>

enum { MOST = 10 }; /* entries with an interval: 1024 corners */

/* J = [0 I; -(W^2 + D) -gamma] by rows */
static void Jacobian(PetscInt d, const PetscReal omega[], PetscReal gamma, const PetscReal D[],
                     PetscReal J[])
{
  const PetscInt n = 2 * d;

  for (PetscInt e = 0; e < n * n; e++) J[e] = 0;
  for (PetscInt i = 0; i < d; i++) {
    J[i * n + d + i]       = 1;
    J[(d + i) * n + d + i] = -gamma;
    J[(d + i) * n + i]     = -PetscSqr(omega[i]);
    for (PetscInt j = 0; j < d; j++) J[(d + i) * n + j] -= D[i * d + j];
  }
}

/* All corners; which entries are free is told by the bits */
static PetscErrorCode Corners(PetscInt d, const PetscReal omega[], PetscReal gamma,
                              const PetscReal low[], const PetscReal high[], PetscInt *count,
                              PetscReal **J)
{
  PetscInt   entries = 0;
  PetscReal *D;

  PetscFunctionBeginUser;
  for (PetscInt e = 0; e < d * d; e++) {
    PetscCheck(low[e] <= high[e], PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
               "d eps_%" PetscInt_FMT "/d theta_%" PetscInt_FMT
               " from %g to %g given; the first must not be larger",
               e / d + 1, e % d + 1, (double)low[e], (double)high[e]);
    if (low[e] < high[e]) entries++;
  }
  PetscCheck(entries <= MOST, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
             "%" PetscInt_FMT " entries of Deps vary, %d allowed for the inequalities at corners; "
             "take the norm of Deps - cI",
             entries, (int)MOST);
  *count = (PetscInt)1 << entries;
  PetscCall(PetscMalloc1(*count * 4 * d * d, J));
  PetscCall(PetscMalloc1(d * d, &D));
  for (PetscInt k = 0; k < *count; k++) {
    PetscInt bits = k;

    for (PetscInt e = 0; e < d * d; e++) {
      D[e] = bits & 1 ? high[e] : low[e];
      if (low[e] < high[e])
        bits >>= 1;
      else
        D[e] = low[e];
    }
    Jacobian(d, omega, gamma, D, *J + k * 4 * d * d);
  }
  PetscCall(PetscFree(D));
  PetscFunctionReturn(0);
}

/* The ball around the middle that holds the box: its radius in the norm of Frobenius,
   and the coordinate's mean as c */
static PetscErrorCode FirstP(PetscInt d, const PetscReal omega[], PetscReal gamma,
                             const PetscReal low[], const PetscReal high[], HypContraction *start)
{
  PetscReal c = 0, r = 0;

  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < d; i++) c += (low[i * d + i] + high[i * d + i]) / (2 * (PetscReal)d);
  for (PetscInt e = 0; e < d * d; e++) {
    const PetscReal centre = e % (d + 1) ? 0 : c;

    r += PetscSqr(PetscMax(PetscAbsReal(low[e] - centre), PetscAbsReal(high[e] - centre)));
  }
  PetscCall(HypContractionBall(d, omega, gamma, c, PetscSqrtReal(r), start));
  PetscFunctionReturn(0);
}

/*
   N^T P N = lipschitz_i^2 P_jj e_m e_m^T for every theta_m;
   j: where noise i acts, theta_i or y_i
*/
static PetscErrorCode Noise(PetscInt d, PetscBool velocity, const PetscReal lipschitz[],
                            PetscReal **N)
{
  const PetscInt n = 2 * d;

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc1(d * d * n * n, N));
  for (PetscInt i = 0; i < d; i++) {
    for (PetscInt m = 0; m < d; m++)
      (*N)[(i * d + m) * n * n + (velocity ? d + i : i) * n + m] = lipschitz[i];
  }
  PetscFunctionReturn(0);
}

/*@
  HypContractionBox - The rate that is guaranteed if every entry of Deps has an interval of its own

  Not collective

  Input Parameters:
+ d     - number of coordinates
. omega - w_i, d numbers
. gamma - friction
. low   - smallest d eps_i/d theta_j at [i d + j]
- high  - largest; at most 10 of them may differ from low

  Output Parameter:
. contraction - rate, where it is tight and P; freed with HypContractionDestroy()

  Level: intermediate

  Note:
  Never less than HypContractionBall() guarantees for the ball (in the norm of Frobenius) around the
  box.  c and r are NaN.

.seealso: HypContractionBall(), HypContractionIntervals(), HypInequalitiesSolve()
@*/
PetscErrorCode HypContractionBox(PetscInt d, const PetscReal omega[], PetscReal gamma,
                                 const PetscReal low[], const PetscReal high[],
                                 HypContraction *contraction)
{
  PetscFunctionBeginUser;
  PetscCall(HypContractionNoisy(d, omega, gamma, low, high, PETSC_FALSE, NULL, contraction));
  PetscFunctionReturn(0);
}

/*@
  HypContractionNoisy - The rate in W_2 that is guaranteed where the noise depends on theta as well

  Not collective

  Input Parameters:
+ d         - number of coordinates
. omega     - w_i, d numbers
. gamma     - friction
. low       - smallest d eps_i/d theta_j at [i d + j]
. high      - largest; at most 10 of them may differ from low
. velocity  - does the noise act on y (momentum), or on theta (asgd)?
- lipschitz - |sigma_i(theta) - sigma_i(theta')| <= lipschitz_i |theta - theta'|,
              sigma = tau sqrt(s); NULL: 0

  Output Parameter:
. contraction - rate and P; freed with HypContractionDestroy()

  Level: advanced

  Notes:
  The noise of two paths does not cancel then, but d/dt E|delta|_P^2 has a further term,
  at most sum_i P_jj lipschitz_i^2 E|dtheta|^2, which is linear in P like the rest.
  The contraction is one of mean squares, so of W_2, not path by path.
  For d = 1 and linear sigma and eps no P gives more.

.seealso: HypContractionBox()
@*/
PetscErrorCode HypContractionNoisy(PetscInt d, const PetscReal omega[], PetscReal gamma,
                                   const PetscReal low[], const PetscReal high[],
                                   PetscBool velocity, const PetscReal lipschitz[],
                                   HypContraction *contraction)
{
  HypInequalities system = {.n = 2 * d};
  PetscReal      *J;
  PetscReal      *N = NULL;
  PetscInt        corner;

  PetscFunctionBeginUser;
  PetscCall(FirstP(d, omega, gamma, low, high, contraction));
  PetscCall(Corners(d, omega, gamma, low, high, &system.count, &J));
  system.J = J;
  if (lipschitz) {
    PetscCall(Noise(d, velocity, lipschitz, &N));
    system.N      = N;
    system.nnoise = d * d;
  }
  PetscCall(HypInequalitiesSolve(&system, contraction->P, &contraction->mu, &corner));
  contraction->c = contraction->r = NAN;
  contraction->tight              = -1;
  contraction->frequency          = NAN;
  contraction->margin             = 0;
  PetscCall(PetscFree(J));
  PetscCall(PetscFree(N));
  PetscFunctionReturn(0);
}
