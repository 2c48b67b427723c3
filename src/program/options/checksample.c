/* Keys of hypoco sample and theory that the chosen model, law or kind of loss does not use. */
#include "program/options/optionsimpl.h"
#include <hypoco/sampler.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

/* What only some models of hypoco sample read, whatever their names.
   A key that commands for the equation share may be there for one that its file names. */
static const struct {
  const char *pattern;
  unsigned    takes;
} sample_model_keys[] = {
  {"sample_steps", HYP_TAKES_STEPS},
  {"sample_every", HYP_TAKES_STEPS},
  {"sample_start", HYP_TAKES_STEPS},
  {"sample_batch", HYP_TAKES_STEPS},
  {"sample_loss_*", HYP_TAKES_STEPS},
  {"sample_allow_unstable", HYP_TAKES_STEPS},
  {"sample_staleness_*", HYP_TAKES_STALENESS},
  {"sample_warmup", HYP_TAKES_STALENESS},
  {"sample_step_law", HYP_TAKES_STEP_LAW},
  {"sample_workers", HYP_TAKES_WORKERS | HYP_COUNTS_TIME},
  {"sample_compute_*", HYP_TAKES_WORKERS},
  {"sample_server_time", HYP_TAKES_WORKERS},
  {"sample_momentum", HYP_TAKES_MOMENTUM},
  {"sample_batch_cost", HYP_TAKES_BATCH_COST},
  {"sample_auxiliary", HYP_TAKES_AUXILIARY},
  {"sample_substeps", HYP_TAKES_SUBSTEPS},
  {"sample_covariance", HYP_TAKES_COVARIANCE},
  {"sample_pairs", HYP_TAKES_TIMES},
  {"sample_transitions", HYP_TAKES_TIMES},
  {"sample_second_*", HYP_TAKES_TIMES},
  {"time_*", HYP_TAKES_TIMES},
  {"initial_*", HYP_TAKES_TIMES},
  {"noise*", HYP_TAKES_TIMES},
  {"epsilon_slope_bounds", HYP_TAKES_TIMES},
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
  {"epsilon*", "sample_loss_type", "model"},
  {"loss*", "sample_loss_type", "model"},
  {"theory_[ew]*", "model_type", "asgd"}, /* eps0, workers */
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static int Refuse(char **message, char *sentence)
{
  *message = sentence;
  return 2;
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

/* Is a key given that one row is about, without another command that its file names and that
   solves the equation with it? */
static bool IsGiven(const HypOptionEntry *entry, const char *pattern)
{
  return entry->source != HYP_SOURCE_DEFAULT && fnmatch(pattern, entry->key, 0) == 0 &&
         (!entry->solved || strncmp(entry->key, "sample_", 7) == 0);
}

static int CheckSampleModel(const HypOptions *options, const HypOptionEntry *entry, char **message)
{
  const HypOptionEntry *const model = HypOptionsFindEntry(options, "sample_model");
  const unsigned              takes = HypSamplerTakes(model->text);

  if (model->source > entry->source || HypOptionsIsSwept(options, model->key)) return 0;
  for (size_t i = 0; i < COUNT(sample_model_keys); i++) {
    char *takers;

    if (takes & sample_model_keys[i].takes || !IsGiven(entry, sample_model_keys[i].pattern))
      continue;
    takers   = Takers(sample_model_keys[i].takes);
    *message = HypFormat("%s: %s is not used with sample_model = %s (%s), it belongs to %s",
                         entry->origin, entry->key, model->text, model->origin, takers);
    free(takers);
    return 2;
  }
  return 0;
}

static int CheckSampleKey(const HypOptions *options, const HypOptionEntry *entry, bool theory,
                          char **message)
{
  for (size_t i = 0; i < COUNT(sample_keys); i++) {
    const HypOptionEntry *const decides = HypOptionsFindEntry(options, sample_keys[i].decides);

    if (!IsGiven(entry, sample_keys[i].pattern) ||
        HypOptionIsAmong(decides->text, sample_keys[i].values) || decides->source > entry->source ||
        HypOptionsIsSwept(options, decides->key))
      continue;
    if (theory && *entry->key == 's' && strcmp(decides->key, "sample_loss_type")) continue;
    if (!theory && *entry->key == 't') continue;
    return Refuse(message, HypFormat("%s: %s is not used with %s = %s (%s), it belongs to %s",
                                     entry->origin, entry->key, sample_keys[i].decides,
                                     decides->text, decides->origin, sample_keys[i].values));
  }
  return 0;
}

/* The keys of sample; theory reads the loss only, whatever model is sampled */
int HypOptionsCheckSample(const HypOptions *options, char **message)
{
  const bool theory = strcmp(HypOptionsWork(options), "theory") == 0;

  for (size_t i = 0; i < options->own.count; i++) {
    const HypOptionEntry *const entry = &options->own.entries[i];

    if (!theory && CheckSampleModel(options, entry, message)) return 2;
    if (CheckSampleKey(options, entry, theory, message)) return 2;
  }
  return 0;
}
