/* Checks that need more than one key: conflicts, indices and lengths that must fit the dimension,
   keys that need another. */
#include "program/options/optionsimpl.h"
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
  {"model_hessian", "model_potential", "the potential is the whole loss; give one or the other"},
  {"model_hessian", "epsilon_derivative*",
   "with a full Hessian derivatives are those of the formulas; leave the derivative out"},
  {"noise", "noise_[0-9]*", "noise holds for every coordinate; give one or the other"},
  {"noise", "noise_file", "give the noise once"},
  {"noise_file", "noise_[0-9]*", "noise_file holds for every coordinate; give one or the other"},
  {"noise_[0-9]", "noise_[0-9]*_file", "give formulas for all components or tables for all"},
  {"epsilon", "loss*", "eps follows from the loss; give one or the other"},
  {"epsilon_[0-9]*", "loss*", "eps follows from the loss; give one or the other"},
  {"loss", "loss_gradient_*", "give the loss or its gradient"},
  {"loss", "loss_file", "give one loss"},
  {"loss", "loss_name", "give one loss"},
  {"loss_file", "loss_name", "give one loss"},
  {"loss_file", "loss_gradient_*", "give the loss or its gradient"},
  {"loss_name", "loss_gradient_*", "give the loss or its gradient"},
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
} initialKeys[] = {
  {"initial_mean", "gaussian|point"},   {"initial_covariance", "gaussian"},
  {"initial_modes", "modes"},           {"initial_seed", "random"},
  {"initial_expression", "expression"}, {"initial_file", "file"},
};

/* What only some models, laws or kinds of loss of hypoco sample use:
   a shell pattern, the key that decides, its values */
static const struct {
  const char *pattern, *decides, *values;
} sampleKeys[] = {
  {"sample_steps", "sample_model",
   "asgd|sgd|msgd|sme-asgd-linear|sme-asgd|sme-msgd|sme-sgd|sdde|workers|ssgd"},
  {"sample_every", "sample_model",
   "asgd|sgd|msgd|sme-asgd-linear|sme-asgd|sme-msgd|sme-sgd|sdde|workers|ssgd"},
  {"sample_start", "sample_model",
   "asgd|sgd|msgd|sme-asgd-linear|sme-asgd|sme-msgd|sme-sgd|sdde|workers|ssgd"},
  {"sample_batch", "sample_model",
   "asgd|sgd|msgd|sme-asgd-linear|sme-asgd|sme-msgd|sme-sgd|sdde|workers|ssgd"},
  {"sample_loss_*", "sample_model",
   "asgd|sgd|msgd|sme-asgd-linear|sme-asgd|sme-msgd|sme-sgd|sdde|workers|ssgd"},
  {"sample_allow_unstable", "sample_model",
   "asgd|sgd|msgd|sme-asgd-linear|sme-asgd|sme-msgd|sme-sgd|sdde|workers|ssgd"},
  {"sample_staleness_*", "sample_model", "asgd|sdde"},
  {"sample_warmup", "sample_model", "asgd|sdde"},
  {"sample_step_law", "sample_model", "asgd|sgd|sdde|workers|ssgd"},
  {"sample_workers", "sample_model", "workers|ssgd"},
  {"sample_compute_*", "sample_model", "workers|ssgd"},
  {"sample_server_time", "sample_model", "workers|ssgd"},
  {"sample_compute_file", "sample_compute_law", "measured"},
  {"sample_momentum", "sample_model", "asgd|msgd|sme-msgd"},
  {"sample_batch_cost", "sample_model", "asgd"},
  {"sample_auxiliary", "sample_model", "asgd|sgd"},
  {"sample_substeps", "sample_model", "sme-asgd-linear|sme-asgd|sme-msgd|sme-sgd|sde|sdde"},
  {"sample_covariance", "sample_model", "sme-asgd-linear|sme-asgd"},
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
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static int refuse(char **message, char *sentence)
{
  *message = sentence;
  return 2;
}

/* The first given key that fits a shell pattern */
static const HypOptionEntry *given(const HypOptions *options, const char *pattern)
{
  for (size_t i = 0; i < options->own.count; ++i) {
    const HypOptionEntry *const entry = &options->own.entries[i];

    if (entry->source != HYP_SOURCE_DEFAULT && fnmatch(pattern, entry->key, 0) == 0) return entry;
  }
  return NULL;
}

static bool solvesEquation(const HypOptions *options)
{
  static const char *const commands[] = {"solve",  "steady", "spectrum",
                                         "verify", "sweep",  "compare"};

  for (size_t i = 0; i < COUNT(commands); ++i) {
    if (strcmp(options->command, commands[i]) == 0) return true;
  }
  return false;
}

static int checkConflicts(const HypOptions *options, char **message)
{
  for (size_t i = 0; i < COUNT(conflicts); ++i) {
    const HypOptionEntry *const one = given(options, conflicts[i].one), *const other =
                                                                          given(options,
                                                                                conflicts[i].other);

    if (!one || !other || one == other) continue;
    return refuse(message, HypFormat("%s (%s) and %s (%s) exclude each other: %s", one->key,
                                     one->origin, other->key, other->origin, conflicts[i].advice));
  }
  for (size_t i = 0; i < options->petsc.count; ++i) {
    const HypOptionEntry *const entry = &options->petsc.entries[i];

    for (size_t j = 0; j < COUNT(replaced); ++j) {
      if (strcmp(entry->key, replaced[j].petsc) != 0) continue;
      return refuse(message, HypFormat("%s: %s is not used here; use %s", entry->origin, entry->key,
                                       replaced[j].instead));
    }
  }
  return 0;
}

/* Indexed keys: no index beyond the dimension, and all components or none */
static int checkComponents(const HypOptions *options, const char *prefix, const char *rest,
                           char **message)
{
  const long            dimension = (long)options->settings.model_dimension;
  const size_t          length    = strlen(prefix);
  const HypOptionEntry *first     = NULL;
  const long            expected  = strcmp(rest, "#_#") == 0 ? dimension * dimension : dimension;
  long                  count     = 0;

  for (size_t i = 0; i < options->own.count; ++i) {
    const HypOptionEntry *const entry = &options->own.entries[i];
    char                       *end;

    if (strncmp(entry->spec->name, prefix, length) != 0 ||
        strcmp(entry->spec->name + length, rest) != 0)
      continue; /* of another family */
    for (const char *index = entry->key + length; *index; index = *end ? end + 1 : end) {
      if (strtol(index, &end, 10) <= dimension) continue;
      return refuse(message,
                    HypFormat("%s: %s goes beyond model_dimension = %ld; indices run from 1 to %ld",
                              entry->origin, entry->key, dimension, dimension));
    }
    if (!first) first = entry;
    ++count;
  }
  if (!first || count == expected) return 0;
  return refuse(message, HypFormat("%s: %s is one of %ld components, of which %ld are given; give "
                                   "all of them, 0 where there is nothing",
                                   first->origin, first->key, expected, count));
}

/* Keys that say something about another one, which must be there */
static int checkNeeded(const HypOptions *options, char **message)
{
  static const struct {
    const char *key, *needs[5], *advice;
  } rows[] = {
    {"loss_parameters", {"loss_name"}, "loss_name"},
    {"loss_data", {"loss_name"}, "loss_name"},
    {"table_*",
     {"epsilon_file", "epsilon_[0-9]*_file", "loss_file", "noise_file", "noise_[0-9]*_file"},
     "epsilon_file, loss_file or noise_file"},
  };

  for (size_t i = 0; i < COUNT(rows); i++) {
    const HypOptionEntry *const entry = given(options, rows[i].key);
    bool                        there = false;

    for (size_t j = 0; j < COUNT(rows[i].needs) && rows[i].needs[j]; j++)
      there = there || given(options, rows[i].needs[j]);
    if (entry && !there)
      return refuse(message, HypFormat("%s: %s is given without %s", entry->origin, entry->key,
                                       rows[i].advice));
  }
  return 0;
}

/* auto needs a loss to average the curvature of, and the equation */
static int checkAuto(const HypOptions *options, char **message)
{
  const HypOptionEntry *const omega = given(options, "model_omega0");

  if (!omega || options->settings.model_omega0.count) return 0;
  if (strcmp(options->command, "theory") == 0)
    return refuse(message, HypFormat("%s: model_omega0 = auto is for the equation and its samples; "
                                     "hypoco theory needs numbers",
                                     omega->origin));
  if (!given(options, "loss") && !given(options, "loss_gradient_*") &&
      !given(options, "loss_file") && !given(options, "loss_name"))
    return refuse(message,
                  HypFormat("%s: model_omega0 = auto is the averaged curvature of a loss, "
                            "but none is given; give loss, loss_gradient_1, ..., loss_file "
                            "or loss_name, or a number",
                            omega->origin));
  return 0;
}

static int checkModel(const HypOptions *options, char **message)
{
  static const char *const asynchronous[] = {"model_learning_rate", "model_staleness",
                                             "model_noise"};
  const int64_t            dimension      = options->settings.model_dimension;
  const HypOptionEntry    *scalar         = given(options, "epsilon");
  int                      code;

  if (!scalar) scalar = given(options, "epsilon_derivative");
  if (!scalar) scalar = given(options, "epsilon_file");
  if (scalar && dimension > 1) {
    return refuse(message, HypFormat("%s: %s is for model_dimension = 1; here it is %d, so give %s",
                                     scalar->origin, scalar->key, (int)dimension,
                                     scalar == given(options, "epsilon") ? "epsilon_1, ..."
                                     : scalar == given(options, "epsilon_file")
                                       ? "epsilon_1_file, ..."
                                       : "epsilon_derivative_1_1, ..."));
  }
  if ((code = checkComponents(options, "epsilon_", "#", message)) ||
      (code = checkComponents(options, "epsilon_", "#_file", message)) ||
      (code = checkComponents(options, "loss_gradient_", "#", message)) ||
      (code = checkComponents(options, "noise_", "#", message)) ||
      (code = checkComponents(options, "noise_", "#_file", message)) ||
      (code = checkComponents(options, "epsilon_derivative_", "#_#", message)) ||
      (code = checkNeeded(options, message)) || (code = checkAuto(options, message)) ||
      !solvesEquation(options)) {
    return code;
  }
  if (dimension > 16 ||
      (dimension > 3 && (strcmp(options->command, "verify") == 0 ||
                         strcmp(HypOptionsText(options, "space_type"), "simplex") != 0))) {
    return refuse(
      message, HypFormat("%s: model_dimension = %d: hypoco %s solves the equation for "
                         "d = 1, 2, 3, and up to 16 on a simplex space; hypoco sample takes more",
                         HypOptionsFindEntry(options, "model_dimension")->origin, (int)dimension,
                         options->command));
  }
  for (size_t i = 0; i < COUNT(asynchronous); ++i) {
    const HypOptionEntry *const entry = given(options, asynchronous[i]);

    for (size_t j = 0; entry && j < COUNT(asynchronous); ++j) {
      if (given(options, asynchronous[j])) continue;
      return refuse(message, HypFormat("%s: %s needs %s too: gamma and beta follow from learning "
                                       "rate, staleness and noise together",
                                       entry->origin, entry->key, asynchronous[j]));
    }
  }
  return 0;
}

static bool isAmong(const char *word, const char *choices)
{
  const size_t length = strlen(word);

  for (const char *choice = choices; choice; choice = strchr(choice, '|')) {
    if (*choice == '|') ++choice;
    if (strcspn(choice, "|") == length && strncmp(choice, word, length) == 0) return true;
  }
  return false;
}

/* Lengths of the lists that depend on the dimension */
static int checkInitialLengths(const HypOptions *options, char **message)
{
  const size_t twice = 2 * (size_t)options->settings.model_dimension;
  size_t       count;

  count = options->settings.initial_mean.count;
  if (count && count != twice) {
    return refuse(
      message,
      HypFormat(
        "%s: initial_mean has %zu numbers; for model_dimension = %zu it needs %zu: x1..xd, v1..vd",
        given(options, "initial_mean")->origin, count, twice / 2, twice));
  }
  count = options->settings.initial_covariance.count;
  if (count && count != 1 && count != twice && count != twice * twice) {
    return refuse(
      message,
      HypFormat(
        "%s: initial_covariance has %zu numbers; for model_dimension = %zu it takes 1, %zu or %zu",
        given(options, "initial_covariance")->origin, count, twice / 2, twice, twice * twice));
  }
  count = options->settings.initial_modes.count;
  if (count % (twice + 1)) {
    return refuse(message, HypFormat("%s: initial_modes has %zu numbers; for model_dimension = %zu "
                                     "it takes groups of %zu: n1..n%zu, amplitude",
                                     given(options, "initial_modes")->origin, count, twice / 2,
                                     twice + 1, twice));
  }
  return 0;
}

/* Data of another kind than initial_type are refused, unless a later source changed the type and
   so left them behind */
static int checkInitial(const HypOptions *options, char **message)
{
  const HypOptionEntry *const type = HypOptionsFindEntry(options, "initial_type");

  for (size_t i = 0; i < COUNT(initialKeys); ++i) {
    const HypOptionEntry *const entry = given(options, initialKeys[i].key);
    const bool                  used  = isAmong(type->text, initialKeys[i].types);

    if (entry && !used && type->source <= entry->source) {
      return refuse(message,
                    HypFormat("%s: %s is not used with initial_type = %s (%s), it belongs to %s",
                              entry->origin, entry->key, type->text, type->origin,
                              initialKeys[i].types));
    }
    if (!entry && used && strcmp(type->text, initialKeys[i].types) == 0 &&
        strcmp(type->text, "random") != 0 && strcmp(type->text, "gaussian") != 0) {
      return refuse(message, HypFormat("%s: initial_type = %s needs %s", type->origin, type->text,
                                       initialKeys[i].key));
    }
  }
  return checkInitialLengths(options, message);
}

/* Likewise for the keys of sample; theory reads the loss only, whatever model is sampled */
static int checkSample(const HypOptions *options, char **message)
{
  const bool theory = strcmp(options->command, "theory") == 0;

  for (size_t i = 0; i < COUNT(sampleKeys); ++i) {
    const HypOptionEntry *const        entry = given(options, sampleKeys[i].pattern),
                                *const decides =
                                  HypOptionsFindEntry(options, sampleKeys[i].decides);

    if (!entry || isAmong(decides->text, sampleKeys[i].values) || decides->source > entry->source)
      continue;
    if (theory && strcmp(sampleKeys[i].decides, "sample_loss_type") != 0) continue;
    return refuse(message, HypFormat("%s: %s is not used with %s = %s (%s), it belongs to %s",
                                     entry->origin, entry->key, sampleKeys[i].decides,
                                     decides->text, decides->origin, sampleKeys[i].values));
  }
  return 0;
}

/* An axis without a word about the space would be dropped silently,
   because the default is simplex */
static int checkSpace(const HypOptions *options, char **message)
{
  const HypOptionEntry *const axis = given(options, "axis_*");

  if (axis && !HypOptionsGiven(options, "space_type")) {
    return refuse(message, HypFormat("%s: %s is given but space_type is not; axes belong to "
                                     "space_type = tensor, the default is simplex",
                                     axis->origin, axis->key));
  }
  for (const char *name = "xv"; *name; ++name) {
    const char meshKey[]             = {'a', 'x', 'i', 's', '_', *name, '_', 'm', 'e', 's', 'h', 0};
    const char typeKey[]             = {'a', 'x', 'i', 's', '_', *name, '_', 't', 'y', 'p', 'e', 0};
    const HypOptionEntry *const mesh = given(options, meshKey), *const type = HypOptionsFindEntry(
                                                                  options, typeKey);

    if (mesh && strcmp(type->text, "fv") != 0) {
      return refuse(message, HypFormat("%s: %s is for axes of type fv; %s is %s (%s)", mesh->origin,
                                       meshKey, typeKey, type->text, type->origin));
    }
  }
  return 0;
}

/* A snapshot is taken at an output; between outputs there is none to take */
static int checkSnapshots(const HypOptions *options, char **message)
{
  const HypOptionEntry *const entry    = given(options, "snapshot_interval");
  const double                interval = options->settings.time_output_interval;
  const double                ratio    = entry ? entry->value.real / interval : 1;

  if (fabs(ratio - round(ratio)) <= 1e-9 * ratio && ratio > 0.5) return 0;
  return refuse(message, HypFormat("%s: snapshot_interval = %s is no multiple of "
                                   "time_output_interval = %g; snapshots are taken at outputs",
                                   entry->origin, entry->text, interval));
}

static int checkTime(const HypOptions *options, char **message)
{
  static const char *const intervals[] = {"time_output_interval", "snapshot_interval"};
  const double             end         = options->settings.time_end;

  for (size_t i = 0; i < COUNT(intervals); ++i) {
    const HypOptionEntry *const entry = given(options, intervals[i]);

    if (!entry) continue;
    if (entry->value.real > end || end / entry->value.real > 1e7) {
      return refuse(
        message,
        HypFormat(
          "%s: %s = %s does not fit time_end = %g; it must lie between time_end / 1e7 and time_end",
          entry->origin, entry->key, entry->text, end));
    }
  }
  return checkSnapshots(options, message);
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
  if ((code = checkConflicts(options, message)) || (code = checkModel(options, message)))
    return code;
  if (strcmp(options->command, "sample") == 0 || strcmp(options->command, "theory") == 0)
    return checkSample(options, message);
  if (!solvesEquation(options)) return 0;
  if ((code = checkInitial(options, message)) || (code = checkSpace(options, message))) return code;
  return checkTime(options, message);
}
