/*
   The flow exp(t G) for eps = 0, exactly.

   In loss coordinates G = -T + L is quadratic in the ladders, for every pair sum_ij B_ij a_i* a_j
   with (a_1, a_2) = (a_Xi, a_Z),

       B = +-w [0 1; -1 0] - gamma u u^T,       u = (a_V along Xi, a_V along Z),

   so exp(t G) turns a_j* into sum_i M_ij a_i*, M = exp(t B).
   On the functions of degree k of one pair it is the k-th symmetric power of M,
   a matrix S_k of size k + 1 in the basis H_n(Xi) H_{k-n}(Z).
   From k = a_1* a_1 + a_2* a_2,

       S_k |n, m> = (1/k) (sqrt(n) (M a*)_1 S_{k-1} |n-1, m> + sqrt(m) (M a*)_2 S_{k-1} |n, m-1>),
       k = n + m,

   an average, which does not amplify rounding.  The pairs are transformed one after the other.
*/
#include "space/simplex/simplex.h"

/* M = exp(t B), column major, from the characteristic polynomial: B^2 = -gamma B - w0^2 */
static void FlowLinear(HypModel model, PetscInt i, PetscReal t, PetscReal M[4])
{
  const PetscReal w = HypModelCoordinate(model, i).omega, g = HypModelGamma(model),
                  D = g * g / 4 - w * w, root = PetscSqrtReal(PetscAbsReal(D));
  const PetscReal decay = PetscExpReal(-g * t / 2), z = root * t;
  PetscReal       B[4], c, s; /* exp(t B) = c + s (B + gamma/2) */

  SimplexLinear(model, i, B);
  if (D > 0) { /* e^{-(gamma/2 - root) t}, e^{-(gamma/2 + root) t} rather than cosh: no overflow */
    const PetscReal slow = PetscExpReal(-w * w / (g / 2 + root) * t),
                    fast = PetscExpReal(-(g / 2 + root) * t);

    c = (slow + fast) / 2;
    s = z < 1e-3 ? decay * t * (1 + z * z / 6 * (1 + z * z / 20)) : (slow - fast) / (2 * root);
  } else {
    c = decay * PetscCosReal(z);
    s = z < 1e-3 ? decay * t * (1 - z * z / 6 * (1 - z * z / 20)) : decay * PetscSinReal(z) / root;
  }
  for (PetscInt k = 0; k < 4; k++) M[k] = s * B[k] + (k % 3 ? 0 : c + s * g / 2);
}

/* S_k from S_{k-1}, column major, index n of H_n(Xi) H_{k-n}(Z); root[p] = sqrt(p) */
PETSC_INTERN void SimplexPower(PetscInt k, const PetscReal M[4], const PetscReal root[],
                               const PetscReal *lower, PetscReal *S)
{
  for (PetscInt n = 0; n <= k; n++) {
    PetscReal *column = S + n * (k + 1);

    for (PetscInt p = 0; p <= k; p++) column[p] = 0;
    for (PetscInt side = 0; side < 2; side++) { /* 0: a*_Xi was taken off, 1: a*_Z */
      const PetscInt   left = side ? k - n : n;
      const PetscReal *from = lower + (side ? n : n - 1) * k, factor = root[left] / (PetscReal)k;

      for (PetscInt p = 0; p < k && left; p++) {
        column[p + 1] += factor * M[2 * side] * root[p + 1] * from[p];
        column[p] += factor * M[2 * side + 1] * root[k - p] * from[p];
      }
    }
  }
}

/* Pair i: S_k on all unknowns that share everything but (alpha_i, beta_i), whose sum is k */
static void FlowPair(const Simplex *s, PetscInt i, PetscReal *const S[], PetscScalar *h)
{
  for (PetscInt b = 0; b < s->count; b++) {
    if (s->index[b][i]) continue;
    for (PetscInt a = 0; a < SimplexHeight(s, b); a++) {
      const PetscInt k = s->index[a][i];
      PetscInt       at[SIMPLEX_DEGREE + 1];
      PetscScalar    u[SIMPLEX_DEGREE + 1];

      for (PetscInt n = k, x = a, z = b; n >= 0; n--) {
        at[n]    = s->offset[z] + x;
        u[n]     = h[at[n]];
        h[at[n]] = 0;
        if (n) {
          x = s->lowered[i][x];
          z = s->raised[i][z];
        }
      }
      for (PetscInt n = 0; n <= k; n++) {
        for (PetscInt p = 0; p <= k; p++) h[at[p]] += S[k][n * (k + 1) + p] * u[n];
      }
    }
  }
}

/* S_0..S_N of pair i, one after the other */
static void FlowList(const Simplex *s, PetscInt i, PetscReal *S[])
{
  S[0] = s->flow[i];
  for (PetscInt k = 1; k <= s->N; k++) S[k] = S[k - 1] + k * k;
}

/* All of them for t, kept: outputs at equal intervals ask for the same t again and again */
static PetscErrorCode FlowPowers(HypSpace space, PetscReal t)
{
  Simplex  *s = (Simplex *)space->data;
  PetscReal M[4], root[SIMPLEX_DEGREE + 1], *S[SIMPLEX_DEGREE + 1];

  PetscFunctionBeginUser;
  if (!s->flow[0]) {
    for (PetscInt i = 0; i < s->d; i++)
      PetscCall(PetscMalloc1((s->N + 1) * (s->N + 2) * (2 * s->N + 3) / 6, &s->flow[i]));
    s->flowtime = PETSC_INFINITY;
  }
  if (PetscAbsReal(t - s->flowtime) <= 2e-13 * PetscAbsReal(t)) PetscFunctionReturn(0);
  s->flowtime = t;
  for (PetscInt k = 0; k <= s->N; k++) root[k] = PetscSqrtReal((PetscReal)k);
  for (PetscInt i = 0; i < s->d; i++) {
    FlowLinear(space->model, i, t, M);
    FlowList(s, i, S);
    S[0][0] = 1;
    for (PetscInt k = 1; k <= s->N; k++) SimplexPower(k, M, root, S[k - 1], S[k]);
  }
  PetscFunctionReturn(0);
}

/* The ops slot `flow`: on one rank; several ranks hold different beta, which the flow mixes */
PETSC_INTERN PetscErrorCode SimplexFlow(HypSpace space, PetscReal t, Vec h, PetscBool *done)
{
  const Simplex *s = (Simplex *)space->data;
  PetscReal     *S[SIMPLEX_DEGREE + 1];
  PetscScalar   *array;
  PetscMPIInt    size;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_size(space->comm, &size));
  *done = size == 1 && !HypModelPerturbed(space->model) ? PETSC_TRUE : PETSC_FALSE;
  if (!*done) PetscFunctionReturn(0);
  PetscCall(FlowPowers(space, t));
  PetscCall(VecGetArray(h, &array));
  for (PetscInt i = 0; i < s->d; i++) {
    FlowList(s, i, S);
    FlowPair(s, i, S, array);
  }
  PetscCall(VecRestoreArray(h, &array));
  PetscFunctionReturn(0);
}
