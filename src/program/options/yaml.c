/*
   Option files: YAML mappings, read event by event with libyaml so that every key has its line
   and duplicates are seen.

   Nested keys join with '_' and lists of numbers become "1,2,3", as in PETSc's own reader.
   Anchors, tags, several documents and lists of lists have no meaning here and are refused.
*/
#include "program/options/optionsimpl.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <yaml.h>

enum { MAX_DEPTH = 8, MAX_FILE = 1 << 20 };

typedef struct {
  HypOptions   *options;
  const char   *file;
  int           source;
  char        **message;
  const char   *text; /* the whole file, ended by a zero byte */
  yaml_parser_t parser;
  yaml_event_t  event; /* the current one, owned */
} Reader;

static int Refuse(Reader *reader, const char *what)
{
  *reader->message = HypFormat("%s:%zu: %s", reader->file, reader->event.start_mark.line + 1, what);
  return 2;
}

/* A line of the file, counted from 0 */
static const char *LineOf(const Reader *reader, size_t line)
{
  const char *here = reader->text;

  for (; line > 0 && (here = strchr(here, '\n')); line--) here++;
  return here ? here : "";
}

/* Is a line indented by a tab, which YAML forbids? */
static bool HasTab(const Reader *reader, size_t line)
{
  const char *const here = LineOf(reader, line);

  return here[strspn(here, " ")] == '\t';
}

/* Does a line begin like "key:"? */
static bool BeginsWithKey(const Reader *reader, size_t line)
{
  const char *here = LineOf(reader, line);
  size_t      length;

  here += strspn(here, " ");
  length = strspn(here, "abcdefghijklmnopqrstuvwxyz0123456789_");
  here += length;
  here += strspn(here, " ");
  return length > 0 && *here == ':';
}

/* Does a line open more brackets than it closes?  A bracket in a text counts too. */
static bool OpensBracket(const Reader *reader, size_t line)
{
  int open = 0;

  for (const char *here = LineOf(reader, line); *here && *here != '\n'; here++)
    open += (*here == '{' || *here == '[') - (*here == '}' || *here == ']');
  return open > 0;
}

/* What libyaml complains of, in the words of those who make the mistake */
static const char *Mistake(const Reader *reader)
{
  const char *const problem = reader->parser.problem;

  if (HasTab(reader, reader->parser.problem_mark.line))
    return "a tab is used for indentation; YAML allows blanks only";
  if (problem && strstr(problem, "unexpected end of stream"))
    return "the file ends inside a text; a quote is opened and not closed";
  if (problem && strstr(problem, "did not find expected ',' or"))
    return "a '{' or '[' is opened and not closed";
  if (problem && (strstr(problem, "mapping values are not allowed") ||
                  strstr(problem, "did not find expected key") ||
                  strstr(problem, "could not find expected ':'")))
    return "wrong indentation, or a key without a value; keys of one group begin in one column";
  return problem ? problem : "unreadable";
}

static int Next(Reader *reader)
{
  yaml_event_delete(&reader->event);
  memset(&reader->event, 0, sizeof(reader->event));
  if (yaml_parser_parse(&reader->parser, &reader->event)) return 0;
  if (reader->parser.error == YAML_READER_ERROR) {
    *reader->message = HypFormat("%s: not a text in UTF-8: %s at byte %zu", reader->file,
                                 reader->parser.problem, reader->parser.problem_offset);
  } else {
    *reader->message = HypFormat("%s:%zu: not valid YAML at column %zu: %s", reader->file,
                                 reader->parser.problem_mark.line + 1,
                                 reader->parser.problem_mark.column + 1, Mistake(reader));
  }
  return 2;
}

/* The text of the current scalar, or NULL for one that is empty or null and not quoted */
static int Scalar(Reader *reader, char **text)
{
  const char *const  value   = (const char *)reader->event.data.scalar.value;
  const size_t       length  = reader->event.data.scalar.length;
  const bool         plain   = reader->event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
  static const char *nulls[] = {"", "~", "null", "Null", "NULL"};

  *text = NULL;
  if (reader->event.data.scalar.tag || reader->event.data.scalar.anchor)
    return Refuse(reader, "tags and anchors are not used in option files");
  if (strlen(value) != length) return Refuse(reader, "a text contains a zero byte");
  if (plain && reader->event.end_mark.line > reader->event.start_mark.line &&
      BeginsWithKey(reader, reader->event.end_mark.line)) {
    *reader->message =
      HypFormat(OpensBracket(reader, reader->event.start_mark.line)
                  ? "%s:%zu: a key begins inside a '{' or '[' of the line above; close it there"
                  : "%s:%zu: wrong indentation: this line is deeper than the one above, "
                    "which already has a value; keys of one group begin in one column",
                reader->file, reader->event.end_mark.line + 1);
    return 2;
  }
  for (size_t i = 0; plain && i < sizeof(nulls) / sizeof(nulls[0]); i++) {
    if (strcmp(value, nulls[i]) == 0) return 0;
  }
  *text = HypDuplicate(value);
  for (size_t end = length; end > 0 && strchr(" \t\r\n", (*text)[end - 1]); --end)
    (*text)[end - 1] = 0;
  return 0;
}

/* After YAML_SEQUENCE_START: its items joined with ',' */
static int ReadList(Reader *reader, const char *key, char **joined)
{
  char *list = NULL;
  int   code;

  *joined = NULL;
  while (!(code = Next(reader)) && reader->event.type == YAML_SCALAR_EVENT) {
    char *item = NULL, *longer;

    if ((code = Scalar(reader, &item))) break;
    if (!item || strchr(item, ',')) {
      *reader->message = HypFormat("%s:%zu: %s: every item of the list must be one value%s",
                                   reader->file, reader->event.start_mark.line + 1, key,
                                   item ? ", with a decimal point and no comma" : "");
      free(item);
      code = 2;
      break;
    }
    longer = list ? HypFormat("%s,%s", list, item) : HypDuplicate(item);
    free(list);
    free(item);
    list = longer;
  }
  if (!code && reader->event.type != YAML_SEQUENCE_END_EVENT) {
    *reader->message =
      HypFormat("%s:%zu: %s: a list may contain single values only; write one flat list",
                reader->file, reader->event.start_mark.line + 1, key);
    code = 2;
  }
  if (code)
    free(list);
  else
    *joined = list;
  return code;
}

static int ReadMapping(Reader *reader, const char *prefix, int depth);

/* One key of a mapping with what belongs to it; the current event is the key */
static int ReadPair(Reader *reader, const char *prefix, int depth)
{
  const size_t line = reader->event.start_mark.line + 1;
  char        *word, *key, *value = NULL, *origin;
  bool         list = false;
  int          code;

  if (reader->event.type != YAML_SCALAR_EVENT) return Refuse(reader, "a key must be a single word");
  if ((code = Scalar(reader, &word))) return code;
  if (!word || !*word) {
    free(word);
    return Refuse(reader, "a key is empty");
  }
  key    = prefix ? HypFormat("%s_%s", prefix, word) : HypDuplicate(word);
  origin = HypFormat("%s:%zu", reader->file, line);
  code   = Next(reader);
  if (!code && reader->event.type == YAML_MAPPING_START_EVENT) {
    code = ReadMapping(reader, key, depth + 1);
  } else if (!code) {
    switch (reader->event.type) {
    case YAML_SCALAR_EVENT:
      code = Scalar(reader, &value);
      if (!code && !value && HypOptionsIsGroup(key)) {
        *reader->message = HypFormat(
          "%s: '%s:' has nothing below it; indent the keys that belong to it", origin, key);
        code = 2;
      }
      break;
    case YAML_SEQUENCE_START_EVENT:
      list = true;
      code = ReadList(reader, key, &value);
      break;
    default:
      code = Refuse(reader, "aliases are not used in option files");
      break;
    }
    if (!code)
      code =
        HypOptionsPut(reader->options, key, value, list, origin, reader->source, reader->message);
  }
  free(word);
  free(key);
  free(value);
  free(origin);
  return code;
}

/* After YAML_MAPPING_START, up to its end */
static int ReadMapping(Reader *reader, const char *prefix, int depth)
{
  bool empty = true;
  int  code;

  if (depth > MAX_DEPTH) return Refuse(reader, "keys are nested too deeply");
  while (!(code = Next(reader)) && reader->event.type != YAML_MAPPING_END_EVENT) {
    empty = false;
    if ((code = ReadPair(reader, prefix, depth))) return code;
  }
  if (!code && empty) return Refuse(reader, "a group of options is empty");
  return code;
}

static int ReadDocument(Reader *reader)
{
  int code;

  if ((code = Next(reader)) || (code = Next(reader))) return code; /* stream, document */
  if (reader->event.type == YAML_STREAM_END_EVENT)
    return Refuse(reader, "the file contains no options");
  if ((code = Next(reader))) return code;
  if (reader->event.type != YAML_MAPPING_START_EVENT)
    return Refuse(reader, "an option file consists of lines 'key: value'");
  if ((code = ReadMapping(reader, NULL, 1)) || (code = Next(reader)) || (code = Next(reader)))
    return code;
  if (reader->event.type != YAML_STREAM_END_EVENT)
    return Refuse(reader, "an option file is one YAML document, here a second one begins");
  return 0;
}

static int Unreadable(const char *file, const char *why, char **message)
{
  *message = HypFormat("option file '%s' cannot be read: %s", file, why);
  return 4;
}

/* Results given in place of option files are a common mistake */
static bool IsResult(const char *file, const char *bytes, size_t length, char **message)
{
  if (length > 4 && !memcmp(bytes, "\211HDF", 4)) {
    *message = HypFormat("%s is a result, not an option file; did you mean 'hypoco rerun %s', "
                         "'hypoco plot %s', or initial_file: %s in an option file?",
                         file, file, file, file);
    return true;
  }
  if (bytes[strspn(bytes, " \r\n\t")] == '{' && strstr(bytes, "\"program\"") &&
      strstr(bytes, "\"hypoco\"")) {
    *message = HypFormat("%s is the summary of a run, not an option file; "
                         "'hypoco rerun' repeats the run from its result file, the .h5",
                         file);
    return true;
  }
  if (bytes[strspn(bytes, " \r\n\t")] == '<') {
    *message = HypFormat("%s is a page or a description of grids, not an option file; "
                         "'hypoco rerun' repeats a run from its result file, the .h5",
                         file);
    return true;
  }
  return false;
}

/* The whole file, at most MAX_FILE bytes */
static int Load(const char *file, char **bytes, size_t *length, char **message)
{
  FILE *const stream = fopen(file, "rb");
  struct stat status;
  bool        failed;

  *bytes = NULL;
  if (!stream) return Unreadable(file, strerror(errno), message);
  if (fstat(fileno(stream), &status) == 0 && S_ISDIR(status.st_mode)) {
    fclose(stream);
    return Unreadable(file, "it is a directory", message);
  }
  *bytes  = HypReallocate(NULL, MAX_FILE + 2);
  *length = fread(*bytes, 1, MAX_FILE + 1, stream);
  failed  = ferror(stream);
  fclose(stream);
  if (failed) return Unreadable(file, "reading stopped half-way", message);
  (*bytes)[*length] = 0;
  if (IsResult(file, *bytes, *length, message)) return 2;
  if (*length <= MAX_FILE) return 0;
  *message = HypFormat("option file '%s' is longer than 1 MiB; is it another kind of file?", file);
  return 2;
}

int HypOptionsReadYaml(HypOptions *options, const char *file, int source, char **message)
{
  Reader reader = {.options = options, .file = file, .source = source, .message = message};
  char  *bytes;
  size_t length;
  int    code = Load(file, &bytes, &length, message);

  if (!code) {
    if (!yaml_parser_initialize(&reader.parser)) HypOutOfMemory();
    yaml_parser_set_input_string(&reader.parser, (const unsigned char *)bytes, length);
    reader.text = bytes;
    code        = ReadDocument(&reader);
    yaml_event_delete(&reader.event);
    yaml_parser_delete(&reader.parser);
  }
  free(bytes);
  return code;
}
