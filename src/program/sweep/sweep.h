#pragma once
/*
   Sweeps: the product of lists of values of any keys, each combination a case of its own, and where
   its record is kept.
*/
#include <petscsys.h>
#include "program/options/options.h"
#include "program/options/settings.h"
#include <hypoco/file.h>
#include <jansson.h>

typedef struct {
  PetscInt    nkeys, ncases;
  const char *key[HYP_SWEEP_KEYS]; /* points into the options */
  PetscInt    nvalues[HYP_SWEEP_KEYS];
  char      **values[HYP_SWEEP_KEYS]; /* as text, the way a user would type them */
} HypSweep;

/* plan.c */
PetscErrorCode HypSweepCreate(const HypSettings *, HypSweep *);
const char    *HypSweepValue(const HypSweep *, PetscInt k, PetscInt key);
const char    *HypSweepSentence(const char message[]);
PetscErrorCode HypSweepCaseOptions(const HypSweep *, const HypOptions *, PetscInt k, HypOptions **);
PetscErrorCode HypSweepDestroy(HypSweep *);

/* record.c: finished cases, one small file each; a sweep that was stopped goes on from them */
typedef char   HypFingerprint[33];
void           HypSweepFingerprint(const HypAsked *, HypFingerprint);
PetscErrorCode HypSweepFolder(const char output[], char folder[], size_t size);
json_t        *HypSweepRead(const char folder[], const HypFingerprint);
PetscErrorCode HypSweepWrite(const char folder[], const HypFingerprint, json_t *);
