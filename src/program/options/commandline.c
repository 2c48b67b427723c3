/*
   The command line: COMMAND FILE.yaml [more.yaml] [-key value ...]

   After one of our keys the next word is its value, whatever it looks like (-epsilon -theta^3),
   except for flags, which take one only if it reads like true or false.
   For PETSc's keys PETSc's rule holds: a word like -name is the next key.
*/
#include "program/options/optionsimpl.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char command_line[] = "command line";

static bool IsOneOf(const char *word, const char *const *names)
{
  for (; *names; names++) {
    if (strcmp(word, *names) == 0) return true;
  }
  return false;
}

static bool IsBoolean(const char *word)
{
  return IsOneOf(word, (const char *const[]){"true", "True", "TRUE", "false", "False", "FALSE",
                                             "yes", "no", "on", "off", "1", "0", NULL});
}

static bool IsHelp(const char *word)
{
  return IsOneOf(word, (const char *const[]){"--help", "-help", "-h", NULL});
}

static bool IsVersion(const char *word)
{
  return IsOneOf(word, (const char *const[]){"--version", "-version", NULL});
}

static bool IsKey(const char *word)
{
  return word[0] == '-' && (isalpha((unsigned char)word[1]) || word[1] == '_');
}

static bool IsYaml(const char *word)
{
  const size_t length = strlen(word);

  return (length > 5 && strcmp(word + length - 5, ".yaml") == 0) ||
         (length > 4 && strcmp(word + length - 4, ".yml") == 0);
}

static int Refuse(char **message, const char *format, const char *word)
{
  HypShown shown;

  *message = HypFormat(format, HypShow(shown, word));
  return 2;
}

/* -key [value] at argv[i]; sets how many words were used */
static int ReadKey(HypOptions *options, int argc, char **argv, int i, int *used, char **message)
{
  const char *const          key   = argv[i] + 1;
  const char *const          next  = i + 1 < argc ? argv[i + 1] : NULL;
  const HypOptionSpec *const spec  = HypOptionFind(key);
  const char                *value = next;

  if (!spec && strchr(key, '='))
    return Refuse(message, "command line: '%s': write -key value, with a space instead of '='",
                  argv[i]);
  if (spec && spec->type == HYP_OPTION_FLAG) {
    value = next && IsBoolean(next) ? next : "true";
  } else if (!spec && next && IsYaml(next)) {
    return Refuse(message,
                  "command line: is '%s' an option file or the value of the option before it? Put "
                  "option files first",
                  next);
  } else if (!spec && next && IsKey(next)) {
    value = NULL;
  }
  *used = 1 + (value && value == next);
  return HypOptionsPut(options, key, value, false, command_line, HYP_SOURCE_COMMAND_LINE, message);
}

static int ReadWord(HypOptions *options, const char *word, char **message)
{
  if (strncmp(word, "--", 2) == 0)
    return Refuse(message, "command line: '%s': options have one dash, -key value", word);
  if (word[0] == '-' || word[0] == 0)
    return Refuse(message, "command line: unexpected word '%s'; options are written -key value",
                  word);
  if (strchr(word, '=') && access(word, F_OK) != 0) {
    return Refuse(message, "command line: unexpected word '%s'; options are written -key value",
                  word);
  }
  options->files = HypReallocate(options->files, (options->file_count + 1) * sizeof(char *));
  options->files[options->file_count++] = HypDuplicate(word);
  return 0;
}

/* Words after the command; option files are only noted */
int HypOptionsReadCommandLine(HypOptions *options, int argc, char **argv, char **message)
{
  int code = 0;

  for (int i = 2, used = 1; i < argc && !code; i += used) {
    used = 1;
    if (IsHelp(argv[i]))
      code = HypOptionsPut(options, "help", "true", false, command_line, HYP_SOURCE_COMMAND_LINE,
                           message);
    else if (IsVersion(argv[i]))
      code = HypOptionsPut(options, "version", "true", false, command_line, HYP_SOURCE_COMMAND_LINE,
                           message);
    else if (IsKey(argv[i]))
      code = ReadKey(options, argc, argv, i, &used, message);
    else
      code = ReadWord(options, argv[i], message);
  }
  return code;
}
