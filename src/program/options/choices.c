/* Choices that a program adds to the table's: the names of the types it registers. */
#include "program/options/optionsimpl.h"
#include <stdlib.h>
#include <string.h>

typedef struct {
  const HypOptionSpec *spec;
  char                *name;
} Choice;

static Choice *added;
static size_t  count;

/* a|b|c, all that is allowed; freed by the caller */
char *HypOptionChoices(const HypOptionSpec *spec)
{
  char *text = HypDuplicate(spec->range);

  for (size_t i = 0; i < count; i++) {
    char *const longer =
      added[i].spec == spec ? HypFormat("%s%s%s", text, text[0] ? "|" : "", added[i].name) : NULL;

    if (!longer) continue;
    free(text);
    text = longer;
  }
  return text;
}

bool HypOptionIsChoice(const HypOptionSpec *spec, const char *name)
{
  const size_t length  = strlen(name);
  char *const  choices = HypOptionChoices(spec);
  bool         found   = false;

  for (const char *choice = choices; choice && !found; choice = strchr(choice, '|')) {
    if (*choice == '|') choice++;
    found = length > 0 && strcspn(choice, "|") == length && strncmp(choice, name, length) == 0;
  }
  free(choices);
  return found;
}

/*
  HypOptionsAllow - Adds a choice to those that the table allows for a key

  Not collective; plain C, before the options that name it are parsed

  Input Parameters:
+ key  - of type choice, as axis_x_type
- name - the choice; copied, and kept until the process ends

  Notes:
  HypAxisRegister() calls it, so that option files may name an axis type defined outside the
  library.
*/
void HypOptionsAllow(const char *key, const char *name)
{
  const HypOptionSpec *const spec = HypOptionFind(key);

  if (!spec || spec->type != HYP_OPTION_CHOICE) {
    fprintf(stderr, "hypoco: the option table has no choice named '%s'\n", key);
    abort();
  }
  if (HypOptionIsChoice(spec, name)) return;
  added          = HypReallocate(added, (count + 1) * sizeof(Choice));
  added[count++] = (Choice){spec, HypDuplicate(name)};
}
