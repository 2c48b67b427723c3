/*
   A whole space in one file: Hermite functions H_a(X) H_b(V) with a + b <= N, in d = 1.
   The simplex space spans the same functions in rotated coordinates,
   so that all its numbers are to be found here again.
*/
#include "toyspace.h"
#include <hypoco/spaceimpl.h>

enum { MOST = 65 }; /* functions of one variable at most */

typedef struct {
  PetscReal degree;
} Toy;

/* Unknown of (a, b), by degree; negative beyond degree N, which MatSetValues() leaves out */
static PetscInt Unknown(HypSpace space, PetscInt a, PetscInt b)
{
  const PetscInt k = a + b;

  return k > space->degree ? -1 : k * (k + 1) / 2 + b;
}

static PetscErrorCode ToySetUp(HypSpace space)
{
  PetscFunctionBeginUser;
  if (space->degree == PETSC_DETERMINE) space->degree = 12;
  PetscCheck(HypModelDimension(space->model) == 1 && space->degree < MOST, space->comm,
             PETSC_ERR_ARG_OUTOFRANGE, "the toy space has d = 1 and degrees below %d", MOST);
  space->n          = Unknown(space, 0, space->degree) + 1;
  space->dimensions = "coefficient";
  space->edge       = "in the highest degrees";
  space->advice     = "raise space_degree";
  space->sparse     = PETSC_TRUE;
  space->affordable = 2000;
  PetscCall(VecCreateMPI(space->comm, PETSC_DECIDE, space->n, &space->one));
  PetscCall(VecSetValue(space->one, 0, 1, INSERT_VALUES));
  PetscCall(VecAssemblyBegin(space->one));
  PetscCall(VecAssemblyEnd(space->one));
  PetscFunctionReturn(0);
}

static PetscErrorCode ToyDestroy(HypSpace space)
{
  PetscFunctionBeginUser;
  PetscCall(PetscFree(space->data));
  PetscFunctionReturn(0);
}

static PetscErrorCode ToyResized(HypSpace space, PetscInt times, PetscInt over, HypSpace other)
{
  PetscFunctionBeginUser;
  PetscCall(HypSpaceSetDegree(other, times * space->degree / over));
  PetscFunctionReturn(0);
}

static PetscErrorCode ToyDescribe(HypSpace space)
{
  Toy              *toy    = (Toy *)space->data;
  const HypProperty degree = {"space", "degree", PETSC_TRUE,  HYP_PROPERTY_INTEGER,
                              NULL,    1,        &toy->degree};

  PetscFunctionBeginUser;
  toy->degree = (PetscReal)space->degree;
  PetscCall(HypSpaceDescribe(space, &degree));
  PetscFunctionReturn(0);
}

static PetscErrorCode ToyCreateMat(HypSpace space, Mat *A)
{
  PetscInt local;

  PetscFunctionBeginUser;
  PetscCall(VecGetLocalSize(space->one, &local));
  PetscCall(
    MatCreateAIJ(space->comm, local, local, space->n, space->n, space->n, NULL, space->n, NULL, A));
  PetscFunctionReturn(0);
}

static PetscErrorCode ToyAssemble(Mat A)
{
  PetscFunctionBeginUser;
  PetscCall(MatAssemblyBegin(A, MAT_FINAL_ASSEMBLY));
  PetscCall(MatAssemblyEnd(A, MAT_FINAL_ASSEMBLY));
  PetscFunctionReturn(0);
}

/* The ladders: row (a, b) of a_X takes sqrt(a + 1) of (a + 1, b) */
static PetscErrorCode ToyDerivative(HypSpace space, PetscInt c, HypForm form, Mat *A)
{
  PetscFunctionBeginUser;
  (void)form;
  PetscCall(ToyCreateMat(space, A));
  for (PetscInt a = 0; a <= space->degree; a++) {
    for (PetscInt b = 0; a + b <= space->degree; b++) {
      const PetscInt    row = Unknown(space, a, b), from = Unknown(space, a + !c, b + c);
      const PetscScalar value = PetscSqrtReal((PetscReal)(c ? b + 1 : a + 1));

      PetscCall(MatSetValues(*A, 1, &row, 1, &from, &value, INSERT_VALUES));
    }
  }
  PetscCall(ToyAssemble(*A));
  PetscFunctionReturn(0);
}

/* All functions at z, times a factor */
static void Values(HypSpace space, const PetscReal z[], PetscReal factor, PetscScalar phi[])
{
  PetscReal H[2][MOST];

  for (int c = 0; c < 2; c++) HypHermiteFunctions(space->degree + 1, z[c], 1, H[c]);
  for (PetscInt a = 0; a <= space->degree; a++) {
    for (PetscInt b = 0; a + b <= space->degree; b++)
      phi[Unknown(space, a, b)] = factor * H[0][a] * H[1][b];
  }
}

/* Calls fn with each node of a quadrature of (X, V) and the functions there, times the weight */
static PetscErrorCode Quadrature(HypSpace space,
                                 PetscErrorCode (*fn)(HypSpace, const PetscReal z[],
                                                      const PetscScalar phi[], PetscReal weight,
                                                      void *),
                                 void *ctx)
{
  enum { Q = 2 * MOST };
  PetscReal    nodes[Q], weights[Q];
  PetscScalar *phi;

  PetscFunctionBeginUser;
  PetscCall(HypGaussHermite(Q, nodes, weights));
  PetscCall(PetscMalloc1(space->n, &phi));
  for (int j = 0; j < Q; j++) {
    for (int k = 0; k < Q; k++) {
      const PetscReal z[2] = {nodes[j], nodes[k]};

      Values(space, z, 1, phi);
      PetscCall(fn(space, z, phi, weights[j] * weights[k], ctx));
    }
  }
  PetscCall(PetscFree(phi));
  PetscFunctionReturn(0);
}

static PetscErrorCode AddPerturbation(HypSpace space, const PetscReal z[], const PetscScalar phi[],
                                      PetscReal weight, void *ctx)
{
  PetscScalar *E = (PetscScalar *)ctx;
  PetscReal    theta[1], eps[1];

  PetscFunctionBeginUser;
  HypModelToTheta(space->model, z, theta, NULL);
  PetscCall(HypModelPerturbation(space->model, theta, eps));
  for (PetscInt k = 0; k < space->n; k++) {
    for (PetscInt l = 0; l < space->n; l++)
      E[k * space->n + l] += weight * eps[0] * phi[k] * phi[l];
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode ToyPerturbation(HypSpace space, PetscInt i, HypForm form, Mat *A)
{
  PetscScalar *E;
  PetscInt    *all, first, last;

  PetscFunctionBeginUser;
  (void)i, (void)form;
  PetscCall(PetscCalloc2(space->n * space->n, &E, space->n, &all));
  PetscCall(Quadrature(space, AddPerturbation, E));
  for (PetscInt k = 0; k < space->n; k++) all[k] = k;
  PetscCall(ToyCreateMat(space, A));
  PetscCall(VecGetOwnershipRange(space->one, &first, &last));
  for (PetscInt k = first; k < last; k++)
    PetscCall(MatSetValues(*A, 1, &k, space->n, all, E + k * space->n, INSERT_VALUES));
  PetscCall(ToyAssemble(*A));
  PetscCall(PetscFree2(E, all));
  PetscFunctionReturn(0);
}

static PetscErrorCode ToyReach(HypSpace space, PetscReal *reach)
{
  PetscFunctionBeginUser;
  *reach = 2 * PetscSqrtReal((PetscReal)space->degree + 1);
  PetscFunctionReturn(0);
}

/* The two highest degrees */
static PetscErrorCode ToyMarkEdge(HypSpace space, Vec edge)
{
  PetscFunctionBeginUser;
  for (PetscInt k = Unknown(space, space->degree - 1, 0); k < space->n; k++)
    PetscCall(VecSetValue(edge, k, 1, INSERT_VALUES));
  PetscCall(VecAssemblyBegin(edge));
  PetscCall(VecAssemblyEnd(edge));
  PetscFunctionReturn(0);
}

/* u = or += c, which every rank has all of */
static PetscErrorCode Put(HypSpace space, const PetscScalar c[], InsertMode mode, Vec u)
{
  PetscInt first, last;

  PetscFunctionBeginUser;
  PetscCall(VecGetOwnershipRange(u, &first, &last));
  for (PetscInt k = first; k < last; k++) PetscCall(VecSetValue(u, k, c[k], mode));
  PetscCall(VecAssemblyBegin(u));
  PetscCall(VecAssemblyEnd(u));
  (void)space;
  PetscFunctionReturn(0);
}

typedef struct {
  HypPhaseFn   fn;
  void        *ctx;
  PetscScalar *c;
} Projection;

static PetscErrorCode AddProjection(HypSpace space, const PetscReal z[], const PetscScalar phi[],
                                    PetscReal weight, void *ctx)
{
  Projection *p = (Projection *)ctx;
  PetscReal   u;

  PetscFunctionBeginUser;
  PetscCall(p->fn(1, z, &u, p->ctx));
  for (PetscInt k = 0; k < space->n; k++) p->c[k] += weight * u * phi[k];
  PetscFunctionReturn(0);
}

static PetscErrorCode ToyProject(HypSpace space, HypPhaseFn fn, void *ctx, Vec u)
{
  Projection p = {fn, ctx, NULL};

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc1(space->n, &p.c));
  PetscCall(Quadrature(space, AddProjection, &p));
  PetscCall(Put(space, p.c, INSERT_VALUES, u));
  PetscCall(PetscFree(p.c));
  PetscFunctionReturn(0);
}

static PetscErrorCode ToyPoint(HypSpace space, const PetscReal z[], Vec u)
{
  PetscScalar *phi;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(space->n, &phi));
  Values(space, z, 1, phi);
  PetscCall(Put(space, phi, INSERT_VALUES, u));
  PetscCall(PetscFree(phi));
  PetscFunctionReturn(0);
}

static PetscErrorCode ToyModes(HypSpace space, const PetscInt n[], PetscReal amplitude, Vec u)
{
  PetscScalar *c;

  PetscFunctionBeginUser;
  PetscCheck(Unknown(space, n[0], n[1]) >= 0, space->comm, PETSC_ERR_ARG_OUTOFRANGE,
             "initial_modes: a degree above %" PetscInt_FMT, space->degree);
  PetscCall(PetscCalloc1(space->n, &c));
  c[Unknown(space, n[0], n[1])] = amplitude;
  PetscCall(Put(space, c, ADD_VALUES, u));
  PetscCall(PetscFree(c));
  PetscFunctionReturn(0);
}

static PetscErrorCode ToyMarginal(HypSpace space, PetscInt i, Vec u, PetscInt nX,
                                  const PetscReal X[], PetscInt nV, const PetscReal V[],
                                  PetscReal values[])
{
  const PetscScalar *c;
  PetscScalar       *phi;
  PetscInt           first, last;

  PetscFunctionBeginUser;
  (void)i;
  PetscCall(PetscMalloc1(space->n, &phi));
  PetscCall(VecGetOwnershipRange(u, &first, &last));
  PetscCall(VecGetArrayRead(u, &c));
  for (PetscInt k = 0; k < nX * nV; k++) {
    const PetscReal z[2] = {X[k % nX], V[k / nX]};

    Values(space, z, 1, phi);
    values[k] = 0;
    for (PetscInt l = first; l < last; l++) values[k] += phi[l] * c[l - first];
  }
  PetscCall(VecRestoreArrayRead(u, &c));
  PetscCallMPI(
    MPI_Allreduce(MPI_IN_PLACE, values, (PetscMPIInt)(nX * nV), MPIU_REAL, MPIU_SUM, space->comm));
  PetscCall(PetscFree(phi));
  PetscFunctionReturn(0);
}

static PetscErrorCode ToyCreate(HypSpace space)
{
  Toy *toy;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&toy));
  space->data              = toy;
  space->takesdegree       = PETSC_TRUE;
  space->ops->setup        = ToySetUp;
  space->ops->destroy      = ToyDestroy;
  space->ops->resized      = ToyResized;
  space->ops->describe     = ToyDescribe;
  space->ops->derivative   = ToyDerivative;
  space->ops->perturbation = ToyPerturbation;
  space->ops->reach        = ToyReach;
  space->ops->markedge     = ToyMarkEdge;
  space->ops->project      = ToyProject;
  space->ops->point        = ToyPoint;
  space->ops->modes        = ToyModes;
  space->ops->marginal     = ToyMarginal;
  PetscFunctionReturn(0);
}

PetscErrorCode ToyRegister(void)
{
  PetscFunctionBeginUser;
  PetscCall(HypSpaceRegister("toy", ToyCreate));
  PetscFunctionReturn(0);
}
