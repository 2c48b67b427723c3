#pragma once
/* Random numbers of a block of paths at one step:
   pure functions of (seed, path, step, purpose, index), no state. */
#include <petscsys.h>
#include <stdint.h>

/* What the numbers are for; two uses must never share a purpose */
typedef enum {
  HYP_RANDOM_STEP,      /* words 0, 1: staleness; 2, 3: first components of a mini-batch */
  HYP_RANDOM_COMPONENT, /* further components */
  HYP_RANDOM_NORMAL,    /* increments of Brownian motion */
  HYP_RANDOM_START,     /* law at time zero */
  HYP_RANDOM_DATA       /* synthetic data: the path is the row */
} HypRandomPurpose;

/* Paths path, ..., path + lanes - 1 at one step */
typedef struct {
  uint64_t         seed, path;
  PetscInt         lanes;
  uint32_t         step;
  HypRandomPurpose purpose;
} HypRandomBlock;

PETSC_EXTERN void HypRandomWords(HypRandomBlock, uint32_t index, uint32_t *const w[4]);
PETSC_EXTERN void HypRandomNormals(HypRandomBlock, PetscInt n, PetscReal normals[]);
