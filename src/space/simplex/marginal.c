/*
   Marginals in one pair: the coefficients with all other indices zero.

   They belong to H_p(Xi) H_q(Z).  The functions of degree k = p + q turn among themselves when
   (Xi, Z) turns into (X, V), by the k-th symmetric power of the rotation (flow.c);
   then values on a grid in X and V are two products with tables of functions of one variable.
*/
#include "space/simplex/simplex.h"
#include <petscblaslapack.h>

/* c[q modes + p] of H_p(Xi_i) H_q(Z_i): the coefficients with all other indices zero */
PETSC_INTERN PetscErrorCode SimplexPlane(HypSpace space, PetscInt i, Vec u, PetscScalar c[])
{
  const Simplex     *s     = (Simplex *)space->data;
  const PetscInt     modes = s->N + 1;
  const PetscScalar *array;

  PetscFunctionBeginUser;
  PetscCall(PetscArrayzero(c, modes * modes));
  PetscCall(VecGetArrayRead(u, &array));
  for (PetscInt b = s->first; b < s->last; b++) {
    for (PetscInt a = 0; a < SimplexHeight(s, b); a++) {
      if (SimplexDegree(s, a) == s->index[a][i] && SimplexDegree(s, b) == s->index[b][i])
        c[s->index[b][i] * modes + s->index[a][i]] = array[s->offset[b] - s->offset[s->first] + a];
    }
  }
  PetscCall(VecRestoreArrayRead(u, &array));
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, c, (PetscMPIInt)(modes * modes), MPIU_SCALAR, MPIU_SUM,
                             space->comm));
  PetscFunctionReturn(0);
}

PETSC_INTERN PetscErrorCode SimplexBasis(HypSpace space, PetscInt i, PetscInt c, PetscReal q,
                                         PetscScalar phi[])
{
  PetscFunctionBeginUser;
  (void)i;
  (void)c;
  HypHermiteFunctions(space->degree + 1, q, 1.0, phi);
  PetscFunctionReturn(0);
}

/* From H_p(Xi) H_q(Z) to H_p(X) H_q(V), c[q modes + p] */
static PetscErrorCode Turn(HypSpace space, PetscInt i, PetscInt modes, PetscScalar c[])
{
  PetscReal  root[SIMPLEX_DEGREE + 1], Xi[2], Z[2], *S, *next;
  PetscReal *room;

  PetscFunctionBeginUser;
  SimplexDirections(space->model, i, Xi, Z);
  for (PetscInt k = 0; k < modes; k++) root[k] = PetscSqrtReal((PetscReal)k);
  PetscCall(PetscMalloc1(2 * modes * modes, &room));
  S    = room;
  next = room + modes * modes;
  S[0] = 1;
  for (PetscInt k = 1; k < modes; k++) {
    PetscReal *const done                       = S;
    PetscScalar      turned[SIMPLEX_DEGREE + 1] = {0};

    SimplexPower(k, (PetscReal[4]){Xi[0], Xi[1], Z[0], Z[1]}, root, S, next);
    S    = next;
    next = done;
    for (PetscInt n = 0; n <= k; n++) {
      for (PetscInt p = 0; p <= k; p++) turned[p] += S[n * (k + 1) + p] * c[(k - n) * modes + n];
    }
    for (PetscInt p = 0; p <= k; p++) c[(k - p) * modes + p] = turned[p];
  }
  PetscCall(PetscFree(room));
  PetscFunctionReturn(0);
}

/* table[p modes + k] = H_k at point p */
static PetscErrorCode Table(PetscInt modes, PetscInt n, const PetscReal q[], PetscReal **table)
{
  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(n * modes, table));
  for (PetscInt p = 0; p < n; p++) HypHermiteFunctions(modes, q[p], 1.0, *table + p * modes);
  PetscFunctionReturn(0);
}

PETSC_INTERN PetscErrorCode SimplexMarginal(HypSpace space, PetscInt i, Vec u, PetscInt nX,
                                            const PetscReal X[], PetscInt nV, const PetscReal V[],
                                            PetscReal values[])
{
  const PetscInt    modes = space->degree + 1;
  const PetscScalar one = 1, zero = 0;
  PetscScalar      *pair, *half;
  PetscReal        *HX, *HV;
  PetscBLASInt      b, bX, bV;

  PetscFunctionBeginUser;
  PetscCall(PetscBLASIntCast(modes, &b));
  PetscCall(PetscBLASIntCast(nX, &bX));
  PetscCall(PetscBLASIntCast(nV, &bV));
  PetscCall(PetscMalloc2(modes * modes, &pair, nX * modes, &half));
  PetscCall(SimplexPlane(space, i, u, pair));
  PetscCall(Turn(space, i, modes, pair));
  PetscCall(Table(modes, nX, X, &HX));
  PetscCall(Table(modes, nV, V, &HV));
  PetscCallBLAS("BLASgemm",
                BLASgemm_("T", "N", &bX, &b, &b, &one, HX, &b, pair, &b, &zero, half, &bX));
  PetscCallBLAS("BLASgemm",
                BLASgemm_("N", "N", &bX, &bV, &b, &one, half, &bX, HV, &b, &zero, values, &bX));
  PetscCall(PetscFree(HV));
  PetscCall(PetscFree(HX));
  PetscCall(PetscFree2(pair, half));
  PetscFunctionReturn(0);
}
