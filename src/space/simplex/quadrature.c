/*
   The matrix of a function of theta between the H_alpha of a simplex space,

       E[alpha, alpha'] = int H_alpha eps(theta(Xi)) H_alpha' dN(Xi),   theta a multiple of Xi,

   on a tensor of Gauss-Hermite nodes, one coordinate after the other:
   with B[(n, n'), q] = w_q H_n(q) H_n'(q) for the pairs n >= n',

       d = 3:   sum_q0 B[p0, q0]  sum_q1 B[p1, q1]  sum_q2 B[p2, q2]  eps(q0, q1, q2).

   At d = 3, N = 12 that is a hundredth of the work of the sum over all nodes for all alpha, alpha'.
   E is symmetric to the last bit.
*/
#include "space/simplex/simplex.h"
#include <petscblaslapack.h>

typedef struct {
  PetscInt     Q, P; /* nodes of a coordinate; pairs */
  PetscReal   *nodes, *weights;
  PetscScalar *B; /* [q][p] */
} Rule;

/* Where (n, n') and (n', n) are among the pairs */
static inline PetscInt Pair(PetscInt n, PetscInt m)
{
  return n >= m ? n * (n + 1) / 2 + m : m * (m + 1) / 2 + n;
}

/* Nodes of one coordinate */
static PetscInt Nodes(const Simplex *s)
{
  return s->N + 1 + 12 + (s->d == 1 ? s->N / 2 : 0);
}

static PetscErrorCode RuleCreate(const Simplex *s, Rule *rule)
{
  const PetscInt Q = Nodes(s), P = Pair(s->N, s->N) + 1;
  PetscReal      H[SIMPLEX_DEGREE + 1];

  PetscFunctionBeginUser;
  *rule = (Rule){.Q = Q, .P = P};
  PetscCall(PetscMalloc3(Q, &rule->nodes, Q, &rule->weights, Q * P, &rule->B));
  PetscCall(HypGaussHermite(Q, rule->nodes, rule->weights));
  for (PetscInt q = 0; q < Q; q++) {
    HypHermiteFunctions(s->N + 1, rule->nodes[q], PetscSqrtReal(rule->weights[q]), H);
    for (PetscInt n = 0; n <= s->N; n++) {
      for (PetscInt m = 0; m <= n; m++) rule->B[q * P + Pair(n, m)] = H[n] * H[m];
    }
  }
  PetscFunctionReturn(0);
}

/* The function at all nodes, those of the first coordinate next to each other */
static PetscErrorCode Values(HypSpace space, PetscInt i, const Rule *rule, PetscScalar values[])
{
  const PetscInt d = ((Simplex *)space->data)->d, all = PetscPowInt(rule->Q, d);
  PetscReal      theta[3], value;

  PetscFunctionBeginUser;
  for (PetscInt p = 0; p < all; p++) {
    for (PetscInt c = 0, rest = p; c < d; c++, rest /= rule->Q)
      theta[c] = SimplexThetaScale(space->model, c) * rule->nodes[rest % rule->Q];
    PetscCall(HypModelMultiplier(space->model, i, theta, &value));
    values[p] = value;
  }
  PetscFunctionReturn(0);
}

/* to = from B^T: the slowest index of from, a node, becomes a pair */
static PetscErrorCode Contract(const Rule *rule, PetscInt rows, const PetscScalar from[],
                               PetscScalar to[])
{
  const PetscBLASInt m = (PetscBLASInt)rows, n = (PetscBLASInt)rule->P, k = (PetscBLASInt)rule->Q;
  const PetscScalar  one = 1, zero = 0;

  PetscFunctionBeginUser;
  PetscCallBLAS("BLASgemm",
                BLASgemm_("N", "T", &m, &n, &k, &one, from, &m, rule->B, &n, &zero, to, &m));
  PetscFunctionReturn(0);
}

/* to = B from: the fastest index, a node, becomes a pair */
static PetscErrorCode Finish(const Rule *rule, PetscInt columns, const PetscScalar from[],
                             PetscScalar to[])
{
  const PetscBLASInt m = (PetscBLASInt)rule->P, n = (PetscBLASInt)columns,
                     k  = (PetscBLASInt)rule->Q;
  const PetscScalar one = 1, zero = 0;

  PetscFunctionBeginUser;
  PetscCallBLAS("BLASgemm",
                BLASgemm_("N", "N", &m, &n, &k, &one, rule->B, &m, from, &k, &zero, to, &m));
  PetscFunctionReturn(0);
}

/* E between the alphas whose last index is n and those whose last index is m, from sums[p1][p0];
   d < 3: between all */
static void Scatter(const Simplex *s, const Rule *rule, PetscInt n, PetscInt m,
                    const PetscScalar sums[], PetscScalar *E)
{
  for (PetscInt a = 0; a < s->count; a++) {
    const PetscInt *i = s->index[a];

    if (s->d == 3 && i[2] != n) continue;
    for (PetscInt b = 0; b < s->count; b++) {
      const PetscInt *j = s->index[b];
      PetscInt        p = Pair(i[0], j[0]);

      if (s->d == 3 && j[2] != m) continue;
      if (s->d > 1) p += rule->P * Pair(i[1], j[1]);
      E[a * s->count + b] = E[b * s->count + a] = sums[p];
    }
  }
}

/* E by columns, of eps_i for i < d, else of s_i - 1 */
PETSC_INTERN PetscErrorCode SimplexQuadrature(HypSpace space, PetscInt i, PetscScalar E[])
{
  const Simplex *s = (Simplex *)space->data;
  PetscScalar   *values, *one, *two, *sums;
  Rule           rule;

  PetscFunctionBeginUser;
  PetscCall(RuleCreate(s, &rule));
  const PetscInt Q = rule.Q, P = rule.P, columns = s->d > 1 ? P : 1;

  PetscCall(PetscMalloc4(PetscPowInt(Q, s->d), &values, s->d == 3 ? Q * Q * P : 1, &one,
                         s->d > 1 ? Q * P : 1, &two, P * columns, &sums));
  PetscCall(Values(space, i, &rule, values));
  if (s->d == 3) PetscCall(Contract(&rule, Q * Q, values, one));
  if (s->d == 2) PetscCall(Contract(&rule, Q, values, two));
  for (PetscInt n = 0; n <= (s->d == 3 ? s->N : 0); n++) {
    for (PetscInt m = 0; m <= n; m++) {
      if (s->d == 3) PetscCall(Contract(&rule, Q, one + Pair(n, m) * Q * Q, two));
      PetscCall(Finish(&rule, columns, s->d > 1 ? two : values, sums));
      Scatter(s, &rule, n, m, sums, E);
    }
  }
  PetscCall(PetscFree4(values, one, two, sums));
  PetscCall(PetscFree3(rule.nodes, rule.weights, rule.B));
  PetscFunctionReturn(0);
}

/* The op `thetas` */
PETSC_INTERN PetscErrorCode SimplexThetas(HypSpace space, PetscInt i, PetscInt *n,
                                          PetscReal **theta)
{
  const Simplex *s = (Simplex *)space->data;
  PetscReal     *weights;

  PetscFunctionBeginUser;
  *n = s->d > 3 ? 0 : Nodes(s); /* sparse.c has rules of its own */
  PetscCall(PetscMalloc1(*n, theta));
  if (!*n) PetscFunctionReturn(0);
  PetscCall(PetscMalloc1(*n, &weights));
  PetscCall(HypGaussHermite(*n, *theta, weights));
  for (PetscInt k = 0; k < *n; k++) (*theta)[k] *= SimplexThetaScale(space->model, i);
  PetscCall(PetscFree(weights));
  PetscFunctionReturn(0);
}
