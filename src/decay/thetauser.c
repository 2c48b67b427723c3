/*
   The densities of theta_i in the user's coordinates, where the Hessian's axes are others.

   theta_i = a.z in z = (X, V); with sd = |a| and xi = theta_i/sd, which is N(0, 1) under M,
   and the orthonormal Hermite polynomials he_n,

       rho(theta_i) = phi(xi)/sd sum_n he_n(xi) <u, he_n(a.z/sd)>.

   On Hermite functions he_n(a.z/sd) = (sum_c (a_c/sd) A_c^T)^n 1/sqrt(n!), A_c the derivatives:
   exact as far as the space goes.  On grids it is projected.
*/
#include <hypoco/observable.h>
#include <hypoco/thetadensity.h>
#include <math.h>

enum { TERMS = HYP_THETA_TERMS / 2 };

#define MOST (1 << 24) /* numbers in all the functions */

struct _p_HypThetaUser {
  PetscInt   d, n, terms;
  Vec       *phi; /* [d][terms] */
  PetscReal *W;   /* [d][n][terms]: phi(xi)/sd he_n(xi) */
};

typedef struct {
  HypModel  model;
  PetscInt  i, n;
  PetscReal sd;
} Function;

/* he_0(x), ..., he_{n-1}(x) */
static void Hermite(PetscInt n, PetscReal x, PetscReal he[])
{
  he[0] = 1;
  if (n > 1) he[1] = x;
  for (PetscInt k = 1; k + 1 < n; k++)
    he[k + 1] =
      (x * he[k] - PetscSqrtReal((PetscReal)k) * he[k - 1]) / PetscSqrtReal((PetscReal)(k + 1));
}

static PetscErrorCode UserTheta(HypModel model, const PetscReal z[], PetscReal theta[])
{
  PetscReal y[HYP_MAX_D];

  PetscFunctionBeginUser;
  HypModelToTheta(model, z, theta, y);
  PetscCall(HypModelToUser(model, 1, theta, theta));
  PetscFunctionReturn(0);
}

static PetscErrorCode Evaluate(PetscInt d, const PetscReal z[], PetscReal *u, void *ctx)
{
  const Function *at = (const Function *)ctx;
  PetscReal       theta[HYP_MAX_D], he[TERMS];

  PetscFunctionBeginUser;
  (void)d;
  PetscCall(UserTheta(at->model, z, theta));
  Hermite(at->n + 1, theta[at->i] / at->sd, he);
  *u = he[at->n];
  PetscFunctionReturn(0);
}

/* phi_n = sum_c (a_c/sd) A_c^T phi_{n-1}/sqrt(n), from phi_0 = 1 */
static PetscErrorCode Raise(HypSpace space, PetscInt terms, const Mat A[], const PetscReal a[],
                            PetscReal sd, Vec phi[])
{
  const PetscInt d = HypModelDimension(HypSpaceGetModel(space));
  Vec            work;

  PetscFunctionBeginUser;
  PetscCall(VecCopy(HypSpaceGetOne(space), phi[0]));
  PetscCall(VecDuplicate(phi[0], &work));
  for (PetscInt n = 1; n < terms; n++) {
    PetscCall(VecSet(phi[n], 0));
    for (PetscInt c = 0; c < 2 * d; c++) {
      if (a[c] == 0) continue;
      PetscCall(MatMultTranspose(A[c], phi[n - 1], work));
      PetscCall(VecAXPY(phi[n], a[c] / (sd * PetscSqrtReal((PetscReal)n)), work));
    }
  }
  PetscCall(VecDestroy(&work));
  PetscFunctionReturn(0);
}

/* The functions of all theta_i */
static PetscErrorCode Functions(HypSpace space, HypThetaUser t)
{
  HypModel       model = HypSpaceGetModel(space);
  const PetscInt n     = 2 * t->d;
  PetscReal      a[2 * HYP_MAX_D][HYP_MAX_D], one[2 * HYP_MAX_D];
  Mat            A[2 * HYP_MAX_D];

  PetscFunctionBeginUser;
  for (PetscInt c = 0; c < n; c++) {
    PetscReal z[2 * HYP_MAX_D] = {0};

    z[c] = 1;
    PetscCall(UserTheta(model, z, a[c]));
    if (HypSpaceIsHermite(space)) PetscCall(HypSpaceDerivative(space, c, HYP_MATRIX_FREE, &A[c]));
  }
  for (PetscInt i = 0; i < t->d; i++) {
    const PetscReal sd  = HypModelDeviation(model, i);
    Vec            *phi = t->phi + i * t->terms;

    for (PetscInt k = 0; k < t->terms; k++) PetscCall(HypSpaceCreateVec(space, &phi[k]));
    for (PetscInt c = 0; c < n; c++) one[c] = a[c][i];
    if (HypSpaceIsHermite(space)) {
      PetscCall(Raise(space, t->terms, A, one, sd, phi));
      continue;
    }
    for (PetscInt k = 0; k < t->terms; k++)
      PetscCall(HypSpaceProjectTheta(
        space, Evaluate, &(Function){.model = model, .i = i, .n = k, .sd = sd}, phi[k]));
  }
  for (PetscInt c = 0; c < n && HypSpaceIsHermite(space); c++) PetscCall(MatDestroy(&A[c]));
  PetscFunctionReturn(0);
}

static PetscInt Terms(HypSpace space)
{
  return HypSpaceTakesDegree(space) ? PetscMin(HypSpaceGetDegree(space) + 1, TERMS) : TERMS;
}

/*@
  HypThetaUserFits - Do the functions of HypThetaUserCreate() need less than 128 MB?

  Not collective

  Input Parameter:
. space - the space

  Level: intermediate

.seealso: HypThetaUserCreate()
@*/
PetscBool HypThetaUserFits(HypSpace space)
{
  const PetscInt d = HypModelDimension(HypSpaceGetModel(space));

  return HypSpaceGetSize(space) <= MOST / (d * Terms(space)) ? PETSC_TRUE : PETSC_FALSE;
}

/*@
  HypThetaUserCreate - Prepares densities of the user's theta_i at given points

  Collective

  Input Parameters:
+ space - the space
. n     - number of points
- grid  - theta_i in its standard deviations under M, the same for every i

  Output Parameter:
. t - free with HypThetaUserDestroy(); NULL where the model's coordinates are the user's
  (HypThetaDensityCreate() is about them then), or where HypThetaUserFits() says no

  Level: intermediate

.seealso: HypThetaUserFits(), HypThetaUserCompute(), HypModelDeviation()
@*/
PetscErrorCode HypThetaUserCreate(HypSpace space, PetscInt n, const PetscReal grid[],
                                  HypThetaUser *t)
{
  HypModel       model = HypSpaceGetModel(space);
  const PetscInt d = HypModelDimension(model), terms = Terms(space);

  PetscFunctionBeginUser;
  *t = NULL;
  if (!HypModelDirections(model) || !HypThetaUserFits(space)) PetscFunctionReturn(0);
  PetscCall(PetscNew(t));
  (*t)->d     = d;
  (*t)->n     = n;
  (*t)->terms = terms;
  PetscCall(PetscMalloc2(d * terms, &(*t)->phi, d * n * terms, &(*t)->W));
  PetscCall(Functions(space, *t));
  for (PetscInt k = 0; k < d * n; k++) {
    PetscReal *row = (*t)->W + k * terms;

    Hermite(terms, grid[k % n], row);
    for (PetscInt m = 0; m < terms; m++)
      row[m] *= HypNormalDensity(grid[k % n]) / HypModelDeviation(model, k / n);
  }
  PetscFunctionReturn(0);
}

/*@
  HypThetaUserCompute - The densities of all of the user's theta_i

  Collective

  Input Parameters:
+ t - from HypThetaUserCreate()
- u - g/M

  Output Parameter:
. density - density[i n + j] of theta_i at the j-th point, in units of 1/theta;
  the same on every rank

  Level: intermediate

.seealso: HypThetaDensityCompute()
@*/
PetscErrorCode HypThetaUserCompute(HypThetaUser t, Vec u, PetscReal density[])
{
  PetscScalar c[TERMS];

  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < t->d; i++) {
    PetscCall(VecMDot(u, t->terms, t->phi + i * t->terms, c));
    for (PetscInt j = 0; j < t->n; j++) {
      const PetscReal *row = t->W + (i * t->n + j) * t->terms;

      density[i * t->n + j] = 0;
      for (PetscInt m = 0; m < t->terms; m++) density[i * t->n + j] += PetscRealPart(c[m]) * row[m];
    }
  }
  PetscFunctionReturn(0);
}

/*@
  HypThetaUserDestroy - Frees what HypThetaUserCreate() made

  Collective

  Input Parameter:
. t - NULL on return

  Level: intermediate

.seealso: HypThetaUserCreate()
@*/
PetscErrorCode HypThetaUserDestroy(HypThetaUser *t)
{
  PetscFunctionBeginUser;
  if (!*t) PetscFunctionReturn(0);
  for (PetscInt k = 0; k < (*t)->d * (*t)->terms; k++) PetscCall(VecDestroy(&(*t)->phi[k]));
  PetscCall(PetscFree2((*t)->phi, (*t)->W));
  PetscCall(PetscFree(*t));
  PetscFunctionReturn(0);
}
