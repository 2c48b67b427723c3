/*
   Tables of numbers as functions of theta: GSL's interpolants inside, extrapolation as chosen
   outside, derivatives of both.

   d = 1: rows theta, value.  d = 2: rows theta1, theta2, value that form a grid in any order, or
   the grid itself, theta2 in its
   first row and theta1 in its first column.  Derivatives of the third order, which only eps'' of
   a loss needs, are differences
   of the second within a cell: exact for cubics.
*/
#include "expression/functionimpl.h"
#include "expression/tableimpl.h"
#include "base/base.h"
#include <hypoco/table.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const struct {
  const char               *name;
  const gsl_interp_type   **line;
  const gsl_interp2d_type **plane;
} kinds[] = {{"spline", &gsl_interp_cspline, &gsl_interp2d_bicubic},
             {"akima", &gsl_interp_akima, NULL},
             {"monotone", &gsl_interp_steffen, NULL},
             {"linear", &gsl_interp_linear, &gsl_interp2d_bilinear}};

/* The derivative by the variables in `index` at a point of the table's box, order <= 2 */
static double Smooth(const HypInterpolant *t, int order, const int *index, const double *x)
{
  static double (*const line[])(const gsl_spline *, double, gsl_interp_accel *) = {
    gsl_spline_eval, gsl_spline_eval_deriv, gsl_spline_eval_deriv2};
  static double (*const plane[])(const gsl_spline2d *, double, double, gsl_interp_accel *,
                                 gsl_interp_accel *) = {
    gsl_spline2d_eval,          gsl_spline2d_eval_deriv_x,  gsl_spline2d_eval_deriv_y,
    gsl_spline2d_eval_deriv_xx, gsl_spline2d_eval_deriv_xy, gsl_spline2d_eval_deriv_yy};
  int by = 0; /* how many of the derivatives are by theta2 */

  if (t->line) return line[order](t->line, x[0], t->accel[0]);
  for (int k = 0; k < order; k++) by += index[k];
  return plane[order * (order + 1) / 2 + by](t->plane, x[0], x[1], t->accel[0], t->accel[1]);
}

static double Inside(const HypInterpolant *t, int order, const int *index, const double *x)
{
  const int by = order > 2 ? index[2] : 0;
  double    ahead[2], behind[2], step;
  size_t    cell;

  if (order <= 2) return Smooth(t, order, index, x);
  if (order > 3) return 0;
  cell = gsl_interp_accel_find(t->accel[by], t->nodes[by], t->n[by], x[by]);
  step = 1e-2 * (t->nodes[by][cell + 1] - t->nodes[by][cell]);
  memcpy(ahead, x, sizeof(ahead));
  memcpy(behind, x, sizeof(behind));
  ahead[by]  = fmin(x[by] + step, t->nodes[by][cell + 1]);
  behind[by] = fmax(x[by] - step, t->nodes[by][cell]);
  return (Smooth(t, 2, index, ahead) - Smooth(t, 2, index, behind)) / (ahead[by] - behind[by]);
}

/*
   Outside, with c the nearest point of the box: constant f(c), or linear f(c) + sum_k d_k f(c)
   (theta_k - c_k) over the
   variables k that are out.  A derivative by one variable that is out is that of the slope, by
   two it is zero.
*/
static double Outside(const HypInterpolant *t, int d, int order, const int *index, const double *x,
                      const double *c)
{
  double value;
  int    out = 0, longer[HYP_ORDERS + 1];

  for (int k = 0; k < order; k++) out += x[index[k]] != c[index[k]];
  if (out && *t->extrapolation == 'c') return 0;
  if (out > 1) return 0;
  value = Inside(t, order, index, c);
  if (out || *t->extrapolation == 'c') return value;
  memcpy(longer, index, (size_t)order * sizeof(int));
  for (int k = 0; k < d; k++) {
    longer[order] = k;
    if (x[k] != c[k]) value += Inside(t, order + 1, longer, c) * (x[k] - c[k]);
  }
  return value;
}

static char *Beyond(const HypInterpolant *t, int k, double x)
{
  return HypFormat("%s: theta%d = %g lies outside the table, which reaches from %g to %g; lengthen "
                   "it, keep nodes and paths within it (a box, where the space has one), or choose "
                   "table_extrapolation: linear or constant",
                   t->name, k + 1, x, t->nodes[k][0], t->nodes[k][t->n[k] - 1]);
}

static char *EvaluateTable(HypFunction *function, int order, size_t lanes, const double *theta,
                           double *values)
{
  const HypInterpolant *const t       = function->data;
  const int                   d       = (int)function->d;
  int                         outputs = 1;

  for (int k = 0; k < order; k++) outputs *= d;
  for (size_t l = 0; l < lanes; l++) {
    double x[2] = {0, 0}, c[2] = {0, 0};
    bool   out = false;

    for (int k = 0; k < d; k++) {
      x[k] = theta[(size_t)k * lanes + l];
      if (!isfinite(x[k])) return HypFormat("%s: theta%d is not finite", t->name, k + 1);
      c[k] = fmin(fmax(x[k], t->nodes[k][0]), t->nodes[k][t->n[k] - 1]);
      if (x[k] != c[k] && *t->extrapolation == 'e') return Beyond(t, k, x[k]);
      out = out || x[k] != c[k];
    }
    for (int q = 0; q < outputs; q++) {
      int index[HYP_ORDERS] = {0};

      for (int k = order - 1, rest = q; k >= 0; k--, rest /= d) index[k] = rest % d;
      values[(size_t)q * lanes + l] =
        out ? Outside(t, d, order, index, x, c) : Inside(t, order, index, x);
    }
  }
  return NULL;
}

static void DestroyTable(HypFunction *function)
{
  HypInterpolant *const t = function->data;

  if (t->line) gsl_spline_free(t->line);
  if (t->plane) gsl_spline2d_free(t->plane);
  for (int k = 0; k < 2; k++) {
    if (t->accel[k]) gsl_interp_accel_free(t->accel[k]);
    free(t->nodes[k]);
  }
  free(t->values);
  free(t->name);
  free(t->extrapolation);
  free(t->kind);
  free(t);
}

/* ---- from rows to a grid ---- */

static const HypTable *sorted; /* qsort has no context */
static size_t          sorted_by;

static int CompareRows(const void *a, const void *b)
{
  const size_t i = *(const size_t *)a, j = *(const size_t *)b;

  for (size_t k = 0; k < sorted_by; k++) {
    const double x = sorted->values[i * sorted->columns + k],
                 y = sorted->values[j * sorted->columns + k];

    if (x != y) return x < y ? -1 : 1;
  }
  return i < j ? -1 : i > j;
}

/* The order of the rows by their first `by` columns */
static size_t *OrderRows(const HypTable *table, size_t by)
{
  size_t *const order = HypReallocate(NULL, table->rows * sizeof(size_t));

  for (size_t i = 0; i < table->rows; i++) order[i] = i;
  sorted    = table;
  sorted_by = by;
  qsort(order, table->rows, sizeof(size_t), CompareRows);
  return order;
}

static char *Twice(const char *path, const HypTable *table, size_t i, size_t j)
{
  return HypFormat("%s, line %zu: theta = %g was given already, in line %zu; each point may stand "
                   "once",
                   path, table->lines[i > j ? i : j], table->values[i * table->columns],
                   table->lines[i > j ? j : i]);
}

static char *LineFromRows(const char *path, const HypTable *table, HypInterpolant *t)
{
  size_t *order;
  char   *message = NULL;

  if (table->columns != 2)
    return HypFormat("%s, line %zu: %zu number%s on a line; a table in one dimension has two, "
                     "theta and the value%s",
                     path, table->lines[0], table->columns, table->columns == 1 ? "" : "s",
                     table->columns == 1 && strstr(path, ":/")
                       ? " (this dataset has no coordinates: attach a dimension scale, as NetCDF "
                         "does)"
                       : "");
  order       = OrderRows(table, 1);
  t->n[0]     = table->rows;
  t->n[1]     = 1;
  t->nodes[0] = HypReallocate(NULL, t->n[0] * sizeof(double));
  t->values   = HypReallocate(NULL, t->n[0] * sizeof(double));
  for (size_t i = 0; i < table->rows && !message; i++) {
    t->nodes[0][i] = table->values[2 * order[i]];
    t->values[i]   = table->values[2 * order[i] + 1];
    if (i && t->nodes[0][i] == t->nodes[0][i - 1])
      message = Twice(path, table, order[i - 1], order[i]);
  }
  free(order);
  return message;
}

/* Rows theta1 theta2 value; sorted, they run through the grid */
static char *PlaneFromRows(const char *path, const HypTable *table, HypInterpolant *t)
{
  size_t *const order   = OrderRows(table, 2);
  char         *message = NULL;
  size_t        n1      = 1;

#define AT(row, column) table->values[order[row] * 3 + (column)]
  while (n1 < table->rows && AT(n1, 0) == AT(0, 0)) n1++;
  t->n[1]     = n1;
  t->n[0]     = table->rows / n1;
  t->nodes[0] = HypReallocate(NULL, (t->n[0] + 1) * sizeof(double));
  t->nodes[1] = HypReallocate(NULL, n1 * sizeof(double));
  t->values   = HypReallocate(NULL, (table->rows + n1) * sizeof(double));
  for (size_t r = 0; r < table->rows && !message; r++) {
    const size_t i = r / n1, j = r % n1;

    if (j == 0) t->nodes[0][i] = AT(r, 0);
    if (i == 0) t->nodes[1][j] = AT(r, 1);
    t->values[j * t->n[0] + (i < t->n[0] ? i : 0)] = AT(r, 2);
    if (r && AT(r, 0) == AT(r - 1, 0) && AT(r, 1) == AT(r - 1, 1))
      message = Twice(path, table, order[r - 1], order[r]);
    else if (AT(r, 0) != t->nodes[0][i] || AT(r, 1) != t->nodes[1][j])
      message = HypFormat("%s, line %zu: the point (%g, %g) does not belong to a grid with the "
                          "others: every theta1 needs the same %zu values of theta2",
                          path, table->lines[order[r]], AT(r, 0), AT(r, 1), n1);
  }
  if (!message && table->rows % n1)
    message = HypFormat("%s, line %zu: theta1 = %g has %zu values of theta2 and the others have "
                        "%zu; a grid needs the same for each",
                        path, table->lines[order[table->rows - 1]], AT(table->rows - 1, 0),
                        table->rows % n1, n1);
#undef AT
  free(order);
  return message;
}

/* theta2 in the first row after a number of no meaning, theta1 at the beginning of each further
   row */
static char *PlaneFromGrid(const char *path, const HypTable *table, HypInterpolant *t)
{
  const size_t columns = table->columns;

  t->n[0]     = table->rows - 1;
  t->n[1]     = columns - 1;
  t->nodes[0] = HypReallocate(NULL, table->rows * sizeof(double));
  t->nodes[1] = HypReallocate(NULL, columns * sizeof(double));
  t->values   = HypReallocate(NULL, table->rows * columns * sizeof(double));
  for (size_t i = 0; i < table->rows - 1; i++) {
    t->nodes[0][i] = table->values[(i + 1) * columns];
    for (size_t j = 0; j < columns - 1; j++)
      t->values[j * t->n[0] + i] = table->values[(i + 1) * columns + j + 1];
    if (i && t->nodes[0][i] <= t->nodes[0][i - 1])
      return HypFormat("%s, line %zu: theta1 = %g does not increase; sort the rows of the grid",
                       path, table->lines[i + 1], t->nodes[0][i]);
  }
  for (size_t j = 0; j < columns - 1; j++) {
    t->nodes[1][j] = table->values[j + 1];
    if (j && t->nodes[1][j] <= t->nodes[1][j - 1])
      return HypFormat("%s, line %zu: theta2 = %g does not increase; sort the columns of the grid",
                       path, table->lines[0], t->nodes[1][j]);
  }
  return NULL;
}

/* ---- the interpolant ---- */

static char *TooFew(const HypInterpolant *t, int d, size_t least)
{
  for (int k = 0; k < d; k++)
    if (t->n[k] < least)
      return HypFormat("%s: %zu point%s of theta%d found, at least %zu needed by this "
                       "table_interpolation",
                       t->name, t->n[k], t->n[k] == 1 ? "" : "s", k + 1, least);
  return NULL;
}

enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

static size_t KindOf(const HypInterpolant *t)
{
  size_t k = 0;

  while (k < KINDS && strcmp(kinds[k].name, t->kind) != 0) k++;
  return k;
}

/* The least number of points along an axis, of a kind that there is */
size_t HypInterpolantLeast(const HypInterpolant *t, int d)
{
  const size_t k = KindOf(t);

  return d == 1 ? gsl_interp_type_min_size(*kinds[k].line)
                : gsl_interp2d_type_min_size(*kinds[k].plane);
}

char *HypInterpolantBuild(HypInterpolant *t, int d)
{
  const size_t k = KindOf(t);
  char        *message;

  if (k == KINDS || (d == 2 && !kinds[k].plane))
    return HypFormat("table_interpolation: %s given; %s allowed", t->kind,
                     d == 2 ? "in two dimensions spline (bicubic) and linear are"
                            : "spline, akima, monotone and linear are");
  message = TooFew(t, d, HypInterpolantLeast(t, d));
  if (message) return message;
  for (int j = 0; j < d; j++) t->accel[j] = gsl_interp_accel_alloc();
  if (d == 1) {
    t->line = gsl_spline_alloc(*kinds[k].line, t->n[0]);
    gsl_spline_init(t->line, t->nodes[0], t->values, t->n[0]);
  } else {
    t->plane = gsl_spline2d_alloc(*kinds[k].plane, t->n[0], t->n[1]);
    gsl_spline2d_init(t->plane, t->nodes[0], t->nodes[1], t->values, t->n[0], t->n[1]);
  }
  return NULL;
}

HypFunction *HypInterpolantCreate(size_t d, const char *name, const char *kind,
                                  const char *extrapolation)
{
  HypFunction *const    made = HypReallocate(NULL, sizeof(*made));
  HypInterpolant *const t    = HypReallocate(NULL, sizeof(*t));

  *t = (HypInterpolant){.name          = HypDuplicate(name),
                        .kind          = HypDuplicate(kind),
                        .extrapolation = HypDuplicate(extrapolation)};
  *made =
    (HypFunction){.d = d, .m = 1, .data = t, .evaluate = EvaluateTable, .destroy = DestroyTable};
  return made;
}

/*@
  HypFunctionCreateTable - A function of one or two variables by a table of its values

  Not collective; plain C, callable before MPI_Init

  Input Parameters:
+ d             - 1 or 2
. path          - a text file or a dataset, see HypTableRead(): rows theta, value, or theta1,
                  theta2, value that form a
                  grid, in any order; or for d = 2 the grid, theta2 in its first row and theta1 in
                  its first column
. interpolation - spline, akima, monotone or linear; for d = 2 spline or linear
- extrapolation - linear, constant or error

  Output Parameters:
+ function - to be freed with HypFunctionDestroy(); NULL on failure
- message  - on failure a sentence with the line, to be freed by the caller

  Returns 0, 2 where the table is not enough, or 4 where the file cannot be read or is no table.

  Level: intermediate

.seealso: HypFunctionEvaluate(), HypTableRead(), HypFunctionCreateThinned()
@*/
int HypFunctionCreateTable(size_t d, const char *path, const char *interpolation,
                           const char *extrapolation, HypFunction **function, char **message)
{
  HypTable        table;
  HypFunction    *made = HypInterpolantCreate(d, path, interpolation, extrapolation);
  HypInterpolant *t    = made->data;
  int             code;

  *function = NULL;
  code      = HypTableRead(path, &table, message);
  if (!code) {
    *message = d == 1               ? LineFromRows(path, &table, t)
               : table.columns == 3 ? PlaneFromRows(path, &table, t)
               : table.columns > 3 && table.rows > 1
                 ? PlaneFromGrid(path, &table, t)
                 : HypFormat("%s, line %zu: %zu numbers on a line; a table in two dimensions has "
                             "three, theta1, theta2 and the value, or is a grid",
                             path, table.lines[0], table.columns);
    code     = *message ? 4 : 0;
    HypTableDestroy(&table);
  }
  if (!code && (*message = HypInterpolantBuild(t, (int)d))) code = 2;
  if (code)
    HypFunctionDestroy(&made);
  else
    *function = made;
  return code;
}

/* The table that a function is; NULL where it is something else */
const HypInterpolant *HypInterpolantOf(const HypFunction *function)
{
  return function->evaluate == EvaluateTable ? function->data : NULL;
}
