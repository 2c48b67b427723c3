/*
   Multiplication by a function of a few theta_j in a simplex space of any dimension.

   The function of theta_j, j in a set J of n <= 3, acts on the indices alpha_j of J only:

       E[alpha, alpha'] = e[alpha_J, alpha'_J]  where alpha and alpha' agree outside J, else 0,

   with the small matrix e from n-dimensional Gauss-Hermite quadrature.
   Rows have at most as many entries as there are multi-indices of degree <= N in n variables.
*/
#include "space/simplex/simplex.h"
#include <petscblaslapack.h>

/* Multi-indices of degree <= N in n variables, as a small simplex */
typedef struct {
  PetscInt n, set[3], N, count, upto[SIMPLEX_DEGREE + 1];
  PetscInt (*index)[3];
  PetscScalar *e; /* count x count */
} Small;

static PetscErrorCode SmallList(Small *s)
{
  PetscInt k = 0;

  PetscFunctionBeginUser;
  s->count = 1;
  for (PetscInt i = 1; i <= s->n; i++) s->count = s->count * (s->N + i) / i;
  PetscCall(PetscCalloc1(s->count, &s->index));
  for (PetscInt degree = 0; degree <= s->N; degree++) {
    for (PetscInt a = degree; a >= 0; a--) {
      for (PetscInt b = degree - a; b >= 0; b--) {
        const PetscInt all[3] = {a, b, degree - a - b};
        PetscInt       used   = 0;

        for (PetscInt i = 0; i < s->n; i++) used += all[i];
        if (used == degree) PetscCall(PetscArraycpy(s->index[k++], all, 3));
      }
    }
    s->upto[degree] = k;
  }
  PetscFunctionReturn(0);
}

/* e = sum over nodes of w f(theta) H_a H_a', theta_j = 0 outside the set */
static PetscErrorCode SmallMatrix(HypSpace space, PetscInt k, Small *s)
{
  const PetscInt Q = s->N + 13, all = PetscPowInt(Q, s->n);
  PetscReal     *nodes, *weights, theta[SIMPLEX_DIMENSIONS] = {0}, value;
  PetscReal      H[3][SIMPLEX_DEGREE + 1];
  PetscScalar   *phi, one    = 1;
  PetscBLASInt   count, rank = 1;

  PetscFunctionBeginUser;
  PetscCall(PetscBLASIntCast(s->count, &count));
  PetscCall(PetscMalloc3(Q, &nodes, Q, &weights, s->count, &phi));
  PetscCall(PetscCalloc1(s->count * s->count, &s->e));
  PetscCall(HypGaussHermite(Q, nodes, weights));
  for (PetscInt p = 0; p < all; p++) {
    for (PetscInt c = 0, rest = p; c < s->n; c++, rest /= Q) {
      theta[s->set[c]] = SimplexThetaScale(space->model, s->set[c]) * nodes[rest % Q];
      HypHermiteFunctions(s->N + 1, nodes[rest % Q], PetscSqrtReal(weights[rest % Q]), H[c]);
    }
    PetscCall(HypModelMultiplier(space->model, k, theta, &value));
    for (PetscInt a = 0; a < s->count; a++) {
      phi[a] = 1;
      for (PetscInt c = 0; c < s->n; c++) phi[a] *= H[c][s->index[a][c]];
    }
    PetscCallBLAS("BLASgemm", BLASgemm_("N", "T", &count, &count, &rank, &value, phi, &count, phi,
                                        &count, &one, s->e, &count));
  }
  PetscCall(PetscFree3(nodes, weights, phi));
  PetscFunctionReturn(0);
}

/* Position of the multi-index a with the indices of the set replaced by those of the small one */
static PetscInt Replace(const Simplex *s, const Small *small, PetscInt a, const PetscInt by[3])
{
  for (PetscInt c = 0; c < small->n; c++) {
    const PetscInt i = small->set[c];

    while (s->lowered[i][a] >= 0) a = s->lowered[i][a];
  }
  for (PetscInt c = 0; c < small->n; c++)
    for (PetscInt m = 0; m < by[c]; m++) a = s->raised[small->set[c]][a];
  return a;
}

/* Position of the part of index a that belongs to the set, and its degree */
static PetscInt Part(const Simplex *s, const Small *small, PetscInt a, PetscInt *degree)
{
  PetscInt k;

  *degree = 0;
  for (PetscInt c = 0; c < small->n; c++) *degree += s->index[a][small->set[c]];
  for (k = *degree ? small->upto[*degree - 1] : 0; k < small->upto[*degree]; k++) {
    PetscBool same = PETSC_TRUE;

    for (PetscInt c = 0; c < small->n; c++)
      same = (PetscBool)(same && small->index[k][c] == s->index[a][small->set[c]]);
    if (same) break;
  }
  return k;
}

/* Multiplication by the k-th multiplier of the model as a sparse matrix */
PETSC_INTERN PetscErrorCode SimplexSparse(HypSpace space, PetscInt k, Mat *A)
{
  const Simplex *s     = (Simplex *)space->data;
  const PetscInt local = s->offset[s->last] - s->offset[s->first];
  Small          small = {.N = s->N};
  PetscInt      *nonzeros, *columns, degree;
  PetscScalar   *values;

  PetscFunctionBeginUser;
  PetscCall(HypModelDependence(space->model, k, &small.n, small.set));
  PetscCall(SmallList(&small));
  PetscCall(SmallMatrix(space, k, &small));
  PetscCall(PetscMalloc3(local, &nonzeros, small.count, &columns, small.count, &values));
  for (PetscInt b = s->first; b < s->last; b++) {
    for (PetscInt a = 0; a < SimplexHeight(s, b); a++) {
      (void)Part(s, &small, a, &degree);
      nonzeros[s->offset[b] - s->offset[s->first] + a] =
        small.upto[s->N - s->degrees[b] - s->degrees[a] + degree];
    }
  }
  PetscCall(MatCreateAIJ(space->comm, local, local, space->n, space->n, 0, nonzeros, 0, NULL, A));
  for (PetscInt b = s->first; b < s->last; b++) {
    for (PetscInt a = 0; a < SimplexHeight(s, b); a++) {
      const PetscInt row = s->offset[b] + a, at = Part(s, &small, a, &degree),
                     count = small.upto[s->N - s->degrees[b] - s->degrees[a] + degree];

      for (PetscInt c = 0; c < count; c++) {
        columns[c] = s->offset[b] + Replace(s, &small, a, small.index[c]);
        values[c]  = small.e[at * small.count + c];
      }
      PetscCall(MatSetValues(*A, 1, &row, count, columns, values, INSERT_VALUES));
    }
  }
  PetscCall(MatAssemblyBegin(*A, MAT_FINAL_ASSEMBLY));
  PetscCall(MatAssemblyEnd(*A, MAT_FINAL_ASSEMBLY));
  PetscCall(PetscFree3(nonzeros, columns, values));
  PetscCall(PetscFree(small.index));
  PetscCall(PetscFree(small.e));
  PetscFunctionReturn(0);
}
