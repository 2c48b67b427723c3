#include "space/simplex/simplex.h"

/* The next multi-index of the same degree in d variables, in the order (2,0) (1,1) (0,2);
   false behind the last */
static PetscBool NextIndex(PetscInt d, PetscInt index[])
{
  PetscInt i = d - 2, rest;

  while (i >= 0 && index[i] == 0) i--;
  if (i < 0) return PETSC_FALSE;
  rest         = index[d - 1];
  index[d - 1] = 0;
  index[i]--;
  index[i + 1] = rest + 1;
  return PETSC_TRUE;
}

/* Graded list of multi-indices, counts per degree and the raised positions */
static PetscErrorCode SimplexList(Simplex *s)
{
  const PetscInt N = s->N;
  PetscInt       k = 0;

  PetscFunctionBeginUser;
  s->count = 1;
  for (PetscInt i = 1; i <= s->d; i++) s->count = s->count * (N + i) / i;
  PetscCall(PetscCalloc1(s->count, &s->index));
  PetscCall(PetscMalloc1(s->count, &s->degrees));
  for (PetscInt degree = 0; degree <= N; degree++) {
    PetscInt index[SIMPLEX_DIMENSIONS] = {degree};

    do {
      s->degrees[k] = degree;
      PetscCall(PetscArraycpy(s->index[k++], index, SIMPLEX_DIMENSIONS));
    } while (NextIndex(s->d, index));
    s->upto[degree] = k;
  }
  for (PetscInt i = 0; i < s->d; i++) {
    PetscCall(PetscMalloc1(s->count, &s->raised[i]));
    PetscCall(PetscMalloc1(s->count, &s->lowered[i]));
    PetscCall(PetscMalloc1(s->count, &s->root[i]));
    for (PetscInt k = 0; k < s->count; k++) {
      s->lowered[i][k] = -1;
      s->root[i][k]    = PetscSqrtReal((PetscReal)s->index[k][i]);
    }
    for (PetscInt j = 0; j < s->count; j++) {
      const PetscInt degree = SimplexDegree(s, j) + 1;

      s->raised[i][j] = -1;
      for (PetscInt l = degree <= N ? s->upto[degree - 1] : s->count;
           l < (degree <= N ? s->upto[degree] : s->count); l++) {
        PetscBool same = PETSC_TRUE;

        for (PetscInt q = 0; q < s->d; q++)
          same = same && s->index[l][q] == s->index[j][q] + (q == i) ? PETSC_TRUE : PETSC_FALSE;
        if (!same) continue;
        s->raised[i][j]  = l;
        s->lowered[i][l] = j;
      }
    }
  }
  PetscCall(PetscMalloc1(s->count + 1, &s->offset));
  s->offset[0] = 0;
  for (PetscInt b = 0; b < s->count; b++)
    s->offset[b + 1] = s->offset[b] + s->upto[N - SimplexDegree(s, b)];
  PetscFunctionReturn(0);
}

/* Whole columns on a rank, about equal numbers of unknowns */
static PetscErrorCode SimplexDistribute(HypSpace space)
{
  Simplex    *s = (Simplex *)space->data;
  PetscMPIInt rank, size;
  PetscInt    b = 0;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(space->comm, &rank));
  PetscCallMPI(MPI_Comm_size(space->comm, &size));
  for (PetscMPIInt r = 0; r <= rank; r++) {
    const PetscReal goal = (PetscReal)space->n * (r + 1) / size;

    s->first = b;
    while (b < s->count && (r == size - 1 || (PetscReal)s->offset[b + 1] <= goal + 0.5)) b++;
    s->last = b;
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode HypSpaceSetUp_Simplex(HypSpace space)
{
  static const PetscInt degrees[] = {0, 40, 16, 12, 8, 6, 6};
  Simplex              *s         = (Simplex *)space->data;
  PetscReal             total     = 1;

  PetscFunctionBeginUser;
  PetscCheck(!HypModelHasPotential(space->model), space->comm, PETSC_ERR_ARG_INCOMP,
             "model_potential: given, but a simplex space has the Gaussian weight only; take "
             "space_type tensor");
  s->d = HypModelDimension(space->model);
  if (space->degree == PETSC_DETERMINE) space->degree = s->d <= 6 ? degrees[s->d] : 4;
  PetscCheck(space->degree <= SIMPLEX_DEGREE, space->comm, PETSC_ERR_ARG_OUTOFRANGE,
             "space_degree: %" PetscInt_FMT " given, at most %d allowed", space->degree,
             SIMPLEX_DEGREE);
  s->N = space->degree;
  for (PetscInt i = 1; i <= 2 * s->d; i++) total = total * (PetscReal)(s->N + i) / (PetscReal)i;
  PetscCheck(total <= 2e7, space->comm, PETSC_ERR_ARG_OUTOFRANGE,
             "space_degree: %" PetscInt_FMT " in d = %" PetscInt_FMT
             " makes %.3g unknowns, at most 2e7 allowed; lower the degree",
             s->N, s->d, (double)total);
  PetscCall(SimplexList(s));
  space->n = s->offset[s->count];
  PetscCall(SimplexDistribute(space));
  PetscCall(SimplexExtent(space));
  PetscCall(
    VecCreateMPI(space->comm, s->offset[s->last] - s->offset[s->first], space->n, &space->one));
  if (s->first == 0 && s->last > 0) PetscCall(VecSetValue(space->one, 0, 1.0, INSERT_VALUES));
  PetscCall(VecAssemblyBegin(space->one));
  PetscCall(VecAssemblyEnd(space->one));
  PetscFunctionReturn(0);
}

/*
   d/dX_i and d/dV_i by the rotation of (Xi_i, Z_i), with the ladders
   (a_Xi c)_alpha = sqrt(alpha_i + 1) c_{alpha + e_i} and the same in beta.
*/
PETSC_INTERN PetscErrorCode SimplexDerivative(HypSpace space, PetscInt c, HypForm form, Mat *A)
{
  const Simplex *s = (Simplex *)space->data;
  const PetscInt i = c < s->d ? c : c - s->d, local = s->offset[s->last] - s->offset[s->first];
  PetscReal      Xi[2], Z[2];

  PetscFunctionBeginUser;
  SimplexDirections(space->model, i, Xi, Z);
  (void)form; /* two entries a row: assembled is as small as matrix-free */
  PetscCall(MatCreateAIJ(space->comm, local, local, space->n, space->n, 2, NULL, 1, NULL, A));
  for (PetscInt b = s->first; b < s->last; b++) {
    for (PetscInt a = 0; a < SimplexHeight(s, b); a++) {
      const PetscInt row = s->offset[b] + a, up = s->raised[i][b];
      const PetscInt columns[2] = {SimplexUnknown(s, s->raised[i][a], b), SimplexUnknown(s, a, up)};
      const PetscScalar values[2] = {Xi[c / s->d] * PetscSqrtReal((PetscReal)(s->index[a][i] + 1)),
                                     Z[c / s->d] * PetscSqrtReal((PetscReal)(s->index[b][i] + 1))};

      PetscCall(MatSetValues(*A, 1, &row, 2, columns, values,
                             INSERT_VALUES)); /* negative columns are skipped */
    }
  }
  PetscCall(MatAssemblyBegin(*A, MAT_FINAL_ASSEMBLY));
  PetscCall(MatAssemblyEnd(*A, MAT_FINAL_ASSEMBLY));
  PetscFunctionReturn(0);
}

/* Coefficients of a point mass at z: all H_alpha(Xi) H_beta(Z) */
static PetscErrorCode HypSpacePoint_Simplex(HypSpace space, const PetscReal z[], Vec u)
{
  static const PetscReal zero[4 * SIMPLEX_DIMENSIONS * SIMPLEX_DIMENSIONS] = {0};

  PetscFunctionBeginUser;
  PetscCall(SimplexGaussian(space, z, zero, u));
  PetscFunctionReturn(0);
}

static PetscErrorCode HypSpaceDestroy_Simplex(HypSpace space)
{
  Simplex *s = (Simplex *)space->data;

  PetscFunctionBeginUser;
  PetscCall(PetscFree(s->index));
  for (PetscInt i = 0; i < s->d; i++) {
    PetscCall(PetscFree(s->raised[i]));
    PetscCall(PetscFree(s->lowered[i]));
    PetscCall(PetscFree(s->root[i]));
    PetscCall(PetscFree(s->flow[i]));
  }
  for (PetscInt i = 0; i < 6; i++) PetscCall(PetscFree(s->E[i]));
  PetscCall(PetscFree(s->degrees));
  PetscCall(PetscFree2(s->columns, s->products));
  PetscCall(PetscFree(s->offset));
  PetscCall(PetscFree(s));
  PetscFunctionReturn(0);
}

PETSC_INTERN PetscErrorCode HypSpaceCreate_Simplex(HypSpace space)
{
  Simplex *s;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&s));
  space->data              = s;
  space->takesdegree       = PETSC_TRUE;
  space->most              = 16;
  space->ops->setup        = HypSpaceSetUp_Simplex;
  space->ops->resized      = SimplexResized;
  space->ops->prolong      = SimplexProlong;
  space->ops->describe     = SimplexDescribe;
  space->ops->reach        = SimplexReach;
  space->ops->markedge     = SimplexMarkEdge;
  space->ops->tail         = SimplexTail;
  space->ops->thetas       = SimplexThetas;
  space->ops->derivative   = SimplexDerivative;
  space->ops->perturbation = SimplexPerturbation;
  space->ops->generator    = SimplexGenerator;
  space->ops->flow         = SimplexFlow;
  space->ops->invertible   = SimplexInvertible;
  space->ops->inverse      = SimplexInverse;
  space->ops->project      = SimplexProject;
  space->ops->projecttheta = SimplexProjectTheta;
  space->ops->projectpairs = SimplexProjectPairs;
  space->ops->gaussian     = SimplexGaussian;
  space->ops->point        = HypSpacePoint_Simplex;
  space->ops->modes        = SimplexModes;
  space->ops->marginal     = SimplexMarginal;
  space->ops->plane        = SimplexPlane;
  space->ops->basis        = SimplexBasis;
  space->ops->nodecount    = SimplexNodeCount;
  space->ops->nodes        = SimplexNodes;
  space->ops->destroy      = HypSpaceDestroy_Simplex;
  PetscFunctionReturn(0);
}
