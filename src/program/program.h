#pragma once
/*
   The program: commands, and what they share.

   main.c holds the table of commands; HypCliMain() checks the options before MPI starts,
   starts PETSc and SLEPc, runs one command and turns its error code, or its own exit code,
   into the process's.
   A command is collective on PETSC_COMM_WORLD and returns an error for failure;
   it never exits by itself.
*/
#include "program/options/settings.h"
#include "program/options/options.h"
#include <petscsys.h>

typedef struct {
  const char *name;
  PetscErrorCode (*run)(const HypSettings *); /* NULL: looks at result files only, see HypLook() */
  const char *help;                           /* one line */
} HypCommand;

enum {
  HYP_EXIT_DONE             = 0,
  HYP_EXIT_STATEMENT_FAILED = 1,
  HYP_EXIT_BAD_INPUT        = 2,
  HYP_EXIT_NUMERICAL        = 3,
  HYP_EXIT_FILE             = 4,
  HYP_EXIT_STOPPED          = 5
};

PetscErrorCode HypCommandSolve(const HypSettings *);
PetscErrorCode HypCommandSteady(const HypSettings *);
PetscErrorCode HypCommandSpectrum(const HypSettings *);
PetscErrorCode HypCommandVerify(const HypSettings *);
PetscErrorCode HypCommandSample(const HypSettings *);
PetscErrorCode HypCommandCompare(const HypSettings *);
PetscErrorCode HypCommandTheory(const HypSettings *);
PetscErrorCode HypCommandSweep(const HypSettings *);

int HypLook(const HypOptions *options);

PetscErrorCode HypAllowTypes(void);
int            HypCliMain(int argc, char **argv, const HypCommand *commands, size_t count);

/* streams.c */
void        HypStreamsOpen(void);
void        HypStreamsHold(void);
void        HypStreamsRelease(void);
const char *HypStreamsProblem(void);

/* single.c */
void HypCliSettleSingle(void);

/* start.c */
PetscErrorCode HypCliStart(const HypOptions *options);
int            HypCliFinish(PetscErrorCode error);

/* errors.c */
int            HypCliExitCode(PetscErrorCode error);
PetscErrorCode HypCliSetExitCode(int code);
PetscErrorCode HypCliKeepErrors(PetscBool trace);
const char    *HypCliTakeError(MPI_Comm comm);
PetscErrorCode HypCliStdoutError(const char reason[]);
int            HypCliAgree(MPI_Comm comm, PetscErrorCode error);
bool           HypCliAlike(MPI_Comm comm, PetscErrorCode error);

/* unused.c */
PetscErrorCode HypCliCheckUnused(const HypOptions *options);
PetscErrorCode HypCliCheckUnusedAtEnd(const HypOptions *options);
