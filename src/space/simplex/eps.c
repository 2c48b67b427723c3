/*
   Multiplication by eps_i(theta) in a simplex space.
   It acts in Xi only, by one small matrix E_i (quadrature.c).
   A column of degree |beta| = k sees its leading upto[N-k] rows and columns.

   E_i is kept in panels of SIMPLEX_ROWS rows, each panel by columns,
   and multiplies SIMPLEX_COLUMNS columns at a time: a register's worth of sums for each,
   which the compiler vectorises.
   These matrices are too small and too many for a library's overhead to vanish:
   a call of dgemm for each height takes ten times as long at N = 64, d = 1.
*/
#include "space/simplex/simplex.h"

typedef struct {
  HypSpace space;
  PetscInt i;
} Multiply;

/* E_i in panels, i < d: of eps_i, else of s_i - 1; once */
PETSC_INTERN PetscErrorCode SimplexMatrix(HypSpace space, PetscInt i)
{
  Simplex     *s = (Simplex *)space->data;
  PetscScalar *E;

  PetscFunctionBeginUser;
  if (s->E[i]) PetscFunctionReturn(0);
  s->rows = (s->count + SIMPLEX_ROWS - 1) / SIMPLEX_ROWS * SIMPLEX_ROWS;
  PetscCall(PetscMalloc1(s->count * s->count, &E));
  if (!s->columns)
    PetscCall(PetscCalloc2(SIMPLEX_COLUMNS * s->rows, &s->columns, SIMPLEX_COLUMNS * s->rows,
                           &s->products));
  PetscCall(SimplexQuadrature(space, i, E));
  PetscCall(PetscCalloc1(s->rows * s->count, &s->E[i]));
  for (PetscInt c = 0; c < s->count; c++) {
    for (PetscInt a = 0; a < s->count; a++) s->E[i][SimplexPanel(s, a, c)] = E[c * s->count + a];
  }
  PetscCall(PetscFree(E));
  PetscFunctionReturn(0);
}

/* w = P u: a panel times four columns of length m, which are ld apart, as are the results.
   One array of sums for each column:
   the compiler keeps these in registers, but not the rows of one array. */
static inline void Panel(PetscInt m, PetscInt ld, const PetscScalar *restrict P,
                         const PetscScalar *restrict u, PetscScalar *restrict w)
{
  PetscScalar w0[SIMPLEX_ROWS] = {0}, w1[SIMPLEX_ROWS] = {0}, w2[SIMPLEX_ROWS] = {0},
              w3[SIMPLEX_ROWS] = {0};

  for (PetscInt c = 0; c < m; c++) {
    const PetscScalar u0 = u[c], u1 = u[ld + c], u2 = u[2 * ld + c], u3 = u[3 * ld + c];

    for (PetscInt r = 0; r < SIMPLEX_ROWS; r++) {
      const PetscScalar p = P[c * SIMPLEX_ROWS + r];

      w0[r] += p * u0;
      w1[r] += p * u1;
      w2[r] += p * u2;
      w3[r] += p * u3;
    }
  }
  for (PetscInt r = 0; r < SIMPLEX_ROWS; r++) {
    w[r]          = w0[r];
    w[ld + r]     = w1[r];
    w[2 * ld + r] = w2[r];
    w[3 * ld + r] = w3[r];
  }
}

/* products = E_i times columns b, b+1, .. of u (at most SIMPLEX_COLUMNS, none from `end` on),
   their first `rows` rows */
PETSC_INTERN void SimplexMultiply(const Simplex *s, PetscInt i, PetscInt b, PetscInt end,
                                  PetscInt rows, const PetscScalar *u)
{
  const PetscInt m = SimplexHeight(s, b); /* later columns are shorter */

  for (PetscInt c = 0; c < SIMPLEX_COLUMNS; c++) {
    const PetscInt height = b + c < end ? SimplexHeight(s, b + c) : 0;

    for (PetscInt a = 0; a < height; a++)
      s->columns[c * s->rows + a] = u[s->offset[b + c] - s->offset[b] + a];
    for (PetscInt a = height; a < m; a++) s->columns[c * s->rows + a] = 0;
  }
  for (PetscInt r = 0; r < rows; r += SIMPLEX_ROWS)
    Panel(m, s->rows, s->E[i] + r * s->count, s->columns, s->products + r);
}

static PetscErrorCode MatMult_Multiply(Mat A, Vec u, Vec v)
{
  const PetscScalar *from;
  PetscScalar       *to;
  const Simplex     *s;
  Multiply          *multiply;

  PetscFunctionBeginUser;
  PetscCall(MatShellGetContext(A, &multiply));
  s = (const Simplex *)multiply->space->data;
  PetscCall(VecGetArrayRead(u, &from));
  PetscCall(VecGetArrayWrite(v, &to));
  for (PetscInt b = s->first; b < s->last; b += SIMPLEX_COLUMNS) {
    const PetscInt shift = s->offset[b] - s->offset[s->first],
                   end   = PetscMin(b + SIMPLEX_COLUMNS, s->last);

    SimplexMultiply(s, multiply->i, b, end, SimplexHeight(s, b), from + shift);
    for (PetscInt c = b; c < end; c++) {
      for (PetscInt a = 0; a < SimplexHeight(s, c); a++)
        to[s->offset[c] - s->offset[s->first] + a] = s->products[(c - b) * s->rows + a];
    }
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
  PetscCall(PetscFree(multiply));
  PetscFunctionReturn(0);
}

/* Block diagonal: column b holds the leading block of E */
static PetscErrorCode MultiplyAssemble(HypSpace space, PetscInt i, Mat *A)
{
  const Simplex *s     = (Simplex *)space->data;
  const PetscInt local = s->offset[s->last] - s->offset[s->first];
  PetscInt      *nonzeros, *columns;
  PetscScalar   *values;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc3(local, &nonzeros, s->count, &columns, s->count, &values));
  for (PetscInt b = s->first; b < s->last; b++) {
    for (PetscInt a = 0; a < SimplexHeight(s, b); a++)
      nonzeros[s->offset[b] - s->offset[s->first] + a] = SimplexHeight(s, b);
  }
  PetscCall(MatCreateAIJ(space->comm, local, local, space->n, space->n, 0, nonzeros, 0, NULL, A));
  for (PetscInt b = s->first; b < s->last; b++) {
    for (PetscInt a = 0; a < SimplexHeight(s, b); a++) columns[a] = s->offset[b] + a;
    for (PetscInt a = 0; a < SimplexHeight(s, b); a++) {
      const PetscInt row = s->offset[b] + a;

      for (PetscInt c = 0; c < SimplexHeight(s, b); c++)
        values[c] = s->E[i][SimplexPanel(s, c, a)]; /* symmetric up to rounding */
      PetscCall(MatSetValues(*A, 1, &row, SimplexHeight(s, b), columns, values, INSERT_VALUES));
    }
  }
  PetscCall(MatAssemblyBegin(*A, MAT_FINAL_ASSEMBLY));
  PetscCall(MatAssemblyEnd(*A, MAT_FINAL_ASSEMBLY));
  PetscCall(PetscFree3(nonzeros, columns, values));
  PetscFunctionReturn(0);
}

PETSC_INTERN PetscErrorCode SimplexPerturbation(HypSpace space, PetscInt i, HypForm form, Mat *A)
{
  Multiply *multiply;
  PetscInt  local;

  PetscFunctionBeginUser;
  if (((Simplex *)space->data)->d > 3) {
    PetscCall(SimplexSparse(space, i, A));
    PetscFunctionReturn(0);
  }
  PetscCall(SimplexMatrix(space, i));
  if (form == HYP_ASSEMBLED) {
    PetscCall(MultiplyAssemble(space, i, A));
    PetscFunctionReturn(0);
  }
  PetscCall(PetscNew(&multiply));
  multiply->space = space;
  multiply->i     = i;
  PetscCall(VecGetLocalSize(space->one, &local));
  PetscCall(MatCreateShell(space->comm, local, local, space->n, space->n, multiply, A));
  PetscCall(MatShellSetOperation(*A, MATOP_MULT, (void (*)(void))MatMult_Multiply));
  PetscCall(MatShellSetOperation(*A, MATOP_MULT_TRANSPOSE, (void (*)(void))MatMult_Multiply));
  PetscCall(MatShellSetOperation(*A, MATOP_DESTROY, (void (*)(void))MatDestroy_Multiply));
  PetscFunctionReturn(0);
}
