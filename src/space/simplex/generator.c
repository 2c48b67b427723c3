/*
   Gh = (-T + L + R) h on a simplex space in one pass over the columns, on one rank.

     -T + L = sum_i sum_jk B_jk a_j* a_k,
     (a_1, a_2) = (a_Xi, a_Z) of pair i   (src/space/simplex/flow.c)
     R      = -sum_i r_i a_Zi* E_i

   Column b, row a of the first line takes sum_i (B_11 alpha_i + B_22 beta_i) h from its own place,
   and for every pair

     B_12 a_Xi* a_Z h = B_12 sqrt(alpha_i (beta_i + 1)) h(alpha - e_i, beta + e_i),
     B_21 a_Z* a_Xi h = B_21 sqrt((alpha_i + 1) beta_i) h(alpha + e_i, beta - e_i).
*/
#include "space/simplex/simplex.h"

/* Column b of (-T + L) h; h and Gh begin at column 0; own[a] = sum_i B_11 alpha_i */
static void GeneratorColumn(const Simplex *s, PetscReal B[][4], const PetscReal *restrict own,
                            PetscInt b, const PetscScalar *restrict h, PetscScalar *restrict Gh)
{
  const PetscInt height = SimplexHeight(s, b);
  PetscReal      across = 0;

  for (PetscInt i = 0; i < s->d; i++) across += B[i][3] * (PetscReal)s->index[b][i];
  for (PetscInt a = 0; a < height; a++)
    Gh[s->offset[b] + a] = (own[a] + across) * h[s->offset[b] + a];
  for (PetscInt i = 0; i < s->d; i++) {
    const PetscInt up = s->raised[i][b], down = s->lowered[i][b];
    const PetscInt *restrict lowered = s->lowered[i], *restrict raised = s->raised[i];
    const PetscReal *restrict root = s->root[i];
    PetscScalar *restrict to       = Gh + s->offset[b];

    if (up >= 0) {
      const PetscReal f                = B[i][2] * root[up];
      const PetscScalar *restrict from = h + s->offset[up];

      for (PetscInt a = 1; a < height; a++)
        to[a] += f * root[a] * from[PetscMax(lowered[a], 0)]; /* root is 0 where lowered is -1 */
    }
    if (down >= 0) {
      const PetscReal f                = B[i][1] * root[b];
      const PetscScalar *restrict from = h + s->offset[down];

      for (PetscInt a = 0; a < height; a++) to[a] += f * root[raised[a]] * from[raised[a]];
    }
  }
}

/* Columns b..end-1 of E_i h, times -r_i, one step up in Z_i */
static void GeneratorPerturbation(HypSpace space, PetscInt i, PetscInt b, PetscInt end,
                                  const PetscScalar *h, PetscScalar *Gh)
{
  const Simplex  *s     = (Simplex *)space->data;
  const PetscReal scale = -HypModelCoordinate(space->model, i).r;

  if (s->raised[i][b] < 0) return; /* so are those of the later columns */
  SimplexMultiply(s, i, b, end, SimplexHeight(s, s->raised[i][b]), h + s->offset[b]);
  for (PetscInt c = b; c < end && s->raised[i][c] >= 0; c++) {
    const PetscInt     up   = s->raised[i][c];
    const PetscReal    f    = scale * s->root[i][up];
    const PetscScalar *from = s->products + (c - b) * s->rows;
    PetscScalar       *to   = Gh + s->offset[up];

    for (PetscInt a = 0; a < SimplexHeight(s, up); a++) to[a] += f * from[a];
  }
}

/* The ops slot `generator`: on one rank; several ranks hold different columns, which T and L mix */
PETSC_INTERN PetscErrorCode SimplexGenerator(HypSpace space, HypTerms terms, Vec h, Vec Gh,
                                             PetscBool *done)
{
  const Simplex     *s = (Simplex *)space->data;
  const PetscScalar *from;
  PetscScalar       *to;
  PetscReal          B[SIMPLEX_DIMENSIONS][4], *own;
  PetscMPIInt        size;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_size(space->comm, &size));
  *done = size == 1 && terms == HYP_FUSED && (s->d <= 3 || !HypModelForced(space->model))
            ? PETSC_TRUE
            : PETSC_FALSE;
  if (!*done) PetscFunctionReturn(0);
  for (PetscInt i = 0; i < s->d && HypModelForced(space->model); i++)
    PetscCall(SimplexMatrix(space, i));
  for (PetscInt i = 0; i < s->d; i++) SimplexLinear(space->model, i, B[i]);
  PetscCall(PetscCalloc1(s->count, &own));
  for (PetscInt a = 0; a < s->count; a++) {
    for (PetscInt i = 0; i < s->d; i++) own[a] += B[i][0] * (PetscReal)s->index[a][i];
  }
  PetscCall(VecGetArrayRead(h, &from));
  PetscCall(VecGetArrayWrite(Gh, &to));
  for (PetscInt b = 0; b < s->count; b++) GeneratorColumn(s, B, own, b, from, to);
  PetscCall(PetscFree(own));
  for (PetscInt i = 0; i < s->d && HypModelForced(space->model); i++) {
    for (PetscInt b = 0; b < s->count; b += SIMPLEX_COLUMNS)
      GeneratorPerturbation(space, i, b, PetscMin(b + SIMPLEX_COLUMNS, s->count), from, to);
  }
  PetscCall(VecRestoreArrayWrite(Gh, &to));
  PetscCall(VecRestoreArrayRead(h, &from));
  PetscFunctionReturn(0);
}
