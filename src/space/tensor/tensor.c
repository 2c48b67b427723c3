#include "space/tensor/tensor.h"

/* Natural v index -> PETSc's DMDA numbering, without the x block */
static PetscErrorCode TensorNumbering(HypSpace space)
{
  Tensor        *t    = (Tensor *)space->data;
  const PetscInt n    = HypAxisGetSize(space->v), *own[3];
  PetscInt       p[3] = {1, 1, 1}, offset = 0, natural[3], low[3] = {0, 0, 0};

  PetscFunctionBeginUser;
  PetscCall(DMDAGetInfo(t->da, NULL, NULL, NULL, NULL, &p[0], &p[1], &p[2], NULL, NULL, NULL, NULL,
                        NULL, NULL));
  PetscCall(DMDAGetOwnershipRanges(t->da, &own[0], &own[1], &own[2]));
  PetscCall(PetscMalloc1(t->nv, &t->global));
  for (PetscInt r2 = 0; r2<p[2]; r2++, low[2] += t->d> 2 ? own[2][r2 - 1] : 1) {
    const PetscInt c2 = t->d > 2 ? own[2][r2] : 1;

    low[1] = 0;
    for (PetscInt r1 = 0; r1 < p[1]; r1++) {
      const PetscInt c1 = t->d > 1 ? own[1][r1] : 1;

      low[0] = 0;
      for (PetscInt r0 = 0; r0 < p[0]; r0++) {
        for (natural[2] = low[2]; natural[2] < low[2] + c2; natural[2]++) {
          for (natural[1] = low[1]; natural[1] < low[1] + c1; natural[1]++) {
            for (natural[0] = low[0]; natural[0] < low[0] + own[0][r0]; natural[0]++)
              t->global[(natural[2] * n + natural[1]) * n + natural[0]] = offset++;
          }
        }
        low[0] += own[0][r0];
      }
      low[1] += c1;
    }
  }
  PetscFunctionReturn(0);
}

/* Axes of one space differ in their weights only: what is indexed and shown by nodes is common */
static PetscErrorCode CheckOwn(HypSpace space, HypAxis own)
{
  PetscBool same;

  PetscFunctionBeginUser;
  PetscCall(HypAxisSetUp(own));
  same = (PetscBool)(!strcmp(HypAxisGetType(own), HypAxisGetType(space->x)) &&
                     HypAxisGetSize(own) == HypAxisGetSize(space->x));
  for (PetscInt k = 0; same && HypAxisIsGrid(own) && k < HypAxisGetSize(own); k++)
    same = (PetscBool)(HypAxisGetNodes(own)[k] == HypAxisGetNodes(space->x)[k]);
  PetscCheck(same, space->comm, PETSC_ERR_ARG_INCOMP,
             "the x axes of one space differ in their weights only, but here in type, size or "
             "nodes; give axis_x_width or axis_x_mesh");
  PetscFunctionReturn(0);
}

static PetscErrorCode HypSpaceSetUp_Tensor(HypSpace space)
{
  Tensor              *t    = (Tensor *)space->data;
  const DMBoundaryType none = DM_BOUNDARY_NONE;
  PetscInt             n;
  PetscMPIInt          size, along[3] = {0, 0, 0};
  PetscReal            total;

  PetscFunctionBeginUser;
  PetscCheck(space->x && space->v, space->comm, PETSC_ERR_ARG_WRONGSTATE,
             "call HypSpaceSetAxes() first");
  PetscCall(HypAxisSetUp(space->x));
  PetscCall(HypAxisSetUp(space->v));
  for (PetscInt i = 0; i < 3; i++)
    if (space->own[i]) PetscCall(CheckOwn(space, space->own[i]));
  PetscCallMPI(MPI_Comm_size(space->comm, &size));
  n     = HypAxisGetSize(space->v);
  t->d  = HypModelDimension(space->model);
  total = PetscPowRealInt((PetscReal)n, t->d) *
          PetscPowRealInt((PetscReal)HypAxisGetSize(space->x), t->d);
  PetscCall(
    HypCheckCount(space->comm, total, "unknowns", "lower axis_x_n and axis_v_n", &space->n));
  PetscCall(HypSpaceCheckRoom(
    space, total, 9)); /* what every run holds: 1, F, h, its operator's work, a checkpoint */
  if (HypModelPerturbed(space->model) && !(HypAxisIsGrid(space->x) && HypAxisIsGrid(space->v)))
    PetscCall(TensorNodesCheck(space));
  PetscCallMPI(MPI_Dims_create(size, (int)t->d,
                               along)); /* DMDA, too, divides the coordinates as evenly as it can */
  PetscCheck(
    along[0] <= n, space->comm, PETSC_ERR_ARG_SIZ,
    "%d ranks put %d of them along one velocity coordinate, which has axis_v_n = %" PetscInt_FMT
    " indices; use fewer ranks, or a number with smaller factors",
    size, along[0], n);
  t->nv    = TensorPower(n, t->d);
  t->block = TensorPower(HypAxisGetSize(space->x), t->d);
  if (t->d == 1) PetscCall(DMDACreate1d(space->comm, none, n, t->block, 1, NULL, &t->da));
  if (t->d == 2)
    PetscCall(DMDACreate2d(space->comm, none, none, DMDA_STENCIL_STAR, n, n, PETSC_DECIDE,
                           PETSC_DECIDE, t->block, 1, NULL, NULL, &t->da));
  if (t->d == 3)
    PetscCall(DMDACreate3d(space->comm, none, none, none, DMDA_STENCIL_STAR, n, n, n, PETSC_DECIDE,
                           PETSC_DECIDE, PETSC_DECIDE, t->block, 1, NULL, NULL, NULL, &t->da));
  PetscCall(DMSetUp(t->da));
  PetscCall(DMDAGetCorners(t->da, &t->start[0], &t->start[1], &t->start[2], &t->count[0],
                           &t->count[1], &t->count[2]));
  t->local = t->count[0] * t->count[1] * t->count[2];
  PetscCall(TensorNumbering(space));
  PetscCall(TensorLinesCreate(space, t->block, &t->lines));
  PetscCall(TensorExtent(space));
  PetscCall(TensorVecCreate(space, &space->one));
  PetscCall(HypSpaceModes(space, (const PetscInt[]){0, 0, 0, 0, 0, 0}, 1.0, space->one));
  PetscFunctionReturn(0);
}

/* Coefficients of a product of one-dimensional functions,
   f_c given by its coefficients along every coordinate; added to u */
static PetscErrorCode TensorAddProduct(HypSpace space, PetscScalar *const f[], PetscReal amplitude,
                                       Vec u)
{
  const Tensor  *t  = (Tensor *)space->data;
  const PetscInt nx = HypAxisGetSize(space->x), d = t->d;
  PetscScalar   *array;
  PetscInt       row = 0;

  PetscFunctionBeginUser;
  PetscCall(VecGetArray(u, &array));
  for (PetscInt v2 = t->start[2]; v2 < t->start[2] + t->count[2]; v2++) {
    for (PetscInt v1 = t->start[1]; v1 < t->start[1] + t->count[1]; v1++) {
      for (PetscInt v0 = t->start[0]; v0 < t->start[0] + t->count[0]; v0++, row++) {
        const PetscScalar fv =
          amplitude * f[d][v0] * (d > 1 ? f[d + 1][v1] : 1) * (d > 2 ? f[d + 2][v2] : 1);

        for (PetscInt j = 0; j < t->block; j++) {
          PetscScalar product = fv;

          for (PetscInt i = 0, rest = j; i < d; i++, rest /= nx) product *= f[i][rest % nx];
          array[row * t->block + j] += product;
        }
      }
    }
  }
  PetscCall(VecRestoreArray(u, &array));
  PetscFunctionReturn(0);
}

/* u += amplitude f_1 ... f_2d where fill() gives the coefficients of f_c on its axis */
static PetscErrorCode TensorProduct(HypSpace space,
                                    PetscErrorCode (*fill)(HypAxis, PetscReal, PetscScalar[]),
                                    const PetscReal parameter[], PetscReal amplitude, Vec u)
{
  PetscScalar   *f[6];
  const PetscInt d = HypModelDimension(space->model);

  PetscFunctionBeginUser;
  for (PetscInt c = 0; c < 2 * d; c++) {
    HypAxis axis = TensorAxis(space, c);

    PetscCall(PetscMalloc1(HypAxisGetSize(axis), &f[c]));
    PetscCall(fill(axis, parameter[c], f[c]));
  }
  PetscCall(TensorAddProduct(space, f, amplitude, u));
  for (PetscInt c = 0; c < 2 * d; c++) PetscCall(PetscFree(f[c]));
  PetscFunctionReturn(0);
}

/* H_k on an axis: exact on hermite, point values on a grid */
static PetscErrorCode FillMode(HypAxis axis, PetscReal degree, PetscScalar f[])
{
  const PetscInt k = (PetscInt)degree;
  PetscReal     *H;

  PetscFunctionBeginUser;
  PetscCheck(HypAxisIsGrid(axis) || k < HypAxisGetSize(axis), HypAxisGetComm(axis),
             PETSC_ERR_ARG_OUTOFRANGE,
             "initial_modes: degree %" PetscInt_FMT " asked for, at most %" PetscInt_FMT
             " allowed on this hermite axis",
             k, HypAxisGetSize(axis) - 1);
  if (k == 0) {
    PetscCall(PetscArraycpy(f, HypAxisGetOne(axis), HypAxisGetSize(axis)));
  } else if (!HypAxisIsGrid(axis)) {
    PetscCall(PetscArrayzero(f, HypAxisGetSize(axis)));
    f[k] = 1;
  } else {
    PetscCall(PetscMalloc1(k + 1, &H));
    for (PetscInt j = 0; j < HypAxisGetSize(axis); j++) {
      HypHermiteFunctions(k + 1, HypAxisGetNodes(axis)[j], HypAxisGetOne(axis)[j], H);
      f[j] = H[k];
    }
    PetscCall(PetscFree(H));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode HypSpaceModes_Tensor(HypSpace space, const PetscInt n[], PetscReal amplitude,
                                           Vec u)
{
  PetscReal degree[6];

  PetscFunctionBeginUser;
  for (PetscInt c = 0; c < 2 * HypModelDimension(space->model); c++) degree[c] = (PetscReal)n[c];
  PetscCall(TensorProduct(space, FillMode, degree, amplitude, u));
  PetscFunctionReturn(0);
}

static PetscErrorCode HypSpacePoint_Tensor(HypSpace space, const PetscReal z[], Vec u)
{
  PetscFunctionBeginUser;
  for (PetscInt c = 0; c < 2 * HypModelDimension(space->model); c++) {
    HypAxis axis = TensorAxis(space, c);

    PetscCheck(
      PetscAbsReal(z[c]) <= HypAxisGetWidth(axis), space->comm, PETSC_ERR_ARG_OUTOFRANGE,
      "initial_mean: the point lies %g standard deviations out along %s, the box ends at %g",
      (double)PetscAbsReal(z[c]), HypAxisGetName(axis), (double)HypAxisGetWidth(axis));
  }
  PetscCall(VecSet(u, 0));
  PetscCall(TensorProduct(space, HypAxisEvaluate, z, 1.0, u));
  PetscFunctionReturn(0);
}

static PetscErrorCode HypSpaceLaplacian_Tensor(HypSpace space, PetscInt c, HypForm form, Mat *A)
{
  PetscBool has;

  PetscFunctionBeginUser;
  *A = NULL;
  PetscCall(HypAxisHas(TensorAxis(space, c), HYP_LAPLACIAN, &has));
  if (has) PetscCall(TensorMatrix(space, c, HYP_LAPLACIAN, form, A));
  PetscFunctionReturn(0);
}

static PetscErrorCode HypSpaceDissipation_Tensor(HypSpace space, PetscInt c, HypForm form, Mat *A)
{
  PetscBool has;

  PetscFunctionBeginUser;
  *A = NULL;
  PetscCall(HypAxisHas(space->x, HYP_DISSIPATION, &has));
  if (has && HypAxisGetStabilisation(space->x) > 0)
    PetscCall(TensorMatrix(space, c, HYP_DISSIPATION, form, A));
  PetscFunctionReturn(0);
}

static PetscErrorCode HypSpaceDerivative_Tensor(HypSpace space, PetscInt c, HypForm form, Mat *A)
{
  PetscFunctionBeginUser;
  PetscCall(TensorMatrix(space, c, HYP_LOWER, form, A));
  PetscFunctionReturn(0);
}

static PetscErrorCode HypSpaceDestroy_Tensor(HypSpace space)
{
  Tensor *t = (Tensor *)space->data;

  PetscFunctionBeginUser;
  PetscCall(TensorFusedDestroy(&t->fused));
  PetscCall(TensorSolveDestroy(&t->solve));
  PetscCall(TensorLinesDestroy(&t->lines));
  PetscCall(DMDestroy(&t->da));
  PetscCall(PetscFree(t->global));
  PetscCall(PetscFree(t));
  PetscFunctionReturn(0);
}

PETSC_INTERN PetscErrorCode HypSpaceCreate_Tensor(HypSpace space)
{
  Tensor *t;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&t));
  space->data              = t;
  space->takesaxes         = PETSC_TRUE;
  space->ops->setup        = HypSpaceSetUp_Tensor;
  space->ops->resized      = TensorResized;
  space->ops->prolong      = TensorProlong;
  space->ops->describe     = TensorDescribe;
  space->ops->reach        = TensorReach;
  space->ops->markedge     = TensorMarkEdge;
  space->ops->thetas       = TensorThetas;
  space->ops->derivative   = HypSpaceDerivative_Tensor;
  space->ops->laplacian    = HypSpaceLaplacian_Tensor;
  space->ops->dissipation  = HypSpaceDissipation_Tensor;
  space->ops->perturbation = TensorPerturbation;
  space->ops->positive     = TensorPositive;
  space->ops->generator    = TensorGenerator;
  space->ops->solveL       = TensorSolveL;
  space->ops->project      = TensorOverNodes;
  space->ops->point        = HypSpacePoint_Tensor;
  space->ops->modes        = HypSpaceModes_Tensor;
  space->ops->marginal     = TensorMarginal;
  space->ops->plane        = TensorPlane;
  space->ops->basis        = TensorBasis;
  space->ops->nodecount    = TensorNodeCount;
  space->ops->nodes        = TensorNodes;
  space->ops->destroy      = HypSpaceDestroy_Tensor;
  PetscFunctionReturn(0);
}
