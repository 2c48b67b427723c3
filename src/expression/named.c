/*
   Losses by name, one row each: parameters, formula, and bounds of the curvature.

   A formula in theta is summed over the coordinates; one in theta1, theta2 is the loss as it
   stands.  Bounds are those of the
   eigenvalues of f'' over all theta, as formulas in the parameters; "" where there is none.
   They hold in the domains of the parameters, which are any number, >=0, or !=0.
*/
#include "base/base.h"
#include <hypoco/expression.h>
#include <hypoco/function.h>
#include <hypoco/table.h>
#include <gsl/gsl_eigen.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

typedef enum { NO_DATA, ROWS_XY, ROWS_RT } Data;

typedef struct {
  const char *name, *parameters, *defaults, *domains;
  const char *formula; /* with data: of one row, whose x is x y; the mean over the rows is taken */
  const char *added;   /* with data: what is added to that mean */
  const char *lower, *upper; /* bounds of the curvature; x2: the mean of x^2 */
  Data        data;
  const char *help;
} Loss;

/* clang-format off */
static const Loss losses[] = {
  {"quadratic", "a", "1", "any", "a*theta^2/2", "", "a", "a", NO_DATA, "curvature a"},
  {"sine", "a b c", "1 0.5 1", "any any !=0", "a*theta^2/2 - b*cos(c*theta)/c", "",
   "a - abs(b*c)", "a + abs(b*c)", NO_DATA, "force a theta + b sin(c theta)"},
  {"tanh", "a b c", "1 0.5 1", "any any !=0",
   "a*theta^2/2 + b/c*(abs(c*theta) + log((1 + exp(-2*abs(c*theta)))/2))", "",
   "a + min(0, b*c)", "a + max(0, b*c)", NO_DATA, "force a theta + b tanh(c theta)"},
  {"bump", "a b c", "1 0.5 1", "any any !=0", "a*theta^2/2 + b*exp(-theta^2/(2*c^2))", "",
   "a - max(b, -2*exp(-1.5)*b)/c^2", "a + max(-b, 2*exp(-1.5)*b)/c^2", NO_DATA,
   "a Gaussian of height b and width c on a parabola"},
  {"double-well", "a b", "1 1", ">=0 any", "a*theta^4/4 - b*theta^2/2", "", "-b", "", NO_DATA,
   "minima at +-sqrt(b/a)"},
  {"quartic", "a b", "1 1", "any >=0", "a*theta^2/2 + b*theta^4/4", "", "a", "", NO_DATA,
   "a theta^2/2 + b theta^4/4"},
  {"huber", "a", "1", ">=0", "abs(theta) <= a ? theta^2/2 : a*(abs(theta) - a/2)", "", "0", "1",
   NO_DATA, "quadratic up to |theta| = a, then linear"},
  {"network", "a b", "0.1 1", "any any",
   "0.5*(theta2*tanh(theta1) - b)^2 + a*(theta1^2 + theta2^2)/2", "", "", "", NO_DATA,
   "two layers, one neuron each: theta2 tanh(theta1) learns b, with weight decay a"},
  {"logistic", "a", "0.1", "any", "max(0, -x*theta) + log(1 + exp(-abs(x*theta)))",
   "a*theta^2/2", "a", "a + x2/4", ROWS_XY,
   "one weight, rows x, y with y = +-1, weight decay a"},
  {"least-squares", "a", "0", "any", "", "", "", "", ROWS_RT,
   "rows r1..rd, t: the mean of (r theta - t)^2/2, d <= 10, weight decay a"},
};
/* clang-format on */

#define UNDETERMINED 1e-10 /* of the largest eigenvalue: what is smaller is rounding */

enum { LOSSES = sizeof(losses) / sizeof(losses[0]), MAX_PARAMETERS = 8, MAX_LEAST_SQUARES = 10 };

typedef struct {
  char   name[16];
  double value;
} Binding;

/* ---- texts ---- */

static void Append(char **text, char *more)
{
  char *const longer = HypFormat("%s%s", *text, more);

  free(*text);
  free(more);
  *text = longer;
}

static bool IsLetter(char c)
{
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c >= '0' && c <= '9');
}

/* The formula with numbers instead of the names in the list, and thetaK instead of theta for k >
   0 */
static char *Substitute(const char *formula, size_t count, const Binding *bindings, size_t k)
{
  char *made = HypDuplicate("");

  while (*formula) {
    size_t length = 0, i = 0;

    while (IsLetter(formula[length])) length++;
    while (i < count &&
           !(strlen(bindings[i].name) == length && !strncmp(formula, bindings[i].name, length)))
      i++;
    if (length && i < count)
      Append(&made, HypFormat("(%.17g)", bindings[i].value));
    else if (k && length == 5 && !strncmp(formula, "theta", 5))
      Append(&made, HypFormat("theta%zu", k));
    else
      Append(&made, HypFormat("%.*s", (int)(length ? length : 1), formula));
    formula += length ? length : 1;
  }
  return made;
}

/* ---- parameters ---- */

static const Loss *Row(const char *name)
{
  for (size_t i = 0; i < LOSSES; i++)
    if (strcmp(losses[i].name, name) == 0) return &losses[i];
  return NULL;
}

static const Loss *Find(const char *name, char **message)
{
  char *list;

  if (Row(name)) return Row(name);
  list = HypDuplicate("");
  for (size_t i = 0; i < LOSSES; i++)
    Append(&list, HypFormat("%s%s", i ? ", " : "", losses[i].name));
  *message = HypFormat("loss_name: '%s' given; known are %s", name, list);
  free(list);
  return NULL;
}

static char *OutsideDomain(const Loss *loss, const Binding *bound, const char *domain)
{
  if (isfinite(bound->value) && !(strcmp(domain, ">=0") == 0 && bound->value < 0) &&
      !(strcmp(domain, "!=0") == 0 && bound->value == 0))
    return NULL;
  return HypFormat("loss_parameters: %s = %g given; the loss %s needs %s", bound->name,
                   bound->value, loss->name,
                   strcmp(domain, "any") == 0   ? "a finite number"
                   : strcmp(domain, ">=0") == 0 ? "0 or a positive number"
                                                : "a number that is not 0");
}

/* The parameters by name: those given, then the defaults of the rest; each in its domain */
static char *Bind(const Loss *loss, size_t n, const double *given, size_t *count, Binding *bindings)
{
  char *const names = HypDuplicate(loss->parameters), *const values = HypDuplicate(loss->defaults),
              *const domains = HypDuplicate(loss->domains);
  char              *name_at = NULL, *value_at = NULL, *domain_at = NULL, *message = NULL;
  const char *name = strtok_r(names, " ", &name_at), *value = strtok_r(values, " ", &value_at),
             *domain = strtok_r(domains, " ", &domain_at);

  for (*count = 0; name; (*count)++) {
    strncpy(bindings[*count].name, name, sizeof(bindings[*count].name) - 1);
    (void)HypParseReal(value, strlen(value), &bindings[*count].value);
    if (*count < n) bindings[*count].value = given[*count];
    if (!message) message = OutsideDomain(loss, &bindings[*count], domain);
    name   = strtok_r(NULL, " ", &name_at);
    value  = strtok_r(NULL, " ", &value_at);
    domain = strtok_r(NULL, " ", &domain_at);
  }
  if (!message && n > *count)
    message = HypFormat("loss_parameters: %zu numbers given; the loss %s takes %s", n, loss->name,
                        loss->parameters);
  free(names);
  free(values);
  free(domains);
  return message;
}

/* ---- data ---- */

static char *CheckData(const Loss *loss, size_t d, const char *path, HypTable *table)
{
  const size_t columns = loss->data == ROWS_XY ? 2 : d + 1;
  char        *message;

  if (!path)
    return HypFormat("loss_name: %s needs loss_data, a text file with rows of %s", loss->name,
                     loss->data == ROWS_XY ? "x and y" : "d numbers and a target");
  if (HypTableReadColumns("loss_data", path, columns, 0,
                          loss->data == ROWS_XY ? "x and y"
                                                : "the d entries of a row, then its target",
                          table, &message))
    return message;
  for (size_t i = 0; loss->data == ROWS_XY && i < table->rows; i++)
    if (fabs(table->values[2 * i + 1]) != 1)
      return HypFormat("loss_data: %s, line %zu: the label %g is neither 1 nor -1", path,
                       table->lines[i], table->values[2 * i + 1]);
  return NULL;
}

/* The mean over the rows, term by term, and what is added to it; the label is a sign of x */
static char *SumOverRows(const Loss *loss, const char *path, const HypTable *table, size_t count,
                         Binding *bindings, char **text)
{
  char *const added = Substitute(loss->added, count, bindings, 0);
  char *const end   = HypFormat(")/%zu + %s", table->rows, added);
  size_t      i     = 0;

  *text = HypDuplicate("(");
  strcpy(bindings[count].name, "x");
  for (; i < table->rows && strlen(*text) + strlen(end) <= HYP_EXPRESSION_MAX; i++) {
    bindings[count].value = table->values[2 * i] * table->values[2 * i + 1];
    if (i) Append(text, HypDuplicate(" + "));
    Append(text, Substitute(loss->formula, count + 1, bindings, 0));
  }
  Append(text, end);
  free(added);
  if (strlen(*text) <= HYP_EXPRESSION_MAX) return NULL;
  free(*text);
  *text = NULL;
  return HypFormat("loss_data: %s has %zu rows; the first %zu fill the %d characters of a formula, "
                   "so leave rows out, write fewer digits, or give the loss as a table (loss_file)",
                   path, table->rows, i - 1, HYP_EXPRESSION_MAX);
}

/* H = (1/n) sum r r^T + a, b = (1/n) sum t r: the mean of (r theta - t)^2/2 is theta H theta/2 -
   b theta + const */
static void NormalEquations(const HypTable *table, size_t d, double decay, double *H, double *b)
{
  for (size_t c = 0; c < d; c++) {
    b[c] = 0;
    for (size_t e = 0; e < d; e++) H[c * d + e] = c == e ? decay : 0;
    for (size_t i = 0; i < table->rows; i++) {
      const double *const row = table->values + i * (d + 1);

      b[c] += row[d] * row[c] / (double)table->rows;
      for (size_t e = 0; e < d; e++) H[c * d + e] += row[c] * row[e] / (double)table->rows;
    }
  }
}

static char *LeastSquares(const HypTable *table, size_t d, double decay)
{
  double H[MAX_LEAST_SQUARES * MAX_LEAST_SQUARES], b[MAX_LEAST_SQUARES];
  char  *text = HypDuplicate("0");

  NormalEquations(table, d, decay, H, b);
  for (size_t c = 0; c < d; c++) {
    for (size_t e = 0; e <= c; e++)
      Append(&text, HypFormat(" + (%.17g)*theta%zu*theta%zu", H[c * d + e] / (c == e ? 2 : 1),
                              c + 1, e + 1));
    Append(&text, HypFormat(" - (%.17g)*theta%zu", b[c], c + 1));
  }
  return text;
}

/* ---- public ---- */

/* The formula of a loss without rows x, y */
static char *FormulaOf(const Loss *loss, size_t d, const HypTable *table, size_t count,
                       Binding *bindings)
{
  char *text;

  if (loss->data == ROWS_RT) return LeastSquares(table, d, bindings[0].value);
  if (d == 1 || HypFormulaIsIndexed(loss->formula))
    return Substitute(loss->formula, count, bindings, 0);
  text = HypDuplicate("");
  for (size_t k = 1; k <= d; k++) {
    Append(&text, HypDuplicate(k > 1 ? " + (" : "("));
    Append(&text, Substitute(loss->formula, count, bindings, k));
    Append(&text, HypDuplicate(")"));
  }
  return text;
}

static char *WrongDimension(const Loss *loss, size_t d)
{
  if (HypFormulaIsIndexed(loss->formula) && d != 2)
    return HypFormat("loss_name: %s is a loss of two variables; here model_dimension = %zu",
                     loss->name, d);
  if (loss->data == ROWS_XY && d != 1)
    return HypFormat("loss_name: %s is a loss of one variable; here model_dimension = %zu",
                     loss->name, d);
  if (loss->data == ROWS_RT && d > MAX_LEAST_SQUARES)
    return HypFormat("loss_name: %s takes up to %d variables; here model_dimension = %zu",
                     loss->name, MAX_LEAST_SQUARES, d);
  return NULL;
}

/* A bound of the curvature by its formula; the fallback where the row has none */
static double Bound(const char *formula, size_t count, const Binding *bindings, double fallback)
{
  char          *text, *message;
  HypExpression *expression;
  double         value;

  if (!*formula) return fallback;
  text = Substitute(formula, count, bindings, 0);
  if (HypExpressionCreate(text, 0, NULL, &expression, &message)) abort(); /* the table is wrong */
  value = HypExpressionEvaluate(expression, NULL, NULL);
  HypExpressionDestroy(&expression);
  free(text);
  return value;
}

/* The curvature of least squares is one matrix: its smallest and largest eigenvalue */
static void Eigenvalues(const HypTable *table, size_t d, double decay, double curvature[2])
{
  double                          H[MAX_LEAST_SQUARES * MAX_LEAST_SQUARES], b[MAX_LEAST_SQUARES];
  gsl_matrix_view                 matrix = gsl_matrix_view_array(H, d, d);
  gsl_vector *const               values = gsl_vector_alloc(d);
  gsl_eigen_symm_workspace *const work   = gsl_eigen_symm_alloc(d);

  NormalEquations(table, d, decay, H, b);
  gsl_eigen_symm(&matrix.matrix, values, work);
  curvature[0] = gsl_vector_min(values);
  curvature[1] = gsl_vector_max(values);
  gsl_eigen_symm_free(work);
  gsl_vector_free(values);
}

/* The least and the largest curvature, by the row's formulas or by the data */
static char *Bounds(const Loss *loss, size_t d, const HypTable *table, size_t count,
                    Binding *bindings, double curvature[2])
{
  strcpy(bindings[count].name, "x2");
  bindings[count].value = 0;
  for (size_t i = 0; loss->data == ROWS_XY && i < table->rows; i++)
    bindings[count].value += table->values[2 * i] * table->values[2 * i] / (double)table->rows;
  curvature[0] = Bound(loss->lower, count + 1, bindings, -INFINITY);
  curvature[1] = Bound(loss->upper, count + 1, bindings, INFINITY);
  if (loss->data != ROWS_RT) return NULL;
  Eigenvalues(table, d, bindings[0].value, curvature);
  if (curvature[0] > UNDETERMINED * curvature[1]) return NULL;
  return HypFormat("loss_data: the data leave a direction undetermined: the eigenvalues of the "
                   "mean of r r^T, plus a, go from %.3g to %.3g; give more rows, or a larger "
                   "decay a > 0 by loss_parameters",
                   curvature[0], curvature[1]);
}

/*@
  HypLossNamed - A loss of the library of losses, as a formula with the bounds of its curvature

  Not collective; plain C, callable before MPI_Init

  Input Parameters:
+ name       - quadratic, sine, tanh, bump, double-well, quartic, huber, network, logistic or
               least-squares
. d          - dimension of theta
. n          - number of parameters given; the rest has defaults
. parameters - the parameters a, b, c in this order
- data       - file of the data of logistic and least-squares, else NULL

  Output Parameters:
+ formula   - in theta (d = 1) or theta1, theta2, ...; to be freed by the caller
. curvature - the least and the largest eigenvalue that f'' can have; -inf and inf where there is
              no bound or none is known
- message   - on failure a sentence, to be freed by the caller

  Returns 0, or 2.

  Level: intermediate

  Note:
  The curvature of least-squares is the matrix (1/n) sum r r^T + a: its bounds are eigenvalues.
  That of network grows like theta2^2 in both directions.
  Parameters for which the bounds do not hold, or the formula has no value, are refused.

.seealso: HypFunctionCreateFormulas()
@*/
int HypLossNamed(const char *name, size_t d, size_t n, const double *parameters, const char *data,
                 char **formula, double curvature[2], char **message)
{
  const Loss *loss;
  Binding     bindings[MAX_PARAMETERS + 3] = {{{0}, 0}};
  HypTable    table                        = {0};
  size_t      count;

  *formula = *message = NULL;
  loss                = Find(name, message);
  if (!loss) return 2;
  *message = WrongDimension(loss, d);
  if (!*message) *message = Bind(loss, n, parameters, &count, bindings);
  if (!*message && loss->data != NO_DATA) *message = CheckData(loss, d, data, &table);
  if (!*message && loss->data == NO_DATA && data)
    *message = HypFormat("loss_data: the loss %s has no data; leave the key out", loss->name);
  if (!*message) *message = Bounds(loss, d, &table, count, bindings, curvature);
  if (!*message && loss->data == ROWS_XY)
    *message = SumOverRows(loss, data, &table, count, bindings, formula);
  else if (!*message)
    *formula = FormulaOf(loss, d, &table, count, bindings);
  HypTableDestroy(&table);
  return *message ? 2 : 0;
}

/*@
  HypLossNamedIsSum - Is a loss of the library, in several variables, a sum of losses of one each?

  Not collective; plain C, callable before MPI_Init

  Input Parameter:
. name - the name

  Returns 1 or 0; 0 for a name that is not known.

  Level: developer

.seealso: HypLossNamed()
@*/
int HypLossNamedIsSum(const char *name)
{
  const Loss *const loss = Row(name);

  return loss && loss->data == NO_DATA && !HypFormulaIsIndexed(loss->formula);
}

/*@
  HypLossNamedIsQuadratic - Is a loss of the library quadratic with a Hessian that its data say?

  Not collective; plain C, callable before MPI_Init

  Input Parameter:
. name - the name

  Returns 1 or 0; 0 for a name that is not known.

  Level: developer

.seealso: HypLossNamed()
@*/
int HypLossNamedIsQuadratic(const char *name)
{
  const Loss *const loss = Row(name);

  return loss && loss->data == ROWS_RT;
}

/*@
  HypLossNamedRow - One row of the library of losses, for help and documents

  Not collective; plain C, callable before MPI_Init

  Input Parameter:
. i - its number, from 0

  Output Parameters:
+ name       - the name
. parameters - names of the parameters
. defaults   - their defaults
- help       - one line

  Returns 0 behind the last row, else 1.

  Level: developer

.seealso: HypLossNamed()
@*/
int HypLossNamedRow(size_t i, const char **name, const char **parameters, const char **defaults,
                    const char **help)
{
  if (i >= LOSSES) return 0;
  *name       = losses[i].name;
  *parameters = losses[i].parameters;
  *defaults   = losses[i].defaults;
  *help       = losses[i].help;
  return 1;
}
