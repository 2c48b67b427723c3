/* The loss from the sample_loss_ keys. */
#include "loss/lossimpl.h"
#include "loss/random.h"
#include <errno.h>
#include <stdio.h>

/* A list of `count` numbers, or of one number per coordinate for all, or of one number for all; a NULL list gives `fallback` */
static PetscErrorCode Spread(const HypOptions *options, const char *key, PetscInt rows, PetscInt d,
                             PetscReal fallback, PetscReal *out)
{
  const double  *values;
  const PetscInt given = (PetscInt)HypOptionsReals(options, key, &values);

  PetscFunctionBeginUser;
  PetscCheck(given == 0 || given == rows || given == rows * d, PETSC_COMM_SELF, PETSC_ERR_ARG_SIZ,
             "%s: %" PetscInt_FMT " numbers given, %" PetscInt_FMT " or %" PetscInt_FMT
             " needed (%" PetscInt_FMT " for each of model_dimension = %" PetscInt_FMT
             " coordinates, or the same for all)",
             key, given, rows, rows * d, rows, d);
  for (PetscInt i = 0; i < rows; i++)
    for (PetscInt c = 0; c < d; c++)
      out[i * d + c] = given == 0 ? fallback : values[given == rows ? i : i * d + c];
  PetscFunctionReturn(0);
}

/* One number per coordinate: as listed, or drawn uniformly from sample_loss_range, or 1 */
static PetscErrorCode PerCoordinate(const HypOptions *options, const char *key, PetscInt d,
                                    PetscReal *out)
{
  const double *range;
  const size_t  given = HypOptionsReals(options, "sample_loss_range", &range);

  PetscFunctionBeginUser;
  PetscCall(Spread(options, key, 1, d, 1, out));
  if (!given) PetscFunctionReturn(0);
  PetscCheck(given == 2 && range[0] < range[1], PETSC_COMM_SELF, PETSC_ERR_ARG_WRONG,
             "sample_loss_range: %zu numbers given, two increasing ones needed", given);
  PetscCheck(!HypOptionsGiven(options, key), PETSC_COMM_SELF, PETSC_ERR_ARG_INCOMP,
             "%s and sample_loss_range exclude each other: list the numbers or have them drawn",
             key);
  for (PetscInt c = 0; c < d; c++) {
    uint32_t w[4];

    HypRandomWords((uint64_t)HypOptionsInteger(options, "sample_seed"), (uint64_t)c, 1, 0,
                   HYP_RANDOM_DATA, 0, &w[0], &w[1], &w[2], &w[3]);
    out[c] = range[0] + (range[1] - range[0]) * (((PetscReal)w[0] + 0.5) * 0x1p-32);
  }
  PetscFunctionReturn(0);
}

/* Components by centres, f_i = sum_c a_c (theta_c - z_ic)^2 / 2 + const, or by slopes b_ic = a_c z_ic */
static PetscErrorCode QuadraticFromOptions(const HypOptions *options, PetscInt d, HypLoss *loss)
{
  const PetscBool by_centers = HypOptionsGiven(options, "sample_loss_centers");
  const char     *key        = by_centers ? "sample_loss_centers" : "sample_loss_slopes";
  const double   *values;
  PetscInt        given, n;
  PetscReal      *curvature, *slopes;

  PetscFunctionBeginUser;
  given = (PetscInt)HypOptionsReals(options, key, &values);
  PetscCheck(given > 0 && !(by_centers && HypOptionsGiven(options, "sample_loss_slopes")),
             PETSC_COMM_SELF, PETSC_ERR_ARG_INCOMP,
             "sample_loss_type: a quadratic loss needs sample_loss_centers or sample_loss_slopes, "
             "one of them, with a number for each component");
  n = HypOptionsGiven(options, "sample_loss_count")
        ? (PetscInt)HypOptionsInteger(options, "sample_loss_count")
        : given;
  PetscCall(PetscMalloc2(d, &curvature, n * d, &slopes));
  PetscCall(PerCoordinate(options, "sample_loss_curvature", d, curvature));
  PetscCall(Spread(options, key, n, d, 0, slopes));
  if (by_centers)
    for (PetscInt k = 0; k < n * d; k++) slopes[k] *= curvature[k % d];
  PetscCall(HypLossCreateQuadratic(d, n, curvature, slopes, loss));
  PetscCall(PetscFree2(curvature, slopes));
  PetscFunctionReturn(0);
}

/* Rows of d + 1 numbers: r_1 ... r_d t; '#' begins a comment */
static PetscErrorCode ReadRows(const char *path, FILE *file, PetscInt d, PetscInt *n,
                               PetscReal **numbers)
{
  PetscInt size = 0, capacity = 1024, row = 1;
  char     word[64];

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(capacity, numbers));
  for (;;) {
    char  *end;
    double value;
    int    next;

    while ((next = fgetc(file)) == ' ' || next == '\t' || next == ',' || next == '\r' ||
           next == '\n')
      row += next == '\n';
    if (next == EOF) break;
    if (next == '#') {
      while ((next = fgetc(file)) != '\n' && next != EOF) continue;
      row++;
      continue;
    }
    ungetc(next, file);
    PetscCheck(fscanf(file, "%63[^ \t,\r\n#]", word) == 1, PETSC_COMM_SELF, PETSC_ERR_FILE_READ,
               "%s: row %" PetscInt_FMT " cannot be read", path, row);
    value = strtod(word, &end);
    PetscCheck(*end == '\0' && PetscAbsReal(value) < PETSC_MAX_REAL, PETSC_COMM_SELF,
               PETSC_ERR_FILE_UNEXPECTED, "%s: row %" PetscInt_FMT ": '%s' is not a finite number",
               path, row, word);
    if (size == capacity) {
      PetscCall(PetscRealloc((size_t)(capacity * 2) * sizeof(PetscReal), numbers));
      capacity *= 2;
    }
    (*numbers)[size++] = value;
  }
  PetscCheck(size > 0 && size % (d + 1) == 0, PETSC_COMM_SELF, PETSC_ERR_FILE_UNEXPECTED,
             "%s: %" PetscInt_FMT " numbers found, rows of %" PetscInt_FMT
             " needed: the d = %" PetscInt_FMT " entries of a row, then its target",
             path, size, d + 1, d);
  *n = size / (d + 1);
  PetscFunctionReturn(0);
}

static PetscErrorCode LeastSquaresFromOptions(const HypOptions *options, PetscInt d, HypLoss *loss)
{
  const char *path = HypOptionsText(options, "sample_loss_data");
  FILE       *file;
  PetscInt    n = 0;
  PetscReal  *numbers, *rows, *targets;

  PetscFunctionBeginUser;
  PetscCheck(path, PETSC_COMM_SELF, PETSC_ERR_ARG_INCOMP,
             "sample_loss_type: a least-squares loss needs sample_loss_data, a text file with rows "
             "of d numbers and a target");
  file = fopen(path, "r");
  PetscCheck(file, PETSC_COMM_SELF, PETSC_ERR_FILE_OPEN,
             "sample_loss_data: %s cannot be opened: %s", path, strerror(errno));
  PetscCall(ReadRows(path, file, d, &n, &numbers));
  fclose(file);
  PetscCall(PetscMalloc2(n * d, &rows, n, &targets));
  for (PetscInt i = 0; i < n; i++) {
    for (PetscInt c = 0; c < d; c++) rows[i * d + c] = numbers[i * (d + 1) + c];
    targets[i] = numbers[i * (d + 1) + d];
  }
  PetscCall(HypLossCreateLeastSquares(d, n, rows, targets, loss));
  PetscCall(PetscFree2(rows, targets));
  PetscCall(PetscFree(numbers));
  PetscFunctionReturn(0);
}

static PetscErrorCode ExpressionFromOptions(const HypOptions *options, PetscInt d, HypLoss *loss)
{
  const char  *value = HypOptionsText(options, "sample_loss_value");
  const char **gradients;
  PetscInt     ngradients = 0;
  PetscReal   *coefficients;

  PetscFunctionBeginUser;
  PetscCheck(value, PETSC_COMM_SELF, PETSC_ERR_ARG_INCOMP,
             "sample_loss_type: a loss by expression needs sample_loss_value, the loss of "
             "component i in theta (or theta1, theta2, ...), i and n");
  PetscCall(PetscMalloc2(d, &gradients, d, &coefficients));
  PetscCall(PerCoordinate(options, "sample_loss_coefficients", d, coefficients));
  if (HypOptionsGiven(options, "sample_loss_gradient"))
    gradients[ngradients++] = HypOptionsText(options, "sample_loss_gradient");
  else
    for (PetscInt c = 0; c < d; c++) {
      char key[64];

      PetscCall(PetscSNPrintf(key, sizeof(key), "sample_loss_gradient_%" PetscInt_FMT, c + 1));
      if (HypOptionsGiven(options, key)) gradients[ngradients++] = HypOptionsText(options, key);
    }
  PetscCall(HypLossCreateExpression(d, (PetscInt)HypOptionsInteger(options, "sample_loss_count"),
                                    value, ngradients, gradients, coefficients, loss));
  PetscCall(PetscFree2(gradients, coefficients));
  PetscFunctionReturn(0);
}

/*@
  HypLossCreateFromOptions - Reads the sample_loss_ keys

  Not collective

  Input Parameters:
+ options - checked options
- model   - the kinetic model, for sample_loss_type: model; may be NULL for the others

  Output Parameter:
. loss - the loss

  Level: beginner

.seealso: HypLossCreateModel(), HypLossCreateQuadratic(), HypLossCreateLeastSquares(), HypLossCreateExpression()
@*/
PetscErrorCode HypLossCreateFromOptions(const HypOptions *options, HypModel model, HypLoss *loss)
{
  const char    *type = HypOptionsText(options, "sample_loss_type");
  const PetscInt d    = (PetscInt)HypOptionsInteger(options, "model_dimension");

  PetscFunctionBeginUser;
  if (!strcmp(type, "quadratic"))
    PetscCall(QuadraticFromOptions(options, d, loss));
  else if (!strcmp(type, "least-squares"))
    PetscCall(LeastSquaresFromOptions(options, d, loss));
  else if (!strcmp(type, "expression"))
    PetscCall(ExpressionFromOptions(options, d, loss));
  else {
    PetscCheck(model && HypOptionsGiven(options, "model_noise"), PETSC_COMM_SELF,
               PETSC_ERR_ARG_INCOMP,
               "sample_loss_type: model needs model_learning_rate, model_staleness and "
               "model_noise; give them, or component losses by "
               "another sample_loss_type");
    PetscCall(HypLossCreateModel(model, HypOptionsReal(options, "model_noise"), loss));
  }
  PetscFunctionReturn(0);
}
