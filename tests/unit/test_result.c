/* The summary and the table of a result: every key of the contract, numbers unchanged,
   nothing unknown disguised as a number. */
#include "support.h"
#include "kinetic/kineticimpl.h"
#include <hypoco/result.h>
#include <float.h>
#include <stdio.h>
#include <unistd.h>

static HypModel  model;
static HypSpace  space;
static HypSeries series;

/* A result whose numbers are hard to print */
static void MakeResult(HypResult *result)
{
  static const HypFunctionals f[] = {{.norm2 = 1. / 3, .grad_x2 = 1. / 3, .grad_xv = NAN},
                                     {.norm2 = DBL_MIN, .grad_xv = INFINITY}};
  static HypFit               fit = {.form = HYP_FIT_NONE, .rate = 7, .error = 7};
  static HypLyapunov          lyapunov;

  static HypStatement statement = {
    .name = "rate", .source = "(3.6)", .left = 0.5, .right = 1, .slack = 0.5, .verdict = HYP_FAILS};

  OK(HypModelLyapunov(model, 0.1, &lyapunov));
  memset(result, 0, sizeof(*result));
  OK(HypSeriesDestroy(&series));
  OK(HypSeriesCreate(NULL, 2, &series));
  for (int k = 0; k < 2; k++)
    OK(HypSeriesAdd(
      &series, &(HypObservation){.t = 0.1 * k, .mass = 1 + k * DBL_EPSILON, .functionals = &f[k]}));
  result->model       = model;
  result->space       = space;
  result->series      = &series;
  result->fit         = &fit;
  result->lyapunov    = &lyapunov;
  result->nstatements = 1;
  result->statements  = &statement;
  strcpy(result->verdict, "done");
}

static json_t *Load(void)
{
  json_error_t error;
  json_t      *summary = json_load_file("summary.json", 0, &error);

  if (!summary) fail_msg("%s", error.text);
  return summary;
}

static double Real(json_t *summary, const char *group, const char *name)
{
  json_t *value = json_object_get(json_object_get(summary, group), name);

  assert_true(json_is_number(value));
  return json_number_value(value);
}

static void test_summary(void **state)
{
  HypResult result;
  json_t   *summary, *series;

  (void)state;
  MakeResult(&result);
  OK(HypResultWriteJSON(&result, "summary.json"));
  summary = Load();
  for (const char *const *key =
         (const char *const[]){"program", "version", "model", "space", "series", "rate",
                               "statements", "timing", "verdict", NULL};
       *key; key++)
    assert_non_null(json_object_get(summary, *key));
  series = json_object_get(summary, "series");
  assert_true(json_real_value(json_array_get(json_object_get(series, "mass"), 1)) ==
              1 + DBL_EPSILON);
  assert_true(json_real_value(json_array_get(json_object_get(series, "norm2"), 0)) == 1. / 3);
  assert_true(json_real_value(json_array_get(json_object_get(series, "norm2"), 1)) == DBL_MIN);
  assert_true(json_is_null(json_array_get(json_object_get(series, "grad_xv"), 0)));
  assert_true(json_is_null(json_array_get(json_object_get(series, "grad_xv"), 1)));
  /* nothing was fitted: no rate is measured, whatever the fit holds */
  assert_true(json_is_null(json_object_get(json_object_get(summary, "rate"), "measured")));
  assert_true(json_is_null(json_object_get(json_object_get(summary, "rate"), "error")));
  /* eps = 0 and (1, 1): gap and proved rate 1/2, printed 1 */
  assert_true(Real(summary, "rate", "spectral_gap") == 0.5);
  assert_true(Real(summary, "rate", "theory_proved") == 0.5);
  assert_true(Real(summary, "rate", "theory_printed") == 1);
  assert_string_equal(json_string_value(json_object_get(
                        json_array_get(json_object_get(summary, "statements"), 0), "verdict")),
                      "fails");
  json_decref(summary);
}

static PetscErrorCode Anything(PetscInt d, const PetscReal theta[], PetscReal eps[], void *ctx)
{
  (void)ctx;
  for (PetscInt i = 0; i < d; i++) eps[i] = 0.1 * theta[i];
  return 0;
}

static void test_unknown_gap_is_not_invented(void **state)
{
  HypResult result;
  HypModel  perturbed;
  json_t   *summary;

  (void)state;
  MakeResult(&result);
  TestModel(&perturbed);
  OK(HypModelSetPerturbation(perturbed, Anything, NULL, NULL));
  result.model = perturbed;
  OK(HypResultWriteJSON(&result, "summary.json"));
  OK(HypModelDestroy(&perturbed));
  summary = Load();
  assert_true(json_is_null(json_object_get(json_object_get(summary, "rate"), "spectral_gap")));
  json_decref(summary);
}

static void test_table(void **state)
{
  HypResult result;
  FILE     *stream = tmpfile();
  char      text[8192];
  size_t    length;

  (void)state;
  MakeResult(&result);
  OK(HypResultPrint(&result, stream));
  rewind(stream);
  length       = fread(text, 1, sizeof(text) - 1, stream);
  text[length] = 0;
  fclose(stream);
  for (const char *const *words =
         (const char *const[]){"under-damped", "eps = 0", "theory, as proved", "theory, as printed",
                               "Theorem 3.1, twice the proved one", "none", "fails", NULL};
       *words; words++) {
    if (!strstr(text, *words)) fail_msg("the table lacks '%s':\n%s", *words, text);
  }
}

static PetscErrorCode CountUp(const HypObservation *at, PetscReal values[])
{
  for (PetscInt i = 0; i < HypKineticGetDimension(at->K); i++) values[i] = at->t + (PetscReal)i;
  return 0;
}

static PetscBool OnlyHere(HypKinetic K)
{
  return (PetscBool)(HypKineticGetDimension(K) == 2);
}

/* A series with a value for each coordinate, in the runs that have it:
   in the summary, on stdout and in the file */
static void test_series_by_coordinate(void **state)
{
  static const HypSeriesRow row = {.name     = "each",
                                   .label    = "each one",
                                   .unit     = "time",
                                   .meaning  = "t + i",
                                   .source   = "",
                                   .each     = PETSC_TRUE,
                                   .exists   = OnlyHere,
                                   .evaluate = CountUp};
  struct _p_HypKinetic      two = {.d = 2}, one = {.d = 1};
  HypSeries                 s;
  HypResult                 result;
  json_t                   *summary, *list;
  FILE                     *stream = tmpfile();
  char                      text[8192];

  (void)state;
  assert_int_equal(HypSeriesRowWidth(&row, &two), 2);
  assert_int_equal(HypSeriesRowWidth(&row, &one), 0);
  assert_int_equal(HypSeriesRowWidth(&row, NULL), 0);
  MakeResult(&result);
  s = series;
  s.columns[s.ncolumns++] =
    (HypSeriesColumn){.row = &row, .width = 2, .values = (PetscReal[]){0, 1, 0.5, 1.5}};
  result.series = &s;
  OK(HypResultWriteJSON(&result, "summary.json"));
  summary = Load();
  list    = json_object_get(json_object_get(summary, "series"), "each");
  assert_int_equal(json_array_size(list), 2);
  assert_true(json_number_value(json_array_get(json_array_get(list, 1), 1)) == 1.5);
  json_decref(summary);
  OK(HypResultPrint(&result, stream));
  rewind(stream);
  text[fread(text, 1, sizeof(text) - 1, stream)] = 0;
  fclose(stream);
  assert_non_null(strstr(text, "each one, i = 2                         1                1.5"));
}

/* A summary is whole or not there, and its folder must exist */
static void test_unwritable(void **state)
{
  HypResult      result;
  PetscErrorCode error;

  (void)state;
  MakeResult(&result);
  OK(PetscPushErrorHandler(PetscReturnErrorHandler, NULL));
  error = HypResultWriteJSON(&result, "no/such/folder/summary.json");
  OK(PetscPopErrorHandler());
  assert_int_equal(error, PETSC_ERR_FILE_OPEN);
}

int main(int argc, char **argv)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_summary),    cmocka_unit_test(test_unknown_gap_is_not_invented),
    cmocka_unit_test(test_table),      cmocka_unit_test(test_series_by_coordinate),
    cmocka_unit_test(test_unwritable),
  };
  int failed;

  if (SlepcInitialize(&argc, &argv, NULL, NULL)) return 1;
  TestModel(&model);
  TestSpace(model, 0.1, &space);
  failed = cmocka_run_group_tests(tests, NULL, NULL);
  OK(HypSeriesDestroy(&series));
  OK(HypSpaceDestroy(&space));
  OK(HypModelDestroy(&model));
  failed += TestUnread();
  return SlepcFinalize() || failed;
}
