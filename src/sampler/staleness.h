#pragma once
/* The law of the staleness, drawn for many paths at once without branches or logarithms. */
#include <hypoco/sampler.h>

/*
   A law on 0, ..., 2^bits - 1 as a table of columns (Walker's alias method):
   the top bits of one random word choose a column, another word chooses between the column
   and its alias.
*/
typedef struct {
  HypStalenessLaw law;
  PetscInt        bound;     /* of all laws but the geometric one */
  PetscInt        warmup;    /* steps without staleness at the start */
  PetscInt        depth;     /* a power of two above every staleness that can occur */
  PetscInt        bits;      /* 2^bits columns, random laws only */
  uint32_t       *threshold; /* keep the column if the second word is below */
  uint32_t       *alias;
} HypStaleness;

PETSC_INTERN PetscErrorCode HypStalenessCreate(const HypSampleSettings *, HypStaleness *);
PETSC_INTERN PetscErrorCode HypStalenessDestroy(HypStaleness *);

PETSC_INTERN void HypStalenessDraw(const HypStaleness *, PetscInt step, PetscInt lanes,
                                   const uint32_t *restrict w0, const uint32_t *restrict w1,
                                   uint32_t *restrict tau);
