/* What a comparison says: table, summary and file. */
#include "base/base.h"
#include "program/compare.h"
#include <math.h>
#include <string.h>

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
  for (PetscInt t = 0; t < c->times; t++) {
    const PetscReal exact =
      PetscAbsReal(row->exact[k * c->times + t] - c->row[0].mean[k * c->times + t]);

    if (isfinite(exact) && !islessequal(exact, worst.exact)) worst.exact = exact;
  }
  return worst;
}

/* "value +- half-width", "value exact", or "-"; scale: that of the quantity, of which an exact
   difference may be rounding */
static const char *Text(HypBar bar, PetscBool exact, PetscReal scale, char text[32])
{
  const PetscReal rounding = 1e-12 * (isfinite(scale) ? PetscAbsReal(scale) : 1);

  if (!isfinite(bar.value)) return "-";
  if (exact && PetscAbsReal(bar.value) <= rounding)
    snprintf(text, 32, "0 exact");
  else if (exact)
    snprintf(text, 32, "%+.4g exact", (double)bar.value);
  else if (isfinite(bar.error))
    snprintf(text, 32, "%+.4g +- %.2g", (double)bar.value, HypRoundUp((double)bar.error, 2));
  else
    snprintf(text, 32, "%+.4g +- unknown", (double)bar.value);
  return text;
}

static PetscErrorCode PrintParts(const char *model, const char *quantity, HypBar value,
                                 const HypCompareParts *parts, const HypChance *chance)
{
  const char *verdict = HypCompareVerdict(parts);
  char        text[3][32], measured[32] = "undecided", often[64] = "";

  PetscFunctionBeginUser;
  if (!strcmp(verdict, "apart"))
    snprintf(often, sizeof(often), ", p %.2g, of all rows %.2g", (double)chance->alone,
             (double)chance->all);
  if (isfinite(value.value))
    snprintf(measured, sizeof(measured), isfinite(value.error) ? "%.6g +- %.2g" : "%.6g",
             (double)value.value, HypRoundUp((double)value.error, 2));
  PetscCall(PetscPrintf(PETSC_COMM_WORLD, "%-16s %-20s %21s %22s %22s %22s  %s%s\n", model,
                        quantity, measured, Text(parts->difference, PETSC_FALSE, NAN, text[0]),
                        Text(parts->model, parts->exact, value.value, text[1]),
                        Text(parts->rest, PETSC_FALSE, NAN, text[2]), verdict, often));
  PetscFunctionReturn(0);
}

/* A sampled model: its rate, its means and its law at the snapshots */
static PetscErrorCode PrintModel(const HypComparison *c, const HypCompareRow *row)
{
  static const char *const names[HYP_COMPARED] = {"E theta", "E theta^2", "E f"};
  HypCompareParts          parts               = HypComparePartsRate(c, row);
  char                     quantity[64];

  PetscFunctionBeginUser;
  PetscCall(PrintParts(row->name, "rate of E theta", (HypBar){row->rate.rate, row->rate.error},
                       &parts, HypCompareChance(c, row, -1, 0)));
  for (PetscInt i = 0; i < c->snapshots; i++) {
    const PetscInt t = c->snapshot[i] / (c->step[1] - c->step[0]);

    for (int k = 0; k < HYP_COMPARED; k++) {
      const PetscInt at = k * c->times + t;

      if (!isfinite(row->mean[at])) continue;
      parts = HypComparePartsMean(c, row, k, t);
      snprintf(quantity, sizeof(quantity), "%s, step %d", names[k], (int)c->snapshot[i]);
      PetscCall(PrintParts(row->name, quantity, (HypBar){row->mean[at], row->width[at]}, &parts,
                           HypCompareChance(c, row, k, i)));
    }
    if (!isfinite(row->distance[i])) continue;
    PetscCall(PetscPrintf(PETSC_COMM_WORLD,
                          "%-16s law, step %-10" PetscInt_FMT
                          " distance %.4f from the equation's, by chance with probability %.2g, of "
                          "all rows %.2g\n",
                          row->name, c->snapshot[i], (double)row->distance[i],
                          (double)row->significance[i],
                          (double)HypCompareChance(c, row, HYP_COMPARED, i)->all));
  }
  PetscFunctionReturn(0);
}

/* A reason, once for all models that it is about; member: where rows hold it */
static PetscErrorCode PrintReasons(const HypComparison *c, const char *what, size_t member)
{
#define REASON(r) (*(const char *const *)(const void *)((const char *)&c->row[r] + member))
  PetscFunctionBeginUser;
  for (PetscInt r = 1; r < c->rows; r++) {
    PetscBool said = PETSC_FALSE;

    for (PetscInt before = 1; before < r; before++)
      if (REASON(before) == REASON(r)) said = PETSC_TRUE;
    if (!REASON(r) || said) continue;
    PetscCall(PetscPrintf(PETSC_COMM_WORLD, "%s of %s", what, c->row[r].name));
    for (PetscInt k = r + 1; k < c->rows; k++)
      if (REASON(k) == REASON(r)) PetscCall(PetscPrintf(PETSC_COMM_WORLD, ", %s", c->row[k].name));
    PetscCall(PetscPrintf(PETSC_COMM_WORLD, ": %s\n", REASON(r)));
  }
  PetscFunctionReturn(0);
#undef REASON
}

/*
  HypComparePrint - For each model and quantity: how far it is from the equation, what of that is
  the model's own, and what remains

  Collective
*/
PetscErrorCode HypComparePrint(const HypComparison *c)
{
  PetscFunctionBeginUser;
  PetscCall(PetscPrintf(PETSC_COMM_WORLD,
                        "start theta_1 = %g, %" PetscInt_FMT " steps of %.6g; %" PetscInt_FMT
                        " paths; first coordinate, 95 %%\n"
                        "rates from the equation: by one joint fit, with a smaller bar than the "
                        "difference of the values has\n"
                        "model's own: exact, or of order eta by half the learning rate\n"
                        "p: probability of such a row by chance; of %" PetscInt_FMT
                        " rows about %.0f have less than .05 by chance, none has less than .05 "
                        "'of all rows' (Holm) in 95 of 100 runs\n"
                        "%-16s %-20s %21s %22s %22s %22s\n",
                        (double)c->start[0], c->step[c->times - 1], (double)c->dt,
                        (PetscInt)c->s->sample_paths, HypCompareJudged(c),
                        0.05 * (double)HypCompareJudged(c), "model", "quantity", "value",
                        "from the equation", "model's own", "rest"));
  if (c->row[0].rate.form == HYP_FIT_NONE)
    PetscCall(PetscPrintf(PETSC_COMM_WORLD, "%-16s %-20s %21s  %s\n", c->row[0].name,
                          "rate of E theta", "none",
                          c->times < 24 ? "too few points for a fit" : c->row[0].rate.reason));
  else
    PetscCall(PetscPrintf(PETSC_COMM_WORLD, "%-16s %-20s %9.6f +- %.2g\n", c->row[0].name,
                          "rate of E theta", (double)c->row[0].rate.rate,
                          HypRoundUp((double)c->row[0].rate.error, 2)));
  for (PetscInt r = 1; r < c->rows; r++) PetscCall(PrintModel(c, &c->row[r]));
  PetscCall(
    PrintReasons(c, "rate from the equation undecided", offsetof(HypCompareRow, undecided)));
  PetscCall(PrintReasons(c, "rate undecided", offsetof(HypCompareRow, rate.reason)));
  PetscCall(PrintReasons(c, "model's own '-'", offsetof(HypCompareRow, remark)));
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

static json_t *Bar(HypBar bar)
{
  return json_pack("{s:o,s:o}", "value", Number(bar.value), "error", Number(bar.error));
}

static json_t *PartsJSON(const HypCompareParts *parts, const HypChance *chance)
{
  return json_pack("{s:o,s:o,s:b,s:o,s:s,s:o,s:o}", "difference", Bar(parts->difference), "model",
                   Bar(parts->model), "exact", (int)parts->exact, "rest", Bar(parts->rest),
                   "verdict", HypCompareVerdict(parts), "significance", Number(chance->alone),
                   "significance_all", Number(chance->all));
}

/* What of the differences is the model's own: of the rate, and of the means at each snapshot */
static json_t *AllParts(const HypComparison *c, const HypCompareRow *row)
{
  HypCompareParts parts = HypComparePartsRate(c, row);
  json_t *object = json_pack("{s:o}", "rate", PartsJSON(&parts, HypCompareChance(c, row, -1, 0)));

  for (int k = 0; k < HYP_COMPARED; k++) {
    json_t *list = json_array();

    for (PetscInt i = 0; i < c->snapshots; i++) {
      parts = HypComparePartsMean(c, row, k, c->snapshot[i] / (c->step[1] - c->step[0]));
      json_array_append_new(list, PartsJSON(&parts, HypCompareChance(c, row, k, i)));
    }
    json_object_set_new(object, quantities[k], list);
  }
  return object;
}

static json_t *Reason(const char *reason)
{
  return reason ? json_string(reason) : json_null();
}

/* How often laws would be so far apart by chance, one of all rows of the table */
static json_t *LawsTogether(const HypComparison *c, const HypCompareRow *row)
{
  json_t *array = json_array();

  for (PetscInt i = 0; i < c->snapshots; i++)
    json_array_append_new(array, Number(HypCompareChance(c, row, HYP_COMPARED, i)->all));
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
  json_object_set_new(object, "loss_exact", Array(c->times, row->exact + 2 * c->times));
  json_object_set_new(object, "distance", Array(c->snapshots, row->distance));
  json_object_set_new(object, "significance", Array(c->snapshots, row->significance));
  json_object_set_new(object, "significance_all", LawsTogether(c, row));
  json_object_set_new(object, "rate",
                      json_pack("{s:o,s:o,s:o,s:o,s:o}", "value", Number(row->rate.rate), "error",
                                Number(row->rate.error), "frequency", Number(row->rate.frequency),
                                "model_error", Number(row->rate_model), "reason",
                                Reason(row->rate.reason)));
  if (!row->sampled) return object;
  json_object_set_new(object, "parts", AllParts(c, row));
  json_object_set_new(object, "remark", Reason(row->remark));
  json_object_set_new(object, "undecided", Reason(row->undecided));
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
  json_object_set_new(object, "judged", json_integer(HypCompareJudged(c)));
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

/* Probabilities of laws as those of one of all rows of the table */
static PetscErrorCode WriteTogether(const HypComparison *c, HypFile file)
{
  const HypVariable variable = {"significance_all", "model snapshot", "1",
                                "the same for one of all rows of the table, by Holm's rule", ""};
  PetscReal        *values;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(c->rows * c->snapshots, &values));
  for (PetscInt k = 0; k < c->rows * c->snapshots; k++)
    values[k] = HypCompareChance(c, &c->row[k / c->snapshots], HYP_COMPARED, k % c->snapshots)->all;
  PetscCall(HypFileVariables(file, 1, &variable));
  PetscCall(HypFileWrite(file, variable.name, values));
  PetscCall(PetscFree(values));
  PetscFunctionReturn(0);
}

/* What of a rate's difference from the equation is the model's own */
static PetscErrorCode WriteParts(const HypComparison *c, HypFile file)
{
  static const HypVariable variables[] = {
    {"rate_difference", "model", "1/time", "rate less the equation's", ""},
    {"rate_difference_error", "model", "1/time", "half-width of its 95 % interval", ""},
    {"rate_model", "model", "1/time", "what of it is the model's own, exact or of order eta", ""},
    {"rate_model_error", "model", "1/time", "half-width of its 95 % interval, 0: exact", ""},
    {"rate_rest", "model", "1/time", "rate less the equation's and the model's own", ""},
    {"rate_rest_error", "model", "1/time", "half-width of its 95 % interval", ""}};
  PetscReal values[6][HYP_COMPARE_MOST];

  PetscFunctionBeginUser;
  for (PetscInt r = 0; r < c->rows; r++) {
    const HypCompareParts parts  = HypComparePartsRate(c, &c->row[r]);
    const HypBar          bars[] = {parts.difference, parts.model, parts.rest};

    for (int k = 0; k < 6; k++)
      values[k][r] = !c->row[r].sampled ? NAN : k % 2 ? bars[k / 2].error : bars[k / 2].value;
  }
  PetscCall(HypFileVariables(file, 6, variables));
  for (int k = 0; k < 6; k++) PetscCall(HypFileWrite(file, variables[k].name, values[k]));
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
  PetscCall(WriteParts(c, file));
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
  static const HypVariable
    means[HYP_COMPARED]  = {{"theta", "model time", "1", "E theta_1", ""},
                            {"theta2", "model time", "1", "E theta_1^2", ""},
                            {"loss", "model time", "1/time^2", "E f", ""}},
    errors[HYP_COMPARED] = {{"theta_error", "model time", "1", "standard error of E theta_1", ""},
                            {"theta2_error", "model time", "1", "standard error of E theta_1^2",
                             ""},
                            {"loss_error", "model time", "1/time^2", "standard error of E f", ""}},
    halves[HYP_COMPARED] = {{"theta_half", "model time", "1",
                             "E theta_1 at half the learning rate, NaN where not sampled", ""},
                            {"theta2_half", "model time", "1",
                             "E theta_1^2 at half the learning rate, NaN where not sampled", ""},
                            {"loss_half", "model time", "1/time^2",
                             "E f at half the learning rate, NaN where not sampled", ""}},
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
    PetscCall(Write(c, file, &halves[k], c->times, offsetof(HypCompareRow, half), k * c->times));
  }
  PetscCall(Write(c, file, &distance, c->snapshots, offsetof(HypCompareRow, distance), 0));
  PetscCall(Write(c, file, &significance, c->snapshots, offsetof(HypCompareRow, significance), 0));
  PetscCall(WriteTogether(c, file));
  PetscCall(WriteRates(c, file));
  PetscCall(HypFileClose(&file));
  PetscCall(PetscFree(snapshot));
  PetscFunctionReturn(0);
}
