/* The cases of a sweep: sweep_key_1, sweep_values_1, sweep_key_2, ...; the last key varies fastest.
   */
#include "program/options/optionsimpl.h"
#include "program/sweep/sweep.h"
#include <ctype.h>
#include <math.h>
#include <string.h>

static PetscErrorCode AddValue(HypSweep *sweep, PetscInt key, const char text[], size_t length)
{
  char **longer;

  PetscFunctionBeginUser;
  while (length && isspace((unsigned char)text[0])) {
    text++;
    length--;
  }
  while (length && isspace((unsigned char)text[length - 1])) length--;
  PetscCheck(length, PETSC_COMM_WORLD, PETSC_ERR_USER_INPUT,
             "sweep_values_%" PetscInt_FMT ": value %" PetscInt_FMT " is empty", key + 1,
             sweep->nvalues[key] + 1);
  PetscCall(PetscMalloc1(sweep->nvalues[key] + 1, &longer));
  PetscCall(PetscArraycpy(longer, sweep->values[key], sweep->nvalues[key]));
  PetscCall(PetscMalloc1(length + 1, &longer[sweep->nvalues[key]]));
  PetscCall(PetscMemcpy(longer[sweep->nvalues[key]], text, length));
  longer[sweep->nvalues[key]][length] = 0;
  PetscCall(PetscFree(sweep->values[key]));
  sweep->values[key] = longer;
  sweep->nvalues[key]++;
  PetscFunctionReturn(0);
}

/* start:stop:count, or log start:stop:count; *range tells whether it was one */
static PetscErrorCode AddRange(HypSweep *sweep, PetscInt key, const char text[], PetscBool *range)
{
  const PetscBool logarithmic = !strncmp(text, "log ", 4) ? PETSC_TRUE : PETSC_FALSE;
  double          start, stop;
  long            count;
  int             used = 0;

  PetscFunctionBeginUser;
  *range =
    sscanf(text + (logarithmic ? 4 : 0), "%lf:%lf:%ld %n", &start, &stop, &count, &used) == 3 &&
        !text[used + (logarithmic ? 4 : 0)]
      ? PETSC_TRUE
      : PETSC_FALSE;
  PetscCheck(*range || !logarithmic, PETSC_COMM_WORLD, PETSC_ERR_USER_INPUT,
             "sweep_values_%" PetscInt_FMT ": '%.60s' is not a range; write log start:stop:count",
             key + 1, text);
  if (!*range) PetscFunctionReturn(0);
  PetscCheck(count >= 2 && count <= 100000 && isfinite(start) && isfinite(stop), PETSC_COMM_WORLD,
             PETSC_ERR_ARG_OUTOFRANGE,
             "sweep_values_%" PetscInt_FMT ": %ld values asked for, 2 to 100000 allowed in a range",
             key + 1, count);
  PetscCheck(!logarithmic || (start > 0 && stop > 0), PETSC_COMM_WORLD, PETSC_ERR_ARG_OUTOFRANGE,
             "sweep_values_%" PetscInt_FMT
             ": a logarithmic range from %g to %g; both ends must be positive",
             key + 1, start, stop);
  for (long k = 0; k < count; k++) {
    const double s = (double)k / (double)(count - 1);
    char         value[64];

    /* 12 digits: 0.1, not 0.10000000000000001 */
    snprintf(value, sizeof(value), "%.12g",
             logarithmic ? start * pow(stop / start, s) : start + (stop - start) * s);
    PetscCall(AddValue(sweep, key, value, strlen(value)));
  }
  PetscFunctionReturn(0);
}

/* a, b, c; with a semicolon anywhere, a; b; c, so that values may contain commas */
static PetscErrorCode AddList(HypSweep *sweep, PetscInt key, const char text[])
{
  const char *const separator = strchr(text, ';') ? ";" : ",";

  PetscFunctionBeginUser;
  for (const char *at = text;; at++) {
    const size_t length = strcspn(at, separator);

    PetscCall(AddValue(sweep, key, at, length));
    at += length;
    if (!*at) break;
  }
  PetscFunctionReturn(0);
}

/*
  HypSweepCreate - Reads the keys and values of a sweep

  Not collective

  Input Parameter:
. s - the settings; must outlive the sweep

  Output Parameter:
. sweep - keys, values and the number of cases, their product

  Level: intermediate

.seealso: HypSweepCaseOptions()
*/
PetscErrorCode HypSweepCreate(const HypSettings *s, HypSweep *sweep)
{
  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(sweep, sizeof(*sweep)));
  sweep->ncases = 1;
  for (PetscInt i = 0; i < HYP_SWEEP_KEYS; i++) {
    char                 key[64], values[64];
    PetscBool            range;
    const char          *text;
    const HypOptionSpec *spec;

    PetscCall(PetscSNPrintf(key, sizeof(key), "sweep_key_%" PetscInt_FMT, i + 1));
    PetscCall(PetscSNPrintf(values, sizeof(values), "sweep_values_%" PetscInt_FMT, i + 1));
    PetscCheck(!s->sweep_key_each[i] == !s->sweep_values_each[i], PETSC_COMM_WORLD,
               PETSC_ERR_ARG_INCOMP, "%s and %s belong together: give both or none", key, values);
    if (!s->sweep_key_each[i]) continue;
    PetscCheck(sweep->nkeys == i, PETSC_COMM_WORLD, PETSC_ERR_ARG_INCOMP,
               "%s is given but sweep_key_%" PetscInt_FMT " is not; number them from 1", key, i);
    sweep->key[i] = s->sweep_key_each[i];
    sweep->nkeys++;
    PetscCheck(strncmp(sweep->key[i], "sweep_", 6) && strcmp(sweep->key[i], "output") &&
                 strcmp(sweep->key[i], "json"),
               PETSC_COMM_WORLD, PETSC_ERR_ARG_WRONG,
               "%s: %s cannot be varied; it belongs to the sweep as a whole", key, sweep->key[i]);
    spec = HypOptionFind(sweep->key[i]);
    PetscCheck(!spec || HypOptionSpecReads(spec, s->sweep_command), PETSC_COMM_WORLD,
               PETSC_ERR_ARG_INCOMP,
               "%s: %s does not read %s, which is a key of %s; vary another key, or give another "
               "sweep_command",
               key, s->sweep_command, sweep->key[i], spec->commands);
    text = s->sweep_values_each[i];
    PetscCall(AddRange(sweep, i, text, &range));
    if (!range) PetscCall(AddList(sweep, i, text));
    PetscCheck(sweep->ncases <= 1000000 / sweep->nvalues[i], PETSC_COMM_WORLD,
               PETSC_ERR_ARG_OUTOFRANGE, "the sweep has more than a million cases; shorten %s",
               values);
    sweep->ncases *= sweep->nvalues[i];
  }
  PetscCheck(sweep->nkeys, PETSC_COMM_WORLD, PETSC_ERR_ARG_INCOMP,
             "sweep_key_1, sweep_values_1: a sweep needs a key to vary, as in sweep: {key_1: "
             "model_gamma, values_1: '0.5:3:6'}");
  PetscFunctionReturn(0);
}

/*
  HypSweepValue - The value of one key in one case

  Not collective

  Input Parameters:
+ sweep - the plan
. k     - the case, 0..ncases-1; the last key varies fastest
- key   - the key's place, 0..nkeys-1

  Returns the value as the user would type it; belongs to the plan.

  Level: intermediate

.seealso: HypSweepCreate(), HypSweepCaseOptions()
*/
const char *HypSweepValue(const HypSweep *sweep, PetscInt k, PetscInt key)
{
  for (PetscInt i = sweep->nkeys - 1; i > key; i--) k /= sweep->nvalues[i];
  return sweep->values[key][k % sweep->nvalues[key]];
}

/* What the options say of a value that the program has set: here it comes from a line of the user's
 */
const char *HypSweepSentence(const char message[])
{
  static const char set_by[] = "program: ";

  return message + (strncmp(message, set_by, strlen(set_by)) ? 0 : strlen(set_by));
}

/*
  HypSweepCaseOptions - The options of one case, checked like a user's

  Not collective

  Input Parameters:
+ sweep   - the sweep
. options - of the sweep
- k       - the case

  Output Parameter:
. made - the case's options, freed with HypOptionsDestroy(); NULL after an error

  Level: intermediate
*/
PetscErrorCode HypSweepCaseOptions(const HypSweep *sweep, const HypOptions *options, PetscInt k,
                                   HypOptions **made)
{
  char *message = NULL, sentence[1024];
  int   code    = 0;

  PetscFunctionBeginUser;
  *made = HypOptionsCopy(options);
  for (PetscInt i = 0; i < sweep->nkeys && !code; i++)
    code = HypOptionsSet(*made, sweep->key[i], HypSweepValue(sweep, k, i), &message);
  if (!code) code = HypOptionsCheck(*made, &message);
  if (!code) PetscFunctionReturn(0);
  PetscCall(PetscStrncpy(sentence, HypSweepSentence(message), sizeof(sentence)));
  free(message);
  HypOptionsDestroy(made);
  SETERRQ(PETSC_COMM_SELF, PETSC_ERR_USER_INPUT, "%s", sentence);
}

/*
  HypSweepDestroy - Frees a plan

  Not collective

  Input Parameter:
. sweep - what HypSweepCreate() filled

  Level: intermediate

.seealso: HypSweepCreate()
*/
PetscErrorCode HypSweepDestroy(HypSweep *sweep)
{
  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < sweep->nkeys; i++) {
    for (PetscInt k = 0; k < sweep->nvalues[i]; k++) PetscCall(PetscFree(sweep->values[i][k]));
    PetscCall(PetscFree(sweep->values[i]));
  }
  sweep->nkeys = 0;
  PetscFunctionReturn(0);
}
