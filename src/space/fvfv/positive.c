/*
   Positive fluxes of fv x fv tensor spaces.

   With u = g/M and the mass W u of a cell, -T + L + R + N is a sum of fluxes through the faces.
   Along one coordinate, at the face of density m between the cells j and k above it,

       from j to k:   m [(b_j u_j + b_k u_k)/2 - (D_k u_k - D_j u_j)/delta],

   delta the distance of their nodes, b the drift that is not M's own, D the diffusion:

       X_i:   b = w V - p eps_i + D X,                       D = spread s_i, mostly 0
       V_i:   b = -w X - q eps_i + (D - gamma) V,            D = gamma ratio s_i

   (X and V here the means of a + a* over the cell).
   The matrix has no negative entry beside the diagonal, an M-matrix with its sign turned, if what
   leaves a cell is counted by its own u with a sign that is not wrong:  -m c (u_k - u_j) more, with

       c = max(0, -b_j/2 - D_j/delta, b_k/2 - D_k/delta).

   Where D is large against b delta, c = 0 and the order is two; where there is no diffusion,
   as along X, it is the flux with the sign of the drift.
   What is added is symmetric, <= 0, and has the function 1 in its kernel:
   mass is kept, and M where it is stationary.
   g > 0 stays so, F > 0 by Perron and Frobenius, and no eigenvalue has a positive real part.
*/
#include "base/agree.h"
#include "space/tensor/tensor.h"

typedef struct {
  HypSpace space;
  PetscInt d;
  /* of each coordinate, of cell k: the mean, 2 a_{k,k+1} and the distance to the cell above */
  PetscReal *mean[6], *face[6], *delta[6];
} Positive;

/* What the matrices of an axis tell: a_kk is half the mean, a_{k,k+1} = m/(2 sqrt(W_k W_{k+1})),
   and the Laplacian has -m/(delta sqrt(W_k W_{k+1})) there */
static PetscErrorCode AxisFluxes(HypAxis axis, PetscReal **mean, PetscReal **face,
                                 PetscReal **delta)
{
  const PetscInt n = HypAxisGetSize(axis);
  PetscInt       rows;
  PetscScalar   *a, *A;

  PetscFunctionBeginUser;
  PetscCall(HypAxisMatrix(axis, HYP_LOWER, &rows, &a));
  PetscCall(HypAxisMatrix(axis, HYP_LAPLACIAN, &rows, &A));
  PetscCall(PetscMalloc3(n, mean, n, face, n, delta));
  for (PetscInt k = 0; k < n; k++) {
    (*mean)[k] = 2 * a[k * n + k];
    if (k + 1 == n) continue;
    (*face)[k]  = 2 * a[k * n + k + 1];
    (*delta)[k] = -(*face)[k] / A[k * n + k + 1];
  }
  PetscCall(PetscFree(A));
  PetscCall(PetscFree(a));
  PetscFunctionReturn(0);
}

/* b and D of coordinate c in the cell with these indices along X_1..X_d, V_1..V_d */
static PetscErrorCode Drift(const Positive *p, const PetscInt cell[], PetscInt c, PetscReal *b,
                            PetscReal *D)
{
  const PetscInt      d = p->d, i = c % d;
  const HypModel      model = p->space->model;
  const HypCoordinate q     = HypModelCoordinate(model, i);
  PetscReal           z[6], theta[3], eps[3] = {0, 0, 0}, s[3];

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < d; k++) {
    z[k]     = HypAxisGetNodes(TensorAxis(p->space, k))[cell[k]];
    z[d + k] = HypAxisGetNodes(p->space->v)[cell[d + k]];
  }
  HypModelToTheta(model, z, theta, NULL);
  if (HypModelForced(model)) PetscCall(HypModelPerturbation(model, theta, eps));
  PetscCall(HypModelNoise(model, theta, s));
  if (c < d) {
    *D = q.spread * s[i];
    *b = q.omega * p->mean[d + i][cell[d + i]] - q.p * eps[i] + *D * p->mean[i][cell[i]];
    PetscFunctionReturn(0);
  }
  *D = HypModelGamma(model) * q.ratio * s[i];
  *b = -q.omega * p->mean[i][cell[i]] - q.q * eps[i] +
       (*D - HypModelGamma(model)) * p->mean[d + i][cell[d + i]];
  PetscFunctionReturn(0);
}

/* The column of a cell in PETSc's numbering */
static PetscInt Column(const Positive *p, const PetscInt cell[])
{
  const Tensor *t = (Tensor *)p->space->data;
  PetscInt      x = 0, v = 0;

  for (PetscInt i = p->d - 1; i >= 0; i--) {
    x = x * HypAxisGetSize(p->space->x) + cell[i];
    v = v * HypAxisGetSize(p->space->v) + cell[p->d + i];
  }
  return t->global[v] * t->block + x;
}

/* One row: the faces of a cell */
static PetscErrorCode Row(const Positive *p, PetscInt cell[], Mat P)
{
  const PetscInt row = Column(p, cell);
  PetscInt       columns[13], count = 1;
  PetscScalar    values[13];

  PetscFunctionBeginUser;
  columns[0] = row;
  values[0]  = 0;
  for (PetscInt c = 0; c < 2 * p->d; c++) {
    const PetscInt     at   = cell[c];
    const HypAxis      axis = TensorAxis(p->space, c);
    const PetscScalar *one  = HypAxisGetOne(axis);
    PetscReal          own[2];

    PetscCall(Drift(p, cell, c, &own[0], &own[1]));
    for (PetscInt step = -1; step <= 1; step += 2) {
      const PetscInt to = at + step, k = PetscMin(at, to);
      PetscReal      other[2], more;

      if (to < 0 || to >= HypAxisGetSize(axis)) continue;
      cell[c] = to;
      PetscCall(Drift(p, cell, c, &other[0], &other[1]));
      more            = PetscMax(0, step * other[0] / 2 - other[1] / p->delta[c][k]);
      more            = PetscMax(more, -step * own[0] / 2 - own[1] / p->delta[c][k]);
      columns[count]  = Column(p, cell);
      values[count++] = more * p->face[c][k];
      values[0] -= more * p->face[c][k] * one[to] / one[at];
      cell[c] = at;
    }
  }
  PetscCall(MatSetValues(P, 1, &row, count, columns, values, INSERT_VALUES));
  PetscFunctionReturn(0);
}

static PetscErrorCode Rows(const Positive *p, Mat P)
{
  const Tensor  *t = (Tensor *)p->space->data;
  const PetscInt n = HypAxisGetSize(p->space->x);

  PetscFunctionBeginUser;
  for (PetscInt b = 0; b < t->local; b++) {
    for (PetscInt x = 0; x < t->block; x++) {
      PetscInt cell[6];

      for (PetscInt i = 0, v = b, rest = x; i < p->d; i++, rest /= n) {
        cell[i]        = rest % n;
        cell[p->d + i] = v % t->count[i] + t->start[i];
        v /= t->count[i];
      }
      PetscCall(Row(p, cell, P));
    }
  }
  PetscFunctionReturn(0);
}

/* The op `positive`: what makes the fluxes of G positive */
PETSC_INTERN PetscErrorCode TensorPositive(HypSpace space, Mat *P)
{
  Positive p = {.space = space, .d = HypModelDimension(space->model)};
  PetscInt local;

  PetscFunctionBeginUser;
  for (PetscInt c = 0; c < 2 * p.d; c++) {
    const HypAxis axis = TensorAxis(space, c);

    PetscCheck(
      HypAxisGetPattern(axis) == HYP_PATTERN_THREEPOINT, space->comm, PETSC_ERR_ARG_INCOMP,
      "axis_flux: positive given with axis_%s_type %s, which has no fluxes; both axes must "
      "be fv",
      HypAxisGetName(axis), HypAxisGetType(axis));
    PetscCall(AxisFluxes(axis, &p.mean[c], &p.face[c], &p.delta[c]));
  }
  PetscCall(VecGetLocalSize(space->one, &local));
  PetscCall(MatCreateAIJ(space->comm, local, local, space->n, space->n, 4 * p.d + 1, NULL,
                         4 * p.d + 1, NULL, P));
  PetscCall(HypAgree(space->comm, Rows(&p, *P)));
  PetscCall(MatAssemblyBegin(*P, MAT_FINAL_ASSEMBLY));
  PetscCall(MatAssemblyEnd(*P, MAT_FINAL_ASSEMBLY));
  for (PetscInt c = 0; c < 2 * p.d; c++) PetscCall(PetscFree3(p.mean[c], p.face[c], p.delta[c]));
  PetscFunctionReturn(0);
}
