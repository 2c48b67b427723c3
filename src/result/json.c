/* The machine-readable summary; docs/formats.md describes it. */
#include "file/ioimpl.h"
#include <hypoco/version.h>
#include <hypoco/file.h>
#include <hypoco/result.h>
#include <string.h>

/* null where there is no number: JSON has no NaN */
static json_t *Number(PetscReal value)
{
  return PetscIsInfOrNanReal(value) ? json_null() : json_real((double)value);
}

static json_t *Numbers(PetscInt n, const PetscReal values[])
{
  json_t *list;

  if (!values) return json_null();
  list = json_array();
  for (PetscInt i = 0; i < n; i++) json_array_append_new(list, Number(values[i]));
  return list;
}

typedef struct {
  const char *name;
  PetscReal   value;
} NamedNumber;

static json_t *NumberObject(size_t n, const NamedNumber rows[])
{
  json_t *object = json_object();

  for (size_t i = 0; i < n; i++) json_object_set_new(object, rows[i].name, Number(rows[i].value));
  return object;
}
#define NUMBERS(...)                                                                               \
  NumberObject(sizeof((NamedNumber[]){__VA_ARGS__}) / sizeof(NamedNumber),                         \
               (NamedNumber[]){__VA_ARGS__})

static json_t *ModelJSON(HypModel model, const HypLyapunov *lyapunov)
{
  json_t *object =
    NUMBERS({"omega0", model->omega0}, {"gamma", model->gamma}, {"beta", model->beta});

  json_object_set_new(object, "dimension", json_integer(model->d));
  json_object_set_new(object, "perturbed", json_boolean(model->perturbed));
  if (lyapunov) {
    json_object_set_new(object, "regime", json_string(HypRegimes[lyapunov->regime]));
    json_object_set_new(object, "C", Number(lyapunov->C));
    json_object_set_new(object, "Chat", Number(lyapunov->Chat));
    json_object_set_new(object, "delta", Number(lyapunov->delta));
  }
  return object;
}

static json_t *AxisJSON(HypAxis axis)
{
  json_t *object = json_object();

  json_object_set_new(object, "type", json_string(axis->type));
  json_object_set_new(object, "n", json_integer(axis->n));
  if (axis->grid) json_object_set_new(object, "width", Number(axis->width));
  return object;
}

static json_t *SpaceJSON(HypSpace space, PetscReal tail)
{
  json_t *object = json_object();

  json_object_set_new(object, "type", json_string(space->type));
  json_object_set_new(object, "unknowns", json_integer(space->n));
  if (space->x) json_object_set_new(object, "axis_x", AxisJSON(space->x));
  if (space->v) json_object_set_new(object, "axis_v", AxisJSON(space->v));
  if (!space->x) {
    json_object_set_new(object, "degree", json_integer(space->degree));
    json_object_set_new(object, "epsilon_tail", Number(tail));
  }
  return object;
}

static json_t *SeriesJSON(const HypSeries *s)
{
  json_t *object = json_object();

  json_object_set_new(object, "t", Numbers(s->n, s->t));
  json_object_set_new(object, "mass", Numbers(s->n, s->mass));
  json_object_set_new(object, "norm2", Numbers(s->n, s->norm2));
  json_object_set_new(object, "grad_x2", Numbers(s->n, s->grad_x2));
  json_object_set_new(object, "grad_v2", Numbers(s->n, s->grad_v2));
  json_object_set_new(object, "grad_xv", Numbers(s->n, s->grad_xv));
  json_object_set_new(object, "H", Numbers(s->n, s->H));
  return object;
}

/* measured beside theory; what was not measured is null */
static json_t *RateJSON(const HypResult *result)
{
  const HypFit *fit = result->fit && result->fit->form != HYP_FIT_NONE ? result->fit : NULL;
  json_t       *object =
    NUMBERS({"measured", fit ? fit->rate : NAN},
            {"error", fit ? (result->estimate ? result->estimate->fit_error : fit->error) : NAN},
            {"frequency", fit ? fit->frequency : NAN}, {"misfit", fit ? fit->residual : NAN},
            {"theory_printed", result->lyapunov ? result->lyapunov->mu_printed : NAN},
            {"theory_proved", result->lyapunov ? result->lyapunov->mu_proved : NAN});
  PetscReal gap;
  PetscBool computed;

  if (HypResultSpectralGap(result, &gap, &computed)) gap = NAN;
  json_object_set_new(object, "spectral_gap", Number(gap));
  json_object_set_new(object, "spectral_gap_source",
                      gap == gap ? json_string(computed ? "computed" : "closed form")
                                 : json_null());
  json_object_set_new(object, "spectral_gap_error",
                      Number(result->estimate ? result->estimate->gap_error : NAN));
  json_object_set_new(object, "agree",
                      result->estimate ? json_boolean(result->estimate->agree) : json_null());
  json_object_set_new(object, "remark",
                      json_string(result->estimate ? result->estimate->reason : ""));
  json_object_set_new(object, "form",
                      result->fit ? json_string(HypFitForms[result->fit->form]) : json_null());
  json_object_set_new(object, "window",
                      fit ? Numbers(2, (const PetscReal[]){fit->from, fit->to}) : json_null());
  json_object_set_new(object, "envelope",
                      fit ? Numbers(3, (const PetscReal[]){fit->A, fit->B, fit->C}) : json_null());
  return object;
}

static json_t *SpectrumJSON(const HypSpectrum *s)
{
  json_t *object = json_object();

  json_object_set_new(object, "real", Numbers(s->n, s->real));
  json_object_set_new(object, "imag", Numbers(s->n, s->imag));
  json_object_set_new(object, "residual", Numbers(s->n, s->residual));
  json_object_set_new(object, "distance_to_exact", Numbers(s->n, s->exact));
  json_object_set_new(object, "distance_to_refined", Numbers(s->n, s->refined));
  return object;
}

static json_t *SteadyJSON(const HypSteady *s)
{
  json_t *object = NUMBERS({"residual", s->residual}, {"worst_identity", s->worst},
                           {"norm", s->norm}, {"edge", s->edge});
  json_t *list   = json_array();

  for (PetscInt i = 0; i < s->count; i++) {
    json_t *identity = NUMBERS({"left", s->left[i]}, {"right", s->right[i]});

    json_object_set_new(identity, "name", json_string(HypSteadyIdentities[i]));
    json_array_append_new(list, identity);
  }
  json_object_set_new(object, "identities", list);
  return object;
}

static json_t *StatementsJSON(PetscInt n, const HypStatement statements[])
{
  json_t *list = json_array();

  for (PetscInt i = 0; i < n; i++) {
    const HypStatement *s = &statements[i];
    json_t *object        = NUMBERS({"left", s->left}, {"right", s->right}, {"slack", s->slack},
                                    {"uncertainty", s->uncertainty});

    json_object_set_new(object, "name", json_string(s->name));
    json_object_set_new(object, "source", json_string(s->source));
    json_object_set_new(object, "detail", json_string(s->detail));
    json_object_set_new(object, "proved", json_boolean(s->proved));
    json_object_set_new(object, "verdict", json_string(HypVerdicts[s->verdict]));
    json_array_append_new(list, object);
  }
  return list;
}

static json_t *PropagatorJSON(const HypResult *result)
{
  json_t *object = json_object();

  json_object_set_new(object, "t", Numbers(result->npropagator, result->propagator_times));
  json_object_set_new(object, "norm", Numbers(result->npropagator, result->propagator_norms));
  json_object_set_new(object, "exact", Numbers(result->npropagator, result->propagator_exact));
  json_object_set_new(object, "constant", Number(result->sharp));
  json_object_set_new(object, "constant_exact", Number(result->sharp_exact));
  return object;
}

/* What names the run: program, command, options, provenance */
static json_t *HeadJSON(const HypResult *result)
{
  MPI_Comm comm   = result->model ? result->model->comm : PETSC_COMM_WORLD;
  json_t  *object = json_object();

  json_object_set_new(object, "program", json_string("hypoco"));
  json_object_set_new(object, "version", json_string(HYP_VERSION));
  json_object_set_new(object, "provenance", HypProvenanceJSON(comm));
  if (result->options) {
    json_object_set_new(object, "command", json_string(HypOptionsCommand(result->options)));
    json_object_set_new(object, "options", HypOptionsJSON(result->options));
    json_object_set_new(object, "options_from", HypOptionsOriginsJSON(result->options));
  }
  return object;
}

static json_t *ResultJSON(const HypResult *result)
{
  json_t *object = HeadJSON(result);

  json_object_set_new(object, "model",
                      result->model ? ModelJSON(result->model, result->lyapunov) : json_null());
  json_object_set_new(object, "space",
                      result->space ? SpaceJSON(result->space, result->tail) : json_null());
  json_object_set_new(object, "series", result->series ? SeriesJSON(result->series) : json_null());
  json_object_set_new(object, "rate",
                      result->series || result->lyapunov ? RateJSON(result) : json_null());
  json_object_set_new(object, "spectrum",
                      result->spectrum ? SpectrumJSON(result->spectrum) : json_null());
  if (result->npropagator) json_object_set_new(object, "propagator", PropagatorJSON(result));
  json_object_set_new(object, "steady", result->steady ? SteadyJSON(result->steady) : json_null());
  json_object_set_new(object, "statements",
                      StatementsJSON(result->nstatements, result->statements));
  if (result->extra) json_object_update(object, result->extra);
  json_object_set_new(object, "timing",
                      NUMBERS({"setup_s", result->setup_s}, {"solve_s", result->solve_s},
                              {"total_s", result->total_s}));
  json_object_set_new(object, "verdict", json_string(result->verdict));
  return object;
}

/*@C
  HypWriteJSON - Writes a JSON object to a file that is complete whenever it is there

  Collective

  Input Parameters:
+ comm   - ranks that wait for the file; the first one writes it
. object - from any rank's point of view the same; not taken over
- path   - name; a file of that name is replaced

  Level: intermediate

.seealso: HypResultWriteJSON()
@*/
PetscErrorCode HypWriteJSON(MPI_Comm comm, json_t *object, const char path[])
{
  PetscMPIInt    rank;
  PetscErrorCode error = 0;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  if (!rank) {
    char *text = json_dumps(object, JSON_INDENT(1) | JSON_REAL_PRECISION(17));

    error = text ? HypWriteWholeFile(path, text, strlen(text)) : PETSC_ERR_MEM;
    free(text);
  }
  PetscCall(HypAgreeOnFile(comm, path, error));
  PetscFunctionReturn(0);
}

/*@C
  HypResultWriteJSON - Writes the machine-readable summary of a result

  Collective

  Input Parameters:
+ result - the result
- path   - name; a file of that name is replaced

  Level: beginner

  Note:
  Numbers have 17 digits, so that they are read back unchanged; NaN and infinity become null.

.seealso: HypResultPrint()
@*/
PetscErrorCode HypResultWriteJSON(const HypResult *result, const char path[])
{
  MPI_Comm comm   = result->model ? result->model->comm : PETSC_COMM_WORLD;
  json_t  *object = ResultJSON(result);

  PetscFunctionBeginUser;
  PetscCall(HypWriteJSON(comm, object, path));
  json_decref(object);
  PetscFunctionReturn(0);
}
