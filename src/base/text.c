#define _GNU_SOURCE /* vasprintf */
#include "base/base.h"
#include <stdarg.h>
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

const char *HypShow(HypShown shown, const char *text)
{
  size_t i;

  for (i = 0; text[i] && i < HYP_SHOW_SIZE - 1; i++)
    shown[i] = (text[i] >= ' ' && text[i] < 127) ? text[i] : '?';
  shown[i] = 0;
  if (text[i]) memcpy(shown + HYP_SHOW_SIZE - 4, "...", 4);
  return shown;
}
