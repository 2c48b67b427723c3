#pragma once
/*
   What the user asked for, as typed values: one field for each row of the table (keys.h),
   with the key's name.

   Where the user gave nothing and the table has no default, a real is NAN,
   an integer or flag HYP_UNSET, a text NULL, a list empty.
   HypOptionsSettings() fills it; everything in it belongs to the options.
*/
#include <stddef.h>
#include <stdint.h>

enum { HYP_UNSET = -1, HYP_MAX_DIMENSION = 1000, HYP_SWEEP_KEYS = 8 };

typedef struct {
  size_t        count;
  const double *values;
} HypReals;

#define INTEGER(name, ...)       int64_t name;
#define REAL(name, ...)          double name;
#define REALS(name, ...)         HypReals name;
#define CHOICE(name, ...)        const char *name;
#define TEXT(name, ...)          const char *name;
#define FLAG(name, ...)          int name;
#define TEXTS(field, count, ...) const char *field[count];
struct HypOptions;
struct HypAsked;
typedef struct {
  const struct HypOptions *options; /* whose these are */
  const struct HypAsked   *asked; /* all of them as plain data, for result files; NULL: no files */
#include "program/options/keys.h"
} HypSettings;
#undef INTEGER
#undef REAL
#undef REALS
#undef CHOICE
#undef TEXT
#undef FLAG
#undef TEXTS

const HypSettings *HypOptionsSettings(const struct HypOptions *options);
