#pragma once
/*
   Sweeps: the product of lists of values of any keys, each combination a case of its own,
   and where its record is kept.
*/
#include <petscsys.h>
#include <hypoco/options.h>
#include <jansson.h>

#define HYP_SWEEP_KEYS 8

typedef struct {
  PetscInt    nkeys, ncases;
  const char *key[HYP_SWEEP_KEYS]; /* points into the options */
  PetscInt    nvalues[HYP_SWEEP_KEYS];
  char      **values[HYP_SWEEP_KEYS]; /* as text, the way a user would type them */
} HypSweep;

/* plan.c */
PETSC_EXTERN PetscErrorCode HypSweepCreate(const HypOptions *, HypSweep *);
PETSC_EXTERN const char    *HypSweepValue(const HypSweep *, PetscInt k, PetscInt key);
PETSC_EXTERN PetscErrorCode HypSweepCaseOptions(const HypSweep *, const HypOptions *, PetscInt k,
                                                HypOptions **);
PETSC_EXTERN PetscErrorCode HypSweepDestroy(HypSweep *);

/* record.c: finished cases, one small file each; a sweep that was stopped goes on from them */
typedef char                HypFingerprint[33];
PETSC_EXTERN void           HypSweepFingerprint(const HypOptions *, HypFingerprint);
PETSC_EXTERN PetscErrorCode HypSweepFolder(const char output[], char folder[], size_t size);
PETSC_EXTERN json_t        *HypSweepRead(const char folder[], const HypFingerprint);
PETSC_EXTERN PetscErrorCode HypSweepWrite(const char folder[], const HypFingerprint, json_t *);
