#pragma once
/* For the tests of options: option files in a folder of their own, options that are accepted,
   and options that are refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "program/options/options.h"
#include "program/options/settings.h"
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_WORDS = 24 };

static char folder[] = "/tmp/hypoco-options-XXXXXX";

/* Writes `content` to a file of the folder and enters the folder, so that messages name "a.yaml" */
static inline void writeFile(const char *name, const char *content, size_t length)
{
  FILE *const stream = fopen(name, "wb");

  assert_non_null(stream);
  assert_int_equal(fwrite(content, 1, length, stream), length);
  assert_int_equal(fclose(stream), 0);
}

/* Parses "solve a.yaml -key value ..."; words are separated by one blank,
   '_' alone is an empty word */
static inline int parse(const char *line, HypOptions **options, char **message)
{
  char copy[1024], *words[MAX_WORDS + 1], *rest = copy;
  int  count = 0;

  words[count++] = (char[]){"hypoco"};
  assert_true(strlen(line) < sizeof(copy));
  strcpy(copy, line);
  while (rest && *rest) {
    assert_true(count < MAX_WORDS);
    words[count++] = strsep(&rest, " ");
    if (strcmp(words[count - 1], "_") == 0) words[count - 1][0] = 0;
  }
  words[count] = NULL;
  return HypOptionsParse(count, words, options, message);
}

static inline HypOptions *accept(const char *yaml, const char *line)
{
  HypOptions *options;
  char       *message;

  if (yaml) writeFile("a.yaml", yaml, strlen(yaml));
  if (parse(line, &options, &message)) fail_msg("%s with\n%s\n%s", line, yaml ? yaml : "", message);
  assert_null(message);
  return options;
}

static inline void refuseBytes(const char *yaml, size_t length, const char *line, int code,
                               const char *sentence)
{
  HypOptions *options = (HypOptions *)1;
  char       *message = NULL;
  int         found;

  if (yaml) writeFile("a.yaml", yaml, length);
  found = parse(line, &options, &message);
  if (found != code)
    fail_msg("%s with\n%s\ngave code %d (%s), not %d", line, yaml ? yaml : "", found,
             message ? message : "", code);
  assert_null(options);
  assert_non_null(message);
  if (!strstr(message, sentence))
    fail_msg("%s with\n%s\ngave '%s', wanted '%s'", line, yaml ? yaml : "", message, sentence);
  assert_null(strchr(message, '\n'));
  free(message);
}

static inline void refuse(const char *yaml, const char *line, int code, const char *sentence)
{
  refuseBytes(yaml, yaml ? strlen(yaml) : 0, line, code, sentence);
}

static inline int enterFolder(void **state)
{
  (void)state;
  return !mkdtemp(folder) || chdir(folder) != 0;
}

static inline int removeFolder(void **state)
{
  char command[128];

  (void)state;
  snprintf(command, sizeof(command), "rm -r %s", folder);
  return chdir("/") != 0 || system(command) != 0;
}
