/* The table of keys.h as rows, each with the place of its field in HypSettings. */
#include "program/options/optionsimpl.h"
#include "program/options/settings.h"

#define PDE      "solve,steady,spectrum,verify,sweep,compare"
#define BOTH     "solve,steady,spectrum,verify,sweep,sample,compare"
#define ALL      "solve,steady,spectrum,verify,sweep,sample,compare,theory"
#define SAMPLE   "sample,compare,sweep"
#define SAMPLES  "sample,compare,theory,sweep"
#define THEORY   "theory,sweep"
#define TIMED    "solve,verify,sweep,sample,compare"
#define REALLINE "(-inf,inf)"

#define ROW(type, field, count, name, range, unit, fallback, commands, help)                       \
  {name, type, range, unit, fallback, commands, help, offsetof(HypSettings, field), count},
#define INTEGER(name, range, unit, fallback, commands, help)                                       \
  ROW(HYP_OPTION_INTEGER, name, 1, #name, range, unit, fallback, commands, help)
#define REAL(name, range, unit, fallback, commands, help)                                          \
  ROW(HYP_OPTION_REAL, name, 1, #name, range, unit, fallback, commands, help)
#define REALS(name, range, unit, fallback, commands, help)                                         \
  ROW(HYP_OPTION_REALS, name, 1, #name, range, unit, fallback, commands, help)
#define CHOICE(name, range, unit, fallback, commands, help)                                        \
  ROW(HYP_OPTION_CHOICE, name, 1, #name, range, unit, fallback, commands, help)
#define TEXT(name, unit, fallback, commands, help)                                                 \
  ROW(HYP_OPTION_TEXT, name, 1, #name, "", unit, fallback, commands, help)
#define FLAG(name, fallback, commands, help)                                                       \
  ROW(HYP_OPTION_FLAG, name, 1, #name, "", "", fallback, commands, help)
#define TEXTS(field, count, name, unit, commands, help)                                            \
  ROW(HYP_OPTION_TEXT, field, count, name, "", unit, "", commands, help)

static const HypOptionSpec table[] = {
#define REGISTERED "" /* the choices are the types that are registered: HypOptionsAllow() */
#include "program/options/keys.h"
};

/*
  HypOptionTable - The table of all keys, for --help, the documents and completion

  Not collective; plain C, callable before MPI_Init

  Output Parameter:
. count - number of rows

  Returns the rows.
*/
const HypOptionSpec *HypOptionTable(size_t *count)
{
  *count = sizeof(table) / sizeof(table[0]);
  return table;
}
