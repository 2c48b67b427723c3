/*
   A vector too long for the caches is written past them, which wants whole cache lines:
   where the result is somebody else's array, at any place, it is the same to the last bit.
*/
#include "support.h"
#include <stdlib.h>

#define PLACES 8

static void test_result_anywhere(void **state)
{
  HypModel   model;
  HypSpace   space;
  Vec        h, own, other;
  PetscReal *room, difference;
  PetscInt   n;
  PetscBool  done;

  (void)state;
  TestModel(&model);
  TestSpace(model, 0.1, &space);
  OK(HypSpaceCreateVec(space, &h));
  OK(HypSpaceCreateVec(space, &own));
  TestRandom(h);
  n = HypSpaceGetSize(space);
  OK(HypSpaceGenerator(space, HYP_GENERATOR, h, own, &done));
  assert_true(done);
  room = malloc((size_t)(n + PLACES) * sizeof(*room));
  assert_non_null(room);
  for (PetscInt place = 0; place < PLACES; place++) {
    OK(VecCreateSeqWithArray(PETSC_COMM_SELF, 1, n, room + place, &other));
    OK(HypSpaceGenerator(space, HYP_GENERATOR, h, other, &done));
    OK(VecAXPY(other, -1, own));
    OK(VecNorm(other, NORM_INFINITY, &difference));
    assert_true(difference == 0);
    OK(VecDestroy(&other));
  }
  free(room);
  OK(VecDestroy(&h));
  OK(VecDestroy(&own));
  OK(HypSpaceDestroy(&space));
  OK(HypModelDestroy(&model));
}

int main(int argc, char **argv)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_result_anywhere)};
  int                     failed;

  OK(SlepcInitialize(&argc, &argv, NULL, NULL));
  failed = cmocka_run_group_tests(tests, NULL, NULL);
  failed += TestUnread();
  OK(SlepcFinalize());
  return failed;
}
