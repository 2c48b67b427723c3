#pragma once
/* Private: the rows of a report of `hypoco theory`. */
#include <hypoco/moments.h>
#include <stddef.h>

#define ROW(type, group, name, field, meaning)                                                     \
  {                                                                                                \
    group, name, offsetof(type, field), meaning, HYP_ROW_REAL                                      \
  }
#define ROW_REGIME(type, field)                                                                    \
  {                                                                                                \
    NULL, "regime", offsetof(type, field), "", HYP_ROW_REGIME                                      \
  }
#define ROWS(table) .n = sizeof(table) / sizeof((table)[0]), .rows = table
