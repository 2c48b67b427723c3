/*
   Multiplication by eps_i(theta) in a simplex space.  It acts in Xi only, by one small matrix

       E_i[alpha, alpha'] = int H_alpha eps_i(theta(Xi)) H_alpha' dN(Xi),   theta = s/(sqrt(beta) w0^3) Xi,

   computed on a tensor of Gauss-Hermite nodes.  A column of degree |beta| = k sees its leading upto[N-k] rows and
   columns, so all columns of one degree are multiplied by one matrix product.
*/
#include "space/simplex.h"
#include <petscblaslapack.h>

typedef struct {
  HypSpace     space;
  PetscScalar *E; /* count x count, symmetric */
} Multiply;

/* sqrt(weight) H_alpha at the p-th node of the tensor, in row p of Phi, and sqrt(weight) eps_i H_alpha in EPhi */
static PetscErrorCode MultiplyRows(HypSpace space, PetscInt i, PetscInt Q, const PetscReal nodes[], const PetscReal weights[],
                                   PetscInt first, PetscInt rows, PetscScalar *Phi, PetscScalar *EPhi)
{
  const Simplex  *s     = (Simplex *)space->data;
  HypModel        model = space->model;
  const PetscReal scale =
    PetscSqrtReal(PetscSqr(model->gamma) + PetscSqr(model->omega0)) / (PetscSqrtReal(model->beta) * PetscPowRealInt(model->omega0, 3));
  PetscReal H[3][65], theta[3], eps[3];

  PetscFunctionBeginUser;
  for (PetscInt p = 0; p < rows; p++) {
    for (PetscInt c = 0, rest = first + p; c < s->d; c++, rest /= Q) {
      const PetscInt q = rest % Q;

      theta[c] = scale * nodes[q];
      HypHermiteFunctions(s->N + 1, nodes[q], PetscSqrtReal(weights[q]), H[c]);
    }
    PetscCall(HypModelPerturbation(model, theta, eps));
    for (PetscInt a = 0; a < s->count; a++) {
      PetscScalar product = H[0][s->index[a][0]];

      for (PetscInt c = 1; c < s->d; c++) product *= H[c][s->index[a][c]];
      Phi[p * s->count + a]  = product;
      EPhi[p * s->count + a] = eps[i] * product;
    }
  }
  PetscFunctionReturn(0);
}

/* E = Phi^T EPhi, summed over slabs of nodes so that Phi stays small */
static PetscErrorCode MultiplyMatrix(HypSpace space, PetscInt i, PetscScalar *E)
{
  const Simplex    *s = (Simplex *)space->data;
  const PetscInt    Q = s->N + 1 + 12 + (s->d == 1 ? s->N / 2 : 0), all = PetscPowInt(Q, s->d);
  const PetscInt    slab = PetscMin(all, PetscMax(Q, 4096));
  const PetscScalar one  = 1;
  PetscScalar      *Phi, *EPhi;
  PetscReal        *nodes, *weights;
  PetscBLASInt      n;

  PetscFunctionBeginUser;
  PetscCall(PetscBLASIntCast(s->count, &n));
  PetscCall(PetscMalloc2(Q, &nodes, Q, &weights));
  PetscCall(PetscMalloc2(slab * s->count, &Phi, slab * s->count, &EPhi));
  PetscCall(HypGaussHermite(Q, nodes, weights));
  PetscCall(PetscArrayzero(E, s->count * s->count));
  for (PetscInt first = 0; first < all; first += slab) {
    PetscBLASInt rows = (PetscBLASInt)PetscMin(slab, all - first);

    PetscCall(MultiplyRows(space, i, Q, nodes, weights, first, rows, Phi, EPhi));
    PetscCallBLAS("BLASgemm", BLASgemm_("N", "T", &n, &n, &rows, &one, Phi, &n, EPhi, &n, &one, E, &n));
  }
  PetscCall(PetscFree2(Phi, EPhi));
  PetscCall(PetscFree2(nodes, weights));
  PetscFunctionReturn(0);
}

/* All columns of one degree at once: v = E[0:m, 0:m] u */
static PetscErrorCode MatMult_Multiply(Mat A, Vec u, Vec v)
{
  const PetscScalar one = 1, zero = 0, *from;
  PetscScalar      *to;
  const Simplex    *s;
  Multiply         *multiply;
  PetscBLASInt      lda;

  PetscFunctionBeginUser;
  PetscCall(MatShellGetContext(A, &multiply));
  s = (const Simplex *)multiply->space->data;
  PetscCall(PetscBLASIntCast(s->count, &lda));
  PetscCall(VecGetArrayRead(u, &from));
  PetscCall(VecGetArrayWrite(v, &to));
  for (PetscInt b = s->first; b < s->last;) {
    const PetscInt degree = SimplexDegree(s, b), end = PetscMin(s->last, s->upto[degree]), shift = s->offset[b] - s->offset[s->first];
    PetscBLASInt   m = (PetscBLASInt)SimplexHeight(s, b), n = (PetscBLASInt)(end - b);

    PetscCallBLAS("BLASgemm", BLASgemm_("N", "N", &m, &n, &m, &one, multiply->E, &lda, from + shift, &m, &zero, to + shift, &m));
    b = end;
  }
  PetscCall(VecRestoreArrayWrite(v, &to));
  PetscCall(VecRestoreArrayRead(u, &from));
  PetscFunctionReturn(0);
}

static PetscErrorCode MatDestroy_Multiply(Mat A)
{
  Multiply *multiply;

  PetscFunctionBeginUser;
  PetscCall(MatShellGetContext(A, &multiply));
  PetscCall(PetscFree(multiply->E));
  PetscCall(PetscFree(multiply));
  PetscFunctionReturn(0);
}

/* Block diagonal: column b holds the leading block of E */
static PetscErrorCode MultiplyAssemble(HypSpace space, const PetscScalar *E, Mat *A)
{
  const Simplex *s     = (Simplex *)space->data;
  const PetscInt local = s->offset[s->last] - s->offset[s->first];
  PetscInt      *nonzeros, *columns;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2(local, &nonzeros, s->count, &columns));
  for (PetscInt b = s->first; b < s->last; b++) {
    for (PetscInt a = 0; a < SimplexHeight(s, b); a++) nonzeros[s->offset[b] - s->offset[s->first] + a] = SimplexHeight(s, b);
  }
  PetscCall(MatCreateAIJ(space->comm, local, local, space->n, space->n, 0, nonzeros, 0, NULL, A));
  for (PetscInt b = s->first; b < s->last; b++) {
    for (PetscInt a = 0; a < SimplexHeight(s, b); a++) columns[a] = s->offset[b] + a;
    for (PetscInt a = 0; a < SimplexHeight(s, b); a++) {
      const PetscInt row = s->offset[b] + a;

      PetscCall(MatSetValues(*A, 1, &row, SimplexHeight(s, b), columns, E + a * s->count, INSERT_VALUES));
    }
  }
  PetscCall(MatAssemblyBegin(*A, MAT_FINAL_ASSEMBLY));
  PetscCall(MatAssemblyEnd(*A, MAT_FINAL_ASSEMBLY));
  PetscCall(PetscFree2(nonzeros, columns));
  PetscFunctionReturn(0);
}

PETSC_INTERN PetscErrorCode SimplexPerturbation(HypSpace space, PetscInt i, HypForm form, Mat *A)
{
  const Simplex *s = (Simplex *)space->data;
  Multiply      *multiply;
  PetscInt       local;
  PetscScalar   *E;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(s->count * s->count, &E));
  PetscCall(MultiplyMatrix(space, i, E));
  if (form == HYP_ASSEMBLED) {
    PetscCall(MultiplyAssemble(space, E, A));
    PetscCall(PetscFree(E));
  } else {
    PetscCall(PetscNew(&multiply));
    multiply->space = space;
    multiply->E     = E;
    PetscCall(VecGetLocalSize(space->one, &local));
    PetscCall(MatCreateShell(space->comm, local, local, space->n, space->n, multiply, A));
    PetscCall(MatShellSetOperation(*A, MATOP_MULT, (void (*)(void))MatMult_Multiply));
    PetscCall(MatShellSetOperation(*A, MATOP_MULT_TRANSPOSE, (void (*)(void))MatMult_Multiply));
    PetscCall(MatShellSetOperation(*A, MATOP_DESTROY, (void (*)(void))MatDestroy_Multiply));
  }
  PetscFunctionReturn(0);
}
