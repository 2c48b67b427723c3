#pragma once
/* Signals: Ctrl-C and its relatives, and crashes, for every command. */
#include <petscsys.h>

PetscErrorCode HypInterruptStart(void);
void HypInterruptReport(void (*report)(const char signal[], void *context), void *context);
void HypInterruptDefer(void);
int  HypInterruptCaught(void);

/* crash.c */
PetscErrorCode HypCrashStart(void);
