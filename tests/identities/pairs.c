/*
   A space of d pairs is the product of d spaces of one pair, to rounding: between products of
   Hermite functions the matrix elements of a_c are those of d = 1 times the products of the other
   pairs, and those of -T + L are the sum of such terms.
   What a itself is worth in d = 1 is tests/verification/consistency.c.
*/
#include "support.h"

enum { MODES = 3 };

/* The factors of a pair between modes (m_x, m_v) and (n_x, n_v): a_x, a_v, -T + L, 1 */
typedef enum { LOWER_X, LOWER_V, FLOW, ONE, FACTORS } Factor;

static PetscReal factor[FACTORS][MODES * MODES][MODES * MODES];

/* The digits of a number are the degrees: x_1, ..., x_d, v_1, ..., v_d */
static void Mode(HypSpace space, PetscInt number, Vec u)
{
  PetscInt n[6] = {0};

  for (PetscInt c = 0; c < 2 * HypModelDimension(HypSpaceGetModel(space)); c++, number /= MODES)
    n[c] = number % MODES;
  OK(VecSet(u, 0));
  OK(HypSpaceModes(space, n, 1, u));
}

/* The pair i of a number: x_i and v_i */
static PetscInt PairOf(PetscInt number, PetscInt d, PetscInt i)
{
  PetscInt x = number, v = number;

  for (PetscInt c = 0; c < i; c++) x /= MODES;
  for (PetscInt c = 0; c < d + i; c++) v /= MODES;
  return x % MODES + MODES * (v % MODES);
}

/* All operators of a space on u: a_x, a_v of each pair, -T + L, 1 */
static void Apply(HypKinetic K, PetscInt d, Vec u, Vec Au[])
{
  for (PetscInt c = 0; c < 2 * d; c++) OK(MatMult(HypKineticDerivative(K, c), u, Au[c]));
  OK(HypKineticApply(K, HYP_GENERATOR, PETSC_FALSE, u, Au[2 * d]));
  OK(VecCopy(u, Au[2 * d + 1]));
}

/* The element of operator k of Apply() by the factors */
static PetscReal Expected(PetscInt d, PetscInt k, PetscInt m, PetscInt n)
{
  PetscReal sum = 0;

  for (PetscInt i = 0; i < d; i++) { /* the pair that the operator acts on */
    PetscReal term = 1;

    if (k < 2 * d && i != k % d) continue;
    for (PetscInt j = 0; j < d; j++) {
      const Factor f = j != i ? ONE : k == 2 * d ? FLOW : k < d ? LOWER_X : LOWER_V;

      term *= factor[f][PairOf(m, d, j)][PairOf(n, d, j)];
    }
    sum += term;
  }
  return sum;
}

/* The elements of a space of d pairs: kept where d = 1, compared where not */
static void Elements(PetscInt d)
{
  const PetscInt count = (PetscInt)PetscPowRealInt(MODES, (int)(2 * d));
  PetscReal      norm[8], element;
  HypModel       model;
  HypSpace       space;
  HypKinetic     K;
  Vec            u, *Au;

  OK(PetscOptionsSetValue(NULL, "-d", d == 1 ? "1" : d == 2 ? "2" : "3"));
  TestModel(&model);
  TestSpace(model, 0.1, &space);
  OK(HypKineticCreate(space, HYP_MATRIX_FREE, &K));
  OK(HypSpaceCreateVec(space, &u));
  OK(VecDuplicateVecs(u, 2 * d + 2, &Au));
  for (PetscInt n = d == 1 ? 0 : 5; n < count; n += d == 1 ? 1 : count / 9) {
    Mode(space, n, u);
    Apply(K, d, u, Au);
    for (PetscInt k = 0; k < 2 * d + 2; k++) OK(VecNorm(Au[k], NORM_2, &norm[k]));
    for (PetscInt m = 0; m < count; m++) {
      Mode(space, m, u);
      for (PetscInt k = 0; k < 2 * d + (d == 1 ? 2 : 1); k++) {
        OK(VecDot(u, Au[k], &element));
        if (d == 1)
          factor[k][m][n] = element;
        else
          assert_small(element - Expected(d, k, m, n), 1e-12, 1 + norm[k]);
      }
    }
  }
  OK(VecDestroyVecs(2 * d + 2, &Au));
  OK(VecDestroy(&u));
  OK(HypKineticDestroy(&K));
  OK(HypSpaceDestroy(&space));
  OK(HypModelDestroy(&model));
}

static void test_pairs(void **state)
{
  PetscInt d = 2;

  (void)state;
  OK(PetscOptionsGetInt(NULL, NULL, "-d", &d, NULL));
  Elements(1);
  assert_true(factor[LOWER_X][0][1] > 0.5 && factor[LOWER_V][0][MODES] > 0.5); /* not a = 0 */
  Elements(d);
}

int main(int argc, char **argv)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_pairs)};
  int                     failed;

  OK(SlepcInitialize(&argc, &argv, NULL, NULL));
  failed = cmocka_run_group_tests(tests, NULL, NULL);
  failed += TestUnread();
  OK(SlepcFinalize());
  return failed;
}
