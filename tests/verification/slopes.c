/* Bounds of Deps over all theta: known ones are found, unbounded ones are called so,
   and certificates follow from them. */
#include "support.h"
#include <hypoco/bounds.h>
#include <math.h>

typedef double (*Function)(double);

static PetscErrorCode Scalar(PetscInt d, const PetscReal theta[], PetscReal eps[], void *ctx)
{
  PetscFunctionBeginUser;
  (void)d;
  eps[0] = (*(Function *)ctx)(theta[0]);
  PetscFunctionReturn(0);
}

static double Sine(double x)
{
  return 0.3 * sin(x);
}

static double HalfSine(double x)
{
  return 0.15 * sin(x);
}

static double Root(double x)
{
  return 0.5 * sqrt(1 + x * x) - 0.1 * x;
}

static double Modulus(double x)
{
  return fabs(x - 0.3);
}

static double Narrow(double x)
{
  return 0.001 * tanh(5000 * (x - 0.1234567));
}

static double Sigmoid(double x)
{
  return exp(x) / (1 + exp(x)); /* NaN beyond 709 */
}

static double Cube(double x)
{
  return 0.01 * x * x * x;
}

static double Logarithm(double x)
{
  return 0.1 * x * log(1 + x * x);
}

static double Exponential(double x)
{
  return 0.001 * exp(x);
}

static double Far(double x)
{
  return 3 * exp(-(x - 20) * (x - 20)); /* slopes up to 3 sqrt(2/e) */
}

static double Sign(double x)
{
  return x > 0 ? 0.3 : x < 0 ? -0.3 : 0;
}

static double FarJump(double x)
{
  return x > 51.23 ? 0.1 : 0;
}

static double Jump(double x)
{
  return x > 0.777 ? 0.1 : 0;
}

static void Find(PetscInt d, HypPerturbationFn eps, void *ctx, HypSlopes *slopes, HypContraction *c)
{
  HypModel model;

  OK(HypModelCreate(PETSC_COMM_SELF, &model));
  OK(HypModelSetParameters(model, d, 1, 1, 1));
  OK(HypModelSetPerturbation(model, eps, ctx, NULL));
  OK(HypSlopesSearch(model, slopes));
  OK(HypContractionCompute(model, slopes, c));
  OK(HypModelDestroy(&model));
}

static void Free(HypSlopes *slopes, HypContraction *c)
{
  OK(HypSlopesDestroy(slopes));
  OK(HypContractionDestroy(c));
}

static void test_bounded(void **state)
{
  const struct {
    Function f;
    double   low, high, tolerance;
  } cases[] = {{Sine, -0.3, 0.3, 1e-9},
               {Root, -0.6, 0.4, 1e-6},
               {Modulus, -1, 1, 1e-9},
               {Narrow, 0, 5, 1e-4},
               {Sigmoid, 0, 0.25, 1e-9}};

  (void)state;
  for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
    Function       f = cases[k].f;
    HypSlopes      slopes;
    HypContraction c;

    Find(1, Scalar, &f, &slopes, &c);
    if (!slopes.bounded) fail_msg("case %d: %s", (int)k, slopes.remark);
    assert_float_equal(slopes.low[0], cases[k].low, cases[k].tolerance);
    assert_float_equal(slopes.high[0], cases[k].high, cases[k].tolerance);
    assert_float_equal(slopes.c, (cases[k].low + cases[k].high) / 2, cases[k].tolerance);
    assert_float_equal(slopes.r, (cases[k].high - cases[k].low) / 2, cases[k].tolerance);
    if (!k) assert_float_equal(c.mu, 0.5 - 0.3 / sqrt(3), 1e-9);
    Free(&slopes, &c);
  }
}

/* The slopes of a eps are a times those of eps */
static void test_scaled(void **state)
{
  Function       f = Sine, half = HalfSine;
  HypSlopes      unit, scaled, direct;
  HypContraction c, d;

  (void)state;
  Find(1, Scalar, &f, &unit, &c);
  Find(1, Scalar, &half, &direct, &d);
  OK(HypSlopesScale(&unit, 0.5, &scaled));
  assert_int_equal(scaled.bounded, direct.bounded);
  assert_string_equal(scaled.remark, direct.remark);
  assert_float_equal(scaled.low[0], direct.low[0], 1e-12);
  assert_float_equal(scaled.high[0], direct.high[0], 1e-12);
  assert_float_equal(scaled.r, direct.r, 1e-12);
  assert_float_equal(scaled.lowest, direct.lowest, 1e-12);
  OK(PetscPushErrorHandler(PetscReturnErrorHandler, NULL));
  assert_int_equal(HypSlopesScale(&unit, -1, &scaled), PETSC_ERR_ARG_OUTOFRANGE);
  OK(PetscPopErrorHandler());
  OK(HypSlopesDestroy(&scaled));
  Free(&direct, &d);
  f = Cube;
  Free(&unit, &c);
  Find(1, Scalar, &f, &unit, &c);
  OK(HypSlopesScale(&unit, 3, &scaled));
  assert_false(scaled.bounded);
  assert_float_equal(scaled.near_r, 3 * unit.near_r, 1e-12 * unit.near_r);
  OK(HypSlopesDestroy(&scaled));
  Free(&unit, &c);
}

static void test_unbounded(void **state)
{
  const Function cases[] = {Cube, Logarithm, Exponential, Jump, FarJump};

  (void)state;
  for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
    Function       f = cases[k];
    HypSlopes      slopes;
    HypContraction c;

    Find(1, Scalar, &f, &slopes, &c);
    assert_false(slopes.bounded);
    /* a logarithm grows too slowly to be told from waves that beat */
    if (!strstr(slopes.remark, f == Logarithm ? "still change by 0." : "is unbounded"))
      fail_msg("case %d: %s", (int)k, slopes.remark);
    if (f == Jump || f == FarJump)
      assert_true(slopes.near == 0);
    else
      assert_float_equal(slopes.near, 6 * sqrt(2), 1e-12);
    if (f == Cube) { /* 0 <= eps' <= .03 * 72 */
      assert_float_equal(slopes.near_c, 1.08, 2e-3);
      assert_float_equal(slopes.near_r, 1.08, 2e-3);
    }
    Free(&slopes, &c);
  }
}

/* d = 2: a gradient, a rotation, separate coordinates */
static PetscErrorCode Plane(PetscInt d, const PetscReal theta[], PetscReal eps[], void *ctx)
{
  const PetscReal s = 0.1 * PetscSinReal(theta[0] + 2 * theta[1]);

  PetscFunctionBeginUser;
  (void)d;
  switch (*(int *)ctx) {
  case 0: /* grad of -.1 cos(theta1 + 2 theta2): |D| = .1 * 5 */
    eps[0] = s;
    eps[1] = 2 * s;
    break;
  case 1: /* |D| = .2 */
    eps[0] = 0.2 * PetscSinReal(theta[1]);
    eps[1] = -0.2 * PetscSinReal(theta[0]);
    break;
  default:
    eps[0] = 0.3 * PetscSinReal(theta[0]);
    eps[1] = 0.4 * PetscTanhReal(theta[1]);
  }
  PetscFunctionReturn(0);
}

static void test_plane(void **state)
{
  HypSlopes      slopes;
  HypContraction c;

  (void)state;
  for (int k = 0; k < 3; k++) {
    Find(2, Plane, &k, &slopes, &c);
    assert_true(slopes.bounded);
    switch (k) {
    case 0:
      assert_float_equal(slopes.r, 0.5, 1e-8);
      assert_float_equal(slopes.high[3], 0.4, 1e-8);
      break;
    case 1:
      assert_float_equal(slopes.c, 0, 1e-3);
      assert_float_equal(slopes.r, 0.2, 1e-3);
      break;
    default: /* the first coordinate alone; the ball needs r = .35 around c = .05 */
      assert_float_equal(slopes.r, 0.35, 1e-6);
      assert_float_equal(c.mu, 0.5 - 0.3 / sqrt(3), 1e-8);
      assert_int_equal(c.tight, 0);
      assert_float_equal(c.r, 0.3, 1e-8); /* what gives mu */
      assert_float_equal(c.c, 0, 1e-8);
    }
    assert_true(c.mu >= 0.5 - slopes.r / (2 * sqrt(0.75 + slopes.c)) - 1e-12);
    Free(&slopes, &c);
  }
}

static void test_given(void **state)
{
  Function  f = Sine;
  HypModel  model;
  HypSlopes slopes;

  (void)state;
  OK(HypModelCreate(PETSC_COMM_SELF, &model));
  OK(HypModelSetPerturbation(model, Scalar, &f, NULL));
  OK(HypSlopesGiven(model, -0.3, 0.5, &slopes));
  assert_true(slopes.bounded && slopes.given);
  assert_float_equal(slopes.c, 0.1, 1e-15);
  OK(HypSlopesDestroy(&slopes));
  OK(PetscPushErrorHandler(PetscReturnErrorHandler, NULL));
  assert_int_equal(HypSlopesGiven(model, -0.3, 0.29, &slopes), PETSC_ERR_USER_INPUT);
  f = Far; /* flat near 0 */
  assert_int_equal(HypSlopesGiven(model, -0.01, 0.01, &slopes), PETSC_ERR_USER_INPUT);
  assert_int_equal(HypSlopesGiven(model, -2.58, 2.57, &slopes), PETSC_ERR_USER_INPUT);
  f = Sign; /* flat but for 0 */
  assert_int_equal(HypSlopesGiven(model, -0.001, 0.001, &slopes), PETSC_ERR_USER_INPUT);
  OK(PetscPopErrorHandler());
  f = Far;
  OK(HypSlopesGiven(model, -2.58, 2.58, &slopes));
  OK(HypSlopesDestroy(&slopes));
  OK(HypModelDestroy(&model));
}

/* d = 4: a jump or a narrow feature of one coordinate, which no point hits */
static PetscErrorCode Space(PetscInt d, const PetscReal theta[], PetscReal eps[], void *ctx)
{
  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < d; i++) eps[i] = 0.1 * PetscSinReal(theta[i]);
  switch (*(int *)ctx) {
  case 0:
    break;
  case 1:
    eps[2] += theta[2] > 0.777 ? 0.3 : -0.3;
    break;
  default:
    eps[1] += 1e-4 * PetscTanhReal(5000 * (theta[1] - 0.1234567));
  }
  PetscFunctionReturn(0);
}

/* The gradient of -12 (1 - |theta - a|^2/w^2)^3 where that is positive: slopes up to 72/w^2 */
static PetscErrorCode Well(PetscInt d, const PetscReal theta[], PetscReal eps[], void *ctx)
{
  const PetscReal *a = (const PetscReal *)ctx, w2 = 0.16;
  PetscReal        rest = 1;

  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < d; i++) rest -= PetscSqr(theta[i] - a[i]) / w2;
  for (PetscInt i = 0; i < d; i++)
    eps[i] = rest > 0 ? 72 / w2 * (theta[i] - a[i]) * rest * rest : 0;
  PetscFunctionReturn(0);
}

/* d = 3: a well of radius .4 near the origin is seen */
static void test_narrow(void **state)
{
  PetscReal centres[][3] = {{1.2, 1.3, 1.4}, {2.9, 2.2, 2.6}, {-2.3, 2.8, -2.1}, {0.1, -1.9, 2.4}};

  (void)state;
  for (size_t k = 0; k < sizeof(centres) / sizeof(centres[0]); k++) {
    HypModel  model;
    HypSlopes slopes;

    OK(HypModelCreate(PETSC_COMM_SELF, &model));
    OK(HypModelSetParameters(model, 3, 1, 1, 1));
    OK(HypModelSetPerturbation(model, Well, centres[k], NULL));
    OK(HypSlopesSearch(model, &slopes));
    assert_true(slopes.seen > 0 && slopes.seen < 0.6);
    assert_float_equal(slopes.c + slopes.r, 450, 1e-3);
    OK(HypSlopesDestroy(&slopes));
    OK(HypModelDestroy(&model));
  }
}

static void test_space(void **state)
{
  HypSlopes      slopes;
  HypContraction c;

  (void)state;
  for (int k = 0; k < 3; k++) {
    Find(4, Space, &k, &slopes, &c);
    assert_true(slopes.bounded == (k == 1 ? PETSC_FALSE : PETSC_TRUE));
    if (!k) assert_float_equal(slopes.r, 0.1, 1e-6);
    if (k == 2) assert_float_equal(slopes.c + slopes.r, 0.5 + 0.1 * cos(0.1234567), 1e-3);
    Free(&slopes, &c);
  }
}

int main(int argc, char **argv)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_bounded), cmocka_unit_test(test_scaled), cmocka_unit_test(test_unbounded),
    cmocka_unit_test(test_plane),   cmocka_unit_test(test_given),  cmocka_unit_test(test_space),
    cmocka_unit_test(test_narrow),
  };
  int failed;

  if (SlepcInitialize(&argc, &argv, NULL, NULL)) return 1;
  failed = cmocka_run_group_tests(tests, NULL, NULL);
  failed += TestUnread();
  if (SlepcFinalize()) return 1;
  return failed;
}
