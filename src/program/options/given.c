/* What the checks ask of the options: which keys are given, and for which command. */
#include "program/options/optionsimpl.h"
#include <fnmatch.h>
#include <string.h>

/* The command that reads the keys: for a sweep that of its cases */
const char *HypOptionsWork(const HypOptions *options)
{
  return strcmp(options->command, "sweep") ? options->command : options->settings.sweep_command;
}

/* The first given key that fits a shell pattern, or NULL */
const HypOptionEntry *HypOptionsMatch(const HypOptions *options, const char *pattern)
{
  for (size_t i = 0; i < options->own.count; i++) {
    const HypOptionEntry *const entry = &options->own.entries[i];

    if (entry->source != HYP_SOURCE_DEFAULT && fnmatch(pattern, entry->key, 0) == 0) return entry;
  }
  return NULL;
}

/* Will the cases of a sweep set a key that is not set yet?  It is checked with each of them. */
bool HypOptionsIsSwept(const HypOptions *options, const char *key)
{
  const HypOptionEntry *const entry = HypOptionsFindEntry(options, key);

  if (strcmp(options->command, "sweep") || (entry && entry->source == HYP_SOURCE_PROGRAM))
    return false;
  for (size_t i = 0; i < HYP_SWEEP_KEYS; i++) {
    const char *const swept = options->settings.sweep_key_each[i];

    if (swept && strcmp(swept, key) == 0) return true;
  }
  return false;
}

/* Is a word one of "a|b|c"? */
bool HypOptionIsAmong(const char *word, const char *choices)
{
  const size_t length = strlen(word);

  for (const char *choice = choices; choice; choice = strchr(choice, '|')) {
    if (*choice == '|') choice++;
    if (strcspn(choice, "|") == length && strncmp(choice, word, length) == 0) return true;
  }
  return false;
}
