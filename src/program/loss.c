/* The loss from the sample_loss_ keys. */
#include "program/objects.h"
#include "program/program.h"
#include <hypoco/loss.h>
#include <hypoco/random.h>
#include <math.h>

/* A list of `count` numbers, or of one number per coordinate for all, or of one number for all;
   a NULL list gives `fallback` */
static PetscErrorCode Spread(const char *key, const HypReals *list, PetscInt rows, PetscInt d,
                             PetscReal fallback, PetscReal *out)
{
  const double  *values = list->values;
  const PetscInt given  = (PetscInt)list->count;

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
static PetscErrorCode PerCoordinate(const HypSettings *s, const char *key, const HypReals *list,
                                    PetscInt d, PetscReal *out)
{
  const double *range = s->sample_loss_range.values;
  const size_t  given = s->sample_loss_range.count;

  PetscFunctionBeginUser;
  PetscCall(Spread(key, list, 1, d, 1, out));
  if (!given) PetscFunctionReturn(0);
  PetscCheck(given == 2 && range[0] < range[1], PETSC_COMM_SELF, PETSC_ERR_ARG_WRONG,
             "sample_loss_range: %zu numbers given, two increasing ones needed", given);
  PetscCheck(!list->count, PETSC_COMM_SELF, PETSC_ERR_ARG_INCOMP,
             "%s and sample_loss_range exclude each other: list the numbers or have them drawn",
             key);
  for (PetscInt c = 0; c < d; c++) {
    uint32_t w[4];

    HypRandomWords((HypRandomBlock){.seed    = (uint64_t)s->sample_seed,
                                    .path    = (uint64_t)c,
                                    .lanes   = 1,
                                    .purpose = HYP_RANDOM_DATA},
                   0, (uint32_t *const[]){&w[0], &w[1], &w[2], &w[3]});
    out[c] = range[0] + (range[1] - range[0]) * (((PetscReal)w[0] + 0.5) * 0x1p-32);
  }
  PetscFunctionReturn(0);
}

/* Components by centres, f_i = sum_c a_c (theta_c - z_ic)^2 / 2 + const,
   or by slopes b_ic = a_c z_ic */
static PetscErrorCode Quadratic(const HypSettings *s, PetscInt d, HypLoss *loss)
{
  const PetscBool by_centers = (PetscBool)(s->sample_loss_centers.count > 0);
  const char     *key        = by_centers ? "sample_loss_centers" : "sample_loss_slopes";
  const HypReals *list       = by_centers ? &s->sample_loss_centers : &s->sample_loss_slopes;
  const PetscInt  given      = (PetscInt)list->count;
  PetscInt        n;
  PetscReal      *curvature, *slopes;

  PetscFunctionBeginUser;
  PetscCheck(given > 0 && !(by_centers && s->sample_loss_slopes.count), PETSC_COMM_SELF,
             PETSC_ERR_ARG_INCOMP,
             "sample_loss_type: a quadratic loss needs sample_loss_centers or sample_loss_slopes, "
             "one of them, with a number for each component");
  n = HypOptionsGiven(s->options, "sample_loss_count") ? (PetscInt)s->sample_loss_count : given;
  PetscCall(PetscMalloc2(d, &curvature, n * d, &slopes));
  PetscCall(PerCoordinate(s, "sample_loss_curvature", &s->sample_loss_curvature, d, curvature));
  PetscCall(Spread(key, list, n, d, 0, slopes));
  if (by_centers)
    for (PetscInt k = 0; k < n * d; k++) slopes[k] *= curvature[k % d];
  PetscCall(HypLossCreateQuadratic(d, n, curvature, slopes, loss));
  PetscCall(PetscFree2(curvature, slopes));
  PetscFunctionReturn(0);
}

static PetscErrorCode LeastSquares(const HypSettings *s, PetscInt d, HypLoss *loss)
{
  PetscFunctionBeginUser;
  PetscCheck(s->sample_loss_data, PETSC_COMM_SELF, PETSC_ERR_ARG_INCOMP,
             "sample_loss_type: a least-squares loss needs sample_loss_data, a text file with rows "
             "of d numbers and a target");
  PetscCall(HypLossCreateLeastSquaresFile(s->sample_loss_data, d, loss));
  PetscFunctionReturn(0);
}

static PetscErrorCode Expression(const HypSettings *s, PetscInt d, HypLoss *loss)
{
  const char  *value = s->sample_loss_value;
  const char **gradients;
  PetscInt     ngradients = 0;
  PetscReal   *coefficients;

  PetscFunctionBeginUser;
  PetscCheck(value, PETSC_COMM_SELF, PETSC_ERR_ARG_INCOMP,
             "sample_loss_type: a loss by expression needs sample_loss_value, the loss of "
             "component i in theta (or theta1, theta2, ...), i and n");
  PetscCall(PetscMalloc2(d, &gradients, d, &coefficients));
  PetscCall(
    PerCoordinate(s, "sample_loss_coefficients", &s->sample_loss_coefficients, d, coefficients));
  if (s->sample_loss_gradient)
    gradients[ngradients++] = s->sample_loss_gradient;
  else
    for (PetscInt c = 0; c < d; c++)
      if (s->sample_loss_gradient_each[c])
        gradients[ngradients++] = s->sample_loss_gradient_each[c];
  PetscCall(HypLossCreateExpression(d, (PetscInt)s->sample_loss_count, value, ngradients, gradients,
                                    coefficients, loss));
  PetscCall(PetscFree2(gradients, coefficients));
  PetscFunctionReturn(0);
}

/* The component losses of sample; those of the kinetic model where there is one,
   whose pointer may be NULL for the others */
PetscErrorCode HypSettingsLoss(const HypSettings *s, HypModel model, HypLoss *loss)
{
  const char    *type = s->sample_loss_type;
  const PetscInt d    = (PetscInt)s->model_dimension;

  PetscFunctionBeginUser;
  if (!strcmp(type, "quadratic"))
    PetscCall(Quadratic(s, d, loss));
  else if (!strcmp(type, "least-squares"))
    PetscCall(LeastSquares(s, d, loss));
  else if (!strcmp(type, "expression"))
    PetscCall(Expression(s, d, loss));
  else {
    PetscCheck(model && !isnan(s->model_noise), PETSC_COMM_SELF, PETSC_ERR_ARG_INCOMP,
               "sample_loss_type: model needs model_learning_rate, model_staleness and "
               "model_noise; give them, or component losses by "
               "another sample_loss_type");
    PetscCall(HypLossCreateModel(model, s->model_noise, loss));
  }
  PetscFunctionReturn(0);
}
