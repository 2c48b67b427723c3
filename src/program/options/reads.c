/*
   A key that the command does not read has no effect, which its author must know.

   On the command line it is refused.  In a file it is refused too, except that
     - the commands that solve the kinetic equation share one file: what one of them reads, the
     others pass over;
     - a file that is made for several commands says so: `commands: solve, sample`.
   What is passed over is not kept: files of results do not list it.
*/
#include "program/options/optionsimpl.h"
#include <stdlib.h>
#include <string.h>

#define FAMILY    "solve,steady,spectrum,verify,sweep"
#define NOT_SOLVE "sweep,sample,theory"

/* Is a word in a list "a, b,c"? */
static bool IsListed(const char *list, const char *word)
{
  const size_t length = strlen(word);

  while (*list) {
    list += strspn(list, ", \t");
    if (strcspn(list, ", \t") == length && strncmp(list, word, length) == 0) return true;
    list += strcspn(list, ", \t");
  }
  return false;
}

/* A command that no key names is not ours, as in tests, and may read all of them */
static bool IsOurs(const char *command)
{
  size_t                     count;
  const HypOptionSpec *const table = HypOptionTable(&count);

  for (size_t i = 0; i < count; i++) {
    if (IsListed(table[i].commands, command)) return true;
  }
  return false;
}

/* Does one of the listed commands read a key, another than those of `but`? */
static bool IsReadByOne(const HypOptionSpec *spec, const char *list, const char *but)
{
  char command[32];

  while (*list) {
    list += strspn(list, ", \t");
    snprintf(command, sizeof(command), "%.*s", (int)strcspn(list, ", \t"), list);
    if (*command && !IsListed(but, command) && HypOptionSpecReads(spec, command)) return true;
    list += strcspn(list, ", \t");
  }
  return false;
}

static int Refuse(const HypOptions *options, const HypOptionEntry *entry, bool file, char **message)
{
  *message = HypFormat(
    "%s: %s does not read %s, which is a key of %s; remove it%s", entry->origin, options->command,
    entry->key, entry->spec->commands,
    file ? ", or write 'commands: ...' with all the commands that this file is made for" : "");
  return 2;
}

/* The first key that no case of a sweep reads, or NULL.  In a file it may be there for another
   command: one of `commands`, or one of those that share files where the cases are of one. */
const HypOptionEntry *HypOptionsUnreadByCases(const HypOptions *options)
{
  const char *const work = HypOptionsWork(options);

  for (size_t i = 0; i < options->own.count; i++) {
    const HypOptionEntry *const entry = &options->own.entries[i];

    if (entry->source == HYP_SOURCE_DEFAULT || strcmp(entry->spec->commands, "sweep") == 0 ||
        HypOptionSpecReads(entry->spec, work))
      continue;
    if (entry->source < HYP_SOURCE_COMMAND_LINE &&
        (entry->elsewhere || (IsListed(FAMILY, work) && IsReadByOne(entry->spec, FAMILY, "sweep"))))
      continue;
    return entry;
  }
  return NULL;
}

/* Back to the default */
static void Forget(HypOptions *options, HypOptionEntry *entry)
{
  if (strchr(entry->spec->name, '#')) {
    HypOptionsRemove(options, entry);
    return;
  }
  HypOptionsReset(options, entry);
}

int HypOptionsCheckRead(HypOptions *options, int source, char **message)
{
  const bool                  file = source != HYP_SOURCE_COMMAND_LINE;
  const HypOptionEntry *const made = HypOptionsFindEntry(options, "commands");
  const bool                  says = made->source == source;
  char *const                 list = HypDuplicate(says ? made->text : "");
  int                         code = 0;

  if (!IsOurs(options->command)) {
    free(list);
    return 0;
  }
  if (says && (!file || !IsListed(list, options->command))) {
    *message = file ? HypFormat("%s: this file is made for %s, not for %s; add %s to commands",
                                made->origin, list, options->command, options->command)
                    : HypFormat("%s: commands is a key of option files", made->origin);
    code     = 2;
  }
  for (size_t i = options->own.count; i-- > 0 && !code;) {
    HypOptionEntry *const entry = &options->own.entries[i];

    if (entry->source != source) continue;
    entry->elsewhere = file && IsReadByOne(entry->spec, list, options->command);
    entry->solved    = file && IsReadByOne(entry->spec, list, NOT_SOLVE);
    if (HypOptionSpecReads(entry->spec, options->command)) continue;
    if (!entry->elsewhere &&
        !(file && IsListed(FAMILY, options->command) && IsReadByOne(entry->spec, FAMILY, "")))
      code = Refuse(options, entry, file, message);
    else if (entry->elsewhere || strcmp(options->command, "sweep") != 0)
      Forget(options, entry);
  }
  if (!code && says) HypOptionsReset(options, HypOptionsEdit(options, "commands"));
  free(list);
  return code;
}

/* What files say to other commands than a sweep, once its cases have been looked at */
void HypOptionsForgetUnread(HypOptions *options)
{
  if (strcmp(options->command, "sweep") != 0) return;
  for (size_t i = options->own.count; i-- > 0;) {
    HypOptionEntry *const entry = &options->own.entries[i];

    if (entry->source != HYP_SOURCE_DEFAULT && !HypOptionSpecReads(entry->spec, "sweep"))
      Forget(options, entry);
  }
}
