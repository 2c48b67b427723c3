#include "sampler/staleness.h"
#include <gsl/gsl_randist.h>

#define MAX_BITS 20

/*
   Fills the table from the probabilities of 0, ..., 2^bits - 1 with GSL's preprocessing,
   whose F[c] is the point inside column c, as a fraction of the whole,
   up to which the column itself is meant.
   Rounding F to 32 bits within the column leaves an error of at most 2^-32 of a column.
*/
static PetscErrorCode FillTable(HypStaleness *staleness, const PetscReal probability[])
{
  const size_t        columns = (size_t)1 << staleness->bits;
  gsl_ran_discrete_t *table   = gsl_ran_discrete_preproc(columns, probability);

  PetscFunctionBeginUser;
  PetscCheck(table, PETSC_COMM_SELF, PETSC_ERR_LIB,
             "staleness: GSL could not prepare a law on %zu values", columns);
  PetscCall(PetscMalloc2(columns, &staleness->threshold, columns, &staleness->alias));
  for (size_t c = 0; c < columns; c++) {
    const PetscReal keep = (table->F[c] * (PetscReal)columns - (PetscReal)c) * 0x1p32;

    staleness->threshold[c] = (uint32_t)PetscMin(PetscMax(keep, 0), 4294967295.);
    staleness->alias[c]     = keep >= 0x1p32 ? (uint32_t)c : (uint32_t)table->A[c];
  }
  gsl_ran_discrete_free(table);
  PetscFunctionReturn(0);
}

/* kappa^columns < 2^-64, or more columns than steps:
   then what is cut off reads the start in any case */
static PetscErrorCode FillGeometric(HypStaleness *staleness, PetscReal kappa, PetscInt steps)
{
  const PetscReal needed =
    kappa > 0 ? PetscMin(64 * PetscLogReal(2) / -PetscLogReal(kappa), (PetscReal)steps + 1) : 1;
  PetscReal *probability, rest = 1;

  PetscFunctionBeginUser;
  while (staleness->bits <= MAX_BITS && (PetscReal)((PetscInt)1 << staleness->bits) < needed)
    staleness->bits++;
  PetscCheck(staleness->bits <= MAX_BITS, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
             "model_staleness: %.10g over %" PetscInt_FMT
             " steps reads up to %.3g steps back, at most %d can be kept; reduce the staleness or "
             "the number of steps",
             (double)kappa, steps, (double)needed, 1 << MAX_BITS);
  staleness->depth = (PetscInt)1 << staleness->bits;
  PetscCall(PetscMalloc1(staleness->depth, &probability));
  for (PetscInt l = 0; l + 1 < staleness->depth; l++) {
    probability[l] = (1 - kappa) * rest;
    rest *= kappa;
  }
  probability[staleness->depth - 1] = rest;
  PetscCall(FillTable(staleness, probability));
  PetscCall(PetscFree(probability));
  PetscFunctionReturn(0);
}

/* Probabilities of 0, ..., bound, as given or all equal */
static PetscErrorCode FillBounded(HypStaleness *staleness, const PetscReal *given)
{
  PetscReal *probability;

  PetscFunctionBeginUser;
  while (((PetscInt)1 << staleness->bits) < staleness->bound + 1) staleness->bits++;
  PetscCall(PetscCalloc1((PetscInt)1 << staleness->bits, &probability));
  for (PetscInt l = 0; l <= staleness->bound; l++)
    probability[l] = given ? given[l] : 1 / (PetscReal)(staleness->bound + 1);
  PetscCall(FillTable(staleness, probability));
  PetscCall(PetscFree(probability));
  PetscFunctionReturn(0);
}

/* The law of the settings; bound counts for all laws but the geometric one,
   kappa for that one alone */
PetscErrorCode HypStalenessCreate(const HypSampleSettings *settings, HypStaleness *staleness)
{
  const PetscReal kappa = settings->kappa;
  const PetscInt  bound = settings->bound;

  PetscFunctionBeginUser;
  PetscCheck(kappa >= 0 && kappa < 1, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
             "model_staleness: %g given, a number in [0, 1) needed", (double)kappa);
  PetscCheck(bound >= 0 && bound < (1 << MAX_BITS), PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
             "sample_staleness_bound: %" PetscInt_FMT " given, 0 to %d allowed", bound,
             (1 << MAX_BITS) - 1);
  PetscCheck(settings->law != HYP_STALENESS_MEASURED || settings->probability, PETSC_COMM_SELF,
             PETSC_ERR_ARG_INCOMP, "sample_staleness_law: measured needs sample_staleness_file");
  PetscCall(PetscMemzero(staleness, sizeof(*staleness)));
  staleness->law    = settings->law;
  staleness->bound  = bound;
  staleness->warmup = settings->warmup;
  staleness->depth  = 1;
  if (settings->law == HYP_STALENESS_GEOMETRIC) {
    PetscCall(FillGeometric(staleness, kappa, settings->steps));
    PetscFunctionReturn(0);
  }
  if (settings->law == HYP_STALENESS_UNIFORM || settings->law == HYP_STALENESS_MEASURED)
    PetscCall(FillBounded(staleness, settings->probability));
  while (staleness->depth <= bound) staleness->depth *= 2;
  PetscFunctionReturn(0);
}

/* One staleness per lane at a step, from two random words per lane */
void HypStalenessDraw(const HypStaleness *staleness, PetscInt step, PetscInt lanes,
                      const uint32_t *restrict w0, const uint32_t *restrict w1,
                      uint32_t *restrict tau)
{
  const uint32_t *threshold = staleness->threshold, *alias = staleness->alias;
  uint32_t        same = 0;

  if (staleness->bits && step >= staleness->warmup) {
    const int shift = 32 - (int)staleness->bits;

    for (PetscInt l = 0; l < lanes; l++) {
      const uint32_t column = w0[l] >> shift, other = alias[column];

      tau[l] = w1[l] < threshold[column] ? column : other;
    }
    return;
  }
  if (step < staleness->warmup)
    same = 0;
  else if (staleness->law == HYP_STALENESS_FIXED || staleness->law == HYP_STALENESS_CYCLIC)
    same = (uint32_t)staleness->bound;
  else if (staleness->law == HYP_STALENESS_ROUNDS)
    same = (uint32_t)(step % (staleness->bound + 1));
  for (PetscInt l = 0; l < lanes; l++) tau[l] = same;
}

PetscErrorCode HypStalenessDestroy(HypStaleness *staleness)
{
  PetscFunctionBeginUser;
  if (staleness->threshold) PetscCall(PetscFree2(staleness->threshold, staleness->alias));
  PetscFunctionReturn(0);
}
