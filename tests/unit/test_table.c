/* Tables of numbers: what is read, what is refused and in which line; interpolation. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <hypoco/function.h>
#include <hypoco/table.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char *const path = "table.txt";

static void writeBytes(const char *text, size_t length)
{
  FILE *const file = fopen(path, "wb");

  assert_non_null(file);
  assert_int_equal(fwrite(text, 1, length, file), length);
  assert_int_equal(fclose(file), 0);
}

static void writeText(const char *text)
{
  writeBytes(text, strlen(text));
}

/* Texts that are one and the same table: 0 1 / 1 2.5 / 2 4 */
static void testAccepted(void **state)
{
  static const char *const texts[] = {
    "0 1\n1 2.5\n2 4\n",
    "0,1\n1,2.5\n2,4",
    "0, 1\r\n1, 2.5\r\n2, 4\r\n",
    "\xef\xbb\xbf"
    "theta,value\n0,1\n1,2.5\n2,4\n",
    "# theta value\n\n0\t1\n1\t2.5 # the middle\n2\t4\n",
    "0;1\n1;2,5\n2;4\n",
    "theta;eps\r\n0,0;1,0\r\n1,0;2,5\r\n2,0;4,0\r\n",
    "0\t1\n1\t2,5\n2\t4\n",
    "  0   1.0  \n  1 25e-1\n\n\n2 4e0\n% end\n",
    "0 1\r1 2.5\r2 4\r",
    "\"theta\",\"value\"\n\"0\",\"1\"\n\"1\",\"2.5\"\n\"2\",\"4\"\n",
    "0 , 1\n1 , 2.5\n2 , 4\n",
    "+0 1\n1.0e0 2.5\n2 4\n",
  };
  static const double wanted[] = {0, 1, 1, 2.5, 2, 4};

  (void)state;
  for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
    HypTable table;
    char    *message;

    writeText(texts[i]);
    if (HypTableRead(path, &table, &message)) fail_msg("text %zu: %s", i, message);
    assert_int_equal(table.rows, 3);
    assert_int_equal(table.columns, 2);
    assert_memory_equal(table.values, wanted, sizeof(wanted));
    HypTableDestroy(&table);
  }
}

static void testRefused(void **state)
{
  static const struct {
    const char *text, *line, *sentence;
  } cases[] = {
    {"0 1\n1 2 3\n", "line 2:", "3 numbers found, but line 1 has 2"},
    {"0 1\n1\n2 3 4\n", "line 2:", "1 number found, but line 1 has 2"},
    {"theta eps\n0 1\n\n# comment\n1 nan\n", "line 5:", "'nan' is not a finite number"},
    {"nan nan\n0 1\n", "line 1:", "'nan' is not a finite number"},
    {"0 1\n1 -inf\n", "line 2:", "'-inf' is not a finite number"},
    {"0 1\n1 NA\n", "line 2:", "'NA' is not a finite number"},
    {"0 1\n1 1e400\n", "line 2:", "'1e400' is not a number"},
    {"0,1\n1,\n", "line 2:", "number 2 is missing"},
    {"0,,1\n", "line 1:", "number 2 is missing"},
    {",1\n", "line 1:", "number 1 is missing"},
    {"0 1\n1 two\n", "line 2:", "'two' is not a number"},
    {"0 1\ntheta eps\n1 2\n", "line 2:", "'theta' is not a number"},
    {"theta 1\n", "line 1:", "'theta' is not a number"},
    {"0,5 1,5\n", "line 1:", "decimal commas"},
    {"0 0x10\n", "line 1:", "'0x10' is not a number"},
    {"0 1.5.2\n", "line 1:", "'1.5.2' is not a number"},
    {"\xff\xfe"
     "0 1\n",
     "line 1:", "UTF-16"},
    {"", "table.txt:", "no numbers found"},
    {"# nothing\ntheta eps\n", "table.txt:", "no numbers found"},
  };

  (void)state;
  for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
    HypTable table;
    char    *message;

    writeText(cases[i].text);
    assert_int_equal(HypTableRead(path, &table, &message), 4);
    if (!strstr(message, cases[i].line) || !strstr(message, cases[i].sentence))
      fail_msg("text %zu: '%s', wanted %s %s", i, message, cases[i].line, cases[i].sentence);
    free(message);
  }
  {
    static const char zero[] = "0 1\n1 \0002\n";
    HypTable          table;
    char             *message;

    writeBytes(zero, sizeof(zero) - 1);
    assert_int_equal(HypTableRead(path, &table, &message), 4);
    assert_non_null(strstr(message, "line 2: a byte 0"));
    free(message);
    assert_int_equal(HypTableRead("absent.txt", &table, &message), 4);
    assert_non_null(strstr(message, "absent.txt cannot be read"));
    free(message);
    assert_int_equal(HypTableRead(".", &table, &message), 4);
    free(message);
    assert_int_equal(HypTableRead("absent.h5:/eps", &table, &message), 4);
    assert_non_null(strstr(message, "cannot be opened"));
    free(message);
  }
}

/* What a table needs beyond numbers */
static void testUnfit(void **state)
{
  static const struct {
    size_t      d;
    const char *text, *interpolation, *sentence;
  } cases[] = {
    {1, "0 1\n", "spline", "1 point of theta1 found, at least 3 needed"},
    {1, "0 1\n1 2\n2 3\n3 4\n", "akima", "at least 5 needed"},
    {1, "0 1\n2 3\n1 2\n2 4\n", "linear", "line 4: theta = 2 was given already, in line 2"},
    {1, "0 1 2\n1 2 3\n2 3 4\n", "spline", "line 1: 3 numbers on a line"},
    {1, "0\n1\n", "spline", "line 1: 1 number on a line"},
    {2, "0 1\n1 2\n", "linear", "line 1: 2 numbers on a line"},
    {2, "0 0 1\n0 1 2\n1 0 3\n", "linear", "a grid needs the same for each"},
    {2, "0 0 1\n0 1 2\n1 0 3\n1 2 4\n", "linear", "line 4: the point (1, 2) does not belong"},
    {2, "0 0 1\n0 1 2\n1 0 3\n1 1 4\n0 0 1\n", "linear",
     "line 5: theta = 0 was given already, in line 1"},
    {2, "0 0 1\n0 1 2\n1 0 3\n1 1 4\n", "akima",
     "in two dimensions spline (bicubic) and linear are"},
    {2, "0 0 1 2\n1 1 2 3\n0 4 5 6\n", "linear", "line 3: theta1 = 0 does not increase"},
    {2, "0 0 2 1\n0 1 2 3\n1 4 5 6\n", "linear", "line 1: theta2 = 1 does not increase"},
  };

  (void)state;
  for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
    HypFunction *f;
    char        *message;

    writeText(cases[i].text);
    assert_int_not_equal(
      HypFunctionCreateTable(cases[i].d, path, cases[i].interpolation, "linear", &f, &message), 0);
    assert_null(f);
    if (!strstr(message, cases[i].sentence))
      fail_msg("case %zu: '%s', wanted '%s'", i, message, cases[i].sentence);
    free(message);
  }
}

static double at(HypFunction *f, int order, const double *theta, double *all)
{
  double local[16];
  char  *message;

  if (HypFunctionEvaluate(f, order, 1, theta, all ? all : local, &message)) fail_msg("%s", message);
  return all ? all[0] : local[0];
}

static HypFunction *makeTable(size_t d, const char *kind, const char *outside, HypFunction **half)
{
  HypFunction *f;
  char        *message;

  if (HypFunctionCreateTable(d, path, kind, outside, &f, &message)) fail_msg("%s", message);
  HypFunctionCreateThinned(f, 0, half);
  return f;
}

/* exp(-theta)sin(2 theta) on 101 points in a shuffled order:
   values and three derivatives of the spline; the ends */
static void testLine(void **state)
{
  FILE        *file = fopen(path, "w");
  HypFunction *f, *half;
  double       worst[4] = {0}, theta, a = -1, b = 1, low, high;
  char        *message;

  (void)state;
  for (int k = 0; k <= 100; k++) {
    const double x = a + (b - a) * ((k * 37) % 101) / 100.;

    fprintf(file, "%.17g %.17g\n", x, exp(-x) * sin(2 * x));
  }
  fclose(file);
  f = makeTable(1, "spline", "linear", &half);
  assert_non_null(half);
  assert_int_equal(HypFunctionReach(f, 0, &low, &high), 1);
  assert_true(low == a && high == b);
  for (theta = -0.6; theta < 0.6; theta += 0.0037) {
    const double e = exp(-theta), s = sin(2 * theta), c = cos(2 * theta),
                 exact[] = {e * s, e * (2 * c - s), e * (-3 * s - 4 * c), e * (11 * s - 2 * c)};

    for (int order = 0; order < 4; order++)
      worst[order] = fmax(worst[order], fabs(at(f, order, &theta, NULL) - exact[order]));
  }
  print_message("spline: %.1e, derivatives %.1e, %.1e, %.1e\n", worst[0], worst[1], worst[2],
                worst[3]);
  assert_true(worst[0] < 3e-8 && worst[1] < 4e-6 && worst[2] < 1.6e-3 && worst[3] < .5);
  /* beyond the end: a straight line, with its slope as derivative */
  theta = 1.5;
  assert_true(fabs(at(f, 0, &theta, NULL) - (at(f, 0, &b, NULL) + .5 * at(f, 1, &b, NULL))) <
              1e-14);
  assert_true(at(f, 1, &theta, NULL) == at(f, 1, &b, NULL) && at(f, 2, &theta, NULL) == 0);
  /* every second point: its error is what the error of the interpolation is estimated by */
  theta = 0.31;
  assert_true(fabs(at(half, 0, &theta, NULL) - at(f, 0, &theta, NULL)) > 1e-9);
  HypFunctionDestroy(&f);
  HypFunctionDestroy(&half);
  f     = makeTable(1, "monotone", "constant", &half);
  theta = -7;
  assert_true(at(f, 0, &theta, NULL) == at(f, 0, &a, NULL) && at(f, 1, &theta, NULL) == 0);
  HypFunctionDestroy(&f);
  HypFunctionDestroy(&half);
  f = makeTable(1, "akima", "error", &half);
  assert_int_equal(HypFunctionEvaluate(f, 0, 1, &theta, worst, &message), 2);
  assert_non_null(
    strstr(message, "theta1 = -7 lies outside the table, which reaches from -1 to 1"));
  free(message);
  HypFunctionDestroy(&f);
  HypFunctionDestroy(&half);
}

/* sin(theta1) cos(theta2) as rows in any order and as a grid: the same function;
   bicubic derivatives; the outside */
static void testPlane(void **state)
{
  enum { N = 41 };
  HypFunction *rows, *grid, *half, *other;
  FILE        *file     = fopen(path, "w");
  double       worst[3] = {0};

  (void)state;
  for (int k = 0; k < N * N; k++) {
    const int    m = (k * 173) % (N * N);
    const double x = -2 + 4. * (m / N) / (N - 1), y = -2 + 4. * (m % N) / (N - 1);

    fprintf(file, "%.17g,%.17g,%.17g\n", x, y, sin(x) * cos(y));
  }
  fclose(file);
  rows = makeTable(2, "spline", "linear", &half);
  file = fopen(path, "w");
  fprintf(file, "0");
  for (int j = 0; j < N; j++) fprintf(file, " %.17g", -2 + 4. * j / (N - 1));
  for (int i = 0; i < N; i++) {
    const double x = -2 + 4. * i / (N - 1);

    fprintf(file, "\n%.17g", x);
    for (int j = 0; j < N; j++) fprintf(file, " %.17g", sin(x) * cos(-2 + 4. * j / (N - 1)));
  }
  fclose(file);
  grid = makeTable(2, "spline", "linear", &other);
  for (double x = -1.1; x < 1.1; x += .097)
    for (double y = -1.1; y < 1.1; y += .083) {
      const double point[] = {x, y}, second[] = {-sin(x) * cos(y), -cos(x) * sin(y),
                                                 -cos(x) * sin(y), -sin(x) * cos(y)};
      double       d1[2], d2[4], d1grid[2];

      worst[0] = fmax(worst[0], fabs(at(rows, 0, point, NULL) - sin(x) * cos(y)));
      assert_true(at(rows, 0, point, NULL) == at(grid, 0, point, NULL));
      at(rows, 1, point, d1);
      at(grid, 1, point, d1grid);
      assert_memory_equal(d1, d1grid, sizeof(d1));
      at(rows, 2, point, d2);
      worst[1] = fmax(worst[1], fmax(fabs(d1[0] - cos(x) * cos(y)), fabs(d1[1] + sin(x) * sin(y))));
      for (int k = 0; k < 4; k++) worst[2] = fmax(worst[2], fabs(d2[k] - second[k]));
    }
  print_message("bicubic: %.1e, first derivatives %.1e, second %.1e\n", worst[0], worst[1],
                worst[2]);
  assert_true(worst[0] < 1e-6 && worst[1] < 1e-4 && worst[2] < 5e-3);
  { /* beyond theta1 = 2: linear in theta1, the boundary's function of theta2 */
    const double out[] = {3, .4}, edge[] = {2, .4};
    double       d1[2], d2[4], e1[2], e2[4];

    at(rows, 1, out, d1);
    at(rows, 2, out, d2);
    at(rows, 1, edge, e1);
    at(rows, 2, edge, e2);
    assert_true(fabs(at(rows, 0, out, NULL) - at(rows, 0, edge, NULL) - e1[0]) < 1e-14);
    assert_true(d1[0] == e1[0] && fabs(d1[1] - e1[1] - e2[1]) < 1e-14);
    assert_true(d2[0] == 0 && d2[1] == e2[1] && d2[2] == e2[2]);
  }
  HypFunctionDestroy(&rows);
  HypFunctionDestroy(&grid);
  HypFunctionDestroy(&half);
  HypFunctionDestroy(&other);
}

/* 1e6 rows, in a time that nobody notices */
static void testLarge(void **state)
{
  const int     n     = 1000000;
  FILE         *file  = fopen(path, "w");
  const clock_t start = clock();
  HypFunction  *f, *half;
  double        theta = 0.1234567;

  (void)state;
  for (int k = 0; k < n; k++)
    fprintf(file, "%.9f,%.9f\n", -8 + 16e-6 * k, .5 * sin(-8 + 16e-6 * k));
  fclose(file);
  f = makeTable(1, "spline", "linear", &half);
  assert_true(fabs(at(f, 0, &theta, NULL) - .5 * sin(theta)) < 2e-9);
  HypFunctionDestroy(&f);
  HypFunctionDestroy(&half);
  assert_int_equal(remove(path), 0);
  assert_true((double)(clock() - start) / CLOCKS_PER_SEC < 10);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(testAccepted), cmocka_unit_test(testRefused), cmocka_unit_test(testUnfit),
    cmocka_unit_test(testLine),     cmocka_unit_test(testPlane),   cmocka_unit_test(testLarge),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
