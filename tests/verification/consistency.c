/*
   What a itself gives: on Hermite functions the derivatives, T and L are those of the formulas,
   to second order on fv axes.
   An a that vanishes, or is one of another function, fails.
   -x_type, -x_n, -v_type, -v_n, -d as in the identities; the sizes are doubled once.
*/
#include "support.h"

static PetscErrorCode Difference(HypSpace space, const PetscInt n[], PetscReal factor, Vec u)
{
  PetscFunctionBeginUser;
  for (PetscInt c = 0; c < 2 * HypModelDimension(HypSpaceGetModel(space)); c++)
    if (n[c] < 0) PetscFunctionReturn(0);
  PetscCall(HypSpaceModes(space, n, -factor, u));
  PetscFunctionReturn(0);
}

/* ||a_c H_n - sqrt(n_c) H_{n - e_c}|| for c, and the same for T and L, relative to their size */
static PetscReal Error(HypSpace space, PetscInt which)
{
  HypModel        model = HypSpaceGetModel(space);
  const PetscInt  d     = HypModelDimension(model);
  const PetscReal w     = HypModelCoordinate(model, 0).omega;
  PetscInt        n[6]  = {0}, lower[6], higher[6];
  PetscReal       error, size;
  HypKinetic      K;
  Vec             h, Ah;

  n[0] = 2;
  n[d] = 3;
  OK(HypKineticCreate(space, HYP_MATRIX_FREE, &K));
  OK(HypSpaceCreateVec(space, &h));
  OK(HypSpaceCreateVec(space, &Ah));
  OK(HypSpaceModes(space, n, 1, h));
  for (int c = 0; c < 6; c++) lower[c] = higher[c] = n[c];
  if (which < 2) {
    const PetscInt c = which ? d : 0;

    lower[c]--;
    OK(MatMult(HypKineticDerivative(K, c), h, Ah));
    OK(VecNorm(Ah, NORM_2, &size));
    OK(Difference(space, lower, PetscSqrtReal((PetscReal)n[c]), Ah));
  } else {
    /* -T H_nm = w (sqrt(m (n+1)) H_{n+1,m-1} - sqrt(n (m+1)) H_{n-1,m+1}),
       L H_nm = -gamma m H_nm */
    lower[0]--;
    lower[d]++;
    higher[0]++;
    higher[d]--;
    OK(HypKineticApply(K, HYP_TRANSPORT | HYP_FOKKER_PLANCK, PETSC_FALSE, h, Ah));
    OK(VecNorm(Ah, NORM_2, &size));
    OK(Difference(space, lower, -w * PetscSqrtReal((PetscReal)(n[0] * (n[d] + 1))), Ah));
    OK(Difference(space, higher, w * PetscSqrtReal((PetscReal)(n[d] * (n[0] + 1))), Ah));
    OK(Difference(space, n, -HypModelGamma(model) * (PetscReal)n[d], Ah));
  }
  OK(VecNorm(Ah, NORM_2, &error));
  assert_true(size > 0.5); /* something was applied */
  OK(VecDestroy(&h));
  OK(VecDestroy(&Ah));
  OK(HypKineticDestroy(&K));
  return error / size;
}

static void Double(const char key[])
{
  char      text[16], type[16] = HYPAXISFV, typekey[16];
  PetscInt  n;
  PetscBool set;

  OK(PetscSNPrintf(typekey, sizeof(typekey), "%.2s_type", key));
  OK(PetscOptionsGetString(NULL, NULL, typekey, type, sizeof(type), NULL));
  OK(PetscOptionsGetInt(NULL, NULL, key, &n, &set));
  assert_true(set);
  if (strcmp(type, HYPAXISFV)) return; /* spectral axes are exact enough as they are */
  OK(PetscSNPrintf(text, sizeof(text), "%d", (int)(2 * n)));
  OK(PetscOptionsSetValue(NULL, key, text));
}

static void test_order(void **state)
{
  static const char *const names[] = {"a_X", "a_V", "-T + L"};
  PetscReal                error[2][3];
  HypModel                 model;

  (void)state;
  TestModel(&model);
  for (int fine = 0; fine < 2; fine++) {
    HypSpace space;

    TestSpace(model, 0.1, &space);
    for (int k = 0; k < 3; k++) error[fine][k] = Error(space, k);
    OK(HypSpaceDestroy(&space));
    Double("-x_n");
    Double("-v_n");
  }
  for (int k = 0; k < 3; k++) {
    OK(PetscPrintf(PETSC_COMM_WORLD, "%-6s %.3e %.3e\n", names[k], (double)error[0][k],
                   (double)error[1][k]));
    if (error[0][k] < 1e-6) continue; /* spectral along this coordinate */
    assert_small(error[1][k], 0.1, 1);
    assert_true(error[0][k] / error[1][k] > 3.3 && error[0][k] / error[1][k] < 4.7);
  }
  OK(HypModelDestroy(&model));
}

int main(int argc, char **argv)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_order)};
  int                     failed;

  OK(SlepcInitialize(&argc, &argv, NULL, NULL));
  failed = cmocka_run_group_tests(tests, NULL, NULL);
  failed += TestUnread();
  OK(SlepcFinalize());
  return failed;
}
