/*
   Polynomials: coefficients in the polynomials p_k, k < n,
   that are orthonormal for the weight of the axis, whatever it is.

       b_{k+1} p_{k+1} = (q - a_k) p_k - b_k p_{k-1}

   The recurrence comes from Lanczos' method for multiplication by q on a fine Gauss-Legendre mesh
   (Gragg and Harwood, 1984;
   here every vector is orthogonalised against all before it).
   Its matrix J with 2n rows gives 2n Gauss nodes and the values
   sqrt(weight_j) p_k(node_j), the entries of its eigenvectors.
   Differentiated, the recurrence gives the derivatives,

       b_{k+1} p'_{k+1} = p_k + (q - a_k) p'_k - b_k p'_{k-1},

   so a is strictly upper triangular, exact, and a p_0 = 0.
   For the normal law these are the Hermite polynomials.
*/
#include "axis/weight.h"
#include <gsl/gsl_integration.h>
#include <petscblaslapack.h>

#define LEVEL                                                                                      \
  300              /* how far W is above its least value where the mesh ends:
  p_k^2 e^{-W} is 0 to rounding there */
#define PIECE  0.1 /* length of the mesh's intervals, each with POINTS Gauss-Legendre nodes */
#define POINTS 16
#define MOST   90 /* largest n: beyond, weights of the outer nodes underflow */

typedef struct {
  PetscReal *alpha, *beta; /* 2n and 2n numbers of the recurrence; beta_0 = 0 */
  PetscReal *lower;        /* a: n x n, by rows */
} Polynomial;

/* Nodes and square roots of weights of a fine mesh */
static PetscErrorCode FineMesh(HypAxis axis, PetscInt *count, PetscReal **node, PetscReal **root)
{
  gsl_integration_glfixed_table *rule = gsl_integration_glfixed_table_alloc(POINTS);
  PetscReal                      width, weight;
  PetscInt                       pieces;

  PetscFunctionBeginUser;
  PetscCall(HypAxisWeightSetUp(axis, LEVEL, &width));
  PetscCheck(width < 1e3, axis->comm, PETSC_ERR_ARG_OUTOFRANGE,
             "axis_%s_type: polynomials need a potential that grows faster; e^{-beta U} still "
             "counts at %g standard deviations; take fv",
             axis->name, (double)width);
  pieces = (PetscInt)PetscCeilReal(2 * width / PIECE);
  *count = pieces * POINTS;
  PetscCall(PetscMalloc1(*count, node));
  PetscCall(PetscMalloc1(*count, root));
  for (PetscInt k = 0; k < *count; k++) {
    const PetscReal h = 2 * width / (PetscReal)pieces, a = -width + h * (PetscReal)(k / POINTS);

    gsl_integration_glfixed_point(a, a + h, (size_t)(k % POINTS), *node + k, &weight, rule);
    (*root)[k] = PetscSqrtReal(weight * HypAxisDensity(axis, (*node)[k]));
  }
  gsl_integration_glfixed_table_free(rule);
  PetscFunctionReturn(0);
}

static PetscReal Dot(PetscInt n, const PetscReal *u, const PetscReal *v)
{
  PetscReal sum = 0;

  for (PetscInt k = 0; k < n; k++) sum += u[k] * v[k];
  return sum;
}

/* m steps of Lanczos' method for multiplication by q, from the function 1 */
static PetscErrorCode Recurrence(HypAxis axis, PetscInt m, PetscReal alpha[], PetscReal beta[])
{
  PetscReal *node, *root, *V, norm;
  PetscInt   count;

  PetscFunctionBeginUser;
  PetscCall(FineMesh(axis, &count, &node, &root));
  PetscCall(PetscMalloc1((size_t)count * (size_t)m, &V));
  norm    = PetscSqrtReal(Dot(count, root, root));
  beta[0] = 0;
  for (PetscInt k = 0; k < count; k++) V[k] = root[k] / norm;
  for (PetscInt k = 0; k < m; k++) {
    PetscReal *v = V + (size_t)k * (size_t)count, *w = v + count;

    alpha[k] = 0;
    for (PetscInt j = 0; j < count; j++) alpha[k] += node[j] * v[j] * v[j];
    if (k + 1 == m) break;
    for (PetscInt j = 0; j < count; j++) w[j] = node[j] * v[j];
    for (int twice = 0; twice < 2; twice++) {
      for (PetscInt l = k; l >= 0; l--) {
        const PetscReal *u = V + (size_t)l * (size_t)count, s = Dot(count, u, w);

        for (PetscInt j = 0; j < count; j++) w[j] -= s * u[j];
      }
    }
    beta[k + 1] = PetscSqrtReal(Dot(count, w, w));
    for (PetscInt j = 0; j < count; j++) w[j] /= beta[k + 1];
  }
  PetscCall(PetscFree(V));
  PetscCall(PetscFree(node));
  PetscCall(PetscFree(root));
  PetscFunctionReturn(0);
}

/* The Gauss nodes: eigenvalues of J; row j of phi is sqrt(weight_j) p_k(node_j) */
static PetscErrorCode Nodes(HypAxis axis)
{
  Polynomial    *p = (Polynomial *)axis->data;
  const PetscInt m = axis->nnodes, n = axis->n;
  PetscReal     *off, *Z, *work;
  PetscBLASInt   order, info;

  PetscFunctionBeginUser;
  PetscCall(PetscBLASIntCast(m, &order));
  PetscCall(PetscMalloc3(m, &off, m * m, &Z, 2 * m, &work));
  PetscCall(PetscArraycpy(axis->nodes, p->alpha, m));
  PetscCall(PetscArraycpy(off, p->beta + 1, m - 1));
  PetscCallBLAS("LAPACKsteqr", LAPACKsteqr_("I", &order, axis->nodes, off, Z, &order, work, &info));
  PetscCheck(!info, PETSC_COMM_SELF, PETSC_ERR_LIB,
             "LAPACK dsteqr failed with info %d on the nodes of a polynomial axis", (int)info);
  for (PetscInt j = 0; j < m; j++) {
    const PetscReal sign = Z[j * m] < 0 ? -1 : 1;

    axis->weights[j] = PetscSqr(Z[j * m]);
    for (PetscInt k = 0; k < n; k++) axis->phi[j * n + k] = sign * Z[j * m + k];
  }
  PetscCall(PetscFree3(off, Z, work));
  PetscFunctionReturn(0);
}

/* Column k of a holds the coefficients of p'_k */
static void Derivatives(const Polynomial *p, PetscInt n)
{
  PetscReal *a = p->lower;

  for (PetscInt k = 0; k + 1 < n; k++) {
    for (PetscInt j = 0; j <= k; j++) {
      PetscReal sum = (j == k ? 1 : 0) + (p->alpha[j] - p->alpha[k]) * a[j * n + k];

      if (j > 0) sum += p->beta[j] * a[(j - 1) * n + k];
      if (j + 1 < n) sum += p->beta[j + 1] * a[(j + 1) * n + k];
      if (k > 0) sum -= p->beta[k] * a[j * n + k - 1];
      a[j * n + k + 1] = sum / p->beta[k + 1];
    }
  }
}

static PetscErrorCode HypAxisSetUp_Polynomial(HypAxis axis)
{
  Polynomial *p = (Polynomial *)axis->data;

  PetscFunctionBeginUser;
  PetscCheck(axis->width == PETSC_DETERMINE, axis->comm, PETSC_ERR_ARG_INCOMP,
             "axis_%s_width: given, but a polynomial axis covers the whole line; leave it out",
             axis->name);
  if (axis->n == PETSC_DETERMINE) axis->n = 32;
  PetscCheck(axis->n <= MOST, axis->comm, PETSC_ERR_ARG_OUTOFRANGE,
             "axis_%s_n: %" PetscInt_FMT " given, at most %d allowed for polynomial", axis->name,
             axis->n, MOST);
  PetscCall(HypAxisAllocate(axis, axis->n, axis->wanted ? axis->wanted : 2 * axis->n));
  PetscCall(PetscMalloc2(axis->nnodes, &p->alpha, axis->nnodes, &p->beta));
  PetscCall(PetscMalloc1(axis->nnodes * axis->n, &axis->phi));
  PetscCall(PetscCalloc1(axis->n * axis->n, &p->lower));
  PetscCall(Recurrence(axis, axis->nnodes, p->alpha, p->beta));
  PetscCall(Nodes(axis));
  Derivatives(p, axis->n);
  PetscCall(PetscArrayzero(axis->one, axis->n));
  axis->one[0] = 1;
  axis->width  = PetscMax(-axis->nodes[0], axis->nodes[axis->nnodes - 1]);
  PetscFunctionReturn(0);
}

static PetscErrorCode HypAxisLower_Polynomial(HypAxis axis, PetscInt outer, PetscInt inner,
                                              const PetscScalar *u, PetscScalar *au)
{
  PetscFunctionBeginUser;
  PetscCall(HypAxisApplyDense(((Polynomial *)axis->data)->lower, axis->n, axis->n, PETSC_FALSE,
                              outer, inner, u, au));
  PetscFunctionReturn(0);
}

static PetscErrorCode HypAxisRaise_Polynomial(HypAxis axis, PetscInt outer, PetscInt inner,
                                              const PetscScalar *u, PetscScalar *au)
{
  PetscFunctionBeginUser;
  PetscCall(HypAxisApplyDense(((Polynomial *)axis->data)->lower, axis->n, axis->n, PETSC_TRUE,
                              outer, inner, u, au));
  PetscFunctionReturn(0);
}

static PetscErrorCode HypAxisEvaluate_Polynomial(HypAxis axis, PetscReal q, PetscScalar phi[])
{
  const Polynomial *p = (Polynomial *)axis->data;

  PetscFunctionBeginUser;
  phi[0] = 1;
  for (PetscInt k = 0; k + 1 < axis->n; k++)
    phi[k + 1] =
      ((q - p->alpha[k]) * phi[k] - (k > 0 ? p->beta[k] * phi[k - 1] : 0)) / p->beta[k + 1];
  PetscFunctionReturn(0);
}

static PetscErrorCode HypAxisDestroy_Polynomial(HypAxis axis)
{
  Polynomial *p = (Polynomial *)axis->data;

  PetscFunctionBeginUser;
  PetscCall(PetscFree2(p->alpha, p->beta));
  PetscCall(PetscFree(p->lower));
  PetscCall(PetscFree(p));
  PetscFunctionReturn(0);
}

PETSC_INTERN PetscErrorCode HypAxisCreate_Polynomial(HypAxis axis)
{
  Polynomial *p;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&p));
  axis->data           = p;
  axis->weighted       = PETSC_TRUE;
  axis->ops->setup     = HypAxisSetUp_Polynomial;
  axis->ops->lower     = HypAxisLower_Polynomial;
  axis->ops->raise     = HypAxisRaise_Polynomial;
  axis->ops->tonodes   = HypAxisToNodes_Dense;
  axis->ops->fromnodes = HypAxisFromNodes_Dense;
  axis->ops->evaluate  = HypAxisEvaluate_Polynomial;
  axis->ops->destroy   = HypAxisDestroy_Polynomial;
  PetscFunctionReturn(0);
}
