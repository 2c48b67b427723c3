#pragma once
/* Ctrl-C and its relatives, for every command. */
#include <petscsys.h>

PetscErrorCode HypInterruptStart(void);
void HypInterruptReport(void (*report)(const char signal[], void *context), void *context);
void HypInterruptDefer(void);
int  HypInterruptCaught(void);
void HypInterruptHold(void);
void HypInterruptAllow(void);
