/*
   What an algorithm would report, from the equation:
   E theta_i, E theta_i^2, E y_i, E f and the law of theta_i.

   The density g is u M with u = h + F/M, so that E phi = <u, phi> in L2(M):
   an inner product of coefficients with those of phi, which are found once.
   With xi = theta_i/sd, which is N(0, 1) under M, and the orthonormal Hermite polynomials,
   the law of theta_i has the density sum_n c_n he_n(xi) phi(xi)/sd, c_n = <u, he_n(xi)>,
   and the distribution function Phi(xi) - phi(xi) sum_{n>0} c_n he_{n-1}(xi)/sqrt(n).
*/
#include <hypoco/observable.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_integration.h>

typedef enum { THETA, THETA2, Y, LOSS, HERMITE } Kind;

typedef struct {
  HypModel  model;
  Kind      kind;
  PetscInt  i, n; /* coordinate; degree */
  PetscReal sd;
} Phi;

/* he_n(x), orthonormal under N(0, 1): he_{k+1} = (x he_k - sqrt(k) he_{k-1})/sqrt(k+1) */
static PetscReal Hermite(PetscInt n, PetscReal x)
{
  PetscReal before = 0, now = 1;

  for (PetscInt k = 0; k < n; k++) {
    const PetscReal next =
      (x * now - PetscSqrtReal((PetscReal)k) * before) / PetscSqrtReal((PetscReal)(k + 1));

    before = now;
    now    = next;
  }
  return now;
}

/*@
  HypModelPotential - The loss f(theta) - f(0) whose gradient drives the equation, at many points

  Not collective

  Input Parameters:
+ model - the model; its force must be a gradient (it is in one dimension)
. lanes - number of points
- theta - theta[i*lanes + l], coordinate i of point l, along the model's axes

  Output Parameter:
. f - sum_i w_i^2 theta_i^2/2 + int_0^1 eps(s theta).theta ds, one number per point

  Level: intermediate

  Notes:
  Gauss-Legendre quadrature with 32 points along the ray:
  exact to rounding for smooth eps over the range of a run.
@*/
PetscErrorCode HypModelPotential(HypModel model, PetscInt lanes, const PetscReal theta[],
                                 PetscReal f[])
{
  enum { POINTS = 32 };
  const PetscInt                 d = HypModelDimension(model), size = d * lanes;
  gsl_integration_glfixed_table *rule;
  PetscReal                     *point, *eps;

  PetscFunctionBeginUser;
  for (PetscInt l = 0; l < lanes; l++) {
    f[l] = 0;
    for (PetscInt i = 0; i < d; i++)
      f[l] += HypModelHasPotential(model)
                ? HypModelLandscape(model, i, 0, theta[i * lanes + l])
                : PetscSqr(HypModelCoordinate(model, i).omega * theta[i * lanes + l]) / 2;
  }
  if (!HypModelPerturbed(model)) PetscFunctionReturn(0);
  rule = gsl_integration_glfixed_table_alloc(POINTS);
  PetscCall(PetscMalloc2(size, &point, size, &eps));
  for (size_t k = 0; k < POINTS; k++) {
    double s, weight;

    gsl_integration_glfixed_point(0, 1, k, &s, &weight, rule);
    for (PetscInt e = 0; e < size; e++) point[e] = s * theta[e];
    PetscCall(HypModelPerturbationMany(model, 0, lanes, point, eps));
    for (PetscInt e = 0; e < size; e++) f[e % lanes] += weight * eps[e] * theta[e];
  }
  PetscCall(PetscFree2(point, eps));
  gsl_integration_glfixed_table_free(rule);
  PetscFunctionReturn(0);
}

static PetscErrorCode Evaluate(PetscInt d, const PetscReal z[], PetscReal *u, void *ctx)
{
  const Phi *phi = (const Phi *)ctx;
  PetscReal  theta[HYP_MAX_D], y[HYP_MAX_D];

  PetscFunctionBeginUser;
  (void)d;
  HypModelToTheta(phi->model, z, theta, y);
  if (phi->kind == LOSS) {
    PetscCall(HypModelPotential(phi->model, 1, theta, u));
    PetscFunctionReturn(0);
  }
  PetscCall(HypModelToUser(phi->model, 1, theta, theta));
  PetscCall(HypModelToUser(phi->model, 1, y, y));
  if (phi->kind == Y)
    *u = y[phi->i];
  else if (phi->kind == HERMITE)
    *u = Hermite(phi->n, theta[phi->i] / phi->sd);
  else
    *u = phi->kind == THETA ? theta[phi->i] : theta[phi->i] * theta[phi->i];
  PetscFunctionReturn(0);
}

/* A linear function sum_c phi(e_c) q_c, q_c = a_c^T 1 in Hermite functions */
static PetscErrorCode ProjectLinear(HypKinetic K, Phi *phi, Vec u)
{
  const PetscInt d = HypKineticGetDimension(K);
  Vec            q;

  PetscFunctionBeginUser;
  PetscCall(VecDuplicate(u, &q));
  PetscCall(VecSet(u, 0));
  for (PetscInt c = 0; c < 2 * d; c++) {
    PetscReal z[2 * HYP_MAX_D] = {0}, value;

    z[c] = 1;
    PetscCall(Evaluate(d, z, &value, phi));
    PetscCall(
      MatMultTranspose(HypKineticDerivative(K, c), HypSpaceGetOne(HypKineticGetSpace(K)), q));
    PetscCall(VecAXPY(u, value, q));
  }
  PetscCall(VecDestroy(&q));
  PetscFunctionReturn(0);
}

/* The coefficients of phi; all but y are functions of theta */
static PetscErrorCode Project(HypKinetic K, Phi phi, Vec u)
{
  HypSpace space = HypKineticGetSpace(K);

  PetscFunctionBeginUser;
  if (phi.kind != Y)
    PetscCall(HypSpaceProjectTheta(space, Evaluate, &phi, u));
  else if (HypSpaceTakesDegree(space))
    PetscCall(ProjectLinear(K, &phi, u));
  else
    PetscCall(HypSpaceProject(space, Evaluate, &phi, u));
  PetscFunctionReturn(0);
}

/* theta_i or y_i of the user as a linear form a.z of z = (X, V) */
static void LinearForm(HypModel model, PetscInt i, PetscBool y, PetscReal a[])
{
  const PetscInt   d = HypModelDimension(model);
  const PetscReal *E = HypModelDirections(model);

  for (PetscInt k = 0; k < d; k++) {
    const HypCoordinate c = HypModelCoordinate(model, k);
    const PetscReal     e = E ? E[i * d + k] : i == k;

    a[k]     = e * (y ? c.y_X : c.theta_X);
    a[d + k] = e * (y ? c.y_V : c.theta_V);
  }
}

/* u += factor a.z */
static PetscErrorCode AddLinear(HypSpace space, PetscReal factor, const PetscReal a[], Vec u)
{
  const PetscInt n                     = 2 * HypModelDimension(HypSpaceGetModel(space));
  PetscInt       degree[2 * HYP_MAX_D] = {0};

  PetscFunctionBeginUser;
  for (PetscInt c = 0; c < n; c++) {
    if (a[c] == 0) continue;
    degree[c] = 1;
    PetscCall(HypSpaceModes(space, degree, factor * a[c], u));
    degree[c] = 0;
  }
  PetscFunctionReturn(0);
}

/* u += factor (a.z)^2, z_c^2 = 1 + sqrt(2) he_2(z_c) */
static PetscErrorCode AddSquare(HypSpace space, PetscReal factor, const PetscReal a[], Vec u)
{
  const PetscInt n                     = 2 * HypModelDimension(HypSpaceGetModel(space));
  PetscInt       degree[2 * HYP_MAX_D] = {0};

  PetscFunctionBeginUser;
  for (PetscInt c = 0; c < n; c++) {
    if (a[c] == 0) continue;
    PetscCall(VecAXPY(u, factor * a[c] * a[c], HypSpaceGetOne(space)));
    degree[c] = 2;
    PetscCall(HypSpaceModes(space, degree, factor * a[c] * a[c] * PetscSqrtReal(2), u));
    degree[c] = 1;
    for (PetscInt k = 0; k < c; k++) {
      if (a[k] == 0) continue;
      degree[k] = 1;
      PetscCall(HypSpaceModes(space, degree, 2 * factor * a[c] * a[k], u));
      degree[k] = 0;
    }
    degree[c] = 0;
  }
  PetscFunctionReturn(0);
}

/* The same coefficients as those of a projection, where quadrature in 2d dimensions costs much */
static PetscErrorCode Polynomial(HypSpace space, Kind kind, PetscInt i, Vec u)
{
  HypModel  model = HypSpaceGetModel(space);
  PetscReal a[2 * HYP_MAX_D];

  PetscFunctionBeginUser;
  if (kind == LOSS) {
    for (PetscInt k = 0; k < HypModelDimension(model); k++) {
      const HypCoordinate c = HypModelCoordinate(model, k);

      PetscCall(PetscArrayzero(a, 2 * HypModelDimension(model)));
      a[k]                            = c.theta_X;
      a[HypModelDimension(model) + k] = c.theta_V;
      PetscCall(AddSquare(space, PetscSqr(c.omega) / 2, a, u));
    }
    PetscFunctionReturn(0);
  }
  LinearForm(model, i, (PetscBool)(kind == Y), a);
  PetscCall(kind == THETA2 ? AddSquare(space, 1, a, u) : AddLinear(space, 1, a, u));
  PetscFunctionReturn(0);
}

/* Coefficients of one observable */
static PetscErrorCode CreateOne(HypKinetic K, Kind kind, PetscInt i, Vec *u)
{
  HypSpace space = HypKineticGetSpace(K);
  HypModel model = HypSpaceGetModel(space);

  PetscFunctionBeginUser;
  PetscCall(HypSpaceCreateVec(space, u));
  if (HypModelDimension(model) > 3)
    PetscCall(Polynomial(space, kind, i, *u));
  else
    PetscCall(Project(K, (Phi){.model = model, .kind = kind, .i = i}, *u));
  PetscFunctionReturn(0);
}

/*@
  HypObservablesCreate - The coefficients of theta_i, theta_i^2, y_i and f

  Collective

  Input Parameter:
. K - the operator, for its space and model

  Output Parameter:
. o - free with HypObservablesDestroy(); empty where the space is too large to keep so many vectors

  Level: intermediate

.seealso: HypObservablesEvaluate()
@*/
PetscErrorCode HypObservablesCreate(HypKinetic K, HypObservables *o)
{
  HypModel model = HypKineticGetModel(K);

  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(o, sizeof(*o)));
  if (!HypObservablesExist(K)) PetscFunctionReturn(0);
  o->d = HypModelDimension(model);
  for (PetscInt i = 0; i < o->d; i++)
    for (int k = 0; k < 3; k++) PetscCall(CreateOne(K, (Kind)k, i, &o->phi[i][k]));
  if (HypObservablesHaveLoss(K)) PetscCall(CreateOne(K, LOSS, 0, &o->f));
  PetscFunctionReturn(0);
}

/*@
  HypObservablesExist - Are E theta and its like computed in runs of this size?

  Not collective

  Input Parameter:
. K - the operator

  Level: developer
@*/
PetscBool HypObservablesExist(HypKinetic K)
{
  return HypSpaceGetSize(HypKineticGetSpace(K)) <= 1 << 20 ? PETSC_TRUE : PETSC_FALSE;
}

/*@
  HypObservablesHaveLoss - Is the force known to be a gradient, so that there is an f?

  Not collective

  Input Parameter:
. K - the operator

  Level: developer
@*/
PetscBool HypObservablesHaveLoss(HypKinetic K)
{
  HypModel model = HypKineticGetModel(K);

  return HypObservablesExist(K) && (HypModelDimension(model) == 1 || !HypModelPerturbed(model))
           ? PETSC_TRUE
           : PETSC_FALSE;
}

/*@
  HypObservablesEvaluate - <h, phi> + <F/M, phi>

  Collective

  Input Parameters:
+ phi - coefficients of phi
. h   - the solution
- f   - F/M

  Output Parameter:
. mean - E phi

  Level: intermediate

.seealso: HypObservablesCreate()
@*/
PetscErrorCode HypObservablesEvaluate(Vec phi, Vec h, Vec f, PetscReal *mean)
{
  PetscReal part;

  PetscFunctionBeginUser;
  PetscCall(VecDot(h, phi, mean));
  PetscCall(VecDot(f, phi, &part));
  *mean += part;
  PetscFunctionReturn(0);
}

/*@
  HypObservablesDestroy - Frees what HypObservablesCreate() made

  Collective

  Input Parameter:
. o - the observables

  Level: intermediate
@*/
PetscErrorCode HypObservablesDestroy(HypObservables *o)
{
  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < o->d; i++)
    for (int k = 0; k < 3; k++) PetscCall(VecDestroy(&o->phi[i][k]));
  PetscCall(VecDestroy(&o->f));
  o->d = 0;
  PetscFunctionReturn(0);
}

/*@
  HypThetaLawCompute - The law of theta_i of a solution, as a Hermite series

  Collective

  Input Parameters:
+ K - the operator
. i - coordinate, from 0
. h - the solution
- f - F/M

  Output Parameter:
. law - for HypThetaLawDensity() and HypThetaLawDistribution()

  Level: intermediate

  Notes:
  On the simplex space the series ends at the space's degree and is exact;
  on others HYP_THETA_TERMS terms are taken.
@*/
PetscErrorCode HypThetaLawCompute(HypKinetic K, PetscInt i, Vec h, Vec f, HypThetaLaw *law)
{
  HypModel model = HypKineticGetModel(K);
  Vec      phi;

  PetscFunctionBeginUser;
  law->sd = HypModelDeviation(model, i);
  law->n  = HypSpaceTakesDegree(HypKineticGetSpace(K))
              ? PetscMin(HypSpaceGetDegree(HypKineticGetSpace(K)) + 1, HYP_THETA_TERMS)
              : HYP_THETA_TERMS / 2;
  PetscCall(HypSpaceCreateVec(HypKineticGetSpace(K), &phi));
  for (PetscInt n = 0; n < law->n; n++) {
    PetscCall(
      Project(K, (Phi){.model = model, .kind = HERMITE, .i = i, .n = n, .sd = law->sd}, phi));
    PetscCall(HypObservablesEvaluate(phi, h, f, &law->c[n]));
  }
  PetscCall(VecDestroy(&phi));
  PetscFunctionReturn(0);
}

/*@
  HypThetaLawDensity - The density of theta_i

  Not collective

  Input Parameters:
+ law   - from HypThetaLawCompute()
- theta - where

  Level: intermediate
@*/
PetscReal HypThetaLawDensity(const HypThetaLaw *law, PetscReal theta)
{
  const PetscReal xi  = theta / law->sd;
  PetscReal       sum = 0;

  for (PetscInt n = 0; n < law->n; n++) sum += law->c[n] * Hermite(n, xi);
  return sum * PetscExpReal(-xi * xi / 2) / PetscSqrtReal(2 * PETSC_PI) / law->sd;
}

/*@
  HypThetaLawDistribution - The distribution function of theta_i, divided by its mass

  Not collective

  Input Parameters:
+ theta - where
- ctx   - a HypThetaLaw

  Level: intermediate
@*/
PetscReal HypThetaLawDistribution(PetscReal theta, void *ctx)
{
  const HypThetaLaw *law  = (const HypThetaLaw *)ctx;
  const PetscReal    xi   = theta / law->sd,
                  density = PetscExpReal(-xi * xi / 2) / PetscSqrtReal(2 * PETSC_PI);
  PetscReal before = 0, now = 1, sum = 0; /* he_{n-1} */

  for (PetscInt n = 1; n < law->n; n++) {
    const PetscReal next =
      (xi * now - PetscSqrtReal((PetscReal)(n - 1)) * before) / PetscSqrtReal((PetscReal)n);

    sum += law->c[n] * now / PetscSqrtReal((PetscReal)n);
    before = now;
    now    = next;
  }
  return gsl_cdf_ugaussian_P(xi) - density * sum / law->c[0];
}
