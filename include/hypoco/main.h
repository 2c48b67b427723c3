#pragma once
/* The program as a function, for programs that add an axis,
   a perturbation or a sampler of their own. */
#include <hypoco/model.h>

PETSC_EXTERN int  HypMain(int argc, char **argv);
PETSC_EXTERN void HypMainSetPerturbation(HypPerturbationFn, void *ctx);
