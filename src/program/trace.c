/* hypoco theory with a recorded run: which algorithm on a quadratic loss it looks like. */
#include "program/trace.h"
#include "base/base.h"
#include <hypoco/table.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Rows of step and theta1, theta2, ... or loss with consecutive steps;
   or of times that are equally spaced */
static PetscErrorCode Read(HypTrace *trace)
{
  char     *message, sentence[1024];
  double    spacing;
  HypTable  table;
  const int failed =
    HypTableReadColumns("theory_trace", trace->path, 2, 1,
                        trace->loss ? "step and loss" : "step and theta", &table, &message);

  PetscFunctionBeginUser;
  if (failed) {
    PetscCall(PetscStrncpy(sentence, message, sizeof(sentence)));
    free(message);
    SETERRQ(PETSC_COMM_SELF, PETSC_ERR_FILE_UNEXPECTED, "%s", sentence);
  }
  trace->n       = (PetscInt)table.rows;
  trace->columns = trace->loss ? 1 : (PetscInt)table.columns - 1;
  spacing        = table.rows > 1 ? table.values[table.columns] - table.values[0] : 1;
  PetscCall(PetscMalloc2(trace->n, &trace->at, trace->n * trace->columns, &trace->x));
  for (size_t i = 0; i < table.rows; i++) {
    const double *const row = table.values + i * table.columns;

    PetscCheck(spacing > 0 &&
                 (!i || fabs(row[0] - row[-(ptrdiff_t)table.columns] - spacing) < 1e-6 * spacing),
               PETSC_COMM_SELF, PETSC_ERR_FILE_UNEXPECTED,
               "theory_trace: %s, line %zu: step %g follows step %g; every step is needed, one "
               "after the other, or times at equal distances",
               trace->path, table.lines[PetscMax(i, 1)], i ? row[0] : table.values[table.columns],
               i ? row[-(ptrdiff_t)table.columns] : row[0]);
    trace->at[i] = row[0];
    for (PetscInt c = 0; c < trace->columns; c++) trace->x[c * trace->n + (PetscInt)i] = row[1 + c];
  }
  HypTableDestroy(&table);
  PetscFunctionReturn(0);
}

static json_t *Number(PetscReal value)
{
  return isfinite(value) ? json_real((double)value) : json_null();
}

/* A recorded loss excludes models; it may leave several */
static const char *Verdict(const HypTraceFit *fit, PetscBool loss)
{
  if (fit->criterion == 0) return "  fits best";
  return loss && fit->criterion <= 2 * fit->criterion_error ? "  not excluded" : "";
}

/* "value [low, high]" */
static const char *Interval(PetscReal value, PetscReal low, PetscReal high, char text[64])
{
  if (isnan(value))
    snprintf(text, 64, "-");
  else if (isnan(low))
    snprintf(text, 64, "%.5g [unknown]", (double)value);
  else
    snprintf(text, 64, "%.5g [%.4g, %.4g]", (double)value, HypRoundDown((double)low, 4),
             HypRoundUp((double)high, 4));
  return text;
}

static PetscErrorCode PrintFit(const char *name, const HypTraceFit *fit, const char *verdict)
{
  char e[64], staleness[64] = "-", criterion[32] = "";

  PetscFunctionBeginUser;
  if (verdict) Interval(fit->staleness, fit->staleness_low, fit->staleness_high, staleness);
  if (verdict) snprintf(criterion, sizeof(criterion), "%.6g", (double)fit->criterion);
  PetscCall(PetscPrintf(PETSC_COMM_WORLD, "  %-9s %28s %28s %12.6g %12.6g %12s%s\n", name,
                        Interval(fit->e, fit->e_low, fit->e_high, e), staleness,
                        (double)fit->minimiser, (double)fit->noise, criterion,
                        verdict ? verdict : ""));
  PetscFunctionReturn(0);
}

/* Once, below the table: which models have no intervals and what they need */
static PetscErrorCode PrintNeeded(const HypTrace *trace)
{
  const char *between = "  [unknown]: the run is shorter than ten times the memory of the model: ";

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < HYP_TRACE_MODELS && !trace->loss; k++) {
    const HypTraceFit *fit    = &trace->fits[k * trace->columns];
    PetscInt           needed = 0;
    PetscBool          none = PETSC_FALSE, settles = PETSC_TRUE;

    for (PetscInt c = 0; c < trace->columns; c++) {
      needed = PetscMax(needed, fit[c].needed);
      if (!isnan(fit[c].e_low)) continue;
      none = PETSC_TRUE;
      if (!fit[c].needed) settles = PETSC_FALSE;
    }
    if (!none) continue;
    PetscCall(PetscPrintf(PETSC_COMM_WORLD, "%s%s ", between, fit->name));
    if (settles)
      PetscCall(PetscPrintf(PETSC_COMM_WORLD, "needs %" PetscInt_FMT " steps", needed));
    else
      PetscCall(PetscPrintf(PETSC_COMM_WORLD, "as fitted does not settle"));
    between = ", ";
  }
  PetscCall(PetscPrintf(PETSC_COMM_WORLD, *between == ',' ? "\n" : ""));
  PetscFunctionReturn(0);
}

/* Of intervals of a recorded loss, meant to be of 95 % (tests/verification/coverage.c) */
#define NARROW "too narrow: meant to hold 95 %, they held 84 to 92 % of 200 runs of 20000 steps"

/* A line for each model; of the best one, a line for each further coordinate */
static PetscErrorCode Print(const HypTrace *trace)
{
  PetscFunctionBeginUser;
  PetscCall(PetscPrintf(
    PETSC_COMM_WORLD,
    "trace %s, %" PetscInt_FMT " steps: %s on a quadratic loss, %s\n"
    "  %-9s %28s %28s %12s %12s %12s\n",
    trace->path, trace->n, trace->loss ? "autocorrelation of the loss" : "maximum likelihood",
    trace->loss ? "intervals" : "95 %", "model", "eta a", "kappa, delay, momentum",
    trace->loss ? "least loss" : "minimiser", "noise", "criterion"));
  for (PetscInt k = 0; k < HYP_TRACE_MODELS; k++) {
    const HypTraceFit *fit = &trace->fits[k * trace->columns];

    PetscCall(PrintFit(fit->name, fit, Verdict(fit, trace->loss)));
    for (PetscInt c = 1; c < trace->columns && fit->criterion == 0; c++) {
      char name[32];

      snprintf(name, sizeof(name), "  theta%d", (int)c + 1);
      PetscCall(PrintFit(name, &fit[c], NULL));
    }
  }
  if (trace->loss) PetscCall(PetscPrintf(PETSC_COMM_WORLD, "  intervals are %s\n", NARROW));
  PetscCall(PrintNeeded(trace));
  PetscFunctionReturn(0);
}

static json_t *FitJSON(const HypTraceFit *fit)
{
  return json_pack("{s:o,s:o,s:[o,o],s:o,s:o,s:o}", "e", Number(fit->e), "e_error",
                   Number(fit->e_error), "e_interval", Number(fit->e_low), Number(fit->e_high),
                   "minimiser", Number(fit->minimiser), "noise", Number(fit->noise), "steps_needed",
                   fit->needed ? json_integer(fit->needed) : json_null());
}

/* Members of a model are those of the first coordinate; all are under "coordinates" */
static json_t *JSON(const HypTrace *trace)
{
  json_t *list = json_array();

  for (PetscInt k = 0; k < HYP_TRACE_MODELS; k++) {
    const HypTraceFit *fit = &trace->fits[k * trace->columns];
    json_t            *one = FitJSON(fit), *coordinates = json_array();

    json_object_set_new(one, "model", json_string(fit->name));
    json_object_set_new(one, "staleness", Number(fit->staleness));
    json_object_set_new(one, "staleness_error", Number(fit->staleness_error));
    json_object_set_new(
      one, "staleness_interval",
      json_pack("[o,o]", Number(fit->staleness_low), Number(fit->staleness_high)));
    if (trace->loss) json_object_set_new(one, "intervals", json_string(NARROW));
    json_object_set_new(one, "criterion", Number(fit->criterion));
    json_object_set_new(one, "criterion_error", Number(fit->criterion_error));
    for (PetscInt c = 0; c < trace->columns; c++)
      json_array_append_new(coordinates, FitJSON(&fit[c]));
    json_object_set_new(one, "coordinates", coordinates);
    json_array_append_new(list, one);
  }
  return list;
}

/*
  HypTheoryTrace - Reads a trace, fits the models, says which fits best and writes the file

  Collective

  Input Parameters:
+ s    - the settings
- body - gets a member "trace"
*/
PetscErrorCode HypTheoryTrace(const HypSettings *s, json_t *body)
{
  HypTrace trace = {.path = s->theory_trace,
                    .loss = strcmp(s->theory_trace_of, "loss") ? PETSC_FALSE : PETSC_TRUE};

  PetscFunctionBeginUser;
  PetscCall(Read(&trace));
  PetscCall(PetscMalloc1(HYP_TRACE_MODELS * trace.columns, &trace.fits));
  PetscCall(trace.loss ? HypTraceFitLoss(trace.n, trace.x, trace.fits)
                       : HypTraceFitModels(trace.n, trace.columns, trace.x, trace.fits));
  PetscCall(Print(&trace));
  json_object_set_new(body, "trace", JSON(&trace));
  PetscCall(HypTraceFile(s, &trace));
  PetscCall(PetscFree2(trace.at, trace.x));
  PetscCall(PetscFree(trace.fits));
  PetscFunctionReturn(0);
}
