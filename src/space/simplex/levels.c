/*
   (shift - G)^{-1} on a simplex space, by blocks.

   The columns with |beta| = n are level n.
   -T + L + R moves at most one level (src/space/simplex/generator.c), so that M = shift - G is

     M = [ D_0 C_0         ]     D_n   diagonal
         [ A_0 D_1 C_1     ]     C_n   from level n + 1: one entry for each pair, a_Xi* a_Z
         [     A_1 D_2 ... ]     A_n   from level n: one entry for each pair, and the blocks of E_i

   From the last level to the first, with S_N = D_N,

     W_n = S_{n+1}^{-1} A_n,   S_n = D_n - C_n W_n,   M = (1 + C S^{-1}) S (1 + W).

   Levels are small and nearly dense, so this is LAPACK's work:
   neither an ordering nor a sparse pattern is sought.
   S_n^{-1} is kept rather than its factors: a product is one call, triangular solves are three.
*/
#include "space/simplex/simplex.h"
#include <petscblaslapack.h>

#define WORK 3e8 /* operations for the factors: about 30 milliseconds */

typedef struct {
  HypSpace      space;
  PetscReal     B[3][4]; /* SimplexLinear() of each pair */
  PetscInt      start[SIMPLEX_DEGREE + 2];
  PetscScalar  *S[SIMPLEX_DEGREE + 1], *W[SIMPLEX_DEGREE + 1], *work;
  PetscBLASInt *pivots;
} Levels;

static PetscInt Size(const Levels *l, PetscInt n)
{
  return l->start[n + 1] - l->start[n];
}

/* to -= C_n from, on levels n and n + 1, or from -= C_n^T to */
static void Across(const Levels *l, PetscInt n, PetscBool transpose, PetscScalar *from,
                   PetscScalar *to)
{
  const Simplex *s = (Simplex *)l->space->data;

  for (PetscInt b = n ? s->upto[n - 1] : 0; b < s->upto[n]; b++) {
    PetscScalar *const row = to + s->offset[b] - l->start[n];

    for (PetscInt i = 0; i < s->d; i++) {
      const PetscInt     up     = s->raised[i][b];
      const PetscReal    f      = l->B[i][2] * s->root[i][up];
      PetscScalar *const column = from + s->offset[up] - l->start[n + 1];

      for (PetscInt a = 1; a < SimplexHeight(s, b); a++) {
        const PetscInt at = PetscMax(s->lowered[i][a], 0); /* root is 0 where lowered is -1 */

        if (transpose)
          column[at] += f * s->root[i][a] * row[a];
        else
          row[a] += f * s->root[i][a] * column[at];
      }
    }
  }
}

/* A_n in W_n: level n to level n + 1 */
static void FillBelow(Levels *l, PetscInt n)
{
  const Simplex *s    = (Simplex *)l->space->data;
  const PetscInt rows = Size(l, n + 1);

  for (PetscInt b = n ? s->upto[n - 1] : 0; b < s->upto[n]; b++) {
    for (PetscInt i = 0; i < s->d; i++) {
      const PetscInt     up   = s->raised[i][b];
      const PetscReal    root = s->root[i][up], r = HypModelCoordinate(l->space->model, i).r;
      PetscScalar *const corner =
        l->W[n] + (s->offset[b] - l->start[n]) * rows + s->offset[up] - l->start[n + 1];

      for (PetscInt c = 0; c < SimplexHeight(s, b) && s->E[i]; c++) {
        for (PetscInt a = 0; a < SimplexHeight(s, up); a++)
          corner[c * rows + a] += r * root * s->E[i][SimplexPanel(s, a, c)];
      }
      for (PetscInt a = 0; a < SimplexHeight(s, up); a++) {
        const PetscInt c = s->raised[i][a];

        corner[c * rows + a] -= l->B[i][1] * root * s->root[i][c];
      }
    }
  }
}

/* D_n on the diagonal of S_n */
static void FillDiagonal(Levels *l, PetscInt n, PetscReal shift)
{
  const Simplex *s  = (Simplex *)l->space->data;
  PetscInt       at = 0;

  for (PetscInt b = n ? s->upto[n - 1] : 0; b < s->upto[n]; b++) {
    for (PetscInt a = 0; a < SimplexHeight(s, b); a++, at++) {
      PetscReal own = shift;

      for (PetscInt i = 0; i < s->d; i++)
        own -= l->B[i][0] * (PetscReal)s->index[a][i] + l->B[i][3] * (PetscReal)s->index[b][i];
      l->S[n][at * (Size(l, n) + 1)] = own;
    }
  }
}

/* S_n to its inverse, and W_{n-1} = S_n^{-1} A_{n-1} */
static PetscErrorCode Eliminate(Levels *l, PetscInt n)
{
  PetscBLASInt m, k, info, lwork;

  PetscFunctionBeginUser;
  PetscCall(PetscBLASIntCast(Size(l, n), &m));
  PetscCall(PetscBLASIntCast(m * m, &lwork));
  PetscCallBLAS("LAPACKgetrf", LAPACKgetrf_(&m, &m, l->S[n], &m, l->pivots, &info));
  PetscCheck(!info, PETSC_COMM_SELF, PETSC_ERR_NOT_CONVERGED,
             "shift - G is singular on level %" PetscInt_FMT " of the simplex space", n);
  if (n) {
    PetscCall(PetscBLASIntCast(Size(l, n - 1), &k));
    FillBelow(l, n - 1);
    PetscCallBLAS("LAPACKgetrs",
                  LAPACKgetrs_("N", &m, &k, l->S[n], &m, l->pivots, l->W[n - 1], &m, &info));
  }
  PetscCallBLAS("LAPACKgetri", LAPACKgetri_(&m, l->S[n], &m, l->pivots, l->work, &lwork, &info));
  PetscFunctionReturn(0);
}

static PetscErrorCode Factor(Levels *l, PetscReal shift)
{
  const PetscInt N       = ((Simplex *)l->space->data)->N;
  PetscInt       largest = 0;

  PetscFunctionBeginUser;
  for (PetscInt n = 0; n <= N; n++) {
    const PetscInt m = Size(l, n);

    largest = PetscMax(largest, m);
    PetscCall(PetscCalloc1(m * m, &l->S[n]));
    if (n < N) PetscCall(PetscCalloc1(m * Size(l, n + 1), &l->W[n]));
  }
  PetscCall(PetscMalloc1(largest * largest + 2 * l->space->n, &l->work));
  PetscCall(PetscMalloc1(largest, &l->pivots));
  for (PetscInt n = N; n >= 0; n--) {
    FillDiagonal(l, n, shift);
    for (PetscInt j = 0; j < Size(l, n) && n < N; j++)
      Across(l, n, PETSC_FALSE, l->W[n] + j * Size(l, n + 1), l->S[n] + j * Size(l, n));
    PetscCall(Eliminate(l, n));
  }
  PetscFunctionReturn(0);
}

/* y = beta y + alpha A x or A^T x, A rows x columns */
static PetscErrorCode Product(const char how[], PetscInt rows, PetscInt columns, PetscScalar alpha,
                              const PetscScalar A[], const PetscScalar x[], PetscScalar beta,
                              PetscScalar y[])
{
  const PetscBLASInt m = (PetscBLASInt)rows, k = (PetscBLASInt)columns, one = 1;

  PetscFunctionBeginUser;
  PetscCallBLAS("BLASgemv", BLASgemv_(how, &m, &k, &alpha, A, &m, x, &one, &beta, y, &one));
  PetscFunctionReturn(0);
}

/* y = (1 + C S^{-1})^{-1} u from the last level, x = S^{-1} y, then x = (1 + W)^{-1} x from the
   first */
static PetscErrorCode Solve(Levels *l, PetscScalar y[], PetscScalar x[])
{
  const PetscInt N = ((Simplex *)l->space->data)->N;

  PetscFunctionBeginUser;
  for (PetscInt n = N; n >= 0; n--) {
    const PetscInt at = l->start[n];

    if (n < N) Across(l, n, PETSC_FALSE, x + l->start[n + 1], y + at);
    PetscCall(Product("N", Size(l, n), Size(l, n), 1, l->S[n], y + at, 0, x + at));
  }
  for (PetscInt n = 0; n < N; n++)
    PetscCall(Product("N", Size(l, n + 1), Size(l, n), -1, l->W[n], x + l->start[n], 1,
                      x + l->start[n + 1]));
  PetscFunctionReturn(0);
}

/* The transposed factors in the opposite order */
static PetscErrorCode SolveTransposed(Levels *l, PetscScalar y[], PetscScalar x[])
{
  const PetscInt N = ((Simplex *)l->space->data)->N;

  PetscFunctionBeginUser;
  for (PetscInt n = N - 1; n >= 0; n--)
    PetscCall(Product("T", Size(l, n + 1), Size(l, n), -1, l->W[n], y + l->start[n + 1], 1,
                      y + l->start[n]));
  for (PetscInt n = 0; n <= N; n++) {
    const PetscInt at = l->start[n];

    if (n) Across(l, n - 1, PETSC_TRUE, y + at, x + l->start[n - 1]);
    PetscCall(Product("T", Size(l, n), Size(l, n), 1, l->S[n], y + at, 0, x + at));
  }
  PetscFunctionReturn(0);
}

/* v from a copy of u, with one of the two */
static PetscErrorCode WithArrays(Mat A, Vec u, Vec v,
                                 PetscErrorCode (*solve)(Levels *, PetscScalar[], PetscScalar[]))
{
  Levels            *l;
  const PetscScalar *from;
  PetscScalar       *x;

  PetscFunctionBeginUser;
  PetscCall(MatShellGetContext(A, &l));
  PetscCall(VecGetArrayRead(u, &from));
  PetscCall(VecGetArrayWrite(v, &x));
  PetscCall(PetscArraycpy(l->work, from, l->space->n));
  PetscCall(solve(l, l->work, x));
  PetscCall(VecRestoreArrayWrite(v, &x));
  PetscCall(VecRestoreArrayRead(u, &from));
  PetscFunctionReturn(0);
}

static PetscErrorCode MatMult_Levels(Mat A, Vec u, Vec v)
{
  PetscFunctionBeginUser;
  PetscCall(WithArrays(A, u, v, Solve));
  PetscFunctionReturn(0);
}

static PetscErrorCode MatMultTranspose_Levels(Mat A, Vec u, Vec v)
{
  PetscFunctionBeginUser;
  PetscCall(WithArrays(A, u, v, SolveTransposed));
  PetscFunctionReturn(0);
}

static PetscErrorCode MatDestroy_Levels(Mat A)
{
  Levels *l;

  PetscFunctionBeginUser;
  PetscCall(MatShellGetContext(A, &l));
  for (PetscInt n = 0; n <= SIMPLEX_DEGREE; n++) {
    PetscCall(PetscFree(l->S[n]));
    PetscCall(PetscFree(l->W[n]));
  }
  PetscCall(PetscFree(l->work));
  PetscCall(PetscFree(l->pivots));
  PetscCall(PetscFree(l));
  PetscFunctionReturn(0);
}

static void FindLevels(const Simplex *s, PetscInt start[])
{
  for (PetscInt n = 0; n <= s->N; n++) start[n] = s->offset[n ? s->upto[n - 1] : 0];
  start[s->N + 1] = s->offset[s->count];
}

/* The ops slot `invertible`: on one rank, where the factors are cheap */
PETSC_INTERN PetscErrorCode SimplexInvertible(HypSpace space, PetscBool *invertible)
{
  const Simplex *s = (Simplex *)space->data;
  PetscInt       start[SIMPLEX_DEGREE + 2];
  PetscReal      work = 0;
  PetscMPIInt    size;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_size(space->comm, &size));
  FindLevels(s, start);
  for (PetscInt n = 0; n <= s->N; n++)
    work += 4 * PetscPowRealInt((PetscReal)(start[n + 1] - start[n]), 3);
  *invertible = (PetscBool)(size == 1 && s->d <= 3 && work <= WORK);
  PetscFunctionReturn(0);
}

/* The ops slot `inverse` */
PETSC_INTERN PetscErrorCode SimplexInverse(HypSpace space, PetscReal shift, Mat *A)
{
  const Simplex *s = (Simplex *)space->data;
  Levels        *l;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&l));
  l->space = space;
  FindLevels(s, l->start);
  for (PetscInt i = 0; i < s->d; i++) {
    SimplexLinear(space->model, i, l->B[i]);
    if (HypModelForced(space->model)) PetscCall(SimplexMatrix(space, i));
  }
  PetscCall(Factor(l, shift));
  PetscCall(MatCreateShell(space->comm, space->n, space->n, space->n, space->n, l, A));
  PetscCall(MatShellSetOperation(*A, MATOP_MULT, (void (*)(void))MatMult_Levels));
  PetscCall(
    MatShellSetOperation(*A, MATOP_MULT_TRANSPOSE, (void (*)(void))MatMultTranspose_Levels));
  PetscCall(MatShellSetOperation(*A, MATOP_DESTROY, (void (*)(void))MatDestroy_Levels));
  PetscFunctionReturn(0);
}
