/*
   The identities every space must satisfy, on random vectors: Prop 4.1(a) and (b), T 1 = L 1 = 0,
   conservation of mass with eps != 0, adjointness, and agreement of the matrix-free,
   assembled and reference operators;
   where a space has them, (shift - L)^{-1} and (shift - G)^{-1} by their residuals and exp(t G)
   for eps = 0 against Krylov's.
*/
#include "support.h"
#include <hypoco/time.h>

typedef struct {
  HypModel   model;
  HypSpace   space;
  HypKinetic K;
  Vec        f, g, h, Af, Ag, Ah;
} Problem;

static Problem P;

static int Setup(void **state)
{
  PetscReal stabilisation = 0.1;

  (void)state;
  OK(PetscOptionsGetReal(NULL, NULL, "-stabilisation", &stabilisation, NULL));
  TestModel(&P.model);
  TestSpace(P.model, stabilisation, &P.space);
  OK(HypKineticCreate(P.space, HYP_MATRIX_FREE, &P.K));
  for (Vec *v = &P.f; v <= &P.Ah; v++) OK(HypSpaceCreateVec(P.space, v));
  TestRandom(P.f);
  OK(VecCopy(P.f, P.g));
  OK(VecReciprocal(P.g));
  OK(VecPointwiseMult(P.h, P.f, P.f));
  OK(VecScale(P.g, 1e-2));
  OK(VecShift(P.h, -0.3));
  return 0;
}

static int Teardown(void **state)
{
  (void)state;
  for (Vec *v = &P.f; v <= &P.Ah; v++) OK(VecDestroy(v));
  OK(HypKineticDestroy(&P.K));
  OK(HypSpaceDestroy(&P.space));
  OK(HypModelDestroy(&P.model));
  return 0;
}

static PetscReal Norm(Vec u)
{
  PetscReal norm;

  OK(VecNorm(u, NORM_2, &norm));
  return norm;
}

static PetscReal Dot(Vec u, Vec v)
{
  PetscReal dot;

  OK(VecDot(u, v, &dot));
  return dot;
}

/* w0 <D u, v>, the declared departure from skewness */
static PetscReal Dissipation(Vec u, Vec v)
{
  OK(HypKineticDissipation(P.K, u, P.Ah));
  return Dot(P.Ah, v);
}

static void test_one_is_normalised(void **state)
{
  (void)state;
  assert_small(Norm(HypSpaceGetOne(P.space)) - 1, 1e-13, 1);
}

static void test_derivatives_annihilate_one_and_are_adjoint(void **state)
{
  (void)state;
  for (PetscInt c = 0; c < 2 * HypModelDimension(P.model); c++) {
    OK(MatMult(HypKineticDerivative(P.K, c), P.f, P.Af));
    OK(MatMultTranspose(HypKineticDerivative(P.K, c), P.g, P.Ag));
    assert_small(Dot(P.Af, P.g) - Dot(P.f, P.Ag), 1e-12, Norm(P.Af) * Norm(P.g));
    OK(MatMult(HypKineticDerivative(P.K, c), HypSpaceGetOne(P.space), P.Ag));
    assert_small(Norm(P.Ag), 1e-12, Norm(P.Af) / Norm(P.f));
  }
}

static void test_transport_is_skew(void **state)
{
  PetscReal scale;

  (void)state;
  OK(HypKineticApply(P.K, HYP_TRANSPORT, PETSC_FALSE, P.f, P.Af));
  OK(HypKineticApply(P.K, HYP_TRANSPORT, PETSC_FALSE, P.g, P.Ag));
  scale = Norm(P.Af) * Norm(P.g) + Norm(P.Ag) * Norm(P.f);
  /* the operator applied is -T */
  assert_small(Dot(P.Af, P.g) + Dot(P.f, P.Ag) + 2 * Dissipation(P.f, P.g), 1e-12, scale);
  assert_small(Dot(P.Af, P.f) + Dissipation(P.f, P.f), 1e-12, scale);
  assert_true(Dissipation(P.f, P.f) >= 0);
  OK(HypKineticApply(P.K, HYP_TRANSPORT, PETSC_FALSE, HypSpaceGetOne(P.space), P.Ag));
  assert_small(Norm(P.Ag), 1e-12, Norm(P.Af) / Norm(P.f));
}

static void test_fokker_planck_is_symmetric_and_dissipates(void **state)
{
  HypLyapunov    lyapunov = {0};
  HypFunctionals plus, minus;
  PetscReal      scale, left, right;

  (void)state;
  OK(HypKineticApply(P.K, HYP_FOKKER_PLANCK, PETSC_FALSE, P.f, P.Af));
  OK(HypKineticApply(P.K, HYP_FOKKER_PLANCK, PETSC_FALSE, P.g, P.Ag));
  scale = Norm(P.Af) * Norm(P.g) + Norm(P.Ag) * Norm(P.f);
  assert_small(Dot(P.Af, P.g) - Dot(P.f, P.Ag), 1e-12, scale);
  /* <L f, g> = -sum_i (gamma/beta_i) <grad_vi f, grad_vi g>, by polarisation of H - ||grad_x .||^2
     with these C_i */
  for (PetscInt i = 0; i < HypModelDimension(P.model); i++)
    lyapunov.Ci[i] = HypModelGamma(P.model) / HypModelCoordinate(P.model, i).beta;
  OK(VecWAXPY(P.h, 1.0, P.f, P.g));
  OK(HypFunctionalsCompute(P.K, &lyapunov, P.h, &plus));
  OK(VecWAXPY(P.h, -1.0, P.f, P.g));
  OK(HypFunctionalsCompute(P.K, &lyapunov, P.h, &minus));
  left  = plus.H - plus.grad_x2;
  right = minus.H - minus.grad_x2;
  assert_small(Dot(P.Af, P.g) + (left - right) / 4, 1e-12, scale + left + right);
  OK(HypKineticApply(P.K, HYP_FOKKER_PLANCK, PETSC_FALSE, HypSpaceGetOne(P.space), P.Ag));
  assert_small(Norm(P.Ag), 1e-12, Norm(P.Af) / Norm(P.f));
}

static void test_mass_is_conserved(void **state)
{
  (void)state;
  OK(HypKineticApply(P.K, HYP_GENERATOR, PETSC_FALSE, P.f, P.Af));
  assert_small(Dot(P.Af, HypSpaceGetOne(P.space)), 1e-12, Norm(P.Af));
  if (!HypModelPerturbed(P.model)) return;
  OK(HypKineticApply(P.K, HYP_PERTURBATION, PETSC_FALSE, P.f, P.Af));
  assert_true(Norm(P.Af) > 0);
  assert_small(Dot(P.Af, HypSpaceGetOne(P.space)), 1e-12, Norm(P.Af));
}

static void test_generator_and_its_adjoint(void **state)
{
  (void)state;
  OK(HypKineticApply(P.K, HYP_GENERATOR, PETSC_FALSE, P.f, P.Af));
  OK(HypKineticApply(P.K, HYP_GENERATOR, PETSC_TRUE, P.g, P.Ag));
  assert_small(Dot(P.Af, P.g) - Dot(P.f, P.Ag), 1e-12,
               Norm(P.Af) * Norm(P.g) + Norm(P.Ag) * Norm(P.f));
}

static void test_forms_agree(void **state)
{
  static const HypTerms terms[] = {HYP_TRANSPORT, HYP_FOKKER_PLANCK, HYP_PERTURBATION, HYP_NOISE,
                                   HYP_GENERATOR};
  HypKinetic            assembled;
  Mat                   G;

  (void)state;
  if (HypSpaceGetSize(P.space) > 20000) skip();
  OK(HypKineticCreate(P.space, HYP_ASSEMBLED, &assembled));
  for (PetscInt k = 0; k < 5; k++) {
    OK(HypKineticCreateMat(assembled, terms[k], &G));
    OK(MatMult(G, P.f, P.Af));
    OK(HypKineticReference(P.K, terms[k], PETSC_FALSE, P.f, P.Ag));
    OK(HypKineticApply(P.K, terms[k], PETSC_FALSE, P.f, P.Ah));
    OK(VecAXPY(P.Af, -1.0, P.Ag));
    OK(VecAXPY(P.Ah, -1.0, P.Ag));
    assert_small(Norm(P.Af), 1e-12, Norm(P.Ag));
    assert_small(Norm(P.Ah), 1e-12, Norm(P.Ag));
    OK(MatDestroy(&G));
  }
  OK(HypKineticDestroy(&assembled));
}

/* T H_{n,m} = w0 (sqrt(n (m+1)) H_{n-1,m+1} - sqrt(m (n+1)) H_{n+1,m-1}),
   L H_{n,m} = -gamma m H_{n,m} on the first pair */
static void test_action_on_hermite_functions(void **state)
{
  const PetscReal w0        = HypModelOmegas(P.model)[0];
  PetscReal       tolerance = 1e-11;
  PetscInt        mode[6] = {0}, lower[6] = {0}, higher[6] = {0};
  const PetscInt  d = HypModelDimension(P.model), n = 2, m = 1;

  (void)state;
  OK(PetscOptionsGetReal(NULL, NULL, "-action_tolerance", &tolerance, NULL));
  if (tolerance == 0)
    skip(); /* finite volumes: the consistency order is tests/verification/consistency.c */
  mode[0]   = n;
  mode[d]   = m;
  lower[0]  = n - 1;
  lower[d]  = m + 1;
  higher[0] = n + 1;
  higher[d] = m - 1;
  OK(VecSet(P.f, 0));
  OK(HypSpaceModes(P.space, mode, 1.0, P.f));
  OK(HypKineticApply(P.K, HYP_TRANSPORT, PETSC_FALSE, P.f, P.Af));
  OK(HypSpaceModes(P.space, lower, w0 * PetscSqrtReal((PetscReal)(n * (m + 1))), P.Af));
  OK(HypSpaceModes(P.space, higher, -w0 * PetscSqrtReal((PetscReal)(m * (n + 1))), P.Af));
  assert_small(Norm(P.Af), tolerance, 1);
  OK(HypKineticApply(P.K, HYP_FOKKER_PLANCK, PETSC_FALSE, P.f, P.Af));
  OK(VecAXPY(P.Af, HypModelGamma(P.model) * m, P.f));
  assert_small(Norm(P.Af), tolerance, 1);
}

static void test_inverse_of_shifted_fokker_planck(void **state)
{
  const PetscReal shift = 0.7;

  (void)state;
  if (!HypSpaceHasSolveL(P.space)) skip();
  OK(HypSpaceSolveL(P.space, shift, P.f, P.Af));
  OK(HypKineticApply(P.K, HYP_FOKKER_PLANCK, PETSC_FALSE, P.Af, P.Ag));
  OK(VecAXPBY(P.Ag, shift, -1, P.Af));
  OK(VecAXPY(P.Ag, -1, P.f));
  assert_small(Norm(P.Ag), 1e-12, Norm(P.f));
}

/* (shift - G) A f = f and the same for their transposes, for A = (shift - G)^{-1} */
static void test_inverse_of_shifted_generator(void **state)
{
  const PetscReal shift = 0.17;
  PetscBool       invertible;
  Mat             inverse;

  (void)state;
  OK(HypSpaceInvertible(P.space, &invertible));
  if (!invertible) skip();
  OK(HypSpaceInverse(P.space, shift, &inverse));
  OK(MatMult(inverse, P.f, P.Af));
  OK(HypKineticReference(P.K, HYP_GENERATOR, PETSC_FALSE, P.Af, P.Ag));
  OK(VecAXPBY(P.Ag, shift, -1, P.Af));
  OK(VecAXPY(P.Ag, -1, P.f));
  assert_small(Norm(P.Ag), 1e-11, Norm(P.f));
  OK(MatMultTranspose(inverse, P.f, P.Af));
  OK(HypKineticReference(P.K, HYP_GENERATOR, PETSC_TRUE, P.Af, P.Ag));
  OK(VecAXPBY(P.Ag, shift, -1, P.Af));
  OK(VecAXPY(P.Ag, -1, P.f));
  assert_small(Norm(P.Ag), 1e-11, Norm(P.f));
  OK(MatDestroy(&inverse));
}

/* exp(t G) f by the exponential integrator without the space's own flow */
static void Krylov(PetscReal t, Vec f)
{
  HypKinetic assembled;
  Mat        G;
  TS         ts;

  OK(HypTimeRegister());
  OK(HypKineticCreate(P.space, HYP_ASSEMBLED, &assembled));
  OK(HypKineticCreateMat(assembled, HYP_GENERATOR, &G));
  OK(PetscObjectCompose((PetscObject)G, "HypFlow", NULL));
  OK(TSCreate(HypSpaceGetComm(P.space), &ts));
  OK(TSSetProblemType(ts, TS_LINEAR));
  OK(TSSetType(ts, HYPTSEXPONENTIAL));
  OK(TSSetRHSJacobian(ts, G, G, TSComputeRHSJacobianConstant, NULL));
  OK(TSSetExactFinalTime(ts, TS_EXACTFINALTIME_MATCHSTEP));
  OK(TSSetTimeStep(ts, t));
  OK(TSSetMaxTime(ts, t));
  OK(TSSolve(ts, f));
  OK(TSDestroy(&ts));
  OK(MatDestroy(&G));
  OK(HypKineticDestroy(&assembled));
}

static void test_flow_is_the_exponential(void **state)
{
  static const PetscReal times[] = {0.01, 0.3, 4};
  PetscBool              done    = PETSC_FALSE;

  (void)state;
  for (size_t k = 0; k < sizeof(times) / sizeof(times[0]); k++) {
    OK(VecCopy(P.f, P.Af));
    OK(HypSpaceFlow(P.space, times[k], P.Af, &done));
    if (!done) skip();
    OK(VecCopy(P.f, P.Ag));
    Krylov(times[k], P.Ag);
    OK(VecAXPY(P.Ag, -1, P.Af));
    assert_small(Norm(P.Ag), 1e-11, Norm(P.f));
  }
}

/* d = 1: -line_products r, or 0 for a table, costs 6 r + 5 or nothing more.
   eps_i as r products costs 4 r multiply-adds for each of the 5 legs that see eps, tables others:
   what the log counts tells which were taken. Identities hold for both. */
static void test_products_need_no_tables(void **state)
{
  PetscInt       d = 1, products = 0, line = 0, extra, local;
  PetscLogDouble before, after;
  PetscBool      done, given;

  (void)state;
  OK(PetscOptionsGetInt(NULL, NULL, "-line_products", &line, &given));
  OK(PetscOptionsGetInt(NULL, NULL, "-d", &d, NULL));
  OK(PetscOptionsGetInt(NULL, NULL, "-products", &products, NULL));
  if (products == 0 && !given) skip();
  extra = given ? (line > 0 ? 6 * line + 5 : 0) : products > 4 ? 15 * d : 20 * products;
  OK(VecGetLocalSize(P.f, &local));
  OK(HypSpaceGenerator(P.space, HYP_GENERATOR, P.f, P.Af, &done)); /* finds them */
  OK(PetscGetFlops(&before));
  OK(HypSpaceGenerator(P.space, HYP_GENERATOR, P.f, P.Af, &done));
  OK(PetscGetFlops(&after));
  assert_true(done);
  assert_int_equal((after - before) / local, 13 * d + extra);
}

int main(int argc, char **argv)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_one_is_normalised),
    cmocka_unit_test(test_derivatives_annihilate_one_and_are_adjoint),
    cmocka_unit_test(test_transport_is_skew),
    cmocka_unit_test(test_fokker_planck_is_symmetric_and_dissipates),
    cmocka_unit_test(test_mass_is_conserved),
    cmocka_unit_test(test_generator_and_its_adjoint),
    cmocka_unit_test(test_forms_agree),
    cmocka_unit_test(test_action_on_hermite_functions),
    cmocka_unit_test(test_inverse_of_shifted_fokker_planck),
    cmocka_unit_test(test_inverse_of_shifted_generator),
    cmocka_unit_test(test_flow_is_the_exponential),
    cmocka_unit_test(test_products_need_no_tables),
  };
  int failed;

  OK(SlepcInitialize(&argc, &argv, NULL, NULL));
  failed = cmocka_run_group_tests(tests, Setup, Teardown);
  failed += TestUnread();
  OK(SlepcFinalize());
  return failed;
}
