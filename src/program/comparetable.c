/* What a comparison says: table, summary and file. */
#include "program/compare.h"
#include <math.h>

static const char *const quantities[HYP_COMPARED] = {"theta", "theta2", "loss"};

/* The equation is the first row */
static PetscReal Difference(const HypComparison *c, const HypCompareRow *row, int k, PetscInt t)
{
  return row->mean[k * c->times + t] - c->row[0].mean[k * c->times + t];
}

/*
   The largest |E - E of the equation| over the times, with its sampling error there.
   What exceeds 1.96 errors is error of the model; with exact moments it is known without sampling.
*/
typedef struct {
  PetscReal difference, error, exact;
  PetscInt  at;
} Worst;

static Worst WorstOf(const HypComparison *c, const HypCompareRow *row, int k)
{
  Worst worst = {NAN, NAN, NAN, 0};

  for (PetscInt t = 0; t < c->times; t++) {
    const PetscReal difference = PetscAbsReal(Difference(c, row, k, t));

    if (!isfinite(difference) || (isfinite(worst.difference) && difference <= worst.difference))
      continue;
    worst = (Worst){difference, row->error[k * c->times + t], NAN, t};
  }
  for (PetscInt t = 0; t < c->times && k < 2; t++) {
    const PetscReal exact =
      PetscAbsReal(row->exact[k * c->times + t] - c->row[0].mean[k * c->times + t]);

    if (isfinite(exact) && !(exact <= worst.exact)) worst.exact = exact;
  }
  return worst;
}

static PetscErrorCode PrintWorst(const HypComparison *c, const HypCompareRow *row, int k)
{
  const Worst worst = WorstOf(c, row, k);
  char        exact[32];

  PetscFunctionBeginUser;
  if (!row->sampled || isnan(worst.difference)) {
    PetscCall(PetscPrintf(PETSC_COMM_WORLD, "  %30s", "-"));
    PetscFunctionReturn(0);
  }
  snprintf(exact, sizeof(exact), isnan(worst.exact) ? "-" : "%.3g", (double)worst.exact);
  PetscCall(PetscPrintf(PETSC_COMM_WORLD, "  %9.3g +- %-8.2g %8s", (double)worst.difference,
                        1.96 * (double)worst.error, exact));
  PetscFunctionReturn(0);
}

/*
  HypComparePrint - One line for each model:
  its rate, and how far its averages and its law are from the equation's

  Collective
*/
PetscErrorCode HypComparePrint(const HypComparison *c)
{
  PetscFunctionBeginUser;
  PetscCall(PetscPrintf(
    PETSC_COMM_WORLD,
    "start theta_1 = %g, %" PetscInt_FMT " steps of %.6g; %" PetscInt_FMT
    " paths; first coordinate\n"
    "largest differences from the equation over the times, 95 %% of sampling, and (exact moments) "
    "what is the model's own\n"
    "%-16s %22s  %30s  %30s  %30s  %18s\n",
    (double)c->start[0], c->step[c->times - 1], (double)c->dt, (PetscInt)c->s->sample_paths,
    "model", "rate of E theta", "E theta", "E theta^2", "E f", "distance of laws"));
  for (PetscInt r = 0; r < c->rows; r++) {
    const HypCompareRow *row  = &c->row[r];
    const PetscInt       last = c->snapshots - 1;

    if (row->rate.form == HYP_FIT_NONE)
      PetscCall(PetscPrintf(PETSC_COMM_WORLD, "%-16s %22s", row->name, "not measured"));
    else
      PetscCall(PetscPrintf(PETSC_COMM_WORLD, "%-16s %10.6f +- %-8.2g", row->name,
                            (double)row->rate.rate, (double)row->rate.error));
    for (int k = 0; k < HYP_COMPARED; k++) PetscCall(PrintWorst(c, row, k));
    if (isnan(row->distance[last]))
      PetscCall(PetscPrintf(PETSC_COMM_WORLD, "  %18s\n", "-"));
    else
      PetscCall(PetscPrintf(PETSC_COMM_WORLD, "  %8.4f (%.2g)\n", (double)row->distance[last],
                            (double)row->significance[last]));
  }
  for (PetscInt r = 0; r < c->rows; r++)
    if (!isnan(c->row[r].rate_model))
      PetscCall(PetscPrintf(PETSC_COMM_WORLD,
                            "modelling error of the rate without eps, exact, %s: %+.4g\n",
                            c->row[r].name, (double)c->row[r].rate_model));
  PetscFunctionReturn(0);
}

static json_t *Number(PetscReal value)
{
  return isfinite(value) ? json_real((double)value) : json_null();
}

static json_t *Array(PetscInt n, const PetscReal *values)
{
  json_t *array = json_array();

  for (PetscInt k = 0; k < n; k++) json_array_append_new(array, Number(values[k]));
  return array;
}

static json_t *ModelJSON(const HypComparison *c, const HypCompareRow *row)
{
  json_t *object = json_object();

  for (int k = 0; k < HYP_COMPARED; k++) {
    const Worst worst = WorstOf(c, row, k);
    char        name[32];

    json_object_set_new(object, quantities[k], Array(c->times, row->mean + k * c->times));
    snprintf(name, sizeof(name), "%s_error", quantities[k]);
    json_object_set_new(object, name, Array(c->times, row->error + k * c->times));
    snprintf(name, sizeof(name), "%s_difference", quantities[k]);
    json_object_set_new(object, name,
                        json_pack("{s:o,s:o,s:o,s:f}", "value", Number(worst.difference), "error",
                                  Number(worst.error), "exact", Number(worst.exact), "time",
                                  (double)c->time[worst.at]));
  }
  json_object_set_new(object, "theta_exact", Array(c->times, row->exact));
  json_object_set_new(object, "theta2_exact", Array(c->times, row->exact + c->times));
  json_object_set_new(object, "distance", Array(c->snapshots, row->distance));
  json_object_set_new(object, "significance", Array(c->snapshots, row->significance));
  json_object_set_new(object, "rate",
                      json_pack("{s:o,s:o,s:o,s:o}", "value", Number(row->rate.rate), "error",
                                Number(row->rate.error), "frequency", Number(row->rate.frequency),
                                "model_error", Number(row->rate_model)));
  return object;
}

/*
  HypCompareJSON - The comparison as an object: clock, and one member for each model

  Not collective
*/
json_t *HypCompareJSON(const HypComparison *c)
{
  json_t *object = json_object(), *models = json_object(), *snapshots = json_array();

  json_object_set_new(object, "time", Array(c->times, c->time));
  for (PetscInt i = 0; i < c->snapshots; i++)
    json_array_append_new(snapshots, json_integer(c->snapshot[i]));
  json_object_set_new(object, "snapshot", snapshots);
  json_object_set_new(object, "timestep", json_real((double)c->dt));
  for (PetscInt r = 0; r < c->rows; r++)
    json_object_set_new(models, c->row[r].name, ModelJSON(c, &c->row[r]));
  json_object_set_new(object, "models", models);
  return object;
}

/* All rows of one quantity as one variable [model][n] */
static PetscErrorCode Write(const HypComparison *c, HypFile file, const HypVariable *variable,
                            PetscInt n, size_t member, PetscInt offset)
{
  PetscReal *values;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(c->rows * n, &values));
  for (PetscInt r = 0; r < c->rows; r++)
    PetscCall(PetscArraycpy(
      values + r * n,
      *(PetscReal *const *)(const void *)((const char *)&c->row[r] + member) + offset, n));
  PetscCall(HypFileVariables(file, 1, variable));
  PetscCall(HypFileWrite(file, variable->name, values));
  PetscCall(PetscFree(values));
  PetscFunctionReturn(0);
}

/* Rates, and the equation's density of theta_1 at the snapshots */
static PetscErrorCode WriteRates(const HypComparison *c, HypFile file)
{
  enum { POINTS = 201 };
  const HypVariable variables[] = {
    {"rate", "model", "1/time", "rate of E theta_1, NaN where not measured", ""},
    {"rate_error", "model", "1/time", "half-width of its 95 % interval", ""},
    {"density", "snapshot theta_grid", "1", "density of theta_1 by the equation", ""}};
  PetscReal rate[HYP_COMPARE_MOST], error[HYP_COMPARE_MOST], grid[POINTS], *density;

  PetscFunctionBeginUser;
  for (PetscInt r = 0; r < c->rows; r++) {
    rate[r]  = c->row[r].rate.rate;
    error[r] = c->row[r].rate.error;
  }
  for (PetscInt k = 0; k < POINTS; k++) grid[k] = c->law[0].sd * (-5 + 0.05 * (PetscReal)k);
  PetscCall(PetscMalloc1(c->snapshots * POINTS, &density));
  for (PetscInt i = 0; i < c->snapshots; i++)
    for (PetscInt k = 0; k < POINTS; k++)
      density[i * POINTS + k] = c->resolved[i] ? HypThetaLawDensity(&c->law[i], grid[k]) : NAN;
  PetscCall(HypFileDimension(file, POINTS, grid,
                             &(HypVariable){"theta_grid", "theta_grid", "1", "theta_1", ""}));
  PetscCall(HypFileVariables(file, 3, variables));
  PetscCall(HypFileWrite(file, "rate", rate));
  PetscCall(HypFileWrite(file, "rate_error", error));
  PetscCall(HypFileWrite(file, "density", density));
  PetscCall(PetscFree(density));
  PetscFunctionReturn(0);
}

/*
  HypCompareFile - Writes the comparison, one variable for each quantity over models and times

  Collective

  Input Parameters:
+ c    - the comparison
- path - NULL: no file
*/
PetscErrorCode HypCompareFile(const HypComparison *c, const char path[])
{
  static const HypVariable means[HYP_COMPARED]  = {{"theta", "model time", "1", "E theta_1", ""},
                                                   {"theta2", "model time", "1", "E theta_1^2", ""},
                                                   {"loss", "model time", "1/time^2", "E f", ""}},
                           errors[HYP_COMPARED] = {{"theta_error", "model time", "1",
                                                    "standard error of E theta_1", ""},
                                                   {"theta2_error", "model time", "1",
                                                    "standard error of E theta_1^2", ""},
                                                   {"loss_error", "model time", "1/time^2",
                                                    "standard error of E f", ""}},
                           distance             = {"distance", "model snapshot", "1",
                                                   "Kolmogorov-Smirnov distance of theta_1 "
                                                               "from the equation",
                                                   ""},
                           significance         = {"significance", "model snapshot", "1",
                                                   "probability of such a distance by chance", ""};
  const char *names[HYP_COMPARE_MOST];
  PetscReal  *snapshot;
  HypFile     file;

  PetscFunctionBeginUser;
  if (!path) PetscFunctionReturn(0);
  for (PetscInt r = 0; r < c->rows; r++) names[r] = c->row[r].name;
  PetscCall(PetscMalloc1(c->snapshots, &snapshot));
  for (PetscInt i = 0; i < c->snapshots; i++) snapshot[i] = (PetscReal)c->snapshot[i];
  PetscCall(HypFileCreate(PETSC_COMM_WORLD, path, &file));
  PetscCall(HypFileProvenance(file, c->s->asked));
  PetscCall(HypFileDimension(file, c->rows, NULL,
                             &(HypVariable){"model", "model", "1", "number of a model", ""}));
  PetscCall(
    HypFileDimension(file, c->times, c->time,
                     &(HypVariable){"time", "time", "time", "steps times their duration", ""}));
  PetscCall(HypFileDimension(file, c->snapshots, snapshot,
                             &(HypVariable){"snapshot", "snapshot", "steps", "step", ""}));
  PetscCall(HypFileTexts(
    file, &(HypVariable){"model_name", "model", "", "what was sampled or solved", ""}, names));
  for (int k = 0; k < HYP_COMPARED; k++) {
    PetscCall(Write(c, file, &means[k], c->times, offsetof(HypCompareRow, mean), k * c->times));
    PetscCall(Write(c, file, &errors[k], c->times, offsetof(HypCompareRow, error), k * c->times));
  }
  PetscCall(Write(c, file, &distance, c->snapshots, offsetof(HypCompareRow, distance), 0));
  PetscCall(Write(c, file, &significance, c->snapshots, offsetof(HypCompareRow, significance), 0));
  PetscCall(WriteRates(c, file));
  PetscCall(HypFileClose(&file));
  PetscCall(PetscFree(snapshot));
  PetscFunctionReturn(0);
}
