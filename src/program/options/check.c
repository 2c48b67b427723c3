/* Checks that need more than one key: conflicts, indices and lengths that must fit the dimension,
   keys that need another. */
#include "program/options/optionsimpl.h"
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
  {"axis_grading", "axis_?_mesh", "the mesh file places the faces; give one or the other"},
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

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static int Refuse(char **message, char *sentence)
{
  *message = sentence;
  return 2;
}

static bool SolvesEquation(const HypOptions *options)
{
  return HypOptionIsAmong(HypOptionsWork(options), "solve|steady|spectrum|verify|compare");
}

static int CheckConflicts(const HypOptions *options, char **message)
{
  for (size_t i = 0; i < COUNT(conflicts); i++) {
    const HypOptionEntry *const        one   = HypOptionsMatch(options, conflicts[i].one),
                                *const other = HypOptionsMatch(options, conflicts[i].other);

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
    const HypOptionEntry *const entry = HypOptionsMatch(options, rows[i].key);
    bool                        there = false;

    for (size_t j = 0; j < COUNT(rows[i].needs) && rows[i].needs[j]; j++)
      there = there || HypOptionsMatch(options, rows[i].needs[j]);
    if (entry && !there)
      return Refuse(message, HypFormat("%s: %s is given without %s", entry->origin, entry->key,
                                       rows[i].advice));
  }
  return 0;
}

/* auto needs a loss to average the curvature of, and the equation */
static int CheckAuto(const HypOptions *options, char **message)
{
  const HypOptionEntry *const omega = HypOptionsMatch(options, "model_omega0");

  if (!omega || options->settings.model_omega0.count) return 0;
  if (strcmp(HypOptionsWork(options), "theory") == 0)
    return Refuse(message, HypFormat("%s: model_omega0 = auto is for the equation and its samples; "
                                     "hypoco theory needs numbers",
                                     omega->origin));
  if (!HypOptionsMatch(options, "loss") && !HypOptionsMatch(options, "loss_gradient_*") &&
      !HypOptionsMatch(options, "loss_file") && !HypOptionsMatch(options, "loss_name"))
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
  const HypOptionEntry    *scalar         = HypOptionsMatch(options, "epsilon");
  int                      code;

  if (!scalar) scalar = HypOptionsMatch(options, "epsilon_derivative");
  if (!scalar) scalar = HypOptionsMatch(options, "epsilon_file");
  if (scalar && dimension > 1) {
    return Refuse(message,
                  HypFormat("%s: %s is for model_dimension = 1; here it is %d, so give %s",
                            scalar->origin, scalar->key, (int)dimension,
                            scalar == HypOptionsMatch(options, "epsilon") ? "epsilon_1, ..."
                            : scalar == HypOptionsMatch(options, "epsilon_file")
                              ? "epsilon_1_file, ..."
                              : "epsilon_derivative_1_1, ..."));
  }
  if ((code = CheckComponents(options, "epsilon_", "#", message)) ||
      (code = CheckComponents(options, "epsilon_", "#_file", message)) ||
      (code = CheckComponents(options, "loss_gradient_", "#", message)) ||
      (code = CheckComponents(options, "sample_loss_gradient_", "#", message)) ||
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
    const HypOptionEntry *const entry = HypOptionsMatch(options, asynchronous[i]);

    for (size_t j = 0; entry && j < COUNT(asynchronous); j++) {
      if (HypOptionsMatch(options, asynchronous[j]) || HypOptionsIsSwept(options, asynchronous[j]))
        continue;
      return Refuse(message, HypFormat("%s: %s needs %s too: gamma and beta follow from learning "
                                       "rate, staleness and noise together",
                                       entry->origin, entry->key, asynchronous[j]));
    }
  }
  return 0;
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
        HypOptionsMatch(options, "initial_mean")->origin, count, twice / 2, twice));
  }
  count = options->settings.initial_covariance.count;
  if (count && count != 1 && count != twice && count != twice * twice) {
    return Refuse(
      message,
      HypFormat(
        "%s: initial_covariance has %zu numbers; for model_dimension = %zu it takes 1, %zu or %zu",
        HypOptionsMatch(options, "initial_covariance")->origin, count, twice / 2, twice,
        twice * twice));
  }
  count = options->settings.initial_modes.count;
  if (count % (twice + 1)) {
    return Refuse(message, HypFormat("%s: initial_modes has %zu numbers; for model_dimension = %zu "
                                     "it takes groups of %zu: n1..n%zu, amplitude",
                                     HypOptionsMatch(options, "initial_modes")->origin, count,
                                     twice / 2, twice + 1, twice));
  }
  return 0;
}

/* Data of another kind than initial_type, unless a later source changed the type */
static int CheckInitial(const HypOptions *options, char **message)
{
  const HypOptionEntry *const type = HypOptionsFindEntry(options, "initial_type");

  for (size_t i = 0; i < COUNT(initial_keys); i++) {
    const HypOptionEntry *const entry = HypOptionsMatch(options, initial_keys[i].key);
    const bool                  used  = HypOptionIsAmong(type->text, initial_keys[i].types);

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

/* The default is simplex, so that an axis alone would be dropped silently */
static int CheckSpace(const HypOptions *options, char **message)
{
  const HypOptionEntry *const axis = HypOptionsMatch(options, "axis_*");

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
  const HypOptionEntry *const entry    = HypOptionsMatch(options, "snapshot_interval");
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
    const HypOptionEntry *const entry = HypOptionsMatch(options, intervals[i]);

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

/* A key that the cases of a sweep do not read has no effect */
static int CheckCases(const HypOptions *options, char **message)
{
  const HypOptionEntry *entry;

  if (strcmp(options->command, "sweep") != 0) return 0;
  entry = HypOptionsUnreadByCases(options);
  if (!entry) return 0;
  return Refuse(
    message,
    HypFormat("%s: sweep_command = %s does not read %s, which is a key of %s; remove it, or "
              "give another sweep_command%s",
              entry->origin, HypOptionsWork(options), entry->key, entry->spec->commands,
              entry->source < HYP_SOURCE_COMMAND_LINE
                ? ", or write 'commands: ...' with all the commands that this file is made for"
                : ""));
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
  if ((code = CheckCases(options, message)) || (code = CheckConflicts(options, message)) ||
      (code = CheckModel(options, message)))
    return code;
  if (HypOptionIsAmong(HypOptionsWork(options), "sample|theory"))
    return HypOptionsCheckSample(options, message);
  if (!SolvesEquation(options)) return 0;
  if ((code = CheckInitial(options, message)) || (code = CheckSpace(options, message))) return code;
  return CheckTime(options, message);
}
