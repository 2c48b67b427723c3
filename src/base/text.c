#define _GNU_SOURCE /* vasprintf */
#include "base/base.h"
#include <math.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *HypReallocate(void *memory, size_t bytes)
{
  void *moved = realloc(memory, bytes > 0 ? bytes : 1);

  if (!moved) HypOutOfMemory();
  return moved;
}

char *HypDuplicate(const char *text)
{
  char *copy = text ? strdup(text) : NULL;

  if (text && !copy) HypOutOfMemory();
  return copy;
}

char *HypFormat(const char *format, ...)
{
  va_list arguments;
  char   *text = NULL;

  va_start(arguments, format);
  if (vasprintf(&text, format, arguments) < 0) HypOutOfMemory();
  va_end(arguments);
  return text;
}

/* Characters that would not be seen, or would move others:
   controls, joiners, directions, line ends */
static bool IsUnseen(unsigned long code)
{
  return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0xad ||
         (code >= 0x200b && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e) ||
         (code >= 0x2060 && code <= 0x206f) || code == 0xfeff ||
         (code >= 0xe0000 && code <= 0xe0fff);
}

/* The bytes of the UTF-8 character at the beginning of a text; 0 if none begins there, or if it
   would not be seen */
static size_t SeenLength(const char *text)
{
  static const unsigned long least[] = {0, 0, 0x80, 0x800, 0x10000}; /* shorter forms are invalid */
  const unsigned char        first   = (unsigned char)text[0];
  const size_t               length  = first < 0x80   ? 1
                                       : first < 0xc0 ? 0
                                       : first < 0xe0 ? 2
                                       : first < 0xf0 ? 3
                                                      : 4;
  unsigned long              code    = length == 1 ? first : first & (0x7fu >> length);

  if (length == 0 || first >= 0xf8) return 0;
  for (size_t i = 1; i < length; i++) {
    if ((text[i] & 0xc0) != 0x80) return 0;
    code = code << 6 | (text[i] & 0x3f);
  }
  if (code < least[length] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return 0;
  return IsUnseen(code) ? 0 : length;
}

void HypPrintSeen(FILE *stream, const char *text)
{
  while (*text) {
    const size_t length = SeenLength(text);

    if (length)
      fwrite(text, 1, length, stream);
    else if (*text == '\n' || *text == '\t' || (unsigned char)*text >= 0xa0)
      putc(*text, stream); /* a name need not be UTF-8 */
    else
      fprintf(stream, "\\x%02x", (unsigned char)*text);
    text += length ? length : 1;
  }
}

bool HypIsUnwritten(FILE *stream)
{
  return ferror(stream) && errno != EPIPE;
}

const char *HypShow(HypShown shown, const char *text)
{
  static const char hexadecimal[] = "0123456789abcdef";
  const size_t      most          = HYP_SHOW_SIZE - 4; /* where "..." still fits */
  size_t            n             = 0;

  while (*text) {
    const size_t length = SeenLength(text), wanted = length ? length : 4;

    if (n + wanted > most && (n + wanted >= HYP_SHOW_SIZE || strlen(text) > length)) {
      memcpy(shown + n, "...", 3);
      n += 3;
      break;
    }
    if (length)
      memcpy(shown + n, text, length);
    else
      memcpy(shown + n,
             (char[]){'\\', 'x', hexadecimal[(*text >> 4) & 0xf], hexadecimal[*text & 0xf]}, 4);
    n += wanted;
    text += length ? length : 1;
  }
  shown[n] = 0;
  return shown;
}

const char *HypShowPoint(HypShownPoint shown, size_t d, const double *theta)
{
  enum { MOST = 6 };
  const size_t size = sizeof(HypShownPoint);
  size_t       n    = (size_t)snprintf(shown, size, d > 1 ? "(theta1, ...) = (" : "theta = ");

  for (size_t i = 0; i < d && i < MOST; i++)
    n += (size_t)snprintf(shown + n, size - n, "%s%g", i ? ", " : "", theta[i]);
  snprintf(shown + n, size - n, "%s%s", d > MOST ? ", ..." : "", d > 1 ? ")" : "");
  return shown;
}

const char *HypShowBar(HypShownBar shown, double error)
{
  if (isnan(error))
    snprintf(shown, sizeof(HypShownBar), "+- unknown");
  else
    snprintf(shown, sizeof(HypShownBar), "+- %.1e", HypRoundUp(error, 2));
  return shown;
}
