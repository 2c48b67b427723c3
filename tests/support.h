#pragma once
/* What every test of the kinetic layers needs: a problem from PETSc-style test arguments,
   and comparisons that fail. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <hypoco/kinetic.h>
#include <slepcsys.h>
#include <stdio.h>

#define OK(call) assert_int_equal((call), 0)
/* |value| <= tolerance scale, with the figures in the message */
#define assert_small(value, tolerance, scale)                                                      \
  do {                                                                                             \
    const double v_ = (double)(value), t_ = (double)(tolerance) * (double)(scale);                 \
    if (!(v_ <= t_ && v_ >= -t_)) fail_msg("%s = %.3e exceeds %.3e", #value, v_, t_);              \
  } while (0)

/* An argument that no test of the program has read is a mistake of the row:
   call it before SlepcFinalize() */
static inline int TestUnread(void)
{
  PetscInt n;
  int      left;
  char   **names, **values;

  if (PetscOptionsLeftGet(NULL, &n, &names, &values)) return 1;
  for (PetscInt i = 0; i < n; i++) fprintf(stderr, "no test read the argument -%s\n", names[i]);
  left = (int)n;
  if (PetscOptionsLeftRestore(NULL, &n, &names, &values)) return 1;
  return left;
}

/* eps(theta) used by the tests: not a gradient in d >= 2, every component of every variable */
static inline PetscErrorCode TestPerturbation(PetscInt d, const PetscReal theta[], PetscReal eps[],
                                              void *ctx)
{
  const PetscReal amplitude = *(PetscReal *)ctx;

  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < d; i++)
    eps[i] = amplitude *
             (PetscSinReal(theta[i] + 0.3 * (PetscReal)i) + 0.5 * PetscCosReal(theta[(i + 1) % d]));
  PetscFunctionReturn(0);
}

/* eps_i of theta_i alone, -separable: the grids have tables of rows for it */
static inline PetscErrorCode TestSeparable(PetscInt d, const PetscReal theta[], PetscReal eps[],
                                           void *ctx)
{
  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < d; i++)
    eps[i] = *(PetscReal *)ctx * PetscSinReal(theta[i] + 0.3 * (PetscReal)i);
  PetscFunctionReturn(0);
}

/* eps_i as a sum of -products products of functions of theta_1 and of theta_d:
   the grids of d = 2 have no tables for few of them */
typedef struct {
  PetscReal amplitude;
  PetscInt  products;
} TestProduct;

static inline PetscErrorCode TestProducts(PetscInt d, const PetscReal theta[], PetscReal eps[],
                                          void *ctx)
{
  const TestProduct p = *(TestProduct *)ctx;

  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < d; i++) {
    eps[i] = 0;
    for (PetscReal r = 1; r <= p.products; r++)
      eps[i] += p.amplitude / r * PetscCosReal(r * theta[0] + (PetscReal)i) *
                PetscSinReal(theta[d - 1] / r + 1);
  }
  PetscFunctionReturn(0);
}

/* s_i = 1 + amplitude tanh(theta_i)^2, coupled to the next coordinate */
static inline PetscErrorCode TestNoise(PetscInt d, const PetscReal theta[], PetscReal s[],
                                       void *ctx)
{
  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < d; i++) {
    const PetscReal next = d > 1 ? PetscSinReal(theta[(i + 1) % d]) : 0;

    s[i] = 1 + *(PetscReal *)ctx * PetscSqr(PetscTanhReal(theta[i])) * (1 + 0.5 * next);
  }
  PetscFunctionReturn(0);
}

/* -key: one number for all coordinates, or one for each */
static inline void TestReals(const char *key, PetscInt d, PetscReal value[])
{
  PetscInt  count = d;
  PetscBool set;

  OK(PetscOptionsGetRealArray(NULL, NULL, key, value, &count, &set));
  if (!set) value[0] = 1;
  if (set && count == d) return;
  for (PetscInt i = 1; i < d; i++) value[i] = value[0];
}

/* d, w0, gamma, beta and amplitudes from -d -omega0 -gamma -beta -amplitude -noise; -momentum
   for that type */
static inline void TestModel(HypModel *model)
{
  static PetscReal   amplitude, noise;
  static TestProduct product;
  PetscInt           d = 1;
  PetscReal          omega[HYP_DIMENSIONS], beta[HYP_DIMENSIONS], gamma = 1;
  PetscBool          separable = PETSC_FALSE, momentum = PETSC_FALSE;

  amplitude = noise = 0;
  product.products  = 0;
  OK(PetscOptionsGetInt(NULL, NULL, "-d", &d, NULL));
  TestReals("-omega0", d, omega);
  TestReals("-beta", d, beta);
  OK(PetscOptionsGetReal(NULL, NULL, "-gamma", &gamma, NULL));
  OK(PetscOptionsGetReal(NULL, NULL, "-amplitude", &amplitude, NULL));
  OK(PetscOptionsGetBool(NULL, NULL, "-momentum", &momentum, NULL));
  OK(HypModelCreate(PETSC_COMM_WORLD, model));
  if (momentum) OK(HypModelSetType(*model, HYP_MOMENTUM));
  OK(HypModelSetCoordinates(*model, d, gamma, omega, beta, NULL));
  OK(PetscOptionsGetReal(NULL, NULL, "-noise", &noise, NULL));
  if (noise != 0) OK(HypModelSetNoise(*model, TestNoise, &noise, NULL));
  OK(PetscOptionsGetBool(NULL, NULL, "-separable", &separable, NULL));
  OK(PetscOptionsGetInt(NULL, NULL, "-products", &product.products, NULL));
  product.amplitude = amplitude;
  if (product.products > 0)
    OK(HypModelSetPerturbation(*model, TestProducts, &product, NULL));
  else if (amplitude != 0)
    OK(HypModelSetPerturbation(*model, separable ? TestSeparable : TestPerturbation, &amplitude,
                               NULL));
}

/* An axis from -x_type -x_n -x_width (or v_) */
static inline void TestAxis(const char *name, PetscReal stabilisation, HypAxis *axis)
{
  char      key[32], type[32] = HYPAXISFV;
  PetscInt  n;
  PetscReal width;
  PetscBool set;

  OK(PetscSNPrintf(key, sizeof(key), "-%s_type", name));
  OK(PetscOptionsGetString(NULL, NULL, key, type, sizeof(type), NULL));
  OK(HypAxisCreate(PETSC_COMM_WORLD, type, axis));
  OK(PetscSNPrintf(key, sizeof(key), "-%s_n", name));
  OK(PetscOptionsGetInt(NULL, NULL, key, &n, &set));
  if (set) OK(HypAxisSetSize(*axis, n));
  OK(PetscSNPrintf(key, sizeof(key), "-%s_width", name));
  OK(PetscOptionsGetReal(NULL, NULL, key, &width, &set));
  if (set) OK(HypAxisSetWidth(*axis, width));
  OK(PetscOptionsHasName(NULL, NULL, "-graded", &set));
  if (set) { /* cells three times as wide at the ends of [-7, 7], unlike on either side */
    PetscReal faces[101], s;

    for (PetscInt k = 0; k <= n; k++) {
      s        = 2 * (PetscReal)k / (PetscReal)n - 1;
      faces[k] = 7 * (0.6 * s + 0.4 * s * s * s + 0.05 * (1 - s * s));
    }
    OK(HypAxisDestroy(axis));
    OK(HypAxisCreate(PETSC_COMM_WORLD, type, axis));
    OK(HypAxisSetName(*axis, name));
    OK(HypAxisSetFaces(*axis, n + 1, faces));
  }
  OK(HypAxisSetStabilisation(*axis, stabilisation));
  OK(HypAxisSetUp(*axis));
}

/* -space tensor|simplex, -degree */
static inline void TestSpace(HypModel model, PetscReal stabilisation, HypSpace *space)
{
  char      type[32] = HYPSPACETENSOR;
  PetscInt  degree;
  PetscBool set;

  OK(PetscOptionsGetString(NULL, NULL, "-space", type, sizeof(type), NULL));
  OK(HypSpaceCreate(model, type, space));
  if (HypSpaceTakesAxes(*space)) {
    HypAxis x, v;

    TestAxis("x", stabilisation, &x);
    TestAxis("v", stabilisation, &v);
    OK(HypSpaceSetAxes(*space, x, v));
  }
  OK(PetscOptionsGetInt(NULL, NULL, "-degree", &degree, &set));
  if (set) OK(HypSpaceSetDegree(*space, degree));
  OK(HypSpaceSetUp(*space));
}

/* A vector that is the same function for every number of ranks:
   a few Hermite modes with irregular amplitudes plus, on request, roughness */
static inline void TestSmooth(HypSpace space, PetscInt which, Vec u)
{
  OK(VecSet(u, 0));
  for (PetscInt k = 0; k < 12; k++) {
    PetscInt n[6];

    for (PetscInt c = 0; c < 6; c++) n[c] = (k * (c + 2) + which * (c + 1)) % 3;
    OK(HypSpaceModes(space, n, PetscSinReal(1.7 * (PetscReal)(k + 1) + (PetscReal)which), u));
  }
}

static inline void TestRandom(Vec u)
{
  PetscRandom random;

  OK(PetscRandomCreate(PETSC_COMM_WORLD, &random));
  OK(PetscRandomSetInterval(random, -1, 1));
  OK(VecSetRandom(u, random));
  OK(PetscRandomDestroy(&random));
}

/* For evolutions of which only the end is looked at */
static inline PetscErrorCode TestNoOutput(PetscInt k, PetscReal t, Vec h, void *ctx)
{
  PetscFunctionBeginUser;
  (void)k;
  (void)t;
  (void)h;
  (void)ctx;
  PetscFunctionReturn(0);
}
