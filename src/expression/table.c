/*
   Numbers in text files, by lines.

   A line is a row.  Numbers are separated by commas, semicolons, tabs or blanks; '#' and '%'
   begin a comment; the first line
   may be a header; ends of lines are those of any system; a byte order mark is skipped.
   Everything else is refused with its
   line: nothing is guessed, and rows of different lengths are never regrouped.
*/
#include "expression/expressionimpl.h"
#include "expression/tableimpl.h"
#include "base/base.h"
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  const char *path;
  HypTable   *table;
  size_t      line, size; /* numbers that there is room for */
  size_t      first_line; /* of the first row */
  bool        started;    /* a header or a row was seen */
  char       *message;
} Reader;

static bool Refuse(Reader *reader, char *what)
{
  reader->message = HypFormat("%s, line %zu: %s", reader->path, reader->line, what);
  free(what);
  return false;
}

static bool IsBlank(char c)
{
  return c == ' ' || c == '\t' || c == '"';
}

/* The whole file, a byte 0 after it; NULL with errno set.
   What becomes of the text takes some eight times its room. */
static char *readFile(const char *path, size_t *length)
{
  FILE *const file = fopen(path, "rb");
  char       *text = NULL, *noRoom = NULL;
  size_t      size = 1 << 16, got;

  *length = 0;
  if (!file) return NULL;
  text = HypReallocate(NULL, size);
  while (!noRoom && (got = fread(text + *length, 1, size - 1 - *length, file)) > 0) {
    *length += got;
    if (*length < size - 1) continue;
    noRoom = HypNoRoom(8.0 * (double)size);
    if (!noRoom) text = HypReallocate(text, size *= 2);
  }
  if (ferror(file) || noRoom) {
    free(text);
    text = NULL;
  } else
    text[*length] = 0;
  fclose(file);
  if (noRoom) errno = ENOMEM;
  free(noRoom);
  return text;
}

/*
   Is a comma of this line a decimal comma?  With semicolons or tabs between the numbers it is.
   Where blanks separate, a comma
   between two digits may be either.
*/
static bool commas(Reader *reader, const char *line, size_t length, bool *decimal)
{
  bool strong = false, blank = false, tight = false;

  for (size_t i = 0; i < length; i++) {
    strong = strong || line[i] == ';' || line[i] == '\t';
    blank  = blank || (line[i] == ' ' && i > 0 && i + 1 < length && line[i - 1] != ',' &&
                      line[i - 1] != ' ' && line[i + 1] != ' ' && line[i + 1] != ',');
    tight  = tight || (line[i] == ',' && i > 0 && i + 1 < length && line[i - 1] >= '0' &&
                      line[i - 1] <= '9' && line[i + 1] >= '0' && line[i + 1] <= '9');
  }
  *decimal = strong && tight;
  if (tight && blank && !strong)
    return Refuse(reader, HypDuplicate("commas between digits and blanks between numbers: if these "
                                       "are decimal commas, write points, or separate the numbers "
                                       "by semicolons"));
  return true;
}

/* One field of a line, without the blanks around it, possibly empty; true if another one must
   follow */
static bool nextField(const char *line, size_t length, bool decimal, size_t *at, size_t *first,
                      size_t *last)
{
  size_t i = *at;

  *first = i;
  while (i < length && !IsBlank(line[i]) && line[i] != ';' && (line[i] != ',' || decimal)) i++;
  *last = i;
  while (i < length && IsBlank(line[i])) i++;
  *at = i;
  if (i == length) return false;
  if (line[i] == ';' || (line[i] == ',' && !decimal)) i++;
  while (i < length && IsBlank(line[i])) i++;
  *at = i;
  return true;
}

static bool isNumber(const char *field, size_t length, bool decimal, double *value)
{
  char buffer[64];

  if (length == 0 || length >= sizeof(buffer)) return false;
  memcpy(buffer, field, length);
  for (size_t i = 0; i < length; i++)
    if (decimal && buffer[i] == ',') buffer[i] = '.';
  return HypParseReal(buffer, length, value);
}

/* nan, inf, NA, null: what other programs write for a number that is missing or not finite */
static bool isMissing(const char *field, size_t length)
{
  static const char *const words[] = {"nan", "inf", "infinity", "na", "n/a", "null", "none", "-"};

  if (length > 1 && (*field == '-' || *field == '+')) {
    field++;
    length--;
  }
  for (size_t w = 0; w < sizeof(words) / sizeof(words[0]); w++) {
    size_t i = 0;

    while (i < length && words[w][i] && (field[i] | 32) == (words[w][i] | 32)) i++;
    if (i == length && !words[w][i]) return true;
  }
  return false;
}

/* A first line of words alone; *empty is the number of the first name that is left out, or 0 */
static bool isHeader(const char *line, size_t length, size_t at, size_t *empty)
{
  size_t first, last, words = 0, column = 0;
  double value;
  bool   more;

  do {
    more = nextField(line, length, false, &at, &first, &last);
    column++;
    if (last == first) {
      if (!*empty) *empty = column;
      continue;
    }
    if (isNumber(line + first, last - first, false, &value) ||
        isMissing(line + first, last - first))
      return false;
    words++;
  } while (more);
  return words > 0;
}

static void addNumber(Reader *reader, size_t count, double value)
{
  if (count == reader->size) {
    reader->size          = reader->size ? 2 * reader->size : 1024;
    reader->table->values = HypReallocate(reader->table->values, reader->size * sizeof(double));
  }
  reader->table->values[count] = value;
}

static bool endRow(Reader *reader, size_t columns)
{
  HypTable *const table = reader->table;

  if (table->rows == 0) {
    table->columns     = columns;
    reader->first_line = reader->line;
  }
  if (columns != table->columns)
    return Refuse(reader, HypFormat("%zu number%s found, but line %zu has %zu", columns,
                                    columns == 1 ? "" : "s", reader->first_line, table->columns));
  if ((table->rows & (table->rows - 1)) == 0)
    table->lines = HypReallocate(table->lines, (2 * table->rows + 1) * sizeof(size_t));
  table->lines[table->rows++] = reader->line;
  return true;
}

/* One number of a row, or why it is none */
static bool readNumber(Reader *reader, const char *field, size_t length, bool decimal,
                       size_t column, double *value)
{
  HypShown shown;
  char     word[HYP_SHOW_SIZE + 4] = ""; /* longer than what is shown: HypShow() cuts it */

  memcpy(word, field, length < sizeof(word) - 1 ? length : sizeof(word) - 1);
  if (length == 0)
    return Refuse(reader,
                  HypFormat("number %zu is missing: nothing stands beside a separator", column));
  if (isMissing(field, length))
    return Refuse(reader, HypFormat("'%s' is not a finite number; leave the line out, or give the "
                                    "value",
                                    HypShow(shown, word)));
  for (size_t i = 0; i < length; i++)
    if (HypForeignSign(field + i))
      return Refuse(reader, HypFormat("number %zu holds %s", column, HypForeignSign(field + i)));
  if (!isNumber(field, length, decimal, value))
    return Refuse(reader, HypFormat("'%s' is not a number", HypShow(shown, word)));
  return true;
}

static bool readLine(Reader *reader, const char *line, size_t length)
{
  const size_t before = reader->table->rows * reader->table->columns;
  size_t       at = 0, first, last, columns = 0;
  bool         decimal, more;
  double       value;
  size_t       empty = 0;

  for (size_t i = 0; i < length; i++)
    if (line[i] == '#' || line[i] == '%') length = i;
  while (length && IsBlank(line[length - 1])) length--;
  while (at < length && IsBlank(line[at])) at++;
  if (at == length) return true;
  if (!reader->started) {
    reader->started = true;
    if (isHeader(line, length, at, &empty))
      return !empty || Refuse(reader, HypFormat("name %zu of the header is empty; give every "
                                                "column a name, or leave the header out",
                                                empty));
  }
  if (!commas(reader, line, length, &decimal)) return false;
  do {
    more = nextField(line, length, decimal, &at, &first, &last);
    if (!readNumber(reader, line + first, last - first, decimal, ++columns, &value)) return false;
    addNumber(reader, before + columns - 1, value);
  } while (more);
  return endRow(reader, columns);
}

static bool readText(Reader *reader, const char *text, size_t length)
{
  const char *const end = text + length;

  if (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) text += 3;
  if (length >= 2 && (memcmp(text, "\xff\xfe", 2) == 0 || memcmp(text, "\xfe\xff", 2) == 0)) {
    reader->line = 1;
    return Refuse(reader, HypDuplicate("the text is UTF-16; save it as UTF-8"));
  }
  while (text < end) {
    const size_t stop = strcspn(text, "\r\n");

    reader->line++;
    if (text + stop < end && text[stop] == 0)
      return Refuse(reader, HypDuplicate("a byte 0: this is no text; a dataset of an HDF5 or "
                                         "NetCDF file is named file.h5:/path"));
    if (!readLine(reader, text, stop)) return false;
    text += stop;
    if (text < end) text += text[0] == '\r' && text[1] == '\n' ? 2 : 1;
  }
  if (reader->table->rows) return true;
  reader->message = HypFormat("%s: no numbers found", reader->path);
  return false;
}

/*@
  HypTableRead - Reads a table of numbers from a text file or a dataset

  Not collective; plain C, callable before MPI_Init

  Input Parameter:
. path - a text file, or file.h5:/path of a dataset: n x m numbers, or a NetCDF variable over its
         coordinates

  Output Parameters:
+ table   - the rows, to be freed with HypTableDestroy()
- message - on failure a sentence with the file and the line, to be freed by the caller

  Returns 0, or 4 where the file cannot be read or is no table.

  Level: intermediate

  Notes:
  Text: one row on a line; separators are commas, semicolons, tabs and blanks; '#' and '%' begin a
  comment; a first line of
  words is a header; a decimal comma is understood where semicolons or tabs separate.  A variable
  over one or two coordinate
  variables (dimension scales) becomes rows of its coordinates and its value.

.seealso: HypFunctionCreateTable()
@*/
int HypTableRead(const char *path, HypTable *table, char **message)
{
  Reader reader = {.path = path, .table = table};
  size_t length;
  char  *text;

  *table = (HypTable){0};
  if (strstr(path, ":/"))
    reader.message = HypTableReadDataset(path, table);
  else if (!(text = readFile(path, &length)))
    reader.message = HypFormat("%s cannot be read: %s", path, strerror(errno));
  else {
    (void)readText(&reader, text, length);
    free(text);
  }
  *message = reader.message;
  if (*message) HypTableDestroy(table);
  return *message ? 4 : 0;
}

/*@
  HypTableReadColumns - Reads a table whose columns are known

  Not collective; plain C, callable before MPI_Init

  Input Parameters:
+ key     - the option that names the file, for messages
. path    - as for HypTableRead()
. columns - how many numbers a row needs
. more    - 1: further columns are allowed, and nobody reads them
- what    - what a row holds, for messages

  Output Parameters:
+ table   - the rows, to be freed with HypTableDestroy()
- message - on failure a sentence with the key, the file and the line, to be freed by the caller

  Returns 0, or 4 where the file cannot be read or holds something else.

  Level: intermediate

.seealso: HypTableRead()
@*/
int HypTableReadColumns(const char *key, const char *path, size_t columns, int more,
                        const char *what, HypTable *table, char **message)
{
  char *found;

  if (HypTableRead(path, table, &found)) {
    *message = HypFormat("%s: %s", key, found);
    free(found);
    return 4;
  }
  *message = NULL;
  if (table->columns == columns || (more && table->columns > columns)) return 0;
  *message =
    HypFormat("%s: %s, line %zu: %zu number%s on a line, %zu needed: %s", key, path,
              table->lines[0], table->columns, table->columns == 1 ? "" : "s", columns, what);
  HypTableDestroy(table);
  return 4;
}

/*@
  HypTableDestroy - Frees a table

  Not collective; plain C, callable before MPI_Init

  Input Parameter:
. table - what HypTableRead() filled

  Level: intermediate

.seealso: HypTableRead()
@*/
void HypTableDestroy(HypTable *table)
{
  free(table->values);
  free(table->lines);
  *table = (HypTable){0};
}
