/* The result file of hypoco theory: a recorded run beside what the fitted models say. */
#include "program/trace.h"
#include <hypoco/file.h>
#include <string.h>

static PetscErrorCode Add(HypFile file, const HypVariable variable, const PetscReal values[])
{
  PetscFunctionBeginUser;
  PetscCall(HypFileVariables(file, 1, &variable));
  PetscCall(HypFileWrite(file, variable.name, values));
  PetscFunctionReturn(0);
}

/* The run as it was read; values of all coordinates at one step stand together in the file.
   A step lasts sqrt(eta (1 - kappa)) of the equation's time. */
static PetscErrorCode WriteRun(const HypSettings *s, const HypTrace *trace, HypFile file)
{
  const PetscReal dt = PetscSqrtReal(s->model_learning_rate * (1 - s->model_staleness));
  PetscReal      *values;

  PetscFunctionBeginUser;
  PetscCall(HypFileDimension(
    file, trace->n, trace->at,
    &(HypVariable){"recorded", "recorded", "1", "step or time as it was recorded", ""}));
  PetscCall(
    HypFileDimension(file, trace->columns, NULL,
                     &(HypVariable){"coordinate", "coordinate", "1", "number c of theta_c", ""}));
  PetscCall(PetscMalloc1(trace->n * trace->columns, &values));
  for (PetscInt j = 0; j < trace->n; j++) values[j] = (PetscReal)j * dt;
  PetscCall(
    Add(file, (HypVariable){"time", "recorded", "time", "steps times their duration", ""}, values));
  for (PetscInt j = 0; j < trace->n; j++)
    for (PetscInt c = 0; c < trace->columns; c++)
      values[j * trace->columns + c] = trace->x[c * trace->n + j];
  PetscCall(
    Add(file,
        trace->loss
          ? (HypVariable){"recorded_loss", "recorded coordinate", "1/time^2", "loss of the run", ""}
          : (HypVariable){"recorded_theta", "recorded coordinate", "1", "theta of the run", ""},
        values));
  PetscCall(PetscFree(values));
  PetscFunctionReturn(0);
}

#define FIT "model coordinate"

static PetscErrorCode WriteFits(const HypTrace *trace, HypFile file)
{
  static const struct {
    HypVariable variable;
    size_t      member;
  } rows[] = {
    {{"eta_a", FIT, "1", "learning rate times curvature", ""}, offsetof(HypTraceFit, e)},
    {{"eta_a_error", FIT, "1", "width of its interval over 3.92", ""},
     offsetof(HypTraceFit, e_error)},
    {{"eta_a_low", FIT, "1", "lower end of its interval", ""}, offsetof(HypTraceFit, e_low)},
    {{"eta_a_high", FIT, "1", "upper end of its interval", ""}, offsetof(HypTraceFit, e_high)},
    {{"staleness_low", FIT, "1", "lower end of its interval", ""},
     offsetof(HypTraceFit, staleness_low)},
    {{"staleness_high", FIT, "1", "upper end of its interval", ""},
     offsetof(HypTraceFit, staleness_high)},
    {{"staleness", FIT, "1", "staleness rate of asgd, delay, momentum; NaN for sgd", ""},
     offsetof(HypTraceFit, staleness)},
    {{"staleness_error", FIT, "1", "width of its interval over 3.92", ""},
     offsetof(HypTraceFit, staleness_error)},
    {{"minimiser", FIT, "1", "theta where the loss is least; of a loss, the least loss", ""},
     offsetof(HypTraceFit, minimiser)},
    {{"step_noise", FIT, "1", "variance that a step adds; of a loss, times its curvature", ""},
     offsetof(HypTraceFit, noise)},
    {{"criterion", FIT, "1", "0 for the model that fits best", ""},
     offsetof(HypTraceFit, criterion)},
    {{"criterion_error", FIT, "1", "its standard error, of a loss", ""},
     offsetof(HypTraceFit, criterion_error)},
  };
  const PetscInt n = HYP_TRACE_MODELS * trace->columns;
  PetscReal     *values;

  PetscFunctionBeginUser;
  PetscCall(HypFileDimension(file, HYP_TRACE_MODELS, NULL,
                             &(HypVariable){"model", "model", "1", "number of a model", ""}));
  PetscCall(HypFileTexts(
    file, &(HypVariable){"model_name", "model", "", "algorithm on a quadratic loss", ""},
    HypTraceModelNames));
  PetscCall(PetscMalloc1(n, &values));
  for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
    HypVariable variable = rows[r].variable;
    char        text[128];

    if (strstr(variable.meaning, "interval")) {
      snprintf(text, sizeof(text), "%s%s", variable.meaning,
               trace->loss ? ", meant to be of 95 % but too narrow" : ", of 95 %");
      variable.meaning = text;
    }
    for (PetscInt k = 0; k < n; k++)
      values[k] =
        *(const PetscReal *)(const void *)((const char *)&trace->fits[k] + rows[r].member);
    PetscCall(Add(file, variable, values));
  }
  PetscCall(PetscFree(values));
  PetscFunctionReturn(0);
}

#define SHOWN "model coordinate shown"

static PetscErrorCode WriteShow(const HypTraceShow *show, HypFile file)
{
  PetscReal *step;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(show->points, &step));
  for (PetscInt i = 0; i < show->points; i++) step[i] = (PetscReal)show->step[i];
  PetscCall(HypFileDimension(
    file, show->points, step,
    &(HypVariable){"shown", "shown", "steps", "steps since the start of the run", ""}));
  PetscCall(PetscFree(step));
  PetscCall(
    HypFileDimension(file, show->lags, show->lag,
                     &(HypVariable){"lag", "lag", "steps", "steps between two values", ""}));
  PetscCall(Add(file,
                (HypVariable){"fitted_mean", SHOWN, "1",
                              "average of the fitted model from the recorded start", ""},
                show->mean));
  PetscCall(Add(file, (HypVariable){"fitted_low", SHOWN, "1", "lower end of its 95 % interval", ""},
                show->low));
  PetscCall(Add(file,
                (HypVariable){"fitted_high", SHOWN, "1", "upper end of its 95 % interval", ""},
                show->high));
  PetscCall(Add(
    file, (HypVariable){"autocorrelation", "coordinate lag", "1", "of the run after its start", ""},
    show->correlation));
  PetscCall(Add(file,
                (HypVariable){"autocorrelation_error", "coordinate lag", "1",
                              "its standard error, by leaving out tenths of the run", ""},
                show->error));
  PetscCall(Add(
    file,
    (HypVariable){"fitted_autocorrelation", "model coordinate lag", "1", "of the fitted model", ""},
    show->fitted));
  PetscFunctionReturn(0);
}

/*
  HypTraceFile - Writes the run, the fits and what the fitted models look like

  Collective

  Input Parameters:
+ s     - the settings; nothing happens without an output
- trace - read and fitted
*/
PetscErrorCode HypTraceFile(const HypSettings *s, const HypTrace *trace)
{
  HypTraceShow show;
  HypFile      file;

  PetscFunctionBeginUser;
  if (!s->output) PetscFunctionReturn(0);
  PetscCall(
    HypTraceShowCreate(trace->n, trace->columns, trace->x, trace->loss, trace->fits, &show));
  PetscCall(HypFileCreate(PETSC_COMM_WORLD, s->output, &file));
  PetscCall(HypFileProvenance(file, s->asked));
  PetscCall(WriteRun(s, trace, file));
  PetscCall(WriteFits(trace, file));
  PetscCall(WriteShow(&show, file));
  PetscCall(HypFileClose(&file));
  PetscCall(HypTraceShowDestroy(&show));
  PetscFunctionReturn(0);
}
