/* Checks that need more than one key: conflicts, indices and lengths that must fit the dimension,
   keys that need another. */
#include "program/options/optionsimpl.h"
#include <hypoco/sampler.h>
#include <fnmatch.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Keys (shell patterns) that may not be given together */
static const struct {
  const char *one, *other, *advice;
} conflicts[] = {
  {"model_gamma", "model_learning_rate",
   "gamma follows from learning rate and staleness; give one or the other"},
  {"model_gamma", "model_staleness",
   "gamma follows from learning rate and staleness; give one or the other"},
  {"model_gamma", "model_noise",
   "noise belongs to learning rate and staleness; give these three, or gamma and beta"},
  {"model_beta", "model_learning_rate",
   "beta follows from learning rate, staleness and noise; give one or the other"},
  {"model_beta", "model_staleness",
   "beta follows from learning rate, staleness and noise; give one or the other"},
  {"model_beta", "model_noise",
   "beta follows from learning rate, staleness and noise; give one or the other"},
  {"model_tau", "model_beta", "beta follows from tau; give one or the other"},
  {"model_tau", "model_learning_rate", "tau follows from them; give one or the other"},
  {"model_hessian", "model_omega0", "its eigenvalues are omega0^2; give one or the other"},
  {"model_hessian", "model_potential*", "the potential is the whole loss; give one or the other"},
  {"model_potential", "model_potential_[0-9]*",
   "model_potential holds for every coordinate; give one or the other"},
  {"model_hessian", "epsilon_derivative*",
   "with a full Hessian derivatives are those of the formulas; leave the derivative out"},
  {"noise", "noise_[0-9]*", "noise holds for every coordinate; give one or the other"},
  {"noise", "noise_file", "give the noise once"},
  {"noise_file", "noise_[0-9]*", "noise_file holds for every coordinate; give one or the other"},
  {"noise_[0-9]", "noise_[0-9]*_file", "give formulas for all components or tables for all"},
  {"epsilon", "loss*", "eps follows from the loss; give one or the other"},
  {"epsilon_[0-9]*", "loss*", "eps follows from the loss; give one or the other"},
  {"loss", "loss_file", "give one loss"},
  {"loss", "loss_name", "give one loss"},
  {"loss_file", "loss_name", "give one loss"},
  {"loss_file", "loss_gradient_*",
   "the gradient of a table is that of its interpolant; give one or the other"},
  {"epsilon", "epsilon_file", "give eps once"},
  {"epsilon", "epsilon_library", "give eps once"},
  {"epsilon_[0-9]*", "epsilon_library", "give eps once"},
  {"epsilon_[0-9]", "epsilon_[0-9]*_file", "give formulas for all components or tables for all"},
  {"epsilon_file", "epsilon_[0-9]*", "epsilon_file is epsilon_1_file for d = 1; give one of them"},
  {"epsilon_file", "epsilon_library", "give eps once"},
  {"epsilon_file", "loss*", "eps follows from the loss; give one or the other"},
  {"epsilon_library", "loss*", "eps follows from the loss; give one or the other"},
  {"epsilon", "epsilon_[0-9]*", "epsilon is epsilon_1 for d = 1; give one of them"},
  {"epsilon_derivative", "epsilon_derivative_*",
   "epsilon_derivative is epsilon_derivative_1_1 for d = 1; give one of them"},
  {"axis_x_mesh", "axis_x_n", "the mesh file says how many cells there are"},
  {"axis_x_mesh", "axis_x_width", "the mesh file says how wide the axis is"},
  {"axis_flux", "axis_x_stabilisation",
   "positive fluxes damp what it would; leave axis_x_stabilisation out, or axis_flux"},
  {"axis_v_mesh", "axis_v_n", "the mesh file says how many cells there are"},
  {"axis_v_mesh", "axis_v_width", "the mesh file says how wide the axis is"},
};

/* PETSc options that would set behind hypoco's back what a key of its own sets */
static const struct {
  const char *petsc, *instead;
} replaced[] = {
  {"ts_max_time", "time_end"},
  {"ts_init_time", "nothing, runs start at time 0"},
  {"eps_nev", "spectrum_count"},
};

/* What belongs to certain kinds of initial data only */
static const struct {
  const char *key, *types;
} initial_keys[] = {
  {"initial_mean", "gaussian|point"},   {"initial_covariance", "gaussian"},
  {"initial_modes", "modes"},           {"initial_seed", "random"},
  {"initial_expression", "expression"}, {"initial_file", "file"},
};

/* What only some models of hypoco sample read, whatever their names */
static const struct {
  const char *pattern;
  unsigned    takes;
} sample_model_keys[] = {
  {"sample_steps", HYP_TAKES_STEPS},           {"sample_every", HYP_TAKES_STEPS},
  {"sample_start", HYP_TAKES_STEPS},           {"sample_batch", HYP_TAKES_STEPS},
  {"sample_loss_*", HYP_TAKES_STEPS},          {"sample_allow_unstable", HYP_TAKES_STEPS},
  {"sample_staleness_*", HYP_TAKES_STALENESS}, {"sample_warmup", HYP_TAKES_STALENESS},
  {"sample_step_law", HYP_TAKES_STEP_LAW},     {"sample_workers", HYP_TAKES_WORKERS},
  {"sample_compute_*", HYP_TAKES_WORKERS},     {"sample_server_time", HYP_TAKES_WORKERS},
  {"sample_momentum", HYP_TAKES_MOMENTUM},     {"sample_batch_cost", HYP_TAKES_BATCH_COST},
  {"sample_auxiliary", HYP_TAKES_AUXILIARY},   {"sample_substeps", HYP_TAKES_SUBSTEPS},
  {"sample_covariance", HYP_TAKES_COVARIANCE},
};

/* What belongs to some laws, losses of sample or models of theory: a shell pattern, the key that
   decides, its values */
static const struct {
  const char *pattern, *decides, *values;
} sample_keys[] = {
  {"sample_compute_file", "sample_compute_law", "measured"},
  {"sample_staleness_bound", "sample_staleness_law", "fixed|uniform|cyclic|rounds"},
  {"sample_staleness_file", "sample_staleness_law", "measured"},
  {"sample_step_factor", "sample_step_law", "expression"},
  {"sample_loss_curvature", "sample_loss_type", "quadratic"},
  {"sample_loss_centers", "sample_loss_type", "quadratic"},
  {"sample_loss_slopes", "sample_loss_type", "quadratic"},
  {"sample_loss_count", "sample_loss_type", "quadratic|expression"},
  {"sample_loss_range", "sample_loss_type", "quadratic|expression"},
  {"sample_loss_value", "sample_loss_type", "expression"},
  {"sample_loss_gradient*", "sample_loss_type", "expression"},
  {"sample_loss_coefficients", "sample_loss_type", "expression"},
  {"sample_loss_data", "sample_loss_type", "least-squares"},
  {"theory_[ew]*", "model_type", "asgd"}, /* eps0, workers */
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static int Refuse(char **message, char *sentence)
{
  *message = sentence;
  return 2;
}

/* The first given key that fits a shell pattern */
static const HypOptionEntry *Given(const HypOptions *options, const char *pattern)
{
  for (size_t i = 0; i < options->own.count; i++) {
    const HypOptionEntry *const entry = &options->own.entries[i];

    if (entry->source != HYP_SOURCE_DEFAULT && fnmatch(pattern, entry->key, 0) == 0) return entry;
  }
  return NULL;
}

static bool SolvesEquation(const HypOptions *options)
{
  static const char *const commands[] = {"solve",  "steady", "spectrum",
                                         "verify", "sweep",  "compare"};

  for (size_t i = 0; i < COUNT(commands); i++) {
    if (strcmp(options->command, commands[i]) == 0) return true;
  }
  return false;
}

static int CheckConflicts(const HypOptions *options, char **message)
{
  for (size_t i = 0; i < COUNT(conflicts); i++) {
    const HypOptionEntry *const one = Given(options, conflicts[i].one), *const other =
                                                                          Given(options,
                                                                                conflicts[i].other);

    if (!one || !other || one == other) continue;
    return Refuse(message, HypFormat("%s (%s) and %s (%s) exclude each other: %s", one->key,
                                     one->origin, other->key, other->origin, conflicts[i].advice));
  }
  for (size_t i = 0; i < options->petsc.count; i++) {
    const HypOptionEntry *const entry = &options->petsc.entries[i];

    for (size_t j = 0; j < COUNT(replaced); j++) {
      if (strcmp(entry->key, replaced[j].petsc) != 0) continue;
      return Refuse(message, HypFormat("%s: %s is not used here; use %s", entry->origin, entry->key,
                                       replaced[j].instead));
    }
  }
  return 0;
}

/* Indexed keys: no index beyond the dimension, and all components or none */
static int CheckComponents(const HypOptions *options, const char *prefix, const char *rest,
                           char **message)
{
  const long            dimension = (long)options->settings.model_dimension;
  const size_t          length    = strlen(prefix);
  const HypOptionEntry *first     = NULL;
  const long            expected  = strcmp(rest, "#_#") == 0 ? dimension * dimension : dimension;
  long                  count     = 0;

  for (size_t i = 0; i < options->own.count; i++) {
    const HypOptionEntry *const entry = &options->own.entries[i];
    char                       *end;

    if (strncmp(entry->spec->name, prefix, length) != 0 ||
        strcmp(entry->spec->name + length, rest) != 0)
      continue; /* of another family */
    for (const char *index = entry->key + length; *index; index = *end ? end + 1 : end) {
      if (strtol(index, &end, 10) <= dimension) continue;
      return Refuse(message,
                    HypFormat("%s: %s goes beyond model_dimension = %ld; indices run from 1 to %ld",
                              entry->origin, entry->key, dimension, dimension));
    }
    if (!first) first = entry;
    count++;
  }
  if (!first || count == expected) return 0;
  return Refuse(message, HypFormat("%s: %s is one of %ld components, of which %ld are given; give "
                                   "all of them, 0 where there is nothing",
                                   first->origin, first->key, expected, count));
}

/* Keys that say something about another one, which must be there */
static int CheckNeeded(const HypOptions *options, char **message)
{
  static const struct {
    const char *key, *needs[5], *advice;
  } rows[] = {
    {"loss_parameters", {"loss_name"}, "loss_name"},
    {"loss_data", {"loss_name"}, "loss_name"},
    {"theory_trace_of", {"theory_trace"}, "theory_trace"},
    {"theory_batch_steps", {"theory_batch_cost"}, "theory_batch_cost"},
    {"table_*",
     {"epsilon_file", "epsilon_[0-9]*_file", "loss_file", "noise_file", "noise_[0-9]*_file"},
     "epsilon_file, loss_file or noise_file"},
  };

  for (size_t i = 0; i < COUNT(rows); i++) {
    const HypOptionEntry *const entry = Given(options, rows[i].key);
    bool                        there = false;

    for (size_t j = 0; j < COUNT(rows[i].needs) && rows[i].needs[j]; j++)
      there = there || Given(options, rows[i].needs[j]);
    if (entry && !there)
      return Refuse(message, HypFormat("%s: %s is given without %s", entry->origin, entry->key,
                                       rows[i].advice));
  }
  return 0;
}

/* auto needs a loss to average the curvature of, and the equation */
static int CheckAuto(const HypOptions *options, char **message)
{
  const HypOptionEntry *const omega = Given(options, "model_omega0");

  if (!omega || options->settings.model_omega0.count) return 0;
  if (strcmp(options->command, "theory") == 0)
    return Refuse(message, HypFormat("%s: model_omega0 = auto is for the equation and its samples; "
                                     "hypoco theory needs numbers",
                                     omega->origin));
  if (!Given(options, "loss") && !Given(options, "loss_gradient_*") &&
      !Given(options, "loss_file") && !Given(options, "loss_name"))
    return Refuse(message,
                  HypFormat("%s: model_omega0 = auto is the averaged curvature of a loss, "
                            "but none is given; give loss, loss_gradient_1, ..., loss_file "
                            "or loss_name, or a number",
                            omega->origin));
  return 0;
}

static int CheckModel(const HypOptions *options, char **message)
{
  static const char *const asynchronous[] = {"model_learning_rate", "model_staleness",
                                             "model_noise"};
  const int64_t            dimension      = options->settings.model_dimension;
  const HypOptionEntry    *scalar         = Given(options, "epsilon");
  int                      code;

  if (!scalar) scalar = Given(options, "epsilon_derivative");
  if (!scalar) scalar = Given(options, "epsilon_file");
  if (scalar && dimension > 1) {
    return Refuse(message, HypFormat("%s: %s is for model_dimension = 1; here it is %d, so give %s",
                                     scalar->origin, scalar->key, (int)dimension,
                                     scalar == Given(options, "epsilon") ? "epsilon_1, ..."
                                     : scalar == Given(options, "epsilon_file")
                                       ? "epsilon_1_file, ..."
                                       : "epsilon_derivative_1_1, ..."));
  }
  if ((code = CheckComponents(options, "epsilon_", "#", message)) ||
      (code = CheckComponents(options, "epsilon_", "#_file", message)) ||
      (code = CheckComponents(options, "loss_gradient_", "#", message)) ||
      (code = CheckComponents(options, "noise_", "#", message)) ||
      (code = CheckComponents(options, "model_potential_", "#", message)) ||
      (code = CheckComponents(options, "noise_", "#_file", message)) ||
      (code = CheckComponents(options, "epsilon_derivative_", "#_#", message)) ||
      (code = CheckNeeded(options, message)) || (code = CheckAuto(options, message)) ||
      !SolvesEquation(options)) {
    return code;
  }
  if (dimension > 16) {
    return Refuse(message,
                  HypFormat("%s: model_dimension = %d: hypoco %s solves the equation for d = 1, 2, "
                            "3, and up to 16 on a simplex space; hypoco sample takes more",
                            HypOptionsFindEntry(options, "model_dimension")->origin, (int)dimension,
                            options->command));
  }
  for (size_t i = 0; i < COUNT(asynchronous); i++) {
    const HypOptionEntry *const entry = Given(options, asynchronous[i]);

    for (size_t j = 0; entry && j < COUNT(asynchronous); j++) {
      if (Given(options, asynchronous[j])) continue;
      return Refuse(message, HypFormat("%s: %s needs %s too: gamma and beta follow from learning "
                                       "rate, staleness and noise together",
                                       entry->origin, entry->key, asynchronous[j]));
    }
  }
  return 0;
}

static bool IsAmong(const char *word, const char *choices)
{
  const size_t length = strlen(word);

  for (const char *choice = choices; choice; choice = strchr(choice, '|')) {
    if (*choice == '|') choice++;
    if (strcspn(choice, "|") == length && strncmp(choice, word, length) == 0) return true;
  }
  return false;
}

/* Lengths of the lists that depend on the dimension */
static int CheckInitialLengths(const HypOptions *options, char **message)
{
  const size_t twice = 2 * (size_t)options->settings.model_dimension;
  size_t       count;

  count = options->settings.initial_mean.count;
  if (count && count != twice) {
    return Refuse(
      message,
      HypFormat(
        "%s: initial_mean has %zu numbers; for model_dimension = %zu it needs %zu: x1..xd, v1..vd",
        Given(options, "initial_mean")->origin, count, twice / 2, twice));
  }
  count = options->settings.initial_covariance.count;
  if (count && count != 1 && count != twice && count != twice * twice) {
    return Refuse(
      message,
      HypFormat(
        "%s: initial_covariance has %zu numbers; for model_dimension = %zu it takes 1, %zu or %zu",
        Given(options, "initial_covariance")->origin, count, twice / 2, twice, twice * twice));
  }
  count = options->settings.initial_modes.count;
  if (count % (twice + 1)) {
    return Refuse(message, HypFormat("%s: initial_modes has %zu numbers; for model_dimension = %zu "
                                     "it takes groups of %zu: n1..n%zu, amplitude",
                                     Given(options, "initial_modes")->origin, count, twice / 2,
                                     twice + 1, twice));
  }
  return 0;
}

/* Data of another kind than initial_type, unless a later source changed the type */
static int CheckInitial(const HypOptions *options, char **message)
{
  const HypOptionEntry *const type = HypOptionsFindEntry(options, "initial_type");

  for (size_t i = 0; i < COUNT(initial_keys); i++) {
    const HypOptionEntry *const entry = Given(options, initial_keys[i].key);
    const bool                  used  = IsAmong(type->text, initial_keys[i].types);

    if (entry && !used && type->source <= entry->source) {
      return Refuse(message,
                    HypFormat("%s: %s is not used with initial_type = %s (%s), it belongs to %s",
                              entry->origin, entry->key, type->text, type->origin,
                              initial_keys[i].types));
    }
    if (!entry && used && strcmp(type->text, initial_keys[i].types) == 0 &&
        strcmp(type->text, "random") != 0 && strcmp(type->text, "gaussian") != 0) {
      return Refuse(message, HypFormat("%s: initial_type = %s needs %s", type->origin, type->text,
                                       initial_keys[i].key));
    }
  }
  return CheckInitialLengths(options, message);
}

/* a|b|c, the models that read one thing; freed by the caller */
static char *Takers(unsigned takes)
{
  char *const choices = HypOptionChoices(HypOptionFind("sample_model")), *text = HypDuplicate("");

  for (char *name = strtok(choices, "|"); name; name = strtok(NULL, "|")) {
    if (!(HypSamplerTakes(name) & takes)) continue;
    char *const longer = HypFormat("%s%s%s", text, *text ? "|" : "", name);

    free(text);
    text = longer;
  }
  free(choices);
  return text;
}

static int CheckSampleModel(const HypOptions *options, char **message)
{
  const HypOptionEntry *const model = HypOptionsFindEntry(options, "sample_model");
  const unsigned              takes = HypSamplerTakes(model->text);

  for (size_t i = 0; i < COUNT(sample_model_keys); i++) {
    const HypOptionEntry *const entry = Given(options, sample_model_keys[i].pattern);
    char                       *takers;

    if (!entry || takes & sample_model_keys[i].takes || model->source > entry->source) continue;
    takers   = Takers(sample_model_keys[i].takes);
    *message = HypFormat("%s: %s is not used with sample_model = %s (%s), it belongs to %s",
                         entry->origin, entry->key, model->text, model->origin, takers);
    free(takers);
    return 2;
  }
  return 0;
}

/* The keys of sample; theory reads the loss only, whatever model is sampled */
static int CheckSample(const HypOptions *options, char **message)
{
  const bool theory = strcmp(options->command, "theory") == 0;

  if (!theory && CheckSampleModel(options, message)) return 2;
  for (size_t i = 0; i < COUNT(sample_keys); i++) {
    const HypOptionEntry *const entry   = Given(options, sample_keys[i].pattern);
    const HypOptionEntry *const decides = HypOptionsFindEntry(options, sample_keys[i].decides);

    if (!entry || IsAmong(decides->text, sample_keys[i].values) ||
        decides->source > entry->source ||
        (theory && *entry->key == 's' && strcmp(decides->key, "sample_loss_type")))
      continue;
    return Refuse(message, HypFormat("%s: %s is not used with %s = %s (%s), it belongs to %s",
                                     entry->origin, entry->key, sample_keys[i].decides,
                                     decides->text, decides->origin, sample_keys[i].values));
  }
  return 0;
}

/* The default is simplex, so that an axis alone would be dropped silently */
static int CheckSpace(const HypOptions *options, char **message)
{
  const HypOptionEntry *const axis = Given(options, "axis_*");

  if (axis && !HypOptionsGiven(options, "space_type")) {
    return Refuse(message, HypFormat("%s: %s is given but space_type is not; axes belong to "
                                     "space_type = tensor, the default is simplex",
                                     axis->origin, axis->key));
  }
  return 0;
}

/* A snapshot is taken at an output; between outputs there is none to take */
static int CheckSnapshots(const HypOptions *options, char **message)
{
  const HypOptionEntry *const entry    = Given(options, "snapshot_interval");
  const double                interval = options->settings.time_output_interval;
  const double                ratio    = entry ? entry->value.real / interval : 1;

  if (fabs(ratio - round(ratio)) <= 1e-9 * ratio && ratio > 0.5) return 0;
  return Refuse(message, HypFormat("%s: snapshot_interval = %s is no multiple of "
                                   "time_output_interval = %g; snapshots are taken at outputs",
                                   entry->origin, entry->text, interval));
}

static int CheckTime(const HypOptions *options, char **message)
{
  static const char *const intervals[] = {"time_output_interval", "snapshot_interval"};
  const double             end         = options->settings.time_end;

  for (size_t i = 0; i < COUNT(intervals); i++) {
    const HypOptionEntry *const entry = Given(options, intervals[i]);

    if (!entry) continue;
    if (entry->value.real > end || end / entry->value.real > 1e7) {
      return Refuse(
        message,
        HypFormat(
          "%s: %s = %s does not fit time_end = %g; it must lie between time_end / 1e7 and time_end",
          entry->origin, entry->key, entry->text, end));
    }
  }
  return CheckSnapshots(options, message);
}

/*
  HypOptionsCheck - Checks what single values cannot tell: conflicting keys, lengths and indices
  against the dimension, keys that need another

  Not collective; plain C, callable before MPI_Init

  Input Parameter:
. options - the options

  Output Parameter:
. message - on failure one sentence, to be freed by the caller

  Returns 0 or 2.

  Notes:
  HypOptionsParse() ends with it; call it again after a series of HypOptionsSet().
*/
int HypOptionsCheck(const HypOptions *options, char **message)
{
  int code;

  *message = NULL;
  if ((code = CheckConflicts(options, message)) || (code = CheckModel(options, message)))
    return code;
  if (strcmp(options->command, "sample") == 0 || strcmp(options->command, "theory") == 0)
    return CheckSample(options, message);
  if (!SolvesEquation(options)) return 0;
  if ((code = CheckInitial(options, message)) || (code = CheckSpace(options, message))) return code;
  return CheckTime(options, message);
}
